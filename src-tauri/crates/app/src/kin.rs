//! 关联: while a call is taken, what may be the same event (可能重复), and what its number and its
//! place were about before (重复警情).
//!
//! Not here: how alike two reports are (`domain::kin`), joining (`incident::whole`).

use std::collections::BTreeMap;

use fengsui_domain::kin::{
    Likeness, PROPOSED, REPEAT_DAYS, REPEAT_FROM, Report, is_same_place, likeness,
};
use fengsui_domain::log::dot::Dot;
use fengsui_domain::log::field::Field;
use fengsui_domain::log::register::Registers;
use fengsui_domain::whole::is_stub;
use fengsui_geo::Wgs84;
use fengsui_store::read::{self, IncidentRecord};
use fengsui_store::{Connection, search};

use crate::error::{AppError, invalid, not_found};
use crate::incident::code_of;
use crate::incident::form::point_of;
use crate::session::Actor;
use crate::setting::{setting_rows, write_setting};
use crate::station::{Saved, Station};

/// Key of the county's setting.
pub const REPEAT_KEY: &str = "repeat.from";
/// Likely ones that are shown, and lines of what was before.
const SHOWN: usize = 8;
/// Hits of a number or a place that are looked at.
const LOOKED_AT: usize = 200;
/// Milliseconds of a day.
const DAY_MS: i64 = 86_400_000;

/// What an incident may be one with, and what was before it.
#[derive(Debug, Clone, PartialEq)]
pub struct Kin {
    /// Days that count.
    pub days: i64,
    /// The n-th report says so; 0 = none does.
    pub from: u32,
    /// The same number; `None` = seldomer than `from`, or nobody knows the number.
    pub number: Option<Before>,
    /// The same place.
    pub place: Option<Before>,
    /// What may be the same event, the likeliest first.
    pub likely: Vec<Likely>,
}

/// Reports before this one.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Before {
    /// How many in these days, this one with them.
    pub count: u32,
    /// Of those before: type name (`None` = none chosen) and how many, most first.
    pub types: Vec<(Option<String>, u32)>,
    /// Those before, newest first.
    pub rows: Vec<Earlier>,
}

/// An incident that was before.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Earlier {
    /// Its whole.
    pub dot: Dot,
    /// 警情编号.
    pub number: String,
    /// Type name.
    pub type_name: Option<String>,
    /// Place text.
    pub place: Option<String>,
    /// Opened, ms.
    pub opened_at_ms: i64,
    /// Result code.
    pub result: Option<String>,
}

/// An incident that may be the same event.
#[derive(Debug, Clone, PartialEq)]
pub struct Likely {
    /// What it is.
    pub earlier: Earlier,
    /// Its short code.
    pub short_code: String,
    /// How alike.
    pub likeness: Likeness,
    /// Reports in it.
    pub callers: u32,
}

impl Station {
    /// What an incident may be one with, and what was before it.
    ///
    /// # Errors
    /// `NotFound`, faults.
    pub fn kin_of(&self, dot: Dot) -> Result<Kin, AppError> {
        self.store().read(|conn| {
            let own = read::whole_by_dot(conn, dot)?.ok_or_else(|| not_found("incident"))?;
            let from = repeat_from(&read::county(conn)?);
            let regs = &own.record.regs;
            let number = regs.text(Field::IncidentCallerNumber);
            let is_number = |other: &Registers| other.text(Field::IncidentCallerNumber) == number;
            let place = regs.text(Field::IncidentPlace);
            let is_place = |other: &Registers| {
                let both = place.zip(other.text(Field::IncidentPlace));
                both.is_some_and(|(one, other)| is_same_place(one, other))
            };
            Ok(Kin {
                days: REPEAT_DAYS,
                from,
                number: self.before(conn, &own, (number, from), is_number)?,
                place: self.before(conn, &own, (place, from), is_place)?,
                likely: self.likely(conn, &own)?,
            })
        })
    }

    /// Reports whose words hold `words` and that are of the same kind as `is_same` says.
    fn before(
        &self,
        conn: &Connection,
        own: &IncidentRecord,
        (words, from): (Option<&str>, u32),
        is_same: impl Fn(&Registers) -> bool,
    ) -> Result<Option<Before>, AppError> {
        let words = words.map(runs).unwrap_or_default();
        if words.is_empty() {
            return Ok(None);
        }
        let opened_ms = opened_at(&own.record.regs);
        let since_ms = opened_ms - REPEAT_DAYS * DAY_MS;
        let (mut count, mut rows) = (1, Vec::new());
        let mut types: BTreeMap<Option<String>, u32> = BTreeMap::new();
        for id in search::incidents(conn, &words, LOOKED_AT)? {
            let Some(whole) = read::incident_by_id(conn, id)? else {
                continue;
            };
            let parts = read::parts_of(conn, id)?;
            let reports = std::iter::once(&whole).chain(&parts);
            let counts = reports.filter(|report| {
                let (dot, regs) = (report.record.dot, &report.record.regs);
                let at_ms = opened_at(regs);
                let is_before = at_ms < opened_ms || (at_ms == opened_ms && dot < own.record.dot);
                dot != own.record.dot && at_ms >= since_ms && is_before && is_same(regs)
            });
            let found = u32::try_from(counts.count()).unwrap_or(u32::MAX);
            count += found;
            if found > 0 && id != own.record.id {
                let earlier = self.earlier(&whole);
                *types.entry(earlier.type_name.clone()).or_default() += found;
                rows.push(earlier);
            }
        }
        if from == 0 || count < from {
            return Ok(None);
        }
        rows.sort_by_key(|row| std::cmp::Reverse((row.opened_at_ms, row.dot)));
        rows.truncate(SHOWN);
        let mut types: Vec<_> = types.into_iter().collect();
        types.sort_by_key(|(_, count)| std::cmp::Reverse(*count));
        Ok(Some(Before { count, types, rows }))
    }

