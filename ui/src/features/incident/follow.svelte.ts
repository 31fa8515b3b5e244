// What is done with an open incident: steps of its units, cancelling, re-routing, feedback, closing.
// Not here: the form.
import { desk } from '@bridge/bridge';
import type { Assignment, AssignmentStep, Channel } from '@generated/types';
import { deskState } from '../desk/desk.svelte';
import { sheet } from './sheet.svelte';

/** A question the desk asks back before it acts; the second step of two. */
export type Asking =
  | { kind: 'cancel'; assignment: Assignment; reason: string }
  | { kind: 'reroute'; assignment: Assignment; query: string; reason: string }
  | null;

/** The next step of an assignment, as the radio would report it; `null` when it has ended. */
export function nextStep(assignment: Assignment): AssignmentStep | null {
  if (assignment.cancel_asked_at_ms !== null && assignment.cancelled_at_ms === null) return 'sign_cancel';
  switch (assignment.stage) {
    case 'ordered': return 'sign';
    case 'signed': return 'set_out';
    case 'en_route': return 'arrive';
    case 'on_scene': return 'work';
    case 'working': return 'clear';
    case 'cleared':
    case 'cancelled': return null;
  }
}

/** The same digits as on the unit board: 3 签收 4 出警 5 到场 6 处置 7 离场. */
export const stepOfDigit: Record<string, AssignmentStep> = {
  '3': 'sign', '4': 'set_out', '5': 'arrive', '6': 'work', '7': 'clear',
};

export function isLive(assignment: Assignment): boolean {
  return assignment.stage !== 'cleared' && assignment.stage !== 'cancelled';
}

class Follow {
  selected = $state<string | null>(null);
  asking = $state<Asking>(null);
  feedback = $state('');
  result = $state<string | null>(null);
  /** Who reports: an assignment, or the desk itself. */
  reporter = $state<string | null>(null);

  get assignments(): Assignment[] {
    return sheet.view.value?.assignments ?? [];
  }

  get current(): Assignment | undefined {
    return this.assignments.find((one) => one.id === this.selected) ?? this.assignments.find(isLive) ?? this.assignments[0];
  }

  reset(): void {
    this.selected = null;
    this.asking = null;
    this.feedback = '';
    this.result = null;
    this.reporter = null;
  }

  move(by: number): void {
    const rows = this.assignments;
    const now = rows.findIndex((one) => one.id === this.current?.id);
    this.selected = rows[Math.max(0, Math.min(rows.length - 1, now + by))]?.id ?? null;
  }

  async step(step: AssignmentStep | null): Promise<void> {
    const assignment = this.current?.id;
    if (!assignment || !step) return;
    const done = await deskState.attempt('assignment', () => desk.assignmentStep({ assignment, step, at_ms: null }));
    // The keys go on with the next unit that is still in it.
    if (done && (step === 'clear' || step === 'sign_cancel') && this.selected === assignment) this.selected = null;
  }

  remind(channel: Channel): Promise<unknown> {
    const assignment = this.current?.id;
    if (!assignment) return Promise.resolve();
    return deskState.attempt('assignment', () => desk.assignmentRemind({ assignment, channel }));
  }

  askCancel(reason: string): void {
    const assignment = this.current;
    if (assignment && isLive(assignment)) this.asking = { kind: 'cancel', assignment, reason };
  }

  askReroute(reason: string): void {
    const assignment = this.current;
    if (assignment && isLive(assignment)) this.asking = { kind: 'reroute', assignment, query: '', reason };
  }

  async confirmCancel(): Promise<boolean> {
    const asking = this.asking;
    if (asking?.kind !== 'cancel' || asking.reason.trim() === '') return false;
    const done = await deskState.attempt('assignment', () =>
      desk.assignmentCancel({ assignment: asking.assignment.id, reason: asking.reason.trim(), confirmed: true }),
    );
    if (done) this.asking = null;
    return done !== undefined;
  }

  async confirmReroute(to_incident: string): Promise<boolean> {
    const asking = this.asking;
    if (asking?.kind !== 'reroute' || asking.reason.trim() === '') return false;
    const done = await deskState.attempt('assignment', () =>
      desk.assignmentReroute({ assignment: asking.assignment.id, to_incident, reason: asking.reason.trim() }),
    );
    if (done) this.asking = null;
    return done !== undefined;
  }

  async addFeedback(): Promise<boolean> {
    const incident = sheet.incident;
    const text = this.feedback.trim();
    if (!incident || (text === '' && !this.result)) return false;
    const done = await deskState.attempt('feedback', () =>
      desk.feedbackAdd({ incident, assignment: this.reporter, text, result: this.result }),
    );
    if (!done) return false;
    this.feedback = '';
    return true;
  }

  /** The result the closing would carry: chosen here, else the newest one reported. */
  get closingResult(): string | null {
    const reported = [...(sheet.view.value?.feedback ?? [])].reverse().find((one) => one.result)?.result;
    return this.result ?? reported ?? null;
  }

  async close(): Promise<boolean> {
    const incident = sheet.incident;
    if (!incident) return false;
    const done = await deskState.attempt('close', () =>
      desk.incidentClose({ incident, result: this.closingResult, type_after: null, text: this.feedback.trim() }),
    );
    if (done) this.reset();
    return done !== undefined;
  }

  async reopen(reason: string): Promise<boolean> {
    const incident = sheet.incident;
    if (!incident) return false;
    const done = await deskState.attempt('close', () => desk.incidentReopen({ incident, reason }));
    return done !== undefined;
  }
}

export const follow = new Follow();
