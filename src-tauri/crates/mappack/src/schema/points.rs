//! Labels of places, points of interest, stops, motorway exits, house numbers.
//! Not here: labels of water and of streets.

use super::{Wanted, named};
use crate::drawing::{Layer, Props};
use crate::extract::Tags;

/// Kind, first zoom, people when the data does not say.
const PLACES: [(&str, u8, i64); 13] = [
    ("city", 6, 100_000),
    ("town", 7, 5_000),
    ("county", 7, 100_000),
    ("suburb", 10, 1_000),
    ("village", 10, 100),
    ("hamlet", 10, 50),
    ("quarter", 10, 500),
    ("neighbourhood", 10, 100),
    ("isolated_dwelling", 10, 5),
    ("farm", 10, 5),
    ("island", 10, 0),
    ("locality", 10, 0),
    ("square", 13, 0),
];

/// Features at a point with these tags.
pub(super) fn of(tags: Tags<'_>) -> Vec<Wanted> {
    let mut found = Vec::new();
    found.extend(place(tags));
    found.extend(stop(tags));
    if tags.is("highway", "motorway_junction") {
        let props = named(Props::kind("motorway_junction"), tags).text("ref", tags.get("ref"));
        found.push((Layer::StreetLabelsPoints, 12, 0, props));
    }
    match poi(tags) {
        Some(props) => found.push((Layer::Pois, 14, 0, props)),
        None => found.extend(address(tags)),
    }
    found
}

fn place(tags: Tags<'_>) -> Option<Wanted> {
    let value = tags.get("place")?;
    tags.get("name")?;
    let (kind, zoom, people) = *PLACES.iter().find(|row| row.0 == value)?;
    let capital = tags
        .get("capital")
        .filter(|_| matches!(value, "city" | "town" | "village"));
    let (kind, zoom) = match capital {
        Some("yes") => ("capital", 4),
        Some("4") => ("state_capital", 4),
        // A county is labelled as its seat would be.
        _ if kind == "county" => ("city", zoom),
        _ => (kind, zoom),
    };
    let said = tags
        .get("population")
        .and_then(|text| text.replace([',', ' '], "").parse().ok());
    let population = said.unwrap_or(people);
    let props = named(Props::kind(kind), tags).whole("population", population);
    Some((Layer::PlaceLabels, zoom, -population, props))
}

fn stop(tags: Tags<'_>) -> Option<Wanted> {
    let (kind, zoom) = match (
        tags.get("railway"),
        tags.get("aeroway"),
        tags.get("amenity"),
    ) {
        (Some("station"), ..) => ("station", 13),
        (Some("halt"), ..) => ("halt", 13),
        (Some("tram_stop"), ..) => ("tram_stop", 14),
        (_, Some("aerodrome"), _) => ("aerodrome", 11),
        (_, Some("helipad"), _) => ("helipad", 13),
        (.., Some("bus_station")) => ("bus_station", 13),
        (.., Some("ferry_terminal")) => ("ferry_terminal", 12),
        _ if tags.is("highway", "bus_stop") => ("bus_stop", 14),
        _ if tags.is("aerialway", "station") => ("aerialway_station", 13),
        _ => return None,
    };
    Some((
        Layer::PublicTransport,
        zoom,
        0,
        named(Props::kind(kind), tags),
    ))
}

const POI_KEYS: [&str; 8] = [
    "amenity",
    "leisure",
    "tourism",
    "shop",
    "man_made",
    "historic",
    "emergency",
    "office",
];

/// Things that are shown even when nobody gave them a name.
const NAMELESS: [&str; 38] = [
    "alpine_hut",
    "atm",
    "bank",
    "bar",
    "cafe",
    "car_wash",
    "clinic",
    "convenience",
    "dentist",
    "doctors",
    "drinking_water",
    "fast_food",
    "fire_station",
    "fountain",
    "fuel",
    "hospital",
    "hotel",
    "information",
    "kindergarten",
    "library",
    "lighthouse",
    "marketplace",
    "pharmacy",
    "picnic_site",
    "pitch",
    "place_of_worship",
    "playground",
    "police",
    "post_box",
    "post_office",
    "restaurant",
    "school",
    "supermarket",
    "surveillance",
    "swimming_pool",
    "telephone",
    "toilets",
    "viewpoint",
];

/// A point of interest: anything named, and what a dispatcher looks for even without a name.
fn poi(tags: Tags<'_>) -> Option<Props> {
    let mut props = Props::default();
    let mut is_wanted = false;
    for key in POI_KEYS {
        let Some(value) = tags.get(key) else { continue };
        let is_elsewhere = matches!(value, "bus_station" | "ferry_terminal" | "bridge" | "pier");
        let is_shown = tags.get("name").is_some()
            || NAMELESS.binary_search(&value).is_ok()
            || key == "emergency";
        if is_shown && !is_elsewhere && value != "no" {
            is_wanted = true;
            props = props.text(key, Some(value));
        }
    }
    if !is_wanted {
        return None;
    }
    Some(
        named(props, tags)
            .text("housename", tags.get("addr:housename"))
            .text("housenumber", tags.get("addr:housenumber"))
            .text("sport", tags.get("sport"))
            .text("religion", tags.get("religion"))
            .text("denomination", tags.get("denomination")),
    )
}

fn address(tags: Tags<'_>) -> Option<Wanted> {
    let (name, number) = (tags.get("addr:housename"), tags.get("addr:housenumber"));
    if name.is_none() && number.is_none() {
        return None;
    }
    let props = Props::default()
        .text("housename", name)
        .text("housenumber", number);
    Some((Layer::Addresses, 14, 0, props))
}

#[cfg(test)]
mod tests {
    use super::*;

    /// The list is searched by halves.
    #[test]
    fn nameless_is_sorted() {
        assert!(NAMELESS.is_sorted());
    }
}
