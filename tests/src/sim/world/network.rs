//! Links and sessions: what is carried, delayed, lost, cut short, forged, played again.

use anyhow::Result;
use fengsui_domain::log::entry::Entry;
use fengsui_replication::message::Message;

use super::World;
use crate::meeting::{self, Meeting};

/// Steps after which a session that hears nothing is over.
const SILENT_TICKS: u32 = 12;
/// Messages that one direction carries in a step.
const RATE: usize = 6;
/// Bytes of entries in one message over a slow link.
const SLOW_BYTES: usize = 300;
/// A backlog is a long one from at most so many entries on, where there are previews.
const LONG_MAX: u64 = 12;
/// Recorded sessions that are kept.
const PLAYED_MAX: usize = 4;

/// A session between two places.
pub(super) struct Line {
    ends: [usize; 2],
    meeting: Meeting,
    seen: [u64; 2],
    /// The stream to this end is broken.
    is_broken: [bool; 2],
    silent: u32,
    is_slow: bool,
    is_damaged: bool,
    heard: [Vec<Vec<u8>>; 2],
}

/// What a station heard in a session, and from whom.
#[derive(Clone)]
pub(super) struct Played {
    at: usize,
    peer: u16,
    messages: Vec<Vec<u8>>,
}

impl World {
    fn carries(&self, from: usize, to: usize) -> bool {
        !self.broken_links.contains(&(from, to))
    }

    /// New sessions between stations that can reach each other.
    pub(super) fn connect(&mut self) -> Result<()> {
        for a in 0..self.places.len() {
            for b in a + 1..self.places.len() {
                let is_there = self.places[a].node.is_up() && self.places[b].node.is_up();
                if !is_there || !self.carries(a, b) || !self.carries(b, a) {
                    continue;
                }
                let open = self.lines.iter().filter(|line| line.ends == [a, b]).count();
                let wants = match open {
                    0 => self.once_in(3),
                    1 => self.troubles.overlap && self.once_in(12),
                    _ => false,
                };
                if wants {
                    self.open_line(a, b, open > 0)?;
                }
            }
        }
        Ok(())
    }

    fn open_line(&mut self, a: usize, b: usize, is_second: bool) -> Result<()> {
        let (one, other) = (self.places[a].node.clone(), self.places[b].node.clone());
        if one.number() == other.number() {
            self.tally.count("twin refused");
            return Ok(());
        }
        if one.knows_revoked(other.number())? || other.knows_revoked(one.number())? {
            self.tally.count("revoked refused");
            return Ok(());
        }
        let is_slow = self.troubles.slow && self.once_in(2);
        if is_slow {
            self.tally.count("slow link");
        }
        if is_second {
            self.tally.count("sessions overlapped");
        }
        let seen = [one.version(), other.version()];
        let steady = Some(self.steady_ms());
        let mut meeting = Meeting::begin_at(one, other, steady)?;
        if self.seed >= super::PREVIEW_SEEDS {
            meeting.set_long(self.dice.below(LONG_MAX));
        }
        if self.places[a].is_newer {
            self.tally.count("newer program: messages");
            meeting.slip_in(1, &Message::Unknown(77));
        }
        self.lines.push(Line {
            ends: [a, b],
            meeting,
            seen,
            is_broken: [false; 2],
            silent: 0,
            is_slow,
            is_damaged: false,
            heard: [Vec::new(), Vec::new()],
        });
        Ok(())
    }

    /// Carries what is under way.
    pub(super) fn run_lines(&mut self) -> Result<()> {
        let mut todo = std::mem::take(&mut self.lines);
        while !todo.is_empty() {
            let line = todo.remove(0);
            let ends = line.ends;
            if let Some(line) = self.run_line(line)? {
                self.lines.push(line);
            }
            for at in ends {
                if self.places[at].node.has_failed() {
                    self.crash(at)?;
                }
            }
        }
        Ok(())
    }

    /// One step of a session; `None` when it is over.
    fn run_line(&mut self, mut line: Line) -> Result<Option<Line>> {
        if line.ends.iter().any(|at| !self.places[*at].node.is_up()) {
            self.end_line(line);
            return Ok(None);
        }
        match self.carry(&mut line) {
            Ok(true) => Ok(Some(line)),
            Ok(false) => {
                self.end_line(line);
                Ok(None)
            }
            Err(error) => {
                let is_crash = line.ends.iter().any(|at| {
                    let place = &self.places[*at];
                    place.node.has_failed() && place.armed_until.is_some()
                });
                let is_excused = is_crash || line.is_damaged;
                self.end_line(line);
                if is_excused { Ok(None) } else { Err(error) }
            }
        }
    }

    fn end_line(&mut self, mut line: Line) {
        for who in 0..2 {
            let messages = std::mem::take(&mut line.heard[who]);
            if self.played.len() < PLAYED_MAX && messages.len() > 3 && !line.is_damaged {
                self.played.push(Played {
                    at: line.ends[who],
                    peer: self.places[line.ends[1 - who]].node.number(),
                    messages,
                });
            }
        }
        line.meeting.cut();
    }

