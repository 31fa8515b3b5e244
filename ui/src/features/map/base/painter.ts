// Draws the same features the drawn map has, onto a plain canvas: areas, lines, signs, names.
// Not here: which features, and the picture tiles below them (PictureMap).
import type { Feature, FeatureCollection, Position } from 'geojson';
import { addIcons } from './icons';
import { regular, type Token } from './fonts';

export type Project = (at: Position) => { x: number; y: number };
type Box = [number, number, number, number];

/** Every symbol as a small canvas, in the colours of now. */
export function icons(token: Token, grow: number, outsideWord: string): Map<string, HTMLCanvasElement> {
  const kept = new Map<string, HTMLCanvasElement>();
  addIcons({
    hasImage: () => false,
    removeImage: () => undefined,
    addImage: (id, data) => {
      const canvas = document.createElement('canvas');
      canvas.width = data.width;
      canvas.height = data.height;
      canvas.getContext('2d')?.putImageData(data, 0, 0);
      kept.set(id, canvas);
    },
  }, token, grow, outsideWord);
  return kept;
}

export class Painter {
  #names: Box[] = [];

  constructor(
    readonly pen: CanvasRenderingContext2D,
    readonly project: Project,
    readonly token: Token,
    readonly grow: number,
    readonly signs: Map<string, HTMLCanvasElement>,
  ) {}

  #ink(name: unknown): string {
    const inks: Record<string, string> = { accent: 'accent', red: 'r-mark', green: 'g', pale: 'line-2' };
    return this.token(inks[String(name)] ?? 'ink-2');
  }

  #trace(rings: readonly Position[][], isClosed: boolean): void {
    this.pen.beginPath();
    for (const ring of rings) {
      ring.forEach((at, n) => {
        const { x, y } = this.project(at);
        if (n === 0) this.pen.moveTo(x, y);
        else this.pen.lineTo(x, y);
      });
      if (isClosed) this.pen.closePath();
    }
  }

  /** Hatches everything but the county. */
  outside(land: FeatureCollection): void {
    const hatch = this.signs.get('hatch');
    const pattern = hatch ? this.pen.createPattern(hatch, 'repeat') : null;
    pattern?.setTransform(new DOMMatrix().scale(0.5));
    for (const one of land.features) {
      if (one.geometry.type !== 'Polygon') continue;
      this.#trace(one.geometry.coordinates, true);
      this.pen.fillStyle = pattern ?? this.token('sunken');
      this.pen.fill('evenodd');
    }
  }

  /** Areas and lines first, so that no name lies under them. */
  shapes(collection: FeatureCollection): void {
    for (const one of collection.features) {
      const said = one.properties ?? {};
      const { type } = one.geometry;
      if (type === 'Point' || type === 'GeometryCollection' || type === 'MultiPoint') continue;
      const isArea = type === 'Polygon' || type === 'MultiPolygon';
      const rings = type === 'LineString' ? [one.geometry.coordinates] : type === 'MultiPolygon' ? one.geometry.coordinates.flat() : one.geometry.coordinates;
      this.#trace(rings as Position[][], isArea);
      if (isArea && Number(said['fill'] ?? 0) > 0) {
        this.pen.globalAlpha = Number(said['fill']);
        this.pen.fillStyle = this.#ink(said['ink']);
        this.pen.fill('evenodd');
        this.pen.globalAlpha = 1;
      }
      this.pen.strokeStyle = this.#ink(said['ink']);
      this.pen.lineWidth = Number(said['w'] ?? 1.6);
      this.pen.setLineDash(said['dash'] === 'dash' ? [8, 5] : said['dash'] === 'dot' ? [2, 4] : []);
      this.pen.stroke();
      this.pen.setLineDash([]);
    }
  }

  /** Signs with their names; a name that would lie over another is left out, a sign never. */
  points(collection: FeatureCollection, nameOf: (one: Feature) => string): void {
    for (const one of collection.features) {
      if (one.geometry.type !== 'Point') continue;
      const { x, y } = this.project(one.geometry.coordinates);
      if (x < -40 || y < -40 || x > this.pen.canvas.clientWidth + 40 || y > this.pen.canvas.clientHeight + 40) continue;
      const sign = this.signs.get(String(one.properties?.['icon'] ?? ''));
      if (sign) this.pen.drawImage(sign, x - sign.width / 4, y - sign.height / 4, sign.width / 2, sign.height / 2);
      this.#name(nameOf(one), x, y + (sign ? sign.height / 4 + 2 : 0), one.properties?.['ink'] === 'red');
    }
  }

  #name(text: string, x: number, y: number, isRed: boolean): void {
    if (text === '') return;
    const size = 12 * this.grow;
    this.pen.font = `500 ${size}px ${regular.map((name) => `'${name}'`).join(',')}`;
    const half = this.pen.measureText(text).width / 2;
    const box: Box = [x - half, y, x + half, y + size * 1.2];
    if (this.#names.some((other) => box[0] < other[2] && box[2] > other[0] && box[1] < other[3] && box[3] > other[1])) return;
    this.#names.push(box);
    this.pen.textAlign = 'center';
    this.pen.textBaseline = 'top';
    this.pen.lineJoin = 'round';
    this.pen.lineWidth = 3;
    this.pen.strokeStyle = this.token('m-halo');
    this.pen.strokeText(text, x, y);
    this.pen.fillStyle = this.token(isRed ? 't-r' : 'ink');
    this.pen.fillText(text, x, y);
  }
}
