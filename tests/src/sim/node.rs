//! A simulated station: the store's own functions over one connection, seen by sessions through
//! the same port as the real one. What is planted in a station is planted here.
//!
//! Not here: people (`people`), the network (`world`).

mod plants;

use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use anyhow::Result;
use fengsui_domain::log::dot::Writer;
use fengsui_domain::log::field::Field;
use fengsui_replication::message::{Bye, Hello, PROTOCOL, PROTOCOL_OLDEST};
use fengsui_replication::port::{Applied, Note, Peer, Replica, ReplicaError, View, Want};
use fengsui_replication::preview::{Preview, Thing};
use fengsui_replication::run::{Refusal, Run};
use fengsui_replication::summary::{Head, Summary};
use fengsui_store::exchange::Pace;
use fengsui_store::log::{FOLD_VERSION, Log, Received};
use fengsui_store::{
    Connection, StationIdentity, StoreError, exchange, incarnation, peer, preview,
};
use fengsui_testkit::crash_vfs::{Counts, CutMode, Dice};

use super::disk::Disk;
use super::plant::Plant;

/// Entries in one transaction of a merge, at most.
const PART_MAX: u64 = 48;

/// Where a station was when its disk gave up.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Stage {
    /// While an act was made.
    Act,
    /// While it was committed.
    Commit,
    /// While entries of a peer were stored.
    Merge,
    /// While a peer's rows were put into the tables.
    Preview,
}

/// What a station noticed.
#[derive(Debug, Clone, Default)]
pub struct Noticed {
    /// Same entries, other tables.
    pub digest_differs: u32,
    /// Two histories of one writer.
    pub forked: u32,
    /// Runs that were not signed by their station.
    pub forged: u32,
    /// Entries kept aside because another stands under their dot.
    pub forks: u32,
    /// Entries that had to wait for others.
    pub waited: u64,
    /// Went on as a new incarnation because a peer knew more of its log.
    pub began_by_peer: u32,
    /// As above, though nothing had been put back.
    pub began_without_cause: u32,
    /// Both have the same.
    pub equal: u32,
    /// A peer's rows were shown, for the first time or anew.
    pub shown: u32,
}

/// What became of an act.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Acted<T> {
    /// What the job answered.
    pub value: T,
    /// The person was told that it is saved.
    pub acknowledged: bool,
}

/// What lies beside the database, and is neither backed up nor lost with it.
pub type Witness = Vec<(Writer, Head)>;

pub(super) struct Inner {
    disk: Disk,
    conn: Option<Connection>,
    now_ms: i64,
    pub(super) witness: Option<Witness>,
    stage: Option<Stage>,
    has_failed: bool,
    may_begin: bool,
    version: u64,
    view: Option<View>,
    known: Option<Vec<Peer>>,
    adopted: Summary,
    dice: Dice,
    chunk: usize,
    noticed: Noticed,
}

/// A station.
pub struct Node {
    /// Who it is.
    pub identity: StationIdentity,
    /// Its seed.
    pub seed: [u8; 32],
    /// Its program is older: another fold.
    pub is_old: bool,
    boot: u64,
    plant: Option<Plant>,
    inner: Mutex<Inner>,
}

fn down() -> ReplicaError {
    ReplicaError("the station is down".to_owned())
}

impl Node {
    /// A station with this disk; it has not started yet.
    #[must_use]
    pub fn new(
        identity: StationIdentity,
        seed: [u8; 32],
        disk: Disk,
        plant: Option<Plant>,
        dice: Dice,
    ) -> Node {
        Node {
            identity,
            seed,
            is_old: false,
            boot: u64::from(seed[0]),
            plant,
            inner: Mutex::new(Inner {
                disk,
                conn: None,
                now_ms: 0,
                witness: None,
                stage: None,
                has_failed: false,
                may_begin: false,
                version: 1,
                view: None,
                known: None,
                adopted: Summary::default(),
                dice,
                chunk: usize::MAX,
                noticed: Noticed::default(),
            }),
        }
    }

