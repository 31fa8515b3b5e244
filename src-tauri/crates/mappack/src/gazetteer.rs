//! Names of the extract and of the county's own tables: gathered, put into towns, matched with
//! the official divisions. Not here: the file they are kept in (`gazetteer::write`), the columns
//! they are searched by (`gazetteer::index`), looking up (`search`).

pub(crate) mod crossing;
pub(crate) mod gather;
pub(crate) mod index;
pub(crate) mod locate;
pub(crate) mod number;
mod towns;
pub(crate) mod write;

use crate::divisions::Divisions;
use crate::extract::Px;
use crate::reading::normal;
use crossing::central;
pub(crate) use gather::{Found, Gathered, OwnPlace};
use locate::{Locator, Whence};
use number::Number;
use std::cmp::Reverse;
use std::collections::{BTreeMap, BTreeSet};

/// What sort of thing a name belongs to. The numbers are those of the table and stay.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
#[repr(u8)]
pub enum PlaceClass {
    /// A house number.
    Address = 0,
    /// A named house.
    Building = 1,
    /// A named piece of land: an estate, a park, a wood.
    Area = 2,
    /// A river, lake or reservoir.
    Water = 3,
    /// A bridge.
    Bridge = 4,
    /// A street or railway.
    Street = 5,
    /// A station or stop.
    Transport = 6,
    /// A school, shop, police post …
    Poi = 7,
    /// A settlement as the map has it.
    Place = 8,
    /// A village of the official divisions.
    Village = 9,
    /// A town of the official divisions.
    Town = 10,
    /// Where two named streets meet.
    Crossing = 11,
    /// A lamp or other pole with a number.
    Pole = 12,
    /// A kilometre post.
    Milestone = 13,
}

impl PlaceClass {
    const ALL: [PlaceClass; 14] = [
        PlaceClass::Address,
        PlaceClass::Building,
        PlaceClass::Area,
        PlaceClass::Water,
        PlaceClass::Bridge,
        PlaceClass::Street,
        PlaceClass::Transport,
        PlaceClass::Poi,
        PlaceClass::Place,
        PlaceClass::Village,
        PlaceClass::Town,
        PlaceClass::Crossing,
        PlaceClass::Pole,
        PlaceClass::Milestone,
    ];

    /// From its number in the table; unknown ones count as land.
    pub(crate) fn from_number(number: i64) -> Self {
        usize::try_from(number)
            .ok()
            .and_then(|i| Self::ALL.get(i).copied())
            .unwrap_or(Self::Area)
    }

    /// How soon it is shown among equal matches; greater is sooner.
    pub(crate) fn importance(self) -> u8 {
        match self {
            Self::Address => 0,
            Self::Pole => 1,
            Self::Milestone => 2,
            Self::Building => 10,
            Self::Area => 20,
            Self::Crossing => 25,
            Self::Water => 30,
            Self::Bridge => 40,
            Self::Street => 50,
            Self::Transport => 60,
            Self::Poi => 70,
            Self::Place => 80,
            Self::Village => 90,
            Self::Town => 100,
        }
    }
}

/// A name with its place.
#[derive(Debug, Clone)]
pub(crate) struct Entry {
    pub(crate) name: String,
    pub(crate) class: PlaceClass,
    pub(crate) kind: String,
    pub(crate) at: Option<Px>,
    pub(crate) town: Option<(String, Whence)>,
    /// The official code of towns and villages, the number of a pole, the code of a door plate.
    pub(crate) code: Option<String>,
    /// Other names of the same thing.
    pub(crate) aliases: Vec<String>,
    /// Of an address: street and number as written.
    pub(crate) street: Option<String>,
    pub(crate) number: Option<String>,
    /// Of a crossing: its streets.
    pub(crate) cross: Option<(String, String)>,
}

impl Entry {
    fn new(name: &str, class: PlaceClass, kind: &str) -> Self {
        Self {
            name: name.to_owned(),
            class,
            kind: kind.to_owned(),
            at: None,
            town: None,
            code: None,
            aliases: Vec::new(),
            street: None,
            number: None,
            cross: None,
        }
    }

