//! Which addresses are dialled, and when.
//!
//! An address is dialled while no session with its station lives that was heard from lately.
//! Attempts grow apart from 0.5 s to 30 s; where a session lived a short while ago they stay at
//! 0.5 s and may overlap, so that a link that is up for seconds only is used each time.

use std::collections::{BTreeMap, BTreeSet};
use std::net::{IpAddr, SocketAddr};
use std::sync::Arc;
use std::time::{Duration, Instant};

use fengsui_replication::message::Bye;
use fengsui_replication::port::Peer;
use tokio::net::{TcpStream, lookup_host};
use tokio::sync::mpsc;
use tokio::time::{sleep_until, timeout};

use super::answer::{known, stranger};
use crate::channel::{self, ChannelError, Mode};
use crate::discovery::Word;
use crate::drive::{self, Ended, Line, Shared};
use crate::identity::Identity;

const FIRST: Duration = Duration::from_millis(500);
const LONGEST: Duration = Duration::from_secs(30);
/// The station with the higher number waits this long before it dials.
const COURTESY: Duration = Duration::from_secs(3);
/// A session that ended longer ago than this says nothing about the link any more.
const LATELY: Duration = Duration::from_secs(60);
/// How long a session that is about to begin keeps others from being tried beside it.
const HELLO_MAX: Duration = Duration::from_secs(2);
/// Attempts at one address at a time where a session lived lately.
const OVERLAPPING_MAX: u32 = 10;
pub(crate) const CONNECT_MAX: Duration = Duration::from_secs(3);
/// How often network interfaces and known addresses are looked at.
const LOOK: Duration = Duration::from_secs(2);
/// Addresses that are kept from hints.
const HINTS_MAX: usize = 256;

/// What the dialer hears.
pub(crate) enum Event {
    /// A person gave an address.
    Typed(String),
    /// A station was announced.
    Hint(Word, SocketAddr),
    /// A peer's key is proved over this address.
    Proved(String, u16),
    /// An attempt or its session ended.
    Ended(String, Outcome),
}

pub(crate) enum Outcome {
    Failed,
    Session(Bye),
    Ourselves,
}

struct Target {
    peer: Option<u16>,
    failures: u32,
    attempts: u32,
    next: Instant,
    /// When a session over this address was last alive.
    alive_at: Option<Instant>,
    /// When the last handshake came out; its session may not have begun yet.
    proved_at: Option<Instant>,
    /// Since when there is a wish to dial; for the courtesy.
    wanted_since: Option<Instant>,
    is_ourselves: bool,
}

impl Target {
    fn new(peer: Option<u16>) -> Target {
        Target {
            peer,
            failures: 0,
            attempts: 0,
            next: Instant::now(),
            alive_at: None,
            proved_at: None,
            wanted_since: None,
            is_ourselves: false,
        }
    }

    fn was_alive_lately(&self) -> bool {
        self.alive_at.is_some_and(|at| at.elapsed() < LATELY)
    }

    fn pause(&self) -> Duration {
        if self.was_alive_lately() {
            return FIRST;
        }
        let doubled = FIRST.saturating_mul(1 << self.failures.min(6));
        doubled.min(LONGEST)
    }

    fn hurry(&mut self) {
        self.failures = 0;
        self.next = Instant::now();
    }
}

struct Dialer {
    shared: Arc<Shared>,
    own: u16,
    targets: BTreeMap<String, Target>,
    interfaces: BTreeSet<IpAddr>,
    events: mpsc::UnboundedSender<Event>,
}

