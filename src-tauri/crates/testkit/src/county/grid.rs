//! Streets on a grid that need not be straight on the board, and the blocks between them.
//! Not here: which streets a place has (`city`, `hamlet`).

use super::plane::P;
use super::world::Road;

/// A street at constant `u` (north-south) or `v` (east-west), from end to end.
#[derive(Debug, Clone)]
pub(crate) struct Street {
    pub(crate) name: String,
    pub(crate) class: &'static str,
    /// True when `at` is a `v` and the street runs along `u`.
    pub(crate) is_east_west: bool,
    pub(crate) at: f64,
    pub(crate) from: f64,
    pub(crate) to: f64,
}

/// A block without streets: `u` from, to, `v` from, to.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(crate) struct Block {
    pub(crate) u: (f64, f64),
    pub(crate) v: (f64, f64),
}

impl Block {
    /// Smaller by `margin` metres on every side.
    pub(crate) fn inset(self, margin: f64) -> Self {
        Self {
            u: (self.u.0 + margin, self.u.1 - margin),
            v: (self.v.0 + margin, self.v.1 - margin),
        }
    }

    /// Lengths along `u` and `v`.
    pub(crate) fn size(self) -> (f64, f64) {
        (self.u.1 - self.u.0, self.v.1 - self.v.0)
    }

    /// The middle.
    pub(crate) fn middle(self) -> (f64, f64) {
        ((self.u.0 + self.u.1) / 2.0, (self.v.0 + self.v.1) / 2.0)
    }

    /// The outline on the board, a point about every 70 m so that it bends with the streets.
    pub(crate) fn ring(self, board: impl Fn(f64, f64) -> P) -> Vec<P> {
        let (wide, high) = self.size();
        let (nu, nv) = ((wide / 70.0).ceil().max(1.0), (high / 70.0).ceil().max(1.0));
        let mut ring = Vec::new();
        for i in 0..nu as usize {
            ring.push(board(self.u.0 + wide * i as f64 / nu, self.v.0));
        }
        for i in 0..nv as usize {
            ring.push(board(self.u.1, self.v.0 + high * i as f64 / nv));
        }
        for i in 0..nu as usize {
            ring.push(board(self.u.1 - wide * i as f64 / nu, self.v.1));
        }
        for i in 0..nv as usize {
            ring.push(board(self.u.0, self.v.1 - high * i as f64 / nv));
        }
        ring
    }

    fn holds(self, is_east_west: bool, at: f64, along: f64) -> bool {
        let (u, v) = if is_east_west {
            (along, at)
        } else {
            (at, along)
        };
        u > self.u.0 && u < self.u.1 && v > self.v.0 && v < self.v.1
    }
}

/// Streets as roads, cut wherever a street of rank meets them; nothing is drawn in `gaps`.
pub(crate) fn draw(
    streets: &[Street],
    gaps: &[Block],
    step: f64,
    board: impl Fn(f64, f64) -> P,
) -> Vec<Road> {
    let mut roads = Vec::new();
    for street in streets {
        let mut stops = vec![(street.from, true), (street.to, true)];
        for other in streets
            .iter()
            .filter(|other| other.is_east_west != street.is_east_west)
        {
            let meets = (other.from..=other.to).contains(&street.at)
                && (street.from..=street.to).contains(&other.at);
            if meets {
                stops.push((other.at, is_ranked(other.class)));
            }
        }
        for gap in gaps {
            let (span, rank) = if street.is_east_west {
                (gap.u, gap.v)
            } else {
                (gap.v, gap.u)
            };
            if street.at > rank.0 && street.at < rank.1 {
                stops.push((span.0.clamp(street.from, street.to), true));
                stops.push((span.1.clamp(street.from, street.to), true));
            }
        }
        stops.sort_by(|a, b| a.0.total_cmp(&b.0));
        stops.dedup_by(|next, kept| {
            let is_same = (next.0 - kept.0).abs() < 0.01;
            kept.1 |= is_same && next.1;
            is_same
        });
        roads.extend(pieces(street, &stops, gaps, step, &board));
    }
    roads
}

/// Whether others are cut where they meet a road of this class.
fn is_ranked(class: &str) -> bool {
    matches!(class, "trunk" | "primary" | "secondary" | "tertiary")
}

fn pieces(
    street: &Street,
    stops: &[(f64, bool)],
    gaps: &[Block],
    step: f64,
    board: &impl Fn(f64, f64) -> P,
) -> Vec<Road> {
    let at = |along: f64| {
        if street.is_east_west {
            board(along, street.at)
        } else {
            board(street.at, along)
        }
    };
    let mut roads = Vec::new();
    let mut line: Vec<P> = Vec::new();
    for pair in stops.windows(2) {
        let ((from, _), (to, is_cut)) = (pair[0], pair[1]);
        let middle = (from + to) / 2.0;
        if gaps
            .iter()
            .any(|gap| gap.holds(street.is_east_west, street.at, middle))
        {
            line.clear();
            continue;
        }
        if line.is_empty() {
            line.push(at(from));
        }
        let parts = ((to - from) / step).ceil().max(1.0) as usize;
        line.extend((1..=parts).map(|k| at(from + (to - from) * k as f64 / parts as f64)));
        if is_cut {
            let whole = std::mem::take(&mut line);
            roads.push(Road::plain(street.class, &street.name, whole));
        }
    }
    if line.len() > 1 {
        roads.push(Road::plain(street.class, &street.name, line));
    }
    roads
}
