//! Calls (来话) on the wire.
//!
//! Not here: telephony; a call reaches the desk by hand or by the intake.

use serde::{Deserialize, Serialize};
use ts_rs::TS;

use crate::common::Fix;

/// The line that was dialled.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, TS)]
pub enum Line {
    /// 公安.
    #[serde(rename = "110")]
    Police110,
    /// 消防.
    #[serde(rename = "119")]
    Fire119,
    /// 交通.
    #[serde(rename = "122")]
    Traffic122,
}

/// Where a call stands.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, TS)]
#[serde(rename_all = "snake_case")]
pub enum CallState {
    /// 振铃.
    Ringing,
    /// 通话.
    Talking,
    /// 已挂断.
    Ended,
    /// 未接.
    Missed,
}

/// A line of the call list.
#[derive(Debug, Clone, Serialize, TS)]
pub struct Call {
    /// Its dot.
    pub id: String,
    /// Dialled line.
    pub line: Line,
    /// Caller number as it arrived; `null` when withheld.
    pub number: Option<String>,
    /// Subscriber text (三字段), where the network gave it.
    pub subscriber: Option<String>,
    /// State.
    pub state: CallState,
    /// Ring start, epoch ms.
    pub ring_at_ms: i64,
    /// Ringing longer than this is amber.
    pub amber_at_ms: i64,
    /// Answer.
    pub answered_at_ms: Option<i64>,
    /// Hang-up.
    pub ended_at_ms: Option<i64>,
    /// Desk that took it ("台01"), if any; one of another station by that station's name.
    pub desk: Option<String>,
    /// Its desk talks on it and cannot be reached since (epoch ms): any desk may take it over.
    pub lost_at_ms: Option<i64>,
    /// Taken by the asking session.
    pub mine: bool,
    /// Best fix known, if any.
    pub fix: Option<Fix>,
    /// Incident opened for it.
    pub incident: Option<String>,
    /// Missed and not yet called back.
    pub needs_callback: bool,
}

/// `call.list`: ringing first, then talking, then missed without callback.
#[derive(Debug, Clone, Serialize, TS)]
pub struct CallList {
    /// Rows in display order.
    pub calls: Vec<Call>,
}

/// `call.ring`: a call arrives (local intake or typed by hand).
#[derive(Debug, Clone, Deserialize, TS)]
#[serde(deny_unknown_fields)]
pub struct RingCall {
    /// Dialled line.
    pub line: Line,
    /// Caller number; digits, spaces, `+`, `-`; at most 32 characters.
    pub number: Option<String>,
    /// Subscriber text.
    #[serde(default)]
    pub subscriber: Option<String>,
    /// Location that came with the call.
    #[serde(default)]
    pub fix: Option<IntakeFix>,
    /// The sender's own id of the call, so that a repeated event changes nothing.
    #[serde(default)]
    pub outside_id: Option<String>,
}

/// A location as the intake delivers it.
#[derive(Debug, Clone, Deserialize, TS)]
#[serde(deny_unknown_fields)]
pub struct IntakeFix {
    /// Degrees east.
    pub lon: f64,
    /// Degrees north.
    pub lat: f64,
    /// Metres.
    pub radius_m: Option<f64>,
    /// Source.
    pub source: crate::common::PointSource,
}

/// `call.locate`: a later fix for a call.
#[derive(Debug, Clone, Deserialize, TS)]
#[serde(deny_unknown_fields)]
pub struct LocateCall {
    /// Call dot.
    pub call: String,
    /// The fix.
    pub fix: IntakeFix,
}

/// Names a call.
#[derive(Debug, Clone, Deserialize, TS)]
#[serde(deny_unknown_fields)]
pub struct CallRef {
    /// Call dot.
    pub call: String,
}

/// `call.answer`: when `call` is `null`, the oldest call that rings or whose desk is gone; the
/// latter is taken over with the incident that was opened for it.
#[derive(Debug, Clone, Deserialize, TS)]
#[serde(deny_unknown_fields)]
pub struct AnswerCall {
    /// Call dot, or `null` for the oldest.
    pub call: Option<String>,
}

/// A call was taken and its incident opened in the same commit.
#[derive(Debug, Clone, Serialize, TS)]
pub struct Answered {
    /// Call dot.
    pub call: String,
    /// Incident dot.
    pub incident: String,
    /// 警情编号.
    pub number: String,
    /// When the commit returned.
    pub saved_at_ms: i64,
}

/// The call's dot after `call.ring`.
#[derive(Debug, Clone, Serialize, TS)]
pub struct Rung {
    /// Call dot.
    pub call: String,
    /// When the commit returned.
    pub saved_at_ms: i64,
}
