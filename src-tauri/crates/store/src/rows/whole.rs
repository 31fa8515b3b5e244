//! What incidents are parts of, by a code that was heard or by a person's word: derived anew for
//! every incident that was written, and for all that have its code.
//!
//! **Invariant:** a function of the rows as they stand, so any order and any batches of folding
//! give the same (I2, I3). Not here: the rules (`domain::voice`, `domain::whole`), the stage of a
//! whole (`project`).

use std::collections::BTreeSet;

use fengsui_domain::log::dot::Dot;
use fengsui_domain::log::entry::Value;
use fengsui_domain::log::field::{Field, Noun};
use fengsui_domain::log::register::Registers;
use fengsui_domain::number::{IncidentNumber, LocalDay, ShortCode};
use fengsui_domain::voice::{Alike, Doubt, part_of};
use fengsui_domain::whole::{Word, is_part_of, is_stub, word_of};
use rusqlite::{Connection, params};

use super::{Row, Rows, decode};
use crate::error::StoreError;
use crate::read::dot_at;

/// An incident with what the rule looks at.
pub(crate) struct Known {
    pub(crate) id: i64,
    pub(crate) dot: Dot,
    day: i64,
    regs: Registers,
    part_of: i64,
}

impl Known {
    fn alike(&self) -> Alike<'_> {
        Alike {
            dot: self.dot,
            regs: &self.regs,
        }
    }
}

impl Rows<'_> {
    /// Derives what these incidents, and the stubs with their codes, are parts of; the aliases of
    /// incidents whose whole is another now.
    pub(super) fn regroup(&mut self, written: &BTreeSet<Dot>) -> Result<BTreeSet<i64>, StoreError> {
        if written.is_empty() {
            return Ok(BTreeSet::new());
        }
        let any = "SELECT 1 FROM incident WHERE voice <> '' LIMIT 1";
        let has_stubs = self.conn.prepare_cached(any)?.exists([])?;
        let (mut codes, mut said) = (BTreeSet::new(), Vec::new());
        for dot in written {
            let Some(row) = self.get(Noun::Incident, *dot)? else {
                continue;
            };
            if has_stubs {
                codes.extend(code_of(&row.regs));
            }
            let has_word = row.regs.standing(Field::IncidentWhole).next().is_some();
            if has_word && !is_stub(&row.regs) {
                said.extend(row.id);
            }
        }
        let mut moved = BTreeSet::new();
        for code in codes {
            let stubs = stubs_with(self.conn, &code)?;
            for stub in &stubs {
                let parent = self.parent(stub, &code, &stubs)?;
                self.put_into(stub, parent, &mut moved)?;
            }
        }
        for id in said {
            let Some(own) = known_by_id(self.conn, id)? else {
                continue;
            };
            let parent = match word_of(own.dot, &own.regs) {
                Word::PartOf(dot) => self.alias_of_whole(&own, dot)?,
                Word::Alone | Word::Torn | Word::Unsaid => 0,
            };
            self.put_into(&own, parent, &mut moved)?;
        }
        let mut stale = BTreeSet::new();
        for id in moved {
            reroot(self.conn, id, &mut stale)?;
        }
        Ok(stale)
    }

    /// The alias of what a stub is a part of; 0 = it stands alone.
    fn parent(&mut self, stub: &Known, code: &str, stubs: &[Known]) -> Result<i64, StoreError> {
        let found = match word_of(stub.dot, &stub.regs) {
            Word::PartOf(dot) => Some(dot).filter(|dot| *dot != stub.dot),
            Word::Alone | Word::Torn => None,
            Word::Unsaid => judge(self.conn, stub, code, stubs)?.unwrap_or(None),
        };
        match found {
            Some(dot) => self.alias_of_whole(stub, dot),
            None => Ok(0),
        }
    }

    /// The alias of `whole`; 0 = it is not here, or would be the part itself.
    fn alias_of_whole(&mut self, part: &Known, whole: Dot) -> Result<i64, StoreError> {
        let row = self.get(Noun::Incident, whole)?;
        let of = |row: &&Row| is_part_of((part.dot, &part.regs), (whole, &row.regs));
        Ok(row.filter(of).and_then(|row| row.id).unwrap_or(0))
    }

    /// Writes what it is a part of, where that is another than before.
    fn put_into(
        &self,
        part: &Known,
        parent: i64,
        moved: &mut BTreeSet<i64>,
    ) -> Result<(), StoreError> {
        if parent != part.part_of {
            self.conn
                .prepare_cached("UPDATE incident SET part_of = ?2 WHERE id = ?1")?
                .execute([part.id, parent])?;
            moved.insert(part.id);
        }
        Ok(())
    }
}

