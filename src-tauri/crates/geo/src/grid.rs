//! The own grid: metric cells of 200 m in the Gauss–Krüger plane of the county's zone, and the
//! code each is called by. Not here: the projection (`gauss_kruger`), the BeiDou code (`beidou`).
//!
//! ```text
//! 38-2452-17265-6     zone · column · row · check digit: one cell of China, for ever
//! 452-265-5           short: the last three digits of column and row, and a check digit of
//!                     its own; one cell within 100 km of the county, for the radio
//! ```
//!
//! Columns count 200 m steps of easting (with the false 500 km), rows of northing, so a code
//! needs no table and never changes. Only digits: the radio has unmistakable words for them.

use std::fmt;

use crate::gauss_kruger::{Plane, Zone};
use crate::{Bounds, GeoError, Ring, Wgs84};

/// The side of a cell in metres.
pub const CELL_SIDE_M: f64 = 200.0;

/// Columns of a zone: 1,000 km.
const COLUMNS: u32 = 5_000;
/// Rows of a zone, as far as five digits could count; the projection ends long before.
const ROWS: u32 = 100_000;
/// Digits of the short code count to here.
const SHORT: i64 = 1_000;

/// One cell. Ordered by zone, row from the south, column from the west.
///
/// **Invariant:** its centre lies where the zone's plane is used.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct GridCell {
    zone: Zone,
    row: u32,
    column: u32,
}

/// Why a text names no cell.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum CellCodeError {
    /// Not digits in groups of 2-4-5-1 (or 3-3-1 for the short code).
    #[error("not of the form of a cell code")]
    BadShape,
    /// Of the right form, but the check digit says that something was misread.
    #[error("the check digit of the cell code does not fit")]
    BadCheck,
    /// There is no such zone, or the zone does not reach there.
    #[error("no such cell")]
    NoSuchCell,
}

impl GridCell {
    /// The cell that holds a point, in the plane of the county's zone. A point exactly on an
    /// edge belongs to the cell north or east of it.
    ///
    /// # Errors
    /// [`GeoError::OutOfZone`].
    pub fn of_point(point: Wgs84, zone: Zone) -> Result<Self, GeoError> {
        let plane = zone.project(point)?;
        Self::at(
            zone,
            (plane.easting_m / CELL_SIDE_M).floor() as i64,
            (plane.northing_m / CELL_SIDE_M).floor() as i64,
        )
        .ok_or(GeoError::OutOfZone {
            zone: zone.number(),
        })
    }

    /// The cell in this column and row, if the zone has it.
    fn at(zone: Zone, column: i64, row: i64) -> Option<Self> {
        let column = u32::try_from(column).ok().filter(|n| *n < COLUMNS)?;
        let row = u32::try_from(row).ok().filter(|n| *n < ROWS)?;
        let cell = Self { zone, row, column };
        zone.unproject(cell.plane(0.5, 0.5)).ok()?;
        Some(cell)
    }

    /// The zone it is counted in.
    pub fn zone(self) -> Zone {
        self.zone
    }

    /// Its column from the west and its row from the south.
    pub fn column_row(self) -> (u32, u32) {
        (self.column, self.row)
    }

    /// Its middle.
    pub fn centre(self) -> Wgs84 {
        self.point(0.5, 0.5)
    }

    /// Its border: south-west, south-east, north-east, north-west, and the first again. The
    /// sides are straight in the plane; drawn straight in degrees they are off by less than 1 mm.
    pub fn ring(self) -> Ring {
        let corners = [(0.0, 0.0), (1.0, 0.0), (1.0, 1.0), (0.0, 1.0), (0.0, 0.0)];
        corners.map(|(x, y)| self.point(x, y)).to_vec()
    }

    /// The cells around it, from north clockwise; fewer at the edge of a zone.
    pub fn neighbours(self) -> Vec<Self> {
        let around = [
            (0, 1),
            (1, 1),
            (1, 0),
            (1, -1),
            (0, -1),
            (-1, -1),
            (-1, 0),
            (-1, 1),
        ];
        let (column, row) = (i64::from(self.column), i64::from(self.row));
        let cell = |(x, y)| Self::at(self.zone, column + x, row + y);
        around.into_iter().filter_map(cell).collect()
    }

