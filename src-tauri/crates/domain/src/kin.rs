//! 可能重复: how alike two reports are, by where, when, what and words; and when a number or a
//! place counts as seen before (重复警情).
//!
//! The proposal is only shown: a person joins (并入) or does not. The weights are our own; no
//! standard gives any. What is not known speaks neither for nor against.
//! Not here: who asks whom (`app::kin`), what a joined incident is (`whole`).

use fengsui_geo::{Wgs84, distance_m};

/// Further apart than this they are not proposed, metres.
pub const NEAR_M: f64 = 300.0;
/// The later opened longer than this after the earlier's last report: not proposed, ms.
pub const SOON_MS: i64 = 10 * 60_000;
/// From this likeness on they are proposed.
pub const PROPOSED: f64 = 0.55;
/// A number or a place is looked for so many days back.
pub const REPEAT_DAYS: i64 = 30;
/// The n-th report in these days says so, where the county set nothing else.
pub const REPEAT_FROM: u32 = 3;

/// Letters of a type's code that tell its family: 01 刑事, 02 治安 …
const FAMILY: usize = 2;
/// Share of neighbouring characters in common from which two place texts mean one place.
const SAME_WORDS: f64 = 0.6;

/// What is known of a report.
#[derive(Debug, Clone, Copy, Default)]
pub struct Report<'a> {
    /// Where.
    pub point: Option<Wgs84>,
    /// Place text.
    pub place: Option<&'a str>,
    /// Type code.
    pub type_code: Option<&'a str>,
    /// What was told.
    pub text: Option<&'a str>,
    /// Opened, ms; of one that took in others, the last of them.
    pub at_ms: i64,
}

/// How alike two reports are.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Likeness {
    /// 0–1.
    pub score: f64,
    /// Metres between them; `None` = one of them has no point.
    pub apart_m: Option<f64>,
    /// Time between them, ms.
    pub apart_ms: i64,
}

/// How alike two reports are; `None` where place, time or type say that they are two.
#[must_use]
pub fn likeness(one: &Report<'_>, other: &Report<'_>) -> Option<Likeness> {
    let apart_ms = one.at_ms.saturating_sub(other.at_ms).saturating_abs();
    if apart_ms > SOON_MS {
        return None;
    }
    let kind = kind(one.type_code, other.type_code)?;
    let (near, apart_m) = near(one, other)?;
    let soon = 1.0 - apart_ms as f64 / (2.0 * SOON_MS as f64);
    let told = match (one.text, other.text) {
        (Some(one), Some(other)) => in_common(one, other),
        _ => 0.0,
    };
    Some(Likeness {
        score: 0.4 * near + 0.2 * soon + 0.3 * kind + 0.1 * told,
        apart_m,
        apart_ms,
    })
}

/// 1 = the same type, `None` = types of two families.
fn kind(one: Option<&str>, other: Option<&str>) -> Option<f64> {
    let (Some(one), Some(other)) = (one, other) else {
        return Some(0.5);
    };
    match (one == other, is_one_family(one, other)) {
        (true, _) => Some(1.0),
        (false, true) => Some(0.6),
        (false, false) => None,
    }
}

/// Whether two type codes are of one family.
pub(crate) fn is_one_family(one: &str, other: &str) -> bool {
    one.chars().take(FAMILY).eq(other.chars().take(FAMILY))
}

/// 1 = one place, `None` = two, or nobody knows.
fn near(one: &Report<'_>, other: &Report<'_>) -> Option<(f64, Option<f64>)> {
    let apart_m = one.point.zip(other.point).map(|(a, b)| distance_m(a, b));
    if let Some(apart_m) = apart_m {
        let is_near = apart_m <= NEAR_M;
        return is_near.then(|| (1.0 - apart_m / (2.0 * NEAR_M), Some(apart_m)));
    }
    let words = in_common(one.place?, other.place?);
    (words >= SAME_WORDS).then_some((words, None))
}

/// Whether two place texts mean one place.
#[must_use]
pub fn is_same_place(one: &str, other: &str) -> bool {
    in_common(one, other) >= SAME_WORDS
}

/// Share of the neighbouring characters that two texts have in common (Dice 1945), 0–1.
fn in_common(one: &str, other: &str) -> f64 {
    let (one, other) = (letters(one), letters(other));
    if one == other {
        return if one.is_empty() { 0.0 } else { 1.0 };
    }
    let mut left: Vec<&[char]> = other.windows(2).collect();
    let (all, mut common) = (one.len().saturating_sub(1) + left.len(), 0_u32);
    for pair in one.windows(2) {
        if let Some(at) = left.iter().position(|known| *known == pair) {
            left.swap_remove(at);
            common += 1;
        }
    }
    if all == 0 {
        0.0
    } else {
        2.0 * f64::from(common) / all as f64
    }
}

/// Letters and digits of a text, without what stands between them.
pub(crate) fn letters(text: &str) -> Vec<char> {
    let letters = text.chars().filter(|c| c.is_alphanumeric());
    letters.flat_map(char::to_lowercase).collect()
}

#[cfg(test)]
mod tests;
