//! The county's file in a pack: one SQLite database of areas with their borders, things, and the
//! county's own roads. Places are whole 1e-7 degrees, about 1 cm.
//! Not here: what is asked of it (`areas`, `things`). Plain SQLite, for the reason in `mbtiles`.

use crate::PackError;
use crate::areas::AreaRow;
use crate::own::{OwnData, OwnLayer, OwnRoad};
use crate::things::ThingRow;
use fengsui_geo::{Bounds, Wgs84};
use rusqlite::{Connection, Row, params};
use std::collections::BTreeMap;
use std::path::Path;

pub(crate) const PART: &str = crate::manifest::COUNTY_FILE;

const TABLES: &str = "
    PRAGMA page_size = 8192;
    PRAGMA journal_mode = OFF;
    PRAGMA synchronous = OFF;
    CREATE TABLE area (
        id INTEGER PRIMARY KEY,
        layer TEXT NOT NULL,
        code TEXT NOT NULL,
        name TEXT NOT NULL,
        owner TEXT NOT NULL,
        rings BLOB NOT NULL,
        attributes TEXT NOT NULL
    ) STRICT;
    CREATE INDEX area_layer ON area (layer, id);
    CREATE VIRTUAL TABLE area_box USING rtree_i32 (id, west, east, south, north);
    CREATE TABLE thing (
        id INTEGER PRIMARY KEY,
        layer TEXT NOT NULL,
        code TEXT NOT NULL,
        name TEXT NOT NULL,
        lon_e7 INTEGER NOT NULL,
        lat_e7 INTEGER NOT NULL,
        kind TEXT NOT NULL,
        owner TEXT NOT NULL,
        town TEXT NOT NULL,
        phone TEXT NOT NULL,
        team TEXT NOT NULL,
        heading_deg REAL,
        fov_deg REAL,
        range_m REAL,
        status TEXT NOT NULL,
        url TEXT NOT NULL,
        attributes TEXT NOT NULL
    ) STRICT;
    CREATE INDEX thing_layer ON thing (layer, id);
    CREATE TABLE road (
        id INTEGER PRIMARY KEY,
        code TEXT NOT NULL,
        name TEXT NOT NULL,
        kind TEXT NOT NULL,
        is_oneway INTEGER,
        speed_kmh REAL,
        lines BLOB NOT NULL
    ) STRICT;
    BEGIN;";

/// Areas of a layer.
pub(crate) const AREA_ROWS: &str = "
    SELECT layer, code, name, owner, rings, attributes FROM area WHERE layer = ?1 ORDER BY id";

/// Areas whose box meets a box: west, east, south, north.
pub(crate) const AREAS_NEAR: &str = "
    SELECT a.layer, a.code, a.name, a.owner, a.rings, a.attributes
    FROM area_box AS b JOIN area AS a ON a.id = b.id
    WHERE b.west <= ?2 AND b.east >= ?1 AND b.south <= ?4 AND b.north >= ?3
    ORDER BY a.id";

/// Things of a layer.
pub(crate) const THING_ROWS: &str = "
    SELECT layer, code, name, lon_e7, lat_e7, kind, owner, town, phone, team,
           heading_deg, fov_deg, range_m, status, url, attributes
    FROM thing WHERE layer = ?1 ORDER BY id";

/// Layers with their counts.
pub(crate) const LAYERS: &str = "
    SELECT layer, count(*) FROM area GROUP BY layer
    UNION ALL SELECT layer, count(*) FROM thing GROUP BY layer";

/// All roads.
pub(crate) const ROADS: &str =
    "SELECT code, name, kind, is_oneway, speed_kmh, lines FROM road ORDER BY id";

/// Writes the file.
pub(crate) fn write(path: &Path, own: &OwnData) -> Result<(), PackError> {
    let connection = Connection::open(path).map_err(PackError::database(PART))?;
    fill(&connection, own).map_err(PackError::database(PART))?;
    connection
        .close()
        .map_err(|(_, e)| PackError::database(PART)(e))
}

fn fill(connection: &Connection, own: &OwnData) -> rusqlite::Result<()> {
    connection.execute_batch(TABLES)?;
    areas(connection, &own.areas)?;
    things(connection, &own.things)?;
    roads(connection, &own.roads)?;
    connection.execute_batch("COMMIT;")
}

fn areas(connection: &Connection, rows: &[AreaRow]) -> rusqlite::Result<()> {
    let mut insert = connection.prepare("INSERT INTO area VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7)")?;
    let mut place = connection.prepare("INSERT INTO area_box VALUES (?1, ?2, ?3, ?4, ?5)")?;
    for (id, row) in (1i64..).zip(rows) {
        insert.execute(params![
            id,
            row.layer.code(),
            row.code,
            row.name,
            row.owner,
            packed(&row.rings),
            json(&row.attributes)
        ])?;
        if let Some(bounds) = Bounds::of_points(row.rings.iter().flatten().copied()) {
            let (west, south, east, north) = bounds.edges();
            let e7 = |degrees: f64| (degrees * 1e7).round() as i32;
            place.execute(params![id, e7(west), e7(east), e7(south), e7(north)])?;
        }
    }
    Ok(())
}

