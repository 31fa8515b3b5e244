// A timeline line as a sentence. Amendments say which field became what, and what it was before:
// nothing that stood is ever hidden by what came later.
import type { Param, TimelineLine } from '@generated/types';
import { t } from '@kit/words.svelte';
import { inFieldWords } from '../desk/pending';
import { readValue, sentence } from '../desk/sentences';

export interface SaidLine {
  line: TimelineLine;
  words: string;
}

/** Oldest first in, oldest first out. */
export function sayTimeline(lines: readonly TimelineLine[], type: string | null): SaidLine[] {
  const before = new Map<string, string>();
  return lines.map((line) => {
    const details = sayChanges(line.params, before, type);
    const params = details === '' ? line.params : [...line.params, { name: 'details', value: details }];
    return { line, words: sentence(`timeline.${line.kind}`, params) };
  });
}

function sayChanges(params: readonly Param[], before: Map<string, string>, type: string | null): string {
  const fields = params.find((param) => param.name === 'fields')?.value ?? '';
  const said: string[] = [];
  for (const field of fields.split(',').filter((one) => one !== '')) {
    const raw = params.find((param) => param.name === field)?.value ?? '';
    const now = raw === '' ? t('timeline.cleared') : readValue(field, raw);
    const old = before.get(field);
    const name = field === 'answers' ? answersName(raw, type) : inFieldWords(field, type);
    said.push(old === undefined || old === now ? `${name} ${now}` : t('timeline.changed', { name, old, now }));
    before.set(field, now);
  }
  return said.join(t('list.semicolon'));
}

/** `weapon:刀` → the question's own words. */
function answersName(raw: string, type: string | null): string {
  const id = raw.split(':')[0] ?? '';
  return inFieldWords(`question:${id}`, type);
}
