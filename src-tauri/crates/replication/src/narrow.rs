//! Stations on a pipe of some hundred bytes a second, or of 200 bytes every 15 seconds: frames
//! that each open and unpack alone, one for all who hear; orders, states and incidents, urgent
//! logs first, the bulk never; positions when nothing else is to be said.
//!
//! The caller brings bytes and time, asks for the next frame when the pipe can take one, reads
//! what is wanted and takes runs. A run is the log's own: what comes of this pipe passes the
//! same checks as what comes by any other, and is said to be here only when it is durable.
//!
//! **Invariant:** no count comes twice under one key; keys live in memory only.
//! **Invariant:** heads that are said are those of the last `View`, which is durable.
//! Not here: the pipe (`link`), what a run must be (`run`).

pub mod air;
mod compact;
mod hear;
mod inbox;
mod item;
mod other;
mod outbox;
mod pack;
mod places;
mod say;
mod seal;
mod shape;

use std::collections::{BTreeMap, BTreeSet};

use fengsui_domain::log::dot::{Lane, Writer};

use crate::port::{Applied, Note, Peer, Place, View, Want};
use crate::run::Run;
use crate::session::Now;
use crate::summary::{Head, Summary};
use air::{Cutting, FRAME_MAX};
use inbox::Inbox;
use item::{HASH, Page, Speaker};
use other::Other;
use outbox::{Outbox, Thing};
use pack::Packer;
use places::Places;
use seal::{Drawing, Key, Own};

pub use pack::VERSION;

/// Bytes of one run when there is much to say: nothing of it is durable before all has come.
const RUN_BYTES: usize = 3_000;
/// Bytes of the first run after nothing was on its way: what is most urgent is durable soon.
const FIRST_RUN_BYTES: usize = 500;
/// Silence after which a station counts as off the pipe, ms; and in frames, where those are slow.
const GONE_MS: i64 = 180_000;
const GONE_FRAMES: i64 = 24;
/// How long a turn of the line takes beside the frames themselves, ms.
const TURN_MS: i64 = 1_000;
/// Longest time between two calls, ms; and in frames.
const CALL_MS: i64 = 60_000;
const CALL_FRAMES: i64 = 8;
/// Runs of one writer refused before it is left alone.
const REFUSALS_MAX: u32 = 3;

/// Who speaks, and over what.
#[derive(Debug, Clone)]
pub struct Us {
    /// Our number.
    pub station: u16,
    /// Our incarnation.
    pub incarnation: u16,
    /// The station's Ed25519 seed.
    pub seed: [u8; 32],
    /// The county's id.
    pub county: Vec<u8>,
    /// `real`, or the name of a drill.
    pub world: String,
    /// Drawn by chance at this start: keys come from it, and must never come again.
    pub chance: [u8; 32],
    /// What may be sent, bit/s.
    pub bits_per_s: u32,
}

/// What the caller has to do.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Step {
    /// Take these runs, after the hash of our own head was put in as what came before each, and
    /// call `have_applied`.
    Apply(u16, Vec<Run>),
    /// Tell the station what was noticed of a peer.
    Note(u16, Note),
    /// The peer has this head of our own running log: see `Replica::begin_again`.
    BeginAgain(Writer, Head),
    /// A station that is not enrolled, or is revoked, spoke.
    Stranger(u16),
    /// Where units are, as a station tells it.
    Places(Vec<Place>),
    /// A station came onto the pipe.
    Came(u16),
    /// A station is off the pipe: it was silent for too long.
    Gone(u16),
}

/// How a station stands on the pipe.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Standing {
    /// Its number.
    pub station: u16,
    /// Heard lately.
    pub is_there: bool,
    /// A frame of it was last heard, wall ms.
    pub heard_at_ms: Option<i64>,
    /// What it lacks, as far as it has said: (writer, last entry it has). `None` = it has not.
    pub lacks: Option<Vec<(Writer, u64)>>,
}

/// What went over the pipe.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Counted {
    /// Frames of ours, and their bytes on the air.
    pub frames_out: u64,
    /// Bytes of them.
    pub bytes_out: u64,
    /// Frames of others that were opened.
    pub frames_in: u64,
    /// Bytes that came in, of whatever.
    pub bytes_in: u64,
    /// What came in and was no frame, or could not be opened.
    pub damaged: u64,
    /// Frames that came before, or of stations that are not enrolled.
    pub refused: u64,
}

