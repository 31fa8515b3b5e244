//! Goal: the acceptance examples of the rows of this desk. Method: one test a
//! row, named by it.

use fengsui_tests::desk::{Desk, NOON_MS, Scratch, TestClock, text};
use serde_json::{Value, json};
use std::sync::Arc;

fn desk(name: &str) -> (Scratch, Arc<TestClock>, Desk) {
    let home = Scratch::new(name);
    let clock = TestClock::at(NOON_MS);
    let desk = Desk::open(home.path(), &clock).unwrap();
    desk.place_units().unwrap();
    (home, clock, desk)
}

fn filed(desk: &Desk, form: Value) -> String {
    let incident = desk.take_call("110").unwrap();
    desk.ok(
        "incident.file",
        json!({ "incident": incident, "form": form }),
    )
    .unwrap();
    incident
}

fn send(desk: &Desk, incident: &str, callsign: &str) -> String {
    let unit = desk.unit(callsign).unwrap();
    let order = json!({ "incident": incident, "units": [unit], "override_reason": "试" });
    desk.ok("assignment.order", order).unwrap();
    text(&desk.unit_row(callsign).unwrap(), "assignment").unwrap()
}

#[test]
fn a1_the_form_changes_by_number_and_the_text_and_number_stay() {
    let (_home, _clock, desk) = desk("a1");
    let incident = desk.take_call("119").unwrap();
    let form = json!({ "text": "厂房冒烟", "floor": "2" });
    desk.ok(
        "incident.amend",
        json!({ "incident": incident, "form": form }),
    )
    .unwrap();
    let before = desk.view(&incident).unwrap();
    let to_traffic = json!({ "incident": incident, "form": { "line": "122" } });
    desk.ok("incident.amend", to_traffic).unwrap();
    let after = desk.view(&incident).unwrap();
    assert_eq!(after["form"]["line"], "122");
    assert_eq!(after["form"]["text"], "厂房冒烟");
    assert_eq!(after["row"]["number"], before["row"]["number"]);
}

#[test]
fn a5_a_better_fix_moves_the_point_and_both_are_kept() {
    let (_home, _clock, desk) = desk("a5");
    let ring = json!({ "line": "110", "number": "1390000", "fix":
        { "lon": 113.9, "lat": 31.2, "radius_m": 350.0, "source": "base_station" } });
    let call = text(&desk.device_ok("call.ring", ring).unwrap(), "call").unwrap();
    let incident = text(
        &desk.ok("call.answer", json!({ "call": call })).unwrap(),
        "incident",
    );
    let incident = incident.unwrap();
    assert_eq!(
        desk.view(&incident).unwrap()["form"]["point_source"],
        "base_station"
    );
    let better = json!({ "call": call, "fix":
        { "lon": 113.91, "lat": 31.21, "radius_m": 20.0, "source": "handset" } });
    desk.device_ok("call.locate", better).unwrap();
    let view = desk.view(&incident).unwrap();
    assert_eq!(
        view["form"]["point"],
        json!({ "lon": 113.91, "lat": 31.21 })
    );
    assert_eq!(view["fixes"].as_array().unwrap().len(), 2);
    assert_eq!(view["call"]["fix"]["radius_m"], 20.0);
    // A point chosen by a person is not moved by the network.
    let chosen = json!({ "point": { "lon": 113.95, "lat": 31.25 }, "point_source": "map_click" });
    desk.ok(
        "incident.amend",
        json!({ "incident": incident, "form": chosen }),
    )
    .unwrap();
    let later = json!({ "call": call, "fix":
        { "lon": 113.8, "lat": 31.1, "radius_m": 5.0, "source": "handset" } });
    desk.device_ok("call.locate", later).unwrap();
    assert_eq!(
        desk.view(&incident).unwrap()["form"]["point"]["lon"],
        113.95
    );
}

#[test]
fn a8_saved_with_empty_fields_and_the_empties_are_listed() {
    let (_home, _clock, desk) = desk("a8");
    let incident = filed(&desk, json!({ "text": "两人持刀打架" }));
    let view = desk.view(&incident).unwrap();
    assert_eq!(view["row"]["stage"], "waiting");
    let pending = view["pending"].as_array().unwrap();
    assert!(pending.contains(&json!("type_code")), "{pending:?}");
    assert!(pending.contains(&json!("caller_name")), "{pending:?}");
}

