//! `cargo xtask bench | load | faults | sim`: release builds of the programs in `tests/`, with the
//! remaining flags handed on as they are. What they measure or break is their business; only
//! that `bench` looks at other programs from outside is known here, since it cannot build them.
use std::process::Stdio;
use std::time::Duration;

use anyhow::{Result, bail};

use crate::args::Args;
use crate::packages::{self, For};
use crate::place;
use crate::procs::{End, Group, command, say, show};
use crate::ui;

/// The longest any of them may take.
const LIMIT: Duration = Duration::from_secs(24 * 3600);
/// Benchmarks that start the program or the empty window.
const FROM_OUTSIDE: [&str; 4] = ["memory", "window", "map-build", "map-window"];
/// Benchmarks that need programs of Debian's: a display, another maker of maps.
const BESIDE_PACKAGES: [&str; 3] = ["window", "map-build", "map-window"];

pub(crate) fn run(verb: &str, args: Args) -> Result<bool> {
    let root = place::root();
    let words = args.rest();
    if verb == "bench" && wants(&words, &FROM_OUTSIDE) {
        build_programs(&root)?;
    }
    if verb == "bench" && wants(&words, &BESIDE_PACKAGES) {
        let uses = [For::Window, For::Screenless, For::Bench];
        // What is not there has no row; the rest is measured all the same.
        if let Err(why) = packages::ensure(&root, &uses, false) {
            say(&format!("  {why:#}"));
        }
    }
    let mut cargo = command("cargo", &root);
    cargo.args([
        "run",
        "--release",
        "--package",
        "fengsui-tests",
        "--bin",
        verb,
        "--",
    ]);
    as_shipped(&mut cargo);
    // Paths are meant from where the caller stands, not from the project's root.
    cargo.args(words).stdin(Stdio::null());
    cargo.current_dir(std::env::current_dir()?);
    match Group::spawn(&mut cargo)?.wait(LIMIT)? {
        End::Exit(good) => Ok(good),
        End::TooLong => bail!("took longer than a day"),
        End::Stopped => bail!("stopped"),
    }
}

/// True when no benchmark was named, or one of these.
fn wants(words: &[String], these: &[&str]) -> bool {
    let mut named = words
        .iter()
        .zip(words.iter().skip(1))
        .filter(|(flag, _)| *flag == "--only")
        .map(|(_, name)| name.as_str())
        .peekable();
    named.peek().is_none() || named.any(|name| these.contains(&name))
}

/// With the OpenSSL inside that the Debian package has, not this system's.
fn as_shipped(cargo: &mut std::process::Command) {
    cargo.env("OPENSSL_NO_VENDOR", "0");
}

/// The page, the program with it, and the empty window it is compared with.
fn build_programs(root: &std::path::Path) -> Result<()> {
    if ui::wants_packages(root, "ui")? {
        ui::install_packages(root, "ui")?;
    }
    if ui::wants_build(root)? {
        ui::build(root)?;
    }
    // One after the other: both embed the page, whose packed files Tauri writes where the other
    // would read them half written.
    for target in [["--bin", "fengsui"], ["--example", "empty-window"]] {
        let mut cargo = command("cargo", root);
        cargo.args(["build", "--release", "--package", "fengsui"]);
        cargo.args(target);
        as_shipped(&mut cargo);
        show(&mut cargo)?;
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn programs_are_built_only_for_what_starts_them() {
        let starts = |line: &str| {
            let words: Vec<String> = line.split_whitespace().map(str::to_string).collect();
            wants(&words, &FROM_OUTSIDE)
        };
        assert!(starts(""));
        assert!(starts("--json a"));
        assert!(starts("--only durable --only window"));
        assert!(starts("--only map-build"));
        assert!(!starts("--only durable --only start --json memory"));
    }
}
