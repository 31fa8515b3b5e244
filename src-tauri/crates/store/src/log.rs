//! One transaction of the log: entries appended or received, folded into the
//! tables, chain heads, clock and digest moved along.
//!
//! **Invariant (I1):** all of it commits together or not at all; nobody is told
//! before the commit returned. Not here: what the entries mean (`app`), the
//! transaction itself (`db`).

mod waiting;

use std::collections::BTreeMap;

use fengsui_domain::log::chain::{self, ChainHash, Digest};
use fengsui_domain::log::dot::{Dot, Lane, Writer};
use fengsui_domain::log::entry::{Entry, Target, Value, Write};
use fengsui_domain::log::field::{Field, Noun};
use fengsui_domain::log::hlc::Hlc;
use fengsui_domain::log::kind::Kind;
use fengsui_domain::log::register::Registers;
use fengsui_domain::post::Post;
use rusqlite::{Connection, OptionalExtension, params};

use crate::error::StoreError;
use crate::preview::{self, Cut};
use crate::rows::{Rows, Side};
use crate::{exchange, search, signing};
use waiting::Waiting;

/// Version of the fold; a higher one than the file's means: rebuild the tables.
pub const FOLD_VERSION: i64 = 1;

/// Which live values a write replaces.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Seen {
    /// Those that are live now (none for a set).
    Current,
    /// Exactly these.
    Exactly(Vec<Dot>),
}

/// One field of an act.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct FieldWrite {
    /// Where.
    pub target: Target,
    /// Which.
    pub field: Field,
    /// New value.
    pub value: Value,
    /// What it replaces.
    pub seen: Seen,
}

impl FieldWrite {
    /// A field of the act's subject.
    #[must_use]
    pub fn of_subject(field: Field, value: Value) -> Self {
        FieldWrite {
            target: Target::Subject,
            field,
            value,
            seen: Seen::Current,
        }
    }

    /// A field of another thing.
    #[must_use]
    pub fn of(other: Dot, field: Field, value: Value) -> Self {
        FieldWrite {
            target: Target::Other(other),
            field,
            value,
            seen: Seen::Current,
        }
    }

    /// A word of the entry alone.
    #[must_use]
    pub fn body(field: Field, value: Value) -> Self {
        FieldWrite {
            target: Target::Body,
            field,
            value,
            seen: Seen::Current,
        }
    }
}

/// An act before it has a dot.
#[derive(Debug, Clone)]
pub struct Act {
    /// Lane.
    pub lane: Lane,
    /// When it truly happened, ms.
    pub at_ms: i64,
    /// Account.
    pub actor: String,
    /// Acting post.
    pub post: Post,
    /// Kind.
    pub kind: Kind,
    /// The thing it is about; `None` = it makes one.
    pub subject: Option<Dot>,
    /// Fields.
    pub writes: Vec<FieldWrite>,
    /// Other things that must be known first.
    pub refs: Vec<Dot>,
}

/// What became of a received entry.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Received {
    /// New and folded.
    Folded,
    /// New, waits for something it refers to.
    Waiting,
    /// Known already.
    Known,
    /// Another entry stands under this dot: kept aside, alarm.
    Fork,
    /// Not the next of its writer: not stored.
    Gap,
}

/// A lane's head is signed at each multiple of this, however long the transaction, so that no
/// stretch of a log is without a signed head for long: a run may end there, and a walk of its
/// chain begin.
pub(crate) const SIGN_EVERY: u64 = 512;

struct Head {
    id: i64,
    writer: Writer,
    seq: u64,
    hash: ChainHash,
    dirty: bool,
}

impl Head {
    fn is_of(&self, station: u16, incarnation: u16) -> bool {
        (self.writer.station, self.writer.incarnation) == (station, incarnation)
    }

    fn dot(&self) -> Dot {
        Dot {
            writer: self.writer,
            seq: self.seq,
        }
    }
}

