//! Goal: whatever arrives, the answer is typed, nothing panics, nothing is
//! half written. Method: every command × arbitrary JSON × every post, and the
//! table itself walked.

use fengsui_tests::desk::{Desk, NOON_MS, Scratch, TestClock, text};
use fengsui_wire::commands::{Access, COMMANDS};
use fengsui_wire::router::{Answer, Envelope};
use proptest::prelude::*;
use proptest::strategy::ValueTree;
use proptest::test_runner::{Config, TestRunner};
use serde_json::{Value, json};

/// Values for each command and post.
const VALUES: usize = 1_000;

fn any_json() -> impl Strategy<Value = Value> {
    let leaf = prop_oneof![
        Just(Value::Null),
        any::<bool>().prop_map(Value::from),
        any::<i64>().prop_map(Value::from),
        any::<f64>().prop_map(|number| json!(number)),
        ".{0,24}".prop_map(Value::from),
        "[0-9]\\.[0-9]\\.[0-2]\\.[0-9]{1,3}".prop_map(Value::from),
        Just(json!("110")),
        Just(json!("巡03")),
        Just(json!("\u{202e}/s 巡03 到场\0")),
    ];
    leaf.prop_recursive(3, 24, 5, |inner| {
        let key = prop_oneof![
            "[a-z_]{1,12}",
            Just("incident".to_owned()),
            Just("form".to_owned()),
            Just("units".to_owned()),
            Just("text".to_owned()),
            Just("line".to_owned()),
            Just("fixes".to_owned()),
        ];
        prop_oneof![
            proptest::collection::vec(inner.clone(), 0..5).prop_map(Value::from),
            proptest::collection::btree_map(key, inner, 0..5)
                .prop_map(|map| Value::Object(map.into_iter().collect())),
        ]
    })
}

