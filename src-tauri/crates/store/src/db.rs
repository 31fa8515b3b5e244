//! The open database: one thread that writes, a few connections that read, and what is known of
//! the disk. A command's answer leaves here only after its COMMIT was confirmed.
//!
//! Not here: any SQL of the desk, and the way from a folder to an open file (open).

mod fold;
mod pressure;
mod readers;
mod state;
mod writer;

use std::path::Path;
use std::sync::mpsc::{SyncSender, sync_channel};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::thread::JoinHandle;
use std::time::{Duration, Instant};

use rusqlite::{Connection, Transaction};

pub(crate) use pressure::Pressure;
pub use state::{CheckState, DbState};

use crate::error::{JobError, StoreError};
use crate::home::{Home, HomeLock};
use crate::keyring::{KeyWay, Keyring, RecoveryCode};
use crate::open::{self, Connector, Mode, OpenOptions, ReadingCopy, Role};
use crate::witness::{Lineage, WitnessHead};
use pressure::Waiting;
use readers::Readers;
use state::Shared;
use writer::{Job, Writer};

/// Commands that may wait for the writer before the next one has to.
const QUEUE: usize = 256;

/// The dot of an entry, by which a row is looked up when the disk did not confirm.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Proof {
    /// Row of the writer.
    pub writer: i64,
    /// Place in its log.
    pub seq: i64,
}

/// What a job leaves: its answer, the dot that proves it, and the heads to be witnessed.
#[derive(Debug)]
pub struct Written<T> {
    /// The answer.
    pub value: T,
    /// Dot of (one of) the entries written; without one an unconfirmed commit stays ambiguous.
    pub proof: Option<Proof>,
    /// Heads of our own writers after this job; noted outside the database after the commit.
    pub heads: Vec<WitnessHead>,
}

impl<T> Written<T> {
    /// A job that writes no entry (a draft, a setting).
    pub fn plain(value: T) -> Self {
        Self {
            value,
            proof: None,
            heads: Vec::new(),
        }
    }

    /// A job that wrote the entry with this dot.
    pub fn entry(value: T, proof: Proof, heads: Vec<WitnessHead>) -> Self {
        Self {
            value,
            proof: Some(proof),
            heads,
        }
    }
}

impl<T> Written<T> {
    /// The same with another answer.
    pub fn map<U>(self, change: impl FnOnce(T) -> U) -> Written<U> {
        Written {
            value: change(self.value),
            proof: self.proof,
            heads: self.heads,
        }
    }
}

/// What a backup came to.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct BackupReport {
    /// Size of the copy in bytes.
    pub bytes: u64,
    /// How long it took; the desk worked on meanwhile.
    pub took: Duration,
}

/// An open database. Cheap to share behind an `Arc`; dropping the last one closes it cleanly.
pub struct Db {
    home: Home,
    connector: Connector,
    mode: Mode,
    queue: Option<SyncSender<Job>>,
    thread: Option<JoinHandle<()>>,
    check: Option<JoinHandle<()>>,
    readers: Arc<Readers>,
    shared: Arc<Shared>,
    pressure: Arc<Pressure>,
    witnessed: Option<Vec<WitnessHead>>,
    keyring: Mutex<Keyring>,
    // Last: the home is let go only after everything above is closed.
    _reading_copy: Option<ReadingCopy>,
    _lock: HomeLock,
}

impl Db {
    /// Opens the database of a home, making or upgrading it when needed.
    ///
    /// # Errors
    /// `HomeInUse`, `KeyMissing`, `KeyLocked`, `KeyWrong`, `CodeMistyped`, `TooNew`, `Foreign`,
    /// `UpgradeFailed`, `Corrupt`, `DiskFull`, `Busy`, `Io`. A folder that cannot be written is
    /// no error: see `DbState::mode`.
    pub fn open(options: &OpenOptions) -> Result<Self, StoreError> {
        let opened = open::open(options)?;
        let shared = Arc::new(Shared::new(&options.home, options.disk, opened.mode));
        let readers = Arc::new(Readers::new(opened.connector.clone(), opened.mode));
        let mut db = Self {
            home: options.home.clone(),
            connector: opened.connector.clone(),
            mode: opened.mode,
            queue: None,
            thread: None,
            check: None,
            readers: Arc::clone(&readers),
            shared: Arc::clone(&shared),
            pressure: Arc::default(),
            witnessed: opened.witnessed,
            keyring: Mutex::new(opened.keyring),
            _reading_copy: opened.reading_copy,
            _lock: opened.lock,
        };
        match opened.mode {
            Mode::ReadOnly => readers.give(opened.conn),
            Mode::ReadWrite => {
                let (queue, jobs) = sync_channel(QUEUE);
                let writer = Writer::new(
                    options,
                    opened.connector,
                    opened.conn,
                    opened.witness,
                    readers,
                    shared,
                );
                let thread = std::thread::Builder::new().name("store-writer".into());
                db.thread = Some(thread.spawn(move || writer.run(&jobs))?);
                db.queue = Some(queue);
            }
        }
        if opened.check_due {
            db.check_behind()?;
        }
        Ok(db)
    }

