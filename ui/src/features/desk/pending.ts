// What is still missing, in words: fields by name, questions by their own text.
import { hasWords, say } from '@kit/words.svelte';
import { codes } from './codes.svelte';

/** `caller_name` → 报警人姓名; `answer:weapon` or `weapon` → the question's own words. */
export function inFieldWords(name: string, type: string | null): string {
  const key = `field.${name}`;
  if (hasWords(key)) return say(key, []);
  const id = name.replace(/^(answer|question)[:.]/, '');
  const own = codes.type(type)?.questions.find((question) => question.id === id);
  return own?.label ?? name;
}

/** The input a missing thing is typed into. */
export function fieldOfPending(name: string): string {
  if (name === 'type_code' || name === 'type') return 'type';
  const key = `field.${name}`;
  if (hasWords(key)) return `field-${name === 'point' ? 'place' : name}`;
  return `field-answer:${name.replace(/^(answer|question)[:.]/, '')}`;
}
