//! An OSM extract in memory: nodes by place, ways and relations with the tags that matter here.
//! Not here: what the tags mean (`schema`), joining of ways into areas (`rings`).

use crate::PackError;
use osmpbf::{BlobDecode, BlobReader, Element, RelMemberType};
use std::collections::HashMap;
use std::io::Read;
use std::ops::Range;
use std::path::Path;

/// Place of a point: the unit square of the world in steps of 2⁻³⁰, x east, y south; about 2 cm.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Default)]
pub(crate) struct Px {
    pub(crate) x: i32,
    pub(crate) y: i32,
}

/// Steps across the world.
pub(crate) const WORLD: f64 = (1u32 << 30) as f64;

impl Px {
    /// From degrees in 1e-7.
    pub(crate) fn from_e7(lon_e7: i32, lat_e7: i32) -> Self {
        let limit = (fengsui_geo::LAT_LIMIT_DEG * 1e7) as i32;
        let lat = f64::from(lat_e7.clamp(-limit, limit)) / 1e7;
        let lat_rad = lat.to_radians();
        let y = 0.5 - (lat_rad.tan() + 1.0 / lat_rad.cos()).ln() / std::f64::consts::TAU;
        let x = f64::from(lon_e7) / 3.6e9 + 0.5;
        let step = |v: f64| (v.clamp(0.0, 1.0) * WORLD) as i32;
        Self {
            x: step(x),
            y: step(y),
        }
    }

    /// To degrees in 1e-7: (lon, lat).
    pub(crate) fn to_e7(self) -> (i32, i32) {
        let x = f64::from(self.x) / WORLD;
        let y = f64::from(self.y) / WORLD;
        let point = fengsui_geo::from_world(x, y);
        point.to_e7()
    }
}

/// Tags of one thing as (key, value) indices into the strings.
type TagRange = Range<u32>;

/// A way: its nodes as indices, `u32::MAX` where the extract lacks the node.
#[derive(Debug)]
pub(crate) struct Way {
    pub(crate) id: i64,
    pub(crate) tags: TagRange,
    refs: Range<u32>,
}

/// A relation of ways: (index or `None` when the extract lacks it, whether its role is inner).
#[derive(Debug)]
pub(crate) struct Relation {
    pub(crate) tags: TagRange,
    pub(crate) ways: Vec<(Option<u32>, bool)>,
}

/// A relation that forbids or commands a turn.
#[derive(Debug)]
pub(crate) struct Restriction {
    pub(crate) tags: TagRange,
    /// Its members: what each is (node, way), its id, its role.
    pub(crate) members: Vec<(RelMemberType, i64, Role)>,
}

/// Roles in a turn restriction or an area.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Role {
    Inner,
    From,
    Via,
    To,
    Other,
}

/// A node with tags.
#[derive(Debug)]
pub(crate) struct TaggedNode {
    pub(crate) id: i64,
    pub(crate) at: Px,
    pub(crate) tags: TagRange,
}

/// The extract.
#[derive(Debug, Default)]
pub(crate) struct Extract {
    node_ids: Vec<i64>,
    places: Vec<Px>,
    pub(crate) tagged_nodes: Vec<TaggedNode>,
    pub(crate) ways: Vec<Way>,
    pub(crate) relations: Vec<Relation>,
    pub(crate) restrictions: Vec<Restriction>,
    refs: Vec<u32>,
    tags: Vec<(u32, u32)>,
    strings: Vec<Box<str>>,
    /// The box the file claims, else that of all nodes: (west, north, east, south) corner points.
    pub(crate) bounds: (Px, Px),
    /// When the data was taken from OSM, seconds since 1970, when the file says so.
    pub(crate) data_at_s: Option<i64>,
    /// Ways that miss some of their nodes.
    pub(crate) broken_ways: usize,
}

