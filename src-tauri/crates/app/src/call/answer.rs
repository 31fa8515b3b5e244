//! Answering a call opens its incident in the same commit: the number stands
//! before the first word is typed.

use fengsui_domain::call::{CallEvent, CallRejection, CallState, transition};
use fengsui_domain::incident::{Entrance, Line};
use fengsui_domain::log::dot::{Dot, Lane};
use fengsui_domain::log::entry::Value;
use fengsui_domain::log::field::{Field, Noun};
use fengsui_domain::log::kind::Kind;
use fengsui_domain::log::register::Registers;
use fengsui_store::log::{Act, FieldWrite, Log};
use fengsui_store::{project, read};

use super::Fix;
use super::held::{Others, take_over};
use super::locate::point_writes;
use crate::error::{AppError, Rejection, RejectionCode, not_found};
use crate::incident::open::{NewIncident, open_in};
use crate::session::Actor;
use crate::station::{Saved, Station};

/// What answering made.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Answered {
    /// The call.
    pub call: Dot,
    /// The incident.
    pub incident: Dot,
    /// 警情编号.
    pub number: String,
}

impl Station {
    /// Answers a call, or takes over one whose desk is gone; `None` = the one of these that rang
    /// first.
    ///
    /// # Errors
    /// `CallNoneRinging`, `CallTaken`, `CallState`, `NotFound`, faults.
    pub fn answer_call(
        &self,
        actor: &Actor,
        call: Option<Dot>,
    ) -> Result<Saved<Answered>, AppError> {
        let (at_ms, actor) = (self.now_ms(), actor.clone());
        let numbering = self.numbering()?;
        let others = self.others()?;
        self.act(move |log| {
            let call = match call {
                Some(call) => call,
                None => oldest_waiting(log, &others)?,
            };
            let regs = log
                .registers(Noun::Call, call)?
                .ok_or_else(|| not_found("call"))?;
            let event = match others.is_lost(&regs) {
                true => CallEvent::TakeOver,
                false => CallEvent::Answer,
            };
            transition(project::call_state(&regs), event)
                .map_err(|rejection| refused(rejection, &regs, &others))?;
            if event == CallEvent::TakeOver {
                return take_over(log, &actor, at_ms, call, &regs);
            }
            let opened = open_in(log, &actor, &numbering, at_ms, &of_call(call, &regs))?;
            let mut writes = vec![
                FieldWrite::of_subject(Field::CallAnsweredAt, Value::Int(at_ms)),
                FieldWrite::of_subject(Field::CallDesk, Value::Text(actor.desk.clone())),
                FieldWrite::of_subject(Field::CallIncident, Value::Ref(opened.incident)),
            ];
            let fixes: Vec<Fix> = regs
                .live(Field::CallFix)
                .iter()
                .filter_map(Fix::of)
                .collect();
            if let Some(best) = super::best_fix(&fixes) {
                writes.extend(point_writes(opened.incident, &best.value()?));
            }
            if let Some(number) = regs.text(Field::CallNumber) {
                writes.push(FieldWrite::of(
                    opened.incident,
                    Field::IncidentCallerNumber,
                    Value::Text(number.to_owned()),
                ));
            }
            log.append(Act {
                lane: Lane::Urgent,
                at_ms,
                actor: actor.account.clone(),
                post: actor.post,
                kind: Kind::CallAnswer,
                subject: Some(call),
                writes,
                refs: Vec::new(),
            })?;
            Ok(Answered {
                call,
                incident: opened.incident,
                number: opened.number,
            })
        })
    }
}

fn oldest_waiting(log: &Log<'_>, others: &Others) -> Result<Dot, AppError> {
    let waits =
        |regs: &Registers| project::call_state(regs) == CallState::Ringing || others.is_lost(regs);
    read::listed_calls(log.conn())?
        .into_iter()
        .find(|call| waits(&call.regs))
        .map(|call| call.dot)
        .ok_or_else(|| RejectionCode::CallNoneRinging.into())
}

fn of_call(call: Dot, regs: &Registers) -> NewIncident {
    let line = regs
        .int(Field::CallLine)
        .and_then(|code| u8::try_from(code).ok())
        .and_then(Line::from_code)
        .unwrap_or(Line::Police110);
    NewIncident {
        line,
        entrance: Entrance::Phone,
        call: Some(call),
    }
}

fn refused(rejection: CallRejection, regs: &Registers, others: &Others) -> AppError {
    match rejection {
        CallRejection::AlreadyAnswered => {
            let desk = others.holder(regs).map(|holder| holder.words);
            let desk = desk.unwrap_or_default();
            Rejection::new(RejectionCode::CallTaken)
                .with("desk", desk)
                .into()
        }
        CallRejection::AlreadyOver | CallRejection::NotMissed | CallRejection::NotTalking => {
            let state = project::call_state(regs).word();
            Rejection::new(RejectionCode::CallState)
                .with("state", state)
                .into()
        }
    }
}
