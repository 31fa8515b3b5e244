//! Proves the file: chains walk, signed heads verify, and the fold from
//! nothing equals the live tables (I2, I6).
//!
//! Not here: mending; what is broken is named and kept.

use std::collections::BTreeMap;

use fengsui_domain::log::chain::{self, ChainHash};
use fengsui_domain::log::dot::{Dot, Lane, Writer};
use fengsui_domain::log::hlc::Hlc;
use rusqlite::{Connection, OptionalExtension, params};

use crate::error::StoreError;
use crate::log::Log;
use crate::migrations::MIGRATIONS;
use crate::signing;

/// What a walk through the log found.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Proof {
    /// Entries walked.
    pub entries: u64,
    /// Writers (lanes).
    pub writers: u32,
    /// Signed heads checked.
    pub heads: u32,
    /// The rebuilt tables equal the live ones.
    pub rebuild_equal: bool,
    /// What is broken, in the order found; empty = whole.
    pub broken: Vec<String>,
}

/// What must be equal after a rebuild beside what is equal on all stations: aliases do not count,
/// since a preview makes rows before their entries are here.
const FOLDED: &[(&str, &str)] = &[
    (
        "writer",
        "SELECT station, incarnation, lane, head_seq, head_hash FROM writer WHERE head_seq > 0
         ORDER BY station, incarnation, lane",
    ),
    (
        "parents of assignments",
        "SELECT w.station, w.incarnation, w.lane, t.seq, i.writer_station, i.writer_incarnation,
                i.writer_lane, i.seq, u.writer_station, u.writer_incarnation, u.writer_lane, u.seq
         FROM assignment t JOIN writer w ON w.id = t.writer
         LEFT JOIN (SELECT i.id, i.seq, v.station AS writer_station,
                           v.incarnation AS writer_incarnation, v.lane AS writer_lane
                    FROM incident i JOIN writer v ON v.id = i.writer) i ON i.id = t.incident
         LEFT JOIN (SELECT u.id, u.seq, v.station AS writer_station,
                           v.incarnation AS writer_incarnation, v.lane AS writer_lane
                    FROM unit u JOIN writer v ON v.id = u.writer) u ON u.id = t.unit
         ORDER BY w.station, w.incarnation, w.lane, t.seq",
    ),
    (
        "parents of feedback",
        "SELECT w.station, w.incarnation, w.lane, t.seq, v.station, v.incarnation, v.lane, i.seq
         FROM feedback t JOIN writer w ON w.id = t.writer
         LEFT JOIN incident i ON i.id = t.incident LEFT JOIN writer v ON v.id = i.writer
         ORDER BY w.station, w.incarnation, w.lane, t.seq",
    ),
    (
        "parents of drawings",
        "SELECT w.station, w.incarnation, w.lane, t.seq, v.station, v.incarnation, v.lane, i.seq
         FROM drawing t JOIN writer w ON w.id = t.writer
         LEFT JOIN incident i ON i.id = t.incident LEFT JOIN writer v ON v.id = i.writer
         ORDER BY w.station, w.incarnation, w.lane, t.seq",
    ),
    (
        "timelines",
        "SELECT e.id, w.station, w.incarnation, w.lane, e.seq, e.hlc, e.kind, v.station,
                v.incarnation, v.lane, i.seq
         FROM entry e JOIN writer w ON w.id = e.writer
         LEFT JOIN incident i ON i.id = e.incident LEFT JOIN writer v ON v.id = i.writer
         ORDER BY e.id",
    ),
    (
        "awaited",
        "SELECT a.station, a.incarnation, a.lane, a.need_seq, w.station, w.incarnation, w.lane,
                a.seq
         FROM awaited a JOIN writer w ON w.id = a.writer
         ORDER BY a.station, a.incarnation, a.lane, a.need_seq, w.station, w.incarnation, w.lane,
                  a.seq",
    ),
    ("state", "SELECT id, digest FROM state"),
];

