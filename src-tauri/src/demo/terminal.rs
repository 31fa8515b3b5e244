//! The crews' terminals: what a crew does with an order, and when.
//!
//! Not here: where the crew is (`mover`), how it is sent (`script`).

use std::collections::{BTreeMap, BTreeSet};

use serde_json::json;

use super::Act;
use super::dice::Dice;
use super::seen::{Order, Seen};

/// What is odd about a crew; most are not.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Quirk {
    /// Reads the order and never signs: amber, then red at the desk.
    Silent,
    /// The terminal is off the net: 未送达.
    Offline,
    /// Its positions stop after a while: a ghost on the map.
    Ghost,
}

/// What crews report from the scene.
const REPORTS: &[&str] = &[
    "已到现场，双方已分开，正在了解情况。",
    "现场秩序正常，已向报警人核实。",
    "已联系报警人，登记信息，现场拍照。",
    "人员无大碍，已劝导离开。",
    "已疏导交通，车辆移至路边。",
];

/// One order on one terminal.
#[derive(Debug, Clone)]
struct Plan {
    stage: String,
    /// When this stage was first seen, ms.
    since_ms: i64,
    /// When cancelling was first seen.
    cancel_since_ms: Option<i64>,
    /// Steps already sent within this stage.
    sent: BTreeSet<&'static str>,
}

/// All terminals.
#[derive(Debug)]
pub(crate) struct Terminals {
    dice: Dice,
    pace: f64,
    quirks: BTreeMap<String, Quirk>,
    plans: BTreeMap<String, Plan>,
    /// Units on their way back, by call sign: since when.
    returning: BTreeMap<String, i64>,
}

impl Terminals {
    /// Terminals with the odd ones named.
    pub(crate) fn new(dice: Dice, pace: f64, quirks: BTreeMap<String, Quirk>) -> Self {
        Self {
            dice,
            pace,
            quirks,
            plans: BTreeMap::new(),
            returning: BTreeMap::new(),
        }
    }

    /// What is odd about a crew.
    pub(crate) fn quirk(&self, callsign: &str) -> Option<Quirk> {
        self.quirks.get(callsign).copied()
    }

    /// What the crews send now. `is_there` says whether a crew stands where
    /// its order wants it.
    pub(crate) fn step(
        &mut self,
        now_ms: i64,
        seen: &Seen,
        is_there: impl Fn(&Order) -> bool,
    ) -> Vec<Act> {
        self.plans.retain(|id, _| seen.orders.contains_key(id));
        let mut acts = Vec::new();
        for order in seen.orders.values() {
            let plan = self.plans.entry(order.id.clone()).or_insert_with(|| Plan {
                stage: order.stage.clone(),
                since_ms: now_ms,
                cancel_since_ms: None,
                sent: BTreeSet::new(),
            });
            if plan.stage != order.stage {
                plan.stage.clone_from(&order.stage);
                plan.since_ms = now_ms;
                plan.sent.clear();
            }
            if order.cancel_pending && plan.cancel_since_ms.is_none() {
                plan.cancel_since_ms = Some(now_ms);
            }
            let quirk = self.quirks.get(&order.callsign).copied();
            let timing = Timing {
                dice: self.dice,
                pace: self.pace,
                now_ms,
                whom: &order.id,
            };
            let there = is_there(order);
            if let Some((step, act)) = due(plan, order, quirk, &timing, there) {
                plan.sent.insert(step);
                acts.push(act);
            }
        }
        acts.extend(self.come_back(now_ms, seen));
        acts
    }

    /// Crews that left a scene report themselves free after a while.
    fn come_back(&mut self, now_ms: i64, seen: &Seen) -> Vec<Act> {
        let mut acts = Vec::new();
        self.returning.retain(|callsign, _| {
            seen.units
                .get(callsign)
                .is_some_and(|own| own.state == "returning")
        });
        for (callsign, own) in &seen.units {
            if own.state != "returning" || own.is_engaged {
                continue;
            }
            let timing = Timing {
                dice: self.dice,
                pace: self.pace,
                now_ms,
                whom: callsign,
            };
            let since = *self.returning.entry(callsign.clone()).or_insert(now_ms);
            if timing.is_due("free", since, 20.0, 60.0) {
                acts.push(Act::new(
                    "unit.set_state",
                    json!({ "unit": own.id, "state": "available" }),
                ));
                // Not again before another while has passed.
                self.returning.insert(callsign.clone(), now_ms);
            }
        }
        acts.sort_by_key(|act| act.request.to_string());
        acts
    }
}

/// When something is due.
struct Timing<'a> {
    dice: Dice,
    pace: f64,
    now_ms: i64,
    whom: &'a str,
}

impl Timing<'_> {
    fn is_due(&self, what: &str, since_ms: i64, from_s: f64, to_s: f64) -> bool {
        let span = self
            .dice
            .span_ms(what, self.whom, from_s / self.pace, to_s / self.pace);
        self.now_ms >= since_ms + span
    }
}

/// The one thing a crew does now, if anything.
fn due(
    plan: &Plan,
    order: &Order,
    quirk: Option<Quirk>,
    timing: &Timing<'_>,
    is_there: bool,
) -> Option<(&'static str, Act)> {
    if quirk == Some(Quirk::Offline) {
        return None;
    }
    let is_due = |what, from_s, to_s| {
        !plan.sent.contains(what) && timing.is_due(what, plan.since_ms, from_s, to_s)
    };
    let step = |step| {
        let request = json!({ "assignment": order.id, "step": step });
        Some((step, Act::new("assignment.step", request)))
    };
    if let Some(since) = plan.cancel_since_ms
        && quirk != Some(Quirk::Silent)
        && !plan.sent.contains("sign_cancel")
    {
        return timing
            .is_due("sign_cancel", since, 3.0, 10.0)
            .then(|| step("sign_cancel"))
            .flatten();
    }
    match order.stage.as_str() {
        "ordered" if is_due("deliver", 1.0, 2.0) => step("deliver"),
        "ordered" if is_due("read", 2.5, 6.0) => step("read"),
        "ordered" if quirk != Some(Quirk::Silent) && is_due("sign", 6.0, 25.0) => step("sign"),
        "signed" if is_due("set_out", 5.0, 20.0) => step("set_out"),
        // Without a place they ask by radio and get there in their own time.
        "en_route" if is_there && is_due("arrive", 1.0, 3.0) => step("arrive"),
        "en_route" if order.place.is_none() && is_due("arrive", 60.0, 180.0) => step("arrive"),
        "on_scene" if is_due("work", 8.0, 25.0) => step("work"),
        "working" if is_due("report", 20.0, 60.0) => {
            let text = timing.dice.one_of("report", &order.id, REPORTS);
            let request = json!({
                "incident": order.incident, "assignment": order.id, "text": text,
            });
            Some(("report", Act::new("feedback.add", request)))
        }
        "working" if is_due("clear", 90.0, 240.0) => step("clear"),
        _ => None,
    }
}

#[cfg(test)]
mod tests;
