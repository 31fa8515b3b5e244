//! File systems of one's own: images on a loop device and memory disks, mounted for a suite and
//! taken away after it. Needs root; says so where it is not to be had.
//!
//! Not here: what is done on them.

use std::path::{Path, PathBuf};
use std::process::Command;
use std::time::{Duration, Instant};

use anyhow::{Context, bail};

use super::place::Place;

/// Whether mounts can be made at all. As root everything must be there: then a missing tool is
/// an error and not a reason to skip.
#[must_use]
pub fn is_possible() -> bool {
    rustix::process::geteuid().is_root()
}

/// A mounted file system; unmounted when dropped.
pub struct Mount {
    place: Place,
    image: Option<PathBuf>,
    is_mounted: bool,
}

impl Mount {
    /// A memory disk of so many KiB.
    ///
    /// # Errors
    /// What `mount` says.
    pub fn memory(kib: u32) -> anyhow::Result<Self> {
        let mut mount = Self::prepare(None)?;
        let size = format!("size={kib}k");
        run("mount", &["-t", "tmpfs", "-o", &size, "tmpfs"], &mount.at())?;
        mount.is_mounted = true;
        Ok(mount)
    }

    /// An ext4 image of so many MiB on a loop device.
    ///
    /// # Errors
    /// What `mkfs.ext4` or `mount` say.
    pub fn ext4(mib: u32) -> anyhow::Result<Self> {
        let place = Place::on_disk("ext4")?;
        let image = place.path().join("disk.img");
        let file = std::fs::File::create(&image)?;
        file.set_len(u64::from(mib) * 1024 * 1024)?;
        drop(file);
        run("mkfs.ext4", &["-q", "-F"], &image)?;
        let mut mount = Self {
            place,
            image: Some(image),
            is_mounted: false,
        };
        std::fs::create_dir_all(mount.at())?;
        mount.again(&[])?;
        Ok(mount)
    }

    fn prepare(image: Option<PathBuf>) -> anyhow::Result<Self> {
        let mount = Self {
            place: Place::on_disk("mount")?,
            image,
            is_mounted: false,
        };
        std::fs::create_dir_all(mount.at())?;
        Ok(mount)
    }

    /// Where it is mounted.
    #[must_use]
    pub fn at(&self) -> PathBuf {
        self.place.path().join("at")
    }

    /// Mounts the image (again), recovering its journal.
    ///
    /// # Errors
    /// What `mount` says.
    pub fn again(&mut self, options: &[&str]) -> anyhow::Result<()> {
        let image = self.image.clone().context("not an image")?;
        let all = [&["loop"], options].concat().join(",");
        let image = image.to_string_lossy().into_owned();
        run("mount", &["-o", &all, &image], &self.at())?;
        self.is_mounted = true;
        Ok(())
    }

    /// Changes the options of the mount.
    ///
    /// # Errors
    /// What `mount` says.
    pub fn remount(&self, option: &str) -> anyhow::Result<()> {
        run("mount", &["-o", &format!("remount,{option}")], &self.at())
    }

    /// Unmounts, waiting a little for the last file to be closed.
    ///
    /// # Errors
    /// What `umount` says in the end.
    pub fn away(&mut self) -> anyhow::Result<()> {
        let until = Instant::now() + Duration::from_secs(10);
        loop {
            match run("umount", &[], &self.at()) {
                Ok(()) => {
                    self.is_mounted = false;
                    return Ok(());
                }
                Err(error) if Instant::now() > until => return Err(error),
                Err(_) => std::thread::sleep(Duration::from_millis(5)),
            }
        }
    }
}

impl Drop for Mount {
    fn drop(&mut self) {
        if self.is_mounted && self.away().is_err() {
            let _ = run("umount", &["-l"], &self.at());
        }
    }
}

/// Runs a tool on a path.
///
/// # Errors
/// Its words, when it fails or is not there.
pub fn run(tool: &str, words: &[&str], path: &Path) -> anyhow::Result<()> {
    let out = Command::new(tool)
        .args(words)
        .arg(path)
        .output()
        .with_context(|| format!("{tool} is not there"))?;
    if !out.status.success() {
        bail!("{tool}: {}", String::from_utf8_lossy(&out.stderr).trim());
    }
    Ok(())
}

/// Compiles one of the small C programs beside the suites.
///
/// # Errors
/// What the compiler says.
pub fn compile(source: &str, words: &[&str], to: &Path) -> anyhow::Result<()> {
    let file = to.with_extension("c");
    std::fs::write(&file, source)?;
    let target = to.to_string_lossy();
    let words = [words, &["-O1", "-o", &target]].concat();
    run("cc", &words, &file)
}
