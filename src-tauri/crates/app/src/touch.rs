//! In touch or apart: what this station knows of its peers right now, and the meeting with each
//! (对账单). In memory; written to the disk on change and every few seconds.
//!
//! Not here: the protocol (`replication`), the entries that enrol stations (`peer`).

use std::collections::BTreeMap;
use std::sync::{Mutex, MutexGuard, PoisonError};

use fengsui_domain::log::dot::Dot;
use fengsui_replication::port::Applied;
pub use fengsui_replication::port::{PipePeer, PipeState};
use fengsui_store::peer::{ExchangeRow, PeerRow};

/// How often what is known of peers goes to the disk while they are in touch, ms.
const WRITE_EVERY_MS: i64 = 10_000;
/// Strangers remembered.
const STRANGERS_MAX: usize = 20;

/// What is known of one peer.
#[derive(Debug, Clone, Default)]
pub struct PeerTouch {
    /// As it is written.
    pub row: PeerRow,
    /// Sessions open.
    pub sessions: u32,
    /// Entries we have and it lacks, as far as it said; `None` = unknown.
    pub to_go: Option<u64>,
    /// Entries it has and we lack.
    pub to_come: Option<u64>,
    /// Why the last session ended, if not by leaving.
    pub last_bye: Option<&'static str>,
    /// Tables compared equal (`Some(true)`) or not; `None` = not compared.
    pub is_equal: Option<bool>,
    /// Runs of it that were refused.
    pub refused: u32,
    /// It has shown what is open there, since this start.
    pub has_shown: bool,
    /// A writer of two histories was met with it.
    pub forked: bool,
    /// The meeting that goes on, or was last.
    pub meeting: ExchangeRow,
    /// Incidents it brought, and whether they were new here.
    incidents: BTreeMap<Dot, bool>,
    dirty: bool,
}

impl PeerTouch {
    /// A meeting begins.
    pub(crate) fn begin_meeting(&mut self, meeting: ExchangeRow) {
        self.meeting = meeting;
        self.incidents.clear();
    }

    /// Adds what came in.
    pub(crate) fn note_applied(&mut self, applied: &Applied) {
        for (dot, is_new) in &applied.incidents {
            self.incidents.entry(*dot).or_insert(*is_new);
        }
        let new = self.incidents.values().filter(|is_new| **is_new).count();
        self.meeting.received += applied.received;
        self.meeting.opened = new as u64;
        self.meeting.changed = (self.incidents.len() - new) as u64;
        self.meeting.conflicts += applied.conflicts;
    }
}

/// Somebody who knocked and is not enrolled (未授权设备).
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Stranger {
    /// From where.
    pub address: String,
    /// First letters of its key, hex.
    pub key: String,
    /// When last, ms.
    pub at_ms: i64,
    /// How often.
    pub times: u32,
}

#[derive(Default)]
struct Held {
    peers: BTreeMap<u16, PeerTouch>,
    strangers: Vec<Stranger>,
    pipes: Vec<PipeState>,
    written_at_ms: i64,
}

/// All peers.
#[derive(Default)]
pub struct Touch {
    held: Mutex<Held>,
}

impl Touch {
    /// From the rows of the last run: nobody is in touch yet.
    pub(crate) fn load(&self, rows: Vec<PeerRow>, now_ms: i64) {
        let mut held = self.held();
        for mut row in rows {
            if row.in_touch {
                // The program ended in between: apart since the last word.
                row.in_touch = false;
                row.since_ms = row.met_at_ms;
            }
            let touch = PeerTouch {
                row,
                ..PeerTouch::default()
            };
            held.peers.insert(touch.row.number, touch);
        }
        held.written_at_ms = now_ms;
    }

    fn held(&self) -> MutexGuard<'_, Held> {
        self.held.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Changes what is known of a peer; answers what `change` says.
    pub(crate) fn change<T>(&self, number: u16, change: impl FnOnce(&mut PeerTouch) -> T) -> T {
        let mut held = self.held();
        let touch = held.peers.entry(number).or_default();
        touch.row.number = number;
        touch.dirty = true;
        change(touch)
    }

