//! An assignment as the desk shows it, with the clock that runs now.

use fengsui_domain::assignment::{AssignmentStage, Channel};
use fengsui_domain::clock::{ClockMark, Clocks};
use fengsui_domain::log::dot::Dot;
use fengsui_domain::log::field::Field;
use fengsui_domain::log::register::Registers;
use fengsui_domain::watch::{LimitKey, LimitTable, Watch, assignment_limit, watch};
use fengsui_store::project;
use fengsui_store::read::AssignmentRecord;

/// Every clock of one unit in one incident.
#[derive(Debug, Clone, PartialEq)]
pub struct AssignmentRow {
    /// The assignment.
    pub dot: Dot,
    /// The unit.
    pub unit: Dot,
    /// Call sign.
    pub callsign: String,
    /// Stage.
    pub stage: AssignmentStage,
    /// Order text as sent.
    pub order_text: String,
    /// Why the ranking was not followed.
    pub override_reason: Option<String>,
    /// Channel last used.
    pub channel: Channel,
    /// Instants in ms by field, those that happened.
    pub clocks: Vec<(Field, i64)>,
    /// Both times of those that a wrong clock gave, by field.
    pub marks: Vec<(Field, ClockMark)>,
    /// Cancelling asked, not acknowledged.
    pub cancel_pending: bool,
    /// The clock that runs now.
    pub watch: Option<Watch>,
    /// 未送达 from here while not delivered, ms.
    pub undelivered_at_ms: Option<i64>,
}

impl AssignmentRow {
    /// An instant, if it happened.
    #[must_use]
    pub fn at(&self, field: Field) -> Option<i64> {
        self.clocks
            .iter()
            .find(|(of, _)| *of == field)
            .map(|(_, at_ms)| *at_ms)
    }
}

const CLOCKS: &[Field] = &[
    Field::AssignmentOrderedAt,
    Field::AssignmentDeliveredAt,
    Field::AssignmentReadAt,
    Field::AssignmentSignedAt,
    Field::AssignmentSetOutAt,
    Field::AssignmentArrivedAt,
    Field::AssignmentWorkingAt,
    Field::AssignmentClearedAt,
    Field::AssignmentCancelAskedAt,
    Field::AssignmentCancelledAt,
];

/// The clock that runs: that of the cancelling, else that of the stage.
#[must_use]
pub fn watch_of(regs: &Registers, limits: &LimitTable) -> Option<Watch> {
    let (stage, at_ms) = project::assignment_stage(regs);
    if !stage.is_active() {
        return None;
    }
    if let Some(asked_at_ms) = regs.int(Field::AssignmentCancelAskedAt) {
        return Some(watch(asked_at_ms, limits.get(LimitKey::CancelSign)));
    }
    assignment_limit(stage).map(|key| watch(at_ms, limits.get(key)))
}

/// When an order counts as not delivered.
fn undelivered_at(regs: &Registers, limits: &LimitTable) -> Option<i64> {
    let waits = regs.int(Field::AssignmentDeliveredAt).is_none()
        && regs.int(Field::AssignmentSignedAt).is_none()
        && channel_of(regs) == Channel::Terminal
        && project::assignment_stage(regs).0 == AssignmentStage::Ordered;
    let after_s = limits.get(LimitKey::Undelivered).amber_s?;
    let ordered_at = regs.int(Field::AssignmentOrderedAt)?;
    waits.then(|| ordered_at.saturating_add(i64::from(after_s) * 1000))
}

/// Channel last used.
#[must_use]
pub fn channel_of(regs: &Registers) -> Channel {
    regs.int(Field::AssignmentChannel)
        .and_then(|code| u8::try_from(code).ok())
        .and_then(Channel::from_code)
        .unwrap_or(Channel::Terminal)
}

/// A record as a row, its instants corrected by `clocks`.
#[must_use]
pub fn row_of(
    record: &AssignmentRecord,
    callsign: &str,
    unit: Dot,
    limits: &LimitTable,
    clocks: &Clocks,
) -> AssignmentRow {
    let regs = &record.record.regs;
    let (stage, _) = project::assignment_stage(regs);
    AssignmentRow {
        dot: record.record.dot,
        unit,
        callsign: callsign.to_owned(),
        stage,
        order_text: regs
            .text(Field::AssignmentOrderText)
            .unwrap_or_default()
            .to_owned(),
        override_reason: regs.text(Field::AssignmentOverride).map(str::to_owned),
        channel: channel_of(regs),
        clocks: CLOCKS
            .iter()
            .filter_map(|of| Some((*of, regs.int(*of)?)))
            .collect(),
        marks: CLOCKS
            .iter()
            .filter_map(|of| Some((*of, clocks.mark_of(regs, *of)?)))
            .collect(),
        cancel_pending: stage.is_active() && regs.int(Field::AssignmentCancelAskedAt).is_some(),
        watch: watch_of(regs, limits),
        undelivered_at_ms: undelivered_at(regs, limits),
    }
}
