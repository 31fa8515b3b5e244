//! 并入: several reports of one event become one whole, by a person's word, and are parted again.
//!
//! Not here: which of two is the part (`domain::whole`), who belongs to whom (`store`, derived),
//! what may be the same (`kin`).

use fengsui_domain::incident::Closure;
use fengsui_domain::log::dot::{Dot, Lane};
use fengsui_domain::log::entry::{Target, Value, Write};
use fengsui_domain::log::field::{Field, Noun};
use fengsui_domain::log::kind::Kind;
use fengsui_domain::log::register::Registers;
use fengsui_domain::whole::{Word, is_part_of, is_stub, word_of};
use fengsui_store::log::{FieldWrite, Log};
use fengsui_store::read::{self, IncidentRecord};

use super::form::{BLOCK_TEXTS, COUNTS, LINE_TEXTS};
use super::{ParallelField, closure_of, code_of};
use crate::error::{AppError, RejectionCode, not_found};
use crate::session::Actor;
use crate::station::{Saved, Station};
use crate::text::block_text;

/// A report that a person joined to a whole.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct JoinedReport {
    /// The report.
    pub dot: Dot,
    /// Its own 警情编号.
    pub number: String,
    /// Its short code.
    pub short_code: String,
    /// Caller's number.
    pub caller: Option<String>,
    /// Place as told.
    pub place: Option<String>,
    /// Opened, ms.
    pub opened_at_ms: i64,
}

impl Station {
    /// A person says that two incidents are one (并入): which of them is the part follows from
    /// both, and what they are parts of comes along.
    ///
    /// # Errors
    /// `NotFound`, `NothingToChange` where they are one, faults.
    pub fn join_incident(
        &self,
        actor: &Actor,
        one: Dot,
        other: Dot,
    ) -> Result<Saved<Dot>, AppError> {
        let (at_ms, actor) = (self.now_ms(), actor.clone());
        self.act(move |log| {
            let (part, whole) = oriented(log, one, other)?;
            let word = FieldWrite::of_subject(Field::IncidentWhole, Value::Ref(whole));
            let kind = Kind::IncidentJoin;
            Ok(log.append(actor.act(Lane::Urgent, kind, at_ms, Some(part), vec![word]))?)
        })
    }

    /// A person says that an incident stands alone (分开).
    ///
    /// # Errors
    /// `NotFound`, `NotJoined` where it is no part and no code says that it is one,
    /// `NothingToChange`, `ValueInvalid`, faults.
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
            match word_of(part, &regs) {
                Word::Alone => return Err(RejectionCode::NothingToChange.into()),
                Word::Unsaid if !is_stub(&regs) => return Err(RejectionCode::NotJoined.into()),
                Word::Unsaid | Word::PartOf(_) | Word::Torn => {}
            }
            let alone = Value::Ref(part);
            let mut writes = vec![FieldWrite::of_subject(Field::IncidentWhole, alone)];
            if !reason.is_empty() {
                let reason = Value::Text(reason.clone());
                writes.push(FieldWrite::body(Field::BodyText, reason));
            }
            let kind = Kind::IncidentPart;
            Ok(log.append(actor.act(Lane::Urgent, kind, at_ms, Some(part), writes))?)
        })
    }
}

/// Which of two is the part, and of what: the wholes that they are in, where neither is a stub.
/// A stub is named itself: a person may join it elsewhere than its code does.
fn oriented(log: &mut Log<'_>, one: Dot, other: Dot) -> Result<(Dot, Dot), AppError> {
    let mut found = |dot: Dot| {
        let regs = log.registers(Noun::Incident, dot)?;
        let regs = regs.ok_or_else(|| not_found("incident"))?;
        if is_stub(&regs) {
            return Ok((dot, regs));
        }
        let head = read::whole_by_dot(log.conn(), dot)?.ok_or_else(|| not_found("incident"))?;
        let head = head.record.dot;
        let regs = log.registers(Noun::Incident, head)?.unwrap_or_default();
        Ok::<_, AppError>((head, regs))
    };
    let (one, other) = (found(one)?, found(other)?);
    let ((part, regs), whole) = match is_part_of((one.0, &one.1), (other.0, &other.1)) {
        true => (one, other.0),
        false => (other, one.0),
    };
    if part == whole || word_of(part, &regs) == Word::PartOf(whole) {
        return Err(RejectionCode::NothingToChange.into());
    }
    Ok((part, whole))
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

/// The reports in a whole that persons joined, oldest first.
pub(super) fn joined(parts: &[IncidentRecord]) -> Vec<JoinedReport> {
    let reports = parts.iter().filter(|part| !is_stub(&part.record.regs));
    let mut reports: Vec<JoinedReport> = reports
        .map(|part| {
            let regs = &part.record.regs;
            let text = |field| regs.text(field).map(str::to_owned);
            JoinedReport {
                dot: part.record.dot,
                number: text(Field::IncidentNumber).unwrap_or_default(),
                short_code: code_of(regs),
                caller: text(Field::IncidentCallerNumber),
                place: text(Field::IncidentPlace),
                opened_at_ms: regs.int(Field::IncidentOpenedAt).unwrap_or(0),
            }
        })
        .collect();
    reports.sort_by_key(|report| (report.opened_at_ms, report.dot));
    reports
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
