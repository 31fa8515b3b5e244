//! The changes that engines of replication are compared on: incidents of fifteen fields each, or
//! one incident and nine edits of single fields; as entries of our log, and as plain values.
//!
//! Not here: a desk's own past (`load`).

use anyhow::Result;
use fengsui_domain::log::dot::{Dot, Lane};
use fengsui_domain::log::entry::Value;
use fengsui_domain::log::field::Field;
use fengsui_domain::log::kind::Kind;
use fengsui_domain::post::Post;
use fengsui_store::log::{Act, FieldWrite, Log};
use fengsui_store::{Store, StoreError};

use crate::load::plan::Plan;

const SEED: u64 = 20_261_127;
/// Acts in one transaction.
const BATCH: usize = 1_000;
/// Between two changes, ms.
const STEP_MS: i64 = 1_700;

/// What kind of work.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Shape {
    /// Every change is an incident.
    Rows,
    /// One incident, then nine edits of it.
    Edits,
}

impl Shape {
    /// Name of a row.
    #[must_use]
    pub fn word(self) -> &'static str {
        match self {
            Shape::Rows => "creations",
            Shape::Edits => "edits",
        }
    }
}

/// One change, as plain values.
#[derive(Debug, Clone)]
pub enum Change {
    /// An incident: its number from 0, and its fields.
    Row(usize, Vec<(Field, Value)>),
    /// An edit: whose, which column, its field, its value.
    Edit(usize, usize, Field, Value),
}

impl Change {
    /// As a line of plain values; points are two numbers in one.
    #[must_use]
    pub fn line(&self) -> String {
        match self {
            Change::Row(number, fields) => {
                let values: Vec<String> = fields.iter().map(|(_, value)| plain(value)).collect();
                format!("row\t{number}\t{}", values.join("\t"))
            }
            Change::Edit(number, column, _, value) => {
                format!("edit\t{number}\t{column}\t{}", plain(value))
            }
        }
    }

    /// The bare values, as one would pack them without any log.
    #[must_use]
    pub fn bare(&self) -> String {
        match self {
            Change::Row(_, fields) => {
                let values: Vec<String> = fields.iter().map(|(_, value)| plain(value)).collect();
                values.join("\t")
            }
            Change::Edit(number, column, _, value) => {
                format!("{number}\t{column}\t{}", plain(value))
            }
        }
    }
}

/// A value as text.
#[must_use]
pub fn plain(value: &Value) -> String {
    match value {
        Value::Int(int) => int.to_string(),
        Value::Text(text) => text.clone(),
        Value::Point(lon, lat) => format!("{lon},{lat}"),
        _ => String::new(),
    }
}

/// So many changes; the same for ever.
#[must_use]
pub fn changes(shape: Shape, count: usize) -> Vec<Change> {
    let plan = Plan::new(count as u64, SEED);
    let mut out = Vec::with_capacity(count);
    let mut number = 0;
    while out.len() < count {
        let fields = fields(&plan, number);
        out.push(Change::Row(number, fields.clone()));
        if shape == Shape::Edits {
            let other = self::fields(&plan, number + count);
            for at in 0..9 {
                // Columns that a desk does edit: text, place, town, type, level, name and the like.
                let column = 6 + at;
                if let Some((field, value)) = other.get(column).cloned() {
                    out.push(Change::Edit(number, column, field, value));
                }
            }
        }
        number += 1;
    }
    out.truncate(count);
    out
}

fn fields(plan: &Plan, number: usize) -> Vec<(Field, Value)> {
    let case = plan.case(number as u64);
    let text = |text: &str| Value::Text(text.to_owned());
    let words = &case.words;
    vec![
        (
            Field::IncidentNumber,
            Value::Text(format!("20261122WB{:05}", number + 1)),
        ),
        (Field::IncidentDay, Value::Int(20_261_122)),
        (Field::IncidentCounter, Value::Int(number as i64 + 1)),
        (Field::IncidentLine, Value::Int(i64::from(case.line.code()))),
        (Field::IncidentEntrance, Value::Int(1)),
        (Field::IncidentOpenedAt, Value::Int(case.ring_ms)),
        (Field::IncidentDesk, text("台01")),
        (Field::IncidentPlace, text(&words.place)),
        (
            Field::IncidentPoint,
            Value::Point(case.point.0, case.point.1),
        ),
        (Field::IncidentTown, text(words.town)),
        (Field::IncidentText, text(&words.text)),
        (Field::IncidentType, text(words.type_code)),
        (Field::IncidentLevel, Value::Int(i64::from(words.level))),
        (Field::IncidentCallerName, text(&words.name)),
        (Field::IncidentCallerNumber, text(&words.number)),
    ]
}

/// Writes them as acts of a station.
///
/// # Errors
/// Those of the store.
pub fn write(store: &Store, now_ms: i64, changes: &[Change]) -> Result<()> {
    let mut dots: Vec<Dot> = Vec::new();
    for (part, batch) in changes.chunks(BATCH).enumerate() {
        let (batch, known) = (batch.to_vec(), dots.clone());
        dots = store.act::<_, StoreError, _>(now_ms, move |log| {
            let mut dots = known.clone();
            for (at, change) in batch.iter().enumerate() {
                let at = i64::try_from(part * BATCH + at).unwrap_or(0);
                log.pass_to(now_ms + at * STEP_MS);
                one(log, change, &mut dots)?;
            }
            Ok(dots)
        })?;
    }
    Ok(())
}

fn one(log: &mut Log<'_>, change: &Change, dots: &mut Vec<Dot>) -> Result<(), StoreError> {
    let (kind, subject, fields) = match change {
        Change::Row(_, fields) => (Kind::IncidentOpen, None, fields.clone()),
        Change::Edit(number, _, field, value) => (
            Kind::IncidentAmend,
            dots.get(*number).copied(),
            vec![(*field, value.clone())],
        ),
    };
    let writes = fields
        .into_iter()
        .map(|(field, value)| FieldWrite::of_subject(field, value));
    let dot = log.append(Act {
        lane: Lane::Routine,
        at_ms: log.now_ms(),
        actor: "pc01".to_owned(),
        post: Post::Intake,
        kind,
        subject,
        writes: writes.collect(),
        refs: Vec::new(),
    })?;
    if subject.is_none() {
        dots.push(dot);
    }
    Ok(())
}
