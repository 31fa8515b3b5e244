//! Goal: what a cut-off station heard by voice is worked there like any other incident and becomes
//! one with its original when data returns, nothing lost on either side. Method: two and three
//! stations, sessions carried by hand, in both orders; after every healing the tables of all are
//! compared row for row.

use fengsui_domain::log::dot::Lane;
use fengsui_tests::desk::{Desk, NOON_MS, text};
use fengsui_wire::router::Answer;
use serde_json::{Value, json};

use super::stations::{County, conflicts};

/// What is read aloud of an incident: its short code.
fn code_of(desk: &Desk, incident: &str) -> String {
    let view = desk.view(incident).unwrap();
    view["row"]["short_code"].as_str().unwrap().to_owned()
}

/// Enters at a desk what was heard; the stub's dot.
fn hear(desk: &Desk, code: &str, form: &Value) -> String {
    let heard = json!({ "code": code, "line": "110", "from": "指挥中心 350M", "form": form });
    text(&desk.ok("incident.hear", heard).unwrap(), "incident").unwrap()
}

fn place(place: &str) -> Value {
    json!({ "place": place, "text": "两人持刀，派巡03", "level": "urgent" })
}

fn board(desk: &Desk) -> Vec<Value> {
    let board = desk.ok("incident.board", json!({})).unwrap();
    board["rows"].as_array().unwrap().clone()
}

fn kinds(view: &Value) -> Vec<(String, i64)> {
    let lines = view["timeline"].as_array().unwrap().iter();
    lines
        .map(|line| {
            let kind = line["kind"].as_str().unwrap().to_owned();
            (kind, line["at_ms"].as_i64().unwrap())
        })
        .collect()
}

fn step(desk: &Desk, order: &Value, step: &str) {
    let asked = json!({ "assignment": order["entry"], "step": step });
    desk.device_ok("assignment.step", asked).unwrap();
}

/// One incident with both sides' lines and values, under either name.
fn is_one(desk: &Desk, original: &str, stub: &str, code: &str) {
    let rows = board(desk);
    assert_eq!(rows.len(), 1, "one incident: {rows:?}");
    assert_eq!(rows[0]["id"], json!(original));
    assert_eq!(rows[0]["place"], "人民路中学北门");
    assert_eq!(rows[0]["stage"], "dispatched");
    assert_eq!(rows[0]["units"][0]["callsign"], "巡03");
    assert_eq!(rows[0]["voice"]["parts"], 1);
    let view = desk.view(stub).unwrap();
    assert_eq!(
        view["row"]["id"],
        json!(original),
        "the stub's name leads to the whole"
    );
    assert_eq!(view["voice_parts"][0]["id"], json!(stub));
    let lines = kinds(&view);
    for (kind, after_ms) in [
        ("incident.open", 0),
        ("incident.hear", 60_000),
        ("assignment.order", 120_000),
        ("assignment.sign", 180_000),
        ("incident.note", 180_000),
    ] {
        assert!(
            lines.contains(&(kind.to_owned(), NOON_MS + after_ms)),
            "{kind}: {lines:?}"
        );
    }
    let others = view["parallel"].to_string();
    assert!(
        others.contains("人民路中学\""),
        "the place as heard is kept: {others}"
    );
    assert_eq!(desk.unit_row("巡03").unwrap()["incident"], json!(original));
    let hits = desk
        .ok("incident.search", json!({ "query": code, "limit": 10 }))
        .unwrap();
    assert_eq!(hits["rows"].as_array().unwrap().len(), 1);
}

