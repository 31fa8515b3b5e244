//! What is near a point: named things, the nearest crossing, the nearest house number.
//! Not here: roads (the nearest point of a street is the road graph's), jurisdictions.

use super::columns::cell;
use super::index::Index;
use crate::gazetteer::PlaceClass;
use fengsui_geo::{Wgs84, bearing_deg, distance_m};

/// Farther than this nothing is near.
pub(crate) const NEAR_MAX_M: f64 = 20_000.0;

/// A place near a point.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Close {
    pub(crate) place: u32,
    pub(crate) distance_m: f64,
    /// From the place to the point; `None` when they are one.
    pub(crate) bearing_deg: Option<f64>,
}

/// Places within a distance, the nearest first, at most `limit`: the nearest crossing and the
/// nearest house number are among them when there are any.
pub(crate) fn near(index: &Index, point: Wgs84, within_m: f64, limit: usize) -> Vec<Close> {
    if limit == 0 || within_m.is_nan() || within_m < 0.0 {
        return Vec::new();
    }
    let within_m = within_m.min(NEAR_MAX_M);
    let mut found: Vec<(f64, u32)> = Vec::new();
    each_in_box(index, point, within_m, &mut |place, at| {
        let far = distance_m(at, point);
        if far <= within_m {
            found.push((far, place));
        }
    });
    found.sort_unstable_by(|a, b| a.0.total_cmp(&b.0).then(a.1.cmp(&b.1)));
    let first = |class: PlaceClass| {
        let is = |(_, place): &&(f64, u32)| index.class(*place) == class;
        found.iter().find(is).copied()
    };
    let is_named = |place: u32| {
        !matches!(
            index.class(place),
            PlaceClass::Address | PlaceClass::Crossing | PlaceClass::Pole
        )
    };
    let mut kept: Vec<(f64, u32)> = [PlaceClass::Crossing, PlaceClass::Address]
        .into_iter()
        .filter_map(first)
        .take(limit)
        .collect();
    let room = limit - kept.len();
    kept.extend(
        found
            .iter()
            .filter(|(_, place)| is_named(*place))
            .take(room),
    );
    kept.sort_unstable_by(|a, b| a.0.total_cmp(&b.0).then(a.1.cmp(&b.1)));
    kept.into_iter()
        .map(|(distance_m, place)| Close {
            place,
            distance_m,
            bearing_deg: index.at(place).and_then(|at| bearing_deg(at, point)),
        })
        .collect()
}

/// Hears of every place in the grid cells that reach within the distance.
fn each_in_box(index: &Index, point: Wgs84, within_m: f64, hear: &mut dyn FnMut(u32, Wgs84)) {
    const E7_PER_M: f64 = 1.0 / 0.011_132;
    let (lon, lat) = point.to_e7();
    let reach = within_m * E7_PER_M * 1.01;
    let squeeze = point.lat_deg().to_radians().cos().max(0.05);
    let shift = |value: i32, by: f64| (f64::from(value) + by) as i32;
    let (south, west) = cell(shift(lon, -reach / squeeze), shift(lat, -reach));
    let (north, east) = cell(shift(lon, reach / squeeze), shift(lat, reach));
    let by_cell = &index.columns.by_cell;
    let of = |place: &u32| index.e7(*place).map(|(lon, lat)| cell(lon, lat));
    for row in south..=north {
        let lo = by_cell.partition_point(|place| of(place) < Some((row, west)));
        let rest = by_cell.get(lo..).unwrap_or_default();
        for place in rest {
            if of(place) > Some((row, east)) {
                break;
            }
            if let Some(at) = index.at(*place) {
                hear(*place, at);
            }
        }
    }
}
