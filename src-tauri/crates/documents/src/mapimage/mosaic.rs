//! Puts a picture together from cells that the helper draws, pass over pass.
//! Not here: the helper's process (`helper`), what a pass is (`compiled`).

use super::compiled;
use super::helper::Helper;
use super::paint::blank;
use super::scene::Scene;
use super::view::View;
use resvg::tiny_skia::{IntSize, Pixmap, PixmapPaint, Transform};

/// Side of a cell in pixels of the result.
const CELL_PX: u32 = 512;
/// The helper draws each pixel this many times in both directions, since its own edges have
/// four steps only; the mean of them is the pixel.
const FINER: u32 = 2;

/// Areas and lines of a scene, drawn by the helper.
pub(crate) fn scene(helper: &Helper, scene: &Scene, view: &View) -> Result<Pixmap, String> {
    let mut picture = blank(view).map_err(|why| why.to_string())?;
    let passes = compiled::passes(scene);
    let side_px = f64::from(CELL_PX) / view.scale;
    for row in 0..picture.height().div_ceil(CELL_PX) {
        for column in 0..picture.width().div_ceil(CELL_PX) {
            let corner = (f64::from(column) * side_px, f64::from(row) * side_px);
            for pass in &passes {
                let Some(tile) = pass.cell(corner, side_px) else {
                    continue;
                };
                let fine = helper.draw(&tile, CELL_PX * FINER)?;
                let cell = mean(&fine).ok_or("a cell of another size")?;
                let paint = PixmapPaint {
                    opacity: pass.opacity as f32,
                    ..PixmapPaint::default()
                };
                let (x, y) = ((column * CELL_PX) as i32, (row * CELL_PX) as i32);
                picture.draw_pixmap(x, y, cell.as_ref(), &paint, Transform::identity(), None);
            }
        }
    }
    Ok(picture)
}

/// A cell from one drawn finer.
fn mean(fine: &[u8]) -> Option<Pixmap> {
    let (side, row) = (CELL_PX as usize, (CELL_PX * FINER) as usize * 4);
    let finer = FINER as usize;
    let mut out = Vec::with_capacity(side * side * 4);
    for y in 0..side {
        for x in 0..side {
            for channel in 0..4 {
                let mut sum = 0_u32;
                for dy in 0..finer {
                    for dx in 0..finer {
                        let at = (y * finer + dy) * row + (x * finer + dx) * 4 + channel;
                        sum += u32::from(*fine.get(at)?);
                    }
                }
                out.push((sum / (FINER * FINER)) as u8);
            }
        }
    }
    // A colour may not exceed its alpha; rounding down all channels alike keeps that.
    Pixmap::from_vec(out, IntSize::from_wh(CELL_PX, CELL_PX)?)
}
