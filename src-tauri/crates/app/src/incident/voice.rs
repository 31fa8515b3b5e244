//! 语音转来: an incident entered by a short code that was heard, and what is in doubt about it when
//! the original is here too.
//!
//! Not here: the rule (`domain::voice`), who belongs to whom (`store`, derived), joining and
//! parting (`whole`).

use std::collections::BTreeSet;
use std::sync::Arc;

use fengsui_domain::incident::{Entrance, Level, Line};
use fengsui_domain::log::dot::{Dot, Lane};
use fengsui_domain::log::entry::Value;
use fengsui_domain::log::field::Field;
use fengsui_domain::log::kind::Kind;
use fengsui_domain::log::register::Registers;
use fengsui_domain::number::{NumberError, ShortCode};
use fengsui_domain::voice::Doubt;
use fengsui_domain::whole::{Word, is_stub, word_of};
use fengsui_store::Connection;
use fengsui_store::log::FieldWrite;
use fengsui_store::read::{self, IncidentRecord, Record};

use super::open::{Opened, numbered};
use super::whole::filled;
use super::{Form, code_of};
use crate::error::{AppError, Rejection, RejectionCode, invalid};
use crate::kin::callers;
use crate::session::Actor;
use crate::station::{Saved, Station};
use crate::text::line_text;

/// What was heard.
#[derive(Debug, Clone)]
pub struct Heard {
    /// The short code, as typed.
    pub code: String,
    /// Line whose form is shown.
    pub line: Line,
    /// Who called.
    pub from: String,
    /// When it was heard, ms; `None` = now.
    pub at_ms: Option<i64>,
    /// Level, type, place, and what was ordered.
    pub form: Form,
}

/// A stub within a whole.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct VoicePart {
    /// The stub.
    pub dot: Dot,
    /// Its own 警情编号.
    pub number: String,
    /// Who called.
    pub from: String,
    /// Place as heard.
    pub place: Option<String>,
    /// When it was heard, ms.
    pub at_ms: i64,
    /// A person said that it belongs here; else its code did.
    pub by_person: bool,
}

/// What has a stub's code although they are not one; of the other, the stubs.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct VoiceDoubt {
    /// Why they are not one.
    pub why: Doubt,
    /// Which would stand alone when a person says that they are two.
    pub alone: Dot,
    /// The others: dot, 警情编号, place.
    pub others: Vec<(Dot, String, Option<String>)>,
}

/// What the board says of voice in a row.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct VoiceMark {
    /// The row itself is a stub: nobody's original is here.
    pub is_stub: bool,
    /// Who called; empty where it is not a stub.
    pub from: String,
    /// Stubs that are parts of it.
    pub parts: u32,
    /// It stands on its own although its code is known: a person should look.
    pub in_doubt: bool,
}

/// The oldest word that is taken as just heard, ms: 补录 of an outage of days.
const HEARD_MAX_MS: i64 = 7 * 24 * 3_600_000;

impl Station {
    /// Enters what was heard: a stub with a number of its own that is worked like any other.
    ///
    /// # Errors
    /// `VoiceCode` with what to ask for again, `TimeImpossible`, `ValueInvalid`, `CodeUnknown`,
    /// faults.
    pub fn hear_incident(
        self: &Arc<Self>,
        actor: &Actor,
        heard: &Heard,
    ) -> Result<Saved<Opened>, AppError> {
        let code = code_heard(&heard.code)?.text();
        let from = line_text("from", &heard.from, 60)?;
        if from.is_empty() {
            return Err(invalid("from", "1-60"));
        }
        let now_ms = self.now_ms();
        let at_ms = heard.at_ms.unwrap_or(now_ms);
        if at_ms > now_ms || at_ms < now_ms - HEARD_MAX_MS {
            let detail = if at_ms > now_ms { "future" } else { "past" };
            return Err(Rejection::new(RejectionCode::TimeImpossible)
                .with("detail", detail)
                .into());
        }
        let form = Form {
            line: None,
            entrance: None,
            level: heard.level_or(self),
            ..heard.form.clone()
        };
        let writes = form.writes(&Registers::default(), self.county())?;
        let (actor, numbering, line) = (actor.clone(), self.numbering()?, heard.line);
        self.act(move |log| {
            let entrance = Entrance::Radio;
            let (number, mut all) = numbered(log, &actor, &numbering, at_ms, (line, entrance))?;
            let text = |field, text: &str| FieldWrite::of_subject(field, Value::Text(text.into()));
            all.push(text(Field::IncidentVoiceCode, &code));
            all.push(text(Field::IncidentVoiceFrom, &from));
            let filed = Value::Int(at_ms);
            all.push(FieldWrite::of_subject(Field::IncidentFiledAt, filed));
            all.extend(writes.clone());
            let kind = Kind::IncidentHear;
            let incident = log.append(actor.act(Lane::Urgent, kind, at_ms, None, all))?;
            Ok(Opened { incident, number })
        })
    }
}

impl Heard {
    /// The level that was said, else that of the type.
    fn level_or(&self, station: &Station) -> Option<Level> {
        let of_type = || {
            let code = self.form.text(Field::IncidentType)?;
            Level::from_code(station.county().type_row(code)?.level)
        };
        self.form.level.or_else(of_type)
    }
}

