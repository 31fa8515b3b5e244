//! The disk refuses from the k-th operation on, for every k: once or for ever, by an error, by
//! being full, by failing syncs. What was said must hold; what was refused must not be there; and
//! when the disk is healed the same program must go on.
//!
//! Not here: the same by the kernel (trace, disk).

use std::path::Path;

use anyhow::ensure;
use fengsui_store::{Db, StoreError};
use fengsui_testkit::crash_vfs::{self, CrashDisk, DiskFault};

use super::place::{self, Place};
use super::work::{self, Told};
use super::{Report, Settings};

/// Commands given while the disk refuses.
const COMMANDS: i64 = 12;
/// Operations tried as the first refused one; a command makes about ten.
const FROM_MAX: u64 = 130;

/// Every k, three kinds of refusal, once and for ever.
///
/// # Errors
/// When the machine gets in the way.
pub fn run(settings: &Settings) -> anyhow::Result<Report> {
    let mut report = Report::new("refusal from the k-th operation");
    let used = used_home()?;
    for fault in [DiskFault::Io, DiskFault::Full, DiskFault::Sync] {
        for is_once in [true, false] {
            for from in 0..FROM_MAX * settings.times {
                let place = Place::in_memory("refuse")?;
                let home = place.path().join("home");
                place::copy_files(&used.0.path().join("home"), &home)?;
                let mut told = used.1.clone();
                let what = format!("{fault:?} from {from} once={is_once}");
                let verdict = one(&home, fault, from, is_once, &mut told, &mut report);
                report.run();
                report.judge(&what, verdict);
                if told_all(&told) {
                    // The refusal came after the last command.
                    break;
                }
            }
        }
    }
    Ok(report)
}

/// Whether the run had no refusal in it.
fn told_all(told: &Told) -> bool {
    told.len() > usize::try_from(COMMANDS).unwrap_or(0)
        && told
            .values()
            .all(|ended| matches!(ended, work::Ended::Acknowledged(_)))
        && told.contains_key(&i64::MAX)
}

fn one(
    home: &Path,
    fault: DiskFault,
    from: u64,
    is_once: bool,
    told: &mut Told,
    report: &mut Report,
) -> anyhow::Result<()> {
    let crash = CrashDisk::attach(home)?;
    let mut options = place::options(home);
    options.vfs = Some(crash_vfs::NAME.into());
    let db = Db::open(&options)?;
    crash.fail_from(from, fault, is_once);
    for token in 1000..1000 + COMMANDS {
        match work::command_told(&db, token, told) {
            Ok(_) => report.count("acknowledged", 1),
            Err(error) => report.count(kind(&error)?, 1),
        }
    }
    report.count("operations refused", crash.refused());
    crash.heal();
    // The desk goes on without a restart.
    let went_on = work::command_told(&db, 5000, told);
    ensure!(went_on.is_ok(), "does not go on: {:?}", went_on.err());
    if crash.refused() == 0 {
        told.insert(i64::MAX, work::Ended::Unknown);
    }
    work::verify(&db, told)?;
    drop(db);
    drop(crash);
    work::verify(&Db::open(&place::options(home))?, told)
}

/// The words a refusal may have here.
fn kind(error: &StoreError) -> anyhow::Result<&'static str> {
    Ok(match error {
        StoreError::Io { .. } => "Io",
        StoreError::DiskFull => "DiskFull",
        StoreError::NotWritten => "NotWritten",
        StoreError::Ambiguous => "Ambiguous",
        other => anyhow::bail!("{other:?}"),
    })
}

fn used_home() -> anyhow::Result<(Place, Told)> {
    let place = Place::in_memory("refuse-used")?;
    let work_home = place.path().join("work");
    let mut told = Told::new();
    let db = Db::open(&place::options(&work_home))?;
    for token in 1..=10 {
        work::command_told(&db, token, &mut told)?;
    }
    drop(db);
    place::copy_files(&work_home, &place.path().join("home"))?;
    Ok((place, told))
}
