// The tools of the map: what their figures mean, what is typed into them, what is drawn for what.
import { beforeEach, describe, expect, it, vi } from 'vitest';
import type { HotCells, PlaceFacts, Positions, Rings, Route, Unit } from '@generated/types';
import { FixtureHost } from '../fixture/fixture-host';
import { areaFeatures, cameraFeatures, cameraOf, countsOf, fixedFeatures, point135Features } from '@features/map/layers/fixed';
import { circleFeatures, unitFeatures } from '@features/map/layers/things';
import { readRadius, stepRadius } from '@features/map/tools/circle.svelte';
import { hotCsv, readHours } from '@features/map/tools/hot.svelte';
import { ringFeatures } from '@features/map/tools/rings.svelte';
import { routeFeatures, routeWords } from '@features/map/tools/route.svelte';
import { bearing, evenOdd, holds, lengthOf, metresBetween, nameSpot, sizeOf } from '@features/map/tools/shapes';
import { areaName, holding, jurisdictionWords, kindWords, mustChoose, nearWords } from '@features/place/area-words';
import { kindOfPath } from '@features/pack/pack.svelte';
import { roadTime, squareMetres } from '@kit/format';

const square = (x: number, y: number, side: number): [number, number][] => [[x, y], [x + side, y], [x + side, y + side], [x, y + side], [x, y]];

describe('lengths and sizes', () => {
  it('measures a degree of latitude and a hectare', () => {
    expect(metresBetween({ lon: 114, lat: 30 }, { lon: 114, lat: 31 })).toBeCloseTo(111_195, -1);
    const side = 100 / 111_195;
    const wide = side / Math.cos((30 * Math.PI) / 180);
    const hectare = [{ lon: 114, lat: 30 }, { lon: 114 + wide, lat: 30 }, { lon: 114 + wide, lat: 30 + side }, { lon: 114, lat: 30 + side }];
    expect(sizeOf(hectare)).toBeGreaterThan(9_950);
    expect(sizeOf(hectare)).toBeLessThan(10_050);
    expect(sizeOf(hectare.slice(0, 2))).toBe(0);
    expect(lengthOf(hectare)).toBeCloseTo(300, -1);
    expect(lengthOf(hectare, true)).toBeCloseTo(400, -1);
  });
  it.each([[0, 1, 0], [1, 0, 90], [0, -1, 180], [-1, 0, 270]])('looks from the centre to %s, %s at %s degrees', (x, y, deg) => {
    expect(bearing({ lon: 0, lat: 0 }, { lon: x * 0.01, lat: y * 0.01 })).toBeCloseTo(deg, 1);
  });
  it.each([[50, '0:50'], [134.4, '2:14'], [3661, '61:01'], [-3, '0:00']] as const)('%s s on the road are %s', (s, text) => expect(roadTime(s)).toBe(text));
  it.each([[850.4, '850 m²'], [99_999, '99999 m²'], [1_240_000, '1.24 km²']] as const)('%s is %s', (m2, text) => expect(squareMetres(m2)).toBe(text));
});

describe('rings by the even-odd rule', () => {
  it('makes a hole of a ring within a ring, and land of a ring within the hole', () => {
    const polygons = evenOdd([square(4, 4, 2), square(0, 0, 10), square(2, 2, 6), square(20, 20, 1)]);
    expect(polygons.map((one) => one.length)).toEqual([1, 2, 1]);
  });
  it('closes an open ring and leaves out what is no ring', () => {
    expect(evenOdd([[[0, 0], [1, 0], [1, 1]]])[0]?.[0]).toHaveLength(4);
    expect(evenOdd([[[0, 0], [1, 0]]])).toEqual([]);
  });
  it('puts the name of a horseshoe into the horseshoe', () => {
    const shoe: [number, number][] = [[0, 0], [10, 0], [10, 10], [8, 10], [8, 2], [2, 2], [2, 10], [0, 10]];
    expect(holds(shoe, nameSpot(shoe))).toBe(true);
    expect(nameSpot(square(0, 0, 2))).toEqual([1, 1]);
  });
});

