//! The ether of the tests, and logs in memory at its ends.

use std::collections::{BTreeMap, VecDeque};

use ed25519_dalek::{Signer, SigningKey};
use fengsui_domain::log::chain::{self, ChainHash, GENESIS, head_message};
use fengsui_domain::log::dot::{Dot, Lane, Writer};
use fengsui_domain::log::entry::{Entry, Target, Value, Write};
use fengsui_domain::log::hlc::Hlc;

use super::super::{Narrow, Step, Us};
use crate::port::{Applied, Note, Peer, Place, View, Want};
use crate::run::Run;
use crate::session::Now;
use crate::summary::{Head, Summary};

/// How far time goes in one step, ms.
const STEP_MS: i64 = 10;
const BASE_MS: i64 = 1_790_000_000_000;

pub(super) fn ms_of(ms: i64) -> f64 {
    ms as f64 / 1e3
}

/// A log in memory.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub(super) struct Log {
    logs: BTreeMap<Writer, Vec<(Vec<u8>, ChainHash)>>,
    signs: BTreeMap<Dot, [u8; 64]>,
}

impl Log {
    pub(super) fn seq(&self, writer: Writer) -> u64 {
        self.logs.get(&writer).map_or(0, |log| log.len() as u64)
    }

    fn hash(&self, writer: Writer, seq: u64) -> ChainHash {
        let at = usize::try_from(seq).unwrap();
        let log = self.logs.get(&writer);
        at.checked_sub(1).map_or(GENESIS, |at| log.unwrap()[at].1)
    }

    fn push(&mut self, writer: Writer, bytes: Vec<u8>) {
        let before = self.hash(writer, self.seq(writer));
        let hash = chain::next(&before, &bytes);
        self.logs.entry(writer).or_default().push((bytes, hash));
    }

    fn view(&self) -> View {
        let mut summary = Summary::default();
        for (writer, log) in &self.logs {
            let hash = &log.last().unwrap().1;
            summary.note(*writer, Head::new(log.len() as u64, hash));
        }
        View {
            summary,
            digest: 0,
            is_shown: false,
        }
    }

    fn read(&self, want: &Want) -> Vec<Run> {
        let mut runs = Vec::new();
        let mut left = want.bytes;
        for (writer, after) in &want.after {
            let signed = self.signs.iter().filter(|(dot, _)| dot.writer == *writer);
            let log = &self.logs[writer][usize::try_from(*after).unwrap()..];
            let mut end = None;
            let mut bytes = 0;
            for (dot, signature) in signed.filter(|(dot, _)| dot.seq > *after) {
                let count = usize::try_from(dot.seq - after).unwrap();
                end = Some((count, *signature));
                bytes = log[..count].iter().map(|(bytes, _)| bytes.len()).sum();
                if bytes >= left {
                    break;
                }
            }
            if let Some((count, signature)) = end.filter(|_| left > 0) {
                left = left.saturating_sub(bytes);
                runs.push(Run {
                    writer: *writer,
                    first: after + 1,
                    before: self.hash(*writer, *after),
                    entries: log[..count]
                        .iter()
                        .map(|(bytes, _)| bytes.clone())
                        .collect(),
                    signature,
                });
            }
        }
        runs
    }
}

/// One station.
pub(super) struct End {
    pub(super) narrow: Narrow,
    pub(super) log: Log,
    peers: Vec<Peer>,
    /// Bytes under way out of it: (when they come, bytes).
    on_air: VecDeque<(i64, Vec<u8>)>,
    free_ms: i64,
    pub(super) is_disk_stuck: bool,
    pub(super) applying: usize,
    waiting: Vec<(u16, Vec<Run>)>,
    pub(super) is_off: bool,
    /// Positions as they were heard.
    pub(super) places: Vec<Place>,
    starts: u8,
}

