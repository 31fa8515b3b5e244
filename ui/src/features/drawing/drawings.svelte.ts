// 标绘 (C14): what is drawn in incidents, as the core keeps it: on the map of all that are open, and as
// the list of one incident with who and when, the voided too.
// Not here: drawing something new (draft).
import { desk } from '@bridge/bridge';
import { Read } from '@bridge/read.svelte';
import type { DrawingKind, DrawingRow, DrawingShape, Drawings } from '@generated/types';
import { t } from '@kit/words.svelte';
import type { Feature, FeatureCollection } from 'geojson';
import { deskState } from '../desk/desk.svelte';
import { sheet } from '../incident/sheet.svelte';
import type { Look } from '../map/layers/sketch';
import { all, area, dot, line, nameSpot } from '../map/tools/shapes';

export const kinds: readonly DrawingKind[] = ['cordon', 'assembly', 'route', 'red_line', 'green_line', 'free_line', 'text_mark'];
export const shapeOf: Record<DrawingKind, DrawingShape> = {
  cordon: 'area', assembly: 'point', route: 'line', red_line: 'line', green_line: 'line', free_line: 'line', text_mark: 'point',
};
const looks: Record<DrawingKind, Look> = {
  cordon: { ink: 'ink', dash: 'dash', w: 2.6, fill: 0.1 },
  assembly: { ink: 'ink', icon: 'assembly' },
  route: { ink: 'accent', w: 3.2 },
  red_line: { ink: 'red', w: 3.6 },
  green_line: { ink: 'green', dash: 'dash', w: 3.2 },
  free_line: { ink: 'ink', w: 1.8 },
  text_mark: { ink: 'ink' },
};
export const kindName = (kind: DrawingKind | null): string => t(kind === null ? 'drawing.unknown' : `drawing.${kind}`);
export const lookOf = (kind: DrawingKind | null): Look => (kind === null ? { ink: 'pale', dash: 'dot', w: 2 } : looks[kind]);

/** A drawing as features; nothing where this program cannot read its points. */
export function drawnFeatures(row: Pick<DrawingRow, 'id' | 'kind' | 'shape' | 'points' | 'label'>): Feature[] {
  const points = row.points;
  const first = points?.[0];
  if (!points || !first || row.shape === null) return [];
  const pairs = points.map((one): [number, number] => [one.lon, one.lat]);
  const { icon, ...plain } = lookOf(row.kind);
  const look = { ...plain, id: row.id } as Record<string, string | number>;
  const title = row.kind === 'text_mark' ? (row.label ?? '') : row.label ? `${kindName(row.kind)} ${row.label}` : kindName(row.kind);
  if (row.shape === 'point') return [dot(first.lon, first.lat, { ...look, title, ...(icon ? { icon } : {}) })];
  const at = row.shape === 'area' ? nameSpot(pairs) : pairs[Math.floor((pairs.length - 1) / 2)] ?? pairs[0] ?? [0, 0];
  return [row.shape === 'area' ? area([pairs], look) : line(pairs, look), dot(at[0], at[1], { ...look, title })];
}

class DrawingTable {
  readonly onMap = new Read<Drawings>(['drawings', 'incidents'], () => desk.drawingList({ incident: null }), 300);
  readonly ofIncident = new Read<Drawings>(['drawings'], () => desk.drawingList({ incident: sheet.incident }), 300);
  features: FeatureCollection = $derived(all((this.onMap.value?.rows ?? []).flatMap(drawnFeatures)));
  /** Newest first; what still stands before what was voided. */
  rows = $derived([...(this.ofIncident.value?.rows ?? [])].reverse().sort((a, b) => Number(a.voided !== null) - Number(b.voided !== null)));

  row(id: string): DrawingRow | undefined {
    return this.onMap.value?.rows.find((one) => one.id === id);
  }

  look(): void {
    this.ofIncident.clear();
    if (sheet.incident) void this.ofIncident.refresh();
  }

  async void(drawing: string, reason: string): Promise<boolean> {
    const done = await deskState.attempt('draw', () => desk.drawingVoid({ drawing, reason }));
    return done !== undefined;
  }
}

export const drawings = new DrawingTable();