    /// The cells that meet a box, by row and column, for drawing; `None` when there would be
    /// more than `most` of them or the box leaves the zone.
    pub fn in_bounds(bounds: &Bounds, zone: Zone, most: usize) -> Option<Vec<Self>> {
        let (west, south, east, north) = bounds.edges();
        let middle = (west + east) / 2.0;
        // Parallels bend, so the lowest place of the southern edge may be its middle or an end.
        let mut span = (i64::MAX, i64::MAX, i64::MIN, i64::MIN);
        for lon in [west, middle, zone.meridian_deg().clamp(west, east), east] {
            for lat in [south, (south + north) / 2.0, north] {
                let cell = Self::of_point(Wgs84::new(lon, lat).ok()?, zone).ok()?;
                let (column, row) = (i64::from(cell.column), i64::from(cell.row));
                span = (
                    span.0.min(column),
                    span.1.min(row),
                    span.2.max(column),
                    span.3.max(row),
                );
            }
        }
        let count = (span.2 - span.0 + 1).checked_mul(span.3 - span.1 + 1)?;
        if usize::try_from(count).ok()? > most {
            return None;
        }
        let row = |row| (span.0..=span.2).filter_map(move |column| Self::at(zone, column, row));
        Some((span.1..=span.3).flat_map(row).collect())
    }

    /// `38-2452-17265-6`. [`GridCell::parse`] takes it back.
    pub fn text(self) -> String {
        let (zone, column, row) = (self.zone.number(), self.column, self.row);
        let check = check_digit(&format!("{zone:02}{column:04}{row:05}"));
        format!("{zone:02}-{column:04}-{row:05}-{check}")
    }

    /// `452-265-5`, for the radio. [`GridCell::parse_short`] takes it back near the county.
    pub fn short_text(self) -> String {
        let (column, row) = (self.column % 1_000, self.row % 1_000);
        let check = check_digit(&format!("{column:03}{row:03}"));
        format!("{column:03}-{row:03}-{check}")
    }

    /// Reads [`GridCell::text`]; blanks and hyphens may stand anywhere or be missing.
    ///
    /// # Errors
    /// [`CellCodeError`].
    pub fn parse(text: &str) -> Result<Self, CellCodeError> {
        let digits = digits_of(text, 12)?;
        let number = |range| number_in(&digits, range);
        let zone = u8::try_from(number(0..2)).map_err(|_| CellCodeError::BadShape)?;
        let zone = Zone::new(zone).map_err(|_| CellCodeError::NoSuchCell)?;
        Self::at(zone, number(2..6), number(6..11)).ok_or(CellCodeError::NoSuchCell)
    }

    /// Reads [`GridCell::short_text`] for the county around `near`: of the cells that are called
    /// so, one every 200 km, the one nearest to it.
    ///
    /// # Errors
    /// [`CellCodeError`].
    pub fn parse_short(text: &str, near: Self) -> Result<Self, CellCodeError> {
        let digits = digits_of(text, 7)?;
        let nearest = |around: u32, last: i64| {
            let around = i64::from(around);
            around + (last - around + SHORT / 2).rem_euclid(SHORT) - SHORT / 2
        };
        let column = nearest(near.column, number_in(&digits, 0..3));
        let row = nearest(near.row, number_in(&digits, 3..6));
        Self::at(near.zone, column, row).ok_or(CellCodeError::NoSuchCell)
    }

    /// A place within the cell, in shares of its side from the south-west corner.
    fn plane(self, x: f64, y: f64) -> Plane {
        Plane {
            easting_m: (f64::from(self.column) + x) * CELL_SIDE_M,
            northing_m: (f64::from(self.row) + y) * CELL_SIDE_M,
        }
    }

