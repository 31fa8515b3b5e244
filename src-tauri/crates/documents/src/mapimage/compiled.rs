//! A scene cut into what maplibre-rs can draw: polygons of one colour in a tile's units, lines
//! made into the polygons they cover. Not here: the process that draws them (`helper`).
//!
//! maplibre-rs 0.0.3 knows neither filters nor expressions, widths, dashes, opacity or a
//! background; all of it is done before. See the decision record on map images.

use super::paint::pen;
use super::scene::{Scene, Shape, Stroke};
use crate::style::Color;
use resvg::tiny_skia::{Path, PathBuilder, PathSegment};

/// Units across a tile, the only extent that the helper's shaders know.
const EXTENT: f64 = 4096.0;
/// Straight pieces that a curve of a line's end or bend becomes.
const CURVE_PIECES: u32 = 4;

/// A polygon with its holes, in pixels of the page.
#[derive(Debug, Clone)]
struct Polygon {
    rings: Vec<Vec<(f32, f32)>>,
    /// Left, top, right, bottom.
    bounds: [f32; 4],
}

/// What one pass of the helper draws, to be laid over what is there.
#[derive(Debug, Clone)]
pub(crate) struct Pass {
    pub(crate) opacity: f64,
    /// Drawn under the layers; `None` is transparent.
    pub(crate) background: Option<Color>,
    layers: Vec<(Color, Vec<Polygon>)>,
}

/// A request of the helper: colours from the lowest layer up, and the tile with these layers.
#[derive(Debug, Clone, PartialEq)]
pub(crate) struct CompiledTile {
    pub(crate) colors: Vec<Option<Color>>,
    pub(crate) tile: Vec<u8>,
}

/// The passes of a scene. Layers that are not opaque have one of their own, since the helper
/// mixes no colours.
pub(crate) fn passes(scene: &Scene) -> Vec<Pass> {
    let mut passes = vec![Pass {
        opacity: 1.0,
        background: Some(scene.background),
        layers: Vec::new(),
    }];
    let mut is_open = true;
    for stroke in &scene.strokes {
        let is_opaque = stroke.opacity >= 1.0;
        if !(is_opaque && is_open) {
            passes.push(Pass {
                opacity: stroke.opacity,
                background: None,
                layers: Vec::new(),
            });
        }
        if let Some(pass) = passes.last_mut() {
            pass.layers.push((stroke.color, polygons(stroke)));
        }
        is_open = is_opaque;
    }
    passes
}

impl Pass {
    /// The pass in one cell of the picture; `None` when nothing of it is there.
    pub(crate) fn cell(&self, corner: (f64, f64), side_px: f64) -> Option<CompiledTile> {
        let unit = EXTENT / side_px;
        let edges = [corner.0, corner.1, corner.0 + side_px, corner.1 + side_px];
        let mut tile = Vec::new();
        let mut colors = vec![self.background];
        let whole = [(-64, -64), (4160, -64), (4160, 4160), (-64, 4160)];
        layer(&mut tile, 0, &[vec![whole.to_vec()]]);
        for (color, polygons) in &self.layers {
            let features: Vec<_> = polygons
                .iter()
                .filter(|polygon| touches(polygon.bounds, edges))
                .filter_map(|polygon| polygon.units(corner, unit))
                .collect();
            if !features.is_empty() {
                layer(&mut tile, colors.len(), &features);
                colors.push(Some(*color));
            }
        }
        let is_empty = colors.len() == 1 && self.background.is_none();
        (!is_empty).then_some(CompiledTile { colors, tile })
    }
}

fn touches(bounds: [f32; 4], edges: [f64; 4]) -> bool {
    let [left, top, right, bottom] = bounds.map(f64::from);
    left <= edges[2] && right >= edges[0] && top <= edges[3] && bottom >= edges[1]
}

type UnitRing = Vec<(i32, i32)>;

