//! What a link needs of the station it works for. `app` answers it over the store; a simulation
//! answers it over a store of its own.

use std::collections::BTreeMap;

use fengsui_domain::clock::Reading;
use fengsui_domain::log::chain::{self, ChainHash, GENESIS};
use fengsui_domain::log::dot::{Dot, Writer};

use crate::message::{Bye, Hello};
use crate::preview::{Preview, Thing};
use crate::run::{Refusal, Run};
use crate::summary::{Head, Summary};

/// A station that is enrolled.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Peer {
    /// Number under which it writes.
    pub number: u16,
    /// Its Ed25519 public key.
    pub key: [u8; 32],
    /// It was revoked: it is refused.
    pub is_revoked: bool,
    /// It may hold protected logs.
    pub is_trusted: bool,
    /// Where it may be reached, `host:port`; hints only.
    pub addresses: Vec<String>,
}

/// One snapshot of what is here.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct View {
    /// Heads of every writer.
    pub summary: Summary,
    /// State digest.
    pub digest: u128,
    /// The tables show a peer's word (decision 0031): the digest is of that, not of the log alone,
    /// and says nothing beside another's.
    pub is_shown: bool,
}

/// Entries to read: for each writer everything after a sequence number, in this order, until
/// the bytes are used up.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Want {
    /// (writer, sequence number of the last entry the peer has).
    pub after: Vec<(Writer, u64)>,
    /// Stop when the entries read reach this many bytes; a run already begun is finished.
    pub bytes: usize,
    /// Not writer by writer but in the order in which the entries came to us, as far as runs
    /// allow: whoever lacks much then has causes before their effects.
    pub by_arrival: bool,
}

/// What taking some runs came to.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Applied {
    /// Heads of the writers of those runs as they now are on the disk.
    pub heads: Vec<(Writer, Head)>,
    /// Writers whose run was refused.
    pub refused: Vec<(Writer, Refusal)>,
    /// Entries that were new.
    pub received: u64,
    /// Of those, how many wait for something they refer to.
    pub waiting: u64,
    /// Incidents written to, and whether they were new here.
    pub incidents: BTreeMap<Dot, bool>,
    /// Conflicts raised.
    pub conflicts: u64,
    /// Entries kept aside because another stands under their dot.
    pub forks: u64,
}

impl Applied {
    /// Adds the counts of another.
    pub fn add(&mut self, other: &Applied) {
        self.received += other.received;
        self.waiting += other.waiting;
        for (dot, is_new) in &other.incidents {
            self.incidents.entry(*dot).or_insert(*is_new);
        }
        self.conflicts += other.conflicts;
        self.forks += other.forks;
    }
}

/// What a session tells the station about its peer.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Note {
    /// The peer answered; what it says of itself.
    Met(Box<Hello>),
    /// The peer's clock less ours.
    Clock(Reading),
    /// Everything that these stations had as of then (ms of our clock) is here.
    Complete(Vec<(u16, i64)>),
    /// The peer has these entries of ours or others': (entries still to go, entries to come).
    Backlog {
        /// Entries we have and the peer does not.
        out: u64,
        /// Entries the peer has and we do not.
        to_come: u64,
    },
    /// Both have the same entries, and the same tables.
    Equal,
    /// Both have the same entries and other tables: one of them is wrong.
    DigestDiffers,
    /// Two histories of one writer.
    Forked(Writer),
    /// Frames or runs that were refused.
    Refused(Refusal),
}

/// Where a unit is, as finely as a narrow pipe tells it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Place {
    /// The unit.
    pub unit: Dot,
    /// Degrees east, 1e-5 (about a metre).
    pub lon_e5: i32,
    /// Degrees north, 1e-5.
    pub lat_e5: i32,
    /// Measured, seconds since 1970.
    pub at_s: i64,
}

/// What a peer lacks of logs that a bearer carries.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Owed {
    /// Entries.
    pub entries: u64,
    /// Their bytes, as they stand in the log.
    pub bytes: u64,
    /// Stamp of the oldest, ms since 1970; 0 = there is none, or it is not known.
    pub oldest_ms: i64,
}

