//! Goal: places of real extracts and of the demo county are found in whole packs, as built.
//! Method: build, open, search; extracts that are not there are skipped, and said so.
//! Not here: each way of typing on hand-made data (`src/search/tests.rs`).

#![expect(
    clippy::print_stdout,
    clippy::unwrap_used,
    reason = "helpers of tests panic and print, as tests do"
)]

use fengsui_mappack::{
    BuildInput, Continue, Matched, Pack, PlaceClass, PlaceHit, SearchAsk, build,
};
use std::path::{Path, PathBuf};

fn root() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("../../..")
}

fn built(input: &Path) -> (tempfile::TempDir, Pack) {
    let dir = tempfile::tempdir().unwrap();
    let input = BuildInput::find(input, "2026-01-01T00:00:00Z").unwrap();
    build(&input, &dir.path().join("pack"), &mut |_| Continue::Yes).unwrap();
    let pack = Pack::open(&dir.path().join("pack")).unwrap();
    (dir, pack)
}

fn extract(name: &str) -> Option<(tempfile::TempDir, Pack)> {
    let path = root().join("../shared/data/osm").join(name);
    if path.is_file() {
        return Some(built(&path));
    }
    println!("skipped: {name} is not there");
    None
}

fn hits(pack: &Pack, query: &str) -> Vec<PlaceHit> {
    pack.search(&SearchAsk::new(query, 20)).unwrap()
}

/// The demo county's crossings, house numbers and what lies around them.
#[test]
fn demo_county() {
    let (_dir, pack) = built(&root().join("assets/demo-county"));
    let counts = &pack.manifest().counts;
    println!(
        "{} names, {} house numbers, {} crossings, {} codes, {} bytes in memory",
        counts.names,
        counts.house_numbers,
        counts.crossings,
        counts.codes,
        pack.warm().unwrap()
    );
    assert!(counts.house_numbers > 500 && counts.crossings > 100 && counts.codes > 150);
    let schools = hits(&pack, "rmlzxx");
    let towns: Vec<_> = schools[..2]
        .iter()
        .filter_map(|hit| hit.town.as_deref())
        .collect();
    assert_eq!(towns.len(), 2, "{schools:?}");
    assert_ne!(towns[0], towns[1]);
    let crossing = hits(&pack, "人民路与新华路").remove(0);
    assert_eq!(
        (crossing.class, crossing.matched),
        (PlaceClass::Crossing, Matched::Crossing)
    );
    assert_eq!(hits(&pack, "rmlxhl").remove(0).name, crossing.name);
    let near = pack.near(crossing.position.unwrap(), 500.0, 12).unwrap();
    assert!(
        near.iter()
            .any(|place| place.name == crossing.name && place.distance_m < 1.0)
    );
    assert!(near.iter().any(|place| place.class == PlaceClass::Address));
    assert!(near.is_sorted_by(|a, b| a.distance_m <= b.distance_m));
    // Every house number is found by its own name, at its own place.
    let asked = (1..40).map(|n| format!("{}{n}", ["人民路", "解放路"][n % 2]));
    let houses: Vec<PlaceHit> = asked
        .flat_map(|query| hits(&pack, &query))
        .filter(|hit| hit.class == PlaceClass::Address && !hit.is_approximate)
        .collect();
    assert!(!houses.is_empty());
    for house in houses {
        let again = hits(&pack, &house.name);
        let is_it = |hit: &PlaceHit| hit.position == house.position && !hit.is_approximate;
        assert!(again.iter().any(is_it), "{}", house.name);
    }
}

/// The real county: every town and village of the divisions is found by its name, with its town.
#[test]
fn guixi() {
    let Some((_dir, pack)) = extract("guixi.osm.pbf") else {
        return;
    };
    let mut asked = 0;
    for town in pack.towns().unwrap() {
        for village in &town.villages {
            let query = format!("{}{}", town.name, village.name);
            let found = hits(&pack, &query);
            let is_it = |hit: &PlaceHit| hit.code.as_deref() == Some(&village.code);
            assert!(found.iter().any(is_it), "{query}: {found:?}");
            asked += 1;
        }
    }
    assert_eq!(asked, 260);
}

/// Names in traditional characters are found by simplified ones and by pinyin; so are crossings.
#[test]
fn taipei() {
    let Some((_dir, pack)) = extract("taipei-roads.osm.pbf") else {
        return;
    };
    for query in ["罗斯福路", "羅斯福路", "luosifulu", "lsfl"] {
        let found = hits(&pack, query);
        let is_it =
            |hit: &PlaceHit| hit.name.starts_with("羅斯福路") && hit.matched != Matched::Typo;
        assert!(found.iter().any(is_it), "{query}: {found:?}");
    }
    let counts = &pack.manifest().counts;
    println!(
        "taipei: {} names, {} crossings",
        counts.names, counts.crossings
    );
    assert!(counts.crossings > 500);
}

/// Latin names are found by any of their words, whatever the case.
#[test]
fn malta() {
    let Some((_dir, pack)) = extract("malta-clip.osm.pbf") else {
        return;
    };
    for query in ["valletta", "VALLETTA", "triq ir-repubblika", "repubblika"] {
        let found = hits(&pack, query);
        let is_it = |hit: &PlaceHit| {
            let name = hit.name.to_lowercase();
            name.contains("valletta") || name.contains("repubblika")
        };
        assert!(found.iter().any(is_it), "{query}: {found:?}");
    }
}
