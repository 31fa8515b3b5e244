//! The station's key: signs heads at least once a minute of writing and at a
//! clean end, and checks signed heads.
//!
//! Not here: keys of other stations (they come with enrolment).

use ed25519_dalek::{Signature, Signer, SigningKey, VerifyingKey};
use fengsui_domain::log::chain::{ChainHash, head_message};
use fengsui_domain::log::dot::{Dot, Lane, Writer};
use rusqlite::{Connection, params};
use zeroize::Zeroizing;

use crate::error::StoreError;
use crate::log::SIGN_EVERY;

/// Reads the station's key from its row.
fn key(conn: &Connection) -> Result<SigningKey, StoreError> {
    let seed: Zeroizing<[u8; 32]> =
        conn.query_row("SELECT signing_key FROM state WHERE id = 1", [], |row| {
            Ok(Zeroizing::new(row.get(0)?))
        })?;
    Ok(SigningKey::from_bytes(&seed))
}

/// The station's Ed25519 seed: the link's key follows from it.
///
/// # Errors
/// Any store error.
pub(crate) fn seed(conn: &Connection) -> Result<Zeroizing<[u8; 32]>, StoreError> {
    Ok(Zeroizing::new(key(conn)?.to_bytes()))
}

/// The station's public key.
///
/// # Errors
/// Any store error.
pub(crate) fn public_key(conn: &Connection) -> Result<[u8; 32], StoreError> {
    Ok(key(conn)?.verifying_key().to_bytes())
}

/// A fresh seed.
///
/// # Errors
/// `Io` when the system gives no randomness.
pub(crate) fn fresh_seed() -> Result<Zeroizing<[u8; 32]>, StoreError> {
    let mut seed = Zeroizing::new([0u8; 32]);
    getrandom::fill(seed.as_mut()).map_err(|error| StoreError::Io {
        code: None,
        detail: error.to_string(),
    })?;
    Ok(seed)
}

const MOVED: &str = "FROM writer w
     JOIN state s ON s.station = w.station AND s.incarnation = w.incarnation
     WHERE w.head_seq > coalesce(
         (SELECT max(h.seq) FROM head_signature h WHERE h.writer = w.id), 0)";

/// Whether an own head moved since it was last signed.
pub(crate) fn is_due(conn: &Connection) -> Result<bool, StoreError> {
    Ok(conn
        .prepare_cached(&format!("SELECT 1 {MOVED}"))?
        .exists([])?)
}

/// Signs own heads that moved since they were last signed; how many.
///
/// # Errors
/// Any store error.
pub(crate) fn sign_heads(conn: &Connection, now_ms: i64) -> Result<u32, StoreError> {
    let mut ask = conn.prepare_cached(&format!(
        "SELECT w.id, w.station, w.incarnation, w.lane, w.head_seq, w.head_hash {MOVED}"
    ))?;
    let heads: Vec<(i64, Dot, ChainHash)> = ask
        .query_map([], |row| {
            let lane = Lane::from_code(row.get(3)?).unwrap_or(Lane::Bulk);
            let writer = Writer {
                station: row.get(1)?,
                incarnation: row.get(2)?,
                lane,
            };
            let seq: i64 = row.get(4)?;
            Ok((
                row.get(0)?,
                Dot {
                    writer,
                    seq: seq.cast_unsigned(),
                },
                row.get(5)?,
            ))
        })?
        .collect::<Result<_, _>>()?;
    if heads.is_empty() {
        return Ok(0);
    }
    let mut signed = 0;
    for (writer, dot, hash) in heads {
        sign_head(conn, writer, now_ms, dot, &hash)?;
        signed += 1;
    }
    Ok(signed)
}

/// Signs one head of this station.
///
/// # Errors
/// Any store error.
pub(crate) fn sign_head(
    conn: &Connection,
    writer: i64,
    now_ms: i64,
    head: Dot,
    hash: &ChainHash,
) -> Result<(), StoreError> {
    let signature = signature_of(conn, head, hash)?;
    keep_signature(conn, writer, head.seq, hash, &signature, now_ms)
}

/// This station's signature of a head.
///
/// # Errors
/// Any store error.
pub(crate) fn signature_of(
    conn: &Connection,
    head: Dot,
    hash: &ChainHash,
) -> Result<[u8; 64], StoreError> {
    Ok(key(conn)?.sign(&head_message(head, hash)).to_bytes())
}

/// Keeps a signed head and forgets the newest before it when the log stays signed densely enough
/// without: a log is sent up to a signed head, so two of them lie at most about
/// `SIGN_EVERY` entries apart.
///
/// # Errors
/// Any store error.
pub(crate) fn keep_signature(
    conn: &Connection,
    writer: i64,
    seq: u64,
    hash: &ChainHash,
    signature: &[u8; 64],
    now_ms: i64,
) -> Result<(), StoreError> {
    let mut ask = conn.prepare_cached(
        "SELECT seq FROM head_signature WHERE writer = ?1 AND seq <= ?2
         ORDER BY seq DESC LIMIT 2",
    )?;
    let before: Vec<i64> = ask
        .query_map(params![writer, seq.cast_signed()], |row| row.get(0))?
        .collect::<Result<_, _>>()?;
    if before.first() == Some(&seq.cast_signed()) {
        return Ok(());
    }
    if let [last, kept] = before.as_slice()
        && seq.cast_signed() - kept < SIGN_EVERY.cast_signed() / 2
    {
        conn.prepare_cached("DELETE FROM head_signature WHERE writer = ?1 AND seq = ?2")?
            .execute(params![writer, last])?;
    }
    conn.prepare_cached(
        "INSERT INTO head_signature (writer, seq, hash, signature, at_ms)
         VALUES (?1, ?2, ?3, ?4, ?5)",
    )?
    .execute(params![writer, seq.cast_signed(), hash, signature, now_ms])?;
    Ok(())
}

/// The public key and the signature of a paper's body.
///
/// # Errors
/// Any store error.
pub(crate) fn sign_paper(
    conn: &Connection,
    body: &[u8],
) -> Result<([u8; 32], [u8; 64]), StoreError> {
    let key = key(conn)?;
    let signature = key.sign(&crate::export::message(body)).to_bytes();
    Ok((key.verifying_key().to_bytes(), signature))
}

/// Whether `signature` over this head was made by `public_key`.
#[must_use]
pub(crate) fn is_signed(
    public_key: &[u8; 32],
    head: Dot,
    hash: &ChainHash,
    signature: &[u8; 64],
) -> bool {
    VerifyingKey::from_bytes(public_key).is_ok_and(|key| {
        key.verify_strict(&head_message(head, hash), &Signature::from_bytes(signature))
            .is_ok()
    })
}
