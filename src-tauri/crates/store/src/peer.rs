//! Other stations: who is enrolled (folded from the log), and what this file alone knows of them
//! (met when, complete as of when, invitations given here).

use fengsui_domain::log::dot::Dot;
use fengsui_domain::log::field::{Field, Noun};
use fengsui_domain::log::register::Registers;
use rusqlite::{Connection, OptionalExtension, params};

use crate::error::StoreError;
use crate::{read, rows, signing};

/// An enrolled station.
#[derive(Debug, Clone, PartialEq)]
pub struct StationRecord {
    /// Its dot.
    pub dot: Dot,
    /// Its registers.
    pub regs: Registers,
    /// Number.
    pub number: u16,
    /// Public key; `None` when none of 32 bytes was written.
    pub key: Option<[u8; 32]>,
    /// Revoked, ms; 0 = not.
    pub revoked_at_ms: i64,
}

/// Every station ever enrolled, by number.
///
/// # Errors
/// Any store error.
pub fn stations(conn: &Connection) -> Result<Vec<StationRecord>, StoreError> {
    let mut ask = conn.prepare_cached(
        "SELECT w.station, w.incarnation, w.lane, t.seq, t.regs, t.number, t.public_key,
                t.revoked_at
         FROM station t JOIN writer w ON w.id = t.writer ORDER BY t.number, t.id",
    )?;
    let mut rows = ask.query([])?;
    let mut out = Vec::new();
    while let Some(row) = rows.next()? {
        let key: Vec<u8> = row.get(6)?;
        out.push(StationRecord {
            dot: read::dot_at(row, 0)?,
            regs: rows::decode(row.get_ref(4)?.as_blob().unwrap_or(&[]))?,
            number: row.get(5)?,
            key: key.try_into().ok(),
            revoked_at_ms: row.get(7)?,
        });
    }
    Ok(out)
}

/// The key of a station: our own, an enrolled one's, or one believed at joining.
///
/// # Errors
/// Any store error; `Ok(None)` when the station is not known here.
pub fn key_of(conn: &Connection, station: u16) -> Result<Option<[u8; 32]>, StoreError> {
    if read::own_writer(conn)?.0 == station {
        return signing::public_key(conn).map(Some);
    }
    let found: Option<Vec<u8>> = conn
        .prepare_cached(
            "SELECT public_key FROM station WHERE number = ?1 AND length(public_key) = 32
             UNION ALL SELECT public_key FROM trusted_key WHERE number = ?1 LIMIT 1",
        )?
        .query_row([station], |row| row.get(0))
        .optional()?;
    Ok(found.and_then(|key| key.try_into().ok()))
}

/// Keys believed at joining, until the entries that enrol them are here.
///
/// # Errors
/// Any store error.
pub fn trust(conn: &Connection, keys: &[(u16, [u8; 32])]) -> Result<(), StoreError> {
    for (number, key) in keys {
        conn.prepare_cached(
            "INSERT OR IGNORE INTO trusted_key (number, public_key) VALUES (?1, ?2)",
        )?
        .execute(params![number, key])?;
    }
    Ok(())
}

/// Keys believed at joining.
///
/// # Errors
/// Any store error.
pub fn trusted(conn: &Connection) -> Result<Vec<(u16, [u8; 32])>, StoreError> {
    let mut ask = conn.prepare_cached("SELECT number, public_key FROM trusted_key")?;
    let rows = ask.query_map([], |row| Ok((row.get(0)?, row.get(1)?)))?;
    Ok(rows.collect::<Result<_, _>>()?)
}

/// Id of the county this file belongs to; empty until the founder's key says it.
///
/// # Errors
/// Any store error.
pub fn county_id(conn: &Connection) -> Result<Vec<u8>, StoreError> {
    Ok(conn
        .prepare_cached("SELECT county FROM state WHERE id = 1")?
        .query_row([], |row| row.get(0))?)
}

/// Sets the id of the county.
///
/// # Errors
/// Any store error.
pub fn set_county_id(conn: &Connection, id: &[u8]) -> Result<(), StoreError> {
    conn.prepare_cached("UPDATE state SET county = ?1 WHERE id = 1")?
        .execute([id])?;
    Ok(())
}

