//! Goal: a wrong clock of a station is seen on both sides, its times are shown beside the corrected
//! ones, and nothing is settled or reordered by it. Method: stations with clocks of their own, in
//! contact over sessions whose answers take as long as the test says.

use std::sync::Arc;

use fengsui_app::Clock;
use fengsui_replication::port::Replica;
use fengsui_tests::desk::{Desk, NOON_MS, TestClock, options, text};
use fengsui_tests::meeting::Meeting;
use serde_json::{Value, json};

use super::stations::County;

/// 47 minutes, ms.
const FAST_MS: i64 = 47 * 60 * 1000;

/// So far ahead that the files' own time, which is the machine's, is never behind it.
const LATER_MS: i64 = 20 * 365 * 86_400_000;

/// A hall and a station whose clock is so far ahead.
fn county(ahead_ms: i64) -> County {
    let mut county = County::of(1);
    let clock = TestClock::at(NOON_MS + ahead_ms);
    county.join_by("城关所", "CG", &clock);
    county.meet(0, 1);
    county.meet(0, 1);
    county
}

/// Time passes for everybody.
fn pass(county: &County, ms: i64) {
    let mut clocks: Vec<&Arc<TestClock>> = Vec::new();
    for desk in &county.desks {
        if clocks.iter().all(|clock| !Arc::ptr_eq(clock, &desk.clock)) {
            clocks.push(&desk.clock);
        }
    }
    clocks.iter().for_each(|clock| clock.shift(ms));
}

/// Two stations are in touch long enough to compare their clocks; each message takes `way_ms`.
fn contact(county: &County, way_ms: i64) {
    let one: Arc<dyn Replica> = county.desks[0].station.clone();
    let other: Arc<dyn Replica> = county.desks[1].station.clone();
    let mut meeting = Meeting::begin(one, other).unwrap();
    meeting.settle().unwrap();
    pass(county, 3_000);
    meeting.tick().unwrap();
    pass(county, way_ms);
    // Questions arrive, then answers.
    for who in [0, 1, 0, 1] {
        assert!(meeting.deliver(who).unwrap());
        if who == 1 {
            pass(county, way_ms);
        }
    }
    meeting.settle().unwrap();
    meeting.moved().unwrap();
    meeting.settle().unwrap();
    meeting.cut();
}

/// Entries of a station's own log.
fn written(desk: &Desk) -> u64 {
    let view = desk.station.store().view().unwrap();
    let own = view.summary.iter();
    own.filter(|(writer, _)| writer.station == desk.station.number())
        .map(|(_, head)| head.seq)
        .sum()
}

fn clock_part(desk: &Desk) -> Value {
    let view = desk.ok("honesty.view", json!({})).unwrap();
    let parts = view["parts"].as_array().unwrap().clone();
    parts
        .into_iter()
        .find(|part| part["part"] == "clock")
        .unwrap()
}

fn line(view: &Value, kind: &str) -> Value {
    let lines = view["timeline"].as_array().unwrap();
    let found = lines.iter().find(|line| line["kind"] == kind);
    found
        .cloned()
        .unwrap_or_else(|| panic!("no {kind} in {view}"))
}

/// How the log says a station's clock stands, on a desk.
fn error(desk: &Desk, number: u16) -> Value {
    let list = desk.ok("station.list", json!({})).unwrap();
    let rows = list["stations"].as_array().unwrap();
    let row = rows.iter().find(|row| row["number"] == number).unwrap();
    row["clock_error_ms"].clone()
}

