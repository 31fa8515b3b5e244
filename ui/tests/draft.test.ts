// A draft is on its way within 400 ms of the first key however fast the typing is, one write at a
// time, and "saved" is said only after the answer.
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { DraftKeeper, LATEST_MS, QUIET_MS } from '@features/incident/draft-keeper';
import { FormModel, formOf, type FormDraft } from '@features/incident/form-model.svelte';

let body = '';
let written: string[] = [];
let kept: boolean[] = [];
let answer: (() => void) | null = null;
const saved = vi.fn();
const failed = vi.fn();
const keeper = (isSlow = false) =>
  new DraftKeeper({
    read: () => ({ key: 'incident:1', body }),
    write: (draft) => {
      written.push(draft.body);
      return isSlow ? new Promise<void>((done) => (answer = done)) : Promise.resolve();
    },
    onSaved: saved,
    onFailed: failed,
    onKept: (isKept) => kept.push(isKept),
  });

beforeEach(() => {
  vi.useFakeTimers();
  body = '';
  written = [];
  kept = [];
  answer = null;
  saved.mockClear();
  failed.mockClear();
});
afterEach(() => vi.useRealTimers());

describe('draft keeper', () => {
  it('promises less than half a second', () => expect(LATEST_MS).toBeLessThan(500));

  it('writes once after a pause', async () => {
    const one = keeper();
    for (const letter of ['a', 'ab', 'abc']) {
      body = letter;
      one.touch();
      await vi.advanceTimersByTimeAsync(50);
    }
    expect(written).toEqual([]);
    await vi.advanceTimersByTimeAsync(QUIET_MS);
    expect(written).toEqual(['abc']);
  });

  it('does not wait for a pause that never comes', async () => {
    const one = keeper();
    for (let at = 0; at < 20; at += 1) {
      body += 'x';
      one.touch();
      await vi.advanceTimersByTimeAsync(50);
    }
    expect(written.length).toBeGreaterThanOrEqual(2);
    expect(written[0]?.length).toBeLessThanOrEqual(LATEST_MS / 50 + 1);
  });

  it('says that all is kept only when nothing typed is left to write', async () => {
    const one = keeper(true);
    body = 'a';
    one.touch();
    await vi.advanceTimersByTimeAsync(QUIET_MS);
    body = 'ab';
    one.touch();
    answer?.();
    await vi.advanceTimersByTimeAsync(1);
    expect(kept).toEqual([false, false]);
    await vi.advanceTimersByTimeAsync(QUIET_MS);
    answer?.();
    await vi.advanceTimersByTimeAsync(1);
    expect(kept).toEqual([false, false, true]);
    expect(written).toEqual(['a', 'ab']);
  });

  it('says saved only after the answer, and writes next what was typed meanwhile', async () => {
    const one = keeper(true);
    body = 'first';
    one.touch();
    await vi.advanceTimersByTimeAsync(QUIET_MS);
    expect(written).toEqual(['first']);
    expect(saved).not.toHaveBeenCalled();
    body = 'second';
    one.touch();
    await vi.advanceTimersByTimeAsync(QUIET_MS);
    expect(written).toEqual(['first']);
    answer?.();
    await vi.advanceTimersByTimeAsync(0);
    expect(saved).toHaveBeenCalledTimes(1);
    expect(written).toEqual(['first', 'second']);
  });

  it('does not say saved when the core failed', async () => {
    const one = new DraftKeeper({ read: () => ({ key: 'k', body: 'x' }), write: () => Promise.reject(new Error('disk')), onSaved: saved, onFailed: failed });
    one.touch();
    await vi.advanceTimersByTimeAsync(QUIET_MS);
    expect(saved).not.toHaveBeenCalled();
    expect(failed).toHaveBeenCalledTimes(1);
  });
});

describe('form model', () => {
  it('takes what arrives, but never into a field that was typed in or has the focus', () => {
    const form = new FormModel();
    form.absorb(formOf({ place: '人民路', text: '打架' }));
    form.values.text = '打架，有刀';
    form.focused = 'place';
    form.absorb(formOf({ place: '人民路 2 号', text: '被别人改了', plate: 'A' }));
    expect(form.values.place).toBe('人民路');
    expect(form.values.text).toBe('打架，有刀');
    expect(form.values.plate).toBe('A');
    form.focused = null;
    form.absorb(formOf({ place: '人民路 2 号', text: '被别人改了', plate: 'A' }));
    expect(form.values.place).toBe('人民路 2 号');
    expect(form.values.text).toBe('打架，有刀');
  });

  it('sends only what differs, counts as numbers, and knows when it is settled', () => {
    const form = new FormModel();
    form.absorb(formOf({ text: 'a', injured: 1, answers: [{ question: 'weapon', answer: '刀' }] }));
    expect(form.isDirty).toBe(false);
    form.values.text = 'ab';
    form.values.injured = '3';
    form.values.dead = 'three';
    form.answers['away'] = '北';
    const changes = form.changes();
    expect(changes).toEqual({ text: 'ab', injured: 3, answers: [{ question: 'away', answer: '北' }] });
    form.settled(changes);
    expect(form.changes()).toEqual({});
    expect(form.isDirty).toBe(true);
    expect(form.draft().values).toEqual({ dead: 'three' });
  });

  it('comes back from a draft exactly as it was', () => {
    const before = new FormModel();
    before.absorb(formOf({ place: '人民路', text: 'a' }));
    before.values.text = '两人持刀，';
    before.answers['weapon'] = '刀';
    before.focused = 'text';
    before.caret = [5, 5];
    const draft = JSON.parse(JSON.stringify(before.draft())) as FormDraft;
    const after = new FormModel();
    after.absorb(formOf({ place: '人民路 8 号', text: 'a' }));
    after.overlay(draft);
    expect(after.values.text).toBe('两人持刀，');
    expect(after.values.place).toBe('人民路 8 号');
    expect(after.answers['weapon']).toBe('刀');
    expect([draft.focus, draft.caret]).toEqual(['text', [5, 5]]);
  });
});
