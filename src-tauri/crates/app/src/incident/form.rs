//! The form of an incident: its fields as a person sees them, to and from
//! registers.
//!
//! Not here: which fields a line shows (the desk).

use fengsui_domain::incident::{Entrance, Level, Line, PointSource};
use fengsui_domain::log::entry::Value;
use fengsui_domain::log::field::Field;
use fengsui_domain::log::register::Registers;
use fengsui_geo::reading::Datum;
use fengsui_store::log::FieldWrite;

use crate::call::e7;
use crate::county::County;
use crate::error::{AppError, Rejection, RejectionCode, invalid};
use crate::text::{block_text, line_text, phone_number};

/// Longest text of what the caller says, characters.
const TEXT_MAX: usize = 4_000;
/// Longest line field.
const LINE_MAX: usize = 200;
/// Highest count of people or vehicles.
const COUNT_MAX: u32 = 10_000;

/// The fields. As a request: `None` = left as it is, an empty text clears.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct Form {
    /// Line.
    pub line: Option<Line>,
    /// How it came in.
    pub entrance: Option<Entrance>,
    /// Place (lon, lat in degrees) with its source.
    pub point: Option<(f64, f64)>,
    /// Source of the point.
    pub point_source: Option<PointSource>,
    /// Level.
    pub level: Option<Level>,
    /// Text fields, by field.
    pub texts: Vec<(Field, String)>,
    /// Count fields, by field.
    pub counts: Vec<(Field, u32)>,
    /// Answers (question, answer); as a request: empty = left as they are.
    pub answers: Vec<(String, String)>,
}

/// One-line text fields.
pub const LINE_TEXTS: &[Field] = &[
    Field::IncidentPlace,
    Field::IncidentPointDatum,
    Field::IncidentTown,
    Field::IncidentJurisdiction,
    Field::IncidentType,
    Field::IncidentCallerName,
    Field::IncidentCallerNumber,
    Field::IncidentContact,
    Field::IncidentCallerNote,
    Field::IncidentPlate,
    Field::IncidentBuilding,
    Field::IncidentFloor,
    Field::IncidentMaterial,
    Field::IncidentDangerousGoods,
    Field::IncidentWaterSource,
    Field::IncidentRoadState,
];

/// Text fields of several lines.
pub const BLOCK_TEXTS: &[Field] = &[Field::IncidentText, Field::IncidentOrderText];

/// Count fields.
pub const COUNTS: &[Field] = &[
    Field::IncidentTrapped,
    Field::IncidentInjured,
    Field::IncidentDead,
    Field::IncidentVehicles,
];

impl Form {
    /// The form of an incident as it stands.
    #[must_use]
    pub fn of(regs: &Registers) -> Form {
        let code = |field| regs.int(field).and_then(|code| u8::try_from(code).ok());
        let texts = LINE_TEXTS
            .iter()
            .chain(BLOCK_TEXTS)
            .filter_map(|field| Some((*field, regs.text(*field)?.to_owned())));
        let counts = COUNTS
            .iter()
            .filter_map(|field| Some((*field, u32::try_from(regs.int(*field)?).ok()?)));
        Form {
            line: code(Field::IncidentLine).and_then(Line::from_code),
            entrance: code(Field::IncidentEntrance).and_then(Entrance::from_code),
            point: point_of(regs),
            point_source: code(Field::IncidentPointSource).and_then(PointSource::from_code),
            level: code(Field::IncidentLevel).and_then(Level::from_code),
            texts: texts.collect(),
            counts: counts.collect(),
            answers: answers_of(regs.text(Field::IncidentAnswers).unwrap_or_default()),
        }
    }

    /// A text field of the form.
    #[must_use]
    pub fn text(&self, field: Field) -> Option<&str> {
        self.texts
            .iter()
            .find(|(of, _)| *of == field)
            .map(|(_, text)| text.as_str())
    }

    /// A count field of the form.
    #[must_use]
    pub fn count(&self, field: Field) -> Option<u32> {
        self.counts
            .iter()
            .find(|(of, _)| *of == field)
            .map(|(_, count)| *count)
    }

