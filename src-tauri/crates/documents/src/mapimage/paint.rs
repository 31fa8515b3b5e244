//! Paints a scene with resvg's rasteriser, smooth edges and all: the renderer that is always
//! there. Not here: the renderer with maplibre-rs (`helper`), names (`overlay`).

use super::scene::{Scene, Shape, Stroke};
use super::view::View;
use crate::DocumentError;
use crate::style::Color;
use resvg::tiny_skia::{
    self, FillRule, LineCap, LineJoin, Mask, Paint, PathBuilder, Pixmap, Rect, Transform,
};

/// Paints background, areas and lines.
pub(crate) fn scene(scene: &Scene, view: &View) -> Result<Pixmap, DocumentError> {
    let mut pixmap = blank(view)?;
    pixmap.fill(opaque(scene.background));
    for one in &scene.strokes {
        stroke(&mut pixmap, one, view.scale);
    }
    Ok(pixmap)
}

/// A transparent picture of the view's size.
pub(crate) fn blank(view: &View) -> Result<Pixmap, DocumentError> {
    let (width_px, height_px) = view.result_px();
    Pixmap::new(width_px, height_px).ok_or(DocumentError::Size {
        width_px,
        height_px,
    })
}

fn stroke(pixmap: &mut Pixmap, one: &Stroke, scale: f64) {
    let paint = paint(one.color, one.opacity);
    let transform = Transform::from_scale(scale as f32, scale as f32);
    match &one.shape {
        Shape::Fill => {
            pixmap.fill_path(&one.path, &paint, FillRule::Winding, transform, None);
        }
        Shape::Line { .. } => {
            pixmap.stroke_path(&one.path, &paint, &pen(&one.shape), transform, None);
        }
    }
}

/// The pen of a line.
pub(crate) fn pen(shape: &Shape) -> tiny_skia::Stroke {
    let Shape::Line {
        width_px,
        is_round_cap,
    } = shape
    else {
        return tiny_skia::Stroke::default();
    };
    tiny_skia::Stroke {
        width: *width_px as f32,
        line_cap: if *is_round_cap {
            LineCap::Round
        } else {
            LineCap::Butt
        },
        line_join: LineJoin::Round,
        ..tiny_skia::Stroke::default()
    }
}

pub(crate) fn opaque(color: Color) -> tiny_skia::Color {
    tiny_skia::Color::from_rgba8(color.r, color.g, color.b, 255)
}

/// A paint of a colour; edges are smooth.
pub(crate) fn paint(color: Color, opacity: f64) -> Paint<'static> {
    let alpha = (opacity * 255.0).round().clamp(0.0, 255.0) as u8;
    let mut paint = Paint::default();
    paint.set_color_rgba8(color.r, color.g, color.b, alpha);
    paint.anti_alias = true;
    paint
}

/// Side of the hatching's cells, as on the screen.
const HATCH_PX: f64 = 8.0;

/// Hatches what a mask says: land below, oblique lines over it.
pub(crate) fn hatch(pixmap: &mut Pixmap, mask: &Mask, view: &View, land: Color, line: Color) {
    let transform = Transform::from_scale(view.scale as f32, view.scale as f32);
    let whole = Rect::from_xywh(0.0, 0.0, view.width_px as f32, view.height_px as f32);
    if let Some(whole) = whole {
        pixmap.fill_rect(whole, &paint(land, 1.0), transform, Some(mask));
    }
    let mut lines = PathBuilder::new();
    // Fixed to the world and not to the picture, so that neighbouring tiles fit together.
    let shift = view.hatch_shift(HATCH_PX);
    let mut from = shift - HATCH_PX;
    while from < view.width_px + view.height_px + HATCH_PX {
        lines.move_to(from as f32, 0.0);
        lines.line_to((from - view.height_px) as f32, view.height_px as f32);
        from += HATCH_PX;
    }
    if let Some(lines) = lines.finish() {
        let pen = tiny_skia::Stroke {
            width: 0.8,
            ..tiny_skia::Stroke::default()
        };
        pixmap.stroke_path(&lines, &paint(line, 1.0), &pen, transform, Some(mask));
    }
}
