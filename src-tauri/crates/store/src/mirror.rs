//! Rows of the folded tables for a database elsewhere, by dots and in one snapshot: all of them, or
//! those that entries since a mark may have changed.
//!
//! Not here: whether what came out is complete; the state digest tells.

use std::collections::BTreeSet;

use fengsui_domain::log::dot::Dot;
use fengsui_domain::log::entry::{Entry, Target};
use fengsui_domain::log::field::{Field, Noun};
use fengsui_replication::mirror::{Cell, Kind, Mark, Mirror, Row, TABLES, Table};
use rusqlite::{Connection, OptionalExtension, params};

use crate::error::StoreError;
use crate::exchange::{entry_bytes, view, writer_row};
use crate::log::{noun_of, signed};
use crate::rows::decode;

/// A thing of one of the tables.
type Thing = (Noun, Dot);

/// Reads the rows.
///
/// # Errors
/// Any store error.
pub fn mirror(conn: &Connection, since: Option<&Mark>) -> Result<Mirror, StoreError> {
    let mark = mark(conn)?;
    let mut rows = Vec::new();
    let things = since.map(|since| touched(conn, since, &mark)).transpose()?;
    for (at, table) in TABLES.iter().enumerate() {
        match (&things, table.noun) {
            (Some(things), Some(noun)) => {
                for (_, dot) in things.iter().filter(|(of, _)| *of == noun) {
                    rows.extend(row_of(conn, at, table, *dot)?);
                }
            }
            _ => all(conn, at, table, &mut rows)?,
        }
    }
    Ok(Mirror {
        view: view(conn)?,
        mark,
        rows,
    })
}

fn mark(conn: &Connection) -> Result<Mark, StoreError> {
    let arrival = conn.query_row("SELECT coalesce(max(id), 0) FROM entry", [], |r| r.get(0))?;
    let mut ask = conn.prepare_cached(
        "SELECT w.station, w.incarnation, w.lane, t.seq FROM pending t
         JOIN writer w ON w.id = t.writer",
    )?;
    let rows = ask.query_map([], |row| crate::read::dot_at(row, 0))?;
    let waiting = rows.collect::<Result<_, _>>()?;
    let mut ask = conn.prepare_cached(
        "SELECT w.station, w.incarnation, w.lane, t.seq FROM incident t
         JOIN writer w ON w.id = t.writer
         WHERE t.voice <> '' OR t.part_of > 0 OR t.whole > 0
            OR t.id IN (SELECT whole FROM incident WHERE whole > 0)
            OR t.id IN (SELECT part_of FROM incident WHERE part_of > 0)",
    )?;
    let rows = ask.query_map([], |row| crate::read::dot_at(row, 0))?;
    Ok(Mark {
        arrival,
        waiting,
        joined: rows.collect::<Result<_, _>>()?,
    })
}

/// What entries that arrived, or were woken, since a mark wrote to, and what is derived of that.
fn touched(conn: &Connection, since: &Mark, now: &Mark) -> Result<BTreeSet<Thing>, StoreError> {
    let mut things = BTreeSet::new();
    let mut ask = conn.prepare_cached("SELECT bytes FROM entry WHERE id > ?1")?;
    let mut rows = ask.query([since.arrival])?;
    while let Some(row) = rows.next()? {
        note(&mut things, row.get_ref(0)?.as_blob().unwrap_or(&[]))?;
    }
    // Few, and derived of each other: all of then and of now.
    let joined = since.joined.iter().chain(&now.joined);
    things.extend(joined.map(|dot| (Noun::Incident, *dot)));
    let waiting: BTreeSet<&Dot> = now.waiting.iter().collect();
    for dot in since.waiting.iter().filter(|dot| !waiting.contains(dot)) {
        note(&mut things, &entry_bytes(conn, *dot)?.unwrap_or_default())?;
    }
    let assignments = things.iter().filter(|(noun, _)| *noun == Noun::Assignment);
    for (_, dot) in assignments.copied().collect::<Vec<Thing>>() {
        let Some(regs) = registers(conn, dot)? else {
            continue;
        };
        let regs = decode(&regs)?;
        for (noun, field) in [
            (Noun::Incident, Field::AssignmentIncident),
            (Noun::Unit, Field::AssignmentUnit),
        ] {
            things.extend(regs.reference(field).map(|dot| (noun, dot)));
        }
    }
    Ok(things)
}

