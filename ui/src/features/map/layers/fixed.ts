// What stands still on the map as GeoJSON: posts, checkpoints, cameras, schools, areas, 135 points.
// Pure: values in, features out. Made anew only when the county's tables change.
import type { LayerArea, Layers, Point, Point135 } from '@generated/types';
import type { Feature, FeatureCollection } from 'geojson';
import { all, area, dot, nameSpot } from '../tools/shapes';
import type { Toggle } from './catalog';

/** The county's own tables and the layer each of their rows belongs to. */
const thingLayers: Record<string, Toggle> = { school: 'schools', hospital: 'hospitals', hydrant: 'hydrants', water_source: 'hydrants' };
const areaLayers: Record<string, Toggle> = { jurisdiction: 'jurisdictions', patrol_zone: 'zones', grid_area: 'zones' };

const at = (point: Point, properties: Record<string, string>): Feature => dot(point.lon, point.lat, properties);

export function fixedFeatures(layers: Layers): FeatureCollection {
  return all([
    ...layers.posts.map((post) => at(post.point, { layer: 'posts', id: post.code, icon: post.kind === 'fire' ? 'post_fire' : 'post', title: post.name })),
    ...layers.checkpoints.map((one) => at(one.point, { layer: 'checkpoints', id: one.id, icon: one.staffed ? 'checkpoint_staffed' : 'checkpoint', title: one.name })),
    ...layers.things.flatMap((one) => {
      const layer = thingLayers[one.layer];
      return layer ? [at(one.point, { layer, id: one.code, icon: one.layer === 'water_source' ? 'hydrant' : one.layer, title: one.name })] : [];
    }),
  ]);
}

/** A camera of the lists. */
export interface Camera {
  id: string;
  name: string;
  point: Point;
  heading_deg: number | null;
  online: boolean;
}

function cameraAt({ cameras }: Layers, n: number): Camera {
  return {
    id: cameras.ids[n] ?? '', name: cameras.names[n] ?? '', point: { lon: cameras.lons[n] ?? 0, lat: cameras.lats[n] ?? 0 },
    heading_deg: cameras.headings_deg[n] ?? null, online: cameras.online[n] ?? false,
  };
}

export function camerasOf(layers: Layers): Camera[] {
  return layers.cameras.ids.map((_, n) => cameraAt(layers, n));
}

/** A camera by its id; `null` when the county's table has none. */
export function cameraOf(layers: Layers | null, id: string): Camera | null {
  const n = layers?.cameras.ids.indexOf(id) ?? -1;
  return layers && n >= 0 ? cameraAt(layers, n) : null;
}

export function cameraFeatures(layers: Layers): FeatureCollection {
  return all(camerasOf(layers).map((one) => at(one.point, { id: one.id, icon: one.online ? 'camera' : 'camera_off', title: one.name })));
}

/** Outlines, and each name once however many tiles the outline crosses. */
export function areaFeatures(areas: readonly LayerArea[]): FeatureCollection {
  return all(areas.flatMap((one) => {
    const layer = areaLayers[one.layer];
    if (!layer || one.rings.length === 0) return [];
    const widest = [...one.rings].sort((a, b) => b.length - a.length)[0] ?? [];
    const [lon, lat] = nameSpot(widest);
    return [area(one.rings, { layer, id: one.code }), dot(lon, lat, { layer, id: one.code, title: one.name })];
  }));
}

export interface HoldWords {
  nobody: string;
  unknown: string;
}

/** 135 points with who holds them; 无人 is told by shape, word and colour. */
export function point135Features(points: readonly Point135[], words: HoldWords): FeatureCollection {
  return all(points.map((one) => {
    const sub = one.hold === 'nobody' ? words.nobody : one.hold === 'unknown' ? words.unknown : (one.held_by ?? '');
    return dot(one.point.lon, one.point.lat, {
      id: one.code, icon: `point135-${one.hold}`, hold: one.hold, title: one.name, sub, rank: one.hold === 'nobody' ? 0 : 1,
    });
  }));
}

/** How many things each layer holds; `null` = not read yet. */
export function countsOf(layers: Layers | null): Partial<Record<Toggle, number>> {
  if (!layers) return {};
  const things = (name: Toggle) => layers.things.filter((one) => thingLayers[one.layer] === name).length;
  const areas = (name: Toggle) => layers.areas.filter((one) => areaLayers[one.layer] === name).length;
  return {
    posts: layers.posts.length, checkpoints: layers.checkpoints.length, cameras: layers.cameras.ids.length,
    schools: things('schools'), hospitals: things('hospitals'), hydrants: things('hydrants'),
    jurisdictions: areas('jurisdictions'), zones: areas('zones'),
  };
}
