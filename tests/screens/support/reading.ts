// Reading the screen as an eye does: every visible text, and whether it is whole. Runs in the page.
// Not here: the map's own labels (the canvas draws them) and colours (ui/tests/contrast.test.ts).

export interface Reading {
  /** Visible texts, as they stand. */
  texts: string[];
  /** What is cut, pushed out of sight or lies over something else, one line each. */
  faults: string[];
}

/** Goes through the whole page; must stand by itself, since it is sent to the page as text. */
export function readScreen(): Reading {
  const texts: string[] = [];
  const faults = new Set<string>();
  const SLACK = 1.5;
  const root = document.documentElement;
  if (root.scrollWidth > root.clientWidth || root.scrollHeight > root.clientHeight) {
    faults.add(`the document scrolls: ${root.scrollWidth}×${root.scrollHeight} in ${root.clientWidth}×${root.clientHeight}`);
  }
  const nameOf = (part: Element): string => {
    const named = part.closest<HTMLElement>('[data-testid]')?.dataset['testid'] ?? 'page';
    return `${named} ${part.tagName.toLowerCase()}.${[...part.classList].filter((name) => !name.startsWith('s-') && !name.startsWith('svelte')).join('.')}`;
  };
  const isSeen = (part: Element) =>
    part.checkVisibility({ visibilityProperty: true, opacityProperty: true }) && !part.closest('.sr-only') && !part.closest('[inert]');
  /** Whether the middle of a box shows this part and not something that lies over it on purpose. */
  const isOnTop = (part: Element, box: DOMRect) => {
    const hit = document.elementFromPoint(box.x + box.width / 2, box.y + box.height / 2);
    return hit !== null && (part.contains(hit) || hit.contains(part));
  };

  const placed: { part: Element; text: string; box: DOMRect }[] = [];
  const walker = document.createTreeWalker(document.body, NodeFilter.SHOW_TEXT);
  for (let node = walker.nextNode(); node; node = walker.nextNode()) {
    const part = node.parentElement;
    const text = (node.textContent ?? '').replace(/[\s　]+/g, ' ').trim();
    if (!part || text === '' || ['SCRIPT', 'STYLE'].includes(part.tagName) || !isSeen(part)) continue;
    const range = document.createRange();
    range.selectNodeContents(node);
    let isWholeSomewhere = false;
    for (const box of range.getClientRects()) {
      if (box.width < 1 || box.height < 1) continue;
      const verdict = cut(part, box, text);
      if (verdict === 'hidden') continue;
      isWholeSomewhere = true;
      if (verdict !== '') faults.add(`${verdict}: “${text.slice(0, 40)}” in ${nameOf(part)}`);
      else {
        const shown = inFrames(part, box);
        if (isOnTop(part, shown)) placed.push({ part, text, box: shown });
      }
    }
    if (isWholeSomewhere) texts.push(text);
  }

  /** What is left of a box after everything around it that cuts. */
  function inFrames(part: Element, box: DOMRect): DOMRect {
    let [left, right, top, bottom] = [box.left, box.right, box.top, box.bottom];
    for (let up: Element | null = part; up && up !== root; up = up.parentElement) {
      const style = getComputedStyle(up);
      if (style.display === 'inline' || (style.overflowX === 'visible' && style.overflowY === 'visible')) continue;
      const frame = up.getBoundingClientRect();
      [left, right] = [Math.max(left, frame.left), Math.min(right, frame.right)];
      [top, bottom] = [Math.max(top, frame.top), Math.min(bottom, frame.bottom)];
    }
    return new DOMRect(left, top, Math.max(0, right - left), Math.max(0, bottom - top));
  }

  /** '' = whole; 'hidden' = not shown at all, as below the fold of a list; else what is wrong. */
  function cut(part: Element, box: DOMRect, text: string): string {
    const size = parseFloat(getComputedStyle(part).fontSize);
    for (let up: Element | null = part; up && up !== root; up = up.parentElement) {
      const style = getComputedStyle(up);
      if (style.display === 'inline' || style.display === 'contents') continue;
      if (style.overflowX === 'visible' && style.overflowY === 'visible') continue;
      const frame = up.getBoundingClientRect();
      const mayScroll = (overflow: string) => overflow === 'auto' || overflow === 'scroll';
      if (box.bottom <= frame.top + size * 0.5 || box.top >= frame.bottom - size * 0.5) return 'hidden';
      // A page is read by scrolling; its fold may fall anywhere.
      if (up.getAttribute('role') === 'region' && (box.bottom > frame.bottom || box.top < frame.top)) return 'hidden';
      // Glyphs are smaller than their line: a quarter of the size may go.
      if (box.top < frame.top - size * 0.25 || box.bottom > frame.bottom + size * 0.25) return 'cut in height';
      const isOut = box.right <= frame.left + SLACK || box.left >= frame.right - SLACK;
      const isCut = box.right > frame.right + SLACK || box.left < frame.left - SLACK;
      if (!isCut) continue;
      if (mayScroll(style.overflowX)) {
        if (isOut) return 'hidden';
        return style.scrollSnapType.startsWith('x') ? '' : 'cut by a list that scrolls sideways';
      }
      if (style.textOverflow === 'ellipsis') {
        if (isOut) return 'hidden';
        // Shortened on purpose; but a sign or two is no text any more.
        const left = Math.min(box.right, frame.right) - Math.max(box.left, frame.left);
        if (left >= size * 2 || text.length <= 3) return '';
        return box.left < frame.left + size * 2 ? 'shortened to nothing' : 'hidden';
      }
      if (isOut) return 'pushed out of sight';
      return 'cut in width';
    }
    if (box.right > innerWidth + SLACK || box.left < -SLACK) return 'out of the window';
    if (box.bottom > innerHeight + size * 0.25 || box.top < -size * 0.25) return 'out of the window';
    return '';
  }

  // Two texts in one place. What lies over another on purpose was left out above.
  for (const [at, one] of placed.entries()) {
    for (const other of placed.slice(at + 1)) {
      const wide = Math.min(one.box.right, other.box.right) - Math.max(one.box.left, other.box.left);
      const high = Math.min(one.box.bottom, other.box.bottom) - Math.max(one.box.top, other.box.top);
      if (wide > 2 && high > 6 && one.part !== other.part) {
        faults.add(`“${one.text.slice(0, 30)}” (${nameOf(one.part)}) lies over “${other.text.slice(0, 30)}” (${nameOf(other.part)})`);
      }
    }
  }

  const pen = document.createElement('canvas').getContext('2d');
  for (const input of document.querySelectorAll<HTMLInputElement>('input[type="text"], input:not([type])')) {
    if (!pen || !isSeen(input) || input.value !== '' || input.placeholder === '') continue;
    const style = getComputedStyle(input);
    pen.font = `${style.fontWeight} ${style.fontSize} ${style.fontFamily}`;
    texts.push(input.placeholder);
    const need = pen.measureText(input.placeholder).width;
    if (need > input.clientWidth + SLACK) faults.add(`hint cut (${Math.round(need)} in ${input.clientWidth}): “${input.placeholder}” in ${nameOf(input)}`);
  }
  for (const area of document.querySelectorAll('textarea')) if (isSeen(area) && area.value === '') texts.push(area.placeholder);
  return { texts, faults: [...faults] };
}
