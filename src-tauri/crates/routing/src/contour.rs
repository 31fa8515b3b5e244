//! The land beside lines, as polygons.
//! Not here: which lines (`rings`).
//!
//! Points of a grid learn how far the nearest line is; the outline runs where that is
//! [`BESIDE_M`]. Each square of the grid is cut into two triangles and the distance taken as
//! linear in each, so there are no doubtful squares, and a distance that is less everywhere gives
//! an area that holds the other: areas of nested lines are nested.

use crate::graph::{E7, wgs84};
use crate::rings::Polygon;
use crate::town::Plane;
use fengsui_geo::Wgs84;
use std::collections::BTreeMap;

/// How far beside a road the land counts as reached, in metres.
const BESIDE_M: f64 = 60.0;
/// Squares of the grid, in metres.
const STEP_M: f64 = 30.0;
/// Beyond this distance points of the grid only know that it is at least as much.
const FAR_M: f64 = BESIDE_M + 1.5 * STEP_M;

/// A corner of the outline: the edge of the grid it lies on, by its two points.
type Corner = ((i32, i32), (i32, i32));

/// The land beside lines; outlines anticlockwise, holes clockwise.
pub(crate) fn around(plane: &Plane, lines: &[Vec<E7>]) -> Vec<Polygon> {
    let field = Field::of(plane, lines);
    let rings = field.rings();
    assemble(plane, rings)
}

/// Distances at the points of a part of the grid, row by row. The grid itself is the same for all
/// lines of one plane.
struct Field {
    west: i32,
    south: i32,
    columns: usize,
    far_m: Vec<f32>,
}

impl Field {
    fn of(plane: &Plane, lines: &[Vec<E7>]) -> Self {
        let lines: Vec<Vec<(f64, f64)>> = lines
            .iter()
            .map(|line| line.iter().map(|at| plane.metres(*at)).collect())
            .collect();
        let mut field = Self::around(lines.iter().flatten());
        for line in &lines {
            for pair in line.windows(2) {
                field.stamp(pair[0], pair[1]);
            }
        }
        field
    }

    /// The part of the grid around points, with a margin, where nothing is near yet.
    fn around<'a>(points: impl Iterator<Item = &'a (f64, f64)>) -> Self {
        let (mut west, mut south) = (i32::MAX, i32::MAX);
        let (mut east, mut north) = (i32::MIN, i32::MIN);
        for (x, y) in points {
            (west, east) = (west.min(low(*x)), east.max(high(*x)));
            (south, north) = (south.min(low(*y)), north.max(high(*y)));
        }
        let count = |from: i32, to: i32| usize::try_from(to - from + 1).unwrap_or(0);
        let (columns, rows) = match west <= east {
            true => (count(west, east), count(south, north)),
            false => (0, 0),
        };
        Self {
            west,
            south,
            columns,
            far_m: vec![FAR_M as f32; columns * rows],
        }
    }

    fn index(&self, (column, row): (i32, i32)) -> usize {
        (row - self.south) as usize * self.columns + (column - self.west) as usize
    }

    fn at(&self, point: (i32, i32)) -> f64 {
        f64::from(self.far_m[self.index(point)])
    }

    /// Tells the points of the grid near a stretch how far it is.
    fn stamp(&mut self, from: (f64, f64), to: (f64, f64)) {
        let (run, rise) = (to.0 - from.0, to.1 - from.1);
        let squared = run * run + rise * rise;
        for row in low(from.1.min(to.1))..=high(from.1.max(to.1)) {
            for column in low(from.0.min(to.0))..=high(from.0.max(to.0)) {
                let (x, y) = (f64::from(column) * STEP_M, f64::from(row) * STEP_M);
                let part = match squared > 0.0 {
                    true => ((x - from.0) * run + (y - from.1) * rise) / squared,
                    false => 0.0,
                };
                let part = part.clamp(0.0, 1.0);
                let far = (x - from.0 - run * part).hypot(y - from.1 - rise * part);
                let index = self.index((column, row));
                self.far_m[index] = self.far_m[index].min(far as f32);
            }
        }
    }

    /// The outlines in the plane, the land to their left.
    fn rings(&self) -> Vec<Vec<(f64, f64)>> {
        let mut next: BTreeMap<Corner, Corner> = BTreeMap::new();
        let rows = self.far_m.len().checked_div(self.columns).unwrap_or(0);
        let beside = BESIDE_M as f32;
        for row in 1..rows {
            for column in 1..self.columns {
                let at = row * self.columns + column;
                let under = at - self.columns;
                let near = [at, at - 1, under, under - 1].map(|i| self.far_m[i] < beside);
                if near == [true; 4] || near == [false; 4] {
                    continue;
                }
                let (x, y) = (self.west + column as i32 - 1, self.south + row as i32 - 1);
                let [a, b, c, d] = [(x, y), (x + 1, y), (x + 1, y + 1), (x, y + 1)];
                self.triangle([a, b, c], &mut next);
                self.triangle([a, c, d], &mut next);
            }
        }
        let mut rings = Vec::new();
        while let Some((first, mut corner)) = next.pop_first() {
            let mut ring = vec![self.place(first)];
            while corner != first {
                ring.push(self.place(corner));
                let Some(following) = next.remove(&corner) else {
                    break;
                };
                corner = following;
            }
            rings.push(ring);
        }
        rings
    }

    /// The stretch of outline through a triangle, whose points go round anticlockwise.
    fn triangle(&self, points: [(i32, i32); 3], next: &mut BTreeMap<Corner, Corner>) {
        let is_in = points.map(|point| self.at(point) < BESIDE_M);
        let lone = match is_in {
            [a, b, c] if a == b && b == c => return,
            [a, b, c] if b == c && a != b => 0,
            [a, b, c] if a == c && a != b => 1,
            _ => 2,
        };
        let (this, after, before) = (points[lone], points[(lone + 1) % 3], points[(lone + 2) % 3]);
        let (ahead, behind) = (corner(this, after), corner(this, before));
        // Going round the lone point anticlockwise it lies to the left.
        match is_in[lone] {
            true => next.insert(ahead, behind),
            false => next.insert(behind, ahead),
        };
    }

    /// Where on its edge of the grid a corner lies.
    fn place(&self, (from, to): Corner) -> (f64, f64) {
        let (at_from, at_to) = (self.at(from), self.at(to));
        let part = (BESIDE_M - at_from) / (at_to - at_from);
        let between = |a: i32, b: i32| (f64::from(a) + f64::from(b - a) * part) * STEP_M;
        (between(from.0, to.0), between(from.1, to.1))
    }
}

