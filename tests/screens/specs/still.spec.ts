// Nothing that arrives moves what the person who types has: focus, caret, scroll, the place of any row.
// The page itself watches every frame, so that a flicker counts as well.
// Not here: order of the lists while somebody is in them (ui/tests/frozen.test.ts).
import { expect, test } from '../support/desk';
import { downtown, noForm } from '../support/station';

/** What must stand still, as the page saw it in one frame. */
type Scene = Record<string, string>;
declare global {
  // eslint-disable-next-line no-var
  var watched: { frames: number; moved: string[] };
}

/** Runs in the page: looks at every frame and notes what differs from the first. */
function watch(): void {
  const named = (part: Element) => (part as HTMLElement).dataset['testid'] ?? part.className;
  const rows = '[data-testid="form"] .row, [data-testid="form"] .strip, [data-testid="sheet"] > *, .pane, .top, .honest';
  const boxed = [...document.querySelectorAll(rows)];
  const scrollable = [...document.querySelectorAll('*')].filter(
    (part) => part.scrollHeight > part.clientHeight || part.scrollWidth > part.clientWidth,
  );
  // A list that somebody scrolled stays with what it shows, even when something joins above it; one that
  // stands at its beginning stays there.
  const scrolledTo = (part: Element) => {
    if (part.scrollTop === 0) return `beginning ${part.scrollLeft}`;
    const top = part.getBoundingClientRect().top;
    const first = [...part.children].find((child) => child.getBoundingClientRect().bottom > top + 2) as HTMLElement | undefined;
    return `${first?.dataset['incident'] ?? first?.dataset['unit'] ?? part.scrollTop} ${part.scrollLeft}`;
  };
  const look = (): Scene => {
    const scene: Scene = { focus: (document.activeElement as HTMLElement | null)?.dataset['focus'] ?? 'nobody' };
    boxed.forEach((part, at) => {
      const { x, y, width, height } = part.getBoundingClientRect();
      scene[`box ${at} ${named(part)}`] = [x, y, width, height].join(' ');
    });
    scrollable.forEach((part, at) => (scene[`scroll ${at} ${named(part)}`] = scrolledTo(part)));
    return scene;
  };
  const first = look();
  const moved = new Set<string>();
  globalThis.watched = { frames: 0, moved: [] };
  const frame = () => {
    for (const [name, is] of Object.entries(look())) {
      if (is !== first[name]) moved.add(`${name}: ${first[name]} → ${is}`);
    }
    globalThis.watched.frames += 1;
    globalThis.watched.moved = [...moved];
    requestAnimationFrame(frame);
  };
  requestAnimationFrame(frame);
}

for (const viewport of [{ width: 1600, height: 1000 }, { width: 1280, height: 800 }]) {
  test(`eight calls and a busy board move nothing of a half-typed form, ${viewport.width}×${viewport.height}`, async ({ desk, station, page }) => {
    await page.setViewportSize(viewport);
    await desk.open();
    // A board with a past: more incidents than the queue shows, so that it can scroll.
    for (let n = 1; n <= 12; n += 1) {
      await station.file({ place: `人民路 ${n} 号`, text: '邻居吵闹', point: { lon: downtown.lon, lat: downtown.lat }, point_source: 'map_click' });
    }
    const mine = await station.ring('110', downtown);
    await desk.answer('field-text');
    await expect(desk.find('queue-row')).toHaveCount(13);
    await desk.find('queue').locator('.rows').evaluate((list) => { list.scrollTop = 92; });
    const [head, tail] = ['两个人在夜市打架', '，其中一个流血了'];
    await desk.write(head + tail);
    await page.locator('[data-focus="field-text"]').evaluate((part, at) => (part as HTMLTextAreaElement).setSelectionRange(at, at), head.length);
    await expect(desk.find('type-proposal').first()).toBeVisible();
    await page.evaluate(watch);

    const free = (await station.units()).filter((unit) => unit.state === 'available');
    const typed: string[] = [];
    for (let n = 0; n < 8; n += 1) {
      const letter = '一二三四五六七八'[n] ?? '';
      await Promise.all([
        desk.write(letter),
        station.ring(n % 3 === 0 ? '119' : '122', n % 2 === 0 ? downtown : null),
        station.ask('unit.set_state', { unit: free[n]?.id, state: 'standby' }),
        station.file({ place: '东门', text: '车辆剐蹭' }),
      ]);
      typed.push(letter);
    }
    // The caller's handset is found, hangs up; a colleague changes this very incident.
    await station.intake({ event: 'located', id: mine, fix: { ...downtown, lon: downtown.lon + 0.001, radius_m: 8 } });
    const incident = await desk.incident();
    await station.ask('incident.amend', { incident, form: { ...noForm, level: 'urgent', caller_name: '王' } });
    await station.intake({ event: 'ended', id: mine });
    await desk.write('。');
    typed.push('。');

    // All of it has arrived on the screen.
    await expect(desk.find('calls-rest')).toBeVisible();
    await expect(desk.find('queue-open')).toContainText('21');
    await expect(desk.find('row-level').locator('[data-level="urgent"]').first()).toBeVisible();
    await expect(page.locator('[data-focus="field-caller_name"]')).toHaveValue('王');

    // A busy machine draws few frames: what counts is that some come after the last arrival.
    const frames = () => page.evaluate(() => globalThis.watched.frames);
    const arrived = await frames();
    await expect.poll(frames, 'the page was watched').toBeGreaterThan(Math.max(arrived + 2, 20));
    const watched = await page.evaluate(() => globalThis.watched);
    expect(watched.moved).toEqual([]);
    const text = page.locator('[data-focus="field-text"]');
    await expect(text).toHaveValue(head + typed.join('') + tail);
    expect(await text.evaluate((part) => (part as HTMLTextAreaElement).selectionStart)).toBe(head.length + typed.length);
  });
}