/// What befalls frames, percent.
#[derive(Debug, Clone, Copy, Default)]
pub(super) struct Fault {
    pub(super) lost: u64,
    pub(super) doubled: u64,
    pub(super) damaged: u64,
    pub(super) turned: u64,
}

/// Everything.
pub(super) struct Ether {
    pub(super) ends: Vec<End>,
    pub(super) now_ms: i64,
    pub(super) fault: Fault,
    pub(super) notes: Vec<Vec<(u16, Note)>>,
    pub(super) strangers: Vec<u32>,
    pub(super) refused_runs: u32,
    /// Every frame of the first station.
    pub(super) recorded: Vec<Vec<u8>>,
    bits_per_s: i64,
    /// (bytes, ms): so many in each turn.
    slots: Option<(usize, i64)>,
    dice: u64,
}

fn key_of(at: usize) -> SigningKey {
    SigningKey::from_bytes(&[u8::try_from(at).unwrap() + 1; 32])
}

fn number_of(at: usize) -> u16 {
    u16::try_from(at).unwrap() + 1
}

impl Ether {
    pub(super) fn new(count: usize, bits_per_s: u32, seed: u64) -> Ether {
        Ether::with(count, bits_per_s, None, seed)
    }

    /// A pipe that takes so many bytes in each turn and says how fast that is.
    pub(super) fn of_slots(count: usize, bytes: usize, ms: i64) -> Ether {
        let bits_per_s = u32::try_from(bytes as i64 * 8_000 / ms).unwrap();
        Ether::with(count, bits_per_s, Some((bytes, ms)), 0)
    }

    fn with(count: usize, bits_per_s: u32, slots: Option<(usize, i64)>, seed: u64) -> Ether {
        let peers: Vec<Peer> = (0..count)
            .map(|at| Peer {
                number: number_of(at),
                key: key_of(at).verifying_key().to_bytes(),
                is_revoked: false,
                is_trusted: true,
                addresses: Vec::new(),
            })
            .collect();
        let ends = (0..count).map(|at| {
            let log = Log::default();
            End {
                narrow: begin(at, bits_per_s, &log, 0, 0),
                log,
                peers: peers.clone(),
                on_air: VecDeque::new(),
                free_ms: 0,
                is_disk_stuck: false,
                applying: 0,
                waiting: Vec::new(),
                is_off: false,
                places: Vec::new(),
                starts: 0,
            }
        });
        Ether {
            ends: ends.collect(),
            now_ms: 0,
            fault: Fault::default(),
            notes: vec![Vec::new(); count],
            strangers: vec![0; count],
            refused_runs: 0,
            recorded: Vec::new(),
            bits_per_s: i64::from(bits_per_s),
            slots,
            dice: seed.wrapping_mul(0x9E37_79B9_7F4A_7C15) | 1,
        }
    }

    fn roll(&mut self) -> u64 {
        self.dice ^= self.dice << 13;
        self.dice ^= self.dice >> 7;
        self.dice ^= self.dice << 17;
        self.dice >> 11
    }

    fn is_hit(&mut self, percent: u64) -> bool {
        self.roll() % 100 < percent
    }

    fn now(&self) -> Now {
        Now {
            wall_ms: BASE_MS + self.now_ms,
            steady_ms: self.now_ms,
        }
    }

    pub(super) fn writer(&self, at: usize, lane: Lane) -> Writer {
        Writer {
            station: number_of(at),
            incarnation: 1,
            lane,
        }
    }

    fn entry(&self, dot: Dot, kind: u16, text: &str) -> Vec<u8> {
        let at_ms = BASE_MS + self.now_ms;
        let write = |field, value| Write {
            target: Target::Subject,
            field,
            value,
            seen: Vec::new(),
        };
        Entry {
            dot,
            hlc: Hlc::new(at_ms, 0),
            at_ms,
            actor: "pc01".to_owned(),
            post: 2,
            kind,
            subject: dot,
            writes: vec![
                write(303, Value::Text(text.to_owned())),
                write(306, Value::Int(at_ms)),
            ],
            refs: Vec::new(),
        }
        .encode()
    }

