//! The county's own roads, joined to those of the extract.
//! Not here: reading them from files (`crate::own`).

use crate::own::OwnRoad;
use fengsui_geo::{Wgs84, distance_m};
use fengsui_routing::{Network, Place, RoadClass, RoadWay};
use std::collections::BTreeMap;

/// A point of an own road this near to a place of the network is that place: surveys of one
/// crossing differ by so much.
const JOIN_M: f64 = 3.0;
/// Side of a square of the look-up, 1e-7 degrees: larger than [`JOIN_M`] up to 60 degrees north.
const SQUARE_E7: i32 = 600;

/// Adds the county's roads to a network. Ways of the county have negative numbers, as no way of
/// an extract has.
pub(super) fn add(network: &mut Network, roads: &[OwnRoad]) {
    if roads.is_empty() {
        return;
    }
    let mut joints = Joints::of(network);
    let mut id = 0;
    for road in roads {
        for line in &road.lines {
            let mut nodes: Vec<u32> = line.iter().map(|at| joints.place(network, *at)).collect();
            nodes.dedup();
            if nodes.len() < 2 {
                continue;
            }
            id -= 1;
            let posted = road.speed_kmh.filter(|kmh| (3.0..=200.0).contains(kmh));
            let posted = posted.map(|kmh| kmh.round() as u16);
            network.ways.push(RoadWay {
                id,
                nodes,
                class: class_of(&road.kind),
                name: Some(road.name.clone()).filter(|name| !name.is_empty()),
                is_open: [true, road.is_oneway != Some(true)],
                posted_kmh: [posted; 2],
                is_restricted: false,
                is_roundabout: false,
            });
        }
    }
}

/// Class of a road of the county's own.
pub(super) fn class(road: &OwnRoad) -> RoadClass {
    class_of(&road.kind)
}

/// Class by the words a county's table uses (公路技术等级、行政等级, JTG B01) or by OSM's; what says
/// nothing is a minor through road.
fn class_of(kind: &str) -> RoadClass {
    const WORDS: [(&str, RoadClass); 12] = [
        ("高速", RoadClass::Motorway),
        ("快速", RoadClass::Trunk),
        ("国道", RoadClass::Trunk),
        ("省道", RoadClass::Primary),
        ("主干", RoadClass::Primary),
        ("次干", RoadClass::Secondary),
        ("县道", RoadClass::Secondary),
        ("支路", RoadClass::Tertiary),
        ("乡道", RoadClass::Tertiary),
        ("村道", RoadClass::Unclassified),
        ("巷", RoadClass::Residential),
        ("机耕", RoadClass::Track),
    ];
    let by_word = || WORDS.iter().find(|(word, _)| kind.contains(word));
    RoadClass::from_word(kind)
        .or_else(|| by_word().map(|(_, class)| *class))
        .unwrap_or(RoadClass::Unclassified)
}

/// Places of the network by square.
struct Joints {
    by_square: BTreeMap<(i32, i32), Vec<u32>>,
}

impl Joints {
    fn of(network: &Network) -> Self {
        let mut joints = Self {
            by_square: BTreeMap::new(),
        };
        for (at, place) in (0u32..).zip(&network.places) {
            joints.note(place.lon_e7, place.lat_e7, at);
        }
        joints
    }

    fn note(&mut self, lon_e7: i32, lat_e7: i32, at: u32) {
        let square = (lon_e7.div_euclid(SQUARE_E7), lat_e7.div_euclid(SQUARE_E7));
        self.by_square.entry(square).or_default().push(at);
    }

    /// The place nearest to a point within [`JOIN_M`], or a new one.
    fn place(&mut self, network: &mut Network, at: Wgs84) -> u32 {
        let (lon_e7, lat_e7) = at.to_e7();
        let (x, y) = (lon_e7.div_euclid(SQUARE_E7), lat_e7.div_euclid(SQUARE_E7));
        let around = (-1..=1).flat_map(|east| (-1..=1).map(move |north| (x + east, y + north)));
        let near = around
            .filter_map(|square| self.by_square.get(&square))
            .flatten()
            .filter_map(|index| {
                let place = network.places.get(*index as usize)?;
                let there = Wgs84::from_e7(place.lon_e7, place.lat_e7).ok()?;
                Some((distance_m(at, there), *index))
            })
            .filter(|(metres, _)| *metres <= JOIN_M)
            .min_by(|a, b| a.0.total_cmp(&b.0).then(a.1.cmp(&b.1)));
        if let Some((_, index)) = near {
            return index;
        }
        let index = network.places.len() as u32;
        network.places.push(Place {
            lon_e7,
            lat_e7,
            signal: Default::default(),
            is_blocked: false,
        });
        self.note(lon_e7, lat_e7, index);
        index
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn road(kind: &str, points: &[(f64, f64)]) -> OwnRoad {
        OwnRoad {
            code: String::new(),
            name: "新路".to_owned(),
            kind: kind.to_owned(),
            is_oneway: Some(true),
            speed_kmh: Some(40.0),
            lines: vec![
                points
                    .iter()
                    .map(|(x, y)| Wgs84::new(*x, *y).unwrap())
                    .collect(),
            ],
        }
    }

    /// An own road joins a place that is a metre away, and none that is ten.
    #[test]
    fn joins_what_is_near() {
        let mut network = Network::default();
        add(
            &mut network,
            &[road("乡道", &[(113.9, 31.2), (113.91, 31.2)])],
        );
        let metre = 1.0 / 95_000.0;
        let ends = [(113.91 + metre, 31.2), (113.92, 31.2)];
        add(&mut network, &[road("村道", &ends)]);
        assert_eq!(network.places.len(), 3);
        assert_eq!(network.ways[1].nodes[0], network.ways[0].nodes[1]);
        add(
            &mut network,
            &[road("", &[(113.92 + 10.0 * metre, 31.2), (113.93, 31.2)])],
        );
        assert_eq!(network.places.len(), 5);
        assert_eq!(network.ways[0].class, RoadClass::Tertiary);
        assert_eq!(network.ways[2].class, RoadClass::Unclassified);
        assert_eq!(network.ways[0].is_open, [true, false]);
        assert_eq!(network.ways[0].posted_kmh, [Some(40), Some(40)]);
    }
}