/// D5: cut → read aloud → stub at the post with 巡03 sent → healed → one incident on both, both
/// timelines with their true times.
#[test]
fn what_was_heard_is_worked_and_becomes_one_with_its_original() {
    let county = County::of(2);
    let (hall, post) = (&county.desks[0], &county.desks[1]);
    // The hall's own incident, which the post has never seen.
    let original = county.incident(0, "人民路中学北门");
    let code = code_of(hall, &original);
    county.clock.shift(60_000);
    let stub = hear(post, &code.to_lowercase(), &place("人民路中学"));
    let row = board(post).remove(0);
    assert_eq!(
        row["short_code"],
        json!(code),
        "it is spoken of by what was heard"
    );
    assert_eq!(row["voice"]["is_stub"], true);
    assert_eq!(row["voice"]["from"], "指挥中心 350M");
    assert_eq!(
        (row["stage"].as_str(), row["level"].as_str()),
        (Some("waiting"), Some("urgent"))
    );
    county.clock.shift(60_000);
    let order = county.order(1, &stub, "巡03");
    county.clock.shift(60_000);
    step(post, &order, "sign");
    step(post, &order, "set_out");
    let note = json!({ "incident": original, "text": "报警人再次来电" });
    hall.ok("incident.note", note).unwrap();

    county.meet(0, 1);
    county.prove_equal();
    for desk in &county.desks {
        is_one(desk, &original, &stub, &code);
    }
    // Either name of it works the whole, and its end is the end of both.
    step(hall, &order, "arrive");
    step(hall, &order, "clear");
    county.meet(0, 1);
    let closing = json!({ "incident": stub, "result": "R01", "text": "已劝离" });
    post.ok("incident.close", closing).unwrap();
    county.meet(0, 1);
    county.prove_equal();
    for desk in &county.desks {
        assert_eq!(board(desk), Vec::<Value>::new());
        let today = desk.ok("incident.board", json!({})).unwrap()["today"].clone();
        assert_eq!(today["opened"], 1, "counted once");
    }
}

/// The other way round: the original comes to be known before the stub is entered, and a station
/// that learns of the stub first.
#[test]
fn whoever_learns_first_the_end_is_the_same() {
    let county = County::of(3);
    let original = county.incident(0, "桥头市场");
    let code = code_of(&county.desks[0], &original);
    let stub = hear(&county.desks[1], &code, &place("桥头市场南口"));
    county.order(1, &stub, "巡03");
    // The third hears of the stub only, by voice too, and works it.
    let second = hear(&county.desks[2], &code, &place("桥头"));
    county.meet(1, 2);
    let rows = board(&county.desks[2]);
    assert_eq!(rows.len(), 1, "two stubs of one code are one: {rows:?}");
    let note = json!({ "incident": second, "text": "围观者多" });
    county.desks[2].ok("incident.note", note).unwrap();
    county.meet(2, 0);
    let at_hall = board(&county.desks[0]);
    assert_eq!(at_hall.len(), 1, "{at_hall:?}");
    assert_eq!(at_hall[0]["id"], json!(original));
    assert_eq!(at_hall[0]["voice"]["parts"], 2);
    county.meet(0, 1);
    county.meet(0, 2);
    county.meet(0, 1);
    county.prove_equal();
    for desk in &county.desks {
        let view = desk.view(&second).unwrap();
        assert_eq!(view["row"]["id"], json!(original));
        let lines = kinds(&view);
        let count = |kind: &str| lines.iter().filter(|(of, _)| of == kind).count();
        assert_eq!((count("incident.hear"), count("incident.note")), (2, 1));
        assert_eq!(conflicts(desk), Vec::<Value>::new());
    }
    // Entered where the original is here already: at once one with it.
    let late = hear(&county.desks[0], &code, &place("桥头"));
    assert_eq!(
        county.desks[0].view(&late).unwrap()["row"]["id"],
        json!(original)
    );
}

/// A stub whose original never comes stays whole, to its end.
#[test]
fn a_stub_whose_original_never_comes_is_an_incident_like_any_other() {
    let county = County::of(2);
    let post = &county.desks[1];
    let code = code_of(&county.desks[0], &county.incident(0, "某处"));
    let stub = hear(post, &code, &json!({ "place": "河西路", "text": "打架" }));
    let order = county.order(1, &stub, "巡03");
    for one in ["sign", "set_out", "arrive", "clear"] {
        step(post, &order, one);
    }
    let closing = json!({ "incident": stub, "result": "R01", "text": "已调解" });
    post.ok("incident.close", closing).unwrap();
    assert_eq!(post.view(&stub).unwrap()["row"]["stage"], "closed");
    // What closed here and was still open there had not heard of each other.
    county.meet(0, 1);
    county.prove_equal();
    let view = county.desks[0].view(&stub).unwrap();
    assert_eq!(view["voice_doubt"]["why"], "contradicts", "{view}");
}

