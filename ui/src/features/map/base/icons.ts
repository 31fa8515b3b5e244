// Every symbol of the map, drawn into small canvases in the desk's colours: units by kind, state
// and age, incidents by level, posts, checkpoints, cameras, 135 points, the hatching of 无图. A few are
// Maki's drawings (CC0), put in by the build: no sprite file, no request.
import type { Map as MapLibre } from 'maplibre-gl';
import { regular, type Token } from './fonts';
import { outlines as svgOutlines, plainDot, refPlate, sign, signs } from './signs';

/** How old a fix is: ≤ fade solid, ≤ ghost fading, older hollow and dashed. */
export type FixAge = 'solid' | 'fading' | 'hollow';
export type UnitShape = 'car' | 'foot' | 'swat' | 'fire' | 'traffic' | 'reserve';

const RATIO = 2;
type Draw = (pen: CanvasRenderingContext2D) => void;

function image(size: number, draw: Draw): ImageData | null {
  const canvas = document.createElement('canvas');
  canvas.width = canvas.height = size * RATIO;
  const pen = canvas.getContext('2d', { willReadFrequently: true });
  if (!pen) return null;
  pen.scale(RATIO, RATIO);
  pen.translate(size / 2, size / 2);
  draw(pen);
  return pen.getImageData(0, 0, canvas.width, canvas.height);
}

const path = (pen: CanvasRenderingContext2D, points: number[][]) => {
  pen.beginPath();
  points.forEach(([x = 0, y = 0], at) => (at === 0 ? pen.moveTo(x, y) : pen.lineTo(x, y)));
  pen.closePath();
};

const outlines: Record<UnitShape, (pen: CanvasRenderingContext2D) => void> = {
  car: (pen) => path(pen, [[-9, -6.5], [9, -6.5], [9, 6.5], [-9, 6.5]]),
  traffic: (pen) => path(pen, [[-9, -6.5], [5, -6.5], [9, 0], [5, 6.5], [-9, 6.5]]),
  fire: (pen) => path(pen, [[-10, -4], [-4, -4], [-4, -7.5], [10, -7.5], [10, 6.5], [-10, 6.5]]),
  foot: (pen) => {
    pen.beginPath();
    pen.arc(0, 0, 7.5, 0, Math.PI * 2);
  },
  swat: (pen) => path(pen, [[0, -10], [10, -3], [6, 8.5], [-6, 8.5], [-10, -3]]),
  reserve: (pen) => path(pen, [[-8, -8], [8, -8], [8, 2], [0, 9], [-8, 2]]),
};

function drawUnit(pen: CanvasRenderingContext2D, shape: UnitShape, age: FixAge, ink: string, token: Token) {
  outlines[shape](pen);
  if (age === 'solid') {
    pen.fillStyle = ink;
    pen.strokeStyle = token('surface');
    pen.lineWidth = 2;
    pen.stroke();
    pen.fill();
  } else if (age === 'fading') {
    pen.fillStyle = token('m-halo');
    pen.fill();
    pen.globalAlpha = 0.42;
    pen.fillStyle = ink;
    pen.fill();
    pen.globalAlpha = 1;
    pen.strokeStyle = ink;
    pen.lineWidth = 1.6;
    pen.stroke();
  } else {
    pen.globalAlpha = 0.75;
    pen.fillStyle = token('m-halo');
    pen.fill();
    pen.globalAlpha = 1;
    pen.strokeStyle = token('ink-2');
    pen.lineWidth = 1.8;
    pen.setLineDash([3.2, 2.6]);
    pen.stroke();
  }
}

const levelPaths: Record<string, { points: number[][] | null; ink: string }> = {
  normal: { points: null, ink: 'g' },
  attention: { points: [[0, -9], [9.5, 7.5], [-9.5, 7.5]], ink: 'y' },
  urgent: { points: [[0, -10], [10, 0], [0, 10], [-10, 0]], ink: 'o' },
  grave: { points: [[-4.2, -10], [4.2, -10], [10, -4.2], [10, 4.2], [4.2, 10], [-4.2, 10], [-10, 4.2], [-10, -4.2]], ink: 'r-mark' },
};

function drawLevel(pen: CanvasRenderingContext2D, level: string, isOpen: boolean, token: Token) {
  const look = levelPaths[level] ?? { points: null, ink: 'g' };
  if (isOpen) {
    pen.beginPath();
    pen.arc(0, 0, 16, 0, Math.PI * 2);
    pen.fillStyle = token('accent-weak');
    pen.strokeStyle = token('accent');
    pen.lineWidth = 1.6;
    pen.fill();
    pen.stroke();
  }
  if (look.points) path(pen, look.points);
  else {
    pen.beginPath();
    pen.arc(0, 0, 7, 0, Math.PI * 2);
  }
  pen.fillStyle = look.points ? token(look.ink) : token('surface');
  pen.strokeStyle = look.points ? token('mk-line') : token(look.ink);
  pen.lineWidth = look.points ? 1.4 : 2.6;
  pen.fill();
  pen.stroke();
}

