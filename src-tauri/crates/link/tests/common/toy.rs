//! Stations that hold bytes and nothing else, for tests of links over real sockets.
#![allow(dead_code, reason = "not every test needs all of it")]

use std::collections::{BTreeMap, BTreeSet};
use std::net::{Ipv4Addr, SocketAddr};
use std::sync::atomic::{AtomicBool, AtomicU64, Ordering};
use std::sync::{Arc, Mutex, MutexGuard};
use std::time::{Duration, Instant, SystemTime, UNIX_EPOCH};

use ed25519_dalek::{Signer, SigningKey};
use fengsui_domain::log::chain::{self, ChainHash, head_message};
use fengsui_domain::log::dot::{Dot, Lane, Writer};
use fengsui_link::links::{LinkOptions, Links};
use fengsui_replication::message::{Bye, Hello, PROTOCOL, PROTOCOL_OLDEST};
use fengsui_replication::port::{Applied, Note, Peer, Replica, ReplicaError, View, Want};
use fengsui_replication::run::{Refusal, Run};
use fengsui_replication::summary::{Head, Summary};

pub(crate) const COUNTY: &[u8] = b"some county";

pub(crate) fn seed(number: u16) -> [u8; 32] {
    *blake3::hash(&number.to_le_bytes()).as_bytes()
}

pub(crate) fn key(number: u16) -> [u8; 32] {
    SigningKey::from_bytes(&seed(number))
        .verifying_key()
        .to_bytes()
}

pub(crate) fn writer(station: u16, lane: Lane) -> Writer {
    Writer {
        station,
        incarnation: 1,
        lane,
    }
}

pub(crate) fn peer(number: u16) -> Peer {
    Peer {
        number,
        key: key(number),
        is_revoked: false,
        is_trusted: false,
        addresses: Vec::new(),
    }
}

type Wake = Arc<dyn Fn() + Send + Sync>;

#[derive(Default)]
pub(crate) struct State {
    pub(crate) logs: BTreeMap<Writer, Vec<(Vec<u8>, ChainHash)>>,
    pub(crate) peers: Vec<Peer>,
    pub(crate) notes: Vec<(u16, Note)>,
    pub(crate) opened: Vec<u16>,
    pub(crate) closed: Vec<(u16, Bye)>,
    pub(crate) sent: u64,
    pub(crate) strangers: Vec<[u8; 32]>,
    pub(crate) invitations: BTreeMap<u16, [u8; 32]>,
    pub(crate) believed: Vec<(u16, [u8; 32])>,
    pub(crate) gossip: BTreeSet<u8>,
    /// When each entry came in, by its bytes.
    pub(crate) arrived: BTreeMap<Vec<u8>, Instant>,
}

pub(crate) struct Toy {
    pub(crate) number: u16,
    pub(crate) boot: u64,
    pub(crate) county: Vec<u8>,
    /// How long taking a message takes, ms.
    pub(crate) slow_ms: AtomicU64,
    pub(crate) trusted: AtomicBool,
    /// Reading fails.
    pub(crate) fails: AtomicBool,
    pub(crate) state: Mutex<State>,
    wakes: Mutex<Vec<Wake>>,
}

impl Toy {
    pub(crate) fn new(number: u16, known: &[u16]) -> Arc<Toy> {
        Toy::of_boot(number, known, u64::from(number))
    }

    pub(crate) fn of_boot(number: u16, known: &[u16], boot: u64) -> Arc<Toy> {
        Arc::new(Toy::made(number, known, boot, COUNTY))
    }

    pub(crate) fn of_county(number: u16, county: &[u8]) -> Arc<Toy> {
        Arc::new(Toy::made(number, &[], 1, county))
    }

    fn made(number: u16, known: &[u16], boot: u64, county: &[u8]) -> Toy {
        Toy {
            number,
            boot,
            county: county.to_vec(),
            slow_ms: AtomicU64::new(0),
            trusted: AtomicBool::new(false),
            fails: AtomicBool::new(false),
            state: Mutex::new(State {
                peers: known.iter().map(|number| peer(*number)).collect(),
                ..State::default()
            }),
            wakes: Mutex::default(),
        }
    }

