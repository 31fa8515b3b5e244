// What the page expects of a browser and the test environment lacks.
import { afterEach, beforeEach, vi } from 'vitest';

beforeEach(() => {
  document.body.replaceChildren();
  document.hasFocus = () => true;
  Element.prototype.scrollIntoView = () => undefined;
});
afterEach(() => {
  vi.useRealTimers();
});
