//! Goal: one desk takes a call, sends units, follows them and closes, with
//! nothing but its own machine. Method: the commands the keys send.

use fengsui_tests::desk::{Desk, NOON_MS, Scratch, TestClock, text};
use serde_json::json;

#[test]
fn from_ring_to_closed() {
    let home = Scratch::new("road");
    let clock = TestClock::at(NOON_MS);
    let desk = Desk::open(home.path(), &clock).unwrap();
    desk.place_units().unwrap();
    let incident = take_and_file(&desk);
    let assignments = send_the_proposed(&desk, &incident);
    follow(&desk, &clock, &incident, &assignments);
    close(&desk, &incident, &assignments);

    let view = desk.view(&incident).unwrap();
    assert_eq!(view["row"]["stage"], "closed");
    let lines = view["timeline"].as_array().unwrap();
    let kinds: Vec<&str> = lines
        .iter()
        .map(|line| line["kind"].as_str().unwrap())
        .collect();
    for kind in [
        "call.ring",
        "call.answer",
        "incident.file",
        "assignment.order",
        "assignment.sign",
        "assignment.arrive",
        "feedback.add",
        "incident.close",
    ] {
        assert!(kinds.contains(&kind), "{kind} is not in {kinds:?}");
    }
    let board = desk.ok("incident.board", json!({})).unwrap();
    assert_eq!(board["open_count"], 0);
    let proof = desk.ok("audit.verify", json!({})).unwrap();
    assert_eq!(proof["rebuild_equal"], true, "{proof}");
    assert_eq!(proof["broken"], json!([]));
}

/// The type proposed from the words is taken as it is.
fn take_and_file(desk: &Desk) -> String {
    let incident = desk.take_call("110").unwrap();
    let text = "两人持刀打架，一人手部流血";
    let proposed = desk
        .ok("type.propose", json!({ "text": text, "line": "110" }))
        .unwrap();
    let first = &proposed["proposals"][0];
    assert!(
        first["path"].as_str().unwrap().contains("打架"),
        "{proposed}"
    );
    assert_eq!(first["level"], "urgent");
    let form = json!({ "text": text, "place": "人民路夜市东口",
        "type_code": first["code"], "level": first["level"] });
    desk.ok(
        "incident.file",
        json!({ "incident": incident, "form": form }),
    )
    .unwrap();
    incident
}

/// Sends what the ranking proposes; the 签收 clock stands at 30 s and 60 s.
fn send_the_proposed(desk: &Desk, incident: &str) -> Vec<String> {
    let ranked = desk
        .ok("candidate.rank", json!({ "incident": incident }))
        .unwrap();
    let proposed: Vec<String> = ranked["rows"]
        .as_array()
        .unwrap()
        .iter()
        .filter(|row| row["proposed"] == true)
        .map(|row| text(row, "unit").unwrap())
        .collect();
    assert!(
        proposed.len() >= 2,
        "a knife wants two units: {}",
        ranked["wanted"]
    );
    desk.ok(
        "assignment.order",
        json!({ "incident": incident, "units": proposed }),
    )
    .unwrap();
    let view = desk.view(incident).unwrap();
    assert_eq!(view["row"]["stage"], "dispatched");
    let assignments = view["assignments"].as_array().unwrap();
    assert_eq!(assignments.len(), proposed.len());
    let watch = &assignments[0]["watch"];
    let since = watch["since_ms"].as_i64().unwrap();
    assert_eq!(
        watch["amber_at_ms"].as_i64(),
        Some(since + 30_000),
        "签收 amber at 30 s"
    );
    assert_eq!(
        watch["red_at_ms"].as_i64(),
        Some(since + 60_000),
        "签收 red at 60 s"
    );
    assert_eq!(
        assignments[0]["undelivered_at_ms"].as_i64(),
        Some(since + 5_000)
    );
    assignments
        .iter()
        .map(|row| text(row, "id").unwrap())
        .collect()
}

/// Every terminal reports every step and says what it found.
fn follow(desk: &Desk, clock: &TestClock, incident: &str, assignments: &[String]) {
    for id in assignments {
        for step in ["deliver", "read", "sign", "set_out", "arrive", "work"] {
            clock.shift(7_000);
            let request = json!({ "assignment": id, "step": step });
            desk.device_ok("assignment.step", request).unwrap();
        }
        let words =
            json!({ "incident": incident, "assignment": id, "text": "到场, 3人受伤, 请120" });
        desk.device_ok("feedback.add", words).unwrap();
    }
    let view = desk.view(incident).unwrap();
    assert_eq!(view["row"]["stage"], "on_scene");
    assert_eq!(view["feedback"][0]["proposes"][0], "120");
}

/// Neither with units on scene nor without a result.
fn close(desk: &Desk, incident: &str, assignments: &[String]) {
    let close = json!({ "incident": incident, "result": "R01" });
    assert_eq!(
        desk.refused("incident.close", close.clone()).unwrap(),
        "incident.units_active"
    );
    for id in assignments {
        desk.device_ok(
            "assignment.step",
            json!({ "assignment": id, "step": "clear" }),
        )
        .unwrap();
    }
    let without = json!({ "incident": incident, "result": null });
    assert_eq!(
        desk.refused("incident.close", without).unwrap(),
        "incident.result_missing"
    );
    desk.ok("incident.close", close).unwrap();
}

