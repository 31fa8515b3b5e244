//! What is open, shown to a station that lacks much, and shown by one until its own log has come
//! as far (decision 0031).
//!
//! **Invariant:** what a peer showed stands in the tables only while our log lacks what stands
//! behind it; what the log makes of the same things is kept beside (`preview_row`) and takes
//! their place in the commit in which the log has come up.
//! Not here: folding (`rows`, `log`), when to ask (`replication::session`).

use std::collections::{BTreeMap, BTreeSet};

use fengsui_domain::log::dot::{Dot, Lane, Writer};
use fengsui_domain::log::entry::{Entry, Value};
use fengsui_domain::log::field::{Field, Noun};
use fengsui_domain::log::register::Registers;
use fengsui_replication::preview::{Preview, Thing};
use rusqlite::{Connection, OptionalExtension, params};

use crate::error::StoreError;
use crate::log::{Log, signed};
use crate::{exchange, read, rows};

/// Nouns that are shown, parents before children.
const SHOWN: &[(Noun, &str)] = &[
    (Noun::County, "county"),
    (Noun::Station, "station"),
    (Noun::Account, "account"),
    (Noun::Unit, "unit"),
    (Noun::Call, "call"),
    (Noun::Incident, "incident"),
    (Noun::Assignment, "assignment"),
    (Noun::Feedback, "feedback"),
    (Noun::Drawing, "drawing"),
];

