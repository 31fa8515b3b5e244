//! Steps of an assignment: delivered, read, signed, set out, arrived, working,
//! cleared, cancelling signed. By the terminal, or by the desk on its behalf.

use std::sync::Arc;

use fengsui_domain::assignment::{AssignmentRejection, AssignmentStep, check_step, stage_of};
use fengsui_domain::log::dot::{Dot, Lane};
use fengsui_domain::log::entry::Value;
use fengsui_domain::log::field::{Field, Noun};
use fengsui_domain::log::kind::Kind;
use fengsui_domain::log::register::Registers;
use fengsui_domain::unit::UnitState;
use fengsui_store::log::{FieldWrite, Log};
use fengsui_store::{project, read};

use super::release;
use crate::clock::clocks_in;
use crate::conflict::settle_by_crew;
use crate::error::{AppError, Rejection, RejectionCode, not_found};
use crate::session::Actor;
use crate::station::{Saved, Station};

/// A terminal's clock may be this far ahead, ms.
const AHEAD_MS_MAX: i64 = 2_000;

impl Station {
    /// Records a step; `true_at_ms` where it happened earlier than now.
    ///
    /// # Errors
    /// `NotFound`, `AssignmentStage`, `TimeImpossible`, faults.
    pub fn step_assignment(
        self: &Arc<Self>,
        actor: &Actor,
        assignment: Dot,
        step: AssignmentStep,
        true_at_ms: Option<i64>,
    ) -> Result<Saved<Dot>, AppError> {
        let (now_ms, actor) = (self.now_ms(), actor.clone());
        self.act(move |log| step_in(log, &actor, assignment, step, true_at_ms, now_ms))
    }
}

/// Appends one step.
pub(crate) fn step_in(
    log: &mut Log<'_>,
    actor: &Actor,
    assignment: Dot,
    step: AssignmentStep,
    true_at_ms: Option<i64>,
    now_ms: i64,
) -> Result<Dot, AppError> {
    let regs = log
        .registers(Noun::Assignment, assignment)?
        .ok_or_else(|| not_found("assignment"))?;
    let facts = project::assignment_facts(&regs);
    check_step(facts, step).map_err(|rejection| refused(&regs, step, rejection))?;
    // An order that a wrong clock gave is no later than what follows it.
    let corrected = clocks_in(log.conn())?.correct(regs.clone());
    let at_ms = check_time(&corrected, true_at_ms, now_ms)?;
    let unit = regs
        .reference(Field::AssignmentUnit)
        .ok_or_else(|| not_found("unit"))?;
    let mut writes = vec![FieldWrite::of_subject(clock_of(step), Value::Int(at_ms))];
    match step {
        AssignmentStep::Clear => {
            writes.extend(release(log, unit, assignment, UnitState::Returning, at_ms)?);
        }
        AssignmentStep::SignCancel => {
            writes.extend(release(log, unit, assignment, UnitState::Available, at_ms)?);
        }
        _ => {}
    }
    let kind = Kind::of_step(step);
    let dot = log.append(actor.act(lane_of(step), kind, at_ms, Some(assignment), writes))?;
    settle_by_crew(log, actor, unit, assignment, step, at_ms)?;
    if step == AssignmentStep::Sign {
        sign_older_cancellings(log, actor, unit, assignment, at_ms)?;
    }
    Ok(dot)
}

/// Signing the order to a new place also signs the cancelling of the old one
/// (改派): the crew knows both.
fn sign_older_cancellings(
    log: &mut Log<'_>,
    actor: &Actor,
    unit: Dot,
    signed: Dot,
    at_ms: i64,
) -> Result<(), AppError> {
    let Some(record) = read::unit_by_dot(log.conn(), unit)? else {
        return Ok(());
    };
    for other in read::active_assignments(log.conn())? {
        let pending = other.unit == record.record.id
            && other.record.dot != signed
            && other
                .record
                .regs
                .int(Field::AssignmentCancelAskedAt)
                .is_some();
        if pending {
            let step = AssignmentStep::SignCancel;
            step_in(log, actor, other.record.dot, step, None, at_ms)?;
        }
    }
    Ok(())
}

fn lane_of(step: AssignmentStep) -> Lane {
    match step {
        AssignmentStep::AskCancel | AssignmentStep::SignCancel => Lane::Urgent,
        _ => Lane::Routine,
    }
}

/// The field that holds the instant of a step.
pub(crate) fn clock_of(step: AssignmentStep) -> Field {
    match step {
        AssignmentStep::Deliver => Field::AssignmentDeliveredAt,
        AssignmentStep::Read => Field::AssignmentReadAt,
        AssignmentStep::Sign => Field::AssignmentSignedAt,
        AssignmentStep::SetOut => Field::AssignmentSetOutAt,
        AssignmentStep::Arrive => Field::AssignmentArrivedAt,
        AssignmentStep::Work => Field::AssignmentWorkingAt,
        AssignmentStep::Clear => Field::AssignmentClearedAt,
        AssignmentStep::AskCancel => Field::AssignmentCancelAskedAt,
        AssignmentStep::SignCancel => Field::AssignmentCancelledAt,
    }
}

pub(crate) fn refused(
    regs: &Registers,
    step: AssignmentStep,
    _rejection: AssignmentRejection,
) -> AppError {
    let stage = stage_of(project::assignment_facts(regs));
    Rejection::new(RejectionCode::AssignmentStage)
        .with("stage", stage.word())
        .with("event", step.word())
        .into()
}

/// A step lies between the order and now; a little ahead counts as now.
fn check_time(regs: &Registers, at_ms: Option<i64>, now_ms: i64) -> Result<i64, AppError> {
    let Some(at_ms) = at_ms else {
        return Ok(now_ms);
    };
    let impossible = |detail: &str| {
        AppError::from(Rejection::new(RejectionCode::TimeImpossible).with("detail", detail))
    };
    if at_ms > now_ms.saturating_add(AHEAD_MS_MAX) {
        return Err(impossible("future"));
    }
    if at_ms < regs.int(Field::AssignmentOrderedAt).unwrap_or(0) {
        return Err(impossible("before_order"));
    }
    Ok(at_ms.min(now_ms))
}
