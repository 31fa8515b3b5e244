// Makes the drawn map: one place for its options and its worker, for the desk and for the wall.
// Not here: what it shows.
import 'maplibre-gl/dist/maplibre-gl.css';
import workerUrl from 'maplibre-gl/dist/maplibre-gl-worker.mjs?url';
import { Map as MapLibre, setWorkerUrl, type StyleSpecification } from 'maplibre-gl';
import type { MapFacts } from '@generated/types';

export const hasWebGl = (): boolean => document.createElement('canvas').getContext('webgl2') !== null;

/** `null` where the display cannot do it after all. */
export function makeMap(container: HTMLElement, style: StyleSpecification, facts: MapFacts | null, isLooked: boolean): MapLibre | null {
  setWorkerUrl(workerUrl);
  try {
    const map = new MapLibre({
      container,
      style,
      center: facts ? [facts.centre[0], facts.centre[1]] : [114, 30],
      zoom: facts?.zoom ?? 4,
      minZoom: 3,
      maxZoom: 19,
      attributionControl: false,
      interactive: isLooked,
      dragRotate: false,
      pitchWithRotate: false,
      touchPitch: false,
      fadeDuration: 0,
      renderWorldCopies: false,
    });
    map.touchZoomRotate.disableRotation();
    map.keyboard.disableRotation();
    return map;
  } catch {
    return null;
  }
}