/// J6: a desk 47 minutes ahead is warned of on both sides; its order stands where it belongs and
/// carries both times on every desk; 到场用时 is right; the log keeps what was written.
#[test]
fn a_desk_47_minutes_ahead_is_seen_and_harms_nothing() {
    let county = county(FAST_MS);
    let (hall, post) = (&county.desks[0], &county.desks[1]);
    pass(&county, LATER_MS);
    contact(&county, 0);
    for (desk, code) in [(hall, "slow"), (post, "was_fast")] {
        let part = clock_part(desk);
        let expected = if desk.station.number() == 1 {
            "unchecked"
        } else {
            code
        };
        assert_eq!(part["code"], expected, "{part}");
    }
    let incident = county.incident(0, "人民路中学");
    contact(&county, 0);
    pass(&county, 60_000);
    let ordered = county.order(1, &incident, "巡03");
    let ordered_ms = hall.clock.now_ms();
    assert_eq!(post.clock.now_ms(), ordered_ms + FAST_MS);
    contact(&county, 0);
    pass(&county, 60_000);
    let assignment = text(&ordered, "entry").unwrap();
    let step = |step: &str, at_ms: Option<i64>| {
        let asked = json!({ "assignment": assignment, "step": step, "at_ms": at_ms });
        hall.device_ok("assignment.step", asked).unwrap();
    };
    // By the order's own clock this is three quarters of an hour before the order.
    step("sign", Some(hall.clock.now_ms() - 30_000));
    pass(&county, 480_000);
    step("arrive", None);
    let arrived_ms = hall.clock.now_ms();
    contact(&county, 0);
    county.prove_equal();

    told_right(&county, &incident, ordered_ms, arrived_ms);
    let asked = json!({ "incident": incident });
    let paper = hall.ok("audit.export", asked).unwrap();
    let paper = std::fs::read_to_string(text(&paper, "path").unwrap()).unwrap();
    let both = format!("\"corrected_at_ms\":{ordered_ms}");
    assert!(paper.contains(&both) && paper.contains(&(ordered_ms + FAST_MS).to_string()));
}

/// Both desks tell it in the order in which it happened, with both times of what the wrong clock
/// gave, and durations by their own `now`.
fn told_right(county: &County, incident: &str, ordered_ms: i64, arrived_ms: i64) {
    for (desk, ahead_ms) in county.desks.iter().zip([0, FAST_MS]) {
        let view = desk.view(incident).unwrap();
        let order = line(&view, "assignment.order");
        assert_eq!(
            order["at_ms"],
            json!(ordered_ms + FAST_MS),
            "as it was written"
        );
        assert_eq!(order["corrected_at_ms"], json!(ordered_ms));
        let arrive = line(&view, "assignment.arrive");
        assert_eq!(arrive["at_ms"], json!(arrived_ms));
        assert_eq!(arrive["corrected_at_ms"], Value::Null);
        let kinds: Vec<&str> = view["timeline"]
            .as_array()
            .unwrap()
            .iter()
            .filter_map(|line| line["kind"].as_str())
            .collect();
        let expected = [
            "incident.open",
            "incident.file",
            "assignment.order",
            "assignment.sign",
            "assignment.arrive",
        ];
        assert_eq!(kinds, expected);
        let row = &view["assignments"][0];
        assert_eq!(
            row["ordered_at_ms"],
            json!(ordered_ms + ahead_ms),
            "by its own clock"
        );
        assert_eq!(row["arrived_at_ms"], json!(arrived_ms + ahead_ms));
        let mark = json!([{ "of": "ordered_at", "own_at_ms": ordered_ms + FAST_MS,
            "corrected_at_ms": ordered_ms }]);
        assert_eq!(row["clock_marks"], mark);
        assert_eq!(view["row"]["opened_mark"], Value::Null);
        assert_eq!(error(desk, 2), json!(FAST_MS));
    }
}

/// Both sides are warned while they are in touch.
#[test]
fn both_sides_are_warned_while_they_are_in_touch() {
    let county = county(FAST_MS);
    pass(&county, LATER_MS);
    let one: Arc<dyn Replica> = county.desks[0].station.clone();
    let other: Arc<dyn Replica> = county.desks[1].station.clone();
    let mut meeting = Meeting::begin(one, other).unwrap();
    meeting.settle().unwrap();
    pass(&county, 3_000);
    meeting.tick().unwrap();
    meeting.settle().unwrap();
    for (desk, code) in county.desks.iter().zip(["slow", "fast"]) {
        let part = clock_part(desk);
        assert_eq!(
            (&part["code"], &part["standing"]),
            (&json!(code), &json!("bad"))
        );
    }
    meeting.cut();
}

