// What moves and what frames it as GeoJSON: units by age, incidents by level, accuracy circles, the
// land outside the county. Pure: values in, features out. Not here: what stands still (fixed).
import type { BoardRow, Fix, MapFacts, Positions, Unit } from '@generated/types';
import { age } from '@kit/format';
import type { Feature, FeatureCollection, Polygon, Position as LonLat } from 'geojson';
import { levelIcon, unitIcon, type FixAge } from '../base/icons';

export const nothing: FeatureCollection = { type: 'FeatureCollection', features: [] };

export function ageOf(age_s: number, fade_s: number, ghost_s: number): FixAge {
  if (age_s > ghost_s) return 'hollow';
  return age_s > fade_s ? 'fading' : 'solid';
}

/** A fading label counts in tens: a label that changes every second costs a drawing every second. */
const coarse = (age_s: number): number => (age_s < 100 ? Math.floor(age_s / 10) * 10 : age_s);

export interface UnitWords {
  state: (unit: Unit) => string;
  ago: (span: string) => string;
}

/** What part of the ground is looked at, and how fine: a move below `grain_deg` is not seen. */
export interface Sight {
  west: number;
  south: number;
  east: number;
  north: number;
  grain_deg: number;
}

/** One feature per unit in sight; the label says the age wherever it is not fresh. */
export function unitFeatures(
  positions: Positions,
  unitOf: (id: string) => Unit | undefined,
  now_ms: number,
  words: UnitWords,
  sight?: Sight,
): FeatureCollection {
  const grain = sight?.grain_deg ?? 1e-7;
  const round = (deg: number) => Math.round(deg / grain) * grain;
  const features = positions.positions.flatMap((fix) => {
    const { lon, lat } = fix.point;
    if (sight && (lon < sight.west || lon > sight.east || lat < sight.south || lat > sight.north)) return [];
    const unit = unitOf(fix.unit);
    if (!unit || unit.state === 'off_duty') return [];
    const age_s = Math.max(0, (now_ms - fix.at_ms) / 1000);
    const old = ageOf(age_s, positions.fade_s, positions.ghost_s);
    const isFree = unit.state === 'available';
    const said = old === 'hollow' ? words.ago(age(age_s * 1000)) : words.state(unit);
    return [{
      type: 'Feature' as const,
      geometry: { type: 'Point' as const, coordinates: [round(lon), round(lat)] },
      properties: {
        unit: unit.id,
        callsign: unit.callsign,
        sub: old === 'fading' ? `${said} ${words.ago(age(coarse(age_s) * 1000))}` : said,
        icon: unitIcon(unit.kind, old, isFree),
        age: old,
        rank: (isFree ? 2 : 0) + (old === 'hollow' ? 1 : 0),
      },
    }];
  });
  return { type: 'FeatureCollection', features };
}

export function incidentFeatures(rows: readonly BoardRow[], open: string | null, openWord: string): FeatureCollection {
  const features = rows.flatMap((row) =>
    row.point === null
      ? []
      : [{
          type: 'Feature' as const,
          geometry: { type: 'Point' as const, coordinates: [row.point.lon, row.point.lat] },
          properties: {
            incident: row.id,
            icon: levelIcon(row.level, row.id === open),
            title: row.id === open ? `${row.short_code} ${openWord}` : row.short_code,
            sub: row.id === open ? (row.place ?? '') : (row.type_name ?? ''),
            rank: row.id === open ? 0 : 1,
          },
        }],
  );
  return { type: 'FeatureCollection', features };
}

/** A circle of `radius_m` on the ground, good enough for an accuracy ring. */
export function circle(lon: number, lat: number, radius_m: number): Polygon {
  const steps = 64;
  const dLat = radius_m / 111_320;
  const dLon = dLat / Math.max(0.01, Math.cos((lat * Math.PI) / 180));
  const ring: LonLat[] = [];
  for (let step = 0; step <= steps; step += 1) {
    const turn = (step / steps) * 2 * Math.PI;
    ring.push([lon + dLon * Math.sin(turn), lat + dLat * Math.cos(turn)]);
  }
  return { type: 'Polygon', coordinates: [ring] };
}

/** Accuracy circles: the newest fix strong, those before it pale but still there (A5). */
export function circleFeatures(fixes: readonly Fix[], words: (fix: Fix) => string): FeatureCollection {
  const newest = fixes.reduce<Fix | null>((best, fix) => (best === null || fix.at_ms >= best.at_ms ? fix : best), null);
  return {
    type: 'FeatureCollection',
    features: fixes.flatMap((fix): Feature[] => {
        // Where nobody says how exact it is there is no circle, but the point and its source are shown.
        if (fix.radius_m === null || fix.radius_m <= 0) {
          const ink = fix === newest ? 'ink' : 'pale';
          return [{ type: 'Feature' as const, geometry: { type: 'Point' as const, coordinates: [fix.point.lon, fix.point.lat] }, properties: { ink, icon: 'spot', title: words(fix) } }];
        }
        const ring = circle(fix.point.lon, fix.point.lat, fix.radius_m ?? 0);
        const top = ring.coordinates[0]?.[0] ?? [fix.point.lon, fix.point.lat];
        const look = fix === newest ? { ink: 'ink', fill: 0.06, w: 1.6, rank: 1 } : { ink: 'pale', fill: 0, w: 1.2, rank: 2 };
        return [
          { type: 'Feature' as const, geometry: ring, properties: { ...look, dash: 'dash' } },
          { type: 'Feature' as const, geometry: { type: 'Point' as const, coordinates: top }, properties: { ...look, title: words(fix) } },
        ];
      }),
  };
}

/** Everything but the county: hatched, since there is no map of it. */
export function outside(map: MapFacts | null): FeatureCollection {
  const [west, south, east, north] = map?.bounds ?? [0, 0, 0, 0];
  const box: LonLat[] = [[west, south], [east, south], [east, north], [west, north], [west, south]];
  const rings: LonLat[][] = map === null ? [] : map.county.length > 0 ? map.county : [box];
  const world: LonLat[] = [[-180, -85], [180, -85], [180, 85], [-180, 85], [-180, -85]];
  return {
    type: 'FeatureCollection',
    features: [{ type: 'Feature', geometry: { type: 'Polygon', coordinates: [world, ...rings] }, properties: {} }],
  };
}

export function countyBorder(map: MapFacts): FeatureCollection {
  return {
    type: 'FeatureCollection',
    features: map.county.map((ring) => ({
      type: 'Feature' as const, geometry: { type: 'LineString' as const, coordinates: ring }, properties: {},
    })),
  };
}

/** A round length for the scale bar that fits `max_px`: 1, 2 or 5 times a power of ten. */
export function scaleBar(metresPerPixel: number, max_px: number): { metres: number; px: number } {
  const most = metresPerPixel * max_px;
  const power = 10 ** Math.floor(Math.log10(most));
  const metres = [5, 2, 1].map((n) => n * power).find((m) => m <= most) ?? power;
  return { metres, px: metres / metresPerPixel };
}
