//! `cargo xtask hooks`: from now on git formats and tidies before each commit in this checkout.
//! Nothing slow belongs into the hook.
use anyhow::Result;

use crate::args::Args;
use crate::place;
use crate::procs::{capture, command};

pub(crate) fn run(args: Args) -> Result<bool> {
    args.done()?;
    let root = place::root();
    let mut git = command("git", &root);
    capture(git.args(["config", "core.hooksPath", ".githooks"]))?;
    println!("hooks: .githooks/pre-commit runs before each commit here");
    Ok(true)
}
