//! Stations that have everything of each other say the same, row for row.
//!
//! A station writes a word about its own clock whenever a contact shows it something new, also in
//! the very moment in which the programs end: then they go on, and end once more.

use std::collections::{BTreeMap, BTreeSet};
use std::path::{Path, PathBuf};

use anyhow::{Result, bail, ensure};
use fengsui_domain::log::kind::Kind;
use fengsui_store::{Db, Home, OpenOptions, verify};

use super::net::Networks;
use super::process::Running;

/// How often a station's word about its clock may come between.
const ROUNDS: usize = 3;

/// What a station's files say when its program has ended.
struct Files {
    /// Writer, sequence number and kind of each entry.
    entries: BTreeSet<(i64, i64, i64, i64, u16)>,
    rows: BTreeMap<String, [u8; 32]>,
}

/// Everybody has everything; the programs end; their files say the same, row for row, and each log
/// is whole.
///
/// # Errors
/// They do not.
pub fn prove_equal(networks: &Networks, mut stations: Vec<Running>) -> Result<()> {
    for _ in 0..ROUNDS {
        let others = stations.len().saturating_sub(1);
        for station in &mut stations {
            station.is_whole_with(others)?;
        }
        let ended: Vec<(usize, PathBuf)> = stations
            .drain(..)
            .map(|station| (station.at(), station.kill()))
            .collect();
        let files = ended.iter().map(|(_, home)| files(home));
        let files = files.collect::<Result<Vec<_>>>()?;
        if !a_clock_came_between(&files)? {
            return same_rows(&files);
        }
        for (at, home) in &ended {
            let mut again = Running::start(networks, *at, home, None)?;
            again.sign_in()?;
            stations.push(again);
        }
        for station in &mut stations {
            station.touches(others)?;
        }
    }
    bail!("{ROUNDS} times a clock came between")
}

fn files(home: &Path) -> Result<Files> {
    let db = Db::open(&OpenOptions::new(Home::at(home)))?;
    let proof = db.read(verify::prove)?;
    ensure!(proof.broken.is_empty(), "{:?}", proof.broken);
    let entries = db.read(|conn| {
        let sql = "SELECT w.station, w.incarnation, w.lane, e.seq, e.kind
                   FROM entry e JOIN writer w ON w.id = e.writer";
        let mut asked = conn.prepare(sql)?;
        let rows = asked.query_map([], |row| {
            Ok((
                row.get(0)?,
                row.get(1)?,
                row.get(2)?,
                row.get(3)?,
                row.get(4)?,
            ))
        })?;
        Ok::<_, fengsui_store::StoreError>(rows.collect::<Result<_, _>>()?)
    })?;
    let rows = db.read(verify::shared)?;
    Ok(Files { entries, rows })
}

/// Whether somebody lacks an entry of another one; each such entry is a word about a clock.
fn a_clock_came_between(files: &[Files]) -> Result<bool> {
    let all: BTreeSet<_> = files.iter().flat_map(|files| &files.entries).collect();
    let mut is_short = false;
    for (at, files) in files.iter().enumerate() {
        for entry in all.iter().filter(|entry| !files.entries.contains(**entry)) {
            let is_clock = entry.4 == Kind::StationClock.code();
            ensure!(is_clock, "station {at} lacks {entry:?}");
            is_short = true;
        }
    }
    Ok(is_short)
}

fn same_rows(files: &[Files]) -> Result<()> {
    let first = files.first().map(|first| &first.rows);
    for (at, other) in files.iter().enumerate() {
        for (table, hash) in &other.rows {
            let first = first.and_then(|first| first.get(table));
            ensure!(first == Some(hash), "station {at}: {table} differs");
        }
    }
    Ok(())
}
