//! Power cuts below a real kernel's file system: ext4 on a loop device is shut down without
//! writing its journal out, the machine "starts again", and everything said must be there. With
//! the settings and the lying disk that must lose work.
//!
//! The worker is stopped before the cut: a sync under way while ext4 shuts down may come back
//! with success, which is this method's own fault and no disk's.

use std::path::Path;
use std::process::Command;
use std::time::Duration;

use fengsui_store::Db;
use fengsui_testkit::crash_vfs::Dice;

use super::child::Worker;
use super::mount::{self, Mount};
use super::place::{self, Place};
use super::work::{self, Told};
use super::{Report, Settings};

/// Shuts a file system down: no flush, no journal (FS_IOC_SHUTDOWN, NOLOGFLUSH).
const CUT_C: &str = include_str!("power/cut.c");
/// Answers every sync with success.
const LIE_C: &str = include_str!("power/lie.c");
/// Cuts that a control makes at least.
const ROUNDS_MIN: u64 = 6;
/// Cuts on one image before a fresh one is made.
const ROUNDS_PER_DISK: u64 = 15;
/// The most acknowledgements that are waited for, and the latest moment of a cut after that.
const ACKNOWLEDGED_MAX: u64 = 40;
const MOMENT_MAX_US: u64 = 4_000;

/// What the worker stands on.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Ground {
    /// The product's setting on an honest disk.
    Product,
    /// `synchronous=NORMAL`: must lose work.
    NormalSync,
    /// Syncs that lie: must lose work.
    LyingSync,
}

/// Cuts the power `rounds` times; on a ground that must lose, no longer than it takes to see it.
///
/// # Errors
/// When the machine gets in the way.
pub fn run(settings: &Settings, ground: Ground, rounds: u64) -> anyhow::Result<Report> {
    let mut report = Report::new(match ground {
        Ground::Product => "ext4 power cuts",
        Ground::NormalSync => "ext4 power cuts, synchronous=NORMAL (must lose)",
        Ground::LyingSync => "ext4 power cuts, syncs that lie (must lose)",
    });
    let tools = Place::on_disk("power-tools")?;
    let cut = tools.path().join("cut");
    let lie = tools.path().join("lie.so");
    mount::compile(CUT_C, &[], &cut)?;
    mount::compile(LIE_C, &["-shared", "-fPIC"], &lie)?;
    let mut dice = Dice::new(settings.seed);
    let mut told = Told::new();
    let mut disk = Mount::ext4(96)?;
    for round in 0..rounds {
        if round > 0 && round % ROUNDS_PER_DISK == 0 || report.failures() > 0 {
            disk = Mount::ext4(96)?;
            told.clear();
        }
        let home = disk.at().join("home");
        let mut command = Command::new(&settings.worker);
        command.arg("--home").arg(&home);
        command.arg("--first").arg(((round + 1) << 32).to_string());
        match ground {
            Ground::Product => {}
            Ground::NormalSync => {
                command.arg("--normal");
            }
            Ground::LyingSync => {
                command.env("LD_PRELOAD", &lie);
            }
        }
        let mut worker = Worker::start(command)?;
        worker.hear_acknowledged(dice.below(ACKNOWLEDGED_MAX))?;
        std::thread::sleep(Duration::from_micros(dice.below(MOMENT_MAX_US)));
        worker.stop()?;
        mount::run(&cut.to_string_lossy(), &[], &disk.at())?;
        let said = worker.kill()?;
        disk.away()?;
        disk.again(&[])?;
        report.run();
        report.count("cuts", 1);
        report.count("acknowledged", said.acknowledged());
        told.extend(said.told);
        report.judge(&format!("round {round}"), verify(&home, &told));
        if ground != Ground::Product && report.failures() > 0 && report.runs() >= ROUNDS_MIN {
            break;
        }
    }
    Ok(report)
}

fn verify(home: &Path, told: &Told) -> anyhow::Result<()> {
    let db = Db::open(&place::options(home))?;
    work::verify(&db, told)
}
