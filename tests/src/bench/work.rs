//! A desk at work, one incident after the other, each from opening to closing, so that the board
//! stays as it was; the durable commands among it are timed.
//!
//! Not here: what they are held against (`durable`).

use std::path::Path;
use std::time::{SystemTime, UNIX_EPOCH};

use anyhow::{Context, Result};
use fengsui_store::{Connection, StoreError};
use serde_json::json;

use super::figures::timed;
use crate::desk::{Desk, TestClock, options, text};

/// Between two commands, ms.
const STEP_MS: i64 = 50;

/// Which durable command.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Verb {
    /// `incident.open`.
    Open,
    /// `assignment.order`.
    Order,
    /// `unit.set_state`.
    State,
}

impl Verb {
    /// All.
    pub const ALL: [Verb; 3] = [Verb::Open, Verb::Order, Verb::State];

    /// Name of a row.
    #[must_use]
    pub fn word(self) -> &'static str {
        match self {
            Verb::Open => "open",
            Verb::Order => "order",
            Verb::State => "state",
        }
    }
}

/// A timed command.
#[derive(Debug, Clone, Copy)]
pub struct Timed {
    /// Which.
    pub verb: Verb,
    /// How long, ms.
    pub ms: f64,
    /// Bytes of the entries it wrote.
    pub bytes: usize,
}

/// The desk.
pub struct Work {
    /// It.
    pub desk: Desk,
}

impl Work {
    /// Opens a home now; its units are where the register says, and who was on the way back is
    /// back.
    ///
    /// # Errors
    /// Those of opening.
    pub fn open(home: &Path) -> Result<Work> {
        let clock = TestClock::at(now_ms());
        let desk = Desk::with(options(home, &clock), &clock)?;
        desk.place_units()?;
        for unit in returning(&desk)? {
            let free = json!({ "unit": unit, "state": "available" });
            desk.ok("unit.set_state", free)?;
        }
        Ok(Work { desk })
    }

    /// One incident from opening to closing; every timed command is handed out at once.
    ///
    /// # Errors
    /// A command was refused.
    pub fn incident(&self, heard: &mut dyn FnMut(Timed) -> Result<()>) -> Result<()> {
        let desk = &self.desk;
        let mut opened = json!(null);
        let request = json!({ "line": "110", "entrance": "walk_in", "found_by": null,
            "callback_of": null });
        self.timed(Verb::Open, "incident.open", request, &mut opened, heard)?;
        let incident = text(&opened, "incident")?;
        let form = json!({ "text": "两人在店里打架，一人手部流血", "place": "人民路夜市东口",
            "type_code": "0201", "level": "urgent", "point": { "lon": 113.9, "lat": 31.2 },
            "point_source": "map_click" });
        self.then(
            "incident.file",
            json!({ "incident": incident, "form": form }),
        )?;
        let ranked = desk.ok("candidate.rank", json!({ "incident": incident }))?;
        let rows = ranked["rows"].as_array().context("rows")?;
        let first = rows
            .iter()
            .find(|row| row["needs_reason"] == false && row["rank"].is_number())
            .context("nobody may be sent")?;
        let unit = text(first, "unit")?;
        let order = json!({ "incident": incident, "units": [unit], "text": "",
            "override_reason": null });
        let mut done = json!(null);
        self.timed(Verb::Order, "assignment.order", order, &mut done, heard)?;
        for state in ["signed", "en_route", "on_scene", "working"] {
            let request = json!({ "unit": unit, "state": state });
            self.timed(Verb::State, "unit.set_state", request, &mut done, heard)?;
        }
        let free = json!({ "unit": unit, "state": "available" });
        self.then("unit.set_state", free)?;
        let close = json!({ "incident": incident, "result": "R01" });
        self.then("incident.close", close)
    }

    fn then(&self, name: &str, request: serde_json::Value) -> Result<()> {
        self.desk.clock.shift(STEP_MS);
        self.desk.ok(name, request).map(drop)
    }

    fn timed(
        &self,
        verb: Verb,
        name: &str,
        request: serde_json::Value,
        reply: &mut serde_json::Value,
        heard: &mut dyn FnMut(Timed) -> Result<()>,
    ) -> Result<()> {
        self.desk.clock.shift(STEP_MS);
        let before = self.newest()?;
        let (answer, ms) = timed(|| self.desk.ok(name, request))?;
        *reply = answer;
        let bytes = self.bytes_after(before)?;
        heard(Timed { verb, ms, bytes })
    }

    fn newest(&self) -> Result<i64> {
        Ok(self.desk.station.store().read(|conn: &Connection| {
            let sql = "SELECT coalesce(max(id), 0) FROM entry";
            Ok::<_, StoreError>(conn.query_row(sql, [], |row| row.get(0))?)
        })?)
    }

    fn bytes_after(&self, newest: i64) -> Result<usize> {
        let bytes: i64 = self.desk.station.store().read(|conn: &Connection| {
            let sql = "SELECT coalesce(sum(length(bytes)), 0) FROM entry WHERE id > ?1";
            Ok::<_, StoreError>(conn.query_row(sql, [newest], |row| row.get(0))?)
        })?;
        Ok(usize::try_from(bytes)?)
    }
}

fn returning(desk: &Desk) -> Result<Vec<String>> {
    let board = desk.ok("unit.board", json!({}))?;
    let groups = board["groups"].as_array().context("groups")?;
    let units = groups
        .iter()
        .flat_map(|group| group["units"].as_array())
        .flatten();
    units
        .filter(|unit| unit["state"] == "returning")
        .map(|unit| text(unit, "id"))
        .collect()
}

/// The machine's clock, ms.
#[must_use]
pub fn now_ms() -> i64 {
    SystemTime::now()
        .duration_since(UNIX_EPOCH)
        .ok()
        .and_then(|since| i64::try_from(since.as_millis()).ok())
        .unwrap_or(crate::desk::NOON_MS)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::desk::Scratch;

    #[test]
    fn an_incident_leaves_the_board_as_it_was() {
        let home = Scratch::new("bench-work");
        let work = Work::open(home.path()).unwrap();
        let mut heard = Vec::new();
        for _ in 0..2 {
            work.incident(&mut |timed| {
                heard.push(timed);
                Ok(())
            })
            .unwrap();
        }
        let count = |verb| heard.iter().filter(|timed| timed.verb == verb).count();
        assert_eq!(Verb::ALL.map(count), [2, 2, 8]);
        assert!(heard.iter().all(|timed| timed.bytes > 20 && timed.ms > 0.0));
        let board = work.desk.ok("incident.board", json!({})).unwrap();
        assert_eq!(board["open_count"], 0);
    }
}
