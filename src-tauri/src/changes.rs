//! Tells the desk what became stale, without a storm of messages: what comes
//! close together goes out as one, and positions at most once a second.
//!
//! Not here: what a write makes stale (the command table says it).

use std::collections::BTreeSet;
use std::time::{Duration, Instant};

use fengsui_wire::common::Topic;

/// Between two messages at least.
const APART: Duration = Duration::from_millis(50);
/// Between two messages about positions at least.
const POSITIONS_APART: Duration = Duration::from_secs(1);

/// Gathers topics and says when they may go. Pure: time comes in.
#[derive(Debug, Default)]
pub(crate) struct Gathered {
    waiting: BTreeSet<Topic>,
    sent: Option<Instant>,
    positions_sent: Option<Instant>,
}

impl Gathered {
    /// More that became stale.
    pub(crate) fn add(&mut self, topics: impl IntoIterator<Item = Topic>) {
        self.waiting.extend(topics);
    }

    /// When the next message may go; `None` = nothing waits.
    pub(crate) fn next_at(&self, now: Instant) -> Option<Instant> {
        self.waiting
            .iter()
            .map(|topic| self.topic_at(*topic, now))
            .min()
    }

    /// The topics that may go now; they no longer wait.
    pub(crate) fn take(&mut self, now: Instant) -> Option<Vec<Topic>> {
        let due: Vec<Topic> = self
            .waiting
            .iter()
            .copied()
            .filter(|topic| self.topic_at(*topic, now) <= now)
            .collect();
        if due.is_empty() {
            return None;
        }
        self.sent = Some(now);
        for topic in &due {
            self.waiting.remove(topic);
            if *topic == Topic::Positions {
                self.positions_sent = Some(now);
            }
        }
        Some(due)
    }

    fn topic_at(&self, topic: Topic, now: Instant) -> Instant {
        let any = self.sent.map_or(now, |sent| sent + APART);
        match self.positions_sent {
            Some(sent) if topic == Topic::Positions => any.max(sent + POSITIONS_APART),
            _ => any,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Feeds one thousand changes in one second, a millisecond apart, and
    /// returns what went out when.
    fn storm(topics: &[Topic]) -> Vec<(u64, Vec<Topic>)> {
        let start = Instant::now();
        let mut gathered = Gathered::default();
        let mut out = Vec::new();
        for ms in 0..1_000 {
            let now = start + Duration::from_millis(ms);
            gathered.add(topics.iter().copied());
            if let Some(due) = gathered.take(now) {
                out.push((ms, due));
            }
        }
        out
    }

    #[test]
    fn the_first_goes_at_once_and_a_storm_becomes_twenty_a_second() {
        let out = storm(&[Topic::Incidents, Topic::Units]);
        assert_eq!(out[0], (0, vec![Topic::Incidents, Topic::Units]));
        assert_eq!(out.len(), 20);
        assert!(out.windows(2).all(|pair| pair[1].0 - pair[0].0 >= 50));
    }

    #[test]
    fn positions_go_once_a_second_and_hold_nothing_else_up() {
        assert_eq!(storm(&[Topic::Positions]).len(), 1);
        let out = storm(&[Topic::Positions, Topic::Calls]);
        assert_eq!(
            out.iter()
                .filter(|(_, due)| due.contains(&Topic::Positions))
                .count(),
            1
        );
        assert_eq!(
            out.iter()
                .filter(|(_, due)| due.contains(&Topic::Calls))
                .count(),
            20
        );
    }

    #[test]
    fn nothing_is_lost_and_nothing_is_said_twice() {
        let start = Instant::now();
        let mut gathered = Gathered::default();
        gathered.add([Topic::Calls]);
        assert_eq!(gathered.take(start), Some(vec![Topic::Calls]));
        assert_eq!(gathered.take(start + APART), None);
        gathered.add([Topic::Positions, Topic::Needs]);
        let at = gathered.next_at(start).unwrap();
        assert_eq!(at, start + APART);
        assert_eq!(
            gathered.take(at),
            Some(vec![Topic::Positions, Topic::Needs])
        );
        gathered.add([Topic::Positions]);
        assert_eq!(gathered.next_at(at), Some(at + POSITIONS_APART));
        assert_eq!(gathered.take(at + APART), None);
        assert_eq!(
            gathered.take(at + POSITIONS_APART),
            Some(vec![Topic::Positions])
        );
        assert_eq!(gathered.next_at(at), None);
    }
}