/// How a narrow pipe stands.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct PipeState {
    /// As it was asked for: a device, or `tcp:host:port`.
    pub path: String,
    /// What may be sent, bit/s.
    pub bits_per_s: u32,
    /// It can be written to.
    pub is_open: bool,
    /// Bytes sent since the program began.
    pub bytes_out: u64,
    /// Bytes heard, of whatever.
    pub bytes_in: u64,
    /// Frames that were damaged, or could not be opened.
    pub damaged: u64,
    /// Frames that came again, or of stations that are not enrolled.
    pub refused: u64,
    /// The other stations.
    pub peers: Vec<PipePeer>,
}

/// How a station stands on a narrow pipe.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct PipePeer {
    /// Its number.
    pub station: u16,
    /// Heard lately.
    pub is_there: bool,
    /// When a frame of it was last heard, ms since 1970.
    pub heard_at_ms: Option<i64>,
    /// What is undelivered; `None` = it has not said what it has.
    pub owed: Option<Owed>,
}

/// Why the station could not answer; the session is then given up.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("{0}")]
pub struct ReplicaError(pub String);

/// The station as links see it. Calls may block on the disk.
pub trait Replica: Send + Sync {
    /// The wall clock, ms.
    fn now_ms(&self) -> i64;

    /// Who we are and what we say of ourselves; digests are those of `view`.
    ///
    /// # Errors
    /// `ReplicaError`.
    fn hello(&self) -> Result<Hello, ReplicaError>;

    /// Our Ed25519 seed, from which the link's key follows.
    ///
    /// # Errors
    /// `ReplicaError`.
    fn seed(&self) -> Result<[u8; 32], ReplicaError>;

    /// Which county this is; stations of two counties never come to talk. Empty = not yet known.
    ///
    /// # Errors
    /// `ReplicaError`.
    fn county(&self) -> Result<Vec<u8>, ReplicaError>;

    /// Every station ever enrolled, ourselves too.
    ///
    /// # Errors
    /// `ReplicaError`.
    fn peers(&self) -> Result<Vec<Peer>, ReplicaError>;

    /// What is here and durable.
    ///
    /// # Errors
    /// `ReplicaError`.
    fn view(&self) -> Result<View, ReplicaError>;

    /// Reads runs. A writer whose log is not signed up to anything wanted gives none.
    ///
    /// # Errors
    /// `ReplicaError`.
    fn read(&self, want: &Want) -> Result<Vec<Run>, ReplicaError>;

    /// Takes runs heard from a peer; durable when it returns.
    ///
    /// # Errors
    /// `ReplicaError`; what was answered before stays.
    fn apply(&self, peer: u16, runs: &[Run]) -> Result<Applied, ReplicaError>;

    /// Rows of everything that is open here, and of `shown` which the peer was shown before;
    /// without protected logs unless it `is_trusted`.
    ///
    /// # Errors
    /// `ReplicaError`.
    fn preview(&self, shown: &[Thing], is_trusted: bool) -> Result<Preview, ReplicaError> {
        let _ = (shown, is_trusted);
        Ok(Preview::default())
    }

    /// Things that were shown us and that our own log has not come up to.
    ///
    /// # Errors
    /// `ReplicaError`.
    fn shown(&self) -> Result<Vec<Thing>, ReplicaError> {
        Ok(Vec::new())
    }

    /// Shows a peer's rows until our own log has come as far; durable when it returns.
    ///
    /// # Errors
    /// `ReplicaError`.
    fn take_preview(&self, peer: u16, preview: &Preview) -> Result<(), ReplicaError> {
        let _ = (peer, preview);
        Ok(())
    }

    /// Compares entries with ours and keeps aside those that differ. Answers how many did.
    ///
    /// # Errors
    /// `ReplicaError`.
    fn evidence(&self, runs: &[Run]) -> Result<u64, ReplicaError>;

