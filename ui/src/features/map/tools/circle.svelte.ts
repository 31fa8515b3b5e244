// The circle (C5): 从哪里出、能调多少、谁带队, within a radius set by keys, wheel or typing, and only of
// those with some kit when one is named. Units whose place is not known stand apart.
import { desk } from '@bridge/bridge';
import { Read } from '@bridge/read.svelte';
import type { CircleForce, Point } from '@generated/types';
import { metres } from '@kit/format';
import { nothing, circle as ground } from '../layers/things';
import { mapState } from '../map.svelte';
import { all, area, dot } from './shapes';
import { tools } from './tool.svelte';

export const RADIUS_M = 3000;
export const LEAST_M = 50;
export const MOST_M = 100_000;

/** The next radius up or down: steps that grow with the size. */
export function stepRadius(radius_m: number, by: 1 | -1): number {
  const size = by > 0 ? radius_m : radius_m - 1;
  const step = size < 1000 ? 100 : size < 5000 ? 500 : size < 20_000 ? 1000 : 5000;
  const next = by > 0 ? (Math.floor(radius_m / step) + 1) * step : (Math.ceil(radius_m / step) - 1) * step;
  return Math.max(LEAST_M, Math.min(MOST_M, next));
}

/** What is typed: "3", "1.5" and "1.5km" are kilometres, "800m" metres; `null` = no radius. */
export function readRadius(text: string): number | null {
  const [, figure, unit] = /^\s*(\d+(?:[.．]\d+)?)\s*(km|k|公里|m|米)?\s*$/i.exec(text) ?? [];
  if (figure === undefined) return null;
  const value = Number(figure.replace('．', '.')) * (/^(m|米)$/i.test(unit ?? '') ? 1 : 1000);
  return value >= LEAST_M && value <= MOST_M ? value : null;
}

class CircleTool {
  centre = $state.raw<Point | null>(null);
  name = $state<string | null>(null);
  radius_m = $state(RADIUS_M);
  kit = $state('');
  #timer: ReturnType<typeof setTimeout> | undefined;
  readonly read = new Read<CircleForce>(
    ['positions', 'units'],
    () => desk.circleQuery({ centre: this.centre ?? { lon: 0, lat: 0 }, radius_m: this.radius_m, kit: this.kit.trim() }),
    2000,
  );
  features = $derived.by(() => {
    if (!this.centre) return nothing;
    const { lon, lat } = this.centre;
    const ring = ground(lon, lat, this.radius_m).coordinates.map((one) => one.map(([x = 0, y = 0]): [number, number] => [x, y]));
    return all([
      area(ring, { ink: 'accent', w: 2.2, fill: 0.05 }),
      dot(lon, lat + this.radius_m / 111_320, { ink: 'accent', title: metres(this.radius_m), rank: 0 }),
      dot(lon, lat, { icon: 'spot' }),
    ]);
  });

  constructor() {
    tools.onClose('circle', () => {
      this.read.clear();
      this.centre = null;
    });
  }

  start(): void {
    const subject = mapState.subject;
    if (!subject) return;
    this.centre = subject.point;
    this.name = subject.name;
    this.read.clear();
    void this.read.refresh();
    this.fit();
    void tools.take('circle');
  }

  setRadius(radius_m: number): void {
    this.radius_m = Math.max(LEAST_M, Math.min(MOST_M, radius_m));
    this.#soon();
  }
  setKit(kit: string): void {
    this.kit = kit;
    this.#soon();
  }
  fit(): void {
    if (!this.centre) return;
    const { lon, lat } = this.centre;
    mapState.stage?.fit((ground(lon, lat, this.radius_m).coordinates[0] ?? []).map(([x = 0, y = 0]): [number, number] => [x, y]));
  }
  #soon(): void {
    clearTimeout(this.#timer);
    this.#timer = setTimeout(() => {
      void this.read.refresh();
      this.fit();
    }, 80);
  }
}

export const circle = new CircleTool();
