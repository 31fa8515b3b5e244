//! The one thread that writes. It answers after COMMIT, settles what the disk did not confirm by
//! looking the row up, gives up the reserve when the disk is full, and folds the log back while
//! nobody waits.
//!
//! Not here: any decision of the desk, and any number: a job that failed is never run again under
//! another one unless its first run is certainly undone.

use std::panic::{AssertUnwindSafe, catch_unwind};
use std::sync::Arc;
use std::sync::mpsc::{Receiver, RecvTimeoutError};
use std::time::{Duration, Instant};

use rusqlite::{Connection, Transaction, TransactionBehavior, params};

use super::fold::Folding;
use super::readers::Readers;
use super::state::Shared;
use super::{Proof, Written};
use crate::ballast::{self, Ballast, DiskLimits};
use crate::error::{JobError, StoreError};
use crate::home::Home;
use crate::open::{Connector, OpenOptions, Role};
use crate::witness::Witness;

/// One job with its answer inside.
pub(super) type Job = Box<dyn FnOnce(&mut Writer) + Send>;

/// Quiet time after which the log is folded back.
const QUIET: Duration = Duration::from_millis(500);
/// How often a missing reserve is tried for.
const RESERVE_EVERY: Duration = Duration::from_secs(5);

pub(super) struct Writer {
    home: Home,
    connector: Connector,
    limits: DiskLimits,
    conn: Option<Connection>,
    witness: Option<Witness>,
    ballast: Ballast,
    readers: Arc<Readers>,
    shared: Arc<Shared>,
    folding: Folding,
}

/// How a COMMIT that was not confirmed came out.
enum Settled {
    There,
    NotThere,
    Unknown,
}

impl Writer {
    pub(super) fn new(
        options: &OpenOptions,
        connector: Connector,
        conn: Connection,
        witness: Option<Witness>,
        readers: Arc<Readers>,
        shared: Arc<Shared>,
    ) -> Self {
        Self {
            home: options.home.clone(),
            connector,
            limits: options.disk,
            conn: Some(conn),
            witness,
            ballast: Ballast::new(&options.home, &options.disk),
            readers,
            shared,
            folding: Folding::default(),
        }
    }

    /// Works until the queue is closed, then closes the file cleanly.
    pub(super) fn run(mut self, jobs: &Receiver<Job>) {
        if let Some(conn) = &mut self.conn
            && let Err(error) = self.folding.watch(conn)
        {
            tracing::warn!(%error, "commits fold the log back themselves");
        }
        loop {
            let job = match self.next_wake() {
                None => jobs.recv().map_err(|_| RecvTimeoutError::Disconnected),
                Some(wait) => jobs.recv_timeout(wait),
            };
            match job {
                Ok(job) => job(&mut self),
                Err(RecvTimeoutError::Timeout) => self.keep_house(),
                Err(RecvTimeoutError::Disconnected) => break,
            }
            self.folding.tend(&self.connector, self.conn.as_ref());
        }
        self.close();
    }

    /// When to wake without a job; `None` when nothing is due.
    fn next_wake(&self) -> Option<Duration> {
        match (self.folding.is_owed(), self.ballast.is_wanted()) {
            (true, _) => Some(QUIET),
            (false, true) => Some(RESERVE_EVERY),
            (false, false) => None,
        }
    }

    fn keep_house(&mut self) {
        if let Some(conn) = &self.conn {
            self.folding.now(conn);
        }
        if self.ballast.is_wanted() {
            self.ballast.make(self.limits.low);
        }
    }

