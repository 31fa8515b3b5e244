//! Power cuts on the pretended disk: a day's work and an upgrade are recorded, and the power goes
//! at every place of the recording, in every mode. Also cuts during the recovery from a cut, and
//! the settings that must lose work so that one knows the harness would see it.
//!
//! Not here: a real kernel's file system (power).

use std::path::Path;

use anyhow::ensure;
use fengsui_store::{Db, Durability, StoreError};
use fengsui_testkit::crash_vfs::{self, Counts, CrashDisk, CutMode, Cutter, DiskJournal};

use super::place::{self, Place};
use super::work::{self, Told};
use super::{Report, Settings};

/// Commands in a recorded day.
const COMMANDS: i64 = 120;
/// Commands in the database that is upgraded.
const BEFORE_UPGRADE: i64 = 150;
/// One image in so many is cut again while it recovers.
const AGAIN_EVERY: u64 = 400;

/// What the disk does while the day is recorded.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Disk {
    /// Syncs hold.
    Honest,
    /// Syncs are answered and do nothing.
    Lying,
}

/// A recorded run: the journal, the files outside the database, and what was told when.
pub struct Day {
    journal: DiskJournal,
    beside: Place,
    /// What was told, by the place in the journal that the acknowledgement marks.
    told: Told,
}

/// Records a day from an empty home on.
///
/// # Errors
/// When a command is refused on a disk that works.
pub fn record(durability: Durability, disk: Disk) -> anyhow::Result<Day> {
    let place = Place::in_memory("day")?;
    let home = place.path().join("home");
    std::fs::create_dir_all(&home)?;
    let crash = CrashDisk::attach(&home)?;
    if disk == Disk::Lying {
        crash.lie_about_syncs();
    }
    let mut options = place::options(&home);
    options.vfs = Some(crash_vfs::NAME.into());
    options.durability = durability;
    let db = Db::open(&options)?;
    let mut told = Told::new();
    for token in 1..=COMMANDS {
        work::command_told(&db, token, &mut told)?;
        crash.acknowledge(u64::try_from(token)?);
    }
    drop(db);
    let journal = crash.journal();
    Ok(Day {
        journal,
        beside: keep_beside(&home)?,
        told,
    })
}

/// Keeps what lies beside the database and is written by other means: keys only. The witness and
/// the clean mark are left out, as a cut may take both.
fn keep_beside(home: &Path) -> anyhow::Result<Place> {
    let beside = Place::in_memory("beside")?;
    for name in ["keys.json", "keys.json.bak", "machine.secret"] {
        std::fs::copy(home.join(name), beside.path().join(name))?;
    }
    Ok(beside)
}

impl Day {
    /// What had been told when command `last` was the last acknowledged.
    fn told_until(&self, last: u64) -> Told {
        let last = i64::try_from(last).unwrap_or(i64::MAX);
        let told = self.told.range(..=last);
        told.map(|(token, ended)| (*token, *ended)).collect()
    }
}

/// Cuts the power at every `stride`-th place of a day, in every mode.
///
/// # Errors
/// When the machine gets in the way.
pub fn cut_everywhere(
    name: &'static str,
    day: &Day,
    stride: usize,
    seed: u64,
) -> anyhow::Result<Report> {
    let threads = std::thread::available_parallelism().map_or(1, std::num::NonZero::get);
    let mut report = Report::new(name);
    let parts: Vec<anyhow::Result<Report>> = std::thread::scope(|scope| {
        let parts: Vec<_> = (0..threads)
            .map(|part| scope.spawn(move || cut_part(name, day, stride, seed, part, threads)))
            .collect();
        let joined = parts.into_iter().map(|part| part.join());
        joined
            .map(|part| part.unwrap_or_else(|_| Err(anyhow::anyhow!("a cutting thread panicked"))))
            .collect()
    });
    for part in parts {
        report.add(part?);
    }
    Ok(report)
}

fn cut_part(
    name: &'static str,
    day: &Day,
    stride: usize,
    seed: u64,
    part: usize,
    parts: usize,
) -> anyhow::Result<Report> {
    let mut report = Report::new(name);
    let place = Place::in_memory("image")?;
    let home = place.path().join("home");
    place::copy_files(day.beside.path(), &home)?;
    let mut cutter = Cutter::new(&day.journal);
    let mut counts = Counts::default();
    while cutter.step() {
        let at = cutter.place();
        if !at.is_multiple_of(stride) || at / stride % parts != part {
            continue;
        }
        let told = day.told_until(cutter.acknowledged());
        for (number, mode) in (0..).zip(CutMode::ALL) {
            let image = cutter.cut(mode, seed + number);
            counts.add(image.counts);
            place::empty(&home)?;
            place::copy_files(day.beside.path(), &home)?;
            image.write_to(&home)?;
            report.run();
            report.count(mode_name(mode), 1);
            let what = format!("place {at} {mode:?}");
            if report.runs().is_multiple_of(AGAIN_EVERY) {
                let cuts = cut_again(&home, &told, seed)?;
                report.add(cuts);
            }
            let verdict = reopen(&home, &told);
            report.judge(&what, verdict);
        }
    }
    report.count("unsynced writes kept", counts.kept);
    report.count("dropped", counts.dropped);
    report.count("torn", counts.torn);
    report.count("garbage", counts.garbage);
    report.count("names taken back", counts.names_back);
    Ok(report)
}

