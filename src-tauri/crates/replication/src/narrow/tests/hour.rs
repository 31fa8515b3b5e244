//! An hour of a county: 60 incidents with calls, orders, states and closings, entry by entry as
//! the desk's commands write them.

use fengsui_domain::log::dot::{Dot, Lane, Writer};
use fengsui_domain::log::entry::{Entry, Target, Value, Write};
use fengsui_domain::log::field::Field;
use fengsui_domain::log::hlc::Hlc;
use fengsui_domain::log::kind::Kind;
use fengsui_domain::number::{IncidentNumber, LocalDay, StationCode};
use fengsui_domain::post::Post;

use super::dice::Dice;
use super::words::{Words, found, words};

/// Units of the county.
const UNITS: usize = 40;
const MINUTE_MS: i64 = 60_000;

/// An entry to be written.
#[derive(Debug, Clone)]
pub(super) struct Made {
    pub(super) kind: Kind,
    pub(super) entry: Entry,
}

/// What the hour is made of.
pub(super) struct Hour {
    pub(super) made: Vec<Made>,
    /// Dots of the openings.
    pub(super) opened: Vec<Dot>,
    /// Dots of the calls.
    pub(super) calls: Vec<Dot>,
    seqs: [u64; 3],
    base_ms: i64,
    claims: Vec<Option<Dot>>,
    states: Vec<Option<Dot>>,
    next_unit: usize,
}

fn writer(lane: Lane) -> Writer {
    Writer {
        station: 1,
        incarnation: 1,
        lane,
    }
}

fn unit(at: usize) -> Dot {
    Dot {
        writer: writer(Lane::Bulk),
        seq: 100 + at as u64,
    }
}

fn on(target: Target, field: Field, value: Value) -> Write {
    Write {
        target,
        field: field.code(),
        value,
        seen: Vec::new(),
    }
}

fn of(field: Field, value: Value) -> Write {
    on(Target::Subject, field, value)
}

fn text(field: Field, text: &str) -> Write {
    of(field, Value::Text(text.to_owned()))
}

impl Hour {
    /// The hour of a seed, beginning at `base_ms`; its logs hold `before` entries each already.
    pub(super) fn new(seed: u64, base_ms: i64, before: u64, incidents: u64) -> Hour {
        let mut hour = Hour {
            made: Vec::new(),
            opened: Vec::new(),
            calls: Vec::new(),
            seqs: [before; 3],
            base_ms,
            claims: vec![None; UNITS],
            states: vec![None; UNITS],
            next_unit: 0,
        };
        for number in 0..incidents {
            hour.incident(&mut Dice::new(seed, number), number);
        }
        hour
    }

    fn act(
        &mut self,
        lane: Lane,
        (kind, post, actor): (Kind, Post, &str),
        at_ms: i64,
        subject: Option<Dot>,
        writes: Vec<Write>,
    ) -> Dot {
        let seq = &mut self.seqs[usize::from(lane.code())];
        *seq += 1;
        let dot = Dot {
            writer: writer(lane),
            seq: *seq,
        };
        let entry = Entry {
            dot,
            hlc: Hlc::new(at_ms, 0),
            at_ms,
            actor: actor.to_owned(),
            post: post.code(),
            kind: kind.code(),
            subject: subject.unwrap_or(dot),
            writes,
            refs: Vec::new(),
        };
        self.made.push(Made { kind, entry });
        dot
    }

