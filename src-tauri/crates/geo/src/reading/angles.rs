//! Two angles out of numbers and marks, in every way they can be read.
//! Not here: cutting the text (`tokens`), codes (`reading`).

use super::tokens::{Axis, Number, Token, cut};
use super::{Datum, Notation, Reading, ReadingError, is_in_china};

/// Metres in a degree along a meridian, roughly; only for the size of the last digit.
const PER_DEG_M: f64 = 111_000.0;

/// An angle under way: its numbers, and the axis said of it.
#[derive(Debug, Clone, Default, PartialEq)]
struct Group {
    numbers: Vec<Number>,
    axis: Option<(Axis, bool)>,
    /// Degree, minute and second marks were there.
    has_units: bool,
    /// Nothing more belongs to it.
    is_closed: bool,
}

/// An angle that was read.
#[derive(Debug, Clone, Copy, PartialEq)]
struct Angle {
    deg: f64,
    /// Half a unit of its last digit, degrees.
    half_unit_deg: f64,
    axis: Option<Axis>,
    is_sexagesimal: bool,
}

/// All places in China that the text can be read as.
///
/// # Errors
/// Why it cannot be read at all.
pub(super) fn read(
    text: &str,
    stated: Option<Datum>,
    expected: Datum,
) -> Result<Vec<Reading>, ReadingError> {
    let tokens = cut(text)?;
    let groups = groups(&tokens);
    let ways = ways(&groups);
    if ways.is_empty() {
        return Err(ReadingError::NotTwoAngles);
    }
    let mut readings = Vec::new();
    let mut fault = ReadingError::OutsideChina;
    for (first, second) in ways {
        match place(first, second) {
            Ok((lon, lat)) => {
                let datum = stated.unwrap_or(expected);
                let point = datum.point(lon.deg, lat.deg);
                readings.extend(point.map(|point| Reading {
                    point,
                    datum,
                    is_datum_stated: stated.is_some(),
                    notation: match lon.is_sexagesimal || lat.is_sexagesimal {
                        true => Notation::Sexagesimal,
                        false => Notation::Decimal,
                    },
                    radius_m: lon.half_unit_deg.max(lat.half_unit_deg) * PER_DEG_M * 1.5,
                }));
            }
            Err(other) => fault = other,
        }
    }
    match readings.is_empty() {
        true => Err(fault),
        false => Ok(readings),
    }
}

/// Numbers that stand together as the marks between them say.
fn groups(tokens: &[Token]) -> Vec<Group> {
    let mut groups: Vec<Group> = Vec::new();
    let mut now = Group::default();
    let close = |now: &mut Group, groups: &mut Vec<Group>| {
        let done = std::mem::take(now);
        if !done.numbers.is_empty() {
            groups.push(done);
        }
    };
    for (at, token) in tokens.iter().enumerate() {
        match token {
            Token::Number(number) => {
                let next_is_degrees = tokens.get(at + 1) == Some(&Token::Unit(0));
                let has_fraction = now.numbers.last().is_some_and(|last| last.decimals > 0);
                let begins = now.has_units && (next_is_degrees || now.numbers.len() == 3);
                // Behind "N31.2" or "31.2°" no minutes can come: it is the other angle.
                let is_done = has_fraction && now.is_marked();
                if now.is_closed || begins || is_done {
                    close(&mut now, &mut groups);
                }
                now.numbers.push(*number);
            }
            // Quotation marks, not seconds.
            Token::Unit(2) if !now.has_units => {}
            Token::Unit(unit) => {
                now.has_units = true;
                // 12' without degrees, or seconds in the place of minutes: no angle.
                if now.numbers.len() != unit + 1 {
                    now.numbers.extend([Number::broken(); 4]);
                }
            }
            Token::Axis(axis, is_turned) => {
                let is_behind = !now.numbers.is_empty() && now.axis.is_none();
                if !is_behind {
                    close(&mut now, &mut groups);
                }
                now.axis = Some((*axis, *is_turned));
                now.is_closed = is_behind;
            }
            // A mark may still follow: "113.9°, E".
            Token::Comma if now.is_marked() => now.is_closed = !now.numbers.is_empty(),
            Token::Comma => close(&mut now, &mut groups),
        }
    }
    close(&mut now, &mut groups);
    groups
}

impl Number {
    /// Stands for what can be no part of an angle.
    fn broken() -> Self {
        Self {
            value: f64::NAN,
            decimals: 0,
            width: 0,
        }
    }
}