#[test]
fn a12_six_of_ten_invalid_are_counted() {
    let (_home, _clock, desk) = desk("a12");
    for at in 0..10 {
        let incident = desk.take_call("110").unwrap();
        if at < 6 {
            let reason = json!({ "incident": incident, "reason": "1102" });
            desk.ok("incident.invalidate", reason).unwrap();
        }
    }
    let today = desk.ok("incident.board", json!({})).unwrap()["today"].clone();
    assert_eq!(today, json!({ "opened": 10, "invalid": 6 }));
}

#[test]
fn a14_patrol_found_has_its_unit_on_scene() {
    let (_home, _clock, desk) = desk("a14");
    let done = desk
        .ok("command.run", json!({ "text": "/xf 巡03 路边有人倒地" }))
        .unwrap();
    let view = desk.view(done["incident"].as_str().unwrap()).unwrap();
    assert_eq!(view["form"]["entrance"], "patrol");
    assert_eq!(view["form"]["text"], "路边有人倒地");
    assert_eq!(view["row"]["stage"], "on_scene");
    assert_eq!(view["assignments"][0]["callsign"], "巡03");
    assert_eq!(desk.unit_row("巡03").unwrap()["state"], "on_scene");
    assert_eq!(view["form"]["point_source"], "unit");
}

#[test]
fn b1_a_busy_unit_is_refused_and_an_old_fix_needs_a_reason() {
    let (_home, clock, desk) = desk("b1");
    let first = filed(&desk, json!({ "text": "打架" }));
    send(&desk, &first, "巡03");
    let second = filed(&desk, json!({ "text": "吵架" }));
    let busy = json!({ "incident": second, "units": [desk.unit("巡03").unwrap()] });
    assert_eq!(
        desk.refused("assignment.order", busy).unwrap(),
        "unit.engaged"
    );
    clock.shift(40 * 60 * 1000);
    let ranked = desk
        .ok("candidate.rank", json!({ "incident": second }))
        .unwrap();
    let row = ranked["rows"]
        .as_array()
        .unwrap()
        .iter()
        .find(|r| r["callsign"] == "巡04");
    let codes: Vec<&str> = row.unwrap()["reasons"]
        .as_array()
        .unwrap()
        .iter()
        .map(|reason| reason["code"].as_str().unwrap())
        .collect();
    assert!(codes.contains(&"fix_too_old"), "{codes:?}");
    let old = json!({ "incident": second, "units": [desk.unit("巡04").unwrap()] });
    assert_eq!(
        desk.refused("assignment.order", old).unwrap(),
        "override.reason_needed"
    );
}

#[test]
fn b4_an_order_not_signed_becomes_a_need_at_30_s_and_another_channel_is_noted() {
    let (_home, clock, desk) = desk("b4");
    let incident = filed(&desk, json!({ "text": "打架" }));
    let assignment = send(&desk, &incident, "巡03");
    desk.device_ok(
        "assignment.step",
        json!({ "assignment": assignment, "step": "deliver" }),
    )
    .unwrap();
    let needs = desk.ok("need.list", json!({})).unwrap();
    let need = needs["needs"]
        .as_array()
        .unwrap()
        .iter()
        .find(|need| need["kind"] == "unsigned");
    let need = need.unwrap();
    let since = need["watch"]["since_ms"].as_i64().unwrap();
    assert_eq!(need["watch"]["amber_at_ms"].as_i64(), Some(since + 30_000));
    clock.shift(61_000);
    let remind = json!({ "assignment": assignment, "channel": "radio" });
    desk.ok("assignment.remind", remind).unwrap();
    desk.ok("need.own", json!({ "key": need["key"] })).unwrap();
    let needs = desk.ok("need.list", json!({})).unwrap();
    let need = needs["needs"]
        .as_array()
        .unwrap()
        .iter()
        .find(|need| need["kind"] == "unsigned");
    assert_eq!(need.unwrap()["owner"], "示范值班员");
    desk.ok(
        "assignment.step",
        json!({ "assignment": assignment, "step": "sign" }),
    )
    .unwrap();
    let needs = desk.ok("need.list", json!({})).unwrap();
    let gone = !needs["needs"]
        .as_array()
        .unwrap()
        .iter()
        .any(|need| need["kind"] == "unsigned");
    assert!(gone, "signed: the need is gone");
}