    pub(super) fn lock(&self) -> MutexGuard<'_, Inner> {
        self.inner.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Its number.
    #[must_use]
    pub fn number(&self) -> u16 {
        self.identity.number
    }

    /// Sets its wall clock, ms.
    pub fn set_clock(&self, now_ms: i64) {
        self.lock().now_ms = now_ms;
    }

    /// Bytes it says in one message.
    pub fn set_chunk(&self, bytes: usize) {
        self.lock().chunk = bytes;
    }

    /// It runs.
    #[must_use]
    pub fn is_up(&self) -> bool {
        let inner = self.lock();
        inner.conn.is_some() && !inner.has_failed
    }

    /// Its disk gave up, and where.
    #[must_use]
    pub fn has_failed(&self) -> bool {
        self.lock().has_failed
    }

    /// Counts on whenever its log moved.
    #[must_use]
    pub fn version(&self) -> u64 {
        self.lock().version
    }

    /// What it noticed so far.
    #[must_use]
    pub fn noticed(&self) -> Noticed {
        self.lock().noticed.clone()
    }

    /// Lets its disk give up at the `nth` write from now.
    pub fn arm(&self, nth: u64) {
        self.lock().disk.fail_from(nth);
    }

    /// Takes that back.
    pub fn disarm(&self) {
        self.lock().disk.heal();
    }

    /// First start of a fresh file.
    ///
    /// # Errors
    /// Any of the store.
    pub fn found(&self, county: &[u8], trusted: &[(u16, [u8; 32])]) -> Result<()> {
        let mut inner = self.lock();
        inner.conn = Some(inner.disk.open()?);
        let number = self.number();
        inner.begin(self, "first")?;
        let conn = inner.conn.as_ref().ok_or_else(down)?;
        peer::set_county_id(conn, county)?;
        let others: Vec<_> = trusted
            .iter()
            .filter(|(n, _)| *n != number)
            .copied()
            .collect();
        peer::trust(conn, &others)?;
        Ok(())
    }

    /// Its public key.
    ///
    /// # Errors
    /// Any of the store.
    pub fn public_key(&self) -> Result<[u8; 32]> {
        let inner = self.lock();
        let conn = inner.conn.as_ref().ok_or_else(down)?;
        peer::key_of(conn, self.number())?.ok_or_else(|| anyhow::anyhow!("no key"))
    }

    /// The power goes. Answers what happened to what was not synced, and where the station was.
    ///
    /// # Errors
    /// What the system says.
    pub fn power_cut(&self, mode: CutMode, seed: u64) -> Result<(Counts, Option<Stage>)> {
        let mut inner = self.lock();
        let stage = inner.stage.take();
        let conn = inner.conn.take();
        let counts = inner.disk.cut(conn, mode, seed)?;
        inner.forget();
        inner.has_failed = false;
        Ok((counts, stage))
    }

    /// The disk is put back as it was in `bytes`, with this witness beside it.
    ///
    /// # Errors
    /// What the system says.
    pub fn put_back(&self, bytes: &[u8], witness: Option<Witness>, may_begin: bool) -> Result<()> {
        let mut inner = self.lock();
        let conn = inner.conn.take();
        inner.disk.put_back(conn, bytes)?;
        inner.forget();
        inner.has_failed = false;
        inner.witness = witness;
        inner.may_begin = may_begin;
        Ok(())
    }

    /// A consistent copy and the witness of now.
    ///
    /// # Errors
    /// What SQLite says.
    pub fn copy(&self) -> Result<(Vec<u8>, Option<Witness>)> {
        let mut inner = self.lock();
        inner.settle()?;
        let conn = inner.conn.as_ref().ok_or_else(down)?;
        Ok((inner.disk.copy(conn)?, inner.witness.clone()))
    }

