//! `cargo xtask bundle`: the Debian package, by Tauri's own bundler. What goes into it is said
//! in `src-tauri/tauri.conf.json`. The bundler is no dependency of `ui/`: its npm package names
//! one binary for every system, not all of which every package source has, and then `npm ci`
//! refuses the whole lock file.
use std::path::{Path, PathBuf};

use anyhow::{Context, Result};

use crate::args::Args;
use crate::packages::{self, For};
use crate::place;
use crate::procs::{capture, command, show};
use crate::ui;

/// The bundler's version, the same as the `tauri` crate's.
const VERSION: &str = "2.12.5";

pub(crate) fn run(mut args: Args) -> Result<bool> {
    let yes = args.flag("--yes");
    args.done()?;
    let root = place::root();
    packages::ensure(&root, &[For::Build], yes)?;
    if ui::wants_packages(&root, "ui")? {
        ui::install_packages(&root, "ui")?;
    }
    if ui::wants_build(&root)? {
        ui::build(&root)?;
    }
    let mut tauri = command(&bundler(&root)?.to_string_lossy(), &root);
    tauri
        .args(["build", "--bundles", "deb", "--ci"])
        .current_dir(root.join("src-tauri"));
    show(&mut tauri)?;
    let package = newest(&place::target().join("release/bundle/deb"))?;
    let mut info = command("dpkg-deb", &root);
    info.args(["--field"])
        .arg(&package)
        .args(["Package", "Version", "Depends", "Recommends"]);
    print!("{}", capture(&mut info)?);
    println!("bundle: {}", package.display());
    Ok(true)
}

/// Tauri's command line, installed below the build folder when it is not there yet.
fn bundler(root: &Path) -> Result<PathBuf> {
    let dir = place::target().join(format!("xtask/bundler-{VERSION}"));
    let program = dir.join("node_modules/.bin/tauri");
    if !program.exists() {
        std::fs::create_dir_all(&dir)?;
        let mut npm = command("npm", root);
        npm.args([
            "install",
            "--no-save",
            "--no-audit",
            "--no-fund",
            "--prefix",
        ]);
        npm.arg(&dir).arg(format!("@tauri-apps/cli@{VERSION}"));
        show(&mut npm)?;
    }
    Ok(program)
}

fn newest(dir: &Path) -> Result<PathBuf> {
    let entries = std::fs::read_dir(dir).with_context(|| format!("read {}", dir.display()))?;
    let mut found: Vec<_> = entries
        .flatten()
        .map(|entry| entry.path())
        .filter(|path| path.extension().is_some_and(|end| end == "deb"))
        .collect();
    found.sort_by_key(|path| path.metadata().and_then(|meta| meta.modified()).ok());
    found.pop().context("the bundler made no package")
}
