//! Names as the tags of the extract and the county's own rows give them.
//! Not here: which of them are one thing (`gazetteer`), which town they belong to (`locate`).

use super::PlaceClass;
use super::crossing::Junctions;
use crate::extract::{Px, Tags};
use crate::reading::is_han;
use fengsui_geo::Wgs84;

/// A name where it was met.
#[derive(Debug, Clone)]
pub(crate) struct Found {
    pub(crate) name: String,
    pub(crate) class: PlaceClass,
    pub(crate) kind: String,
    pub(crate) at: Px,
    /// Other names of the same thing.
    pub(crate) aliases: Vec<String>,
    /// Street, lane or village that a house number counts along.
    pub(crate) street: Option<String>,
    pub(crate) number: Option<String>,
    /// Pole number, code of a door plate.
    pub(crate) code: Option<String>,
    /// The town that the source itself names.
    pub(crate) town: Option<String>,
}

impl Found {
    pub(crate) fn new(name: &str, class: PlaceClass, kind: &str, at: Px) -> Self {
        Self {
            name: name.to_owned(),
            class,
            kind: kind.to_owned(),
            at,
            aliases: Vec::new(),
            street: None,
            number: None,
            code: None,
            town: None,
        }
    }
}

/// A row of the county's own tables.
#[derive(Debug, Clone)]
#[allow(dead_code, reason = "made by the import of the county's own tables")]
pub(crate) struct OwnPlace {
    /// Name as it is shown.
    pub(crate) name: String,
    /// Other names of the same thing.
    pub(crate) aliases: Vec<String>,
    /// What sort of thing.
    pub(crate) class: PlaceClass,
    /// Which one of that sort, in the map's words (`school`, `address`, `street_lamp` …).
    pub(crate) kind: String,
    /// Of an address: the street, lane or village group.
    pub(crate) street: Option<String>,
    /// Of an address: the number, as written.
    pub(crate) number: Option<String>,
    /// Pole number or code of the door plate, with its separators.
    pub(crate) code: Option<String>,
    /// The town, when the table says it; else it is looked up by place.
    pub(crate) town: Option<String>,
    /// Where it is.
    pub(crate) at: Wgs84,
}

/// Names as they are met, before they are sorted out.
#[derive(Debug, Default)]
pub(crate) struct Gathered {
    /// One thing each.
    pub(crate) points: Vec<Found>,
    /// Pieces of lines and waters that share a name.
    pub(crate) pieces: Vec<Found>,
    /// Where named streets meet.
    pub(crate) junctions: Junctions,
}

/// Other names of a thing, by their keys.
const ALIASES: [&str; 9] = [
    "name:zh",
    "name:zh-Hans",
    "name:zh-Hant",
    "alt_name",
    "old_name",
    "short_name",
    "official_name",
    "loc_name",
    "name:en",
];

impl Gathered {
    /// A row of the county's own tables. An address without a name is named by its number.
    #[allow(dead_code, reason = "called by the import of the county's own tables")]
    pub(crate) fn own(&mut self, own: OwnPlace) {
        let (lon, lat) = own.at.to_e7();
        let name = match (&own.street, &own.number) {
            (Some(street), Some(number)) if own.name.is_empty() => address_name(street, number),
            _ if own.name.is_empty() => own.code.clone().unwrap_or_default(),
            _ => own.name,
        };
        if name.is_empty() {
            return;
        }
        self.points.push(Found {
            aliases: own.aliases,
            street: own.street,
            number: own.number,
            code: own.code,
            town: own.town,
            ..Found::new(&name, own.class, &own.kind, Px::from_e7(lon, lat))
        });
    }

