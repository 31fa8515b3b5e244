//! What a camera sees: a slice of a circle on the ground.
//! Not here: walls, trees and hills (there is no model of them), which camera to open (`domain`).

use crate::distance::{bearing_deg, destination, haversine_m};
use crate::{GeoError, Ring, Wgs84};

/// A viewing sector. **Invariant:** heading 0 ≤ h < 360, width 0 < w ≤ 360, range above 0.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Sector {
    at: Wgs84,
    heading_deg: f64,
    fov_deg: f64,
    range_m: f64,
}

impl Sector {
    /// Looking from `at` towards `heading_deg` (clockwise from north, any turn), `fov_deg` wide,
    /// `range_m` metres far. 360° wide is a dome: it sees all around.
    ///
    /// # Errors
    /// [`GeoError::NotFinite`]; [`GeoError::NoSector`] when it would see nothing: width or range
    /// not above 0, width above 360. A camera without such figures has no sector, not an empty
    /// one.
    pub fn new(at: Wgs84, heading_deg: f64, fov_deg: f64, range_m: f64) -> Result<Self, GeoError> {
        if !heading_deg.is_finite() || !fov_deg.is_finite() || !range_m.is_finite() {
            return Err(GeoError::NotFinite);
        }
        if !(fov_deg > 0.0 && fov_deg <= 360.0 && range_m > 0.0) {
            return Err(GeoError::NoSector { fov_deg, range_m });
        }
        // rem_euclid of a tiny negative number rounds up to 360 itself.
        let heading_deg = heading_deg.rem_euclid(360.0) % 360.0;
        Ok(Self {
            at,
            heading_deg,
            fov_deg,
            range_m,
        })
    }

    /// Where it looks from.
    pub fn at(self) -> Wgs84 {
        self.at
    }

    /// How far it sees, metres.
    pub fn range_m(self) -> f64 {
        self.range_m
    }

    /// Whether the point lies in the sector, its edge included. The place it looks from is in it.
    pub fn sees(self, point: Wgs84) -> bool {
        if haversine_m(self.at, point) > self.range_m {
            return false;
        }
        bearing_deg(self.at, point).is_none_or(|bearing| {
            let turn = (bearing - self.heading_deg).rem_euclid(360.0);
            turn.min(360.0 - turn) <= self.fov_deg / 2.0 + 1e-9
        })
    }

    /// The border, closed, for drawing: from the camera along the left edge, the arc with a
    /// point at least every 10°, back. A dome has no edges: it is the circle alone.
    pub fn ring(self) -> Ring {
        let steps = (self.fov_deg / 10.0).ceil().max(1.0);
        let left = self.heading_deg - self.fov_deg / 2.0;
        let arc = (0..=steps as u32).map(|step| {
            let bearing = left + self.fov_deg * f64::from(step) / steps;
            destination(self.at, bearing, self.range_m)
        });
        if self.fov_deg >= 360.0 {
            return arc.collect();
        }
        let here = std::iter::once(self.at);
        here.clone().chain(arc).chain(here).collect()
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::point_in_ring;

    fn here() -> Wgs84 {
        Wgs84::new(113.9, 31.2).unwrap()
    }

    /// A camera looking north-west across north, 60° wide: what is in, what is just out.
    #[test]
    fn sees_what_is_before_it() {
        let camera = Sector::new(here(), -10.0, 60.0, 100.0).unwrap();
        for (bearing, metres, seen) in [
            (350.0, 50.0, true),
            (19.9, 99.9, true),
            (20.1, 50.0, false),
            (320.1, 50.0, true),
            (319.9, 50.0, false),
            (350.0, 100.1, false),
            (170.0, 1.0, false),
        ] {
            let point = destination(here(), bearing, metres);
            assert_eq!(camera.sees(point), seen, "{bearing} {metres}");
        }
        assert!(camera.sees(here()));
        let dome = Sector::new(here(), 77.0, 360.0, 80.0).unwrap();
        assert!((0..36).all(|n| dome.sees(destination(here(), f64::from(n) * 10.0, 79.0))));
    }

    /// The ring drawn is the area seen: points well inside or outside agree with `sees`.
    #[test]
    fn ring_is_what_it_sees() {
        for fov_deg in [20.0, 75.0, 180.0, 300.0, 360.0] {
            let camera = Sector::new(here(), 33.0, fov_deg, 200.0).unwrap();
            let ring = camera.ring();
            assert_eq!(
                ring.first(),
                ring.last().filter(|_| fov_deg < 360.0).or(ring.first())
            );
            let mut both = [0, 0];
            for n in 0..720 {
                let bearing = f64::from(n) * 0.5 + 0.123;
                let turn = (bearing - 33.0f64).rem_euclid(360.0);
                if (turn.min(360.0 - turn) - fov_deg / 2.0).abs() < 0.5 {
                    continue; // On the very edge the arc's chord decides.
                }
                for metres in [5.0, 120.0, 198.0, 201.0] {
                    let point = destination(here(), bearing, metres);
                    assert_eq!(camera.sees(point), point_in_ring(point, &ring), "{bearing}");
                    both[usize::from(camera.sees(point))] += 1;
                }
            }
            assert!(both[0] > 300 && both[1] > 50, "{both:?}");
        }
    }

    /// No figures, no sector.
    #[test]
    fn no_sector() {
        for (fov, range) in [
            (0.0, 50.0),
            (-5.0, 50.0),
            (361.0, 50.0),
            (60.0, 0.0),
            (60.0, -1.0),
        ] {
            let refused = Sector::new(here(), 0.0, fov, range);
            assert!(
                matches!(refused, Err(GeoError::NoSector { .. })),
                "{fov} {range}"
            );
        }
        let refused = Sector::new(here(), f64::NAN, 60.0, 50.0);
        assert_eq!(refused, Err(GeoError::NotFinite));
    }
}
