//! The county of one seed: stations, people, clocks, and what goes wrong when.
//!
//! Not here: sessions and links (`network`), trouble (`trouble`), what must hold at the end
//! (`check`).

mod heal;
mod network;
mod trouble;

use std::collections::BTreeSet;
use std::path::PathBuf;
use std::sync::Arc;

use anyhow::{Context, Result};
use fengsui_domain::log::dot::Dot;
use fengsui_domain::log::entry::{Entry, Target};
use fengsui_replication::summary::Summary;
use fengsui_store::{StationIdentity, exchange};
use fengsui_testkit::crash_vfs::Dice;

use super::disk::Disk;
use super::model::{Deed, Model};
use super::node::{Node, Witness};
use super::people::{Person, Wish};
use super::plant::Plant;
use super::tally::Tally;
use network::{Line, Played};
use trouble::{Bundle, Event, Troubles};

/// 2026-11-27 12:00 in Beijing, ms: where every history begins.
const BEGIN_MS: i64 = 1_795_752_000_000;
/// Length of one step of time, ms.
const TICK_MS: i64 = 500;
/// Units of the county.
const UNITS: u32 = 4;

/// One station and what the world knows of it.
pub(super) struct Place {
    pub(super) node: Arc<Node>,
    /// Its clock less the true time, ms.
    clock_ms: i64,
    /// Down until this step.
    up_at: Option<u32>,
    /// Its disk gives up soon; at this step the power goes in any case.
    armed_until: Option<u32>,
    /// Somebody revoked it.
    pub(super) is_revoked: bool,
    /// It may hold protected logs.
    pub(super) is_trusted: bool,
    is_newer: bool,
    /// There are two machines of this station.
    is_twin: bool,
    /// A new incarnation may begin at its next start.
    may_begin: bool,
    /// Deeds of which nobody knows whether they were done.
    limbo: Vec<Dot>,
    /// What it had when it was last seen running.
    last: Summary,
    backup: Option<(Vec<u8>, Option<Witness>, Summary)>,
}

/// From this seed on stations also hear by voice; those before keep the histories they had.
pub const VOICE_SEEDS: u64 = 1_000_000;

/// From this seed on a backlog of a few entries is a long one: stations are shown what is open
/// first.
pub const PREVIEW_SEEDS: u64 = 2_000_000;

/// A county.
pub struct World {
    pub(super) seed: u64,
    pub(super) plant: Option<Plant>,
    pub(super) tally: Tally,
    pub(super) model: Model,
    pub(super) places: Vec<Place>,
    root: PathBuf,
    dice: Dice,
    tokens: u32,
    tick: u32,
    ticks: u32,
    troubles: Troubles,
    plan: Vec<(u32, Event)>,
    /// Links that carry, by (from, to).
    broken_links: BTreeSet<(usize, usize)>,
    lines: Vec<Line>,
    bundles: Vec<Bundle>,
    played: Vec<Played>,
}

impl World {
    /// Nothing has happened yet.
    #[must_use]
    pub fn new(seed: u64, plant: Option<Plant>, root: PathBuf) -> World {
        let mut dice = Dice::new(seed.wrapping_mul(0x9e37_79b9_7f4a_7c15) ^ 0x7e51);
        let troubles = Troubles::thrown(&mut dice);
        World {
            seed,
            plant,
            tally: Tally::default(),
            model: Model::default(),
            places: Vec::new(),
            root,
            tokens: 0,
            tick: 0,
            ticks: 50 + u32::try_from(dice.below(40)).unwrap_or(0),
            dice,
            troubles,
            plan: Vec::new(),
            broken_links: BTreeSet::new(),
            lines: Vec::new(),
            bundles: Vec::new(),
            played: Vec::new(),
        }
    }

    /// Lets it happen, and heals it.
    ///
    /// # Errors
    /// What the simulation itself cannot do.
    pub fn live(&mut self) -> Result<()> {
        self.settle_county().context("founding")?;
        self.plan_trouble();
        for tick in 1..=self.ticks {
            self.tick = tick;
            self.step().with_context(|| format!("step {tick}"))?;
        }
        self.heal().context("healing")
    }

    /// Hashes of every station's shared tables, for the digest of the run.
    pub(super) fn hashes(&self) -> Vec<[u8; 32]> {
        let hash = |place: &Place| {
            place
                .node
                .read_with(|conn| Ok(fengsui_store::verify::shared(conn)?))
        };
        let all = self.places.iter().filter_map(|place| hash(place).ok());
        all.flat_map(std::collections::BTreeMap::into_values)
            .collect()
    }

    fn steady_ms(&self) -> i64 {
        BEGIN_MS + i64::from(self.tick) * TICK_MS
    }

