// Both languages are complete, have the same holes, and no key stands twice.
import { describe, expect, it } from 'vitest';
import { files, sentences } from '@words/all';
import { fill, say, speech, t } from '@kit/words.svelte';

const holes = (text: string) => [...text.matchAll(/\{(\w+)\}/g)].map((hole) => hole[1]).sort();

describe('words', () => {
  it('says every sentence in both languages with the same values', () => {
    for (const [key, { zh, en }] of Object.entries(sentences)) {
      expect(zh.trim(), key).not.toBe('');
      expect(en.trim(), key).not.toBe('');
      expect(holes(en), key).toEqual(holes(zh));
    }
  });

  it('keeps every key in one file only', () => {
    const all = Object.values(files).flatMap((file) => Object.keys(file));
    expect(all.length).toBe(new Set(all).size);
    expect(all.length).toBe(Object.keys(sentences).length);
  });

  it('is translated: English holds no Chinese but what is typed or named', () => {
    const typed = /^(command\.|keys\.ctrl_k)/;
    for (const [key, { en }] of Object.entries(sentences)) {
      if (!typed.test(key)) expect(en, key).not.toMatch(/[一-鿿]/);
    }
  });

  it('fills values and changes language', () => {
    speech.language = 'zh';
    expect(t('call.rest', { n: 3 })).toBe('另 3 话');
    speech.language = 'en';
    expect(t('call.rest', { n: 3 })).toBe('3 more');
    speech.language = 'zh';
    expect(fill('{a}{b}', { a: 1 })).toBe('1{b}');
  });

  it('leaves out a bracketed part whose value is absent, and shows an unknown key', () => {
    expect(say('command.cancel', [{ name: 'unit', value: '巡03' }])).toBe('撤销 巡03');
    expect(say('command.cancel', [{ name: 'unit', value: '巡03' }, { name: 'reason', value: '误派' }])).toBe('撤销 巡03：误派');
    expect(say('command.close', [])).toBe('本单结案：—');
    expect(say('no.such', [{ name: 'a', value: '1' }])).toBe('no.such·a 1');
  });
});
