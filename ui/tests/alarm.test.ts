// One sound per alarm and step; what fell due while the program was off is one sound, not a row.
import { describe, expect, it } from 'vitest';
import { Alarms, stepsOfUnsigned } from '@features/alarm/alarm';
import type { Call, Need } from '@generated/types';

const need = (over: Partial<Need>): Need => ({
  key: 'k', kind: 'unsigned', params: [], incident: null, assignment: 'a', unit: 'u', call: null,
  watch: { since_ms: 0, amber_at_ms: 30_000, red_at_ms: 60_000 }, channels: [], owner: null, ...over,
});
const tones = (alarms: Alarms, needs: Need[], now: number, calls: Call[] = []) => alarms.due(needs, calls, now).map((one) => one.tone);

describe('alarms', () => {
  it('sounds unsigned orders at 60 s, 90 s and then every minute', () => {
    const alarms = new Alarms();
    tones(alarms, [], 0);
    const heard: number[] = [];
    for (let s = 0; s <= 260; s += 1) if (tones(alarms, [need({})], s * 1000).includes('unsigned')) heard.push(s);
    expect(heard).toEqual([60, 90, 150, 210]);
    expect(stepsOfUnsigned(60_000, 59_999)).toBe(0);
  });

  it('stops when somebody takes it on, and is one sound per key', () => {
    const alarms = new Alarms();
    tones(alarms, [], 0);
    expect(tones(alarms, [need({}), need({ key: 'k2' })], 61_000)).toEqual(['unsigned']);
    expect(tones(alarms, [need({ owner: '周' }), need({ key: 'k2' })], 95_000)).toEqual(['unsigned']);
    expect(tones(alarms, [need({ owner: '周' })], 200_000)).toEqual([]);
  });

  it('sounds a time limit once at amber and once at red, and not again', () => {
    const alarms = new Alarms();
    tones(alarms, [], 0);
    const over = need({ kind: 'over_time', watch: { since_ms: 0, amber_at_ms: 600_000, red_at_ms: 780_000 } });
    expect(tones(alarms, [over], 599_000)).toEqual([]);
    expect(tones(alarms, [over], 600_000)).toEqual(['overdue']);
    expect(tones(alarms, [over], 700_000)).toEqual([]);
    expect(tones(alarms, [over], 780_000)).toEqual(['overdue']);
    expect(tones(alarms, [over], 9_000_000)).toEqual([]);
    // Turned off and on again it is a new alarm.
    tones(alarms, [], 9_000_001);
    expect(tones(alarms, [over], 9_000_002)).toEqual(['overdue']);
  });

  it('sounds once for everything that fell due while the program was off', () => {
    const alarms = new Alarms();
    const many = ['a', 'b', 'c'].map((key) => need({ key }));
    const old = need({ key: 'd', kind: 'over_time' });
    expect(tones(alarms, [...many, old], 10_000_000)).toEqual(['unsigned']);
    expect(tones(alarms, [...many, old], 10_000_001)).toEqual([]);
  });

  it('rings every three seconds until answered, and an emergency cannot be muted', () => {
    const alarms = new Alarms();
    tones(alarms, [], 0);
    const call = { state: 'ringing', ring_at_ms: 0 } as Call;
    const rung = [0, 1, 2, 3, 4, 5, 6].filter((s) => tones(alarms, [], s * 1000, [call]).includes('ring'));
    expect(rung).toEqual([0, 3, 6]);
    const sounding = alarms.due([need({ key: 'e', kind: 'emergency' })], [], 7000);
    expect(sounding).toEqual([{ tone: 'emergency', isUnmutable: true }]);
  });

  it('says a new grave incident once, and none of those that stood at the start', () => {
    const alarms = new Alarms();
    expect(alarms.newGrave(['1'])).toBe(false);
    expect(alarms.newGrave(['1'])).toBe(false);
    expect(alarms.newGrave(['1', '2'])).toBe(true);
    expect(alarms.newGrave(['1', '2'])).toBe(false);
  });
});
