//! A desk with a long past: how long until its first board, how long a board, a search and hot
//! cells take.
//!
//! Not here: making the past (`load`), commands that write (`durable`).

use std::collections::BTreeMap;
use std::path::Path;

use anyhow::{Context, Result, ensure};
use fengsui_store::{Connection, Home, OpenOptions, StoreError, open_bare};
use rustix::fs::{Advice, fadvise};
use serde_json::json;

use super::figures::{Samples, timed};
use super::place::{Place, let_go, tell};
use super::report::{Budget, Row};
use super::work::{Work, now_ms};
use crate::desk::{Desk, TestClock, options};
use crate::load::dice::Dice;
use crate::load::words::query;

/// Openings of each kind.
const STARTS: usize = 9;
/// Boards.
const BOARDS: usize = 1_000;
/// Hot cells of each kind.
const GRIDS: usize = 5;
/// Searches.
const SEARCHES: u64 = 600;
/// Hits the desk asks for.
const HITS: u32 = 20;

/// From a closed station to its first board, in turn with opening the same file bare; once with
/// the file in the system's memory and once without.
///
/// # Errors
/// Those of opening.
pub fn start(place: &Place, out: &mut dyn FnMut(Row)) -> Result<()> {
    let (home, loaded) = place.past()?;
    let gigabytes = Place::database_bytes(&home)? as f64 / 1e9;
    tell(&format!(
        "{} incidents, {} timeline lines, {gigabytes:.1} GB",
        loaded.incidents, loaded.lines
    ));
    // The first start builds the map; it is not counted, nor is reading the file through after
    // an end that was not clean.
    first_board(&home)?;
    for is_cold in [false, true] {
        let (mut ours, mut bare) = (Vec::new(), Vec::new());
        for _ in 0..STARTS {
            for (into, what) in [
                (&mut bare, opened_bare as fn(&Path) -> Result<f64>),
                (&mut ours, first_board),
            ] {
                if is_cold {
                    forget(&home)?;
                }
                into.push(what(&home)?);
            }
        }
        let (ours, bare) = (Samples::new(ours), Samples::new(bare));
        let name = match is_cold {
            false => "start to first board",
            true => "start to first board, cold file",
        };
        let row = Row::new(name, ours.percentile(50), "ms", ours.count());
        out(row
            .against("file opened bare", bare.percentile(50))
            .budget(Budget::More(300.0)));
    }
    Ok(())
}

/// Opens the station with its map and asks for the board; ms.
fn first_board(home: &Path) -> Result<f64> {
    let clock = TestClock::at(now_ms());
    let mut options = options(home, &clock);
    options.with_map = true;
    let (desk, took) = timed(|| {
        let desk = Desk::with(options, &clock)?;
        desk.ok("incident.board", json!({}))?;
        Ok::<_, anyhow::Error>(desk)
    })?;
    let_go(desk, home)?;
    Ok(took)
}

/// Opens the file and reads one row; ms.
fn opened_bare(home: &Path) -> Result<f64> {
    let options = OpenOptions::new(Home::at(home));
    let (_, took) = timed(|| {
        let conn = open_bare(&options)?;
        let sql = "SELECT station FROM state WHERE id = 1";
        let station: i64 = conn.query_row(sql, [], |row| row.get(0))?;
        Ok::<_, anyhow::Error>((conn, station))
    })?;
    Ok(took)
}

/// Has the system forget what it holds of the file. What lies below it (a host, a controller)
/// may still remember.
fn forget(home: &Path) -> Result<()> {
    let file = std::fs::File::open(Home::at(home).database())?;
    file.sync_all()?;
    Ok(fadvise(&file, 0, None, Advice::DontNeed)?)
}

/// What the desk asks again after every change.
///
/// # Errors
/// Those of the desk.
pub fn board(place: &Place, out: &mut dyn FnMut(Row)) -> Result<()> {
    let (home, _) = place.past()?;
    let work = Work::open(&home)?;
    for name in ["incident.board", "unit.board"] {
        let mut took = Vec::new();
        for _ in 0..BOARDS {
            took.push(timed(|| work.desk.ok(name, json!({})))?.1);
        }
        let took = Samples::new(took);
        out(Row::new(
            format!("{name} p50"),
            took.percentile(50),
            "ms",
            took.count(),
        ));
        let row = Row::new(
            format!("{name} p99"),
            took.percentile(99),
            "ms",
            took.count(),
        );
        out(row.budget(Budget::Most(10.0)));
    }
    work.desk.station.close();
    Ok(())
}

