//! Web-mercator tiles: which square of the map a point falls in.
//! Not here: tile contents (map packs hold them).

use crate::{Bounds, GeoError, Wgs84};
use std::f64::consts::PI;

/// The latitude where the square of the web-mercator world ends, in degrees.
pub const LAT_LIMIT_DEG: f64 = 85.051_128_779_806_59;

/// A point's place on the unit square of the whole world: x east from 0 to 1, y **south** from
/// 0 to 1. Latitudes beyond [`LAT_LIMIT_DEG`] are drawn at the limit.
pub fn to_world(point: Wgs84) -> (f64, f64) {
    let lat = point
        .lat_deg()
        .clamp(-LAT_LIMIT_DEG, LAT_LIMIT_DEG)
        .to_radians();
    let y = 0.5 - (lat.tan() + 1.0 / lat.cos()).ln() / (2.0 * PI);
    ((point.lon_deg() + 180.0) / 360.0, y.clamp(0.0, 1.0))
}

/// The point at a place on the unit square; values outside 0..1 are taken at the edge.
pub fn from_world(x: f64, y: f64) -> Wgs84 {
    let lat = (PI * (1.0 - 2.0 * y.clamp(0.0, 1.0)))
        .sinh()
        .atan()
        .to_degrees();
    Wgs84::clamped(x.clamp(0.0, 1.0) * 360.0 - 180.0, lat)
}

/// A tile's address in the XYZ scheme: row 0 is in the north.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct TileId {
    z: u8,
    x: u32,
    y: u32,
}

impl TileId {
    /// The deepest zoom that fits the column and row numbers.
    pub const ZOOM_MAX: u8 = 30;

    /// Checks and makes an address.
    pub fn new(z: u8, x: u32, y: u32) -> Result<Self, GeoError> {
        if z > Self::ZOOM_MAX || x >> z != 0 || y >> z != 0 {
            return Err(GeoError::NoSuchTile { z, x, y });
        }
        Ok(Self { z, x, y })
    }

    /// The tile of zoom `z` (at most [`Self::ZOOM_MAX`]) that holds the point.
    pub fn of_point(point: Wgs84, z: u8) -> Self {
        let z = z.min(Self::ZOOM_MAX);
        let side = 1u32 << z;
        let (x, y) = to_world(point);
        let column = |v: f64| ((v * f64::from(side)) as u32).min(side - 1);
        Self {
            z,
            x: column(x),
            y: column(y),
        }
    }

    /// Zoom.
    pub fn z(self) -> u8 {
        self.z
    }

    /// Column from the west.
    pub fn x(self) -> u32 {
        self.x
    }

    /// Row from the north.
    pub fn y(self) -> u32 {
        self.y
    }

    /// Row from the south, the way an MBTiles file counts.
    pub fn tms_row(self) -> u32 {
        (1u32 << self.z) - 1 - self.y
    }

    /// The tile one zoom out that holds this one; `None` for the whole world.
    pub fn parent(self) -> Option<Self> {
        let z = self.z.checked_sub(1)?;
        Some(Self {
            z,
            x: self.x / 2,
            y: self.y / 2,
        })
    }

    /// The tile's edges on the ground.
    pub fn bounds(self) -> Bounds {
        let side = f64::from(1u32 << self.z);
        let at = |x: u32, y: u32| from_world(f64::from(x) / side, f64::from(y) / side);
        let mut bounds = Bounds::of_point(at(self.x, self.y));
        bounds.add(at(self.x + 1, self.y + 1));
        bounds
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn at(lon: f64, lat: f64) -> Wgs84 {
        Wgs84::new(lon, lat).unwrap()
    }

    /// Known addresses (the OSM wiki's formula): Beijing's Tiananmen at z14, and the corners.
    #[test]
    fn known_tiles() {
        let tile = TileId::of_point(at(116.3913, 39.9075), 14);
        assert_eq!((tile.x(), tile.y()), (13489, 6208));
        assert_eq!(tile.tms_row(), 16383 - 6208);
        assert!(tile.bounds().contains(at(116.3913, 39.9075)));
        assert_eq!(
            TileId::of_point(at(-180.0, 89.0), 3),
            TileId::new(3, 0, 0).unwrap()
        );
        assert_eq!(
            TileId::of_point(at(180.0, -89.0), 3),
            TileId::new(3, 7, 7).unwrap()
        );
        assert_eq!(tile.parent(), TileId::new(13, 6744, 3104).ok());
        assert_eq!(TileId::new(0, 0, 0).unwrap().parent(), None);
    }

    /// Addresses outside the grid are refused, also at the deepest zooms.
    #[test]
    fn refuses_tiles_outside_the_grid() {
        for (z, x, y) in [
            (0, 1, 0),
            (14, 16384, 0),
            (14, 0, 16384),
            (31, 0, 0),
            (255, 0, 0),
        ] {
            assert_eq!(TileId::new(z, x, y), Err(GeoError::NoSuchTile { z, x, y }));
        }
        assert!(TileId::new(30, (1 << 30) - 1, 0).is_ok());
    }

    /// World square and back is exact to less than a millimetre.
    #[test]
    fn world_round_trip() {
        for (lon, lat) in [(113.9, 31.2), (-73.9, 40.7), (14.4, 35.9), (151.2, -33.9)] {
            let (x, y) = to_world(at(lon, lat));
            assert!(crate::haversine_m(from_world(x, y), at(lon, lat)) < 1e-3);
        }
    }
}
