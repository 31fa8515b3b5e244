//! Other programs as children that never outlive us: each in its own process group, marked in
//! its environment, so that whatever it started can be found and ended. Nothing here knows what
//! the programs are for.
use std::fs;
use std::io::Write;
use std::os::unix::process::CommandExt;
use std::path::Path;
use std::process::{Child, Command, ExitStatus, Stdio};
use std::sync::atomic::{AtomicU32, Ordering};
use std::sync::{Arc, OnceLock, atomic::AtomicBool};
use std::time::{Duration, Instant};

use anyhow::{Context, Result, bail};

const MARK: &str = "FENGSUI_XTASK";
const GRACE: Duration = Duration::from_secs(4);
const TICK: Duration = Duration::from_millis(50);

static STOP: OnceLock<Arc<AtomicBool>> = OnceLock::new();
static NEXT: AtomicU32 = AtomicU32::new(1);

/// From here on Ctrl-C and SIGTERM set a flag; every wait in this file looks at it.
pub(crate) fn watch_signals() {
    let flag = STOP.get_or_init(Arc::default);
    use signal_hook::consts::{SIGHUP, SIGINT, SIGTERM};
    for signal in [SIGHUP, SIGINT, SIGTERM] {
        if let Err(failure) = signal_hook::flag::register(signal, flag.clone()) {
            eprintln!("cannot watch signal {signal}: {failure}");
        }
    }
}

/// True once somebody has asked this process to stop.
pub(crate) fn stopping() -> bool {
    STOP.get().is_some_and(|flag| flag.load(Ordering::Relaxed))
}

/// A command that does not see what `cargo run` put into our environment: nested cargo calls
/// would otherwise take some build scripts for changed.
pub(crate) fn command(program: &str, root: &Path) -> Command {
    let mut command = Command::new(program);
    for (name, _) in std::env::vars_os() {
        let name = name.to_string_lossy();
        if name.starts_with("CARGO_PKG_") || name.starts_with("CARGO_MANIFEST_") {
            command.env_remove(name.as_ref());
        }
    }
    command.current_dir(root).stdin(Stdio::null());
    command
}

/// A number this process has not used yet.
pub(crate) fn fresh_number() -> u32 {
    NEXT.fetch_add(1, Ordering::Relaxed)
}

/// How a supervised program ended.
#[derive(Debug, PartialEq, Eq, Clone, Copy)]
pub(crate) enum End {
    Exit(bool),
    TooLong,
    Stopped,
}

/// A child with everything it starts. Dropping it ends them all.
pub(crate) struct Group {
    child: Child,
    mark: String,
    ended: bool,
}

impl Group {
    pub(crate) fn spawn(command: &mut Command) -> Result<Self> {
        let number = fresh_number();
        let above = std::env::var(MARK).unwrap_or_default();
        let mark = format!("{above}/{}-{number}", std::process::id());
        command.env(MARK, &mark).process_group(0);
        let name = command.get_program().to_string_lossy().into_owned();
        let child = command
            .spawn()
            .with_context(|| format!("cannot start {name}"))?;
        Ok(Self {
            child,
            mark,
            ended: false,
        })
    }

    pub(crate) fn child(&mut self) -> &mut Child {
        &mut self.child
    }

    /// The child's end, when it has ended by itself.
    pub(crate) fn ended(&mut self) -> Result<Option<ExitStatus>> {
        Ok(self.child.try_wait()?)
    }

    /// Waits for the end, at most `limit`, and leaves nothing running.
    pub(crate) fn wait(self, limit: Duration) -> Result<End> {
        self.wait_telling(limit, |_| {})
    }

    /// Like `wait`; calls `tell` with the time gone by, some twenty times a second.
    pub(crate) fn wait_telling(
        mut self,
        limit: Duration,
        mut tell: impl FnMut(Duration),
    ) -> Result<End> {
        let start = Instant::now();
        let end = loop {
            if let Some(status) = self.ended()? {
                break End::Exit(status.success());
            }
            if stopping() {
                break End::Stopped;
            }
            if start.elapsed() > limit {
                break End::TooLong;
            }
            tell(start.elapsed());
            std::thread::sleep(TICK);
        };
        self.end();
        Ok(end)
    }

    /// Asks the group and every marked descendant to end, then makes them.
    pub(crate) fn end(&mut self) {
        if std::mem::replace(&mut self.ended, true) {
            return;
        }
        signal("TERM", &self.alive());
        let start = Instant::now();
        while start.elapsed() < GRACE {
            let _ = self.child.try_wait();
            if self.alive().is_empty() {
                break;
            }
            std::thread::sleep(TICK);
        }
        signal("KILL", &self.alive());
        let _ = self.child.wait();
    }

    fn alive(&mut self) -> Vec<u32> {
        let mut alive = marked(&self.mark);
        if matches!(self.child.try_wait(), Ok(None)) && !alive.contains(&self.child.id()) {
            alive.push(self.child.id());
        }
        alive
    }
}