/// A station as last met.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct PeerRow {
    /// Number.
    pub number: u16,
    /// Last word heard, ms; 0 = never.
    pub met_at_ms: i64,
    /// In touch or apart since, ms; 0 = unknown.
    pub since_ms: i64,
    /// In touch now (as last written: a start makes it false).
    pub in_touch: bool,
    /// All its entries were here as of then, ms; 0 = unknown.
    pub complete_at_ms: i64,
    /// Its clock less ours, ms.
    pub clock_ms: Option<i64>,
    /// How it was met.
    pub bearer: String,
    /// Version of its program.
    pub program: String,
}

/// Every peer that was ever met.
///
/// # Errors
/// Any store error.
pub fn peers(conn: &Connection) -> Result<Vec<PeerRow>, StoreError> {
    let mut ask = conn.prepare_cached(
        "SELECT number, met_at, since_at, in_touch, complete_at, clock_ms, bearer, program
         FROM peer ORDER BY number",
    )?;
    let rows = ask.query_map([], |row| {
        Ok(PeerRow {
            number: row.get(0)?,
            met_at_ms: row.get(1)?,
            since_ms: row.get(2)?,
            in_touch: row.get(3)?,
            complete_at_ms: row.get(4)?,
            clock_ms: row.get(5)?,
            bearer: row.get(6)?,
            program: row.get(7)?,
        })
    })?;
    Ok(rows.collect::<Result<_, _>>()?)
}

/// Writes what is known of a peer.
///
/// # Errors
/// Any store error.
pub fn put_peer(conn: &Connection, peer: &PeerRow) -> Result<(), StoreError> {
    conn.prepare_cached(
        "INSERT INTO peer (number, met_at, since_at, in_touch, complete_at, clock_ms, bearer,
                           program)
         VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8)
         ON CONFLICT (number) DO UPDATE SET
             met_at = excluded.met_at, since_at = excluded.since_at,
             in_touch = excluded.in_touch, complete_at = excluded.complete_at,
             clock_ms = excluded.clock_ms, bearer = excluded.bearer, program = excluded.program",
    )?
    .execute(params![
        peer.number,
        peer.met_at_ms,
        peer.since_ms,
        peer.in_touch,
        peer.complete_at_ms,
        peer.clock_ms,
        peer.bearer,
        peer.program
    ])?;
    Ok(())
}

/// One meeting, for the merge report.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct ExchangeRow {
    /// Its row; 0 = not written yet.
    pub id: i64,
    /// With whom.
    pub peer: u16,
    /// How.
    pub bearer: String,
    /// From, ms.
    pub began_at_ms: i64,
    /// To, ms; 0 = goes on.
    pub ended_at_ms: i64,
    /// Apart before it since, ms; 0 = unknown.
    pub apart_since_ms: i64,
    /// Entries received that were new.
    pub received: u64,
    /// Entries sent.
    pub sent: u64,
    /// Incidents that were new here.
    pub opened: u64,
    /// Incidents known here that changed.
    pub changed: u64,
    /// Conflicts raised.
    pub conflicts: u64,
}

/// Writes a meeting; its row.
///
/// # Errors
/// Any store error.
pub fn put_exchange(conn: &Connection, row: &ExchangeRow) -> Result<i64, StoreError> {
    let counts = [
        row.received,
        row.sent,
        row.opened,
        row.changed,
        row.conflicts,
    ];
    let [received, sent, opened, changed, conflicts] = counts.map(u64::cast_signed);
    if row.id == 0 {
        conn.prepare_cached(
            "INSERT INTO exchange (peer, bearer, began_at, ended_at, apart_since, received, sent,
                                   opened, changed, conflicts)
             VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9, ?10)",
        )?
        .execute(params![
            row.peer,
            row.bearer,
            row.began_at_ms,
            row.ended_at_ms,
            row.apart_since_ms,
            received,
            sent,
            opened,
            changed,
            conflicts
        ])?;
        return Ok(conn.last_insert_rowid());
    }
    conn.prepare_cached(
        "UPDATE exchange SET ended_at = ?2, received = ?3, sent = ?4, opened = ?5, changed = ?6,
                             conflicts = ?7 WHERE id = ?1",
    )?
    .execute(params![
        row.id,
        row.ended_at_ms,
        received,
        sent,
        opened,
        changed,
        conflicts
    ])?;
    Ok(row.id)
}

