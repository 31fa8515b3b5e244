//! Incidents (警情): opened, amended, filed, closed; board, view, search.
//!
//! Not here: units' part in them (`assignment`).

mod amend;
mod board;
mod close;
pub mod form;
pub mod open;
mod order_text;
mod search;
mod view;

pub use board::{Board, BoardRow, BoardUnit};
pub use close::Closing;
pub use form::Form;
pub use open::Opened;
pub use order_text::order_text;
pub use view::{FeedbackRow, IncidentView, ParallelField};

use fengsui_domain::incident::{Closure, IncidentEvent, Stage, StageFacts, stage_of, transition};
use fengsui_domain::log::dot::Dot;
use fengsui_domain::log::field::{Field, Noun};
use fengsui_domain::log::register::Registers;
use fengsui_store::log::Log;
use fengsui_store::read;

use crate::error::{AppError, Rejection, RejectionCode, not_found};

/// The registers and stage of an incident within a transaction.
pub(crate) fn standing(log: &mut Log<'_>, dot: Dot) -> Result<(Registers, Stage), AppError> {
    let record = read::incident_by_dot(log.conn(), dot)?.ok_or_else(|| not_found("incident"))?;
    let regs = log
        .registers(Noun::Incident, dot)?
        .ok_or_else(|| not_found("incident"))?;
    let stage = Stage::from_code(record.stage).unwrap_or(Stage::Taking);
    Ok((regs, stage))
}

/// The stage of a record of the store.
#[must_use]
pub fn stage_of_code(code: u8) -> Stage {
    // The column is derived by this very program; an unknown code cannot arise.
    Stage::from_code(code).unwrap_or_else(|| stage_of(StageFacts::default()))
}

/// The stage after `event`, or the rejection of the desk.
pub(crate) fn check(stage: Stage, event: IncidentEvent) -> Result<Stage, AppError> {
    transition(stage, event).map_err(|_| {
        Rejection::new(RejectionCode::IncidentStage)
            .with("stage", stage.word())
            .with("event", event.word())
            .into()
    })
}

/// The live closure.
#[must_use]
pub fn closure_of(regs: &Registers) -> Closure {
    match regs.int(Field::IncidentClosure) {
        Some(1) => Closure::Closed,
        Some(_) => Closure::Invalid,
        None => Closure::None,
    }
}
