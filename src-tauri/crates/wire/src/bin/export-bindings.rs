//! Writes `types.ts` and `commands.ts` into the folder given.
//!
//! Not here: comparing; `cargo xtask bindings --check` does.

use std::path::PathBuf;

fn main() -> std::io::Result<()> {
    let dir = PathBuf::from(std::env::args().nth(1).unwrap_or_else(|| ".".to_owned()));
    std::fs::create_dir_all(&dir)?;
    std::fs::write(dir.join("types.ts"), fengsui_wire::export::types_ts())?;
    std::fs::write(dir.join("commands.ts"), fengsui_wire::export::commands_ts())
}
