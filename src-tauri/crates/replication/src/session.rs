//! One meeting of two stations, from hello to bye: what to say, what to read, what to take.
//!
//! Hellos carry digests; unequal ones are followed by summaries, and entries go at once, urgent
//! lanes first. A run is answered by `Have` once it is durable. When nothing is left to go either
//! way the state digests are compared. New entries go out as soon as they are durable.
//!
//! Not here: who the peer is (the link has proved it), how bytes travel.

use std::collections::{BTreeMap, BTreeSet, VecDeque};

use fengsui_domain::clock::Reading;
use fengsui_domain::log::dot::{Lane, Writer};

use crate::message::{Bye, Hello, Message, PROTOCOL, PROTOCOL_OLDEST, PROTOCOL_PACKS};
use crate::pace::Pace;
use crate::port::{Applied, Note, Peer, View, Want};
use crate::preview::{Preview, Thing};
use crate::run::{Refusal, Run};
use crate::summary::{Head, Summary};

/// Entries under way before an answer is awaited, messages.
const IN_FLIGHT_MAX: usize = 4;
/// How often the peer is asked whether it is there, ms.
const PING_EVERY_MS: i64 = 2_000;
/// Silence after which the peer counts as gone, ms.
const SILENT_MS: i64 = 6_000;
/// A peer that lacks more entries than this is told them in their order of arrival, and may ask for
/// a preview first.
pub const LONG: u64 = 20_000;
/// How often a station that lacks much is shown anew what is open, ms.
const SHOW_EVERY_MS: i64 = 1_000;
/// Bytes of rows that are taken as one preview.
const PREVIEW_BYTES_MAX: usize = 64 * 1024 * 1024;
/// Gaps in one writer's log after which it is left alone until the next session.
const GAPS_MAX: u32 = 3;
/// Pings whose answers may be under way: on a slow path several are.
const PINGS_MAX: usize = 16;
/// Entries before the peer's head that are shown when two logs went apart.
const EVIDENCE: u64 = 64;

/// Two clocks: the one people read and one that only goes forward.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Now {
    /// Wall clock, ms since 1970.
    pub wall_ms: i64,
    /// Steady clock, ms since anything.
    pub steady_ms: i64,
}

/// What the link has to do, in this order.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Step {
    /// Say this.
    Send(Message),
    /// Read these entries and call `have_read`.
    Read(Want),
    /// Take these runs and call `have_applied`.
    Apply {
        /// Number of the message they came in.
        number: u32,
        /// The runs.
        runs: Vec<Run>,
    },
    /// Read this writer's entries after a sequence number and say them as `Evidence`.
    ShowEvidence(Writer, u64),
    /// Compare these with ours.
    TakeEvidence(Vec<Run>),
    /// The peer has this head of our own running log. If it is still not ours, this file is
    /// older than its station: go on as a new incarnation, then call `moved`.
    BeginAgain(Writer, Head),
    /// Look up what we were shown before and say it as `Ask`.
    Ask,
    /// Read the rows of what is open, and of these, and say them as `Preview`.
    Show {
        /// What it was shown before.
        things: Vec<Thing>,
        /// It may see protected logs.
        is_trusted: bool,
    },
    /// Show these rows.
    TakePreview(Preview),
    /// Tell the station.
    Note(Note),
    /// Say bye and end.
    Close(Bye),
}

/// One side of a session.
#[derive(Debug)]
pub struct Session {
    us: Hello,
    peer: Peer,
    /// The newest version that both speak; 0 before its hello.
    speaks: u16,
    view: View,
    /// What our hello's digest stood for.
    said: Summary,
    theirs: Option<Summary>,
    /// Their tables can be compared with ours.
    is_comparable: bool,
    /// Sequence numbers said beyond what they have said to have.
    sent: BTreeMap<Writer, u64>,
    in_flight: VecDeque<u32>,
    pace: Pace,
    /// The steady clock as last told, ms.
    steady_ms: i64,
    number: u32,
    applying: BTreeMap<u32, Vec<(Writer, u64)>>,
    is_reading: bool,
    /// Writers whose log could not be read beyond our head of then: not signed yet.
    stalled: BTreeMap<Writer, u64>,
    /// Writers whose station the peer does not know yet.
    unknown: BTreeSet<Writer>,
    gaps: BTreeMap<Writer, u32>,
    /// Writers that are not spoken of again in this session.
    blocked: BTreeSet<Writer>,
    compared: Option<(u32, u64)>,
    /// As last told; `None` = not yet.
    backlog: Option<(u64, u64)>,
    clock_ms: i64,
    heard_ms: i64,
    pinged_ms: i64,
    /// Pings that were not answered.
    pings: VecDeque<Now>,
    /// From how many entries on a backlog is a long one.
    long: u64,
    /// The peer's rows mean the same as ours, and it knows of previews.
    may_preview: bool,
    /// When a preview was last asked for; `None` = it was not.
    asked_ms: Option<i64>,
    /// The peer lacks much and is to be shown what is open first: nothing is read before it asks,
    /// or does not.
    is_held: bool,
    /// A preview is awaited; parts of it that came.
    coming: Option<Preview>,
    /// The peer was asked although we lack nothing of it: whether what is shown here still stands.
    is_doubted: bool,
    is_met: bool,
    is_over: bool,
}