    /// Starts again. Answers whether it goes on as a new incarnation.
    ///
    /// # Errors
    /// Any of the store.
    pub fn start(&self) -> Result<bool> {
        let mut inner = self.lock();
        inner.disk.heal();
        inner.conn = Some(inner.disk.open()?);
        inner.forget();
        let conn = inner.conn.as_ref().ok_or_else(down)?;
        let why = match &inner.witness {
            None => Some("unknown"),
            Some(heads) => {
                let mut is_behind = false;
                for (writer, head) in heads {
                    is_behind |= !exchange::has_head(conn, *writer, *head)?;
                }
                is_behind.then_some("behind")
            }
        };
        match why {
            Some(why) if self.plant != Some(Plant::SeqReused) => {
                inner.begin(self, why)?;
                Ok(true)
            }
            _ => Ok(false),
        }
    }

    /// Runs a job in one transaction of the log; `Ok(None)` when the job did nothing, `Err` when
    /// the disk gave up (then also `has_failed`).
    ///
    /// # Errors
    /// Any of the store.
    pub fn act<T>(
        &self,
        job: impl FnOnce(&mut Log<'_>) -> Result<Option<T>, StoreError>,
    ) -> Result<Option<Acted<T>>, StoreError> {
        let mut inner = self.lock();
        inner.settle()?;
        inner.stage = Some(Stage::Act);
        let value = match inner.transact(self.plant, job)? {
            Some(value) => value,
            None => return Ok(None),
        };
        let acknowledged = match self.plant {
            Some(Plant::SentBeforeCommit) => false,
            Some(Plant::AcknowledgedEarly) => true,
            _ => {
                inner.stage = Some(Stage::Commit);
                inner.settle()?;
                true
            }
        };
        inner.stage = None;
        Ok(Some(Acted {
            value,
            acknowledged,
        }))
    }

    /// The heads of its log, whatever it would tell a peer.
    ///
    /// # Errors
    /// Any of the store; that the station is down.
    pub fn heads(&self) -> Result<Summary> {
        self.read_with(|conn| Ok(exchange::view(conn)?.summary))
    }

    /// Its tables show a peer's rows.
    ///
    /// # Errors
    /// Any of the store; that the station is down.
    pub fn is_shown(&self) -> Result<bool> {
        self.read_with(|conn| Ok(preview::left(conn)? > 0))
    }

    /// Commits what a planted fault left open.
    ///
    /// # Errors
    /// Any of the store.
    pub fn settle(&self) -> Result<(), StoreError> {
        self.lock().settle()
    }

    /// Reads.
    ///
    /// # Errors
    /// Those of the closure; that the station is down.
    pub fn read_with<T>(&self, look: impl FnOnce(&Connection) -> Result<T>) -> Result<T> {
        let inner = self.lock();
        look(inner.conn.as_ref().ok_or_else(down)?)
    }

    /// Takes what a peer says it has for what is here (planted).
    pub fn adopt(&self, theirs: &Summary) {
        if self.plant == Some(Plant::SummaryAdopted) {
            let mut inner = self.lock();
            for (writer, head) in theirs.iter() {
                if head.seq > inner.adopted.seq(writer) {
                    inner.adopted.note(writer, head);
                }
            }
            inner.view = None;
        }
    }

    /// Whether this station knows that station `number` was revoked.
    ///
    /// # Errors
    /// Any of the store.
    pub fn knows_revoked(&self, number: u16) -> Result<bool, ReplicaError> {
        Ok(self
            .peers()?
            .iter()
            .any(|p| p.number == number && p.is_revoked))
    }
}

/// What another incarnation is drawn by: as good as chance, and the same for the same seed.
fn drawn(now_ms: i64, number: u16) -> u16 {
    let hash = blake3::hash(format!("{now_ms} {number}").as_bytes());
    let bytes = hash.as_bytes();
    u16::from_le_bytes([bytes[0], bytes[1]])
}

impl Inner {
    fn forget(&mut self) {
        self.view = None;
        self.known = None;
        self.version += 1;
        self.stage = None;
        self.adopted = Summary::default();
    }

