//! The map pack (图包) on the wire: what is installed, installing and building.
//!
//! Not here: tiles; they come by their own scheme.

use serde::{Deserialize, Serialize};
use ts_rs::TS;

use crate::common::Point;

/// What a pack was made from.
#[derive(Debug, Clone, Serialize, TS)]
pub struct PackSource {
    /// File name.
    pub name: String,
    /// Licence; empty = not said.
    pub licence: String,
    /// Attribution; empty = none.
    pub attribution: String,
}

/// A number of the manifest under its word.
#[derive(Debug, Clone, Serialize, TS)]
pub struct PackCount {
    /// Word (`map.count.<word>`).
    pub word: String,
    /// How many.
    pub n: u64,
}

/// A pack.
#[derive(Debug, Clone, Serialize, TS)]
pub struct PackFacts {
    /// Folder name.
    pub id: String,
    /// Name.
    pub name: String,
    /// Administrative code; `null` = not said.
    pub adcode: Option<String>,
    /// Date of the data, YYYY-MM-DD; `null` = not said.
    pub data_date: Option<String>,
    /// When it was built, RFC 3339.
    pub built_at: String,
    /// 审图号; `null` = none.
    pub approval_number: Option<String>,
    /// signed, unsigned.
    pub signature: String,
    /// Sources.
    pub sources: Vec<PackSource>,
    /// Counts.
    pub counts: Vec<PackCount>,
    /// What it lacks; words keys `map.warning.<word>`.
    pub warnings: Vec<String>,
    /// It has a road graph.
    pub has_roads: bool,
    /// It has jurisdictions.
    pub has_areas: bool,
    /// It has pictures: png, jpg, webp; `null` = none.
    pub raster: Option<String>,
}

/// A piece of work on packs.
#[derive(Debug, Clone, Serialize, TS)]
pub struct MapJob {
    /// build, install.
    pub kind: String,
    /// What is being worked on.
    pub source: String,
    /// Stage word (`map.stage.<word>`).
    pub stage: String,
    /// How much of the stage is done, 0 to 1; `null` = cannot be said.
    pub share: Option<f64>,
    /// When it began, epoch ms.
    pub started_at_ms: i64,
    /// When it ended, epoch ms; `null` = still running.
    pub ended_at_ms: Option<i64>,
    /// done, stopped, failed; `null` = still running.
    pub outcome: Option<String>,
    /// Why it failed: a sentence naming the damaged part.
    pub why: Option<String>,
    /// Rows of the county's own files that were left out, with the reason.
    pub rejects: Vec<RejectedRow>,
    /// How many were left out in all (the list above is cut at 200).
    pub rejected: u64,
}

/// A row of an own file that could not be used.
#[derive(Debug, Clone, Serialize, TS)]
pub struct RejectedRow {
    /// File.
    pub file: String,
    /// Row or feature, from 1; `null` = the whole file.
    pub row: Option<u64>,
    /// Why.
    pub why: String,
}

/// `map.view`.
#[derive(Debug, Clone, Serialize, TS)]
pub struct MapView {
    /// The pack in use; `null` = none.
    pub current: Option<PackFacts>,
    /// Other packs that lie here, newest first; one can be taken back.
    pub others: Vec<PackFacts>,
    /// What is wrong with the installed pack, if it could not be opened.
    pub damage: Option<String>,
    /// The running or last piece of work; `null` = none since the start.
    pub job: Option<MapJob>,
    /// Files found in the usual places (sticks, the import folder) that could be taken.
    pub offers: Vec<MapOffer>,
}

/// A file that could be installed or built from.
#[derive(Debug, Clone, Serialize, TS)]
pub struct MapOffer {
    /// Path.
    pub path: String,
    /// pack, extract, own.
    pub kind: String,
    /// Bytes.
    pub bytes: u64,
}

/// `map.install`: a pack file or folder, or the id of a pack that lies here.
#[derive(Debug, Clone, Deserialize, TS)]
#[serde(deny_unknown_fields)]
pub struct InstallMap {
    /// Path, or a pack's id.
    pub path: String,
}

/// `map.build`.
#[derive(Debug, Clone, Deserialize, TS)]
#[serde(deny_unknown_fields)]
pub struct BuildMap {
    /// Extract or county folder; `null` = own files alone.
    pub extract: Option<String>,
    /// The county's own files and folders.
    #[serde(default)]
    pub own: Vec<String>,
}

/// `layer.list`: fixed things of the county.
#[derive(Debug, Clone, Serialize, TS)]
pub struct Layers {
    /// Police posts, fire stations.
    pub posts: Vec<LayerPost>,
    /// Checkpoints.
    pub checkpoints: Vec<LayerCheckpoint>,
    /// Cameras.
    pub cameras: LayerCameras,
    /// Towns; `point` null = only the name is known.
    pub towns: Vec<LayerTown>,
    /// Areas: jurisdictions, patrol zones …
    pub areas: Vec<LayerArea>,
    /// Schools, hospitals, hydrants …
    pub things: Vec<LayerThing>,
}

/// A post.
#[derive(Debug, Clone, Serialize, TS)]
pub struct LayerPost {
    /// Code.
    pub code: String,
    /// Name.
    pub name: String,
    /// Kind.
    pub kind: String,
    /// Phone.
    pub phone: String,
    /// Where.
    pub point: Point,
}

/// A checkpoint (卡点).
#[derive(Debug, Clone, Serialize, TS)]
pub struct LayerCheckpoint {
    /// Id.
    pub id: String,
    /// Name.
    pub name: String,
    /// Staffed now.
    pub staffed: bool,
    /// Phone.
    pub phone: String,
    /// Camera id.
    pub camera: String,
    /// Where.
    pub point: Point,
}

/// Camera points, a list for each fact of theirs, all equally long and in one order: a county has
/// 30,000, and as objects they took several times as long on the way to the map.
#[derive(Debug, Clone, Default, Serialize, TS)]
pub struct LayerCameras {
    /// Ids.
    pub ids: Vec<String>,
    /// Names.
    pub names: Vec<String>,
    /// Longitudes, degrees.
    pub lons: Vec<f64>,
    /// Latitudes, degrees.
    pub lats: Vec<f64>,
    /// Degrees; `null` = turns or unknown.
    pub headings_deg: Vec<Option<f64>>,
    /// Working as far as known.
    pub online: Vec<bool>,
}

/// A town.
#[derive(Debug, Clone, Serialize, TS)]
pub struct LayerTown {
    /// Code.
    pub code: String,
    /// Name.
    pub name: String,
    /// Where; `null` = unknown.
    pub point: Option<Point>,
    /// Villages known by name.
    pub villages: u32,
}

/// An area.
#[derive(Debug, Clone, Serialize, TS)]
pub struct LayerArea {
    /// Layer: jurisdiction, patrol_zone, grid_area …
    pub layer: String,
    /// Code.
    pub code: String,
    /// Name.
    pub name: String,
    /// Whose it is.
    pub owner: String,
    /// Rings by the even-odd rule, `[lon, lat]` in degrees.
    pub rings: Vec<Vec<[f64; 2]>>,
}

/// A thing of the county's own tables.
#[derive(Debug, Clone, Serialize, TS)]
pub struct LayerThing {
    /// Layer: school, hospital, hydrant, water_source …
    pub layer: String,
    /// Code.
    pub code: String,
    /// Name.
    pub name: String,
    /// Phone; empty = none.
    pub phone: String,
    /// Where.
    pub point: Point,
}
