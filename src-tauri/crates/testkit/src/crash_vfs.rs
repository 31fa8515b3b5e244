//! A disk that can lose power at any moment: an SQLite VFS over the system's own that notes every
//! write, truncation, sync, creation and deletion. Afterwards each place in that log can be turned
//! into the files a machine would find after its power went right there: what was synced is there,
//! what was not is kept, dropped, torn at 512 bytes or garbage, and names are a prefix of what the
//! directory's journal held. The same shim makes writes fail from the n-th on, and can lie about
//! syncs.
//!
//! Not here: what must hold afterwards (tests/), and shared memory, which no power cut survives.

mod cut;
mod journal;
mod shim;

pub use cut::{Counts, CutMode, Cutter, Image};
pub use journal::{DiskJournal, Op};

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use journal::Recorder;

/// Name under which the VFS is registered.
pub const NAME: &str = "crash";

/// How operations fail.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum DiskFault {
    /// Writes and syncs give an input/output error.
    Io,
    /// Writes say the disk is full; syncs fail.
    Full,
    /// Only syncs fail; what was written may or may not be there.
    Sync,
}

/// Recorders by folder: the shim finds its own by the path it is asked to open.
static RECORDERS: Mutex<BTreeMap<PathBuf, Arc<Mutex<Recorder>>>> = Mutex::new(BTreeMap::new());

/// A recorded folder. Databases in it are opened with `vfs: Some(NAME)`; dropping it ends the
/// recording.
pub struct CrashDisk {
    folder: PathBuf,
    recorder: Arc<Mutex<Recorder>>,
}

impl CrashDisk {
    /// Begins to record `folder`; what lies in it now counts as synced.
    ///
    /// # Errors
    /// What reading the folder says, or that SQLite refused the VFS.
    pub fn attach(folder: &Path) -> anyhow::Result<Self> {
        shim::register()?;
        let folder = folder.canonicalize()?;
        let mut base = BTreeMap::new();
        for entry in std::fs::read_dir(&folder)? {
            let entry = entry?;
            let name = entry.file_name().to_string_lossy().into_owned();
            if entry.file_type()?.is_file() && !name.ends_with("-shm") {
                base.insert(name, std::fs::read(entry.path())?);
            }
        }
        let recorder = Arc::new(Mutex::new(Recorder::new(base)));
        lock(&RECORDERS).insert(folder.clone(), Arc::clone(&recorder));
        Ok(Self { folder, recorder })
    }

    /// Notes that command `number` was acknowledged.
    pub fn acknowledge(&self, number: u64) {
        lock(&self.recorder).note(Op::Acknowledged(number));
    }

    /// Lets every write and sync fail from the `nth` (counted from 0, from now) on; with
    /// `is_once` only that one.
    pub fn fail_from(&self, nth: u64, fault: DiskFault, is_once: bool) {
        lock(&self.recorder).fail_from(nth, fault, is_once);
    }

    /// Ends the faults.
    pub fn heal(&self) {
        lock(&self.recorder).heal();
    }

    /// From now on syncs are answered with success and do nothing.
    pub fn lie_about_syncs(&self) {
        lock(&self.recorder).is_lying = true;
    }

    /// Operations that were refused so far.
    #[must_use]
    pub fn refused(&self) -> u64 {
        lock(&self.recorder).refused
    }

    /// Writes and syncs seen so far.
    #[must_use]
    pub fn operations(&self) -> u64 {
        lock(&self.recorder).operations
    }

    /// What was recorded so far.
    #[must_use]
    pub fn journal(&self) -> DiskJournal {
        lock(&self.recorder).journal.clone()
    }
}

impl Drop for CrashDisk {
    fn drop(&mut self) {
        lock(&RECORDERS).remove(&self.folder);
    }
}

fn lock<T>(mutex: &Mutex<T>) -> MutexGuard<'_, T> {
    mutex.lock().unwrap_or_else(PoisonError::into_inner)
}

/// Small seeded numbers (splitmix64): the same seed gives the same image.
#[derive(Debug, Clone)]
pub struct Dice(u64);

impl Dice {
    /// Dice that always fall the same way for `seed`.
    #[must_use]
    pub fn new(seed: u64) -> Self {
        Self(seed)
    }

    /// The next number below `below` (which is at least 1).
    pub fn below(&mut self, below: u64) -> u64 {
        self.0 = self.0.wrapping_add(0x9e37_79b9_7f4a_7c15);
        let mut mixed = self.0;
        mixed = (mixed ^ (mixed >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        mixed = (mixed ^ (mixed >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
        (mixed ^ (mixed >> 31)) % below.max(1)
    }
}

#[cfg(test)]
mod tests;
