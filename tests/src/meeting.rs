//! Two stations meeting in one process: a session on each side, messages carried by hand, so
//! that a test decides what arrives and when.
//!
//! Not here: sockets; see the crate `link`.

use std::collections::VecDeque;
use std::sync::Arc;

use anyhow::{Context, Result, bail};
use fengsui_replication::message::{Bye, Message};
use fengsui_replication::port::{Replica, ReplicaError, Want};
use fengsui_replication::session::{Now, Session, Step};

/// Steps after which two stations must have said everything.
const STEPS_MAX: u32 = 1_000_000;

/// One station within a meeting.
struct Side {
    replica: Arc<dyn Replica>,
    session: Session,
    peer: u16,
    inbox: VecDeque<Vec<u8>>,
    /// Entries said in messages not yet answered for.
    said: Vec<(u32, u64)>,
    closed: Option<Bye>,
}

/// A meeting.
pub struct Meeting {
    sides: [Side; 2],
    /// Messages carried so far.
    pub carried: u64,
    /// Bytes of them.
    pub bytes: u64,
}

fn failed(error: ReplicaError) -> anyhow::Error {
    anyhow::anyhow!("replica: {error}")
}

fn now(replica: &Arc<dyn Replica>) -> Now {
    let ms = replica.now_ms();
    Now {
        wall_ms: ms,
        steady_ms: ms,
    }
}

impl Meeting {
    /// Begins one: each must know the other.
    ///
    /// # Errors
    /// When one does not.
    pub fn begin(one: Arc<dyn Replica>, other: Arc<dyn Replica>) -> Result<Meeting> {
        let numbers = [
            one.hello().map_err(failed)?.station,
            other.hello().map_err(failed)?.station,
        ];
        let mut first = Vec::new();
        let mut make = |replica: Arc<dyn Replica>, peer: u16| -> Result<Side> {
            let known = replica.peers().map_err(failed)?;
            let known = known.into_iter().find(|known| known.number == peer);
            let known = known.with_context(|| format!("station {peer} is not known"))?;
            let (hello, view) = (
                replica.hello().map_err(failed)?,
                replica.view().map_err(failed)?,
            );
            let (session, steps) = Session::begin(hello, known, view, now(&replica));
            first.push(steps);
            replica.opened(peer, "test");
            Ok(Side {
                replica,
                session,
                peer,
                inbox: VecDeque::new(),
                said: Vec::new(),
                closed: None,
            })
        };
        let sides = [make(one, numbers[1])?, make(other, numbers[0])?];
        let mut meeting = Meeting {
            sides,
            carried: 0,
            bytes: 0,
        };
        for (who, steps) in first.into_iter().enumerate() {
            meeting.carry_out(who, steps)?;
        }
        Ok(meeting)
    }

    /// Why side `who` (0, 1) ended; `None` = it goes on.
    #[must_use]
    pub fn closed(&self, who: usize) -> Option<Bye> {
        self.sides.get(who).and_then(|side| side.closed)
    }

    /// Delivers the next message to side `who`; whether there was one.
    ///
    /// # Errors
    /// When a station cannot answer.
    pub fn deliver(&mut self, who: usize) -> Result<bool> {
        let Some(bytes) = self.sides[who].inbox.pop_front() else {
            return Ok(false);
        };
        let message = Message::decode(&bytes).context("a message that cannot be read")?;
        let side = &mut self.sides[who];
        if let Message::Have { number, .. } = &message {
            let done = side.said.iter().filter(|(n, _)| n == number);
            let entries = done.map(|(_, entries)| entries).sum();
            side.said.retain(|(n, _)| n != number);
            side.replica.sent(side.peer, entries);
        }
        let at = now(&side.replica);
        let steps = side.session.heard(message, at);
        self.carry_out(who, steps)?;
        Ok(true)
    }

    /// Loses everything under way and ends the session on both sides.
    pub fn cut(mut self) {
        for side in &mut self.sides {
            side.inbox.clear();
            if side.closed.is_none() {
                side.replica.closed(side.peer, Bye::Silent);
                side.closed = Some(Bye::Silent);
            }
        }
    }

