//! Fills the columns that names are searched by. Not here: their form (`search::columns`).
//!
//! **Invariant:** the same names give the same columns; everything is ordered by content.

use super::{Names, Numbered};
use crate::extract::Px;
use crate::gazetteer::{Entry, PlaceClass};
use crate::reading::{Unit, normal, readings, units};
use crate::search::columns::{Columns, NOWHERE, cell};
use std::borrow::Cow;
use std::cmp::Ordering;
use std::collections::{BTreeMap, BTreeSet};

/// Builds the columns.
pub(crate) fn columns(names: &Names) -> Columns {
    let spellings = Spellings::of(names);
    let mut columns = Columns::default();
    fill_towns(names, &mut columns);
    fill_spellings(&spellings, &mut columns);
    fill_lines(&spellings, &mut columns);
    let groups = fill_groups(names, &mut columns);
    fill_lists(names, &spellings, groups, &mut columns);
    fill_places(names, &mut columns);
    columns
}

/// Every spelling there is, in order, with its units.
struct Spellings {
    of: BTreeMap<String, u32>,
    units: Vec<Vec<Unit>>,
}

impl Spellings {
    fn of(names: &Names) -> Self {
        let mut all: BTreeMap<String, Vec<Unit>> = BTreeMap::new();
        let mut add = |text: &str| {
            let units = units(text);
            let spelling: String = units.iter().map(|unit| unit.folded).collect();
            if !spelling.is_empty() {
                all.entry(spelling).or_insert(units);
            }
        };
        for entry in &names.entries {
            spelled(entry).for_each(&mut add);
        }
        for one in &names.addresses {
            add(&one.street);
        }
        let (texts, units): (Vec<String>, Vec<Vec<Unit>>) = all.into_iter().unzip();
        Self {
            of: texts.into_iter().zip(0u32..).collect(),
            units,
        }
    }

    fn number(&self, text: &str) -> Option<u32> {
        self.of.get(&normal(text)).copied()
    }
}

/// The names an entry is found by. Poles are found by their number, crossings by their streets.
fn spelled(entry: &Entry) -> impl Iterator<Item = &str> {
    let is_named = match entry.class {
        PlaceClass::Pole => entry.code.as_ref() != Some(&entry.name),
        PlaceClass::Crossing => entry.cross.is_none(),
        _ => true,
    };
    let names = entry.aliases.iter().chain([&entry.name]);
    names.map(String::as_str).filter(move |_| is_named)
}

fn fill_towns(names: &Names, columns: &mut Columns) {
    let addresses = names.addresses.iter().map(|one| &one.entry);
    let all: BTreeSet<&String> = names
        .entries
        .iter()
        .chain(addresses)
        .filter_map(|entry| entry.town.as_ref())
        .map(|(name, _)| name)
        .collect();
    // More towns than a number has room for would be no county; those beyond have none.
    let all = all.into_iter().take(usize::from(u16::MAX) - 1);
    columns.towns = all.map(|name| name.replace('\n', " ")).collect();
}

fn town(entry: &Entry, columns: &Columns) -> u16 {
    entry
        .town
        .as_ref()
        .and_then(|(name, _)| columns.towns.binary_search(name).ok())
        .map_or(0, |at| at as u16 + 1)
}

fn fill_spellings(spellings: &Spellings, columns: &mut Columns) {
    columns.spelling_starts.push(0);
    for units in &spellings.units {
        columns
            .chars
            .extend(units.iter().map(|unit| unit.folded as u32));
        columns.spelling_starts.push(columns.chars.len() as u32);
    }
}

/// Readings in order, and the tails of them.
fn fill_lines(spellings: &Spellings, columns: &mut Columns) {
    let said: Vec<Vec<Vec<Cow<'static, str>>>> = spellings
        .units
        .iter()
        .map(|units| readings(units))
        .collect();
    let sounds: BTreeSet<&str> = said
        .iter()
        .flatten()
        .flatten()
        .map(|sound| &**sound)
        .collect();
    let number: BTreeMap<&str, u16> = sounds
        .iter()
        .take(usize::from(u16::MAX) - 2)
        .zip(1u16..)
        .map(|(sound, number)| (*sound, number))
        .collect();
    let mut lines: Vec<(Vec<u16>, u32)> = Vec::new();
    for (spelling, readings) in (0u32..).zip(&said) {
        for reading in readings {
            let line = reading
                .iter()
                .map(|sound| number.get(&**sound).copied().unwrap_or(1));
            lines.push((line.collect(), spelling));
        }
    }
    lines.sort_unstable();
    lines.dedup();
    for (line, spelling) in &lines {
        columns.line_starts.push(columns.line_sounds.len() as u32);
        columns.line_spellings.push(*spelling);
        columns.line_sounds.extend(line);
        columns.line_sounds.push(0);
    }
    columns.tails = tails(&lines, spellings, columns);
    columns.sounds = sounds.into_iter().map(str::to_owned).collect();
}

