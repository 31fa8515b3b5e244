//! The timeline of an incident: each entry a kind with the values of its
//! sentence.
//!
//! Not here: the sentences (assets/words, `timeline.<kind>`).

use std::collections::BTreeMap;

use fengsui_app::county::County;
use fengsui_app::incident::IncidentView;
use fengsui_domain::incident::Level;
use fengsui_domain::log::dot::Dot;
use fengsui_domain::log::entry::{Entry, Value, Write};
use fengsui_domain::log::field::{Field, Noun};
use fengsui_domain::log::kind::Kind;
use fengsui_domain::post::Post;

use super::drawn::Drawn;
use crate::incident::{Param, TimelineLine};

/// Kinds that a unit (its terminal) reports about itself.
const BY_UNIT: &[Kind] = &[
    Kind::AssignmentDeliver,
    Kind::AssignmentRead,
    Kind::AssignmentSign,
    Kind::AssignmentSetOut,
    Kind::AssignmentArrive,
    Kind::AssignmentWork,
    Kind::AssignmentClear,
    Kind::AssignmentSignCancel,
    Kind::FeedbackAdd,
];

/// Shown names of people by account.
pub(in crate::router) type People = BTreeMap<String, String>;

/// Oldest first; the ring of the call, which came before the number, leads.
pub(in crate::router) fn lines(
    view: &IncidentView,
    county: &County,
    people: &People,
) -> Vec<TimelineLine> {
    let mut lines = Vec::with_capacity(view.timeline.len() + 1);
    if let Some(call) = &view.call {
        lines.push(TimelineLine {
            entry: call.dot.to_string(),
            at_ms: call.ring_mark.map_or(call.ring_at_ms, |mark| mark.own_ms),
            written_at_ms: call.ring_mark.map_or(call.ring_at_ms, |mark| mark.own_ms),
            corrected_at_ms: call.ring_mark.map(|mark| mark.corrected_ms),
            is_clock_unknown: false,
            by: String::new(),
            kind: Kind::CallRing.word().to_owned(),
            params: vec![
                param("line", call.line.word()),
                param("number", call.number.as_deref().unwrap_or_default()),
            ],
        });
    }
    let mut drawn = Drawn::default();
    lines.extend(view.timeline.iter().map(|entry| {
        let mut line = line(entry, view, county, people);
        line.params.extend(drawn.params(entry));
        line
    }));
    lines
}

fn line(entry: &Entry, view: &IncidentView, county: &County, people: &People) -> TimelineLine {
    let kind = Kind::from_code(entry.kind);
    let callsign = callsign(entry, view);
    let is_device = entry.post == Post::Device.code();
    let by_unit = kind.is_some_and(|kind| BY_UNIT.contains(&kind));
    let by = match &callsign {
        Some(callsign) if is_device && by_unit => callsign.clone(),
        _ => people.get(&entry.actor).unwrap_or(&entry.actor).clone(),
    };
    let mut params: Vec<Param> = callsign.map(|c| param("unit", &c)).into_iter().collect();
    for write in &entry.writes {
        params.extend(param_of(write, county));
    }
    if kind == Some(Kind::IncidentAmend) || kind == Some(Kind::IncidentFile) {
        params.push(param("fields", &changed(entry)));
    }
    TimelineLine {
        entry: entry.dot.to_string(),
        at_ms: entry.at_ms,
        written_at_ms: entry.hlc.ms(),
        corrected_at_ms: view
            .clocks
            .mark(entry.dot, entry.hlc, entry.at_ms)
            .map(|mark| mark.corrected_ms),
        is_clock_unknown: view.clocks.is_unknown(entry.dot, entry.hlc),
        by,
        kind: kind.map_or("unknown", Kind::word).to_owned(),
        params,
    }
}

fn callsign(entry: &Entry, view: &IncidentView) -> Option<String> {
    let of_write = |field: Field| {
        entry
            .writes
            .iter()
            .find(|write| write.field == field.code())
            .and_then(|write| match write.value {
                Value::Ref(dot) => Some(dot),
                _ => None,
            })
    };
    let unit: Option<Dot> = of_write(Field::AssignmentUnit)
        .or_else(|| view.unit_of.get(&entry.subject).copied())
        .or_else(|| {
            let assignment = of_write(Field::FeedbackAssignment)?;
            view.unit_of.get(&assignment).copied()
        });
    view.callsigns.get(&unit?).cloned()
}

/// Words of the fields that changed, for "增改：地点、警情".
fn changed(entry: &Entry) -> String {
    let words: Vec<&str> = entry
        .writes
        .iter()
        .filter_map(|write| Field::from_code(write.field))
        .filter(|field| field.noun() == Noun::Incident && *field != Field::IncidentFiledAt)
        .map(Field::word)
        .collect();
    words.join(",")
}

fn param_of(write: &Write, county: &County) -> Option<Param> {
    let field = Field::from_code(write.field)?;
    if field.noun() == Noun::Drawing {
        return None;
    }
    let text = match (field, &write.value) {
        (_, Value::Nothing | Value::Ref(_) | Value::Bytes(_)) => return None,
        (Field::IncidentType | Field::IncidentTypeAfter, Value::Text(code)) => county
            .type_row(code)
            .map_or_else(|| code.clone(), |row| row.name.clone()),
        (Field::IncidentResult | Field::FeedbackResult, Value::Text(code)) => {
            let row = county.codes.results.iter().find(|row| row.code == *code);
            row.map_or_else(|| code.clone(), |row| row.name.clone())
        }
        (Field::IncidentInvalidReason, Value::Text(code)) => {
            let row = county.codes.invalid.iter().find(|row| row.code == *code);
            row.map_or_else(|| code.clone(), |row| row.name.clone())
        }
        (Field::IncidentLevel, Value::Int(code)) => u8::try_from(*code)
            .ok()
            .and_then(Level::from_code)?
            .word()
            .to_owned(),
        (_, value) => value_text(value),
    };
    Some(param(field.word(), &text))
}

/// A value as text, without its meaning.
pub(super) fn value_text(value: &Value) -> String {
    match value {
        Value::Nothing | Value::Bytes(_) => String::new(),
        Value::Int(int) => int.to_string(),
        Value::Text(text) => text.replace('\u{1f}', ":").replace('\u{1e}', "；"),
        Value::Ref(dot) => dot.to_string(),
        Value::Point(lon, lat) => {
            format!("{:.5}, {:.5}", f64::from(*lon) / 1e7, f64::from(*lat) / 1e7)
        }
        Value::Fix(lon, lat, radius_m, ..) => {
            let at = format!("{:.5}, {:.5}", f64::from(*lon) / 1e7, f64::from(*lat) / 1e7);
            if *radius_m < 0 {
                at
            } else {
                format!("{at} ±{radius_m} m")
            }
        }
    }
}

pub(super) fn param(name: &str, value: &str) -> Param {
    Param {
        name: name.to_owned(),
        value: value.to_owned(),
    }
}
