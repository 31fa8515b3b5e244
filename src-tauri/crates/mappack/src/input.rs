//! What a pack is built from: an extract, its divisions and outline, the county's own files; found
//! by their usual names.
//! Not here: the building.

use crate::PackError;
use crate::county::CountyFile;
use crate::divisions::Divisions;
use crate::manifest::{FORMAT_VERSION, Source};
use crate::raster::{RASTER_MBTILES_FILE, RASTER_PMTILES_FILE};
use fengsui_geo::{Ring, Wgs84};
use serde::Deserialize;
use sha2::{Digest, Sha256};
use std::path::{Path, PathBuf};

/// Everything a build needs. Build one with [`BuildInput::find`] or by hand.
#[derive(Debug, Clone)]
pub struct BuildInput {
    /// The OSM extract (`.osm.pbf`, `.osm`); `None` = the map is of the county's own data alone.
    pub extract: Option<PathBuf>,
    /// The county's own files, in the order in which they are read.
    pub own: Vec<PathBuf>,
    /// A picture map to take along as it is (`.mbtiles`, `.pmtiles`).
    pub raster: Option<PathBuf>,
    /// The county's name.
    pub name: String,
    /// Its administrative code, when known.
    pub adcode: Option<String>,
    /// Where the map opens; the middle of the data when not given.
    pub centre: Option<Wgs84>,
    /// At which zoom it opens.
    pub default_zoom: Option<f64>,
    /// The county's outline, outer rings only.
    pub boundary: Vec<Ring>,
    /// Towns and villages by code.
    pub divisions: Option<Divisions>,
    /// 审图号, the number under which the map was approved, when it has one.
    pub approval_no: Option<String>,
    /// What it is made from, for the manifest.
    pub sources: Vec<Source>,
    /// When the build happens, RFC 3339; goes into the manifest as it is.
    pub built_at: String,
}

/// Raised when the same files give a pack with other content, so that desks build it anew.
const CONTENT_EDITION: u32 = 3;

const OSM_LICENCE: &str = "ODbL-1.0";
const OSM_ATTRIBUTION: &str = "© OpenStreetMap contributors";

impl BuildInput {
    /// Finds the input by path: a county folder (`county.osm.pbf` or `county.osm`, `county.json`,
    /// `divisions.json`, the tables of things that stand in it, and every file of a known format in
    /// its folder `own/`), or an extract `<stem>.osm.pbf` with, when they are there,
    /// `<stem>-divisions.json` beside it or in `../names/`, and `<stem>-district.geojson`.
    ///
    /// # Errors
    /// [`PackError::Missing`] when there is no extract, [`PackError::BadJson`] when a file beside
    /// it cannot be understood.
    pub fn find(path: &Path, built_at: &str) -> Result<Self, PackError> {
        if path.is_dir() {
            Self::folder(path, built_at)
        } else {
            Self::bare(path, built_at)
        }
    }

    fn folder(dir: &Path, built_at: &str) -> Result<Self, PackError> {
        let own = own_of_folder(dir)?;
        let osm = ["county.osm.pbf", "county.osm"].map(|name| dir.join(name));
        let extract = match osm.iter().find(|path| path.is_file()) {
            Some(path) => Some(path.clone()),
            None if own.is_empty() => Some(needed(dir.join("county.osm.pbf"))?),
            None => None,
        };
        let file = CountyFile::read(dir)?;
        let at = dir.join("county.json");
        let centre = file.centre.map(|pair| point(pair, &at)).transpose()?;
        let boundary = ring(&file.boundary, &at)?;
        let divisions = dir.join("divisions.json");
        let licence = file.licence.unwrap_or_else(|| OSM_LICENCE.to_owned());
        let attribution = if licence == OSM_LICENCE {
            OSM_ATTRIBUTION
        } else {
            ""
        };
        let mut sources: Vec<Source> = extract
            .iter()
            .map(|extract| source(extract, &licence, attribution))
            .collect();
        sources.extend(own.iter().map(|path| source(path, "", "")));
        let raster = [RASTER_MBTILES_FILE, RASTER_PMTILES_FILE].map(|name| dir.join(name));
        let raster = raster.into_iter().find(|path| path.is_file());
        sources.extend(raster.iter().map(|path| source(path, "", "")));
        Ok(Self {
            sources,
            extract,
            own,
            raster,
            approval_no: file.approval_no,
            name: file.name,
            adcode: file.adcode,
            centre,
            default_zoom: file.default_zoom,
            boundary: boundary.into_iter().collect(),
            divisions: divisions
                .is_file()
                .then(|| Divisions::read(&divisions))
                .transpose()?,
            built_at: built_at.to_owned(),
        })
    }

