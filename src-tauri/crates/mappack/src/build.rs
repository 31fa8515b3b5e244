//! Builds a pack from an extract: read, draw, cut into tiles, gather names, say what it is.
//! Not here: each of those steps; finding the input (`input`).
//!
//! **Invariant:** a pack's folder has its name only when every file in it is whole and synced.
//! Until then it is a hidden folder beside it, which the next build of the same pack removes.

mod borders;
mod own;
mod sketch;
mod staging;

use crate::PackError;
use crate::drawing::{Drawing, Layer};
use crate::extract::{Extract, Px};
use crate::gazetteer::locate::Locator;
use crate::gazetteer::{self, Gathered, Names, OwnPlace, PlaceClass};
use crate::input::BuildInput;
use crate::manifest::{
    COUNTY_FILE, Counts, FORMAT_VERSION, FileEntry, GAZETTEER_FILE, Manifest, REJECTS_FILE,
    ROADS_FILE, TILES_FILE, Warning,
};
use crate::mbtiles::TilesWriter;
use crate::own::{OwnData, OwnLayer, write_rejects};
use crate::raster::{self, RasterInfo};
use crate::signature::Signer;
use crate::{county_file, roads, tiles};
use borders::borders;
use fengsui_geo::{Bounds, Ring, Wgs84};
use serde_json::json;
use sketch::Sketch;
use staging::Staging;
use std::collections::BTreeMap;
use std::path::Path;

/// How far a build is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Progress {
    /// What is being done.
    pub stage: Stage,
    /// How much of it is done.
    pub done: u64,
    /// Of how much: bytes when reading the extract, files when reading the county's own, zooms when
    /// cutting tiles, 1 else.
    pub of: u64,
}

/// The steps of a build, in order.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Stage {
    /// Reading the extract.
    Read,
    /// Reading the county's own files.
    Own,
    /// Sorting out what is drawn.
    Draw,
    /// Cutting tiles.
    Tiles,
    /// Gathering names.
    Names,
    /// Making the road graph.
    Roads,
    /// Hashing and syncing.
    Finish,
}

impl Stage {
    /// Stable word.
    #[must_use]
    pub fn word(self) -> &'static str {
        match self {
            Self::Read => "read",
            Self::Own => "own",
            Self::Draw => "draw",
            Self::Tiles => "tiles",
            Self::Names => "names",
            Self::Roads => "roads",
            Self::Finish => "finish",
        }
    }
}

/// Whether the build goes on.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Continue {
    /// Go on.
    Yes,
    /// Stop; nothing of the pack is left behind.
    No,
}

/// Builds the pack of `input` as the folder `out_dir`, which must not exist yet.
///
/// # Errors
/// [`PackError::TargetExists`]; [`PackError::Stopped`] when `progress` said so; what the input
/// or the disk caused. After an error there is no `out_dir`.
pub fn build(
    input: &BuildInput,
    out_dir: &Path,
    progress: &mut dyn FnMut(Progress) -> Continue,
) -> Result<Manifest, PackError> {
    build_signed(input, out_dir, None, progress)
}

