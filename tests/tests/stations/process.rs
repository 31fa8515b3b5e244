//! A station as a process: `fengsui serve` in a network of its own, asked through its loopback.
//!
//! Not here: what is asked.

use std::io::{BufRead, BufReader, Write};
use std::path::{Path, PathBuf};
use std::process::{Child, ChildStdin, ChildStdout, Command, Stdio};
use std::time::{Duration, Instant};

use fengsui_tests::bench::program::Program;
use fengsui_tests::desk::root;
use serde_json::{Value, json};

use super::net::{Networks, address};

/// The port every station listens on in its own network.
pub(crate) const PORT: u16 = 4717;
/// How long a start, a join or a healing may take on a busy machine.
pub(crate) const PATIENCE: Duration = Duration::from_secs(120);

/// A running station.
pub(crate) struct Running {
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

impl Door {
    fn open(network: &str, url: &str) -> Door {
        let rest = url.split_once("127.0.0.1:").unwrap().1;
        let (port, token) = rest.split_once("/?token=").unwrap();
        let mut child = Command::new("ip")
            .args([
                "netns",
                "exec",
                network,
                env!("CARGO_BIN_EXE_door"),
                port,
                token,
            ])
            .stdin(Stdio::piped())
            .stdout(Stdio::piped())
            .spawn()
            .unwrap();
        let (to, from) = (child.stdin.take().unwrap(), child.stdout.take().unwrap());
        Door {
            child,
            to,
            from: BufReader::new(from),
        }
    }

    fn ask(&mut self, envelope: &Value) -> Value {
        writeln!(self.to, "{envelope}").unwrap();
        self.to.flush().unwrap();
        let mut line = String::new();
        self.from.read_line(&mut line).unwrap();
        serde_json::from_str(&line).unwrap()
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
    pub(crate) fn start(
        networks: &Networks,
        at: usize,
        home: &Path,
        join: Option<&str>,
    ) -> Running {
        let program = root().join("target/debug/fengsui");
        let program = std::env::var_os("CARGO_TARGET_DIR").map_or(program, |target| {
            PathBuf::from(target).join("debug/fengsui")
        });
        let mut command = Command::new("ip");
        command.args(["netns", "exec", networks.name(at)]);
        command.arg(program).arg("serve").arg("--home").arg(home);
        command.args([
            "--intake",
            "off",
            "--loopback",
            "127.0.0.1:0",
            "--discover",
            "off",
        ]);
        command.args(["--link", &format!("{}:{PORT}", address(at))]);
        command
            .arg("--county")
            .arg(root().join("assets/demo-county"));
        for other in (0..5).filter(|other| *other != at) {
            command.args(["--peer", &format!("{}:{PORT}", address(other))]);
        }
        if let Some(invitation) = join {
            command.args(["--join", invitation]);
        }
        let program = Program::start(&mut command).unwrap();
        let line = program.hear("loopback ", PATIENCE).unwrap();
        let url = line.split_once("loopback ").unwrap().1;
        let door = Door::open(networks.name(at), url);
        Running {
            at,
            home: home.to_owned(),
            program,
            door,
            token: String::new(),
        }
    }

    /// Its home.
    pub(crate) fn home(&self) -> &Path {
        &self.home
    }

    /// Ends it as a power cut would.
    pub(crate) fn kill(self) -> PathBuf {
        let Running { home, program, .. } = self;
        program.kill();
        home
    }

    /// The answer to a command: `Ok` what it says, `Err` the failure's code.
    pub(crate) fn answer(&mut self, name: &str, request: Value) -> Result<Value, String> {
        let envelope = json!({ "session": self.token, "name": name, "request": request });
        let answer = self.door.ask(&envelope);
        match answer.get("ok") {
            Some(value) => Ok(value.clone()),
            None => Err(answer["failure"]["code"].as_str().unwrap_or("?").to_owned()),
        }
    }

    /// A command that must succeed.
    pub(crate) fn ok(&mut self, name: &str, request: Value) -> Value {
        match self.answer(name, request) {
            Ok(value) => value,
            Err(code) => panic!("station {}: {name}: {code}", self.at),
        }
    }

    /// Signs in, as soon as the station knows the person.
    pub(crate) fn sign_in(&mut self) {
        let posts = ["intake", "dispatch", "shift_leader", "admin"];
        let asked = json!({ "account": "wang", "passphrase": "烽火连三月抵万金", "posts": posts });
        let signed = until("the county's persons", || {
            self.answer("session.sign_in", asked.clone()).ok()
        });
        self.token = signed["session"].as_str().unwrap().to_owned();
    }

    /// Dot of a unit by call sign, as soon as it is here.
    pub(crate) fn unit(&mut self, callsign: &str) -> String {
        until("the unit", || {
            let board = self.ok("unit.board", json!({}));
            let groups = board["groups"].as_array().unwrap();
            let mut units = groups
                .iter()
                .filter_map(|group| group["units"].as_array())
                .flatten();
            let unit = units.find(|unit| unit["callsign"] == callsign)?;
            unit["id"].as_str().map(str::to_owned)
        })
    }

    /// Opens and files an incident; its dot.
    pub(crate) fn incident(&mut self, place: &str) -> String {
        let opened = self.ok(
            "incident.open",
            json!({ "line": "110", "entrance": "radio" }),
        );
        let incident = opened["incident"].as_str().unwrap().to_owned();
        let file = json!({ "incident": incident, "form": { "place": place } });
        self.ok("incident.file", file);
        incident
    }

    /// Sends a unit.
    pub(crate) fn order(&mut self, incident: &str, callsign: &str) {
        let unit = self.unit(callsign);
        let order = json!({ "incident": incident, "units": [unit], "override_reason": "最近" });
        self.ok("assignment.order", order);
    }

    /// Stations it is in touch with.
    pub(crate) fn in_touch(&mut self) -> usize {
        let list = self.ok("station.list", json!({}));
        let rows = list["stations"].as_array().unwrap();
        rows.iter().filter(|row| row["state"] == "in_touch").count()
    }

    /// Incident numbers on its board.
    pub(crate) fn numbers(&mut self) -> Vec<String> {
        let board = self.ok("incident.board", json!({}));
        let rows = board["rows"].as_array().unwrap();
        let number = |row: &Value| row["number"].as_str().unwrap().to_owned();
        let mut numbers: Vec<String> = rows.iter().map(number).collect();
        numbers.sort();
        numbers
    }
}

/// Waits until something is so; what it says.
pub(crate) fn until<T>(what: &str, mut look: impl FnMut() -> Option<T>) -> T {
    let began = Instant::now();
    loop {
        if let Some(found) = look() {
            return found;
        }
        assert!(
            began.elapsed() < PATIENCE,
            "{what}: not within {PATIENCE:?}"
        );
        std::thread::sleep(Duration::from_millis(50));
    }
}
