//! CGCS2000 in metres: the Gauss–Krüger plane in 3° zones, there and back.
//! Not here: the cells cut out of that plane (`grid`), other projections.
//!
//! Formulas: the Krüger series in the third flattening n, as given by C. F. F. Karney,
//! "Transverse Mercator with an accuracy of a few nanometers", Journal of Geodesy 85 (2011),
//! equations 7–12 (forward), 19–21 (latitude from conformal latitude), 25–26 (inverse) and
//! 35–36 (coefficients), cut after n⁴; what is cut is under a micrometre. Zones, false easting
//! and scale 1 as in GB/T 24356 and the EPSG entries 4534–4554 ("CGCS2000 / 3-degree
//! Gauss-Kruger CM …").

use crate::{GeoError, Wgs84};

/// Semi-major axis of the CGCS2000 ellipsoid in metres.
const SEMI_MAJOR_M: f64 = 6_378_137.0;
/// Its flattening.
const FLATTENING: f64 = 1.0 / 298.257_222_101;
/// Third flattening n = f / (2 − f).
const N: f64 = FLATTENING / (2.0 - FLATTENING);
/// Square of the first eccentricity, f (2 − f).
const ECCENTRICITY_SQUARED: f64 = FLATTENING * (2.0 - FLATTENING);
/// Radius of the circle as long as a meridian, Karney (14).
const RECTIFYING_M: f64 = SEMI_MAJOR_M / (1.0 + N) * (1.0 + N * N / 4.0 + N * N * N * N / 64.0);
/// Karney (35): from the sphere to the plane.
const ALPHA: [f64; 4] = [
    N * (1.0 / 2.0 + N * (-2.0 / 3.0 + N * (5.0 / 16.0 + N * 41.0 / 180.0))),
    N * N * (13.0 / 48.0 + N * (-3.0 / 5.0 + N * 557.0 / 1440.0)),
    N * N * N * (61.0 / 240.0 - N * 103.0 / 140.0),
    N * N * N * N * 49_561.0 / 161_280.0,
];
/// Karney (36): back from the plane.
const BETA: [f64; 4] = [
    N * (1.0 / 2.0 + N * (-2.0 / 3.0 + N * (37.0 / 96.0 - N / 360.0))),
    N * N * (1.0 / 48.0 + N * (1.0 / 15.0 - N * 437.0 / 1440.0)),
    N * N * N * (17.0 / 480.0 - N * 37.0 / 840.0),
    N * N * N * N * 4_397.0 / 161_280.0,
];
/// What is added to every easting so that none is negative.
const FALSE_EASTING_M: f64 = 500_000.0;
/// How far from its meridian a zone is used: a zone is 3° wide, and a county that lies across a
/// seam, or the far corner of a very large one, stays in the one zone it was given.
const OFF_MERIDIAN_MAX_DEG: f64 = 4.0;
/// The northern edge of use; China ends at 53.6°.
const LAT_MAX_DEG: f64 = 60.0;

/// A 3° zone of China, 25 (75°E) to 45 (135°E). A county has one, also where it lies across a
/// seam: everything of that county is measured in it.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Zone(u8);

/// A place in the plane of a zone; metres. Easting includes the false 500 km, but not the zone's
/// number in front that Chinese sheets print.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Plane {
    /// Metres east of a line 500 km west of the central meridian.
    pub easting_m: f64,
    /// Metres north of the equator.
    pub northing_m: f64,
}

impl Zone {
    /// The zone with this number.
    ///
    /// # Errors
    /// [`GeoError::NoSuchZone`] for other numbers than 25–45.
    pub fn new(number: u8) -> Result<Self, GeoError> {
        match number {
            25..=45 => Ok(Self(number)),
            _ => Err(GeoError::NoSuchZone {
                meridian_deg: f64::from(number) * 3.0,
            }),
        }
    }

    /// The zone around this meridian, as a county's survey names it: 114 is zone 38.
    ///
    /// # Errors
    /// [`GeoError::NoSuchZone`] unless it is a multiple of 3 from 75 to 135.
    pub fn of_meridian(meridian_deg: f64) -> Result<Self, GeoError> {
        let number = meridian_deg / 3.0;
        if number.fract() != 0.0 || !(25.0..=45.0).contains(&number) {
            return Err(GeoError::NoSuchZone { meridian_deg });
        }
        Ok(Self(number as u8))
    }

