//! `cargo xtask bench | load | faults`: release builds of the programs in `tests/`, with the
//! remaining flags handed on as they are. What they measure or break is their business.
use std::process::Stdio;
use std::time::Duration;

use anyhow::{Result, bail};

use crate::args::Args;
use crate::place;
use crate::procs::{End, Group, command};

/// The longest any of them may take.
const LIMIT: Duration = Duration::from_secs(24 * 3600);

pub(crate) fn run(verb: &str, args: Args) -> Result<bool> {
    let root = place::root();
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
    cargo.args(args.rest()).stdin(Stdio::null());
    cargo.current_dir(std::env::current_dir()?);
    match Group::spawn(&mut cargo)?.wait(LIMIT)? {
        End::Exit(good) => Ok(good),
        End::TooLong => bail!("took longer than a day"),
        End::Stopped => bail!("stopped"),
    }
}
