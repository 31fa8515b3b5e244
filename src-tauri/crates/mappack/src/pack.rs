//! An opened map pack: its files, tiles by address, towns of the county.
//! Not here: building (`build`), finding places (`search`).

use crate::PackError;
use crate::manifest::{
    COUNTY_FILE, FileEntry, GAZETTEER_FILE, MANIFEST_FILE, Manifest, ROADS_FILE, TILES_FILE,
};
use crate::mbtiles::open_read_only;
use crate::raster::Raster;
use crate::search::Lazy;
use crate::signature::{self, Signed};
use fengsui_geo::{TileId, Wgs84};
use fengsui_routing::RoadGraph;
use rusqlite::{Connection, OptionalExtension, Row, params};
use std::fs::File;
use std::path::{Path, PathBuf};
use std::sync::{Mutex, MutexGuard, PoisonError};

/// An open pack; shared between threads, each of which gets a reader of its own while it reads.
#[derive(Debug)]
pub struct Pack {
    dir: PathBuf,
    manifest: Manifest,
    tiles: Pool,
    names: Pool,
    lazy: Lazy,
    /// `None` in a pack without data of the county's own.
    county: Option<Pool>,
    /// `None` in a pack without a picture map.
    raster: Option<Raster>,
    /// Says to whoever removes old packs that this one is open.
    _held: Option<File>,
}

/// Takes the lock by which others see that a pack is open. Where a disk knows no locks there is
/// none.
fn hold(dir: &Path) -> Option<File> {
    let file = File::open(dir.join(MANIFEST_FILE)).ok()?;
    file.try_lock_shared().ok()?;
    Some(file)
}

/// Whether any program has the pack of a folder open; where that cannot be told, it may be.
pub(crate) fn is_open(dir: &Path) -> bool {
    let file = File::open(dir.join(MANIFEST_FILE));
    // The lock is let go at the end of the line.
    file.is_ok_and(|file| file.try_lock().is_err())
}

/// A town of the county.
#[derive(Debug, Clone, PartialEq)]
pub struct TownInfo {
    /// Official code.
    pub code: String,
    /// Name.
    pub name: String,
    /// Its seat; `None` when the map does not show it.
    pub position: Option<Wgs84>,
    /// Its villages by code.
    pub villages: Vec<VillageInfo>,
}

/// A village of a town.
#[derive(Debug, Clone, PartialEq)]
pub struct VillageInfo {
    /// Official code.
    pub code: String,
    /// Name.
    pub name: String,
    /// Where; `None` when the map does not show it, or shows several of the name.
    pub position: Option<Wgs84>,
}

impl Pack {
    /// Opens a pack's folder: the manifest must be readable and every file as long as it says.
    ///
    /// # Errors
    /// [`PackError::Missing`], [`PackError::BadJson`], [`PackError::TooNew`],
    /// [`PackError::DamagedPack`] naming the file, [`PackError::Database`].
    pub fn open(dir: &Path) -> Result<Self, PackError> {
        let manifest = Manifest::read(dir)?;
        for (name, entry) in &manifest.files {
            let path = dir.join(name);
            let found = std::fs::metadata(&path)
                .map_err(PackError::io(&path))?
                .len();
            if found != entry.bytes {
                let why = format!("{} bytes instead of {}", found, entry.bytes);
                return Err(PackError::DamagedPack {
                    name: name.clone(),
                    why,
                });
            }
        }
        let pack = Self {
            tiles: Pool::new(dir.join(TILES_FILE), TILES_FILE),
            names: Pool::new(dir.join(GAZETTEER_FILE), GAZETTEER_FILE),
            lazy: Lazy::default(),
            county: manifest
                .files
                .contains_key(COUNTY_FILE)
                .then(|| Pool::new(dir.join(COUNTY_FILE), COUNTY_FILE)),
            raster: match &manifest.raster {
                Some(raster) => Some(Raster::open(dir, &raster.file)?),
                None => None,
            },
            dir: dir.to_owned(),
            _held: hold(dir),
            manifest,
        };
        // A file of the right length may still be none: ask each one thing.
        pack.tiles
            .with(|db| db.query_row(TILE, params![0, 0, 0], |_| Ok(())).optional())?;
        pack.names
            .with(|db| db.query_row("SELECT count(*) FROM search_column", [], |_| Ok(())))?;
        pack.with_county(|db| {
            db.query_row("SELECT count(*) FROM road", [], |_| Ok(()))?;
            Ok(Vec::<()>::new())
        })?;
        Ok(pack)
    }

