//! Networks for stations: one namespace each, on one of two switches that a cable joins.
//!
//! Not here: the stations.

use std::process::Command;
use std::sync::atomic::{AtomicU32, Ordering};

use anyhow::{Context, Result, ensure};

/// Networks that go away with the test.
pub struct Networks {
    names: Vec<String>,
    trunk: String,
    switches: [String; 2],
}

/// The switch a station is on.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Half {
    Hall,
    Towns,
}

pub(super) fn run(words: &str) -> Result<()> {
    let mut parts = words.split(' ');
    let done = Command::new(parts.next().unwrap_or_default())
        .args(parts)
        .output()
        .with_context(|| words.to_owned())?;
    let said = String::from_utf8_lossy(&done.stderr).into_owned();
    ensure!(done.status.success(), "{words}: {said}");
    Ok(())
}

/// Whether this machine lets us make networks.
#[must_use]
pub fn can_be_made() -> bool {
    rustix::process::geteuid().is_root()
}

impl Networks {
    /// Five networks: three on the hall's switch, two on the towns'.
    ///
    /// # Errors
    /// The system does not let us.
    pub fn five() -> Result<Networks> {
        // What the last test left goes away by and by: no name is used twice.
        static NEXT: AtomicU32 = AtomicU32::new(0);
        let mark = format!(
            "{}{}",
            std::process::id() % 10_000,
            NEXT.fetch_add(1, Ordering::Relaxed)
        );
        let networks = Networks {
            names: (1..=5).map(|at| format!("fs{mark}n{at}")).collect(),
            trunk: format!("fs{mark}t"),
            switches: [format!("fs{mark}a"), format!("fs{mark}b")],
        };
        for switch in &networks.switches {
            run(&format!("ip link add {switch} type bridge"))?;
            run(&format!("ip link set {switch} up"))?;
        }
        let trunk = &networks.trunk;
        run(&format!(
            "ip link add {trunk}0 type veth peer name {trunk}1"
        ))?;
        for (at, switch) in networks.switches.iter().enumerate() {
            run(&format!("ip link set {trunk}{at} master {switch}"))?;
            run(&format!("ip link set {trunk}{at} up"))?;
        }
        for (at, name) in networks.names.iter().enumerate() {
            let switch = networks.switch(half_of(at));
            run(&format!("ip netns add {name}"))?;
            run(&format!(
                "ip link add {name}h type veth peer name eth0 netns {name}"
            ))?;
            run(&format!("ip link set {name}h master {switch}"))?;
            run(&format!("ip link set {name}h up"))?;
            run(&format!(
                "ip -n {name} addr add {}/24 dev eth0",
                address(at)
            ))?;
            run(&format!("ip -n {name} link set eth0 up"))?;
            run(&format!("ip -n {name} link set lo up"))?;
        }
        Ok(networks)
    }

    /// Name for a network card at one end of another cable.
    pub(super) fn end_of_cable(&self, at: usize) -> String {
        format!("{}r{at}", self.trunk)
    }

    pub(super) fn switch(&self, half: Half) -> &str {
        let switch = match half {
            Half::Hall => self.switches.first(),
            Half::Towns => self.switches.last(),
        };
        switch.map_or("", String::as_str)
    }

    /// Name of a station's network.
    #[must_use]
    pub fn name(&self, at: usize) -> &str {
        self.names.get(at).map_or("", String::as_str)
    }

    /// Swallows everything between the halves: nobody is told, packets vanish.
    ///
    /// # Errors
    /// The system does not let us.
    pub fn cut(&self) -> Result<()> {
        run(&format!("ip link set {}0 nomaster", self.trunk))
    }

    /// Joins the halves again.
    ///
    /// # Errors
    /// The system does not let us.
    pub fn join(&self) -> Result<()> {
        let switch = self.switch(Half::Hall);
        run(&format!("ip link set {}0 master {switch}", self.trunk))
    }
}

impl Drop for Networks {
    fn drop(&mut self) {
        let quiet = |words: String| {
            let _ = Command::new("ip").args(words.split(' ')).output();
        };
        for name in &self.names {
            quiet(format!("netns del {name}"));
        }
        quiet(format!("link del {}0", self.trunk));
        for switch in &self.switches {
            quiet(format!("link del {switch}"));
        }
    }
}

/// Which half a station is in: 0, 1, 2 in the hall's, 3 and 4 in the towns'.
#[must_use]
pub fn half_of(at: usize) -> Half {
    if at < 3 { Half::Hall } else { Half::Towns }
}

/// A station's address.
#[must_use]
pub fn address(at: usize) -> String {
    format!("10.77.0.{}", at + 1)
}
