//! Picture maps (air photographs, scanned plans) as counties get them: MBTiles and PMTiles with
//! PNG, JPEG or WebP tiles, taken into a pack as they are.
//! Not here: making or changing pictures; vector maps in these files.

pub(crate) mod pmtiles;

use crate::PackError;
use crate::mbtiles::open_read_only;
use crate::pack::Pool;
use fengsui_geo::{Bounds, TileId};
use pmtiles::PmTiles;
use rusqlite::{Connection, OptionalExtension, params};
use serde::{Deserialize, Serialize};
use std::path::Path;

/// The picture map's file within a pack, as MBTiles.
pub const RASTER_MBTILES_FILE: &str = "raster.mbtiles";
/// The picture map's file within a pack, as PMTiles.
pub const RASTER_PMTILES_FILE: &str = "raster.pmtiles";

/// What a pack's manifest says of its picture map.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct RasterInfo {
    /// Its file within the pack.
    pub file: String,
    /// Media type of its tiles: `image/png`, `image/jpeg`, `image/webp`.
    pub media_type: String,
    /// West, south, east, north in degrees.
    pub bounds: [f64; 4],
    /// First zoom with tiles.
    pub min_zoom: u8,
    /// Last zoom with tiles; nearer ones are enlarged from it.
    pub max_zoom: u8,
}

/// An opened picture map.
#[derive(Debug)]
pub(crate) enum Raster {
    Mb(Pool),
    Pm(PmTiles),
}

const TILE: &str =
    "SELECT tile_data FROM tiles WHERE zoom_level = ?1 AND tile_column = ?2 AND tile_row = ?3";

impl Raster {
    /// Opens the file of a pack.
    pub(crate) fn open(dir: &Path, file: &str) -> Result<Self, PackError> {
        let path = dir.join(file);
        if file == RASTER_PMTILES_FILE {
            return PmTiles::open(&path).map(Self::Pm);
        }
        let pool = Pool::new(path, RASTER_MBTILES_FILE);
        pool.with(|db| db.query_row(TILE, params![0, 0, 0], |_| Ok(())).optional())?;
        Ok(Self::Mb(pool))
    }

    /// A tile, rows counted from the north.
    pub(crate) fn tile(&self, z: u8, x: u32, y: u32) -> Result<Option<Vec<u8>>, PackError> {
        let tile = TileId::new(z, x, y)?;
        match self {
            Self::Pm(file) => file.tile(z, x, y),
            Self::Mb(pool) => pool.with(|db| {
                let mut select = db.prepare_cached(TILE)?;
                let at = params![z, x, tile.tms_row()];
                select.query_row(at, |row| row.get(0)).optional()
            }),
        }
    }
}

/// Checks a picture map and says what it is.
pub(crate) fn info(path: &Path) -> Result<RasterInfo, PackError> {
    let ending = path
        .extension()
        .unwrap_or_default()
        .to_string_lossy()
        .to_lowercase();
    match ending.as_str() {
        "pmtiles" => PmTiles::open(path)?.info(),
        "mbtiles" => mbtiles_info(path),
        _ => Err(refused(path, "is neither .mbtiles nor .pmtiles")),
    }
}

/// The media type that a tile's first bytes speak of.
pub(crate) fn media_type(tile: &[u8]) -> Option<&'static str> {
    match tile {
        [0x89, b'P', b'N', b'G', ..] => Some("image/png"),
        [0xff, 0xd8, 0xff, ..] => Some("image/jpeg"),
        [
            b'R',
            b'I',
            b'F',
            b'F',
            _,
            _,
            _,
            _,
            b'W',
            b'E',
            b'B',
            b'P',
            ..,
        ] => Some("image/webp"),
        _ => None,
    }
}

pub(crate) fn refused(path: &Path, why: &str) -> PackError {
    PackError::NotAPack {
        path: path.to_owned(),
        why: format!("{why} (a picture map is needed)"),
    }
}

