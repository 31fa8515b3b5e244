// 关联 of the open incident: what may be the same event, what was joined, what its number and place were about before.
// It is read beside the form and never stands in the way of typing. Not here: how alike two reports are (domain).
import { desk } from '@bridge/bridge';
import { Read } from '@bridge/read.svelte';
import type { Before, Earlier, Kin, Likely } from '@generated/types';
import { age, metres, ymd } from '@kit/format';
import { say, t } from '@kit/words.svelte';
import { deskState } from '../desk/desk.svelte';
import { asking } from './ask-digit.svelte';
import { sheet } from './sheet.svelte';

/** It is asked anew at most so often, ms: a board that changes every second asks no more. */
const GAP_MS = 2000;
/** Earlier incidents that the foot has room for. */
const LISTED = 4;

class KinOf {
  readonly read = new Read<Kin>(['incidents', 'settings'], () => desk.incidentKin({ incident: sheet.incident ?? '' }), GAP_MS);

  /** Another incident is open. */
  follow(incident: string | null): void {
    this.read.clear();
    if (incident) void this.read.refresh();
  }

  /** Alt M: one event with another, or parted from it; a digit says which. */
  choose(): void {
    const view = sheet.view.value;
    if (!view) return;
    const likely = this.read.value?.likely ?? [];
    const ways = [
      ...likely.map((one) => ({ code: `+${one.earlier.id}`, name: told('kin.into', { code: one.short_code, place: one.earlier.place ?? '' }) })),
      ...view.joined.map((one) => ({ code: `-${one.id}`, name: told('kin.take_out', { code: one.short_code, place: one.place ?? '' }) })),
    ];
    if (ways.length === 0) return;
    asking.ask({ title: t('kin.which'), ways: ways.slice(0, 9), take: (code) => void this.#say(view.row.id, code) });
  }

  /** Alt H: what was before; a digit opens one. */
  list(open: (incident: string) => void): void {
    const found = this.read.value;
    const rows = [...(found?.number?.rows ?? []), ...(found?.place?.rows ?? [])];
    const ways = rows
      .filter((row, at) => rows.findIndex((one) => one.id === row.id) === at)
      .map((row) => ({ code: row.id, name: earlierWords(row) }));
    if (ways.length === 0) return;
    asking.ask({ title: t('kin.before'), ways: ways.slice(0, LISTED), take: open });
  }

  async #say(incident: string, code: string): Promise<void> {
    await sheet.save();
    const other = code.slice(1);
    await deskState.attempt('kin', async () => (code.startsWith('+')
      ? desk.incidentJoin({ incident, into: other })
      : desk.incidentPart({ part: other, reason: '' })));
  }
}

/** A sentence whose parts in brackets are left out where a value is empty. */
const told = (key: string, values: Record<string, string | number>): string =>
  say(key, Object.entries(values).map(([name, value]) => ({ name, value: String(value) })));

export const likelyWords = (one: Likely): string => told('kin.likely', {
  code: one.short_code, score: one.score.toFixed(2), place: one.earlier.place ?? '', ago: age(one.apart_ms),
  apart: one.apart_m === null ? '' : metres(one.apart_m),
});

const earlierWords = (one: Earlier): string => told('kin.earlier', {
  day: ymd(one.opened_at_ms).slice(5), type: one.type_name ?? t('queue.no_type'), place: one.place ?? '',
});

/** 此号码 30 天第 4 次：邻里噪音×3 */
export const beforeWords = (key: 'kin.number' | 'kin.place', days: number, before: Before): string => told(key, {
  days, count: before.count, types: before.types.map((one) => `${one.name ?? t('queue.no_type')}×${one.count}`).join(t('list.comma')),
});

export const kin = new KinOf();
