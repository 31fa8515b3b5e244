//! Whether a point lies in an area, and how far it is from the area's border.
//! Not here: clipping and simplifying of areas (map building does that).

use crate::Wgs84;

/// A closed line of points; the last may repeat the first.
pub type Ring = Vec<Wgs84>;

/// Whether `point` lies inside one ring, by counting crossings of a ray to the east.
/// A point exactly on a west or south edge counts as inside, on an east or north edge as outside,
/// so that of two areas sharing an edge exactly one holds it.
pub fn point_in_ring(point: Wgs84, ring: &[Wgs84]) -> bool {
    let (x, y) = (point.lon_deg(), point.lat_deg());
    let mut inside = false;
    let mut from = match ring.last() {
        Some(last) => *last,
        None => return false,
    };
    for &to in ring {
        if (from.lat_deg() > y) != (to.lat_deg() > y) {
            let share = (y - from.lat_deg()) / (to.lat_deg() - from.lat_deg());
            if x < from.lon_deg() + share * (to.lon_deg() - from.lon_deg()) {
                inside = !inside;
            }
        }
        from = to;
    }
    inside
}

/// Whether `point` lies in an area of several rings by the even-odd rule: islands in lakes
/// in islands need no marking of outer and inner.
pub fn point_in_polygon(point: Wgs84, rings: &[Ring]) -> bool {
    rings
        .iter()
        .filter(|ring| point_in_ring(point, ring))
        .count()
        % 2
        == 1
}

/// How far `point` is from the border of one ring, in metres, inside or outside alike; `None`
/// for an empty ring. The ring is closed whether or not the last point repeats the first.
///
/// Measured on the ellipsoid's own curvature at the point (radii M and N of GRS80), since the
/// mean sphere errs by 0.3 % there: within 0.1 % up to 5 km. A side is straight in degrees.
pub fn border_distance_m(point: Wgs84, ring: &[Wgs84]) -> Option<f64> {
    let (lon, lat) = (point.lon_deg(), point.lat_deg());
    let per_lat = metres_per_deg(lat).1;
    // Half way up the parallels are shorter or longer than at the point itself.
    let place =
        |(east, north): (f64, f64)| (east * metres_per_deg(lat + north / 2.0).0, north * per_lat);
    let moved = |at: &Wgs84| (at.lon_deg() - lon, at.lat_deg() - lat);
    let mut from = moved(ring.last()?);
    let mut nearest = f64::INFINITY;
    for at in ring {
        let to = moved(at);
        let on_side = |share: f64| {
            place((
                from.0 + share * (to.0 - from.0),
                from.1 + share * (to.1 - from.1),
            ))
        };
        // A side straight in degrees bends in metres: its nearest part is looked at again.
        let (mut low, mut high) = (0.0, 1.0);
        for _ in 0..3 {
            let share = low + nearest_share(on_side(low), on_side(high)) * (high - low);
            let half = (high - low) / 20.0;
            (low, high) = ((share - half).max(0.0), (share + half).min(1.0));
            let (x, y) = on_side(share);
            nearest = nearest.min(x.hypot(y));
        }
        from = to;
    }
    Some(nearest)
}

/// Metres in a degree of longitude and of latitude at a latitude, on the GRS80 ellipsoid.
fn metres_per_deg(lat_deg: f64) -> (f64, f64) {
    const SEMI_MAJOR_M: f64 = 6_378_137.0;
    const ECCENTRICITY_SQUARED: f64 = 0.006_694_380_022_9;
    let (sin, cos) = lat_deg.to_radians().sin_cos();
    let rest = 1.0 - ECCENTRICITY_SQUARED * sin * sin;
    let across = SEMI_MAJOR_M / rest.sqrt();
    let along = across * (1.0 - ECCENTRICITY_SQUARED) / rest;
    ((across * cos).to_radians(), along.to_radians())
}

