//! One way to make a connection: key first, then the settings every connection has. Not here:
//! whether the file is ours and of which version (open), and who uses the connection (db).

use std::path::{Path, PathBuf};
use std::time::Duration;

use rusqlite::{Connection, OpenFlags};

use super::Durability;
use crate::error::StoreError;
use crate::home::with_ending;
use crate::keyring::DatabaseKey;

/// Pages in the write-ahead log at which SQLite folds it back by itself; the writer does so
/// earlier, after its answer is out.
const CHECKPOINT_PAGES: u32 = 4_000;
/// What the writer keeps of the file in memory, KiB. Each page that is not there is read, proven
/// and deciphered anew: with SQLite's own 2 MiB that is most of the work of a long past.
const WRITER_CACHE_KIB: i64 = 64 * 1024;
/// Prepared statements a connection keeps; more than one command of the desk needs, or each
/// command would parse its own anew.
const STATEMENTS: usize = 128;

/// What every connection to one database has in common.
#[derive(Debug, Clone)]
pub(crate) struct Connector {
    pub(crate) path: PathBuf,
    pub(crate) key: DatabaseKey,
    /// The database's name, which is also its salt.
    pub(crate) name: [u8; 16],
    pub(crate) vfs: Option<String>,
    pub(crate) durability: Durability,
    pub(crate) busy: Duration,
}

/// What a connection may do.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Role {
    /// Writes, and makes the file if it is missing.
    Writer,
    /// Reads beside the writer.
    Reader,
    /// Reads a file that cannot be written.
    Looker,
    /// Reads a file on a disk that cannot be written and that nobody else changes.
    Frozen,
}

impl Connector {
    /// A connection whose key has been proven by reading the schema.
    ///
    /// # Errors
    /// `Corrupt` (with a known-right key that is what "not a database" means), `Io`, `Busy`.
    pub(crate) fn connect(&self, role: Role) -> Result<Connection, StoreError> {
        let conn = self.open_file(role)?;
        conn.busy_timeout(self.busy)?;
        conn.set_prepared_statement_cache_capacity(STATEMENTS);
        // A damaged page is answered with an error; SQLCipher would also write it to stderr.
        conn.execute_batch("PRAGMA cipher_log_level = NONE;")?;
        conn.execute_batch(&self.key.pragma(&self.name))?;
        let cipher: Option<String> = conn
            .query_row("PRAGMA cipher_version", [], |row| row.get(0))
            .ok();
        if cipher.is_none_or(|version| version.is_empty()) {
            // A build without the cipher would write plain data without a word.
            return Err(StoreError::Io {
                code: None,
                detail: "this build cannot encrypt".into(),
            });
        }
        conn.execute_batch(
            "PRAGMA foreign_keys = ON; PRAGMA cell_size_check = ON;
             PRAGMA trusted_schema = OFF; PRAGMA temp_store = MEMORY;",
        )?;
        match role {
            Role::Writer => {}
            Role::Reader => conn.execute_batch("PRAGMA query_only = ON;")?,
            Role::Looker | Role::Frozen => {}
        }
        conn.query_row("SELECT count(*) FROM sqlite_schema", [], |_| Ok(()))?;
        if role == Role::Writer {
            self.ready_to_write(&conn)?;
        }
        Ok(conn)
    }

    fn ready_to_write(&self, conn: &Connection) -> Result<(), StoreError> {
        let mode: String = conn.query_row("PRAGMA journal_mode = WAL", [], |row| row.get(0))?;
        if mode != "wal" {
            return Err(StoreError::Io {
                code: None,
                detail: format!("journal mode is {mode}"),
            });
        }
        let level = self.durability.level();
        conn.pragma_update(None, "synchronous", level)?;
        conn.pragma_update(None, "wal_autocheckpoint", CHECKPOINT_PAGES)?;
        conn.pragma_update(None, "journal_size_limit", 64 * 1024 * 1024)?;
        conn.pragma_update(None, "cache_size", -WRITER_CACHE_KIB)?;
        let set: i64 = conn.query_row("PRAGMA synchronous", [], |row| row.get(0))?;
        if set != level {
            return Err(StoreError::Io {
                code: None,
                detail: format!("synchronous is {set}"),
            });
        }
        Ok(())
    }

    fn open_file(&self, role: Role) -> Result<Connection, StoreError> {
        let base = OpenFlags::SQLITE_OPEN_NO_MUTEX | OpenFlags::SQLITE_OPEN_EXRESCODE;
        let (flags, path) = match role {
            Role::Writer => (
                base | OpenFlags::SQLITE_OPEN_READ_WRITE | OpenFlags::SQLITE_OPEN_CREATE,
                self.path.clone(),
            ),
            Role::Reader => (base | OpenFlags::SQLITE_OPEN_READ_WRITE, self.path.clone()),
            Role::Looker => (base | OpenFlags::SQLITE_OPEN_READ_ONLY, self.path.clone()),
            Role::Frozen => (
                base | OpenFlags::SQLITE_OPEN_READ_ONLY | OpenFlags::SQLITE_OPEN_URI,
                frozen_uri(&self.path),
            ),
        };
        Ok(match &self.vfs {
            Some(vfs) => Connection::open_with_flags_and_vfs(path, flags, vfs.as_str())?,
            None => Connection::open_with_flags(path, flags)?,
        })
    }

    /// Reads a file that cannot be written. Without a log left behind it is opened as it lies;
    /// with one, SQLite needs its shared-memory file, which only a copy can have.
    pub(crate) fn connect_read_only(&self) -> Result<Connection, StoreError> {
        match self.connect(Role::Looker) {
            Err(StoreError::Io { .. } | StoreError::ReadOnly) if self.log_bytes() == 0 => {
                self.connect(Role::Frozen)
            }
            other => other,
        }
    }

    /// Bytes in the write-ahead log; 0 when there is none.
    pub(crate) fn log_bytes(&self) -> u64 {
        let log = with_ending(&self.path, "-wal");
        std::fs::metadata(log).map_or(0, |meta| meta.len())
    }
}

/// `file:` with every byte that could mean something in a URI escaped.
fn frozen_uri(path: &Path) -> PathBuf {
    use std::os::unix::ffi::OsStrExt;
    let mut uri = String::from("file:");
    for byte in path.as_os_str().as_bytes() {
        match byte {
            b'/' | b'-' | b'_' | b'.' | b'0'..=b'9' | b'a'..=b'z' | b'A'..=b'Z' => {
                uri.push(char::from(*byte));
            }
            other => uri.push_str(&format!("%{other:02X}")),
        }
    }
    uri.push_str("?immutable=1");
    PathBuf::from(uri)
}
