// 大屏 (C13): what the wall shows, and the desk's hand on it. The wall follows what a duty desk puts
// on it and nothing else. Its reading holds no names, numbers, addresses or words.
import { desk, openWall } from '@bridge/bridge';
import { Read } from '@bridge/read.svelte';
import type { WallView } from '@generated/types';
import { deskState } from '../desk/desk.svelte';

class Wall {
  readonly view = new Read<WallView>(['wall', 'incidents', 'units'], () => desk.wallView(), 500);
  /** The incident this desk put on the wall; `null` = none by this desk. */
  shown = $state<string | null>(null);
  /** The window could not be opened. */
  isRefused = $state(false);

  /** Puts the incident on the wall; the one that hangs there already comes down. */
  async put(incident: string | null): Promise<void> {
    const next = incident === this.shown ? null : incident;
    const done = await deskState.attempt('wall', () => desk.wallFollow({ incident: next }));
    if (done !== undefined) this.shown = next;
  }

  async openWindow(): Promise<void> {
    this.isRefused = !(await openWall().then(() => true, () => false));
  }
}

export const wall = new Wall();
