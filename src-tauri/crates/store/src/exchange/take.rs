//! Runs that came in: checked against our own heads and their stations' keys, then stored in
//! transactions that end as soon as the desk wants to write.

use std::collections::BTreeMap;
use std::sync::Arc;
use std::time::Instant;

use fengsui_domain::log::chain::ChainHash;
use fengsui_domain::log::dot::{Dot, Writer};
use fengsui_replication::port::Applied;
use fengsui_replication::run::{Refusal, Run};
use fengsui_replication::summary::Head;
use rusqlite::Connection;

use super::{head, writer_row};
use crate::db::Pressure;
use crate::error::StoreError;
use crate::log::{Log, Received};
use crate::{peer, signing};

/// Entries after which a merge looks whether anybody waits for the writer.
const LOOK: usize = 16;

/// An entry that was checked, with the signed head it completes.
#[derive(Debug, Clone)]
struct Checked {
    bytes: Vec<u8>,
    end: Option<SignedEnd>,
}

/// Runs that were checked, cut to what is new; the rest of them from a place on.
#[derive(Debug, Clone, Default)]
pub struct Part {
    entries: Arc<Vec<Checked>>,
    from: usize,
}

impl Part {
    /// Whether everything was stored.
    #[must_use]
    pub fn is_done(&self) -> bool {
        self.from >= self.entries.len()
    }

    /// The rest after so many.
    #[must_use]
    pub fn after(&self, count: usize) -> Part {
        Part {
            entries: Arc::clone(&self.entries),
            from: self.from + count,
        }
    }
}

/// Runs that were checked.
#[derive(Debug, Default)]
pub struct Ready {
    /// What is new, in order.
    pub part: Part,
    /// Writers whose run was refused.
    pub refused: Vec<(Writer, Refusal)>,
    /// Writers of all runs.
    pub writers: Vec<Writer>,
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
    let mut entries = Vec::new();
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
            None => head(conn, run.writer)?,
        };
        match run.check(seq, &hash, &key) {
            Err(refusal) => out.refused.push((run.writer, refusal)),
            Ok(_) if run.last() <= seq => {}
            Ok(end) => {
                heads.insert(run.writer, (run.last(), end));
                push_new(&mut entries, run, seq, end);
            }
        }
    }
    out.part.entries = Arc::new(entries);
    Ok(out)
}

fn push_new(entries: &mut Vec<Checked>, run: &Run, seq: u64, hash: ChainHash) {
    let skip = usize::try_from((seq + 1).saturating_sub(run.first)).unwrap_or(usize::MAX);
    entries.extend(run.entries.iter().skip(skip).map(|entry| Checked {
        bytes: entry.clone(),
        end: None,
    }));
    if let Some(last) = entries.last_mut() {
        let head = Dot {
            writer: run.writer,
            seq: run.last(),
        };
        last.end = Some(SignedEnd {
            head,
            hash,
            signature: run.signature,
        });
    }
}

/// How a transaction goes on after an entry.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Pace {
    /// With the next entry.
    On,
    /// With the next entry, after what is folded was written as rows.
    Write,
    /// It ends here.
    End,
}

/// As the desk allows: a transaction takes the pressure's span, less when somebody waits.
pub(crate) fn paced(pressure: &Pressure) -> impl FnMut(usize) -> Pace {
    let began = Instant::now();
    let (span, mut written) = (pressure.span(), began);
    move |stored| {
        if stored % LOOK != 0 {
            return Pace::On;
        }
        let now = Instant::now();
        if pressure.is_waited_for() || now - began >= span {
            return Pace::End;
        }
        // What is folded and not written is what somebody may still have to wait for.
        if now - written < span / 4 {
            return Pace::On;
        }
        written = now;
        Pace::Write
    }
}

/// Stores what is ready until the pace, asked with how many were stored, ends it. The counts of
/// what came of it, and how many entries were stored.
///
/// # Errors
/// Any store error; the transaction must then be rolled back.
pub fn store(
    log: &mut Log<'_>,
    part: &Part,
    mut pace: impl FnMut(usize) -> Pace,
) -> Result<(Applied, usize), StoreError> {
    let mut applied = Applied::default();
    let mut stored = 0;
    for entry in part.entries.iter().skip(part.from) {
        match log.receive(&entry.bytes)? {
            Received::Folded => applied.received += 1,
            Received::Waiting => {
                applied.received += 1;
                applied.waiting += 1;
            }
            Received::Fork => applied.forks += 1,
            Received::Known | Received::Gap => {}
        }
        if let Some(end) = &entry.end {
            log.keep_signature(end.head, &end.hash, &end.signature)?;
        }
        stored += 1;
        match pace(stored) {
            Pace::On => {}
            Pace::Write => log.flush()?,
            Pace::End => break,
        }
    }
    Ok((applied, stored))
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
