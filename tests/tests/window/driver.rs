//! The program in its real window under WebKitWebDriver: started, reached, killed, ended.
//!
//! Not here: keys and what is seen (`person`).

use std::fs::File;
use std::net::{Ipv4Addr, SocketAddr, TcpListener, TcpStream};
use std::os::unix::process::CommandExt;
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};
use std::sync::{Mutex, MutexGuard, PoisonError};
use std::time::{Duration, Instant};

use fantoccini::{Client, ClientBuilder};
use fengsui_store::Home;
use fengsui_tests::desk::root;
use hyper_util::client::legacy::connect::HttpConnector;
use rustix::process::{Pid, Signal, kill_process, kill_process_group};
use serde_json::{Map, Value, json};

/// How long driver and program may take to come and go.
const PATIENCE: Duration = Duration::from_secs(60);

/// One display has one keyboard: whoever wants a window waits for the one before.
pub(crate) fn the_only_window() -> MutexGuard<'static, ()> {
    static WINDOW: Mutex<()> = Mutex::new(());
    WINDOW.lock().unwrap_or_else(PoisonError::into_inner)
}

/// A driver of its own, in a process group of its own.
pub(crate) struct Driver {
    _only: MutexGuard<'static, ()>,
    child: Child,
    address: SocketAddr,
}

impl Driver {
    /// Starts a driver whose words go to a file.
    pub(crate) fn start(log: &Path) -> Driver {
        let only = the_only_window();
        let port = TcpListener::bind((Ipv4Addr::LOCALHOST, 0))
            .unwrap()
            .local_addr()
            .unwrap();
        let log = File::create(log).unwrap();
        let child = Command::new("WebKitWebDriver")
            .arg(format!("--port={}", port.port()))
            .env("TAURI_WEBVIEW_AUTOMATION", "true")
            .env("FENGSUI_LOG", "debug")
            .process_group(0)
            .stdin(Stdio::null())
            .stdout(log.try_clone().unwrap())
            .stderr(log)
            .spawn()
            .unwrap();
        let driver = Driver {
            _only: only,
            child,
            address: port,
        };
        until("the driver listens", || {
            TcpStream::connect(driver.address).is_ok()
        });
        driver
    }

    /// Opens the program on a home and a county (the demo county else), with these words more.
    pub(crate) async fn open(&self, home: &Path, county: Option<&Path>, words: &[&str]) -> Client {
        let home_word = home.to_string_lossy().into_owned();
        let demo = root().join("assets/demo-county");
        let county = county.unwrap_or(&demo);
        let county = county.to_string_lossy().into_owned();
        let mut args = vec!["--demo", "--home", &home_word, "--county", &county];
        args.extend(words);
        let mut wanted = Map::new();
        wanted.insert(
            "webkitgtk:browserOptions".to_owned(),
            json!({ "binary": program(), "args": args }),
        );
        ClientBuilder::new(HttpConnector::new())
            .capabilities(wanted)
            .connect(&format!("http://{}", self.address))
            .await
            .unwrap()
    }
}

impl Drop for Driver {
    fn drop(&mut self) {
        if let Some(pid) = Pid::from_raw(i32::try_from(self.child.id()).unwrap_or(0)) {
            let _ = kill_process_group(pid, Signal::KILL);
        }
        let _ = self.child.wait();
    }
}

/// The program as the suite before built it, beside this test.
pub(crate) fn program() -> PathBuf {
    let me = std::env::current_exe().unwrap();
    let program = me.parent().unwrap().parent().unwrap().join("fengsui");
    assert!(program.exists(), "{} is not built", program.display());
    program
}

/// Processes of the program on this home (without those that only draw its pages).
fn processes_on(home: &Path) -> Vec<Pid> {
    let home = home.to_string_lossy().into_owned();
    let program = program().to_string_lossy().into_owned();
    let mut found = Vec::new();
    for row in std::fs::read_dir("/proc").unwrap().flatten() {
        let Ok(number) = row.file_name().to_string_lossy().parse::<i32>() else {
            continue;
        };
        let line = std::fs::read(row.path().join("cmdline")).unwrap_or_default();
        let line = String::from_utf8_lossy(&line).into_owned();
        let mut words = line.split('\0');
        if words.next() == Some(&program) && words.any(|word| word == home) {
            found.extend(Pid::from_raw(number));
        }
    }
    found
}

/// The power goes: the program is killed at once, whatever it was doing.
pub(crate) fn cut_power(home: &Path) {
    let found = processes_on(home);
    assert_eq!(found.len(), 1, "one program on the home");
    for pid in found {
        kill_process(pid, Signal::KILL).unwrap();
    }
    ended(home);
}

/// Returns when no program holds the home any more.
pub(crate) fn ended(home: &Path) {
    until("the program is gone", || {
        processes_on(home).is_empty() && Home::at(home).lock().is_ok()
    });
}

/// Asks again and again until it is so.
fn until(what: &str, is_so: impl Fn() -> bool) {
    let end = Instant::now() + PATIENCE;
    while !is_so() {
        assert!(Instant::now() < end, "not in time: {what}");
        std::thread::sleep(Duration::from_millis(20));
    }
}

/// The answer of a script in the page.
pub(crate) async fn ask(client: &Client, script: &str) -> Value {
    client.execute(script, vec![]).await.unwrap()
}

/// The processes that draw the pages of the program on a home.
pub(crate) fn page_processes(home: &Path) -> Vec<Pid> {
    let programs = processes_on(home);
    let mut found = Vec::new();
    for row in std::fs::read_dir("/proc").unwrap().flatten() {
        let stat = std::fs::read_to_string(row.path().join("stat")).unwrap_or_default();
        // `pid (name) state parent …`; the name may hold anything.
        let Some((head, tail)) = stat.rsplit_once(')') else {
            continue;
        };
        let parent: Option<i32> = tail.split_whitespace().nth(1).and_then(|n| n.parse().ok());
        let is_ours = programs
            .iter()
            .any(|pid| Some(pid.as_raw_nonzero().get()) == parent);
        if is_ours && head.contains("(WebKitWebProces") {
            let number = head.split_whitespace().next().and_then(|n| n.parse().ok());
            found.extend(number.and_then(Pid::from_raw));
        }
    }
    found
}

/// Runs a test's work on its own thread.
pub(crate) fn on_one_thread(work: impl Future<Output = ()>) {
    tokio::runtime::Builder::new_current_thread()
        .enable_all()
        .build()
        .unwrap()
        .block_on(work);
}
