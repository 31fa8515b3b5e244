// Every look of the desk: day and night, three type sizes, two screens, two languages. No text is cut,
// lies over another or leaves the window; English shows no Chinese but names and what people said, and
// no sentence is missing. A picture of each goes to target/ci/screens/.
// Not here: whether it is beautiful (somebody has to look at the pictures).
import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test, type Desk } from '../support/desk';
import { inTarget, root } from '../support/places';
import { readScreen } from '../support/reading';
import { downtown, type Station } from '../support/station';

const SIZES = [100, 125, 150] as const;
const SCREENS = [{ width: 1600, height: 1000 }, { width: 1280, height: 800 }];
const LANGUAGES = ['zh', 'en'] as const;
/** Names that stay as they are in every language: the program's own, and a language's name for itself. */
const OWN_NAMES = ['烽燧', '中文'];
const HAN = /\p{Script=Han}+/gu;
/** Names of all sentences; one on the screen is a sentence that is missing. */
const words = join(root, 'assets/words');
const wordKeys = new Set(
  readdirSync(words).filter((file) => file.endsWith('.ts')).flatMap((file) =>
    [...readFileSync(join(words, file), 'utf8').matchAll(/^\s*'([\w.]+)': \{ zh:/gm)].map((found) => found[1] ?? ''),
  ),
);
/** Commands go by their own names on the audit page. */
const commands = readFileSync(join(root, 'ui/src/generated/commands.ts'), 'utf8');
const isCommand = (text: string) => commands.includes(`'${text}':`);
const TYPED = '两个人在人民路夜市东口打架，一人手部流血，另一人拿着刀往北走';

/** Everything in Chinese the core ever answered: names, codes, what people said. */
class Data {
  #said = new Set<string>([TYPED, ...OWN_NAMES]);
  #reading: Promise<void>[] = [];

  constructor(desk: Desk) {
    desk.page.on('response', (response) => {
      if (new URL(response.url()).pathname !== '/call') return;
      const read = response.json().then((answer) => this.#take(answer), () => undefined);
      this.#reading.push(read);
    });
  }
  #take(value: unknown): void {
    if (typeof value === 'string') {
      if (/\p{Script=Han}/u.test(value)) this.#said.add(value);
    } else if (value && typeof value === 'object') for (const part of Object.values(value)) this.#take(part);
  }
  /** Chinese words of a text that no data explains. */
  async strange(texts: string[]): Promise<string[]> {
    await Promise.all(this.#reading);
    const said = [...this.#said].join('\n');
    return texts.filter((text) => (text.match(HAN) ?? []).some((word) => !said.includes(word)));
  }
}

/** A shift in full swing, so that every pane has something to say. */
async function fill(station: Station): Promise<void> {
  const at = (n: number) => ({ lon: downtown.lon + n * 0.004, lat: downtown.lat + n * 0.003 });
  const types = (await station.ask<{ types: { code: string; name: string; questions: unknown[] }[] }>('code.tables')).types;
  const long = [...types].sort((a, b) => b.name.length - a.name.length)[0]?.code ?? null;
  const filed: string[] = [];
  for (const [n, form] of [
    { place: '人民路与解放大道交叉口西北角', text: '三车追尾，堵了一条道', type_code: long, level: 'attention' },
    { place: '望北县第一高级中学南门对面', text: '学生走失', level: 'grave' },
    { place: '锦华苑3幢', text: '楼上唱歌，说了几次都不听', level: 'normal' },
    { place: '东湖', text: '有人落水', level: 'urgent' },
    { text: '说不清在哪里' },
  ].entries()) {
    filed.push(await station.file(n < 4 ? { ...form, point: at(n), point_source: 'map_click' } : form));
  }
  const free = await station.callsigns('available', 12);
  const run = (text: string, incident = '') => station.ask('command.run', { text, incident: incident || null });
  await run(`/p ${free[0]} ${free[1]} ${free[2]}`, filed[0]);
  await run(`/p ${free[3]}`, filed[1]);
  await run(`/s ${free[1]} 签收`);
  await run(`/s ${free[3]} 签收`);
  await run(`/s ${free[3]} 出警`);
  await run(`/s ${free[3]} 到场`);
  await run(`/fk ${free[3]} 到场，3人受伤，请120`);
  await run(`/cx ${free[2]} 情况变化，不需到场`);
  await station.ask('unit.set_state', { unit: (await station.units()).find((unit) => unit.callsign === free[5])?.id, state: 'off_duty' });
  const missed = await station.ring('110', { ...downtown, source: 'base_station', radius_m: 350 });
  await station.intake({ event: 'ended', id: missed });
  await station.intake({ event: 'ringing', line: '110', number: '07168887777', subscriber: '望北县第一高级中学保卫科', id: 'landline', fix: { ...downtown, source: 'landline' } });
}

async function begin(desk: Desk, station: Station): Promise<void> {
  await fill(station);
  await desk.open();
  await desk.answer('field-text');
  await desk.write(TYPED);
  await expect(desk.find('type-proposal').first()).toBeVisible();
  for (const line of ['119', '122', '110', '110'] as const) await station.ring(line, line === '119' ? downtown : null);
  await expect(desk.find('calls-rest')).toBeAttached();
  await expect(desk.find('map-canvas')).toHaveAttribute('data-ready', 'true');
}

for (const language of LANGUAGES) {
  for (const screen of SCREENS) {
    test(`every look in ${language} at ${screen.width}×${screen.height} is whole`, async ({ desk, station, page }) => {
      test.setTimeout(200_000);
      await page.setViewportSize(screen);
      const data = new Data(desk);
      await desk.look({ theme: 'day', typeSize: 100, language });
      await begin(desk, station);
      /** What is wrong, and in which looks. */
      const faults = new Map<string, string[]>();
      const blame = (found: string[], look: string) => {
        for (const fault of found) faults.set(fault, [...(faults.get(fault) ?? []), look]);
      };
      const see = async (look: string) => {
        await page.mouse.move(screen.width - 1, screen.height - 1);
        await expect(desk.find('map-canvas')).toHaveAttribute('data-ready', 'true');
        await page.evaluate(() => new Promise((done) => requestAnimationFrame(() => requestAnimationFrame(done))));
        await page.screenshot({ path: inTarget(`ci/screens/${language}-${look}.png`) });
        const reading = await page.evaluate(readScreen);
        expect(reading.texts.length, 'texts on the screen').toBeGreaterThan(10);
        blame(reading.faults, look);
        const raw = reading.texts.filter((text) => (text.includes('.') && wordKeys.has(text)) || (/^[a-z_]+(\.[a-z_]+)+$/.test(text) && !isCommand(text)) || /\{\w+\}/.test(text));
        blame(raw.map((text) => `no sentence but “${text}”`), look);
        if (language === 'en') blame((await data.strange(reading.texts)).map((text) => `in Chinese: “${text}”`), look);
      };
      for (const size of SIZES) {
        for (const theme of ['day', 'night']) {
          await expect(page.locator('html')).toHaveAttribute('data-theme', theme);
          await expect(page.locator('html')).toHaveAttribute('data-type', String(size));
          const look = `${theme}-${screen.width}x${screen.height}-type${size}`;
          await see(look);
          if (theme === 'day') {
            for (const [key, pane] of [['F4', 'map'], ['F7', 'units'], ['F3', 'queue']] as const) {
              await desk.press(key);
              await see(`${look}-${pane}`);
            }
            await desk.press('Escape', 'Alt+u');
            await expect(desk.find('follow')).toBeVisible();
            await see(`${look}-follow`);
            await desk.press('Alt+u');
            for (const [key, pageName] of [['F1', 'keys-page'], ['Control+,', 'settings'], ['Control+i', 'audit']] as const) {
              await desk.press(key);
              await expect(desk.find(pageName)).toBeVisible();
              await see(`${look}-${pageName}`);
              await desk.press('Escape');
              await expect(desk.find(pageName)).toBeHidden();
            }
          }
          await desk.press('F10');
        }
        await desk.press('Shift+F10');
      }
      expect([...faults].map(([fault, looks]) => `${fault} — ${looks.join(', ')}`)).toEqual([]);
    });
  }
}
