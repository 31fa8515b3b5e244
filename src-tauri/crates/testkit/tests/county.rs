//! Goal: the generator stays the source of the demo county. Method: draw it again and compare
//! every byte with what is committed. When this fails after a wanted change, write the county
//! anew: `cargo run -p fengsui-testkit --bin county -- assets/demo-county`. (A new version of the
//! compression library may change `county.osm.pbf` without any change of the county.)

use fengsui_testkit::county;
use std::path::{Path, PathBuf};

fn committed() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("../../../assets/demo-county")
}

#[test]
fn committed_files_are_what_the_generator_draws() {
    let drawn = county::generate().unwrap();
    assert_eq!(drawn.len(), 14);
    for (name, bytes) in &drawn {
        let kept = std::fs::read(committed().join(name)).unwrap();
        let differs = bytes.iter().zip(&kept).position(|(a, b)| a != b);
        assert!(
            *bytes == kept,
            "{name}: {} bytes drawn, {} committed, first difference at {differs:?}",
            bytes.len(),
            kept.len()
        );
    }
    let in_folder = |folder: &str| std::fs::read_dir(committed().join(folder)).unwrap().count();
    // The folder of own files is itself an entry of the first.
    let others = in_folder("") - 1 + in_folder("own");
    assert_eq!(
        others,
        drawn.len(),
        "a file in the folder that nobody draws"
    );
}

#[test]
fn county_is_small_enough_to_keep() {
    let size = |folder: &str| -> u64 {
        let entries = std::fs::read_dir(committed().join(folder)).unwrap();
        entries.map(|e| e.unwrap().metadata().unwrap().len()).sum()
    };
    let total = size("") + size("own");
    assert!(total < 6_000_000, "{total}");
}

/// Nothing in the county can be dialled or reached: numbers with 0000, addresses in `.invalid`.
#[test]
fn numbers_and_addresses_lead_nowhere() {
    for (name, bytes) in county::generate().unwrap() {
        let Ok(text) = String::from_utf8(bytes) else {
            continue;
        };
        for line in text.lines() {
            if let Some(at) = line.find("rtsp://") {
                assert!(line[at..].contains(".cameras.invalid/"), "{name}: {line}");
            }
        }
        if name == "shift.csv" {
            for line in text.lines().skip(1) {
                let number = line.split(',').nth(2).unwrap();
                assert!(number.contains("0000"), "{line}");
            }
        }
    }
}
