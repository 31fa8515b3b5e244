// Candidates for the open incident: ranked rows, what is ticked, sending, and the guards against
// a key that was not meant: held keys and an Enter in the first 250 ms do nothing.
import { desk } from '@bridge/bridge';
import { Read } from '@bridge/read.svelte';
import type { Candidate, Candidates, Coverage } from '@generated/types';
import { FrozenOrder } from '@kit/frozen.svelte';
import { deskState } from '../desk/desk.svelte';

/** Rows of each sort that are drawn; nobody chooses the fortieth. */
const SHOWN = 40;

/** An Enter sooner than this after the candidates appeared is not meant for them. */
export const SETTLE_MS = 250;

export type SendResult = 'sent' | 'too_soon' | 'nothing' | 'reason_needed' | 'failed';

const proposedOf = (ranked: Candidates | null): string[] =>
  (ranked?.rows ?? []).filter((row) => row.proposed && row.rank !== null).map((row) => row.unit);

class CandidateTable {
  incident = $state<string | null>(null);
  readonly ranked = new Read<Candidates>(
    ['units', 'incidents', 'positions', 'map', 'roads'],
    () => this.#rank(),
    2000,
  );
  /** What sending those that are ticked would leave uncovered, once they are others than proposed. */
  readonly after = new Read<Coverage>(
    ['units'],
    () => desk.coverageAfter({ incident: this.incident ?? '', units: [...this.ticked] }),
    2000,
  );
  #afterTimer: ReturnType<typeof setTimeout> | undefined;
  readonly order = new FrozenOrder<Candidate>((row) => row.unit);
  ticked = $state<string[]>([]);
  /** Unit under the cursor of the list; `null` = nobody walked there yet. */
  cursor = $state<string | null>(null);
  reason = $state('');
  isReasonOpen = $state(false);
  sent_at_ms = $state<number | null>(null);
  sent = $state<string[]>([]);
  #appeared_ms = Number.POSITIVE_INFINITY;
  #isSending = false;
  /** A person ticked or unticked since the proposal was ticked. */
  #isTouched = false;
  /** The newest answer went without roads because they were still being read. */
  #wasLoading = false;

  /** Rows as shown: the best that may be sent and the first that may not; what is ticked stays. */
  arranged = $derived.by(() => {
    const { rows, hasMoved } = this.order.arrange(this.ranked.value?.rows ?? []);
    let may = 0;
    let mayNot = 0;
    const shown = rows.filter((row) =>
      this.ticked.includes(row.unit) || (row.rank !== null ? (may += 1) <= SHOWN : (mayNot += 1) <= SHOWN),
    );
    return { rows: shown, hasMoved };
  });

  /** Whose way the map draws: under the cursor, else the first that is ticked, else the best. */
  pointed = $derived.by((): Candidate | undefined => {
    const rows = this.arranged.rows;
    return rows.find((row) => row.unit === this.cursor) ?? rows.find((row) => this.ticked.includes(row.unit)) ?? rows.find((row) => row.rank !== null);
  });

