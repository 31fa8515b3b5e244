// Stations on the screen: the page on the real back end (inviting, the board by two persons), and every look
// of what only a county in trouble shows (strip, conflict card, outage, page) on the made-up one: no text is
// cut or lies over another. Pictures go to target/ci/screens/.
// Not here: how stations talk (tests/tests/journeys/stations.rs), what each key does (ui/tests/stations.test.ts).
import { expect, test } from '../support/desk';
import { test as fixture } from '../support/fixture';
import { inTarget } from '../support/places';
import { readScreen } from '../support/reading';

test('a station is invited, and the board taken by two persons and not by one', async ({ desk, station }) => {
  await desk.open();
  await station.ask('account.enrol', { account: 'wang', name: '王', passphrase: '烽火连三月抵万金', posts: ['shift_leader'] });
  await desk.press('Control+l');
  await expect(desk.find('station-row', { state: 'own' })).toBeVisible();
  await desk.press('n');
  await desk.write('桥头所');
  await desk.press('Tab');
  await desk.write('qt');
  await desk.press('Tab', 'Tab');
  await desk.write('10.1.1.1:4717');
  await desk.press('Enter');
  await expect(desk.find('invitation')).toContainText('FENGSUI-1-');
  await desk.press('Escape', 'j');
  await expect(desk.find('take-held')).toContainText('没有站说过');
  await desk.write('wang');
  await desk.press('Tab');
  await desk.write('不是这个');
  await desk.press('Enter');
  await expect(desk.find('rejection-board')).toBeVisible();
  await expect(desk.find('field-take-passphrase')).toHaveValue('');
  await desk.write('烽火连三月抵万金');
  await desk.press('Enter');
  await expect(desk.find('take-done')).toBeVisible();
  await expect(desk.find('board-held')).toHaveText('接警在本台');
  expect((await station.ask<{ board: number }>('station.list')).board).toBe(1);
});

for (const lang of ['zh', 'en']) {
  for (const { width, height } of [{ width: 1280, height: 800 }, { width: 1920, height: 1080 }]) {
    for (const theme of ['day', 'night']) {
      fixture(`a county in trouble is whole in ${lang} at ${width}, ${theme}`, async ({ desk, page }) => {
        await page.setViewportSize({ width, height });
        const faults: string[] = [];
        const see = async (look: string) => {
          await page.mouse.move(width - 1, height - 1);
          await page.evaluate(() => new Promise((done) => requestAnimationFrame(() => requestAnimationFrame(done))));
          await page.screenshot({ path: inTarget(`ci/screens/${lang}-${theme}-${width}-stations-${look}.png`) });
          faults.push(...(await page.evaluate(readScreen)).faults.map((fault) => `${fault} — ${look}`));
        };
        await desk.open(`stations=72&open=0917&face=follow&lang=${lang}&theme=${theme}`);
        await desk.press('Escape');
        await see('desk');
        await desk.press('F9', 'Enter');
        await desk.expectFocus('conflict');
        await desk.press('2');
        await see('conflict');
        await desk.press('Escape', 'Alt+o');
        await desk.expectFocus('outage');
        await desk.press('1', '2', '2');
        await expect(desk.find('outage-phone').first()).toHaveAttribute('data-works', 'false');
        await see('outage');
        await desk.press('h');
        await desk.expectFocus('heard-code');
        await see('heard');
        await desk.press('Escape', 'Escape', 'Alt+n');
        await desk.expectFocus('copies');
        await see('copies');
        await desk.press('Escape', 'Control+l');
        await expect(desk.find('stations-page')).toBeVisible();
        await desk.press('ArrowDown');
        await see('page');
        for (const [key, form] of [['n', 'invite-form'], ['x', 'revoke-form'], ['j', 'board-form']] as const) {
          await desk.press(key);
          await expect(desk.find(form)).toBeVisible();
          await see(form);
          await desk.press('Escape');
        }
        expect(faults).toEqual([]);
      });
    }
  }
}
