//! Where things are: the project's root and the list of its text files. Nothing is written here.
use std::fs;
use std::path::{Path, PathBuf};
use std::process::Command;

use anyhow::{Context, Result};

/// The project's root folder. Cargo says at run time where this package lies, so a moved
/// checkout with an old build still finds itself.
pub(crate) fn root() -> PathBuf {
    let here = std::env::var("CARGO_MANIFEST_DIR");
    let here = PathBuf::from(here.unwrap_or_else(|_| env!("CARGO_MANIFEST_DIR").into()));
    let up = here.ancestors().nth(2).map(Path::to_path_buf);
    up.unwrap_or(here)
}

/// The build folder, `target/` unless the caller's cargo was told otherwise.
pub(crate) fn target() -> PathBuf {
    match std::env::var_os("CARGO_TARGET_DIR") {
        Some(dir) => root().join(dir),
        None => root().join("target"),
    }
}

/// Every file of the project that git knows or would add, relative to the root, sorted.
/// Outside a git checkout: every file, less the folders that builds make.
pub(crate) fn files(root: &Path) -> Result<Vec<PathBuf>> {
    let listed = Command::new("git")
        .args([
            "ls-files",
            "-z",
            "--cached",
            "--others",
            "--exclude-standard",
        ])
        .current_dir(root)
        .output();
    let mut files = match listed {
        Ok(out) if out.status.success() => String::from_utf8(out.stdout)
            .context("git names a file that is not UTF-8")?
            .split('\0')
            .filter(|name| !name.is_empty())
            .map(PathBuf::from)
            .collect(),
        _ => {
            let mut found = Vec::new();
            walk(root, Path::new(""), &mut found)?;
            found
        }
    };
    files.retain(|file| root.join(file).is_file());
    files.sort();
    files.dedup();
    Ok(files)
}

const BUILT: [&str; 5] = [".git", "target", "node_modules", "dist", ".run"];

fn walk(root: &Path, under: &Path, found: &mut Vec<PathBuf>) -> Result<()> {
    let here = root.join(under);
    for entry in fs::read_dir(&here).with_context(|| format!("read {}", here.display()))? {
        let entry = entry?;
        let name = entry.file_name();
        if BUILT.iter().any(|built| name == *built) {
            continue;
        }
        let path = under.join(&name);
        if entry.file_type()?.is_dir() {
            walk(root, &path, found)?;
        } else {
            found.push(path);
        }
    }
    Ok(())
}

/// Files below `under` (relative to the root) whose name ends with one of `ends`.
pub(crate) fn files_under(root: &Path, under: &str, ends: &[&str]) -> Result<Vec<PathBuf>> {
    let mut files = files(root)?;
    files.retain(|file| {
        let name = file.to_string_lossy();
        file.starts_with(under) && ends.iter().any(|end| name.ends_with(end))
    });
    Ok(files)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_root_holds_the_workspace() {
        let text = fs::read_to_string(root().join("Cargo.toml")).unwrap();
        assert!(text.contains("[workspace]"));
    }

    #[test]
    fn the_list_holds_this_file_and_nothing_built() {
        let files = files(&root()).unwrap();
        assert!(files.contains(&PathBuf::from("src-tauri/xtask/src/place.rs")));
        assert!(files.iter().all(|file| !file.starts_with("target")));
        let rust = files_under(&root(), "src-tauri/xtask", &[".rs"]).unwrap();
        assert!(rust.len() > 10 && rust.len() < files.len());
    }
}
