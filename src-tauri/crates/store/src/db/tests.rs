//! The open database on a real disk, with a schema of two tables.

use std::path::PathBuf;
use std::time::Duration;

use rusqlite::params;

use super::*;
use crate::open::{Durability, Migration};
use crate::scratch::Scratch;
use crate::{APPLICATION_ID, DiskLimits, DiskState, GuessCost, Machine, Unlock};

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
        let keyring = keyring.unwrap();
        conn.execute_batch(&keyring.key().pragma(&keyring.database()))
            .unwrap();
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

#[test]
fn a_job_that_fails_or_panics_leaves_nothing_and_the_writer_lives_on() {
    let bench = bench("panic");
    let db = bench.open().unwrap();
    append(&db, 1).unwrap();
    let failed: Result<(), StoreError> = db.write(|tx| {
        tx.execute("INSERT INTO note (body) VALUES ('gone')", [])?;
        Err(StoreError::NotWritten)
    });
    assert!(matches!(failed, Err(StoreError::NotWritten)));
    let panicked: Result<(), StoreError> = db.write(|tx| {
        tx.execute("INSERT INTO note (body) VALUES ('gone')", [])?;
        panic!("a mistake of ours")
    });
    assert!(matches!(panicked, Err(StoreError::Panicked)));
    let refused = append(&db, 1);
    assert!(
        matches!(refused, Err(StoreError::Sqlite(_))),
        "dots are taken once"
    );
    append(&db, 2).unwrap();
    let notes: i64 = db
        .read(|conn| {
            Ok::<_, StoreError>(conn.query_row("SELECT count(*) FROM note", [], |r| r.get(0))?)
        })
        .unwrap();
    assert_eq!((count(&db), notes), (2, 0));
}

#[test]
fn readers_cannot_write_and_see_one_moment() {
    let bench = bench("snapshot");
    let db = bench.open().unwrap();
    append(&db, 1).unwrap();
    db.read(|conn| {
        assert!(conn.execute("DELETE FROM entry", []).is_err());
        let count = |conn: &Connection| -> i64 {
            conn.query_row("SELECT count(*) FROM entry", [], |row| row.get(0))
                .unwrap()
        };
        assert_eq!(count(conn), 1);
        append(&db, 2).unwrap();
        assert_eq!(count(conn), 1);
        Ok::<_, StoreError>(())
    })
    .unwrap();
    assert_eq!(count(&db), 2);
}

#[test]
fn more_readers_than_connections_wait_for_each_other() {
    let bench = bench("pool");
    let db = bench.open().unwrap();
    append(&db, 1).unwrap();
    std::thread::scope(|scope| {
        for _ in 0..8 {
            scope.spawn(|| {
                for _ in 0..50 {
                    assert_eq!(count(&db), 1);
                }
            });
        }
    });
}

#[test]
fn another_programs_lock_is_waited_for_named_and_survived() {
    let mut bench = bench("busy");
    bench.options.busy = Duration::from_millis(150);
    let db = bench.open().unwrap();
    append(&db, 1).unwrap();
    let stranger = bench.stranger();
    stranger.execute_batch("BEGIN EXCLUSIVE").unwrap();
    let began = Instant::now();
    assert!(matches!(append(&db, 2), Err(StoreError::Busy)));
    assert!(began.elapsed() >= Duration::from_millis(150));
    stranger.execute_batch("COMMIT").unwrap();
    append(&db, 2).unwrap();
    assert_eq!(count(&db), 2);
}

#[test]
fn a_second_copy_of_the_program_is_refused() {
    let bench = bench("second");
    let db = bench.open().unwrap();
    assert!(matches!(bench.open(), Err(StoreError::HomeInUse)));
    drop(db);
    bench.open().unwrap();
}

#[test]
fn the_key_says_wrong_locked_or_missing_and_never_damaged() {
    let mut bench = bench("keys");
    let db = bench.open().unwrap();
    db.set_passphrase("right words").unwrap();
    append(&db, 1).unwrap();
    drop(db);
    let before = bench.bytes();
    bench.options.unlock = Unlock::Passphrase(zeroize::Zeroizing::new("wrong words".into()));
    assert!(matches!(bench.open(), Err(StoreError::KeyWrong)));
    let id = bench.scratch.path().join("other");
    std::fs::write(&id, "ffffffffffffffffffffffffffffffff").unwrap();
    let own = std::mem::replace(&mut bench.options.machine, Machine::with_id_file(id));
    bench.options.unlock = Unlock::Machine;
    assert!(matches!(bench.open(), Err(StoreError::KeyLocked)));
    bench.options.unlock = Unlock::Passphrase(zeroize::Zeroizing::new("right words".into()));
    assert_eq!(count(&bench.open().unwrap()), 1);
    bench.options.machine = own;
    for path in [bench.options.home.keys(), bench.options.home.keys_copy()] {
        std::fs::remove_file(path).unwrap();
    }
    assert!(matches!(bench.open(), Err(StoreError::KeyMissing { .. })));
    assert!(
        !bench.options.home.keys().exists(),
        "no new key beside an old database"
    );
    assert_eq!(before.len(), bench.bytes().len());
}

