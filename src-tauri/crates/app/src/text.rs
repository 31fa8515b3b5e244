//! Text that comes from people: bounded, without control characters.
//!
//! Not here: sentences of the program.

use crate::error::{AppError, invalid};

/// A text of one or more lines: control characters other than the line break
/// are dropped, ends are trimmed.
///
/// # Errors
/// `ValueInvalid` beyond `max` characters.
pub(crate) fn block_text(field: &str, text: &str, max: usize) -> Result<String, AppError> {
    let clean: String = text
        .chars()
        .filter(|c| *c == '\n' || !(c.is_control() || is_bidi(*c)))
        .collect();
    let clean = clean.trim();
    if clean.chars().count() > max {
        return Err(invalid(field, &format!("0-{max}")));
    }
    Ok(clean.to_owned())
}

/// A text of one line.
///
/// # Errors
/// `ValueInvalid` beyond `max` characters.
pub(crate) fn line_text(field: &str, text: &str, max: usize) -> Result<String, AppError> {
    let flat: String = text
        .chars()
        .map(|c| if c == '\n' { ' ' } else { c })
        .collect();
    block_text(field, &flat, max)
}

/// A phone number as typed or received; empty = none.
///
/// # Errors
/// `ValueInvalid` for anything but digits, spaces, `+ - * # ( )`.
pub(crate) fn phone_number(text: &str) -> Result<Option<String>, AppError> {
    let clean = line_text("number", text, 32)?;
    let fits = |c: char| c.is_ascii_digit() || " +-*#()".contains(c);
    if !clean.chars().all(fits) {
        return Err(invalid("number", "digits"));
    }
    Ok(Some(clean).filter(|number| !number.is_empty()))
}

// Overrides of writing direction hide what an address really says.
fn is_bidi(c: char) -> bool {
    matches!(c, '\u{202a}'..='\u{202e}' | '\u{2066}'..='\u{2069}' | '\u{200b}'..='\u{200f}')
}
