// Where things lie: the project, its build folder, the browser. Nothing is looked up on the network.
import { resolve } from 'node:path';

export const root = resolve(import.meta.dirname, '../../..');

/** A path in the build folder, `target/` unless cargo was told otherwise. */
export function inTarget(path: string): string {
  return resolve(root, process.env['CARGO_TARGET_DIR'] ?? 'target', path);
}

export const program = inTarget('debug/fengsui');
export const chromium = process.env['FENGSUI_CHROMIUM'] ?? '/usr/bin/chromium';
