//! `/zb`: coordinates or a grid code as the place of the open incident (C2). One reading is taken
//! and shown before Enter; several are named, and none is chosen.
//!
//! Not here: the reading itself (`geo::reading`).

use fengsui_app::place::Place;
use fengsui_domain::command_line::CommandLine;
use serde_json::json;

use super::{Step, not_found, params};
use crate::code::CommandPreview;
use crate::failure::{Failure, FailureCode};
use crate::router::Context;

/// What would happen.
pub(super) fn preview(context: &Context<'_>, text: &str) -> CommandPreview {
    match context.station.typed_places(text, None).as_slice() {
        [] => CommandPreview::NotFound {
            what: text.to_owned(),
        },
        [one] => {
            let command = CommandLine::Locate { text: name(one) };
            CommandPreview::Ready {
                words: command.words().to_owned(),
                params: params(command.params()),
            }
        }
        several => CommandPreview::Ambiguous {
            choices: several.iter().map(name).collect(),
        },
    }
}

/// The command of the table it stands for.
pub(super) fn step(context: &Context<'_>, text: &str, here: Option<&str>) -> Result<Step, Failure> {
    let incident = here.ok_or_else(|| not_found("incident"))?;
    let places = context.station.typed_places(text, None);
    let (place, point) = match places.as_slice() {
        [one] => (one, one.point.ok_or_else(|| not_found(text))?),
        [] => return Err(not_found(text)),
        several => {
            let choices: Vec<String> = several.iter().map(name).collect();
            return Err(Failure::new(FailureCode::Ambiguous).with("choices", choices.join("；")));
        }
    };
    let form = json!({ "point": { "lon": point.lon_deg(), "lat": point.lat_deg() },
        "point_source": "coordinate", "point_datum": place.datum.map(|datum| datum.word()) });
    let request = json!({ "incident": incident, "form": form });
    Ok(Step::asks(
        "incident.amend",
        request,
        Some(incident.to_owned()),
    ))
}

/// Where it is and which datum it was taken to be in: `113.902300, 31.201300 (gcj02)`.
fn name(place: &Place) -> String {
    match place.datum {
        Some(datum) => format!("{} ({})", place.name, datum.word()),
        None => place.name.clone(),
    }
}
