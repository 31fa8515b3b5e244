//! Entries whose references are not here yet: durable, never dropped, never capped. Each is
//! noted under the first thing it waits for, so that an arrival wakes those it concerns and
//! nobody else.
//!
//! **Invariant:** what is woken and in which order is a function of the order of arrival alone,
//! whether the waiting lie in the file or in the transaction: so a rebuild gives the same rows.

use std::collections::{BTreeMap, BTreeSet, VecDeque};

use fengsui_domain::log::dot::Dot;
use fengsui_domain::log::entry::Entry;
use fengsui_domain::log::field::Noun;
use rusqlite::{Connection, params};

use super::{Log, signed};
use crate::error::StoreError;
use crate::search;

/// What waits, as far as a transaction has to know.
#[derive(Debug, Default)]
pub(super) struct Waiting {
    /// Entries of this transaction that are stored and not folded.
    unfolded: BTreeSet<Dot>,
    /// By what they wait for: places in `Log::stored` of this transaction.
    here: BTreeMap<Dot, Vec<usize>>,
    /// Entries of the file that were folded in this transaction: (id, whose timeline).
    woken: Vec<(i64, Entry, Option<Dot>)>,
    /// Something in the file waits.
    in_file: bool,
}

impl Waiting {
    /// As the file says: whether anything waits in it. What does is asked for one by one, since
    /// it may be much.
    pub(super) fn load(conn: &Connection) -> Result<Self, StoreError> {
        Ok(Waiting {
            in_file: conn
                .prepare_cached("SELECT 1 FROM pending LIMIT 1")?
                .exists([])?,
            ..Waiting::default()
        })
    }

    pub(super) fn add(&mut self, need: Dot, waiter: Dot, at: usize) {
        self.unfolded.insert(waiter);
        self.here.entry(need).or_default().push(at);
    }

    /// What waited in the transaction now lies in the file.
    pub(super) fn is_written(&mut self) {
        self.in_file |= !self.here.is_empty();
        self.here.clear();
    }
}

/// Notes what an entry of the file waits for.
pub(super) fn note_awaited(
    conn: &Connection,
    need: Dot,
    writer: i64,
    seq: i64,
) -> Result<(), StoreError> {
    conn.prepare_cached(
        "INSERT INTO awaited (station, incarnation, lane, need_seq, writer, seq)
         VALUES (?1, ?2, ?3, ?4, ?5, ?6)",
    )?
    .execute(params![
        need.writer.station,
        need.writer.incarnation,
        need.writer.lane.code(),
        signed(need.seq)?,
        writer,
        seq
    ])?;
    Ok(())
}

/// An entry of the file that waits.
struct InFile {
    id: i64,
    writer: i64,
    seq: i64,
    bytes: Vec<u8>,
}

