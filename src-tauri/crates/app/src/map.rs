//! The map as the station uses it: which pack is installed, tiles, places.
//!
//! Not here: building and reading packs (`mappack`), road time (a later issue).

use std::path::Path;

use chrono::{DateTime, NaiveDate, Utc};
use fengsui_mappack::PackError;

use crate::error::AppError;

/// The installed pack, as the desk is told.
#[derive(Debug, Clone, PartialEq)]
pub struct MapFacts {
    /// Name.
    pub name: String,
    /// Date of the source data, YYYY-MM-DD.
    pub data_date: Option<String>,
    /// west, south, east, north in degrees.
    pub bounds: [f64; 4],
    /// lon, lat.
    pub centre: [f64; 2],
    /// Zoom at start.
    pub zoom: f64,
    /// Lowest and highest zoom.
    pub zooms: [u32; 2],
    /// County border rings.
    pub county: Vec<Vec<[f64; 2]>>,
    /// Attribution.
    pub attribution: String,
}

/// A place.
#[derive(Debug, Clone, PartialEq)]
pub struct Place {
    /// Name.
    pub name: String,
    /// Kind.
    pub kind: String,
    /// Town.
    pub town: Option<String>,
    /// lon, lat; `None` = known by name only.
    pub point: Option<(f64, f64)>,
}

/// A town (乡镇).
#[derive(Debug, Clone, PartialEq)]
pub struct Town {
    /// Code.
    pub code: String,
    /// Name.
    pub name: String,
    /// lon, lat; `None` = known by name only.
    pub point: Option<(f64, f64)>,
    /// Villages known by name.
    pub villages: u32,
}

/// The map of a station; without a pack everything says so.
#[derive(Default)]
pub struct Map {}

impl Map {
    pub(crate) fn open(
        _home: &Path,
        _county: Option<&Path>,
        _now_ms: i64,
    ) -> Result<Map, PackError> {
        Ok(Map {})
    }

    /// Facts of the pack.
    #[must_use]
    pub fn facts(&self) -> Option<MapFacts> {
        None
    }

    /// A tile (gzip MVT); `Ok(None)` = nothing there.
    ///
    /// # Errors
    /// Those of the pack.
    pub fn tile(&self, _z: u8, _x: u32, _y: u32) -> Result<Option<Vec<u8>>, PackError> {
        Ok(None)
    }

    /// Towns of the county.
    ///
    /// # Errors
    /// Those of the pack.
    pub fn towns(&self) -> Result<Vec<Town>, PackError> {
        Ok(Vec::new())
    }

    pub(crate) fn search(
        &self,
        _query: &str,
        _limit: usize,
    ) -> Result<Option<Vec<Place>>, AppError> {
        Ok(None)
    }
}

/// Days from a date to an instant.
#[must_use]
pub fn age_days(date: &str, now_ms: i64) -> Option<i64> {
    let date = NaiveDate::parse_from_str(date, "%Y-%m-%d").ok()?;
    let today = DateTime::<Utc>::from_timestamp_millis(now_ms)?.date_naive();
    Some((today - date).num_days())
}
