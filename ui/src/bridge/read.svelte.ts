// A reading of the core that is asked again when a write made it stale. No polling.
// Invariant: a reading that failed says so; the last value stays visible as "before", never as now.
import type { Topic } from '@generated/types';
import { failureOf, onChanged, type DeskFailure } from './bridge';

/** However long a reading takes, what is shown is never older by more than this. */
const GAP_MAX_MS = 1000;

const all = new Set<{ topics: readonly Topic[]; stale: () => void }>();

/** Starts listening; once, after the host is chosen. */
export function listenForChanges(): void {
  onChanged((topics) => {
    for (const read of all) {
      if (topics.length === 0 || read.topics.some((topic) => topics.includes(topic))) read.stale();
    }
  });
}

export class Read<T> {
  /** Newest answer; `null` before the first. */
  value = $state.raw<T | null>(null);
  /** Why the newest question has no answer; `null` when it has one. */
  failure = $state.raw<DeskFailure | null>(null);
  /** Since when the answers fail, epoch ms. */
  failed_since_ms = $state<number | null>(null);
  #ask: () => Promise<T>;
  #running: Promise<void> | undefined;
  #again = false;
  #generation = 0;
  #timer: ReturnType<typeof setTimeout> | undefined;
  readonly #gap_ms: number;
  #asked_at = 0;
  #took_ms = 0;

  /** `gap_ms`: at most one question per this time, for readings that change every second. */
  constructor(topics: readonly Topic[], ask: () => Promise<T>, gap_ms = 0) {
    this.#ask = ask;
    this.#gap_ms = gap_ms;
    all.add({ topics, stale: () => this.stale() });
  }

  /** Marks stale: asks soon, and no more often than the gap allows. */
  stale(): void {
    if (this.#asked_at === 0) return;
    // A reading that takes long is asked less often, so that it never fills the day.
    const gap_ms = Math.max(this.#gap_ms, Math.min(4 * this.#took_ms, GAP_MAX_MS));
    const wait_ms = this.#asked_at + gap_ms - Date.now();
    if (wait_ms <= 0) return void this.refresh();
    this.#timer ??= setTimeout(() => void this.refresh(), wait_ms);
  }

  /** Asks now; questions that pile up while one runs become one. */
  refresh(): Promise<void> {
    if (this.#timer !== undefined) clearTimeout(this.#timer);
    this.#timer = undefined;
    if (this.#running) {
      this.#again = true;
      return this.#running;
    }
    this.#running = this.#run();
    return this.#running;
  }

  /** Forgets the value and what is under way (another subject is looked at). */
  clear(): void {
    this.#generation += 1;
    this.value = null;
    this.failure = null;
    this.failed_since_ms = null;
    this.#asked_at = 0;
    this.#took_ms = 0;
    clearTimeout(this.#timer);
    this.#timer = undefined;
  }

  async #run(): Promise<void> {
    do {
      this.#again = false;
      const asked_at = Date.now();
      this.#asked_at = asked_at;
      const generation = this.#generation;
      try {
        const value = await this.#ask();
        if (generation !== this.#generation) {
          this.#again ||= this.#asked_at !== 0;
          continue;
        }
        this.#took_ms = Date.now() - asked_at;
        this.value = value;
        this.failure = null;
        this.failed_since_ms = null;
      } catch (error) {
        if (generation !== this.#generation) continue;
        this.failure = failureOf(error);
        this.failed_since_ms ??= Date.now();
      }
    } while (this.#again);
    // In the same breath as the last look at `#again`, so that no question falls between.
    this.#running = undefined;
  }
}
