// The map's style in the colours of the desk: maps/style/desk.json with tokens put in.
// Not here: what lies on top (units, incidents); see layers.
import template from '@map-style/desk.json';
import type { StyleSpecification } from 'maplibre-gl';

export type Token = (name: string) => string;

/** Reads `--name` where the page is now; the one place of truth is kit/tokens.css. */
export function tokensOf(part: Element): Token {
  const style = getComputedStyle(part);
  return (name) => style.getPropertyValue(`--${name}`).trim() || '#888888';
}

const families = ['Noto Sans SC Variable', 'Noto Sans SC', 'Noto Sans CJK SC', 'Microsoft YaHei'];
/** Labels are drawn from local fonts: these families in order, the bundled one first. */
export const regular = families;
/** The weight is read from the name of the first family, which need not exist. */
export const bold = ['Desk Bold', ...families];

/** Replaces `"$name"` by its colour and `{"$px": n}` by n grown with half the type size. */
export function resolve(value: unknown, token: Token, typeScale: number): unknown {
  if (value === '$regular') return regular;
  if (typeof value === 'string') return /^\$[a-z][\w-]*$/.test(value) ? token(value.slice(1)) : value;
  if (Array.isArray(value)) return value.map((one) => resolve(one, token, typeScale));
  if (value === null || typeof value !== 'object') return value;
  if ('$px' in value) return Number(value.$px) * (0.5 + typeScale * 0.5);
  return Object.fromEntries(
    Object.entries(value).map(([key, one]) => [key, resolve(one, token, typeScale)]),
  );
}

export interface Ground {
  tileUrl: string;
  bounds: [number, number, number, number];
  zooms: [number, number];
  attribution: string;
}

export function baseStyle(ground: Ground | null, token: Token, typeScale: number): StyleSpecification {
  const style = resolve(template, token, typeScale) as StyleSpecification;
  if (!ground) return { ...style, layers: style.layers.slice(0, 1) };
  return {
    ...style,
    sources: {
      county: {
        type: 'vector',
        tiles: [ground.tileUrl],
        bounds: ground.bounds,
        minzoom: ground.zooms[0],
        maxzoom: ground.zooms[1],
      },
    },
  };
}

export const styleTemplate = template;
