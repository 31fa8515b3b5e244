// Sentences the core names by key: failures, reasons, timeline lines, command previews.
// Codes inside them (states, levels, types) are read out in the desk's language.
import type { DeskFailure } from '@bridge/bridge';
import { failureTable } from '@bridge/failure-table';
import type { ClockMark, Param } from '@generated/types';
import { hms, metres, phone } from '@kit/format';
import { hasWords, say, t } from '@kit/words.svelte';
import { codes } from './codes.svelte';

/** Which families of words a value may belong to, by the name it carries. */
type Family = (value: string) => string;
const level: Family = (value) => `level.${value}`;
const stage: Family = (value) => `stage.${value}`;
const assignment: Family = (value) => `assignment.${value}`;
const state: Family = (value) => `state.${value}`;
const callState: Family = (value) => `call_state.${value}`;
const step: Family = (value) => `step.${value}`;
const line: Family = (value) => `line.${value}`;
const channel: Family = (value) => `channel.${value}`;
const entrance: Family = (value) => `entrance.${value}`;
const post: Family = (value) => `post.${value}`;
const field: Family = (value) => `field.${value}`;
const source: Family = (value) => `source.${value}`;
const kind: Family = (value) => `kind.${value}`;
const drawing: Family = (value) => `drawing.${value}`;
const shape: Family = (value) => `shape.${value}`;
const what: Family = (value) => `what.${value}`;
const voiceWhy: Family = (value) => `voice.why.${value}`;

const families: Record<string, readonly Family[]> = {
  level: [level],
  stage: [stage, assignment],
  state: [state, callState, step],
  event: [step],
  step: [step],
  channel: [channel],
  line: [line],
  entrance: [entrance],
  post: [post],
  posts: [post],
  field: [field],
  fields: [field],
  source: [source],
  point_source: [source],
  kind: [kind],
  drawing_kind: [drawing],
  shape: [shape],
  what: [what],
  why: [voiceWhy],
};

/** Values the log keeps as numbers, by the name they carry: the n-th word of the list. */
const numbered: Record<string, readonly string[]> = {
  channel: ['terminal', 'radio', 'phone'],
  line: ['110', '119', '122'],
  entrance: ['phone', 'walk_in', 'radio', 'patrol', 'sms', 'video', 'department'],
  point_source: ['handset', 'base_station', 'landline', 'map_click', 'gazetteer', 'unit', 'coordinate'],
};

export function readValue(name: string, given: string): string {
  const value = numbered[name]?.[Number(given) - 1] ?? given;
  if (name === 'detail' && hasWords(value)) return say(value, []);
  if (name === 'type' || name === 'type_code' || name === 'type_after') return codes.typePath(value);
  if (name === 'result') return codes.resultName(value);
  if (name === 'reason' || name === 'invalid_reason') return codes.reasonName(value);
  if (name === 'posts' || name === 'fields' || name === 'units' || name === 'stations') {
    const each = value.split(/[,、]\s*/).map((one) => inFamily(families[name] ?? [], one));
    return each.join(t('list.comma'));
  }
  if (name === 'number' || name === 'phone' || name === 'call') return phone(value);
  if (name.endsWith('_at_ms') || name === 'at') return /^\d{12,}$/.test(value) ? hms(Number(value)) : value;
  if (name.endsWith('_m') && /^\d+(\.\d+)?$/.test(value)) return metres(Number(value));
  return inFamily(families[name] ?? [], value);
}

function inFamily(all: readonly Family[], value: string): string {
  for (const family of all) {
    const key = family(value);
    if (hasWords(key)) return say(key, []);
  }
  return value;
}

export function sentence(key: string, params: readonly Param[]): string {
  return say(key, params, readValue);
}

export function failureSentence(failure: DeskFailure): string {
  return sentence(failureTable[failure.code].words, failure.params);
}

/** 10:47:00〔校 10:00:00〕: an instant that a wrong clock gave, and what it was by the county's time. */
export const bothTimes = (mark: ClockMark): string =>
  t('clock.both', { own: hms(mark.own_at_ms), at: hms(mark.corrected_at_ms) });
