//! Roads closed and opened again by a person (封路), each an entry of the county's own register.
//! Closing adds; opening takes back exactly the closure it has seen, so of a closing and an
//! opening that did not see each other the closing stays.
//!
//! Not here: what a closure is (`domain::closure`), which pieces of road it means (`routing`).

use fengsui_domain::closure::Closure;
use fengsui_domain::log::dot::{Dot, Lane};
use fengsui_domain::log::entry::Value;
use fengsui_domain::log::field::{Field, Noun};
use fengsui_domain::log::kind::Kind;
use fengsui_domain::log::register::Registers;
use fengsui_geo::Wgs84;
use fengsui_routing::{CLOSING_LIMIT_M, NearPiece, RoadClass};
use fengsui_store::log::{FieldWrite, Seen};
use fengsui_store::{StoreError, read};

use super::{NoRoad, Overlay, speeds_of};
use crate::error::{AppError, invalid, not_found};
use crate::session::Actor;
use crate::station::{Saved, Station};
use crate::text::line_text;

/// Longest name of a road, and longest word of who ordered it, in characters.
const NAME_MAX: usize = 40;
/// Longest reason, in characters.
const REASON_MAX: usize = 200;

/// The road at a point.
#[derive(Debug, Clone, PartialEq)]
pub struct RoadHere {
    /// The nearest point of it.
    pub at: Wgs84,
    /// How far that is, metres.
    pub off_m: f64,
    /// Its name, when the map has one.
    pub name: Option<String>,
    /// Class.
    pub class: RoadClass,
    /// The ways it is driven there, whole degrees clockwise from north: one or two.
    pub headings_deg: Vec<u16>,
}

/// A road to close.
#[derive(Debug, Clone, PartialEq)]
pub struct NewClosure {
    /// A point on or beside it.
    pub at: Wgs84,
    /// The way that is closed, degrees clockwise from north; `None` = both ways.
    pub heading_deg: Option<u16>,
    /// Its name; empty = the map's.
    pub name: String,
    /// Why; at least a character.
    pub reason: String,
    /// Whose word it is; empty = not said.
    pub ordered_by: String,
    /// Until when, epoch ms.
    pub until_ms: Option<i64>,
    /// The closure that this one takes the place of.
    pub replaces: Option<Dot>,
}

/// A closed road.
#[derive(Debug, Clone, PartialEq)]
pub struct ClosureRow {
    /// The entry that closed it.
    pub dot: Dot,
    /// What was said.
    pub closure: Closure,
    /// Account of who wrote it.
    pub account: String,
    /// What is closed on the map in use.
    pub lines: Vec<Vec<Wgs84>>,
    /// Why nothing is; `None` = something is.
    pub why: Option<NoRoad>,
}

/// The closures that stand, in the order in which they were written.
pub(super) fn closures_of(regs: &Registers) -> Vec<(Dot, Closure)> {
    let mut lives: Vec<_> = regs.standing(Field::CountyClosure).collect();
    lives.sort_by_key(|live| (live.hlc, live.dot));
    let read = lives.into_iter().filter_map(|live| {
        let closure = match &live.value {
            Value::Text(text) => Closure::decode(text),
            _ => None,
        };
        if closure.is_none() {
            tracing::warn!(dot = %live.dot, "a closed road of a newer program was left out");
        }
        Some((live.dot, closure?))
    });
    read.collect()
}

fn here_of(near: NearPiece) -> RoadHere {
    let ways = [near.heading_deg, near.heading_deg + 180.0];
    RoadHere {
        at: near.at,
        off_m: near.off_m,
        name: near.name,
        class: near.class,
        headings_deg: ways
            .into_iter()
            .zip(near.is_open)
            .filter(|(_, is_open)| *is_open)
            // Rounded up to 360 it is north again.
            .map(|(deg, _)| deg.rem_euclid(360.0).round() as u16 % 360)
            .collect(),
    }
}

impl Station {
    /// The road at a point.
    ///
    /// # Errors
    /// Inside: why there is none; farther than [`CLOSING_LIMIT_M`] is off the road.
    pub fn road_here(&self, at: Wgs84) -> Result<RoadHere, NoRoad> {
        let near = self.map().roads().ask(|roads| roads.nearest_piece(at))?;
        near.filter(|near| near.off_m <= CLOSING_LIMIT_M)
            .map(here_of)
            .ok_or(NoRoad::OffRoad)
    }

    /// Closed roads, the newest last; those whose time has come too.
    ///
    /// # Errors
    /// Faults only.
    pub fn closures(&self) -> Result<Vec<ClosureRow>, AppError> {
        let rows = self.store().read(|conn| {
            let closures = closures_of(&read::county(conn)?);
            let rows = closures.into_iter().map(|(dot, closure)| {
                let entry = read::entry_by_dot(conn, dot)?;
                let entry = entry.ok_or_else(|| StoreError::Corrupt {
                    detail: format!("no entry {dot}"),
                })?;
                Ok((dot, closure, entry.actor))
            });
            rows.collect::<Result<Vec<_>, AppError>>()
        })?;
        // Outside the reading: the roads have a lock of their own.
        let roads = self.map().roads();
        let rows = rows.into_iter().map(|(dot, closure, account)| {
            let (lines, why) = match roads.lines_of(dot) {
                Ok(lines) if lines.is_empty() => (lines, Some(NoRoad::OffRoad)),
                Ok(lines) => (lines, None),
                Err(why) => (Vec::new(), Some(why)),
            };
            ClosureRow {
                dot,
                closure,
                account,
                lines,
                why,
            }
        });
        Ok(rows.collect())
    }