/// A budget of bytes: what was not used is kept up to one frame and a quarter of a second.
#[derive(Debug)]
struct Budget {
    bits_per_s: i64,
    /// Thousandths of a bit.
    level: i64,
    at_ms: i64,
}

impl Budget {
    fn most(&self) -> i64 {
        (FRAME_MAX as i64 * 8_000).max(self.bits_per_s * 250)
    }

    fn pass(&mut self, now_ms: i64) {
        let passed_ms = (now_ms - self.at_ms).clamp(0, 3_600_000);
        self.at_ms = now_ms;
        self.level = (self.level + passed_ms * self.bits_per_s).min(self.most());
    }

    fn bytes(&self) -> i64 {
        self.level / 8_000
    }

    fn take(&mut self, bytes: usize) {
        self.level -= bytes as i64 * 8_000;
    }
}

/// Heads of one frame of a list: (writer, newest entry, the beginning of its hash).
type Heads = Vec<(Writer, u64, [u8; HASH])>;

/// One station's end of a narrow pipe.
pub struct Narrow {
    us: Speaker,
    own: Own,
    drawing: Drawing,
    key: Key,
    key_id: u16,
    count: u32,
    asked: [u8; 8],
    others: BTreeMap<u16, Other>,
    ours: Summary,
    cutting: Cutting,
    inbox: Inbox,
    outbox: Outbox,
    packer: Packer,
    places: Places,
    budget: Budget,
    counted: Counted,
    /// Heads to be said, and how often still.
    tell: BTreeMap<Writer, u8>,
    /// Stations whose frames are to be answered for.
    answers: BTreeSet<u16>,
    /// When the next frame must go at the latest, though it says no entries; steady ms.
    due_ms: Option<i64>,
    list: (u8, Vec<Heads>),
    call_ms: i64,
    called: Option<(i64, u32)>,
    is_applying: bool,
    refusals: BTreeMap<Writer, u32>,
}

impl Narrow {
    /// Begins; nobody is known yet.
    ///
    /// # Errors
    /// When there is no memory for the packer.
    pub fn begin(us: &Us, view: &View, now: Now) -> std::io::Result<Narrow> {
        let mut drawing = Drawing::new(us.chance);
        let key = drawing.draw();
        let mut asked = [0; 8];
        asked.copy_from_slice(&drawing.draw()[..8]);
        let bits_per_s = i64::from(us.bits_per_s.max(1));
        let mut budget = Budget {
            bits_per_s,
            level: 0,
            at_ms: now.steady_ms,
        };
        budget.level = budget.most();
        Ok(Narrow {
            us: Speaker {
                station: us.station,
                incarnation: us.incarnation,
                base_ms: now.wall_ms,
            },
            own: Own::new(&us.seed, &us.county, &us.world),
            key_id: seal::id_of(&key),
            key,
            drawing,
            count: 0,
            asked,
            others: BTreeMap::new(),
            ours: view.summary.clone(),
            cutting: Cutting::default(),
            inbox: Inbox::default(),
            outbox: Outbox::default(),
            packer: Packer::new()?,
            places: Places::default(),
            budget,
            counted: Counted::default(),
            tell: BTreeMap::new(),
            answers: BTreeSet::new(),
            due_ms: None,
            list: (0, Vec::new()),
            call_ms: now.steady_ms,
            called: None,
            is_applying: false,
            refusals: BTreeMap::new(),
        })
    }

    /// Every station that was ever enrolled. When one is revoked that had our key, a new key is
    /// drawn and handed to the others only.
    pub fn set_peers(&mut self, peers: &[Peer]) {
        let mut is_compromised = false;
        for peer in peers.iter().filter(|peer| peer.number != self.us.station) {
            let other = self.others.entry(peer.number).or_default();
            if other.identity != peer.key {
                *other = Other::default();
                other.identity = peer.key;
            }
            if peer.is_revoked && !other.is_revoked {
                other.is_revoked = true;
                is_compromised |= other.has_our_key || other.handed.is_some();
            }
        }
        if is_compromised {
            self.key = self.drawing.draw();
            self.key_id = seal::id_of(&self.key);
            self.count = 0;
            self.outbox.restart();
            self.others.values_mut().for_each(Other::restarted);
        }
    }

