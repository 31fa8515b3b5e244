//! Newest positions of own units: in memory, on the disk every few seconds.
//!
//! **Invariant:** an older fix never replaces a newer one, and an impossible
//! one never replaces anything. Not here: tracks, gossip.

use std::collections::BTreeMap;
use std::sync::{Mutex, MutexGuard, PoisonError};

use fengsui_domain::log::dot::Dot;
use fengsui_domain::log::field::Field;
use fengsui_store::local::{self, PositionRow};
use fengsui_store::read;

use crate::call::e7;
use crate::error::AppError;
use crate::station::Station;

/// How often newest fixes go to the disk, ms.
const WRITE_EVERY_MS: i64 = 10_000;
/// A device's clock may be this far ahead, ms.
const AHEAD_MS_MAX: i64 = 10_000;

/// A fix of a unit.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct UnitFix {
    /// Degrees east.
    pub lon: f64,
    /// Degrees north.
    pub lat: f64,
    /// Measured, ms.
    pub at_ms: i64,
    /// Degrees; `None` = unknown.
    pub heading_deg: Option<f64>,
    /// km/h; `None` = unknown.
    pub speed_kmh: Option<f64>,
}

#[derive(Default)]
struct Held {
    newest: BTreeMap<Dot, UnitFix>,
    by_callsign: BTreeMap<String, (i64, Dot)>,
    dirty: BTreeMap<Dot, i64>,
    written_at_ms: i64,
}

/// All newest fixes.
#[derive(Default)]
pub struct Positions {
    held: Mutex<Held>,
}

/// What became of reported fixes.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct Taken {
    /// Newer than what was known.
    pub taken: u32,
    /// Older.
    pub stale: u32,
    /// Impossible, unknown call sign, or from the future.
    pub refused: u32,
}

impl Positions {
    fn held(&self) -> MutexGuard<'_, Held> {
        self.held.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Newest fix of a unit.
    #[must_use]
    pub fn get(&self, unit: Dot) -> Option<UnitFix> {
        self.held().newest.get(&unit).copied()
    }

    pub(crate) fn is_write_due(&self, now_ms: i64) -> bool {
        let held = self.held();
        now_ms.saturating_sub(held.written_at_ms).unsigned_abs() >= WRITE_EVERY_MS.unsigned_abs()
    }
}

impl Station {
    /// All newest fixes.
    #[must_use]
    pub fn position_list(&self) -> Vec<(Dot, UnitFix)> {
        self.positions()
            .held()
            .newest
            .iter()
            .map(|(dot, fix)| (*dot, *fix))
            .collect()
    }

    /// Takes fixes of terminals.
    #[must_use]
    pub fn report_positions(&self, fixes: &[(String, UnitFix)]) -> Taken {
        let now_ms = self.now_ms();
        let mut held = self.positions().held();
        let mut result = Taken::default();
        for (callsign, fix) in fixes {
            let known = held.by_callsign.get(callsign).copied();
            let possible =
                e7(fix.lon, fix.lat).is_ok() && fix.at_ms <= now_ms + AHEAD_MS_MAX && fix.at_ms > 0;
            let Some((id, dot)) = known.filter(|_| possible) else {
                result.refused += 1;
                continue;
            };
            if held
                .newest
                .get(&dot)
                .is_some_and(|old| old.at_ms >= fix.at_ms)
            {
                result.stale += 1;
                continue;
            }
            let clean = |value: Option<f64>, max: f64| value.filter(|v| (0.0..=max).contains(v));
            let fix = UnitFix {
                heading_deg: clean(fix.heading_deg, 360.0),
                speed_kmh: clean(fix.speed_kmh, 400.0),
                ..*fix
            };
            held.newest.insert(dot, fix);
            held.dirty.insert(dot, id);
            result.taken += 1;
        }
        result
    }

    /// Takes fixes that a peer passed on; how many were newer than ours.
    pub(crate) fn take_positions(&self, fixes: &[(Dot, UnitFix)]) -> u32 {
        let now_ms = self.now_ms();
        let mut held = self.positions().held();
        let known: BTreeMap<Dot, i64> = held
            .by_callsign
            .values()
            .map(|(id, dot)| (*dot, *id))
            .collect();
        let mut taken = 0;
        for (dot, fix) in fixes {
            let possible =
                e7(fix.lon, fix.lat).is_ok() && fix.at_ms <= now_ms + AHEAD_MS_MAX && fix.at_ms > 0;
            let old = held.newest.get(dot).map_or(0, |old| old.at_ms);
            if let Some(id) = known.get(dot).filter(|_| possible && fix.at_ms > old) {
                held.newest.insert(*dot, *fix);
                held.dirty.insert(*dot, *id);
                taken += 1;
            }
        }
        taken
    }

    pub(crate) fn load_positions(&self) -> Result<(), AppError> {
        let (units, rows) = self
            .store()
            .read(|conn| Ok::<_, AppError>((read::units(conn)?, local::positions(conn)?)))?;
        let mut held = self.positions().held();
        for unit in &units {
            let (id, dot) = (unit.record.id, unit.record.dot);
            if let Some(callsign) = unit.record.regs.text(Field::UnitCallsign) {
                held.by_callsign.insert(callsign.to_owned(), (id, dot));
            }
            // A unit that came with a merge may have been heard of before.
            if held.newest.contains_key(&dot) {
                continue;
            }
            if let Some(row) = rows.iter().find(|row| row.unit == id) {
                let fix = UnitFix {
                    lon: f64::from(row.lon_e7) / 1e7,
                    lat: f64::from(row.lat_e7) / 1e7,
                    at_ms: row.at_ms,
                    heading_deg: row.heading_deg,
                    speed_kmh: row.speed_kmh,
                };
                held.newest.insert(dot, fix);
            }
        }
        Ok(())
    }

    pub(crate) fn write_positions(&self) -> Result<(), AppError> {
        let now_ms = self.now_ms();
        let rows: Vec<PositionRow> = {
            let mut held = self.positions().held();
            held.written_at_ms = now_ms;
            let dirty = std::mem::take(&mut held.dirty);
            dirty
                .into_iter()
                .filter_map(|(dot, unit)| {
                    let fix = held.newest.get(&dot)?;
                    let (lon_e7, lat_e7) = e7(fix.lon, fix.lat).ok()?;
                    let (at_ms, heading_deg, speed_kmh) =
                        (fix.at_ms, fix.heading_deg, fix.speed_kmh);
                    Some(PositionRow {
                        unit,
                        lon_e7,
                        lat_e7,
                        at_ms,
                        heading_deg,
                        speed_kmh,
                    })
                })
                .collect()
        };
        if !rows.is_empty() {
            self.store()
                .write_local(move |conn| local::put_positions(conn, &rows))?;
        }
        Ok(())
    }
}
