//! Changing where a drawing lies and what stands beside it. What it is stays: that is another
//! drawing.

use fengsui_domain::drawing::{DrawingKind, Shape};
use fengsui_domain::log::dot::{Dot, Lane};
use fengsui_domain::log::entry::Value;
use fengsui_domain::log::field::Field;
use fengsui_domain::log::kind::Kind;
use fengsui_domain::log::register::Registers;
use fengsui_store::log::{FieldWrite, Seen};

use super::{drawing_at, geometry, geometry_of, kind_of, label};
use crate::error::{AppError, Rejection, RejectionCode};
use crate::session::Actor;
use crate::station::{Saved, Station};

/// What becomes different.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct DrawingChange {
    /// All points anew (longitude, latitude, degrees); `None` = left as they are.
    pub points: Option<Vec<(f64, f64)>>,
    /// Words; `None` = left as they are, empty = none.
    pub label: Option<String>,
}

impl Station {
    /// Reshapes or renames. What others wrote meanwhile and this desk had not seen stays beside it.
    ///
    /// # Errors
    /// `NotFound`, `IncidentStage`, `DrawingVoided`, `DrawingPoints`, `DrawingPlace`,
    /// `DrawingSpread`, `ValueInvalid`, `NothingToChange`, `ReadingUnknown` for the points of a
    /// drawing that only a newer program can read, faults.
    pub fn change_drawing(
        &self,
        actor: &Actor,
        drawing: Dot,
        change: DrawingChange,
    ) -> Result<Saved<Dot>, AppError> {
        let (at_ms, actor) = (self.now_ms(), actor.clone());
        self.act(move |log| {
            let regs = drawing_at(log, drawing)?;
            if regs.int(Field::DrawingVoidedAt).is_some() {
                return Err(RejectionCode::DrawingVoided.into());
            }
            let mut writes = Vec::new();
            if let Some(points) = &change.points {
                let bytes = geometry(shape_of(&regs)?, points)?.encode();
                put(
                    &mut writes,
                    &regs,
                    Field::DrawingPoints,
                    Value::Bytes(bytes),
                );
            }
            if let Some(text) = &change.label {
                let label = label(kind_of(&regs), text)?;
                put(&mut writes, &regs, Field::DrawingLabel, label);
            }
            if writes.is_empty() {
                return Err(RejectionCode::NothingToChange.into());
            }
            let mut fact = FieldWrite::of_subject(Field::DrawingFact, Value::Int(at_ms));
            fact.seen = Seen::Exactly(Vec::new());
            writes.push(fact);
            let kind = Kind::DrawingChange;
            Ok(log.append(actor.act(Lane::Routine, kind, at_ms, Some(drawing), writes))?)
        })
    }
}

/// Writes a value that differs, or that settles a parallel change.
fn put(writes: &mut Vec<FieldWrite>, regs: &Registers, field: Field, value: Value) {
    let is_same = regs.value(field).unwrap_or(&Value::Nothing) == &value;
    if !is_same || regs.is_parallel(field) {
        writes.push(FieldWrite::of_subject(field, value));
    }
}

fn shape_of(regs: &Registers) -> Result<Shape, AppError> {
    let drawn = || geometry_of(regs.value(Field::DrawingPoints)).map(|drawn| drawn.shape());
    kind_of(regs)
        .map(DrawingKind::shape)
        .or_else(drawn)
        .ok_or_else(|| {
            Rejection::new(RejectionCode::ReadingUnknown)
                .with("what", "drawing")
                .into()
        })
}
