//! Sending units: one commit, one whole order for each unit, never half a
//! dispatch.

use std::sync::Arc;

use fengsui_domain::assignment::Channel;
use fengsui_domain::incident::IncidentEvent;
use fengsui_domain::log::dot::{Dot, Lane};
use fengsui_domain::log::entry::Value;
use fengsui_domain::log::field::Field;
use fengsui_domain::log::kind::Kind;
use fengsui_domain::rank::Standing;
use fengsui_domain::unit::{self, UnitEvent, UnitState};
use fengsui_store::log::{FieldWrite, Log};
use fengsui_store::read::{self, UnitRecord};

use crate::error::{AppError, Rejection, RejectionCode, invalid, not_found};
use crate::incident::whole::{confirm, filled, open_parts, parts};
use crate::incident::{check, closure_of, order_text, standing};
use crate::session::Actor;
use crate::station::{Saved, Station};
use crate::text::block_text;

/// Units one command may send.
const UNITS_MAX: usize = 20;

/// An order to several units.
#[derive(Debug, Clone)]
pub struct Ordering {
    /// Where to.
    pub incident: Dot,
    /// Who, in order.
    pub units: Vec<Dot>,
    /// Words; empty = composed.
    pub text: String,
    /// Why the ranking was not followed.
    pub override_reason: Option<String>,
}

/// One unit into one incident, checked already.
pub(crate) struct NewAssignment {
    pub(crate) incident: Dot,
    pub(crate) unit: Dot,
    pub(crate) text: String,
    pub(crate) override_reason: Option<String>,
    /// 巡逻发现: signed, set out and arrived at once.
    pub(crate) arrived: bool,
    pub(crate) channel: Channel,
}

impl Station {
    /// Sends units.
    ///
    /// # Errors
    /// `NotFound`, `IncidentStage`, `UnitEngaged`, `UnitState`,
    /// `UnitAlreadyThere`, `ReasonNeeded`, `ValueInvalid`, faults. Either all
    /// orders stand or none.
    pub fn order_units(
        self: &Arc<Self>,
        actor: &Actor,
        ordering: Ordering,
    ) -> Result<Saved<Dot>, AppError> {
        if ordering.units.is_empty() || ordering.units.len() > UNITS_MAX {
            return Err(invalid("units", &format!("1-{UNITS_MAX}")));
        }
        let text = block_text("text", &ordering.text, 2_000)?;
        let reason = ordering.override_reason.as_deref().unwrap_or_default();
        let reason = Some(block_text("override_reason", reason, 400)?).filter(|r| !r.is_empty());
        let (at_ms, actor, station) = (self.now_ms(), actor.clone(), self.clone());
        self.act(move |log| {
            let (incident, regs, stage) = standing(log, ordering.incident)?;
            let ordering = Ordering {
                incident,
                ..ordering.clone()
            };
            check(stage, IncidentEvent::Order)?;
            check_choice(&station, log, &ordering, reason.is_some())?;
            let words = if text.is_empty() {
                let parts = parts(log, incident)?;
                let regs = filled(&regs, parts.iter().map(|(_, regs)| regs));
                order_text(&regs, station.county())
            } else {
                text.clone()
            };
            let mut last = None;
            for unit in &ordering.units {
                let new = NewAssignment {
                    incident: ordering.incident,
                    unit: *unit,
                    text: words.clone(),
                    override_reason: reason.clone(),
                    arrived: false,
                    channel: Channel::Terminal,
                };
                last = Some(assign_in(log, &actor, &new, at_ms)?);
            }
            last.ok_or_else(|| invalid("units", "1-20"))
        })
    }
}

/// Every unit exists, is not there twice, and either stands in the ranking or
/// comes with a reason.
fn check_choice(
    station: &Station,
    log: &mut Log<'_>,
    ordering: &Ordering,
    has_reason: bool,
) -> Result<(), AppError> {
    let mut known = Vec::with_capacity(ordering.units.len());
    for dot in &ordering.units {
        known.push(read::unit_by_dot(log.conn(), *dot)?);
    }
    let records = known.iter().flatten().cloned().collect();
    let ranking = station.standings(log.conn(), ordering.incident, records)?;
    for (at, (dot, record)) in ordering.units.iter().zip(known).enumerate() {
        let record = record.ok_or_else(|| not_found("unit"))?;
        let callsign = callsign_of(&record);
        if ordering.units.iter().take(at).any(|other| other == dot) {
            return Err(already_there(&callsign));
        }
        check_unit(log, &record, &callsign, ordering.incident)?;
        let row = ranking.rows.iter().find(|row| row.dot == *dot);
        match row.map(|row| row.standing) {
            Some(Standing::MaySend) => {}
            Some(Standing::NeedsReason | Standing::MayNot) | None if has_reason => {}
            Some(Standing::NeedsReason | Standing::MayNot) | None => {
                let why = row.and_then(|row| row.reasons.first());
                let why = why.map(|reason| reason.code.word()).unwrap_or_default();
                let rejection = Rejection::new(RejectionCode::ReasonNeeded);
                return Err(rejection.with("unit", callsign).with("why", why).into());
            }
        }
    }
    Ok(())
}

