//! Goal: the same county data gives the same pack whatever format it comes in: GeoPackage,
//! Shapefile, GeoJSON, CSV; the same extract as PBF and as XML; picture maps as they are. Method:
//! write each format here, or have osmium write it, and compare; then damage it.

#![expect(
    clippy::unwrap_used,
    reason = "helpers of tests fail by panicking, as tests do"
)]

use fengsui_geo::{Wgs84, distance_m};
use fengsui_mappack::{
    BuildInput, Continue, Manifest, OwnLayer, Pack, PackError, RasterInfo, SearchAsk, ThingRow,
    build,
};
use rusqlite::{Connection, params};
use std::path::{Path, PathBuf};
use std::process::Command;

fn demo() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("../../../assets/demo-county")
}

fn at(lon: f64, lat: f64) -> Wgs84 {
    Wgs84::new(lon, lat).unwrap()
}

/// A pack of own files in a folder.
fn built(dir: &Path) -> Result<(Manifest, Pack), PackError> {
    let mut input = BuildInput::own_alone(&[dir.to_owned()], "now")?;
    "试验县".clone_into(&mut input.name);
    let out = dir.join("pack");
    if out.exists() {
        std::fs::remove_dir_all(&out).unwrap();
    }
    let manifest = build(&input, &out, &mut |_| Continue::Yes)?;
    Ok((manifest, Pack::open(&out)?))
}

/// A shape of a GeoPackage: header without envelope, then little-endian well-known binary.
fn blob(wkb: &[u8]) -> Vec<u8> {
    [b"GP\0\x01\0\0\0\0", wkb].concat()
}

fn point_wkb(x: f64, y: f64) -> Vec<u8> {
    let mut bytes = vec![1, 1, 0, 0, 0];
    bytes.extend(x.to_le_bytes());
    bytes.extend(y.to_le_bytes());
    bytes
}

fn square_wkb(west: f64, south: f64, east: f64, north: f64) -> Vec<u8> {
    let mut bytes = vec![1, 3, 0, 0, 0, 1, 0, 0, 0, 5, 0, 0, 0];
    let corners = [
        (west, south),
        (east, south),
        (east, north),
        (west, north),
        (west, south),
    ];
    for (x, y) in corners {
        bytes.extend(f64::to_le_bytes(x));
        bytes.extend(f64::to_le_bytes(y));
    }
    bytes
}

/// A GeoPackage with a table of areas on a plane, one of points in degrees, one of notes, and one
/// in a system nobody knows.
fn geopackage(path: &Path) {
    let db = Connection::open(path).unwrap();
    // As desktop programs leave their files.
    db.pragma_update(None, "journal_mode", "WAL").unwrap();
    db.execute_batch(
        "PRAGMA application_id = 0x47504B47;
         CREATE TABLE gpkg_spatial_ref_sys (srs_name TEXT, srs_id INTEGER PRIMARY KEY,
             organization TEXT, organization_coordsys_id INTEGER, definition TEXT);
         CREATE TABLE gpkg_contents (table_name TEXT PRIMARY KEY, data_type TEXT, srs_id INTEGER);
         CREATE TABLE gpkg_geometry_columns (table_name TEXT, column_name TEXT, srs_id INTEGER);
         INSERT INTO gpkg_spatial_ref_sys VALUES
             ('a', 4490, 'EPSG', 4490, ''), ('b', 4547, 'EPSG', 4547, ''),
             ('c', 2383, 'EPSG', 2383, 'PROJCS[\"Xian 1980\"]');
         INSERT INTO gpkg_contents VALUES ('辖区', 'features', 4547), ('cameras', 'features', 4490),
             ('notes', 'attributes', 0), ('学校', 'features', 2383);
         INSERT INTO gpkg_geometry_columns VALUES ('辖区', 'geom', 4547),
             ('cameras', 'shape', 4490), ('学校', 'geom', 2383);
         CREATE TABLE \"辖区\" (fid INTEGER PRIMARY KEY, geom BLOB, 编号 TEXT, 名称 TEXT);
         CREATE TABLE cameras (fid INTEGER PRIMARY KEY, name TEXT, shape BLOB, 朝向 REAL, 备注 TEXT);
         CREATE TABLE notes (fid INTEGER PRIMARY KEY, text TEXT);
         CREATE TABLE \"学校\" (fid INTEGER PRIMARY KEY, geom BLOB, name TEXT);",
    )
    .unwrap();
    let square = square_wkb(490_000.0, 3_453_000.0, 491_000.0, 3_454_000.0);
    db.execute(
        "INSERT INTO \"辖区\" VALUES (1, ?1, 'A', 'A所')",
        params![blob(&square)],
    )
    .unwrap();
    let camera = "INSERT INTO cameras (name, shape, 朝向, 备注) VALUES (?1, ?2, ?3, ?4)";
    let good = blob(&point_wkb(113.9, 31.2));
    let short = &good[..12];
    db.execute(camera, params!["甲", good, 45.5, "新装"])
        .unwrap();
    db.execute(camera, params!["乙", short, 45.5, ""]).unwrap();
    db.execute(camera, params!["丙", None::<Vec<u8>>, 45.5, ""])
        .unwrap();
    db.execute("INSERT INTO \"学校\" VALUES (1, ?1, 'x')", params![good])
        .unwrap();
    db.close().unwrap();
}

