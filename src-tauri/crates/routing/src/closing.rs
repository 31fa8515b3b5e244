//! Which lanes a closed road means: a point of it, and perhaps a heading, on the graph at hand.
//! A closure is kept by point because pieces have other numbers in the next pack.
//! Not here: closing them (`roads`), who closes a road and why (`domain`).

use crate::graph::{PieceId, RoadLane};
use crate::roads::Roads;
use crate::snap::NearPiece;
use fengsui_geo::Wgs84;

/// A closed point further from any road than this, in metres, closes nothing.
pub const CLOSING_LIMIT_M: f64 = 60.0;
/// The other carriageway of a road lies within this, in metres.
pub const OTHER_SIDE_M: f64 = 60.0;

/// How far two headings are apart, in degrees: 0 to 180.
#[must_use]
pub fn turned_deg(a: f64, b: f64) -> f64 {
    let apart = (a - b).rem_euclid(360.0);
    apart.min(360.0 - apart)
}

impl Roads {
    /// The lanes that are closed when the road at a point is: of the whole piece between two
    /// junctions, those nearest to the heading (degrees clockwise from north), or without one all,
    /// with those of the other carriageway where there is one. Empty when no road is within
    /// [`CLOSING_LIMIT_M`].
    #[must_use]
    pub fn closing_at(&self, at: Wgs84, heading_deg: Option<f64>) -> Vec<RoadLane> {
        let Some(near) = self.nearest_piece(at) else {
            return Vec::new();
        };
        if near.off_m > CLOSING_LIMIT_M {
            return Vec::new();
        }
        let here = [false, true].map(|against| RoadLane::new(near.piece, against));
        let other = self.other_side(&near);
        let Some(heading_deg) = heading_deg else {
            return here
                .into_iter()
                .chain(other.map(|(lane, _)| lane))
                .collect();
        };
        let open = here
            .into_iter()
            .filter(|lane| near.is_open[usize::from(lane.against)])
            .map(|lane| (lane, driven(near.heading_deg, lane.against)));
        open.chain(other)
            .filter(|(_, driven_deg)| turned_deg(*driven_deg, heading_deg) < 90.0)
            .map(|(lane, _)| lane)
            .collect()
    }

    /// Of a road with two carriageways the lane beside a point that is driven the other way,
    /// with its heading there: of the same name and class, one-way, and close by.
    fn other_side(&self, near: &NearPiece) -> Option<(RoadLane, f64)> {
        let (RoadLane { against, .. }, _) = self.only_lane(near.piece)?;
        near.name.as_ref()?;
        let PieceId(this) = near.piece;
        let this_deg = driven(near.heading_deg, against);
        let graph = self.graph();
        let name = graph.pieces.get(this as usize)?.name;
        let found = self.index.near_piece(graph, near.at, |piece| {
            let other = &graph.pieces[piece as usize];
            let is_like = piece != this && other.name == name && other.class == near.class;
            is_like
                && self
                    .only_lane(PieceId(piece))
                    .is_some_and(|(_, deg)| turned_deg(deg, this_deg) > 120.0)
        })?;
        match found.off_m <= OTHER_SIDE_M {
            true => self.only_lane(found.piece),
            false => None,
        }
    }

    /// The lane of a one-way piece and its heading from end to end; `None` for all others.
    fn only_lane(&self, piece: PieceId) -> Option<(RoadLane, f64)> {
        let against = match self.graph().pieces.get(piece.0 as usize)?.is_open {
            [true, false] => false,
            [false, true] => true,
            _ => return None,
        };
        let line = self.piece_line(piece);
        let heading_deg = fengsui_geo::bearing_deg(*line.first()?, *line.last()?)?;
        Some((RoadLane::new(piece, against), driven(heading_deg, against)))
    }
}

/// The heading in which a lane is driven whose points run that way.
fn driven(heading_deg: f64, against: bool) -> f64 {
    (heading_deg + if against { 180.0 } else { 0.0 }).rem_euclid(360.0)
}