/// Walks everything.
///
/// # Errors
/// Any store error; damage found is in the proof, not an error.
pub fn prove(conn: &Connection) -> Result<Proof, StoreError> {
    let mut proof = Proof::default();
    walk_chains(conn, &mut proof)?;
    if !is_clock_ahead(conn)? {
        proof
            .broken
            .push("the clock is behind a stamp it gave".to_owned());
    }
    if crate::preview::left(conn)? > 0 {
        // The tables show more than the log holds yet: there is nothing to compare.
        proof
            .broken
            .push("not compared: entries behind what is shown are still to come".to_owned());
        return Ok(proof);
    }
    match rebuild(conn) {
        Ok(rebuilt) => {
            let (live, again) = (dump(conn)?, dump(&rebuilt)?);
            proof.rebuild_equal = live == again;
            for (name, hash) in &live {
                if again.get(name) != Some(hash) {
                    proof.broken.push(format!("rebuild differs: {name}"));
                }
            }
        }
        Err(error) => proof.broken.push(format!("rebuild failed: {error}")),
    }
    Ok(proof)
}

/// The clock is part of no rebuild: how far a peer's stamps pulled it depends on the wall clock of
/// the moment they came. But it never lies behind a stamp that it gave itself.
fn is_clock_ahead(conn: &Connection) -> Result<bool, StoreError> {
    let (clock, given): (i64, i64) = conn.query_row(
        "SELECT s.hlc, coalesce(max(e.hlc), 0) FROM state s
         LEFT JOIN writer w ON w.station = s.station AND w.incarnation = s.incarnation
         LEFT JOIN entry e ON e.writer = w.id",
        [],
        |row| Ok((row.get(0)?, row.get(1)?)),
    )?;
    Ok(clock >= given)
}

/// The log folded from nothing, in memory.
///
/// # Errors
/// Any store error.
pub fn rebuild(conn: &Connection) -> Result<Connection, StoreError> {
    fold_some(conn, "SELECT bytes FROM entry ORDER BY id", [])
}

/// The log as it was known here at an instant: entries stamped by then.
///
/// # Errors
/// Any store error.
pub fn as_of(conn: &Connection, at_ms: i64) -> Result<Connection, StoreError> {
    let limit = Hlc::new(at_ms.saturating_add(1), 0).0.cast_signed();
    fold_some(
        conn,
        "SELECT bytes FROM entry WHERE hlc < ?1 ORDER BY id",
        [limit],
    )
}

/// Chosen entries folded from nothing, in memory.
fn fold_some(
    conn: &Connection,
    sql: &str,
    values: impl rusqlite::Params,
) -> Result<Connection, StoreError> {
    let rebuilt = Connection::open_in_memory()?;
    for step in MIGRATIONS {
        rebuilt.execute_batch(step.sql)?;
    }
    let (id, station, incarnation): (Vec<u8>, u16, u16) = conn.query_row(
        "SELECT database_id, station, incarnation FROM state WHERE id = 1",
        [],
        |row| Ok((row.get(0)?, row.get(1)?, row.get(2)?)),
    )?;
    rebuilt.execute(
        "INSERT INTO state (id, database_id, station, incarnation, digest, signing_key)
         VALUES (1, ?1, ?2, ?3, zeroblob(16), x'')",
        params![id, station, incarnation],
    )?;
    rebuilt.execute_batch("BEGIN")?;
    let mut log = Log::begin(&rebuilt, i64::MAX / 2)?.for_comparison();
    let mut ask = conn.prepare(sql)?;
    let mut rows = ask.query(values)?;
    let mut count = 0u32;
    while let Some(row) = rows.next()? {
        log.receive(row.get_ref(0)?.as_blob().unwrap_or(&[]))?;
        count += 1;
        if count.is_multiple_of(500) {
            log.flush()?;
        }
    }
    log.finish()?;
    rebuilt.execute_batch("COMMIT")?;
    Ok(rebuilt)
}

/// A hash of each folded table, whatever aliases its rows have.
///
/// # Errors
/// Any store error.
pub fn dump(conn: &Connection) -> Result<BTreeMap<String, [u8; 32]>, StoreError> {
    let mut out = shared(conn)?;
    for (name, sql) in FOLDED {
        out.insert((*name).to_owned(), hash_rows(conn, sql)?);
    }
    Ok(out)
}

