//! The county's description and divisions as JSON, and the writing of CSV rows.
//! Not here: what the other tables hold (`force`, `watch`, `shift`).

use super::plane::{P, thin, town};
use super::settle::{Town, Village};
use super::{ADCODE, NAME};
use serde_json::{Value, json};
use std::collections::BTreeMap;

/// One CSV line; a field with a comma, quote or line break is quoted.
pub(crate) fn row(text: &mut String, fields: &[&str]) {
    for (i, field) in fields.iter().enumerate() {
        if i > 0 {
            text.push(',');
        }
        if field.contains([',', '"', '\n']) {
            text.push('"');
            text.push_str(&field.replace('"', "\"\""));
            text.push('"');
        } else {
            text.push_str(field);
        }
    }
    text.push('\n');
}

/// `county.json`.
pub(crate) fn county(outline: &[P]) -> Vec<u8> {
    let pair = |point: &P| {
        let (lon, lat) = point.e7();
        json!([f64::from(lon / 100) / 1e5, f64::from(lat / 100) / 1e5])
    };
    let ring: Vec<Value> = thin(outline, 25.0).iter().map(pair).collect();
    pretty(&json!({
        "name": NAME,
        "adcode": ADCODE,
        "note": "示范县：由程序按规则生成，与任何真实地方无关",
        "centre": pair(&town(-150.0, 0.0)),
        "default_zoom": 13.5,
        "datum": "CGCS2000",
        "licence": "CC0-1.0",
        "boundary": ring,
    }))
}

const COMMITTEES: [(usize, &str); 9] = [
    (0, "经开社区"),
    (0, "东站社区"),
    (1, "清风社区"),
    (1, "安居社区"),
    (2, "鼓楼社区"),
    (2, "文庙社区"),
    (2, "人民路社区"),
    (2, "棉纺社区"),
    (2, "滨河社区"),
];

/// Where the neighbourhood committees of the county town sit: name, `u`, `v`.
pub(crate) const COMMITTEE_MARKS: [(&str, f64, f64); 9] = [
    ("经开社区", 3_700.0, 1_100.0),
    ("东站社区", 4_450.0, -380.0),
    ("清风社区", -700.0, -3_560.0),
    ("安居社区", -1_200.0, -4_060.0),
    ("鼓楼社区", -700.0, 560.0),
    ("文庙社区", -1_400.0, 200.0),
    ("人民路社区", 560.0, -120.0),
    ("棉纺社区", 1_850.0, -1_000.0),
    ("滨河社区", -1_300.0, -1_400.0),
];

/// `divisions.json`: towns and their villages by code, in the shape the public lists have.
pub(crate) fn divisions(towns: &[Town], villages: &[Village]) -> Vec<u8> {
    let upper = |mut entry: Value| {
        entry["areaCode"] = json!(ADCODE);
        entry["cityCode"] = json!("9999");
        entry["provinceCode"] = json!("99");
        entry
    };
    let streets: Vec<Value> = towns
        .iter()
        .map(|town| upper(json!({ "code": town.code, "name": town.name })))
        .collect();
    let mut lines: Vec<(usize, String, u32)> = COMMITTEES
        .iter()
        .map(|(town, name)| (*town, format!("{name}居民委员会"), 1))
        .collect();
    lines.extend(villages.iter().map(|village| {
        let stem = village.name.trim_end_matches('村');
        (village.town, format!("{stem}村民委员会"), 201)
    }));
    let mut counts: BTreeMap<(usize, u32), u32> = BTreeMap::new();
    let mut list: Vec<Value> = lines
        .into_iter()
        .map(|(town, name, first)| {
            let count = counts.entry((town, first)).or_default();
            let code = format!("{}{:03}", towns[town].code, first + *count);
            *count += 1;
            upper(json!({ "code": code, "name": name, "streetCode": towns[town].code }))
        })
        .collect();
    list.sort_by_key(|entry| entry["code"].as_str().unwrap_or_default().to_owned());
    pretty(&json!({ "areaCode": ADCODE, "name": NAME, "streets": streets, "villages": list }))
}

/// Four villages that the divisions know and the map does not, so that "unknown" is seen.
pub(crate) fn unmapped(villages: &[Village]) -> Vec<String> {
    let mut counts: BTreeMap<&str, usize> = BTreeMap::new();
    for village in villages {
        *counts.entry(&village.name).or_default() += 1;
    }
    let single: Vec<&Village> = villages
        .iter()
        .filter(|village| counts[village.name.as_str()] == 1)
        .collect();
    [13, 47, 78, 101]
        .iter()
        .filter_map(|i| single.get(*i))
        .map(|village| village.name.clone())
        .collect()
}

/// JSON as text, ended by a line break.
pub(crate) fn pretty(value: &Value) -> Vec<u8> {
    let mut text = String::new();
    write(&mut text, value, 0);
    text.push('\n');
    text.into_bytes()
}

/// JSON with one line for each innermost list or object, so that a change is readable.
fn write(text: &mut String, value: &Value, depth: usize) {
    let is_flat = |value: &Value| match value {
        Value::Array(items) => !items.iter().any(|item| item.is_array() || item.is_object()),
        Value::Object(items) => !items
            .values()
            .any(|item| item.is_array() || item.is_object()),
        _ => true,
    };
    if is_flat(value) {
        text.push_str(&value.to_string());
        return;
    }
    let entries: Vec<(String, &Value)> = match value {
        Value::Array(items) => items.iter().map(|item| (String::new(), item)).collect(),
        Value::Object(items) => items
            .iter()
            .map(|(key, item)| (format!("{}: ", json!(key)), item))
            .collect(),
        _ => Vec::new(),
    };
    let (open, close) = if value.is_array() {
        ('[', ']')
    } else {
        ('{', '}')
    };
    text.push(open);
    for (i, (key, item)) in entries.iter().enumerate() {
        text.push_str(if i > 0 { ",\n" } else { "\n" });
        text.push_str(&" ".repeat(depth + 1));
        text.push_str(key);
        write(text, item, depth + 1);
    }
    text.push('\n');
    text.push_str(&" ".repeat(depth));
    text.push(close);
}
