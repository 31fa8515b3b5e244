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
/// Where the program looks for its helper (`places.rs`).
const HELPER_IN_PACKAGE: &str = "/usr/lib/fengsui/fengsui-mapimage";

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
    let helper = map_helper(&root)?;
    let mut tauri = command(&bundler(&root)?.to_string_lossy(), &root);
    tauri
        .args(["build", "--bundles", "deb", "--ci", "--config"])
        .arg(with_helper(&helper))
        .current_dir(root.join("src-tauri"))
        // A package runs on systems with another OpenSSL than this one's.
        .env("OPENSSL_NO_VENDOR", "0");
    show(&mut tauri)?;
    let package = newest(&place::target().join("release/bundle/deb"))?;
    let mut info = command("dpkg-deb", &root);
    info.args(["--field"])
        .arg(&package)
        .args(["Package", "Version", "Depends", "Recommends"]);
    print!("{}", capture(&mut info)?);
    let mut list = command("dpkg-deb", &root);
    list.arg("--contents").arg(&package);
    let listed = capture(&mut list)?;
    // Names in the list are without the first stroke.
    let name = format!(" {}", HELPER_IN_PACKAGE.trim_start_matches('/'));
    let is_helper = |line: &str| line.starts_with("-rwx") && line.ends_with(&name);
    anyhow::ensure!(
        listed.lines().any(is_helper),
        "the package lacks {HELPER_IN_PACKAGE} as a program"
    );
    println!("bundle: {}", package.display());
    Ok(true)
}

/// Builds the program that draws maps for papers: a workspace of its own, see decision 0025.
fn map_helper(root: &Path) -> Result<PathBuf> {
    let target = place::target().join("mapimage");
    let mut cargo = command("cargo", root);
    cargo
        .args(["build", "--release", "--locked", "--manifest-path"])
        .arg(root.join("src-tauri/mapimage/Cargo.toml"))
        .arg("--target-dir")
        .arg(&target);
    show(&mut cargo)?;
    Ok(target.join("release/fengsui-mapimage"))
}

/// What is laid over `tauri.conf.json`: the helper's place in the package.
fn with_helper(helper: &Path) -> String {
    let files = serde_json::json!({ HELPER_IN_PACKAGE: helper });
    serde_json::json!({ "bundle": { "linux": { "deb": { "files": files } } } }).to_string()
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
