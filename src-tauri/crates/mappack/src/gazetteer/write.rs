//! The names' file: one SQLite database of places, their codes and other names, the towns, and
//! the columns they are searched by. Not here: looking up (`search`). Plain SQLite, for the
//! reason given in `mbtiles`.

use super::{Entry, Names, index};
use crate::PackError;
use crate::extract::Px;
use crate::search::code::keys;
use crate::search::columns;
use rusqlite::{Connection, params};
use std::path::Path;

const PART: &str = crate::manifest::GAZETTEER_FILE;

const TABLES: &str = "
    CREATE TABLE place (
        id INTEGER PRIMARY KEY,
        name TEXT NOT NULL,
        class INTEGER NOT NULL,
        kind TEXT NOT NULL,
        town TEXT,
        town_by INTEGER,
        code TEXT,
        street TEXT,
        number TEXT,
        rest TEXT NOT NULL,
        lon_e7 INTEGER,
        lat_e7 INTEGER
    ) STRICT;
    CREATE TABLE place_alias (
        place INTEGER NOT NULL,
        name TEXT NOT NULL,
        PRIMARY KEY (place, name)
    ) STRICT, WITHOUT ROWID;
    CREATE TABLE place_code (
        key TEXT NOT NULL,
        place INTEGER NOT NULL,
        PRIMARY KEY (key, place)
    ) STRICT, WITHOUT ROWID;
    CREATE TABLE town (
        code TEXT PRIMARY KEY,
        name TEXT NOT NULL,
        lon_e7 INTEGER,
        lat_e7 INTEGER
    ) STRICT, WITHOUT ROWID;
    CREATE TABLE village (
        code TEXT PRIMARY KEY,
        town TEXT NOT NULL REFERENCES town (code),
        name TEXT NOT NULL,
        lon_e7 INTEGER,
        lat_e7 INTEGER
    ) STRICT, WITHOUT ROWID;
    BEGIN;";

/// Writes the file.
pub(crate) fn write(path: &Path, names: &Names) -> Result<(), PackError> {
    let connection = Connection::open(path).map_err(PackError::database(PART))?;
    fill(&connection, names).map_err(PackError::database(PART))?;
    connection
        .close()
        .map_err(|(_, e)| PackError::database(PART)(e))
}

fn fill(connection: &Connection, names: &Names) -> rusqlite::Result<()> {
    connection.execute_batch(
        "PRAGMA page_size = 8192; PRAGMA journal_mode = OFF; PRAGMA synchronous = OFF;",
    )?;
    connection.execute_batch(columns::TABLE)?;
    connection.execute_batch(TABLES)?;
    places(connection, names)?;
    towns(connection, names)?;
    index::columns(names).write(connection)?;
    connection.execute_batch("COMMIT;")
}

/// Rows of everything with a name of its own, then of the house numbers: the order of the columns.
fn places(connection: &Connection, names: &Names) -> rusqlite::Result<()> {
    let mut place = connection
        .prepare("INSERT INTO place VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9, ?10, ?11, ?12)")?;
    let mut alias = connection.prepare("INSERT OR IGNORE INTO place_alias VALUES (?1, ?2)")?;
    let mut codes: Vec<(String, i64)> = Vec::new();
    let named = names.entries.iter().map(|entry| (entry, ""));
    let numbered = names.addresses.iter();
    let numbered = numbered.map(|one| (&one.entry, one.number.rest.as_str()));
    for (id, (entry, rest)) in (1i64..).zip(named.chain(numbered)) {
        let (lon, lat) = degrees(entry.at);
        let (town, town_by) = match &entry.town {
            Some((town, by)) => (Some(town), Some(*by as i64)),
            None => (None, None),
        };
        let Entry { street, number, .. } = entry;
        place.execute(params![
            id,
            entry.name,
            entry.class as i64,
            entry.kind,
            town,
            town_by,
            entry.code,
            street,
            number,
            rest,
            lon,
            lat
        ])?;
        for name in &entry.aliases {
            alias.execute(params![id, name])?;
        }
        let said = entry.code.iter().flat_map(|code| keys(code));
        codes.extend(said.map(|key| (key, id)));
    }
    codes.sort_unstable();
    codes.dedup();
    let mut insert = connection.prepare("INSERT INTO place_code VALUES (?1, ?2)")?;
    for (key, id) in codes {
        insert.execute(params![key, id])?;
    }
    Ok(())
}

fn towns(connection: &Connection, names: &Names) -> rusqlite::Result<()> {
    let mut town_row = connection.prepare("INSERT INTO town VALUES (?1, ?2, ?3, ?4)")?;
    let mut village = connection.prepare("INSERT INTO village VALUES (?1, ?2, ?3, ?4, ?5)")?;
    for town in &names.towns {
        let (lon, lat) = degrees(town.at);
        town_row.execute(params![town.code, town.name, lon, lat])?;
        for (code, name, at) in &town.villages {
            let (lon, lat) = degrees(*at);
            village.execute(params![code, town.code, name, lon, lat])?;
        }
    }
    Ok(())
}

fn degrees(at: Option<Px>) -> (Option<i32>, Option<i32>) {
    match at.map(Px::to_e7) {
        Some((lon, lat)) => (Some(lon), Some(lat)),
        None => (None, None),
    }
}
