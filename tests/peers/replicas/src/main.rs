//! The same changes through other engines of replication, to stand beside our own log: SQLite's
//! session extension, Loro, Yrs, Automerge; and negentropy for finding a difference.
//!
//! `fengsui-peer-replicas FILE FOLDER` reads changes a line (`row`, number and fifteen values, or
//! `edit`, number, column, value; between tabs) and says a line for each engine: its name,
//! processor time of the receiver per change in microseconds, that of raw batched inserts or
//! updates of the same, bytes per change. The receiver is durable: what it took in is in a file
//! that was synced, a batch of 1,000 changes at a time. `fengsui-peer-replicas difference` says
//! bytes, round trips and milliseconds of negentropy on 1,000,000 ids of which 100 are missing.
//! Not here: our own log.

use std::error::Error;
use std::fs::File;
use std::io::Write;
use std::path::Path;

use automerge::ReadDoc;
use automerge::transaction::Transactable;
use negentropy::{Id, Negentropy, NegentropyStorageVector};
use rusqlite::session::{ConflictAction, Session};
use rusqlite::{Connection, params_from_iter};
use yrs::updates::decoder::Decode;
use yrs::{Map, ReadTxn, Transact};

/// Changes in one batch.
const BATCH: usize = 1_000;
const COLUMNS: usize = 15;

type Fallible<T> = Result<T, Box<dyn Error>>;

/// A change of a row.
#[derive(Debug, Clone)]
enum Change {
    Row(i64, Vec<String>),
    Edit(i64, usize, String),
}

/// What one engine came to.
struct Figures {
    cpu_us: f64,
    bytes: f64,
}

fn main() -> Fallible<()> {
    let mut given = std::env::args().skip(1);
    let file = given.next().ok_or("which changes?")?;
    if file == "difference" {
        return difference();
    }
    let folder = given.next().ok_or("which folder?")?;
    let folder = Path::new(&folder);
    let changes = read(&std::fs::read_to_string(&file)?)?;
    let raw = raw(&changes, folder)?;
    let mut out = std::io::stdout().lock();
    let mut say = |name: &str, of: Figures| {
        writeln!(out, "{name}\t{:.3}\t{raw:.3}\t{:.2}", of.cpu_us, of.bytes)
    };
    say("session extension", sessions(&changes, folder)?)?;
    say("Loro", lorod(&changes, folder)?)?;
    say("Yrs", yrsed(&changes, folder)?)?;
    say("Automerge", automerged(&changes, folder)?)?;
    Ok(())
}

fn read(text: &str) -> Fallible<Vec<Change>> {
    text.lines()
        .map(|line| {
            let parts: Vec<&str> = line.split('\t').collect();
            let number: i64 = parts.get(1).ok_or("no number")?.parse()?;
            match parts.as_slice() {
                ["row", _, values @ ..] if values.len() == COLUMNS => {
                    let values = values.iter().map(|value| (*value).to_owned());
                    Ok(Change::Row(number, values.collect()))
                }
                ["edit", _, column, value] => {
                    Ok(Change::Edit(number, column.parse()?, (*value).to_owned()))
                }
                _ => Err("a line that is no change".into()),
            }
        })
        .collect()
}

/// Processor time of this process so far, seconds.
fn cpu() -> Fallible<f64> {
    let stat = std::fs::read_to_string("/proc/self/stat")?;
    let rest = stat.rsplit(") ").next().ok_or("stat")?;
    let ticks: Vec<&str> = rest.split(' ').collect();
    let tick = |at: usize| ticks.get(at).and_then(|t| t.parse::<f64>().ok());
    Ok((tick(11).ok_or("user")? + tick(12).ok_or("system")?) / 100.0)
}

fn per_change(began: f64, changes: &[Change]) -> Fallible<f64> {
    Ok((cpu()? - began) * 1e6 / changes.len() as f64)
}

fn made(path: &Path) -> Fallible<Connection> {
    let _ = std::fs::remove_file(path);
    let conn = Connection::open(path)?;
    let mode: String = conn.query_row("PRAGMA journal_mode = WAL", [], |row| row.get(0))?;
    if mode != "wal" {
        return Err("no write-ahead log".into());
    }
    conn.pragma_update(None, "synchronous", 2)?;
    let columns: Vec<String> = (0..COLUMNS).map(|at| format!("c{at} TEXT")).collect();
    conn.execute_batch(&format!(
        "CREATE TABLE incident (id INTEGER PRIMARY KEY, {});
         CREATE INDEX a ON incident (c0); CREATE INDEX b ON incident (c1, c3);
         CREATE INDEX c ON incident (c5);",
        columns.join(", ")
    ))?;
    Ok(conn)
}

