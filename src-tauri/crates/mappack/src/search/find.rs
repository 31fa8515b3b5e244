//! One search in the columns: what was typed is taken as a name, as a street with a number, as a
//! crossing, within a town, and with slips, as far as each is needed.
//! Not here: codes and the rows that are shown (`search`).

use super::index::Index;
use super::query::{Token, tokens};
use super::rank::{Best, Fault, Fit, Tier, each};
use super::walk::{Order, Slip, Span, Walk};
use crate::gazetteer::number::{self, Number};
use crate::reading::{is_han, plain, simplified, units};

/// Slips are looked for from so many Han characters or letters on.
const HAN_MIN: usize = 2;
const LETTERS_MIN: usize = 4;

/// A search in progress.
pub(crate) struct Find<'a> {
    pub(crate) index: &'a Index,
    pub(crate) best: Best<'a>,
    pub(crate) limit: usize,
    /// The county's name, which people write before an address.
    pub(crate) county: &'a str,
}

impl Find<'_> {
    /// Everything that what was typed may mean.
    pub(crate) fn all(&mut self, text: &str) {
        let clean: String = plain(text).map(simplified).collect();
        let clean = clean.trim();
        self.one(clean);
        // What is no name as a whole may begin with a town or county said in short.
        let may_be_short = self.best.count(Tier::StreetOnly) == 0;
        for (town, rest) in self.within_towns(clean, may_be_short) {
            self.best.town = town;
            self.one(&rest);
        }
        self.best.town = None;
    }

    fn tokens(&self, text: &str) -> Vec<Token> {
        tokens(self.index, &units(text))
    }

    fn one(&mut self, text: &str) {
        let tokens = self.tokens(text);
        if tokens.is_empty() {
            return;
        }
        self.names(&tokens);
        let numbered = number::split(text)
            .map(|(street, number)| (self.tokens(&street), number))
            .filter(|(street, _)| street.len() > 1 || has_han(street));
        if let Some((street, number)) = &numbered {
            self.numbers(street, number);
        }
        self.crossings(text, &tokens);
        let fits = self.best.count(Tier::StreetOnly);
        // Letters leave so much open that beside something that fits no guess is worth a line.
        if fits >= self.limit || (fits > 0 && !has_han(&tokens)) {
            return;
        }
        self.inside(&tokens);
        if let Some((street, number)) = &numbered {
            self.numbers_with_slips(street, number);
        }
        self.slips(&tokens);
    }

    /// Names that begin with the query; characters of the same sound count as a slip.
    fn names(&mut self, tokens: &[Token]) {
        let walk = Walk::new(self.index, tokens, Order::Lines).run();
        let (index, best) = (self.index, &mut self.best);
        each(
            index,
            tokens,
            Order::Lines,
            &walk.spans,
            &mut |spelling, fit, _| {
                // One character alone has too many of the same sound.
                if fit.fault == Fault::None || tokens.len() > 1 {
                    name(index, best, spelling, fit);
                }
            },
        );
    }

    /// Names with the query inside.
    fn inside(&mut self, tokens: &[Token]) {
        if !is_long(tokens, 2, LETTERS_MIN) {
            return;
        }
        let walk = Walk::new(self.index, tokens, Order::Tails).run();
        let (index, best) = (self.index, &mut self.best);
        each(
            index,
            tokens,
            Order::Tails,
            &walk.spans,
            &mut |spelling, fit, begins| {
                name(index, best, spelling, first_left_out(fit, begins));
            },
        );
    }

    /// Names that differ by one slip.
    fn slips(&mut self, tokens: &[Token]) {
        if !is_long(tokens, HAN_MIN, LETTERS_MIN) {
            return;
        }
        // Beside names that fit, only whole names that nearly fit are worth a line.
        let has_fits = self.best.count(Tier::CrossingBegins) > 0;
        let is_short = tokens.len() < 3;
        let (index, best) = (self.index, &mut self.best);
        with_slips(index, tokens, &mut |spelling, fit| {
            if fit.is_whole || !(has_fits || is_short) {
                name(index, best, spelling, fit);
            }
        });
    }

    /// House numbers of streets that begin with the query's street.
    fn numbers(&mut self, street: &[Token], number: &Number) {
        let walk = Walk::new(self.index, street, Order::Lines).run();
        let (index, best) = (self.index, &mut self.best);
        each(
            index,
            street,
            Order::Lines,
            &walk.spans,
            &mut |spelling, fit, _| {
                super::streets::numbers(index, best, spelling, fit, number);
            },
        );
    }

    /// House numbers of streets that have the query's street inside, or differ by a slip.
    fn numbers_with_slips(&mut self, street: &[Token], number: &Number) {
        let (index, best) = (self.index, &mut self.best);
        if is_long(street, 2, LETTERS_MIN) {
            let walk = Walk::new(index, street, Order::Tails).run();
            each(
                index,
                street,
                Order::Tails,
                &walk.spans,
                &mut |spelling, fit, begins| {
                    let fit = first_left_out(fit, begins);
                    super::streets::numbers(index, best, spelling, fit, number);
                },
            );
        }
        // The number narrows the choice, so that a shorter name may have a slip.
        if is_long(street, HAN_MIN, LETTERS_MIN - 1) {
            with_slips(index, street, &mut |spelling, fit| {
                super::streets::numbers(index, best, spelling, fit, number);
            });
        }
    }

    /// Crossings of two streets, parted by a word or a blank, or not at all.
    fn crossings(&mut self, text: &str, tokens: &[Token]) {
        if tokens.len() < 4 {
            return;
        }
        let text = super::streets::without_ending(text);
        let joined = self.tokens(text);
        super::streets::joined(self.index, &mut self.best, &joined);
        for (one, other) in super::streets::parted(text) {
            let (one, other) = (self.tokens(one), self.tokens(other));
            if one.len() > 1 && other.len() > 1 {
                super::streets::crossing(self.index, &mut self.best, &one, &other);
            }
        }
    }

    /// Towns that stand before (or, parted by a blank, beside) the rest of the query, with it.
    /// The county before it is passed over.
    fn within_towns(&self, text: &str, may_be_short: bool) -> Vec<(Option<u16>, String)> {
        let mut found: Vec<(Option<u16>, String)> = Vec::new();
        let rest_of = |name: &str, text: &str| {
            let rest = text.strip_prefix(name)?.trim();
            (!name.is_empty() && units(rest).len() > 1).then(|| rest.to_owned())
        };
        let county: String = plain(self.county).map(simplified).collect();
        // A province or a prefecture may stand before the county.
        let after = text.find(&county).and_then(|at| text.get(at..));
        let mut rest = after.and_then(|text| rest_of(&county, text));
        if may_be_short && rest.is_none() {
            let bare = county.trim_end_matches(['省', '市', '县', '区']);
            rest = rest_of(bare, text);
        }
        found.extend(rest.iter().map(|rest| (None, rest.clone())));
        // A town may itself be named after the county.
        let texts: Vec<&str> = rest.as_deref().into_iter().chain([text]).collect();
        for (town, name) in (1u16..).zip(&self.index.columns.towns) {
            let name: String = plain(name).map(simplified).collect();
            let mut rest = texts.iter().find_map(|text| rest_of(&name, text));
            if may_be_short && rest.is_none() {
                rest = texts
                    .iter()
                    .find_map(|text| rest_of(bare_town(&name), text));
            }
            found.extend(rest.map(|rest| (Some(town), rest)));
        }
        found.extend(self.town_beside(text));
        found.truncate(TOWNS_MAX);
        found
    }

    /// A town among parts that blanks divide: `rml lhz`, `人民路 柳河`.
    fn town_beside(&self, text: &str) -> Vec<(Option<u16>, String)> {
        let parts: Vec<&str> = text.split_whitespace().collect();
        let mut found = Vec::new();
        if !(2..=4).contains(&parts.len()) {
            return found;
        }
        for (at, part) in parts.iter().enumerate() {
            let part = self.tokens(part);
            if part.len() < 2 {
                continue;
            }
            for town in self.towns_like(&part) {
                let mut others = parts.clone();
                others.remove(at);
                found.push((Some(town), others.join(" ")));
            }
        }
        found
    }

    /// Towns whose name begins so.
    fn towns_like(&self, tokens: &[Token]) -> Vec<u16> {
        let walk = Walk::new(self.index, tokens, Order::Lines).run();
        let mut found = Vec::new();
        let index = self.index;
        each(
            index,
            tokens,
            Order::Lines,
            &walk.spans,
            &mut |spelling, fit, _| {
                if fit.fault != Fault::None {
                    return;
                }
                let spelled: String = index
                    .chars(spelling)
                    .iter()
                    .filter_map(|c| char::from_u32(*c))
                    .collect();
                if let Ok(at) = index.columns.towns.binary_search(&spelled) {
                    found.push(at as u16 + 1);
                }
            },
        );
        found.sort_unstable();
        found.dedup();
        found
    }
}