    /// Asks the county's file; a pack without one has none of anything.
    pub(crate) fn with_county<T>(
        &self,
        ask: impl FnOnce(&Connection) -> rusqlite::Result<Vec<T>>,
    ) -> Result<Vec<T>, PackError> {
        match &self.county {
            Some(county) => county.with(ask),
            None => Ok(Vec::new()),
        }
    }

    /// Reads every byte of the pack and compares its hashes and its signature.
    ///
    /// # Errors
    /// [`PackError::DamagedPack`] naming the first file that is not what the manifest says,
    /// [`PackError::BadSignature`].
    pub fn verify(&self) -> Result<(), PackError> {
        self.signed()?;
        for (name, entry) in &self.manifest.files {
            let found = FileEntry::of(&self.dir.join(name))?;
            if found != *entry {
                let why = format!("SHA-256 {} instead of {}", found.sha256, entry.sha256);
                return Err(PackError::DamagedPack {
                    name: name.clone(),
                    why,
                });
            }
        }
        Ok(())
    }

    /// Who signed the pack.
    ///
    /// # Errors
    /// [`PackError::BadSignature`] when the signature does not fit the manifest.
    pub fn signed(&self) -> Result<Signed, PackError> {
        signature::of_folder(&self.dir)
    }

    /// What the pack says of itself.
    pub fn manifest(&self) -> &Manifest {
        &self.manifest
    }

    /// The road graph, read and checked anew; `None` when the pack has none, as packs of earlier
    /// programs: then distances are straight lines, and the desk says so.
    ///
    /// # Errors
    /// [`PackError::DamagedPack`] naming what is wrong with it, [`PackError::Io`].
    pub fn road_graph(&self) -> Result<Option<RoadGraph>, PackError> {
        if !self.manifest.files.contains_key(ROADS_FILE) {
            return Ok(None);
        }
        let path = self.dir.join(ROADS_FILE);
        let bytes = std::fs::read(&path).map_err(PackError::io(&path))?;
        let graph = RoadGraph::from_bytes(&bytes).map_err(|e| PackError::DamagedPack {
            name: ROADS_FILE.to_owned(),
            why: e.to_string(),
        })?;
        Ok(Some(graph))
    }

    /// Asks the names' file.
    pub(crate) fn names<T>(
        &self,
        ask: impl FnOnce(&Connection) -> rusqlite::Result<T>,
    ) -> Result<T, PackError> {
        self.names.with(ask)
    }

    pub(crate) fn lazy(&self) -> &Lazy {
        &self.lazy
    }

    /// A tile as vector tile in gzip; rows are counted from the north (XYZ). `None` when the
    /// pack has none there: no map, which is not the same as an empty place on the map.
    ///
    /// # Errors
    /// [`PackError::Geo`] for an address that cannot exist, [`PackError::Database`].
    pub fn tile(&self, z: u8, x: u32, y: u32) -> Result<Option<Vec<u8>>, PackError> {
        let tile = TileId::new(z, x, y)?;
        self.tiles.with(|db| {
            let mut select = db.prepare_cached(TILE)?;
            select
                .query_row(params![z, x, tile.tms_row()], |row| row.get(0))
                .optional()
        })
    }

