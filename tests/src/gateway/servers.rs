//! PostgreSQL and a cluster of NATS nodes on loopback, in folders that go away with the test.

use std::fs;
use std::net::TcpListener;
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};
use std::time::{Duration, Instant};

use anyhow::{Context, Result, anyhow, ensure};

use crate::bench::gateway::cpu_of;

/// How long a server may take to start on a busy machine.
const PATIENCE: Duration = Duration::from_secs(120);
/// Who PostgreSQL runs as when the tests run as root, which it refuses.
const NOBODY: u32 = 65_534;
/// The user that the gateway is given, and its password.
pub const USER: &str = "gate";
/// The password of `USER`.
pub const PASSWORD: &str = "一夫当关万夫莫开";

/// A port that nobody has now.
fn free_port() -> Result<u16> {
    Ok(TcpListener::bind(("127.0.0.1", 0))?.local_addr()?.port())
}

/// Waits until something is so.
///
/// # Errors
/// It is not so in time.
pub fn until(what: &str, mut look: impl FnMut() -> Result<bool>) -> Result<()> {
    let began = Instant::now();
    while began.elapsed() < PATIENCE {
        if look()? {
            return Ok(());
        }
        std::thread::sleep(Duration::from_millis(50));
    }
    Err(anyhow!("{what}: not within {PATIENCE:?}"))
}

/// A PostgreSQL server.
pub struct Postgres {
    folder: PathBuf,
    programs: PathBuf,
    port: u16,
    child: Option<Child>,
}

impl Postgres {
    /// Makes one in a folder and starts it, with these databases.
    ///
    /// # Errors
    /// It is not installed, or does not start.
    pub fn start(folder: &Path, databases: &[&str]) -> Result<Postgres> {
        fs::create_dir_all(folder)?;
        let mut server = Postgres {
            folder: folder.to_owned(),
            programs: programs()?,
            port: free_port()?,
            child: None,
        };
        if is_root() {
            std::os::unix::fs::chown(folder, Some(NOBODY), Some(NOBODY))?;
        }
        let password = folder.join("password");
        fs::write(&password, PASSWORD)?;
        let mut make = server.program("initdb");
        make.args(["--username", USER, "--auth", "scram-sha-256"]);
        make.args(["--encoding", "UTF8", "--locale", "C", "--no-sync"]);
        make.arg("--pwfile").arg(&password);
        make.arg("--pgdata").arg(folder.join("data"));
        done(make)?;
        server.go_on()?;
        for name in databases {
            let mut make = server.program("createdb");
            make.args(["--host", "127.0.0.1", "--username", USER]);
            make.args(["--port", &server.port.to_string(), name]);
            done(make)?;
        }
        Ok(server)
    }

    fn program(&self, name: &str) -> Command {
        let mut command = match is_root() {
            true => {
                let mut command = Command::new("setpriv");
                command.args(["--reuid=65534", "--regid=65534", "--clear-groups"]);
                command.arg(self.programs.join(name));
                command
            }
            false => Command::new(self.programs.join(name)),
        };
        command
            .env("PGPASSWORD", PASSWORD)
            .current_dir(&self.folder);
        command
    }

    /// Starts it again after `kill`, and waits until it answers.
    ///
    /// # Errors
    /// It does not start.
    pub fn go_on(&mut self) -> Result<()> {
        // What the killed one left behind goes away by and by: it is tried again.
        until("PostgreSQL", || {
            let is_running = match &mut self.child {
                Some(child) => child.try_wait()?.is_none(),
                None => false,
            };
            if !is_running {
                let log = fs::File::create(self.folder.join("log"))?;
                let mut start = self.program("postgres");
                start.arg("-D").arg(self.folder.join("data"));
                start.args(["-p", &self.port.to_string(), "-h", "127.0.0.1"]);
                start.args([
                    "-c",
                    "unix_socket_directories=",
                    "-c",
                    "max_connections=300",
                ]);
                start.stdout(log.try_clone()?).stderr(log);
                self.child = Some(start.spawn()?);
            }
            let mut ask = self.program("pg_isready");
            ask.args([
                "--host",
                "127.0.0.1",
                "--port",
                &self.port.to_string(),
                "--quiet",
            ]);
            Ok(ask.status()?.success())
        })
    }

    /// Kills it as a power cut would.
    ///
    /// # Errors
    /// It did not run.
    pub fn kill(&mut self) -> Result<()> {
        let mut child = self.child.take().context("not running")?;
        child.kill()?;
        child.wait()?;
        Ok(())
    }

    /// Seconds of processor that the server and its backends have used.
    ///
    /// # Errors
    /// It does not run.
    pub fn cpu(&self) -> Result<f64> {
        let id = self.child.as_ref().context("not running")?.id();
        let of = |id: u32| cpu_of(&id.to_string()).unwrap_or(0.0);
        let children = fs::read_to_string(format!("/proc/{id}/task/{id}/children"))?;
        let children = children.split_whitespace().filter_map(|id| id.parse().ok());
        Ok(of(id) + children.map(of).sum::<f64>())
    }

