//! The estimate of a clock's error, what is news of it, and the order of a timeline.

use super::*;
use crate::log::dot::Lane;
use crate::log::entry::Value;

const ROOM: i64 = 1_795_348_800_000;

fn dot(station: u16, seq: u64) -> Dot {
    let writer = Writer {
        station,
        incarnation: 1,
        lane: Lane::Urgent,
    };
    Dot { writer, seq }
}

fn said(station: u16, seq: u64, since_ms: i64, error_ms: Option<i64>) -> Live {
    let found = error_ms.map(|ms| Reading { ms, within_ms: 5 });
    let error = ClockError {
        since: Hlc::new(since_ms, 0),
        found,
        by: FOUNDER,
    };
    Live {
        dot: dot(station, seq),
        hlc: Hlc::new(since_ms + 10, 0),
        value: Value::Text(error.encode()),
    }
}

fn registers(lives: &[Live]) -> Registers {
    let mut regs = Registers::default();
    for live in lives {
        let write = crate::log::entry::Write {
            target: crate::log::entry::Target::Subject,
            field: Field::StationClock.code(),
            value: live.value.clone(),
            seen: Vec::new(),
        };
        regs.apply(live.dot, live.hlc, &write);
    }
    regs
}

#[test]
fn an_answer_gives_the_difference_and_how_far_it_may_be_wrong() {
    // 47 minutes ahead, 40 ms there and back.
    let said_ms = ROOM + 20 + 2_820_000;
    let near = Reading::of_answer(ROOM, said_ms, ROOM + 40, 40).unwrap();
    assert_eq!((near.ms, near.within_ms), (2_820_000, 20));
    // A radio: 6 s there, nothing back; the bound says so.
    let slow = Reading::of_answer(ROOM, ROOM + 6_000, ROOM + 6_000, 6_000).unwrap();
    assert_eq!((slow.ms, slow.within_ms), (3_000, 3_000));
    assert!(
        !slow.is_news(Reading {
            ms: 0,
            within_ms: 5
        }),
        "a slow path is no error"
    );
    // Our own clock was set while we waited.
    assert_eq!(Reading::of_answer(ROOM, ROOM, ROOM + 60_040, 40), None);
    assert_eq!(Reading::of_answer(ROOM, ROOM, ROOM - 60_000, 40), None);
}

#[test]
fn jitter_is_no_news_and_a_jump_and_a_finer_reading_are() {
    let known = Reading {
        ms: 100,
        within_ms: 20,
    };
    for ms in [-1_900, 0, 100, 900, 2_100] {
        assert!(!Reading { ms, within_ms: 30 }.is_news(known), "{ms}");
    }
    for ms in [-1_951, 2_151, 2_820_000, -2_820_000] {
        assert!(Reading { ms, within_ms: 30 }.is_news(known), "{ms}");
    }
    let coarse = Reading {
        ms: 4_000,
        within_ms: 5_000,
    };
    assert!(
        Reading {
            ms: 0,
            within_ms: 40
        }
        .is_news(coarse)
    );
    assert!(
        !Reading {
            ms: 0,
            within_ms: 2_600
        }
        .is_news(coarse)
    );
}

#[test]
fn what_is_stored_reads_back_and_nonsense_is_nothing() {
    for found in [
        None,
        Some(Reading {
            ms: -2_820_000,
            within_ms: 7,
        }),
    ] {
        let error = ClockError {
            since: Hlc::new(ROOM, 3),
            found,
            by: 12,
        };
        assert_eq!(ClockError::decode(&error.encode()), Some(error));
        let newer = format!("{}\u{1f}more", error.encode());
        assert_eq!(ClockError::decode(&newer), Some(error));
    }
    for bad in [
        "",
        "1",
        "x\u{1f}1\u{1f}1\u{1f}1",
        "1\u{1f}1\u{1f}\u{1f}1",
        "1\u{1f}1\u{1f}-1\u{1f}1",
    ] {
        assert_eq!(ClockError::decode(bad), None, "{bad:?}");
    }
}

