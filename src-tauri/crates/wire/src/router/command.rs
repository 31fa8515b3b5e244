//! The one-line command bar: what would happen, and doing it through the same
//! table with the same posts.
//!
//! **Invariant:** only a text that begins with a slash can become a command
//! (B6). Not here: the grammar (`domain::command_line`).

use fengsui_app::incident::BoardRow as AppBoardRow;
use fengsui_app::unit::UnitRow;
use fengsui_domain::command_line::{
    CommandLine, CommandLineError, Known, KnownCode, KnownIncident, KnownUnit, Named, SetTo, Verb,
    parse,
};
use fengsui_domain::log::dot::Dot;
use serde_json::{Value, json};

mod locate;

use super::convert::{params, unit_state_of};
use super::{Context, Router};
use crate::code::{CommandDone, CommandPreview, CommandText};
use crate::failure::{Failure, FailureCode};

/// Longest command line, characters.
const TEXT_MAX: usize = 200;

/// What the names of a command line are looked up in.
struct Lookup {
    units: Vec<(UnitRow, String)>,
    incidents: Vec<AppBoardRow>,
}

impl Lookup {
    fn new(context: &Context<'_>) -> Result<Lookup, Failure> {
        let groups = context.station.unit_board()?;
        let units = groups
            .into_iter()
            .flat_map(|group| group.units)
            .map(|unit| {
                let initials = fengsui_app::code::initials(&unit.callsign);
                (unit, initials)
            });
        Ok(Lookup {
            units: units.collect(),
            incidents: context.station.board()?.rows,
        })
    }

    fn parse(&self, context: &Context<'_>, text: &str) -> Result<CommandLine, CommandLineError> {
        let codes = &context.station.county().codes;
        let units: Vec<KnownUnit<'_>> = self
            .units
            .iter()
            .map(|(unit, initials)| KnownUnit {
                callsign: &unit.callsign,
                initials,
            })
            .collect();
        let incidents: Vec<KnownIncident<'_>> = self
            .incidents
            .iter()
            .map(|row| KnownIncident {
                number: &row.number,
                short_code: &row.short_code,
            })
            .collect();
        let results: Vec<String> = codes
            .results
            .iter()
            .map(|row| fengsui_app::code::initials(&row.name))
            .collect();
        let reasons: Vec<String> = codes
            .invalid
            .iter()
            .map(|row| fengsui_app::code::initials(&row.name))
            .collect();
        let result_aliases: Vec<[&str; 1]> = results.iter().map(|text| [text.as_str()]).collect();
        let keys: Vec<String> = codes
            .invalid
            .iter()
            .map(|row| row.key.to_string())
            .collect();
        let reason_aliases: Vec<[&str; 2]> = reasons
            .iter()
            .zip(&keys)
            .map(|(initials, key)| [initials.as_str(), key.as_str()])
            .collect();
        let results: Vec<KnownCode<'_>> = codes
            .results
            .iter()
            .zip(&result_aliases)
            .map(|(row, aliases)| KnownCode {
                code: &row.code,
                name: &row.name,
                aliases,
            })
            .collect();
        let reasons: Vec<KnownCode<'_>> = codes
            .invalid
            .iter()
            .zip(&reason_aliases)
            .map(|(row, aliases)| KnownCode {
                code: &row.code,
                name: &row.name,
                aliases,
            })
            .collect();
        parse(
            text,
            Known {
                units: &units,
                incidents: &incidents,
                results: &results,
                invalid_reasons: &reasons,
            },
        )
    }

    fn unit(&self, named: &Named) -> Result<&UnitRow, Failure> {
        let found = self.units.get(named.at).map(|(unit, _)| unit);
        found.ok_or_else(|| not_found(&named.name))
    }

    fn incident(&self, named: &Named) -> Result<Dot, Failure> {
        let found = self.incidents.get(named.at).map(|row| row.dot);
        found.ok_or_else(|| not_found(&named.name))
    }

    fn assignment(&self, named: &Named) -> Result<Dot, Failure> {
        let unit = self.unit(named)?;
        unit.assignment.ok_or_else(|| {
            let state = unit.state.map_or("unknown", |state| state.word());
            Failure::new(FailureCode::UnitState)
                .with("unit", unit.callsign.clone())
                .with("state", state)
                .with("event", "cancel")
        })
    }
}

fn not_found(what: &str) -> Failure {
    Failure::new(FailureCode::NotFound).with("what", what)
}

fn checked(text: &str) -> Result<&str, Failure> {
    if text.chars().count() > TEXT_MAX {
        return Err(Failure::new(FailureCode::ValueInvalid)
            .with("field", "text")
            .with("detail", format!("0-{TEXT_MAX}")));
    }
    Ok(text.trim())
}

