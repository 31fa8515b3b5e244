// Moving the focus is something only a key of the person may do, never an arrival.
// Not here: what arrives.

/** Puts the focus on the part named `data-focus="name"`; true when it exists. */
export function focusOn(name: string): boolean {
  const part = document.querySelector<HTMLElement>(`[data-focus="${CSS.escape(name)}"]`);
  if (!part) return false;
  part.focus({ preventScroll: false });
  return document.activeElement === part;
}

/**
 * Remembers where the focus is now. After an answer came, `moveTo` moves it only when the person
 * has not gone elsewhere or typed meanwhile.
 */
export function focusMark(): { moveTo: (name: string) => boolean; isStill: () => boolean } {
  const before = document.activeElement;
  const typedBefore = typed(before);
  const isStill = () => {
    const now = document.activeElement;
    const isGone = before !== null && !document.contains(before);
    return (now === before || isGone || now === document.body) && typed(before) === typedBefore;
  };
  return { isStill, moveTo: (name) => isStill() && focusOn(name) };
}

function typed(part: Element | null): string {
  return part instanceof HTMLInputElement || part instanceof HTMLTextAreaElement ? part.value : '';
}

/** The next of several parts in document order, for arrows within a list or a grid. */
export function stepWithin(list: HTMLElement, selector: string, by: number): HTMLElement | null {
  const parts = [...list.querySelectorAll<HTMLElement>(selector)];
  const now = parts.indexOf(document.activeElement as HTMLElement);
  const next = parts[Math.max(0, Math.min(parts.length - 1, now + by))];
  next?.focus();
  return next ?? null;
}
