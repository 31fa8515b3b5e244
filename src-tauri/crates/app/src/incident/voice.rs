//! 语音转来: an incident entered by a short code that was heard, and what becomes of it when the
//! original is here too: one whole, or two that a person joins or parts.
//!
//! Not here: the rule (`domain::voice`), who belongs to whom (`store`, derived).

use std::sync::Arc;

use fengsui_domain::incident::{Closure, Entrance, Level, Line};
use fengsui_domain::log::dot::{Dot, Lane};
use fengsui_domain::log::entry::{Target, Value, Write};
use fengsui_domain::log::field::{Field, Noun};
use fengsui_domain::log::kind::Kind;
use fengsui_domain::log::register::Registers;
use fengsui_domain::number::{NumberError, ShortCode};
use fengsui_domain::voice::{Doubt, Word, word_of};
use fengsui_store::Connection;
use fengsui_store::log::{FieldWrite, Log};
use fengsui_store::read::{self, IncidentRecord};

use super::form::{BLOCK_TEXTS, COUNTS, LINE_TEXTS};
use super::open::{Opened, numbered};
use super::{Form, ParallelField, closure_of, code_of};
use crate::error::{AppError, Rejection, RejectionCode, invalid, not_found};
use crate::session::Actor;
use crate::station::{Saved, Station};
use crate::text::{block_text, line_text};

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

    /// A person says that a stub is a part of another incident (并入).
    ///
    /// # Errors
    /// `NotFound`, `NotVoice` where neither is a stub, `NothingToChange`, faults.
    pub fn join_incident(
        &self,
        actor: &Actor,
        part: Dot,
        into: Dot,
    ) -> Result<Saved<Dot>, AppError> {
        let (at_ms, actor) = (self.now_ms(), actor.clone());
        self.act(move |log| {
            let (part, into) = oriented(log, part, into)?;
            let regs = log.registers(Noun::Incident, part)?.unwrap_or_default();
            if word_of(part, &regs) == Word::PartOf(into) {
                return Err(RejectionCode::NothingToChange.into());
            }
            let word = FieldWrite::of_subject(Field::IncidentWhole, Value::Ref(into));
            let kind = Kind::IncidentJoin;
            Ok(log.append(actor.act(Lane::Urgent, kind, at_ms, Some(part), vec![word]))?)
        })
    }

    /// A person says that a stub is an incident of its own (分开).
    ///
    /// # Errors
    /// `NotFound`, `NotVoice`, `NothingToChange`, `ValueInvalid`, faults.
    pub fn part_incident(
        &self,
        actor: &Actor,
        part: Dot,
        reason: &str,
    ) -> Result<Saved<Dot>, AppError> {
        let (at_ms, actor) = (self.now_ms(), actor.clone());
        let reason = block_text("reason", reason, 400)?;
        self.act(move |log| {
            let regs = log
                .registers(Noun::Incident, part)?
                .ok_or_else(|| not_found("incident"))?;
            if !is_stub(&regs) {
                return Err(RejectionCode::NotVoice.into());
            }
            if word_of(part, &regs) == Word::Alone {
                return Err(RejectionCode::NothingToChange.into());
            }
            let mut writes = vec![FieldWrite::of_subject(
                Field::IncidentWhole,
                Value::Ref(part),
            )];
            if !reason.is_empty() {
                let reason = Value::Text(reason.clone());
                writes.push(FieldWrite::body(Field::BodyText, reason));
            }
            let kind = Kind::IncidentPart;
            Ok(log.append(actor.act(Lane::Urgent, kind, at_ms, Some(part), writes))?)
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

/// It was entered by a code that was heard.
#[must_use]
pub fn is_stub(regs: &Registers) -> bool {
    regs.text(Field::IncidentVoiceCode).is_some()
}

/// Which of two is the part: the stub; of two stubs the later one.
fn oriented(log: &mut Log<'_>, one: Dot, other: Dot) -> Result<(Dot, Dot), AppError> {
    let mut stub = |dot| {
        let regs = log.registers(Noun::Incident, dot)?;
        let regs = regs.ok_or_else(|| not_found("incident"))?;
        Ok::<_, AppError>(is_stub(&regs))
    };
    match (stub(one)?, stub(other)?) {
        _ if one == other => Err(RejectionCode::NothingToChange.into()),
        (true, false) => Ok((one, other)),
        (false, true) => Ok((other, one)),
        (true, true) => Ok((one.max(other), one.min(other))),
        (false, false) => Err(RejectionCode::NotVoice.into()),
    }
}

/// The parts of a whole besides its head, with their registers within this transaction.
pub(crate) fn parts(log: &mut Log<'_>, head: Dot) -> Result<Vec<(Dot, Registers)>, AppError> {
    let Some(record) = read::incident_by_dot(log.conn(), head)? else {
        return Ok(Vec::new());
    };
    let mut parts = Vec::new();
    for part in read::parts_of(log.conn(), record.record.id)? {
        let dot = part.record.dot;
        if let Some(regs) = log.registers(Noun::Incident, dot)? {
            parts.push((dot, regs));
        }
    }
    Ok(parts)
}

/// Whoever works the whole as one has said that it is one: what only the code had joined stays
/// joined, whatever type and place become.
pub(crate) fn confirm(log: &mut Log<'_>, head: Dot) -> Result<Vec<FieldWrite>, AppError> {
    let unsaid = |(dot, regs): &(Dot, Registers)| word_of(*dot, regs) == Word::Unsaid;
    let parts = parts(log, head)?.into_iter().filter(unsaid);
    let word = |(dot, _)| FieldWrite::of(dot, Field::IncidentWhole, Value::Ref(head));
    Ok(parts.map(word).collect())
}

/// Opens again every part of a whole that was closed.
pub(crate) fn open_parts(log: &mut Log<'_>, head: Dot) -> Result<Vec<FieldWrite>, AppError> {
    let closed = |(_, regs): &(Dot, Registers)| closure_of(regs) != Closure::None;
    let parts = parts(log, head)?.into_iter().filter(closed);
    let open = |(dot, _)| FieldWrite::of(dot, Field::IncidentClosure, Value::Nothing);
    Ok(parts.map(open).collect())
}

/// The stubs in a whole, oldest first.
pub(super) fn parts_in(
    conn: &Connection,
    head: &IncidentRecord,
) -> Result<Vec<VoicePart>, AppError> {
    let parts = read::parts_of(conn, head.record.id)?;
    let mut parts: Vec<VoicePart> = parts
        .iter()
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

/// What is in doubt about a stub on its own, or about what it may be a part of.
pub(crate) fn doubt_in(
    conn: &Connection,
    incident: &IncidentRecord,
) -> Result<Option<VoiceDoubt>, AppError> {
    let code = code_of(&incident.record.regs);
    let Some((why, ids)) = read::doubt_of(conn, incident.record.id, &code)? else {
        return Ok(None);
    };
    let mut others = Vec::new();
    for id in ids {
        if let Some(other) = read::incident_by_id(conn, id)? {
            let text = |field| other.record.regs.text(field).map(str::to_owned);
            let number = text(Field::IncidentNumber).unwrap_or_default();
            others.push((other.record.dot, number, text(Field::IncidentPlace)));
        }
    }
    Ok(Some(VoiceDoubt { why, others }))
}

/// What a whole shows: its head's values, and those of its parts where the head has none.
#[must_use]
pub(crate) fn filled<'r>(
    head: &Registers,
    parts: impl IntoIterator<Item = &'r Registers>,
) -> Registers {
    let mut regs = head.clone();
    for part in parts {
        for field in filling() {
            let Some(live) = part.shown(field) else {
                continue;
            };
            if regs.value(field).is_none() {
                let write = Write {
                    target: Target::Subject,
                    field: field.code(),
                    value: live.value.clone(),
                    seen: regs.seen(field),
                };
                regs.apply(live.dot, live.hlc, &write);
            }
        }
    }
    regs
}

fn filling() -> impl Iterator<Item = Field> {
    let coded = [
        Field::IncidentLevel,
        Field::IncidentPoint,
        Field::IncidentPointSource,
    ];
    let form = LINE_TEXTS.iter().chain(BLOCK_TEXTS).chain(COUNTS).copied();
    form.chain(coded)
}

/// What the parts say otherwise than the whole shows (as 并行修改).
pub(super) fn otherwise(shown: &Registers, parts: &[IncidentRecord]) -> Vec<ParallelField> {
    let mut out = Vec::new();
    for part in parts {
        for field in filling().filter(|field| *field != Field::IncidentPointSource) {
            let live = part.record.regs.shown(field);
            let Some(live) = live.filter(|live| live.value != Value::Nothing) else {
                continue;
            };
            if shown.value(field) != Some(&live.value) {
                out.push(ParallelField {
                    field,
                    other: live.value.clone(),
                    by: live.dot,
                    at_ms: live.hlc.ms(),
                });
            }
        }
    }
    out
}

/// Wholes with what their parts add, and what the board says of voice in each.
pub(super) fn spoken(
    conn: &Connection,
    heads: Vec<IncidentRecord>,
) -> Result<Vec<(IncidentRecord, Option<VoiceMark>)>, AppError> {
    let mut out = Vec::with_capacity(heads.len());
    for mut head in heads {
        let parts = read::parts_of(conn, head.record.id)?;
        let is_stub = is_stub(&head.record.regs);
        let doubt = doubt_in(conn, &head)?;
        let mark = (is_stub || !parts.is_empty() || doubt.is_some()).then(|| VoiceMark {
            is_stub,
            from: heard_from(&head.record.regs, &parts),
            parts: u32::try_from(parts.len()).unwrap_or(u32::MAX),
            in_doubt: doubt.is_some(),
        });
        head.record.regs = filled(
            &head.record.regs,
            parts.iter().map(|part| &part.record.regs),
        );
        out.push((head, mark));
    }
    Ok(out)
}

/// Who called: of the stub itself, else of its first part.
fn heard_from(head: &Registers, parts: &[IncidentRecord]) -> String {
    let of = |regs: &Registers| regs.text(Field::IncidentVoiceFrom).map(str::to_owned);
    let first = parts.iter().find_map(|part| of(&part.record.regs));
    of(head).or(first).unwrap_or_default()
}
