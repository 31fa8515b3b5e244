// The desk's own layers over the base map: sources, symbols, labels, and which are switched on.
// Not here: which layers a person can switch (catalog), what is in them (things, fixed).
import type { GeoJSONSource, LayerSpecification, Map as MapLibre } from 'maplibre-gl';
import type { FeatureCollection } from 'geojson';
import { bold as boldFonts, regular, type Token } from '../base/style';
import { layersOf, pickable, toggles, zoomOf, type Toggle } from './catalog';
import { sketchLayers } from './sketch';
import { nothing } from './things';

export const sourceNames = [
  'outside', 'border', 'areas', 'tool', 'circles', 'route', 'drawings', 'closures', 'draft', 'cameras', 'fixed', 'points135', 'units', 'incidents',
] as const;
export type SourceName = (typeof sourceNames)[number];

/** Below this zoom cameras stand in groups with their number; from it on each one by itself. */
export const CAMERAS_FROM = 14;

function fixed(name: Toggle, namesFrom: number, size: number, token: Token): LayerSpecification {
  return {
    id: `fixed-${name}`,
    type: 'symbol',
    source: 'fixed',
    filter: ['==', ['get', 'layer'], name],
    minzoom: zoomOf[name] ?? 0,
    layout: {
      'icon-image': ['get', 'icon'],
      'icon-allow-overlap': true,
      'text-field': ['step', ['zoom'], '', namesFrom, ['get', 'title']],
      'text-font': regular,
      'text-size': size,
      'text-anchor': 'top',
      'text-offset': [0, 0.8],
      'text-optional': true,
    },
    paint: { 'text-color': token('m-txt'), 'text-halo-color': token('m-halo'), 'text-halo-width': 1.4 },
  };
}

function cameras(token: Token, grow: number): LayerSpecification[] {
  const isGroup = ['has', 'point_count'] as never;
  return [
    {
      id: 'camera-group', type: 'circle', source: 'cameras', filter: isGroup, maxzoom: CAMERAS_FROM,
      paint: {
        'circle-radius': ['step', ['get', 'point_count'], 9 * grow, 50, 12 * grow, 500, 15 * grow],
        'circle-color': token('surface'), 'circle-stroke-color': token('ink-3'), 'circle-stroke-width': 1.2,
      },
    },
    {
      id: 'camera-count', type: 'symbol', source: 'cameras', filter: isGroup, maxzoom: CAMERAS_FROM,
      layout: { 'text-field': ['to-string', ['get', 'point_count']], 'text-font': regular, 'text-size': 10.5 * grow, 'text-allow-overlap': true },
      paint: { 'text-color': token('ink-2') },
    },
    {
      id: 'camera', type: 'symbol', source: 'cameras', filter: ['!', isGroup] as never, minzoom: 10,
      layout: {
        'icon-image': ['get', 'icon'], 'icon-allow-overlap': true,
        'text-field': ['step', ['zoom'], '', 16, ['get', 'title']], 'text-font': regular, 'text-size': 11 * grow,
        'text-anchor': 'top', 'text-offset': [0, 0.8], 'text-optional': true,
      },
      paint: { 'text-color': token('m-txt'), 'text-halo-color': token('m-halo'), 'text-halo-width': 1.4 },
    },
  ];
}

