// The desk in the browser, for every spec: a station, the page on it, keys counted as a person counts
// them, and two things that are wrong wherever they happen: a word to any other address, and an error.
// Not here: what a spec proves.
import { expect, test as base, type Locator, type Page, type Request } from '@playwright/test';
import { Station } from './station';

export { expect };

/** Keys pressed so far, as the page heard them. */
interface KeyLog {
  events: KeyboardEvent[];
  pointers: number;
}
declare global {
  // eslint-disable-next-line no-var
  var keyLog: KeyLog;
}

/** Runs in the page before anything of the desk: writes down keys and pointers, changes nothing. */
function listenToKeys(): void {
  globalThis.keyLog = { events: [], pointers: 0 };
  window.addEventListener('keydown', (event) => globalThis.keyLog.events.push(event), true);
  window.addEventListener('pointerdown', () => (globalThis.keyLog.pointers += 1), true);
}

export class Desk {
  readonly requests: Request[] = [];
  readonly errors: string[] = [];
  /** Set by a spec that kills the station: calls that reach nobody, or the next one with the token of the
      one before, are then no error of the page. */
  mayLoseStation = false;

  constructor(readonly page: Page, readonly station: Station) {
    page.context().on('request', (request) => this.requests.push(request));
    page.context().on('serviceworker', (worker) => this.errors.push(`service worker ${worker.url()}`));
    page.on('pageerror', (error) => this.errors.push(`page error: ${error.stack ?? error.message}`));
    page.on('console', (message) => {
      if (message.type() !== 'error') return;
      const isLoss = /^Failed to load resource: (net::ERR_|.* 401 )/.test(message.text());
      if (!(this.mayLoseStation && isLoss)) this.errors.push(`console: ${message.text()} (${message.location().url})`);
    });
  }

  /** Requests that left this machine, or went to another door of it. */
  strangers(): string[] {
    const isOwn = (url: string) => /^(data|blob):/.test(url) || url.startsWith(`${this.station.origin}/`);
    return this.requests.map((request) => request.url()).filter((url) => !isOwn(url));
  }

  /** Opens the desk; done when the board has been read. */
  async open(): Promise<void> {
    await this.page.goto(this.station.url);
    await expect(this.find('queue-open')).toBeAttached();
  }

  find(testid: string, having: Record<string, string> = {}): Locator {
    const more = Object.entries(having).map(([name, value]) => `[data-${name}="${value}"]`).join('');
    return this.page.locator(`[data-testid="${testid}"]${more}`);
  }

  /** One key or chord, such as `F2` or `Control+Enter`. */
  async press(...chords: string[]): Promise<void> {
    for (const chord of chords) await this.page.keyboard.press(chord);
  }

  /** Free text, as an input method commits it. */
  async write(text: string): Promise<void> {
    await this.page.keyboard.insertText(text);
  }

  /** Keys besides text: what was typed into a field is not counted, a chord counts once. */
  keyCount(): Promise<number> {
    return this.page.evaluate(() => {
      const isText = (event: KeyboardEvent) =>
        event.key.length === 1 && !event.ctrlKey && !event.altKey && !event.metaKey && !event.defaultPrevented &&
        (event.target instanceof HTMLInputElement || event.target instanceof HTMLTextAreaElement);
      const isHalf = (event: KeyboardEvent) => ['Control', 'Alt', 'Shift', 'Meta'].includes(event.key);
      return globalThis.keyLog.events.filter((event) => !isHalf(event) && !isText(event)).length;
    });
  }

  async expectFocus(name: string): Promise<void> {
    await expect(this.page.locator(`[data-focus="${name}"]`)).toBeFocused();
  }

  /** Waits for a ring to be shown, then F2: another form is open and the caret is in `field`. */
  async answer(field: 'field-text' | 'field-place'): Promise<void> {
    await expect(this.find('call-row', { state: 'ringing' }).first()).toBeVisible();
    const before = await this.incident();
    await this.press('F2');
    await expect(this.find('sheet')).not.toHaveAttribute('data-incident', before);
    await expect(this.find('sheet-code')).not.toHaveText('');
    await this.expectFocus(field);
  }

  /**
   * Ctrl Enter was pressed: waits for ticked candidates, and as long as a person needs to see them;
   * the desk takes no Enter in their first 250 ms.
   */
  async expectCandidates(): Promise<void> {
    await this.expectFocus('candidates');
    await expect(this.page.locator('[data-testid="candidate-row"][aria-selected="true"]').first()).toBeVisible();
    const seen_ms = await this.page.evaluate(() => performance.now());
    await this.page.waitForFunction((since) => performance.now() - since > 250, seen_ms);
  }

  /** The whole way of one located call: F2, text, Ctrl Enter, Enter. */
  async takeAndSend(text: string): Promise<void> {
    await this.answer('field-text');
    await this.send(text);
  }

  /** The rest of that way, once the caret is in the text. */
  async send(text: string): Promise<void> {
    await this.write(text);
    await this.press('Control+Enter');
    await this.expectCandidates();
    await this.press('Enter');
    await expect(this.find('order-sent')).toBeVisible();
  }

  async incident(): Promise<string> {
    return (await this.find('sheet').getAttribute('data-incident')) ?? '';
  }

  /** How this desk looks from its next opening on, as it would have remembered it itself. */
  async look(look: { theme: string; typeSize: number; language: string }): Promise<void> {
    await this.station.ask('draft.put', {
      key: 'look', body: JSON.stringify({ v: 1, isMuted: true, ...look }), at_ms: 0,
    });
  }
}

interface Options {
  /** How fast the crews of the demo county do things by themselves; see `Station`. */
  pace: number;
}

export const test = base.extend<Options & { station: Station; desk: Desk }>({
  pace: [0.01, { option: true }],
  station: async ({ pace }, use) => {
    const station = new Station(pace);
    await station.start();
    await use(station);
    await station.close();
  },
  desk: async ({ page, station }, use) => {
    await page.addInitScript(listenToKeys);
    const desk = new Desk(page, station);
    await use(desk);
    expect(desk.strangers(), 'requests to anybody else').toEqual([]);
    expect(desk.errors, 'errors of the page').toEqual([]);
  },
});
