//! Writes OSM data as `.osm.pbf` (blobs of at most 8,000 entities, zlib, dense nodes).
//! Not here: reading; metadata of editors (versions, users): a made-up county has none.

use super::osm::{Osm, Tags};
use miniz_oxide::deflate::compress_to_vec_zlib;
use std::collections::BTreeMap;

const ENTITIES_PER_BLOCK: usize = 8_000;
/// How hard blobs are packed, of 10.
const BEST: u8 = 9;

/// The whole file's bytes; the same for the same data.
pub(crate) fn encode(osm: &Osm) -> std::io::Result<Vec<u8>> {
    let mut file = Vec::new();
    blob(&mut file, "OSMHeader", &header(osm))?;
    for (block, chunk) in osm.nodes.chunks(ENTITIES_PER_BLOCK).enumerate() {
        let mut strings = Strings::default();
        let mut dense = Dense::default();
        for (i, node) in chunk.iter().enumerate() {
            let id = (block * ENTITIES_PER_BLOCK + i + 1) as i64;
            dense.add(
                id,
                i64::from(node.lat_e7),
                i64::from(node.lon_e7),
                &node.tags,
                &mut strings,
            );
        }
        let mut group = Vec::new();
        message(&mut group, 2, &dense.encode());
        blob(&mut file, "OSMData", &primitive_block(&strings, &group))?;
    }
    for (block, chunk) in osm.ways.chunks(ENTITIES_PER_BLOCK).enumerate() {
        let mut strings = Strings::default();
        let mut group = Vec::new();
        for (i, way) in chunk.iter().enumerate() {
            let mut bytes = Vec::new();
            key_number(&mut bytes, 1, (block * ENTITIES_PER_BLOCK + i + 1) as u64);
            tag_fields(&mut bytes, &way.tags, &mut strings);
            let refs = way.nodes.iter().map(|node| *node as i64 + 1);
            message(&mut bytes, 8, &deltas(refs));
            message(&mut group, 3, &bytes);
        }
        blob(&mut file, "OSMData", &primitive_block(&strings, &group))?;
    }
    let (strings, group) = relations(osm);
    blob(&mut file, "OSMData", &primitive_block(&strings, &group))?;
    Ok(file)
}

fn relations(osm: &Osm) -> (Strings, Vec<u8>) {
    let mut strings = Strings::default();
    let mut group = Vec::new();
    for (i, relation) in osm.relations.iter().enumerate() {
        let mut bytes = Vec::new();
        key_number(&mut bytes, 1, i as u64 + 1);
        tag_fields(&mut bytes, &relation.tags, &mut strings);
        let (mut roles, mut ids, mut types) = (Vec::new(), Vec::new(), Vec::new());
        let nodes = relation.nodes.iter().map(|(node, role)| (*node, *role, 0));
        let ways = relation.ways.iter().map(|(way, role)| (*way, *role, 1));
        for (index, role, kind) in nodes.chain(ways) {
            varint(&mut roles, strings.index(role));
            ids.push(index as i64 + 1);
            varint(&mut types, kind);
        }
        message(&mut bytes, 8, &roles);
        message(&mut bytes, 9, &deltas(ids.into_iter()));
        message(&mut bytes, 10, &types);
        message(&mut group, 4, &bytes);
    }
    (strings, group)
}

/// How old the county's data says it is: 2026-09-30, as seconds since 1970.
const DATA_AT_S: u64 = 1_790_726_400;

fn header(osm: &Osm) -> Vec<u8> {
    let lons = || osm.nodes.iter().map(|node| node.lon_e7);
    let lats = || osm.nodes.iter().map(|node| node.lat_e7);
    let mut bbox = Vec::new();
    let edges = [lons().min(), lons().max(), lats().max(), lats().min()];
    for (field, edge) in (1..).zip(edges) {
        // The header's box counts in 1e-9 degrees.
        key_number(&mut bbox, field, zigzag(i64::from(edge.unwrap_or(0)) * 100));
    }
    let mut bytes = Vec::new();
    message(&mut bytes, 1, &bbox);
    message(&mut bytes, 4, b"OsmSchema-V0.6");
    message(&mut bytes, 4, b"DenseNodes");
    message(&mut bytes, 16, b"fengsui demo county");
    key_number(&mut bytes, 32, DATA_AT_S);
    bytes
}

