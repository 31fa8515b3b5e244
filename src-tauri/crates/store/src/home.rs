//! The home folder: which file lies where, who may use it, and how a small file is replaced so
//! that a power cut leaves the old one or the new one.
//!
//! Not here: where the home is by default (the shell decides) and what the files hold.

use std::fs::{DirBuilder, File, OpenOptions, TryLockError};
use std::io::{ErrorKind, Write};
use std::os::unix::fs::{DirBuilderExt, OpenOptionsExt};
use std::path::{Path, PathBuf};

use rustix::fs::Access;

use crate::error::StoreError;

/// The folder that holds everything a station keeps.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Home {
    root: PathBuf,
}

impl Home {
    /// The home at `root`; nothing is touched yet.
    pub fn at(root: impl Into<PathBuf>) -> Self {
        Self { root: root.into() }
    }

    /// Makes the folders that are missing, for the owner alone.
    ///
    /// # Errors
    /// `ReadOnly`, `DiskFull`, `Io`.
    pub fn create(&self) -> Result<(), StoreError> {
        for folder in [
            self.root.clone(),
            self.logs(),
            self.packs(),
            self.copies(),
            self.exports(),
        ] {
            if !folder.is_dir() {
                DirBuilder::new()
                    .recursive(true)
                    .mode(0o700)
                    .create(&folder)?;
                // The folder's own name must survive a cut like the files in it.
                sync_folder_of(&folder)?;
            }
        }
        Ok(())
    }

    /// Takes the home for this process, until the value is dropped or the process ends.
    ///
    /// # Errors
    /// `HomeInUse` when another process (or another value in this one) has it.
    pub fn lock(&self) -> Result<HomeLock, StoreError> {
        let path = self.root.join("lock");
        let file = match owner_only()
            .create(true)
            .truncate(false)
            .write(true)
            .open(&path)
        {
            Ok(file) => file,
            // A folder that cannot be written still can be locked, if the file is there.
            Err(error) => match File::open(&path) {
                Ok(file) => file,
                Err(_) if is_read_only(&error) => return Ok(HomeLock { _file: None }),
                Err(_) => return Err(error.into()),
            },
        };
        match file.try_lock() {
            Ok(()) => Ok(HomeLock { _file: Some(file) }),
            Err(TryLockError::WouldBlock) => Err(StoreError::HomeInUse),
            Err(TryLockError::Error(error)) => Err(error.into()),
        }
    }

    /// The folder itself.
    #[must_use]
    pub fn root(&self) -> &Path {
        &self.root
    }

    /// The database of the real world.
    #[must_use]
    pub fn database(&self) -> PathBuf {
        self.root.join("real.db")
    }

    /// The wrapped database key.
    #[must_use]
    pub fn keys(&self) -> PathBuf {
        self.root.join("keys.json")
    }

    /// Second copy of the key file.
    #[must_use]
    pub fn keys_copy(&self) -> PathBuf {
        self.root.join("keys.json.bak")
    }

    /// Random part of the machine's own way to the key.
    #[must_use]
    pub fn machine_secret(&self) -> PathBuf {
        self.root.join("machine.secret")
    }

    /// Heads noted outside the database.
    #[must_use]
    pub fn witness(&self) -> PathBuf {
        self.root.join("witness")
    }

    /// Room kept for the hour the disk is full.
    #[must_use]
    pub fn ballast(&self) -> PathBuf {
        self.root.join("ballast")
    }

    /// Stands only between a clean exit and the next start.
    #[must_use]
    pub fn clean_mark(&self) -> PathBuf {
        self.root.join("clean")
    }

    /// Program logs.
    #[must_use]
    pub fn logs(&self) -> PathBuf {
        self.root.join("logs")
    }

    /// Installed map packs.
    #[must_use]
    pub fn packs(&self) -> PathBuf {
        self.root.join("packs")
    }

    /// Signed papers that were asked for.
    #[must_use]
    pub fn exports(&self) -> PathBuf {
        self.root.join("exports")
    }

    /// Copies set aside before an upgrade.
    #[must_use]
    pub fn copies(&self) -> PathBuf {
        self.root.join("copies")
    }

    /// Whether the folder and the database in it can be written (also false for a read-only
    /// mount or an immutable file, whoever asks).
    #[must_use]
    pub fn is_writable(&self) -> bool {
        let may = |path: &Path| rustix::fs::access(path, Access::WRITE_OK).is_ok();
        let database = self.database();
        may(&self.root) && (!database.exists() || may(&database))
    }
}

/// Holds a home; dropping it lets the next program in.
#[derive(Debug)]
pub struct HomeLock {
    _file: Option<File>,
}

/// Options of a file only its owner may read.
pub(crate) fn owner_only() -> OpenOptions {
    let mut options = OpenOptions::new();
    options.mode(0o600);
    options
}

/// Whether an error means that nothing can be written here.
pub(crate) fn is_read_only(error: &std::io::Error) -> bool {
    matches!(
        error.kind(),
        ErrorKind::ReadOnlyFilesystem | ErrorKind::PermissionDenied
    )
}

/// Replaces `path` by `bytes`: temporary file, fsync, rename, fsync of the folder. A cut leaves
/// the old content or the new, never a part.
///
/// # Errors
/// `DiskFull`, `ReadOnly`, `Io`; the old content then stands.
pub(crate) fn replace_file(path: &Path, bytes: &[u8]) -> Result<(), StoreError> {
    let part = with_ending(path, ".part");
    let mut file = owner_only()
        .create(true)
        .truncate(true)
        .write(true)
        .open(&part)?;
    file.write_all(bytes)?;
    file.sync_all()?;
    std::fs::rename(&part, path)?;
    sync_folder_of(path)
}

/// Makes names in the folder of `path` durable.
pub(crate) fn sync_folder_of(path: &Path) -> Result<(), StoreError> {
    let folder = path.parent().unwrap_or(Path::new("."));
    Ok(File::open(folder)?.sync_all()?)
}

/// `path` with `ending` hung behind its whole name.
pub(crate) fn with_ending(path: &Path, ending: &str) -> PathBuf {
    let mut name = path.as_os_str().to_owned();
    name.push(ending);
    PathBuf::from(name)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_home_is_held_once() {
        let folder = crate::scratch::Scratch::new("home-lock");
        let home = Home::at(folder.path());
        home.create().unwrap();
        let first = home.lock().unwrap();
        assert!(matches!(home.lock(), Err(StoreError::HomeInUse)));
        drop(first);
        home.lock().unwrap();
    }

    #[test]
    fn replacing_leaves_no_part_behind() {
        let folder = crate::scratch::Scratch::new("home-replace");
        let path = folder.path().join("a");
        replace_file(&path, b"one").unwrap();
        replace_file(&path, b"two").unwrap();
        assert_eq!(std::fs::read(&path).unwrap(), b"two");
        assert_eq!(std::fs::read_dir(folder.path()).unwrap().count(), 1);
    }
}