    /// Delivers until nothing is under way.
    ///
    /// # Errors
    /// When a station cannot answer, or they never come to an end.
    pub fn settle(&mut self) -> Result<()> {
        for _ in 0..STEPS_MAX {
            if !self.deliver(0)? && !self.deliver(1)? {
                return Ok(());
            }
        }
        bail!("the stations never come to an end")
    }

    /// The logs moved by other hands.
    ///
    /// # Errors
    /// When a station cannot answer.
    pub fn moved(&mut self) -> Result<()> {
        for who in 0..2 {
            let view = self.sides[who].replica.view().map_err(failed)?;
            let steps = self.sides[who].session.moved(view);
            self.carry_out(who, steps)?;
        }
        Ok(())
    }

    /// Lets time pass on both sides: pings go out.
    ///
    /// # Errors
    /// When a station cannot answer.
    pub fn tick(&mut self) -> Result<()> {
        for who in 0..2 {
            let side = &mut self.sides[who];
            let complete = side.replica.complete().map_err(failed)?;
            let at = now(&side.replica);
            let steps = side.session.ticked(at, complete);
            self.carry_out(who, steps)?;
        }
        Ok(())
    }

    fn carry_out(&mut self, who: usize, steps: Vec<Step>) -> Result<()> {
        let mut todo = VecDeque::from(steps);
        while let Some(step) = todo.pop_front() {
            let side = &mut self.sides[who];
            let replica = side.replica.clone();
            let more = match step {
                Step::Send(message) => {
                    self.send(who, &message);
                    Vec::new()
                }
                Step::Read(want) => {
                    let runs = replica.read(&want).map_err(failed)?;
                    side.session.have_read(&want, runs)
                }
                Step::Apply { number, runs } => {
                    let applied = replica.apply(side.peer, &runs).map_err(failed)?;
                    let view = replica.view().map_err(failed)?;
                    side.session.have_applied(number, &applied, view)
                }
                Step::ShowEvidence(writer, after) => {
                    let runs = replica.read(&Want {
                        after: vec![(writer, after)],
                        bytes: 64 * 1024,
                    });
                    self.send(who, &Message::Evidence(runs.map_err(failed)?));
                    Vec::new()
                }
                Step::TakeEvidence(runs) => {
                    replica.evidence(&runs).map_err(failed)?;
                    Vec::new()
                }
                Step::BeginAgain(writer, head) => {
                    if replica.begin_again(writer, head).map_err(failed)? {
                        let view = replica.view().map_err(failed)?;
                        side.session.moved(view)
                    } else {
                        Vec::new()
                    }
                }
                Step::Note(note) => {
                    replica.note(side.peer, &note);
                    Vec::new()
                }
                Step::Close(bye) => {
                    if side.closed.is_none() {
                        side.closed = Some(bye);
                        replica.closed(side.peer, bye);
                        self.send(who, &Message::Bye(bye));
                    }
                    Vec::new()
                }
            };
            todo.extend(more);
        }
        Ok(())
    }

    fn send(&mut self, who: usize, message: &Message) {
        if let Message::Entries { number, runs } = message {
            let entries = runs.iter().map(|run| run.entries.len() as u64).sum();
            self.sides[who].said.push((*number, entries));
        }
        let bytes = message.encode();
        self.carried += 1;
        self.bytes += bytes.len() as u64;
        self.sides[1 - who].inbox.push_back(bytes);
    }
}

/// Two stations meet, say everything, and part.
///
/// # Errors
/// When they do not know each other, or cannot answer.
pub fn meet(one: &Arc<impl Replica + 'static>, other: &Arc<impl Replica + 'static>) -> Result<()> {
    let mut meeting = Meeting::begin(one.clone(), other.clone())?;
    meeting.settle()?;
    meeting.tick()?;
    meeting.settle()?;
    meeting.cut();
    Ok(())
}