struct Stored {
    writer: i64,
    entry: Entry,
    bytes: Vec<u8>,
    /// What it waits for first; `None` = folded.
    need: Option<Dot>,
    /// Whose timeline it belongs to, as known when it was folded: what comes
    /// later must not change it, or a rebuild in other batches would differ.
    incident: Option<Dot>,
}

/// The log within one transaction.
pub struct Log<'t> {
    conn: &'t Connection,
    now_ms: i64,
    station: u16,
    incarnation: u16,
    hlc: Hlc,
    digest: Digest,
    heads: Vec<Head>,
    rows: Rows<'t>,
    stored: Vec<Stored>,
    waiting: Waiting,
    /// Words are indexed and own heads signed.
    is_live: bool,
}

/// What a finished transaction moved: for the witness and the proof of commit.
#[derive(Debug, Clone, Default)]
pub struct Moved {
    /// (writer id, seq, hash) of every head that moved, this station's own last.
    pub heads: Vec<(i64, i64, ChainHash)>,
    /// Conflicts raised by what was folded.
    pub conflicts: u32,
    /// Incidents whose own row was written, and whether they were new.
    pub incidents: BTreeMap<Dot, bool>,
    /// Things of which a preview had shown something else than the log makes of them.
    pub differed: u32,
}

impl<'t> Log<'t> {
    /// Begins; `now_ms` is the wall clock.
    ///
    /// # Errors
    /// Any store error.
    pub fn begin(conn: &'t Connection, now_ms: i64) -> Result<Self, StoreError> {
        let mut ask = conn
            .prepare_cached("SELECT station, incarnation, hlc, digest FROM state WHERE id = 1")?;
        let (station, incarnation, hlc, digest) = ask.query_row([], |row| {
            Ok((
                row.get(0)?,
                row.get(1)?,
                row.get::<_, i64>(2)?,
                row.get::<_, [u8; 16]>(3)?,
            ))
        })?;
        let cut = Cut::load(conn)?;
        Ok(Log {
            conn,
            now_ms,
            station,
            incarnation,
            hlc: Hlc(hlc.cast_unsigned()),
            digest: Digest(u128::from_le_bytes(digest)),
            heads: Vec::new(),
            rows: Rows::new(conn, cut),
            stored: Vec::new(),
            waiting: Waiting::load(conn)?,
            is_live: true,
        })
    }

    /// Without the word index and without signing: for a rebuild that is only compared.
    #[must_use]
    pub(crate) fn for_comparison(mut self) -> Self {
        self.is_live = false;
        self
    }

    /// The wall clock this transaction was begun with.
    #[must_use]
    pub fn now_ms(&self) -> i64 {
        self.now_ms
    }

    /// Moves the wall clock on within the transaction: for tools that write a past in bulk. The
    /// stamps still never go back.
    pub fn pass_to(&mut self, now_ms: i64) {
        self.now_ms = now_ms;
    }

    /// The newest stamp of this station: what is appended next has a later one.
    #[must_use]
    pub fn hlc(&self) -> Hlc {
        self.hlc
    }

    /// Number and incarnation under which this station writes.
    #[must_use]
    pub fn own(&self) -> (u16, u16) {
        (self.station, self.incarnation)
    }

