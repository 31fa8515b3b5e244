//! Folders for homes that are broken on purpose, in memory where the disk is only pretended. Not
//! here: mounted images (mount).

use std::path::{Path, PathBuf};
use std::sync::atomic::{AtomicU32, Ordering};

use fengsui_store::{DiskLimits, GuessCost, Home, Machine, OpenOptions};

use super::work;

static NEXT: AtomicU32 = AtomicU32::new(0);

/// A folder that is removed when dropped.
#[derive(Debug)]
pub struct Place {
    path: PathBuf,
}

impl Place {
    /// A folder in memory if the system has one: for disks that are only pretended.
    ///
    /// # Errors
    /// What making the folder says.
    pub fn in_memory(name: &str) -> std::io::Result<Self> {
        let shm = Path::new("/dev/shm");
        let below = if shm.is_dir() {
            shm.to_path_buf()
        } else {
            std::env::temp_dir()
        };
        Self::below(&below, name)
    }

    /// A folder on the system's disk.
    ///
    /// # Errors
    /// What making the folder says.
    pub fn on_disk(name: &str) -> std::io::Result<Self> {
        Self::below(&std::env::temp_dir(), name)
    }

    fn below(below: &Path, name: &str) -> std::io::Result<Self> {
        let number = NEXT.fetch_add(1, Ordering::Relaxed);
        let unique = format!("fengsui-faults-{}-{number}-{name}", std::process::id());
        let path = below.join(unique);
        std::fs::create_dir_all(&path)?;
        Ok(Self { path })
    }

    /// The folder.
    #[must_use]
    pub fn path(&self) -> &Path {
        &self.path
    }
}

impl Drop for Place {
    fn drop(&mut self) {
        let _ = std::fs::remove_dir_all(&self.path);
    }
}

/// The options every suite opens with: the product's, but a cheap passphrase, no reserve, and a
/// machine that is the same in every namespace.
#[must_use]
pub fn options(home: &Path) -> OpenOptions {
    let mut options = OpenOptions::new(Home::at(home));
    options.machine = Machine::with_id_file("/dev/null");
    options.cost = GuessCost::least();
    options.migrations = work::FIRST;
    options.disk = DiskLimits {
        ballast: 0,
        ..DiskLimits::default()
    };
    options
}

/// Copies the plain files of a home, not its folders.
///
/// # Errors
/// What the disk says.
pub fn copy_files(from: &Path, to: &Path) -> std::io::Result<()> {
    std::fs::create_dir_all(to)?;
    for entry in std::fs::read_dir(from)? {
        let entry = entry?;
        if entry.file_type()?.is_file() {
            std::fs::copy(entry.path(), to.join(entry.file_name()))?;
        }
    }
    Ok(())
}

/// Removes the plain files of a home.
///
/// # Errors
/// What the disk says.
pub fn empty(home: &Path) -> std::io::Result<()> {
    for entry in std::fs::read_dir(home)? {
        let entry = entry?;
        if entry.file_type()?.is_file() {
            std::fs::remove_file(entry.path())?;
        }
    }
    Ok(())
}
