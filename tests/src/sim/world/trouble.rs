//! What goes wrong, and when: each seed throws its own kinds of trouble, so that some histories
//! have much of one and nothing of another.

use anyhow::Result;
use fengsui_domain::log::dot::Dot;
use fengsui_replication::port::{Replica, Want};
use fengsui_replication::run::Run;
use fengsui_replication::summary::{Summary, may_send};
use fengsui_store::exchange;
use fengsui_testkit::crash_vfs::{CutMode, Dice};

use super::World;
use crate::sim::node::Stage;
use crate::sim::people::Wish;

/// Farthest jump of a clock, ms.
const JUMP_MS: u64 = 3_600_000;

/// Kinds of trouble in a seed.
#[derive(Debug, Clone, Copy, Default)]
pub(super) struct Troubles {
    halves: bool,
    one_way: bool,
    pub(super) loss: bool,
    pub(super) slow: bool,
    pub(super) overlap: bool,
    crash: bool,
    crash_all: bool,
    clock: bool,
    pub(super) newer: bool,
    pub(super) older: bool,
    bundle: bool,
    pub(super) replay: bool,
    pub(super) forged: bool,
    pub(super) short: bool,
    takeover: bool,
    restore: bool,
    copy: bool,
    revoke: bool,
}

impl Troubles {
    /// Throws them.
    pub(super) fn thrown(dice: &mut Dice) -> Troubles {
        let mut percent = |chance: u64| dice.below(100) < chance;
        Troubles {
            halves: percent(60),
            one_way: percent(40),
            loss: percent(40),
            slow: percent(40),
            overlap: percent(40),
            crash: percent(70),
            crash_all: percent(15),
            clock: percent(40),
            newer: percent(35),
            older: percent(25),
            bundle: percent(45),
            replay: percent(35),
            forged: percent(30),
            short: percent(25),
            takeover: percent(40),
            restore: percent(45),
            copy: percent(15),
            revoke: percent(12),
        }
    }
}

/// How a station comes back from a copy.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Back {
    /// The witness beside the database is still there.
    Witnessed,
    /// Onto a new disk: there is no witness.
    NewDisk,
    /// The whole machine goes back; only a peer can know.
    Whole,
}

/// One thing that happens.
#[derive(Debug, Clone)]
pub(super) enum Event {
    /// Links between these and all others are cut.
    Halves(Vec<usize>),
    /// Nothing goes this way any more.
    OneWay(usize, usize),
    /// Every link carries again.
    Mended,
    /// The disk gives up at the n-th write.
    Crash(usize, u64),
    /// The power goes everywhere.
    CrashAll,
    /// A clock is set.
    Clock(usize, i64),
    /// A stick is filled for a station.
    Pack(usize, usize),
    /// A stick is read in.
    Unpack,
    /// A session is heard again.
    Replay,
    /// A backup is made.
    Backup(usize),
    /// A backup is put back.
    Restore(usize, Back),
    /// A backup is started on a second machine.
    Copy(usize),
    /// One station revokes another.
    Revoke(usize, usize),
    /// Somebody takes the board.
    TakeBoard(usize),
    /// Somebody sends a unit.
    Order(usize),
}

/// A stick with entries.
pub(super) struct Bundle {
    runs: Vec<Run>,
    from: u16,
    to: usize,
    was_read: bool,
}

impl World {
    fn when(&mut self, from: u32, to: u32) -> u32 {
        from + u32::try_from(self.dice.below(u64::from(to - from))).unwrap_or(0)
    }

    /// Plans the trouble of this seed.
    pub(super) fn plan_trouble(&mut self) {
        let (all, end) = (self.places.len(), self.ticks);
        let troubles = self.troubles;
        let mut plan = Vec::new();
        if troubles.halves {
            let (begin, length) = (self.when(2, end / 2), self.when(10, 30));
            let cut: Vec<usize> = (0..all).filter(|_| self.once_in(2)).collect();
            let one = self.below(all);
            let cut = if cut.is_empty() || cut.len() == all {
                vec![one]
            } else {
                cut
            };
            // Both halves work on: this is where they contradict each other.
            let other = (0..all).find(|at| !cut.contains(at)).unwrap_or(0);
            if troubles.takeover {
                for at in [cut[0], other] {
                    plan.push((self.when(begin + 1, begin + length), Event::TakeBoard(at)));
                }
            }
            for at in [cut[0], other, cut[0], other] {
                plan.push((self.when(begin + 1, begin + length), Event::Order(at)));
            }
            plan.push((begin, Event::Halves(cut)));
            plan.push((begin + length, Event::Mended));
        }
        if troubles.one_way {
            for _ in 0..2 {
                let (a, b) = (self.below(all), self.below(all));
                let begin = self.when(2, end - 5);
                plan.push((begin, Event::OneWay(a, b)));
                plan.push((begin + 15, Event::Mended));
            }
        }
        if troubles.crash {
            for _ in 0..1 + self.below(3) {
                let (at, writes) = (self.below(all), self.dice.below(40));
                plan.push((self.when(3, end), Event::Crash(at, writes)));
            }
        }
        if troubles.crash_all {
            plan.push((self.when(10, end), Event::CrashAll));
        }
        if troubles.clock {
            for _ in 0..2 {
                let by = i64::try_from(self.dice.below(2 * JUMP_MS)).unwrap_or(0);
                let by = by - i64::try_from(JUMP_MS).unwrap_or(0);
                plan.push((self.when(2, end), Event::Clock(self.below(all), by)));
            }
        }
        self.plan_carrying(&mut plan);
        self.plan_copies(&mut plan);
        self.plan = plan;
    }