impl Drop for Group {
    fn drop(&mut self) {
        self.end();
    }
}

/// Process ids whose environment carries this mark or one below it; the dead (zombies have an
/// empty environment) are not among them.
fn marked(mark: &str) -> Vec<u32> {
    let exact = format!("{MARK}={mark}").into_bytes();
    let below = format!("{MARK}={mark}/").into_bytes();
    let Ok(entries) = fs::read_dir("/proc") else {
        return Vec::new();
    };
    entries
        .flatten()
        .filter_map(|entry| entry.file_name().to_str()?.parse::<u32>().ok())
        .filter(|pid| {
            fs::read(format!("/proc/{pid}/environ")).is_ok_and(|environ| {
                environ
                    .split(|b| *b == 0)
                    .any(|v| v == exact || v.starts_with(&below))
            })
        })
        .collect()
}

/// The standard library sends no signals and the shell's own `kill` needs no package.
fn signal(name: &str, pids: &[u32]) {
    if pids.is_empty() {
        return;
    }
    let list: Vec<String> = pids.iter().map(u32::to_string).collect();
    let script = format!("kill -{name} {} 2>/dev/null", list.join(" "));
    let _ = Command::new("sh").args(["-c", &script]).status();
}

/// Runs a program with its output on our own, as `run` shows its phases.
pub(crate) fn show(command: &mut Command) -> Result<()> {
    let name = line_of(command);
    match Group::spawn(command)?.wait(Duration::from_secs(24 * 3600))? {
        End::Exit(true) => Ok(()),
        End::Stopped => bail!("stopped while running {name}"),
        _ => bail!("failed: {name}"),
    }
}

/// Runs a program and returns what it printed.
pub(crate) fn capture(command: &mut Command) -> Result<String> {
    let name = line_of(command);
    let out = command
        .output()
        .with_context(|| format!("cannot start {name}"))?;
    if !out.status.success() {
        bail!("failed: {name}\n{}", String::from_utf8_lossy(&out.stderr));
    }
    Ok(String::from_utf8_lossy(&out.stdout).into_owned())
}

/// The command as a person would type it.
pub(crate) fn line_of(command: &Command) -> String {
    let mut line = command.get_program().to_string_lossy().into_owned();
    for word in command.get_args() {
        line.push(' ');
        line.push_str(&word.to_string_lossy());
    }
    line
}

/// True when the program is on the search path.
pub(crate) fn on_path(program: &str) -> bool {
    let path = std::env::var_os("PATH").unwrap_or_default();
    std::env::split_paths(&path).any(|dir| dir.join(program).is_file())
}

/// Prints at once, also into a pipe.
pub(crate) fn say(line: &str) {
    println!("{line}");
    let _ = std::io::stdout().flush();
}

#[cfg(test)]
mod tests {
    use super::*;

    fn sh(script: &str) -> Command {
        let mut command = Command::new("sh");
        command
            .args(["-c", script])
            .stdin(Stdio::null())
            .stdout(Stdio::null());
        command
    }

    #[test]
    fn tells_success_from_failure() {
        let minute = Duration::from_secs(60);
        assert_eq!(
            Group::spawn(&mut sh("exit 0"))
                .unwrap()
                .wait(minute)
                .unwrap(),
            End::Exit(true)
        );
        let bad = Group::spawn(&mut sh("exit 3")).unwrap();
        assert_eq!(bad.wait(minute).unwrap(), End::Exit(false));
    }

    #[test]
    fn ends_what_runs_too_long_with_all_it_started() {
        let group = Group::spawn(&mut sh("setsid sleep 300 & sleep 300")).unwrap();
        let mark = group.mark.clone();
        let start = Instant::now();
        while marked(&mark).len() < 2 {
            assert!(
                start.elapsed() < Duration::from_secs(20),
                "the children never came up"
            );
            std::thread::sleep(TICK);
        }
        assert_eq!(group.wait(Duration::from_millis(1)).unwrap(), End::TooLong);
        assert_eq!(marked(&mark), Vec::<u32>::new());
    }

    #[test]
    fn ends_what_a_finished_program_left_behind() {
        let group = Group::spawn(&mut sh("setsid sleep 300 & exit 0")).unwrap();
        let mark = group.mark.clone();
        assert_eq!(
            group.wait(Duration::from_secs(60)).unwrap(),
            End::Exit(true)
        );
        assert_eq!(marked(&mark), Vec::<u32>::new());
    }

    #[test]
    fn a_missing_program_is_named() {
        let failure = Group::spawn(&mut Command::new("no-such-program"))
            .err()
            .unwrap();
        assert!(failure.to_string().contains("no-such-program"));
        assert!(!on_path("no-such-program") && on_path("sh"));
    }
}