    fn of(found: Found, town: Option<(String, Whence)>) -> Self {
        Self {
            name: found.name,
            class: found.class,
            kind: found.kind,
            at: Some(found.at),
            town,
            code: found.code,
            aliases: found.aliases,
            street: found.street,
            number: found.number,
            cross: None,
        }
    }

    /// Of an address: the spelling its number counts along, and the number. `None` for all else,
    /// and for an address without a number, which is a name like others.
    pub(crate) fn numbered(&self) -> Option<(String, Number)> {
        if self.class != PlaceClass::Address {
            return None;
        }
        match (&self.street, &self.number) {
            (Some(street), Some(number)) => {
                let street = Some(normal(street)).filter(|street| !street.is_empty())?;
                Some((street, number::alone(number)?))
            }
            _ => number::split(&self.name),
        }
    }
}

/// A town of the county with its villages, as the pack keeps it.
#[derive(Debug, Clone)]
pub(crate) struct TownEntry {
    pub(crate) code: String,
    pub(crate) name: String,
    pub(crate) at: Option<Px>,
    /// Code, name, place.
    pub(crate) villages: Vec<(String, String, Option<Px>)>,
}

/// An address with what it is found by.
#[derive(Debug)]
pub(crate) struct Numbered {
    /// Spelling of the street, lane or village.
    pub(crate) street: String,
    pub(crate) number: Number,
    pub(crate) entry: Entry,
}

/// All names, and the towns.
#[derive(Debug, Default)]
pub(crate) struct Names {
    /// Everything that has a name of its own.
    pub(crate) entries: Vec<Entry>,
    /// House numbers, by street, town and number.
    pub(crate) addresses: Vec<Numbered>,
    pub(crate) towns: Vec<TownEntry>,
}

/// Sorts out what was gathered; `place` tells where a node of the extract is.
pub(crate) fn sort_out(
    mut gathered: Gathered,
    divisions: Option<&Divisions>,
    locator: &mut Locator,
    place: &dyn Fn(u32) -> Px,
) -> Names {
    let mut names = Names::default();
    let placed = divisions.map(|divisions| towns::place_towns(divisions, &gathered, locator));
    names.towns = placed.unwrap_or_default();
    locator.learn(&names.towns, &gathered);
    let junctions = std::mem::take(&mut gathered.junctions);
    names.entries = singles(gathered.points, locator);
    names.entries.extend(pieces(gathered.pieces, locator));
    names.entries.extend(junctions.crossings(place, locator));
    if divisions.is_some() {
        towns::place_villages(&mut names, locator);
        towns::merge_divisions(&mut names);
    }
    part_addresses(&mut names);
    name_streets(&mut names);
    names.entries.sort_by_cached_key(|entry| {
        (
            Reverse(entry.class.importance()),
            entry.name.clone(),
            entry.town.clone(),
            entry.at,
            entry.code.clone(),
        )
    });
    names
}

/// Takes the house numbers out of the names, ordered as they are looked up.
fn part_addresses(names: &mut Names) {
    let entries = std::mem::take(&mut names.entries);
    for entry in entries {
        match entry.numbered() {
            Some((street, number)) => names.addresses.push(Numbered {
                street,
                number,
                entry,
            }),
            None => names.entries.push(entry),
        }
    }
    let town = |one: &Numbered| one.entry.town.clone().map(|(name, _)| name);
    names.addresses.sort_by_cached_key(|one| {
        (
            one.street.clone(),
            town(one),
            one.number.clone(),
            one.entry.at,
            one.entry.name.clone(),
            one.entry.code.clone(),
        )
    });
}

/// A street known by its house numbers only is a name as well, at its middle number.
fn name_streets(names: &mut Names) {
    let mut known: BTreeSet<(String, Option<String>)> = BTreeSet::new();
    for entry in &names.entries {
        let town = entry.town.as_ref().map(|(name, _)| name.clone());
        for name in entry.aliases.iter().chain([&entry.name]) {
            known.insert((normal(name), town.clone()));
        }
    }
    let town = |one: &Numbered| one.entry.town.as_ref().map(|(name, _)| name.clone());
    let same = |a: &Numbered, b: &Numbered| a.street == b.street && town(a) == town(b);
    let mut found = Vec::new();
    for group in names.addresses.chunk_by(same) {
        let middle = &group[group.len() / 2];
        if known.contains(&(middle.street.clone(), town(middle))) {
            continue;
        }
        let written = middle.entry.street.clone();
        let name = written.unwrap_or_else(|| middle.street.clone());
        let (class, kind) = match name.chars().last() {
            Some('村' | '庄' | '屯' | '寨' | '湾' | '组' | '队' | '社' | '垸' | '冲') => {
                (PlaceClass::Place, "hamlet")
            }
            _ => (PlaceClass::Street, "street"),
        };
        found.push(Entry {
            at: middle.entry.at,
            town: middle.entry.town.clone(),
            ..Entry::new(&name, class, kind)
        });
    }
    names.entries.extend(found);
}

