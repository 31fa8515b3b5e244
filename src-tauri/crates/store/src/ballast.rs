//! Room kept for the hour the disk is full: a file that is given up at the first refusal so that
//! calls can still be taken, and made again when there is room. Also what the disk itself says:
//! free bytes, read-only, size limits.
//!
//! Not here: when to retry (the writer) and what the desk shows (the honesty strip).

use std::fs::File;
use std::io::Write;
use std::path::Path;
use std::sync::Arc;
use std::sync::atomic::AtomicBool;

use rustix::fs::{FallocateFlags, StatVfsMountFlags};
use rustix::process::Resource;

use crate::error::StoreError;
use crate::home::{Home, owner_only, with_ending};

const MB: u64 = 1024 * 1024;
/// A write that fails with less than this free failed because of it.
const AS_GOOD_AS_FULL: u64 = MB;

/// Sizes at which the disk is spoken of; bytes.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct DiskLimits {
    /// Size of the reserve; 0 for none.
    pub ballast: u64,
    /// Below this the disk is low; the reserve is made again above it.
    pub low: u64,
    /// Below this it is critical.
    pub critical: u64,
}

impl Default for DiskLimits {
    /// 64 MB, 2 GB, 500 MB.
    fn default() -> Self {
        Self {
            ballast: 64 * MB,
            low: 2048 * MB,
            critical: 500 * MB,
        }
    }
}

/// How full the disk is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum DiskState {
    /// The disk did not say.
    Unknown,
    /// Room enough.
    Ample,
    /// Below the low mark, or the reserve was given up and not made again yet.
    Low,
    /// Below the critical mark.
    Critical,
}

impl DiskState {
    pub(crate) fn of(free: Option<u64>, has_reserve: bool, limits: &DiskLimits) -> Self {
        match free {
            None => DiskState::Unknown,
            Some(free) if free < limits.critical => DiskState::Critical,
            Some(free) if free < limits.low => DiskState::Low,
            Some(_) if !has_reserve && limits.ballast > 0 => DiskState::Low,
            Some(_) => DiskState::Ample,
        }
    }
}

/// Bytes a plain user may still write at `path`; `None` when the system does not say.
#[must_use]
pub fn disk_free(path: &Path) -> Option<u64> {
    let stat = rustix::fs::statvfs(path).ok()?;
    stat.f_bavail.checked_mul(stat.f_frsize)
}

/// Turns the signal that kills a program at its file size limit into an ordinary error. To be
/// called once, early, by every program that opens a store.
///
/// # Errors
/// `Io` when the system refuses.
pub fn survive_file_size_limit() -> Result<(), StoreError> {
    const SIGXFSZ: i32 = 25;
    let seen = Arc::new(AtomicBool::new(false));
    signal_hook::flag::register(SIGXFSZ, seen)?;
    Ok(())
}

/// Says what a failed write really was: a full disk and a read-only one have their own words.
pub(crate) fn refine(error: &mut StoreError, home: &Home) {
    if !error.is_failed_write() {
        return;
    }
    let Ok(stat) = rustix::fs::statvfs(home.root()) else {
        return;
    };
    if stat.f_flag.contains(StatVfsMountFlags::RDONLY) {
        *error = StoreError::ReadOnly;
    } else if stat.f_bavail.saturating_mul(stat.f_frsize) < AS_GOOD_AS_FULL || is_at_limit(home) {
        *error = StoreError::DiskFull;
    }
}

/// Whether the database or its log has come to the process's file size limit.
fn is_at_limit(home: &Home) -> bool {
    let Some(limit) = rustix::process::getrlimit(Resource::Fsize).current else {
        return false;
    };
    let database = home.database();
    [
        with_ending(&database, "-wal"),
        with_ending(&database, "-shm"),
        database,
    ]
    .iter()
    .filter_map(|path| std::fs::metadata(path).ok())
    .any(|meta| meta.len().saturating_add(64 * 1024) > limit)
}

/// The reserve file.
#[derive(Debug)]
pub(crate) struct Ballast {
    home: Home,
    bytes: u64,
}