    /// Runs `job` in one transaction (BEGIN IMMEDIATE … COMMIT) on the writer's thread and
    /// answers after the disk has confirmed. An error rolls everything back.
    ///
    /// A job may run twice (after the reserve was given up); the first run is then rolled back
    /// for certain, so whatever number it took is free again.
    ///
    /// # Errors
    /// The job's own; `ReadOnly`, `Busy`, `DiskFull`, `Corrupt`, `Io`, `Panicked`; when the disk
    /// did not confirm: `NotWritten` (looked up, not there) or `Ambiguous` (could not be asked).
    pub fn write<T, E, F>(&self, job: F) -> Result<T, E>
    where
        F: FnMut(&Transaction<'_>) -> Result<Written<T>, E> + Send + 'static,
        T: Send + 'static,
        E: JobError,
    {
        self.queue(Some(self.pressure.wait()), job)
    }

    /// The same for work that the desk does not wait for. The job looks at the pressure and ends
    /// early when it should.
    ///
    /// # Errors
    /// Those of `write`.
    pub(crate) fn write_behind<T, E, F>(&self, mut job: F) -> Result<T, E>
    where
        F: FnMut(&Transaction<'_>, &Pressure) -> Result<Written<T>, E> + Send + 'static,
        T: Send + 'static,
        E: JobError,
    {
        let pressure = Arc::clone(&self.pressure);
        self.queue(None, move |tx| job(tx, &pressure))
    }

    fn queue<T, E, F>(&self, waiting: Option<Waiting>, mut job: F) -> Result<T, E>
    where
        F: FnMut(&Transaction<'_>) -> Result<Written<T>, E> + Send + 'static,
        T: Send + 'static,
        E: JobError,
    {
        let Some(queue) = &self.queue else {
            let error = match self.mode {
                Mode::ReadOnly => StoreError::ReadOnly,
                Mode::ReadWrite => StoreError::Closed,
            };
            return Err(error.into());
        };
        let (answer, answered) = sync_channel(1);
        let boxed: Job = Box::new(move |writer: &mut Writer| {
            // It is its turn.
            drop(waiting);
            let result = writer.perform(&mut job);
            // What the job holds must not outlive the answer: it may be the last handle of
            // this very database, and its end waits for this thread.
            drop(job);
            // A caller that is gone is no reason to stop.
            let _ = answer.send(result);
        });
        if queue.send(boxed).is_err() {
            return Err(StoreError::Closed.into());
        }
        answered
            .recv()
            .unwrap_or_else(|_| Err(StoreError::Panicked.into()))
    }

    /// Runs `look` on one of the reading connections, in one snapshot.
    ///
    /// # Errors
    /// The closure's own; `Busy` when no connection came free, `Corrupt`, `Io`.
    pub fn read<T, E, F>(&self, look: F) -> Result<T, E>
    where
        F: FnOnce(&Connection) -> Result<T, E>,
        E: From<StoreError>,
    {
        let lent = self.readers.lend()?;
        lent.snapshot(look)
    }

    /// What is known right now of file and disk.
    #[must_use]
    pub fn state(&self) -> DbState {
        self.shared.state()
    }

    /// Heads that were witnessed outside the database before this start; `None` when there was no
    /// witness for this database.
    #[must_use]
    pub fn witnessed(&self) -> Option<&[WitnessHead]> {
        self.witnessed.as_deref()
    }

    /// Compares the witness with the log: `hash_of` looks up the first eight bytes of the chain
    /// hash of (writer, seq), `None` when there is no such entry.
    ///
    /// # Errors
    /// Those of `hash_of`.
    pub fn lineage<E>(
        &self,
        mut hash_of: impl FnMut(i64, i64) -> Result<Option<[u8; 8]>, E>,
    ) -> Result<Lineage, E> {
        let Some(heads) = &self.witnessed else {
            return Ok(Lineage::Unknown);
        };
        for head in heads {
            if hash_of(head.writer, head.seq)? != Some(head.hash) {
                return Ok(Lineage::Behind);
            }
        }
        Ok(Lineage::Same)
    }

    /// Writes a consistent copy while the desk works on: encrypted under the same key, opened and
    /// checked before it gets its name; the key file goes beside it as `<name>.keys.json`.
    ///
    /// # Errors
    /// `DiskFull`, `ReadOnly`, `Corrupt`, `Io`; nothing is left at `to` then.
    pub fn backup(&self, to: &Path) -> Result<BackupReport, StoreError> {
        let began = Instant::now();
        let role = match self.mode {
            Mode::ReadWrite => Role::Writer,
            Mode::ReadOnly => Role::Looker,
        };
        let conn = match self.mode {
            Mode::ReadWrite => self.connector.connect(role)?,
            Mode::ReadOnly => self.connector.connect_read_only()?,
        };
        let bytes = open::copy_whole(&conn, &self.connector, to)?;
        let keys = std::fs::read(self.home.keys())?;
        crate::home::replace_file(&crate::home::with_ending(to, ".keys.json"), &keys)?;
        Ok(BackupReport {
            bytes,
            took: began.elapsed(),
        })
    }

    /// Reads the whole file now.
    ///
    /// # Errors
    /// `Corrupt` with the first finding, `Io`.
    pub fn check(&self) -> Result<(), StoreError> {
        let lent = self.readers.lend()?;
        let found = open::quick_check(lent.conn());
        self.shared.note_check(&found);
        found
    }

    /// The ways to the key that exist.
    #[must_use]
    pub fn key_ways(&self) -> Vec<KeyWay> {
        self.keys().ways()
    }

    /// The name of this database: 16 random bytes, the same in its copies.
    #[must_use]
    pub fn database_name(&self) -> [u8; 16] {
        self.keys().database()
    }

    /// Sets the passphrase that opens the database; an earlier one no longer does.
    ///
    /// # Errors
    /// `DiskFull`, `ReadOnly`, `Io`; the old ways then still stand.
    pub fn set_passphrase(&self, words: &str) -> Result<(), StoreError> {
        self.keys().set_passphrase(words)
    }

    /// Makes a new recovery code, to be printed once; an earlier one no longer opens.
    ///
    /// # Errors
    /// `DiskFull`, `ReadOnly`, `Io`; the old ways then still stand.
    pub fn new_recovery_code(&self) -> Result<RecoveryCode, StoreError> {
        self.keys().new_recovery_code()
    }

    /// Binds the key to this machine anew (after it was opened another way).
    ///
    /// # Errors
    /// `DiskFull`, `ReadOnly`, `Io`; the old ways then still stand.
    pub fn bind_to_machine(&self) -> Result<(), StoreError> {
        self.keys().add_machine()
    }

    /// The home this database lies in.
    #[must_use]
    pub fn home(&self) -> &Home {
        &self.home
    }

    /// Closes: what is queued is still done, the log is folded back, the exit is marked clean.
    pub fn close(self) {}

    fn keys(&self) -> MutexGuard<'_, Keyring> {
        self.keyring.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Reads a large file through after an unclean exit while the desk already works.
    fn check_behind(&mut self) -> Result<(), StoreError> {
        let (connector, shared) = (self.connector.clone(), Arc::clone(&self.shared));
        shared.note_check_begun();
        let thread = std::thread::Builder::new().name("store-check".into());
        self.check = Some(thread.spawn(move || {
            let found = connector.connect(Role::Reader).and_then(|conn| {
                shared.may_interrupt(conn.get_interrupt_handle());
                open::quick_check(&conn)
            });
            shared.note_check(&found);
        })?);
        Ok(())
    }
}

impl Drop for Db {
    fn drop(&mut self) {
        self.shared.interrupt_check();
        if let Some(check) = self.check.take() {
            let _ = check.join();
        }
        drop(self.queue.take());
        if let Some(thread) = self.thread.take() {
            let _ = thread.join();
        }
        self.readers.close();
    }
}

#[cfg(test)]
mod tests;
