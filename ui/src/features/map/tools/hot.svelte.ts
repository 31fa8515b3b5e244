// 热点网格 (C12): cells of the 200 m grid with the most incidents of a type, by weekday and hour. Ranked
// list and map are the same rows; the list can be given out as a file.
import { desk, saveText } from '@bridge/bridge';
import { Read } from '@bridge/read.svelte';
import type { HotCell, HotCells } from '@generated/types';
import { clock } from '@kit/clock.svelte';
import { ymd } from '@kit/format';
import { t } from '@kit/words.svelte';
import type { FeatureCollection } from 'geojson';
import { codes } from '../../desk/codes.svelte';
import { nothing } from '../layers/things';
import { all, area, dot, nameSpot } from './shapes';
import { tools } from './tool.svelte';

export const SPANS_D = [7, 30, 90, 365] as const;
const DAY_MS = 86_400_000;
const LIMIT = 100;

/** "21–23", "21-2", "9" (one hour); `null` = no hours. */
export function readHours(text: string): { from: number; to: number } | null {
  if (text.trim() === '') return { from: 0, to: 24 };
  const [, first, second] = /^\s*(\d{1,2})\s*(?:[-–—~到]\s*(\d{1,2}))?\s*$/.exec(text) ?? [];
  if (first === undefined) return null;
  const from = Number(first);
  const to = second === undefined ? from + 1 : Number(second);
  return from <= 23 && to >= 1 && to <= 24 && from !== to ? { from, to } : null;
}

export function hotFeatures(cells: readonly HotCell[], at: number): FeatureCollection {
  const most = cells[0]?.n ?? 1;
  return all(cells.flatMap((cell, n) => {
    const [lon, lat] = nameSpot(cell.ring);
    const isOn = n === at;
    return [
      area([cell.ring], { ink: 'accent', fill: 0.1 + 0.5 * (cell.n / most), w: isOn ? 3 : 0.8 }),
      dot(lon, lat, { title: String(cell.n), ink: 'ink', rank: isOn ? 0 : cell.rank }),
    ];
  }));
}

/** One row a cell, for a table program: a mark first, so that Chinese stays Chinese there. */
export function hotCsv(hot: HotCells, heads: readonly string[], note: string): string {
  const cell = (value: string | number) => {
    const text = String(value);
    // A text that begins like a formula is kept a text.
    const safe = /^[=+\-@\t\r]/.test(text) ? `'${text}` : text;
    return /[",\n]/.test(safe) ? `"${safe.replace(/"/g, '""')}"` : safe;
  };
  const rows = hot.cells.map((one) => {
    const [lon, lat] = nameSpot(one.ring);
    return [one.rank, one.cell, one.place, one.n, `${(one.share * 100).toFixed(1)}%`, lon.toFixed(6), lat.toFixed(6)];
  });
  return `\uFEFF${[[note], heads, ...rows].map((row) => row.map(cell).join(',')).join('\r\n')}\r\n`;
}

class HotTool {
  days = $state<number>(30);
  type = $state('');
  weekdays = $state<number[]>([]);
  hours = $state('');
  at = $state(0);
  saved = $state('');
  isOpen = $state(false);
  #timer: ReturnType<typeof setTimeout> | undefined;
  readonly read = new Read<HotCells>(['incidents', 'map'], () => {
    const to_ms = Math.ceil(clock.exact_ms() / 60_000) * 60_000;
    const { from, to } = readHours(this.hours) ?? { from: 0, to: 24 };
    return desk.gridHot({ from_ms: to_ms - this.days * DAY_MS, to_ms, type_code: this.typeRow?.code ?? '', weekdays: [...this.weekdays].sort(), from_hour: from, to_hour: to, limit: LIMIT });
  }, 5000);
  /** The type meant by what is typed: code, initials or a part of the name. */
  typeRow = $derived(this.type.trim() === '' ? undefined : codes.find(this.type, '110', 1)[0]);
  features = $derived(this.isOpen ? hotFeatures(this.read.value?.cells ?? [], this.at) : nothing);

  constructor() {
    tools.onClose('hot', () => {
      this.read.clear();
      this.isOpen = false;
    });
  }

  start(): void {
    this.isOpen = true;
    void this.read.refresh();
    void tools.take('hot');
  }
  changed(): void {
    this.saved = '';
    this.at = 0;
    clearTimeout(this.#timer);
    if (readHours(this.hours) === null || (this.type.trim() !== '' && !this.typeRow)) return;
    this.#timer = setTimeout(() => void this.read.refresh(), 150);
  }
  toggleDay(day: number): void {
    this.weekdays = this.weekdays.includes(day) ? this.weekdays.filter((one) => one !== day) : [...this.weekdays, day];
    this.changed();
  }
  nextSpan(): void {
    this.days = SPANS_D[(SPANS_D.indexOf(this.days as 7) + 1) % SPANS_D.length] ?? 30;
    this.changed();
  }

  /** What the list is about, in one sentence: it stands in the file too. */
  get about(): string {
    const days = this.weekdays.length === 0 ? t('hot.every_day') : [...this.weekdays].sort().map((day) => t(`weekday.${(day % 7) as 0}`)).join(t('list.comma'));
    const { from, to } = readHours(this.hours) ?? { from: 0, to: 24 };
    return t('hot.about', { days: this.days, type: this.typeRow?.name ?? t('hot.every_type'), weekdays: days, from, to, at: ymd(clock.exact_ms()) });
  }

  /** What was counted, and what could not be, each apart. */
  get counted(): string {
    const all = this.read.value;
    if (!all) return '';
    return [
      t('hot.counted', { total: all.total, without: all.without_place }),
      ...(all.off_grid > 0 ? [t('hot.off_grid', { n: all.off_grid })] : []),
      ...(all.without_class > 0 ? [t('hot.without_class', { n: all.without_class })] : []),
    ].join(t('list.semicolon'));
  }

  async save(): Promise<void> {
    const hot = this.read.value;
    if (!hot || this.read.failure) return;
    const heads = [t('hot.rank'), t('hot.cell'), t('hot.place'), t('hot.n'), t('hot.share'), t('hot.lon'), t('hot.lat')];
    const note = `${this.about}${t('list.semicolon')}${this.counted}`;
    const name = `hot-cells-${ymd(clock.exact_ms())}.csv`;
    this.saved = await saveText(name, hotCsv(hot, heads, note)).then((where) => t('hot.saved', { where: where || name }), () => t('hot.not_saved'));
  }
}

export const hot = new HotTool();
