//! Goal: the road graph of real maps holds what the maps hold, and its answers are exact. Method:
//! count roads and restrictions with osmium-tool; compare the hierarchy with plain Dijkstra on
//! random pairs; close, slow down and compare again. Maps or tools that are not there are skipped,
//! and said so.

#![expect(
    clippy::print_stdout,
    clippy::unwrap_used,
    reason = "helpers of tests panic and print, as tests do"
)]

use fengsui_geo::Wgs84;
use fengsui_mappack::{
    BuildInput, Continue, MANIFEST_FILE, Manifest, Pack, PackError, ROADS_FILE, build, road_graph,
};
use fengsui_routing::{
    NoWay, PieceId, RoadClass, RoadGraph, Roads, Snap, SpeedTable, Speeds, oracle,
};
use std::collections::BTreeSet;
use std::path::{Path, PathBuf};
use std::process::Command;
use std::sync::Arc;

fn root() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("../../..")
}

fn demo() -> PathBuf {
    root().join("assets/demo-county/county.osm.pbf")
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

/// Random numbers by a fixed rule (SplitMix64).
struct Dice(u64);

impl Dice {
    fn below(&mut self, end: f64) -> f64 {
        self.0 = self.0.wrapping_add(0x9e37_79b9_7f4a_7c15);
        let mut z = self.0;
        z = (z ^ (z >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        z = (z ^ (z >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
        ((z ^ (z >> 31)) >> 11) as f64 / (1u64 << 53) as f64 * end
    }

    /// A point on some road, moved aside by up to about 60 m.
    fn point(&mut self, roads: &Roads) -> Wgs84 {
        let pieces = roads.graph().counts().pieces as f64;
        let line = roads.piece_line(PieceId(self.below(pieces) as u32));
        let at = line[self.below(line.len() as f64) as usize];
        let mut aside = || self.below(0.001) - 0.0005;
        Wgs84::new(at.lon_deg() + aside(), at.lat_deg() + aside()).unwrap()
    }
}

/// Ranks 60 random starts to each of `goals` random goals by the hierarchy and by plain Dijkstra.
/// Returns ways found and asked for.
fn compare(roads: &Roads, dice: &mut Dice, goals: usize) -> (usize, usize) {
    let (mut found, mut asked) = (0, 0);
    for _ in 0..goals {
        let at = dice.point(roads);
        let Ok(goal) = roads.snap_goal(at) else {
            continue;
        };
        let starts: Vec<Result<Snap, NoWay>> = (0..60)
            .map(|_| roads.snap_start(dice.point(roads)))
            .collect();
        let ours = roads.rank_snaps(&starts, &goal);
        assert_eq!(ours, oracle::rank_snaps(roads, &starts, &goal));
        let first = starts[0].as_ref().unwrap();
        assert_eq!(ours[0], oracle::forward(roads, first, &goal));
        found += ours.iter().flatten().count();
        asked += ours.len();
    }
    (found, asked)
}

/// All that is asked of one map: exact fresh, with roads closed one by one and by the hundred,
/// with other speeds, and after all is undone.
fn exact(path: &Path, least_share: f64) {
    let graph = road_graph(path).unwrap();
    let counts = graph.counts();
    println!("{}: {counts:?}", path.display());
    let bytes = graph.to_bytes();
    assert_eq!(RoadGraph::from_bytes(&bytes).as_ref(), Ok(&graph));
    let graph = Arc::new(graph);
    let mut roads = Roads::new(Arc::clone(&graph), &SpeedTable::default());
    let mut dice = Dice(counts.pieces);
    let (found, asked) = compare(&roads, &mut dice, 10);
    println!("{found} of {asked} ways found");
    assert!(found as f64 >= asked as f64 * least_share);
    for share in [10.0 / counts.pieces as f64, 0.2] {
        let mut closed = Dice(7);
        let closed: Vec<PieceId> = (0..counts.pieces as u32)
            .filter(|_| closed.below(1.0) < share)
            .map(PieceId)
            .collect();
        roads.set_closed(&closed);
        compare(&roads, &mut dice, 4);
    }
    let mut table = SpeedTable::default();
    let speeds = Speeds {
        open_kmh: 12,
        town_kmh: 95,
    };
    table.set(RoadClass::Residential, speeds);
    roads.set_speeds(&table);
    compare(&roads, &mut dice, 4);
    roads.set_closed(&[]);
    roads.set_speeds(&SpeedTable::default());
    let fresh = Roads::new(graph, &SpeedTable::default());
    let from: Vec<Wgs84> = (0..50).map(|_| dice.point(&fresh)).collect();
    let to = dice.point(&fresh);
    assert_eq!(roads.rank(&from, to), fresh.rank(&from, to));
}

#[test]
fn the_demo_county_is_answered_exactly() {
    exact(&demo(), 0.95);
}

#[test]
fn taipei_is_answered_exactly() {
    if let Some(path) = extract("taipei-roads.osm.pbf") {
        exact(&path, 0.8);
    }
}

#[test]
fn malta_is_answered_exactly() {
    if let Some(path) = extract("malta-clip.osm.pbf") {
        exact(&path, 0.5);
    }
}

/// Lines of an extract in osmium's text format that a filter lets through.
fn osmium(path: &Path, filter: &str) -> Option<Vec<String>> {
    let output = Command::new("osmium")
        .args(["tags-filter", "-R", "-f", "opl", "-o", "-"])
        .arg(path)
        .arg(filter)
        .output();
    let Ok(output) = output else {
        println!("skipped: osmium-tool is not installed");
        return None;
    };
    assert!(output.status.success());
    let text = String::from_utf8(output.stdout).unwrap();
    Some(text.lines().map(str::to_owned).collect())
}

/// Roads and restrictions as another reader counts them: every turn restriction of the map is
/// taken over or counted as left out, and there is a piece of road for each drivable way.
#[test]
fn another_reader_counts_the_same_restrictions() {
    for name in [
        "malta-clip.osm.pbf",
        "taipei-roads.osm.pbf",
        "monaco.osm.pbf",
    ] {
        let Some(path) = extract(name) else { continue };
        let Some(rules) = osmium(&path, "r/type=restriction") else {
            return;
        };
        let Some(ways) = osmium(
            &path,
            "w/highway=motorway,trunk,primary,secondary,tertiary,residential,unclassified",
        ) else {
            return;
        };
        let counts = road_graph(&path).unwrap().counts();
        let ours = counts.rules + counts.rules_left_out;
        println!("{name}: {counts:?}, {} ways", ways.len());
        let excepted = rules.iter().filter(|line| line.contains("except=")).count() as u64;
        assert!(ours <= rules.len() as u64 && ours + excepted >= rules.len() as u64);
        assert!(counts.pieces > ways.len() as u64 * 9 / 10);
    }
}

fn built(input: &Path, dir: &Path) -> Manifest {
    let input = BuildInput::find(input, "2026-01-01T00:00:00Z").unwrap();
    build(&input, &dir.join("pack"), &mut |_| Continue::Yes).unwrap()
}

/// A pack lists its roads, counts them, gives them back, and the same input makes the same bytes;
/// a pack of an earlier program has none and says so; damaged roads are refused by name.
#[test]
fn a_pack_has_its_roads() {
    let (one, other) = (tempfile::tempdir().unwrap(), tempfile::tempdir().unwrap());
    let county = demo();
    let county = county.parent().unwrap();
    let manifest = built(county, one.path());
    assert_eq!(manifest.files, built(county, other.path()).files);
    let dir = one.path().join("pack");
    let graph = Pack::open(&dir).unwrap().road_graph().unwrap().unwrap();
    let counts = graph.counts();
    assert_eq!(
        (manifest.counts.road_pieces, manifest.counts.road_junctions),
        (counts.pieces, counts.junctions)
    );
    assert!(
        counts.pieces > 5_000 && manifest.counts.road_metres > 1_000_000,
        "{counts:?}"
    );

    let path = dir.join(ROADS_FILE);
    let mut bytes = std::fs::read(&path).unwrap();
    let middle = bytes.len() / 2;
    bytes[middle] ^= 1;
    std::fs::write(&path, bytes).unwrap();
    let pack = Pack::open(&dir).unwrap();
    for found in [pack.road_graph().err(), pack.verify().err()] {
        assert!(matches!(found, Some(PackError::DamagedPack { name, .. }) if name == ROADS_FILE));
    }

    std::fs::remove_file(&path).unwrap();
    assert!(matches!(Pack::open(&dir), Err(PackError::Missing { .. })));
    forget_roads(&dir);
    let pack = Pack::open(&dir).unwrap();
    assert_eq!(pack.road_graph().unwrap(), None);
    assert_eq!(pack.manifest().counts.road_pieces, 0);
}

/// Makes the manifest that of an earlier program.
fn forget_roads(dir: &Path) {
    let path = dir.join(MANIFEST_FILE);
    let text = std::fs::read_to_string(&path).unwrap();
    let mut manifest: serde_json::Value = serde_json::from_str(&text).unwrap();
    manifest["files"]
        .as_object_mut()
        .unwrap()
        .remove(ROADS_FILE);
    let counts = manifest["counts"].as_object_mut().unwrap();
    let known: BTreeSet<String> = counts.keys().cloned().collect();
    for key in known {
        if key.starts_with("road_") || key.starts_with("turn_") {
            counts.remove(&key);
        }
    }
    std::fs::write(&path, manifest.to_string()).unwrap();
}
