//! Stations in one process on an ether of so many bytes a second, which loses, doubles, damages
//! and turns round what goes over it.

#[path = "../../../../../tests/src/load/dice.rs"]
#[allow(dead_code, unreachable_pub, reason = "shared with the long past")]
mod dice;
mod ether;
mod figures;
mod hour;
#[path = "../../../../../tests/src/load/words.rs"]
#[allow(dead_code, unreachable_pub, reason = "shared with the long past")]
mod words;

use ether::{Ether, Fault, ms_of};
use fengsui_domain::log::dot::{Dot, Lane, Writer};
use proptest::prelude::*;

use super::Step;
use crate::port::{Note, Place};
use crate::run::Refusal;

#[test]
fn an_order_over_200_bytes_in_15_seconds_is_there_and_answered_for_in_time() {
    let mut ether = Ether::of_slots(2, 200, 15_000);
    // They have met: keys are handed over and heads are told.
    ether.run_for(180_000);
    assert!(ether.is_told(0, 1) && ether.is_told(1, 0));
    let order = ether.order(0, "人民路中学北门，两人持刀，报警人13812345678");
    let began = ether.now_ms;
    let there = ether.until("delivered", 120_000, |ether| ether.has(1, order));
    let answered = ether.until("answered", 120_000, |ether| ether.knows(0, 1, order));
    println!(
        "200 B each 15 s: order delivered after {:.1} s, answered for after {:.1} s",
        ms_of(there - began),
        ms_of(answered - began)
    );
    assert!(answered - began <= 60_000, "{}", answered - began);
}

#[test]
fn from_cold_an_order_over_200_bytes_in_15_seconds_takes_two_minutes_at_most() {
    let mut ether = Ether::of_slots(2, 200, 15_000);
    let order = ether.order(0, "人民路中学北门，两人持刀");
    let answered = ether.until("answered", 240_000, |ether| ether.knows(0, 1, order));
    println!("from cold: answered for after {:.1} s", ms_of(answered));
    assert!(answered <= 120_000, "{answered}");
}

#[test]
fn one_frame_serves_all_who_hear() {
    let (mut two, mut five) = (Ether::new(2, 9_600, 0), Ether::new(5, 9_600, 0));
    let mut bytes = Vec::new();
    for ether in [&mut two, &mut five] {
        ether.run_for(60_000);
        let before = ether.bytes_of(0);
        let last = (0..40)
            .map(|at| ether.order(0, &format!("{at}号楼门前打架")))
            .last();
        let last = last.unwrap();
        let all = ether.ends.len();
        ether.until("delivered", 60_000, |ether| {
            (1..all).all(|at| ether.has(at, last))
        });
        bytes.push(ether.bytes_of(0) - before);
    }
    println!(
        "40 orders: {} B to one station, {} B to four",
        bytes[0], bytes[1]
    );
    assert!(bytes[1] < bytes[0] * 3 / 2, "{bytes:?}");
}

#[test]
fn lost_doubled_damaged_and_turned_round_frames_cost_time_only() {
    for seed in 0..12 {
        let mut ether = Ether::new(3, 4_800, seed);
        ether.fault = Fault {
            lost: 15,
            doubled: 10,
            damaged: 10,
            turned: 10,
        };
        for at in 0..30 {
            ether.order(at % 3, &format!("第{at}处起火"));
            ether.write(at % 3, Lane::Routine, "已出警");
            ether.run_for(500);
        }
        ether.until("equal", 600_000, Ether::is_equal);
        assert_eq!(ether.refused_runs, 0, "seed {seed}");
    }
}

#[test]
fn a_pipe_on_which_nothing_happens_stays_met_and_costs_little() {
    let mut ether = Ether::new(2, 9_600, 0);
    ether.run_for(300_000);
    let before = ether.bytes_of(0);
    ether.run_for(900_000);
    let a_minute = (ether.bytes_of(0) - before) / 15;
    println!("idle: {a_minute} B a minute");
    assert!(ether.is_there(0, 1) && ether.is_there(1, 0));
    assert!(a_minute < 120, "{a_minute}");
    ether.ends[1].is_off = true;
    ether.run_for(400_000);
    assert!(!ether.is_there(0, 1), "silence is noticed");
}

