//! What must be, said a second time in plain maps: who had heard of what when he wrote, and so
//! what each write replaced. Shares no code with the reducer.
//!
//! A station has heard of an act when the act is in its log and everything the act needs is
//! heard of, too. A write replaces the live values its writer had heard of.

use std::collections::{BTreeMap, BTreeSet};

use fengsui_domain::log::dot::{Dot, Lane};
use fengsui_domain::log::entry::Value;
use fengsui_domain::log::field::{Field, Merge};
use fengsui_replication::summary::Summary;

/// What a write means to replace.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Sees {
    /// What a new value replaces by the field's own rule.
    Current,
    /// All that is live, also of a set.
    All,
    /// The live values that are this one.
    Of(Value),
}

/// One write of a deed.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Put {
    /// Of which thing; `None` = the deed's subject.
    pub thing: Option<Dot>,
    /// Which field, by number.
    pub field: u16,
    /// What.
    pub value: Value,
    /// In place of what.
    pub sees: Sees,
}

/// A deed as it was meant.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Deed {
    /// Its own word, as its actor's name in the log.
    pub token: String,
    /// Where it stands.
    pub dot: Dot,
    /// Its subject; `None` = it makes one.
    pub subject: Option<Dot>,
    /// Writes to things.
    pub puts: Vec<Put>,
    /// A unit it claims for what it makes.
    pub claims: Option<Dot>,
    /// The incident number it gives.
    pub number: Option<String>,
}

struct Mark {
    thing: Dot,
    field: u16,
    value: Value,
    seen: Vec<Dot>,
}

struct Known {
    token: String,
    needs: Vec<Dot>,
    marks: Vec<Mark>,
    number: Option<String>,
    is_acknowledged: bool,
    may_be_gone: bool,
}

/// The model.
#[derive(Default)]
pub struct Model {
    acts: BTreeMap<Dot, Known>,
    /// Deeds that are there and need one that is gone with its disk: they wait, for good.
    stranded: BTreeSet<Dot>,
    by_field: BTreeMap<(Dot, u16), Vec<Dot>>,
}

/// Live values by thing and field.
pub type Lives = BTreeMap<(Dot, u16), Vec<Dot>>;

impl Model {
    /// What a station with this log has heard of.
    #[must_use]
    pub fn heard(&self, summary: &Summary) -> BTreeSet<Dot> {
        let here = self
            .acts
            .keys()
            .filter(|dot| dot.seq <= summary.seq(dot.writer));
        let mut heard: BTreeSet<Dot> = here.copied().collect();
        loop {
            let waits = |dot: &&Dot| {
                self.acts
                    .get(dot)
                    .is_some_and(|act| act.needs.iter().any(|need| !heard.contains(need)))
            };
            let waiting: Vec<Dot> = heard.iter().filter(waits).copied().collect();
            if waiting.is_empty() {
                return heard;
            }
            for dot in waiting {
                heard.remove(&dot);
            }
        }
    }

    fn live(&self, thing: Dot, field: u16, heard: &BTreeSet<Dot>) -> Vec<Dot> {
        let all = self.by_field.get(&(thing, field));
        let all: Vec<Dot> = all
            .into_iter()
            .flatten()
            .filter(|dot| heard.contains(dot))
            .copied()
            .collect();
        let replaced: BTreeSet<Dot> = all
            .iter()
            .filter_map(|dot| self.mark(*dot, thing, field))
            .flat_map(|mark| mark.seen.iter().copied())
            .collect();
        all.into_iter()
            .filter(|dot| !replaced.contains(dot))
            .collect()
    }

    fn mark(&self, dot: Dot, thing: Dot, field: u16) -> Option<&Mark> {
        let act = self.acts.get(&dot)?;
        act.marks
            .iter()
            .find(|mark| mark.thing == thing && mark.field == field)
    }

    fn seen(&self, thing: Dot, put: &Put, heard: &BTreeSet<Dot>) -> Vec<Dot> {
        let is_set = Field::from_code(put.field).is_none_or(|field| field.merge() == Merge::Set);
        match &put.sees {
            Sees::Current if is_set => Vec::new(),
            Sees::Current | Sees::All => self.live(thing, put.field, heard),
            Sees::Of(value) => {
                let mut lives = self.live(thing, put.field, heard);
                lives.retain(|dot| {
                    self.mark(*dot, thing, put.field)
                        .is_some_and(|mark| mark.value == *value)
                });
                lives
            }
        }
    }

    /// Notes a deed of somebody who had heard of `heard`. Answers for each field written on a
    /// thing which dots it must have replaced.
    pub fn note(&mut self, deed: &Deed, heard: &BTreeSet<Dot>, acknowledged: bool) -> Lives {
        let subject = deed.subject.unwrap_or(deed.dot);
        let mut puts = deed.puts.clone();
        puts.extend(deed.claims.map(|unit| Put {
            thing: Some(unit),
            field: Field::UnitClaim.code(),
            value: Value::Ref(deed.dot),
            sees: Sees::Current,
        }));
        let mut expected = Lives::new();
        let mut needs = vec![subject];
        let mut marks = Vec::new();
        for put in puts {
            let thing = put.thing.unwrap_or(subject);
            let seen = self.seen(thing, &put, heard);
            needs.push(thing);
            needs.extend(seen.iter().copied());
            if let Value::Ref(dot) = put.value {
                needs.push(dot);
            }
            expected.insert((thing, put.field), seen.clone());
            self.by_field
                .entry((thing, put.field))
                .or_default()
                .push(deed.dot);
            marks.push(Mark {
                thing,
                field: put.field,
                value: put.value,
                seen,
            });
        }
        needs.retain(|need| *need != deed.dot && *need != Dot::COUNTY);
        needs.sort_unstable();
        needs.dedup();
        self.acts.insert(
            deed.dot,
            Known {
                token: deed.token.clone(),
                needs,
                marks,
                number: deed.number.clone(),
                is_acknowledged: acknowledged,
                may_be_gone: false,
            },
        );
        expected
    }

