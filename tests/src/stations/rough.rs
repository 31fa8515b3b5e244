//! A bad cable between the halves: late, slow, losing, doubling and damaging frames, deaf in one
//! direction, or up and down by turns. Frames go through two `socat` as datagrams, since this
//! kernel has no `netem`.
//!
//! Not here: the cable that is only cut (`net`).

use std::cmp::Reverse;
use std::collections::BinaryHeap;
use std::io::ErrorKind;
use std::net::{Ipv4Addr, SocketAddr, UdpSocket};
use std::process::{Child, Command, Stdio};
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, AtomicU64, Ordering};
use std::thread::JoinHandle;
use std::time::{Duration, Instant};

use anyhow::{Context, Result, bail};

use super::net::{Half, Networks, run};
use crate::load::dice::Dice;

/// Longest Ethernet frame that comes along.
const FRAME_MAX: usize = 2_048;
/// How often a direction looks at what is due, while nothing comes.
const LOOK: Duration = Duration::from_millis(2);

/// What the cable does to a frame.
#[derive(Debug, Clone, Copy)]
pub struct Roughness {
    /// Shortest and longest way, ms.
    pub delay_ms: (u64, u64),
    /// Frames of a hundred that are lost.
    pub lost: u64,
    /// Frames of a hundred that come twice.
    pub doubled: u64,
    /// Frames of a hundred of which one bit is turned.
    pub damaged: u64,
    /// Bits a second; 0 = as fast as it goes.
    pub bits_per_s: u64,
    /// Bytes that may wait for a slow cable; what comes then is lost.
    pub queue: u64,
    /// The dice begin with this.
    pub seed: u64,
}

impl Roughness {
    /// A cable that does nothing to anybody.
    pub const NONE: Roughness = Roughness {
        delay_ms: (0, 0),
        lost: 0,
        doubled: 0,
        damaged: 0,
        bits_per_s: 0,
        queue: 0,
        seed: 1,
    };
}

/// What came of the frames of both directions.
#[derive(Debug, Default)]
pub struct Counted {
    pub carried: AtomicU64,
    pub lost: AtomicU64,
    pub doubled: AtomicU64,
    pub damaged: AtomicU64,
    /// Bytes carried.
    pub bytes: AtomicU64,
}

/// A cable; it goes away when dropped.
pub struct Rough {
    ends: Vec<Child>,
    threads: Vec<JoinHandle<()>>,
    is_over: Arc<AtomicBool>,
    /// Whether frames pass: from the hall, from the towns.
    open: [Arc<AtomicBool>; 2],
    /// What happened so far.
    pub counted: Arc<Counted>,
}

/// One direction.
struct Direction {
    from: UdpSocket,
    to: (UdpSocket, SocketAddr),
    how: Roughness,
    dice: Dice,
    is_open: Arc<AtomicBool>,
    is_over: Arc<AtomicBool>,
    counted: Arc<Counted>,
    waiting: BinaryHeap<Reverse<(Instant, u64, Vec<u8>)>>,
    number: u64,
    /// When a slow cable has said all it was given.
    free: Instant,
}

impl Rough {
    /// Puts such a cable in the place of the one between the halves.
    ///
    /// # Errors
    /// `socat` is not there, or the system does not let us.
    pub fn between(networks: &Networks, how: Roughness) -> Result<Rough> {
        networks.cut()?;
        let is_over = Arc::new(AtomicBool::new(false));
        let counted = Arc::new(Counted::default());
        let mut rough = Rough {
            ends: Vec::new(),
            threads: Vec::new(),
            is_over: Arc::clone(&is_over),
            open: [(); 2].map(|()| Arc::new(AtomicBool::new(true))),
            counted: Arc::clone(&counted),
        };
        let mut sockets = Vec::new();
        for (at, half) in [Half::Hall, Half::Towns].into_iter().enumerate() {
            let name = networks.end_of_cable(at);
            let ours = UdpSocket::bind((Ipv4Addr::LOCALHOST, 0))?;
            ours.set_read_timeout(Some(LOOK))?;
            let theirs = UdpSocket::bind((Ipv4Addr::LOCALHOST, 0))?.local_addr()?;
            rough.ends.push(socat(&name, ours.local_addr()?, theirs)?);
            wait_for(&name)?;
            run(&format!(
                "ip link set {name} master {}",
                networks.switch(half)
            ))?;
            run(&format!("ip link set {name} up"))?;
            sockets.push((ours, theirs));
        }
        for at in 0..2 {
            let (from, _) = sockets.get(at).context("two ends")?;
            let (to, address) = sockets.get(1 - at).context("two ends")?;
            let mut direction = Direction {
                from: from.try_clone()?,
                to: (to.try_clone()?, *address),
                how,
                dice: Dice::new(how.seed, at as u64),
                is_open: Arc::clone(&rough.open[at]),
                is_over: Arc::clone(&is_over),
                counted: Arc::clone(&counted),
                waiting: BinaryHeap::new(),
                number: 0,
                free: Instant::now(),
            };
            let thread = std::thread::spawn(move || direction.carry());
            rough.threads.push(thread);
        }
        Ok(rough)
    }

