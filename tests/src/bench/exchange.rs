//! What stations cost each other: how soon a change is on the other's board, a day's changes after
//! a partition, the desk's own commands meanwhile, merging and bytes beside other engines, finding
//! a difference, and filling a fresh station. Both stations, their links and encryption run in this
//! one process.
//!
//! Not here: the parts' own work (`changes`, `pair`), what peers do (`tests/peers/replicas`).

pub mod changes;
mod engines;
mod fill;
mod merge;
pub mod pair;

use std::io::{Read, Write};
use std::net::{TcpListener, TcpStream};
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Instant;

use anyhow::{Context, Result};
use fengsui_domain::number::StationCode;
use fengsui_store::{Store, StoreError};
use serde_json::{Value, json};

use super::figures::{Samples, timed};
use super::floor::Floor;
use super::place::{Place, tell};
use super::report::{Budget, Row};
use crate::desk::{Desk, TestClock, text};
use crate::load::past::Past;
use crate::load::plan::Plan;
use pair::Pair;

/// Incidents whose way to the other board is timed.
const TO_BOARD: usize = 200;
/// Changes after a partition.
const APART: u64 = 50_000;
/// Incidents worked through beside nothing.
const IDLE: usize = 60;
const SEED: u64 = 20_261_127;

/// A part of the group: its place, and where its rows go.
type Part = fn(&Place, &mut dyn FnMut(Row)) -> Result<()>;

/// Every figure of the group.
///
/// # Errors
/// None: what could not be measured is missing.
pub fn between_stations(place: &Place, out: &mut dyn FnMut(Row)) -> Result<()> {
    let parts: [Part; 5] = [
        to_the_board,
        after_partition,
        merge::beside_raw,
        fill::fresh,
        merge::difference,
    ];
    for part in parts {
        // One that could not be measured keeps none of the others from it.
        if let Err(error) = part(place, out) {
            tell(&format!("not measured: {error:#}"));
        }
    }
    Ok(())
}

/// From the command at one desk to the row on the other's board.
fn to_the_board(place: &Place, out: &mut dyn FnMut(Row)) -> Result<()> {
    let clock = TestClock::at(super::work::now_ms());
    let dir = place.fresh("to-board")?;
    let pair = Pair::open(&dir.join("a"), &dir.join("b"), &clock)?;
    let line = pair.link()?;
    pair.until(Instant::now(), Pair::is_equal)?;
    let mut floor = Floor::open(&place.fresh("to-board-floor")?)?;
    let trip = RoundTrip::open()?;
    let (mut ours, mut bare) = (Vec::new(), Vec::new());
    for number in 0..TO_BOARD {
        clock.shift(1_000);
        let open = json!({ "line": "110", "entrance": "walk_in", "found_by": null,
            "callback_of": null });
        let incident = text(&pair.a.ok("incident.open", open)?, "incident")?;
        let place = format!("人民路夜市东口{number}号");
        let form = json!({ "text": "两人在店里打架", "place": place, "type_code": "0201",
            "level": "urgent" });
        let began = Instant::now();
        pair.a.ok(
            "incident.file",
            json!({ "incident": incident, "form": form }),
        )?;
        ours.push(pair.until(began, |pair| {
            let board = pair.b.ok("incident.board", json!({}))?;
            Ok(board.to_string().contains(&place))
        })?);
        let ((), there) = timed(|| trip.go(400))?;
        bare.push(there + floor.commit(400)?);
        let reason = json!({ "incident": incident, "reason": "1101" });
        pair.a.ok("incident.invalidate", reason)?;
    }
    drop(line);
    let (ours, bare) = (Samples::new(ours), Samples::new(bare));
    for percent in [50, 99] {
        let name = format!("filed to the peer's board p{percent}");
        let row = Row::new(name, ours.percentile(percent), "ms", ours.count());
        let row = row.against("round trip + commit", bare.percentile(percent));
        out(match percent {
            50 => row,
            _ => row.budget(Budget::Most(100.0)),
        });
    }
    pair.a.station.close();
    pair.b.station.close();
    Ok(())
}

/// A bare connection over the loopback, with somebody at the other end who says everything back.
struct RoundTrip(Mutex<TcpStream>);

impl RoundTrip {
    fn open() -> Result<RoundTrip> {
        let listener = TcpListener::bind("127.0.0.1:0")?;
        let stream = TcpStream::connect(listener.local_addr()?)?;
        let (mut other, _) = listener.accept()?;
        stream.set_nodelay(true)?;
        other.set_nodelay(true)?;
        std::thread::spawn(move || {
            let mut bytes = [0; 4_096];
            while let Ok(read @ 1..) = other.read(&mut bytes) {
                if other.write_all(&bytes[..read]).is_err() {
                    break;
                }
            }
        });
        Ok(RoundTrip(Mutex::new(stream)))
    }

