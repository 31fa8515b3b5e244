//! What can go wrong with the file, the disk and the key: one closed list, and the one place
//! where SQLite's result codes are read.
//!
//! Not here: the words a person sees (the wire's failure codes end in them) and the decision what
//! to do about an error (the writer).

use std::path::PathBuf;

use rusqlite::ffi;

/// Every way the store says no. `Sqlite` is the program's own mistake (a constraint, a typo in a
/// statement); everything else is the world's.
#[derive(Debug, thiserror::Error)]
pub enum StoreError {
    /// Another program holds the file; it was waited for (2 s unless set otherwise).
    #[error("another program holds the database")]
    Busy,
    /// No room, also after the reserve was freed.
    #[error("the disk is full")]
    DiskFull,
    /// The file or its folder cannot be written; reading works.
    #[error("the database can only be read")]
    ReadOnly,
    /// Damaged content was met; `detail` is for the details fold, not for the sentence.
    #[error("the database is damaged: {detail}")]
    Corrupt {
        /// What was found where.
        detail: String,
    },
    /// The disk or the file system reported an error.
    #[error("input/output error: {detail}")]
    Io {
        /// SQLite's extended result code, when it came from SQLite.
        code: Option<i32>,
        /// The system's own words.
        detail: String,
    },
    /// The disk did not confirm; the row was looked up by its own id and is not there.
    #[error("the disk did not confirm and the row is not there")]
    NotWritten,
    /// The disk did not confirm and the row could not be looked up.
    #[error("the disk did not confirm and could not be asked")]
    Ambiguous,
    /// Made by a newer program; the file was not touched.
    #[error("the database is of version {found}, this program knows {known}")]
    TooNew {
        /// Version in the file.
        found: i64,
        /// Newest version this program knows.
        known: i64,
    },
    /// Not a file of ours.
    #[error("{path} is not a database of this program")]
    Foreign {
        /// The file.
        path: PathBuf,
    },
    /// The upgrade was rolled back; the old file stands as it was.
    #[error("the upgrade failed, the old file stands: {detail}")]
    UpgradeFailed {
        /// Why.
        detail: String,
    },
    /// The passphrase, code or key does not fit.
    #[error("the key does not fit")]
    KeyWrong,
    /// A recovery code with a typing mistake; its check characters say where.
    #[error("group {group} of the recovery code is mistyped")]
    CodeMistyped {
        /// Counted from 1; 0 when the number of characters is wrong.
        group: u8,
    },
    /// This machine cannot unwrap the key (any more): another way must be offered.
    #[error("this machine cannot unwrap the key")]
    KeyLocked,
    /// The key file is missing or damaged, and its copy too.
    #[error("the key file is missing or damaged: {detail}")]
    KeyMissing {
        /// Which, and how.
        detail: String,
    },
    /// Another copy of the program has this home open.
    #[error("another copy of the program has this home open")]
    HomeInUse,
    /// A job panicked; it was rolled back and the writer lives on.
    #[error("a job of the writer panicked")]
    Panicked,
    /// The database was closed.
    #[error("the database is closed")]
    Closed,
    /// A statement was refused.
    #[error("statement refused: {0}")]
    Sqlite(#[source] rusqlite::Error),
}

/// An error of a job that may carry a store error inside, so that the writer can free the
/// reserve and try again whatever the use case's own error type is.
pub trait JobError: From<StoreError> + Send + 'static {
    /// The store error inside, if that is what this is.
    fn store_error(&mut self) -> Option<&mut StoreError>;
}

impl JobError for StoreError {
    fn store_error(&mut self) -> Option<&mut StoreError> {
        Some(self)
    }
}

impl From<rusqlite::Error> for StoreError {
    fn from(error: rusqlite::Error) -> Self {
        classify(error)
    }
}

