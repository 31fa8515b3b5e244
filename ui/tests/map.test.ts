// The map's style and what lies on it: no address outside, no glyphs, no warm roads, Shortbread
// layers only; a unit's shape tells the age of its fix.
import { describe, expect, it } from 'vitest';
import { latest, validateStyleMin } from '@maplibre/maplibre-gl-style-spec';
import type { StyleSpecification } from 'maplibre-gl';
import css from '../src/kit/tokens.css?raw';
import { FixtureHost } from '../fixture/fixture-host';
import { Frames } from '@features/map/base/coarse';
import { Pace } from '@features/map/base/pace';
import { baseStyle, resolve, styleTemplate } from '@features/map/base/style';
import { ageOf, circle, outside, scaleBar, unitFeatures } from '@features/map/layers/things';
import type { DeskView, Positions, UnitBoard } from '@generated/types';

const shortbread = new Set(['ocean', 'water_polygons', 'water_polygons_labels', 'water_lines', 'water_lines_labels', 'dam_lines', 'dam_polygons', 'pier_lines', 'pier_polygons', 'bridges', 'land', 'sites', 'boundaries', 'boundary_labels', 'addresses', 'buildings', 'streets', 'street_polygons', 'streets_polygons_labels', 'street_labels', 'street_labels_points', 'aerialways', 'ferries', 'public_transport', 'pois', 'place_labels', 'own_areas', 'own_area_labels']);
const ground = { tileUrl: 'tiles://localhost/{z}/{x}/{y}', bounds: [1, 2, 3, 4] as [number, number, number, number], zooms: [6, 14] as [number, number], attribution: '' };
const token = (theme: string) => {
  const block = new RegExp(`\\[data-theme='${theme}'\\] \\{([^}]+)\\}`).exec(css)?.[1] ?? '';
  const known = Object.fromEntries([...block.matchAll(/--([\w-]+):\s*(#[0-9A-Fa-f]{6})/g)].map((m) => [m[1] ?? '', m[2] ?? '']));
  return (name: string) => {
    const colour = known[name];
    if (!colour) throw new Error(`no token ${name}`);
    return colour;
  };
};

describe.each(['day', 'night'])('style by %s', (theme) => {
  const style: StyleSpecification = baseStyle(ground, token(theme), 1.5);
  it('is a valid style without glyphs, sprite or address outside', () => {
    expect(validateStyleMin(style, latest)).toEqual([]);
    expect(style.glyphs).toBeUndefined();
    expect(style.sprite).toBeUndefined();
    expect(JSON.stringify(style)).not.toMatch(/https?:/);
  });
  it('reads Shortbread layers and our own only', () => {
    for (const layer of style.layers) if ('source-layer' in layer) expect(shortbread, layer.id).toContain(layer['source-layer']);
  });
  it('has no orange or yellow road', () => {
    for (const layer of style.layers.filter((one) => /^(road|case)-/.test(one.id))) {
      const colour = String((layer.paint as Record<string, unknown>)['line-color']);
      const [r = 0, , b = 0] = [1, 3, 5].map((at) => parseInt(colour.slice(at, at + 2), 16));
      expect(r - b, layer.id).toBeLessThan(12);
    }
  });
});

describe('tokens in the style', () => {
  it('puts colours and grown sizes in', () => {
    expect(resolve({ a: '$m-road', b: [{ $px: 10 }], c: 'kind' }, (name) => `<${name}>`, 1.5)).toEqual({ a: '<m-road>', b: [12.5], c: 'kind' });
  });
  it('stands on bare land without a map pack', () => {
    expect(baseStyle(null, token('day'), 1).layers).toHaveLength(1);
    expect(styleTemplate.layers.length).toBeGreaterThan(20);
  });
});

describe('things on the map', () => {
  it.each([[0, 'solid'], [60, 'solid'], [61, 'fading'], [180, 'fading'], [181, 'hollow']] as const)('a fix of %s s is %s', (s, look) => expect(ageOf(s, 60, 180)).toBe(look));

  it('draws a unit by the age of its fix and says an old age in words', async () => {
    const host = new FixtureHost('empty');
    const board = (await host.call({ session: '', name: 'unit.board', request: {} })) as { ok: UnitBoard };
    const unit = board.ok.groups[0]?.units[0];
    const now = 1_000_000_000;
    const fixes = (age_s: number): Positions => ({ fade_s: 60, ghost_s: 180, drop_s: 600, positions: [{ unit: unit?.id ?? '', point: { lon: 1, lat: 2 }, at_ms: now - age_s * 1000, heading_deg: null, speed_kmh: null }] });
    const words = { state: () => '待命', ago: (span: string) => `${span} 前` };
    const one = (age_s: number) => unitFeatures(fixes(age_s), () => unit, now, words).features[0]?.properties;
    expect(one(4)).toMatchObject({ icon: 'unit-car-solid-free', sub: '待命' });
    expect(one(90)).toMatchObject({ icon: 'unit-car-fading-free', sub: '待命 90 s 前' });
    expect(one(200)).toMatchObject({ icon: 'unit-car-hollow', sub: '3 min 前' });
    expect(unitFeatures(fixes(4), () => undefined, now, words).features).toEqual([]);
    const around = (lon: number) => ({ west: lon - 1, east: lon + 1, south: 1, north: 3, grain_deg: 0.01 });
    expect(unitFeatures(fixes(4), () => unit, now, words, around(1)).features).toHaveLength(1);
    expect(unitFeatures(fixes(4), () => unit, now, words, around(9)).features).toEqual([]);
  });

  it('hatches everything but the county', async () => {
    const host = new FixtureHost('empty');
    const view = (await host.call({ session: '', name: 'desk.view', request: {} })) as { ok: DeskView };
    const facts = view.ok.map;
    if (!facts) throw new Error('fixture has a map');
    const geometry = outside(facts).features[0]?.geometry;
    expect(geometry?.type === 'Polygon' && geometry.coordinates.length).toBe(2);
    const bare = outside({ ...facts, county: [] }).features[0]?.geometry;
    expect(bare?.type === 'Polygon' && bare.coordinates[1]?.[0]).toEqual([facts.bounds[0], facts.bounds[1]]);
  });

  it('draws an accuracy circle of the right size', () => {
    const ring = circle(114.3, 30.6, 350).coordinates[0] ?? [];
    const [lon = 0, lat = 0] = ring[16] ?? [];
    const dx = (lon - 114.3) * 111_320 * Math.cos((30.6 * Math.PI) / 180);
    const dy = (lat - 30.6) * 111_320;
    expect(Math.hypot(dx, dy)).toBeCloseTo(350, 0);
  });

  it.each([[3, 90, 200], [0.7, 90, 50], [40, 90, 2000], [0.012, 90, 1]] as const)('scale bar at %s m per pixel within %s px is %s m', (perPixel, max, metres) => {
    const bar = scaleBar(perPixel, max);
    expect(bar.metres).toBe(metres);
    expect(bar.px).toBeLessThanOrEqual(max);
  });
});

describe('how often what moves is drawn', () => {
  it('is each second where drawing is quick', () => {
    const pace = new Pace();
    expect(pace.isDue(0)).toBe(true);
    pace.handed(0);
    pace.drawn(80);
    expect(pace.isDue(200)).toBe(false);
    expect(pace.isDue(1000)).toBe(true);
  });
  it('leaves two thirds of the time to others where it is slow', () => {
    const pace = new Pace();
    pace.handed(0);
    expect(pace.isDue(900), 'still drawing').toBe(false);
    pace.drawn(900);
    expect(pace.isDue(2000)).toBe(false);
    expect(pace.isDue(2700)).toBe(true);
    // A hand that drags the map afterwards is not the cost of the units.
    pace.drawn(60_000);
    expect(pace.isDue(2700)).toBe(true);
  });
  it('draws a map that never comes to rest all the same', () => {
    const pace = new Pace();
    pace.handed(0);
    expect(pace.isDue(4999)).toBe(false);
    expect(pace.isDue(5000)).toBe(true);
    pace.drawn(30_000);
    pace.handed(30_000);
    pace.drawn(50_000);
    expect(pace.isDue(34_999)).toBe(false);
    expect(pace.isDue(35_000)).toBe(true);
  });
});

describe('when the map is drawn with fewer points', () => {
  const run = (gaps_ms: number[]) => {
    const frames = new Frames();
    frames.begin();
    let now_ms = 1000;
    frames.drawn(now_ms);
    const said = gaps_ms.map((gap_ms) => frames.drawn((now_ms += gap_ms)));
    return { said, isFast: frames.isFast };
  };
  it('is when three frames in a row do not follow the hand', () => {
    expect(run([90, 90, 90]).said).toEqual([false, false, true]);
  });
  it('is not for a moment that was slow', () => {
    expect(run([90, 90, 16, 90, 90, 16]).said).not.toContain(true);
  });
  it('ends with a movement as fast as the display', () => {
    expect(run([16, 17, 16, 17]).isFast).toBe(true);
    expect(run([30, 30, 30, 30]).isFast).toBe(false);
    expect(run([16]).isFast, 'too few to tell').toBe(false);
  });
});
