//! How an incarnation of a station begins: its row, and the first entry of its logs.
//!
//! Not here: when (`store` at opening, a session when a peer knows more of our log than we).

use std::collections::BTreeSet;

use fengsui_domain::log::dot::{Dot, Lane};
use fengsui_domain::log::entry::Value;
use fengsui_domain::log::field::Field;
use fengsui_domain::log::kind::Kind;
use fengsui_domain::number::counter_floor;
use fengsui_domain::post::Post;
use rusqlite::{Connection, params};

use crate::error::StoreError;
use crate::log::{Act, FOLD_VERSION, FieldWrite, Log};
use crate::signing;
use crate::store::StationIdentity;

/// Makes the row of the station in a fresh file, or gives it another incarnation; number and seed
/// are those of the first time. `draw` is drawn by chance: a file that is put back twice from one
/// copy must not go on twice under the same dots.
///
/// # Errors
/// Any store error.
pub fn note(
    conn: &Connection,
    database: &[u8; 16],
    number: u16,
    seed: &[u8; 32],
    draw: u16,
) -> Result<(), StoreError> {
    conn.execute(
        "INSERT INTO state (id, database_id, station, incarnation, digest, signing_key, fold)
         VALUES (1, ?1, ?2, 1, zeroblob(16), ?3, ?4)
         ON CONFLICT (id) DO UPDATE SET incarnation = ?5",
        params![database, number, seed, FOLD_VERSION, another(conn, draw)?],
    )?;
    Ok(())
}

/// The first incarnation from `draw` on that this station is not known to have had, with a block
/// of numbers of its own as long as there is one.
fn another(conn: &Connection, draw: u16) -> Result<u16, StoreError> {
    let mut ask = conn.prepare(
        "SELECT incarnation FROM state UNION
         SELECT w.incarnation FROM writer w JOIN state s ON s.station = w.station",
    )?;
    let known: BTreeSet<u16> = ask
        .query_map([], |row| row.get(0))?
        .collect::<Result<_, _>>()?;
    let blocks: BTreeSet<u32> = known.iter().copied().map(counter_floor).collect();
    let from_draw = || (draw..=u16::MAX).chain(0..draw).filter(|at| *at > 1);
    let fresh = from_draw().filter(|at| !known.contains(at));
    let mut fitting = fresh
        .clone()
        .filter(|at| !blocks.contains(&counter_floor(*at)));
    let found = fitting.next().or_else(|| fresh.clone().next());
    found.ok_or_else(|| StoreError::corrupt("no incarnation is left"))
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

#[cfg(test)]
mod tests {
    use super::*;
    use crate::migrations::MIGRATIONS;

    fn incarnation(conn: &Connection) -> u16 {
        let sql = "SELECT incarnation FROM state";
        conn.query_row(sql, [], |row| row.get(0)).unwrap()
    }

    #[test]
    fn the_first_is_one_and_others_are_where_nobody_has_been() {
        let conn = Connection::open_in_memory().unwrap();
        for step in MIGRATIONS {
            conn.execute_batch(step.sql).unwrap();
        }
        let again = |draw| note(&conn, &[1; 16], 7, &[2; 32], draw).unwrap();
        again(4_000);
        assert_eq!(incarnation(&conn), 1);
        again(4_000);
        assert_eq!(incarnation(&conn), 4_000);
        // Known ones, and those that share a block of numbers with them, are passed by.
        let writer = "INSERT INTO writer (station, incarnation, lane, head_hash)
                      VALUES (?1, ?2, 0, x'')";
        for (station, known) in [(7, 9), (7, 4_000), (8, 10)] {
            conn.execute(writer, [station, known]).unwrap();
        }
        again(9);
        assert_eq!(incarnation(&conn), 10);
        again(9 + 499);
        assert_eq!(
            incarnation(&conn),
            9 + 499 + 2,
            "its block and the next are taken"
        );
        for draw in [0, 1] {
            again(draw);
            assert!(incarnation(&conn) > 1);
        }
        again(u16::MAX);
        assert_eq!(incarnation(&conn), u16::MAX);
        again(u16::MAX);
        assert!(incarnation(&conn) < u16::MAX);
    }
}
