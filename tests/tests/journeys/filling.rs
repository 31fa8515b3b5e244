//! Goal: a station that lacks much is of use at once: what is open stands on its board, it can act
//! on it, and in the end its tables are what its own log makes of them. Method: real stations, a
//! session carried message by message, cut and killed in the middle.

use std::collections::BTreeSet;

use fengsui_replication::port::Replica;
use fengsui_store::preview;
use fengsui_tests::desk::{Desk, options, text};
use fengsui_tests::meeting::Meeting;
use serde_json::{Value, json};

use super::stations::{County, numbers};

/// Entries that make a long backlog here.
const LONG: u64 = 20;
/// Incidents of the past, all closed.
const PAST: usize = 12;

/// A founder with a past, two open incidents and a unit under way; and a fresh station that has
/// met nobody.
fn county() -> (County, Vec<String>) {
    let mut county = County::of(1);
    for number in 0..PAST {
        let incident = filed(&county, &format!("旧案{number}"));
        county.order(0, &incident, "巡01");
        worked_off(&county.desks[0], &incident);
    }
    let open: Vec<String> = ["在办一", "在办二"]
        .iter()
        .map(|place| filed(&county, place))
        .collect();
    county.order(0, &open[0], "巡01");
    county.join("城东所", "CD");
    (county, open)
}

fn step(desk: &Desk, callsign: &str, state: &str) {
    let unit = desk.unit(callsign).unwrap();
    let request = json!({ "unit": unit, "state": state });
    desk.ok("unit.set_state", request).unwrap();
}

/// A filed incident of the founder's; its dot.
fn filed(county: &County, place: &str) -> String {
    let desk = &county.desks[0];
    let open = json!({ "line": "110", "entrance": "walk_in", "found_by": null,
        "callback_of": null });
    let incident = text(&desk.ok("incident.open", open).unwrap(), "incident").unwrap();
    let form = json!({ "text": "两人打架", "place": place, "type_code": "0201",
        "level": "urgent" });
    desk.ok(
        "incident.file",
        json!({ "incident": incident, "form": form }),
    )
    .unwrap();
    incident
}

/// The crew of 巡01 does everything, comes back, and the incident is closed.
fn worked_off(desk: &Desk, incident: &str) {
    for state in ["signed", "en_route", "on_scene", "working", "available"] {
        step(desk, "巡01", state);
    }
    let close = json!({ "incident": incident, "result": "R01" });
    desk.ok("incident.close", close).unwrap();
    if desk.unit_row("巡01").unwrap()["state"] == "returning" {
        step(desk, "巡01", "available");
    }
}

fn left(desk: &Desk) -> u64 {
    desk.station.store().read(preview::left).unwrap()
}

fn part(desk: &Desk) -> Value {
    let strip = desk.ok("honesty.view", json!({})).unwrap();
    let parts = strip["parts"].as_array().unwrap();
    let found = parts.iter().find(|part| part["part"] == "station");
    found.unwrap().clone()
}

/// Delivers until the fresh station is shown something; nothing of the past is ever on its board.
fn shown(meeting: &mut Meeting, fresh: &Desk, most: &BTreeSet<String>) {
    for _ in 0..10_000 {
        if left(fresh) > 0 {
            return;
        }
        let moved = meeting.deliver(1).unwrap() || meeting.deliver(0).unwrap();
        assert!(moved, "nothing is ever shown");
        let board: BTreeSet<String> = numbers(fresh).into_iter().collect();
        assert!(board.is_subset(most), "{board:?}");
    }
}

#[test]
fn what_is_open_stands_first_and_can_be_acted_on() {
    let (county, open) = county();
    let [founder, fresh] = county.desks.as_slice() else {
        panic!("two stations");
    };
    let wanted: BTreeSet<String> = numbers(founder).into_iter().collect();
    assert_eq!(wanted.len(), 2);
    let (there, here) = (founder.station.clone(), fresh.station.clone());
    let mut meeting = Meeting::begin_long(there, here, LONG).unwrap();
    shown(&mut meeting, fresh, &wanted);
    let board: BTreeSet<String> = numbers(fresh).into_iter().collect();
    assert_eq!(board, wanted);
    assert_eq!(part(fresh)["code"], "filling_shown");
    assert!(
        part(fresh)
            .to_string()
            .contains(&format!("\"{}\"", left(fresh)))
    );
    // Another's word is not passed on.
    assert_eq!(fresh.station.store().preview(&[], false).unwrap().rows, []);
    // A unit under way is under way here too, and another can be sent.
    let state = |desk: &Desk, callsign: &str| desk.unit_row(callsign).unwrap()["state"].clone();
    assert_eq!(state(fresh, "巡01"), state(founder, "巡01"));
    county.order(1, &open[1], "巡02");
    assert_eq!(state(fresh, "巡02"), "ordered");
    step(fresh, "巡02", "signed");
    // To the end: message by message the board holds what is open and nothing else.
    while meeting.deliver(0).unwrap() || meeting.deliver(1).unwrap() {
        let board: BTreeSet<String> = numbers(fresh).into_iter().collect();
        assert_eq!(board, wanted);
    }
    meeting.moved().unwrap();
    meeting.settle().unwrap();
    meeting.cut();
    assert_eq!(left(fresh), 0);
    assert_eq!(fresh.station.store().read(preview::things).unwrap(), []);
    assert_eq!(state(founder, "巡02"), state(fresh, "巡02"));
    let conflicts = fresh.ok("conflict.list", json!({})).unwrap();
    assert_eq!(conflicts["conflicts"], json!([]));
    county.prove_equal();
}