/// Things with one place each; two of one name and town within 150 m are one thing, unless each
/// has a code of its own.
fn singles(points: Vec<Found>, locator: &Locator) -> Vec<Entry> {
    let mut by_name: BTreeMap<(String, Option<String>), Vec<Entry>> = BTreeMap::new();
    for mut found in points {
        let town = match found.town.take() {
            Some(town) => Some((town, Whence::Given)),
            None => locator.town(found.at),
        };
        let key = (
            found.name.clone(),
            town.as_ref().map(|(name, _)| name.clone()),
        );
        let same = by_name.entry(key).or_default();
        let entry = Entry::of(found, town);
        let is_one = |other: &&mut Entry| {
            let near = other.at.zip(entry.at);
            let is_near = near.is_some_and(|(one, two)| metres(one, two) < 150.0);
            let codes = other.code.as_ref().zip(entry.code.as_ref());
            is_near
                && codes.is_none_or(|(one, two)| one == two)
                && (other.class == PlaceClass::Pole) == (entry.class == PlaceClass::Pole)
        };
        match same.iter_mut().find(is_one) {
            Some(other) => merge(other, entry),
            None => same.push(entry),
        }
    }
    by_name.into_values().flatten().collect()
}

/// A school's gate and its grounds: the more telling class stays, nothing said of either is lost.
fn merge(kept: &mut Entry, other: Entry) {
    let (mut stays, goes) = if other.class.importance() > kept.class.importance() {
        (other, kept.clone())
    } else {
        (kept.clone(), other)
    };
    for alias in goes.aliases {
        if !stays.aliases.contains(&alias) {
            stays.aliases.push(alias);
        }
    }
    stays.code = stays.code.or(goes.code);
    stays.street = stays.street.or(goes.street);
    stays.number = stays.number.or(goes.number);
    *kept = stays;
}

/// One entry for each name and town of lines and waters, at the piece nearest to their middle.
fn pieces(gathered: Vec<Found>, locator: &Locator) -> Vec<Entry> {
    type Key = (String, PlaceClass, Option<(String, Whence)>);
    let mut groups: BTreeMap<Key, Vec<Found>> = BTreeMap::new();
    for found in gathered {
        let town = locator.town(found.at);
        groups
            .entry((found.name.clone(), found.class, town))
            .or_default()
            .push(found);
    }
    groups
        .into_iter()
        .filter_map(|((_, _, town), group)| {
            let places: Vec<Px> = group.iter().map(|found| found.at).collect();
            let mut all = group.into_iter();
            let mut first = all.next()?;
            for alias in all.flat_map(|found| found.aliases) {
                if !first.aliases.contains(&alias) {
                    first.aliases.push(alias);
                }
            }
            first.at = central(&places)?;
            Some(Entry::of(first, town))
        })
        .collect()
}

fn squared(a: Px, b: Px) -> i64 {
    let (dx, dy) = (
        i64::from(a.x) - i64::from(b.x),
        i64::from(a.y) - i64::from(b.y),
    );
    dx * dx + dy * dy
}

/// Metres between two places not far from each other.
pub(crate) fn metres(a: Px, b: Px) -> f64 {
    const WORLD_M: f64 = 40_075_016.686;
    let y = (f64::from(a.y) + f64::from(b.y)) / 2.0 / crate::extract::WORLD;
    let squeeze = 1.0 / (std::f64::consts::PI * (1.0 - 2.0 * y)).cosh();
    (squared(a, b) as f64).sqrt() / crate::extract::WORLD * WORLD_M * squeeze
}
