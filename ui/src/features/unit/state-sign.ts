// Nine states, nine shapes, and a dashed ring for what is not known.
import type { UnitState } from '@generated/types';

const signs: Record<UnitState, string> = {
  available: 's-free',
  ordered: 's-sent',
  signed: 's-sign',
  en_route: 's-go',
  on_scene: 's-at',
  working: 's-work',
  returning: 's-back',
  standby: 's-rest',
  off_duty: 's-off',
};

export function stateSign(state: UnitState | null): string {
  return state === null ? 's-unk' : signs[state];
}
