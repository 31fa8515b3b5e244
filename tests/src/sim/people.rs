//! What people at a simulated station do: the entries are shaped as those of the use cases.
//!
//! Not here: who is allowed to (`app`), and what it means when two do it at once (`model`).

mod deeds;

use fengsui_domain::log::dot::{Dot, Lane, Writer};
use fengsui_domain::log::entry::{Entry, Target, Value, Write};
use fengsui_domain::log::field::Field;
use fengsui_domain::log::hlc::{AHEAD_MS_MAX, Hlc};
use fengsui_domain::log::kind::Kind;
use fengsui_domain::log::register::Registers;
use fengsui_domain::post::Post;
use fengsui_store::log::{Act, FieldWrite, Log, Seen};
use fengsui_store::{StoreError, exchange, read};
use fengsui_testkit::crash_vfs::Dice;

use super::model::{Deed, Put, Sees};

/// A field number of newer programs within the incident's range.
pub const NEW_FIELD: u16 = 199;
/// A kind number of newer programs.
pub const NEW_KIND: u16 = 990;

/// Somebody at a desk.
pub struct Person<'a> {
    /// Decides.
    pub dice: &'a mut Dice,
    /// Counts deeds; each has its own word.
    pub tokens: &'a mut u32,
    /// Station.
    pub number: u16,
    /// Station's code, as it goes into numbers.
    pub code: String,
    /// Clock on the wall, ms.
    pub at_ms: i64,
    /// May work on protected incidents.
    pub is_trusted: bool,
    /// The program is newer than this one.
    pub is_newer: bool,
    /// Orders come by voice, too.
    pub hears: bool,
}

/// What is to be done.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Wish {
    /// Whatever comes to mind.
    Any,
    /// Take the board.
    TakeBoard,
    /// Revoke this station.
    Revoke(u16),
    /// Open an incident.
    Open,
    /// Send a unit.
    Order,
}

/// A deed before it has a dot.
pub(super) struct Plan {
    pub(super) lane: Lane,
    pub(super) kind: Kind,
    pub(super) subject: Option<Dot>,
    pub(super) puts: Vec<Put>,
    pub(super) body: Vec<(Field, Value)>,
    pub(super) claims: Option<Dot>,
    pub(super) number: Option<String>,
}

impl Plan {
    pub(super) fn new(lane: Lane, kind: Kind, subject: Option<Dot>) -> Plan {
        Plan {
            lane,
            kind,
            subject,
            puts: Vec::new(),
            body: Vec::new(),
            claims: None,
            number: None,
        }
    }

    pub(super) fn put(mut self, field: Field, value: Value) -> Plan {
        self.puts.push(put(None, field, value, Sees::Current));
        self
    }

    pub(super) fn int(self, field: Field, value: i64) -> Plan {
        self.put(field, Value::Int(value))
    }

    pub(super) fn text(self, field: Field, text: impl Into<String>) -> Plan {
        self.put(field, Value::Text(text.into()))
    }

    pub(super) fn also(mut self, puts: impl IntoIterator<Item = Put>) -> Plan {
        self.puts.extend(puts);
        self
    }

    pub(super) fn say(mut self, field: Field, value: Value) -> Plan {
        self.body.push((field, value));
        self
    }
}

pub(super) fn put(thing: Option<Dot>, field: Field, value: Value, sees: Sees) -> Put {
    Put {
        thing,
        field: field.code(),
        value,
        sees,
    }
}

type Done = Result<Option<Vec<Deed>>, StoreError>;

