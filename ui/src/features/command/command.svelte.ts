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

  async look(incident: string | null): Promise<void> {
    const ask = ++this.#asked;
    const text = this.text.slice(0, 200);
    const preview = await desk.commandPreview({ text, incident }).catch(() => null);
    if (ask === this.#asked) this.preview = preview;
  }

  async run(incident: string | null): Promise<CommandDone | undefined> {
    clearTimeout(this.#timer);
    const text = this.text.slice(0, 200);
    if (text.trim() === '') return undefined;
    const done = await deskState.attempt('command', () => desk.commandRun({ text, incident }));
    if (!done) return undefined;
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