/// What must be equal on two stations that have the same entries, row for row, whatever aliases
/// their files gave: things by their dots with all they hold and all that is derived.
const SHARED: &[(&str, &str)] = &[
    ("call", "t.state, t.ring_at, t.listed, t.outside_id"),
    (
        "incident",
        "t.stage, t.number, t.day, t.opened_at, t.closed_at, t.open, t.active, t.voice,
         (SELECT h.number FROM incident h WHERE h.id = t.part_of),
         (SELECT h.number FROM incident h WHERE h.id = t.whole)",
    ),
    ("assignment", "t.stage, t.stage_at"),
    ("feedback", "0"),
    ("drawing", "t.listed"),
    ("unit", "t.callsign, t.state, t.state_at"),
    ("account", "t.account"),
    ("station", "t.number, t.code, t.public_key, t.revoked_at"),
];

/// A hash of each shared table's rows, by dot; equal on stations with the same entries.
///
/// # Errors
/// Any store error.
pub fn shared(conn: &Connection) -> Result<BTreeMap<String, [u8; 32]>, StoreError> {
    let dot = "w.station, w.incarnation, w.lane";
    let mut asks: Vec<(String, String)> = SHARED
        .iter()
        .map(|(table, columns)| {
            let sql = format!(
                "SELECT {dot}, t.seq, t.regs, {columns} FROM {table} t
                 JOIN writer w ON w.id = t.writer ORDER BY {dot}, t.seq"
            );
            ((*table).to_owned(), sql)
        })
        .collect();
    for (name, sql) in [
        ("county", "SELECT regs FROM county".to_owned()),
        (
            "entry",
            format!(
                "SELECT {dot}, t.seq, t.bytes FROM entry t JOIN writer w ON w.id = t.writer
                 ORDER BY {dot}, t.seq"
            ),
        ),
        (
            "pending",
            format!(
                "SELECT {dot}, t.seq FROM pending t JOIN writer w ON w.id = t.writer
                 ORDER BY {dot}, t.seq"
            ),
        ),
        (
            "conflict",
            format!(
                "SELECT t.noun, {dot}, t.seq, t.field FROM conflict t
                 LEFT JOIN writer w ON w.id = t.writer ORDER BY t.noun, {dot}, t.seq, t.field"
            ),
        ),
        (
            "numbering",
            "SELECT station, day, last FROM numbering ORDER BY station, day".to_owned(),
        ),
    ] {
        asks.push((name.to_owned(), sql));
    }
    let mut out = BTreeMap::new();
    for (name, sql) in asks {
        out.insert(name, hash_rows(conn, &sql)?);
    }
    Ok(out)
}

fn hash_rows(conn: &Connection, sql: &str) -> Result<[u8; 32], StoreError> {
    let mut hasher = blake3::Hasher::new();
    let mut ask = conn.prepare(sql)?;
    let columns = ask.column_count();
    let mut rows = ask.query([])?;
    while let Some(row) = rows.next()? {
        for column in 0..columns {
            hasher.update(format!("{:?}|", row.get_ref(column)?).as_bytes());
        }
    }
    Ok(*hasher.finalize().as_bytes())
}

struct Chain {
    id: i64,
    writer: Writer,
    head_seq: i64,
    head_hash: ChainHash,
}

fn walk_chains(conn: &Connection, proof: &mut Proof) -> Result<(), StoreError> {
    for chain in chains(conn)? {
        let public_key = crate::peer::key_of(conn, chain.writer.station)?;
        proof.writers += 1;
        let heads = signed_heads(conn, chain.id)?;
        let mut hash = chain::GENESIS;
        let mut seq = 0i64;
        let mut ask =
            conn.prepare_cached("SELECT seq, bytes FROM entry WHERE writer = ?1 ORDER BY seq")?;
        let mut rows = ask.query([chain.id])?;
        while let Some(row) = rows.next()? {
            let found: i64 = row.get(0)?;
            if found != seq + 1 {
                proof
                    .broken
                    .push(format!("hole before {found} of writer {}", chain.id));
            }
            seq = found;
            hash = chain::next(&hash, row.get_ref(1)?.as_blob().unwrap_or(&[]));
            proof.entries += 1;
            let Some((signed, signature)) = heads.get(&seq) else {
                continue;
            };
            proof.heads += 1;
            let dot = Dot {
                writer: chain.writer,
                seq: seq.cast_unsigned(),
            };
            // A key that is not here yet cannot be asked; the chain still is.
            let is_signed =
                public_key.is_none_or(|key| signing::is_signed(&key, dot, signed, signature));
            if *signed != hash || !is_signed {
                proof
                    .broken
                    .push(format!("signed head {dot} does not fit its log"));
            }
        }
        if seq != chain.head_seq || hash != chain.head_hash {
            proof.broken.push(format!(
                "log of writer {} ends at {seq}, not its head",
                chain.id
            ));
        }
        if let Some(beyond) = heads.keys().find(|at| **at > seq) {
            proof.broken.push(format!(
                "tail cut: head {beyond} was signed, log ends at {seq}"
            ));
        }
    }
    Ok(())
}