    fn begin(&mut self, node: &Node, why: &'static str) -> Result<(), StoreError> {
        let (identity, seed) = (node.identity.clone(), node.seed);
        let number = identity.number;
        let conn = self.conn.as_ref().ok_or_else(|| lost("down"))?;
        conn.execute_batch("BEGIN IMMEDIATE")?;
        incarnation::note(
            conn,
            &[u8::try_from(number).unwrap_or(0); 16],
            number,
            &seed,
            drawn(self.now_ms, number),
        )?;
        let mut log = Log::begin(conn, self.now_ms)?;
        incarnation::begin(&mut log, &identity, why)?;
        log.finish()?;
        conn.execute_batch("COMMIT")?;
        self.moved()
    }

    /// Runs a job in a transaction that stays open.
    fn transact<T>(
        &mut self,
        plant: Option<Plant>,
        job: impl FnOnce(&mut Log<'_>) -> Result<Option<T>, StoreError>,
    ) -> Result<Option<T>, StoreError> {
        let now_ms = self.now_ms;
        let conn = self.conn.as_ref().ok_or_else(|| lost("down"))?;
        let run = || {
            conn.execute_batch("BEGIN IMMEDIATE")?;
            let mut log = Log::begin(conn, now_ms)?;
            let value = job(&mut log)?;
            if value.is_some() {
                log.finish()?;
                if plant == Some(Plant::NewestWins) {
                    plants::keep_newest(conn)?;
                }
            } else {
                drop(log);
                conn.execute_batch("ROLLBACK")?;
            }
            Ok(value)
        };
        let result = run();
        if result.is_err() {
            self.has_failed = true;
        }
        self.view = None;
        result
    }

    /// Commits what is open.
    fn settle(&mut self) -> Result<(), StoreError> {
        let Some(conn) = &self.conn else {
            return Ok(());
        };
        if conn.is_autocommit() {
            return Ok(());
        }
        if let Err(error) = conn.execute_batch("COMMIT") {
            self.has_failed = true;
            return Err(error.into());
        }
        self.moved()
    }

    /// After a commit: the witness is told, caches are stale.
    fn moved(&mut self) -> Result<(), StoreError> {
        self.version += 1;
        self.known = None;
        let conn = self.conn.as_ref().ok_or_else(|| lost("down"))?;
        let view = exchange::view(conn)?;
        let (station, incarnation) = fengsui_store::read::own_writer(conn)?;
        let own = |w: &Writer| w.station == station && w.incarnation == incarnation;
        let heads = view.summary.iter().filter(|(writer, _)| own(writer));
        self.witness = Some(heads.collect());
        self.view = None;
        Ok(())
    }

    fn merge(&mut self, plant: Option<Plant>, runs: &[Run]) -> Result<Applied, StoreError> {
        self.settle()?;
        self.stage = Some(Stage::Merge);
        let mut applied = Applied::default();
        let conn = self.conn.as_ref().ok_or_else(|| lost("down"))?;
        let mut ready = exchange::ready(conn, runs)?;
        if plant == Some(Plant::Unchecked) {
            ready.refused.clear();
            let part = self.transact(plant, |log| plants::take_all(log, runs).map(Some))?;
            applied.add(&part.unwrap_or_default());
            self.settle()?;
        }
        let mut rest = std::mem::take(&mut ready.part);
        while plant != Some(Plant::Unchecked) && !rest.is_done() {
            let count = usize::try_from(1 + self.dice.below(PART_MAX)).unwrap_or(1);
            let pace = |stored| match stored {
                _ if stored == count => Pace::End,
                _ if stored == count / 2 => Pace::Write,
                _ => Pace::On,
            };
            let done = self.transact(plant, |log| exchange::store(log, &rest, pace).map(Some))?;
            self.settle()?;
            applied.add(&done.unwrap_or_default().0);
            rest = rest.after(count);
        }
        let conn = self.conn.as_ref().ok_or_else(|| lost("down"))?;
        applied.heads = exchange::heads_of(conn, &ready.writers)?;
        applied.refused = ready.refused;
        self.stage = None;
        Ok(applied)
    }
}

fn lost(detail: &str) -> StoreError {
    StoreError::Io {
        code: None,
        detail: detail.to_owned(),
    }
}

fn fault(error: StoreError) -> ReplicaError {
    ReplicaError(error.to_string())
}

impl Replica for Node {
    fn county(&self) -> Result<Vec<u8>, ReplicaError> {
        // One county in every world of the simulation.
        Ok(b"sim".to_vec())
    }

