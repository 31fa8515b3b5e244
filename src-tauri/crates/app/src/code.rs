//! Initials of the code tables' names, as they are typed.
//!
//! Not here: the tables themselves (`county`), places (`place`).

use pinyin::ToPinyin;

/// Pinyin initials of a name, lower case; what is not Han stays as it is.
#[must_use]
pub fn initials(name: &str) -> String {
    let mut out = String::new();
    for letter in name.chars() {
        match letter.to_pinyin() {
            Some(pinyin) => out.push_str(pinyin.first_letter()),
            None if letter.is_alphanumeric() => out.extend(letter.to_lowercase()),
            None => {}
        }
    }
    out
}