/// Tags of one thing, to be asked by key.
#[derive(Clone, Copy)]
pub(crate) struct Tags<'a> {
    extract: &'a Extract,
    pairs: &'a [(u32, u32)],
}

impl<'a> Tags<'a> {
    /// The value of a key.
    pub(crate) fn get(&self, key: &str) -> Option<&'a str> {
        self.pairs
            .iter()
            .find(|(k, _)| &*self.extract.strings[*k as usize] == key)
            .map(|(_, value)| &*self.extract.strings[*value as usize])
    }

    /// Whether a key has this value.
    pub(crate) fn is(&self, key: &str, value: &str) -> bool {
        self.get(key) == Some(value)
    }

    /// Whether there are no tags that matter.
    pub(crate) fn is_empty(&self) -> bool {
        self.pairs.is_empty()
    }
}

/// Keys that the map, the names or the borders ask for; all others are dropped while reading.
const KEYS: [&str; 72] = [
    "access",
    "addr:housename",
    "addr:housenumber",
    "addr:place",
    "addr:street",
    "admin_level",
    "aerialway",
    "aeroway",
    "alt_name",
    "amenity",
    "area",
    "barrier",
    "bicycle",
    "boundary",
    "bridge",
    "bridge:name",
    "building",
    "capital",
    "covered",
    "denomination",
    "distance",
    "emergency",
    "except",
    "highway",
    "historic",
    "horse",
    "junction",
    "landuse",
    "layer",
    "leisure",
    "loc_name",
    "man_made",
    "maritime",
    "maxspeed",
    "maxspeed:backward",
    "maxspeed:forward",
    "military",
    "motor_vehicle",
    "motorcar",
    "name",
    "name:en",
    "name:zh",
    "name:zh-Hans",
    "name:zh-Hant",
    "natural",
    "office",
    "official_name",
    "old_name",
    "oneway",
    "pk",
    "place",
    "population",
    "power",
    "railway",
    "ref",
    "religion",
    "restriction",
    "route",
    "service",
    "shop",
    "short_name",
    "sport",
    "surface",
    "tourism",
    "tracktype",
    "traffic_signals:direction",
    "tunnel",
    "type",
    "vehicle",
    "water",
    "waterway",
    "wetland",
];

impl Extract {
    /// An extract with nothing in it, around the places of a county that has no extract.
    pub(crate) fn empty(bounds: fengsui_geo::Bounds) -> Self {
        let (west, south, east, north) = bounds.edges();
        let at = |lon: f64, lat: f64| Px::from_e7((lon * 1e7) as i32, (lat * 1e7) as i32);
        Self {
            bounds: (at(west, north), at(east, south)),
            ..Self::default()
        }
    }

    /// Reads a whole file. `tick` hears how many bytes are read and may stop the reading.
    pub(crate) fn read(
        path: &Path,
        tick: &mut dyn FnMut(u64) -> Result<(), PackError>,
    ) -> Result<Self, PackError> {
        if crate::osm_xml::is_xml(path) {
            let mut building = Building::default();
            crate::osm_xml::read(path, &mut building, tick)?;
            return building.finish(path);
        }
        let file = std::fs::File::open(path).map_err(PackError::io(path))?;
        let counted = Counted {
            inner: std::io::BufReader::new(file),
            bytes: Default::default(),
        };
        let bytes = counted.bytes.clone();
        let count = || bytes.load(std::sync::atomic::Ordering::Relaxed);
        let mut reader = BlobReader::new(counted);
        let mut building = Building::default();
        let mut blocks_read = 0;
        loop {
            let before = count();
            let damaged = |why: String| match blocks_read {
                0 => PackError::NotPbf {
                    path: path.to_owned(),
                    why,
                },
                _ => PackError::DamagedPbf {
                    path: path.to_owned(),
                    blocks_read,
                    why,
                },
            };
            let Some(blob) = reader.next() else {
                // The reader takes one to three stray bytes for the end of the file.
                if blocks_read == 0 || count() != before {
                    return Err(damaged("ends inside a block".to_owned()));
                }
                break;
            };
            let blob = blob.map_err(|e| damaged(e.to_string()))?;
            match blob.decode().map_err(|e| damaged(e.to_string()))? {
                BlobDecode::OsmHeader(header) => building.header(&header).map_err(damaged)?,
                BlobDecode::OsmData(_) if blocks_read == 0 => {
                    return Err(damaged("has no header".to_owned()));
                }
                BlobDecode::OsmData(block) => block.for_each_element(|e| building.add(e)),
                BlobDecode::Unknown(_) => {}
            }
            blocks_read += 1;
            tick(count())?;
        }
        building.finish(path)
    }

