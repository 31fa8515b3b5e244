//! What the program was asked to do: verbs and options, read once at start.
//!
//! Not here: doing any of it, and whether a path exists.

use std::ffi::OsString;
use std::net::SocketAddr;
use std::path::PathBuf;

use fengsui_link::narrow::Pipe;
use lexopt::prelude::*;

/// `--help`, Chinese first.
pub(crate) const HELP: &str = include_str!("help.txt");

/// What to do.
#[derive(Debug, Clone, PartialEq)]
pub(crate) enum Task {
    /// Open the desk in a window.
    Window(Box<DeskWish>),
    /// The same station without a window.
    Serve(Box<DeskWish>),
    /// Walk every chain of the log.
    AuditVerify(HomeWish),
    /// Whether a signed paper is as it was signed.
    AuditCheck(PathBuf),
    /// Build a map pack.
    MapBuild(MapWish),
    /// Install a map pack into a home.
    MapInstall { home: HomeWish, pack: PathBuf },
    /// Check a map pack, byte for byte.
    MapCheck(PathBuf),
    /// Say how a running station stands.
    Health(HomeWish),
    /// Give an invitation to a new station.
    StationInvite(Box<InviteWish>),
    /// A consistent copy of the database.
    Backup { home: HomeWish, out: PathBuf },
    /// One more way to the database key.
    AddKey { home: HomeWish, way: KeyWay },
    /// Print the help.
    Help,
    /// Print the version.
    Version,
}

/// What a map pack is built from, and where to.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub(crate) struct MapWish {
    /// County folder or extract; `None` = own data alone.
    pub(crate) input: Option<PathBuf>,
    /// The county's own files and folders of them.
    pub(crate) own: Vec<PathBuf>,
    /// A picture map (raster MBTiles or PMTiles).
    pub(crate) raster: Option<PathBuf>,
    /// The pack's folder, or one file when the name ends in `.mappack`.
    pub(crate) out: PathBuf,
}

/// Which way to the key is added.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum KeyWay {
    /// A passphrase, read from the standard input.
    Passphrase,
    /// A recovery code, shown once.
    Recovery,
}

/// Which home, and how its key is opened.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub(crate) struct HomeWish {
    /// `None` = the default of this machine.
    pub(crate) home: Option<PathBuf>,
    /// File with the passphrase; `None` = this machine's own way.
    pub(crate) passphrase_file: Option<PathBuf>,
    /// File with the recovery code.
    pub(crate) recovery_file: Option<PathBuf>,
}

/// How a station is to run.
#[derive(Debug, Clone, PartialEq)]
pub(crate) struct DeskWish {
    /// Home and key.
    pub(crate) home: HomeWish,
    /// County folder or `.osm.pbf`; `None` = what is installed (or the demo county).
    pub(crate) county: Option<PathBuf>,
    /// A scripted quiet shift on the demo county.
    pub(crate) demo: Option<DemoWish>,
    /// Where the local intake listens; `None` = not at all.
    pub(crate) intake: Option<SocketAddr>,
    /// Where the loopback twin listens; `None` = not at all.
    pub(crate) loopback: Option<SocketAddr>,
    /// Folder with the built page for the loopback; `None` = looked for.
    pub(crate) ui: Option<PathBuf>,
    /// The site's video program; `None` = a camera's address is shown.
    pub(crate) video: Option<PathBuf>,
    /// How other stations are met.
    pub(crate) link: LinkWish,
    /// The station is a gateway.
    pub(crate) gateway: Option<GatewayWish>,
    /// Invitation that a new home joins a county by: the text or a file with it.
    pub(crate) join: Option<String>,
    /// Station code, 2–3 letters (first start only).
    pub(crate) station_code: Option<String>,
    /// Station name (first start only).
    pub(crate) station_name: Option<String>,
}

/// Where a gateway writes and publishes. Addresses hold no password.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub(crate) struct GatewayWish {
    /// PostgreSQL's address.
    pub(crate) postgres: String,
    /// Addresses of NATS; `None` = nothing is published.
    pub(crate) nats: Option<String>,
    /// File with PostgreSQL's password; `None` = the environment's, if any.
    pub(crate) postgres_password: Option<PathBuf>,
    /// The same for NATS.
    pub(crate) nats_password: Option<PathBuf>,
}

/// How other stations are met.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct LinkWish {
    /// Where to listen; `None` = not at all.
    pub(crate) listen: Option<SocketAddr>,
    /// The address was asked for, not the usual one.
    pub(crate) is_listen_asked: bool,
    /// Where peers are.
    pub(crate) peers: Vec<String>,
    /// Announce and look around on the local network.
    pub(crate) is_discovering: bool,
    /// Narrow pipes.
    pub(crate) narrow: Vec<Pipe>,
}