#[test]
fn geopackages() {
    let dir = tempfile::tempdir().unwrap();
    geopackage(&dir.path().join("county.gpkg"));
    let (manifest, pack) = built(dir.path()).unwrap();
    let cameras = pack.things(OwnLayer::Camera).unwrap();
    assert_eq!(cameras.len(), 1);
    assert_eq!(
        (cameras[0].name.as_str(), cameras[0].heading_deg),
        ("甲", Some(45.5))
    );
    assert_eq!(cameras[0].attributes.get("备注").unwrap(), "新装");
    let areas = pack.areas_at(at(113.900_3, 31.2)).unwrap();
    assert_eq!(
        (areas.len(), areas[0].code.as_str(), areas[0].inside),
        (1, "A", true)
    );
    // PROJ puts the corner (490000, 3453000) of EPSG:4547 at this place.
    let ring = &pack.areas(OwnLayer::Jurisdiction).unwrap()[0].rings[0];
    let least = ring
        .iter()
        .map(|p| distance_m(*p, at(113.895_074_6, 31.198_617_3)));
    assert!(least.fold(f64::MAX, f64::min) < 0.05, "{ring:?}");
    let own = manifest.own.unwrap();
    let files: Vec<(&str, u64, u64, Option<&str>)> = own
        .files
        .iter()
        .map(|f| {
            (
                f.name.as_str(),
                f.rows.ok,
                f.rows.rejected,
                f.refused.as_deref(),
            )
        })
        .collect();
    assert_eq!(
        files,
        [
            ("county.gpkg/cameras", 1, 2, None),
            ("county.gpkg/notes", 0, 0, Some("unknown_layer")),
            ("county.gpkg/学校", 0, 0, Some("unknown_crs")),
            ("county.gpkg/辖区", 1, 0, None),
        ]
    );
    let beside = ["county.gpkg-wal", "county.gpkg-shm"].map(|name| dir.path().join(name));
    assert!(
        !beside.iter().any(|path| path.exists()),
        "nothing is written beside it"
    );
    // Cut and flipped: an error that names the file, or a pack; never a panic.
    let path = dir.path().join("county.gpkg");
    let good = std::fs::read(&path).unwrap();
    for round in 0..24 {
        let mut bytes = good.clone();
        if round % 2 == 0 {
            bytes.truncate(good.len() * round / 24);
        } else {
            bytes[round * 2_003 % good.len()] ^= 0x55;
        }
        std::fs::write(&path, bytes).unwrap();
        match built(dir.path()) {
            Ok(_) => {}
            Err(PackError::NothingUsable { why }) => {
                assert!(why.starts_with("county.gpkg"), "{why}")
            }
            Err(other) => panic!("{other:?}"),
        }
    }
}

const PRJ_4547: &str = "PROJCS[\"CGCS2000_3_Degree_GK_CM_114E\",GEOGCS[\"GCS_China_Geodetic_\
    Coordinate_System_2000\",DATUM[\"D_China_2000\",SPHEROID[\"CGCS2000\",6378137.0,\
    298.257222101]],\
    PRIMEM[\"Greenwich\",0.0],UNIT[\"Degree\",0.0174532925199433]],PROJECTION[\"Gauss_Kruger\"],\
    PARAMETER[\"False_Easting\",500000.0],PARAMETER[\"False_Northing\",0.0],PARAMETER[\"Central_\
    Meridian\",114.0],PARAMETER[\"Scale_Factor\",1.0],PARAMETER[\"Latitude_Of_Origin\",0.0],UNIT[\
    \"Meter\",1.0]]";

