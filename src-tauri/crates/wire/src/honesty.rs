//! The honesty strip, things that need a person, and the audit on the wire.
//!
//! Not here: how each is judged; see `domain::watch` and `app::honesty`.

use serde::{Deserialize, Serialize};
use ts_rs::TS;

use crate::common::Watch;
use crate::incident::{Channel, Param};

/// How well a part stands.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, TS)]
#[serde(rename_all = "snake_case")]
pub enum Standing {
    /// In order.
    Good,
    /// A person should look.
    Warn,
    /// Broken; what it means is in the words.
    Bad,
    /// Not known: never shown as good.
    Unknown,
}

/// One cell of the strip; words key `honesty.<part>.<code>`.
#[derive(Debug, Clone, Serialize, TS)]
pub struct HonestyPart {
    /// `station`, `database`, `disk`, `clock`, `map`, `positions`, `log`, `power`.
    pub part: String,
    /// Standing.
    pub standing: Standing,
    /// Which sentence.
    pub code: String,
    /// Values.
    pub params: Vec<Param>,
}

/// `honesty.view`.
#[derive(Debug, Clone, Serialize, TS)]
pub struct Honesty {
    /// Cells in display order.
    pub parts: Vec<HonestyPart>,
    /// Last commit, epoch ms; `null` = nothing written since start.
    pub saved_at_ms: Option<i64>,
    /// The clock against which ages are judged.
    pub now_ms: i64,
}

/// A thing that needs a person (需人处理); stays until dealt with.
#[derive(Debug, Clone, Serialize, TS)]
pub struct Need {
    /// Stable key: one sound per key.
    pub key: String,
    /// `unsigned`, `undelivered`, `over_time`, `cancel_unsigned`, `conflict`, `review`,
    /// `missed_call`; words key `need.<kind>`.
    pub kind: String,
    /// Values.
    pub params: Vec<Param>,
    /// Incident concerned.
    pub incident: Option<String>,
    /// Assignment concerned.
    pub assignment: Option<String>,
    /// Unit concerned.
    pub unit: Option<String>,
    /// Call concerned.
    pub call: Option<String>,
    /// Its clock.
    pub watch: Watch,
    /// Channels that may be tried instead.
    pub channels: Vec<Channel>,
    /// Who took it on (我来办), if anyone.
    pub owner: Option<String>,
}

/// `need.list`: oldest first, never reordered.
#[derive(Debug, Clone, Serialize, TS)]
pub struct Needs {
    /// Rows; a row becomes visible from `watch.amber_at_ms` on.
    pub needs: Vec<Need>,
}

/// `need.own`: 我来办, writes the name and stops the sound.
#[derive(Debug, Clone, Deserialize, TS)]
#[serde(deny_unknown_fields)]
pub struct OwnNeed {
    /// Key of the need.
    pub key: String,
}

/// `audit.list`: refusals and protected reads, newest first.
#[derive(Debug, Clone, Deserialize, TS)]
#[serde(deny_unknown_fields)]
pub struct AuditQuery {
    /// 1 to 500.
    pub limit: u32,
}

/// A line of the audit.
#[derive(Debug, Clone, Serialize, TS)]
pub struct AuditLine {
    /// Entry dot.
    pub entry: String,
    /// When.
    pub at_ms: i64,
    /// Account.
    pub account: String,
    /// Command asked for.
    pub command: String,
    /// `refused` or `read`.
    pub outcome: String,
    /// Failure code of a refusal.
    pub code: String,
}

/// Audit lines.
#[derive(Debug, Clone, Serialize, TS)]
pub struct AuditLines {
    /// Lines.
    pub lines: Vec<AuditLine>,
}

/// `audit.export`: an incident as a signed paper.
#[derive(Debug, Clone, Serialize, TS)]
pub struct Exported {
    /// The file.
    pub path: String,
    /// Lines of the timeline in it.
    pub lines: u32,
}

/// `audit.verify`: walks every chain.
#[derive(Debug, Clone, Serialize, TS)]
pub struct AuditReport {
    /// Entries walked.
    pub entries: u32,
    /// Writers (lanes).
    pub writers: u32,
    /// Signed heads checked.
    pub heads: u32,
    /// Rebuilt tables equal the live ones.
    pub rebuild_equal: bool,
    /// Broken places, as sentences' params; empty = whole.
    pub broken: Vec<String>,
}