    fn now_ms(&self) -> i64 {
        self.lock().now_ms
    }

    fn hello(&self) -> Result<Hello, ReplicaError> {
        let own = self.number();
        let peers = self.peers()?;
        let is_trusted = peers.iter().any(|p| p.number == own && p.is_trusted);
        let inner = self.lock();
        let conn = inner.conn.as_ref().ok_or_else(down)?;
        let (_, incarnation) = fengsui_store::read::own_writer(conn).map_err(fault)?;
        let fold = u16::try_from(FOLD_VERSION).unwrap_or(0);
        Ok(Hello {
            protocol: (PROTOCOL_OLDEST, PROTOCOL),
            station: own,
            incarnation,
            boot: self.boot,
            world: "real".to_owned(),
            fold: if self.is_old { fold - 1 } else { fold },
            is_trusted: is_trusted || self.plant == Some(Plant::AudienceIgnored),
            now_ms: inner.now_ms,
            program: "sim".to_owned(),
            summary: 0,
            state: 0,
        })
    }

    fn seed(&self) -> Result<[u8; 32], ReplicaError> {
        Ok(self.seed)
    }

    fn peers(&self) -> Result<Vec<Peer>, ReplicaError> {
        let mut inner = self.lock();
        if let Some(known) = &inner.known {
            return Ok(known.clone());
        }
        let conn = inner.conn.as_ref().ok_or_else(down)?;
        let mut peers = Vec::new();
        for record in peer::stations(conn).map_err(fault)? {
            let Some(key) = record.key else { continue };
            let audience = record.regs.int(Field::StationAudience).unwrap_or(0);
            peers.push(Peer {
                number: record.number,
                key,
                is_revoked: record.revoked_at_ms > 0,
                is_trusted: audience != 0 || self.plant == Some(Plant::AudienceIgnored),
                addresses: Vec::new(),
            });
        }
        for (number, key) in peer::trusted(conn).map_err(fault)? {
            if peers.iter().all(|known| known.number != number) {
                peers.push(Peer {
                    number,
                    key,
                    is_revoked: false,
                    is_trusted: false,
                    addresses: Vec::new(),
                });
            }
        }
        inner.known = Some(peers.clone());
        Ok(peers)
    }

    fn view(&self) -> Result<View, ReplicaError> {
        let mut inner = self.lock();
        if self.plant == Some(Plant::AcknowledgedEarly) {
            inner.settle().map_err(fault)?;
        }
        if let Some(view) = &inner.view {
            return Ok(view.clone());
        }
        let conn = inner.conn.as_ref().ok_or_else(down)?;
        let mut view = exchange::view(conn).map_err(fault)?;
        for (writer, head) in inner.adopted.iter() {
            if head.seq > view.summary.seq(writer) {
                view.summary.note(writer, head);
            }
        }
        inner.view = Some(view.clone());
        Ok(view)
    }

    fn read(&self, want: &Want) -> Result<Vec<Run>, ReplicaError> {
        let inner = self.lock();
        let conn = inner.conn.as_ref().ok_or_else(down)?;
        let want = Want {
            after: want.after.clone(),
            bytes: want.bytes.min(inner.chunk),
            by_arrival: want.by_arrival,
        };
        exchange::runs(conn, &want).map_err(fault)
    }

    fn apply(&self, _: u16, runs: &[Run]) -> Result<Applied, ReplicaError> {
        let mut inner = self.lock();
        let applied = inner.merge(self.plant, runs).map_err(fault)?;
        inner.noticed.waited += applied.waiting;
        inner.noticed.forks += u32::try_from(applied.forks).unwrap_or(u32::MAX);
        Ok(applied)
    }

