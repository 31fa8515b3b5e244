// 语音转来 and 本所 on the real back end, by keys alone: what was heard with a code is entered in an outage, a bad
// code says what to ask for, a crew is sent, and the original, once it is here, is one with it. A picture of each step goes
// to target/ci/screens/. Not here: two stations that heal (tests/tests/journeys/voice.rs).
import { expect, test } from '../support/desk';
import { inTarget } from '../support/places';

interface Opened { incident: string }
interface View { row: { short_code: string; id: string }; timeline: { kind: string }[] }

test('what was heard is entered, worked, and one with its original', async ({ desk, station, page }) => {
  const see = (name: string) => page.screenshot({ path: inTarget(`ci/screens/voice-${name}.png`) });
  await desk.open();
  // The original is here already, as after healing: the code leads to it.
  const opened = await station.ask<Opened>('incident.open', { line: '110', entrance: 'phone' });
  await station.ask('incident.file', { incident: opened.incident, form: { place: '人民路中学北门' } });
  const view = await station.ask<View>('incident.view', { incident: opened.incident });
  const code = view.row.short_code;
  const last = code.at(-1) === '7' ? '4' : '7';

  await desk.press('Alt+o');
  await desk.expectFocus('outage');
  await desk.press('h');
  await desk.expectFocus('heard-code');
  await desk.write(code.slice(0, -1) + last);
  await desk.press('Tab');
  await desk.write('指挥中心 350M');
  await desk.press('Tab', 'Tab');
  await desk.write('打架斗殴');
  await desk.press('Tab');
  await desk.write('桥头市场');
  await desk.press('Tab');
  await desk.write('两人持刀，派巡03');
  await desk.press('Enter');
  await expect(desk.find('rejection-heard')).toContainText(`末位若是 ${code.at(-1) ?? ''}`);
  await see('bad-code');
  await desk.press('Control+a');
  await desk.write(code);
  await desk.press('Enter');
  // The place contradicts: both stand, both are marked, nothing is swallowed.
  await expect(desk.find('outage')).toHaveCount(0);
  await expect(desk.find('voice-note')).toHaveAttribute('data-doubt', 'contradicts');
  await expect(desk.find('queue-voice', { doubt: 'true' })).toHaveCount(2);
  await see('doubt');
  await desk.press('Alt+v', '1');
  await expect(desk.find('sheet')).toHaveAttribute('data-incident', opened.incident);
  await expect(desk.find('voice-part')).toHaveCount(1);
  await expect(desk.find('queue-row')).toHaveCount(1);
  await see('joined');
  const whole = await station.ask<View>('incident.view', { incident: opened.incident });
  expect(whole.timeline.map((line) => line.kind)).toEqual(['incident.open', 'incident.file', 'incident.hear', 'incident.join']);

  const units = await station.ask<{ groups: { units: { id: string; callsign: string }[] }[] }>('unit.board');
  const unit = units.groups.flatMap((group) => group.units).find((one) => one.callsign === '巡03');
  await station.ask('assignment.order', { incident: opened.incident, units: [unit?.id], text: '带盾', override_reason: '最近' });
  await desk.press('Alt+n');
  await desk.expectFocus('copies');
  // The hall is no station house: one is chosen by a key.
  await expect(desk.find('copies')).toHaveAttribute('data-house', '');
  for (let n = 0; n < 40 && (await desk.find('copies').getAttribute('data-house')) !== 'CG'; n += 1) {
    const before = (await desk.find('copies').getAttribute('data-house')) ?? '';
    await desk.press('t');
    await expect(desk.find('copies')).not.toHaveAttribute('data-house', before);
  }
  await expect(desk.find('copy-row', { callsign: '巡03' })).toHaveCount(1);
  await desk.press('a');
  await desk.write('巡03 正在修车，巡01 更快');
  await desk.press('Enter');
  await expect(desk.find('copy-comment')).toContainText('巡01 更快');
  await see('copies');
  await desk.press('Enter');
  await expect(desk.find('sheet')).toHaveAttribute('data-incident', opened.incident);
  await expect(page.getByText('意见（巡03）：巡03 正在修车，巡01 更快')).toBeVisible();
  expect(desk.errors).toEqual([]);
});