describe('the circle', () => {
  it.each([['3', 3000], ['1.5', 1500], ['1.5km', 1500], ['2公里', 2000], ['800m', 800], ['800 米', 800], ['', null], ['三', null], ['0', null], ['40m', null], ['200', null], ['3 3', null]] as const)('%s is %s m', (text, radius) => expect(readRadius(text)).toBe(radius));
  it('goes up and down the same steps and stays within its bounds', () => {
    for (const start of [50, 300, 900, 1000, 3000, 4800, 5000, 19_000, 20_000, 60_000]) {
      const up = stepRadius(start, 1);
      expect(up).toBeGreaterThan(start);
      expect(stepRadius(up, -1)).toBeLessThan(up);
      expect(stepRadius(stepRadius(up, 1), -1)).toBe(up);
    }
    expect(stepRadius(50, -1)).toBe(50);
    expect(stepRadius(100_000, 1)).toBe(100_000);
  });
});

describe('routes and rings', () => {
  const route = (more: Partial<Route>): Route => ({ by: 'road', why: null, points: [[0, 0], [0.01, 0], [0.01, 0.01]], seconds: 134, metres: 1400, streets: [], around: [], ...more });
  it('says minutes and length by road, and of a straight line that it is one and why', () => {
    expect(routeWords(route({}))).toBe('2:14·1.4 km');
    const straight = route({ by: 'straight_line', why: 'no_graph', seconds: null, metres: 900 });
    expect(routeWords(straight)).toBe('直线 900 m，无路网');
    expect(routeFeatures(straight).features[0]?.properties?.['dash']).toBe('dash');
    expect(routeFeatures(route({})).features[0]?.properties?.['dash']).toBe('solid');
    expect(routeWords(route({ by: 'straight_line', why: 'landslide', seconds: null }))).toContain('landslide');
  });
  const rings = (inner: number): Rings => ({
    point: { lon: 0.5, lat: 0.5 }, by: 'road', why: null, unknown: 0,
    rings: [60, 180, 300].map((limit_s, n) => ({ limit_s, rings: [square(-n, -n, 1 + 2 * n)], units: Array.from({ length: n === 0 ? inner : 2 }, (_, k) => ({ unit: `u${k}`, callsign: `巡${k}`, seconds: 30 })) })),
  });
  it('draws the inner ring red and says 无人 only when nobody is within', () => {
    const says = (inner: number) => ringFeatures(rings(inner)).features.map((one) => [one.properties?.['ink'], one.properties?.['title']]).filter(([, title]) => title).map((one) => one.join(' '));
    expect(says(0)).toContain('red 1分钟圈 无人');
    expect(says(1).join()).not.toMatch(/red|无人/);
    expect(says(1)).toEqual(['ink 5 分钟圈', 'ink 3 分钟圈', 'accent 1 分钟圈']);
  });
});

describe('hot cells', () => {
  it.each([['', { from: 0, to: 24 }], ['21-23', { from: 21, to: 23 }], ['21–2', { from: 21, to: 2 }], ['9', { from: 9, to: 10 }], ['9到12', { from: 9, to: 12 }], ['24', null], ['3-3', null], ['晚', null]] as const)('hours %s', (text, hours) => expect(readHours(text)).toEqual(hours));
  it('gives out a list that a table program reads: mark, quotes, no formula', () => {
    const hot: HotCells = { total: 5, without_place: 1, off_grid: 0, without_class: 0, cells: [{ rank: 1, cell: '=A1', ring: square(1, 2, 1), place: '路口, "东"', n: 4, share: 0.8 }] };
    const csv = hotCsv(hot, ['名次', '网格'], '说明');
    expect(csv.charCodeAt(0)).toBe(0xfeff);
    expect(csv.split('\r\n')).toEqual(['\uFEFF说明', '名次,网格', `1,'=A1,"路口, ""东""",4,80.0%,1.500000,2.500000`, '']);
  });
});

