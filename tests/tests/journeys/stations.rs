//! Goal: stations that were apart come together with nothing lost and nothing exclusive settled
//! by a clock. Method: real stations on real homes, sessions carried by hand; after every meeting
//! the tables of all are compared row for row and each log is proved.

use std::collections::BTreeSet;
use std::sync::Arc;

use fengsui_app::peer::Invitation;
use fengsui_app::{Station, StationOptions};
use fengsui_replication::port::Replica;
use fengsui_store::verify;
use fengsui_tests::desk::{Desk, NOON_MS, Scratch, TestClock, options, text};
use fengsui_tests::meeting::{Meeting, meet};
use serde_json::{Value, json};

/// A county of stations; the first founded it and invited the others.
pub(super) struct County {
    pub(super) homes: Vec<Scratch>,
    pub(super) desks: Vec<Desk>,
    pub(super) clock: Arc<TestClock>,
}

const NAMES: [(&str, &str); 3] = [("城关所", "CG"), ("城东所", "CD"), ("指挥车", "CH")];

impl County {
    pub(super) fn of(count: usize) -> County {
        let clock = TestClock::at(NOON_MS);
        let home = Scratch::new("station-1");
        let founder = Desk::open(home.path(), &clock).unwrap();
        let mut county = County {
            homes: vec![home],
            desks: vec![founder],
            clock,
        };
        for (name, code) in NAMES.iter().take(count - 1) {
            county.join(name, code);
        }
        for _ in 0..2 {
            county.meet_all();
        }
        county
    }

    pub(super) fn join(&mut self, name: &str, code: &str) {
        self.join_by(name, code, &self.clock.clone());
    }

    /// As `join`, with a clock of its own.
    pub(super) fn join_by(&mut self, name: &str, code: &str, clock: &Arc<TestClock>) {
        let asked = json!({ "name": name, "code": code, "kind": "post",
            "addresses": ["127.0.0.1:1"] });
        let invited = self.desks[0].ok("station.invite", asked).unwrap();
        let invitation = Invitation::read(&text(&invited, "text").unwrap()).unwrap();
        let home = Scratch::new(&format!("station-{}", invitation.number));
        let options = joining(&home, clock, invitation.clone());
        let desk = Desk::with(options, clock).unwrap();
        // What the link does once the new station has shown the secret.
        let founder: &Station = &self.desks[0].station;
        let secret = Replica::invitation(founder, invitation.number).unwrap();
        assert_eq!(secret, Some(invitation.secret));
        let key = desk.station.public_key().unwrap();
        founder.admit(invitation.number, &key).unwrap();
        assert_eq!(Replica::invitation(founder, invitation.number), Ok(None));
        self.homes.push(home);
        self.desks.push(desk);
    }

    pub(super) fn meet(&self, one: usize, other: usize) {
        meet(&self.desks[one].station, &self.desks[other].station).unwrap();
    }

    pub(super) fn meet_all(&self) {
        for other in 1..self.desks.len() {
            self.meet(0, other);
        }
    }

    /// All stations equal row for row, each log whole, each table the fold of its log.
    pub(super) fn prove_equal(&self) {
        let first = self.desks[0].station.store();
        let rows = first.read(verify::shared).unwrap();
        for desk in &self.desks {
            let store = desk.station.store();
            assert_eq!(
                store.read(verify::shared).unwrap(),
                rows,
                "{}",
                desk.station.name()
            );
            assert_eq!(store.view().unwrap(), first.view().unwrap());
            let proof = store.prove().unwrap();
            assert!(proof.rebuild_equal, "{:?}", proof.broken);
            assert_eq!(proof.broken, Vec::<String>::new());
        }
    }

    /// Opens a filed incident at a desk; its dot.
    pub(super) fn incident(&self, at: usize, place: &str) -> String {
        let desk = &self.desks[at];
        let opened = desk
            .ok(
                "incident.open",
                json!({ "line": "110", "entrance": "radio" }),
            )
            .unwrap();
        let incident = text(&opened, "incident").unwrap();
        let file = json!({ "incident": incident, "form": { "place": place } });
        desk.ok("incident.file", file).unwrap();
        incident
    }

