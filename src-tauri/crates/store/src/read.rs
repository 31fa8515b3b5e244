//! What the use cases read: records of nouns, boards, timelines.
//!
//! **Invariant:** an error is an error; nothing here turns a failed reading
//! into 0 or an empty list (J16). Not here: words and wire shapes.

mod drawing;

use std::collections::BTreeSet;

use fengsui_domain::log::dot::{Dot, Lane, Writer};
use fengsui_domain::log::entry::Entry;
use fengsui_domain::log::field::Field;
use fengsui_domain::log::hlc::Hlc;
use fengsui_domain::log::register::Registers;
use fengsui_domain::number::counter_floor;
use rusqlite::{Connection, OptionalExtension, Row, params};

use crate::error::StoreError;
use crate::log::signed;
use crate::preview::shown;
use crate::project::WHOLE;
use crate::rows::decode;
pub use crate::rows::whole::doubt_of;
pub use drawing::{DrawingRecord, drawings_of, open_drawings};

/// A thing with its registers.
#[derive(Debug, Clone)]
pub struct Record {
    /// This file's alias.
    pub id: i64,
    /// Its name everywhere.
    pub dot: Dot,
    /// All live values.
    pub regs: Registers,
}

/// An incident with what is derived.
#[derive(Debug, Clone)]
pub struct IncidentRecord {
    /// The thing.
    pub record: Record,
    /// Derived stage (code).
    pub stage: u8,
    /// Assignments not ended.
    pub active: u32,
    /// The whole it is a part of (this file's alias); 0 = it is whole by itself.
    pub whole: i64,
}

/// A unit with what is derived.
#[derive(Debug, Clone)]
pub struct UnitRecord {
    /// The thing.
    pub record: Record,
    /// Derived state (code); 0 = unknown.
    pub state: u8,
    /// Since when, ms; 0 = unknown.
    pub state_at: i64,
}

/// An assignment with its parents.
#[derive(Debug, Clone)]
pub struct AssignmentRecord {
    /// The thing.
    pub record: Record,
    /// Incident (this file's alias).
    pub incident: i64,
    /// Unit (this file's alias).
    pub unit: i64,
    /// Derived stage (code).
    pub stage: u8,
}

const DOT: &str = "w.station, w.incarnation, w.lane, t.seq";

pub(crate) fn dot_at(row: &Row<'_>, first: usize) -> rusqlite::Result<Dot> {
    let lane: u8 = row.get(first + 2)?;
    let lane = Lane::from_code(lane)
        .ok_or_else(|| rusqlite::Error::IntegralValueOutOfRange(first + 2, i64::from(lane)))?;
    let writer = Writer {
        station: row.get(first)?,
        incarnation: row.get(first + 1)?,
        lane,
    };
    Ok(Dot {
        writer,
        seq: row.get::<_, i64>(first + 3)?.cast_unsigned(),
    })
}

fn record(row: &Row<'_>) -> Result<Record, StoreError> {
    let dot = dot_at(row, 2)?;
    Ok(Record {
        id: row.get(0)?,
        dot,
        regs: decode(row.get_ref(1)?.as_blob().unwrap_or(&[]))?,
    })
}

