//! Prepares the window's parts for the build: which commands the window may
//! ever name, and a page to embed when the real one has not been built yet.
//! How the page is made is not known here (`ui/`, `cargo xtask run`).

use std::error::Error;
use std::fs::{self, File};
use std::path::Path;
use std::time::SystemTime;

/// Every command of the window. A command that is not listed here is open to
/// every window; listed ones are closed until a capability file opens them.
const COMMANDS: &[&str] = &["call", "startup", "quit", "save_text", "open_wall"];

const DIST: &str = "../ui/dist";

const PLACEHOLDER: &str = r#"<!doctype html>
<html lang="zh-CN">
  <head><meta charset="utf-8" /><title>烽燧</title></head>
  <body>
    <h1>烽燧：界面尚未构建</h1>
    <p>请运行 <code>cargo xtask run</code>。</p>
    <p lang="en">The desk's page has not been built yet: run <code>cargo xtask run</code>.</p>
  </body>
</html>
"#;

fn main() -> Result<(), Box<dyn Error>> {
    ensure_page(Path::new(DIST))?;
    println!("cargo:rerun-if-changed={DIST}");
    println!("cargo:rerun-if-changed=build.rs");
    let manifest = tauri_build::AppManifest::new().commands(COMMANDS);
    tauri_build::try_build(tauri_build::Attributes::new().app_manifest(manifest))?;
    Ok(())
}

/// A clean checkout has no built page, yet the window's assets are embedded at
/// build time. The placeholder is dated 1970, so whoever compares it with the
/// sources finds it stale and builds the real page over it.
fn ensure_page(dist: &Path) -> Result<(), Box<dyn Error>> {
    let index = dist.join("index.html");
    if index.exists() {
        return Ok(());
    }
    fs::create_dir_all(dist)?;
    fs::write(&index, PLACEHOLDER)?;
    File::options()
        .write(true)
        .open(&index)?
        .set_modified(SystemTime::UNIX_EPOCH)?;
    Ok(())
}