    fn incident(&mut self, dice: &mut Dice, number: u64) {
        let is_nothing = dice.percent(68);
        let line = 1 + u8::try_from(dice.below(3)).unwrap();
        let words = words(dice, line, is_nothing);
        let ring_ms = self.base_ms + number.cast_signed() * MINUTE_MS + dice.between(0, 20_000);
        let desk = ["pc01", "pc02", "pc03"][usize::try_from(number % 3).unwrap()];
        let device = |kind| (kind, Post::Device, "device");
        let intake = |kind| (kind, Post::Intake, desk);
        let ring = vec![
            of(Field::CallLine, Value::Int(line.into())),
            of(Field::CallRingAt, Value::Int(ring_ms)),
            text(Field::CallNumber, &words.number),
        ];
        let call = self.act(Lane::Routine, device(Kind::CallRing), ring_ms, None, ring);
        let at_ms = ring_ms + dice.between(2_000, 9_000);
        let incident = self.open(intake(Kind::IncidentOpen), at_ms, number, line, call);
        let answer = vec![
            of(Field::CallAnsweredAt, Value::Int(at_ms)),
            text(Field::CallDesk, "台01"),
            of(Field::CallIncident, Value::Ref(incident)),
            on(
                Target::Other(incident),
                Field::IncidentCallerNumber,
                Value::Text(words.number.clone()),
            ),
        ];
        self.act(
            Lane::Urgent,
            intake(Kind::CallAnswer),
            at_ms,
            Some(call),
            answer,
        );
        let at_ms = at_ms + dice.between(1_000, 4_000);
        self.locate(dice, call, incident, at_ms);
        let mut amend = vec![text(Field::IncidentText, &words.text)];
        if !is_nothing {
            amend.push(text(Field::IncidentPlace, &words.place));
            amend.push(text(Field::IncidentTown, words.town));
            amend.push(text(Field::IncidentCallerName, &words.name));
        }
        let at_ms = at_ms + dice.between(10_000, 40_000);
        self.act(
            Lane::Routine,
            intake(Kind::IncidentAmend),
            at_ms,
            Some(incident),
            amend,
        );
        let end_ms = at_ms + dice.between(1_000, 5_000);
        self.end(device(Kind::CallEnd), end_ms, call);
        if is_nothing {
            self.invalidate(intake(Kind::IncidentInvalidate), end_ms + 3_000, incident);
            return;
        }
        let file = vec![
            text(Field::IncidentType, words.type_code),
            of(Field::IncidentLevel, Value::Int(words.level.into())),
            of(Field::IncidentFiledAt, Value::Int(end_ms + 2_000)),
        ];
        let act = intake(Kind::IncidentFile);
        self.act(Lane::Urgent, act, end_ms + 2_000, Some(incident), file);
        self.send(dice, &words, incident, end_ms + 10_000);
    }

    fn end(&mut self, act: (Kind, Post, &str), at_ms: i64, call: Dot) {
        let end = vec![of(Field::CallEndedAt, Value::Int(at_ms))];
        self.act(Lane::Routine, act, at_ms, Some(call), end);
    }

    fn invalidate(&mut self, act: (Kind, Post, &str), at_ms: i64, incident: Dot) {
        let closure = vec![
            of(Field::IncidentClosure, Value::Int(2)),
            of(Field::IncidentClosedAt, Value::Int(at_ms)),
            text(Field::IncidentInvalidReason, "1102"),
        ];
        self.act(Lane::Urgent, act, at_ms, Some(incident), closure);
    }

    fn open(
        &mut self,
        act: (Kind, Post, &str),
        at_ms: i64,
        number: u64,
        line: u8,
        call: Dot,
    ) -> Dot {
        let day = LocalDay::new(2026, 11, 27).unwrap();
        let counter = 201 + u32::try_from(number).unwrap();
        let code = StationCode::new("WB").unwrap();
        let name = IncidentNumber::new(day, code, counter).unwrap().text();
        let open = vec![
            text(Field::IncidentNumber, &name),
            of(Field::IncidentDay, Value::Int(20_261_127)),
            of(Field::IncidentCounter, Value::Int(counter.into())),
            of(Field::IncidentLine, Value::Int(line.into())),
            of(Field::IncidentEntrance, Value::Int(1)),
            of(Field::IncidentOpenedAt, Value::Int(at_ms)),
            text(Field::IncidentDesk, "台01"),
            of(Field::IncidentCall, Value::Ref(call)),
        ];
        let incident = self.act(Lane::Urgent, act, at_ms, None, open);
        self.opened.push(incident);
        self.calls.push(call);
        incident
    }

    fn locate(&mut self, dice: &mut Dice, call: Dot, incident: Dot, at_ms: i64) {
        let lon = i32::try_from(1_138_400_000 + dice.between(0, 1_400_000)).unwrap();
        let lat = i32::try_from(311_500_000 + dice.between(0, 1_100_000)).unwrap();
        let other = Target::Other(incident);
        let writes = vec![
            of(Field::CallFix, Value::Fix(lon, lat, 25, 2, at_ms)),
            on(other, Field::IncidentPoint, Value::Point(lon, lat)),
            on(other, Field::IncidentPointSource, Value::Int(2)),
        ];
        let act = (Kind::CallLocate, Post::Device, "device");
        self.act(Lane::Routine, act, at_ms, Some(call), writes);
    }

