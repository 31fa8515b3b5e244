//! What a session has to do on the disk: two threads a session, one that takes and tells, one
//! that looks and gives, so that a slow merge holds up neither the peer's pings nor our entries.

use std::io;
use std::sync::mpsc;
use std::sync::{Arc, Mutex, PoisonError};
use std::thread;

use fengsui_domain::log::dot::Writer;
use fengsui_replication::message::{Bye, Message};
use fengsui_replication::port::{Applied, Note, Peer, Replica, ReplicaError, View, Want};
use fengsui_replication::preview::{Preview, Thing};
use fengsui_replication::run::Run;
use fengsui_replication::summary::Head;
use tokio::sync::mpsc::UnboundedSender;

/// For the thread that takes; done in order.
pub(crate) enum Take {
    Opened(String),
    Apply(u32, Vec<Run>),
    Evidence(Vec<Run>),
    Preview(Preview),
    BeginAgain(Writer, Head),
    Note(Note),
    Sent(u64),
    Closed(Bye),
}

/// For the thread that gives; done in order.
pub(crate) enum Give {
    Look,
    Vouch { with_peers: bool },
    Read(Want),
    Show(Writer, u64),
    Ask,
    Preview(Vec<Thing>, bool),
    Gossip(i64),
    HearGossip(Vec<u8>),
}

/// What came of it.
pub(crate) enum Done {
    Looked(View),
    Moved(View),
    Vouched(Vec<(u16, i64)>),
    Peers(Vec<Peer>),
    Read(Want, Vec<Run>),
    Applied(u32, Applied, View),
    Say(Message),
    Gossip(Vec<u8>, i64),
    Fault(ReplicaError),
}

/// Bytes of evidence in one message.
const EVIDENCE_BYTES: usize = 256 * 1024;

/// The two threads; they end when this is dropped and everything given is done.
pub(crate) struct Work {
    pub(crate) take: mpsc::Sender<Take>,
    pub(crate) give: mpsc::Sender<Give>,
}

struct Hand {
    replica: Arc<dyn Replica>,
    peer: u16,
    done: UnboundedSender<Done>,
    /// Held while a view is taken and sent, so that views arrive in the order of their age.
    order: Arc<Mutex<()>>,
    /// Lives as long as there is work.
    _busy: Arc<()>,
}

impl Work {
    /// # Errors
    /// When the machine gives no thread.
    pub(crate) fn begin(
        replica: &Arc<dyn Replica>,
        peer: u16,
        done: &UnboundedSender<Done>,
        busy: &Arc<()>,
    ) -> io::Result<Work> {
        let order = Arc::new(Mutex::new(()));
        let hand = || Hand {
            replica: Arc::clone(replica),
            peer,
            done: done.clone(),
            order: Arc::clone(&order),
            _busy: Arc::clone(busy),
        };
        let (take, takes) = mpsc::channel();
        let (give, gives) = mpsc::channel();
        let taker = hand();
        let giver = hand();
        thread::Builder::new()
            .name("link-take".into())
            .spawn(move || takes.iter().for_each(|job| taker.take(job)))?;
        thread::Builder::new()
            .name("link-give".into())
            .spawn(move || gives.iter().for_each(|job| giver.give(job)))?;
        Ok(Work { take, give })
    }
}

impl Hand {
    fn tell(&self, done: Result<Done, ReplicaError>) {
        // Nobody listens when the session is over already.
        let _ = self.done.send(done.unwrap_or_else(Done::Fault));
    }

    fn look(&self, with: impl FnOnce(View) -> Done) {
        let _order = self.order.lock().unwrap_or_else(PoisonError::into_inner);
        self.tell(self.replica.view().map(with));
    }

    fn take(&self, job: Take) {
        match job {
            Take::Opened(bearer) => self.replica.opened(self.peer, &bearer),
            Take::Apply(number, runs) => match self.replica.apply(self.peer, &runs) {
                Ok(applied) => self.look(|view| Done::Applied(number, applied, view)),
                Err(error) => self.tell(Err(error)),
            },
            Take::Evidence(runs) => {
                if let Err(error) = self.replica.evidence(&runs) {
                    self.tell(Err(error));
                }
            }
            Take::Preview(preview) => {
                if let Err(error) = self.replica.take_preview(self.peer, &preview) {
                    self.tell(Err(error));
                }
            }
            Take::BeginAgain(writer, head) => match self.replica.begin_again(writer, head) {
                Ok(_) => self.look(Done::Moved),
                Err(error) => self.tell(Err(error)),
            },
            Take::Note(note) => self.replica.note(self.peer, &note),
            Take::Sent(entries) => self.replica.sent(self.peer, entries),
            Take::Closed(bye) => self.replica.closed(self.peer, bye),
        }
    }

    fn give(&self, job: Give) {
        match job {
            Give::Look => self.look(Done::Looked),
            Give::Vouch { with_peers } => {
                // First what is vouched for, then the view: the view holds all of it.
                let complete = self.replica.complete();
                self.look(Done::Moved);
                self.tell(complete.map(Done::Vouched));
                if with_peers {
                    self.tell(self.replica.peers().map(Done::Peers));
                }
            }
            Give::Read(want) => {
                let runs = self.replica.read(&want);
                self.tell(runs.map(|runs| Done::Read(want, runs)));
            }
            Give::Show(writer, after) => {
                let want = Want {
                    after: vec![(writer, after)],
                    bytes: EVIDENCE_BYTES,
                    ..Want::default()
                };
                match self.replica.read(&want) {
                    Ok(runs) if runs.is_empty() => {}
                    Ok(runs) => self.tell(Ok(Done::Say(Message::Evidence(runs)))),
                    Err(error) => self.tell(Err(error)),
                }
            }
            Give::Ask => {
                let shown = self.replica.shown();
                self.tell(shown.map(|things| Done::Say(Message::Ask(things))));
            }
            Give::Preview(things, is_trusted) => match self.replica.preview(&things, is_trusted) {
                Ok(preview) => {
                    for (is_last, part) in preview.into_messages() {
                        self.tell(Ok(Done::Say(Message::Preview { is_last, part })));
                    }
                }
                Err(error) => self.tell(Err(error)),
            },
            Give::Gossip(since_ms) => {
                let now_ms = self.replica.now_ms();
                let bytes = self.replica.gossip(since_ms);
                self.tell(bytes.map(|bytes| Done::Gossip(bytes, now_ms)));
            }
            Give::HearGossip(bytes) => self.replica.hear_gossip(&bytes),
        }
    }
}
