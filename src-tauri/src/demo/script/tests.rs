//! The script on the demo county itself.

use std::collections::BTreeSet;
use std::path::Path;

use fengsui_geo::{Wgs84, distance_m};
use fengsui_mappack::county;

use super::super::seen::Own;
use super::*;

fn county_here() -> CountyData {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("../assets/demo-county");
    county::load(&folder).unwrap()
}

fn script(county: &CountyData) -> Script {
    Script::new(
        county,
        DemoWish {
            calls: false,
            ..DemoWish::default()
        },
        0,
    )
}

fn fixes(acts: &[Act]) -> Vec<&Value> {
    let reports = acts.iter().filter(|act| act.name == "position.report");
    reports
        .flat_map(|act| act.request["fixes"].as_array().unwrap())
        .collect()
}

/// Call signs reported within `from..to` seconds.
fn reported(script: &mut Script, seen: &Seen, from: i64, to: i64) -> BTreeSet<String> {
    let mut names = BTreeSet::new();
    for s in from..to {
        for fix in fixes(&script.step(s * 1_000, seen)) {
            names.insert(fix["callsign"].as_str().unwrap().to_owned());
        }
    }
    names
}

#[test]
fn the_first_beat_shows_everybody_and_patrols_report_each_second() {
    let county = county_here();
    let mut script = script(&county);
    let first = script.step(0, &Seen::default());
    assert_eq!(fixes(&first).len(), county.units.len());
    let second = script.step(1_000, &Seen::default());
    let moving = fixes(&second).len();
    assert!(
        moving >= county.beats.len() && moving < county.units.len(),
        "{moving}"
    );
}

#[test]
fn the_ghost_falls_silent_and_the_off_duty_never_speak() {
    let county = county_here();
    let odd = quirks(&county, Dice::new(1));
    assert_eq!(odd.len(), QUIRKS.len());
    let ghost = odd
        .iter()
        .find(|(_, quirk)| **quirk == Quirk::Ghost)
        .unwrap()
        .0;
    let off = &county
        .units
        .iter()
        .find(|unit| unit.state == "停勤")
        .unwrap()
        .callsign;
    let own = Own {
        id: "u".to_owned(),
        state: "off_duty".to_owned(),
        is_engaged: false,
    };
    let seen = Seen {
        units: [(off.clone(), own)].into(),
        ..Seen::default()
    };
    let mut script = script(&county);
    let early = reported(&mut script, &seen, 0, 60);
    assert!(early.contains(ghost) && !early.contains(off));
    let _ = reported(&mut script, &seen, 60, 90);
    let late = reported(&mut script, &seen, 90, 150);
    assert!(!late.contains(ghost) && late.len() == early.len() - 1);
}

#[test]
fn a_unit_sent_somewhere_drives_there_and_says_so() {
    let county = county_here();
    let odd = quirks(&county, Dice::new(1));
    let unit = county
        .units
        .iter()
        .find(|unit| unit.kind == "car" && !odd.contains_key(&unit.callsign))
        .unwrap();
    let mut order = Order {
        id: "a".to_owned(),
        incident: "i".to_owned(),
        callsign: unit.callsign.clone(),
        stage: "en_route".to_owned(),
        cancel_pending: false,
        place: Some(county.posts[0].position),
    };
    let mut script = script(&county);
    let mut seen = Seen::default();
    let mut arrived = None;
    for s in 0..1_800 {
        seen.orders.insert("a".to_owned(), order.clone());
        let acts = script.step(s * 1_000, &seen);
        let at = fixes(&acts)
            .iter()
            .find(|fix| fix["callsign"] == unit.callsign)
            .map(|fix| {
                Wgs84::new(fix["lon"].as_f64().unwrap(), fix["lat"].as_f64().unwrap()).unwrap()
            });
        if acts.iter().any(|act| act.request["step"] == "arrive") {
            arrived = Some(s);
            order.stage = "on_scene".to_owned();
        }
        if let (Some(_), Some(at)) = (arrived, at) {
            assert!(distance_m(at, county.posts[0].position) < 20.0);
            return;
        }
    }
    panic!("never arrived: {arrived:?}");
}

#[test]
fn the_same_seed_and_clock_give_the_same_shift() {
    let county = county_here();
    let play = || {
        let mut script = Script::new(&county, DemoWish::default(), 7);
        (0..120)
            .flat_map(|s| script.step(7 + s * 1_000, &Seen::default()))
            .collect::<Vec<_>>()
    };
    assert_eq!(play(), play());
}
