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
pub mod voice;
pub mod whole;

pub use board::{Board, BoardRow, BoardUnit};
pub use close::Closing;
pub use form::Form;
pub use open::Opened;
pub use order_text::order_text;
pub use view::{FeedbackRow, IncidentView, ParallelField};
pub use voice::{Heard, VoiceDoubt, VoiceMark, VoicePart};
pub use whole::JoinedReport;

use fengsui_domain::incident::{Closure, IncidentEvent, Stage, StageFacts, stage_of, transition};
use fengsui_domain::log::dot::Dot;
use fengsui_domain::log::field::{Field, Noun};
use fengsui_domain::log::register::Registers;
use fengsui_domain::number::{IncidentNumber, ShortCode};
use fengsui_store::log::Log;
use fengsui_store::read;

use crate::error::{AppError, Rejection, RejectionCode, not_found};

/// The whole that an incident is or is a part of, with its registers and stage, within a
/// transaction: what is done to a part is done to the whole.
pub(crate) fn standing(log: &mut Log<'_>, dot: Dot) -> Result<(Dot, Registers, Stage), AppError> {
    let record = read::whole_by_dot(log.conn(), dot)?.ok_or_else(|| not_found("incident"))?;
    let dot = record.record.dot;
    let regs = log
        .registers(Noun::Incident, dot)?
        .ok_or_else(|| not_found("incident"))?;
    let stage = Stage::from_code(record.stage).unwrap_or(Stage::Taking);
    Ok((dot, regs, stage))
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

/// How an incident is spoken of: by the code that was heard, else by its own number's; the number
/// where that has none.
#[must_use]
pub(crate) fn code_of(regs: &Registers) -> String {
    if let Some(heard) = regs.text(Field::IncidentVoiceCode) {
        return heard.to_owned();
    }
    let number = regs.text(Field::IncidentNumber).unwrap_or_default();
    IncidentNumber::parse(number).map_or_else(
        |_| number.to_owned(),
        |number| ShortCode::from_number(&number).text(),
    )
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
