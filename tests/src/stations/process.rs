//! A station as a process: `fengsui serve` in a network of its own, asked through its loopback.
//!
//! Not here: what is asked.

use std::io::{BufRead, BufReader, Write};
use std::path::{Path, PathBuf};
use std::process::{Child, ChildStdin, ChildStdout, Command, Stdio};
use std::time::{Duration, Instant};

use anyhow::{Context, Result, anyhow, bail};
use serde_json::{Value, json};

use super::net::{Networks, address};
use crate::bench::program::Program;
use crate::desk::{root, text};

/// The port every station listens on in its own network.
pub const PORT: u16 = 4717;
/// How long a start, a join or a healing may take on a busy machine.
pub const PATIENCE: Duration = Duration::from_secs(120);
/// The person who sits at every station, and the second one who signs.
pub const PERSONS: [(&str, &str); 2] =
    [("wang", "烽火连三月抵万金"), ("zhao", "白日依山尽黄河入海")];

/// A running station.
pub struct Running {
    at: usize,
    home: PathBuf,
    program: Program,
    door: Door,
    token: String,
}

/// The way to a station's loopback from its own network.
struct Door {
    child: Child,
    to: ChildStdin,
    from: BufReader<ChildStdout>,
}

/// A program of ours that was built beside this one.
///
/// # Errors
/// It was not.
pub fn built(name: &str) -> Result<PathBuf> {
    let me = std::env::current_exe()?;
    let folder = me.parent().context("no folder")?;
    let folder = match folder.ends_with("deps") {
        true => folder.parent().context("no folder")?,
        false => folder,
    };
    let path = folder.join(name);
    anyhow::ensure!(path.exists(), "{} is not built", path.display());
    Ok(path)
}

impl Door {
    fn open(network: &str, url: &str) -> Result<Door> {
        let (_, rest) = url.split_once("127.0.0.1:").context("address")?;
        let (port, token) = rest.split_once("/?token=").context("token")?;
        let mut command = Command::new("ip");
        command.args(["netns", "exec", network]);
        command.arg(built("door")?).args([port, token]);
        command.stdin(Stdio::piped()).stdout(Stdio::piped());
        let mut child = command.spawn()?;
        let to = child.stdin.take().context("no input")?;
        let from = BufReader::new(child.stdout.take().context("no output")?);
        Ok(Door { child, to, from })
    }

    fn ask(&mut self, envelope: &Value) -> Result<Value> {
        writeln!(self.to, "{envelope}")?;
        self.to.flush()?;
        let mut line = String::new();
        self.from.read_line(&mut line)?;
        serde_json::from_str(&line).context("the station does not answer")
    }
}

