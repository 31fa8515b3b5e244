//! Things that need a person (需人处理), and taking one on (我来办).
//!
//! Not here: which facts make a need (`domain::watch`).

use std::collections::BTreeMap;

use fengsui_domain::call::CallState;
use fengsui_domain::incident::Stage;
use fengsui_domain::log::dot::{Dot, Lane};
use fengsui_domain::log::entry::Value;
use fengsui_domain::log::field::{Field, Noun};
use fengsui_domain::log::kind::Kind;
use fengsui_domain::log::register::Registers;
use fengsui_domain::unit::UnitState;
use fengsui_domain::watch::{
    AssignmentClock, ConflictFact, MissedCall, Need, NeedFacts, ReviewFact, UnitClock, VoiceFact,
    needs,
};
use fengsui_domain::whole::{Word, is_stub, word_of};
use fengsui_store::log::FieldWrite;
use fengsui_store::project;
use fengsui_store::read::{self, AssignmentRecord, IncidentRecord, Record, UnitRecord};

use crate::clock::{Corrected, clocks_in};
use crate::error::{AppError, invalid, not_found};
use crate::incident::voice::doubt_in;
use crate::incident::{code_of, stage_of_code};
use crate::peer::Names;
use crate::session::Actor;
use crate::station::{Saved, Station};

struct Everything {
    incidents: Vec<IncidentRecord>,
    units: Vec<UnitRecord>,
    active: Vec<AssignmentRecord>,
    calls: Vec<Record>,
    county: Registers,
    names: Names,
    voices: Vec<VoiceFact>,
}

impl Station {
    /// All needs, in order of the instant at which they fall due.
    ///
    /// # Errors
    /// Faults only: a failed reading is never an empty list.
    pub fn needs(&self) -> Result<Vec<Need>, AppError> {
        let limits = self.limits()?;
        let all = self.store().read(|conn| {
            let clocks = clocks_in(conn)?;
            let incidents = read::open_incidents(conn)?.corrected(&clocks);
            Ok::<_, AppError>(Everything {
                voices: voice_facts(conn, &incidents)?,
                incidents,
                units: read::units(conn)?.corrected(&clocks),
                active: read::active_assignments(conn)?.corrected(&clocks),
                calls: read::listed_calls(conn)?.corrected(&clocks),
                county: read::county(conn)?,
                names: Names::read(conn)?,
            })
        })?;
        let mut facts = NeedFacts {
            limits,
            voices: all.voices.clone(),
            ..NeedFacts::default()
        };
        for assignment in &all.active {
            facts.assignments.extend(clock_of(assignment, &all));
            note_owner(
                &mut facts.owners,
                &assignment.record.regs,
                Field::AssignmentOwner,
            );
        }
        for unit in &all.units {
            facts.units.extend(unit_clock(unit));
            facts.conflicts.extend(conflict_of(unit, &all));
            note_owner(&mut facts.owners, &unit.record.regs, Field::UnitOwner);
        }
        for incident in &all.incidents {
            facts.reviews.extend(review_of(incident));
            note_owner(
                &mut facts.owners,
                &incident.record.regs,
                Field::IncidentOwner,
            );
        }
        for call in &all.calls {
            facts.missed_calls.extend(missed_of(call));
            facts.conflicts.extend(call_conflict(call));
            note_owner(&mut facts.owners, &call.regs, Field::CallOwner);
        }
        facts.conflicts.extend(board_conflict(&all));
        note_owner(&mut facts.owners, &all.county, Field::CountyBoardOwner);
        Ok(needs(&facts, self.now_ms()))
    }

    /// Takes a need on: writes the name, which stops the sound everywhere.
    ///
    /// # Errors
    /// `ValueInvalid`, `NotFound`, faults.
    pub fn own_need(&self, actor: &Actor, key: &str) -> Result<Saved<Dot>, AppError> {
        if key.len() > 200 {
            return Err(invalid("key", "1-200"));
        }
        let target: Dot = key
            .split(':')
            .nth(1)
            .and_then(|dot| dot.parse().ok())
            .ok_or_else(|| invalid("key", "unknown"))?;
        let value = format!("{key}\u{1f}{}", actor.name);
        let (at_ms, actor) = (self.now_ms(), actor.clone());
        self.act(move |log| {
            let owners = [
                (Noun::Assignment, Field::AssignmentOwner),
                (Noun::Call, Field::CallOwner),
                (Noun::Incident, Field::IncidentOwner),
                (Noun::Unit, Field::UnitOwner),
                (Noun::County, Field::CountyBoardOwner),
            ];
            for (noun, field) in owners {
                let is_county = noun == Noun::County;
                if is_county == (target == Dot::COUNTY) && log.registers(noun, target)?.is_some() {
                    let value = Value::Text(value.clone());
                    let writes = vec![FieldWrite::of_subject(field, value)];
                    let kind = Kind::NeedOwn;
                    let act = actor.act(Lane::Routine, kind, at_ms, Some(target), writes);
                    return Ok(log.append(act)?);
                }
            }
            Err(not_found("need"))
        })
    }
}

fn note_owner(owners: &mut BTreeMap<String, String>, regs: &Registers, field: Field) {
    if let Some((key, name)) = regs.text(field).and_then(|text| text.split_once('\u{1f}')) {
        owners.insert(key.to_owned(), name.to_owned());
    }
}

