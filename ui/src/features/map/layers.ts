// The desk's own layers over the base map: sources, symbols, labels, and which are switched on.
import type { GeoJSONSource, LayerSpecification, Map as MapLibre } from 'maplibre-gl';
import type { FeatureCollection } from 'geojson';
import { nothing } from './things';
import { bold as boldFonts, regular, type Token } from './style';

export const sourceNames = ['outside', 'border', 'circles', 'fixed', 'incidents', 'units'] as const;
export type SourceName = (typeof sourceNames)[number];

/** Layers a digit switches while the map has the keyboard. */
export const toggles = ['units', 'incidents', 'posts', 'checkpoints', 'cameras'] as const;
export type Toggle = (typeof toggles)[number];

const layersOf: Record<Toggle, string[]> = {
  units: ['unit'],
  incidents: ['incident'],
  posts: ['fixed-posts'],
  checkpoints: ['fixed-checkpoints'],
  cameras: ['fixed-cameras'],
};

function fixed(name: string, minzoom: number, size: number, token: Token): LayerSpecification {
  return {
    id: `fixed-${name}`,
    type: 'symbol',
    source: 'fixed',
    filter: ['==', ['get', 'layer'], name],
    minzoom,
    layout: {
      'icon-image': ['get', 'icon'],
      'icon-allow-overlap': true,
      'text-field': ['step', ['zoom'], '', name === 'posts' ? 11 : 14, ['get', 'title']],
      'text-font': regular,
      'text-size': size,
      'text-anchor': 'top',
      'text-offset': [0, 0.8],
      'text-optional': true,
    },
    paint: { 'text-color': token('m-txt'), 'text-halo-color': token('m-halo'), 'text-halo-width': 1.4 },
  };
}

function own(token: Token, grow: number): LayerSpecification[] {
  const halo = { 'text-halo-color': token('m-halo'), 'text-halo-width': 1.8 };
  const bold = { 'text-font': ['literal', boldFonts] };
  const two = (title: string, sub: string, from: number): Record<string, unknown> => ({
    'text-field': [
      'step', ['zoom'],
      '',
      from, ['format', ['get', title], bold],
      13, ['format', ['get', title], bold, ['concat', '\n', ['get', sub]], { 'font-scale': 0.92 }],
    ],
    'text-font': regular,
    'text-size': 13 * grow,
    'text-line-height': 1.15,
    'text-max-width': 14,
    'text-variable-anchor': ['top', 'right', 'left', 'bottom'],
    'text-radial-offset': 0.95,
    'text-justify': 'auto',
    'text-optional': true,
    'icon-size': grow,
    'symbol-sort-key': ['get', 'rank'],
  });
  return [
    { id: 'outside', type: 'fill', source: 'outside', paint: { 'fill-pattern': 'hatch' } },
    { id: 'border-line', type: 'line', source: 'border', paint: { 'line-color': token('m-edge'), 'line-width': 1.6 } },
    { id: 'circle-fill', type: 'fill', source: 'circles', paint: { 'fill-color': token('accent'), 'fill-opacity': 0.05 } },
    {
      id: 'circle', type: 'line', source: 'circles',
      paint: { 'line-color': token('ink-2'), 'line-width': 1.4, 'line-dasharray': [3, 2.4] },
    },
    {
      id: 'circle-name', type: 'symbol', source: 'circles', filter: ['==', ['geometry-type'], 'Point'],
      layout: {
        'text-field': ['get', 'title'], 'text-font': regular, 'text-size': 12 * grow,
        'text-anchor': 'bottom', 'text-offset': [0, -0.2],
      },
      paint: { 'text-color': token('ink-2'), ...halo },
    },
    fixed('cameras', 13, 11 * grow, token),
    fixed('checkpoints', 9, 11 * grow, token),
    fixed('posts', 8, 12 * grow, token),
    {
      id: 'unit', type: 'symbol', source: 'units',
      layout: {
        ...two('callsign', 'sub', 11.5),
        'icon-image': ['get', 'icon'],
        'icon-size': ['interpolate', ['linear'], ['zoom'], 9, 0.55 * grow, 12, 0.8 * grow, 14, grow],
        'icon-allow-overlap': true,
        'text-radial-offset': 1,
      },
      paint: { 'text-color': ['match', ['get', 'age'], 'hollow', token('ink-2'), token('ink')], ...halo },
    },
    {
      id: 'incident', type: 'symbol', source: 'incidents',
      layout: { 'icon-image': ['get', 'icon'], 'icon-allow-overlap': true, ...two('title', 'sub', 8), 'text-radial-offset': 1.2 },
      paint: { 'text-color': token('ink'), ...halo },
    },
  ] as LayerSpecification[];
}

/** The nearest thing within reach of a point of the screen. */
export function pickAt(map: MapLibre, at: { x: number; y: number }): { kind: Toggle; id: string } | null {
  const reach = 26;
  const layers = toggles.flatMap((name) => layersOf[name]).filter((id) => map.getLayer(id));
  const found = map.queryRenderedFeatures([[at.x - reach, at.y - reach], [at.x + reach, at.y + reach]], { layers });
  const near = found
    .flatMap((one) => {
      const point = one.geometry.type === 'Point' ? one.geometry.coordinates : null;
      if (!point) return [];
      const px = map.project([point[0] ?? 0, point[1] ?? 0]);
      return [{ one, far: Math.hypot(px.x - at.x, px.y - at.y) }];
    })
    .filter((hit) => hit.far <= reach * 1.2)
    .sort((a, b) => a.far - b.far)[0]?.one;
  if (!near) return null;
  const said = near.properties as Record<string, string | undefined>;
  const kind = toggles.find((name) => layersOf[name].includes(near.layer.id));
  const id = said['unit'] ?? said['incident'] ?? said['id'];
  return kind && id ? { kind, id } : null;
}

/** Puts the desk's sources and layers onto a style that was just loaded. */
export function addOwn(map: MapLibre, token: Token, grow: number): void {
  for (const name of sourceNames) {
    if (!map.getSource(name)) map.addSource(name, { type: 'geojson', data: nothing });
  }
  for (const layer of own(token, grow)) if (!map.getLayer(layer.id)) map.addLayer(layer);
}

const shown = new WeakMap<GeoJSONSource, string>();

/** Gives a source its data, unless it shows the same already: every change costs several frames. */
export function setData(map: MapLibre, name: SourceName, data: FeatureCollection): void {
  const source = map.getSource<GeoJSONSource>(name);
  if (!source) return;
  const text = JSON.stringify(data);
  if (shown.get(source) === text) return;
  shown.set(source, text);
  source.setData(data);
}

export function show(map: MapLibre, on: Record<Toggle, boolean>): void {
  for (const toggle of toggles) {
    for (const id of layersOf[toggle]) {
      if (map.getLayer(id)) map.setLayoutProperty(id, 'visibility', on[toggle] ? 'visible' : 'none');
    }
  }
}
