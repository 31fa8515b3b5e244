//! The board: what is not closed, with its units and clocks.
//!
//! Not here: colours; the desk compares instants with now.

use std::collections::{BTreeMap, BTreeSet};

use fengsui_domain::assignment::AssignmentStage;
use fengsui_domain::clock::{ClockMark, Clocks};
use fengsui_domain::incident::{Level, Line, Stage};
use fengsui_domain::log::dot::Dot;
use fengsui_domain::log::field::Field;
use fengsui_domain::watch::{LimitKey, LimitTable, Watch, watch};
use fengsui_store::Connection;
use fengsui_store::read::{self, AssignmentRecord, IncidentRecord, UnitRecord};

use super::form::point_of;
use super::voice::{PartsMark, VoiceMark, spoken};
use super::{code_of, stage_of_code};
use crate::assignment::{AssignmentRow, row_of};
use crate::clock::{Corrected, clocks_in, day_number, local_day};
use crate::error::AppError;
use crate::station::Station;

/// A line of the board.
#[derive(Debug, Clone, PartialEq)]
pub struct BoardRow {
    /// The incident.
    pub dot: Dot,
    /// 警情编号.
    pub number: String,
    /// Short code.
    pub short_code: String,
    /// Line.
    pub line: Line,
    /// Stage.
    pub stage: Stage,
    /// Level; normal while nobody set one.
    pub level: Level,
    /// Type code.
    pub type_code: Option<String>,
    /// Type name.
    pub type_name: Option<String>,
    /// Place text.
    pub place: Option<String>,
    /// Where, degrees (lon, lat).
    pub point: Option<(f64, f64)>,
    /// Opened, ms.
    pub opened_at_ms: i64,
    /// Both times of the opening, where a wrong clock gave it.
    pub opened_mark: Option<ClockMark>,
    /// Goal of the first order while nobody is sent.
    pub first_order: Option<Watch>,
    /// Units were sent and none is left: it waits to be closed, not to be sent to.
    pub was_sent: bool,
    /// Units in it.
    pub units: Vec<BoardUnit>,
    /// Desk.
    pub desk: Option<String>,
    /// Some field has more than one live value.
    pub in_parallel: bool,
    /// What was entered by voice in it.
    pub voice: Option<VoiceMark>,
    /// Reports that it is made of; 1 = nothing was joined.
    pub callers: u32,
}

impl BoardRow {
    /// Takes what is said of its parts.
    pub(super) fn tell(&mut self, parts: &PartsMark) {
        self.voice.clone_from(&parts.voice);
        self.callers = parts.callers;
    }
}

/// A unit within a row.
#[derive(Debug, Clone, PartialEq)]
pub struct BoardUnit {
    /// The assignment as a row.
    pub row: AssignmentRow,
}

/// The board.
#[derive(Debug, Clone, PartialEq)]
pub struct Board {
    /// Rows in display order.
    pub rows: Vec<BoardRow>,
    /// (opened, invalid) today; `None` = the count failed.
    pub today: Option<(u32, u32)>,
}

impl Station {
    /// What is not closed: level first, then the longest wait.
    ///
    /// # Errors
    /// Faults; a failed count of today is `None`, not 0.
    pub fn board(&self) -> Result<Board, AppError> {
        let limits = self.limits()?;
        let rows = self.store().read(|conn| self.rows_in(conn, &limits))?;
        let day = local_day(self.now_ms()).map(day_number);
        let today = day.and_then(|day| {
            let counted = self.store().read(|conn| read::day_counts(conn, day));
            counted
                .map_err(|error| tracing::error!(%error, "today could not be counted"))
                .ok()
        });
        Ok(Board {
            rows: in_order(rows),
            today,
        })
    }

    /// The board as this station knew it at an instant (G8): the entries
    /// written by then, folded anew.
    ///
    /// # Errors
    /// Faults only.
    pub fn board_as_of(&self, at_ms: i64) -> Result<Board, AppError> {
        let limits = self.limits()?;
        let rows = self.store().read(|conn| {
            let then = fengsui_store::verify::as_of(conn, at_ms)?;
            self.rows_in(&then, &limits)
        })?;
        Ok(Board {
            rows: in_order(rows),
            today: None,
        })
    }

