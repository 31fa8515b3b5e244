//! Map packs: built from OSM data, opened, searched; county folders and code tables read.
//! Not here: drawing of maps (the desk does), road time (`fengsui-routing`), encryption: a pack
//! is open data.
//!
//! A pack is a folder: `manifest.json`, `tiles.mbtiles` (vector tiles with Shortbread 1.0 layer
//! names), `gazetteer.sqlite` (names, and the towns and villages of the county) and `roads.bin`
//! (the road graph; packs of earlier programs have none).

mod build;
mod coast;
pub mod codes;
pub mod county;
mod divisions;
mod drawing;
mod error;
mod extract;
mod gazetteer;
mod input;
mod manifest;
mod mbtiles;
mod mvt;
mod pack;
mod reading;
mod roads;
mod schema;
mod search;
mod shapes;
mod table;
mod tiles;

pub use build::{Continue, Progress, Stage, build};
pub use divisions::{DivisionTown, DivisionVillage, Divisions};
pub use error::PackError;
pub use gazetteer::PlaceClass;
pub use gazetteer::locate::Whence;
pub use input::BuildInput;
pub use manifest::{
    Counts, FORMAT_VERSION, FileEntry, GAZETTEER_FILE, MANIFEST_FILE, Manifest, ROADS_FILE, Source,
    TILES_FILE, Warning,
};
pub use pack::{Pack, TownInfo, VillageInfo};
pub use roads::road_graph;
pub use search::{Matched, NearPlace, PlaceHit, SearchAsk};
