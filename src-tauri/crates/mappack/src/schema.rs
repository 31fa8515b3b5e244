//! Which OSM tags make which feature of which layer, after the Shortbread schema 1.0 (CC0).
//! Beyond it, because a dispatcher needs them: borders of counties and towns, fuel stations and
//! every other named point. Not here: geometry, tiles.

mod land;
mod points;
mod streets;

use crate::drawing::{Drawing, Geom, Layer, Props};
use crate::extract::{Px, Tags};
use crate::shapes::{Area, doubled_area, label_point};

/// A thing with a node's place.
pub(crate) fn node(drawing: &mut Drawing, tags: Tags<'_>, at: Px) {
    let wanted = points::of(tags);
    if !wanted.is_empty() {
        let geom = drawing.geom(Geom::Point(at));
        for (layer, zoom, order, props) in wanted {
            drawing.add(layer, zoom, order, geom, props);
        }
    }
}

/// A thing drawn as a line.
pub(crate) fn line(drawing: &mut Drawing, tags: Tags<'_>, runs: Vec<Vec<Px>>) {
    let mut wanted = streets::lines(tags);
    wanted.extend(land::lines(tags));
    if !wanted.is_empty() && !runs.is_empty() {
        let geom = drawing.geom(Geom::Lines(runs));
        for (layer, zoom, order, props) in wanted {
            drawing.add(layer, zoom, order, geom, props);
        }
    }
}

/// A thing drawn as an area, with labels at a point inside it.
pub(crate) fn area(drawing: &mut Drawing, tags: Tags<'_>, area: Area) {
    let square = ground_area_m2(&area);
    let mut wanted = land::areas(tags, square);
    wanted.extend(streets::areas(tags));
    let at = label_point(&area);
    let mut labels = points::of(tags);
    labels.extend(land::area_labels(tags, square));
    if !wanted.is_empty() {
        let geom = drawing.geom(Geom::Area(area));
        for (layer, zoom, order, props) in wanted {
            drawing.add(layer, zoom, order, geom, props);
        }
    }
    if !labels.is_empty() {
        let geom = drawing.geom(Geom::Point(at));
        for (layer, zoom, order, props) in labels {
            drawing.add(layer, zoom, order, geom, props);
        }
    }
}

/// A road of the county's own, drawn as one of the extract is.
pub(crate) fn own_road(class: &str, name: Option<&str>, is_oneway: bool) -> Vec<Wanted> {
    streets::own(class, name, is_oneway)
}

/// Whether a closed way with these tags is an area and not a line that comes back to its start.
pub(crate) fn is_area(tags: Tags<'_>) -> bool {
    if tags.is("area", "no") {
        return false;
    }
    if tags.is("area", "yes") {
        return true;
    }
    const AREA_KEYS: [&str; 13] = [
        "amenity",
        "building",
        "emergency",
        "historic",
        "landuse",
        "leisure",
        "military",
        "office",
        "place",
        "shop",
        "tourism",
        "water",
        "wetland",
    ];
    let natural = tags.get("natural");
    let is_line_natural = matches!(natural, Some("coastline" | "tree_row" | "cliff" | "ridge"));
    AREA_KEYS.iter().any(|key| tags.get(key).is_some()) && tags.get("highway").is_none()
        || (natural.is_some() && !is_line_natural)
        || matches!(
            tags.get("waterway"),
            Some("riverbank" | "dock" | "dam" | "boatyard")
        )
        || matches!(tags.get("man_made"), Some(kind) if !matches!(kind, "embankment" | "cutline"))
        || matches!(tags.get("railway"), Some("station" | "platform"))
        || matches!(tags.get("aeroway"), Some(kind) if !matches!(kind, "runway" | "taxiway"))
}

/// What the classification of tags yields: layer, first zoom, order within it, properties.
pub(crate) type Wanted = (Layer, u8, i64, Props);

/// Name and English name.
fn named(props: Props, tags: Tags<'_>) -> Props {
    props
        .text("name", tags.get("name"))
        .text("name_en", tags.get("name:en"))
}

/// Values of `tunnel` or `bridge` that mean one.
fn is_tunnel(tags: Tags<'_>) -> bool {
    matches!(tags.get("tunnel"), Some("yes" | "building_passage")) || tags.is("covered", "yes")
}

fn is_bridge(tags: Tags<'_>) -> bool {
    const KINDS: [&str; 8] = [
        "yes",
        "viaduct",
        "boardwalk",
        "cantilever",
        "covered",
        "low_water_crossing",
        "movable",
        "trestle",
    ];
    tags.get("bridge").is_some_and(|kind| KINDS.contains(&kind))
}

/// Area in the square metres of the web-mercator plane, as the schema counts.
fn ground_area_m2(area: &Area) -> i64 {
    const WORLD_M: f64 = 40_075_016.686;
    let per_step = WORLD_M / crate::extract::WORLD;
    let mut square = 0.0;
    for (i, ring) in area.iter().enumerate() {
        let part = (doubled_area(ring).abs() as f64) / 2.0 * per_step * per_step;
        square += if i == 0 { part } else { -part };
    }
    square.max(0.0) as i64
}
