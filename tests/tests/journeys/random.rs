//! Goal: the fold from nothing equals the live tables after thousands of
//! random commands (I2), the order of delivery does not matter (I3), numbers
//! are unique, and the derived stage is what the machine foretold.
//! Method: a seeded stream of commands, legal and not, through the router.

use std::collections::BTreeSet;

use fengsui_domain::incident::{IncidentEvent, Stage, transition};
use fengsui_store::Connection;
use fengsui_tests::desk::{Desk, NOON_MS, Scratch, TestClock, text};
use fengsui_wire::router::Answer;
use serde_json::{Value, json};

/// A small generator (SplitMix64): the same seed gives the same stream.
struct Dice(u64);

impl Dice {
    fn roll(&mut self, sides: usize) -> usize {
        self.0 = self.0.wrapping_add(0x9E37_79B9_7F4A_7C15);
        let mut z = self.0;
        z = (z ^ (z >> 30)).wrapping_mul(0xBF58_476D_1CE4_E5B9);
        z = (z ^ (z >> 27)).wrapping_mul(0x94D0_49BB_1331_11EB);
        (z ^ (z >> 31)) as usize % sides
    }

    fn pick<'a>(&mut self, from: &'a [String]) -> &'a str {
        let at = self.roll(from.len());
        &from[at]
    }
}

const LINES: [&str; 3] = ["110", "119", "122"];
const STEPS: [&str; 8] = [
    "deliver",
    "read",
    "sign",
    "set_out",
    "arrive",
    "work",
    "clear",
    "sign_cancel",
];
const STATES: [&str; 9] = [
    "available",
    "ordered",
    "signed",
    "en_route",
    "on_scene",
    "working",
    "returning",
    "standby",
    "off_duty",
];

/// One random command; returns what was asked.
fn command(dice: &mut Dice, known: &Known) -> (&'static str, Value) {
    let incident = dice.pick(&known.incidents).to_owned();
    let unit = dice.pick(&known.units).to_owned();
    let assignment = dice.pick(&known.assignments).to_owned();
    match dice.roll(17) {
        0 => ("call.ring", json!({ "line": (LINES[dice.roll(3)]) })),
        1 => ("call.answer", json!({ "call": null })),
        2 => (
            "incident.open",
            json!({ "line": "110", "entrance": "walk_in" }),
        ),
        3 => (
            "incident.amend",
            json!({ "incident": incident,
            "form": { "text": format!("话{}", dice.roll(50)), "injured": dice.roll(3) } }),
        ),
        4 => (
            "incident.file",
            json!({ "incident": incident, "form": { "place": "路口" } }),
        ),
        5 => (
            "incident.invalidate",
            json!({ "incident": incident, "reason": "1102" }),
        ),
        6 => (
            "incident.close",
            json!({ "incident": incident, "result": "R01" }),
        ),
        7 => (
            "incident.reopen",
            json!({ "incident": incident, "reason": "有新情况" }),
        ),
        8 => (
            "assignment.order",
            json!({ "incident": incident, "units": [unit],
            "override_reason": "试" }),
        ),
        9 => (
            "assignment.cancel",
            json!({ "assignment": assignment, "reason": "撤",
            "confirmed": true }),
        ),
        10 => (
            "assignment.reroute",
            json!({ "assignment": assignment,
            "to_incident": incident, "reason": "改" }),
        ),
        11 => (
            "feedback.add",
            json!({ "incident": incident, "assignment": null,
            "text": "到场" }),
        ),
        14..=16 => drawing(dice, known, &incident),
        12 => (
            "unit.set_state",
            json!({ "unit": unit, "state": (STATES[dice.roll(9)]) }),
        ),
        _ => (
            "assignment.step",
            json!({ "assignment": assignment,
            "step": (STEPS[dice.roll(8)]) }),
        ),
    }
}

