//! Goal: the acceptance examples of the map's own questions: forces in a circle, cameras, 135
//! points, coverage, hot cells. Method: the demo county with its map built and its roads read,
//! asked through the router; sums are made again here from the county's tables.

use std::collections::BTreeMap;
use std::sync::Arc;
use std::time::{Duration, Instant};

use fengsui_app::station::StationOptions;
use fengsui_geo::{Sector, Wgs84, distance_m};
use fengsui_mappack::county::CameraRow;
use fengsui_tests::desk::{Desk, NOON_MS, Scratch, TestClock, options, text};
use serde_json::{Value, json};

/// How long reading the roads may take on a busy machine.
const ROADS_MAX: Duration = Duration::from_secs(120);

/// A desk with the demo county's map, its roads read, every unit where the register says.
pub(super) fn mapped(name: &str) -> (Scratch, Arc<TestClock>, Desk) {
    let home = Scratch::new(name);
    let clock = TestClock::at(NOON_MS);
    let desk = mapped_in(&home, &clock);
    (home, clock, desk)
}

/// The same on a home that is there.
pub(super) fn mapped_in(home: &Scratch, clock: &Arc<TestClock>) -> Desk {
    mapped_with(options(home.path(), clock), clock)
}

fn mapped_with(mut options: StationOptions, clock: &Arc<TestClock>) -> Desk {
    options.with_map = true;
    let desk = Desk::with(options, clock).unwrap();
    desk.place_units().unwrap();
    let began = Instant::now();
    let ask = json!({ "point": { "lon": 113.9, "lat": 31.2 } });
    while desk.ok("ring.of", ask.clone()).unwrap()["why"] == "loading" {
        assert!(began.elapsed() < ROADS_MAX, "the roads are not read");
        std::thread::yield_now();
    }
    desk
}

fn place(desk: &Desk, callsign: &str, at: Wgs84) {
    let fix = json!({ "callsign": callsign, "lon": at.lon_deg(), "lat": at.lat_deg(),
        "at_ms": clock_ms(&desk.clock) });
    let taken = desk.device_ok("position.report", json!({ "fixes": [fix] }));
    assert_eq!(taken.unwrap()["taken"], 1, "{callsign}");
}

fn set_state(desk: &Desk, callsign: &str, state: &str) {
    let unit = desk.unit(callsign).unwrap();
    let asked = json!({ "unit": unit, "state": state });
    // 待命 already is no fault here.
    let _ = desk.answer("unit.set_state", asked);
    assert_eq!(desk.unit_row(callsign).unwrap()["state"], state);
}

fn codes(reasons: &Value) -> Vec<String> {
    let reasons = reasons.as_array().unwrap();
    reasons
        .iter()
        .map(|reason| text(reason, "code").unwrap())
        .collect()
}

fn param(reason: &Value, name: &str) -> String {
    let params = reason["params"].as_array().unwrap();
    let found = params.iter().find(|param| param["name"] == name).unwrap();
    text(found, "value").unwrap()
}

/// C5: a circle counts whom the register puts inside, their people, cars and kit; the filter
/// leaves those that carry it; when the fixes are old, everybody is 不明 and nobody counted.
#[test]
fn c5_a_circle_counts_who_can_be_called() {
    let (_home, clock, desk) = mapped("c5");
    let centre = Wgs84::new(113.9, 31.2).unwrap();
    let ask = |kit: &str| {
        let centre = json!({ "lon": 113.9, "lat": 31.2 });
        let asked = json!({ "centre": centre, "radius_m": 3_000.0, "kit": kit });
        desk.ok("circle.query", asked).unwrap()
    };
    let units = &desk.station.county().data.units;
    let inside = |carries: &str| {
        let of = units.iter().filter(move |unit| {
            let carried = unit.kit.iter().any(|item| item.starts_with(carries));
            let has = carries.is_empty() || carried;
            unit.state != "停勤" && has && distance_m(centre, unit.base) <= 3_000.0
        });
        let (mut people, mut cars, mut free) = (0, 0, 0);
        for unit in of {
            people += u32::from(unit.crew_officers) + u32::from(unit.crew_auxiliaries);
            cars += u32::from(unit.kind != "foot");
            free += 1;
        }
        (people, cars, free)
    };
    for kit in ["", "枪", "盾"] {
        let found = ask(kit);
        let (people, cars, free) = inside(kit);
        assert_eq!(found["people"], people, "{kit}");
        assert_eq!(
            (&found["cars"], &found["free"]),
            (&json!(cars), &json!(free)),
            "{kit}"
        );
        assert!(free > 0, "{kit}");
    }
    assert_eq!(ask("持枪")["free"], ask("枪")["free"]);
    clock.shift(3_600_000);
    let stale = ask("");
    assert_eq!((&stale["people"], &stale["units"]), (&json!(0), &json!([])));
    assert_eq!(stale["unknown"], units.len());
    let refused = json!({ "centre": { "lon": 113.9, "lat": 31.2 }, "radius_m": 1.0, "kit": "" });
    assert_eq!(
        desk.refused("circle.query", refused).unwrap(),
        "value.invalid"
    );
}

