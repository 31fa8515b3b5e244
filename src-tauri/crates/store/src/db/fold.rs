//! Folding the write-ahead log back into the file. Under load it is done on a thread beside the
//! writer, so that no command waits while thousands of pages are copied and synced; the writer
//! then copies the little that came meanwhile, after which SQLite begins the log anew.
//!
//! Not here: when a commit counts as written (`writer`).

use std::sync::Arc;
use std::sync::atomic::{AtomicBool, AtomicU32, Ordering};
use std::thread::JoinHandle;

use rusqlite::Connection;

use crate::error::StoreError;
use crate::open::{Connector, Role};

/// Pages the log has grown by, at which it is folded back beside the writer.
const MANY: u32 = 1_000;
/// Pages at which a commit folds back by itself: nothing else could, for whatever reason.
const MOST: u32 = 32_000;

/// The state of the log of one writer.
#[derive(Debug, Default)]
pub(super) struct Folding {
    /// Pages in the log, as the last commit said.
    pages: Arc<AtomicU32>,
    /// Whether there was a commit since the log was last folded back.
    is_new: Arc<AtomicBool>,
    /// Pages of it that are in the file as well, as far as is known.
    folded: u32,
    /// Pages at the last look, to see that the log was begun anew.
    seen: u32,
    beside: Option<JoinHandle<Option<u32>>>,
}

impl Folding {
    /// Hears of every commit of this connection from now on.
    ///
    /// # Errors
    /// What SQLite says.
    pub(super) fn watch(&self, conn: &mut Connection) -> Result<(), StoreError> {
        let (pages, is_new) = (Arc::clone(&self.pages), Arc::clone(&self.is_new));
        conn.wal_hook(Some(
            move |wal: &mut rusqlite::hooks::Wal, count: std::ffi::c_int| {
                let count = u32::try_from(count).unwrap_or(0);
                pages.store(count, Ordering::Relaxed);
                is_new.store(true, Ordering::Relaxed);
                // An error here would be the commit's, which is done: the next one tries again.
                if count >= MOST && wal.checkpoint().is_err() {
                    tracing::warn!(pages = count, "the log could not be folded back");
                }
                Ok(())
            },
        ))?;
        Ok(())
    }

    /// Whether the log may hold anything that the file lacks.
    pub(super) fn is_owed(&self) -> bool {
        self.is_new.load(Ordering::Relaxed) || self.beside.is_some()
    }

    /// After a job: begins to fold back when there is much, and ends what was begun.
    pub(super) fn tend(&mut self, connector: &Connector, conn: Option<&Connection>) {
        let grown = self.count().saturating_sub(self.folded);
        match &self.beside {
            None if grown >= MANY => self.begin(connector),
            Some(thread) if thread.is_finished() => {
                self.wait();
                if let Some(conn) = conn
                    && self.count().saturating_sub(self.folded) < MANY
                {
                    self.now(conn);
                }
            }
            _ => {}
        }
    }

    fn begin(&mut self, connector: &Connector) {
        let connector = connector.clone();
        let thread = std::thread::Builder::new().name("store-fold".into());
        let begun = thread.spawn(move || match connector.connect(Role::Writer) {
            Ok(conn) => fold(&conn),
            Err(error) => {
                tracing::warn!(%error, "the log could not be folded back");
                None
            }
        });
        match begun {
            Ok(thread) => self.beside = Some(thread),
            Err(error) => tracing::warn!(%error, "no thread to fold the log back on"),
        }
        if self.beside.is_none() {
            // Not again at once.
            self.folded = self.seen;
        }
    }

    /// Waits until nobody folds beside the writer any more; its connection is closed then.
    pub(super) fn wait(&mut self) {
        let Some(thread) = self.beside.take() else {
            return;
        };
        // What failed is tried again when as much has come once more.
        let folded = thread.join().ok().flatten();
        self.folded = folded.unwrap_or(self.seen);
    }

    /// Copies the log into the file on this connection, as far as no reader stands in the way.
    pub(super) fn now(&mut self, conn: &Connection) {
        self.wait();
        self.is_new.store(false, Ordering::Relaxed);
        self.folded = fold(conn).unwrap_or_else(|| self.count());
    }

    /// Copies the whole log into the file, syncs it and empties the log; `false` when any of it
    /// did not go.
    pub(super) fn whole(&mut self, conn: &Connection) -> bool {
        self.wait();
        let folded = conn.query_row("PRAGMA wal_checkpoint(TRUNCATE)", [], |row| {
            row.get::<_, i64>(0)
        });
        match folded {
            Ok(busy) => busy == 0,
            Err(error) => {
                tracing::warn!(%error, "the log could not be folded back whole");
                false
            }
        }
    }

    fn count(&mut self) -> u32 {
        let count = self.pages.load(Ordering::Relaxed);
        if count < self.seen {
            self.folded = 0;
        }
        self.seen = count;
        count
    }
}

/// Pages of the log that are in the file now.
fn fold(conn: &Connection) -> Option<u32> {
    let folded = conn.query_row("PRAGMA wal_checkpoint(PASSIVE)", [], |row| {
        row.get::<_, i64>(2)
    });
    match folded {
        Ok(pages) => u32::try_from(pages).ok(),
        Err(error) => {
            // Nothing is lost: the log still holds it. The next time tells.
            tracing::warn!(%error, "the log could not be folded back");
            None
        }
    }
}