/// What would happen; changes nothing.
pub(super) fn preview(
    context: &Context<'_>,
    request: CommandText,
) -> Result<CommandPreview, Failure> {
    let text = checked(&request.text)?;
    let lookup = Lookup::new(context)?;
    Ok(match lookup.parse(context, text) {
        Ok(CommandLine::Help) => CommandPreview::Usages {
            keys: Verb::all()
                .map(|verb| verb.usage_key().to_owned())
                .collect(),
        },
        Ok(command) if needs_incident(&command) && request.incident.is_none() => {
            CommandPreview::Refused {
                code: FailureCode::NotFound,
                params: params(vec![("what", "incident".to_owned())]),
            }
        }
        Ok(CommandLine::Locate { text }) => locate::preview(context, &text),
        Ok(command) => CommandPreview::Ready {
            words: command.words().to_owned(),
            params: params(command.params()),
        },
        Err(CommandLineError::NotACommand) => CommandPreview::Usages { keys: Vec::new() },
        Err(CommandLineError::Usage(verb)) => CommandPreview::Usages {
            keys: vec![verb.usage_key().to_owned()],
        },
        Err(
            CommandLineError::UnknownCommand(what)
            | CommandLineError::NotFound(what)
            | CommandLineError::UnknownState(what),
        ) => CommandPreview::NotFound { what },
        Err(CommandLineError::Ambiguous(choices)) => CommandPreview::Ambiguous { choices },
    })
}

/// Commands about the incident that is open on the desk.
fn needs_incident(command: &CommandLine) -> bool {
    matches!(
        command,
        CommandLine::Send { incident: None, .. }
            | CommandLine::Feedback { unit: None, .. }
            | CommandLine::Close { .. }
            | CommandLine::Invalidate { .. }
            | CommandLine::Locate { .. }
    )
}

/// Does it.
pub(super) fn run(
    router: &Router,
    context: &Context<'_>,
    request: CommandText,
) -> Result<CommandDone, Failure> {
    let text = checked(&request.text)?;
    let lookup = Lookup::new(context)?;
    let command = lookup.parse(context, text).map_err(refused)?;
    let here = request.incident.as_deref();
    let step = match &command {
        CommandLine::Locate { text } => locate::step(context, text, here)?,
        CommandLine::Help => Step::nothing(None),
        CommandLine::Find { .. } => find(router, context, &command)?,
        CommandLine::SetState { .. }
        | CommandLine::Send { .. }
        | CommandLine::Cancel { .. }
        | CommandLine::Reroute { .. } => about_units(&lookup, &command, here)?,
        CommandLine::Found { .. } | CommandLine::WalkIn { .. } | CommandLine::Radio { .. } => {
            opening(router, context, &lookup, &command)?
        }
        CommandLine::Feedback { .. }
        | CommandLine::Close { .. }
        | CommandLine::Invalidate { .. } => about_incident(&lookup, &command, here)?,
    };
    let reply = match step.ask {
        Some((name, request)) => router.inner(context, name, request)?,
        None => Value::Null,
    };
    Ok(CommandDone {
        words: command.words().to_owned(),
        params: params(command.params()),
        incident: step.incident,
        saved_at_ms: reply
            .get("saved_at_ms")
            .and_then(Value::as_i64)
            .or(step.saved_at_ms),
    })
}

/// The command of the table that a command line stands for.
struct Step {
    ask: Option<(&'static str, Value)>,
    incident: Option<String>,
    saved_at_ms: Option<i64>,
}

impl Step {
    fn nothing(incident: Option<String>) -> Step {
        Step {
            ask: None,
            incident,
            saved_at_ms: None,
        }
    }

