//! What a station learns of its own clock, and when it writes that down.

use fengsui_domain::log::dot::Writer;
use fengsui_domain::log::entry::{Target, Write};

use super::*;

const FAST_MS: i64 = 2_820_000;

fn dot(station: u16, seq: u64) -> Dot {
    let writer = Writer {
        station,
        incarnation: 1,
        lane: Lane::Urgent,
    };
    Dot { writer, seq }
}

fn read(ms: i64) -> Option<Reading> {
    Some(Reading { ms, within_ms: 20 })
}

fn at(since: u64, found: Option<Reading>) -> ClockError {
    ClockError {
        since: Hlc(since),
        found,
        by: 1,
    }
}

/// What stands after one more word.
fn after(
    said: &[(ClockError, Dot)],
    found: Option<Reading>,
    now: (u64, u64),
) -> Vec<(ClockError, Dot)> {
    let stamps = (Hlc(now.0), Hlc(now.1));
    let (error, seen) = next(said, found, 1, stamps);
    let mut all: Vec<_> = said.to_vec();
    all.retain(|(_, dot)| !seen.contains(dot));
    all.push((error, dot(2, now.1)));
    all.sort_by_key(|(error, dot)| (error.since, *dot));
    all
}

fn errors(said: &[(ClockError, Dot)]) -> Vec<ClockError> {
    said.iter().map(|(error, _)| *error).collect()
}

#[test]
fn the_first_word_holds_from_the_start_and_a_jump_from_where_it_was_noticed() {
    let first = after(&[], read(0), (3, 50));
    assert_eq!(errors(&first), [at(3, read(0))]);
    let fast = after(&first, read(FAST_MS), (60, 90));
    assert_eq!(errors(&fast), [at(3, read(0)), at(90, read(FAST_MS))]);
    let back = after(&fast, read(5), (60, 120));
    let expected = [at(3, read(0)), at(90, read(FAST_MS)), at(120, read(5))];
    assert_eq!(errors(&back), expected, "back again is a word of its own");
}

#[test]
fn a_doubt_is_ended_from_its_beginning_and_an_unfounded_one_leaves_nothing() {
    let first = after(&[], read(0), (3, 50));
    let doubt = after(&first, None, (60, 70));
    assert_eq!(errors(&doubt), [at(3, read(0)), at(70, None)]);
    let wrong = after(&doubt, read(FAST_MS), (60, 90));
    assert_eq!(errors(&wrong), [at(3, read(0)), at(70, read(FAST_MS))]);
    let right = after(&doubt, read(900), (60, 90));
    assert_eq!(errors(&right), [at(3, read(0))], "as if nothing had been");
}

#[test]
fn a_finer_reading_takes_the_place_of_a_coarse_one() {
    let coarse = Some(Reading {
        ms: 3_000,
        within_ms: 5_000,
    });
    let first = after(&[], coarse, (3, 50));
    let finer = after(&first, read(100), (3, 80));
    assert_eq!(errors(&finer), [at(3, read(100))]);
}

#[test]
fn a_clock_that_is_set_is_noticed_and_time_that_passes_is_not() {
    let own = OwnClock::at(1_000_000, 0, Hlc(7));
    assert!(own.look(1_000_000, 0), "not compared since the start");
    own.settle(Some(0));
    assert!(!own.look(1_600_000, 600_000));
    assert!(
        !own.look(1_600_900, 600_000),
        "slewed by less than a second"
    );
    assert_eq!(own.began(), Some(Hlc(7)));
    assert!(own.look(1_600_900 + FAST_MS, 600_000));
    assert_eq!(own.began(), None);
    assert!(
        !own.may_write(WRITE_EVERY_MS - 1),
        "set again and again: once a minute"
    );
    assert!(own.may_write(WRITE_EVERY_MS));
}

/// The county with its holders of the board.
fn county(holders: &[u16]) -> Registers {
    let mut regs = Registers::default();
    for (seq, number) in holders.iter().enumerate() {
        let write = Write {
            target: Target::Subject,
            field: Field::CountyBoard.code(),
            value: Value::Int(i64::from(*number)),
            seen: Vec::new(),
        };
        regs.apply(dot(*number, seq as u64 + 1), Hlc(seq as u64), &write);
    }
    regs
}

fn clocks(known: &[(u16, Option<Reading>)]) -> Clocks {
    let mut clocks = Clocks::seen_by((9, 1));
    for (number, found) in known {
        let mut regs = Registers::default();
        let write = Write {
            target: Target::Subject,
            field: Field::StationClock.code(),
            value: Value::Text(at(0, *found).encode()),
            seen: Vec::new(),
        };
        regs.apply(dot(*number, 1), Hlc(1), &write);
        clocks.note(*number, &regs);
    }
    clocks
}

#[test]
fn the_holder_of_the_board_is_the_reference_unless_its_own_clock_is_wrong_or_unknown() {
    let right = clocks(&[(2, read(500))]);
    assert_eq!(reference(3, &county(&[]), &right), Some(FOUNDER));
    assert_eq!(reference(3, &county(&[2]), &right), Some(2));
    assert_eq!(
        reference(2, &county(&[2]), &right),
        None,
        "nobody is its own"
    );
    assert_eq!(reference(FOUNDER, &county(&[2]), &right), Some(2));
    let unknown = clocks(&[(2, None)]);
    assert_eq!(reference(3, &county(&[2]), &unknown), Some(FOUNDER));
    assert_eq!(reference(3, &county(&[2]), &clocks(&[])), Some(FOUNDER));
    let wrong = clocks(&[(2, read(FAST_MS))]);
    assert_eq!(reference(3, &county(&[2]), &wrong), Some(FOUNDER));
    assert_eq!(
        reference(3, &county(&[2, 4]), &right),
        Some(FOUNDER),
        "two hold it"
    );
    let astray = clocks(&[(FOUNDER, read(FAST_MS))]);
    assert_eq!(reference(3, &county(&[]), &astray), None);
}
