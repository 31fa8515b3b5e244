//! The n-th write or sync exactly, by strace: death right there, or an error from there on. Not
//! here: random moments (kill) and cuts that lose the cache (crash, power).

use std::path::Path;
use std::process::Command;

use fengsui_store::Db;

use super::child::{Said, Worker};
use super::place::{self, Place};
use super::work::{self, Told};
use super::{Report, Settings};

/// Commands of a run that is not killed.
const COMMANDS: u64 = 25;
/// Errors that a run has to show.
const CALLS: [&str; 2] = ["pwrite64", "fsync"];

/// Death at the n-th write and at the n-th sync, from an empty home on and from one in use.
///
/// # Errors
/// When the machine gets in the way.
pub fn kills(settings: &Settings) -> anyhow::Result<Report> {
    let mut report = Report::new("strace: kill at the n-th call");
    let used = used_home()?;
    for call in CALLS {
        for is_fresh in [true, false] {
            for nth in 1..=45 * settings.times {
                let place = Place::in_memory("trace")?;
                let home = place.path().join("home");
                if !is_fresh {
                    place::copy_files(&used.0.path().join("home"), &home)?;
                }
                let fault = format!("{call}:signal=SIGKILL:when={nth}");
                let said = traced(settings, &home, call, &fault)?;
                if said.is_done {
                    break;
                }
                report.run();
                report.count(call, 1);
                report.count("acknowledged", said.acknowledged());
                let mut told = if is_fresh {
                    Told::new()
                } else {
                    used.1.clone()
                };
                told.extend(said.told);
                report.judge(&format!("{fault} fresh={is_fresh}"), reopen(&home, &told));
            }
        }
    }
    Ok(report)
}

/// Errors from the n-th call on, once or for ever.
///
/// # Errors
/// When the machine gets in the way.
pub fn errors(settings: &Settings) -> anyhow::Result<Report> {
    let mut report = Report::new("strace: error from the n-th call");
    let used = used_home()?;
    for (call, error) in [
        ("fsync", "EIO"),
        ("pwrite64", "ENOSPC"),
        ("pwrite64", "EIO"),
    ] {
        for when in (1..=40 * settings.times).step_by(2) {
            for tail in ["", "+"] {
                let place = Place::in_memory("trace")?;
                let home = place.path().join("home");
                place::copy_files(&used.0.path().join("home"), &home)?;
                let fault = format!("{call}:error={error}:when={when}{tail}");
                let said = traced(settings, &home, call, &fault)?;
                report.run();
                report.count(error, 1);
                report.count("acknowledged", said.acknowledged());
                report.count("refused", said.refusals.len() as u64);
                for refusal in &said.refusals {
                    report.count(known(refusal), 1);
                }
                let mut told = used.1.clone();
                told.extend(said.told);
                report.judge(&fault, reopen(&home, &told));
            }
        }
    }
    Ok(report)
}

fn known(refusal: &str) -> &'static str {
    ["NotWritten", "Ambiguous", "DiskFull", "Io", "ReadOnly"]
        .into_iter()
        .find(|known| *known == refusal)
        .unwrap_or("another refusal")
}

fn reopen(home: &Path, told: &Told) -> anyhow::Result<()> {
    let db = Db::open(&place::options(home))?;
    work::verify(&db, told)?;
    // And it can be worked on.
    work::command(&db, i64::MAX)?;
    Ok(())
}

/// A home with some work in it, left unclean so that opening has something to recover.
fn used_home() -> anyhow::Result<(Place, Told)> {
    let place = Place::in_memory("trace-used")?;
    let work_home = place.path().join("work");
    let mut told = Told::new();
    let db = Db::open(&place::options(&work_home))?;
    for token in 1..=30 {
        work::command_told(&db, token, &mut told)?;
    }
    place::copy_files(&work_home, &place.path().join("home"))?;
    drop(db);
    Ok((place, told))
}

fn traced(settings: &Settings, home: &Path, call: &str, fault: &str) -> anyhow::Result<Said> {
    let mut command = Command::new("strace");
    command.args(["-f", "-qq", "-o", "/dev/null", "-e"]);
    command
        .arg(format!("trace={call}"))
        .arg("-e")
        .arg(format!("inject={fault}"));
    command.arg(&settings.worker).arg("--home").arg(home);
    command.args(["--first", "4294967296", "--count", &COMMANDS.to_string()]);
    Worker::start(command)?.finish()
}