fn note(things: &mut BTreeSet<Thing>, bytes: &[u8]) -> Result<(), StoreError> {
    let entry = Entry::decode(bytes).map_err(|error| StoreError::corrupt(error.to_string()))?;
    for write in &entry.writes {
        let dot = match write.target {
            Target::Body => continue,
            Target::Subject => entry.subject,
            Target::Other(dot) => dot,
        };
        things.extend(noun_of(write.field).map(|noun| (noun, dot)));
    }
    Ok(())
}

fn registers(conn: &Connection, assignment: Dot) -> Result<Option<Vec<u8>>, StoreError> {
    let Some((writer, _, _)) = writer_row(conn, assignment.writer)? else {
        return Ok(None);
    };
    Ok(conn
        .prepare_cached("SELECT regs FROM assignment WHERE writer = ?1 AND seq = ?2")?
        .query_row(params![writer, signed(assignment.seq)?], |row| row.get(0))
        .optional()?)
}

const DOT_OF_WRITER: &str = "coalesce(w.station || '.' || w.incarnation || '.' || w.lane, '0.0.0')";

/// The table's rows with everything by dots: first the id, then the columns.
fn select(table: &Table) -> String {
    let mut columns = Vec::new();
    for column in table.columns {
        let (name, of) = (column.name, column.of);
        if column.kind != Kind::Thing {
            columns.push(format!("t.{name}"));
            continue;
        }
        if table.noun.is_none() {
            columns.push(format!("{DOT_OF_WRITER} || '.' || t.seq"));
            continue;
        }
        columns.push(format!(
            "coalesce((SELECT v.station || '.' || v.incarnation || '.' || v.lane || '.' || o.seq
                       FROM {of} o JOIN writer v ON v.id = o.writer WHERE o.id = t.{name}), '')"
        ));
    }
    let id = match table.noun {
        Some(_) => format!("{DOT_OF_WRITER} || '.' || t.seq"),
        None => format!("{DOT_OF_WRITER} || '.' || t.seq || '/' || t.field"),
    };
    let (name, columns) = (table.name, columns.join(", "));
    format!("SELECT {id}, {columns} FROM {name} t LEFT JOIN writer w ON w.id = t.writer")
}

fn all(conn: &Connection, at: usize, table: &Table, rows: &mut Vec<Row>) -> Result<(), StoreError> {
    let mut ask = conn.prepare_cached(&select(table))?;
    let mut found = ask.query([])?;
    while let Some(row) = found.next()? {
        rows.push(row_from(row, at, table)?);
    }
    Ok(())
}

fn row_of(
    conn: &Connection,
    at: usize,
    table: &Table,
    dot: Dot,
) -> Result<Option<Row>, StoreError> {
    let writer = match dot {
        Dot::COUNTY => 0,
        _ => match writer_row(conn, dot.writer)? {
            Some((writer, _, _)) => writer,
            None => return Ok(None),
        },
    };
    let sql = format!("{} WHERE t.writer = ?1 AND t.seq = ?2", select(table));
    let mut ask = conn.prepare_cached(&sql)?;
    let mut found = ask.query(params![writer, signed(dot.seq)?])?;
    match found.next()? {
        Some(row) => row_from(row, at, table).map(Some),
        None => Ok(None),
    }
}

fn row_from(row: &rusqlite::Row<'_>, at: usize, table: &Table) -> Result<Row, StoreError> {
    let mut cells = Vec::with_capacity(table.columns.len());
    for (place, column) in table.columns.iter().enumerate() {
        cells.push(match column.kind {
            Kind::Int => Cell::Int(row.get(place + 1)?),
            Kind::Text | Kind::Thing => Cell::Text(row.get(place + 1)?),
            Kind::Bytes => Cell::Bytes(row.get(place + 1)?),
        });
    }
    Ok(Row {
        table: at,
        id: row.get(0)?,
        cells,
    })
}
