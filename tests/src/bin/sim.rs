//! Simulates: `sim --seeds N | --minutes M [--seed-base B] [--workers W] [--seconds S]
//! [--plant WORD] [--json FILE]`. Ends with an error when a seed failed, or when a kind of trouble
//! never happened in 200 seeds or more.
//!
//! Not here: the simulation (the library's `sim`).

use std::io::Write;
use std::path::PathBuf;
use std::process::ExitCode;
use std::time::Duration;

use anyhow::{Context, Result, bail};
use fengsui_tests::sim::plant::Plant;
use fengsui_tests::sim::run::{Report, Wanted, run, work};

/// Seeds from which on every kind of trouble must have happened.
const ENOUGH: u64 = 200;

struct Asked {
    wanted: Wanted,
    worker: Option<u64>,
    json: Option<PathBuf>,
}

fn main() -> Result<ExitCode> {
    let asked = asked()?;
    if let Some(offset) = asked.worker {
        work(&asked.wanted, offset)?;
        return Ok(ExitCode::SUCCESS);
    }
    let mut out = std::io::stdout().lock();
    let report = run(&asked.wanted, &mut |line| {
        let _ = writeln!(out, "{line}");
        let _ = out.flush();
    })?;
    if let Some(path) = &asked.json {
        let text = serde_json::to_string_pretty(&report.json(&asked.wanted))?;
        std::fs::write(path, text).with_context(|| path.display().to_string())?;
    }
    say(&mut out, &asked.wanted, &report)?;
    let is_whole = report.seeds < ENOUGH || report.missing().is_empty();
    Ok(if report.failed.is_empty() && is_whole {
        ExitCode::SUCCESS
    } else {
        ExitCode::FAILURE
    })
}

fn say(out: &mut impl Write, wanted: &Wanted, report: &Report) -> Result<()> {
    write!(out, "{}", report.table())?;
    for kind in report.missing() {
        writeln!(out, "never happened: {kind}")?;
    }
    for seed in report.failed_seeds() {
        let plant = wanted
            .plant
            .map(|plant| format!(" --plant {}", plant.word()));
        writeln!(
            out,
            "to see it again: cargo xtask sim --seeds 1 --seed-base {seed}{}",
            plant.unwrap_or_default()
        )?;
    }
    writeln!(
        out,
        "{} of {} seeds failed (95 % bound {:.5}), {:.1} s, digest {}",
        report.failed_seeds().len(),
        report.seeds,
        report.bound(),
        report.wall_ms as f64 / 1_000.0,
        report.json(wanted)["digest"].as_str().unwrap_or_default()
    )?;
    Ok(())
}

fn asked() -> Result<Asked> {
    let mut asked = Asked {
        wanted: Wanted {
            base: 1,
            seeds: 200,
            limit: Duration::from_secs(24 * 3_600),
            workers: 2,
            plant: None,
        },
        worker: None,
        json: None,
    };
    let mut given = std::env::args().skip(1);
    while let Some(word) = given.next() {
        let mut value = || {
            given
                .next()
                .with_context(|| format!("{word} wants a value"))
        };
        match word.as_str() {
            "--seeds" => asked.wanted.seeds = value()?.parse()?,
            "--minutes" => {
                asked.wanted.limit = Duration::from_secs(60 * value()?.parse::<u64>()?);
                asked.wanted.seeds = u64::MAX / 4;
            }
            "--seconds" => asked.wanted.limit = Duration::from_secs(value()?.parse()?),
            "--seed-base" => asked.wanted.base = value()?.parse()?,
            "--workers" => asked.wanted.workers = value()?.parse::<u64>()?.max(1),
            "--worker" => asked.worker = Some(value()?.parse()?),
            "--json" => asked.json = Some(value()?.into()),
            "--plant" => {
                let word = value()?;
                let plant = Plant::from_word(&word).with_context(|| format!("no plant {word}"))?;
                asked.wanted.plant = Some(plant);
            }
            other => bail!("unknown word {other}"),
        }
    }
    Ok(asked)
}
