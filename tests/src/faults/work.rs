//! A small honest workload over the store alone: a command is one incident with a number, two
//! lines of its timeline and its entry, in one transaction. And what must be true of it after any
//! fault.
//!
//! Not here: the desk's own commands (the same suites run over them in `station`).

use std::collections::BTreeMap;

use anyhow::{bail, ensure};
use fengsui_store::{Db, Lineage, Migration, Proof, StoreError, WitnessHead, Written};
use rusqlite::{Connection, Transaction, params};

/// The first schema.
pub const FIRST: &[Migration] = &[V1];
/// The schema after an upgrade that touches every row.
pub const SECOND: &[Migration] = &[V1, V2];

const V1: Migration = Migration {
    name: "V1__first",
    sql: "CREATE TABLE entry (writer INTEGER NOT NULL, seq INTEGER NOT NULL, hash BLOB NOT NULL,
              PRIMARY KEY (writer, seq)) STRICT, WITHOUT ROWID;
          CREATE TABLE incident (number INTEGER PRIMARY KEY, token INTEGER NOT NULL UNIQUE,
              body TEXT NOT NULL) STRICT;
          CREATE TABLE line (id INTEGER PRIMARY KEY,
              incident INTEGER NOT NULL REFERENCES incident (number), body TEXT NOT NULL) STRICT;
          CREATE INDEX line_incident ON line (incident);",
};

const V2: Migration = Migration {
    name: "V2__level",
    sql: "ALTER TABLE incident ADD COLUMN level INTEGER NOT NULL DEFAULT 0;
          UPDATE incident SET level = number % 4 + 1;
          CREATE INDEX incident_level ON incident (level);
          CREATE TABLE moved (number INTEGER PRIMARY KEY, body TEXT NOT NULL) STRICT;
          INSERT INTO moved SELECT number, body FROM incident;
          DROP INDEX line_incident;
          CREATE INDEX line_by_incident ON line (incident, id);",
};

/// How one command ended, as the one who gave it knows it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Ended {
    /// "Saved", under this number.
    Acknowledged(i64),
    /// "Not saved".
    Refused,
    /// "Nobody knows".
    Unknown,
}

/// Every command given, by its token.
pub type Told = BTreeMap<i64, Ended>;

/// Gives one command.
///
/// # Errors
/// What the store answered.
pub fn command(db: &Db, token: i64) -> Result<i64, StoreError> {
    db.write(move |tx| {
        let number = append(tx, token)?;
        let proof = Proof {
            writer: 1,
            seq: number,
        };
        let head = WitnessHead {
            writer: 1,
            seq: number,
            hash: hash_of(number, token),
        };
        Ok(Written::entry(number, proof, vec![head]))
    })
}

/// Gives one command and notes how it ended.
pub fn command_told(db: &Db, token: i64, told: &mut Told) -> Result<i64, StoreError> {
    let answer = command(db, token);
    told.insert(token, ended(&answer));
    answer
}

/// What an answer lets its asker believe.
#[must_use]
pub fn ended(answer: &Result<i64, StoreError>) -> Ended {
    match answer {
        Ok(number) => Ended::Acknowledged(*number),
        Err(StoreError::Ambiguous) => Ended::Unknown,
        Err(_) => Ended::Refused,
    }
}

fn append(tx: &Transaction<'_>, token: i64) -> Result<i64, StoreError> {
    let number: i64 = tx.query_row(
        "SELECT coalesce(max(number), 0) + 1 FROM incident",
        [],
        |row| row.get(0),
    )?;
    tx.prepare_cached("INSERT INTO incident (number, token, body) VALUES (?1, ?2, ?3)")?
        .execute(params![number, token, body(number)])?;
    for text in ["接警", "派警"] {
        tx.prepare_cached("INSERT INTO line (incident, body) VALUES (?1, ?2)")?
            .execute(params![number, text])?;
    }
    tx.prepare_cached("INSERT INTO entry (writer, seq, hash) VALUES (1, ?1, ?2)")?
        .execute(params![number, hash_of(number, token)])?;
    Ok(number)
}

fn body(number: i64) -> String {
    format!("{number}:{}", "老城区人民路与新华街交叉口".repeat(5))
}

