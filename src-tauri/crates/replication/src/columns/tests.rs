//! Goal: entries come back from columns as the very bytes they were, whatever they are; damage is
//! refused or read as something else. Method: entries and garbage made by chance.

use fengsui_domain::log::codec::{CodecError, Reading, Writing};
use fengsui_domain::log::dot::{Dot, Lane, Writer};
use fengsui_domain::log::entry::{Entry, Target, Value, Write};
use fengsui_domain::log::hlc::Hlc;
use proptest::collection::vec;
use proptest::prelude::*;

use super::{read, write};

const OWN: Writer = Writer {
    station: 3,
    incarnation: 7,
    lane: Lane::Routine,
};
const LIMIT: usize = 1 << 22;

fn written(first: u64, entries: &[Vec<u8>]) -> Vec<u8> {
    let mut out = Writing::default();
    write(&mut out, OWN, first, entries);
    out.bytes
}

fn back(first: u64, bytes: &[u8]) -> Result<Vec<Vec<u8>>, CodecError> {
    let mut from = Reading::new(bytes);
    let entries = read(&mut from, OWN, first, LIMIT)?;
    from.end()?;
    Ok(entries)
}

fn some_dot() -> impl Strategy<Value = Dot> {
    let writer = (0..3_u16, 0..2_u16, 0..3_u8).prop_map(|(station, incarnation, lane)| {
        let lane = [Lane::Urgent, Lane::Routine, Lane::Bulk][usize::from(lane)];
        Writer {
            station: station + 2,
            incarnation: incarnation + 7,
            lane,
        }
    });
    let seq = prop_oneof![0..40_u64, 0..=u64::try_from(i64::MAX).unwrap()];
    (writer, seq).prop_map(|(writer, seq)| Dot { writer, seq })
}

fn some_value() -> impl Strategy<Value = Value> {
    prop_oneof![
        Just(Value::Nothing),
        any::<i64>().prop_map(Value::Int),
        (0..9_i64).prop_map(Value::Int),
        ".{0,12}".prop_map(Value::Text),
        some_dot().prop_map(Value::Ref),
        any::<(i32, i32)>().prop_map(|(lon, lat)| Value::Point(lon, lat)),
        any::<(i32, i32, i32, u8, i64)>()
            .prop_map(|(lon, lat, radius, source, at)| Value::Fix(lon, lat, radius, source, at)),
        vec(any::<u8>(), 0..12).prop_map(Value::Bytes),
    ]
}

fn some_write() -> impl Strategy<Value = Write> {
    let target = prop_oneof![
        Just(Target::Subject),
        Just(Target::Body),
        some_dot().prop_map(Target::Other)
    ];
    (target, 0..5_u16, some_value(), vec(some_dot(), 0..3)).prop_map(
        |(target, field, value, seen)| Write {
            target,
            field,
            value,
            seen,
        },
    )
}

fn some_entry() -> impl Strategy<Value = Entry> {
    let head = (any::<u64>(), any::<i64>(), "[a-c]{0,2}", 0..3_u8, 0..4_u16);
    let rest = (some_dot(), vec(some_write(), 0..4), vec(some_dot(), 0..3));
    (head, rest).prop_map(
        |((hlc, at_ms, actor, post, kind), (subject, writes, refs))| Entry {
            dot: Dot {
                writer: OWN,
                seq: 0,
            },
            hlc: Hlc(hlc),
            at_ms,
            actor,
            post,
            kind,
            subject,
            writes,
            refs,
        },
    )
}

/// An early entry of the run's own writer.
fn own_dot() -> impl Strategy<Value = Dot> {
    (1..12_u64).prop_map(|seq| Dot { writer: OWN, seq })
}

/// Entries about a few things of this very run, whose writes replace what the run wrote before:
/// that is what is guessed and said in no bytes.
fn some_edit() -> impl Strategy<Value = Entry> {
    let target = prop_oneof![
        3 => Just(Target::Subject),
        1 => Just(Target::Body),
        1 => own_dot().prop_map(Target::Other)
    ];
    let write = (target, 0..2_u16, vec(own_dot(), 0..2), -3..3_i64).prop_map(
        |(target, field, seen, value)| Write {
            target,
            field,
            value: Value::Int(value),
            seen,
        },
    );
    let subject = (1..3_u64).prop_map(|seq| Dot { writer: OWN, seq });
    (some_entry(), subject, vec(write, 1..3)).prop_map(|(entry, subject, writes)| Entry {
        subject,
        writes,
        ..entry
    })
}

/// Entries as their writer makes them, one after the other.
fn numbered(first: u64, mut entries: Vec<Entry>) -> Vec<Vec<u8>> {
    for (seq, entry) in (first..).zip(&mut entries) {
        entry.dot.seq = seq;
    }
    entries.iter().map(Entry::encode).collect()
}

