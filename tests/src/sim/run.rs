//! Many seeds: in worker processes, until they are done or the time is; what they came to.

use std::collections::BTreeMap;
use std::io::{BufRead, BufReader, Write};
use std::process::{Child, Command, Stdio};
use std::time::{Duration, Instant};

use anyhow::{Context, Result};
use serde_json::{Value, json};

use super::plant::Plant;
use super::tally::{KINDS, Tally};
use super::{Outcome, live};

/// What is to be run.
#[derive(Debug, Clone)]
pub struct Wanted {
    /// First seed.
    pub base: u64,
    /// How many seeds.
    pub seeds: u64,
    /// Stops after so long.
    pub limit: Duration,
    /// Worker processes.
    pub workers: u64,
    /// What is broken on purpose.
    pub plant: Option<Plant>,
}

/// What a run came to.
#[derive(Debug, Clone, Default)]
pub struct Report {
    /// Seeds lived through.
    pub seeds: u64,
    /// All that happened.
    pub counts: BTreeMap<String, u64>,
    /// Seeds in which something was broken: (seed, invariant, what was seen).
    pub failed: Vec<(u64, String, String)>,
    /// Wall time, ms.
    pub wall_ms: u64,
    /// Digest over the digests of all seeds, in their order.
    pub digest: [u8; 16],
}

/// One line of a worker.
fn line(outcome: &Outcome) -> String {
    json!({
        "seed": outcome.seed,
        "counts": outcome.tally.counts,
        "broken": outcome.tally.broken,
        "digest": hex(&outcome.digest),
        "micros": outcome.micros,
    })
    .to_string()
}

fn hex(bytes: &[u8]) -> String {
    bytes.iter().map(|byte| format!("{byte:02x}")).collect()
}

/// As a worker: lives through every `step`-th seed and says each in a line.
///
/// # Errors
/// When nobody listens any more.
pub fn work(wanted: &Wanted, offset: u64) -> Result<()> {
    let began = Instant::now();
    let mut seed = wanted.base + offset;
    while seed < wanted.base + wanted.seeds && began.elapsed() < wanted.limit {
        let outcome = live(seed, wanted.plant);
        let mut out = std::io::stdout().lock();
        writeln!(out, "{}", line(&outcome))?;
        out.flush()?;
        seed += wanted.workers;
    }
    Ok(())
}

fn worker(wanted: &Wanted, offset: u64) -> Result<Child> {
    let mut command = Command::new(std::env::current_exe()?);
    command
        .args(["--worker", &offset.to_string()])
        .args(["--workers", &wanted.workers.to_string()])
        .args(["--seed-base", &wanted.base.to_string()])
        .args(["--seeds", &wanted.seeds.to_string()])
        .args(["--seconds", &wanted.limit.as_secs().to_string()]);
    if let Some(plant) = wanted.plant {
        command.args(["--plant", plant.word()]);
    }
    command
        .stdin(Stdio::null())
        .stdout(Stdio::piped())
        .spawn()
        .context("starting a worker")
}

/// Runs all of it; `tell` hears of every seed that failed, as it fails.
///
/// # Errors
/// When a worker cannot be started or dies.
pub fn run(wanted: &Wanted, tell: &mut dyn FnMut(&str)) -> Result<Report> {
    let began = Instant::now();
    let mut workers = Vec::new();
    for offset in 0..wanted.workers {
        workers.push(worker(wanted, offset)?);
    }
    let (sender, receiver) = std::sync::mpsc::channel();
    let mut readers = Vec::new();
    for worker in &mut workers {
        let out = worker.stdout.take().context("no way to hear a worker")?;
        let sender = sender.clone();
        readers.push(std::thread::spawn(move || {
            for line in BufReader::new(out).lines().map_while(Result::ok) {
                if sender.send(line).is_err() {
                    break;
                }
            }
        }));
    }
    drop(sender);
    let mut report = Report::default();
    let mut digests = BTreeMap::new();
    for line in receiver {
        take(&line, &mut report, &mut digests, tell)?;
    }
    for reader in readers {
        let _ = reader.join();
    }
    for mut worker in workers {
        anyhow::ensure!(worker.wait()?.success(), "a worker died");
    }
    let mut hasher = blake3::Hasher::new();
    for digest in digests.values() {
        hasher.update(digest.as_bytes());
    }
    report
        .digest
        .copy_from_slice(&hasher.finalize().as_bytes()[..16]);
    report.wall_ms = u64::try_from(began.elapsed().as_millis()).unwrap_or(u64::MAX);
    Ok(report)
}

fn take(
    line: &str,
    report: &mut Report,
    digests: &mut BTreeMap<u64, String>,
    tell: &mut dyn FnMut(&str),
) -> Result<()> {
    let value: Value = serde_json::from_str(line).context("a worker's line")?;
    let seed = value["seed"].as_u64().context("seed")?;
    report.seeds += 1;
    for (kind, count) in value["counts"].as_object().into_iter().flatten() {
        *report.counts.entry(kind.clone()).or_default() += count.as_u64().unwrap_or(0);
    }
    for pair in value["broken"].as_array().into_iter().flatten() {
        let text = |at: usize| pair[at].as_str().unwrap_or_default().to_owned();
        tell(&format!("seed {seed}: {}: {}", text(0), text(1)));
        report.failed.push((seed, text(0), text(1)));
    }
    digests.insert(
        seed,
        value["digest"].as_str().unwrap_or_default().to_owned(),
    );
    Ok(())
}

impl Report {
    /// Seeds in which something was broken.
    #[must_use]
    pub fn failed_seeds(&self) -> Vec<u64> {
        let mut seeds: Vec<u64> = self.failed.iter().map(|(seed, _, _)| *seed).collect();
        seeds.sort_unstable();
        seeds.dedup();
        seeds
    }

    /// Kinds of trouble that never happened.
    #[must_use]
    pub fn missing(&self) -> Vec<&'static str> {
        let tally = Tally {
            counts: self.counts.clone(),
            broken: Vec::new(),
        };
        tally.missing()
    }

    /// With so many seeds and none failed, how often one may fail at most (95 %): 3/n.
    #[must_use]
    pub fn bound(&self) -> f64 {
        3.0 / self.seeds.max(1) as f64
    }

    /// As JSON.
    #[must_use]
    pub fn json(&self, wanted: &Wanted) -> Value {
        json!({
            "seed_base": wanted.base,
            "seeds": self.seeds,
            "wall_ms": self.wall_ms,
            "workers": wanted.workers,
            "failed": self.failed,
            "bound": self.bound(),
            "digest": hex(&self.digest),
            "counts": self.counts,
            "never": self.missing(),
        })
    }

    /// As a table of Markdown: what happened how often.
    #[must_use]
    pub fn table(&self) -> String {
        let mut text = String::from("| what happened | times |\n|---|---:|\n");
        let listed = KINDS.iter().map(|kind| (*kind).to_owned());
        let others = self
            .counts
            .keys()
            .filter(|kind| !KINDS.contains(&kind.as_str()));
        for kind in listed.chain(others.cloned()) {
            let count = self.counts.get(&kind).copied().unwrap_or(0);
            text.push_str(&format!("| {kind} | {count} |\n"));
        }
        text
    }
}