impl From<std::io::Error> for StoreError {
    fn from(error: std::io::Error) -> Self {
        use std::io::ErrorKind as Kind;
        match error.kind() {
            Kind::StorageFull | Kind::QuotaExceeded | Kind::FileTooLarge => StoreError::DiskFull,
            Kind::ReadOnlyFilesystem | Kind::PermissionDenied => StoreError::ReadOnly,
            _ => StoreError::Io {
                code: None,
                detail: error.to_string(),
            },
        }
    }
}

/// Reads SQLite's extended result code. What only the disk can tell (is a failed write a full
/// disk?) is refined later by `ballast::refine`.
fn classify(error: rusqlite::Error) -> StoreError {
    let Some(code) = error.sqlite_extended_error_code() else {
        return StoreError::Sqlite(error);
    };
    match code & 0xff {
        ffi::SQLITE_BUSY | ffi::SQLITE_LOCKED | ffi::SQLITE_INTERRUPT => StoreError::Busy,
        ffi::SQLITE_FULL => StoreError::DiskFull,
        ffi::SQLITE_READONLY => StoreError::ReadOnly,
        ffi::SQLITE_CORRUPT | ffi::SQLITE_NOTADB => StoreError::Corrupt {
            detail: format!("{error} ({code})"),
        },
        ffi::SQLITE_IOERR if is_damage(code) => StoreError::Corrupt {
            detail: format!("{error} ({code})"),
        },
        ffi::SQLITE_IOERR | ffi::SQLITE_CANTOPEN | ffi::SQLITE_PROTOCOL => StoreError::Io {
            code: Some(code),
            detail: format!("{error} ({code})"),
        },
        _ => StoreError::Sqlite(error),
    }
}

fn is_damage(code: i32) -> bool {
    [
        ffi::SQLITE_IOERR_DATA,
        ffi::SQLITE_IOERR_CORRUPTFS,
        ffi::SQLITE_IOERR_SHORT_READ,
    ]
    .contains(&code)
}

impl StoreError {
    /// Damage with its description.
    pub(crate) fn corrupt(detail: impl Into<String>) -> Self {
        StoreError::Corrupt {
            detail: detail.into(),
        }
    }

    /// A failed write whose cause (full, read-only, broken) only the disk can tell.
    pub(crate) fn is_failed_write(&self) -> bool {
        matches!(
            self,
            StoreError::Io { code: Some(code), .. } if [
                ffi::SQLITE_IOERR_WRITE,
                ffi::SQLITE_IOERR_TRUNCATE,
                ffi::SQLITE_IOERR_SHMSIZE,
                ffi::SQLITE_IOERR_SHMOPEN,
                ffi::SQLITE_IOERR_SHMMAP,
                ffi::SQLITE_CANTOPEN,
            ]
            .contains(code)
        )
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn of(code: i32) -> StoreError {
        classify(rusqlite::Error::SqliteFailure(ffi::Error::new(code), None))
    }

    #[test]
    fn every_code_a_disk_can_give_has_its_own_word() {
        assert!(matches!(of(ffi::SQLITE_BUSY_SNAPSHOT), StoreError::Busy));
        assert!(matches!(of(ffi::SQLITE_FULL), StoreError::DiskFull));
        assert!(matches!(
            of(ffi::SQLITE_READONLY_DIRECTORY),
            StoreError::ReadOnly
        ));
        assert!(matches!(of(ffi::SQLITE_NOTADB), StoreError::Corrupt { .. }));
        assert!(matches!(
            of(ffi::SQLITE_CORRUPT_INDEX),
            StoreError::Corrupt { .. }
        ));
        assert!(matches!(
            of(ffi::SQLITE_IOERR_DATA),
            StoreError::Corrupt { .. }
        ));
        assert!(matches!(
            of(ffi::SQLITE_IOERR_FSYNC),
            StoreError::Io {
                code: Some(1034),
                ..
            }
        ));
        assert!(of(ffi::SQLITE_IOERR_WRITE).is_failed_write());
        assert!(!of(ffi::SQLITE_IOERR_FSYNC).is_failed_write());
        assert!(matches!(
            of(ffi::SQLITE_CONSTRAINT_UNIQUE),
            StoreError::Sqlite(_)
        ));
    }
}
