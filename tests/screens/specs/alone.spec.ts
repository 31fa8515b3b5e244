// The desk asks nobody but its own station: a tour through everything that could ask. (Every other spec
// watches the same, see support/desk.ts.)
// Not here: what the program itself connects to.
import { expect, test } from '../support/desk';
import { downtown } from '../support/station';

test('a tour of the whole desk asks only the address it came from', async ({ desk, station, page }) => {
  await desk.open();
  await station.ring('110', downtown);
  await desk.takeAndSend('两个人在夜市门口打架');
  await expect(desk.find('map-canvas')).toHaveAttribute('data-ready', 'true');
  await desk.press('F4');
  await desk.expectFocus('map');
  await desk.press('0', '-', '-', '4', '5', 'ArrowLeft', 'Escape');
  for (const [key, name] of [['F1', 'keys-page'], ['Control+,', 'settings'], ['Control+i', 'audit']] as const) {
    await desk.press(key);
    await expect(desk.find(name)).toBeVisible();
    await desk.press('Escape');
  }
  const asked = desk.requests.map((request) => new URL(request.url()));
  // The watch itself works: it saw the page, commands, the stream of changes, tiles and fonts.
  for (const path of ['/', '/call', '/startup', '/events']) expect(asked.map((url) => url.pathname)).toContain(path);
  expect(asked.some((url) => url.pathname.startsWith('/tiles/'))).toBe(true);
  expect(asked.some((url) => url.pathname.endsWith('.woff2'))).toBe(true);
  expect(desk.strangers()).toEqual([]);
  expect(await page.evaluate(async () => (await navigator.serviceWorker.getRegistrations()).length)).toBe(0);
});

test('the page may not ask anybody else even if it wanted to', async ({ desk, page }) => {
  await desk.open();
  const refused = await page.evaluate(() => new Promise<string>((done) => {
    document.addEventListener('securitypolicyviolation', (event) => done(event.effectiveDirective));
    fetch('http://127.0.0.2:9/').then(() => done('it went through'), () => undefined);
  }));
  expect(refused).toBe('connect-src');
  // This spec provoked that line; nothing else may be there.
  expect(desk.errors.splice(0).filter((line) => !line.includes('Content Security Policy'))).toEqual([]);
});
