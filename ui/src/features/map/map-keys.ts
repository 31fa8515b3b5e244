// What a letter or digit does while the map has the keyboard; the same keys stand on the key page.
// Not here: keys inside a tool (its panel), moving and zooming (the map itself).
import { units } from '../unit/units.svelte';
import { toggles } from './layers/catalog';
import { mapState } from './map.svelte';
import { circle } from './tools/circle.svelte';
import { here } from './tools/here.svelte';
import { hot } from './tools/hot.svelte';
import { nearCameras } from './tools/near-cameras.svelte';
import { rings } from './tools/rings.svelte';
import { tools } from './tools/tool.svelte';
import { draft } from '../drawing/draft.svelte';

export interface MapHands {
  onopen: (incident: string) => void;
  home: () => void;
}

/** Letters that open a tool, in the order the map's foot names them. */
export const toolKeys = [
  { key: 'L', name: 'layers', run: () => void tools.take('layers') },
  { key: 'H', name: 'here', run: () => here.start() },
  { key: 'R', name: 'rings', run: () => rings.start() },
  { key: 'C', name: 'circle', run: () => circle.start() },
  { key: 'V', name: 'cameras', run: () => nearCameras.start() },
  { key: 'G', name: 'hot', run: () => hot.start() },
  { key: 'D', name: 'draw', run: () => draft.start() },
] as const;

/** Enter: what is at the cross; once more opens the incident it belongs to; nothing there: 这里. */
function enter(hands: MapHands): void {
  const found = mapState.stage?.pickCentre() ?? null;
  const isSame = found !== null && found.id === mapState.picked?.id;
  const incident = found?.kind === 'incidents' ? found.id : found?.kind === 'units' ? units.unit(found.id)?.incident : null;
  mapState.picked = found;
  if (isSame && incident) hands.onopen(incident);
  else if (found === null) here.start();
}

/** True when the key was used. */
export function mapKey(chord: string, isHeld: boolean, hands: MapHands): boolean {
  if (draft.key(chord, isHeld)) return true;
  const toggle = /^[1-9]$/.test(chord) ? toggles[Number(chord) - 1] : undefined;
  const tool = toolKeys.find((one) => one.key === chord);
  if (chord === '0') hands.home();
  else if (isHeld && (toggle || tool || chord === 'Enter')) return true;
  else if (toggle) mapState.toggle(toggle);
  else if (tool) tool.run();
  else if (chord === 'Enter') enter(hands);
  else return false;
  return true;
}
