//! Goal: what is drawn in an incident is kept, shared and undone like every other act (C14): who
//! and when, nothing erased, and two desks that were apart see what the other did.
//! Method: through the router; desks apart exchange the bytes of their logs.

use fengsui_store::StoreError;
use fengsui_store::log::Received;
use fengsui_tests::desk::{Desk, NOON_MS, Scratch, TestClock, options, text};
use serde_json::{Value, json};
use std::sync::Arc;

const STREET: [[f64; 2]; 4] = [
    [113.9, 31.2],
    [113.901, 31.2],
    [113.901, 31.2005],
    [113.9, 31.2005],
];

fn points(of: &[[f64; 2]]) -> Value {
    let point = |[lon, lat]: &[f64; 2]| json!({ "lon": lon, "lat": lat });
    Value::Array(of.iter().map(point).collect())
}

fn cordon(incident: &str, label: &str) -> Value {
    json!({ "incident": incident, "kind": "cordon", "points": points(&STREET), "label": label })
}

fn add(desk: &Desk, request: Value) -> String {
    text(&desk.ok("drawing.add", request).unwrap(), "entry").unwrap()
}

fn rows(desk: &Desk, incident: Option<&str>) -> Vec<Value> {
    let request = json!({ "incident": incident });
    let list = desk.ok("drawing.list", request).unwrap();
    list["rows"].as_array().unwrap().clone()
}

fn taken(desk: &Desk) -> String {
    let incident = desk.take_call("110").unwrap();
    let file = json!({ "incident": incident, "form": { "text": "危化品泄漏" } });
    desk.ok("incident.file", file).unwrap();
    incident
}

fn lines(desk: &Desk, incident: &str, kind: &str) -> Vec<Value> {
    let view = desk.view(incident).unwrap();
    let timeline = view["timeline"].as_array().unwrap();
    let of_kind = timeline.iter().filter(|line| line["kind"] == kind);
    of_kind.cloned().collect()
}

fn value(line: &Value, name: &str) -> Option<String> {
    let params = line["params"].as_array().unwrap();
    let param = params.iter().find(|param| param["name"] == name)?;
    Some(param["value"].as_str().unwrap().to_owned())
}

/// A person signed in as somebody of their own.
fn person(desk: &Desk, account: &str, name: &str) -> String {
    let word = "一个足够长的口令";
    let enrol = json!({ "account": account, "name": name, "passphrase": word,
        "posts": ["dispatch"] });
    desk.ok("account.enrol", enrol).unwrap();
    let sign_in = json!({ "account": account, "passphrase": word, "posts": ["dispatch"] });
    text(&desk.ok("session.sign_in", sign_in).unwrap(), "session").unwrap()
}

/// Draw, move, rename, undo with a reason: each says who and when, in row, timeline and paper,
/// after a restart too, and the fold from nothing gives the same.
#[test]
fn c14_what_is_drawn_says_who_and_when_and_is_undone_with_a_reason() {
    let home = Scratch::new("c14");
    let clock = TestClock::at(NOON_MS);
    let mut desk = Desk::open(home.path(), &clock).unwrap();
    let incident = taken(&desk);
    let chief = desk.person.clone();
    let told = desk.station.subscribe();
    desk.person = person(&desk, "li01", "李明");
    let drawn_at = clock_now(&clock);
    let drawing = add(&desk, cordon(&incident, "外圈"));
    assert!(
        told.try_iter()
            .flatten()
            .any(|topic| format!("{topic:?}") == "Drawings"),
        "the desk is told that drawings are stale"
    );
    is_as_drawn(&desk, &incident, (&drawing, drawn_at));
    clock.shift(60_000);
    desk.person = chief;
    let mut wider = STREET;
    (wider[2][1], wider[3][1]) = (31.201, 31.201);
    let change = json!({ "drawing": drawing, "points": points(&wider), "label": "内圈" });
    desk.ok("drawing.change", change).unwrap();
    let row = rows(&desk, Some(&incident)).pop().unwrap();
    assert_eq!(
        (&row["label"], &row["points"]),
        (&json!("内圈"), &points(&wider))
    );
    assert_eq!(row["changed"]["at_ms"], drawn_at + 60_000);
    assert_eq!(row["changed"]["by"], "示范值班员");
    assert_eq!(
        (&row["added"]["by"], &row["others"]),
        (&json!("李明"), &json!([]))
    );
    clock.shift(60_000);
    let void = json!({ "drawing": drawing, "reason": "风向变了" });
    desk.ok("drawing.void", void.clone()).unwrap();
    assert_eq!(
        desk.refused("drawing.void", void).unwrap(),
        "drawing.voided"
    );
    let again = json!({ "drawing": drawing, "label": "又" });
    assert_eq!(
        desk.refused("drawing.change", again).unwrap(),
        "drawing.voided"
    );
    assert_eq!(rows(&desk, None), Vec::<Value>::new(), "off the map");
    says_what_became_of_it(&desk, &incident);
    let before = rows(&desk, Some(&incident));
    desk.station.close();
    drop(desk);
    let desk = Desk::open(home.path(), &clock).unwrap();
    assert_eq!(rows(&desk, Some(&incident)), before, "after a restart");
    let proof = desk.station.prove().unwrap();
    assert_eq!((proof.broken, proof.rebuild_equal), (Vec::new(), true));
}

