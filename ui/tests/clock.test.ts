// Heat by comparison with now, spans and ages as written, one tick a second.
import { describe, expect, it, vi } from 'vitest';
import { clock, heatOf } from '@kit/clock.svelte';
import { age, metres, phone, span } from '@kit/format';

describe('heat', () => {
  const watch = { since_ms: 0, amber_at_ms: 30_000, red_at_ms: 60_000 };
  it.each([[0, 'calm'], [29_999, 'calm'], [30_000, 'amber'], [59_999, 'amber'], [60_000, 'red'], [9e9, 'red']] as const)('at %s ms is %s', (now, heat) =>
    expect(heatOf(watch, now)).toBe(heat),
  );
  it('stays calm where a rule is off, and turns red without amber', () => {
    expect(heatOf({ since_ms: 0, amber_at_ms: null, red_at_ms: null }, 9e12)).toBe('calm');
    expect(heatOf({ since_ms: 0, amber_at_ms: null, red_at_ms: 5 }, 5)).toBe('red');
    expect(heatOf(null, 5)).toBe('calm');
  });
});

describe('spans', () => {
  it.each([[0, '00:00'], [44_900, '00:44'], [-5, '00:00'], [724_000, '12:04'], [3_858_000, '1:04:18']] as const)('%s ms is %s', (ms, text) => expect(span(ms)).toBe(text));
  it.each([[4_000, '4 s'], [99_000, '99 s'], [100_000, '1 min'], [2_400_000, '40 min'], [7_300_000, '2 h'], [2e8, '2 d']] as const)('age of %s ms is %s', (ms, text) => expect(age(ms)).toBe(text));
  it.each([[4, '0 m'], [324, '320 m'], [1_449, '1.4 km'], [12_300, '12 km']] as const)('%s m is %s', (m, text) => expect(metres(m)).toBe(text));
  it('groups a mobile number and leaves others', () => {
    expect(phone('13900004217')).toBe('139 0000 4217');
    expect(phone('0701-331')).toBe('0701-331');
  });
});

describe('the clock', () => {
  it('follows the station and ticks on whole seconds', () => {
    vi.useFakeTimers({ now: 1_000_400 });
    clock.follow(5_000_400);
    const stop = clock.start();
    expect(clock.now_ms).toBe(5_000_400);
    vi.advanceTimersByTime(600);
    expect(clock.now_ms).toBe(5_001_000);
    vi.advanceTimersByTime(3_000);
    expect(clock.now_ms).toBe(5_004_000);
    stop();
    vi.advanceTimersByTime(3_000);
    expect(clock.now_ms).toBe(5_004_000);
    clock.follow(Date.now());
  });
});