describe('whose ground it is (A7)', () => {
  const area = (code: string, isInside: boolean, border_m: number) => ({ layer: 'jurisdiction', code, name: `${code}辖区`, owner: `${code}派出所`, is_inside: isInside, border_m });
  const facts = (...areas: PlaceFacts['areas']): PlaceFacts => ({ areas, is_disputed: areas.filter((one) => one.is_inside).length > 1, near: [], cell: 'N1-E1', beidou: null, is_on_map: true });
  it('names the holder and the border that is near, to the metre', () => {
    expect(jurisdictionWords(facts(area('B', true, 3), area('A', false, 3.2)), null)).toBe('B派出所（距A派出所边界 3 m）');
    expect(jurisdictionWords(facts(area('B', true, 900), area('A', false, 900)), null)).toBe('B派出所');
    expect(jurisdictionWords(facts(area('A', false, 40)), null)).toBe('不在任何辖区（距A派出所边界 40 m）');
  });
  it('offers both where two hold it and chooses nothing', () => {
    const both = facts(area('A', true, 20), area('B', true, 20));
    expect(jurisdictionWords(both, null)).toBe('辖区重叠：A派出所、B派出所，须选');
    expect([mustChoose(both, null), mustChoose(both, 'B'), mustChoose(both, 'X'), mustChoose(null, null)]).toEqual([true, false, true, false]);
    expect(jurisdictionWords(both, 'B')).toBe('B派出所（2 辖区重叠，已选定）');
    expect(holding(both).map(areaName)).toEqual(['A派出所', 'B派出所']);
  });
  it('says on which side of a thing the point lies', () => {
    const near = (bearing_deg: number | null, distance_m = 46) => nearWords({ name: '小学', kind: 'school', town: null, distance_m, bearing_deg });
    expect([near(135), near(350), near(-90), near(null), near(90, 2)]).toEqual(['小学东南 50 m', '小学北 50 m', '小学西 50 m', '小学', '小学']);
    expect([kindWords('school'), kindWords('something_new')]).toEqual(['学校', '其他']);
  });
});

describe('layers', () => {
  it('keeps cameras apart, tells staffed checkpoints by shape, counts what it has', () => {
    const { layers } = new FixtureHost('empty', 10, 300);
    const fixed = fixedFeatures(layers).features;
    expect(fixed.filter((one) => one.properties?.['icon'] === 'checkpoint_staffed')).toHaveLength(7);
    expect(fixed.filter((one) => one.properties?.['icon'] === 'checkpoint')).toHaveLength(23);
    expect(fixed.some((one) => String(one.properties?.['icon']).startsWith('camera'))).toBe(false);
    expect(cameraFeatures(layers).features).toHaveLength(300);
    expect(cameraFeatures(layers).features[7]?.properties).toEqual({ id: 'v7', icon: 'camera_off', title: '探头 8' });
    expect(cameraOf(layers, 'v7')).toMatchObject({ id: 'v7', name: '探头 8', online: false, point: { lon: layers.cameras.lons[7], lat: layers.cameras.lats[7] } });
    expect([cameraOf(layers, 'nobody'), cameraOf(null, 'v7')]).toEqual([null, null]);
    expect(countsOf(layers)).toMatchObject({ cameras: 300, checkpoints: 30, jurisdictions: 3, zones: 2 });
    expect(countsOf(null)).toEqual({});
    const names = areaFeatures(layers.areas).features.filter((one) => one.geometry.type === 'Point');
    expect(names.map((one) => one.properties?.['title'])).toContain('城关派出所辖区');
  });
  it('shows a 135 point that nobody holds by shape and word', () => {
    const point = (hold: string) => ({ code: hold, name: '火车站', point: { lon: 1, lat: 2 }, team: '', phone: '', held_by: hold === 'team' ? '巡01' : null, hold, seconds: null });
    const [nobody, team, unknown] = point135Features([point('nobody'), point('team'), point('unknown')], { nobody: '无人', unknown: '不明' }).features;
    expect([nobody?.properties?.['icon'], nobody?.properties?.['sub']]).toEqual(['point135-nobody', '无人']);
    expect(team?.properties?.['sub']).toBe('巡01');
    expect(unknown?.properties?.['sub']).toBe('不明');
  });
  it('draws the newest fix strong and keeps the older ones, paler', () => {
    const fix = (radius_m: number | null, at_ms: number, source: 'base_station' | 'handset') => ({ point: { lon: 1, lat: 2 }, radius_m, source, at_ms });
    const made = circleFeatures([fix(350, 1, 'base_station'), fix(20, 2, 'handset'), fix(null, 3, 'handset')], (one) => `${one.source} ±${one.radius_m}`);
    const names = made.features.filter((one) => one.geometry.type === 'Point').map((one) => [one.properties?.['title'], one.properties?.['ink']]);
    // A fix of unknown accuracy has no circle, but it is the newest and its source stands there.
    expect(names).toEqual([['base_station ±350', 'pale'], ['handset ±20', 'pale'], ['handset ±null', 'ink']]);
    const newest = circleFeatures([fix(350, 1, 'base_station'), fix(20, 2, 'handset')], () => '').features.map((one) => one.properties?.['ink']);
    expect(newest).toEqual(['pale', 'pale', 'ink', 'ink']);
  });
  it('redraws 1,500 moving units in little time of the processor', () => {
    const host = new FixtureHost('empty', 125);
    const units = new Map<string, Unit>(host.groups.flatMap((group) => group.units).map((unit) => [unit.id, unit]));
    const positions: Positions = { fade_s: 60, ghost_s: 180, drop_s: 600, positions: host.placed().map(({ unit, point, age_s }) => ({ unit: unit.id, point, at_ms: -age_s * 1000, heading_deg: null, speed_kmh: null })) };
    const once = () => JSON.stringify(unitFeatures(positions, (id) => units.get(id), 0, { state: () => '待命', ago: (span) => span }));
    for (let n = 0; n < 20; n += 1) once();
    interface Spent { user: number; system: number }
    const { process } = globalThis as unknown as { process: { cpuUsage: (since?: Spent) => Spent } };
    const before = process.cpuUsage();
    for (let n = 0; n < 50; n += 1) once();
    const spent = process.cpuUsage(before);
    const each_ms = (spent.user + spent.system) / 1000 / 50;
    console.info(`1,500 units made into features and compared: ${each_ms.toFixed(2)} ms of the processor`);
    expect(positions.positions).toHaveLength(1500);
    expect(each_ms).toBeLessThan(30);
  });
});