#[test]
fn b5_the_command_line_moves_a_unit_and_an_unknown_one_changes_nothing() {
    let (_home, _clock, desk) = desk("b5");
    let incident = filed(&desk, json!({ "text": "打架" }));
    send(&desk, &incident, "巡03");
    desk.ok("command.run", json!({ "text": "/s 巡03 到场" }))
        .unwrap();
    assert_eq!(desk.unit_row("巡03").unwrap()["state"], "on_scene");
    let before = desk.ok("unit.board", json!({})).unwrap();
    let unknown = json!({ "text": "/s 巡03X 到场" });
    assert_eq!(
        desk.refused("command.run", unknown.clone()).unwrap(),
        "not_found"
    );
    assert_eq!(desk.ok("unit.board", json!({})).unwrap(), before);
    let preview = desk.ok("command.preview", unknown).unwrap();
    assert_eq!(preview["kind"], "not_found");
    assert_eq!(preview["what"], "巡03X");
}

#[test]
fn b6_free_text_never_becomes_a_command() {
    let (_home, _clock, desk) = desk("b6");
    let incident = filed(
        &desk,
        json!({ "place": "建设路215号", "text": "巡03 到场 215" }),
    );
    assert_eq!(desk.view(&incident).unwrap()["assignments"], json!([]));
    for text in ["215号", "巡03 到场", "s 巡03 到场", " 建设路215号"] {
        assert_eq!(
            desk.refused("command.run", json!({ "text": text }))
                .unwrap(),
            "request.unknown",
            "{text}"
        );
    }
    let board = desk.ok("unit.board", json!({})).unwrap().to_string();
    assert!(!board.contains("\"ordered\""), "nobody was sent");
}

#[test]
fn b7_limits_are_the_countys_and_turning_one_off_clears_it() {
    let (_home, _clock, desk) = desk("b7");
    let incident = filed(&desk, json!({ "text": "打架" }));
    let assignment = send(&desk, &incident, "巡03");
    desk.ok(
        "assignment.step",
        json!({ "assignment": assignment, "step": "set_out" }),
    )
    .unwrap();
    let watch = desk.unit_row("巡03").unwrap()["watch"].clone();
    let since = watch["since_ms"].as_i64().unwrap();
    assert_eq!(watch["amber_at_ms"].as_i64(), Some(since + 600_000));
    assert_eq!(watch["red_at_ms"].as_i64(), Some(since + 780_000));
    let off = json!({ "key": "limit.en_route", "amber_s": null, "red_s": null });
    desk.ok("setting.set", off).unwrap();
    let watch = desk.unit_row("巡03").unwrap()["watch"].clone();
    assert_eq!(watch["amber_at_ms"], Value::Null);
    let on = json!({ "key": "limit.en_route", "amber_s": 300, "red_s": 480 });
    desk.ok("setting.set", on).unwrap();
    let watch = desk.unit_row("巡03").unwrap()["watch"].clone();
    assert_eq!(watch["amber_at_ms"].as_i64(), Some(since + 300_000));
    let upside_down = json!({ "key": "limit.en_route", "amber_s": 500, "red_s": 480 });
    assert_eq!(
        desk.refused("setting.set", upside_down).unwrap(),
        "value.invalid"
    );
}

#[test]
fn b8_late_words_bring_a_closed_incident_back_to_a_person() {
    let (_home, _clock, desk) = desk("b8");
    let incident = filed(&desk, json!({ "text": "打架" }));
    desk.ok(
        "incident.close",
        json!({ "incident": incident, "result": "R01" }),
    )
    .unwrap();
    let late = json!({ "incident": incident, "assignment": null, "text": "伤者送医" });
    desk.ok("feedback.add", late).unwrap();
    assert_eq!(desk.view(&incident).unwrap()["row"]["stage"], "review");
    let needs = desk.ok("need.list", json!({})).unwrap();
    assert!(
        needs["needs"]
            .as_array()
            .unwrap()
            .iter()
            .any(|need| need["kind"] == "review")
    );
    desk.ok(
        "incident.close",
        json!({ "incident": incident, "result": "R01" }),
    )
    .unwrap();
    assert_eq!(desk.view(&incident).unwrap()["row"]["stage"], "closed");
}

