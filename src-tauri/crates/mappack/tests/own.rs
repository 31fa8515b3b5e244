//! Goal: the county's own files become areas, things and names; what cannot be used is listed by
//! file, row and column and stops nothing. Method: small files written here, built into packs of
//! their own, and asked; the demo county through the same road.

#![expect(
    clippy::unwrap_used,
    reason = "helpers of tests fail by panicking, as tests do"
)]

use fengsui_geo::{Wgs84, destination, distance_m};
use fengsui_mappack::own::OwnCount;
use fengsui_mappack::{
    AreaAt, BuildInput, Continue, Manifest, OwnLayer, Pack, PackError, SearchAsk, Stage, build,
};
use std::path::{Path, PathBuf};

/// Files in a folder, and a pack made of them alone.
struct Made {
    dir: tempfile::TempDir,
    manifest: Manifest,
    pack: Pack,
}

impl Made {
    fn of(files: &[(&str, &[u8])]) -> Self {
        let dir = tempfile::tempdir().unwrap();
        for (name, bytes) in files {
            std::fs::write(dir.path().join(name), bytes).unwrap();
        }
        Self::built(dir)
    }

    /// A pack of what lies in the folder.
    fn built(dir: tempfile::TempDir) -> Self {
        let mut input = BuildInput::own_alone(&[dir.path().to_owned()], "now").unwrap();
        "试验县".clone_into(&mut input.name);
        let out = dir.path().join("pack");
        let manifest = build(&input, &out, &mut |_| Continue::Yes).unwrap();
        let pack = Pack::open(&out).unwrap();
        pack.verify().unwrap();
        Self {
            dir,
            manifest,
            pack,
        }
    }

    fn count(&self, layer: &str) -> OwnCount {
        let own = self.manifest.own.as_ref().unwrap();
        own.layers.get(layer).copied().unwrap_or_default()
    }

    /// (file, row, column, code) of everything that was not taken.
    fn rejects(&self) -> Vec<(String, u64, String, String)> {
        let path = self.dir.path().join("pack/rejects.csv");
        let Ok(text) = std::fs::read_to_string(path) else {
            return Vec::new();
        };
        let mut reader = csv::Reader::from_reader(text.as_bytes());
        let rows = reader.records().map(|row| {
            let row = row.unwrap();
            let cell = |at: usize| row[at].to_owned();
            (cell(0), cell(1).parse().unwrap(), cell(2), cell(3))
        });
        rows.collect()
    }
}

fn reject(file: &str, row: u64, column: &str, code: &str) -> (String, u64, String, String) {
    (file.to_owned(), row, column.to_owned(), code.to_owned())
}

fn at(lon: f64, lat: f64) -> Wgs84 {
    Wgs84::new(lon, lat).unwrap()
}

/// Jurisdictions as GeoJSON: (code, MultiPolygon coordinates).
fn areas(rows: &[(&str, &str)]) -> Vec<u8> {
    let features: Vec<String> = rows
        .iter()
        .map(|(code, coordinates)| {
            format!(
                "{{\"type\":\"Feature\",\"properties\":{{\"编号\":\"{code}\",\"名称\":\"{code}所\",\
                 \"备注\":\"n\"}},\"geometry\":{{\"type\":\"MultiPolygon\",\
                 \"coordinates\":{coordinates}}}}}"
            )
        })
        .collect();
    let all = features.join(",");
    format!("{{\"type\":\"FeatureCollection\",\"features\":[{all}]}}").into_bytes()
}

/// A box as a part of a MultiPolygon.
fn part(west: f64, south: f64, east: f64, north: f64) -> String {
    format!("[{}]", ring(west, south, east, north))
}

fn ring(west: f64, south: f64, east: f64, north: f64) -> String {
    format!(
        "[[{west},{south}],[{east},{south}],[{east},{north}],[{west},{north}],[{west},{south}]]"
    )
}

fn said(found: &[AreaAt]) -> Vec<(&str, bool)> {
    found
        .iter()
        .map(|area| (area.code.as_str(), area.inside))
        .collect()
}