impl Session {
    /// Begins: `us` is our hello without digests, `peer` whom the link has proved to be there.
    #[must_use]
    pub fn begin(mut us: Hello, peer: Peer, view: View, now: Now) -> (Session, Vec<Step>) {
        let said = view.summary.for_audience(us.is_trusted && peer.is_trusted);
        us.summary = said.digest();
        us.state = short(view.digest);
        us.now_ms = now.wall_ms;
        let hello = Message::Hello(Box::new(us.clone()));
        let session = Session {
            us,
            peer,
            speaks: 0,
            view,
            said,
            theirs: None,
            is_comparable: false,
            sent: BTreeMap::new(),
            in_flight: VecDeque::new(),
            pace: Pace::new(),
            steady_ms: now.steady_ms,
            number: 0,
            applying: BTreeMap::new(),
            is_reading: false,
            stalled: BTreeMap::new(),
            unknown: BTreeSet::new(),
            gaps: BTreeMap::new(),
            blocked: BTreeSet::new(),
            compared: None,
            backlog: None,
            clock_ms: 0,
            heard_ms: now.steady_ms,
            pinged_ms: now.steady_ms,
            pings: VecDeque::new(),
            long: LONG,
            may_preview: false,
            asked_ms: None,
            is_held: false,
            coming: None,
            is_doubted: false,
            is_met: false,
            is_over: false,
        };
        (session, vec![Step::Send(hello)])
    }

    /// Calls a backlog of more than so many entries a long one.
    pub fn set_long(&mut self, entries: u64) {
        self.long = entries;
    }

    /// The session is over; nothing more comes of it.
    #[must_use]
    pub fn is_over(&self) -> bool {
        self.is_over
    }

    /// The newest version of the protocol that both sides speak; 0 before the peer's hello.
    #[must_use]
    pub fn speaks(&self) -> u16 {
        self.speaks
    }

    /// What the peer has said to have.
    #[must_use]
    pub fn theirs(&self) -> Option<&Summary> {
        self.theirs.as_ref()
    }

    /// Hears a message.
    pub fn heard(&mut self, message: Message, now: Now) -> Vec<Step> {
        if self.is_over {
            return Vec::new();
        }
        self.heard_ms = now.steady_ms;
        self.steady_ms = now.steady_ms;
        if !self.expects(&message) {
            return self.close(Bye::Nonsense);
        }
        match message {
            Message::Hello(hello) => self.heard_hello(*hello),
            Message::Summary(summary) => self.heard_summary(summary),
            Message::Entries { number, runs } => self.heard_entries(number, runs),
            Message::Have {
                number,
                heads,
                refused,
            } => self.heard_have(number, &heads, &refused),
            Message::Ping { now_ms, complete } => self.heard_ping(now_ms, &complete, now),
            Message::Pong { echo_ms, now_ms } => self.heard_pong(echo_ms, now_ms, now),
            Message::Digests { summary, state } => self.heard_digests(summary, state),
            Message::Ask(things) => self.heard_ask(things),
            Message::Preview { is_last, part } => self.heard_preview(is_last, part),
            Message::Diverged(writer) => self.went_apart(writer, false),
            Message::Evidence(runs) => vec![Step::TakeEvidence(runs)],
            Message::Bye(bye) => {
                self.is_over = true;
                vec![Step::Close(bye)]
            }
            Message::Gossip(_) | Message::Roster(_) | Message::Unknown(_) => Vec::new(),
        }
    }

