//! Goal: a bad cable costs time and nothing else. Method: two processes in networks of their
//! own, the cable between them late, losing, doubling, damaging, slow, deaf in one direction, up
//! and down by turns; in the end both say the same, row for row.

use std::sync::atomic::Ordering;
use std::time::{Duration, Instant};

use fengsui_tests::desk::Scratch;
use fengsui_tests::stations::equal::prove_equal;
use fengsui_tests::stations::net::{Half, Networks};
use fengsui_tests::stations::outage::two_in_touch;
use fengsui_tests::stations::process::Running;
use fengsui_tests::stations::rough::{Rough, Roughness};
use serde_json::json;

use super::halves::alone;

/// Two stations that met over a good cable and now hear nothing of each other.
fn two_apart(homes: &Scratch) -> (Networks, Running, Running) {
    let networks = Networks::five().unwrap();
    let (hall, mut town) = two_in_touch(&networks, homes.path()).unwrap();
    networks.cut().unwrap();
    town.touches(0).unwrap();
    (networks, hall, town)
}

fn incidents(station: &mut Running, count: usize) -> Vec<String> {
    let place = |at| format!("人民路 {at} 号门前，两车相撞");
    let all = (0..count).map(|at| station.incident(&place(at)));
    all.collect::<Result<_, _>>().unwrap()
}

fn have_all(station: &mut Running, incidents: &[String]) {
    for incident in incidents {
        station.have(incident).unwrap();
    }
}

/// Frames of so many kinds of trouble have really been met.
fn told(name: &str, cable: &Rough, began: Instant) {
    let counted = &cable.counted;
    let read = |of: &std::sync::atomic::AtomicU64| of.load(Ordering::Relaxed);
    println!(
        "{name}: {:.1} s; {} frames carried ({} B), {} lost, {} doubled, {} damaged",
        began.elapsed().as_secs_f64(),
        read(&counted.carried),
        read(&counted.bytes),
        read(&counted.lost),
        read(&counted.doubled),
        read(&counted.damaged)
    );
}

fn both_whole(networks: &Networks, mut hall: Running, mut town: Running) {
    hall.is_whole_with(1).unwrap();
    town.is_whole_with(1).unwrap();
    assert_eq!(hall.numbers().unwrap(), town.numbers().unwrap());
    prove_equal(networks, vec![hall, town]).unwrap();
}

#[test]
fn late_lost_doubled_and_damaged_frames_cost_time_only() {
    let Some(_alone) = alone() else {
        return;
    };
    let homes = Scratch::new("late");
    let (networks, mut hall, mut town) = two_apart(&homes);
    let ours = incidents(&mut hall, 40);
    let theirs = incidents(&mut town, 20);
    let how = Roughness {
        delay_ms: (200, 400),
        lost: 10,
        doubled: 4,
        damaged: 2,
        ..Roughness::NONE
    };
    let began = Instant::now();
    let cable = Rough::between(&networks, how).unwrap();
    have_all(&mut town, &ours);
    have_all(&mut hall, &theirs);
    // One by one, so that there are frames enough for every kind of trouble.
    for _ in 0..20 {
        let live = incidents(&mut hall, 1);
        have_all(&mut town, &live);
    }
    told(
        "300 ± 100 ms, 10 % lost, 4 % doubled, 2 % damaged",
        &cable,
        began,
    );
    let counted = &cable.counted;
    for kind in [&counted.lost, &counted.doubled, &counted.damaged] {
        assert!(kind.load(Ordering::Relaxed) > 0, "{counted:?}");
    }
    both_whole(&networks, hall, town);
}

