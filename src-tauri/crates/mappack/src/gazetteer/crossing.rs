//! Where named streets meet: one crossing for each pair of streets at each place.
//! Not here: turning, which way is passable (that is the road graph).

use super::locate::Locator;
use super::{Entry, PlaceClass, metres, squared};
use crate::extract::{Px, Tags};
use std::collections::BTreeMap;

/// The nodes of named streets.
#[derive(Debug, Default)]
pub(crate) struct Junctions {
    /// Each street once, with its rank: the greater road is said first.
    streets: Vec<(String, u8)>,
    index: BTreeMap<String, u32>,
    /// Node, street.
    nodes: Vec<(u32, u32)>,
}

/// Two carriageways of each street give four nodes; within this they are one crossing.
const ONE_CROSSING_M: f64 = 150.0;

impl Junctions {
    /// A street with the nodes it passes through.
    pub(crate) fn street(&mut self, tags: Tags<'_>, nodes: impl Iterator<Item = u32>) {
        let Some(rank) = tags.get("highway").and_then(rank) else {
            return;
        };
        let numbers = tags.get("ref").and_then(|all| all.split(';').next());
        let Some(name) = tags.get("name").or(numbers) else {
            return;
        };
        self.add(name, rank, nodes);
    }

    /// A street of this name and rank with the nodes it passes through.
    pub(crate) fn add(&mut self, name: &str, rank: u8, nodes: impl Iterator<Item = u32>) {
        let street = match self.index.get(name) {
            Some(street) => *street,
            None => {
                let street = self.streets.len() as u32;
                self.streets.push((name.to_owned(), rank));
                self.index.insert(name.to_owned(), street);
                street
            }
        };
        let known = &mut self.streets[street as usize].1;
        *known = rank.min(*known);
        self.nodes.extend(nodes.map(|node| (node, street)));
    }

    /// The crossings, each at the node nearest to the middle of its nodes.
    pub(super) fn crossings(mut self, place: &dyn Fn(u32) -> Px, locator: &Locator) -> Vec<Entry> {
        self.nodes.sort_unstable();
        self.nodes.dedup();
        let mut pairs: BTreeMap<(u32, u32), Vec<Px>> = BTreeMap::new();
        for at_node in self.nodes.chunk_by(|a, b| a.0 == b.0) {
            for (i, (node, one)) in at_node.iter().enumerate() {
                for (_, other) in &at_node[i + 1..] {
                    let pair = self.in_order(*one, *other);
                    pairs.entry(pair).or_default().push(place(*node));
                }
            }
        }
        let mut found = Vec::new();
        for ((one, other), mut nodes) in pairs {
            nodes.sort_unstable();
            let (one, other) = (
                &self.streets[one as usize].0,
                &self.streets[other as usize].0,
            );
            for at in clusters(&nodes) {
                let name = format!("{one}与{other}路口");
                found.push(Entry {
                    at: Some(at),
                    town: locator.town(at),
                    cross: Some((one.clone(), other.clone())),
                    ..Entry::new(&name, PlaceClass::Crossing, "crossing")
                });
            }
        }
        found
    }

    /// The greater road first, then by name.
    fn in_order(&self, one: u32, other: u32) -> (u32, u32) {
        let key = |street: u32| {
            let (name, rank) = &self.streets[street as usize];
            (*rank, name)
        };
        if key(one) <= key(other) {
            (one, other)
        } else {
            (other, one)
        }
    }
}

/// Nodes near each other as one place each.
fn clusters(nodes: &[Px]) -> Vec<Px> {
    let mut groups: Vec<Vec<Px>> = Vec::new();
    for at in nodes {
        let near = groups.iter_mut().find(|group| {
            group
                .iter()
                .any(|other| metres(*other, *at) < ONE_CROSSING_M)
        });
        match near {
            Some(group) => group.push(*at),
            None => groups.push(vec![*at]),
        }
    }
    groups.iter().filter_map(|group| central(group)).collect()
}

/// The one of the places that is nearest to their middle.
pub(super) fn central(group: &[Px]) -> Option<Px> {
    let count = i64::try_from(group.len()).ok().filter(|count| *count > 0)?;
    let mean = |value: fn(&Px) -> i32| {
        (group.iter().map(|at| i64::from(value(at))).sum::<i64>() / count) as i32
    };
    let middle = Px {
        x: mean(|at| at.x),
        y: mean(|at| at.y),
    };
    group
        .iter()
        .copied()
        .min_by_key(|at| (squared(*at, middle), *at))
}

/// Rank of a road, the greatest first; none of those that nobody gives a crossing by.
fn rank(highway: &str) -> Option<u8> {
    const RANKS: [&str; 11] = [
        "motorway",
        "trunk",
        "primary",
        "secondary",
        "tertiary",
        "unclassified",
        "residential",
        "living_street",
        "pedestrian",
        "service",
        "track",
    ];
    let plain = highway.trim_end_matches("_link");
    RANKS
        .iter()
        .position(|one| *one == plain)
        .map(|at| at as u8)
}
