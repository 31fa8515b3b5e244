//! Cancelling (asked, then signed by the crew), sending elsewhere, trying
//! another channel.

use std::sync::Arc;

use fengsui_domain::assignment::{AssignmentStep, Channel, check_step};
use fengsui_domain::incident::IncidentEvent;
use fengsui_domain::log::dot::{Dot, Lane};
use fengsui_domain::log::entry::Value;
use fengsui_domain::log::field::{Field, Noun};
use fengsui_domain::log::kind::Kind;
use fengsui_store::log::{FieldWrite, Log};
use fengsui_store::project;

use super::order::{NewAssignment, assign_in};
use super::step::refused;
use crate::error::{AppError, Rejection, RejectionCode, invalid, not_found};
use crate::incident::{check, order_text, standing};
use crate::session::Actor;
use crate::station::{Saved, Station};
use crate::text::block_text;

impl Station {
    /// Asks a unit to leave; 待撤销 until the crew signs.
    ///
    /// # Errors
    /// `CancelUnconfirmed`, `ValueInvalid`, `NotFound`, `AssignmentStage`, faults.
    pub fn cancel_assignment(
        &self,
        actor: &Actor,
        assignment: Dot,
        reason: &str,
        confirmed: bool,
    ) -> Result<Saved<Dot>, AppError> {
        if !confirmed {
            return Err(RejectionCode::CancelUnconfirmed.into());
        }
        let reason = reason_text(reason)?;
        let (at_ms, actor) = (self.now_ms(), actor.clone());
        self.act(move |log| ask_in(log, &actor, assignment, &reason, at_ms))
    }

    /// Sends a unit from one incident to another in one commit: asked to leave
    /// there, ordered here. Other units are not touched.
    ///
    /// # Errors
    /// `ValueInvalid`, `NotFound`, `AssignmentStage`, `IncidentStage`,
    /// `UnitAlreadyThere`, faults.
    pub fn reroute_assignment(
        self: &Arc<Self>,
        actor: &Actor,
        assignment: Dot,
        to_incident: Dot,
        reason: &str,
    ) -> Result<Saved<Dot>, AppError> {
        let reason = reason_text(reason)?;
        let (at_ms, actor, station) = (self.now_ms(), actor.clone(), self.clone());
        self.act(move |log| {
            let (to_incident, to, stage) = standing(log, to_incident)?;
            check(stage, IncidentEvent::Order)?;
            let regs = log
                .registers(Noun::Assignment, assignment)?
                .ok_or_else(|| not_found("assignment"))?;
            let unit = regs
                .reference(Field::AssignmentUnit)
                .ok_or_else(|| not_found("unit"))?;
            let from = regs.reference(Field::AssignmentIncident);
            let from = from.ok_or_else(|| not_found("incident"))?;
            if standing(log, from)?.0 == to_incident {
                return Err(RejectionCode::UnitAlreadyThere.into());
            }
            ask_in(log, &actor, assignment, &reason, at_ms)?;
            let new = NewAssignment {
                incident: to_incident,
                unit,
                text: order_text(&to, station.county()),
                override_reason: Some(reason.clone()),
                arrived: false,
                channel: Channel::Terminal,
            };
            assign_in(log, &actor, &new, at_ms)
        })
    }

    /// Tries another channel for an order that is not signed.
    ///
    /// # Errors
    /// `NotFound`, `AssignmentStage`, faults.
    pub fn remind_assignment(
        &self,
        actor: &Actor,
        assignment: Dot,
        channel: Channel,
    ) -> Result<Saved<Dot>, AppError> {
        let (at_ms, actor) = (self.now_ms(), actor.clone());
        self.act(move |log| {
            let regs = log
                .registers(Noun::Assignment, assignment)?
                .ok_or_else(|| not_found("assignment"))?;
            check_step(project::assignment_facts(&regs), AssignmentStep::Sign)
                .map_err(|rejection| refused(&regs, AssignmentStep::Sign, rejection))?;
            let code = Value::Int(i64::from(channel.code()));
            let writes = vec![FieldWrite::of_subject(Field::AssignmentChannel, code)];
            let kind = Kind::AssignmentRemind;
            Ok(log.append(actor.act(Lane::Routine, kind, at_ms, Some(assignment), writes))?)
        })
    }
}

fn reason_text(reason: &str) -> Result<String, AppError> {
    let reason = block_text("reason", reason, 400)?;
    if reason.is_empty() {
        Err(invalid("reason", "1-400"))
    } else {
        Ok(reason)
    }
}

fn ask_in(
    log: &mut Log<'_>,
    actor: &Actor,
    assignment: Dot,
    reason: &str,
    at_ms: i64,
) -> Result<Dot, AppError> {
    let regs = log
        .registers(Noun::Assignment, assignment)?
        .ok_or_else(|| not_found("assignment"))?;
    let step = AssignmentStep::AskCancel;
    check_step(project::assignment_facts(&regs), step).map_err(|rejection| {
        let error = refused(&regs, step, rejection);
        if regs.int(Field::AssignmentCancelAskedAt).is_some()
            && let AppError::Rejected(known) = error
        {
            return Rejection::new(known.code)
                .with("stage", "cancel_pending")
                .with("event", step.word())
                .into();
        }
        error
    })?;
    let writes = vec![
        FieldWrite::of_subject(Field::AssignmentCancelAskedAt, Value::Int(at_ms)),
        FieldWrite::body(Field::BodyText, Value::Text(reason.to_owned())),
    ];
    let kind = Kind::of_step(step);
    Ok(log.append(actor.act(Lane::Urgent, kind, at_ms, Some(assignment), writes))?)
}