#[test]
fn an_error_holds_from_its_stamp_to_the_next_and_unknown_is_not_nothing() {
    let mut clocks = Clocks::seen_by((FOUNDER, 1));
    let lives = [
        said(2, 1, 1_000, Some(40)),
        said(2, 2, 5_000, None),
        said(2, 3, 9_000, Some(2_820_000)),
    ];
    clocks.note(2, &registers(&lives));
    let at = |ms| Hlc::new(ms, 0);
    assert_eq!(
        clocks.error_ms(dot(2, 9), at(1_000)),
        None,
        "before it was ever compared"
    );
    assert_eq!(clocks.error_ms(dot(2, 9), at(1_001)), Some(40));
    assert_eq!(clocks.error_ms(dot(2, 9), at(5_000)), Some(40));
    assert_eq!(clocks.error_ms(dot(2, 9), at(5_001)), None);
    assert!(clocks.is_unknown(dot(2, 9), at(5_001)));
    assert_eq!(clocks.error_ms(dot(2, 9), at(9_001)), Some(2_820_000));
    assert_eq!(
        clocks.error_ms(dot(3, 9), at(9_001)),
        None,
        "nobody compared it"
    );
    assert_eq!(
        clocks.error_ms(dot(FOUNDER, 9), at(1)),
        Some(0),
        "the county's time"
    );
    // Small errors are known and nothing is corrected for them.
    assert_eq!(clocks.mark(dot(2, 9), at(2_000), 2_000), None);
    let mark = clocks.mark(dot(2, 9), at(9_001), 2_820_500).unwrap();
    assert_eq!((mark.own_ms, mark.corrected_ms), (2_820_500, 500));
}

#[test]
fn another_incarnation_or_another_stations_word_is_no_word_of_this_clock() {
    let mut clocks = Clocks::seen_by((FOUNDER, 1));
    clocks.note(2, &registers(&[said(3, 1, 0, Some(2_820_000))]));
    assert!(clocks.is_calm());
    clocks.note(2, &registers(&[said(2, 1, 0, Some(2_820_000))]));
    let mut other = dot(2, 5);
    assert_eq!(clocks.error_ms(other, Hlc::new(9, 0)), Some(2_820_000));
    other.writer.incarnation = 2;
    assert_eq!(clocks.error_ms(other, Hlc::new(9, 0)), None);
}

#[test]
fn the_one_with_the_wrong_clock_sees_all_by_its_own_clock_and_marks_its_own() {
    let wrong = [said(2, 1, 0, Some(2_820_000))];
    let written = |station| {
        let mut regs = Registers::default();
        let write = crate::log::entry::Write {
            target: crate::log::entry::Target::Subject,
            field: Field::AssignmentArrivedAt.code(),
            value: Value::Int(if station == 2 { ROOM + 2_820_000 } else { ROOM }),
            seen: Vec::new(),
        };
        regs.apply(dot(station, 1), Hlc::new(ROOM, 0), &write);
        regs
    };
    for viewer in [FOUNDER, 2] {
        let mut clocks = Clocks::seen_by((viewer, 1));
        clocks.note(2, &registers(&wrong));
        let here_ms = if viewer == 2 { ROOM + 2_820_000 } else { ROOM };
        for writer in [FOUNDER, 2] {
            let corrected = clocks.correct(written(writer));
            let field = Field::AssignmentArrivedAt;
            assert_eq!(
                corrected.int(field),
                Some(here_ms),
                "{writer} seen by {viewer}"
            );
            assert_eq!(clocks.county_ms(here_ms), ROOM);
            let mark = clocks.mark_of(&corrected, field);
            let expected = ClockMark {
                own_ms: ROOM + 2_820_000,
                corrected_ms: ROOM,
            };
            assert_eq!(mark, (writer == 2).then_some(expected));
        }
    }
}

mod telling {
    use super::super::order::in_order;
    use super::*;
    use crate::log::entry::Entry;