/// A request of the command's own shape, all fields given.
// tidy: table
fn shaped(name: &str, it: &Real) -> Value {
    let (incident, unit, assignment, call) = (&it.incident, &it.unit, &it.assignment, &it.call);
    let fix = json!({ "lon": 113.9, "lat": 31.2, "radius_m": 20.0, "source": "handset" });
    let form = json!({ "line": "119", "entrance": "phone", "place": "路口", "text": "话",
        "point": { "lon": 113.9, "lat": 31.2 }, "point_source": "map_click", "injured": 1,
        "type_code": "010201", "level": "urgent", "caller_number": "110",
        "answers": [{ "question": "weapon", "answer": "刀" }] });
    match name {
        "session.sign_in" => json!({ "account": "a", "passphrase": "b", "posts": ["intake"] }),
        "draft.get" => json!({ "key": "k*" }),
        "draft.put" => json!({ "key": "k", "body": "{}" }),
        "repeat.set" => json!({ "from": 4 }),
        "setting.set" => json!({ "key": "limit.sign", "amber_s": 30, "red_s": 60 }),
        "account.enrol" => json!({ "account": "a1", "name": "n", "passphrase": "12345678",
            "posts": ["intake"] }),
        "type.propose" => json!({ "text": "打架", "line": "110" }),
        "place.search" => json!({ "query": "rmlzxx", "limit": 10 }),
        "call.ring" => json!({ "line": "110", "number": "139", "subscriber": "s", "fix": fix,
            "outside_id": "o1" }),
        "call.locate" => json!({ "call": call, "fix": fix }),
        "call.answer" | "call.end" => json!({ "call": call }),
        "incident.view" | "candidate.rank" => json!({ "incident": incident }),
        "incident.search" => json!({ "query": "路口", "limit": 10 }),
        "incident.as_of" => json!({ "at_ms": NOON_MS }),
        "incident.open" => json!({ "line": "110", "entrance": "patrol", "found_by": unit,
            "callback_of": call }),
        "incident.amend" | "incident.file" => json!({ "incident": incident, "form": form }),
        "incident.invalidate" => json!({ "incident": incident, "reason": "1102" }),
        "incident.close" => json!({ "incident": incident, "result": "R01",
            "type_after": "010201", "text": "话" }),
        "incident.reopen" => json!({ "incident": incident, "reason": "话" }),
        "incident.note" => json!({ "incident": incident, "text": "话" }),
        "assignment.order" => json!({ "incident": incident, "units": [unit], "text": "话",
            "override_reason": "话" }),
        "assignment.step" => json!({ "assignment": assignment, "step": "sign",
            "at_ms": NOON_MS }),
        "assignment.cancel" => json!({ "assignment": assignment, "reason": "话",
            "confirmed": true }),
        "assignment.reroute" => json!({ "assignment": assignment, "to_incident": incident,
            "reason": "话" }),
        "assignment.copies" => json!({ "house": "CG" }),
        "assignment.comment" => json!({ "assignment": assignment, "text": "话" }),
        "incident.hear" => json!({ "code": "A7-41K", "line": "110", "from": "话",
            "at_ms": NOON_MS, "form": form }),
        "incident.kin" => json!({ "incident": incident }),
        "incident.join" => json!({ "incident": incident, "into": incident }),
        "incident.part" => json!({ "part": incident, "reason": "话" }),
        "assignment.remind" => json!({ "assignment": assignment, "channel": "radio" }),
        "feedback.add" => json!({ "incident": incident, "assignment": assignment, "text": "话",
            "result": "R01" }),
        "drawing.list" => json!({ "incident": incident }),
        "drawing.add" => json!({ "incident": incident, "kind": "cordon", "label": "外圈",
            "points": [{ "lon": 113.9, "lat": 31.2 }, { "lon": 113.91, "lat": 31.2 },
                { "lon": 113.9, "lat": 31.21 }] }),
        "drawing.change" => json!({ "drawing": it.drawing, "label": "话",
            "points": [{ "lon": 113.9, "lat": 31.2 }, { "lon": 113.92, "lat": 31.2 }] }),
        "drawing.void" => json!({ "drawing": it.drawing, "reason": "话" }),
        "road.at" => json!({ "point": { "lon": 113.9, "lat": 31.2 } }),
        "road.close" => json!({ "point": { "lon": 113.9, "lat": 31.2 }, "heading_deg": 90,
            "name": "路", "reason": "话", "ordered_by": "话", "until_ms": NOON_MS * 2 }),
        "road.reopen" => json!({ "closure": assignment, "reason": "话" }),
        "unit.set_state" => json!({ "unit": unit, "state": "available" }),
        "position.report" => json!({ "fixes": [{ "callsign": "巡03", "lon": 113.9,
            "lat": 31.2, "at_ms": NOON_MS, "heading_deg": 1.0, "speed_kmh": 2.0 }] }),
        "need.own" => json!({ "key": format!("unsigned:{assignment}") }),
        "command.preview" | "command.run" => json!({ "text": "/s 巡03 到场",
            "incident": incident }),
        "station.invite" => json!({ "name": "城关所", "code": "CG", "kind": "post",
            "addresses": ["127.0.0.1:1"] }),
        "unsent.paper" => json!({ "number": 2 }),
        "station.revoke" => json!({ "number": 2, "reason": "话" }),
        "bundle.export" => json!({ "folder": "/nowhere", "to": [2] }),
        "bundle.preview" | "bundle.import" => json!({ "path": "/nowhere/x.fsbd" }),
        "board.take" => json!({ "second": "a1", "passphrase": "12345678" }),
        "board.return" => json!({ "to": 1, "second": "a1", "passphrase": "12345678" }),
        "conflict.settle" => json!({ "thing": unit, "field": "claim", "chosen": assignment,
            "reason": "话" }),
        "audit.list" => json!({ "limit": 5 }),
        _ => json!({}),
    }
}