    /// The connection, for reads of the state before this transaction's acts.
    #[must_use]
    pub fn conn(&self) -> &'t Connection {
        self.conn
    }

    /// The registers of a thing as they stand within this transaction.
    ///
    /// # Errors
    /// Any store error; `Ok(None)` when there is no such thing.
    pub fn registers(&mut self, noun: Noun, dot: Dot) -> Result<Option<Registers>, StoreError> {
        Ok(self.rows.get(noun, dot)?.map(|row| row.regs.clone()))
    }

    /// Appends an act of this station. Its dot is also the id of what it makes.
    ///
    /// # Errors
    /// Any store error; the transaction must then be rolled back.
    pub fn append(&mut self, act: Act) -> Result<Dot, StoreError> {
        let writer = Writer {
            station: self.station,
            incarnation: self.incarnation,
            lane: act.lane,
        };
        let at = self.head(writer)?;
        let head_seq = self.heads.get(at).map_or(0, |head| head.seq);
        let dot = Dot {
            writer,
            seq: head_seq + 1,
        };
        self.hlc = self.hlc.tick(self.now_ms);
        let subject = act.subject.unwrap_or(dot);
        let mut writes = Vec::with_capacity(act.writes.len());
        for write in act.writes {
            let seen = match write.seen {
                Seen::Exactly(dots) => dots,
                Seen::Current => self.seen_now(subject, &write.target, write.field)?,
            };
            let (target, field, value) = (write.target, write.field.code(), write.value);
            writes.push(Write {
                target,
                field,
                value,
                seen,
            });
        }
        let entry = Entry {
            dot,
            hlc: self.hlc,
            at_ms: act.at_ms,
            actor: act.actor,
            post: act.post.code(),
            kind: act.kind.code(),
            subject,
            writes,
            refs: act.refs,
        };
        let bytes = entry.encode();
        // On what is only shown a person may act; the log's own tables wait for the rest.
        let need = match self.rows.has_preview() {
            true => self.first_missing(&entry)?,
            false => None,
        };
        let side = match need {
            Some(_) => Side::Ahead,
            None => Side::Both,
        };
        self.fold(&entry, side)?;
        let incident = self.timeline_of(&entry)?;
        self.store(at, entry, bytes, need, incident)?;
        Ok(dot)
    }

    /// Appends an act that makes something and lets `holder` claim it: the
    /// claim's value is the new thing itself.
    ///
    /// # Errors
    /// Any store error; the transaction must then be rolled back.
    pub fn append_claiming(
        &mut self,
        mut act: Act,
        holder: Dot,
        field: Field,
    ) -> Result<Dot, StoreError> {
        let writer = Writer {
            station: self.station,
            incarnation: self.incarnation,
            lane: act.lane,
        };
        let at = self.head(writer)?;
        let seq = self.heads.get(at).map_or(0, |head| head.seq) + 1;
        act.writes.push(FieldWrite::of(
            holder,
            field,
            Value::Ref(Dot { writer, seq }),
        ));
        self.append(act)
    }

    /// Takes an entry as its bytes: from a peer, a bundle, or a rebuild.
    ///
    /// # Errors
    /// Any store error; malformed bytes are `Corrupt`.
    pub fn receive(&mut self, bytes: &[u8]) -> Result<Received, StoreError> {
        let entry = Entry::decode(bytes).map_err(|error| StoreError::corrupt(error.to_string()))?;
        let known = self.known_head(entry.dot.writer)?;
        let (id, seq) = known
            .and_then(|at| self.heads.get(at))
            .map_or((0, 0), |head| (head.id, head.seq));
        if entry.dot.seq == 0 || entry.dot.seq > seq + 1 {
            // No writer is made for what is not stored.
            return Ok(Received::Gap);
        }
        if entry.dot.seq <= seq {
            return self.compare_known(id, entry.dot, bytes);
        }
        let at = self.head(entry.dot.writer)?;
        self.hlc = self.hlc.observe(entry.hlc, self.now_ms);
        let dot = entry.dot;
        let need = self.first_missing(&entry)?;
        let mut incident = None;
        if need.is_none() {
            self.fold(&entry, Side::Both)?;
            incident = self.timeline_of(&entry)?;
        }
        self.store(at, entry, bytes.to_vec(), need, incident)?;
        if need.is_some() {
            return Ok(Received::Waiting);
        }
        self.wake(dot)?;
        Ok(Received::Folded)
    }

    /// Writes rows, entries, search words, heads, clock and digest.
    ///
    /// # Errors
    /// Any store error; the transaction must then be rolled back.
    pub fn finish(mut self) -> Result<Moved, StoreError> {
        self.flush()?;
        let mut moved = Moved {
            conflicts: self.rows.raised(),
            incidents: self.rows.take_incidents(),
            ..Moved::default()
        };
        let own = |head: &Head| head.is_of(self.station, self.incarnation);
        let mut heads: Vec<&Head> = self.heads.iter().filter(|head| head.dirty).collect();
        heads.sort_by_key(|head| own(head));
        for head in heads {
            let seq = signed(head.seq)?;
            self.conn
                .prepare_cached("UPDATE writer SET head_seq = ?2, head_hash = ?3 WHERE id = ?1")?
                .execute(params![head.id, seq, head.hash])?;
            moved.heads.push((head.id, seq, head.hash));
        }
        if self.rows.has_preview() && preview::is_reached(self.conn)? {
            moved.differed = self.rows.uncover(&mut self.digest)?;
            preview::forget(self.conn)?;
        }
        self.conn
            .prepare_cached("UPDATE state SET hlc = ?1, digest = ?2 WHERE id = 1")?
            .execute(params![
                self.hlc.0.cast_signed(),
                self.digest.0.to_le_bytes()
            ])?;
        Ok(moved)
    }

    /// Writes what was folded so far, so that reads within the transaction see it.
    ///
    /// # Errors
    /// Any store error.
    pub fn flush(&mut self) -> Result<(), StoreError> {
        self.rows.flush(&mut self.digest)?;
        for stored in std::mem::take(&mut self.stored) {
            let incident = match stored.incident {
                Some(dot) => self.rows.id(Noun::Incident, dot)?.unwrap_or(0),
                None => 0,
            };
            let (entry, seq) = (&stored.entry, signed(stored.entry.dot.seq)?);
            self.conn
                .prepare_cached(
                    "INSERT INTO entry (writer, seq, hlc, kind, incident, bytes)
                     VALUES (?1, ?2, ?3, ?4, ?5, ?6)",
                )?
                .execute(params![
                    stored.writer,
                    seq,
                    entry.hlc.0.cast_signed(),
                    entry.kind,
                    incident,
                    stored.bytes
                ])?;
            if incident > 0 && self.is_live && stored.need.is_none() {
                search::index(self.conn, self.conn.last_insert_rowid(), entry)?;
            }
            if let Some(need) = stored.need {
                self.conn
                    .prepare_cached("INSERT INTO pending (writer, seq) VALUES (?1, ?2)")?
                    .execute(params![stored.writer, seq])?;
                waiting::note_awaited(self.conn, need, stored.writer, seq)?;
            }
        }
        self.settle_woken()?;
        self.waiting.is_written();
        Ok(())
    }

    /// The incident whose timeline a folded entry belongs to: named by the
    /// entry, or by the assignment, feedback, drawing or call it is about.
    fn timeline_of(&mut self, entry: &Entry) -> Result<Option<Dot>, StoreError> {
        if let Some(dot) = owner(entry) {
            return Ok(Some(dot));
        }
        for (noun, field) in [
            (Noun::Assignment, Field::AssignmentIncident),
            (Noun::Feedback, Field::FeedbackIncident),
            (Noun::Drawing, Field::DrawingIncident),
            (Noun::Call, Field::CallIncident),
        ] {
            let Some(row) = self.rows.get(noun, entry.subject)? else {
                continue;
            };
            if let Some(dot) = row.regs.reference(field) {
                return Ok(Some(dot));
            }
        }
        Ok(None)
    }

    fn fold(&mut self, entry: &Entry, side: Side) -> Result<(), StoreError> {
        for (noun, dot, write) in touched(entry) {
            let by = (entry.dot, entry.hlc);
            self.rows.fold((noun, dot), by, write, side)?;
        }
        Ok(())
    }

    fn store(
        &mut self,
        at: usize,
        entry: Entry,
        bytes: Vec<u8>,
        need: Option<Dot>,
        incident: Option<Dot>,
    ) -> Result<(), StoreError> {
        if let Some(need) = need {
            self.waiting.add(need, entry.dot, self.stored.len());
        }
        if let Some(head) = self.heads.get_mut(at) {
            head.seq = entry.dot.seq;
            head.hash = chain::next(&head.hash, &bytes);
            head.dirty = true;
            self.stored.push(Stored {
                writer: head.id,
                entry,
                bytes,
                need,
                incident,
            });
            let is_own = head.is_of(self.station, self.incarnation);
            if self.is_live && is_own && head.seq.is_multiple_of(SIGN_EVERY) {
                signing::sign_head(self.conn, head.id, self.now_ms, head.dot(), &head.hash)?;
            }
        }
        Ok(())
    }

    /// This file's alias of a writer, made if there is none.
    pub(crate) fn alias(&mut self, writer: Writer) -> Result<i64, StoreError> {
        let at = self.head(writer)?;
        Ok(self.heads.get(at).map_or(0, |head| head.id))
    }

    /// Shows a peer's registers of a thing.
    pub(crate) fn show(&mut self, noun: Noun, dot: Dot, regs: Registers) -> Result<(), StoreError> {
        if dot != Dot::COUNTY {
            self.alias(dot.writer)?;
        }
        self.rows.show(noun, dot, regs)
    }

    /// What the log makes of things takes the place of what a preview showed of them, whether or
    /// not the log has come as far.
    pub(crate) fn take_back(&mut self) -> Result<(), StoreError> {
        self.flush()?;
        self.rows.uncover(&mut self.digest)?;
        preview::forget(self.conn)
    }

    /// Where an entry that waited goes: an act of ours is shown since it was made.
    fn side_of_waiter(&self, dot: Dot) -> Side {
        let w = dot.writer;
        match (w.station, w.incarnation) == (self.station, self.incarnation) {
            true => Side::Behind,
            false => Side::Both,
        }
    }

    fn seen_now(
        &mut self,
        subject: Dot,
        target: &Target,
        field: Field,
    ) -> Result<Vec<Dot>, StoreError> {
        let dot = match target {
            Target::Body => return Ok(Vec::new()),
            Target::Subject => subject,
            Target::Other(dot) => *dot,
        };
        let Some(noun) = noun_of(field.code()) else {
            return Ok(Vec::new());
        };
        Ok(self
            .rows
            .get(noun, dot)?
            .map(|row| row.regs.seen(field))
            .unwrap_or_default())
    }

    /// The head of a writer that has one.
    fn known_head(&mut self, writer: Writer) -> Result<Option<usize>, StoreError> {
        if let Some(at) = self.heads.iter().position(|head| head.writer == writer) {
            return Ok(Some(at));
        }
        let found = exchange::writer_row(self.conn, writer)?;
        Ok(found.map(|(id, seq, hash)| self.note_head(id, writer, seq, hash)))
    }

    /// The head of a writer, made if there is none.
    fn head(&mut self, writer: Writer) -> Result<usize, StoreError> {
        if let Some(at) = self.known_head(writer)? {
            return Ok(at);
        }
        self.conn
            .prepare_cached(
                "INSERT INTO writer (station, incarnation, lane, head_seq, head_hash)
                 VALUES (?1, ?2, ?3, 0, ?4)",
            )?
            .execute(params![
                writer.station,
                writer.incarnation,
                writer.lane.code(),
                chain::GENESIS
            ])?;
        Ok(self.note_head(self.conn.last_insert_rowid(), writer, 0, chain::GENESIS))
    }

    fn note_head(&mut self, id: i64, writer: Writer, seq: u64, hash: ChainHash) -> usize {
        self.heads.push(Head {
            id,
            writer,
            seq,
            hash,
            dirty: false,
        });
        self.heads.len() - 1
    }

    /// Keeps another station's signature of a head of its own that is here.
    ///
    /// # Errors
    /// Any store error.
    pub fn keep_signature(
        &mut self,
        head: Dot,
        hash: &ChainHash,
        signature: &[u8; 64],
    ) -> Result<(), StoreError> {
        let known = self.known_head(head.writer)?;
        match known.and_then(|at| self.heads.get(at)) {
            Some(ours) if ours.seq >= head.seq => {
                signing::keep_signature(self.conn, ours.id, head.seq, hash, signature, self.now_ms)
            }
            _ => Ok(()),
        }
    }

    /// Compares an entry with the one that stands under its dot and keeps it aside when it is
    /// another (a fork). Nothing is folded.
    ///
    /// # Errors
    /// Any store error; malformed bytes are `Corrupt`.
    pub fn witness(&mut self, bytes: &[u8]) -> Result<Received, StoreError> {
        let entry = Entry::decode(bytes).map_err(|error| StoreError::corrupt(error.to_string()))?;
        let known = self.known_head(entry.dot.writer)?;
        match known.and_then(|at| self.heads.get(at)) {
            Some(head) if entry.dot.seq <= head.seq => {
                self.compare_known(head.id, entry.dot, bytes)
            }
            _ => Ok(Received::Gap),
        }
    }

    fn compare_known(&self, id: i64, dot: Dot, bytes: &[u8]) -> Result<Received, StoreError> {
        let seq = signed(dot.seq)?;
        if self
            .stored
            .iter()
            .any(|stored| stored.entry.dot == dot && stored.bytes == bytes)
        {
            return Ok(Received::Known);
        }
        let known: Option<Vec<u8>> = self
            .conn
            .prepare_cached("SELECT bytes FROM entry WHERE writer = ?1 AND seq = ?2")?
            .query_row(params![id, seq], |row| row.get(0))
            .optional()?;
        if known.as_deref() == Some(bytes) {
            return Ok(Received::Known);
        }
        self.conn
            .prepare_cached(
                "INSERT OR IGNORE INTO fork (writer, seq, bytes, at_ms) VALUES (?1, ?2, ?3, ?4)",
            )?
            .execute(params![id, seq, bytes, self.now_ms])?;
        Ok(Received::Fork)
    }
}

