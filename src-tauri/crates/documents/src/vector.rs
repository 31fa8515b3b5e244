//! Reads Mapbox vector tiles (version 2.1): layers, properties, geometry in units of the tile.
//! Not here: writing them (the map builder does), what is drawn from them (`mapimage`).
//!
//! Lengths are never believed beyond the bytes that are there, so a damaged tile is an error and
//! neither a panic nor a large allocation.

use crate::style::Value;
use std::io::Read as _;
use std::sync::Arc;

/// The largest tile that is unpacked; a real one has some hundred kilobytes.
const UNPACKED_MAX: u64 = 64 << 20;

/// A tile.
#[derive(Debug, Clone, Default)]
pub(crate) struct VectorTile {
    pub(crate) layers: Vec<VectorLayer>,
}

/// A layer of a tile.
#[derive(Debug, Clone, Default)]
pub(crate) struct VectorLayer {
    pub(crate) name: String,
    /// Units across the tile.
    pub(crate) extent: u32,
    keys: Vec<String>,
    values: Vec<Value>,
    pub(crate) features: Vec<Feature>,
}

/// What a feature's geometry is.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub(crate) enum GeometryKind {
    #[default]
    Unknown,
    Points,
    Lines,
    Polygons,
}

/// One feature: numbers of keys and values in turn, and paths of points.
#[derive(Debug, Clone, Default)]
pub(crate) struct Feature {
    pub(crate) kind: GeometryKind,
    tags: Vec<u32>,
    pub(crate) paths: Vec<Vec<(i32, i32)>>,
}

impl VectorTile {
    /// Unpacks (gzip or plain) and reads a tile.
    pub(crate) fn read(bytes: &[u8]) -> Result<Self, String> {
        if bytes.starts_with(&[0x1F, 0x8B]) {
            let mut plain = Vec::new();
            let mut unpack = flate2::read::GzDecoder::new(bytes).take(UNPACKED_MAX + 1);
            unpack
                .read_to_end(&mut plain)
                .map_err(|why| format!("gzip: {why}"))?;
            if plain.len() as u64 > UNPACKED_MAX {
                return Err(format!("holds more than {UNPACKED_MAX} bytes"));
            }
            return Self::parse(&plain);
        }
        Self::parse(bytes)
    }

    fn parse(bytes: &[u8]) -> Result<Self, String> {
        let mut layers = Vec::new();
        let mut reader = Reader(bytes);
        while let Some((field, value)) = reader.field()? {
            if let (3, Wire::Bytes(bytes)) = (field, value) {
                layers.push(layer(bytes)?);
            }
        }
        Ok(Self { layers })
    }

    /// A layer by name.
    pub(crate) fn layer(&self, name: &str) -> Option<&VectorLayer> {
        self.layers.iter().find(|layer| layer.name == name)
    }
}

impl VectorLayer {
    /// A property of one of its features; `Null` when the feature has none of the name.
    pub(crate) fn property(&self, feature: &Feature, key: &str) -> Value {
        let (pairs, _) = feature.tags.as_chunks::<2>();
        let found = pairs
            .iter()
            .find(|[k, _]| self.keys.get(*k as usize).is_some_and(|k| k == key));
        let value = found.and_then(|[_, v]| self.values.get(*v as usize));
        value.cloned().unwrap_or(Value::Null)
    }
}

fn layer(bytes: &[u8]) -> Result<VectorLayer, String> {
    let mut layer = VectorLayer {
        extent: 4096,
        ..VectorLayer::default()
    };
    let mut reader = Reader(bytes);
    while let Some((field, value)) = reader.field()? {
        match (field, value) {
            (1, Wire::Bytes(name)) => layer.name = text(name)?.to_owned(),
            (2, Wire::Bytes(bytes)) => layer.features.push(feature(bytes)?),
            (3, Wire::Bytes(key)) => layer.keys.push(text(key)?.to_owned()),
            (4, Wire::Bytes(bytes)) => layer.values.push(read_value(bytes)?),
            (5, Wire::Whole(extent)) => {
                layer.extent = u32::try_from(extent)
                    .ok()
                    .filter(|e| (1..=1 << 16).contains(e))
                    .ok_or_else(|| format!("layer {}: {extent} units across", layer.name))?;
            }
            _ => {}
        }
    }
    Ok(layer)
}