    /// Some bytes of a message came in: on a slow bearer a message takes longer than silence may.
    pub fn stirred(&mut self, now: Now) {
        self.heard_ms = self.heard_ms.max(now.steady_ms);
    }

    /// Before the hello nothing else makes sense, and after it no second one does.
    fn expects(&self, message: &Message) -> bool {
        match message {
            Message::Hello(_) => !self.is_met,
            Message::Bye(_) | Message::Unknown(_) | Message::Roster(_) => true,
            _ => self.is_met,
        }
    }

    fn heard_hello(&mut self, hello: Hello) -> Vec<Step> {
        self.is_met = true;
        if hello.protocol.1 < PROTOCOL_OLDEST {
            return self.close(Bye::TooOld);
        }
        if hello.protocol.0 > PROTOCOL {
            return self.close(Bye::TooNew);
        }
        if hello.world != self.us.world {
            return self.close(Bye::OtherWorld);
        }
        if hello.station == self.us.station || hello.station != self.peer.number {
            return self.close(Bye::Twin);
        }
        self.speaks = hello.protocol.1.min(self.us.protocol.1);
        self.may_preview = hello.fold == self.us.fold && hello.protocol.1 >= PROTOCOL_PACKS;
        self.is_comparable =
            hello.fold == self.us.fold && self.us.is_trusted == self.peer.is_trusted;
        let is_same = hello.summary == self.us.summary;
        let mut steps = vec![Step::Note(Note::Met(Box::new(hello)))];
        if is_same {
            self.theirs = Some(self.said.clone());
            steps.extend(self.go_on());
        } else {
            let ours = self.shared();
            steps.push(Step::Send(Message::Summary(ours)));
        }
        steps
    }

    fn heard_summary(&mut self, summary: Summary) -> Vec<Step> {
        let mut steps = Vec::new();
        let own = |w: Writer| w.station == self.us.station && w.incarnation == self.us.incarnation;
        let mut apart = Vec::new();
        let mut regressed = None;
        for (writer, head) in summary.iter() {
            let ours = self.view.summary.head(writer);
            let is_other = ours.is_some_and(|o| o.seq == head.seq && o.hash != head.hash);
            if own(writer) && (is_other || head.seq > ours.map_or(0, |o| o.seq)) {
                regressed = Some((writer, head));
            }
            if is_other {
                apart.push(writer);
            }
        }
        self.is_held = self.may_preview && summary.lacks(&self.shared()) > self.long;
        self.theirs = Some(summary);
        self.sent.clear();
        steps.extend(self.ask());
        if let Some((writer, head)) = regressed {
            steps.push(Step::BeginAgain(writer, head));
        }
        for writer in apart {
            steps.extend(self.went_apart(writer, true));
        }
        steps.extend(self.go_on());
        steps
    }

    /// Asks to be shown what is open, when much is still to come.
    fn ask(&mut self) -> Option<Step> {
        let theirs = self.theirs.as_ref()?;
        let lacking = self.shared().lacks(theirs);
        // The peer has said all it has, and our tables still show more: what stands behind that
        // may be gone, and who showed it takes it back.
        let is_doubtful = self.view.is_shown && lacking == 0;
        let is_due = self.may_preview
            && self.coming.is_none()
            && (lacking > self.long || is_doubtful && !self.is_doubted);
        self.is_doubted = is_doubtful && (self.is_doubted || is_due);
        is_due.then(|| {
            self.coming = Some(Preview::default());
            self.asked_ms = Some(self.heard_ms);
            Step::Ask
        })
    }

    fn heard_ask(&mut self, things: Vec<Thing>) -> Vec<Step> {
        let is_trusted = self.us.is_trusted && self.peer.is_trusted;
        let mut steps = vec![Step::Show { things, is_trusted }];
        self.is_held = false;
        steps.extend(self.go_on());
        steps
    }

    fn heard_preview(&mut self, is_last: bool, part: Preview) -> Vec<Step> {
        let Some(mut coming) = self.coming.take() else {
            return self.close(Bye::Nonsense);
        };
        coming.cut = part.cut;
        coming.rows.extend(part.rows);
        if is_last && coming.rows.is_empty() {
            return Vec::new();
        }
        if is_last {
            return vec![Step::TakePreview(coming)];
        }
        let bytes: usize = coming.rows.iter().map(|(_, row)| row.len()).sum();
        if bytes > PREVIEW_BYTES_MAX {
            return self.close(Bye::Nonsense);
        }
        self.coming = Some(coming);
        Vec::new()
    }