    pub(super) fn order(&self, at: usize, incident: &str, callsign: &str) -> Value {
        let desk = &self.desks[at];
        let unit = desk.unit(callsign).unwrap();
        let asked = json!({ "incident": incident, "units": [unit], "text": "",
            "override_reason": "最近" });
        desk.ok("assignment.order", asked).unwrap()
    }
}

fn joining(home: &Scratch, clock: &Arc<TestClock>, invitation: Invitation) -> StationOptions {
    let mut options = options(home.path(), clock);
    options.invitation = Some(invitation);
    options
}

pub(super) fn conflicts(desk: &Desk) -> Vec<Value> {
    let list = desk.ok("conflict.list", json!({})).unwrap();
    list["conflicts"].as_array().unwrap().clone()
}

/// J3, A2: what one desk wrote is on the other's board, and a station that only met the founder
/// has what a third wrote.
#[test]
fn what_one_station_wrote_is_on_the_others_boards() {
    let county = County::of(3);
    let at_post = county.incident(1, "城关镇桥头");
    county.meet(1, 0);
    county.meet(0, 2);
    county.meet(1, 0);
    county.prove_equal();
    let view = county.desks[2].view(&at_post).unwrap();
    assert!(view.to_string().contains("城关镇桥头"));
    let units = county.desks[2].ok("unit.board", json!({})).unwrap();
    let here = county.desks[0].ok("unit.board", json!({})).unwrap();
    assert_eq!(
        units["groups"], here["groups"],
        "every unit once, the same everywhere"
    );
}

/// J5: three stations apart give different numbers, each with its own code.
#[test]
fn numbers_given_apart_are_different() {
    let county = County::of(3);
    let mut numbers = BTreeSet::new();
    for at in 0..3 {
        for _ in 0..40 {
            let incident = county.incident(at, "某处");
            let view = county.desks[at].view(&incident).unwrap();
            let number = view["row"]["number"]
                .as_str()
                .unwrap_or_default()
                .to_owned();
            assert!(number.contains(["-WB-", "-CG-", "-CD-"][at]), "{number}");
            numbers.insert(number);
        }
    }
    assert_eq!(numbers.len(), 120);
    county.meet_all();
    county.meet_all();
    county.prove_equal();
}

/// J4: one car sent to two places by two desks that were apart: both orders stand, both desks
/// get the card with both sides' words and times, and a person settles it everywhere.
#[test]
fn a_car_sent_twice_is_a_conflict_until_a_person_settles_it() {
    let county = County::of(2);
    let (here, there) = (
        county.incident(0, "人民路中学"),
        county.incident(1, "桥头市场"),
    );
    county.order(0, &here, "巡03");
    county.clock.shift(60_000);
    county.order(1, &there, "巡03");
    county.meet(0, 1);
    county.prove_equal();
    for desk in &county.desks {
        let found = conflicts(desk);
        assert_eq!(found.len(), 1);
        assert_eq!(found[0]["name"], "巡03");
        let sides = found[0]["sides"].as_array().unwrap();
        let words: Vec<&str> = sides.iter().filter_map(|s| s["words"].as_str()).collect();
        assert!(
            words[0].contains("人民路中学") && words[1].contains("桥头市场"),
            "{words:?}"
        );
        assert_eq!(sides[0]["at_ms"], json!(NOON_MS));
        assert_eq!(sides[1]["at_ms"], json!(NOON_MS + 60_000));
        assert_eq!(sides[1]["station_name"], "城关所");
        let needs = desk.ok("need.list", json!({})).unwrap().to_string();
        assert!(needs.contains("\"conflict\""), "{needs}");
    }
    // Ending one side by hand is no settlement of the other.
    let card = conflicts(&county.desks[1]).remove(0);
    let chosen = &card["sides"][0];
    let settle = json!({ "thing": card["thing"], "field": card["field"],
        "chosen": chosen["id"], "reason": "先派为准" });
    county.desks[1]
        .ok("conflict.settle", settle.clone())
        .unwrap();
    let again = county.desks[1].refused("conflict.settle", settle).unwrap();
    assert_eq!(again, "nothing_to_change");
    county.meet(0, 1);
    county.prove_equal();
    for desk in &county.desks {
        assert_eq!(conflicts(desk), Vec::<Value>::new());
        let unit = desk.unit_row("巡03").unwrap();
        assert_eq!(unit["state"], "ordered", "{unit}");
        let lost = desk.view(&there).unwrap().to_string();
        assert!(lost.contains("\"cancelled\""), "{lost}");
    }
}