fn all<T>(
    conn: &Connection,
    sql: &str,
    values: impl rusqlite::Params,
    mut make: impl FnMut(&Row<'_>) -> Result<T, StoreError>,
) -> Result<Vec<T>, StoreError> {
    let mut ask = conn.prepare_cached(sql)?;
    let mut rows = ask.query(values)?;
    let mut out = Vec::new();
    while let Some(row) = rows.next()? {
        out.push(make(row)?);
    }
    Ok(out)
}

fn incident(row: &Row<'_>) -> Result<IncidentRecord, StoreError> {
    Ok(IncidentRecord {
        record: record(row)?,
        stage: row.get(6)?,
        active: row.get(7)?,
        whole: row.get(8)?,
    })
}

fn unit(row: &Row<'_>) -> Result<UnitRecord, StoreError> {
    Ok(UnitRecord {
        record: record(row)?,
        state: row.get(6)?,
        state_at: row.get(7)?,
    })
}

fn assignment(row: &Row<'_>) -> Result<AssignmentRecord, StoreError> {
    Ok(AssignmentRecord {
        record: record(row)?,
        incident: row.get(6)?,
        unit: row.get(7)?,
        stage: row.get(8)?,
    })
}

fn incidents_where(filter: &str) -> String {
    format!(
        "SELECT t.id, t.regs, {DOT}, t.stage, t.active, t.whole
         FROM incident t JOIN writer w ON w.id = t.writer {filter}"
    )
}

fn assignments_where(filter: &str) -> String {
    format!(
        "SELECT t.id, t.regs, {DOT},
                (SELECT iif(i.whole > 0, i.whole, i.id) FROM incident i WHERE i.id = t.incident),
                t.unit, t.stage
         FROM assignment t JOIN writer w ON w.id = t.writer {filter}"
    )
}

fn units_where(filter: &str) -> String {
    format!(
        "SELECT t.id, t.regs, {DOT}, t.state, t.state_at
         FROM unit t JOIN writer w ON w.id = t.writer {filter}"
    )
}

const BY_DOT: &str = "WHERE w.station = ?1 AND w.incarnation = ?2 AND w.lane = ?3 AND t.seq = ?4";

macro_rules! by_dot {
    ($dot:expr) => {
        params![
            $dot.writer.station,
            $dot.writer.incarnation,
            $dot.writer.lane.code(),
            signed($dot.seq)?
        ]
    };
}

// While a preview stands, the past that comes in behind it is not what is open now.
const OPEN: &str = concat!(
    "WHERE t.open = 1 AND t.whole = 0 AND ",
    shown!("1"),
    " ORDER BY t.opened_at, t.id"
);
const LISTED: &str = concat!(
    "WHERE t.listed = 1 AND ",
    shown!("0"),
    " ORDER BY t.ring_at, t.id"
);

/// Incidents on the board, oldest first: wholes, not their parts.
///
/// # Errors
/// Any store error.
pub fn open_incidents(conn: &Connection) -> Result<Vec<IncidentRecord>, StoreError> {
    all(conn, &incidents_where(OPEN), [], incident)
}

/// One incident.
///
/// # Errors
/// Any store error.
pub fn incident_by_dot(conn: &Connection, dot: Dot) -> Result<Option<IncidentRecord>, StoreError> {
    Ok(all(conn, &incidents_where(BY_DOT), by_dot!(dot), incident)?.pop())
}

/// One incident by this file's alias.
///
/// # Errors
/// Any store error.
pub fn incident_by_id(conn: &Connection, id: i64) -> Result<Option<IncidentRecord>, StoreError> {
    Ok(all(conn, &incidents_where("WHERE t.id = ?1"), [id], incident)?.pop())
}

/// The whole that an incident is a part of; itself when it is whole.
///
/// # Errors
/// Any store error.
pub fn whole_by_dot(conn: &Connection, dot: Dot) -> Result<Option<IncidentRecord>, StoreError> {
    match incident_by_dot(conn, dot)? {
        Some(part) if part.whole > 0 => incident_by_id(conn, part.whole),
        found => Ok(found),
    }
}

/// The parts of a whole besides its head, in order of their dots.
///
/// # Errors
/// Any store error.
pub fn parts_of(conn: &Connection, head: i64) -> Result<Vec<IncidentRecord>, StoreError> {
    let sql = incidents_where("WHERE t.whole = ?1 AND t.whole > 0");
    let mut parts = all(conn, &sql, [head], incident)?;
    parts.sort_by_key(|part| part.record.dot);
    Ok(parts)
}

/// Incidents numbered on a local day (yyyymmdd), parts too, newest first.
///
/// # Errors
/// Any store error.
pub fn incidents_of_day(conn: &Connection, day: i64) -> Result<Vec<IncidentRecord>, StoreError> {
    all(
        conn,
        &incidents_where("WHERE t.day = ?1 ORDER BY t.id DESC"),
        [day],
        incident,
    )
}

/// Whole incidents numbered on local days (yyyymmdd, both included) and opened within `opened_ms`,
/// one after the other, without those whose opening `wants` does not: their registers are not read.
///
/// # Errors
/// Any store error.
pub fn each_incident_between(
    conn: &Connection,
    days: (i64, i64),
    opened_ms: std::ops::Range<i64>,
    wants: impl Fn(i64) -> bool,
    mut each: impl FnMut(IncidentRecord),
) -> Result<(), StoreError> {
    let mut ask = conn.prepare_cached(&format!(
        "SELECT t.id, t.regs, {DOT}, t.stage, t.active, t.whole, t.opened_at
         FROM incident t JOIN writer w ON w.id = t.writer
         WHERE t.day BETWEEN ?1 AND ?2 AND t.opened_at >= ?3 AND t.opened_at < ?4
           AND t.whole = 0"
    ))?;
    let mut rows = ask.query((days.0, days.1, opened_ms.start, opened_ms.end))?;
    while let Some(row) = rows.next()? {
        if wants(row.get(9)?) {
            each(incident(row)?);
        }
    }
    Ok(())
}

/// Incidents that were on the board at `at_ms` as far as their last closing tells.
///
/// # Errors
/// Any store error.
pub fn incidents_around(conn: &Connection, at_ms: i64) -> Result<Vec<i64>, StoreError> {
    all(
        conn,
        "SELECT id FROM incident
         WHERE opened_at <= ?1 AND (closed_at = 0 OR closed_at >= ?1 OR open = 1) ORDER BY id",
        [at_ms],
        |row| Ok(row.get(0)?),
    )
}

// `+`: by the plain id SQLite would rather walk the whole table than sort a few rows of the
// index of active ones.
const ACTIVE: &str = concat!("WHERE t.stage < 6 AND ", shown!("2"), " ORDER BY +t.id");

/// Assignments not ended, oldest first.
///
/// # Errors
/// Any store error.
pub fn active_assignments(conn: &Connection) -> Result<Vec<AssignmentRecord>, StoreError> {
    all(conn, &assignments_where(ACTIVE), [], assignment)
}

fn ever_sent_sql() -> String {
    format!("SELECT 1 FROM assignment WHERE incident {WHOLE} LIMIT 1")
}

fn assignments_of_sql() -> String {
    assignments_where(&format!("WHERE t.incident {WHOLE} ORDER BY +t.id"))
}

fn feedback_of_sql() -> String {
    plain_where(
        "feedback",
        &format!("WHERE t.incident {WHOLE} ORDER BY +t.id"),
    )
}

/// All assignments of a whole (by the alias of its head), oldest first.
///
/// # Errors
/// Any store error.
pub fn assignments_of(
    conn: &Connection,
    incident: i64,
) -> Result<Vec<AssignmentRecord>, StoreError> {
    all(conn, &assignments_of_sql(), [incident], assignment)
}

/// Which of these incidents ever had a unit sent to them.
///
/// # Errors
/// Any store error.
pub fn ever_sent(
    conn: &Connection,
    incidents: &[IncidentRecord],
) -> Result<BTreeSet<i64>, StoreError> {
    let mut ask = conn.prepare_cached(&ever_sent_sql())?;
    let mut sent = BTreeSet::new();
    for incident in incidents {
        if ask.exists([incident.record.id])? {
            sent.insert(incident.record.id);
        }
    }
    Ok(sent)
}

/// One assignment.
///
/// # Errors
/// Any store error.
pub fn assignment_by_dot(
    conn: &Connection,
    dot: Dot,
) -> Result<Option<AssignmentRecord>, StoreError> {
    Ok(all(conn, &assignments_where(BY_DOT), by_dot!(dot), assignment)?.pop())
}

/// All units by call sign.
///
/// # Errors
/// Any store error.
pub fn units(conn: &Connection) -> Result<Vec<UnitRecord>, StoreError> {
    all(conn, &units_where("ORDER BY t.callsign, t.id"), [], unit)
}

/// One unit.
///
/// # Errors
/// Any store error.
pub fn unit_by_dot(conn: &Connection, dot: Dot) -> Result<Option<UnitRecord>, StoreError> {
    Ok(all(conn, &units_where(BY_DOT), by_dot!(dot), unit)?.pop())
}

/// One unit by this file's alias.
///
/// # Errors
/// Any store error.
pub fn unit_by_id(conn: &Connection, id: i64) -> Result<Option<UnitRecord>, StoreError> {
    Ok(all(conn, &units_where("WHERE t.id = ?1"), [id], unit)?.pop())
}

fn plain_where(table: &str, filter: &str) -> String {
    format!("SELECT t.id, t.regs, {DOT} FROM {table} t JOIN writer w ON w.id = t.writer {filter}")
}

/// Calls still wanted on the list, oldest first.
///
/// # Errors
/// Any store error.
pub fn listed_calls(conn: &Connection) -> Result<Vec<Record>, StoreError> {
    all(conn, &plain_where("call", LISTED), [], record)
}

/// One call.
///
/// # Errors
/// Any store error.
pub fn call_by_dot(conn: &Connection, dot: Dot) -> Result<Option<Record>, StoreError> {
    Ok(all(conn, &plain_where("call", BY_DOT), by_dot!(dot), record)?.pop())
}

/// A call by the sender's own id.
///
/// # Errors
/// Any store error.
pub fn call_by_outside_id(conn: &Connection, id: &str) -> Result<Option<Record>, StoreError> {
    let sql = plain_where(
        "call",
        "WHERE t.outside_id = ?1 AND t.outside_id <> '' ORDER BY t.id",
    );
    Ok(all(conn, &sql, [id], record)?.pop())
}

/// Feedback of a whole (by the alias of its head), oldest first.
///
/// # Errors
/// Any store error.
pub fn feedback_of(conn: &Connection, incident: i64) -> Result<Vec<Record>, StoreError> {
    all(conn, &feedback_of_sql(), [incident], record)
}

/// All accounts by name.
///
/// # Errors
/// Any store error.
pub fn accounts(conn: &Connection) -> Result<Vec<Record>, StoreError> {
    all(
        conn,
        &plain_where("account", "ORDER BY t.account, t.id"),
        [],
        record,
    )
}

/// The county's own registers (settings).
///
/// # Errors
/// Any store error.
pub fn county(conn: &Connection) -> Result<Registers, StoreError> {
    let regs: Option<Vec<u8>> = conn
        .prepare_cached("SELECT regs FROM county WHERE id = 1")?
        .query_row([], |row| row.get(0))
        .optional()?;
    regs.map_or_else(|| Ok(Registers::default()), |bytes| decode(&bytes))
}

// The index holds only entries of a timeline, and is only taken where the query says so too.
fn timeline_sql() -> String {
    format!("SELECT bytes FROM entry WHERE incident {WHOLE} AND incident > 0")
}

/// Entries of the timeline of a whole (by the alias of its head), by stamp.
///
/// # Errors
/// Any store error.
pub fn timeline(conn: &Connection, incident: i64) -> Result<Vec<Entry>, StoreError> {
    let mut entries = all(conn, &timeline_sql(), [incident], |row| {
        entry(row.get_ref(0)?.as_blob().unwrap_or(&[]))
    })?;
    entries.sort_by_key(|entry| (entry.hlc, entry.dot));
    Ok(entries)
}

/// Whether anything of an incident's timeline (by the alias of its head) was written after an
/// instant by another station than this one.
///
/// # Errors
/// Any store error.
pub fn is_told_since(
    conn: &Connection,
    incident: i64,
    after_ms: i64,
    besides: u16,
) -> Result<bool, StoreError> {
    let sql = format!(
        "SELECT 1 FROM entry e JOIN writer w ON w.id = e.writer
         WHERE e.incident {WHOLE} AND e.incident > 0 AND w.station <> ?2 AND e.hlc >= ?3 LIMIT 1"
    );
    let after = Hlc::new(after_ms.max(0), 0);
    let after = signed(after.0)?;
    Ok(conn
        .prepare_cached(&sql)?
        .exists(params![incident, besides, after])?)
}

/// Whole incidents numbered on a local day (yyyymmdd) or later and closed since an instant, those
/// closed last first.
///
/// # Errors
/// Any store error.
pub fn closed_since(
    conn: &Connection,
    day: i64,
    after_ms: i64,
    limit: u32,
) -> Result<Vec<IncidentRecord>, StoreError> {
    let of = "WHERE t.day >= ?1 AND t.open = 0 AND t.whole = 0 AND t.closed_at >= ?2
              ORDER BY t.closed_at DESC, t.id LIMIT ?3";
    all(
        conn,
        &incidents_where(of),
        params![day, after_ms, limit],
        incident,
    )
}

/// Newest entries of the given kinds.
///
/// # Errors
/// Any store error.
pub fn newest_of_kinds(
    conn: &Connection,
    kinds: [u16; 2],
    limit: u32,
) -> Result<Vec<Entry>, StoreError> {
    all(
        conn,
        "SELECT bytes FROM entry WHERE kind IN (?1, ?2) ORDER BY id DESC LIMIT ?3",
        params![kinds[0], kinds[1], limit],
        |row| entry(row.get_ref(0)?.as_blob().unwrap_or(&[])),
    )
}

/// Whether an entry is on the disk.
///
/// # Errors
/// Any store error.
pub fn has_entry(conn: &Connection, dot: Dot) -> Result<bool, StoreError> {
    let sql = "SELECT 1 FROM entry t JOIN writer w ON w.id = t.writer
               WHERE w.station = ?1 AND w.incarnation = ?2 AND w.lane = ?3 AND t.seq = ?4";
    Ok(conn.prepare_cached(sql)?.exists(by_dot!(dot))?)
}

/// One entry.
///
/// # Errors
/// Any store error.
pub fn entry_by_dot(conn: &Connection, dot: Dot) -> Result<Option<Entry>, StoreError> {
    let sql = "SELECT bytes FROM entry t JOIN writer w ON w.id = t.writer
               WHERE w.station = ?1 AND w.incarnation = ?2 AND w.lane = ?3 AND t.seq = ?4";
    let found = all(conn, sql, by_dot!(dot), |row| {
        entry(row.get_ref(0)?.as_blob().unwrap_or(&[]))
    });
    Ok(found?.pop())
}

pub(crate) fn entry(bytes: &[u8]) -> Result<Entry, StoreError> {
    Entry::decode(bytes).map_err(|error| StoreError::corrupt(format!("entry: {error}")))
}

/// Counter last given on a local day (yyyymmdd) by this very incarnation (station, incarnation);
/// 0 or one of an earlier block = none yet. Where a disk was copied, two machines write under
/// one station: the other's counters are not ours to go on from.
///
/// # Errors
/// Any store error.
pub fn last_counter(conn: &Connection, own: (u16, u16), day: i64) -> Result<i64, StoreError> {
    let last: Option<i64> = conn
        .prepare_cached("SELECT last FROM numbering WHERE station = ?1 AND day = ?2")?
        .query_row(params![own.0, day], |row| row.get(0))
        .optional()?;
    let last = last.unwrap_or(0);
    // Where the next incarnation's block begins, ours ends.
    if last <= i64::from(counter_floor(own.1.saturating_add(1))) {
        return Ok(last);
    }
    let is_own = |dot: Dot| (dot.writer.station, dot.writer.incarnation) == own;
    let all = incidents_of_day(conn, day)?;
    let ours = all.iter().filter(|incident| is_own(incident.record.dot));
    let counters = ours.filter_map(|incident| incident.record.regs.int(Field::IncidentCounter));
    Ok(counters.max().unwrap_or(0))
}

/// (opened, invalid) of a local day (yyyymmdd).
///
/// # Errors
/// Any store error.
pub fn day_counts(conn: &Connection, day: i64) -> Result<(u32, u32), StoreError> {
    Ok(conn
        .prepare_cached(
            "SELECT count(*), coalesce(sum(stage = 7), 0) FROM incident
             WHERE day = ?1 AND whole = 0",
        )?
        .query_row([day], |row| Ok((row.get(0)?, row.get(1)?)))?)
}

/// This station's number and incarnation.
///
/// # Errors
/// Any store error.
pub fn own_writer(conn: &Connection) -> Result<(u16, u16), StoreError> {
    Ok(conn
        .prepare_cached("SELECT station, incarnation FROM state WHERE id = 1")?
        .query_row([], |row| Ok((row.get(0)?, row.get(1)?)))?)
}

/// This station's newest stamp.
///
/// # Errors
/// Any store error.
pub fn stamp(conn: &Connection) -> Result<Hlc, StoreError> {
    let hlc: i64 = conn
        .prepare_cached("SELECT hlc FROM state WHERE id = 1")?
        .query_row([], |row| row.get(0))?;
    Ok(Hlc(hlc.cast_unsigned()))
}

/// How many entries there are and how many wait for something.
///
/// # Errors
/// Any store error.
pub fn log_size(conn: &Connection) -> Result<(i64, i64, i64), StoreError> {
    Ok(conn
        .prepare_cached(
            "SELECT (SELECT coalesce(max(id), 0) FROM entry), (SELECT count(*) FROM pending),
                    (SELECT count(*) FROM fork)",
        )?
        .query_row([], |row| Ok((row.get(0)?, row.get(1)?, row.get(2)?)))?)
}

#[cfg(test)]
mod tests {
    use super::*;

    /// How SQLite would go about it.
    fn plan(sql: &str) -> String {
        let conn = Connection::open_in_memory().unwrap();
        for step in crate::MIGRATIONS {
            conn.execute_batch(step.sql).unwrap();
        }
        let sql = format!("EXPLAIN QUERY PLAN {}", sql.replace("?1", "1"));
        let mut ask = conn.prepare(&sql).unwrap();
        let lines = ask.query_map([], |row| row.get::<_, String>(3)).unwrap();
        lines.collect::<Result<Vec<_>, _>>().unwrap().join("\n")
    }

    #[test]
    fn what_the_desk_asks_all_day_never_walks_a_whole_table() {
        for (sql, index) in [
            (timeline_sql(), "entry_incident"),
            (ever_sent_sql(), "assignment_incident"),
            (ever_sent_sql(), "incident_whole"),
            (assignments_where(ACTIVE), "assignment_active"),
            (assignments_of_sql(), "assignment_incident"),
            (incidents_where(OPEN), "incident_open"),
            (plain_where("call", LISTED), "call_listed"),
            (feedback_of_sql(), "feedback_incident"),
            (drawing::drawings_where(&drawing::of()), "drawing_incident"),
            (drawing::drawings_where(drawing::OPEN), "incident_open"),
            (drawing::drawings_where(drawing::OPEN), "drawing_incident"),
        ] {
            let plan = plan(&sql);
            assert!(plan.contains(&format!("INDEX {index}")), "{sql}\n{plan}");
        }
    }
}
