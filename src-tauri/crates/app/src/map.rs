//! The map as the station uses it: which pack is in use, tiles, towns. Another pack can take its
//! place while the desk works; whoever holds the old one finishes with it.
//!
//! Not here: building, installing and reading packs (`mappack`), work on packs (`job`), places
//! (`place`), roads (`road`).

use std::path::{Path, PathBuf};
use std::sync::{Arc, Mutex, PoisonError, RwLock};

use chrono::{DateTime, NaiveDate, Utc};
use fengsui_mappack::{BuildInput, Continue, Pack, PackError, build, install};

use crate::error::{AppError, Rejection, RejectionCode};
use crate::road::RoadNet;

pub mod job;
pub mod things;
pub mod view;

pub use fengsui_mappack::{AreaRow, OwnLayer, RejectLine, ThingRow};
use job::Work;
use things::Things;

/// The layer of the tiles that holds the county's own areas.
const AREA_TILES: &str = "own_areas";

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
    /// Name of the pack's folder.
    pub pack: String,
    /// It has a road graph.
    pub has_roads: bool,
    /// It has jurisdictions.
    pub has_areas: bool,
    /// The county's own areas are in its tiles, not only in its tables.
    pub has_area_tiles: bool,
    /// Pictures under the vector map.
    pub raster: Option<String>,
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

/// What belongs to the pack in use and changes with it.
#[derive(Clone, Default)]
struct InUse {
    pack: Option<Arc<Pack>>,
    things: Arc<Things>,
    roads: RoadNet,
    damage: Option<String>,
}

/// The map of a station; without a pack everything says so.
#[derive(Default)]
pub struct Map {
    packs: PathBuf,
    in_use: RwLock<InUse>,
    work: Mutex<Work>,
}

impl Map {
    /// Opens the pack of a county, building it when it is not there yet; with
    /// no county the one installed. A pack that cannot be opened or
    /// built leaves the station without a map, and says so: calls go on.
    pub(crate) fn open(home: &Path, county: Option<&Path>, now_ms: i64) -> Map {
        let packs = home.join("packs");
        let map = Map {
            packs,
            ..Map::default()
        };
        let (pack, damage) = match county {
            Some(county) => match of_county(&map.packs, county, now_ms) {
                Ok(pack) => (Some(pack), None),
                Err(damage) => (None, Some(damage)),
            },
            None => {
                let opened = install::open(&map.packs);
                (opened.pack, opened.damage)
            }
        };
        map.put(pack.map(Arc::new));
        if let Some(error) = damage {
            tracing::error!(%error, "the installed map pack could not be used");
            map.held_mut(|in_use| in_use.damage = Some(error.to_string()));
        }
        map
    }

    fn held(&self) -> InUse {
        self.in_use
            .read()
            .unwrap_or_else(PoisonError::into_inner)
            .clone()
    }

    fn held_mut(&self, change: impl FnOnce(&mut InUse)) {
        change(&mut self.in_use.write().unwrap_or_else(PoisonError::into_inner));
    }

    /// Puts a pack in use, its roads still unread.
    pub(crate) fn put(&self, pack: Option<Arc<Pack>>) {
        let roads = match &pack {
            Some(pack) if pack.has_roads() => RoadNet::Loading,
            _ => RoadNet::None,
        };
        let things = Arc::new(pack.as_ref().map(Things::of).unwrap_or_default());
        self.held_mut(|in_use| {
            *in_use = InUse {
                pack,
                things,
                roads,
                damage: None,
            }
        });
    }

    /// Puts the roads of a pack in use, unless another pack took its place meanwhile.
    pub(crate) fn put_roads(&self, of: &Arc<Pack>, roads: RoadNet) {
        self.held_mut(|in_use| {
            if in_use.pack.as_ref().is_some_and(|now| Arc::ptr_eq(now, of)) {
                in_use.roads = roads;
            }
        });
    }

    /// The pack in use.
    #[must_use]
    pub fn pack(&self) -> Option<Arc<Pack>> {
        self.held().pack
    }

    /// What stands in the county, by the pack in use.
    #[must_use]
    pub fn things(&self) -> Arc<Things> {
        self.held().things
    }

    pub(crate) fn roads(&self) -> RoadNet {
        self.held().roads
    }

    /// What was wrong with the pack, if it could not be opened or built.
    #[must_use]
    pub fn damage(&self) -> Option<String> {
        self.held().damage
    }

    /// Facts of the pack.
    #[must_use]
    pub fn facts(&self) -> Option<MapFacts> {
        let in_use = self.held();
        let pack = in_use.pack?;
        let manifest = pack.manifest();
        let lines: Vec<&str> = manifest
            .sources
            .iter()
            .map(|source| source.attribution.as_str())
            .filter(|line| !line.is_empty())
            .collect();
        Some(MapFacts {
            name: manifest.name.clone(),
            data_date: view::data_date(manifest),
            bounds: manifest.bounds,
            centre: manifest.centre,
            zoom: manifest.default_zoom,
            zooms: [u32::from(manifest.min_zoom), u32::from(manifest.max_zoom)],
            county: manifest.county_polygon.clone(),
            attribution: lines.join(" · "),
            pack: view::id_of(&pack),
            has_roads: !matches!(in_use.roads, RoadNet::None),
            has_areas: in_use.things.has_areas,
            has_area_tiles: manifest.counts.features.contains_key(AREA_TILES),
            raster: view::raster_word(manifest),
        })
    }

    /// A tile (gzip MVT); `Ok(None)` = nothing there.
    ///
    /// # Errors
    /// Those of the pack.
    pub fn tile(&self, z: u8, x: u32, y: u32) -> Result<Option<Vec<u8>>, PackError> {
        self.pack().map_or(Ok(None), |pack| pack.tile(z, x, y))
    }

    /// Towns of the county.
    ///
    /// # Errors
    /// Those of the pack.
    pub fn towns(&self) -> Result<Vec<Town>, PackError> {
        let Some(pack) = self.pack() else {
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
}

/// A failed reading of the pack: unknown, and said.
pub(crate) fn unread(what: &'static str) -> impl FnOnce(PackError) -> AppError {
    move |error| {
        tracing::error!(%error, what, "the map pack could not be read");
        Rejection::new(RejectionCode::ReadingUnknown)
            .with("what", what)
            .into()
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
            let aside = packs.join(format!("{}{now_ms}", install::DAMAGED));
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

/// Days from a date to an instant.
#[must_use]
pub fn age_days(date: &str, now_ms: i64) -> Option<i64> {
    let date = NaiveDate::parse_from_str(date, "%Y-%m-%d").ok()?;
    let today = DateTime::<Utc>::from_timestamp_millis(now_ms)?.date_naive();
    Some((today - date).num_days())
}
