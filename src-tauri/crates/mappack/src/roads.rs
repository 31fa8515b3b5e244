//! The roads of an extract as a network that can be driven, and the pack's `roads.bin`.
//! Not here: what becomes of a network (`fengsui-routing`), which speeds are driven (the county
//! says), which roads are drawn (`schema`).
//!
//! Police cars drive what any car may drive, and private roads when they must. Rules are those of
//! the OSM wiki (OSM tags for routing, Access restrictions, Relation:restriction).

mod own;
mod tags;

use crate::PackError;
use crate::extract::{Extract, Restriction, Role};
use crate::manifest::Counts;
use crate::own::OwnRoad;
use fengsui_routing::{Network, Place, RoadClass, RoadGraph, RoadWay, RuleKind, TurnRule};
use osmpbf::RelMemberType;
use std::collections::BTreeMap;
use std::path::Path;

/// Makes the road graph of an extract and the county's own roads and writes it; its counts go to
/// the manifest.
pub(crate) fn write(
    extract: &Extract,
    own: &[OwnRoad],
    path: &Path,
    counts: &mut Counts,
) -> Result<(), PackError> {
    let mut network = network(extract);
    own::add(&mut network, own);
    let graph = RoadGraph::build(&network)?;
    std::fs::write(path, graph.to_bytes()).map_err(PackError::io(path))?;
    let found = graph.counts();
    counts.road_pieces = found.pieces;
    counts.road_junctions = found.junctions;
    counts.road_metres = found.metres;
    counts.turn_rules = found.rules;
    counts.turn_rules_left_out = found.rules_left_out;
    Ok(())
}

/// Class of a road of the county's own, as it is driven and drawn.
pub(crate) fn own_class(road: &OwnRoad) -> RoadClass {
    own::class(road)
}

/// The road graph of an extract by itself, without making a pack.
///
/// # Errors
/// What the file or its roads cause: [`PackError::NotPbf`], [`PackError::DamagedPbf`],
/// [`PackError::Roads`] …
pub fn road_graph(extract: &Path) -> Result<RoadGraph, PackError> {
    let extract = Extract::read(extract, &mut |_| Ok(()))?;
    Ok(RoadGraph::build(&network(&extract))?)
}

/// The network of an extract.
fn network(extract: &Extract) -> Network {
    let mut gathering = Gathering {
        extract,
        place_of: BTreeMap::new(),
        network: Network::default(),
    };
    for way in &extract.ways {
        let Some(road) = tags::road(extract.tags(&way.tags)) else {
            continue;
        };
        for run in extract.node_runs(way) {
            let nodes = run.iter().map(|node| gathering.place(*node)).collect();
            gathering.network.ways.push(RoadWay {
                id: way.id,
                nodes,
                class: road.class,
                name: road.name.map(str::to_owned),
                is_open: road.is_open,
                posted_kmh: road.posted_kmh,
                is_restricted: road.is_restricted,
                is_roundabout: road.is_roundabout,
            });
        }
    }
    gathering.nodes();
    for restriction in &extract.restrictions {
        gathering.rule(restriction);
    }
    gathering.network
}

struct Gathering<'a> {
    extract: &'a Extract,
    /// Places of the network by the extract's nodes.
    place_of: BTreeMap<u32, u32>,
    network: Network,
}

impl Gathering<'_> {
    fn place(&mut self, node: u32) -> u32 {
        let places = &mut self.network.places;
        *self.place_of.entry(node).or_insert_with(|| {
            let (lon_e7, lat_e7) = self.extract.place(node).to_e7();
            places.push(Place {
                lon_e7,
                lat_e7,
                signal: Default::default(),
                is_blocked: false,
            });
            (places.len() - 1) as u32
        })
    }

    /// Signals and barriers on the roads.
    fn nodes(&mut self) {
        for node in &self.extract.tagged_nodes {
            let place = self
                .extract
                .node_index(node.id)
                .and_then(|index| self.place_of.get(&index));
            if let Some(place) = place {
                let tags = self.extract.tags(&node.tags);
                let place = &mut self.network.places[*place as usize];
                place.signal = tags::signal(tags);
                place.is_blocked = tags::is_blocked(tags);
            }
        }
    }

    /// Takes a turn restriction over, or counts it as left out.
    fn rule(&mut self, restriction: &Restriction) {
        let tags = self.extract.tags(&restriction.tags);
        match tags::rule_kind(tags) {
            tags::Rule::Ours(kind) => match self.turn(restriction, kind) {
                Some(rule) => self.network.rules.push(rule),
                None => self.network.rules_left_out += 1,
            },
            tags::Rule::Unknown => self.network.rules_left_out += 1,
            tags::Rule::ForOthers => {}
        }
    }

    /// A restriction with one way from, one node via and one way to.
    fn turn(&self, restriction: &Restriction, kind: RuleKind) -> Option<TurnRule> {
        let one = |role: Role, wanted: RelMemberType| {
            let mut found = restriction.members.iter().filter(|member| member.2 == role);
            match (found.next(), found.next()) {
                (Some((kind, id, _)), None) if *kind == wanted => Some(*id),
                _ => None,
            }
        };
        let via = self
            .extract
            .node_index(one(Role::Via, RelMemberType::Node)?)?;
        Some(TurnRule {
            from: one(Role::From, RelMemberType::Way)?,
            via: *self.place_of.get(&via)?,
            to: one(Role::To, RelMemberType::Way)?,
            kind,
        })
    }
}
