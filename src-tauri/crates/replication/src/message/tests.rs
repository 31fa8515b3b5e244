//! Goal: messages round-trip, and bytes from anybody are refused without harm. Method: generated
//! messages, cut and random bytes.

use fengsui_domain::log::dot::Lane;
use proptest::prelude::*;

use super::*;

fn writer() -> impl Strategy<Value = Writer> {
    (any::<u16>(), any::<u16>(), 0..4usize).prop_map(|(station, incarnation, lane)| Writer {
        station,
        incarnation,
        lane: Lane::ALL[lane],
    })
}

fn head() -> impl Strategy<Value = Head> {
    (1..u64::from(u32::MAX), any::<[u8; 8]>()).prop_map(|(seq, hash)| Head { seq, hash })
}

fn run() -> impl Strategy<Value = Run> {
    let entries = proptest::collection::vec(proptest::collection::vec(any::<u8>(), 0..40), 0..5);
    (writer(), 1..1_000u64, any::<[u8; 32]>(), entries).prop_map(
        |(writer, first, before, entries)| Run {
            writer,
            first,
            before,
            entries,
            signature: [9; 64],
        },
    )
}

fn hello() -> impl Strategy<Value = Hello> {
    (
        any::<[u16; 5]>(),
        any::<u64>(),
        "[a-z0-9-]{0,20}",
        any::<bool>(),
        any::<i64>(),
    )
        .prop_map(|(numbers, boot, world, is_trusted, now_ms)| Hello {
            protocol: (numbers[0], numbers[1]),
            station: numbers[2],
            incarnation: numbers[3],
            boot,
            program: format!("fengsui {world}"),
            world,
            fold: numbers[4],
            is_trusted,
            now_ms,
            summary: 5,
            state: boot ^ 7,
        })
}

fn message() -> impl Strategy<Value = Message> {
    let heads = || proptest::collection::vec((writer(), head()), 0..6);
    let runs = || proptest::collection::vec(run(), 0..4);
    prop_oneof![
        hello().prop_map(|hello| Message::Hello(Box::new(hello))),
        heads().prop_map(|heads| {
            let mut summary = Summary::default();
            for (writer, head) in heads {
                summary.note(writer, head);
            }
            Message::Summary(summary)
        }),
        (any::<u32>(), runs()).prop_map(|(number, runs)| Message::Entries { number, runs }),
        (
            any::<u32>(),
            heads(),
            proptest::collection::vec((writer(), any::<u8>()), 0..3)
        )
            .prop_map(|(number, heads, refused)| Message::Have {
                number,
                heads,
                refused
            }),
        (
            any::<i64>(),
            proptest::collection::vec((any::<u16>(), any::<i64>()), 0..4)
        )
            .prop_map(|(now_ms, complete)| Message::Ping { now_ms, complete }),
        (any::<i64>(), any::<i64>())
            .prop_map(|(echo_ms, now_ms)| Message::Pong { echo_ms, now_ms }),
        (any::<u32>(), any::<u64>())
            .prop_map(|(summary, state)| Message::Digests { summary, state }),
        writer().prop_map(Message::Diverged),
        runs().prop_map(Message::Evidence),
        proptest::collection::vec(any::<u8>(), 0..60).prop_map(Message::Gossip),
        proptest::collection::vec((any::<u16>(), any::<[u8; 32]>()), 0..4)
            .prop_map(Message::Roster),
        Just(Message::Bye(Bye::TooNew)),
        (BY_COLUMNS + 1..=255u8).prop_map(Message::Unknown),
    ]
}

proptest! {
    #[test]
    fn bytes_give_back_the_message(message in message()) {
        prop_assert_eq!(Message::decode(&message.encode()), Ok(message));
    }

    #[test]
    fn a_cut_message_is_refused_or_another(message in message(), cut in 0..4_000usize) {
        let bytes = message.encode();
        let cut = cut % bytes.len().max(1);
        if let Ok(other) = Message::decode(&bytes[..cut]) {
            prop_assert_ne!(other, message);
        }
    }

    #[test]
    fn noise_never_panics(bytes in proptest::collection::vec(any::<u8>(), 0..600)) {
        if let Ok(message) = Message::decode(&bytes)
            && !matches!(message, Message::Unknown(_) | Message::Hello(_))
        {
            prop_assert_eq!(message.encode(), bytes);
        }
    }
}

#[test]
fn a_count_beyond_the_bytes_is_refused_before_anything_is_made() {
    let mut bytes = vec![2, 1];
    bytes.extend([0xFF, 0xFF, 0xFF, 0xFF, 0x7F]);
    assert_eq!(Message::decode(&bytes), Err(CodecError::Truncated));
}

#[test]
fn a_newer_hello_says_more() {
    let hello = Hello {
        protocol: (1, 9),
        station: 3,
        incarnation: 1,
        boot: 1,
        world: "real".into(),
        fold: 1,
        is_trusted: false,
        now_ms: 5,
        program: "fengsui 9".into(),
        summary: 0,
        state: 0,
    };
    let mut bytes = Message::Hello(Box::new(hello.clone())).encode();
    bytes.extend(b"what no program of today knows");
    assert_eq!(Message::decode(&bytes), Ok(Message::Hello(Box::new(hello))));
}
