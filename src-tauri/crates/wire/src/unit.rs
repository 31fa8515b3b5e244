//! Units (单位), candidates and positions on the wire.
//!
//! Not here: ranking rules; see `domain::rank`.

use serde::{Deserialize, Serialize};
use ts_rs::TS;

use crate::common::{Point, Watch};

/// State of a unit (九态). `null` in a view means unknown (不明).
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, TS)]
#[serde(rename_all = "snake_case")]
pub enum UnitState {
    /// 待命.
    Available,
    /// 派出.
    Ordered,
    /// 签收.
    Signed,
    /// 出警.
    EnRoute,
    /// 到场.
    OnScene,
    /// 处置.
    Working,
    /// 返回.
    Returning,
    /// 备勤.
    Standby,
    /// 停勤.
    OffDuty,
}

/// Kind of a unit; decides its shape on the map.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, TS)]
#[serde(rename_all = "snake_case")]
pub enum UnitKind {
    /// 车.
    Car,
    /// 步.
    Foot,
    /// 特警.
    Swat,
    /// 消防.
    Fire,
    /// 交警.
    Traffic,
    /// 预备队.
    Reserve,
}

/// A unit on the unit board.
#[derive(Debug, Clone, Serialize, TS)]
pub struct Unit {
    /// Unit dot.
    pub id: String,
    /// Call sign.
    pub callsign: String,
    /// Kind.
    pub kind: UnitKind,
    /// State; `null` = unknown.
    pub state: Option<UnitState>,
    /// Time in state with its limits; `null` = unknown since when.
    pub watch: Option<Watch>,
    /// Officers (警).
    pub officers: u32,
    /// Auxiliaries (辅).
    pub auxiliaries: u32,
    /// Kit, "盾2" …
    pub kit: Vec<String>,
    /// Who leads it; empty = not known.
    pub leader: String,
    /// Its telephone; empty = not known.
    pub phone: String,
    /// Incident it is on.
    pub incident: Option<String>,
    /// That incident's number.
    pub incident_number: Option<String>,
    /// Assignment it is on.
    pub assignment: Option<String>,
    /// Cancelling asked, not acknowledged.
    pub cancel_pending: bool,
    /// More than one live assignment (冲突).
    pub in_conflict: bool,
}

/// A column of the unit board: a post (所队) with its units.
#[derive(Debug, Clone, Serialize, TS)]
pub struct UnitGroup {
    /// Post code.
    pub post: String,
    /// Post name.
    pub name: String,
    /// Echelon 1–3 (街面一级/特巡警/机关预备队).
    pub echelon: u32,
    /// Units in order of call sign.
    pub units: Vec<Unit>,
}

/// `unit.board`.
#[derive(Debug, Clone, Serialize, TS)]
pub struct UnitBoard {
    /// Columns.
    pub groups: Vec<UnitGroup>,
}

/// Names a unit.
#[derive(Debug, Clone, Deserialize, TS)]
#[serde(deny_unknown_fields)]
pub struct UnitRef {
    /// Unit dot.
    pub unit: String,
}

/// `unit.set_state`: states the desk or the crew may set by hand; within an
/// incident the same command moves its assignment.
#[derive(Debug, Clone, Deserialize, TS)]
#[serde(deny_unknown_fields)]
pub struct SetUnitState {
    /// Unit dot.
    pub unit: String,
    /// New state.
    pub state: UnitState,
}

