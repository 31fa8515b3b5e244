//! The order text composed from the facts, when nobody wrote one.
//!
//! Not here: the read-aloud card (with radio).

use fengsui_domain::log::field::Field;
use fengsui_domain::log::register::Registers;

use crate::county::County;

/// What a composed order repeats of the caller's words, characters.
const WORDS_MAX: usize = 60;

/// "人民路夜市东口，打架斗殴·持械，两人持刀打架。伤 1。联系 139 0000 4217"
#[must_use]
pub fn order_text(regs: &Registers, county: &County) -> String {
    if let Some(written) = regs.text(Field::IncidentOrderText) {
        return written.to_owned();
    }
    let mut parts: Vec<String> = Vec::new();
    match (
        regs.text(Field::IncidentTown),
        regs.text(Field::IncidentPlace),
    ) {
        (Some(town), Some(place)) => parts.push(format!("{place}（{town}）")),
        (None, Some(place)) => parts.push(place.to_owned()),
        (_, None) => parts.push("地点待补".to_owned()),
    }
    if let Some(row) = regs
        .text(Field::IncidentType)
        .and_then(|code| county.type_row(code))
    {
        parts.push(row.name.clone());
    }
    if let Some(text) = regs.text(Field::IncidentText) {
        let short: String = text.chars().take(WORDS_MAX).collect();
        let more = if text.chars().count() > WORDS_MAX {
            "…"
        } else {
            ""
        };
        parts.push(format!("{short}{more}"));
    }
    let mut out = parts.join("，");
    for (field, word) in [
        (Field::IncidentInjured, "伤"),
        (Field::IncidentDead, "亡"),
        (Field::IncidentTrapped, "困"),
    ] {
        if let Some(count) = regs.int(field).filter(|count| *count > 0) {
            out.push_str(&format!("，{word} {count}"));
        }
    }
    if let Some(number) = regs.text(Field::IncidentCallerNumber) {
        out.push_str(&format!("。联系 {number}"));
    }
    out
}
