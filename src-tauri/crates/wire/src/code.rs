//! Code tables, type proposals and the command line on the wire.
//!
//! Not here: the tables themselves; they are read from assets.

use serde::{Deserialize, Serialize};
use ts_rs::TS;

use crate::call::Line;
use crate::incident::{Level, Param};

/// An incident type (类别).
#[derive(Debug, Clone, Serialize, TS)]
pub struct TypeRow {
    /// Code.
    pub code: String,
    /// Name.
    pub name: String,
    /// Parent code; `null` = top.
    pub parent: Option<String>,
    /// Pinyin initials of the name, lower case.
    pub initials: String,
    /// Default level.
    pub level: Level,
    /// Lines whose form offers it; empty = all.
    pub lines: Vec<Line>,
    /// Required questions.
    pub questions: Vec<Question>,
    /// Guide for the call-taker.
    pub guide: String,
}

/// A question of a type.
#[derive(Debug, Clone, Serialize, TS)]
pub struct Question {
    /// Id within the type.
    pub id: String,
    /// Words.
    pub label: String,
}

/// A code with a name.
#[derive(Debug, Clone, Serialize, TS)]
pub struct CodeName {
    /// Code.
    pub code: String,
    /// Name.
    pub name: String,
}

/// `code.tables`.
#[derive(Debug, Clone, Serialize, TS)]
pub struct CodeTables {
    /// Types in tree order.
    pub types: Vec<TypeRow>,
    /// Result codes.
    pub results: Vec<CodeName>,
    /// 无效 reasons in key order 1–6.
    pub invalid_reasons: Vec<CodeName>,
}

/// `type.propose`.
#[derive(Debug, Clone, Deserialize, TS)]
#[serde(deny_unknown_fields)]
pub struct ProposeType {
    /// Text typed so far; at most 4,000 characters.
    pub text: String,
    /// Line of the form.
    pub line: Line,
}

/// A proposed type with the rule that matched; never applied by itself.
#[derive(Debug, Clone, Serialize, TS)]
pub struct TypeProposal {
    /// Type code.
    pub code: String,
    /// Path "治安 › 打架斗殴 › 持械".
    pub path: String,
    /// Level the rule proposes.
    pub level: Level,
    /// Rule id.
    pub rule: String,
    /// The words that matched.
    pub matched: Vec<String>,
}

/// At most three, best first.
#[derive(Debug, Clone, Serialize, TS)]
pub struct TypeProposals {
    /// Proposals.
    pub proposals: Vec<TypeProposal>,
}

/// `command.preview` and `command.run`.
#[derive(Debug, Clone, Deserialize, TS)]
#[serde(deny_unknown_fields)]
pub struct CommandText {
    /// As typed, at most 200 characters, e.g. `/s 巡03 到场`.
    pub text: String,
    /// The incident open on the desk, where a command needs one.
    #[serde(default)]
    pub incident: Option<String>,
}

/// What a command line would do.
#[derive(Debug, Clone, Serialize, TS)]
#[serde(tag = "kind", rename_all = "snake_case")]
pub enum CommandPreview {
    /// Nothing typed, or help: usages as words keys.
    Usages {
        /// Words keys.
        keys: Vec<String>,
    },
    /// Can be run: the words key says what would happen.
    Ready {
        /// Words key.
        words: String,
        /// Values.
        params: Vec<Param>,
    },
    /// Names nothing known ("未找到 巡03X"): nothing changes.
    NotFound {
        /// What was not found.
        what: String,
    },
    /// Names several: the desk lists them, one must be chosen.
    Ambiguous {
        /// What could be meant.
        choices: Vec<String>,
    },
    /// Known, but the rules say no: a failure code.
    Refused {
        /// Failure code.
        code: crate::failure::FailureCode,
        /// Values.
        params: Vec<Param>,
    },
}

/// What a command line did.
#[derive(Debug, Clone, Serialize, TS)]
pub struct CommandDone {
    /// What was done, as in the preview.
    pub words: String,
    /// Values.
    pub params: Vec<Param>,
    /// Incident to show, if the command opened or found one.
    pub incident: Option<String>,
    /// When the commit returned; `null` where nothing was written.
    pub saved_at_ms: Option<i64>,
}