/// A table beside a Shapefile: columns with their widths, rows of raw bytes.
fn dbf(columns: &[(&[u8], u8)], rows: &[Vec<Vec<u8>>]) -> Vec<u8> {
    let size: usize = 1 + columns
        .iter()
        .map(|(_, width)| usize::from(*width))
        .sum::<usize>();
    let head = 32 + 32 * columns.len() + 1;
    let mut bytes = vec![3, 126, 11, 27];
    bytes.extend((rows.len() as u32).to_le_bytes());
    bytes.extend((head as u16).to_le_bytes());
    bytes.extend((size as u16).to_le_bytes());
    bytes.resize(32, 0);
    for (name, width) in columns {
        let mut column = name.to_vec();
        column.resize(11, 0);
        column.push(b'C');
        column.resize(16, 0);
        column.push(*width);
        column.resize(32, 0);
        bytes.extend(column);
    }
    bytes.push(0x0d);
    for row in rows {
        bytes.push(b' ');
        for (cell, (_, width)) in row.iter().zip(columns) {
            let mut cell = cell.clone();
            cell.resize(usize::from(*width), b' ');
            bytes.extend(cell);
        }
    }
    bytes.push(0x1a);
    bytes
}

/// A Shapefile of two schools, its table in GBK or UTF-8.
fn shapefile_of_schools(dir: &Path, is_gbk: bool, cpg: Option<&str>) {
    let path = dir.join("学校.shp");
    let mut writer = shapefile::ShapeWriter::from_path(&path).unwrap();
    for (x, y) in [(490_469.562, 3_453_152.869), (490_569.562, 3_453_152.869)] {
        writer.write_shape(&shapefile::Point::new(x, y)).unwrap();
    }
    drop(writer);
    let encode = |text: &str| -> Vec<u8> {
        match is_gbk {
            true => encoding_rs::GB18030.encode(text).0.into_owned(),
            false => text.as_bytes().to_vec(),
        }
    };
    let (name, phone) = (encode("名称"), encode("电话"));
    let rows = [
        vec![encode("实验小学"), b"0000-1".to_vec()],
        vec![encode("文昌小学"), b"0000-2".to_vec()],
    ];
    let table = dbf(&[(&name, 40), (&phone, 12)], &rows);
    std::fs::write(dir.join("学校.dbf"), table).unwrap();
    std::fs::write(dir.join("学校.prj"), PRJ_4547).unwrap();
    let _none_there = std::fs::remove_file(dir.join("学校.cpg"));
    if let Some(cpg) = cpg {
        std::fs::write(dir.join("学校.cpg"), cpg).unwrap();
    }
}

fn schools(pack: &Pack) -> Vec<ThingRow> {
    pack.things(OwnLayer::School).unwrap()
}

#[test]
fn shapefiles() {
    let dir = tempfile::tempdir().unwrap();
    for (is_gbk, cpg) in [
        (true, None),
        (true, Some("GBK")),
        (true, Some("936")),
        (false, None),
        (false, Some("UTF-8")),
    ] {
        shapefile_of_schools(dir.path(), is_gbk, cpg);
        let (_, pack) = built(dir.path()).unwrap();
        let found = schools(&pack);
        assert_eq!(found.len(), 2, "{cpg:?}");
        assert_eq!(
            (found[1].name.as_str(), found[1].phone.as_str()),
            ("文昌小学", "0000-2")
        );
        assert!(distance_m(found[0].position, at(113.9, 31.2)) < 0.02);
    }
    // What is wrong is said, and nothing is guessed.
    let refused = |why: &str| match built(dir.path()) {
        Err(PackError::NothingUsable { why: found }) => assert!(found.contains(why), "{found}"),
        other => panic!("{:?}", other.map(|_| ())),
    };
    let prj = dir.path().join("学校.prj");
    std::fs::write(
        &prj,
        PRJ_4547
            .replace("D_China_2000", "D_Xian_1980")
            .replace("CGCS2000", "X80")
            .replace("China_Geodetic_Coordinate_System_2000", "Xian_1980"),
    )
    .unwrap();
    refused("X80_3_Degree_GK_CM_114E");
    std::fs::remove_file(&prj).unwrap();
    refused("coordinate system not known: .prj");
    std::fs::write(
        dir.path().join("own.json"),
        "{\"files\":{\"学校.shp\":{\"crs\":\"4547\"}}}",
    )
    .unwrap();
    assert_eq!(schools(&built(dir.path()).unwrap().1).len(), 2);
    let table = dir.path().join("学校.dbf");
    let good = std::fs::read(&table).unwrap();
    for cut in [0, 20, 70, 100, good.len() - 10] {
        std::fs::write(&table, &good[..cut]).unwrap();
        refused("the table");
    }
    let mut more = good.clone();
    more[4] = 1;
    std::fs::write(&table, &more).unwrap();
    refused("fewer rows than there are shapes");
    std::fs::remove_file(&table).unwrap();
    refused(".dbf is missing");
    std::fs::write(&table, &good).unwrap();
    let shapes = dir.path().join("学校.shp");
    let good = std::fs::read(&shapes).unwrap();
    for cut in [0, 60, 110, good.len() - 3] {
        std::fs::write(&shapes, &good[..cut]).unwrap();
        refused("学校.shp");
    }
}