fn blob(file: &mut Vec<u8>, kind: &str, data: &[u8]) -> std::io::Result<()> {
    // Not by `flate2`: what that yields depends on which crates are built beside it.
    let packed = compress_to_vec_zlib(data, BEST);
    let mut body = Vec::new();
    key_number(&mut body, 2, data.len() as u64);
    message(&mut body, 3, &packed);
    let mut head = Vec::new();
    message(&mut head, 1, kind.as_bytes());
    key_number(&mut head, 3, body.len() as u64);
    file.extend((head.len() as u32).to_be_bytes());
    file.extend(head);
    file.extend(body);
    Ok(())
}

fn primitive_block(strings: &Strings, group: &[u8]) -> Vec<u8> {
    let mut table = Vec::new();
    message(&mut table, 1, b"");
    for text in &strings.in_order {
        message(&mut table, 1, text.as_bytes());
    }
    let mut bytes = Vec::new();
    message(&mut bytes, 1, &table);
    message(&mut bytes, 2, group);
    bytes
}

/// The block's strings; index 0 is the empty one by the format's rule.
#[derive(Default)]
struct Strings {
    index_of: BTreeMap<String, u64>,
    in_order: Vec<String>,
}

impl Strings {
    fn index(&mut self, text: &str) -> u64 {
        if let Some(index) = self.index_of.get(text) {
            return *index;
        }
        self.in_order.push(text.to_owned());
        let index = self.in_order.len() as u64;
        self.index_of.insert(text.to_owned(), index);
        index
    }
}

#[derive(Default)]
struct Dense {
    ids: Vec<i64>,
    lats: Vec<i64>,
    lons: Vec<i64>,
    keys_values: Vec<u8>,
}

impl Dense {
    fn add(&mut self, id: i64, lat: i64, lon: i64, tags: &Tags, strings: &mut Strings) {
        self.ids.push(id);
        self.lats.push(lat);
        self.lons.push(lon);
        for (key, value) in tags {
            varint(&mut self.keys_values, strings.index(key));
            varint(&mut self.keys_values, strings.index(value));
        }
        varint(&mut self.keys_values, 0);
    }

    fn encode(&self) -> Vec<u8> {
        let mut bytes = Vec::new();
        message(&mut bytes, 1, &deltas(self.ids.iter().copied()));
        message(&mut bytes, 8, &deltas(self.lats.iter().copied()));
        message(&mut bytes, 9, &deltas(self.lons.iter().copied()));
        message(&mut bytes, 10, &self.keys_values);
        bytes
    }
}

fn tag_fields(bytes: &mut Vec<u8>, tags: &Tags, strings: &mut Strings) {
    let (mut keys, mut values) = (Vec::new(), Vec::new());
    for (key, value) in tags {
        varint(&mut keys, strings.index(key));
        varint(&mut values, strings.index(value));
    }
    message(bytes, 2, &keys);
    message(bytes, 3, &values);
}

fn deltas(values: impl Iterator<Item = i64>) -> Vec<u8> {
    let mut bytes = Vec::new();
    let mut last = 0;
    for value in values {
        varint(&mut bytes, zigzag(value - last));
        last = value;
    }
    bytes
}

fn zigzag(value: i64) -> u64 {
    ((value << 1) ^ (value >> 63)) as u64
}

fn varint(bytes: &mut Vec<u8>, mut value: u64) {
    while value >= 0x80 {
        bytes.push(value as u8 | 0x80);
        value >>= 7;
    }
    bytes.push(value as u8);
}

fn key_number(bytes: &mut Vec<u8>, field: u64, value: u64) {
    varint(bytes, field << 3);
    varint(bytes, value);
}

fn message(bytes: &mut Vec<u8>, field: u64, content: &[u8]) {
    varint(bytes, field << 3 | 2);
    varint(bytes, content.len() as u64);
    bytes.extend_from_slice(content);
}