    /// Where units are: the newest of each.
    pub fn set_places(&mut self, places: &[Place]) {
        self.places.set(places);
    }

    /// Our log moved.
    pub fn moved(&mut self, view: &View) {
        self.ours = view.summary.clone();
        self.inbox.trim(&self.ours);
        let head = |writer| self.ours.seq(writer);
        self.outbox
            .stalled
            .retain(|writer, at| head(*writer) <= *at);
    }

    /// What is to be read of the log now; call `have_read` with it.
    pub fn want(&mut self, now: Now) -> Option<Want> {
        let mut after = Vec::new();
        for (writer, lacking) in self.lacking(now) {
            self.outbox.trim(writer, lacking);
            let from = self.outbox.after(writer, lacking, self.ours.seq(writer));
            after.extend(from.map(|from| (writer, from)));
        }
        (!after.is_empty()).then_some(Want {
            after,
            bytes: match self.outbox.is_idle() {
                true => FIRST_RUN_BYTES,
                false => RUN_BYTES,
            },
            by_arrival: false,
        })
    }

    /// What was read.
    pub fn have_read(&mut self, want: &Want, runs: Vec<Run>) {
        for run in runs {
            let (us, writer) = (self.us, run.writer);
            let packer = &mut self.packer;
            let pieces = std::cell::RefCell::new(packer);
            self.outbox.keep(run, |seq, bytes| {
                say::pieces_of(&us, &mut pieces.borrow_mut(), writer, seq, bytes)
            });
        }
        // Whoever was asked for first and gave nothing is not signed any further.
        if let Some((writer, from)) = want.after.first()
            && self.outbox.things(*writer, from + 1).is_empty()
        {
            let head = self.ours.seq(*writer);
            self.outbox.stalled.insert(*writer, head);
        }
    }

    /// What came of runs: they are durable, or refused.
    pub fn have_applied(&mut self, applied: &Applied, view: &View, now: Now) -> Vec<Step> {
        self.is_applying = false;
        self.moved(view);
        let mut steps = Vec::new();
        for (writer, refusal) in &applied.refused {
            self.inbox.forget(*writer);
            *self.refusals.entry(*writer).or_default() += 1;
            steps.push(Step::Note(writer.station, Note::Refused(*refusal)));
        }
        for (writer, _) in &applied.heads {
            self.tell_of(*writer, now);
        }
        steps.extend(self.apply(0));
        steps
    }

    /// A head moved, or was asked for: it is said twice, since frames are lost.
    fn tell_of(&mut self, writer: Writer, now: Now) {
        self.tell.insert(writer, 2);
        let wait_ms = match writer.lane {
            Lane::Urgent => 0,
            _ => self.answer_after_ms(),
        };
        self.due_in(wait_ms, now);
    }

    fn due_in(&mut self, wait_ms: i64, now: Now) {
        let at_ms = now.steady_ms.saturating_add(wait_ms);
        self.due_ms = Some(self.due_ms.map_or(at_ms, |due_ms| due_ms.min(at_ms)));
    }

    fn apply(&mut self, peer: u16) -> Option<Step> {
        let runs = match self.is_applying {
            true => Vec::new(),
            false => self.inbox.ready(&self.ours),
        };
        (!runs.is_empty()).then(|| {
            self.is_applying = true;
            Step::Apply(peer, runs)
        })
    }

    /// How long a full frame takes on the air, ms.
    fn frame_ms(&self) -> i64 {
        FRAME_MAX as i64 * 8_000 / self.budget.bits_per_s
    }

    /// How long several frames may wait to be answered for together, ms.
    fn answer_after_ms(&self) -> i64 {
        match self.frame_ms() {
            frame_ms if frame_ms > 1_500 => 0,
            frame_ms => frame_ms * 2,
        }
    }

    /// When what was said and not answered for is said again, ms.
    fn again_ms(&self) -> i64 {
        TURN_MS + 4 * self.frame_ms()
    }

    fn is_there(&self, other: &Other, now: Now) -> bool {
        let gone_ms = GONE_MS.max(GONE_FRAMES * self.frame_ms());
        let heard = |at_ms: i64| now.steady_ms - at_ms < gone_ms;
        !other.is_revoked && other.heard_ms.is_some_and(heard)
    }

