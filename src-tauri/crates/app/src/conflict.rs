//! Conflicts: what two stations that had not heard of each other both settled. Shown with both
//! sides' words and true times; ended by a person, or by the crew's own sign-in.
//!
//! Not here: which fields are exclusive (`domain::log::field`).

use fengsui_domain::assignment::AssignmentStep;
use fengsui_domain::clock::{ClockMark, Clocks};
use fengsui_domain::log::dot::{Dot, Lane};
use fengsui_domain::log::entry::Value;
use fengsui_domain::log::field::{Field, Noun};
use fengsui_domain::log::kind::Kind;
use fengsui_domain::log::register::{Live, Registers};
use fengsui_store::log::{FieldWrite, Log, Seen};
use fengsui_store::peer::{self, ConflictRow};
use fengsui_store::{StoreError, project, read};

use crate::clock::clocks_in;
use crate::error::{AppError, Rejection, RejectionCode, invalid, not_found};
use crate::incident::standing as standing_of;
use crate::peer::Names;
use crate::session::Actor;
use crate::station::{Saved, Station};
use crate::text::block_text;

/// One of the contradicting sides.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Side {
    /// The entry that wrote it: what is chosen by.
    pub dot: Dot,
    /// Station it was written at (number).
    pub station: u16,
    /// That station's name; empty when it is not known here.
    pub station_name: String,
    /// Who wrote it, by name.
    pub by: String,
    /// When it truly happened, ms.
    pub at_ms: i64,
    /// Both times of that, where a wrong clock gave it.
    pub mark: Option<ClockMark>,
    /// The value as words: an assignment's incident and order, a desk, a station.
    pub words: String,
    /// Incident concerned.
    pub incident: Option<Dot>,
    /// Assignment concerned.
    pub assignment: Option<Dot>,
}

/// A conflict.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Conflict {
    /// The thing; the county has `Dot::COUNTY`.
    pub thing: Dot,
    /// Which field of it.
    pub field: Field,
    /// Its name for people: call sign, caller's number.
    pub name: String,
    /// The sides, by true time.
    pub sides: Vec<Side>,
}

impl Station {
    /// Every conflict that stands.
    ///
    /// # Errors
    /// Faults only: a failed reading is never an empty list.
    pub fn conflicts(&self) -> Result<Vec<Conflict>, AppError> {
        self.store().read(|conn| {
            let names = Names::read(conn)?.with_people(conn)?;
            let clocks = clocks_in(conn)?;
            peer::conflicts(conn)?
                .iter()
                .map(|row| conflict(conn, row, &names, &clocks))
                .collect()
        })
    }

    /// Settles a conflict: `chosen` (the dot of a side) stands, the others end.
    ///
    /// # Errors
    /// `NotFound` when it does not stand (any more), `ValueInvalid`, faults.
    pub fn settle_conflict(
        &self,
        actor: &Actor,
        thing: Dot,
        field: Field,
        chosen: Dot,
        reason: &str,
    ) -> Result<Saved<()>, AppError> {
        let reason = block_text("reason", reason, 400)?;
        if reason.is_empty() {
            return Err(invalid("reason", "1-400"));
        }
        let (at_ms, actor) = (self.now_ms(), actor.clone());
        self.act(move |log| settle_in(log, &actor, thing, field, chosen, &reason, at_ms))
    }
}

/// Writes the settlement: the chosen value with every side seen, and the end of what lost.
pub(crate) fn settle_in(
    log: &mut Log<'_>,
    actor: &Actor,
    thing: Dot,
    field: Field,
    chosen: Dot,
    reason: &str,
    at_ms: i64,
) -> Result<(), AppError> {
    let regs = log
        .registers(field.noun(), thing)?
        .ok_or_else(|| not_found("conflict"))?;
    let standing: Vec<Live> = regs.standing(field).cloned().collect();
    if standing.len() < 2 {
        return Err(Rejection::new(RejectionCode::NothingToChange).into());
    }
    let winner = standing
        .iter()
        .find(|live| live.dot == chosen)
        .ok_or_else(|| not_found("conflict"))?;
    let mut write = FieldWrite::of_subject(field, winner.value.clone());
    write.seen = Seen::Exactly(regs.live(field).iter().map(|live| live.dot).collect());
    let mut writes = vec![
        write,
        FieldWrite::body(Field::BodyField, Value::Int(i64::from(field.code()))),
        FieldWrite::body(Field::BodyChosen, Value::Ref(chosen)),
        FieldWrite::body(Field::BodyText, Value::Text(reason.to_owned())),
    ];
    if field == Field::UnitClaim {
        for live in standing.iter().filter(|live| live.value != winner.value) {
            let Value::Ref(lost) = live.value else {
                continue;
            };
            writes.extend(end_of(log, lost, at_ms)?);
        }
    }
    let act = actor.act(
        Lane::Urgent,
        Kind::ConflictSettle,
        at_ms,
        Some(thing),
        writes,
    );
    log.append(act)?;
    Ok(())
}

/// A lost assignment is cancelled with the settlement: the crew never was there.
fn end_of(log: &mut Log<'_>, assignment: Dot, at_ms: i64) -> Result<Vec<FieldWrite>, AppError> {
    let Some(regs) = log.registers(Noun::Assignment, assignment)? else {
        return Ok(Vec::new());
    };
    let facts = project::assignment_facts(&regs);
    if facts.cleared || facts.cancelled {
        return Ok(Vec::new());
    }
    let int = |field| FieldWrite::of(assignment, field, Value::Int(at_ms));
    let mut writes = Vec::new();
    if !facts.cancel_asked {
        writes.push(int(Field::AssignmentCancelAskedAt));
    }
    writes.push(int(Field::AssignmentCancelledAt));
    Ok(writes)
}

