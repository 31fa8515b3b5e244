//! Closing with a result, closing 无效, re-opening.
//!
//! **Invariant:** a closing names the facts it has seen; a fact it has not
//! seen brings the incident back to 待核.

use std::sync::Arc;

use fengsui_domain::incident::{Closure, IncidentEvent, Stage};
use fengsui_domain::log::dot::{Dot, Lane};
use fengsui_domain::log::entry::{Target, Value};
use fengsui_domain::log::field::Field;
use fengsui_domain::log::kind::Kind;
use fengsui_domain::log::register::Registers;
use fengsui_store::log::{FieldWrite, Log, Seen};
use fengsui_store::read;

use super::whole::{confirm, open_parts, parts};
use super::{check, closure_of, standing};
use crate::error::{AppError, Rejection, RejectionCode, invalid};
use crate::session::Actor;
use crate::station::{Saved, Station};
use crate::text::block_text;

/// What closing says.
#[derive(Debug, Clone, Default)]
pub struct Closing {
    /// Result code.
    pub result: Option<String>,
    /// Type after handling.
    pub type_after: Option<String>,
    /// Words.
    pub text: String,
}

impl Station {
    /// Closes an incident with a result code.
    ///
    /// # Errors
    /// `NotFound`, `IncidentStage`, `UnitsActive`, `ResultMissing`, `TextMissing`,
    /// `CodeUnknown`, `ValueInvalid`, faults.
    pub fn close_incident(
        self: &Arc<Self>,
        actor: &Actor,
        incident: Dot,
        closing: Closing,
    ) -> Result<Saved<Dot>, AppError> {
        let (at_ms, actor, station) = (self.now_ms(), actor.clone(), self.clone());
        let text = block_text("text", &closing.text, 4_000)?;
        self.act(move |log| {
            let (incident, regs, stage) = standing(log, incident)?;
            check_units(log, incident, stage)?;
            check(stage, IncidentEvent::Close)?;
            let result = closing.result.as_deref().filter(|code| !code.is_empty());
            let result = result.ok_or(AppError::from(RejectionCode::ResultMissing))?;
            let row = station
                .county()
                .codes
                .results
                .iter()
                .find(|row| row.code == result);
            let row = row.ok_or_else(|| unknown_code(result, "results"))?;
            if row.needs_text && text.is_empty() && !was_told(log, incident, result)? {
                return Err(RejectionCode::TextMissing.into());
            }
            let mut writes = closure(&regs, 1, at_ms);
            writes.extend(close_parts(log, incident, 1, at_ms)?);
            let set =
                |field, text: &str| FieldWrite::of_subject(field, Value::Text(text.to_owned()));
            writes.push(set(Field::IncidentResult, result));
            if let Some(code) = closing
                .type_after
                .as_deref()
                .filter(|code| !code.is_empty())
            {
                if station.county().type_row(code).is_none() {
                    return Err(unknown_code(code, "types"));
                }
                writes.push(set(Field::IncidentTypeAfter, code));
            }
            if !text.is_empty() {
                writes.push(FieldWrite::body(Field::BodyText, Value::Text(text.clone())));
            }
            let kind = Kind::IncidentClose;
            Ok(log.append(actor.act(Lane::Urgent, kind, at_ms, Some(incident), writes))?)
        })
    }

    /// Closes an incident 无效 with a reason code.
    ///
    /// # Errors
    /// `NotFound`, `IncidentStage`, `UnitsActive`, `CodeUnknown`, faults.
    pub fn invalidate_incident(
        self: &Arc<Self>,
        actor: &Actor,
        incident: Dot,
        reason: &str,
    ) -> Result<Saved<Dot>, AppError> {
        let (at_ms, actor) = (self.now_ms(), actor.clone());
        if !self
            .county()
            .codes
            .invalid
            .iter()
            .any(|row| row.code == reason)
        {
            return Err(unknown_code(reason, "invalid"));
        }
        let reason = reason.to_owned();
        self.act(move |log| {
            let (incident, regs, stage) = standing(log, incident)?;
            check_units(log, incident, stage)?;
            check(stage, IncidentEvent::Invalidate)?;
            let mut writes = closure(&regs, 2, at_ms);
            writes.extend(close_parts(log, incident, 2, at_ms)?);
            let value = Value::Text(reason.clone());
            writes.push(FieldWrite::of_subject(Field::IncidentInvalidReason, value));
            let kind = Kind::IncidentInvalidate;
            Ok(log.append(actor.act(Lane::Urgent, kind, at_ms, Some(incident), writes))?)
        })
    }

