//! `kill -9` at random moments, again and again on the same home. Proves that a crash of the
//! program loses nothing; it never finds a missing sync, because the system's cache survives.

use std::process::Command;
use std::time::Duration;

use fengsui_store::Db;
use fengsui_testkit::crash_vfs::Dice;

use super::child::Worker;
use super::place::{self, Place};
use super::work::{self, Told};
use super::{Report, Settings};

/// Kills on one home before a fresh one is begun.
const ROUNDS_PER_HOME: u64 = 25;
/// The latest moment of a kill after the start, and after an acknowledgement.
const MOMENT_MAX_US: (u64, u64) = (40_000, 3_000);
/// The most acknowledgements that are waited for.
const ACKNOWLEDGED_MAX: u64 = 60;

/// Two hundred kills, times `settings.times`.
///
/// # Errors
/// When the machine gets in the way, not when something is lost (that is in the report).
pub fn run(settings: &Settings) -> anyhow::Result<Report> {
    let mut report = Report::new("kill -9 at random moments");
    let mut dice = Dice::new(settings.seed);
    let rounds = 200 * settings.times;
    let mut told = Told::new();
    let mut place = Place::on_disk("kill")?;
    for round in 0..rounds {
        if round % ROUNDS_PER_HOME == 0 {
            place = Place::on_disk("kill")?;
            told.clear();
        }
        let home = place.path().join("home");
        let mut command = Command::new(&settings.worker);
        command.arg("--home").arg(&home);
        command.arg("--first").arg(((round + 1) << 32).to_string());
        let mut worker = Worker::start(command)?;
        // One kill in three at a moment after the start, so that opening is hit too.
        let moment_max_us = if round % 3 == 0 {
            MOMENT_MAX_US.0
        } else {
            worker.hear_acknowledged(1 + dice.below(ACKNOWLEDGED_MAX))?;
            MOMENT_MAX_US.1
        };
        std::thread::sleep(Duration::from_micros(dice.below(moment_max_us)));
        let said = worker.kill()?;
        report.run();
        report.count("killed", 1);
        let acknowledged = said.acknowledged();
        report.count("acknowledged", acknowledged);
        report.count(
            "killed while opening",
            u64::from(!said.text.contains("open\n")),
        );
        report.count("killed at work", u64::from(acknowledged > 0));
        told.extend(said.told);
        let verdict = open_and_verify(&home, &told);
        report.judge(&format!("round {round}"), verdict);
    }
    Ok(report)
}

fn open_and_verify(home: &std::path::Path, told: &Told) -> anyhow::Result<()> {
    let db = Db::open(&place::options(home))?;
    work::verify(&db, told)
}
