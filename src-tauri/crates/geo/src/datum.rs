//! The two shifted datums that Chinese maps and phones speak, and the way in and out of them.
//! Not here: survey-grade transformation; CGCS2000 is taken as equal to WGS-84 (see the crate).
//!
//! GCJ-02 shifts a point by up to 700 m with a smooth function of the point. The way back has no
//! formula; it is found by iteration to far less than a millimetre, not in the usual one step
//! that errs by up to 3.6 m, the width of a lane. Outside the box where the shift applies both
//! ways are the identity, so points within one shift of the box's edge may not round trip.

use crate::point::{GeoError, Wgs84, check};
use std::f64::consts::PI;

/// Krasovsky ellipsoid, as the shift is defined on it.
const SEMI_MAJOR_M: f64 = 6_378_245.0;
const ECCENTRICITY_SQUARED: f64 = 0.006_693_421_622_965_943;
/// BD-09's own "pi".
const BD_PI: f64 = PI * 3000.0 / 180.0;
/// 1e-12 degrees is a tenth of a micrometre.
const TOLERANCE_DEG: f64 = 1e-12;
/// The shift's slope is under 1 %, so each step gains two digits; twelve would do.
const STEPS_MAX: usize = 40;

/// A point in GCJ-02 ("Mars coordinates": AMap, Tencent, most phones' map widgets); degrees.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Gcj02 {
    lon_deg: f64,
    lat_deg: f64,
}

/// A point in BD-09 (Baidu); degrees.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Bd09 {
    lon_deg: f64,
    lat_deg: f64,
}

impl Gcj02 {
    /// Checks and makes a point from degrees, longitude first.
    pub fn new(lon_deg: f64, lat_deg: f64) -> Result<Self, GeoError> {
        check(lon_deg, lat_deg)?;
        Ok(Self { lon_deg, lat_deg })
    }

    /// Longitude in degrees.
    pub fn lon_deg(self) -> f64 {
        self.lon_deg
    }

    /// Latitude in degrees.
    pub fn lat_deg(self) -> f64 {
        self.lat_deg
    }

    /// The same place in WGS-84.
    pub fn to_wgs84(self) -> Wgs84 {
        let (lon, lat) = invert((self.lon_deg, self.lat_deg), gcj_from_wgs);
        Wgs84::clamped(lon, lat)
    }
}

impl From<Wgs84> for Gcj02 {
    fn from(point: Wgs84) -> Self {
        let (lon_deg, lat_deg) = gcj_from_wgs((point.lon_deg(), point.lat_deg()));
        Self { lon_deg, lat_deg }
    }
}

impl Bd09 {
    /// Checks and makes a point from degrees, longitude first.
    pub fn new(lon_deg: f64, lat_deg: f64) -> Result<Self, GeoError> {
        check(lon_deg, lat_deg)?;
        Ok(Self { lon_deg, lat_deg })
    }

    /// Longitude in degrees.
    pub fn lon_deg(self) -> f64 {
        self.lon_deg
    }

    /// Latitude in degrees.
    pub fn lat_deg(self) -> f64 {
        self.lat_deg
    }

    /// The same place in GCJ-02.
    pub fn to_gcj02(self) -> Gcj02 {
        let (lon_deg, lat_deg) = invert((self.lon_deg, self.lat_deg), bd_from_gcj);
        Gcj02 { lon_deg, lat_deg }
    }

    /// The same place in WGS-84.
    pub fn to_wgs84(self) -> Wgs84 {
        self.to_gcj02().to_wgs84()
    }
}

impl From<Gcj02> for Bd09 {
    fn from(point: Gcj02) -> Self {
        let (lon_deg, lat_deg) = bd_from_gcj((point.lon_deg, point.lat_deg));
        Self { lon_deg, lat_deg }
    }
}

impl From<Wgs84> for Bd09 {
    fn from(point: Wgs84) -> Self {
        Gcj02::from(point).into()
    }
}

/// Finds `p` with `forward(p) == target` by walking back the remaining error.
fn invert(target: (f64, f64), forward: impl Fn((f64, f64)) -> (f64, f64)) -> (f64, f64) {
    let mut guess = target;
    for _ in 0..STEPS_MAX {
        let reached = forward(guess);
        let (lon_error, lat_error) = (reached.0 - target.0, reached.1 - target.1);
        guess = (guess.0 - lon_error, guess.1 - lat_error);
        if lon_error.abs() < TOLERANCE_DEG && lat_error.abs() < TOLERANCE_DEG {
            break;
        }
    }
    guess
}

/// Where the shift applies: the box every published implementation uses.
fn is_shifted((lon, lat): (f64, f64)) -> bool {
    (72.004..=137.8347).contains(&lon) && (0.8293..=55.8271).contains(&lat)
}

