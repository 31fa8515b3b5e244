//! Places and towns as the form asks for them.
//!
//! Not here: the tables themselves (`county`), the gazetteer (`map`).

use pinyin::ToPinyin;

use crate::error::{AppError, RejectionCode, invalid};
use crate::map::Place;
use crate::station::Station;

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

impl Station {
    /// Places for what was typed; duplicates each with its town, none chosen.
    ///
    /// # Errors
    /// `ValueInvalid`, `MapMissing`, faults of the pack as `ReadingUnknown`.
    pub fn search_places(&self, query: &str, limit: u32) -> Result<Vec<Place>, AppError> {
        if query.chars().count() > 64 {
            return Err(invalid("query", "0-64"));
        }
        if !(1..=50).contains(&limit) {
            return Err(invalid("limit", "1-50"));
        }
        if query.trim().is_empty() {
            return Ok(Vec::new());
        }
        self.map()
            .search(query, limit as usize)?
            .ok_or_else(|| RejectionCode::MapMissing.into())
    }
}
