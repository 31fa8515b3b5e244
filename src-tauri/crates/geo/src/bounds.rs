//! An upright box around points.
//! Not here: boxes across the date line; no county lies on it.

use crate::{GeoError, Wgs84};

/// West, south, east and north edges in degrees; never empty, a single point is a box too.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Bounds {
    west_deg: f64,
    south_deg: f64,
    east_deg: f64,
    north_deg: f64,
}

impl Bounds {
    /// The box of one point.
    pub fn of_point(point: Wgs84) -> Self {
        Self {
            west_deg: point.lon_deg(),
            south_deg: point.lat_deg(),
            east_deg: point.lon_deg(),
            north_deg: point.lat_deg(),
        }
    }

    /// The smallest box of all points, or `None` when there are none.
    pub fn of_points(points: impl IntoIterator<Item = Wgs84>) -> Option<Self> {
        let mut points = points.into_iter();
        let mut bounds = Self::of_point(points.next()?);
        for point in points {
            bounds.add(point);
        }
        Some(bounds)
    }

    /// A box from its edges in degrees; the corners must be points, west ≤ east, south ≤ north.
    pub fn from_edges(west: f64, south: f64, east: f64, north: f64) -> Result<Self, GeoError> {
        crate::point::check(west, south).or_else(allow_null_island)?;
        crate::point::check(east, north).or_else(allow_null_island)?;
        if west > east || south > north {
            return Err(GeoError::OutOfRange {
                lon_deg: west,
                lat_deg: south,
            });
        }
        Ok(Self {
            west_deg: west,
            south_deg: south,
            east_deg: east,
            north_deg: north,
        })
    }

    /// Grows the box so that it holds `point`.
    pub fn add(&mut self, point: Wgs84) {
        self.west_deg = self.west_deg.min(point.lon_deg());
        self.south_deg = self.south_deg.min(point.lat_deg());
        self.east_deg = self.east_deg.max(point.lon_deg());
        self.north_deg = self.north_deg.max(point.lat_deg());
    }

    /// Whether the point lies in the box or on its edge.
    pub fn contains(&self, point: Wgs84) -> bool {
        (self.west_deg..=self.east_deg).contains(&point.lon_deg())
            && (self.south_deg..=self.north_deg).contains(&point.lat_deg())
    }

    /// Whether the two boxes share at least one point.
    pub fn meets(&self, other: &Self) -> bool {
        self.west_deg <= other.east_deg
            && other.west_deg <= self.east_deg
            && self.south_deg <= other.north_deg
            && other.south_deg <= self.north_deg
    }

    /// The middle of the box.
    pub fn centre(&self) -> Wgs84 {
        Wgs84::clamped(
            (self.west_deg + self.east_deg) / 2.0,
            (self.south_deg + self.north_deg) / 2.0,
        )
    }

    /// (west, south, east, north) in degrees.
    pub fn edges(&self) -> (f64, f64, f64, f64) {
        (self.west_deg, self.south_deg, self.east_deg, self.north_deg)
    }
}

/// An edge may pass through (0, 0); only a fix may not.
fn allow_null_island(fault: GeoError) -> Result<(), GeoError> {
    if fault == GeoError::NullIsland {
        Ok(())
    } else {
        Err(fault)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// A box grows to what it is given, and knows inside from outside.
    #[test]
    fn grows_and_contains() {
        let at = |lon, lat| Wgs84::new(lon, lat).unwrap();
        assert_eq!(Bounds::of_points([]), None);
        let bounds = Bounds::of_points([at(113.9, 31.2), at(114.1, 31.0)]).unwrap();
        assert_eq!(bounds.edges(), (113.9, 31.0, 114.1, 31.2));
        assert!(bounds.contains(at(114.1, 31.0)) && !bounds.contains(at(114.11, 31.0)));
        assert!((bounds.centre().lon_deg() - 114.0).abs() < 1e-12);
        assert!(bounds.meets(&Bounds::of_point(at(114.0, 31.1))));
        assert!(!bounds.meets(&Bounds::of_point(at(113.0, 31.1))));
        assert!(Bounds::from_edges(2.0, 0.0, 1.0, 1.0).is_err());
        assert!(Bounds::from_edges(0.0, 0.0, 1.0, 1.0).is_ok());
    }
}
