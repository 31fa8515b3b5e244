//! What was typed, as tokens: characters with their sounds, letters of pinyin, digits.
//! Not here: house numbers (`gazetteer::number`), comparing (`walk`).

use super::index::Index;
use crate::reading::{Unit, is_han, voices};

/// One character of what was typed.
#[derive(Debug, Clone)]
pub(crate) struct Token {
    /// The character as it is compared.
    pub(crate) folded: char,
    /// Its sounds, as the index numbers them; none = no name has it.
    pub(crate) sounds: Vec<u16>,
    /// Sounds that are easily taken for one of them.
    pub(crate) near: Vec<u16>,
    /// A letter of pinyin, or of a Latin name.
    pub(crate) is_letter: bool,
}

/// More than this of a query is not looked at: no name is so long.
pub(crate) const TOKENS_MAX: usize = 40;

/// The tokens of a query.
pub(crate) fn tokens(index: &Index, units: &[Unit]) -> Vec<Token> {
    let token = |unit: &Unit| {
        let folded = match unit.folded {
            'ü' => 'v',
            c => c,
        };
        let mut texts: Vec<String> = Vec::new();
        if is_han(folded) {
            for c in [unit.spoken, folded] {
                texts.extend(voices(c).into_iter().map(|sound| sound.into_owned()));
            }
        }
        texts.push(folded.to_string());
        let number = |text: &String| index.sound(text);
        let mut sounds: Vec<u16> = texts.iter().filter_map(number).collect();
        sounds.sort_unstable();
        sounds.dedup();
        let mut near: Vec<u16> = match is_han(folded) {
            true => texts
                .iter()
                .flat_map(|text| near_sounds(text))
                .collect::<Vec<_>>(),
            false => Vec::new(),
        }
        .iter()
        .filter_map(number)
        .filter(|sound| !sounds.contains(sound))
        .collect();
        near.sort_unstable();
        near.dedup();
        Token {
            folded,
            sounds,
            near,
            is_letter: folded.is_ascii_lowercase(),
        }
    };
    units.iter().take(TOKENS_MAX).map(token).collect()
}

/// Beginnings that many speakers do not tell apart.
const INITIALS: [(&str, &str); 6] = [
    ("zh", "z"),
    ("ch", "c"),
    ("sh", "s"),
    ("n", "l"),
    ("r", "l"),
    ("f", "h"),
];

/// Endings that many speakers do not tell apart.
const FINALS: [(&str, &str); 3] = [("ing", "in"), ("eng", "en"), ("ang", "an")];

/// The syllables that are easily taken for this one: by its beginning, its ending, or both.
pub(crate) fn near_sounds(syllable: &str) -> Vec<String> {
    let mut found = vec![syllable.to_owned()];
    for (long, short) in INITIALS {
        if let Some(rest) = syllable.strip_prefix(long) {
            found.push(format!("{short}{rest}"));
        } else if let Some(rest) = syllable.strip_prefix(short)
            && !rest.starts_with('h')
        {
            found.push(format!("{long}{rest}"));
        }
    }
    for one in found.clone() {
        for (long, short) in FINALS {
            if let Some(rest) = one.strip_suffix(long) {
                found.push(format!("{rest}{short}"));
            } else if let Some(rest) = one.strip_suffix(short) {
                found.push(format!("{rest}{long}"));
            }
        }
    }
    found.retain(|one| one != syllable);
    found
}

#[cfg(test)]
mod tests {
    use super::*;

    /// The pairs that people mix up, in both directions, also both at once.
    #[test]
    fn near_pairs() {
        for (one, other) in [
            ("zhong", "zong"),
            ("shan", "san"),
            ("nan", "lan"),
            ("ling", "lin"),
            ("sheng", "sen"),
            ("ren", "len"),
            ("fu", "hu"),
            ("liang", "lian"),
        ] {
            assert!(
                near_sounds(one).contains(&other.to_owned()),
                "{one} {other}"
            );
            assert!(
                near_sounds(other).contains(&one.to_owned()),
                "{other} {one}"
            );
        }
        assert!(!near_sounds("lu").contains(&"lu".to_owned()));
    }
}