impl Person<'_> {
    /// Does it, in the open transaction; `None` = there was nothing to do.
    ///
    /// # Errors
    /// Any store error.
    pub fn act(&mut self, log: &mut Log<'_>, wish: Wish) -> Done {
        match wish {
            Wish::TakeBoard => self.take_board(log),
            Wish::Revoke(number) => self.revoke(log, number),
            Wish::Open => self.open(log, Lane::Urgent),
            Wish::Order => self.order(log),
            Wish::Any if self.is_newer && self.dice.below(4) == 0 => self.newer(log),
            Wish::Any if self.hears && self.dice.below(6) == 0 => match self.dice.below(3) {
                0 => self.say_whose(log),
                _ => self.hear(log),
            },
            Wish::Any => match self.dice.below(100) {
                0..14 => self.open(log, Lane::Urgent),
                14..18 if self.is_trusted => self.open(log, Lane::Protected),
                14..32 => self.amend(log),
                32..38 => self.note(log),
                38..48 => self.report(log),
                48..68 => self.order(log),
                68..82 => self.step(log),
                82..90 => self.close(log),
                90..92 => self.reopen(log),
                92..94 => self.ring(log),
                94..97 => self.answer(log),
                _ => self.settle(log),
            },
        }
    }

    fn token(&mut self) -> String {
        *self.tokens += 1;
        format!("t{}", self.tokens)
    }

    pub(super) fn pick<'t, T>(&mut self, of: &'t [T]) -> Option<&'t T> {
        let at = self.dice.below(of.len() as u64);
        of.get(usize::try_from(at).unwrap_or(0))
    }

    /// Appends a plan.
    ///
    /// # Errors
    /// Any store error.
    pub(super) fn append(&mut self, log: &mut Log<'_>, plan: Plan) -> Result<Deed, StoreError> {
        let token = self.token();
        let mut writes = Vec::with_capacity(plan.puts.len() + plan.body.len());
        for put in &plan.puts {
            writes.extend(field_write(log, plan.subject, put)?);
        }
        for (field, value) in plan.body {
            writes.push(FieldWrite::body(field, value));
        }
        let act = Act {
            lane: plan.lane,
            at_ms: self.at_ms,
            actor: token.clone(),
            post: Post::Dispatch,
            kind: plan.kind,
            subject: plan.subject,
            writes,
            refs: Vec::new(),
        };
        let dot = match plan.claims {
            Some(unit) => log.append_claiming(act, unit, Field::UnitClaim)?,
            None => log.append(act)?,
        };
        Ok(Deed {
            token,
            dot,
            subject: plan.subject,
            puts: plan.puts,
            claims: plan.claims,
            number: plan.number,
        })
    }

    /// What a newer program writes: a kind, or fields, that are not known here.
    fn newer(&mut self, log: &mut Log<'_>) -> Done {
        let open = read::open_incidents(log.conn())?;
        let open: Vec<Dot> = open
            .iter()
            .map(|incident| incident.record.dot)
            .filter(|dot| dot.writer.lane != Lane::Protected)
            .collect();
        let Some(incident) = self.pick(&open).copied() else {
            return Ok(None);
        };
        let (station, incarnation) = read::own_writer(log.conn())?;
        let writer = Writer {
            station,
            incarnation,
            lane: Lane::Routine,
        };
        let seq = exchange::view(log.conn())?.summary.seq(writer) + 1;
        let hlc: i64 = log
            .conn()
            .query_row("SELECT hlc FROM state", [], |row| row.get(0))?;
        let token = self.token();
        let knows_kind = self.dice.below(2) == 0;
        let last = Hlc(hlc.cast_unsigned());
        // What is taken in does not pull the clock far ahead, be it one's own.
        let stamp = match last.tick(self.at_ms) {
            next if next.ms() <= self.at_ms.saturating_add(AHEAD_MS_MAX) => next,
            _ => last,
        };
        let write = |target, field, text: &str| Write {
            target,
            field,
            value: Value::Text(text.to_owned()),
            seen: Vec::new(),
        };
        let entry = Entry {
            dot: Dot { writer, seq },
            hlc: stamp,
            at_ms: self.at_ms,
            actor: token.clone(),
            post: Post::Dispatch.code(),
            kind: if knows_kind {
                Kind::IncidentAmend.code()
            } else {
                NEW_KIND
            },
            subject: incident,
            writes: vec![
                write(Target::Subject, NEW_FIELD, &token),
                write(Target::Subject, 2_001, "of no noun"),
                write(Target::Body, 999, "said"),
            ],
            refs: Vec::new(),
        };
        log.receive(&entry.encode())?;
        Ok(Some(vec![Deed {
            token,
            dot: entry.dot,
            subject: Some(incident),
            puts: vec![Put {
                thing: None,
                field: NEW_FIELD,
                value: Value::Nothing,
                sees: Sees::Current,
            }],
            claims: None,
            number: None,
        }]))
    }
}

/// The write as a use case would make it, from the registers as they stand here.
fn field_write(
    log: &mut Log<'_>,
    subject: Option<Dot>,
    put: &Put,
) -> Result<Option<FieldWrite>, StoreError> {
    let Some(field) = Field::from_code(put.field) else {
        return Ok(None);
    };
    let mut write = match put.thing {
        Some(thing) => FieldWrite::of(thing, field, put.value.clone()),
        None => FieldWrite::of_subject(field, put.value.clone()),
    };
    let regs = match put.thing.or(subject) {
        Some(thing) if put.sees != Sees::Current => log.registers(field.noun(), thing)?,
        _ => None,
    };
    let regs: Registers = regs.unwrap_or_default();
    let lives = regs.live(field).iter();
    match &put.sees {
        Sees::Current => {}
        Sees::All => write.seen = Seen::Exactly(lives.map(|live| live.dot).collect()),
        Sees::Of(value) => {
            let ours = lives.filter(|live| live.value == *value);
            write.seen = Seen::Exactly(ours.map(|live| live.dot).collect());
        }
    }
    Ok(Some(write))
}
