// 快反圈: where one can be in 1, 3 and 5 minutes by road, about the incident or a 135 point, and which
// free units are within. An inner ring without anybody is told in red and in words.
import { desk } from '@bridge/bridge';
import { Read } from '@bridge/read.svelte';
import type { Point, Rings } from '@generated/types';
import { t } from '@kit/words.svelte';
import type { FeatureCollection } from 'geojson';
import { nothing } from '../layers/things';
import { mapState } from '../map.svelte';
import { all, area, dot } from './shapes';
import { tools } from './tool.svelte';

const dashes = ['solid', 'dash', 'dot'] as const;
export const minutesOf = (limit_s: number): string => String(Math.round((limit_s / 60) * 10) / 10);

/** Largest first, so that the smaller lie on top; each named at its northernmost corner. */
export function ringFeatures(rings: Rings): FeatureCollection {
  const sorted = [...rings.rings].sort((a, b) => b.limit_s - a.limit_s);
  return all([
    ...sorted.flatMap((ring, at) => {
      const inner = sorted.length - 1 - at;
      const isEmpty = inner === 0 && ring.units.length === 0;
      const top = ring.rings.flat().reduce<[number, number] | null>((best, one) => (best === null || one[1] > best[1] ? one : best), null);
      const look = { ink: isEmpty ? 'red' : inner === 0 ? 'accent' : 'ink', dash: dashes[inner] ?? 'dot', w: inner === 0 ? 2.2 : 1.1, fill: inner === 0 ? 0.1 : 0.06 };
      const title = isEmpty ? t('ring.nobody', { min: minutesOf(ring.limit_s) }) : t('ring.minutes', { min: minutesOf(ring.limit_s) });
      return [area(ring.rings, look), ...(top ? [dot(top[0], top[1], { ink: look.ink, title, rank: inner })] : [])];
    }),
    dot(rings.point.lon, rings.point.lat, { icon: 'spot', rank: 9 }),
  ]);
}

class RingTool {
  point = $state.raw<Point | null>(null);
  name = $state<string | null>(null);
  /** Code of the 135 point it is about; `null` = an incident or the cross. */
  code = $state<string | null>(null);
  readonly read = new Read<Rings>(['positions', 'units', 'roads', 'map'], () => desk.ringOf({ point: this.point ?? { lon: 0, lat: 0 } }), 2000);
  features = $derived(this.read.value ? ringFeatures(this.read.value) : nothing);

  constructor() {
    tools.onClose('rings', () => this.read.clear());
  }

  start(): void {
    const subject = mapState.subject;
    if (!subject) return;
    this.point = subject.point;
    this.name = subject.name;
    this.code = mapState.picked?.kind === 'points135' ? mapState.picked.id : null;
    this.read.clear();
    void this.read.refresh().then(() => {
      const widest = this.read.value?.rings.at(-1)?.rings.flat() ?? [];
      if (widest.length > 0) mapState.stage?.fit(widest);
    });
    void tools.take('rings');
  }
}

export const rings = new RingTool();
