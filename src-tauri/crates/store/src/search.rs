//! Words to incidents: one FTS5 document per entry that carries words.
//!
//! Text is folded (case, full width) and cut into character pairs, so two Han
//! characters are found as well as four digits of a phone number; a hit is
//! checked against the entry's real words. Not here: address search (`mappack`).

use fengsui_domain::log::entry::{Entry, Value};
use fengsui_domain::log::field::Field;
use rusqlite::{Connection, params};

use crate::error::StoreError;

/// Characters of one entry that are indexed at most.
const WORDS_MAX: usize = 4_000;

/// Fields whose words are found.
const FIELDS: &[Field] = &[
    Field::IncidentNumber,
    Field::IncidentVoiceFrom,
    Field::IncidentPlace,
    Field::IncidentText,
    Field::IncidentCallerName,
    Field::IncidentCallerNumber,
    Field::IncidentContact,
    Field::IncidentPlate,
    Field::IncidentBuilding,
    Field::FeedbackText,
    Field::DrawingLabel,
    Field::DrawingVoidReason,
    Field::BodyText,
];

/// Lower case, half width, letters and digits and Han only; runs split by a space.
#[must_use]
pub fn folded(text: &str) -> String {
    let mut out = String::with_capacity(text.len());
    for letter in text.chars() {
        let letter = match letter {
            '\u{ff01}'..='\u{ff5e}' => char::from_u32(letter as u32 - 0xfee0).unwrap_or(letter),
            other => other,
        };
        if letter.is_alphanumeric() {
            out.extend(letter.to_lowercase());
        } else if !out.is_empty() && !out.ends_with(' ') {
            out.push(' ');
        }
    }
    out.trim_end().to_owned()
}

/// Character pairs of each run, each once, in order; a run of one character is itself.
fn pairs(folded: &str) -> Vec<&str> {
    let mut out = Vec::new();
    for run in folded.split(' ') {
        let begins = || run.char_indices().map(|(at, _)| at);
        let mut ends = begins().skip(2).chain([run.len()]);
        match begins().nth(1) {
            None if run.is_empty() => {}
            None => out.push(run),
            Some(_) => out.extend(begins().zip(&mut ends).map(|(from, to)| &run[from..to])),
        }
    }
    out.sort_unstable();
    out.dedup();
    out
}

/// The words of an entry, folded.
fn words(entry: &Entry) -> String {
    let mut all = String::new();
    for write in &entry.writes {
        let known = Field::from_code(write.field).is_some_and(|field| FIELDS.contains(&field));
        if let (true, Value::Text(text)) = (known, &write.value) {
            let text: String = text.chars().take(WORDS_MAX).collect();
            all.push_str(&folded(&text));
            all.push(' ');
        }
    }
    all
}

/// Adds the document of an entry, if it has words.
pub(crate) fn index(conn: &Connection, rowid: i64, entry: &Entry) -> Result<(), StoreError> {
    let words = words(entry);
    let document = pairs(words.trim_end());
    if document.is_empty() {
        return Ok(());
    }
    conn.prepare_cached("INSERT INTO search (rowid, words) VALUES (?1, ?2)")?
        .execute(params![rowid, document.join(" ")])?;
    Ok(())
}

/// Local ids of wholes whose words contain the query, newest words first.
///
/// # Errors
/// Any store error.
pub fn incidents(conn: &Connection, query: &str, limit: usize) -> Result<Vec<i64>, StoreError> {
    let query = folded(query);
    let terms: Vec<String> = pairs(&query).iter().map(|pair| quoted(pair)).collect();
    if query.is_empty() || terms.is_empty() {
        return Ok(Vec::new());
    }
    let mut ask = conn.prepare_cached(
        "SELECT coalesce((SELECT iif(i.whole > 0, i.whole, i.id)
                          FROM incident i WHERE i.id = e.incident), 0), e.bytes
         FROM search JOIN entry e ON e.id = search.rowid
         WHERE search MATCH ?1 ORDER BY search.rowid DESC",
    )?;
    let mut rows = ask.query([terms.join(" ")])?;
    let mut found = Vec::new();
    while let Some(row) = rows.next()? {
        let (incident, bytes): (i64, Vec<u8>) = (row.get(0)?, row.get(1)?);
        let entry =
            Entry::decode(&bytes).map_err(|error| StoreError::corrupt(error.to_string()))?;
        let text = words(&entry);
        let is_hit = query.split(' ').all(|run| text.contains(run));
        if is_hit && !found.contains(&incident) {
            found.push(incident);
        }
        if found.len() >= limit {
            break;
        }
    }
    Ok(found)
}

fn quoted(pair: &str) -> String {
    // A single character also begins pairs.
    if pair.chars().count() == 1 {
        format!("\"{pair}\"*")
    } else {
        format!("\"{pair}\"")
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn words_are_folded_and_paired() {
        assert_eq!(
            folded("１３９ 0000-4217 人民路ＡB"),
            "139 0000 4217 人民路ab"
        );
        let cut = pairs("人民路 a");
        assert_eq!(cut.into_iter().collect::<Vec<_>>(), ["a", "人民", "民路"]);
    }
}
