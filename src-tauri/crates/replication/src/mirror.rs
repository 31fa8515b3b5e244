//! Rows of the folded tables as they leave a station for a database elsewhere: things by their
//! dots, never by a file's own aliases, so that two stations with the same entries give the same
//! rows.
//!
//! Not here: how they are read (`store`), where they go (`gateway`).

use fengsui_domain::log::dot::Dot;
use fengsui_domain::log::field::Noun;

use crate::port::{Applied, Replica, ReplicaError, View};
use crate::run::Run;

/// What a column holds.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Kind {
    /// A whole number: codes, instants in ms, 0 and 1.
    Int,
    /// A text.
    Text,
    /// Bytes.
    Bytes,
    /// Another thing, by its dot; empty = none.
    Thing,
}

/// A column beside `county` and `id`.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Column {
    /// Name, as in the station's own file.
    pub name: &'static str,
    /// What it holds.
    pub kind: Kind,
    /// The table of the thing it names; empty = it names none.
    pub of: &'static str,
}

/// A folded table.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Table {
    /// Name, as in the station's own file.
    pub name: &'static str,
    /// Whose registers its rows hold, first column `regs`; `None` = it is derived of others.
    pub noun: Option<Noun>,
    /// Its columns.
    pub columns: &'static [Column],
}

const fn int(name: &'static str) -> Column {
    let kind = Kind::Int;
    Column { name, kind, of: "" }
}

const fn text(name: &'static str) -> Column {
    let kind = Kind::Text;
    Column { name, kind, of: "" }
}

const fn bytes(name: &'static str) -> Column {
    let kind = Kind::Bytes;
    Column { name, kind, of: "" }
}

const fn thing(name: &'static str, of: &'static str) -> Column {
    let kind = Kind::Thing;
    Column { name, kind, of }
}

const fn table(name: &'static str, noun: Noun, columns: &'static [Column]) -> Table {
    let noun = Some(noun);
    Table {
        name,
        noun,
        columns,
    }
}

const REGS: Column = bytes("regs");

/// The tables that leave, parents first. All nouns of the state digest are among them.
pub const TABLES: &[Table] = &[
    table("county", Noun::County, &[REGS]),
    table(
        "station",
        Noun::Station,
        &[
            REGS,
            int("number"),
            text("code"),
            bytes("public_key"),
            int("revoked_at"),
        ],
    ),
    table("account", Noun::Account, &[REGS, text("account")]),
    table(
        "unit",
        Noun::Unit,
        &[REGS, text("callsign"), int("state"), int("state_at")],
    ),
    table(
        "call",
        Noun::Call,
        &[
            REGS,
            int("state"),
            int("ring_at"),
            int("listed"),
            text("outside_id"),
        ],
    ),
    table(
        "incident",
        Noun::Incident,
        &[
            REGS,
            int("stage"),
            text("number"),
            int("day"),
            int("opened_at"),
            int("closed_at"),
            int("open"),
            int("active"),
            text("voice"),
            thing("part_of", "incident"),
            thing("whole", "incident"),
        ],
    ),
    table(
        "assignment",
        Noun::Assignment,
        &[
            REGS,
            thing("incident", "incident"),
            thing("unit", "unit"),
            int("stage"),
            int("stage_at"),
        ],
    ),
    table(
        "feedback",
        Noun::Feedback,
        &[REGS, thing("incident", "incident")],
    ),
    table(
        "drawing",
        Noun::Drawing,
        &[REGS, thing("incident", "incident"), int("listed")],
    ),
    Table {
        name: "conflict",
        noun: None,
        columns: &[int("noun"), thing("thing", ""), int("field")],
    },
];

/// A value of a row.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub enum Cell {
    /// `Kind::Int`.
    Int(i64),
    /// `Kind::Text` and `Kind::Thing`.
    Text(String),
    /// `Kind::Bytes`.
    Bytes(Vec<u8>),
}

/// A row.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Row {
    /// Its place in `TABLES`.
    pub table: usize,
    /// The thing's dot as text; for a conflict that of the thing, `/` and the field's number.
    pub id: String,
    /// In the order of the table's columns.
    pub cells: Vec<Cell>,
}

impl Row {
    /// Dot and registers, for the state digest; `None` where the table has none.
    #[must_use]
    pub fn registers(&self) -> Option<(Noun, Dot, &[u8])> {
        let noun = TABLES.get(self.table)?.noun?;
        let dot = self.id.parse().ok()?;
        match self.cells.first()? {
            Cell::Bytes(regs) => Some((noun, dot, regs)),
            _ => None,
        }
    }
}

/// Since when rows are asked for, as an earlier answer said.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Mark {
    /// Order of arrival of the newest entry that was in that answer.
    pub arrival: i64,
    /// Entries that waited then for something they refer to.
    pub waiting: Vec<Dot>,
    /// Incidents that were then one with another: what is derived of one changes with the others.
    pub joined: Vec<Dot>,
}

/// Rows of one moment.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Mirror {
    /// Heads and state digest at that moment.
    pub view: View,
    /// To ask from next time.
    pub mark: Mark,
    /// Without a mark all rows; with one those that entries since then may have changed, and all
    /// conflicts.
    pub rows: Vec<Row>,
}

/// The station as its gateway sees it: what a link needs, and rows. Calls may block on the disk.
pub trait Source: Replica {
    /// Rows of the folded tables in one snapshot: all, or those that entries since a mark may have
    /// changed.
    ///
    /// # Errors
    /// `ReplicaError`.
    fn mirror(&self, since: Option<&Mark>) -> Result<Mirror, ReplicaError>;

    /// Takes runs that no single peer vouches for; durable when it returns.
    ///
    /// # Errors
    /// `ReplicaError`; what was answered before stays.
    fn take(&self, runs: &[Run]) -> Result<Applied, ReplicaError>;
}
