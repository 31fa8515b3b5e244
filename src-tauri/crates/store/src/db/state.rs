//! What the honesty strip may say of file and disk. What is not known stays `None`. Not here:
//! the words for it.

use std::sync::{Mutex, MutexGuard, PoisonError};
use std::time::{Duration, SystemTime, UNIX_EPOCH};

use rusqlite::InterruptHandle;

use crate::ballast::{Ballast, DiskLimits, DiskState, disk_free};
use crate::error::StoreError;
use crate::home::Home;
use crate::open::Mode;

/// The state of the database, asked for at any time from any thread.
#[derive(Debug, Clone, PartialEq)]
pub struct DbState {
    /// What may be done.
    pub mode: Mode,
    /// How full the disk is.
    pub disk: DiskState,
    /// Free bytes for a plain user; `None` when the system does not say.
    pub disk_free_bytes: Option<u64>,
    /// Whether the reserve for a full disk is there.
    pub ballast: bool,
    /// How long the last confirmed commit took in ms; `None` before the first.
    pub last_commit_ms: Option<f64>,
    /// When it was confirmed (UTC ms); `None` before the first.
    pub last_commit_at_ms: Option<i64>,
    /// Commits confirmed since the start.
    pub commits: u64,
    /// Commits since the start that the disk did not confirm at once.
    pub unconfirmed: u64,
    /// Whether the whole file was read since the start, and what came of it.
    pub check: CheckState,
    /// Damage met since the start, the first of it.
    pub damage: Option<String>,
}

/// The check of the whole file.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum CheckState {
    /// Not since this start.
    NotRun,
    /// Going on behind the desk.
    Running,
    /// Nothing found.
    Passed,
    /// Damage found; see `DbState::damage`.
    Failed,
}

/// What the threads know together.
pub(super) struct Shared {
    home: Home,
    limits: DiskLimits,
    inner: Mutex<Inner>,
}

struct Inner {
    mode: Mode,
    last_commit: Option<(Duration, SystemTime)>,
    commits: u64,
    unconfirmed: u64,
    check: CheckState,
    damage: Option<String>,
    interrupt: Option<InterruptHandle>,
}

impl Shared {
    pub(super) fn new(home: &Home, limits: DiskLimits, mode: Mode) -> Self {
        Self {
            home: home.clone(),
            limits,
            inner: Mutex::new(Inner {
                mode,
                last_commit: None,
                commits: 0,
                unconfirmed: 0,
                check: CheckState::NotRun,
                damage: None,
                interrupt: None,
            }),
        }
    }

    pub(super) fn state(&self) -> DbState {
        let disk_free_bytes = disk_free(self.home.root());
        let ballast = Ballast::new(&self.home, &self.limits).is_there();
        let inner = self.inner();
        let at = inner.last_commit.map(|(_, at)| at);
        DbState {
            mode: inner.mode,
            disk: DiskState::of(disk_free_bytes, ballast, &self.limits),
            disk_free_bytes,
            ballast,
            last_commit_ms: inner.last_commit.map(|(took, _)| took.as_secs_f64() * 1e3),
            last_commit_at_ms: at
                .and_then(|at| at.duration_since(UNIX_EPOCH).ok())
                .and_then(|since| i64::try_from(since.as_millis()).ok()),
            commits: inner.commits,
            unconfirmed: inner.unconfirmed,
            check: inner.check,
            damage: inner.damage.clone(),
        }
    }

    pub(super) fn note_commit(&self, took: Duration) {
        let mut inner = self.inner();
        inner.mode = Mode::ReadWrite;
        inner.commits += 1;
        inner.last_commit = Some((took, SystemTime::now()));
    }

    pub(super) fn note_unconfirmed(&self) {
        self.inner().unconfirmed += 1;
    }

    /// Remembers what an error says about the file.
    pub(super) fn note_error(&self, error: &StoreError) {
        match error {
            StoreError::ReadOnly => self.inner().mode = Mode::ReadOnly,
            StoreError::Corrupt { detail } => {
                self.inner().damage.get_or_insert_with(|| detail.clone());
            }
            _ => {}
        }
    }

    pub(super) fn is_damaged(&self) -> bool {
        self.inner().damage.is_some()
    }

    pub(super) fn note_check_begun(&self) {
        self.inner().check = CheckState::Running;
    }

    pub(super) fn note_check(&self, found: &Result<(), StoreError>) {
        let state = match found {
            Ok(()) => CheckState::Passed,
            Err(StoreError::Corrupt { .. }) => CheckState::Failed,
            Err(_) => CheckState::NotRun,
        };
        self.inner().check = state;
        if let Err(error) = found {
            self.note_error(error);
        }
    }

    pub(super) fn may_interrupt(&self, handle: InterruptHandle) {
        self.inner().interrupt = Some(handle);
    }

    /// Ends the check of the whole file; `true` when one was going on.
    pub(super) fn interrupt_check(&self) -> bool {
        let mut inner = self.inner();
        if let Some(handle) = inner.interrupt.take() {
            handle.interrupt();
        }
        inner.check == CheckState::Running
    }

    fn inner(&self) -> MutexGuard<'_, Inner> {
        self.inner.lock().unwrap_or_else(PoisonError::into_inner)
    }
}