/// Reads a code that was heard; a bad one says what to ask for again.
///
/// # Errors
/// `VoiceCode`: `why` is `shape` (ask for the whole code) or `check` (`expected` would be the
/// check of what was heard before it).
pub fn code_heard(text: &str) -> Result<ShortCode, AppError> {
    let text = line_text("code", text, 40)?;
    ShortCode::parse(&text).map_err(|error| {
        let rejection = Rejection::new(RejectionCode::VoiceCode).with("code", text.clone());
        let rejection = match (error, ShortCode::expected_check(&text)) {
            (NumberError::BadCheck, Some(expected)) => rejection
                .with("why", "check")
                .with("expected", expected.to_string()),
            _ => rejection.with("why", "shape"),
        };
        rejection.into()
    })
}

/// The stubs in a whole, oldest first.
pub(super) fn parts_in(
    conn: &Connection,
    head: &IncidentRecord,
) -> Result<Vec<VoicePart>, AppError> {
    let parts = read::parts_of(conn, head.record.id)?;
    let stubs = parts.iter().filter(|part| is_stub(&part.record.regs));
    let mut parts: Vec<VoicePart> = stubs
        .map(|part| {
            let (dot, regs) = (part.record.dot, &part.record.regs);
            let text = |field| regs.text(field).map(str::to_owned);
            VoicePart {
                dot,
                number: text(Field::IncidentNumber).unwrap_or_default(),
                from: text(Field::IncidentVoiceFrom).unwrap_or_default(),
                place: text(Field::IncidentPlace),
                at_ms: regs.int(Field::IncidentOpenedAt).unwrap_or(0),
                by_person: word_of(dot, regs) != Word::Unsaid,
            }
        })
        .collect();
    parts.sort_by_key(|part| (part.at_ms, part.dot));
    Ok(parts)
}

/// What is in doubt about a stub on its own, about what it may be a part of, or about a report of
/// which two persons said different things.
pub(crate) fn doubt_in(
    conn: &Connection,
    incident: &IncidentRecord,
) -> Result<Option<VoiceDoubt>, AppError> {
    let Record { dot, id, regs } = &incident.record;
    let is_torn = !is_stub(regs) && word_of(*dot, regs) == Word::Torn;
    let (why, found) = match is_torn {
        true => (Doubt::Torn, said_of(conn, *dot, regs)?),
        false => {
            let Some((why, ids)) = read::doubt_of(conn, *id, &code_of(regs))? else {
                return Ok(None);
            };
            let found = ids.into_iter().map(|id| read::incident_by_id(conn, id));
            (why, found.collect::<Result<Vec<_>, _>>()?)
        }
    };
    let others: Vec<_> = found
        .into_iter()
        .flatten()
        .map(|other| {
            let text = |field| other.record.regs.text(field).map(str::to_owned);
            let number = text(Field::IncidentNumber).unwrap_or_default();
            (other.record.dot, number, text(Field::IncidentPlace))
        })
        .collect();
    let first = others.first().filter(|_| !is_torn && !is_stub(regs));
    Ok(Some(VoiceDoubt {
        why,
        alone: first.map_or(*dot, |(dot, ..)| *dot),
        others,
    }))
}

/// What persons said that an incident is a part of.
fn said_of(
    conn: &Connection,
    own: Dot,
    regs: &Registers,
) -> Result<Vec<Option<IncidentRecord>>, AppError> {
    let said = regs.standing(Field::IncidentWhole);
    let said = said.filter_map(|live| match live.value {
        Value::Ref(dot) if dot != own => Some(dot),
        _ => None,
    });
    let dots: BTreeSet<Dot> = said.collect();
    let found = dots.into_iter().map(|dot| read::incident_by_dot(conn, dot));
    Ok(found.collect::<Result<Vec<_>, _>>()?)
}

/// What the board says of the parts of a row.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct PartsMark {
    /// What was entered by voice in it.
    pub voice: Option<VoiceMark>,
    /// Reports that it is made of; 1 = nothing was joined.
    pub callers: u32,
}

/// Wholes with what their parts add, and what the board says of these.
pub(super) fn spoken(
    conn: &Connection,
    heads: Vec<IncidentRecord>,
) -> Result<Vec<(IncidentRecord, PartsMark)>, AppError> {
    let mut out = Vec::with_capacity(heads.len());
    for mut head in heads {
        let parts = read::parts_of(conn, head.record.id)?;
        let is_stub = is_stub(&head.record.regs);
        let doubt = doubt_in(conn, &head)?;
        let callers = callers(&parts);
        let stubs = (parts.len() + 1).saturating_sub(callers as usize);
        let voice = (is_stub || stubs > 0 || doubt.is_some()).then(|| VoiceMark {
            is_stub,
            from: heard_from(&head.record.regs, &parts),
            parts: u32::try_from(stubs).unwrap_or(u32::MAX),
            in_doubt: doubt.is_some(),
        });
        head.record.regs = filled(
            &head.record.regs,
            parts.iter().map(|part| &part.record.regs),
        );
        out.push((head, PartsMark { voice, callers }));
    }
    Ok(out)
}

/// Who called: of the stub itself, else of its first part.
fn heard_from(head: &Registers, parts: &[IncidentRecord]) -> String {
    let of = |regs: &Registers| regs.text(Field::IncidentVoiceFrom).map(str::to_owned);
    let first = parts.iter().find_map(|part| of(&part.record.regs));
    of(head).or(first).unwrap_or_default()
}