/// C3, C6: what the map is given of cameras is the county's own table, list beside list.
#[test]
fn c3_the_maps_cameras_are_the_countys() {
    let (_home, _clock, desk) = mapped("c3-cameras");
    let layers = desk.ok("layer.list", json!({})).unwrap();
    let given = &layers["cameras"];
    let table = &desk.station.county().data.cameras;
    assert!(table.len() > 30, "{}", table.len());
    let list = |of: &dyn Fn(&CameraRow) -> Value| Value::from_iter(table.iter().map(of));
    assert_eq!(given["ids"], list(&|row| json!(row.id)));
    assert_eq!(given["names"], list(&|row| json!(row.name)));
    assert_eq!(given["lons"], list(&|row| json!(row.position.lon_deg())));
    assert_eq!(given["lats"], list(&|row| json!(row.position.lat_deg())));
    assert_eq!(given["headings_deg"], list(&|row| json!(row.heading_deg)));
    assert_eq!(given["online"], list(&|row| json!(row.status == "在线")));
}

/// C6: the eight to look through are those that looking at every one finds, dead ones last; who
/// opened one, and for which incident, is in the audit.
#[test]
fn c6_cameras_near_and_who_opened_one() {
    let (_home, _clock, desk) = mapped("c6");
    let cameras = &desk.station.county().data.cameras;
    let point = Wgs84::new(113.9, 31.2).unwrap();
    let mut all: Vec<(bool, f64, &str)> = cameras
        .iter()
        .filter(|camera| camera.status == "在线")
        .map(|row| {
            let sector = Sector::new(row.position, row.heading_deg, row.fov_deg, row.range_m);
            let sees = sector.is_ok_and(|sector| sector.sees(point));
            (!sees, distance_m(point, row.position), row.id.as_str())
        })
        .collect();
    all.sort_by(|a, b| a.0.cmp(&b.0).then(a.1.total_cmp(&b.1)));
    let asked = json!({ "point": { "lon": 113.9, "lat": 31.2 }, "limit": 8 });
    let found = desk.ok("camera.near", asked).unwrap();
    let found = found["cameras"].as_array().unwrap();
    let online = found
        .iter()
        .take_while(|camera| camera["is_online"] == true);
    let online: Vec<String> = online.map(|camera| text(camera, "id").unwrap()).collect();
    let expected: Vec<&str> = all.iter().take(8).map(|(_, _, id)| *id).collect();
    assert_eq!(online, expected);
    assert!(
        found
            .iter()
            .skip(8)
            .all(|camera| camera["is_online"] == false)
    );

    let incident = desk.take_call("110").unwrap();
    let number = text(&desk.view(&incident).unwrap()["row"], "number").unwrap();
    let open = json!({ "camera": online[0], "incident": incident });
    let opened = desk.ok("camera.open", open).unwrap();
    assert!(text(&opened, "url").unwrap().starts_with("rtsp://"));
    let lines = desk.ok("audit.list", json!({ "limit": 10 })).unwrap();
    let what = format!("camera.open {} {number}", online[0]);
    let lines = lines["lines"].as_array().unwrap();
    assert!(
        lines.iter().any(|line| line["command"] == what.as_str()),
        "{lines:?}"
    );
    let unknown = json!({ "camera": "C9999x", "incident": null });
    assert_eq!(desk.refused("camera.open", unknown).unwrap(), "not_found");
}