    fn heard_entries(&mut self, number: u32, runs: Vec<Run>) -> Vec<Step> {
        let ends = runs.iter().map(|run| (run.writer, run.last())).collect();
        self.applying.insert(number, ends);
        vec![Step::Apply { number, runs }]
    }

    fn heard_have(
        &mut self,
        number: u32,
        heads: &[(Writer, Head)],
        refused: &[(Writer, u8)],
    ) -> Vec<Step> {
        self.in_flight.retain(|other| *other != number);
        self.pace.answered(number, self.steady_ms);
        let theirs = self.theirs.get_or_insert_default();
        for (writer, head) in heads {
            theirs.note(*writer, *head);
            if self.sent.get(writer).is_some_and(|seq| *seq <= head.seq) {
                self.sent.remove(writer);
            }
        }
        if self.in_flight.is_empty() {
            self.sent.clear();
        }
        if refused.is_empty() && !heads.is_empty() {
            self.unknown.clear();
        }
        let mut steps = Vec::new();
        for (writer, code) in refused {
            self.sent.remove(writer);
            match Refusal::from_code(*code) {
                Some(Refusal::UnknownStation) => {
                    self.unknown.insert(*writer);
                }
                Some(Refusal::Gap) => {
                    let gaps = self.gaps.entry(*writer).or_default();
                    *gaps += 1;
                    if *gaps > GAPS_MAX {
                        self.blocked.insert(*writer);
                    }
                }
                Some(Refusal::Diverged) => steps.extend(self.went_apart(*writer, false)),
                Some(Refusal::Forged | Refusal::Malformed) | None => {
                    self.blocked.insert(*writer);
                }
            }
        }
        steps.extend(self.go_on());
        steps
    }

    fn heard_ping(&mut self, now_ms: i64, complete: &[(u16, i64)], now: Now) -> Vec<Step> {
        let mut steps = vec![Step::Send(Message::Pong {
            echo_ms: now_ms,
            now_ms: now.wall_ms,
        })];
        let is_whole = self
            .theirs
            .as_ref()
            .is_some_and(|theirs| self.shared().covers(theirs));
        if is_whole {
            // What it vouches for was said and acknowledged before: see `ticked`.
            let vouched: Vec<(u16, i64)> = complete
                .iter()
                .filter(|(station, _)| *station != self.us.station)
                .map(|(station, at_ms)| (*station, at_ms.saturating_sub(self.clock_ms)))
                .collect();
            if !vouched.is_empty() {
                steps.push(Step::Note(Note::Complete(vouched)));
            }
        }
        steps
    }

    /// Compares the clocks. An answer to nothing we asked, or one over which our own clock was
    /// moved, tells nothing.
    fn heard_pong(&mut self, echo_ms: i64, said_ms: i64, now: Now) -> Vec<Step> {
        let Some(at) = self.pings.iter().position(|ping| ping.wall_ms == echo_ms) else {
            return Vec::new();
        };
        let asked = self.pings.drain(..=at).next_back().unwrap_or(now);
        let took_ms = now.steady_ms.saturating_sub(asked.steady_ms);
        let read = Reading::of_answer(asked.wall_ms, said_ms, now.wall_ms, took_ms);
        let Some(read) = read else {
            return Vec::new();
        };
        self.clock_ms = read.ms;
        vec![Step::Note(Note::Clock(read))]
    }

    fn heard_digests(&mut self, summary: u32, state: u64) -> Vec<Step> {
        let is_ours = !self.view.is_shown && self.is_comparable;
        if self.shared().digest() != summary || !is_ours {
            return Vec::new();
        }
        let note = if short(self.view.digest) == state {
            Note::Equal
        } else {
            Note::DigestDiffers
        };
        vec![Step::Note(note)]
    }

    /// Our log moved: entries of our own, or of another session.
    pub fn moved(&mut self, view: View) -> Vec<Step> {
        if self.is_over {
            return Vec::new();
        }
        self.view = view;
        self.go_on()
    }

    /// What `Step::Read` asked for. Writers that gave nothing are left alone until our log of
    /// them moves.
    pub fn have_read(&mut self, want: &Want, runs: Vec<Run>) -> Vec<Step> {
        self.is_reading = false;
        if self.is_over {
            return Vec::new();
        }
        if runs.is_empty() {
            for (writer, _) in &want.after {
                self.stalled.insert(*writer, self.view.summary.seq(*writer));
            }
            return self.go_on();
        }
        for run in &runs {
            self.sent.insert(run.writer, run.last());
        }
        self.number += 1;
        self.in_flight.push_back(self.number);
        let bytes = runs.iter().map(Run::bytes).sum();
        self.pace.sent(self.number, bytes, self.steady_ms);
        let mut steps = vec![Step::Send(Message::Entries {
            number: self.number,
            runs,
        })];
        steps.extend(self.go_on());
        steps
    }

