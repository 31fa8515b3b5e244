// Following up: the sign clock turns amber and red in real time (B4), cancelling takes two steps and a
// signature (B9), closing takes a result (B8).
// Not here: the rules themselves (tests/tests/journeys.rs).
import { expect, test } from '../support/desk';
import { downtown } from '../support/station';
import type { IncidentView } from '@generated/types';

test('an order nobody signs is amber after 30 s and red after 60 s', async ({ desk, station }) => {
  await desk.open();
  await station.ring('110', downtown);
  await desk.takeAndSend('两个人在夜市门口打架');
  const incident = await desk.incident();
  const { assignments } = await station.ask<IncidentView>('incident.view', { incident });
  const [first] = assignments;
  expect(first).toBeDefined();
  // The terminals got it; from here on nobody does anything.
  for (const { id } of assignments) await station.ask('assignment.step', { assignment: id, step: 'deliver', at_ms: null });
  const sign = desk.find('queue-row', { incident }).locator('[data-testid="sign-clock"]').first();
  const age_s = () => (Date.now() - (first?.ordered_at_ms ?? 0)) / 1000;
  const turned: Record<string, number> = {};
  for (const heat of ['calm', 'amber', 'red']) {
    await expect(sign).toHaveAttribute('data-heat', heat, { timeout: 65_000 });
    turned[heat] = age_s();
    if (heat === 'amber') await expect(desk.find('need-row', { kind: 'unsigned' }).first()).toContainText('Alt K');
  }
  expect(turned['calm']).toBeLessThan(30);
  expect(turned['amber']).toBeGreaterThanOrEqual(29.9);
  expect(turned['amber']).toBeLessThan(35);
  expect(turned['red']).toBeGreaterThanOrEqual(59.9);
  expect(turned['red']).toBeLessThan(65);
  await expect(sign).toContainText('未签收');
  // Still nobody pressed anything but the main road.
  expect((await station.board()).rows[0]?.units[0]?.stage).toBe('ordered');
});

test('cancelling asks twice, waits for the signature and touches no other unit', async ({ desk, station, page }) => {
  await desk.open();
  await station.ring('110', downtown);
  await desk.answer('field-text');
  await desk.write('两人持刀打架');
  await expect(desk.find('type-proposal').first()).toBeVisible();
  await desk.press('Alt+q');
  await expect(desk.find('type-chosen')).toBeVisible();
  await desk.press('Control+Enter');
  await desk.expectCandidates();
  await desk.press('Enter');
  await expect(desk.find('order-sent')).toBeVisible();
  await desk.press('F5');
  await desk.expectFocus('assignments');
  const rows = desk.find('assignment-row');
  await expect(rows.nth(1)).toBeVisible();
  const other = (await rows.nth(0).getAttribute('data-callsign')) ?? '';
  const cancelled = (await rows.nth(1).getAttribute('data-callsign')) ?? '';
  const row = desk.find('assignment-row', { callsign: cancelled });
  await desk.press('ArrowDown', '-');
  await expect(desk.find('field-cancel-reason')).toBeFocused();
  await expect(row).toHaveAttribute('data-cancel', '');
  await desk.press('Enter');
  await expect(row).toHaveAttribute('data-cancel', 'pending');
  await expect(row).toContainText('待撤销');
  const ordered = async (callsign: string) => (await station.board()).rows[0]?.units.find((unit) => unit.callsign === callsign);
  expect((await ordered(cancelled))?.cancel_pending).toBe(true);
  // The crew signs; only now it is over.
  await desk.expectFocus('assignments');
  await desk.press('Enter');
  await expect(row).toHaveAttribute('data-stage', 'cancelled');
  await expect(row).toHaveAttribute('data-cancel', '');
  await expect(desk.find('assignment-row', { callsign: other })).toHaveAttribute('data-stage', 'ordered');
  for (const kind of ['assignment.ask_cancel', 'assignment.sign_cancel']) {
    await expect(desk.find('timeline-row', { kind })).toContainText(cancelled);
  }
  expect((await station.units()).find((unit) => unit.callsign === cancelled)?.incident).toBeNull();
  expect(await page.evaluate(() => globalThis.keyLog.pointers)).toBe(0);
});

test('closing without a result is refused in Chinese; with one it closes', async ({ desk, station }) => {
  await desk.open();
  const [callsign = ''] = await station.callsigns('available', 1);
  await station.ring('110', downtown);
  await desk.answer('field-text');
  await desk.write('捡到一个钱包');
  await desk.press('Control+Enter');
  await desk.expectFocus('candidates');
  await station.ask('command.run', { text: `/p ${callsign}`, incident: await desk.incident() });
  await expect(desk.find('queue-row').first()).toContainText(callsign);
  await desk.press('Control+Shift+Enter');
  const refused = desk.find('rejection-close');
  await expect(refused).toBeVisible();
  await expect(refused).toContainText(/还没有结果码|在警/);
  expect((await station.board()).rows[0]?.stage).toBe('dispatched');
  await desk.press('F5');
  await desk.expectFocus('assignments');
  for (const step of ['signed', 'en_route', 'on_scene', 'working', 'cleared']) {
    await desk.press('Enter');
    await expect(desk.find('assignment-row', { callsign })).toHaveAttribute('data-stage', step);
  }
  await desk.press('Control+Shift+Enter');
  await expect(refused).toHaveAttribute('data-code', 'incident.result_missing');
  await expect(refused).toContainText('还没有结果码，不能结案');
  await desk.press('Alt+f');
  await desk.expectFocus('feedback');
  await desk.write('到场，3人受伤，请120');
  await desk.press('Tab');
  await desk.write('R04');
  await expect(desk.find('result-hit').first()).toContainText('现场处置完毕');
  await desk.press('Enter', 'Enter');
  await expect(desk.find('feedback-last')).toContainText('3人受伤');
  await expect(desk.find('feedback-proposes')).toContainText('120');
  await desk.press('Control+Shift+Enter');
  await expect(desk.find('follow-stage')).toHaveAttribute('data-stage', 'closed');
  await expect(desk.find('follow-result')).toContainText('现场处置完毕');
});
