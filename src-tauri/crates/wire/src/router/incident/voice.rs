//! Handlers of incidents entered by voice (语音转来).
//!
//! Not here: the rules; see `domain::voice` and `app::incident::voice`.

use fengsui_app::incident::{Heard, VoiceDoubt as AppDoubt, VoicePart as AppPart};

use super::super::convert::line;
use super::{Context, form};
use crate::failure::Failure;
use crate::incident::{HearIncident, Opened, VoiceDoubt, VoiceOther, VoicePart};

pub(in crate::router) fn hear(
    context: &Context<'_>,
    request: HearIncident,
) -> Result<Opened, Failure> {
    let heard = Heard {
        code: request.code,
        line: line(request.line),
        from: request.from,
        at_ms: request.at_ms,
        form: form(request.form),
    };
    let done = context.station.hear_incident(context.actor()?, &heard)?;
    Ok(Opened {
        incident: done.value.incident.to_string(),
        number: done.value.number,
        saved_at_ms: done.saved_at_ms,
    })
}

pub(super) fn part_of(part: AppPart) -> VoicePart {
    VoicePart {
        id: part.dot.to_string(),
        number: part.number,
        from: part.from,
        place: part.place,
        at_ms: part.at_ms,
        by_person: part.by_person,
    }
}

pub(super) fn doubt_of(doubt: AppDoubt) -> VoiceDoubt {
    let others = doubt.others.into_iter();
    VoiceDoubt {
        why: doubt.why.word().to_owned(),
        alone: doubt.alone.to_string(),
        others: others
            .map(|(dot, number, place)| VoiceOther {
                id: dot.to_string(),
                number,
                place,
            })
            .collect(),
    }
}
