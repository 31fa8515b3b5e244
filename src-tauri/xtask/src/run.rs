//! `cargo xtask run`: from a fresh checkout to the open desk. Installs what is missing, builds
//! what is old, opens the window (a virtual display when there is none) and ends everything it
//! started. What the desk does is not known here.
pub(crate) mod screen;

use std::io::{BufRead, BufReader};
use std::net::TcpListener;
use std::path::{Path, PathBuf};
use std::process::Stdio;
use std::sync::mpsc::{Receiver, RecvTimeoutError, channel};
use std::time::{Duration, Instant};

use anyhow::{Context, Result, bail};

use crate::args::Args;
use crate::packages::{self, For};
use crate::place;
use crate::procs::{self, Group, command, say};
use crate::program;
use crate::ui;
use screen::Screen;

struct Wish {
    county: PathBuf,
    home: PathBuf,
    headless: bool,
    release: bool,
    yes: bool,
    seconds: Option<u64>,
}

impl Wish {
    fn read(mut args: Args, root: &Path) -> Result<Self> {
        let wish = Self {
            county: match args.value("--county")? {
                Some(path) => std::path::absolute(path)?,
                None => root.join("assets/demo-county"),
            },
            home: match args.value("--home")? {
                Some(path) => std::path::absolute(path)?,
                None => root.join(".run/home"),
            },
            headless: args.flag("--headless"),
            release: args.flag("--release"),
            yes: args.flag("--yes"),
            seconds: args.number("--seconds")?,
        };
        args.done()?;
        if !wish.county.exists() {
            bail!("there is no county at {}", wish.county.display());
        }
        Ok(wish)
    }
}

pub(crate) fn run(args: Args) -> Result<bool> {
    let root = place::root();
    let wish = Wish::read(args, &root)?;
    let has_display = ["DISPLAY", "WAYLAND_DISPLAY"]
        .iter()
        .any(|name| std::env::var_os(name).is_some_and(|value| !value.is_empty()));
    let start = Instant::now();
    let program = prepare(&root, &wish, has_display, start)?;
    let mut screen = None;
    if !wish.headless && !has_display {
        phase(
            start,
            "there is no display here: opening the window in a virtual one",
        );
        screen = Some(Screen::open(&root)?);
    }
    open(&root, &program, &wish, screen, start)
}

/// One line a phase, with the seconds since the start.
fn phase(start: Instant, words: &str) {
    say(&format!(
        "[{:6.1} s] {words}",
        start.elapsed().as_secs_f64()
    ));
}

fn prepare(root: &Path, wish: &Wish, has_display: bool, start: Instant) -> Result<PathBuf> {
    phase(start, "system packages");
    let mut uses = vec![For::Build];
    if !wish.headless {
        uses.push(For::Window);
        if !has_display {
            uses.push(For::Screenless);
        }
    }
    packages::ensure(root, &uses, wish.yes)?;
    if ui::wants_packages(root, "ui")? {
        phase(start, "npm packages (when the lock file changed)");
        ui::install_packages(root, "ui")?;
    }
    if ui::wants_build(root)? {
        phase(start, "building the page");
        ui::build(root)?;
    }
    phase(start, "building the program (the first time takes minutes)");
    let more: &[&str] = if wish.release { &["--release"] } else { &[] };
    program::build(root, "fengsui", more)
}

/// A free port on the loopback; the usual one when nobody has it, so that the address in the
/// browser stays the same from start to start.
fn free_port() -> Result<u16> {
    let listener = TcpListener::bind(("127.0.0.1", 47_110))
        .or_else(|_| TcpListener::bind(("127.0.0.1", 0)))
        .context("no free port on the loopback")?;
    Ok(listener.local_addr()?.port())
}

fn open(
    root: &Path,
    program: &Path,
    wish: &Wish,
    mut screen: Option<Screen>,
    start: Instant,
) -> Result<bool> {
    std::fs::create_dir_all(&wish.home)?;
    let mut desk = command(&program.to_string_lossy(), root);
    if wish.headless {
        desk.arg("serve");
    }
    desk.arg("--demo")
        .arg("--home")
        .arg(&wish.home)
        .arg("--county")
        .arg(&wish.county);
    desk.arg("--loopback")
        .arg(format!("127.0.0.1:{}", free_port()?));
    if let Some(screen) = &screen {
        desk.env("DISPLAY", screen.display());
    }
    desk.stdout(Stdio::piped());
    phase(
        start,
        if wish.headless {
            "starting the station"
        } else {
            "opening the desk"
        },
    );
    let mut desk = Group::spawn(&mut desk)?;
    let lines = lines_of(&mut desk)?;
    let good = attend(&mut desk, &lines, wish, screen.as_mut(), start)?;
    desk.end();
    phase(start, "ended");
    Ok(good)
}

