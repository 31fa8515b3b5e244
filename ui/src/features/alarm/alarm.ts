// When the desk sounds, pure: what is ringing and due at an instant, and what was heard already.
// One sound per alarm key and step. What fell due while the program was off sounds once, not in
// a row. Not here: playing (kit/tones) and the switch (alarm.svelte).
import type { Call, Need } from '@generated/types';
import type { ToneName } from '@kit/tones';

export interface Sounding {
  tone: ToneName;
  /** Sounds although the desk is muted. */
  isUnmutable: boolean;
}

/** Unsigned orders sound at red, 30 s later, then each minute, until somebody takes it on. */
export function stepsOfUnsigned(red_at_ms: number, now_ms: number): number {
  if (now_ms < red_at_ms) return 0;
  const after_ms = now_ms - red_at_ms;
  if (after_ms < 30_000) return 1;
  return 2 + Math.floor((after_ms - 30_000) / 60_000);
}

function stepOf(need: Need, now_ms: number): { step: number; tone: ToneName } {
  const { amber_at_ms, red_at_ms } = need.watch;
  if (need.kind === 'emergency') return { step: 1, tone: 'emergency' };
  if (need.kind === 'conflict') {
    const since_ms = now_ms - need.watch.since_ms;
    return { step: need.owner === null && since_ms >= 60_000 ? 2 : 1, tone: 'conflict' };
  }
  if (need.kind === 'unsigned' || need.kind === 'undelivered' || need.kind === 'cancel_unsigned') {
    const step = red_at_ms === null || need.owner !== null ? 0 : stepsOfUnsigned(red_at_ms, now_ms);
    return { step, tone: 'unsigned' };
  }
  // Over time, callbacks, reviews: one low tone when it becomes visible, one when it turns red.
  const isRed = red_at_ms !== null && now_ms >= red_at_ms;
  const isDue = amber_at_ms === null || now_ms >= amber_at_ms;
  return { step: isRed ? 2 : isDue ? 1 : 0, tone: 'overdue' };
}

/** Remembers what was heard and says what sounds now. */
export class Alarms {
  #heard = new Map<string, number>();
  #graves = new Set<string>();
  #isFirst = true;
  #isFirstBoard = true;

  /** Tones due now, each at most once, the most urgent first. */
  due(needs: readonly Need[], calls: readonly Call[], now_ms: number): Sounding[] {
    const tones = new Set<ToneName>();
    const present = new Set(needs.map((need) => need.key));
    for (const key of this.#heard.keys()) if (!present.has(key)) this.#heard.delete(key);
    for (const need of needs) {
      const { step, tone } = stepOf(need, now_ms);
      if (step > (this.#heard.get(need.key) ?? 0)) {
        this.#heard.set(need.key, step);
        tones.add(tone);
      }
    }
    // Everything that fell due before the start is one sound.
    const urgent = (['emergency', 'conflict', 'unsigned', 'overdue'] as const).filter((tone) => tones.has(tone));
    const kept = this.#isFirst ? urgent.slice(0, 1) : urgent;
    this.#isFirst = false;
    const rings = calls.some((call) => call.state === 'ringing' && Math.floor((now_ms - call.ring_at_ms) / 1000) % 3 === 0);
    return [...kept, ...(rings ? (['ring'] as const) : [])].map((tone) => ({
      tone,
      isUnmutable: tone === 'emergency',
    }));
  }

  /** A grave incident that was not on the board before: one high tone. */
  newGrave(ids: readonly string[]): boolean {
    const isNew = ids.some((id) => !this.#graves.has(id));
    for (const id of ids) this.#graves.add(id);
    const sounds = isNew && !this.#isFirstBoard;
    this.#isFirstBoard = false;
    return sounds;
  }
}
