// The incident board, the selected row, and the two other things it can show: hits of a search
// and the board as it was known at an instant.
import { desk } from '@bridge/bridge';
import { Read } from '@bridge/read.svelte';
import type { Board, BoardRow } from '@generated/types';
import { clock } from '@kit/clock.svelte';
import { FrozenOrder } from '@kit/frozen.svelte';
import { deskState } from '../desk/desk.svelte';

export type Showing =
  | { kind: 'open' }
  | { kind: 'hits'; query: string; rows: BoardRow[] }
  | { kind: 'past'; at_ms: number; rows: BoardRow[] };

/** `@10:31` or `@10:31:20`: the last time this was the time of day; else no instant. */
export function instantOf(query: string, now_ms: number): number | null {
  const found = /^@\s*(\d{1,2})[:：](\d{2})(?:[:：](\d{2}))?$/.exec(query.trim());
  if (!found) return null;
  const [hours, minutes, seconds] = [found[1], found[2], found[3] ?? '0'].map(Number);
  if (hours === undefined || minutes === undefined || seconds === undefined) return null;
  if (hours > 23 || minutes > 59 || seconds > 59) return null;
  const at = new Date(now_ms);
  at.setHours(hours, minutes, seconds, 0);
  return at.getTime() <= now_ms ? at.getTime() : at.getTime() - 86_400_000;
}

class IncidentBoard {
  readonly board = new Read<Board>(['incidents', 'units'], () => desk.incidentBoard(), 150);
  readonly order = new FrozenOrder<BoardRow>((row) => row.id);
  showing = $state.raw<Showing>({ kind: 'open' });
  selected = $state<string | null>(null);

  /** Rows as shown; frozen while somebody is in the list. */
  arranged = $derived.by(() => {
    if (this.showing.kind !== 'open') return { rows: this.showing.rows, hasMoved: false };
    return this.order.arrange(this.board.value?.rows ?? []);
  });

  row(id: string | null | undefined): BoardRow | undefined {
    return id ? this.board.value?.rows.find((row) => row.id === id) : undefined;
  }

  step(by: number): void {
    const rows = this.arranged.rows;
    const now = rows.findIndex((row) => row.id === this.selected);
    const next = rows[Math.max(0, Math.min(rows.length - 1, now < 0 ? 0 : now + by))];
    this.selected = next?.id ?? null;
  }

  async search(query: string): Promise<void> {
    if (query.trim() === '') {
      this.showing = { kind: 'open' };
      return;
    }
    const at_ms = instantOf(query, clock.now_ms);
    if (at_ms !== null) return this.lookBack(at_ms);
    const hits = await deskState.attempt('search', () =>
      desk.incidentSearch({ query: query.trim().slice(0, 64), limit: 50 }),
    );
    if (hits) this.showing = { kind: 'hits', query, rows: hits.rows };
    this.selected = hits?.rows[0]?.id ?? null;
  }

  async lookBack(at_ms: number): Promise<void> {
    const past = await deskState.attempt('search', () => desk.incidentAsOf({ at_ms }));
    if (past) this.showing = { kind: 'past', at_ms, rows: past.rows };
  }

  showOpen(): void {
    this.showing = { kind: 'open' };
    delete deskState.rejections['search'];
  }
}

export const incidents = new IncidentBoard();
