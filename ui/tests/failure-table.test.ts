// The failure table is total over the codes of the contract (the compiler checks it; this checks
// that the compiler was asked about the same codes) and every row has a sentence.
import { describe, expect, it } from 'vitest';
import { failureTable } from '@bridge/failure-table';
import { sentences } from '@words/all';
import types from '../src/generated/types.ts?raw';

const line = /export type FailureCode = ([^;]+);/.exec(types)?.[1] ?? '';
const codes = [...line.matchAll(/"([^"]+)"/g)].map((found) => found[1] ?? '');

describe('failure table', () => {
  it('has a row for every code of the contract', () => {
    expect(codes.length).toBeGreaterThan(40);
    for (const code of codes) expect(failureTable, code).toHaveProperty([code]);
  });

  it('has a sentence for every row, and an action for every fault', () => {
    for (const [code, row] of Object.entries(failureTable)) {
      expect(sentences, code).toHaveProperty([row.words]);
      if (row.kind === 'fault') expect(row.action, code).toBeDefined();
      if (row.kind === 'rejection') expect(row.severity, code).toBe('quiet');
    }
  });
});
