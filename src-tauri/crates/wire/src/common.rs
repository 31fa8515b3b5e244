//! Small shapes that several nouns share.
//!
//! Not here: anything that belongs to one noun only.

use serde::{Deserialize, Serialize};
use ts_rs::TS;

/// A place in WGS-84 (CGCS2000 at this accuracy), degrees.
#[derive(Debug, Clone, Copy, PartialEq, Serialize, Deserialize, TS)]
#[serde(deny_unknown_fields)]
pub struct Point {
    /// Longitude, degrees east, -180 to 180.
    pub lon: f64,
    /// Latitude, degrees north, -90 to 90.
    pub lat: f64,
}

/// Where a point comes from.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, TS)]
#[serde(rename_all = "snake_case")]
pub enum PointSource {
    /// 手机终端定位.
    Handset,
    /// 基站定位.
    BaseStation,
    /// 固话装机地址.
    Landline,
    /// 地图点选.
    MapClick,
    /// 由地名、门牌选定.
    Gazetteer,
    /// 单位所在.
    Unit,
    /// 坐标: typed or pasted as coordinates or a grid code.
    Coordinate,
}

/// A point with its accuracy and source; none overwrites another.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, TS)]
#[serde(deny_unknown_fields)]
pub struct Fix {
    /// Where.
    pub point: Point,
    /// Accuracy radius in metres; `null` where unknown.
    pub radius_m: Option<f64>,
    /// Who says so.
    pub source: PointSource,
    /// When, epoch ms.
    pub at_ms: i64,
}

/// A running clock: the desk only compares these instants with now.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, TS)]
pub struct Watch {
    /// When the clock started, epoch ms.
    pub since_ms: i64,
    /// When it turns amber; `null` where no limit is set.
    pub amber_at_ms: Option<i64>,
    /// When it turns red; `null` where no limit is set.
    pub red_at_ms: Option<i64>,
}

/// What a write made stale; the desk asks again for the reads concerned.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize, TS)]
#[serde(rename_all = "snake_case")]
pub enum Topic {
    /// Calls at the desk.
    Calls,
    /// The incident board and open incidents.
    Incidents,
    /// Unit states and assignments.
    Units,
    /// Newest positions.
    Positions,
    /// Things that need a person.
    Needs,
    /// Honesty strip.
    Honesty,
    /// Settings and thresholds.
    Settings,
    /// The map pack in use, and work on packs.
    Map,
    /// What hangs on the wall.
    Wall,
    /// Drawings on the map.
    Drawings,
    /// Stations, in touch or apart.
    Stations,
    /// Closed roads and their speeds.
    Roads,
}

/// A reply that says only that the thing is on the disk.
#[derive(Debug, Clone, Serialize, TS)]
pub struct Saved {
    /// The entry (or the last of several) that was written, as a dot.
    pub entry: String,
    /// When the commit returned, epoch ms: 已保存 HH:MM:SS.
    pub saved_at_ms: i64,
}

/// A reply that says only when it was on the disk.
#[derive(Debug, Clone, Serialize, TS)]
pub struct Stored {
    /// When the commit returned, epoch ms: 已保存 HH:MM:SS.
    pub saved_at_ms: i64,
}

/// A request without fields.
#[derive(Debug, Clone, Default, Serialize, Deserialize, TS)]
#[serde(deny_unknown_fields)]
pub struct Nothing {}

/// An instant that a wrong clock gave, in both times. Everywhere else instants stand as this
/// station's own clock would have shown them, so that they can be compared with it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, TS)]
pub struct ClockMark {
    /// Which instant: the word of its field, `ordered_at`, `arrived_at` …
    pub of: String,
    /// By the clock of the station that wrote it, epoch ms.
    pub own_at_ms: i64,
    /// By the county's time, epoch ms.
    pub corrected_at_ms: i64,
}