    pub(crate) fn state(&self) -> MutexGuard<'_, State> {
        self.state.lock().unwrap()
    }

    fn wake(&self) {
        let wakes = self.wakes.lock().unwrap().clone();
        wakes.iter().for_each(|wake| wake());
    }

    pub(crate) fn write(&self, lane: Lane, word: &str) {
        push(
            &mut self.state().logs,
            writer(self.number, lane),
            word.as_bytes(),
        );
        self.wake();
    }

    pub(crate) fn write_many(&self, lane: Lane, count: usize, bytes: usize) {
        {
            let mut state = self.state();
            for at in 0..count {
                let entry = format!("{} {at:0bytes$}", self.number).into_bytes();
                push(&mut state.logs, writer(self.number, lane), &entry);
            }
        }
        self.wake();
    }

    /// Entries that do not compress.
    pub(crate) fn write_noise(&self, lane: Lane, count: u64, bytes: usize) {
        {
            let mut state = self.state();
            for at in 0..count {
                let mut entry = vec![0; bytes];
                let mut noise = blake3::Hasher::new();
                noise.update(&at.to_le_bytes());
                noise.finalize_xof().fill(&mut entry);
                push(&mut state.logs, writer(self.number, lane), &entry);
            }
        }
        self.wake();
    }

    pub(crate) fn change_peers(&self, change: impl FnOnce(&mut Vec<Peer>)) {
        change(&mut self.state().peers);
        self.wake();
    }

    pub(crate) fn entries(&self) -> u64 {
        self.view().unwrap().summary.entries()
    }

    pub(crate) fn has(&self, count: u64) -> bool {
        self.entries() == count
    }
}

fn push(logs: &mut BTreeMap<Writer, Vec<(Vec<u8>, ChainHash)>>, writer: Writer, bytes: &[u8]) {
    let log = logs.entry(writer).or_default();
    let before = log.last().map_or(chain::GENESIS, |(_, hash)| *hash);
    log.push((bytes.to_vec(), chain::next(&before, bytes)));
}

impl Replica for Toy {
    fn now_ms(&self) -> i64 {
        let since = SystemTime::now().duration_since(UNIX_EPOCH).unwrap();
        i64::try_from(since.as_millis()).unwrap()
    }

    fn hello(&self) -> Result<Hello, ReplicaError> {
        Ok(Hello {
            protocol: (PROTOCOL_OLDEST, PROTOCOL),
            station: self.number,
            incarnation: 1,
            boot: self.boot,
            world: "real".into(),
            fold: 1,
            is_trusted: self.trusted.load(Ordering::Relaxed),
            now_ms: 0,
            program: "toy".into(),
            summary: 0,
            state: 0,
        })
    }

    fn seed(&self) -> Result<[u8; 32], ReplicaError> {
        Ok(seed(self.number))
    }

    fn county(&self) -> Result<Vec<u8>, ReplicaError> {
        Ok(self.county.clone())
    }

    fn peers(&self) -> Result<Vec<Peer>, ReplicaError> {
        Ok(self.state().peers.clone())
    }

    fn view(&self) -> Result<View, ReplicaError> {
        let mut summary = Summary::default();
        for (writer, log) in &self.state().logs {
            if let Some((_, hash)) = log.last() {
                summary.note(*writer, Head::new(log.len() as u64, hash));
            }
        }
        let digest = u128::from(summary.digest());
        Ok(View {
            summary,
            digest,
            is_shown: false,
        })
    }

    fn read(&self, want: &Want) -> Result<Vec<Run>, ReplicaError> {
        if self.fails.load(Ordering::Relaxed) {
            return Err(ReplicaError("no disk".into()));
        }
        let state = self.state();
        let mut runs = Vec::new();
        let mut left = want.bytes;
        for (writer, after) in &want.after {
            let Some(log) = state.logs.get(writer) else {
                continue;
            };
            let start = usize::try_from(*after).unwrap();
            if left == 0 || start >= log.len() {
                continue;
            }
            let before = match start {
                0 => chain::GENESIS,
                n => log[n - 1].1,
            };
            let mut entries = Vec::new();
            let mut hash = before;
            for (bytes, after) in &log[start..] {
                entries.push(bytes.clone());
                hash = *after;
                left = left.saturating_sub(bytes.len());
                if left == 0 {
                    break;
                }
            }
            let mut run = Run {
                writer: *writer,
                first: after + 1,
                before,
                entries,
                signature: [0; 64],
            };
            let head = Dot {
                writer: *writer,
                seq: run.last(),
            };
            let station = SigningKey::from_bytes(&seed(writer.station));
            run.signature = station.sign(&head_message(head, &hash)).to_bytes();
            runs.push(run);
        }
        Ok(runs)
    }

    fn apply(&self, _peer: u16, runs: &[Run]) -> Result<Applied, ReplicaError> {
        let slow_ms = self.slow_ms.load(Ordering::Relaxed);
        if slow_ms > 0 {
            std::thread::sleep(Duration::from_millis(slow_ms));
        }
        let mut applied = Applied::default();
        {
            let mut state = self.state();
            for run in runs {
                apply_run(&mut state, run, &mut applied);
            }
        }
        if applied.received > 0 {
            self.wake();
        }
        Ok(applied)
    }

