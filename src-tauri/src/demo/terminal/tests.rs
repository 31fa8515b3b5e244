//! Terminals against a desk that takes every step.

use std::collections::BTreeMap;

use fengsui_geo::Wgs84;

use super::super::seen::Own;
use super::*;

fn order(callsign: &str) -> Order {
    Order {
        id: format!("a-{callsign}"),
        incident: "i".to_owned(),
        callsign: callsign.to_owned(),
        stage: "ordered".to_owned(),
        cancel_pending: false,
        place: Wgs84::new(113.9, 31.2).ok(),
    }
}

fn terminals(pace: f64) -> Terminals {
    let quirks = [
        ("默".to_owned(), Quirk::Silent),
        ("断".to_owned(), Quirk::Offline),
    ];
    Terminals::new(Dice::new(5), pace, BTreeMap::from(quirks))
}

/// Plays one order for `seconds`; what was sent when. The desk takes each step
/// at once; the crew is there 30 s after it set out.
fn play(mut order: Order, seconds: i64, pace: f64) -> Vec<(i64, String)> {
    let mut terminals = terminals(pace);
    let mut out = Vec::new();
    let mut set_out = None;
    for s in 0..seconds {
        let mut seen = Seen::default();
        if !matches!(order.stage.as_str(), "cleared" | "cancelled") {
            seen.orders.insert(order.id.clone(), order.clone());
        }
        for act in terminals.step(s * 1_000, &seen, |_| set_out.is_some_and(|at| s >= at + 30)) {
            let step = act.request["step"].as_str().unwrap_or(act.name).to_owned();
            let stage = match step.as_str() {
                "sign" => "signed",
                "set_out" => "en_route",
                "arrive" => "on_scene",
                "work" => "working",
                "clear" => "cleared",
                "sign_cancel" => "cancelled",
                _ => &order.stage,
            };
            order.stage = stage.to_owned();
            set_out = set_out.or((step == "set_out").then_some(s));
            out.push((s, step));
        }
    }
    out
}

fn steps(played: &[(i64, String)]) -> Vec<&str> {
    played.iter().map(|(_, step)| step.as_str()).collect()
}

#[test]
fn a_good_crew_goes_all_the_way_in_its_time() {
    let played = play(order("巡03"), 900, 1.0);
    assert_eq!(
        steps(&played),
        [
            "deliver",
            "read",
            "sign",
            "set_out",
            "arrive",
            "work",
            "feedback.add",
            "clear"
        ]
    );
    let at = |step: &str| played.iter().find(|(_, name)| name == step).unwrap().0;
    assert!((1..=2).contains(&at("deliver")), "{played:?}");
    assert!((6..=26).contains(&at("sign")), "{played:?}");
    assert!(at("arrive") - at("set_out") >= 30, "{played:?}");
    assert_eq!(play(order("巡03"), 900, 1.0), played);
    assert_ne!(play(order("巡04"), 900, 1.0), played);
}

#[test]
fn the_silent_read_and_never_sign_and_the_offline_do_nothing() {
    assert_eq!(steps(&play(order("默"), 900, 1.0)), ["deliver", "read"]);
    assert!(play(order("断"), 900, 1.0).is_empty());
}

#[test]
fn without_a_place_they_still_arrive() {
    let mut lost = order("巡03");
    lost.place = None;
    lost.stage = "en_route".to_owned();
    let played = play(lost, 300, 1.0);
    assert_eq!(played[0].1, "arrive");
    assert!((60..=181).contains(&played[0].0));
}

#[test]
fn a_cancelling_is_signed_and_ends_it() {
    let mut back = order("巡03");
    back.cancel_pending = true;
    let played = play(back, 900, 1.0);
    assert_eq!(played.last().unwrap().1, "sign_cancel");
    assert!((3..=11).contains(&played.last().unwrap().0), "{played:?}");
    let mut silent = order("默");
    silent.cancel_pending = true;
    assert!(!steps(&play(silent, 900, 1.0)).contains(&"sign_cancel"));
}

#[test]
fn a_refused_step_is_not_repeated_every_second() {
    // The desk never moves the order on: each step is sent once.
    let mut terminals = terminals(1.0);
    let mut seen = Seen::default();
    let one = order("巡03");
    seen.orders.insert(one.id.clone(), one);
    let sent = (0..600)
        .flat_map(|s| terminals.step(s * 1_000, &seen, |_| true))
        .count();
    assert_eq!(sent, 3);
}

#[test]
fn who_left_a_scene_becomes_free_again() {
    let mut terminals = terminals(1.0);
    let own = Own {
        id: "u".to_owned(),
        state: "returning".to_owned(),
        is_engaged: false,
    };
    let seen = Seen {
        units: [("巡03".to_owned(), own)].into(),
        ..Seen::default()
    };
    let at = (0..120).find(|s| {
        let acts = terminals.step(s * 1_000, &seen, |_| false);
        acts.iter()
            .any(|act| act.request == json!({"unit": "u", "state": "available"}))
    });
    assert!((20..=60).contains(&at.unwrap()), "{at:?}");
}

#[test]
fn pace_shortens_every_wait() {
    let slow = play(order("巡03"), 900, 1.0).last().unwrap().0;
    let fast = play(order("巡03"), 900, 10.0).last().unwrap().0;
    assert!(fast < slow / 2, "{fast} {slow}");
}
