//! Cuts features into tiles, zoom by zoom, and encodes each tile as gzipped vector tile.
//! Not here: where the tiles are kept (`mbtiles`), what is drawn (`schema`).

use crate::drawing::{Drawing, Geom, Layer};
use crate::extract::Px;
use crate::gzip;
use crate::mvt::{EXTENT, LayerWriter, Shape};
use crate::shapes::{Side, clip_line, clip_ring, doubled_area, thin, thin_ring};
use std::collections::BTreeMap;

/// First and last zoom of a pack; further in, the desk enlarges the last.
pub(crate) const ZOOMS: std::ops::RangeInclusive<u8> = 6..=14;
const LAST: u8 = 14;
/// Units around a tile that neighbours share, so that no seam shows in wide lines.
const BUFFER: i32 = 64;

/// Columns or rows of tiles, first to last.
type Span = std::ops::RangeInclusive<i32>;

/// A tile ready to be stored: column, row (from the north), gzipped bytes.
pub(crate) type Encoded = (u32, u32, Vec<u8>);

/// All tiles of one zoom, by column and row.
pub(crate) fn zoom(drawing: &Drawing, z: u8) -> Vec<Encoded> {
    let cut = Cut::new(drawing, z);
    let tiles: Vec<(&(u32, u32), &Vec<Item>)> = cut.tiles.iter().collect();
    let threads = std::thread::available_parallelism()
        .map_or(1, std::num::NonZero::get)
        .min(8);
    let share = tiles.len().div_ceil(threads).max(1);
    std::thread::scope(|scope| {
        let workers: Vec<_> = tiles
            .chunks(share)
            .map(|chunk| {
                let shapes = &cut.shapes;
                scope.spawn(move || {
                    let encode = |((x, y), items): &(&(u32, u32), &Vec<Item>)| {
                        (*x, *y, encode(drawing, z, items, shapes))
                    };
                    chunk.iter().map(encode).collect::<Vec<_>>()
                })
            })
            .collect();
        let mut all = Vec::with_capacity(tiles.len());
        for worker in workers {
            match worker.join() {
                Ok(part) => all.extend(part),
                Err(panic) => std::panic::resume_unwind(panic),
            }
        }
        all.retain(|(_, _, bytes)| !bytes.is_empty());
        all
    })
}

/// A feature in a tile: its number and its shape's.
type Item = (u32, u32);

/// Everything of one zoom, cut at tile edges.
struct Cut {
    tiles: BTreeMap<(u32, u32), Vec<Item>>,
    shapes: Vec<Shape>,
    z: u8,
}

impl Cut {
    fn new(drawing: &Drawing, z: u8) -> Self {
        let mut users: Vec<Vec<u32>> = vec![Vec::new(); drawing.geoms.len()];
        for (i, feature) in (0u32..).zip(&drawing.features) {
            if feature.min_zoom <= z {
                users[feature.geom as usize].push(i);
            }
        }
        let mut cut = Self {
            tiles: BTreeMap::new(),
            shapes: Vec::new(),
            z,
        };
        for (geom, users) in drawing.geoms.iter().zip(&users) {
            if !users.is_empty() {
                cut.geom(geom, users);
            }
        }
        for items in cut.tiles.values_mut() {
            items.sort_unstable();
        }
        cut
    }

    /// World steps to a tile's unit.
    fn steps(&self) -> i32 {
        1 << (18 - self.z)
    }

    /// World steps to a tile, as a power of two.
    fn tile_bits(&self) -> u32 {
        30 - u32::from(self.z)
    }