fn things(connection: &Connection, rows: &[ThingRow]) -> rusqlite::Result<()> {
    let mut insert = connection.prepare(
        "INSERT INTO thing VALUES
         (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9, ?10, ?11, ?12, ?13, ?14, ?15, ?16, ?17)",
    )?;
    for (id, row) in (1i64..).zip(rows) {
        let (lon, lat) = row.position.to_e7();
        insert.execute(params![
            id,
            row.layer.code(),
            row.code,
            row.name,
            lon,
            lat,
            row.kind,
            row.owner,
            row.town,
            row.phone,
            row.team,
            row.heading_deg,
            row.fov_deg,
            row.range_m,
            row.status,
            row.url,
            json(&row.attributes)
        ])?;
    }
    Ok(())
}

fn roads(connection: &Connection, rows: &[OwnRoad]) -> rusqlite::Result<()> {
    let mut insert = connection.prepare("INSERT INTO road VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7)")?;
    for (id, row) in (1i64..).zip(rows) {
        insert.execute(params![
            id,
            row.code,
            row.name,
            row.kind,
            row.is_oneway,
            row.speed_kmh,
            packed(&row.lines)
        ])?;
    }
    Ok(())
}

/// An area from [`AREA_ROWS`].
pub(crate) fn area_row(row: &Row<'_>) -> rusqlite::Result<AreaRow> {
    Ok(AreaRow {
        layer: layer(row)?,
        code: row.get(1)?,
        name: row.get(2)?,
        owner: row.get(3)?,
        rings: lines(row, 4)?,
        attributes: attributes(row, 5)?,
    })
}

/// A thing from [`THING_ROWS`].
pub(crate) fn thing_row(row: &Row<'_>) -> rusqlite::Result<ThingRow> {
    let position = Wgs84::from_e7(row.get(3)?, row.get(4)?).map_err(|e| bad(3, e))?;
    Ok(ThingRow {
        layer: layer(row)?,
        code: row.get(1)?,
        name: row.get(2)?,
        position,
        kind: row.get(5)?,
        owner: row.get(6)?,
        town: row.get(7)?,
        phone: row.get(8)?,
        team: row.get(9)?,
        heading_deg: row.get(10)?,
        fov_deg: row.get(11)?,
        range_m: row.get(12)?,
        status: row.get(13)?,
        url: row.get(14)?,
        attributes: attributes(row, 15)?,
    })
}

/// A road from [`ROADS`].
pub(crate) fn road_row(row: &Row<'_>) -> rusqlite::Result<OwnRoad> {
    Ok(OwnRoad {
        code: row.get(0)?,
        name: row.get(1)?,
        kind: row.get(2)?,
        is_oneway: row.get(3)?,
        speed_kmh: row.get(4)?,
        lines: lines(row, 5)?,
    })
}

fn layer(row: &Row<'_>) -> rusqlite::Result<OwnLayer> {
    let code: String = row.get(0)?;
    OwnLayer::from_code(&code).ok_or_else(|| bad(0, format!("no such layer: {code}")))
}

fn attributes(row: &Row<'_>, at: usize) -> rusqlite::Result<BTreeMap<String, String>> {
    let text: String = row.get(at)?;
    serde_json::from_str(&text).map_err(|e| bad(at, e))
}

fn json(attributes: &BTreeMap<String, String>) -> String {
    serde_json::json!(attributes).to_string()
}

/// An error of reading a column.
fn bad(at: usize, why: impl Into<Box<dyn std::error::Error + Send + Sync>>) -> rusqlite::Error {
    rusqlite::Error::FromSqlConversionFailure(at, rusqlite::types::Type::Blob, why.into())
}

/// Lines or rings: each its number of points, then longitude and latitude of each, as
/// little-endian 32-bit numbers.
fn packed(lines: &[Vec<Wgs84>]) -> Vec<u8> {
    let mut bytes = Vec::new();
    for line in lines {
        bytes.extend(u32::try_from(line.len()).unwrap_or(u32::MAX).to_le_bytes());
        for at in line {
            let (lon, lat) = at.to_e7();
            bytes.extend(lon.to_le_bytes());
            bytes.extend(lat.to_le_bytes());
        }
    }
    bytes
}

fn lines(row: &Row<'_>, at: usize) -> rusqlite::Result<Vec<Vec<Wgs84>>> {
    let blob: Vec<u8> = row.get(at)?;
    unpacked(&blob).ok_or_else(|| bad(at, "is no list of lines"))
}

fn unpacked(bytes: &[u8]) -> Option<Vec<Vec<Wgs84>>> {
    let mut lines = Vec::new();
    let mut rest = bytes;
    while !rest.is_empty() {
        let (count, after) = rest.split_first_chunk::<4>()?;
        let size = (u32::from_le_bytes(*count) as usize).checked_mul(8)?;
        let (body, after) = after.split_at_checked(size)?;
        let points = body.chunks_exact(8).map(|chunk| {
            let (lon, lat) = chunk.split_first_chunk::<4>()?;
            let lat: [u8; 4] = lat.try_into().ok()?;
            Wgs84::from_e7(i32::from_le_bytes(*lon), i32::from_le_bytes(lat)).ok()
        });
        lines.push(points.collect::<Option<Vec<_>>>()?);
        rest = after;
    }
    Some(lines)
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Lines survive the way in and out; cut ones are no lines.
    #[test]
    fn lines_in_and_out() {
        let at = |lon: i32, lat: i32| Wgs84::from_e7(lon, lat).unwrap();
        let lines = vec![
            vec![at(1_139_000_001, 312_000_007), at(1, 2)],
            Vec::new(),
            vec![at(3, 4)],
        ];
        let bytes = packed(&lines);
        assert_eq!(unpacked(&bytes), Some(lines));
        for cut in [1, 5, 11, bytes.len() - 1] {
            assert_eq!(unpacked(&bytes[..cut]), None, "{cut}");
        }
    }
}