/// Dials until the links stop.
pub(crate) async fn run(
    shared: Arc<Shared>,
    own: u16,
    typed: Vec<String>,
    events: mpsc::UnboundedSender<Event>,
    mut heard: mpsc::UnboundedReceiver<Event>,
) {
    let mut stop = shared.stop.subscribe();
    let mut changes = shared.registry.changes();
    let mut dialer = Dialer {
        shared,
        own,
        targets: BTreeMap::new(),
        interfaces: BTreeSet::new(),
        events,
    };
    for address in typed {
        dialer.targets.insert(address, Target::new(None));
    }
    let mut look_at = Instant::now();
    loop {
        let now = Instant::now();
        if look_at <= now {
            dialer.look().await;
            look_at = Instant::now() + LOOK;
        }
        let due = dialer.dial_due();
        let wake = due.map_or(look_at, |due| due.min(look_at));
        tokio::select! {
            Some(event) = heard.recv() => dialer.hear(event).await,
            _ = changes.changed() => {}
            () = sleep_until(wake.into()) => {}
            () = drive::stopped(&mut stop) => return,
        }
    }
}

impl Dialer {
    /// Looks at what peers said of themselves, and whether a network came up.
    async fn look(&mut self) {
        if let Ok(peers) = self.shared.ask(|replica| replica.peers()).await {
            for peer in peers
                .iter()
                .filter(|p| p.number != self.own && !p.is_revoked)
            {
                for address in &peer.addresses {
                    let new = || Target::new(Some(peer.number));
                    self.targets.entry(address.clone()).or_insert_with(new);
                }
            }
        }
        let addresses = tokio::task::spawn_blocking(if_addrs::get_if_addrs).await;
        let Ok(Ok(addresses)) = addresses else {
            return;
        };
        let now: BTreeSet<IpAddr> = addresses.iter().map(if_addrs::Interface::ip).collect();
        if now.difference(&self.interfaces).next().is_some() {
            self.targets.values_mut().for_each(Target::hurry);
        }
        self.interfaces = now;
    }

    async fn hear(&mut self, event: Event) {
        match event {
            Event::Typed(address) => {
                let target = self
                    .targets
                    .entry(address)
                    .or_insert_with(|| Target::new(None));
                target.hurry();
            }
            Event::Hint(word, address) => self.hear_hint(&word, address).await,
            Event::Proved(address, peer) => {
                if let Some(target) = self.targets.get_mut(&address) {
                    target.peer = Some(peer);
                    target.proved_at = Some(Instant::now());
                }
            }
            Event::Ended(address, outcome) => {
                if let Some(target) = self.targets.get_mut(&address) {
                    target.attempts = target.attempts.saturating_sub(1);
                    end(target, &outcome);
                }
            }
        }
    }

    /// A hint counts only when it is of an enrolled station; the handshake proves it.
    async fn hear_hint(&mut self, word: &Word, address: SocketAddr) {
        let address = address.to_string();
        if word.station == self.own || self.targets.len() >= HINTS_MAX {
            return;
        }
        if let Some(target) = self.targets.get_mut(&address) {
            // Announced again: worth an attempt, not one for each announcement.
            if target.failures > 2 && !target.is_ourselves {
                target.hurry();
                target.failures = 2;
            }
            return;
        }
        let Ok(peers) = self.shared.ask(|replica| replica.peers()).await else {
            return;
        };
        let fits = |peer: &Peer| {
            peer.number == word.station && !peer.is_revoked && peer.key.starts_with(&word.key)
        };
        if peers.iter().any(fits) {
            self.targets
                .insert(address, Target::new(Some(word.station)));
        }
    }

