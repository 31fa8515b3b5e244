// 出警单: the open incident as a page to print, kept as a file in the home's papers.
import { desk } from '@bridge/bridge';
import { deskState } from '../desk/desk.svelte';

class Paper {
  /** Incident of the last paper and where it lies; shown until something else is done. */
  last = $state<{ incident: string; path: string } | null>(null);
  isMaking = $state(false);

  async make(incident: string): Promise<void> {
    if (this.isMaking) return;
    this.isMaking = true;
    this.last = null;
    const done = await deskState.attempt('paper', () => desk.orderPaper({ incident }));
    this.isMaking = false;
    if (done) this.last = { incident, path: done.path };
  }

  /** Takes the words about it away; whether there were any. */
  forget(): boolean {
    const had = this.last !== null;
    this.last = null;
    return had;
  }
}

export const paper = new Paper();
