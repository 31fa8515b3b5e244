//! The rows touched by one transaction: loaded once, folded in memory, written
//! once with their projected columns and the digest.
//!
//! Not here: which entries touch them (`log`).

use std::collections::{BTreeMap, BTreeSet};

use fengsui_domain::log::chain::Digest;
use fengsui_domain::log::dot::Dot;
use fengsui_domain::log::entry::Write;
use fengsui_domain::log::field::{Field, Noun};
use fengsui_domain::log::hlc::Hlc;
use fengsui_domain::log::register::Registers;
use rusqlite::types::Value as Sql;
use rusqlite::{Connection, OptionalExtension, params, params_from_iter};

use crate::error::StoreError;
use crate::log::signed;
use crate::preview::{self, Cut};
use crate::project;

pub(crate) mod whole;

/// A row in memory.
#[derive(Debug, Clone)]
pub(crate) struct Row {
    /// This file's alias; `None` until first written.
    pub id: Option<i64>,
    /// All live values.
    pub regs: Registers,
    on_disk: Option<Vec<u8>>,
    dirty: bool,
}

impl Row {
    /// Applies one write.
    pub(crate) fn apply(&mut self, dot: Dot, hlc: Hlc, write: &Write) {
        self.regs.apply(dot, hlc, write);
        self.dirty = true;
    }
}

/// Which of what is shown and what lies behind it a write goes to, while a preview stands.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Side {
    /// Both; what is shown only if it does not show it already.
    Both,
    /// An act of ours on what is shown: the log lacks what it hangs on.
    Ahead,
    /// The log has come up to such an act.
    Behind,
}

/// What the log has made of a thing that is shown.
struct Behind {
    regs: Registers,
    dirty: bool,
}

/// All rows touched so far.
pub(crate) struct Rows<'t> {
    conn: &'t Connection,
    /// What the preview that stands shows.
    cut: Option<Cut>,
    /// Things looked up; `None` = not shown.
    behind: BTreeMap<(Noun, Dot), Option<Behind>>,
    rows: BTreeMap<(Noun, Dot), Row>,
    created: Vec<(Noun, Dot)>,
    writers: BTreeMap<(u16, u16, u8), i64>,
    /// Conflicts that were not listed before.
    raised: u32,
    /// Incidents written, and whether they were new.
    incidents: BTreeMap<Dot, bool>,
    /// Greatest counters of the numbers of new incidents, by station and day.
    numbers: BTreeMap<(u16, i64), i64>,
}

/// Parents before children, so that references hold.
const ORDER: &[Noun] = &[
    Noun::County,
    Noun::Station,
    Noun::Account,
    Noun::Unit,
    Noun::Call,
    Noun::Incident,
    Noun::Assignment,
    Noun::Feedback,
    Noun::Drawing,
];

impl<'t> Rows<'t> {
    pub(crate) fn new(conn: &'t Connection, cut: Option<Cut>) -> Self {
        Rows {
            conn,
            cut,
            behind: BTreeMap::new(),
            rows: BTreeMap::new(),
            created: Vec::new(),
            writers: BTreeMap::new(),
            raised: 0,
            incidents: BTreeMap::new(),
            numbers: BTreeMap::new(),
        }
    }

    /// Incidents written so far, and whether they were new.
    pub(crate) fn take_incidents(&mut self) -> BTreeMap<Dot, bool> {
        std::mem::take(&mut self.incidents)
    }

    /// Conflicts raised so far.
    pub(crate) fn raised(&self) -> u32 {
        self.raised
    }

    /// A row, if there is one.
    pub(crate) fn get(&mut self, noun: Noun, dot: Dot) -> Result<Option<&Row>, StoreError> {
        if !self.rows.contains_key(&(noun, dot)) {
            let Some(row) = self.load(noun, dot)? else {
                return Ok(None);
            };
            self.rows.insert((noun, dot), row);
        }
        Ok(self.rows.get(&(noun, dot)))
    }

