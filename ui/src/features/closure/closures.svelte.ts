// 封路 (C): closed roads as the core keeps them, on the map and in lists. One whose time has come still
// counts until a person opens the road, and says so.
// Not here: closing one (closing).
import { desk } from '@bridge/bridge';
import { Read } from '@bridge/read.svelte';
import type { Closure, Closures } from '@generated/types';
import { clock } from '@kit/clock.svelte';
import { hm, ymd } from '@kit/format';
import { t } from '@kit/words.svelte';
import type { FeatureCollection } from 'geojson';
import { deskState } from '../desk/desk.svelte';
import { all, dot, line } from '../map/tools/shapes';

const sides = ['n', 'ne', 'e', 'se', 's', 'sw', 'w', 'nw'] as const;
export const sideOf = (deg: number): string => t(`side.${sides[Math.round(deg / 45) % 8] ?? 'n'}`);
export const wayWords = (heading: number | null): string =>
  heading === null ? t('closure.both') : t('closure.towards', { side: sideOf(heading) });
export const nameWords = (name: string): string => name || t('closure.nameless');
export const namesWords = (names: readonly string[]): string => names.map(nameWords).join(t('list.comma'));
export const isOver = (one: Pick<Closure, 'until_ms'>, now_ms: number): boolean => one.until_ms !== null && now_ms >= one.until_ms;

/** "至 14:30", "到期 14:30，须解封", "未定". */
export function untilWords(one: Pick<Closure, 'until_ms'>, now_ms: number): string {
  if (one.until_ms === null) return t('closure.open_end');
  const at = ymd(one.until_ms) === ymd(now_ms) ? hm(one.until_ms) : `${ymd(one.until_ms)} ${hm(one.until_ms)}`;
  return isOver(one, now_ms) ? t('closure.over', { at }) : t('closure.until', { at });
}

/** A broken line in red, a barred sign, and words: never colour alone. */
export function closureFeatures(rows: readonly Closure[], now_ms: number): FeatureCollection {
  return all(rows.flatMap((one) => {
    const look = { ink: 'red', dash: 'dash', w: 4.4, id: one.id };
    const title = `${t('closure.closed')} ${nameWords(one.name)}${one.heading_deg === null ? '' : ` ${wayWords(one.heading_deg)}`} ${untilWords(one, now_ms)}`;
    return [
      ...one.lines.map((points) => line(points, look)),
      dot(one.point.lon, one.point.lat, { ...look, icon: isOver(one, now_ms) ? 'closed_over' : 'closed', title, rank: 0 }),
    ];
  }));
}

class ClosureTable {
  readonly list = new Read<Closures>(['roads', 'map'], () => desk.roadClosures());
  /** Newest first. */
  rows = $derived([...(this.list.value?.closures ?? [])].reverse());
  /** Words change when a time comes, not every second. */
  #minute_ms = $derived(Math.floor(clock.now_ms / 1000) * 1000);
  features: FeatureCollection = $derived(closureFeatures(this.rows, this.#minute_ms));

  get mayChange(): boolean {
    return deskState.can('dispatch', 'shift_leader', 'commander');
  }

  row(id: string): Closure | undefined {
    return this.rows.find((one) => one.id === id);
  }

  async reopen(closure: string, reason: string): Promise<boolean> {
    const done = await deskState.attempt('closure', () => desk.roadReopen({ closure, reason }));
    return done !== undefined;
  }
}

export const closures = new ClosureTable();
