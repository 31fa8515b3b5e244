//! The road graph: junctions, and pieces of road between them.
//! Not here: cutting ways into pieces (`build`), its bytes (`bytes`), time (`roads`).
//!
//! **Invariant:** every index in it is in range, names and points belong to pieces in order,
//! forbidden turns are sorted and meet at a junction, and the order holds each piece once. A
//! graph comes only from `build` or from checked bytes.

use crate::RoadClass;
use fengsui_geo::{Bounds, Wgs84};

/// Number of a piece of road, counted from 0. It holds within one graph only: the same road has
/// another number in the next map pack, so what is kept (closures) is kept by point.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct PieceId(pub u32);

/// A piece driven in one direction.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct RoadLane {
    /// The piece.
    pub piece: PieceId,
    /// Driven against its points.
    pub against: bool,
}

impl RoadLane {
    /// A piece and whether it is driven against its points.
    #[must_use]
    pub fn new(piece: PieceId, against: bool) -> Self {
        Self { piece, against }
    }

    /// Saturates for a number that no graph has.
    pub(crate) fn lane(self) -> Lane {
        let PieceId(piece) = self.piece;
        piece
            .saturating_mul(2)
            .saturating_add(u32::from(self.against))
    }

    pub(crate) fn of(lane: Lane) -> Self {
        Self {
            piece: PieceId(lane >> 1),
            against: lane & 1 == 1,
        }
    }
}

/// A point in 1e-7 degrees: longitude, latitude.
pub(crate) type E7 = (i32, i32);

/// A piece driven in one direction: twice the piece's number, plus 1 against its points.
pub(crate) type Lane = u32;

/// The piece of a lane.
pub(crate) fn piece_of(lane: Lane) -> usize {
    (lane >> 1) as usize
}

/// The direction of a lane: 0 along the points of its piece, 1 against.
pub(crate) fn direction_of(lane: Lane) -> usize {
    (lane & 1) as usize
}

/// Where pieces meet.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Junction {
    pub(crate) at: E7,
    pub(crate) has_signal: bool,
    pub(crate) is_blocked: bool,
}

/// A piece of road between two junctions.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Piece {
    /// Junctions at its beginning and end.
    pub(crate) ends: [u32; 2],
    /// Id of its way in the map.
    pub(crate) way: i64,
    /// Index of its name; `NO_NAME` without one.
    pub(crate) name: u32,
    pub(crate) class: RoadClass,
    /// Whether it may be driven along its points, and against.
    pub(crate) is_open: [bool; 2],
    /// Posted speed in the two directions; 0 = nothing posted.
    pub(crate) posted_kmh: [u8; 2],
    /// Signals between its ends that show in the two directions.
    pub(crate) signals: [u8; 2],
    pub(crate) is_restricted: bool,
    pub(crate) is_roundabout: bool,
    /// Whether streets lie densely around it, see `town`.
    pub(crate) is_town: bool,
    pub(crate) length_dm: u32,
    /// Where its inner points end in the graph's points; they begin where the last piece's end.
    pub(crate) points_end: u32,
}

/// The name of a piece that has none.
pub(crate) const NO_NAME: u32 = u32::MAX;

/// The road graph of a county. Made by [`RoadGraph::build`] or [`RoadGraph::from_bytes`].
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct RoadGraph {
    pub(crate) junctions: Vec<Junction>,
    pub(crate) pieces: Vec<Piece>,
    /// Inner points of all pieces.
    pub(crate) points: Vec<E7>,
    pub(crate) names: Vec<String>,
    /// Forbidden turns, lane to lane, sorted.
    pub(crate) bans: Vec<(Lane, Lane)>,
    /// The pieces in the order in which they are contracted, least important first.
    pub(crate) order: Vec<u32>,
    pub(crate) rules: u32,
    pub(crate) rules_left_out: u32,
}

/// What a graph holds, in numbers.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct GraphCounts {
    /// Junctions.
    pub junctions: u64,
    /// Pieces of road, each counted once also when driven in both directions.
    pub pieces: u64,
    /// Their length in whole metres.
    pub metres: u64,
    /// Turn rules taken over.
    pub rules: u64,
    /// Turn rules of the map that were left out: by way, conditional, or of ways not there.
    pub rules_left_out: u64,
}

impl RoadGraph {
    /// What it holds, in numbers.
    pub fn counts(&self) -> GraphCounts {
        let dm: u64 = self.pieces.iter().map(|p| u64::from(p.length_dm)).sum();
        GraphCounts {
            junctions: self.junctions.len() as u64,
            pieces: self.pieces.len() as u64,
            metres: (dm + 5) / 10,
            rules: u64::from(self.rules),
            rules_left_out: u64::from(self.rules_left_out),
        }
    }

    /// The box around its junctions and points; `None` without any road.
    pub fn bounds(&self) -> Option<Bounds> {
        let corners = self.junctions.iter().map(|junction| junction.at);
        Bounds::of_points(
            corners
                .chain(self.points.iter().copied())
                .filter_map(|(lon, lat)| Wgs84::from_e7(lon, lat).ok()),
        )
    }

    /// How many lanes there are, open or not: two for each piece.
    pub(crate) fn lane_count(&self) -> usize {
        self.pieces.len() * 2
    }

    /// Whether a lane may be driven at all.
    pub(crate) fn is_open(&self, lane: Lane) -> bool {
        self.pieces[piece_of(lane)].is_open[direction_of(lane)]
    }

    /// The junction where a lane begins.
    pub(crate) fn start(&self, lane: Lane) -> u32 {
        self.pieces[piece_of(lane)].ends[direction_of(lane)]
    }

    /// The junction where a lane ends.
    pub(crate) fn end(&self, lane: Lane) -> u32 {
        self.pieces[piece_of(lane)].ends[1 - direction_of(lane)]
    }

    /// The whole line of a piece, ends included, along its points.
    pub(crate) fn line(&self, piece: usize) -> impl DoubleEndedIterator<Item = E7> + '_ {
        let begin = match piece {
            0 => 0,
            _ => self.pieces[piece - 1].points_end as usize,
        };
        let this = &self.pieces[piece];
        let [first, last] = this.ends.map(|end| self.junctions[end as usize].at);
        let inner = &self.points[begin..this.points_end as usize];
        std::iter::once(first)
            .chain(inner.iter().copied())
            .chain(std::iter::once(last))
    }

    /// The name of a piece's street.
    pub(crate) fn name(&self, piece: usize) -> Option<&str> {
        self.names
            .get(self.pieces[piece].name as usize)
            .map(String::as_str)
    }
}

/// A point of the graph as others know it. Graph points are checked where they come in; the
/// corner of the world is only there for the compiler.
pub(crate) fn wgs84((lon_e7, lat_e7): E7) -> Wgs84 {
    Wgs84::from_e7(lon_e7, lat_e7).unwrap_or(fengsui_geo::from_world(0.0, 0.0))
}

/// Length of a line in decimetres.
pub(crate) fn length_dm(line: impl Iterator<Item = E7>) -> u32 {
    let points: Vec<Wgs84> = line.map(wgs84).collect();
    // The cast saturates.
    (fengsui_geo::path_length_m(&points) * 10.0).round() as u32
}
