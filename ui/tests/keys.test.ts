// Chords by name; composition, held keys and letters in a field never act.
import { describe, expect, it, vi } from 'vitest';
import { chordOf, KeyTable } from '@kit/keys';
import { deskKeys } from '../src/views/desk-keys';
import { sentences } from '@words/all';

const key = (init: KeyboardEventInit & { key: string }) => new KeyboardEvent('keydown', { cancelable: true, bubbles: true, ...init });
function press(table: KeyTable, init: KeyboardEventInit & { key: string }, target: HTMLElement = document.body) {
  if (target !== document.body) document.body.append(target);
  let used = false;
  target.addEventListener('keydown', (event) => (used = table.hear(event)), { once: true });
  target.dispatchEvent(key(init));
  return used;
}

describe('chords', () => {
  it.each([
    [{ key: 'Enter', ctrlKey: true }, 'Ctrl+Enter'],
    [{ key: 'Enter', ctrlKey: true, shiftKey: true }, 'Ctrl+Shift+Enter'],
    [{ key: 'œ', code: 'KeyQ', altKey: true }, 'Alt+Q'],
    [{ key: 'q', altKey: true }, 'Alt+Q'],
    [{ key: '&', code: 'Digit7', altKey: true }, 'Alt+7'],
    [{ key: 'F10', shiftKey: true }, 'Shift+F10'],
    [{ key: '+', shiftKey: true }, '+'],
    [{ key: 'o' }, 'O'],
    [{ key: 'O', shiftKey: true }, 'Shift+O'],
    [{ key: '1', code: 'Numpad1' }, '1'],
    [{ key: 'ArrowUp', altKey: true }, 'Alt+ArrowUp'],
  ])('%o is %s', (init, name) => expect(chordOf(key(init))).toBe(name));
});

describe('key table', () => {
  it('leaves every key to an input method that composes', () => {
    const table = new KeyTable();
    const run = vi.fn();
    table.bind('Ctrl+Enter', run);
    table.bind('Escape', { run, inText: true });
    expect(press(table, { key: 'Enter', ctrlKey: true, isComposing: true })).toBe(false);
    expect(press(table, { key: 'Escape', isComposing: true })).toBe(false);
    expect(run).not.toHaveBeenCalled();
  });

  it('ignores a held key but keeps the browser from acting on it', () => {
    const table = new KeyTable();
    const run = vi.fn();
    table.bind('F2', run);
    expect(press(table, { key: 'F2', repeat: true })).toBe(true);
    expect(run).not.toHaveBeenCalled();
    press(table, { key: 'F2' });
    expect(run).toHaveBeenCalledTimes(1);
  });

  it('takes no plain letter or sign from a field, but chords and F keys', () => {
    const table = new KeyTable();
    const run = vi.fn();
    table.bind('/', run);
    table.bind('+', run);
    table.bind('Alt+Q', run);
    table.bind('F3', run);
    for (const target of [document.createElement('input'), document.createElement('textarea')]) {
      expect(press(table, { key: '/' }, target)).toBe(false);
      expect(press(table, { key: '+' }, target)).toBe(false);
    }
    expect(run).not.toHaveBeenCalled();
    expect(press(table, { key: 'q', code: 'KeyQ', altKey: true }, document.createElement('textarea'))).toBe(true);
    expect(press(table, { key: 'F3' }, document.createElement('input'))).toBe(true);
    expect(run).toHaveBeenCalledTimes(2);
  });

  it('says that a key was not used when its action declines', () => {
    const table = new KeyTable();
    table.bind('F5', () => false);
    expect(press(table, { key: 'F5' })).toBe(false);
  });
});

describe('the key map of the desk', () => {
  it('binds what the key page promises', () => {
    const bound = new Set(deskKeys().chords());
    const promised = ['F1', 'F2', 'Shift+F2', 'F3', 'F4', 'F5', 'F6', 'F7', 'F8', 'F9', 'F10', 'Shift+F10', 'Escape', 'Ctrl+K', '/', 'Ctrl+F', 'Ctrl+H', 'Ctrl+L', 'Alt+O',
      'Ctrl+Enter', 'Ctrl+Shift+Enter', '+', 'Alt+J', 'Alt+B', 'Alt+7', 'Alt+8', 'Alt+9', 'Alt+X', 'Alt+Q', 'Alt+W', 'Alt+E', 'Alt+T', 'Alt+ArrowUp',
      'Alt+ArrowDown', 'Alt+D', 'Alt+C', 'Alt+I', 'Alt+Z', 'Alt+L', 'Alt+U', 'Alt+F', 'Alt+K', 'Alt+R', 'Alt+A', 'Alt+S', 'Alt+Y'];
    expect(promised.filter((chord) => !bound.has(chord))).toEqual([]);
    expect(sentences['keys.title'].zh).toContain('键位');
  });

  it('leaves the input method its own keys', () => {
    const bound = deskKeys().chords();
    for (const own of ['Ctrl+ ', 'Ctrl+.', 'Shift']) expect(bound).not.toContain(own);
  });
});
