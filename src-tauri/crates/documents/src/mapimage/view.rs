//! What part of the map a picture shows, and where points of the earth lie in it.
//! Not here: drawing.

use crate::DocumentError;
use fengsui_geo::{TileId, Wgs84, from_world, to_world};

/// Side of a tile on the map, in pixels of the page.
pub(crate) const TILE_PX: f64 = 512.0;
/// The zooms that can be drawn; beyond the last zoom of the tiles they are enlarged.
pub const ZOOM_LEAST: f64 = 5.0;
/// See [`ZOOM_LEAST`].
pub const ZOOM_MOST: f64 = 18.0;
/// Longest side of a picture in pixels of the result.
const SIDE_MOST_PX: f64 = 8192.0;

/// A rectangle of the world's square at a zoom. Lengths are in pixels of the page (512 of them
/// a tile, as in the window); `scale` pixels of the result are one of the page.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(crate) struct View {
    pub(crate) zoom: f64,
    left: f64,
    top: f64,
    pub(crate) width_px: f64,
    pub(crate) height_px: f64,
    pub(crate) scale: f64,
}

impl View {
    pub(crate) fn around(
        centre: Wgs84,
        zoom: f64,
        (width_px, height_px): (f64, f64),
        scale: f64,
    ) -> Result<Self, DocumentError> {
        if !(ZOOM_LEAST..=ZOOM_MOST).contains(&zoom) {
            return Err(DocumentError::Zoom {
                zoom,
                least: ZOOM_LEAST,
                most: ZOOM_MOST,
            });
        }
        let sides = [width_px * scale, height_px * scale];
        if !sides.iter().all(|side| (1.0..=SIDE_MOST_PX).contains(side)) {
            return Err(DocumentError::Size {
                width_px: sides[0] as u32,
                height_px: sides[1] as u32,
            });
        }
        let (x, y) = to_world(centre);
        let world = TILE_PX * zoom.exp2();
        // On whole pixels of the result, so that straight things are sharp.
        let snap = |v: f64| (v * scale).round() / scale;
        Ok(Self {
            zoom,
            left: snap(x * world - width_px / 2.0),
            top: snap(y * world - height_px / 2.0),
            width_px,
            height_px,
            scale,
        })
    }

    /// Exactly a square of tiles of one zoom: `side` of them from column and row on, with a
    /// margin around, in pixels of the page.
    pub(crate) fn of_tiles(
        z: u8,
        (x, y): (u32, u32),
        side: u32,
        margin_px: f64,
        scale: f64,
    ) -> Self {
        let size = f64::from(side) * TILE_PX + 2.0 * margin_px;
        Self {
            zoom: f64::from(z),
            left: f64::from(x) * TILE_PX - margin_px,
            top: f64::from(y) * TILE_PX - margin_px,
            width_px: size,
            height_px: size,
            scale,
        }
    }

    /// Where another view's corner lies in this one, of the same zoom.
    pub(crate) fn offset_of(&self, other: &Self) -> (f64, f64) {
        (other.left - self.left, other.top - self.top)
    }

    /// Width and height in pixels of the result.
    pub(crate) fn result_px(&self) -> (u32, u32) {
        let side = |px: f64| (px * self.scale).round().max(1.0) as u32;
        (side(self.width_px), side(self.height_px))
    }

    /// Where a point lies, in pixels of the page from the picture's corner.
    pub(crate) fn px(&self, point: Wgs84) -> (f64, f64) {
        let (x, y) = to_world(point);
        let world = TILE_PX * self.zoom.exp2();
        (x * world - self.left, y * world - self.top)
    }

    /// The point in the middle.
    pub(crate) fn centre(&self) -> Wgs84 {
        let world = TILE_PX * self.zoom.exp2();
        let (x, y) = (
            self.left + self.width_px / 2.0,
            self.top + self.height_px / 2.0,
        );
        from_world(x / world, y / world)
    }

