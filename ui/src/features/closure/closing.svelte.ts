// Closing a road (封路): the road at a point, which way, why, by whose word, until when. Begun from 这里.
// Not here: what is closed already (closures).
import { desk } from '@bridge/bridge';
import { Read } from '@bridge/read.svelte';
import type { Closure, Point, RoadFound } from '@generated/types';
import { clock } from '@kit/clock.svelte';
import { focusOn } from '@kit/focus';
import { t } from '@kit/words.svelte';
import { tick } from 'svelte';
import { deskState } from '../desk/desk.svelte';
import { nothing } from '../map/layers/things';
import { all, dot } from '../map/tools/shapes';
import { tools } from '../map/tools/tool.svelte';
import { closures } from './closures.svelte';

const MINUTE_MS = 60_000;

/** "14:30" (the next one), "90m", "2h", "2小时"; empty = until further notice; `undefined` = none of these. */
export function untilOf(text: string, now_ms: number): number | null | undefined {
  const said = text.trim().replace('：', ':');
  if (said === '') return null;
  const span = /^\+?(\d{1,4})\s*(m|min|分|分钟|h|小时|时)$/i.exec(said);
  if (span) return now_ms + Number(span[1]) * (/^(h|小时|时)$/i.test(span[2] ?? '') ? 60 : 1) * MINUTE_MS;
  const at = /^(\d{1,2}):(\d{2})$/.exec(said);
  if (!at || Number(at[1]) > 23 || Number(at[2]) > 59) return undefined;
  const day = new Date(now_ms);
  day.setHours(Number(at[1]), Number(at[2]), 0, 0);
  if (day.getTime() <= now_ms) day.setDate(day.getDate() + 1);
  return day.getTime();
}

class Closing {
  point = $state.raw<Point | null>(null);
  /** Which of the ways offered: 0 both, then one way each. */
  way = $state(0);
  name = $state('');
  reason = $state('');
  orderedBy = $state('');
  until = $state('');
  note = $state('');
  isSaving = $state(false);
  readonly road = new Read<RoadFound>(['map'], () => desk.roadAt({ point: this.point ?? { lon: 0, lat: 0 } }));
  ways = $derived<(number | null)[]>([null, ...((this.road.value?.road?.headings_deg.length ?? 0) > 1 ? (this.road.value?.road?.headings_deg ?? []) : [])]);
  features = $derived(this.point ? all([dot(this.point.lon, this.point.lat, { icon: 'spot' })]) : nothing);

  constructor() {
    tools.onClose('closing', () => this.#drop());
  }

  #drop(): void {
    this.point = null;
    this.road.clear();
    this.way = 0;
    [this.name, this.reason, this.orderedBy, this.until, this.note] = ['', '', '', '', ''];
  }

  /** Opens the tool; without a point it only lists. */
  start(point: Point | null): void {
    const at = point ? { ...point } : null;
    void tools.take('closing');
    this.#drop();
    this.point = at;
    closures.list.refresh().catch(() => undefined);
    if (at) void this.road.refresh().then(() => {
      const road = this.road.value?.road;
      if (!road) return;
      this.point = road.point;
      if (this.name === '') this.name = road.name ?? '';
    });
  }
  choose(way: number): void {
    if (way >= this.ways.length) return;
    this.way = way;
    void tick().then(() => focusOn('closing-reason'));
  }

  async keep(): Promise<void> {
    const point = this.point;
    if (!point || !this.road.value?.road || this.isSaving) return;
    if (this.reason.trim() === '') {
      this.note = t('closure.needs_reason');
      focusOn('closing-reason');
      return;
    }
    const until_ms = untilOf(this.until, clock.exact_ms());
    if (until_ms === undefined) {
      this.note = t('closure.bad_until', { typed: this.until.trim() });
      focusOn('closing-until');
      return;
    }
    this.note = '';
    this.isSaving = true;
    const done = await deskState.attempt('closing', () => desk.roadClose({
      point, heading_deg: this.ways[this.way] ?? null, name: this.name.trim(), reason: this.reason.trim(),
      ordered_by: this.orderedBy.trim(), until_ms, replaces: null,
    }), () => void this.keep());
    this.isSaving = false;
    if (!done) return;
    this.#drop();
    await closures.list.refresh();
    void tick().then(() => focusOn('map-tool'));
  }

  /** The same road until another time, in the place of what stands. */
  async extend(row: Closure, until: string): Promise<boolean> {
    const until_ms = untilOf(until, clock.exact_ms());
    if (until_ms === undefined) {
      this.note = t('closure.bad_until', { typed: until.trim() });
      return false;
    }
    this.note = '';
    const done = await deskState.attempt('closure', () => desk.roadClose({
      point: row.point, heading_deg: row.heading_deg, name: row.name, reason: row.reason, ordered_by: row.ordered_by, until_ms, replaces: row.id,
    }));
    return done !== undefined;
  }
}

export const closing = new Closing();