    /// Station `at` writes an entry; the entry's dot.
    pub(super) fn write(&mut self, at: usize, lane: Lane, text: &str) -> Dot {
        self.write_as(at, at, lane, text)
    }

    fn write_as(&mut self, at: usize, signer: usize, lane: Lane, text: &str) -> Dot {
        let writer = self.writer(at, lane);
        self.put(signer, writer, &key_of(at), text)
    }

    fn put(&mut self, holder: usize, writer: Writer, key: &SigningKey, text: &str) -> Dot {
        let dot = Dot {
            writer,
            seq: self.ends[holder].log.seq(writer) + 1,
        };
        let bytes = self.entry(dot, 30, text);
        let end = &mut self.ends[holder];
        end.log.push(writer, bytes);
        let hash = end.log.hash(writer, dot.seq);
        let signature = key.sign(&head_message(dot, &hash)).to_bytes();
        end.log.signs.insert(dot, signature);
        let view = end.log.view();
        end.narrow.moved(&view);
        dot
    }

    /// Station `at` has written an entry that was made elsewhere.
    pub(super) fn write_made(&mut self, at: usize, entry: &Entry) {
        let key = key_of(at);
        let end = &mut self.ends[at];
        end.log.push(entry.dot.writer, entry.encode());
        let hash = end.log.hash(entry.dot.writer, entry.dot.seq);
        let signature = key.sign(&head_message(entry.dot, &hash)).to_bytes();
        end.log.signs.insert(entry.dot, signature);
        let view = end.log.view();
        end.narrow.moved(&view);
    }

    pub(super) fn order(&mut self, at: usize, text: &str) -> Dot {
        self.write(at, Lane::Urgent, text)
    }

    /// Station `by` puts into its log what `of` never wrote.
    pub(super) fn forge(&mut self, by: usize, of: usize, text: &str) -> Dot {
        let writer = Writer {
            incarnation: 9,
            ..self.writer(of, Lane::Urgent)
        };
        self.ends[of].is_off = true;
        self.put(by, writer, &key_of(by), text)
    }

    pub(super) fn copy_log(&mut self, from: usize, to: usize) {
        let log = self.ends[from].log.clone();
        self.ends[to].log = log;
        let view = self.ends[to].log.view();
        self.ends[to].narrow.moved(&view);
    }

    pub(super) fn forget_at(&mut self, at: usize, other: usize) {
        let number = number_of(other);
        self.ends[at].peers.retain(|peer| peer.number != number);
        self.restart(at);
    }

    pub(super) fn revoke_at(&mut self, at: usize, other: usize) {
        for peer in &mut self.ends[at].peers {
            peer.is_revoked |= peer.number == number_of(other);
        }
    }

    /// The program at `at` ends and begins anew; its log stays.
    pub(super) fn restart(&mut self, at: usize) {
        let (bits_per_s, now_ms) = (self.bits_per_s, self.now_ms);
        let end = &mut self.ends[at];
        end.starts += 1;
        let bits_per_s = u32::try_from(bits_per_s).unwrap();
        end.narrow = begin(at, bits_per_s, &end.log, end.starts, now_ms);
        end.waiting.clear();
    }

    pub(super) fn has(&self, at: usize, dot: Dot) -> bool {
        self.ends[at].log.seq(dot.writer) >= dot.seq
    }

    /// Station `at` knows that `other` has an entry.
    pub(super) fn knows(&self, at: usize, other: usize, dot: Dot) -> bool {
        let standings = self.ends[at].narrow.standings(self.now());
        let number = number_of(other);
        standings.iter().any(|standing| {
            let lacks = standing.lacks.as_ref();
            let is_lacking = |lacks: &Vec<(Writer, u64)>| {
                lacks
                    .iter()
                    .any(|(w, seq)| *w == dot.writer && *seq < dot.seq)
            };
            standing.station == number && lacks.is_some_and(|lacks| !is_lacking(lacks))
        })
    }