    /// What may be the same event, of what is on the board.
    fn likely(&self, conn: &Connection, own: &IncidentRecord) -> Result<Vec<Likely>, AppError> {
        let opened_ms = opened_at(&own.record.regs);
        let mine = report(&own.record.regs, opened_ms);
        let mut likely = Vec::new();
        for whole in read::open_incidents(conn)? {
            let regs = &whole.record.regs;
            // What came later proposes itself to those who take it.
            let is_later = (opened_at(regs), whole.record.dot) > (opened_ms, own.record.dot);
            if whole.record.id == own.record.id || is_later {
                continue;
            }
            let parts = read::parts_of(conn, whole.record.id)?;
            let told = parts.iter().map(|part| opened_at(&part.record.regs));
            let before = told.filter(|at_ms| *at_ms <= opened_ms);
            let last_ms = before.chain([opened_at(regs)]).max().unwrap_or(0);
            let like = likeness(&mine, &report(regs, last_ms));
            if let Some(likeness) = like.filter(|like| like.score >= PROPOSED) {
                likely.push(Likely {
                    earlier: self.earlier(&whole),
                    short_code: code_of(regs),
                    likeness,
                    callers: callers(&parts),
                });
            }
        }
        likely.sort_by(|one, other| other.likeness.score.total_cmp(&one.likeness.score));
        likely.truncate(SHOWN);
        Ok(likely)
    }

    fn earlier(&self, whole: &IncidentRecord) -> Earlier {
        let regs = &whole.record.regs;
        let text = |field| regs.text(field).map(str::to_owned);
        let type_row = |code: &str| self.county().type_row(code).map(|row| row.name.clone());
        Earlier {
            dot: whole.record.dot,
            number: text(Field::IncidentNumber).unwrap_or_default(),
            type_name: regs.text(Field::IncidentType).and_then(type_row),
            place: text(Field::IncidentPlace),
            opened_at_ms: opened_at(regs),
            result: text(Field::IncidentResult),
        }
    }

    /// From which report in 30 days on a number or a place says so; 0 turns it off.
    ///
    /// # Errors
    /// `ValueInvalid`, faults.
    pub fn set_repeat_from(&self, actor: &Actor, from: u32) -> Result<Saved<Dot>, AppError> {
        if from == 1 || from > 99 {
            return Err(invalid("count", "0, 2-99"));
        }
        let (at_ms, actor, value) = (self.now_ms(), actor.clone(), from.to_string());
        self.act(move |log| write_setting(log, &actor, at_ms, REPEAT_KEY, &value))
    }

    /// The setting in force; 0 = off.
    ///
    /// # Errors
    /// Faults only.
    pub fn repeat_from(&self) -> Result<u32, AppError> {
        Ok(repeat_from(&self.store().read(read::county)?))
    }
}

/// Reports that a whole is made of, by its parts besides the head; not what was heard by voice.
pub(crate) fn callers(parts: &[IncidentRecord]) -> u32 {
    let calls = parts.iter().filter(|part| !is_stub(&part.record.regs));
    u32::try_from(1 + calls.count()).unwrap_or(u32::MAX)
}

/// Names and numbers of a text, parted: 解放街6号 and 解放街 6 号 are looked for alike. A single
/// letter that is no digit finds too much.
fn runs(text: &str) -> String {
    let mut out = String::new();
    let mut last = None;
    for letter in text.chars() {
        let kind = letter.is_alphanumeric().then(|| letter.is_ascii());
        if kind != last {
            out.push(' ');
        }
        last = kind;
        if kind.is_some() {
            out.push(letter);
        }
    }
    let is_telling =
        |run: &&str| run.chars().count() > 1 || run.starts_with(|c: char| c.is_ascii());
    out.split(' ')
        .filter(is_telling)
        .filter(|run| !run.is_empty())
        .collect::<Vec<_>>()
        .join(" ")
}

fn repeat_from(county: &Registers) -> u32 {
    let rows = setting_rows(county);
    let last = rows.iter().rev().find(|(key, _)| *key == REPEAT_KEY);
    let set = last.and_then(|(_, value)| value.parse().ok());
    set.unwrap_or(REPEAT_FROM)
}

fn opened_at(regs: &Registers) -> i64 {
    regs.int(Field::IncidentOpenedAt).unwrap_or(0)
}

fn report(regs: &Registers, at_ms: i64) -> Report<'_> {
    Report {
        point: point_of(regs).and_then(|(lon, lat)| Wgs84::new(lon, lat).ok()),
        place: regs.text(Field::IncidentPlace),
        type_code: regs.text(Field::IncidentType),
        text: regs.text(Field::IncidentText),
        at_ms,
    }
}
