//! Finding incidents: by number or short code, else by words.

use std::collections::BTreeMap;

use fengsui_domain::number::ShortCode;
use fengsui_store::read::{self, IncidentRecord, UnitRecord};

use super::voice::spoken;
use super::{BoardRow, code_of};
use crate::clock::{Corrected, clocks_in, day_number, local_day};
use crate::error::{AppError, invalid};
use crate::station::Station;

impl Station {
    /// Incidents for a query, best and newest first.
    ///
    /// # Errors
    /// `ValueInvalid`, faults.
    pub fn search_incidents(&self, query: &str, limit: u32) -> Result<Vec<BoardRow>, AppError> {
        if query.chars().count() > 64 {
            return Err(invalid("query", "0-64"));
        }
        if !(1..=100).contains(&limit) {
            return Err(invalid("limit", "1-100"));
        }
        let limits = self.limits()?;
        let day = local_day(self.now_ms()).map(day_number);
        self.store().read(|conn| {
            let mut found: Vec<IncidentRecord> = Vec::new();
            if let (Ok(code), Some(day)) = (ShortCode::parse(query), day) {
                let of_day = read::incidents_of_day(conn, day)?;
                let code = code.text();
                for record in of_day {
                    if code_of(&record.record.regs) != code {
                        continue;
                    }
                    let whole = read::whole_by_dot(conn, record.record.dot)?;
                    let whole = whole.filter(|whole| {
                        found.iter().all(|known| known.record.id != whole.record.id)
                    });
                    found.extend(whole);
                }
            }
            for id in fengsui_store::search::incidents(conn, query, limit as usize)? {
                let known = found.iter().any(|record| record.record.id == id);
                if let (false, Some(record)) = (known, read::incident_by_id(conn, id)?) {
                    found.push(record);
                }
            }
            found.truncate(limit as usize);
            let units = read::units(conn)?;
            let by_id: BTreeMap<i64, &UnitRecord> =
                units.iter().map(|unit| (unit.record.id, unit)).collect();
            let clocks = clocks_in(conn)?;
            let mut rows = Vec::with_capacity(found.len());
            for (record, parts) in &spoken(conn, found)?.corrected(&clocks) {
                let assigned = read::assignments_of(conn, record.record.id)?.corrected(&clocks);
                let active: Vec<_> = assigned.iter().filter(|a| a.stage < 6).collect();
                let was_sent = !assigned.is_empty();
                let by = (&limits, &clocks);
                let mut row = self.board_row(record, &active, was_sent, &by_id, by);
                row.tell(parts);
                rows.push(row);
            }
            Ok(rows)
        })
    }
}