/// A and B share an edge, B has a hole, C overlaps A, D is two islands.
fn four() -> Made {
    let with_hole = format!(
        "[[{},{}]]",
        ring(113.91, 31.2, 113.92, 31.21),
        ring(113.914, 31.204, 113.916, 31.206)
    );
    let rows = [
        ("A", format!("[{}]", part(113.9, 31.2, 113.91, 31.21))),
        ("B", with_hole),
        ("C", format!("[{}]", part(113.895, 31.207, 113.905, 31.215))),
        (
            "D",
            format!(
                "[{},{}]",
                part(113.93, 31.2, 113.931, 31.201),
                part(113.94, 31.2, 113.941, 31.201)
            ),
        ),
    ];
    let rows: Vec<(&str, &str)> = rows.iter().map(|(code, c)| (*code, c.as_str())).collect();
    Made::of(&[("辖区.geojson", &areas(&rows))])
}

/// Of two areas that share an edge exactly one holds a point on it, and the other is told as near.
#[test]
fn shared_edge() {
    let made = four();
    for lat in [31.2, 31.201, 31.203_333_3, 31.209_999] {
        let found = made.pack.areas_at(at(113.91, lat)).unwrap();
        let inside = found.iter().filter(|area| area.inside).count();
        assert_eq!(inside, 1, "{lat}: {:?}", said(&found));
        assert!(found.iter().all(|area| area.border_m < 0.02));
        assert_eq!(found.len(), 2);
    }
}

/// Three metres beyond a border, on each of the four sides: the post whose ground it is, and the
/// other with its distance, within half a metre.
#[test]
fn three_metres_outside() {
    let made = four();
    let on_edge = [
        (113.91, 31.204, 90.0),
        (113.905, 31.2, 180.0),
        (113.9, 31.203, 270.0),
    ];
    for (lon, lat, bearing) in on_edge {
        let outside = destination(at(lon, lat), bearing, 3.0);
        let found = made.pack.areas_at(outside).unwrap();
        let a = found.iter().find(|area| area.code == "A").unwrap();
        assert!(!a.inside && (a.border_m - 3.0).abs() < 0.5, "{a:?}");
        assert!(
            (a.border_m - 3.0).abs() < 0.05,
            "exact to centimetres: {a:?}"
        );
    }
    let outside = destination(at(113.91, 31.204), 90.0, 3.0);
    let found = made.pack.areas_at(outside).unwrap();
    assert_eq!(said(&found), [("B", true), ("A", false)]);
    // Beyond the reach of 50 m only the area itself is told.
    let far = destination(at(113.91, 31.202), 90.0, 51.0);
    assert_eq!(said(&made.pack.areas_at(far).unwrap()), [("B", true)]);
    let near = destination(at(113.91, 31.202), 90.0, 49.0);
    assert_eq!(
        said(&made.pack.areas_at(near).unwrap()),
        [("B", true), ("A", false)]
    );
}

/// A hole is outside, with the distance to its edge; an overlap tells both; islands are one area.
#[test]
fn holes_overlaps_islands() {
    let made = four();
    let in_hole = made.pack.areas_at(at(113.915, 31.205)).unwrap();
    assert_eq!(said(&in_hole), [], "111 m from the hole's edge");
    let edge = destination(at(113.914, 31.205), 90.0, 20.0);
    let found = made.pack.areas_at(edge).unwrap();
    assert_eq!(said(&found), [("B", false)]);
    assert!((found[0].border_m - 20.0).abs() < 0.5);
    let both = made.pack.areas_at(at(113.902, 31.2085)).unwrap();
    assert_eq!(said(&both), [("A", true), ("C", true)]);
    for lon in [113.9305, 113.9405] {
        assert_eq!(
            said(&made.pack.areas_at(at(lon, 31.2005)).unwrap()),
            [("D", true)]
        );
    }
    assert_eq!(
        said(&made.pack.areas_at(at(113.9355, 31.2005)).unwrap()),
        []
    );
    let rows = made.pack.areas(OwnLayer::Jurisdiction).unwrap();
    assert_eq!(rows.len(), 4);
    assert_eq!(rows[3].rings.len(), 2);
    assert_eq!(rows[0].attributes.get("备注").unwrap(), "n");
    assert!(made.pack.areas(OwnLayer::PatrolZone).unwrap().is_empty());
}

