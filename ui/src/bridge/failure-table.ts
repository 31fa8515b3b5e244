// What each failure says and offers. Total: a new code does not compile without its row here.
// A rejection is calm and stands beside the control; a fault is a bar with one action.
import type { WordKey } from '@kit/words.svelte';
import type { DeskCode } from './bridge';

export type Severity = 'quiet' | 'notice' | 'warning' | 'alarm';
export type FailureAction = 'retry' | 'sign_in' | 'quit' | 'feedback' | 'override' | 'write_down';

export interface FailureRow {
  kind: 'rejection' | 'fault';
  severity: Severity;
  words: WordKey;
  action?: FailureAction;
}

const no = (words: WordKey, action?: FailureAction): FailureRow => ({
  kind: 'rejection',
  severity: 'quiet',
  words,
  ...(action ? { action } : {}),
});
const fault = (words: WordKey, severity: Severity, action: FailureAction): FailureRow => ({
  kind: 'fault',
  severity,
  words,
  action,
});

export const failureTable: Record<DeskCode, FailureRow> = {
  'session.missing': fault('failure.session.missing', 'warning', 'sign_in'),
  'session.denied': no('failure.session.denied'),
  'session.locked': no('failure.session.locked'),
  'post.not_allowed': no('failure.post.not_allowed'),
  'post.not_granted': no('failure.post.not_granted'),
  'request.unknown': fault('failure.request.unknown', 'warning', 'retry'),
  'request.malformed': fault('failure.request.malformed', 'warning', 'retry'),
  'value.invalid': no('failure.value.invalid'),
  not_found: no('failure.not_found'),
  ambiguous: no('failure.ambiguous'),
  'call.none_ringing': no('failure.call.none_ringing'),
  'call.taken': no('failure.call.taken'),
  'call.state': no('failure.call.state'),
  'incident.stage': no('failure.incident.stage'),
  'incident.result_missing': no('failure.incident.result_missing', 'feedback'),
  'incident.text_missing': no('failure.incident.text_missing', 'feedback'),
  'incident.units_active': no('failure.incident.units_active'),
  'code.unknown': no('failure.code.unknown'),
  'unit.state': no('failure.unit.state'),
  'unit.engaged': no('failure.unit.engaged', 'override'),
  'unit.already_there': no('failure.unit.already_there'),
  'override.reason_needed': no('failure.override.reason_needed', 'override'),
  'assignment.stage': no('failure.assignment.stage'),
  'cancel.unconfirmed': no('failure.cancel.unconfirmed'),
  'time.impossible': no('failure.time.impossible'),
  'account.exists': no('failure.account.exists'),
  'passphrase.short': no('failure.passphrase.short'),
  nothing_to_change: no('failure.nothing_to_change'),
  'reading.unknown': fault('failure.reading.unknown', 'warning', 'retry'),
  'map.missing': no('failure.map.missing'),
  'map.busy': no('failure.map.busy'),
  'drawing.points': no('failure.drawing.points'),
  'drawing.place': no('failure.drawing.place'),
  'drawing.spread': no('failure.drawing.spread'),
  'drawing.voided': no('failure.drawing.voided'),
  'invitation.invalid': no('failure.invitation.invalid'),
  'invite.refused': no('failure.invite.refused'),
  'revoke.refused': no('failure.revoke.refused'),
  'board.second_person': no('failure.board.second_person'),
  'bundle.refused': no('failure.bundle.refused'),
  'voice.code': no('failure.voice.code'),
  'incident.not_joined': no('failure.incident.not_joined'),
  'county.not_here': no('failure.county.not_here'),
  'store.disk_full': fault('failure.store.disk_full', 'alarm', 'retry'),
  'store.read_only': fault('failure.store.read_only', 'alarm', 'write_down'),
  'store.busy': fault('failure.store.busy', 'warning', 'retry'),
  'store.corrupt': fault('failure.store.corrupt', 'alarm', 'write_down'),
  'store.not_written': fault('failure.store.not_written', 'alarm', 'retry'),
  'store.ambiguous': fault('failure.store.ambiguous', 'alarm', 'write_down'),
  'store.io': fault('failure.store.io', 'alarm', 'write_down'),
  'store.too_new': fault('failure.store.too_new', 'alarm', 'quit'),
  'store.foreign': fault('failure.store.foreign', 'alarm', 'quit'),
  'store.upgrade_failed': fault('failure.store.upgrade_failed', 'alarm', 'quit'),
  'key.wrong': fault('failure.key.wrong', 'alarm', 'quit'),
  'key.locked': fault('failure.key.locked', 'alarm', 'quit'),
  'key.missing': fault('failure.key.missing', 'alarm', 'quit'),
  'home.in_use': fault('failure.home.in_use', 'alarm', 'quit'),
  'internal.panic': fault('failure.internal.panic', 'warning', 'retry'),
  'bridge.lost': fault('failure.bridge.lost', 'alarm', 'write_down'),
};