impl LinkWish {
    /// Something was wished at all.
    pub(crate) fn is_wished(&self) -> bool {
        self.listen.is_some() || !self.peers.is_empty() || self.is_discovering
    }
}

/// The usual port of a station.
const LINK_PORT: u16 = 4717;

impl Default for LinkWish {
    fn default() -> Self {
        Self {
            listen: Some(SocketAddr::from(([0, 0, 0, 0], LINK_PORT))),
            is_listen_asked: false,
            peers: Vec::new(),
            is_discovering: true,
            narrow: Vec::new(),
        }
    }
}

/// What a new station will be.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub(crate) struct InviteWish {
    /// Home of the inviter, not running.
    pub(crate) home: HomeWish,
    /// Name.
    pub(crate) name: String,
    /// Code, two letters; where it is chosen.
    pub(crate) code: Option<String>,
    /// `hall`, `post`, `vehicle`, `box`, `gateway`.
    pub(crate) kind: String,
    /// Where the inviter may be reached.
    pub(crate) addresses: Vec<String>,
}

/// How the scripted shift goes on.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(crate) struct DemoWish {
    /// Whether calls ring by themselves.
    pub(crate) calls: bool,
    /// Whether crews answer orders by themselves.
    pub(crate) crews: bool,
    /// 1 = a quiet shift; 2 = everything comes twice as fast.
    pub(crate) pace: f64,
    /// The same seed gives the same shift.
    pub(crate) seed: u64,
}

impl Default for DemoWish {
    fn default() -> Self {
        Self {
            calls: true,
            crews: true,
            pace: 1.0,
            seed: 1,
        }
    }
}

impl Default for DeskWish {
    fn default() -> Self {
        Self {
            home: HomeWish::default(),
            county: None,
            demo: None,
            intake: Some(SocketAddr::from(([127, 0, 0, 1], 0))),
            loopback: None,
            ui: None,
            video: None,
            link: LinkWish::default(),
            gateway: None,
            join: None,
            station_code: None,
            station_name: None,
        }
    }
}

/// Why the command line was not understood; one sentence.
#[derive(Debug, thiserror::Error)]
pub(crate) enum ArgsError {
    /// Not an option, or a value that does not parse.
    #[error("{0}")]
    Lexopt(#[from] lexopt::Error),
    /// Understood, but not possible.
    #[error("{0}")]
    Not(String),
}

fn not(words: impl Into<String>) -> ArgsError {
    ArgsError::Not(words.into())
}

/// Reads the command line (without the program's name).
pub(crate) fn parse(args: impl IntoIterator<Item = OsString>) -> Result<Task, ArgsError> {
    let mut raw = Raw::default();
    let mut parser = lexopt::Parser::from_args(args);
    while let Some(arg) = parser.next()? {
        match arg {
            Short('h') | Long("help") => return Ok(Task::Help),
            Short('V') | Long("version") => return Ok(Task::Version),
            Value(word) => raw.words.push(word),
            Long(name) => {
                let name = name.to_owned();
                raw.option(&name, &mut parser)?;
            }
            Short(_) => return Err(arg.unexpected().into()),
        }
    }
    raw.task()
}

/// Everything that was said, before it is one task.
#[derive(Default)]
struct Raw {
    words: Vec<OsString>,
    desk: DeskWish,
    demo: DemoWish,
    wants_demo: bool,
    is_headless: bool,
    input: Option<PathBuf>,
    own: Vec<PathBuf>,
    raster: Option<PathBuf>,
    out: Option<PathBuf>,
    invite: InviteWish,
    gateway: GatewayWish,
    is_gateway: bool,
    /// Something was said of links.
    is_link_said: bool,
    /// Options that only a running station understands.
    desk_options: Vec<String>,
}

impl Raw {
    fn option(&mut self, name: &str, parser: &mut lexopt::Parser) -> Result<(), ArgsError> {
        let of_tools = ["home", "passphrase-file", "recovery-file"];
        let of_verbs = OF_BUILD.contains(&name) || OF_INVITE.contains(&name);
        if !of_tools.contains(&name) && !of_verbs {
            self.desk_options.push(format!("--{name}"));
        }
        let desk = &mut self.desk;
        self.is_link_said |= ["link", "peer", "discover"].contains(&name);
        match name {
            "link" => {
                desk.link.listen = address_or_off(&parser.value()?.string()?)?;
                desk.link.is_listen_asked = true;
            }
            "peer" => desk.link.peers.push(parser.value()?.string()?),
            "discover" => desk.link.is_discovering = on_off(&parser.value()?.string()?)?,
            "narrow" => desk.link.narrow.push(pipe(&parser.value()?.string()?)?),
            "join" => desk.join = Some(parser.value()?.string()?),
            "name" => self.invite.name = parser.value()?.string()?,
            "code" => self.invite.code = Some(station_code(&parser.value()?.string()?)?),
            "kind" => self.invite.kind = parser.value()?.string()?,
            "at" => self.invite.addresses.push(parser.value()?.string()?),
            "home" => desk.home.home = Some(parser.value()?.into()),
            "passphrase-file" => desk.home.passphrase_file = Some(parser.value()?.into()),
            "recovery-file" => desk.home.recovery_file = Some(parser.value()?.into()),
            "county" => desk.county = Some(parser.value()?.into()),
            "ui" => desk.ui = Some(parser.value()?.into()),
            "video" => desk.video = Some(parser.value()?.into()),
            "station-code" => desk.station_code = Some(station_code(&parser.value()?.string()?)?),
            "station-name" => desk.station_name = Some(parser.value()?.string()?),
            "gateway" => self.is_gateway = true,
            "postgres" => self.gateway.postgres = parser.value()?.string()?,
            "nats" => self.gateway.nats = Some(parser.value()?.string()?),
            "postgres-password-file" => {
                self.gateway.postgres_password = Some(parser.value()?.into());
            }
            "nats-password-file" => self.gateway.nats_password = Some(parser.value()?.into()),
            "headless" => self.is_headless = true,
            "demo" => self.wants_demo = true,
            "demo-pace" => self.demo.pace = pace(&parser.value()?.string()?)?,
            "demo-calls" => self.demo.calls = on_off(&parser.value()?.string()?)?,
            "demo-crews" => self.demo.crews = on_off(&parser.value()?.string()?)?,
            "demo-seed" => self.demo.seed = parser.value()?.parse()?,
            "intake" => desk.intake = address_or_off(&parser.value()?.string()?)?,
            "loopback" => desk.loopback = loopback(&parser.value()?.string()?)?,
            "input" => self.input = Some(parser.value()?.into()),
            "own" => self.own.push(parser.value()?.into()),
            "raster" => self.raster = Some(parser.value()?.into()),
            "out" => self.out = Some(parser.value()?.into()),
            other => return Err(not(format!("没有此选项 / no such option: --{other}"))),
        }
        Ok(())
    }

