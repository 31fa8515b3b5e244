//! Where there is no map: outside the county and where tiles are missing. Hatched, with 无图 in
//! it, never an empty grey. Not here: painting (`paint`).

use super::ground::Loaded;
use super::view::View;
use fengsui_geo::Wgs84;
use resvg::tiny_skia::{FillRule, Mask, Path, PathBuilder, Rect, Transform};

/// The parts of a picture without a map.
#[derive(Debug)]
pub(crate) struct Gap {
    /// Everything but the county, by the even-odd rule.
    outside: Option<Path>,
    /// The tiles of which nothing can be shown.
    tiles: Option<Path>,
    /// One cell for each [`CELL_PX`] pixels of the page: is there a map?
    columns: usize,
    has_map: Vec<bool>,
}

const CELL_PX: f64 = 8.0;

impl Gap {
    pub(crate) fn new(covered: &[Vec<Wgs84>], loaded: &Loaded, view: &View) -> Self {
        let (columns, rows) = (cells(view.width_px), cells(view.height_px));
        let mut gap = Self {
            outside: outside(covered, view).and_then(PathBuilder::finish),
            tiles: missing_tiles(loaded, view).finish(),
            columns,
            has_map: vec![true; columns * rows],
        };
        if let Some(mask) = gap.mask(columns as u32, rows as u32, 1.0 / CELL_PX) {
            gap.has_map = mask.data().iter().map(|share| *share < 128).collect();
        }
        gap
    }

    /// What is hatched, as a mask of a picture; `None` when nothing is.
    pub(crate) fn mask(&self, width_px: u32, height_px: u32, scale: f64) -> Option<Mask> {
        if self.outside.is_none() && self.tiles.is_none() {
            return None;
        }
        let mut mask = Mask::new(width_px, height_px)?;
        let transform = Transform::from_scale(scale as f32, scale as f32);
        if let Some(outside) = &self.outside {
            mask.fill_path(outside, FillRule::EvenOdd, true, transform);
        }
        if let Some(tiles) = &self.tiles {
            mask.fill_path(tiles, FillRule::Winding, true, transform);
        }
        Some(mask)
    }

    /// Whether a part of the picture has no map.
    pub(crate) fn is_any(&self) -> bool {
        self.has_map.contains(&false)
    }

    /// Whether the map shows anything at a point of the picture.
    pub(crate) fn has_map_at(&self, (x, y): (f64, f64)) -> bool {
        let column = (x / CELL_PX).floor();
        let row = (y / CELL_PX).floor();
        if column < 0.0 || row < 0.0 || column as usize >= self.columns {
            return false;
        }
        let cell = self
            .has_map
            .get(row as usize * self.columns + column as usize);
        cell.copied().unwrap_or(false)
    }

    /// Middle and side of the largest square without a map, in pixels of the page, when it has
    /// room for words.
    pub(crate) fn room_for_words(&self) -> Option<((f64, f64), f64)> {
        let mut sides = vec![0_u32; self.has_map.len()];
        let mut best: (u32, usize) = (0, 0);
        for at in 0..self.has_map.len() {
            let (row, column) = (at / self.columns, at % self.columns);
            if self.has_map[at] {
                continue;
            }
            sides[at] = if row == 0 || column == 0 {
                1
            } else {
                let up = at - self.columns;
                1 + sides[up].min(sides[at - 1]).min(sides[up - 1])
            };
            if sides[at] > best.0 {
                best = (sides[at], at);
            }
        }
        let side = f64::from(best.0) * CELL_PX;
        let right = ((best.1 % self.columns) + 1) as f64 * CELL_PX;
        let bottom = ((best.1 / self.columns) + 1) as f64 * CELL_PX;
        (side >= 64.0).then_some(((right - side / 2.0, bottom - side / 2.0), side))
    }
}

fn cells(length_px: f64) -> usize {
    (length_px / CELL_PX).ceil().max(1.0) as usize
}

/// The picture's frame with the county's rings cut out of it.
fn outside(covered: &[Vec<Wgs84>], view: &View) -> Option<PathBuilder> {
    if covered.is_empty() {
        return None;
    }
    let mut path = PathBuilder::new();
    frame(&mut path, view);
    for ring in covered {
        for (i, point) in ring.iter().enumerate() {
            let (x, y) = view.px(*point);
            match i {
                0 => path.move_to(x as f32, y as f32),
                _ => path.line_to(x as f32, y as f32),
            }
        }
        path.close();
    }
    Some(path)
}

fn frame(path: &mut PathBuilder, view: &View) {
    let rect = Rect::from_ltrb(
        -1.0,
        -1.0,
        view.width_px as f32 + 1.0,
        view.height_px as f32 + 1.0,
    );
    if let Some(rect) = rect {
        path.push_rect(rect);
    }
}

fn missing_tiles(loaded: &Loaded, view: &View) -> PathBuilder {
    let mut path = PathBuilder::new();
    for tile in loaded.gaps() {
        let (x, y, side) = view.tile(tile);
        let edges = [x, y, x + side, y + side];
        let [left, top, right, bottom] = edges.map(|edge| edge.clamp(-1.0, 1e5) as f32);
        if let Some(rect) = Rect::from_ltrb(left, top, right, bottom) {
            path.push_rect(rect);
        }
    }
    path
}

#[cfg(test)]
mod tests {
    use super::*;
    use fengsui_geo::TileId;

    fn view() -> View {
        View::of_tiles(14, (13489, 6208), 1, 0.0, 1.0)
    }

    fn missing() -> Loaded {
        Loaded {
            missing: vec![TileId::new(14, 13489, 6208).unwrap()],
            ..Loaded::default()
        }
    }

    /// A missing tile has no map anywhere, also where it lies outside the county besides.
    #[test]
    fn a_missing_tile_is_a_gap() {
        let far = vec![
            vec![(10.0, 10.0), (11.0, 10.0), (11.0, 11.0)]
                .into_iter()
                .map(|(lon, lat)| Wgs84::new(lon, lat).unwrap())
                .collect::<Vec<_>>(),
        ];
        for covered in [Vec::new(), far] {
            let gap = Gap::new(&covered, &missing(), &view());
            assert!(gap.is_any() && !gap.has_map_at((256.0, 256.0)));
            let ((x, y), side) = gap.room_for_words().unwrap();
            assert!((x - 256.0).abs() < 9.0 && (y - 256.0).abs() < 9.0 && side > 500.0);
        }
    }

    /// Inside the county's ring there is a map, outside there is none; a picture wholly inside
    /// has nothing hatched.
    #[test]
    fn the_county_ends_at_its_border() {
        let view = view();
        let centre = view.centre();
        let at = |east: f64, north: f64| {
            Wgs84::new(centre.lon_deg() + east, centre.lat_deg() + north).unwrap()
        };
        let west_half = vec![at(-1.0, -1.0), at(0.0, -1.0), at(0.0, 1.0), at(-1.0, 1.0)];
        let gap = Gap::new(&[west_half], &Loaded::default(), &view);
        assert!(gap.has_map_at((100.0, 300.0)) && !gap.has_map_at((400.0, 300.0)));
        assert!(!gap.has_map_at((-1.0, 300.0)) && !gap.has_map_at((600.0, 300.0)));
        let all = vec![at(-1.0, -1.0), at(1.0, -1.0), at(1.0, 1.0), at(-1.0, 1.0)];
        assert!(!Gap::new(&[all], &Loaded::default(), &view).is_any());
        assert!(!Gap::new(&[], &Loaded::default(), &view).is_any());
    }
}
