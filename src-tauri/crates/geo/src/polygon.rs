//! Whether a point lies in an area.
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

#[cfg(test)]
mod tests {
    use super::*;

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
