//! Water, land use, sites, buildings, dams and piers.
//! Not here: streets, points.

use super::{Wanted, is_bridge, is_tunnel, named};
use crate::drawing::{Layer, Props};
use crate::extract::Tags;

/// Key, value, first zoom; the kind is the value.
const LAND: [(&str, &str, u8); 46] = [
    ("landuse", "forest", 7),
    ("natural", "wood", 7),
    ("landuse", "grass", 11),
    ("landuse", "meadow", 11),
    ("landuse", "orchard", 11),
    ("landuse", "vineyard", 11),
    ("landuse", "allotments", 11),
    ("landuse", "cemetery", 13),
    ("amenity", "grave_yard", 13),
    ("landuse", "village_green", 11),
    ("landuse", "recreation_ground", 11),
    ("landuse", "greenhouse_horticulture", 11),
    ("landuse", "plant_nursery", 11),
    ("natural", "sand", 10),
    ("natural", "beach", 10),
    ("natural", "heath", 11),
    ("natural", "scrub", 11),
    ("natural", "grassland", 11),
    ("natural", "bare_rock", 11),
    ("natural", "scree", 11),
    ("natural", "shingle", 11),
    ("wetland", "swamp", 11),
    ("wetland", "bog", 11),
    ("wetland", "string_bog", 11),
    ("wetland", "wet_meadow", 11),
    ("wetland", "marsh", 11),
    ("leisure", "golf_course", 11),
    ("leisure", "park", 11),
    ("leisure", "garden", 11),
    ("leisure", "playground", 11),
    ("leisure", "miniature_golf", 11),
    ("landuse", "residential", 10),
    ("landuse", "industrial", 10),
    ("landuse", "commercial", 10),
    ("landuse", "garages", 10),
    ("landuse", "retail", 10),
    ("landuse", "railway", 10),
    ("landuse", "landfill", 10),
    ("landuse", "quarry", 11),
    ("landuse", "brownfield", 10),
    ("landuse", "greenfield", 10),
    ("landuse", "farmyard", 10),
    ("landuse", "farmland", 10),
    // Not in the schema, drawn as their nearest relative.
    ("leisure", "nature_reserve", 15),
    ("natural", "wetland", 11),
    ("leisure", "pitch", 13),
];

const SITES: [(&str, &str, &str); 11] = [
    ("military", "danger_area", "danger_area"),
    ("leisure", "sports_center", "sports_center"),
    ("leisure", "sports_centre", "sports_center"),
    ("amenity", "university", "university"),
    ("amenity", "college", "college"),
    ("amenity", "school", "school"),
    ("amenity", "hospital", "hospital"),
    ("amenity", "prison", "prison"),
    ("amenity", "parking", "parking"),
    ("amenity", "bicycle_parking", "bicycle_parking"),
    ("landuse", "construction", "construction"),
];

/// Features of an area with these tags, `square` metres large.
pub(super) fn areas(tags: Tags<'_>, square: i64) -> Vec<Wanted> {
    let mut found = Vec::new();
    if let Some((kind, zoom)) = water(tags) {
        let props = Props::kind(kind).whole("way_area", square);
        found.push((Layer::WaterPolygons, zoom, 0, props));
    } else if let Some((kind, zoom)) = land(tags) {
        found.push((Layer::Land, zoom, -square, Props::kind(kind)));
    }
    let site = SITES.iter().find(|(key, value, _)| tags.is(key, value));
    if let Some((_, _, kind)) = site {
        found.push((Layer::Sites, 14, 0, named(Props::kind(kind), tags)));
    }
    if tags.get("building").is_some_and(|value| value != "no") {
        found.push((Layer::Buildings, 14, 0, Props::default()));
    }
    if tags.is("waterway", "dam") {
        found.push((Layer::DamPolygons, 12, 0, Props::kind("dam")));
    }
    if let Some(kind @ ("pier" | "breakwater" | "groyne")) = tags.get("man_made") {
        found.push((Layer::PierPolygons, 12, 0, Props::kind(kind)));
    }
    found
}

/// Labels of named water.
pub(super) fn area_labels(tags: Tags<'_>, square: i64) -> Vec<Wanted> {
    match water(tags) {
        Some((kind, zoom)) if tags.get("name").is_some() => {
            let props = named(Props::kind(kind).whole("way_area", square), tags);
            let zoom = if square > 1_000_000 {
                zoom.max(10)
            } else {
                zoom.max(12)
            };
            vec![(Layer::WaterPolygonsLabels, zoom, -square, props)]
        }
        _ => Vec::new(),
    }
}

fn water(tags: Tags<'_>) -> Option<(&'static str, u8)> {
    let is_river = matches!(tags.get("water"), Some("river" | "stream" | "canal"));
    match (
        tags.get("natural"),
        tags.get("landuse"),
        tags.get("waterway"),
    ) {
        (Some("glacier"), ..) => Some(("glacier", 4)),
        (Some("water"), ..) if is_river => Some(("river", 4)),
        (Some("water"), ..) => Some(("water", 4)),
        (_, Some("reservoir"), _) => Some(("reservoir", 4)),
        (_, Some("basin"), _) => Some(("basin", 4)),
        (.., Some("riverbank")) => Some(("river", 4)),
        (.., Some("dock")) => Some(("dock", 10)),
        (.., Some("canal")) => Some(("canal", 10)),
        _ => None,
    }
}

fn land(tags: Tags<'_>) -> Option<(&'static str, u8)> {
    let row = LAND.iter().find(|(key, value, _)| tags.is(key, value))?;
    let kind = match row.1 {
        "wood" => "forest",
        "wetland" => "marsh",
        "pitch" => "playground",
        value => value,
    };
    Some((kind, row.2))
}

/// Features of a line with these tags.
pub(super) fn lines(tags: Tags<'_>) -> Vec<Wanted> {
    let mut found = Vec::new();
    let water = match tags.get("waterway") {
        Some(kind @ ("river" | "canal")) => Some((kind, 9, 12)),
        Some("stream") => Some(("stream", 14, 14)),
        Some("ditch" | "drain") => Some(("ditch", 14, 14)),
        _ => None,
    };
    if let Some((kind, zoom, label_zoom)) = water {
        let flags = |props: Props| {
            props
                .flag(0, "tunnel", is_tunnel(tags))
                .flag(0, "bridge", is_bridge(tags))
        };
        let layer: i64 = tags
            .get("layer")
            .and_then(|layer| layer.parse().ok())
            .unwrap_or(0);
        found.push((Layer::WaterLines, zoom, layer, flags(Props::kind(kind))));
        if tags.get("name").is_some() {
            let props = flags(named(Props::kind(kind), tags));
            found.push((Layer::WaterLinesLabels, label_zoom, 0, props));
        }
    }
    if tags.is("waterway", "dam") {
        found.push((Layer::DamLines, 12, 0, Props::kind("dam")));
    }
    if let Some(kind @ ("pier" | "breakwater" | "groyne")) = tags.get("man_made") {
        found.push((Layer::PierLines, 12, 0, Props::kind(kind)));
    }
    found
}
