//! A call ends: answered or missed.

use fengsui_domain::call::{CallEvent, transition};
use fengsui_domain::log::dot::{Dot, Lane};
use fengsui_domain::log::entry::Value;
use fengsui_domain::log::field::{Field, Noun};
use fengsui_domain::log::kind::Kind;
use fengsui_store::log::{Act, FieldWrite};
use fengsui_store::project;

use crate::error::{AppError, Rejection, RejectionCode, not_found};
use crate::session::Actor;
use crate::station::{Saved, Station};

impl Station {
    /// The caller or the desk hung up.
    ///
    /// # Errors
    /// `NotFound`, `CallState`, faults.
    pub fn end_call(&self, actor: &Actor, call: Dot) -> Result<Saved<Dot>, AppError> {
        let (at_ms, actor) = (self.now_ms(), actor.clone());
        self.act(move |log| {
            let regs = log
                .registers(Noun::Call, call)?
                .ok_or_else(|| not_found("call"))?;
            let state = project::call_state(&regs);
            transition(state, CallEvent::End).map_err(|_| {
                Rejection::new(RejectionCode::CallState).with("state", state.word())
            })?;
            Ok(log.append(Act {
                lane: Lane::Routine,
                at_ms,
                actor: actor.account.clone(),
                post: actor.post,
                kind: Kind::CallEnd,
                subject: Some(call),
                writes: vec![FieldWrite::of_subject(
                    Field::CallEndedAt,
                    Value::Int(at_ms),
                )],
                refs: Vec::new(),
            })?)
        })
    }
}