/// So many ways of taking a part of the query for a town are followed.
const TOWNS_MAX: usize = 6;

/// A town without what sort of town it is, when enough is left.
fn bare_town(name: &str) -> &str {
    const ENDINGS: [&str; 5] = ["街道办事处", "街道", "办事处", "镇", "乡"];
    ENDINGS
        .iter()
        .find_map(|ending| name.strip_suffix(ending))
        .filter(|bare| bare.chars().count() > 1)
        .unwrap_or(name)
}

fn has_han(tokens: &[Token]) -> bool {
    tokens.iter().any(|token| is_han(token.folded))
}

/// Whether a query says enough: so many characters, or so many letters.
fn is_long(tokens: &[Token], characters: usize, letters: usize) -> bool {
    let is_mixed = tokens.iter().any(|token| !token.is_letter);
    tokens.len() >= if is_mixed { characters } else { letters }
}

/// Only the first character is missing: that is a slip of a whole name.
fn first_left_out(fit: Fit, begins: usize) -> Fit {
    match begins == 1 && fit.is_whole && fit.fault == Fault::None {
        true => Fit {
            is_inside: false,
            fault: Fault::Error,
            ..fit
        },
        false => fit,
    }
}

/// All places of a spelling.
fn name(index: &Index, best: &mut Best<'_>, spelling: u32, fit: Fit) {
    for place in index.places(spelling) {
        best.place(Tier::of_name(fit), *place, Some(spelling));
    }
}

