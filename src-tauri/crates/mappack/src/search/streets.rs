//! Streets: house numbers along them, numbers between known ones, crossings of two.
//! Not here: names.

use super::index::Index;
use super::query::Token;
use super::rank::{Best, Between, Fault, Fit, Tier, each};
use super::walk::{Order, Slip, Span, Walk};
use crate::gazetteer::number::Number;
use fengsui_geo::distance_m;

/// So many houses of one number, or numbers that begin so, are shown of one street.
const HOUSES_MAX: usize = 60;
/// A number is not put between two that are farther apart than this, nor farther than so many
/// metres for each number between: those are two streets of one name, or a gap in what is known.
const BETWEEN_MAX_M: f64 = 2_000.0;
const APART_M: f64 = 200.0;
const APART_PER_NUMBER_M: f64 = 100.0;
/// So many pairs of streets are compared.
const PAIRS_MAX: usize = 3_000;

/// The house numbers of a spelling that fit; when there is none, the number between its
/// neighbours, and the street itself.
pub(super) fn numbers(
    index: &Index,
    best: &mut Best<'_>,
    spelling: u32,
    fit: Fit,
    number: &Number,
) {
    let mut is_found = false;
    let is_sound = fit.fault == Fault::None && !fit.is_inside && fit.is_whole;
    for group in index.groups(spelling) {
        let town = index.columns.group_towns[*group as usize];
        if best.town.is_some_and(|wanted| wanted != town) {
            continue;
        }
        let range = index.numbers(*group);
        let known = &index.columns.numbers[range.clone()];
        let place = |at: usize| index.named() + (range.start + at) as u32;
        let mut show = |tier: Tier, from: u32, to: u32| {
            let lo = known.partition_point(|n| *n < from);
            let hi = known.partition_point(|n| *n <= to);
            for at in (lo..hi).take(HOUSES_MAX) {
                best.place(tier, place(at), Some(spelling));
            }
            hi > lo
        };
        let is_here = show(Tier::of_number(fit), number.main, number.main);
        is_found |= is_here;
        if is_sound && !number.is_closed && number.rest.is_empty() && number.main > 0 {
            let (mut from, mut to) = (number.main, number.main);
            for _ in 0..3 {
                (from, to) = (
                    from.saturating_mul(10),
                    to.saturating_mul(10).saturating_add(9),
                );
                show(Tier::NumberBegins, from, to);
            }
        }
        if is_sound
            && !is_here
            && let Some(between) = between(index, known, number.main, &place)
        {
            best.between(Tier::NumberBetween, between, spelling);
        }
    }
    if is_sound && !is_found {
        for place in index.places(spelling) {
            best.place(Tier::StreetOnly, *place, Some(spelling));
        }
    }
}

/// The number between its neighbours of the same side of the street (odd or even), else of any;
/// on the straight line between them, by the numbers.
fn between(
    index: &Index,
    known: &[u32],
    number: u32,
    place: &dyn Fn(usize) -> u32,
) -> Option<Between> {
    let at = known.partition_point(|n| *n < number);
    let (below, above) = known.split_at_checked(at)?;
    let side = |n: &u32| n % 2 == number % 2;
    let same = below
        .iter()
        .rposition(side)
        .zip(above.iter().position(side));
    let (lo, hi) = match same {
        Some((lo, hi)) => (lo, at + hi),
        None => (at.checked_sub(1)?, at),
    };
    let (first, last) = (*known.get(lo)?, *known.get(hi)?);
    let (one, two) = (index.at(place(lo))?, index.at(place(hi))?);
    let most = APART_M + APART_PER_NUMBER_M * f64::from(last.saturating_sub(first));
    if first >= last || distance_m(one, two) > most.min(BETWEEN_MAX_M) {
        return None;
    }
    let share = f64::from(number - first) / f64::from(last - first);
    let ((lon, lat), (to_lon, to_lat)) = (one.to_e7(), two.to_e7());
    let on = |a: i32, b: i32| (f64::from(a) + (f64::from(b) - f64::from(a)) * share).round() as i32;
    Some(Between {
        before: place(lo),
        number,
        lon_e7: on(lon, to_lon),
        lat_e7: on(lat, to_lat),
    })
}

