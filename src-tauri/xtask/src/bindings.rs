//! `cargo xtask bindings`: the TypeScript of the command table, written to `ui/src/generated/`
//! or compared with it. What is generated, and from what, is wire's business.
use std::collections::BTreeMap;
use std::fs;
use std::path::Path;

use anyhow::{Context, Result, bail};

use crate::args::Args;
use crate::place;
use crate::procs::{command, show};
use crate::program;

const HERE: &str = "ui/src/generated";

pub(crate) fn run(mut args: Args) -> Result<bool> {
    let check_only = args.flag("--check");
    args.done()?;
    let root = place::root();
    if check_only {
        return Ok(crate::report("bindings", &check(&root)?));
    }
    let fresh = generate(&root)?;
    let here = root.join(HERE);
    fs::create_dir_all(&here)?;
    for name in read_all(&here)?.keys() {
        if !fresh.contains_key(name) {
            fs::remove_file(here.join(name))?;
        }
    }
    for (name, text) in &fresh {
        let file = here.join(name);
        // An unchanged file keeps its time, so that nothing is built again for it.
        if fs::read(&file).ok().as_ref() != Some(text) {
            if let Some(dir) = file.parent() {
                fs::create_dir_all(dir)?;
            }
            fs::write(file, text)?;
        }
    }
    println!("bindings: {} files in {HERE}", fresh.len());
    Ok(true)
}

/// Every difference between what stands and what the table would write now.
pub(crate) fn check(root: &Path) -> Result<Vec<String>> {
    Ok(differences(&read_all(&root.join(HERE))?, &generate(root)?))
}

fn generate(root: &Path) -> Result<BTreeMap<String, Vec<u8>>> {
    let dir = place::target().join("xtask/bindings");
    if dir.exists() {
        fs::remove_dir_all(&dir)?;
    }
    fs::create_dir_all(&dir)?;
    let program = program::build(root, "export-bindings", &["--quiet"])?;
    show(command(&program.to_string_lossy(), root).arg(&dir))?;
    let fresh = read_all(&dir)?;
    if fresh.is_empty() {
        bail!("export-bindings wrote nothing");
    }
    Ok(fresh)
}

fn read_all(dir: &Path) -> Result<BTreeMap<String, Vec<u8>>> {
    let mut files = BTreeMap::new();
    let mut open = vec![dir.to_path_buf()];
    while let Some(here) = open.pop() {
        let Ok(entries) = fs::read_dir(&here) else {
            continue;
        };
        for entry in entries {
            let path = entry?.path();
            if path.is_dir() {
                open.push(path);
                continue;
            }
            let name = path.strip_prefix(dir)?.to_string_lossy().into_owned();
            let text = fs::read(&path).with_context(|| format!("read {}", path.display()))?;
            files.insert(name, text);
        }
    }
    Ok(files)
}

fn differences(old: &BTreeMap<String, Vec<u8>>, fresh: &BTreeMap<String, Vec<u8>>) -> Vec<String> {
    let mut problems = Vec::new();
    for (name, text) in fresh {
        match old.get(name) {
            None => problems.push(format!("{HERE}/{name}: is missing (cargo xtask bindings)")),
            Some(stale) if stale != text => {
                problems.push(format!("{HERE}/{name}: is stale (cargo xtask bindings)"));
            }
            Some(_) => {}
        }
    }
    for name in old.keys().filter(|name| !fresh.contains_key(*name)) {
        problems.push(format!("{HERE}/{name}: nothing generates it any more"));
    }
    problems
}

#[cfg(test)]
mod tests {
    use super::*;

    fn files(rows: &[(&str, &str)]) -> BTreeMap<String, Vec<u8>> {
        rows.iter()
            .map(|(name, text)| (name.to_string(), text.as_bytes().to_vec()))
            .collect()
    }

    #[test]
    fn missing_stale_and_left_over_files_are_found() {
        let fresh = files(&[("a.ts", "1"), ("b.ts", "2")]);
        assert!(differences(&fresh, &fresh).is_empty());
        assert_eq!(differences(&files(&[("a.ts", "1")]), &fresh).len(), 1);
        assert_eq!(
            differences(&files(&[("a.ts", "1"), ("b.ts", "x")]), &fresh).len(),
            1
        );
        assert_eq!(differences(&fresh, &files(&[("a.ts", "1")])).len(), 1);
    }
}
