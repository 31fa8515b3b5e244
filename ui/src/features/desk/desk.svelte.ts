// What the whole desk shares: who sits here, how it looks, what page shows, what went wrong.
// Not here: anything of one noun.
import { adoptSession, desk, failureOf, startup, type DeskFailure } from '@bridge/bridge';
import { failureTable } from '@bridge/failure-table';
import type { Startup } from '@bridge/host';
import { listenForChanges, Read } from '@bridge/read.svelte';
import type { DeskView, Post, SignedIn } from '@generated/types';
import { clock } from '@kit/clock.svelte';
import { speech, type Language } from '@kit/words.svelte';

export type Theme = 'day' | 'night';
export type TypeSize = 100 | 125 | 150;
export type Page = 'desk' | 'keys' | 'settings' | 'audit' | 'map' | 'stations';
export type Tab = 'calls' | 'map' | 'units';
export type Phase = 'starting' | 'failed' | 'signing_in' | 'open';

export interface Fault {
  failure: DeskFailure;
  at_ms: number;
  retry: (() => void) | null;
}

class DeskState {
  phase = $state<Phase>('starting');
  startup = $state.raw<Startup | null>(null);
  signed = $state.raw<SignedIn | null>(null);
  page = $state<Page>('desk');
  tab = $state<Tab>('calls');
  theme = $state<Theme>('day');
  typeSize = $state<TypeSize>(100);
  isMuted = $state(false);
  /** The newest fault, until its action was taken or it was put away. */
  fault = $state.raw<Fault | null>(null);
  /** Answers of the rules, by the control they stand beside. */
  rejections = $state<Record<string, DeskFailure>>({});
  /** When the core last said that something is on the disk. */
  saved_at_ms = $state<number | null>(null);
  readonly view = new Read<DeskView>(['settings'], () => desk.deskView());

  can(...posts: Post[]): boolean {
    const held = this.signed?.posts ?? [];
    return posts.some((post) => held.includes(post));
  }

  async start(): Promise<void> {
    this.phase = 'starting';
    try {
      this.startup = await startup();
    } catch (error) {
      this.startup = { failure: null, session: null, demo: false, home: '' };
      this.fault = { failure: failureOf(error), at_ms: Date.now(), retry: null };
      this.phase = 'failed';
      return;
    }
    if (this.startup.failure) this.phase = 'failed';
    else if (this.startup.session) await this.enter(this.startup.session);
    else this.phase = 'signing_in';
  }

  async enter(signed: SignedIn): Promise<void> {
    adoptSession(signed);
    this.signed = signed;
    if (!this.#isListening) listenForChanges();
    this.#isListening = true;
    await this.view.refresh();
    if (this.view.value) clock.follow(this.view.value.now_ms);
    this.fault = null;
    this.phase = 'open';
  }
  #isListening = false;

  leave(): void {
    adoptSession(null);
    this.signed = null;
    this.phase = 'signing_in';
  }

  /** Takes note of a save the core has acknowledged; never called before its answer. */
  saved(at_ms: number): void {
    this.saved_at_ms = Math.max(at_ms, this.saved_at_ms ?? 0);
  }

  /**
   * Runs a command for a control. A rejection is shown beside the control, a fault in the bar;
   * both leave everything that was typed as it is. Answers `undefined` when it failed. `again`
   * is what the fault's "try again" does, where that is more than this one command.
   */
  async attempt<T>(
    control: string,
    command: () => Promise<T>,
    again?: () => void,
  ): Promise<T | undefined> {
    delete this.rejections[control];
    try {
      const reply = await command();
      const at_ms = (reply as { saved_at_ms?: number | null } | null)?.saved_at_ms;
      if (typeof at_ms === 'number') this.saved(at_ms);
      if (this.fault?.failure.code === 'bridge.lost') this.fault = null;
      return reply;
    } catch (error) {
      const failure = failureOf(error);
      if (failureTable[failure.code].kind === 'rejection') this.rejections[control] = failure;
      else {
        const retry = again ?? (() => void this.attempt(control, command));
        this.fault = { failure, at_ms: clock.exact_ms(), retry };
      }
      return undefined;
    }
  }

  /** The one action of the fault bar (Alt Y). */
  actOnFault(): void {
    const fault = this.fault;
    if (!fault) return;
    this.fault = null;
    const action = failureTable[fault.failure.code].action;
    if (action === 'sign_in') this.leave();
    else if (action === 'retry') fault.retry?.();
  }

  look(next: { theme?: Theme; typeSize?: TypeSize; language?: Language; isMuted?: boolean }): void {
    this.theme = next.theme ?? this.theme;
    this.typeSize = next.typeSize ?? this.typeSize;
    this.isMuted = next.isMuted ?? this.isMuted;
    speech.language = next.language ?? speech.language;
    const root = document.documentElement;
    root.dataset['theme'] = this.theme;
    root.dataset['type'] = String(this.typeSize);
    root.lang = speech.language === 'zh' ? 'zh-CN' : 'en';
  }
}

export const deskState = new DeskState();