    fn below(&mut self, below: usize) -> usize {
        usize::try_from(self.dice.below(below as u64)).unwrap_or(0)
    }

    /// Happens once in so many times.
    fn once_in(&mut self, times: u64) -> bool {
        self.dice.below(times) == 0
    }

    fn make_node(&mut self, number: u16, image: Option<&[u8]>) -> Result<Node> {
        let at = self.places.len();
        let mut seed = *blake3::hash(format!("{} {number}", self.seed).as_bytes()).as_bytes();
        seed[0] = u8::try_from(at).unwrap_or(0);
        let checkpoint = [0, 12, 40, 1_000][self.below(4)];
        let is_synced = self.plant != Some(Plant::FsyncSkipped);
        let disk = Disk::make(self.root.join(at.to_string()), image, checkpoint, is_synced)?;
        let letter = |at: u16| char::from(b'A' + u8::try_from(at % 26).unwrap_or(0));
        let identity = StationIdentity {
            number,
            code: format!("S{}", letter(number)),
            name: format!("{number}号站"),
        };
        let dice = Dice::new(self.dice.below(u64::MAX));
        Ok(Node::new(identity, seed, disk, self.plant, dice))
    }

    fn place(&self, node: Node, is_trusted: bool) -> Place {
        node.set_clock(self.steady_ms());
        Place {
            node: Arc::new(node),
            clock_ms: 0,
            up_at: None,
            armed_until: None,
            is_revoked: false,
            is_trusted,
            is_newer: false,
            is_twin: false,
            may_begin: false,
            limbo: Vec::new(),
            last: Summary::default(),
            backup: None,
        }
    }

    fn settle_county(&mut self) -> Result<()> {
        // Small counties are common: they are quick, and cuts go through the whole of them.
        let count = 2 + self.below(6).min(self.below(6));
        for at in 0..count {
            let number = u16::try_from(at + 1)?;
            let is_trusted = at == 0 || self.dice.below(10) < 6;
            let mut node = self.make_node(number, None)?;
            node.is_old = self.troubles.older && at == count - 1;
            if node.is_old {
                self.tally.count("older program");
            }
            let mut place = self.place(node, is_trusted);
            place.is_newer = self.troubles.newer && at <= 1;
            self.places.push(place);
        }
        let county = [7; 16];
        let founder = self.places[0].node.clone();
        founder.found(&county, &[])?;
        let key = (1, founder.public_key()?);
        for place in self.places.iter().skip(1) {
            place.node.found(&county, &[key])?;
        }
        self.enrol_all()?;
        for at in 1..count {
            self.meet(0, at)?;
        }
        self.see_all();
        Ok(())
    }

    fn enrol_all(&mut self) -> Result<()> {
        let mut all = Vec::new();
        for place in &self.places {
            let identity = &place.node.identity;
            let key = place.node.public_key()?;
            all.push((
                identity.number,
                identity.code.clone(),
                key,
                place.is_trusted,
            ));
        }
        let founder = self.places[0].node.clone();
        let mut person = self.person(0);
        let acted = founder.act(|log| {
            let mut deeds = Vec::new();
            for (number, code, key, is_trusted) in &all {
                let audience = i64::from(*is_trusted);
                deeds.push(person.enrol_station(log, *number, code, key, audience)?);
            }
            for unit in 1..=UNITS {
                deeds.push(person.enrol_unit(log, &format!("巡0{unit}"))?);
            }
            deeds.extend(person.act(log, Wish::TakeBoard)?.unwrap_or_default());
            Ok(Some(deeds))
        })?;
        founder.settle()?;
        let deeds = acted.map(|acted| acted.value).unwrap_or_default();
        self.record(0, &deeds, BTreeSet::new(), true)
    }