fn gcj_from_wgs((lon, lat): (f64, f64)) -> (f64, f64) {
    if !is_shifted((lon, lat)) {
        return (lon, lat);
    }
    let (x, y) = (lon - 105.0, lat - 35.0);
    let wave = (20.0 * (6.0 * x * PI).sin() + 20.0 * (2.0 * x * PI).sin()) * 2.0 / 3.0;
    let mut north = -100.0 + 2.0 * x + 3.0 * y + 0.2 * y * y + 0.1 * x * y;
    north += 0.2 * x.abs().sqrt() + wave;
    north += (20.0 * (y * PI).sin() + 40.0 * (y / 3.0 * PI).sin()) * 2.0 / 3.0;
    north += (160.0 * (y / 12.0 * PI).sin() + 320.0 * (y * PI / 30.0).sin()) * 2.0 / 3.0;
    let mut east = 300.0 + x + 2.0 * y + 0.1 * x * x + 0.1 * x * y;
    east += 0.1 * x.abs().sqrt() + wave;
    east += (20.0 * (x * PI).sin() + 40.0 * (x / 3.0 * PI).sin()) * 2.0 / 3.0;
    east += (150.0 * (x / 12.0 * PI).sin() + 300.0 * (x / 30.0 * PI).sin()) * 2.0 / 3.0;

    let lat_rad = lat.to_radians();
    let magic = 1.0 - ECCENTRICITY_SQUARED * lat_rad.sin() * lat_rad.sin();
    let root = magic.sqrt();
    let per_lat = SEMI_MAJOR_M * (1.0 - ECCENTRICITY_SQUARED) / (magic * root) * PI / 180.0;
    let per_lon = SEMI_MAJOR_M / root * lat_rad.cos() * PI / 180.0;
    (lon + east / per_lon, lat + north / per_lat)
}

fn bd_from_gcj((lon, lat): (f64, f64)) -> (f64, f64) {
    let radius = lon.hypot(lat) + 0.000_02 * (lat * BD_PI).sin();
    let angle = lat.atan2(lon) + 0.000_003 * (lon * BD_PI).cos();
    (radius * angle.cos() + 0.0065, radius * angle.sin() + 0.006)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::haversine_m;

    fn grid() -> impl Iterator<Item = Wgs84> {
        (0..=60).flat_map(|i| {
            (0..=40).map(move |j| {
                Wgs84::new(73.5 + f64::from(i) * 1.0307, 18.1 + f64::from(j) * 0.8911).unwrap()
            })
        })
    }

    /// Tiananmen against the values that npm gcoord and coordtransform publish.
    #[test]
    fn known_shift() {
        let gcj = Gcj02::from(Wgs84::new(116.404, 39.915).unwrap());
        assert!((gcj.lon_deg() - 116.410_244_499).abs() < 1e-8, "{gcj:?}");
        assert!((gcj.lat_deg() - 39.916_404_280).abs() < 1e-8, "{gcj:?}");
        let bd = Bd09::from(Gcj02::new(116.404, 39.915).unwrap());
        assert!((bd.lon_deg() - 116.410_369_494).abs() < 1e-8, "{bd:?}");
        assert!((bd.lat_deg() - 39.921_336_993).abs() < 1e-8, "{bd:?}");
    }

    /// There and back over the whole country: at most 1 mm, where one step alone errs by metres.
    #[test]
    fn inverse_within_a_millimetre() {
        let (mut worst_gcj, mut worst_bd, mut count) = (0.0f64, 0.0f64, 0);
        for point in grid() {
            worst_gcj = worst_gcj.max(haversine_m(point, Gcj02::from(point).to_wgs84()));
            worst_bd = worst_bd.max(haversine_m(point, Bd09::from(point).to_wgs84()));
            count += 1;
        }
        assert_eq!(count, 61 * 41);
        assert!(
            worst_gcj < 0.001 && worst_bd < 0.001,
            "{worst_gcj} m, {worst_bd} m"
        );
    }

    /// The worst places of the shift: a fine net over all China and its seas, and points on both
    /// sides of the lines where the formula has a kink (105°E, whose square root of |x| is
    /// steepest) or repeats (whole degrees). At most 1 mm, and the printed worst is far less.
    #[test]
    fn inverse_at_the_worst_places() {
        let mut worst = (0.0f64, 0.0f64);
        let mut try_at = |lon: f64, lat: f64| {
            let point = Wgs84::new(lon, lat).unwrap();
            let gcj = Gcj02::from(point);
            let again = Gcj02::from(gcj.to_wgs84());
            worst.0 = worst.0.max(haversine_m(point, gcj.to_wgs84()));
            worst.1 = worst
                .1
                .max(haversine_m(point, Bd09::from(point).to_wgs84()));
            assert!((again.lon_deg - gcj.lon_deg).abs() < 1e-10);
            assert!((again.lat_deg - gcj.lat_deg).abs() < 1e-10);
        };
        for i in 0..=630 {
            for j in 0..=510 {
                try_at(73.0 + f64::from(i) * 0.1, 3.0 + f64::from(j) * 0.1);
            }
        }
        for off in [
            0.0, 1e-12, 1e-9, 1e-7, 1e-5, 1e-4, 0.001, 0.003, 0.005, 0.01,
        ] {
            for side in [-1.0, 1.0] {
                for lat in 0..50 {
                    try_at(105.0 + side * off, 4.0 + f64::from(lat));
                    try_at(100.0 + side * off, 4.5 + f64::from(lat) + off);
                }
            }
        }
        println!(
            "worst inverse: GCJ-02 {:e} m, BD-09 {:e} m",
            worst.0, worst.1
        );
        assert!(worst.0 < 0.001 && worst.1 < 0.001, "{worst:?}");
    }

    /// The shift is real (hundreds of metres inland) and absent abroad.
    #[test]
    fn shift_only_inside() {
        let inland = Wgs84::new(113.9, 31.2).unwrap();
        let gcj = Gcj02::from(inland);
        let drawn = Wgs84::new(gcj.lon_deg(), gcj.lat_deg()).unwrap();
        assert!((100.0..900.0).contains(&haversine_m(inland, drawn)));
        let abroad = Wgs84::new(14.4, 35.9).unwrap();
        assert_eq!(Gcj02::from(abroad).to_wgs84(), abroad);
    }
}
