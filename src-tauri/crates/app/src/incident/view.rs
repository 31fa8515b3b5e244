//! One incident with everything the right column shows.

use std::collections::BTreeMap;

use fengsui_domain::clock::{Clocks, order};
use fengsui_domain::log::dot::Dot;
use fengsui_domain::log::entry::{Entry, Value};
use fengsui_domain::log::field::Field;
use fengsui_domain::watch::LimitTable;
use fengsui_store::read::{self, AssignmentRecord, Record, UnitRecord};

use super::voice::{VoiceDoubt, VoicePart, doubt_in, parts_in, spoken};
use super::whole::{JoinedReport, joined, otherwise};
use super::{BoardRow, Form, order_text};
use crate::assignment::{AssignmentRow, row_of};
use crate::call::{CallRow, Fix};
use crate::clock::{Corrected, clocks_in};
use crate::error::{AppError, not_found};
use crate::feedback::proposes;
use crate::station::Station;

/// Everything of an incident.
#[derive(Debug, Clone)]
pub struct IncidentView {
    /// As on the board.
    pub row: BoardRow,
    /// The form.
    pub form: Form,
    /// Guide of the type.
    pub guide: Option<String>,
    /// What is missing (words of fields, `question:<id>` for questions).
    pub pending: Vec<String>,
    /// The call.
    pub call: Option<CallRow>,
    /// Fixes of the call.
    pub fixes: Vec<Fix>,
    /// All assignments.
    pub assignments: Vec<AssignmentRow>,
    /// All feedback.
    pub feedback: Vec<FeedbackRow>,
    /// Fields with more than one live value.
    pub parallel: Vec<ParallelField>,
    /// Result code.
    pub result: Option<String>,
    /// 无效 reason code.
    pub invalid_reason: Option<String>,
    /// The order text that would go out now.
    pub order_text: String,
    /// Entries of its timeline, as they were written, in the order in which they are told.
    pub timeline: Vec<Entry>,
    /// The clocks by which its instants are corrected.
    pub clocks: Clocks,
    /// Call signs of units that the timeline names.
    pub callsigns: BTreeMap<Dot, String>,
    /// Unit of each assignment.
    pub unit_of: BTreeMap<Dot, Dot>,
    /// Reports that persons joined to it.
    pub joined: Vec<JoinedReport>,
    /// Stubs that are parts of it.
    pub voice_parts: Vec<VoicePart>,
    /// What else has the code, where it is a stub on its own.
    pub voice_doubt: Option<VoiceDoubt>,
}

/// A line of feedback.
#[derive(Debug, Clone, PartialEq)]
pub struct FeedbackRow {
    /// Its dot.
    pub dot: Dot,
    /// Call sign; `None` = the desk.
    pub callsign: Option<String>,
    /// When, ms.
    pub at_ms: i64,
    /// Words.
    pub text: String,
    /// Result code.
    pub result: Option<String>,
    /// Departments it calls for.
    pub proposes: Vec<&'static str>,
}

/// A value that is not shown.
#[derive(Debug, Clone, PartialEq)]
pub struct ParallelField {
    /// Field.
    pub field: Field,
    /// The other value.
    pub other: Value,
    /// Who wrote it (writer's station and account are in the timeline).
    pub by: Dot,
    /// When, ms.
    pub at_ms: i64,
}