/// Spellings that differ by one slip. A wrong first character is found by what follows it.
fn with_slips(index: &Index, tokens: &[Token], hear: &mut dyn FnMut(u32, Fit)) {
    let mut walks = vec![Walk::new(index, tokens, Order::Lines).with_slips()];
    if tokens.iter().any(|token| token.is_letter) {
        // Initials have so many ways to go that a long word of pinyin would not be walked through.
        let walk = Walk::new(index, tokens, Order::Lines).with_slips();
        walks.insert(0, walk.with_syllables_only());
    }
    let spans: Vec<Span> = walks
        .into_iter()
        .flat_map(|walk| walk.run().spans)
        .collect();
    each(
        index,
        tokens,
        Order::Lines,
        &spans,
        &mut |spelling, fit, _| {
            // Of two characters one must not be another: nothing would be left.
            let is_enough = tokens.len() > 2 || fit.fault < Fault::Other;
            if fit.fault != Fault::None && is_enough {
                hear(spelling, fit);
            }
        },
    );
    if tokens.len() > 2 {
        let all = 0..index.columns.tails.len();
        let walk = Walk::new(index, tokens, Order::Tails).run_in(all, 1, Slip::None);
        each(
            index,
            tokens,
            Order::Tails,
            &walk.spans,
            &mut |spelling, fit, begins| {
                if begins == 1 && fit.fault == Fault::None {
                    let fit = Fit {
                        is_inside: false,
                        fault: Fault::Other,
                        ..fit
                    };
                    hear(spelling, fit);
                }
            },
        );
    }
}