/// As [`build`], and signs the pack when there is a signer.
///
/// # Errors
/// As [`build`].
pub fn build_signed(
    input: &BuildInput,
    out_dir: &Path,
    signer: Option<&Signer<'_>>,
    progress: &mut dyn FnMut(Progress) -> Continue,
) -> Result<Manifest, PackError> {
    if out_dir.exists() {
        return Err(PackError::TargetExists {
            path: out_dir.to_owned(),
        });
    }
    let staging = Staging::create(out_dir)?;
    let mut tell = |stage, done, of| match progress(Progress { stage, done, of }) {
        Continue::Yes => Ok(()),
        Continue::No => Err(PackError::Stopped),
    };
    let (extract, own) = read(input, &mut tell)?;
    tell(Stage::Draw, 0, 1)?;
    let mut made = draw(input, &extract);
    gather_own(&mut made.gathered, &own);
    own::draw(&own, &mut made.drawing);
    made.drawing.sort();
    made.counts.features = feature_counts(&made.drawing);

    let writer = TilesWriter::create(&staging.file(TILES_FILE))?;
    let zooms = tiles::ZOOMS.count() as u64;
    for (done, z) in (0u64..).zip(tiles::ZOOMS) {
        tell(Stage::Tiles, done, zooms)?;
        let tiles = tiles::zoom(&made.drawing, z);
        made.counts.tiles.insert(z, tiles.len() as u64);
        writer.add(z, &tiles)?;
    }
    let bounds = bounds(&extract);
    let centre = input.centre.unwrap_or(made.middle);
    writer.finish(&metadata(input, &made.drawing, bounds, centre))?;

    tell(Stage::Names, 0, 1)?;
    let divisions = input.divisions.as_ref();
    let place = |node| extract.place(node);
    let names = gazetteer::sort_out(made.gathered, divisions, &mut made.locator, &place);
    gazetteer::write::write(&staging.file(GAZETTEER_FILE), &names)?;
    count_names(&names, &mut made.counts);

    tell(Stage::Roads, 0, 1)?;
    roads::write(
        &extract,
        &own.roads,
        &staging.file(ROADS_FILE),
        &mut made.counts,
    )?;

    tell(Stage::Finish, 0, 1)?;
    let mut lacking = warnings(input, &extract, made.broken_areas, made.no_sea);
    lacking.extend(own_warnings(&own));
    let mut manifest = manifest(input, &extract, (bounds, centre), made.counts, lacking);
    let mut files = [TILES_FILE, GAZETTEER_FILE, ROADS_FILE]
        .map(str::to_owned)
        .to_vec();
    files.extend(write_own(&staging, &own)?.into_iter().map(str::to_owned));
    manifest.own = (!own.is_empty()).then_some(own.report);
    manifest.raster = take_raster(&staging, input)?;
    files.extend(manifest.raster.iter().map(|raster| raster.file.clone()));
    for name in files {
        let entry = FileEntry::of(&staging.file(&name))?;
        manifest.files.insert(name, entry);
    }
    staging.finish(&manifest, signer, out_dir)?;
    tell_done(progress);
    Ok(manifest)
}

/// Tells how far the build is: stage, done, of how much.
type Tell<'a> = dyn FnMut(Stage, u64, u64) -> Result<(), PackError> + 'a;

/// Reads the extract and the county's own files.
fn read(input: &BuildInput, tell: &mut Tell<'_>) -> Result<(Extract, OwnData), PackError> {
    let mut extract = match &input.extract {
        Some(path) => {
            let size = std::fs::metadata(path).map_err(PackError::io(path))?.len();
            Some(Extract::read(path, &mut |bytes| {
                tell(Stage::Read, bytes, size)
            })?)
        }
        None => None,
    };
    let outline = Bounds::of_points(input.boundary.iter().flatten().copied());
    let around = outline.or_else(|| extract.as_ref().map(bounds));
    let count = input.own.len() as u64;
    let own = OwnData::read(&input.own, around, &mut |done| {
        tell(Stage::Own, done, count)
    })?;
    if extract.is_none() {
        // Without any place there is no map at all.
        let none = || PackError::NothingUsable {
            why: own.first_reasons(),
        };
        extract = Some(Extract::empty(own.bounds().or(outline).ok_or_else(none)?));
    }
    Ok((extract.unwrap_or_default(), own))
}

