//! The past as it happens: what is due next, in order of time, each with the same entries that
//! the commands of the desk would have written.
//!
//! Not here: what is due to which incident (`plan`), and any rule: the past keeps them by the way
//! it is made, which the tests prove.

mod acts;

use std::collections::{BTreeMap, VecDeque};

use fengsui_app::clock::{day_number, local_day};
use fengsui_domain::assignment::AssignmentStep;
use fengsui_domain::incident::Line;
use fengsui_domain::log::dot::Dot;
use fengsui_domain::log::field::Field;
use fengsui_domain::number::{IncidentNumber, StationCode};
use fengsui_domain::unit::UnitKind;
use fengsui_store::log::Log;
use fengsui_store::{Store, StoreError, read};

use super::Loaded;
use super::plan::{Case, Plan};

/// What is due.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Due {
    Ring,
    Answer,
    Locate,
    Amend,
    File,
    EndCall,
    Invalidate,
    Note,
    Order,
    Step(usize, AssignmentStep),
    Feedback(usize),
    Close,
}

/// A unit within an incident.
#[derive(Debug, Clone, Copy)]
pub(super) struct Sent {
    assignment: Dot,
    unit: Dot,
    pool: usize,
}

/// An incident while it goes on.
#[derive(Debug)]
pub(super) struct Running {
    case: Case,
    call: Dot,
    incident: Dot,
    sent: Vec<Sent>,
    /// Units that have not left yet.
    there: usize,
}

/// The past so far.
pub struct Past {
    plan: Plan,
    code: StationCode,
    begun: u64,
    due: BTreeMap<(i64, u64), (u64, Due)>,
    order: u64,
    running: BTreeMap<u64, Running>,
    /// Free units by what they are for: patrol, fire, traffic.
    free: [VecDeque<Dot>; 3],
    day: i64,
    counter: u32,
    done: Loaded,
    first_entry: bool,
}

impl Past {
    /// Before its first call; units are those of the store.
    ///
    /// # Errors
    /// Those of reading.
    pub fn begin(store: &Store, plan: Plan) -> Result<Past, StoreError> {
        let code = StationCode::new("WB").map_err(|_| StoreError::Closed)?;
        Past::begin_at(store, plan, code)
    }

    /// As `begin`, of a station with another code.
    ///
    /// # Errors
    /// Those of reading.
    pub fn begin_at(store: &Store, plan: Plan, code: StationCode) -> Result<Past, StoreError> {
        let mut free = [VecDeque::new(), VecDeque::new(), VecDeque::new()];
        for unit in store.read(read::units)? {
            let kind = unit.record.regs.int(Field::UnitKind);
            let kind = kind.and_then(|code| u8::try_from(code).ok());
            let pool = match kind.and_then(UnitKind::from_code) {
                Some(UnitKind::Fire) => 1,
                Some(UnitKind::Traffic) => 2,
                _ => 0,
            };
            if let Some(pool) = free.get_mut(pool) {
                pool.push_back(unit.record.dot);
            }
        }
        let mut past = Past {
            plan,
            code,
            begun: 0,
            due: BTreeMap::new(),
            order: 0,
            running: BTreeMap::new(),
            free,
            day: 0,
            counter: 0,
            done: Loaded::default(),
            first_entry: true,
        };
        past.next_call();
        Ok(past)
    }

    /// What was written so far.
    #[must_use]
    pub fn loaded(&self) -> Loaded {
        Loaded {
            open: self
                .running
                .values()
                .filter(|run| run.is_on_board())
                .count() as u64,
            ..self.done
        }
    }

    /// Writes until so many more calls have begun; true at the end, which is where the last call
    /// was answered: what goes on then stays on the board.
    ///
    /// # Errors
    /// Those of the log; `Closed` when it is run a second time after a failure, since it has then
    /// gone on already.
    pub fn go_on(&mut self, log: &mut Log<'_>, calls: u64) -> Result<bool, StoreError> {
        if !std::mem::take(&mut self.first_entry) {
            return Err(StoreError::Closed);
        }
        let until = self.begun + calls;
        while self.done.incidents < self.plan.incidents() {
            if self.begun > until {
                self.first_entry = true;
                return Ok(false);
            }
            let Some(((at_ms, _), (number, due))) = self.due.pop_first() else {
                break;
            };
            log.pass_to(at_ms);
            self.done.last_ms = at_ms;
            self.happen(log, number, due, at_ms)?;
        }
        self.first_entry = true;
        Ok(true)
    }

    fn plan_at(&mut self, at_ms: i64, number: u64, due: Due) {
        self.order += 1;
        self.due.insert((at_ms, self.order), (number, due));
    }

    fn next_call(&mut self) {
        if self.begun >= self.plan.incidents() {
            return;
        }
        let number = self.begun;
        let case = self.plan.case(number);
        self.plan_at(case.ring_ms, number, Due::Ring);
        let run = Running {
            case,
            call: Dot::COUNTY,
            incident: Dot::COUNTY,
            sent: Vec::new(),
            there: 0,
        };
        self.running.insert(number, run);
        self.begun += 1;
    }

    fn happen(
        &mut self,
        log: &mut Log<'_>,
        number: u64,
        due: Due,
        at_ms: i64,
    ) -> Result<(), StoreError> {
        if due == Due::Ring {
            self.next_call();
        }
        let Some(mut run) = self.running.remove(&number) else {
            return Ok(());
        };
        let is_over = match due {
            Due::Order => self.send(log, &mut run, number, at_ms)?,
            Due::Step(at, step) => self.step(log, &mut run, number, (at, step), at_ms)?,
            other => self.desk(log, &mut run, number, other, at_ms)?,
        };
        if !is_over {
            self.running.insert(number, run);
        }
        Ok(())
    }