    fn plan_carrying(&mut self, plan: &mut Vec<(u32, Event)>) {
        let (all, end) = (self.places.len(), self.ticks);
        if self.troubles.bundle {
            for _ in 0..2 {
                let (from, to) = (self.below(all), self.below(all));
                plan.push((self.when(5, end - 10), Event::Pack(from, to)));
                plan.push((self.when(10, end), Event::Unpack));
                plan.push((self.when(20, end), Event::Unpack));
            }
        }
        if self.troubles.replay {
            for _ in 0..2 {
                plan.push((self.when(20, end), Event::Replay));
            }
        }
    }

    fn plan_copies(&mut self, plan: &mut Vec<(u32, Event)>) {
        let (all, end) = (self.places.len(), self.ticks);
        let at = self.below(all);
        if self.troubles.restore {
            let made = self.when(3, end / 2);
            let back = match self.below(3) {
                0 => Back::Witnessed,
                1 => Back::NewDisk,
                _ => Back::Whole,
            };
            plan.push((made, Event::Backup(at)));
            plan.push((self.when(made + 5, end), Event::Restore(at, back)));
        }
        if self.troubles.copy && !self.troubles.restore {
            let made = self.when(3, end / 2);
            plan.push((made, Event::Backup(at)));
            plan.push((self.when(made + 8, end - 3), Event::Copy(at)));
        } else if self.troubles.revoke && all > 2 {
            let by = (at + 1 + self.below(all - 1)) % all;
            plan.push((self.when(end / 3, end), Event::Revoke(by, at)));
        }
    }

    pub(super) fn happens(&mut self, event: Event) -> Result<()> {
        match event {
            Event::Halves(cut) => {
                self.tally.count("cut in halves");
                for a in 0..self.places.len() {
                    for b in 0..self.places.len() {
                        if cut.contains(&a) != cut.contains(&b) {
                            self.broken_links.insert((a, b));
                        }
                    }
                }
                Ok(())
            }
            Event::OneWay(a, b) => {
                if a != b {
                    self.tally.count("cut one way");
                    self.broken_links.insert((a, b));
                }
                Ok(())
            }
            Event::Mended => {
                self.broken_links.clear();
                Ok(())
            }
            Event::Crash(at, writes) => {
                let place = &mut self.places[at];
                if place.node.is_up() && place.armed_until.is_none() {
                    place.node.arm(writes);
                    place.armed_until = Some(self.tick + 6);
                }
                Ok(())
            }
            Event::CrashAll => {
                self.tally.count("crash of all stations");
                for at in 0..self.places.len() {
                    if self.places[at].node.is_up() {
                        self.crash(at)?;
                    }
                }
                Ok(())
            }
            Event::Clock(at, by_ms) => {
                self.tally.count("clock jumped");
                self.places[at].clock_ms = by_ms;
                Ok(())
            }
            Event::Pack(from, to) => self.pack(from, to),
            Event::Unpack => self.unpack(),
            Event::Replay => self.play_again(),
            Event::Backup(at) => self.back_up(at),
            Event::Restore(at, back) => self.restore(at, back),
            Event::Copy(at) => self.start_copy(at),
            Event::Revoke(by, at) => self.revoke(by, at),
            Event::TakeBoard(at) => self.act(at, Wish::TakeBoard),
            Event::Order(at) => {
                self.act(at, Wish::Open)?;
                self.act(at, Wish::Order)
            }
        }
    }

