// One look for everything that is drawn over the map by a tool, a route or a person: areas, lines and
// points whose properties say ink, dash, width and words. So a new tool needs no layers of its own.
// Not here: what is drawn (tools, drawing).
import type { LayerSpecification } from 'maplibre-gl';
import { bold, regular, type Token } from '../base/fonts';

/** What a feature may say of itself; all parts are optional. */
export interface Look {
  ink?: 'accent' | 'ink' | 'red' | 'green' | 'pale';
  dash?: 'solid' | 'dash' | 'dot';
  /** Width of the line, px. */
  w?: number;
  /** How much of the area is filled, 0 to 1. */
  fill?: number;
  icon?: string;
  title?: string;
  /** Goes first where names meet. */
  rank?: number;
}

const patterns: Record<'dash' | 'dot', number[]> = { dash: [4, 2.6], dot: [1, 2.2] };

export const sketchIds = (source: string): string[] =>
  ['fill', 'solid', 'dash', 'dot', 'point', 'name'].map((part) => `${source}-${part}`);

export function sketchLayers(source: string, token: Token, grow: number): LayerSpecification[] {
  const ink = ['match', ['get', 'ink'], 'accent', token('accent'), 'red', token('r-mark'), 'green', token('g'), 'pale', token('line-2'), token('ink-2')];
  const words = ['match', ['get', 'ink'], 'accent', token('accent'), 'red', token('t-r'), 'green', token('g'), 'pale', token('ink-3'), token('ink')];
  const stroke = (dash: 'solid' | 'dash' | 'dot') => ({
    id: `${source}-${dash}`, type: 'line', source,
    filter: ['all', ['!=', ['geometry-type'], 'Point'], ['==', ['coalesce', ['get', 'dash'], 'solid'], dash], ['>', ['coalesce', ['get', 'w'], 2], 0]],
    layout: { 'line-cap': dash === 'dot' ? 'butt' : 'round', 'line-join': 'round' },
    paint: {
      'line-color': ink, 'line-width': ['coalesce', ['get', 'w'], 2],
      ...(dash === 'solid' ? {} : { 'line-dasharray': patterns[dash] }),
    },
  });
  return [
    {
      id: `${source}-fill`, type: 'fill', source, filter: ['==', ['geometry-type'], 'Polygon'],
      paint: { 'fill-color': ink, 'fill-opacity': ['coalesce', ['get', 'fill'], 0], 'fill-antialias': false },
    },
    stroke('solid'), stroke('dash'), stroke('dot'),
    {
      id: `${source}-point`, type: 'symbol', source,
      filter: ['all', ['==', ['geometry-type'], 'Point'], ['has', 'icon']],
      layout: { 'icon-image': ['get', 'icon'], 'icon-allow-overlap': true, 'icon-size': grow },
    },
    {
      id: `${source}-name`, type: 'symbol', source,
      // From far the sign says it; its words would cover the town.
      ...(source === 'closures' ? { minzoom: 13 } : {}),
      filter: ['all', ['==', ['geometry-type'], 'Point'], ['has', 'title']],
      layout: {
        'text-field': ['format', ['get', 'title'], { 'text-font': ['literal', bold] }],
        'text-font': regular, 'text-size': 12 * grow, 'text-max-width': 12,
        'text-variable-anchor': ['bottom', 'top', 'left', 'right'], 'text-radial-offset': ['case', ['has', 'icon'], 1, 0.3],
        'text-allow-overlap': source === 'tool' || source === 'route' || source === 'closures', 'text-padding': 1, 'symbol-sort-key': ['coalesce', ['get', 'rank'], 5],
      },
      paint: { 'text-color': words, 'text-halo-color': token('m-halo'), 'text-halo-width': 1.8 },
    },
  ] as LayerSpecification[];
}