/// A code of another incident: not swallowed where place or type contradict; a person decides, and
/// takes it back.
#[test]
fn a_code_of_another_incident_is_for_a_person() {
    let county = County::of(2);
    let (hall, post) = (&county.desks[0], &county.desks[1]);
    let wrong = county.incident(0, "人民路中学");
    let right = county.incident(0, "桥头市场");
    let code = code_of(hall, &wrong);
    let stub = hear(post, &code, &place("桥头市场"));
    county.meet(0, 1);
    county.prove_equal();
    for desk in &county.desks {
        assert_eq!(board(desk).len(), 3, "nothing was swallowed");
        let needs = desk.ok("need.list", json!({})).unwrap().to_string();
        assert!(needs.contains(&format!("voice:{stub}")), "{needs}");
        let marks: Vec<Value> = board(desk)
            .iter()
            .map(|row| row["voice"]["in_doubt"].clone())
            .collect();
        assert_eq!(
            marks.iter().filter(|mark| **mark == true).count(),
            2,
            "both are marked"
        );
    }
    let join = json!({ "incident": stub, "into": right });
    hall.ok("incident.join", join.clone()).unwrap();
    assert_eq!(
        hall.refused("incident.join", join).unwrap(),
        "nothing_to_change"
    );
    let alone = json!({ "part": wrong });
    assert_eq!(
        hall.refused("incident.part", alone).unwrap(),
        "incident.not_joined"
    );
    county.meet(0, 1);
    county.prove_equal();
    for desk in &county.desks {
        assert_eq!(desk.view(&stub).unwrap()["row"]["id"], json!(right));
        assert_eq!(board(desk).len(), 2);
        let needs = desk.ok("need.list", json!({})).unwrap().to_string();
        assert!(!needs.contains("voice:"), "{needs}");
    }
    // Taken back at the post while the hall goes on: both words stand, a person looks again.
    let part = json!({ "part": stub, "reason": "核实是另一起" });
    post.ok("incident.part", part.clone()).unwrap();
    assert_eq!(
        post.refused("incident.part", part).unwrap(),
        "nothing_to_change"
    );
    assert_eq!(board(post).len(), 3);
    hall.ok("incident.join", json!({ "incident": stub, "into": wrong }))
        .unwrap();
    county.meet(0, 1);
    county.prove_equal();
    assert_eq!(hall.view(&stub).unwrap()["voice_doubt"]["why"], "torn");
    hall.ok("incident.part", json!({ "part": stub })).unwrap();
    county.meet(0, 1);
    county.prove_equal();
    assert_eq!(post.view(&stub).unwrap()["voice_doubt"], Value::Null);
}

/// Whoever works the whole has said that it is one: it does not fall apart when the type is chosen.
#[test]
fn a_whole_that_was_worked_stays_one() {
    let county = County::of(2);
    let original = county.incident(0, "桥头市场");
    let code = code_of(&county.desks[0], &original);
    let stub = hear(
        &county.desks[1],
        &code,
        &json!({ "place": "桥头市场", "type_code": "0201" }),
    );
    county.meet(0, 1);
    let amend = json!({ "incident": original, "form": { "type_code": "0101" } });
    county.desks[0].ok("incident.amend", amend).unwrap();
    county.meet(0, 1);
    county.prove_equal();
    for desk in &county.desks {
        let view = desk.view(&stub).unwrap();
        assert_eq!(view["row"]["id"], json!(original), "{view}");
        assert_eq!(view["voice_parts"][0]["by_person"], true);
    }
}

/// The hall sent the car and read its order aloud, the post sent it by what it heard: two orders
/// to one incident, until the crew's next word by one of them ends the other.
#[test]
fn a_car_sent_by_both_sides_to_one_incident_is_settled_by_its_next_step() {
    let county = County::of(2);
    let original = county.incident(0, "桥头市场");
    let code = code_of(&county.desks[0], &original);
    let by_hall = county.order(0, &original, "巡03");
    let stub = hear(&county.desks[1], &code, &place("桥头市场"));
    let by_post = county.order(1, &stub, "巡03");
    step(&county.desks[1], &by_post, "sign");
    county.meet(0, 1);
    county.prove_equal();
    for desk in &county.desks {
        assert_eq!(
            conflicts(desk).len(),
            1,
            "both orders stand until somebody knows"
        );
        assert_eq!(board(desk).len(), 1);
    }
    step(&county.desks[0], &by_post, "arrive");
    county.meet(0, 1);
    county.prove_equal();
    for desk in &county.desks {
        assert_eq!(conflicts(desk), Vec::<Value>::new());
        let view = desk.view(&original).unwrap();
        let orders = view["assignments"].as_array().unwrap();
        let stage = |of: &Value| {
            let order = orders
                .iter()
                .find(|order| order["id"] == of["entry"])
                .unwrap();
            order["stage"].as_str().unwrap().to_owned()
        };
        assert_eq!(
            (stage(&by_hall), stage(&by_post)),
            ("cancelled".into(), "on_scene".into())
        );
    }
}