    /// Station `other` has told `at` what it has.
    pub(super) fn is_told(&self, at: usize, other: usize) -> bool {
        let standings = self.ends[at].narrow.standings(self.now());
        let number = number_of(other);
        standings
            .iter()
            .any(|standing| standing.station == number && standing.lacks.is_some())
    }

    /// Station `at` has heard `other` lately.
    pub(super) fn is_there(&self, at: usize, other: usize) -> bool {
        let standings = self.ends[at].narrow.standings(self.now());
        let number = number_of(other);
        standings
            .iter()
            .any(|standing| standing.station == number && standing.is_there)
    }

    pub(super) fn is_equal(&self) -> bool {
        self.ends
            .iter()
            .all(|end| end.log.logs == self.ends[0].log.logs)
    }

    pub(super) fn bytes_of(&self, at: usize) -> u64 {
        self.ends[at].narrow.counted().bytes_out
    }

    pub(super) fn run_for(&mut self, ms: i64) {
        let until = self.now_ms + ms;
        while self.now_ms < until {
            self.step();
        }
    }

    pub(super) fn until(
        &mut self,
        what: &str,
        within_ms: i64,
        is_so: impl Fn(&Ether) -> bool,
    ) -> i64 {
        let limit = self.now_ms + within_ms;
        while !is_so(self) {
            assert!(self.now_ms < limit, "{what}: not within {within_ms} ms");
            self.step();
        }
        self.now_ms
    }

    fn step(&mut self) {
        self.now_ms += STEP_MS;
        let now = self.now();
        for at in 0..self.ends.len() {
            self.deliver(at, now);
        }
        for at in 0..self.ends.len() {
            self.work(at, now);
        }
    }

    fn deliver(&mut self, from: usize, now: Now) {
        while let Some((due_ms, _)) = self.ends[from].on_air.front()
            && *due_ms <= self.now_ms
            && let Some((_, frame)) = self.ends[from].on_air.pop_front()
        {
            for to in (0..self.ends.len()).filter(|to| *to != from) {
                if self.ends[to].is_off || self.is_hit(self.fault.lost) {
                    continue;
                }
                let mut frame = frame.clone();
                if self.is_hit(self.fault.damaged) {
                    let at = usize::try_from(self.roll()).unwrap() % frame.len();
                    frame[at] ^= 1 << (self.roll() % 8);
                }
                let times = if self.is_hit(self.fault.doubled) {
                    2
                } else {
                    1
                };
                for _ in 0..times {
                    self.hear(to, &frame, now);
                }
            }
        }
    }

    pub(super) fn hear_again(&mut self, to: usize, frame: &[u8]) -> Vec<Step> {
        let now = self.now();
        self.ends[to].narrow.heard(frame, now)
    }

    fn hear(&mut self, to: usize, bytes: &[u8], now: Now) {
        let steps = self.ends[to].narrow.heard(bytes, now);
        self.carry_out(to, steps, now);
    }

    fn carry_out(&mut self, at: usize, steps: Vec<Step>, now: Now) {
        for step in steps {
            match step {
                Step::Apply(peer, runs) => {
                    self.ends[at].applying += 1;
                    self.ends[at].waiting.push((peer, runs));
                }
                Step::Note(peer, note) => {
                    self.refused_runs += u32::from(matches!(note, Note::Refused(_)));
                    self.notes[at].push((peer, note));
                }
                Step::Places(places) => self.ends[at].places.extend(places),
                Step::Stranger(_) => self.strangers[at] += 1,
                Step::BeginAgain(..) | Step::Came(_) | Step::Gone(_) => {}
            }
        }
        if self.ends[at].is_disk_stuck {
            return;
        }
        for (_, runs) in std::mem::take(&mut self.ends[at].waiting) {
            let steps = self.apply(at, runs, now);
            self.carry_out(at, steps, now);
        }
    }

