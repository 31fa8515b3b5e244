//! Goal: the map changes while the desk works, whose a point is, what the paper says. Method: the
//! demo county with its map, asked through the router; packs built from files written here; the
//! paper read by poppler's pdftotext.

use std::path::Path;
use std::process::Command;
use std::time::{Duration, Instant};

use fengsui_app::map::OwnLayer;
use fengsui_geo::{Wgs84, point_in_polygon};
use fengsui_tests::desk::{Desk, Scratch, text};
use serde_json::{Value, json};

use super::forces::mapped;

/// How long work on a small pack may take on a busy machine.
const WORK_MAX: Duration = Duration::from_secs(120);

/// Waits until the work on packs has ended; what became of it.
fn ended(desk: &Desk) -> Value {
    let began = Instant::now();
    loop {
        let job = desk.ok("map.view", json!({})).unwrap()["job"].clone();
        if !job["ended_at_ms"].is_null() {
            return job;
        }
        assert!(began.elapsed() < WORK_MAX, "{job}");
        std::thread::yield_now();
    }
}

fn current(desk: &Desk) -> String {
    let view = desk.ok("map.view", json!({})).unwrap();
    text(&view["current"], "id").unwrap()
}

fn form(desk: &Desk, incident: &str) -> Value {
    let view = desk.ok("incident.view", json!({ "incident": incident }));
    view.unwrap()["form"].clone()
}

/// The first point of a fine raster that so many jurisdictions hold.
fn held_by(desk: &Desk, count: usize) -> Wgs84 {
    let things = desk.station.map().things();
    let areas = things.areas.iter();
    let areas: Vec<_> = areas
        .filter(|a| a.layer == OwnLayer::Jurisdiction)
        .collect();
    let pack = desk.station.map().pack().unwrap();
    let [west, south, east, north] = pack.manifest().bounds;
    let steps = 400;
    let at = |n: i32, from: f64, to: f64| from + (to - from) * f64::from(n) / f64::from(steps);
    (0..steps)
        .flat_map(|x| (0..steps).map(move |y| (x, y)))
        .map(|(x, y)| Wgs84::new(at(x, west, east), at(y, south, north)).unwrap())
        .find(|point| {
            let holds = areas.iter().filter(|a| point_in_polygon(*point, &a.rings));
            holds.count() == count
        })
        .unwrap()
}

fn amend(desk: &Desk, incident: &str, form: Value) {
    let request = json!({ "incident": incident, "form": form });
    desk.ok("incident.amend", request).unwrap();
}

/// A7: a point brings the one jurisdiction that holds it; where two overlap none is taken, both
/// are told, a person's choice is kept; another point asks anew.
#[test]
fn a7_whose_a_point_is() {
    let (_home, _clock, desk) = mapped("a7");
    let incident = desk.take_call("110").unwrap();
    let point = |at: Wgs84| json!({ "lon": at.lon_deg(), "lat": at.lat_deg() });
    let (one, two) = (held_by(&desk, 1), held_by(&desk, 2));
    amend(&desk, &incident, json!({ "point": point(one) }));
    let only = text(&form(&desk, &incident), "jurisdiction").unwrap();
    assert!(!only.is_empty());

    amend(&desk, &incident, json!({ "point": point(two) }));
    assert!(form(&desk, &incident)["jurisdiction"].is_null());
    let view = desk
        .ok("incident.view", json!({ "incident": incident }))
        .unwrap();
    let facts = &view["place_facts"];
    assert_eq!(facts["is_disputed"], true);
    let inside = facts["areas"].as_array().unwrap().iter();
    let inside = inside.filter(|a| a["layer"] == "jurisdiction" && a["is_inside"] == true);
    let codes: Vec<String> = inside.map(|area| text(area, "code").unwrap()).collect();
    assert_eq!(codes.len(), 2);
    assert!(facts["cell"].is_string() && facts["beidou"].is_string());

    amend(&desk, &incident, json!({ "jurisdiction": codes[1] }));
    assert_eq!(form(&desk, &incident)["jurisdiction"], json!(codes[1]));
    amend(&desk, &incident, json!({ "point": point(one) }));
    assert_eq!(form(&desk, &incident)["jurisdiction"], json!(only));
}

fn write(folder: &Path, name: &str, text: &str) -> String {
    std::fs::create_dir_all(folder).unwrap();
    let path = folder.join(name);
    std::fs::write(&path, text).unwrap();
    path.display().to_string()
}

