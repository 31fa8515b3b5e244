// Sentences: `t(key, values)` in the language of the desk. Keys and their values are type-checked
// against assets/words; what the core names at run time goes through `say`.
import { sentences } from '@words/all';

type Sentences = typeof sentences;
export type WordKey = keyof Sentences;
type Hollow = { [K in keyof Sentences]: Holes<Sentences[K]['zh']> extends never ? never : K };
/** Keys of sentences without holes: they can be kept in tables and said as they are. */
export type PlainKey = Exclude<WordKey, Hollow[keyof Sentences]>;
export type Language = 'zh' | 'en';

type Holes<S extends string> = S extends `${string}{${infer Hole}}${infer Rest}`
  ? Hole | Holes<Rest>
  : never;
type Values<K extends WordKey> = Record<Holes<Sentences[K]['zh']>, string | number>;
type Rest<K extends WordKey> = Holes<Sentences[K]['zh']> extends never ? [] : [Values<K>];

class Speech {
  language = $state<Language>('zh');
}
export const speech = new Speech();

export function fill(sentence: string, values: Record<string, string | number>): string {
  return sentence.replace(/\{(\w+)\}/g, (hole, name: string) => {
    const value = values[name];
    return value === undefined ? hole : String(value);
  });
}

export function t<K extends WordKey>(key: K, ...rest: Rest<K>): string {
  const sentence: string = sentences[key][speech.language];
  const values = rest[0];
  return values ? fill(sentence, values) : sentence;
}

export function hasWords(key: string): key is WordKey {
  return Object.hasOwn(sentences, key);
}

/** A named value as the core sends it. */
export interface NamedValue {
  name: string;
  value: string;
}

/** Which word names a value, so that codes inside a sentence are read out in the same language. */
export type Reader = (name: string, value: string) => string;

/** Fills a sentence whose parts in brackets are left out when a value in them is absent. */
function fillParts(sentence: string, values: Record<string, string>): string {
  const isWhole = (part: string) =>
    [...part.matchAll(/\{(\w+)\}/g)].every((hole) => (values[hole[1] ?? ''] ?? '') !== '');
  const parted = sentence.replace(/\[([^[\]]*)\]/g, (_, part: string) => (isWhole(part) ? part : ''));
  return fill(parted, values).replace(/\{\w+\}/g, '—');
}

/** A sentence the core names by key; an unknown key shows itself with its values, never nothing. */
export function say(key: string, params: readonly NamedValue[], read?: Reader): string {
  const values: Record<string, string> = {};
  for (const { name, value } of params) values[name] = read ? read(name, value) : value;
  if (hasWords(key)) {
    return fillParts(sentences[key][speech.language], values);
  }
  const rest = Object.entries(values).map(([name, value]) => `${name} ${value}`);
  return [key, ...rest].join('·');
}
