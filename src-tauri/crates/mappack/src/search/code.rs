//! Pole numbers, codes of door plates and other codes: typed with or without separators, and
//! without their leading letters. Not here: names.

use crate::reading::{is_han, plain};

/// A code's digits alone count from so many on.
const TAIL_MIN: usize = 3;

/// Words that stand before a code and are no part of it; longer ones first.
const WORDS: [&str; 12] = [
    "二维码门牌",
    "灯杆编号",
    "二维码",
    "灯杆号",
    "电杆号",
    "杆号",
    "灯杆",
    "路灯",
    "电杆",
    "门牌",
    "编号",
    "号",
];

/// What a code is found by: its letters and digits, and without its leading letters.
pub(crate) fn keys(code: &str) -> Vec<String> {
    let whole: String = plain(code).filter(|c| c.is_alphanumeric()).collect();
    let tail = whole.trim_start_matches(|c: char| !c.is_ascii_digit());
    let mut keys = vec![whole.clone()];
    if tail.len() >= TAIL_MIN && tail.len() < whole.len() {
        keys.push(tail.to_owned());
    }
    keys.retain(|key| !key.is_empty());
    keys
}

/// The code in what was typed; `None` when it is none: it has a digit, and nothing of another
/// script than the words that say what it is.
pub(crate) fn of_query(text: &str) -> Option<String> {
    let mut left: String = plain(text).collect();
    for word in WORDS {
        left = left.replace(word, " ");
    }
    let key: String = left.chars().filter(|c| c.is_alphanumeric()).collect();
    let is_code = key.len() >= 2 && key.contains(|c: char| c.is_ascii_digit());
    (is_code && !key.contains(is_han)).then_some(key)
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Separators, case, width and leading words make no difference; a name is no code.
    #[test]
    fn what_is_typed() {
        assert_eq!(keys("LD-0012-345"), ["ld0012345", "0012345"]);
        assert_eq!(keys("360681001002"), ["360681001002"]);
        for text in [
            "LD-0012-345",
            "ld0012345",
            "ＬＤ 0012 345",
            "灯杆号LD0012345",
        ] {
            assert_eq!(of_query(text).as_deref(), Some("ld0012345"), "{text}");
        }
        for text in ["人民路12号", "rml", "", "号", "7"] {
            assert_eq!(of_query(text), None, "{text}");
        }
    }
}