fn read_value(bytes: &[u8]) -> Result<Value, String> {
    let mut value = Value::Null;
    let mut reader = Reader(bytes);
    while let Some((field, wire)) = reader.field()? {
        value = match (field, wire) {
            (1, Wire::Bytes(bytes)) => Value::Text(Arc::from(text(bytes)?)),
            (2, Wire::Four(bits)) => Value::Number(f64::from(f32::from_bits(bits))),
            (3, Wire::Eight(bits)) => Value::Number(f64::from_bits(bits)),
            (4, Wire::Whole(whole)) => Value::Number(whole as i64 as f64),
            (5, Wire::Whole(whole)) => Value::Number(whole as f64),
            (6, Wire::Whole(whole)) => {
                Value::Number(((whole >> 1) as i64 ^ -((whole & 1) as i64)) as f64)
            }
            (7, Wire::Whole(flag)) => Value::Bool(flag != 0),
            _ => value,
        };
    }
    Ok(value)
}

fn feature(bytes: &[u8]) -> Result<Feature, String> {
    let mut feature = Feature::default();
    let mut commands: &[u8] = &[];
    let mut reader = Reader(bytes);
    while let Some((field, value)) = reader.field()? {
        match (field, value) {
            (2, Wire::Bytes(bytes)) => {
                let mut tags = Reader(bytes);
                while !tags.0.is_empty() {
                    feature.tags.push(tags.small()?);
                }
            }
            (3, Wire::Whole(kind)) => {
                feature.kind = match kind {
                    1 => GeometryKind::Points,
                    2 => GeometryKind::Lines,
                    3 => GeometryKind::Polygons,
                    _ => GeometryKind::Unknown,
                };
            }
            (4, Wire::Bytes(bytes)) => commands = bytes,
            _ => {}
        }
    }
    feature.paths = paths(commands)?;
    Ok(feature)
}

/// Paths of a geometry: each MoveTo begins one (of several points, each is one).
fn paths(commands: &[u8]) -> Result<Vec<Vec<(i32, i32)>>, String> {
    let mut reader = Reader(commands);
    let mut paths: Vec<Vec<(i32, i32)>> = Vec::new();
    let (mut x, mut y) = (0_i32, 0_i32);
    while !reader.0.is_empty() {
        let command = reader.small()?;
        let (id, count) = (command & 7, command >> 3);
        match id {
            1 | 2 => {
                for _ in 0..count {
                    x = x.wrapping_add(reader.step()?);
                    y = y.wrapping_add(reader.step()?);
                    match (id, paths.last_mut()) {
                        (2, Some(path)) => path.push((x, y)),
                        (2, None) => return Err("a line begins nowhere".into()),
                        _ => paths.push(vec![(x, y)]),
                    }
                }
            }
            7 => {}
            other => return Err(format!("drawing command {other}")),
        }
    }
    Ok(paths)
}

fn text(bytes: &[u8]) -> Result<&str, String> {
    std::str::from_utf8(bytes).map_err(|_| "a text that is not UTF-8".into())
}

/// A value as the wire has it.
enum Wire<'a> {
    Whole(u64),
    Eight(u64),
    Bytes(&'a [u8]),
    Four(u32),
}

/// Protocol buffers, as much as tiles need.
struct Reader<'a>(&'a [u8]);

