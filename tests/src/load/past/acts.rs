//! The entries of an incident's life, field by field as the desk's commands write them.
//!
//! Not here: when they are written.

use fengsui_domain::assignment::{AssignmentStep, Channel};
use fengsui_domain::incident::{Entrance, PointSource};
use fengsui_domain::log::dot::{Dot, Lane};
use fengsui_domain::log::entry::Value;
use fengsui_domain::log::field::{Field, Noun};
use fengsui_domain::log::kind::Kind;
use fengsui_domain::post::Post;
use fengsui_domain::unit::UnitState;
use fengsui_store::StoreError;
use fengsui_store::log::{Act, FieldWrite, Log, Seen};

use super::{Running, Sent};
use crate::load::words;

const DESK: &str = "台01";

fn int(field: Field, value: i64) -> FieldWrite {
    FieldWrite::of_subject(field, Value::Int(value))
}

fn text(field: Field, text: &str) -> FieldWrite {
    FieldWrite::of_subject(field, Value::Text(text.to_owned()))
}

/// Who writes: a device, or one of nine accounts at the desk.
fn act(post: Post, run: &Running, kind: Kind, at_ms: i64) -> Act {
    let actor = match post {
        Post::Device => "device".to_owned(),
        _ => format!(
            "pc0{}",
            run.case.ring_ms.unsigned_abs() / 28_800_000 % 9 + 1
        ),
    };
    Act {
        lane: Lane::Routine,
        at_ms,
        actor,
        post,
        kind,
        subject: None,
        writes: Vec::new(),
        refs: Vec::new(),
    }
}

impl Running {
    /// Opened and not over.
    pub(super) fn is_on_board(&self) -> bool {
        self.incident != Dot::COUNTY
    }

    pub(super) fn ring(&mut self, log: &mut Log<'_>, at_ms: i64) -> Result<(), StoreError> {
        let mut act = act(Post::Device, self, Kind::CallRing, at_ms);
        act.writes = vec![
            int(Field::CallLine, i64::from(self.case.line.code())),
            int(Field::CallRingAt, at_ms),
            text(Field::CallNumber, &self.case.words.number),
        ];
        self.call = log.append(act)?;
        Ok(())
    }

    pub(super) fn answer(
        &mut self,
        log: &mut Log<'_>,
        at_ms: i64,
        number: &str,
        day: i64,
        counter: u32,
    ) -> Result<(), StoreError> {
        let mut open = act(Post::Intake, self, Kind::IncidentOpen, at_ms);
        open.lane = Lane::Urgent;
        open.writes = vec![
            text(Field::IncidentNumber, number),
            int(Field::IncidentDay, day),
            int(Field::IncidentCounter, i64::from(counter)),
            int(Field::IncidentLine, i64::from(self.case.line.code())),
            int(Field::IncidentEntrance, i64::from(Entrance::Phone.code())),
            int(Field::IncidentOpenedAt, at_ms),
            text(Field::IncidentDesk, DESK),
            FieldWrite::of_subject(Field::IncidentCall, Value::Ref(self.call)),
        ];
        self.incident = log.append(open)?;
        let mut answer = act(Post::Intake, self, Kind::CallAnswer, at_ms);
        answer.lane = Lane::Urgent;
        answer.subject = Some(self.call);
        let caller = Value::Text(self.case.words.number.clone());
        answer.writes = vec![
            int(Field::CallAnsweredAt, at_ms),
            text(Field::CallDesk, DESK),
            FieldWrite::of_subject(Field::CallIncident, Value::Ref(self.incident)),
            FieldWrite::of(self.incident, Field::IncidentCallerNumber, caller),
        ];
        log.append(answer)?;
        Ok(())
    }

