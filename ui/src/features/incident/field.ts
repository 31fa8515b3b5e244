// Ties an input to the form: its name, its focus, its caret, its draft. Used by every field.
// Not here: what a key does; leaving a field saves it.
import { focusOn } from '@kit/focus';
import { sheet } from './sheet.svelte';

/** Svelte action: `use:field={'place'}` or `use:field={'answer:weapon'}`. */
export function field(part: HTMLInputElement | HTMLTextAreaElement, name: string) {
  const focus = `field-${name}`;
  part.dataset['focus'] = focus;
  part.dataset['testid'] ??= focus;
  part.dataset['field'] = name;
  const caret = () => {
    sheet.form.caret = [part.selectionStart ?? 0, part.selectionEnd ?? 0];
  };
  const enter = () => {
    sheet.form.focused = name;
    sheet.lastField = focus;
    caret();
    sheet.keeper.touch();
  };
  const leave = () => {
    // A window that loses the keyboard is not a person who left the field.
    if (!document.hasFocus()) return;
    if (sheet.form.focused === name) sheet.form.focused = null;
    void sheet.save();
  };
  const input = () => {
    sheet.form.focused = name;
    sheet.lastField = focus;
    caret();
    sheet.typed();
  };
  part.addEventListener('focus', enter);
  part.addEventListener('blur', leave);
  part.addEventListener('input', input);
  part.addEventListener('keyup', caret);
  return {
    destroy() {
      part.removeEventListener('focus', enter);
      part.removeEventListener('blur', leave);
      part.removeEventListener('input', input);
      part.removeEventListener('keyup', caret);
    },
  };
}

/** Back to the field and the place in it where the person was. */
export function backToField(): boolean {
  const caret = sheet.form.caret;
  if (!focusOn(sheet.lastField)) return focusOn('field-place');
  const part = document.activeElement;
  if (caret && (part instanceof HTMLInputElement || part instanceof HTMLTextAreaElement)) {
    if (part.selectionStart === 0 && part.selectionEnd === 0) part.setSelectionRange(...caret);
  }
  return true;
}

/** The first empty field of a form just opened: the place, or the text when a place came along. */
export function firstEmptyField(): string {
  const view = sheet.view.value;
  return view?.form.point || sheet.form.values.place !== '' ? 'field-text' : 'field-place';
}