/// Without the word that says it is a crossing.
pub(super) fn without_ending(text: &str) -> &str {
    const ENDINGS: [&str; 8] = [
        "交叉路口",
        "十字路口",
        "丁字路口",
        "交叉口",
        "交汇处",
        "交界处",
        "路口",
        "口",
    ];
    ENDINGS
        .iter()
        .find_map(|ending| text.strip_suffix(ending))
        .unwrap_or(text)
}

/// Both sides of every sign or word that joins two streets.
pub(super) fn parted(text: &str) -> Vec<(&str, &str)> {
    const JOINTS: [char; 13] = [
        '与', '和', '跟', '同', '及', '到', '交', '、', '&', '+', '/', '×', ' ',
    ];
    text.char_indices()
        .filter(|(_, c)| JOINTS.contains(c))
        .filter_map(|(at, c)| Some((text.get(..at)?, text.get(at + c.len_utf8()..)?)))
        .collect()
}

/// Crossings of a query in which one street follows the other without a sign.
pub(super) fn joined(index: &Index, best: &mut Best<'_>, tokens: &[Token]) {
    let walk = Walk::new(index, tokens, Order::Lines).with_ends().run();
    let mut pairs = 0;
    for end in walk.ends.iter().filter(|end| end.used > 1) {
        let spans: &[Span] = std::slice::from_ref(end);
        each(index, tokens, Order::Lines, spans, &mut |street, fit, _| {
            if fit.fault <= Fault::Homophone {
                others(index, best, (street, fit), tokens, end.used, &mut pairs);
            }
        });
    }
}

/// Crossings of two streets, each perhaps only begun.
pub(super) fn crossing(index: &Index, best: &mut Best<'_>, one: &[Token], other: &[Token]) {
    let walk = Walk::new(index, one, Order::Lines).run();
    let mut pairs = 0;
    each(
        index,
        one,
        Order::Lines,
        &walk.spans,
        &mut |street, fit, _| {
            if fit.fault <= Fault::Homophone {
                others(index, best, (street, fit), other, 0, &mut pairs);
            }
        },
    );
}

/// The crossings of a street with those that begin with the tokens from `from` on.
fn others(
    index: &Index,
    best: &mut Best<'_>,
    (street, fit): (u32, Fit),
    tokens: &[Token],
    from: usize,
    pairs: &mut usize,
) {
    for (other, place) in index.crossings(street) {
        *pairs += 1;
        if *pairs > PAIRS_MAX {
            return;
        }
        for line in index.lines(other) {
            let line = *line as usize;
            let walk = Walk::new(index, tokens, Order::Lines);
            let walk = walk.run_in(line..line + 1, from, Slip::None);
            each(
                index,
                tokens,
                Order::Lines,
                &walk.spans,
                &mut |_, second, _| {
                    let fault = fit.fault.max(second.fault);
                    let tier = match (fault, fit.is_whole && second.is_whole) {
                        (Fault::None, true) => Tier::Crossing,
                        (Fault::None, false) => Tier::CrossingBegins,
                        (_, true) => Tier::Homophone,
                        (_, false) => Tier::HomophoneBegins,
                    };
                    best.place(tier, place, Some(street));
                },
            );
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Signs, words and blanks part two streets; the ending is no part of the second.
    #[test]
    fn parts_of_a_crossing() {
        assert_eq!(parted("人民路与解放路"), [("人民路", "解放路")]);
        assert_eq!(parted("rml jfl"), [("rml", "jfl")]);
        assert_eq!(parted("人民路"), []);
        for text in ["人民路解放路口", "人民路解放路路口", "人民路解放路交叉口"]
        {
            let left = without_ending(text);
            assert!(left.starts_with("人民路解放"), "{left}");
            assert!(!left.ends_with('口'), "{left}");
        }
    }
}
