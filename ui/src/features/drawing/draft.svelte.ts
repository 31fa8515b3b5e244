// A drawing that is being made: corners set at the cross or by the pointer, words, then kept by the
// core. Esc leaves it as it is; it is there when one comes back, until it is kept or thrown away.
// Not here: what was drawn before (drawings).
import { desk } from '@bridge/bridge';
import type { DrawingKind, DrawingRow, Point } from '@generated/types';
import { focusOn } from '@kit/focus';
import { metres, squareMetres } from '@kit/format';
import { t } from '@kit/words.svelte';
import { tick } from 'svelte';
import { deskState } from '../desk/desk.svelte';
import { sheet } from '../incident/sheet.svelte';
import { nothing } from '../map/layers/things';
import { mapState } from '../map/map.svelte';
import { all, area, dot, lengthOf, line, metresBetween, sizeOf } from '../map/tools/shapes';
import { tools } from '../map/tools/tool.svelte';
import { drawings, lookOf, shapeOf } from './drawings.svelte';

export const MOST_POINTS = 500;
export type Phase = 'choose' | 'points' | 'words';
const least = { point: 1, line: 2, area: 3 } as const;

class Draft {
  phase = $state<Phase>('choose');
  kind = $state<DrawingKind | null>(null);
  points = $state.raw<Point[]>([]);
  label = $state('');
  /** What the last step could not do, in words. */
  note = $state('');
  isKeeping = $state(false);
  #incident: string | null = null;
  /** The drawing that is being changed; `null` = a new one. */
  changes = $state.raw<DrawingRow | null>(null);
  /** Only its words are. */
  #isOnlyWords = false;
  /** The corner that Enter puts at the cross, while a drawing is changed. */
  picked = $state<number | null>(null);
  shape = $derived(this.kind ? shapeOf[this.kind] : null);

  get isDrawing(): boolean {
    return this.phase === 'points';
  }
  get isEnough(): boolean {
    return this.shape !== null && this.points.length >= least[this.shape];
  }