fn clock_now(clock: &Arc<TestClock>) -> i64 {
    fengsui_app::Clock::now_ms(clock.as_ref())
}

fn is_as_drawn(desk: &Desk, incident: &str, (drawing, drawn_at): (&str, i64)) {
    let row = rows(desk, None).pop().unwrap();
    assert_eq!(
        (&row["id"], &row["incident"]),
        (&json!(drawing), &json!(incident))
    );
    assert_eq!(
        (&row["kind"], &row["shape"]),
        (&json!("cordon"), &json!("area"))
    );
    assert_eq!(row["points"], points(&STREET));
    assert_eq!(
        row["added"],
        json!({ "entry": drawing, "at_ms": drawn_at, "by": "李明" })
    );
    assert_eq!(
        (&row["changed"], &row["voided"]),
        (&Value::Null, &Value::Null)
    );
    // GeographicLib: border 301.481 m, area 5283.322 m².
    assert!((row["length_m"].as_f64().unwrap() - 301.481).abs() < 0.1);
    assert!((row["area_m2"].as_f64().unwrap() - 5_283.322).abs() < 5.0);
}

fn says_what_became_of_it(desk: &Desk, incident: &str) {
    let row = rows(desk, Some(incident)).pop().unwrap();
    assert_eq!(row["voided"]["reason"], "风向变了");
    assert_eq!(row["voided"]["has_unseen"], false);
    let added = lines(desk, incident, "drawing.add").pop().unwrap();
    assert_eq!(value(&added, "drawing_kind").unwrap(), "cordon");
    assert_eq!(
        value(&added, "label").unwrap(),
        "外圈",
        "as it was called then"
    );
    assert_eq!(value(&added, "length_m").unwrap(), "301");
    let changed = lines(desk, incident, "drawing.change").pop().unwrap();
    assert_eq!(value(&changed, "old_label").unwrap(), "外圈");
    assert_eq!(value(&changed, "label").unwrap(), "内圈");
    assert_eq!(value(&changed, "drawing_kind").unwrap(), "cordon");
    let voided = lines(desk, incident, "drawing.void").pop().unwrap();
    assert_eq!(value(&voided, "void_reason").unwrap(), "风向变了");
    assert_eq!(voided["by"], "示范值班员");
    let request = json!({ "incident": incident });
    let exported = desk.ok("audit.export", request).unwrap();
    let paper = std::fs::read_to_string(text(&exported, "path").unwrap()).unwrap();
    for kind in ["drawing.add", "drawing.change", "drawing.void"] {
        let line = paper.lines().find(|line| line.contains(kind)).unwrap();
        let line: Value = serde_json::from_str(line).unwrap();
        assert_eq!(line["values"]["drawing_kind"], "cordon", "{kind}");
        assert!(line["bytes"].as_str().unwrap().len() > 40, "{kind}");
    }
    let found = desk
        .ok("incident.search", json!({ "query": "外圈", "limit": 5 }))
        .unwrap();
    assert_eq!(found["rows"][0]["id"], *incident, "old words are found too");
}

