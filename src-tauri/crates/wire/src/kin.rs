//! 关联: reports of one event (并入), what may be the same, and what was before.
//!
//! Not here: what was entered by voice (`incident`).

use serde::{Deserialize, Serialize};
use ts_rs::TS;

/// A report that a person joined to an incident.
#[derive(Debug, Clone, Serialize, TS)]
pub struct JoinedReport {
    /// Its dot.
    pub id: String,
    /// Its own 警情编号.
    pub number: String,
    /// Its short code.
    pub short_code: String,
    /// Caller's number; `null` = unknown.
    pub caller: Option<String>,
    /// Place as told.
    pub place: Option<String>,
    /// Opened, epoch ms.
    pub opened_at_ms: i64,
}

/// `incident.kin` (关联): what may be the same event, and what was before.
#[derive(Debug, Clone, Serialize, TS)]
pub struct Kin {
    /// Days that count.
    pub days: i64,
    /// Reports on the same number (重复警情); `null` = seldomer than the county's threshold, or
    /// the number is unknown.
    pub number: Option<Before>,
    /// Reports of the same place.
    pub place: Option<Before>,
    /// What may be the same event (可能重复), the likeliest first.
    pub likely: Vec<Likely>,
}

/// Reports before this one.
#[derive(Debug, Clone, Serialize, TS)]
pub struct Before {
    /// How many in these days, this one with them.
    pub count: u32,
    /// Of those before, by type; most first.
    pub types: Vec<TypeCount>,
    /// Those before, newest first; the first few.
    pub rows: Vec<Earlier>,
}

/// How many of a type.
#[derive(Debug, Clone, Serialize, TS)]
pub struct TypeCount {
    /// Type name; `null` = none was chosen.
    pub name: Option<String>,
    /// How many.
    pub count: u32,
}

/// An incident that was before.
#[derive(Debug, Clone, Serialize, TS)]
pub struct Earlier {
    /// Its dot.
    pub id: String,
    /// 警情编号.
    pub number: String,
    /// Type name.
    pub type_name: Option<String>,
    /// Place text.
    pub place: Option<String>,
    /// Opened, epoch ms.
    pub opened_at_ms: i64,
    /// Result code.
    pub result: Option<String>,
}

/// An incident that may be the same event.
#[derive(Debug, Clone, Serialize, TS)]
pub struct Likely {
    /// What it is.
    pub earlier: Earlier,
    /// Its short code.
    pub short_code: String,
    /// How alike, 0–1.
    pub score: f64,
    /// Metres apart; `null` = one of them has no point.
    pub apart_m: Option<f64>,
    /// Time apart, ms.
    pub apart_ms: i64,
    /// Reports in it.
    pub callers: u32,
}

/// `incident.join` (并入): two incidents are one; which of them is the part follows from both.
#[derive(Debug, Clone, Deserialize, TS)]
#[serde(deny_unknown_fields)]
pub struct JoinIncident {
    /// One of them.
    pub incident: String,
    /// The other.
    pub into: String,
}

/// `incident.part` (分开): an incident stands alone.
#[derive(Debug, Clone, Deserialize, TS)]
#[serde(deny_unknown_fields)]
pub struct PartIncident {
    /// It.
    pub part: String,
    /// Why.
    #[serde(default)]
    pub reason: String,
}
