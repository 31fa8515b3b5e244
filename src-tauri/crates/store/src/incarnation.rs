//! How an incarnation of a station begins: its row, and the first entry of its logs.
//!
//! Not here: when (`store` at opening, a session when a peer knows more of our log than we).

use fengsui_domain::log::dot::{Dot, Lane};
use fengsui_domain::log::entry::Value;
use fengsui_domain::log::field::Field;
use fengsui_domain::log::kind::Kind;
use fengsui_domain::post::Post;
use rusqlite::{Connection, params};

use crate::error::StoreError;
use crate::log::{Act, FOLD_VERSION, FieldWrite, Log};
use crate::signing;
use crate::store::StationIdentity;

/// Makes the row of the station in a fresh file, or counts its incarnation on; number and seed
/// are those of the first time.
///
/// # Errors
/// Any store error.
pub fn note(
    conn: &Connection,
    database: &[u8; 16],
    number: u16,
    seed: &[u8; 32],
) -> Result<(), StoreError> {
    conn.execute(
        "INSERT INTO state (id, database_id, station, incarnation, digest, signing_key, fold)
         VALUES (1, ?1, ?2, 1, zeroblob(16), ?3, ?4)
         ON CONFLICT (id) DO UPDATE SET incarnation = incarnation + 1",
        params![database, number, seed, FOLD_VERSION],
    )?;
    Ok(())
}

/// Appends the entry with which the incarnation begins and says why.
///
/// # Errors
/// Any store error.
pub fn begin(log: &mut Log<'_>, identity: &StationIdentity, why: &str) -> Result<Dot, StoreError> {
    let public_key = signing::public_key(log.conn())?;
    let text = |text: &str| Value::Text(text.to_owned());
    log.append(Act {
        lane: Lane::Routine,
        at_ms: log.now_ms(),
        actor: String::new(),
        post: Post::Device,
        kind: Kind::StationBegin,
        subject: None,
        writes: vec![
            FieldWrite::body(Field::BodyStationCode, text(&identity.code)),
            FieldWrite::body(Field::BodyStationName, text(&identity.name)),
            FieldWrite::body(Field::BodyPublicKey, Value::Bytes(public_key.to_vec())),
            FieldWrite::body(Field::BodyLineage, text(why)),
        ],
        refs: Vec::new(),
    })
}
