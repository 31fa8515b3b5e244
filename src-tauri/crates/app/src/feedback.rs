//! Feedback (反馈): several, at any time, from a unit or the desk.
//!
//! Not here: closing (`incident::close`).

use std::sync::Arc;

use fengsui_domain::incident::IncidentEvent;
use fengsui_domain::log::dot::{Dot, Lane};
use fengsui_domain::log::entry::Value;
use fengsui_domain::log::field::{Field, Noun};
use fengsui_domain::log::kind::Kind;
use fengsui_store::log::{FieldWrite, Seen};

use crate::error::{AppError, Rejection, RejectionCode, invalid, not_found};
use crate::incident::{check, standing};
use crate::session::Actor;
use crate::station::{Saved, Station};
use crate::text::block_text;

/// Words that call for a department; a proposal only, a person decides.
const PROPOSALS: &[(&str, &[&str])] = &[
    (
        "120",
        &["120", "救护", "受伤", "伤者", "昏迷", "流血", "抢救"],
    ),
    ("119", &["119", "起火", "着火", "燃烧", "明火", "被困"]),
    ("122", &["122", "交警", "追尾", "肇事"]),
    ("gas", &["燃气", "煤气", "泄漏"]),
    ("power", &["触电", "漏电", "电线"]),
    ("12345", &["12345"]),
];

/// Departments the words call for.
#[must_use]
pub fn proposes(text: &str) -> Vec<&'static str> {
    PROPOSALS
        .iter()
        .filter(|(_, words)| words.iter().any(|word| text.contains(word)))
        .map(|(department, _)| *department)
        .collect()
}

impl Station {
    /// Adds feedback. Late words about a closed incident bring it to 待核.
    ///
    /// # Errors
    /// `NotFound`, `IncidentStage`, `CodeUnknown`, `ValueInvalid`, faults.
    pub fn add_feedback(
        self: &Arc<Self>,
        actor: &Actor,
        incident: Dot,
        assignment: Option<Dot>,
        text: &str,
        result: Option<&str>,
    ) -> Result<Saved<Dot>, AppError> {
        let text = block_text("text", text, 4_000)?;
        let result = result.filter(|code| !code.is_empty());
        if text.is_empty() && result.is_none() {
            return Err(invalid("text", "1-4000"));
        }
        if let Some(code) = result
            && !self
                .county()
                .codes
                .results
                .iter()
                .any(|row| row.code == code)
        {
            let rejection = Rejection::new(RejectionCode::CodeUnknown);
            return Err(rejection.with("code", code).with("table", "results").into());
        }
        let (at_ms, actor) = (self.now_ms(), actor.clone());
        let result = result.map(str::to_owned);
        self.act(move |log| {
            let (incident, _, stage) = standing(log, incident)?;
            check(stage, IncidentEvent::Feedback)?;
            let mut writes = vec![
                FieldWrite::of_subject(Field::FeedbackIncident, Value::Ref(incident)),
                FieldWrite::of_subject(Field::FeedbackText, Value::Text(text.clone())),
                FieldWrite::of_subject(Field::FeedbackAt, Value::Int(at_ms)),
            ];
            if let Some(assignment) = assignment {
                let regs = log
                    .registers(Noun::Assignment, assignment)?
                    .ok_or_else(|| not_found("assignment"))?;
                let of = regs.reference(Field::AssignmentIncident);
                let of = of.ok_or_else(|| not_found("assignment"))?;
                if standing(log, of)?.0 != incident {
                    return Err(not_found("assignment"));
                }
                let value = Value::Ref(assignment);
                writes.push(FieldWrite::of_subject(Field::FeedbackAssignment, value));
            }
            if let Some(result) = &result {
                let value = Value::Text(result.clone());
                writes.push(FieldWrite::of_subject(Field::FeedbackResult, value));
            }
            let mut fact = FieldWrite::of(incident, Field::IncidentFact, Value::Int(at_ms));
            fact.seen = Seen::Exactly(Vec::new());
            writes.push(fact);
            Ok(log.append(actor.act(Lane::Routine, Kind::FeedbackAdd, at_ms, None, writes))?)
        })
    }
}
