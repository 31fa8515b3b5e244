// Things that need a person: shown from their amber instant on, in order of arrival, until done.
// Not here: sounds; see alarm.
import { desk } from '@bridge/bridge';
import { Read } from '@bridge/read.svelte';
import type { Channel, Need, Needs } from '@generated/types';
import { clock } from '@kit/clock.svelte';
import { deskState } from '../desk/desk.svelte';

export function isDue(need: Need, now_ms: number): boolean {
  return need.watch.amber_at_ms === null || now_ms >= need.watch.amber_at_ms;
}

class NeedBoard {
  readonly list = new Read<Needs>(['needs'], () => desk.needList());
  selected = $state<string | null>(null);
  #order: string[] = [];

  /** Order of becoming visible, conflicts on top: a new one is put at the end of its kind, and what
      stands keeps its places. */
  rows = $derived.by(() => {
    const due = (this.list.value?.needs ?? []).filter((need) => isDue(need, clock.now_ms));
    const byKey = new Map(due.map((need) => [need.key, need]));
    const kept = this.#order.filter((key) => byKey.has(key));
    const joined = due.map((need) => need.key).filter((key) => !kept.includes(key));
    this.#order = [...kept, ...joined];
    const rows = this.#order.flatMap((key) => byKey.get(key) ?? []);
    return [...rows.filter((need) => need.kind === 'conflict'), ...rows.filter((need) => need.kind !== 'conflict')];
  });

  get current(): Need | undefined {
    return this.rows.find((need) => need.key === this.selected) ?? this.rows[0];
  }

  /** F9: the first, then the next, round and round. */
  next(): Need | undefined {
    const now = this.rows.findIndex((need) => need.key === this.selected);
    const need = this.rows[(now + 1) % Math.max(1, this.rows.length)];
    this.selected = need?.key ?? null;
    return need;
  }

  step(by: number): void {
    const now = this.rows.findIndex((need) => need.key === this.selected);
    const at = Math.max(0, Math.min(this.rows.length - 1, now < 0 ? 0 : now + by));
    this.selected = this.rows[at]?.key ?? null;
  }

  own(): Promise<unknown> {
    const need = this.current;
    if (!need) return Promise.resolve();
    return deskState.attempt('needs', () => desk.needOwn({ key: need.key }));
  }

  /** Another channel for the order concerned (phone or radio). */
  remind(channel: Channel): Promise<unknown> {
    const need = this.rows.find(
      (row) => row.key === this.selected && row.assignment && row.channels.includes(channel),
    ) ?? this.rows.find((row) => row.assignment && row.channels.includes(channel));
    const assignment = need?.assignment;
    if (!assignment) return Promise.resolve();
    return deskState.attempt('needs', () => desk.assignmentRemind({ assignment, channel }));
  }
}

export const needs = new NeedBoard();
