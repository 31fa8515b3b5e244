//! The order text composed from the facts, when nobody wrote one.
//!
//! Not here: the read-aloud card (with radio).

use fengsui_domain::incident::PointSource;
use fengsui_domain::log::field::Field;
use fengsui_domain::log::register::Registers;

use super::form::point_of;
use crate::county::County;

/// What a composed order repeats of the caller's words, characters.
const WORDS_MAX: usize = 60;

/// A place that nobody has named yet: where it was located, or plainly unknown.
fn nameless(regs: &Registers, town: Option<&str>) -> String {
    let town = town.map(|town| format!("{town}，")).unwrap_or_default();
    let Some((lon, lat)) = point_of(regs) else {
        return format!("{town}地点待补");
    };
    let source = regs
        .int(Field::IncidentPointSource)
        .and_then(|code| PointSource::from_code(u8::try_from(code).ok()?));
    let by = match source {
        Some(PointSource::Handset) => "手机定位",
        Some(PointSource::BaseStation) => "基站定位",
        Some(PointSource::Landline) => "装机地址",
        Some(PointSource::Unit) => "单位所在",
        Some(PointSource::Coordinate) => "坐标",
        Some(PointSource::MapClick | PointSource::Gazetteer) | None => "图上点",
    };
    format!("{town}{by} {lon:.5},{lat:.5}，地名待补")
}

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
        (town, None) => parts.push(nameless(regs, town)),
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