/// A random command about a drawing.
fn drawing(dice: &mut Dice, known: &Known, incident: &str) -> (&'static str, Value) {
    let drawing = dice.pick(&known.drawings).to_owned();
    match dice.roll(3) {
        0 => (
            "drawing.add",
            json!({ "incident": incident, "kind": "route", "points": points(dice) }),
        ),
        1 => (
            "drawing.change",
            json!({ "drawing": drawing, "label": format!("线{}", dice.roll(9)),
            "points": points(dice) }),
        ),
        _ => (
            "drawing.void",
            json!({ "drawing": drawing, "reason": "撤" }),
        ),
    }
}

/// One to three points of a street.
fn points(dice: &mut Dice) -> Value {
    let count = 1 + dice.roll(3);
    let point = |at: usize| json!({ "lon": 113.9 + at as f64 / 1e3, "lat": 31.2 });
    Value::Array((0..count).map(|_| point(dice.roll(20))).collect())
}

struct Known {
    drawings: Vec<String>,
    incidents: Vec<String>,
    units: Vec<String>,
    assignments: Vec<String>,
}

impl Known {
    /// So that the stream keeps to what is going on.
    fn forget_the_oldest(&mut self) {
        for (list, most) in [
            (&mut self.incidents, 12),
            (&mut self.assignments, 8),
            (&mut self.drawings, 8),
        ] {
            if list.len() > most {
                list.remove(0);
            }
        }
    }
}

/// What the machine foretells for commands that name an incident directly.
fn foretold(name: &str, before: Option<Stage>) -> Option<Result<Stage, ()>> {
    let event = match name {
        "incident.file" => IncidentEvent::File,
        "incident.invalidate" => IncidentEvent::Invalidate,
        "incident.close" => IncidentEvent::Close,
        "incident.reopen" => IncidentEvent::Reopen,
        "feedback.add" => IncidentEvent::Feedback,
        _ => return None,
    };
    Some(transition(before?, event).map_err(|_| ()))
}

fn stage(desk: &Desk, incident: &str) -> Option<Stage> {
    let view = desk.view(incident).ok()?;
    Stage::from_word(view["row"]["stage"].as_str()?)
}

fn drive(desk: &Desk, seed: u64, commands: usize) -> (usize, usize) {
    let mut dice = Dice(seed);
    let units = ["巡03", "巡04", "巡05", "巡07"];
    let mut known = Known {
        drawings: vec!["1.1.1.999999".to_owned()],
        incidents: vec![desk.take_call("110").unwrap()],
        units: units.iter().map(|unit| desk.unit(unit).unwrap()).collect(),
        assignments: vec!["1.1.0.999999".to_owned()],
    };
    let (mut done, mut refused) = (0, 0);
    for _ in 0..commands {
        desk.clock.shift(1_000 + dice.roll(90_000) as i64);
        let (name, request) = command(&mut dice, &known);
        let subject = request["incident"].as_str().map(str::to_owned);
        let before = subject
            .as_deref()
            .and_then(|incident| stage(desk, incident));
        let device = name == "call.ring";
        let answer = if device {
            desk.device_answer(name, request.clone())
        } else {
            desk.answer(name, request.clone())
        };
        let after = subject
            .as_deref()
            .and_then(|incident| stage(desk, incident));
        match (&answer, foretold(name, before)) {
            (Answer::Ok(_), Some(expected)) => {
                assert_eq!(
                    after.ok_or(()),
                    expected,
                    "{name} {request} from {before:?}"
                );
            }
            (Answer::Failure(failure), Some(Ok(_))) => {
                panic!("{name} {request} refused from {before:?}: {failure:?}")
            }
            _ => {}
        }
        match answer {
            Answer::Ok(reply) => {
                done += 1;
                known
                    .incidents
                    .extend(reply["incident"].as_str().map(str::to_owned));
                if let ("assignment.order" | "assignment.reroute", Ok(entry)) =
                    (name, text(&reply, "entry"))
                {
                    known.assignments.push(entry);
                }
                if let ("drawing.add", Ok(entry)) = (name, text(&reply, "entry")) {
                    known.drawings.push(entry);
                }
            }
            Answer::Failure(failure) => {
                let code = failure.code.text();
                assert!(
                    !code.starts_with("internal") && !code.starts_with("store"),
                    "{code}"
                );
                refused += 1;
            }
        }
        known.forget_the_oldest();
    }
    (done, refused)
}

