//! Goal: nothing acknowledged is lost and nothing exclusive is settled by a clock, whatever
//! happens between stations. Method: five processes, cut in two, two of them killed, a bundle
//! carried between the halves, then together; and the story of an outage with two.

use std::collections::BTreeSet;
use std::sync::{Mutex, MutexGuard, PoisonError};
use std::time::Instant;

use fengsui_tests::desk::Scratch;
use fengsui_tests::stations::equal::prove_equal;
use fengsui_tests::stations::net::{Networks, can_be_made};
use fengsui_tests::stations::outage::tell;
use fengsui_tests::stations::process::{PORT, Running, until};
use serde_json::json;

const NAMES: [(&str, &str); 4] = [
    ("接警二台", "HB"),
    ("指挥车", "HC"),
    ("城关所", "CG"),
    ("城东所", "CD"),
];

/// Five stations in touch: the first founded the county and invited the others.
fn five(networks: &Networks, homes: &[Scratch]) -> Vec<Running> {
    let mut founder = Running::start(networks, 0, homes[0].path(), None).unwrap();
    founder.sign_in().unwrap();
    let mut invitations = Vec::new();
    for (name, code) in NAMES {
        let asked = json!({ "name": name, "code": code, "kind": "post",
            "addresses": [format!("10.77.0.1:{PORT}")] });
        let invited = founder.ok("station.invite", asked).unwrap();
        invitations.push(invited["text"].as_str().unwrap().to_owned());
    }
    let mut all = vec![founder];
    for (at, invitation) in invitations.iter().enumerate() {
        let home = homes[at + 1].path();
        let mut station = Running::start(networks, at + 1, home, Some(invitation)).unwrap();
        station.sign_in().unwrap();
        all.push(station);
    }
    for station in &mut all {
        station.touches(4).unwrap();
    }
    all
}

/// One test at a time makes networks: two at once would share names.
pub(super) fn alone() -> Option<MutexGuard<'static, ()>> {
    static ONE: Mutex<()> = Mutex::new(());
    if !can_be_made() {
        println!("skipped 1: networks of their own need root");
        return None;
    }
    Some(ONE.lock().unwrap_or_else(PoisonError::into_inner))
}

#[test]
fn five_stations_cut_in_two_and_together_again() {
    let Some(_alone) = alone() else {
        return;
    };
    let networks = Networks::five().unwrap();
    let homes: Vec<Scratch> = (0..5).map(|_| Scratch::new("process")).collect();
    let mut all = five(&networks, &homes);

    // In touch: what one opens is on every board.
    let began = Instant::now();
    let first = all[0].incident("人民路中学北门").unwrap();
    for station in &mut all {
        station.have(&first).unwrap();
    }
    println!("on all five boards after {:?}", began.elapsed());

    // Cut: both halves command, and both send the same car.
    networks.cut().unwrap();
    let in_hall = all[1].incident("大厅这边").unwrap();
    all[1].order(&in_hall, "巡03").unwrap();
    let in_town = all[3].incident("乡镇那边").unwrap();
    all[3].order(&in_town, "巡03").unwrap();
    all[0].touches(2).unwrap();
    all[4].touches(1).unwrap();
    until("the hall says what it lacks", || {
        let lacks = all[0].ok("lack.list", json!({}))?;
        let names = lacks["lacks"].as_array().unwrap();
        Ok((names.len() == 2).then_some(()))
    })
    .unwrap();

    // Two are killed in the middle of their work and come back.
    all[2].incident("断电前一刻").unwrap();
    for at in [2, 4] {
        let home = all.remove(at).kill();
        let mut again = Running::start(&networks, at, &home, None).unwrap();
        again.sign_in().unwrap();
        all.insert(at, again);
    }

    carry_a_bundle(&mut all);
    for station in &mut all[..3] {
        station.have(&in_town).unwrap();
    }

    // Together again: everybody has everything, and the same contradiction.
    networks.join().unwrap();
    let healed = Instant::now();
    for station in &mut all {
        station.touches(4).unwrap();
        station.have(&in_hall).unwrap();
    }
    println!("together again after {:?}", healed.elapsed());
    let numbers = all[0].numbers().unwrap();
    let different: BTreeSet<&String> = numbers.iter().collect();
    assert_eq!(different.len(), 4);
    for station in &mut all {
        until("the same board", || {
            let is_same = station.numbers()? == numbers && station.conflicts()?.len() == 1;
            Ok(is_same.then_some(()))
        })
        .unwrap();
    }

    settle(&mut all);
    prove_equal(&networks, all).unwrap();
}

/// A bundle is carried from the towns to the hall: the conflict is known before the cable.
fn carry_a_bundle(all: &mut [Running]) {
    let stick = Scratch::new("stick");
    std::fs::create_dir_all(stick.path()).unwrap();
    let folder = stick.path().display().to_string();
    let written = json!({ "folder": folder, "to": [] });
    let written = all[3].ok("bundle.export", written).unwrap();
    let file = json!({ "path": written["files"][0] });
    let taken = all[1].ok("bundle.import", file.clone()).unwrap();
    assert!(taken["received"].as_u64().unwrap() > 0, "{taken}");
    assert_eq!(taken["conflicts"], json!(1), "{taken}");
    let again = all[1].ok("bundle.import", file).unwrap();
    assert_eq!(again["received"], json!(0), "twice changes nothing");
    assert_eq!(all[1].conflicts().unwrap().len(), 1);
}

/// Settled by a person at one station, settled at all.
fn settle(all: &mut [Running]) {
    let card = all[4].conflicts().unwrap().remove(0);
    let settle = json!({ "thing": card["thing"], "field": card["field"],
        "chosen": card["sides"][0]["id"], "reason": "先派为准" });
    all[4].ok("conflict.settle", settle).unwrap();
    for station in all.iter_mut() {
        until("settled", || {
            Ok(station.conflicts()?.is_empty().then_some(()))
        })
        .unwrap();
    }
}

#[test]
fn the_township_finishes_what_the_hall_began() {
    let Some(_alone) = alone() else {
        return;
    };
    let homes = Scratch::new("outage");
    tell(homes.path(), &mut |line| println!("{line}")).unwrap();
}
