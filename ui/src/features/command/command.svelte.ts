// The one-line command bar: what is typed, what it would do, and doing it.
// Invariant: nothing runs but by Enter in this line; text elsewhere is never a command.
import { desk } from '@bridge/bridge';
import type { CommandDone, CommandPreview } from '@generated/types';
import { deskState } from '../desk/desk.svelte';

class CommandLine {
  text = $state('');
  preview = $state.raw<CommandPreview | null>(null);
  done = $state.raw<CommandDone | null>(null);
  #timer: ReturnType<typeof setTimeout> | undefined;
  #asked = 0;

  typed(incident: string | null): void {
    this.done = null;
    delete deskState.rejections['command'];
    clearTimeout(this.#timer);
    this.#timer = setTimeout(() => void this.look(incident), 60);
  }

  /** What is typed, as the core takes it: a slash typed after the slash key counts once. */
  get line(): string {
    return this.text.trim().replace(/^[/／]{2,}/, '/').slice(0, 200);
  }

  /** Only a line that begins with a slash is a command; any other text is looked for. */
  get isCommand(): boolean {
    return /^[/／]/.test(this.line);
  }

  /** How often the line was asked for by its key. */
  calls = 0;

  async look(incident: string | null): Promise<void> {
    const ask = ++this.#asked;
    const text = this.line;
    const preview = await desk.commandPreview({ text, incident }).catch(() => null);
    if (ask === this.#asked) this.preview = preview;
  }

  async run(incident: string | null): Promise<CommandDone | undefined> {
    clearTimeout(this.#timer);
    const text = this.line;
    if (text === '') return undefined;
    const done = await deskState.attempt('command', () => desk.commandRun({ text, incident }));
    if (!done) return undefined;
    // What was typed while it ran is the next command.
    if (this.line !== text) return done;
    this.done = done;
    this.text = '';
    this.preview = null;
    return done;
  }

  clear(): void {
    clearTimeout(this.#timer);
    this.#asked += 1;
    this.text = '';
    this.preview = null;
    delete deskState.rejections['command'];
  }
}

export const commandLine = new CommandLine();
