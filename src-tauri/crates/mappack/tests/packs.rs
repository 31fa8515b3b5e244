//! Goal: packs built from real extracts hold what the extracts hold, and every tile is sound.
//! Method: build each extract, count the same things with osmium-tool, decode tiles with an
//! independent decoder. Extracts or tools that are not there are skipped, and said so.

#![expect(
    clippy::expect_used,
    clippy::print_stdout,
    clippy::unwrap_used,
    reason = "helpers of tests panic and print, as tests do"
)]

use fengsui_mappack::{
    BuildInput, Continue, Manifest, Pack, PackError, SearchAsk, Stage, Whence, build,
};
use flate2::read::GzDecoder;
use mvt_reader::Reader;
use std::collections::{BTreeMap, BTreeSet};
use std::io::Read as _;
use std::path::{Path, PathBuf};
use std::process::Command;

const AT: &str = "2026-01-01T00:00:00Z";

fn root() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("../../..")
}

fn demo() -> PathBuf {
    root().join("assets/demo-county")
}

/// A real extract by name, or nothing and a sentence.
fn extract(name: &str) -> Option<PathBuf> {
    let path = root().join("../shared/data/osm").join(name);
    if path.is_file() {
        return Some(path);
    }
    println!("skipped: {name} is not there");
    None
}

fn built(input: &Path, dir: &Path) -> Result<Manifest, PackError> {
    build(
        &BuildInput::find(input, AT)?,
        &dir.join("pack"),
        &mut |_| Continue::Yes,
    )
}

/// A pack of the demo county in a folder that goes away with the returned guard.
fn demo_pack() -> (tempfile::TempDir, Pack) {
    let dir = tempfile::tempdir().unwrap();
    built(&demo(), dir.path()).unwrap();
    let pack = Pack::open(&dir.path().join("pack")).unwrap();
    (dir, pack)
}

/// Lines of an extract in osmium's text format that a filter lets through.
fn osmium(path: &Path, filter: &[&str]) -> Option<Vec<String>> {
    let mut command = Command::new("osmium");
    command
        .args(["tags-filter", "-R", "-f", "opl", "-o", "-"])
        .arg(path)
        .args(filter);
    let Ok(output) = command.output() else {
        println!("skipped: osmium-tool is not installed");
        return None;
    };
    assert!(output.status.success());
    Some(
        String::from_utf8(output.stdout)
            .unwrap()
            .lines()
            .map(str::to_owned)
            .collect(),
    )
}

/// The tag field of a line in that format.
fn tags(line: &str) -> BTreeSet<String> {
    let field = line
        .split(' ')
        .find_map(|field| field.strip_prefix('T'))
        .unwrap_or_default();
    field.split(',').map(str::to_owned).collect()
}

fn has_key(line: &str, key: &str) -> bool {
    tags(line)
        .iter()
        .any(|tag| tag.split('=').next() == Some(key))
}

type Decoded = BTreeMap<String, Vec<mvt_reader::feature::Feature>>;

fn decode(bytes: Vec<u8>) -> Decoded {
    let mut plain = Vec::new();
    GzDecoder::new(bytes.as_slice())
        .read_to_end(&mut plain)
        .unwrap();
    let reader = Reader::new(plain).unwrap();
    let names = reader.get_layer_names().unwrap();
    names
        .into_iter()
        .enumerate()
        .map(|(i, name)| (name, reader.get_features(i).unwrap()))
        .collect()
}

/// Every tile address the pack has at a zoom, read from the file as another program would.
fn addresses(dir: &Path, zoom: u8) -> Vec<(u32, u32)> {
    let db = rusqlite::Connection::open(dir.join("pack/tiles.mbtiles")).unwrap();
    let mut select = db
        .prepare("SELECT tile_column, tile_row FROM tiles WHERE zoom_level = ?1 ORDER BY 1, 2")
        .unwrap();
    let rows = select
        .query_map([zoom], |row| {
            Ok((row.get(0)?, (1u32 << zoom) - 1 - row.get::<_, u32>(1)?))
        })
        .unwrap();
    rows.map(Result::unwrap).collect()
}

