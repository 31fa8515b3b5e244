//! A migration that has left the house never changes: the hash of each stands in a list, and
//! the list only grows. Which migrations there are is the store's business.
use std::path::{Path, PathBuf};

use anyhow::{Context, Result};

use crate::place;
use crate::procs::{capture, command};

/// The list, in the form of `sha256sum`.
const LIST: &str = "src-tauri/xtask/migrations.sha256";
const WHERE: &str = "src-tauri/crates/store/migrations";

pub(super) fn check(root: &Path) -> Result<Vec<String>> {
    let list = std::fs::read_to_string(root.join(LIST)).unwrap_or_default();
    Ok(differences(&list, &hashes(root, &migrations(root)?)?))
}

/// Adds what the list does not hold yet; never touches a line that stands.
pub(super) fn freeze(root: &Path) -> Result<()> {
    let mut list = std::fs::read_to_string(root.join(LIST)).unwrap_or_default();
    for (file, hash) in hashes(root, &migrations(root)?)? {
        if !list
            .lines()
            .any(|line| line.ends_with(&format!("  {file}")))
        {
            list.push_str(&format!("{hash}  {file}\n"));
        }
    }
    std::fs::write(root.join(LIST), list).context("write the list of migrations")
}

fn migrations(root: &Path) -> Result<Vec<PathBuf>> {
    place::files_under(root, WHERE, &[".sql", ".rs"])
}

fn hashes(root: &Path, files: &[PathBuf]) -> Result<Vec<(String, String)>> {
    if files.is_empty() {
        return Ok(Vec::new());
    }
    let mut sum = command("sha256sum", root);
    sum.arg("--").args(files);
    let printed = capture(&mut sum)?;
    let rows = printed.lines().filter_map(|line| line.split_once("  "));
    Ok(rows
        .map(|(hash, file)| (file.to_string(), hash.to_string()))
        .collect())
}

fn differences(list: &str, now: &[(String, String)]) -> Vec<String> {
    let mut problems = Vec::new();
    for line in list.lines() {
        let Some((hash, file)) = line.split_once("  ") else {
            continue;
        };
        match now.iter().find(|(name, _)| name == file) {
            None => problems.push(format!("{file}: a migration was removed")),
            Some((_, fresh)) if fresh != hash => {
                problems.push(format!("{file}: a migration was edited; write a new one"));
            }
            Some(_) => {}
        }
    }
    for (file, _) in now {
        if !list
            .lines()
            .any(|line| line.ends_with(&format!("  {file}")))
        {
            problems.push(format!(
                "{file}: not yet in {LIST} (tidy --freeze-migrations)"
            ));
        }
    }
    problems
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn edited_removed_and_new_migrations_are_found() {
        let now = |rows: &[(&str, &str)]| -> Vec<(String, String)> {
            rows.iter()
                .map(|(file, hash)| (file.to_string(), hash.to_string()))
                .collect()
        };
        assert!(differences("aa  V1.sql\n", &now(&[("V1.sql", "aa")])).is_empty());
        assert_eq!(
            differences("aa  V1.sql\n", &now(&[("V1.sql", "bb")])).len(),
            1
        );
        assert_eq!(differences("aa  V1.sql\n", &now(&[])).len(), 1);
        assert_eq!(differences("", &now(&[("V1.sql", "aa")])).len(), 1);
    }
}
