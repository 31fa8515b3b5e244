// Small helpers that turn points into GeoJSON, and lengths and sizes on the ground.
// Not here: what any shape means.
import type { Point } from '@generated/types';
import type { Feature, FeatureCollection, Position } from 'geojson';

type Props = Record<string, string | number | boolean | null>;
const R_M = 6_371_008.8;
const rad = Math.PI / 180;

export const all = (features: Feature[]): FeatureCollection => ({ type: 'FeatureCollection', features });
export const dot = (lon: number, lat: number, properties: Props = {}): Feature => ({
  type: 'Feature', geometry: { type: 'Point', coordinates: [lon, lat] }, properties,
});
export const line = (points: readonly (readonly [number, number])[], properties: Props = {}): Feature => ({
  type: 'Feature', geometry: { type: 'LineString', coordinates: points.map(([lon, lat]) => [lon, lat]) }, properties,
});
export const area = (rings: readonly (readonly (readonly [number, number])[])[], properties: Props = {}): Feature => ({
  type: 'Feature',
  geometry: { type: 'MultiPolygon', coordinates: evenOdd(rings) },
  properties,
});

/** Rings by the even-odd rule as polygons with holes: a ring within an odd number of others is a hole. */
export function evenOdd(rings: readonly (readonly (readonly [number, number])[])[]): Position[][][] {
  const whole = rings.map((ring) => closed(ring)).filter((ring) => ring.length >= 4);
  const size = whole.map((ring) => Math.abs(turned(ring)));
  const holders = whole.map((ring, at) => whole.flatMap((other, n) => (n !== at && (size[n] ?? 0) > (size[at] ?? 0) && holds(other, ring[0] ?? [0, 0]) ? [n] : [])));
  return whole.flatMap((ring, at) => {
    if ((holders[at]?.length ?? 0) % 2 === 1) return [];
    const depth = holders[at]?.length ?? 0;
    const holes = whole.filter((_, n) => holders[n]?.includes(at) && holders[n]?.length === depth + 1);
    return [[ring, ...holes]];
  });
}

function closed(ring: readonly (readonly [number, number])[]): Position[] {
  const points = ring.map(([lon, lat]): Position => [lon, lat]);
  const [first, last] = [points[0], points.at(-1)];
  if (first && last && (first[0] !== last[0] || first[1] !== last[1])) points.push([...first]);
  return points;
}

const turned = (ring: readonly Position[]) =>
  ring.reduce((sum, [x = 0, y = 0], at) => {
    const [nx = 0, ny = 0] = ring[(at + 1) % ring.length] ?? [];
    return sum + x * ny - nx * y;
  }, 0) / 2;

export function holds(ring: readonly Position[], [x = 0, y = 0]: Position): boolean {
  let isIn = false;
  for (let at = 0, before = ring.length - 1; at < ring.length; before = at, at += 1) {
    const [ax = 0, ay = 0] = ring[at] ?? [];
    const [bx = 0, by = 0] = ring[before] ?? [];
    if (ay > y !== by > y && x < ((bx - ax) * (y - ay)) / (by - ay) + ax) isIn = !isIn;
  }
  return isIn;
}

/** Where the name of an area stands: its centre of gravity, or a corner's middle where that lies outside. */
export function nameSpot(ring: readonly (readonly [number, number])[]): [number, number] {
  const points = closed(ring);
  const size = turned(points);
  const first = points[0] ?? [0, 0];
  if (size === 0) return [first[0] ?? 0, first[1] ?? 0];
  let [x, y] = [0, 0];
  points.forEach(([ax = 0, ay = 0], at) => {
    const [bx = 0, by = 0] = points[(at + 1) % points.length] ?? [];
    x += (ax + bx) * (ax * by - bx * ay);
    y += (ay + by) * (ax * by - bx * ay);
  });
  const spot: [number, number] = [x / (6 * size), y / (6 * size)];
  if (holds(points, spot)) return spot;
  const across = points.map(([ax = 0]) => ax).sort((a, b) => a - b);
  const [from = 0, to = 0] = [across[0], across.at(-1)];
  for (let step = 1; step < 32; step += 1) {
    const tried: [number, number] = [from + ((to - from) * step) / 32, spot[1]];
    if (holds(points, tried)) return tried;
  }
  return spot;
}

/** Metres between two points, on a ball: good to half a percent, as a ruler on a map needs. */
export function metresBetween(a: Point, b: Point): number {
  const dLat = (b.lat - a.lat) * rad;
  const dLon = (b.lon - a.lon) * rad;
  const h = Math.sin(dLat / 2) ** 2 + Math.cos(a.lat * rad) * Math.cos(b.lat * rad) * Math.sin(dLon / 2) ** 2;
  return 2 * R_M * Math.asin(Math.min(1, Math.sqrt(h)));
}

export function lengthOf(points: readonly Point[], isClosed = false): number {
  const ends = isClosed && points.length > 2 ? [...points, ...points.slice(0, 1)] : points;
  return ends.slice(1).reduce((sum, point, at) => sum + metresBetween(ends[at] ?? point, point), 0);
}

/** Square metres of a ring, by local metres about its first corner. */
export function sizeOf(points: readonly Point[]): number {
  const first = points[0];
  if (!first || points.length < 3) return 0;
  const flat = points.map((point): Position => [
    (point.lon - first.lon) * rad * R_M * Math.cos(first.lat * rad), (point.lat - first.lat) * rad * R_M,
  ]);
  return Math.abs(turned(flat));
}

/** Degrees clockwise from north, from one point to another. */
export function bearing(from: Point, to: Point): number {
  const east = (to.lon - from.lon) * Math.cos(from.lat * rad);
  return ((Math.atan2(east, to.lat - from.lat) / rad) + 360) % 360;
}