  /** Opens the tool. A draft belongs to its incident; another incident begins anew. */
  start(): void {
    if (this.#incident !== sheet.incident) this.drop();
    this.#incident = sheet.incident;
    if (this.phase === 'points') this.phase = 'choose';
    drawings.look();
    void tools.take('draw');
  }

  /** Takes a drawing up again: its words, or its corners from the first on. */
  change(row: DrawingRow, isOnlyWords: boolean): void {
    if (this.points.length > 0 && !this.changes) {
      this.note = t('draw.finish_first');
      return;
    }
    if (row.voided || (!isOnlyWords && (row.kind === null || row.points === null))) return;
    this.drop();
    this.changes = row;
    this.#isOnlyWords = isOnlyWords;
    this.#incident = row.incident;
    this.kind = row.kind;
    this.points = [...(row.points ?? [])];
    this.label = row.label ?? '';
    if (isOnlyWords) {
      this.phase = 'words';
      void tick().then(() => focusOn('draw-words'));
      return;
    }
    this.goOn();
    this.pick(0);
  }
  /** The cross lies on the corner then, and the map's own keys move it. */
  pick(at: number): void {
    const count = this.points.length;
    if (count === 0) return;
    this.picked = ((at % count) + count) % count;
    const point = this.points[this.picked];
    if (point) mapState.stage?.jump(point);
  }
  #put(point: Point, isNew: boolean): void {
    const at = this.picked ?? 0;
    if (isNew && this.points.length >= MOST_POINTS) {
      this.note = t('draw.full', { n: MOST_POINTS });
      return;
    }
    this.note = '';
    this.points = isNew ? [...this.points.slice(0, at + 1), point, ...this.points.slice(at + 1)] : this.points.map((one, n) => (n === at ? point : one));
    if (isNew) this.picked = at + 1;
  }
  #takeAway(): void {
    if (this.picked === null || (this.shape && this.points.length <= least[this.shape])) {
      this.note = t('draw.too_few', { n: this.shape ? least[this.shape] : 1 });
      return;
    }
    this.points = this.points.filter((_, n) => n !== this.picked);
    this.pick(this.picked);
  }

  choose(kind: DrawingKind): void {
    if (this.changes) this.drop();
    if (!sheet.incident) {
      this.note = t('draw.no_incident');
      return;
    }
    if (this.kind !== kind && this.points.length > 0 && this.kind && shapeOf[kind] !== shapeOf[this.kind]) this.points = [];
    this.kind = kind;
    this.#incident = sheet.incident;
    this.goOn();
  }
  /** Back to setting corners, with the keyboard on the map. */
  goOn(): void {
    if (!this.kind) return;
    this.phase = 'points';
    this.note = '';
    void tick().then(() => focusOn('map'));
  }

  add(point: Point): void {
    if (this.changes) return this.#put(point, false);
    const last = this.points.at(-1);
    // The same spot a second time ends the drawing: Enter twice.
    if (last && metresBetween(last, point) < 0.5) return this.end();
    if (this.points.length >= MOST_POINTS) {
      this.note = t('draw.full', { n: MOST_POINTS });
      return;
    }
    this.note = '';
    this.points = this.shape === 'point' ? [point] : [...this.points, point];
    if (this.shape === 'point') this.end();
  }
  takeBack(): void {
    this.points = this.points.slice(0, -1);
    this.note = '';
  }
  end(): void {
    if (!this.isEnough) {
      this.note = t('draw.too_few', { n: this.shape ? least[this.shape] : 1 });
      return;
    }
    this.note = '';
    this.phase = 'words';
    void tick().then(() => focusOn('draw-words'));
  }
  /** Lets go of the keyboard; what was set stays. */
  pause(): void {
    this.phase = 'choose';
    void tick().then(() => focusOn('map-tool'));
  }
  drop(): void {
    this.phase = 'choose';
    this.kind = null;
    this.points = [];
    this.label = '';
    this.note = '';
    this.changes = null;
    this.#isOnlyWords = false;
    this.picked = null;
  }
  /** Back from the words: to the corners, or out of a change of words alone. */
  back(): void {
    if (!this.#isOnlyWords) return this.goOn();
    this.drop();
    void tick().then(() => focusOn('map-tool'));
  }

  async keep(): Promise<void> {
    if (this.changes) return this.#keepChange(this.changes);
    const [incident, kind] = [this.#incident, this.kind];
    if (!incident || !kind || !this.isEnough || this.isKeeping) return;
    if (kind === 'text_mark' && this.label.trim() === '') {
      this.note = t('draw.needs_words');
      return;
    }
    this.isKeeping = true;
    const done = await deskState.attempt('draw', () => desk.drawingAdd({ incident, kind, points: [...this.points], label: this.label.trim() }), () => void this.keep());
    this.isKeeping = false;
    if (!done) return;
    this.drop();
    drawings.look();
    void tick().then(() => focusOn('map-tool'));
  }

  /** Only what is another goes out; a drawing voided meanwhile is refused by the core, and said. */
  async #keepChange(row: DrawingRow): Promise<void> {
    const label = this.label.trim();
    const isMoved = !this.#isOnlyWords && JSON.stringify(this.points) !== JSON.stringify(row.points);
    const isSettling = row.others.length > 0;
    if (!isMoved && !isSettling && label === (row.label ?? '')) {
      this.note = t('draw.same');
      return;
    }
    if (row.kind === 'text_mark' && label === '') {
      this.note = t('draw.needs_words');
      return;
    }
    if (this.isKeeping) return;
    this.isKeeping = true;
    const points = isMoved || (isSettling && !this.#isOnlyWords) ? [...this.points] : null;
    const done = await deskState.attempt('draw', () => desk.drawingChange({ drawing: row.id, points, label: label === (row.label ?? '') && !isSettling ? null : label }), () => void this.keep());
    this.isKeeping = false;
    if (!done) return drawings.look();
    this.drop();
    drawings.look();
    void tick().then(() => focusOn('map-tool'));
  }

  /** Keys of the map while corners are set; true when used. */
  key(chord: string, isHeld: boolean): boolean {
    if (!this.isDrawing) return false;
    if (this.changes && this.#changeKey(chord, isHeld)) return true;
    if (chord === 'Enter') {
      if (!isHeld && mapState.centre) this.add(mapState.centre);
    } else if (chord === 'Ctrl+Enter') {
      if (!isHeld) this.end();
    } else if (chord === 'Backspace') this.takeBack();
    else if (chord === 'Escape') this.pause();
    else return false;
    return true;
  }

  #changeKey(chord: string, isHeld: boolean): boolean {
    if (chord === 'N') this.pick((this.picked ?? -1) + 1);
    else if (chord === 'Shift+N') this.pick((this.picked ?? 0) - 1);
    else if (chord === 'I') {
      if (!isHeld && mapState.centre && this.shape !== 'point') this.#put(mapState.centre, true);
    } else if (chord === 'Delete' || chord === 'Backspace') {
      if (!isHeld) this.#takeAway();
    } else return false;
    return true;
  }

  /** Length so far, and to the cross; the size where it is an area. */
  measure = $derived.by(() => {
    const next = this.isDrawing && !this.changes ? mapState.centre : null;
    const walked = next && this.points.length > 0 ? [...this.points, next] : this.points;
    const last = this.points.at(-1);
    return {
      length: this.points.length > 1 ? metres(lengthOf(this.points, this.shape === 'area')) : '',
      toCross: next && last ? metres(metresBetween(last, next)) : '',
      size: this.shape === 'area' && walked.length > 2 ? squareMetres(sizeOf(walked)) : '',
    };
  });

  features = $derived.by(() => {
    if (this.#isOnlyWords) return nothing;
    const next = this.isDrawing && !this.changes && this.shape !== 'point' ? mapState.centre : null;
    const corners = [...this.points, ...(next && this.points.length > 0 ? [next] : [])];
    if (corners.length === 0) return nothing;
    const pairs = corners.map((one): [number, number] => [one.lon, one.lat]);
    const look = lookOf(this.kind) as Record<string, string | number>;
    return all([
      ...(this.shape === 'area' && pairs.length > 2 ? [area([pairs], { ...look, dash: 'dash' })] : pairs.length > 1 ? [line(pairs, { ...look, dash: 'dash' })] : []),
      ...this.points.map((one, n) => dot(one.lon, one.lat, { icon: n === this.picked ? 'spot' : 'corner' })),
    ]);
  });
}

export const draft = new Draft();
