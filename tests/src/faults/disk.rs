//! The disk is full or cannot be written, by the kernel's own means: a memory disk, a small ext4,
//! a file size limit, a read-only mount, an immutable file. Calls can still be taken from the
//! reserve; nothing said is lost; and when there is room again the desk goes on by itself.
//!
//! Not here: refusals at an exact operation (refuse, trace).

use std::path::Path;
use std::process::Command;
use std::time::{Duration, Instant};

use anyhow::{Context, ensure};
use fengsui_store::{Db, DiskState, Mode, StoreError};

use super::child::Worker;
use super::mount::{self, Mount};
use super::place::{self, Place};
use super::work::{self, Ended, Told};
use super::{Report, Settings};

const KIB: u64 = 1024;
/// Size of the reserve on the small disks.
const RESERVE: u64 = 1024 * KIB;
/// How long the reserve may take to be made again.
const PATIENCE: Duration = Duration::from_secs(20);

/// A full memory disk and a full ext4, each filled, worked on from the reserve, and freed.
///
/// # Errors
/// When the machine gets in the way.
pub fn full() -> anyhow::Result<Report> {
    let mut report = Report::new("full disk");
    for (kind, mount) in [
        ("memory disk", Mount::memory(4096)?),
        ("ext4", Mount::ext4(12)?),
    ] {
        report.run();
        report.count(kind, 1);
        let verdict = fill_and_free(&mount.at(), &mut report);
        report.judge(kind, verdict);
        report.run();
        let verdict = open_when_full(&mount.at().join("second"), &mut report);
        report.judge(kind, verdict);
    }
    Ok(report)
}

fn small_options(home: &Path) -> fengsui_store::OpenOptions {
    let mut options = place::options(home);
    options.disk.ballast = RESERVE;
    options.disk.low = RESERVE + 256 * KIB;
    options.disk.critical = 64 * KIB;
    options
}

fn fill_and_free(disk: &Path, report: &mut Report) -> anyhow::Result<()> {
    let home = disk.join("home");
    let mut told = Told::new();
    let db = Db::open(&small_options(&home))?;
    ensure!(db.state().ballast, "no reserve on a disk with room");
    for token in 1..=20 {
        work::command_told(&db, token, &mut told)?;
    }
    fill(&disk.join("filler"))?;
    let mut from_reserve = 0;
    let mut token = 20;
    loop {
        token += 1;
        match work::command_told(&db, token, &mut told) {
            Ok(_) if db.state().ballast => {}
            Ok(_) => from_reserve += 1,
            Err(StoreError::DiskFull) => break,
            Err(other) => anyhow::bail!("misnamed: {other:?}"),
        }
        ensure!(token < 100_000, "the disk never became full");
    }
    report.count("refused as full", 1);
    report.count("commands from the reserve", from_reserve);
    ensure!(
        from_reserve >= 50,
        "only {from_reserve} commands from the reserve"
    );
    let state = db.state();
    ensure!(
        !state.ballast && state.disk == DiskState::Critical,
        "{state:?}"
    );
    work::verify(&db, &told)?;
    std::fs::remove_file(disk.join("filler"))?;
    work::command_told(&db, token + 1, &mut told).context("with room again")?;
    let until = Instant::now() + PATIENCE;
    while !db.state().ballast && Instant::now() < until {
        std::thread::sleep(Duration::from_millis(20));
    }
    ensure!(db.state().ballast, "the reserve was not made again");
    report.count("reserve made again", 1);
    work::verify(&db, &told)?;
    drop(db);
    work::verify(&Db::open(&small_options(&home))?, &told)
}

/// A home with its reserve is opened on a disk without a byte left.
fn open_when_full(home: &Path, report: &mut Report) -> anyhow::Result<()> {
    let mut told = Told::new();
    let mut options = small_options(home);
    options.disk.ballast = 512 * KIB;
    let db = Db::open(&options)?;
    for token in 1..=5 {
        work::command_told(&db, token, &mut told)?;
    }
    drop(db);
    let filler = home.join("filler");
    fill(&filler)?;
    let db = Db::open(&options)?;
    for token in 6..=25 {
        work::command_told(&db, token, &mut told)?;
    }
    report.count("opened when full", 1);
    work::verify(&db, &told)?;
    drop(db);
    std::fs::remove_file(filler)?;
    work::verify(&Db::open(&options)?, &told)
}

