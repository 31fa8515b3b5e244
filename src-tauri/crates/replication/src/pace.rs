//! How much goes into one message. What is urgent cannot overtake a message that is on its way:
//! over a slow radio a full one would be in front of it for minutes. So messages begin small, grow
//! while answers come fast and shrink when they come late.
//!
//! Not here: what goes first (`session`).

use std::collections::BTreeMap;

/// Bytes of entries in the first message, and the least of any.
const LEAST: usize = 1024;
/// Bytes of entries in one message at most.
const MOST: usize = 128 * 1024;
/// An answer within this time is fast, ms: the next message is four times as large.
const FAST_MS: i64 = 200;
/// An answer within this time leaves room, ms: the next message is twice as large, since a peer may
/// take as long for a small one.
const ROOM_MS: i64 = 500;
/// An answer after this time is late, ms: the next message is half as large.
const LATE_MS: i64 = 1_000;

/// The size of the next message, from how the last ones were answered.
#[derive(Debug)]
pub(crate) struct Pace {
    bytes: usize,
    /// Messages not yet answered: when they went, and how large they are.
    sent: BTreeMap<u32, (i64, usize)>,
    answered_ms: i64,
}

impl Pace {
    /// Nothing is known of the bearer.
    pub(crate) fn new() -> Pace {
        Pace {
            bytes: LEAST,
            sent: BTreeMap::new(),
            answered_ms: i64::MIN,
        }
    }

    /// Bytes of entries for the next message.
    pub(crate) fn bytes(&self) -> usize {
        self.bytes
    }

    /// A message of so many bytes goes; steady clock, ms.
    pub(crate) fn sent(&mut self, number: u32, bytes: usize, now_ms: i64) {
        self.sent.insert(number, (now_ms, bytes));
    }

    /// It was answered. A message that waited behind another counts from that one's answer; a
    /// small one says nothing of how fast a large one would be.
    pub(crate) fn answered(&mut self, number: u32, now_ms: i64) {
        let Some((sent_ms, bytes)) = self.sent.remove(&number) else {
            return;
        };
        let took_ms = now_ms.saturating_sub(sent_ms.max(self.answered_ms));
        self.answered_ms = now_ms;
        let was_full = bytes * 2 >= self.bytes;
        self.bytes = match took_ms {
            ..FAST_MS if was_full => (self.bytes * 4).min(MOST),
            ..ROOM_MS if was_full => (self.bytes * 2).min(MOST),
            ..=LATE_MS => self.bytes,
            _ => (self.bytes / 2).max(LEAST),
        };
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Four messages under way over a bearer of so many bytes a second; what they come to.
    fn after(seconds: i64, bytes_per_s: usize, way_ms: i64) -> usize {
        let mut pace = Pace::new();
        let (mut free_ms, mut now_ms) = (0, 0);
        let mut under_way = std::collections::VecDeque::new();
        for number in 0.. {
            if under_way.len() == 4 {
                let (first, due_ms) = under_way.pop_front().unwrap();
                now_ms = due_ms;
                pace.answered(first, now_ms);
            }
            if now_ms > seconds * 1_000 {
                break;
            }
            let bytes = pace.bytes();
            pace.sent(number, bytes, now_ms);
            let lasts_ms = i64::try_from(bytes * 1_000 / bytes_per_s).unwrap();
            free_ms = now_ms.max(free_ms) + lasts_ms;
            under_way.push_back((number, free_ms + 2 * way_ms));
        }
        pace.bytes()
    }

    #[test]
    fn fast_bearers_get_large_messages_and_slow_ones_small() {
        assert_eq!(after(1, 10_000_000, 1), MOST);
        assert_eq!(after(20, 10_000_000, 150), MOST, "far but fast");
        assert_eq!(after(60, 1_000, 400), LEAST, "9,600 bit/s");
        assert!(after(60, 8_000, 50) <= 8 * LEAST, "64 kbit/s");
    }

    #[test]
    fn a_bearer_that_becomes_slow_is_noticed() {
        let mut pace = Pace::new();
        for number in 0..8 {
            pace.sent(number, pace.bytes(), 0);
            pace.answered(number, i64::from(number));
        }
        assert_eq!(pace.bytes(), MOST);
        for number in 8..20 {
            let now_ms = i64::from(number) * 5_000;
            pace.sent(number, 10, now_ms);
            pace.answered(number, now_ms + 4_000);
        }
        assert_eq!(pace.bytes(), LEAST);
        pace.answered(99, 0);
    }
}