/// Thirty thousand cameras are all there, in order, and read in one go.
#[test]
fn thirty_thousand_cameras() {
    let mut text = String::from("设备编码,名称,经度,纬度,朝向,视场角,可视距离,状态\n");
    for i in 0..30_000 {
        let (lon, lat) = (
            113.5 + f64::from(i % 300) * 0.002,
            31.0 + f64::from(i / 300) * 0.003,
        );
        text.push_str(&format!(
            "C{i:05},点{i},{lon:.6},{lat:.6},{},60,80,在线\n",
            i % 360
        ));
    }
    let made = Made::of(&[("视频点位.csv", text.as_bytes())]);
    let before = std::time::Instant::now();
    let cameras = made.pack.things(OwnLayer::Camera).unwrap();
    println!("30,000 cameras read in {:?}", before.elapsed());
    assert_eq!(cameras.len(), 30_000);
    assert_eq!(cameras[29_999].code, "C29999");
    assert_eq!(cameras[359].heading_deg, Some(359.0));
    assert!(distance_m(cameras[300].position, at(113.5, 31.003)) < 0.02);
    let layers = made.pack.layers().unwrap();
    assert_eq!(
        (layers.len(), layers[0].layer, layers[0].count),
        (1, OwnLayer::Camera, 30_000)
    );
}

/// Every sort of bad row is listed by file, row and column, and the good ones are there.
#[test]
fn bad_rows_are_listed() {
    let text = "code,name,经度,lat,朝向,fov,datum\n\
        C1,good,113.9,31.2,90,60,\n\
        C2,swapped,31.2,113.9,90,60,\n\
        C3,words,一一三,31.2,90,60,\n\
        C4,empty,,31.2,90,60,\n\
        C5,null island,0,0,90,60,\n\
        C1,twice,113.9,31.2,90,60,\n\
        C7,heading,113.9,31.2,400,60,\n\
        C8,compass,113.9,31.2,东北,60,\n\
        ,,113.9,31.2,90,60,\n\
        C10,short,113.9\n\
        C11,datum,113.9,31.2,90,60,西安80\n\
        C12,huge,1e308,31.2,90,60,\n\
        C13,nan,NaN,31.2,90,60,\n\
        \n\
        C15,\"two\nlines\",113.9,31.2,90,,\n\
        C16,far,113.9,91,90,60,\n";
    let made = Made::of(&[("cameras.csv", text.as_bytes())]);
    let file = "cameras.csv";
    let expected = [
        reject(file, 3, "经度", "bad_place"),
        reject(file, 4, "经度", "not_number"),
        reject(file, 5, "经度", "empty"),
        reject(file, 6, "经度", "bad_place"),
        reject(file, 7, "code", "duplicate"),
        reject(file, 8, "朝向", "out_of_range"),
        reject(file, 10, "name", "empty"),
        reject(file, 11, "*", "cell_count"),
        reject(file, 12, "datum", "unknown_datum"),
        reject(file, 13, "经度", "bad_place"),
        reject(file, 14, "经度", "not_number"),
        reject(file, 18, "经度", "bad_place"),
    ];
    assert_eq!(made.rejects(), expected);
    assert_eq!(
        made.count("camera"),
        OwnCount {
            ok: 3,
            rejected: 12
        }
    );
    let cameras = made.pack.things(OwnLayer::Camera).unwrap();
    let names: Vec<&str> = cameras.iter().map(|c| c.name.as_str()).collect();
    assert_eq!(names, ["good", "compass", "twolines"]);
    assert_eq!(cameras[1].heading_deg, Some(45.0));
    assert_eq!(cameras[2].fov_deg, None, "unknown is not 0");
    let warned = made
        .manifest
        .warnings
        .iter()
        .find(|w| w.code == "own_rejected")
        .unwrap();
    assert_eq!(warned.count, 12);
}

