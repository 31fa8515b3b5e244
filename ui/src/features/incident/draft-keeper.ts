// Writes a draft soon after typing: 250 ms after the last key, never later than 400 ms after the
// first. One write at a time; what was typed meanwhile is written next.
// Invariant: `onSaved` runs only after the core's answer.

export const QUIET_MS = 250;
export const LATEST_MS = 400;

export interface DraftPort {
  /** The draft as it stands now; empty body deletes. */
  read: () => { key: string; body: string } | null;
  write: (draft: { key: string; body: string }) => Promise<void>;
  onSaved: () => void;
  onFailed: (error: unknown) => void;
  /** Whether everything typed is on the disk; said on each change. */
  onKept?: (isKept: boolean) => void;
}

export class DraftKeeper {
  #port: DraftPort;
  #timer: ReturnType<typeof setTimeout> | undefined;
  #firstTouch_ms: number | undefined;
  #writing: Promise<void> | undefined;
  #isStale = false;
  #last = new Map<string, string>();

  constructor(port: DraftPort) {
    this.#port = port;
  }

  touch(): void {
    this.#port.onKept?.(false);
    const now = Date.now();
    this.#firstTouch_ms ??= now;
    const wait = Math.max(0, Math.min(QUIET_MS, this.#firstTouch_ms + LATEST_MS - now));
    clearTimeout(this.#timer);
    this.#timer = setTimeout(() => void this.flush(), wait);
  }

  /** Writes now what is not written yet. */
  flush(): Promise<void> {
    clearTimeout(this.#timer);
    this.#timer = undefined;
    this.#firstTouch_ms = undefined;
    if (this.#writing) {
      this.#isStale = true;
      return this.#writing;
    }
    this.#writing = this.#write().finally(() => (this.#writing = undefined));
    return this.#writing;
  }

  async #write(): Promise<void> {
    do {
      this.#isStale = false;
      const draft = this.#port.read();
      if (!draft || this.#last.get(draft.key) === draft.body) break;
      try {
        await this.#port.write(draft);
        this.#last.set(draft.key, draft.body);
        this.#port.onSaved();
      } catch (error) {
        this.#port.onFailed(error);
        return;
      }
    } while (this.#isStale);
    if (this.#timer === undefined) this.#port.onKept?.(true);
  }
}