fn corner(one: (i32, i32), other: (i32, i32)) -> Corner {
    (one.min(other), one.max(other))
}

/// The first column or row of the grid that something at this place may be near to.
fn low(metres: f64) -> i32 {
    ((metres - FAR_M) / STEP_M).floor() as i32
}

/// The last.
fn high(metres: f64) -> i32 {
    ((metres + FAR_M) / STEP_M).ceil() as i32
}

fn doubled_area(ring: &[(f64, f64)]) -> f64 {
    let next = ring.iter().cycle().skip(1);
    ring.iter()
        .zip(next)
        .map(|(a, b)| a.0 * b.1 - b.0 * a.1)
        .sum()
}

/// Outlines with the holes that lie in them.
fn assemble(plane: &Plane, rings: Vec<Vec<(f64, f64)>>) -> Vec<Polygon> {
    let (mut outers, holes): (Vec<_>, Vec<_>) =
        rings.into_iter().partition(|ring| doubled_area(ring) > 0.0);
    // The smallest outline around a hole is the one it is in.
    outers.sort_by(|a, b| doubled_area(a).total_cmp(&doubled_area(b)));
    let point = |(x, y): &(f64, f64)| -> Wgs84 { wgs84(plane.e7((*x, *y))) };
    let mut polygons: Vec<Polygon> = outers
        .iter()
        .map(|outer| Polygon {
            outer: outer.iter().map(point).collect(),
            holes: Vec::new(),
        })
        .collect();
    for hole in holes {
        let inside = outers.iter().position(|outer| is_inside(hole[0], outer));
        if let Some(polygon) = inside.and_then(|inside| polygons.get_mut(inside)) {
            polygon.holes.push(hole.iter().map(point).collect());
        }
    }
    polygons.reverse();
    polygons
}

fn is_inside(at: (f64, f64), ring: &[(f64, f64)]) -> bool {
    let next = ring.iter().cycle().skip(1);
    ring.iter().zip(next).fold(false, |is_inside, (a, b)| {
        let crosses =
            (a.1 > at.1) != (b.1 > at.1) && at.0 < a.0 + (b.0 - a.0) * (at.1 - a.1) / (b.1 - a.1);
        is_inside != crosses
    })
}