    /// Closes the road at a point; ways, times and rings go around it from now on.
    ///
    /// # Errors
    /// `ValueInvalid` (no road there, no reason, a time that is past), `NotFound` when what it
    /// replaces is no longer closed, faults.
    pub fn close_road(&self, actor: &Actor, new: NewClosure) -> Result<Saved<Dot>, AppError> {
        let (at_ms, actor) = (self.now_ms(), actor.clone());
        let reason = line_text("reason", &new.reason, REASON_MAX)?;
        if reason.is_empty() {
            return Err(invalid("reason", &format!("1-{REASON_MAX}")));
        }
        if new.until_ms.is_some_and(|until_ms| until_ms <= at_ms) {
            return Err(invalid("until_ms", "> now"));
        }
        if new.heading_deg.is_some_and(|deg| deg >= 360) {
            return Err(invalid("heading_deg", "0-359"));
        }
        let here = match self.road_here(new.at) {
            Ok(here) => Some(here),
            Err(NoRoad::OffRoad) => {
                return Err(invalid("point", &format!("≤ {CLOSING_LIMIT_M:.0} m")));
            }
            // Kept all the same: it counts as soon as there are roads.
            Err(_) => None,
        };
        let name = line_text("name", &new.name, NAME_MAX)?;
        let mapped = here.as_ref().and_then(|here| here.name.clone());
        let closure = Closure {
            at: here.map_or(new.at, |here| here.at),
            heading_deg: new.heading_deg,
            until_ms: new.until_ms,
            since_ms: at_ms,
            ordered_by: line_text("ordered_by", &new.ordered_by, NAME_MAX)?,
            name: if name.is_empty() {
                mapped.unwrap_or_default()
            } else {
                name
            },
            reason,
        };
        let (text, replaces) = (closure.encode(), new.replaces);
        let saved = self.act(move |log| {
            let regs = log.registers(Noun::County, Dot::COUNTY)?;
            let seen = match replaces {
                Some(dot) => standing(&regs.unwrap_or_default(), dot)?,
                None => Vec::new(),
            };
            let value = Value::Text(text.clone());
            let mut write = FieldWrite::of(Dot::COUNTY, Field::CountyClosure, value);
            write.seen = Seen::Exactly(seen);
            let act = actor.act(Lane::Routine, Kind::RoadClose, at_ms, None, vec![write]);
            Ok::<_, AppError>(log.append(act)?)
        })?;
        self.relay_roads()?;
        Ok(saved)
    }

    /// Opens a closed road again.
    ///
    /// # Errors
    /// `NotFound` when it is not closed (any more), `ValueInvalid`, faults.
    pub fn reopen_road(
        &self,
        actor: &Actor,
        closure: Dot,
        reason: &str,
    ) -> Result<Saved<Dot>, AppError> {
        let (at_ms, actor) = (self.now_ms(), actor.clone());
        let reason = line_text("reason", reason, REASON_MAX)?;
        let saved = self.act(move |log| {
            let regs = log.registers(Noun::County, Dot::COUNTY)?;
            let regs = regs.unwrap_or_default();
            let mut write = FieldWrite::of(Dot::COUNTY, Field::CountyClosure, Value::Nothing);
            let mut seen = standing(&regs, closure)?;
            // What earlier openings left behind says nothing any more.
            let spent = regs.live(Field::CountyClosure).iter();
            seen.extend(
                spent
                    .filter(|live| live.value == Value::Nothing)
                    .map(|live| live.dot),
            );
            write.seen = Seen::Exactly(seen);
            let mut writes = vec![write];
            if !reason.is_empty() {
                writes.push(FieldWrite::body(
                    Field::BodyText,
                    Value::Text(reason.clone()),
                ));
            }
            let act = actor.act(Lane::Routine, Kind::RoadReopen, at_ms, None, writes);
            Ok::<_, AppError>(log.append(act)?)
        })?;
        self.relay_roads()?;
        Ok(saved)
    }

    /// What the county lays over its roads.
    pub(crate) fn overlay(&self) -> Result<Overlay, AppError> {
        let regs = self.store().read(read::county)?;
        Ok(Overlay {
            speeds: speeds_of(&regs),
            closures: closures_of(&regs),
        })
    }

    /// Lays what the county says now over the roads in use.
    pub(crate) fn relay_roads(&self) -> Result<(), AppError> {
        self.map().roads().relay(|| self.overlay())
    }
}

/// A closure that stands, as what a write has seen.
fn standing(regs: &Registers, closure: Dot) -> Result<Vec<Dot>, AppError> {
    regs.standing(Field::CountyClosure)
        .find(|live| live.dot == closure)
        .map(|live| vec![live.dot])
        .ok_or_else(|| not_found("closure"))
}