fn apply(conn: &Connection, change: &Change) -> Fallible<()> {
    match change {
        Change::Row(number, values) => {
            let marks = vec!["?"; COLUMNS + 1].join(", ");
            let mut insert =
                conn.prepare_cached(&format!("INSERT INTO incident VALUES ({marks})"))?;
            let number = number.to_string();
            insert.execute(params_from_iter(std::iter::once(&number).chain(values)))?;
        }
        Change::Edit(number, column, value) => {
            let sql = format!("UPDATE incident SET c{column} = ?2 WHERE id = ?1");
            conn.prepare_cached(&sql)?.execute((number, value))?;
        }
    }
    Ok(())
}

/// The floor: the same changes straight into the table, a transaction a batch.
fn raw(changes: &[Change], folder: &Path) -> Fallible<f64> {
    let mut conn = made(&folder.join("raw.db"))?;
    let began = cpu()?;
    for batch in changes.chunks(BATCH) {
        let tx = conn.transaction()?;
        for change in batch {
            apply(&tx, change)?;
        }
        tx.commit()?;
    }
    per_change(began, changes)
}

fn sessions(changes: &[Change], folder: &Path) -> Fallible<Figures> {
    let mut from = made(&folder.join("from.db"))?;
    let mut sets: Vec<Vec<u8>> = Vec::new();
    for batch in changes.chunks(BATCH) {
        let tx = from.transaction()?;
        let mut session = Session::new(&tx)?;
        session.attach(Some("incident"))?;
        for change in batch {
            apply(&tx, change)?;
        }
        let mut set = Vec::new();
        session.changeset_strm(&mut set)?;
        sets.push(set);
        drop(session);
        tx.commit()?;
    }
    let to = made(&folder.join("to.db"))?;
    let began = cpu()?;
    for set in &sets {
        let mut input = set.as_slice();
        to.apply_strm(&mut input, None::<fn(&str) -> bool>, |_, _| {
            ConflictAction::SQLITE_CHANGESET_ABORT
        })?;
    }
    let cpu_us = per_change(began, changes)?;
    let count = |conn: &Connection| -> Fallible<i64> {
        Ok(conn.query_row("SELECT count(*) FROM incident", [], |row| row.get(0))?)
    };
    if count(&from)? != count(&to)? {
        return Err("the session extension lost rows".into());
    }
    Ok(Figures {
        cpu_us,
        bytes: packed(&sets, changes)?,
    })
}

/// Bytes a change when every batch is packed by zstd-19, as ours are compared.
fn packed(batches: &[Vec<u8>], changes: &[Change]) -> Fallible<f64> {
    let mut total = 0;
    for batch in batches {
        total += zstd::bulk::compress(batch, 19)?.len();
    }
    Ok(total as f64 / changes.len() as f64)
}

/// The receiver's file: everything taken in lies in it before the next batch is taken.
fn synced(file: &mut File, bytes: &[u8]) -> Fallible<()> {
    file.write_all(bytes)?;
    file.sync_data()?;
    Ok(())
}

fn lorod(changes: &[Change], folder: &Path) -> Fallible<Figures> {
    let from = loro::LoroDoc::new();
    let mut sets = Vec::new();
    for batch in changes.chunks(BATCH) {
        let before = from.oplog_vv();
        for change in batch {
            let (number, values): (i64, Vec<(usize, &String)>) = values(change);
            let all = from.get_map("incident");
            let row = all.get_or_create_container(&number.to_string(), loro::LoroMap::new())?;
            for (column, value) in values {
                row.insert(&format!("c{column}"), value.as_str())?;
            }
            from.commit();
        }
        sets.push(from.export(loro::ExportMode::updates(&before))?);
    }
    let to = loro::LoroDoc::new();
    let mut file = File::create(folder.join("loro"))?;
    let began = cpu()?;
    for set in &sets {
        to.import(set)?;
        synced(&mut file, set)?;
    }
    let cpu_us = per_change(began, changes)?;
    if from.get_map("incident").len() != to.get_map("incident").len() {
        return Err("Loro lost rows".into());
    }
    Ok(Figures {
        cpu_us,
        bytes: packed(&sets, changes)?,
    })
}

