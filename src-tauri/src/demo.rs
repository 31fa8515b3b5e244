//! The scripted quiet shift of the demo county: units drive, terminals answer
//! orders, callers ring; all of it through the same doors as the outside world
//! (a device's session on the router).
//!
//! Not here: any short cut into the core, and any sentence of the desk.

mod calls;
mod dice;
mod mover;
mod script;
mod seen;
mod terminal;

use std::path::Path;
use std::time::{Duration, Instant};

use fengsui_mappack::county;
use fengsui_wire::common::Topic;
use serde_json::{Value, json};
use tokio::sync::broadcast::Receiver;
use tokio::sync::broadcast::error::TryRecvError;

use crate::args::DemoWish;
use crate::core::Answer;
use crate::desk::Core;
use crate::stop::Stop;
use script::Script;
use seen::Seen;

/// One beat of the script.
const BEAT: Duration = Duration::from_secs(1);
/// The desk is looked at again after this many beats even if nothing changed.
const LOOK_BEATS: u32 = 15;

/// Something the outside world sends.
#[derive(Debug, Clone, PartialEq)]
pub(crate) struct Act {
    /// Command.
    pub(crate) name: &'static str,
    /// Request.
    pub(crate) request: Value,
}

impl Act {
    fn new(name: &'static str, request: Value) -> Self {
        Self { name, request }
    }
}

/// Plays the shift until `stop`. A county without a folder has no script.
pub(crate) fn run(
    core: &Core,
    folder: Option<&Path>,
    wish: DemoWish,
    mut changes: Receiver<Vec<Topic>>,
    stop: &Stop,
) {
    let Some(folder) = folder.filter(|folder| folder.is_dir()) else {
        tracing::info!("demo.no_script");
        return;
    };
    let county = match county::load(folder) {
        Ok(county) => county,
        Err(error) => {
            tracing::error!(%error, "demo.county_unreadable");
            return;
        }
    };
    let mut script = Script::new(&county, wish, core.station.now_ms());
    let mut seen = Seen::default();
    let mut beats_unseen = LOOK_BEATS;
    let mut next = Instant::now();
    while !stop.is_set() {
        if something_moved(&mut changes) || beats_unseen >= LOOK_BEATS {
            seen = look(core);
            beats_unseen = 0;
        }
        beats_unseen += 1;
        for act in script.step(core.station.now_ms(), &seen) {
            send(core, &mut script, act);
        }
        next = (next + BEAT).max(Instant::now());
        if stop.sleeps(next.saturating_duration_since(Instant::now())) {
            return;
        }
    }
}

/// Whether orders, units or calls changed since the last look.
fn something_moved(changes: &mut Receiver<Vec<Topic>>) -> bool {
    let mut moved = false;
    loop {
        match changes.try_recv() {
            Ok(topics) => {
                moved |= topics
                    .iter()
                    .any(|topic| matches!(topic, Topic::Calls | Topic::Incidents | Topic::Units));
            }
            Err(TryRecvError::Lagged(_)) => moved = true,
            Err(TryRecvError::Empty | TryRecvError::Closed) => return moved,
        }
    }
}

fn look(core: &Core) -> Seen {
    let read = |name: &str| match core.device_call(name, json!({})) {
        Answer::Ok(value) => value,
        Answer::Failure(_) => Value::Null,
    };
    Seen::read(
        &read("incident.board"),
        &read("unit.board"),
        &read("call.list"),
    )
}

/// A refusal is no error: somebody at the desk was faster than the crew.
fn send(core: &Core, script: &mut Script, act: Act) {
    let outside = act.request["outside_id"].as_str().map(str::to_owned);
    match core.device_call(act.name, act.request) {
        Answer::Ok(reply) => {
            if let (Some(outside), Some(call)) = (outside, reply["call"].as_str()) {
                script.rang(&outside, call);
            }
        }
        Answer::Failure(failure) => {
            tracing::debug!(name = act.name, code = failure.code.text(), "demo.refused");
        }
    }
}
