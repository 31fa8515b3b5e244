//! Goal: decode(encode(x)) == x, and no bytes whatsoever make it panic.
//! Method: generated entries, then arbitrary and truncated bytes.

use proptest::prelude::*;

use super::*;
use crate::log::dot::Lane;

fn dots() -> impl Strategy<Value = Dot> {
    (0u16..5, 0u16..3, 0usize..3, 0u64..5_000_000).prop_map(|(station, incarnation, lane, seq)| {
        Dot {
            writer: Writer {
                station,
                incarnation,
                lane: Lane::ALL[lane],
            },
            seq,
        }
    })
}

fn values() -> impl Strategy<Value = super::Value> {
    prop_oneof![
        Just(super::Value::Nothing),
        any::<i64>().prop_map(super::Value::Int),
        ".{0,40}".prop_map(super::Value::Text),
        dots().prop_map(super::Value::Ref),
        any::<(i32, i32)>().prop_map(|(a, b)| super::Value::Point(a, b)),
        any::<(i32, i32, i32, u8, i64)>()
            .prop_map(|(a, b, c, d, e)| super::Value::Fix(a, b, c, d, e)),
        proptest::collection::vec(any::<u8>(), 0..40).prop_map(super::Value::Bytes),
    ]
}

fn targets() -> impl Strategy<Value = Target> {
    prop_oneof![
        Just(Target::Subject),
        Just(Target::Body),
        dots().prop_map(Target::Other)
    ]
}

prop_compose! {
    fn writes()(
        target in targets(), field in any::<u16>(), value in values(),
        seen in proptest::collection::vec(dots(), 0..4),
    ) -> Write {
        Write { target, field, value, seen }
    }
}

prop_compose! {
    fn entries()(
        dot in dots(), hlc in 0u64..(1 << 62), at_ms in 0i64..4_000_000_000_000,
        actor in ".{0,12}", post in any::<u8>(), kind in any::<u16>(), subject in dots(),
        writes in proptest::collection::vec(writes(), 0..6),
        refs in proptest::collection::vec(dots(), 0..4),
    ) -> Entry {
        Entry { dot, hlc: Hlc(hlc), at_ms, actor, post, kind, subject, writes, refs }
    }
}

proptest! {
    #[test]
    fn round_trip(entry in entries()) {
        let bytes = entry.encode();
        prop_assert_eq!(Entry::decode(&bytes), Ok(entry));
    }

    #[test]
    fn every_truncation_is_refused(entry in entries()) {
        let bytes = entry.encode();
        for length in 0..bytes.len() {
            prop_assert!(Entry::decode(&bytes[..length]).is_err());
        }
    }

    #[test]
    fn arbitrary_bytes_never_panic_and_decode_to_themselves(
        bytes in proptest::collection::vec(any::<u8>(), 0..200)
    ) {
        let mut bytes = bytes;
        if let Some(first) = bytes.first_mut() { *first = ENTRY_VERSION; }
        if let Ok(entry) = Entry::decode(&bytes) {
            prop_assert_eq!(entry.encode(), bytes);
        }
    }
}
