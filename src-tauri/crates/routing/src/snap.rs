//! Puts points on roads.
//! Not here: which way from there (`rank`, `route`).

use crate::graph::{E7, Lane, PieceId, RoadGraph, wgs84};
use crate::reach::Connected;
use crate::town::Plane;
use crate::{NoWay, RoadClass};
use fengsui_geo::Wgs84;
use rstar::RTree;
use rstar::primitives::{GeomWithData, Line};

/// A point further from any road than this, in metres, is off-road.
pub const SNAP_LIMIT_M: f64 = 500.0;
/// So many metres beside a road cost nothing: half a wide road and the error of a receiver.
pub const OFF_ROAD_FREE_M: f64 = 25.0;
/// The pace off the road beyond that, in km/h: on foot in a hurry, or a car on a field.
pub const OFF_ROAD_KMH: f64 = 6.0;

/// A point put on a road. It holds until speeds, closures or the graph change.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Snap {
    /// The piece of road.
    pub piece: PieceId,
    /// The point on it.
    pub at: Wgs84,
    /// How far the road is from the point, in metres.
    pub off_m: f64,
    /// How far along the piece's points, in decimetres.
    pub(crate) along_dm: u32,
    /// The stretch of the piece on which the point lies, counted from 0.
    pub(crate) stretch: u32,
}

/// The piece of road nearest to a point.
#[derive(Debug, Clone, PartialEq)]
pub struct NearPiece {
    /// The piece.
    pub piece: PieceId,
    /// The nearest point of it.
    pub at: Wgs84,
    /// How far that is, in metres.
    pub off_m: f64,
    /// Name of the street, when the map has one.
    pub name: Option<String>,
    /// Class of the road.
    pub class: RoadClass,
    /// Which way its points run there, degrees clockwise from north, 0 to 360.
    pub heading_deg: f64,
    /// Whether it may be driven along its points, and against.
    pub is_open: [bool; 2],
}

/// A stretch between two points of a piece: piece and number of the stretch.
type Stretch = GeomWithData<Line<[f64; 2]>, (u32, u32)>;

/// All stretches of road by place.
#[derive(Debug)]
pub(crate) struct Index {
    plane: Option<Plane>,
    tree: RTree<Stretch>,
}

impl Index {
    pub(crate) fn new(graph: &RoadGraph) -> Self {
        let plane = Plane::around(graph);
        let mut stretches = Vec::new();
        if let Some(plane) = plane {
            for piece in 0..graph.pieces.len() {
                let line: Vec<E7> = graph.line(piece).collect();
                for (number, pair) in (0u32..).zip(line.windows(2)) {
                    let [from, to] =
                        [pair[0], pair[1]].map(|at| <[f64; 2]>::from(plane.metres(at)));
                    let line = Line::new(from, to);
                    stretches.push(GeomWithData::new(line, (piece as u32, number)));
                }
            }
        }
        Self {
            plane,
            tree: RTree::bulk_load(stretches),
        }
    }

    /// The nearest stretch whose piece will do. Of several at the same distance (a point on a
    /// junction) the one with the least number, so that the answer does not hang on the tree.
    fn nearest(&self, at: Wgs84, will_do: impl Fn(u32) -> bool) -> Option<(f64, u32, u32)> {
        let (x, y) = self.plane?.metres(at.to_e7());
        let mut found: Option<(f64, u32, u32)> = None;
        for (stretch, squared) in self.tree.nearest_neighbor_iter_with_distance_2([x, y]) {
            let (piece, number) = stretch.data;
            match found {
                Some((least, ..)) if squared > least => break,
                Some((_, p, n)) if (p, n) < (piece, number) => {}
                _ if will_do(piece) => found = Some((squared, piece, number)),
                _ => {}
            }
        }
        found.map(|(squared, piece, number)| (squared.sqrt(), piece, number))
    }

