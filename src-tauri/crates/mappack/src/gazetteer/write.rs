//! The names' file: one SQLite database of places, the keys they are found by, and the towns.
//! Not here: looking up (`pack`). Plain SQLite, for the reason given in `mbtiles`.

use super::{Entry, Names};
use crate::PackError;
use crate::extract::Px;
use crate::reading::{normal, readings};
use rusqlite::{Connection, params};
use std::path::Path;

const PART: &str = crate::manifest::GAZETTEER_FILE;

const TABLES: &str = "
    PRAGMA page_size = 8192;
    PRAGMA journal_mode = OFF;
    PRAGMA synchronous = OFF;
    CREATE TABLE place (
        id INTEGER PRIMARY KEY,
        name TEXT NOT NULL,
        class INTEGER NOT NULL,
        kind TEXT NOT NULL,
        town TEXT,
        town_by INTEGER,
        code TEXT,
        lon_e7 INTEGER,
        lat_e7 INTEGER
    ) STRICT;
    CREATE TABLE place_key (
        key TEXT NOT NULL,
        how INTEGER NOT NULL,
        place INTEGER NOT NULL,
        PRIMARY KEY (key, how, place)
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

/// How a key spells a place: by name, by pinyin, by initials.
pub(crate) const BY_NAME: i64 = 0;
const BY_PINYIN: i64 = 1;
const BY_INITIALS: i64 = 2;

/// Writes the file.
pub(crate) fn write(path: &Path, names: &Names) -> Result<(), PackError> {
    let connection = Connection::open(path).map_err(PackError::database(PART))?;
    fill(&connection, names).map_err(PackError::database(PART))?;
    connection
        .close()
        .map_err(|(_, e)| PackError::database(PART)(e))
}

fn fill(connection: &Connection, names: &Names) -> rusqlite::Result<()> {
    connection.execute_batch(TABLES)?;
    {
        let mut place =
            connection.prepare("INSERT INTO place VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9)")?;
        let mut keys: Vec<(String, i64, i64)> = Vec::new();
        for (id, entry) in (1i64..).zip(&names.entries) {
            let (lon, lat) = degrees(entry.at);
            let (town, town_by) = match &entry.town {
                Some((town, by)) => (Some(town), Some(*by as i64)),
                None => (None, None),
            };
            place.execute(params![
                id,
                entry.name,
                entry.class as i64,
                entry.kind,
                town,
                town_by,
                entry.code,
                lon,
                lat
            ])?;
            keys.extend(keys_of(entry).into_iter().map(|(key, how)| (key, how, id)));
        }
        keys.sort();
        keys.dedup();
        let mut insert = connection.prepare("INSERT INTO place_key VALUES (?1, ?2, ?3)")?;
        for (key, how, id) in keys {
            insert.execute(params![key, how, id])?;
        }
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
    }
    connection.execute_batch("COMMIT;")
}

/// Everything a place is found by.
fn keys_of(entry: &Entry) -> Vec<(String, i64)> {
    let mut keys = vec![(normal(&entry.name), BY_NAME)];
    // A house number is typed, not spelled by initials; that would only bury the streets.
    if entry.class != super::PlaceClass::Address {
        for (full, initials) in readings(&entry.name) {
            keys.push((full, BY_PINYIN));
            keys.push((initials, BY_INITIALS));
        }
    }
    keys.retain(|(key, _)| !key.is_empty());
    keys
}

fn degrees(at: Option<Px>) -> (Option<i32>, Option<i32>) {
    match at.map(Px::to_e7) {
        Some((lon, lat)) => (Some(lon), Some(lat)),
        None => (None, None),
    }
}