    fn rows_in(&self, conn: &Connection, limits: &LimitTable) -> Result<Vec<BoardRow>, AppError> {
        let clocks = clocks_in(conn)?;
        let incidents = read::open_incidents(conn)?;
        let units = read::units(conn)?;
        let active = read::active_assignments(conn)?.corrected(&clocks);
        let sent = read::ever_sent(conn, &incidents)?;
        let incidents = spoken(conn, incidents)?.corrected(&clocks);
        Ok(self.rows_of(&incidents, &units, &active, &sent, (limits, &clocks)))
    }

    fn rows_of(
        &self,
        incidents: &[(IncidentRecord, PartsMark)],
        units: &[UnitRecord],
        active: &[AssignmentRecord],
        sent: &BTreeSet<i64>,
        by: (&LimitTable, &Clocks),
    ) -> Vec<BoardRow> {
        let by_id: BTreeMap<i64, &UnitRecord> =
            units.iter().map(|unit| (unit.record.id, unit)).collect();
        let mut of: BTreeMap<i64, Vec<&AssignmentRecord>> = BTreeMap::new();
        for assignment in active {
            of.entry(assignment.incident).or_default().push(assignment);
        }
        incidents
            .iter()
            .map(|(incident, parts)| {
                let assigned = of.get(&incident.record.id).map_or(&[][..], Vec::as_slice);
                let was_sent = sent.contains(&incident.record.id);
                let mut row = self.board_row(incident, assigned, was_sent, &by_id, by);
                row.tell(parts);
                row
            })
            .collect()
    }

    /// An incident as a row; it and its assignments are corrected by these clocks.
    pub(crate) fn board_row(
        &self,
        incident: &IncidentRecord,
        assigned: &[&AssignmentRecord],
        was_sent: bool,
        units: &BTreeMap<i64, &UnitRecord>,
        (limits, clocks): (&LimitTable, &Clocks),
    ) -> BoardRow {
        let regs = &incident.record.regs;
        let code = |field| regs.int(field).and_then(|code| u8::try_from(code).ok());
        let text = |field| regs.text(field).map(str::to_owned);
        let number = text(Field::IncidentNumber).unwrap_or_default();
        let stage = stage_of_code(incident.stage);
        let opened_at_ms = regs.int(Field::IncidentOpenedAt).unwrap_or(0);
        let was_sent = was_sent && assigned.is_empty();
        let waits = matches!(stage, Stage::Taking | Stage::Waiting) && !was_sent;
        let rows = assigned.iter().map(|record| {
            let unit = units.get(&record.unit);
            let callsign = unit.and_then(|unit| unit.record.regs.text(Field::UnitCallsign));
            let dot = unit.map_or(Dot::COUNTY, |unit| unit.record.dot);
            BoardUnit {
                row: row_of(record, callsign.unwrap_or("?"), dot, limits, clocks),
            }
        });
        let type_code = text(Field::IncidentType);
        BoardRow {
            dot: incident.record.dot,
            number,
            short_code: code_of(regs),
            line: code(Field::IncidentLine)
                .and_then(Line::from_code)
                .unwrap_or(Line::Police110),
            stage,
            level: code(Field::IncidentLevel)
                .and_then(Level::from_code)
                .unwrap_or(Level::Normal),
            type_name: type_code
                .as_deref()
                .and_then(|code| self.county().type_row(code))
                .map(|row| row.name.clone()),
            type_code,
            place: text(Field::IncidentPlace),
            point: point_of(regs),
            opened_at_ms,
            opened_mark: clocks.mark_of(regs, Field::IncidentOpenedAt),
            first_order: waits.then(|| watch(opened_at_ms, limits.get(LimitKey::FirstOrder))),
            was_sent,
            units: rows.collect(),
            desk: text(Field::IncidentDesk),
            in_parallel: regs.parallel().next().is_some(),
            voice: None,
            callers: 1,
        }
    }
}

/// Level first, then who waits for a first unit, then the oldest.
fn in_order(mut rows: Vec<BoardRow>) -> Vec<BoardRow> {
    let settled = |row: &BoardRow| {
        row.units
            .iter()
            .any(|unit| unit.row.stage >= AssignmentStage::Signed)
    };
    rows.sort_by_key(|row| {
        (
            std::cmp::Reverse(row.level),
            settled(row),
            row.opened_at_ms,
            row.dot,
        )
    });
    rows
}