/// A candidate for an incident, with reasons.
#[derive(Debug, Clone, Serialize, TS)]
pub struct Candidate {
    /// 1-based rank among those that may be sent; `null` = may not (写因，无勾框).
    pub rank: Option<u32>,
    /// Unit dot.
    pub unit: String,
    /// Call sign.
    pub callsign: String,
    /// Kind.
    pub kind: UnitKind,
    /// State.
    pub state: Option<UnitState>,
    /// Officers.
    pub officers: u32,
    /// Auxiliaries.
    pub auxiliaries: u32,
    /// Kit.
    pub kit: Vec<String>,
    /// Straight-line metres; `null` = unknown (no fix or no place).
    pub distance_m: Option<f64>,
    /// Road seconds; `null` = not known by road.
    pub travel_s: Option<f64>,
    /// Road metres; `null` = not known by road.
    pub road_m: Option<f64>,
    /// Age of the fix in seconds at `asked_at_ms`; `null` = never seen.
    pub fix_age_s: Option<f64>,
    /// Proposed (已勾).
    pub proposed: bool,
    /// Sending it needs a reason (须注明).
    pub needs_reason: bool,
    /// Machine-readable reasons; words keys `reason.<code>`.
    pub reasons: Vec<Reason>,
}

/// Why a candidate stands where it stands.
#[derive(Debug, Clone, Serialize, TS)]
pub struct Reason {
    /// One of the codes of `domain::rank::ReasonCode`.
    pub code: String,
    /// Values for the sentence.
    pub params: Vec<crate::incident::Param>,
}

/// `candidate.rank`.
#[derive(Debug, Clone, Serialize, TS)]
pub struct Candidates {
    /// Incident dot.
    pub incident: String,
    /// What is wanted: "宜 2 组 4 人以上、带盾".
    pub wanted: Vec<Reason>,
    /// Type it goes by while none is chosen: what the words propose.
    pub proposed_type: Option<String>,
    /// "straight_line" as long as no road graph is installed; the desk says so.
    pub by: String,
    /// What sending the proposed units would leave uncovered.
    pub left: Vec<Reason>,
    /// Rows, best first; those that may not be sent last.
    pub rows: Vec<Candidate>,
    /// When it was computed.
    pub asked_at_ms: i64,
}

/// Newest position of a unit.
#[derive(Debug, Clone, Serialize, TS)]
pub struct Position {
    /// Unit dot.
    pub unit: String,
    /// Where.
    pub point: Point,
    /// When the device measured it, epoch ms.
    pub at_ms: i64,
    /// Degrees clockwise from north; `null` = unknown.
    pub heading_deg: Option<f64>,
    /// km/h; `null` = unknown.
    pub speed_kmh: Option<f64>,
}

/// `position.list`: ages are judged by the desk: solid ≤ fade, hollow > ghost.
#[derive(Debug, Clone, Serialize, TS)]
pub struct Positions {
    /// One per unit that was ever seen.
    pub positions: Vec<Position>,
    /// Fading from this age, seconds (60).
    pub fade_s: f64,
    /// Hollow from this age, seconds (180).
    pub ghost_s: f64,
    /// Out of ranking from this age, seconds (600).
    pub drop_s: f64,
}

/// `position.report`: from terminals, several at once.
#[derive(Debug, Clone, Deserialize, TS)]
#[serde(deny_unknown_fields)]
pub struct ReportPositions {
    /// At most 2,000 fixes.
    pub fixes: Vec<PositionReport>,
}

/// One fix of one unit.
#[derive(Debug, Clone, Deserialize, TS)]
#[serde(deny_unknown_fields)]
pub struct PositionReport {
    /// Call sign.
    pub callsign: String,
    /// Degrees east.
    pub lon: f64,
    /// Degrees north.
    pub lat: f64,
    /// Measured, epoch ms.
    pub at_ms: i64,
    /// Degrees.
    #[serde(default)]
    pub heading_deg: Option<f64>,
    /// km/h.
    #[serde(default)]
    pub speed_kmh: Option<f64>,
}

/// What became of the fixes.
#[derive(Debug, Clone, Serialize, TS)]
pub struct PositionsTaken {
    /// Newer than what was known.
    pub taken: u32,
    /// Older than what was known: kept out of the map.
    pub stale: u32,
    /// Impossible coordinates, unknown call sign or time in the future.
    pub refused: u32,
}