/// The code by which an incident is spoken of: the one that was heard, or its own number's.
pub(crate) fn code_of(regs: &Registers) -> Option<String> {
    if let Some(heard) = regs.text(Field::IncidentVoiceCode) {
        return Some(heard.to_owned());
    }
    let number = IncidentNumber::parse(regs.text(Field::IncidentNumber)?).ok()?;
    Some(ShortCode::from_number(&number).text())
}

/// The rule, asked for one stub.
fn judge(
    conn: &Connection,
    stub: &Known,
    code: &str,
    stubs: &[Known],
) -> Result<Result<Option<Dot>, Doubt>, StoreError> {
    let days = days_around(stub.day);
    let originals = originals_of(conn, code, &days)?;
    let originals: Vec<Alike<'_>> = originals.iter().map(Known::alike).collect();
    let near: Vec<Alike<'_>> = stubs
        .iter()
        .filter(|other| days.contains(&other.day))
        .map(Known::alike)
        .collect();
    Ok(part_of(stub.alike(), &originals, &near))
}

/// What is in doubt about an incident of this code: why, and the other incidents concerned. A stub
/// that stands alone is, and so is an incident that such a stub may be a part of.
///
/// # Errors
/// Any store error; `Ok(None)` when nothing is in doubt.
pub fn doubt_of(
    conn: &Connection,
    id: i64,
    code: &str,
) -> Result<Option<(Doubt, Vec<i64>)>, StoreError> {
    let stubs = stubs_with(conn, code)?;
    let mut found = None;
    let mut others = BTreeSet::new();
    for stub in &stubs {
        let Err(doubt) = judge(conn, stub, code, &stubs)? else {
            continue;
        };
        let concerned = concerned(conn, stub, code, &stubs)?;
        if stub.id == id {
            return Ok(Some((doubt, concerned.into_iter().collect())));
        }
        if concerned.contains(&id) {
            found = Some(doubt);
            others.insert(stub.id);
        }
    }
    Ok(found.map(|doubt| (doubt, others.into_iter().collect())))
}

/// What a stub in doubt may be a part of: what has its code, and what persons have said.
fn concerned(
    conn: &Connection,
    stub: &Known,
    code: &str,
    stubs: &[Known],
) -> Result<BTreeSet<i64>, StoreError> {
    let days = days_around(stub.day);
    let originals = originals_of(conn, code, &days)?;
    let near = stubs.iter().filter(|other| days.contains(&other.day));
    let mut ids: BTreeSet<i64> = originals.iter().chain(near).map(|known| known.id).collect();
    for live in stub.regs.standing(Field::IncidentWhole) {
        if let Value::Ref(dot) = live.value {
            let said = crate::read::incident_by_dot(conn, dot)?;
            ids.extend(said.map(|found| found.record.id));
        }
    }
    ids.remove(&stub.id);
    Ok(ids)
}

const KNOWN: &str = "SELECT t.id, t.regs, w.station, w.incarnation, w.lane, t.seq, t.day, t.part_of
     FROM incident t JOIN writer w ON w.id = t.writer";