#[test]
fn rebuild_equals_live_after_thousands_of_random_commands() {
    let home = Scratch::new("random");
    let clock = TestClock::at(NOON_MS);
    let desk = Desk::open(home.path(), &clock).unwrap();
    let (done, refused) = drive(&desk, 20_261_122, 4_000);
    assert!(
        done > 1_200 && refused > 800,
        "both kinds must happen: {done} done, {refused} not"
    );
    println!("{done} commands done, {refused} refused by name");
    desk.station.close();
    let proof = desk.station.prove().unwrap();
    assert_eq!(proof.broken, Vec::<String>::new());
    assert!(proof.rebuild_equal);
    assert!(
        proof.entries as usize > done,
        "every command left an entry: {}",
        proof.entries
    );
    assert!(proof.heads >= 2, "heads were signed");
}

#[test]
fn the_same_seed_gives_the_same_digest() {
    let digest = |seed: u64| {
        let home = Scratch::new("seed");
        let clock = TestClock::at(NOON_MS);
        let desk = Desk::open(home.path(), &clock).unwrap();
        drive(&desk, seed, 300);
        desk.station.store().read(digest_of).unwrap()
    };
    assert_eq!(digest(7), digest(7));
    assert_ne!(digest(7), digest(8));
}

fn digest_of(conn: &Connection) -> Result<[u8; 32], fengsui_store::StoreError> {
    // Rows of things, not of the station: its key is random.
    Ok(fengsui_store::verify::dump(conn)?["incident"])
}

#[test]
fn a_changed_byte_of_the_log_is_found() {
    let home = Scratch::new("tamper");
    let clock = TestClock::at(NOON_MS);
    let desk = Desk::open(home.path(), &clock).unwrap();
    drive(&desk, 3, 60);
    desk.station.close();
    let result = desk.station.store().write_local(|conn| {
        conn.execute(
            "UPDATE entry SET bytes = CAST(replace(bytes, x'e8af9d', x'e8af9e') AS BLOB) WHERE id IN
             (SELECT id FROM entry WHERE instr(bytes, x'e8af9d') > 0 LIMIT 1)",
            [],
        )?;
        Ok(())
    });
    result.unwrap();
    let proof = desk.station.prove().unwrap();
    assert!(!proof.broken.is_empty(), "an edited entry must be found");
}

#[test]
fn a_cut_tail_is_found() {
    let home = Scratch::new("tail");
    let clock = TestClock::at(NOON_MS);
    let desk = Desk::open(home.path(), &clock).unwrap();
    drive(&desk, 4, 60);
    desk.station.close();
    let cut = desk.station.store().write_local(|conn| {
        conn.execute(
            "DELETE FROM entry WHERE id = (SELECT max(id) FROM entry)",
            [],
        )?;
        Ok(())
    });
    cut.unwrap();
    let proof = desk.station.prove().unwrap();
    assert!(
        proof
            .broken
            .iter()
            .any(|line| line.contains("tail") || line.contains("ends")),
        "{:?}",
        proof.broken
    );
}

#[test]
fn numbers_are_unique_and_say_their_station() {
    let mut seen = BTreeSet::new();
    for (number, code) in [(1u16, "WB"), (2, "CD"), (3, "LH")] {
        let home = Scratch::new("numbers");
        let clock = TestClock::at(NOON_MS);
        let mut options = fengsui_tests::desk::options(home.path(), &clock);
        options.station_number = number;
        options.station_code = code.to_owned();
        let desk = Desk::with(options, &clock).unwrap();
        let mut last = String::new();
        for _ in 0..500 {
            let open = json!({ "line": "110", "entrance": "walk_in" });
            let number = text(&desk.ok("incident.open", open).unwrap(), "number").unwrap();
            assert!(number.contains(code), "{number}");
            assert!(
                number > last,
                "sorted within a station: {number} after {last}"
            );
            last.clone_from(&number);
            assert!(seen.insert(number), "a number was given twice");
        }
    }
    assert_eq!(seen.len(), 1_500);
}