    /// The zone a point lies in: how a county's zone is found from its centre, once.
    ///
    /// # Errors
    /// [`GeoError::NoSuchZone`] when no zone of China holds it.
    pub fn of_point(point: Wgs84) -> Result<Self, GeoError> {
        Self::of_meridian((point.lon_deg() / 3.0).round() * 3.0)
    }

    /// Its number, 25–45.
    pub fn number(self) -> u8 {
        self.0
    }

    /// Its central meridian in degrees east.
    pub fn meridian_deg(self) -> f64 {
        f64::from(self.0) * 3.0
    }

    /// Where a point lies in the plane of this zone; exact to a micrometre.
    ///
    /// # Errors
    /// [`GeoError::OutOfZone`] more than 4° beside the meridian, south of the equator or north
    /// of 60°.
    pub fn project(self, point: Wgs84) -> Result<Plane, GeoError> {
        let off_deg = point.lon_deg() - self.meridian_deg();
        if off_deg.abs() > OFF_MERIDIAN_MAX_DEG || !(0.0..=LAT_MAX_DEG).contains(&point.lat_deg()) {
            return Err(GeoError::OutOfZone { zone: self.0 });
        }
        let (sin, cos) = off_deg.to_radians().sin_cos();
        let tau = conformal(point.lat_deg().to_radians().tan());
        let sphere = (tau.atan2(cos), (sin / tau.hypot(cos)).asinh());
        let (xi, eta) = series(sphere, &ALPHA, 1.0);
        Ok(Plane {
            easting_m: FALSE_EASTING_M + RECTIFYING_M * eta,
            northing_m: RECTIFYING_M * xi,
        })
    }

    /// The point at a place in the plane of this zone: the inverse of [`Zone::project`] to far
    /// less than a millimetre.
    ///
    /// # Errors
    /// [`GeoError::OutOfZone`] where `project` would refuse the point, or for what is no number.
    pub fn unproject(self, plane: Plane) -> Result<Wgs84, GeoError> {
        let out = GeoError::OutOfZone { zone: self.0 };
        let (easting, northing) = (plane.easting_m, plane.northing_m);
        // 4° are 445 km at the equator, 60°N is 6,655 km away from it.
        if !(0.0..=1e6).contains(&easting) || !(0.0..=6.7e6).contains(&northing) {
            return Err(out);
        }
        let (off_deg, lat_deg) = transverse_degrees(easting - FALSE_EASTING_M, northing);
        // A hair over, so that what was projected at the very edge comes back.
        if off_deg.abs() > OFF_MERIDIAN_MAX_DEG + 1e-9 || lat_deg > LAT_MAX_DEG + 1e-9 {
            return Err(out);
        }
        Wgs84::new(self.meridian_deg() + off_deg, lat_deg)
    }
}

/// Degrees east of the central meridian, and latitude, of a place on a transverse Mercator plane of
/// scale 1: metres east of the meridian and north of the equator. No bounds: what a plane is used
/// for, its caller knows.
pub fn transverse_degrees(east_m: f64, north_m: f64) -> (f64, f64) {
    let (xi, eta) = series((north_m / RECTIFYING_M, east_m / RECTIFYING_M), &BETA, -1.0);
    let tau = xi.sin() / eta.sinh().hypot(xi.cos());
    let lat_deg = geographic(tau).atan().to_degrees();
    (eta.sinh().atan2(xi.cos()).to_degrees(), lat_deg)
}

/// Karney (11) with sign +1 and α, (25) with sign −1 and β: (ξ, η) either way.
fn series((xi, eta): (f64, f64), coefficients: &[f64; 4], sign: f64) -> (f64, f64) {
    let (mut north, mut east, mut twice) = (xi, eta, 2.0);
    for coefficient in coefficients {
        north += sign * coefficient * (twice * xi).sin() * (twice * eta).cosh();
        east += sign * coefficient * (twice * xi).cos() * (twice * eta).sinh();
        twice += 2.0;
    }
    (north, east)
}

/// Karney (7–9): tangent of the conformal latitude from that of the geographic one.
fn conformal(tau: f64) -> f64 {
    let eccentricity = ECCENTRICITY_SQUARED.sqrt();
    let secant = 1f64.hypot(tau);
    let sigma = (eccentricity * (eccentricity * tau / secant).atanh()).sinh();
    tau * 1f64.hypot(sigma) - sigma * secant
}