/// Names of Shortbread, then our own.
const LAYERS: [&str; 28] = [
    "ocean",
    "water_polygons",
    "water_polygons_labels",
    "water_lines",
    "water_lines_labels",
    "dam_lines",
    "dam_polygons",
    "pier_lines",
    "pier_polygons",
    "boundaries",
    "boundary_labels",
    "place_labels",
    "land",
    "sites",
    "buildings",
    "addresses",
    "streets",
    "street_polygons",
    "street_labels",
    "streets_polygons_labels",
    "street_labels_points",
    "bridges",
    "aerialways",
    "ferries",
    "public_transport",
    "pois",
    "own_areas",
    "own_area_labels",
];

/// A text of a decoded feature.
fn said<'a>(feature: &'a mvt_reader::feature::Feature, key: &str) -> Option<&'a str> {
    match feature.properties.as_ref()?.get(key)? {
        mvt_reader::feature::Value::String(text) => Some(text),
        _ => None,
    }
}

/// All features of a layer in all tiles of a zoom.
fn features(pack: &Pack, dir: &Path, zoom: u8, layer: &str) -> Vec<mvt_reader::feature::Feature> {
    let mut found = Vec::new();
    for (x, y) in addresses(dir, zoom) {
        let mut tile = decode(pack.tile(zoom, x, y).unwrap().unwrap());
        found.extend(tile.remove(layer).unwrap_or_default());
    }
    found
}

/// The county's own areas are in the tiles with their names, its own roads among the streets; two
/// builds are the same bytes.
#[test]
fn own_areas_and_roads_are_drawn() {
    let dir = tempfile::tempdir().unwrap();
    let write = |name: &str, text: &str| {
        let path = dir.path().join(name);
        std::fs::write(&path, text).unwrap();
        path
    };
    let areas = write(
        "辖区.csv",
        &format!(
            "名称,编号,几何\n城关所,A1,{}\n河东所,A2,{}\n",
            square(113.9),
            square(113.95)
        ),
    );
    let zones = write(
        "巡区.csv",
        &format!("名称,编号,几何\n一区,Z1,{}\n", square(113.9)),
    );
    let roads = write(
        "道路.csv",
        "名称,类型,单行,几何\n新修路,县道,是,\"LINESTRING (113.91 31.21, 113.94 31.22)\"\n",
    );
    let own = [areas, zones, roads];
    let built = |name: &str| {
        let out = dir.path().join(name).join("pack");
        std::fs::create_dir_all(out.parent().unwrap()).unwrap();
        let input = BuildInput::own_alone(&own, AT).unwrap();
        (
            build(&input, &out, &mut |_| Continue::Yes).unwrap(),
            dir.path().join(name),
        )
    };
    let ((one, folder), (two, _)) = (built("one"), built("two"));
    assert_eq!(one.files, two.files);
    let pack = Pack::open(&folder.join("pack")).unwrap();
    let texts = |zoom: u8, layer: &str, key: &str| -> BTreeSet<String> {
        let found = features(&pack, &folder, zoom, layer);
        found
            .iter()
            .filter_map(|one| said(one, key).map(str::to_owned))
            .collect()
    };
    let set = |words: &[&str]| {
        words
            .iter()
            .map(|word| (*word).to_owned())
            .collect::<BTreeSet<_>>()
    };
    assert_eq!(
        texts(9, "own_area_labels", "name"),
        set(&["城关所", "河东所"])
    );
    assert_eq!(
        texts(12, "own_area_labels", "name"),
        set(&["一区", "城关所", "河东所"])
    );
    assert_eq!(
        texts(12, "own_areas", "kind"),
        set(&["jurisdiction", "patrol_zone"])
    );
    assert_eq!(texts(14, "own_areas", "code"), set(&["A1", "A2", "Z1"]));
    assert_eq!(texts(14, "streets", "kind"), set(&["secondary"]));
    assert_eq!(texts(14, "street_labels", "name"), set(&["新修路"]));
    for zoom in 6..=14 {
        sound_tiles(&folder, &pack, zoom);
    }
}

