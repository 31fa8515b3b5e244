//! The call list: ringing first, then talking, then missed.

use fengsui_domain::call::CallState;
use fengsui_domain::clock::{ClockMark, Clocks};
use fengsui_domain::incident::Line;
use fengsui_domain::log::dot::Dot;
use fengsui_domain::log::field::Field;
use fengsui_domain::watch::LimitKey;
use fengsui_store::read::Record;
use fengsui_store::{project, read};

use super::held::Others;
use super::{Fix, best_fix};
use crate::clock::{Corrected, clocks_in};
use crate::error::AppError;
use crate::station::Station;

/// A line of the list.
#[derive(Debug, Clone, PartialEq)]
pub struct CallRow {
    /// The call.
    pub dot: Dot,
    /// Dialled line.
    pub line: Line,
    /// Caller number.
    pub number: Option<String>,
    /// Subscriber text.
    pub subscriber: Option<String>,
    /// State.
    pub state: CallState,
    /// Ring start, ms.
    pub ring_at_ms: i64,
    /// Both times of the ring, where a wrong clock gave it.
    pub ring_mark: Option<ClockMark>,
    /// Amber from here, ms.
    pub amber_at_ms: i64,
    /// Answer, ms.
    pub answered_at_ms: Option<i64>,
    /// End, ms.
    pub ended_at_ms: Option<i64>,
    /// Desk that took it; one of another station by that station's name.
    pub desk: Option<String>,
    /// A desk of this station took it.
    pub is_here: bool,
    /// Its desk talks and its station is out of touch since, ms: it waits for any desk.
    pub lost_at_ms: Option<i64>,
    /// All fixes.
    pub fixes: Vec<Fix>,
    /// Best fix.
    pub fix: Option<Fix>,
    /// Its incident.
    pub incident: Option<Dot>,
}

impl Station {
    /// Calls in display order.
    ///
    /// # Errors
    /// Faults only.
    pub fn call_list(&self) -> Result<Vec<CallRow>, AppError> {
        let amber_s = self.limits()?.get(LimitKey::Ring).amber_s;
        let (records, clocks) = self.store().read(|conn| {
            let clocks = clocks_in(conn)?;
            let calls = read::listed_calls(conn)?.corrected(&clocks);
            Ok::<_, AppError>((calls, clocks))
        })?;
        let others = self.others()?;
        let mut rows: Vec<CallRow> = records
            .iter()
            .map(|record| row_of(record, amber_s, &others, &clocks))
            .collect();
        rows.sort_by_key(|row| (order(row), row.ring_at_ms, row.dot));
        Ok(rows)
    }
}

fn order(row: &CallRow) -> u8 {
    match row.state {
        CallState::Talking if row.lost_at_ms.is_some() => 0,
        CallState::Ringing => 0,
        CallState::Talking => 1,
        CallState::Missed => 2,
        CallState::Ended => 3,
    }
}

/// A call as a row, its instants corrected by `clocks`.
pub(crate) fn row_of(
    record: &Record,
    amber_s: Option<u32>,
    others: &Others,
    clocks: &Clocks,
) -> CallRow {
    let regs = &record.regs;
    let holder = others.holder(regs);
    let text = |field| regs.text(field).map(str::to_owned);
    let fixes: Vec<Fix> = regs
        .live(Field::CallFix)
        .iter()
        .filter_map(Fix::of)
        .collect();
    let ring_at_ms = regs.int(Field::CallRingAt).unwrap_or(0);
    let line = regs
        .int(Field::CallLine)
        .and_then(|code| u8::try_from(code).ok());
    CallRow {
        dot: record.dot,
        line: line.and_then(Line::from_code).unwrap_or(Line::Police110),
        number: text(Field::CallNumber),
        subscriber: text(Field::CallSubscriber),
        state: project::call_state(regs),
        ring_at_ms,
        ring_mark: clocks.mark_of(regs, Field::CallRingAt),
        amber_at_ms: amber_s.map_or(i64::MAX / 4096, |s| {
            ring_at_ms.saturating_add(i64::from(s) * 1000)
        }),
        answered_at_ms: regs.int(Field::CallAnsweredAt),
        ended_at_ms: regs.int(Field::CallEndedAt),
        is_here: holder.as_ref().is_some_and(|holder| holder.is_here),
        lost_at_ms: holder.as_ref().and_then(|holder| holder.lost_at_ms),
        desk: holder.map(|holder| holder.words),
        fix: best_fix(&fixes),
        fixes,
        incident: regs.reference(Field::CallIncident),
    }
}