/// Karney (19–21): the inverse of [`conformal`] by Newton's method; three steps are exact.
fn geographic(conformal_tau: f64) -> f64 {
    let rest = 1.0 - ECCENTRICITY_SQUARED;
    let mut tau = conformal_tau / rest;
    for _ in 0..4 {
        let reached = conformal(tau);
        let slope = (1.0 + rest * tau * tau) / (rest * 1f64.hypot(tau));
        tau += (conformal_tau - reached) / 1f64.hypot(reached) * slope;
    }
    tau
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::haversine_m;

    fn at(lon: f64, lat: f64) -> Wgs84 {
        Wgs84::new(lon, lat).unwrap()
    }

    /// Points all over China against PROJ 9.5.1 (`+proj=tmerc +algo=poder_engsager
    /// +ellps=GRS80`; the first also as EPSG:4490 → EPSG:4547), printed to a micrometre; the
    /// quarter of the meridian against the published 10,001,965.7293 m through its 45° half.
    #[test]
    fn known_values() {
        let cases = [
            (113.9, 31.2, 114.0, 490_469.562_028, 3_453_152.868_797),
            (115.49, 31.2, 114.0, 642_010.964_812, 3_454_105.245_149),
            (112.3, 29.9, 114.0, 335_796.911_261, 3_310_242.780_277),
            (116.3913, 39.9075, 117.0, 447_950.514_741, 4_419_435.789_722),
            (73.6, 39.4, 75.0, 379_406.480_128, 4_363_846.974_209),
            (135.05, 48.4, 135.0, 503_702.332_699, 5_362_906.487_885),
            (109.5, 18.2, 108.0, 658_692.119_313, 2_013_767.152_348),
            (111.5, 35.0, 114.0, 271_754.599_550, 3_877_450.121_018),
            (117.3, 53.5, 114.0, 718_949.519_061, 5_935_336.815_645),
        ];
        for (lon, lat, meridian, easting, northing) in cases {
            let plane = Zone::of_meridian(meridian)
                .unwrap()
                .project(at(lon, lat))
                .unwrap();
            assert!((plane.easting_m - easting).abs() < 2e-6, "{plane:?}");
            assert!((plane.northing_m - northing).abs() < 2e-6, "{plane:?}");
        }
        assert!((RECTIFYING_M * std::f64::consts::FRAC_PI_2 - 10_001_965.729_3).abs() < 1e-4);
    }

    /// There and back over every zone and all the width in use: at most 1 mm is asked, and the
    /// worst is under a micrometre.
    #[test]
    fn round_trip() {
        let (mut worst, mut count) = (0.0f64, 0);
        for number in 25..=45 {
            let zone = Zone::new(number).unwrap();
            for i in -40..=40 {
                for lat in 0..=60 {
                    let point = at(zone.meridian_deg() + f64::from(i) * 0.1, f64::from(lat));
                    let back = zone.unproject(zone.project(point).unwrap()).unwrap();
                    worst = worst.max(haversine_m(point, back));
                    count += 1;
                }
            }
        }
        assert_eq!(count, 21 * 81 * 61);
        assert!(worst < 1e-6, "{worst} m");
    }

    /// Zones by number, meridian and point; and what has none.
    #[test]
    fn zones() {
        assert_eq!(Zone::of_meridian(114.0), Zone::new(38));
        assert_eq!(Zone::of_point(at(113.9, 31.2)), Zone::new(38));
        assert_eq!(Zone::of_point(at(115.6, 31.2)), Zone::new(39));
        assert_eq!(Zone::of_point(at(73.6, 39.4)), Zone::new(25));
        assert_eq!(Zone::of_point(at(135.08, 48.4)), Zone::new(45));
        for bad in [113.0, 72.0, 138.0, f64::NAN] {
            assert!(Zone::of_meridian(bad).is_err(), "{bad}");
        }
        assert!(Zone::new(24).is_err() && Zone::of_point(at(14.4, 35.9)).is_err());
    }

    /// Far outside nothing is measured, neither way.
    #[test]
    fn refuses_what_is_too_far() {
        let zone = Zone::new(38).unwrap();
        for (lon, lat) in [(118.1, 31.0), (109.9, 31.0), (114.0, -1.0), (114.0, 61.0)] {
            let refused = zone.project(at(lon, lat));
            assert_eq!(refused, Err(GeoError::OutOfZone { zone: 38 }));
        }
        for (easting_m, northing_m) in [(-1.0, 1e6), (1e6 + 1.0, 1e6), (5e5, -1.0), (f64::NAN, 0.0)]
        {
            let plane = Plane {
                easting_m,
                northing_m,
            };
            assert!(zone.unproject(plane).is_err(), "{plane:?}");
        }
    }
}
