//! The county as the station knows it from files: posts, cameras, code tables,
//! type rules. Read once at start.
//!
//! Not here: units (they are entries), the map (`mappack::Pack`).

use std::collections::BTreeMap;

use fengsui_domain::incident::{Level, Line};
use fengsui_domain::propose::{Proposal, Rule, RuleBook, TypeLines};
use fengsui_domain::rank::Wanted;
use fengsui_mappack::codes::{Codes, TypeRow};
use fengsui_mappack::county::CountyData;

/// Files of the county, ready for use.
#[derive(Debug)]
pub struct County {
    /// Posts, units, beats, checkpoints, cameras, scripted shift.
    pub data: CountyData,
    /// Code tables.
    pub codes: Codes,
    rules: RuleBook,
    by_code: BTreeMap<String, usize>,
}

/// A line from its dialled digits.
#[must_use]
pub fn line_of(digits: u16) -> Option<Line> {
    match digits {
        110 => Some(Line::Police110),
        119 => Some(Line::Fire119),
        122 => Some(Line::Traffic122),
        _ => None,
    }
}

impl County {
    /// From what was read.
    #[must_use]
    pub fn new(data: CountyData, codes: Codes) -> Self {
        let rules: Vec<Rule> = codes
            .rules
            .iter()
            .filter_map(|row| {
                Some(Rule {
                    id: row.id.to_string(),
                    type_code: row.type_code.clone(),
                    all_of: row.all_of.clone(),
                    any_of: row.any_of.clone(),
                    none_of: row.none_of.clone(),
                    level: Level::from_code(row.level)?,
                })
            })
            .collect();
        let lines: Vec<TypeLines> = codes
            .types
            .iter()
            .map(|row| TypeLines {
                code: row.code.clone(),
                lines: row
                    .lines
                    .iter()
                    .filter_map(|digits| line_of(*digits))
                    .collect(),
            })
            .collect();
        let by_code = codes
            .types
            .iter()
            .enumerate()
            .map(|(at, row)| (row.code.clone(), at))
            .collect();
        County {
            rules: RuleBook::new(&rules, &lines),
            data,
            codes,
            by_code,
        }
    }

    /// A type by code.
    #[must_use]
    pub fn type_row(&self, code: &str) -> Option<&TypeRow> {
        self.by_code
            .get(code)
            .and_then(|at| self.codes.types.get(*at))
    }

    /// "治安 › 打架斗殴 › 持械".
    #[must_use]
    pub fn type_path(&self, code: &str) -> String {
        let mut names = Vec::new();
        let mut next = self.type_row(code);
        while let Some(row) = next {
            names.push(row.name.as_str());
            if names.len() > 8 {
                break;
            }
            next = row
                .parent
                .as_deref()
                .and_then(|parent| self.type_row(parent));
        }
        names.reverse();
        names.join(" › ")
    }

    /// Proposed types for a text.
    #[must_use]
    pub fn propose(&self, text: &str, line: Line) -> Vec<Proposal> {
        self.rules.propose(text, line)
    }

    /// What the words propose first, on the line they came on.
    #[must_use]
    pub fn first_proposal(&self, text: Option<&str>, line: Option<Line>) -> Option<Proposal> {
        let proposed = self.propose(text?, line.unwrap_or(Line::Police110));
        proposed.into_iter().next()
    }

    /// What a type calls for; a county's own figures, at least one unit once
    /// the level is above normal.
    #[must_use]
    pub fn wanted(&self, type_code: Option<&str>, level: Option<Level>) -> Wanted {
        let row = type_code.and_then(|code| self.type_row(code));
        let mut wanted = row.map_or_else(Wanted::default, |row| Wanted {
            min_units: u32::from(row.min_units),
            min_officers: u32::from(row.min_officers),
            kit: row.kit.iter().map(|item| kit_item(item)).collect(),
            kinds: Vec::new(),
        });
        if row.is_none() || level.is_some_and(|level| level > Level::Normal) {
            wanted.min_units = wanted.min_units.max(1);
        }
        wanted
    }
}

/// "盾2" → ("盾", 2); without a number: 1.
#[must_use]
pub fn kit_item(text: &str) -> (String, u32) {
    let name = text.trim_end_matches(|c: char| c.is_ascii_digit());
    let count = text
        .get(name.len()..)
        .and_then(|digits| digits.parse().ok())
        .unwrap_or(1);
    (name.to_owned(), count)
}

/// Splits "盾2;叉1".
#[must_use]
pub fn kit_list(text: &str) -> Vec<String> {
    text.split(';')
        .filter(|item| !item.is_empty())
        .map(str::to_owned)
        .collect()
}
