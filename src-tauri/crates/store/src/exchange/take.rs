//! Runs that came in: checked against our own heads and their stations' keys, then stored in
//! short transactions, so that the desk's own commits never wait long.

use std::collections::BTreeMap;
use std::time::Duration;

use fengsui_domain::log::chain::{self, ChainHash};
use fengsui_domain::log::dot::{Dot, Writer};
use fengsui_replication::port::Applied;
use fengsui_replication::run::{Refusal, Run};
use fengsui_replication::summary::Head;
use rusqlite::Connection;

use super::writer_row;
use crate::error::StoreError;
use crate::log::{Log, Received};
use crate::{peer, signing};

/// How long one transaction of a merge should take.
const SHORT: Duration = Duration::from_millis(5);
const FEW: usize = 16;
const MANY: usize = 2_048;

/// Checked entries in order, each with the signed head it completes.
#[derive(Debug, Clone, Default)]
pub struct Part(Vec<(Vec<u8>, Option<SignedEnd>)>);

/// Runs that were checked, cut to what is new.
#[derive(Debug, Default)]
pub struct Ready {
    entries: Part,
    /// Writers whose run was refused.
    pub refused: Vec<(Writer, Refusal)>,
    /// Writers of all runs.
    pub writers: Vec<Writer>,
}

impl Ready {
    /// Takes out the next entries, for one transaction; `None` when all were taken.
    pub fn next_part(&mut self, count: usize) -> Option<Part> {
        if self.entries.0.is_empty() {
            return None;
        }
        let count = count.clamp(1, self.entries.0.len());
        let rest = self.entries.0.split_off(count);
        Some(std::mem::replace(&mut self.entries, Part(rest)))
    }
}

/// A head that its station signed.
#[derive(Debug, Clone)]
struct SignedEnd {
    head: Dot,
    hash: ChainHash,
    signature: [u8; 64],
}

/// Checks runs against what is here. Runs of one writer may follow each other.
///
/// # Errors
/// Any store error; what is wrong with a run is a refusal, not an error.
pub fn ready(conn: &Connection, runs: &[Run]) -> Result<Ready, StoreError> {
    let mut out = Ready::default();
    let mut heads: BTreeMap<Writer, (u64, ChainHash)> = BTreeMap::new();
    for run in runs {
        if !out.writers.contains(&run.writer) {
            out.writers.push(run.writer);
        }
        let Some(key) = peer::key_of(conn, run.writer.station)? else {
            out.refused.push((run.writer, Refusal::UnknownStation));
            continue;
        };
        let (seq, hash) = match heads.get(&run.writer) {
            Some(head) => *head,
            None => writer_row(conn, run.writer)?
                .map_or((0, chain::GENESIS), |(_, seq, hash)| (seq, hash)),
        };
        match run.check(seq, &hash, &key) {
            Err(refusal) => out.refused.push((run.writer, refusal)),
            Ok(_) if run.last() <= seq => {}
            Ok(end) => {
                heads.insert(run.writer, (run.last(), end));
                push_new(&mut out, run, seq, end);
            }
        }
    }
    Ok(out)
}

fn push_new(out: &mut Ready, run: &Run, seq: u64, hash: ChainHash) {
    let skip = usize::try_from((seq + 1).saturating_sub(run.first)).unwrap_or(usize::MAX);
    let fresh = run.entries.iter().skip(skip);
    out.entries
        .0
        .extend(fresh.map(|entry| (entry.clone(), None)));
    if let Some((_, end)) = out.entries.0.last_mut() {
        let head = Dot {
            writer: run.writer,
            seq: run.last(),
        };
        *end = Some(SignedEnd {
            head,
            hash,
            signature: run.signature,
        });
    }
}

/// Stores some of what is ready; the counts of what came of it.
///
/// # Errors
/// Any store error; the transaction must then be rolled back.
pub fn store(log: &mut Log<'_>, part: &Part) -> Result<Applied, StoreError> {
    let mut applied = Applied::default();
    for (bytes, end) in &part.0 {
        match log.receive(bytes)? {
            Received::Folded => applied.received += 1,
            Received::Waiting => {
                applied.received += 1;
                applied.waiting += 1;
            }
            Received::Fork => applied.forks += 1,
            Received::Known | Received::Gap => {}
        }
        if let Some(end) = end {
            log.keep_signature(end.head, &end.hash, &end.signature)?;
        }
    }
    Ok(applied)
}

/// Heads of these writers as they are on the disk; sequence number 0 = none.
///
/// # Errors
/// Any store error.
pub fn heads_of(conn: &Connection, writers: &[Writer]) -> Result<Vec<(Writer, Head)>, StoreError> {
    writers
        .iter()
        .map(|writer| {
            let row = writer_row(conn, *writer)?;
            let head = row.map_or(
                Head {
                    seq: 0,
                    hash: [0; 8],
                },
                |(_, seq, hash)| Head::new(seq, &hash),
            );
            Ok((*writer, head))
        })
        .collect()
}

/// The station's Ed25519 seed.
///
/// # Errors
/// Any store error.
pub(crate) fn seed(conn: &Connection) -> Result<[u8; 32], StoreError> {
    Ok(*signing::seed(conn)?)
}

/// How many entries go into one transaction, so that it stays short on this disk and machine.
#[derive(Debug, Clone, Copy)]
pub struct Pace {
    count: usize,
}

impl Default for Pace {
    fn default() -> Self {
        Pace { count: 64 }
    }
}

impl Pace {
    /// Entries for the next transaction.
    #[must_use]
    pub fn count(self) -> usize {
        self.count
    }

    /// Hears how long the work of the last one took, without its commit: that costs the same
    /// however few entries there are.
    pub fn took(&mut self, took: Duration) {
        if took > SHORT {
            self.count = (self.count / 2).max(FEW);
        } else if took < SHORT / 2 {
            self.count = (self.count * 2).min(MANY);
        }
    }
}