impl Drop for Door {
    fn drop(&mut self) {
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

impl Running {
    /// Starts a station; `join` is the invitation of a new one.
    ///
    /// # Errors
    /// It does not start.
    pub fn start(
        networks: &Networks,
        at: usize,
        home: &Path,
        join: Option<&str>,
    ) -> Result<Running> {
        let joins = join.map(|invitation| ["--join".to_owned(), invitation.to_owned()]);
        let more: Vec<String> = joins.into_iter().flatten().collect();
        Running::start_with(networks, at, home, &more)
    }

    /// Starts a station with more words on its command line.
    ///
    /// # Errors
    /// It does not start.
    pub fn start_with(
        networks: &Networks,
        at: usize,
        home: &Path,
        more: &[String],
    ) -> Result<Running> {
        let mut command = Command::new("ip");
        command.args(["netns", "exec", networks.name(at)]);
        command.arg(built("fengsui")?).arg("serve");
        command.arg("--home").arg(home);
        command.args(["--intake", "off", "--loopback", "127.0.0.1:0"]);
        command.arg("--ui").arg(root().join("ui/dist"));
        command.args(["--discover", "off"]);
        command.args(["--link", &format!("{}:{PORT}", address(at))]);
        command
            .arg("--county")
            .arg(root().join("assets/demo-county"));
        for other in (0..5).filter(|other| *other != at) {
            command.args(["--peer", &format!("{}:{PORT}", address(other))]);
        }
        command.args(more);
        let program = Program::start(&mut command)?;
        let line = program.hear("loopback ", PATIENCE)?;
        let (_, url) = line.split_once("loopback ").context("loopback")?;
        let door = Door::open(networks.name(at), url)?;
        Ok(Running {
            at,
            home: home.to_owned(),
            program,
            door,
            token: String::new(),
        })
    }

    /// Its place among the networks.
    #[must_use]
    pub fn at(&self) -> usize {
        self.at
    }

    /// Ends it as a power cut would; its home.
    #[must_use]
    pub fn kill(self) -> PathBuf {
        let Running { home, program, .. } = self;
        program.kill();
        home
    }

    /// A command that must succeed.
    ///
    /// # Errors
    /// The failure's code.
    pub fn ok(&mut self, name: &str, request: Value) -> Result<Value> {
        let envelope = json!({ "session": self.token, "name": name, "request": request });
        let answer = self.door.ask(&envelope)?;
        match answer.get("ok") {
            Some(value) => Ok(value.clone()),
            None => bail!(
                "station {}: {name}: {}",
                self.at,
                answer["failure"]["code"].as_str().unwrap_or("?")
            ),
        }
    }

    /// Signs in, as soon as the station knows the person.
    ///
    /// # Errors
    /// It does not in time.
    pub fn sign_in(&mut self) -> Result<()> {
        let posts = ["intake", "dispatch", "shift_leader", "admin"];
        let (account, passphrase) = PERSONS[0];
        let asked = json!({ "account": account, "passphrase": passphrase, "posts": posts });
        let signed = until("the county's persons", || {
            Ok(self.ok("session.sign_in", asked.clone()).ok())
        })?;
        self.token = text(&signed, "session")?;
        Ok(())
    }

    /// Dot of a unit by call sign, as soon as it is here.
    ///
    /// # Errors
    /// It does not come in time.
    pub fn unit(&mut self, callsign: &str) -> Result<String> {
        until("the unit", || {
            let board = self.ok("unit.board", json!({}))?;
            let groups = board["groups"].as_array().context("groups")?;
            let mut units = groups
                .iter()
                .filter_map(|group| group["units"].as_array())
                .flatten();
            let unit = units.find(|unit| unit["callsign"] == callsign);
            unit.map(|unit| text(unit, "id")).transpose()
        })
    }

    /// Opens and files an incident; its dot.
    ///
    /// # Errors
    /// It is refused.
    pub fn incident(&mut self, place: &str) -> Result<String> {
        let opened = json!({ "line": "110", "entrance": "radio" });
        let incident = text(&self.ok("incident.open", opened)?, "incident")?;
        let file = json!({ "incident": incident, "form": { "place": place } });
        self.ok("incident.file", file)?;
        Ok(incident)
    }

    /// Sends a unit; the assignment's dot.
    ///
    /// # Errors
    /// It is refused.
    pub fn order(&mut self, incident: &str, callsign: &str) -> Result<String> {
        let unit = self.unit(callsign)?;
        let order = json!({ "incident": incident, "units": [unit], "override_reason": "最近" });
        text(&self.ok("assignment.order", order)?, "entry")
    }

    /// Waits until an incident is here.
    ///
    /// # Errors
    /// It does not come in time.
    pub fn have(&mut self, incident: &str) -> Result<Value> {
        let asked = json!({ "incident": incident });
        until("the incident", || {
            Ok(self.ok("incident.view", asked.clone()).ok())
        })
    }

    /// Waits until it is in touch with so many stations.
    ///
    /// # Errors
    /// It is not in time.
    pub fn touches(&mut self, count: usize) -> Result<()> {
        until("in touch", || {
            let list = self.ok("station.list", json!({}))?;
            let rows = list["stations"].as_array().context("stations")?;
            let near = rows.iter().filter(|row| row["state"] == "in_touch");
            Ok((near.count() == count).then_some(()))
        })
    }

    /// Conflicts that stand.
    ///
    /// # Errors
    /// They cannot be read.
    pub fn conflicts(&mut self) -> Result<Vec<Value>> {
        let list = self.ok("conflict.list", json!({}))?;
        Ok(list["conflicts"].as_array().context("conflicts")?.clone())
    }

    /// Incident numbers on its board, sorted.
    ///
    /// # Errors
    /// They cannot be read.
    pub fn numbers(&mut self) -> Result<Vec<String>> {
        let board = self.ok("incident.board", json!({}))?;
        let rows = board["rows"].as_array().context("rows")?;
        let numbers: Result<Vec<String>> = rows.iter().map(|row| text(row, "number")).collect();
        let mut numbers = numbers?;
        numbers.sort();
        Ok(numbers)
    }

    /// Waits until nothing is to go to, or to come from, so many stations.
    ///
    /// # Errors
    /// Something is left over.
    pub fn is_whole_with(&mut self, count: usize) -> Result<()> {
        until("nothing to go or to come", || {
            let list = self.ok("station.list", json!({}))?;
            let rows = list["stations"].as_array().context("stations")?;
            let whole = |row: &&Value| row["to_go"] == json!(0) && row["to_come"] == json!(0);
            Ok((rows.iter().filter(whole).count() == count).then_some(()))
        })
    }
}

/// Waits until something is so; what it says.
///
/// # Errors
/// It is not so in time, or looking fails.
pub fn until<T>(what: &str, mut look: impl FnMut() -> Result<Option<T>>) -> Result<T> {
    let began = Instant::now();
    while began.elapsed() < PATIENCE {
        if let Some(found) = look()? {
            return Ok(found);
        }
        std::thread::sleep(Duration::from_millis(50));
    }
    Err(anyhow!("{what}: not within {PATIENCE:?}"))
}
