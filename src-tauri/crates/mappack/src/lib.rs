//! Map packs: built from OSM data, opened, searched; county folders and code tables read.
//! Not here: drawing of maps (the desk does), road time (`fengsui-routing`), encryption: a pack
//! is open data.
//!
//! A pack is a folder: `manifest.json`, `tiles.mbtiles` (vector tiles with Shortbread 1.0 layer
//! names), `gazetteer.sqlite` (names, and the towns and villages of the county), `roads.bin` (the
//! road graph; packs of earlier programs have none) and, where the county gave data of its own,
//! `county.sqlite` (areas with borders, things that stand somewhere).

pub mod archive;
mod areas;
mod build;
mod coast;
pub mod codes;
pub mod county;
mod county_file;
mod divisions;
mod drawing;
mod error;
mod extract;
mod gazetteer;
mod gzip;
mod input;
pub mod install;
mod manifest;
mod mbtiles;
mod mvt;
mod osm_xml;
pub mod own;
mod pack;
mod place;
mod raster;
mod reading;
mod roads;
mod schema;
mod search;
mod shapes;
mod signature;
mod table;
mod things;
mod tiles;

pub use areas::{AreaAt, AreaRow, NEAR_BORDER_M};
pub use build::{Continue, Progress, Stage, build, build_signed};
pub use divisions::{DivisionTown, DivisionVillage, Divisions};
pub use error::PackError;
pub use gazetteer::PlaceClass;
pub use gazetteer::locate::Whence;
pub use gzip::{BrokenTile, unpacked};
pub use input::BuildInput;
pub use manifest::{
    COUNTY_FILE, Counts, FORMAT_VERSION, FileEntry, GAZETTEER_FILE, MANIFEST_FILE, Manifest,
    REJECTS_FILE, ROADS_FILE, SIGNATURE_FILE, Source, TILES_FILE, Warning,
};
pub use own::{OwnLayer, OwnReport, OwnShape, RejectLine, read_rejects};
pub use pack::{Pack, TownInfo, VillageInfo};
pub use raster::{RASTER_MBTILES_FILE, RASTER_PMTILES_FILE, RasterInfo};
pub use roads::road_graph;
pub use search::{Matched, NearPlace, PlaceHit, SearchAsk};
pub use signature::{Signed, Signer};
pub use things::{LayerInfo, ThingRow};
