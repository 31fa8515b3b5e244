//! A fresh station that is filled from one with a long past: how long until what is open stands
//! on its board, and until it has everything.
//!
//! Not here: making the past (`load`).

use std::path::Path;
use std::time::Instant;

use anyhow::{Context, Result, ensure};
use serde_json::{Value, json};

use super::super::place::{Place, is_free, let_go, tell};
use super::super::report::{Budget, Row};
use super::pair::Pair;
use crate::desk::{Desk, TestClock, options};

/// Incidents of the usual past.
const USUAL: u64 = 100_000;

/// The usual past; and, when so many were asked for, all of a large one.
///
/// # Errors
/// Those of the stations.
pub(super) fn fresh(place: &Place, out: &mut dyn FnMut(Row)) -> Result<()> {
    let usual = place.incidents.min(USUAL);
    one(place, usual, None, out)?;
    if place.is_chosen && place.incidents > USUAL {
        one(place, place.incidents, Some(600.0), out)?;
    }
    Ok(())
}

fn one(place: &Place, incidents: u64, whole: Option<f64>, out: &mut dyn FnMut(Row)) -> Result<()> {
    let past = place.past_of(incidents)?;
    let dir = place.fresh("fill")?;
    let home = dir.join("a");
    copied(&past.0, &home)?;
    let clock = TestClock::at(past.1.last_ms + 60_000);
    // Once, so that what opening does to a copy is done.
    let_go(Desk::with(options(&home, &clock), &clock)?, &home)?;
    let pair = Pair::open(&home, &dir.join("b"), &clock)?;
    let wanted = open_numbers(&pair.a)?;
    ensure!(!wanted.is_empty(), "nothing is open in the past");
    let entries = pair.a.station.store().view()?.summary.entries();
    tell(&format!(
        "{entries} entries, {} incidents open",
        wanted.len()
    ));
    let began = Instant::now();
    let line = pair.link()?;
    let usable = pair.until(began, |pair| {
        // Nobody is there yet who could ask.
        let board = open_numbers(&pair.b).unwrap_or_default();
        let units = pair.b.ok("unit.board", json!({})).unwrap_or_default();
        let is_there = units["groups"]
            .as_array()
            .is_some_and(|all| !all.is_empty());
        Ok(is_there && wanted.iter().all(|number| board.contains(number)))
    })?;
    let name = format!("fresh station, {incidents} incidents: usable");
    out(Row::new(name, usable / 1e3, "s", 1).budget(Budget::Most(5.0)));
    let all = pair.until(began, |pair| pair.is_equal())?;
    let row = Row::new("  whole", all / 1e3, "s", 1);
    out(match whole {
        Some(most) => row.budget(Budget::Most(most)),
        None => row,
    });
    let bytes = line.bytes();
    let each = (bytes.0 + bytes.1) as f64 / entries as f64;
    out(Row::new("  bytes an entry", each, "B", 1));
    drop(line);
    pair.a.station.close();
    pair.b.station.close();
    drop(pair);
    is_free(&home)?;
    std::fs::remove_dir_all(&dir).context("the copies")
}

/// Numbers of what is on the board.
fn open_numbers(desk: &Desk) -> Result<Vec<String>> {
    let board = desk.ok("incident.board", json!({}))?;
    let mut out = Vec::new();
    numbers(&board, &mut out);
    Ok(out)
}

fn numbers(value: &Value, out: &mut Vec<String>) {
    match value {
        Value::Object(fields) => {
            if let Some(number) = fields.get("number").and_then(Value::as_str) {
                out.push(number.to_owned());
            }
            fields.values().for_each(|field| numbers(field, out));
        }
        Value::Array(all) => all.iter().for_each(|each| numbers(each, out)),
        _ => {}
    }
}

fn copied(from: &Path, to: &Path) -> Result<()> {
    std::fs::create_dir_all(to)?;
    for entry in std::fs::read_dir(from)? {
        let entry = entry?;
        if entry.file_type()?.is_file() {
            std::fs::copy(entry.path(), to.join(entry.file_name()))?;
        }
    }
    Ok(())
}
