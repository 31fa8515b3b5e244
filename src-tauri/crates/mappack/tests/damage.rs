//! Goal: bad input and damaged packs end in an error that names the part, never in a panic or a
//! pack that lies. Method: cut, overwrite and swap files, and flip bytes all over.

#![expect(
    clippy::unwrap_used,
    reason = "helpers of tests fail by panicking, as tests do"
)]

use fengsui_mappack::{BuildInput, Continue, Pack, PackError, SearchAsk, build};
use std::path::{Path, PathBuf};

fn demo() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("../../../assets/demo-county")
}

/// Tries to build from these bytes; nothing may be left when it fails.
fn try_build(bytes: &[u8]) -> Result<(), PackError> {
    let dir = tempfile::tempdir().unwrap();
    let path = dir.path().join("x.osm.pbf");
    std::fs::write(&path, bytes).unwrap();
    let out = dir.path().join("pack");
    let input = BuildInput::find(&path, "now").unwrap();
    let result = build(&input, &out, &mut |_| Continue::Yes).map(|_| ());
    assert_eq!(out.exists(), result.is_ok());
    assert!(!dir.path().join(".pack.building").exists());
    result
}

/// The header block and the first data block of the demo extract: small, and quick to build.
fn small_extract() -> Vec<u8> {
    let bytes = std::fs::read(demo().join("county.osm.pbf")).unwrap();
    let mut at = 0;
    for _ in 0..2 {
        let header = u32::from_be_bytes(bytes[at..at + 4].try_into().unwrap()) as usize;
        // BlobHeader: type = 1 (string), datasize = 3 (varint), in this order as we write it.
        let head = &bytes[at + 4..at + 4 + header];
        let varint = &head[2 + head[1] as usize + 1..];
        let size = varint
            .iter()
            .rev()
            .fold(0usize, |sum, byte| sum << 7 | (*byte as usize & 0x7f));
        at += 4 + header + size;
    }
    bytes[..at].to_vec()
}

#[test]
fn not_osm_data() {
    for bytes in [
        &b""[..],
        b"PK\x03\x04 a zip",
        b"<osm version='0.6'/>",
        &[0u8; 4096],
        b"\0\0",
    ] {
        let result = try_build(bytes);
        assert!(
            matches!(result, Err(PackError::NotPbf { .. })),
            "{result:?}"
        );
    }
}

#[test]
fn cut_off_extract() {
    let whole = small_extract();
    try_build(&whole).unwrap();
    let mut kinds = [0, 0];
    for part in 1..60 {
        let cut = whole.len() * part / 60;
        match try_build(&whole[..cut]) {
            Err(PackError::DamagedPbf { .. }) => kinds[0] += 1,
            Err(PackError::NotPbf { .. } | PackError::EmptyExtract { .. }) => kinds[1] += 1,
            other => panic!("cut at {cut}: {other:?}"),
        }
    }
    assert!(kinds[0] > 40, "{kinds:?}");
    // One to three stray bytes at the end are a cut-off block, too.
    let mut stray = whole.clone();
    stray.extend([0, 0]);
    assert!(matches!(
        try_build(&stray),
        Err(PackError::DamagedPbf { .. })
    ));
}

/// A header and nothing else is OSM data without any map.
#[test]
fn empty_extract() {
    let whole = small_extract();
    let header = 4 + u32::from_be_bytes(whole[..4].try_into().unwrap()) as usize;
    let head = &whole[4..header];
    let size = head[2 + head[1] as usize + 1] as usize;
    assert!(size < 128, "one byte holds the header block's size");
    let result = try_build(&whole[..header + size]);
    assert!(
        matches!(result, Err(PackError::EmptyExtract { .. })),
        "{result:?}"
    );
}

/// Flipped bytes: an error or a pack, never a panic. Most damage breaks the compression.
#[test]
fn flipped_bytes() {
    let whole = small_extract();
    let mut refused = 0;
    for round in 0..80usize {
        let mut bytes = whole.clone();
        let at = round * 7_919 % bytes.len();
        bytes[at] ^= 1 << (round % 8);
        refused += usize::from(try_build(&bytes).is_err());
    }
    assert!(refused > 60, "only {refused} of 80 refused");
}

#[test]
fn missing_input() {
    let result = BuildInput::find(Path::new("/no/such.osm.pbf"), "now");
    assert!(matches!(result, Err(PackError::Missing { .. })));
    let dir = tempfile::tempdir().unwrap();
    let result = BuildInput::find(dir.path(), "now");
    assert!(matches!(result, Err(PackError::Missing { path }) if path.ends_with("county.osm.pbf")));
}