/// The county's own names among those of the extract.
fn gather_own(gathered: &mut Gathered, own: &OwnData) {
    let said = |text: &String| Some(text.clone()).filter(|text| !text.is_empty());
    for name in &own.names {
        let (class, kind) = match name.layer {
            OwnLayer::StandardAddress => (PlaceClass::Address, "address"),
            OwnLayer::Pole => (PlaceClass::Pole, "pole"),
            _ => (PlaceClass::Place, "place"),
        };
        gathered.own(OwnPlace {
            name: name.name.clone(),
            aliases: name.aliases.clone(),
            class,
            kind: kind.to_owned(),
            street: said(&name.street),
            number: said(&name.number),
            code: said(&name.code),
            town: said(&name.town),
            at: name.at,
        });
    }
    for thing in own.things.iter().filter(|thing| thing.layer.is_searched()) {
        gathered.own(OwnPlace {
            name: thing.name.clone(),
            aliases: Vec::new(),
            class: PlaceClass::Poi,
            kind: thing.layer.code().to_owned(),
            street: None,
            number: None,
            code: said(&thing.code),
            town: said(&thing.town),
            at: thing.position,
        });
    }
    for road in own.roads.iter().filter(|road| !road.name.is_empty()) {
        for middle in road
            .lines
            .iter()
            .filter_map(|line| line.get(line.len() / 2))
        {
            gathered.own_street(&road.name, *middle);
        }
    }
}

/// Writes the county's own data and the list of what was not taken; returns the files' names.
fn write_own(staging: &Staging, own: &OwnData) -> Result<Vec<&'static str>, PackError> {
    let mut files = Vec::new();
    if !own.is_empty() {
        county_file::write(&staging.file(COUNTY_FILE), own)?;
        files.push(COUNTY_FILE);
    }
    if !own.rejects.is_empty() {
        write_rejects(&staging.file(REJECTS_FILE), &own.rejects)?;
        files.push(REJECTS_FILE);
    }
    Ok(files)
}

/// Checks the picture map and takes it along.
fn take_raster(staging: &Staging, input: &BuildInput) -> Result<Option<RasterInfo>, PackError> {
    let Some(path) = &input.raster else {
        return Ok(None);
    };
    let info = raster::info(path)?;
    let to = staging.file(&info.file);
    std::fs::copy(path, &to).map_err(PackError::io(&to))?;
    Ok(Some(info))
}

/// What of the county's own data was not taken.
fn own_warnings(own: &OwnData) -> Vec<Warning> {
    let rejected = own.report.total().rejected;
    let refused = own
        .report
        .files
        .iter()
        .filter(|file| file.refused.is_some())
        .count() as u64;
    let warning = |code: &str, count: u64, what: &str| Warning {
        code: code.to_owned(),
        count,
        text: format!("{count} {what} of the county's own data were not taken, see rejects.csv"),
    };
    [
        warning("own_rejected", rejected, "rows"),
        warning("own_refused", refused, "files or tables"),
    ]
    .into_iter()
    .filter(|warning| warning.count > 0)
    .collect()
}

/// What the pack says of itself, still without its files.
fn manifest(
    input: &BuildInput,
    extract: &Extract,
    (bounds, centre): (Bounds, Wgs84),
    counts: Counts,
    warnings: Vec<Warning>,
) -> Manifest {
    let (west, south, east, north) = bounds.edges();
    Manifest {
        format_version: FORMAT_VERSION,
        name: input.name.clone(),
        adcode: input.adcode.clone(),
        bounds: [west, south, east, north].map(rounded),
        county_polygon: input.boundary.iter().map(simple_ring).collect(),
        centre: [centre.lon_deg(), centre.lat_deg()].map(rounded),
        default_zoom: input.default_zoom.unwrap_or(13.0),
        min_zoom: *tiles::ZOOMS.start(),
        max_zoom: *tiles::ZOOMS.end(),
        datum: "CGCS2000".to_owned(),
        approval_no: input.approval_no.clone(),
        sources: input.sources.clone(),
        data_at_s: extract.data_at_s,
        tool_version: concat!("fengsui ", env!("CARGO_PKG_VERSION")).to_owned(),
        built_at: input.built_at.clone(),
        counts,
        own: None,
        raster: None,
        warnings,
        files: BTreeMap::new(),
    }
}

