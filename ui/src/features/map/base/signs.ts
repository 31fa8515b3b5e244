// Small signs of the base map (hospital, school, police …): Maki's drawings (CC0), put in by the build
// and painted in the desk's colours. No sprite file, no request.
import bank from '@mapbox/maki/icons/bank.svg?raw';
import bus from '@mapbox/maki/icons/bus.svg?raw';
import college from '@mapbox/maki/icons/college.svg?raw';
import fireStation from '@mapbox/maki/icons/fire-station.svg?raw';
import fuel from '@mapbox/maki/icons/fuel.svg?raw';
import hospital from '@mapbox/maki/icons/hospital.svg?raw';
import library from '@mapbox/maki/icons/library.svg?raw';
import lodging from '@mapbox/maki/icons/lodging.svg?raw';
import park from '@mapbox/maki/icons/park.svg?raw';
import parking from '@mapbox/maki/icons/parking.svg?raw';
import pharmacy from '@mapbox/maki/icons/pharmacy.svg?raw';
import placeOfWorship from '@mapbox/maki/icons/place-of-worship.svg?raw';
import police from '@mapbox/maki/icons/police.svg?raw';
import post from '@mapbox/maki/icons/post.svg?raw';
import rail from '@mapbox/maki/icons/rail.svg?raw';
import restaurant from '@mapbox/maki/icons/restaurant.svg?raw';
import school from '@mapbox/maki/icons/school.svg?raw';
import shop from '@mapbox/maki/icons/shop.svg?raw';
import stadium from '@mapbox/maki/icons/stadium.svg?raw';
import toilet from '@mapbox/maki/icons/toilet.svg?raw';
import townHall from '@mapbox/maki/icons/town-hall.svg?raw';
import type { Token } from './fonts';

export const signs: Record<string, string> = {
  bank,
  bus,
  college,
  'fire-station': fireStation,
  fuel,
  hospital,
  library,
  lodging,
  park,
  parking,
  pharmacy,
  'place-of-worship': placeOfWorship,
  police,
  post,
  rail,
  restaurant,
  school,
  shop,
  stadium,
  toilet,
  'town-hall': townHall,
};

type Draw = (pen: CanvasRenderingContext2D, token: Token) => void;

/** The outlines of an SVG of 15 by 15. */
export function outlines(svg: string): Path2D[] {
  const drawn = new DOMParser().parseFromString(svg, 'image/svg+xml');
  return [...drawn.querySelectorAll('path')].map((part) => new Path2D(part.getAttribute('d') ?? ''));
}

/** A sign in the ink of names, with a halo like theirs. */
export function sign(svg: string): Draw {
  return (pen, token) => {
    pen.translate(-7.5, -7.5);
    pen.lineJoin = 'round';
    pen.lineWidth = 3;
    pen.strokeStyle = token('m-halo');
    pen.fillStyle = token('m-txt');
    const parts = outlines(svg);
    for (const part of parts) pen.stroke(part);
    for (const part of parts) pen.fill(part);
  };
}

/** A named thing without a sign of its own. */
export const plainDot: Draw = (pen, token) => {
  pen.beginPath();
  pen.arc(0, 0, 2.2, 0, Math.PI * 2);
  pen.fillStyle = token('m-txt');
  pen.strokeStyle = token('m-halo');
  pen.lineWidth = 2;
  pen.stroke();
  pen.fill();
};

/** The plate a road's number stands on; it stretches with its text. */
export const refPlate: Draw = (pen, token) => {
  pen.beginPath();
  pen.rect(-7, -7, 14, 14);
  pen.fillStyle = token('m-halo');
  pen.strokeStyle = token('m-edge');
  pen.lineWidth = 1;
  pen.fill();
  pen.stroke();
};