describe('paths of map data', () => {
  it.each([['/m/a.mappack', 'pack'], ['C:\\a.osm.pbf', 'extract'], ['a.osm', 'extract'], ['地址.gpkg', 'own'], ['a.xlsx', 'own'], ['county-1', 'pack']] as const)('%s is %s', (path, kind) => expect(kindOfPath(path)).toBe(kind));
});

describe('a drawing', () => {
  beforeEach(() => vi.resetModules());
  async function begin() {
    const host = new FixtureHost('shift');
    const bridge = await import('@bridge/bridge');
    bridge.useHost(host);
    const { sheet } = await import('@features/incident/sheet.svelte');
    const { draft } = await import('@features/drawing/draft.svelte');
    const { drawings } = await import('@features/drawing/drawings.svelte');
    await sheet.open('0918', 'follow');
    return { host, draft, drawings, sheet };
  }
  const at = (n: number) => ({ lon: 114.3 + n * 0.001, lat: 30.59 + (n % 2) * 0.001 });

  it('is ended by the same point a second time, kept with its words, and listed', async () => {
    const { host, draft, drawings } = await begin();
    draft.start();
    draft.choose('cordon');
    expect(draft.isDrawing).toBe(true);
    draft.add(at(0));
    draft.add(at(1));
    draft.add(at(1));
    expect(draft.note).toContain('3');
    expect(draft.phase).toBe('points');
    draft.add(at(2));
    draft.takeBack();
    draft.add(at(3));
    draft.add(at(3));
    expect(draft.phase).toBe('words');
    draft.label = '外圈';
    await draft.keep();
    const added = host.sent.find((one) => one.name === 'drawing.add')?.request as { incident: string; kind: string; points: unknown[]; label: string };
    expect(added).toMatchObject({ incident: '0918', kind: 'cordon', label: '外圈' });
    expect(added.points).toHaveLength(3);
    expect(draft.points).toEqual([]);
    await drawings.ofIncident.refresh();
    expect(drawings.rows.map((row) => row.label)).toEqual(['外圈']);
  });
  it('keeps its corners when it is left, and when the core refuses', async () => {
    const { host, draft } = await begin();
    draft.start();
    draft.choose('route');
    draft.add(at(0));
    draft.add(at(2));
    draft.key('Escape', false);
    expect([draft.phase, draft.points.length]).toEqual(['choose', 2]);
    draft.goOn();
    draft.end();
    host.fail['drawing.add'] = { failure: { code: 'post.not_allowed', params: [], trace: 'X' } };
    await draft.keep();
    expect([draft.phase, draft.points.length]).toEqual(['words', 2]);
  });
  it('wants words for a text mark and one point only', async () => {
    const { host, draft } = await begin();
    draft.start();
    draft.choose('text_mark');
    draft.add(at(0));
    expect(draft.phase).toBe('words');
    await draft.keep();
    expect(host.sent.some((one) => one.name === 'drawing.add')).toBe(false);
    expect(draft.note).not.toBe('');
  });
  async function kept(kind: 'cordon' | 'text_mark' = 'cordon') {
    const all = await begin();
    all.draft.start();
    all.draft.choose(kind);
    for (const n of kind === 'cordon' ? [0, 1, 2] : [0]) all.draft.add(at(n));
    if (kind === 'cordon') all.draft.end();
    all.draft.label = '外圈';
    await all.draft.keep();
    await all.drawings.ofIncident.refresh();
    const row = all.drawings.rows[0];
    if (!row) throw new Error('nothing was kept');
    return { ...all, row };
  }
  const changed = (host: { sent: { name: string; request: unknown }[] }) => host.sent.filter((one) => one.name === 'drawing.change').map((one) => one.request);

  it('is given other words alone, and nothing goes out when nothing is another', async () => {
    const { host, draft, row } = await kept();
    draft.change(row, true);
    expect(draft.phase).toBe('words');
    await draft.keep();
    expect([changed(host).length, draft.note]).toEqual([0, '没有改动']);
    draft.label = '内圈';
    await draft.keep();
    expect(changed(host)).toEqual([{ drawing: row.id, points: null, label: '内圈' }]);
    expect(draft.changes).toBeNull();
  });
  it('has its corners moved, added and removed by key, never below what its shape needs', async () => {
    const { host, draft, row } = await kept();
    const { mapState } = await import('@features/map/map.svelte');
    draft.change(row, false);
    expect([draft.phase, draft.picked]).toEqual(['points', 0]);
    draft.key('Delete', false);
    expect(draft.points).toHaveLength(3);
    expect(draft.note).toContain('3');
    draft.key('N', false);
    mapState.centre = at(7);
    draft.key('Enter', false);
    mapState.centre = at(9);
    draft.key('I', false);
    expect(draft.points).toEqual([at(0), at(7), at(9), at(2)]);
    draft.key('Shift+N', false);
    draft.key('Shift+N', false);
    draft.key('Delete', false);
    expect(draft.points).toEqual([at(7), at(9), at(2)]);
    draft.key('Ctrl+Enter', false);
    await draft.keep();
    expect(changed(host)).toEqual([{ drawing: row.id, points: [at(7), at(9), at(2)], label: null }]);
  });
  it('that was voided meanwhile is refused, and what was changed is not lost', async () => {
    const { host, draft, row } = await kept('text_mark');
    draft.change(row, true);
    host.fail['drawing.change'] = { failure: { code: 'drawing.voided', params: [], trace: 'X' } };
    draft.label = '集结';
    await draft.keep();
    expect([draft.changes?.id, draft.label]).toEqual([row.id, '集结']);
  });
});

