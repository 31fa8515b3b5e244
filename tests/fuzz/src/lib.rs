//! What the targets share: stations that hold bytes, and a session between one of them and
//! whoever speaks.

#[allow(
    dead_code,
    clippy::unwrap_used,
    reason = "borrowed from the tests of links"
)]
#[path = "../../../src-tauri/crates/link/tests/common/toy.rs"]
mod toy;

use std::sync::Arc;

use fengsui_domain::log::dot::Lane;
use fengsui_replication::message::Message;
use fengsui_replication::port::{Note, Replica};
use fengsui_replication::session::{Now, Session, Step};
use toy::Toy;

/// Number of the station that is spoken to.
pub const US: u16 = 1;
/// Number of the station that speaks.
pub const THEM: u16 = 2;

/// A station that knows the other and has written a few entries.
#[must_use]
pub fn station(number: u16) -> Arc<dyn Replica> {
    let toy = Toy::new(number, &[US, THEM]);
    toy.write(Lane::Urgent, "order");
    for word in ["opened", "place", "closed"] {
        toy.write(Lane::Routine, word);
    }
    toy
}

/// One side of a session, carried out against its station as a link does.
pub struct Side {
    replica: Arc<dyn Replica>,
    peer: u16,
    session: Session,
    steady_ms: i64,
    /// What it has said and nobody has taken yet.
    pub said: Vec<Message>,
}

impl Side {
    /// Begins.
    ///
    /// # Panics
    /// When the station that only holds bytes does not answer.
    #[must_use]
    pub fn begin(replica: Arc<dyn Replica>, peer: u16) -> Side {
        let hello = replica.hello().expect("a toy answers");
        let peers = replica.peers().expect("a toy answers");
        let other = peers.into_iter().find(|other| other.number == peer);
        let now = Now {
            wall_ms: 1_700_000_000_000,
            steady_ms: 0,
        };
        let view = replica.view().expect("a toy answers");
        let (session, steps) = Session::begin(hello, other.expect("it is enrolled"), view, now);
        let mut side = Side {
            replica,
            peer,
            session,
            steady_ms: 0,
            said: Vec::new(),
        };
        side.carry_out(steps);
        side
    }

    /// Hears a message. Answers whether the session goes on.
    pub fn hear(&mut self, message: Message) -> bool {
        let steps = self.session.heard(message, self.now());
        self.carry_out(steps);
        !self.session.is_over()
    }

    /// Time goes by, ms.
    ///
    /// # Panics
    /// When the station that only holds bytes does not answer.
    pub fn wait(&mut self, ms: i64) {
        self.steady_ms += ms;
        let complete = self.replica.complete().expect("a toy answers");
        let steps = self.session.ticked(self.now(), complete);
        self.carry_out(steps);
    }

    fn now(&self) -> Now {
        Now {
            wall_ms: 1_700_000_000_000 + self.steady_ms,
            steady_ms: self.steady_ms,
        }
    }

    /// Carries out what the session wants; whatever was heard, that comes to an end.
    fn carry_out(&mut self, steps: Vec<Step>) {
        let mut todo: std::collections::VecDeque<Step> = steps.into();
        let mut done = 0;
        while let Some(step) = todo.pop_front() {
            done += 1;
            assert!(done < 1_000, "a session that never rests");
            todo.extend(self.step(step));
        }
    }

    fn step(&mut self, step: Step) -> Vec<Step> {
        match step {
            Step::Send(message) => self.said.push(message),
            Step::Read(want) => {
                let runs = self.replica.read(&want).expect("a toy answers");
                return self.session.have_read(&want, runs);
            }
            Step::Apply { number, runs } => {
                let applied = self.replica.apply(self.peer, &runs).expect("a toy answers");
                let view = self.replica.view().expect("a toy answers");
                return self.session.have_applied(number, &applied, view);
            }
            Step::TakeEvidence(runs) => {
                let _ = self.replica.evidence(&runs).expect("a toy answers");
            }
            Step::Ask => {
                let things = self.replica.shown().expect("a toy answers");
                self.said.push(Message::Ask(things));
            }
            Step::Show { things, is_trusted } => {
                let preview = self.replica.preview(&things, is_trusted);
                let parts = preview.expect("a toy answers").into_messages();
                let said = parts
                    .into_iter()
                    .map(|(is_last, part)| Message::Preview { is_last, part });
                self.said.extend(said);
            }
            Step::TakePreview(preview) => {
                let taken = self.replica.take_preview(self.peer, &preview);
                taken.expect("a toy answers");
            }
            Step::Note(note) => self.replica.note(self.peer, &note as &Note),
            Step::ShowEvidence(..) | Step::BeginAgain(..) | Step::Close(_) => {}
        }
        Vec::new()
    }
}

/// Messages one behind the other, each with its length in two bytes; what is left over is none.
#[must_use]
pub fn cut(mut bytes: &[u8]) -> Vec<&[u8]> {
    let mut found = Vec::new();
    while let Some((length, rest)) = bytes.split_first_chunk::<2>() {
        let length = usize::from(u16::from_le_bytes(*length)).min(rest.len());
        let (message, rest) = rest.split_at(length);
        found.push(message);
        bytes = rest;
    }
    found
}

/// The opposite of `cut`; a message longer than two bytes can say is left out.
#[must_use]
pub fn join<'a>(messages: impl IntoIterator<Item = &'a [u8]>) -> Vec<u8> {
    let mut out = Vec::new();
    for message in messages {
        if let Ok(length) = u16::try_from(message.len()) {
            out.extend_from_slice(&length.to_le_bytes());
            out.extend_from_slice(message);
        }
    }
    out
}