/// 9,600 bit/s, 400 ms, 2 % lost (fault 22): what is urgent overtakes a day's audit lines.
#[test]
fn over_a_slow_radio_the_urgent_overtakes() {
    let Some(_alone) = alone() else {
        return;
    };
    let homes = Scratch::new("slow");
    let (networks, mut hall, mut town) = two_apart(&homes);
    let backlog = incidents(&mut hall, 10);
    for at in 0..300 {
        let asked = json!({ "query": format!("人民路中学北门第 {at} 次有人来问"), "limit": 10 });
        hall.ok("incident.search", asked).unwrap();
    }
    let how = Roughness {
        delay_ms: (400, 400),
        lost: 2,
        bits_per_s: 9_600,
        queue: 6_000,
        ..Roughness::NONE
    };
    let cable = Rough::between(&networks, how).unwrap();
    let began = Instant::now();
    hall.touches(1).unwrap();
    println!("in touch after {:.1} s", began.elapsed().as_secs_f64());
    have_all(&mut town, &backlog);
    println!("ten incidents after {:.1} s", began.elapsed().as_secs_f64());
    let filed = Instant::now();
    let stabbing = hall.incident("人民路中学北门，两人持刀").unwrap();
    town.have(&stabbing).unwrap();
    let urgent = filed.elapsed();
    let to_come = town.ok("station.list", json!({})).unwrap();
    let to_come = to_come["stations"].as_array().unwrap().iter();
    let to_come: u64 = to_come.filter_map(|row| row["to_come"].as_u64()).sum();
    println!(
        "urgent after {:.1} s, before {to_come} others",
        urgent.as_secs_f64()
    );
    told(
        "9,600 bit/s, 400 ms, 2 % lost, until the urgent",
        &cable,
        began,
    );
    assert!(urgent < Duration::from_secs(15), "{urgent:?}");
    assert!(to_come > 0, "there was nothing to overtake");
    drop(cable);
    networks.join().unwrap();
    both_whole(&networks, hall, town);
}

/// Up 2 s, down 3 s (fault 21): each time it is up something comes over.
#[test]
fn up_and_down_by_turns_it_goes_on() {
    let Some(_alone) = alone() else {
        return;
    };
    let homes = Scratch::new("turns");
    let (networks, mut hall, mut town) = two_apart(&homes);
    let backlog = incidents(&mut hall, 60);
    let how = Roughness {
        delay_ms: (50, 50),
        bits_per_s: 16_000,
        queue: 8_000,
        ..Roughness::NONE
    };
    let began = Instant::now();
    let cable = Rough::between(&networks, how).unwrap();
    let mut come = Vec::new();
    while come.last() != Some(&60) {
        assert!(come.len() < 20, "after twenty turns: {come:?}");
        for (is_open, seconds) in [(true, 2), (false, 3)] {
            cable.let_pass(Half::Hall, is_open);
            cable.let_pass(Half::Towns, is_open);
            std::thread::sleep(Duration::from_secs(seconds));
        }
        let numbers = town.numbers().unwrap();
        come.push(numbers.len());
    }
    println!("on the board after each turn: {come:?}");
    assert!(come.len() > 1, "one turn was enough: {come:?}");
    assert!(come.windows(2).all(|two| two[0] <= two[1]), "{come:?}");
    cable.let_pass(Half::Hall, true);
    cable.let_pass(Half::Towns, true);
    have_all(&mut town, &backlog);
    told("2 s up, 3 s down, 16 kbit/s", &cable, began);
    both_whole(&networks, hall, town);
}

/// The hall hears the township and is not heard (fault 21): both say so, and nothing is lost.
#[test]
fn deaf_in_one_direction_both_say_so() {
    let Some(_alone) = alone() else {
        return;
    };
    let homes = Scratch::new("deaf");
    let (networks, mut hall, mut town) = two_apart(&homes);
    let cable = Rough::between(&networks, Roughness::NONE).unwrap();
    hall.touches(1).unwrap();
    town.touches(1).unwrap();
    let began = Instant::now();
    cable.let_pass(Half::Hall, false);
    let unheard = hall.incident("指挥中心说的，没人听见").unwrap();
    let heard = town.incident("城关所说的").unwrap();
    hall.touches(0).unwrap();
    town.touches(0).unwrap();
    println!("both knew after {:.1} s", began.elapsed().as_secs_f64());
    assert!(began.elapsed() < Duration::from_secs(30));
    for station in [&mut hall, &mut town] {
        let lacks = station.ok("lack.list", json!({})).unwrap();
        assert_eq!(lacks["lacks"].as_array().unwrap().len(), 1, "{lacks}");
    }
    cable.let_pass(Half::Hall, true);
    town.have(&unheard).unwrap();
    hall.have(&heard).unwrap();
    told("deaf in one direction", &cable, began);
    both_whole(&networks, hall, town);
}