    fn bare(path: &Path, built_at: &str) -> Result<Self, PackError> {
        let extract = needed(path.to_owned())?;
        let file = path
            .file_name()
            .and_then(|name| name.to_str())
            .unwrap_or_default();
        let stem = file.trim_end_matches(".pbf").trim_end_matches(".osm");
        let dir = path.parent().unwrap_or(Path::new("."));
        let names = format!("{stem}-divisions.json");
        let beside = [dir.join(&names), dir.join("../names").join(&names)];
        let divisions = match beside.iter().find(|path| path.is_file()) {
            Some(path) => Some(Divisions::read(path)?),
            None => None,
        };
        let mut sources = vec![source(&extract, OSM_LICENCE, OSM_ATTRIBUTION)];
        let outline = dir.join(format!("{stem}-district.geojson"));
        let boundary = if outline.is_file() {
            sources.push(source(&outline, "", ""));
            rings_of_geojson(&outline)?
        } else {
            Vec::new()
        };
        let said = divisions.as_ref().map(|divisions| divisions.name.clone());
        Ok(Self {
            name: said
                .filter(|name| !name.is_empty())
                .unwrap_or_else(|| stem.to_owned()),
            adcode: divisions
                .as_ref()
                .map(|divisions| divisions.area_code.clone()),
            extract: Some(extract),
            own: Vec::new(),
            raster: None,
            centre: None,
            default_zoom: None,
            boundary,
            divisions,
            approval_no: None,
            sources,
            built_at: built_at.to_owned(),
        })
    }

    /// The input for a map of the county's own data alone.
    ///
    /// # Errors
    /// As [`Self::add_own`].
    pub fn own_alone(paths: &[PathBuf], built_at: &str) -> Result<Self, PackError> {
        let stem = paths.first().and_then(|path| path.file_stem());
        let mut input = Self {
            extract: None,
            own: Vec::new(),
            raster: None,
            name: stem.map_or_else(|| "county".to_owned(), |s| s.to_string_lossy().into_owned()),
            adcode: None,
            centre: None,
            default_zoom: None,
            boundary: Vec::new(),
            divisions: None,
            approval_no: None,
            sources: Vec::new(),
            built_at: built_at.to_owned(),
        };
        input.add_own(paths)?;
        Ok(input)
    }

    /// Adds own files, or every file of a known format in a folder.
    ///
    /// # Errors
    /// [`PackError::Missing`], [`PackError::Io`] for a path that cannot be read.
    pub fn add_own(&mut self, paths: &[PathBuf]) -> Result<(), PackError> {
        for path in paths {
            for file in crate::own::files_of(path)? {
                self.sources.push(source(&file, "", ""));
                self.own.push(file);
            }
        }
        Ok(())
    }

    /// Takes a picture map along.
    ///
    /// # Errors
    /// [`PackError::Missing`]; whether it is one is found when the pack is built.
    pub fn set_raster(&mut self, path: &Path) -> Result<(), PackError> {
        let path = needed(path.to_owned())?;
        self.sources.push(source(&path, "", ""));
        self.raster = Some(path);
        Ok(())
    }

    /// A name for the pack of exactly these files, by their names, sizes and dates and by the
    /// format of packs: another edition of a file, or a newer program, is another pack.
    pub fn edition(&self) -> String {
        let mut hash = Sha256::new();
        hash.update(FORMAT_VERSION.to_le_bytes());
        hash.update(CONTENT_EDITION.to_le_bytes());
        hash.update([
            u8::from(self.divisions.is_some()),
            u8::from(!self.boundary.is_empty()),
        ]);
        for path in self.extract.iter().chain(&self.own).chain(&self.raster) {
            let meta = std::fs::metadata(path).ok();
            let size = meta.as_ref().map_or(0, std::fs::Metadata::len);
            let changed = meta
                .and_then(|meta| meta.modified().ok())
                .and_then(|at| at.duration_since(std::time::UNIX_EPOCH).ok())
                .map_or(0, |since| since.as_secs());
            hash.update(path.file_name().unwrap_or_default().as_encoded_bytes());
            hash.update(size.to_le_bytes());
            hash.update(changed.to_le_bytes());
        }
        let first = self.extract.iter().chain(&self.own).next();
        let stem = first
            .and_then(|path| path.file_name()?.to_str())
            .unwrap_or("county");
        let stem: String = stem.chars().filter(char::is_ascii_alphanumeric).collect();
        let tail: String = hash
            .finalize()
            .iter()
            .take(8)
            .map(|b| format!("{b:02x}"))
            .collect();
        format!("{stem}-{tail}")
    }
}