    fn apply(&mut self, at: usize, runs: Vec<Run>, now: Now) -> Vec<Step> {
        let end = &mut self.ends[at];
        let mut applied = Applied::default();
        for mut run in runs {
            let (seq, hash) = (
                end.log.seq(run.writer),
                end.log.hash(run.writer, end.log.seq(run.writer)),
            );
            run.before = hash;
            let key = key_of(usize::from(run.writer.station) - 1)
                .verifying_key()
                .to_bytes();
            match run.check(seq, &hash, &key) {
                Err(refusal) => applied.refused.push((run.writer, refusal)),
                Ok(_) => {
                    let dot = Dot {
                        writer: run.writer,
                        seq: run.last(),
                    };
                    end.log.signs.insert(dot, run.signature);
                    for bytes in run.entries {
                        end.log.push(run.writer, bytes);
                    }
                }
            }
            let head = Head::new(end.log.seq(run.writer), &GENESIS);
            applied.heads.push((run.writer, head));
        }
        let view = end.log.view();
        end.narrow.have_applied(&applied, &view, now)
    }

    fn work(&mut self, at: usize, now: Now) {
        let (slots, bits_per_s, now_ms) = (self.slots, self.bits_per_s, self.now_ms);
        let is_turned = self.is_hit(self.fault.turned);
        let end = &mut self.ends[at];
        if end.is_off {
            return;
        }
        end.narrow.set_peers(&end.peers);
        end.narrow.ticked(now);
        if !end.is_disk_stuck && !end.waiting.is_empty() {
            self.carry_out(at, Vec::new(), now);
        }
        let end = &mut self.ends[at];
        for _ in 0..4 {
            let Some(want) = end.narrow.want(now) else {
                break;
            };
            let runs = end.log.read(&want);
            end.narrow.have_read(&want, runs);
        }
        while let Some(frame) = end.narrow.frame(now) {
            assert!(frame.len() <= super::super::air::FRAME_MAX);
            if at == 0 {
                self.recorded.push(frame.clone());
            }
            let size = i64::try_from(frame.len()).unwrap();
            end.free_ms = match slots {
                // Bytes leave at the end of the turn they fit in.
                Some((bytes, ms)) => {
                    let begun = end.free_ms.max(now_ms * i64::try_from(bytes).unwrap() / ms);
                    begun + size
                }
                None => end.free_ms.max(now_ms) + size * 8_000 / bits_per_s,
            };
            let due_ms = match slots {
                Some((bytes, ms)) => {
                    let bytes = i64::try_from(bytes).unwrap();
                    (end.free_ms + bytes - 1) / bytes * ms
                }
                None => end.free_ms,
            };
            end.on_air.push_back((due_ms, frame));
            let last = end.on_air.len() - 1;
            if is_turned && last > 0 {
                // The two change places; when they come does not.
                let (one, two) = (end.on_air[last - 1].1.clone(), end.on_air[last].1.clone());
                end.on_air[last - 1].1 = two;
                end.on_air[last].1 = one;
            }
        }
    }
}

fn begin(at: usize, bits_per_s: u32, log: &Log, starts: u8, now_ms: i64) -> Narrow {
    let mut chance = [u8::try_from(at).unwrap() + 100; 32];
    chance[1] = starts;
    let us = Us {
        station: number_of(at),
        incarnation: 1,
        seed: key_of(at).to_bytes(),
        county: b"county".to_vec(),
        world: "real".to_owned(),
        chance,
        bits_per_s,
    };
    let now = Now {
        wall_ms: BASE_MS + now_ms,
        steady_ms: now_ms,
    };
    Narrow::begin(&us, &log.view(), now).unwrap()
}
