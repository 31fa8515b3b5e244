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

/// Reads the station's key from its row.
fn key(conn: &Connection) -> Result<SigningKey, StoreError> {
    let seed: Zeroizing<[u8; 32]> =
        conn.query_row("SELECT signing_key FROM state WHERE id = 1", [], |row| {
            Ok(Zeroizing::new(row.get(0)?))
        })?;
    Ok(SigningKey::from_bytes(&seed))
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
    let key = key(conn)?;
    let mut signed = 0;
    for (writer, dot, hash) in heads {
        let signature = key.sign(&head_message(dot, &hash)).to_bytes();
        conn.prepare_cached(
            "INSERT INTO head_signature (writer, seq, hash, signature, at_ms)
             VALUES (?1, ?2, ?3, ?4, ?5)",
        )?
        .execute(params![
            writer,
            dot.seq.cast_signed(),
            hash,
            signature,
            now_ms
        ])?;
        signed += 1;
    }
    Ok(signed)
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