fn clock_of(assignment: &AssignmentRecord, all: &Everything) -> Option<AssignmentClock> {
    let regs = &assignment.record.regs;
    let incident = all
        .incidents
        .iter()
        .find(|i| i.record.id == assignment.incident)?;
    let unit = all.units.iter().find(|u| u.record.id == assignment.unit)?;
    let (stage, since_ms) = project::assignment_stage(regs);
    Some(AssignmentClock {
        assignment: assignment.record.dot.to_string(),
        incident: incident.record.dot.to_string(),
        number: code_of(&incident.record.regs),
        unit: unit.record.dot.to_string(),
        callsign: unit
            .record
            .regs
            .text(Field::UnitCallsign)
            .unwrap_or("?")
            .to_owned(),
        stage,
        since_ms,
        delivered: regs.int(Field::AssignmentDeliveredAt).is_some(),
        channel: crate::assignment::channel_of(regs),
        cancel_asked_at_ms: regs.int(Field::AssignmentCancelAskedAt),
    })
}

/// Only states outside incidents: inside, the assignment's clock runs.
fn unit_clock(unit: &UnitRecord) -> Option<UnitClock> {
    let state = UnitState::from_code(unit.state).filter(|state| !state.is_engaged())?;
    (unit.state_at > 0).then(|| UnitClock {
        unit: unit.record.dot.to_string(),
        callsign: unit
            .record
            .regs
            .text(Field::UnitCallsign)
            .unwrap_or("?")
            .to_owned(),
        state,
        since_ms: unit.state_at,
    })
}

fn conflict_of(unit: &UnitRecord, all: &Everything) -> Option<ConflictFact> {
    let claims: Vec<_> = unit.record.regs.standing(Field::UnitClaim).collect();
    let first = claims.first()?;
    if claims.len() < 2 {
        return None;
    }
    let numbers: Vec<String> = all
        .active
        .iter()
        .filter(|a| {
            claims
                .iter()
                .any(|claim| claim.value == Value::Ref(a.record.dot))
        })
        .filter_map(|a| all.incidents.iter().find(|i| i.record.id == a.incident))
        .map(|incident| code_of(&incident.record.regs))
        .collect();
    Some(ConflictFact {
        id: unit.record.dot.to_string(),
        params: vec![
            (
                "unit",
                unit.record
                    .regs
                    .text(Field::UnitCallsign)
                    .unwrap_or("?")
                    .to_owned(),
            ),
            ("incidents", numbers.join("、")),
        ],
        incident: None,
        assignment: None,
        unit: Some(unit.record.dot.to_string()),
        since_ms: first.hlc.ms(),
    })
}

/// Two desks answered one call while they could not hear of each other.
fn call_conflict(call: &Record) -> Option<ConflictFact> {
    let desks: Vec<_> = call.regs.standing(Field::CallDesk).collect();
    let first = desks.first().filter(|_| desks.len() > 1)?;
    let number = call.regs.text(Field::CallNumber).unwrap_or_default();
    Some(ConflictFact {
        id: call.dot.to_string(),
        params: vec![("call", number.to_owned())],
        incident: None,
        assignment: None,
        unit: None,
        since_ms: first.hlc.ms(),
    })
}

/// Two stations took the board.
fn board_conflict(all: &Everything) -> Option<ConflictFact> {
    let holders: Vec<_> = all.county.standing(Field::CountyBoard).collect();
    let first = holders.first().filter(|_| holders.len() > 1)?;
    let number_of = |value: &Value| match value {
        Value::Int(number) => u16::try_from(*number).ok(),
        _ => None,
    };
    let names: Vec<&str> = holders
        .iter()
        .filter_map(|live| Some(all.names.station(number_of(&live.value)?)))
        .filter(|name| !name.is_empty())
        .collect();
    Some(ConflictFact {
        id: Dot::COUNTY.to_string(),
        params: vec![("stations", names.join("、"))],
        incident: None,
        assignment: None,
        unit: None,
        since_ms: first.hlc.ms(),
    })
}

fn review_of(incident: &IncidentRecord) -> Option<ReviewFact> {
    let regs = &incident.record.regs;
    let fact = regs
        .standing(Field::IncidentFact)
        .map(|live| live.hlc.ms())
        .max();
    (stage_of_code(incident.stage) == Stage::Review).then(|| ReviewFact {
        incident: incident.record.dot.to_string(),
        number: code_of(regs),
        since_ms: fact
            .or_else(|| regs.int(Field::IncidentClosedAt))
            .unwrap_or(0),
    })
}

fn voice_facts(
    conn: &fengsui_store::Connection,
    incidents: &[IncidentRecord],
) -> Result<Vec<VoiceFact>, AppError> {
    let mut facts = Vec::new();
    for incident in incidents.iter().filter(|i| may_be_in_doubt(&i.record)) {
        if let Some(doubt) = doubt_in(conn, incident)? {
            let regs = &incident.record.regs;
            facts.push(VoiceFact {
                incident: incident.record.dot.to_string(),
                number: code_of(regs),
                why: doubt.why.word(),
                since_ms: regs.int(Field::IncidentOpenedAt).unwrap_or(0),
            });
        }
    }
    Ok(facts)
}

/// A stub, or a report of which persons spoke.
fn may_be_in_doubt(incident: &Record) -> bool {
    let word = word_of(incident.dot, &incident.regs);
    is_stub(&incident.regs) || word == Word::Torn
}

fn missed_of(call: &Record) -> Option<MissedCall> {
    (project::call_state(&call.regs) == CallState::Missed).then(|| MissedCall {
        call: call.dot.to_string(),
        number: call
            .regs
            .text(Field::CallNumber)
            .unwrap_or_default()
            .to_owned(),
        since_ms: call.regs.int(Field::CallEndedAt).unwrap_or(0),
    })
}