fn mbtiles_info(path: &Path) -> Result<RasterInfo, PackError> {
    let bad = |e: rusqlite::Error| refused(path, &e.to_string());
    let db =
        open_read_only(path, RASTER_MBTILES_FILE).map_err(|e| refused(path, &e.to_string()))?;
    let pages: i64 = db
        .query_row(
            "SELECT page_count * page_size FROM pragma_page_count, pragma_page_size",
            [],
            |row| row.get(0),
        )
        .map_err(bad)?;
    let length = std::fs::metadata(path).map_err(PackError::io(path))?.len();
    if u64::try_from(pages).ok() != Some(length) {
        return Err(refused(path, "is cut off"));
    }
    let first: Option<Vec<u8>> = db
        .query_row("SELECT tile_data FROM tiles LIMIT 1", [], |row| row.get(0))
        .optional()
        .map_err(bad)?;
    let first = first.ok_or_else(|| refused(path, "has no tiles"))?;
    let kind = media_type(&first).ok_or_else(|| refused(path, "its tiles are no pictures"))?;
    let (min_zoom, max_zoom): (i64, i64) = db
        .query_row(
            "SELECT min(zoom_level), max(zoom_level) FROM tiles",
            [],
            |row| Ok((row.get(0)?, row.get(1)?)),
        )
        .map_err(bad)?;
    let zoom = |z: i64| {
        let zoom = u8::try_from(z).ok().filter(|z| *z <= 30);
        zoom.ok_or_else(|| refused(path, "has tiles at an impossible zoom"))
    };
    let bounds = match said_bounds(&db).map_err(bad)? {
        Some(bounds) => bounds,
        None => bounds_of_tiles(&db, max_zoom).map_err(bad)?,
    };
    Ok(RasterInfo {
        file: RASTER_MBTILES_FILE.to_owned(),
        media_type: kind.to_owned(),
        bounds: checked(path, bounds)?,
        min_zoom: zoom(min_zoom)?,
        max_zoom: zoom(max_zoom)?,
    })
}

/// The box, when it is one.
pub(crate) fn checked(path: &Path, bounds: [f64; 4]) -> Result<[f64; 4], PackError> {
    let [west, south, east, north] = bounds;
    match Bounds::from_edges(west, south, east, north) {
        Ok(_) if west < east && south < north => Ok(bounds),
        _ => Err(refused(path, "its bounds are no box")),
    }
}

/// The bounds that the metadata says, when it says four numbers.
fn said_bounds(db: &Connection) -> rusqlite::Result<Option<[f64; 4]>> {
    let text: Option<String> = db
        .query_row(
            "SELECT value FROM metadata WHERE name = 'bounds'",
            [],
            |row| row.get(0),
        )
        .optional()?;
    let numbers: Option<Vec<f64>> = text.and_then(|text| {
        text.split(',')
            .map(|part| part.trim().parse().ok())
            .collect()
    });
    Ok(numbers.and_then(|numbers| numbers.try_into().ok()))
}

/// The bounds of the tiles of a zoom.
fn bounds_of_tiles(db: &Connection, zoom: i64) -> rusqlite::Result<[f64; 4]> {
    let (west, east, south, north): (f64, f64, f64, f64) = db.query_row(
        "SELECT min(tile_column), max(tile_column), min(tile_row), max(tile_row)
         FROM tiles WHERE zoom_level = ?1",
        [zoom],
        |row| {
            let number = |at: usize| row.get::<_, i64>(at).map(|n| n as f64);
            Ok((number(0)?, number(1)?, number(2)?, number(3)?))
        },
    )?;
    let side = 2f64.powi(i32::try_from(zoom).unwrap_or(30));
    // Rows are counted from the south here.
    let north_west = fengsui_geo::from_world(west / side, 1.0 - (north + 1.0) / side);
    let south_east = fengsui_geo::from_world((east + 1.0) / side, 1.0 - south / side);
    let (nw, se) = (north_west, south_east);
    Ok([nw.lon_deg(), se.lat_deg(), se.lon_deg(), nw.lat_deg()])
}
