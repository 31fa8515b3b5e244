//! Sessions that live now, by peer.

use std::collections::BTreeMap;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::{Duration, Instant};

use fengsui_replication::message::Bye;
use tokio::sync::watch;

use crate::channel::Heard;

/// Sessions of one peer at a time.
const SESSIONS_MAX: usize = 2;
/// A session that heard nothing for this long may be dead: the peer is dialled again beside it.
/// Pings come every 2 to 2.5 s.
const STALE: Duration = Duration::from_millis(3_500);

#[derive(Debug)]
struct Live {
    id: u64,
    boot: u64,
    heard: Heard,
    kick: watch::Sender<Option<Bye>>,
}

#[derive(Debug, Default)]
struct Inner {
    last: u64,
    by_peer: BTreeMap<u16, Vec<Live>>,
}

/// All of them.
#[derive(Debug)]
pub(crate) struct Registry {
    inner: Mutex<Inner>,
    changed: watch::Sender<u64>,
}

impl Default for Registry {
    fn default() -> Self {
        Registry {
            inner: Mutex::default(),
            changed: watch::Sender::new(0),
        }
    }
}

/// What is said to one that wants to begin.
pub(crate) enum Entry {
    /// Begin.
    In(Seat),
    /// A session with another start of that station's program lives: wait until it has ended,
    /// or has been heard from after now.
    Doubt,
    /// Both are alive: two machines with one identity.
    Twin,
}

impl Registry {
    fn lock(&self) -> MutexGuard<'_, Inner> {
        self.inner.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Ticks whenever a session begins or ends.
    pub(crate) fn changes(&self) -> watch::Receiver<u64> {
        self.changed.subscribe()
    }

    /// Asks to begin a session; `since` is when the newcomer was first heard.
    pub(crate) fn enter(
        self: &Arc<Self>,
        peer: u16,
        boot: u64,
        heard: &Heard,
        since: Instant,
    ) -> Entry {
        let mut inner = self.lock();
        let lives = inner.by_peer.entry(peer).or_default();
        let mut others = lives.iter().filter(|live| live.boot != boot).peekable();
        if others.peek().is_some() {
            // A little later than `since`: what was on its way then says nothing.
            let after = since + Duration::from_millis(100);
            return if others.any(|live| live.heard.at() > after) {
                Entry::Twin
            } else {
                Entry::Doubt
            };
        }
        while lives.len() >= SESSIONS_MAX {
            let oldest = lives.remove(0);
            oldest.kick.send_replace(Some(Bye::Leaving));
        }
        inner.last += 1;
        let id = inner.last;
        let (kick, kicked) = watch::channel(None);
        inner.by_peer.entry(peer).or_default().push(Live {
            id,
            boot,
            heard: heard.clone(),
            kick,
        });
        drop(inner);
        self.changed.send_modify(|count| *count += 1);
        Entry::In(Seat {
            registry: Arc::clone(self),
            peer,
            id,
            kicked,
        })
    }

    /// A session with this peer lives and was heard from lately.
    pub(crate) fn is_covered(&self, peer: u16) -> bool {
        self.lock()
            .by_peer
            .get(&peer)
            .is_some_and(|lives| lives.iter().any(|live| live.heard.at().elapsed() < STALE))
    }
}

/// A session's place; given back when dropped.
pub(crate) struct Seat {
    registry: Arc<Registry>,
    peer: u16,
    id: u64,
    /// Somebody wants this session to end.
    pub(crate) kicked: watch::Receiver<Option<Bye>>,
}

impl Drop for Seat {
    fn drop(&mut self) {
        let mut inner = self.registry.lock();
        if let Some(lives) = inner.by_peer.get_mut(&self.peer) {
            lives.retain(|live| live.id != self.id);
        }
        drop(inner);
        self.registry.changed.send_modify(|count| *count += 1);
    }
}