/// The demo extract as PBF and, written by osmium, as XML: the same tiles and names.
#[test]
fn extract_as_xml() {
    let dir = tempfile::tempdir().unwrap();
    let xml = dir.path().join("county.osm");
    let status = Command::new("osmium")
        .args(["cat", "-o"])
        .arg(&xml)
        .arg(demo().join("county.osm.pbf"))
        .status();
    let Ok(status) = status else {
        println!("skipped: osmium-tool is not installed");
        return;
    };
    assert!(status.success());
    let pbf = dir.path().join("county.osm.pbf");
    std::fs::copy(demo().join("county.osm.pbf"), &pbf).unwrap();
    let pack = |path: &Path, out: &str| {
        let input = BuildInput::find(path, "now").unwrap();
        build(&input, &dir.path().join(out), &mut |_| Continue::Yes).unwrap()
    };
    let (one, two) = (pack(&pbf, "one"), pack(&xml, "two"));
    assert_eq!(one.counts, two.counts);
    assert_eq!(one.files, two.files);

    // Cut off anywhere, it is damaged and nothing is left.
    let whole = std::fs::read(&xml).unwrap();
    let bad = dir.path().join("bad.osm");
    for part in [0, 1, 500, 999] {
        std::fs::write(&bad, &whole[..whole.len() / 1000 * part]).unwrap();
        let input = BuildInput::find(&bad, "now").unwrap();
        let result = build(&input, &dir.path().join("three"), &mut |_| Continue::Yes);
        let is_told = matches!(
            result,
            Err(PackError::NotPbf { .. } | PackError::DamagedPbf { .. })
        );
        assert!(is_told, "{part}: {result:?}");
        assert!(!dir.path().join("three").exists());
    }
}

/// XML as editors write it: deleted things, escaped words, places beyond the world.
#[test]
fn small_xml() {
    let dir = tempfile::tempdir().unwrap();
    let path = dir.path().join("x.osm");
    let doc = |nodes: &str| {
        format!(
            "<?xml version='1.0' encoding='UTF-8'?>\n<osm version='0.6'>\
             <bounds minlat='31.1' minlon='113.8' maxlat='31.3' maxlon='114.0'/>\
             <meta osm_base='2024-02-29T12:00:00Z'/>{nodes}</osm>"
        )
    };
    let good = "<node id='-1' lat='31.2' lon='113.9'><tag k='place' v='village'/>\
                <tag k='name' v='甲&amp;乙&#26449;'/></node>\
                <node id='2' action='delete' lat='31.2' lon='113.9'><tag k='place' v='town'/>\
                <tag k='name' v='没有'/></node><node id='3' visible='false'/>";
    std::fs::write(&path, doc(good)).unwrap();
    let input = BuildInput::find(&path, "now").unwrap();
    let manifest = build(&input, &dir.path().join("pack"), &mut |_| Continue::Yes).unwrap();
    assert_eq!(
        (manifest.counts.nodes, manifest.data_at_s),
        (1, Some(1_709_208_000))
    );
    let pack = Pack::open(&dir.path().join("pack")).unwrap();
    assert_eq!(
        pack.search(&SearchAsk::new("甲", 5)).unwrap()[0].name,
        "甲&乙村"
    );
    assert!(pack.search(&SearchAsk::new("没有", 5)).unwrap().is_empty());
    for bad in [
        "<node id='1' lat='91' lon='113.9'/>",
        "<node id='1' lat='31' lon='nan'/>",
        "<node id='1' lat='31'/>",
        "<node id='x' lat='31' lon='113'/>",
        "<way id='1'><nd/></way>",
        "<node id='1' lat='31' lon='113'",
        "<node id='1' lat='31' lon='113'><tag k='a' v='&bomb;'/></node>",
        "",
    ] {
        std::fs::write(&path, doc(bad)).unwrap();
        let input = BuildInput::find(&path, "now").unwrap();
        let result = build(&input, &dir.path().join("bad"), &mut |_| Continue::Yes);
        let is_told = matches!(
            result,
            Err(PackError::NotPbf { .. }
                | PackError::DamagedPbf { .. }
                | PackError::EmptyExtract { .. })
        );
        assert!(is_told, "{bad}: {result:?}");
    }
}