/// What is no drawing is refused by its own name and leaves nothing; a border that crosses
/// itself is drawn and told.
#[test]
fn c14_what_is_no_drawing_is_refused_and_leaves_nothing() {
    let home = Scratch::new("c14-bad");
    let clock = TestClock::at(NOON_MS);
    let desk = Desk::open(home.path(), &clock).unwrap();
    let incident = taken(&desk);
    let draw = |kind: &str, of: &[[f64; 2]], label: &str| {
        let points = points(of);
        json!({ "incident": incident, "kind": kind, "points": points, "label": label })
    };
    let long = "长".repeat(81);
    let far = [[113.9, 31.2], [116.9, 31.2]];
    let nowhere = [[113.9, 31.2], [213.9, 31.2]];
    for (request, code) in [
        (draw("cordon", &STREET[..2], ""), "drawing.points"),
        (draw("route", &STREET[..1], ""), "drawing.points"),
        (draw("assembly", &STREET[..2], ""), "drawing.points"),
        (draw("red_line", &far, ""), "drawing.spread"),
        (draw("green_line", &nowhere, ""), "drawing.place"),
        (
            draw("free_line", &[[0.0, 0.0], [0.1, 0.1]], ""),
            "drawing.place",
        ),
        (draw("text_mark", &STREET[..1], " "), "value.invalid"),
        (draw("assembly", &STREET[..1], &long), "value.invalid"),
        (draw("circle", &STREET, ""), "request.malformed"),
        (cordon("1.1.0.99999", ""), "not_found"),
    ] {
        assert_eq!(desk.refused("drawing.add", request).unwrap(), code);
    }
    assert_eq!(rows(&desk, Some(&incident)), Vec::<Value>::new());
    let bow = [STREET[0], STREET[2], STREET[1], STREET[3]];
    let drawing = add(&desk, draw("cordon", &bow, ""));
    assert_eq!(rows(&desk, None)[0]["crosses_itself"], true);
    let change = |change: Value| {
        let mut request = json!({ "drawing": drawing });
        for (name, value) in change.as_object().unwrap() {
            request[name] = value.clone();
        }
        request
    };
    for (request, code) in [
        (change(json!({})), "nothing_to_change"),
        (
            change(json!({ "points": points(&bow), "label": "" })),
            "nothing_to_change",
        ),
        (
            change(json!({ "points": points(&STREET[..2]) })),
            "drawing.points",
        ),
        (change(json!({ "kind": "route" })), "request.malformed"),
        (json!({ "drawing": incident, "label": "a" }), "not_found"),
    ] {
        assert_eq!(desk.refused("drawing.change", request).unwrap(), code);
    }
    let silent = json!({ "drawing": drawing, "reason": " " });
    assert_eq!(
        desk.refused("drawing.void", silent).unwrap(),
        "value.invalid"
    );
    assert_eq!(lines(&desk, &incident, "drawing.change").len(), 0);
    assert_eq!(rows(&desk, None).len(), 1);
}

/// A closed incident's drawings leave the map with it and come back with it; a late one is taken
/// like a note and re-opens nothing.
#[test]
fn c14_drawings_leave_the_map_with_their_incident() {
    let home = Scratch::new("c14-closed");
    let clock = TestClock::at(NOON_MS);
    let desk = Desk::open(home.path(), &clock).unwrap();
    let (incident, other) = (taken(&desk), taken(&desk));
    let drawing = add(&desk, cordon(&incident, "外圈"));
    add(&desk, cordon(&other, "别处"));
    let ids =
        |of: Vec<Value>| -> Vec<String> { of.iter().map(|row| text(row, "id").unwrap()).collect() };
    assert_eq!(rows(&desk, None).len(), 2);
    let close = json!({ "incident": incident, "result": "R01" });
    desk.ok("incident.close", close).unwrap();
    assert_eq!(rows(&desk, None)[0]["label"], "别处");
    assert_eq!(ids(rows(&desk, Some(&incident))), [drawing.as_str()]);
    let late = add(&desk, cordon(&incident, "补画"));
    assert_eq!(desk.view(&incident).unwrap()["row"]["stage"], "closed");
    assert_eq!(rows(&desk, None).len(), 1);
    let reopen = json!({ "incident": incident, "reason": "复燃" });
    desk.ok("incident.reopen", reopen).unwrap();
    assert_eq!(ids(rows(&desk, None)).len(), 3);
    assert_eq!(ids(rows(&desk, Some(&incident))), [drawing, late]);
}

/// A station of a county of several.
fn station(home: &Scratch, clock: &Arc<TestClock>, number: u16, code: &str) -> Desk {
    let mut options = options(home.path(), clock);
    options.station_number = number;
    options.station_code = code.to_owned();
    Desk::with(options, clock).unwrap()
}

/// Everything one knows is given to the other, in the order of `first`, then the rest; how many
/// waited for something.
fn carry(from: &Desk, to: &Desk, first: &str) -> usize {
    let sql = format!(
        "SELECT e.bytes FROM entry e JOIN writer w ON w.id = e.writer ORDER BY {first}, e.id"
    );
    let bytes: Vec<Vec<u8>> = from
        .station
        .store()
        .read(|conn| {
            let mut ask = conn.prepare(&sql)?;
            let rows = ask.query_map([], |row| row.get(0))?;
            Ok::<_, StoreError>(rows.collect::<Result<_, _>>()?)
        })
        .unwrap();
    let now_ms = clock_now(&to.clock);
    let receive = move |log: &mut fengsui_store::log::Log<'_>| {
        let mut waiting = 0;
        for entry in &bytes {
            let received = log.receive(entry)?;
            assert!(
                !matches!(received, Received::Gap | Received::Fork),
                "{received:?}"
            );
            waiting += usize::from(received == Received::Waiting);
        }
        Ok::<_, StoreError>(waiting)
    };
    to.station.store().act(now_ms, receive).unwrap()
}