/// Nobody chose a type on the quickest road: what is at stake goes by what the words propose,
/// the type itself stays to be chosen.
#[test]
fn an_untyped_knife_is_urgent_and_wants_two_units() {
    let home = Scratch::new("untyped");
    let desk = Desk::open(home.path(), &TestClock::at(NOON_MS)).unwrap();
    desk.place_units().unwrap();
    let incident = desk.take_call("110").unwrap();
    let form = json!({ "text": "两人持刀打架，一人手部流血" });
    let file = json!({ "incident": incident, "form": form });
    desk.ok("incident.file", file).unwrap();
    let view = desk.view(&incident).unwrap();
    assert_eq!(view["row"]["type_code"], json!(null));
    assert_eq!(view["row"]["level"], "urgent");
    assert!(
        view["pending"]
            .as_array()
            .unwrap()
            .contains(&json!("type_code"))
    );
    let ranked = desk
        .ok("candidate.rank", json!({ "incident": incident }))
        .unwrap();
    assert_eq!(ranked["proposed_type"], "打架斗殴·持械");
    let rows = ranked["rows"].as_array().unwrap();
    assert!(rows.iter().filter(|row| row["proposed"] == true).count() >= 2);
    // Its place is not named yet, but the crew is told where.
    let order = view["order_text"].as_str().unwrap();
    assert!(
        order.starts_with("手机定位 113.90000,31.20000，地名待补"),
        "{order}"
    );

    let lower = json!({ "incident": incident, "form": { "level": "normal" } });
    desk.ok("incident.amend", lower).unwrap();
    assert_eq!(desk.view(&incident).unwrap()["row"]["level"], "normal");
}

/// When all its units have left, an incident waits to be closed and not to be sent to; a result
/// that wants words is content with those reported with it.
#[test]
fn after_the_last_unit_it_waits_to_be_closed() {
    let home = Scratch::new("to-close");
    let desk = Desk::open(home.path(), &TestClock::at(NOON_MS)).unwrap();
    desk.place_units().unwrap();
    let incident = take_and_file(&desk);
    let row = |desk: &Desk| desk.view(&incident).unwrap()["row"].clone();
    assert_eq!(row(&desk)["was_sent"], false);
    assert!(row(&desk)["first_order"].is_object());
    for id in send_the_proposed(&desk, &incident) {
        for step in ["sign", "set_out", "arrive", "clear"] {
            let request = json!({ "assignment": id, "step": step });
            desk.ok("assignment.step", request).unwrap();
        }
    }
    let board = desk.ok("incident.board", json!({})).unwrap();
    for row in [&row(&desk), &board["rows"][0]] {
        assert_eq!(row["stage"], "waiting");
        assert_eq!(
            (&row["was_sent"], &row["first_order"]),
            (&json!(true), &json!(null))
        );
    }

    let close = json!({ "incident": incident, "result": "R02" });
    let refused = desk.refused("incident.close", close.clone()).unwrap();
    assert_eq!(refused, "incident.text_missing");
    let told = json!({ "incident": incident, "assignment": null,
        "text": "嫌疑人移交刑侦", "result": "R02" });
    desk.ok("feedback.add", told).unwrap();
    desk.ok("incident.close", close).unwrap();
    assert_eq!(row(&desk)["stage"], "closed");
}

#[test]
fn closed_and_opened_again_everything_is_there() {
    let home = Scratch::new("again");
    let clock = TestClock::at(NOON_MS);
    let (incident, before) = {
        let desk = Desk::open(home.path(), &clock).unwrap();
        let incident = desk.take_call("119").unwrap();
        let form = json!({ "floor": "3", "trapped": 2, "text": "三楼冒烟" });
        desk.ok(
            "incident.amend",
            json!({ "incident": incident, "form": form }),
        )
        .unwrap();
        let draft = json!({ "key": format!("incident:{incident}"), "body": "{\"text\":\"半句\"}" });
        desk.ok("draft.put", draft).unwrap();
        let view = desk.view(&incident).unwrap();
        desk.station.close();
        (incident, view)
    };
    let desk = Desk::open(home.path(), &clock).unwrap();
    assert_eq!(desk.view(&incident).unwrap(), before);
    let drafts = desk
        .ok("draft.get", json!({ "key": "incident:*" }))
        .unwrap();
    assert_eq!(drafts["drafts"][0]["body"], "{\"text\":\"半句\"}");
}

#[test]
fn numbers_go_on_after_a_restart_and_a_restored_copy_begins_a_new_incarnation() {
    let home = Scratch::new("copy");
    let clock = TestClock::at(NOON_MS);
    let desk = Desk::open(home.path(), &clock).unwrap();
    let first = desk.take_call("110").unwrap();
    let copy = home.path().join("elsewhere.db");
    desk.station.store().backup(&copy).unwrap();
    let lost = desk.take_call("110").unwrap();
    assert!(first.starts_with("1.1."), "{first}");
    assert!(lost.starts_with("1.1."), "{lost}");
    drop(desk);
    for ending in ["", "-wal", "-shm"] {
        let _ = std::fs::remove_file(home.path().join(format!("real.db{ending}")));
    }
    std::fs::copy(&copy, home.path().join("real.db")).unwrap();
    let desk = Desk::open(home.path(), &clock).unwrap();
    let next = desk.take_call("110").unwrap();
    assert!(
        !next.starts_with("1.1."),
        "an older copy must not reuse dots: {next}"
    );
    let proof = desk.ok("audit.verify", json!({})).unwrap();
    assert_eq!(proof["broken"], json!([]));
}