const PNG: &[u8] = b"\x89PNG\r\n\x1a\n and the rest";

fn mbtiles(path: &Path, tiles: &[(u8, u32, u32, &[u8])], bounds: Option<&str>) {
    let _none_there = std::fs::remove_file(path);
    let db = Connection::open(path).unwrap();
    db.execute_batch(
        "CREATE TABLE metadata (name TEXT, value TEXT);
         CREATE TABLE tiles (zoom_level INTEGER, tile_column INTEGER, tile_row INTEGER,
             tile_data BLOB);",
    )
    .unwrap();
    if let Some(bounds) = bounds {
        db.execute("INSERT INTO metadata VALUES ('bounds', ?1)", [bounds])
            .unwrap();
    }
    for (z, x, row, data) in tiles {
        db.execute(
            "INSERT INTO tiles VALUES (?1, ?2, ?3, ?4)",
            params![z, x, row, data],
        )
        .unwrap();
    }
    db.close().unwrap();
}

/// A PMTiles file with one directory: (number, tile).
fn pmtiles(path: &Path, tiles: &[(u64, &[u8])]) {
    let varint = |out: &mut Vec<u8>, mut value: u64| {
        while value >= 0x80 {
            out.push(value as u8 | 0x80);
            value >>= 7;
        }
        out.push(value as u8);
    };
    let mut directory = Vec::new();
    varint(&mut directory, tiles.len() as u64);
    let mut before = 0;
    for (id, _) in tiles {
        varint(&mut directory, id - before);
        before = *id;
    }
    tiles.iter().for_each(|_| varint(&mut directory, 1));
    tiles
        .iter()
        .for_each(|(_, data)| varint(&mut directory, data.len() as u64));
    for at in 0..tiles.len() {
        varint(&mut directory, u64::from(at == 0));
    }
    let mut bytes = b"PMTiles\x03".to_vec();
    let data = 127 + directory.len() as u64;
    let size: u64 = tiles.iter().map(|(_, tile)| tile.len() as u64).sum();
    for number in [
        127,
        directory.len() as u64,
        0,
        0,
        data,
        0,
        data,
        size,
        0,
        0,
        0,
    ] {
        bytes.extend(number.to_le_bytes());
    }
    bytes.extend([1, 1, 1, 2, 1, 2]);
    for degrees in [113.0, 31.0, 114.5, 32.0] {
        bytes.extend(((degrees * 1e7) as i32).to_le_bytes());
    }
    bytes.resize(127, 0);
    bytes.extend(directory);
    tiles.iter().for_each(|(_, data)| bytes.extend(*data));
    std::fs::write(path, bytes).unwrap();
}

/// A pack of one camera with a picture map.
fn with_raster(dir: &Path, raster: &Path) -> Result<(RasterInfo, Pack), PackError> {
    let table = dir.join("cameras.csv");
    std::fs::write(&table, "name,lon,lat\nx,113.9,31.2\n").unwrap();
    let mut input = BuildInput::own_alone(&[table], "now")?;
    input.set_raster(raster)?;
    let out = dir.join("pack");
    if out.exists() {
        std::fs::remove_dir_all(&out).unwrap();
    }
    let manifest = build(&input, &out, &mut |_| Continue::Yes)?;
    let pack = Pack::open(&out)?;
    pack.verify()?;
    Ok((manifest.raster.unwrap(), pack))
}