    /// What was said of the demo; without a word of links it meets nobody.
    fn settle_demo(&mut self) -> Result<(), ArgsError> {
        if self.wants_demo {
            self.desk.demo = Some(self.demo);
            if !self.is_link_said {
                self.desk.link.listen = None;
                self.desk.link.is_discovering = false;
            }
            return Ok(());
        }
        let of_demo = |name: &&String| name.starts_with("--demo-");
        match self.desk_options.iter().find(of_demo) {
            Some(stray) => Err(not(format!(
                "{stray} 须与 --demo 同用 / {stray} needs --demo"
            ))),
            None => Ok(()),
        }
    }

    /// What was said of the gateway: addresses that cannot be are told at once.
    fn settle_gateway(&mut self) -> Result<(), ArgsError> {
        let wish = std::mem::take(&mut self.gateway);
        if !self.is_gateway {
            return match wish == GatewayWish::default() {
                true => Ok(()),
                false => Err(not(
                    "--postgres、--nats 及其密码文件须与 --gateway 同用 / --postgres, --nats and \
                     their password files need --gateway",
                )),
            };
        }
        if self.wants_demo {
            return Err(not("示范县没有网关 / the demo county has no gateway"));
        }
        crate::gateway::check(&wish).map_err(|error| not(error.to_string()))?;
        self.desk.gateway = Some(wish);
        Ok(())
    }