fn places(count: u64, moved_e5: i32, at_s: i64) -> Vec<Place> {
    let place = |seq: u64| Place {
        unit: Dot {
            writer: Writer {
                station: 1,
                incarnation: 1,
                lane: Lane::Routine,
            },
            seq,
        },
        lon_e5: 11_390_000 + i32::try_from(seq * 531).unwrap() + moved_e5,
        lat_e5: 3_120_000 - i32::try_from(seq * 217).unwrap(),
        at_s,
    };
    (1..=count).map(place).collect()
}

#[test]
fn units_are_told_when_nothing_else_is_and_again_when_they_have_moved() {
    const BEGAN_S: i64 = 1_790_000_000;
    let mut ether = Ether::new(3, 9_600, 0);
    ether.run_for(60_000);
    let before = ether.bytes_of(0);
    let stand = places(40, 0, BEGAN_S + 60);
    ether.ends[0].narrow.set_places(&stand);
    ether.run_for(40_000);
    for at in [1, 2] {
        let mut heard = std::mem::take(&mut ether.ends[at].places);
        heard.sort_by_key(|place| place.unit);
        assert_eq!(heard, stand, "each once, as it is");
    }
    println!("40 units: {} B", ether.bytes_of(0) - before);
    // They stand still: nothing more is said, nor by one that heard it.
    ether.ends[0]
        .narrow
        .set_places(&places(40, 4, BEGAN_S + 90));
    ether.ends[1].narrow.set_places(&stand);
    ether.run_for(60_000);
    assert!(ether.ends.iter().all(|end| end.places.is_empty()));
    // One drives off, while an order waits: the order goes first.
    let mut moved = places(40, 4, BEGAN_S + 160);
    moved[6].lat_e5 += 300;
    ether.ends[0].narrow.set_places(&moved);
    let order = ether.order(0, "两人持刀");
    ether.until("delivered", 5_000, |ether| ether.has(1, order));
    assert!(ether.ends[1].places.is_empty(), "told before the order");
    ether.run_for(30_000);
    assert_eq!(ether.ends[1].places, [moved[6]]);
}

#[test]
fn bulk_and_protected_logs_are_never_tried() {
    let mut ether = Ether::new(2, 9_600, 0);
    ether.write(0, Lane::Bulk, "审计行");
    ether.write(0, Lane::Protected, "投诉民警");
    ether.write(0, Lane::Routine, "到场");
    ether.run_for(60_000);
    let seqs = |lane| ether.ends[1].log.seq(ether.writer(0, lane));
    assert_eq!(seqs(Lane::Routine), 1);
    assert_eq!((seqs(Lane::Bulk), seqs(Lane::Protected)), (0, 0));
}

#[test]
fn a_long_entry_goes_in_pieces_and_urgent_goes_first() {
    let mut ether = Ether::new(2, 1_200, 3);
    ether.fault.lost = 5;
    ether.run_for(60_000);
    // Words that no dictionary knows.
    let long: String = (0..900)
        .filter_map(|at| char::from_u32(0x4E00 + at * 7_919 % 20_000))
        .collect();
    ether.write(0, Lane::Routine, &long);
    ether.run_for(3_000);
    let order = ether.order(0, "两人持刀");
    let began = ether.now_ms;
    let urgent = ether.until("urgent", 60_000, |ether| ether.has(1, order));
    let routine = ether.writer(0, Lane::Routine);
    assert_eq!(
        ether.ends[1].log.seq(routine),
        0,
        "there was nothing to overtake"
    );
    println!("1,200 bit/s: urgent after {:.1} s", ms_of(urgent - began));
    ether.until("equal", 120_000, Ether::is_equal);
}

#[test]
fn what_is_said_to_be_here_is_durable_here() {
    let mut ether = Ether::new(2, 9_600, 0);
    ether.run_for(30_000);
    ether.ends[1].is_disk_stuck = true;
    let order = ether.order(0, "起火");
    ether.run_for(60_000);
    assert!(ether.ends[1].applying > 0, "it came and waits for the disk");
    assert!(!ether.knows(0, 1, order), "said before it was durable");
    ether.ends[1].is_disk_stuck = false;
    ether.until("answered", 60_000, |ether| ether.knows(0, 1, order));
}

