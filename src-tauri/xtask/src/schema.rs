//! `cargo xtask schema`: the store's tables as one readable file, written or compared. The
//! tables themselves come from the store's migrations.
use std::fs;
use std::path::Path;

use anyhow::{Result, bail};

use crate::args::Args;
use crate::place;
use crate::procs::{capture, command};
use crate::program;

const HERE: &str = "src-tauri/crates/store/schema.sql";

pub(crate) fn run(mut args: Args) -> Result<bool> {
    let check_only = args.flag("--check");
    args.done()?;
    let root = place::root();
    if check_only {
        return Ok(crate::report("schema", &check(&root)?));
    }
    let fresh = generate(&root)?;
    fs::write(root.join(HERE), &fresh)?;
    println!("schema: {} lines in {HERE}", fresh.lines().count());
    Ok(true)
}

pub(crate) fn check(root: &Path) -> Result<Vec<String>> {
    let old = fs::read_to_string(root.join(HERE)).unwrap_or_default();
    match old == generate(root)? {
        true => Ok(Vec::new()),
        false => Ok(vec![format!("{HERE}: is stale (cargo xtask schema)")]),
    }
}

fn generate(root: &Path) -> Result<String> {
    let program = program::build(root, "export-schema", &["--quiet"])?;
    let fresh = capture(&mut command(&program.to_string_lossy(), root))?;
    if fresh.trim().is_empty() {
        bail!("export-schema printed nothing");
    }
    Ok(fresh)
}