/// A square of the county, as a cell of a CSV file.
fn square(west: f64) -> String {
    let east = west + 0.05;
    format!("\"POLYGON (({west} 31.2, {east} 31.2, {east} 31.25, {west} 31.25, {west} 31.2))\"")
}

/// Decodes all tiles of a zoom and counts features by layer; checks names and coordinates.
fn sound_tiles(dir: &Path, pack: &Pack, zoom: u8) -> BTreeMap<String, usize> {
    let mut counts = BTreeMap::new();
    for (x, y) in addresses(dir, zoom) {
        let tile = pack.tile(zoom, x, y).unwrap().expect("listed tile");
        for (layer, features) in decode(tile) {
            assert!(LAYERS.contains(&layer.as_str()), "{layer}");
            assert!(!features.is_empty());
            for feature in &features {
                check_shape(&feature.geometry, &layer);
            }
            *counts.entry(layer).or_default() += features.len();
        }
    }
    counts
}

fn check_shape(geometry: &geo_types::Geometry<f32>, layer: &str) {
    use geo_types::Geometry as G;
    let check = |points: &mut dyn Iterator<Item = &geo_types::Coord<f32>>, margin: f32| {
        let limits = -margin..=4096.0 + margin;
        for at in points {
            assert!(
                limits.contains(&at.x) && limits.contains(&at.y),
                "{layer} {at:?}"
            );
        }
    };
    match geometry {
        G::Point(point) => check(&mut std::iter::once(&point.0), 0.0),
        G::MultiPoint(points) => check(&mut points.iter().map(|point| &point.0), 0.0),
        G::LineString(line) => check(&mut line.coords(), 64.0),
        G::MultiLineString(lines) => {
            lines
                .iter()
                .for_each(|line| check(&mut line.coords(), 64.0));
        }
        G::Polygon(area) => check_area(area, layer, &check),
        G::MultiPolygon(areas) => areas
            .iter()
            .for_each(|area| check_area(area, layer, &check)),
        other => panic!("{layer} holds {other:?}"),
    }
}

type Check<'a> = &'a dyn Fn(&mut dyn Iterator<Item = &geo_types::Coord<f32>>, f32);

/// Outer rings run clockwise on the screen, holes the other way: the decoder sorts them by that,
/// so a hole that ran the wrong way would come out as an area of its own.
fn check_area(area: &geo_types::Polygon<f32>, layer: &str, check: Check<'_>) {
    check(&mut area.exterior().coords(), 64.0);
    let doubled: f32 = area
        .exterior()
        .lines()
        .map(|l| l.start.x * l.end.y - l.end.x * l.start.y)
        .sum();
    assert!(doubled > 0.0, "{layer} has an outline that runs backwards");
    for hole in area.interiors() {
        check(&mut hole.coords(), 64.0);
    }
}

/// Builds an extract and compares its counts with osmium's.
fn compare(name: &str) {
    let Some(path) = extract(name) else { return };
    let dir = tempfile::tempdir().unwrap();
    let manifest = built(&path, dir.path()).unwrap();
    let pack = Pack::open(&dir.path().join("pack")).unwrap();
    pack.verify().unwrap();
    let counts = sound_tiles(dir.path(), &pack, 14);
    for zoom in [6, 9, 12] {
        sound_tiles(dir.path(), &pack, zoom);
    }
    // Points are in exactly one tile each.
    for layer in ["place_labels", "pois", "addresses", "public_transport"] {
        let drawn = manifest.counts.features.get(layer).copied().unwrap_or(0) as usize;
        assert_eq!(
            counts.get(layer).copied().unwrap_or(0),
            drawn,
            "{name} {layer}"
        );
    }
    let Some(highways) = osmium(&path, &["w/highway"]) else {
        return;
    };
    assert_eq!(
        manifest.counts.highways as usize,
        highways.len(),
        "{name} highways"
    );
    let places = osmium(&path, &["nwr/place"]).unwrap();
    let is_counted = |line: &&String| {
        let relation = line.starts_with('r');
        let tags = tags(line);
        let is_area = tags.contains("type=multipolygon") || tags.contains("type=boundary");
        let is_border = tags.contains("boundary=administrative");
        has_key(line, "name") && (!relation || (is_area && !is_border))
    };
    let named = places.iter().filter(is_counted).count();
    assert_eq!(
        manifest.counts.named_places as usize, named,
        "{name} named places"
    );
    println!(
        "{name}: {} highways, {named} named places, {} tiles, {} names",
        highways.len(),
        manifest.counts.tiles.values().sum::<u64>(),
        manifest.counts.names
    );
}