#[test]
fn b9_cancelling_waits_for_the_signature_and_touches_nobody_else() {
    let (_home, clock, desk) = desk("b9");
    let incident = filed(&desk, json!({ "text": "打架" }));
    send(&desk, &incident, "巡03");
    let other = send(&desk, &incident, "巡04");
    let cancel =
        |confirmed: bool| json!({ "assignment": other, "reason": "重复", "confirmed": confirmed });
    assert_eq!(
        desk.refused("assignment.cancel", cancel(false)).unwrap(),
        "cancel.unconfirmed"
    );
    desk.ok("assignment.cancel", cancel(true)).unwrap();
    let row = desk.unit_row("巡04").unwrap();
    assert_eq!(
        (row["cancel_pending"].clone(), row["state"].clone()),
        (json!(true), json!("ordered"))
    );
    clock.shift(20_000);
    let sign = json!({ "assignment": other, "step": "sign_cancel" });
    desk.device_ok("assignment.step", sign).unwrap();
    assert_eq!(desk.unit_row("巡04").unwrap()["state"], "available");
    assert_eq!(desk.unit_row("巡03").unwrap()["state"], "ordered");
    let view = desk.view(&incident).unwrap();
    let ended = view["assignments"]
        .as_array()
        .unwrap()
        .iter()
        .find(|a| a["id"] == other.as_str());
    let ended = ended.unwrap();
    assert_eq!(ended["stage"], "cancelled");
    let asked = ended["cancel_asked_at_ms"].as_i64().unwrap();
    assert_eq!(ended["cancelled_at_ms"].as_i64(), Some(asked + 20_000));
}

#[test]
fn b9_rerouting_orders_there_and_the_new_signature_ends_the_old() {
    let (_home, _clock, desk) = desk("reroute");
    let first = filed(&desk, json!({ "text": "吵架" }));
    let second = filed(&desk, json!({ "text": "持刀" }));
    let old = send(&desk, &first, "巡03");
    let reroute = json!({ "assignment": old, "to_incident": second, "reason": "更急" });
    desk.ok("assignment.reroute", reroute).unwrap();
    let row = desk.unit_row("巡03").unwrap();
    assert_eq!(row["incident"], second.as_str());
    assert_eq!(row["in_conflict"], false);
    let new = text(&row, "assignment").unwrap();
    desk.device_ok(
        "assignment.step",
        json!({ "assignment": new, "step": "sign" }),
    )
    .unwrap();
    let view = desk.view(&first).unwrap();
    assert_eq!(view["assignments"][0]["stage"], "cancelled");
    assert_eq!(view["row"]["stage"], "waiting");
    assert_eq!(desk.unit_row("巡03").unwrap()["state"], "signed");
}

#[test]
fn g8_the_board_of_an_instant_is_built_again_and_old_values_stay() {
    let (_home, clock, desk) = desk("g8");
    let incident = filed(&desk, json!({ "text": "打架", "place": "夜市东口" }));
    use fengsui_app::Clock;
    let then = clock.now_ms();
    let before = desk.ok("incident.board", json!({})).unwrap()["rows"].clone();
    clock.shift(60_000);
    send(&desk, &incident, "巡03");
    let amend = json!({ "incident": incident, "form": { "place": "夜市西口" } });
    desk.ok("incident.amend", amend).unwrap();
    let again = desk.ok("incident.as_of", json!({ "at_ms": then })).unwrap()["rows"].clone();
    assert_eq!(again, before);
    let view = desk.view(&incident).unwrap();
    let places: Vec<&str> = view["timeline"]
        .as_array()
        .unwrap()
        .iter()
        .flat_map(|line| line["params"].as_array().unwrap())
        .filter(|param| param["name"] == "place")
        .map(|param| param["value"].as_str().unwrap())
        .collect();
    assert_eq!(places, ["夜市东口", "夜市西口"]);
    let audit = desk.ok("audit.list", json!({ "limit": 5 })).unwrap();
    assert_eq!(audit["lines"][0]["command"], "incident.as_of");
    signed_with_what_stood_before(&desk, &incident);
}

