//! Real sipp: a peer that was written by others and knows nothing of our code.

use std::fs;
use std::net::{SocketAddr, UdpSocket};
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};
use std::time::Instant;

use anyhow::{Context, Result, ensure};

use super::phone::PATIENCE;

/// The name of the sound in a scenario's folder.
const SOUND: &str = "sound.al";

/// A run of sipp; killed when dropped.
pub struct Sipp {
    child: Child,
    folder: PathBuf,
}

/// How sipp is to run.
pub struct Run<'a> {
    scenario: &'a str,
    words: Vec<String>,
}

impl<'a> Run<'a> {
    /// A scenario of `tests/telephony/scenarios`, once, over UDP.
    #[must_use]
    pub fn of(scenario: &'a str) -> Run<'a> {
        Run {
            scenario,
            words: Vec::new(),
        }
    }

    /// With these words on its command line.
    #[must_use]
    pub fn with(mut self, words: &[&str]) -> Run<'a> {
        self.words
            .extend(words.iter().map(|word| (*word).to_owned()));
        self
    }

    /// Calls this number there; the sound it plays lies in `folder`.
    ///
    /// # Errors
    /// sipp is not installed.
    pub fn calls(self, number: &str, to: SocketAddr, folder: &Path) -> Result<Sipp> {
        let run = self.with(&["-s", number, &to.to_string()]);
        let run = run.with(&["-p", &free_port()?.to_string()]);
        run.start(folder)
    }

    /// Waits at this port of the loopback for who calls.
    ///
    /// # Errors
    /// sipp is not installed.
    pub fn waits(self, port: u16, folder: &Path) -> Result<Sipp> {
        self.with(&["-p", &port.to_string()]).start(folder)
    }

    fn start(self, folder: &Path) -> Result<Sipp> {
        let scenarios = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/telephony/scenarios");
        let scenario = scenarios.join(format!("{}.xml", self.scenario));
        let log = fs::File::create(folder.join("sipp.log"))?;
        let mut command = Command::new("sipp");
        command.arg("-sf").arg(scenario);
        command.args([
            "-i",
            "127.0.0.1",
            "-mi",
            "127.0.0.1",
            "-nostdin",
            "-trace_err",
        ]);
        command.args([
            "-error_file",
            "errors.log",
            "-timeout",
            "50",
            "-timeout_error",
        ]);
        if !self.words.iter().any(|word| word == "-m") {
            command.args(["-m", "1"]);
        }
        if !self.words.iter().any(|word| word == "more") {
            command.args(["-key", "more", "Subject: none"]);
        }
        command.args(self.words).current_dir(folder);
        // It draws its screen even where nobody looks.
        let errors = log.try_clone()?;
        command.stdin(Stdio::null()).stdout(log).stderr(errors);
        let child = command
            .spawn()
            .context("sipp does not start; Debian: sip-tester")?;
        Ok(Sipp {
            child,
            folder: folder.to_owned(),
        })
    }
}

impl Sipp {
    /// Waits until every call went as its scenario says.
    ///
    /// # Errors
    /// One did not, or it lasts too long; with what sipp says of it.
    pub async fn done(mut self) -> Result<()> {
        let deadline = Instant::now() + PATIENCE;
        let status = loop {
            if let Some(status) = self.child.try_wait()? {
                break status;
            }
            ensure!(Instant::now() < deadline, "sipp goes on: {}", self.said());
            tokio::time::sleep(std::time::Duration::from_millis(20)).await;
        };
        ensure!(status.success(), "sipp: {status}: {}", self.said());
        Ok(())
    }

    fn said(&self) -> String {
        fs::read_to_string(self.folder.join("errors.log")).unwrap_or_default()
    }
}

impl Drop for Sipp {
    fn drop(&mut self) {
        // It may have ended by itself.
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

/// A port of the loopback that nobody has now.
///
/// # Errors
/// There is none.
pub fn free_port() -> Result<u16> {
    Ok(UdpSocket::bind(("127.0.0.1", 0))?.local_addr()?.port())
}

/// Puts a sound of A-law of this length into the folder and gives it: no 20 milliseconds of it
/// are like any others, and none are silence.
///
/// # Errors
/// The folder cannot be written.
pub fn sound(folder: &Path, samples: usize) -> Result<Vec<u8>> {
    let mut state = 0x2545_F491_4F6C_DD1D_u64;
    let bytes = (0..samples).map(|_| {
        state ^= state << 13;
        state ^= state >> 7;
        state ^= state << 17;
        // Any byte but silence.
        match state.to_le_bytes()[3] {
            0xD5 => 0x55,
            byte => byte,
        }
    });
    let sound: Vec<u8> = bytes.collect();
    fs::write(folder.join(SOUND), &sound)?;
    Ok(sound)
}
