//! From tiles and style to what is to be painted: per layer one path in one colour, in pixels of
//! the page. Both renderers draw this, so they cannot differ in what they show.
//! Not here: pixels (`paint`, `helper`), names (`label`).

use super::dash::dashes;
use super::ground::Loaded;
use super::view::View;
use crate::style::Style;
use crate::style::layer::{FillPaint, LinePaint, Paint, StyleLayer, color, number};
use crate::style::value::{Color, Value};
use crate::vector::{Feature, GeometryKind, VectorLayer};
use resvg::tiny_skia::{Path, PathBuilder};

/// What one layer paints in one colour.
#[derive(Debug, Clone)]
pub(crate) struct Stroke {
    pub(crate) color: Color,
    pub(crate) opacity: f64,
    pub(crate) path: Path,
    pub(crate) shape: Shape,
}

/// Whether the path is an outline or a line.
#[derive(Debug, Clone, PartialEq)]
pub(crate) enum Shape {
    /// Filled by the non-zero rule: pieces of neighbouring tiles that overlap are one area.
    Fill,
    Line {
        width_px: f64,
        is_round_cap: bool,
    },
}

/// Everything below the names.
#[derive(Debug, Clone)]
pub(crate) struct Scene {
    pub(crate) background: Color,
    pub(crate) strokes: Vec<Stroke>,
}

/// Lines thinner than this are not drawn.
const WIDTH_LEAST_PX: f64 = 0.05;

impl Scene {
    pub(crate) fn new(style: &Style, view: &View, loaded: &Loaded) -> Self {
        let nothing = |_: &str| Value::Null;
        let mut background = Color {
            r: 255,
            g: 255,
            b: 255,
        };
        let mut strokes = Vec::new();
        for layer in style
            .layers
            .iter()
            .filter(|layer| layer.is_drawn_at(view.zoom))
        {
            match &layer.paint {
                Paint::Background { color: of } => {
                    background = color(of, view.zoom, &nothing).unwrap_or(background);
                }
                Paint::Fill(paint) => strokes.extend(fills(layer, paint, view, loaded)),
                Paint::Line(paint) => strokes.extend(lines(layer, paint, view, loaded)),
                Paint::Symbol(_) => {}
            }
        }
        Self {
            background,
            strokes,
        }
    }
}

/// Paths being gathered, one for each paint, in the order in which paints first come.
struct Gathered<K>(Vec<(K, PathBuilder)>);

impl<K: PartialEq> Gathered<K> {
    fn path(&mut self, key: K) -> &mut PathBuilder {
        let at = self
            .0
            .iter()
            .position(|(known, _)| *known == key)
            .unwrap_or(self.0.len());
        if at == self.0.len() {
            self.0.push((key, PathBuilder::new()));
        }
        &mut self.0[at].1
    }
}

/// Calls `each` for every feature of every tile that the layer draws, with the tile's place:
/// corner and pixels a unit.
pub(crate) fn each_feature<'a>(
    layer: &StyleLayer,
    view: &View,
    loaded: &'a Loaded,
    mut each: impl FnMut(&'a VectorLayer, &'a Feature, Placement),
) {
    for (id, tile) in &loaded.tiles {
        let Some(from) = tile.layer(&layer.source_layer) else {
            continue;
        };
        let (x, y, side) = view.tile(*id);
        let placement = Placement {
            x,
            y,
            side,
            unit: side / f64::from(from.extent),
        };
        for feature in &from.features {
            let get = |key: &str| from.property(feature, key);
            if layer.accepts(view.zoom, &get) {
                each(from, feature, placement);
            }
        }
    }
}

/// Where a tile lies in the picture.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Placement {
    x: f64,
    y: f64,
    side: f64,
    unit: f64,
}

impl Placement {
    pub(crate) fn px(&self, (x, y): (i32, i32)) -> (f64, f64) {
        (
            self.x + f64::from(x) * self.unit,
            self.y + f64::from(y) * self.unit,
        )
    }

    /// West, north, east, south edge in pixels.
    pub(crate) fn edges(&self) -> [f64; 4] {
        [self.x, self.y, self.x + self.side, self.y + self.side]
    }
}

fn fills(layer: &StyleLayer, paint: &FillPaint, view: &View, loaded: &Loaded) -> Vec<Stroke> {
    let mut gathered = Gathered(Vec::new());
    each_feature(layer, view, loaded, |from, feature, placement| {
        let get = |key: &str| from.property(feature, key);
        let opacity = number(&paint.opacity, view.zoom, &get).clamp(0.0, 1.0);
        let Some(color) = color(&paint.color, view.zoom, &get) else {
            return;
        };
        if opacity == 0.0 || feature.kind != GeometryKind::Polygons {
            return;
        }
        let path = gathered.path((color, opacity.to_bits()));
        for ring in &feature.paths {
            add(path, ring.iter().map(|point| placement.px(*point)), true);
        }
    });
    finish(gathered, |(color, opacity)| (color, opacity, Shape::Fill))
}

