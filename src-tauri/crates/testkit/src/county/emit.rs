//! The drawing as OSM data: every road, house, area and name with its tags.
//! Not here: the drawing itself, the file format.

use super::cover::Cover;
use super::divide::{Border, draw};
use super::land::Land;
use super::osm::Osm;
use super::plane::{P, offset, to_line};
use super::settle::{Town, Village};
use super::world::{Building, Road, World};
use std::collections::BTreeMap;

/// The whole county as OSM data.
pub(crate) fn emit(
    world: &World,
    land: &Land,
    cover: &Cover,
    borders: &[Border],
    towns: &[Town],
    villages: &[Village],
    hidden: &[String],
) -> Osm {
    let mut osm = Osm::default();
    places(&mut osm, towns, villages, hidden);
    for road in &world.roads {
        self::road(&mut osm, road);
    }
    water(&mut osm, land);
    for ground in &world.grounds {
        let pairs = [(ground.key, ground.value), ("name", ground.name.as_str())];
        let sport = if ground.value == "pitch" {
            "soccer"
        } else {
            ""
        };
        osm.area(&ground.ring, &[pairs[0], pairs[1], ("sport", sport)]);
    }
    for (areas, key, value) in [
        (&cover.woods, "natural", "wood"),
        (&cover.fields, "landuse", "farmland"),
        (&cover.orchards, "landuse", "orchard"),
    ] {
        for area in areas {
            osm.multipolygon(&area.outer, &area.holes, &[(key, value)]);
        }
    }
    houses(&mut osm, world);
    for mark in &world.marks {
        osm.mark(mark.at, &[(mark.key, mark.value), ("name", &mark.name)]);
    }
    draw(&mut osm, borders, towns, super::NAME, super::ADCODE);
    osm
}

fn places(osm: &mut Osm, towns: &[Town], villages: &[Village], hidden: &[String]) {
    let heart = super::plane::town(-150.0, 0.0);
    let pairs = [
        ("place", "city"),
        ("name", super::NAME),
        ("name:en", "Wangbei"),
    ];
    osm.mark(
        heart,
        &[pairs[0], pairs[1], pairs[2], ("population", "412000")],
    );
    for (i, town) in towns.iter().enumerate() {
        let kind = if town.is_urban { "suburb" } else { "town" };
        let people = (9_000 + (i * 7_919) % 21_000).to_string();
        osm.mark(
            town.seat,
            &[
                ("place", kind),
                ("name", town.name),
                ("population", &people),
            ],
        );
    }
    for village in villages
        .iter()
        .filter(|village| !hidden.contains(&village.name))
    {
        let kind = if village.people > 520 {
            "village"
        } else {
            "hamlet"
        };
        let people = village.people.to_string();
        let pairs = [
            ("place", kind),
            ("name", village.name.as_str()),
            ("population", &people),
        ];
        osm.mark(village.at, &pairs);
    }
}

fn road(osm: &mut Osm, road: &Road) {
    let key = if road.class == "rail" {
        "railway"
    } else {
        "highway"
    };
    let (bridge, layer) = if road.bridge.is_some() {
        ("yes", "1")
    } else {
        ("", "")
    };
    let named = road.bridge.as_deref().unwrap_or("");
    let surface = match road.class {
        "track" => "unpaved",
        "unclassified" | "residential" | "service" => "concrete",
        _ => "asphalt",
    };
    let pairs = [
        (key, road.class),
        ("name", road.name.as_str()),
        ("ref", road.reference.as_str()),
        ("oneway", if road.is_oneway { "yes" } else { "" }),
        ("bridge", bridge),
        ("layer", layer),
        ("bridge:name", named),
        ("surface", if key == "railway" { "" } else { surface }),
    ];
    osm.line(&road.line, &pairs);
    if named.ends_with("大桥") || matches!(named, "望北老桥" | "东环桥") {
        let half = if road.class == "unclassified" {
            5.0
        } else {
            11.0
        };
        let mut deck = offset(&road.line, |_| half);
        deck.extend(offset(&road.line, |_| -half).into_iter().rev());
        osm.area(
            &deck,
            &[("man_made", "bridge"), ("name", named), ("layer", "1")],
        );
    }
}

fn water(osm: &mut Osm, land: &Land) {
    for river in &land.rivers {
        osm.line(
            &river.line,
            &[("waterway", river.kind), ("name", river.name)],
        );
        for piece in river.surface() {
            let pairs = [
                ("natural", "water"),
                ("water", "river"),
                ("name", river.name),
            ];
            osm.area(&piece, &pairs);
        }
    }
    let pairs = [
        ("natural", "water"),
        ("water", "reservoir"),
        ("name", "望北水库"),
    ];
    osm.area(&land.reservoir, &pairs);
    let near = |wanted: &P| land.rivers[1].line[0].to(*wanted);
    let mut banks = land.reservoir.clone();
    banks.sort_by(|a, b| near(a).total_cmp(&near(b)));
    let dam = [banks[0], banks[1], banks[2]];
    osm.line(&dam, &[("waterway", "dam"), ("name", "望北水库大坝")]);
}

/// Houses; those along the county town's named streets have numbers.
fn houses(osm: &mut Osm, world: &World) {
    let heart = super::plane::town(-150.0, 0.0);
    let mut lines: BTreeMap<&str, Vec<&Road>> = BTreeMap::new();
    for road in &world.roads {
        let is_numbered = matches!(road.class, "primary" | "secondary" | "tertiary");
        if is_numbered && !road.name.is_empty() && road.line[0].to(heart) < 5_500.0 {
            lines.entry(&road.name).or_default().push(road);
        }
    }
    let mut given: BTreeMap<(String, i64), u32> = BTreeMap::new();
    for house in &world.buildings {
        let address = if house.kind == "retail" {
            address(house, &lines)
        } else {
            None
        };
        let (street, number) = match address {
            Some((street, number)) => {
                let count = given.entry((street.clone(), number)).or_default();
                *count += 1;
                let text = if *count > 1 {
                    format!("{number}-{count}")
                } else {
                    number.to_string()
                };
                (street, text)
            }
            None => (String::new(), String::new()),
        };
        let pairs = [
            ("building", house.kind),
            ("name", house.name.as_str()),
            ("addr:street", street.as_str()),
            ("addr:housenumber", number.as_str()),
        ];
        osm.area(&house.ring, &pairs);
    }
}

/// The nearest named street and a number that grows along it, odd on one side.
fn address(house: &Building, lines: &BTreeMap<&str, Vec<&Road>>) -> Option<(String, i64)> {
    let at = house.ring[0];
    let mut best: Option<(f64, &str, &Road)> = None;
    for (name, roads) in lines {
        for road in roads.iter().filter(|road| road.line[0].to(at) < 700.0) {
            let metres = to_line(at, &road.line);
            if metres < best.map_or(45.0, |(least, ..)| least) {
                best = Some((metres, name, road));
            }
        }
    }
    let (_, name, road) = best?;
    let (first, last) = (road.line[0], road.line[road.line.len() - 1]);
    let is_level = (last.x - first.x).abs() > (last.y - first.y).abs();
    let along = if is_level { at.x } else { at.y };
    let left = (last.x - first.x) * (at.y - first.y) - (last.y - first.y) * (at.x - first.x) > 0.0;
    let number = ((along + 5_500.0) / 14.0).floor().max(0.0) as i64 * 2 + i64::from(left);
    Some((name.to_owned(), number.max(1)))
}
