//! 抄送本所: every order to a crew is also on the desk of the crew's own station house (所队), which
//! sees it and may say something to it. It cannot hold it up: a comment (本所意见) changes nothing
//! but the timeline.
//!
//! Not here: how orders reach other stations (`replication`); a copy is no entry of its own.

use std::collections::BTreeMap;

use fengsui_domain::clock::Clocks;
use fengsui_domain::log::dot::{Dot, Lane};
use fengsui_domain::log::entry::Value;
use fengsui_domain::log::field::{Field, Noun};
use fengsui_domain::log::kind::Kind;
use fengsui_mappack::county::PostRow as House;
use fengsui_store::log::FieldWrite;
use fengsui_store::read::{self, UnitRecord};

use super::{AssignmentRow, row_of};
use crate::clock::{Corrected, clocks_in};
use crate::error::{AppError, invalid, not_found};
use crate::incident::code_of;
use crate::session::Actor;
use crate::station::{Saved, Station};
use crate::text::block_text;

/// Longest comment, characters.
const COMMENT_MAX: usize = 400;

/// An order to a crew of a station house.
#[derive(Debug, Clone, PartialEq)]
pub struct Copy {
    /// The order.
    pub row: AssignmentRow,
    /// The incident.
    pub incident: Dot,
    /// How that is spoken of.
    pub short_code: String,
    /// Its place.
    pub place: Option<String>,
    /// What was said to the order so far, oldest first.
    pub comments: Vec<Comment>,
}

/// What a station house said to an order.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Comment {
    /// Which station house, or station.
    pub house: String,
    /// When, ms.
    pub at_ms: i64,
    /// Words.
    pub text: String,
}

/// The orders to the crews of one station house.
#[derive(Debug, Clone, PartialEq)]
pub struct Copies {
    /// Code and name of the station house; `None` = this desk's is not known and none was named.
    pub house: Option<(String, String)>,
    /// All station houses that have crews: code, name.
    pub houses: Vec<(String, String)>,
    /// Newest first.
    pub rows: Vec<Copy>,
}

impl Station {
    /// The station house this station stands in: the one of the county's register that bears its
    /// name. `None` = none or several do.
    #[must_use]
    pub fn own_house(&self) -> Option<&House> {
        self.house_named(self.name())
    }

    /// The one station house of the county's register that bears a name; `None` = none or several
    /// do.
    pub(crate) fn house_named(&self, name: &str) -> Option<&House> {
        let posts = self.county().data.posts.iter();
        let mut named = posts.filter(|house| house.name == name || house.short == name);
        let found = named.next()?;
        named.next().is_none().then_some(found)
    }

    /// Orders to crews of a station house (by code; `None` = this desk's own) that have not ended.
    ///
    /// # Errors
    /// `NotFound` of a house that is not in the register, faults.
    pub fn copies(&self, house: Option<&str>) -> Result<Copies, AppError> {
        let posts = &self.county().data.posts;
        let known = |code: &str| posts.iter().find(|post| post.code == code);
        let house = match house {
            Some(code) => Some(known(code).ok_or_else(|| not_found("house"))?),
            None => self.own_house(),
        };
        let limits = self.limits()?;
        let (units, rows) = self.store().read(|conn| {
            let units = read::units(conn)?;
            let by_id: BTreeMap<i64, &UnitRecord> = units
                .iter()
                .filter(|unit| house.is_some_and(|house| is_of(unit, &house.code)))
                .map(|unit| (unit.record.id, unit))
                .collect();
            let clocks = clocks_in(conn)?;
            let mut rows = Vec::new();
            for record in read::active_assignments(conn)?.corrected(&clocks) {
                let Some(unit) = by_id.get(&record.unit) else {
                    continue;
                };
                let Some(incident) = read::incident_by_id(conn, record.incident)? else {
                    continue;
                };
                let callsign = super::order::callsign_of(unit);
                let regs = &incident.record.regs;
                rows.push(Copy {
                    row: row_of(&record, &callsign, unit.record.dot, &limits, &clocks),
                    incident: incident.record.dot,
                    short_code: code_of(regs),
                    place: regs.text(Field::IncidentPlace).map(str::to_owned),
                    comments: comments(conn, record.incident, record.record.dot, &clocks)?,
                });
            }
            Ok::<_, AppError>((units, rows))
        })?;
        let mut rows = rows;
        let ordered = |copy: &Copy| copy.row.at(Field::AssignmentOrderedAt);
        rows.sort_by_key(|copy| (std::cmp::Reverse(ordered(copy)), copy.row.dot));
        let houses = posts
            .iter()
            .filter(|post| units.iter().any(|unit| is_of(unit, &post.code)))
            .map(named);
        Ok(Copies {
            house: house.map(named),
            houses: houses.collect(),
            rows,
        })
    }

    /// Says something to an order; at every stage, and nothing else changes by it.
    ///
    /// # Errors
    /// `NotFound`, `ValueInvalid`, faults.
    pub fn comment_on_order(
        &self,
        actor: &Actor,
        assignment: Dot,
        text: &str,
    ) -> Result<Saved<Dot>, AppError> {
        let text = block_text("text", text, COMMENT_MAX)?;
        if text.is_empty() {
            return Err(invalid("text", &format!("1-{COMMENT_MAX}")));
        }
        let (at_ms, actor) = (self.now_ms(), actor.clone());
        let house = self
            .own_house()
            .map_or(self.name().to_owned(), |house| named(house).1);
        self.act(move |log| {
            log.registers(Noun::Assignment, assignment)?
                .ok_or_else(|| not_found("assignment"))?;
            let body = |field, text: &str| FieldWrite::body(field, Value::Text(text.to_owned()));
            let writes = vec![
                body(Field::BodyStationName, &house),
                body(Field::BodyText, &text),
            ];
            let kind = Kind::AssignmentComment;
            Ok(log.append(actor.act(Lane::Routine, kind, at_ms, Some(assignment), writes))?)
        })
    }
}

fn is_of(unit: &UnitRecord, house: &str) -> bool {
    unit.record.regs.text(Field::UnitPost) == Some(house)
}

fn named(house: &House) -> (String, String) {
    let name = if house.short.is_empty() {
        &house.name
    } else {
        &house.short
    };
    (house.code.clone(), name.clone())
}

/// The comments on an order, from the timeline of its incident.
fn comments(
    conn: &fengsui_store::Connection,
    incident: i64,
    assignment: Dot,
    clocks: &Clocks,
) -> Result<Vec<Comment>, AppError> {
    let entries = read::timeline(conn, incident)?;
    let of_order = entries.iter().filter(|entry| {
        entry.kind == Kind::AssignmentComment.code() && entry.subject == assignment
    });
    let text = |entry: &fengsui_domain::log::entry::Entry, field| match entry.body(field) {
        Some(Value::Text(text)) => text.clone(),
        _ => String::new(),
    };
    Ok(of_order
        .map(|entry| Comment {
            house: text(entry, Field::BodyStationName),
            at_ms: clocks.here_ms(entry.dot, entry.hlc, entry.at_ms),
            text: text(entry, Field::BodyText),
        })
        .collect())
}
