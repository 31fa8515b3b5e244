//! The encrypted SQLite file: log, fold, tables, keys.

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
pub use open::{APPLICATION_ID, Durability, Migration, Mode, OpenOptions, schema_of};
pub use witness::{HEADS_MAX, Lineage, WitnessHead};