fn lines_of(desk: &mut Group) -> Result<Receiver<String>> {
    let out = desk
        .child()
        .stdout
        .take()
        .context("the program has no output")?;
    let (send, lines) = channel();
    std::thread::spawn(move || {
        for line in BufReader::new(out).lines().map_while(Result::ok) {
            if send.send(line).is_err() {
                break;
            }
        }
    });
    Ok(lines)
}

/// Stays until the program ends, somebody asks to stop, or the wished time is over. Good: it
/// was ready and ended because we or the person at the desk wanted it to.
fn attend(
    desk: &mut Group,
    lines: &Receiver<String>,
    wish: &Wish,
    mut screen: Option<&mut Screen>,
    start: Instant,
) -> Result<bool> {
    let limit = wish.seconds.map(Duration::from_secs);
    let opened = Instant::now();
    let mut ready: Option<Instant> = None;
    loop {
        match lines.recv_timeout(Duration::from_millis(100)) {
            Ok(line) => {
                if let Some(address) = line.strip_prefix("loopback ") {
                    ready = Some(Instant::now());
                    announce(address, screen.as_deref(), start);
                } else {
                    say(&line);
                }
            }
            Err(RecvTimeoutError::Disconnected) => std::thread::sleep(Duration::from_millis(100)),
            Err(RecvTimeoutError::Timeout) => {}
        }
        if let Some(screen) = screen.as_deref_mut() {
            screen.picture()?;
        }
        if let Some(status) = desk.ended()? {
            phase(start, &format!("the program ended by itself: {status}"));
            return Ok(status.success());
        }
        if procs::stopping() {
            return Ok(true);
        }
        if limit.is_some_and(|limit| ready.unwrap_or(opened).elapsed() >= limit) {
            if ready.is_none() {
                phase(start, "the program was not ready in the wished time");
            }
            return Ok(ready.is_some());
        }
    }
}

fn announce(address: &str, screen: Option<&Screen>, start: Instant) {
    phase(start, "ready");
    say(&format!("  in a browser: {address}"));
    if let Some(screen) = screen {
        say(&format!(
            "  as a picture: {} (every few seconds)",
            screen.file().display()
        ));
    }
    say("  Ctrl-C ends it");
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::os::unix::fs::PermissionsExt;

    /// Opens a stand-in for the program: a shell script with this text.
    fn open_script(text: &str, seconds: Option<u64>) -> bool {
        let dir = place::target().join(format!("xtask/unit-test-run-{}", procs::fresh_number()));
        std::fs::create_dir_all(&dir).unwrap();
        let program = dir.join("fengsui");
        std::fs::write(&program, format!("#!/bin/sh\n{text}\n")).unwrap();
        std::fs::set_permissions(&program, PermissionsExt::from_mode(0o755)).unwrap();
        let wish = Wish {
            county: dir.clone(),
            home: dir.join("home"),
            headless: true,
            release: false,
            yes: false,
            seconds,
        };
        let good = open(&dir, &program, &wish, None, Instant::now()).unwrap();
        std::fs::remove_dir_all(&dir).unwrap();
        good
    }

    #[test]
    fn a_station_that_was_ready_and_is_ended_by_us_was_good() {
        let ready = "[ \"$1\" = serve ] && echo \"loopback http://127.0.0.1:1/\"";
        assert!(open_script(&format!("{ready}; exec sleep 300"), Some(0)));
    }

    #[test]
    fn a_station_that_never_was_ready_or_fell_over_was_not() {
        assert!(!open_script("exec sleep 300", Some(0)));
        assert!(!open_script(
            "echo 'loopback http://127.0.0.1:1/'; exit 3",
            Some(300)
        ));
        assert!(!open_script("exit 3", None));
        assert!(open_script("exit 0", None));
    }
}