fn lines(layer: &StyleLayer, paint: &LinePaint, view: &View, loaded: &Loaded) -> Vec<Stroke> {
    let mut gathered = Gathered(Vec::new());
    each_feature(layer, view, loaded, |from, feature, placement| {
        let get = |key: &str| from.property(feature, key);
        let opacity = number(&paint.opacity, view.zoom, &get).clamp(0.0, 1.0);
        let width_px = number(&paint.width_px, view.zoom, &get);
        let Some(color) = color(&paint.color, view.zoom, &get) else {
            return;
        };
        let is_ring = feature.kind == GeometryKind::Polygons;
        let is_drawn = is_ring || feature.kind == GeometryKind::Lines;
        if opacity == 0.0 || width_px < WIDTH_LEAST_PX || !is_drawn {
            return;
        }
        let path = gathered.path((color, opacity.to_bits(), width_px.to_bits()));
        for line in &feature.paths {
            let points: Vec<_> = line.iter().map(|point| placement.px(*point)).collect();
            if paint.dashes.is_empty() {
                add(path, points.into_iter(), is_ring);
                continue;
            }
            let end = points.first().copied().filter(|_| is_ring);
            let points: Vec<_> = points.into_iter().chain(end).collect();
            // Dashes of two tiles that overlap would fill each other's gaps.
            let pattern = pattern(paint, width_px, view.zoom);
            let parts = dashes(&points, &pattern).into_iter();
            for part in parts.flat_map(|dash| clip(&dash, placement.edges())) {
                add(path, part.into_iter(), false);
            }
        }
    });
    finish(gathered, |(color, opacity, width)| {
        let width_px = f64::from_bits(width);
        let shape = Shape::Line {
            width_px,
            is_round_cap: paint.is_round_cap,
        };
        (color, opacity, shape)
    })
}

/// Lengths of dash and gap in pixels: widths of the line, and between two whole zooms they grow
/// with the tile, as on the screen.
fn pattern(paint: &LinePaint, width_px: f64, zoom: f64) -> Vec<f64> {
    let grown = (zoom - zoom.floor()).exp2();
    let px = |part: &f32| f64::from(*part) * width_px * grown;
    paint.dashes.iter().map(px).collect()
}

fn finish<K>(gathered: Gathered<K>, paint: impl Fn(K) -> (Color, u64, Shape)) -> Vec<Stroke> {
    let mut all = Vec::new();
    for (key, path) in gathered.0 {
        let (color, opacity, shape) = paint(key);
        let Some(path) = path.finish() else { continue };
        all.push(Stroke {
            color,
            opacity: f64::from_bits(opacity),
            path,
            shape,
        });
    }
    all
}

fn add(path: &mut PathBuilder, points: impl Iterator<Item = (f64, f64)>, is_closed: bool) {
    let mut is_begun = false;
    for (x, y) in points {
        match is_begun {
            false => path.move_to(x as f32, y as f32),
            true => path.line_to(x as f32, y as f32),
        }
        is_begun = true;
    }
    if is_begun && is_closed {
        path.close();
    }
}

/// The parts of a line within a box (Liang–Barsky, segment by segment).
pub(crate) fn clip(line: &[(f64, f64)], edges: [f64; 4]) -> Vec<Vec<(f64, f64)>> {
    let mut parts: Vec<Vec<(f64, f64)>> = Vec::new();
    let mut is_open = false;
    for two in line.windows(2) {
        let [from, to] = [two[0], two[1]];
        let Some((enter, leave)) = inside(from, to, edges) else {
            is_open = false;
            continue;
        };
        let at = |share: f64| {
            (
                from.0 + (to.0 - from.0) * share,
                from.1 + (to.1 - from.1) * share,
            )
        };
        match parts.last_mut() {
            Some(part) if is_open && enter == 0.0 => part.push(at(leave)),
            _ => parts.push(vec![at(enter), at(leave)]),
        }
        is_open = leave == 1.0;
    }
    parts
}

/// The shares of a segment between which it is within a box.
fn inside(from: (f64, f64), to: (f64, f64), edges: [f64; 4]) -> Option<(f64, f64)> {
    let (dx, dy) = (to.0 - from.0, to.1 - from.1);
    let [west, north, east, south] = edges;
    let sides = [
        (-dx, from.0 - west),
        (dx, east - from.0),
        (-dy, from.1 - north),
        (dy, south - from.1),
    ];
    let (mut enter, mut leave) = (0.0_f64, 1.0_f64);
    for (towards, distance) in sides {
        if towards == 0.0 {
            if distance < 0.0 {
                return None;
            }
        } else if towards < 0.0 {
            enter = enter.max(distance / towards);
        } else {
            leave = leave.min(distance / towards);
        }
    }
    (enter < leave).then_some((enter, leave))
}

#[cfg(test)]
mod tests {
    use super::*;

    /// A line through a box is cut at its edges; one that leaves and returns makes two parts.
    #[test]
    fn lines_are_cut_at_a_box() {
        let edges = [0.0, 0.0, 10.0, 10.0];
        assert_eq!(
            clip(&[(-5.0, 5.0), (15.0, 5.0)], edges),
            vec![vec![(0.0, 5.0), (10.0, 5.0)]]
        );
        assert_eq!(
            clip(&[(-5.0, 11.0), (15.0, 11.0)], edges),
            Vec::<Vec<(f64, f64)>>::new()
        );
        let twice = [(5.0, 5.0), (15.0, 5.0), (15.0, 8.0), (5.0, 8.0)];
        let parts = clip(&twice, edges);
        assert_eq!(parts.len(), 2);
        assert_eq!(parts[1], vec![(10.0, 8.0), (5.0, 8.0)]);
        let whole = [(1.0, 1.0), (2.0, 2.0), (3.0, 1.0)];
        assert_eq!(clip(&whole, edges), vec![whole.to_vec()]);
    }
}
