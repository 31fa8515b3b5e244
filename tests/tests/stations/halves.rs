//! Goal: nothing acknowledged is lost and nothing exclusive is settled by a clock, whatever
//! happens between five stations. Method: the story of the file's first line, told once.

use std::collections::BTreeSet;
use std::time::Instant;

use fengsui_store::{Db, Home, OpenOptions, verify};
use fengsui_tests::desk::Scratch;
use serde_json::{Value, json};

use super::net::{Networks, can_be_made};
use super::process::{PORT, Running, until};

const NAMES: [(&str, &str); 4] = [
    ("接警二台", "HB"),
    ("指挥车", "HC"),
    ("城关所", "CG"),
    ("城东所", "CD"),
];

/// Five stations in touch: the first founded the county and invited the others.
fn five(networks: &Networks, homes: &[Scratch]) -> Vec<Running> {
    let mut founder = Running::start(networks, 0, homes[0].path(), None);
    founder.sign_in();
    let mut invitations = Vec::new();
    for (name, code) in NAMES {
        let asked = json!({ "name": name, "code": code, "kind": "post",
            "addresses": [format!("10.77.0.1:{PORT}")] });
        let invited = founder.ok("station.invite", asked);
        invitations.push(invited["text"].as_str().unwrap().to_owned());
    }
    let mut all = vec![founder];
    for (at, invitation) in invitations.iter().enumerate() {
        let home = homes[at + 1].path();
        let mut station = Running::start(networks, at + 1, home, Some(invitation));
        station.sign_in();
        all.push(station);
    }
    for station in &mut all {
        until("all in touch", || (station.in_touch() == 4).then_some(()));
    }
    all
}

fn conflicts(station: &mut Running) -> Vec<Value> {
    let list = station.ok("conflict.list", json!({}));
    list["conflicts"].as_array().unwrap().clone()
}

fn all_have(stations: &mut [Running], incident: &str) {
    for station in stations {
        until("the incident", || {
            let asked = json!({ "incident": incident });
            station.answer("incident.view", asked).ok()
        });
    }
}

#[test]
fn five_stations_cut_in_two_and_together_again() {
    if !can_be_made() {
        return;
    }
    let networks = Networks::five();
    let homes: Vec<Scratch> = (0..5).map(|_| Scratch::new("process")).collect();
    let mut all = five(&networks, &homes);

    // In touch: what one opens is on every board.
    let began = Instant::now();
    let first = all[0].incident("人民路中学北门");
    all_have(&mut all, &first);
    println!("on all five boards after {:?}", began.elapsed());

    // Cut: both halves command, and both send the same car.
    networks.cut();
    let in_hall = all[1].incident("大厅这边");
    all[1].order(&in_hall, "巡03");
    let in_town = all[3].incident("乡镇那边");
    all[3].order(&in_town, "巡03");
    until("the halves notice", || {
        let (hall, town) = (all[0].in_touch(), all[4].in_touch());
        (hall == 2 && town == 1).then_some(())
    });
    let lacks = all[0].ok("lack.list", json!({}));
    until("the hall says what it lacks", || {
        let lacks = all[0].ok("lack.list", json!({}));
        (lacks["lacks"].as_array().unwrap().len() == 2).then_some(())
    });
    println!("the hall lacks {lacks}");

    // Two are killed in the middle of their work and come back.
    all[2].incident("断电前一刻");
    let home = all.remove(2).kill();
    all.insert(2, Running::start(&networks, 2, &home, None));
    let home = all.remove(4).kill();
    all.insert(4, Running::start(&networks, 4, &home, None));
    for at in [2, 4] {
        all[at].sign_in();
    }

    // A bundle is carried from the towns to the hall: the conflict is known before the cable.
    let stick = Scratch::new("stick");
    std::fs::create_dir_all(stick.path()).unwrap();
    let folder = stick.path().display().to_string();
    let written = all[3].ok("bundle.export", json!({ "folder": folder, "to": [] }));
    let file = written["files"][0].as_str().unwrap().to_owned();
    let taken = all[1].ok("bundle.import", json!({ "path": file }));
    assert!(taken["received"].as_u64().unwrap() > 0, "{taken}");
    assert_eq!(taken["conflicts"], json!(1), "{taken}");
    let again = all[1].ok("bundle.import", json!({ "path": file }));
    assert_eq!(again["received"], json!(0), "twice changes nothing");
    assert_eq!(conflicts(&mut all[1]).len(), 1);
    all_have(&mut all[..3], &in_town);

    // Together again: everybody has everything, and the same contradiction.
    networks.join();
    let healed = Instant::now();
    for station in &mut all {
        until("all in touch", || (station.in_touch() == 4).then_some(()));
    }
    all_have(&mut all, &in_hall);
    println!("together again after {:?}", healed.elapsed());
    let numbers = all[0].numbers();
    let different: BTreeSet<&String> = numbers.iter().collect();
    assert_eq!(different.len(), 4);
    for station in &mut all {
        until("the same board", || {
            (station.numbers() == numbers).then_some(())
        });
        until("the conflict", || {
            (conflicts(station).len() == 1).then_some(())
        });
    }

    // Settled by a person at one, settled at all.
    let card = conflicts(&mut all[4]).remove(0);
    let settle = json!({ "thing": card["thing"], "field": card["field"],
        "chosen": card["sides"][0]["id"], "reason": "先派为准" });
    all[4].ok("conflict.settle", settle);
    for station in &mut all {
        until("settled", || conflicts(station).is_empty().then_some(()));
    }
    prove_equal(all);
}

/// The programs end; the files say the same, row for row, and each log is whole.
fn prove_equal(all: Vec<Running>) {
    // The last session entries are still on their way when the last command was answered.
    let mut all = all;
    let count = all.len();
    for station in &mut all {
        until("nothing to go or to come", || {
            let list = station.ok("station.list", json!({}));
            let rows = list["stations"].as_array().unwrap().clone();
            let whole = |row: &&Value| row["to_go"] == json!(0) && row["to_come"] == json!(0);
            (rows.iter().filter(whole).count() == count - 1).then_some(())
        });
    }
    let homes: Vec<_> = all
        .iter()
        .map(|station| station.home().to_owned())
        .collect();
    drop(all);
    let mut rows = Vec::new();
    for home in &homes {
        let db = Db::open(&OpenOptions::new(Home::at(home))).unwrap();
        let proof = db.read(verify::prove).unwrap();
        assert_eq!(proof.broken, Vec::<String>::new(), "{}", home.display());
        rows.push(db.read(verify::shared).unwrap());
    }
    for other in &rows[1..] {
        assert_eq!(other, &rows[0]);
    }
}
