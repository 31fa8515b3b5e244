//! Tile servers a person would install, to stand beside our own way to a tile: fetched once into
//! the build folder at a fixed version, started on the loopback, ended with this.
//!
//! **Invariant:** a server that cannot be had is named with the reason and has no row. Not here:
//! what is asked of them (`tiles`).

use std::net::SocketAddr;
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};
use std::time::{Duration, Instant};

use anyhow::{Context, Result, bail, ensure};

use super::http::Http;
use super::place::{Place, tell};
use super::program::Program;

/// Martin, from the registry of Rust programs.
pub const MARTIN: &str = "1.14.0";
/// VersaTiles, from the registry of Node packages: its server inside a module for this platform.
pub const VERSATILES: &str = "4.15.0";
const MODULE: &str = "@versatiles/versatiles-rs-linux-x64-gnu";
/// How long a server may take to begin.
const PATIENCE: Duration = Duration::from_secs(60);
/// Between two tries for its first tile.
const AGAIN: Duration = Duration::from_millis(50);

const SERVE: &str = "
const { TileServer } = require(process.argv[2]);
const server = new TileServer({
  ip: '127.0.0.1', port: Number(process.argv[3]), minimalRecompression: true,
});
server.addTileSourceFromPath('map', process.argv[4])
  .then(() => server.start())
  .catch((why) => { console.error(why); process.exit(1); });
setInterval(() => undefined, 1_000_000);
";

/// Zoom, column, row from the north.
pub type TileAt = (u8, u32, u32);

/// A server that runs.
pub struct Server {
    /// Name and version.
    pub name: &'static str,
    /// The connection it is asked by.
    pub http: Http,
    prefix: &'static str,
    _program: Program,
}

impl Server {
    /// Where a tile is.
    #[must_use]
    pub fn path(&self, (z, x, y): TileAt) -> String {
        format!("{}/{z}/{x}/{y}", self.prefix)
    }

    /// Waits for a tile: a server may listen before it has read the file.
    fn has(&mut self, known: TileAt) -> Result<()> {
        let path = self.path(known);
        let until = Instant::now() + PATIENCE;
        loop {
            let status = self.http.get(&path)?.status;
            if status == 200 {
                return Ok(());
            }
            ensure!(Instant::now() < until, "{path}: {status}");
            std::thread::sleep(AGAIN);
        }
    }
}

/// Those that can be had, each with the file `tiles` and after giving a tile that is in it; the
/// others are named.
#[must_use]
pub fn all(place: &Place, tiles: &Path, known: TileAt) -> Vec<Server> {
    let mut found = Vec::new();
    for (name, server) in [
        ("Martin", martin(place, tiles)),
        ("VersaTiles", versatiles(place, tiles)),
    ] {
        let ready = server.and_then(|mut server| server.has(known).map(|()| server));
        match ready {
            Ok(server) => found.push(server),
            Err(why) => tell(&format!("{name}: not beside us: {why:#}")),
        }
    }
    found
}

fn martin(place: &Place, tiles: &Path) -> Result<Server> {
    let root = place.peers()?;
    let program = root.join("bin/martin");
    if !says(&program, MARTIN) {
        tell(&format!("installing Martin {MARTIN}; this takes minutes"));
        let mut cargo = Command::new("cargo");
        cargo.args(["install", "--locked", "--quiet", "martin"]);
        cargo.args(["--version", MARTIN, "--no-default-features"]);
        cargo.args(["--features", "mbtiles", "--root"]).arg(&root);
        // Half a build is not lost.
        cargo.env("CARGO_TARGET_DIR", root.join("build"));
        good(&mut cargo)?;
    }
    let address = super::http::free_port()?;
    let mut command = Command::new(program);
    // Without its cache: ours has none either.
    command.args(["--cache-size", "0", "--listen-addresses"]);
    command.arg(address.to_string()).arg(tiles);
    started("Martin 1.14.0", "/tiles", &mut command, address)
}

fn versatiles(place: &Place, tiles: &Path) -> Result<Server> {
    let root = place.peers()?.join("versatiles");
    let module = root.join("node_modules").join(MODULE);
    let about = std::fs::read_to_string(module.join("package.json")).unwrap_or_default();
    if !about.contains(&format!("\"version\": \"{VERSATILES}\"")) {
        std::fs::create_dir_all(&root)?;
        let mut npm = Command::new("npm");
        npm.args([
            "install",
            "--no-audit",
            "--no-fund",
            "--no-save",
            "--prefix",
        ]);
        npm.arg(&root).arg(format!("{MODULE}@{VERSATILES}"));
        good(&mut npm)?;
    }
    let script = root.join("serve.cjs");
    std::fs::write(&script, SERVE)?;
    let address = super::http::free_port()?;
    let mut command = Command::new("node");
    command.arg(script).arg(module);
    command.arg(address.port().to_string()).arg(tiles);
    started("VersaTiles 4.15.0", "/tiles/map", &mut command, address)
}

/// Whether a program is there and calls itself by this version.
fn says(program: &PathBuf, version: &str) -> bool {
    let asked = Command::new(program).arg("--version").output();
    asked.is_ok_and(|said| String::from_utf8_lossy(&said.stdout).contains(version))
}

fn good(command: &mut Command) -> Result<()> {
    let name = command.get_program().to_string_lossy().into_owned();
    let output = command
        .stdin(Stdio::null())
        .output()
        .with_context(|| name.clone())?;
    if !output.status.success() {
        let said = String::from_utf8_lossy(&output.stderr).into_owned();
        let last = said.trim().lines().last().unwrap_or_default();
        bail!("{name}: {last}");
    }
    Ok(())
}

/// Starts it, and waits until it listens.
fn started(
    name: &'static str,
    prefix: &'static str,
    command: &mut Command,
    address: SocketAddr,
) -> Result<Server> {
    let mut program = Program::start(command)?;
    let http = Http::connect(address, PATIENCE).with_context(|| match program.must_run() {
        Ok(()) => format!("{name} is silent"),
        Err(why) => format!("{name}: {why}"),
    })?;
    Ok(Server {
        name,
        http,
        prefix,
        _program: program,
    })
}