/// J4: the crew's own sign-in decides.
#[test]
fn the_crew_signs_one_order_and_that_settles_it() {
    let county = County::of(2);
    let (here, there) = (county.incident(0, "甲处"), county.incident(1, "乙处"));
    county.order(0, &here, "巡03");
    let theirs = county.order(1, &there, "巡03");
    county.meet(0, 1);
    let step = json!({ "assignment": theirs["entry"], "step": "sign" });
    county.desks[0].device_ok("assignment.step", step).unwrap();
    county.meet(1, 0);
    county.prove_equal();
    for desk in &county.desks {
        assert_eq!(conflicts(desk), Vec::<Value>::new());
        assert_eq!(desk.unit_row("巡03").unwrap()["state"], "signed");
    }
}

/// Two persons settle the same conflict differently while apart: it stands again.
#[test]
fn two_settlements_that_contradict_are_a_conflict_again() {
    let county = County::of(2);
    let (here, there) = (county.incident(0, "甲处"), county.incident(1, "乙处"));
    county.order(0, &here, "巡03");
    county.order(1, &there, "巡03");
    county.meet(0, 1);
    for (at, desk) in county.desks.iter().enumerate() {
        let card = conflicts(desk).remove(0);
        let settle = json!({ "thing": card["thing"], "field": card["field"],
            "chosen": card["sides"][at]["id"], "reason": "各执一词" });
        desk.ok("conflict.settle", settle).unwrap();
    }
    county.meet(0, 1);
    county.prove_equal();
    assert_eq!(conflicts(&county.desks[0]).len(), 1);
}

/// Closing here while 受伤 is reported there: 待核 on both.
#[test]
fn a_closing_that_had_not_seen_a_report_is_reviewed() {
    let county = County::of(2);
    let incident = county.incident(0, "甲处");
    county.meet(0, 1);
    let add = json!({ "incident": incident, "assignment": null, "text": "一人受伤" });
    county.desks[1].ok("feedback.add", add).unwrap();
    let close = json!({ "incident": incident, "result": "R01", "text": "已处理" });
    county.desks[0].ok("incident.close", close).unwrap();
    county.meet(0, 1);
    county.prove_equal();
    for desk in &county.desks {
        assert_eq!(desk.view(&incident).unwrap()["row"]["stage"], "review");
    }
}

/// J7: a list says what it lacks while a station is apart, from its last word on; and stops
/// saying so once it is back, also through a third.
#[test]
fn what_is_not_here_is_said() {
    let county = County::of(3);
    let lacks = |at: usize| -> Vec<(String, Value)> {
        let list = county.desks[at].ok("lack.list", json!({})).unwrap();
        let rows = list["lacks"].as_array().unwrap().clone();
        rows.iter()
            .map(|row| (text(row, "name").unwrap(), row["since_ms"].clone()))
            .collect()
    };
    let one: Arc<dyn Replica> = county.desks[0].station.clone();
    let other: Arc<dyn Replica> = county.desks[1].station.clone();
    let mut meeting = Meeting::begin(one, other).unwrap();
    meeting.settle().unwrap();
    county.clock.shift(3_000);
    meeting.tick().unwrap();
    meeting.settle().unwrap();
    let met_ms = NOON_MS + 3_000;
    assert!(
        lacks(0).iter().all(|(name, _)| name != "城关所"),
        "{:?}",
        lacks(0)
    );
    meeting.cut();
    county.clock.shift(600_000);
    let now = lacks(0);
    assert!(
        now.contains(&("城关所".to_owned(), json!(met_ms))),
        "{now:?}"
    );
    let list = county.desks[0].ok("station.list", json!({})).unwrap();
    let row = &list["stations"][1];
    assert_eq!(
        (&row["state"], &row["name"]),
        (&json!("apart"), &json!("城关所"))
    );
}

