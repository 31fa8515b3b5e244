// What the map shows and follows: readings, switches, the point it looks at.
import { desk } from '@bridge/bridge';
import { Read } from '@bridge/read.svelte';
import type { Layers, Positions } from '@generated/types';
import type { Toggle } from './layers';

/** Something on the map by its layer and id. */
export interface Picked {
  kind: Toggle;
  id: string;
}

class MapState {
  picked = $state.raw<Picked | null>(null);
  readonly positions = new Read<Positions>(['positions', 'units'], () => desk.positionList(), 1000);
  readonly layers = new Read<Layers>(['settings'], () => desk.layerList());
  on = $state<Record<Toggle, boolean>>({
    units: true, incidents: true, posts: true, checkpoints: false, cameras: false,
  });
  /** True until the person moves the map; then it stays where they left it. */
  isFollowing = $state(true);
  centre: { lon: number; lat: number } | null = null;
  /** Why there is no map; `null` while there is one. */
  trouble = $state<'no_webgl' | 'lost' | null>(null);

  toggle(name: Toggle): void {
    this.on[name] = !this.on[name];
  }
}

export const mapState = new MapState();
