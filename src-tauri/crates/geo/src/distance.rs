//! Straight-line distance and direction between points on a sphere of the mean earth radius.
//! Not here: road distance and travel time.

use crate::Wgs84;

/// Mean earth radius (IUGG R1) in metres.
pub(crate) const EARTH_RADIUS_M: f64 = 6_371_008.8;

/// Great-circle distance in metres; good at any range, within 0.6 % of the ellipsoid.
pub fn haversine_m(a: Wgs84, b: Wgs84) -> f64 {
    let (lat_a, lat_b) = (a.lat_deg().to_radians(), b.lat_deg().to_radians());
    let half_lat = ((lat_b - lat_a) / 2.0).sin();
    let half_lon = ((b.lon_deg() - a.lon_deg()).to_radians() / 2.0).sin();
    let h = half_lat * half_lat + lat_a.cos() * lat_b.cos() * half_lon * half_lon;
    2.0 * EARTH_RADIUS_M * h.min(1.0).sqrt().asin()
}

/// Distance in metres on a plane laid through the middle latitude: one cosine instead of five
/// functions. Within a county (100 km) it differs from [`haversine_m`] by under 0.01 %.
pub fn equirectangular_m(a: Wgs84, b: Wgs84) -> f64 {
    let mid_lat = ((a.lat_deg() + b.lat_deg()) / 2.0).to_radians();
    let x = lon_difference_deg(a, b).to_radians() * mid_lat.cos();
    let y = (b.lat_deg() - a.lat_deg()).to_radians();
    EARTH_RADIUS_M * x.hypot(y)
}

/// Distance in metres: the plane where it is exact enough (under about 50 km), the sphere beyond.
pub fn distance_m(a: Wgs84, b: Wgs84) -> f64 {
    let near = (a.lat_deg() - b.lat_deg()).abs() < 0.5 && lon_difference_deg(a, b).abs() < 0.5;
    if near && a.lat_deg().abs() < 60.0 {
        equirectangular_m(a, b)
    } else {
        haversine_m(a, b)
    }
}

/// Initial direction from `a` to `b` in degrees clockwise from north, 0 ≤ bearing < 360.
/// Two equal points have no direction: `None`.
pub fn bearing_deg(a: Wgs84, b: Wgs84) -> Option<f64> {
    if a == b {
        return None;
    }
    let (lat_a, lat_b) = (a.lat_deg().to_radians(), b.lat_deg().to_radians());
    let lon = (b.lon_deg() - a.lon_deg()).to_radians();
    let y = lon.sin() * lat_b.cos();
    let x = lat_a.cos() * lat_b.sin() - lat_a.sin() * lat_b.cos() * lon.cos();
    let bearing = y.atan2(x).to_degrees().rem_euclid(360.0);
    // rem_euclid of a tiny negative number rounds up to 360 itself.
    Some(if bearing >= 360.0 { 0.0 } else { bearing })
}

/// Which of the eight compass points a bearing is nearest to: 0 = north, 1 = north-east …
/// 7 = north-west. The words belong to the desk.
pub fn compass_point(bearing_deg: f64) -> u8 {
    ((bearing_deg.rem_euclid(360.0) / 45.0).round() as u8) % 8
}

/// The point reached from `from` after `distance_m` metres in the direction `bearing_deg`.
pub fn destination(from: Wgs84, bearing_deg: f64, distance_m: f64) -> Wgs84 {
    let (lat, lon) = (from.lat_deg().to_radians(), from.lon_deg().to_radians());
    let (angle, bearing) = (distance_m / EARTH_RADIUS_M, bearing_deg.to_radians());
    let sin_lat = lat.sin() * angle.cos() + lat.cos() * angle.sin() * bearing.cos();
    let to_lat = sin_lat.clamp(-1.0, 1.0).asin();
    let to_lon = lon
        + (bearing.sin() * angle.sin() * lat.cos()).atan2(angle.cos() - lat.sin() * to_lat.sin());
    Wgs84::clamped(to_lon.to_degrees(), to_lat.to_degrees())
}

/// Length in metres of the line through `points`; 0 for fewer than two.
pub fn path_length_m(points: &[Wgs84]) -> f64 {
    points
        .windows(2)
        .map(|pair| distance_m(pair[0], pair[1]))
        .sum()
}

/// Difference of longitude the short way round, so that two points beside the date line are near.
fn lon_difference_deg(a: Wgs84, b: Wgs84) -> f64 {
    let difference = b.lon_deg() - a.lon_deg();
    if difference > 180.0 {
        difference - 360.0
    } else if difference < -180.0 {
        difference + 360.0
    } else {
        difference
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn at(lon: f64, lat: f64) -> Wgs84 {
        Wgs84::new(lon, lat).unwrap()
    }

    /// Beijing to Shanghai against the published great-circle distance, about 1,067 km.
    #[test]
    fn great_circle_of_two_cities() {
        let metres = haversine_m(at(116.4074, 39.9042), at(121.4737, 31.2304));
        assert!((metres - 1_067_300.0).abs() < 1_000.0, "{metres}");
    }

    /// Over a county the plane and the sphere agree to one part in ten thousand.
    #[test]
    fn plane_agrees_with_sphere_in_a_county() {
        let centre = at(113.9, 31.2);
        for bearing in 0..72 {
            for km in [0.001, 0.05, 1.0, 20.0, 60.0] {
                let metres = km * 1_000.0;
                let there = destination(centre, f64::from(bearing) * 5.0, metres);
                assert!((haversine_m(centre, there) - metres).abs() < 0.001 + metres * 1e-9);
                assert!((distance_m(centre, there) - metres).abs() < 0.001 + metres * 1e-4);
            }
        }
    }

    /// The four cardinal directions, the date line, and two equal points.
    #[test]
    fn bearings() {
        let here = at(113.9, 31.2);
        for (bearing, point) in [(0.0, 0), (45.0, 1), (90.0, 2), (180.0, 4), (315.0, 7)] {
            let found = bearing_deg(here, destination(here, bearing, 500.0)).unwrap();
            assert!((found - bearing).abs() < 1e-6, "{found}");
            assert_eq!(compass_point(found), point);
        }
        assert_eq!(compass_point(359.0), 0);
        assert_eq!(bearing_deg(here, here), None);
        let over = bearing_deg(at(179.9, 0.1), at(-179.9, 0.1)).unwrap();
        assert!((over - 90.0).abs() < 0.01, "{over}");
        assert!(distance_m(at(179.9, 0.1), at(-179.9, 0.1)) < 23_000.0);
    }
}
