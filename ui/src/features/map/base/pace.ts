// How often what has only moved is drawn anew. Where drawing takes long (no graphics card) no more than a third
// of the time goes into it; a state that changed is drawn at once and does not ask here.

/** A map that does not come to rest is drawn again after so long, ms; nothing is older on it. */
const LATEST_MS = 5_000;
/** Of the time that drawing took, so many times over pass before the next. */
const REST = 3;

export class Pace {
  #handed_ms = -Infinity;
  #took_ms = 0;
  #isDrawing = false;

  /** Other data was handed to the map. */
  handed(now_ms: number): void {
    this.#handed_ms = now_ms;
    this.#isDrawing = true;
  }

  /** The map has drawn all it has. */
  drawn(now_ms: number): void {
    if (!this.#isDrawing) return;
    this.#isDrawing = false;
    this.#took_ms = now_ms - this.#handed_ms;
  }

  isDue(now_ms: number): boolean {
    const rest_ms = this.#isDrawing ? LATEST_MS : Math.min(LATEST_MS, this.#took_ms * REST);
    return now_ms - this.#handed_ms >= rest_ms;
  }
}
