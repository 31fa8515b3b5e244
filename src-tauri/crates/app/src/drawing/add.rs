//! Drawing something new in an incident.

use fengsui_domain::drawing::DrawingKind;
use fengsui_domain::incident::IncidentEvent;
use fengsui_domain::log::dot::{Dot, Lane};
use fengsui_domain::log::entry::Value;
use fengsui_domain::log::field::Field;
use fengsui_domain::log::kind::Kind;
use fengsui_store::log::FieldWrite;

use super::{geometry, label};
use crate::error::AppError;
use crate::incident::{check, standing};
use crate::session::Actor;
use crate::station::{Saved, Station};

/// What is drawn.
#[derive(Debug, Clone, PartialEq)]
pub struct NewDrawing {
    /// In which incident.
    pub incident: Dot,
    /// What.
    pub kind: DrawingKind,
    /// Where: longitude, latitude, degrees.
    pub points: Vec<(f64, f64)>,
    /// Words; empty = none.
    pub label: String,
}

impl Station {
    /// Draws. The entry's dot is the drawing's id.
    ///
    /// # Errors
    /// `NotFound`, `IncidentStage`, `DrawingPoints`, `DrawingPlace`, `DrawingSpread`,
    /// `ValueInvalid`, faults.
    pub fn add_drawing(&self, actor: &Actor, new: &NewDrawing) -> Result<Saved<Dot>, AppError> {
        let bytes = geometry(new.kind.shape(), &new.points)?.encode();
        let label = label(Some(new.kind), &new.label)?;
        let (at_ms, actor, incident) = (self.now_ms(), actor.clone(), new.incident);
        let kind = Value::Int(i64::from(new.kind.code()));
        self.act(move |log| {
            let (incident, _, stage) = standing(log, incident)?;
            check(stage, IncidentEvent::Note)?;
            let mut writes = vec![
                FieldWrite::of_subject(Field::DrawingIncident, Value::Ref(incident)),
                FieldWrite::of_subject(Field::DrawingKind, kind.clone()),
                FieldWrite::of_subject(Field::DrawingPoints, Value::Bytes(bytes.clone())),
            ];
            if label != Value::Nothing {
                writes.push(FieldWrite::of_subject(Field::DrawingLabel, label.clone()));
            }
            Ok(log.append(actor.act(Lane::Routine, Kind::DrawingAdd, at_ms, None, writes))?)
        })
    }
}