/// J8: the merge report's sums are those of the rows that came and went.
#[test]
fn the_merge_report_adds_up() {
    let county = County::of(2);
    let before: Vec<u64> = sizes(&county);
    for _ in 0..5 {
        county.incident(1, "那边");
    }
    county.incident(0, "这边");
    let after: Vec<u64> = sizes(&county);
    county.meet(0, 1);
    county.prove_equal();
    let list = county.desks[0].ok("station.list", json!({})).unwrap();
    let meeting = &list["meetings"][0];
    assert_eq!(meeting["received"], json!(after[1] - before[1]));
    assert_eq!(meeting["sent"], json!(after[0] - before[0]));
    assert_eq!(meeting["opened"], json!(5));
    assert_eq!(meeting["changed"], json!(0));
    assert_eq!(meeting["conflicts"], json!(0));
    county.meet(0, 1);
    let list = county.desks[0].ok("station.list", json!({})).unwrap();
    let again = &list["meetings"][0];
    assert_eq!((&again["received"], &again["sent"]), (&json!(0), &json!(0)));
}

/// J7: an exported incident says which stations it lacks, and since when.
#[test]
fn an_exported_incident_says_what_it_lacks() {
    let county = County::of(2);
    let incident = county.incident(0, "甲处");
    let head = |desk: &Desk| -> Value {
        let asked = json!({ "incident": incident });
        let paper = desk.ok("audit.export", asked).unwrap();
        let paper = std::fs::read_to_string(text(&paper, "path").unwrap()).unwrap();
        assert!(fengsui_store::export::signer_of(&paper).is_some());
        serde_json::from_str(paper.lines().next().unwrap()).unwrap()
    };
    let never = json!([{ "station": "城关所", "number": 2, "since": null, "since_ms": null }]);
    assert_eq!(head(&county.desks[0])["lacks"], never);
    let one: Arc<dyn Replica> = county.desks[0].station.clone();
    let other: Arc<dyn Replica> = county.desks[1].station.clone();
    let mut meeting = Meeting::begin(one, other).unwrap();
    meeting.settle().unwrap();
    county.clock.shift(3_000);
    meeting.tick().unwrap();
    meeting.settle().unwrap();
    assert_eq!(head(&county.desks[0])["lacks"], json!([]), "in touch");
    meeting.cut();
    county.clock.shift(600_000);
    let lacks = head(&county.desks[0])["lacks"].clone();
    assert_eq!(lacks[0]["since_ms"], json!(NOON_MS + 3_000));
    assert!(lacks[0]["since"].is_string(), "{lacks}");
}

fn sizes(county: &County) -> Vec<u64> {
    let size = |desk: &Desk| desk.station.store().view().unwrap().summary.entries();
    county.desks.iter().map(size).collect()
}

