//! Goal: a road closed at the desk is driven around by routes, ranking and rings at once, in the
//! way it was closed, and open again when a person says so; past its time it still counts. Method:
//! the demo county with its map and roads, asked through the router; its old bridge is closed.

use fengsui_geo::{Wgs84, destination};
use fengsui_tests::desk::{Desk, text};
use serde_json::{Value, json};

use super::forces::mapped;

const BRIDGE: &str = "望北老桥";

fn point(at: Wgs84) -> Value {
    json!({ "lon": at.lon_deg(), "lat": at.lat_deg() })
}

fn at(value: &Value) -> Wgs84 {
    Wgs84::new(
        value["lon"].as_f64().unwrap(),
        value["lat"].as_f64().unwrap(),
    )
    .unwrap()
}

/// The road over the bridge: its point, and a place on either side along it.
fn bridge(desk: &Desk) -> (Value, Wgs84, Wgs84, u64) {
    let found = desk.ok("place.search", json!({ "query": BRIDGE, "limit": 5 }));
    let hits = found.unwrap()["hits"].clone();
    let hit = hits
        .as_array()
        .unwrap()
        .iter()
        .find(|hit| hit["name"] == BRIDGE);
    let here = &hit.unwrap_or_else(|| panic!("{hits}"))["point"];
    let road = desk.ok("road.at", json!({ "point": here })).unwrap();
    assert!(road["why"].is_null(), "{road}");
    let road = road["road"].clone();
    assert_eq!(road["headings_deg"].as_array().unwrap().len(), 2, "{road}");
    let heading = road["headings_deg"][0].as_u64().unwrap();
    let middle = at(&road["point"]);
    let before = destination(middle, heading as f64 + 180.0, 400.0);
    let after = destination(middle, heading as f64, 400.0);
    (road, before, after, heading)
}

fn way(desk: &Desk, from: Wgs84, to: Wgs84) -> Value {
    let way = desk.ok(
        "route.find",
        json!({ "from": point(from), "to": point(to) }),
    );
    let way = way.unwrap();
    assert_eq!(way["by"], "road", "{way}");
    way
}

fn seconds(way: &Value) -> f64 {
    way["seconds"].as_f64().unwrap()
}

fn row(desk: &Desk, incident: &str, callsign: &str) -> Value {
    let ranked = desk.ok("candidate.rank", json!({ "incident": incident }));
    let rows = ranked.unwrap()["rows"].clone();
    let found = rows
        .as_array()
        .unwrap()
        .iter()
        .find(|row| row["callsign"] == callsign);
    found.unwrap().clone()
}

fn closures(desk: &Desk) -> Vec<Value> {
    let list = desk.ok("road.closures", json!({})).unwrap();
    list["closures"].as_array().unwrap().clone()
}

fn proof(desk: &Desk) {
    let proof = desk.ok("audit.verify", json!({})).unwrap();
    assert_eq!(proof["rebuild_equal"], true, "{proof}");
    assert_eq!(proof["broken"], json!([]));
}