#[test]
fn a_newer_or_foreign_file_is_refused_and_untouched() {
    let bench = bench("newer");
    append(&bench.open().unwrap(), 1).unwrap();
    for (version, application) in [(2, APPLICATION_ID), (101, APPLICATION_ID), (1, 77)] {
        let stranger = bench.stranger();
        stranger
            .execute_batch(&format!(
                "PRAGMA user_version = {version}; PRAGMA application_id = {application};"
            ))
            .unwrap();
        drop(stranger);
        let before = bench.bytes();
        match bench.open() {
            Err(StoreError::TooNew { found, known: 1 }) => assert_eq!(found, version),
            Err(StoreError::Foreign { .. }) => assert_eq!(application, 77),
            other => panic!("{:?}", other.err()),
        }
        assert_eq!(bench.bytes(), before);
    }
}

#[test]
fn a_plain_database_is_foreign_and_untouched() {
    let bench = bench("plain");
    drop(bench.open().unwrap());
    let path = bench.options.home.database();
    std::fs::remove_file(&path).unwrap();
    Connection::open(&path)
        .unwrap()
        .execute_batch("CREATE TABLE a (b)")
        .unwrap();
    let before = bench.bytes();
    assert!(matches!(bench.open(), Err(StoreError::Foreign { .. })));
    assert_eq!(bench.bytes(), before);
}

#[test]
fn a_database_that_vanished_is_a_loss_and_not_a_beginning() {
    let bench = bench("vanished");
    append(&bench.open().unwrap(), 1).unwrap();
    let path = bench.options.home.database();
    std::fs::write(&path, b"").unwrap();
    assert!(matches!(bench.open(), Err(StoreError::Corrupt { .. })));
    std::fs::remove_file(&path).unwrap();
    assert!(matches!(bench.open(), Err(StoreError::Corrupt { .. })));
}

#[test]
fn an_upgrade_keeps_a_proven_copy_and_only_the_last_three() {
    let mut bench = bench("upgrade");
    append(&bench.open().unwrap(), 1).unwrap();
    let copies = bench.options.home.copies();
    for number in 0..4 {
        std::fs::write(
            copies.join(format!("before-upgrade-00000000000000{number}-v1.db")),
            b"old",
        )
        .unwrap();
    }
    bench.options.migrations = TWO;
    let db = bench.open().unwrap();
    assert_eq!(count(&db), 1);
    db.write(|tx| {
        tx.execute("INSERT INTO note (body, at_ms) VALUES ('a', 5)", [])?;
        Ok::<_, StoreError>(Written::plain(()))
    })
    .unwrap();
    let mut left: Vec<PathBuf> = std::fs::read_dir(&copies)
        .unwrap()
        .map(|entry| entry.unwrap().path())
        .collect();
    left.sort();
    assert_eq!(left.len(), 3);
    drop(db);
    // The copy is the old database whole: put back, the old program opens it.
    std::fs::copy(&left[2], bench.options.home.database()).unwrap();
    bench.options.migrations = ONE;
    let db = bench.open().unwrap();
    assert_eq!(count(&db), 1);
}

#[test]
fn an_upgrade_that_fails_leaves_the_old_file_working() {
    let mut bench = bench("broken-upgrade");
    append(&bench.open().unwrap(), 1).unwrap();
    bench.options.migrations = TWO_BROKEN;
    assert!(matches!(
        bench.open(),
        Err(StoreError::UpgradeFailed { .. })
    ));
    bench.options.migrations = ONE;
    let db = bench.open().unwrap();
    append(&db, 2).unwrap();
    assert_eq!(count(&db), 2);
}