    /// What is known of a peer.
    #[must_use]
    pub fn get(&self, number: u16) -> PeerTouch {
        self.held().peers.get(&number).cloned().unwrap_or_default()
    }

    /// What is known of all peers.
    #[must_use]
    pub fn all(&self) -> Vec<PeerTouch> {
        self.held().peers.values().cloned().collect()
    }

    /// Who knocked and is not enrolled, newest first.
    #[must_use]
    pub fn strangers(&self) -> Vec<Stranger> {
        self.held().strangers.clone()
    }

    /// Narrow pipes, in the order in which they were first heard of.
    #[must_use]
    pub fn pipes(&self) -> Vec<PipeState> {
        self.held().pipes.clone()
    }

    /// Notes how a narrow pipe stands; whether that is news.
    pub(crate) fn note_pipe(&self, pipe: &PipeState) -> bool {
        let mut held = self.held();
        match held.pipes.iter_mut().find(|known| known.path == pipe.path) {
            Some(known) => {
                let is_news = known != pipe;
                known.clone_from(pipe);
                is_news
            }
            None => {
                held.pipes.push(pipe.clone());
                true
            }
        }
    }

    /// Notes a knock; whether it is a new one.
    pub(crate) fn note_stranger(&self, address: &str, key: &[u8; 32], now_ms: i64) -> bool {
        let key: String = key
            .iter()
            .take(6)
            .map(|byte| format!("{byte:02x}"))
            .collect();
        let address = address.rsplit_once(':').map_or(address, |(host, _)| host);
        let mut held = self.held();
        let strangers = &mut held.strangers;
        let known = strangers
            .iter()
            .position(|s| s.key == key && s.address == address);
        let times = known.map(|at| strangers.remove(at).times).unwrap_or(0);
        strangers.insert(
            0,
            Stranger {
                address: address.to_owned(),
                key,
                at_ms: now_ms,
                times: times + 1,
            },
        );
        strangers.truncate(STRANGERS_MAX);
        known.is_none()
    }

    /// Peers to write, when some changed and it is time; `now` whatever the time.
    pub(crate) fn due(&self, now_ms: i64, now: bool) -> Vec<PeerTouch> {
        let mut held = self.held();
        let waited = now_ms.saturating_sub(held.written_at_ms).abs() >= WRITE_EVERY_MS;
        if !(waited || now) {
            return Vec::new();
        }
        held.written_at_ms = now_ms;
        held.peers
            .values_mut()
            .filter_map(|touch| std::mem::take(&mut touch.dirty).then(|| touch.clone()))
            .collect()
    }

    /// Notes the row that a meeting was written to.
    pub(crate) fn note_meeting(&self, number: u16, began_at_ms: i64, id: i64) {
        let mut held = self.held();
        if let Some(touch) = held.peers.get_mut(&number)
            && touch.meeting.began_at_ms == began_at_ms
        {
            touch.meeting.id = id;
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_stranger_is_one_however_often_it_knocks() {
        let touch = Touch::default();
        assert!(touch.note_stranger("10.0.0.9:4000", &[7; 32], 1));
        assert!(!touch.note_stranger("10.0.0.9:4001", &[7; 32], 2));
        assert!(touch.note_stranger("10.0.0.9:4001", &[8; 32], 3));
        let all = touch.strangers();
        assert_eq!(all.len(), 2);
        assert_eq!((all[1].times, all[1].at_ms), (2, 2));
    }

    #[test]
    fn after_a_start_nobody_is_in_touch() {
        let touch = Touch::default();
        let row = PeerRow {
            number: 3,
            in_touch: true,
            met_at_ms: 500,
            since_ms: 100,
            complete_at_ms: 480,
            ..PeerRow::default()
        };
        touch.load(vec![row], 900);
        let now = touch.get(3).row;
        assert!(!now.in_touch);
        assert_eq!((now.since_ms, now.complete_at_ms), (500, 480));
    }
}
