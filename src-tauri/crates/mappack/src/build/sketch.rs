//! Draws the points, ways and areas of an extract, the sea, and gathers their names on the way.
//! Not here: borders (`borders`), which layer a thing belongs to (`schema`).

use crate::drawing::{Drawing, Geom, Layer, Props};
use crate::extract::{Extract, Px, Tags};
use crate::gazetteer::Gathered;
use crate::manifest::Counts;
use crate::shapes::{Area, areas, join, label_point};
use crate::{coast, schema};

/// A drawing in the making.
pub(super) struct Sketch<'a> {
    extract: &'a Extract,
    pub(super) drawing: Drawing,
    pub(super) gathered: Gathered,
    pub(super) counts: Counts,
}

impl<'a> Sketch<'a> {
    pub(super) fn new(extract: &'a Extract) -> Self {
        Self {
            extract,
            drawing: Drawing::default(),
            gathered: Gathered::default(),
            counts: Counts {
                nodes: extract.node_count() as u64,
                ways: extract.ways.len() as u64,
                ..Counts::default()
            },
        }
    }

    /// Draws the points; returns the county's seat when one is among them.
    pub(super) fn nodes(&mut self, county: &str) -> Option<Px> {
        let mut seat = None;
        for node in &self.extract.tagged_nodes {
            let tags = self.extract.tags(&node.tags);
            schema::node(&mut self.drawing, tags, node.at);
            self.gathered.point(tags, node.at);
            if is_named_place(tags) {
                self.counts.named_places += 1;
                let is_seat = tags.is("name", county) || tags.is("place", "city");
                seat = seat.or(is_seat.then_some(node.at));
            }
        }
        seat
    }

    /// Draws the ways, as areas or lines; returns the middles of the streets.
    pub(super) fn ways(&mut self) -> Vec<Px> {
        let extract = self.extract;
        let mut middles = Vec::new();
        for way in &extract.ways {
            let tags = extract.tags(&way.tags);
            if tags.is_empty() {
                continue;
            }
            let is_highway = tags.get("highway").is_some();
            self.counts.highways += u64::from(is_highway);
            self.counts.named_places += u64::from(is_named_place(tags));
            if let Some(area) = closed_area(extract, way).filter(|_| schema::is_area(tags)) {
                self.gathered.point(tags, label_point(&area));
                schema::area(&mut self.drawing, tags, area);
            } else {
                let runs = extract.runs(way);
                if let Some(run) = runs.first() {
                    let middle = run[run.len() / 2];
                    self.gathered.line(tags, middle);
                    let nodes = extract.known_nodes(way);
                    self.gathered.junctions.street(tags, nodes);
                    middles.extend(is_highway.then_some(middle));
                }
                schema::line(&mut self.drawing, tags, runs);
            }
        }
        middles
    }

    /// Draws the areas of relations; returns how many had gaps.
    pub(super) fn relations(&mut self) -> u64 {
        let mut broken_areas = 0;
        for relation in &self.extract.relations {
            let tags = self.extract.tags(&relation.tags);
            if tags.is("boundary", "administrative") || !has_drawn_tags(tags) {
                continue;
            }
            self.counts.named_places += u64::from(is_named_place(tags));
            let (found, is_whole) = relation_areas(self.extract, relation);
            broken_areas += u64::from(!is_whole);
            // One name for all parts, at the largest.
            if let Some(largest) = found.iter().max_by_key(|area| area_size(area)) {
                self.gathered.point(tags, label_point(largest));
            }
            for area in found {
                schema::area(&mut self.drawing, tags, area);
            }
        }
        broken_areas
    }

    /// Draws the sea, or says why it cannot be told from land.
    pub(super) fn sea(&mut self) -> Result<(), &'static str> {
        for sea in coast::ocean(self.extract)? {
            let geom = self.drawing.geom(Geom::Area(sea));
            let props = Props::default();
            self.drawing.add(Layer::Ocean, 0, 0, geom, props);
        }
        Ok(())
    }
}

/// Whether something is a settlement or a part of one, with a name.
fn is_named_place(tags: Tags<'_>) -> bool {
    tags.get("place").is_some() && tags.get("name").is_some()
}

/// Tags beyond those every relation of areas has.
fn has_drawn_tags(tags: Tags<'_>) -> bool {
    const KEYS: [&str; 15] = [
        "amenity", "building", "highway", "historic", "landuse", "leisure", "man_made", "natural",
        "office", "place", "shop", "tourism", "water", "waterway", "wetland",
    ];
    KEYS.iter().any(|key| tags.get(key).is_some())
}

pub(super) fn area_size(area: &Area) -> i128 {
    crate::shapes::doubled_area(&area[0]).abs()
}

fn closed_area(extract: &Extract, way: &crate::extract::Way) -> Option<Area> {
    let nodes = extract.nodes(way)?;
    if nodes.len() < 4 || nodes.first() != nodes.last() {
        return None;
    }
    let ring: Vec<Px> = nodes[1..].iter().map(|node| extract.place(*node)).collect();
    areas(vec![ring]).pop()
}

/// The areas of a relation, and whether nothing of it was missing. Of a relation with gaps only
/// closed outer rings are used: a hole whose outline is missing must not become an area.
pub(super) fn relation_areas(
    extract: &Extract,
    relation: &crate::extract::Relation,
) -> (Vec<Area>, bool) {
    let whole = |skip_inner: bool| {
        let mut is_whole = true;
        let mut ways: Vec<&[u32]> = Vec::new();
        for (way, is_inner) in &relation.ways {
            match way.and_then(|way| extract.nodes(&extract.ways[way as usize])) {
                Some(_) if skip_inner && *is_inner => {}
                Some(nodes) => ways.push(nodes),
                None => is_whole = false,
            }
        }
        let lines = join(&ways, false);
        is_whole &= lines.iter().all(|line| line.is_closed);
        let rings = lines.into_iter().filter(|line| line.is_closed).map(|line| {
            line.nodes
                .iter()
                .map(|node| extract.place(*node))
                .collect::<Vec<Px>>()
        });
        (rings.collect::<Vec<_>>(), is_whole)
    };
    let (rings, is_whole) = whole(false);
    if is_whole {
        return (areas(rings), true);
    }
    (areas(whole(true).0), false)
}
