//! Two stations meeting in one process: a session on each side, messages carried by hand, so
//! that a test decides what arrives and when.
//!
//! Not here: sockets; see the crate `link`.

use std::collections::VecDeque;
use std::sync::Arc;

use anyhow::{Context, Result, bail};
use fengsui_replication::message::{Bye, Message};
use fengsui_replication::port::{Replica, ReplicaError, Want};
use fengsui_replication::preview::Thing;
use fengsui_replication::run::Run;
use fengsui_replication::session::{Now, Session, Step};
use fengsui_replication::summary::Summary;

/// Steps after which two stations must have said everything.
const STEPS_MAX: u32 = 1_000_000;

/// Bytes of entries in a message of a meeting that is to be looked at step by step.
const FEW_BYTES: usize = 400;

/// One station within a meeting.
struct Side {
    replica: Arc<dyn Replica>,
    session: Session,
    peer: u16,
    inbox: VecDeque<Vec<u8>>,
    /// Entries said in messages not yet answered for.
    said: Vec<(u32, u64)>,
    closed: Option<Bye>,
    /// Bytes read at a time, where that is less than asked for.
    chunk: usize,
}

/// A meeting.
pub struct Meeting {
    sides: [Side; 2],
    /// Messages carried so far.
    pub carried: u64,
    /// Bytes of them.
    pub bytes: u64,
    /// Of those, bytes of messages without entries.
    pub talk: u64,
    /// The steady clock; `None` = the stations' own.
    pub steady_ms: Option<i64>,
}

fn failed(error: ReplicaError) -> anyhow::Error {
    anyhow::anyhow!("replica: {error}")
}

fn now(replica: &Arc<dyn Replica>, steady_ms: Option<i64>) -> Now {
    let wall_ms = replica.now_ms();
    Now {
        wall_ms,
        steady_ms: steady_ms.unwrap_or(wall_ms),
    }
}

impl Meeting {
    /// Begins one: each must know the other.
    ///
    /// # Errors
    /// When one does not.
    pub fn begin(one: Arc<dyn Replica>, other: Arc<dyn Replica>) -> Result<Meeting> {
        Meeting::begin_at(one, other, None)
    }

    /// As `begin`, with a steady clock beside the stations' own.
    ///
    /// # Errors
    /// When one does not know the other.
    pub fn begin_at(
        one: Arc<dyn Replica>,
        other: Arc<dyn Replica>,
        steady_ms: Option<i64>,
    ) -> Result<Meeting> {
        let numbers = [
            one.hello().map_err(failed)?.station,
            other.hello().map_err(failed)?.station,
        ];
        let (one, first) = Side::make(one, numbers[1], steady_ms)?;
        let (other, second) = Side::make(other, numbers[0], steady_ms)?;
        let (sides, first) = ([one, other], [first, second]);
        let mut meeting = Meeting {
            sides,
            carried: 0,
            bytes: 0,
            talk: 0,
            steady_ms,
        };
        for (who, steps) in first.into_iter().enumerate() {
            meeting.carry_out(who, steps)?;
        }
        Ok(meeting)
    }

    /// As `begin`, where a backlog of more than so many entries is a long one, and a message holds
    /// few of them.
    ///
    /// # Errors
    /// When one does not know the other.
    pub fn begin_long(
        one: Arc<dyn Replica>,
        other: Arc<dyn Replica>,
        long: u64,
    ) -> Result<Meeting> {
        let mut meeting = Meeting::begin_at(one, other, None)?;
        meeting.set_long(long);
        for side in &mut meeting.sides {
            side.chunk = FEW_BYTES;
        }
        Ok(meeting)
    }

    /// From now on a backlog of more than so many entries is a long one, for both sides.
    pub fn set_long(&mut self, long: u64) {
        for side in &mut self.sides {
            side.session.set_long(long);
        }
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
        let steady_ms = self.steady_ms;
        let side = &mut self.sides[who];
        if let Message::Have { number, .. } = &message {
            let done = side.said.iter().filter(|(n, _)| n == number);
            let entries = done.map(|(_, entries)| entries).sum();
            side.said.retain(|(n, _)| n != number);
            side.replica.sent(side.peer, entries);
        }
        let at = now(&side.replica, steady_ms);
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
        self.moved_at(0)?;
        self.moved_at(1)
    }