    fn geom(&mut self, geom: &Geom, users: &[u32]) {
        let tolerance = f64::from(self.steps()) * if self.z == LAST { 0.75 } else { 3.0 };
        match geom {
            Geom::Point(at) => {
                let (x, y) = (at.x >> self.tile_bits(), at.y >> self.tile_bits());
                let (left, top) = self.corner(x, y);
                let shape = Shape::Point((at.x - left) / self.steps(), (at.y - top) / self.steps());
                self.put(x, y, shape, users);
            }
            Geom::Lines(lines) => {
                let lines: Vec<Vec<Px>> = lines
                    .iter()
                    .filter(|line| self.z == LAST || self.span(line) >= 6)
                    .map(|line| thin(line, tolerance))
                    .collect();
                self.lines(&lines, users);
            }
            Geom::Area(area) => {
                let size = doubled_area(&area[0]).abs() / 2 / i128::from(self.steps()).pow(2);
                if self.z < LAST && (size < 64 || self.span(&area[0]) < 8) {
                    return;
                }
                let rings: Vec<Vec<Px>> = area
                    .iter()
                    .filter(|ring| self.z == LAST || self.span(ring) >= 6)
                    .map(|ring| thin_ring(ring, tolerance))
                    .filter(|ring| ring.len() > 2)
                    .collect();
                self.area(&rings, users);
            }
        }
    }

    /// The longer side of the box around some points, in units.
    fn span(&self, points: &[Px]) -> i32 {
        let range = |value: fn(&Px) -> i32| {
            let low = points.iter().map(value).min().unwrap_or(0);
            points.iter().map(value).max().unwrap_or(0) - low
        };
        range(|at| at.x).max(range(|at| at.y)) / self.steps()
    }

    fn lines(&mut self, lines: &[Vec<Px>], users: &[u32]) {
        let Some((columns, _)) = self.range(lines) else {
            return;
        };
        for x in columns {
            let strip: Vec<Vec<Px>> = self
                .sides(true, x)
                .iter()
                .fold(lines.to_vec(), |parts, side| clip_lines(&parts, *side));
            let Some((_, rows)) = self.range(&strip) else {
                continue;
            };
            for y in rows {
                let parts = self
                    .sides(false, y)
                    .iter()
                    .fold(strip.clone(), |parts, side| clip_lines(&parts, *side));
                let mut local: Vec<Vec<(i32, i32)>> =
                    parts.iter().map(|part| self.local(part, x, y)).collect();
                local.retain(|part| part.len() > 1);
                if !local.is_empty() {
                    self.put(x, y, Shape::Lines(local), users);
                }
            }
        }
    }

    fn area(&mut self, rings: &[Vec<Px>], users: &[u32]) {
        let Some((columns, _)) = self.range(&rings[..rings.len().min(1)]) else {
            return;
        };
        for x in columns {
            let strip = clip_rings(rings, &self.sides(true, x));
            let Some((_, rows)) = self.range(&strip[..strip.len().min(1)]) else {
                continue;
            };
            for y in rows {
                let parts = clip_rings(&strip, &self.sides(false, y));
                let mut local = Vec::new();
                for (i, part) in parts.iter().enumerate() {
                    if let Some(ring) = self.local_ring(part, x, y, i == 0) {
                        local.push(ring);
                    } else if i == 0 {
                        break;
                    }
                }
                if !local.is_empty() {
                    self.put(x, y, Shape::Rings(local), users);
                }
            }
        }
    }

    fn put(&mut self, x: i32, y: i32, shape: Shape, users: &[u32]) {
        let side = 1i32 << self.z;
        if (0..side).contains(&x) && (0..side).contains(&y) {
            self.shapes.push(shape);
            let shape = (self.shapes.len() - 1) as u32;
            let items = self.tiles.entry((x as u32, y as u32)).or_default();
            items.extend(users.iter().map(|feature| (*feature, shape)));
        }
    }

    /// Columns and rows that some points reach, with the buffer.
    fn range(&self, lines: &[Vec<Px>]) -> Option<(Span, Span)> {
        let margin = BUFFER * self.steps();
        let bits = self.tile_bits();
        let span = |value: fn(&Px) -> i32| {
            let low = lines.iter().flatten().map(value).min()?;
            let high = lines.iter().flatten().map(value).max()?;
            Some(low.saturating_sub(margin) >> bits..=high.saturating_add(margin) >> bits)
        };
        Some((span(|at| at.x)?, span(|at| at.y)?))
    }

