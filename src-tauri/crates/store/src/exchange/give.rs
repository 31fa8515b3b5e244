//! Runs to send: entries of one writer up to a head that its station signed. Our own logs can be
//! signed anywhere; others' end where a signature of theirs is here.

use std::collections::{BTreeMap, BTreeSet};

use fengsui_domain::log::chain::{self, ChainHash};
use fengsui_domain::log::dot::{Dot, Writer};
use fengsui_replication::port::Want;
use fengsui_replication::run::Run;
use rusqlite::{Connection, OptionalExtension, params};

use super::writer_row;
use crate::error::StoreError;
use crate::{read, signing, verify};

/// A run that finds no signature within this many bytes is not sent.
const UNSIGNED_BYTES_MAX: usize = 3 * 1024 * 1024;

/// A run in the order of arrival ends at the first signed head after this many bytes.
const SHORT_RUN_BYTES: usize = 16 * 1024;

/// Reads runs for each writer in turn until the bytes are used up; at least one, when any can be
/// sent at all.
///
/// # Errors
/// Any store error.
pub fn runs(conn: &Connection, want: &Want) -> Result<Vec<Run>, StoreError> {
    if want.by_arrival {
        return runs_by_arrival(conn, want);
    }
    let mut runs = Vec::new();
    let mut left = want.bytes;
    for (writer, after) in &want.after {
        if left == 0 {
            break;
        }
        if let Some((run, _)) = run_of(conn, *writer, *after, None, left)? {
            left = left.saturating_sub(run.bytes());
            runs.push(run);
        }
    }
    Ok(runs)
}

/// Of all the writers always the one whose next entry came first, a short run at a time.
fn runs_by_arrival(conn: &Connection, want: &Want) -> Result<Vec<Run>, StoreError> {
    let mut next: BTreeSet<(i64, usize)> = BTreeSet::new();
    // With the chain's hash there, once it is known: finding it means walking the log.
    let after = want.after.iter().map(|(writer, seq)| (*writer, *seq, None));
    let mut after: Vec<(Writer, u64, Option<ChainHash>)> = after.collect();
    for (at, (writer, seq, _)) in after.iter().enumerate() {
        next.extend(arrival(conn, *writer, *seq)?.map(|id| (id, at)));
    }
    let (mut runs, mut left) = (Vec::new(), want.bytes);
    while left > 0
        && let Some((_, at)) = next.pop_first()
        && let Some((writer, seq, hash)) = after.get_mut(at)
    {
        // One that is not signed any further is left out.
        let most = left.min(SHORT_RUN_BYTES);
        if let Some((run, end)) = run_of(conn, *writer, *seq, *hash, most)? {
            left = left.saturating_sub(run.bytes());
            (*seq, *hash) = (run.last(), Some(end));
            next.extend(arrival(conn, *writer, *seq)?.map(|id| (id, at)));
            runs.push(run);
        }
    }
    Ok(runs)
}

/// When the entry after this one came to us, as a place in the order of arrival.
fn arrival(conn: &Connection, writer: Writer, after: u64) -> Result<Option<i64>, StoreError> {
    let mut ask = conn.prepare_cached(
        "SELECT e.id FROM entry e JOIN writer w ON w.id = e.writer
         WHERE w.station = ?1 AND w.incarnation = ?2 AND w.lane = ?3 AND e.seq = ?4",
    )?;
    let of = params![
        writer.station,
        writer.incarnation,
        writer.lane.code(),
        (after + 1).cast_signed()
    ];
    Ok(ask.query_row(of, |row| row.get(0)).optional()?)
}

/// The entries after this one, whose chain hash may be known, with the hash at their end.
fn run_of(
    conn: &Connection,
    writer: Writer,
    after: u64,
    before: Option<ChainHash>,
    bytes: usize,
) -> Result<Option<(Run, ChainHash)>, StoreError> {
    let Some((id, head, _)) = writer_row(conn, writer)? else {
        return Ok(None);
    };
    if after >= head {
        return Ok(None);
    }
    let before = match before {
        Some(known) => Some(known),
        None => verify::chain_hash(conn, id, after.cast_signed())?,
    };
    let Some(before) = before else {
        return Ok(None);
    };
    let is_own = read::own_writer(conn)?.0 == writer.station;
    let signatures = signatures_after(conn, id, after)?;
    let (mut hash, mut total, mut seq) = (before, 0, after);
    let mut entries: Vec<Vec<u8>> = Vec::new();
    let mut end = None;
    let mut ask =
        conn.prepare_cached("SELECT bytes FROM entry WHERE writer = ?1 AND seq > ?2 ORDER BY seq")?;
    let mut rows = ask.query(params![id, after.cast_signed()])?;
    while let Some(row) = rows.next()? {
        let entry: Vec<u8> = row.get(0)?;
        hash = chain::next(&hash, &entry);
        seq += 1;
        total += entry.len();
        entries.push(entry);
        let is_enough = total >= bytes;
        if let Some(signature) = signatures.get(&seq) {
            end = Some((entries.len(), *signature, hash));
        } else if is_own && (is_enough || seq == head) {
            let signature = signing::signature_of(conn, Dot { writer, seq }, &hash)?;
            end = Some((entries.len(), signature, hash));
        }
        if (is_enough && end.is_some()) || total > UNSIGNED_BYTES_MAX {
            break;
        }
    }
    Ok(end.map(|(count, signature, hash)| {
        entries.truncate(count);
        let run = Run {
            writer,
            first: after + 1,
            before,
            entries,
            signature,
        };
        (run, hash)
    }))
}

fn signatures_after(
    conn: &Connection,
    writer: i64,
    after: u64,
) -> Result<BTreeMap<u64, [u8; 64]>, StoreError> {
    let mut ask = conn.prepare_cached(
        "SELECT seq, signature FROM head_signature WHERE writer = ?1 AND seq > ?2
         ORDER BY seq LIMIT 64",
    )?;
    let rows = ask.query_map(params![writer, after.cast_signed()], |row| {
        Ok((row.get::<_, i64>(0)?.cast_unsigned(), row.get(1)?))
    })?;
    Ok(rows.collect::<Result<_, _>>()?)
}
