// A reading that is stale is asked again soon, whatever came between. Not here: the panes.
import { Read } from '@bridge/read.svelte';
import { afterEach, beforeEach, expect, test, vi } from 'vitest';

beforeEach(() => {
  // Not long after 1970, so that a wait counted from there is not too long for a timer.
  vi.useFakeTimers({ now: 100_000 });
});
afterEach(() => {
  vi.useRealTimers();
});

/** A reading whose answers come when the test says so. */
function held(gap_ms = 150) {
  const waiting: ((value: number) => void)[] = [];
  let asked = 0;
  const read = new Read<number>([], () => new Promise((done) => (asked += 1, waiting.push(done))), gap_ms);
  const answer = async (value: number) => {
    waiting.shift()?.(value);
    await vi.advanceTimersByTimeAsync(0);
  };
  return { read, answer, asked: () => asked };
}

test('what becomes stale while another subject is being read is read once more', async () => {
  const { read, answer, asked } = held();
  void read.refresh();
  read.clear();
  void read.refresh();
  await answer(1);
  expect(read.value).toBeNull();
  read.stale();
  await answer(2);
  expect(read.value).toBe(2);
  await vi.advanceTimersByTimeAsync(200);
  expect(asked()).toBe(3);
  await answer(3);
  expect(read.value).toBe(3);
});

test('a slow reading is asked less often, but never left for longer than a second', async () => {
  const { read, answer, asked } = held();
  void read.refresh();
  await vi.advanceTimersByTimeAsync(5000);
  await answer(1);
  read.stale();
  expect(asked()).toBe(2);
  await answer(2);
  read.stale();
  await vi.advanceTimersByTimeAsync(1001);
  expect(asked()).toBe(3);
});

test('questions that pile up while one runs become one', async () => {
  const { read, answer, asked } = held(0);
  void read.refresh();
  void read.refresh();
  void read.refresh();
  await answer(1);
  expect(asked()).toBe(2);
  await answer(2);
  expect(read.value).toBe(2);
  expect(asked()).toBe(2);
});