/// Tables of a county folder that are also shown on the map.
const THING_TABLES: [&str; 3] = ["posts.csv", "checkpoints.csv", "cameras.csv"];

/// The own files of a county folder: its tables of things, then what lies in `own/`.
fn own_of_folder(dir: &Path) -> Result<Vec<PathBuf>, PackError> {
    let tables = THING_TABLES.map(|name| dir.join(name));
    let mut own: Vec<PathBuf> = tables.into_iter().filter(|path| path.is_file()).collect();
    let folder = dir.join("own");
    if folder.is_dir() {
        own.extend(crate::own::files_of(&folder)?);
    }
    Ok(own)
}

fn needed(path: PathBuf) -> Result<PathBuf, PackError> {
    if path.is_file() {
        Ok(path)
    } else {
        Err(PackError::Missing { path })
    }
}

fn source(path: &Path, licence: &str, attribution: &str) -> Source {
    Source {
        name: path
            .file_name()
            .map(|name| name.to_string_lossy().into_owned())
            .unwrap_or_default(),
        licence: licence.to_owned(),
        attribution: attribution.to_owned(),
    }
}

fn point([lon, lat]: [f64; 2], path: &Path) -> Result<Wgs84, PackError> {
    Wgs84::new(lon, lat).map_err(|e| PackError::BadJson {
        path: path.to_owned(),
        why: e.to_string(),
    })
}

/// A ring of at least three points, or nothing when none are given.
fn ring(points: &[[f64; 2]], path: &Path) -> Result<Option<Ring>, PackError> {
    if points.is_empty() {
        return Ok(None);
    }
    let mut ring: Ring = points
        .iter()
        .map(|pair| point(*pair, path))
        .collect::<Result<_, _>>()?;
    if ring.len() > 1 && ring.first() == ring.last() {
        ring.pop();
    }
    if ring.len() < 3 {
        let why = "an outline needs three points or more".to_owned();
        return Err(PackError::BadJson {
            path: path.to_owned(),
            why,
        });
    }
    Ok(Some(ring))
}

/// A GeoJSON geometry as far as outlines need it.
#[derive(Deserialize)]
#[serde(tag = "type")]
enum Geometry {
    Polygon {
        coordinates: Vec<Vec<[f64; 2]>>,
    },
    MultiPolygon {
        coordinates: Vec<Vec<Vec<[f64; 2]>>>,
    },
}

#[derive(Deserialize)]
struct GeoFeature {
    geometry: Geometry,
}

#[derive(Deserialize)]
#[serde(untagged)]
enum GeoFile {
    Collection { features: Vec<GeoFeature> },
    Feature(GeoFeature),
    Bare(Geometry),
}

/// The outer rings of all polygons of a GeoJSON file.
fn rings_of_geojson(path: &Path) -> Result<Vec<Ring>, PackError> {
    let text = std::fs::read_to_string(path).map_err(PackError::io(path))?;
    let bad = |why: String| PackError::BadJson {
        path: path.to_owned(),
        why,
    };
    let file: GeoFile = serde_json::from_str(&text)
        .map_err(|_| bad("is not GeoJSON with Polygon or MultiPolygon outlines".to_owned()))?;
    let geometries = match file {
        GeoFile::Collection { features } => features.into_iter().map(|f| f.geometry).collect(),
        GeoFile::Feature(feature) => vec![feature.geometry],
        GeoFile::Bare(geometry) => vec![geometry],
    };
    let mut rings = Vec::new();
    for geometry in geometries {
        let polygons = match geometry {
            Geometry::Polygon { coordinates } => vec![coordinates],
            Geometry::MultiPolygon { coordinates } => coordinates,
        };
        for polygon in polygons {
            if let Some(outer) = polygon.first() {
                rings.extend(ring(outer, path)?);
            }
        }
    }
    if rings.is_empty() {
        return Err(bad("holds no outline".to_owned()));
    }
    Ok(rings)
}
