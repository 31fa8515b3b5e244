//! The county as OSM data in memory: nodes shared by place, ways and relations with tags.
//! Not here: the file format (`pbf`).

use super::plane::P;
use std::collections::BTreeMap;

/// Tags in the order given.
pub(crate) type Tags = Vec<(String, String)>;

/// A node: place in 1e-7 degrees.
#[derive(Debug)]
pub(crate) struct Node {
    pub(crate) lon_e7: i32,
    pub(crate) lat_e7: i32,
    pub(crate) tags: Tags,
}

/// A way: indices into the nodes.
#[derive(Debug)]
pub(crate) struct Way {
    pub(crate) nodes: Vec<usize>,
    pub(crate) tags: Tags,
}

/// A relation of ways (index, role) and nodes (index, role).
#[derive(Debug)]
pub(crate) struct Relation {
    pub(crate) ways: Vec<(usize, &'static str)>,
    pub(crate) nodes: Vec<(usize, &'static str)>,
    pub(crate) tags: Tags,
}

/// All of it. Ids in the file are index + 1.
#[derive(Debug, Default)]
pub(crate) struct Osm {
    pub(crate) nodes: Vec<Node>,
    pub(crate) ways: Vec<Way>,
    pub(crate) relations: Vec<Relation>,
    by_place: BTreeMap<(i32, i32), usize>,
}

/// Tags from string slices.
pub(crate) fn tags(pairs: &[(&str, &str)]) -> Tags {
    pairs
        .iter()
        .filter(|(_, value)| !value.is_empty())
        .map(|(key, value)| ((*key).to_owned(), (*value).to_owned()))
        .collect()
}

impl Osm {
    /// The node at a place; one is made when there is none, so lines that meet share it.
    pub(crate) fn node(&mut self, point: P) -> usize {
        let (lon_e7, lat_e7) = point.e7();
        let next = self.nodes.len();
        let index = *self.by_place.entry((lon_e7, lat_e7)).or_insert(next);
        if index == next {
            self.nodes.push(Node {
                lon_e7,
                lat_e7,
                tags: Vec::new(),
            });
        }
        index
    }

    /// A tagged node of its own, or tags added to the bare node already there.
    pub(crate) fn mark(&mut self, point: P, pairs: &[(&str, &str)]) -> usize {
        let mut place = point;
        let mut index = self.node(place);
        while !self.nodes[index].tags.is_empty() {
            place = place.shift(3.0, 2.0);
            index = self.node(place);
        }
        self.nodes[index].tags = tags(pairs);
        index
    }

    /// An open line; `None` when fewer than two different places remain.
    pub(crate) fn line(&mut self, points: &[P], pairs: &[(&str, &str)]) -> Option<usize> {
        let mut nodes: Vec<usize> = points.iter().map(|point| self.node(*point)).collect();
        nodes.dedup();
        if nodes.len() < 2 {
            return None;
        }
        self.ways.push(Way {
            nodes,
            tags: tags(pairs),
        });
        Some(self.ways.len() - 1)
    }

    /// A closed way; the ring is given without repeating its first point.
    pub(crate) fn area(&mut self, ring: &[P], pairs: &[(&str, &str)]) -> Option<usize> {
        let mut nodes: Vec<usize> = ring.iter().map(|point| self.node(*point)).collect();
        nodes.dedup();
        if nodes.len() > 1 && nodes.first() == nodes.last() {
            nodes.pop();
        }
        if nodes.len() < 3 {
            return None;
        }
        nodes.push(nodes[0]);
        self.ways.push(Way {
            nodes,
            tags: tags(pairs),
        });
        Some(self.ways.len() - 1)
    }

    /// A multipolygon of untagged rings: one outer and its holes.
    pub(crate) fn multipolygon(&mut self, outer: &[P], holes: &[Vec<P>], pairs: &[(&str, &str)]) {
        let Some(outer_way) = self.area(outer, &[]) else {
            return;
        };
        let mut ways = vec![(outer_way, "outer")];
        for hole in holes {
            ways.extend(self.area(hole, &[]).map(|way| (way, "inner")));
        }
        let mut all = tags(&[("type", "multipolygon")]);
        all.extend(tags(pairs));
        self.relations.push(Relation {
            ways,
            nodes: Vec::new(),
            tags: all,
        });
    }
}
