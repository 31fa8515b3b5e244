//! Writes the demo county into a folder: `cargo run -p fengsui-testkit --bin county -- DIR`.
//! Not here: the generator itself (`fengsui_testkit::county`).

use std::path::PathBuf;

fn main() -> std::io::Result<()> {
    let dir = std::env::args_os()
        .nth(1)
        .map_or_else(|| PathBuf::from("assets/demo-county"), PathBuf::from);
    fengsui_testkit::county::write(&dir)
}