/// The pack is there: a wish to stop comes too late to mean anything.
fn tell_done(progress: &mut dyn FnMut(Progress) -> Continue) {
    let _too_late = progress(Progress {
        stage: Stage::Finish,
        done: 1,
        of: 1,
    });
}

/// What drawing yields.
struct Made {
    drawing: Drawing,
    gathered: Gathered,
    locator: Locator,
    counts: Counts,
    middle: Wgs84,
    broken_areas: u64,
    no_sea: Option<&'static str>,
}

/// Draws everything of the extract: points, ways, relations, borders, the sea.
fn draw(input: &BuildInput, extract: &Extract) -> Made {
    let mut sketch = Sketch::new(extract);
    let seat = sketch.nodes(&input.name);
    let mut middles = sketch.ways();
    let broken_areas = sketch.relations();
    let locator = borders(input, extract, &mut sketch.drawing);
    let no_sea = sketch.sea().err();
    let middle = seat
        .or_else(|| median(&mut middles))
        .unwrap_or(extract.bounds.0);
    let middle = point(middle).unwrap_or_else(|| bounds(extract).centre());
    Made {
        drawing: sketch.drawing,
        gathered: sketch.gathered,
        locator,
        counts: sketch.counts,
        middle,
        broken_areas,
        no_sea,
    }
}

fn px(at: Wgs84) -> Px {
    let (lon, lat) = at.to_e7();
    Px::from_e7(lon, lat)
}

fn point(at: Px) -> Option<Wgs84> {
    let (lon, lat) = at.to_e7();
    Wgs84::from_e7(lon, lat).ok()
}

/// The middle of most streets: where the town is, even when the data reaches far around it.
fn median(places: &mut [Px]) -> Option<Px> {
    let half = places.len() / 2;
    if places.is_empty() {
        return None;
    }
    let x = places.select_nth_unstable_by_key(half, |at| at.x).1.x;
    let y = places.select_nth_unstable_by_key(half, |at| at.y).1.y;
    Some(Px { x, y })
}

fn bounds(extract: &Extract) -> Bounds {
    let degrees = |at: Px| {
        let (lon, lat) = at.to_e7();
        (f64::from(lon) / 1e7, f64::from(lat) / 1e7)
    };
    let (west_north, east_south) = extract.bounds;
    let ((west, north), (east, south)) = (degrees(west_north), degrees(east_south));
    Bounds::from_edges(west, south, east, north)
        .unwrap_or_else(|_| Bounds::of_point(fengsui_geo::from_world(0.5, 0.25)))
}

fn rounded(degrees: f64) -> f64 {
    (degrees * 1e6).round() / 1e6
}

/// A ring thinned to about 30 m, for hatching what lies outside.
fn simple_ring(ring: &Ring) -> Vec<[f64; 2]> {
    let line: Vec<Px> = ring.iter().map(|at| px(*at)).collect();
    const STEPS_30_M: f64 = 800.0;
    crate::shapes::thin_ring(&line, STEPS_30_M)
        .into_iter()
        .map(|at| {
            let (lon, lat) = at.to_e7();
            [f64::from(lon) / 1e7, f64::from(lat) / 1e7].map(rounded)
        })
        .collect()
}

fn feature_counts(drawing: &Drawing) -> BTreeMap<String, u64> {
    let mut counts = BTreeMap::new();
    for feature in &drawing.features {
        *counts.entry(feature.layer.name().to_owned()).or_default() += 1;
    }
    counts
}

fn count_names(names: &Names, counts: &mut Counts) {
    let villages = || names.towns.iter().flat_map(|town| &town.villages);
    let addresses = names.addresses.iter().map(|one| &one.entry);
    let crossings = names.entries.iter().filter(|entry| entry.cross.is_some());
    counts.crossings = crossings.count() as u64;
    counts.house_numbers = names.addresses.len() as u64;
    counts.names = names.entries.len() as u64 - counts.crossings;
    let coded = names.entries.iter().chain(addresses);
    counts.codes = coded.filter(|entry| entry.code.is_some()).count() as u64;
    counts.towns = names.towns.len() as u64;
    counts.towns_placed = names.towns.iter().filter(|town| town.at.is_some()).count() as u64;
    counts.villages = villages().count() as u64;
    counts.villages_placed = villages().filter(|(.., at)| at.is_some()).count() as u64;
}

