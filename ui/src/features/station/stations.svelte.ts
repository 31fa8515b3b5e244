// The stations of the county as this one knows them, and what every list lacks because of them.
// Not here: conflicts (features/conflict), the mode for an outage (features/outage).
import { desk } from '@bridge/bridge';
import { Read } from '@bridge/read.svelte';
import type { Lack, Lacks, StationRow, Stations } from '@generated/types';
import { clock } from '@kit/clock.svelte';
import { hm, hms, ymd } from '@kit/format';
import { t } from '@kit/words.svelte';
import { deskState } from '../desk/desk.svelte';

/** From here on a station that is apart is an outage, ms. */
export const OUTAGE_MS = 10_000;

/** 14:02 of today, else with its day. */
export function lackTime(at_ms: number, now_ms: number): string {
  return ymd(at_ms) === ymd(now_ms) ? hm(at_ms) : `${ymd(at_ms).slice(5)} ${hm(at_ms)}`;
}

/** One lack whole: 不含 城东所 14:02 后. */
export function sayLack(lack: Lack, now_ms: number): string {
  if (lack.since_ms === null) return t('lack.all_of', { name: lack.name });
  return t('lack.one', { name: lack.name, at: lackTime(lack.since_ms, now_ms) });
}

/** What a head has room for: one lack whole, of several how many and the earliest. */
export function sayLacks(lacks: readonly Lack[], now_ms: number): string {
  const [first] = lacks;
  if (!first) return '';
  if (lacks.length === 1) return sayLack(first, now_ms);
  const known = lacks.flatMap((lack) => lack.since_ms ?? []);
  // Nothing at all of a station is earlier than any instant.
  if (known.length < lacks.length) return t('lack.many_unknown', { n: lacks.length });
  return t('lack.many', { n: lacks.length, at: lackTime(Math.min(...known), now_ms) });
}

export function isOther(row: StationRow): boolean {
  return row.state !== 'own' && row.state !== 'revoked';
}

/** Up to when everything of every station is here; `null` = of one it is unknown. */
export function completeAt(rows: readonly StationRow[]): number | null {
  const all = rows.filter(isOther).map((row) => row.complete_at_ms);
  return all.includes(null) || all.length === 0 ? null : Math.min(...all.map(Number));
}

/** A sum in which one part is unknown is unknown. */
export function sumOf(rows: readonly StationRow[], which: 'to_go' | 'to_come'): number | null {
  const all = rows.filter((row) => row.state === 'in_touch').map((row) => row[which]);
  return all.includes(null) ? null : all.reduce<number>((sum, one) => sum + Number(one), 0);
}

class StationBoard {
  readonly view = new Read<Stations>(['stations'], () => desk.stationList(), 250);
  readonly lacks = new Read<Lacks>(['stations', 'honesty'], () => desk.lackList(), 250);
  #minute = 0;

  rows = $derived(this.view.value?.stations ?? []);
  others = $derived(this.rows.filter(isOther));
  inTouch = $derived(this.others.filter((row) => row.state === 'in_touch'));
  /** Longest apart first; never met last. */
  apart = $derived.by(() => {
    const since = (row: StationRow) => row.since_ms ?? Number.MAX_SAFE_INTEGER;
    return this.others.filter((row) => row.state !== 'in_touch').sort((a, b) => since(a) - since(b));
  });
  /** Apart for so long that people must speak instead. */
  out = $derived(this.apart.filter((row) => row.state === 'apart' && (row.since_ms === null || clock.now_ms - row.since_ms > OUTAGE_MS)));
  own = $derived(this.rows.find((row) => row.state === 'own'));
  missing = $derived(this.lacks.value?.lacks ?? []);
  /** A list may say that it is empty only when nothing lacks and that is known. */
  isWhole = $derived(this.missing.length === 0 && this.lacks.failure === null);

  /** What lists say of what they lack; '' = nothing. */
  lackWords = $derived.by(() => {
    if (this.lacks.failure) return t('lack.unknown');
    return sayLacks(this.missing, clock.now_ms);
  });
  /** The same where a head has no room. */
  lackShort = $derived(this.lacks.failure ? t('unknown') : t('lack.short', { n: this.missing.length }));
  lackWhole = $derived(this.missing.map((lack) => sayLack(lack, clock.now_ms)).join(t('list.comma')));

  /** Words of an empty list: never 没有 while something lacks. */
  empty(words: string): string {
    return this.isWhole ? words : `${t('lack.nothing_known')}${t('list.semicolon')}${this.lackWords}`;
  }

  row(number: number | null | undefined): StationRow | undefined {
    return this.rows.find((row) => row.number === number);
  }
  nameOf(number: number): string {
    return this.row(number)?.name || t('conflict.station_unknown', { n: number });
  }

  /** Called within an effect: what ages without anybody saying so is asked by the minute. */
  byTheMinute(): void {
    const minute = Math.floor(clock.now_ms / 60_000);
    if (minute === this.#minute) return;
    const isFirst = this.#minute === 0;
    this.#minute = minute;
    if (isFirst) return;
    this.lacks.stale();
    this.view.stale();
  }

  /** Who holds the board, calm, for the desk's head; '' for a station that is alone and was told nothing. */
  boardWords = $derived.by(() => {
    const board = this.view.value?.board ?? null;
    if (board === null) return this.others.length > 0 ? t('board.unsaid') : '';
    if (board === this.own?.number) return t('board.here');
    return t('board.there', { name: this.nameOf(board) });
  });

  invite = (name: string, code: string | null, kind: NonNullable<StationRow['kind']>, addresses: string[]) =>
    deskState.attempt('invite', () => desk.stationInvite({ name, code, kind, addresses }));
  revoke = (number: number, reason: string) =>
    deskState.attempt('revoke', () => desk.stationRevoke({ number, reason }));
  take = (second: string, passphrase: string) =>
    deskState.attempt('board', () => desk.boardTake({ second, passphrase }));
  giveBack = (to: number, second: string, passphrase: string) =>
    deskState.attempt('board', () => desk.boardReturn({ to, second, passphrase }));
}

export const stations = new StationBoard();

/** How a clock stands to ours: worth a look above 2 s, wrong above 60 s; unknown is calm. */
export function clockHeat(clock_ms: number | null): 'calm' | 'amber' | 'red' {
  const off_ms = Math.abs(clock_ms ?? 0);
  return off_ms > 60_000 ? 'red' : off_ms > 2000 ? 'amber' : 'calm';
}

/** +2.4 s, −61 s; `null` = unknown. */
export function clockWords(clock_ms: number | null): string {
  if (clock_ms === null) return t('unknown');
  const s = Math.abs(clock_ms) / 1000;
  const sign = clock_ms < 0 ? '−' : '+';
  return `${s < 0.05 ? '' : sign}${s < 10 ? s.toFixed(1) : Math.round(s)} s`;
}

export const fullTime = (at_ms: number | null, now_ms: number): string =>
  at_ms === null ? t('unknown') : ymd(at_ms) === ymd(now_ms) ? hms(at_ms) : `${ymd(at_ms).slice(5)} ${hms(at_ms)}`;
