// 抄送本所: orders to the crews of one station house, and the word this desk says to one of them.
// Not here: the orders' own steps (features/incident).
import { desk } from '@bridge/bridge';
import { Read } from '@bridge/read.svelte';
import type { Copies, CopyRow } from '@generated/types';
import { deskState } from '../desk/desk.svelte';

class CopyBoard {
  isOpen = $state(false);
  /** Chosen house; `null` = the one this desk stands in. */
  house = $state<string | null>(null);
  selected = $state<string | null>(null);
  text = $state('');
  saved_at_ms = $state<number | null>(null);
  readonly list = new Read<Copies>(['incidents', 'units'], () => desk.assignmentCopies({ house: this.house }), 150);

  get rows(): CopyRow[] {
    return this.list.value?.rows ?? [];
  }
  get current(): CopyRow | undefined {
    return this.rows.find((row) => row.assignment.id === this.selected) ?? this.rows[0];
  }

  open(): void {
    this.isOpen = true;
    this.saved_at_ms = null;
    void this.list.refresh();
  }

  step(by: number): void {
    const now = this.rows.findIndex((row) => row.assignment.id === this.current?.assignment.id);
    const at = Math.max(0, Math.min(this.rows.length - 1, now + by));
    this.selected = this.rows[at]?.assignment.id ?? null;
  }

  /** The next station house that has crews, round and round; a key that comes before the list waits for it. */
  async nextHouse(): Promise<void> {
    if (!this.list.value) await this.list.refresh();
    const houses = this.list.value?.houses ?? [];
    const now = houses.findIndex((house) => house.code === (this.list.value?.house?.code ?? ''));
    this.house = houses[(now + 1) % Math.max(1, houses.length)]?.code ?? null;
    this.selected = null;
    await this.list.refresh();
  }

  async comment(): Promise<boolean> {
    const assignment = this.current?.assignment.id;
    const text = this.text.trim();
    if (!assignment || text === '') return false;
    const done = await deskState.attempt('copy', () => desk.assignmentComment({ assignment, text }));
    if (!done) return false;
    this.text = '';
    this.saved_at_ms = done.saved_at_ms;
    return true;
  }
}

export const copies = new CopyBoard();
