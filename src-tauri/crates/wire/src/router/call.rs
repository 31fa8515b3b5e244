//! Handlers of calls.

use fengsui_app::call::NewCall;

use super::Context;
use super::convert::{call_of, dot, dot_or, fix, line, saved};
use crate::call::{AnswerCall, Answered, CallList, CallRef, LocateCall, RingCall, Rung};
use crate::common::{Nothing, Saved};
use crate::failure::Failure;

pub(super) fn list(context: &Context<'_>, _: Nothing) -> Result<CallList, Failure> {
    let desk = context.actor()?.desk.clone();
    let rows = context.station.call_list()?;
    Ok(CallList {
        calls: rows.into_iter().map(|row| call_of(row, &desk)).collect(),
    })
}

pub(super) fn ring(context: &Context<'_>, request: RingCall) -> Result<Rung, Failure> {
    let RingCall {
        line: of,
        number,
        subscriber,
        fix: place,
        outside_id,
    } = request;
    let at_ms = context.station.now_ms();
    let new = NewCall {
        line: line(of),
        number,
        subscriber,
        fix: place.map(|place| fix(place, at_ms)),
        outside_id,
    };
    let done = context.station.ring_call(context.actor()?, new)?;
    Ok(Rung {
        call: done.value.to_string(),
        saved_at_ms: done.saved_at_ms,
    })
}

pub(super) fn locate(context: &Context<'_>, request: LocateCall) -> Result<Saved, Failure> {
    let call = dot("call", &request.call)?;
    let place = fix(request.fix, context.station.now_ms());
    Ok(saved(context.station.locate_call(
        context.actor()?,
        call,
        place,
    )?))
}

pub(super) fn answer(context: &Context<'_>, request: AnswerCall) -> Result<Answered, Failure> {
    let call = dot_or("call", request.call.as_deref())?;
    let done = context.station.answer_call(context.actor()?, call)?;
    Ok(Answered {
        call: done.value.call.to_string(),
        incident: done.value.incident.to_string(),
        number: done.value.number,
        saved_at_ms: done.saved_at_ms,
    })
}

pub(super) fn end(context: &Context<'_>, request: CallRef) -> Result<Saved, Failure> {
    let call = dot("call", &request.call)?;
    Ok(saved(context.station.end_call(context.actor()?, call)?))
}