#[test]
fn guixi_holds_what_the_extract_holds() {
    compare("guixi.osm.pbf");
}

#[test]
fn haidian_holds_what_the_extract_holds() {
    compare("haidian.osm.pbf");
}

#[test]
fn taipei_holds_what_the_extract_holds() {
    compare("taipei-roads.osm.pbf");
}

#[test]
fn monaco_holds_what_the_extract_holds() {
    compare("monaco.osm.pbf");
}

#[test]
fn malta_holds_what_the_extract_holds() {
    compare("malta-clip.osm.pbf");
}

/// The sea lies around Malta and not on it: ask the decoded tiles at a harbour and in a town.
#[test]
fn malta_has_sea_and_land() {
    let Some(path) = extract("malta-clip.osm.pbf") else {
        return;
    };
    let dir = tempfile::tempdir().unwrap();
    built(&path, dir.path()).unwrap();
    let pack = Pack::open(&dir.path().join("pack")).unwrap();
    let is_sea = |lon: f64, lat: f64| {
        let at = fengsui_geo::Wgs84::new(lon, lat).unwrap();
        let id = fengsui_geo::TileId::of_point(at, 14);
        let Some(bytes) = pack.tile(14, id.x(), id.y()).unwrap() else {
            return false;
        };
        let (x, y) = fengsui_geo::to_world(at);
        let unit = |v: f64, tile: u32| ((v * 16384.0 - f64::from(tile)) * 4096.0) as f32;
        let point = geo_types::Point::new(unit(x, id.x()), unit(y, id.y()));
        let layers = decode(bytes);
        layers.get("ocean").is_some_and(|seas| {
            seas.iter().any(|sea| match &sea.geometry {
                geo_types::Geometry::Polygon(area) => holds(area, point),
                geo_types::Geometry::MultiPolygon(areas) => areas.iter().any(|a| holds(a, point)),
                _ => false,
            })
        })
    };
    assert!(
        is_sea(14.55, 35.93) && is_sea(14.30, 36.00),
        "off the coast"
    );
    assert!(
        !is_sea(14.4475, 35.8822) && !is_sea(14.2400, 36.0450),
        "in Luqa and Victoria"
    );
}

fn holds(area: &geo_types::Polygon<f32>, at: geo_types::Point<f32>) -> bool {
    let crossings = |ring: &geo_types::LineString<f32>| {
        let crosses = |l: &geo_types::Line<f32>| {
            (l.start.y > at.y()) != (l.end.y > at.y())
                && at.x()
                    < l.start.x
                        + (at.y() - l.start.y) / (l.end.y - l.start.y) * (l.end.x - l.start.x)
        };
        ring.lines().filter(crosses).count()
    };
    let all = crossings(area.exterior()) + area.interiors().iter().map(crossings).sum::<usize>();
    all % 2 == 1
}

