//! What a pack is built from: an extract, its divisions and outline, found by their usual names.
//! Not here: the building.

use crate::PackError;
use crate::county::CountyFile;
use crate::divisions::Divisions;
use crate::manifest::Source;
use fengsui_geo::{Ring, Wgs84};
use serde::Deserialize;
use std::path::{Path, PathBuf};

/// Everything a build needs. Build one with [`BuildInput::find`] or by hand.
#[derive(Debug, Clone)]
pub struct BuildInput {
    /// The OSM extract (`.osm.pbf`).
    pub extract: PathBuf,
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
    /// What it is made from, for the manifest.
    pub sources: Vec<Source>,
    /// When the build happens, RFC 3339; goes into the manifest as it is.
    pub built_at: String,
}

const OSM_LICENCE: &str = "ODbL-1.0";
const OSM_ATTRIBUTION: &str = "© OpenStreetMap contributors";

impl BuildInput {
    /// Finds the input by path: a county folder (`county.osm.pbf`, `county.json`,
    /// `divisions.json`), or an extract `<stem>.osm.pbf` with, when they are there,
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
        let extract = needed(dir.join("county.osm.pbf"))?;
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
        Ok(Self {
            sources: vec![source(&extract, &licence, attribution)],
            extract,
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
            extract,
            centre: None,
            default_zoom: None,
            boundary,
            divisions,
            sources,
            built_at: built_at.to_owned(),
        })
    }
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
