//! Goal: the committed county and code tables load whole, and a bad row is named by file, row
//! and column. Method: load the real files; then damage one cell at a time in a copy.

#![expect(
    clippy::unwrap_used,
    reason = "helpers of tests fail by panicking, as tests do"
)]

use fengsui_mappack::{PackError, codes, county};
use std::collections::BTreeSet;
use std::path::{Path, PathBuf};

fn assets() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("../../../assets")
}

fn copy_of(folder: &str) -> tempfile::TempDir {
    let dir = tempfile::tempdir().unwrap();
    for entry in std::fs::read_dir(assets().join(folder)).unwrap() {
        let entry = entry.unwrap();
        let kept = entry.file_name();
        if Path::new(&kept)
            .extension()
            .is_some_and(|e| e == "csv" || e == "json")
        {
            std::fs::copy(entry.path(), dir.path().join(kept)).unwrap();
        }
    }
    dir
}

fn edit(dir: &Path, file: &str, from: &str, to: &str) {
    let path = dir.join(file);
    let text = std::fs::read_to_string(&path).unwrap();
    assert!(text.contains(from), "{file} has no {from}");
    std::fs::write(path, text.replacen(from, to, 1)).unwrap();
}

fn bad_row(error: PackError) -> (String, u64, String) {
    match error {
        PackError::BadRow {
            file, row, column, ..
        } => (file, row, column),
        other => panic!("not a bad row: {other}"),
    }
}

#[test]
fn demo_county_loads_whole() {
    let data = county::load(&assets().join("demo-county")).unwrap();
    assert_eq!(data.adcode.as_deref(), Some("999901"));
    let stations = data
        .posts
        .iter()
        .filter(|post| post.kind == "派出所")
        .count();
    assert_eq!(
        (stations, data.units.len(), data.cameras.len()),
        (12, 120, 1_200)
    );
    let manned = data
        .checkpoints
        .iter()
        .filter(|point| point.is_manned)
        .count();
    assert_eq!(
        (data.checkpoints.len(), manned, data.shift.len()),
        (30, 7, 40)
    );
    assert!(data.beats.len() > 60);
    for beat in &data.beats {
        assert_eq!(
            beat.path.first(),
            beat.path.last(),
            "{} is not closed",
            beat.callsign
        );
        let metres = fengsui_geo::path_length_m(&beat.path);
        assert!(metres > 150.0, "{} walks {metres} m", beat.callsign);
    }
    let cameras: BTreeSet<&str> = data
        .cameras
        .iter()
        .map(|camera| camera.id.as_str())
        .collect();
    assert!(
        data.checkpoints
            .iter()
            .all(|point| cameras.contains(point.camera.as_str()))
    );
}

/// Every type, reason and unit kind the shift speaks of is in the tables, and about two thirds
/// of its calls are not for the police.
#[test]
fn shift_speaks_of_known_codes() {
    let codes = codes::load(&assets().join("codes")).unwrap();
    let data = county::load(&assets().join("demo-county")).unwrap();
    let known: BTreeSet<&str> = codes.types.iter().map(|row| row.code.as_str()).collect();
    for call in &data.shift {
        assert!(
            known.contains(call.type_code.as_str()),
            "{}",
            call.type_code
        );
        let reason = call
            .invalid
            .map(|key| codes.invalid.iter().find(|row| row.key == key));
        assert_ne!(reason, Some(None), "no reason {:?}", call.invalid);
        for kind in &call.units {
            assert!(county::UNIT_KINDS.contains(&kind.as_str()), "{kind}");
        }
    }
    let idle = data
        .shift
        .iter()
        .filter(|call| call.units.is_empty())
        .count();
    assert!((24..=29).contains(&idle), "{idle} of 40");
    assert_eq!(
        codes.invalid.iter().map(|row| row.key).collect::<Vec<_>>(),
        [1, 2, 3, 4, 5, 6]
    );
    assert_eq!(
        codes
            .types
            .iter()
            .filter(|row| row.parent.is_none())
            .count(),
        12
    );
    let rule = codes.rules.iter().find(|rule| rule.id == 31).unwrap();
    assert_eq!(
        (rule.all_of.join("+"), rule.level),
        ("持刀+打架".to_owned(), 3)
    );
}

#[test]
fn bad_cells_are_named() {
    let cases = [
        ("units.csv", "巡01,car", "巡01,boat", 2, "kind"),
        ("units.csv", "巡02,car,CG", "巡02,car,XX", 3, "post"),
        ("units.csv", "巡02,", "巡01,", 3, "callsign"),
        (
            "posts.csv",
            ",派出所,城东街道,113.",
            ",派出所,城东街道,913.",
            2,
            "lon",
        ),
        ("beats.csv", ";", ";x y;", 2, "path"),
        ("cameras.csv", ",在线,", ",睡觉,", 2, "status"),
        ("checkpoints.csv", "K02", "", 3, "code"),
        ("shift.csv", "25,110,", "soon,110,", 2, "offset_s"),
    ];
    for (file, from, to, row, column) in cases {
        let dir = copy_of("demo-county");
        edit(dir.path(), file, from, to);
        let found = bad_row(county::load(dir.path()).unwrap_err());
        assert_eq!(found, (file.to_owned(), row, column.to_owned()));
    }
    let cases = [
        (
            "types.csv",
            "0101,故意杀人,01",
            "0101,故意杀人,77",
            3,
            "parent",
        ),
        (
            "types.csv",
            "0101,故意杀人,01,4",
            "0101,故意杀人,01,9",
            3,
            "level",
        ),
        ("rules.csv", "1,0101,", "1,9999,", 2, "type"),
        ("rules.csv", "2,0102,", "1,0102,", 3, "id"),
        ("invalid.csv", "1,1101", "2,1101", 3, "key"),
        ("results.csv", "R02,", "R01,", 3, "code"),
    ];
    for (file, from, to, row, column) in cases {
        let dir = copy_of("codes");
        edit(dir.path(), file, from, to);
        let found = bad_row(codes::load(dir.path()).unwrap_err());
        assert_eq!(found, (file.to_owned(), row, column.to_owned()));
    }
}

#[test]
fn missing_tables_and_bad_json() {
    let dir = copy_of("demo-county");
    std::fs::remove_file(dir.path().join("cameras.csv")).unwrap();
    assert!(county::load(dir.path()).unwrap().cameras.is_empty());
    std::fs::write(dir.path().join("county.json"), "{").unwrap();
    assert!(matches!(
        county::load(dir.path()),
        Err(PackError::BadJson { .. })
    ));
    assert!(matches!(
        county::load(Path::new("/no/such")),
        Err(PackError::Missing { .. })
    ));
    assert!(matches!(
        codes::load(Path::new("/no/such")),
        Err(PackError::Missing { .. })
    ));
}

/// Spreadsheets put a byte order mark in front; it must not hide the first column.
#[test]
fn byte_order_mark_is_skipped() {
    let dir = copy_of("demo-county");
    let path = dir.path().join("posts.csv");
    let mut text = b"\xef\xbb\xbf".to_vec();
    text.extend(std::fs::read(&path).unwrap());
    std::fs::write(path, text).unwrap();
    assert_eq!(county::load(dir.path()).unwrap().posts.len(), 17);
}
