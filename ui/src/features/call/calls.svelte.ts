// Calls at the desk: the list, taking one, ending one, calling back.
import { desk } from '@bridge/bridge';
import { Read } from '@bridge/read.svelte';
import type { Answered, Call, CallList } from '@generated/types';
import { deskState } from '../desk/desk.svelte';

/** Cells of the pane; the rest is said in words and never moves anything. */
export const CELLS = 4;

class Calls {
  readonly list = new Read<CallList>(['calls', 'stations'], () => desk.callList());

  get rows(): Call[] {
    return this.list.value?.calls ?? [];
  }

  /** The call this desk is talking on. */
  get mine(): Call | undefined {
    return this.rows.find((call) => call.mine && call.state === 'talking');
  }

  counts = $derived.by(() => {
    const count = (test: (call: Call) => boolean) => this.rows.filter(test).length;
    return {
      ringing: count((call) => call.state === 'ringing'),
      talking: count((call) => call.state === 'talking'),
      missed: count((call) => call.needs_callback),
    };
  });

  answer(again: () => void): Promise<Answered | undefined> {
    return deskState.attempt('calls', () => desk.callAnswer({ call: null }), again);
  }

  async end(): Promise<boolean> {
    const call = this.mine;
    if (!call) return true;
    return (await deskState.attempt('calls', () => desk.callEnd({ call: call.id }))) !== undefined;
  }

  /** Oldest missed call nobody has called back. */
  get toCallBack(): Call | undefined {
    return this.rows.filter((call) => call.needs_callback).sort((a, b) => a.ring_at_ms - b.ring_at_ms)[0];
  }
}

export const calls = new Calls();
