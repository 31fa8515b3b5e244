//! Opening an incident: the number is given at once and never again.

use fengsui_domain::incident::{Entrance, Line};
use fengsui_domain::log::dot::{Dot, Lane};
use fengsui_domain::log::entry::Value;
use fengsui_domain::log::field::{Field, Noun};
use fengsui_domain::log::kind::Kind;
use fengsui_domain::number::{IncidentNumber, LocalDay, StationCode, counter_floor};
use fengsui_domain::{call, unit};
use fengsui_store::log::{FieldWrite, Log};
use fengsui_store::{StoreError, project, read};

use crate::assignment::order::{NewAssignment, assign_in};
use crate::call::e7;
use crate::clock::day_number;
use crate::error::{AppError, Rejection, RejectionCode, not_found};
use crate::session::Actor;
use crate::station::{Saved, Station};

/// What an incident is opened with.
#[derive(Debug, Clone)]
pub struct NewIncident {
    /// Line whose form is shown.
    pub line: Line,
    /// How it came in.
    pub entrance: Entrance,
    /// The call.
    pub call: Option<Dot>,
}

/// An incident was opened.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Opened {
    /// The incident.
    pub incident: Dot,
    /// 警情编号.
    pub number: String,
}

/// What a number is made of, besides the counter.
#[derive(Debug, Clone)]
pub(crate) struct Numbering {
    day: LocalDay,
    code: StationCode,
    station: u16,
}

impl Station {
    pub(crate) fn numbering(&self) -> Result<Numbering, AppError> {
        Ok(Numbering {
            day: self.today()?,
            code: self.code(),
            station: self.number(),
        })
    }

    /// Opens an incident without a ringing call: walk-in, radio, patrol,
    /// calling back a missed call.
    ///
    /// # Errors
    /// `NotFound`, `UnitEngaged`, `CallState`, faults.
    pub fn open_incident(
        &self,
        actor: &Actor,
        line: Line,
        entrance: Entrance,
        found_by: Option<Dot>,
        callback_of: Option<Dot>,
    ) -> Result<Saved<Opened>, AppError> {
        let (at_ms, actor, numbering) = (self.now_ms(), actor.clone(), self.numbering()?);
        let position = found_by.and_then(|unit| self.positions().get(unit));
        self.act(move |log| {
            let new = NewIncident {
                line,
                entrance,
                call: callback_of,
            };
            let opened = open_in(log, &actor, &numbering, at_ms, &new)?;
            if let Some(call) = callback_of {
                call_back(log, &actor, call, opened.incident, at_ms)?;
            }
            if let Some(unit) = found_by {
                let point = position.map(|fix| e7(fix.lon, fix.lat)).transpose()?;
                found_in(log, &actor, unit, opened.incident, point, at_ms)?;
            }
            Ok(opened)
        })
    }
}

/// Appends the opening with the next number of the day.
pub(crate) fn open_in(
    log: &mut Log<'_>,
    actor: &Actor,
    numbering: &Numbering,
    at_ms: i64,
    new: &NewIncident,
) -> Result<Opened, AppError> {
    let came = (new.line, new.entrance);
    let (number, mut writes) = numbered(log, actor, numbering, at_ms, came)?;
    if let Some(call) = new.call {
        writes.push(FieldWrite::of_subject(
            Field::IncidentCall,
            Value::Ref(call),
        ));
    }
    let incident = log.append(actor.act(Lane::Urgent, Kind::IncidentOpen, at_ms, None, writes))?;
    Ok(Opened { incident, number })
}

