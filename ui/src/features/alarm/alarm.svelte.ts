// Sounds the desk: once a second, what is due now, unless muted (an officer's emergency always).
import { clock } from '@kit/clock.svelte';
import { tonePlayer } from '@kit/tones';
import { calls } from '../call/calls.svelte';
import { deskState } from '../desk/desk.svelte';
import { incidents } from '../incident/board.svelte';
import { needs } from '../need/needs.svelte';
import { Alarms } from './alarm';

const alarms = new Alarms();

/** Called inside an effect: runs at every tick and whenever the readings change. */
export function soundDue(): void {
  const now_ms = clock.now_ms;
  const known = needs.list.value;
  if (known) {
    for (const { tone, isUnmutable } of alarms.due(known.needs, calls.rows, now_ms)) {
      if (!deskState.isMuted || isUnmutable) tonePlayer.play(tone);
    }
  }
  const board = incidents.board.value;
  if (board) {
    const graves = board.rows.filter((row) => row.level === 'grave').map((row) => row.id);
    if (alarms.newGrave(graves) && !deskState.isMuted) tonePlayer.play('grave');
  }
}
