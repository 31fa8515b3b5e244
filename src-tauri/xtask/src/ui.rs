//! The window's inside, from sources to `ui/dist`: npm packages when the lock file changed, the
//! build when a source is newer. What the UI is made of is not known here.
use std::fs;
use std::path::{Path, PathBuf};
use std::time::SystemTime;

use anyhow::{Context, Result};

use crate::place;
use crate::procs::{command, show};

/// What the UI is built from besides `ui/`: the words, codes and sounds it carries.
const SOURCES: [&str; 4] = ["ui", "assets/words", "assets/codes", "assets/sounds"];

/// Where the lock file of the last `npm ci` in `folder` is kept.
fn stamp(folder: &str) -> PathBuf {
    place::target()
        .join("xtask")
        .join(format!("npm-{}.lock", folder.replace('/', "-")))
}

/// True when `npm ci` in `folder` has to run (again).
pub(crate) fn wants_packages(root: &Path, folder: &str) -> Result<bool> {
    let lock = root.join(folder).join("package-lock.json");
    let wanted = fs::read(&lock).with_context(|| format!("read {}", lock.display()))?;
    let have = root.join(folder).join("node_modules").is_dir();
    Ok(!have || fs::read(stamp(folder)).ok() != Some(wanted))
}

/// `npm ci` in `folder`, then remember for which lock file.
pub(crate) fn install_packages(root: &Path, folder: &str) -> Result<()> {
    let mut npm = command("npm", root);
    npm.args(["ci", "--no-audit", "--no-fund"])
        .current_dir(root.join(folder));
    show(&mut npm)?;
    remember(root, folder)
}

/// Writes down that `folder`'s packages stand as its lock file says.
pub(crate) fn remember(root: &Path, folder: &str) -> Result<()> {
    let stamp = stamp(folder);
    if let Some(dir) = stamp.parent() {
        fs::create_dir_all(dir)?;
    }
    fs::copy(root.join(folder).join("package-lock.json"), stamp)?;
    Ok(())
}

/// True when a source is newer than the built page, or there is none.
pub(crate) fn wants_build(root: &Path) -> Result<bool> {
    let Ok(built) = fs::metadata(root.join("ui/dist/index.html")) else {
        return Ok(true);
    };
    let built = built.modified()?;
    let mut newest = SystemTime::UNIX_EPOCH;
    for file in place::files(root)? {
        if SOURCES.iter().any(|source| file.starts_with(source)) {
            newest = newest.max(fs::metadata(root.join(&file))?.modified()?);
        }
    }
    Ok(newest > built)
}

/// `npm run build` in `ui/`.
pub(crate) fn build(root: &Path) -> Result<()> {
    let mut npm = command("npm", root);
    npm.args(["run", "--silent", "build"])
        .current_dir(root.join("ui"));
    show(&mut npm)
}
