//! The words of the command line: verbs, states, and the keys of its sentences.
//! Not here: the sentences; the desk has them in assets/words.

use super::{CommandLine, CommandLineError, Named, SetTo, Verb, compact};
use crate::unit::UnitState;

/// Each verb: short word, Chinese word, words key of its usage.
const VERBS: &[(Verb, &str, &str, &str)] = &[
    (Verb::SetState, "s", "状态", "command.usage.s"),
    (Verb::Send, "p", "派", "command.usage.p"),
    (Verb::Cancel, "cx", "撤销", "command.usage.cx"),
    (Verb::Reroute, "gp", "改派", "command.usage.gp"),
    (Verb::Found, "xf", "巡逻发现", "command.usage.xf"),
    (Verb::WalkIn, "dm", "当面", "command.usage.dm"),
    (Verb::Radio, "dt", "电台", "command.usage.dt"),
    (Verb::Feedback, "fk", "反馈", "command.usage.fk"),
    (Verb::Close, "ja", "结案", "command.usage.ja"),
    (Verb::Invalidate, "wx", "无效", "command.usage.wx"),
    (Verb::Locate, "zb", "坐标", "command.usage.zb"),
    (Verb::Find, "f", "找", "command.usage.f"),
    (Verb::Help, "?", "帮助", "command.usage.help"),
];

/// Each state that may be set by hand: Chinese word, pinyin initials, English word.
const STATES: &[(SetTo, &str, &str, &str)] = &[
    (
        SetTo::State(UnitState::Available),
        "待命",
        "dm",
        "available",
    ),
    (SetTo::State(UnitState::Signed), "签收", "qs", "signed"),
    (SetTo::State(UnitState::EnRoute), "出警", "cj", "en_route"),
    (SetTo::State(UnitState::OnScene), "到场", "dc", "on_scene"),
    (SetTo::State(UnitState::Working), "处置", "cz", "working"),
    (
        SetTo::State(UnitState::Returning),
        "返回",
        "fh",
        "returning",
    ),
    (SetTo::State(UnitState::Standby), "备勤", "bq", "standby"),
    (SetTo::State(UnitState::OffDuty), "停勤", "tq", "off_duty"),
    (SetTo::Leave, "离场", "lc", "clear"),
];

impl Verb {
    /// Every verb, in the order of the help.
    pub fn all() -> impl Iterator<Item = Verb> {
        VERBS.iter().map(|row| row.0)
    }

    /// The short word after the slash.
    #[must_use]
    pub fn word(self) -> &'static str {
        VERBS
            .iter()
            .find(|row| row.0 == self)
            .map_or("", |row| row.1)
    }

    /// Words key of its usage.
    #[must_use]
    pub fn usage_key(self) -> &'static str {
        VERBS
            .iter()
            .find(|row| row.0 == self)
            .map_or("", |row| row.3)
    }

    /// The verb of a word, short or Chinese, in either width and case.
    pub(super) fn named(word: &str) -> Option<Self> {
        let word = compact(word);
        VERBS
            .iter()
            .find(|row| row.1 == word || row.2 == word)
            .map(|row| row.0)
    }
}

impl SetTo {
    /// The state that the whole of `text` names.
    pub(super) fn named(text: &str, verb: Verb) -> Result<Self, CommandLineError> {
        let word = compact(&text.replace(' ', "_"));
        if word.is_empty() {
            return Err(CommandLineError::Usage(verb));
        }
        let english = word.replace('-', "_");
        let fits =
            |row: &&(SetTo, &str, &str, &str)| row.1 == word || row.2 == word || row.3 == english;
        let found = STATES.iter().find(fits).map(|row| row.0);
        found.ok_or_else(|| CommandLineError::UnknownState(text.to_owned()))
    }
}

impl CommandLine {
    /// Its verb.
    #[must_use]
    pub fn verb(&self) -> Verb {
        match self {
            Self::SetState { .. } => Verb::SetState,
            Self::Send { .. } => Verb::Send,
            Self::Cancel { .. } => Verb::Cancel,
            Self::Reroute { .. } => Verb::Reroute,
            Self::Found { .. } => Verb::Found,
            Self::WalkIn { .. } => Verb::WalkIn,
            Self::Radio { .. } => Verb::Radio,
            Self::Feedback { .. } => Verb::Feedback,
            Self::Close { .. } => Verb::Close,
            Self::Invalidate { .. } => Verb::Invalidate,
            Self::Locate { .. } => Verb::Locate,
            Self::Find { .. } => Verb::Find,
            Self::Help => Verb::Help,
        }
    }

    /// Words key of what would happen.
    #[must_use]
    pub fn words(&self) -> &'static str {
        match self {
            Self::SetState { .. } => "command.set_state",
            Self::Send { incident: None, .. } => "command.send_here",
            Self::Send { .. } => "command.send",
            Self::Cancel { .. } => "command.cancel",
            Self::Reroute { .. } => "command.reroute",
            Self::Found { .. } => "command.found",
            Self::WalkIn { .. } => "command.walk_in",
            Self::Radio { .. } => "command.radio",
            Self::Feedback { .. } => "command.feedback",
            Self::Close { .. } => "command.close",
            Self::Invalidate { .. } => "command.invalidate",
            Self::Locate { .. } => "command.locate",
            Self::Find { .. } => "command.find",
            Self::Help => "command.help",
        }
    }

    /// Values for the sentence: `unit`, `units`, `state`, `incident`, `reason`, `result`,
    /// `text`; a value that was not given is absent.
    #[must_use]
    pub fn params(&self) -> Vec<(&'static str, String)> {
        let name = |named: &Named| named.name.clone();
        let mut out: Vec<(&'static str, String)> = Vec::new();
        match self {
            Self::SetState { unit, to } => {
                out.push(("unit", name(unit)));
                out.push(("state", to.word().to_owned()));
            }
            Self::Send { units, incident } => {
                let names: Vec<String> = units.iter().map(name).collect();
                out.push(("units", names.join("、")));
                out.extend(
                    incident
                        .as_ref()
                        .map(|incident| ("incident", name(incident))),
                );
            }
            Self::Cancel { unit, reason } => {
                out.push(("unit", name(unit)));
                out.push(("reason", reason.clone()));
            }
            Self::Reroute {
                unit,
                incident,
                reason,
            } => {
                out.push(("unit", name(unit)));
                out.push(("incident", name(incident)));
                out.push(("reason", reason.clone()));
            }
            Self::Found { unit, text } => {
                out.push(("unit", name(unit)));
                out.push(("text", text.clone()));
            }
            Self::Radio { unit, text } | Self::Feedback { unit, text } => {
                out.extend(unit.as_ref().map(|unit| ("unit", name(unit))));
                out.push(("text", text.clone()));
            }
            Self::WalkIn { text } | Self::Locate { text } | Self::Find { text } => {
                out.push(("text", text.clone()))
            }
            Self::Close { result } => out.push(("result", name(result))),
            Self::Invalidate { reason } => out.push(("reason", name(reason))),
            Self::Help => {}
        }
        out.retain(|(_, value)| !value.is_empty());
        out
    }
}
