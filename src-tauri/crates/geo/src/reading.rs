//! What people paste or type for a place: degrees in many notations, a cell code, a BeiDou code.
//! Not here: addresses and names (`mappack` searches those), the question which of several
//! readings was meant (a person answers it).
//!
//! **Invariant:** nothing is guessed. Every way the text can be read as a place in China is
//! found; one is the answer, several are all returned, none says why. Which of two numbers is
//! the latitude is no guess: in China latitudes end at 54 and longitudes begin at 73.

use crate::{Bd09, BeidouError, CellCodeError, Gcj02, GridCell, Wgs84};
use crate::{beidou_cell, distance_m};

mod angles;
#[cfg(test)]
mod tests;
mod tokens;

/// The box in which a reading must lie, in degrees: land and islands of China with some margin.
pub const CHINA_DEG: (f64, f64, f64, f64) = (73.0, 3.0, 136.0, 54.0);

/// A longer text is no coordinate.
pub const TEXT_MAX: usize = 200;

/// The datum a point came in.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Datum {
    /// WGS-84, the same as CGCS2000 here.
    Wgs84,
    /// GCJ-02: AMap, Tencent, most phones.
    Gcj02,
    /// BD-09: Baidu.
    Bd09,
}

impl Datum {
    /// Stable word.
    pub fn word(self) -> &'static str {
        match self {
            Self::Wgs84 => "wgs84",
            Self::Gcj02 => "gcj02",
            Self::Bd09 => "bd09",
        }
    }

    /// The point with these degrees in this datum; `None` when they are no place.
    pub fn point(self, lon_deg: f64, lat_deg: f64) -> Option<Wgs84> {
        match self {
            Self::Wgs84 => Wgs84::new(lon_deg, lat_deg).ok(),
            Self::Gcj02 => Some(Gcj02::new(lon_deg, lat_deg).ok()?.to_wgs84()),
            Self::Bd09 => Some(Bd09::new(lon_deg, lat_deg).ok()?.to_wgs84()),
        }
    }
}

/// In what form a place was given.
#[derive(Debug, Clone, Copy, PartialEq)]
pub enum Notation {
    /// Degrees with decimals.
    Decimal,
    /// Degrees and minutes, perhaps seconds.
    Sexagesimal,
    /// A code of the own grid.
    Cell(GridCell),
    /// A BeiDou code of this level.
    Beidou(u8),
}

impl Notation {
    /// Stable word.
    pub fn word(self) -> &'static str {
        match self {
            Self::Decimal => "decimal",
            Self::Sexagesimal => "sexagesimal",
            Self::Cell(_) => "cell",
            Self::Beidou(_) => "beidou",
        }
    }
}

/// A place that was read.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Reading {
    /// The point; of a code the middle of its cell.
    pub point: Wgs84,
    /// The datum it came in.
    pub datum: Datum,
    /// Whether the text, or its notation, said so; otherwise the datum is the one expected.
    pub is_datum_stated: bool,
    /// The form it had.
    pub notation: Notation,
    /// How far the true place may be from `point` because of the notation alone, in metres: the
    /// half diagonal of a cell, half a unit of the last digit. Never 0.
    pub radius_m: f64,
}

/// What a reader may take for granted.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Expected {
    /// The datum of a text that names none; a setting of the desk.
    pub datum: Datum,
    /// A cell of the county, for short codes; without one they are not read.
    pub near: Option<GridCell>,
}

impl Default for Expected {
    fn default() -> Self {
        Self {
            datum: Datum::Wgs84,
            near: None,
        }
    }
}