impl Ballast {
    pub(crate) fn new(home: &Home, limits: &DiskLimits) -> Self {
        Self {
            home: home.clone(),
            bytes: limits.ballast,
        }
    }

    /// Whether the reserve is there in full.
    pub(crate) fn is_there(&self) -> bool {
        std::fs::metadata(self.home.ballast()).is_ok_and(|meta| meta.len() >= self.bytes)
            && self.bytes > 0
    }

    /// Whether there should be one and is not.
    pub(crate) fn is_wanted(&self) -> bool {
        self.bytes > 0 && !self.is_there()
    }

    /// Makes the reserve if at least `free_min` bytes are free. `false` when there is no room;
    /// the program goes on without.
    pub(crate) fn make(&self, free_min: u64) -> bool {
        if !self.is_wanted() {
            return self.bytes > 0;
        }
        if disk_free(self.home.root()).is_none_or(|free| free < free_min) {
            return false;
        }
        match self.fill() {
            Ok(()) => true,
            Err(error) => {
                tracing::warn!(%error, "the reserve could not be made");
                let _ = std::fs::remove_file(self.home.ballast());
                false
            }
        }
    }

    /// Gives the reserve up. `false` when there was none.
    pub(crate) fn release(&self) -> bool {
        let is_gone = std::fs::remove_file(self.home.ballast()).is_ok();
        if is_gone {
            tracing::warn!("the disk is full; the reserve was given up");
        }
        is_gone
    }

    fn fill(&self) -> Result<(), StoreError> {
        let mut options = owner_only();
        let mut file = options
            .create(true)
            .truncate(true)
            .write(true)
            .open(self.home.ballast())?;
        match rustix::fs::fallocate(&file, FallocateFlags::empty(), 0, self.bytes) {
            Ok(()) => Ok(()),
            Err(rustix::io::Errno::OPNOTSUPP) => self.write_out(&mut file),
            Err(error) => Err(std::io::Error::from(error).into()),
        }
    }

    fn write_out(&self, file: &mut File) -> Result<(), StoreError> {
        let piece = [0; 65536];
        let mut left = self.bytes;
        while left > 0 {
            let length = usize::try_from(left)
                .unwrap_or(piece.len())
                .min(piece.len());
            file.write_all(&piece[..length])?;
            left -= length as u64;
        }
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::scratch::Scratch;

    #[test]
    fn the_reserve_is_made_given_up_and_made_again() {
        let scratch = Scratch::new("ballast");
        let home = Home::at(scratch.path());
        let limits = DiskLimits {
            ballast: MB,
            ..DiskLimits::default()
        };
        let ballast = Ballast::new(&home, &limits);
        assert!(ballast.is_wanted() && !ballast.release());
        assert!(!ballast.make(u64::MAX), "not without room");
        assert!(ballast.make(0) && ballast.is_there() && !ballast.is_wanted());
        assert_eq!(std::fs::metadata(home.ballast()).unwrap().len(), MB);
        assert!(ballast.release() && !ballast.is_there() && ballast.is_wanted());
        assert!(ballast.make(0));
    }

    #[test]
    fn the_state_of_the_disk_is_never_guessed() {
        let limits = DiskLimits::default();
        assert_eq!(DiskState::of(None, true, &limits), DiskState::Unknown);
        assert_eq!(
            DiskState::of(Some(u64::MAX), true, &limits),
            DiskState::Ample
        );
        assert_eq!(
            DiskState::of(Some(u64::MAX), false, &limits),
            DiskState::Low
        );
        assert_eq!(
            DiskState::of(Some(2048 * MB - 1), true, &limits),
            DiskState::Low
        );
        assert_eq!(
            DiskState::of(Some(500 * MB - 1), true, &limits),
            DiskState::Critical
        );
    }

    #[test]
    fn a_failed_write_with_room_left_stays_what_it_was() {
        let scratch = Scratch::new("refine");
        let mut error = StoreError::Io {
            code: Some(778),
            detail: String::new(),
        };
        refine(&mut error, &Home::at(scratch.path()));
        assert!(matches!(error, StoreError::Io { .. }));
    }
}
