//! Independent programs that compute the same as we do, to stand beside: installed into a Python
//! environment of their own under `target`, at the versions of `tests/peers/requirements.txt`.
//!
//! Not here: what is compared. **Invariant:** a peer that cannot be had is no failure and no
//! silence: [`Peers::find`] says why it is not there.

use std::io::Write as _;
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};
use std::sync::{Mutex, PoisonError};

use anyhow::{Context, Result, bail, ensure};
use serde_json::{Value, json};

/// The environment with the peers.
pub struct Peers {
    python: PathBuf,
    target: PathBuf,
}

/// What Valhalla says of the roads of an extract.
#[derive(Debug)]
pub struct Valhalla {
    /// Its version.
    pub version: String,
    /// For each pair its way, where it found one.
    pub pairs: Vec<Option<PeerRoute>>,
    /// For each pair its shortest way.
    pub shortest: Vec<Option<PeerRoute>>,
    /// For each line the seconds along it by its own clock.
    pub clock: Vec<Option<f64>>,
    /// For each goal the seconds of each unit, where it found a way.
    pub ranking: Vec<Vec<Option<f64>>>,
    /// For each goal how long the ranking took, in milliseconds.
    pub matrix_ms: Vec<f64>,
}

/// A way as a peer found it.
#[derive(Debug, Clone, Copy)]
pub struct PeerRoute {
    /// Length in metres.
    pub metres: f64,
    /// Time in seconds.
    pub seconds: f64,
    /// Whether a part of it is by ship.
    pub has_ferry: bool,
}

/// Longitude and latitude in degrees.
pub type LonLat = [f64; 2];

/// What Valhalla is asked.
#[derive(Debug, Default)]
pub struct Questions {
    /// From where to where.
    pub pairs: Vec<(LonLat, LonLat)>,
    /// Lines along roads whose time it is to say.
    pub lines: Vec<Vec<LonLat>>,
    /// Where units are.
    pub units: Vec<LonLat>,
    /// To where all of them are ranked.
    pub goals: Vec<LonLat>,
}

fn project() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("..")
}

/// A real extract by name; nothing, and a sentence, when it is not there.
#[must_use]
pub fn extract(name: &str) -> Option<PathBuf> {
    let path = project().join("../shared/data/osm").join(name);
    if path.is_file() {
        return Some(path);
    }
    say(&format!("skipped: {name} is not there"));
    None
}

impl Peers {
    /// Finds the environment, or makes it: that takes Python and a package registry, once. `None`
    /// after saying what was missing.
    #[must_use]
    pub fn find() -> Option<Peers> {
        match Self::installed() {
            Ok(peers) => Some(peers),
            Err(why) => {
                say(&format!("skipped: no independent programs: {why:#}"));
                None
            }
        }
    }

    /// The Python that has the peers.
    #[must_use]
    pub fn python(&self) -> &Path {
        &self.python
    }

    /// The build folder of this test.
    #[must_use]
    pub fn target(&self) -> &Path {
        &self.target
    }

    fn installed() -> Result<Peers> {
        // Tests of one program run at once; the environment is made by one of them.
        static ONE: Mutex<()> = Mutex::new(());
        let _one = ONE.lock().unwrap_or_else(PoisonError::into_inner);
        let program = std::env::current_exe()?;
        // target/debug/deps/<test> or target/release/<program>.
        let target = program
            .ancestors()
            .find(|path| path.join("CACHEDIR.TAG").is_file())
            .context("this program is in no target folder")?;
        let venv = target.join("peers-venv");
        let wanted = std::fs::read_to_string(project().join("tests/peers/requirements.txt"))?;
        let mark = venv.join("installed.txt");
        let python = venv.join("bin/python");
        if std::fs::read_to_string(&mark).is_ok_and(|found| found == wanted) {
            let target = target.to_owned();
            return Ok(Peers { python, target });
        }
        run(Command::new("python3").args(["-m", "venv"]).arg(&venv))?;
        let requirements = project().join("tests/peers/requirements.txt");
        run(Command::new(&python)
            .args([
                "-m",
                "pip",
                "install",
                "--quiet",
                "--disable-pip-version-check",
                "-r",
            ])
            .arg(requirements))?;
        std::fs::write(&mark, wanted)?;
        let target = target.to_owned();
        Ok(Peers { python, target })
    }

    /// Asks Valhalla.
    ///
    /// # Errors
    /// It does not run, or answers what is no answer.
    pub fn valhalla(&self, extract: &Path, asked: &Questions) -> Result<Valhalla> {
        let stem = extract.file_name().context("an extract without a name")?;
        let folder = self.target.join("peers").join(stem);
        std::fs::create_dir_all(&folder)?;
        let four = |([a, b], [c, d]): &(LonLat, LonLat)| [*a, *b, *c, *d];
        let pairs: Vec<[f64; 4]> = asked.pairs.iter().map(four).collect();
        let questions = json!({
            "pairs": pairs, "lines": asked.lines, "units": asked.units, "goals": asked.goals
        });
        let mut child = Command::new(&self.python)
            .arg(project().join("tests/peers/ask_valhalla.py"))
            .arg(extract)
            .arg(&folder)
            // It leaves a file where it is.
            .current_dir(&folder)
            .stdin(Stdio::piped())
            .stdout(Stdio::piped())
            .stderr(Stdio::piped())
            .spawn()?;
        let mut stdin = child.stdin.take().context("no way in")?;
        stdin.write_all(questions.to_string().as_bytes())?;
        drop(stdin);
        let output = child.wait_with_output()?;
        let said = String::from_utf8_lossy(&output.stderr);
        ensure!(output.status.success(), "valhalla: {said}");
        answers(&serde_json::from_slice(&output.stdout)?)
    }
}

fn answers(value: &Value) -> Result<Valhalla> {
    let list = |name: &str| value[name].as_array().with_context(|| name.to_owned());
    let route = |value: &Value| {
        Some(PeerRoute {
            metres: value["metres"].as_f64()?,
            seconds: value["seconds"].as_f64()?,
            has_ferry: value["has_ferry"].as_bool()?,
        })
    };
    let seconds = |row: &Value| -> Vec<Option<f64>> {
        row.as_array()
            .map(|row| row.iter().map(Value::as_f64).collect())
            .unwrap_or_default()
    };
    Ok(Valhalla {
        version: value["version"].as_str().context("version")?.to_owned(),
        pairs: list("pairs")?.iter().map(route).collect(),
        shortest: list("shortest")?.iter().map(route).collect(),
        clock: list("clock")?.iter().map(Value::as_f64).collect(),
        ranking: list("ranking")?.iter().map(seconds).collect(),
        matrix_ms: list("matrix_ms")?
            .iter()
            .filter_map(Value::as_f64)
            .collect(),
    })
}

fn run(command: &mut Command) -> Result<()> {
    let output = command
        .output()
        .with_context(|| format!("{}", command.get_program().display()))?;
    if !output.status.success() {
        let said = String::from_utf8_lossy(&output.stderr);
        let last = said.trim().lines().last().unwrap_or_default().to_owned();
        bail!("{}: {last}", command.get_program().display());
    }
    Ok(())
}

fn say(words: &str) {
    let _ = writeln!(std::io::stdout(), "{words}");
}
