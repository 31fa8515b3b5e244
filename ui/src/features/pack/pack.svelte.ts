// 图包: what is installed and what can be; installing and building go on while the desk works.
// Not here: the map on the screen (features/map).
import { desk } from '@bridge/bridge';
import { Read } from '@bridge/read.svelte';
import type { MapOffer, MapView } from '@generated/types';
import { deskState } from '../desk/desk.svelte';

class Packs {
  readonly view = new Read<MapView>(['map'], () => desk.mapView(), 250);
  /** Own files ticked to go into the next building. */
  own = $state<string[]>([]);
  #beat: ReturnType<typeof setInterval> | undefined;

  get isRunning(): boolean {
    const job = this.view.value?.job;
    return job !== undefined && job !== null && job.ended_at_ms === null;
  }

  /** Asks while somebody looks and something runs: a share grows without anything becoming stale. */
  watch(): () => void {
    void this.view.refresh();
    this.#beat = setInterval(() => this.isRunning && void this.view.refresh(), 500);
    return () => clearInterval(this.#beat);
  }

  /** A pack is installed, an extract built from with what is ticked, an own file ticked. */
  async take(offer: Pick<MapOffer, 'path' | 'kind'>): Promise<void> {
    if (offer.kind === 'own') {
      this.own = this.own.includes(offer.path) ? this.own.filter((one) => one !== offer.path) : [...this.own, offer.path];
    } else if (offer.kind === 'extract') await this.build(offer.path);
    else await this.install(offer.path);
  }

  async install(path: string): Promise<void> {
    await deskState.attempt('pack', () => desk.mapInstall({ path }));
    await this.view.refresh();
  }
  async build(extract: string | null): Promise<void> {
    const done = await deskState.attempt('pack', () => desk.mapBuild({ extract, own: [...this.own] }));
    if (done !== undefined) this.own = [];
    await this.view.refresh();
  }
  async stop(): Promise<void> {
    await deskState.attempt('pack', () => desk.mapStop());
    await this.view.refresh();
  }
}

export const packs = new Packs();

/** What a typed path is, by its end. */
export function kindOfPath(path: string): 'pack' | 'extract' | 'own' {
  if (/\.mappack\/?$/i.test(path)) return 'pack';
  if (/\.(osm|osm\.pbf|pbf)$/i.test(path)) return 'extract';
  return /\.(gpkg|shp|geojson|json|csv|xlsx|zip|mbtiles|pmtiles)$/i.test(path) ? 'own' : 'pack';
}
