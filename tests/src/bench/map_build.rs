//! From an extract to a whole pack (tiles, names, road graph, checked and synced), beside
//! tilemaker, which makes the tiles only: how long, and how much memory at the peak.
//!
//! Each is a program of its own; they take turns. The peak is the kernel's own mark of a
//! program's memory (`VmHWM`), read until the program is gone: what the marks of ended children
//! say (`getrusage`) also holds what the caller had when it started them. Not here: what is in
//! the tiles. tilemaker makes OpenMapTiles by the rules its Debian package brings, without the
//! layers whose data that package does not bring (coast, ice, cities of the whole earth).

use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};
use std::time::{Duration, Instant};

use anyhow::{Context, Result, ensure};
use serde_json::Value;

use super::figures::{Samples, ms};
use super::place::{Place, tell};
use super::report::{Budget, Row};
use crate::desk::root;
use crate::peers::extract;

/// Runs of each; one more comes first and does not count.
const RUNS: usize = 5;
/// Between two looks at the memory.
const LOOK: Duration = Duration::from_millis(2);
/// Where Debian's package puts its rules.
const RULES: &str = "/usr/share/doc/tilemaker/examples";

/// Both, in turn.
///
/// # Errors
/// A program is not built or fails.
pub fn beside_tilemaker(place: &Place, out: &mut dyn FnMut(Row)) -> Result<()> {
    let dir = place.fresh("map-build")?;
    let input = extract("malta-clip.osm.pbf")
        .unwrap_or_else(|| root().join("assets/demo-county/county.osm.pbf"));
    let program = place.program("fengsui")?;
    let config = match config(&dir) {
        Ok(config) => Some(config),
        Err(why) => {
            tell(&format!("tilemaker: not beside us: {why:#}"));
            None
        }
    };
    let (mut ours, mut theirs) = (Vec::new(), Vec::new());
    for at in 0..=RUNS {
        let pack = dir.join(format!("pack-{at}"));
        let mut command = Command::new(&program);
        command.args(["map", "build", "--input"]).arg(&input);
        command.arg("--out").arg(&pack);
        let own = run(&mut command)?;
        ensure!(pack.join("manifest.json").exists(), "no pack came of it");
        let mut other = None;
        if let Some(config) = &config {
            other = Some(run(&mut tilemaker(&input, &dir, config))?);
        }
        if at > 0 {
            ours.push(own);
            theirs.extend(other);
        }
    }
    let of = |runs: &[Ran], what: fn(&Ran) -> f64| {
        Samples::new(runs.iter().map(what).collect()).percentile(50)
    };
    for (name, unit, what, most) in [
        (
            "extract to whole pack",
            "s",
            (|ran| ran.seconds) as fn(&Ran) -> f64,
            0.6,
        ),
        ("peak memory of it", "MB", |ran| ran.peak_mb, 1.0 / 3.0),
    ] {
        let row = Row::new(name, of(&ours, what), unit, ours.len());
        out(match theirs.is_empty() {
            true => row,
            false => row
                .against("tilemaker, tiles only", of(&theirs, what))
                .budget(Budget::Times(most)),
        });
    }
    Ok(())
}

fn tilemaker(input: &Path, dir: &Path, config: &Path) -> Command {
    let mut command = Command::new("tilemaker");
    command.arg("--input").arg(input);
    command.arg("--output").arg(dir.join("tilemaker.mbtiles"));
    command.arg("--config").arg(config);
    command
        .arg("--process")
        .arg(Path::new(RULES).join("process-openmaptiles.lua"));
    command
}

/// tilemaker's own layers but for those that read files nobody has here.
fn config(dir: &Path) -> Result<PathBuf> {
    let said = Command::new("tilemaker").arg("--help").output();
    ensure!(said.is_ok(), "tilemaker is not installed");
    let given = Path::new(RULES).join("config-openmaptiles.json");
    let text = std::fs::read_to_string(&given).with_context(|| given.display().to_string())?;
    let mut config: Value = serde_json::from_str(&text)?;
    let layers = config["layers"].as_object_mut().context("no layers")?;
    layers.retain(|_, layer| layer["source"].is_null());
    ensure!(layers.len() > 10, "only {} layers are left", layers.len());
    let path = dir.join("tilemaker.json");
    std::fs::write(&path, config.to_string())?;
    Ok(path)
}

#[derive(Debug, Clone, Copy)]
struct Ran {
    seconds: f64,
    /// 1,000,000 bytes.
    peak_mb: f64,
}

/// Runs a program to its good end.
fn run(command: &mut Command) -> Result<Ran> {
    let name = command.get_program().to_string_lossy().into_owned();
    command.stdin(Stdio::null()).stdout(Stdio::null());
    command.stderr(Stdio::null());
    let began = Instant::now();
    let mut child = command.spawn().with_context(|| name.clone())?;
    let status = format!("/proc/{}/status", child.id());
    let mut peak_kib = 0;
    let ended = loop {
        let text = std::fs::read_to_string(&status).unwrap_or_default();
        peak_kib = peak_kib.max(peak(&text).unwrap_or(0));
        if let Some(ended) = child.try_wait()? {
            break ended;
        }
        std::thread::sleep(LOOK);
    };
    let took = ms(began.elapsed());
    ensure!(ended.success(), "{name}: {ended}");
    ensure!(peak_kib > 0, "the memory of {name} cannot be read");
    Ok(Ran {
        seconds: took / 1e3,
        peak_mb: f64::from(peak_kib) * 1024.0 / 1e6,
    })
}

/// The kernel's mark, KiB.
fn peak(status: &str) -> Option<u32> {
    let line = status
        .lines()
        .find_map(|line| line.strip_prefix("VmHWM:"))?;
    line.split_whitespace().next()?.parse().ok()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_program_has_a_time_and_a_peak() {
        assert_eq!(peak("Name:\ta\nVmHWM:\t    5120 kB\n"), Some(5120));
        assert_eq!(peak("Name:\ta\n"), None);
        let ran = run(Command::new("sh").args(["-c", "sleep 0.05"])).unwrap();
        assert!(ran.seconds >= 0.05 && ran.peak_mb > 0.2, "{ran:?}");
        assert!(run(&mut Command::new("false")).is_err());
    }
}