/// C6: an opened camera's address is the only word that the site's video program is given, and a
/// program that is not there is no error: the address is shown.
#[test]
fn c6_the_sites_video_program_is_given_the_address() {
    let (home, clock) = (Scratch::new("c6-video"), TestClock::at(NOON_MS));
    std::fs::create_dir_all(home.path()).unwrap();
    let said = home.path().join("said");
    let program = home.path().join("video");
    let script = format!(
        "#!/bin/sh\nprintf '%s %s' \"$#\" \"$1\" >'{0}.new'\nmv '{0}.new' '{0}'\n",
        said.display()
    );
    std::fs::write(&program, script).unwrap();
    let may_run = std::os::unix::fs::PermissionsExt::from_mode(0o755);
    std::fs::set_permissions(&program, may_run).unwrap();
    let mut with_program = options(&home.path().join("home"), &clock);
    with_program.video_program = Some(program.clone());
    let desk = mapped_with(with_program, &clock);
    let asked = json!({ "point": { "lon": 113.9, "lat": 31.2 }, "limit": 1 });
    let near = desk.ok("camera.near", asked).unwrap();
    let open = json!({ "camera": near["cameras"][0]["id"], "incident": null });
    let opened = desk.ok("camera.open", open.clone()).unwrap();
    assert_eq!(opened["is_started"], true);
    let began = Instant::now();
    while !said.exists() {
        assert!(began.elapsed() < ROADS_MAX, "the program said nothing");
        std::thread::yield_now();
    }
    let url = text(&opened, "url").unwrap();
    let given = std::fs::read_to_string(&said).unwrap();
    assert_eq!(given, format!("1 {url}"));

    std::fs::remove_file(&program).unwrap();
    let opened = desk.ok("camera.open", open).unwrap();
    assert_eq!(
        (&opened["is_started"], &opened["url"]),
        (&json!(false), &json!(url))
    );
}

/// C9: a team at its point holds it, and an incident there ranks it 1 with its seconds; gone,
/// the point is nobody's ("1分钟圈 无人"); with an old fix it is 不明.
#[test]
fn c9_who_holds_a_point_and_who_is_ranked_first() {
    let (_home, clock, desk) = mapped("c9");
    let points = desk.ok("point135.list", json!({})).unwrap();
    let points = points["points"].as_array().unwrap().clone();
    assert_eq!(points.len(), 18);
    let station = points
        .iter()
        .find(|point| point["name"] == "望北站")
        .unwrap();
    assert_eq!(station["team"], "巡01");
    let lonlat = |point: &Value| {
        let degrees = |name: &str| point["point"][name].as_f64().unwrap();
        Wgs84::new(degrees("lon"), degrees("lat")).unwrap()
    };
    let at = lonlat(station);
    let now = || {
        let points = desk.ok("point135.list", json!({})).unwrap();
        let points = points["points"].as_array().unwrap().clone();
        points
            .into_iter()
            .find(|point| point["name"] == "望北站")
            .unwrap()
    };
    set_state(&desk, "巡01", "available");
    clock.shift(1_000);
    place(&desk, "巡01", at);
    let held = now();
    assert_eq!(
        (&held["hold"], &held["held_by"]),
        (&json!("team"), &json!("巡01"))
    );
    assert_eq!(held["seconds"], Value::Null, "it is at the point");

    let incident = desk.take_call("110").unwrap();
    let form = json!({ "text": "两人打架", "point":
        { "lon": at.lon_deg(), "lat": at.lat_deg() }, "point_source": "map_click" });
    desk.ok(
        "incident.file",
        json!({ "incident": incident, "form": form }),
    )
    .unwrap();
    let ranking = desk
        .ok("candidate.rank", json!({ "incident": incident }))
        .unwrap();
    assert_eq!(ranking["by"], "road_time");
    let first = &ranking["rows"][0];
    assert_eq!(
        (&first["callsign"], &first["rank"]),
        (&json!("巡01"), &json!(1))
    );
    let reasons = first["reasons"].as_array().unwrap();
    let holds = reasons
        .iter()
        .find(|reason| reason["code"] == "holds_point")
        .unwrap_or_else(|| panic!("{first}"));
    assert_eq!(param(holds, "point"), "望北站");
    let seconds: f64 = param(holds, "seconds").parse().unwrap();
    assert!(seconds <= 60.0, "{first}");

    clock.shift(1_000);
    place(&desk, "巡01", Wgs84::new(113.75, 31.13).unwrap());
    let gone = now();
    assert_ne!(gone["hold"], "team");
    assert_eq!(gone["hold"] == "nobody", gone["held_by"].is_null());
    clock.shift(3_600_000);
    assert_eq!(now()["hold"], "unknown");
}

