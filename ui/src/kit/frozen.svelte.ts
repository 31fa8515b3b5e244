// A list whose order stands still while somebody looks at it (focus or pointer), and for three
// seconds after. New rows join at the end, gone rows stay in place until the order is released.
// Not here: the rows' content; that always shows the newest values.

export const RELEASE_MS = 3000;

export class FrozenOrder<T> {
  #id: (row: T) => string;
  #order: string[] = [];
  #isHeld = $state(false);
  #timer: ReturnType<typeof setTimeout> | undefined;
  /** Counts releases, so that a derived order is computed anew. */
  #released = $state(0);

  constructor(id: (row: T) => string) {
    this.#id = id;
  }

  get isHeld(): boolean {
    return this.#isHeld;
  }

  hold(): void {
    clearTimeout(this.#timer);
    this.#isHeld = true;
  }

  /** Lets go after a pause; `now` lets go at once. */
  release(now = false): void {
    clearTimeout(this.#timer);
    const letGo = () => {
      this.#isHeld = false;
      this.#released += 1;
    };
    if (now) letGo();
    else this.#timer = setTimeout(letGo, RELEASE_MS);
  }

  /** Rows in the order shown, and whether the newest order differs from it. */
  arrange(rows: readonly T[]): { rows: T[]; hasMoved: boolean } {
    void this.#released;
    const newest = rows.map(this.#id);
    if (!this.#isHeld) {
      this.#order = newest;
      return { rows: [...rows], hasMoved: false };
    }
    const byId = new Map(rows.map((row) => [this.#id(row), row]));
    const kept = this.#order.filter((id) => byId.has(id));
    const added = newest.filter((id) => !this.#order.includes(id));
    const shown = [...kept, ...added];
    this.#order = shown;
    const arranged = shown.flatMap((id) => byId.get(id) ?? []);
    return { rows: arranged, hasMoved: shown.some((id, at) => newest[at] !== id) };
  }
}