    /// The power of a station goes.
    pub(super) fn crash(&mut self, at: usize) -> Result<()> {
        let mode = CutMode::ALL[self.below(4)];
        let seed = self.dice.below(u64::MAX);
        self.hang_up(at);
        let (counts, stage) = self.places[at].node.power_cut(mode, seed)?;
        let gone = counts.dropped + counts.torn + counts.garbage;
        self.tally.add("unsynced write dropped", gone);
        self.tally.count(match stage {
            None => "crash while idle",
            Some(Stage::Act) => "crash within an act",
            Some(Stage::Commit) => "crash within a commit",
            Some(Stage::Merge) => "crash within a merge",
            Some(Stage::Preview) => "crash within a preview",
        });
        let rest = 2 + u32::try_from(self.dice.below(8)).unwrap_or(0);
        self.places[at].armed_until = None;
        self.places[at].up_at = Some(self.tick + rest);
        Ok(())
    }

    pub(super) fn crash_those_due(&mut self) -> Result<()> {
        for at in 0..self.places.len() {
            if self.places[at]
                .armed_until
                .is_some_and(|until| until <= self.tick)
            {
                self.crash(at)?;
            }
        }
        Ok(())
    }

    pub(super) fn start_those_due(&mut self) -> Result<()> {
        for at in 0..self.places.len() {
            if self.places[at]
                .up_at
                .is_some_and(|up_at| up_at <= self.tick)
            {
                self.start(at)?;
            }
        }
        Ok(())
    }

    /// A station starts again; what was in doubt is looked up in its log.
    pub(super) fn start(&mut self, at: usize) -> Result<()> {
        let place = &mut self.places[at];
        place.up_at = None;
        place
            .node
            .set_clock(super::BEGIN_MS + i64::from(self.tick) * super::TICK_MS + place.clock_ms);
        let began = match place.node.start() {
            Ok(began) => began,
            Err(error) => {
                let seen = format!("station {}: {error:#}", place.node.number());
                self.tally
                    .broken("a station starts after a power cut", seen);
                return Err(error);
            }
        };
        let may_begin = std::mem::take(&mut place.may_begin);
        let limbo = std::mem::take(&mut place.limbo);
        let node = place.node.clone();
        if began && !may_begin {
            let seen = format!("station {} after a power cut", node.number());
            self.tally.broken("no new incarnation without cause", seen);
        }
        for dot in limbo {
            let is_there = node.read_with(|conn| Ok(fengsui_store::read::has_entry(conn, dot)?))?;
            if is_there {
                self.tally.count("in doubt, was done");
            } else {
                self.tally.count("in doubt, was not done");
                self.model.forget(dot);
            }
        }
        self.places[at].last = node.heads()?;
        Ok(())
    }

    fn pack(&mut self, from: usize, to: usize) -> Result<()> {
        let (giver, taker) = (&self.places[from], &self.places[to]);
        if from == to || !giver.node.is_up() || taker.is_revoked || giver.is_revoked {
            return Ok(());
        }
        // The stick may bring word of what the taker had the last time, or nothing.
        let had = if self.tick.is_multiple_of(2) {
            taker.last.clone()
        } else {
            Summary::default()
        };
        let is_trusted = giver.is_trusted && taker.is_trusted;
        let number = giver.node.number();
        let view = giver.node.view()?.summary.for_audience(is_trusted);
        let after = view.iter().map(|(writer, _)| (writer, had.seq(writer)));
        let want = Want {
            after: after.collect(),
            bytes: usize::MAX,
            ..Want::default()
        };
        let runs = giver
            .node
            .read_with(|conn| Ok(exchange::runs(conn, &want)?))?;
        self.bundles.push(Bundle {
            runs,
            from: number,
            to,
            was_read: false,
        });
        Ok(())
    }

    fn unpack(&mut self) -> Result<()> {
        if self.bundles.is_empty() {
            return Ok(());
        }
        let which = self.below(self.bundles.len());
        let bundle = &mut self.bundles[which];
        let place = &self.places[bundle.to];
        if !place.node.is_up() || place.armed_until.is_some() {
            return Ok(());
        }
        let kind = if bundle.was_read {
            "bundle carried twice"
        } else {
            "bundle carried late"
        };
        bundle.was_read = true;
        place.node.apply(bundle.from, &bundle.runs)?;
        let twice = place.node.apply(bundle.from, &bundle.runs)?;
        if twice.received > 0 {
            let seen = format!("{} entries were new the second time", twice.received);
            self.tally
                .broken("a bundle read twice changes nothing", seen);
        }
        self.tally.count(kind);
        Ok(())
    }

    fn back_up(&mut self, at: usize) -> Result<()> {
        let place = &mut self.places[at];
        if place.node.is_up() && place.armed_until.is_none() {
            let (bytes, witness) = place.node.copy()?;
            place.backup = Some((bytes, witness, place.node.heads()?));
        }
        Ok(())
    }

