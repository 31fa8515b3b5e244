//! The floor of a durable command: one row of as many bytes, committed to a bare SQLCipher file
//! with the settings of the store's own writer, and nothing around it.
//!
//! Not here: the store.

use std::path::Path;

use anyhow::{Result, ensure};
use rusqlite::{Connection, TransactionBehavior};

use super::figures::timed;

/// An open bare file.
pub struct Floor {
    conn: Connection,
    bytes: Vec<u8>,
}

impl Floor {
    /// Makes one in a folder.
    ///
    /// # Errors
    /// Those of SQLite; a setting that was not taken.
    pub fn open(folder: &Path) -> Result<Floor> {
        let conn = bare(&folder.join("floor.db"))?;
        conn.execute_batch(
            "CREATE TABLE raw (id INTEGER PRIMARY KEY, bytes BLOB NOT NULL) STRICT;",
        )?;
        let mut hasher = blake3::Hasher::new();
        hasher.update(b"bytes");
        let mut bytes = vec![0; 64 * 1024];
        hasher.finalize_xof().fill(&mut bytes);
        Ok(Floor { conn, bytes })
    }

    /// Commits a row; ms.
    ///
    /// # Errors
    /// Those of SQLite.
    pub fn commit(&mut self, bytes: usize) -> Result<f64> {
        let row = self.bytes.get(..bytes).unwrap_or(&self.bytes);
        let conn = &mut self.conn;
        let ((), took) = timed(|| {
            let tx = conn.transaction_with_behavior(TransactionBehavior::Immediate)?;
            tx.prepare_cached("INSERT INTO raw (bytes) VALUES (?1)")?
                .execute([row])?;
            tx.commit()
        })?;
        Ok(took)
    }
}

/// A bare SQLCipher file with the settings of the store's own writer.
///
/// # Errors
/// Those of SQLite; a setting that was not taken.
pub fn bare(path: &Path) -> Result<Connection> {
    let conn = Connection::open(path)?;
    let key = blake3::hash(b"floor").to_hex();
    let salt = &key.as_str()[..32];
    conn.execute_batch(&format!("PRAGMA key = \"x'{key}{salt}'\";"))?;
    conn.execute_batch(
        "PRAGMA foreign_keys = ON; PRAGMA cell_size_check = ON;
         PRAGMA trusted_schema = OFF; PRAGMA temp_store = MEMORY;",
    )?;
    let mode: String = conn.query_row("PRAGMA journal_mode = WAL", [], |row| row.get(0))?;
    ensure!(mode == "wal", "journal mode is {mode}");
    conn.pragma_update(None, "synchronous", 2)?;
    conn.pragma_update(None, "wal_autocheckpoint", 4_000)?;
    let level: i64 = conn.query_row("PRAGMA synchronous", [], |row| row.get(0))?;
    ensure!(level == 2, "synchronous is {level}");
    Ok(conn)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::desk::Scratch;

    #[test]
    fn the_floor_is_encrypted_and_keeps_its_rows() {
        let scratch = Scratch::new("floor");
        std::fs::create_dir_all(scratch.path()).unwrap();
        let mut floor = Floor::open(scratch.path()).unwrap();
        assert!(floor.commit(300).unwrap() > 0.0);
        floor.commit(0).unwrap();
        let sum: i64 = floor
            .conn
            .query_row("SELECT sum(length(bytes)) FROM raw", [], |row| row.get(0))
            .unwrap();
        assert_eq!(sum, 300);
        let log = std::fs::read(scratch.path().join("floor.db-wal")).unwrap();
        let plain = log.windows(16).any(|part| part == b"SQLite format 3\0");
        assert!(!plain);
    }
}
