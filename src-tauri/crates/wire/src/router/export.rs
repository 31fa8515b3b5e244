//! An incident as a paper for others: every line of its timeline in plain JSON with the entry's
//! own bytes, one a line, signed by the station. What was changed stands in it beside what it
//! was before.
//!
//! Not here: how it is signed and written (`store::export`).

use fengsui_app::clock::local_text;
use fengsui_app::peer::Lack;
use fengsui_domain::log::entry::Entry;
use serde_json::json;

use super::Context;
use super::convert::dot;
use super::incident::{people, timeline};
use crate::failure::Failure;
use crate::honesty::Exported;
use crate::incident::{IncidentRef, TimelineLine};
use crate::station::StationRef;

pub(super) fn incident(context: &Context<'_>, request: IncidentRef) -> Result<Exported, Failure> {
    let (station, actor) = (context.station, context.actor()?);
    let view = station.incident_view(dot("incident", &request.incident)?)?;
    let lines = timeline::lines(&view, station.county(), &people(context)?);
    let now_ms = station.now_ms();
    let lacks: Vec<_> = station.lacks()?.iter().map(lack).collect();
    let head = json!({ "paper": "incident", "number": view.row.number,
        "station": station.code().to_string(), "station_name": station.name(),
        "exported_at": local_text(now_ms), "exported_at_ms": now_ms, "by": actor.account,
        "lacks": lacks,
        "verify": "fengsui audit check FILE" });
    let mut body = format!("{head}\n");
    for line in &lines {
        let entry = view
            .timeline
            .iter()
            .find(|entry| entry.dot.to_string() == line.entry);
        body.push_str(&format!("{}\n", row(line, entry)));
    }
    let name = format!("{}-{now_ms}.jsonl", view.row.number);
    let path = station
        .store()
        .export(&name, &body)
        .map_err(fengsui_app::error::AppError::from)?;
    Ok(Exported {
        path: path.display().to_string(),
        lines: u32::try_from(lines.len()).unwrap_or(u32::MAX),
    })
}

/// The dispatch order as a page to print.
pub(super) fn order_paper(
    context: &Context<'_>,
    request: IncidentRef,
) -> Result<Exported, Failure> {
    let incident = dot("incident", &request.incident)?;
    let path = context.station.order_paper(context.actor()?, incident)?;
    Ok(Exported {
        path: path.display().to_string(),
        lines: 1,
    })
}

/// What a station may not know, as a page for a messenger; `lines` = the incidents on it.
pub(super) fn unsent_paper(
    context: &Context<'_>,
    request: StationRef,
) -> Result<Exported, Failure> {
    let (path, incidents) = context
        .station
        .unsent_paper(context.actor()?, request.number)?;
    Ok(Exported {
        path: path.display().to_string(),
        lines: u32::try_from(incidents).unwrap_or(u32::MAX),
    })
}

/// A station whose entries are not all here: the paper holds what it wrote up to then (不含 … 后).
/// `since` is `null` where nothing of it is known to be here.
fn lack(lack: &Lack) -> serde_json::Value {
    let since_ms = (lack.since_ms > 0).then_some(lack.since_ms);
    json!({ "station": lack.name, "number": lack.number,
        "since": since_ms.map(local_text), "since_ms": since_ms })
}

/// A line as the desk shows it; beside it the bytes that the chain holds.
fn row(line: &TimelineLine, entry: Option<&Entry>) -> serde_json::Value {
    let bytes = entry.map(Entry::encode);
    let hex = bytes.map(|bytes| bytes.iter().map(|b| format!("{b:02x}")).collect::<String>());
    let params: serde_json::Map<_, _> = line
        .params
        .iter()
        .map(|param| (param.name.clone(), json!(param.value)))
        .collect();
    let corrected_at = line.corrected_at_ms.map(local_text);
    json!({ "entry": line.entry, "at": local_text(line.at_ms), "at_ms": line.at_ms,
        "written_at_ms": line.written_at_ms, "corrected_at": corrected_at,
        "corrected_at_ms": line.corrected_at_ms, "is_clock_unknown": line.is_clock_unknown,
        "by": line.by, "kind": line.kind, "values": params, "bytes": hex })
}