/// Files that cannot be used are listed whole; the others are taken.
#[test]
fn bad_files_are_listed() {
    let good: &[u8] = "name,lon,lat\n甲,113.9,31.2\n".as_bytes();
    let made = Made::of(&[
        ("cameras.csv", good),
        ("Sheet.csv", good),
        ("schools.csv", b"name,place\nx,y\n"),
        (
            "hospitals.geojson",
            b"{\"type\":\"FeatureCollection\",\"features\":[{\"type\":\"Feature\",\
            \"properties\":{\"name\":\"a\"},\"geometry\":{\"type\":\"Point\",\"coordinates\":\
            [113.9,31.2]}}, {",
        ),
        (
            "hydrants.csv",
            "name,lon,lat\na,113.9,31.2\nb,\"113.9,31.2\nc,1,2\n".as_bytes(),
        ),
        ("shelters.xlsx", b"not a sheet at all"),
        ("posts.gpkg", b"SQLite format 3\0 and then nothing"),
        ("poles.csv", b"name,lon,lat\n\xff\xff\xff,113.9,31.2\n"),
        ("notes.docx", b"not ours to judge"),
    ]);
    let refused: Vec<(String, u64, String)> = made
        .rejects()
        .into_iter()
        .map(|(file, row, _, code)| (file, row, code))
        .collect();
    let of = |file: &str, row: u64, code: &str| (file.to_owned(), row, code.to_owned());
    assert_eq!(
        refused,
        [
            of("Sheet.csv", 0, "unknown_layer"),
            of("hospitals.geojson", 0, "unreadable"),
            of("hydrants.csv", 3, "open_quote"),
            of("poles.csv", 0, "unreadable"),
            of("posts.gpkg", 0, "unreadable"),
            of("schools.csv", 0, "no_column"),
            of("shelters.xlsx", 0, "unreadable"),
        ]
    );
    assert_eq!(made.pack.things(OwnLayer::Camera).unwrap().len(), 1);
    assert!(made.pack.things(OwnLayer::Hospital).unwrap().is_empty());
    assert!(
        made.pack.things(OwnLayer::Hydrant).unwrap().is_empty(),
        "nothing of a broken file"
    );
    let own = made.manifest.own.as_ref().unwrap();
    assert_eq!(own.files.len(), 8);
    assert_eq!(
        own.files
            .iter()
            .filter(|file| file.refused.is_some())
            .count(),
        7
    );
}

/// The same table in every encoding that counties use.
#[test]
fn encodings() {
    let text = "编号,名称,经度,纬度,电话\nS1,实验小学,113.9,31.2,0000-1\n";
    let (gbk, ..) = encoding_rs::GB18030.encode(text);
    let utf16: Vec<u8> = [0xfeff]
        .into_iter()
        .chain(text.encode_utf16())
        .flat_map(u16::to_le_bytes)
        .collect();
    let marked = format!("\u{feff}{text}");
    let tabs = text.replace(',', "\t");
    let semicolons = text.replace(',', ";");
    let all: [&[u8]; 6] = [
        text.as_bytes(),
        marked.as_bytes(),
        &gbk,
        &utf16,
        tabs.as_bytes(),
        semicolons.as_bytes(),
    ];
    for bytes in all {
        let made = Made::of(&[("学校.csv", bytes)]);
        let schools = made.pack.things(OwnLayer::School).unwrap();
        assert_eq!(made.rejects(), []);
        let found = (
            schools[0].code.as_str(),
            schools[0].name.as_str(),
            schools[0].phone.as_str(),
        );
        assert_eq!(found, ("S1", "实验小学", "0000-1"));
    }
}

