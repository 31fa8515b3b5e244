//! One session over one connection: carries out its steps.

use std::collections::{BTreeMap, VecDeque};
use std::sync::Arc;
use std::sync::atomic::{AtomicU16, Ordering};
use std::time::{Duration, Instant};

use fengsui_domain::log::dot::Writer;
use fengsui_replication::message::{Bye, Hello, Message};
use fengsui_replication::port::{Note, Peer, Replica, ReplicaError};
use fengsui_replication::session::{Now, Session, Step};
use fengsui_replication::summary::Head;
use tokio::net::TcpStream;
use tokio::net::tcp::{OwnedReadHalf, OwnedWriteHalf};
use tokio::sync::{mpsc, watch};
use tokio::task::JoinHandle;
use tokio::time::{MissedTickBehavior, interval, sleep, timeout};

use crate::channel::{ChannelError, HANDSHAKE_MAX, Heard, Proved, Receiver, Sender};
use crate::registry::{Entry, Registry, Seat};
use crate::work::{Done, Give, Take, Work};

/// How often a session looks at its clocks.
const TICK: Duration = Duration::from_millis(500);
/// Ticks between words about what is complete.
const VOUCH_TICKS: u64 = 2;
/// Ticks between positions.
const GOSSIP_TICKS: u64 = 4;
/// Positions this much older than the last time are said again: they may have come in late.
const GOSSIP_OVERLAP_MS: i64 = 6_000;
/// Messages that wait to be written.
const OUT_MAX: usize = 256;
/// Messages that wait to be heard.
const IN_MAX: usize = 16;
/// Entries under way that are not taken yet; the protocol sends fewer before it waits.
const APPLYING_MAX: usize = 8;
/// How long a doubt about two machines with one identity may last.
const DOUBT_MAX: Duration = Duration::from_secs(8);
/// How long the last words may take.
const FAREWELL: Duration = Duration::from_secs(1);

/// What all sessions share.
pub(crate) struct Shared {
    pub(crate) replica: Arc<dyn Replica>,
    pub(crate) registry: Arc<Registry>,
    /// Ticks when the log moved.
    pub(crate) moved: watch::Sender<u64>,
    /// Becomes true when the links stop.
    pub(crate) stop: watch::Sender<bool>,
    /// Cloned by whatever still works for a session.
    pub(crate) busy: Arc<()>,
    pub(crate) began: Instant,
}

impl Shared {
    fn now(&self) -> Now {
        Now {
            wall_ms: self.replica.now_ms(),
            steady_ms: i64::try_from(self.began.elapsed().as_millis()).unwrap_or(i64::MAX),
        }
    }

    /// Asks the replica something that may block on the disk.
    ///
    /// # Errors
    /// `ReplicaError`.
    pub(crate) async fn ask<T: Send + 'static>(
        &self,
        question: impl FnOnce(&dyn Replica) -> Result<T, ReplicaError> + Send + 'static,
    ) -> Result<T, ReplicaError> {
        let replica = Arc::clone(&self.replica);
        let busy = Arc::clone(&self.busy);
        tokio::task::spawn_blocking(move || {
            let _busy = busy;
            question(replica.as_ref())
        })
        .await
        .unwrap_or_else(|error| Err(ReplicaError(error.to_string())))
    }
}

/// Waits for the links to stop.
pub(crate) async fn stopped(stop: &mut watch::Receiver<bool>) {
    // An error means that the links are gone altogether.
    let _ = stop.wait_for(|stop| *stop).await;
}

/// How a connection with a proved peer ended.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Ended {
    /// There was a session.
    Session(Bye),
    /// It ended before the peer said hello.
    Nothing,
    /// We are at both ends.
    Ourselves,
}

/// A connection on which both sides may speak.
pub(crate) struct Line {
    pub(crate) receiver: Receiver<OwnedReadHalf>,
    pub(crate) sender: Sender<OwnedWriteHalf>,
    pub(crate) bearer: String,
}

