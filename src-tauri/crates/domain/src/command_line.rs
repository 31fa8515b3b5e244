//! The one-line command bar (`/s 巡03 到场`): text in, one typed command or a plain refusal.
//! Not here: running it (`app`), sentences (assets/words).
//!
//! **Invariant:** only a single line whose very first character is a slash is a command;
//! everything else is [`CommandLineError::NotACommand`], whatever it holds. **Invariant:** a
//! unit or an incident is meant only if the whole word names it; nothing is completed,
//! corrected or guessed, and nothing changes when a word names nothing or several things.

use crate::assignment::AssignmentStep;
use crate::number::half_width;
use crate::unit::UnitState;

mod resolve;
#[cfg(test)]
mod tests;
mod words;

use resolve::{Cursor, compact};

/// A unit that a command may name.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct KnownUnit<'a> {
    /// Call sign, such as `巡03`.
    pub callsign: &'a str,
    /// Its pinyin initials, such as `x03`; empty where none are known.
    pub initials: &'a str,
}

/// An incident that a command may name.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct KnownIncident<'a> {
    /// 警情编号.
    pub number: &'a str,
    /// Short code.
    pub short_code: &'a str,
}

/// A result or reason that a command may name.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct KnownCode<'a> {
    /// Code.
    pub code: &'a str,
    /// Name.
    pub name: &'a str,
    /// Other words for it: pinyin initials, the digit of its key.
    pub aliases: &'a [&'a str],
}

/// What stands on the desk and can be named.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct Known<'a> {
    /// Units.
    pub units: &'a [KnownUnit<'a>],
    /// Incidents not closed.
    pub incidents: &'a [KnownIncident<'a>],
    /// Result codes.
    pub results: &'a [KnownCode<'a>],
    /// 无效 reasons.
    pub invalid_reasons: &'a [KnownCode<'a>],
}

/// Something named, by its place in the list that was given.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Named {
    /// Index in the list of [`Known`].
    pub at: usize,
    /// Call sign, number or code as it stands there.
    pub name: String,
}

/// The state a unit is set to.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum SetTo {
    /// A state: 待命, 签收, 出警, 到场, 处置, 返回, 备勤, 停勤.
    State(UnitState),
    /// 离场: leaves the incident it is in.
    Leave,
}

impl SetTo {
    /// Stable word.
    #[must_use]
    pub fn word(self) -> &'static str {
        match self {
            Self::State(state) => state.word(),
            Self::Leave => AssignmentStep::Clear.word(),
        }
    }
}

/// A command, complete; the names in it exist.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum CommandLine {
    /// `/s`: sets a unit's state.
    SetState {
        /// Unit.
        unit: Named,
        /// To what.
        to: SetTo,
    },
    /// `/p`: sends units, each once, in the order given.
    Send {
        /// Units, at least one.
        units: Vec<Named>,
        /// Where to; `None` = the incident open on the desk.
        incident: Option<Named>,
    },
    /// `/cx`: asks to cancel a unit's assignment.
    Cancel {
        /// Unit.
        unit: Named,
        /// Why; may be empty.
        reason: String,
    },
    /// `/gp`: sends a unit from where it is to another incident.
    Reroute {
        /// Unit.
        unit: Named,
        /// Where to.
        incident: Named,
        /// Why; may be empty.
        reason: String,
    },
    /// `/xf`: a patrol found something; opens an incident with the unit on scene.
    Found {
        /// Unit.
        unit: Named,
        /// What; may be empty.
        text: String,
    },
    /// `/dm`: somebody is at the counter; opens an incident.
    WalkIn {
        /// What; may be empty.
        text: String,
    },
    /// `/dt`: a report by radio; opens an incident.
    Radio {
        /// Who reports.
        unit: Option<Named>,
        /// What.
        text: String,
    },
    /// `/fk`: feedback from a unit or of the desk.
    Feedback {
        /// Who reports; `None` = the desk, on the open incident.
        unit: Option<Named>,
        /// What.
        text: String,
    },
    /// `/ja`: closes the open incident.
    Close {
        /// Result.
        result: Named,
    },
    /// `/wx`: closes the open incident 无效.
    Invalidate {
        /// Reason.
        reason: Named,
    },
    /// `/zb`: puts the open incident where the coordinates or grid code say.
    Locate {
        /// Coordinates or code, as typed; which place they mean is not decided here.
        text: String,
    },
    /// `/f`: finds.
    Find {
        /// What.
        text: String,
    },
    /// `/` and `/?`: shows all usages.
    Help,
}

/// The verbs, in the order of the help.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Verb {
    /// `/s`.
    SetState,
    /// `/p`.
    Send,
    /// `/cx`.
    Cancel,
    /// `/gp`.
    Reroute,
    /// `/xf`.
    Found,
    /// `/dm`.
    WalkIn,
    /// `/dt`.
    Radio,
    /// `/fk`.
    Feedback,
    /// `/ja`.
    Close,
    /// `/wx`.
    Invalidate,
    /// `/zb`.
    Locate,
    /// `/f`.
    Find,
    /// `/?`.
    Help,
}

