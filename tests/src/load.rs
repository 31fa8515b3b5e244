//! A station with a long past: incidents of years with their timelines, written straight through
//! the log in large transactions. The same number and seed give the same past for ever.
//!
//! Not here: what the past is like (`plan`), its words (`words`), what it costs to live with
//! (`bench`).

pub mod dice;
pub mod past;
pub mod plan;
pub mod words;

use std::path::{Path, PathBuf};
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Instant;

use anyhow::{Context, Result, ensure};
use fengsui_app::Station;
use fengsui_store::{Durability, Home, OpenOptions, StationIdentity, Store, StoreError};
use serde_json::{Value, json};

use crate::desk::{TestClock, options};
use past::Past;
use plan::Plan;

/// Incidents a day in the county.
pub const A_DAY: u64 = 493;
/// Incidents opened within one transaction.
const BATCH: u64 = 2_000;
/// Page cache while writing, KiB.
const CACHE_KIB: i64 = 256 * 1024;
/// Which generator made a past; another number makes it anew.
const VERSION: u64 = 1;

/// What past is wanted.
#[derive(Debug, Clone)]
pub struct Wanted {
    /// How many incidents.
    pub incidents: u64,
    /// Home folder; must not hold another station.
    pub home: PathBuf,
    /// Everything drawn by chance comes from it.
    pub seed: u64,
}

impl Wanted {
    /// The usual past.
    #[must_use]
    pub fn new(incidents: u64, home: impl Into<PathBuf>) -> Wanted {
        let home = home.into();
        Wanted {
            incidents,
            home,
            seed: 20_261_122,
        }
    }
}

/// A past that lies on the disk.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct Loaded {
    /// Incidents opened.
    pub incidents: u64,
    /// Of them closed 无效.
    pub invalid: u64,
    /// Of them on the board at the end.
    pub open: u64,
    /// Entries on timelines.
    pub lines: u64,
    /// All entries of the past, with calls that ring.
    pub entries: u64,
    /// Its last instant, ms.
    pub last_ms: i64,
}

fn mark(home: &Path) -> PathBuf {
    home.join("load.json")
}

/// The past that a home holds, when it was written to its end.
#[must_use]
pub fn found(wanted: &Wanted) -> Option<Loaded> {
    let text = std::fs::read_to_string(mark(&wanted.home)).ok()?;
    let mark: Value = serde_json::from_str(&text).ok()?;
    let number = |name: &str| mark[name].as_u64();
    let same = number("version") == Some(VERSION)
        && number("wanted") == Some(wanted.incidents)
        && number("seed") == Some(wanted.seed);
    same.then_some(())?;
    Some(Loaded {
        incidents: number("incidents")?,
        invalid: number("invalid")?,
        open: number("open")?,
        lines: number("lines")?,
        entries: number("entries")?,
        last_ms: mark["last_ms"].as_i64()?,
    })
}

/// The past of a home, written first when it is not there or was cut short. `say` hears how far
/// it is.
///
/// # Errors
/// A folder that holds something else; those of the store.
pub fn prepare(wanted: &Wanted, say: &mut dyn FnMut(&str)) -> Result<Loaded> {
    if let Some(loaded) = found(wanted) {
        return Ok(loaded);
    }
    if wanted.home.exists() {
        let is_ours = wanted.home.join("load.begun").exists();
        let mut inside = std::fs::read_dir(&wanted.home)?;
        ensure!(
            is_ours || inside.next().is_none(),
            "{} holds something else",
            wanted.home.display()
        );
        std::fs::remove_dir_all(&wanted.home)?;
    }
    std::fs::create_dir_all(&wanted.home)?;
    std::fs::write(wanted.home.join("load.begun"), b"")?;
    let loaded = write(wanted, say)?;
    let text = json!({ "version": VERSION, "wanted": wanted.incidents, "seed": wanted.seed,
        "incidents": loaded.incidents, "invalid": loaded.invalid, "open": loaded.open,
        "lines": loaded.lines, "entries": loaded.entries, "last_ms": loaded.last_ms });
    std::fs::write(mark(&wanted.home), text.to_string())?;
    Ok(loaded)
}

fn write(wanted: &Wanted, say: &mut dyn FnMut(&str)) -> Result<Loaded> {
    let plan = Plan::new(wanted.incidents, wanted.seed);
    let clock = TestClock::at(plan.first_ms() - 3_600_000);
    let desk = options(&wanted.home, &clock);
    let identity = StationIdentity {
        number: desk.station_number,
        code: desk.station_code.clone(),
        name: desk.station_name.clone(),
    };
    // Opened once as ever, which enrols the units.
    drop(Station::open(desk)?);
    let mut open = OpenOptions::new(Home::at(&wanted.home));
    // A past that is cut short is written anew: nothing is promised to anybody here.
    open.durability = Durability::OffForNegativeTest;
    let store = Store::open(&open, &identity, plan.first_ms())?;
    store.write_local(|conn| Ok(conn.pragma_update(None, "cache_size", -CACHE_KIB)?))?;
    let past = Arc::new(Mutex::new(Past::begin(&store, plan)?));
    let began = Instant::now();
    loop {
        let job = past.clone();
        let is_done = store.act::<_, StoreError, _>(0, move |log| {
            let mut past = job.lock().unwrap_or_else(PoisonError::into_inner);
            past.go_on(log, BATCH)
        })?;
        let loaded = past.lock().unwrap_or_else(PoisonError::into_inner).loaded();
        let took = began.elapsed().as_secs_f64();
        say(&format!(
            "{} of {} incidents, {} entries, {took:.0} s",
            loaded.incidents, wanted.incidents, loaded.entries
        ));
        if is_done {
            break;
        }
    }
    let loaded = past.lock().unwrap_or_else(PoisonError::into_inner).loaded();
    store.sign_heads(loaded.last_ms)?;
    drop(store);
    // SQLite was told not to sync: now all of it is.
    let database = Home::at(&wanted.home).database();
    std::fs::File::open(&database)
        .and_then(|file| file.sync_all())
        .with_context(|| format!("{}", database.display()))?;
    Ok(loaded)
}