#[test]
fn picture_maps() {
    let dir = tempfile::tempdir().unwrap();
    let mb = dir.path().join("air.mbtiles");
    mbtiles(
        &mb,
        &[(1, 1, 1, PNG), (2, 3, 2, PNG)],
        Some("113.0,31.0,114.5,32.0"),
    );
    let (info, pack) = with_raster(dir.path(), &mb).unwrap();
    assert_eq!(
        (info.media_type.as_str(), info.min_zoom, info.max_zoom),
        ("image/png", 1, 2)
    );
    assert_eq!(info.bounds, [113.0, 31.0, 114.5, 32.0]);
    assert_eq!(
        pack.raster_tile(1, 1, 0).unwrap().unwrap(),
        PNG,
        "rows from the north"
    );
    assert_eq!(pack.raster_tile(2, 3, 1).unwrap().unwrap(), PNG);
    assert_eq!(pack.raster_tile(2, 0, 0).unwrap(), None);
    assert!(pack.raster_tile(2, 4, 0).is_err());
    mbtiles(&mb, &[(2, 3, 2, PNG)], None);
    let (info, _) = with_raster(dir.path(), &mb).unwrap();
    assert_eq!(info.bounds[0], 90.0, "from its tiles when it does not say");
    assert!(info.bounds[1].abs() < 1e-9 && (info.bounds[2] - 180.0).abs() < 1e-9);

    let pm = dir.path().join("air.pmtiles");
    pmtiles(&pm, &[(3, PNG), (12, PNG)]);
    let (info, pack) = with_raster(dir.path(), &pm).unwrap();
    assert_eq!((info.file.as_str(), info.max_zoom), ("raster.pmtiles", 2));
    assert_eq!(pack.raster_tile(1, 1, 1).unwrap().unwrap(), PNG, "number 3");
    assert_eq!(pack.raster_tile(1, 0, 0).unwrap(), None);
    let good = std::fs::read(&pm).unwrap();
    for cut in 0..good.len() {
        std::fs::write(&pm, &good[..cut]).unwrap();
        let result = with_raster(dir.path(), &pm);
        let is_told = matches!(result, Err(PackError::NotAPack { .. }));
        assert!(is_told, "{cut}: {:?}", result.map(|(info, _)| info));
    }
    mbtiles(&mb, &[(2, 3, 2, &[PNG, &[7; 20_000]].concat())], None);
    let good = std::fs::read(&mb).unwrap();
    for cut in [0, 100, 4_096, 8_192, good.len() - 4_096, good.len() - 1] {
        std::fs::write(&mb, &good[..cut]).unwrap();
        let result = with_raster(dir.path(), &mb);
        let is_told = matches!(result, Err(PackError::NotAPack { .. }));
        assert!(is_told, "{cut}: {:?}", result.map(|(info, _)| info));
    }
}

/// Vector maps, empty files and things that are no maps are refused by name, and no pack is left.
#[test]
fn no_picture_maps() {
    let dir = tempfile::tempdir().unwrap();
    let mb = dir.path().join("air.mbtiles");
    let refused = |path: &Path| {
        let result = with_raster(dir.path(), path);
        let is_told = matches!(
            &result,
            Err(PackError::NotAPack { path: named, .. }) if named == path
        );
        assert!(is_told, "{:?}", result.map(|(info, _)| info));
        assert!(!dir.path().join("pack").exists());
    };
    mbtiles(&mb, &[(1, 1, 1, b"\x1f\x8b gzip, a vector tile")], None);
    refused(&mb);
    mbtiles(&mb, &[], None);
    refused(&mb);
    mbtiles(&mb, &[(1, 1, 1, PNG)], Some("10,0,5,1"));
    refused(&mb);
    mbtiles(&mb, &[(99, 1, 1, PNG)], Some("1,2,3,4"));
    refused(&mb);
    std::fs::write(&mb, b"no database").unwrap();
    refused(&mb);
    let pm = dir.path().join("air.pmtiles");
    pmtiles(&pm, &[(3, b"\x1f\x8b gzip, a vector tile")]);
    refused(&pm);
    pmtiles(&pm, &[]);
    refused(&pm);
    let other = dir.path().join("air.tif");
    std::fs::write(&other, b"II*\0").unwrap();
    refused(&other);
}