/// The newest meetings, newest first.
///
/// # Errors
/// Any store error.
pub fn exchanges(conn: &Connection, limit: u32) -> Result<Vec<ExchangeRow>, StoreError> {
    let mut ask = conn.prepare_cached(
        "SELECT id, peer, bearer, began_at, ended_at, apart_since, received, sent, opened, changed,
                conflicts
         FROM exchange ORDER BY id DESC LIMIT ?1",
    )?;
    let rows = ask.query_map([limit], |row| {
        let count = |at| row.get::<_, i64>(at).map(i64::cast_unsigned);
        Ok(ExchangeRow {
            id: row.get(0)?,
            peer: row.get(1)?,
            bearer: row.get(2)?,
            began_at_ms: row.get(3)?,
            ended_at_ms: row.get(4)?,
            apart_since_ms: row.get(5)?,
            received: count(6)?,
            sent: count(7)?,
            opened: count(8)?,
            changed: count(9)?,
            conflicts: count(10)?,
        })
    })?;
    Ok(rows.collect::<Result<_, _>>()?)
}

/// An invitation given here.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct InvitationRow {
    /// Number of the station to come.
    pub number: u16,
    /// Its code.
    pub code: String,
    /// Its name.
    pub name: String,
    /// What it is (code).
    pub kind: u8,
    /// The secret it will show; emptied when used.
    pub secret: Vec<u8>,
    /// Good until, ms.
    pub expires_at_ms: i64,
    /// Used, ms; 0 = open.
    pub used_at_ms: i64,
}

/// Invitations given here, by number; used and expired ones too, since their numbers are taken.
///
/// # Errors
/// Any store error.
pub fn invitations(conn: &Connection) -> Result<Vec<InvitationRow>, StoreError> {
    let mut ask = conn.prepare_cached(
        "SELECT number, code, name, kind, secret, expires_at, used_at FROM invitation
         ORDER BY number",
    )?;
    let rows = ask.query_map([], |row| {
        Ok(InvitationRow {
            number: row.get(0)?,
            code: row.get(1)?,
            name: row.get(2)?,
            kind: row.get(3)?,
            secret: row.get(4)?,
            expires_at_ms: row.get(5)?,
            used_at_ms: row.get(6)?,
        })
    })?;
    Ok(rows.collect::<Result<_, _>>()?)
}

/// Writes a new invitation.
///
/// # Errors
/// Any store error.
pub fn put_invitation(conn: &Connection, row: &InvitationRow) -> Result<(), StoreError> {
    conn.prepare_cached(
        "INSERT INTO invitation (number, code, name, kind, secret, expires_at)
         VALUES (?1, ?2, ?3, ?4, ?5, ?6)",
    )?
    .execute(params![
        row.number,
        row.code,
        row.name,
        row.kind,
        row.secret,
        row.expires_at_ms
    ])?;
    Ok(())
}

/// Marks an invitation used and forgets its secret.
///
/// # Errors
/// Any store error.
pub fn use_invitation(conn: &Connection, number: u16, now_ms: i64) -> Result<(), StoreError> {
    conn.prepare_cached("UPDATE invitation SET used_at = ?2, secret = x'' WHERE number = ?1")?
        .execute(params![number, now_ms])?;
    Ok(())
}

/// A field that contradicts itself.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ConflictRow {
    /// Noun of the thing.
    pub noun: Noun,
    /// The thing; the county itself has `Dot::COUNTY`.
    pub thing: Dot,
    /// Which field.
    pub field: Field,
}

/// Every conflict that stands.
///
/// # Errors
/// Any store error.
pub fn conflicts(conn: &Connection) -> Result<Vec<ConflictRow>, StoreError> {
    let mut ask = conn.prepare_cached(
        "SELECT w.station, w.incarnation, w.lane, c.seq, c.field
         FROM conflict c LEFT JOIN writer w ON w.id = c.writer
         WHERE NOT EXISTS (SELECT 1 FROM preview v WHERE v.writer = c.writer AND c.seq <= v.seq)
            OR EXISTS (SELECT 1 FROM preview_row r
                       WHERE r.noun = c.noun AND r.writer = c.writer AND r.seq = c.seq)
         ORDER BY c.noun, c.writer, c.seq, c.field",
    )?;
    let mut rows = ask.query([])?;
    let mut out = Vec::new();
    while let Some(row) = rows.next()? {
        let code: u16 = row.get(4)?;
        let Some(field) = Field::from_code(code) else {
            continue;
        };
        let is_county: bool = row.get::<_, Option<i64>>(0)?.is_none();
        let thing = if is_county {
            Dot::COUNTY
        } else {
            read::dot_at(row, 0)?
        };
        out.push(ConflictRow {
            noun: field.noun(),
            thing,
            field,
        });
    }
    Ok(out)
}
