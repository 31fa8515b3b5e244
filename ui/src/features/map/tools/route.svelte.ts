// The way of the candidate under the cursor to the open incident: asked when the cursor rests, drawn
// with minutes and metres; a straight line says that it is one and why.
// Not here: ranking (candidate).
import { desk } from '@bridge/bridge';
import { Read } from '@bridge/read.svelte';
import type { Point, Route } from '@generated/types';
import { metres, roadTime } from '@kit/format';
import { hasWords, say, t } from '@kit/words.svelte';
import type { FeatureCollection } from 'geojson';
import { nothing } from '../layers/things';
import { all, dot, line } from './shapes';

/** A cursor that walks through the list asks nothing until it rests. */
const REST_MS = 120;

export const whyWords = (why: string | null): string =>
  why === null ? '' : hasWords(`road.why.${why}`) ? say(`road.why.${why}`, []) : why;

/** "2:14·1.4 km" or "直线 1.1 km，离路太远". */
export function routeWords(route: Route): string {
  if (route.by === 'road' && route.seconds !== null) return `${roadTime(route.seconds)}·${metres(route.metres)}`;
  return t('route.straight', { far: metres(route.metres), why: whyWords(route.why) || t('road.why.no_graph') });
}

export function routeFeatures(route: Route): FeatureCollection {
  const isRoad = route.by === 'road';
  const middle = route.points[Math.floor((route.points.length - 1) / 2)];
  const next = route.points[Math.floor((route.points.length - 1) / 2) + 1] ?? middle;
  const look = { ink: 'accent', w: isRoad ? 3.4 : 2, dash: isRoad ? 'solid' : 'dash', fill: 0 };
  const spot = middle && next ? [(middle[0] + next[0]) / 2, (middle[1] + next[1]) / 2] : null;
  return all([
    line(route.points, look),
    ...(spot ? [dot(spot[0] ?? 0, spot[1] ?? 0, { ink: 'accent', title: routeWords(route), rank: 0 })] : []),
  ]);
}

class RouteTool {
  unit = $state<string | null>(null);
  callsign = $state('');
  #to: Point | null = null;
  #timer: ReturnType<typeof setTimeout> | undefined;
  readonly read = new Read<Route>(
    ['positions', 'roads', 'map'],
    () => desk.routeFind({ from: null, unit: this.unit, to: this.#to ?? { lon: 0, lat: 0 } }),
    5000,
  );
  features = $derived(this.unit && this.read.value ? routeFeatures(this.read.value) : nothing);

  look(unit: { id: string; callsign: string } | null, to: Point | null): void {
    const id = to ? (unit?.id ?? null) : null;
    if (id === this.unit && to?.lon === this.#to?.lon && to?.lat === this.#to?.lat) return;
    clearTimeout(this.#timer);
    this.read.clear();
    this.unit = id;
    this.callsign = unit?.callsign ?? '';
    this.#to = to;
    if (id !== null) this.#timer = setTimeout(() => void this.read.refresh(), REST_MS);
  }
}

export const route = new RouteTool();