    /// The log of side `who` moved by other hands.
    ///
    /// # Errors
    /// When the station cannot answer.
    pub fn moved_at(&mut self, who: usize) -> Result<()> {
        let view = self.sides[who].replica.view().map_err(failed)?;
        let steps = self.sides[who].session.moved(view);
        self.carry_out(who, steps)
    }

    /// Lets time pass on both sides: pings go out.
    ///
    /// # Errors
    /// When a station cannot answer.
    pub fn tick(&mut self) -> Result<()> {
        for who in 0..2 {
            let side = &mut self.sides[who];
            let complete = side.replica.complete().map_err(failed)?;
            let at = now(&side.replica, self.steady_ms);
            let steps = side.session.ticked(at, complete);
            self.carry_out(who, steps)?;
        }
        Ok(())
    }

    /// Messages under way to side `who`.
    #[must_use]
    pub fn waiting(&self, who: usize) -> usize {
        self.sides.get(who).map_or(0, |side| side.inbox.len())
    }

    /// Entries are under way to side `who`.
    #[must_use]
    pub fn has_entries(&self, who: usize) -> bool {
        let is_entries =
            |bytes: &Vec<u8>| matches!(Message::decode(bytes), Ok(Message::Entries { .. }));
        self.sides
            .get(who)
            .is_some_and(|side| side.inbox.iter().any(is_entries))
    }

    /// Loses what is under way to side `who`; how many messages.
    pub fn lose(&mut self, who: usize) -> usize {
        let inbox = self.sides.get_mut(who).map(|side| &mut side.inbox);
        inbox.map_or(0, |inbox| std::mem::take(inbox).len())
    }

    /// The next message to side `who`, to be changed on its way.
    pub fn next(&mut self, who: usize) -> Option<&mut Vec<u8>> {
        self.sides.get_mut(who)?.inbox.front_mut()
    }

    /// Puts a message before all others under way to side `who`.
    pub fn slip_in(&mut self, who: usize, message: &Message) {
        if let Some(side) = self.sides.get_mut(who) {
            side.inbox.push_front(message.encode());
        }
    }

    /// What the peer of side `who` has said to have.
    #[must_use]
    pub fn theirs(&self, who: usize) -> Option<Summary> {
        self.sides.get(who)?.session.theirs().cloned()
    }

    fn carry_out(&mut self, who: usize, steps: Vec<Step>) -> Result<()> {
        let said = self.sides[who].carry_out(steps)?;
        for message in said {
            self.send(who, &message);
        }
        Ok(())
    }

    fn send(&mut self, who: usize, message: &Message) {
        if let Message::Entries { number, runs } = message {
            let entries = runs.iter().map(|run| run.entries.len() as u64).sum();
            self.sides[who].said.push((*number, entries));
        }
        let bytes = message.encode_for(self.sides[who].session.speaks());
        self.carried += 1;
        self.bytes += bytes.len() as u64;
        if !matches!(message, Message::Entries { .. }) {
            self.talk += bytes.len() as u64;
        }
        self.sides[1 - who].inbox.push_back(bytes);
    }
}

impl Side {
    fn make(
        replica: Arc<dyn Replica>,
        peer: u16,
        steady_ms: Option<i64>,
    ) -> Result<(Side, Vec<Step>)> {
        let known = replica.peers().map_err(failed)?;
        let known = known.into_iter().find(|known| known.number == peer);
        let known = known.with_context(|| format!("station {peer} is not known"))?;
        let (hello, view) = (
            replica.hello().map_err(failed)?,
            replica.view().map_err(failed)?,
        );
        let (session, steps) = Session::begin(hello, known, view, now(&replica, steady_ms));
        replica.opened(peer, "test");
        let side = Side {
            replica,
            session,
            peer,
            inbox: VecDeque::new(),
            said: Vec::new(),
            closed: None,
            chunk: usize::MAX,
        };
        Ok((side, steps))
    }

