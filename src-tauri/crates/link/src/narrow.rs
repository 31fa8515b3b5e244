//! A narrow pipe: a serial device or a TCP connection of some hundred bytes a second, kept open
//! as long as the program runs.
//!
//! One thread owns pipe and protocol; the pipe is so slow that the disk's work in between delays
//! nothing. Not here: what is said (`replication::narrow`).

use std::io;
use std::pin::Pin;
use std::str::FromStr;
use std::sync::Arc;
use std::thread::JoinHandle;
use std::time::{Duration, Instant};

use fengsui_replication::message::Bye;
use fengsui_replication::narrow::{Narrow, Step, Us};
use fengsui_replication::port::{Applied, Peer, PipePeer, PipeState, Replica, ReplicaError};
use fengsui_replication::run::Run;
use fengsui_replication::session::Now;
use tokio::io::{AsyncRead, AsyncReadExt, AsyncWrite, AsyncWriteExt};
use tokio::net::TcpStream;
use tokio::sync::watch;
use tokio::time::{MissedTickBehavior, interval, sleep, timeout};
use tokio_serial::SerialPortBuilderExt;

/// How often the protocol is asked for a frame, ms: a tenth of a full frame at 9,600 bit/s.
const TICK: Duration = Duration::from_millis(20);
/// How often stations and standing are looked at.
const LOOK: Duration = Duration::from_secs(2);
/// How long one frame may take to be written; then the device counts as gone.
const WRITE_MAX: Duration = Duration::from_secs(60);
/// How long a connection may take to be made.
const CONNECT_MAX: Duration = Duration::from_secs(10);
/// Between two attempts to open the pipe.
const AGAIN: Duration = Duration::from_secs(2);
/// How long the end may take.
const STOP_MAX: Duration = Duration::from_secs(3);
/// Reads of the log between two frames.
const READS_MAX: usize = 4;
/// Budgets that make sense, bit/s.
const BITS: std::ops::RangeInclusive<u32> = 50..=1_000_000;
/// Speeds that serial devices know, baud.
const BAUDS: [u32; 7] = [1_200, 2_400, 4_800, 9_600, 19_200, 38_400, 115_200];

/// Which pipe, and how much may be sent over it: `PATH@BITS` or `tcp:HOST:PORT@BITS`.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Pipe {
    /// A device, or `tcp:host:port`.
    pub path: String,
    /// What may be sent, bit/s.
    pub bits_per_s: u32,
}

/// The text names no pipe.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("not a pipe: {0}")]
pub struct NotAPipe(String);

impl FromStr for Pipe {
    type Err = NotAPipe;

    fn from_str(text: &str) -> Result<Pipe, NotAPipe> {
        let not = || NotAPipe(text.to_owned());
        let (path, bits) = text.rsplit_once('@').ok_or_else(not)?;
        let bits_per_s = bits.parse().map_err(|_| not())?;
        let is_address = |at: &str| {
            let port = at
                .rsplit_once(':')
                .map(|(host, port)| (host, port.parse::<u16>()));
            matches!(port, Some((host, Ok(1..))) if !host.is_empty())
        };
        let is_place = match path.strip_prefix("tcp:") {
            Some(address) => is_address(address),
            None => !path.is_empty(),
        };
        if !is_place || !BITS.contains(&bits_per_s) {
            return Err(not());
        }
        Ok(Pipe {
            path: path.to_owned(),
            bits_per_s,
        })
    }
}

trait Bytes: AsyncRead + AsyncWrite + Send {}
impl<T: AsyncRead + AsyncWrite + Send> Bytes for T {}

/// A station's end of a narrow pipe; it ends when this is dropped.
pub struct NarrowLink {
    stop: watch::Sender<bool>,
    thread: Option<JoinHandle<()>>,
}

impl NarrowLink {
    /// Begins. A pipe that cannot be opened is tried again for ever.
    ///
    /// # Errors
    /// When the machine gives no thread.
    pub fn start(replica: Arc<dyn Replica>, pipe: Pipe) -> io::Result<NarrowLink> {
        let (stop, stopped) = watch::channel(false);
        let runtime = tokio::runtime::Builder::new_current_thread()
            .enable_all()
            .build()?;
        let thread = std::thread::Builder::new()
            .name("narrow".into())
            .spawn(move || {
                runtime.block_on(run(replica, pipe, stopped));
            })?;
        Ok(NarrowLink {
            stop,
            thread: Some(thread),
        })
    }