    fn point(self, x: f64, y: f64) -> Wgs84 {
        let meridian = self.zone.meridian_deg();
        let edge = Wgs84::clamped(meridian, 0.0);
        // A corner of a cell at the very edge may lie outside though its centre does not.
        let inside = self.zone.unproject(self.plane(x, y));
        inside
            .or_else(|_| self.zone.unproject(self.plane(0.5, 0.5)))
            .unwrap_or(edge)
    }
}

impl fmt::Display for GridCell {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.text())
    }
}

/// The digits of a code, checked: `count` of them, the last fitting the others.
fn digits_of(text: &str, count: usize) -> Result<String, CellCodeError> {
    let mut digits = String::new();
    for c in text.chars().filter(|c| !c.is_whitespace() && *c != '-') {
        if !c.is_ascii_digit() || digits.len() == count {
            return Err(CellCodeError::BadShape);
        }
        digits.push(c);
    }
    let (body, check) = digits
        .split_at_checked(count - 1)
        .filter(|(_, check)| check.len() == 1)
        .ok_or(CellCodeError::BadShape)?;
    if check_digit(body).to_string() == check {
        Ok(digits)
    } else {
        Err(CellCodeError::BadCheck)
    }
}

/// The value of some digits, of which there are at most five.
fn number_in(digits: &str, range: std::ops::Range<usize>) -> i64 {
    digits
        .get(range)
        .and_then(|digits| digits.parse().ok())
        .unwrap_or(-1)
}

