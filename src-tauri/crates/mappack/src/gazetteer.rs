//! Names of the extract: gathered, put into towns, matched with the official divisions.
//! Not here: the file they are kept in (`gazetteer::write`), looking up (`pack`).

pub(crate) mod locate;
pub(crate) mod write;

use crate::divisions::Divisions;
use crate::extract::{Px, Tags};
use locate::{Locator, Whence};
use std::collections::BTreeMap;

/// What sort of thing a name belongs to; greater is shown first.
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
}

impl PlaceClass {
    /// From its number in the table; unknown ones count as land.
    pub(crate) fn from_number(number: i64) -> Self {
        const ALL: [PlaceClass; 11] = [
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
        ];
        usize::try_from(number)
            .ok()
            .and_then(|i| ALL.get(i).copied())
            .unwrap_or(Self::Area)
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
    /// The official code, of towns and villages.
    pub(crate) code: Option<String>,
}

/// Names as they are met in the extract, before they are sorted out.
#[derive(Debug, Default)]
pub(crate) struct Gathered {
    /// One thing each.
    pub(crate) points: Vec<(String, PlaceClass, String, Px)>,
    /// Pieces of lines and waters that share a name.
    pub(crate) pieces: Vec<(String, PlaceClass, String, Px)>,
}

impl Gathered {
    /// A node or an area with these tags and this label point.
    pub(crate) fn point(&mut self, tags: Tags<'_>, at: Px) {
        if let Some(name) = tags.get("name")
            && let Some((class, kind)) = point_kind(tags)
        {
            let list = if class == PlaceClass::Water {
                &mut self.pieces
            } else {
                &mut self.points
            };
            list.push((name.to_owned(), class, kind.to_owned(), at));
        }
        if let (Some(street), Some(number)) =
            (tags.get("addr:street"), tags.get("addr:housenumber"))
        {
            let is_han = street
                .chars()
                .any(|c| ('\u{4e00}'..='\u{9fff}').contains(&c));
            let name = match is_han {
                true if number.ends_with('号') => format!("{street}{number}"),
                true => format!("{street}{number}号"),
                false => format!("{street} {number}"),
            };
            self.points
                .push((name, PlaceClass::Address, "address".to_owned(), at));
        }
    }