/// A spreadsheet: numbers kept as numbers, blank lines, a sheet for each layer, one of notes.
#[test]
fn spreadsheet() {
    let dir = tempfile::tempdir().unwrap();
    let mut book = rust_xlsxwriter::Workbook::new();
    let sheet = book.add_worksheet();
    sheet.set_name("快反点").unwrap();
    for (column, name) in ["名称", "经度", "纬度", "快反单位", "电话"]
        .iter()
        .enumerate()
    {
        sheet.write(1, column as u16, *name).unwrap();
    }
    sheet.write(2, 0, "火车站").unwrap();
    sheet.write(2, 1, 113.9).unwrap();
    sheet.write(2, 2, 31.2).unwrap();
    sheet.write(2, 3, "巡03").unwrap();
    sheet.write(2, 4, 13_800_000_000_f64).unwrap();
    sheet.write(4, 0, "汽车站").unwrap();
    sheet.write(4, 1, "113.91°").unwrap();
    sheet.write(4, 2, "x").unwrap();
    let notes = book.add_worksheet();
    notes.set_name("说明").unwrap();
    notes.write(0, 0, "填表人").unwrap();
    notes.write(1, 0, "某某").unwrap();
    book.save(dir.path().join("county.xlsx")).unwrap();
    let made = Made::built(dir);
    let points = made.pack.things(OwnLayer::Point135).unwrap();
    assert_eq!(points.len(), 1);
    assert_eq!(
        (points[0].team.as_str(), points[0].phone.as_str()),
        ("巡03", "13800000000")
    );
    assert_eq!(
        made.rejects(),
        [
            reject("county.xlsx/快反点", 5, "纬度", "not_number"),
            reject("county.xlsx/说明", 0, "*", "unknown_layer"),
        ]
    );
}

/// `own.json` says what names do not: the layer, the columns, the system, what to leave out.
#[test]
fn said_by_hand() {
    let spec = "{\"files\":{\
        \"a.csv\":{\"layer\":\"camera\",\"crs\":\"EPSG:4547\",\
                   \"columns\":{\"name\":\"点\",\"lon\":\"东\",\"lat\":\"北\"}},\
        \"b.csv\":{\"layer\":\"卡点\",\"datum\":\"gcj02\"},\
        \"cameras-old.csv\":{\"layer\":\"skip\"}}}";
    let made = Made::of(&[
        ("own.json", spec.as_bytes()),
        (
            "a.csv",
            "点,东,北,name\n甲,490469.562,3453152.869,x\n".as_bytes(),
        ),
        (
            "b.csv",
            "name,lon,lat,坐标系\n乙,116.410244499,39.916404280,\n丙,116.404,39.915,WGS84\n"
                .as_bytes(),
        ),
        (
            "cameras-old.csv",
            "name,lon,lat\n旧,113.9,31.2\n".as_bytes(),
        ),
    ]);
    let cameras = made.pack.things(OwnLayer::Camera).unwrap();
    assert_eq!((cameras.len(), cameras[0].name.as_str()), (1, "甲"));
    assert!(distance_m(cameras[0].position, at(113.9, 31.2)) < 0.02);
    let points = made.pack.things(OwnLayer::Checkpoint).unwrap();
    // The same corner from a map service and from a receiver: one place.
    assert!(distance_m(points[0].position, at(116.404, 39.915)) < 0.02);
    assert!(distance_m(points[0].position, points[1].position) < 0.02);

    // Nothing is guessed beside a broken own.json.
    let dir = tempfile::tempdir().unwrap();
    std::fs::write(
        dir.path().join("own.json"),
        "{\"files\":{\"a.csv\":{\"layr\":\"camera\"}}}",
    )
    .unwrap();
    std::fs::write(
        dir.path().join("cameras.csv"),
        "name,lon,lat\nx,113.9,31.2\n",
    )
    .unwrap();
    let input = BuildInput::own_alone(&[dir.path().to_owned()], "now").unwrap();
    match build(&input, &dir.path().join("pack"), &mut |_| Continue::Yes) {
        Err(PackError::NothingUsable { why }) => {
            assert!(
                why.starts_with("cameras.csv: own.json: unknown field `layr`"),
                "{why}"
            );
        }
        other => panic!("{other:?}"),
    }
}