    fn corner(&self, x: i32, y: i32) -> (i32, i32) {
        (x << self.tile_bits(), y << self.tile_bits())
    }

    fn sides(&self, is_x: bool, index: i32) -> [Side; 2] {
        let margin = BUFFER * self.steps();
        // The world's last column ends at 2^30, which a 32-bit step still holds.
        let low = index << self.tile_bits();
        let high = low + (1 << self.tile_bits());
        [
            Side {
                is_x,
                limit: low - margin,
                is_low: true,
            },
            Side {
                is_x,
                limit: high + margin,
                is_low: false,
            },
        ]
    }

    /// Points as units of a tile, without repetitions.
    fn local(&self, points: &[Px], x: i32, y: i32) -> Vec<(i32, i32)> {
        let (left, top) = self.corner(x, y);
        let (steps, half) = (self.steps(), self.steps() / 2);
        let mut out: Vec<(i32, i32)> = Vec::with_capacity(points.len());
        for at in points {
            let point = (
                (at.x - left + half).div_euclid(steps),
                (at.y - top + half).div_euclid(steps),
            );
            if out.last() != Some(&point) {
                out.push(point);
            }
        }
        out
    }

    /// A ring as units of a tile, turned the way its role asks; `None` when nothing is left.
    fn local_ring(&self, points: &[Px], x: i32, y: i32, is_outer: bool) -> Option<Vec<(i32, i32)>> {
        let mut ring = self.local(points, x, y);
        if ring.len() > 1 && ring.first() == ring.last() {
            ring.pop();
        }
        let as_px: Vec<Px> = ring.iter().map(|(x, y)| Px { x: *x, y: *y }).collect();
        let area = doubled_area(&as_px);
        if ring.len() < 3 || area == 0 {
            return None;
        }
        if (area > 0) != is_outer {
            ring.reverse();
        }
        Some(ring)
    }
}

fn clip_lines(lines: &[Vec<Px>], side: Side) -> Vec<Vec<Px>> {
    lines
        .iter()
        .flat_map(|line| clip_line(line, side))
        .collect()
}

/// The rings within two sides; when the outer one is gone, all are.
fn clip_rings(rings: &[Vec<Px>], sides: &[Side; 2]) -> Vec<Vec<Px>> {
    let mut out = Vec::new();
    for (i, ring) in rings.iter().enumerate() {
        let cut = clip_ring(&clip_ring(ring, sides[0]), sides[1]);
        if cut.len() > 2 {
            out.push(cut);
        } else if i == 0 {
            return Vec::new();
        }
    }
    out
}

/// One tile's bytes; empty when nothing is in it.
fn encode(drawing: &Drawing, z: u8, items: &[Item], shapes: &[Shape]) -> Vec<u8> {
    let mut tile = Vec::new();
    let mut writer: Option<(Layer, LayerWriter)> = None;
    for (feature, shape) in items {
        let feature = &drawing.features[*feature as usize];
        if writer
            .as_ref()
            .is_none_or(|(layer, _)| *layer != feature.layer)
        {
            if let Some((_, done)) = writer.take() {
                done.finish(&mut tile);
            }
            writer = Some((feature.layer, LayerWriter::new(feature.layer.name())));
        }
        if let Some((_, writer)) = &mut writer {
            let props = feature.props.0.iter().filter(|prop| prop.min_zoom <= z);
            writer.add(
                &shapes[*shape as usize],
                props.map(|prop| (prop.key, &prop.value)),
            );
        }
    }
    if let Some((_, done)) = writer {
        done.finish(&mut tile);
    }
    match tile.is_empty() {
        true => tile,
        false => gzip::wrapped(&tile),
    }
}

const _: () = assert!(
    EXTENT == 4096,
    "a unit is 2^(18 - z) world steps only at this extent"
);