    /// Writers of which somebody here lacks something that we are to send, most urgent first, and
    /// the first entry that is lacking.
    fn lacking(&self, now: Now) -> Vec<(Writer, u64)> {
        let there = |other: &&Other| self.is_there(other, now) && other.is_listed;
        let others: Vec<&Other> = self.others.values().filter(there).collect();
        let mut out = Vec::new();
        for (writer, head) in self.ours.iter() {
            let least = others.iter().map(|other| other.seq(writer)).min();
            let is_due = least.is_some_and(|least| least < head.seq);
            if is_due && carries(writer) && self.is_ours_to_say(writer, head.seq, now) {
                out.push((writer, least.unwrap_or(0) + 1));
            }
        }
        let own = self.us.station;
        out.sort_by_key(|(writer, _)| (writer.lane.code(), writer.station != own, *writer));
        out
    }

    /// A station says its own entries; those of one that is not on the pipe are said by the
    /// lowest number that has them.
    fn is_ours_to_say(&self, writer: Writer, head: u64, now: Now) -> bool {
        if writer.station == self.us.station {
            return true;
        }
        let says = |(number, other): (&u16, &Other)| {
            let is_first = *number == writer.station || *number < self.us.station;
            is_first && self.is_there(other, now) && other.seq(writer) >= head
        };
        !self.others.iter().any(says)
    }

    /// What every other station has said to have.
    #[must_use]
    pub fn standings(&self, now: Now) -> Vec<Standing> {
        let known = self.others.iter().filter(|(_, other)| !other.is_revoked);
        known
            .map(|(station, other)| Standing {
                station: *station,
                is_there: self.is_there(other, now),
                heard_at_ms: other.heard_at_ms,
                lacks: other.is_listed.then(|| {
                    let heads = self
                        .ours
                        .iter()
                        .map(|(w, head)| (w, other.seq(w), head.seq));
                    let lacks = heads.filter(|(w, at, seq)| carries(*w) && at < seq);
                    lacks.map(|(w, at, _)| (w, at)).collect()
                }),
            })
            .collect()
    }

    /// What went over the pipe so far.
    #[must_use]
    pub fn counted(&self) -> Counted {
        Counted {
            damaged: self.counted.damaged + self.cutting.damaged,
            ..self.counted
        }
    }

    /// Writers whose signed runs were refused too often to be asked for again.
    fn is_left_alone(&self, writer: Writer) -> bool {
        self.refusals
            .get(&writer)
            .is_some_and(|times| *times > REFUSALS_MAX)
    }

    /// Whether somebody lacks a thing that could go now.
    fn is_wanted(&self, thing: Thing, now: Now) -> bool {
        let again_ms = self.again_ms();
        let until_ms = again_ms * 2;
        let lacks = |other: &Other| {
            let is_heard = matches!(thing, Thing::Page(_)) || other.is_listed;
            self.is_there(other, now) && is_heard && other.lacks(thing, now.steady_ms, until_ms)
        };
        !self.outbox.is_on_its_way(thing, now.steady_ms, again_ms)
            && self.others.values().any(lacks)
    }

    fn begin_list(&mut self) {
        const A_PAGE: usize = 16;
        let heads: Vec<_> = self
            .ours
            .iter()
            .filter(|(writer, _)| carries(*writer))
            .map(|(writer, head)| (writer, head.seq, item::short(head)))
            .collect();
        let pages: Vec<Vec<_>> = match heads.is_empty() {
            true => vec![Vec::new()],
            false => heads.chunks(A_PAGE).map(<[_]>::to_vec).collect(),
        };
        self.list = (self.list.0.wrapping_add(1), pages);
    }

    fn pages(&self) -> impl Iterator<Item = Page> + '_ {
        let of = u8::try_from(self.list.1.len()).unwrap_or(u8::MAX);
        (0..of).map(move |at| Page {
            list: self.list.0,
            at,
            of,
        })
    }
}

/// Whether a log is ever tried on a narrow pipe: not the bulk, and not what only some may see.
#[must_use]
pub fn carries(writer: Writer) -> bool {
    matches!(writer.lane, Lane::Urgent | Lane::Routine)
}

#[cfg(test)]
mod tests;
