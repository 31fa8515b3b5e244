//! Type proposals: which rules the words typed so far meet, and what that suggests.
//! Not here: reading the tables (`mappack::codes`), applying a proposal (a person does).
//!
//! **Invariant:** a proposal names its rule and the words that matched, so that the person
//! who takes it or not can see why it was made.

use crate::incident::{Level, Line};
use crate::number::half_width;

#[cfg(test)]
mod tests;

/// How many proposals are shown.
pub const PROPOSALS_MAX: usize = 3;

/// A rule of the county's table. A rule without `all_of` and `any_of` never matches.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Rule {
    /// Id within the table.
    pub id: String,
    /// Type it proposes.
    pub type_code: String,
    /// Words of which every one must stand in the text.
    pub all_of: Vec<String>,
    /// Words of which at least one must; empty = none needed.
    pub any_of: Vec<String>,
    /// Words of which none may.
    pub none_of: Vec<String>,
    /// Level it proposes.
    pub level: Level,
}

/// What a proposal needs to know of a type.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct TypeLines {
    /// Code.
    pub code: String,
    /// Lines whose form offers it; empty = all.
    pub lines: Vec<Line>,
}

/// A type that the text suggests.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Proposal {
    /// Type code.
    pub type_code: String,
    /// Level of the rule.
    pub level: Level,
    /// Id of the rule.
    pub rule: String,
    /// The words that matched, as the rule writes them, in the order of the text.
    pub matched: Vec<String>,
}

/// The rules, made ready once when the tables are read; asked at every key press.
#[derive(Debug, Clone)]
pub struct RuleBook {
    /// Every word of every rule once, normalised, sorted.
    words: Vec<Vec<char>>,
    /// First character of words, and where in `words` they lie.
    starts: Vec<(char, std::ops::Range<usize>)>,
    rules: Vec<ReadyRule>,
    unknown_types: Vec<String>,
}

#[derive(Debug, Clone)]
struct ReadyRule {
    id: String,
    type_code: String,
    lines: Vec<Line>,
    level: Level,
    /// Index into `words`, and the word as the rule writes it.
    all_of: Vec<(usize, String)>,
    any_of: Vec<(usize, String)>,
    none_of: Vec<usize>,
}

/// Words of a rule that stand in the text: index, and the word as the rule writes it.
type Matched<'a> = Vec<(usize, &'a str)>;

/// How well a rule fits; greater is better.
#[derive(PartialEq, Eq, PartialOrd, Ord)]
struct Fit {
    line_offers_it: bool,
    words: usize,
    chars: usize,
    level: Level,
}

impl RuleBook {
    /// Makes the rules ready. Rules whose type is not among `types` are left out and
    /// listed by [`RuleBook::unknown_types`].
    #[must_use]
    pub fn new(rules: &[Rule], types: &[TypeLines]) -> Self {
        let mut words: Vec<Vec<char>> = rules
            .iter()
            .flat_map(|rule| rule.all_of.iter().chain(&rule.any_of).chain(&rule.none_of))
            .map(|word| normalise(word))
            .filter(|word| !word.is_empty())
            .collect();
        words.sort_unstable();
        words.dedup();
        let at = |word: &String| words.binary_search(&normalise(word)).ok();
        let kept = |list: &[String]| -> Vec<(usize, String)> {
            list.iter()
                .filter_map(|word| Some((at(word)?, word.trim().to_owned())))
                .collect()
        };
        let mut ready = Vec::new();
        let mut unknown_types = Vec::new();
        for rule in rules {
            let Some(known) = types.iter().find(|known| known.code == rule.type_code) else {
                unknown_types.push(rule.type_code.clone());
                continue;
            };
            ready.push(ReadyRule {
                id: rule.id.clone(),
                type_code: rule.type_code.clone(),
                lines: known.lines.clone(),
                level: rule.level,
                all_of: kept(&rule.all_of),
                any_of: kept(&rule.any_of),
                none_of: rule.none_of.iter().filter_map(at).collect(),
            });
        }
        Self {
            starts: starts_of(&words),
            words,
            rules: ready,
            unknown_types,
        }
    }

    /// Types that rules name and the table has not, in order of the rules.
    #[must_use]
    pub fn unknown_types(&self) -> &[String] {
        &self.unknown_types
    }