/// Names and addresses are found by the search; the same files give the same pack twice.
#[test]
fn names_are_searched_and_builds_repeat() {
    let files: [(&str, &[u8]); 4] = [
        (
            "标准地址.csv",
            "街路巷,门牌号,经度,纬度\n长乐巷,17,113.9,31.2\n".as_bytes(),
        ),
        (
            "地名.csv",
            "名称,别名,经度,纬度\n枫树坳,老枫坳,113.91,31.2\n".as_bytes(),
        ),
        (
            "灯杆.csv",
            "灯杆号,经度,纬度\nRM017,113.92,31.2\n".as_bytes(),
        ),
        (
            "道路.csv",
            "名称,WKT,单行\n新修大道,\"LINESTRING(113.9 31.2,113.91 31.21)\",是\n".as_bytes(),
        ),
    ];
    let (one, two) = (Made::of(&files), Made::of(&files));
    assert_eq!(one.rejects(), []);
    for (query, name) in [
        ("长乐巷17", "长乐巷17号"),
        ("枫树", "枫树坳"),
        // Found by its other name, shown by its own.
        ("老枫", "枫树坳"),
        ("rm017", "RM017"),
        ("xxdd", "新修大道"),
    ] {
        let hits = one.pack.search(&SearchAsk::new(query, 5)).unwrap();
        assert!(hits.iter().any(|hit| hit.name == name), "{query}: {hits:?}");
    }
    let roads = one.pack.own_roads().unwrap();
    assert_eq!(
        (roads.len(), roads[0].is_oneway, roads[0].lines[0].len()),
        (1, Some(true), 2)
    );
    assert_eq!(one.manifest.files, two.manifest.files);
    assert!(one.manifest.files.contains_key("county.sqlite"));
    let warned = one.manifest.warnings.iter().any(|w| w.code == "no_extract");
    assert!(warned, "a map without streets says so");
}

/// Nothing but a bad file: there is no place to make a map of, and no pack.
#[test]
fn nothing_usable() {
    let dir = tempfile::tempdir().unwrap();
    std::fs::write(dir.path().join("x.csv"), "a,b\n1,2\n").unwrap();
    let input = BuildInput::own_alone(&[dir.path().to_owned()], "now").unwrap();
    let out = dir.path().join("pack");
    let result = build(&input, &out, &mut |_| Continue::Yes);
    assert!(
        matches!(&result, Err(PackError::NothingUsable { why }) if why.starts_with("x.csv: ")),
        "{result:?}"
    );
    assert!(!out.exists());
    let missing = BuildInput::own_alone(&[dir.path().join("no.csv")], "now");
    assert!(matches!(missing, Err(PackError::Missing { .. })));
}

/// A wish to stop is heard inside a long file.
#[test]
fn stopped_inside_a_file() {
    let dir = tempfile::tempdir().unwrap();
    let rows: String = (0..20_000).map(|i| format!("p{i},113.9,31.2\n")).collect();
    std::fs::write(
        dir.path().join("places.csv"),
        format!("name,lon,lat\n{rows}"),
    )
    .unwrap();
    let input = BuildInput::own_alone(&[dir.path().to_owned()], "now").unwrap();
    let mut heard = 0;
    let result = build(&input, &dir.path().join("pack"), &mut |progress| {
        heard += u32::from(progress.stage == Stage::Own);
        if heard < 3 {
            Continue::Yes
        } else {
            Continue::No
        }
    });
    assert!(matches!(result, Err(PackError::Stopped)));
    assert_eq!(std::fs::read_dir(dir.path()).unwrap().count(), 1);
}

