//! Drawings (标绘) of an incident: cordons, assembly points, routes, lines and words on the map.
//! What may be drawn, and what of it is kept.
//!
//! A drawing is no *fact* of its incident (decision 0004): it contradicts no closing. It has
//! facts of its own: a change that a voiding had not seen.
//!
//! Not here: who draws and when (the entry), how it looks (the desk).

mod bytes;
mod measure;
#[cfg(test)]
mod tests;

use fengsui_geo::{GeoError, Wgs84, distance_m};

use crate::coded::coded;
pub use measure::{crosses_itself, measure};

/// Most points of one drawing.
pub const POINTS_MAX: usize = 500;
/// Longest distance between any two points of one drawing, m: farther is a slip of the hand.
pub const SPREAD_MAX_M: f64 = 200_000.0;

coded! {
    /// What is drawn.
    DrawingKind {
        /// 警戒区.
        Cordon = 1 "cordon",
        /// 集结点.
        Assembly = 2 "assembly",
        /// 行进路线.
        Route = 3 "route",
        /// 红线: nobody passes.
        RedLine = 4 "red_line",
        /// 绿线: kept free for passing.
        GreenLine = 5 "green_line",
        /// 自由线.
        FreeLine = 6 "free_line",
        /// 文字.
        TextMark = 7 "text_mark",
    }
}

coded! {
    /// The form of a geometry.
    Shape {
        /// One point.
        Point = 1 "point",
        /// A line through two points or more.
        Line = 2 "line",
        /// One closed ring; the last point is joined to the first.
        Area = 3 "area",
    }
}

impl DrawingKind {
    /// The only shape this kind has.
    #[must_use]
    pub fn shape(self) -> Shape {
        match self {
            DrawingKind::Cordon => Shape::Area,
            DrawingKind::Assembly | DrawingKind::TextMark => Shape::Point,
            DrawingKind::Route
            | DrawingKind::RedLine
            | DrawingKind::GreenLine
            | DrawingKind::FreeLine => Shape::Line,
        }
    }

    /// Without words it says nothing.
    #[must_use]
    pub fn needs_label(self) -> bool {
        self == DrawingKind::TextMark
    }
}

impl Shape {
    /// Fewest points.
    #[must_use]
    pub fn points_min(self) -> usize {
        match self {
            Shape::Point => 1,
            Shape::Line => 2,
            Shape::Area => 3,
        }
    }

    /// Most points.
    #[must_use]
    pub fn points_max(self) -> usize {
        match self {
            Shape::Point => 1,
            Shape::Line | Shape::Area => POINTS_MAX,
        }
    }
}

/// Why points are no drawing.
#[derive(Debug, Clone, Copy, PartialEq, thiserror::Error)]
pub enum GeometryError {
    /// Too few or too many points, those that repeat the one before not counted.
    #[error("{found} points where {min} to {max} are wanted")]
    Count {
        /// Points that differ from the one before.
        found: usize,
        /// Fewest.
        min: usize,
        /// Most.
        max: usize,
    },
    /// A pair of numbers is no place.
    #[error("point {at}: {error}")]
    NoPlace {
        /// Which point, from 1.
        at: usize,
        /// Why.
        error: GeoError,
    },
    /// Two points are farther apart than [`SPREAD_MAX_M`].
    #[error("points {spread_m} m apart")]
    Spread {
        /// The longest distance found, m.
        spread_m: f64,
    },
}

/// The points of a drawing, as they are kept: whole 1e-7 degrees (about 1 cm), none that only
/// repeats the one before; a ring is not closed by a repeated point.
#[derive(Debug, Clone, PartialEq)]
pub struct Geometry {
    shape: Shape,
    points: Vec<Wgs84>,
}

impl Geometry {
    /// From (longitude, latitude) in degrees.
    ///
    /// # Errors
    /// `GeometryError`, the first that applies in the order: no place, count, spread.
    pub fn new(shape: Shape, degrees: &[(f64, f64)]) -> Result<Geometry, GeometryError> {
        let (min, max) = (shape.points_min(), shape.points_max());
        let count = |found| GeometryError::Count { found, min, max };
        // A ring may come closed.
        if degrees.len() > POINTS_MAX + 1 {
            return Err(count(degrees.len()));
        }
        let mut points = Vec::with_capacity(degrees.len());
        for (at, (lon_deg, lat_deg)) in degrees.iter().enumerate() {
            let point = Wgs84::new(*lon_deg, *lat_deg).and_then(|point| {
                let (lon_e7, lat_e7) = point.to_e7();
                Wgs84::from_e7(lon_e7, lat_e7)
            });
            let point = point.map_err(|error| GeometryError::NoPlace { at: at + 1, error })?;
            if points.last() != Some(&point) {
                points.push(point);
            }
        }
        if shape == Shape::Area && points.len() > 1 && points.first() == points.last() {
            points.pop();
        }
        if !(min..=max).contains(&points.len()) {
            return Err(count(points.len()));
        }
        let spread_m = spread_m(&points);
        if spread_m > SPREAD_MAX_M {
            return Err(GeometryError::Spread { spread_m });
        }
        Ok(Geometry { shape, points })
    }

    /// Its shape.
    #[must_use]
    pub fn shape(&self) -> Shape {
        self.shape
    }

    /// Its points, in the order drawn.
    #[must_use]
    pub fn points(&self) -> &[Wgs84] {
        &self.points
    }
}

/// The longest distance between two points, m.
fn spread_m(points: &[Wgs84]) -> f64 {
    let mut longest = 0.0f64;
    for (at, a) in points.iter().enumerate() {
        for b in points.iter().skip(at + 1) {
            longest = longest.max(distance_m(*a, *b));
        }
    }
    longest
}
