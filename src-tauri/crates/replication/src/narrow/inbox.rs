//! What came and is not yet a run: entries by their places, pieces of long ones, signatures.
//! In memory only, so nothing of it is ever acknowledged.

use std::collections::BTreeMap;

use fengsui_domain::log::chain::GENESIS;
use fengsui_domain::log::dot::{Dot, Writer};

use super::item::Block;
use crate::run::{ENTRY_BYTES_MAX, Run};
use crate::summary::Summary;

/// Bytes that are held at most.
const BYTES_MAX: usize = 512 * 1024;

#[derive(Debug, Default)]
struct Log {
    entries: BTreeMap<u64, Vec<u8>>,
    pieces: BTreeMap<u64, BTreeMap<usize, Vec<u8>>>,
    signs: BTreeMap<u64, [u8; 64]>,
}

/// Everything held.
#[derive(Debug, Default)]
pub(super) struct Inbox {
    logs: BTreeMap<Writer, Log>,
    bytes: usize,
}

impl Inbox {
    /// Takes what a frame brought beyond what is here.
    pub(super) fn take(&mut self, ours: &Summary, block: Block) {
        match block {
            Block::Entries(writer, first, entries) => {
                for (seq, bytes) in (first..).zip(entries) {
                    self.take_entry(ours, Dot { writer, seq }, bytes);
                }
            }
            Block::Piece { dot, at, of, bytes } => self.take_piece(ours, dot, at, of, bytes),
        }
    }

    fn take_entry(&mut self, ours: &Summary, dot: Dot, bytes: Vec<u8>) {
        let is_known = dot.seq <= ours.seq(dot.writer);
        if is_known || self.bytes + bytes.len() > BYTES_MAX {
            return;
        }
        let log = self.logs.entry(dot.writer).or_default();
        self.bytes += bytes.len();
        // What is signed decides; of two that came to one place the later one is tried.
        if let Some(old) = log.entries.insert(dot.seq, bytes) {
            self.bytes -= old.len();
        }
    }

    fn take_piece(&mut self, ours: &Summary, dot: Dot, at: usize, of: usize, bytes: Vec<u8>) {
        let fits =
            of <= ENTRY_BYTES_MAX && at.checked_add(bytes.len()).is_some_and(|end| end <= of);
        if dot.seq <= ours.seq(dot.writer) || !fits || self.bytes + bytes.len() > BYTES_MAX {
            return;
        }
        let log = self.logs.entry(dot.writer).or_default();
        let pieces = log.pieces.entry(dot.seq).or_default();
        self.bytes += bytes.len();
        if let Some(old) = pieces.insert(at, bytes) {
            self.bytes -= old.len();
        }
        let mut whole = Vec::new();
        for (at, piece) in pieces.iter() {
            if *at != whole.len() {
                return;
            }
            whole.extend_from_slice(piece);
        }
        if whole.len() == of {
            self.bytes -= whole.len();
            log.pieces.remove(&dot.seq);
            self.take_entry(ours, dot, whole);
        }
    }

    /// A station's signature of its head.
    pub(super) fn sign(&mut self, ours: &Summary, dot: Dot, signature: [u8; 64]) {
        if dot.seq > ours.seq(dot.writer) {
            let log = self.logs.entry(dot.writer).or_default();
            log.signs.insert(dot.seq, signature);
        }
    }

    /// Runs that follow our heads and are signed; the hash before them is still to be put in.
    pub(super) fn ready(&self, ours: &Summary) -> Vec<Run> {
        let mut runs = Vec::new();
        for (writer, log) in &self.logs {
            let first = ours.seq(*writer) + 1;
            let mut entries = Vec::new();
            let mut end = None;
            for (seq, bytes) in log.entries.range(first..) {
                if *seq != first + entries.len() as u64 {
                    break;
                }
                entries.push(bytes.clone());
                if let Some(signature) = log.signs.get(seq) {
                    end = Some((entries.len(), *signature));
                }
            }
            if let Some((count, signature)) = end {
                entries.truncate(count);
                runs.push(Run {
                    writer: *writer,
                    first,
                    before: GENESIS,
                    entries,
                    signature,
                });
            }
        }
        runs
    }

    /// Forgets what is here by now.
    pub(super) fn trim(&mut self, ours: &Summary) {
        for (writer, log) in &mut self.logs {
            let next = ours.seq(*writer) + 1;
            log.entries = log.entries.split_off(&next);
            log.pieces = log.pieces.split_off(&next);
            log.signs = log.signs.split_off(&next);
        }
        self.logs.retain(|_, log| {
            !(log.entries.is_empty() && log.pieces.is_empty() && log.signs.is_empty())
        });
        self.count();
    }

    /// Forgets a writer whose run was refused.
    pub(super) fn forget(&mut self, writer: Writer) {
        self.logs.remove(&writer);
        self.count();
    }

    fn count(&mut self) {
        let of = |log: &Log| {
            let pieces = log.pieces.values().flat_map(BTreeMap::values);
            log.entries
                .values()
                .chain(pieces)
                .map(Vec::len)
                .sum::<usize>()
        };
        self.bytes = self.logs.values().map(of).sum();
    }
}