    /// Ends. Waits for what is being taken, up to 3 s.
    pub fn stop(mut self) {
        self.end();
    }

    fn end(&mut self) {
        self.stop.send_replace(true);
        let Some(thread) = self.thread.take() else {
            return;
        };
        let deadline = Instant::now() + STOP_MAX;
        while !thread.is_finished() && Instant::now() < deadline {
            std::thread::sleep(Duration::from_millis(5));
        }
    }
}

impl Drop for NarrowLink {
    fn drop(&mut self) {
        self.end();
    }
}

/// Why one life of the pipe ended.
enum Ended {
    /// The program ends.
    Stopped,
    /// The device or the connection is gone.
    Lost(io::Error),
    /// The station goes on as a new incarnation, under which the protocol begins anew.
    Anew,
    /// The station does not answer.
    Fault(ReplicaError),
}

async fn run(replica: Arc<dyn Replica>, pipe: Pipe, mut stopped: watch::Receiver<bool>) {
    let (moved_in, mut moved) = watch::channel(());
    replica.listen(Arc::new(move || {
        // Nobody listens any more when the pipe has ended.
        let _ = moved_in.send(());
    }));
    let mut end = None;
    loop {
        let ended = match life(&replica, &pipe, &mut end, &mut moved, &mut stopped).await {
            Ok(()) => Ended::Stopped,
            Err(ended) => ended,
        };
        match ended {
            Ended::Stopped => break,
            Ended::Lost(error) => {
                tracing::warn!(path = pipe.path, %error, "narrow pipe lost");
            }
            Ended::Anew => end = None,
            Ended::Fault(error) => {
                tracing::error!(%error, "the station does not answer the narrow pipe");
            }
        }
        if let Some(end) = &mut end {
            // What is written meanwhile is undelivered, and is to be said.
            if let Err(Ended::Fault(error)) = end.look() {
                tracing::error!(%error, "the station does not answer the narrow pipe");
            }
            end.tell(false);
        }
        tokio::select! {
            () = sleep(AGAIN) => {}
            _ = stopped.wait_for(|stop| *stop) => break,
        }
    }
    if let Some(end) = end {
        end.leave();
    }
}

/// Opens the pipe and runs the protocol over it until it ends.
async fn life(
    replica: &Arc<dyn Replica>,
    pipe: &Pipe,
    kept: &mut Option<End>,
    moved: &mut watch::Receiver<()>,
    stopped: &mut watch::Receiver<bool>,
) -> Result<(), Ended> {
    let end = match kept {
        Some(end) => end,
        None => kept.insert(End::begin(replica, pipe)?),
    };
    let opening = timeout(CONNECT_MAX, open(pipe));
    let mut bytes = tokio::select! {
        opened = opening => opened
            .unwrap_or_else(|_| Err(io::ErrorKind::TimedOut.into()))
            .map_err(Ended::Lost)?,
        _ = stopped.wait_for(|stop| *stop) => return Ok(()),
    };
    tracing::info!(
        path = pipe.path,
        bits_per_s = pipe.bits_per_s,
        "narrow pipe open"
    );
    end.tell(true);
    let mut tick = interval(TICK);
    tick.set_missed_tick_behavior(MissedTickBehavior::Delay);
    let mut heard = [0; 512];
    let mut looked = Instant::now();
    loop {
        tokio::select! {
            count = bytes.read(&mut heard) => match count.map_err(Ended::Lost)? {
                0 => return Err(Ended::Lost(io::ErrorKind::UnexpectedEof.into())),
                count => end.hear(heard.get(..count).unwrap_or(&[]))?,
            },
            Ok(()) = moved.changed() => end.look()?,
            _ = tick.tick() => {}
            _ = stopped.wait_for(|stop| *stop) => return Ok(()),
        }
        if looked.elapsed() >= LOOK {
            looked = Instant::now();
            end.look_around()?;
        }
        while let Some(frame) = end.next()? {
            let written = async {
                bytes.write_all(&frame).await?;
                bytes.flush().await
            };
            timeout(WRITE_MAX, written)
                .await
                .unwrap_or_else(|_| Err(io::ErrorKind::TimedOut.into()))
                .map_err(Ended::Lost)?;
        }
    }
}

