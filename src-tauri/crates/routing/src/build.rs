//! Cuts ways into pieces at their junctions.
//! Not here: turn rules (`rules`), what is a town (`town`), the order (`order`).

use crate::graph::{E7, Junction, NO_NAME, Piece, RoadGraph, length_dm};
use crate::network::{Network, RoadWay, Signal};
use crate::{BuildError, order, rules, town};
use std::collections::BTreeMap;

impl RoadGraph {
    /// Cuts the ways of a network at every place that two of them share, applies the rules, and
    /// finds the order of contraction. The same network gives the same graph.
    ///
    /// # Errors
    /// [`BuildError`]: an index or place that cannot be, or more than this format can number.
    pub fn build(network: &Network) -> Result<Self, BuildError> {
        check(network)?;
        let junction_of = junctions(network);
        let mut cutting = Cutting {
            network,
            junction_of: &junction_of,
            names: BTreeMap::new(),
            graph: Self {
                junctions: made_junctions(network, &junction_of),
                pieces: Vec::new(),
                points: Vec::new(),
                names: Vec::new(),
                bans: Vec::new(),
                order: Vec::new(),
                rules: 0,
                rules_left_out: network.rules_left_out,
            },
        };
        for way in &network.ways {
            cutting.way(way);
        }
        let mut graph = cutting.graph;
        if graph.pieces.len() > 2_000_000_000 {
            return Err(BuildError::TooLarge);
        }
        rules::apply(&mut graph, network, &junction_of);
        town::mark(&mut graph);
        graph.order = order::of(&graph);
        Ok(graph)
    }
}

/// A place that is no junction.
pub(crate) const NONE: u32 = u32::MAX;

fn check(network: &Network) -> Result<(), BuildError> {
    for (index, place) in (0u32..).zip(&network.places) {
        fengsui_geo::Wgs84::from_e7(place.lon_e7, place.lat_e7).map_err(|source| {
            BuildError::BadPlace {
                place: index,
                source,
            }
        })?;
    }
    let nodes = network
        .ways
        .iter()
        .flat_map(|way| way.nodes.iter().map(|node| ("way", way.id, *node)));
    let vias = network
        .rules
        .iter()
        .map(|rule| ("rule from way", rule.from, rule.via));
    for (what, id, place) in nodes.chain(vias) {
        if place as usize >= network.places.len() {
            return Err(BuildError::NoSuchPlace { what, id, place });
        }
    }
    Ok(())
}

/// For each place the number of its junction: where a way ends, two meet, or none gets past.
fn junctions(network: &Network) -> Vec<u32> {
    let mut uses = vec![0u8; network.places.len()];
    for way in &network.ways {
        let Some(last) = way.nodes.len().checked_sub(1) else {
            continue;
        };
        for (i, node) in way.nodes.iter().enumerate() {
            let place = *node as usize;
            let is_end = i == 0 || i == last || network.places[place].is_blocked;
            uses[place] = uses[place].saturating_add(1 + u8::from(is_end));
        }
    }
    let mut next = 0;
    uses.iter()
        .map(|uses| {
            if *uses < 2 {
                return NONE;
            }
            next += 1;
            next - 1
        })
        .collect()
}

fn made_junctions(network: &Network, junction_of: &[u32]) -> Vec<Junction> {
    let places = network.places.iter().zip(junction_of);
    places
        .filter(|(_, number)| **number != NONE)
        .map(|(place, _)| Junction {
            at: (place.lon_e7, place.lat_e7),
            has_signal: place.signal != Signal::None,
            is_blocked: place.is_blocked,
        })
        .collect()
}

struct Cutting<'a> {
    network: &'a Network,
    junction_of: &'a [u32],
    names: BTreeMap<&'a str, u32>,
    graph: RoadGraph,
}

impl<'a> Cutting<'a> {
    fn way(&mut self, way: &'a RoadWay) {
        if way.is_open == [false; 2] || way.nodes.len() < 2 {
            return;
        }
        let name = self.name(way);
        let mut begin = 0;
        for i in 1..way.nodes.len() {
            if self.junction_of[way.nodes[i] as usize] != NONE {
                self.piece(way, name, &way.nodes[begin..=i]);
                begin = i;
            }
        }
    }

    fn name(&mut self, way: &'a RoadWay) -> u32 {
        let Some(name) = way.name.as_deref().filter(|name| !name.is_empty()) else {
            return NO_NAME;
        };
        let names = &mut self.graph.names;
        *self.names.entry(name).or_insert_with(|| {
            names.push(name.to_owned());
            (names.len() - 1) as u32
        })
    }

    /// A piece from the first of these places to the last.
    fn piece(&mut self, way: &RoadWay, name: u32, nodes: &[u32]) {
        let place = |node: &u32| &self.network.places[*node as usize];
        let line: Vec<E7> = nodes
            .iter()
            .map(|node| (place(node).lon_e7, place(node).lat_e7))
            .collect();
        let [first, .., last] = nodes else { return };
        let inner = &nodes[1..nodes.len() - 1];
        // Twice the same place in a row is a slip of the pen, not a road.
        if inner.is_empty() && first == last {
            return;
        }
        let signals = |mine: Signal| {
            let count = inner
                .iter()
                .filter(|node| place(node).signal == Signal::Both || place(node).signal == mine)
                .count();
            u8::try_from(count).unwrap_or(u8::MAX)
        };
        let posted =
            |kmh: Option<u16>| kmh.map_or(0, |kmh| u8::try_from(kmh).unwrap_or(u8::MAX).max(1));
        let ends = [first, last].map(|node| self.junction_of[*node as usize]);
        let signals = [signals(Signal::Forward), signals(Signal::Backward)];
        self.graph.points.extend(&line[1..line.len() - 1]);
        self.graph.pieces.push(Piece {
            ends,
            way: way.id,
            name,
            class: way.class,
            is_open: way.is_open,
            posted_kmh: way.posted_kmh.map(posted),
            signals,
            is_restricted: way.is_restricted,
            is_roundabout: way.is_roundabout,
            is_town: false,
            length_dm: length_dm(line.into_iter()),
            points_end: self.graph.points.len() as u32,
        });
    }
}
