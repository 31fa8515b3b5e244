// The desk's clock: one tick a second, aligned to the whole second of the station's clock.
// Everything that ages compares with `clock.now_ms`; nobody keeps a timer of their own.

/** When a clock started and when it turns; `null` = no limit. */
export interface WatchLike {
  since_ms: number;
  amber_at_ms: number | null;
  red_at_ms: number | null;
}
export type Heat = 'calm' | 'amber' | 'red';

export function heatOf(watch: WatchLike | null | undefined, now_ms: number): Heat {
  if (!watch) return 'calm';
  if (watch.red_at_ms !== null && now_ms >= watch.red_at_ms) return 'red';
  if (watch.amber_at_ms !== null && now_ms >= watch.amber_at_ms) return 'amber';
  return 'calm';
}

class Clock {
  now_ms = $state(Date.now());
  #offset_ms = 0;
  #timer: ReturnType<typeof setTimeout> | undefined;

  /** The station's clock, exact to the call. */
  exact_ms(): number {
    return Date.now() + this.#offset_ms;
  }

  /** Takes the station's clock as the truth of this page. */
  follow(station_ms: number): void {
    const offset_ms = station_ms - Date.now();
    // Under a second is the journey of the answer, not a clock.
    if (Math.abs(offset_ms - this.#offset_ms) > 1000) this.#offset_ms = offset_ms;
    this.now_ms = this.exact_ms();
  }

  start(): () => void {
    const tick = () => {
      this.now_ms = this.exact_ms();
      this.#timer = setTimeout(tick, 1000 - (this.now_ms % 1000));
    };
    tick();
    return () => clearTimeout(this.#timer);
  }
}
export const clock = new Clock();
