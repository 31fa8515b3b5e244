//! The deeds one by one. Each looks at what its station shows and does what a desk would let it.

use fengsui_domain::log::dot::{Dot, Lane};
use fengsui_domain::log::entry::Value;
use fengsui_domain::log::field::{Field, Noun};
use fengsui_domain::log::kind::Kind;
use fengsui_domain::log::register::{Live, Registers};
use fengsui_domain::number::{IncidentNumber, LocalDay, ShortCode, StationCode, counter_floor};
use fengsui_store::log::Log;
use fengsui_store::read::{AssignmentRecord, IncidentRecord};
use fengsui_store::{StoreError, peer, project, read};

use super::{Done, Person, Plan, put};
use crate::sim::model::{Deed, Put, Sees};

const DAY_MS: i64 = 24 * 3_600_000;
/// Beijing time.
const ZONE_MS: i64 = 8 * 3_600_000;

/// The local day of an instant.
fn day_of(at_ms: i64) -> Option<LocalDay> {
    // Days to civil date: H. Hinnant, "chrono-compatible low-level date algorithms".
    let z = (at_ms + ZONE_MS).div_euclid(DAY_MS) + 719_468;
    let era = z.div_euclid(146_097);
    let doe = z.rem_euclid(146_097);
    let yoe = (doe - doe / 1_460 + doe / 36_524 - doe / 146_096) / 365;
    let doy = doe - (365 * yoe + yoe / 4 - yoe / 100);
    let mp = (5 * doy + 2) / 153;
    let month = if mp < 10 { mp + 3 } else { mp - 9 };
    let year = yoe + era * 400 + i64::from(month <= 2);
    let day = doy - (153 * mp + 2) / 5 + 1;
    LocalDay::new(
        u16::try_from(year).ok()?,
        u8::try_from(month).ok()?,
        u8::try_from(day).ok()?,
    )
    .ok()
}

fn corrupt(detail: &str) -> StoreError {
    StoreError::Io {
        code: None,
        detail: detail.to_owned(),
    }
}