    /// A tile of the picture map as it is (the manifest says of which media type); rows are counted
    /// from the north (XYZ). `None` when there is none there, or no picture map at all.
    ///
    /// # Errors
    /// [`PackError::Geo`] for an address that cannot exist, [`PackError::Database`],
    /// [`PackError::DamagedPack`].
    pub fn raster_tile(&self, z: u8, x: u32, y: u32) -> Result<Option<Vec<u8>>, PackError> {
        match &self.raster {
            Some(raster) => raster.tile(z, x, y),
            None => Ok(None),
        }
    }

    /// Whether it has a road graph.
    #[must_use]
    pub fn has_roads(&self) -> bool {
        self.manifest.files.contains_key(ROADS_FILE)
    }

    /// Its folder.
    #[must_use]
    pub fn dir(&self) -> &Path {
        &self.dir
    }
    /// All towns of the county by code, each with its villages; empty without divisions.
    ///
    /// # Errors
    /// [`PackError::Database`].
    pub fn towns(&self) -> Result<Vec<TownInfo>, PackError> {
        self.names.with(|db| {
            let mut select =
                db.prepare_cached("SELECT code, name, lon_e7, lat_e7 FROM town ORDER BY code")?;
            let found = select.query_map([], |row| {
                Ok(TownInfo {
                    code: row.get(0)?,
                    name: row.get(1)?,
                    position: position(row, 2)?,
                    villages: Vec::new(),
                })
            })?;
            let mut towns: Vec<TownInfo> = found.collect::<Result<_, _>>()?;
            let mut select = db.prepare_cached(
                "SELECT code, name, lon_e7, lat_e7 FROM village WHERE town = ?1 ORDER BY code",
            )?;
            for town in &mut towns {
                let found = select.query_map(params![town.code], |row| {
                    Ok(VillageInfo {
                        code: row.get(0)?,
                        name: row.get(1)?,
                        position: position(row, 2)?,
                    })
                })?;
                town.villages = found.collect::<Result<_, _>>()?;
            }
            Ok(towns)
        })
    }
}

const TILE: &str =
    "SELECT tile_data FROM tiles WHERE zoom_level = ?1 AND tile_column = ?2 AND tile_row = ?3";

/// A position from two columns; `None` when they are empty.
pub(crate) fn position(row: &Row<'_>, first: usize) -> rusqlite::Result<Option<Wgs84>> {
    let (lon, lat): (Option<i32>, Option<i32>) = (row.get(first)?, row.get(first + 1)?);
    Ok(lon
        .zip(lat)
        .and_then(|(lon, lat)| Wgs84::from_e7(lon, lat).ok()))
}

/// Readers of one file: taken for a question, given back after it. Each keeps its prepared
/// statements, so a question costs no parsing.
#[derive(Debug)]
pub(crate) struct Pool {
    path: PathBuf,
    part: &'static str,
    idle: Mutex<Vec<Connection>>,
}

/// More idle readers than this are closed.
const IDLE_MAX: usize = 8;

impl Pool {
    pub(crate) fn new(path: PathBuf, part: &'static str) -> Self {
        Self {
            path,
            part,
            idle: Mutex::new(Vec::new()),
        }
    }

    pub(crate) fn with<T>(
        &self,
        ask: impl FnOnce(&Connection) -> rusqlite::Result<T>,
    ) -> Result<T, PackError> {
        let idle = self.idle().pop();
        let connection = match idle {
            Some(connection) => connection,
            None => open_read_only(&self.path, self.part)?,
        };
        let answer = ask(&connection).map_err(PackError::database(self.part))?;
        let mut idle = self.idle();
        if idle.len() < IDLE_MAX {
            idle.push(connection);
        }
        Ok(answer)
    }

    /// A panic elsewhere cannot leave the list in disorder: it is only pushed to and popped.
    fn idle(&self) -> MutexGuard<'_, Vec<Connection>> {
        self.idle.lock().unwrap_or_else(PoisonError::into_inner)
    }
}