/// Where nobody compared a clock its error is unknown, and that is shown; it is not nothing.
#[test]
fn an_error_that_nobody_found_is_unknown() {
    let county = county(FAST_MS);
    let incident = county.incident(1, "桥头市场");
    county.meet(0, 1);
    assert_eq!(error(&county.desks[0], 2), Value::Null);
    let there = line(&county.desks[0].view(&incident).unwrap(), "incident.open");
    assert_eq!(there["corrected_at_ms"], Value::Null);
    assert_eq!(there["is_clock_unknown"], json!(true));
    let here = line(&county.desks[1].view(&incident).unwrap(), "incident.open");
    assert_eq!(
        here["is_clock_unknown"],
        json!(false),
        "its own clock is what it has"
    );
    contact(&county, 0);
    for desk in &county.desks {
        let found = line(&desk.view(&incident).unwrap(), "incident.open");
        assert_eq!(found["is_clock_unknown"], json!(false));
        assert_eq!(
            found["corrected_at_ms"],
            json!(NOON_MS),
            "also what came before"
        );
    }
}

/// Jitter and a slow path write nothing; a clock that is set, and set back, is an entry each.
#[test]
fn only_what_is_news_is_written() {
    let county = county(0);
    let post = &county.desks[1];
    contact(&county, 0);
    assert_eq!(error(&county.desks[0], 2), json!(0));
    let before = written(post);
    for by_ms in [300, -700, 400, -300, 900, -600] {
        post.clock.set_by(by_ms);
        contact(&county, 20);
    }
    contact(&county, 2_500);
    assert_eq!(written(post), before, "jitter, and a radio's pace");
    for (n, by_ms) in [(1, FAST_MS), (2, -FAST_MS)] {
        pass(&county, 60_000);
        post.clock.set_by(by_ms);
        contact(&county, 20);
        contact(&county, 20);
        assert_eq!(written(post), before + n);
    }
    // Set to and fro within a minute: once is enough, the rest stays in doubt.
    for by_ms in [FAST_MS, -FAST_MS, FAST_MS, -FAST_MS] {
        post.clock.set_by(by_ms);
        contact(&county, 20);
    }
    assert_eq!(written(post), before + 2, "no flood");
    contact(&county, 20);
    county.prove_equal();
}

/// What is written after a start, before anybody could compare the clock, is in doubt; the next
/// contact says how it was, from its first word on.
#[test]
fn what_is_written_after_a_start_is_in_doubt_until_the_next_contact() {
    let mut county = county(0);
    contact(&county, 0);
    let known = county.incident(1, "早先");
    county.meet(0, 1);
    // The machine was off; its clock came back wrong.
    let clock = county.desks[1].clock.clone();
    let desk = county.desks.pop().unwrap();
    desk.station.close();
    drop(desk);
    clock.set_by(FAST_MS);
    let home = county.homes[1].path().to_owned();
    let restarted = Desk::with(options(&home, &clock), &clock).unwrap();
    county.desks.push(restarted);
    let doubtful = county.incident(1, "断电以后");
    let opened_ms = clock.now_ms();
    county.meet(0, 1);
    let hall = &county.desks[0];
    let of = |incident: &str| line(&hall.view(incident).unwrap(), "incident.open");
    assert_eq!(of(&doubtful)["is_clock_unknown"], json!(true));
    assert_eq!(of(&known)["is_clock_unknown"], json!(false));
    contact(&county, 0);
    assert_eq!(of(&doubtful)["is_clock_unknown"], json!(false));
    assert_eq!(of(&doubtful)["corrected_at_ms"], json!(opened_ms - FAST_MS));
    assert_eq!(
        of(&known)["corrected_at_ms"],
        Value::Null,
        "that clock was right"
    );
    county.prove_equal();
}
