//! What is said of packs: the one in use, those that lie beside it, files that could be taken.
//!
//! Not here: opening and building (`map`), work on packs (`job`).

use std::path::{Path, PathBuf};

use chrono::{DateTime, Utc};
use fengsui_mappack::{Manifest, Pack, Signed};

use super::Map;
use super::job::JobState;

/// A pack as the map page shows it.
#[derive(Debug, Clone)]
pub struct PackView {
    /// Name of its folder.
    pub id: String,
    /// What it says of itself.
    pub manifest: Manifest,
    /// Key of who signed it; `None` = nobody did.
    pub signed_by: Option<String>,
}

impl PackView {
    /// Counts worth a line, each under its word.
    #[must_use]
    pub fn counts(&self) -> Vec<(&'static str, u64)> {
        let counts = &self.manifest.counts;
        let own = self.manifest.own.as_ref();
        let rows = [
            ("tiles", counts.tiles.values().sum()),
            ("names", counts.names),
            ("towns", counts.towns),
            ("villages", counts.villages),
            ("road_pieces", counts.road_pieces),
            ("road_km", counts.road_metres / 1_000),
            ("turn_rules", counts.turn_rules),
            ("own_rows", own.map_or(0, |own| own.total().ok)),
        ];
        rows.into_iter().filter(|(_, n)| *n > 0).collect()
    }

    /// It has a road graph.
    #[must_use]
    pub fn has_roads(&self) -> bool {
        self.manifest
            .files
            .contains_key(fengsui_mappack::ROADS_FILE)
    }

    /// It has jurisdictions.
    #[must_use]
    pub fn has_areas(&self) -> bool {
        let layer = fengsui_mappack::OwnLayer::Jurisdiction.code();
        let own = self.manifest.own.as_ref();
        let count = own.and_then(|own| own.layers.get(layer));
        count.is_some_and(|count| count.ok > 0)
    }

    /// Sort of pictures under the vector map: png, jpeg, webp.
    #[must_use]
    pub fn raster(&self) -> Option<String> {
        raster_word(&self.manifest)
    }
}

/// Sort of pictures of a pack: png, jpeg, webp.
pub(super) fn raster_word(manifest: &Manifest) -> Option<String> {
    let raster = manifest.raster.as_ref()?;
    let word = raster.media_type.strip_prefix("image/")?;
    Some(word.to_owned())
}

/// What a file is good for.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum OfferKind {
    /// A pack.
    Pack,
    /// An extract.
    Extract,
    /// A file of the county's own.
    Own,
}

impl OfferKind {
    /// Stable word for the wire.
    #[must_use]
    pub fn word(self) -> &'static str {
        match self {
            Self::Pack => "pack",
            Self::Extract => "extract",
            Self::Own => "own",
        }
    }

    /// By a file's name.
    fn of(path: &Path) -> Option<OfferKind> {
        let name = path.file_name()?.to_str()?.to_ascii_lowercase();
        let ends = |ends: &[&str]| ends.iter().any(|end| name.ends_with(end));
        if ends(&[".mappack"]) {
            Some(Self::Pack)
        } else if ends(&[".osm.pbf", ".osm"]) {
            Some(Self::Extract)
        } else if ends(&[
            ".gpkg", ".shp", ".geojson", ".csv", ".xlsx", ".xls", ".mbtiles", ".pmtiles",
        ]) {
            Some(Self::Own)
        } else {
            None
        }
    }
}

/// A file that could be taken.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Offer {
    /// Where.
    pub path: PathBuf,
    /// What it is good for.
    pub kind: OfferKind,
    /// Bytes.
    pub bytes: u64,
}

/// All of it.
#[derive(Debug, Clone)]
pub struct MapView {
    /// The pack in use.
    pub current: Option<PackView>,
    /// Others, newest first.
    pub others: Vec<PackView>,
    /// Why there is none in use, if it could not be opened.
    pub damage: Option<String>,
    /// The running or last piece of work.
    pub job: Option<JobState>,
    /// Files found.
    pub offers: Vec<Offer>,
}

/// Most files offered.
const OFFERS_MAX: usize = 200;

impl Map {
    /// What the map page shows.
    #[must_use]
    pub fn view(&self) -> MapView {
        let current = self.pack();
        let current_id = current.as_deref().map(id_of);
        let mut others: Vec<PackView> = folders(&self.packs)
            .into_iter()
            .filter_map(|dir| {
                let id = dir.file_name()?.to_str()?.to_owned();
                let manifest = Manifest::read(&dir).ok()?;
                let signed_by = Pack::open(&dir).ok().and_then(|pack| signed_by(&pack));
                (Some(&id) != current_id.as_ref()).then_some(PackView {
                    id,
                    manifest,
                    signed_by,
                })
            })
            .collect();
        others.sort_by(|a, b| b.manifest.built_at.cmp(&a.manifest.built_at));
        MapView {
            current: current.map(|pack| PackView {
                id: id_of(&pack),
                manifest: pack.manifest().clone(),
                signed_by: signed_by(&pack),
            }),
            others,
            damage: self.damage(),
            job: self.job(),
            offers: self.offers(),
        }
    }

    /// Files in the import folder of the home and on whatever is plugged in.
    fn offers(&self) -> Vec<Offer> {
        let mut folders: Vec<PathBuf> = self
            .packs
            .parent()
            .map(|home| home.join("import"))
            .into_iter()
            .collect();
        for mounts in ["/media", "/run/media"] {
            for user in children(Path::new(mounts)) {
                folders.extend(children(&user).into_iter().filter(|path| path.is_dir()));
                folders.push(user);
            }
        }
        let mut offers: Vec<Offer> = folders
            .iter()
            .flat_map(|folder| children(folder))
            .filter_map(|path| {
                let kind = OfferKind::of(&path)?;
                let bytes = std::fs::metadata(&path).ok()?.len();
                Some(Offer { path, kind, bytes })
            })
            .collect();
        offers.sort_by(|a, b| (a.kind, &a.path).cmp(&(b.kind, &b.path)));
        offers.truncate(OFFERS_MAX);
        offers
    }
}

/// Who signed a pack; a signature that does not fit would not have let it be opened.
fn signed_by(pack: &Pack) -> Option<String> {
    match pack.signed() {
        Ok(Signed::By(key)) => Some(key),
        Ok(Signed::No) | Err(_) => None,
    }
}

/// Name of a pack's folder.
pub(super) fn id_of(pack: &Pack) -> String {
    pack.dir()
        .file_name()
        .map(|name| name.to_string_lossy().into_owned())
        .unwrap_or_default()
}

/// Date of a pack's data, YYYY-MM-DD.
#[must_use]
pub fn data_date(manifest: &Manifest) -> Option<String> {
    manifest
        .data_at_s
        .and_then(|s| DateTime::<Utc>::from_timestamp(s, 0))
        .map(|at| at.format("%Y-%m-%d").to_string())
}

/// Folders that hold a pack; hidden ones are half built or half installed.
fn folders(packs: &Path) -> Vec<PathBuf> {
    let mut found: Vec<PathBuf> = children(packs)
        .into_iter()
        .filter(|path| path.join(fengsui_mappack::MANIFEST_FILE).is_file())
        .filter(|path| {
            path.file_name()
                .is_some_and(|name| !name.to_string_lossy().starts_with('.'))
        })
        .collect();
    found.sort();
    found
}

/// What lies in a folder; nothing when it cannot be read.
fn children(folder: &Path) -> Vec<PathBuf> {
    std::fs::read_dir(folder)
        .into_iter()
        .flatten()
        .filter_map(Result::ok)
        .map(|entry| entry.path())
        .collect()
}