    /// Re-opens a closed incident.
    ///
    /// # Errors
    /// `NotFound`, `IncidentStage`, `ValueInvalid`, faults.
    pub fn reopen_incident(
        &self,
        actor: &Actor,
        incident: Dot,
        reason: &str,
    ) -> Result<Saved<Dot>, AppError> {
        let (at_ms, actor) = (self.now_ms(), actor.clone());
        let reason = block_text("reason", reason, 400)?;
        if reason.is_empty() {
            return Err(invalid("reason", "1-400"));
        }
        self.act(move |log| {
            let (incident, regs, stage) = standing(log, incident)?;
            check(stage, IncidentEvent::Reopen)?;
            let mut writes = vec![FieldWrite::of_subject(
                Field::IncidentClosure,
                Value::Nothing,
            )];
            if regs.int(Field::IncidentFiledAt).is_none() {
                writes.push(FieldWrite::of_subject(
                    Field::IncidentFiledAt,
                    Value::Int(at_ms),
                ));
            }
            writes.extend(open_parts(log, incident)?);
            writes.push(FieldWrite::body(
                Field::BodyText,
                Value::Text(reason.clone()),
            ));
            let kind = Kind::IncidentReopen;
            Ok(log.append(actor.act(Lane::Urgent, kind, at_ms, Some(incident), writes))?)
        })
    }
}

fn unknown_code(code: &str, table: &str) -> AppError {
    Rejection::new(RejectionCode::CodeUnknown)
        .with("code", code)
        .with("table", table)
        .into()
}

/// Closure, its instant, and the facts it has seen.
fn closure(regs: &Registers, code: i64, at_ms: i64) -> Vec<FieldWrite> {
    let mut writes = vec![
        FieldWrite::of_subject(Field::IncidentClosure, Value::Int(code)),
        FieldWrite::of_subject(Field::IncidentClosedAt, Value::Int(at_ms)),
    ];
    let facts: Vec<Dot> = regs
        .live(Field::IncidentFact)
        .iter()
        .map(|live| live.dot)
        .collect();
    if !facts.is_empty() {
        let mut write = FieldWrite::of_subject(Field::IncidentFact, Value::Nothing);
        write.seen = Seen::Exactly(facts);
        writes.push(write);
    }
    writes
}

/// The parts of a whole are closed with it, with the facts of theirs that it has seen; what was
/// closed or invalid by itself stays so.
fn close_parts(
    log: &mut Log<'_>,
    head: Dot,
    code: i64,
    at_ms: i64,
) -> Result<Vec<FieldWrite>, AppError> {
    let mut writes = confirm(log, head)?;
    for (part, regs) in parts(log, head)? {
        let is_open = closure_of(&regs) == Closure::None;
        let all = closure(&regs, code, at_ms).into_iter();
        let of_part = |mut write: FieldWrite| {
            write.target = Target::Other(part);
            write
        };
        writes.extend(
            all.filter(|write| is_open || write.field == Field::IncidentFact)
                .map(of_part),
        );
    }
    Ok(writes)
}

/// Names the units that are still in it, which the stage alone cannot.
fn check_units(log: &Log<'_>, incident: Dot, stage: Stage) -> Result<(), AppError> {
    if !matches!(stage, Stage::Dispatched | Stage::OnScene) {
        return Ok(());
    }
    let Some(record) = read::incident_by_dot(log.conn(), incident)? else {
        return Ok(());
    };
    let mut names = Vec::new();
    for assignment in read::assignments_of(log.conn(), record.record.id)? {
        if assignment.stage < 6
            && let Some(unit) = read::unit_by_id(log.conn(), assignment.unit)?
        {
            names.push(
                unit.record
                    .regs
                    .text(Field::UnitCallsign)
                    .unwrap_or("?")
                    .to_owned(),
            );
        }
    }
    let rejection = Rejection::new(RejectionCode::UnitsActive);
    Err(rejection.with("units", names.join("、")).into())
}

/// Somebody reported this result with words already.
fn was_told(log: &Log<'_>, incident: Dot, result: &str) -> Result<bool, AppError> {
    let Some(record) = read::incident_by_dot(log.conn(), incident)? else {
        return Ok(false);
    };
    let told = read::feedback_of(log.conn(), record.record.id)?;
    Ok(told.iter().any(|feedback| {
        feedback.regs.text(Field::FeedbackResult) == Some(result)
            && feedback
                .regs
                .text(Field::FeedbackText)
                .is_some_and(|text| !text.is_empty())
    }))
}