function areas(name: 'jurisdictions' | 'zones', token: Token, grow: number): LayerSpecification[] {
  const filter = (type: string) => ['all', ['==', ['get', 'layer'], name], ['==', ['geometry-type'], type]] as never;
  return [
    {
      id: `area-${name}`, type: 'line', source: 'areas', filter: filter('Polygon'),
      layout: { 'line-join': 'round' },
      paint: {
        'line-color': token(name === 'jurisdictions' ? 'ink-2' : 'm-edge'), 'line-width': name === 'jurisdictions' ? 1.6 : 1.2,
        'line-dasharray': name === 'jurisdictions' ? [8, 2.5, 1.5, 2.5] : [3, 2.4],
      },
    },
    {
      id: `area-name-${name}`, type: 'symbol', source: 'areas', filter: filter('Point'), minzoom: zoomOf[name] ?? 8,
      layout: { 'text-field': ['get', 'title'], 'text-font': regular, 'text-size': (name === 'jurisdictions' ? 13 : 11.5) * grow, 'text-letter-spacing': 0.1, 'text-max-width': 9 },
      paint: { 'text-color': token('ink-2'), 'text-halo-color': token('m-halo'), 'text-halo-width': 1.8 },
    },
  ];
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
    ...areas('jurisdictions', token, grow),
    ...areas('zones', token, grow),
    ...sketchLayers('tool', token, grow),
    ...sketchLayers('circles', token, grow),
    ...sketchLayers('route', token, grow),
    ...sketchLayers('drawings', token, grow),
    ...sketchLayers('draft', token, grow),
    ...cameras(token, grow),
    fixed('hydrants', 17, 11 * grow, token),
    fixed('schools', 13, 11 * grow, token),
    fixed('hospitals', 12, 11 * grow, token),
    fixed('checkpoints', 14, 11 * grow, token),
    fixed('posts', 11, 12 * grow, token),
    {
      id: 'point135', type: 'symbol', source: 'points135',
      layout: { ...two('title', 'sub', 10), 'icon-image': ['get', 'icon'], 'icon-allow-overlap': true },
      paint: { 'text-color': ['match', ['get', 'hold'], 'nobody', token('t-r'), token('ink')], ...halo },
    },
    // Over what stands still: a closed road must be read where cameras and points crowd.
    ...sketchLayers('closures', token, grow),
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
  const layers = pickable.flatMap((name) => layersOf[name]).filter((id) => map.getLayer(id));
  const found = map.queryRenderedFeatures([[at.x - reach, at.y - reach], [at.x + reach, at.y + reach]], { layers });
  const near = found
    .flatMap((one) => {
      const point = one.geometry.type === 'Point' ? one.geometry.coordinates : null;
      if (!point || one.properties['cluster']) return [];
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
    if (map.getSource(name)) continue;
    // 30,000 cameras: grouped in the worker once, never again until the county's table changes.
    const groups = name === 'cameras' ? { cluster: true, clusterMaxZoom: CAMERAS_FROM - 1, clusterRadius: 64, clusterMinPoints: 2 } : {};
    map.addSource(name, { type: 'geojson', data: nothing, ...groups });
  }
  for (const layer of own(token, grow)) if (!map.getLayer(layer.id)) map.addLayer(layer);
}

const shown = new WeakMap<GeoJSONSource, unknown>();

/**
 * Gives a source its data, unless it shows the same already: every change costs several frames.
 * `of`: what the data was made from, where that is cheaper to compare than the data itself; then
 * the data is made only if it is another. Answers whether it was.
 */
export function setData(map: MapLibre, name: SourceName, data: FeatureCollection | (() => FeatureCollection), of?: unknown): boolean {
  const source = map.getSource<GeoJSONSource>(name);
  if (!source) return false;
  if (of !== undefined && shown.get(source) === of) return false;
  const made = typeof data === 'function' ? data() : data;
  const mark = of ?? JSON.stringify(made);
  if (shown.get(source) === mark) return false;
  shown.set(source, mark);
  source.setData(made);
  return true;
}

/** The wall shows where things happen, not whose they are. */
export function hideAreas(map: MapLibre): void {
  for (const id of [...layersOf.jurisdictions, ...layersOf.zones]) if (map.getLayer(id)) map.setLayoutProperty(id, 'visibility', 'none');
}

export function show(map: MapLibre, on: Record<Toggle, boolean>): void {
  for (const toggle of toggles) {
    for (const id of layersOf[toggle]) {
      if (!map.getLayer(id)) continue;
      const wanted = on[toggle] ? 'visible' : 'none';
      if ((map.getLayoutProperty(id, 'visibility') ?? 'visible') !== wanted) map.setLayoutProperty(id, 'visibility', wanted);
    }
  }
}
