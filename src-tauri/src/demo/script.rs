//! The script: every beat, what the units, the terminals and the callers do.
//! Pure: the moment and the desk come in, commands come out.
//!
//! Not here: sending them (`demo`).

use std::collections::{BTreeMap, HashMap};

use fengsui_mappack::county::{CountyData, UnitRow};
use serde_json::{Value, json};

use super::Act;
use super::calls::Callers;
use super::dice::Dice;
use super::mover::{Aim, Mover};
use super::seen::{Order, Seen};
use super::terminal::{Quirk, Terminals};
use crate::args::DemoWish;

/// A unit that stands still reports this often, seconds.
const STILL_EVERY_S: i64 = 10;
/// The ghost's feed stops this long after the start.
const GHOST_AFTER_MS: f64 = 90_000.0;
/// Who is odd: two that do not sign, one off the net, one whose feed stops.
const QUIRKS: [Quirk; 4] = [Quirk::Silent, Quirk::Silent, Quirk::Offline, Quirk::Ghost];

/// The shift as it stands.
#[derive(Debug)]
pub(crate) struct Script {
    pace: f64,
    began_ms: i64,
    last_ms: i64,
    beat: i64,
    movers: Vec<Mover>,
    terminals: Terminals,
    crews: bool,
    callers: Option<Callers>,
}

impl Script {
    /// The shift of a county, beginning now.
    pub(crate) fn new(county: &CountyData, wish: DemoWish, now_ms: i64) -> Self {
        let dice = Dice::new(wish.seed);
        let beats: HashMap<&str, _> = county
            .beats
            .iter()
            .map(|beat| (beat.callsign.as_str(), beat))
            .collect();
        let mover = |unit: &UnitRow| Mover::new(unit, beats.get(unit.callsign.as_str()).copied());
        let rows = county.shift.clone();
        Self {
            pace: wish.pace,
            began_ms: now_ms,
            last_ms: now_ms,
            beat: 0,
            movers: county.units.iter().map(mover).collect(),
            terminals: Terminals::new(dice, wish.pace, quirks(county, dice)),
            crews: wish.crews,
            callers: wish
                .calls
                .then(|| Callers::new(dice, wish.pace, rows, now_ms)),
        }
    }

    /// One beat.
    pub(crate) fn step(&mut self, now_ms: i64, seen: &Seen) -> Vec<Act> {
        let dt_s = (now_ms - self.last_ms).max(0) as f64 / 1_000.0;
        self.last_ms = now_ms;
        self.beat += 1;
        let orders: HashMap<&str, &Order> = seen
            .orders
            .values()
            .map(|order| (order.callsign.as_str(), order))
            .collect();
        for mover in &mut self.movers {
            let aim = orders
                .get(mover.callsign.as_str())
                .map_or(Aim::Duty, |order| aim(order));
            mover.go(aim, dt_s, self.pace);
        }
        let mut acts = Vec::new();
        let fixes = self.fixes(now_ms, seen);
        if !fixes.is_empty() {
            acts.push(Act::new("position.report", json!({ "fixes": fixes })));
        }
        let places: HashMap<&str, &Mover> = self
            .movers
            .iter()
            .map(|mover| (mover.callsign.as_str(), mover))
            .collect();
        let is_there = |order: &Order| {
            let mover = places.get(order.callsign.as_str());
            mover
                .zip(order.place)
                .is_some_and(|(mover, place)| mover.is_at(place))
        };
        if self.crews {
            acts.extend(self.terminals.step(now_ms, seen, is_there));
        }
        if let Some(callers) = &mut self.callers {
            acts.extend(callers.step(now_ms, seen));
        }
        acts
    }

    /// The desk told its name of a call that rang.
    pub(crate) fn rang(&mut self, outside: &str, call: &str) {
        if let Some(callers) = &mut self.callers {
            callers.rang(outside, call);
        }
    }

    /// What the positioning terminals report: moving ones every beat, the
    /// others now and then, some not at all.
    fn fixes(&self, now_ms: i64, seen: &Seen) -> Vec<Value> {
        let is_ghost_gone = (now_ms - self.began_ms) as f64 >= GHOST_AFTER_MS / self.pace;
        let reports = |at: usize, mover: &Mover| {
            let state = seen
                .units
                .get(&mover.callsign)
                .map(|own| own.state.as_str());
            let is_silent = state == Some("off_duty")
                || (is_ghost_gone && self.terminals.quirk(&mover.callsign) == Some(Quirk::Ghost));
            let turn = i64::try_from(at).unwrap_or(0) % STILL_EVERY_S;
            // Everybody says once where they are when the shift begins.
            let is_turn = self.beat == 1 || self.beat % STILL_EVERY_S == turn;
            !is_silent && (mover.speed_kmh() > 0.0 || is_turn)
        };
        let movers = self.movers.iter().enumerate();
        movers
            .filter(|(at, mover)| reports(*at, mover))
            .map(|(_, mover)| {
                let at = mover.at();
                json!({
                    "callsign": mover.callsign,
                    "lon": at.lon_deg(),
                    "lat": at.lat_deg(),
                    "at_ms": now_ms,
                    "heading_deg": mover.heading_deg(),
                    "speed_kmh": mover.speed_kmh(),
                })
            })
            .collect()
    }
}

fn aim(order: &Order) -> Aim {
    match (order.stage.as_str(), order.place) {
        ("en_route", Some(place)) => Aim::Place(place),
        ("en_route" | "on_scene" | "working", _) => Aim::Here,
        _ => Aim::Duty,
    }
}

/// The odd ones, drawn among the cars on patrol: those that are sent first.
fn quirks(county: &CountyData, dice: Dice) -> BTreeMap<String, Quirk> {
    let mut cars: Vec<&UnitRow> = county
        .units
        .iter()
        .filter(|unit| unit.kind == "car" && unit.state == "待命")
        .collect();
    cars.sort_by(|a, b| {
        dice.unit("quirk", &a.callsign)
            .total_cmp(&dice.unit("quirk", &b.callsign))
    });
    cars.iter()
        .map(|unit| unit.callsign.clone())
        .zip(QUIRKS)
        .collect()
}

#[cfg(test)]
mod tests;
