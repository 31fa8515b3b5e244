//! The worker as a process of its own: started in its own group, listened to, stopped, killed.
//! Not here: what it does (bin/fault_worker) and when it dies (the suites).

use std::io::{BufRead, BufReader, Read};
use std::os::unix::process::CommandExt;
use std::path::Path;
use std::process::{Child, ChildStdout, Command, Stdio};
use std::time::{Duration, Instant};

use anyhow::{Context, bail};
use rustix::process::{Pid, Signal};

use super::work::{Ended, Told};

/// How long a process may take to stop: a sync under way ends first, and on a disk that others
/// write to one was seen to take more than half a minute.
const PATIENCE: Duration = Duration::from_secs(180);

/// A running worker.
pub struct Worker {
    child: Child,
    pipe: BufReader<ChildStdout>,
    text: String,
}

/// What a worker said until its end.
#[derive(Debug, Default)]
pub struct Said {
    /// Every command by its token.
    pub told: Told,
    /// The words of refusals ("DiskFull", "NotWritten", …) in order.
    pub refusals: Vec<String>,
    /// Whether it came to its own end.
    pub is_done: bool,
    /// Everything it printed.
    pub text: String,
}

impl Said {
    /// Commands it acknowledged.
    #[must_use]
    pub fn acknowledged(&self) -> u64 {
        let is_ack = |ended: &&Ended| matches!(ended, Ended::Acknowledged(_));
        self.told.values().filter(is_ack).count() as u64
    }
}

impl Worker {
    /// Starts `command` in a process group of its own with its words in a pipe.
    ///
    /// # Errors
    /// What starting says.
    pub fn start(mut command: Command) -> anyhow::Result<Self> {
        let mut child = command
            .process_group(0)
            .stdin(Stdio::null())
            .stdout(Stdio::piped())
            .spawn()
            .with_context(|| format!("start {}", command.get_program().to_string_lossy()))?;
        let pipe = BufReader::new(child.stdout.take().context("no pipe")?);
        let text = String::new();
        Ok(Self { child, pipe, text })
    }

    /// Listens until it has acknowledged `number` commands, or ended.
    ///
    /// # Errors
    /// What reading its words says.
    pub fn hear_acknowledged(&mut self, number: u64) -> anyhow::Result<()> {
        let mut heard = 0;
        while heard < number {
            let from = self.text.len();
            if self.pipe.read_line(&mut self.text)? == 0 {
                break;
            }
            heard += u64::from(self.text[from..].starts_with("ack "));
        }
        Ok(())
    }

    /// Listens until it has opened its home.
    ///
    /// # Errors
    /// When it ended before, or said something else.
    pub fn hear_open(&mut self) -> anyhow::Result<()> {
        let from = self.text.len();
        self.pipe.read_line(&mut self.text)?;
        let said = self.text[from..].trim();
        anyhow::ensure!(said == "open", "the worker did not open its home: {said:?}");
        Ok(())
    }

    /// Stops every thread of the worker and waits until none runs, so that no sync is under way.
    ///
    /// # Errors
    /// When it ended by itself or does not stop.
    pub fn stop(&self) -> anyhow::Result<()> {
        self.signal(Signal::STOP)?;
        let tasks = format!("/proc/{}/task", self.child.id());
        let until = Instant::now() + PATIENCE;
        loop {
            let states = states(Path::new(&tasks))?;
            if !states.is_empty() && states.chars().all(|state| matches!(state, 'T' | 't')) {
                return Ok(());
            }
            if states.chars().all(|state| matches!(state, 'Z' | 'X')) {
                bail!("the worker ended by itself; it said {:?}", self.text);
            }
            if Instant::now() > until {
                bail!("the worker does not stop: its threads are {states}");
            }
            std::thread::sleep(Duration::from_micros(200));
        }
    }

    /// Sends a signal to its whole group.
    ///
    /// # Errors
    /// When the group is gone.
    pub fn signal(&self, signal: Signal) -> anyhow::Result<()> {
        let pid = Pid::from_raw(i32::try_from(self.child.id())?).context("no pid")?;
        Ok(rustix::process::kill_process_group(pid, signal)?)
    }

    /// Kills the group at once, and hears what it had said.
    ///
    /// # Errors
    /// What reading its words says.
    pub fn kill(mut self) -> anyhow::Result<Said> {
        // It may have ended by itself already.
        let _ = self.signal(Signal::KILL);
        self.hear()
    }

    /// Waits for its end.
    ///
    /// # Errors
    /// What reading its words says.
    pub fn finish(mut self) -> anyhow::Result<Said> {
        self.hear()
    }

    fn hear(&mut self) -> anyhow::Result<Said> {
        self.pipe.read_to_string(&mut self.text)?;
        self.child.wait()?;
        Ok(understand(std::mem::take(&mut self.text)))
    }
}

impl Drop for Worker {
    fn drop(&mut self) {
        let _ = self.signal(Signal::KILL);
        let _ = self.child.wait();
    }
}

/// The state of every thread, a letter each as in `proc(5)`.
fn states(tasks: &Path) -> anyhow::Result<String> {
    let mut states = String::new();
    for task in std::fs::read_dir(tasks).context("the worker ended by itself")? {
        let stat = std::fs::read_to_string(task?.path().join("stat")).unwrap_or_default();
        let state = stat
            .rsplit(')')
            .next()
            .and_then(|rest| rest.trim().chars().next());
        states.extend(state);
    }
    Ok(states)
}

/// Reads the worker's lines; a last line without its end was never said.
fn understand(text: String) -> Said {
    let mut said = Said::default();
    for line in text
        .split_inclusive('\n')
        .filter(|line| line.ends_with('\n'))
    {
        let mut words = line.split_whitespace();
        let (kind, token) = (
            words.next(),
            words.next().and_then(|word| word.parse().ok()),
        );
        let rest = words.next().unwrap_or_default();
        match (kind, token) {
            (Some("ack"), Some(token)) => {
                let number = rest.parse().unwrap_or(-1);
                said.told.insert(token, Ended::Acknowledged(number));
            }
            (Some("refused"), Some(token)) => {
                said.refusals.push(rest.to_owned());
                said.told.insert(token, Ended::Refused);
            }
            (Some("unknown"), Some(token)) => {
                said.refusals.push("Ambiguous".to_owned());
                said.told.insert(token, Ended::Unknown);
            }
            (Some("done"), _) => said.is_done = true,
            _ => {}
        }
    }
    said.text = text;
    said
}