    /// A piece of a street of the county's own, by a point in its middle.
    pub(crate) fn own_street(&mut self, name: &str, at: Wgs84) {
        let (lon, lat) = at.to_e7();
        let at = Px::from_e7(lon, lat);
        self.pieces
            .push(Found::new(name, PlaceClass::Street, "street", at));
    }

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
            list.push(Found {
                aliases: aliases(tags, name),
                ..Found::new(name, class, kind, at)
            });
        }
        self.address(tags, at);
        self.pole(tags, at);
        self.milestone(tags, at);
    }

    /// A house number; several in one tag are several.
    fn address(&mut self, tags: Tags<'_>, at: Px) {
        let street = tags.get("addr:street").or_else(|| tags.get("addr:place"));
        let (Some(street), Some(numbers)) = (street, tags.get("addr:housenumber")) else {
            return;
        };
        for number in numbers.split([';', ',', '、']).map(str::trim) {
            if !number.is_empty() {
                let name = address_name(street, number);
                self.points.push(Found {
                    street: Some(street.to_owned()),
                    number: Some(number.to_owned()),
                    ..Found::new(&name, PlaceClass::Address, "address", at)
                });
            }
        }
    }

    /// A lamp or a pole with its number.
    fn pole(&mut self, tags: Tags<'_>, at: Px) {
        let kind = match (tags.get("highway"), tags.get("power")) {
            (Some("street_lamp"), _) => "street_lamp",
            (_, Some("pole" | "tower")) => "power_pole",
            _ => return,
        };
        if let Some(code) = tags.get("ref") {
            self.points.push(Found {
                code: Some(code.to_owned()),
                ..Found::new(code, PlaceClass::Pole, kind, at)
            });
        }
    }

    /// A kilometre post on a numbered road: `G799 K12+300`.
    fn milestone(&mut self, tags: Tags<'_>, at: Px) {
        if !tags.is("highway", "milestone") {
            return;
        }
        let road = tags.get("ref").or_else(|| tags.get("name"));
        let distance = tags.get("distance").or_else(|| tags.get("pk"));
        if let (Some(road), Some(metres)) = (road, distance.and_then(post_m)) {
            let name = format!("{road} K{}+{:03}", metres / 1_000, metres % 1_000);
            self.points
                .push(Found::new(&name, PlaceClass::Milestone, "milestone", at));
        }
    }

    /// A line with these tags; `at` is its middle.
    pub(crate) fn line(&mut self, tags: Tags<'_>, at: Px) {
        if let Some(name) = tags.get("bridge:name") {
            self.pieces
                .push(Found::new(name, PlaceClass::Bridge, "bridge", at));
        }
        let (class, kind) = if tags.get("highway").is_some() {
            (PlaceClass::Street, "street")
        } else if tags.get("railway").is_some() {
            (PlaceClass::Street, "railway")
        } else if let Some(kind) = tags.get("waterway") {
            (PlaceClass::Water, kind)
        } else {
            return;
        };
        let Some(name) = tags.get("name") else {
            // A road with a number only is found by it.
            if kind == "street" {
                for number in numbers(tags) {
                    self.pieces.push(Found::new(number, class, kind, at));
                }
            }
            return;
        };
        let mut aliases = aliases(tags, name);
        if kind == "street" {
            aliases.extend(numbers(tags).map(str::to_owned));
        }
        self.pieces.push(Found {
            aliases,
            ..Found::new(name, class, kind, at)
        });
    }
}

/// The numbers of a road: `G799;S201`.
fn numbers<'a>(tags: Tags<'a>) -> impl Iterator<Item = &'a str> {
    let all = tags.get("ref").unwrap_or_default();
    all.split(';').map(str::trim).filter(|one| !one.is_empty())
}

/// The other names of a thing, each once.
fn aliases(tags: Tags<'_>, name: &str) -> Vec<String> {
    let mut found: Vec<String> = Vec::new();
    for key in ALIASES {
        for text in tags.get(key).unwrap_or_default().split(';') {
            let text = text.trim();
            if !text.is_empty() && text != name && !found.iter().any(|one| one == text) {
                found.push(text.to_owned());
            }
        }
    }
    found
}

/// How a house number is shown.
pub(crate) fn address_name(street: &str, number: &str) -> String {
    match street.chars().any(is_han) {
        true if number.contains('号') => format!("{street}{number}"),
        true => format!("{street}{number}号"),
        false => format!("{street} {number}"),
    }
}

/// Metres of a kilometre post: `12.3`, `K12+300`, `12 km`.
fn post_m(text: &str) -> Option<u64> {
    let text = text.trim().trim_start_matches(['K', 'k']);
    let text = text.trim_end_matches("km").trim();
    if let Some((km, m)) = text.split_once('+') {
        return Some(km.trim().parse::<u64>().ok()? * 1_000 + m.trim().parse::<u64>().ok()?);
    }
    let km: f64 = text.parse().ok()?;
    (0.0..20_000.0)
        .contains(&km)
        .then(|| (km * 1_000.0).round() as u64)
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
