// After a failure: the page dies in the middle of typing, or the station does. What was said to be saved
// is there, and what was typed goes on.
// Not here: kills at random moments and damaged disks (tests/tests/faults.rs).
import { expect, test } from '../support/desk';
import { downtown, type Station } from '../support/station';
import type { Drafts } from '@generated/types';

/** What the station's disk holds of the half-typed form. */
async function draft(station: Station, incident: string): Promise<string> {
  const { drafts } = await station.ask<Drafts>('draft.get', { key: `incident:${incident}` });
  return drafts[0]?.body ?? '';
}

test('a page that died in the middle of typing is back where it was', async ({ desk, station, page }) => {
  await desk.open();
  await station.ring('110', downtown);
  await desk.answer('field-text');
  await desk.write('两个人在夜市打架');
  await desk.press('Alt+c');
  await desk.expectFocus('field-caller_name');
  await desk.write('王某某');
  await desk.press('ArrowLeft');
  const incident = await desk.incident();
  // 250 ms after the last key the draft goes to the disk; the station has it before the page dies.
  await expect.poll(() => draft(station, incident)).toContain('王某某');
  await page.reload();
  await expect(desk.find('sheet', { incident })).toBeVisible();
  await expect(page.locator('[data-focus="field-text"]')).toHaveValue('两个人在夜市打架');
  await expect(page.locator('[data-focus="field-caller_name"]')).toHaveValue('王某某');
  await desk.expectFocus('field-caller_name');
  await desk.write('的');
  await expect(page.locator('[data-focus="field-caller_name"]')).toHaveValue(/^王某.?某?.?$/);
});

test('a station that is killed says so at once, and after its restart all that was saved is there', async ({ desk, station, page }) => {
  desk.mayLoseStation = true;
  await desk.open();
  await station.ring('110', downtown);
  await desk.takeAndSend('两个人在夜市门口打架');
  const sent = (await station.board()).rows[0];
  await station.ring('122', downtown);
  await desk.answer('field-text');
  const incident = await desk.incident();
  await desk.write('两车相撞');
  await expect.poll(() => draft(station, incident)).toContain('两车相撞');
  await expect(desk.find('saved-at')).toContainText('已保存');

  await station.kill();
  await expect(desk.find('fault', { code: 'bridge.lost' })).toBeVisible();
  const text = page.locator('[data-focus="field-text"]');
  await desk.expectFocus('field-text');
  await desk.write('，堵住了');
  await expect(text).toHaveValue('两车相撞，堵住了');
  await desk.press('Control+Enter');
  await expect(desk.find('fault', { code: 'bridge.lost' })).toBeVisible();
  await expect(text).toHaveValue('两车相撞，堵住了');

  // The same home, the same port, a new token: the desk is opened anew.
  const before = station.origin;
  await station.start();
  expect(station.origin).toBe(before);
  await desk.open();
  await expect(desk.find('fault')).toHaveCount(0);
  await expect(desk.find('sheet', { incident })).toBeVisible();
  await expect(text).toHaveValue(/^两车相撞/);
  await desk.expectFocus('field-text');
  const rows = (await station.board()).rows;
  expect(rows.map((row) => row.id).sort()).toEqual([sent?.id, incident].sort());
  const again = rows.find((row) => row.id === sent?.id);
  expect([again?.number, again?.stage]).toEqual([sent?.number, 'dispatched']);
  expect(again?.units.map((unit) => unit.callsign)).toEqual(sent?.units.map((unit) => unit.callsign));
  // And it goes on.
  await desk.press('Control+Enter');
  await expect.poll(async () => (await station.board()).rows.find((row) => row.id === incident)?.stage).toBe('waiting');
});