    /// Lets frames from this half pass, or swallows them all.
    pub fn let_pass(&self, from: Half, is_open: bool) {
        let at = usize::from(from == Half::Towns);
        self.open[at].store(is_open, Ordering::Relaxed);
    }
}

impl Drop for Rough {
    fn drop(&mut self) {
        self.is_over.store(true, Ordering::Relaxed);
        for thread in self.threads.drain(..) {
            let _ = thread.join();
        }
        for end in &mut self.ends {
            let _ = end.kill();
            let _ = end.wait();
        }
    }
}

impl Direction {
    fn carry(&mut self) {
        let mut frame = [0; FRAME_MAX];
        while !self.is_over.load(Ordering::Relaxed) {
            match self.from.recv(&mut frame) {
                Ok(length) => self.take(&frame[..length]),
                Err(error)
                    if matches!(error.kind(), ErrorKind::WouldBlock | ErrorKind::TimedOut) => {}
                // An end that is not there yet, or no more: the next frame may pass.
                Err(_) => std::thread::sleep(LOOK),
            }
            let now = Instant::now();
            while let Some(Reverse((due, _, _))) = self.waiting.peek()
                && *due <= now
                && let Some(Reverse((_, _, frame))) = self.waiting.pop()
            {
                self.pass(&frame);
            }
        }
    }

    fn take(&mut self, frame: &[u8]) {
        let is_open = self.is_open.load(Ordering::Relaxed);
        if !is_open || self.dice.percent(self.how.lost) {
            self.counted.lost.fetch_add(1, Ordering::Relaxed);
            return;
        }
        let mut frame = frame.to_vec();
        if self.dice.percent(self.how.damaged) {
            let bit = self.dice.below(frame.len() as u64 * 8);
            if let Some(byte) = frame.get_mut((bit / 8) as usize) {
                *byte ^= 1 << (bit % 8);
            }
            self.counted.damaged.fetch_add(1, Ordering::Relaxed);
        }
        if self.dice.percent(self.how.doubled) {
            self.counted.doubled.fetch_add(1, Ordering::Relaxed);
            self.send_later(frame.clone());
        }
        self.send_later(frame);
    }

    fn send_later(&mut self, frame: Vec<u8>) {
        let now = Instant::now();
        let mut due = now;
        if self.how.bits_per_s > 0 {
            let waiting = self.free.saturating_duration_since(now).as_millis() as u64;
            if waiting * self.how.bits_per_s / 8_000 > self.how.queue {
                self.counted.lost.fetch_add(1, Ordering::Relaxed);
                return;
            }
            let us = frame.len() as u64 * 8_000_000 / self.how.bits_per_s;
            self.free = self.free.max(now) + Duration::from_micros(us);
            due = self.free;
        }
        let (least, most) = self.how.delay_ms;
        let delay = least + self.dice.below(most - least + 1);
        self.number += 1;
        let entry = (due + Duration::from_millis(delay), self.number, frame);
        self.waiting.push(Reverse(entry));
    }

    fn pass(&self, frame: &[u8]) {
        let (socket, address) = &self.to;
        if socket.send_to(frame, address).is_ok() {
            self.counted.carried.fetch_add(1, Ordering::Relaxed);
            let bytes = frame.len() as u64;
            self.counted.bytes.fetch_add(bytes, Ordering::Relaxed);
        }
    }
}

/// A network card whose frames are datagrams between two addresses.
fn socat(name: &str, ours: SocketAddr, theirs: SocketAddr) -> Result<Child> {
    let card = format!("TUN,tun-type=tap,tun-name={name},iff-no-pi");
    let datagrams = format!("UDP4-DATAGRAM:{ours},bind={theirs}");
    Command::new("socat")
        .args(["-b", &FRAME_MAX.to_string(), &card, &datagrams])
        .stdin(Stdio::null())
        .spawn()
        .context("socat is not there")
}

fn wait_for(name: &str) -> Result<()> {
    let path = format!("/sys/class/net/{name}");
    let until = Instant::now() + Duration::from_secs(10);
    while !std::path::Path::new(&path).exists() {
        if Instant::now() > until {
            bail!("socat made no {name}");
        }
        std::thread::sleep(LOOK);
    }
    Ok(())
}