fn mode_name(mode: CutMode) -> &'static str {
    match mode {
        CutMode::Dropped => "images dropped",
        CutMode::Reordered => "images reordered",
        CutMode::Torn => "images torn",
        CutMode::Garbage => "images garbage",
    }
}

fn reopen(home: &Path, told: &Told) -> anyhow::Result<()> {
    let db = Db::open(&place::options(home))?;
    work::verify(&db, told)
}

/// Cuts the power again at every place of the recovery from a cut.
fn cut_again(home: &Path, told: &Told, seed: u64) -> anyhow::Result<Report> {
    let mut report = Report::new("cut during recovery");
    let first = Place::in_memory("again")?;
    let broken = first.path().join("broken");
    place::copy_files(home, &broken)?;
    let broken = broken.canonicalize()?;
    let crash = CrashDisk::attach(&broken)?;
    let mut options = place::options(&broken);
    options.vfs = Some(crash_vfs::NAME.into());
    drop(Db::open(&options)?);
    let journal = crash.journal();
    drop(crash);
    let beside = keep_beside(&broken)?;
    let mut cutter = Cutter::new(&journal);
    while cutter.step() {
        for (number, mode) in (0..).zip(CutMode::ALL) {
            let image = Place::in_memory("again-image")?;
            cutter.cut(mode, seed + number).write_to(image.path())?;
            place::copy_files(beside.path(), image.path())?;
            report.run();
            report.count("cuts during recovery", 1);
            let verdict = reopen(image.path(), told);
            report.judge(&format!("again at {}", cutter.place()), verdict);
        }
    }
    Ok(report)
}

/// Cuts the power at every place of an upgrade: the old tables or the new, every row either way.
///
/// # Errors
/// When the machine gets in the way.
pub fn cut_upgrade(settings: &Settings) -> anyhow::Result<Report> {
    let mut report = Report::new("power cut during an upgrade");
    let place = Place::in_memory("upgrade")?;
    let home = place.path().join("home");
    let mut told = Told::new();
    let db = Db::open(&place::options(&home))?;
    for token in 1..=BEFORE_UPGRADE {
        work::command_told(&db, token, &mut told)?;
    }
    drop(db);
    let beside = keep_beside(&home)?;
    let crash = CrashDisk::attach(&home)?;
    let mut options = place::options(&home);
    options.vfs = Some(crash_vfs::NAME.into());
    options.migrations = work::SECOND;
    drop(Db::open(&options)?);
    let journal = crash.journal();
    drop(crash);
    let image_place = Place::in_memory("upgrade-image")?;
    let image_home = image_place.path().join("home");
    let mut cutter = Cutter::new(&journal);
    while cutter.step() {
        for (number, mode) in (0..).zip(CutMode::ALL) {
            std::fs::create_dir_all(&image_home)?;
            place::empty(&image_home)?;
            cutter
                .cut(mode, settings.seed + number)
                .write_to(&image_home)?;
            place::copy_files(beside.path(), &image_home)?;
            report.run();
            report.count(mode_name(mode), 1);
            match old_or_new(&image_home, &told) {
                Ok(kind) => report.count(kind, 1),
                Err(error) => report.bad(format!("{} {mode:?}: {error:#}", cutter.place())),
            }
        }
    }
    Ok(report)
}

/// Opens by the old program if the file is still old, then by the new one; checks both.
fn old_or_new(home: &Path, told: &Told) -> anyhow::Result<&'static str> {
    let old = place::options(home);
    let kind = match Db::open(&old) {
        Ok(db) => {
            work::verify(&db, told)?;
            ensure!(columns(&db)? == 3, "the old version with new columns");
            "found old"
        }
        Err(StoreError::TooNew { found: 2, known: 1 }) => "found new",
        Err(error) => return Err(error.into()),
    };
    let mut new = place::options(home);
    new.migrations = work::SECOND;
    let db = Db::open(&new)?;
    work::verify(&db, told)?;
    ensure!(columns(&db)? == 4, "the new version without its column");
    let moved: i64 = db.read(|conn| {
        let sql = "SELECT count(*) FROM moved JOIN incident USING (number, body)
                   WHERE level = number % 4 + 1";
        Ok::<_, StoreError>(conn.query_row(sql, [], |row| row.get(0))?)
    })?;
    ensure!(moved == BEFORE_UPGRADE, "{moved} rows moved");
    Ok(kind)
}

fn columns(db: &Db) -> Result<i64, StoreError> {
    db.read(|conn| {
        let sql = "SELECT count(*) FROM pragma_table_info('incident')";
        Ok(conn.query_row(sql, [], |row| row.get(0))?)
    })
}
