//! How a name is looked up: its plain spelling, character by character, and how each is said.
//! Not here: the table of what is kept (`gazetteer::index`), comparing (`search`).

mod simplified;
mod voices;

pub(crate) use simplified::simplified;
pub(crate) use voices::voices;

use std::borrow::Cow;

/// How many readings of one name are kept; names with several many-voiced characters have more.
const READINGS_MAX: usize = 6;

/// A character of a spelling.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Unit {
    /// As it is compared: lower case, half width, simplified.
    pub(crate) folded: char,
    /// As it is said: lower case and half width only.
    pub(crate) spoken: char,
    /// Whether a word may begin here: every Han character, and the first of letters or digits.
    pub(crate) is_start: bool,
}

/// Half width and lower case; most characters give one, a few give two.
pub(crate) fn plain(text: &str) -> impl Iterator<Item = char> + '_ {
    text.chars()
        .map(|c| match c {
            // The full-width forms lie at a fixed distance from ASCII.
            '！'..='～' => char::from_u32(c as u32 - 0xfee0).unwrap_or(c),
            '\u{3000}' => ' ',
            c => c,
        })
        .flat_map(char::to_lowercase)
}

/// Whether a character is Han.
pub(crate) fn is_han(c: char) -> bool {
    matches!(c, '\u{3400}'..='\u{9fff}' | '\u{20000}'..='\u{3ffff}' | '〇')
}

/// The spelling that is compared: letters, digits and Han only.
pub(crate) fn units(text: &str) -> Vec<Unit> {
    #[derive(PartialEq, Clone, Copy)]
    enum Sort {
        Gap,
        Han,
        Digit,
        Letter,
    }
    let mut found = Vec::new();
    let mut last = Sort::Gap;
    for c in plain(text) {
        let sort = match c {
            c if is_han(c) => Sort::Han,
            c if c.is_numeric() => Sort::Digit,
            c if c.is_alphabetic() => Sort::Letter,
            _ => Sort::Gap,
        };
        if sort != Sort::Gap {
            found.push(Unit {
                folded: simplified(c),
                spoken: c,
                is_start: sort == Sort::Han || sort != last,
            });
        }
        last = sort;
    }
    found
}

/// The spelling as text.
pub(crate) fn normal(text: &str) -> String {
    units(text).into_iter().map(|unit| unit.folded).collect()
}

/// How a name is said, one sound for each unit, the most usual reading first. A unit without
/// pinyin sounds as itself, so a Latin name has one reading.
pub(crate) fn readings(units: &[Unit]) -> Vec<Vec<Cow<'static, str>>> {
    let mut found: Vec<Vec<Cow<'static, str>>> = vec![Vec::new()];
    for sounds in voices::of_word(units) {
        let mut longer = Vec::new();
        // The first voice of all readings comes before any second voice.
        for sound in &sounds {
            for reading in &found {
                let mut next = reading.clone();
                next.push(sound.clone());
                longer.push(next);
            }
        }
        longer.truncate(READINGS_MAX);
        found = longer;
    }
    found
}

#[cfg(test)]
mod tests {
    use super::*;

    fn said(name: &str) -> Vec<String> {
        let all = readings(&units(name));
        all.into_iter().map(|sounds| sounds.join(" ")).collect()
    }

    /// The example of the desk.
    #[test]
    fn a_school() {
        assert_eq!(said("人民路中心小学")[0], "ren min lu zhong xin xiao xue");
    }

    /// A many-voiced character is found by each of its voices; a known place by its own first.
    #[test]
    fn several_voices() {
        let found = said("长岭村");
        assert!(found.contains(&"chang ling cun".to_owned()), "{found:?}");
        assert!(found.contains(&"zhang ling cun".to_owned()), "{found:?}");
        assert_eq!(said("重庆路")[0], "chong qing lu");
        assert_eq!(said("厦门路")[0], "xia men lu");
        assert_eq!(said("阳光大厦")[0], "yang guang da sha");
        assert_eq!(said("六安路")[0], "lu an lu");
        assert_eq!(said("六合村")[0], "liu he cun");
        assert_eq!(said("铅山")[0], "yan shan");
        assert_eq!(said("中国银行")[0], "zhong guo yin hang");
        assert_eq!(said("绿洲")[0], "lv zhou");
    }

    /// Width, case, spaces, signs and traditional characters make no difference.
    #[test]
    fn normal_spelling() {
        assert_eq!(normal("Ｇ７９９ 国道·北（段）"), "g799国道北段");
        assert_eq!(normal("臺北萬華區"), "台北万华区");
        assert_eq!(normal("%_ '🚓\0"), "");
        assert_eq!(said("G799国道"), ["g 7 9 9 guo dao"]);
        let starts: Vec<bool> = units("Triq il-Bajja 12号")
            .iter()
            .map(|unit| unit.is_start)
            .collect();
        let begins = [0, 4, 6, 11, 13];
        for (at, is_start) in starts.into_iter().enumerate() {
            assert_eq!(is_start, begins.contains(&at), "{at}");
        }
    }
}
