// What is typed between the key that opens another form and that form being there.
// Invariant: no letter typed after the key goes into the form before it, and none is lost.
import { focusMark, focusOn } from '@kit/focus';

/** The name of the part that takes the letters meanwhile; it is never seen. */
export const AHEAD = 'ahead';

export interface Ahead {
  /** The person has gone nowhere else meanwhile. */
  isStill: () => boolean;
  /** Moves focus and letters to the part of this name. */
  pourInto: (name: string) => void;
  /** No other form came: focus and letters go back where they would have gone. */
  giveBack: () => void;
}

type Field = HTMLInputElement | HTMLTextAreaElement;
const isField = (part: Element | null): part is Field =>
  part instanceof HTMLInputElement || part instanceof HTMLTextAreaElement;

/** Begins to take the letters, where a field of a form or nothing has the focus. */
export function typeAhead(): Ahead {
  const before = document.activeElement;
  const isForm = isField(before) && before.dataset['field'] !== undefined;
  const ahead = document.querySelector<HTMLTextAreaElement>(`[data-focus="${AHEAD}"]`);
  if (!ahead || (!isForm && before !== document.body)) {
    const mark = focusMark();
    return { isStill: mark.isStill, pourInto: focusOn, giveBack: () => undefined };
  }
  ahead.value = '';
  ahead.focus({ preventScroll: true });
  const isStill = () => document.activeElement === ahead;
  const pour = () => {
    const part = document.activeElement;
    if (ahead.value === '' || !isField(part) || part === ahead) return;
    part.setRangeText(ahead.value, part.selectionStart ?? 0, part.selectionEnd ?? 0, 'end');
    ahead.value = '';
    part.dispatchEvent(new Event('input', { bubbles: true }));
  };
  return {
    isStill,
    pourInto: (name) => {
      focusOn(name);
      pour();
    },
    giveBack: () => {
      if (!isStill()) return;
      if (isForm && document.contains(before)) before.focus({ preventScroll: true });
      else ahead.blur();
      pour();
    },
  };
}
