//! Hot cells (热点网格): where incidents of a class pile up at given hours of given weekdays.
//! Not here: the cells themselves (`fengsui_geo`), reading incidents (`store`).
//!
//! An hour band may run over midnight: 22–2 on Fridays is Friday night until Saturday 2:00, the
//! way a shift thinks of it. **Invariant:** an incident that cannot be placed, in time or class
//! or on the grid, is counted apart and never in a cell.

use std::collections::BTreeMap;

use fengsui_geo::GridCell;

#[cfg(test)]
mod tests;

/// Minutes of a day.
const DAY_MIN: u16 = 24 * 60;
const MINUTE_MS: i64 = 60_000;

/// A time of the local week.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub struct LocalMinute {
    /// 1 = Monday … 7 = Sunday.
    weekday: u8,
    /// Minute of the day, 0–1439.
    minute: u16,
}

impl LocalMinute {
    /// From an instant in UTC ms and the minutes that local time is ahead of UTC (China: 480).
    #[must_use]
    pub fn of(at_ms: i64, ahead_min: i32) -> Self {
        let minutes = at_ms.div_euclid(MINUTE_MS) + i64::from(ahead_min);
        let day = minutes.div_euclid(i64::from(DAY_MIN));
        // 1970-01-01, day 0, was a Thursday.
        let weekday = (day + 3).rem_euclid(7) + 1;
        Self {
            weekday: u8::try_from(weekday).unwrap_or(1),
            minute: u16::try_from(minutes.rem_euclid(i64::from(DAY_MIN))).unwrap_or(0),
        }
    }

    /// 1 = Monday … 7 = Sunday.
    #[must_use]
    pub fn weekday(self) -> u8 {
        self.weekday
    }

    /// Hour of the day, 0–23.
    #[must_use]
    pub fn hour(self) -> u8 {
        u8::try_from(self.minute / 60).unwrap_or(0)
    }
}

/// Why a filter was refused.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum HotRejection {
    /// Weekdays run from 1 to 7.
    #[error("no such weekday")]
    NoSuchWeekday,
    /// Hours run from 0 to 24, and a band is not empty.
    #[error("no such hours")]
    NoSuchHours,
}

/// Which incidents are counted.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct HotFilter {
    /// Bit n − 1 = weekday n.
    weekdays: u8,
    from_hour: u8,
    to_hour: u8,
    classes: Vec<String>,
}

impl HotFilter {
    /// Of these classes (a class and all below it: the caller gives every code; empty = any), on
    /// these weekdays (1 = Monday … 7; empty = any), from `from_hour` (0–23) until `to_hour`
    /// (1–24, not included; smaller than the first = over midnight).
    ///
    /// # Errors
    /// [`HotRejection`].
    pub fn new(
        classes: &[String],
        weekdays: &[u8],
        from_hour: u8,
        to_hour: u8,
    ) -> Result<Self, HotRejection> {
        let mut bits = 0;
        for weekday in weekdays {
            if !(1..=7).contains(weekday) {
                return Err(HotRejection::NoSuchWeekday);
            }
            bits |= 1 << (weekday - 1);
        }
        if from_hour > 23 || !(1..=24).contains(&to_hour) || from_hour == to_hour {
            return Err(HotRejection::NoSuchHours);
        }
        let mut classes = classes.to_vec();
        classes.sort_unstable();
        Ok(Self {
            weekdays: if bits == 0 { 0x7f } else { bits },
            from_hour,
            to_hour,
            classes,
        })
    }

    /// Whether a time falls into the band on one of the weekdays.
    #[must_use]
    pub fn holds_time(&self, at: LocalMinute) -> bool {
        let hour = at.hour();
        let night_before = match at.weekday {
            1 => 7,
            day => day - 1,
        };
        let weekday = if self.from_hour < self.to_hour {
            (self.from_hour..self.to_hour)
                .contains(&hour)
                .then_some(at.weekday)
        } else if hour >= self.from_hour {
            Some(at.weekday)
        } else {
            (hour < self.to_hour).then_some(night_before)
        };
        weekday.is_some_and(|weekday| self.weekdays >> (weekday - 1) & 1 == 1)
    }

    fn holds_class(&self, class: Option<&str>) -> bool {
        let is_listed = |class: &str| {
            let found = self
                .classes
                .binary_search_by(|known| known.as_str().cmp(class));
            found.is_ok()
        };
        self.classes.is_empty() || class.is_some_and(is_listed)
    }
}

/// What is known of an incident.
#[derive(Debug, Clone, PartialEq)]
pub struct HotFacts {
    /// When it was reported.
    pub at: LocalMinute,
    /// Class; `None` = not chosen yet.
    pub class: Option<String>,
    /// The cell of its place.
    pub cell: CellFact,
}

/// Where an incident lies on the grid.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum CellFact {
    /// In this cell.
    In(GridCell),
    /// It has no place yet.
    NoPlace,
    /// Its place is too far from the county's zone to have a cell.
    OffGrid,
}

/// A hot cell.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct HotCell {
    /// Which.
    pub cell: GridCell,
    /// Place from 1; equal counts share it (1, 1, 3).
    pub rank: u32,
    /// Incidents.
    pub count: u32,
    /// Share of all that lie in cells, 0 to 1.
    pub share: f64,
}

/// The answer.
#[derive(Debug, Clone, PartialEq)]
pub struct HotCells {
    /// Most first; equal ones by zone, row and column.
    pub cells: Vec<HotCell>,
    /// Incidents in cells.
    pub total: u32,
    /// Incidents of the time and class without a place.
    pub without_place: u32,
    /// Incidents of the time and class off the grid.
    pub off_grid: u32,
    /// Incidents of the time whose class is not chosen, when only some classes are counted.
    pub without_class: u32,
}

/// Counts the incidents that the filter holds, cell by cell.
#[must_use]
pub fn hot_cells<'a>(
    incidents: impl IntoIterator<Item = &'a HotFacts>,
    filter: &HotFilter,
) -> HotCells {
    let mut counts: BTreeMap<GridCell, u32> = BTreeMap::new();
    let (mut total, mut without_place, mut off_grid, mut without_class) = (0, 0, 0, 0);
    for incident in incidents {
        if !filter.holds_time(incident.at) {
            continue;
        }
        if !filter.holds_class(incident.class.as_deref()) {
            without_class += u32::from(incident.class.is_none());
            continue;
        }
        match incident.cell {
            CellFact::In(cell) => {
                *counts.entry(cell).or_default() += 1;
                total += 1;
            }
            CellFact::NoPlace => without_place += 1,
            CellFact::OffGrid => off_grid += 1,
        }
    }
    let mut counts: Vec<(GridCell, u32)> = counts.into_iter().collect();
    // Stable: cells of one count stay in their own order.
    counts.sort_by_key(|(_, count)| std::cmp::Reverse(*count));
    let mut cells: Vec<HotCell> = Vec::with_capacity(counts.len());
    for (place, (cell, count)) in (1..).zip(counts) {
        let tied = cells.last().filter(|last| last.count == count);
        cells.push(HotCell {
            cell,
            rank: tied.map_or(place, |last| last.rank),
            count,
            share: f64::from(count) / f64::from(total),
        });
    }
    HotCells {
        cells,
        total,
        without_place,
        off_grid,
        without_class,
    }
}