    /// Tags of a range.
    pub(crate) fn tags(&self, range: &TagRange) -> Tags<'_> {
        Tags {
            extract: self,
            pairs: &self.tags[range.start as usize..range.end as usize],
        }
    }

    /// The way's points in runs: more than one when nodes are missing in between.
    pub(crate) fn runs(&self, way: &Way) -> Vec<Vec<Px>> {
        let refs = &self.refs[way.refs.start as usize..way.refs.end as usize];
        refs.split(|node| *node == u32::MAX)
            .filter(|run| run.len() > 1)
            .map(|run| {
                let mut points: Vec<Px> = Vec::with_capacity(run.len());
                for node in run {
                    let at = self.places[*node as usize];
                    if points.last() != Some(&at) {
                        points.push(at);
                    }
                }
                points
            })
            .filter(|run| run.len() > 1)
            .collect()
    }

    /// The nodes of a way that the extract has, as indices.
    pub(crate) fn known_nodes(&self, way: &Way) -> impl Iterator<Item = u32> + '_ {
        let refs = &self.refs[way.refs.start as usize..way.refs.end as usize];
        refs.iter().copied().filter(|node| *node != u32::MAX)
    }

    /// The way's nodes as indices, for joining ways end to end; `None` when some are missing.
    pub(crate) fn nodes(&self, way: &Way) -> Option<&[u32]> {
        let refs = &self.refs[way.refs.start as usize..way.refs.end as usize];
        (!refs.contains(&u32::MAX)).then_some(refs)
    }

    /// The place of a node by index.
    pub(crate) fn place(&self, node: u32) -> Px {
        self.places[node as usize]
    }

    /// The index of a node by its id.
    pub(crate) fn node_index(&self, id: i64) -> Option<u32> {
        let index = self.node_ids.binary_search(&id).ok()?;
        u32::try_from(index).ok()
    }

    /// The way's nodes as indices, in runs: more than one when nodes are missing in between.
    pub(crate) fn node_runs(&self, way: &Way) -> impl Iterator<Item = &[u32]> {
        self.refs[way.refs.start as usize..way.refs.end as usize]
            .split(|node| *node == u32::MAX)
            .filter(|run| run.len() > 1)
    }

    /// How many nodes there are.
    pub(crate) fn node_count(&self) -> usize {
        self.node_ids.len()
    }
}

impl From<&str> for Role {
    fn from(word: &str) -> Self {
        match word {
            "inner" => Self::Inner,
            "from" => Self::From,
            "via" => Self::Via,
            "to" => Self::To,
            _ => Self::Other,
        }
    }
}

/// What is gathered while the file is read: ids as they come, resolved at the end.
#[derive(Default)]
pub(crate) struct Building {
    out: Extract,
    string_index: HashMap<Box<str>, u32>,
    way_refs: Vec<i64>,
    members: Vec<Vec<(i64, bool)>>,
    header_box: Option<(Px, Px)>,
}

