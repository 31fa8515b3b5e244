//! The 200 m grid (网格): which cells are hot.
//!
//! Not here: counting and ranking (`domain::hotcell`), the cell of one point (`place`).

use chrono::{Local, Offset, TimeZone};
use fengsui_domain::hotcell::{
    CellFact, HotCell, HotCells, HotFacts, HotFilter, HotRejection, LocalMinute, hot_cells,
};
use fengsui_domain::incident::Stage;
use fengsui_domain::log::field::Field;
use fengsui_geo::{GridCell, Wgs84, Zone};
use fengsui_mappack::codes::TypeRow;
use fengsui_store::read::{self, IncidentRecord};

use crate::clock::{day_number, local_day};
use crate::error::{AppError, RejectionCode, invalid};
use crate::incident::form::point_of;
use crate::station::Station;

/// What is asked.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct HotAsk {
    /// From, ms.
    pub from_ms: i64,
    /// To, not included, ms.
    pub to_ms: i64,
    /// A type with all below it; empty = any.
    pub type_code: String,
    /// 1 = Monday … 7; empty = any.
    pub weekdays: Vec<u8>,
    /// First local hour.
    pub from_hour: u8,
    /// Local hour it ends before; smaller than the first = over midnight.
    pub to_hour: u8,
    /// Most cells.
    pub limit: u32,
}

/// A hot cell with what lies near its middle.
#[derive(Debug, Clone, PartialEq)]
pub struct HotRow {
    /// The cell with its figures.
    pub hot: HotCell,
    /// Name of what is nearest to its middle; `None` = nothing known.
    pub place: Option<String>,
}

/// The answer.
#[derive(Debug, Clone, PartialEq)]
pub struct HotFound {
    /// Most first, cut at the limit.
    pub rows: Vec<HotRow>,
    /// The sums over all cells; its own list of cells is emptied into `rows`.
    pub sums: HotCells,
}

/// How far a name may be from the middle of a cell to say where it is, metres.
const NEAR_M: f64 = 300.0;
const DAY_MS: i64 = 86_400_000;

impl Station {
    /// Cells by how many incidents lie in them. Invalid ones count nowhere; the class after
    /// handling, where there is one, goes before the one at intake.
    ///
    /// # Errors
    /// `ValueInvalid`, `CodeUnknown`, `MapMissing` when nothing says which zone the county is
    /// measured in, faults.
    pub fn hot_cells(&self, ask: &HotAsk) -> Result<HotFound, AppError> {
        if !(1..=500).contains(&ask.limit) {
            return Err(invalid("limit", "1-500"));
        }
        if ask.from_ms >= ask.to_ms {
            return Err(invalid("to_ms", "> from_ms"));
        }
        // A number may have been given a moment before or after midnight.
        let days = (
            local_day(ask.from_ms.saturating_sub(DAY_MS)).map(day_number),
            local_day(ask.to_ms.saturating_add(DAY_MS)).map(day_number),
        );
        let (Some(from), Some(to)) = days else {
            return Err(invalid("from_ms", "no such day"));
        };
        let classes = self.classes_below(&ask.type_code)?;
        let filter = HotFilter::new(&classes, &ask.weekdays, ask.from_hour, ask.to_hour);
        let filter = filter.map_err(|rejection| match rejection {
            HotRejection::NoSuchWeekday => invalid("weekdays", "1-7"),
            HotRejection::NoSuchHours => invalid("from_hour", "0-23, 1-24"),
        })?;
        let zone = self.zone().ok_or(RejectionCode::MapMissing)?;
        let mut facts = Vec::new();
        let wants = |at_ms| filter.holds_time(LocalMinute::of(at_ms, ahead_min(at_ms)));
        self.store().read(|conn| {
            let opened_ms = ask.from_ms..ask.to_ms;
            read::each_incident_between(conn, (from, to), opened_ms, wants, |incident| {
                facts.extend(facts_of(&incident, zone));
            })
        })?;
        let mut sums = hot_cells(&facts, &filter);
        let pack = self.map().pack();
        let cells = std::mem::take(&mut sums.cells);
        let row = |hot: HotCell| {
            let near = pack
                .as_ref()
                .map(|pack| pack.near(hot.cell.centre(), NEAR_M, 1));
            let near = near.transpose().map_err(crate::map::unread("places"))?;
            Ok(HotRow {
                place: near.unwrap_or_default().pop().map(|near| near.name),
                hot,
            })
        };
        let rows: Result<Vec<HotRow>, AppError> = cells
            .into_iter()
            .take(ask.limit as usize)
            .map(row)
            .collect();
        Ok(HotFound { rows: rows?, sums })
    }

    /// A type and all below it; empty for empty.
    fn classes_below(&self, code: &str) -> Result<Vec<String>, AppError> {
        if code.is_empty() {
            return Ok(Vec::new());
        }
        let county = self.county();
        if county.type_row(code).is_none() {
            return Err(RejectionCode::CodeUnknown.into());
        }
        let is_below = |row: &&TypeRow| {
            let mut next = Some(row.code.as_str());
            // The table is a tree; a loop in a county's own ends here.
            for _ in 0..16 {
                match next {
                    Some(at) if at == code => return true,
                    Some(at) => next = county.type_row(at).and_then(|row| row.parent.as_deref()),
                    None => return false,
                }
            }
            false
        };
        let below = county.codes.types.iter().filter(is_below);
        Ok(below.map(|row| row.code.clone()).collect())
    }
}

fn facts_of(incident: &IncidentRecord, zone: Zone) -> Option<HotFacts> {
    let regs = &incident.record.regs;
    let at_ms = regs.int(Field::IncidentOpenedAt)?;
    if incident.stage == Stage::Invalid.code() {
        return None;
    }
    let class = regs
        .text(Field::IncidentTypeAfter)
        .filter(|code| !code.is_empty());
    let class = class.or_else(|| regs.text(Field::IncidentType));
    let point = point_of(regs).and_then(|(lon, lat)| Wgs84::new(lon, lat).ok());
    Some(HotFacts {
        at: LocalMinute::of(at_ms, ahead_min(at_ms)),
        class: class.filter(|code| !code.is_empty()).map(str::to_owned),
        cell: match point.map(|point| GridCell::of_point(point, zone)) {
            None => CellFact::NoPlace,
            Some(Ok(cell)) => CellFact::In(cell),
            Some(Err(_)) => CellFact::OffGrid,
        },
    })
}

/// Minutes that local time is ahead of UTC at an instant.
fn ahead_min(at_ms: i64) -> i32 {
    let at = Local.timestamp_millis_opt(at_ms).single();
    at.map_or(0, |at| at.offset().fix().local_minus_utc() / 60)
}
