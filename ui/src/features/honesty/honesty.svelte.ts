// What this desk knows and does not know: the strip's reading.
import { desk } from '@bridge/bridge';
import { Read } from '@bridge/read.svelte';
import type { Honesty } from '@generated/types';

class HonestyStrip {
  readonly strip = new Read<Honesty>(['honesty'], () => desk.honestyView());
}

export const honesty = new HonestyStrip();