    /// Begins what is due; when the next is.
    fn dial_due(&mut self) -> Option<Instant> {
        let now = Instant::now();
        let mut next: Option<Instant> = None;
        let mut soonest = |at: Instant| next = Some(next.map_or(at, |next| next.min(at)));
        let mut due = Vec::new();
        for (address, target) in &mut self.targets {
            if target.is_ourselves || target.peer == Some(self.own) {
                continue;
            }
            if target
                .peer
                .is_some_and(|peer| self.shared.registry.is_covered(peer))
            {
                target.wanted_since = None;
                target.next = target.next.max(now);
                if target.attempts > 0 {
                    target.alive_at = Some(now);
                    target.failures = 0;
                }
                // Silence makes no event of its own.
                soonest(now + FIRST);
                continue;
            }
            let wanted = *target.wanted_since.get_or_insert(now);
            let is_theirs = target.peer.is_some_and(|peer| peer < self.own);
            let mut at = target.next;
            if is_theirs && target.alive_at.is_none() {
                at = at.max(wanted + COURTESY);
            }
            let most = if target.was_alive_lately() {
                OVERLAPPING_MAX
            } else {
                1
            };
            if target.attempts >= most {
                continue;
            }
            if let Some(proved_at) = target.proved_at.filter(|_| target.attempts > 0) {
                at = at.max(proved_at + HELLO_MAX);
            }
            if at <= now {
                due.push(address.clone());
                target.attempts += 1;
                at = now + target.pause();
                target.next = at;
            }
            soonest(at);
        }
        for address in due {
            let shared = Arc::clone(&self.shared);
            tokio::spawn(attempt(shared, address, self.events.clone()));
        }
        next
    }
}

fn end(target: &mut Target, outcome: &Outcome) {
    match outcome {
        Outcome::Ourselves => target.is_ourselves = true,
        Outcome::Session(Bye::Silent | Bye::Leaving | Bye::Nonsense) => {
            target.next = Instant::now() + FIRST;
        }
        // Another attempt will not go better soon.
        Outcome::Session(_) | Outcome::Failed => {
            if matches!(outcome, Outcome::Session(_)) {
                target.alive_at = None;
                target.failures = target.failures.max(4);
            }
            target.failures = target.failures.saturating_add(1);
            target.next = Instant::now() + target.pause();
        }
    }
}

async fn attempt(shared: Arc<Shared>, address: String, events: mpsc::UnboundedSender<Event>) {
    let outcome = match connect(&shared, &address).await {
        Ok((line, peer)) => {
            // The dialer is gone only when the links have stopped.
            let _ = events.send(Event::Proved(address.clone(), peer.number));
            match drive::run(&shared, line, peer).await {
                Ended::Session(bye) => Outcome::Session(bye),
                Ended::Nothing => Outcome::Failed,
                Ended::Ourselves => Outcome::Ourselves,
            }
        }
        Err(ChannelError::Stranger(key)) => {
            stranger(&shared, address.clone(), key).await;
            Outcome::Failed
        }
        Err(error) => {
            tracing::debug!(%address, %error, "not reached");
            Outcome::Failed
        }
    };
    let _ = events.send(Event::Ended(address, outcome));
}

async fn connect(shared: &Shared, address: &str) -> Result<(Line, Peer), ChannelError> {
    let (us, peers) = shared
        .ask(|replica| Ok((Identity::of(replica)?, replica.peers()?)))
        .await
        .map_err(|error| ChannelError::Io(std::io::Error::other(error.to_string())))?;
    let mut stream = open(address).await?;
    let is_known = |key: &[u8; 32]| peers.iter().any(|p| p.key == *key && !p.is_revoked);
    let proved = channel::dial(&mut stream, &us, Mode::Session, None, is_known).await?;
    let peer = known(&peers, &proved).ok_or(ChannelError::Stranger(proved.key))?;
    Ok((Line::new(stream, proved, format!("tcp {address}")), peer))
}

/// A connection to the first of a name's addresses that answers.
pub(crate) async fn open(address: &str) -> Result<TcpStream, ChannelError> {
    let work = async {
        let mut last = ChannelError::Late;
        for address in lookup_host(address).await? {
            match TcpStream::connect(address).await {
                Ok(stream) => {
                    let _ = stream.set_nodelay(true);
                    return Ok(stream);
                }
                Err(error) => last = error.into(),
            }
        }
        Err(last)
    };
    timeout(CONNECT_MAX, work)
        .await
        .map_err(|_| ChannelError::Late)?
}