describe('closing a road', () => {
  beforeEach(() => vi.resetModules());
  it.each([['', null], ['14:30', 'at'], ['90m', 90], ['2h', 120], ['2小时', 120], ['25:00', undefined], ['soon', undefined]] as const)('until %s', async (typed, is) => {
    const { untilOf } = await import('@features/closure/closing.svelte');
    const now_ms = new Date(2026, 10, 27, 20, 0).getTime();
    const wanted = is === 'at' ? new Date(2026, 10, 28, 14, 30).getTime() : typeof is === 'number' ? now_ms + is * 60_000 : is;
    expect(untilOf(typed, now_ms)).toBe(wanted);
  });
  it('asks for a reason, closes one way with the road\'s name, lists it and opens it again', async () => {
    const host = new FixtureHost('shift');
    (await import('@bridge/bridge')).useHost(host);
    const { closing } = await import('@features/closure/closing.svelte');
    const { closures } = await import('@features/closure/closures.svelte');
    const { deskState } = await import('@features/desk/desk.svelte');
    const point = { lon: 114.3, lat: 30.59 };
    closing.start(point);
    await vi.waitFor(() => expect(closing.road.value?.road?.name).toBe('沿河路'));
    expect(closing.ways).toEqual([null, 92, 272]);
    closing.choose(1);
    await closing.keep();
    expect(host.sent.some((one) => one.name === 'road.close')).toBe(false);
    closing.reason = '积水';
    closing.until = 'tomorrow';
    await closing.keep();
    expect(host.sent.some((one) => one.name === 'road.close')).toBe(false);
    closing.until = '';
    await closing.keep();
    expect(host.sent.find((one) => one.name === 'road.close')?.request).toEqual({ point, heading_deg: 92, name: '沿河路', reason: '积水', ordered_by: '', until_ms: null, replaces: null });
    expect(deskState.rejections['closing']).toBeUndefined();
    const row = closures.rows[0];
    if (!row) throw new Error('the closure is not listed');
    expect(row.name).toBe('沿河路');
    expect(await closing.extend(row, '2h')).toBe(true);
    await closures.list.refresh();
    expect(closures.rows).toHaveLength(1);
    expect(closures.rows[0]?.until_ms).not.toBeNull();
    expect(await closures.reopen(closures.rows[0]?.id ?? '', '')).toBe(true);
    await closures.list.refresh();
    expect(closures.rows).toEqual([]);
  });
  it('past its time says so in shape and words, and still counts', async () => {
    const { closureFeatures, untilWords } = await import('@features/closure/closures.svelte');
    const row = { id: 'c', point: { lon: 1, lat: 2 }, heading_deg: 92, name: '桥', reason: 'r', ordered_by: '', closed_by: 'a', since_ms: 0, until_ms: 1000, lines: [[[1, 2], [1.1, 2]]] as [number, number][][], why: null };
    const iconAt = (now_ms: number) => closureFeatures([row], now_ms).features.find((one) => one.geometry.type === 'Point')?.properties;
    expect(iconAt(999)).toMatchObject({ icon: 'closed', ink: 'red' });
    expect(iconAt(999)?.['title']).toContain('往东');
    expect(iconAt(1000)).toMatchObject({ icon: 'closed_over' });
    expect(untilWords(row, 1000)).toContain('到期');
    expect(untilWords({ until_ms: null }, 0)).toBe('未定何时');
  });
});

