// The tools of the map, by keys alone: rings, circle, cameras, hot cells, drawing, 这里, layers; the page of
// map packs and the wall. On the made-up shift: what is proved is what the screen does with an answer.
// Not here: whether an answer is right (domain, mappack, routing), the map's own layers (map.spec.ts).
import { inTarget } from '../support/places';
import { expect, test } from '../support/fixture';

test.beforeEach(async ({ page }) => {
  await page.addInitScript(() => {
    Object.assign(globalThis, { pointers: 0 });
    window.addEventListener('pointerdown', () => ((globalThis as unknown as { pointers: number }).pointers += 1), true);
  });
});
test.afterEach(async ({ page }) => {
  expect(await page.evaluate(() => (globalThis as unknown as { pointers: number }).pointers), 'no pointer was needed').toBe(0);
});

test('R draws the rings of the open incident and says who is within; Esc gives the keyboard back', async ({ desk }) => {
  await desk.open();
  await desk.press('r');
  await desk.expectFocus('map-tool');
  await expect(desk.find('ring-row')).toHaveCount(3);
  await expect(desk.find('ring-by')).toHaveText('按道路时间，待命单位');
  await expect(desk.find('ring-unknown')).toContainText('位置不明');
  expect((await desk.sent('ring.of'))[0]?.request).toHaveProperty('point.lon');
  await desk.press('Escape');
  await expect(desk.find('tool-rings')).toHaveCount(0);
  await desk.expectFocus('map');
});

test('C asks for the circle; arrows, a typed radius and a kind of kit change what is asked', async ({ desk }) => {
  await desk.open();
  await desk.press('c');
  await expect(desk.find('circle-sum')).toContainText(/可调 \d+人\/\d+车/);
  await expect(desk.find('circle-sum')).toContainText('带队 李某 138 0000 1234');
  await expect(desk.find('circle-unknown')).toBeVisible();
  const last = async () => (await desk.sent('circle.query')).at(-1)?.request;
  expect(await last()).toMatchObject({ radius_m: 3000, kit: '' });
  await desk.press('ArrowRight');
  await expect.poll(last).toMatchObject({ radius_m: 3500 });
  await desk.press('1', '.', '5', 'Enter');
  await expect.poll(last).toMatchObject({ radius_m: 1500 });
  await desk.press('9', '9', '9', 'Enter');
  await expect(desk.find('circle-wrong')).toContainText('999');
  await desk.press('Escape');
  await desk.expectFocus('map-tool');
  const all = await desk.find('circle-row').count();
  await desk.press('f');
  await desk.write('枪');
  await expect.poll(last).toMatchObject({ radius_m: 1500, kit: '枪' });
  await expect.poll(() => desk.find('circle-row').count()).toBeLessThan(all);
  await desk.press('Enter', 'Escape');
  await desk.expectFocus('map');
});

test('V lists eight cameras, the dead ones last; Enter opens one for the incident and says it was logged', async ({ desk }) => {
  await desk.open();
  await desk.press('v');
  await expect(desk.find('camera-row')).toHaveCount(8);
  const online = await desk.find('camera-row').evaluateAll((rows) => rows.map((row) => (row as HTMLElement).dataset['online']));
  expect(online.join()).not.toMatch(/false,true/);
  await desk.press('ArrowDown', 'Enter');
  await expect(desk.find('camera-opened')).toContainText('已记入审计');
  await expect(desk.find('camera-opened')).toContainText('rtsp://');
  const second = await desk.find('camera-row').nth(1).getAttribute('data-camera');
  expect((await desk.sent('camera.open')).map((one) => one.request)).toEqual([{ camera: second, incident: '0918' }]);
});

test('G ranks cells by type, weekday and hour; E gives the list out', async ({ desk, page }) => {
  await desk.open();
  await desk.press('g', 't');
  await desk.write('djdo');
  await desk.press('Enter', 'h');
  await desk.write('21-23');
  await desk.press('Enter', '5');
  await expect(desk.find('hot-about')).toContainText('打架斗殴·星期五·21–23 时');
  await expect.poll(async () => (await desk.sent('grid.hot')).at(-1)?.request).toMatchObject({ type_code: '0201', weekdays: [5], from_hour: 21, to_hour: 23 });
  await expect(desk.find('hot-row').first()).toHaveAttribute('data-rank', '1');
  await desk.press('t');
  await desk.write('查无此类');
  await expect(desk.find('hot-type')).toContainText('没有类别');
  await desk.press('Enter', 'e');
  await expect(desk.find('hot-saved')).toContainText('已存');
  const files = await page.evaluate(() => [...(globalThis as unknown as { fixture: { files: Map<string, string> } }).fixture.files.values()]);
  expect(files[0]).toContain('名次,网格');
});

