//! What a pack says of itself: where it came from, what it covers, and what its files must be.
//! Not here: who signed it (`signature`), whether an approval number is a true one.

use crate::PackError;
use crate::own::OwnReport;
use crate::raster::{RASTER_MBTILES_FILE, RASTER_PMTILES_FILE, RasterInfo};
use serde::{Deserialize, Serialize};
use sha2::{Digest, Sha256};
use std::collections::BTreeMap;
use std::io::Read;
use std::path::Path;

/// The format this program writes, the newest and the oldest it reads: 2 brought search columns.
pub const FORMAT_VERSION: u32 = 2;
/// The manifest's file within a pack.
pub const MANIFEST_FILE: &str = "manifest.json";
/// The signature's file within a pack, when it is signed.
pub const SIGNATURE_FILE: &str = "manifest.sig";
/// A manifest is some 10 KB; one of a county with a long border 100 KB.
pub(crate) const MANIFEST_BYTES_MAX: u64 = 16 << 20;
/// The tiles' file within a pack.
pub const TILES_FILE: &str = "tiles.mbtiles";
/// The names' file within a pack.
pub const GAZETTEER_FILE: &str = "gazetteer.sqlite";
/// The county's own areas, things and roads within a pack, when it has any.
pub const COUNTY_FILE: &str = "county.sqlite";
/// The list of everything of the county's own data that was not taken, when there is any.
pub const REJECTS_FILE: &str = "rejects.csv";

/// The road graph's file within a pack.
pub const ROADS_FILE: &str = "roads.bin";

/// The manifest of a pack.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Manifest {
    /// Format of the pack.
    pub format_version: u32,
    /// The county's name.
    pub name: String,
    /// Its administrative code, when known.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub adcode: Option<String>,
    /// West, south, east, north of the map data in degrees. Beyond it there is no map.
    pub bounds: [f64; 4],
    /// The county's outline as rings of (lon, lat), simplified; empty when unknown.
    #[serde(default)]
    pub county_polygon: Vec<Vec<[f64; 2]>>,
    /// Where the map opens, (lon, lat).
    pub centre: [f64; 2],
    /// At which zoom it opens.
    pub default_zoom: f64,
    /// First zoom with tiles.
    pub min_zoom: u8,
    /// Last zoom with tiles; nearer ones are enlarged from it.
    pub max_zoom: u8,
    /// Always "CGCS2000", equal to WGS-84 at this accuracy.
    pub datum: String,
    /// 审图号, the number under which the map was approved, when it has one.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub approval_no: Option<String>,
    /// What it was made from.
    pub sources: Vec<Source>,
    /// When the map data was taken from its source, seconds since 1970; unknown for most files.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub data_at_s: Option<i64>,
    /// Program and version that made it.
    pub tool_version: String,
    /// When it was made, as the caller said it (RFC 3339).
    pub built_at: String,
    /// What was counted while building.
    pub counts: Counts,
    /// What became of the county's own data, when there was any.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub own: Option<OwnReport>,
    /// The picture map, when the pack has one.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub raster: Option<RasterInfo>,
    /// What is lacking, in English for the log; the desk has its own words for each code.
    #[serde(default)]
    pub warnings: Vec<Warning>,
    /// The other files of the pack.
    pub files: BTreeMap<String, FileEntry>,
}

/// A source of a pack.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Source {
    /// What it is: the file's name, never its whole path.
    pub name: String,
    /// Under which terms it may be used.
    pub licence: String,
    /// The line that must be shown with the map, perhaps empty.
    pub attribution: String,
}

/// What a pack holds, in numbers.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Counts {
    /// Nodes of the extract.
    pub nodes: u64,
    /// Ways of the extract.
    pub ways: u64,
    /// Ways with a `highway` tag.
    pub highways: u64,
    /// Things with a `place` tag and a name.
    pub named_places: u64,
    /// Features drawn, over all layers, before cutting into tiles.
    pub features: BTreeMap<String, u64>,
    /// Tiles by zoom.
    pub tiles: BTreeMap<u8, u64>,
    /// Things with a name of their own that can be searched.
    pub names: u64,
    /// House numbers.
    #[serde(default)]
    pub house_numbers: u64,
    /// Crossings of two named streets.
    #[serde(default)]
    pub crossings: u64,
    /// Poles, door plates, towns and villages that are found by a code.
    #[serde(default)]
    pub codes: u64,
    /// Towns and villages of the divisions, and how many of each have a position.
    pub towns: u64,
    /// Of the towns, those with a position.
    pub towns_placed: u64,
    /// Villages of the divisions.
    pub villages: u64,
    /// Of the villages, those with a position.
    pub villages_placed: u64,
    /// Pieces of road in the graph.
    #[serde(default)]
    pub road_pieces: u64,
    /// Junctions of the graph.
    #[serde(default)]
    pub road_junctions: u64,
    /// Length of its roads in whole metres.
    #[serde(default)]
    pub road_metres: u64,
    /// Turn restrictions in it.
    #[serde(default)]
    pub turn_rules: u64,
    /// Turn restrictions of the map that were left out: by way, conditional, of missing roads.
    #[serde(default)]
    pub turn_rules_left_out: u64,
}