    fn go(&self, bytes: usize) -> Result<()> {
        let mut stream = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        stream.write_all(&vec![7; bytes])?;
        stream.read_exact(&mut vec![0; bytes])?;
        Ok(())
    }
}

/// Writes entries of a usual past into an open store until there are so many more; how many.
fn live_through(store: &Store, code: &str, entries: u64) -> Result<u64> {
    let plan = Plan::new(entries, SEED);
    let code = StationCode::new(code).ok().context("a station's code")?;
    let past = Arc::new(Mutex::new(Past::begin_at(store, plan, code)?));
    loop {
        let job = past.clone();
        store.act::<_, StoreError, _>(0, move |log| {
            let mut past = job.lock().unwrap_or_else(PoisonError::into_inner);
            past.go_on(log, 20)
        })?;
        let done = past.lock().unwrap_or_else(PoisonError::into_inner).loaded();
        if done.entries >= entries {
            return Ok(done.entries);
        }
    }
}

/// 50,000 changes of one side after a partition: first how long and how many bytes, then beside
/// a desk at work.
fn after_partition(place: &Place, out: &mut dyn FnMut(Row)) -> Result<()> {
    let clock = TestClock::at(Plan::new(APART, SEED).first_ms() - 86_400_000);
    let dir = place.fresh("partition")?;
    let pair = Pair::open(&dir.join("a"), &dir.join("b"), &clock)?;
    let line = pair.link()?;
    pair.until(Instant::now(), Pair::is_equal)?;
    drop(line);
    clock.shift(86_400_000);
    let count = live_through(pair.a.station.store(), "WB", APART)?;
    let cpu = merge::cpu_s()?;
    let began = Instant::now();
    let line = pair.link()?;
    let took = pair.until(began, Pair::is_equal)?;
    let cpu = merge::cpu_s()? - cpu;
    let (back, there) = line.bytes();
    drop(line);
    out(Row::new("50,000 changes after a partition", took / 1e3, "s", 1).budget(Budget::Most(1.0)));
    out(Row::new("  processor time, both sides", cpu, "s", 1));
    let bytes = (back + there) as f64 / count as f64;
    out(Row::new("  bytes a change on the wire", bytes, "B", 1).budget(Budget::Most(30.0)));
    beside_work(&pair, out)
}

/// The other desk's own commands, idle and while it takes in another 50,000.
fn beside_work(pair: &Pair, out: &mut dyn FnMut(Row)) -> Result<()> {
    let mut left = IDLE;
    let idle = worked(&pair.b, || {
        left -= 1;
        Ok(left > 0)
    })?;
    live_through(pair.a.station.store(), "WC", APART)?;
    let whole = pair.a.station.store().view()?.summary;
    let lacks = || Ok::<_, StoreError>(pair.b.station.store().view()?.summary.lacks(&whole));
    let first = lacks()?;
    let line = pair.link()?;
    // From the first entry that came in.
    pair.until(Instant::now(), |_| Ok(lacks()? < first))?;
    let busy = worked(&pair.b, || Ok(lacks()? > 0))?;
    drop(line);
    tell(&format!(
        "{} commands while {first} entries came in",
        busy.count()
    ));
    let (most, count) = (busy.percentile(99), busy.count());
    out(
        Row::new("durable command p99 in a merge", most, "ms", count)
            .against("the same desk idle, p99", idle.percentile(99))
            .budget(Budget::Times(3.0)),
    );
    out(Row::new("  the same", most, "ms", count).budget(Budget::Most(50.0)));
    pair.a.station.close();
    pair.b.station.close();
    Ok(())
}

/// Incidents of a desk from opening to 无效, one after the other; ms of each command.
fn worked(desk: &Desk, mut go_on: impl FnMut() -> Result<bool>) -> Result<Samples> {
    let mut all = Vec::new();
    while go_on()? {
        desk.clock.shift(1_000);
        let mut timed = |name: &str, request: Value| {
            let (answer, took) = timed(|| desk.ok(name, request))?;
            all.push(took);
            Ok::<_, anyhow::Error>(answer)
        };
        let open = json!({ "line": "110", "entrance": "walk_in", "found_by": null,
            "callback_of": null });
        let incident = text(&timed("incident.open", open)?, "incident")?;
        let form = json!({ "text": "两人在店里打架", "place": "人民路夜市东口" });
        timed(
            "incident.file",
            json!({ "incident": incident, "form": form }),
        )?;
        let reason = json!({ "incident": incident, "reason": "1101" });
        timed("incident.invalidate", reason)?;
    }
    Ok(Samples::new(all))
}