/// Why a text is no command that could be run. Nothing changes.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum CommandLineError {
    /// No slash in front, or more than one line: ordinary text, for searching.
    #[error("not a command")]
    NotACommand,
    /// No such command; holds the word.
    #[error("unknown command {0}")]
    UnknownCommand(String),
    /// Something is missing or too much: show how it is used.
    #[error("incomplete {0:?}")]
    Usage(Verb),
    /// Names nothing known; holds the word as typed (未找到 巡03X).
    #[error("not found: {0}")]
    NotFound(String),
    /// Names several; holds them.
    #[error("ambiguous: {0:?}")]
    Ambiguous(Vec<String>),
    /// No state that can be set by hand; holds the word.
    #[error("unknown state {0}")]
    UnknownState(String),
}

/// Whether the text is for the command line at all; everything else is searched for.
#[must_use]
pub fn is_command(text: &str) -> bool {
    let breaks = |c: char| c.is_control() || matches!(c, '\u{2028}' | '\u{2029}');
    text.chars().next().map(half_width) == Some('/') && !text.chars().any(breaks)
}

/// Reads a command line against what is known.
///
/// # Errors
/// [`CommandLineError`]; then nothing is to be done.
pub fn parse(text: &str, known: Known<'_>) -> Result<CommandLine, CommandLineError> {
    if !is_command(text) {
        return Err(CommandLineError::NotACommand);
    }
    let mut chars = text.chars();
    chars.next();
    let mut cursor = Cursor::new(chars.as_str());
    let Some(word) = cursor.word() else {
        return Ok(CommandLine::Help);
    };
    match Verb::named(word) {
        Some(verb) => command(verb, cursor, known),
        None => Err(CommandLineError::UnknownCommand(word.to_owned())),
    }
}

/// The command of a verb with what stands behind it.
fn command(
    verb: Verb,
    mut cursor: Cursor<'_>,
    known: Known<'_>,
) -> Result<CommandLine, CommandLineError> {
    use CommandLine as C;
    let unit = match verb {
        Verb::SetState | Verb::Cancel | Verb::Reroute | Verb::Found => {
            Some(cursor.unit(known.units, verb)?)
        }
        Verb::Radio | Verb::Feedback => cursor.unit_if_any(known.units)?,
        _ => None,
    };
    let text = cursor.rest().to_owned();
    let usage = CommandLineError::Usage(verb);
    let needs_text = matches!(
        verb,
        Verb::Radio | Verb::Feedback | Verb::Close | Verb::Invalidate | Verb::Locate | Verb::Find
    );
    if needs_text && text.is_empty() {
        return Err(usage);
    }
    Ok(match (verb, unit) {
        (Verb::SetState, Some(unit)) => C::SetState {
            unit,
            to: SetTo::named(&text, verb)?,
        },
        (Verb::Cancel, Some(unit)) => C::Cancel { unit, reason: text },
        (Verb::Reroute, Some(unit)) => {
            let word = cursor.word().ok_or(usage)?;
            let incident = resolve::incident(word, known.incidents)?;
            C::Reroute {
                unit,
                incident,
                reason: cursor.rest().to_owned(),
            }
        }
        (Verb::Found, Some(unit)) => C::Found { unit, text },
        (Verb::Radio, unit) => C::Radio { unit, text },
        (Verb::Feedback, unit) => C::Feedback { unit, text },
        (Verb::Send, _) => send(cursor, known)?,
        (Verb::WalkIn, _) => C::WalkIn { text },
        (Verb::Close, _) => C::Close {
            result: resolve::code(&text, known.results)?,
        },
        (Verb::Invalidate, _) => C::Invalidate {
            reason: resolve::code(&text, known.invalid_reasons)?,
        },
        (Verb::Locate, _) => C::Locate { text },
        (Verb::Find, _) => C::Find { text },
        (Verb::Help, _) => C::Help,
        (Verb::SetState | Verb::Cancel | Verb::Reroute | Verb::Found, None) => return Err(usage),
    })
}

/// Units, then perhaps an incident as the last word.
fn send(mut cursor: Cursor<'_>, known: Known<'_>) -> Result<CommandLine, CommandLineError> {
    use CommandLineError as E;
    let mut units = vec![cursor.unit(known.units, Verb::Send)?];
    while !cursor.rest().is_empty() {
        let incident = resolve::incident(cursor.rest(), known.incidents);
        let unit = cursor.unit(known.units, Verb::Send);
        match (unit, incident) {
            (Ok(unit), Err(E::NotFound(_))) => {
                if !units.contains(&unit) {
                    units.push(unit);
                }
            }
            (Err(E::NotFound(_)), Ok(incident)) => {
                return Ok(CommandLine::Send {
                    units,
                    incident: Some(incident),
                });
            }
            // Were 12 both a unit and an incident, nobody could tell which is meant.
            (Ok(unit), Ok(incident)) => {
                return Err(E::Ambiguous(vec![unit.name, incident.name]));
            }
            (Err(E::NotFound(word)), Err(E::NotFound(_))) => return Err(E::NotFound(word)),
            (Err(E::NotFound(_)) | Ok(_), Err(refusal)) | (Err(refusal), _) => {
                return Err(refusal);
            }
        }
    }
    Ok(CommandLine::Send {
        units,
        incident: None,
    })
}