impl Polygon {
    fn new(rings: Vec<Vec<(f32, f32)>>) -> Self {
        let start = [
            f32::INFINITY,
            f32::INFINITY,
            f32::NEG_INFINITY,
            f32::NEG_INFINITY,
        ];
        let bounds = rings.iter().flatten().fold(start, |b, (x, y)| {
            [b[0].min(*x), b[1].min(*y), b[2].max(*x), b[3].max(*y)]
        });
        Self { rings, bounds }
    }

    /// The polygon in units of a cell, the first ring turned as the format's outer ones are.
    fn units(&self, corner: (f64, f64), unit: f64) -> Option<Vec<UnitRing>> {
        let mut rings: Vec<(i64, UnitRing)> = Vec::new();
        for ring in &self.rings {
            let mut out: UnitRing = Vec::with_capacity(ring.len());
            let scaled = ring.iter().map(|(x, y)| {
                let at = |v: f32, from: f64| (f64::from(v) - from) * unit;
                (at(*x, corner.0), at(*y, corner.1))
            });
            for (x, y) in within(scaled.collect()) {
                let point = (x.round() as i32, y.round() as i32);
                if out.last() != Some(&point) {
                    out.push(point);
                }
            }
            if out.len() > 1 && out.first() == out.last() {
                out.pop();
            }
            let area = doubled_area(&out);
            if out.len() > 2 && area != 0 {
                rings.push((area, out));
            }
        }
        let first = rings.iter().position(|(area, _)| *area > 0);
        match first {
            Some(at) => rings.swap(0, at),
            None => rings.iter_mut().for_each(|(_, ring)| ring.reverse()),
        }
        (!rings.is_empty()).then(|| rings.into_iter().map(|(_, ring)| ring).collect())
    }
}

/// Units beyond a cell's edge that are kept.
const BEYOND: f64 = 256.0;

/// A ring cut at the cell with a little around it (Sutherland–Hodgman). Beyond, the helper's
/// reader of tiles counts areas out of the range of its numbers.
fn within(mut ring: Vec<(f64, f64)>) -> Vec<(f64, f64)> {
    for (is_x, sign) in [(true, 1.0), (true, -1.0), (false, 1.0), (false, -1.0)] {
        let limit = if sign > 0.0 { -BEYOND } else { EXTENT + BEYOND };
        let value = |p: &(f64, f64)| if is_x { p.0 } else { p.1 };
        let depth = |p: &(f64, f64)| (value(p) - limit) * sign;
        let mut kept = Vec::with_capacity(ring.len());
        let mut before = ring.last().copied();
        for point in &ring {
            if let Some(from) = before {
                let (a, b) = (depth(&from), depth(point));
                if (a < 0.0) != (b < 0.0) {
                    let share = a / (a - b);
                    let mix = |p: f64, q: f64| p + (q - p) * share;
                    kept.push((mix(from.0, point.0), mix(from.1, point.1)));
                }
                if b >= 0.0 {
                    kept.push(*point);
                }
            }
            before = Some(*point);
        }
        ring = kept;
    }
    ring
}

fn doubled_area(ring: &[(i32, i32)]) -> i64 {
    let next = ring.iter().cycle().skip(1);
    let cross = |(a, b): (&(i32, i32), &(i32, i32))| {
        i64::from(a.0) * i64::from(b.1) - i64::from(b.0) * i64::from(a.1)
    };
    ring.iter().zip(next).map(cross).sum()
}

/// What a stroke covers, as polygons that may overlap.
fn polygons(stroke: &Stroke) -> Vec<Polygon> {
    match &stroke.shape {
        Shape::Fill => by_outer_ring(contours(&stroke.path)),
        Shape::Line { .. } => {
            let pen = pen(&stroke.shape);
            let outline = |part: Path| part.stroke(&pen, 1.0);
            let outlines = subpaths(&stroke.path).into_iter().filter_map(outline);
            outlines.map(|path| Polygon::new(contours(&path))).collect()
        }
    }
}

