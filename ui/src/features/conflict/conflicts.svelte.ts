// Conflicts: what two stations that had not heard of each other both settled. A person opens the card,
// chooses a side and says why; or the crew signs for one and that settles it.
// Not here: the row in 需人处理 and its sound (need, alarm).
import { desk } from '@bridge/bridge';
import { Read } from '@bridge/read.svelte';
import type { Conflict, ConflictSide, Conflicts } from '@generated/types';
import { hasWords, say, t } from '@kit/words.svelte';
import { deskState } from '../desk/desk.svelte';
import { stations } from '../station/stations.svelte';

/** Fields a newer program made exclusive have words too. */
const headOf = (field: string) => (hasWords(`conflict.${field}`) ? `conflict.${field}` : 'conflict.other');
const sideOf = (field: string) => (hasWords(`conflict.side.${field}`) ? `conflict.side.${field}` : 'conflict.side.other');

/** 巡03 被两处派出 */
export function nameOf(conflict: Conflict): string {
  return say(headOf(conflict.field), [{ name: 'name', value: conflict.name }]);
}

/** What a side says, in its own words; what is not here yet is said to be so. */
export function wordsOf(conflict: Conflict, side: ConflictSide): string {
  if (side.words === '') return t('conflict.side.no_words');
  return say(sideOf(conflict.field), [{ name: 'words', value: side.words }]);
}

export const stationOf = (side: ConflictSide): string => side.station_name || stations.nameOf(side.station);

/** How much later than the earliest side, ms. */
export function lateness(conflict: Conflict, side: ConflictSide): number {
  return side.at_ms - Math.min(...conflict.sides.map((one) => one.at_ms));
}

class ConflictBoard {
  readonly list = new Read<Conflicts>(['needs', 'stations'], () => desk.conflictList(), 150);
  /** The conflict whose card is open: its thing and field. */
  opened = $state<{ thing: string; field: string | null } | null>(null);
  chosen = $state<string | null>(null);
  reason = $state('');
  note = $state('');

  all = $derived(this.list.value?.conflicts ?? []);
  shown = $derived(this.opened && this.all.find((one) => one.thing === this.opened?.thing && (this.opened.field === null || one.field === this.opened.field)));

  /** Opens the card of a thing, as the row in 需人处理 names it. */
  open(thing: string, field: string | null = null): void {
    this.opened = { thing, field };
    this.chosen = null;
    this.reason = '';
    this.note = '';
    delete deskState.rejections['conflict'];
    void this.list.refresh();
  }
  close(): void {
    this.opened = null;
  }

  choose(n: number): boolean {
    const side = this.shown?.sides[n - 1];
    if (!side) return false;
    this.chosen = side.id;
    this.note = '';
    return true;
  }
  step(by: number): void {
    const sides = this.shown?.sides ?? [];
    const now = sides.findIndex((side) => side.id === this.chosen);
    this.choose(Math.max(1, Math.min(sides.length, now + 1 + by)));
  }

  /** Settles it; true when it is on the disk. */
  async settle(): Promise<boolean> {
    const conflict = this.shown;
    const side = conflict?.sides.find((one) => one.id === this.chosen);
    const reason = this.reason.trim();
    if (!conflict) return false;
    if (!side || reason === '') {
      this.note = t(side ? 'conflict.reason_first' : 'conflict.choose_first');
      return false;
    }
    const { thing, field } = conflict;
    const done = await deskState.attempt('conflict', () => desk.conflictSettle({ thing, field, chosen: side.id, reason }));
    if (!done) return false;
    // Another card may have been opened while the answer was on its way.
    if (this.opened?.thing === thing) this.close();
    await this.list.refresh();
    return true;
  }
}

export const conflicts = new ConflictBoard();

/** `conflict:3.1.0.7` → `3.1.0.7` */
export const thingOfNeed = (key: string): string => key.slice(key.indexOf(':') + 1);