#[test]
fn the_witness_knows_an_older_copy_for_what_it_is() {
    let bench = bench("lineage");
    let db = bench.open().unwrap();
    assert_eq!(
        db.lineage(|w, s| hash_of(&db, w, s)).unwrap(),
        Lineage::Unknown
    );
    append(&db, 1).unwrap();
    let copy = bench.scratch.path().join("copy.db");
    db.backup(&copy).unwrap();
    append(&db, 2).unwrap();
    drop(db);
    let db = bench.open().unwrap();
    assert_eq!(db.witnessed(), Some(&[head(2)][..]));
    assert_eq!(
        db.lineage(|w, s| hash_of(&db, w, s)).unwrap(),
        Lineage::Same
    );
    drop(db);
    std::fs::copy(&copy, bench.options.home.database()).unwrap();
    let db = bench.open().unwrap();
    assert_eq!(
        db.lineage(|w, s| hash_of(&db, w, s)).unwrap(),
        Lineage::Behind
    );
    drop(db);
    std::fs::remove_file(bench.options.home.witness()).unwrap();
    let db = bench.open().unwrap();
    assert_eq!(
        db.lineage(|w, s| hash_of(&db, w, s)).unwrap(),
        Lineage::Unknown
    );
}

#[test]
fn a_backup_is_whole_encrypted_and_made_while_work_goes_on() {
    let bench = bench("backup");
    let db = bench.open().unwrap();
    for seq in 1..=200 {
        append(&db, seq).unwrap();
    }
    let to = bench.scratch.path().join("out.db");
    std::thread::scope(|scope| {
        let backing = scope.spawn(|| db.backup(&to).unwrap());
        for seq in 201..=260 {
            append(&db, seq).unwrap();
        }
        let report = backing.join().unwrap();
        assert_eq!(report.bytes, std::fs::metadata(&to).unwrap().len());
    });
    assert!(!std::fs::read(&to).unwrap().starts_with(b"SQLite format 3"));
    drop(db);
    // Restored on another machine with the passphrase it is a database like any other.
    let home = Home::at(bench.scratch.path().join("restored"));
    home.create().unwrap();
    std::fs::copy(&to, home.database()).unwrap();
    let keys = crate::home::with_ending(&to, ".keys.json");
    std::fs::copy(keys, home.keys()).unwrap();
    std::fs::copy(bench.options.home.machine_secret(), home.machine_secret()).unwrap();
    let options = OpenOptions {
        home,
        ..bench.options.clone()
    };
    let restored = count(&Db::open(&options).unwrap());
    assert!((200..=260).contains(&restored), "{restored}");
}

#[test]
fn after_an_unclean_exit_damage_is_found_at_the_door() {
    let mut bench = bench("unclean");
    let db = bench.open().unwrap();
    for seq in 1..=400 {
        append(&db, seq).unwrap();
    }
    drop(db);
    let mut bytes = bench.bytes();
    let at = bytes.len() - 2000;
    bytes[at] ^= 4;
    std::fs::write(bench.options.home.database(), bytes).unwrap();
    std::fs::remove_file(bench.options.home.clean_mark()).unwrap();
    assert!(matches!(bench.open(), Err(StoreError::Corrupt { .. })));
    // A large file is read behind the desk instead, and says so.
    bench.options.check_now_max = 0;
    let db = bench.open().unwrap();
    let until = Instant::now() + Duration::from_secs(20);
    while db.state().check == CheckState::Running && Instant::now() < until {
        std::thread::yield_now();
    }
    assert_eq!(db.state().check, CheckState::Failed);
    assert!(db.state().damage.is_some());
    drop(db);
    assert!(
        !bench.options.home.clean_mark().exists(),
        "a damaged file is never marked clean"
    );
}

#[test]
fn the_reserve_is_never_claimed_when_it_is_not_there() {
    let mut bench = bench("reserve");
    bench.options.disk = DiskLimits {
        ballast: u64::MAX / 4,
        ..DiskLimits::default()
    };
    let db = bench.open().unwrap();
    append(&db, 1).unwrap();
    let state = db.state();
    assert!(!state.ballast && state.disk != DiskState::Ample);
}

#[test]
fn database_copies_and_log_are_for_the_owner_alone() {
    use std::os::unix::fs::PermissionsExt;
    let bench = bench("owner");
    let db = bench.open().unwrap();
    append(&db, 1).unwrap();
    let copy = bench.scratch.path().join("copy.db");
    db.backup(&copy).unwrap();
    let database = bench.options.home.database();
    let log = crate::home::with_ending(&database, "-wal");
    for path in [database, log, copy, bench.options.home.witness()] {
        let mode = std::fs::metadata(&path).unwrap().permissions().mode();
        assert_eq!(mode & 0o777, 0o600, "{}", path.display());
    }
}

#[test]
fn only_the_full_setting_is_the_products() {
    let bench = bench("settings");
    assert_eq!(
        OpenOptions::new(Home::at("/x")).durability,
        Durability::Full
    );
    let db = bench.open().unwrap();
    let level = db.write(|tx| {
        let level: i64 = tx.query_row("PRAGMA synchronous", [], |row| row.get(0))?;
        Ok::<_, StoreError>(Written::plain(level))
    });
    assert_eq!(level.unwrap(), 2);
}