#[test]
fn a_station_that_began_anew_is_handed_the_key_again_and_old_frames_are_refused() {
    let mut ether = Ether::new(2, 9_600, 0);
    ether.run_for(30_000);
    let first = ether.order(0, "起火");
    ether.until("answered", 60_000, |ether| ether.knows(0, 1, first));
    let old = ether.recorded.clone();
    assert!(old.len() > 4);
    let refused = ether.ends[1].narrow.counted().refused;
    let before = ether.ends[1].log.clone();
    let steps: Vec<Step> = old
        .iter()
        .flat_map(|frame| ether.hear_again(1, frame))
        .collect();
    assert!(
        !steps.iter().any(|step| matches!(step, Step::Apply(..))),
        "{steps:?}"
    );
    assert!(
        ether.ends[1].narrow.counted().refused > refused,
        "a replay was not refused"
    );
    assert!(before == ether.ends[1].log);
    ether.restart(1);
    let steps: Vec<Step> = old
        .iter()
        .flat_map(|frame| ether.hear_again(1, frame))
        .collect();
    assert!(
        !steps.iter().any(|step| matches!(step, Step::Came(_))),
        "{steps:?}"
    );
    let second = ether.order(0, "火大了");
    ether.until("answered", 60_000, |ether| ether.knows(0, 1, second));
    ether.restart(0);
    let third = ether.order(0, "火灭了");
    ether.until("answered", 60_000, |ether| ether.knows(0, 1, third));
}

#[test]
fn a_stranger_and_a_revoked_station_are_refused_and_shown_and_hear_nothing() {
    let mut ether = Ether::new(3, 9_600, 0);
    ether.forget_at(0, 2);
    ether.forget_at(1, 2);
    ether.run_for(60_000);
    assert!(ether.strangers[0] > 0, "shown");
    let order = ether.order(0, "起火");
    let theirs = ether.order(2, "假的");
    ether.until("answered", 60_000, |ether| ether.knows(0, 1, order));
    assert!(!ether.has(2, order), "a stranger opened a frame");
    assert!(!ether.has(0, theirs) && !ether.has(1, theirs));

    let mut ether = Ether::new(3, 9_600, 0);
    ether.run_for(60_000);
    let order = ether.order(0, "起火");
    ether.until("there", 60_000, |ether| ether.has(2, order));
    for at in [0, 1] {
        ether.revoke_at(at, 2);
    }
    ether.strangers = vec![0; 3];
    let later = ether.order(0, "火大了");
    let theirs = ether.order(2, "假的");
    ether.until("there", 60_000, |ether| ether.knows(0, 1, later));
    ether.run_for(60_000);
    assert!(!ether.has(2, later), "a revoked station still opens frames");
    assert!(!ether.has(0, theirs));
    assert!(ether.strangers[0] > 0, "shown");
}

#[test]
fn a_run_that_its_station_did_not_sign_is_refused() {
    let mut ether = Ether::new(3, 9_600, 0);
    ether.run_for(60_000);
    // Station 1 is enrolled, and says in the name of station 2 what that never wrote.
    let forged = ether.forge(1, 2, "二号台说的");
    ether.run_for(60_000);
    assert!(!ether.has(0, forged));
    let is_forged = |(_, note): &(u16, Note)| *note == Note::Refused(Refusal::Forged);
    assert!(ether.notes[0].iter().any(is_forged), "{:?}", ether.notes[0]);
}

#[test]
fn entries_of_a_station_that_is_not_on_the_pipe_are_carried_by_others() {
    let mut ether = Ether::new(3, 9_600, 0);
    let order = ether.order(2, "起火");
    ether.copy_log(2, 0);
    ether.ends[2].is_off = true;
    ether.until("there", 120_000, |ether| ether.has(1, order));
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 64, ..ProptestConfig::default() })]
    #[test]
    fn garbage_is_harmless(
        garbage in proptest::collection::vec(any::<u8>(), 0..400),
        kind in 0_u8..3,
    ) {
        let mut ether = Ether::new(2, 9_600, 0);
        ether.run_for(20_000);
        let mut frame = garbage;
        if let Some(first) = frame.first_mut() {
            *first = super::VERSION << 4 | kind | (*first & 0b1100);
        }
        frame.truncate(198);
        let steps = ether.hear_again(0, &super::air::stuffed(&frame));
        prop_assert!(!steps.iter().any(|step| matches!(step, Step::Apply(..))));
        let order = ether.order(0, "起火");
        ether.until("answered", 60_000, |ether| ether.knows(0, 1, order));
    }
}
