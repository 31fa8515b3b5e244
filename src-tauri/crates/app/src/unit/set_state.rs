//! A unit's state by hand or by its crew: inside an incident it moves the
//! assignment, outside it is what was said.

use std::sync::Arc;

use fengsui_domain::assignment::AssignmentStep;
use fengsui_domain::log::dot::{Dot, Lane};
use fengsui_domain::log::entry::Value;
use fengsui_domain::log::field::Field;
use fengsui_domain::log::kind::Kind;
use fengsui_domain::unit::{UnitEvent, UnitState, transition};
use fengsui_store::log::{FieldWrite, Log};
use fengsui_store::read;

use crate::assignment::order::callsign_of;
use crate::assignment::step_in;
use crate::error::{AppError, Rejection, RejectionCode, not_found};
use crate::session::Actor;
use crate::station::{Saved, Station};

impl Station {
    /// Sets a state.
    ///
    /// # Errors
    /// `NotFound`, `UnitState`, `AssignmentStage`, faults.
    pub fn set_unit_state(
        self: &Arc<Self>,
        actor: &Actor,
        unit: Dot,
        state: UnitState,
    ) -> Result<Saved<Dot>, AppError> {
        let (at_ms, actor) = (self.now_ms(), actor.clone());
        self.act(move |log| set_in(log, &actor, unit, state, at_ms))
    }
}

fn set_in(
    log: &mut Log<'_>,
    actor: &Actor,
    unit: Dot,
    to: UnitState,
    at_ms: i64,
) -> Result<Dot, AppError> {
    let record = read::unit_by_dot(log.conn(), unit)?.ok_or_else(|| not_found("unit"))?;
    let callsign = callsign_of(&record);
    let event = event_of(to);
    let now = UnitState::from_code(record.state);
    let claim = record
        .record
        .regs
        .standing(Field::UnitClaim)
        .max_by_key(|live| (live.hlc, live.dot))
        .and_then(|live| match live.value {
            Value::Ref(dot) => Some(dot),
            _ => None,
        });
    if let (Some(assignment), Some(step)) = (claim, step_of(to)) {
        return step_in(log, actor, assignment, step, None, at_ms);
    }
    let refused = |state: Option<UnitState>| {
        AppError::from(
            Rejection::new(RejectionCode::UnitState)
                .with("unit", callsign.clone())
                .with("state", state.map_or("unknown", UnitState::word))
                .with("event", event.word()),
        )
    };
    if claim.is_some() && to == UnitState::Available {
        // 待命 straight from the scene: left it, and free at once.
        let assignment = claim.ok_or_else(|| refused(now))?;
        step_in(log, actor, assignment, AssignmentStep::Clear, None, at_ms)?;
        return own_state(log, actor, unit, to, at_ms);
    }
    match now {
        Some(now) if transition(now, event).is_err() || to == now => Err(refused(Some(now))),
        _ if to.is_engaged() => Err(refused(now)),
        _ => own_state(log, actor, unit, to, at_ms),
    }
}

fn own_state(
    log: &mut Log<'_>,
    actor: &Actor,
    unit: Dot,
    to: UnitState,
    at_ms: i64,
) -> Result<Dot, AppError> {
    let writes = vec![
        FieldWrite::of_subject(Field::UnitOwnState, Value::Int(i64::from(to.code()))),
        FieldWrite::of_subject(Field::UnitOwnStateAt, Value::Int(at_ms)),
    ];
    Ok(log.append(actor.act(Lane::Routine, Kind::UnitSetState, at_ms, Some(unit), writes))?)
}

fn event_of(to: UnitState) -> UnitEvent {
    match to {
        UnitState::Available => UnitEvent::BecomeAvailable,
        UnitState::Ordered => UnitEvent::Order,
        UnitState::Signed => UnitEvent::Sign,
        UnitState::EnRoute => UnitEvent::SetOut,
        UnitState::OnScene => UnitEvent::Arrive,
        UnitState::Working => UnitEvent::Work,
        UnitState::Returning => UnitEvent::Clear,
        UnitState::Standby => UnitEvent::StandBy,
        UnitState::OffDuty => UnitEvent::GoOffDuty,
    }
}

/// The step that brings an engaged unit to a state.
fn step_of(to: UnitState) -> Option<AssignmentStep> {
    match to {
        UnitState::Signed => Some(AssignmentStep::Sign),
        UnitState::EnRoute => Some(AssignmentStep::SetOut),
        UnitState::OnScene => Some(AssignmentStep::Arrive),
        UnitState::Working => Some(AssignmentStep::Work),
        UnitState::Returning => Some(AssignmentStep::Clear),
        UnitState::Available | UnitState::Ordered | UnitState::Standby | UnitState::OffDuty => None,
    }
}
