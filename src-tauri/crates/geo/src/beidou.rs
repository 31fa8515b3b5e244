//! BeiDou grid location code (北斗网格位置码, GB/T 39409-2020), two-dimensional: the code of a
//! point, and the cell of a code. Not here: heights, codes of the poles, referring codes.
//!
//! The standard's text is not free; its rules are public through the implementations of others.
//! Checked here against the standard's own example as two of them print it: 39°59′35.38″N
//! 116°18′45.37″E is `N50J47539B8255346152` (npm `beidou-grid-location-codec`), and the box of
//! its first 16 characters is the one a national grid database's manual prints (`ST_BGC2Box`).
//! That one place was all that could be had; it uses every level and both ways of counting.
//!
//! | level | cell | counted in the cell above as |
//! |---|---|---|
//! | 1 | 6° × 4° | hemisphere, column 01–60 from 180°W, row A–V from the equator |
//! | 2 | 30′ × 30′ | column 0–B, row 0–7 |
//! | 3 | 15′ × 10′ | one digit 0–5, row by row |
//! | 4 | 1′ × 1′ | column 0–E, row 0–9 |
//! | 5 | 4″ × 4″ | column 0–E, row 0–E |
//! | 6 | 2″ × 2″ | one digit 0–3, row by row |
//! | 7–10 | ¼″ … 1/2048″ | column 0–7, row 0–7 |
//!
//! Only north of the equator and east of Greenwich, where China lies: elsewhere the standard
//! turns the counting round, and no public example was found to check that by.

use crate::{Bounds, Wgs84};

/// The level that is shown and exported: 4″, about 120 m.
pub const BEIDOU_LEVEL: u8 = 5;

/// The finest level.
pub const BEIDOU_LEVEL_MAX: u8 = 10;

/// Columns and rows of levels 2–10 in the cell above.
const PARTS: [(u32, u32); 9] = [
    (12, 8),
    (2, 3),
    (15, 10),
    (15, 15),
    (2, 2),
    (8, 8),
    (8, 8),
    (8, 8),
    (8, 8),
];
/// Width and height of a cell of level 1 in seconds of arc.
const FIRST_S: (f64, f64) = (21_600.0, 14_400.0);
/// A point this near to the next cell's edge, in seconds of arc, is on it: 0.03 mm, which is
/// what is lost when an edge is written in degrees and read again.
const EDGE_S: f64 = 1e-6;

/// Why a point has no code, or a text is none.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum BeidouError {
    /// South of the equator, west of Greenwich or beyond 88°N.
    #[error("outside the quarter of the earth that is coded here")]
    OutsideQuarter,
    /// There are levels 1 to 10.
    #[error("no such level")]
    NoSuchLevel,
    /// Not of the form of a code.
    #[error("not of the form of a BeiDou grid code")]
    BadShape,
}

/// The code of the cell of a level that holds the point: 11 characters at level 5. A point on
/// an edge belongs to the cell north or east of it.
///
/// # Errors
/// [`BeidouError::OutsideQuarter`], [`BeidouError::NoSuchLevel`].
pub fn beidou_code(point: Wgs84, level: u8) -> Result<String, BeidouError> {
    if !(1..=BEIDOU_LEVEL_MAX).contains(&level) {
        return Err(BeidouError::NoSuchLevel);
    }
    let (lon, lat) = (point.lon_deg(), point.lat_deg());
    if !(0.0..180.0).contains(&lon) || !(0.0..88.0).contains(&lat) {
        return Err(BeidouError::OutsideQuarter);
    }
    let (mut lon_s, mut lat_s) = (lon * 3600.0, lat * 3600.0);
    let (mut width, mut height) = FIRST_S;
    let column = take(&mut lon_s, width, 30);
    let row = take(&mut lat_s, height, 22);
    let band = char::from_u32(u32::from('A') + row).unwrap_or('?');
    let mut code = format!("N{:02}{band}", column + 31);
    for (columns, rows) in PARTS.iter().take(usize::from(level) - 1) {
        width /= f64::from(*columns);
        height /= f64::from(*rows);
        let column = take(&mut lon_s, width, *columns);
        let row = take(&mut lat_s, height, *rows);
        if *columns == 2 {
            code.push(digit(row * 2 + column));
        } else {
            code.push(digit(column));
            code.push(digit(row));
        }
    }
    Ok(code)
}

/// The cell of a code, and its level. Lower-case letters, blanks and hyphens are taken.
///
/// # Errors
/// [`BeidouError::BadShape`], [`BeidouError::OutsideQuarter`].
pub fn beidou_cell(text: &str) -> Result<(Bounds, u8), BeidouError> {
    let plain = |c: char| (!c.is_whitespace() && c != '-').then(|| c.to_ascii_uppercase());
    let code: Vec<char> = text.chars().filter_map(plain).collect();
    let mut rest = code.iter().copied();
    let mut next = || rest.next().ok_or(BeidouError::BadShape);
    match next()? {
        'N' => {}
        'S' => return Err(BeidouError::OutsideQuarter),
        _ => return Err(BeidouError::BadShape),
    }
    let column = value(next()?, 10)? * 10 + value(next()?, 10)?;
    let row = u32::from(next()?).wrapping_sub(u32::from('A'));
    if !(1..=60).contains(&column) || row >= 22 {
        return Err(BeidouError::BadShape);
    }
    let column = column.checked_sub(31).ok_or(BeidouError::OutsideQuarter)?;
    let (mut width, mut height) = FIRST_S;
    let (mut west, mut south) = (f64::from(column) * width, f64::from(row) * height);
    let mut level = 1;
    let mut length = 4;
    for (columns, rows) in PARTS {
        if code.len() == length {
            break;
        }
        let first = value(next()?, columns.max(rows * 2))?;
        let (column, row) = if columns == 2 {
            length += 1;
            (first % 2, first / 2)
        } else {
            length += 2;
            (first, value(next()?, rows)?)
        };
        if column >= columns || row >= rows {
            return Err(BeidouError::BadShape);
        }
        width /= f64::from(columns);
        height /= f64::from(rows);
        west += f64::from(column) * width;
        south += f64::from(row) * height;
        level += 1;
    }
    if code.len() != length {
        return Err(BeidouError::BadShape);
    }
    let deg = |seconds: f64| seconds / 3600.0;
    Bounds::from_edges(
        deg(west),
        deg(south),
        deg(west + width),
        deg(south + height),
    )
    .map(|bounds| (bounds, level))
    .map_err(|_| BeidouError::OutsideQuarter)
}

