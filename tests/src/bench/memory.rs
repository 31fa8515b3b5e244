//! Memory of a program with all its processes: the sum of their proportional shares (PSS), so
//! that a page shared by two is counted once.
//!
//! Not here: the window (`window`).

use std::collections::BTreeMap;
use std::process::Command;
use std::time::Duration;

use anyhow::{Result, ensure};

use super::place::Place;
use super::program::Program;
use super::report::Row;
use crate::desk::root;

/// How long the desk works before it is measured.
pub const AT_WORK: Duration = Duration::from_secs(15);

/// The core without a window, with its past, while the scripted shift plays twenty times as fast.
///
/// # Errors
/// The program does not start.
pub fn core(place: &Place, out: &mut dyn FnMut(Row)) -> Result<()> {
    let (home, _) = place.past()?;
    let mut serve = Command::new(place.program("fengsui")?);
    serve.args(["serve", "--intake", "off", "--demo", "--demo-pace", "20"]);
    serve.arg("--home").arg(&home);
    serve.arg("--county").arg(root().join("assets/demo-county"));
    let mut program = Program::start(&mut serve)?;
    program.hear("ready", Duration::from_secs(120))?;
    std::thread::sleep(AT_WORK);
    program.must_run()?;
    out(Row::new(
        "memory of the core at work",
        megabytes(program.id())?,
        "MB",
        1,
    ));
    Ok(())
}

/// Memory of a process and all below it, MB.
///
/// # Errors
/// It is gone, or the system does not say.
pub fn megabytes(root: u32) -> Result<f64> {
    let mut kib = 0;
    for process in family(root)? {
        // One that just ended holds nothing.
        let path = format!("/proc/{process}/smaps_rollup");
        if let Ok(text) = std::fs::read_to_string(path) {
            kib += pss_kib(&text).unwrap_or(0);
        }
    }
    ensure!(kib > 0, "the memory of process {root} cannot be read");
    Ok(kib as f64 * 1024.0 / 1e6)
}

/// A process and all below it.
///
/// # Errors
/// The system does not say.
pub fn family(root: u32) -> Result<Vec<u32>> {
    Ok(tree(root, &parents()?))
}

/// Every process with its parent.
fn parents() -> Result<BTreeMap<u32, u32>> {
    let mut parents = BTreeMap::new();
    for entry in std::fs::read_dir("/proc")?.flatten() {
        let name = entry.file_name();
        let Some(process) = name.to_str().and_then(|name| name.parse().ok()) else {
            continue;
        };
        let stat = std::fs::read_to_string(entry.path().join("stat")).unwrap_or_default();
        if let Some(parent) = parent_of(&stat) {
            parents.insert(process, parent);
        }
    }
    Ok(parents)
}

/// The fourth field; the second one is a name in brackets that may hold anything.
fn parent_of(stat: &str) -> Option<u32> {
    let (_, rest) = stat.rsplit_once(')')?;
    rest.split_whitespace().nth(1)?.parse().ok()
}

fn tree(root: u32, parents: &BTreeMap<u32, u32>) -> Vec<u32> {
    let mut all = vec![root];
    let mut at = 0;
    while let Some(parent) = all.get(at).copied() {
        let below = parents.iter().filter(|(_, of)| **of == parent);
        all.extend(below.map(|(process, _)| *process));
        at += 1;
    }
    all
}

fn pss_kib(rollup: &str) -> Option<u64> {
    let line = rollup.lines().find_map(|line| line.strip_prefix("Pss:"))?;
    line.split_whitespace().next()?.parse().ok()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_tree_has_all_below_and_nobody_else() {
        let parents = BTreeMap::from([(2, 1), (3, 2), (4, 2), (5, 3), (6, 1)]);
        assert_eq!(tree(2, &parents), [2, 3, 4, 5]);
    }

    #[test]
    fn the_kernel_is_read_as_it_writes() {
        assert_eq!(parent_of("7 (a ) (b) S 3 7 7 0"), Some(3));
        assert_eq!(parent_of(""), None);
        let rollup = "00-ff [rollup]\nRss: 9 kB\nPss:                 123 kB\nPss_Dirty: 4 kB\n";
        assert_eq!(pss_kib(rollup), Some(123));
        assert_eq!(pss_kib("Rss: 9 kB"), None);
    }

    #[test]
    fn this_very_process_holds_something() {
        assert!(megabytes(std::process::id()).unwrap() > 0.1);
    }
}
