//! Real kamailio: an exchange that knows extensions and rings all of them for one line.

use std::fs;
use std::net::SocketAddr;
use std::path::Path;
use std::process::{Child, Command, Stdio};

use anyhow::{Context, Result};
use rustix::process::{Pid, Signal, kill_process};

use super::sipp::free_port;

/// An exchange on the loopback; ended when dropped.
pub struct Exchange {
    child: Child,
    address: SocketAddr,
}

impl Exchange {
    /// Starts one. It may not listen yet: who registers asks again.
    ///
    /// # Errors
    /// kamailio is not installed.
    pub fn start(folder: &Path) -> Result<Exchange> {
        let address = SocketAddr::from(([127, 0, 0, 1], free_port()?));
        let tests = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/telephony");
        let log = fs::File::create(folder.join("kamailio.log"))?;
        let mut command = Command::new("kamailio");
        command.arg("-f").arg(tests.join("kamailio.cfg"));
        command.args(["-DD", "-E", "-m", "32", "-M", "4"]);
        command.arg("-l").arg(format!("udp:{address}"));
        // A path that is not absolute is taken from the root.
        command.arg("-P").arg(fs::canonicalize(folder)?.join("pid"));
        command.arg("-Y").arg(folder);
        let errors = log.try_clone()?;
        command.stdin(Stdio::null()).stdout(log).stderr(errors);
        let child = command.spawn();
        let child = child.context("kamailio does not start; Debian: kamailio")?;
        Ok(Exchange { child, address })
    }

    /// Where it listens.
    #[must_use]
    pub fn address(&self) -> SocketAddr {
        self.address
    }
}

impl Drop for Exchange {
    fn drop(&mut self) {
        // Asked, so that it ends its own processes too. It may have ended by itself.
        let pid = i32::try_from(self.child.id()).ok().and_then(Pid::from_raw);
        let _ = pid.map(|pid| kill_process(pid, Signal::TERM));
        let _ = self.child.wait();
    }
}