/// The things an entry writes to, with each write.
pub(crate) fn touched(entry: &Entry) -> impl Iterator<Item = (Noun, Dot, &Write)> {
    entry.writes.iter().filter_map(|write| {
        let dot = match write.target {
            Target::Body => return None,
            Target::Subject => entry.subject,
            Target::Other(dot) => dot,
        };
        Some((noun_of(write.field)?, dot, write))
    })
}

/// The incident an entry names directly.
fn owner(entry: &Entry) -> Option<Dot> {
    let kind = Kind::from_code(entry.kind);
    let reference = |field: Field| {
        entry
            .writes
            .iter()
            .find(|write| write.field == field.code())
            .and_then(|write| match write.value {
                Value::Ref(dot) => Some(dot),
                _ => None,
            })
    };
    match kind? {
        Kind::IncidentOpen
        | Kind::IncidentHear
        | Kind::IncidentJoin
        | Kind::IncidentPart
        | Kind::IncidentAmend
        | Kind::IncidentFile
        | Kind::IncidentInvalidate
        | Kind::IncidentClose
        | Kind::IncidentReopen
        | Kind::IncidentNote => Some(entry.subject),
        Kind::AssignmentOrder => reference(Field::AssignmentIncident),
        Kind::FeedbackAdd => reference(Field::FeedbackIncident),
        Kind::DrawingAdd => reference(Field::DrawingIncident),
        _ => None,
    }
}

/// The noun a field number belongs to; also for numbers of newer programs,
/// since each noun owns a range. `None` = a noun this version does not have.
#[must_use]
pub fn noun_of(field: u16) -> Option<Noun> {
    match field {
        1..=99 => Some(Noun::Call),
        100..=299 => Some(Noun::Incident),
        300..=499 => Some(Noun::Assignment),
        500..=599 => Some(Noun::Feedback),
        600..=699 => Some(Noun::Unit),
        700..=799 => Some(Noun::Account),
        800..=899 => Some(Noun::County),
        1000..=1099 => Some(Noun::Drawing),
        1100..=1199 => Some(Noun::Station),
        _ => None,
    }
}

/// SQLite counts in i64.
///
/// # Errors
/// `Corrupt` for a number beyond it.
pub(crate) fn signed(seq: u64) -> Result<i64, StoreError> {
    i64::try_from(seq).map_err(|_| StoreError::corrupt("number beyond 63 bits"))
}