test('D draws a cordon by the cross: Enter sets, Backspace takes back, Ctrl Enter ends; X voids with a reason', async ({ desk }) => {
  await desk.open();
  const pan = async (key: string) => {
    const before = await desk.find('draw-measure').textContent();
    await desk.press(key);
    await expect(desk.find('draw-measure')).not.toHaveText(before ?? '');
  };
  await desk.press('d', '1');
  await desk.expectFocus('map');
  await desk.press('Enter');
  await pan('ArrowRight');
  await desk.press('Enter');
  await pan('ArrowDown');
  await desk.press('Enter', 'Backspace', 'Enter');
  await expect(desk.find('draw-measure')).toContainText('3 点');
  await expect(desk.find('draw-measure')).toContainText('面积');
  await desk.press('Control+Enter');
  await desk.expectFocus('draw-words');
  await desk.write('外圈');
  await desk.press('Enter');
  await expect(desk.find('draw-row')).toContainText('警戒区 外圈');
  expect((await desk.sent('drawing.add'))[0]?.request).toMatchObject({ incident: '0918', kind: 'cordon', label: '外圈' });
  // The incident's own keys were not touched by Ctrl Enter on the map.
  expect(await desk.sent('incident.file')).toEqual([]);
  await desk.press('ArrowDown', 'x', 'Enter');
  expect(await desk.sent('drawing.void')).toEqual([]);
  await desk.write('画错位置');
  await desk.press('Enter');
  await expect(desk.find('draw-row', { voided: 'true' })).toContainText('画错位置');
});

test('E gives a drawing other words, M moves a corner: N picks it, Enter puts it at the cross', async ({ desk }) => {
  await desk.open();
  await desk.press('d', '7', 'Enter');
  await desk.expectFocus('draw-words');
  await desk.write('集合');
  await desk.press('Enter');
  await expect(desk.find('draw-row')).toContainText('集合');
  await desk.press('ArrowDown', 'e');
  await desk.expectFocus('draw-words');
  await desk.write('到此');
  await desk.press('Enter');
  await expect(desk.find('draw-row')).toContainText('集合到此');
  expect((await desk.sent('drawing.change')).at(-1)?.request).toMatchObject({ points: null, label: '集合到此' });
  await desk.press('m');
  await desk.expectFocus('map');
  await desk.press('ArrowRight', 'ArrowRight', 'Enter', 'Control+Enter');
  await desk.expectFocus('draw-words');
  await desk.press('Enter');
  await expect.poll(async () => (await desk.sent('drawing.change')).length).toBe(2);
  expect((await desk.sent('drawing.change')).at(-1)?.request).toMatchObject({ label: null });
  expect(((await desk.sent('drawing.change')).at(-1)?.request as { points: unknown[] }).points).toHaveLength(1);
});

test('H then F closes the road at the cross, one way, with a reason; X opens it again', async ({ desk }) => {
  await desk.open();
  await desk.press('h');
  await desk.expectFocus('map-tool');
  await desk.press('f');
  await expect(desk.find('closing-road')).toContainText('沿河路');
  await desk.press('2');
  await desk.expectFocus('closing-reason');
  await desk.press('Enter');
  await expect(desk.find('closing-note')).toHaveText('须写原因');
  await desk.write('积水');
  await desk.press('Tab');
  await desk.write('2h');
  await desk.press('Enter');
  await expect(desk.find('closure-row')).toContainText('沿河路');
  await expect(desk.find('closure-row')).toContainText('往东');
  expect((await desk.sent('road.close'))[0]?.request).toMatchObject({ heading_deg: 92, reason: '积水', name: '沿河路' });
  await desk.expectFocus('map-tool');
  await desk.press('ArrowDown', 'x');
  await desk.expectFocus('closure-answer');
  await desk.press('Enter');
  await expect(desk.find('closure-none')).toBeVisible();
  await desk.press('Escape');
  await desk.expectFocus('map');
});

