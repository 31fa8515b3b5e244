//! Puts a picture together from cells that the helper draws, pass over pass.
//! Not here: the helper's process (`helper`), what a pass is (`compiled`).

use super::compiled;
use super::helper::Helper;
use super::scene::Scene;
use super::view::View;
use resvg::tiny_skia::{IntSize, Pixmap, PixmapPaint, Transform};

/// Side of a cell in pixels of the helper; larger ones take it more time for each pixel.
const CELL_PX: u32 = 512;
/// For a screen the helper draws each pixel this many times in both directions, since its own
/// edges have four steps only; the mean of them is the pixel. A printer's pixels are fine enough.
const FINER: u32 = 2;
const PRINTER_SCALE: f64 = 2.0;

/// Areas and lines of a scene, drawn by the helper.
pub(crate) fn scene(helper: &Helper, scene: &Scene, view: &View) -> Result<Pixmap, String> {
    let finer = if view.scale < PRINTER_SCALE { FINER } else { 1 };
    let (width, height) = view.result_px();
    let fine = Pixmap::new(width * finer, height * finer);
    let mut picture = fine.ok_or("a picture of no sensible size")?;
    let passes = compiled::passes(scene);
    let side_px = f64::from(CELL_PX) / (view.scale * f64::from(finer));
    for row in 0..picture.height().div_ceil(CELL_PX) {
        for column in 0..picture.width().div_ceil(CELL_PX) {
            let corner = (f64::from(column) * side_px, f64::from(row) * side_px);
            for pass in &passes {
                let Some(tile) = pass.cell(corner, side_px) else {
                    continue;
                };
                let size = IntSize::from_wh(CELL_PX, CELL_PX);
                let cell = helper.draw(&tile, CELL_PX)?;
                let cell = size.and_then(|size| Pixmap::from_vec(cell, size));
                let cell = cell.ok_or("a cell of another size")?;
                let paint = PixmapPaint {
                    opacity: pass.opacity as f32,
                    ..PixmapPaint::default()
                };
                let (x, y) = ((column * CELL_PX) as i32, (row * CELL_PX) as i32);
                picture.draw_pixmap(x, y, cell.as_ref(), &paint, Transform::identity(), None);
            }
        }
    }
    match finer {
        1 => Ok(picture),
        _ => mean(&picture, finer as usize).ok_or_else(|| "a picture of another size".into()),
    }
}

/// A picture from one drawn finer.
fn mean(fine: &Pixmap, finer: usize) -> Option<Pixmap> {
    let row = fine.width() as usize * 4;
    let (width, height) = (
        fine.width() as usize / finer,
        fine.height() as usize / finer,
    );
    let mut out = Vec::with_capacity(width * height * 4);
    for y in 0..height {
        for x in 0..width {
            let mut sums = [0_usize; 4];
            for dy in 0..finer {
                let from = (y * finer + dy) * row + x * finer * 4;
                for pixel in fine.data().get(from..from + finer * 4)?.chunks_exact(4) {
                    for (sum, channel) in sums.iter_mut().zip(pixel) {
                        *sum += usize::from(*channel);
                    }
                }
            }
            out.extend(sums.map(|sum| (sum / (finer * finer)) as u8));
        }
    }
    Pixmap::from_vec(out, IntSize::from_wh(width as u32, height as u32)?)
}
