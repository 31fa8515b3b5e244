//! The point every other part of the program speaks of, and why a pair of numbers may not be one.
//! Not here: other datums (`datum`), distance (`distance`).

/// Why a pair of numbers, or a tile address, is not a place.
#[derive(Debug, Clone, Copy, PartialEq, thiserror::Error)]
pub enum GeoError {
    /// A coordinate is NaN or infinite.
    #[error("coordinate is not a finite number")]
    NotFinite,
    /// Longitude is outside -180..=180 or latitude outside -90..=90 degrees.
    #[error("longitude {lon_deg} or latitude {lat_deg} is out of range")]
    OutOfRange {
        /// The longitude given, in degrees.
        lon_deg: f64,
        /// The latitude given, in degrees.
        lat_deg: f64,
    },
    /// Exactly (0, 0): what a device without a fix sends, never a place in a county.
    #[error("coordinate is (0, 0): no fix")]
    NullIsland,
    /// A tile address with zoom above 30 or a column or row outside the zoom's grid.
    #[error("tile {z}/{x}/{y} does not exist")]
    NoSuchTile {
        /// Zoom asked for.
        z: u8,
        /// Column asked for.
        x: u32,
        /// Row asked for.
        y: u32,
    },
    /// No 3° zone of China has this central meridian (75, 78 … 135°E).
    #[error("no zone around {meridian_deg} degrees east")]
    NoSuchZone {
        /// The meridian asked for, in degrees.
        meridian_deg: f64,
    },
    /// A camera's width or range that sees nothing.
    #[error("a sector {fov_deg} degrees wide and {range_m} metres far sees nothing")]
    NoSector {
        /// Width given, in degrees.
        fov_deg: f64,
        /// Range given, in metres.
        range_m: f64,
    },
    /// A point or plane coordinate too far from the zone to be measured in it.
    #[error("too far from zone {zone} to be measured in it")]
    OutOfZone {
        /// The zone's number.
        zone: u8,
    },
}

/// A point in WGS-84, equal to CGCS2000 at this program's accuracy; degrees.
///
/// **Invariant:** finite, in range and never exactly (0, 0): "no position" is `Option::None`,
/// so a missing fix cannot be drawn in the sea off Africa.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Wgs84 {
    lon_deg: f64,
    lat_deg: f64,
}

impl Wgs84 {
    /// Checks and makes a point from degrees, longitude first.
    pub fn new(lon_deg: f64, lat_deg: f64) -> Result<Self, GeoError> {
        check(lon_deg, lat_deg)?;
        Ok(Self { lon_deg, lat_deg })
    }

    /// A point from values in 1e-7 degrees, the way OSM data and the log keep them.
    pub fn from_e7(lon_e7: i32, lat_e7: i32) -> Result<Self, GeoError> {
        Self::new(f64::from(lon_e7) / 1e7, f64::from(lat_e7) / 1e7)
    }

    /// (longitude, latitude) in whole 1e-7 degrees, about 1 cm.
    pub fn to_e7(self) -> (i32, i32) {
        // In range by the invariant: 180e7 is below i32::MAX.
        (
            (self.lon_deg * 1e7).round() as i32,
            (self.lat_deg * 1e7).round() as i32,
        )
    }

    /// Longitude in degrees, east positive.
    pub fn lon_deg(self) -> f64 {
        self.lon_deg
    }

    /// Latitude in degrees, north positive.
    pub fn lat_deg(self) -> f64 {
        self.lat_deg
    }

    /// For results of arithmetic on valid points, where rounding may leave the range by a hair.
    pub(crate) fn clamped(lon_deg: f64, lat_deg: f64) -> Self {
        Self {
            lon_deg: wrap_lon(lon_deg),
            lat_deg: lat_deg.clamp(-90.0, 90.0),
        }
    }
}

fn wrap_lon(lon_deg: f64) -> f64 {
    if (-180.0..=180.0).contains(&lon_deg) {
        lon_deg
    } else {
        (lon_deg + 180.0).rem_euclid(360.0) - 180.0
    }
}

/// The checks shared by every datum.
pub(crate) fn check(lon_deg: f64, lat_deg: f64) -> Result<(), GeoError> {
    if !lon_deg.is_finite() || !lat_deg.is_finite() {
        return Err(GeoError::NotFinite);
    }
    if !(-180.0..=180.0).contains(&lon_deg) || !(-90.0..=90.0).contains(&lat_deg) {
        return Err(GeoError::OutOfRange { lon_deg, lat_deg });
    }
    if lon_deg == 0.0 && lat_deg == 0.0 {
        return Err(GeoError::NullIsland);
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;

    /// What a device may send that is no place is refused, each with its own reason.
    #[test]
    fn refuses_what_is_no_place() {
        assert_eq!(Wgs84::new(f64::NAN, 31.0), Err(GeoError::NotFinite));
        assert_eq!(Wgs84::new(113.0, f64::INFINITY), Err(GeoError::NotFinite));
        assert!(matches!(
            Wgs84::new(181.0, 31.0),
            Err(GeoError::OutOfRange { .. })
        ));
        assert!(matches!(
            Wgs84::new(31.0, 113.0),
            Err(GeoError::OutOfRange { .. })
        ));
        assert_eq!(Wgs84::new(0.0, 0.0), Err(GeoError::NullIsland));
        assert_eq!(Wgs84::new(-0.0, 0.0), Err(GeoError::NullIsland));
        assert!(Wgs84::new(0.0, 51.5).is_ok());
    }

    /// 1e-7 degree integers survive the way to degrees and back.
    #[test]
    fn e7_round_trip() {
        for (lon, lat) in [(1_139_000_001, 312_000_007), (-1_800_000_000, -900_000_000)] {
            assert_eq!(Wgs84::from_e7(lon, lat).unwrap().to_e7(), (lon, lat));
        }
    }
}
