//! The disk of a simulated station: a real SQLite file on a disk that forgets what was not synced,
//! and fails from any write on.
//!
//! Not encrypted: encryption changes no commit, and costs half the seeds. Not here: the station.

use std::path::{Path, PathBuf};
use std::sync::OnceLock;
use std::time::Duration;

use anyhow::{Context, Result};
use fengsui_store::{Connection, MIGRATIONS};
use fengsui_testkit::crash_vfs::{self, Counts, CrashDisk, CutMode, Cutter, DiskFault};
use rusqlite::OpenFlags;

/// Prepared statements a connection keeps.
const STATEMENTS: usize = 256;
const FILE: &str = "station.db";

/// One disk over several lives of its station.
pub struct Disk {
    root: PathBuf,
    life: u32,
    folder: PathBuf,
    crash: CrashDisk,
    /// Pages of log after which SQLite writes them back.
    checkpoint: u32,
    is_synced: bool,
}

/// An empty database with all tables, made once.
fn blank(root: &Path) -> Result<&'static [u8]> {
    static BLANK: OnceLock<Vec<u8>> = OnceLock::new();
    if let Some(bytes) = BLANK.get() {
        return Ok(bytes);
    }
    std::fs::create_dir_all(root)?;
    let path = root.join("blank.db");
    let conn = Connection::open(&path)?;
    for step in MIGRATIONS {
        conn.execute_batch(step.sql)?;
    }
    conn.query_row("PRAGMA journal_mode = WAL", [], |_| Ok(()))?;
    drop(conn);
    let bytes = std::fs::read(&path)?;
    std::fs::remove_file(&path)?;
    Ok(BLANK.get_or_init(|| bytes))
}

impl Disk {
    /// A disk below `root` with these bytes as its database; `None` = empty tables.
    ///
    /// # Errors
    /// What the system says.
    pub fn make(
        root: PathBuf,
        image: Option<&[u8]>,
        checkpoint: u32,
        synced: bool,
    ) -> Result<Disk> {
        let folder = root.join("0");
        std::fs::create_dir_all(&folder)?;
        let bytes = match image {
            Some(bytes) => bytes,
            None => blank(&root)?,
        };
        std::fs::write(folder.join(FILE), bytes)?;
        Ok(Disk {
            crash: CrashDisk::attach(&folder)?,
            root,
            life: 0,
            folder,
            checkpoint,
            is_synced: synced,
        })
    }

    /// Opens the database as the product does, but for the key.
    ///
    /// # Errors
    /// What SQLite says.
    pub fn open(&self) -> Result<Connection> {
        let flags = OpenFlags::SQLITE_OPEN_READ_WRITE
            | OpenFlags::SQLITE_OPEN_NO_MUTEX
            | OpenFlags::SQLITE_OPEN_EXRESCODE;
        let path = self.folder.canonicalize()?.join(FILE);
        let conn = Connection::open_with_flags_and_vfs(path, flags, crash_vfs::NAME)?;
        conn.busy_timeout(Duration::ZERO)?;
        conn.set_prepared_statement_cache_capacity(STATEMENTS);
        let level = if self.is_synced { 2 } else { 0 };
        conn.execute_batch(&format!(
            "PRAGMA cipher_log_level = NONE; PRAGMA locking_mode = EXCLUSIVE;
             PRAGMA journal_mode = WAL; PRAGMA synchronous = {level}; PRAGMA foreign_keys = ON;
             PRAGMA cell_size_check = ON; PRAGMA temp_store = MEMORY;
             PRAGMA wal_autocheckpoint = {};",
            self.checkpoint
        ))?;
        Ok(conn)
    }

    /// From the `nth` write on (from now, counted from 0) nothing reaches the disk any more.
    pub fn fail_from(&self, nth: u64) {
        self.crash.fail_from(nth, DiskFault::Io, false);
    }

    /// Ends the faults.
    pub fn heal(&self) {
        self.crash.heal();
    }

    /// The power goes: what was not synced meets its fate.
    ///
    /// # Errors
    /// What the system says.
    pub fn cut(&mut self, conn: Option<Connection>, mode: CutMode, seed: u64) -> Result<Counts> {
        let journal = self.crash.journal();
        drop(conn);
        let mut cutter = Cutter::new(&journal);
        while cutter.step() {}
        let image = cutter.cut(mode, seed);
        self.next_life(|folder| Ok(image.write_to(folder)?))?;
        Ok(image.counts)
    }

    /// Puts other bytes in the place of the database.
    ///
    /// # Errors
    /// What the system says.
    pub fn put_back(&mut self, conn: Option<Connection>, bytes: &[u8]) -> Result<()> {
        drop(conn);
        self.next_life(|folder| Ok(std::fs::write(folder.join(FILE), bytes)?))
    }

    fn next_life(&mut self, fill: impl FnOnce(&Path) -> Result<()>) -> Result<()> {
        self.life += 1;
        let folder = self.root.join(self.life.to_string());
        std::fs::create_dir_all(&folder)?;
        fill(&folder)?;
        self.crash = CrashDisk::attach(&folder)?;
        let old = std::mem::replace(&mut self.folder, folder);
        std::fs::remove_dir_all(old)?;
        Ok(())
    }

    /// A consistent copy of the database, as a backup takes it.
    ///
    /// # Errors
    /// What SQLite says.
    pub fn copy(&self, conn: &Connection) -> Result<Vec<u8>> {
        let path = self.root.join("copy.db");
        let _ = std::fs::remove_file(&path);
        conn.backup("main", &path, None::<fn(rusqlite::backup::Progress)>)
            .context("copying")?;
        let bytes = std::fs::read(&path)?;
        std::fs::remove_file(&path)?;
        Ok(bytes)
    }
}

impl Drop for Disk {
    fn drop(&mut self) {
        let _ = std::fs::remove_dir_all(&self.root);
    }
}
