//! Voiding a drawing: it leaves the map and stays in the log, with the reason.
//!
//! **Invariant:** a voiding names the changes it has seen; one it has not seen keeps the drawing
//! on the map until a person voids it again.

use fengsui_domain::log::dot::{Dot, Lane};
use fengsui_domain::log::entry::Value;
use fengsui_domain::log::field::Field;
use fengsui_domain::log::kind::Kind;
use fengsui_store::log::{FieldWrite, Seen};
use fengsui_store::project;

use super::drawing_at;
use crate::error::{AppError, RejectionCode, invalid};
use crate::session::Actor;
use crate::station::{Saved, Station};
use crate::text::block_text;

impl Station {
    /// Voids a drawing.
    ///
    /// # Errors
    /// `NotFound`, `IncidentStage`, `DrawingVoided`, `ValueInvalid` without a reason, faults.
    pub fn void_drawing(
        &self,
        actor: &Actor,
        drawing: Dot,
        reason: &str,
    ) -> Result<Saved<Dot>, AppError> {
        let (at_ms, actor) = (self.now_ms(), actor.clone());
        let reason = block_text("reason", reason, 400)?;
        if reason.is_empty() {
            return Err(invalid("reason", "1-400"));
        }
        self.act(move |log| {
            let regs = drawing_at(log, drawing)?;
            if !project::drawing_is_listed(&regs) {
                return Err(RejectionCode::DrawingVoided.into());
            }
            let reason = Value::Text(reason.clone());
            let mut writes = vec![
                FieldWrite::of_subject(Field::DrawingVoidedAt, Value::Int(at_ms)),
                FieldWrite::of_subject(Field::DrawingVoidReason, reason),
            ];
            let facts = regs.live(Field::DrawingFact).iter();
            let facts: Vec<Dot> = facts.map(|live| live.dot).collect();
            if !facts.is_empty() {
                let mut write = FieldWrite::of_subject(Field::DrawingFact, Value::Nothing);
                write.seen = Seen::Exactly(facts);
                writes.push(write);
            }
            let kind = Kind::DrawingVoid;
            Ok(log.append(actor.act(Lane::Routine, kind, at_ms, Some(drawing), writes))?)
        })
    }
}