    fn asks(name: &'static str, request: Value, incident: Option<String>) -> Step {
        Step {
            ask: Some((name, request)),
            incident,
            saved_at_ms: None,
        }
    }
}

fn find(router: &Router, context: &Context<'_>, command: &CommandLine) -> Result<Step, Failure> {
    let CommandLine::Find { text } = command else {
        return Ok(Step::nothing(None));
    };
    let request = json!({ "query": text, "limit": 1 });
    let found = router.inner(context, "incident.search", request)?;
    let first = found["rows"][0]["id"].as_str().map(str::to_owned);
    first
        .map(|id| Step::nothing(Some(id)))
        .ok_or_else(|| not_found(text))
}

fn about_units(
    lookup: &Lookup,
    command: &CommandLine,
    here: Option<&str>,
) -> Result<Step, Failure> {
    match command {
        CommandLine::SetState { unit, to } => {
            let row = lookup.unit(unit)?;
            let incident = row.incident.as_ref().map(|(dot, _)| dot.to_string());
            let (name, request) = match to {
                SetTo::State(state) => {
                    let state = unit_state_of(*state);
                    let request = json!({ "unit": row.dot.to_string(), "state": state });
                    ("unit.set_state", request)
                }
                SetTo::Leave => {
                    let assignment = lookup.assignment(unit)?.to_string();
                    let request = json!({ "assignment": assignment, "step": "clear" });
                    ("assignment.step", request)
                }
            };
            Ok(Step::asks(name, request, incident))
        }
        CommandLine::Send { units, incident } => {
            let target = match incident {
                Some(named) => lookup.incident(named)?.to_string(),
                None => here.ok_or_else(|| not_found("incident"))?.to_owned(),
            };
            let units: Vec<String> = units
                .iter()
                .map(|unit| Ok(lookup.unit(unit)?.dot.to_string()))
                .collect::<Result<_, Failure>>()?;
            let request = json!({ "incident": target, "units": units });
            Ok(Step::asks("assignment.order", request, Some(target)))
        }
        CommandLine::Cancel { unit, reason } => {
            let request = json!({
                "assignment": lookup.assignment(unit)?.to_string(),
                "reason": reason_or(reason, "撤销"),
                "confirmed": true,
            });
            Ok(Step::asks("assignment.cancel", request, None))
        }
        CommandLine::Reroute {
            unit,
            incident,
            reason,
        } => {
            let target = lookup.incident(incident)?.to_string();
            let request = json!({
                "assignment": lookup.assignment(unit)?.to_string(),
                "to_incident": target,
                "reason": reason_or(reason, "改派"),
            });
            Ok(Step::asks("assignment.reroute", request, Some(target)))
        }
        _ => Ok(Step::nothing(None)),
    }
}

/// Opens an incident and puts the words into it.
fn opening(
    router: &Router,
    context: &Context<'_>,
    lookup: &Lookup,
    command: &CommandLine,
) -> Result<Step, Failure> {
    let (open, text) = match command {
        CommandLine::Found { unit, text } => {
            let unit = lookup.unit(unit)?.dot.to_string();
            (
                json!({ "line": "110", "entrance": "patrol", "found_by": unit }),
                text,
            )
        }
        CommandLine::WalkIn { text } => (json!({ "line": "110", "entrance": "walk_in" }), text),
        CommandLine::Radio { unit: _, text } => {
            (json!({ "line": "110", "entrance": "radio" }), text)
        }
        _ => return Ok(Step::nothing(None)),
    };
    let reply = router.inner(context, "incident.open", open)?;
    let incident = reply["incident"].as_str().unwrap_or_default().to_owned();
    if text.trim().is_empty() {
        let saved_at_ms = reply["saved_at_ms"].as_i64();
        return Ok(Step {
            ask: None,
            incident: Some(incident),
            saved_at_ms,
        });
    }
    let amend = json!({ "incident": incident, "form": { "text": text } });
    Ok(Step::asks("incident.amend", amend, Some(incident)))
}

fn about_incident(
    lookup: &Lookup,
    command: &CommandLine,
    here: Option<&str>,
) -> Result<Step, Failure> {
    let open = || here.map(str::to_owned).ok_or_else(|| not_found("incident"));
    match command {
        CommandLine::Feedback { unit, text } => {
            let (incident, assignment) = match unit {
                Some(unit) => {
                    let assignment = lookup.assignment(unit)?;
                    let incident = lookup.unit(unit)?.incident.as_ref().map(|(dot, _)| *dot);
                    let incident = incident.ok_or_else(|| not_found("incident"))?;
                    (incident.to_string(), Some(assignment.to_string()))
                }
                None => (open()?, None),
            };
            let request = json!({ "incident": incident, "assignment": assignment, "text": text });
            Ok(Step::asks("feedback.add", request, Some(incident)))
        }
        CommandLine::Close { result } => {
            let incident = open()?;
            let request = json!({ "incident": incident, "result": result.name });
            Ok(Step::asks("incident.close", request, Some(incident)))
        }
        CommandLine::Invalidate { reason } => {
            let incident = open()?;
            let request = json!({ "incident": incident, "reason": reason.name });
            Ok(Step::asks("incident.invalidate", request, Some(incident)))
        }
        _ => Ok(Step::nothing(None)),
    }
}

fn reason_or<'t>(reason: &'t str, otherwise: &'t str) -> &'t str {
    if reason.trim().is_empty() {
        otherwise
    } else {
        reason
    }
}

fn refused(error: CommandLineError) -> Failure {
    match error {
        CommandLineError::NotACommand => Failure::new(FailureCode::RequestUnknown),
        CommandLineError::Usage(verb) => {
            Failure::new(FailureCode::RequestMalformed).with("detail", verb.usage_key())
        }
        CommandLineError::UnknownCommand(what)
        | CommandLineError::NotFound(what)
        | CommandLineError::UnknownState(what) => not_found(&what),
        CommandLineError::Ambiguous(choices) => {
            Failure::new(FailureCode::Ambiguous).with("choices", choices.join("、"))
        }
    }
}