/// Hot cells of the past: of all of it, of a year, of Friday nights, of one kind. Beside it the
/// bare walk over the same rows, which reads what is kept of each incident and looks at nothing.
///
/// # Errors
/// Those of the desk.
pub fn grid(place: &Place, out: &mut dyn FnMut(Row)) -> Result<()> {
    let (home, loaded) = place.past()?;
    let clock = TestClock::at(now_ms());
    let mut options = options(&home, &clock);
    options.with_map = true;
    let desk = Desk::with(options, &clock)?;
    let to_ms = loaded.last_ms + 1;
    for (name, days, type_code, weekdays, hours) in [
        ("grid.hot, all of the past", 9_000, "", json!([]), (0, 24)),
        ("grid.hot, a year", 365, "", json!([]), (0, 24)),
        ("grid.hot, Friday nights", 9_000, "", json!([5]), (21, 23)),
        ("grid.hot, one kind", 9_000, "02", json!([]), (0, 24)),
    ] {
        let from_ms = to_ms - days * 86_400_000;
        let request = json!({ "from_ms": from_ms, "to_ms": to_ms, "type_code": type_code,
            "weekdays": weekdays, "from_hour": hours.0, "to_hour": hours.1, "limit": 50 });
        let (mut took, mut bare) = (Vec::new(), Vec::new());
        for _ in 0..GRIDS {
            bare.push(timed(|| walked(&desk, from_ms, to_ms))?.1);
            let (found, ms) = timed(|| desk.ok("grid.hot", request.clone()))?;
            let cells = found["cells"].as_array().map_or(0, Vec::len);
            ensure!(cells > 0, "{name}: no cells in {}", found["total"]);
            took.push(ms);
        }
        let (took, bare) = (Samples::new(took), Samples::new(bare));
        let row = Row::new(name, took.percentile(50), "ms", took.count());
        out(row.against("walk over the rows", bare.percentile(50)));
    }
    let_go(desk, &home)
}

/// How many bytes are kept of the incidents of a time, each of them read.
fn walked(desk: &Desk, from_ms: i64, to_ms: i64) -> Result<usize> {
    Ok(desk.station.store().read(|conn: &Connection| {
        let sql = "SELECT regs FROM incident WHERE opened_at >= ?1 AND opened_at < ?2";
        let mut select = conn.prepare_cached(sql)?;
        let mut rows = select.query((from_ms, to_ms))?;
        let mut bytes = 0;
        while let Some(row) = rows.next()? {
            let regs: Vec<u8> = row.get(0)?;
            bytes += regs.len();
        }
        Ok::<_, StoreError>(bytes)
    })?)
}

/// Searches as they are typed: roads, addresses, villages, digits, phone numbers, nonsense. A
/// search through the router also commits its line of the audit; without it stands beside it.
///
/// # Errors
/// Those of the desk.
pub fn search(place: &Place, out: &mut dyn FnMut(Row)) -> Result<()> {
    let (home, _) = place.past()?;
    let work = Work::open(&home)?;
    let mut kinds: BTreeMap<&str, Vec<f64>> = BTreeMap::new();
    let (mut all, mut bare) = (Vec::new(), Vec::new());
    for number in 0..SEARCHES {
        let (kind, query) = query(&mut Dice::new(20_261_122, number));
        let request = json!({ "query": query, "limit": HITS });
        // Whoever comes second finds the pages warm: they take turns.
        let mut through = 0.0;
        if number % 2 == 0 {
            through = timed(|| work.desk.ok("incident.search", request.clone()))?.1;
        }
        let (_, took) = timed(|| work.desk.station.search_incidents(&query, HITS))
            .context("search_incidents")?;
        if number % 2 == 1 {
            through = timed(|| work.desk.ok("incident.search", request))?.1;
        }
        all.push(through);
        bare.push(took);
        kinds.entry(kind).or_default().push(took);
    }
    let (all, bare) = (Samples::new(all), Samples::new(bare));
    for percent in [50, 99] {
        let row = Row::new(
            format!("incident.search p{percent}"),
            all.percentile(percent),
            "ms",
            all.count(),
        );
        let row = row.against("without its audit line", bare.percentile(percent));
        out(match percent {
            50 => row,
            _ => row.budget(Budget::Most(30.0)),
        });
    }
    for (kind, took) in kinds {
        let took = Samples::new(took);
        let name = format!("  search without audit, {kind} p99");
        out(Row::new(name, took.percentile(99), "ms", took.count()));
    }
    work.desk.station.close();
    Ok(())
}