fn meet(a: &Desk, b: &Desk) {
    carry(a, b, "1");
    carry(b, a, "1");
    let digest = |desk: &Desk| -> Vec<u8> {
        let ask = |conn: &fengsui_store::Connection| {
            Ok::<_, StoreError>(conn.query_row("SELECT digest FROM state", [], |row| row.get(0))?)
        };
        desk.station.store().read(ask).unwrap()
    };
    assert_eq!(digest(a), digest(b), "the same entries are the same state");
    for desk in [a, b] {
        assert!(desk.station.prove().unwrap().rebuild_equal);
    }
    assert_eq!(rows(a, None), rows(b, None), "both desks show the same");
}

/// Two desks apart change one cordon: one value is shown, the other stands beside it with who
/// and when, at both; a person settles it. A drawing that comes before its incident waits.
#[test]
fn c14_two_desks_apart_change_the_same_cordon() {
    let (here, there) = (Scratch::new("c14-a"), Scratch::new("c14-b"));
    let clock = TestClock::at(NOON_MS);
    let (a, b) = (
        station(&here, &clock, 1, "WB"),
        station(&there, &clock, 2, "CD"),
    );
    let incident = taken(&a);
    let drawing = add(&a, cordon(&incident, "外圈"));
    // The routine lane first: the drawing is there before the incident it names.
    let waited = carry(&a, &b, "w.lane <> 1");
    assert!(waited > 0, "the drawing had to wait for its incident");
    meet(&a, &b);
    assert_eq!(rows(&b, None)[0]["id"], json!(drawing));
    let rename = |label: &str| json!({ "drawing": drawing, "label": label });
    a.ok("drawing.change", rename("甲改")).unwrap();
    clock.shift(1_000);
    b.ok("drawing.change", rename("乙改")).unwrap();
    let moved = json!({ "drawing": drawing, "points": points(&STREET[..3]) });
    b.ok("drawing.change", moved).unwrap();
    meet(&a, &b);
    let row = rows(&a, None).pop().unwrap();
    assert_eq!(
        (&row["label"], &row["points"]),
        (&json!("乙改"), &points(&STREET[..3]))
    );
    let others = row["others"].as_array().unwrap();
    assert_eq!(others.len(), 1, "{others:?}");
    assert_eq!(
        (&others[0]["field"], &others[0]["label"]),
        (&json!("label"), &json!("甲改"))
    );
    assert_eq!(
        others[0]["mark"]["at_ms"],
        row["changed"]["at_ms"].as_i64().unwrap() - 1_000
    );
    // The same words once more settle it.
    b.ok("drawing.change", rename("乙改")).unwrap();
    meet(&a, &b);
    assert_eq!(rows(&a, None)[0]["others"], json!([]));
}

/// Voided here, moved there: it stays on both maps, says so, and goes when somebody who saw the
/// move voids it again. Voided at both at once is simply voided.
#[test]
fn c14_a_voiding_does_not_swallow_a_change_it_had_not_seen() {
    let (here, there) = (Scratch::new("c14-c"), Scratch::new("c14-d"));
    let clock = TestClock::at(NOON_MS);
    let (a, b) = (
        station(&here, &clock, 1, "WB"),
        station(&there, &clock, 2, "CD"),
    );
    let incident = taken(&a);
    let (drawing, second) = (
        add(&a, cordon(&incident, "外圈")),
        add(&a, cordon(&incident, "内圈")),
    );
    meet(&a, &b);
    let void = |of: &str| json!({ "drawing": of, "reason": "不用了" });
    a.ok("drawing.void", void(&drawing)).unwrap();
    let moved = json!({ "drawing": drawing, "points": points(&STREET[..3]) });
    b.ok("drawing.change", moved).unwrap();
    a.ok("drawing.void", void(&second)).unwrap();
    b.ok("drawing.void", void(&second)).unwrap();
    meet(&a, &b);
    let left = rows(&b, None);
    assert_eq!(left.len(), 1, "{left:?}");
    assert_eq!(left[0]["id"], json!(drawing));
    assert_eq!(left[0]["voided"]["has_unseen"], true);
    assert_eq!(
        left[0]["points"],
        points(&STREET[..3]),
        "the move is not lost"
    );
    b.ok("drawing.void", void(&drawing)).unwrap();
    meet(&a, &b);
    assert_eq!(rows(&a, None), Vec::<Value>::new());
    assert_eq!(lines(&a, &incident, "drawing.void").len(), 4);
}
