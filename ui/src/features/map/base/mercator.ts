// Web Mercator in pixels, for the map that is drawn without WebGL.
// Not here: lengths on the ground (tools/shapes).
import type { Point } from '@generated/types';

export const TILE_PX = 256;
const MOST_LAT = 85.051129;

/** Pixels from the north-west corner of the world at a zoom. */
export function toPixel({ lon, lat }: Point, zoom: number): { x: number; y: number } {
  const world = TILE_PX * 2 ** zoom;
  const sin = Math.sin((Math.max(-MOST_LAT, Math.min(MOST_LAT, lat)) * Math.PI) / 180);
  return { x: ((lon + 180) / 360) * world, y: (0.5 - Math.log((1 + sin) / (1 - sin)) / (4 * Math.PI)) * world };
}

export function toPoint({ x, y }: { x: number; y: number }, zoom: number): Point {
  const world = TILE_PX * 2 ** zoom;
  const n = Math.PI - (2 * Math.PI * y) / world;
  return { lon: (x / world) * 360 - 180, lat: (180 / Math.PI) * Math.atan(Math.sinh(n)) };
}

export const metresPerPixel = (lat: number, zoom: number): number =>
  (Math.cos((lat * Math.PI) / 180) * 2 * Math.PI * 6378137) / (TILE_PX * 2 ** zoom);

/** The largest whole zoom at which a box fits into a picture of this size with a margin. */
export function zoomToFit(points: readonly (readonly [number, number])[], wide: number, high: number): { centre: Point; zoom: number } | null {
  if (points.length === 0) return null;
  const lons = points.map(([lon]) => lon);
  const lats = points.map(([, lat]) => lat);
  const [west, east, south, north] = [Math.min(...lons), Math.max(...lons), Math.min(...lats), Math.max(...lats)];
  for (let zoom = 17; zoom > 3; zoom -= 1) {
    const [a, b] = [toPixel({ lon: west, lat: north }, zoom), toPixel({ lon: east, lat: south }, zoom)];
    if (b.x - a.x <= wide - 64 && b.y - a.y <= high - 64) {
      return { centre: toPoint({ x: (a.x + b.x) / 2, y: (a.y + b.y) / 2 }, zoom), zoom };
    }
  }
  return { centre: { lon: (west + east) / 2, lat: (south + north) / 2 }, zoom: 3 };
}