    /// Ends every session of a place at once.
    pub(super) fn hang_up(&mut self, at: usize) {
        let (gone, kept): (Vec<Line>, Vec<Line>) = std::mem::take(&mut self.lines)
            .into_iter()
            .partition(|line| line.ends.contains(&at));
        self.lines = kept;
        for line in gone {
            self.end_line(line);
        }
    }

    /// Ends every session.
    pub(super) fn hang_up_all(&mut self) {
        for line in std::mem::take(&mut self.lines) {
            self.end_line(line);
        }
    }

    /// Carries messages both ways; whether the session goes on.
    fn carry(&mut self, line: &mut Line) -> Result<bool> {
        line.meeting.steady_ms = Some(self.steady_ms());
        for who in 0..2 {
            let node = self.places[line.ends[who]].node.clone();
            let other = self.places[line.ends[1 - who]].node.number();
            if node.version() != line.seen[who] {
                line.seen[who] = node.version();
                if node.knows_revoked(other)? {
                    self.tally.count("revoked refused");
                    return Ok(false);
                }
                line.meeting.moved_at(who)?;
            }
        }
        let first = self.below(2);
        for who in [first, 1 - first] {
            self.carry_to(line, who)?;
            if let Some(theirs) = line.meeting.theirs(who) {
                self.places[line.ends[who]].node.adopt(&theirs);
            }
        }
        if self.tick.is_multiple_of(4) {
            line.meeting.tick()?;
        }
        if line.is_broken.contains(&true) {
            line.silent += 1;
        }
        let is_closed = line.meeting.closed(0).or(line.meeting.closed(1)).is_some();
        Ok(!is_closed && line.silent <= SILENT_TICKS)
    }

    fn carry_to(&mut self, line: &mut Line, who: usize) -> Result<()> {
        let (from, to) = (line.ends[1 - who], line.ends[who]);
        let rate = match line.is_slow {
            true => self.below(2),
            false => RATE,
        };
        let chunk = if line.is_slow { SLOW_BYTES } else { usize::MAX };
        for _ in 0..rate {
            if line.meeting.waiting(who) == 0 {
                break;
            }
            let is_lost = self.troubles.loss && self.once_in(40);
            if is_lost || !self.carries(from, to) {
                line.is_broken[who] = true;
            }
            if line.is_broken[who] {
                break;
            }
            self.damage(line, who);
            if self.troubles.replay
                && let Some(bytes) = line.meeting.next(who)
            {
                let bytes = bytes.clone();
                line.heard[who].push(bytes);
            }
            for at in line.ends {
                self.places[at].node.set_chunk(chunk);
            }
            line.meeting.deliver(who)?;
        }
        if line.is_broken[who] {
            let lost = line.meeting.lose(who);
            self.tally.add("message lost", lost as u64);
        }
        Ok(())
    }

    /// Cuts the next message short, or changes an entry in it.
    fn damage(&mut self, line: &mut Line, who: usize) {
        if self.troubles.short && self.once_in(30) {
            let Some(bytes) = line.meeting.next(who) else {
                return;
            };
            let length = usize::try_from(self.dice.below(bytes.len() as u64)).unwrap_or(0);
            if Message::decode(bytes.get(..length).unwrap_or(&[])).is_err() {
                bytes.truncate(length);
                line.is_damaged = true;
                self.tally.count("message cut short");
                return;
            }
        }
        if self.troubles.forged && self.once_in(5) {
            let Some(bytes) = line.meeting.next(who) else {
                return;
            };
            let Ok(Message::Entries { number, mut runs }) = Message::decode(bytes) else {
                return;
            };
            let at = self.dice.below(runs.len() as u64);
            let run = usize::try_from(at).ok().and_then(|at| runs.get_mut(at));
            let Some(entry) = run.and_then(|run| run.entries.last_mut()) else {
                return;
            };
            let Ok(mut forged) = Entry::decode(entry) else {
                return;
            };
            forged.at_ms += 60_000;
            *entry = forged.encode();
            *bytes = Message::Entries { number, runs }.encode();
            line.is_damaged = true;
            self.tally.count("entry forged");
        }
    }

    /// A station hears a whole session once more.
    pub(super) fn play_again(&mut self) -> Result<()> {
        if self.played.is_empty() {
            return Ok(());
        }
        let which = self.below(self.played.len());
        let played = self.played.swap_remove(which);
        let place = &self.places[played.at];
        let node = place.node.clone();
        if !node.is_up() || place.armed_until.is_some() {
            return Ok(());
        }
        self.tally.count("session played again");
        meeting::again(node, played.peer, &played.messages)
    }

    /// Two stations meet undisturbed and say everything.
    pub(super) fn meet(&mut self, a: usize, b: usize) -> Result<()> {
        let (one, other) = (self.places[a].node.clone(), self.places[b].node.clone());
        one.set_chunk(usize::MAX);
        other.set_chunk(usize::MAX);
        let steady = Some(self.steady_ms());
        let mut meeting = Meeting::begin_at(one.clone(), other.clone(), steady)?;
        meeting.settle()?;
        if let (Some(ours), Some(theirs)) = (meeting.theirs(0), meeting.theirs(1)) {
            one.adopt(&ours);
            other.adopt(&theirs);
        }
        meeting.cut();
        Ok(())
    }
}