/// The crew's own sign-in decides where two orders stand: the crew knows where it goes. Where both
/// are orders to one incident (read aloud here, entered by voice there), whatever the crew does by
/// one of them decides. Answers whether it did.
pub(crate) fn settle_by_crew(
    log: &mut Log<'_>,
    actor: &Actor,
    unit: Dot,
    assignment: Dot,
    step: AssignmentStep,
    at_ms: i64,
) -> Result<bool, AppError> {
    let is_cancelling = matches!(step, AssignmentStep::AskCancel | AssignmentStep::SignCancel);
    let Some(regs) = log.registers(Noun::Unit, unit)? else {
        return Ok(false);
    };
    let standing: Vec<Live> = regs.standing(Field::UnitClaim).cloned().collect();
    let own = standing
        .iter()
        .find(|live| live.value == Value::Ref(assignment));
    let Some(own) = own.filter(|_| standing.len() > 1 && !is_cancelling) else {
        return Ok(false);
    };
    let is_one = are_of_one(log, &standing)?;
    if step != AssignmentStep::Sign && !is_one {
        return Ok(false);
    }
    for live in &standing {
        if let Value::Ref(other) = live.value
            && other != assignment
            && !is_one
            && let Some(other) = log.registers(Noun::Assignment, other)?
            && project::assignment_facts(&other).signed
        {
            // It signed both: only a person can tell.
            return Ok(false);
        }
    }
    let (field, dot) = (Field::UnitClaim, own.dot);
    settle_in(log, actor, unit, field, dot, "crew_signed", at_ms)?;
    Ok(true)
}

/// All these claims are of assignments in one whole incident.
fn are_of_one(log: &mut Log<'_>, claims: &[Live]) -> Result<bool, AppError> {
    let mut first = None;
    for live in claims {
        let Value::Ref(assignment) = live.value else {
            return Ok(false);
        };
        let Some(regs) = log.registers(Noun::Assignment, assignment)? else {
            return Ok(false);
        };
        let Some(incident) = regs.reference(Field::AssignmentIncident) else {
            return Ok(false);
        };
        let (head, ..) = standing_of(log, incident)?;
        if *first.get_or_insert(head) != head {
            return Ok(false);
        }
    }
    Ok(true)
}

fn conflict(
    conn: &fengsui_store::Connection,
    row: &ConflictRow,
    names: &Names,
    clocks: &Clocks,
) -> Result<Conflict, AppError> {
    let (regs, name) = match row.noun {
        Noun::Unit => {
            let unit = read::unit_by_dot(conn, row.thing)?.map(|unit| unit.record.regs);
            let unit = unit.unwrap_or_default();
            let name = unit.text(Field::UnitCallsign).unwrap_or("?").to_owned();
            (unit, name)
        }
        Noun::Call => {
            let call = read::call_by_dot(conn, row.thing)?.map(|call| call.regs);
            let call = call.unwrap_or_default();
            let name = call.text(Field::CallNumber).unwrap_or_default().to_owned();
            (call, name)
        }
        _ => (read::county(conn)?, String::new()),
    };
    let mut sides = Vec::new();
    for live in regs.standing(row.field) {
        sides.push(side(conn, live, names, clocks)?);
    }
    sides.sort_by_key(|side| (side.at_ms, side.dot));
    Ok(Conflict {
        thing: row.thing,
        field: row.field,
        name,
        sides,
    })
}

fn side(
    conn: &fengsui_store::Connection,
    live: &Live,
    names: &Names,
    clocks: &Clocks,
) -> Result<Side, AppError> {
    let entry = read::entry_by_dot(conn, live.dot)?;
    let station = live.dot.writer.station;
    let actor = entry.as_ref().map(|entry| entry.actor.as_str());
    let at_ms = entry.as_ref().map_or(live.hlc.ms(), |entry| entry.at_ms);
    let mut side = Side {
        dot: live.dot,
        station,
        station_name: names.station(station).to_owned(),
        by: names.person(actor.unwrap_or_default()).to_owned(),
        at_ms: clocks.here_ms(live.dot, live.hlc, at_ms),
        mark: clocks.mark(live.dot, live.hlc, at_ms),
        words: String::new(),
        incident: None,
        assignment: None,
    };
    match &live.value {
        Value::Ref(assignment) => {
            side.assignment = Some(*assignment);
            let regs = read::assignment_by_dot(conn, *assignment)?.map(|a| a.record.regs);
            let regs: Registers = regs.unwrap_or_default();
            side.incident = regs.reference(Field::AssignmentIncident);
            side.words = incident_words(conn, side.incident)?;
        }
        Value::Int(number) => {
            let number = u16::try_from(*number).unwrap_or_default();
            side.words = names.station(number).to_owned();
        }
        Value::Text(desk) => side.words = names.desk(station, desk).to_owned(),
        _ => {}
    }
    Ok(side)
}

fn incident_words(
    conn: &fengsui_store::Connection,
    incident: Option<Dot>,
) -> Result<String, StoreError> {
    let Some(dot) = incident else {
        return Ok(String::new());
    };
    let regs = read::whole_by_dot(conn, dot)?.map(|incident| incident.record.regs);
    let regs = regs.unwrap_or_default();
    let text = |field| regs.text(field).unwrap_or_default().to_owned();
    let words = [text(Field::IncidentNumber), text(Field::IncidentPlace)];
    Ok(words.join(" ").trim().to_owned())
}