    /// Somebody else who has all of a station's own entries.
    fn keeper(&self, at: usize) -> Option<usize> {
        let number = self.places[at].node.number();
        let own = |summary: &Summary| {
            let own = summary.iter().filter(|(w, _)| w.station == number);
            own.collect::<Vec<_>>()
        };
        let ours = own(&self.places[at].last);
        (0..self.places.len()).find(|other| {
            let place = &self.places[*other];
            *other != at
                && !place.is_revoked
                && place.node.is_up()
                && place.armed_until.is_none()
                && place.node.number() != number
                && ours.iter().all(|(writer, head)| {
                    may_send(*writer, place.is_trusted) && place.last.seq(*writer) >= head.seq
                })
        })
    }

    /// Deeds of which this station's disk holds the only copy may be gone from now on.
    fn only_here_may_go(&mut self, at: usize) {
        let here = self.places[at].last.clone();
        let others: Vec<Summary> = (0..self.places.len())
            .filter(|other| *other != at && !self.places[*other].is_revoked)
            .map(|other| self.places[other].last.clone())
            .collect();
        let number = self.places[at].node.number();
        let has = |summary: &Summary, dot: Dot| summary.seq(dot.writer) >= dot.seq;
        self.model.may_be_gone(|dot| {
            // What it wrote since it was last seen is on its disk alone.
            let is_here = has(&here, dot) || dot.writer.station == number;
            is_here && !others.iter().any(|other| has(other, dot))
        });
    }

    fn restore(&mut self, at: usize, back: Back) -> Result<()> {
        self.see_all();
        let keeper = self.keeper(at);
        let place = &mut self.places[at];
        if place.is_twin || place.is_revoked {
            return Ok(());
        }
        let Some((bytes, witness, had)) = place.backup.take() else {
            return Ok(());
        };
        let number = place.node.number();
        let has_lost = has_more(&place.last, &had, number);
        let back = match (back, keeper) {
            (Back::Whole, Some(_)) if has_lost => Back::Whole,
            (Back::Whole, _) => Back::NewDisk,
            (back, _) => back,
        };
        self.only_here_may_go(at);
        self.hang_up(at);
        let place = &mut self.places[at];
        let beside = match back {
            Back::Witnessed => place.node.lock().witness.clone(),
            Back::NewDisk => None,
            Back::Whole => witness,
        };
        place.armed_until = None;
        place.may_begin = back != Back::Whole;
        place.node.put_back(&bytes, beside, back == Back::Whole)?;
        self.start(at)?;
        self.tally.count(match back {
            Back::Witnessed => "restored from backup",
            Back::NewDisk => "restored onto a new disk",
            Back::Whole => "restored, a peer knew better",
        });
        if let (Back::Whole, Some(keeper)) = (back, keeper) {
            self.meet(at, keeper)?;
        }
        Ok(())
    }

    fn start_copy(&mut self, at: usize) -> Result<()> {
        self.see_all();
        let keeper = self.keeper(at);
        let place = &self.places[at];
        let Some((bytes, witness, had)) = place.backup.clone() else {
            return Ok(());
        };
        let number = place.node.number();
        let has_more = has_more(&place.last, &had, number);
        let (Some(keeper), true) = (keeper, has_more) else {
            return Ok(());
        };
        // Protected logs of one machine need somebody to carry them to the other.
        let carries = |other: &super::Place| other.is_trusted && other.node.number() != number;
        if place.is_trusted && !self.places.iter().any(carries) {
            return Ok(());
        }
        let (clock_ms, is_trusted) = (place.clock_ms, place.is_trusted);
        let mut node = self.make_node(number, Some(&bytes))?;
        node.seed = self.places[at].node.seed;
        let mut copy = self.place(node, is_trusted);
        copy.clock_ms = clock_ms;
        copy.is_twin = true;
        copy.node.put_back(&bytes, witness, true)?;
        self.places[at].is_twin = true;
        let new = self.places.len();
        self.places.push(copy);
        self.start(new)?;
        self.tally.count("copied disk");
        self.meet(new, keeper)?;
        if self.places[new].node.noticed().began_by_peer > 0 {
            self.tally.count("copied disk noticed by a peer");
        }
        Ok(())
    }

    fn revoke(&mut self, by: usize, at: usize) -> Result<()> {
        let is_ready = self.places[by].node.is_up() && self.places[by].armed_until.is_none();
        let number = self.places[at].node.number();
        if !is_ready || self.places[at].is_twin {
            return Ok(());
        }
        self.see_all();
        self.act(by, Wish::Revoke(number))?;
        if self.places[by].node.knows_revoked(number)? {
            self.tally.count("station revoked");
            self.only_here_may_go(at);
            self.places[at].is_revoked = true;
        }
        Ok(())
    }
}

/// Whether a station's own log goes on after what a copy has of it.
fn has_more(now: &Summary, copy: &Summary, number: u16) -> bool {
    let mut own = now.iter().filter(|(writer, _)| writer.station == number);
    own.any(|(writer, head)| head.seq > copy.seq(writer))
}
