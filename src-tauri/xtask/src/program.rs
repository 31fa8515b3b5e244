//! The project's own programs, built the same way by every verb: with the features of the whole
//! workspace, so that no verb builds again what another has built. `bench` and `bundle` are not
//! among its users; their builds are optimised ones.
use std::path::{Path, PathBuf};

use anyhow::{Result, bail};

use crate::place;
use crate::procs::{command, show};

/// The features every build of ours has: the desk can be looked at in a browser.
pub(crate) const FEATURES: &str = "fengsui/loopback";

/// The words for cargo that build one program.
pub(crate) fn words(name: &str) -> Vec<&str> {
    vec![
        "build",
        "--workspace",
        "--features",
        FEATURES,
        "--bin",
        name,
    ]
}

/// Builds a program and says where it is.
pub(crate) fn build(root: &Path, name: &str, more: &[&str]) -> Result<PathBuf> {
    let mut cargo = command("cargo", root);
    cargo.args(words(name)).args(more);
    show(&mut cargo)?;
    let profile = if more.contains(&"--release") {
        "release"
    } else {
        "debug"
    };
    let program = place::target().join(profile).join(name);
    if !program.exists() {
        bail!("cargo built no {}", program.display());
    }
    Ok(program)
}