    /// A line with these tags; `at` is its middle.
    pub(crate) fn line(&mut self, tags: Tags<'_>, at: Px) {
        if let Some(name) = tags.get("bridge:name") {
            let kind = "bridge".to_owned();
            self.pieces
                .push((name.to_owned(), PlaceClass::Bridge, kind, at));
        }
        let Some(name) = tags.get("name") else { return };
        let found = if tags.get("highway").is_some() {
            Some((PlaceClass::Street, "street"))
        } else if tags.get("railway").is_some() {
            Some((PlaceClass::Street, "railway"))
        } else {
            tags.get("waterway").map(|kind| (PlaceClass::Water, kind))
        };
        if let Some((class, kind)) = found {
            self.pieces
                .push((name.to_owned(), class, kind.to_owned(), at));
        }
    }
}

fn point_kind<'a>(tags: Tags<'a>) -> Option<(PlaceClass, &'a str)> {
    let keys = |keys: &[&str]| keys.iter().find_map(|key| tags.get(key));
    if let Some(kind) = tags.get("place") {
        return Some((PlaceClass::Place, kind));
    }
    if tags.is("man_made", "bridge") {
        return Some((PlaceClass::Bridge, "bridge"));
    }
    if let Some(kind @ ("station" | "halt" | "tram_stop")) = tags.get("railway") {
        return Some((PlaceClass::Transport, kind));
    }
    if tags.is("amenity", "bus_station") || tags.is("highway", "bus_stop") {
        return Some((PlaceClass::Transport, keys(&["amenity", "highway"])?));
    }
    if let Some(kind) = tags.get("aeroway") {
        return Some((PlaceClass::Transport, kind));
    }
    let poi = [
        "amenity",
        "shop",
        "tourism",
        "office",
        "emergency",
        "historic",
        "man_made",
    ];
    if let Some(kind) = keys(&poi) {
        return Some((PlaceClass::Poi, kind));
    }
    if tags.is("natural", "water") || tags.get("waterway").is_some() {
        return Some((PlaceClass::Water, "water"));
    }
    if let Some(kind) = keys(&["leisure", "landuse", "natural", "military"]) {
        return Some((PlaceClass::Area, kind));
    }
    if tags.get("building").is_some() {
        return Some((PlaceClass::Building, "building"));
    }
    tags.get("highway").map(|kind| (PlaceClass::Poi, kind))
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

/// All names, and the towns.
#[derive(Debug, Default)]
pub(crate) struct Names {
    pub(crate) entries: Vec<Entry>,
    pub(crate) towns: Vec<TownEntry>,
}

/// Sorts out what was gathered.
pub(crate) fn sort_out(
    gathered: Gathered,
    divisions: Option<&Divisions>,
    locator: &mut Locator,
) -> Names {
    let mut names = Names::default();
    let towns = divisions.map(|divisions| place_towns(divisions, &gathered, locator));
    names.towns = towns.unwrap_or_default();
    locator.learn(&names.towns, &gathered);
    names.entries = singles(&gathered, locator);
    names.entries.extend(pieces(gathered.pieces, locator));
    if divisions.is_some() {
        place_villages(&mut names, locator);
        merge_divisions(&mut names);
    }
    names.entries.sort_by(|a, b| {
        let key = |e: &Entry| {
            (
                std::cmp::Reverse(e.class),
                e.name.clone(),
                e.town.clone(),
                e.at,
            )
        };
        key(a).cmp(&key(b))
    });
    names
}

/// Things with one place each; two of one name and town within 150 m are one thing.
fn singles(gathered: &Gathered, locator: &Locator) -> Vec<Entry> {
    let mut by_name: BTreeMap<(String, Option<String>), Vec<Entry>> = BTreeMap::new();
    for (name, class, kind, at) in &gathered.points {
        let town = locator.town(*at);
        let key = (name.clone(), town.as_ref().map(|(name, _)| name.clone()));
        let same = by_name.entry(key).or_default();
        let near = same
            .iter_mut()
            .find(|other| other.at.is_some_and(|o| metres(o, *at) < 150.0));
        let entry = Entry {
            name: name.clone(),
            class: *class,
            kind: kind.clone(),
            at: Some(*at),
            town,
            code: None,
        };
        match near {
            // A school's gate and its grounds: the more telling class stays.
            Some(other) if *class != PlaceClass::Address => {
                if entry.class > other.class {
                    *other = entry;
                }
            }
            _ => same.push(entry),
        }
    }
    by_name.into_values().flatten().collect()
}

/// One entry for each name and town of lines and waters, at the piece nearest to their middle.
fn pieces(gathered: Vec<(String, PlaceClass, String, Px)>, locator: &Locator) -> Vec<Entry> {
    type Key = (String, PlaceClass, Option<(String, Whence)>);
    let mut groups: BTreeMap<Key, Vec<(String, Px)>> = BTreeMap::new();
    for (name, class, kind, at) in gathered {
        groups
            .entry((name, class, locator.town(at)))
            .or_default()
            .push((kind, at));
    }
    groups
        .into_iter()
        .map(|((name, class, town), group)| {
            let count = group.len() as i64;
            let mean = |value: fn(&Px) -> i32| {
                (group
                    .iter()
                    .map(|(_, at)| i64::from(value(at)))
                    .sum::<i64>()
                    / count) as i32
            };
            let middle = Px {
                x: mean(|at| at.x),
                y: mean(|at| at.y),
            };
            let nearest = group
                .iter()
                .min_by_key(|(_, at)| (squared(*at, middle), *at));
            let kind = group[0].0.clone();
            Entry {
                name,
                class,
                kind,
                at: nearest.map(|(_, at)| *at),
                town,
                code: None,
            }
        })
        .collect()
}

/// Towns by name: a settlement, an office of the town, or a border of that name. When several
/// places of the name lie apart the town stays without a position: nobody chooses for the user.
fn place_towns(divisions: &Divisions, gathered: &Gathered, locator: &Locator) -> Vec<TownEntry> {
    let mut at_name: BTreeMap<&str, Vec<Px>> = BTreeMap::new();
    for (name, class, kind, at) in &gathered.points {
        if *class == PlaceClass::Place || (*class == PlaceClass::Poi && is_office(kind)) {
            at_name.entry(name).or_default().push(*at);
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
fn place_villages(names: &mut Names, locator: &Locator) {
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
fn merge_divisions(names: &mut Names) {
    let mut division = Vec::new();
    for town in &names.towns {
        // A town belongs to itself: looking for it shows its own name as the town.
        let of = Some((town.name.clone(), Whence::Division));
        division.push(Entry {
            name: town.name.clone(),
            class: PlaceClass::Town,
            kind: "town".to_owned(),
            at: town.at,
            town: of.clone(),
            code: Some(town.code.clone()),
        });
        for (code, name, at) in &town.villages {
            division.push(Entry {
                name: name.clone(),
                class: PlaceClass::Village,
                kind: "village".to_owned(),
                at: *at,
                town: of.clone(),
                code: Some(code.clone()),
            });
        }
    }
    for official in division {
        let spelled = match official.class {
            PlaceClass::Town => town_names(&official.name),
            _ => village_names(&official.name),
        };
        let same = names.entries.iter_mut().find(|entry| {
            entry.class == PlaceClass::Place
                && entry.at.is_some()
                && entry.at == official.at
                && spelled.contains(&entry.name)
        });
        match same {
            // The map's name is the one people say; code, class and town are the official ones.
            Some(entry) => {
                entry.class = official.class;
                entry.town = official.town;
                entry.code = official.code;
            }
            None => names.entries.push(official),
        }
    }
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