    /// A row to write, made if there is none.
    pub(crate) fn touch(&mut self, noun: Noun, dot: Dot) -> Result<&mut Row, StoreError> {
        if !self.rows.contains_key(&(noun, dot)) {
            let row = match self.load(noun, dot)? {
                Some(row) => row,
                None => return Ok(self.make((noun, dot))),
            };
            self.rows.insert((noun, dot), row);
        }
        self.rows
            .get_mut(&(noun, dot))
            .ok_or_else(|| StoreError::corrupt("row vanished within a transaction"))
    }

    /// A row of a thing that is not on the disk.
    fn make(&mut self, thing: (Noun, Dot)) -> &mut Row {
        let created = &mut self.created;
        self.rows.entry(thing).or_insert_with(|| {
            created.push(thing);
            Row {
                id: None,
                regs: Registers::default(),
                on_disk: None,
                dirty: true,
            }
        })
    }

    /// A preview stands.
    pub(crate) fn has_preview(&self) -> bool {
        self.cut.is_some()
    }

    /// Folds one write of the entry (`dot`, `hlc`) into a thing.
    pub(crate) fn fold(
        &mut self,
        thing: (Noun, Dot),
        (dot, hlc): (Dot, Hlc),
        write: &Write,
        side: Side,
    ) -> Result<(), StoreError> {
        let Some(cut) = &self.cut else {
            // What an entry makes is not there before it: nothing names what is not here.
            let row = match thing.1 == dot {
                true => self.make(thing),
                false => self.touch(thing.0, thing.1)?,
            };
            row.apply(dot, hlc, write);
            return Ok(());
        };
        let is_there = cut.covers(dot);
        let is_shown = self.look_behind(thing)?.is_some();
        if !is_shown && side == Side::Ahead {
            self.set_behind(thing)?;
        }
        if is_shown
            && side != Side::Ahead
            && let Some(behind) = self.look_behind(thing)?
        {
            behind.regs.apply(dot, hlc, write);
            behind.dirty = true;
        }
        if !is_shown || (side != Side::Behind && !is_there) {
            self.touch(thing.0, thing.1)?.apply(dot, hlc, write);
        }
        Ok(())
    }

    fn look_behind(&mut self, thing: (Noun, Dot)) -> Result<Option<&mut Behind>, StoreError> {
        if !self.behind.contains_key(&thing) {
            let (noun, dot) = thing;
            let regs = match self.writer(dot)? {
                Some(writer) => preview::behind(self.conn, noun, writer, signed(dot.seq)?)?,
                None => None,
            };
            let behind = regs.map(|regs| Behind { regs, dirty: false });
            self.behind.insert(thing, behind);
        }
        Ok(self.behind.get_mut(&thing).and_then(Option::as_mut))
    }

    /// From now on a thing as it is lies behind what is shown of it.
    fn set_behind(&mut self, (noun, dot): (Noun, Dot)) -> Result<(), StoreError> {
        let regs = self.get(noun, dot)?.map(|row| row.regs.clone());
        let regs = regs.unwrap_or_default();
        self.behind
            .insert((noun, dot), Some(Behind { regs, dirty: true }));
        Ok(())
    }

    /// Shows these registers of a thing.
    pub(crate) fn show(&mut self, noun: Noun, dot: Dot, regs: Registers) -> Result<(), StoreError> {
        if self.look_behind((noun, dot))?.is_none() {
            self.set_behind((noun, dot))?;
        }
        let row = self.touch(noun, dot)?;
        if row.regs != regs {
            row.regs = regs;
            row.dirty = true;
        }
        Ok(())
    }