fn warnings(
    input: &BuildInput,
    extract: &Extract,
    broken_areas: u64,
    no_sea: Option<&str>,
) -> Vec<Warning> {
    let mut found = Vec::new();
    let mut add = |code: &str, count: u64, text: String| {
        if count > 0 {
            found.push(Warning {
                code: code.to_owned(),
                count,
                text,
            });
        }
    };
    let lacks = |is_lacking: bool| u64::from(is_lacking);
    let text = "no OSM extract: the map has no streets or houses".to_owned();
    add("no_extract", lacks(input.extract.is_none()), text);
    let text = "no list of towns and villages".to_owned();
    add("no_divisions", lacks(input.divisions.is_none()), text);
    let text = "no outline of the county".to_owned();
    add("no_boundary", lacks(input.boundary.is_empty()), text);
    let broken = extract.broken_ways as u64;
    add(
        "broken_ways",
        broken,
        format!("{broken} ways miss some of their points"),
    );
    add(
        "broken_areas",
        broken_areas,
        format!("{broken_areas} areas miss part of their outline"),
    );
    add(
        "no_sea",
        lacks(no_sea.is_some()),
        no_sea.unwrap_or_default().to_owned(),
    );
    found
}

/// The metadata rows of the tiles' file.
fn metadata(
    input: &BuildInput,
    drawing: &Drawing,
    bounds: Bounds,
    centre: Wgs84,
) -> Vec<(&'static str, String)> {
    let mut layers: BTreeMap<Layer, (u8, BTreeMap<&str, &str>)> = BTreeMap::new();
    for feature in &drawing.features {
        let first = feature.min_zoom.max(*tiles::ZOOMS.start());
        let entry = layers
            .entry(feature.layer)
            .or_insert((first, BTreeMap::new()));
        entry.0 = entry.0.min(first);
        for prop in &feature.props.0 {
            let kind = match prop.value {
                crate::mvt::Value::Text(_) => "String",
                crate::mvt::Value::Whole(_) => "Number",
                crate::mvt::Value::Flag(_) => "Boolean",
            };
            entry.1.insert(prop.key, kind);
        }
    }
    let vector_layers: Vec<_> = layers
        .iter()
        .map(|(layer, (first, fields))| {
            json!({
                "id": layer.name(),
                "minzoom": first,
                "maxzoom": tiles::ZOOMS.end(),
                "fields": fields,
            })
        })
        .collect();
    let (west, south, east, north) = bounds.edges();
    let attribution: Vec<&str> = input
        .sources
        .iter()
        .map(|source| source.attribution.as_str())
        .filter(|text| !text.is_empty())
        .collect();
    let zoom = input.default_zoom.unwrap_or(13.0).floor();
    vec![
        ("name", input.name.clone()),
        ("format", "pbf".to_owned()),
        (
            "bounds",
            format!("{west:.6},{south:.6},{east:.6},{north:.6}"),
        ),
        (
            "center",
            format!("{:.6},{:.6},{zoom}", centre.lon_deg(), centre.lat_deg()),
        ),
        ("minzoom", tiles::ZOOMS.start().to_string()),
        ("maxzoom", tiles::ZOOMS.end().to_string()),
        ("type", "baselayer".to_owned()),
        ("version", FORMAT_VERSION.to_string()),
        ("description", "Shortbread 1.0 layers".to_owned()),
        ("attribution", attribution.join("; ")),
        (
            "json",
            json!({ "vector_layers": vector_layers }).to_string(),
        ),
    ]
}