/// The real county: its 33 towns and 260 villages are all listed, those the map does not show
/// without a position, and its outline reaches beyond the data.
#[test]
fn guixi_has_its_towns() {
    let Some(path) = extract("guixi.osm.pbf") else {
        return;
    };
    let dir = tempfile::tempdir().unwrap();
    let manifest = built(&path, dir.path()).unwrap();
    let pack = Pack::open(&dir.path().join("pack")).unwrap();
    assert_eq!(
        (manifest.name.as_str(), manifest.adcode.as_deref()),
        ("贵溪市", Some("360681"))
    );
    let towns = pack.towns().unwrap();
    assert_eq!(towns.len(), 33);
    assert_eq!(
        towns.iter().map(|town| town.villages.len()).sum::<usize>(),
        260
    );
    let placed = towns.iter().filter(|town| town.position.is_some()).count();
    assert_eq!(placed as u64, manifest.counts.towns_placed);
    assert!(placed < 33, "the extract only covers the town's middle");
    let [west, south, east, north] = manifest.bounds;
    let beyond = manifest.county_polygon[0]
        .iter()
        .filter(|[lon, lat]| !(west..=east).contains(lon) || !(south..=north).contains(lat));
    assert!(beyond.count() > 10);
    // Every town is found by its name and by its initials, placed or not.
    for town in &towns {
        let hits = pack.search(&SearchAsk::new(&town.name, 50)).unwrap();
        assert!(
            hits.iter()
                .any(|hit| hit.code.as_deref() == Some(&town.code)),
            "{}",
            town.name
        );
    }
    let hits = pack.search(&SearchAsk::new("hyjd", 20)).unwrap();
    assert!(hits.iter().any(|hit| hit.name == "花园街道"), "{hits:?}");
    println!(
        "guixi: {placed} of 33 towns placed, {} villages",
        manifest.counts.villages_placed
    );
}

/// Two schools of one name: both are listed, each with its town; nothing is chosen.
#[test]
fn same_names_are_all_listed() {
    let (_dir, pack) = demo_pack();
    for query in [
        "rmlzxx",
        "人民路中心小学",
        "renminluzhongxinxiaoxue",
        "ＲＭＬＺＸＸ",
    ] {
        let hits = pack.search(&SearchAsk::new(query, 10)).unwrap();
        let mut towns: Vec<&str> = hits
            .iter()
            .filter(|hit| hit.name == "人民路中心小学")
            .filter_map(|hit| hit.town.as_deref())
            .collect();
        towns.sort_unstable();
        assert_eq!(towns, ["城关镇", "柳河镇"], "{query}: {hits:?}");
        assert!(
            hits.iter()
                .all(|hit| hit.town_by == Some(fengsui_mappack::Whence::Border))
        );
    }
    let villages = pack.search(&SearchAsk::new("王家庄", 10)).unwrap();
    let towns: BTreeSet<_> = villages
        .iter()
        .filter(|hit| hit.name == "王家庄")
        .map(|hit| hit.town.clone())
        .collect();
    assert_eq!(towns.len(), 3, "{villages:?}");
    assert!(
        pack.search(&SearchAsk::new("中心小学", 20)).unwrap().len() >= 9,
        "inside a name"
    );
    assert!(pack.search(&SearchAsk::new("", 20)).unwrap().is_empty());
    assert!(
        pack.search(&SearchAsk::new("不存在的地方", 20))
            .unwrap()
            .is_empty()
    );
    assert_eq!(pack.search(&SearchAsk::new("rm", 3)).unwrap().len(), 3);
    // What SQL would take for a pattern or a quote is only text.
    for odd in ["%", "_", "'; DROP TABLE place; --", "\u{0}", "🚓"] {
        assert!(
            pack.search(&SearchAsk::new(odd, 5)).unwrap().is_empty(),
            "{odd}"
        );
    }
}

/// Left off the demo county's map on purpose.
const UNDRAWN: [&str; 4] = ["刘家垸", "前坪", "后畈", "孙家冲"];

/// Towns and villages of the demo county: all listed. A village has no position where the map does
/// not draw it, draws the name in another town only, or the town has the name twice.
#[test]
fn unmapped_villages_have_no_position() {
    let (_dir, pack) = demo_pack();
    let towns = pack.towns().unwrap();
    assert_eq!(towns.len(), 12);
    assert!(towns.iter().all(|town| town.position.is_some()));
    let villages: Vec<_> = towns.iter().flat_map(|town| &town.villages).collect();
    assert!((140..=160).contains(&villages.len()), "{}", villages.len());
    let mut undrawn = Vec::new();
    for town in &towns {
        let unplaced = town.villages.iter().filter(|v| v.position.is_none());
        for village in unplaced {
            let namesakes = town.villages.iter().filter(|v| v.name == village.name);
            let stem = village.name.trim_end_matches("村民委员会");
            let hits = pack.search(&SearchAsk::new(stem, 20)).unwrap();
            assert!(hits.iter().any(|hit| hit.position.is_none()), "{hits:?}");
            let drawn: Vec<_> = hits
                .iter()
                .filter(|hit| hit.name == stem && hit.position.is_some())
                // House numbers name their village and its town themselves, border or not.
                .filter(|hit| hit.town_by != Some(Whence::Given))
                .collect();
            let is_here = |town_of: Option<&str>| town_of == Some(town.name.as_str());
            if drawn.is_empty() {
                undrawn.push(stem);
            } else if drawn.iter().any(|hit| is_here(hit.town.as_deref())) {
                assert!(
                    namesakes.count() > 1,
                    "{} of {}: {drawn:?}",
                    village.name,
                    town.name
                );
            }
        }
    }
    undrawn.sort_unstable();
    assert_eq!(undrawn, UNDRAWN);
}