impl Line {
    pub(crate) fn new(stream: TcpStream, proved: Proved, bearer: String) -> Line {
        let (read, write) = stream.into_split();
        let (receiver, sender) = proved.split(read, write);
        Line {
            receiver,
            sender,
            bearer,
        }
    }
}

type Frames = mpsc::Receiver<Result<Message, ChannelError>>;

/// Runs a session to its end.
pub(crate) async fn run(shared: &Shared, line: Line, peer: Peer) -> Ended {
    let _busy = Arc::clone(&shared.busy);
    let facts = shared
        .ask(|replica| Ok((replica.hello()?, replica.view()?)))
        .await;
    let (hello, view) = match facts {
        Ok(facts) => facts,
        Err(error) => {
            tracing::error!(%error, "no session: the station does not answer");
            return Ended::Nothing;
        }
    };
    let (heard, speaks) = (line.receiver.heard(), line.sender.speaks());
    let (frames_in, frames) = mpsc::channel(IN_MAX);
    let reader = tokio::spawn(read(line.receiver, frames_in));
    let (out, outgoing) = mpsc::channel(OUT_MAX);
    let (broken_in, broken) = mpsc::channel(1);
    let writer = tokio::spawn(write(line.sender, outgoing, broken_in));
    let us = Us {
        station: hello.station,
        boot: hello.boot,
    };
    let (session, steps) = Session::begin(hello, peer.clone(), view, shared.now());
    let ready = Ready {
        shared,
        peer,
        session,
        out,
        frames,
        broken,
        heard,
        speaks,
        bearer: line.bearer,
    };
    for step in steps {
        if let Step::Send(message) = step {
            // The queue is empty yet.
            let _ = ready.out.try_send(message);
        }
    }
    let ended = ready.meet(&us, writer).await;
    reader.abort();
    ended
}

struct Us {
    station: u16,
    boot: u64,
}

async fn read(mut from: Receiver<OwnedReadHalf>, to: mpsc::Sender<Result<Message, ChannelError>>) {
    loop {
        let message = from.receive().await;
        let is_over = message.is_err();
        if to.send(message).await.is_err() || is_over {
            return;
        }
    }
}

async fn write(
    mut to: Sender<OwnedWriteHalf>,
    mut from: mpsc::Receiver<Message>,
    broken: mpsc::Sender<ChannelError>,
) {
    while let Some(message) = from.recv().await {
        if let Err(error) = to.send(&message).await {
            // The session may be over already.
            let _ = broken.try_send(error);
            return;
        }
    }
    to.end().await;
}

/// Says a last word, ends our side, and hears out the other: closing with something unread would
/// take the last word back.
async fn farewell(
    out: mpsc::Sender<Message>,
    last: Option<Bye>,
    writer: JoinHandle<()>,
    frames: &mut Frames,
) {
    if let Some(bye) = last {
        // Whoever does not hear it notices the end of the connection.
        let _ = timeout(FAREWELL, out.send(Message::Bye(bye))).await;
    }
    drop(out);
    let abort = writer.abort_handle();
    if timeout(FAREWELL, writer).await.is_err() {
        abort.abort();
    } else if last.is_some() {
        let rest = async { while frames.recv().await.is_some() {} };
        let _ = timeout(FAREWELL, rest).await;
    }
}

/// The hello is under way, the peer's is awaited.
struct Ready<'a> {
    shared: &'a Shared,
    peer: Peer,
    session: Session,
    out: mpsc::Sender<Message>,
    frames: Frames,
    broken: mpsc::Receiver<ChannelError>,
    heard: Heard,
    speaks: Arc<AtomicU16>,
    bearer: String,
}