/// Of a thing `t` in a table of this noun: it is shown, or no preview stands above it.
macro_rules! shown {
    ($noun:expr) => {
        concat!(
            "(NOT EXISTS (SELECT 1 FROM preview v WHERE v.writer = t.writer AND t.seq <= v.seq)
              OR EXISTS (SELECT 1 FROM preview_row r WHERE r.noun = ",
            $noun,
            " AND r.writer = t.writer AND r.seq = t.seq))"
        )
    };
}
pub(crate) use shown;

/// What stands: up to which entry of each writer.
#[derive(Debug, Clone, Default)]
pub(crate) struct Cut(BTreeMap<Writer, u64>);

impl Cut {
    /// As the file says; `None` = no preview stands.
    ///
    /// # Errors
    /// Any store error.
    pub(crate) fn load(conn: &Connection) -> Result<Option<Cut>, StoreError> {
        let mut ask = conn.prepare_cached(
            "SELECT w.station, w.incarnation, w.lane, v.seq
             FROM preview v JOIN writer w ON w.id = v.writer",
        )?;
        let mut rows = ask.query([])?;
        let mut cut = BTreeMap::new();
        while let Some(row) = rows.next()? {
            let dot = read::dot_at(row, 0)?;
            cut.insert(dot.writer, dot.seq);
        }
        Ok((!cut.is_empty()).then_some(Cut(cut)))
    }

    /// Another preview shows at least as much.
    fn is_within(&self, told: &Preview) -> bool {
        let mut all = self.0.iter();
        all.all(|(writer, seq)| told.cut.seq(*writer) >= *seq)
    }

    /// The rows show this entry already.
    pub(crate) fn covers(&self, dot: Dot) -> bool {
        self.0.get(&dot.writer).is_some_and(|seq| dot.seq <= *seq)
    }
}

/// Entries that are at least to come until the tables are the log's own again; 0 = they are.
///
/// # Errors
/// Any store error.
pub fn left(conn: &Connection) -> Result<u64, StoreError> {
    let left: i64 = conn
        .prepare_cached(
            "SELECT coalesce(sum(max(v.seq - w.head_seq, 0)), 0)
             FROM preview v JOIN writer w ON w.id = v.writer",
        )?
        .query_row([], |row| row.get(0))?;
    Ok(left.cast_unsigned())
}

/// Things that a preview shows.
///
/// # Errors
/// Any store error.
pub fn things(conn: &Connection) -> Result<Vec<Thing>, StoreError> {
    let mut ask = conn.prepare_cached(
        "SELECT coalesce(w.station, 0), coalesce(w.incarnation, 0), coalesce(w.lane, 0), r.seq,
                r.noun
         FROM preview_row r LEFT JOIN writer w ON w.id = r.writer
         ORDER BY r.noun, r.writer, r.seq",
    )?;
    let mut rows = ask.query([])?;
    let mut out = Vec::new();
    while let Some(row) = rows.next()? {
        out.push((row.get(4)?, read::dot_at(row, 0)?));
    }
    Ok(out)
}

/// Everything that is open here and what it hangs on, and things shown before; nothing while a
/// preview stands here.
///
/// # Errors
/// Any store error.
pub fn make(conn: &Connection, before: &[Thing], is_trusted: bool) -> Result<Preview, StoreError> {
    if left(conn)? > 0 {
        // What is shown here is another's word, which nobody passes on.
        return Ok(Preview::default());
    }
    let view = exchange::view(conn)?;
    let mut picked = Picked::default();
    picked.open(conn)?;
    for (noun, dot) in before {
        let known = SHOWN.iter().find(|(known, _)| *known as u8 == *noun);
        if let Some((noun, table)) = known
            && let Some(id) = id_of(conn, table, *dot)?
        {
            picked.add(*noun, id);
        }
    }
    picked.close(conn)?;
    let mut rows = Vec::new();
    for (noun, table) in SHOWN {
        for id in picked.ids(*noun) {
            rows.extend(row(conn, *noun, table, id, is_trusted)?);
        }
    }
    Ok(Preview {
        cut: view.summary.for_audience(is_trusted),
        rows,
    })
}

/// What stands on boards. Joins go from what is open: the other way they walk all of the past.
const OPEN: [(Noun, &str); 13] = [
    (Noun::County, "SELECT id FROM county"),
    (Noun::Station, "SELECT id FROM station"),
    (Noun::Account, "SELECT id FROM account"),
    (Noun::Unit, "SELECT id FROM unit"),
    (Noun::Call, "SELECT id FROM call WHERE listed = 1"),
    (Noun::Incident, "SELECT id FROM incident WHERE open = 1"),
    (
        Noun::Assignment,
        "SELECT id FROM assignment WHERE stage < 6",
    ),
    (
        Noun::Assignment,
        "SELECT a.id FROM incident i CROSS JOIN assignment a ON a.incident = i.id
         WHERE i.open = 1",
    ),
    (
        Noun::Assignment,
        "SELECT a.id FROM conflict c CROSS JOIN assignment a
             ON a.writer = c.writer AND a.seq = c.seq WHERE c.noun = 2",
    ),
    (
        Noun::Incident,
        "SELECT i.id FROM conflict c CROSS JOIN incident i
             ON i.writer = c.writer AND i.seq = c.seq WHERE c.noun = 1",
    ),
    (
        Noun::Call,
        "SELECT t.id FROM conflict c CROSS JOIN call t
             ON t.writer = c.writer AND t.seq = c.seq WHERE c.noun = 0",
    ),
    (
        Noun::Feedback,
        "SELECT f.id FROM incident i CROSS JOIN feedback f ON f.incident = i.id
         WHERE i.open = 1",
    ),
    (
        Noun::Drawing,
        "SELECT d.id FROM incident i CROSS JOIN drawing d ON d.incident = i.id
         WHERE i.open = 1",
    ),
];

/// Rows to show, by noun and alias.
#[derive(Default)]
struct Picked(BTreeMap<Noun, BTreeSet<i64>>);

impl Picked {
    fn add(&mut self, noun: Noun, id: i64) {
        self.0.entry(noun).or_default().insert(id);
    }

    fn ids(&self, noun: Noun) -> Vec<i64> {
        let ids = self.0.get(&noun).into_iter().flatten();
        ids.copied().collect()
    }

    fn all(&mut self, conn: &Connection, noun: Noun, sql: &str) -> Result<(), StoreError> {
        let mut ask = conn.prepare_cached(sql)?;
        let ids = ask.query_map([], |row| row.get(0))?;
        for id in ids {
            self.add(noun, id?);
        }
        Ok(())
    }

    /// What stands on boards.
    fn open(&mut self, conn: &Connection) -> Result<(), StoreError> {
        for (noun, sql) in OPEN {
            self.all(conn, noun, sql)?;
        }
        Ok(())
    }

    /// What the picked hang on: claimed assignments, their incidents, those incidents' calls.
    fn close(&mut self, conn: &Connection) -> Result<(), StoreError> {
        for unit in self.ids(Noun::Unit) {
            let claims = refs(conn, "unit", unit, Field::UnitClaim)?;
            for dot in claims {
                let id = id_of(conn, "assignment", dot)?;
                id.into_iter().for_each(|id| self.add(Noun::Assignment, id));
            }
        }
        let parents = [
            (
                Noun::Assignment,
                "SELECT incident FROM assignment WHERE id = ?1",
            ),
            (
                Noun::Feedback,
                "SELECT incident FROM feedback WHERE id = ?1",
            ),
            (Noun::Drawing, "SELECT incident FROM drawing WHERE id = ?1"),
        ];
        for (noun, sql) in parents {
            for id in self.ids(noun) {
                let mut ask = conn.prepare_cached(sql)?;
                let incident = ask.query_row([id], |row| row.get(0))?;
                self.add(Noun::Incident, incident);
            }
        }
        for incident in self.ids(Noun::Incident) {
            self.whole_of(conn, incident)?;
        }
        for incident in self.ids(Noun::Incident) {
            for dot in refs(conn, "incident", incident, Field::IncidentCall)? {
                let id = id_of(conn, "call", dot)?;
                id.into_iter().for_each(|id| self.add(Noun::Call, id));
            }
        }
        Ok(())
    }

    /// All that is one with an incident: what was heard of it by voice, and what that is a part of.
    fn whole_of(&mut self, conn: &Connection, incident: i64) -> Result<(), StoreError> {
        let mut ask = conn.prepare_cached(
            "SELECT o.id FROM incident i JOIN incident o
                 ON o.id = CASE i.whole WHEN 0 THEN i.id ELSE i.whole END
             WHERE i.id = ?1
             UNION SELECT o.id FROM incident i JOIN incident o
                 ON o.whole = CASE i.whole WHEN 0 THEN i.id ELSE i.whole END
             WHERE i.id = ?1 AND o.whole > 0",
        )?;
        let ids = ask.query_map([incident], |row| row.get(0))?;
        for id in ids {
            self.add(Noun::Incident, id?);
        }
        Ok(())
    }
}

fn refs(conn: &Connection, table: &str, id: i64, field: Field) -> Result<Vec<Dot>, StoreError> {
    let regs = registers(conn, table, id)?;
    let refs = regs.standing(field).filter_map(|live| match live.value {
        Value::Ref(dot) => Some(dot),
        _ => None,
    });
    Ok(refs.collect())
}

fn registers(conn: &Connection, table: &str, id: i64) -> Result<Registers, StoreError> {
    let bytes: Vec<u8> = conn
        .prepare_cached(&format!("SELECT regs FROM {table} WHERE id = ?1"))?
        .query_row([id], |row| row.get(0))?;
    rows::decode(&bytes)
}

fn id_of(conn: &Connection, table: &str, dot: Dot) -> Result<Option<i64>, StoreError> {
    if dot == Dot::COUNTY {
        return Ok((table == "county").then_some(1));
    }
    let Some((writer, _, _)) = exchange::writer_row(conn, dot.writer)? else {
        return Ok(None);
    };
    let sql = format!("SELECT id FROM {table} WHERE writer = ?1 AND seq = ?2");
    Ok(conn
        .prepare_cached(&sql)?
        .query_row(params![writer, signed(dot.seq)?], |row| row.get(0))
        .optional()?)
}

/// A row as a peer may see it; `None` = it may not.
fn row(
    conn: &Connection,
    noun: Noun,
    table: &str,
    id: i64,
    is_trusted: bool,
) -> Result<Option<(Thing, Vec<u8>)>, StoreError> {
    let mut ask = conn.prepare_cached(&format!(
        "SELECT coalesce(w.station, 0), coalesce(w.incarnation, 0), coalesce(w.lane, 0), t.seq,
                t.regs
         FROM {table} t LEFT JOIN writer w ON w.id = t.writer WHERE t.id = ?1"
    ))?;
    let found = ask.query_row([id], |row| {
        Ok((
            (row.get::<_, u16>(0)?, row.get::<_, u16>(1)?),
            row.get::<_, u8>(2)?,
            row.get::<_, i64>(3)?,
            row.get::<_, Vec<u8>>(4)?,
        ))
    })?;
    let ((station, incarnation), lane, seq, bytes) = found;
    let lane = Lane::from_code(lane).ok_or_else(|| StoreError::corrupt(format!("lane {lane}")))?;
    let writer = Writer {
        station,
        incarnation,
        lane,
    };
    let dot = match seq {
        0 => Dot::COUNTY,
        seq => Dot {
            writer,
            seq: seq.cast_unsigned(),
        },
    };
    if is_trusted {
        return Ok(Some(((noun as u8, dot), bytes)));
    }
    let is_open = |dot: Dot| dot.writer.lane != Lane::Protected;
    let regs = rows::decode(&bytes)?.keeping(is_open);
    Ok(is_open(dot).then(|| ((noun as u8, dot), regs.encode())))
}

/// Takes back what stands, when who showed it has less by now (its disk was put back, say) or was
/// revoked: what stands behind it may never come. Whether something was taken back.
///
/// # Errors
/// Any store error; the transaction must then be rolled back.
pub fn take_back(log: &mut Log<'_>, teller: u16, told: &Preview) -> Result<bool, StoreError> {
    let conn = log.conn();
    let Some(before) = Cut::load(conn)? else {
        return Ok(false);
    };
    // Nothing at all is said by a peer whose own tables are another's word.
    if told.cut.iter().next().is_none() || before.is_within(told) {
        return Ok(false);
    }
    let shown_by: u16 =
        conn.query_row("SELECT max(shown_by) FROM preview", [], |row| row.get(0))?;
    let is_revoked = |station: &crate::peer::StationRecord| {
        station.number == shown_by && station.revoked_at_ms > 0
    };
    let may =
        shown_by == 0 || shown_by == teller || crate::peer::stations(conn)?.iter().any(is_revoked);
    if may {
        log.take_back()?;
    }
    Ok(may)
}

/// Shows a peer's rows. Nothing is done when our log has come as far, or when another preview
/// stands that shows more of some writer.
///
/// # Errors
/// Any store error; `Corrupt` for rows that cannot be read. The transaction must then be rolled
/// back.
pub fn show(log: &mut Log<'_>, teller: u16, told: &Preview) -> Result<bool, StoreError> {
    let conn = log.conn();
    let ours = exchange::view(conn)?.summary;
    let before = Cut::load(conn)?.unwrap_or_default();
    if ours.covers(&told.cut) || !before.is_within(told) {
        return Ok(false);
    }
    let newer = newer(conn, told)?;
    for (writer, head) in told.cut.iter() {
        let id = log.alias(writer)?;
        conn.prepare_cached(
            "INSERT INTO preview (writer, seq, shown_by) VALUES (?1, ?2, ?3)
             ON CONFLICT (writer) DO UPDATE
             SET seq = excluded.seq, shown_by = excluded.shown_by",
        )?
        .execute(params![id, signed(head.seq)?, teller])?;
    }
    for ((noun, dot), bytes) in &told.rows {
        let Some((noun, _)) = SHOWN.iter().find(|(known, _)| *known as u8 == *noun) else {
            continue;
        };
        let mut regs = rows::decode(bytes)?;
        for entry in &newer {
            for (_, write) in writes_of(entry, *noun, *dot) {
                regs.apply(entry.dot, entry.hlc, write);
            }
        }
        log.show(*noun, *dot, regs)?;
    }
    Ok(true)
}

/// Writes of an entry to one thing.
fn writes_of(
    entry: &Entry,
    noun: Noun,
    dot: Dot,
) -> impl Iterator<Item = (Noun, &fengsui_domain::log::entry::Write)> {
    crate::log::touched(entry)
        .filter(move |(of, at, _)| *of == noun && *at == dot)
        .map(|(of, _, write)| (of, write))
}

/// What is here beyond what the peer's rows show, in order of arrival: our own acts, mostly.
fn newer(conn: &Connection, told: &Preview) -> Result<Vec<Entry>, StoreError> {
    let own = read::own_writer(conn)?;
    let mut found: Vec<(i64, Entry)> = Vec::new();
    for (writer, head) in exchange::view(conn)?.summary.iter() {
        let after = told.cut.seq(writer);
        if after >= head.seq {
            continue;
        }
        let Some((id, _, _)) = exchange::writer_row(conn, writer)? else {
            continue;
        };
        let is_own = (writer.station, writer.incarnation) == own;
        let mut ask = conn.prepare_cached(
            "SELECT e.id, e.bytes FROM entry e WHERE e.writer = ?1 AND e.seq > ?2
               AND (?3 OR NOT EXISTS (
                   SELECT 1 FROM pending p WHERE p.writer = e.writer AND p.seq = e.seq))",
        )?;
        let mut rows = ask.query(params![id, signed(after)?, is_own])?;
        while let Some(row) = rows.next()? {
            let bytes = row.get_ref(1)?.as_blob().unwrap_or(&[]);
            let entry =
                Entry::decode(bytes).map_err(|error| StoreError::corrupt(error.to_string()))?;
            found.push((row.get(0)?, entry));
        }
    }
    found.sort_by_key(|(id, _)| *id);
    Ok(found.into_iter().map(|(_, entry)| entry).collect())
}

/// What the log has made of a thing that is shown; `None` = it is not shown.
///
/// # Errors
/// Any store error.
pub(crate) fn behind(
    conn: &Connection,
    noun: Noun,
    writer: i64,
    seq: i64,
) -> Result<Option<Registers>, StoreError> {
    let bytes: Option<Vec<u8>> = conn
        .prepare_cached(
            "SELECT regs FROM preview_row WHERE noun = ?1 AND writer = ?2 AND seq = ?3",
        )?
        .query_row(params![noun as u8, writer, seq], |row| row.get(0))
        .optional()?;
    match bytes {
        None => Ok(None),
        Some(bytes) if bytes.is_empty() => Ok(Some(Registers::default())),
        Some(bytes) => rows::decode(&bytes).map(Some),
    }
}

/// Keeps what the log has made of a thing that is shown.
///
/// # Errors
/// Any store error.
pub(crate) fn keep_behind(
    conn: &Connection,
    noun: Noun,
    writer: i64,
    seq: i64,
    regs: &Registers,
) -> Result<(), StoreError> {
    let bytes = match regs.is_empty() {
        true => Vec::new(),
        false => regs.encode(),
    };
    conn.prepare_cached(
        "INSERT INTO preview_row (noun, writer, seq, regs) VALUES (?1, ?2, ?3, ?4)
         ON CONFLICT (noun, writer, seq) DO UPDATE SET regs = excluded.regs",
    )?
    .execute(params![noun as u8, writer, seq, bytes])?;
    Ok(())
}

/// Our log has come up to everything that is shown.
///
/// # Errors
/// Any store error.
pub(crate) fn is_reached(conn: &Connection) -> Result<bool, StoreError> {
    Ok(!conn
        .prepare_cached(
            "SELECT 1 FROM preview v JOIN writer w ON w.id = v.writer
             WHERE w.head_seq < v.seq LIMIT 1",
        )?
        .exists([])?)
}

/// Nothing is shown any more.
///
/// # Errors
/// Any store error.
pub(crate) fn forget(conn: &Connection) -> Result<(), StoreError> {
    conn.execute_batch("DELETE FROM preview_row; DELETE FROM preview;")?;
    Ok(())
}

#[cfg(test)]
mod tests;