    /// What the desk does; true when the incident is over.
    fn desk(
        &mut self,
        log: &mut Log<'_>,
        run: &mut Running,
        number: u64,
        due: Due,
        at_ms: i64,
    ) -> Result<bool, StoreError> {
        let mut later = |dice: (i64, i64), due| {
            let wait_ms = run.case.dice.between(dice.0 * 1_000, dice.1 * 1_000);
            self.plan_at(at_ms + wait_ms, number, due);
        };
        match due {
            Due::Ring => later((2, 9), Due::Answer),
            Due::Answer if run.case.invalid.is_some() => {
                later((8, 20), Due::Amend);
                later((21, 40), Due::EndCall);
                later((41, 70), Due::Invalidate);
            }
            Due::Answer => {
                later((1, 6), Due::Locate);
                later((20, 50), Due::Amend);
                later((51, 80), Due::File);
                later((81, 110), Due::EndCall);
                if run.case.dice.percent(50) {
                    self.plan_at(at_ms + 300_000, number, Due::Note);
                }
            }
            Due::File => later((5, 60), Due::Order),
            _ => {}
        }
        self.done.entries += 1;
        if due != Due::Ring {
            self.done.lines += 1;
        }
        match due {
            Due::Ring => run.ring(log, at_ms)?,
            Due::Answer => {
                let text = self.next_number(at_ms)?;
                run.answer(log, at_ms, &text, self.day, self.counter)?;
                self.done.entries += 1;
                self.done.lines += 1;
                self.done.incidents += 1;
            }
            Due::Locate => run.locate(log, at_ms)?,
            Due::Amend => run.amend(log, at_ms)?,
            Due::File => run.file(log, at_ms)?,
            Due::EndCall => run.end_call(log, at_ms)?,
            Due::Note => run.note(log, at_ms)?,
            Due::Feedback(at) => run.feedback(log, at_ms, at)?,
            Due::Invalidate => {
                run.invalidate(log, at_ms)?;
                self.done.invalid += 1;
                return Ok(true);
            }
            Due::Close => {
                run.close(log, at_ms)?;
                return Ok(true);
            }
            Due::Order | Due::Step(..) => {}
        }
        Ok(false)
    }

    /// Sends the units there are; later when there is none.
    fn send(
        &mut self,
        log: &mut Log<'_>,
        run: &mut Running,
        number: u64,
        at_ms: i64,
    ) -> Result<bool, StoreError> {
        let pool = match run.case.line {
            Line::Police110 => 0,
            Line::Fire119 => 1,
            Line::Traffic122 => 2,
        };
        for _ in 0..run.case.units {
            let unit = self.free.get_mut(pool).and_then(VecDeque::pop_front);
            let Some(unit) = unit else {
                break;
            };
            run.order(log, at_ms, unit, pool)?;
            self.done.entries += 1;
            self.done.lines += 1;
            let at = run.sent.len() - 1;
            let mut when = at_ms;
            let mut later = |low_s: i64, high_s: i64, due| {
                when += run.case.dice.between(low_s * 1_000, high_s * 1_000);
                self.plan_at(when, number, due);
            };
            later(1, 3, Due::Step(at, AssignmentStep::Deliver));
            later(2, 8, Due::Step(at, AssignmentStep::Read));
            later(3, 25, Due::Step(at, AssignmentStep::Sign));
            later(20, 120, Due::Step(at, AssignmentStep::SetOut));
            later(180, 900, Due::Step(at, AssignmentStep::Arrive));
            later(20, 120, Due::Step(at, AssignmentStep::Work));
            later(60, 600, Due::Feedback(at));
            if at == 0 {
                later(60, 600, Due::Feedback(at));
            }
            later(300, 1_500, Due::Step(at, AssignmentStep::Clear));
        }
        run.there = run.sent.len();
        if run.there == 0 {
            self.plan_at(at_ms + 60_000, number, Due::Order);
        }
        Ok(false)
    }

    fn step(
        &mut self,
        log: &mut Log<'_>,
        run: &mut Running,
        number: u64,
        (at, step): (usize, AssignmentStep),
        at_ms: i64,
    ) -> Result<bool, StoreError> {
        run.step(log, at_ms, at, step)?;
        self.done.entries += 1;
        self.done.lines += 1;
        if step == AssignmentStep::Clear {
            if let Some(sent) = run.sent.get(at)
                && let Some(pool) = self.free.get_mut(sent.pool)
            {
                pool.push_back(sent.unit);
            }
            run.there -= 1;
            if run.there == 0 {
                let wait_ms = run.case.dice.between(60_000, 420_000);
                self.plan_at(at_ms + wait_ms, number, Due::Close);
            }
        }
        Ok(false)
    }

    fn next_number(&mut self, at_ms: i64) -> Result<String, StoreError> {
        let day = local_day(at_ms).ok_or(StoreError::Closed)?;
        let this = day_number(day);
        self.counter = if this == self.day {
            self.counter + 1
        } else {
            1
        };
        self.day = this;
        let number = IncidentNumber::new(day, self.code, self.counter);
        number
            .map(|number| number.text())
            .map_err(|_| StoreError::Closed)
    }
}