/// Areas with their holes: in tiles an outer ring is followed by its holes, which turn the
/// other way.
fn by_outer_ring(rings: Vec<Vec<(f32, f32)>>) -> Vec<Polygon> {
    let mut grouped: Vec<Vec<Vec<(f32, f32)>>> = Vec::new();
    for ring in rings {
        let next = ring.iter().cycle().skip(1);
        let area: f64 = ring
            .iter()
            .zip(next)
            .map(|(a, b)| f64::from(a.0) * f64::from(b.1) - f64::from(b.0) * f64::from(a.1))
            .sum();
        match grouped.last_mut() {
            Some(last) if area < 0.0 => last.push(ring),
            _ => grouped.push(vec![ring]),
        }
    }
    grouped.into_iter().map(Polygon::new).collect()
}

/// Each line of a path by itself.
fn subpaths(path: &Path) -> Vec<Path> {
    let mut parts = Vec::new();
    let mut current = PathBuilder::new();
    for segment in path.segments() {
        match segment {
            PathSegment::MoveTo(at) => {
                parts.extend(std::mem::take(&mut current).finish());
                current.move_to(at.x, at.y);
            }
            PathSegment::LineTo(at) => current.line_to(at.x, at.y),
            PathSegment::QuadTo(a, b) => current.quad_to(a.x, a.y, b.x, b.y),
            PathSegment::CubicTo(a, b, c) => current.cubic_to(a.x, a.y, b.x, b.y, c.x, c.y),
            PathSegment::Close => current.close(),
        }
    }
    parts.extend(current.finish());
    parts
}

/// The rings of a path, curves made straight.
fn contours(path: &Path) -> Vec<Vec<(f32, f32)>> {
    let mut rings: Vec<Vec<(f32, f32)>> = Vec::new();
    for segment in path.segments() {
        let last = rings
            .last()
            .and_then(|ring| ring.last())
            .copied()
            .unwrap_or_default();
        let ring = match segment {
            PathSegment::MoveTo(at) => {
                rings.push(vec![(at.x, at.y)]);
                continue;
            }
            PathSegment::Close => continue,
            _ => rings.last_mut(),
        };
        let Some(ring) = ring else { continue };
        let pieces = (1..=CURVE_PIECES).map(|i| i as f32 / CURVE_PIECES as f32);
        match segment {
            PathSegment::LineTo(at) => ring.push((at.x, at.y)),
            PathSegment::QuadTo(a, b) => ring.extend(pieces.map(|t| {
                let u = 1.0 - t;
                let mix = |p: f32, q: f32, r: f32| u * u * p + 2.0 * u * t * q + t * t * r;
                (mix(last.0, a.x, b.x), mix(last.1, a.y, b.y))
            })),
            PathSegment::CubicTo(a, b, c) => ring.extend(pieces.map(|t| {
                let u = 1.0 - t;
                let mix = |p: f32, q: f32, r: f32, s: f32| {
                    u * u * u * p + 3.0 * u * u * t * q + 3.0 * u * t * t * r + t * t * t * s
                };
                (mix(last.0, a.x, b.x, c.x), mix(last.1, a.y, b.y, c.y))
            })),
            PathSegment::MoveTo(_) | PathSegment::Close => {}
        }
    }
    rings
}

/// Appends a layer named by its number, one polygon a feature, as a Mapbox vector tile has it.
fn layer(tile: &mut Vec<u8>, number: usize, features: &[Vec<UnitRing>]) {
    let mut layer = Vec::new();
    message(&mut layer, 1, number.to_string().as_bytes());
    for rings in features {
        let mut geometry = Vec::new();
        let mut cursor = (0_i32, 0_i32);
        for ring in rings {
            for (i, point) in ring.iter().enumerate() {
                match i {
                    0 => varint(&mut geometry, 1 << 3 | 1),
                    1 => varint(&mut geometry, ((ring.len() - 1) as u64) << 3 | 2),
                    _ => {}
                }
                for step in [point.0 - cursor.0, point.1 - cursor.1] {
                    varint(
                        &mut geometry,
                        u64::from(((step << 1) ^ (step >> 31)) as u32),
                    );
                }
                cursor = *point;
            }
            varint(&mut geometry, 1 << 3 | 7);
        }
        let mut feature = vec![3 << 3, 3];
        message(&mut feature, 4, &geometry);
        message(&mut layer, 2, &feature);
    }
    layer.push(5 << 3);
    varint(&mut layer, EXTENT as u64);
    layer.extend([15 << 3, 2]);
    message(tile, 3, &layer);
}

