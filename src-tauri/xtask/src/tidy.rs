//! `cargo xtask tidy`: the house rules that a machine can see, over every file git knows.
//! Formatting belongs to rustfmt, meaning to clippy; neither is judged here.
mod migrations;
mod rust;
mod text;

use std::path::{Path, PathBuf};

use anyhow::{Context, Result};

use crate::args::Args;
use crate::place;

/// The only names a person sees at the top.
const TOP: [&str; 9] = [
    "Cargo.toml",
    "Cargo.lock",
    "src-tauri",
    "ui",
    "assets",
    "maps",
    "tests",
    "README.md",
    "LICENSE",
];

pub(crate) fn run(mut args: Args) -> Result<bool> {
    let freeze = args.flag("--freeze-migrations");
    args.done()?;
    let root = place::root();
    if freeze {
        migrations::freeze(&root)?;
    }
    Ok(crate::report("tidy", &check(&root)?))
}

/// Every breach, one line each: `file:line: what`.
pub(crate) fn check(root: &Path) -> Result<Vec<String>> {
    let files = place::files(root)?;
    let mut problems = top(&files);
    for file in &files {
        let Ok(text) = std::fs::read_to_string(root.join(file)) else {
            continue; // Pictures, sounds, map data.
        };
        let name = file.to_string_lossy();
        problems.extend(text::check(&name, &text));
        if name.ends_with(".rs") {
            problems.extend(rust::check(&name, &text));
        }
        if name.ends_with("Cargo.toml") {
            problems.extend(manifest(&name, &text));
        }
    }
    problems.extend(migrations::check(root).context("migrations")?);
    Ok(problems)
}

fn top(files: &[PathBuf]) -> Vec<String> {
    let mut seen: Vec<String> = Vec::new();
    for file in files {
        let first = file
            .iter()
            .next()
            .unwrap_or_default()
            .to_string_lossy()
            .into_owned();
        if !seen.contains(&first) {
            seen.push(first);
        }
    }
    let mut problems = Vec::new();
    for name in &seen {
        if !name.starts_with('.') && !TOP.contains(&name.as_str()) {
            problems.push(format!("{name}: does not belong at the top of the project"));
        }
    }
    for name in TOP {
        // Map packs are built, not kept: `maps/` may be empty of committed files.
        if name != "maps" && !seen.iter().any(|seen| seen == name) {
            problems.push(format!("{name}: is missing at the top of the project"));
        }
    }
    problems
}

fn manifest(name: &str, text: &str) -> Vec<String> {
    let is_crate = text.lines().any(|line| line.trim() == "[package]");
    let has_lints = text.replace(' ', "").contains("[lints]\nworkspace=true");
    match is_crate && !has_lints {
        true => vec![format!("{name}: every crate says [lints] workspace = true")],
        false => Vec::new(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_top_is_exactly_what_it_should_be() {
        let mut files: Vec<PathBuf> = TOP.iter().map(|name| Path::new(name).join("x")).collect();
        files.push(".ci/run".into());
        assert!(top(&files).is_empty());
        files.push("notes.md".into());
        assert_eq!(top(&files).len(), 1);
        files.retain(|file| !file.starts_with("LICENSE"));
        assert_eq!(top(&files).len(), 2);
    }

    #[test]
    fn a_crate_without_the_lints_is_found() {
        assert_eq!(manifest("Cargo.toml", "[package]\nname = \"a\"\n").len(), 1);
        assert!(manifest("Cargo.toml", "[package]\n[lints]\nworkspace = true\n").is_empty());
        assert!(manifest("Cargo.toml", "[workspace]\n").is_empty());
    }
}