test('这里 offers both jurisdictions of an overlap and takes the point only for the one that was chosen', async ({ desk, page }) => {
  await desk.open('open=0920&face=form');
  await desk.press('0');
  await page.evaluate(() => {
    const { fixture } = globalThis as unknown as { fixture: { fail: object; call: unknown } };
    const asked = fixture.call as (envelope: { name: string; request: unknown }) => Promise<unknown>;
    fixture.call = (envelope: { name: string; request: unknown }) =>
      asked.call(fixture, envelope.name === 'place.at' ? { ...envelope, request: { point: { lon: 114.31, lat: 30.593 } } } : envelope);
  });
  await desk.press('h');
  await expect(desk.find('here-jurisdiction')).toHaveText('辖区重叠：城关派出所、城东派出所，须选');
  await expect(desk.find('here-choice')).toHaveCount(2);
  await desk.press('Enter');
  expect((await desk.sent('incident.amend')).filter((one) => JSON.stringify(one.request).includes('"jurisdiction":"'))).toEqual([]);
  await desk.press('2');
  await expect(desk.find('here-taken')).toBeVisible();
  expect((await desk.sent('incident.amend')).at(-1)?.request).toMatchObject({ incident: '0920', form: { jurisdiction: 'cd', point_source: 'map_click' } });
});

test('coordinates are offered in every datum they can be read in, and the one taken is said', async ({ desk }) => {
  await desk.open('open=0919&face=form');
  await desk.press('Escape');
  await desk.expectFocus('field-place');
  await desk.press('Control+a');
  await desk.write('114.31, 30.59');
  await expect(desk.find('place-hit')).toHaveCount(3);
  await expect(desk.find('place-hit').nth(1)).toContainText('按 GCJ-02 读');
  await desk.press('ArrowDown', 'ArrowDown', 'Enter');
  await expect(desk.find('place-facts')).toContainText('按 GCJ-02 读');
  await expect(desk.find('place-area')).toContainText('派出所');
});

test('duplicates stand with their towns, nothing is chosen; Enter on the second sets pin and jurisdiction (A6)', async ({ desk }) => {
  await desk.open('open=0919&face=form');
  await desk.press('Escape', 'Control+a');
  await desk.write('rmlzxx');
  await expect(desk.find('place-hit')).toHaveText([/城关镇/, /柳河镇/]);
  await expect(desk.find('place-hit').first()).toContainText('学校');
  expect(await desk.sent('incident.amend')).toEqual([]);
  await desk.press('ArrowDown', 'ArrowDown', 'Enter');
  await expect(desk.find('place-area')).toContainText('城东派出所');
  expect((await desk.sent('incident.amend')).at(-1)?.request).toMatchObject({ form: { place: '人民路中心小学', town: '柳河镇', point_source: 'gazetteer' } });
});

test('the candidate under the cursor shows its way, a straight line says that it is one', async ({ desk }) => {
  await desk.open('open=0920&face=form');
  await expect(desk.find('map-route')).toHaveAttribute('data-by', 'road');
  await desk.press('F6');
  await desk.expectFocus('candidates');
  for (let row = 0; row < 6; row += 1) await desk.press('ArrowDown');
  await expect(desk.find('map-route')).toHaveAttribute('data-by', 'straight_line');
  await expect(desk.find('map-route')).toContainText('离路太远');
});

test('L lists every layer with its count; Enter switches and the desk remembers', async ({ desk }) => {
  await desk.open();
  await desk.press('l');
  await expect(desk.find('layer-row', { layer: 'checkpoints' })).toContainText('有人 7·无人 23');
  await desk.press('4');
  await expect(desk.find('layer-row', { layer: 'checkpoints' })).toHaveAttribute('data-on', 'true');
  for (let row = 0; row < 6; row += 1) await desk.press('ArrowDown');
  await desk.press('Enter');
  await expect(desk.find('layer-row', { layer: 'jurisdictions' })).toHaveAttribute('data-on', 'true');
  const kept = (await desk.sent('draft.put')).filter((one) => one.request['key'] === 'map').at(-1)?.request['body'];
  expect(JSON.parse(String(kept))).toMatchObject({ on: { checkpoints: true, jurisdictions: true, units: true } });
});

