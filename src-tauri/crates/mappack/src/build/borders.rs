//! Draws borders and their labels; finds the areas of the county's towns.
//! Not here: areas of the county's own data (`crate::areas`).

use super::px;
use super::sketch::{area_size, relation_areas};
use crate::drawing::{Drawing, Geom, Layer, Props};
use crate::extract::{Extract, Px, Tags};
use crate::gazetteer::locate::Locator;
use crate::input::BuildInput;
use crate::shapes::{Area, label_point};
use crate::tiles;
use std::collections::{BTreeMap, BTreeSet};

/// Border lines and labels, and the areas of towns.
pub(super) fn borders(input: &BuildInput, extract: &Extract, drawing: &mut Drawing) -> Locator {
    let towns = divisions(input, extract, drawing);
    border_lines(input, extract, drawing);
    outline(input, drawing);
    Locator::new(towns)
}

/// The level of an administrative border, of anything else none.
fn border_level(tags: Tags<'_>) -> Option<i64> {
    tags.get("admin_level")
        .filter(|_| tags.is("boundary", "administrative"))
        .and_then(|level| level.parse().ok())
}

/// Labels the divisions of every level; returns the areas of the county's towns by name.
fn divisions(input: &BuildInput, extract: &Extract, drawing: &mut Drawing) -> Vec<(String, Area)> {
    let mut towns = Vec::new();
    let official: BTreeSet<&str> = input
        .divisions
        .iter()
        .flat_map(|divisions| divisions.towns.iter().map(|town| town.name.as_str()))
        .collect();
    for relation in &extract.relations {
        let tags = extract.tags(&relation.tags);
        let Some(level) = border_level(tags) else {
            continue;
        };
        let (found, is_whole) = relation_areas(extract, relation);
        let Some(name) = tags.get("name").filter(|_| is_whole) else {
            continue;
        };
        if official.contains(name) || (official.is_empty() && level == 8) {
            towns.extend(found.iter().map(|area| (name.to_owned(), area.clone())));
        }
        if let Some(largest) = found.iter().max_by_key(|area| area_size(area))
            && level <= 8
        {
            let props = Props::kind("boundary")
                .whole("admin_level", level)
                .text("name", Some(name))
                .text("name_en", tags.get("name:en"));
            let geom = drawing.geom(Geom::Point(label_point(largest)));
            let zoom = first_border_zoom(level);
            drawing.add(Layer::BoundaryLabels, zoom, level, geom, props);
        }
    }
    towns
}

/// The ways that are borders, by number, each with the highest rank it has anywhere.
fn way_levels(extract: &Extract) -> BTreeMap<u32, i64> {
    let mut level_of: BTreeMap<u32, i64> = BTreeMap::new();
    let mut note = |way: u32, level: i64| {
        let known = level_of.entry(way).or_insert(level);
        *known = level.min(*known);
    };
    for relation in &extract.relations {
        if let Some(level) = border_level(extract.tags(&relation.tags)) {
            let ways = relation.ways.iter().filter_map(|(way, _)| *way);
            ways.for_each(|way| note(way, level));
        }
    }
    for (i, way) in (0u32..).zip(&extract.ways) {
        if let Some(level) = border_level(extract.tags(&way.tags)) {
            note(i, level);
        }
    }
    level_of
}

/// Draws the extract's borders, each way once.
fn border_lines(input: &BuildInput, extract: &Extract, drawing: &mut Drawing) {
    for (way, level) in way_levels(extract) {
        // The outline given with the input is the county's; the extract's would double it.
        if level > 8 || (level == 6 && !input.boundary.is_empty()) {
            continue;
        }
        let way = &extract.ways[way as usize];
        let tags = extract.tags(&way.tags);
        let is_sea = tags.is("maritime", "yes") || tags.is("natural", "coastline");
        let props = Props::default()
            .whole("admin_level", level)
            .flag(0, "maritime", is_sea);
        let geom = drawing.geom(Geom::Lines(extract.runs(way)));
        let zoom = first_border_zoom(level);
        drawing.add(Layer::Boundaries, zoom, level, geom, props);
    }
}

/// Draws the county's outline as the input gives it.
fn outline(input: &BuildInput, drawing: &mut Drawing) {
    for ring in &input.boundary {
        let mut line: Vec<Px> = ring.iter().map(|at| px(*at)).collect();
        line.extend(line.first().copied());
        let geom = drawing.geom(Geom::Lines(vec![line]));
        let props = Props::default().whole("admin_level", 6);
        drawing.add(Layer::Boundaries, *tiles::ZOOMS.start(), 6, geom, props);
    }
}

fn first_border_zoom(level: i64) -> u8 {
    match level {
        ..=2 => 0,
        3..=4 => 7,
        5..=6 => 8,
        _ => 10,
    }
}
