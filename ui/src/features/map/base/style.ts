// The map's style in the colours of the desk: maps/style/desk.json with tokens put in.
// Not here: what lies on top (units, incidents); see layers.
import template from '@map-style/desk.json';
import type { StyleSpecification } from 'maplibre-gl';
import { regular } from './fonts';

export type { Token } from './fonts';
import type { Token } from './fonts';

/** Reads `--name` where the page is now; the one place of truth is kit/tokens.css. */
export function tokensOf(part: Element): Token {
  const style = getComputedStyle(part);
  return (name) => style.getPropertyValue(`--${name}`).trim() || '#888888';
}

export { bold, regular } from './fonts';

/** Replaces `"$name"` by its colour and `{"$px": n}`, `{"$icon": n}` by n grown with half the type size. */
export function resolve(value: unknown, token: Token, typeScale: number): unknown {
  if (value === '$regular') return regular;
  if (typeof value === 'string') return /^\$[a-z][\w-]*$/.test(value) ? token(value.slice(1)) : value;
  if (Array.isArray(value)) return value.map((one) => resolve(one, token, typeScale));
  if (value === null || typeof value !== 'object') return value;
  if ('$icon' in value) return Number(value.$icon) * (0.5 + typeScale * 0.5);
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
  /** Template of the pack's own pictures; `null` = it has none. */
  imageryUrl?: string | null;
}

/** Pictures go over the filled areas and under roads and names. */
function withImagery(layers: StyleSpecification['layers'], hasImagery: boolean): StyleSpecification['layers'] {
  if (!hasImagery) return layers;
  const at = layers.findIndex((layer) => layer.type === 'line' && /^(path|case)/.test(layer.id));
  const imagery = { id: 'imagery', type: 'raster' as const, source: 'imagery', layout: { visibility: 'none' as const }, paint: { 'raster-fade-duration': 0 } };
  return [...layers.slice(0, at), imagery, ...layers.slice(at)];
}

export function baseStyle(ground: Ground | null, token: Token, typeScale: number): StyleSpecification {
  const style = resolve(template, token, typeScale) as StyleSpecification;
  if (!ground) return { ...style, layers: style.layers.slice(0, 1) };
  return {
    ...style,
    layers: withImagery(style.layers, Boolean(ground.imageryUrl)),
    sources: {
      ...(ground.imageryUrl ? { imagery: { type: 'raster' as const, tiles: [ground.imageryUrl], tileSize: 256, bounds: ground.bounds, minzoom: ground.zooms[0], maxzoom: 18 } } : {}),
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