    fn send(&mut self, dice: &mut Dice, words: &Words, incident: Dot, at_ms: i64) {
        let at = self.next_unit % UNITS;
        self.next_unit += 1;
        let order = format!("{}，{}，报警人{}", words.place, words.text, words.number);
        let own = Dot {
            writer: writer(Lane::Urgent),
            seq: self.seqs[0] + 1,
        };
        let mut claim = on(Target::Other(unit(at)), Field::UnitClaim, Value::Ref(own));
        claim.seen.extend(self.claims[at]);
        let writes = vec![
            of(Field::AssignmentIncident, Value::Ref(incident)),
            of(Field::AssignmentUnit, Value::Ref(unit(at))),
            text(Field::AssignmentOrderText, &order),
            of(Field::AssignmentChannel, Value::Int(1)),
            of(Field::AssignmentOrderedAt, Value::Int(at_ms)),
            claim,
        ];
        let act = (Kind::AssignmentOrder, Post::Dispatch, "pc09");
        let assignment = self.act(Lane::Urgent, act, at_ms, None, writes);
        let steps = [
            (Kind::AssignmentDeliver, Field::AssignmentDeliveredAt),
            (Kind::AssignmentSign, Field::AssignmentSignedAt),
            (Kind::AssignmentSetOut, Field::AssignmentSetOutAt),
            (Kind::AssignmentArrive, Field::AssignmentArrivedAt),
            (Kind::AssignmentWork, Field::AssignmentWorkingAt),
        ];
        let mut at_ms = at_ms;
        for (kind, field) in steps {
            at_ms += dice.between(2_000, 120_000);
            let writes = vec![of(field, Value::Int(at_ms))];
            let act = (kind, Post::Device, "device");
            self.act(Lane::Routine, act, at_ms, Some(assignment), writes);
        }
        at_ms += dice.between(60_000, 600_000);
        self.clear(assignment, at, at_ms);
        self.report(dice, incident, assignment, at_ms + 20_000);
    }

    fn clear(&mut self, assignment: Dot, at: usize, at_ms: i64) {
        let other = Target::Other(unit(at));
        let mut free = on(other, Field::UnitClaim, Value::Nothing);
        free.seen.push(assignment);
        let mut state = on(other, Field::UnitOwnState, Value::Int(7));
        state.seen.extend(self.states[at]);
        let mut since = on(other, Field::UnitOwnStateAt, Value::Int(at_ms));
        since.seen.extend(self.states[at]);
        let cleared = of(Field::AssignmentClearedAt, Value::Int(at_ms));
        let act = (Kind::AssignmentClear, Post::Device, "device");
        let writes = vec![cleared, free, state, since];
        let dot = self.act(Lane::Routine, act, at_ms, Some(assignment), writes);
        (self.claims[at], self.states[at]) = (Some(dot), Some(dot));
    }

    fn report(&mut self, dice: &mut Dice, incident: Dot, assignment: Dot, at_ms: i64) {
        let feedback = vec![
            of(Field::FeedbackIncident, Value::Ref(incident)),
            text(Field::FeedbackText, found(dice)),
            of(Field::FeedbackAt, Value::Int(at_ms)),
            of(Field::FeedbackAssignment, Value::Ref(assignment)),
            on(
                Target::Other(incident),
                Field::IncidentFact,
                Value::Int(at_ms),
            ),
        ];
        let act = (Kind::FeedbackAdd, Post::Device, "device");
        let fact = self.act(Lane::Routine, act, at_ms, None, feedback);
        let mut facts = of(Field::IncidentFact, Value::Nothing);
        facts.seen.push(fact);
        let at_ms = at_ms + 30_000;
        let closure = vec![
            of(Field::IncidentClosure, Value::Int(1)),
            of(Field::IncidentClosedAt, Value::Int(at_ms)),
            facts,
            text(Field::IncidentResult, "R04"),
        ];
        let act = (Kind::IncidentClose, Post::Dispatch, "pc09");
        self.act(Lane::Urgent, act, at_ms, Some(incident), closure);
    }
}
