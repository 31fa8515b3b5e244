// What the open tool lays over the map, and what a click on the map means to it.
// Not here: the tools themselves.
import type { Point } from '@generated/types';
import { closing } from '../../closure/closing.svelte';
import { draft } from '../../drawing/draft.svelte';
import { nothing } from '../layers/things';
import { circle } from './circle.svelte';
import { here } from './here.svelte';
import { hot } from './hot.svelte';
import { nearCameras } from './near-cameras.svelte';
import { rings } from './rings.svelte';
import { tools } from './tool.svelte';

class Overlay {
  tool = $derived.by(() => {
    switch (tools.open) {
      case 'rings': return rings.features;
      case 'circle': return circle.features;
      case 'cameras': return nearCameras.features;
      case 'hot': return hot.features;
      case 'here': return here.features;
      case 'closing': return closing.features;
      default: return nothing;
    }
  });
  draft = $derived(tools.open === 'draw' ? draft.features : nothing);

  /** True when the open tool takes the click for itself. */
  click(point: Point): boolean {
    if (tools.open !== 'draw' || !draft.isDrawing) return false;
    draft.add(point);
    return true;
  }
}

export const overlay = new Overlay();