    fn looks_again(&mut self) -> Result<Vec<Step>> {
        let view = self.replica.view().map_err(failed)?;
        Ok(self.session.moved(view))
    }

    /// Its last word, if it has not said it.
    fn end(&mut self, bye: Bye) -> Option<Message> {
        self.closed.is_none().then(|| {
            self.closed = Some(bye);
            self.replica.closed(self.peer, bye);
            Message::Bye(bye)
        })
    }

    /// Does what the session asks for; what it says, in order.
    fn carry_out(&mut self, steps: Vec<Step>) -> Result<Vec<Message>> {
        let mut said = Vec::new();
        let mut todo = VecDeque::from(steps);
        while let Some(step) = todo.pop_front() {
            let replica = self.replica.clone();
            let more = match step {
                Step::Send(message) => {
                    said.push(message);
                    Vec::new()
                }
                Step::Read(want) => {
                    let runs = read(replica.as_ref(), &want, self.chunk)?;
                    self.session.have_read(&want, runs)
                }
                Step::Apply { number, runs } => {
                    let applied = replica.apply(self.peer, &runs).map_err(failed)?;
                    let view = replica.view().map_err(failed)?;
                    self.session.have_applied(number, &applied, view)
                }
                Step::ShowEvidence(writer, after) => {
                    let want = Want {
                        after: vec![(writer, after)],
                        bytes: 64 * 1024,
                        ..Want::default()
                    };
                    said.push(Message::Evidence(read(
                        replica.as_ref(),
                        &want,
                        usize::MAX,
                    )?));
                    Vec::new()
                }
                Step::Ask => {
                    said.push(Message::Ask(replica.shown().map_err(failed)?));
                    Vec::new()
                }
                Step::Show { things, is_trusted } => {
                    said.extend(shown(replica.as_ref(), &things, is_trusted)?);
                    Vec::new()
                }
                Step::TakePreview(preview) => {
                    replica.take_preview(self.peer, &preview).map_err(failed)?;
                    self.looks_again()?
                }
                Step::TakeEvidence(runs) => {
                    replica.evidence(&runs).map_err(failed)?;
                    Vec::new()
                }
                Step::BeginAgain(writer, head) => {
                    if replica.begin_again(writer, head).map_err(failed)? {
                        self.looks_again()?
                    } else {
                        Vec::new()
                    }
                }
                Step::Note(note) => {
                    replica.note(self.peer, &note);
                    Vec::new()
                }
                Step::Close(bye) => {
                    said.extend(self.end(bye));
                    Vec::new()
                }
            };
            todo.extend(more);
        }
        Ok(said)
    }
}

fn read(replica: &dyn Replica, want: &Want, most: usize) -> Result<Vec<Run>> {
    let want = Want {
        bytes: want.bytes.min(most),
        ..want.clone()
    };
    replica.read(&want).map_err(failed)
}

fn shown(replica: &dyn Replica, things: &[Thing], is_trusted: bool) -> Result<Vec<Message>> {
    let preview = replica.preview(things, is_trusted).map_err(failed)?;
    let parts = preview.into_messages().into_iter();
    Ok(parts
        .map(|(is_last, part)| Message::Preview { is_last, part })
        .collect())
}

/// A station hears once more what it heard from `peer` in another session; nobody hears its
/// answers.
///
/// # Errors
/// When the station does not know the peer, or cannot answer.
pub fn again(replica: Arc<dyn Replica>, peer: u16, messages: &[Vec<u8>]) -> Result<()> {
    let (mut side, steps) = Side::make(replica, peer, None)?;
    side.carry_out(steps)?;
    for bytes in messages {
        let message = Message::decode(bytes).context("a message that cannot be read")?;
        let at = now(&side.replica, None);
        let steps = side.session.heard(message, at);
        side.carry_out(steps)?;
    }
    Ok(())
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
