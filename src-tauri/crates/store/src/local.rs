//! What is not in the log: drafts of half-typed forms and newest positions.
//!
//! Not here: tracks (a later table with retention).

use rusqlite::{Connection, params};

use crate::error::StoreError;

/// A half-typed form.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct DraftRow {
    /// Which form.
    pub key: String,
    /// What was typed, as the desk's own JSON.
    pub body: String,
    /// When, ms.
    pub at_ms: i64,
}

/// Newest fix of a unit.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct PositionRow {
    /// Unit (this file's alias).
    pub unit: i64,
    /// Degrees east × 1e7.
    pub lon_e7: i32,
    /// Degrees north × 1e7.
    pub lat_e7: i32,
    /// Measured, ms.
    pub at_ms: i64,
    /// Degrees; `None` = unknown.
    pub heading_deg: Option<f64>,
    /// km/h; `None` = unknown.
    pub speed_kmh: Option<f64>,
}

/// Writes a draft; an empty body deletes it.
///
/// # Errors
/// Any store error.
pub fn put_draft(conn: &Connection, draft: &DraftRow) -> Result<(), StoreError> {
    if draft.body.is_empty() {
        conn.prepare_cached("DELETE FROM draft WHERE key = ?1")?
            .execute([&draft.key])?;
        return Ok(());
    }
    conn.prepare_cached(
        "INSERT INTO draft (key, body, at_ms) VALUES (?1, ?2, ?3)
         ON CONFLICT (key) DO UPDATE SET body = excluded.body, at_ms = excluded.at_ms",
    )?
    .execute(params![draft.key, draft.body, draft.at_ms])?;
    Ok(())
}

/// Drafts under a key, or with a beginning when it ends in `*`; newest first.
///
/// # Errors
/// Any store error.
pub fn drafts(conn: &Connection, key: &str) -> Result<Vec<DraftRow>, StoreError> {
    let (low, high) = match key.strip_suffix('*') {
        Some(start) => (start.to_owned(), format!("{start}\u{10ffff}")),
        None => (key.to_owned(), key.to_owned()),
    };
    let mut ask = conn.prepare_cached(
        "SELECT key, body, at_ms FROM draft WHERE key BETWEEN ?1 AND ?2 ORDER BY at_ms DESC",
    )?;
    let rows = ask.query_map([low, high], |row| {
        Ok(DraftRow {
            key: row.get(0)?,
            body: row.get(1)?,
            at_ms: row.get(2)?,
        })
    })?;
    Ok(rows.collect::<Result<_, _>>()?)
}

/// Writes newest fixes; an older one than the row's never replaces it.
///
/// # Errors
/// Any store error.
pub fn put_positions(conn: &Connection, rows: &[PositionRow]) -> Result<(), StoreError> {
    let mut put = conn.prepare_cached(
        "INSERT INTO position (unit, lon_e7, lat_e7, at_ms, heading_deg, speed_kmh)
         VALUES (?1, ?2, ?3, ?4, ?5, ?6)
         ON CONFLICT (unit) DO UPDATE SET lon_e7 = excluded.lon_e7, lat_e7 = excluded.lat_e7,
             at_ms = excluded.at_ms, heading_deg = excluded.heading_deg,
             speed_kmh = excluded.speed_kmh
         WHERE excluded.at_ms > position.at_ms",
    )?;
    for row in rows {
        put.execute(params![
            row.unit,
            row.lon_e7,
            row.lat_e7,
            row.at_ms,
            row.heading_deg,
            row.speed_kmh
        ])?;
    }
    Ok(())
}

/// All newest fixes.
///
/// # Errors
/// Any store error.
pub fn positions(conn: &Connection) -> Result<Vec<PositionRow>, StoreError> {
    let mut ask = conn.prepare_cached(
        "SELECT unit, lon_e7, lat_e7, at_ms, heading_deg, speed_kmh FROM position",
    )?;
    let rows = ask.query_map([], |row| {
        Ok(PositionRow {
            unit: row.get(0)?,
            lon_e7: row.get(1)?,
            lat_e7: row.get(2)?,
            at_ms: row.get(3)?,
            heading_deg: row.get(4)?,
            speed_kmh: row.get(5)?,
        })
    })?;
    Ok(rows.collect::<Result<_, _>>()?)
}
