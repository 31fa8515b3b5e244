//! The wall display (大屏) on the wire: what may hang in a hall full of visitors.
//!
//! Not here: names, numbers, addresses and words of an incident; that is the point.

use serde::{Deserialize, Serialize};
use ts_rs::TS;

use crate::common::Point;
use crate::incident::{Level, Stage};

/// A dot on the wall.
#[derive(Debug, Clone, Serialize, TS)]
pub struct WallIncident {
    /// Incident dot.
    pub id: String,
    /// Name of its type; `null` = not chosen yet.
    pub type_name: Option<String>,
    /// Level.
    pub level: Level,
    /// Stage.
    pub stage: Stage,
    /// Where, to about 100 m; `null` = not known.
    pub point: Option<Point>,
    /// When it was opened, epoch ms.
    pub opened_at_ms: i64,
}

/// `wall.view`.
#[derive(Debug, Clone, Serialize, TS)]
pub struct WallView {
    /// Open incidents, newest first.
    pub incidents: Vec<WallIncident>,
    /// Open in all.
    pub open: u32,
    /// Opened since local midnight; `null` = the count failed.
    pub today: Option<u32>,
    /// Units free.
    pub free: u32,
    /// Units on incidents.
    pub busy: u32,
    /// Units whose state is not known.
    pub unknown: u32,
    /// The incident the duty desk looks at; `null` = none.
    pub follows: Option<String>,
}

/// `wall.follow`: the duty desk puts an incident on the wall, or takes it down.
#[derive(Debug, Clone, Deserialize, TS)]
#[serde(deny_unknown_fields)]
pub struct FollowOnWall {
    /// Incident dot; `null` = the whole county again.
    pub incident: Option<String>,
}