    /// The deed was never done.
    pub fn forget(&mut self, dot: Dot) {
        if let Some(act) = self.acts.remove(&dot) {
            for mark in act.marks {
                if let Some(dots) = self.by_field.get_mut(&(mark.thing, mark.field)) {
                    dots.retain(|other| *other != dot);
                }
            }
        }
    }

    /// The person was told after all.
    pub fn acknowledge(&mut self, dot: Dot) {
        if let Some(act) = self.acts.get_mut(&dot) {
            act.is_acknowledged = true;
        }
    }

    /// Deeds for which `is_so` holds may be gone for good: the only disk that had them is.
    pub fn may_be_gone(&mut self, is_so: impl Fn(Dot) -> bool) {
        for (dot, act) in &mut self.acts {
            act.may_be_gone |= is_so(*dot);
        }
    }

    /// Compares with the entries that are anywhere (dot and actor); forgets those that are nowhere
    /// and need not be. Answers what is lost or is not what it was.
    pub fn compare(&mut self, found: &BTreeMap<Dot, String>) -> Vec<String> {
        let mut wrong = Vec::new();
        let mut gone = Vec::new();
        for (dot, act) in &self.acts {
            match found.get(dot) {
                Some(token) if *token == act.token => {}
                Some(other) => wrong.push(format!("{dot} is {other}, was {}", act.token)),
                None if act.may_be_gone || !act.is_acknowledged => gone.push(*dot),
                None => wrong.push(format!("{dot} ({}) was saved and is nowhere", act.token)),
            }
        }
        for dot in &gone {
            self.forget(*dot);
        }
        self.strand(gone);
        wrong
    }

    /// What needs a deed that is gone is never folded, nor what needs that.
    fn strand(&mut self, gone: Vec<Dot>) {
        let mut missing: BTreeSet<Dot> = gone.into_iter().collect();
        loop {
            let more: Vec<Dot> = self
                .acts
                .iter()
                .filter(|(dot, _)| !missing.contains(dot))
                .filter(|(_, act)| act.needs.iter().any(|need| missing.contains(need)))
                .map(|(dot, _)| *dot)
                .collect();
            if more.is_empty() {
                return;
            }
            self.stranded.extend(&more);
            missing.extend(more);
        }
    }

    /// How many entries wait for what is gone with its disk.
    #[must_use]
    pub fn stranded(&self) -> usize {
        self.stranded.len()
    }

    /// Live values of everything, for an audience.
    #[must_use]
    pub fn lives(&self, is_trusted: bool) -> Lives {
        let may = |dot: &&Dot| is_trusted || dot.writer.lane != Lane::Protected;
        let is_folded = |dot: &&Dot| !self.stranded.contains(*dot);
        let acts = self.acts.keys().filter(may).filter(is_folded);
        let all: BTreeSet<Dot> = acts.copied().collect();
        let mut lives = Lives::new();
        for (thing, field) in self.by_field.keys() {
            let mut live = self.live(*thing, *field, &all);
            if !live.is_empty() {
                live.sort_unstable();
                lives.insert((*thing, *field), live);
            }
        }
        lives
    }

    /// Exclusive fields with more than one standing value.
    #[must_use]
    pub fn conflicts(&self, lives: &Lives) -> BTreeSet<(Dot, u16)> {
        let contradicts = |key: &&(Dot, u16)| {
            let (thing, code) = **key;
            let is_exclusive =
                Field::from_code(code).is_some_and(|field| field.merge() == Merge::Exclusive);
            let standing = lives.get(*key).into_iter().flatten().filter(|dot| {
                let mark = self.mark(**dot, thing, code);
                mark.is_some_and(|mark| mark.value != Value::Nothing)
            });
            is_exclusive && standing.count() > 1
        };
        lives.keys().filter(contradicts).copied().collect()
    }

    /// Incidents that were closed by somebody who had not heard a fact: they stand on the board.
    #[must_use]
    pub fn facts_after_closing(&self, lives: &Lives) -> Vec<Dot> {
        let stands = |thing: Dot, field: Field| {
            let lives = lives.get(&(thing, field.code()));
            lives.into_iter().flatten().any(|dot| {
                let mark = self.mark(*dot, thing, field.code());
                mark.is_some_and(|mark| mark.value != Value::Nothing)
            })
        };
        let closed = lives
            .keys()
            .filter(|(_, f)| *f == Field::IncidentClosure.code());
        closed
            .map(|(thing, _)| *thing)
            .filter(|thing| {
                stands(*thing, Field::IncidentClosure) && stands(*thing, Field::IncidentFact)
            })
            .collect()
    }

    /// Numbers given, with how often.
    #[must_use]
    pub fn numbers(&self) -> BTreeMap<&str, u32> {
        let mut numbers = BTreeMap::new();
        for number in self.acts.values().filter_map(|act| act.number.as_deref()) {
            *numbers.entry(number).or_default() += 1;
        }
        numbers
    }

    /// The deed was done.
    #[must_use]
    pub fn knows(&self, dot: Dot) -> bool {
        self.acts.contains_key(&dot)
    }
}