    /// What came of `Step::Apply`; `view` is that after it.
    pub fn have_applied(&mut self, number: u32, applied: &Applied, view: View) -> Vec<Step> {
        self.view = view;
        if self.is_over {
            return Vec::new();
        }
        let ends = self.applying.remove(&number).unwrap_or_default();
        let theirs = self.theirs.get_or_insert_default();
        for (writer, head) in &applied.heads {
            // It sent what it has: as far as our head is its own, it has our head.
            let said = ends
                .iter()
                .any(|(w, last)| w == writer && *last == head.seq);
            if said && theirs.seq(*writer) < head.seq {
                theirs.note(*writer, *head);
            }
        }
        let refused: Vec<(Writer, u8)> = applied
            .refused
            .iter()
            .map(|(writer, refusal)| (*writer, refusal.code()))
            .collect();
        let mut steps = vec![Step::Send(Message::Have {
            number,
            heads: applied.heads.clone(),
            refused,
        })];
        for (writer, refusal) in &applied.refused {
            steps.push(Step::Note(Note::Refused(*refusal)));
            if *refusal == Refusal::Diverged {
                steps.extend(self.went_apart(*writer, true));
            }
        }
        steps.extend(self.go_on());
        steps
    }

    /// Time passes; `complete` is what the station could vouch for before it gave the view that
    /// this session has. Of that, stations are vouched for of whose entries the peer lacks none:
    /// while entries are still to go, a word about all of them would be false.
    pub fn ticked(&mut self, now: Now, complete: Vec<(u16, i64)>) -> Vec<Step> {
        if self.is_over {
            return Vec::new();
        }
        self.steady_ms = now.steady_ms;
        if now.steady_ms - self.heard_ms > SILENT_MS {
            return self.close(Bye::Silent);
        }
        let is_old = |asked: i64| now.steady_ms - asked >= SHOW_EVERY_MS;
        let mut steps = Vec::new();
        if self.asked_ms.is_some_and(is_old) {
            steps.extend(self.ask());
            self.asked_ms = Some(now.steady_ms);
        }
        if now.steady_ms - self.pinged_ms < PING_EVERY_MS || !self.is_met {
            return steps;
        }
        self.pinged_ms = now.steady_ms;
        if self.pings.len() == PINGS_MAX {
            self.pings.pop_front();
        }
        self.pings.push_back(now);
        if std::mem::take(&mut self.is_held) {
            // It has had its time to ask.
            steps.extend(self.go_on());
        }
        let mut complete = complete;
        let behind = self.behind();
        complete.retain(|(station, _)| !behind.contains(station));
        steps.push(Step::Send(Message::Ping {
            now_ms: now.wall_ms,
            complete,
        }));
        steps
    }

    /// Ends it from our side.
    pub fn close(&mut self, bye: Bye) -> Vec<Step> {
        self.is_over = true;
        vec![Step::Close(bye)]
    }

    /// Stations of whose entries the peer lacks some; all of ours before it said what it has.
    fn behind(&self) -> BTreeSet<u16> {
        self.shared()
            .iter()
            .filter(|(writer, head)| self.peer_seq(*writer) < head.seq)
            .map(|(writer, _)| writer.station)
            .collect()
    }

    /// What of ours this peer may be told of.
    fn shared(&self) -> Summary {
        self.view
            .summary
            .for_audience(self.us.is_trusted && self.peer.is_trusted)
    }

    /// Two histories of one writer: it is left alone, both sides are told and show what they have.
    fn went_apart(&mut self, writer: Writer, is_ours_to_say: bool) -> Vec<Step> {
        if !self.blocked.insert(writer) {
            return Vec::new();
        }
        let seq = self.view.summary.seq(writer);
        let theirs = self.theirs.as_ref().map_or(seq, |t| t.seq(writer));
        let from = seq.min(theirs.max(1)).saturating_sub(EVIDENCE);
        let mut steps = vec![Step::Note(Note::Forked(writer))];
        if is_ours_to_say {
            steps.push(Step::Send(Message::Diverged(writer)));
        }
        steps.push(Step::ShowEvidence(writer, from));
        steps
    }

