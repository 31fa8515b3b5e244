//! At the door: a second copy of the program, a file of a newer program, another program's lock,
//! a wrong key, a foreign file, files that are empty, cut or somebody else's log. Each has its
//! own word, and the files stay as they were.

use std::path::Path;
use std::process::Command;

use anyhow::{bail, ensure};
use fengsui_store::{Db, Lineage, StoreError};

use super::child::Worker;
use super::place::{self, Place};
use super::work::{self, Told};
use super::{Report, Settings};

/// Every case once.
///
/// # Errors
/// When the machine gets in the way.
pub fn run(settings: &Settings) -> anyhow::Result<Report> {
    let mut report = Report::new("at the door");
    type Case = fn(&Settings, &Path) -> anyhow::Result<()>;
    let cases: [(&'static str, Case); 7] = [
        ("second copy", second_copy),
        ("newer file", newer_file),
        ("half a file", half_a_file),
        ("empty file", empty_file),
        ("log gone", log_gone),
        ("foreign log", foreign_log),
        ("garbage shared memory", garbage_shm),
    ];
    for (name, case) in cases {
        let place = Place::on_disk("door")?;
        report.run();
        report.count(name, 1);
        report.judge(name, case(settings, &place.path().join("home")));
    }
    Ok(report)
}

fn second_copy(settings: &Settings, home: &Path) -> anyhow::Result<()> {
    let mut command = Command::new(&settings.worker);
    command
        .arg("--home")
        .arg(home)
        .args(["--hold", "--count", "0"]);
    let mut first = Worker::start(command)?;
    // Not tried before it is in: a lock of this process would live on for a moment in whatever
    // another test starts just then.
    first.hear_open()?;
    match Db::open(&place::options(home)) {
        Err(StoreError::HomeInUse) => {}
        Err(other) => return Err(other.into()),
        Ok(_) => bail!("a second copy opened the home"),
    }
    first.kill()?;
    Db::open(&place::options(home))?;
    Ok(())
}

fn newer_file(_: &Settings, home: &Path) -> anyhow::Result<()> {
    let mut told = Told::new();
    let mut newer = place::options(home);
    newer.migrations = work::SECOND;
    let db = Db::open(&newer)?;
    for token in 1..=3 {
        work::command_told(&db, token, &mut told)?;
    }
    drop(db);
    let before = std::fs::read(home.join("real.db"))?;
    match Db::open(&place::options(home)) {
        Err(StoreError::TooNew { found: 2, known: 1 }) => {}
        Err(other) => return Err(other.into()),
        Ok(_) => bail!("an older program opened a newer file"),
    }
    ensure!(
        before == std::fs::read(home.join("real.db"))?,
        "the file changed"
    );
    work::verify(&Db::open(&newer)?, &told)
}

/// Leaves a home as a crash does, its newest work in the log.
fn crashed(home: &Path) -> anyhow::Result<Told> {
    let place = Place::on_disk("door-work")?;
    let mut told = Told::new();
    let db = Db::open(&place::options(place.path()))?;
    for token in 1..=40 {
        work::command_told(&db, token, &mut told)?;
    }
    place::copy_files(place.path(), home)?;
    Ok(told)
}

fn damaged(home: &Path) -> anyhow::Result<()> {
    match Db::open(&place::options(home)) {
        Err(StoreError::Corrupt { .. }) => Ok(()),
        Err(other) => Err(other.into()),
        Ok(_) => bail!("opened"),
    }
}

fn half_a_file(_: &Settings, home: &Path) -> anyhow::Result<()> {
    crashed(home)?;
    let _ = std::fs::remove_file(home.join("real.db-wal"));
    let bytes = std::fs::read(home.join("real.db"))?;
    // A header and a bit of a page.
    std::fs::write(home.join("real.db"), &bytes[..bytes.len().min(5000)])?;
    match Db::open(&place::options(home)) {
        Err(StoreError::Corrupt { .. }) => Ok(()),
        Err(other) => Err(other.into()),
        Ok(db) => {
            ensure!(
                work::lineage(&db).is_err() || behind(&db)?,
                "opened as if nothing was lost"
            );
            Ok(())
        }
    }
}

fn behind(db: &Db) -> anyhow::Result<bool> {
    Ok(work::lineage(db)? == Lineage::Behind)
}

fn empty_file(_: &Settings, home: &Path) -> anyhow::Result<()> {
    crashed(home)?;
    std::fs::write(home.join("real.db"), b"")?;
    damaged(home)
}

/// Without its log the file is a past; the witness knows.
fn log_gone(_: &Settings, home: &Path) -> anyhow::Result<()> {
    crashed(home)?;
    std::fs::remove_file(home.join("real.db-wal"))?;
    match Db::open(&place::options(home)) {
        Err(StoreError::Corrupt { .. }) => Ok(()),
        Err(other) => Err(other.into()),
        Ok(db) => {
            ensure!(behind(&db)?, "the loss was not noticed");
            Ok(())
        }
    }
}

fn foreign_log(_: &Settings, home: &Path) -> anyhow::Result<()> {
    crashed(home)?;
    let other = Place::on_disk("door-other")?;
    crashed(other.path())?;
    std::fs::copy(other.path().join("real.db-wal"), home.join("real.db-wal"))?;
    match Db::open(&place::options(home)) {
        Err(StoreError::Corrupt { .. }) => Ok(()),
        Err(other) => Err(other.into()),
        Ok(db) => {
            ensure!(
                work::lineage(&db).is_err() || behind(&db)?,
                "a foreign log was believed"
            );
            Ok(())
        }
    }
}

fn garbage_shm(_: &Settings, home: &Path) -> anyhow::Result<()> {
    let told = crashed(home)?;
    std::fs::write(home.join("real.db-shm"), vec![0xa5_u8; 32768])?;
    work::verify(&Db::open(&place::options(home))?, &told)
}
