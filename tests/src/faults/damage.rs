//! Bit rot: one flipped bit, one zeroed sector or 64 bytes of noise somewhere in the database or
//! its log. Every damage must end in a typed error, in a witness that knows better, or in data
//! that is exactly right; never in wrong data, never in a panic.
//!
//! Not here: damage to the key file (tests beside it, every byte of it).

use std::path::Path;

use anyhow::bail;
use fengsui_store::{CheckState, Db, Lineage, StoreError};
use fengsui_testkit::crash_vfs::Dice;

use super::place::{self, Place};
use super::work::{self, Told};
use super::{Report, Settings};

/// Commands in the file that is damaged:
/// more than the store folds back at once, so that both file and log hold some of the work.
const COMMANDS: i64 = 400;

/// Fifteen hundred damages, times `settings.times`.
///
/// # Errors
/// When the machine gets in the way.
pub fn run(settings: &Settings) -> anyhow::Result<Report> {
    let threads = std::thread::available_parallelism().map_or(1, std::num::NonZero::get) as u64;
    let bench = Bench::build()?;
    let total = 1500 * settings.times;
    let mut report = Report::new("damage to the database and its log");
    let parts: Vec<_> = std::thread::scope(|scope| {
        let bench = &bench;
        let parts: Vec<_> = (0..threads)
            .map(|part| {
                scope.spawn(move || {
                    let rounds = (part..total).step_by(usize::try_from(threads).unwrap_or(1));
                    damage_part(bench, settings.seed, rounds)
                })
            })
            .collect();
        parts.into_iter().map(|part| part.join()).collect()
    });
    for part in parts {
        report.add(part.unwrap_or_else(|_| Err(anyhow::anyhow!("a thread panicked")))?);
    }
    Ok(report)
}

struct Bench {
    /// Closed cleanly: everything in the file.
    closed: Place,
    /// Copied while open: the newest work in the log.
    open: Place,
    told: Told,
}

impl Bench {
    fn build() -> anyhow::Result<Self> {
        let (closed, open) = (Place::in_memory("closed")?, Place::in_memory("open")?);
        let place = Place::in_memory("damage-work")?;
        let mut told = Told::new();
        let db = Db::open(&place::options(place.path()))?;
        for token in 1..=COMMANDS {
            work::command_told(&db, token, &mut told)?;
        }
        place::copy_files(place.path(), open.path())?;
        drop(db);
        place::copy_files(place.path(), closed.path())?;
        Ok(Self { closed, open, told })
    }
}

fn damage_part(
    bench: &Bench,
    seed: u64,
    rounds: impl Iterator<Item = u64>,
) -> anyhow::Result<Report> {
    let mut report = Report::new("damage");
    let place = Place::in_memory("damaged")?;
    for round in rounds {
        let mut dice = Dice::new(seed.wrapping_mul(31).wrapping_add(round));
        let (base, name) = match round % 3 {
            0 => (&bench.closed, "real.db"),
            1 => (&bench.open, "real.db"),
            _ => (&bench.open, "real.db-wal"),
        };
        place::empty(place.path())?;
        place::copy_files(base.path(), place.path())?;
        // The shared memory of a crashed program is rebuilt; a stale one is a damage of its own.
        if round % 2 == 0 {
            let _ = std::fs::remove_file(place.path().join("real.db-shm"));
        }
        // Without the mark of a clean exit the file is checked at the door.
        if round % 4 == 0 {
            let _ = std::fs::remove_file(place.path().join("clean"));
        }
        let path = place.path().join(name);
        let mut bytes = std::fs::read(&path)?;
        let kind = damage(&mut bytes, &mut dice);
        std::fs::write(&path, bytes)?;
        report.run();
        report.count(kind, 1);
        match judge(place.path(), &bench.told) {
            Ok(found) => report.count(found, 1),
            Err(error) => report.bad(format!("round {round} {kind} in {name}: {error:#}")),
        }
    }
    Ok(report)
}

fn damage(bytes: &mut [u8], dice: &mut Dice) -> &'static str {
    let length = bytes.len() as u64;
    let at = usize::try_from(dice.below(length)).unwrap_or(0);
    match dice.below(3) {
        0 => {
            bytes[at] ^= 1 << dice.below(8);
            "flipped bits"
        }
        1 => {
            let from = at / 512 * 512;
            let to = bytes.len().min(from + 512);
            bytes[from..to].fill(0);
            "zeroed sectors"
        }
        _ => {
            let to = bytes.len().min(at + 64);
            for byte in &mut bytes[at..to] {
                *byte = u8::try_from(dice.below(256)).unwrap_or(0);
            }
            "64 bytes of noise"
        }
    }
}

/// Opens and reads everything, as far as it goes.
fn judge(home: &Path, told: &Told) -> anyhow::Result<&'static str> {
    let db = match Db::open(&place::options(home)) {
        Ok(db) => db,
        Err(StoreError::Corrupt { .. }) => return Ok("found at the door"),
        Err(StoreError::Io { .. }) => return Ok("found at the door"),
        Err(other) => bail!("misnamed: {other:?}"),
    };
    if work::lineage(&db).is_ok_and(|lineage| lineage == Lineage::Behind) {
        return Ok("found by the witness");
    }
    match work::verify(&db, told) {
        Ok(()) => Ok("harmless: all data right"),
        Err(error) => match error.downcast_ref::<StoreError>() {
            Some(StoreError::Corrupt { .. }) if db.state().check == CheckState::Failed => {
                Ok("found on reading")
            }
            Some(StoreError::Corrupt { .. } | StoreError::Io { .. }) => Ok("found on reading"),
            _ => bail!("SILENT: {error:#}"),
        },
    }
}