async fn open(pipe: &Pipe) -> io::Result<Pin<Box<dyn Bytes>>> {
    if let Some(address) = pipe.path.strip_prefix("tcp:") {
        let stream = TcpStream::connect(address).await?;
        stream.set_nodelay(true)?;
        return Ok(Box::pin(stream));
    }
    // A device is at least as fast as its budget.
    let fits = BAUDS.iter().find(|baud| **baud >= pipe.bits_per_s);
    let baud = fits.copied().unwrap_or(115_200);
    let port = tokio_serial::new(&pipe.path, baud).open_native_async();
    Ok(Box::pin(port.map_err(io::Error::from)?))
}

/// The protocol at the station's end.
struct End {
    replica: Arc<dyn Replica>,
    narrow: Narrow,
    pipe: Pipe,
    incarnation: u16,
    peers: Vec<Peer>,
    there: Vec<u16>,
    began: Instant,
}

impl End {
    fn begin(replica: &Arc<dyn Replica>, pipe: &Pipe) -> Result<End, Ended> {
        let began = Instant::now();
        let mut chance = [0; 32];
        getrandom::fill(&mut chance)
            .map_err(|error| Ended::Fault(ReplicaError(error.to_string())))?;
        let hello = replica.hello().map_err(Ended::Fault)?;
        let us = Us {
            station: hello.station,
            incarnation: hello.incarnation,
            seed: replica.seed().map_err(Ended::Fault)?,
            county: replica.county().map_err(Ended::Fault)?,
            world: hello.world,
            chance,
            bits_per_s: pipe.bits_per_s,
        };
        let view = replica.view().map_err(Ended::Fault)?;
        let now = Now {
            wall_ms: replica.now_ms(),
            steady_ms: 0,
        };
        let narrow = Narrow::begin(&us, &view, now)
            .map_err(|error| Ended::Fault(ReplicaError(error.to_string())))?;
        let mut end = End {
            replica: Arc::clone(replica),
            narrow,
            pipe: pipe.clone(),
            incarnation: us.incarnation,
            peers: Vec::new(),
            there: Vec::new(),
            began,
        };
        end.look_around()?;
        Ok(end)
    }

    fn now(&self) -> Now {
        Now {
            wall_ms: self.replica.now_ms(),
            steady_ms: i64::try_from(self.began.elapsed().as_millis()).unwrap_or(i64::MAX),
        }
    }

    fn look(&mut self) -> Result<(), Ended> {
        let view = self.replica.view().map_err(Ended::Fault)?;
        self.narrow.moved(&view);
        Ok(())
    }

    /// Who is enrolled, who is gone, what is undelivered.
    fn look_around(&mut self) -> Result<(), Ended> {
        if self.replica.hello().map_err(Ended::Fault)?.incarnation != self.incarnation {
            return Err(Ended::Anew);
        }
        self.peers = self.replica.peers().map_err(Ended::Fault)?;
        self.narrow.set_peers(&self.peers);
        self.narrow.set_places(&self.replica.places());
        let steps = self.narrow.ticked(self.now());
        self.carry_out(steps)?;
        self.tell(true);
        Ok(())
    }

    fn hear(&mut self, bytes: &[u8]) -> Result<(), Ended> {
        let steps = self.narrow.heard(bytes, self.now());
        self.carry_out(steps)
    }

    /// The next frame that may go.
    fn next(&mut self) -> Result<Option<Vec<u8>>, Ended> {
        let now = self.now();
        for _ in 0..READS_MAX {
            let Some(want) = self.narrow.want(now) else {
                break;
            };
            let runs = self.replica.read(&want).map_err(Ended::Fault)?;
            self.narrow.have_read(&want, runs);
        }
        Ok(self.narrow.frame(now))
    }

