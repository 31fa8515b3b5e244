// The unit board: columns by post, counts that never add up what is unknown, the late ones apart.
import { desk } from '@bridge/bridge';
import { Read } from '@bridge/read.svelte';
import type { Unit, UnitBoard, UnitState } from '@generated/types';
import { clock, heatOf } from '@kit/clock.svelte';
import { deskState } from '../desk/desk.svelte';

/** Digits 1–9 everywhere a state is set by hand. */
export const stateKeys: readonly UnitState[] = [
  'available', 'ordered', 'signed', 'en_route', 'on_scene', 'working', 'returning', 'standby', 'off_duty',
];
const engaged: readonly (UnitState | null)[] = ['ordered', 'signed', 'en_route', 'on_scene', 'working', 'returning'];

export function isEngaged(unit: Unit): boolean {
  return engaged.includes(unit.state);
}

class Units {
  readonly board = new Read<UnitBoard>(['units'], () => desk.unitBoard(), 150);

  get groups() {
    return this.board.value?.groups ?? [];
  }

  all = $derived.by(() => this.groups.flatMap((group) => group.units));
  #byId = $derived(new Map(this.all.map((unit) => [unit.id, unit])));

  unit(id: string): Unit | undefined {
    return this.#byId.get(id);
  }

  counts = $derived.by(() => {
    const count = (test: (unit: Unit) => boolean) => this.all.filter(test).length;
    return {
      available: count((unit) => unit.state === 'available'),
      engaged: count(isEngaged),
      standby: count((unit) => unit.state === 'standby'),
      off: count((unit) => unit.state === 'off_duty'),
      unknown: count((unit) => unit.state === null),
    };
  });

  /** Too long in a state, or in conflict: seen without looking for it. Red first, then oldest. */
  late = $derived.by(() => {
    const rank = (unit: Unit) => (heatOf(unit.watch, clock.now_ms) === 'red' || unit.in_conflict ? 0 : 1);
    return this.all
      .filter((unit) => unit.in_conflict || heatOf(unit.watch, clock.now_ms) !== 'calm')
      .sort((a, b) => rank(a) - rank(b) || (a.watch?.since_ms ?? 0) - (b.watch?.since_ms ?? 0));
  });

  setState(unit: string, state: UnitState): Promise<unknown> {
    return deskState.attempt(`unit:${unit}`, () => desk.unitSetState({ unit, state }));
  }
}

export const units = new Units();
