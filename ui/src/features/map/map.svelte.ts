// What the map shows and follows: readings, switches, the point it looks at. The switches are kept
// on this machine's disk beside the drafts.
// Not here: drawing it (MapPane, layers) and what is measured on it (tools).
import { desk } from '@bridge/bridge';
import { Read } from '@bridge/read.svelte';
import type { Layers, Point, Points135, Positions } from '@generated/types';
import { sheet } from '../incident/sheet.svelte';
import { onAtFirst, toggles, type Toggle } from './layers/catalog';

/** Something on the map by its layer and id. */
export interface Picked {
  kind: Toggle;
  id: string;
}

/** What the drawn map can be asked to do; `null` while none is drawn. */
export interface Stage {
  jump: (point: Point, zoom?: number) => void;
  fit: (points: readonly (readonly [number, number])[]) => void;
  /** What lies at the cross in the middle. */
  pickCentre: () => Picked | null;
}

class MapState {
  picked = $state.raw<Picked | null>(null);
  readonly positions = new Read<Positions>(['positions', 'units'], () => desk.positionList(), 1000);
  readonly layers = new Read<Layers>(['settings', 'map'], () => desk.layerList());
  readonly points135 = new Read<Points135>(['positions', 'units', 'map', 'roads'], () => desk.point135List(), 5000);
  on = $state<Record<Toggle, boolean>>({ ...onAtFirst });
  /** True until the person moves the map; then it stays where they left it. */
  isFollowing = $state(true);
  centre = $state.raw<Point | null>(null);
  stage: Stage | null = null;
  /** Why there is no map; `null` while there is one. */
  trouble = $state<'no_webgl' | 'lost' | null>(null);

  toggle(name: Toggle): void {
    this.on[name] = !this.on[name];
    this.#readOnlyWhatShows();
    void this.#remember();
  }

  /** Who holds the 135 points is asked for only while somebody looks at them. */
  #readOnlyWhatShows(): void {
    if (this.on.points135) void this.points135.refresh();
    else this.points135.clear();
  }

  /** Where the open incident is, as far as known. */
  get incidentPoint(): Point | null {
    const view = sheet.view.value;
    return view?.form.point ?? view?.fixes.at(-1)?.point ?? null;
  }

  /** What a tool starts from: what is picked of the 135 points, the open incident, or the cross. */
  get subject(): { point: Point; name: string | null; isIncident: boolean } | null {
    const spot = this.picked?.kind === 'points135' ? this.point135(this.picked.id) : undefined;
    if (spot) return { point: spot.point, name: spot.name, isIncident: false };
    const point = sheet.incident ? this.incidentPoint : null;
    if (point) return { point, name: sheet.view.value?.row.short_code ?? null, isIncident: true };
    return this.centre ? { point: this.centre, name: null, isIncident: false } : null;
  }

  point135(code: string) {
    return this.points135.value?.points.find((one) => one.code === code);
  }

  async #remember(): Promise<void> {
    const body = JSON.stringify({ v: 1, on: this.on });
    await desk.draftPut({ key: 'map', body, at_ms: 0 }).catch(() => undefined);
  }

  /** The switches as this desk left them; what cannot be read leaves the first ones. */
  async recall(): Promise<void> {
    const found = await desk.draftGet({ key: 'map' }).catch(() => null);
    try {
      const kept = JSON.parse(found?.drafts[0]?.body ?? '{}') as { on?: Partial<Record<Toggle, unknown>> };
      for (const name of toggles) if (typeof kept.on?.[name] === 'boolean') this.on[name] = kept.on[name];
    } catch {
      // A note that cannot be read is no reason not to draw the map.
    }
    this.#readOnlyWhatShows();
  }
}

export const mapState = new MapState();