    /// What lies behind takes the place of what was shown; how many things differed.
    pub(crate) fn uncover(&mut self, digest: &mut Digest) -> Result<u32, StoreError> {
        self.cut = None;
        let (mut differed, mut unknown) = (0, Vec::new());
        for (noun, dot) in preview::things(self.conn)? {
            let Some(noun) = ORDER.iter().copied().find(|n| *n as u8 == noun) else {
                continue;
            };
            let Some(behind) = self.look_behind((noun, dot))? else {
                continue;
            };
            let regs = std::mem::take(&mut behind.regs);
            if regs.is_empty() {
                unknown.push((noun, dot));
                continue;
            }
            let row = self.touch(noun, dot)?;
            if row.regs != regs {
                row.regs = regs;
                row.dirty = true;
                differed += 1;
            }
        }
        self.flush(digest)?;
        unknown.sort_by_key(|(noun, _)| ORDER.iter().rev().position(|n| n == noun));
        for (noun, dot) in unknown {
            differed += 1;
            self.drop_row(noun, dot, digest)?;
        }
        self.behind.clear();
        Ok(differed)
    }

    /// Takes out a row that nothing in the log made.
    fn drop_row(&mut self, noun: Noun, dot: Dot, digest: &mut Digest) -> Result<(), StoreError> {
        let Some(Row {
            id: Some(id),
            on_disk: Some(bytes),
            regs,
            ..
        }) = self.get(noun, dot)?.cloned()
        else {
            return Ok(());
        };
        self.conn
            .prepare_cached(project::delete_sql(noun))?
            .execute([id])?;
        let writer = self.writer(dot)?.unwrap_or(0);
        self.conn
            .prepare_cached("DELETE FROM conflict WHERE noun = ?1 AND writer = ?2 AND seq = ?3")?
            .execute(params![noun as u8, writer, signed(dot.seq)?])?;
        digest.remove(noun, dot, &bytes);
        self.rows.remove(&(noun, dot));
        if noun == Noun::Incident {
            project::number_again(self.conn, dot.writer.station, &regs)?;
        }
        Ok(())
    }

    fn flush_behind(&mut self) -> Result<(), StoreError> {
        let mut dirty = Vec::new();
        for (thing, behind) in &mut self.behind {
            if let Some(behind) = behind
                && std::mem::take(&mut behind.dirty)
            {
                dirty.push((*thing, behind.regs.clone()));
            }
        }
        for ((noun, dot), regs) in dirty {
            let writer = self
                .writer(dot)?
                .ok_or_else(|| StoreError::corrupt(format!("{dot} has no writer")))?;
            preview::keep_behind(self.conn, noun, writer, signed(dot.seq)?, &regs)?;
        }
        Ok(())
    }

    /// This file's alias of a thing, if it has a row.
    pub(crate) fn id(&mut self, noun: Noun, dot: Dot) -> Result<Option<i64>, StoreError> {
        Ok(self.get(noun, dot)?.and_then(|row| row.id))
    }

    /// Writes every dirty row, then what is derived across rows.
    pub(crate) fn flush(&mut self, digest: &mut Digest) -> Result<(), StoreError> {
        let (mut incidents, mut written) = (BTreeSet::new(), BTreeSet::new());
        let mut units = BTreeSet::new();
        for noun in ORDER {
            // New rows in order of making, so that a rebuild gives the same ids.
            let mut dots: Vec<Dot> = self
                .created
                .iter()
                .filter(|(n, _)| n == noun)
                .map(|(_, d)| *d)
                .collect();
            // A row without an alias is one of those just taken up.
            let old = self
                .rows
                .iter()
                .filter(|((n, _), row)| n == noun && row.dirty && row.id.is_some());
            dots.extend(old.map(|((_, dot), _)| *dot));
            for dot in dots {
                self.write(*noun, dot, digest)?;
                match noun {
                    Noun::Incident => {
                        written.insert(dot);
                    }
                    Noun::Unit => {
                        units.insert(dot);
                    }
                    Noun::Assignment => self.touched_by(dot, &mut incidents, &mut units)?,
                    _ => {}
                }
            }
        }
        self.created.clear();
        for ((station, day), counter) in std::mem::take(&mut self.numbers) {
            project::note_number(self.conn, station, day, counter)?;
        }
        for id in self.regroup(&written)? {
            project::derive_whole(self.conn, id)?;
        }
        incidents.extend(written);
        for dot in incidents {
            self.derive_incident(dot)?;
        }
        for dot in units {
            self.derive_unit(dot)?;
        }
        self.flush_behind()
    }