/** A drawing of Maki on a small plate, so that it can be read on any ground. */
function maki(name: string, round: boolean): (pen: CanvasRenderingContext2D, token: Token) => void {
  return (pen, token) => {
    pen.beginPath();
    if (round) pen.arc(0, 0, 8.5, 0, Math.PI * 2);
    else pen.rect(-8, -8, 16, 16);
    pen.fillStyle = token('surface');
    pen.strokeStyle = token('ink-3');
    pen.lineWidth = 1;
    pen.fill();
    pen.stroke();
    pen.fillStyle = token('ink-2');
    pen.save();
    pen.scale(0.78, 0.78);
    pen.translate(-7.5, -7.5);
    for (const one of svgOutlines(signs[name] ?? '')) pen.fill(one);
    pen.restore();
  };
}

/** 135 points: held by its team full, by another half, by nobody an empty red warning, unknown dashed. */
function point135(hold: 'team' | 'other' | 'nobody' | 'unknown') {
  return (pen: CanvasRenderingContext2D, token: Token) => {
    if (hold === 'nobody') path(pen, [[0, -9], [9, 7], [-9, 7]]);
    else path(pen, [[-7.5, -7.5], [7.5, -7.5], [7.5, 2], [0, 9], [-7.5, 2]]);
    const ink = token(hold === 'nobody' ? 'r-mark' : hold === 'unknown' ? 'ink-3' : 'ink-2');
    pen.fillStyle = hold === 'team' ? ink : token('surface');
    pen.fill();
    pen.strokeStyle = ink;
    pen.lineWidth = hold === 'nobody' ? 2.2 : 1.6;
    if (hold === 'unknown') pen.setLineDash([2.6, 2]);
    pen.stroke();
    if (hold === 'other') {
      path(pen, [[-7.5, -1], [7.5, -1], [7.5, 2], [0, 9], [-7.5, 2]]);
      pen.fillStyle = ink;
      pen.fill();
    }
  };
}

/** 封路: a disc with a bar across; past its time with a dashed rim. */
function barred(isOver: boolean) {
  return (pen: CanvasRenderingContext2D, token: Token) => {
    pen.beginPath();
    pen.arc(0, 0, 8, 0, Math.PI * 2);
    pen.fillStyle = token('surface');
    pen.fill();
    pen.strokeStyle = token('r-mark');
    pen.lineWidth = 2.4;
    if (isOver) pen.setLineDash([3.4, 2.4]);
    pen.stroke();
    pen.fillStyle = token('r-mark');
    pen.fillRect(-5, -1.7, 10, 3.4);
  };
}

const fixedThings: Record<string, (pen: CanvasRenderingContext2D, token: Token) => void> = {
  post: (pen, token) => {
    path(pen, [[-6, -5], [0, -9], [6, -5], [6, 7], [-6, 7]]);
    pen.fillStyle = token('surface');
    pen.strokeStyle = token('ink-2');
    pen.lineWidth = 1.6;
    pen.fill();
    pen.stroke();
  },
  post_fire: maki('fire-station', false),
  school: maki('school', false),
  hospital: maki('hospital', true),
  hydrant: (pen, token) => {
    path(pen, [[-3, 7], [-3, -1], [-5, -1], [-5, -3.5], [-3, -3.5], [-1.5, -7], [1.5, -7], [3, -3.5], [5, -3.5], [5, -1], [3, -1], [3, 7]]);
    pen.fillStyle = token('m-wtxt');
    pen.strokeStyle = token('surface');
    pen.lineWidth = 1.4;
    pen.stroke();
    pen.fill();
  },
  'point135-team': point135('team'),
  'point135-other': point135('other'),
  'point135-nobody': point135('nobody'),
  'point135-unknown': point135('unknown'),
  spot: (pen, token) => {
    pen.beginPath();
    pen.arc(0, 0, 5, 0, Math.PI * 2);
    pen.fillStyle = token('surface');
    pen.strokeStyle = token('accent');
    pen.lineWidth = 2.4;
    pen.fill();
    pen.stroke();
  },
  closed: barred(false),
  closed_over: barred(true),
  corner: (pen, token) => {
    pen.beginPath();
    pen.rect(-3, -3, 6, 6);
    pen.fillStyle = token('surface');
    pen.strokeStyle = token('ink-2');
    pen.lineWidth = 1.6;
    pen.fill();
    pen.stroke();
  },
  assembly: (pen, token) => {
    pen.beginPath();
    pen.moveTo(-5, 9);
    pen.lineTo(-5, -9);
    pen.lineTo(8, -5);
    pen.lineTo(-5, -0.5);
    pen.fillStyle = token('ink-2');
    pen.strokeStyle = token('ink-2');
    pen.lineWidth = 1.8;
    pen.fill();
    pen.stroke();
  },
  checkpoint_staffed: (pen, token) => {
    path(pen, [[-7, -5], [7, -5], [7, 5], [-7, 5]]);
    pen.fillStyle = token('ink-2');
    pen.fill();
    pen.fillStyle = token('surface');
    pen.fillRect(-7, -1.2, 14, 2.4);
  },
  checkpoint: (pen, token) => {
    path(pen, [[-7, -5], [7, -5], [7, 5], [-7, 5]]);
    pen.fillStyle = token('surface');
    pen.strokeStyle = token('ink-3');
    pen.lineWidth = 1.4;
    pen.fill();
    pen.stroke();
    pen.fillStyle = token('ink-3');
    pen.fillRect(-7, -0.8, 14, 1.6);
  },
  camera: (pen, token) => {
    path(pen, [[-5, -3.5], [2, -3.5], [6, -6], [6, 6], [2, 3.5], [-5, 3.5]]);
    pen.fillStyle = token('ink-2');
    pen.fill();
  },
  camera_off: (pen, token) => {
    path(pen, [[-5, -3.5], [2, -3.5], [6, -6], [6, 6], [2, 3.5], [-5, 3.5]]);
    pen.strokeStyle = token('ink-3');
    pen.lineWidth = 1.3;
    pen.setLineDash([2, 1.6]);
    pen.stroke();
  },
};

