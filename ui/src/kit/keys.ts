// Keys: one name per chord, and who may hear it. Composition belongs to the input method.
// Not here: what a key does; views and features bind their own.

/** `Ctrl+Shift+Enter`, `Alt+Q`, `F2`, `1`, `-`: modifiers in fixed order, letters in upper case. */
export function chordOf(event: KeyboardEvent): string {
  const parts: string[] = [];
  if (event.ctrlKey || event.metaKey) parts.push('Ctrl');
  if (event.altKey) parts.push('Alt');
  const name = keyName(event);
  // Shift is part of the sign for signs (+, ?), a modifier for named keys and letters.
  if (event.shiftKey && (name.length > 1 || /[A-Z]/.test(name))) parts.push('Shift');
  parts.push(name);
  return parts.join('+');
}

function keyName(event: KeyboardEvent): string {
  const code = event.code;
  // With Alt or Ctrl the layout or the input method may turn the letter into another sign.
  if (event.altKey || event.ctrlKey) {
    if (/^Key[A-Z]$/.test(code)) return code.slice(3);
    if (/^Digit\d$/.test(code)) return code.slice(5);
  }
  if (/^Numpad\d$/.test(code)) return code.slice(6);
  return event.key.length === 1 ? event.key.toUpperCase() : event.key;
}

/** True while an input method is composing: Enter, Esc and digits are its own. */
export function isComposing(event: KeyboardEvent): boolean {
  return event.isComposing || event.keyCode === 229;
}

export function isTextEntry(target: EventTarget | null): boolean {
  return (
    target instanceof HTMLTextAreaElement ||
    target instanceof HTMLSelectElement ||
    (target instanceof HTMLInputElement && !['checkbox', 'radio'].includes(target.type)) ||
    (target instanceof HTMLElement && target.isContentEditable)
  );
}

export type KeyAction = (event: KeyboardEvent) => void | boolean;
export interface KeyRow {
  run: KeyAction;
  /** Works from within an input as well (chords with Ctrl, Alt or F keys do by default). */
  inText?: boolean;
  /** A held key may run it again; never for anything that writes. */
  mayRepeat?: boolean;
}

/** A table of chords for the whole desk; panes hear their own keys first. */
export class KeyTable {
  #rows = new Map<string, KeyRow>();

  bind(chord: string, row: KeyAction | KeyRow): void {
    this.#rows.set(chord, typeof row === 'function' ? { run: row } : row);
  }

  chords(): string[] {
    return [...this.#rows.keys()];
  }

  /** Runs what the key means; true when it was used. */
  hear(event: KeyboardEvent): boolean {
    if (isComposing(event)) return false;
    const chord = chordOf(event);
    const row = this.#rows.get(chord);
    if (!row) return false;
    const reachesText = row.inText ?? (/^(Ctrl|Alt)\+/.test(chord) || /^(Shift\+)?F\d/.test(chord));
    if (!reachesText && isTextEntry(event.target)) return false;
    if (event.repeat && !row.mayRepeat) return this.#used(event);
    if (row.run(event) === false) return false;
    return this.#used(event);
  }

  #used(event: KeyboardEvent): true {
    event.preventDefault();
    event.stopPropagation();
    return true;
  }
}