impl Ready<'_> {
    async fn meet(mut self, us: &Us, writer: JoinHandle<()>) -> Ended {
        let mut stop = self.shared.stop.subscribe();
        let first = tokio::select! {
            first = timeout(HANDSHAKE_MAX, self.frames.recv()) => first,
            () = stopped(&mut stop) => {
                let last = Some(Bye::Leaving);
                farewell(self.out, last, writer, &mut self.frames).await;
                return Ended::Nothing;
            }
        };
        let first = match first {
            Ok(Some(Ok(message))) => message,
            Ok(Some(Err(error))) => {
                tracing::info!(peer = self.peer.number, %error, "no hello");
                return Ended::Nothing;
            }
            Ok(None) | Err(_) => return Ended::Nothing,
        };
        let theirs: Option<Hello> = match &first {
            Message::Hello(hello) => Some((**hello).clone()),
            _ => None,
        };
        let is_us = |hello: &Hello| hello.station == us.station && hello.boot == us.boot;
        if theirs.as_ref().is_some_and(is_us) {
            return Ended::Ourselves;
        }
        let newest = theirs.as_ref().map_or(0, |hello| hello.protocol.1);
        self.speaks.store(newest, Ordering::Relaxed);
        let boot = theirs.map_or(0, |hello| hello.boot);
        let seat = self.seat(boot).await;
        let (done_in, done) = mpsc::unbounded_channel();
        let shared = self.shared;
        let work = Work::begin(&shared.replica, self.peer.number, &done_in, &shared.busy);
        let work = match work {
            Ok(work) => work,
            Err(error) => {
                tracing::error!(%error, "no thread for a session");
                return Ended::Nothing;
            }
        };
        let drive = Drive {
            shared,
            peer: self.peer,
            session: self.session,
            out: self.out,
            work,
            done,
            heard: self.heard,
            said: BTreeMap::new(),
            complete: Vec::new(),
            checked: 0,
            ticks: 0,
            gossiped_ms: 0,
            applying: 0,
            is_looking: false,
            is_stale: false,
            is_met: false,
            ending: None,
        };
        let inputs = Inputs {
            frames: self.frames,
            broken: self.broken,
            seat,
        };
        Ended::Session(drive.run(first, inputs, self.bearer, writer).await)
    }

    /// `None` = two machines with one identity.
    async fn seat(&self, boot: u64) -> Option<Seat> {
        let since = Instant::now();
        let registry = &self.shared.registry;
        loop {
            match registry.enter(self.peer.number, boot, &self.heard, since) {
                Entry::In(seat) => return Some(seat),
                Entry::Twin => return None,
                Entry::Doubt if since.elapsed() > DOUBT_MAX => return None,
                Entry::Doubt => {
                    let mut changes = registry.changes();
                    let wait = Duration::from_millis(200);
                    tokio::select! {
                        _ = changes.changed() => {}
                        () = sleep(wait) => {}
                    }
                }
            }
        }
    }
}

struct Inputs {
    frames: Frames,
    broken: mpsc::Receiver<ChannelError>,
    seat: Option<Seat>,
}

/// How it ends, and whether the peer is to be told.
type Ending = (Bye, bool);

/// Entries of one message: (writer, last, how many).
type Said = Vec<(Writer, u64, u64)>;

struct Drive<'a> {
    shared: &'a Shared,
    peer: Peer,
    session: Session,
    out: mpsc::Sender<Message>,
    work: Work,
    done: mpsc::UnboundedReceiver<Done>,
    heard: Heard,
    said: BTreeMap<u32, Said>,
    complete: Vec<(u16, i64)>,
    /// State of the log at which the peer's standing was last looked up.
    checked: u64,
    ticks: u64,
    gossiped_ms: i64,
    applying: usize,
    is_looking: bool,
    is_stale: bool,
    is_met: bool,
    ending: Option<Ending>,
}

