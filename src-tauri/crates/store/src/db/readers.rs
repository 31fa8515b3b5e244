//! The connections that read: a few, lent one at a time, all called back when the file has to be
//! opened anew. Not here: writing.

use std::sync::{Condvar, Mutex, MutexGuard, PoisonError};
use std::time::{Duration, Instant};

use rusqlite::{Connection, InterruptHandle};

use crate::error::StoreError;
use crate::open::{Connector, Mode, Role};

/// Connections open at once.
const CONNECTIONS: usize = 3;
/// How long a reader waits for one.
const PATIENCE: Duration = Duration::from_secs(5);
/// How long the writer waits for all of them to come back.
const RECALL: Duration = Duration::from_secs(3);

pub(super) struct Readers {
    connector: Connector,
    mode: Mode,
    pool: Mutex<Pool>,
    changed: Condvar,
}

#[derive(Default)]
struct Pool {
    idle: Vec<Connection>,
    lent: Vec<(u64, InterruptHandle)>,
    next: u64,
    /// Nothing is lent while the file is opened anew.
    is_recalled: bool,
    is_closed: bool,
}

/// A lent connection; it comes back when dropped.
pub(super) struct Lent<'a> {
    readers: &'a Readers,
    number: u64,
    conn: Option<Connection>,
}

impl Readers {
    pub(super) fn new(connector: Connector, mode: Mode) -> Self {
        Self {
            connector,
            mode,
            pool: Mutex::default(),
            changed: Condvar::new(),
        }
    }

    /// Adds a connection that was opened elsewhere.
    pub(super) fn give(&self, conn: Connection) {
        self.pool().idle.push(conn);
        self.changed.notify_one();
    }

    pub(super) fn lend(&self) -> Result<Lent<'_>, StoreError> {
        let until = Instant::now() + PATIENCE;
        let mut pool = self.pool();
        loop {
            if pool.is_closed {
                return Err(StoreError::Closed);
            }
            if !pool.is_recalled && pool.lent.len() < CONNECTIONS {
                break;
            }
            let left = until.saturating_duration_since(Instant::now());
            if left.is_zero() {
                return Err(StoreError::Busy);
            }
            pool = self
                .changed
                .wait_timeout(pool, left)
                .unwrap_or_else(PoisonError::into_inner)
                .0;
        }
        let conn = match pool.idle.pop() {
            Some(conn) => conn,
            None => self.connect()?,
        };
        let number = pool.next;
        pool.next += 1;
        pool.lent.push((number, conn.get_interrupt_handle()));
        Ok(Lent {
            readers: self,
            number,
            conn: Some(conn),
        })
    }

    /// Takes every connection back and closes it, interrupting what runs. `false` when one did
    /// not come back in time. Nothing is lent until `resume`.
    pub(super) fn recall(&self) -> bool {
        let until = Instant::now() + RECALL;
        let mut pool = self.pool();
        pool.is_recalled = true;
        for (_, handle) in &pool.lent {
            handle.interrupt();
        }
        while !pool.lent.is_empty() {
            let left = until.saturating_duration_since(Instant::now());
            if left.is_zero() {
                return false;
            }
            pool = self
                .changed
                .wait_timeout(pool, left)
                .unwrap_or_else(PoisonError::into_inner)
                .0;
        }
        pool.idle.clear();
        true
    }

    pub(super) fn resume(&self) {
        self.pool().is_recalled = false;
        self.changed.notify_all();
    }

    /// Nothing is lent any more.
    pub(super) fn close(&self) {
        let mut pool = self.pool();
        pool.is_closed = true;
        pool.idle.clear();
    }

    fn connect(&self) -> Result<Connection, StoreError> {
        match self.mode {
            Mode::ReadWrite => self.connector.connect(Role::Reader),
            Mode::ReadOnly => self.connector.connect_read_only(),
        }
    }

    fn pool(&self) -> MutexGuard<'_, Pool> {
        self.pool.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Lent<'_> {
    pub(super) fn conn(&self) -> &Connection {
        // Taken only by drop.
        match &self.conn {
            Some(conn) => conn,
            None => unreachable!("a lent connection is there until it is given back"),
        }
    }

    /// Runs `look` in one read transaction.
    pub(super) fn snapshot<T, E: From<StoreError>>(
        &self,
        look: impl FnOnce(&Connection) -> Result<T, E>,
    ) -> Result<T, E> {
        let conn = self.conn();
        let tx = conn.unchecked_transaction().map_err(StoreError::from)?;
        let seen = look(conn)?;
        tx.finish().map_err(StoreError::from)?;
        Ok(seen)
    }
}

impl Drop for Lent<'_> {
    fn drop(&mut self) {
        let conn = self.conn.take();
        let mut pool = self.readers.pool();
        pool.lent.retain(|(number, _)| *number != self.number);
        if let Some(conn) = conn {
            // One that is still inside a statement or transaction is not lent again.
            if conn.is_autocommit() && !pool.is_closed {
                pool.idle.push(conn);
            }
        }
        drop(pool);
        self.readers.changed.notify_all();
    }
}