    fn carry_out(&mut self, steps: Vec<Step>) -> Result<(), Ended> {
        for step in steps {
            let more = match step {
                Step::Apply(peer, runs) => self.apply(peer, runs)?,
                Step::Note(peer, note) => {
                    self.replica.note(peer, &note);
                    Vec::new()
                }
                Step::BeginAgain(writer, head) => {
                    match self
                        .replica
                        .begin_again(writer, head)
                        .map_err(Ended::Fault)?
                    {
                        true => return Err(Ended::Anew),
                        false => Vec::new(),
                    }
                }
                Step::Places(places) => {
                    self.replica.hear_places(&places);
                    Vec::new()
                }
                Step::Stranger(station) => {
                    self.stranger(station);
                    Vec::new()
                }
                Step::Came(station) => {
                    self.there.push(station);
                    self.replica
                        .opened(station, &format!("narrow {}", self.pipe.path));
                    Vec::new()
                }
                Step::Gone(station) => {
                    self.there.retain(|there| *there != station);
                    self.replica.closed(station, Bye::Silent);
                    Vec::new()
                }
            };
            self.carry_out(more)?;
        }
        Ok(())
    }

    /// Takes runs: what came before them is our own head, as we have it. The store's usual checks
    /// then prove that the station signed exactly this.
    fn apply(&mut self, peer: u16, runs: Vec<Run>) -> Result<Vec<Step>, Ended> {
        let mut whole = Vec::new();
        for mut run in runs {
            let (seq, hash) = self.replica.head(run.writer).map_err(Ended::Fault)?;
            // Another bearer may have brought some of it meanwhile.
            if run.first == seq + 1 {
                run.before = hash;
                whole.push(run);
            }
        }
        let applied = match whole.is_empty() {
            true => Applied::default(),
            false => self.replica.apply(peer, &whole).map_err(Ended::Fault)?,
        };
        let view = self.replica.view().map_err(Ended::Fault)?;
        Ok(self.narrow.have_applied(&applied, &view, self.now()))
    }

    /// A revoked station has a key; of one that was never enrolled only its word is known.
    fn stranger(&self, station: u16) {
        let known = self.peers.iter().find(|peer| peer.number == station);
        let mut key = known.map_or([0; 32], |peer| peer.key);
        if known.is_none() {
            key[..2].copy_from_slice(&station.to_be_bytes());
        }
        self.replica
            .stranger(&format!("narrow {}", self.pipe.path), &key);
    }

    /// Tells the station how the pipe stands.
    fn tell(&mut self, is_open: bool) {
        let counted = self.narrow.counted();
        let standings = self.narrow.standings(self.now());
        let peers = standings.into_iter().map(|standing| {
            let owed = standing.lacks.as_ref().and_then(|lacks| {
                let owed = self.replica.owed(lacks).inspect_err(|error| {
                    tracing::error!(%error, "what is undelivered could not be counted");
                });
                owed.ok()
            });
            PipePeer {
                station: standing.station,
                is_there: is_open && standing.is_there,
                heard_at_ms: standing.heard_at_ms,
                owed,
            }
        });
        let state = PipeState {
            path: self.pipe.path.clone(),
            bits_per_s: self.pipe.bits_per_s,
            is_open,
            bytes_out: counted.bytes_out,
            bytes_in: counted.bytes_in,
            damaged: counted.damaged,
            refused: counted.refused,
            peers: peers.collect(),
        };
        self.replica.piped(&state);
    }

    fn leave(mut self) {
        self.tell(false);
        for station in &self.there {
            self.replica.closed(*station, Bye::Leaving);
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_pipe_is_a_place_and_a_budget() {
        let pipe: Pipe = "/dev/ttyUSB0@9600".parse().unwrap();
        assert_eq!(
            (pipe.path.as_str(), pipe.bits_per_s),
            ("/dev/ttyUSB0", 9_600)
        );
        let pipe: Pipe = "tcp:10.0.0.9:7000@106".parse().unwrap();
        assert_eq!(
            (pipe.path.as_str(), pipe.bits_per_s),
            ("tcp:10.0.0.9:7000", 106)
        );
        for bad in [
            "",
            "@9600",
            "/dev/ttyS0",
            "/dev/ttyS0@",
            "/dev/ttyS0@1",
            "tcp:@9600",
        ] {
            assert!(bad.parse::<Pipe>().is_err(), "{bad}");
        }
    }
}
