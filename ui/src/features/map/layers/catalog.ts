// The layers a person can switch: in the order of their digits, with what they are made of.
// Not here: how they are drawn (layers) and what is in them (things).

import { sketchIds } from './sketch';

/** 1–9 switch the first nine while the map has the keyboard; the rest by the chooser. */
export const toggles = [
  'units', 'incidents', 'posts', 'checkpoints', 'cameras', 'schools', 'hospitals', 'hydrants', 'points135',
  'jurisdictions', 'zones', 'drawings', 'closures', 'imagery',
] as const;
export type Toggle = (typeof toggles)[number];

export const onAtFirst: Record<Toggle, boolean> = {
  units: true, incidents: true, posts: true, checkpoints: false, cameras: false, schools: false, hospitals: false,
  hydrants: false, points135: false, jurisdictions: false, zones: false, drawings: true, closures: true, imagery: false,
};

/** Ids of the style's layers that belong to each. */
export const layersOf: Record<Toggle, readonly string[]> = {
  units: ['unit'],
  incidents: ['incident'],
  posts: ['fixed-posts'],
  checkpoints: ['fixed-checkpoints'],
  cameras: ['camera-group', 'camera-count', 'camera'],
  schools: ['fixed-schools'],
  hospitals: ['fixed-hospitals'],
  hydrants: ['fixed-hydrants'],
  points135: ['point135'],
  jurisdictions: ['area-jurisdictions', 'area-name-jurisdictions', 'own-jurisdiction', 'own-jurisdiction-name'],
  zones: ['area-zones', 'area-name-zones', 'own-zone', 'own-zone-name'],
  drawings: sketchIds('drawings'),
  closures: sketchIds('closures'),
  imagery: ['imagery'],
};

/** From which zoom on a layer's things are drawn; groups of cameras are drawn before. */
export const zoomOf: Partial<Record<Toggle, number>> = { checkpoints: 9, posts: 8, cameras: 14, schools: 12, hospitals: 11, hydrants: 14, zones: 10 };

/** Things that can be picked, nearest first. */
export const pickable: readonly Toggle[] = ['units', 'incidents', 'posts', 'checkpoints', 'cameras', 'schools', 'hospitals', 'hydrants', 'points135', 'drawings'];
