//! Two stations of one county in this process, and the line between them: the product's own links
//! over the loopback, with somebody in between who counts the bytes.
//!
//! Not here: what is said over it.

use std::io::{Read, Write};
use std::net::{Shutdown, TcpListener, TcpStream};
use std::path::Path;
use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::{Arc, Condvar, Mutex, PoisonError};
use std::time::{Duration, Instant};

use anyhow::{Context, Result, ensure};
use fengsui_app::peer::Invitation;
use fengsui_link::links::{LinkOptions, Links};
use fengsui_replication::port::Replica;
use serde_json::json;

use crate::desk::{Desk, TestClock, options, text};

/// How long two stations may take to come to anything.
const PATIENCE: Duration = Duration::from_secs(3_600);
/// Between two looks when nothing rings.
const LOOK: Duration = Duration::from_millis(20);

/// A founder and one that it let in.
pub struct Pair {
    /// The founder.
    pub a: Desk,
    /// The other.
    pub b: Desk,
    /// Rings when the log of either moved.
    pub bell: Arc<Bell>,
}

impl Pair {
    /// Opens the founder's home and a fresh one, which it lets in. They have not met yet.
    ///
    /// # Errors
    /// Those of opening.
    pub fn open(founder: &Path, fresh: &Path, clock: &Arc<TestClock>) -> Result<Pair> {
        let a = Desk::open(founder, clock)?;
        let asked = json!({ "name": "城东所", "code": "CD", "kind": "post",
            "addresses": ["127.0.0.1:1"] });
        let invited = a.ok("station.invite", asked)?;
        let invitation = Invitation::read(&text(&invited, "text")?)
            .ok()
            .context("an invitation that cannot be read")?;
        let mut with = options(fresh, clock);
        with.invitation = Some(invitation.clone());
        let b = Desk::with(with, clock)?;
        let key = b.station.public_key()?;
        let founder: &dyn Replica = a.station.as_ref();
        founder
            .admit(invitation.number, &key)
            .map_err(|error| anyhow::anyhow!("{error}"))?;
        let bell = Arc::new(Bell::default());
        for desk in [&a, &b] {
            let bell = bell.clone();
            desk.station.store().listen(Arc::new(move || bell.ring()));
        }
        Ok(Pair { a, b, bell })
    }

    /// Opens the line.
    ///
    /// # Errors
    /// No port is free.
    pub fn link(&self) -> Result<Line> {
        let any = "127.0.0.1:0".parse()?;
        let listen = LinkOptions {
            listen: Some(any),
            ..LinkOptions::default()
        };
        let first = Links::start(self.a.station.clone(), listen)?;
        let at = first.listening().context("nobody listens")?;
        let proxy = Proxy::before(at)?;
        let dial = LinkOptions {
            peers: vec![proxy.address()],
            ..LinkOptions::default()
        };
        let second = Links::start(self.b.station.clone(), dial)?;
        Ok(Line {
            proxy,
            _links: [second, first],
        })
    }

    /// Both have the same entries and the same tables.
    ///
    /// # Errors
    /// Those of reading.
    pub fn is_equal(&self) -> Result<bool> {
        let view = |desk: &Desk| desk.station.store().view();
        Ok(view(&self.a)? == view(&self.b)?)
    }

    /// Waits until something holds, looking each time a log moved; ms since `began`.
    ///
    /// # Errors
    /// It never does, or cannot be asked.
    pub fn until(
        &self,
        began: Instant,
        mut holds: impl FnMut(&Pair) -> Result<bool>,
    ) -> Result<f64> {
        loop {
            let heard = self.bell.rung();
            if holds(self)? {
                return Ok(super::super::figures::ms(began.elapsed()));
            }
            ensure!(
                began.elapsed() < PATIENCE,
                "the stations do not come together"
            );
            self.bell.wait(heard, LOOK);
        }
    }
}

/// The line; it is cut when this is dropped.
pub struct Line {
    proxy: Proxy,
    _links: [Links; 2],
}

impl Line {
    /// Bytes that went over it so far: (to the founder, from it).
    #[must_use]
    pub fn bytes(&self) -> (u64, u64) {
        let read = |count: &AtomicU64| count.load(Ordering::SeqCst);
        (read(&self.proxy.counts[0]), read(&self.proxy.counts[1]))
    }
}

/// Something that rings.
#[derive(Default)]
pub struct Bell {
    times: Mutex<u64>,
    rings: Condvar,
}

impl Bell {
    fn ring(&self) {
        *self.times.lock().unwrap_or_else(PoisonError::into_inner) += 1;
        self.rings.notify_all();
    }

    fn rung(&self) -> u64 {
        *self.times.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Until it rang more often than `heard`, or the time is over.
    fn wait(&self, heard: u64, most: Duration) {
        let times = self.times.lock().unwrap_or_else(PoisonError::into_inner);
        let waited = self
            .rings
            .wait_timeout_while(times, most, |times| *times == heard);
        drop(waited);
    }
}

/// Passes connections on and counts what goes through.
struct Proxy {
    at: std::net::SocketAddr,
    counts: Arc<[AtomicU64; 2]>,
}

impl Proxy {
    fn before(target: std::net::SocketAddr) -> Result<Proxy> {
        let listener = TcpListener::bind("127.0.0.1:0")?;
        let at = listener.local_addr()?;
        let counts = Arc::new([AtomicU64::new(0), AtomicU64::new(0)]);
        let shared = counts.clone();
        // Ends with the process: it only waits.
        std::thread::spawn(move || {
            for from in listener.incoming().flatten() {
                let Ok(to) = TcpStream::connect(target) else {
                    continue;
                };
                let ends = (from.try_clone(), to.try_clone());
                if let (Ok(back_to), Ok(back_from)) = ends {
                    let (there, back) = (shared.clone(), shared.clone());
                    std::thread::spawn(move || pass(from, to, &there[0]));
                    std::thread::spawn(move || pass(back_from, back_to, &back[1]));
                }
            }
        });
        Ok(Proxy { at, counts })
    }

    fn address(&self) -> String {
        self.at.to_string()
    }
}

fn pass(mut from: TcpStream, mut to: TcpStream, count: &AtomicU64) {
    let _ = (from.set_nodelay(true), to.set_nodelay(true));
    let mut bytes = vec![0; 256 * 1024];
    while let Ok(read) = from.read(&mut bytes) {
        if read == 0 || to.write_all(&bytes[..read]).is_err() {
            break;
        }
        count.fetch_add(read as u64, Ordering::SeqCst);
    }
    let _ = to.shutdown(Shutdown::Write);
    let _ = from.shutdown(Shutdown::Read);
}