/// D8: a township station takes the board, signed by two persons; taken on both sides while
/// apart it is a conflict.
#[test]
fn the_board_is_taken_by_two_persons_and_never_by_a_clock() {
    let county = County::of(2);
    for (account, name) in [("wang", "王某"), ("zhao", "赵某")] {
        let enrol = json!({ "account": account, "name": name, "passphrase": "烽火连三月抵万金",
            "posts": ["shift_leader", "dispatch"] });
        county.desks[0].ok("account.enrol", enrol).unwrap();
    }
    county.meet(0, 1);
    let take =
        |second: &str, passphrase: &str| json!({ "second": second, "passphrase": passphrase });
    let post = &county.desks[1];
    assert_eq!(
        post.refused("board.take", take("wang", "x")).unwrap(),
        "session.denied"
    );
    let alone = post
        .refused("board.take", take("demo", "烽火连三月抵万金"))
        .unwrap();
    assert_eq!(alone, "board.second_person");
    post.ok("board.take", take("wang", "烽火连三月抵万金"))
        .unwrap();
    assert_eq!(
        post.ok("station.list", json!({})).unwrap()["board"],
        json!(2)
    );
    county.desks[0]
        .ok("board.take", take("zhao", "烽火连三月抵万金"))
        .unwrap();
    county.meet(0, 1);
    county.prove_equal();
    for desk in &county.desks {
        let found = conflicts(desk);
        assert_eq!(found.len(), 1);
        assert_eq!(found[0]["field"], "board");
        let need = conflict_need(desk);
        let names = need["params"][0]["value"].as_str().unwrap_or_default();
        assert!(names.contains("城关所"), "{need}");
    }
    // 我来办 here is written there.
    let own = json!({ "key": conflict_need(&county.desks[0])["key"] });
    county.desks[0].ok("need.own", own).unwrap();
    county.meet(0, 1);
    county.prove_equal();
    assert!(conflict_need(&county.desks[1])["owner"].is_string());
}

/// The one need that is a conflict.
fn conflict_need(desk: &Desk) -> Value {
    let list = desk.ok("need.list", json!({})).unwrap();
    let needs = list["needs"].as_array().unwrap();
    let mut found = needs.iter().filter(|need| need["kind"] == "conflict");
    let need = found.next().cloned().unwrap();
    assert!(found.next().is_none(), "{list}");
    need
}

/// A call that two desks answered while they were apart needs a person, by its own number.
#[test]
fn a_call_answered_twice_needs_a_person() {
    let county = County::of(2);
    let enrol = json!({ "account": "demo", "name": "王某", "passphrase": "烽火连三月抵万金",
        "posts": ["intake"] });
    county.desks[0].ok("account.enrol", enrol).unwrap();
    let ring = json!({ "line": "110", "number": "13900001111", "subscriber": null, "fix": null });
    let rung = county.desks[0].device_ok("call.ring", ring).unwrap();
    county.meet(0, 1);
    let answer = json!({ "call": text(&rung, "call").unwrap() });
    for desk in &county.desks {
        desk.ok("call.answer", answer.clone()).unwrap();
    }
    county.meet(0, 1);
    county.prove_equal();
    for desk in &county.desks {
        let need = conflict_need(desk);
        assert_eq!(
            need["params"],
            json!([{ "name": "call", "value": "13900001111" }])
        );
        let card = conflicts(desk).remove(0);
        assert_eq!(card["field"], "desk");
        // Each side by name, as the call list says it: a desk here, elsewhere its station.
        for side in card["sides"].as_array().unwrap() {
            let is_here = side["station"] == json!(desk.station.number());
            let other = if desk.station.number() == 1 {
                "城关所"
            } else {
                "指挥中心"
            };
            assert_eq!(
                side["words"],
                if is_here { "台01" } else { other },
                "{side}"
            );
            assert_eq!(side["by"], "王某", "not the account");
        }
    }
}