/// Writes until nothing more fits.
fn fill(path: &Path) -> anyhow::Result<()> {
    use std::io::Write;
    let mut file = std::fs::File::create(path)?;
    let piece = [0_u8; 512];
    while file.write_all(&piece).is_ok() {}
    Ok(())
}

/// A file size limit: the system would kill the program; it must say "full" instead.
///
/// # Errors
/// When the machine gets in the way.
pub fn size_limit(settings: &Settings) -> anyhow::Result<Report> {
    let mut report = Report::new("file size limit");
    for blocks in [300, 500, 900] {
        let place = Place::on_disk("limit")?;
        let home = place.path().join("home");
        let mut command = Command::new("sh");
        let script = format!("ulimit -f {blocks}; exec \"$0\" \"$@\"");
        command.args(["-c", &script]).arg(&settings.worker);
        command.arg("--home").arg(&home).args(["--count", "3000"]);
        let said = Worker::start(command)?.finish()?;
        report.run();
        report.count("acknowledged", said.acknowledged());
        let full = said
            .refusals
            .iter()
            .filter(|word| *word == "DiskFull")
            .count();
        report.count("refused as full", full as u64);
        let verdict = (|| {
            ensure!(
                said.is_done,
                "it died: {}",
                said.text.lines().last().unwrap_or("")
            );
            ensure!(
                full == said.refusals.len(),
                "other refusals: {:?}",
                said.refusals.last()
            );
            work::verify(&Db::open(&place::options(&home))?, &said.told)
        })();
        report.judge(&format!("{blocks} blocks"), verdict);
    }
    Ok(report)
}

/// A read-only mount (closed cleanly, and with a log left behind) and an immutable file: all can
/// be read, every command says why not, nothing changes.
///
/// # Errors
/// When the machine gets in the way.
pub fn read_only() -> anyhow::Result<Report> {
    let mut report = Report::new("read-only");
    for is_clean in [true, false] {
        let mount = Mount::ext4(24)?;
        let home = mount.at().join("home");
        let told = leave_home(&mount, &home, is_clean)?;
        mount.remount("ro")?;
        report.run();
        report.count(
            if is_clean {
                "read-only mount"
            } else {
                "with a log left"
            },
            1,
        );
        report.judge("read-only mount", only_reads(&home, &told));
        mount.remount("rw")?;
        report.judge("writable again", writes_again(&home, &told));
    }
    let mount = Mount::ext4(24)?;
    let home = mount.at().join("home");
    let told = leave_home(&mount, &home, true)?;
    let database = home.join("real.db");
    mount::run("chattr", &["+i"], &database)?;
    report.run();
    report.count("immutable file", 1);
    report.judge("immutable file", only_reads(&home, &told));
    mount::run("chattr", &["-i"], &database)?;
    report.judge("mutable again", writes_again(&home, &told));
    Ok(report)
}

/// A home with thirty commands; not clean = the files as they lie while the program runs.
fn leave_home(mount: &Mount, home: &Path, is_clean: bool) -> anyhow::Result<Told> {
    let work_home = mount.at().join("work");
    let mut told = Told::new();
    let db = Db::open(&place::options(&work_home))?;
    for token in 1..=30 {
        work::command_told(&db, token, &mut told)?;
    }
    if is_clean {
        drop(db);
        place::copy_files(&work_home, home)?;
    } else {
        place::copy_files(&work_home, home)?;
        std::fs::remove_file(home.join("real.db-shm"))?;
        drop(db);
    }
    Ok(told)
}

fn only_reads(home: &Path, told: &Told) -> anyhow::Result<()> {
    let before = std::fs::read(home.join("real.db"))?;
    let db = Db::open(&place::options(home))?;
    ensure!(db.state().mode == Mode::ReadOnly, "{:?}", db.state().mode);
    work::verify(&db, told)?;
    let refused = work::command(&db, 99);
    ensure!(matches!(refused, Err(StoreError::ReadOnly)), "{refused:?}");
    drop(db);
    ensure!(
        before == std::fs::read(home.join("real.db"))?,
        "the file changed"
    );
    Ok(())
}

fn writes_again(home: &Path, told: &Told) -> anyhow::Result<()> {
    let db = Db::open(&place::options(home))?;
    ensure!(db.state().mode == Mode::ReadWrite, "{:?}", db.state().mode);
    let mut told = told.clone();
    told.insert(99, Ended::Acknowledged(work::command(&db, 99)?));
    work::verify(&db, &told)
}