impl Person<'_> {
    fn one(&mut self, log: &mut Log<'_>, plan: Plan) -> Done {
        Ok(Some(vec![self.append(log, plan)?]))
    }

    /// One of the incidents on the board that may be worked on here.
    fn incident(&mut self, log: &Log<'_>) -> Result<Option<IncidentRecord>, StoreError> {
        let open = read::open_incidents(log.conn())?;
        Ok(self.pick(&open).cloned())
    }

    fn public_incident(&mut self, log: &Log<'_>) -> Result<Option<IncidentRecord>, StoreError> {
        let mut open = read::open_incidents(log.conn())?;
        open.retain(|incident| incident.record.dot.writer.lane != Lane::Protected);
        Ok(self.pick(&open).cloned())
    }

    pub(super) fn open(&mut self, log: &mut Log<'_>, lane: Lane) -> Done {
        let plan = self.opening(log, lane, Kind::IncidentOpen)?;
        self.one(log, plan)
    }

    /// What was heard by voice: the code of an incident that some station has, or will have.
    pub(super) fn hear(&mut self, log: &mut Log<'_>) -> Done {
        let mut plan = self.opening(log, Lane::Urgent, Kind::IncidentHear)?;
        let stations = peer::stations(log.conn())?;
        let code = self.pick(&stations).and_then(|station| {
            let code = station.regs.text(Field::StationCode)?;
            StationCode::new(code).ok()
        });
        let (Some(code), Some(day)) = (code, day_of(self.at_ms)) else {
            return Ok(None);
        };
        let counter = u32::try_from(self.dice.below(5)).unwrap_or(0) + 1;
        let Ok(number) = IncidentNumber::new(day, code, counter) else {
            return Ok(None);
        };
        let heard = ShortCode::from_number(&number).text();
        plan = plan.text(Field::IncidentVoiceCode, heard);
        if self.dice.below(3) == 0 {
            plan = plan.text(Field::IncidentPlace, format!("{}", self.dice.below(1_000)));
        }
        self.one(log, plan)
    }

    /// A person's word of what a stub is a part of, or that it is nothing's.
    pub(super) fn say_whose(&mut self, log: &mut Log<'_>) -> Done {
        let Some(day) = day_of(self.at_ms) else {
            return Ok(None);
        };
        let (year, month, of_month) = day.parts();
        let number = i64::from(year) * 10_000 + i64::from(month) * 100 + i64::from(of_month);
        let mut all = read::incidents_of_day(log.conn(), number)?;
        all.retain(|incident| incident.record.dot.writer.lane != Lane::Protected);
        let mut stubs = all.clone();
        stubs.retain(|stub| stub.record.regs.text(Field::IncidentVoiceCode).is_some());
        let stub = self.pick(&stubs).map(|stub| stub.record.dot);
        let into = self.pick(&all).map(|incident| incident.record.dot);
        let (Some(stub), Some(into)) = (stub, into) else {
            return Ok(None);
        };
        let plan = Plan::new(Lane::Urgent, Kind::IncidentJoin, Some(stub))
            .put(Field::IncidentWhole, Value::Ref(into));
        self.one(log, plan)
    }

    /// An opening with the next number of the day.
    fn opening(&self, log: &Log<'_>, lane: Lane, kind: Kind) -> Result<Plan, StoreError> {
        let day = day_of(self.at_ms).ok_or_else(|| corrupt("no such day"))?;
        let (year, month, of_month) = day.parts();
        let number = i64::from(year) * 10_000 + i64::from(month) * 100 + i64::from(of_month);
        let (_, incarnation) = read::own_writer(log.conn())?;
        let floor = i64::from(counter_floor(incarnation));
        let counter =
            read::last_counter(log.conn(), (self.number, incarnation), number)?.max(floor) + 1;
        let code = StationCode::new(&self.code).map_err(|_| corrupt("no such code"))?;
        let text = u32::try_from(counter)
            .ok()
            .and_then(|counter| IncidentNumber::new(day, code, counter).ok())
            .ok_or_else(|| corrupt("numbers are used up"))?
            .text();
        let mut plan = Plan::new(lane, kind, None)
            .text(Field::IncidentNumber, text.clone())
            .int(Field::IncidentDay, number)
            .int(Field::IncidentCounter, counter)
            .int(Field::IncidentOpenedAt, self.at_ms)
            .text(Field::IncidentDesk, "1");
        plan.number = Some(text);
        Ok(plan)
    }

    pub(super) fn amend(&mut self, log: &mut Log<'_>) -> Done {
        let Some(incident) = self.incident(log)? else {
            return Ok(None);
        };
        let dot = incident.record.dot;
        let word = format!("{}", self.dice.below(1_000));
        let fields = [
            Field::IncidentPlace,
            Field::IncidentText,
            Field::IncidentTown,
        ];
        let Some(field) = self.pick(&fields).copied() else {
            return Ok(None);
        };
        let mut plan = Plan::new(routine(dot), Kind::IncidentAmend, Some(dot)).text(field, word);
        if self.dice.below(3) == 0 {
            let level = i64::try_from(self.dice.below(4)).unwrap_or(0);
            plan = plan.int(Field::IncidentLevel, level);
        }
        self.one(log, plan)
    }

    pub(super) fn note(&mut self, log: &mut Log<'_>) -> Done {
        let Some(incident) = self.incident(log)? else {
            return Ok(None);
        };
        let dot = incident.record.dot;
        let plan = Plan::new(routine(dot), Kind::IncidentNote, Some(dot))
            .say(Field::BodyText, Value::Text("记事".to_owned()));
        self.one(log, plan)
    }

    /// A report from the scene: a fact that a closing must have heard.
    pub(super) fn report(&mut self, log: &mut Log<'_>) -> Done {
        let Some(incident) = self.public_incident(log)? else {
            return Ok(None);
        };
        let dot = incident.record.dot;
        let fact = Value::Int(self.at_ms);
        let plan = Plan::new(Lane::Routine, Kind::FeedbackAdd, None)
            .put(Field::FeedbackIncident, Value::Ref(dot))
            .text(Field::FeedbackText, "有人受伤")
            .int(Field::FeedbackAt, self.at_ms)
            .also([put(Some(dot), Field::IncidentFact, fact, Sees::Current)]);
        self.one(log, plan)
    }

    pub(super) fn order(&mut self, log: &mut Log<'_>) -> Done {
        let Some(incident) = self.public_incident(log)? else {
            return Ok(None);
        };
        let mut units = read::units(log.conn())?;
        units.retain(|unit| unit.record.regs.standing(Field::UnitClaim).next().is_none());
        let Some(unit) = self.pick(&units).map(|unit| unit.record.dot) else {
            return Ok(None);
        };
        let dot = incident.record.dot;
        let mut plan = Plan::new(Lane::Urgent, Kind::AssignmentOrder, None)
            .put(Field::AssignmentIncident, Value::Ref(dot))
            .put(Field::AssignmentUnit, Value::Ref(unit))
            .text(Field::AssignmentOrderText, "去")
            .int(Field::AssignmentOrderedAt, self.at_ms);
        if incident.record.regs.int(Field::IncidentClosure).is_some() {
            let field = Field::IncidentClosure;
            plan = plan.also([put(Some(dot), field, Value::Nothing, Sees::Current)]);
        }
        plan.claims = Some(unit);
        self.one(log, plan)
    }

    pub(super) fn step(&mut self, log: &mut Log<'_>) -> Done {
        let active = read::active_assignments(log.conn())?;
        let Some(assignment) = self.pick(&active).cloned() else {
            return Ok(None);
        };
        let regs = &assignment.record.regs;
        let facts = project::assignment_facts(regs);
        let asks = self.dice.below(8) == 0;
        let (field, kind, lane) = match facts {
            f if f.cancel_asked => (
                Field::AssignmentCancelledAt,
                Kind::AssignmentSignCancel,
                Lane::Urgent,
            ),
            _ if asks => (
                Field::AssignmentCancelAskedAt,
                Kind::AssignmentAskCancel,
                Lane::Urgent,
            ),
            f if !f.signed => (
                Field::AssignmentSignedAt,
                Kind::AssignmentSign,
                Lane::Routine,
            ),
            f if !f.set_out => (
                Field::AssignmentSetOutAt,
                Kind::AssignmentSetOut,
                Lane::Routine,
            ),
            f if !f.arrived => (
                Field::AssignmentArrivedAt,
                Kind::AssignmentArrive,
                Lane::Routine,
            ),
            _ => (
                Field::AssignmentClearedAt,
                Kind::AssignmentClear,
                Lane::Routine,
            ),
        };
        let dot = assignment.record.dot;
        let mut plan = Plan::new(lane, kind, Some(dot)).int(field, self.at_ms);
        if matches!(kind, Kind::AssignmentClear | Kind::AssignmentSignCancel) {
            plan = plan.also(self.release(log, &assignment)?);
        }
        let mut deeds = vec![self.append(log, plan)?];
        if kind == Kind::AssignmentSign {
            deeds.extend(self.settle_by_crew(log, &assignment)?);
        }
        Ok(Some(deeds))
    }

    fn release(
        &mut self,
        log: &mut Log<'_>,
        assignment: &AssignmentRecord,
    ) -> Result<Vec<Put>, StoreError> {
        let Some(unit) = assignment.record.regs.reference(Field::AssignmentUnit) else {
            return Ok(Vec::new());
        };
        let regs = log.registers(Noun::Unit, unit)?.unwrap_or_default();
        let own = Value::Ref(assignment.record.dot);
        let standing: Vec<&Live> = regs.standing(Field::UnitClaim).collect();
        let ours = standing.iter().filter(|live| live.value == own).count();
        let mut puts = Vec::new();
        if ours > 0 {
            let sees = Sees::Of(own);
            puts.push(put(Some(unit), Field::UnitClaim, Value::Nothing, sees));
        }
        if standing.len() == ours {
            for (field, value) in [
                (Field::UnitOwnState, 1),
                (Field::UnitOwnStateAt, self.at_ms),
            ] {
                puts.push(put(Some(unit), field, Value::Int(value), Sees::Current));
            }
        }
        Ok(puts)
    }

    /// The crew's own sign-in decides where two orders stand.
    fn settle_by_crew(
        &mut self,
        log: &mut Log<'_>,
        assignment: &AssignmentRecord,
    ) -> Result<Option<Deed>, StoreError> {
        let Some(unit) = assignment.record.regs.reference(Field::AssignmentUnit) else {
            return Ok(None);
        };
        let regs = log.registers(Noun::Unit, unit)?.unwrap_or_default();
        let standing: Vec<Live> = regs.standing(Field::UnitClaim).cloned().collect();
        let own = Value::Ref(assignment.record.dot);
        let is_among = standing.iter().any(|live| live.value == own);
        if standing.len() < 2 || !is_among {
            return Ok(None);
        }
        for live in standing.iter().filter(|live| live.value != own) {
            if let Value::Ref(other) = live.value
                && let Some(other) = log.registers(Noun::Assignment, other)?
                && project::assignment_facts(&other).signed
            {
                return Ok(None);
            }
        }
        let plan = self.settlement(log, unit, Field::UnitClaim, &regs, &own)?;
        Ok(Some(self.append(log, plan)?))
    }

    pub(super) fn settle(&mut self, log: &mut Log<'_>) -> Done {
        let conflicts = peer::conflicts(log.conn())?;
        let Some(conflict) = self.pick(&conflicts).cloned() else {
            return Ok(None);
        };
        let regs = log.registers(conflict.noun, conflict.thing)?;
        let regs = regs.unwrap_or_default();
        let standing: Vec<Live> = regs.standing(conflict.field).cloned().collect();
        let Some(winner) = self.pick(&standing).cloned() else {
            return Ok(None);
        };
        let (thing, field) = (conflict.thing, conflict.field);
        let plan = self.settlement(log, thing, field, &regs, &winner.value)?;
        self.one(log, plan)
    }

    fn settlement(
        &mut self,
        log: &mut Log<'_>,
        thing: Dot,
        field: Field,
        regs: &Registers,
        winner: &Value,
    ) -> Result<Plan, StoreError> {
        let mut plan = Plan::new(Lane::Urgent, Kind::ConflictSettle, Some(thing))
            .also([put(None, field, winner.clone(), Sees::All)])
            .say(Field::BodyField, Value::Int(i64::from(field.code())));
        let lost = regs.standing(field).filter(|live| live.value != *winner);
        for live in lost {
            let Value::Ref(assignment) = live.value else {
                continue;
            };
            let Some(regs) = log.registers(Noun::Assignment, assignment)? else {
                continue;
            };
            let facts = project::assignment_facts(&regs);
            if facts.cleared || facts.cancelled {
                continue;
            }
            let at = Value::Int(self.at_ms);
            let of = |field| put(Some(assignment), field, at.clone(), Sees::Current);
            if !facts.cancel_asked {
                plan.puts.push(of(Field::AssignmentCancelAskedAt));
            }
            plan.puts.push(of(Field::AssignmentCancelledAt));
        }
        Ok(plan)
    }

    pub(super) fn close(&mut self, log: &mut Log<'_>) -> Done {
        let mut open = read::open_incidents(log.conn())?;
        open.retain(|incident| incident.active == 0);
        let Some(incident) = self.pick(&open).cloned() else {
            return Ok(None);
        };
        let dot = incident.record.dot;
        let mut plan = Plan::new(urgent(dot), Kind::IncidentClose, Some(dot))
            .int(Field::IncidentClosure, 1)
            .int(Field::IncidentClosedAt, self.at_ms)
            .text(Field::IncidentResult, "01");
        if !incident.record.regs.live(Field::IncidentFact).is_empty() {
            let field = Field::IncidentFact;
            plan = plan.also([put(None, field, Value::Nothing, Sees::All)]);
        }
        self.one(log, plan)
    }

    pub(super) fn reopen(&mut self, log: &mut Log<'_>) -> Done {
        let Some(day) = day_of(self.at_ms) else {
            return Ok(None);
        };
        let (year, month, of_month) = day.parts();
        let number = i64::from(year) * 10_000 + i64::from(month) * 100 + i64::from(of_month);
        let mut all = read::incidents_of_day(log.conn(), number)?;
        all.retain(|incident| incident.record.regs.int(Field::IncidentClosure).is_some());
        let Some(dot) = self.pick(&all).map(|incident| incident.record.dot) else {
            return Ok(None);
        };
        let plan = Plan::new(urgent(dot), Kind::IncidentReopen, Some(dot))
            .put(Field::IncidentClosure, Value::Nothing)
            .int(Field::IncidentFiledAt, self.at_ms);
        self.one(log, plan)
    }

    pub(super) fn ring(&mut self, log: &mut Log<'_>) -> Done {
        let plan = Plan::new(Lane::Routine, Kind::CallRing, None)
            .int(Field::CallLine, 110)
            .text(Field::CallNumber, "13800000000")
            .int(Field::CallRingAt, self.at_ms);
        self.one(log, plan)
    }

    pub(super) fn answer(&mut self, log: &mut Log<'_>) -> Done {
        let mut calls = read::listed_calls(log.conn())?;
        calls.retain(|call| call.regs.int(Field::CallAnsweredAt).is_none());
        let Some(dot) = self.pick(&calls).map(|call| call.dot) else {
            return self.ring(log);
        };
        let plan = Plan::new(Lane::Urgent, Kind::CallAnswer, Some(dot))
            .int(Field::CallAnsweredAt, self.at_ms)
            .text(Field::CallDesk, format!("{}-1", self.code));
        self.one(log, plan)
    }

    pub(super) fn take_board(&mut self, log: &mut Log<'_>) -> Done {
        let own = i64::from(self.number);
        let plan = Plan::new(Lane::Urgent, Kind::BoardTake, Some(Dot::COUNTY))
            .int(Field::CountyBoard, own)
            .int(Field::CountyBoardAt, self.at_ms)
            .text(Field::CountyBoardSigners, "甲\u{1f}乙");
        self.one(log, plan)
    }

    pub(super) fn revoke(&mut self, log: &mut Log<'_>, number: u16) -> Done {
        let known = peer::stations(log.conn())?;
        let is_it = |s: &&peer::StationRecord| s.number == number && s.revoked_at_ms == 0;
        let Some(dot) = known.iter().find(is_it).map(|station| station.dot) else {
            return Ok(None);
        };
        let plan = Plan::new(Lane::Urgent, Kind::StationRevoke, Some(dot))
            .int(Field::StationRevokedAt, self.at_ms)
            .text(Field::StationRevokeReason, "丢失");
        self.one(log, plan)
    }

    /// The founder enrols a station.
    ///
    /// # Errors
    /// Any store error.
    pub fn enrol_station(
        &mut self,
        log: &mut Log<'_>,
        number: u16,
        code: &str,
        key: &[u8; 32],
        audience: i64,
    ) -> Result<Deed, StoreError> {
        let plan = Plan::new(Lane::Urgent, Kind::StationEnrol, None)
            .int(Field::StationNumber, i64::from(number))
            .text(Field::StationCode, code)
            .put(Field::StationKey, Value::Bytes(key.to_vec()))
            .int(Field::StationJoinedAt, self.at_ms)
            .int(Field::StationAudience, audience);
        self.append(log, plan)
    }

    /// The founder enrols a unit.
    ///
    /// # Errors
    /// Any store error.
    pub fn enrol_unit(&mut self, log: &mut Log<'_>, callsign: &str) -> Result<Deed, StoreError> {
        let plan = Plan::new(Lane::Routine, Kind::UnitEnrol, None)
            .text(Field::UnitCallsign, callsign)
            .int(Field::UnitOwnState, 1)
            .int(Field::UnitOwnStateAt, self.at_ms);
        self.append(log, plan)
    }
}

/// What is done to a protected thing is protected.
fn routine(dot: Dot) -> Lane {
    match dot.writer.lane {
        Lane::Protected => Lane::Protected,
        _ => Lane::Routine,
    }
}

fn urgent(dot: Dot) -> Lane {
    match dot.writer.lane {
        Lane::Protected => Lane::Protected,
        _ => Lane::Urgent,
    }
}