fn hash_of(number: i64, token: i64) -> [u8; 8] {
    let mut hash = [0; 8];
    let whole = blake3::hash(format!("{number}/{token}").as_bytes());
    hash.copy_from_slice(&whole.as_bytes()[..8]);
    hash
}

/// Checks a database that was opened after a fault against what was told before: whole file
/// sound, numbers without gap or double, every incident with its lines and entry, everything
/// acknowledged there, nothing refused there.
///
/// # Errors
/// The first thing that does not hold.
pub fn verify(db: &Db, told: &Told) -> anyhow::Result<()> {
    db.check()?;
    let rows = db.read(rows_of)?;
    for (at, (number, token)) in (1..).zip(&rows) {
        ensure!(*number == at, "number {at} is missing before {number}");
        match told.get(token) {
            Some(Ended::Acknowledged(said)) => {
                ensure!(said == number, "{token} was told {said} and is {number}");
            }
            Some(Ended::Refused) => bail!("{number} is there though {token} was refused"),
            Some(Ended::Unknown) | None => {}
        }
    }
    let tokens: std::collections::BTreeSet<i64> = rows.iter().map(|(_, token)| *token).collect();
    for (token, ended) in told {
        if let Ended::Acknowledged(number) = ended {
            ensure!(
                tokens.contains(token),
                "{number} was acknowledged and is lost"
            );
        }
    }
    ensure!(
        lineage(db)? != Lineage::Behind,
        "the witness knows a head that the log lost"
    );
    Ok(())
}

/// What the witness says.
///
/// # Errors
/// What reading says.
pub fn lineage(db: &Db) -> Result<Lineage, StoreError> {
    db.lineage(|writer, seq| {
        db.read(|conn| {
            let hash = conn.query_row(
                "SELECT hash FROM entry WHERE writer = ?1 AND seq = ?2",
                [writer, seq],
                |row| row.get::<_, [u8; 8]>(0),
            );
            match hash {
                Ok(hash) => Ok::<_, StoreError>(Some(hash)),
                Err(rusqlite::Error::QueryReturnedNoRows) => Ok(None),
                Err(error) => Err(error.into()),
            }
        })
    })
}

/// (number, token) of every incident, in order; every row's content is checked on the way.
fn rows_of(conn: &Connection) -> anyhow::Result<Vec<(i64, i64)>> {
    let mut statement = conn
        .prepare_cached(
            "SELECT i.number, i.token, i.body, (SELECT count(*) FROM line WHERE incident = number),
                    (SELECT hash FROM entry WHERE writer = 1 AND seq = number),
                    (SELECT group_concat(body, '+') FROM line WHERE incident = number)
             FROM incident AS i ORDER BY number",
        )
        .map_err(StoreError::from)?;
    let mut rows = statement.query([]).map_err(StoreError::from)?;
    let mut found = Vec::new();
    while let Some(row) = rows.next().map_err(StoreError::from)? {
        let (number, token): (i64, i64) = (get(row, 0)?, get(row, 1)?);
        ensure!(
            get::<String>(row, 2)? == body(number),
            "{number}: other text"
        );
        ensure!(get::<i64>(row, 3)? == 2, "{number}: not its two lines");
        ensure!(
            get::<Option<[u8; 8]>>(row, 4)? == Some(hash_of(number, token)),
            "{number}: entry missing or another"
        );
        ensure!(
            get::<String>(row, 5)? == "接警+派警",
            "{number}: other lines"
        );
        found.push((number, token));
    }
    let others: i64 = conn
        .query_row(
            "SELECT (SELECT count(*) FROM entry) * 2 + (SELECT count(*) FROM line)",
            [],
            |row| row.get(0),
        )
        .map_err(StoreError::from)?;
    ensure!(
        others == 4 * i64::try_from(found.len())?,
        "rows without an incident"
    );
    Ok(found)
}

fn get<T: rusqlite::types::FromSql>(row: &rusqlite::Row<'_>, at: usize) -> Result<T, StoreError> {
    Ok(row.get(at)?)
}

/// Incidents in the database.
///
/// # Errors
/// What reading says.
pub fn incidents(db: &Db) -> Result<i64, StoreError> {
    db.read(|conn| Ok(conn.query_row("SELECT count(*) FROM incident", [], |row| row.get(0))?))
}