/// A3: a call has one owner, whom the other desk sees by name; when the owner's station is gone
/// the call is first in the queue and one key takes it over, with the incident that was opened.
#[test]
fn a_call_whose_desk_is_gone_is_taken_over() {
    let county = County::of(2);
    let (hall, town) = (&county.desks[0], &county.desks[1]);
    let ring = json!({ "line": "110", "number": "13900001111", "subscriber": null, "fix": null });
    town.device_ok("call.ring", ring).unwrap();
    let answered = town.ok("call.answer", json!({ "call": null })).unwrap();
    let one: Arc<dyn Replica> = hall.station.clone();
    let other: Arc<dyn Replica> = town.station.clone();
    let mut meeting = Meeting::begin(one, other).unwrap();
    meeting.settle().unwrap();
    let row = |desk: &Desk| desk.ok("call.list", json!({})).unwrap()["calls"][0].clone();
    let seen = row(hall);
    assert_eq!(
        (&seen["desk"], &seen["mine"]),
        (&json!("城关所"), &json!(false))
    );
    assert_eq!(seen["lost_at_ms"], Value::Null);
    let asked = json!({ "call": seen["id"] });
    let taken = hall.refused("call.answer", asked.clone()).unwrap();
    assert_eq!(taken, "call.taken");
    let none = hall
        .refused("call.answer", json!({ "call": null }))
        .unwrap();
    assert_eq!(none, "call.none_ringing");

    meeting.cut();
    county.clock.shift(10_000);
    assert_ne!(row(hall)["lost_at_ms"], Value::Null);
    let taken = hall.ok("call.answer", json!({ "call": null })).unwrap();
    for name in ["incident", "number"] {
        assert_eq!(
            taken[name], answered[name],
            "the incident that was opened goes on"
        );
    }
    assert_eq!(
        (row(hall)["mine"].clone(), row(hall)["lost_at_ms"].clone()),
        (json!(true), Value::Null)
    );

    county.meet(0, 1);
    county.prove_equal();
    assert_eq!(conflicts(hall), Vec::<Value>::new());
    let seen = row(town);
    assert_eq!(
        (&seen["mine"], &seen["state"]),
        (&json!(false), &json!("talking"))
    );
    assert_eq!(seen["desk"], json!(hall.station.name()));
}

/// J7, D4: the strip says who is in touch and who is apart, by name.
#[test]
fn the_strip_says_who_is_apart() {
    let county = County::of(2);
    let part = |at: usize, name: &str| -> Value {
        let strip = county.desks[at].ok("honesty.view", json!({})).unwrap();
        let parts = strip["parts"].as_array().unwrap().clone();
        let found = parts.into_iter().find(|part| part["part"] == name);
        found.unwrap_or_default()
    };
    let one: Arc<dyn Replica> = county.desks[0].station.clone();
    let other: Arc<dyn Replica> = county.desks[1].station.clone();
    let mut meeting = Meeting::begin(one, other).unwrap();
    meeting.settle().unwrap();
    county.clock.shift(3_000);
    meeting.tick().unwrap();
    meeting.settle().unwrap();
    for at in 0..2 {
        let station = part(at, "station");
        assert_eq!(
            (&station["code"], &station["standing"]),
            (&json!("in_touch"), &json!("good"))
        );
    }
    meeting.cut();
    let station = part(0, "station");
    assert_eq!(
        (&station["code"], &station["standing"]),
        (&json!("apart"), &json!("warn"))
    );
    assert_eq!(station["params"][0]["value"], "城关所");
}

/// Fault 16: a station restored from an old copy meets a peer that has more of its log: it goes
/// on as a new incarnation, what was lost comes back, and no number is given twice.
#[test]
fn a_restored_station_gets_its_log_back_and_gives_no_number_twice() {
    let mut county = County::of(2);
    county.incident(1, "先前");
    let copy = Scratch::new("copy");
    std::fs::create_dir_all(copy.path()).unwrap();
    let desk = county.desks.remove(1);
    desk.station.close();
    drop(desk);
    copy_dir(county.homes[1].path(), copy.path());
    let reopen = |county: &County| {
        Desk::with(
            options(county.homes[1].path(), &county.clock),
            &county.clock,
        )
        .unwrap()
    };
    county.desks.insert(1, reopen(&county));
    for _ in 0..3 {
        county.incident(1, "会丢的");
    }
    county.meet(0, 1);
    let before = numbers(&county.desks[0]);
    let desk = county.desks.remove(1);
    desk.station.close();
    drop(desk);
    // The whole folder comes back with its witness, as from a snapshot of the machine.
    std::fs::remove_dir_all(county.homes[1].path()).unwrap();
    copy_dir(copy.path(), county.homes[1].path());
    county.desks.insert(1, reopen(&county));
    county.meet(0, 1);
    county.incident(1, "恢复后");
    county.meet(0, 1);
    county.prove_equal();
    for desk in &county.desks {
        let all = numbers(desk);
        let different: BTreeSet<&String> = all.iter().collect();
        assert_eq!(different.len(), all.len(), "{all:?}");
        assert!(before.iter().all(|number| all.contains(number)));
    }
}