impl Station {
    /// Everything of an incident.
    ///
    /// # Errors
    /// `NotFound`, faults.
    pub fn incident_view(&self, dot: Dot) -> Result<IncidentView, AppError> {
        let (limits, others) = (self.limits()?, self.others()?);
        self.store().read(|conn| {
            let incident = read::whole_by_dot(conn, dot)?.ok_or_else(|| not_found("incident"))?;
            let parts = read::parts_of(conn, incident.record.id)?;
            let voice_parts = parts_in(conn, &incident)?;
            let voice_doubt = doubt_in(conn, &incident)?;
            let clocks = clocks_in(conn)?;
            let mut parallel = parallel(&incident.record);
            let (incident, marks) = spoken(conn, vec![incident])?
                .pop()
                .ok_or_else(|| not_found("incident"))?
                .corrected(&clocks);
            parallel.extend(otherwise(&incident.record.regs, &parts));
            let records = read::assignments_of(conn, incident.record.id)?.corrected(&clocks);
            let units = read::units(conn)?;
            let by_id: BTreeMap<i64, &UnitRecord> =
                units.iter().map(|unit| (unit.record.id, unit)).collect();
            let active: Vec<_> = records.iter().filter(|record| record.stage < 6).collect();
            let by = (&limits, &clocks);
            let mut row = self.board_row(&incident, &active, !records.is_empty(), &by_id, by);
            row.tell(&marks);
            let regs = &incident.record.regs;
            let call = match regs.reference(Field::IncidentCall) {
                Some(call) => read::call_by_dot(conn, call)?,
                None => None,
            };
            let call = call.map(|record| record.corrected(&clocks));
            let call = call.map(|record| crate::call::row_of(&record, None, &others, &clocks));
            let assignments = rows_of(&records, &by_id, by);
            let feedback = read::feedback_of(conn, incident.record.id)?.corrected(&clocks);
            let timeline = read::timeline(conn, incident.record.id)?;
            let form = Form::of(regs);
            Ok(IncidentView {
                guide: row
                    .type_code
                    .as_deref()
                    .and_then(|code| self.county().type_row(code))
                    .map(|row| row.guide.clone()),
                pending: self.pending(&form),
                fixes: call
                    .as_ref()
                    .map(|call| call.fixes.clone())
                    .unwrap_or_default(),
                feedback: feedback
                    .iter()
                    .map(|r| feedback_row(r, &assignments))
                    .collect(),
                parallel,
                result: regs.text(Field::IncidentResult).map(str::to_owned),
                invalid_reason: regs.text(Field::IncidentInvalidReason).map(str::to_owned),
                order_text: order_text(regs, self.county()),
                timeline: order::in_order(timeline, &clocks),
                callsigns: units
                    .iter()
                    .map(|unit| (unit.record.dot, crate::assignment::order::callsign_of(unit)))
                    .collect(),
                unit_of: assignments.iter().map(|row| (row.dot, row.unit)).collect(),
                clocks,
                row,
                form,
                call,
                assignments,
                joined: joined(&parts),
                voice_parts,
                voice_doubt,
            })
        })
    }

    /// What a person would still ask; never blocks.
    fn pending(&self, form: &Form) -> Vec<String> {
        let mut missing = Vec::new();
        let wanted = [
            Field::IncidentPlace,
            Field::IncidentText,
            Field::IncidentType,
            Field::IncidentCallerName,
            Field::IncidentCallerNumber,
        ];
        for field in wanted {
            let known = form.text(field).is_some()
                || (field == Field::IncidentPlace && form.point.is_some());
            if !known {
                missing.push(field.word().to_owned());
            }
        }
        let row = form
            .text(Field::IncidentType)
            .and_then(|code| self.county().type_row(code));
        for (id, _) in row.map_or(&[][..], |row| row.questions.as_slice()) {
            let answered = form
                .answers
                .iter()
                .any(|(of, text)| of == id && !text.is_empty());
            if !answered {
                missing.push(format!("question:{id}"));
            }
        }
        missing
    }
}

/// The assignments as rows, by these limits and clocks.
fn rows_of(
    records: &[AssignmentRecord],
    units: &BTreeMap<i64, &UnitRecord>,
    (limits, clocks): (&LimitTable, &Clocks),
) -> Vec<AssignmentRow> {
    let row = |record: &AssignmentRecord| {
        let unit = units.get(&record.unit);
        let callsign = unit.and_then(|unit| unit.record.regs.text(Field::UnitCallsign));
        let dot = unit.map_or(Dot::COUNTY, |unit| unit.record.dot);
        row_of(record, callsign.unwrap_or("?"), dot, limits, clocks)
    };
    records.iter().map(row).collect()
}

fn feedback_row(record: &Record, assignments: &[AssignmentRow]) -> FeedbackRow {
    let regs = &record.regs;
    let text = regs
        .text(Field::FeedbackText)
        .unwrap_or_default()
        .to_owned();
    let assignment = regs.reference(Field::FeedbackAssignment);
    let callsign = assignments.iter().find(|row| Some(row.dot) == assignment);
    FeedbackRow {
        dot: record.dot,
        callsign: callsign.map(|row| row.callsign.clone()),
        at_ms: regs.int(Field::FeedbackAt).unwrap_or(0),
        proposes: proposes(&text),
        text,
        result: regs.text(Field::FeedbackResult).map(str::to_owned),
    }
}

fn parallel(record: &Record) -> Vec<ParallelField> {
    let mut out = Vec::new();
    for field in record.regs.parallel() {
        let shown = record.regs.shown(field).map(|live| live.dot);
        for live in record
            .regs
            .live(field)
            .iter()
            .filter(|live| Some(live.dot) != shown)
        {
            let (other, by, at_ms) = (live.value.clone(), live.dot, live.hlc.ms());
            out.push(ParallelField {
                field,
                other,
                by,
                at_ms,
            });
        }
    }
    out
}