  /** When the roads arrive, ticks nobody touched follow the proposal; an Enter already on its way is not meant for it. */
  async #rank(): Promise<Candidates> {
    const incident = this.incident ?? '';
    const answer = await desk.candidateRank({ incident });
    if (incident !== this.incident) return answer;
    const isLoading = answer.wanted.some((one) => one.code === 'roads_loading');
    const arrived = this.#wasLoading && !isLoading;
    this.#wasLoading = isLoading;
    const proposed = proposedOf(answer);
    if (arrived && !this.#isTouched && this.sent_at_ms === null && proposed.join() !== this.ticked.join()) {
      this.ticked = proposed;
      this.#appeared_ms = performance.now();
    }
    return answer;
  }

  /** Moves the cursor through the rows as shown; answers the place of the row. */
  walk(by: 1 | -1): number {
    const rows = this.arranged.rows;
    const now = rows.findIndex((row) => row.unit === this.cursor);
    const at = now < 0 ? (by > 0 ? 0 : rows.length - 1) : Math.max(0, Math.min(rows.length - 1, now + by));
    this.cursor = rows[at]?.unit ?? null;
    return at;
  }

  /** Looks for candidates of this incident; ticks what is proposed. */
  async look(incident: string): Promise<void> {
    const isNew = incident !== this.incident;
    if (isNew) {
      this.incident = incident;
      this.ranked.clear();
      this.#isTouched = false;
      this.#wasLoading = false;
      this.ticked = [];
      this.cursor = null;
      this.after.clear();
      this.reason = '';
      this.isReasonOpen = false;
      this.sent_at_ms = null;
      this.sent = [];
    }
    this.#appeared_ms = Number.POSITIVE_INFINITY;
    await this.ranked.refresh();
    if (this.incident !== incident) return;
    this.#appeared_ms = performance.now();
    this.tickProposed();
  }

  tickProposed(): void {
    this.#isTouched = false;
    this.ticked = proposedOf(this.ranked.value);
  }

  forget(): void {
    this.incident = null;
    this.ranked.clear();
    this.ticked = [];
    this.sent_at_ms = null;
    this.sent = [];
  }

  toggle(unit: string): void {
    this.#isTouched = true;
    this.ticked = this.ticked.includes(unit)
      ? this.ticked.filter((one) => one !== unit)
      : [...this.ticked, unit];
    this.after.clear();
    clearTimeout(this.#afterTimer);
    if (this.ticked.length > 0) this.#afterTimer = setTimeout(() => void this.after.refresh(), 120);
  }

  /** What the ticked would leave uncovered; `null` = not known yet, or cannot be known. */
  get left(): Coverage['left'] | null {
    const proposed = proposedOf(this.ranked.value);
    const isProposal = proposed.length === this.ticked.length && proposed.every((unit) => this.ticked.includes(unit));
    if (isProposal) return this.ranked.value?.left ?? null;
    return this.after.value && !this.after.value.is_unknown ? this.after.value.left : null;
  }

  /** The row a digit stands for: the n-th that may be sent, as shown. */
  rowOfDigit(digit: number): Candidate | undefined {
    return this.arranged.rows.filter((row) => row.rank !== null)[digit - 1];
  }

  get needsReason(): boolean {
    return this.arranged.rows.some(
      (row) => this.ticked.includes(row.unit) && (row.needs_reason || !row.proposed),
    );
  }

  async send(text: string): Promise<SendResult> {
    const incident = this.incident;
    if (!incident || this.#isSending) return 'nothing';
    if (performance.now() - this.#appeared_ms < SETTLE_MS) return 'too_soon';
    // In the order of the table, not of the ticking.
    const units = this.arranged.rows.map((row) => row.unit).filter((unit) => this.ticked.includes(unit));
    if (units.length === 0) return 'nothing';
    const reason = this.reason.trim();
    if (this.needsReason && reason === '') {
      this.isReasonOpen = true;
      return 'reason_needed';
    }
    const names = this.arranged.rows.filter((row) => units.includes(row.unit)).map((row) => row.callsign);
    this.#isSending = true;
    const reply = await deskState.attempt('candidates', () =>
      desk.assignmentOrder({
        incident,
        units,
        text,
        override_reason: reason === '' ? null : reason,
      }),
    );
    this.#isSending = false;
    if (!reply) {
      if (deskState.rejections['candidates']?.code === 'override.reason_needed') {
        this.isReasonOpen = true;
        return 'reason_needed';
      }
      return 'failed';
    }
    this.sent_at_ms = reply.saved_at_ms;
    this.sent = names;
    this.reason = '';
    this.isReasonOpen = false;
    this.ticked = [];
    this.order.release(true);
    return 'sent';
  }
}

export const candidates = new CandidateTable();