/// A pack is built from the county's own table while the desk works, with the bad row listed; it
/// is in use at once. A damaged pack file is refused by the name of its damaged part and changes
/// nothing; one key goes back to the pack before.
#[test]
fn packs_change_while_the_desk_works() {
    let (_home, _clock, desk) = mapped("packs-change");
    let files = Scratch::new("packs-change-files");
    let before = current(&desk);
    let own = write(
        files.path(),
        "标准地址.csv",
        "街路巷,门牌号,经度,纬度\n长乐巷,17号,113.91,31.2\n长乐巷,18号,北边,31.2\n",
    );
    desk.ok("map.build", json!({ "own": [own] })).unwrap();
    let job = ended(&desk);
    assert_eq!(job["outcome"], "done", "{job}");
    assert_eq!(job["rejected"], 1);
    assert_eq!(job["rejects"][0]["row"], 3);
    let built = current(&desk);
    assert_ne!(built, before);
    let asked = json!({ "query": "clx17", "limit": 5 });
    let hits = desk.ok("place.search", asked).unwrap();
    assert_eq!(hits["hits"][0]["name"], "长乐巷17号");

    // A call is taken all the same, and with a map without roads the ranking says so.
    let incident = desk.take_call("110").unwrap();
    let ranked = desk.ok("candidate.rank", json!({ "incident": incident }));
    assert!(!ranked.unwrap()["rows"].as_array().unwrap().is_empty());

    let whole = files.path().join("whole.mappack");
    let folder = desk.station.map().pack().unwrap().dir().to_owned();
    fengsui_mappack::archive::write(&folder, &whole, &mut |_, _| fengsui_mappack::Continue::Yes)
        .unwrap();
    let mut bytes = std::fs::read(&whole).unwrap();
    let at = bytes
        .windows(16)
        .position(|w| w == b"SQLite format 3\0")
        .unwrap();
    bytes[at + 200] ^= 0x40;
    let damaged = files.path().join("damaged.mappack");
    std::fs::write(&damaged, bytes).unwrap();
    let path = damaged.display().to_string();
    desk.ok("map.install", json!({ "path": path })).unwrap();
    let job = ended(&desk);
    assert_eq!(job["outcome"], "failed", "{job}");
    let why = text(&job, "why").unwrap();
    let parts = ["tiles.mbtiles", "gazetteer.sqlite", "county.sqlite"];
    assert!(parts.iter().any(|part| why.contains(part)), "{why}");
    assert_eq!(current(&desk), built);

    let missing = desk.refused("map.install", json!({ "path": "/no/such/file" }));
    assert_eq!(missing.unwrap(), "not_found");
}

/// Speeds are the county's: a faster road makes the same way quicker, and the default comes back.
#[test]
fn speeds_are_the_countys() {
    let (_home, _clock, desk) = mapped("speeds");
    let ask = json!({ "from": { "lon": 113.88, "lat": 31.18 },
        "to": { "lon": 113.92, "lat": 31.21 } });
    let seconds = || {
        let way = desk.ok("route.find", ask.clone()).unwrap();
        assert_eq!(way["by"], "road", "{way}");
        way["seconds"].as_f64().unwrap()
    };
    let before = seconds();
    let classes = desk.ok("speed.list", json!({})).unwrap();
    for row in classes["speeds"].as_array().unwrap() {
        let set = json!({ "class": row["class"], "open_kmh": 150, "town_kmh": 150 });
        desk.ok("speed.set", set).unwrap();
    }
    assert!(seconds() < before * 0.8, "{} of {before}", seconds());
    for row in classes["speeds"].as_array().unwrap() {
        desk.ok("speed.set", json!({ "class": row["class"] }))
            .unwrap();
    }
    assert!((seconds() - before).abs() < 1e-6);
    let refused = desk.refused(
        "speed.set",
        json!({ "class": "track", "open_kmh": 900, "town_kmh": 10 }),
    );
    assert_eq!(refused.unwrap(), "value.invalid");
}

/// The dispatch order is a PDF whose words can be read: number, place, unit, and that what nobody
/// knows is unknown; a second paper does not replace the first.
#[test]
fn the_order_is_printed() {
    let (_home, _clock, desk) = mapped("paper");
    let incident = desk.take_call("110").unwrap();
    let form = json!({ "text": "两人打架", "place": "人民路夜市东口",
        "point": { "lon": 113.9066, "lat": 31.2024 }, "point_source": "map_click" });
    desk.ok(
        "incident.file",
        json!({ "incident": incident, "form": form }),
    )
    .unwrap();
    let view = desk
        .ok("incident.view", json!({ "incident": incident }))
        .unwrap();
    let number = text(&view["row"], "number").unwrap();
    let print = || {
        let made = desk.ok("order.paper", json!({ "incident": incident }));
        text(&made.unwrap(), "path").unwrap()
    };
    let (first, second) = (print(), print());
    assert_ne!(first, second);
    let read = Command::new("pdftotext")
        .args(["-layout", &first, "-"])
        .output();
    let words = String::from_utf8(read.unwrap().stdout).unwrap();
    for wanted in [&number, "出警单", "人民路夜市东口", "两人打架", "未知"] {
        assert!(words.contains(wanted), "{wanted} is not in\n{words}");
    }
    assert!(
        std::fs::metadata(&first).unwrap().len() > 50_000,
        "it has its map"
    );
    // Of a point that a person chose nothing is claimed; the caller's own fix has its circle.
    assert!(!words.contains("定位精度"), "{words}");
    let form = json!({ "point": { "lon": 113.9, "lat": 31.2 }, "point_source": "handset" });
    desk.ok(
        "incident.amend",
        json!({ "incident": incident, "form": form }),
    )
    .unwrap();
    let read = Command::new("pdftotext")
        .args(["-layout", &print(), "-"])
        .output();
    let words = String::from_utf8(read.unwrap().stdout).unwrap();
    assert!(words.contains("圆为定位精度 ±20 m"), "{words}");
}
