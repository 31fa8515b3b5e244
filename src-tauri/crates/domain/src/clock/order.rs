//! The order in which entries are told: by corrected time, and never an effect before its cause.
//!
//! Not here: which of two values is shown (`log::register`); no clock decides anything there.

use std::cmp::Reverse;
use std::collections::{BTreeMap, BinaryHeap};

use super::Clocks;
use crate::log::dot::Dot;
use crate::log::entry::{Entry, Value};
use crate::log::hlc::{AHEAD_MS_MAX, Hlc};

/// When an entry was written, by the viewer's clock, ms. A stamp only counts up while it is ahead
/// of its own wall clock. Pulled ahead by a peer, it keeps an answer behind what it answers, and is
/// kept. Where the clock was set back, or is wrong, it says nothing any more and the instant does.
fn written_ms(entry: &Entry, clocks: &Clocks) -> i64 {
    let is_counted = entry.hlc.0 & 0xFFFF > 0;
    let ahead_ms = entry.hlc.ms().saturating_sub(entry.at_ms);
    let is_wrong = clocks.mark(entry.dot, entry.hlc, entry.at_ms).is_some();
    let ms = match is_counted && (is_wrong || ahead_ms > AHEAD_MS_MAX) {
        true => entry.hlc.ms().min(entry.at_ms),
        false => entry.hlc.ms(),
    };
    clocks.here_ms(entry.dot, entry.hlc, ms)
}

/// Every entry that this one had seen, as it says itself.
fn causes(entry: &Entry) -> impl Iterator<Item = Dot> + '_ {
    let seen = entry.writes.iter().flat_map(|write| {
        let value = match write.value {
            Value::Ref(dot) => Some(dot),
            _ => None,
        };
        write.seen.iter().copied().chain(value)
    });
    let named = entry.refs.iter().copied().chain([entry.subject]);
    seen.chain(named).filter(|dot| *dot != entry.dot)
}

/// Entries in the order in which they are told, oldest first; the same on every station that has
/// the same of them and knows the same of the clocks.
#[must_use]
pub fn in_order(mut entries: Vec<Entry>, clocks: &Clocks) -> Vec<Entry> {
    entries.sort_by_key(|entry| (entry.hlc, entry.dot));
    let at: BTreeMap<Dot, usize> = entries
        .iter()
        .enumerate()
        .map(|(n, e)| (e.dot, n))
        .collect();
    let mut effects: Vec<Vec<usize>> = vec![Vec::new(); entries.len()];
    let mut waits_for = vec![0_usize; entries.len()];
    let mut before: BTreeMap<(u16, u16), usize> = BTreeMap::new();
    for (n, entry) in entries.iter().enumerate() {
        // A station's stamps go forward whatever its clock does: it wrote them in their order.
        let writer = entry.dot.writer;
        let same = before.insert((writer.station, writer.incarnation), n);
        let named = causes(entry).filter_map(|dot| at.get(&dot).copied());
        for cause in named.chain(same).filter(|cause| *cause != n) {
            effects[cause].push(n);
            waits_for[n] += 1;
        }
    }
    let keys: Vec<(i64, Hlc, Dot)> = entries
        .iter()
        .map(|entry| (written_ms(entry, clocks), entry.hlc, entry.dot))
        .collect();
    let free = (0..entries.len()).filter(|n| waits_for[*n] == 0);
    let mut ready: BinaryHeap<Reverse<_>> = free.map(|n| Reverse((keys[n], n))).collect();
    let mut told = vec![false; entries.len()];
    let mut order = Vec::with_capacity(entries.len());
    while let Some(Reverse((_, n))) = ready.pop() {
        told[n] = true;
        order.push(n);
        for effect in std::mem::take(&mut effects[n]) {
            waits_for[effect] -= 1;
            if waits_for[effect] == 0 {
                ready.push(Reverse((keys[effect], effect)));
            }
        }
    }
    // Causes in a ring would be a forgery; nothing is left out for it.
    order.extend((0..entries.len()).filter(|n| !told[*n]));
    let mut taken: Vec<Option<Entry>> = entries.into_iter().map(Some).collect();
    let in_order = order.into_iter().filter_map(|n| taken[n].take());
    in_order.collect()
}
