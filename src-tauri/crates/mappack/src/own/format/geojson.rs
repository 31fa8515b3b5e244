//! GeoJSON: a collection, one feature, read feature by feature so that a bad one is only itself.
//! Not here: shapes (`shape`).

use super::{Halt, Sink, SourceRow, TableHead};
use crate::own::crs::Crs;
use crate::own::report::Reason;
use crate::own::shape::Shape;
use serde::Deserialize;
use serde::de::{
    DeserializeSeed, Deserializer, Error as _, IgnoredAny, MapAccess, SeqAccess, Visitor,
};
use serde_json::Value;
use std::cell::RefCell;
use std::collections::BTreeMap;
use std::path::Path;

/// Text is read twice: once for the system it names, which may stand behind the features.
pub(super) fn read(path: &Path, sink: &mut dyn Sink) -> Result<(), Halt> {
    let bytes = std::fs::read(path).map_err(Halt::unreadable)?;
    let source = super::csv::decode(&bytes, sink.said(None).encoding.as_deref())
        .map_err(|why| Halt::File(0, Reason::Unreadable(why)))?;
    let head: Head = serde_json::from_str(&source).map_err(Halt::unreadable)?;
    let crs = match head.crs.as_ref().map(crs_name) {
        None => Ok(Crs::PLAIN),
        Some(Some(name)) => named(&name).ok_or(Reason::UnknownCrs(name)),
        Some(None) => Err(Reason::UnknownCrs("crs".to_owned())),
    };
    if !matches!(head.kind.as_str(), "FeatureCollection" | "Feature") {
        return Err(Halt::unreadable(
            "is neither a collection of features nor a feature",
        ));
    }
    if !sink.table(TableHead {
        name: None,
        crs,
        has_shapes: true,
    }) {
        return Ok(());
    }
    let hand = Hand {
        sink: RefCell::new(sink),
        columns: RefCell::default(),
        count: RefCell::new(0),
        halt: RefCell::new(None),
    };
    if head.kind == "Feature" {
        let feature: Value = serde_json::from_str(&source).map_err(Halt::unreadable)?;
        return hand.feature(feature);
    }
    let mut reader = serde_json::Deserializer::from_str(&source);
    let done = Collection(&hand).deserialize(&mut reader);
    match (hand.halt.into_inner(), done) {
        (Some(halt), _) => Err(halt),
        (None, Err(why)) => Err(Halt::unreadable(why)),
        (None, Ok(())) => Ok(()),
    }
}

#[derive(Deserialize)]
struct Head {
    #[serde(rename = "type")]
    kind: String,
    crs: Option<Value>,
}

fn crs_name(crs: &Value) -> Option<String> {
    crs.pointer("/properties/name")?.as_str().map(str::to_owned)
}

/// `urn:ogc:def:crs:OGC:1.3:CRS84`, `EPSG:4490`, `urn:ogc:def:crs:EPSG::4547`.
fn named(name: &str) -> Option<Crs> {
    if name.ends_with("CRS84") {
        return Some(Crs::PLAIN);
    }
    Crs::named(name)
}

/// Hands features over as they are parsed.
struct Hand<'a> {
    sink: RefCell<&'a mut dyn Sink>,
    columns: RefCell<(Vec<String>, BTreeMap<String, usize>)>,
    count: RefCell<u64>,
    halt: RefCell<Option<Halt>>,
}

impl Hand<'_> {
    fn feature(&self, mut feature: Value) -> Result<(), Halt> {
        *self.count.borrow_mut() += 1;
        let number = *self.count.borrow();
        let mut columns = self.columns.borrow_mut();
        let mut cells: Vec<String> = Vec::new();
        if let Some(Value::Object(properties)) = feature.get_mut("properties").map(Value::take) {
            for (name, value) in properties {
                let next = columns.0.len();
                let at = *columns.1.entry(name.clone()).or_insert(next);
                if at == next {
                    columns.0.push(name);
                }
                if cells.len() <= at {
                    cells.resize(at + 1, String::new());
                }
                cells[at] = text(value);
            }
        }
        let shape = match feature.get_mut("geometry").map(Value::take) {
            None | Some(Value::Null) => None,
            Some(geometry) => Some(Shape::from_geojson(geometry)),
        };
        let row = SourceRow {
            number,
            cells,
            shape,
            broken: None,
        };
        self.sink.borrow_mut().row(&columns.0, row)
    }
}

fn text(value: Value) -> String {
    match value {
        Value::Null => String::new(),
        Value::String(text) => text.trim().chars().filter(|c| !c.is_control()).collect(),
        other => other.to_string(),
    }
}

struct Collection<'a, 'b>(&'a Hand<'b>);

impl<'de> DeserializeSeed<'de> for Collection<'_, '_> {
    type Value = ();
    fn deserialize<D: Deserializer<'de>>(self, reader: D) -> Result<(), D::Error> {
        reader.deserialize_map(self)
    }
}

impl<'de> Visitor<'de> for Collection<'_, '_> {
    type Value = ();
    fn expecting(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("a collection of features")
    }
    fn visit_map<A: MapAccess<'de>>(self, mut map: A) -> Result<(), A::Error> {
        while let Some(key) = map.next_key::<String>()? {
            if key == "features" {
                map.next_value_seed(Features(self.0))?;
            } else {
                map.next_value::<IgnoredAny>()?;
            }
        }
        Ok(())
    }
}

struct Features<'a, 'b>(&'a Hand<'b>);

impl<'de> DeserializeSeed<'de> for Features<'_, '_> {
    type Value = ();
    fn deserialize<D: Deserializer<'de>>(self, reader: D) -> Result<(), D::Error> {
        reader.deserialize_seq(self)
    }
}

impl<'de> Visitor<'de> for Features<'_, '_> {
    type Value = ();
    fn expecting(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("a list of features")
    }
    fn visit_seq<A: SeqAccess<'de>>(self, mut list: A) -> Result<(), A::Error> {
        while let Some(feature) = list.next_element::<Value>()? {
            if let Err(halt) = self.0.feature(feature) {
                *self.0.halt.borrow_mut() = Some(halt);
                return Err(A::Error::custom("stopped"));
            }
        }
        Ok(())
    }
}
