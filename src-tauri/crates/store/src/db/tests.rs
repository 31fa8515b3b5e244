//! The open database on a real disk, with a schema of two tables.

use std::path::PathBuf;
use std::time::Duration;

use rusqlite::params;

use super::*;
use crate::open::{Durability, Migration};
use crate::scratch::Scratch;
use crate::{DiskLimits, DiskState, GuessCost, Machine, Unlock};

const FIRST: Migration = Migration {
    name: "V1__first",
    sql: "CREATE TABLE entry (writer INTEGER NOT NULL, seq INTEGER NOT NULL, body BLOB NOT NULL,
              PRIMARY KEY (writer, seq)) STRICT, WITHOUT ROWID;
          CREATE TABLE note (id INTEGER PRIMARY KEY, body TEXT NOT NULL) STRICT;",
};
const SECOND: Migration = Migration {
    name: "V2__more",
    sql: "ALTER TABLE note ADD COLUMN at_ms INTEGER NOT NULL DEFAULT 0;
          CREATE INDEX note_at ON note (at_ms);",
};
const BROKEN: Migration = Migration {
    name: "V2__broken",
    sql: "ALTER TABLE note ADD COLUMN at_ms INTEGER NOT NULL DEFAULT 0; SELECT nothing;",
};
static ONE: &[Migration] = &[FIRST];
static TWO: &[Migration] = &[FIRST, SECOND];
static TWO_BROKEN: &[Migration] = &[FIRST, BROKEN];

struct Bench {
    scratch: Scratch,
    options: OpenOptions,
}

fn bench(name: &str) -> Bench {
    let scratch = Scratch::new(name);
    let mut options = OpenOptions::new(Home::at(scratch.path().join("home")));
    let id = scratch.path().join("machine-id");
    std::fs::write(&id, "0123456789abcdef0123456789abcdef").unwrap();
    options.machine = Machine::with_id_file(id);
    options.cost = GuessCost::least();
    options.migrations = ONE;
    options.disk.ballast = 1024 * 1024;
    Bench { scratch, options }
}

impl Bench {
    fn open(&self) -> Result<Db, StoreError> {
        Db::open(&self.options)
    }

    fn bytes(&self) -> Vec<u8> {
        std::fs::read(self.options.home.database()).unwrap()
    }

    /// A connection of another program that has the key.
    fn stranger(&self) -> Connection {
        let keyring = Keyring::open(
            &self.options.home,
            &self.options.machine,
            self.options.cost,
            &Unlock::Machine,
        );
        let conn = Connection::open(self.options.home.database()).unwrap();
        conn.execute_batch(&keyring.unwrap().key().pragma()).unwrap();
        conn
    }
}

fn head(seq: i64) -> WitnessHead {
    WitnessHead {
        writer: 1,
        seq,
        hash: seq.to_be_bytes(),
    }
}

fn append(db: &Db, seq: i64) -> Result<i64, StoreError> {
    db.write(move |tx| {
        tx.execute(
            "INSERT INTO entry (writer, seq, body) VALUES (1, ?1, ?2)",
            params![seq, vec![7_u8; 200]],
        )?;
        let proof = Proof { writer: 1, seq };
        Ok(Written::entry(seq, proof, vec![head(seq)]))
    })
}

fn count(db: &Db) -> i64 {
    db.read(|conn| {
        let count = conn.query_row("SELECT count(*) FROM entry", [], |row| row.get(0))?;
        Ok::<i64, StoreError>(count)
    })
    .unwrap()
}

fn hash_of(db: &Db, writer: i64, seq: i64) -> Result<Option<[u8; 8]>, StoreError> {
    db.read(|conn| {
        let sql = "SELECT EXISTS (SELECT 1 FROM entry WHERE writer = ?1 AND seq = ?2)";
        let is_there: bool = conn.query_row(sql, [writer, seq], |row| row.get(0))?;
        Ok(is_there.then(|| seq.to_be_bytes()))
    })
}

#[test]
fn what_was_answered_is_there_after_reopening_and_the_file_is_not_plain() {
    let bench = bench("answered");
    let db = bench.open().unwrap();
    for seq in 1..=300 {
        assert_eq!(append(&db, seq).unwrap(), seq);
    }
    assert_eq!(count(&db), 300);
    let state = db.state();
    assert_eq!((state.commits, state.unconfirmed), (300, 0));
    assert!(state.ballast && state.last_commit_ms.unwrap() > 0.0);
    drop(db);
    assert!(bench.options.home.clean_mark().exists());
    assert!(!bench.bytes().starts_with(b"SQLite format 3"));
    let db = bench.open().unwrap();
    assert!(!bench.options.home.clean_mark().exists());
    assert_eq!(count(&db), 300);
}
