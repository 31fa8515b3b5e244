//! What the timeline says of drawings: each line names the drawing as it was called at that
//! moment, with the measures it got.
//!
//! Not here: the sentences (assets/words, `timeline.drawing.<verb>`).

use std::collections::BTreeMap;

use fengsui_domain::drawing::{DrawingKind, Geometry, Shape, measure};
use fengsui_domain::log::dot::Dot;
use fengsui_domain::log::entry::{Entry, Value};
use fengsui_domain::log::field::{Field, Noun};

use super::timeline::param;
use crate::incident::Param;

/// A kind that only a newer program knows.
const UNKNOWN: &str = "unknown";

/// Drawings met so far in a timeline: kind (word) and words.
#[derive(Default)]
pub(super) struct Drawn(BTreeMap<Dot, (String, String)>);

impl Drawn {
    /// Values of the sentence of an entry about a drawing; none for any other entry.
    pub(super) fn params(&mut self, entry: &Entry) -> Vec<Param> {
        let writes = entry.writes.iter();
        let writes = writes.filter_map(|write| Some((Field::from_code(write.field)?, write)));
        let about: Vec<_> = writes
            .filter(|(field, _)| field.noun() == Noun::Drawing)
            .collect();
        if about.is_empty() {
            return Vec::new();
        }
        let unknown = || (UNKNOWN.to_owned(), String::new());
        let (kind, label) = self.0.entry(entry.subject).or_insert_with(unknown);
        let called = label.clone();
        let mut params = Vec::new();
        for (field, write) in about {
            match (field, &write.value) {
                (Field::DrawingKind, Value::Int(code)) => {
                    let known = u8::try_from(*code).ok().and_then(DrawingKind::from_code);
                    *kind = known.map_or(UNKNOWN, DrawingKind::word).to_owned();
                }
                (Field::DrawingLabel, value) => {
                    *label = match value {
                        Value::Text(text) => text.clone(),
                        _ => String::new(),
                    };
                    params.extend(old_label(&called, label));
                }
                (Field::DrawingPoints, Value::Bytes(bytes)) => params.extend(measures(bytes)),
                (Field::DrawingVoidReason, Value::Text(text)) => {
                    params.push(param(field.word(), text));
                }
                _ => {}
            }
        }
        params.push(param(Field::DrawingKind.word(), kind));
        if !label.is_empty() {
            params.push(param(Field::DrawingLabel.word(), label));
        }
        params
    }
}

fn old_label(old: &str, new: &str) -> Option<Param> {
    (!old.is_empty() && old != new).then(|| param("old_label", old))
}

fn measures(bytes: &[u8]) -> Vec<Param> {
    let Some(geometry) = Geometry::decode(bytes) else {
        return Vec::new();
    };
    let (length_m, area_m2) = measure(&geometry);
    let mut params = Vec::new();
    if let (Shape::Point, [point]) = (geometry.shape(), geometry.points()) {
        let at = format!("{:.5}, {:.5}", point.lon_deg(), point.lat_deg());
        params.push(param("point", &at));
    }
    params.extend(length_m.map(|length_m| param("length_m", &format!("{length_m:.0}"))));
    params.extend(area_m2.map(|area_m2| param("area_m2", &format!("{area_m2:.0}"))));
    params
}
