// Cameras near a point (C6): the eight best with distance and direction, dead ones last; their viewing
// sectors drawn. Opening one is written down by the core with who and for which incident.
import { desk } from '@bridge/bridge';
import { Read } from '@bridge/read.svelte';
import type { CameraNear, CameraOpened, CamerasNear, Point } from '@generated/types';
import type { FeatureCollection } from 'geojson';
import { deskState } from '../../desk/desk.svelte';
import { sheet } from '../../incident/sheet.svelte';
import { nothing } from '../layers/things';
import { mapState } from '../map.svelte';
import { all, area, dot } from './shapes';
import { tools } from './tool.svelte';

export const SHOWN = 8;

export function cameraFeatures(cameras: readonly CameraNear[], at: number): FeatureCollection {
  return all(cameras.flatMap((one, n) => {
    const isOn = n === at;
    const look = { ink: !one.is_online ? 'pale' : isOn ? 'accent' : 'ink', dash: one.is_online ? 'solid' : 'dash', w: isOn ? 2.2 : 1.2, fill: isOn ? 0.18 : 0.07 };
    return [
      ...(one.sector.length >= 3 ? [area([one.sector], look)] : []),
      dot(one.point.lon, one.point.lat, { icon: one.is_online ? 'camera' : 'camera_off', ink: look.ink, title: `${n + 1}`, rank: isOn ? 0 : n + 1 }),
    ];
  }));
}

class NearCameras {
  point = $state.raw<Point | null>(null);
  name = $state<string | null>(null);
  #isIncident = false;
  at = $state(0);
  opened = $state.raw<{ camera: CameraNear; reply: CameraOpened; isCopied: boolean } | null>(null);
  readonly read = new Read<CamerasNear>(['settings', 'map'], () => desk.cameraNear({ point: this.point ?? { lon: 0, lat: 0 }, limit: SHOWN }));
  features = $derived(this.point ? cameraFeatures(this.read.value?.cameras ?? [], this.at) : nothing);

  constructor() {
    tools.onClose('cameras', () => {
      this.read.clear();
      this.opened = null;
      this.point = null;
    });
  }

  start(): void {
    const subject = mapState.subject;
    if (!subject) return;
    this.point = subject.point;
    this.name = subject.name;
    this.#isIncident = subject.isIncident;
    this.at = 0;
    this.opened = null;
    this.read.clear();
    const middle = subject.point;
    void this.read.refresh().then(() => {
      const seen = (this.read.value?.cameras ?? []).map((one): [number, number] => [one.point.lon, one.point.lat]);
      if (seen.length > 0) mapState.stage?.fit([...seen, [middle.lon, middle.lat]]);
    });
    void tools.take('cameras');
  }

  step(by: number): void {
    this.at = Math.max(0, Math.min((this.read.value?.cameras.length ?? 1) - 1, this.at + by));
  }

  /** Opens the camera under the cursor; what came of it is said, whatever it was. */
  async open(): Promise<void> {
    const camera = this.read.value?.cameras[this.at];
    if (!camera) return;
    const incident = this.#isIncident ? sheet.incident : null;
    const reply = await deskState.attempt('camera', () => desk.cameraOpen({ camera: camera.id, incident }));
    if (!reply) return;
    let isCopied = false;
    if (!reply.is_started) {
      isCopied = await navigator.clipboard?.writeText(reply.url).then(() => true, () => false) ?? false;
    }
    this.opened = { camera, reply, isCopied };
  }
}

export const nearCameras = new NearCameras();
