// The map under the hand, where drawing is slow.
// Not here: what is drawn (map.spec.ts), when drawing counts as slow (ui/tests/map.test.ts).
import { expect, test } from '../support/fixture';

test('a map that is drawn slowly follows the hand with fewer points and is sharp again at rest', async ({ desk, page }) => {
  await page.addInitScript(() => {
    // As slow as a processor that draws every point: each frame takes 60 ms more.
    const next = globalThis.requestAnimationFrame.bind(globalThis);
    globalThis.requestAnimationFrame = (draw) => next((now) => {
      const until = performance.now() + 60;
      while (performance.now() < until);
      draw(now);
    });
  });
  await desk.open();
  // The panel takes its room beside the map before anything is measured.
  await desk.press('h');
  await expect(desk.find('here-jurisdiction')).toBeVisible();
  await expect(desk.find('map-canvas')).toHaveAttribute('data-drawn', 'true');
  const canvas = desk.find('map-canvas').locator('canvas');
  const points = () => canvas.evaluate((element: HTMLCanvasElement) => element.width / element.clientWidth);
  const box = await canvas.boundingBox();
  if (!box) throw new Error('no map');
  const [x, y] = [box.x + box.width / 2 - 150, box.y + box.height / 2];
  let asked = (await desk.sent('place.at')).length;
  const placeUnder = async (atX: number) => {
    await page.mouse.click(atX, y, { button: 'right' });
    await expect.poll(async () => (await desk.sent('place.at')).length).toBe((asked += 1));
    return (await desk.sent('place.at')).at(-1)?.request as { point: { lon: number; lat: number } };
  };
  const before = await placeUnder(x);
  expect(await points()).toBe(1);

  await page.mouse.move(x, y);
  await page.mouse.down();
  for (let at = 1; at <= 15; at += 1) {
    await page.mouse.move(x + at * 20, y);
    await page.evaluate(() => new Promise(requestAnimationFrame));
  }
  expect(await points()).toBe(0.5);
  // Held still before it is let go: nothing rolls on.
  await page.waitForTimeout(300);
  await page.mouse.up();
  await expect.poll(points).toBe(1);
  await expect(desk.find('map-canvas')).toHaveAttribute('data-drawn', 'true');

  // The whole way of the hand: the change of points ended no drag.
  const after = await placeUnder(x + 300);
  expect(after.point.lon).toBeCloseTo(before.point.lon, 4);
  expect(after.point.lat).toBeCloseTo(before.point.lat, 4);
});