    /// How far the peer's log of a writer goes: by its own word, and by what it has just sent. Our
    /// view may show those entries before `have_applied` does; they are not to go back.
    fn peer_seq(&self, writer: Writer) -> u64 {
        let told = self.theirs.as_ref().map_or(0, |t| t.seq(writer));
        let under_way = self.applying.values().flatten();
        let ends = under_way.filter(|(w, _)| *w == writer);
        ends.map(|(_, last)| *last).max().unwrap_or(0).max(told)
    }

    /// Says what the peer lacks, urgent lanes first; when nothing is left, compares the tables.
    fn go_on(&mut self) -> Vec<Step> {
        let Some(theirs) = &self.theirs else {
            return Vec::new();
        };
        let ours = self.shared();
        let mut steps = Vec::new();
        let out = ours
            .iter()
            .map(|(writer, head)| head.seq.saturating_sub(self.peer_seq(writer)))
            .sum();
        let backlog = (out, ours.lacks(theirs));
        if Some(backlog) != self.backlog {
            self.backlog = Some(backlog);
            let (out, to_come) = backlog;
            steps.push(Step::Note(Note::Backlog { out, to_come }));
        }
        if self.is_reading || self.is_held {
            return steps;
        }
        let is_long = backlog.0 > self.long;
        let lacking = self.lacking(&ours, is_long);
        if self.view.is_shown && backlog.1 == 0 {
            steps.extend(self.ask());
        }
        if lacking.is_empty() {
            if self.in_flight.is_empty() && backlog == (0, 0) {
                steps.extend(self.compare(&ours));
            }
        } else if self.in_flight.len() < in_flight_max(&lacking) {
            self.is_reading = true;
            steps.push(Step::Read(Want {
                after: lacking,
                bytes: self.pace.bytes(),
                by_arrival: is_long,
            }));
        }
        steps
    }

    /// Writers of the most urgent lane in which the peer lacks something that can be said now,
    /// the shortest remainder first; of all lanes when it lacks much.
    fn lacking(&self, ours: &Summary, is_long: bool) -> Vec<(Writer, u64)> {
        let mut best: Option<Lane> = None;
        let mut out: Vec<(u64, Writer, u64)> = Vec::new();
        for (writer, head) in ours.iter() {
            let theirs = self.peer_seq(writer);
            let after = self.sent.get(&writer).copied().unwrap_or(0).max(theirs);
            let is_stalled = self
                .stalled
                .get(&writer)
                .is_some_and(|seq| *seq >= head.seq);
            let is_left = is_stalled
                || after >= head.seq
                || self.blocked.contains(&writer)
                || self.unknown.contains(&writer);
            if is_left || !is_long && best.is_some_and(|lane| rank(lane) < rank(writer.lane)) {
                continue;
            }
            if !is_long && best.is_none_or(|lane| rank(writer.lane) < rank(lane)) {
                best = Some(writer.lane);
                out.clear();
            }
            out.push((head.seq - after, writer, after));
        }
        out.sort_unstable();
        out.into_iter()
            .map(|(_, writer, after)| (writer, after))
            .collect()
    }

    fn compare(&mut self, ours: &Summary) -> Vec<Step> {
        if self.view.is_shown {
            return Vec::new();
        }
        let digests = (ours.digest(), short(self.view.digest));
        if self.compared == Some(digests) {
            return Vec::new();
        }
        self.compared = Some(digests);
        vec![Step::Send(Message::Digests {
            summary: digests.0,
            state: digests.1,
        })]
    }
}

/// Messages that may be under way: the last place is kept for what is urgent, so that it does not
/// wait for the answer to another.
fn in_flight_max(lacking: &[(Writer, u64)]) -> usize {
    let is_urgent = lacking.iter().any(|(writer, _)| rank(writer.lane) == 0);
    IN_FLIGHT_MAX - usize::from(!is_urgent)
}

/// Order of urgency: protected logs go with the urgent ones.
fn rank(lane: Lane) -> u8 {
    match lane {
        Lane::Urgent | Lane::Protected => 0,
        Lane::Routine => 1,
        Lane::Bulk => 2,
    }
}

fn short(digest: u128) -> u64 {
    u64::try_from(digest & u128::from(u64::MAX)).unwrap_or(0)
}

#[cfg(test)]
mod tests;
