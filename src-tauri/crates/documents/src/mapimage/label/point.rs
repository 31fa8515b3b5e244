//! Names at points, and in the middle of areas. Not here: names along lines (`line`).

use super::{Block, Body, Look, Placing, named};
use crate::mapimage::ground::Loaded;
use crate::mapimage::scene::Placement;
use crate::style::layer::{StyleLayer, SymbolPaint};
use crate::text::wrap_evenly;
use crate::vector::{Feature, GeometryKind};

/// Height of a line of a name, in letters.
const LINE_EM: f64 = 1.2;
/// From the middle of a Han letter down to its baseline, in letters.
pub(super) const BASELINE_EM: f64 = 0.37;
/// Two things of one name and kind so near, the stops on both sides of a street, share it.
const SAME_THING_PX: f64 = 72.0;
/// Pieces of one area in several tiles have one name, not one in each.
const SAME_AREA_PX: f64 = 256.0;

pub(super) fn place(
    placing: &mut Placing<'_>,
    layer: &StyleLayer,
    paint: &SymbolPaint,
    loaded: &Loaded,
) {
    let mut known: Vec<(String, (f64, f64))> = Vec::new();
    for (look, feature, placement) in named(layer, paint, placing.view, loaded) {
        let (spots, apart_px) = match feature.kind {
            GeometryKind::Points => {
                let points = feature.paths.iter().flatten();
                (
                    points.map(|point| placement.px(*point)).collect(),
                    SAME_THING_PX,
                )
            }
            GeometryKind::Polygons => {
                let middle: Vec<_> = middle(feature, placement).into_iter().collect();
                (middle, SAME_AREA_PX)
            }
            GeometryKind::Lines | GeometryKind::Unknown => (Vec::new(), 0.0),
        };
        for at in spots {
            let is_known = known.iter().any(|(text, other)| {
                *text == look.text && (at.0 - other.0).hypot(at.1 - other.1) < apart_px
            });
            if !is_known && one(placing, paint, &look, at) {
                known.push((look.text.clone(), at));
            }
        }
    }
}

/// Names keep this far from a picture's edge.
const EDGE_PX: f64 = 2.5;

/// Tries to set one name around a point; near the picture's edge it moves inwards by at most
/// half of its size.
fn one(placing: &mut Placing<'_>, paint: &SymbolPaint, look: &Look, at: (f64, f64)) -> bool {
    if !placing.gap.has_map_at(at) {
        return false;
    }
    let fonts = placing.fonts.clone();
    let width = |text: &str| fonts.width_px(text, look.size_px);
    let lines = wrap_evenly(&look.text, paint.max_width_em * look.size_px, &width);
    let wide = lines.iter().map(|line| width(line)).fold(0.0, f64::max);
    let high = lines.len() as f64 * LINE_EM * look.size_px;
    let region = placing.region;
    let inwards = |v: f64, low: f64, high: f64, half: f64| {
        let moved = if high - low > 2.0 * half {
            v.clamp(low + half, high - half)
        } else {
            v
        };
        v + (moved - v).clamp(-half - EDGE_PX, half + EDGE_PX)
    };
    let at = (
        inwards(at.0, region.left, region.right, wide / 2.0),
        inwards(at.1, region.top, region.bottom, high / 2.0),
    );
    let block = Block::around(at, wide, high);
    placing.put(&[block], paint.padding_px, || {
        let first = at.1 - high / 2.0 + (LINE_EM / 2.0 + BASELINE_EM) * look.size_px;
        let lines = lines
            .into_iter()
            .enumerate()
            .map(|(i, line)| (line, at.0, first + i as f64 * LINE_EM * look.size_px));
        look.label(paint, Body::Lines(lines.collect()))
    })
}

/// A point well inside the largest ring: the middle of its widest part at mid-height. An area
/// too small to be seen has none.
fn middle(feature: &Feature, placement: Placement) -> Option<(f64, f64)> {
    let rings: Vec<Vec<(f64, f64)>> = feature
        .paths
        .iter()
        .map(|ring| ring.iter().map(|point| placement.px(*point)).collect())
        .collect();
    let largest = rings.iter().max_by(|a, b| area(a).total_cmp(&area(b)))?;
    let low = largest
        .iter()
        .map(|point| point.1)
        .fold(f64::INFINITY, f64::min);
    let high = largest
        .iter()
        .map(|point| point.1)
        .fold(f64::NEG_INFINITY, f64::max);
    let y = (low + high) / 2.0;
    let mut crossings: Vec<f64> = Vec::new();
    for ring in &rings {
        for i in 0..ring.len() {
            let (a, b) = (ring[i], ring[(i + 1) % ring.len()]);
            if (a.1 <= y) != (b.1 <= y) {
                crossings.push(a.0 + (b.0 - a.0) * (y - a.1) / (b.1 - a.1));
            }
        }
    }
    crossings.sort_by(f64::total_cmp);
    let (pairs, _) = crossings.as_chunks::<2>();
    let widest = pairs
        .iter()
        .max_by(|a, b| (a[1] - a[0]).total_cmp(&(b[1] - b[0])))?;
    (widest[1] - widest[0] > 4.0).then_some(((widest[0] + widest[1]) / 2.0, y))
}

fn area(ring: &[(f64, f64)]) -> f64 {
    let doubled: f64 = (0..ring.len())
        .map(|i| {
            let (a, b) = (ring[i], ring[(i + 1) % ring.len()]);
            a.0 * b.1 - b.0 * a.1
        })
        .sum();
    doubled.abs() / 2.0
}
