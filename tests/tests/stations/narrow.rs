//! Goal: two stations with nothing between them but a serial line of 9,600 bit/s send an order and
//! its signature over it; what the line cannot carry is said to be undelivered, and goes when the
//! line is back. Method: two processes in networks that are cut, a pair of pseudo-terminals.

use std::path::Path;
use std::process::Command;
use std::time::Instant;

use fengsui_tests::bench::program::Program;
use fengsui_tests::desk::Scratch;
use fengsui_tests::stations::net::Networks;
use fengsui_tests::stations::outage::two_in_touch;
use fengsui_tests::stations::process::{Running, until};
use serde_json::{Value, json};

use super::halves::alone;

/// Their networks, in different halves.
const HALL: usize = 0;
const TOWN: usize = 3;

/// A line between two devices of these names; it ends with its program.
fn line(one: &Path, other: &Path) -> Program {
    let end = |link: &Path| format!("pty,raw,echo=0,link={}", link.display());
    let mut socat = Command::new("socat");
    socat.args([end(one), end(other)]);
    let program = Program::start(&mut socat).unwrap();
    until("both ends of the line", || {
        Ok((one.exists() && other.exists()).then_some(()))
    })
    .unwrap();
    program
}

/// The only pipe of a station.
fn pipe(station: &mut Running) -> Value {
    station.ok("station.list", json!({})).unwrap()["pipes"][0].clone()
}

fn stage(station: &mut Running, incident: &str) -> Value {
    let view = station.ok("incident.view", json!({ "incident": incident }));
    view.unwrap()["assignments"][0]["stage"].clone()
}

#[test]
fn an_order_goes_over_a_serial_line_and_its_signature_comes_back() {
    let Some(_alone) = alone() else {
        return;
    };
    let homes = Scratch::new("narrow");
    let networks = Networks::five().unwrap();
    let (hall, town) = two_in_touch(&networks, homes.path()).unwrap();
    let (hall, town) = (hall.kill(), town.kill());
    networks.cut().unwrap();
    let (one, other) = (homes.path().join("tty-hall"), homes.path().join("tty-town"));
    let cable = line(&one, &other);
    let with = |device: &Path| ["--narrow".to_owned(), format!("{}@9600", device.display())];
    let mut hall = Running::start_with(&networks, HALL, &hall, &with(&one)).unwrap();
    let mut town = Running::start_with(&networks, TOWN, &town, &with(&other)).unwrap();
    hall.sign_in().unwrap();
    town.sign_in().unwrap();

    // In touch by the line alone.
    town.touches(1).unwrap();

    let began = Instant::now();
    let incident = hall.incident("火车站南广场，有人持刀").unwrap();
    let order = hall.order(&incident, "巡03").unwrap();
    town.have(&incident).unwrap();
    until("the order", || {
        Ok((!stage(&mut town, &incident).is_null()).then_some(()))
    })
    .unwrap();
    println!("ordered after {:.1} s", began.elapsed().as_secs_f64());
    let sign = json!({ "assignment": order, "step": "sign" });
    town.ok("assignment.step", sign).unwrap();
    let signed = stage(&mut town, &incident);
    until("the signature", || {
        Ok((stage(&mut hall, &incident) == signed).then_some(()))
    })
    .unwrap();
    println!("signed after {:.1} s", began.elapsed().as_secs_f64());
    until("everything urgent delivered", || {
        Ok((pipe(&mut hall)["peers"][0]["entries"] == 0).then_some(()))
    })
    .unwrap();
    println!("{}", pipe(&mut hall));

    drop(cable);
    let second = hall.incident("人民路桥头，两车相撞").unwrap();
    until("said to be undelivered", || {
        let pipe = pipe(&mut hall);
        let left = pipe["peers"][0]["entries"].as_u64().unwrap_or(0);
        Ok((left > 0 && pipe["is_open"] == false).then_some(()))
    })
    .unwrap();
    let asked = json!({ "incident": second });
    assert!(town.ok("incident.view", asked).is_err(), "by what way?");
    let _cable = line(&one, &other);
    town.have(&second).unwrap();
}
