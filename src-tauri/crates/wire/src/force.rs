//! Forces (警力) on the wire: who is in a circle, who holds a point, what is left uncovered.
//!
//! Not here: ranking for an incident (`unit`).

use serde::{Deserialize, Serialize};
use ts_rs::TS;

use crate::common::Point;
use crate::unit::{Reason, UnitKind, UnitState};

/// `circle.query`.
#[derive(Debug, Clone, Deserialize, TS)]
#[serde(deny_unknown_fields)]
pub struct CircleAsked {
    /// The middle.
    pub centre: Point,
    /// Metres, 50 to 100,000.
    pub radius_m: f64,
    /// Only units that carry this (枪, 盾 …); empty = any.
    #[serde(default)]
    pub kit: String,
}

/// A unit in a circle.
#[derive(Debug, Clone, Serialize, TS)]
pub struct CircleUnit {
    /// Unit dot.
    pub unit: String,
    /// Call sign.
    pub callsign: String,
    /// Kind.
    pub kind: UnitKind,
    /// State; `null` = unknown.
    pub state: Option<UnitState>,
    /// Can be sent now.
    pub is_free: bool,
    /// Officers.
    pub officers: u32,
    /// Auxiliaries.
    pub auxiliaries: u32,
    /// Who leads it; empty = not known.
    pub leader: String,
    /// Its telephone; empty = not known.
    pub phone: String,
    /// Kit.
    pub kit: Vec<String>,
    /// Metres from the middle.
    pub distance_m: f64,
}

/// Kit with its number.
#[derive(Debug, Clone, Serialize, TS)]
pub struct KitCount {
    /// Name.
    pub name: String,
    /// How many.
    pub n: u32,
}

/// What a circle holds: 从哪里出、能调多少、谁带队.
#[derive(Debug, Clone, Serialize, TS)]
pub struct CircleForce {
    /// Officers and auxiliaries that can be sent.
    pub people: u32,
    /// Vehicles that can be sent.
    pub cars: u32,
    /// Units that can be sent.
    pub free: u32,
    /// Name of who leads; empty = not known.
    pub leader: String,
    /// Telephone of who leads.
    pub phone: String,
    /// Kit of those that can be sent.
    pub kit: Vec<KitCount>,
    /// Units inside, those that can be sent first, nearest first.
    pub units: Vec<CircleUnit>,
    /// Units whose fix is too old or missing: neither inside nor outside.
    pub unknown: u32,
    /// Units inside whose state is not known: in no sum.
    pub unknown_state: u32,
}

/// A 135 point (快反点).
#[derive(Debug, Clone, Serialize, TS)]
pub struct Point135 {
    /// Code.
    pub code: String,
    /// Name.
    pub name: String,
    /// Where.
    pub point: Point,
    /// Call sign of its team; empty = none given.
    pub team: String,
    /// Telephone.
    pub phone: String,
    /// Call sign of who holds it now; `null` = nobody.
    pub held_by: Option<String>,
    /// team, other, nobody, unknown.
    pub hold: String,
    /// Seconds the holder needs to it; `null` = at it, or nobody.
    pub seconds: Option<f64>,
}

/// `point135.list`.
#[derive(Debug, Clone, Serialize, TS)]
pub struct Points135 {
    /// By code.
    pub points: Vec<Point135>,
}

/// `coverage.after`: what sending these units would leave.
#[derive(Debug, Clone, Deserialize, TS)]
#[serde(deny_unknown_fields)]
pub struct CoverageAsked {
    /// Incident dot.
    pub incident: String,
    /// Units that would go.
    pub units: Vec<String>,
}

/// What is left uncovered; words keys `reason.<code>`.
#[derive(Debug, Clone, Serialize, TS)]
pub struct Coverage {
    /// One line per area left without a free car, with who could move up.
    pub left: Vec<Reason>,
    /// The county has no areas to judge by.
    pub is_unknown: bool,
}
