//! Towns and villages of the official divisions: where the map shows them, and which of the map's
//! settlements they are. Not here: borders (`locate`).

use super::locate::{Locator, Whence};
use super::{Entry, Gathered, Names, PlaceClass, TownEntry, metres};
use crate::divisions::Divisions;
use crate::extract::Px;
use std::collections::BTreeMap;

/// Towns by name: a settlement, an office of the town, or a border of that name. When several
/// places of the name lie apart the town stays without a position: nobody chooses for the user.
pub(super) fn place_towns(
    divisions: &Divisions,
    gathered: &Gathered,
    locator: &Locator,
) -> Vec<TownEntry> {
    let mut at_name: BTreeMap<&str, Vec<Px>> = BTreeMap::new();
    for found in &gathered.points {
        let is_seat = found.class == PlaceClass::Poi && is_office(&found.kind);
        if found.class == PlaceClass::Place || is_seat {
            at_name.entry(&found.name).or_default().push(found.at);
        }
    }
    divisions
        .towns
        .iter()
        .map(|town| {
            let found = town_names(&town.name)
                .iter()
                .find_map(|name| single(at_name.get(name.as_str()).map_or(&[], Vec::as_slice)));
            let villages = town
                .villages
                .iter()
                .map(|v| (v.code.clone(), v.name.clone(), None))
                .collect();
            TownEntry {
                code: town.code.clone(),
                name: town.name.clone(),
                at: found.or_else(|| locator.middle_of(&town.name)),
                villages,
            }
        })
        .collect()
}

fn is_office(kind: &str) -> bool {
    matches!(kind, "townhall" | "government" | "public_building")
}

/// Spellings under which a map may hold a town.
fn town_names(name: &str) -> Vec<String> {
    vec![
        name.to_owned(),
        format!("{name}人民政府"),
        format!("{name}办事处"),
    ]
}

/// Spellings under which a map may hold a village of the divisions.
pub(crate) fn village_names(name: &str) -> Vec<String> {
    const ENDINGS: [&str; 6] = [
        "村民委员会",
        "居民委员会",
        "村委会",
        "居委会",
        "社区居委会",
        "委员会",
    ];
    let stem = ENDINGS
        .iter()
        .find_map(|ending| name.strip_suffix(ending))
        .unwrap_or(name);
    let bare = stem.trim_end_matches("村").trim_end_matches("社区");
    let mut names = vec![name.to_owned(), stem.to_owned()];
    if !bare.is_empty() {
        names.extend([bare.to_owned(), format!("{bare}村"), format!("{bare}社区")]);
    }
    names.dedup();
    names
}

/// The place when all places given are one, within a kilometre.
fn single(places: &[Px]) -> Option<Px> {
    let first = *places.first()?;
    places
        .iter()
        .all(|at| metres(*at, first) < 1_000.0)
        .then_some(first)
}

/// A settlement's place and the town it lies in, as far as that is known.
type Settlement = (Px, Option<(String, Whence)>);

/// Gives villages the place of the only settlement of their name in their town, or, where towns
/// have no borders on the map, of the only one in the county.
pub(super) fn place_villages(names: &mut Names, locator: &Locator) {
    let mut at_name: BTreeMap<String, Vec<Settlement>> = BTreeMap::new();
    for entry in names
        .entries
        .iter()
        .filter(|entry| entry.class == PlaceClass::Place)
    {
        if let Some(at) = entry.at {
            at_name
                .entry(entry.name.clone())
                .or_default()
                .push((at, locator.town(at)));
        }
    }
    // The same committee name in two towns makes the name no proof outside borders.
    let mut uses: BTreeMap<&str, usize> = BTreeMap::new();
    for town in &names.towns {
        for (_, name, _) in &town.villages {
            *uses.entry(name).or_default() += 1;
        }
    }
    let shared: Vec<String> = uses
        .iter()
        .filter(|(_, n)| **n > 1)
        .map(|(name, _)| (*name).to_owned())
        .collect();
    for town in &mut names.towns {
        for (_, name, at) in &mut town.villages {
            let all: Vec<&Settlement> = village_names(name)
                .iter()
                .filter_map(|name| at_name.get(name))
                .flatten()
                .collect();
            let within: Vec<Px> = all
                .iter()
                .filter(|(_, of)| matches!(of, Some((of, Whence::Border)) if *of == town.name))
                .map(|(at, _)| *at)
                .collect();
            let unbound: Vec<Px> = all
                .iter()
                .filter(|(_, of)| !matches!(of, Some((_, Whence::Border))))
                .map(|(at, _)| *at)
                .collect();
            *at = single(&within);
            if at.is_none() && within.is_empty() && !shared.contains(name) {
                *at = single(&unbound);
            }
        }
    }
}

/// Puts towns and villages among the names; a settlement that is one of them is not said twice.
pub(super) fn merge_divisions(names: &mut Names) {
    let mut at: BTreeMap<Px, Vec<usize>> = BTreeMap::new();
    for (i, entry) in names.entries.iter().enumerate() {
        if let Some(px) = entry.at.filter(|_| entry.class == PlaceClass::Place) {
            at.entry(px).or_default().push(i);
        }
    }
    for official in divisions_of(&names.towns) {
        let spelled = match official.class {
            PlaceClass::Town => town_names(&official.name),
            _ => village_names(&official.name),
        };
        let here = official.at.and_then(|px| at.get(&px));
        let same = here.into_iter().flatten().copied().find(|i| {
            let entry = &names.entries[*i];
            entry.class == PlaceClass::Place && spelled.contains(&entry.name)
        });
        match same {
            // The map's name is the one people say; code, class and town are the official ones.
            Some(i) => {
                let entry = &mut names.entries[i];
                if entry.name != official.name {
                    entry.aliases.push(official.name);
                }
                entry.class = official.class;
                entry.town = official.town;
                entry.code = official.code;
            }
            None => names.entries.push(official),
        }
    }
}

/// Towns and villages as entries, each town followed by its villages.
fn divisions_of(towns: &[TownEntry]) -> Vec<Entry> {
    let mut found = Vec::new();
    for town in towns {
        // A town belongs to itself: looking for it shows its own name as the town.
        let mut add = |name: &str, class, kind: &str, code: &str, at| {
            found.push(Entry {
                town: Some((town.name.clone(), Whence::Division)),
                code: Some(code.to_owned()),
                at,
                ..Entry::new(name, class, kind)
            });
        };
        add(&town.name, PlaceClass::Town, "town", &town.code, town.at);
        for (code, name, at) in &town.villages {
            add(name, PlaceClass::Village, "village", code, *at);
        }
    }
    found
}