fn check_unit(
    log: &Log<'_>,
    record: &UnitRecord,
    callsign: &str,
    incident: Dot,
) -> Result<(), AppError> {
    // An unknown state is no bar to an order; the ranking asks for a reason.
    let Some(state) = UnitState::from_code(record.state) else {
        return Ok(());
    };
    if unit::transition(state, UnitEvent::Order).is_ok() {
        return Ok(());
    }
    if !state.is_engaged() {
        let rejection = Rejection::new(RejectionCode::UnitState);
        return Err(rejection
            .with("unit", callsign)
            .with("state", state.word())
            .with("event", UnitEvent::Order.word())
            .into());
    }
    for claim in record.record.regs.standing(Field::UnitClaim) {
        let Value::Ref(assignment) = claim.value else {
            continue;
        };
        let Some(assignment) = read::assignment_by_dot(log.conn(), assignment)? else {
            continue;
        };
        let Some(other) = read::incident_by_id(log.conn(), assignment.incident)? else {
            continue;
        };
        if other.record.dot == incident {
            return Err(already_there(callsign));
        }
        let number = other
            .record
            .regs
            .text(Field::IncidentNumber)
            .unwrap_or_default();
        let rejection = Rejection::new(RejectionCode::UnitEngaged);
        return Err(rejection
            .with("unit", callsign)
            .with("incident", number)
            .into());
    }
    Err(Rejection::new(RejectionCode::UnitEngaged)
        .with("unit", callsign)
        .into())
}

fn already_there(callsign: &str) -> AppError {
    Rejection::new(RejectionCode::UnitAlreadyThere)
        .with("unit", callsign)
        .into()
}

pub(crate) fn callsign_of(record: &UnitRecord) -> String {
    record
        .record
        .regs
        .text(Field::UnitCallsign)
        .unwrap_or("?")
        .to_owned()
}

/// Appends one order with the unit's claim. An incident in 待核 is open again.
pub(crate) fn assign_in(
    log: &mut Log<'_>,
    actor: &Actor,
    new: &NewAssignment,
    at_ms: i64,
) -> Result<Dot, AppError> {
    let text = |field, text: &str| FieldWrite::of_subject(field, Value::Text(text.to_owned()));
    let int = |field, value| FieldWrite::of_subject(field, Value::Int(value));
    let mut writes = vec![
        FieldWrite::of_subject(Field::AssignmentIncident, Value::Ref(new.incident)),
        FieldWrite::of_subject(Field::AssignmentUnit, Value::Ref(new.unit)),
        text(Field::AssignmentOrderText, &new.text),
        int(Field::AssignmentChannel, i64::from(new.channel.code())),
        int(Field::AssignmentOrderedAt, at_ms),
    ];
    if let Some(reason) = &new.override_reason {
        writes.push(text(Field::AssignmentOverride, reason));
    }
    if new.arrived {
        for field in [
            Field::AssignmentDeliveredAt,
            Field::AssignmentSignedAt,
            Field::AssignmentSetOutAt,
            Field::AssignmentArrivedAt,
        ] {
            writes.push(int(field, at_ms));
        }
    }
    let incident = standing_registers(log, new.incident)?;
    if closure_of(&incident) != fengsui_domain::incident::Closure::None {
        writes.push(FieldWrite::of(
            new.incident,
            Field::IncidentClosure,
            Value::Nothing,
        ));
    }
    writes.extend(confirm(log, new.incident)?);
    writes.extend(open_parts(log, new.incident)?);
    // The claim's value is this entry's own dot, which only `append` knows:
    // `Ref` to the subject of a new thing is written as the entry's dot.
    let act = actor.act(Lane::Urgent, Kind::AssignmentOrder, at_ms, None, writes);
    Ok(log.append_claiming(act, new.unit, Field::UnitClaim)?)
}

fn standing_registers(
    log: &mut Log<'_>,
    incident: Dot,
) -> Result<fengsui_domain::log::register::Registers, AppError> {
    let noun = fengsui_domain::log::field::Noun::Incident;
    log.registers(noun, incident)?
        .ok_or_else(|| not_found("incident"))
}