/// Where words begin inside names, by what follows; a tail that two readings share counts once.
fn tails(lines: &[(Vec<u16>, u32)], spellings: &Spellings, columns: &Columns) -> Vec<u32> {
    let mut seen: BTreeMap<u32, Vec<&[u16]>> = BTreeMap::new();
    let mut found = Vec::new();
    for (start, (line, spelling)) in columns.line_starts.iter().zip(lines) {
        let known = seen.entry(*spelling).or_default();
        let units = &spellings.units[*spelling as usize];
        for at in 1..line.len() {
            let tail = &line[at..];
            let is_new = !known.iter().any(|other| other.get(at..) == Some(tail));
            if units[at].is_start && is_new {
                found.push(start + at as u32);
            }
        }
        known.push(line);
    }
    let sounds = &columns.line_sounds;
    found.sort_unstable_by(|a, b| {
        let (mut one, mut two) = (*a as usize, *b as usize);
        loop {
            match sounds[one].cmp(&sounds[two]) {
                Ordering::Equal if sounds[one] == 0 => return a.cmp(b),
                Ordering::Equal => (one, two) = (one + 1, two + 1),
                other => return other,
            }
        }
    });
    found
}

/// Groups of house numbers; returns the spelling and town of each.
fn fill_groups(names: &Names, columns: &mut Columns) -> Vec<(String, u16)> {
    let same = |a: &Numbered, b: &Numbered| {
        let name = |one: &Numbered| one.entry.town.as_ref().map(|(name, _)| name.clone());
        a.street == b.street && name(a) == name(b)
    };
    let mut groups = Vec::new();
    columns.group_firsts.push(0);
    for group in names.addresses.chunk_by(same) {
        let of = town(&group[0].entry, columns);
        groups.push((group[0].street.clone(), of));
        columns.group_towns.push(of);
        columns
            .numbers
            .extend(group.iter().map(|one| one.number.main));
        columns.group_firsts.push(columns.numbers.len() as u32);
    }
    groups
}

/// What each spelling leads to: places, groups of numbers, crossings.
fn fill_lists(
    names: &Names,
    spellings: &Spellings,
    groups: Vec<(String, u16)>,
    columns: &mut Columns,
) {
    let mut places: Vec<(u32, u32)> = Vec::new();
    let mut crossings: Vec<(u32, (u32, u32))> = Vec::new();
    let mut numbered: Vec<(u32, u32)> = (0u32..)
        .zip(&groups)
        .filter_map(|(group, (street, _))| Some((spellings.number(street)?, group)))
        .collect();
    let own: BTreeMap<(&str, u16), u32> = (0u32..)
        .zip(&groups)
        .map(|(group, (street, town))| ((street.as_str(), *town), group))
        .collect();
    for (id, entry) in (0u32..).zip(&names.entries) {
        let street = normal(&entry.name);
        let group = own.get(&(street.as_str(), town(entry, columns))).copied();
        for spelling in spelled(entry).filter_map(|name| spellings.number(name)) {
            places.push((spelling, id));
            // The numbers of a street are those of its other names too.
            numbered.extend(group.map(|group| (spelling, group)));
        }
        if let Some((one, other)) = &entry.cross
            && let Some(one) = spellings.number(one)
            && let Some(other) = spellings.number(other)
        {
            crossings.extend([(one, (other, id)), (other, (one, id))]);
        }
    }
    let count = spellings.units.len();
    (columns.place_starts, columns.places) = lists(places, count);
    (columns.group_starts, columns.groups) = lists(numbered, count);
    let (starts, pairs) = lists(crossings, count);
    columns.cross_starts = starts;
    (columns.cross_spellings, columns.cross_places) = pairs.into_iter().unzip();
}

/// Lists by their number, one after the other.
fn lists<T: Ord>(mut pairs: Vec<(u32, T)>, count: usize) -> (Vec<u32>, Vec<T>) {
    pairs.sort_unstable();
    pairs.dedup();
    let mut starts = vec![0u32; count + 1];
    for (list, _) in &pairs {
        starts[*list as usize + 1] += 1;
    }
    for i in 0..count {
        starts[i + 1] += starts[i];
    }
    (starts, pairs.into_iter().map(|(_, value)| value).collect())
}

fn fill_places(names: &Names, columns: &mut Columns) {
    let addresses = names.addresses.iter().map(|one| &one.entry);
    for entry in names.entries.iter().chain(addresses) {
        let (lon, lat) = entry.at.map_or((NOWHERE, NOWHERE), Px::to_e7);
        columns.lon_e7.push(lon);
        columns.lat_e7.push(lat);
        columns.classes.push(entry.class as u8);
        columns.place_towns.push(town(entry, columns));
    }
    let mut by_cell: Vec<((i32, i32), u32)> = columns
        .lon_e7
        .iter()
        .zip(&columns.lat_e7)
        .zip(0u32..)
        .filter(|((lon, _), _)| **lon != NOWHERE)
        .map(|((lon, lat), id)| (cell(*lon, *lat), id))
        .collect();
    by_cell.sort_unstable();
    columns.by_cell = by_cell.into_iter().map(|(_, id)| id).collect();
}