    fn touched_by(
        &mut self,
        assignment: Dot,
        incidents: &mut BTreeSet<Dot>,
        units: &mut BTreeSet<Dot>,
    ) -> Result<(), StoreError> {
        if let Some(row) = self.get(Noun::Assignment, assignment)? {
            incidents.extend(row.regs.reference(Field::AssignmentIncident));
            units.extend(row.regs.reference(Field::AssignmentUnit));
        }
        Ok(())
    }

    fn load(&mut self, noun: Noun, dot: Dot) -> Result<Option<Row>, StoreError> {
        let Some(writer) = self.writer(dot)? else {
            return Ok(None);
        };
        let Some(sql) = project::load_sql(noun) else {
            return Ok(None);
        };
        let found: Option<(i64, Vec<u8>)> = self
            .conn
            .prepare_cached(sql)?
            .query_row(params![writer, signed(dot.seq)?], |row| {
                Ok((row.get(0)?, row.get(1)?))
            })
            .optional()?;
        let Some((id, bytes)) = found else {
            return Ok(None);
        };
        let regs = decode(&bytes)?;
        Ok(Some(Row {
            id: Some(id),
            regs,
            on_disk: Some(bytes),
            dirty: false,
        }))
    }

    fn write(&mut self, noun: Noun, dot: Dot, digest: &mut Digest) -> Result<(), StoreError> {
        let writer = self
            .writer(dot)?
            .ok_or_else(|| StoreError::corrupt(format!("{dot} has no writer")))?;
        // Taken out and put back: copying it would cost more than writing it. What goes wrong
        // between ends the transaction.
        let Some(mut row) = self.rows.remove(&(noun, dot)) else {
            return Ok(());
        };
        let bytes = row.regs.encode();
        if let Some(old) = &row.on_disk {
            digest.remove(noun, dot, old);
        }
        digest.add(noun, dot, &bytes);
        let mut columns: Vec<Sql> = vec![Sql::Blob(bytes.clone())];
        columns.extend(self.columns(noun, &row.regs)?);
        let id = match row.id {
            Some(id) => {
                columns.push(Sql::Integer(id));
                self.conn
                    .prepare_cached(project::update_sql(noun))?
                    .execute(params_from_iter(columns))?;
                id
            }
            None => {
                if noun == Noun::Incident {
                    let (stage, open) = project::first_stage(&row.regs);
                    columns.push(Sql::Integer(i64::from(stage)));
                    columns.push(Sql::Integer(i64::from(open)));
                }
                columns.push(Sql::Integer(writer));
                columns.push(Sql::Integer(signed(dot.seq)?));
                self.conn
                    .prepare_cached(project::insert_sql(noun))?
                    .execute(params_from_iter(columns))?;
                self.conn.last_insert_rowid()
            }
        };
        if noun == Noun::Incident {
            if row.id.is_none()
                && let Some((day, counter)) = project::number_of(&row.regs)
            {
                let last = self.numbers.entry((dot.writer.station, day)).or_default();
                *last = counter.max(*last);
            }
            self.incidents.entry(dot).or_insert(row.id.is_none());
        }
        let is_new = row.id.is_none();
        self.note_conflicts((noun, dot), writer, &row.regs, is_new)?;
        row.id = Some(id);
        row.on_disk = Some(bytes);
        row.dirty = false;
        self.rows.insert((noun, dot), row);
        Ok(())
    }

