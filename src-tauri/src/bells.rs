//! The bells of a running station, and the hands that ring them.
//!
//! Not here: how a bell travels (`bell`).

use std::path::Path;
use std::sync::Arc;
use std::time::Duration;

use fengsui_app::honesty::Standing;
use fengsui_store::verify;
use serde_json::{Value, json};

use crate::bell::{self, Bell};
use crate::core::Station;
use crate::desk::Desk;

/// How long a running station may take to hear a bell.
const HEAR: Duration = Duration::from_secs(2);
/// How long it may take to come forward.
const COME: Duration = Duration::from_secs(2);
/// How long it may take to copy or to verify: a full year's log on a slow disk.
const WORK: Duration = Duration::from_secs(3_600);

const CAME: &str = "came";

/// Answers the bells of this home until the desk closes. `come` shows the
/// window; `None` = there is none to show.
pub(crate) fn listen(desk: &Arc<Desk>, come: impl Fn() -> Option<()> + Send + 'static) {
    desk.thread("bells", move |desk| {
        bell::listen(desk.home(), &desk.stop, |bell, said| match bell {
            Bell::Forward => come().map_or("", |()| CAME).to_owned(),
            Bell::Backup => with_station(desk, |station| backup(station, Path::new(said))),
            Bell::Verify => with_station(desk, verify_of),
            Bell::Health => with_station(desk, |station| health_of(desk, station)),
        });
    });
}

/// Asks the running copy to show its window; false = it has none, or is dead.
pub(crate) fn come_forward(home: &Path) -> bool {
    bell::ring(home, Bell::Forward, "", HEAR, COME).as_deref() == Some(CAME)
}

/// Asks the running copy for a backup; `None` = it does not answer.
pub(crate) fn ask_backup(home: &Path, out: &Path) -> Option<Value> {
    answer(home, Bell::Backup, &out.display().to_string())
}

/// Asks the running copy to verify its log; `None` = it does not answer.
pub(crate) fn ask_verify(home: &Path) -> Option<Value> {
    answer(home, Bell::Verify, "")
}

/// Asks the running copy how it stands; `None` = it does not answer.
pub(crate) fn ask_health(home: &Path) -> Option<Value> {
    answer(home, Bell::Health, "")
}

fn answer(home: &Path, bell: Bell, said: &str) -> Option<Value> {
    serde_json::from_str(&bell::ring(home, bell, said, HEAR, WORK)?).ok()
}

fn with_station(desk: &Arc<Desk>, work: impl FnOnce(&Station) -> Value) -> String {
    let core = tauri::async_runtime::block_on(desk.core());
    let value = match core {
        Ok(core) => work(&core.station),
        Err(failure) => json!({ "error": failure.code.text() }),
    };
    value.to_string()
}

fn backup(station: &Station, out: &Path) -> Value {
    match station.store().backup(out) {
        Ok(report) => copied(report.bytes),
        Err(error) => json!({ "error": error.to_string() }),
    }
}

fn verify_of(station: &Station) -> Value {
    match station.prove() {
        Ok(proof) => proved(&proof),
        Err(error) => json!({ "error": error.to_string() }),
    }
}

/// The strip, one word for each part, and the gateway; `bad` counts those that are broken.
fn health_of(desk: &Desk, station: &Station) -> Value {
    let (parts, saved_at_ms) = station.honesty();
    let bad = parts.iter().filter(|part| part.standing == Standing::Bad);
    let mut bad = bad.count();
    let mut words: Vec<String> = parts
        .iter()
        .map(|part| {
            let params: Vec<String> = part
                .params
                .iter()
                .map(|(name, value)| format!("{name}={value}"))
                .collect();
            let params = match params.is_empty() {
                true => String::new(),
                false => format!("({})", params.join(",")),
            };
            format!("{}={}{params}", part.part, part.code)
        })
        .collect();
    let mut sentences = Vec::new();
    if let Some(standing) = desk.gateway_standing() {
        words.extend(crate::gateway::words(&standing, station.now_ms()));
        sentences = crate::gateway::sentences(&standing);
        bad += sentences.len();
    }
    words.extend(crate::links::narrow_words(station));
    json!({ "bad": bad, "sentences": sentences, "parts": words, "saved_at_ms": saved_at_ms })
}

/// A copy that stands, as it is told to whoever asked.
pub(crate) fn copied(bytes: u64) -> Value {
    json!({ "bytes": bytes })
}

/// A walk through the log, as it is told to whoever asked.
pub(crate) fn proved(proof: &verify::Proof) -> Value {
    json!({
        "entries": proof.entries,
        "writers": proof.writers,
        "heads": proof.heads,
        "rebuild_equal": proof.rebuild_equal,
        "broken": proof.broken,
    })
}