export const unitIcon = (shape: string, age: FixAge, isFree: boolean): string =>
  `unit-${shape in outlines ? shape : 'car'}-${age}${age === 'hollow' ? '' : isFree ? '-free' : '-busy'}`;
export const levelIcon = (level: string, isOpen: boolean): string => `level-${level}${isOpen ? '-open' : ''}`;

/** 无图 hatching; the words stand in the pattern itself, so they are there at every zoom. */
function hatch(token: Token, grow: number, word: string): ImageData | null {
  const size = 128;
  return image(size, (pen) => {
    pen.translate(-size / 2, -size / 2);
    pen.fillStyle = token('m-land');
    pen.fillRect(0, 0, size, size);
    pen.strokeStyle = token('line-2');
    pen.lineWidth = 0.8;
    pen.beginPath();
    for (let from = -size; from <= size; from += 12.8) {
      pen.moveTo(from, size);
      pen.lineTo(from + size, 0);
    }
    pen.stroke();
    pen.font = `500 ${12 * grow}px ${regular.map((name) => `'${name}'`).join(',')}`;
    pen.textAlign = 'center';
    pen.textBaseline = 'middle';
    const wide = pen.measureText(word).width + 8;
    pen.fillStyle = token('m-land');
    pen.fillRect(size / 2 - wide / 2, size / 2 - 9 * grow, wide, 18 * grow);
    pen.fillStyle = token('ink-2');
    pen.fillText(word, size / 2, size / 2);
  });
}

/** Adds or repaints every symbol in the colours of now. */
/** What holds the symbols: the drawn map, or the plain canvas's own store. */
export interface IconStore {
  hasImage: (id: string) => boolean;
  removeImage: (id: string) => unknown;
  addImage: (id: string, data: ImageData, options?: Parameters<MapLibre['addImage']>[2]) => unknown;
}

export function addIcons(map: IconStore, token: Token, grow: number, outsideWord: string): void {
  const put = (id: string, data: ImageData | null) => {
    if (!data) return;
    if (map.hasImage(id)) map.removeImage(id);
    map.addImage(id, data, { pixelRatio: RATIO });
  };
  for (const shape of Object.keys(outlines) as UnitShape[]) {
    for (const age of ['solid', 'fading'] as const) {
      put(unitIcon(shape, age, true), image(28, (pen) => drawUnit(pen, shape, age, token('accent'), token)));
      put(unitIcon(shape, age, false), image(28, (pen) => drawUnit(pen, shape, age, token('ink'), token)));
    }
    put(unitIcon(shape, 'hollow', false), image(28, (pen) => drawUnit(pen, shape, 'hollow', token('ink-2'), token)));
  }
  for (const level of Object.keys(levelPaths)) {
    put(levelIcon(level, false), image(28, (pen) => drawLevel(pen, level, false, token)));
    put(levelIcon(level, true), image(40, (pen) => drawLevel(pen, level, true, token)));
  }
  for (const [id, draw] of Object.entries(fixedThings)) put(id, image(20, (pen) => draw(pen, token)));
  for (const [name, svg] of Object.entries(signs)) put(`poi-${name}`, image(20, (pen) => sign(svg)(pen, token)));
  put('poi-dot', image(10, (pen) => plainDot(pen, token)));
  const plate = image(16, (pen) => refPlate(pen, token));
  if (plate) {
    if (map.hasImage('ref')) map.removeImage('ref');
    map.addImage('ref', plate, { pixelRatio: RATIO, stretchX: [[6, 26]], stretchY: [[6, 26]], content: [4, 4, 28, 28] });
  }
  put('hatch', hatch(token, grow, outsideWord));
}
