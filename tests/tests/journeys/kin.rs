//! Goal: an event that many report is one incident, and can be two again; who called before, and
//! about what, is seen while talking (A9, A10). Method: calls at one desk by the clock; then two
//! stations that join and part while they hear nothing of each other, tables compared row for row.

use fengsui_tests::desk::{Desk, NOON_MS, Scratch, TestClock, text};
use serde_json::{Value, json};

use super::stations::County;

const MINUTE_MS: i64 = 60_000;
const DAY_MS: i64 = 24 * 60 * MINUTE_MS;

/// A report that is on the board.
fn report(desk: &Desk, number: &str, form: Value) -> String {
    let opened = json!({ "line": "110", "entrance": "phone" });
    let incident = text(&desk.ok("incident.open", opened).unwrap(), "incident").unwrap();
    let mut form = form;
    form["caller_number"] = json!(number);
    let file = json!({ "incident": incident, "form": form });
    desk.ok("incident.file", file).unwrap();
    incident
}

fn fight(lon: f64) -> Value {
    json!({ "place": "人民路中学北门", "type_code": "020101", "text": "两个人拿刀打架",
        "point": { "lon": lon, "lat": 31.2 }, "point_source": "handset" })
}

fn kin(desk: &Desk, incident: &str) -> Value {
    desk.ok("incident.kin", json!({ "incident": incident }))
        .unwrap()
}

fn rows(desk: &Desk) -> Vec<Value> {
    let board = desk.ok("incident.board", json!({})).unwrap();
    board["rows"].as_array().unwrap().clone()
}

fn kinds(view: &Value) -> Vec<String> {
    let lines = view["timeline"].as_array().unwrap().iter();
    lines
        .map(|line| line["kind"].as_str().unwrap().to_owned())
        .collect()
}

fn join(desk: &Desk, incident: &str, into: &str) {
    let asked = json!({ "incident": incident, "into": into });
    desk.ok("incident.join", asked).unwrap();
}

#[test]
fn three_reports_of_one_event_are_one_and_are_parted_again() {
    let clock = TestClock::at(NOON_MS);
    let home = Scratch::new("kin");
    let desk = Desk::open(home.path(), &clock).unwrap();
    let first = report(&desk, "13800000001", fight(113.9));
    clock.shift(4 * MINUTE_MS);
    let second = report(&desk, "13800000002", fight(113.9001));
    join(&desk, &second, &first);
    // Twelve minutes after the first, eight after the second: the last report counts.
    clock.shift(8 * MINUTE_MS);
    let third = report(&desk, "13800000003", fight(113.902));
    let found = kin(&desk, &third);
    let likely = found["likely"].as_array().unwrap();
    assert_eq!(likely.len(), 1, "one whole: {found}");
    assert_eq!(likely[0]["earlier"]["id"], json!(first));
    assert_eq!(likely[0]["callers"], 2);
    let apart_m = likely[0]["apart_m"].as_f64().unwrap();
    assert!((180.0..200.0).contains(&apart_m), "{apart_m} m");
    let score = likely[0]["score"].as_f64().unwrap();
    assert!((0.6..0.95).contains(&score), "{score}");
    // The first does not propose what came after it.
    assert_eq!(kin(&desk, &first)["likely"], json!([]));

    // Named the other way round: the later one is the part all the same.
    join(&desk, &first, &third);
    let board = rows(&desk);
    assert_eq!(board.len(), 1, "{board:?}");
    assert_eq!(board[0]["id"], json!(first));
    assert_eq!(board[0]["callers"], 3);
    assert_eq!(board[0]["voice"], Value::Null);
    let again = json!({ "incident": third, "into": second });
    assert_eq!(
        desk.refused("incident.join", again).unwrap(),
        "nothing_to_change"
    );
    let view = desk.view(&third).unwrap();
    assert_eq!(view["row"]["id"], json!(first));
    let joined = view["joined"].as_array().unwrap();
    let callers: Vec<&str> = joined
        .iter()
        .filter_map(|one| one["caller"].as_str())
        .collect();
    assert_eq!(callers, ["13800000002", "13800000003"]);
    let opened = |view: &Value| {
        let kinds = kinds(view);
        kinds.iter().filter(|kind| *kind == "incident.open").count()
    };
    assert_eq!(opened(&view), 3, "every report's own lines");
    let note = json!({ "incident": third, "text": "三名报警人都说往桥头跑了" });
    desk.ok("incident.note", note).unwrap();

    // Parted: both timelines are as before, and what was said of the whole stays with the whole.
    desk.ok(
        "incident.part",
        json!({ "part": third, "reason": "另一起" }),
    )
    .unwrap();
    assert_eq!(rows(&desk).len(), 2);
    let (whole, own) = (desk.view(&first).unwrap(), desk.view(&third).unwrap());
    assert_eq!((opened(&whole), opened(&own)), (2, 1));
    assert_eq!(whole["row"]["callers"], 2);
    assert!(kinds(&whole).contains(&"incident.note".to_owned()));
    assert!(!kinds(&own).contains(&"incident.note".to_owned()));
    assert!(kinds(&own).contains(&"incident.part".to_owned()));
    assert!(desk.station.store().prove().unwrap().rebuild_equal);
}

