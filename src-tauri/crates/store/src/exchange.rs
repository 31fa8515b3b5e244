//! What goes between this file and other stations': heads, runs of entries to send, runs that
//! came in.
//!
//! **Invariant:** a run is checked whole (chain, signature, our own head in it) before any of it
//! is stored; what is stored of it is durable before it is answered for.
//! Not here: when to ask whom (`replication`, `link`).

mod give;
mod take;

use fengsui_domain::log::chain::{self, ChainHash};
use fengsui_domain::log::dot::{Dot, Lane, Writer};
use fengsui_domain::log::hlc::Hlc;
use fengsui_replication::port::{Owed, View};
use fengsui_replication::summary::{Head, Summary};
use rusqlite::{Connection, OptionalExtension, params};

use crate::error::StoreError;
use crate::read;

pub use give::runs;
pub(crate) use take::paced;
pub(crate) use take::seed;
pub use take::{Pace, Part, Ready, heads_of, ready, store};

/// Heads and state digest in one snapshot.
///
/// # Errors
/// Any store error.
pub fn view(conn: &Connection) -> Result<View, StoreError> {
    let mut summary = Summary::default();
    let mut ask = conn.prepare_cached(
        "SELECT station, incarnation, lane, head_seq, head_hash FROM writer WHERE head_seq > 0",
    )?;
    let mut rows = ask.query([])?;
    while let Some(row) = rows.next()? {
        let lane = row.get(2)?;
        let writer = Writer {
            station: row.get(0)?,
            incarnation: row.get(1)?,
            lane: Lane::from_code(lane)
                .ok_or_else(|| StoreError::corrupt(format!("lane {lane}")))?,
        };
        let seq: i64 = row.get(3)?;
        let hash: ChainHash = row.get(4)?;
        summary.note(writer, Head::new(seq.cast_unsigned(), &hash));
    }
    let digest: [u8; 16] = conn
        .prepare_cached("SELECT digest FROM state WHERE id = 1")?
        .query_row([], |row| row.get(0))?;
    let is_shown = conn
        .prepare_cached("SELECT 1 FROM preview LIMIT 1")?
        .exists([])?;
    Ok(View {
        summary,
        digest: u128::from_le_bytes(digest),
        is_shown,
    })
}

/// A writer's row: (alias, head, its whole chain hash).
///
/// # Errors
/// Any store error; `Ok(None)` when nothing of it is here.
pub(crate) fn writer_row(
    conn: &Connection,
    writer: Writer,
) -> Result<Option<(i64, u64, ChainHash)>, StoreError> {
    Ok(conn
        .prepare_cached(
            "SELECT id, head_seq, head_hash FROM writer
             WHERE station = ?1 AND incarnation = ?2 AND lane = ?3",
        )?
        .query_row(
            params![writer.station, writer.incarnation, writer.lane.code()],
            |row| {
                Ok((
                    row.get(0)?,
                    row.get::<_, i64>(1)?.cast_unsigned(),
                    row.get(2)?,
                ))
            },
        )
        .optional()?)
}

/// A writer's head and its whole chain hash; (0, the first hash) when nothing of it is here.
///
/// # Errors
/// Any store error.
pub fn head(conn: &Connection, writer: Writer) -> Result<(u64, ChainHash), StoreError> {
    let row = writer_row(conn, writer)?;
    Ok(row.map_or((0, chain::GENESIS), |(_, seq, hash)| (seq, hash)))
}

/// What lies after these entries: how many, their bytes, and the stamp of the oldest.
///
/// # Errors
/// Any store error.
pub fn owed(conn: &Connection, after: &[(Writer, u64)]) -> Result<Owed, StoreError> {
    let mut ask = conn.prepare_cached(
        "SELECT count(*), coalesce(sum(length(bytes)), 0), coalesce(min(hlc), 0)
         FROM entry WHERE writer = ?1 AND seq > ?2",
    )?;
    let mut owed = Owed::default();
    for (writer, seq) in after {
        let Some((id, _, _)) = writer_row(conn, *writer)? else {
            continue;
        };
        let of_writer = params![id, seq.cast_signed()];
        let (entries, bytes, hlc): (i64, i64, i64) =
            ask.query_row(of_writer, |row| Ok((row.get(0)?, row.get(1)?, row.get(2)?)))?;
        if entries == 0 {
            continue;
        }
        owed.entries += entries.cast_unsigned();
        owed.bytes += bytes.cast_unsigned();
        let oldest_ms = Hlc(hlc.cast_unsigned()).ms();
        owed.oldest_ms = match owed.oldest_ms {
            0 => oldest_ms,
            other => other.min(oldest_ms),
        };
    }
    Ok(owed)
}

/// Whether the log holds this head: the same entry with the same past.
///
/// # Errors
/// Any store error.
pub fn has_head(conn: &Connection, writer: Writer, head: Head) -> Result<bool, StoreError> {
    let Some((id, seq, _)) = writer_row(conn, writer)? else {
        return Ok(false);
    };
    if head.seq > seq {
        return Ok(false);
    }
    let hash = crate::verify::chain_hash(conn, id, head.seq.cast_signed())?;
    Ok(hash.is_some_and(|hash| Head::new(head.seq, &hash) == head))
}

/// A peer has this head of a log that this very incarnation writes, and it is not in our log: the
/// file is older than its station.
///
/// # Errors
/// Any store error.
pub fn is_behind(conn: &Connection, writer: Writer, head: Head) -> Result<bool, StoreError> {
    let own = read::own_writer(conn)?;
    Ok(own == (writer.station, writer.incarnation) && !has_head(conn, writer, head)?)
}

/// An entry's bytes.
///
/// # Errors
/// Any store error; `Ok(None)` when it is not here.
pub fn entry_bytes(conn: &Connection, dot: Dot) -> Result<Option<Vec<u8>>, StoreError> {
    let Some((id, _, _)) = writer_row(conn, dot.writer)? else {
        return Ok(None);
    };
    Ok(conn
        .prepare_cached("SELECT bytes FROM entry WHERE writer = ?1 AND seq = ?2")?
        .query_row(params![id, dot.seq.cast_signed()], |row| row.get(0))
        .optional()?)
}