/// The paper of an incident holds both values, is signed, and shows any change.
fn signed_with_what_stood_before(desk: &Desk, incident: &str) {
    use fengsui_store::export::signer_of;
    let request = json!({ "incident": incident });
    let exported = desk.ok("audit.export", request).unwrap();
    let paper = std::fs::read_to_string(text(&exported, "path").unwrap()).unwrap();
    let lines = exported["lines"].as_u64().unwrap();
    assert_eq!(paper.lines().count() as u64, lines + 2);
    assert!(
        paper.contains("夜市东口") && paper.contains("夜市西口"),
        "{paper}"
    );
    assert!(signer_of(&paper).is_some());
    assert_eq!(signer_of(&paper.replace("夜市西口", "夜市南口")), None);
    let audit = desk.ok("audit.list", json!({ "limit": 1 })).unwrap();
    assert_eq!(audit["lines"][0]["command"], "audit.export");
}

#[test]
fn k1_posts_decide_and_a_refusal_leaves_a_line() {
    let (_home, _clock, desk) = desk("k1");
    let enrol = |account: &str, posts: Value| {
        json!({ "account": account, "name": account, "passphrase": "一个足够长的口令",
            "posts": posts })
    };
    desk.ok("account.enrol", enrol("jie01", json!(["intake"])))
        .unwrap();
    desk.ok(
        "account.enrol",
        enrol("night", json!(["intake", "dispatch", "supervisor"])),
    )
    .unwrap();
    let sign_in = |account: &str, posts: Value| {
        let passphrase = "一个足够长的口令";
        json!({ "account": account, "passphrase": passphrase, "posts": posts })
    };
    let refused = desk
        .refused("session.sign_in", sign_in("jie01", json!(["dispatch"])))
        .unwrap();
    assert_eq!(refused, "post.not_granted");
    let signed = desk
        .ok("session.sign_in", sign_in("jie01", json!(["intake"])))
        .unwrap();
    let incident = filed(&desk, json!({ "text": "打架" }));
    let only_intake = Desk {
        person: text(&signed, "session").unwrap(),
        ..desk
    };
    let order = json!({ "incident": incident, "units": [only_intake.unit("巡03").unwrap()] });
    let code = only_intake
        .refused("assignment.order", order.clone())
        .unwrap();
    assert_eq!(code, "post.not_allowed");
    let night = json!(["intake", "dispatch", "supervisor"]);
    let signed = only_intake
        .ok("session.sign_in", sign_in("night", night))
        .unwrap();
    let night = Desk {
        person: text(&signed, "session").unwrap(),
        ..only_intake
    };
    night.ok("assignment.order", order).unwrap();
    let audit = night.ok("audit.list", json!({ "limit": 10 })).unwrap();
    let line = audit["lines"]
        .as_array()
        .unwrap()
        .iter()
        .find(|line| line["account"] == "jie01" && line["command"] == "assignment.order");
    assert_eq!(line.unwrap()["code"], "post.not_allowed");
}

#[test]
fn wrong_passphrases_pause_the_account() {
    let (_home, clock, desk) = desk("pause");
    let enrol = json!({ "account": "a", "name": "a", "passphrase": "一个足够长的口令",
        "posts": ["intake"] });
    desk.ok("account.enrol", enrol).unwrap();
    let wrong = json!({ "account": "a", "passphrase": "猜一猜", "posts": ["intake"] });
    for _ in 0..5 {
        assert_eq!(
            desk.refused("session.sign_in", wrong.clone()).unwrap(),
            "session.denied"
        );
    }
    let right = json!({ "account": "a", "passphrase": "一个足够长的口令", "posts": ["intake"] });
    assert_eq!(
        desk.refused("session.sign_in", right.clone()).unwrap(),
        "session.locked"
    );
    clock.shift(10 * 60 * 1000 + 1_000);
    desk.ok("session.sign_in", right).unwrap();
}