    /// The peer has this head of a log that this very incarnation writes. When it is still not
    /// in our log, this file is older than its station and goes on as a new incarnation; answers
    /// whether it does.
    ///
    /// # Errors
    /// `ReplicaError`.
    fn begin_again(&self, writer: Writer, head: Head) -> Result<bool, ReplicaError>;

    /// What all the stations we hear of had when they were last complete here: (station, ms).
    ///
    /// # Errors
    /// `ReplicaError`.
    fn complete(&self) -> Result<Vec<(u16, i64)>, ReplicaError>;

    /// Newest positions since the last time this peer was told, as bytes; empty = none.
    ///
    /// # Errors
    /// `ReplicaError`.
    fn gossip(&self, since_ms: i64) -> Result<Vec<u8>, ReplicaError>;

    /// Takes a peer's positions; malformed ones are refused without an error.
    fn hear_gossip(&self, bytes: &[u8]);

    /// Newest positions in few bytes, for a narrow pipe.
    fn places(&self) -> Vec<Place> {
        Vec::new()
    }

    /// Takes positions that came over a narrow pipe.
    fn hear_places(&self, _places: &[Place]) {}

    /// Hears what a session noticed about `peer`.
    fn note(&self, peer: u16, note: &Note);

    /// A session with `peer` begins over `bearer`.
    fn opened(&self, peer: u16, bearer: &str);

    /// So many entries were said to `peer`, and it has answered for them.
    fn sent(&self, peer: u16, entries: u64);

    /// The session ended.
    fn closed(&self, peer: u16, bye: Bye);

    /// Somebody whose key is not enrolled, or is revoked, knocked: nothing was exchanged. The
    /// Ed25519 key is proved to be theirs.
    fn stranger(&self, address: &str, key: &[u8; 32]);

    /// The secret of an open invitation given here.
    ///
    /// # Errors
    /// `ReplicaError`; `Ok(None)` when there is none, or it was used or has expired.
    fn invitation(&self, number: u16) -> Result<Option<[u8; 32]>, ReplicaError>;

    /// Enrols the station that showed the invitation's secret.
    ///
    /// # Errors
    /// `ReplicaError`.
    fn admit(&self, number: u16, key: &[u8; 32]) -> Result<(), ReplicaError>;

    /// Keys of stations as told by the inviter; believed only while nobody is enrolled here.
    ///
    /// # Errors
    /// `ReplicaError`.
    fn believe(&self, keys: &[(u16, [u8; 32])]) -> Result<(), ReplicaError>;

    /// A writer's head and its whole chain hash; (0, the first hash) when nothing of it is here.
    ///
    /// # Errors
    /// `ReplicaError`, also when the head cannot be read.
    fn head(&self, writer: Writer) -> Result<(u64, ChainHash), ReplicaError> {
        let seq = self.view()?.summary.seq(writer);
        let Some(before) = seq.checked_sub(1) else {
            return Ok((0, GENESIS));
        };
        let want = Want {
            after: vec![(writer, before)],
            bytes: 1,
            ..Want::default()
        };
        let runs = self.read(&want)?;
        let last = runs.first().and_then(|run| {
            let entry = run.entries.first()?;
            Some((seq, chain::next(&run.before, entry)))
        });
        last.ok_or_else(|| ReplicaError("a head that cannot be read".to_owned()))
    }

    /// What lies after these entries.
    ///
    /// # Errors
    /// `ReplicaError`.
    fn owed(&self, after: &[(Writer, u64)]) -> Result<Owed, ReplicaError> {
        let summary = self.view()?.summary;
        let lacks = |(writer, seq): &(Writer, u64)| summary.seq(*writer).saturating_sub(*seq);
        Ok(Owed {
            entries: after.iter().map(lacks).sum(),
            ..Owed::default()
        })
    }

    /// Hears how a narrow pipe stands.
    fn piped(&self, pipe: &PipeState) {
        let _ = pipe;
    }

    /// Calls `wake` after every commit that moved the log, from any thread.
    fn listen(&self, wake: std::sync::Arc<dyn Fn() + Send + Sync>);
}