    /// At most [`PROPOSALS_MAX`] proposals, one per type, best first: types that the form's
    /// line offers, then more matched words, longer ones, the higher level, rule order.
    #[must_use]
    pub fn propose(&self, text: &str, line: Line) -> Vec<Proposal> {
        let first_at = self.find_words(&normalise(text));
        let mut fits: Vec<(Fit, &ReadyRule, Matched<'_>)> = Vec::new();
        for rule in &self.rules {
            let Some(matched) = self.matched(rule, &first_at) else {
                continue;
            };
            let line_offers_it = rule.lines.is_empty() || rule.lines.contains(&line);
            let chars = matched.iter().map(|(at, _)| self.length(*at)).sum();
            let fit = Fit {
                line_offers_it,
                words: matched.len(),
                chars,
                level: rule.level,
            };
            fits.push((fit, rule, matched));
        }
        // Stable: equally good rules stay in the order of the table.
        fits.sort_by(|a, b| b.0.cmp(&a.0));
        let mut proposals: Vec<Proposal> = Vec::new();
        for (_, rule, matched) in fits {
            if proposals.len() == PROPOSALS_MAX {
                break;
            }
            if proposals
                .iter()
                .all(|made| made.type_code != rule.type_code)
            {
                proposals.push(Proposal {
                    type_code: rule.type_code.clone(),
                    level: rule.level,
                    rule: rule.id.clone(),
                    matched: in_text_order(matched, &first_at),
                });
            }
        }
        proposals
    }

    /// Where each word first stands in the text, by index of the word.
    fn find_words(&self, text: &[char]) -> Vec<Option<usize>> {
        let mut first_at = vec![None; self.words.len()];
        for at in 0..text.len() {
            let rest = text.get(at..).unwrap_or_default();
            let Some(first) = rest.first() else { break };
            let Ok(start) = self.starts.binary_search_by(|(c, _)| c.cmp(first)) else {
                continue;
            };
            let Some((_, range)) = self.starts.get(start) else {
                continue;
            };
            for word in range.clone() {
                let found = first_at.get_mut(word).filter(|found| found.is_none());
                if let (Some(found), Some(chars)) = (found, self.words.get(word))
                    && rest.starts_with(chars)
                {
                    *found = Some(at);
                }
            }
        }
        first_at
    }

    /// The words of a rule that stand in the text; `None` when the rule does not match.
    fn matched<'a>(&self, rule: &'a ReadyRule, first_at: &[Option<usize>]) -> Option<Matched<'a>> {
        let stands = |at: usize| first_at.get(at).is_some_and(Option::is_some);
        let any: Vec<_> = rule.any_of.iter().filter(|(at, _)| stands(*at)).collect();
        let any_met = rule.any_of.is_empty() || !any.is_empty();
        let all_met = rule.all_of.iter().all(|(at, _)| stands(*at));
        let asks_nothing = rule.all_of.is_empty() && rule.any_of.is_empty();
        if asks_nothing || !any_met || !all_met || rule.none_of.iter().any(|at| stands(*at)) {
            return None;
        }
        let found: Vec<(usize, &str)> = rule
            .all_of
            .iter()
            .chain(any)
            .map(|(at, word)| (*at, word.as_str()))
            .collect();
        // 好多人打架 is one matched word, not two, where the rule also has 打架.
        let within = |small: usize, large: usize| {
            let (small, large) = (self.words.get(small), self.words.get(large));
            small.zip(large).is_some_and(|(s, l)| {
                s.len() < l.len() && l.windows(s.len()).any(|part| part == s.as_slice())
            })
        };
        let mut own: Vec<(usize, &str)> = Vec::new();
        for (at, word) in &found {
            let nested = found.iter().any(|(other, _)| within(*at, *other));
            if !nested && own.iter().all(|(other, _)| other != at) {
                own.push((*at, word));
            }
        }
        Some(own)
    }

    fn length(&self, word: usize) -> usize {
        self.words.get(word).map_or(0, Vec::len)
    }
}

/// As [`RuleBook::propose`] for a single question; makes the rules ready first.
#[must_use]
pub fn propose(text: &str, line: Line, rules: &[Rule], types: &[TypeLines]) -> Vec<Proposal> {
    RuleBook::new(rules, types).propose(text, line)
}

/// Half-width, lower case, without blanks: `持 刀` and `ＡＴＭ` are found as 持刀 and atm.
fn normalise(text: &str) -> Vec<char> {
    text.chars()
        .map(half_width)
        .filter(|c| !c.is_whitespace())
        .map(|c| c.to_ascii_lowercase())
        .collect()
}

fn starts_of(words: &[Vec<char>]) -> Vec<(char, std::ops::Range<usize>)> {
    let mut starts: Vec<(char, std::ops::Range<usize>)> = Vec::new();
    for (at, word) in words.iter().enumerate() {
        let Some(first) = word.first() else { continue };
        match starts.last_mut() {
            Some((c, range)) if c == first => range.end = at + 1,
            _ => starts.push((*first, at..at + 1)),
        }
    }
    starts
}

fn in_text_order(mut matched: Matched<'_>, first_at: &[Option<usize>]) -> Vec<String> {
    matched.sort_by_key(|(word, _)| first_at.get(*word).copied().flatten());
    matched
        .into_iter()
        .map(|(_, word)| word.to_owned())
        .collect()
}
