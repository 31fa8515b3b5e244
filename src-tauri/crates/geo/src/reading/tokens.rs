//! A pasted text in plain characters, without its datum, cut into numbers and marks.
//! Not here: what the marks mean together (`angles`).

use super::{Datum, ReadingError};

/// A piece of a text.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(super) enum Token {
    /// A number.
    Number(Number),
    /// Degrees, minutes or seconds: 0, 1, 2.
    Unit(usize),
    /// Which axis, and whether it counts the other way (west, south).
    Axis(Axis, bool),
    /// A comma or the like: stronger than a blank.
    Comma,
}

/// A number as it stood in the text.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(super) struct Number {
    /// Its value.
    pub(super) value: f64,
    /// Digits behind the point.
    pub(super) decimals: u32,
    /// Digits before it, leading zeros too.
    pub(super) width: u32,
}

/// One of the two.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Axis {
    /// Longitude.
    Lon,
    /// Latitude.
    Lat,
}

/// Names of datums, longest first where one begins another.
const DATUMS: &[(&str, Datum)] = &[
    ("CGCS2000", Datum::Wgs84),
    ("WGS-84", Datum::Wgs84),
    ("WGS 84", Datum::Wgs84),
    ("WGS84", Datum::Wgs84),
    ("WGS", Datum::Wgs84),
    ("EPSG:4326", Datum::Wgs84),
    ("EPSG:4490", Datum::Wgs84),
    ("GPS", Datum::Wgs84),
    ("大地2000", Datum::Wgs84),
    ("GCJ-02", Datum::Gcj02),
    ("GCJ 02", Datum::Gcj02),
    ("GCJ02", Datum::Gcj02),
    ("GCJ", Datum::Gcj02),
    ("火星", Datum::Gcj02),
    ("高德", Datum::Gcj02),
    ("腾讯", Datum::Gcj02),
    ("AMAP", Datum::Gcj02),
    ("BD-09LL", Datum::Bd09),
    ("BD-09", Datum::Bd09),
    ("BD 09", Datum::Bd09),
    ("BD09LL", Datum::Bd09),
    ("BD09", Datum::Bd09),
    ("百度", Datum::Bd09),
    ("BAIDU", Datum::Bd09),
];

/// Words that say which axis; `true` = counted the other way. Longest first.
const AXES: &[(&str, Axis, bool)] = &[
    ("LONGITUDE", Axis::Lon, false),
    ("LATITUDE", Axis::Lat, false),
    ("LNG", Axis::Lon, false),
    ("LON", Axis::Lon, false),
    ("LAT", Axis::Lat, false),
    ("东经", Axis::Lon, false),
    ("西经", Axis::Lon, true),
    ("北纬", Axis::Lat, false),
    ("南纬", Axis::Lat, true),
    ("经度", Axis::Lon, false),
    ("纬度", Axis::Lat, false),
    ("经", Axis::Lon, false),
    ("纬", Axis::Lat, false),
    ("E", Axis::Lon, false),
    ("W", Axis::Lon, true),
    ("N", Axis::Lat, false),
    ("S", Axis::Lat, true),
];

/// Words around coordinates that say nothing.
const FILLERS: &[&str] = &[
    "POINT",
    "坐标系",
    "坐标",
    "位置",
    "点位",
    "地图",
    "GEO",
    "为",
    "是",
];

/// Upper case, half width, one kind of each mark.
pub(super) fn plain(text: &str) -> String {
    let mut out = String::with_capacity(text.len());
    for c in text.chars() {
        let c = match c {
            '\u{3000}' | '\u{a0}' | '\t' | '\r' | '\n' => ' ',
            '\u{ff01}'..='\u{ff5e}' => char::from_u32(u32::from(c) - 0xfee0).unwrap_or(c),
            other => other,
        };
        match c {
            '′' | '’' | '‘' | '´' | '`' | '‵' | '分' => out.push('\''),
            '″' | '”' | '“' | '秒' => out.push('"'),
            'º' | '˚' => out.push('°'),
            // Not the 度 of 经度 or of a name.
            '度' if out.trim_end().ends_with(|c: char| c.is_ascii_digit()) => out.push('°'),
            '\u{2010}'..='\u{2015}' | '\u{2212}' => out.push('-'),
            '、' => out.push(','),
            '。' => out.push('.'),
            _ => out.extend(c.to_uppercase()),
        }
    }
    out.replace("''", "\"")
}

/// The text without the datum it names, and that datum.
pub(super) fn take_datum(text: &str) -> Result<(String, Option<Datum>), ReadingError> {
    let mut rest = text.to_owned();
    let mut stated: Option<Datum> = None;
    for (name, datum) in DATUMS {
        if rest.contains(name) {
            if stated.is_some_and(|other| other != *datum) {
                return Err(ReadingError::Contradiction);
            }
            stated = Some(*datum);
            rest = rest.replace(name, " ");
        }
    }
    Ok((rest, stated))
}

/// Cuts a plain text into tokens.
pub(super) fn cut(text: &str) -> Result<Vec<Token>, ReadingError> {
    let mut tokens = Vec::new();
    let mut rest = text;
    while let Some(c) = rest.chars().next() {
        if let Some((number, after)) = number(rest) {
            tokens.push(Token::Number(number));
            rest = after;
            continue;
        }
        if let Some((axis, is_turned, after)) = AXES
            .iter()
            .find_map(|(word, axis, turned)| Some((*axis, *turned, rest.strip_prefix(word)?)))
        {
            tokens.push(Token::Axis(axis, is_turned));
            rest = after;
            continue;
        }
        if let Some(after) = FILLERS.iter().find_map(|word| rest.strip_prefix(word)) {
            rest = after;
            continue;
        }
        match c {
            '°' => tokens.push(Token::Unit(0)),
            '\'' => tokens.push(Token::Unit(1)),
            '"' => tokens.push(Token::Unit(2)),
            ',' | ';' | '/' | '|' | '&' => tokens.push(Token::Comma),
            ' ' | ':' | '=' | '(' | ')' | '[' | ']' | '{' | '}' | '.' => {}
            other => {
                let word: String = rest.chars().take_while(|c| !c.is_whitespace()).collect();
                let word = if word.is_empty() {
                    other.to_string()
                } else {
                    word
                };
                return Err(ReadingError::NotUnderstood(word));
            }
        }
        rest = rest.get(c.len_utf8()..).unwrap_or_default();
    }
    Ok(tokens)
}

/// A number at the beginning of a text, and what comes after it.
fn number(text: &str) -> Option<(Number, &str)> {
    let unsigned = text.strip_prefix(['-', '+']).unwrap_or(text);
    let digits = |text: &str| text.bytes().take_while(u8::is_ascii_digit).count();
    let whole = digits(unsigned);
    if whole == 0 {
        return None;
    }
    let behind = unsigned.get(whole..).unwrap_or_default();
    let decimals = behind.strip_prefix('.').map_or(0, digits);
    let mut length = text.len() - unsigned.len() + whole;
    if decimals > 0 {
        length += 1 + decimals;
    }
    let (number, after) = text.split_at_checked(length)?;
    let value = number.parse().ok()?;
    let number = Number {
        value,
        decimals: u32::try_from(decimals).ok()?,
        width: u32::try_from(whole).ok()?,
    };
    Some((number, after))
}