/// Both ways: route, minutes of the ranking and rings go around; reopened all is as before.
#[test]
fn a_closed_bridge_is_driven_around() {
    let (_home, clock, desk) = mapped("closed-bridge");
    let (road, here, there, _) = bridge(&desk);
    let incident = desk.take_call("110").unwrap();
    let form = json!({ "point": point(there), "point_source": "map_click" });
    desk.ok(
        "incident.amend",
        json!({ "incident": incident, "form": form }),
    )
    .unwrap();
    let fix = json!({ "callsign": "巡03", "lon": here.lon_deg(), "lat": here.lat_deg(),
        "at_ms": desk.station.now_ms() });
    desk.device_ok("position.report", json!({ "fixes": [fix] }))
        .unwrap();
    let way_before = way(&desk, here, there);
    assert_eq!(way_before["around"], json!([]));
    let row_before = row(&desk, &incident, "巡03");
    let rings = json!({ "point": point(there) });
    let shapes = || -> Vec<Value> {
        let answer = desk.ok("ring.of", rings.clone()).unwrap();
        let rings = answer["rings"].as_array().unwrap().iter();
        rings.map(|ring| ring["rings"].clone()).collect()
    };
    let rings_before = shapes();

    let until_ms = desk.station.now_ms() + 3_600_000;
    let close = json!({ "point": road["point"], "reason": "桥面塌陷", "ordered_by": "交警大队",
        "until_ms": until_ms, "name": BRIDGE });
    desk.ok("road.close", close).unwrap();
    let around = way(&desk, here, there);
    assert!(
        seconds(&around) > seconds(&way_before) * 1.5,
        "{around} {way_before}"
    );
    assert_eq!(around["around"], json!([BRIDGE]));
    let row_around = row(&desk, &incident, "巡03");
    let travel = |row: &Value| row["travel_s"].as_f64().unwrap();
    assert!(travel(&row_around) > travel(&row_before), "{row_around}");
    let said = row_around["reasons"].as_array().unwrap().iter();
    let detour = said.clone().find(|why| why["code"] == "detour");
    assert_eq!(detour.unwrap()["params"][0]["value"], BRIDGE);
    assert!(shapes() != rings_before, "the rings are as before");

    let listed = closures(&desk);
    assert_eq!(listed.len(), 1);
    assert_eq!(listed[0]["name"], BRIDGE);
    assert_eq!(listed[0]["ordered_by"], "交警大队");
    assert!(listed[0]["why"].is_null() && !listed[0]["lines"][0].as_array().unwrap().is_empty());
    // Past its time it is still there and still counts.
    clock.shift(7_200_000);
    assert_eq!(closures(&desk).len(), 1);
    assert_eq!(way(&desk, here, there)["around"], json!([BRIDGE]));
    proof(&desk);

    let id = text(&listed[0], "id").unwrap();
    desk.ok("road.reopen", json!({ "closure": id, "reason": "修好了" }))
        .unwrap();
    assert_eq!(way(&desk, here, there), way_before);
    assert!(shapes() == rings_before, "the rings are not as before");
    assert!(closures(&desk).is_empty());
    let again = desk.refused("road.reopen", json!({ "closure": id }));
    assert_eq!(again.unwrap(), "not_found");
    proof(&desk);
}

/// One way: only that way goes around. Another time takes the place of the first; the program may
/// end between, and the roads are closed when it is back.
#[test]
fn one_way_is_closed_and_kept() {
    let (home, clock, desk) = mapped("closed-one-way");
    let (road, here, there, heading) = bridge(&desk);
    let (out, back) = (way(&desk, here, there), way(&desk, there, here));
    let close = |until_ms: Option<i64>, replaces: Option<&str>| {
        json!({ "point": road["point"], "heading_deg": heading, "reason": "半幅施工",
            "until_ms": until_ms, "replaces": replaces })
    };
    let first = desk.ok("road.close", close(None, None)).unwrap();
    assert!(seconds(&way(&desk, here, there)) > seconds(&out));
    assert_eq!(way(&desk, there, here), back);
    let first = text(&first, "entry").unwrap();
    let until_ms = desk.station.now_ms() + 60_000;
    desk.ok("road.close", close(Some(until_ms), Some(&first)))
        .unwrap();
    let listed = closures(&desk);
    assert_eq!(listed.len(), 1, "{listed:?}");
    assert_eq!(listed[0]["until_ms"], json!(until_ms));
    let gone = desk.refused("road.close", close(None, Some(&first)));
    assert_eq!(gone.unwrap(), "not_found");
    let around = way(&desk, here, there);
    desk.station.close();
    drop(desk);
    let desk = super::forces::mapped_in(&home, &clock);
    assert_eq!(closures(&desk), listed);
    assert_eq!(way(&desk, here, there), around);
    for (field, wrong) in [
        ("reason", json!(" ")),
        ("heading_deg", json!(360)),
        ("until_ms", json!(1)),
        ("point", json!({ "lon": 113.0, "lat": 30.0 })),
    ] {
        let mut request = close(None, None);
        request[field] = wrong;
        assert_eq!(
            desk.refused("road.close", request).unwrap(),
            "value.invalid",
            "{field}"
        );
    }
}