/// Faults 16, 17, 23: a copy that went on by itself before it met anybody has another history
/// under the same dots. Both are kept and said; nobody else's entries are held up by it.
#[test]
fn two_histories_of_one_station_are_kept_and_said() {
    let mut county = County::of(2);
    let copy = Scratch::new("twin");
    let desk = county.desks.remove(1);
    desk.station.close();
    drop(desk);
    copy_dir(county.homes[1].path(), copy.path());
    let reopen = |county: &County| {
        Desk::with(
            options(county.homes[1].path(), &county.clock),
            &county.clock,
        )
        .unwrap()
    };
    county.desks.insert(1, reopen(&county));
    county.incident(1, "一处");
    county.meet(0, 1);
    let desk = county.desks.remove(1);
    desk.station.close();
    drop(desk);
    std::fs::remove_dir_all(county.homes[1].path()).unwrap();
    copy_dir(copy.path(), county.homes[1].path());
    county.desks.insert(1, reopen(&county));
    county.incident(1, "另一处");
    let elsewhere = county.incident(0, "无关的一处");
    county.meet(0, 1);
    for desk in &county.desks {
        let honesty = desk.ok("honesty.view", json!({})).unwrap().to_string();
        assert!(honesty.contains("\"fork\""), "{honesty}");
    }
    county.desks[1].view(&elsewhere).unwrap();
    let incarnation = county.desks[1].station.hello().unwrap().incarnation;
    assert_ne!(incarnation, 1, "it goes on where nobody has been");
}

pub(super) fn numbers(desk: &Desk) -> Vec<String> {
    let board = desk.ok("incident.board", json!({})).unwrap();
    let rows = board["rows"].as_array().unwrap();
    rows.iter()
        .map(|row| text(row, "number").unwrap())
        .collect()
}

pub(super) fn copy_dir(from: &std::path::Path, to: &std::path::Path) {
    std::fs::create_dir_all(to).unwrap();
    for entry in std::fs::read_dir(from).unwrap() {
        let entry = entry.unwrap();
        let target = to.join(entry.file_name());
        if entry.file_type().unwrap().is_dir() {
            copy_dir(&entry.path(), &target);
        } else {
            std::fs::copy(entry.path(), target).unwrap();
        }
    }
}

/// A station that was invited and has met nobody lets nobody in: it has no register of persons.
#[test]
fn an_invited_station_waits_for_its_county() {
    let clock = TestClock::at(NOON_MS);
    let home = Scratch::new("founder");
    let founder = Desk::open(home.path(), &clock).unwrap();
    let asked = json!({ "name": "城关所", "code": "CG", "kind": "post", "addresses": [] });
    let invited = founder.ok("station.invite", asked.clone()).unwrap();
    assert_eq!(
        founder.refused("station.invite", asked).unwrap(),
        "invite.refused"
    );
    let invitation = Invitation::read(&text(&invited, "text").unwrap()).unwrap();
    let home = Scratch::new("invited");
    let desk = Desk::with(joining(&home, &clock, invitation), &clock).unwrap();
    let sign_in = json!({ "account": "li", "passphrase": "烽火连三月抵万金", "posts": ["intake"] });
    let code = desk.refused("session.sign_in", sign_in).unwrap();
    assert_eq!(code, "county.not_here");
}

/// J12: a revoked station is known as such to every peer.
#[test]
fn a_revoked_station_is_revoked_everywhere() {
    let county = County::of(3);
    let revoke = json!({ "number": 2, "reason": "电脑丢失" });
    county.desks[0]
        .ok("station.revoke", revoke.clone())
        .unwrap();
    assert_eq!(
        county.desks[0].refused("station.revoke", revoke).unwrap(),
        "revoke.refused"
    );
    county.meet(0, 2);
    let peers = county.desks[2].station.peers().unwrap();
    let revoked: Vec<u16> = peers
        .iter()
        .filter(|p| p.is_revoked)
        .map(|p| p.number)
        .collect();
    assert_eq!(revoked, [2]);
}
