//! The tiles' file: MBTiles 1.3, one SQLite table of gzipped tiles and one of metadata.
//! Not here: making tiles.
//!
//! The database library of this house is an SQLCipher build; opened without a key it reads and
//! writes plain SQLite files, which is what is wanted here: a map is open data and other
//! programs should be able to read it.

use crate::PackError;
use crate::tiles::Encoded;
use rusqlite::{Connection, OpenFlags, params};
use std::path::Path;

const PART: &str = crate::manifest::TILES_FILE;

/// The file being written, in one transaction.
pub(crate) struct TilesWriter {
    connection: Connection,
}

impl TilesWriter {
    /// A new file.
    pub(crate) fn create(path: &Path) -> Result<Self, PackError> {
        let connection = Connection::open(path).map_err(PackError::database(PART))?;
        // The folder only gets its name when all is written and synced: no journal is needed.
        connection
            .execute_batch(
                "PRAGMA page_size = 8192;
                 PRAGMA journal_mode = OFF;
                 PRAGMA synchronous = OFF;
                 PRAGMA application_id = 0x4d504258;
                 CREATE TABLE metadata (name TEXT NOT NULL, value TEXT NOT NULL);
                 CREATE TABLE tiles (
                     zoom_level INTEGER NOT NULL,
                     tile_column INTEGER NOT NULL,
                     tile_row INTEGER NOT NULL,
                     tile_data BLOB NOT NULL
                 );
                 BEGIN;",
            )
            .map_err(PackError::database(PART))?;
        Ok(Self { connection })
    }

    /// Adds tiles of a zoom; rows are counted from the south in the file.
    pub(crate) fn add(&self, z: u8, tiles: &[Encoded]) -> Result<(), PackError> {
        let mut insert = self
            .connection
            .prepare("INSERT INTO tiles VALUES (?1, ?2, ?3, ?4)")
            .map_err(PackError::database(PART))?;
        for (x, y, bytes) in tiles {
            let row = (1u32 << z) - 1 - y;
            insert
                .execute(params![z, x, row, bytes])
                .map_err(PackError::database(PART))?;
        }
        Ok(())
    }

    /// Writes the metadata and the index, and closes the file.
    pub(crate) fn finish(self, metadata: &[(&str, String)]) -> Result<(), PackError> {
        for (name, value) in metadata {
            self.connection
                .execute("INSERT INTO metadata VALUES (?1, ?2)", params![name, value])
                .map_err(PackError::database(PART))?;
        }
        self.connection
            .execute_batch(
                "CREATE UNIQUE INDEX tile_index ON tiles (zoom_level, tile_column, tile_row);
                 COMMIT;",
            )
            .map_err(PackError::database(PART))?;
        self.connection
            .close()
            .map_err(|(_, e)| PackError::database(PART)(e))
    }
}

/// Opens a pack's database for reading: nothing is ever written into an opened pack.
pub(crate) fn open_read_only(path: &Path, part: &'static str) -> Result<Connection, PackError> {
    let flags = OpenFlags::SQLITE_OPEN_READ_ONLY | OpenFlags::SQLITE_OPEN_NO_MUTEX;
    let connection = Connection::open_with_flags(path, flags).map_err(PackError::database(part))?;
    // Maps of a county fit; pages are then shared with the system's own cache.
    connection
        .execute_batch("PRAGMA mmap_size = 268435456; PRAGMA query_only = ON;")
        .map_err(PackError::database(part))?;
    Ok(connection)
}