#[test]
fn what_is_elsewhere_later_or_of_another_kind_is_not_proposed() {
    let clock = TestClock::at(NOON_MS);
    let home = Scratch::new("kin-not");
    let desk = Desk::open(home.path(), &clock).unwrap();
    report(&desk, "13800000001", fight(113.9));
    let mut fire = fight(113.9);
    fire["type_code"] = json!("0301");
    for (what, form) in [("400 m off", fight(113.9043)), ("a fire", fire)] {
        let other = report(&desk, "13800000009", form);
        assert_eq!(kin(&desk, &other)["likely"], json!([]), "{what}");
    }
    clock.shift(11 * MINUTE_MS);
    let late = report(&desk, "13800000009", fight(113.9));
    assert_eq!(kin(&desk, &late)["likely"], json!([]), "too late");
}

#[test]
fn a_number_that_called_before_says_so_from_the_countys_threshold_on() {
    let clock = TestClock::at(NOON_MS);
    let home = Scratch::new("repeat");
    let desk = Desk::open(home.path(), &clock).unwrap();
    let noise = |place: &str| json!({ "place": place, "type_code": "050101", "text": "楼上吵" });
    // Forty days ago: too long.
    report(&desk, "13800000001", noise("学府路 1 号"));
    clock.shift(35 * DAY_MS);
    for house in ["滨河路 2 号", "锦华苑 3 幢", "北环路 4 号"] {
        let incident = report(&desk, "13800000001", noise(house));
        let close = json!({ "incident": incident, "result": "R01", "text": "已劝止" });
        desk.ok("incident.close", close).unwrap();
        clock.shift(DAY_MS);
    }
    report(&desk, "13800000002", noise("别处 5 号"));
    let fourth = report(&desk, "13800000001", noise("解放街 6 号"));
    let found = kin(&desk, &fourth);
    assert_eq!(found["days"], 30);
    assert_eq!(found["number"]["count"], 4, "{found}");
    assert_eq!(
        found["number"]["types"],
        json!([{ "name": "邻里噪音", "count": 3 }])
    );
    let before = found["number"]["rows"].as_array().unwrap();
    let places: Vec<&str> = before
        .iter()
        .filter_map(|one| one["place"].as_str())
        .collect();
    assert_eq!(places, ["北环路 4 号", "锦华苑 3 幢", "滨河路 2 号"]);
    assert_eq!(found["place"], Value::Null);

    desk.ok("repeat.set", json!({ "from": 5 })).unwrap();
    assert_eq!(kin(&desk, &fourth)["number"], Value::Null);
    let settings = desk.ok("setting.list", json!({})).unwrap();
    assert_eq!(settings["repeat_from"], 5);
    assert_eq!(
        desk.refused("repeat.set", json!({ "from": 1 })).unwrap(),
        "value.invalid"
    );
    desk.ok("repeat.set", json!({ "from": 2 })).unwrap();
    let again = report(&desk, "", noise("解放街6号"));
    let found = kin(&desk, &again);
    assert_eq!(found["number"], Value::Null, "nobody knows the number");
    assert_eq!(found["place"]["count"], 2, "{found}");
    assert_eq!(found["place"]["rows"][0]["id"], json!(fourth));
    desk.ok("repeat.set", json!({ "from": 0 })).unwrap();
    assert_eq!(kin(&desk, &again)["place"], Value::Null);
}

/// Joined here the one way and there the other, parted at one while the other joins elsewhere: all
/// stations see the same, and what contradicts is for a person.
#[test]
fn stations_that_are_apart_join_and_part_and_come_to_one_view() {
    let county = County::of(2);
    let (hall, post) = (&county.desks[0], &county.desks[1]);
    let first = report(hall, "13800000001", fight(113.9));
    county.clock.shift(MINUTE_MS);
    let second = report(post, "13800000002", fight(113.9));
    county.clock.shift(MINUTE_MS);
    let third = report(post, "13800000003", fight(113.9));
    county.meet(0, 1);
    join(hall, &first, &second);
    join(post, &second, &first);
    join(post, &third, &second);
    county.meet(0, 1);
    county.prove_equal();
    for desk in &county.desks {
        let board = rows(desk);
        assert_eq!(board.len(), 1, "{board:?}");
        assert_eq!(board[0]["id"], json!(first));
        assert_eq!(board[0]["callers"], 3);
    }
    let elsewhere = report(hall, "13800000004", fight(113.95));
    county.meet(0, 1);
    hall.ok("incident.part", json!({ "part": third })).unwrap();
    post.ok("incident.part", json!({ "part": third })).unwrap();
    county.meet(0, 1);
    county.prove_equal();
    assert_eq!(rows(hall).len(), 3, "both said the same");

    join(hall, &third, &first);
    join(post, &third, &elsewhere);
    county.meet(0, 1);
    county.prove_equal();
    for desk in &county.desks {
        let view = desk.view(&third).unwrap();
        assert_eq!(view["row"]["id"], json!(third), "by itself: {view}");
        assert_eq!(view["voice_doubt"]["why"], "torn");
        assert_eq!(view["voice_doubt"]["alone"], json!(third));
        let others = view["voice_doubt"]["others"].as_array().unwrap();
        let others: Vec<&Value> = others.iter().map(|one| &one["id"]).collect();
        assert_eq!(others.len(), 2, "{others:?}");
        let needs = desk.ok("need.list", json!({})).unwrap().to_string();
        assert!(needs.contains(&format!("voice:{third}")), "{needs}");
    }
    hall.ok("incident.part", json!({ "part": third })).unwrap();
    county.meet(0, 1);
    county.prove_equal();
    assert_eq!(post.view(&third).unwrap()["voice_doubt"], Value::Null);
}