    /// The nearest road of those that will do.
    pub(crate) fn near_piece(
        &self,
        graph: &RoadGraph,
        at: Wgs84,
        will_do: impl Fn(u32) -> bool,
    ) -> Option<NearPiece> {
        let (off_m, piece, stretch) = self.nearest(at, will_do)?;
        let foot = self.foot(graph, at, piece as usize, stretch)?;
        let mut ends = graph.line(piece as usize).skip(stretch as usize).map(wgs84);
        let heading_deg = fengsui_geo::bearing_deg(ends.next()?, ends.next()?).unwrap_or(0.0);
        Some(NearPiece {
            piece: PieceId(piece),
            at: wgs84(foot.0),
            off_m,
            name: graph.name(piece as usize).map(str::to_owned),
            class: graph.pieces[piece as usize].class,
            heading_deg,
            is_open: graph.pieces[piece as usize].is_open,
        })
    }

    /// Puts a point on the nearest piece that will do.
    pub(crate) fn snap(
        &self,
        graph: &RoadGraph,
        at: Wgs84,
        will_do: impl Fn(u32) -> bool,
    ) -> Result<Snap, NoWay> {
        let found = self.nearest(at, will_do);
        let Some((off_m, piece, stretch)) = found else {
            return Err(NoWay::OffRoad { metres: None });
        };
        if off_m > SNAP_LIMIT_M {
            let metres = Some(off_m);
            return Err(NoWay::OffRoad { metres });
        }
        let foot = self.foot(graph, at, piece as usize, stretch);
        let (foot, along_dm) = foot.ok_or(NoWay::OffRoad { metres: None })?;
        Ok(Snap {
            piece: PieceId(piece),
            at: wgs84(foot),
            off_m,
            along_dm,
            stretch,
        })
    }

    /// The point of a stretch nearest to another, and how far along the piece it lies.
    fn foot(&self, graph: &RoadGraph, at: Wgs84, piece: usize, stretch: u32) -> Option<(E7, u32)> {
        let plane = self.plane?;
        let line: Vec<(f64, f64)> = graph.line(piece).map(|at| plane.metres(at)).collect();
        let lengths: Vec<f64> = line
            .windows(2)
            .map(|pair| (pair[1].0 - pair[0].0).hypot(pair[1].1 - pair[0].1))
            .collect();
        let stretch = stretch as usize;
        let (from, to) = (line.get(stretch)?, line.get(stretch + 1)?);
        let nearest = Line::new([from.0, from.1], [to.0, to.1])
            .nearest_point(&<[f64; 2]>::from(plane.metres(at.to_e7())));
        let part = (nearest[0] - from.0).hypot(nearest[1] - from.1);
        let before = lengths[..stretch].iter().sum::<f64>() + part;
        let whole: f64 = lengths.iter().sum();
        // The piece's own length is the measure; the plane only says which part of it.
        let length = graph.pieces[piece].length_dm;
        let along = match whole > 0.0 {
            true => (before / whole * f64::from(length)).round() as u32,
            false => 0,
        };
        Some((plane.e7((nearest[0], nearest[1])), along.min(length)))
    }
}

/// Whether a piece may carry a start (a goal): a lane of it is open, not closed, part of the
/// network.
pub(crate) fn carries(
    graph: &RoadGraph,
    connected: &Connected,
    is_closed: &[bool],
    is_start: bool,
    piece: u32,
) -> bool {
    let is_part = |lane: Lane| match is_start {
        true => connected.leads[lane as usize],
        false => connected.is_led_to[lane as usize],
    };
    [piece * 2, piece * 2 + 1]
        .into_iter()
        .any(|lane| graph.is_open(lane) && !is_closed[lane as usize] && is_part(lane))
}

/// What the way between a point and its road costs, in milliseconds.
pub(crate) fn off_road_ms(off_m: f64) -> u32 {
    let metres = (off_m - OFF_ROAD_FREE_M).max(0.0);
    (metres * 3_600.0 / OFF_ROAD_KMH).round() as u32
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Beside the road costs nothing, a field costs time.
    #[test]
    fn off_the_road_costs_time() {
        assert_eq!(off_road_ms(0.0), 0);
        assert_eq!(off_road_ms(OFF_ROAD_FREE_M), 0);
        assert_eq!(off_road_ms(OFF_ROAD_FREE_M + 100.0), 60_000);
    }
}