/// Things that exist, so that requests get past the first look.
struct Real {
    incident: String,
    unit: String,
    assignment: String,
    call: String,
    drawing: String,
}

/// Puts `value` in the place of one of the request's values.
fn spoiled(mut request: Value, value: Value, at: usize) -> Value {
    fn leaves(value: &Value) -> usize {
        match value {
            Value::Object(map) => map.values().map(leaves).sum::<usize>() + 1,
            Value::Array(list) => list.iter().map(leaves).sum::<usize>() + 1,
            _ => 1,
        }
    }
    fn put(into: &mut Value, value: Value, at: &mut usize) -> Option<Value> {
        if *at == 0 {
            *into = value;
            return None;
        }
        *at -= 1;
        let mut value = Some(value);
        match into {
            Value::Object(map) => {
                for inner in map.values_mut() {
                    value = put(inner, value?, at);
                }
            }
            Value::Array(list) => {
                for inner in list {
                    value = put(inner, value?, at);
                }
            }
            _ => {}
        }
        value
    }
    let mut place = at % leaves(&request);
    put(&mut request, value, &mut place);
    request
}

fn real_things(desk: &Desk) -> Real {
    desk.place_units().unwrap();
    let incident = desk.take_call("110").unwrap();
    desk.ok("incident.file", json!({ "incident": incident, "form": {} }))
        .unwrap();
    let unit = desk.unit("巡03").unwrap();
    let order = json!({ "incident": incident, "units": [unit], "override_reason": "试" });
    let assignment = text(&desk.ok("assignment.order", order).unwrap(), "entry").unwrap();
    let call = desk
        .device_ok("call.ring", json!({ "line": "110" }))
        .unwrap();
    let route = json!({ "incident": incident, "kind": "route",
        "points": [{ "lon": 113.9, "lat": 31.2 }, { "lon": 113.91, "lat": 31.2 }] });
    let drawing = text(&desk.ok("drawing.add", route).unwrap(), "entry").unwrap();
    Real {
        drawing,
        incident,
        unit,
        assignment,
        call: text(&call, "call").unwrap(),
    }
}

/// How many requests there were, and how many were refused.
#[derive(Debug, Clone, Copy, Default)]
struct Tried {
    asked: u64,
    refused: u64,
}

/// Every command with arbitrary values, at a desk of its own; each `of`-th command from `part`.
fn try_commands(part: usize, of: usize) -> Tried {
    let home = Scratch::new("fuzz");
    let clock = TestClock::at(NOON_MS);
    // What is tried here is not the disk: 47,000 fsyncs would only cost time.
    let mut options = fengsui_tests::desk::options(home.path(), &clock);
    options.durability = fengsui_store::Durability::OffForNegativeTest;
    let mut desk = Desk::with(options, &clock).unwrap();
    let real = real_things(&desk);
    let mut runner = TestRunner::new(Config::default());
    let strategy = any_json();
    let mut tried = Tried::default();
    for row in COMMANDS.iter().skip(part).step_by(of) {
        for at in 0..VALUES {
            let value = strategy.new_tree(&mut runner).unwrap().current();
            let request = match at % 4 {
                0 => value,
                _ => spoiled(shaped(row.name, &real), value, at / 4),
            };
            // Every post in turn: the person holds all but the device's.
            let session = if at % 3 == 0 {
                &desk.device
            } else {
                &desk.person
            };
            let answer = desk.router.call(Envelope {
                session: session.clone(),
                name: row.name.to_owned(),
                request,
            });
            if row.name == "session.sign_out" {
                // It may have worked: both sessions are taken up again.
                desk.person = desk.router.demo_session().unwrap();
                desk.device = desk.router.device_session().unwrap();
            }
            tried.asked += 1;
            if let Answer::Failure(failure) = answer {
                tried.refused += 1;
                let code = failure.code.text();
                assert!(!code.starts_with("internal"), "{} panicked", row.name);
                assert!(!code.starts_with("store"), "{}: {code}", row.name);
            }
        }
    }
    let proof = desk.station.prove().unwrap();
    assert_eq!(proof.broken, Vec::<String>::new(), "nothing half written");
    assert!(proof.rebuild_equal);
    tried
}