fn message(out: &mut Vec<u8>, field: u64, content: &[u8]) {
    varint(out, field << 3 | 2);
    varint(out, content.len() as u64);
    out.extend_from_slice(content);
}

fn varint(out: &mut Vec<u8>, mut value: u64) {
    while value >= 0x80 {
        out.push(value as u8 | 0x80);
        value >>= 7;
    }
    out.push(value as u8);
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::vector::VectorTile;

    const WHOLE: [(f32, f32); 1] = [(10.0, 90.0)];
    const RED: Color = Color { r: 255, g: 0, b: 0 };

    fn line(opacity: f64, parts: &[(f32, f32)]) -> Stroke {
        let mut path = PathBuilder::new();
        for (from, to) in parts {
            path.move_to(*from, 50.0);
            path.line_to(*to, 50.0);
        }
        Stroke {
            color: RED,
            opacity,
            path: path.finish().unwrap(),
            shape: Shape::Line {
                width_px: 10.0,
                is_round_cap: false,
            },
        }
    }

    fn compiled(strokes: Vec<Stroke>) -> Vec<CompiledTile> {
        let scene = Scene {
            background: RED,
            strokes,
        };
        passes(&scene)
            .iter()
            .filter_map(|pass| pass.cell((0.0, 0.0), 100.0))
            .collect()
    }

    /// A line of ten pixels' width becomes a rectangle of its length and width.
    #[test]
    fn a_line_becomes_what_it_covers() {
        let tiles = compiled(vec![line(1.0, &WHOLE)]);
        assert_eq!(tiles.len(), 1);
        let read = VectorTile::read(&tiles[0].tile).unwrap();
        let ring = &read.layer("1").unwrap().features[0].paths[0];
        let unit = 40.96;
        let span = |of: fn(&(i32, i32)) -> i32| {
            (
                ring.iter().map(of).min().unwrap(),
                ring.iter().map(of).max().unwrap(),
            )
        };
        let near = |a: i32, b: f64| (f64::from(a) - b).abs() <= 1.0;
        let (across, down) = (span(|p| p.0), span(|p| p.1));
        assert!(
            near(across.0, 10.0 * unit) && near(across.1, 90.0 * unit),
            "{across:?}"
        );
        assert!(
            near(down.0, 45.0 * unit) && near(down.1, 55.0 * unit),
            "{down:?}"
        );
    }

    /// Areas far larger than a cell are cut near it, and keep what they cover of it.
    #[test]
    fn large_areas_are_cut() {
        let far = 1e6;
        let ring = vec![(-far, -far), (2048.0, -far), (2048.0, far), (-far, far)];
        let cut = within(ring);
        assert!(
            cut.iter()
                .all(|(x, y)| x.abs() < 4400.0 && y.abs() < 4400.0)
        );
        let across = cut.iter().map(|p| p.0).fold(f64::NEG_INFINITY, f64::max);
        assert!((across - 2048.0).abs() < 1e-6, "{cut:?}");
        assert!(within(vec![(9e3, 0.0), (9e3, 9.0), (1e4, 0.0)]).is_empty());
    }

    /// Dashes become polygons of their own; what is not opaque gets a pass of its own.
    #[test]
    fn dashes_and_opacity() {
        let tiles = compiled(vec![line(1.0, &[(10.0, 30.0), (40.0, 60.0), (70.0, 90.0)])]);
        let read = VectorTile::read(&tiles[0].tile).unwrap();
        assert_eq!(read.layer("1").unwrap().features.len(), 3);
        let tiles = compiled(vec![
            line(1.0, &WHOLE),
            line(0.5, &WHOLE),
            line(1.0, &WHOLE),
        ]);
        let backgrounds: Vec<_> = tiles.iter().map(|tile| tile.colors[0].is_some()).collect();
        assert_eq!(backgrounds, [true, false, false]);
    }
}