/// The check digit by the totally anti-symmetric quasigroup of H. M. Damm (dissertation,
/// Marburg 2004): every single wrong digit and every swap of neighbours is found.
fn check_digit(digits: &str) -> usize {
    const TABLE: [[u8; 10]; 10] = [
        [0, 3, 1, 7, 5, 9, 8, 6, 4, 2],
        [7, 0, 9, 2, 1, 5, 4, 8, 6, 3],
        [4, 2, 0, 6, 8, 7, 1, 3, 5, 9],
        [1, 7, 5, 0, 9, 8, 3, 4, 2, 6],
        [6, 1, 2, 3, 0, 4, 5, 9, 7, 8],
        [3, 6, 7, 4, 2, 0, 9, 5, 8, 1],
        [5, 8, 6, 9, 7, 2, 0, 1, 3, 4],
        [8, 9, 4, 5, 3, 6, 2, 0, 1, 7],
        [9, 4, 3, 8, 6, 1, 7, 2, 0, 5],
        [2, 5, 8, 1, 4, 3, 6, 7, 9, 0],
    ];
    let values = digits.bytes().map(|byte| usize::from(byte - b'0'));
    values.fold(0, |interim, digit| {
        let row = TABLE.get(interim);
        let found = row.and_then(|row| row.get(digit)).copied();
        usize::from(found.unwrap_or_default())
    })
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::{distance_m, point_in_ring};

    fn at(lon: f64, lat: f64) -> Wgs84 {
        Wgs84::new(lon, lat).unwrap()
    }

    fn zone() -> Zone {
        Zone::of_meridian(114.0).unwrap()
    }

    /// The cell of a known place has the code that its known easting and northing (490,469.562 m,
    /// 3,453,152.869 m) give, and the check digit of the published example (572 → 4) is right.
    #[test]
    fn known_code() {
        assert_eq!(check_digit("572"), 4);
        let cell = GridCell::of_point(at(113.9, 31.2), zone()).unwrap();
        assert_eq!(cell.column_row(), (2452, 17265));
        assert!(cell.text().starts_with("38-2452-17265-"), "{cell}");
        assert!(
            cell.short_text().starts_with("452-265-"),
            "{}",
            cell.short_text()
        );
        assert_eq!(cell.to_string().len(), 15);
    }

    /// Every point lies in its cell, the cell is 200 m by 200 m on the ground, and both codes
    /// lead back to it.
    #[test]
    fn cell_holds_its_point_and_code() {
        let home = GridCell::of_point(at(113.9, 31.2), zone()).unwrap();
        for i in 0..40 {
            for j in 0..40 {
                let point = at(113.5 + f64::from(i) * 0.0203, 30.8 + f64::from(j) * 0.0207);
                let cell = GridCell::of_point(point, zone()).unwrap();
                let ring = cell.ring();
                assert!(point_in_ring(point, &ring), "{point:?}");
                assert!((distance_m(ring[0], ring[2]) - 282.84).abs() < 1.2);
                assert_eq!(GridCell::of_point(cell.centre(), zone()), Ok(cell));
                assert_eq!(GridCell::parse(&cell.text()), Ok(cell));
                assert_eq!(GridCell::parse(&cell.text().replace('-', " ")), Ok(cell));
                assert_eq!(GridCell::parse_short(&cell.short_text(), home), Ok(cell));
            }
        }
    }

    /// A county across a seam: two points on both sides of 115.5°E have neighbouring cells of
    /// the one zone the county was given; in zones of their own they would have none in common.
    #[test]
    fn seam_of_zones() {
        let (west, east) = (at(115.4995, 31.2), at(115.5005, 31.2));
        let cell = |point| GridCell::of_point(point, zone()).unwrap();
        let (a, b) = (cell(west), cell(east));
        assert!(a == b || a.neighbours().contains(&b), "{a} {b}");
        assert_eq!(Zone::of_point(east), Zone::new(39));
        assert!(GridCell::of_point(at(118.5, 31.2), zone()).is_err());
    }

    /// Neighbours touch: eight of them around, each knowing the cell as its own neighbour, and
    /// sharing corners to the micrometre.
    #[test]
    fn neighbours_touch() {
        let cell = GridCell::of_point(at(113.9, 31.2), zone()).unwrap();
        let around = cell.neighbours();
        assert_eq!(around.len(), 8);
        assert!(
            around
                .iter()
                .all(|other| other.neighbours().contains(&cell))
        );
        let north = around[0].ring();
        assert!(distance_m(cell.ring()[3], north[0]) < 1e-6);
        assert!(distance_m(cell.ring()[2], north[1]) < 1e-6);
    }

    /// Every wrong digit and every swap of neighbouring digits is found out.
    #[test]
    fn misread_codes_are_refused() {
        let good = GridCell::of_point(at(113.9, 31.2), zone()).unwrap().text();
        let digits: Vec<char> = good.chars().filter(|c| *c != '-').collect();
        for at in 0..digits.len() {
            for other in '0'..='9' {
                let mut wrong = digits.clone();
                wrong[at] = other;
                let read = GridCell::parse(&wrong.iter().collect::<String>());
                assert_eq!(read.is_ok(), other == digits[at], "{wrong:?}");
            }
            if at > 0 && digits[at] != digits[at - 1] {
                let mut wrong = digits.clone();
                wrong.swap(at, at - 1);
                let read = GridCell::parse(&wrong.iter().collect::<String>());
                assert_eq!(read, Err(CellCodeError::BadCheck), "{wrong:?}");
            }
        }
        for shape in ["", "38-2452", "38-2452-17265-61", "格", "38-24A2-17265-6"] {
            assert_eq!(
                GridCell::parse(shape),
                Err(CellCodeError::BadShape),
                "{shape}"
            );
        }
        let check = check_digit("99245217265");
        let read = GridCell::parse(&format!("99-2452-17265-{check}"));
        assert_eq!(read, Err(CellCodeError::NoSuchCell));
    }

    /// The cells of a box: all that a fine walk through the box finds, and none twice; too many
    /// are refused rather than cut.
    #[test]
    fn cells_of_a_box() {
        let bounds = Bounds::from_edges(113.90, 31.20, 113.93, 31.22).unwrap();
        let cells = GridCell::in_bounds(&bounds, zone(), 1_000).unwrap();
        assert!(cells.is_sorted() && cells.windows(2).all(|pair| pair[0] != pair[1]));
        for i in 0..=60 {
            for j in 0..=60 {
                let point = at(
                    113.90 + f64::from(i) * 0.0005,
                    31.20 + f64::from(j) / 3_000.0,
                );
                assert!(cells.contains(&GridCell::of_point(point, zone()).unwrap()));
            }
        }
        assert_eq!(GridCell::in_bounds(&bounds, zone(), 10), None);
    }
}