    fn task(mut self) -> Result<Task, ArgsError> {
        self.settle_gateway()?;
        self.settle_demo()?;
        let words: Vec<String> = self
            .words
            .iter()
            .map(|word| word.to_string_lossy().into_owned())
            .collect();
        let words: Vec<&str> = words.iter().map(String::as_str).collect();
        let is_build = words.as_slice() == ["map", "build"];
        let of_build = self.input.is_some() || self.out.is_some() || self.raster.is_some();
        if !is_build && (of_build || !self.own.is_empty()) {
            return Err(not(
                "--input、--own、--raster、--out 只用于 map build / only map build takes them",
            ));
        }
        if !matches!(words.as_slice(), [] | ["serve"])
            && let Some(name) = self.desk_options.first()
        {
            return Err(not(format!(
                "{name} 不用于此命令 / this verb does not take {name}"
            )));
        }
        match words.as_slice() {
            [] if self.is_gateway && !self.is_headless => Err(not(
                "网关没有窗口：fengsui serve --gateway / a gateway has no window: \
                 fengsui serve --gateway",
            )),
            [] if self.is_headless => Ok(Task::Serve(Box::new(self.desk))),
            [] => Ok(Task::Window(Box::new(self.desk))),
            ["serve"] => Ok(Task::Serve(Box::new(self.desk))),
            ["audit", "check", _] => Ok(Task::AuditCheck(self.words.swap_remove(2).into())),
            ["audit", "verify"] => Ok(Task::AuditVerify(self.desk.home)),
            ["map", "build"] => self.map_build(),
            ["map", "install", _] => Ok(Task::MapInstall {
                pack: self.words.swap_remove(2).into(),
                home: self.desk.home,
            }),
            ["map", "check", _] => Ok(Task::MapCheck(self.words.swap_remove(2).into())),
            ["map", "install" | "check"] => Err(not(
                "需要图包 / needs the pack, a folder or a .mappack file",
            )),
            ["health"] => Ok(Task::Health(self.desk.home)),
            ["station", "invite"] => Ok(Task::StationInvite(Box::new(InviteWish {
                home: self.desk.home,
                ..self.invite
            }))),
            ["backup", _] => Ok(Task::Backup {
                home: self.desk.home,
                out: self.words.swap_remove(1).into(),
            }),
            ["backup"] => Err(not("backup 需要目标文件 / backup needs the file to write")),
            ["keys", "add-passphrase"] => Ok(Task::AddKey {
                home: self.desk.home,
                way: KeyWay::Passphrase,
            }),
            ["keys", "recovery"] => Ok(Task::AddKey {
                home: self.desk.home,
                way: KeyWay::Recovery,
            }),
            other => {
                let said = other.join(" ");
                Err(not(format!("没有此命令 / no such verb: {said}")))
            }
        }
    }
}

impl Raw {
    fn map_build(self) -> Result<Task, ArgsError> {
        let has_data = self.input.is_some() || !self.own.is_empty();
        let Some(out) = self.out.filter(|_| has_data) else {
            return Err(not(
                "map build 需要 --input 或 --own，及 --out / needs --input or --own, and --out",
            ));
        };
        Ok(Task::MapBuild(MapWish {
            input: self.input,
            own: self.own,
            raster: self.raster,
            out,
        }))
    }
}

/// Options that only `station invite` takes.
const OF_INVITE: [&str; 4] = ["name", "code", "kind", "at"];

/// Options that only `map build` takes.
const OF_BUILD: [&str; 4] = ["input", "own", "raster", "out"];

fn on_off(text: &str) -> Result<bool, ArgsError> {
    match text {
        "on" => Ok(true),
        "off" => Ok(false),
        _ => Err(not(format!("须为 on 或 off / must be on or off: {text}"))),
    }
}

fn pace(text: &str) -> Result<f64, ArgsError> {
    text.parse()
        .ok()
        .filter(|pace: &f64| (0.01..=1000.0).contains(pace))
        .ok_or_else(|| not(format!("0.01 至 1000 / from 0.01 to 1000: {text}")))
}

fn address(text: &str) -> Result<SocketAddr, ArgsError> {
    text.parse()
        .map_err(|_| not(format!("须为 IP:端口 / must be IP:PORT: {text}")))
}

fn pipe(text: &str) -> Result<Pipe, ArgsError> {
    text.parse().map_err(|_| {
        not(format!(
            "窄带应为 设备@比特率 或 tcp:主机:端口@比特率 / a narrow pipe is PATH@BITS or \
             tcp:HOST:PORT@BITS: {text}"
        ))
    })
}

fn address_or_off(text: &str) -> Result<Option<SocketAddr>, ArgsError> {
    if text == "off" {
        Ok(None)
    } else {
        address(text).map(Some)
    }
}

fn station_code(text: &str) -> Result<String, ArgsError> {
    let is_code = (2..=3).contains(&text.len()) && text.bytes().all(|b| b.is_ascii_uppercase());
    if is_code {
        Ok(text.to_owned())
    } else {
        Err(not(format!(
            "台站代码为 2–3 个大写字母 / 2 or 3 capital letters: {text}"
        )))
    }
}

/// The twin answers whoever holds its token, so it never leaves this machine.
fn loopback(text: &str) -> Result<Option<SocketAddr>, ArgsError> {
    if !cfg!(feature = "loopback") {
        return Err(not("此构建不含回环界面 / this build has no loopback"));
    }
    let address = address(text)?;
    if address.ip().is_loopback() {
        Ok(Some(address))
    } else {
        Err(not(format!(
            "只可为回环地址 / only a loopback address will do: {text}"
        )))
    }
}

#[cfg(test)]
mod tests;
