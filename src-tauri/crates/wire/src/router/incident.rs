//! Handlers of incidents, assignments and feedback.

use std::collections::BTreeMap;

use fengsui_app::assignment::Ordering;
use fengsui_app::incident::{Closing, FeedbackRow, Form as AppForm, IncidentView as AppView};
use fengsui_domain::log::dot::Dot;
use fengsui_domain::log::field::Field;
use fengsui_domain::number::read_aloud;
use fengsui_geo::Wgs84;

use super::convert::{
    assignment_of, board_row_of, call_of, channel, dot, dot_or, entrance, entrance_of, fix_of,
    level, level_of, line, line_of, point_of, point_source, point_source_of, saved, step,
};
use super::{Context, place};
use crate::common::{Nothing, Saved};
use crate::failure::Failure;
use crate::incident::{
    AddFeedback, AmendIncident, Answer, Board, BoardAsOf, CancelAssignment, CloseIncident,
    Feedback, FileIncident, Form, IncidentHits, IncidentRef, IncidentView, InvalidateIncident,
    NoteIncident, OpenIncident, Opened, OrderUnits, ParallelField, RemindAssignment,
    ReopenIncident, RerouteAssignment, SearchIncidents, StepAssignment, TodayCounts,
};

mod drawn;
pub(super) mod timeline;
mod voice;
mod whole;

pub(super) use voice::hear;
pub(super) use whole::{join, kin, part};

pub(super) fn board(context: &Context<'_>, _: Nothing) -> Result<Board, Failure> {
    Ok(board_of(context.station.board()?))
}

pub(super) fn as_of(context: &Context<'_>, request: BoardAsOf) -> Result<Board, Failure> {
    Ok(board_of(context.station.board_as_of(request.at_ms)?))
}

fn board_of(board: fengsui_app::incident::Board) -> Board {
    let rows: Vec<_> = board.rows.into_iter().map(board_row_of).collect();
    Board {
        open_count: u32::try_from(rows.len()).unwrap_or(u32::MAX),
        rows,
        today: TodayCounts {
            opened: board.today.map(|(opened, _)| opened),
            invalid: board.today.map(|(_, invalid)| invalid),
        },
    }
}

pub(super) fn search(
    context: &Context<'_>,
    request: SearchIncidents,
) -> Result<IncidentHits, Failure> {
    let rows = context
        .station
        .search_incidents(&request.query, request.limit)?;
    Ok(IncidentHits {
        rows: rows.into_iter().map(board_row_of).collect(),
    })
}

/// Whose account is whose: everybody enrolled, and who asks.
pub(super) fn people(context: &Context<'_>) -> Result<timeline::People, Failure> {
    let enrolled = context.station.accounts()?.into_iter();
    let enrolled = enrolled.map(|account| (account.account, account.name));
    let asking = context.session.iter();
    let asking = asking.map(|session| (session.account.clone(), session.name.clone()));
    Ok(enrolled
        .chain(asking)
        .filter(|(_, name)| !name.is_empty())
        .collect())
}

pub(super) fn view(context: &Context<'_>, request: IncidentRef) -> Result<IncidentView, Failure> {
    let incident = dot("incident", &request.incident)?;
    let desk = context.actor()?.desk.clone();
    let view = context.station.incident_view(incident)?;
    let place_facts = view
        .form
        .point
        .and_then(|(lon, lat)| Wgs84::new(lon, lat).ok())
        .and_then(|point| place::facts_at(context, point));
    let timeline = timeline::lines(&view, context.station.county(), &people(context)?);
    let names: BTreeMap<Dot, String> = timeline
        .iter()
        .filter_map(|line| Some((line.entry.parse().ok()?, line.by.clone())))
        .collect();
    let AppView {
        row,
        form,
        guide,
        pending,
        call,
        fixes,
        assignments,
        feedback,
        parallel,
        result,
        invalid_reason,
        order_text,
        timeline: _,
        clocks: _,
        callsigns: _,
        unit_of: _,
        joined,
        voice_parts,
        voice_doubt,
    } = view;
    Ok(IncidentView {
        code_aloud: read_aloud(&row.short_code),
        row: board_row_of(row),
        form: form_of(&form),
        guide,
        pending,
        place_facts,
        fixes: fixes.into_iter().map(fix_of).collect(),
        call: call.map(|call| call_of(call, &desk)),
        assignments: assignments.into_iter().map(assignment_of).collect(),
        feedback: feedback.into_iter().map(feedback_of).collect(),
        parallel: parallel
            .into_iter()
            .map(|field| ParallelField {
                field: field.field.word().to_owned(),
                other: timeline::value_text(&field.other),
                by: names
                    .get(&field.by)
                    .cloned()
                    .unwrap_or_else(|| field.by.to_string()),
                at_ms: field.at_ms,
            })
            .collect(),
        result,
        invalid_reason,
        order_text,
        timeline,
        joined: joined.into_iter().map(whole::joined_of).collect(),
        voice_parts: voice_parts.into_iter().map(voice::part_of).collect(),
        voice_doubt: voice_doubt.map(voice::doubt_of),
    })
}

