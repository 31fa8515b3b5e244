//! What a suite did and found, in one line a person can judge: runs, faults by kind, failures
//! and the bound that the runs allow. Not here: the suites.

#![expect(clippy::print_stdout, reason = "the line is what the suite is for")]

use std::collections::BTreeMap;

/// Failures that are spelled out; more are only counted.
const SHOWN: usize = 10;

/// The account of one suite.
#[derive(Debug)]
pub struct Report {
    name: &'static str,
    runs: u64,
    counts: BTreeMap<&'static str, u64>,
    bad: Vec<String>,
}

impl Report {
    /// An empty account.
    #[must_use]
    pub fn new(name: &'static str) -> Self {
        Self {
            name,
            runs: 0,
            counts: BTreeMap::new(),
            bad: Vec::new(),
        }
    }

    /// One more run.
    pub fn run(&mut self) {
        self.runs += 1;
    }

    /// Counts `number` of a kind.
    pub fn count(&mut self, kind: &'static str, number: u64) {
        *self.counts.entry(kind).or_default() += number;
    }

    /// Notes something that must not be.
    pub fn bad(&mut self, what: impl Into<String>) {
        self.bad.push(what.into());
    }

    /// Notes a failed check of a run.
    pub fn judge(&mut self, what: &str, verdict: anyhow::Result<()>) {
        if let Err(error) = verdict {
            self.bad(format!("{what}: {error:#}"));
        }
    }

    /// Runs so far.
    #[must_use]
    pub fn runs(&self) -> u64 {
        self.runs
    }

    /// Failures so far.
    #[must_use]
    pub fn failures(&self) -> usize {
        self.bad.len()
    }

    /// How often a kind was counted.
    #[must_use]
    pub fn of(&self, kind: &str) -> u64 {
        self.counts.get(kind).copied().unwrap_or(0)
    }

    /// Adds another account of the same suite.
    pub fn add(&mut self, other: Report) {
        self.runs += other.runs;
        for (kind, number) in other.counts {
            self.count(kind, number);
        }
        self.bad.extend(other.bad);
    }

    /// Prints the line and judges: every kind in `kinds` must have happened.
    ///
    /// # Errors
    /// When something bad was noted, nothing ran, or a kind never happened.
    pub fn finish(self, kinds: &[&str]) -> anyhow::Result<()> {
        let counts: Vec<String> = self
            .counts
            .iter()
            .map(|(kind, number)| format!("{kind} {number}"))
            .collect();
        let bound = if self.bad.is_empty() && self.runs > 0 {
            #[expect(clippy::cast_precision_loss, reason = "a percentage for a person")]
            let percent = 300.0 / self.runs as f64;
            format!("; rate below {percent:.2} % (3/N, 95 %)")
        } else {
            String::new()
        };
        println!(
            "faults {}: {} runs; {}; {} bad{bound}",
            self.name,
            self.runs,
            counts.join(", "),
            self.bad.len(),
        );
        for bad in self.bad.iter().take(SHOWN) {
            println!("  BAD {bad}");
        }
        anyhow::ensure!(self.bad.is_empty(), "{}: {} bad", self.name, self.bad.len());
        anyhow::ensure!(self.runs > 0, "{}: nothing ran", self.name);
        for kind in kinds {
            anyhow::ensure!(self.of(kind) > 0, "{}: {kind} never happened", self.name);
        }
        Ok(())
    }
}

/// Says that `rounds` rounds were left out and why.
pub fn skipped(name: &str, rounds: u64, why: &str) {
    println!("faults {name}: SKIPPED {rounds} rounds: {why}");
}
