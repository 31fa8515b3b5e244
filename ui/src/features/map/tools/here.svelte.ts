// 这里: what is known of a point of the map (A7), and what can be done with it.
// Not here: the words of an area (features/place).
import { desk } from '@bridge/bridge';
import { Read } from '@bridge/read.svelte';
import type { PlaceFacts, Point } from '@generated/types';
import { sheet } from '../../incident/sheet.svelte';
import { nearWords } from '../../place/area-words';
import { nothing } from '../layers/things';
import { mapState } from '../map.svelte';
import { all, dot } from './shapes';
import { tools } from './tool.svelte';

class HereTool {
  point = $state.raw<Point | null>(null);
  isTaken = $state(false);
  readonly read = new Read<PlaceFacts>(['map', 'settings'], () => desk.placeAt({ point: this.point ?? { lon: 0, lat: 0 } }));
  features = $derived(this.point ? all([dot(this.point.lon, this.point.lat, { icon: 'spot' })]) : nothing);

  constructor() {
    tools.onClose('here', () => {
      this.read.clear();
      this.point = null;
    });
  }

  start(point: Point | null = mapState.centre): void {
    if (!point) return;
    this.point = point;
    this.isTaken = false;
    this.read.clear();
    void this.read.refresh();
    void tools.take('here');
  }

  /** This point becomes the place of the open incident; words only where none were typed. */
  async take(jurisdiction: string | null): Promise<void> {
    const point = this.point;
    if (!point || !sheet.incident) return;
    const near = this.read.value?.near[0];
    const isBlank = sheet.form.values.place.trim() === '' && !sheet.view.value?.form.place;
    const place = isBlank && near ? nearWords(near) : null;
    if (place) sheet.form.values.place = place;
    this.isTaken = await sheet.amend({
      point, point_source: 'map_click',
      ...(place ? { place } : {}),
      ...(near?.town ? { town: near.town } : {}),
      ...(jurisdiction ? { jurisdiction } : {}),
    });
  }
}

export const here = new HereTool();
