//! The callers: who rings when, gives up, hangs up, and where their phones say
//! they are.
//!
//! Not here: taking the calls; that is what the desk is for.

use fengsui_geo::destination;
use fengsui_mappack::county::CallRow;
use serde_json::{Value, json};

use super::Act;
use super::dice::Dice;
use super::seen::Seen;

/// Seconds to the first ring.
const FIRST_S: (f64, f64) = (20.0, 30.0);
/// Seconds from ring to ring.
const APART_S: (f64, f64) = (60.0, 90.0);
/// Nobody holds the line longer than this.
const PATIENCE_S: f64 = 40.0;
/// A call that is answered lasts this long.
const TALK_S: (f64, f64) = (60.0, 150.0);
/// A handset's own fix comes this long after the ring.
const HANDSET_S: (f64, f64) = (3.0, 8.0);
/// More than this many ring at once only when the county is on fire.
const RINGING_MAX: usize = 2;

/// A call that is not over.
#[derive(Debug)]
struct Open {
    row: usize,
    /// The exchange's name of it; unique in all runs.
    outside: String,
    /// Ours, once it rang.
    call: Option<String>,
    rang_ms: i64,
    talking_ms: Option<i64>,
    is_located: bool,
}

/// The callers of a shift.
#[derive(Debug)]
pub(crate) struct Callers {
    dice: Dice,
    pace: f64,
    rows: Vec<CallRow>,
    began_ms: i64,
    rung: usize,
    next_ms: i64,
    open: Vec<Open>,
}

impl Callers {
    /// Callers of a script, from now on; after the last comes the first again.
    pub(crate) fn new(dice: Dice, pace: f64, rows: Vec<CallRow>, now_ms: i64) -> Self {
        let next_ms = now_ms + dice.span_ms("first", "", FIRST_S.0 / pace, FIRST_S.1 / pace);
        Self {
            dice,
            pace,
            rows,
            began_ms: now_ms,
            rung: 0,
            next_ms,
            open: Vec::new(),
        }
    }

    /// The desk told its name of a call that rang.
    pub(crate) fn rang(&mut self, outside: &str, call: &str) {
        if let Some(open) = self.open.iter_mut().find(|open| open.outside == outside) {
            open.call = Some(call.to_owned());
        }
    }

    /// What happens on the lines now.
    pub(crate) fn step(&mut self, now_ms: i64, seen: &Seen) -> Vec<Act> {
        let mut acts = Vec::new();
        let (dice, pace) = (self.dice, self.pace);
        let is_due = |what: &str, open: &Open, since: i64, span: (f64, f64)| {
            now_ms >= since + dice.span_ms(what, &open.outside, span.0 / pace, span.1 / pace)
        };
        let rows = &self.rows;
        self.open.retain_mut(|open| {
            let Some(call) = open.call.clone() else {
                // The desk refused the ring (its disk is full, say): forget it.
                return now_ms < open.rang_ms + 5_000;
            };
            let state = seen.calls.get(&call).map(|line| line.state.as_str());
            if matches!(state, Some("ended" | "missed")) {
                return false;
            }
            if state == Some("talking") && open.talking_ms.is_none() {
                open.talking_ms = Some(now_ms);
            }
            if !open.is_located && is_due("handset", open, open.rang_ms, HANDSET_S) {
                open.is_located = true;
                if let Some(fix) = rows.get(open.row).and_then(handset_fix) {
                    acts.push(Act::new("call.locate", json!({ "call": call, "fix": fix })));
                }
            }
            let is_over = match open.talking_ms {
                Some(since) => is_due("talk", open, since, TALK_S),
                None => is_due("patience", open, open.rang_ms, (PATIENCE_S, PATIENCE_S)),
            };
            if is_over {
                acts.push(Act::new("call.end", json!({ "call": call })));
            }
            !is_over
        });
        acts.extend(self.ring(now_ms));
        acts
    }

    fn ring(&mut self, now_ms: i64) -> Option<Act> {
        let ringing = self
            .open
            .iter()
            .filter(|open| open.talking_ms.is_none())
            .count();
        if now_ms < self.next_ms || ringing >= RINGING_MAX || self.rows.is_empty() {
            return None;
        }
        let at = self.rung % self.rows.len();
        let row = self.rows.get(at)?;
        let outside = format!("demo-{}-{}", self.began_ms, self.rung);
        let apart = (APART_S.0 / self.pace, APART_S.1 / self.pace);
        self.next_ms = now_ms + self.dice.span_ms("apart", &outside, apart.0, apart.1);
        self.rung += 1;
        let fix = first_fix(row, self.dice, &outside);
        let request = json!({
            "line": row.line.to_string(),
            "number": row.number,
            "subscriber": (!row.subscriber.is_empty()).then_some(&row.subscriber),
            "fix": fix,
            "outside_id": outside,
        });
        self.open.push(Open {
            row: at,
            outside,
            call: None,
            rang_ms: now_ms,
            talking_ms: None,
            is_located: false,
        });
        Some(Act::new("call.ring", request))
    }
}