    fn person(&mut self, at: usize) -> Person<'_> {
        let place = &self.places[at];
        let code = match self.plant {
            Some(Plant::NumberWithoutStation) => "XX".to_owned(),
            _ => place.node.identity.code.clone(),
        };
        Person {
            dice: &mut self.dice,
            tokens: &mut self.tokens,
            number: place.node.number(),
            code,
            at_ms: BEGIN_MS + i64::from(self.tick) * TICK_MS + place.clock_ms,
            is_trusted: place.is_trusted,
            is_newer: place.is_newer,
            hears: (VOICE_SEEDS..PREVIEW_SEEDS).contains(&self.seed),
        }
    }

    /// Somebody at a station does something.
    fn act(&mut self, at: usize, wish: Wish) -> Result<()> {
        let node = self.places[at].node.clone();
        if !node.is_up() {
            return Ok(());
        }
        if node.is_shown()? {
            // What a person does on a peer's word the model does not know.
            self.tally.count("nobody acts on what is shown");
            return Ok(());
        }
        let heard = self.model.heard(&node.heads()?);
        let mut made = Vec::new();
        let mut person = self.person(at);
        let acted = node.act(|log| {
            let deeds = person.act(log, wish)?;
            made.clone_from(deeds.as_ref().unwrap_or(&Vec::new()));
            Ok(deeds.map(|_| ()))
        });
        match acted {
            Ok(None) => Ok(()),
            Ok(Some(acted)) => {
                self.count_deeds(&made);
                self.record(at, &made, heard, acted.acknowledged)
            }
            Err(error) if node.has_failed() => {
                if self.places[at].armed_until.is_none() {
                    return Err(error.into());
                }
                self.record(at, &made, heard, false)?;
                self.crash(at)
            }
            Err(error) => Err(error.into()),
        }
    }

    fn count_deeds(&mut self, deeds: &[Deed]) {
        use fengsui_domain::log::dot::Lane;
        self.tally.add("deeds", deeds.len() as u64);
        for deed in deeds {
            if deed.dot.writer.lane == Lane::Protected {
                self.tally.count("audience: protected entries");
            }
            let is_new = |put: &super::model::Put| put.field == super::people::NEW_FIELD;
            if deed.puts.iter().any(is_new) {
                self.tally.count("newer program: fields");
                self.tally.count("newer program: kinds");
            }
            let settles = |put: &super::model::Put| {
                let field = fengsui_domain::log::field::Field::from_code(put.field);
                put.sees == super::model::Sees::All
                    && field != Some(fengsui_domain::log::field::Field::IncidentFact)
            };
            if deed.puts.iter().any(settles) {
                self.tally.count("conflict settled");
            }
        }
    }

    /// Tells the model, and compares what the entries say they replace with what it says.
    fn record(
        &mut self,
        at: usize,
        deeds: &[Deed],
        mut heard: BTreeSet<Dot>,
        acknowledged: bool,
    ) -> Result<()> {
        let node = self.places[at].node.clone();
        for deed in deeds {
            let expected = self.model.note(deed, &heard, acknowledged);
            heard.insert(deed.dot);
            if !acknowledged {
                self.places[at].limbo.push(deed.dot);
            }
            if !node.is_up() {
                continue;
            }
            let Some(bytes) = node.read_with(|conn| Ok(exchange::entry_bytes(conn, deed.dot)?))?
            else {
                let lost = format!("{} is not in the log it was written to", deed.dot);
                self.tally.broken("durable before said", lost);
                continue;
            };
            let entry = Entry::decode(&bytes)?;
            for write in &entry.writes {
                let thing = match write.target {
                    Target::Body => continue,
                    Target::Subject => entry.subject,
                    Target::Other(dot) => dot,
                };
                let Some(expected) = expected.get(&(thing, write.field)) else {
                    continue;
                };
                let sorted = |dots: &[Dot]| dots.iter().copied().collect::<BTreeSet<Dot>>();
                if sorted(expected) != sorted(&write.seen) {
                    let seen = format!(
                        "{} field {} of {thing} replaces {:?}, the model says {:?}",
                        deed.dot, write.field, write.seen, expected
                    );
                    self.tally.broken("writes replace what was seen", seen);
                }
            }
        }
        Ok(())
    }

    fn step(&mut self) -> Result<()> {
        let steady_ms = self.steady_ms();
        for place in &self.places {
            place.node.set_clock(steady_ms + place.clock_ms);
        }
        self.start_those_due()?;
        let due: Vec<Event> = self
            .plan
            .iter()
            .filter(|(tick, _)| *tick == self.tick)
            .map(|(_, event)| event.clone())
            .collect();
        for event in due {
            self.happens(event)?;
        }
        for at in 0..self.places.len() {
            if self.once_in(4) {
                self.act(at, Wish::Any)?;
            }
        }
        self.crash_those_due()?;
        self.connect()?;
        self.run_lines()?;
        if self.tick.is_multiple_of(4) {
            self.commit_open()?;
        }
        self.see_all();
        Ok(())
    }

    /// Ends what a planted fault left open.
    fn commit_open(&mut self) -> Result<()> {
        for at in 0..self.places.len() {
            let node = self.places[at].node.clone();
            if !node.is_up() {
                continue;
            }
            if node.settle().is_err() {
                self.crash(at)?;
                continue;
            }
            for dot in std::mem::take(&mut self.places[at].limbo) {
                self.model.acknowledge(dot);
            }
        }
        Ok(())
    }

    /// Remembers what each running station has.
    fn see_all(&mut self) {
        for place in &mut self.places {
            if let Ok(heads) = place.node.heads() {
                place.last = heads;
            }
        }
    }
}
