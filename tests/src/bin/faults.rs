//! Longer runs of the fault suites: `faults [--rounds N] [--seed N] [--only NAME]`, where N
//! rounds are N times the short run of the tests. Ends with 1 when anything did not hold.
//!
//! Not here: the controls that must fail (they run with the tests).

use anyhow::Context;
use fengsui_store::Durability;
use fengsui_tests::faults::crash::{self, Disk};
use fengsui_tests::faults::power::{self, Ground};
use fengsui_tests::faults::report::skipped;
use fengsui_tests::faults::{Report, Settings, damage, disk, door, kill, mount, refuse, trace};

type Suite = fn(&Settings) -> anyhow::Result<Report>;

const SUITES: [(&str, bool, Suite); 11] = [
    ("kill", false, kill::run),
    ("trace-kills", false, trace::kills),
    ("trace-errors", false, trace::errors),
    ("crash-day", false, days),
    ("crash-upgrade", false, crash::cut_upgrade),
    ("refuse", false, refuse::run),
    ("power", true, |settings| {
        power::run(settings, Ground::Product, 60 * settings.times)
    }),
    ("full", true, |_| disk::full()),
    ("read-only", true, |_| disk::read_only()),
    ("damage", false, damage::run),
    ("door", false, door::run),
];

/// A day a round, each with another seed.
fn days(settings: &Settings) -> anyhow::Result<Report> {
    let name = "power cut at every place of a day";
    let mut report = Report::new(name);
    let day = crash::record(Durability::Full, Disk::Honest)?;
    for round in 0..settings.times {
        report.add(crash::cut_everywhere(
            name,
            &day,
            1,
            settings.seed + round * 7,
        )?);
    }
    Ok(report)
}

fn main() -> anyhow::Result<()> {
    let worker = std::env::current_exe()?
        .parent()
        .context("no folder of our own")?
        .join("fault_worker");
    let mut settings = Settings::short(worker);
    let mut only = None;
    let mut given = std::env::args().skip(1);
    while let Some(word) = given.next() {
        let value = given
            .next()
            .with_context(|| format!("{word} wants a value"))?;
        match word.as_str() {
            "--rounds" => settings.times = value.parse()?,
            "--seed" => settings.seed = value.parse()?,
            "--only" => only = Some(value),
            other => anyhow::bail!("unknown word {other}"),
        }
    }
    let mut has_failed = false;
    for (name, wants_root, suite) in SUITES {
        if only.as_ref().is_some_and(|only| only != name) {
            continue;
        }
        if wants_root && !mount::is_possible() {
            skipped(name, settings.times, "mounts need root");
            continue;
        }
        has_failed |= suite(&settings)?.finish(&[]).is_err();
    }
    anyhow::ensure!(!has_failed, "something did not hold");
    Ok(())
}
