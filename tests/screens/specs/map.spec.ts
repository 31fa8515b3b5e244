// The map: it is drawn, its layers go by their digits, a unit whose feed stopped is never shown as live (C3, C4).
// Not here: what lies where (ui/tests/map.test.ts), the pack's making (mappack).
import { expect, test, type Desk } from '../support/desk';

/** What a picture of the map holds: how many colours, how many dots of the blue that only live, free units have.
    Without its rim, where the focus is marked in the same blue. */
async function painted(desk: Desk): Promise<{ colours: number; blue: number }> {
  const picture = (await desk.find('map-canvas').screenshot()).toString('base64');
  return desk.page.evaluate(async (data) => {
    const image = new Image();
    image.src = `data:image/png;base64,${data}`;
    await image.decode();
    const pen = new OffscreenCanvas(image.width, image.height).getContext('2d');
    if (!pen) throw new Error('no canvas');
    pen.drawImage(image, 0, 0);
    const rim = 4;
    const dots = pen.getImageData(rim, rim, image.width - 2 * rim, image.height - 2 * rim).data;
    const accent = getComputedStyle(document.documentElement).getPropertyValue('--accent').trim();
    const [red, green, blueOf] = [1, 3, 5].map((at) => parseInt(accent.slice(at, at + 2), 16));
    const colours = new Set<number>();
    let blue = 0;
    for (let at = 0; at < dots.length; at += 4) {
      const [r = 0, g = 0, b = 0] = [dots[at], dots[at + 1], dots[at + 2]];
      colours.add((r << 16) | (g << 8) | b);
      if (Math.abs(r - (red ?? 0)) + Math.abs(g - (green ?? 0)) + Math.abs(b - (blueOf ?? 0)) < 24) blue += 1;
    }
    return { colours: colours.size, blue };
  }, picture);
}

test('the map is drawn and each digit switches its layer while the map has the keyboard', async ({ desk }) => {
  await desk.open();
  await expect(desk.find('map-trouble')).toHaveCount(0);
  await expect(desk.find('map-canvas')).toHaveAttribute('data-ready', 'true');
  await expect.poll(async () => (await painted(desk)).colours).toBeGreaterThan(50);
  await expect.poll(async () => (await painted(desk)).blue).toBeGreaterThan(200);
  const layers = ['units', 'incidents', 'posts', 'checkpoints', 'cameras'];
  const on = async () => Promise.all(layers.map((name) => desk.find(`layer-${name}`).getAttribute('data-on')));
  const before = await on();
  await desk.press('F4');
  await desk.expectFocus('map');
  for (const at of layers.keys()) {
    await desk.press(String(at + 1));
    await expect.poll(on).toEqual(before.map((is, other) => (other <= at ? String(is !== 'true') : is)));
  }
  // Without its layer no unit is drawn.
  await expect.poll(async () => (await painted(desk)).blue).toBeLessThan(20);
  for (const at of layers.keys()) await desk.press(String(at + 1));
  await expect.poll(on).toEqual(before);
  await expect.poll(async () => (await painted(desk)).blue).toBeGreaterThan(200);
  // Away from the map a digit is no layer.
  await desk.press('F3', '4');
  expect(await on()).toEqual(before);
});

test('units whose feed stopped fade, then are hollow; when it comes back they are solid', async ({ desk, page }) => {
  // Only the page's clock is moved: for it the newest fix is then as old as if the feed had stopped.
  await page.clock.install();
  await desk.open();
  await expect(desk.find('map-canvas')).toHaveAttribute('data-ready', 'true');
  await expect.poll(async () => (await painted(desk)).blue).toBeGreaterThan(200);
  const fresh = (await painted(desk)).blue;
  await page.clock.fastForward(75_000);
  await expect.poll(async () => (await painted(desk)).blue).toBeLessThan(fresh * 0.6);
  await page.clock.fastForward(120_000);
  await expect.poll(async () => (await painted(desk)).blue).toBeLessThan(fresh * 0.3);
  await page.reload();
  await expect.poll(async () => (await painted(desk)).blue).toBeGreaterThan(fresh * 0.6);
});
