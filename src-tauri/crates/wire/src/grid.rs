//! The 200 m grid (网格) on the wire: which cells are hot, when and of what.
//!
//! Not here: the cell of one point (`place`).

use serde::{Deserialize, Serialize};
use ts_rs::TS;

/// `grid.hot`.
#[derive(Debug, Clone, Deserialize, TS)]
#[serde(deny_unknown_fields)]
pub struct HotAsked {
    /// From, epoch ms.
    pub from_ms: i64,
    /// To (not included), epoch ms.
    pub to_ms: i64,
    /// Type code (with all below it); empty = all.
    #[serde(default)]
    pub type_code: String,
    /// Weekdays 1 (Monday) to 7; empty = all.
    #[serde(default)]
    pub weekdays: Vec<u8>,
    /// First local hour, 0 to 23.
    pub from_hour: u8,
    /// Local hour it ends before, 1 to 24; smaller than the first = over midnight.
    pub to_hour: u8,
    /// 1 to 500.
    pub limit: u32,
}

/// A hot cell.
#[derive(Debug, Clone, Serialize, TS)]
pub struct HotCell {
    /// Place from 1; equal counts share it.
    pub rank: u32,
    /// Code of the cell.
    pub cell: String,
    /// Its corners, `[lon, lat]`.
    pub ring: Vec<[f64; 2]>,
    /// What lies near its middle; empty = nothing known.
    pub place: String,
    /// Incidents.
    pub n: u32,
    /// Share of all that were counted, 0 to 1.
    pub share: f64,
}

/// Hot cells.
#[derive(Debug, Clone, Serialize, TS)]
pub struct HotCells {
    /// Most first.
    pub cells: Vec<HotCell>,
    /// Incidents counted.
    pub total: u32,
    /// Incidents of the time and type without a place: in no cell.
    pub without_place: u32,
    /// Incidents of the time and type too far from the county's zone to have a cell.
    pub off_grid: u32,
    /// Incidents of the time whose type is not chosen, when only some types are counted.
    pub without_class: u32,
}
