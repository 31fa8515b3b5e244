//! A program that is measured from outside: started, listened to, asked to end, and ended for
//! good when it does not.
//!
//! Not here: what is measured.

use std::io::{BufRead, BufReader};
use std::process::{Child, ChildStdout, Command, Stdio};
use std::sync::mpsc::{Receiver, channel};
use std::time::{Duration, Instant};

use anyhow::{Context, Result, bail};
use rustix::process::{Pid, Signal, kill_process};

/// How long a program may take to end.
const PATIENCE: Duration = Duration::from_secs(20);

/// A running program; it ends with this.
pub struct Program {
    child: Child,
    lines: Receiver<String>,
    /// When it was started.
    pub began: Instant,
}

impl Program {
    /// Starts it.
    ///
    /// # Errors
    /// It cannot be started.
    pub fn start(command: &mut Command) -> Result<Program> {
        command.stdin(Stdio::null()).stdout(Stdio::piped());
        command.stderr(Stdio::null());
        let began = Instant::now();
        let name = command.get_program().to_string_lossy().into_owned();
        let mut child = command.spawn().with_context(|| format!("start {name}"))?;
        let lines = lines_of(child.stdout.take().context("no output")?);
        Ok(Program {
            child,
            lines,
            began,
        })
    }

    /// Its number.
    #[must_use]
    pub fn id(&self) -> u32 {
        self.child.id()
    }

    /// Waits for a line that holds a word; the line.
    ///
    /// # Errors
    /// It ended, or did not say it in time.
    pub fn hear(&self, word: &str, patience: Duration) -> Result<String> {
        let until = Instant::now() + patience;
        loop {
            let left = until.saturating_duration_since(Instant::now());
            match self.lines.recv_timeout(left) {
                Ok(line) if line.contains(word) => return Ok(line),
                Ok(_) => {}
                Err(_) => bail!("the program did not say {word:?}"),
            }
        }
    }

    /// Whether it has said a line that holds a word, without waiting.
    pub fn has_said(&self, word: &str) -> bool {
        self.lines.try_iter().any(|line| line.contains(word))
    }

    /// Ends it at once, as a power cut would.
    pub fn kill(mut self) {
        let _ = self.child.kill();
        let _ = self.child.wait();
    }

    /// Fails when it is not running any more.
    ///
    /// # Errors
    /// It ended.
    pub fn must_run(&mut self) -> Result<()> {
        match self.child.try_wait()? {
            Some(status) => bail!("the program ended by itself: {status}"),
            None => Ok(()),
        }
    }
}

impl Drop for Program {
    fn drop(&mut self) {
        let pid = i32::try_from(self.child.id()).ok().and_then(Pid::from_raw);
        if let Some(pid) = pid {
            let _ = kill_process(pid, Signal::TERM);
        }
        let until = Instant::now() + PATIENCE;
        while Instant::now() < until {
            if !matches!(self.child.try_wait(), Ok(None)) {
                return;
            }
            std::thread::sleep(Duration::from_millis(20));
        }
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

fn lines_of(out: ChildStdout) -> Receiver<String> {
    let (send, lines) = channel();
    std::thread::spawn(move || {
        for line in BufReader::new(out).lines().map_while(Result::ok) {
            if send.send(line).is_err() {
                break;
            }
        }
    });
    lines
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_program_is_heard_and_ends() {
        let mut shell = Command::new("sh");
        shell.args(["-c", "echo ready; exec sleep 300"]);
        let mut program = Program::start(&mut shell).unwrap();
        program.hear("ready", Duration::from_secs(10)).unwrap();
        program.must_run().unwrap();
        assert!(program.hear("more", Duration::ZERO).is_err());
        let began = Instant::now();
        drop(program);
        assert!(began.elapsed() < Duration::from_secs(10));
    }
}