#[test]
fn every_command_with_arbitrary_json_and_every_post() {
    let began = std::time::Instant::now();
    // A desk for each processor: it is they that are busy.
    let desks = std::thread::available_parallelism().map_or(1, std::num::NonZero::get);
    let all = std::thread::scope(|scope| {
        let parts: Vec<_> = (0..desks)
            .map(|part| scope.spawn(move || try_commands(part, desks)))
            .collect();
        let parts = parts.into_iter().map(|part| part.join().unwrap());
        parts.collect::<Vec<Tried>>()
    });
    let asked: u64 = all.iter().map(|tried| tried.asked).sum();
    let refused: u64 = all.iter().map(|tried| tried.refused).sum();
    println!("{asked} requests, {refused} refused, {:?}", began.elapsed());
    assert_eq!(asked, u64::try_from(COMMANDS.len() * VALUES).unwrap());
    assert!(
        refused > asked / 2,
        "arbitrary values are mostly refused: {refused} of {asked}"
    );
    assert!(
        asked - refused > 1_000,
        "some must get through: {refused} of {asked}"
    );
}

#[test]
fn no_command_runs_without_its_post() {
    let home = Scratch::new("posts");
    let clock = TestClock::at(NOON_MS);
    let desk = Desk::open(home.path(), &clock).unwrap();
    // Signing out last: it ends the session the others are asked with.
    for row in COMMANDS.iter().filter(|row| row.name != "session.sign_out") {
        let nobody = desk.router.call(Envelope {
            session: "no such session".to_owned(),
            name: row.name.to_owned(),
            request: json!({}),
        });
        let Answer::Failure(failure) = nobody else {
            panic!("{} ran for nobody", row.name)
        };
        if row.access != Access::Open {
            assert_eq!(failure.code.text(), "session.missing", "{}", row.name);
        }
        let device_may =
            row.posts.is_empty() || row.posts.contains(&fengsui_wire::session::Post::Device);
        if let (false, Answer::Failure(failure)) =
            (device_may, desk.device_answer(row.name, json!({})))
        {
            assert_eq!(failure.code.text(), "post.not_allowed", "{}", row.name);
        } else {
            assert!(device_may, "{} ran for a device", row.name);
        }
    }
    let writes_without_post: Vec<&str> = COMMANDS
        .iter()
        .filter(|row| row.access == Access::Write && row.posts.is_empty())
        .map(|row| row.name)
        .collect();
    assert_eq!(writes_without_post, Vec::<&str>::new());
}

#[test]
fn oversized_text_is_refused_and_control_characters_are_dropped() {
    let home = Scratch::new("long");
    let clock = TestClock::at(NOON_MS);
    let desk = Desk::open(home.path(), &clock).unwrap();
    let incident = desk.take_call("110").unwrap();
    let long = json!({ "incident": incident, "form": { "text": "长".repeat(4_001) } });
    assert_eq!(
        desk.refused("incident.amend", long).unwrap(),
        "value.invalid"
    );
    let dirty = json!({ "incident": incident,
        "form": { "place": "人民路\u{202e}\u{0}东口\n", "text": "一\n二\u{7}" } });
    desk.ok("incident.amend", dirty).unwrap();
    let form = desk.view(&incident).unwrap()["form"].clone();
    assert_eq!(form["place"], "人民路东口");
    assert_eq!(form["text"], "一\n二");
    let null_island = json!({ "incident": incident,
        "form": { "point": { "lon": 0.0, "lat": 0.0 } } });
    assert_eq!(
        desk.refused("incident.amend", null_island).unwrap(),
        "value.invalid"
    );
}
