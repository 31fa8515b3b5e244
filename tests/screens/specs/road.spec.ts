// The main road, by keys alone: how many it takes, and that ten incidents need no pointer (K2, A12).
// Not here: what each key means (ui/tests/keys.test.ts).
import { downtown } from '../support/station';
import { expect, test } from '../support/desk';

test('a located call is taken, filed and sent in three keys besides its text', async ({ desk, station }) => {
  await desk.open();
  await station.ring('110', downtown);
  await desk.answer('field-text');
  // Who could go is shown before anything is typed, and takes no focus.
  await expect(desk.find('candidate-row').first()).toBeVisible();
  await desk.expectFocus('field-text');
  await desk.send('两个人在夜市门口打架');
  expect(await desk.keyCount()).toBeLessThanOrEqual(3);
  const row = (await station.board()).rows[0];
  expect(row?.stage).toBe('dispatched');
  expect(row?.units.length).toBeGreaterThan(0);
});

test('a call without a place takes six keys besides the initials and the text', async ({ desk, station }) => {
  await desk.open();
  await station.ring('110');
  await desk.answer('field-place');
  await desk.page.keyboard.type('rmlys');
  await expect(desk.find('place-hit').first()).toBeVisible();
  await desk.press('ArrowDown', 'Enter');
  await expect(desk.find('place-facts')).toContainText('地名选定');
  await desk.press('Tab');
  await desk.expectFocus('field-text');
  await desk.write('有人喝醉了躺在路边');
  await desk.press('Control+Enter');
  await desk.expectCandidates();
  await desk.press('Enter');
  await expect(desk.find('order-sent')).toBeVisible();
  expect(await desk.keyCount()).toBeLessThanOrEqual(6);
  const row = (await station.board()).rows[0];
  expect(row?.point).not.toBeNull();
  expect(row?.units.length).toBeGreaterThan(0);
});

test('an Enter in the first moment of the candidates sends nobody', async ({ desk, station }) => {
  await desk.open();
  await station.ring('110', downtown);
  await desk.answer('field-text');
  // The same hand on the same key: the page gets the second Enter as soon as the list has the focus.
  await desk.page.evaluate(() => {
    const eager = (event: FocusEvent) => {
      const part = event.target as HTMLElement;
      if (part.dataset['focus'] !== 'candidates') return;
      document.removeEventListener('focusin', eager);
      part.dispatchEvent(new KeyboardEvent('keydown', { key: 'Enter', bubbles: true, cancelable: true }));
    };
    document.addEventListener('focusin', eager);
  });
  await desk.write('打架');
  await desk.press('Control+Enter');
  await desk.expectCandidates();
  expect((await station.board()).rows[0]?.units).toEqual([]);
  await desk.press('Enter');
  await expect(desk.find('order-sent')).toBeVisible();
});

test('ten calls by keys alone, six of them invalid in two keys each: 无效 60 %', async ({ desk, station }) => {
  await desk.open();
  for (let n = 1; n <= 10; n += 1) {
    await station.ring('110', downtown);
    if (n <= 4) {
      await desk.takeAndSend(`第 ${n} 起，邻居吵闹`);
      continue;
    }
    await desk.answer('field-text');
    const before = await desk.keyCount();
    await desk.press('Alt+x');
    await expect(desk.find('digit-choice')).toBeVisible();
    await desk.press(String(n - 4));
    await expect.poll(async () => (await station.board()).today.invalid).toBe(n - 4);
    expect(await desk.keyCount() - before).toBe(2);
  }
  await expect(desk.find('queue-invalid')).toContainText('60 %');
  expect(await desk.page.evaluate(() => globalThis.keyLog.pointers)).toBe(0);
});