    fn preview(&self, before: &[Thing], is_trusted: bool) -> Result<Preview, ReplicaError> {
        let mut inner = self.lock();
        inner.settle().map_err(fault)?;
        let conn = inner.conn.as_ref().ok_or_else(down)?;
        preview::make(conn, before, is_trusted).map_err(fault)
    }

    fn shown(&self) -> Result<Vec<Thing>, ReplicaError> {
        let inner = self.lock();
        let conn = inner.conn.as_ref().ok_or_else(down)?;
        preview::things(conn).map_err(fault)
    }

    fn take_preview(&self, peer: u16, told: &Preview) -> Result<(), ReplicaError> {
        let mut inner = self.lock();
        inner.settle().map_err(fault)?;
        inner.stage = Some(Stage::Preview);
        for show in [preview::take_back, preview::show] {
            let done = inner.transact(self.plant, |log| Ok(show(log, peer, told)?.then_some(())));
            inner.noticed.shown += u32::from(done.map_err(fault)?.is_some());
            inner.settle().map_err(fault)?;
        }
        inner.stage = None;
        Ok(())
    }

    fn evidence(&self, runs: &[Run]) -> Result<u64, ReplicaError> {
        let mut inner = self.lock();
        inner.settle().map_err(fault)?;
        let kept = inner.transact(None, |log| {
            let mut forks = 0;
            for bytes in runs.iter().flat_map(|run| &run.entries) {
                forks += u64::from(log.witness(bytes)? == Received::Fork);
            }
            Ok(Some(forks))
        });
        let kept = kept.map_err(fault)?.unwrap_or(0);
        inner.settle().map_err(fault)?;
        inner.noticed.forks += u32::try_from(kept).unwrap_or(u32::MAX);
        Ok(kept)
    }

    fn begin_again(&self, writer: Writer, head: Head) -> Result<bool, ReplicaError> {
        let mut inner = self.lock();
        inner.settle().map_err(fault)?;
        let conn = inner.conn.as_ref().ok_or_else(down)?;
        let is_behind = exchange::is_behind(conn, writer, head).map_err(fault)?;
        let is_blind = matches!(self.plant, Some(Plant::SeqReused | Plant::CloneUnnoticed));
        if !is_behind || is_blind {
            return Ok(false);
        }
        if let Err(error) = inner.begin(self, "peer") {
            inner.has_failed = true;
            return Err(fault(error));
        }
        inner.noticed.began_by_peer += 1;
        if !std::mem::take(&mut inner.may_begin) {
            inner.noticed.began_without_cause += 1;
        }
        Ok(true)
    }

    fn complete(&self) -> Result<Vec<(u16, i64)>, ReplicaError> {
        Ok(vec![(self.number(), self.lock().now_ms)])
    }

    fn gossip(&self, _: i64) -> Result<Vec<u8>, ReplicaError> {
        Ok(Vec::new())
    }

    fn hear_gossip(&self, _: &[u8]) {}

    fn note(&self, _: u16, note: &Note) {
        let noticed = &mut self.lock().noticed;
        match note {
            Note::Equal => noticed.equal += 1,
            Note::DigestDiffers => noticed.digest_differs += 1,
            Note::Forked(_) => noticed.forked += 1,
            Note::Refused(Refusal::Forged) => noticed.forged += 1,
            _ => {}
        }
    }

    fn opened(&self, _: u16, _: &str) {}

    fn sent(&self, _: u16, _: u64) {}

    fn closed(&self, _: u16, _: Bye) {}

    fn stranger(&self, _: &str, _: &[u8; 32]) {}

    fn invitation(&self, _: u16) -> Result<Option<[u8; 32]>, ReplicaError> {
        Ok(None)
    }

    fn admit(&self, _: u16, _: &[u8; 32]) -> Result<(), ReplicaError> {
        Err(ReplicaError("nobody is invited".to_owned()))
    }

    fn believe(&self, _: &[(u16, [u8; 32])]) -> Result<(), ReplicaError> {
        Ok(())
    }

    fn listen(&self, _: Arc<dyn Fn() + Send + Sync>) {}
}