/// A county folder without an extract: its outline, its tables, its own files; a slip of the pen
/// that puts a camera far away is found by the outline.
#[test]
fn folder_without_extract() {
    let dir = tempfile::tempdir().unwrap();
    let put = |name: &str, text: &str| std::fs::write(dir.path().join(name), text).unwrap();
    std::fs::create_dir(dir.path().join("own")).unwrap();
    put(
        "county.json",
        "{\"name\":\"试验县\",\"adcode\":\"999902\",\"approval_no\":\"XS(2026)001\",\
         \"boundary\":[[113.8,31.1],[114.0,31.1],[114.0,31.3],[113.8,31.3]]}",
    );
    put(
        "posts.csv",
        "code,name,kind,lon,lat\nA,甲所,派出所,113.9,31.2\n",
    );
    put(
        "own/cameras.csv",
        "name,lon,lat\nnear,114.3,31.2\nslip,131.9,31.2\n",
    );
    let input = BuildInput::find(dir.path(), "now").unwrap();
    let out = dir.path().join("pack");
    let manifest = build(&input, &out, &mut |_| Continue::Yes).unwrap();
    assert_eq!(manifest.approval_no.as_deref(), Some("XS(2026)001"));
    assert_eq!(manifest.county_polygon.len(), 1);
    let pack = Pack::open(&out).unwrap();
    assert_eq!(pack.things(OwnLayer::Post).unwrap().len(), 1);
    let cameras = pack.things(OwnLayer::Camera).unwrap();
    assert_eq!((cameras.len(), cameras[0].name.as_str()), (1, "near"));
    let rejects = std::fs::read_to_string(out.join("rejects.csv")).unwrap();
    assert!(
        rejects.contains("cameras.csv,3,lon,far_away,在县境外"),
        "{rejects}"
    );
}

fn demo() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("../../../assets/demo-county")
}

/// The demo county's own data: every layer whole, each post on its own ground, one overlap.
#[test]
fn demo_county() {
    let dir = tempfile::tempdir().unwrap();
    let out = dir.path().join("pack");
    let input = BuildInput::find(&demo(), "now").unwrap();
    let manifest = build(&input, &out, &mut |_| Continue::Yes).unwrap();
    let pack = Pack::open(&out).unwrap();
    let own = manifest.own.unwrap();
    let counts: Vec<(&str, u64, u64)> = own
        .layers
        .iter()
        .map(|(name, rows)| (name.as_str(), rows.ok, rows.rejected))
        .collect();
    assert_eq!(
        counts,
        [
            ("camera", 1_200, 0),
            ("checkpoint", 30, 0),
            ("jurisdiction", 12, 0),
            ("patrol_zone", 12, 0),
            ("point135", 18, 0),
            ("pole", 695, 0),
            ("post", 17, 0),
            ("standard_address", 2_015, 0),
        ]
    );
    assert!(!manifest.files.contains_key("rejects.csv"));
    let posts = pack.things(OwnLayer::Post).unwrap();
    for post in posts.iter().filter(|post| post.kind == "派出所") {
        let found = pack.areas_at(post.position).unwrap();
        let ground: Vec<&str> = found
            .iter()
            .filter(|area| area.layer == OwnLayer::Jurisdiction && area.inside)
            .map(|area| area.owner.as_str())
            .collect();
        assert_eq!(ground, [post.name.as_str()]);
    }
    // The claimed block is the second part of one post's area: in its middle two posts answer.
    let areas = pack.areas(OwnLayer::Jurisdiction).unwrap();
    let claiming = areas.iter().find(|area| area.rings.len() == 2).unwrap();
    let block = &claiming.rings[1];
    let middle = |value: fn(Wgs84) -> f64| {
        block.iter().map(|point| value(*point)).sum::<f64>() / block.len() as f64
    };
    let found = pack
        .areas_at(at(middle(Wgs84::lon_deg), middle(Wgs84::lat_deg)))
        .unwrap();
    let inside: Vec<&str> = found
        .iter()
        .filter(|area| area.layer == OwnLayer::Jurisdiction && area.inside)
        .map(|area| area.code.as_str())
        .collect();
    assert_eq!(inside, ["CG", "CN"]);
    let before = std::time::Instant::now();
    let posts = posts.iter().cycle().take(2_000);
    let told: usize = posts
        .map(|post| pack.areas_at(post.position).unwrap().len())
        .sum();
    println!(
        "areas_at: {:?} each, {told} areas told",
        before.elapsed() / 2_000
    );
}