    /// Where a tile lies: its corner and its side in pixels of the page.
    pub(crate) fn tile(&self, tile: TileId) -> (f64, f64, f64) {
        let side = TILE_PX * (self.zoom - f64::from(tile.z())).exp2();
        let (x, y) = (f64::from(tile.x()) * side, f64::from(tile.y()) * side);
        (x - self.left, y - self.top, side)
    }

    /// The tiles of the map's own zooms that the picture needs, row by row.
    pub(crate) fn tiles(&self, (first, last): (u8, u8)) -> Vec<TileId> {
        let z = (self.zoom.floor() as u8).clamp(first, last);
        let side = TILE_PX * (self.zoom - f64::from(z)).exp2();
        let count = 1_i64 << z;
        let range = |from: f64, length: f64| {
            let low = (from / side).floor().max(0.0) as i64;
            let high = (((from + length) / side).ceil() as i64).min(count);
            low..high
        };
        let mut tiles = Vec::new();
        for y in range(self.top, self.height_px) {
            for x in range(self.left, self.width_px) {
                let address = (u32::try_from(x), u32::try_from(y));
                if let (Ok(x), Ok(y)) = address {
                    tiles.extend(TileId::new(z, x, y));
                }
            }
        }
        tiles
    }

    /// How far along the upper edge the first oblique line of a hatching begins whose lines are
    /// `cell_px` apart and lie still in the world.
    pub(crate) fn hatch_shift(&self, cell_px: f64) -> f64 {
        (-(self.left + self.top)).rem_euclid(cell_px)
    }

    /// Metres of ground that a pixel of the page shows at the picture's middle
    /// (equatorial radius 6,378,137 m of the map's sphere).
    pub(crate) fn metres_per_px(&self) -> f64 {
        let circle = std::f64::consts::TAU * 6_378_137.0;
        circle * self.centre().lat_deg().to_radians().cos() / (TILE_PX * self.zoom.exp2())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// The centre is in the middle, the tiles cover the picture and no more.
    #[test]
    fn a_view_holds_its_tiles() {
        let centre = Wgs84::new(116.3, 39.98).unwrap();
        let view = View::around(centre, 14.5, (800.0, 600.0), 2.0).unwrap();
        let (x, y) = view.px(centre);
        assert!((x - 400.0).abs() < 0.3 && (y - 300.0).abs() < 0.3);
        assert!(fengsui_geo::haversine_m(view.centre(), centre) < 3.0);
        assert_eq!(view.result_px(), (1600, 1200));
        let tiles = view.tiles((6, 14));
        assert!(!tiles.is_empty());
        for tile in &tiles {
            let (x, y, side) = view.tile(*tile);
            assert!((side - 512.0 * 2.0_f64.sqrt()).abs() < 1e-9);
            assert!(x < 800.0 && y < 600.0 && x + side > 0.0 && y + side > 0.0);
        }
        let (x, y, side) = view.tile(tiles[0]);
        assert!(x <= 0.0 && y <= 0.0);
        let last = view.tile(tiles[tiles.len() - 1]);
        assert!(last.0 + side >= 800.0 && last.1 + side >= 600.0);
    }

    /// Beyond the last zoom of the tiles they are enlarged: one of z14 fills sixteen times the
    /// width at z18.
    #[test]
    fn tiles_are_enlarged_beyond_their_zoom() {
        let view = View::of_tiles(18, (16 * 13489, 16 * 6208), 1, 0.0, 1.0);
        let tiles = view.tiles((6, 14));
        assert_eq!(tiles, vec![TileId::new(14, 13489, 6208).unwrap()]);
        assert_eq!(view.tile(tiles[0]), (0.0, 0.0, 8192.0));
    }

    /// Sizes and zooms that make no picture are refused.
    #[test]
    fn senseless_views_are_refused() {
        let at = Wgs84::new(116.3, 39.98).unwrap();
        assert!(View::around(at, 19.0, (100.0, 100.0), 1.0).is_err());
        assert!(View::around(at, f64::NAN, (100.0, 100.0), 1.0).is_err());
        assert!(View::around(at, 12.0, (0.0, 100.0), 1.0).is_err());
        assert!(View::around(at, 12.0, (100.0, 9000.0), 1.0).is_err());
    }
}