    /// The writes that change `regs` to what this request asks; what is equal
    /// is not written again.
    ///
    /// # Errors
    /// `ValueInvalid`, `CodeUnknown`.
    pub fn writes(&self, regs: &Registers, county: &County) -> Result<Vec<FieldWrite>, AppError> {
        let mut wanted: Vec<(Field, Value)> = Vec::new();
        let code = |code: Option<u8>| code.map(|code| Value::Int(i64::from(code)));
        let coded = [
            (Field::IncidentLine, code(self.line.map(Line::code))),
            (
                Field::IncidentEntrance,
                code(self.entrance.map(Entrance::code)),
            ),
            (Field::IncidentLevel, code(self.level.map(Level::code))),
        ];
        for (field, value) in coded {
            wanted.extend(value.map(|value| (field, value)));
        }
        if let Some((lon, lat)) = self.point {
            let (lon, lat) = e7(lon, lat)?;
            let source = self.point_source.unwrap_or(PointSource::MapClick);
            wanted.push((Field::IncidentPoint, Value::Point(lon, lat)));
            wanted.push((
                Field::IncidentPointSource,
                Value::Int(i64::from(source.code())),
            ));
            if source != PointSource::Coordinate {
                wanted.push((Field::IncidentPointDatum, Value::Nothing));
            }
        }
        for (field, text) in &self.texts {
            let is_datum = *field == Field::IncidentPointDatum;
            if is_datum && self.point_source != Some(PointSource::Coordinate) {
                return Err(invalid(field.word(), "coordinate"));
            }
            wanted.push((*field, text_value(*field, text, county)?));
        }
        for (field, count) in &self.counts {
            if *count > COUNT_MAX {
                return Err(invalid(field.word(), &format!("0-{COUNT_MAX}")));
            }
            wanted.push((*field, Value::Int(i64::from(*count))));
        }
        if !self.answers.is_empty() {
            wanted.push((
                Field::IncidentAnswers,
                Value::Text(self.joined_answers(regs)?),
            ));
        }
        wanted.retain(|(field, value)| {
            let now = regs.value(*field);
            let same = match value {
                Value::Nothing => now.is_none(),
                value => now == Some(value),
            };
            // Writing the shown value again settles a parallel change.
            !same || regs.is_parallel(*field)
        });
        Ok(wanted
            .into_iter()
            .map(|(field, value)| FieldWrite::of_subject(field, value))
            .collect())
    }

    fn joined_answers(&self, regs: &Registers) -> Result<String, AppError> {
        let mut all = answers_of(regs.text(Field::IncidentAnswers).unwrap_or_default());
        for (question, answer) in &self.answers {
            let question = line_text("answers", question, 40)?;
            let answer = line_text("answers", answer, LINE_MAX)?;
            if question.is_empty() {
                return Err(invalid("answers", "1-40"));
            }
            match all.iter_mut().find(|(known, _)| *known == question) {
                Some((_, known)) => *known = answer,
                None => all.push((question, answer)),
            }
        }
        if all.len() > 40 {
            return Err(invalid("answers", "0-40"));
        }
        let lines: Vec<String> = all
            .iter()
            .filter(|(_, answer)| !answer.is_empty())
            .map(|(question, answer)| format!("{question}\u{1f}{answer}"))
            .collect();
        Ok(lines.join("\u{1e}"))
    }
}

fn text_value(field: Field, text: &str, county: &County) -> Result<Value, AppError> {
    let word = field.word();
    let clean = match field {
        Field::IncidentCallerNumber | Field::IncidentContact => phone_number(text)
            .map_err(|_| invalid(word, "digits"))?
            .unwrap_or_default(),
        Field::IncidentText | Field::IncidentOrderText => block_text(word, text, TEXT_MAX)?,
        _ => line_text(word, text, LINE_MAX)?,
    };
    if clean.is_empty() {
        return Ok(Value::Nothing);
    }
    let known = [Datum::Wgs84, Datum::Gcj02, Datum::Bd09].map(Datum::word);
    if field == Field::IncidentPointDatum && !known.contains(&clean.as_str()) {
        return Err(invalid(word, &known.join(", ")));
    }
    if field == Field::IncidentType && county.type_row(&clean).is_none() {
        let rejection = Rejection::new(RejectionCode::CodeUnknown);
        return Err(rejection.with("code", clean).with("table", "types").into());
    }
    Ok(Value::Text(clean))
}

/// The line of an incident.
#[must_use]
pub fn line_of(regs: &Registers) -> Option<Line> {
    let code = regs.int(Field::IncidentLine)?;
    Line::from_code(u8::try_from(code).ok()?)
}

/// The point of an incident in degrees (lon, lat).
#[must_use]
pub fn point_of(regs: &Registers) -> Option<(f64, f64)> {
    match regs.value(Field::IncidentPoint) {
        Some(Value::Point(lon, lat)) => Some((f64::from(*lon) / 1e7, f64::from(*lat) / 1e7)),
        _ => None,
    }
}

/// Answers of their stored form.
fn answers_of(text: &str) -> Vec<(String, String)> {
    text.split('\u{1e}')
        .filter_map(|line| line.split_once('\u{1f}'))
        .map(|(question, answer)| (question.to_owned(), answer.to_owned()))
        .collect()
}