impl Log<'_> {
    /// The first of an entry's references that is not folded here.
    pub(super) fn first_missing(&mut self, entry: &Entry) -> Result<Option<Dot>, StoreError> {
        for dot in entry.needs() {
            if self.waiting.unfolded.contains(&dot) {
                return Ok(Some(dot));
            }
            let head = self.known_head(dot.writer)?;
            let (id, seq) = head
                .and_then(|at| self.heads.get(at))
                .map_or((0, 0), |head| (head.id, head.seq));
            if dot.seq == 0 || dot.seq > seq || self.waits_in_file(id, dot.seq)? {
                return Ok(Some(dot));
            }
        }
        Ok(None)
    }

    fn waits_in_file(&self, writer: i64, seq: u64) -> Result<bool, StoreError> {
        if !self.waiting.in_file {
            return Ok(false);
        }
        Ok(self
            .conn
            .prepare_cached("SELECT 1 FROM pending WHERE writer = ?1 AND seq = ?2")?
            .exists(params![writer, signed(seq)?])?)
    }

    /// Folds what waited for `dot`, and what waited for those, in order of arrival.
    pub(super) fn wake(&mut self, dot: Dot) -> Result<(), StoreError> {
        let mut arrived = VecDeque::from([dot]);
        while let Some(need) = arrived.pop_front() {
            if self.waiting.in_file {
                for waiter in self.awaiting(need)? {
                    self.try_waiter_of_file(need, waiter, &mut arrived)?;
                }
            }
            // In order of arrival, as the file gives them: one may have waited for another first.
            let mut here = self.waiting.here.remove(&need).unwrap_or_default();
            here.sort_unstable();
            for at in here {
                self.try_waiter_here(at, &mut arrived)?;
            }
        }
        Ok(())
    }

    fn try_waiter_here(
        &mut self,
        at: usize,
        arrived: &mut VecDeque<Dot>,
    ) -> Result<(), StoreError> {
        let Some(entry) = self.stored.get(at).map(|stored| stored.entry.clone()) else {
            return Ok(());
        };
        let missing = self.first_missing(&entry)?;
        let mut incident = self.stored.get(at).and_then(|stored| stored.incident);
        match missing {
            Some(next) => self.waiting.here.entry(next).or_default().push(at),
            None => {
                self.fold(&entry, self.side_of_waiter(entry.dot))?;
                incident = self.timeline_of(&entry)?;
                self.waiting.unfolded.remove(&entry.dot);
                arrived.push_back(entry.dot);
            }
        }
        if let Some(stored) = self.stored.get_mut(at) {
            stored.need = missing;
            stored.incident = incident;
        }
        Ok(())
    }

    fn try_waiter_of_file(
        &mut self,
        need: Dot,
        waiter: InFile,
        arrived: &mut VecDeque<Dot>,
    ) -> Result<(), StoreError> {
        let entry =
            Entry::decode(&waiter.bytes).map_err(|error| StoreError::corrupt(error.to_string()))?;
        self.conn
            .prepare_cached(
                "DELETE FROM awaited WHERE station = ?1 AND incarnation = ?2 AND lane = ?3
                   AND need_seq = ?4 AND writer = ?5 AND seq = ?6",
            )?
            .execute(params![
                need.writer.station,
                need.writer.incarnation,
                need.writer.lane.code(),
                signed(need.seq)?,
                waiter.writer,
                waiter.seq
            ])?;
        if let Some(next) = self.first_missing(&entry)? {
            return note_awaited(self.conn, next, waiter.writer, waiter.seq);
        }
        self.fold(&entry, self.side_of_waiter(entry.dot))?;
        self.conn
            .prepare_cached("DELETE FROM pending WHERE writer = ?1 AND seq = ?2")?
            .execute(params![waiter.writer, waiter.seq])?;
        self.waiting.unfolded.remove(&entry.dot);
        arrived.push_back(entry.dot);
        let incident = self.timeline_of(&entry)?;
        self.waiting.woken.push((waiter.id, entry, incident));
        Ok(())
    }

    fn awaiting(&self, need: Dot) -> Result<Vec<InFile>, StoreError> {
        let mut ask = self.conn.prepare_cached(
            "SELECT e.id, a.writer, a.seq, e.bytes
             FROM awaited a JOIN entry e ON e.writer = a.writer AND e.seq = a.seq
             WHERE a.station = ?1 AND a.incarnation = ?2 AND a.lane = ?3 AND a.need_seq = ?4
             ORDER BY e.id",
        )?;
        let rows = ask.query_map(
            params![
                need.writer.station,
                need.writer.incarnation,
                need.writer.lane.code(),
                signed(need.seq)?
            ],
            |row| {
                Ok(InFile {
                    id: row.get(0)?,
                    writer: row.get(1)?,
                    seq: row.get(2)?,
                    bytes: row.get(3)?,
                })
            },
        )?;
        Ok(rows.collect::<Result<_, _>>()?)
    }

    /// Files the woken entries of the file under their timelines; rows are written already.
    pub(super) fn settle_woken(&mut self) -> Result<(), StoreError> {
        for (id, entry, owner) in std::mem::take(&mut self.waiting.woken) {
            let incident = match owner {
                Some(dot) => self.rows.id(Noun::Incident, dot)?.unwrap_or(0),
                None => 0,
            };
            self.conn
                .prepare_cached("UPDATE entry SET incident = ?2 WHERE id = ?1")?
                .execute(params![id, incident])?;
            if incident > 0 && self.is_live {
                search::index(self.conn, id, &entry)?;
            }
        }
        Ok(())
    }
}