/// B3: sending the only free car of 柳河 says that 柳河 is left empty and who moves up, from an
/// area that keeps a free car itself; while another car stays free nothing is said.
#[test]
fn b3_the_last_car_of_an_area() {
    let (_home, _clock, desk) = mapped("b3");
    for callsign in ["柳02", "柳03", "柳04"] {
        set_state(&desk, callsign, "off_duty");
    }
    set_state(&desk, "柳01", "available");
    let incident = desk.take_call("110").unwrap();
    let ask = |callsigns: &[&str]| {
        let units: Vec<String> = callsigns.iter().map(|c| desk.unit(c).unwrap()).collect();
        let asked = json!({ "incident": incident, "units": units });
        desk.ok("coverage.after", asked).unwrap()
    };
    let left = ask(&["柳01"]);
    assert_eq!(left["is_unknown"], false);
    assert_eq!(codes(&left["left"]), ["left_empty", "move_up"], "{left}");
    let (empty, moves) = (&left["left"][0], &left["left"][1]);
    assert!(param(empty, "area").contains("柳河"), "{empty}");
    let unit = desk.unit_row(&param(moves, "unit")).unwrap();
    assert_ne!(unit["kind"], "foot");
    let minutes: f64 = param(moves, "minutes").parse().unwrap();
    assert!((1.0..60.0).contains(&minutes), "{minutes}");
    set_state(&desk, "柳02", "available");
    assert_eq!(ask(&["柳01"])["left"], json!([]));
    assert_eq!(codes(&ask(&["柳01", "柳02"])["left"])[0], "left_empty");
}

/// C12: sixty calls of one place on one evening and twenty elsewhere at other hours: of all bands
/// of the week exactly the one of that evening has that cell first, with its count and share; an
/// invalid one and one outside the time count nowhere.
#[test]
fn c12_hot_cells_of_a_band() {
    let (_home, clock, desk) = mapped("c12");
    let from_ms = clock_ms(&clock);
    for n in 0..20 {
        at_place(&desk, 113.8 + f64::from(n % 4) * 0.05, 31.15);
        clock.shift(5 * 3_600_000);
    }
    // To the full hour, so that all sixty fall into one.
    clock.shift(3_600_000 - clock_ms(&clock).rem_euclid(3_600_000));
    let mut last = String::new();
    for _ in 0..61 {
        last = at_place(&desk, 113.9, 31.2);
        clock.shift(30_000);
    }
    let reasons = desk.ok("code.tables", json!({})).unwrap();
    let reason = text(&reasons["invalid_reasons"][0], "code").unwrap();
    let invalid = json!({ "incident": last, "reason": reason });
    desk.ok("incident.invalidate", invalid).unwrap();
    let to_ms = clock_ms(&clock) + 1;
    let ask = |weekday: u8, hour: u8, to_ms: i64| {
        let asked = json!({ "from_ms": from_ms, "to_ms": to_ms, "weekdays": [weekday],
            "from_hour": hour, "to_hour": hour + 1, "limit": 10 });
        desk.ok("grid.hot", asked).unwrap()
    };
    let mut bands = BTreeMap::new();
    let mut total = 0;
    for weekday in 1..=7 {
        for hour in 0..24 {
            let found = ask(weekday, hour, to_ms);
            total += found["total"].as_u64().unwrap();
            if found["cells"][0]["n"].as_u64().unwrap_or(0) >= 60 {
                bands.insert((weekday, hour), found);
            }
        }
    }
    assert_eq!(total, 80);
    let ((weekday, hour), hot) = bands.pop_first().unwrap();
    assert!(bands.is_empty(), "one band only");
    assert_eq!(hot["cells"][0]["rank"], 1);
    assert_eq!(hot["cells"][0]["n"], 60);
    let share = hot["cells"][0]["share"].as_f64().unwrap();
    assert!((share - 60.0 / hot["total"].as_f64().unwrap()).abs() < 1e-12);
    let at = json!({ "point": { "lon": 113.9, "lat": 31.2 } });
    assert_eq!(
        desk.ok("place.at", at).unwrap()["cell"],
        hot["cells"][0]["cell"]
    );
    // Before that evening there was nothing in that cell.
    let before = ask(weekday, hour, to_ms - 61 * 30_000 - 1);
    assert!(
        before["cells"]
            .as_array()
            .unwrap()
            .iter()
            .all(|cell| cell["n"] != 60)
    );
}

fn clock_ms(clock: &Arc<TestClock>) -> i64 {
    use fengsui_app::Clock;
    clock.now_ms()
}

fn at_place(desk: &Desk, lon: f64, lat: f64) -> String {
    let incident = desk.take_call("110").unwrap();
    let form = json!({ "text": "吵架", "point": { "lon": lon, "lat": lat },
        "point_source": "map_click" });
    desk.ok(
        "incident.file",
        json!({ "incident": incident, "form": form }),
    )
    .unwrap();
    incident
}
