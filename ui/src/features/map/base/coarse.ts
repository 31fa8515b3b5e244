// Without a graphics card the processor fills every point of the map. While the map moves by hand it is drawn with
// fewer points, so that it follows the hand; at rest it is sharp again. A machine that draws fast never sees this.
import type { Map as MapLibre } from 'maplibre-gl';

/** Frames further apart than this do not follow a hand, ms. */
const SLOW_MS = 40;
/** So many of them one after the other, and it is the machine and not a moment. */
const SLOW_FRAMES = 3;
/** Coarse frames that come as fast as this, ms: the machine may draw all points again. */
const FAST_MS = 18;
/** Points of the drawing per point of the page while a slow map moves. */
const COARSE = 0.5;
/** At rest for so long, ms, and it is drawn sharp: a hand that turns a wheel pauses between. */
const REST_MS = 150;

/**
 * The library's own way of another resolution ends every movement under way (a drag, too); its inner parts do not.
 * Where a later version has others, the map stays as sharp and as slow as it is.
 */
interface Inner {
  _overridePixelRatio?: number | undefined;
  _resizeInternal?: (constrain?: boolean) => void;
}

function setRatio(map: MapLibre, ratio: number | undefined): boolean {
  const inner = map as unknown as Inner;
  if (typeof inner._resizeInternal !== 'function') return false;
  inner._overridePixelRatio = ratio;
  inner._resizeInternal(false);
  // Tiles that are laid out meanwhile are for the sharp drawing.
  inner._overridePixelRatio = undefined;
  return true;
}

/** Whether frames come too slowly, by the times between them. */
export class Frames {
  #last_ms: number | null = null;
  #slow = 0;
  #count = 0;
  #sum_ms = 0;

  /** A movement begins. */
  begin(): void {
    this.#last_ms = null;
    this.#slow = 0;
    this.#count = 0;
    this.#sum_ms = 0;
  }

  /** A frame is drawn; whether the frames come too slowly by now. */
  drawn(now_ms: number): boolean {
    if (this.#last_ms !== null) {
      const gap_ms = now_ms - this.#last_ms;
      this.#slow = gap_ms > SLOW_MS ? this.#slow + 1 : 0;
      this.#count += 1;
      this.#sum_ms += gap_ms;
    }
    this.#last_ms = now_ms;
    return this.#slow >= SLOW_FRAMES;
  }

  /** Whether the frames of this movement came as fast as a display shows them. */
  get isFast(): boolean {
    return this.#count >= SLOW_FRAMES && this.#sum_ms / this.#count <= FAST_MS;
  }
}

export interface Coarse {
  readonly isCoarse: boolean;
}

/** Lets a map that is slow on this machine move with fewer points. */
export function coarseWhileMoving(map: MapLibre): Coarse {
  const frames = new Frames();
  let isSlow = false;
  let isCoarse = false;
  let isMoving = false;
  let rest: ReturnType<typeof setTimeout> | undefined;

  const sharpen = () => {
    if (map.isMoving() || !isCoarse) return;
    isCoarse = false;
    setRatio(map, undefined);
    map.redraw();
  };
  const coarsen = () => {
    clearTimeout(rest);
    if (!isCoarse) isCoarse = setRatio(map, COARSE * devicePixelRatio);
  };
  map.on('movestart', (event) => {
    if (!event.originalEvent) return;
    isMoving = true;
    frames.begin();
    if (isSlow) coarsen();
  });
  map.on('render', () => {
    if (!isMoving || !frames.drawn(performance.now()) || isCoarse) return;
    isSlow = true;
    coarsen();
    frames.begin();
  });
  map.on('moveend', () => {
    if (!isMoving) return;
    isMoving = false;
    if (isCoarse && frames.isFast) isSlow = false;
    clearTimeout(rest);
    rest = setTimeout(sharpen, REST_MS);
  });
  map.once('remove', () => clearTimeout(rest));
  return { get isCoarse() { return isCoarse; } };
}
