//! Streets, rails, runways, ferries and their labels.
//! Not here: everything else.

use super::{Wanted, is_bridge, is_tunnel, named};
use crate::drawing::{Layer, Props};
use crate::extract::Tags;

/// Class, first zoom of the line, first zoom of its label, rank (greater is drawn later).
const ROADS: [(&str, u8, u8, i64); 17] = [
    ("motorway", 5, 10, 17),
    ("trunk", 6, 12, 16),
    ("primary", 8, 12, 15),
    ("secondary", 9, 13, 14),
    ("tertiary", 10, 13, 13),
    ("unclassified", 12, 14, 11),
    ("residential", 12, 14, 10),
    ("busway", 12, 14, 9),
    ("bus_guideway", 12, 14, 9),
    ("living_street", 13, 14, 8),
    ("pedestrian", 13, 14, 7),
    ("service", 13, 14, 6),
    ("track", 13, 14, 5),
    ("cycleway", 13, 14, 4),
    ("footway", 13, 14, 3),
    ("steps", 13, 14, 2),
    ("path", 13, 14, 1),
];

const RAILS: [(&str, u8); 7] = [
    ("rail", 8),
    ("narrow_gauge", 8),
    ("tram", 10),
    ("light_rail", 10),
    ("funicular", 10),
    ("subway", 10),
    ("monorail", 10),
];

/// Features of a way with these tags.
pub(super) fn lines(tags: Tags<'_>) -> Vec<Wanted> {
    let mut found = Vec::new();
    if let Some(value) = tags.get("highway") {
        road(tags, value, &mut found);
    }
    if let Some((kind, zoom)) = tags
        .get("railway")
        .and_then(|v| RAILS.iter().find(|r| r.0 == v))
    {
        rail(tags, kind, *zoom, &mut found);
    }
    if let Some(kind @ ("runway" | "taxiway")) = tags.get("aeroway") {
        let zoom = if kind == "runway" { 11 } else { 13 };
        found.push((Layer::Streets, zoom, 0, Props::kind(kind)));
        label(tags, kind, zoom, &mut found);
    }
    if let Some(kind) = tags.get("aerialway") {
        found.push((Layer::Aerialways, 12, 0, Props::kind(kind)));
    }
    if tags.is("route", "ferry") {
        let zoom = if tags.is("motor_vehicle", "no") {
            12
        } else {
            10
        };
        found.push((Layer::Ferries, zoom, 0, named(Props::kind("ferry"), tags)));
    }
    found
}

/// A road by its class alone, as the county's own tables have it.
pub(super) fn own(class: &str, name: Option<&str>, is_oneway: bool) -> Vec<Wanted> {
    let kind = class.strip_suffix("_link").unwrap_or(class);
    let Some((kind, zoom, label_zoom, rank)) = ROADS.iter().find(|row| row.0 == kind) else {
        return Vec::new();
    };
    let props = Props::kind(kind)
        .flag(11, "link", *kind != class)
        .flag(14, "oneway", is_oneway);
    let mut found = vec![(Layer::Streets, *zoom, *rank, props)];
    if name.is_some() {
        let props = Props::kind(kind).text("name", name);
        found.push((Layer::StreetLabels, *label_zoom, 0, props));
    }
    found
}

fn road(tags: Tags<'_>, value: &str, found: &mut Vec<Wanted>) {
    let kind = value.strip_suffix("_link").unwrap_or(value);
    let is_link = kind != value;
    let Some((kind, zoom, label_zoom, rank)) = ROADS.iter().find(|row| row.0 == kind) else {
        return;
    };
    let oneway = tags.get("oneway");
    let props = Props::kind(kind)
        .flag(11, "link", is_link)
        .flag(11, "tunnel", is_tunnel(tags))
        .flag(11, "bridge", is_bridge(tags))
        .flag(
            14,
            "oneway",
            matches!(oneway, Some("yes" | "1" | "true" | "-1")),
        )
        .flag(14, "oneway_reverse", oneway == Some("-1"))
        .text_from(11, "tracktype", tags.get("tracktype"))
        .text_from(11, "surface", tags.get("surface"))
        .text_from(11, "service", tags.get("service"))
        .text_from(14, "bicycle", tags.get("bicycle"))
        .text_from(14, "horse", tags.get("horse"));
    found.push((Layer::Streets, *zoom, z_order(tags, *rank), props));
    let (label_kind, label_zoom) = match (is_link, *kind) {
        (false, kind) => (kind, *label_zoom),
        (true, "tertiary") => (value, 14),
        (true, _) => (value, 13),
    };
    label(tags, label_kind, label_zoom, found);
}

fn rail(tags: Tags<'_>, kind: &str, zoom: u8, found: &mut Vec<Wanted>) {
    let service = tags.get("service");
    let zoom = if service.is_some() {
        zoom.max(10)
    } else {
        zoom
    };
    let props = Props::kind(kind)
        .flag(0, "rail", true)
        .flag(11, "tunnel", is_tunnel(tags))
        .flag(11, "bridge", is_bridge(tags))
        .text_from(11, "service", service);
    found.push((Layer::Streets, zoom, z_order(tags, 12), props));
    label(tags, kind, 10, found);
}

/// Layer and class as one number: tunnels below, bridges above.
fn z_order(tags: Tags<'_>, rank: i64) -> i64 {
    let layer: i64 = tags
        .get("layer")
        .and_then(|layer| layer.parse().ok())
        .unwrap_or(0);
    let level = i64::from(is_bridge(tags)) - i64::from(is_tunnel(tags));
    (layer.clamp(-5, 5) * 3 + level) * 100 + rank
}

fn label(tags: Tags<'_>, kind: &str, zoom: u8, found: &mut Vec<Wanted>) {
    let reference = tags.get("ref").map(|text| text.replace(';', "\n"));
    if tags.get("name").is_none() && reference.is_none() {
        return;
    }
    let mut props = named(Props::kind(kind), tags)
        .flag(0, "tunnel", is_tunnel(tags))
        .text("ref", reference.as_deref());
    if let Some(text) = &reference {
        let widest = text
            .lines()
            .map(|line| line.chars().count())
            .max()
            .unwrap_or(0);
        props = props.whole("ref_rows", text.lines().count() as i64);
        props = props.whole("ref_cols", widest as i64);
    }
    found.push((Layer::StreetLabels, zoom, 0, props));
}

/// Streets drawn as areas.
pub(super) fn areas(tags: Tags<'_>) -> Vec<Wanted> {
    let street = match (tags.get("highway"), tags.get("aeroway")) {
        (Some(kind @ ("pedestrian" | "service")), _) => Some((kind, 14)),
        (_, Some("runway")) => Some(("runway", 11)),
        (_, Some("taxiway")) => Some(("taxiway", 13)),
        _ => None,
    };
    let mut found = Vec::new();
    if let Some((kind, zoom)) = street {
        let props = Props::kind(kind)
            .flag(0, "tunnel", is_tunnel(tags))
            .flag(0, "bridge", is_bridge(tags))
            .text("surface", tags.get("surface"));
        found.push((Layer::StreetPolygons, zoom, 0, props));
    }
    if tags.is("man_made", "bridge") {
        found.push((Layer::Bridges, 12, 0, Props::kind("bridge")));
    }
    found
}
