//! Writes Mapbox vector tiles (version 2): keys and values once a layer, geometry as commands.
//! Not here: what goes into a tile (`tiles`), gzip.

use std::collections::HashMap;

/// Units across a tile.
pub(crate) const EXTENT: u32 = 4096;

/// A property's value.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub(crate) enum Value {
    Text(String),
    Whole(i64),
    Flag(bool),
}

/// Geometry within a tile, in units.
#[derive(Debug, Clone)]
pub(crate) enum Shape {
    Point(i32, i32),
    Lines(Vec<Vec<(i32, i32)>>),
    /// Rings with outer ones clockwise on the screen, each followed by its holes.
    Rings(Vec<Vec<(i32, i32)>>),
}

/// One layer being written.
pub(crate) struct LayerWriter {
    name: &'static str,
    keys: Vec<&'static str>,
    values: HashMap<Value, u32>,
    value_bytes: Vec<u8>,
    features: Vec<u8>,
}

impl LayerWriter {
    /// An empty layer.
    pub(crate) fn new(name: &'static str) -> Self {
        Self {
            name,
            keys: Vec::new(),
            values: HashMap::new(),
            value_bytes: Vec::new(),
            features: Vec::new(),
        }
    }

    /// Adds a feature.
    pub(crate) fn add<'a>(
        &mut self,
        shape: &Shape,
        props: impl Iterator<Item = (&'static str, &'a Value)>,
    ) {
        let mut tags = Vec::new();
        for (key, value) in props {
            varint(&mut tags, u64::from(self.key(key)));
            varint(&mut tags, u64::from(self.value(value)));
        }
        let (kind, commands) = geometry(shape);
        let mut feature = Vec::with_capacity(tags.len() + commands.len() + 8);
        if !tags.is_empty() {
            message(&mut feature, 2, &tags);
        }
        number(&mut feature, 3, kind);
        message(&mut feature, 4, &commands);
        message(&mut self.features, 2, &feature);
    }

    /// Appends the layer to a tile; an empty layer is left out.
    pub(crate) fn finish(self, tile: &mut Vec<u8>) {
        if self.features.is_empty() {
            return;
        }
        let mut layer = Vec::with_capacity(self.features.len() + self.value_bytes.len() + 64);
        message(&mut layer, 1, self.name.as_bytes());
        layer.extend(self.features);
        for key in &self.keys {
            message(&mut layer, 3, key.as_bytes());
        }
        layer.extend(self.value_bytes);
        number(&mut layer, 5, u64::from(EXTENT));
        number(&mut layer, 15, 2);
        message(tile, 3, &layer);
    }

    fn key(&mut self, key: &'static str) -> u32 {
        let at = self
            .keys
            .iter()
            .position(|known| *known == key)
            .unwrap_or_else(|| {
                self.keys.push(key);
                self.keys.len() - 1
            });
        at as u32
    }

    fn value(&mut self, value: &Value) -> u32 {
        if let Some(index) = self.values.get(value) {
            return *index;
        }
        let index = self.values.len() as u32;
        self.values.insert(value.clone(), index);
        let mut bytes = Vec::new();
        match value {
            Value::Text(text) => message(&mut bytes, 1, text.as_bytes()),
            Value::Whole(whole) => number(&mut bytes, 4, *whole as u64),
            Value::Flag(flag) => number(&mut bytes, 7, u64::from(*flag)),
        }
        message(&mut self.value_bytes, 4, &bytes);
        index
    }
}

fn geometry(shape: &Shape) -> (u64, Vec<u8>) {
    let mut out = Vec::new();
    let mut cursor = (0, 0);
    match shape {
        Shape::Point(x, y) => {
            varint(&mut out, 1 << 3 | 1);
            step(&mut out, &mut cursor, (*x, *y));
            (1, out)
        }
        Shape::Lines(lines) => {
            for line in lines {
                path(&mut out, &mut cursor, line);
            }
            (2, out)
        }
        Shape::Rings(rings) => {
            for ring in rings {
                path(&mut out, &mut cursor, ring);
                varint(&mut out, 1 << 3 | 7);
            }
            (3, out)
        }
    }
}

fn path(out: &mut Vec<u8>, cursor: &mut (i32, i32), points: &[(i32, i32)]) {
    varint(out, 1 << 3 | 1);
    step(out, cursor, points[0]);
    varint(out, ((points.len() - 1) as u64) << 3 | 2);
    for point in &points[1..] {
        step(out, cursor, *point);
    }
}

fn step(out: &mut Vec<u8>, cursor: &mut (i32, i32), to: (i32, i32)) {
    for delta in [to.0 - cursor.0, to.1 - cursor.1] {
        varint(out, u64::from(((delta << 1) ^ (delta >> 31)) as u32));
    }
    *cursor = to;
}

fn varint(out: &mut Vec<u8>, mut value: u64) {
    while value >= 0x80 {
        out.push(value as u8 | 0x80);
        value >>= 7;
    }
    out.push(value as u8);
}

fn number(out: &mut Vec<u8>, field: u64, value: u64) {
    varint(out, field << 3);
    varint(out, value);
}

fn message(out: &mut Vec<u8>, field: u64, content: &[u8]) {
    varint(out, field << 3 | 2);
    varint(out, content.len() as u64);
    out.extend_from_slice(content);
}