/// Every way to read the groups as two angles.
fn ways(groups: &[Group]) -> Vec<(Angle, Angle)> {
    if groups.iter().any(Group::is_marked) {
        return marked_ways(groups);
    }
    let numbers: Vec<Number> = groups.iter().flat_map(|g| g.numbers.clone()).collect();
    let mut ways: Vec<(Angle, Angle)> = Vec::new();
    // 2: degrees; 4: degrees and minutes; 6: with seconds. A comma, if any, in the middle.
    if let [a, b] = groups {
        ways.extend(a.angle().zip(b.angle()));
    } else if let 2 | 4 | 6 = numbers.len() {
        let (first, second) = numbers.split_at(numbers.len() / 2);
        ways.extend(angle(first).zip(angle(second)));
    }
    // "113,9023 31,2013": commas for decimal points.
    if let ([a, b, c, d], true) = (numbers.as_slice(), groups.len() > 2) {
        ways.extend(joined(*a, *b).zip(joined(*c, *d)));
    }
    ways.extend(list(&numbers));
    ways
}

/// With marks the marks decide: two angles, or a list of points.
fn marked_ways(groups: &[Group]) -> Vec<(Angle, Angle)> {
    let pair = |pair: &[Group]| match pair {
        [first, second] => first.angle().zip(second.angle()),
        _ => None,
    };
    let pairs: Option<Vec<_>> = groups.chunks(2).map(pair).collect();
    pairs.unwrap_or_default()
}

/// Numbers as a list of points in degrees, if each pair of them is a place.
fn list(numbers: &[Number]) -> Vec<(Angle, Angle)> {
    let pair = |pair: &[Number]| match pair {
        [first, second] => {
            let (first, second) = (angle(&[*first])?, angle(&[*second])?);
            place(first, second).ok().map(|_| (first, second))
        }
        _ => None,
    };
    let pairs: Option<Vec<_>> = numbers.chunks(2).map(pair).collect();
    pairs.filter(|pairs| pairs.len() > 1).unwrap_or_default()
}

impl Group {
    fn is_marked(&self) -> bool {
        self.axis.is_some() || self.has_units
    }

    fn angle(&self) -> Option<Angle> {
        let read = angle(&self.numbers)?;
        let (axis, is_turned) = match self.axis {
            Some((axis, is_turned)) => (Some(axis), is_turned),
            None => (None, false),
        };
        Some(Angle {
            deg: if is_turned { -read.deg } else { read.deg },
            axis,
            ..read
        })
    }
}

/// Degrees, degrees and minutes, or degrees, minutes and seconds; only the last may have
/// decimals, only the first a minus, and there are 60 of a kind.
fn angle(numbers: &[Number]) -> Option<Angle> {
    let (last, before) = numbers.split_last()?;
    if before.len() > 2 || before.iter().any(|number| number.decimals > 0) {
        return None;
    }
    let mut deg = 0.0;
    let mut unit = 1.0;
    let mut is_negative = false;
    for (at, number) in numbers.iter().enumerate() {
        let value = number.value;
        if at == 0 {
            is_negative = value.is_sign_negative();
        } else if !(0.0..60.0).contains(&value) || value.is_sign_negative() {
            return None;
        }
        deg += value.abs() * unit;
        unit /= 60.0;
    }
    let unit = unit * 60.0;
    (deg.abs() <= 180.0).then(|| Angle {
        deg: if is_negative { -deg } else { deg },
        // 12 decimals are a tenth of a micrometre; more say nothing more.
        half_unit_deg: unit / 2.0 * 0.1f64.powi(last.decimals.min(12) as i32),
        axis: None,
        is_sexagesimal: !before.is_empty(),
    })
}

/// A number whose decimal point was a comma.
fn joined(whole: Number, fraction: Number) -> Option<Angle> {
    if whole.decimals > 0 || fraction.decimals > 0 || fraction.value.is_sign_negative() {
        return None;
    }
    let decimals = fraction.width;
    let value = whole.value.abs() + fraction.value * 0.1f64.powi(decimals.min(15) as i32);
    angle(&[Number {
        value: value.copysign(whole.value),
        decimals,
        width: whole.width,
    }])
}

/// Which of two angles is the longitude, as said or as only one of the ways lies in China.
fn place(first: Angle, second: Angle) -> Result<(Angle, Angle), ReadingError> {
    let (lon, lat) = match (first.axis, second.axis) {
        (Some(Axis::Lon), Some(Axis::Lon)) | (Some(Axis::Lat), Some(Axis::Lat)) => {
            return Err(ReadingError::Contradiction);
        }
        (Some(Axis::Lon), _) | (None, Some(Axis::Lat)) => (first, second),
        (Some(Axis::Lat), _) | (None, Some(Axis::Lon)) => (second, first),
        (None, None) if is_in_china(first.deg, second.deg) => (first, second),
        (None, None) => (second, first),
    };
    match is_in_china(lon.deg, lat.deg) {
        true => Ok((lon, lat)),
        false => Err(ReadingError::OutsideChina),
    }
}