/// The next number of the day, and the fields that every incident is opened with.
pub(super) fn numbered(
    log: &Log<'_>,
    actor: &Actor,
    numbering: &Numbering,
    at_ms: i64,
    (line, entrance): (Line, Entrance),
) -> Result<(String, Vec<FieldWrite>), AppError> {
    let day = day_number(numbering.day);
    let (_, incarnation) = read::own_writer(log.conn())?;
    let floor = i64::from(counter_floor(incarnation));
    let own = (numbering.station, incarnation);
    let last = read::last_counter(log.conn(), own, day)?;
    let counter = last.max(floor) + 1;
    let number = u32::try_from(counter)
        .ok()
        .and_then(|counter| IncidentNumber::new(numbering.day, numbering.code, counter).ok())
        .ok_or_else(|| {
            AppError::Fault(StoreError::Io {
                code: None,
                detail: "the day's numbers are used up".to_owned(),
            })
        })?
        .text();
    let int = |field, value| FieldWrite::of_subject(field, Value::Int(value));
    let writes = vec![
        FieldWrite::of_subject(Field::IncidentNumber, Value::Text(number.clone())),
        int(Field::IncidentDay, day),
        int(Field::IncidentCounter, counter),
        int(Field::IncidentLine, i64::from(line.code())),
        int(Field::IncidentEntrance, i64::from(entrance.code())),
        int(Field::IncidentOpenedAt, at_ms),
        FieldWrite::of_subject(Field::IncidentDesk, Value::Text(actor.desk.clone())),
    ];
    Ok((number, writes))
}

fn call_back(
    log: &mut Log<'_>,
    actor: &Actor,
    call: Dot,
    incident: Dot,
    at_ms: i64,
) -> Result<(), AppError> {
    let regs = log
        .registers(Noun::Call, call)?
        .ok_or_else(|| not_found("call"))?;
    let state = project::call_state(&regs);
    call::transition(state, call::CallEvent::CallBack)
        .map_err(|_| Rejection::new(RejectionCode::CallState).with("state", state.word()))?;
    let mut writes = vec![
        FieldWrite::of_subject(Field::CallBackAt, Value::Int(at_ms)),
        FieldWrite::of_subject(Field::CallIncident, Value::Ref(incident)),
    ];
    if let Some(number) = regs.text(Field::CallNumber) {
        let number = Value::Text(number.to_owned());
        writes.push(FieldWrite::of(
            incident,
            Field::IncidentCallerNumber,
            number,
        ));
    }
    log.append(actor.act(Lane::Routine, Kind::CallBack, at_ms, Some(call), writes))?;
    Ok(())
}

/// 巡逻发现: the unit is on scene already, the incident is where the unit is.
fn found_in(
    log: &mut Log<'_>,
    actor: &Actor,
    unit: Dot,
    incident: Dot,
    point: Option<(i32, i32)>,
    at_ms: i64,
) -> Result<(), AppError> {
    let record = read::unit_by_dot(log.conn(), unit)?.ok_or_else(|| not_found("unit"))?;
    let callsign = record
        .record
        .regs
        .text(Field::UnitCallsign)
        .unwrap_or_default()
        .to_owned();
    if let Some(state) = unit::UnitState::from_code(record.state)
        && state.is_engaged()
    {
        let rejection = Rejection::new(RejectionCode::UnitEngaged).with("unit", callsign);
        return Err(rejection.into());
    }
    let mut writes = vec![FieldWrite::of_subject(
        Field::IncidentFiledAt,
        Value::Int(at_ms),
    )];
    if let Some((lon, lat)) = point {
        let source = i64::from(fengsui_domain::incident::PointSource::Unit.code());
        writes.push(FieldWrite::of_subject(
            Field::IncidentPoint,
            Value::Point(lon, lat),
        ));
        writes.push(FieldWrite::of_subject(
            Field::IncidentPointSource,
            Value::Int(source),
        ));
    }
    log.append(actor.act(
        Lane::Routine,
        Kind::IncidentFile,
        at_ms,
        Some(incident),
        writes,
    ))?;
    let new = NewAssignment {
        incident,
        unit,
        text: String::new(),
        override_reason: None,
        arrived: true,
        channel: fengsui_domain::assignment::Channel::Radio,
    };
    assign_in(log, actor, &new, at_ms)?;
    Ok(())
}