fn chains(conn: &Connection) -> Result<Vec<Chain>, StoreError> {
    let mut ask = conn.prepare(
        "SELECT id, station, incarnation, lane, head_seq, head_hash FROM writer ORDER BY id",
    )?;
    let rows = ask.query_map([], |row| {
        let lane = Lane::from_code(row.get(3)?).unwrap_or(Lane::Bulk);
        Ok(Chain {
            id: row.get(0)?,
            writer: Writer {
                station: row.get(1)?,
                incarnation: row.get(2)?,
                lane,
            },
            head_seq: row.get(4)?,
            head_hash: row.get(5)?,
        })
    })?;
    Ok(rows.collect::<Result<_, _>>()?)
}

type SignedHeads = BTreeMap<i64, (ChainHash, [u8; 64])>;

fn signed_heads(conn: &Connection, writer: i64) -> Result<SignedHeads, StoreError> {
    let mut ask =
        conn.prepare("SELECT seq, hash, signature FROM head_signature WHERE writer = ?1")?;
    let rows = ask.query_map([writer], |row| {
        Ok((row.get(0)?, (row.get(1)?, row.get(2)?)))
    })?;
    Ok(rows.collect::<Result<_, _>>()?)
}

/// First eight bytes of the chain hash of (writer, seq), for the witness.
///
/// # Errors
/// Any store error; `Ok(None)` when there is no such entry.
pub(crate) fn hash_at(
    conn: &Connection,
    writer: i64,
    seq: i64,
) -> Result<Option<[u8; 8]>, StoreError> {
    Ok(chain_hash(conn, writer, seq)?.map(|hash| {
        let mut short = [0; 8];
        short.copy_from_slice(&hash[..8]);
        short
    }))
}

/// The chain hash of (writer, seq), walked from the nearest signed head before it.
///
/// # Errors
/// Any store error; `Ok(None)` when there is no such entry.
pub(crate) fn chain_hash(
    conn: &Connection,
    writer: i64,
    seq: i64,
) -> Result<Option<ChainHash>, StoreError> {
    if seq == 0 {
        return Ok(Some(chain::GENESIS));
    }
    let head: Option<(i64, ChainHash)> = conn
        .prepare_cached("SELECT head_seq, head_hash FROM writer WHERE id = ?1")?
        .query_row([writer], |row| Ok((row.get(0)?, row.get(1)?)))
        .optional()?;
    match head {
        Some((head, hash)) if head == seq => return Ok(Some(hash)),
        Some((head, _)) if head > seq => {}
        _ => return Ok(None),
    }
    let signed: Option<(i64, ChainHash)> = conn
        .prepare_cached(
            "SELECT seq, hash FROM head_signature WHERE writer = ?1 AND seq <= ?2
             ORDER BY seq DESC LIMIT 1",
        )?
        .query_row(params![writer, seq], |row| Ok((row.get(0)?, row.get(1)?)))
        .optional()?;
    let (from, mut hash) = signed.unwrap_or((0, chain::GENESIS));
    let mut ask = conn.prepare_cached(
        "SELECT bytes FROM entry WHERE writer = ?1 AND seq > ?2 AND seq <= ?3 ORDER BY seq",
    )?;
    let mut rows = ask.query(params![writer, from, seq])?;
    while let Some(row) = rows.next()? {
        hash = chain::next(&hash, row.get_ref(0)?.as_blob().unwrap_or(&[]));
    }
    Ok(Some(hash))
}