/// A bad code is refused with what to ask for again, and nothing is written.
#[test]
fn a_bad_code_says_what_to_ask_for_again() {
    let county = County::of(2);
    let post = &county.desks[1];
    let code = code_of(&county.desks[0], &county.incident(0, "某处"));
    let good = code.chars().last().unwrap();
    let bad: String = code
        .chars()
        .take(5)
        .chain([if good == '7' { '4' } else { '7' }])
        .collect();
    let before = post.station.store().view().unwrap();
    for (code, expected) in [(bad.as_str(), Some(good)), ("A7", None), ("", None)] {
        let heard = json!({ "code": code, "line": "110", "from": "县局", "form": {} });
        let Answer::Failure(failure) = post.answer("incident.hear", heard) else {
            panic!("{code} was taken");
        };
        assert_eq!(failure.code.text(), "voice.code");
        let said = failure.params.iter().find(|param| param.name == "expected");
        assert_eq!(
            said.map(|param| param.value.clone()),
            expected.map(String::from)
        );
    }
    let from_nobody = json!({ "code": code, "line": "110", "from": "", "form": {} });
    assert_eq!(
        post.refused("incident.hear", from_nobody).unwrap(),
        "value.invalid"
    );
    let early = json!({ "code": code, "line": "110", "from": "县局", "form": {},
        "at_ms": NOON_MS + 1_000 });
    assert_eq!(
        post.refused("incident.hear", early).unwrap(),
        "time.impossible"
    );
    assert_eq!(board(post), Vec::<Value>::new());
    // Only refusals were noted, in the bulk lane.
    let after = post.station.store().view().unwrap();
    for (writer, head) in after.summary.iter() {
        let is_same = before.summary.head(writer) == Some(head);
        assert!(is_same || writer.lane == Lane::Bulk, "{writer:?}");
    }
}

/// B12: an order to 巡03 of 城关所 is on the desk of 城关所 too, which may say something and cannot
/// hold it up; the hall reads it in the timeline.
#[test]
fn an_order_to_a_crew_is_copied_to_its_station_house() {
    let county = County::of(2);
    let (hall, post) = (&county.desks[0], &county.desks[1]);
    let incident = county.incident(0, "人民路中学");
    let order = county.order(0, &incident, "巡03");
    county.meet(0, 1);
    let copies = post.ok("assignment.copies", json!({})).unwrap();
    assert_eq!(copies["house"], json!({ "code": "CG", "name": "城关所" }));
    assert_eq!(copies["rows"][0]["assignment"]["callsign"], "巡03");
    assert_eq!(copies["rows"][0]["incident"], json!(incident));
    assert_eq!(copies["rows"].as_array().unwrap().len(), 1);
    // Nothing of it is the hall's own, or another house's.
    let own = hall.ok("assignment.copies", json!({})).unwrap();
    assert_eq!(
        (own["house"].clone(), own["rows"].clone()),
        (Value::Null, json!([]))
    );
    let other = hall
        .ok("assignment.copies", json!({ "house": "CD" }))
        .unwrap();
    assert_eq!(other["rows"], json!([]));
    assert_eq!(
        hall.refused("assignment.copies", json!({ "house": "??" }))
            .unwrap(),
        "not_found"
    );

    let comment = json!({ "assignment": order["entry"], "text": "巡03 正在修车，巡01 更快" });
    post.ok("assignment.comment", comment).unwrap();
    // The crew goes all the same.
    for one in ["sign", "set_out", "arrive"] {
        step(hall, &order, one);
    }
    county.meet(0, 1);
    county.prove_equal();
    for desk in &county.desks {
        let view = desk.view(&incident).unwrap();
        assert_eq!(view["row"]["stage"], "on_scene");
        let lines = view["timeline"].as_array().unwrap();
        let line = lines
            .iter()
            .find(|line| line["kind"] == "assignment.comment")
            .unwrap();
        let said = line["params"].to_string();
        for word in ["城关所", "巡03", "巡01 更快"] {
            assert!(said.contains(word), "{said}");
        }
        let copies = desk
            .ok("assignment.copies", json!({ "house": "CG" }))
            .unwrap();
        assert_eq!(copies["rows"][0]["comments"][0]["house"], "城关所");
        assert_eq!(copies["rows"][0]["assignment"]["stage"], "on_scene");
    }
    let empty = json!({ "assignment": order["entry"], "text": " " });
    assert_eq!(
        post.refused("assignment.comment", empty).unwrap(),
        "value.invalid"
    );
}