describe('ticks while the roads are read', () => {
  beforeEach(() => vi.resetModules());
  const ranking = (code: string | null, proposed: string) => ({
    wanted: code ? [{ code, params: [] }] : [], left: [], by: code ? 'straight_line' : 'road_time', proposed_type: null, asked_at_ms: 0,
    rows: ['u1', 'u2'].map((unit, n) => ({ unit, callsign: unit, rank: n + 1, proposed: unit === proposed, needs_reason: false, reasons: [] })),
  });
  async function begin() {
    const host = new FixtureHost('shift');
    (await import('@bridge/bridge')).useHost(host);
    const { candidates } = await import('@features/candidate/candidates.svelte');
    const answer = (code: string | null, proposed: string) => { host.fail['candidate.rank'] = { ok: ranking(code, proposed) } as never; };
    answer('roads_loading', 'u1');
    await candidates.look('0918');
    expect(candidates.ticked).toEqual(['u1']);
    return { candidates, answer };
  }
  it('follow the new proposal when the roads arrive, and only then', async () => {
    const { candidates, answer } = await begin();
    answer('roads_loading', 'u2');
    await candidates.ranked.refresh();
    expect(candidates.ticked).toEqual(['u1']);
    answer(null, 'u2');
    await candidates.ranked.refresh();
    expect(candidates.ticked).toEqual(['u2']);
    expect(await candidates.send('')).toBe('too_soon');
    answer(null, 'u1');
    await candidates.ranked.refresh();
    expect(candidates.ticked).toEqual(['u2']);
  });
  it('stay as a person set them', async () => {
    const { candidates, answer } = await begin();
    candidates.toggle('u2');
    answer(null, 'u2');
    await candidates.ranked.refresh();
    expect(candidates.ticked).toEqual(['u1', 'u2']);
  });
});
