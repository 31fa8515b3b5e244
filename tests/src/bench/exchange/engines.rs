//! Other engines of replication on the same changes, in a program of its own
//! (`tests/peers/replicas`) that is built for this alone.
//!
//! Not here: our own log.

use std::process::{Command, Stdio};

use anyhow::{Context, Result, ensure};

use super::super::place::{Place, tell};
use super::changes::Change;
use crate::desk::root;

/// What one came to.
#[derive(Debug, Clone)]
pub(super) struct Engine {
    pub(super) name: String,
    /// Processor time of its receiver a change, us.
    pub(super) cpu_us: f64,
    /// That of raw batched inserts or updates of the same in plain SQLite, us.
    pub(super) raw_us: f64,
    /// Bytes a change, packed by zstd-19, 1,000 at a time.
    pub(super) bytes: f64,
}

fn asked(place: &Place, words: &[&std::ffi::OsStr]) -> Result<String> {
    let target = place.peers()?.join("build");
    tell("building the program with other engines; the first time this takes minutes");
    let manifest = root().join("tests/peers/replicas/Cargo.toml");
    let mut cargo = Command::new("cargo");
    cargo.args(["build", "--quiet", "--release", "--locked"]);
    cargo.arg("--manifest-path").arg(manifest);
    let said = cargo
        .env("CARGO_TARGET_DIR", &target)
        .stdin(Stdio::null())
        .output()?;
    let why = String::from_utf8_lossy(&said.stderr);
    let last = why.trim().lines().last().unwrap_or_default();
    ensure!(said.status.success(), "cargo: {last}");
    let said = Command::new(target.join("release/fengsui-peer-replicas"))
        .args(words)
        .stdin(Stdio::null())
        .output()?;
    let why = String::from_utf8_lossy(&said.stderr);
    ensure!(said.status.success(), "{}", why.trim());
    Ok(String::from_utf8(said.stdout)?)
}

/// Each of them on these changes.
///
/// # Errors
/// The program cannot be built, or an engine loses something.
pub(super) fn beside(place: &Place, all: &[Change]) -> Result<Vec<Engine>> {
    let folder = place.fresh("engines")?;
    let file = folder.join("changes.txt");
    let lines: Vec<String> = all.iter().map(Change::line).collect();
    std::fs::write(&file, lines.join("\n"))?;
    let said = asked(place, &[file.as_os_str(), folder.as_os_str()])?;
    said.lines()
        .map(|line| {
            let parts: Vec<&str> = line.split('\t').collect();
            let [name, cpu, raw, bytes] = parts.as_slice() else {
                anyhow::bail!("a line that cannot be read: {line}");
            };
            Ok(Engine {
                name: (*name).to_owned(),
                cpu_us: cpu.parse()?,
                raw_us: raw.parse()?,
                bytes: bytes.parse()?,
            })
        })
        .collect()
}

/// Bytes, round trips and ms of negentropy.
///
/// # Errors
/// The program cannot be built.
pub(super) fn negentropy(place: &Place) -> Result<(f64, f64, f64)> {
    let said = asked(place, &["difference".as_ref()])?;
    let figures: Result<Vec<f64>, _> = said.trim().split('\t').map(str::parse).collect();
    match figures?.as_slice() {
        [bytes, trips, ms] => Ok((*bytes, *trips, *ms)),
        _ => Err(anyhow::anyhow!("{said}")).context("negentropy"),
    }
}
