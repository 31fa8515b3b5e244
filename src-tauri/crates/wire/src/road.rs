//! Roads (道路) on the wire: the way from here to there, rings by road time, speeds, closed roads.
//!
//! Not here: ranking (`unit`).

use serde::{Deserialize, Serialize};
use ts_rs::TS;

use crate::common::Point;

/// `route.find`.
#[derive(Debug, Clone, Deserialize, TS)]
#[serde(deny_unknown_fields)]
pub struct FindRoute {
    /// From where; `null` when a unit is named.
    #[serde(default)]
    pub from: Option<Point>,
    /// From this unit's newest fix.
    #[serde(default)]
    pub unit: Option<String>,
    /// To where.
    pub to: Point,
}

/// A way.
#[derive(Debug, Clone, Serialize, TS)]
pub struct Route {
    /// road, straight_line.
    pub by: String,
    /// Why it is only a straight line: no_graph, off_road, unreachable; `null` = by road.
    pub why: Option<String>,
    /// `[lon, lat]` along the way.
    pub points: Vec<[f64; 2]>,
    /// Seconds; `null` for a straight line.
    pub seconds: Option<f64>,
    /// Metres.
    pub metres: f64,
    /// Names of the roads along it.
    pub streets: Vec<String>,
    /// Names of closed roads over which it would go, were they open; one without a name is empty.
    pub around: Vec<String>,
}

/// `ring.of`.
#[derive(Debug, Clone, Deserialize, TS)]
#[serde(deny_unknown_fields)]
pub struct RingsAsked {
    /// The middle.
    pub point: Point,
}

/// A unit that can be there within a ring's time.
#[derive(Debug, Clone, Serialize, TS)]
pub struct RingUnit {
    /// Unit dot.
    pub unit: String,
    /// Call sign.
    pub callsign: String,
    /// Road seconds.
    pub seconds: f64,
}

/// One ring.
#[derive(Debug, Clone, Serialize, TS)]
pub struct Ring {
    /// Seconds.
    pub limit_s: f64,
    /// Rings by the even-odd rule, `[lon, lat]`.
    pub rings: Vec<Vec<[f64; 2]>>,
    /// Free units inside it (and not in a smaller one), quickest first.
    pub units: Vec<RingUnit>,
}

/// Rings by road time.
#[derive(Debug, Clone, Serialize, TS)]
pub struct Rings {
    /// The middle.
    pub point: Point,
    /// road, straight_line.
    pub by: String,
    /// Why only circles: no_graph, off_road; `null` = by road.
    pub why: Option<String>,
    /// 1, 3, 5 minutes.
    pub rings: Vec<Ring>,
    /// Free units whose place is not known well enough to be in or out.
    pub unknown: u32,
}

/// A class of road with its speeds, km/h.
#[derive(Debug, Clone, Serialize, TS)]
pub struct RoadSpeed {
    /// Class (`road.<class>`).
    pub class: String,
    /// Outside built-up areas, in force.
    pub open_kmh: u16,
    /// Inside built-up areas, in force.
    pub town_kmh: u16,
    /// Outside, when the county sets none.
    pub default_open_kmh: u16,
    /// Inside, when the county sets none.
    pub default_town_kmh: u16,
}

/// `speed.list`.
#[derive(Debug, Clone, Serialize, TS)]
pub struct RoadSpeeds {
    /// By class, the greatest road first.
    pub speeds: Vec<RoadSpeed>,
}

/// `speed.set`: both or neither; neither = the default again.
#[derive(Debug, Clone, Deserialize, TS)]
#[serde(deny_unknown_fields)]
pub struct SetRoadSpeed {
    /// Class.
    pub class: String,
    /// Outside built-up areas, 3 to 200 km/h.
    #[serde(default)]
    pub open_kmh: Option<u16>,
    /// Inside built-up areas, 3 to 200 km/h.
    #[serde(default)]
    pub town_kmh: Option<u16>,
}

/// `road.at`.
#[derive(Debug, Clone, Deserialize, TS)]
#[serde(deny_unknown_fields)]
pub struct RoadAsked {
    /// On or beside a road.
    pub point: Point,
}

/// The road at a point.
#[derive(Debug, Clone, Serialize, TS)]
pub struct RoadHere {
    /// The nearest point of it.
    pub point: Point,
    /// How far that is, metres.
    pub off_m: f64,
    /// Its name; `null` where the map has none.
    pub name: Option<String>,
    /// Class (`road.<class>`).
    pub class: String,
    /// The ways it is driven there, degrees clockwise from north: one or two.
    pub headings_deg: Vec<u16>,
}

/// The answer to `road.at`.
#[derive(Debug, Clone, Serialize, TS)]
pub struct RoadFound {
    /// The road; `null` where there is none.
    pub road: Option<RoadHere>,
    /// Why there is none: no_graph, loading, off_road; `null` = there is one.
    pub why: Option<String>,
}

/// `road.close`.
#[derive(Debug, Clone, Deserialize, TS)]
#[serde(deny_unknown_fields)]
pub struct CloseRoad {
    /// On or beside the road.
    pub point: Point,
    /// The way that is closed, degrees clockwise from north, 0 to 359; `null` = both ways.
    #[serde(default)]
    pub heading_deg: Option<u16>,
    /// Its name; empty = the map's.
    #[serde(default)]
    pub name: String,
    /// Why, 1 to 200 characters.
    pub reason: String,
    /// Whose word it is; empty = not said.
    #[serde(default)]
    pub ordered_by: String,
    /// Until when, epoch ms; `null` = until further notice.
    #[serde(default)]
    pub until_ms: Option<i64>,
    /// The closure that this one takes the place of.
    #[serde(default)]
    pub replaces: Option<String>,
}

/// `road.reopen`.
#[derive(Debug, Clone, Deserialize, TS)]
#[serde(deny_unknown_fields)]
pub struct ReopenRoad {
    /// Closure dot.
    pub closure: String,
    /// Why; may be empty.
    #[serde(default)]
    pub reason: String,
}

/// A closed road. Past its time it still counts until a person opens it.
#[derive(Debug, Clone, Serialize, TS)]
pub struct Closure {
    /// Dot.
    pub id: String,
    /// A point of it.
    pub point: Point,
    /// The way that is closed, degrees clockwise from north; `null` = both ways.
    pub heading_deg: Option<u16>,
    /// Its name; empty = it has none.
    pub name: String,
    /// Why.
    pub reason: String,
    /// Whose word it is; empty = not said.
    pub ordered_by: String,
    /// Who wrote it.
    pub closed_by: String,
    /// Since when, epoch ms.
    pub since_ms: i64,
    /// Until when, epoch ms; `null` = until further notice.
    pub until_ms: Option<i64>,
    /// What is closed on the map in use, `[lon, lat]`.
    pub lines: Vec<Vec<[f64; 2]>>,
    /// Why nothing is: no_graph, loading, off_road; `null` = something is.
    pub why: Option<String>,
}

/// `road.closures`.
#[derive(Debug, Clone, Serialize, TS)]
pub struct Closures {
    /// The newest last.
    pub closures: Vec<Closure>,
}
