// What is typed between F2 and the new form. Not here: the form.
import { typeAhead } from '@features/incident/ahead';
import { beforeEach, expect, test } from 'vitest';

const part = (name: string) => document.querySelector<HTMLTextAreaElement>(`[data-focus="${name}"]`) as HTMLTextAreaElement;
/** A letter goes where the focus is, as letters do. */
function type(text: string) {
  const now = document.activeElement;
  if (now instanceof HTMLTextAreaElement) now.setRangeText(text, now.selectionStart, now.selectionEnd, 'end');
}

beforeEach(() => {
  document.body.innerHTML = `
    <textarea data-focus="ahead"></textarea>
    <textarea data-focus="field-text" data-field="text"></textarea>
    <textarea data-focus="field-place" data-field="place"></textarea>
    <textarea data-focus="command"></textarea>`;
});

test('letters typed after the key go into the new form and not into the old one', () => {
  part('field-text').focus();
  type('old');
  const ahead = typeAhead();
  type('new');
  expect(ahead.isStill()).toBe(true);
  const heard: string[] = [];
  part('field-place').addEventListener('input', () => heard.push(part('field-place').value));
  ahead.pourInto('field-place');
  type('er');
  expect(part('field-text').value).toBe('old');
  expect(part('field-place').value).toBe('newer');
  expect(heard).toEqual(['new']);
});

test('when no call was there the letters stand where they would have stood', () => {
  part('field-text').focus();
  type('old');
  const ahead = typeAhead();
  type('er');
  ahead.giveBack();
  expect(document.activeElement).toBe(part('field-text'));
  expect(part('field-text').value).toBe('older');
});

test('who went elsewhere meanwhile is left there', () => {
  part('field-text').focus();
  const ahead = typeAhead();
  part('command').focus();
  expect(ahead.isStill()).toBe(false);
  ahead.giveBack();
  expect(document.activeElement).toBe(part('command'));
});

test('whoever is in another part keeps the focus there until the answer', () => {
  part('command').focus();
  const ahead = typeAhead();
  expect(document.activeElement).toBe(part('command'));
  expect(ahead.isStill()).toBe(true);
});