/// Something a pack lacks.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Warning {
    /// Stable code: `no_divisions`, `no_boundary`, `broken_ways`, `broken_areas`, `no_sea`,
    /// `no_extract`, `own_rejected`, `own_refused`.
    pub code: String,
    /// How many, or 1.
    pub count: u64,
    /// A sentence for the log.
    pub text: String,
}

/// A file of a pack.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct FileEntry {
    /// Size.
    pub bytes: u64,
    /// SHA-256 in lower-case hex.
    pub sha256: String,
}

impl Manifest {
    /// Reads the manifest of a pack's folder and checks its format.
    ///
    /// # Errors
    /// [`PackError::Missing`], [`PackError::BadJson`], [`PackError::TooNew`],
    /// [`PackError::TooOld`].
    pub fn read(dir: &Path) -> Result<Self, PackError> {
        let path = dir.join(MANIFEST_FILE);
        let bytes = std::fs::read(&path).map_err(PackError::io(&path))?;
        Self::parse(&bytes, &path)
    }

    /// Understands a manifest and checks its format; `path` is for the error.
    pub(crate) fn parse(bytes: &[u8], path: &Path) -> Result<Self, PackError> {
        let bad = |why: String| PackError::BadJson {
            path: path.to_owned(),
            why,
        };
        let text = std::str::from_utf8(bytes).map_err(|e| bad(e.to_string()))?;
        #[derive(Deserialize)]
        struct Format {
            format_version: u32,
        }
        // The version first: a newer manifest may well have other members.
        let format: Format = serde_json::from_str(text).map_err(|e| bad(e.to_string()))?;
        if format.format_version > FORMAT_VERSION {
            return Err(PackError::TooNew {
                found: format.format_version,
                known: FORMAT_VERSION,
            });
        }
        if format.format_version < FORMAT_VERSION {
            return Err(PackError::TooOld {
                found: format.format_version,
                needed: FORMAT_VERSION,
            });
        }
        let manifest: Self = serde_json::from_str(text).map_err(|e| bad(e.to_string()))?;
        for name in [TILES_FILE, GAZETTEER_FILE] {
            if !manifest.files.contains_key(name) {
                return Err(bad(format!("does not list {name}")));
            }
        }
        if let Some(raster) = &manifest.raster {
            let known = [RASTER_MBTILES_FILE, RASTER_PMTILES_FILE];
            let is_known = known.contains(&raster.file.as_str());
            if !is_known || !manifest.files.contains_key(&raster.file) {
                return Err(bad(format!(
                    "does not list its picture map {}",
                    raster.file
                )));
            }
        }
        // A name with a separator would let a pack speak of files outside it.
        let own = [MANIFEST_FILE, SIGNATURE_FILE];
        let is_odd = |name: &&String| !is_plain_name(name) || own.contains(&name.as_str());
        if let Some(name) = manifest.files.keys().find(is_odd) {
            return Err(bad(format!("lists a file outside the pack: {name}")));
        }
        Ok(manifest)
    }
}

/// Whether a name is that of a file and nothing else: no path, no drive, nothing hidden.
pub(crate) fn is_plain_name(name: &str) -> bool {
    let is_plain = |c: char| c.is_ascii_alphanumeric() || matches!(c, '.' | '-' | '_');
    !name.is_empty() && name.len() <= 100 && !name.starts_with('.') && name.chars().all(is_plain)
}

impl FileEntry {
    /// Size and hash of a file.
    pub(crate) fn of(path: &Path) -> Result<Self, PackError> {
        let mut file = std::fs::File::open(path).map_err(PackError::io(path))?;
        let (mut hash, mut bytes) = (Sha256::new(), 0u64);
        let mut buffer = vec![0u8; 1 << 16];
        loop {
            let count = file.read(&mut buffer).map_err(PackError::io(path))?;
            if count == 0 {
                break;
            }
            hash.update(&buffer[..count]);
            bytes += count as u64;
        }
        let sha256 = hash
            .finalize()
            .iter()
            .map(|byte| format!("{byte:02x}"))
            .collect();
        Ok(Self { bytes, sha256 })
    }
}