fn known(row: &rusqlite::Row<'_>) -> Result<Known, StoreError> {
    Ok(Known {
        id: row.get(0)?,
        regs: decode(row.get_ref(1)?.as_blob().unwrap_or(&[]))?,
        dot: dot_at(row, 2)?,
        day: row.get(6)?,
        part_of: row.get(7)?,
    })
}

fn stubs_with(conn: &Connection, code: &str) -> Result<Vec<Known>, StoreError> {
    let sql = format!("{KNOWN} WHERE t.voice = ?1 AND t.voice <> '' ORDER BY t.id");
    let mut ask = conn.prepare_cached(&sql)?;
    let mut rows = ask.query([code])?;
    let mut out = Vec::new();
    while let Some(row) = rows.next()? {
        out.push(known(row)?);
    }
    Ok(out)
}

/// Incidents of these days that are no stubs and whose number has this code.
fn originals_of(conn: &Connection, code: &str, days: &[i64]) -> Result<Vec<Known>, StoreError> {
    let mut ids = Vec::new();
    let mut ask =
        conn.prepare_cached("SELECT id, number FROM incident WHERE day = ?1 AND voice = ''")?;
    for day in days {
        let mut rows = ask.query([day])?;
        while let Some(row) = rows.next()? {
            let number = IncidentNumber::parse(row.get_ref(1)?.as_str().unwrap_or_default());
            if number.is_ok_and(|number| ShortCode::from_number(&number).text() == code) {
                ids.push(row.get::<_, i64>(0)?);
            }
        }
    }
    let mut out = Vec::new();
    for id in ids {
        out.extend(known_by_id(conn, id)?);
    }
    Ok(out)
}

fn known_by_id(conn: &Connection, id: i64) -> Result<Option<Known>, StoreError> {
    let mut ask = conn.prepare_cached(&format!("{KNOWN} WHERE t.id = ?1"))?;
    let mut rows = ask.query([id])?;
    rows.next()?.map(known).transpose()
}

/// A day (yyyymmdd) with the one before and the one after: a night lies in two of them.
fn days_around(day: i64) -> Vec<i64> {
    let part = |value: i64| u8::try_from(value % 100).ok();
    let parts = || {
        let year = u16::try_from(day / 10_000).ok()?;
        LocalDay::new(year, part(day / 100)?, part(day)?).ok()
    };
    let Some(of) = parts() else {
        return vec![day];
    };
    let number = |day: LocalDay| {
        let (year, month, day) = day.parts();
        i64::from(year) * 10_000 + i64::from(month) * 100 + i64::from(day)
    };
    let (before, after) = of.neighbours();
    vec![number(before), day, number(after)]
}

/// Writes the whole of an incident and of everything that is a part of it.
fn reroot(conn: &Connection, id: i64, stale: &mut BTreeSet<i64>) -> Result<(), StoreError> {
    let mut ask = conn.prepare_cached(
        "WITH RECURSIVE part (id) AS (
             SELECT ?1 UNION
             SELECT t.id FROM incident t JOIN part p ON t.part_of = p.id AND t.part_of > 0)
         SELECT t.id, t.whole FROM incident t JOIN part p ON p.id = t.id",
    )?;
    let parts: Vec<(i64, i64)> = ask
        .query_map([id], |row| Ok((row.get(0)?, row.get(1)?)))?
        .collect::<Result<_, _>>()?;
    for (part, before) in parts {
        let head = head_of(conn, part)?;
        let whole = if head == part { 0 } else { head };
        conn.prepare_cached("UPDATE incident SET whole = ?2 WHERE id = ?1")?
            .execute([part, whole])?;
        stale.extend([before, part, head]);
    }
    stale.remove(&0);
    Ok(())
}

/// Where `part_of` ends.
fn head_of(conn: &Connection, id: i64) -> Result<i64, StoreError> {
    let mut ask = conn.prepare_cached("SELECT part_of FROM incident WHERE id = ?1")?;
    let mut head = id;
    loop {
        match ask.query_row(params![head], |row| row.get::<_, i64>(0))? {
            0 => return Ok(head),
            next => head = next,
        }
    }
}