impl Building {
    fn header(&mut self, header: &osmpbf::HeaderBlock) -> Result<(), String> {
        for feature in header.required_features() {
            if !["OsmSchema-V0.6", "DenseNodes"].contains(&feature.as_str()) {
                return Err(format!(
                    "needs “{feature}”, which this program does not read"
                ));
            }
        }
        self.taken_at(header.osmosis_replication_timestamp());
        if let Some(bbox) = header.bbox() {
            self.claims(bbox.left, bbox.bottom, bbox.right, bbox.top);
        }
        Ok(())
    }

    fn add(&mut self, element: Element<'_>) {
        match element {
            Element::DenseNode(node) => {
                let tags = self.keep(node.tags());
                self.node(node.id(), node.decimicro_lon(), node.decimicro_lat(), tags);
            }
            Element::Node(node) => {
                let tags = self.keep(node.tags());
                self.node(node.id(), node.decimicro_lon(), node.decimicro_lat(), tags);
            }
            Element::Way(way) => {
                let tags = self.keep(way.tags());
                self.way(way.id(), tags, way.refs());
            }
            Element::Relation(relation) => {
                let tags = self.keep(relation.tags());
                let members = relation.members().map(|member| {
                    let role = member.role().map_or(Role::Other, Role::from);
                    (member.member_type, member.member_id, role)
                });
                self.relation(tags, members.collect());
            }
        }
    }

    /// Takes a way with its nodes' ids.
    pub(crate) fn way(&mut self, id: i64, tags: TagRange, nodes: impl Iterator<Item = i64>) {
        let start = self.way_refs.len() as u32;
        self.way_refs.extend(nodes);
        let refs = start..self.way_refs.len() as u32;
        self.out.ways.push(Way { id, tags, refs });
    }

    /// Takes a relation of ways, each with whether its role is inner; other kinds are let go.
    pub(crate) fn relation(&mut self, tags: TagRange, members: Vec<(RelMemberType, i64, Role)>) {
        match self.out.tags(&tags).get("type") {
            Some("restriction") => self.out.restrictions.push(Restriction { tags, members }),
            Some("multipolygon" | "boundary") => {
                let ways = members
                    .iter()
                    .filter(|(kind, ..)| *kind == RelMemberType::Way)
                    .map(|(_, id, role)| (*id, *role == Role::Inner));
                self.members.push(ways.collect());
                self.out.relations.push(Relation {
                    tags,
                    ways: Vec::new(),
                });
            }
            _ => {}
        }
    }

    /// The box that the file claims, degrees.
    pub(crate) fn claims(&mut self, west: f64, south: f64, east: f64, north: f64) {
        let at = |lon: f64, lat: f64| Px::from_e7((lon * 1e7) as i32, (lat * 1e7) as i32);
        self.header_box = Some((at(west, north), at(east, south)));
    }

    /// When the data was taken from OSM, when the file says so.
    pub(crate) fn taken_at(&mut self, seconds: Option<i64>) {
        self.out.data_at_s = seconds;
    }

    /// Takes a node.
    pub(crate) fn node(&mut self, id: i64, lon_e7: i32, lat_e7: i32, tags: TagRange) {
        let at = Px::from_e7(lon_e7, lat_e7);
        self.out.node_ids.push(id);
        self.out.places.push(at);
        if !tags.is_empty() {
            self.out.tagged_nodes.push(TaggedNode { id, at, tags });
        }
    }

