//! What happened in a run: kinds of faults and of work, by name, and what was found broken.

use std::collections::BTreeMap;

/// Kinds that every long enough run must have seen; a run that has not is no proof.
pub const KINDS: &[&str] = &[
    "audience: protected entries",
    "board taken on both sides",
    "bundle carried late",
    "bundle carried twice",
    "clock jumped",
    "conflict: board",
    "conflict: call",
    "conflict: unit",
    "conflict settled",
    "copied disk",
    "copied disk noticed by a peer",
    "crash of all stations",
    "crash while idle",
    "crash within a commit",
    "crash within an act",
    "crash within a merge",
    "cut in halves",
    "cut one way",
    "entry waited for another",
    "fact after closing",
    "forged entry refused",
    "message cut short",
    "message lost",
    "newer program: fields",
    "newer program: kinds",
    "newer program: messages",
    "older program",
    "restored from backup",
    "restored onto a new disk",
    "restored, a peer knew better",
    "sessions overlapped",
    "session played again",
    "slow link",
    "station revoked",
    "unsynced write dropped",
];

/// Counts by name, and findings.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Tally {
    /// How often what happened.
    pub counts: BTreeMap<String, u64>,
    /// What must not be: (invariant, what was seen).
    pub broken: Vec<(&'static str, String)>,
}

impl Tally {
    /// Once more.
    pub fn count(&mut self, kind: &str) {
        self.add(kind, 1);
    }

    /// So many more.
    pub fn add(&mut self, kind: &str, count: u64) {
        if count > 0 {
            *self.counts.entry(kind.to_owned()).or_default() += count;
        }
    }

    /// Notes a broken invariant.
    pub fn broken(&mut self, invariant: &'static str, seen: impl Into<String>) {
        if self.broken.len() < 8 {
            self.broken.push((invariant, seen.into()));
        }
    }

    /// Kinds that never happened.
    #[must_use]
    pub fn missing(&self) -> Vec<&'static str> {
        let never = |kind: &&&str| self.counts.get(**kind).copied().unwrap_or(0) == 0;
        KINDS.iter().filter(never).copied().collect()
    }
}
