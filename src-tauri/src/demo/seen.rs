//! What the terminals can see of the desk: orders and units, read from the
//! boards through the router like any other client.
//!
//! Not here: what they do about it (`terminal`).

use std::collections::{BTreeMap, HashMap};

use fengsui_geo::Wgs84;
use serde_json::Value;

/// A live order as its terminal sees it.
#[derive(Debug, Clone, PartialEq)]
pub(crate) struct Order {
    /// Assignment.
    pub(crate) id: String,
    /// Incident.
    pub(crate) incident: String,
    /// Who.
    pub(crate) callsign: String,
    /// Stage as on the wire (`ordered`, `signed` …).
    pub(crate) stage: String,
    /// The desk wants it back.
    pub(crate) cancel_pending: bool,
    /// Where to; `None` = the desk does not know yet.
    pub(crate) place: Option<Wgs84>,
}

/// A unit as its terminal sees itself.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Own {
    /// Unit.
    pub(crate) id: String,
    /// State as on the wire; empty = unknown.
    pub(crate) state: String,
    /// On an order.
    pub(crate) is_engaged: bool,
}

/// A call as the caller knows it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Line {
    /// State as on the wire (`ringing`, `talking` …).
    pub(crate) state: String,
    /// Incident that was opened for it.
    pub(crate) incident: Option<String>,
}

/// The desk at one moment.
#[derive(Debug, Clone, Default, PartialEq)]
pub(crate) struct Seen {
    /// Live orders by assignment.
    pub(crate) orders: BTreeMap<String, Order>,
    /// Units by call sign.
    pub(crate) units: HashMap<String, Own>,
    /// Calls by id.
    pub(crate) calls: HashMap<String, Line>,
}

impl Seen {
    /// Reads `incident.board`, `unit.board` and `call.list`. What is not there
    /// is not seen; the desk's own tests watch the shapes.
    pub(crate) fn read(incidents: &Value, units: &Value, calls: &Value) -> Self {
        let mut seen = Self::default();
        for row in list(incidents, "rows") {
            let place = point(&row["point"]);
            for unit in list(row, "units") {
                let order = Order {
                    id: text(unit, "assignment"),
                    incident: text(row, "id"),
                    callsign: text(unit, "callsign"),
                    stage: text(unit, "stage"),
                    cancel_pending: unit["cancel_pending"].as_bool().unwrap_or(false),
                    place,
                };
                if !matches!(order.stage.as_str(), "" | "cleared" | "cancelled") {
                    seen.orders.insert(order.id.clone(), order);
                }
            }
        }
        for group in list(units, "groups") {
            for unit in list(group, "units") {
                let own = Own {
                    id: text(unit, "id"),
                    state: text(unit, "state"),
                    is_engaged: !unit["assignment"].is_null(),
                };
                seen.units.insert(text(unit, "callsign"), own);
            }
        }
        for call in list(calls, "calls") {
            let incident = call["incident"].as_str().map(str::to_owned);
            seen.calls.insert(
                text(call, "id"),
                Line {
                    state: text(call, "state"),
                    incident,
                },
            );
        }
        seen
    }
}

fn list<'a>(value: &'a Value, name: &str) -> impl Iterator<Item = &'a Value> {
    value[name].as_array().into_iter().flatten()
}

fn text(value: &Value, name: &str) -> String {
    value[name].as_str().unwrap_or_default().to_owned()
}

fn point(value: &Value) -> Option<Wgs84> {
    Wgs84::new(value["lon"].as_f64()?, value["lat"].as_f64()?).ok()
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    #[test]
    fn boards_become_orders_units_and_calls() {
        let unit = |id: &str, stage: &str| {
            json!({"unit": "u", "callsign": "巡03", "assignment": id, "stage": stage,
                   "cancel_pending": stage == "signed"})
        };
        let incidents = json!({"rows": [
            {"id": "i1", "point": {"lon": 113.9, "lat": 31.2},
             "units": [unit("a1", "ordered"), unit("a2", "cleared")]},
            {"id": "i2", "point": null, "units": [unit("a3", "signed")]},
        ]});
        let units = json!({"groups": [{"units": [
            {"id": "u", "callsign": "巡03", "state": "ordered", "assignment": "a1"},
            {"id": "v", "callsign": "巡04", "state": null, "assignment": null},
        ]}]});
        let calls = json!({"calls": [{"id": "c", "state": "ringing", "incident": null}]});
        let seen = Seen::read(&incidents, &units, &calls);
        assert_eq!(seen.orders.keys().collect::<Vec<_>>(), ["a1", "a3"]);
        assert_eq!(seen.orders["a1"].place, Wgs84::new(113.9, 31.2).ok());
        assert!(seen.orders["a3"].cancel_pending && seen.orders["a3"].place.is_none());
        assert!(seen.units["巡03"].is_engaged && !seen.units["巡04"].is_engaged);
        assert_eq!(seen.units["巡04"].state, "");
        assert_eq!(
            seen.calls["c"],
            Line {
                state: "ringing".to_owned(),
                incident: None
            }
        );
        assert_eq!(
            Seen::read(&json!(null), &json!({"groups": 3}), &json!([])),
            Seen::default()
        );
    }
}
