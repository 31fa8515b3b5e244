// Every pair of colours that carries words or a sign is legible, day and night: alarms and body
// 7:1, other words 4.5:1, lines and signs 3:1. Measured from kit/tokens.css.
import { describe, expect, it } from 'vitest';
import css from '../src/kit/tokens.css?raw';

function palette(theme: 'day' | 'night'): Record<string, string> {
  const block = new RegExp(`\\[data-theme='${theme}'\\] \\{([^}]+)\\}`).exec(css)?.[1] ?? '';
  return Object.fromEntries([...block.matchAll(/--([\w-]+):\s*(#[0-9A-Fa-f]{6})/g)].map((m) => [m[1], m[2]]));
}
function luminance(hex: string): number {
  const [r = 0, g = 0, b = 0] = [1, 3, 5].map((at) => {
    const c = parseInt(hex.slice(at, at + 2), 16) / 255;
    return c <= 0.04045 ? c / 12.92 : ((c + 0.055) / 1.055) ** 2.4;
  });
  return 0.2126 * r + 0.7152 * g + 0.0722 * b;
}
function ratio(a: string, b: string): number {
  const [high = 0, low = 0] = [luminance(a), luminance(b)].sort((x, y) => y - x);
  return (high + 0.05) / (low + 0.05);
}

const pairs: [string, string, number][] = [
  ['ink', 'surface', 7], ['ink', 'sunken', 7], ['ink', 'accent-weak', 7], ['ink', 'hover', 7], ['ink-2', 'surface', 4.5],
  ['ink-2', 'sunken', 4.5], ['ink-2', 'accent-weak', 4.5], ['ink-2', 'w-r', 4.5], ['ink-2', 'w-y', 4.5], ['ink-3', 'surface', 4.5],
  ['ink-3', 'accent-weak', 4.5], ['ink-3', 'sunken', 4.5], ['accent', 'surface', 4.5], ['accent', 'accent-weak', 4.5],
  ['on-accent', 'accent', 4.5], ['ink', 'w-r', 7], ['t-r', 'w-r', 7], ['t-r', 'surface', 7], ['t-r', 'accent-weak', 7], ['on-r', 'r', 7],
  ['t-y', 'w-y', 7], ['t-y', 'sunken', 7], ['t-y', 'surface', 7], ['on-y', 'y', 7], ['on-o', 'o', 7], ['t-o', 'surface', 7],
  ['m-txt', 'm-block', 4.5], ['m-txt', 'm-halo', 4.5], ['m-wtxt', 'm-water', 4.5], ['ink', 'm-halo', 7], ['ink-2', 'm-halo', 4.5],
  ['line-2', 'surface', 3], ['r-mark', 'm-block', 3], ['accent', 'm-block', 3], ['ink', 'm-block', 3],
];

describe.each(['day', 'night'] as const)('contrast by %s', (theme) => {
  const colours = palette(theme);
  it.each(pairs)('%s on %s is at least %s', (front, back, least) => {
    expect(ratio(colours[front] ?? '#000000', colours[back] ?? '#000000')).toBeGreaterThanOrEqual(least);
  });
});
