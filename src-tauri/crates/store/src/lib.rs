//! The encrypted SQLite file: log, fold, tables, keys.
//!
//! **Invariant:** SQL lives here and nowhere else; an answer means the disk has
//! it. Not here: rules (`domain`), use cases (`app`).

// The log and its fold.
pub mod exchange;
pub mod export;
pub mod incarnation;
pub mod local;
pub mod log;
pub mod mirror;
pub mod peer;
pub mod preview;
pub mod project;
pub mod read;
mod rows;
pub mod search;
mod signing;
mod store;
pub mod verify;

// The trust of the disk: what is opened, how it answers, what it survives.
mod ballast;
mod db;
mod error;
mod home;
mod keyring;
mod migrations;
mod open;
#[cfg(test)]
mod scratch;
mod witness;

pub use ballast::{DiskLimits, DiskState, disk_free, survive_file_size_limit};
pub use db::{BackupReport, CheckState, Db, DbState, Proof, Written};
pub use error::{JobError, StoreError};
pub use home::{Home, HomeLock};
pub use keyring::{DatabaseKey, GuessCost, KeyWay, Keyring, Machine, RecoveryCode, Unlock};
pub use migrations::MIGRATIONS;
pub use open::{APPLICATION_ID, Durability, Migration, Mode, OpenOptions, open_bare, schema_of};
pub use rows::decode as decode_registers;
pub use rusqlite::Connection;
pub use store::{Joining, Listener, StationIdentity, Store};
pub use witness::{HEADS_MAX, Lineage, WitnessHead};

/// Four bytes by which a mistyped text is told from the right one.
#[must_use]
pub fn checksum(bytes: &[u8]) -> [u8; 4] {
    let mut four = [0; 4];
    four.copy_from_slice(&blake3::hash(bytes).as_bytes()[..4]);
    four
}