/// How many whole steps lie in what is left, at most the last of `count`; leaves the rest.
fn take(left: &mut f64, step: f64, count: u32) -> u32 {
    let steps = ((*left + EDGE_S) / step)
        .floor()
        .clamp(0.0, f64::from(count - 1));
    *left = (*left - steps * step).max(0.0);
    steps as u32
}

fn digit(value: u32) -> char {
    char::from_digit(value, 16)
        .unwrap_or('?')
        .to_ascii_uppercase()
}

fn value(c: char, below: u32) -> Result<u32, BeidouError> {
    c.to_digit(16)
        .filter(|value| *value < below)
        .ok_or(BeidouError::BadShape)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::distance_m;

    fn at(lon: f64, lat: f64) -> Wgs84 {
        Wgs84::new(lon, lat).unwrap()
    }

    /// The standard's example as public programs print it, level by level, and the printed box of
    /// its level 8.
    #[test]
    fn published_example() {
        let point = at(
            116.0 + 18.0 / 60.0 + 45.37 / 3600.0,
            39.0 + 59.0 / 60.0 + 35.38 / 3600.0,
        );
        let full = "N50J47539B8255346152";
        assert_eq!(beidou_code(point, 10).as_deref(), Ok(full));
        assert_eq!(
            beidou_code(point, BEIDOU_LEVEL).as_deref(),
            Ok("N50J47539B8")
        );
        for (level, length) in [4, 6, 7, 9, 11, 12, 14, 16, 18, 20].into_iter().enumerate() {
            let level = u8::try_from(level + 1).unwrap();
            assert_eq!(beidou_code(point, level).as_deref(), Ok(&full[..length]));
            let (bounds, found) = beidou_cell(&full[..length]).unwrap();
            assert!(found == level && bounds.contains(point), "{level}");
        }
        let (bounds, _) = beidou_cell("n50j 4753 9b82 5534").unwrap();
        let (west, south, east, north) = bounds.edges();
        assert!(
            (west - 116.312_595_486_111_1).abs() < 1e-12 && (south - 39.993_159_722).abs() < 1e-9
        );
        assert!(
            (east - 116.312_604_166_666).abs() < 1e-9 && (north - 39.993_168_402_777).abs() < 1e-9
        );
    }

    /// The cell of every point's code holds the point, at the level asked for, all over China;
    /// a cell's own corner and centre have the cell's code.
    #[test]
    fn round_trip() {
        for i in 0..60 {
            for j in 0..50 {
                let point = at(73.5 + f64::from(i) * 1.0307, 3.1 + f64::from(j) * 1.0111);
                for level in [1, 3, 5, 6, 10] {
                    let code = beidou_code(point, level).unwrap();
                    let (bounds, found) = beidou_cell(&code).unwrap();
                    assert_eq!(found, level);
                    let (west, south, east, north) = bounds.edges();
                    let clamped = at(
                        point.lon_deg().clamp(west, east),
                        point.lat_deg().clamp(south, north),
                    );
                    assert!(distance_m(clamped, point) < 1e-4, "{code}");
                    assert_eq!(beidou_code(at(west, south), level).as_deref(), Ok(&*code));
                    let centre = beidou_code(bounds.centre(), level);
                    assert_eq!(centre.as_deref(), Ok(&*code));
                }
            }
        }
    }

    /// What is no code, or not of this quarter, is refused by name.
    #[test]
    fn refusals() {
        for bad in [
            "", "N", "N50", "N50J4", "N50J476", "X50J", "N50W", "N00J", "N61J", "N50JC7",
        ] {
            assert_eq!(beidou_cell(bad), Err(BeidouError::BadShape), "{bad}");
        }
        for bad in [
            "N50J48",
            "N50J47539BF",
            "N50J47539B82553461520",
            "N50J47539B825",
            "N50J477",
        ] {
            assert_eq!(beidou_cell(bad), Err(BeidouError::BadShape), "{bad}");
        }
        assert_eq!(beidou_cell("S50J47"), Err(BeidouError::OutsideQuarter));
        assert_eq!(beidou_cell("N30J47"), Err(BeidouError::OutsideQuarter));
        assert_eq!(
            beidou_code(at(-1.0, 31.0), 5),
            Err(BeidouError::OutsideQuarter)
        );
        assert_eq!(
            beidou_code(at(113.0, 31.0), 11),
            Err(BeidouError::NoSuchLevel)
        );
        assert_eq!(
            beidou_code(at(113.0, 31.0), 0),
            Err(BeidouError::NoSuchLevel)
        );
    }
}
