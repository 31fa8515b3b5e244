//! Drawings: of one incident, and what is on the map now.
//!
//! Not here: who drew them (their entries), what they look like (`domain::drawing`).

use fengsui_domain::log::dot::Dot;
use rusqlite::{Connection, Row};

use super::{DOT, Record, all, dot_at, record};
use crate::error::StoreError;
use crate::preview::shown;
use crate::project::WHOLE;

/// A drawing with its incident.
#[derive(Debug, Clone)]
pub struct DrawingRecord {
    /// The thing.
    pub record: Record,
    /// Its incident; where that is a part, the whole.
    pub incident: Dot,
    /// 警情编号 of the incident.
    pub incident_number: String,
}

fn drawing(row: &Row<'_>) -> Result<DrawingRecord, StoreError> {
    Ok(DrawingRecord {
        record: record(row)?,
        incident: dot_at(row, 6)?,
        incident_number: row.get(10)?,
    })
}

// CROSS JOIN keeps the order: from the few incidents to their drawings, never through all
// drawings there ever were.
pub(super) fn drawings_where(filter: &str) -> String {
    format!(
        "SELECT t.id, t.regs, {DOT}, v.station, v.incarnation, v.lane, h.seq, h.number
         FROM incident i CROSS JOIN drawing t ON t.incident = i.id
              JOIN writer w ON w.id = t.writer
              JOIN incident h ON h.id = iif(i.whole > 0, i.whole, i.id)
              JOIN writer v ON v.id = h.writer {filter}"
    )
}

pub(super) fn of() -> String {
    format!("WHERE i.id {WHOLE} ORDER BY t.id")
}
pub(super) const OPEN: &str = concat!(
    "WHERE i.open = 1 AND t.listed = 1 AND ",
    shown!("8"),
    " ORDER BY t.id"
);

/// Drawings of an incident, voided ones too, oldest first.
///
/// # Errors
/// Any store error.
pub fn drawings_of(conn: &Connection, incident: i64) -> Result<Vec<DrawingRecord>, StoreError> {
    all(conn, &drawings_where(&of()), [incident], drawing)
}

/// Drawings that are on the map: of incidents that are not closed, not voided (or voided without
/// all being seen), oldest first.
///
/// # Errors
/// Any store error.
pub fn open_drawings(conn: &Connection) -> Result<Vec<DrawingRecord>, StoreError> {
    all(conn, &drawings_where(OPEN), [], drawing)
}
