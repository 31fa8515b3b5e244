//! The code tables of a county: incident types, rules that propose them, results, invalid reasons.
//! Not here: applying a rule to a text (the domain does), the words of the desk.

use crate::PackError;
use crate::table::{Row, Table};
use std::collections::{BTreeMap, BTreeSet};
use std::path::Path;

/// All code tables.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Codes {
    /// Incident types, parents before children.
    pub types: Vec<TypeRow>,
    /// Rules that propose a type from the text.
    pub rules: Vec<RuleRow>,
    /// Results an incident is closed with.
    pub results: Vec<ResultRow>,
    /// Reasons for closing a call as invalid, by key.
    pub invalid: Vec<InvalidRow>,
}

/// An incident type.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct TypeRow {
    /// Code, unique.
    pub code: String,
    /// Name.
    pub name: String,
    /// The type above it.
    pub parent: Option<String>,
    /// 1 正常, 2 关注, 3 紧急, 4 严重.
    pub level: u8,
    /// Lines that offer it, of 110, 119, 122.
    pub lines: Vec<u16>,
    /// `general`, `fire` or `traffic`.
    pub form: String,
    /// What must be asked: (id, label).
    pub questions: Vec<(String, String)>,
    /// What the call-taker should mind.
    pub guide: String,
    /// Units that should go at least.
    pub min_units: u8,
    /// Officers that should go at least.
    pub min_officers: u8,
    /// Kit that should be along.
    pub kit: Vec<String>,
}

/// A rule that proposes a type.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct RuleRow {
    /// Number by which the desk cites it.
    pub id: u32,
    /// Code of the type proposed.
    pub type_code: String,
    /// Words of which all must stand in the text.
    pub all_of: Vec<String>,
    /// Words of which one must; none needed when empty.
    pub any_of: Vec<String>,
    /// Words of which none may.
    pub none_of: Vec<String>,
    /// Level proposed, 1–4.
    pub level: u8,
}

/// A result an incident is closed with.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ResultRow {
    /// Code, unique.
    pub code: String,
    /// Name.
    pub name: String,
    /// Whether some words must go with it.
    pub needs_text: bool,
}

/// A reason for closing a call as invalid.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct InvalidRow {
    /// The key that gives it, 1–9.
    pub key: u8,
    /// The type the call gets.
    pub code: String,
    /// Name.
    pub name: String,
}

const FORMS: [&str; 3] = ["general", "fire", "traffic"];

/// Reads `types.csv`, `rules.csv`, `results.csv` and `invalid.csv` of a folder.
///
/// # Errors
/// [`PackError::Missing`] for a missing table, [`PackError::BadRow`] for the first bad row:
/// a number that is none, a parent, type or reason that no table has, a code given twice.
pub fn load(dir: &Path) -> Result<Codes, PackError> {
    let types = types(dir)?;
    let known: BTreeSet<&str> = types.iter().map(|row| row.code.as_str()).collect();
    let rules = rules(dir, &known)?;
    let invalid = invalid(dir, &known)?;
    let results = results(dir)?;
    Ok(Codes {
        types,
        rules,
        results,
        invalid,
    })
}

fn types(dir: &Path) -> Result<Vec<TypeRow>, PackError> {
    let columns = [
        "code",
        "name",
        "parent",
        "level",
        "lines",
        "form",
        "questions",
        "guide",
    ];
    let table = Table::read(dir, "types.csv", &columns)?;
    let mut known = BTreeSet::new();
    let mut found = Vec::new();
    for row in table.rows() {
        let code = unique(&row, "code", &mut known)?;
        let parent = Some(row.text("parent")).filter(|parent| !parent.is_empty());
        if let Some(parent) = parent.as_ref().filter(|parent| !known.contains(*parent)) {
            return Err(row.bad("parent", format!("“{parent}” does not stand above")));
        }
        let mut questions = Vec::new();
        for item in row.list("questions") {
            let (id, label) = item
                .split_once([':', '：'])
                .ok_or_else(|| row.bad("questions", format!("“{item}” is not id:label")))?;
            questions.push((id.trim().to_owned(), label.trim().to_owned()));
        }
        found.push(TypeRow {
            code,
            name: row.needed("name")?,
            parent,
            level: row.within("level", 1, 4)?,
            lines: lines(&row)?,
            form: row.word("form", &FORMS)?,
            questions,
            guide: row.text("guide"),
            min_units: row.optional("min_units")?.unwrap_or(1),
            min_officers: row.optional("min_officers")?.unwrap_or(0),
            kit: row.list("kit"),
        });
    }
    Ok(found)
}

fn lines(row: &Row<'_>) -> Result<Vec<u16>, PackError> {
    row.list("lines")
        .iter()
        .map(|line| match line.as_str() {
            "110" => Ok(110),
            "119" => Ok(119),
            "122" => Ok(122),
            other => Err(row.bad("lines", format!("“{other}” is none of 110、119、122"))),
        })
        .collect()
}

fn unique(row: &Row<'_>, column: &str, known: &mut BTreeSet<String>) -> Result<String, PackError> {
    let code = row.needed(column)?;
    if !known.insert(code.clone()) {
        return Err(row.bad(column, format!("“{code}” stands twice")));
    }
    Ok(code)
}

fn rules(dir: &Path, types: &BTreeSet<&str>) -> Result<Vec<RuleRow>, PackError> {
    let columns = ["id", "type", "all_of", "any_of", "none_of", "level"];
    let table = Table::read(dir, "rules.csv", &columns)?;
    let mut seen = BTreeSet::new();
    let mut found = Vec::new();
    for row in table.rows() {
        let rule = RuleRow {
            id: row.number("id")?,
            type_code: known_type(&row, "type", types)?,
            all_of: row.list("all_of"),
            any_of: row.list("any_of"),
            none_of: row.list("none_of"),
            level: row.within("level", 1, 4)?,
        };
        if !seen.insert(rule.id) {
            return Err(row.bad("id", format!("{} stands twice", rule.id)));
        }
        if rule.all_of.is_empty() && rule.any_of.is_empty() {
            return Err(row.bad("all_of", "a rule without words would always match"));
        }
        found.push(rule);
    }
    Ok(found)
}

fn known_type(row: &Row<'_>, column: &str, types: &BTreeSet<&str>) -> Result<String, PackError> {
    let code = row.needed(column)?;
    if types.contains(code.as_str()) {
        Ok(code)
    } else {
        Err(row.bad(column, format!("“{code}” is not in types.csv")))
    }
}

fn results(dir: &Path) -> Result<Vec<ResultRow>, PackError> {
    let table = Table::read(dir, "results.csv", &["code", "name"])?;
    let mut known = BTreeSet::new();
    table
        .rows()
        .map(|row| {
            Ok(ResultRow {
                code: unique(&row, "code", &mut known)?,
                name: row.needed("name")?,
                needs_text: row
                    .optional::<u8>("needs_text")?
                    .is_some_and(|flag| flag != 0),
            })
        })
        .collect()
}

fn invalid(dir: &Path, types: &BTreeSet<&str>) -> Result<Vec<InvalidRow>, PackError> {
    let table = Table::read(dir, "invalid.csv", &["key", "code", "name"])?;
    let mut by_key = BTreeMap::new();
    for row in table.rows() {
        let key = row.within("key", 1, 9)?;
        let code = known_type(&row, "code", types)?;
        let entry = InvalidRow {
            key,
            code,
            name: row.needed("name")?,
        };
        if by_key.insert(key, entry).is_some() {
            return Err(row.bad("key", format!("{key} stands twice")));
        }
    }
    Ok(by_key.into_values().collect())
}