    /// The address for `--postgres`.
    #[must_use]
    pub fn url(&self, database: &str) -> String {
        format!("postgres://{USER}@127.0.0.1:{}/{database}", self.port)
    }
}

impl Drop for Postgres {
    fn drop(&mut self) {
        if let Some(mut child) = self.child.take() {
            let _ = child.kill();
            let _ = child.wait();
        }
    }
}

fn is_root() -> bool {
    rustix::process::geteuid().is_root()
}

/// Debian keeps the server's programs by version; the newest will do.
fn programs() -> Result<PathBuf> {
    let root = Path::new("/usr/lib/postgresql");
    let mut versions: Vec<u32> = fs::read_dir(root)
        .context("the package postgresql is not installed")?
        .filter_map(|entry| entry.ok()?.file_name().to_str()?.parse().ok())
        .collect();
    versions.sort_unstable();
    let newest = versions.last().context("no version of PostgreSQL")?;
    Ok(root.join(newest.to_string()).join("bin"))
}

fn done(mut command: Command) -> Result<()> {
    let done = command.output().with_context(|| format!("{command:?}"))?;
    let said = String::from_utf8_lossy(&done.stderr).into_owned();
    ensure!(done.status.success(), "{command:?}: {said}");
    Ok(())
}

/// A cluster of NATS nodes with JetStream.
pub struct Nats {
    folder: PathBuf,
    clients: Vec<u16>,
    nodes: Vec<Option<Child>>,
}

impl Nats {
    /// Starts so many nodes; one alone has no cluster.
    ///
    /// # Errors
    /// It is not installed, or does not start.
    pub fn start(folder: &Path, count: usize) -> Result<Nats> {
        fs::create_dir_all(folder)?;
        let ports = |_| {
            (0..count)
                .map(|_| free_port())
                .collect::<Result<Vec<u16>>>()
        };
        let (clients, routes) = (ports(())?, ports(())?);
        let every: Vec<String> = routes
            .iter()
            .map(|port| format!("nats://127.0.0.1:{port}"))
            .collect();
        for (at, (client, route)) in clients.iter().zip(&routes).enumerate() {
            let store = folder.join(format!("node-{at}"));
            let mut words = format!(
                "server_name: n{at}\nlisten: 127.0.0.1:{client}\n\
                 jetstream {{ store_dir: {store:?}, max_file_store: 1GB }}\n"
            );
            if count > 1 {
                words.push_str(&format!(
                    "cluster {{ name: c, listen: 127.0.0.1:{route}, routes: [{}] }}\n",
                    every.join(", ")
                ));
            }
            fs::write(folder.join(format!("node-{at}.conf")), words)?;
        }
        let mut nats = Nats {
            folder: folder.to_owned(),
            clients,
            nodes: (0..count).map(|_| None).collect(),
        };
        for at in 0..count {
            nats.go_on(at)?;
        }
        Ok(nats)
    }

    /// Starts a node, again.
    ///
    /// # Errors
    /// It cannot be started.
    pub fn go_on(&mut self, at: usize) -> Result<()> {
        let log = fs::File::create(self.folder.join(format!("node-{at}.log")))?;
        let mut start = Command::new("nats-server");
        start
            .arg("-c")
            .arg(self.folder.join(format!("node-{at}.conf")));
        start
            .stdin(Stdio::null())
            .stdout(log.try_clone()?)
            .stderr(log);
        let child = start.spawn().context("nats-server is not installed")?;
        *self.nodes.get_mut(at).context("no such node")? = Some(child);
        Ok(())
    }

    /// Kills a node as a power cut would.
    ///
    /// # Errors
    /// It did not run.
    pub fn kill(&mut self, at: usize) -> Result<()> {
        let node = self.nodes.get_mut(at).and_then(Option::take);
        let mut child = node.context("not running")?;
        child.kill()?;
        child.wait()?;
        Ok(())
    }

    /// Seconds of processor that the nodes have used.
    ///
    /// # Errors
    /// One does not run.
    pub fn cpu(&self) -> Result<f64> {
        let of = |node: &Option<Child>| cpu_of(&node.as_ref()?.id().to_string());
        let nodes: Option<Vec<f64>> = self.nodes.iter().map(of).collect();
        Ok(nodes.context("not running")?.iter().sum())
    }

    /// The addresses for `--nats`.
    #[must_use]
    pub fn url(&self) -> String {
        let every = self.clients.iter();
        let every: Vec<String> = every
            .map(|port| format!("nats://127.0.0.1:{port}"))
            .collect();
        every.join(",")
    }
}

impl Drop for Nats {
    fn drop(&mut self) {
        for child in self.nodes.iter_mut().flatten() {
            let _ = child.kill();
            let _ = child.wait();
        }
    }
}
