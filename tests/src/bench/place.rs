//! Where a run has its files: programs beside this one, the past that is kept from run to run,
//! and a folder of this run on the same disk, which goes away with it.
//!
//! Not here: making the past (`load`).

use std::path::{Path, PathBuf};
use std::time::{Duration, Instant};

use anyhow::{Context, Result, ensure};
use fengsui_store::Home;

use crate::desk::Desk;
use crate::load::{Loaded, Wanted, prepare};

/// The longest a home may be held after its desk was closed.
const PATIENCE: Duration = Duration::from_secs(60);
/// Between two looks.
const LOOK: Duration = Duration::from_millis(5);

/// Where and how large.
pub struct Place {
    programs: PathBuf,
    kept: PathBuf,
    scratch: PathBuf,
    /// Incidents of the past.
    pub incidents: u64,
    /// That many were asked for, not only taken as usual.
    pub is_chosen: bool,
}

impl Place {
    /// Beside the running program.
    ///
    /// # Errors
    /// Files cannot be made there.
    pub fn new(incidents: u64) -> Result<Place> {
        let program = std::env::current_exe()?;
        let programs = program.parent().context("a program in no folder")?;
        let target = programs.parent().context("a folder in no folder")?;
        let kept = target.join("bench");
        let scratch = kept.join(format!("run-{}", std::process::id()));
        std::fs::create_dir_all(&scratch)?;
        Ok(Place {
            programs: programs.to_owned(),
            kept,
            scratch,
            incidents,
            is_chosen: false,
        })
    }

    /// A fresh folder of this run.
    ///
    /// # Errors
    /// It cannot be made.
    pub fn fresh(&self, name: &str) -> Result<PathBuf> {
        let path = self.scratch.join(name);
        let _ = std::fs::remove_dir_all(&path);
        std::fs::create_dir_all(&path)?;
        Ok(path)
    }

    /// A program that was built with this one.
    ///
    /// # Errors
    /// It was not.
    pub fn program(&self, name: &str) -> Result<PathBuf> {
        let path = self.programs.join(name);
        ensure!(path.exists(), "{} is not built", path.display());
        Ok(path)
    }

    /// Where independent programs lie from run to run.
    ///
    /// # Errors
    /// It cannot be made.
    pub fn peers(&self) -> Result<PathBuf> {
        let path = self.kept.join("peers");
        std::fs::create_dir_all(&path)?;
        Ok(path)
    }

    /// The home with the past, written first when it is not there.
    ///
    /// # Errors
    /// Those of writing it.
    pub fn past(&self) -> Result<(PathBuf, Loaded)> {
        self.past_of(self.incidents)
    }

    /// A home with a past of so many incidents, written first when it is not there.
    ///
    /// # Errors
    /// Those of writing it.
    pub fn past_of(&self, incidents: u64) -> Result<(PathBuf, Loaded)> {
        let home = self.kept.join(format!("past-{incidents}"));
        let wanted = Wanted::new(incidents, &home);
        let mut said = 0;
        let loaded = prepare(&wanted, &mut |line| {
            if said % 20 == 0 {
                tell(line);
            }
            said += 1;
        })?;
        // It is a made-up past: the program may play its shift on it.
        std::fs::write(home.join("demo"), b"")?;
        Ok((home, loaded))
    }

    /// Bytes of a home's database.
    ///
    /// # Errors
    /// There is none.
    pub fn database_bytes(home: &Path) -> Result<u64> {
        Ok(std::fs::metadata(Home::at(home).database())?.len())
    }
}

/// Closes a desk and waits until its home is free: a thread that still reads the roads holds it for
/// a while.
///
/// # Errors
/// It is not given up in time.
pub fn let_go(desk: Desk, home: &Path) -> Result<()> {
    desk.station.close();
    drop(desk);
    is_free(home)
}

/// Waits until nobody holds a home.
///
/// # Errors
/// It is not given up in time.
pub fn is_free(home: &Path) -> Result<()> {
    let until = Instant::now() + PATIENCE;
    while Home::at(home).lock().is_err() {
        ensure!(Instant::now() < until, "{} is still held", home.display());
        std::thread::sleep(LOOK);
    }
    Ok(())
}

impl Drop for Place {
    fn drop(&mut self) {
        let _ = std::fs::remove_dir_all(&self.scratch);
    }
}

/// A word on how far it is; not part of the table.
pub fn tell(words: &str) {
    use std::io::Write;
    let _ = writeln!(std::io::stderr(), "  {words}");
}
