//! The same house numbers in tantivy, a program of its own (`tests/peers/tantivy`) that is built
//! for this alone: asked line by line, it says itself how long each search took.
//!
//! Not here: our own search, and ways of typing that an index of pairs has no answer to.

use std::io::{BufRead, BufReader, Write};
use std::process::{Child, ChildStdin, ChildStdout, Command, Stdio};

use anyhow::{Context, Result, ensure};

use super::super::place::{Place, tell};
use super::streets::House;
use crate::desk::root;

/// The running program; it ends with this.
pub struct Peer {
    child: Child,
    asks: ChildStdin,
    says: BufReader<ChildStdout>,
    /// How long its index took, seconds.
    pub built_s: f64,
}

impl Peer {
    /// Builds and starts it on these houses.
    ///
    /// # Errors
    /// It cannot be built, or its index does not stand.
    pub fn of(place: &Place, houses: &[House]) -> Result<Peer> {
        let target = place.peers()?.join("build");
        tell("building the program with tantivy; the first time this takes minutes");
        let manifest = root().join("tests/peers/tantivy/Cargo.toml");
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
        let names: Vec<String> = houses.iter().map(House::name).collect();
        let file = place.fresh("tantivy")?.join("names.txt");
        std::fs::write(&file, names.join("\n"))?;
        let mut child = Command::new(target.join("release/fengsui-peer-tantivy"))
            .arg(file)
            .stdin(Stdio::piped())
            .stdout(Stdio::piped())
            .stderr(Stdio::null())
            .spawn()?;
        let mut peer = Peer {
            asks: child.stdin.take().context("no way in")?,
            says: BufReader::new(child.stdout.take().context("no way out")?),
            child,
            built_s: f64::NAN,
        };
        let ready = peer.line()?;
        let built = ready.strip_prefix("ready ").and_then(|s| s.parse().ok());
        peer.built_s = built.with_context(|| format!("tantivy said {ready:?}"))?;
        Ok(peer)
    }

    fn line(&mut self) -> Result<String> {
        let mut line = String::new();
        let long = self.says.read_line(&mut line)?;
        ensure!(long > 0, "tantivy has ended");
        Ok(line.trim_end_matches('\n').to_owned())
    }

    /// The first names with every pair of the query, and how long that took inside it, ms.
    ///
    /// # Errors
    /// It has ended.
    pub fn search(&mut self, query: &str) -> Result<(Vec<String>, f64)> {
        writeln!(self.asks, "{query}")?;
        self.asks.flush()?;
        let line = self.line()?;
        let mut parts = line.split('\t');
        let took = parts.next().and_then(|us| us.parse::<f64>().ok());
        let took = took.with_context(|| format!("tantivy said {line:?}"))?;
        let names = parts.filter(|name| !name.is_empty());
        Ok((names.map(str::to_owned).collect(), took / 1e3))
    }
}

impl Drop for Peer {
    fn drop(&mut self) {
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}
