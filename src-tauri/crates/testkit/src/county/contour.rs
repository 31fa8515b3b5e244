//! Outlines of where a field over the county is high (marching squares), as areas with holes.
//! Not here: what the field means.

use super::plane::{P, inside, p, thin};
use std::collections::BTreeMap;

/// An outline with its holes; outer rings run anticlockwise.
#[derive(Debug)]
pub(crate) struct Area {
    pub(crate) outer: Vec<P>,
    pub(crate) holes: Vec<Vec<P>>,
}

/// The board in squares of `step` metres from its south-west corner.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Squares {
    pub(crate) west: f64,
    pub(crate) south: f64,
    pub(crate) step: f64,
    pub(crate) columns: usize,
    pub(crate) rows: usize,
}

impl Squares {
    /// The whole county with a rim around it.
    pub(crate) fn of_county(step: f64) -> Self {
        let columns = (48_000.0 / step) as usize;
        let rows = (43_000.0 / step) as usize;
        Self {
            west: -24_000.0,
            south: -21_500.0,
            step,
            columns,
            rows,
        }
    }

    /// The corner at a column and row.
    pub(crate) fn corner(&self, column: usize, row: usize) -> P {
        p(
            self.west + column as f64 * self.step,
            self.south + row as f64 * self.step,
        )
    }
}

/// An edge of a square: its lower or left corner, and whether it stands upright.
type Edge = (usize, usize, bool);

/// Areas where `field` is above 0, at least `area_min` square metres, thinned to `tolerance`.
/// The field must be below 0 along the rim of the squares.
pub(crate) fn areas(
    squares: Squares,
    area_min: f64,
    tolerance: f64,
    field: impl Fn(P) -> f64,
) -> Vec<Area> {
    let values: Vec<Vec<f64>> = (0..=squares.rows)
        .map(|row| {
            (0..=squares.columns)
                .map(|col| field(squares.corner(col, row)))
                .collect()
        })
        .collect();
    let (mut outers, mut holes) = (Vec::new(), Vec::new());
    for ring in rings(squares, &values) {
        let ring = thin_ring(&ring, tolerance);
        let area = signed_area(&ring);
        if area >= area_min {
            outers.push(Area {
                outer: ring,
                holes: Vec::new(),
            });
        } else if area <= -area_min {
            holes.push(ring);
        }
    }
    for hole in holes {
        // The smallest outline that holds the hole owns it.
        let owner = outers
            .iter_mut()
            .filter(|area| inside(hole[0], &area.outer))
            .min_by(|a, b| signed_area(&a.outer).total_cmp(&signed_area(&b.outer)));
        if let Some(area) = owner {
            area.holes.push(hole);
        }
    }
    outers
}

/// Twice-checked shoelace: positive for anticlockwise rings.
pub(crate) fn signed_area(ring: &[P]) -> f64 {
    (0..ring.len())
        .map(|i| {
            let (a, b) = (ring[i], ring[(i + 1) % ring.len()]);
            (a.x * b.y - b.x * a.y) / 2.0
        })
        .sum()
}

fn thin_ring(ring: &[P], tolerance: f64) -> Vec<P> {
    let half = ring.len() / 2;
    let mut closed: Vec<P> = ring.to_vec();
    closed.push(ring[0]);
    let mut thinned = thin(&closed[..=half], tolerance);
    thinned.pop();
    thinned.extend(thin(&closed[half..], tolerance));
    thinned.pop();
    thinned
}

fn rings(squares: Squares, values: &[Vec<f64>]) -> Vec<Vec<P>> {
    let mut next: BTreeMap<Edge, Edge> = BTreeMap::new();
    for row in 0..squares.rows {
        for col in 0..squares.columns {
            let high = |c: usize, r: usize| usize::from(values[r][c] > 0.0);
            let case = high(col, row)
                | high(col + 1, row) << 1
                | high(col + 1, row + 1) << 2
                | high(col, row + 1) << 3;
            // Bottom, right, top, left.
            let edges = [
                (col, row, false),
                (col + 1, row, true),
                (col, row + 1, false),
                (col, row, true),
            ];
            for (from, to) in SEGMENTS[case] {
                next.insert(edges[*from], edges[*to]);
            }
        }
    }
    let place = |(col, row, upright): Edge| {
        let (to_col, to_row) = if upright {
            (col, row + 1)
        } else {
            (col + 1, row)
        };
        let (a, b) = (values[row][col], values[to_row][to_col]);
        let share = (a / (a - b)).clamp(0.02, 0.98);
        squares
            .corner(col, row)
            .toward(squares.corner(to_col, to_row), share)
    };
    let mut found = Vec::new();
    while let Some((&start, _)) = next.first_key_value() {
        let mut ring = Vec::new();
        let mut edge = start;
        while let Some(following) = next.remove(&edge) {
            ring.push(place(edge));
            edge = following;
        }
        found.push(ring);
    }
    found
}

/// For each pattern of high corners, lines from edge to edge with the high side on the left.
const SEGMENTS: [&[(usize, usize)]; 16] = [
    &[],
    &[(0, 3)],
    &[(1, 0)],
    &[(1, 3)],
    &[(2, 1)],
    &[(0, 3), (2, 1)],
    &[(2, 0)],
    &[(2, 3)],
    &[(3, 2)],
    &[(0, 2)],
    &[(1, 0), (3, 2)],
    &[(1, 2)],
    &[(3, 1)],
    &[(0, 1)],
    &[(3, 0)],
    &[],
];
