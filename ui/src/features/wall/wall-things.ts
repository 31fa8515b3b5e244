// What lies on the wall's map: dots by level with the name of their class, nothing else.
// Not here: the land itself (map/layers/things).
import type { WallIncident } from '@generated/types';
import type { FeatureCollection } from 'geojson';
import { levelIcon } from '../map/base/icons';
import { all, dot } from '../map/tools/shapes';

export { countyBorder, outside } from '../map/layers/things';

export function wallFeatures(incidents: readonly WallIncident[], follows: string | null, noType: string): FeatureCollection {
  return all(incidents.flatMap((one) => {
    if (!one.point) return [];
    const isOn = one.id === follows;
    return [dot(one.point.lon, one.point.lat, { icon: levelIcon(one.level, isOn), title: one.type_name || noType, sub: '', rank: isOn ? 0 : 1 })];
  }));
}
