//! The road graph of a county and what is asked of it: how long by road, which way, how far in
//! one, three and five minutes.
//!
//! Not here: reading maps (map packs do), files, clocks, what a unit is. Bytes in, bytes out.
//!
//! A [`Network`] (ways as they come from a map) becomes a [`RoadGraph`] (junctions and pieces of
//! road, with the order in which they are contracted), which is kept as bytes. [`Roads`] lays
//! speeds over it and answers. Every answer is exact on that model; [`oracle`] answers the same
//! questions by plain Dijkstra, for tests and as the floor of benchmarks.

mod build;
mod bytes;
mod class;
mod closing;
mod contour;
mod cost;
mod cut;
mod error;
mod graph;
mod hierarchy;
mod metric;
mod network;
pub mod oracle;
mod order;
mod rank;
mod reach;
mod rings;
mod roads;
mod route;
mod rules;
mod search;
mod snap;
mod speed;
mod town;
mod turns;

pub use class::RoadClass;
pub use closing::{CLOSING_LIMIT_M, OTHER_SIDE_M, turned_deg};
pub use error::{BuildError, GraphError, NoWay};
pub use graph::{GraphCounts, PieceId, RoadGraph, RoadLane};
pub use network::{Network, Place, RoadWay, RuleKind, Signal, TurnRule};
pub use rank::Travel;
pub use rings::{Polygon, Reach, ReachLine};
pub use roads::Roads;
pub use route::{Leg, Route};
pub use snap::{NearPiece, OFF_ROAD_FREE_M, OFF_ROAD_KMH, SNAP_LIMIT_M, Snap};
pub use speed::{SpeedTable, Speeds};
pub use turns::{RESTRICTED_ENTRY_MS, SIGNAL_MS, TURN_MS, U_TURN_MS};
