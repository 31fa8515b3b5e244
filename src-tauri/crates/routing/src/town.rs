//! Which pieces lie in a built-up area: where there is much road around them.
//! Not here: how fast one drives there (`speed`).
//!
//! The measure is Valhalla's (`src/mjolnir/graphenhancer.cc`, `GetDensity`): kilometres of road
//! within 2 km of a junction; above 12.1 km/km² (its density of 8.5 by 0.7) a piece is urban, by
//! the mean of its two ends.

use crate::graph::{E7, RoadGraph};
use std::collections::BTreeMap;

const RADIUS_M: f64 = 2_000.0;
const CELL_M: f64 = 200.0;
const TOWN_KM_PER_KM2: f64 = 12.1;

/// Marks the pieces of a graph that lie in a town.
pub(crate) fn mark(graph: &mut RoadGraph) {
    let Some(plane) = Plane::around(graph) else {
        return;
    };
    let mut metres: BTreeMap<(i32, i32), f64> = BTreeMap::new();
    for piece in 0..graph.pieces.len() {
        let line: Vec<(f64, f64)> = graph.line(piece).map(|at| plane.metres(at)).collect();
        for pair in line.windows(2) {
            let (from, to) = (pair[0], pair[1]);
            let length = (to.0 - from.0).hypot(to.1 - from.1);
            // Long stretches lie in several cells: walked in steps of half a cell.
            let steps = (length / (CELL_M / 2.0)).ceil().max(1.0);
            for step in 0..steps as u32 {
                let part = (f64::from(step) + 0.5) / steps;
                let at = (
                    from.0 + (to.0 - from.0) * part,
                    from.1 + (to.1 - from.1) * part,
                );
                *metres.entry(cell(at)).or_default() += length / steps;
            }
        }
    }
    let mut known: BTreeMap<(i32, i32), f64> = BTreeMap::new();
    let mut density = |at: E7| {
        let cell = cell(plane.metres(at));
        *known.entry(cell).or_insert_with(|| around(&metres, cell))
    };
    for piece in 0..graph.pieces.len() {
        let ends = graph.pieces[piece].ends;
        let sum: f64 = ends
            .iter()
            .map(|end| density(graph.junctions[*end as usize].at))
            .sum();
        graph.pieces[piece].is_town = sum / 2.0 > TOWN_KM_PER_KM2;
    }
}

fn cell((x, y): (f64, f64)) -> (i32, i32) {
    ((x / CELL_M).floor() as i32, (y / CELL_M).floor() as i32)
}

/// Kilometres of road per square kilometre in the circle around a cell.
fn around(metres: &BTreeMap<(i32, i32), f64>, (column, row): (i32, i32)) -> f64 {
    let reach = (RADIUS_M / CELL_M) as i32;
    let mut sum = 0.0;
    for x in -reach..=reach {
        let height = f64::from(reach * reach - x * x).sqrt() as i32;
        let from = (column + x, row - height);
        let to = (column + x, row + height);
        sum += metres
            .range(from..=to)
            .map(|(_, metres)| metres)
            .sum::<f64>();
    }
    let square_km = std::f64::consts::PI * (RADIUS_M / 1e3).powi(2);
    sum / 1e3 / square_km
}

/// A plane in metres laid at the middle of a graph: good for comparing what is near.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Plane {
    origin: (f64, f64),
    metres_per_e7: (f64, f64),
}

/// Metres of one 1e-7 degree of latitude on the mean sphere.
const METRES_PER_E7: f64 = 6_371_008.8 * std::f64::consts::PI / 180.0 / 1e7;

impl Plane {
    /// The plane of a graph; `None` when it has no roads.
    pub(crate) fn around(graph: &RoadGraph) -> Option<Self> {
        let centre = graph.bounds()?.centre();
        Some(Self::at(centre))
    }

    /// The plane at a point.
    pub(crate) fn at(centre: fengsui_geo::Wgs84) -> Self {
        let (lon, lat) = centre.to_e7();
        Self {
            origin: (f64::from(lon), f64::from(lat)),
            metres_per_e7: (
                METRES_PER_E7 * centre.lat_deg().to_radians().cos(),
                METRES_PER_E7,
            ),
        }
    }

    /// East and north of the plane's middle, in metres.
    pub(crate) fn metres(&self, (lon, lat): E7) -> (f64, f64) {
        (
            (f64::from(lon) - self.origin.0) * self.metres_per_e7.0,
            (f64::from(lat) - self.origin.1) * self.metres_per_e7.1,
        )
    }

    /// Back to 1e-7 degrees.
    pub(crate) fn e7(&self, (x, y): (f64, f64)) -> E7 {
        (
            (self.origin.0 + x / self.metres_per_e7.0).round() as i32,
            (self.origin.1 + y / self.metres_per_e7.1).round() as i32,
        )
    }
}
