//! Drawings with who drew, changed and voided them, and when.

use fengsui_domain::drawing::{DrawingKind, Geometry};
use fengsui_domain::log::dot::Dot;
use fengsui_domain::log::entry::Value;
use fengsui_domain::log::field::Field;
use fengsui_domain::log::hlc::Hlc;
use fengsui_domain::log::register::Registers;
use fengsui_store::read::{self, DrawingRecord};
use fengsui_store::{Connection, project};

use super::{geometry_of, kind_of};
use crate::error::{AppError, not_found};
use crate::station::Station;

/// A drawing.
#[derive(Debug, Clone, PartialEq)]
pub struct DrawingRow {
    /// Its dot.
    pub dot: Dot,
    /// Its incident.
    pub incident: Dot,
    /// 警情编号.
    pub incident_number: String,
    /// What; `None` = a kind of a newer program.
    pub kind: Option<DrawingKind>,
    /// Where; `None` = not to be read by this program.
    pub geometry: Option<Geometry>,
    /// Words.
    pub label: Option<String>,
    /// Who drew it.
    pub added: Mark,
    /// Who wrote what is shown, where that is not the one who drew it.
    pub changed: Option<Mark>,
    /// Voided.
    pub voided: Option<Voiding>,
    /// Values that were written without having seen the shown one.
    pub others: Vec<OtherValue>,
}

/// Who and when.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Mark {
    /// The entry.
    pub entry: Dot,
    /// When, ms.
    pub at_ms: i64,
    /// Account.
    pub account: String,
}

/// How a drawing was voided.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Voiding {
    /// Who and when.
    pub mark: Mark,
    /// Why.
    pub reason: String,
    /// It had not seen a change: still on the map, a person settles it by voiding again.
    pub has_unseen: bool,
}

/// A value that is not shown (并行修改).
#[derive(Debug, Clone, PartialEq)]
pub struct OtherValue {
    /// `DrawingPoints` or `DrawingLabel`.
    pub field: Field,
    /// Other points; `None` where it is about words, or not to be read.
    pub geometry: Option<Geometry>,
    /// Other words; `None` where it is about points, or cleared.
    pub label: Option<String>,
    /// Who and when.
    pub mark: Mark,
}

impl Station {
    /// Drawings of an incident, voided ones too; without one, those on the map: of all
    /// incidents that are not closed, without the voided. In order of drawing.
    ///
    /// # Errors
    /// `NotFound`, faults.
    pub fn drawings(&self, incident: Option<Dot>) -> Result<Vec<DrawingRow>, AppError> {
        self.store().read(|conn| {
            let mut records = match incident {
                Some(dot) => {
                    let found = read::whole_by_dot(conn, dot)?;
                    let found = found.ok_or_else(|| not_found("incident"))?;
                    read::drawings_of(conn, found.record.id)?
                }
                None => read::open_drawings(conn)?,
            };
            // Not by this file's alias: every desk has the same order.
            records.sort_by_key(|record| (drawn_at(&record.record.regs), record.record.dot));
            records.iter().map(|record| row(conn, record)).collect()
        })
    }
}

/// The stamp of the entry that drew it.
fn drawn_at(regs: &Registers) -> Hlc {
    let drawn = regs.live(Field::DrawingIncident).first();
    drawn.map_or_else(Hlc::default, |live| live.hlc)
}

fn row(conn: &Connection, record: &DrawingRecord) -> Result<DrawingRow, AppError> {
    let (dot, regs) = (record.record.dot, &record.record.regs);
    let shown = [Field::DrawingPoints, Field::DrawingLabel]
        .iter()
        .filter_map(|field| regs.shown(*field))
        .max_by_key(|live| (live.hlc, live.dot))
        .map(|live| live.dot);
    let changed = match shown {
        Some(by) if by != dot => Some(mark(conn, by)?),
        _ => None,
    };
    let voided = match regs.shown(Field::DrawingVoidedAt) {
        Some(live) if live.value != Value::Nothing => Some(Voiding {
            mark: mark(conn, live.dot)?,
            reason: regs
                .text(Field::DrawingVoidReason)
                .unwrap_or_default()
                .to_owned(),
            has_unseen: project::drawing_has_unseen(regs),
        }),
        _ => None,
    };
    Ok(DrawingRow {
        dot,
        incident: record.incident,
        incident_number: record.incident_number.clone(),
        kind: kind_of(regs),
        geometry: geometry_of(regs.value(Field::DrawingPoints)),
        label: regs.text(Field::DrawingLabel).map(str::to_owned),
        added: mark(conn, dot)?,
        changed,
        voided,
        others: others(conn, regs)?,
    })
}

fn others(conn: &Connection, regs: &Registers) -> Result<Vec<OtherValue>, AppError> {
    let mut out = Vec::new();
    for field in [Field::DrawingPoints, Field::DrawingLabel] {
        let shown = regs.shown(field).map(|live| &live.value);
        // Two desks that did the same do not contradict each other.
        let differ = regs
            .live(field)
            .iter()
            .filter(|live| Some(&live.value) != shown);
        for live in differ {
            let label = match &live.value {
                Value::Text(text) => Some(text.clone()),
                _ => None,
            };
            out.push(OtherValue {
                field,
                geometry: geometry_of(Some(&live.value)),
                label,
                mark: mark(conn, live.dot)?,
            });
        }
    }
    Ok(out)
}

/// What an entry says of who and when; a row's writer is always here, or the file is damaged.
fn mark(conn: &Connection, dot: Dot) -> Result<Mark, AppError> {
    let entry =
        read::entry_by_dot(conn, dot)?.ok_or_else(|| fengsui_store::StoreError::Corrupt {
            detail: format!("no entry {dot}"),
        })?;
    Ok(Mark {
        entry: dot,
        at_ms: entry.at_ms,
        account: entry.actor,
    })
}
