// A list somebody looks at keeps its order; three seconds after, it is put right in one go.
import { afterEach, describe, expect, it, vi } from 'vitest';
import { FrozenOrder, RELEASE_MS } from '@kit/frozen.svelte';

interface Row { id: string; n: number }
const row = (id: string, n = 0): Row => ({ id, n });
const ids = (order: FrozenOrder<Row>, rows: Row[]) => order.arrange(rows).rows.map((one) => one.id).join('');

afterEach(() => vi.useRealTimers());

describe('frozen order', () => {
  it('follows the newest order while nobody looks', () => {
    const order = new FrozenOrder<Row>((one) => one.id);
    expect(ids(order, [row('a'), row('b')])).toBe('ab');
    expect(ids(order, [row('b'), row('a')])).toBe('ba');
  });

  it('stands still while held: new rows at the end, gone rows leave, contents are new', () => {
    const order = new FrozenOrder<Row>((one) => one.id);
    ids(order, [row('a'), row('b'), row('c')]);
    order.hold();
    const arranged = order.arrange([row('x'), row('c', 9), row('a')]);
    expect(arranged.rows.map((one) => one.id).join('')).toBe('acx');
    expect(arranged.rows[1]?.n).toBe(9);
    expect(arranged.hasMoved).toBe(true);
  });

  it('lets go three seconds after, in one go', () => {
    vi.useFakeTimers();
    const order = new FrozenOrder<Row>((one) => one.id);
    ids(order, [row('a'), row('b')]);
    order.hold();
    order.release();
    vi.advanceTimersByTime(RELEASE_MS - 1);
    expect(ids(order, [row('b'), row('a')])).toBe('ab');
    vi.advanceTimersByTime(1);
    expect(ids(order, [row('b'), row('a')])).toBe('ba');
  });
});