fn values(change: &Change) -> (i64, Vec<(usize, &String)>) {
    match change {
        Change::Row(number, values) => (*number, values.iter().enumerate().collect()),
        Change::Edit(number, column, value) => (*number, vec![(*column, value)]),
    }
}

fn yrsed(changes: &[Change], folder: &Path) -> Fallible<Figures> {
    let from = yrs::Doc::new();
    let all = from.get_or_insert_map("incident");
    let mut sets = Vec::new();
    for batch in changes.chunks(BATCH) {
        let before = from.transact().state_vector();
        for change in batch {
            let mut tx = from.transact_mut();
            let (number, values) = values(change);
            let row: yrs::MapRef = all.get_or_init(&mut tx, number.to_string());
            for (column, value) in values {
                row.insert(&mut tx, format!("c{column}"), value.clone());
            }
        }
        sets.push(from.transact().encode_state_as_update_v1(&before));
    }
    let to = yrs::Doc::new();
    let there = to.get_or_insert_map("incident");
    let mut file = File::create(folder.join("yrs"))?;
    let began = cpu()?;
    for set in &sets {
        to.transact_mut()
            .apply_update(yrs::Update::decode_v1(set)?)?;
        synced(&mut file, set)?;
    }
    let cpu_us = per_change(began, changes)?;
    if all.len(&from.transact()) != there.len(&to.transact()) {
        return Err("Yrs lost rows".into());
    }
    Ok(Figures {
        cpu_us,
        bytes: packed(&sets, changes)?,
    })
}

fn automerged(changes: &[Change], folder: &Path) -> Fallible<Figures> {
    let mut from = automerge::AutoCommit::new();
    let mut sets = Vec::new();
    for batch in changes.chunks(BATCH) {
        for change in batch {
            let (number, values) = values(change);
            let key = number.to_string();
            let row = match from.get(automerge::ROOT, &key)? {
                Some((_, row)) => row,
                None => from.put_object(automerge::ROOT, &key, automerge::ObjType::Map)?,
            };
            for (column, value) in values {
                from.put(&row, format!("c{column}"), value.as_str())?;
            }
            from.commit();
        }
        sets.push(from.save_incremental());
    }
    let mut to = automerge::AutoCommit::new();
    let mut file = File::create(folder.join("automerge"))?;
    let began = cpu()?;
    for set in &sets {
        to.load_incremental(set)?;
        synced(&mut file, set)?;
    }
    let cpu_us = per_change(began, changes)?;
    if from.length(automerge::ROOT) != to.length(automerge::ROOT) {
        return Err("Automerge lost rows".into());
    }
    Ok(Figures {
        cpu_us,
        bytes: packed(&sets, changes)?,
    })
}

/// 1,000,000 ids on one side, all but 100 of them on the other.
fn difference() -> Fallible<()> {
    const ALL: u64 = 1_000_000;
    const APART: u64 = 100;
    let id = |number: u64| {
        // Spread as hashes are; the same number gives the same id.
        let mut bytes = [0; 32];
        for (part, out) in bytes.chunks_mut(8).enumerate() {
            let mut x = number.wrapping_mul(4).wrapping_add(part as u64 + 1);
            x = (x ^ (x >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
            x = (x ^ (x >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
            out.copy_from_slice(&(x ^ (x >> 31)).to_le_bytes());
        }
        Id::from_byte_array(bytes)
    };
    let filled = |all: u64| -> Fallible<NegentropyStorageVector> {
        let mut storage = NegentropyStorageVector::with_capacity(ALL as usize);
        for number in 0..all {
            storage.insert(number, id(number))?;
        }
        storage.seal()?;
        Ok(storage)
    };
    let (less, whole) = (filled(ALL - APART)?, filled(ALL)?);
    let began = cpu()?;
    let mut one = Negentropy::owned(less, 0)?;
    let mut other = Negentropy::owned(whole, 0)?;
    let mut asked = one.initiate()?;
    let (mut bytes, mut trips) = (0, 0);
    let (mut have, mut need) = (Vec::new(), Vec::new());
    loop {
        bytes += asked.len();
        let said = other.reconcile(&asked)?;
        bytes += said.len();
        trips += 1;
        match one.reconcile_with_ids(&said, &mut have, &mut need)? {
            Some(next) => asked = next,
            None => break,
        }
    }
    if need.len() as u64 != APART {
        return Err(format!("negentropy found {} of {APART}", need.len()).into());
    }
    let took = (cpu()? - began) * 1e3;
    writeln!(std::io::stdout(), "{bytes}\t{trips}\t{took:.3}")?;
    Ok(())
}