fn feedback_of(row: FeedbackRow) -> Feedback {
    Feedback {
        id: row.dot.to_string(),
        callsign: row.callsign,
        at_ms: row.at_ms,
        text: row.text,
        result: row.result,
        proposes: row.proposes.into_iter().map(str::to_owned).collect(),
    }
}

// tidy: table
/// Text fields of the form and their place on the wire.
macro_rules! texts {
    ($with:ident) => {
        $with! {
            place = IncidentPlace, point_datum = IncidentPointDatum, town = IncidentTown,
            jurisdiction = IncidentJurisdiction, text = IncidentText,
            type_code = IncidentType, caller_name = IncidentCallerName,
            caller_number = IncidentCallerNumber, contact = IncidentContact,
            caller_note = IncidentCallerNote, order_text = IncidentOrderText,
            plate = IncidentPlate, building = IncidentBuilding, floor = IncidentFloor,
            material = IncidentMaterial, dangerous_goods = IncidentDangerousGoods,
            water_source = IncidentWaterSource, road_state = IncidentRoadState,
        }
    };
}

fn form(form: Form) -> AppForm {
    let mut texts = Vec::new();
    macro_rules! take {
        ($($name:ident = $field:ident,)+) => {
            $(if let Some(text) = form.$name { texts.push((Field::$field, text)); })+
        };
    }
    texts!(take);
    let counts = [
        (Field::IncidentTrapped, form.trapped),
        (Field::IncidentInjured, form.injured),
        (Field::IncidentDead, form.dead),
        (Field::IncidentVehicles, form.vehicles),
    ];
    AppForm {
        line: form.line.map(line),
        entrance: form.entrance.map(entrance),
        point: form.point.map(|point| (point.lon, point.lat)),
        point_source: form.point_source.map(point_source),
        level: form.level.map(level),
        texts,
        counts: counts
            .into_iter()
            .filter_map(|(of, count)| Some((of, count?)))
            .collect(),
        answers: form
            .answers
            .into_iter()
            .map(|a| (a.question, a.answer))
            .collect(),
    }
}

fn form_of(form: &AppForm) -> Form {
    let mut out = Form {
        line: form.line.map(line_of),
        entrance: form.entrance.map(entrance_of),
        point: form.point.map(point_of),
        point_source: form.point_source.map(point_source_of),
        level: form.level.map(level_of),
        trapped: form.count(Field::IncidentTrapped),
        injured: form.count(Field::IncidentInjured),
        dead: form.count(Field::IncidentDead),
        vehicles: form.count(Field::IncidentVehicles),
        answers: form
            .answers
            .iter()
            .map(|(question, answer)| Answer {
                question: question.clone(),
                answer: answer.clone(),
            })
            .collect(),
        ..Form::default()
    };
    macro_rules! give {
        ($($name:ident = $field:ident,)+) => {
            $(out.$name = form.text(Field::$field).map(str::to_owned);)+
        };
    }
    texts!(give);
    out
}

pub(super) fn open(context: &Context<'_>, request: OpenIncident) -> Result<Opened, Failure> {
    let OpenIncident {
        line: of,
        entrance: by,
        found_by,
        callback_of,
    } = request;
    let found_by = dot_or("found_by", found_by.as_deref())?;
    let callback_of = dot_or("callback_of", callback_of.as_deref())?;
    let actor = context.actor()?;
    let station = context.station;
    let done = station.open_incident(actor, line(of), entrance(by), found_by, callback_of)?;
    Ok(Opened {
        incident: done.value.incident.to_string(),
        number: done.value.number,
        saved_at_ms: done.saved_at_ms,
    })
}