/// The same input gives the same bytes, at any number of processors.
#[test]
fn builds_are_repeatable() {
    let (one, two) = (tempfile::tempdir().unwrap(), tempfile::tempdir().unwrap());
    let first = built(&demo(), one.path()).unwrap();
    let second = built(&demo(), two.path()).unwrap();
    assert_eq!(first, second);
    for (name, entry) in &first.files {
        let bytes = std::fs::read(two.path().join("pack").join(name)).unwrap();
        assert_eq!(bytes.len() as u64, entry.bytes);
    }
}

/// Several threads read at once and get what one alone gets.
#[test]
fn several_readers() {
    let (dir, pack) = demo_pack();
    let all: Vec<_> = addresses(dir.path(), 13);
    assert!(all.len() > 50);
    let alone: Vec<_> = all
        .iter()
        .map(|(x, y)| pack.tile(13, *x, *y).unwrap())
        .collect();
    std::thread::scope(|scope| {
        for _ in 0..4 {
            scope.spawn(|| {
                for _ in 0..5 {
                    for ((x, y), expected) in all.iter().zip(&alone) {
                        assert_eq!(pack.tile(13, *x, *y).unwrap(), *expected);
                    }
                    assert!(!pack.search(&SearchAsk::new("rml", 5)).unwrap().is_empty());
                }
            });
        }
    });
}

/// Addresses without a map are `None`, addresses that cannot be are an error.
#[test]
fn tiles_outside() {
    let (_dir, pack) = demo_pack();
    assert_eq!(pack.tile(14, 0, 0).unwrap(), None);
    assert_eq!(pack.tile(15, 1, 1).unwrap(), None);
    for (z, x, y) in [(14, 1 << 14, 0), (3, 0, 8), (99, 0, 0), (0, 1, 0)] {
        assert!(
            matches!(pack.tile(z, x, y), Err(PackError::Geo(_))),
            "{z}/{x}/{y}"
        );
    }
}

/// A build stopped at any stage leaves nothing behind, and the folder a crash left is taken over.
#[test]
fn stopped_builds_leave_nothing() {
    let input = BuildInput::find(&demo(), AT).unwrap();
    for stage in [
        Stage::Read,
        Stage::Draw,
        Stage::Tiles,
        Stage::Names,
        Stage::Roads,
        Stage::Finish,
    ] {
        let dir = tempfile::tempdir().unwrap();
        let out = dir.path().join("pack");
        let stop = |p: fengsui_mappack::Progress| {
            if p.stage == stage {
                Continue::No
            } else {
                Continue::Yes
            }
        };
        let result = build(&input, &out, &mut { stop });
        assert!(
            matches!(result, Err(PackError::Stopped)),
            "{stage:?}: {result:?}"
        );
        assert_eq!(
            std::fs::read_dir(dir.path()).unwrap().count(),
            0,
            "{stage:?}"
        );
    }
    let dir = tempfile::tempdir().unwrap();
    let left = dir.path().join(".pack.building");
    std::fs::create_dir(&left).unwrap();
    std::fs::write(left.join("tiles.mbtiles"), b"half").unwrap();
    built(&demo(), dir.path()).unwrap();
    assert!(!left.exists());
    assert!(matches!(
        built(&demo(), dir.path()),
        Err(PackError::TargetExists { .. })
    ));
}