    /// Lists the exclusive fields of a row that contradict themselves, and no others.
    fn note_conflicts(
        &mut self,
        (noun, dot): (Noun, Dot),
        writer: i64,
        regs: &Registers,
        is_new: bool,
    ) -> Result<(), StoreError> {
        for field in Field::exclusive_of(noun) {
            let key = params![noun as u8, writer, signed(dot.seq)?, field.code()];
            let is_torn = regs.standing(*field).nth(1).is_some();
            if is_new && !is_torn {
                // Nothing is listed of what was not there.
                continue;
            }
            let is_raised = if is_torn {
                self.conn
                    .prepare_cached(
                        "INSERT OR IGNORE INTO conflict (noun, writer, seq, field)
                         VALUES (?1, ?2, ?3, ?4)",
                    )?
                    .execute(key)?
                    > 0
            } else {
                self.conn
                    .prepare_cached(
                        "DELETE FROM conflict
                         WHERE noun = ?1 AND writer = ?2 AND seq = ?3 AND field = ?4",
                    )?
                    .execute(key)?;
                false
            };
            self.raised += u32::from(is_raised);
        }
        Ok(())
    }

    fn columns(&mut self, noun: Noun, regs: &Registers) -> Result<Vec<Sql>, StoreError> {
        let alias = |id: Option<i64>| Sql::Integer(id.unwrap_or(0));
        let mut columns = Vec::new();
        if noun == Noun::Assignment {
            for (of, field) in [
                (Noun::Incident, Field::AssignmentIncident),
                (Noun::Unit, Field::AssignmentUnit),
            ] {
                let id = match regs.reference(field) {
                    Some(dot) => self.id(of, dot)?,
                    None => None,
                };
                columns.push(alias(id));
            }
        }
        let parent = match noun {
            Noun::Feedback => Some(Field::FeedbackIncident),
            Noun::Drawing => Some(Field::DrawingIncident),
            _ => None,
        };
        if let Some(parent) = parent {
            let id = match regs.reference(parent) {
                Some(dot) => self.id(Noun::Incident, dot)?,
                None => None,
            };
            columns.push(alias(id));
        }
        columns.extend(project::columns(noun, regs));
        Ok(columns)
    }

    fn derive_incident(&mut self, dot: Dot) -> Result<(), StoreError> {
        let conn = self.conn;
        match self.get(Noun::Incident, dot)? {
            Some(Row {
                id: Some(id), regs, ..
            }) => project::derive_incident(conn, *id, regs),
            _ => Ok(()),
        }
    }

    fn derive_unit(&mut self, dot: Dot) -> Result<(), StoreError> {
        let Some(row) = self.get(Noun::Unit, dot)? else {
            return Ok(());
        };
        let (Some(id), regs) = (row.id, row.regs.clone()) else {
            return Ok(());
        };
        let claim = regs
            .standing(Field::UnitClaim)
            .max_by_key(|live| (live.hlc, live.dot))
            .and_then(|live| match live.value {
                fengsui_domain::log::entry::Value::Ref(dot) => Some(dot),
                _ => None,
            });
        let assignment = match claim {
            Some(claim) => self
                .get(Noun::Assignment, claim)?
                .map(|row| row.regs.clone()),
            None => None,
        };
        project::derive_unit(self.conn, id, &regs, assignment.as_ref())
    }

    fn writer(&mut self, dot: Dot) -> Result<Option<i64>, StoreError> {
        if dot == Dot::COUNTY {
            return Ok(Some(0));
        }
        let w = dot.writer;
        let key = (w.station, w.incarnation, w.lane.code());
        if let Some(id) = self.writers.get(&key) {
            return Ok(Some(*id));
        }
        let id: Option<i64> = self
            .conn
            .prepare_cached(
                "SELECT id FROM writer WHERE station = ?1 AND incarnation = ?2 AND lane = ?3",
            )?
            .query_row(params![key.0, key.1, key.2], |row| row.get(0))
            .optional()?;
        if let Some(id) = id {
            self.writers.insert(key, id);
        }
        Ok(id)
    }
}

/// Registers from a row.
///
/// # Errors
/// `Corrupt` when they cannot be read.
pub fn decode(bytes: &[u8]) -> Result<Registers, StoreError> {
    Registers::decode(bytes).map_err(|error| StoreError::corrupt(format!("registers: {error}")))
}
