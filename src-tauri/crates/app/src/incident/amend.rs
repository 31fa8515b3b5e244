//! Amending, filing (建警情) and noting.

use fengsui_domain::incident::{IncidentEvent, Level};
use fengsui_domain::log::dot::{Dot, Lane};
use fengsui_domain::log::entry::Value;
use fengsui_domain::log::field::Field;
use fengsui_domain::log::kind::Kind;
use fengsui_geo::Wgs84;
use fengsui_store::log::FieldWrite;

use super::form::line_of;
use super::whole::confirm;
use super::{Form, check, standing};
use crate::error::{AppError, RejectionCode, invalid};
use crate::session::Actor;
use crate::station::{Saved, Station};
use crate::text::block_text;

impl Station {
    /// Changes fields of the form.
    ///
    /// # Errors
    /// `NotFound`, `IncidentStage`, `ValueInvalid`, `CodeUnknown`,
    /// `NothingToChange`, faults.
    pub fn amend_incident(
        self: &std::sync::Arc<Self>,
        actor: &Actor,
        incident: Dot,
        form: Form,
    ) -> Result<Saved<Dot>, AppError> {
        let form = self.with_jurisdiction(form);
        let (at_ms, actor, station) = (self.now_ms(), actor.clone(), self.clone());
        self.act(move |log| {
            let (incident, regs, stage) = standing(log, incident)?;
            check(stage, IncidentEvent::Amend)?;
            let mut writes = form.writes(&regs, station.county())?;
            if writes.is_empty() {
                return Err(RejectionCode::NothingToChange.into());
            }
            writes.extend(confirm(log, incident)?);
            let kind = Kind::IncidentAmend;
            Ok(log.append(actor.act(Lane::Routine, kind, at_ms, Some(incident), writes))?)
        })
    }

    /// Puts an incident on the board; empty fields never block. Without a
    /// level the type's own level is taken.
    ///
    /// # Errors
    /// `NotFound`, `IncidentStage`, `ValueInvalid`, `CodeUnknown`, faults.
    pub fn file_incident(
        self: &std::sync::Arc<Self>,
        actor: &Actor,
        incident: Dot,
        form: Form,
    ) -> Result<Saved<Dot>, AppError> {
        let form = self.with_jurisdiction(form);
        let (at_ms, actor, station) = (self.now_ms(), actor.clone(), self.clone());
        self.act(move |log| {
            let (incident, regs, stage) = standing(log, incident)?;
            check(stage, IncidentEvent::File)?;
            let mut writes = form.writes(&regs, station.county())?;
            let has_level = form.level.is_some() || regs.int(Field::IncidentLevel).is_some();
            let type_code = form
                .text(Field::IncidentType)
                .or_else(|| regs.text(Field::IncidentType));
            // A type is never chosen for anybody; the level of what the words propose is, since
            // a knife must not wait as if nothing were known. One key takes it back.
            let text = form
                .text(Field::IncidentText)
                .or_else(|| regs.text(Field::IncidentText));
            let line = form.line.or_else(|| line_of(&regs));
            let level = match type_code {
                Some(code) => station
                    .county()
                    .type_row(code)
                    .and_then(|row| Level::from_code(row.level)),
                None => station
                    .county()
                    .first_proposal(text, line)
                    .map(|proposal| proposal.level),
            };
            if let (false, Some(level)) = (has_level, level) {
                let level = Value::Int(i64::from(level.code()));
                writes.push(FieldWrite::of_subject(Field::IncidentLevel, level));
            }
            writes.push(FieldWrite::of_subject(
                Field::IncidentFiledAt,
                Value::Int(at_ms),
            ));
            let kind = Kind::IncidentFile;
            Ok(log.append(actor.act(Lane::Urgent, kind, at_ms, Some(incident), writes))?)
        })
    }

    /// A new point brings its jurisdiction along: the only one that holds it, or none, which
    /// clears the old one. A jurisdiction that a person names stays as named. A map that cannot
    /// be read holds nobody up: then the jurisdiction is not known.
    fn with_jurisdiction(&self, mut form: Form) -> Form {
        let point = form.point.and_then(|(lon, lat)| Wgs84::new(lon, lat).ok());
        if let (Some(point), None) = (point, form.text(Field::IncidentJurisdiction)) {
            let held_by = self.jurisdiction_of(point);
            let code = held_by.unwrap_or_else(|error| {
                tracing::warn!(%error, "the jurisdiction is not known");
                None
            });
            let code = code.unwrap_or_default();
            form.texts.push((Field::IncidentJurisdiction, code));
        }
        form
    }

    /// Adds a line to the timeline.
    ///
    /// # Errors
    /// `NotFound`, `ValueInvalid`, faults.
    pub fn note_incident(
        &self,
        actor: &Actor,
        incident: Dot,
        text: &str,
    ) -> Result<Saved<Dot>, AppError> {
        let (at_ms, actor) = (self.now_ms(), actor.clone());
        let text = block_text("text", text, 4_000)?;
        if text.is_empty() {
            return Err(invalid("text", "1-4000"));
        }
        self.act(move |log| {
            let (incident, _, stage) = standing(log, incident)?;
            check(stage, IncidentEvent::Note)?;
            let writes = vec![FieldWrite::body(Field::BodyText, Value::Text(text.clone()))];
            let kind = Kind::IncidentNote;
            Ok(log.append(actor.act(Lane::Routine, kind, at_ms, Some(incident), writes))?)
        })
    }
}
