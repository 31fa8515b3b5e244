//! A call rings.

use fengsui_domain::incident::Line;
use fengsui_domain::log::dot::{Dot, Lane};
use fengsui_domain::log::entry::Value;
use fengsui_domain::log::field::Field;
use fengsui_domain::log::kind::Kind;
use fengsui_store::log::{Act, FieldWrite};
use fengsui_store::read;

use super::Fix;
use crate::error::{AppError, invalid};
use crate::session::Actor;
use crate::station::{Saved, Station};
use crate::text::{line_text, phone_number};

/// What is known when it rings.
#[derive(Debug, Clone)]
pub struct NewCall {
    /// Dialled line.
    pub line: Line,
    /// Caller number; `None` = withheld.
    pub number: Option<String>,
    /// Subscriber text.
    pub subscriber: Option<String>,
    /// Location.
    pub fix: Option<Fix>,
    /// The sender's own id: the same id again changes nothing.
    pub outside_id: Option<String>,
}

impl Station {
    /// A call rings at this desk.
    ///
    /// # Errors
    /// `ValueInvalid`, faults.
    pub fn ring_call(&self, actor: &Actor, new: NewCall) -> Result<Saved<Dot>, AppError> {
        let number = new
            .number
            .as_deref()
            .map(phone_number)
            .transpose()?
            .flatten();
        let subscriber = new
            .subscriber
            .as_deref()
            .map(|text| line_text("subscriber", text, 200))
            .transpose()?;
        if new
            .outside_id
            .as_ref()
            .is_some_and(|id| id.is_empty() || id.len() > 128)
        {
            return Err(invalid("outside_id", "1-128"));
        }
        let (at_ms, actor) = (self.now_ms(), actor.clone());
        let mut writes = vec![
            FieldWrite::of_subject(Field::CallLine, Value::Int(i64::from(new.line.code()))),
            FieldWrite::of_subject(Field::CallRingAt, Value::Int(at_ms)),
        ];
        let texts = [
            (Field::CallNumber, number),
            (
                Field::CallSubscriber,
                subscriber.filter(|text| !text.is_empty()),
            ),
            (Field::CallOutsideId, new.outside_id.clone()),
        ];
        for (field, text) in texts {
            writes.extend(text.map(|text| FieldWrite::of_subject(field, Value::Text(text))));
        }
        if let Some(fix) = &new.fix {
            writes.push(FieldWrite::of_subject(Field::CallFix, fix.value()?));
        }
        self.act(move |log| {
            if let Some(id) = &new.outside_id
                && let Some(known) = read::call_by_outside_id(log.conn(), id)?
            {
                return Ok(known.dot);
            }
            Ok(log.append(Act {
                lane: Lane::Routine,
                at_ms,
                actor: actor.account.clone(),
                post: actor.post,
                kind: Kind::CallRing,
                subject: None,
                writes: writes.clone(),
                refs: Vec::new(),
            })?)
        })
    }
}