#[test]
fn a_cut_and_a_kill_in_the_middle_lose_nothing() {
    let (mut county, open) = county();
    let wanted: BTreeSet<String> = numbers(&county.desks[0]).into_iter().collect();
    let begun = |county: &County| {
        let (there, here) = (&county.desks[0].station, &county.desks[1].station);
        Meeting::begin_long(there.clone(), here.clone(), LONG).unwrap()
    };
    let mut meeting = begun(&county);
    shown(&mut meeting, &county.desks[1], &wanted);
    county.order(1, &open[1], "巡02");
    let before = left(&county.desks[1]);
    meeting.cut();
    // The desk ends without a word and starts again by itself: it stands where it stood.
    drop(county.desks.pop());
    let with = options(county.homes[1].path(), &county.clock);
    let again = Desk::with(with, &county.clock).unwrap();
    county.desks.push(again);
    assert_eq!(left(&county.desks[1]), before);
    assert_eq!(part(&county.desks[1])["code"], "filling_apart");
    let board: BTreeSet<String> = numbers(&county.desks[1]).into_iter().collect();
    assert_eq!(board, wanted);
    assert_eq!(
        county.desks[1].unit_row("巡02").unwrap()["state"],
        "ordered"
    );
    // Meanwhile one of them is closed where they came from.
    worked_off(&county.desks[0], &open[0]);
    let rest: BTreeSet<String> = numbers(&county.desks[0]).into_iter().collect();
    assert_eq!(rest.len(), 1);
    let mut meeting = begun(&county);
    let fresh = &county.desks[1];
    while numbers(fresh).len() > 1 {
        assert!(meeting.deliver(1).unwrap() || meeting.deliver(0).unwrap());
    }
    assert!(left(fresh) > 0, "it is shown, not yet logged");
    assert_eq!(fresh.unit_row("巡02").unwrap()["state"], "ordered");
    meeting.settle().unwrap();
    meeting.cut();
    assert_eq!(left(fresh), 0);
    county.prove_equal();
}

/// What a peer shows counts until the log speaks, and not a moment longer.
#[test]
fn what_was_shown_wrongly_ends_with_the_log() {
    let (county, _) = county();
    let (founder, fresh) = (&county.desks[0].station, &county.desks[1].station);
    let mut told = founder.store().preview(&[], false).unwrap();
    // Two rows change places: each is well-formed and wrong; and one is of nothing in the log.
    let units: Vec<usize> = (0..told.rows.len())
        .filter(|at| told.rows[*at].0.0 == 4)
        .collect();
    let (one, other) = (units[0], units[1]);
    let bytes = told.rows[one].1.clone();
    told.rows[one].1 = std::mem::replace(&mut told.rows[other].1, bytes);
    let mut invented = told.rows[one].clone();
    invented.0.1.seq = told.cut.seq(invented.0.1.writer);
    told.rows.push(invented);
    fresh.take_preview(1, &told).unwrap();
    assert!(left(&county.desks[1]) > 0);
    let same = |desk: usize| county.desks[desk].ok("unit.board", json!({})).unwrap();
    assert_ne!(same(0)["groups"], same(1)["groups"]);
    county.meet(0, 1);
    assert_eq!(left(&county.desks[1]), 0);
    county.prove_equal();
    // And rows that are none change nothing.
    let mut torn = founder.store().preview(&[], false).unwrap();
    torn.rows[0].1 = vec![7];
    county.incident(0, "又一件");
    torn.cut = founder.store().view().unwrap().summary;
    assert!(fresh.take_preview(1, &torn).is_err());
    assert_eq!(left(&county.desks[1]), 0);
    county.meet(0, 1);
    county.prove_equal();
}