impl Drive<'_> {
    async fn run(
        mut self,
        first: Message,
        mut inputs: Inputs,
        bearer: String,
        writer: JoinHandle<()>,
    ) -> Bye {
        self.take(Take::Opened(bearer));
        match inputs.seat.take() {
            None => self.ending = Some((Bye::Twin, true)),
            Some(seat) => {
                self.hear(first);
                self.turn(&mut inputs, seat).await;
            }
        }
        let (bye, is_said) = self.ending.unwrap_or((Bye::Fault, true));
        tracing::info!(peer = self.peer.number, bye = bye.word(), "session ended");
        self.take(Take::Closed(bye));
        let last = is_said.then_some(bye);
        farewell(self.out, last, writer, &mut inputs.frames).await;
        bye
    }

    async fn turn(&mut self, inputs: &mut Inputs, mut seat: Seat) {
        let mut moved = self.shared.moved.subscribe();
        // What moved between our first view and now.
        moved.mark_changed();
        let mut stop = self.shared.stop.subscribe();
        let mut tick = interval(TICK);
        tick.set_missed_tick_behavior(MissedTickBehavior::Delay);
        while self.ending.is_none() {
            tokio::select! {
                frame = inputs.frames.recv() => match frame {
                    Some(Ok(message)) => self.hear(message),
                    Some(Err(error)) => self.lose(&error),
                    None => self.ending = Some((Bye::Silent, false)),
                },
                Some(error) = inputs.broken.recv() => self.lose(&error),
                Some(done) = self.done.recv() => self.have_done(done),
                Ok(()) = moved.changed() => self.look(),
                _ = tick.tick() => self.tick(),
                Ok(()) = seat.kicked.changed() => {
                    let bye = (*seat.kicked.borrow()).unwrap_or(Bye::Leaving);
                    self.ending = Some((bye, true));
                }
                () = stopped(&mut stop) => self.ending = Some((Bye::Leaving, true)),
            }
        }
    }

    fn lose(&mut self, error: &ChannelError) {
        tracing::info!(peer = self.peer.number, %error, "connection lost");
        self.ending = Some(match error {
            ChannelError::Damaged | ChannelError::TooLarge(_) | ChannelError::Malformed(_) => {
                (Bye::Nonsense, true)
            }
            _ => (Bye::Silent, false),
        });
    }

    fn take(&mut self, job: Take) {
        if self.work.take.send(job).is_err() {
            self.ending = Some((Bye::Fault, true));
        }
    }

    fn give(&mut self, job: Give) {
        if self.work.give.send(job).is_err() {
            self.ending = Some((Bye::Fault, true));
        }
    }

    /// Looks at what is here; what moves while it looks is looked at afterwards, together.
    fn look(&mut self) {
        if self.is_looking {
            self.is_stale = true;
        } else {
            self.is_looking = true;
            self.is_stale = false;
            self.give(Give::Look);
        }
    }

    fn hear(&mut self, message: Message) {
        let is_bye = matches!(message, Message::Bye(_));
        match &message {
            Message::Entries { .. } if self.applying >= APPLYING_MAX => {
                self.ending = Some((Bye::Nonsense, true));
                return;
            }
            Message::Have {
                number,
                heads,
                refused,
            } => {
                let refused: Vec<Writer> = refused.iter().map(|(writer, _)| *writer).collect();
                self.count(*number, heads, &refused);
            }
            Message::Gossip(bytes) if self.is_met => self.give(Give::HearGossip(bytes.clone())),
            _ => {}
        }
        let now = self.shared.now();
        let steps = self.session.heard(message, now);
        self.carry_out(steps, !is_bye);
    }

    fn count(&mut self, number: u32, heads: &[(Writer, Head)], refused: &[Writer]) {
        let Some(said) = self.said.remove(&number) else {
            return;
        };
        let is_there = |writer: Writer, last: u64| {
            !refused.contains(&writer) && heads.iter().any(|(w, h)| *w == writer && h.seq >= last)
        };
        let entries = said
            .iter()
            .filter(|(writer, last, _)| is_there(*writer, *last))
            .map(|(_, _, count)| count)
            .sum();
        if entries > 0 {
            self.take(Take::Sent(entries));
        }
    }

    fn have_done(&mut self, done: Done) {
        let steps = match done {
            Done::Looked(view) => {
                self.is_looking = false;
                let steps = self.session.moved(view);
                if self.is_stale {
                    self.look();
                }
                steps
            }
            Done::Moved(view) => self.session.moved(view),
            Done::Vouched(complete) => {
                self.complete = complete;
                Vec::new()
            }
            Done::Peers(peers) => {
                let is_fine = |p: &Peer| {
                    p.number == self.peer.number && p.key == self.peer.key && !p.is_revoked
                };
                if peers.iter().any(is_fine) {
                    Vec::new()
                } else {
                    self.session.close(Bye::Revoked)
                }
            }
            Done::Read(want, runs) => self.session.have_read(&want, runs),
            Done::Applied(number, applied, view) => {
                self.applying = self.applying.saturating_sub(1);
                self.session.have_applied(number, &applied, view)
            }
            Done::Say(message) => vec![Step::Send(message)],
            Done::Gossip(bytes, now_ms) => {
                self.gossiped_ms = now_ms;
                let message = (!bytes.is_empty()).then_some(Message::Gossip(bytes));
                message.map(Step::Send).into_iter().collect()
            }
            Done::Fault(error) => {
                tracing::error!(%error, "the station does not answer a session");
                self.session.close(Bye::Fault)
            }
        };
        self.carry_out(steps, true);
    }

    fn tick(&mut self) {
        let now = self.shared.now();
        let quiet_ms = i64::try_from(self.heard.at().elapsed().as_millis()).unwrap_or(i64::MAX);
        self.session.stirred(Now {
            steady_ms: now.steady_ms.saturating_sub(quiet_ms),
            ..now
        });
        let steps = self.session.ticked(now, self.complete.clone());
        self.carry_out(steps, true);
        if self.is_met && self.ending.is_none() {
            self.ticks += 1;
            if self.ticks % VOUCH_TICKS == 1 {
                let at = *self.shared.moved.borrow();
                let with_peers = at != self.checked;
                self.checked = at;
                self.give(Give::Vouch { with_peers });
            }
            if self.ticks % GOSSIP_TICKS == 1 {
                let since_ms = self.gossiped_ms.saturating_sub(GOSSIP_OVERLAP_MS);
                self.give(Give::Gossip(since_ms));
            }
        }
    }

    fn carry_out(&mut self, steps: Vec<Step>, is_said: bool) {
        for step in VecDeque::from(steps) {
            match step {
                Step::Send(message) => self.send(message),
                Step::Read(want) => self.give(Give::Read(want)),
                Step::Apply { number, runs } => {
                    self.applying += 1;
                    self.take(Take::Apply(number, runs));
                }
                Step::ShowEvidence(writer, after) => self.give(Give::Show(writer, after)),
                Step::Ask => self.give(Give::Ask),
                Step::Show { things, is_trusted } => self.give(Give::Preview(things, is_trusted)),
                Step::TakePreview(preview) => self.take(Take::Preview(preview)),
                Step::TakeEvidence(runs) => self.take(Take::Evidence(runs)),
                Step::BeginAgain(writer, head) => self.take(Take::BeginAgain(writer, head)),
                Step::Note(note) => {
                    self.is_met |= matches!(note, Note::Met(_));
                    self.take(Take::Note(note));
                }
                Step::Close(bye) => self.ending = Some((bye, is_said)),
            }
        }
    }

    fn send(&mut self, message: Message) {
        if let Message::Entries { number, runs } = &message {
            let said = runs
                .iter()
                .map(|run| (run.writer, run.last(), run.entries.len() as u64));
            self.said.insert(*number, said.collect());
        }
        if self.out.try_send(message).is_err() {
            // The peer does not read what it is told.
            self.ending = Some((Bye::Silent, false));
        }
    }
}