test('the page of map packs installs, shows the work, stops it, and names what failed', async ({ desk, page }) => {
  await desk.open();
  await desk.press('Control+m');
  await expect(desk.find('pack-facts')).toContainText('鄂S(2026)031号');
  await expect(desk.find('pack-warnings')).toContainText('无巡区');
  await desk.press('ArrowDown', 'Enter');
  await expect(desk.find('pack-job')).toHaveAttribute('data-outcome', 'running');
  expect((await desk.sent('map.install'))[0]?.request).toEqual({ path: '/media/usb/county-429999-2026-11-20.mappack' });
  await desk.press('s');
  await expect(desk.find('pack-job')).toHaveAttribute('data-outcome', 'stopped');
  await expect(desk.find('pack-job')).toContainText('旧图照用');
  // Own files are ticked and go into the building.
  await desk.press('ArrowDown', 'ArrowDown', 'Enter', 'ArrowUp', 'Enter');
  expect((await desk.sent('map.build'))[0]?.request).toEqual({ extract: '/media/usb/hubei.osm.pbf', own: ['/media/usb/地址库.gpkg'] });
  await page.evaluate(() => {
    const { fixture } = globalThis as unknown as { fixture: { endJob: (why: string) => void } };
    fixture.endJob('tiles.mbtiles 的校验和不符');
  });
  await expect(desk.find('pack-job')).toContainText('tiles.mbtiles 的校验和不符');
  await expect(desk.find('pack-rejects')).toContainText('地址库.gpkg');
  await desk.press('Escape');
  await desk.expectFocus('map');
});

test('the wall shows dots and types only, follows the desk and nothing else', async ({ desk, page }) => {
  await page.goto(`${desk.origin}/fixture/index.html?scene=shift#wall`);
  await expect(desk.find('wall')).toHaveAttribute('data-ready', 'true');
  await expect(desk.find('wall-row').first()).toBeVisible();
  const text = await desk.find('wall').innerText();
  for (const kept of ['滨河路', '人民路', '锦华苑', '139', '0918']) expect(text).not.toContain(kept);
  expect(text).toContain('落水救助');
  const asked = await page.evaluate(() => [...new Set((globalThis as unknown as { fixture: { sent: { name: string }[] } }).fixture.sent.map((one) => one.name))]);
  expect(asked.sort()).toEqual(['desk.view', 'draft.get', 'lack.list', 'wall.view']);
  await desk.press('ArrowRight', '+', 'F4', 'F2', 'Escape');
  await expect(desk.find('wall')).toHaveAttribute('data-follows', '');
  await page.evaluate(async () => {
    const { fixture } = globalThis as unknown as { fixture: { call: (envelope: object) => Promise<unknown> } };
    await fixture.call({ session: '', name: 'wall.follow', request: { incident: '0918' } });
  });
  await expect(desk.find('wall')).toHaveAttribute('data-follows', '0918');
  await expect(desk.find('wall-now')).toContainText('落水救助');
});

test('the wall says which stations it lacks', async ({ desk, page }) => {
  await page.goto(`${desk.origin}/fixture/index.html?stations=72#wall`);
  await expect(desk.find('wall')).toHaveAttribute('data-ready', 'true');
  await expect(desk.find('lacks')).toContainText('不含');
  await page.screenshot({ path: inTarget('ci/screens/wall-lacks.png') });
});

test('Alt P puts the open incident onto the wall and takes it off again', async ({ desk }) => {
  await desk.open();
  await desk.press('Alt+p');
  await expect.poll(async () => (await desk.sent('wall.follow')).map((one) => one.request)).toEqual([{ incident: '0918' }]);
  await expect(desk.find('wall-shown')).toBeVisible();
  await desk.press('Alt+p');
  await expect.poll(async () => (await desk.sent('wall.follow')).map((one) => one.request)).toEqual([{ incident: '0918' }, { incident: null }]);
  await expect(desk.find('wall-shown')).toHaveCount(0);
});