    pub(super) fn locate(&mut self, log: &mut Log<'_>, at_ms: i64) -> Result<(), StoreError> {
        let (lon, lat) = self.case.point;
        let source = PointSource::Handset.code();
        let fix = Value::Fix(lon, lat, 25, source, at_ms);
        let mut act = act(Post::Device, self, Kind::CallLocate, at_ms);
        act.subject = Some(self.call);
        let point = Value::Point(lon, lat);
        let source = Value::Int(i64::from(source));
        act.writes = vec![
            FieldWrite::of_subject(Field::CallFix, fix),
            FieldWrite::of(self.incident, Field::IncidentPoint, point),
            FieldWrite::of(self.incident, Field::IncidentPointSource, source),
        ];
        log.append(act).map(|_| ())
    }

    pub(super) fn amend(&mut self, log: &mut Log<'_>, at_ms: i64) -> Result<(), StoreError> {
        let words = &self.case.words;
        let mut act = act(Post::Intake, self, Kind::IncidentAmend, at_ms);
        act.subject = Some(self.incident);
        act.writes = vec![text(Field::IncidentText, &words.text)];
        if self.case.invalid.is_none() {
            act.writes.push(text(Field::IncidentPlace, &words.place));
            act.writes.push(text(Field::IncidentTown, words.town));
            act.writes
                .push(text(Field::IncidentCallerName, &words.name));
        }
        log.append(act).map(|_| ())
    }

    pub(super) fn file(&mut self, log: &mut Log<'_>, at_ms: i64) -> Result<(), StoreError> {
        let words = &self.case.words;
        let mut act = act(Post::Intake, self, Kind::IncidentFile, at_ms);
        act.lane = Lane::Urgent;
        act.subject = Some(self.incident);
        act.writes = vec![
            text(Field::IncidentType, words.type_code),
            int(Field::IncidentLevel, i64::from(words.level)),
            int(Field::IncidentFiledAt, at_ms),
        ];
        log.append(act).map(|_| ())
    }

    pub(super) fn end_call(&mut self, log: &mut Log<'_>, at_ms: i64) -> Result<(), StoreError> {
        let mut act = act(Post::Device, self, Kind::CallEnd, at_ms);
        act.subject = Some(self.call);
        act.writes = vec![int(Field::CallEndedAt, at_ms)];
        log.append(act).map(|_| ())
    }

    pub(super) fn note(&mut self, log: &mut Log<'_>, at_ms: i64) -> Result<(), StoreError> {
        let words = words::note(&mut self.case.dice);
        let mut act = act(Post::Intake, self, Kind::IncidentNote, at_ms);
        act.subject = Some(self.incident);
        let words = Value::Text(words.to_owned());
        act.writes = vec![FieldWrite::body(Field::BodyText, words)];
        log.append(act).map(|_| ())
    }

    pub(super) fn order(
        &mut self,
        log: &mut Log<'_>,
        at_ms: i64,
        unit: Dot,
        pool: usize,
    ) -> Result<(), StoreError> {
        let words = &self.case.words;
        let order = format!("{}，{}，报警人{}", words.place, words.text, words.number);
        let mut act = act(Post::Dispatch, self, Kind::AssignmentOrder, at_ms);
        act.lane = Lane::Urgent;
        act.writes = vec![
            FieldWrite::of_subject(Field::AssignmentIncident, Value::Ref(self.incident)),
            FieldWrite::of_subject(Field::AssignmentUnit, Value::Ref(unit)),
            text(Field::AssignmentOrderText, &order),
            int(
                Field::AssignmentChannel,
                i64::from(Channel::Terminal.code()),
            ),
            int(Field::AssignmentOrderedAt, at_ms),
        ];
        let assignment = log.append_claiming(act, unit, Field::UnitClaim)?;
        self.sent.push(Sent {
            assignment,
            unit,
            pool,
        });
        Ok(())
    }

