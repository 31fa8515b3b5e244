//! `cargo xtask demo outage`: the story of an outage, told by two real stations in networks of
//! their own. Installs and builds what is missing first.
use anyhow::{Result, bail};

use crate::args::Args;
use crate::packages::{self, For};
use crate::procs::{command, show};
use crate::{place, program, ui};

pub(crate) fn run(args: Args) -> Result<bool> {
    let words = args.rest();
    if words != ["outage"] {
        bail!("which demo? there is: outage");
    }
    let root = place::root();
    packages::ensure(&root, &[For::Build, For::Test], false)?;
    if ui::wants_packages(&root, "ui")? {
        ui::install_packages(&root, "ui")?;
    }
    if ui::wants_build(&root)? {
        ui::build(&root)?;
    }
    let teller = program::build(&root, "outage", &["--bin", "fengsui", "--bin", "door"])?;
    let teller = teller.to_string_lossy().into_owned();
    show(&mut command(&teller, &root))?;
    Ok(true)
}
