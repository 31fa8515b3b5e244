// The desk on its made-up shift (ui/fixture): for what the screen does by itself, in the same browser, with
// no program behind it. One page server for each worker.
// Not here: anything the core decides; the other specs ask a real station.
import { spawn } from 'node:child_process';
import { join } from 'node:path';
import { expect, test as base, type Locator, type Page } from '@playwright/test';
import { root } from './places';

export { expect };

export interface Envelope {
  name: string;
  request: Record<string, unknown>;
}

export class FixtureDesk {
  readonly errors: string[] = [];
  /** Requests to any other door of this machine, or to any other machine. */
  readonly strangers: string[] = [];

  constructor(readonly page: Page, readonly origin: string) {
    page.on('request', (request) => {
      const url = request.url();
      if (!/^(data|blob):/.test(url) && !url.startsWith(`${origin}/`)) this.strangers.push(url);
    });
    page.on('pageerror', (error) => this.errors.push(error.stack ?? error.message));
  }

  find(testid: string, having: Record<string, string> = {}): Locator {
    const more = Object.entries(having).map(([name, value]) => `[data-${name}="${value}"]`).join('');
    return this.page.locator(`[data-testid="${testid}"]${more}`);
  }

  /** Opens the desk with the map drawn and the keyboard in it. */
  async open(query = 'open=0918&face=follow'): Promise<void> {
    await this.page.goto(`${this.origin}/fixture/index.html?${query}`);
    await expect(this.find('map-canvas')).toHaveAttribute('data-ready', 'true');
    await this.press('F4');
    await this.expectFocus('map');
  }

  async press(...chords: string[]): Promise<void> {
    for (const chord of chords) await this.page.keyboard.press(chord);
  }
  async write(text: string): Promise<void> {
    await this.page.keyboard.insertText(text);
  }
  async expectFocus(name: string): Promise<void> {
    await expect(this.page.locator(`[data-focus="${name}"]`)).toBeFocused();
  }

  /** What the page asked for under a name, oldest first. */
  sent(name: string): Promise<Envelope[]> {
    return this.page.evaluate((wanted) => {
      const { fixture } = globalThis as unknown as { fixture: { sent: Envelope[] } };
      return fixture.sent.filter((one) => one.name === wanted);
    }, name);
  }
}

export const test = base.extend<{ desk: FixtureDesk }, { pages: string }>({
  pages: [
    async ({}, use, worker) => {
      const port = 5400 + worker.workerIndex;
      const vite = join(root, 'ui/node_modules/.bin/vite');
      const child = spawn(vite, ['--port', String(port), '--strictPort'], { cwd: join(root, 'ui'), stdio: ['ignore', 'pipe', 'inherit'] });
      await new Promise<void>((done, failed) => {
        child.once('exit', (code) => failed(new Error(`the page server ended with ${code}`)));
        child.stdout.on('data', (said: Buffer) => String(said).includes(String(port)) && done());
      });
      await use(`http://127.0.0.1:${port}`);
      child.removeAllListeners('exit');
      child.kill();
    },
    { scope: 'worker', timeout: 120_000 },
  ],
  desk: async ({ page, pages }, use) => {
    const desk = new FixtureDesk(page, pages);
    await use(desk);
    expect(desk.errors).toEqual([]);
    expect(desk.strangers).toEqual([]);
  },
});