    /// Runs a job; once more when the disk was full and room could be made.
    pub(super) fn perform<T, E, F>(&mut self, job: &mut F) -> Result<T, E>
    where
        F: FnMut(&Transaction<'_>) -> Result<Written<T>, E>,
        E: JobError,
    {
        match self.attempt(job) {
            Ok(value) => Ok(value),
            Err(mut error) => {
                if self.is_full(&mut error) && self.make_room() {
                    return self.attempt(job).map_err(|mut again| {
                        self.is_full(&mut again);
                        again
                    });
                }
                Err(error)
            }
        }
    }

    /// Gives up the reserve, and folds the log back so that its room is free again.
    fn make_room(&mut self) -> bool {
        let is_released = self.ballast.release();
        let had_log = self.connector.log_bytes() > 0;
        let is_folded = self.connection().is_ok() && self.fold_whole();
        is_released || (had_log && is_folded)
    }

    /// Finds out what a failed write was, remembers it, and says whether room would help.
    fn is_full<E: JobError>(&self, error: &mut E) -> bool {
        let Some(error) = error.store_error() else {
            return false;
        };
        ballast::refine(error, &self.home);
        self.shared.note_error(error);
        matches!(error, StoreError::DiskFull)
    }

    fn attempt<T, E, F>(&mut self, job: &mut F) -> Result<T, E>
    where
        F: FnMut(&Transaction<'_>) -> Result<Written<T>, E>,
        E: JobError,
    {
        let began = Instant::now();
        let conn = self.connection()?;
        let tx = conn
            .transaction_with_behavior(TransactionBehavior::Immediate)
            .map_err(StoreError::from)?;
        let done = catch_unwind(AssertUnwindSafe(|| job(&tx)));
        let written = match done {
            Ok(Ok(written)) => written,
            Ok(Err(error)) => {
                drop(tx);
                self.leave_if_stuck();
                return Err(error);
            }
            Err(_) => {
                drop(tx);
                self.leave_if_stuck();
                tracing::error!("a job of the writer panicked; it was rolled back");
                return Err(StoreError::Panicked.into());
            }
        };
        if let Err(error) = tx.commit() {
            self.settle(error.into(), written.proof)?;
        }
        self.shared.note_commit(began.elapsed());
        if let Some(witness) = &mut self.witness
            && !written.heads.is_empty()
            && let Err(error) = witness.note(&written.heads)
        {
            // The commit stands; an old witness only says less.
            tracing::warn!(%error, "the witness could not be written");
        }
        Ok(written.value)
    }

    fn connection(&mut self) -> Result<&mut Connection, StoreError> {
        if self.conn.is_none() {
            let mut conn = self.connector.connect(Role::Writer)?;
            self.folding.watch(&mut conn)?;
            self.conn = Some(conn);
        }
        self.conn.as_mut().ok_or(StoreError::Closed)
    }

    /// A rollback that failed leaves a transaction open: start over on a new connection.
    fn leave_if_stuck(&mut self) {
        if self.conn.as_ref().is_some_and(|conn| !conn.is_autocommit()) {
            self.conn = None;
        }
    }

    /// COMMIT returned an error. A full disk or a busy file is certain: not written. Anything
    /// else is asked of the file itself, opened anew.
    fn settle(&mut self, error: StoreError, proof: Option<Proof>) -> Result<(), StoreError> {
        self.leave_if_stuck();
        if is_certainly_undone(&error) {
            return Err(error);
        }
        let mut cause = error;
        ballast::refine(&mut cause, &self.home);
        self.shared.note_unconfirmed();
        tracing::error!(error = %cause, "the disk did not confirm a commit");
        if matches!(cause, StoreError::DiskFull) {
            // Opening needs room too.
            self.ballast.release();
        }
        match self.ask_the_file(proof) {
            Settled::There => Ok(()),
            Settled::NotThere if matches!(cause, StoreError::DiskFull) => Err(cause),
            Settled::NotThere => Err(StoreError::NotWritten),
            Settled::Unknown => Err(StoreError::Ambiguous),
        }
    }

    /// Closes the connections, opens the file anew as after a crash, and looks the row up.
    fn ask_the_file(&mut self, proof: Option<Proof>) -> Settled {
        self.conn = None;
        self.folding.wait();
        let is_alone = !self.shared.interrupt_check() && self.readers.recall();
        let settled = self.look_up(proof, is_alone);
        self.readers.resume();
        settled.unwrap_or_else(|error| {
            tracing::error!(%error, "the row could not be looked up");
            self.conn = None;
            Settled::Unknown
        })
    }

    /// A row that is there is believed only after the log was folded back whole, which writes and
    /// syncs it once more: after a failed sync the system may call pages clean that never reached
    /// the disk. A row that is not there is believed when nobody else had the file open (then the
    /// log was read anew, and an unfinished commit in it cannot finish itself) or when the log is
    /// folded back (then there is none).
    fn look_up(&mut self, proof: Option<Proof>, is_alone: bool) -> Result<Settled, StoreError> {
        let conn = self.connection()?;
        let Some(proof) = proof else {
            return Ok(Settled::Unknown);
        };
        let is_there: bool = conn.query_row(
            "SELECT EXISTS (SELECT 1 FROM entry WHERE writer = ?1 AND seq = ?2)",
            params![proof.writer, proof.seq],
            |row| row.get(0),
        )?;
        let is_folded = self.fold_whole();
        Ok(match (is_there, is_folded || is_alone) {
            (true, _) if is_folded => Settled::There,
            (false, true) => Settled::NotThere,
            _ => Settled::Unknown,
        })
    }

    fn fold_whole(&mut self) -> bool {
        let conn = self.conn.as_ref();
        conn.is_some_and(|conn| self.folding.whole(conn))
    }

    /// The clean end: log folded back, file closed, mark set.
    fn close(mut self) {
        self.readers.close();
        let Some(conn) = self.conn.take() else {
            return;
        };
        let is_folded = self.folding.whole(&conn);
        let is_closed = conn.close().is_ok();
        if is_folded && is_closed && !self.shared.is_damaged() {
            let marked = crate::home::replace_file(&self.home.clean_mark(), b"clean\n");
            if let Err(error) = marked {
                tracing::warn!(%error, "the clean exit could not be marked");
            }
        }
    }
}

/// Whether an error of COMMIT says for certain that nothing was written: SQLite reports a full
/// disk while it still writes the frames before the one that commits.
fn is_certainly_undone(error: &StoreError) -> bool {
    matches!(
        error,
        StoreError::Busy | StoreError::DiskFull | StoreError::ReadOnly | StoreError::Sqlite(_)
    )
}