pub(super) fn amend(context: &Context<'_>, request: AmendIncident) -> Result<Saved, Failure> {
    let incident = dot("incident", &request.incident)?;
    let actor = context.actor()?;
    Ok(saved(context.station.amend_incident(
        actor,
        incident,
        form(request.form),
    )?))
}

pub(super) fn file(context: &Context<'_>, request: FileIncident) -> Result<Saved, Failure> {
    let incident = dot("incident", &request.incident)?;
    let actor = context.actor()?;
    Ok(saved(context.station.file_incident(
        actor,
        incident,
        form(request.form),
    )?))
}

pub(super) fn invalidate(
    context: &Context<'_>,
    request: InvalidateIncident,
) -> Result<Saved, Failure> {
    let incident = dot("incident", &request.incident)?;
    Ok(saved(context.station.invalidate_incident(
        context.actor()?,
        incident,
        &request.reason,
    )?))
}

pub(super) fn close(context: &Context<'_>, request: CloseIncident) -> Result<Saved, Failure> {
    let CloseIncident {
        incident,
        result,
        type_after,
        text,
    } = request;
    let incident = dot("incident", &incident)?;
    let closing = Closing {
        result,
        type_after,
        text,
    };
    Ok(saved(context.station.close_incident(
        context.actor()?,
        incident,
        closing,
    )?))
}

pub(super) fn reopen(context: &Context<'_>, request: ReopenIncident) -> Result<Saved, Failure> {
    let incident = dot("incident", &request.incident)?;
    Ok(saved(context.station.reopen_incident(
        context.actor()?,
        incident,
        &request.reason,
    )?))
}

pub(super) fn note(context: &Context<'_>, request: NoteIncident) -> Result<Saved, Failure> {
    let incident = dot("incident", &request.incident)?;
    Ok(saved(context.station.note_incident(
        context.actor()?,
        incident,
        &request.text,
    )?))
}

pub(super) fn order(context: &Context<'_>, request: OrderUnits) -> Result<Saved, Failure> {
    let OrderUnits {
        incident,
        units,
        text,
        override_reason,
    } = request;
    let incident = dot("incident", &incident)?;
    let units: Vec<Dot> = units
        .iter()
        .map(|unit| dot("units", unit))
        .collect::<Result<_, _>>()?;
    let ordering = Ordering {
        incident,
        units,
        text,
        override_reason,
    };
    Ok(saved(
        context.station.order_units(context.actor()?, ordering)?,
    ))
}

pub(super) fn step_run(context: &Context<'_>, request: StepAssignment) -> Result<Saved, Failure> {
    let StepAssignment {
        assignment,
        step: of,
        at_ms,
    } = request;
    let assignment = dot("assignment", &assignment)?;
    let actor = context.actor()?;
    Ok(saved(context.station.step_assignment(
        actor,
        assignment,
        step(of),
        at_ms,
    )?))
}

pub(super) fn cancel(context: &Context<'_>, request: CancelAssignment) -> Result<Saved, Failure> {
    let CancelAssignment {
        assignment,
        reason,
        confirmed,
    } = request;
    let assignment = dot("assignment", &assignment)?;
    let actor = context.actor()?;
    Ok(saved(context.station.cancel_assignment(
        actor, assignment, &reason, confirmed,
    )?))
}

pub(super) fn reroute(context: &Context<'_>, request: RerouteAssignment) -> Result<Saved, Failure> {
    let RerouteAssignment {
        assignment,
        to_incident,
        reason,
    } = request;
    let assignment = dot("assignment", &assignment)?;
    let to = dot("to_incident", &to_incident)?;
    let actor = context.actor()?;
    Ok(saved(
        context
            .station
            .reroute_assignment(actor, assignment, to, &reason)?,
    ))
}

pub(super) fn remind(context: &Context<'_>, request: RemindAssignment) -> Result<Saved, Failure> {
    let assignment = dot("assignment", &request.assignment)?;
    let by = channel(request.channel);
    Ok(saved(context.station.remind_assignment(
        context.actor()?,
        assignment,
        by,
    )?))
}

pub(super) fn feedback(context: &Context<'_>, request: AddFeedback) -> Result<Saved, Failure> {
    let AddFeedback {
        incident,
        assignment,
        text,
        result,
    } = request;
    let incident = dot("incident", &incident)?;
    let assignment = dot_or("assignment", assignment.as_deref())?;
    let actor = context.actor()?;
    let result = result.as_deref();
    Ok(saved(context.station.add_feedback(
        actor, incident, assignment, &text, result,
    )?))
}
