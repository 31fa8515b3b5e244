//! The map as the station uses it: which pack is installed, tiles, places.
//!
//! Not here: building and reading packs (`mappack`), road time (a later issue).

use std::path::Path;

use chrono::{DateTime, NaiveDate, Utc};
use fengsui_mappack::{BuildInput, Continue, MANIFEST_FILE, Pack, PackError, build, install};

use crate::error::{AppError, Rejection, RejectionCode};

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
pub struct Map {
    pack: Option<Pack>,
    damage: Option<String>,
}

impl Map {
    /// Opens the pack of a county, building it when it is not there yet; with
    /// no county the newest pack installed. A pack that cannot be opened or
    /// built leaves the station without a map, and says so: calls go on.
    pub(crate) fn open(home: &Path, county: Option<&Path>, now_ms: i64) -> Map {
        let packs = home.join("packs");
        let found = match county {
            Some(county) => of_county(&packs, county, now_ms).map(Some),
            None => installed(&packs),
        };
        match found {
            Ok(pack) => Map { pack, damage: None },
            Err(error) => {
                tracing::error!(%error, "no map");
                Map {
                    pack: None,
                    damage: Some(error.to_string()),
                }
            }
        }
    }

    /// What was wrong with the pack, if it could not be opened or built.
    #[must_use]
    pub fn damage(&self) -> Option<&str> {
        self.damage.as_deref()
    }

    /// Facts of the pack.
    #[must_use]
    pub fn facts(&self) -> Option<MapFacts> {
        let manifest = self.pack.as_ref()?.manifest();
        let taken = manifest
            .data_at_s
            .and_then(|s| DateTime::<Utc>::from_timestamp(s, 0));
        let lines: Vec<&str> = manifest
            .sources
            .iter()
            .map(|source| source.attribution.as_str())
            .filter(|line| !line.is_empty())
            .collect();
        Some(MapFacts {
            name: manifest.name.clone(),
            data_date: taken.map(|at| at.format("%Y-%m-%d").to_string()),
            bounds: manifest.bounds,
            centre: manifest.centre,
            zoom: manifest.default_zoom,
            zooms: [u32::from(manifest.min_zoom), u32::from(manifest.max_zoom)],
            county: manifest.county_polygon.clone(),
            attribution: lines.join(" · "),
        })
    }

    /// A tile (gzip MVT); `Ok(None)` = nothing there.
    ///
    /// # Errors
    /// Those of the pack.
    pub fn tile(&self, z: u8, x: u32, y: u32) -> Result<Option<Vec<u8>>, PackError> {
        self.pack
            .as_ref()
            .map_or(Ok(None), |pack| pack.tile(z, x, y))
    }

    /// Towns of the county.
    ///
    /// # Errors
    /// Those of the pack.
    pub fn towns(&self) -> Result<Vec<Town>, PackError> {
        let Some(pack) = &self.pack else {
            return Ok(Vec::new());
        };
        let towns = pack.towns()?.into_iter().map(|town| Town {
            villages: u32::try_from(town.villages.len()).unwrap_or(u32::MAX),
            code: town.code,
            name: town.name,
            point: town.position.map(|at| (at.lon_deg(), at.lat_deg())),
        });
        Ok(towns.collect())
    }

    /// Places for what was typed; `None` = there is no pack to ask.
    pub(crate) fn search(&self, query: &str, limit: usize) -> Result<Option<Vec<Place>>, AppError> {
        let Some(pack) = &self.pack else {
            return Ok(None);
        };
        let hits = pack.search(query, limit).map_err(|error| {
            tracing::error!(%error, "places could not be read");
            Rejection::new(RejectionCode::ReadingUnknown).with("what", "places")
        })?;
        let places = hits.into_iter().map(|hit| Place {
            name: hit.name,
            kind: hit.kind,
            town: hit.town,
            point: hit.position.map(|at| (at.lon_deg(), at.lat_deg())),
        });
        Ok(Some(places.collect()))
    }
}

/// The pack of these very files; another edition is another folder.
fn of_county(packs: &Path, county: &Path, now_ms: i64) -> Result<Pack, PackError> {
    let built_at = DateTime::<Utc>::from_timestamp_millis(now_ms)
        .map(|at| at.to_rfc3339_opts(chrono::SecondsFormat::Secs, true))
        .unwrap_or_default();
    let input = BuildInput::find(county, &built_at)?;
    let dir = packs.join(input.edition());
    match Pack::open(&dir) {
        Ok(pack) => return Ok(pack),
        Err(error) if dir.exists() => {
            // Kept for whoever wants to know what happened to it.
            tracing::error!(%error, "the map pack is damaged and is built anew");
            let aside = packs.join(format!("damaged-{now_ms}"));
            std::fs::rename(&dir, &aside).map_err(|source| PackError::Io {
                path: dir.clone(),
                source,
            })?;
        }
        Err(_) => {}
    }
    std::fs::create_dir_all(packs).map_err(|source| PackError::Io {
        path: packs.to_owned(),
        source,
    })?;
    build(&input, &dir, &mut |progress| {
        tracing::debug!(?progress, "building the map");
        Continue::Yes
    })?;
    Pack::open(&dir)
}

/// The pack that was installed, or the one before it when that one cannot be opened; where none
/// was ever installed, the newest that was built here.
fn installed(packs: &Path) -> Result<Option<Pack>, PackError> {
    let opened = install::open(packs);
    match (opened.pack, opened.damage) {
        (Some(pack), damage) => {
            if let Some(error) = damage {
                tracing::error!(%error, id = opened.id, "the pack before is used");
            }
            Ok(Some(pack))
        }
        (None, Some(damage)) => Err(damage),
        (None, None) => newest(packs),
    }
}

fn newest(packs: &Path) -> Result<Option<Pack>, PackError> {
    let mut dirs: Vec<_> = std::fs::read_dir(packs)
        .into_iter()
        .flatten()
        .filter_map(Result::ok)
        .filter(|entry| entry.path().join(MANIFEST_FILE).is_file())
        .filter_map(|entry| Some((entry.metadata().ok()?.modified().ok()?, entry.path())))
        .collect();
    dirs.sort();
    dirs.last().map(|(_, dir)| Pack::open(dir)).transpose()
}

/// Days from a date to an instant.
#[must_use]
pub fn age_days(date: &str, now_ms: i64) -> Option<i64> {
    let date = NaiveDate::parse_from_str(date, "%Y-%m-%d").ok()?;
    let today = DateTime::<Utc>::from_timestamp_millis(now_ms)?.date_naive();
    Some((today - date).num_days())
}
