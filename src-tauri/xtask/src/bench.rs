//! `cargo xtask bench | load | faults | sim`: release builds of the programs in `tests/`, with the
//! remaining flags handed on as they are. What they measure or break is their business; only
//! that `bench` looks at other programs from outside is known here, since it cannot build them.
use std::process::Stdio;
use std::time::Duration;

use anyhow::{Result, bail};

use crate::args::Args;
use crate::place;
use crate::procs::{End, Group, command, show};
use crate::ui;

/// The longest any of them may take.
const LIMIT: Duration = Duration::from_secs(24 * 3600);
/// Benchmarks that start the program or the empty window.
const FROM_OUTSIDE: [&str; 2] = ["memory", "window"];

pub(crate) fn run(verb: &str, args: Args) -> Result<bool> {
    let root = place::root();
    let words = args.rest();
    if verb == "bench" && looks_from_outside(&words) {
        build_programs(&root)?;
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
    // Paths are meant from where the caller stands, not from the project's root.
    cargo.args(words).stdin(Stdio::null());
    cargo.current_dir(std::env::current_dir()?);
    match Group::spawn(&mut cargo)?.wait(LIMIT)? {
        End::Exit(good) => Ok(good),
        End::TooLong => bail!("took longer than a day"),
        End::Stopped => bail!("stopped"),
    }
}

/// True when no benchmark was named, or one that needs a program.
fn looks_from_outside(words: &[String]) -> bool {
    let mut named = words
        .iter()
        .zip(words.iter().skip(1))
        .filter(|(flag, _)| *flag == "--only")
        .map(|(_, name)| name.as_str())
        .peekable();
    named.peek().is_none() || named.any(|name| FROM_OUTSIDE.contains(&name))
}

/// The page, the program with it, and the empty window it is compared with.
fn build_programs(root: &std::path::Path) -> Result<()> {
    if ui::wants_packages(root, "ui")? {
        ui::install_packages(root, "ui")?;
    }
    if ui::wants_build(root)? {
        ui::build(root)?;
    }
    let mut cargo = command("cargo", root);
    cargo.args(["build", "--release", "--package", "fengsui"]);
    cargo.args(["--bin", "fengsui", "--example", "empty-window"]);
    show(&mut cargo)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn programs_are_built_only_for_what_starts_them() {
        let wants = |line: &str| {
            let words: Vec<String> = line.split_whitespace().map(str::to_string).collect();
            looks_from_outside(&words)
        };
        assert!(wants(""));
        assert!(wants("--json a"));
        assert!(wants("--only durable --only window"));
        assert!(!wants("--only durable --only start --json memory"));
    }
}
