// What is known of a point in words: whose ground it is, how near the border, what lies near (A7).
// Where two jurisdictions hold a point nothing is chosen: both are offered.
import type { AreaAt, NearPlace, PlaceFacts } from '@generated/types';
import { metres } from '@kit/format';
import { hasWords, say, t } from '@kit/words.svelte';

/** A border nearer than this is worth saying. */
const NEAR_BORDER_M = 200;

const near_m = (m: number) => (m < 10 ? `${Math.max(1, Math.round(m))} m` : metres(m));
export const ofLayer = (facts: PlaceFacts | null | undefined, layer: string): AreaAt[] =>
  (facts?.areas ?? []).filter((one) => one.layer === layer);
/** Jurisdictions that hold the point: one as a rule, more where they overlap, none outside all. */
export const holding = (facts: PlaceFacts | null | undefined): AreaAt[] => ofLayer(facts, 'jurisdiction').filter((one) => one.is_inside);

export const areaName = (one: AreaAt): string => one.owner || one.name || one.code;

/** "城东派出所（距城关派出所边界 3 m）"; `chosen`: the code a person chose where two hold it. */
export function jurisdictionWords(facts: PlaceFacts, chosen: string | null): string {
  const inside = holding(facts);
  const beside = ofLayer(facts, 'jurisdiction').filter((one) => !one.is_inside && one.border_m <= NEAR_BORDER_M)
    .sort((a, b) => a.border_m - b.border_m);
  const border = beside[0] ? t('area.border', { name: areaName(beside[0]), far: near_m(beside[0].border_m) }) : '';
  const [only] = inside;
  if (!only) return `${t('area.none_holds')}${border}`;
  if (inside.length === 1) return `${areaName(only)}${border}`;
  const kept = inside.find((one) => one.code === chosen);
  return kept ? t('area.chosen', { name: areaName(kept), n: inside.length }) : t('area.disputed', { names: inside.map(areaName).join(t('area.or')) });
}

/** True while two or more hold the point and nobody has said whose it is. */
export function mustChoose(facts: PlaceFacts | null | undefined, chosen: string | null): boolean {
  const inside = holding(facts);
  return facts?.is_disputed === true && !inside.some((one) => one.code === chosen);
}

const compass = ['n', 'ne', 'e', 'se', 's', 'sw', 'w', 'nw'] as const;

/** "人民路中心小学 东南 46 m" */
export function nearWords(one: NearPlace): string {
  if (one.bearing_deg === null || one.distance_m < 5) return one.name;
  const side = compass[Math.round((((one.bearing_deg % 360) + 360) % 360) / 45) % 8] ?? 'n';
  return t('near.side', { name: one.name, side: t(`side.${side}`), far: near_m(one.distance_m) });
}

/** Kinds come from the map's data; one without words is 其他, never a foreign code. */
export const kindWords = (kind: string): string => (hasWords(`place.${kind}`) ? say(`place.${kind}`, []) : t('place.other'));
export const datumWords = (datum: string): string => (hasWords(`datum.${datum}`) ? say(`datum.${datum}`, []) : datum);
