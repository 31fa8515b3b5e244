//! Drawings (标绘) in an incident: added, changed, voided, listed. Each act is an entry of the
//! incident's timeline; nothing drawn is ever erased, only voided with a reason.
//!
//! Allowed where a note is. Not here: which points make a drawing (`domain::drawing`).

mod add;
mod change;
mod list;
mod void;

pub use add::NewDrawing;
pub use change::DrawingChange;
pub use list::{DrawingRow, Mark, OtherValue, Voiding};

use fengsui_domain::drawing::{
    DrawingKind, Geometry, GeometryError, SPREAD_MAX_M, Shape as DrawingShape,
};
use fengsui_domain::incident::IncidentEvent;
use fengsui_domain::log::dot::Dot;
use fengsui_domain::log::entry::Value;
use fengsui_domain::log::field::{Field, Noun};
use fengsui_domain::log::register::Registers;
use fengsui_store::log::Log;

use crate::error::{AppError, Rejection, RejectionCode, invalid, not_found};
use crate::incident::{check, standing};
use crate::text::line_text;

/// Longest words of a drawing, characters.
const LABEL_MAX: usize = 80;

/// Points (longitude, latitude, degrees) as a geometry.
fn geometry(shape: DrawingShape, points: &[(f64, f64)]) -> Result<Geometry, AppError> {
    Geometry::new(shape, points).map_err(|error| match error {
        GeometryError::Count { found, min, max } => {
            let rejection = Rejection::new(RejectionCode::DrawingPoints)
                .with("shape", shape.word())
                .with("found", found.to_string())
                .with("min", min.to_string());
            if min == max {
                rejection.into()
            } else {
                rejection.with("max", max.to_string()).into()
            }
        }
        GeometryError::NoPlace { at, error: _ } => Rejection::new(RejectionCode::DrawingPlace)
            .with("at", at.to_string())
            .into(),
        GeometryError::Spread { spread_m } => Rejection::new(RejectionCode::DrawingSpread)
            .with("spread_km", format!("{:.0}", spread_m / 1_000.0))
            .with("max_km", format!("{:.0}", SPREAD_MAX_M / 1_000.0))
            .into(),
    })
}

/// Words of a drawing; `Nothing` where it has none.
fn label(kind: Option<DrawingKind>, text: &str) -> Result<Value, AppError> {
    let text = line_text("label", text, LABEL_MAX)?;
    if !text.is_empty() {
        return Ok(Value::Text(text));
    }
    if kind.is_some_and(DrawingKind::needs_label) {
        return Err(invalid("label", &format!("1-{LABEL_MAX}")));
    }
    Ok(Value::Nothing)
}

/// The registers of a drawing whose incident lets itself be noted in.
fn drawing_at(log: &mut Log<'_>, drawing: Dot) -> Result<Registers, AppError> {
    let regs = log
        .registers(Noun::Drawing, drawing)?
        .ok_or_else(|| not_found("drawing"))?;
    let incident = regs
        .reference(Field::DrawingIncident)
        .ok_or_else(|| not_found("incident"))?;
    let (_, _, stage) = standing(log, incident)?;
    check(stage, IncidentEvent::Note)?;
    Ok(regs)
}

/// `None` = a kind of a newer program.
fn kind_of(regs: &Registers) -> Option<DrawingKind> {
    let code = regs.int(Field::DrawingKind)?;
    DrawingKind::from_code(u8::try_from(code).ok()?)
}

/// `None` = not to be read by this program.
fn geometry_of(value: Option<&Value>) -> Option<Geometry> {
    match value? {
        Value::Bytes(bytes) => Geometry::decode(bytes),
        _ => None,
    }
}