    fn evidence(&self, runs: &[Run]) -> Result<u64, ReplicaError> {
        Ok(runs.len() as u64)
    }

    fn begin_again(&self, _writer: Writer, _head: Head) -> Result<bool, ReplicaError> {
        Ok(false)
    }

    fn complete(&self) -> Result<Vec<(u16, i64)>, ReplicaError> {
        Ok(vec![(self.number, self.now_ms())])
    }

    fn gossip(&self, _since_ms: i64) -> Result<Vec<u8>, ReplicaError> {
        Ok(self.state().gossip.iter().copied().collect())
    }

    fn hear_gossip(&self, bytes: &[u8]) {
        self.state().gossip.extend(bytes);
    }

    fn note(&self, peer: u16, note: &Note) {
        self.state().notes.push((peer, note.clone()));
    }

    fn opened(&self, peer: u16, _bearer: &str) {
        self.state().opened.push(peer);
    }

    fn sent(&self, _peer: u16, entries: u64) {
        self.state().sent += entries;
    }

    fn closed(&self, peer: u16, bye: Bye) {
        self.state().closed.push((peer, bye));
    }

    fn stranger(&self, _address: &str, key: &[u8; 32]) {
        self.state().strangers.push(*key);
    }

    fn invitation(&self, number: u16) -> Result<Option<[u8; 32]>, ReplicaError> {
        Ok(self.state().invitations.get(&number).copied())
    }

    fn admit(&self, number: u16, key: &[u8; 32]) -> Result<(), ReplicaError> {
        let mut state = self.state();
        state
            .invitations
            .remove(&number)
            .ok_or_else(|| ReplicaError("no such invitation".into()))?;
        state.peers.push(Peer {
            key: *key,
            ..peer(number)
        });
        Ok(())
    }

    fn believe(&self, keys: &[(u16, [u8; 32])]) -> Result<(), ReplicaError> {
        let mut state = self.state();
        state.believed = keys.to_vec();
        if state.peers.is_empty() {
            state.peers = keys
                .iter()
                .map(|(number, key)| Peer {
                    key: *key,
                    ..peer(*number)
                })
                .collect();
        }
        Ok(())
    }

    fn listen(&self, wake: Wake) {
        self.wakes.lock().unwrap().push(wake);
    }
}

fn apply_run(state: &mut State, run: &Run, applied: &mut Applied) {
    let station = run.writer.station;
    let known = state.peers.iter().find(|peer| peer.number == station);
    let known = known.map(|peer| peer.key);
    let log = state.logs.entry(run.writer).or_default();
    let seq = log.len() as u64;
    let hash = log.last().map_or(chain::GENESIS, |(_, hash)| *hash);
    let checked = known
        .ok_or(Refusal::UnknownStation)
        .and_then(|key| run.check(seq, &hash, &key));
    match checked {
        Err(refusal) => applied.refused.push((run.writer, refusal)),
        Ok(_) => {
            let skip = usize::try_from((seq + 1).saturating_sub(run.first)).unwrap();
            for bytes in run.entries.iter().skip(skip) {
                push(&mut state.logs, run.writer, bytes);
                state
                    .arrived
                    .entry(bytes.clone())
                    .or_insert_with(Instant::now);
                applied.received += 1;
            }
        }
    }
    let log = &state.logs[&run.writer];
    let head = log.last().map_or(
        Head {
            seq: 0,
            hash: [0; 8],
        },
        |(_, hash)| Head::new(log.len() as u64, hash),
    );
    applied.heads.push((run.writer, head));
}

pub(crate) fn listen() -> LinkOptions {
    LinkOptions {
        listen: Some(SocketAddr::from((Ipv4Addr::LOCALHOST, 0))),
        ..LinkOptions::default()
    }
}

pub(crate) fn dial(address: impl ToString) -> LinkOptions {
    LinkOptions {
        peers: vec![address.to_string()],
        ..LinkOptions::default()
    }
}

pub(crate) fn start(toy: &Arc<Toy>, options: LinkOptions) -> Links {
    Links::start(Arc::clone(toy) as Arc<dyn Replica>, options).unwrap()
}

pub(crate) fn address(links: &Links) -> SocketAddr {
    links.listening().unwrap()
}

/// Waits for a condition; says what it was when it does not come.
#[track_caller]
pub(crate) fn until(what: &str, is_so: impl Fn() -> bool) {
    let deadline = Instant::now() + Duration::from_secs(40);
    while !is_so() {
        assert!(Instant::now() < deadline, "never: {what}");
        std::thread::sleep(Duration::from_millis(2));
    }
}
