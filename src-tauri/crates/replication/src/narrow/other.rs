//! What is known of another station on the pipe: its keys, what it has, what of ours came to it.

use std::collections::{BTreeMap, BTreeSet};

use fengsui_domain::log::dot::Writer;

use super::item::{Page, Speaker};
use super::outbox::Thing;
use super::seal::{Key, Window};

/// Keys of one station that are held: the newest and the one before.
const KEYS_MAX: usize = 2;

/// A key that a station seals its frames with.
pub(super) struct TheirKey {
    pub(super) id: u16,
    pub(super) key: Key,
    pub(super) window: Window,
    pub(super) speaker: Speaker,
}

/// Another station.
#[derive(Default)]
pub(super) struct Other {
    /// Its Ed25519 key.
    pub(super) identity: [u8; 32],
    pub(super) is_revoked: bool,
    /// What a key handed to it must be bound to: it draws this anew at each start.
    pub(super) asked: Option<[u8; 8]>,
    /// When it was last handed our key, and how often.
    pub(super) handed: Option<(i64, u32)>,
    /// It has spoken of frames under our key.
    pub(super) has_our_key: bool,
    pub(super) keys: Vec<TheirKey>,
    /// When a frame of its own last came, steady ms.
    pub(super) heard_ms: Option<i64>,
    /// When the pipe last showed that, wall ms.
    pub(super) heard_at_ms: Option<i64>,
    list: Option<(u8, BTreeSet<u8>)>,
    /// It has said all that it has.
    pub(super) is_listed: bool,
    /// What it has said to have.
    pub(super) durable: BTreeMap<Writer, u64>,
    /// What came to it and may not be durable yet.
    held: BTreeMap<Thing, i64>,
}

impl Other {
    pub(super) fn keep_key(&mut self, key: TheirKey) {
        if self.keys.iter().any(|known| *known.key == *key.key) {
            return;
        }
        self.keys.push(key);
        if self.keys.len() > KEYS_MAX {
            self.keys.remove(0);
        }
    }

    /// Sequence number of a writer's head there.
    pub(super) fn seq(&self, writer: Writer) -> u64 {
        self.durable.get(&writer).copied().unwrap_or(0)
    }

    pub(super) fn note_head(&mut self, writer: Writer, seq: u64) {
        self.durable.insert(writer, seq);
        self.held.retain(|thing, _| match thing {
            Thing::Entry(w, at) | Thing::Piece(w, at, _) | Thing::Signed(w, at) => {
                *w != writer || *at > seq
            }
            Thing::Page(_) => true,
        });
    }

    pub(super) fn note_page(&mut self, page: Page) {
        match &mut self.list {
            Some((list, pages)) if *list == page.list => {
                pages.insert(page.at);
            }
            list => *list = Some((page.list, BTreeSet::from([page.at]))),
        }
        let pages = self.list.as_ref().map_or(0, |(_, pages)| pages.len());
        self.is_listed |= pages >= usize::from(page.of);
    }

    pub(super) fn hold(&mut self, things: &[Thing], now_ms: i64) {
        for thing in things {
            self.held.insert(*thing, now_ms);
        }
    }

    /// Whether it lacks a thing, as far as is known; what came to it and does not become durable
    /// within `until_ms` counts as lost.
    pub(super) fn lacks(&self, thing: Thing, now_ms: i64, until_ms: i64) -> bool {
        let is_durable = match thing {
            Thing::Entry(w, seq) | Thing::Piece(w, seq, _) | Thing::Signed(w, seq) => {
                self.seq(w) >= seq
            }
            Thing::Page(_) => false,
        };
        let is_held = self.held.get(&thing).is_some_and(|at_ms| {
            matches!(thing, Thing::Page(_)) || now_ms < at_ms.saturating_add(until_ms)
        });
        !is_durable && !is_held
    }

    /// It began anew: what came to it may be gone.
    pub(super) fn restarted(&mut self) {
        self.held.clear();
        self.has_our_key = false;
        // Anybody can say that it began anew: keys are not sent faster for that.
        self.handed = self.handed.map(|(at_ms, _)| (at_ms, 0));
    }
}