/// What the network knows when it rings: the address of a fixed line, or the
/// cell a handset hangs on, somewhere around it.
fn first_fix(row: &CallRow, dice: Dice, whom: &str) -> Option<Value> {
    let at = row.position?;
    let radius_m = row.radius_m.map_or(500.0, f64::from);
    Some(match row.source.as_str() {
        "固话" => fix(at.lon_deg(), at.lat_deg(), radius_m, "landline"),
        "手机终端" => {
            let off_m = 350.0 * dice.unit("cell", whom);
            let cell = destination(at, 360.0 * dice.unit("cell bearing", whom), off_m);
            fix(cell.lon_deg(), cell.lat_deg(), 500.0, "base_station")
        }
        _ => fix(at.lon_deg(), at.lat_deg(), radius_m, "base_station"),
    })
}

/// A position as the desk is told of it.
fn fix(lon: f64, lat: f64, radius_m: f64, source: &str) -> Value {
    json!({ "lon": lon, "lat": lat, "radius_m": radius_m, "source": source })
}

/// What a handset says by itself a few seconds later.
fn handset_fix(row: &CallRow) -> Option<Value> {
    let at = row.position.filter(|_| row.source == "手机终端")?;
    Some(json!({
        "lon": at.lon_deg(),
        "lat": at.lat_deg(),
        "radius_m": row.radius_m.map(f64::from),
        "source": "handset",
    }))
}

#[cfg(test)]
mod tests {
    use std::collections::HashMap;

    use fengsui_geo::Wgs84;

    use super::super::seen::Line;
    use super::*;

    fn row(source: &str) -> CallRow {
        CallRow {
            offset_s: 0,
            line: 110,
            number: "137 0000 8850".to_owned(),
            position: Wgs84::new(113.9, 31.2).ok(),
            radius_m: Some(30),
            source: source.to_owned(),
            subscriber: String::new(),
            says: String::new(),
            place: String::new(),
            type_code: String::new(),
            invalid: None,
            units: Vec::new(),
        }
    }

    /// Runs a shift second by second; the desk answers as `state` says.
    fn shift(seconds: i64, pace: f64, state: impl Fn(i64) -> &'static str) -> Vec<(i64, Act)> {
        let rows = vec![row("手机终端"), row("固话")];
        let mut callers = Callers::new(Dice::new(3), pace, rows, 1_000_000);
        let mut rang: HashMap<String, i64> = HashMap::new();
        let mut out = Vec::new();
        for s in 0..seconds {
            let mut seen = Seen::default();
            for (call, since) in &rang {
                let state = state(s - since).to_owned();
                seen.calls.insert(
                    call.clone(),
                    Line {
                        state,
                        incident: None,
                    },
                );
            }
            for act in callers.step(1_000_000 + s * 1_000, &seen) {
                if act.name == "call.ring" {
                    let outside = act.request["outside_id"].as_str().unwrap().to_owned();
                    callers.rang(&outside, &outside);
                    rang.insert(outside, s);
                }
                out.push((s, act));
            }
        }
        out
    }

    fn times(acts: &[(i64, Act)], name: &str) -> Vec<i64> {
        acts.iter()
            .filter(|(_, act)| act.name == name)
            .map(|(s, _)| *s)
            .collect()
    }

    #[test]
    fn calls_come_at_a_quiet_pace_and_give_up_after_forty_seconds() {
        let acts = shift(1_200, 1.0, |_| "ringing");
        let rings = times(&acts, "call.ring");
        assert!((20..=30).contains(&rings[0]), "{rings:?}");
        assert!(
            rings
                .windows(2)
                .all(|pair| (60..=91).contains(&(pair[1] - pair[0]))),
            "{rings:?}"
        );
        let ends = times(&acts, "call.end");
        assert!(ends.len() >= rings.len() - 1);
        assert!(
            rings.iter().zip(&ends).all(|(ring, end)| end - ring == 40),
            "{ends:?}"
        );
    }

    #[test]
    fn an_answered_call_lasts_longer_and_an_ended_one_is_left_alone() {
        let acts = shift(
            400,
            1.0,
            |since| if since < 10 { "ringing" } else { "talking" },
        );
        let (rings, ends) = (times(&acts, "call.ring"), times(&acts, "call.end"));
        assert!(ends[0] - rings[0] >= 70, "{rings:?} {ends:?}");
        let acts = shift(
            400,
            1.0,
            |since| if since < 10 { "ringing" } else { "ended" },
        );
        assert!(times(&acts, "call.end").is_empty());
    }

    #[test]
    fn a_handset_tells_better_than_its_cell_and_the_same_seed_tells_the_same() {
        let acts = shift(120, 1.0, |_| "ringing");
        let (_, ring) = acts
            .iter()
            .find(|(_, act)| act.name == "call.ring")
            .unwrap();
        assert_eq!(ring.request["fix"]["source"], "base_station");
        let (_, locate) = acts
            .iter()
            .find(|(_, act)| act.name == "call.locate")
            .unwrap();
        assert_eq!(locate.request["fix"]["source"], "handset");
        assert_eq!(locate.request["fix"]["lon"], 113.9);
        assert_eq!(shift(120, 1.0, |_| "ringing"), acts);
    }

    #[test]
    fn twice_the_pace_rings_twice_as_often() {
        let slow = times(&shift(1_800, 1.0, |_| "ended"), "call.ring").len();
        let fast = times(&shift(1_800, 2.0, |_| "ended"), "call.ring").len();
        assert!((slow * 2).abs_diff(fast) <= 2, "{slow} {fast}");
    }
}