/// Why a text was not read as one place.
#[derive(Debug, Clone, PartialEq, thiserror::Error)]
pub enum ReadingError {
    /// Nothing but blanks.
    #[error("empty")]
    Empty,
    /// There is something in it that belongs to no coordinate or code.
    #[error("not a coordinate or code: {0:?} is not understood")]
    NotUnderstood(String),
    /// Numbers, but not two angles: too few, too many, minutes over 59 …
    #[error("not two angles")]
    NotTwoAngles,
    /// Two angles, but no place in China whichever way round.
    #[error("not in China")]
    OutsideChina,
    /// It contradicts itself: two datums, two latitudes, a code and a datum that it never has.
    #[error("contradicts itself")]
    Contradiction,
    /// A cell code of which a digit is wrong.
    #[error("{0}")]
    Cell(#[from] CellCodeError),
    /// A BeiDou code of another quarter of the earth.
    #[error("{0}")]
    Beidou(BeidouError),
    /// It can be read in more than one way; all of them, in the order of the text.
    #[error("can be read as {} places", .0.len())]
    Ambiguous(Vec<Reading>),
}

/// Reads a text as one place.
///
/// # Errors
/// [`ReadingError`]; in particular [`ReadingError::Ambiguous`] with all places it may mean.
pub fn read_place(text: &str, expected: Expected) -> Result<Reading, ReadingError> {
    if text.chars().nth(TEXT_MAX).is_some() {
        return Err(ReadingError::NotUnderstood("…".to_owned()));
    }
    let plain = tokens::plain(text);
    if plain.trim().is_empty() {
        return Err(ReadingError::Empty);
    }
    let (rest, stated) = tokens::take_datum(&plain)?;
    let mut found = Vec::new();
    let code = read_code(&rest, expected.near);
    if let Ok(Some(reading)) = code {
        if stated.is_some_and(|datum| datum != Datum::Wgs84) {
            return Err(ReadingError::Contradiction);
        }
        found.push(reading);
    }
    let angles = angles::read(&rest, stated, expected.datum);
    if let Ok(readings) = &angles {
        found.extend(readings.iter().copied());
    }
    // Two ways to one spot are one reading.
    let mut distinct: Vec<Reading> = Vec::new();
    for reading in found {
        let is_same = |other: &Reading| distance_m(other.point, reading.point) < 0.01;
        if !distinct.iter().any(is_same) {
            distinct.push(reading);
        }
    }
    match (distinct.as_slice(), code, angles) {
        ([one], _, _) => Ok(*one),
        ([], Err(fault), _) | ([], Ok(_), Err(fault)) => Err(fault),
        ([], Ok(_), Ok(_)) => Err(ReadingError::OutsideChina),
        _ => Err(ReadingError::Ambiguous(distinct)),
    }
}

/// The text as a code; `None` when it has not the form of one.
fn read_code(text: &str, near: Option<GridCell>) -> Result<Option<Reading>, ReadingError> {
    let text = text.trim();
    match read_cell(text, near) {
        Some(Ok(cell)) => return Ok(Some(of_cell(cell))),
        Some(Err(fault)) => return Err(fault.into()),
        None => {}
    }
    let after = |name| text.strip_prefix(name);
    let named = after("北斗网格位置码").or_else(|| after("北斗网格码"));
    let named = named.or_else(|| after("北斗"));
    let body = named.unwrap_or(text).trim_start_matches([':', ' ']);
    let (bounds, level) = match beidou_cell(body) {
        Ok(found) => found,
        Err(fault @ BeidouError::BadShape) if named.is_some() => {
            return Err(ReadingError::Beidou(fault));
        }
        Err(BeidouError::BadShape | BeidouError::NoSuchLevel) => return Ok(None),
        Err(fault) => return Err(ReadingError::Beidou(fault)),
    };
    let (west, south, east, north) = bounds.edges();
    let point = bounds.centre();
    let (corner, other) = (Wgs84::clamped(east, north), Wgs84::clamped(west, south));
    let is_here = is_in_china(point.lon_deg(), point.lat_deg());
    Ok(is_here.then_some(Reading {
        point,
        datum: Datum::Wgs84,
        is_datum_stated: true,
        notation: Notation::Beidou(level),
        radius_m: distance_m(corner, other) / 2.0,
    }))
}

/// The text as a code of the own grid. Without the word 格 before it the groups must be those of
/// a code: digits in a row may be a telephone number.
fn read_cell(text: &str, near: Option<GridCell>) -> Option<Result<GridCell, CellCodeError>> {
    let named = text
        .strip_prefix("网格")
        .or_else(|| text.strip_prefix('格'));
    let body = named.unwrap_or(text).trim_start_matches([':', ' ']);
    let groups: Vec<usize> = body
        .split([' ', '-'])
        .map(|group| {
            if group.bytes().all(|b| b.is_ascii_digit()) {
                group.len()
            } else {
                0
            }
        })
        .collect();
    let digits: usize = groups.iter().sum();
    let is_long = groups == [2, 4, 5, 1] || (named.is_some() && digits == 12);
    let is_short = groups == [3, 3, 1] || (named.is_some() && digits == 7);
    match near.filter(|_| is_short) {
        Some(near) => Some(GridCell::parse_short(body, near)),
        None if is_long || named.is_some() => Some(GridCell::parse(body)),
        None => None,
    }
}

fn of_cell(cell: GridCell) -> Reading {
    Reading {
        point: cell.centre(),
        datum: Datum::Wgs84,
        is_datum_stated: true,
        notation: Notation::Cell(cell),
        radius_m: crate::CELL_SIDE_M * std::f64::consts::FRAC_1_SQRT_2,
    }
}

/// Whether degrees of any datum lie in the box of China.
fn is_in_china(lon_deg: f64, lat_deg: f64) -> bool {
    let (west, south, east, north) = CHINA_DEG;
    (west..=east).contains(&lon_deg) && (south..=north).contains(&lat_deg)
}