    pub(super) fn step(
        &mut self,
        log: &mut Log<'_>,
        at_ms: i64,
        at: usize,
        step: AssignmentStep,
    ) -> Result<(), StoreError> {
        let Some(sent) = self.sent.get(at).copied() else {
            return Ok(());
        };
        let clock = match step {
            AssignmentStep::Deliver => Field::AssignmentDeliveredAt,
            AssignmentStep::Read => Field::AssignmentReadAt,
            AssignmentStep::Sign => Field::AssignmentSignedAt,
            AssignmentStep::SetOut => Field::AssignmentSetOutAt,
            AssignmentStep::Arrive => Field::AssignmentArrivedAt,
            AssignmentStep::Work => Field::AssignmentWorkingAt,
            AssignmentStep::Clear => Field::AssignmentClearedAt,
            AssignmentStep::AskCancel => Field::AssignmentCancelAskedAt,
            AssignmentStep::SignCancel => Field::AssignmentCancelledAt,
        };
        let mut act = act(Post::Device, self, Kind::of_step(step), at_ms);
        act.subject = Some(sent.assignment);
        act.writes = vec![int(clock, at_ms)];
        if step == AssignmentStep::Clear {
            let state = Value::Int(i64::from(UnitState::Returning.code()));
            act.writes.extend([
                FieldWrite::of(sent.unit, Field::UnitClaim, Value::Nothing),
                FieldWrite::of(sent.unit, Field::UnitOwnState, state),
                FieldWrite::of(sent.unit, Field::UnitOwnStateAt, Value::Int(at_ms)),
            ]);
        }
        log.append(act).map(|_| ())
    }

    pub(super) fn feedback(
        &mut self,
        log: &mut Log<'_>,
        at_ms: i64,
        at: usize,
    ) -> Result<(), StoreError> {
        let Some(sent) = self.sent.get(at).copied() else {
            return Ok(());
        };
        let words = words::found(&mut self.case.dice);
        let mut act = act(Post::Device, self, Kind::FeedbackAdd, at_ms);
        let mut fact = FieldWrite::of(self.incident, Field::IncidentFact, Value::Int(at_ms));
        fact.seen = Seen::Exactly(Vec::new());
        act.writes = vec![
            FieldWrite::of_subject(Field::FeedbackIncident, Value::Ref(self.incident)),
            text(Field::FeedbackText, words),
            int(Field::FeedbackAt, at_ms),
            FieldWrite::of_subject(Field::FeedbackAssignment, Value::Ref(sent.assignment)),
            fact,
        ];
        log.append(act).map(|_| ())
    }

    pub(super) fn invalidate(&mut self, log: &mut Log<'_>, at_ms: i64) -> Result<(), StoreError> {
        let mut act = act(Post::Intake, self, Kind::IncidentInvalidate, at_ms);
        act.lane = Lane::Urgent;
        act.subject = Some(self.incident);
        act.writes = self.closure(log, 2, at_ms)?;
        let reason = self.case.invalid.unwrap_or("1102");
        act.writes.push(text(Field::IncidentInvalidReason, reason));
        log.append(act).map(|_| ())
    }

    pub(super) fn close(&mut self, log: &mut Log<'_>, at_ms: i64) -> Result<(), StoreError> {
        let result = self.case.dice.pick(&["R01", "R04", "R05", "R08", "R18"]);
        let mut act = act(Post::Dispatch, self, Kind::IncidentClose, at_ms);
        act.lane = Lane::Urgent;
        act.subject = Some(self.incident);
        act.writes = self.closure(log, 1, at_ms)?;
        act.writes.push(text(Field::IncidentResult, result));
        log.append(act).map(|_| ())
    }

    /// Closure, its instant, and the facts it has seen.
    fn closure(
        &self,
        log: &mut Log<'_>,
        code: i64,
        at_ms: i64,
    ) -> Result<Vec<FieldWrite>, StoreError> {
        let mut writes = vec![
            int(Field::IncidentClosure, code),
            int(Field::IncidentClosedAt, at_ms),
        ];
        let regs = log.registers(Noun::Incident, self.incident)?;
        let facts: Vec<Dot> = regs
            .iter()
            .flat_map(|regs| regs.live(Field::IncidentFact))
            .map(|live| live.dot)
            .collect();
        if !facts.is_empty() {
            let mut write = FieldWrite::of_subject(Field::IncidentFact, Value::Nothing);
            write.seen = Seen::Exactly(facts);
            writes.push(write);
        }
        Ok(writes)
    }
}