    fn entry(dot: Dot, hlc: Hlc, at_ms: i64, refs: Vec<Dot>) -> Entry {
        Entry {
            dot,
            hlc,
            at_ms,
            actor: "wang".to_owned(),
            post: 1,
            kind: 16,
            subject: dot,
            writes: Vec::new(),
            refs,
        }
    }

    fn told(entries: &[Entry], clocks: &Clocks) -> Vec<Dot> {
        let mut turned = entries.to_vec();
        turned.reverse();
        let one: Vec<Dot> = in_order(entries.to_vec(), clocks)
            .iter()
            .map(|e| e.dot)
            .collect();
        let other: Vec<Dot> = in_order(turned, clocks).iter().map(|e| e.dot).collect();
        assert_eq!(one, other, "whatever the order of arrival");
        one
    }

    #[test]
    fn a_wrong_clock_is_corrected_and_no_effect_is_told_before_its_cause() {
        let fast_ms = ROOM + 2_820_000;
        let (first, order) = (dot(1, 1), dot(2, 1));
        let (reply, late) = (dot(1, 2), dot(1, 3));
        let entries = [
            entry(first, Hlc::new(ROOM, 0), ROOM, Vec::new()),
            entry(
                order,
                Hlc::new(fast_ms + 60_000, 0),
                fast_ms + 60_000,
                Vec::new(),
            ),
            entry(
                reply,
                Hlc::new(ROOM + 90_000, 0),
                ROOM + 90_000,
                vec![order],
            ),
            entry(
                late,
                Hlc::new(ROOM + 120_000, 0),
                ROOM + 120_000,
                Vec::new(),
            ),
        ];
        let mut clocks = Clocks::seen_by((FOUNDER, 1));
        // Nothing known of the clock: the reply still follows the order it answers.
        assert_eq!(told(&entries, &clocks), [first, order, reply, late]);
        clocks.note(2, &registers(&[said(2, 9, 0, Some(2_820_000))]));
        assert_eq!(told(&entries, &clocks), [first, order, reply, late]);
    }

    #[test]
    fn an_answer_is_told_behind_what_it_answers_also_where_the_clock_lags_a_little() {
        // Two notes, neither naming the other; the second was written after the first was heard.
        let (note, answer) = (dot(2, 1), dot(1, 1));
        let entries = [
            entry(note, Hlc::new(ROOM + 2_000, 0), ROOM + 2_000, Vec::new()),
            entry(answer, Hlc::new(ROOM + 2_000, 1), ROOM + 1_000, Vec::new()),
        ];
        assert_eq!(
            told(&entries, &Clocks::seen_by((FOUNDER, 1))),
            [note, answer]
        );
    }

    #[test]
    fn a_clock_that_was_set_back_goes_on_by_its_instants() {
        let fast_ms = ROOM + 2_820_000;
        let (before, after) = (dot(2, 1), dot(2, 2));
        let (other, last) = (dot(1, 1), dot(1, 2));
        let stuck = Hlc::new(fast_ms, 1);
        let entries = [
            entry(before, Hlc::new(fast_ms, 0), fast_ms, Vec::new()),
            entry(other, Hlc::new(ROOM + 5_000, 0), ROOM + 5_000, Vec::new()),
            entry(after, stuck, ROOM + 9_000, Vec::new()),
            entry(last, Hlc::new(ROOM + 20_000, 0), ROOM + 20_000, Vec::new()),
        ];
        let mut clocks = Clocks::seen_by((FOUNDER, 1));
        let mut right = said(2, 8, 0, Some(0));
        let since = ClockError {
            since: Hlc::new(fast_ms, 0),
            found: Some(Reading {
                ms: 0,
                within_ms: 5,
            }),
            by: FOUNDER,
        };
        right.value = Value::Text(since.encode());
        clocks.note(2, &registers(&[said(2, 7, 0, Some(2_820_000)), right]));
        assert_eq!(told(&entries, &clocks), [before, other, after, last]);
    }
}