/// Broken files beside an extract are named, not skipped.
#[test]
fn broken_companions() {
    let outlines = [
        "{",
        "{\"type\":\"Point\",\"coordinates\":[1,2]}",
        "{\"type\":\"Polygon\",\"coordinates\":[[[1,2],[3,4]]]}",
        "{\"type\":\"Polygon\",\"coordinates\":[[[1,2],[3,4],[500,6]]]}",
        "{\"type\":\"FeatureCollection\",\"features\":[]}",
    ];
    for text in outlines {
        let dir = tempfile::tempdir().unwrap();
        std::fs::write(dir.path().join("x.osm.pbf"), b"").unwrap();
        std::fs::write(dir.path().join("x-district.geojson"), text).unwrap();
        let result = BuildInput::find(&dir.path().join("x.osm.pbf"), "now");
        assert!(
            matches!(result, Err(PackError::BadJson { .. })),
            "{text}: {result:?}"
        );
    }
    let orphan = "{\"areaCode\":\"1\",\"streets\":[],\"villages\":[{\"code\":\"1\",\"name\":\"a\",\
                  \"streetCode\":\"9\"}]}";
    for text in ["[]", "{}", orphan] {
        let dir = tempfile::tempdir().unwrap();
        std::fs::write(dir.path().join("x.osm.pbf"), b"").unwrap();
        std::fs::write(dir.path().join("x-divisions.json"), text).unwrap();
        let result = BuildInput::find(&dir.path().join("x.osm.pbf"), "now");
        assert!(
            matches!(result, Err(PackError::BadJson { .. })),
            "{text}: {result:?}"
        );
    }
}

/// Builds the demo pack once for a test and hands its folder over.
fn demo_pack() -> (tempfile::TempDir, PathBuf) {
    let dir = tempfile::tempdir().unwrap();
    let out = dir.path().join("pack");
    build(
        &BuildInput::find(&demo(), "now").unwrap(),
        &out,
        &mut |_| Continue::Yes,
    )
    .unwrap();
    (dir, out)
}

#[test]
fn damaged_pack() {
    let (_dir, pack) = demo_pack();
    Pack::open(&pack).unwrap().verify().unwrap();
    for name in ["tiles.mbtiles", "gazetteer.sqlite"] {
        let path = pack.join(name);
        let good = std::fs::read(&path).unwrap();

        std::fs::write(&path, &good[..good.len() - 1]).unwrap();
        let result = Pack::open(&pack);
        assert!(matches!(&result, Err(PackError::DamagedPack { name: n, .. }) if n == name));

        let mut flipped = good.clone();
        flipped[good.len() / 2] ^= 1;
        std::fs::write(&path, &flipped).unwrap();
        let opened = Pack::open(&pack).unwrap();
        let result = opened.verify();
        assert!(matches!(&result, Err(PackError::DamagedPack { name: n, .. }) if n == name));

        std::fs::write(&path, vec![7u8; good.len()]).unwrap();
        assert!(matches!(Pack::open(&pack), Err(PackError::Database { .. })));

        std::fs::remove_file(&path).unwrap();
        assert!(
            matches!(Pack::open(&pack), Err(PackError::Missing { path: p }) if p.ends_with(name))
        );
        std::fs::write(&path, &good).unwrap();
    }
    let manifest = pack.join("manifest.json");
    let good = std::fs::read_to_string(&manifest).unwrap();
    let newer = good.replace("\"format_version\": 2", "\"format_version\": 3");
    assert_ne!(newer, good);
    std::fs::write(&manifest, newer).unwrap();
    assert!(matches!(
        Pack::open(&pack),
        Err(PackError::TooNew { found: 3, known: 2 })
    ));
    let older = good.replace("\"format_version\": 2", "\"format_version\": 1");
    std::fs::write(&manifest, older).unwrap();
    assert!(matches!(
        Pack::open(&pack),
        Err(PackError::TooOld {
            found: 1,
            needed: 2
        })
    ));
    let outside = good.replace(
        "\"tiles.mbtiles\": {",
        "\"../x\": {\"bytes\":1,\"sha256\":\"\"},\n\"tiles.mbtiles\": {",
    );
    assert_ne!(outside, good);
    std::fs::write(&manifest, outside).unwrap();
    assert!(matches!(Pack::open(&pack), Err(PackError::BadJson { .. })));
    std::fs::write(&manifest, "{}").unwrap();
    assert!(matches!(Pack::open(&pack), Err(PackError::BadJson { .. })));
    std::fs::remove_file(&manifest).unwrap();
    assert!(matches!(Pack::open(&pack), Err(PackError::Missing { .. })));
}

/// A pack on a medium that cannot be written is read all the same.
#[test]
fn read_only_folder() {
    use std::os::unix::fs::PermissionsExt as _;
    let (_dir, pack) = demo_pack();
    for name in ["tiles.mbtiles", "gazetteer.sqlite", "manifest.json"] {
        std::fs::set_permissions(pack.join(name), std::fs::Permissions::from_mode(0o444)).unwrap();
    }
    let before = std::fs::read_dir(&pack).unwrap().count();
    let open = Pack::open(&pack).unwrap();
    assert!(!open.search(&SearchAsk::new("rml", 5)).unwrap().is_empty());
    assert_eq!(
        std::fs::read_dir(&pack).unwrap().count(),
        before,
        "no journal beside the files"
    );
}