/// How far along a line from one place to another the origin is nearest, 0 to 1.
fn nearest_share(from: (f64, f64), to: (f64, f64)) -> f64 {
    let (x, y) = (to.0 - from.0, to.1 - from.1);
    let length = x * x + y * y;
    match length > 0.0 {
        true => (-(from.0 * x + from.1 * y) / length).clamp(0.0, 1.0),
        false => 0.0,
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::{Plane, Zone, distance_m};

    /// Against the Gauss–Krüger plane, which is true to 1 : 100,000 beside its meridian: within
    /// 0.1 % from metres to 5 km, in the south and in the north of China, inside and outside.
    #[test]
    fn border_distance_is_true() {
        let zone = Zone::of_meridian(114.0).unwrap();
        for south in [18.3, 31.2, 53.0] {
            let side = ring(&[
                (113.98, south),
                (114.03, south + 0.001),
                (114.02, south + 0.04),
                (113.97, south + 0.03),
            ]);
            // The sides, straight in degrees, as a chain of short ones in the plane.
            let mut chain = Vec::new();
            for n in 0..4 {
                let (a, b) = (side[n], side[(n + 1) % 4]);
                for step in 0..400 {
                    let share = f64::from(step) / 400.0;
                    let lon = a.lon_deg() + share * (b.lon_deg() - a.lon_deg());
                    let lat = a.lat_deg() + share * (b.lat_deg() - a.lat_deg());
                    chain.push(zone.project(Wgs84::new(lon, lat).unwrap()).unwrap());
                }
            }
            chain.push(chain[0]);
            for i in 0..30 {
                for j in 0..30 {
                    let lon = 113.95 + f64::from(i) * 0.0035;
                    let lat = south - 0.03 + f64::from(j) * 0.0035;
                    let point = Wgs84::new(lon, lat).unwrap();
                    let found = border_distance_m(point, &side).unwrap();
                    let here = zone.project(point).unwrap();
                    let moved = |at: Plane| {
                        let east = at.easting_m - here.easting_m;
                        (east, at.northing_m - here.northing_m)
                    };
                    let truth = chain.windows(2).map(|pair| {
                        let (a, b) = (moved(pair[0]), moved(pair[1]));
                        let share = nearest_share(a, b);
                        (a.0 + share * (b.0 - a.0)).hypot(a.1 + share * (b.1 - a.1))
                    });
                    let truth = truth.fold(f64::INFINITY, f64::min);
                    if truth < 5_000.0 {
                        let off = (found - truth).abs();
                        assert!(off < 0.01 + truth * 0.001, "{point:?} {found} {truth}");
                    }
                }
            }
        }
    }

    /// The sentence "距A边界 3 m": three metres beside a border of kilometres; on it 0; a repeated
    /// last point changes nothing; an empty ring has no border.
    #[test]
    fn three_metres_beside() {
        let mut area = ring(&[
            (113.90, 31.20),
            (113.95, 31.20),
            (113.95, 31.25),
            (113.90, 31.25),
        ]);
        let outside = Wgs84::new(113.92, 31.2 - 3.0 / 110_870.0).unwrap();
        let metres = border_distance_m(outside, &area).unwrap();
        assert!((metres - 3.0).abs() < 0.01, "{metres}");
        assert!(!point_in_ring(outside, &area));
        let corner = border_distance_m(area[0], &area);
        assert_eq!(corner, Some(0.0));
        area.push(area[0]);
        assert_eq!(border_distance_m(outside, &area), Some(metres));
        assert_eq!(border_distance_m(outside, &[]), None);
        let one = border_distance_m(outside, &area[..1]).unwrap();
        assert!((one - distance_m(outside, area[0])).abs() < one * 0.003);
    }

    fn ring(points: &[(f64, f64)]) -> Ring {
        points
            .iter()
            .map(|&(lon, lat)| Wgs84::new(lon, lat).unwrap())
            .collect()
    }

    /// A square with a hole; a repeated last point changes nothing; an empty ring holds nothing.
    #[test]
    fn square_with_hole() {
        let outer = ring(&[
            (10.0, 10.0),
            (20.0, 10.0),
            (20.0, 20.0),
            (10.0, 20.0),
            (10.0, 10.0),
        ]);
        let inner = ring(&[(14.0, 14.0), (16.0, 14.0), (16.0, 16.0), (14.0, 16.0)]);
        let area = [outer, inner];
        let held = |lon, lat| point_in_polygon(Wgs84::new(lon, lat).unwrap(), &area);
        assert!(held(12.0, 12.0) && held(15.0, 19.0));
        assert!(!held(15.0, 15.0) && !held(25.0, 15.0) && !held(15.0, 9.0));
        assert!(!point_in_ring(Wgs84::new(1.0, 1.0).unwrap(), &[]));
    }

    /// Of two areas that share an edge exactly one holds a point on it.
    #[test]
    fn shared_edge_belongs_to_one() {
        let left = ring(&[(10.0, 10.0), (15.0, 10.0), (15.0, 20.0), (10.0, 20.0)]);
        let right = ring(&[(15.0, 10.0), (20.0, 10.0), (20.0, 20.0), (15.0, 20.0)]);
        for lat in [10.0, 13.3, 19.9] {
            let point = Wgs84::new(15.0, lat).unwrap();
            assert!(point_in_ring(point, &left) != point_in_ring(point, &right));
        }
    }
}