#[test]
fn search_finds_by_words_digits_and_short_code() {
    let (_home, _clock, desk) = desk("search");
    let incident = filed(
        &desk,
        json!({ "text": "两人持刀打架", "place": "人民路夜市东口" }),
    );
    filed(&desk, json!({ "text": "邻里噪音", "place": "锦华苑" }));
    let short = text(&desk.view(&incident).unwrap()["row"], "short_code").unwrap();
    for query in ["夜市", "持刀打架", "人民路 东口", short.as_str()] {
        let hits = desk
            .ok("incident.search", json!({ "query": query, "limit": 10 }))
            .unwrap();
        let ids: Vec<&str> = hits["rows"]
            .as_array()
            .unwrap()
            .iter()
            .map(|r| r["id"].as_str().unwrap())
            .collect();
        assert_eq!(ids, [incident.as_str()], "{query}");
    }
    let both = desk
        .ok("incident.search", json!({ "query": "4217", "limit": 10 }))
        .unwrap();
    assert_eq!(
        both["rows"].as_array().unwrap().len(),
        2,
        "the caller's number is in both"
    );
}

/// Coordinates typed into the command line or chosen in the place field: one place whatever datum
/// they came in, the datum kept and shown; what is no place or several changes nothing.
#[test]
fn c2_coordinates_of_any_datum_are_one_place_and_the_datum_is_kept() {
    let (_home, _clock, desk) = desk("c2");
    let incident = filed(&desk, json!({ "text": "打架" }));
    let here = fengsui_geo::Wgs84::new(113.9023, 31.2013).unwrap();
    let gcj = fengsui_geo::Gcj02::from(here);
    let line = |text: String| json!({ "text": text, "incident": incident });
    let form = || desk.view(&incident).unwrap()["form"].clone();
    let off_m = |form: &Value| {
        let at = |name: &str| form["point"][name].as_f64().unwrap();
        fengsui_geo::distance_m(here, fengsui_geo::Wgs84::new(at("lon"), at("lat")).unwrap())
    };
    desk.ok("command.run", line("/zb 113.9023,31.2013".to_owned()))
        .unwrap();
    let plain = form();
    assert_eq!(
        (&plain["point_source"], &plain["point_datum"]),
        (&json!("coordinate"), &json!("wgs84"))
    );
    assert!(off_m(&plain) < 0.1);
    let text = format!("/zb 高德 {:.7},{:.7}", gcj.lon_deg(), gcj.lat_deg());
    let preview = desk.ok("command.preview", line(text.clone())).unwrap();
    assert_eq!(preview["kind"], "ready");
    assert!(
        preview["params"][0]["value"]
            .as_str()
            .unwrap()
            .contains("gcj02"),
        "{preview}"
    );
    desk.ok("command.run", line(text)).unwrap();
    let moved = form();
    assert_eq!(moved["point_datum"], "gcj02");
    assert!(off_m(&moved) < 5.0, "one corner in two datums is one place");
    let view = desk.view(&incident).unwrap();
    let last = view["timeline"].as_array().unwrap().last().unwrap().clone();
    assert!(last.to_string().contains("gcj02"), "{last}");
    for (bad, code) in [
        ("/zb 人民路", "not_found"),
        ("/zb 12,200", "not_found"),
        ("/zb", "request.malformed"),
    ] {
        assert_eq!(
            desk.refused("command.run", line(bad.to_owned())).unwrap(),
            code,
            "{bad}"
        );
    }
    assert_eq!(form(), moved);
    // A point of another kind takes the datum away; a datum alone is refused.
    let click = json!({ "point": { "lon": 113.95, "lat": 31.25 }, "point_source": "map_click" });
    desk.ok(
        "incident.amend",
        json!({ "incident": incident, "form": click }),
    )
    .unwrap();
    assert_eq!(form()["point_datum"], Value::Null);
    let alone = json!({ "incident": incident, "form": { "point_datum": "gcj02" } });
    assert_eq!(
        desk.refused("incident.amend", alone).unwrap(),
        "value.invalid"
    );
}