proptest! {
    /// Whatever a writer wrote comes back byte for byte.
    #[test]
    fn every_run_comes_back(first in 1..1_000_u64, entries in vec(some_entry(), 0..12)) {
        let entries = numbered(first, entries);
        prop_assert_eq!(back(first, &written(first, &entries)), Ok(entries));
    }

    /// So it does where dots are guessed, rightly or not.
    #[test]
    fn what_is_guessed_comes_back(entries in vec(some_edit(), 2..12)) {
        let entries = numbered(1, entries);
        prop_assert_eq!(back(1, &written(1, &entries)), Ok(entries));
    }

    /// Bytes that are no entries, or another writer's, stand whole.
    #[test]
    fn what_is_no_entry_comes_back_too(
        entries in vec(some_entry(), 1..4),
        other in vec(vec(any::<u8>(), 0..40), 1..4),
    ) {
        let mut all = numbered(1, entries);
        all.extend(other);
        // The same entries under numbers that are not theirs.
        prop_assert_eq!(back(5, &written(5, &all)), Ok(all.clone()));
        prop_assert_eq!(back(1, &written(1, &all)), Ok(all));
    }

    /// Garbage is refused or read, and never more than the limit.
    #[test]
    fn garbage_is_no_trouble(bytes in vec(any::<u8>(), 0..300)) {
        if let Ok(entries) = read(&mut Reading::new(&bytes), OWN, 1, 1_000) {
            prop_assert!(entries.iter().map(Vec::len).sum::<usize>() <= 1_000);
        }
    }

    /// A byte changed anywhere is refused, or read as something else; it is never a fault.
    #[test]
    fn a_changed_byte_is_no_trouble(
        entries in vec(some_entry(), 1..6), at in any::<prop::sample::Index>(), to in any::<u8>(),
    ) {
        let entries = numbered(1, entries);
        let mut bytes = written(1, &entries);
        let at = at.index(bytes.len());
        let is_other = bytes[at] != to;
        bytes[at] = to;
        let read = back(1, &bytes);
        prop_assert!(is_other || read == Ok(entries));
    }
}

fn edit(seq: u64, subject: u64, seen: u64, ms: i64) -> Entry {
    let dot = |seq| Dot { writer: OWN, seq };
    Entry {
        dot: dot(seq),
        hlc: Hlc::new(1_795_000_000_000 + ms, 0),
        at_ms: 1_795_000_000_000 + ms,
        actor: "dispatcher-07".into(),
        post: 3,
        kind: 12,
        subject: dot(subject),
        writes: vec![Write {
            target: Target::Subject,
            field: 301,
            value: Value::Int(4),
            seen: vec![dot(seen)],
        }],
        refs: vec![],
    }
}

/// What is alike is said once: an edit whose value before is known costs a few bytes.
#[test]
fn edits_alike_take_few_bytes() {
    let mut last = [0_u64; 20];
    let entries: Vec<Entry> = (0..1_000_u64)
        .map(|at| {
            let subject = at * 7 % 20;
            let seq = 1_000 + at;
            let seen = match last[usize::try_from(subject).unwrap()] {
                0 => subject + 1,
                seq => seq,
            };
            last[usize::try_from(subject).unwrap()] = seq;
            edit(seq, subject + 1, seen, i64::try_from(at).unwrap() * 40)
        })
        .collect();
    let entries = numbered(1_000, entries);
    let bytes = written(1_000, &entries);
    let plain: usize = entries.iter().map(Vec::len).sum();
    assert!(bytes.len() < 11 * 1_000, "{} of {plain}", bytes.len());
    assert_eq!(back(1_000, &bytes), Ok(entries));
}

/// Every cut is refused, a sum beyond the limit is too, and a column of no use is.
#[test]
fn cuts_and_what_is_too_much_are_refused() {
    let entries = numbered(1, (1..30).map(|at| edit(at, 1, 1, 5)).collect());
    let bytes = written(1, &entries);
    for cut in 0..bytes.len() {
        assert!(back(1, &bytes[..cut]).is_err(), "{cut}");
    }
    let size = entries.iter().map(Vec::len).sum::<usize>();
    let limited = |limit| read(&mut Reading::new(&bytes), OWN, 1, limit);
    assert_eq!(limited(size), Ok(entries));
    assert_eq!(limited(size - 1), Err(CodecError::Number));
    let mut more = Writing::default();
    // No entry, one column that holds a byte.
    more.number(0);
    more.number(1);
    more.byte(2);
    more.number(0);
    more.number(1);
    more.byte(9);
    assert_eq!(back(1, &more.bytes), Err(CodecError::Trailing));
}
