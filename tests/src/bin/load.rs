//! Writes a station with a long past: `load --incidents N --home DIR [--seed N]`. A home that
//! holds it already is left as it is.
//!
//! Not here: what the past is like (the library's `load`).

use std::io::Write;
use std::path::PathBuf;

use anyhow::{Context, Result, bail};
use fengsui_tests::load::{Wanted, prepare};

fn main() -> Result<()> {
    let mut wanted = Wanted::new(900_000, PathBuf::new());
    let mut given = std::env::args().skip(1);
    while let Some(word) = given.next() {
        let mut value = || {
            given
                .next()
                .with_context(|| format!("{word} wants a value"))
        };
        match word.as_str() {
            "--incidents" => wanted.incidents = value()?.parse()?,
            "--home" => wanted.home = value()?.into(),
            "--seed" => wanted.seed = value()?.parse()?,
            other => bail!("unknown word {other}"),
        }
    }
    anyhow::ensure!(!wanted.home.as_os_str().is_empty(), "--home DIR is missing");
    let mut out = std::io::stdout().lock();
    let loaded = prepare(&wanted, &mut |line| {
        let _ = writeln!(out, "{line}");
    })?;
    writeln!(
        out,
        "{} incidents ({} invalid, {} on the board), {} timeline lines, {} entries: {}",
        loaded.incidents,
        loaded.invalid,
        loaded.open,
        loaded.lines,
        loaded.entries,
        wanted.home.display()
    )?;
    Ok(())
}