impl<'a> Reader<'a> {
    fn field(&mut self) -> Result<Option<(u64, Wire<'a>)>, String> {
        if self.0.is_empty() {
            return Ok(None);
        }
        let key = self.varint()?;
        let wire = match key & 7 {
            0 => Wire::Whole(self.varint()?),
            1 => Wire::Eight(u64::from_le_bytes(self.array()?)),
            2 => {
                let length = self.varint()?;
                Wire::Bytes(self.bytes(usize::try_from(length).unwrap_or(usize::MAX))?)
            }
            5 => Wire::Four(u32::from_le_bytes(self.array()?)),
            other => return Err(format!("wire type {other}")),
        };
        Ok(Some((key >> 3, wire)))
    }

    fn varint(&mut self) -> Result<u64, String> {
        let mut value = 0_u64;
        for shift in (0..64).step_by(7) {
            let (byte, rest) = self
                .0
                .split_first()
                .ok_or("ends in the middle of a number")?;
            self.0 = rest;
            value |= u64::from(byte & 0x7F) << shift;
            if byte & 0x80 == 0 {
                return Ok(value);
            }
        }
        Err("a number without end".into())
    }

    fn small(&mut self) -> Result<u32, String> {
        u32::try_from(self.varint()?).map_err(|_| "a number out of range".into())
    }

    /// A signed difference, zigzag.
    fn step(&mut self) -> Result<i32, String> {
        let raw = self.small()?;
        Ok((raw >> 1) as i32 ^ -((raw & 1) as i32))
    }

    fn bytes(&mut self, length: usize) -> Result<&'a [u8], String> {
        let (taken, rest) = self
            .0
            .split_at_checked(length)
            .ok_or("ends in the middle of a part")?;
        self.0 = rest;
        Ok(taken)
    }

    fn array<const N: usize>(&mut self) -> Result<[u8; N], String> {
        let (taken, rest) = self
            .0
            .split_first_chunk::<N>()
            .ok_or("ends in the middle of a number")?;
        self.0 = rest;
        Ok(*taken)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// A tile with one layer: a triangle of kind "park", written by hand from the specification.
    fn triangle() -> Vec<u8> {
        let geometry = [9, 50, 34, 18, 20, 0, 0, 20, 15];
        let mut feature = vec![18, 2, 0, 0, 24, 3, 34, geometry.len() as u8];
        feature.extend(geometry);
        let mut layer = vec![10, 4];
        layer.extend(b"land");
        layer.extend([18, feature.len() as u8]);
        layer.extend(feature);
        layer.extend([26, 4]);
        layer.extend(b"kind");
        layer.extend([34, 6, 10, 4]);
        layer.extend(b"park");
        layer.extend([40, 128, 32, 120, 2]);
        let mut tile = vec![26, layer.len() as u8];
        tile.extend(layer);
        tile
    }

    /// Name, extent, property and points are what was written.
    #[test]
    fn a_tile_is_read() {
        let tile = VectorTile::read(&triangle()).unwrap();
        let layer = tile.layer("land").unwrap();
        assert_eq!(layer.extent, 4096);
        let feature = &layer.features[0];
        assert_eq!(feature.kind, GeometryKind::Polygons);
        assert_eq!(feature.paths, vec![vec![(25, 17), (35, 17), (35, 27)]]);
        assert_eq!(layer.property(feature, "kind"), Value::Text("park".into()));
        assert_eq!(layer.property(feature, "none"), Value::Null);
    }

    /// A tile cut at any byte, or with any one byte changed, is read or refused; never a panic.
    #[test]
    fn damage_is_an_error_or_another_tile() {
        let whole = triangle();
        for end in 0..whole.len() {
            let _ = VectorTile::read(&whole[..end]);
        }
        assert!(VectorTile::read(&whole[..whole.len() - 3]).is_err());
        for at in 0..whole.len() {
            for flip in [1, 0x80, 0xFF] {
                let mut bytes = whole.clone();
                bytes[at] ^= flip;
                let _ = VectorTile::read(&bytes);
            }
        }
        assert!(VectorTile::read(&[0x1F, 0x8B, 1, 2, 3]).is_err());
    }
}