    /// Keeps the tags that matter.
    pub(crate) fn keep<'t>(&mut self, tags: impl Iterator<Item = (&'t str, &'t str)>) -> TagRange {
        let start = self.out.tags.len() as u32;
        for (key, value) in tags {
            if KEYS.binary_search(&key).is_ok() {
                let pair = (self.string(key), self.string(value));
                self.out.tags.push(pair);
            }
        }
        start..self.out.tags.len() as u32
    }

    fn string(&mut self, text: &str) -> u32 {
        if let Some(index) = self.string_index.get(text) {
            return *index;
        }
        let index = self.out.strings.len() as u32;
        self.out.strings.push(text.into());
        self.string_index.insert(text.into(), index);
        index
    }

    fn finish(mut self, path: &Path) -> Result<Extract, PackError> {
        if self.out.node_ids.is_empty() {
            return Err(PackError::EmptyExtract {
                path: path.to_owned(),
            });
        }
        self.sort_nodes();
        let ids = &self.out.node_ids;
        let refs: Vec<u32> = self
            .way_refs
            .iter()
            .map(|id| ids.binary_search(id).map_or(u32::MAX, |index| index as u32))
            .collect();
        self.out.refs = refs;
        let is_broken = |way: &Way| self.out.nodes(way).is_none();
        self.out.broken_ways = self.out.ways.iter().filter(|way| is_broken(way)).count();
        let mut way_index: Vec<(i64, u32)> = (0u32..)
            .zip(&self.out.ways)
            .map(|(i, way)| (way.id, i))
            .collect();
        way_index.sort_unstable();
        let find = |id: i64| {
            let at = way_index.binary_search_by_key(&id, |(id, _)| *id).ok()?;
            Some(way_index[at].1)
        };
        for (relation, members) in self.out.relations.iter_mut().zip(self.members) {
            relation.ways = members
                .into_iter()
                .map(|(id, inner)| (find(id), inner))
                .collect();
        }
        self.out.bounds = bounds(&self.out.places, self.header_box);
        Ok(self.out)
    }

    /// Files are sorted by id as a rule; when one is not, the nodes are sorted here.
    fn sort_nodes(&mut self) {
        if self.out.node_ids.is_sorted() {
            return;
        }
        let mut order: Vec<usize> = (0..self.out.node_ids.len()).collect();
        order.sort_by_key(|i| self.out.node_ids[*i]);
        self.out.node_ids = order.iter().map(|i| self.out.node_ids[*i]).collect();
        self.out.places = order.iter().map(|i| self.out.places[*i]).collect();
    }
}

/// The box of all nodes, cut to the one the file claims where that makes sense.
fn bounds(places: &[Px], claimed: Option<(Px, Px)>) -> (Px, Px) {
    let mut west_north = places[0];
    let mut east_south = places[0];
    for at in places {
        west_north = Px {
            x: west_north.x.min(at.x),
            y: west_north.y.min(at.y),
        };
        east_south = Px {
            x: east_south.x.max(at.x),
            y: east_south.y.max(at.y),
        };
    }
    if let Some((claimed_wn, claimed_es)) = claimed {
        let wn = Px {
            x: west_north.x.max(claimed_wn.x),
            y: west_north.y.max(claimed_wn.y),
        };
        let es = Px {
            x: east_south.x.min(claimed_es.x),
            y: east_south.y.min(claimed_es.y),
        };
        if wn.x < es.x && wn.y < es.y {
            return (wn, es);
        }
    }
    (west_north, east_south)
}

/// Counts the bytes read, for progress and for noticing a cut-off end.
struct Counted<R> {
    inner: R,
    bytes: std::sync::Arc<std::sync::atomic::AtomicU64>,
}

impl<R: Read> Read for Counted<R> {
    fn read(&mut self, buffer: &mut [u8]) -> std::io::Result<usize> {
        let count = self.inner.read(buffer)?;
        self.bytes
            .fetch_add(count as u64, std::sync::atomic::Ordering::Relaxed);
        Ok(count)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// The key list is searched by halves, so it must be in order.
    #[test]
    fn keys_are_sorted() {
        assert!(KEYS.is_sorted());
    }

    /// World steps and back keep a place to a few centimetres.
    #[test]
    fn world_steps_round_trip() {
        for (lon, lat) in [(1_139_000_000, 312_000_000), (-739_000_001, -407_000_003)] {
            let (back_lon, back_lat) = Px::from_e7(lon, lat).to_e7();
            assert!((lon - back_lon).abs() < 8 && (lat - back_lat).abs() < 8);
        }
    }
}
