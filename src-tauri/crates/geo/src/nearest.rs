//! The nearest of many fixed points: built once, asked often.
//! Not here: points that move (a few hundred units are measured one by one), road distance.
//!
//! A k-d tree over the points as unit vectors, laid out in one sorted vector: a straight line
//! through the earth grows with the great circle over it, so the order is exact everywhere, and
//! neither the date line nor a pole is a special case.

use std::collections::BinaryHeap;

use crate::Wgs84;
use crate::distance::EARTH_RADIUS_M;

/// A found point.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Near {
    /// Index of the point in the order given to [`NearestIndex::new`].
    pub index: usize,
    /// Great-circle metres, as [`crate::haversine_m`].
    pub distance_m: f64,
}

/// An index over fixed points.
#[derive(Debug, Clone, Default)]
pub struct NearestIndex {
    /// Every part of the tree is a slice with its root in the middle.
    nodes: Vec<Node>,
}

#[derive(Debug, Clone, Copy)]
struct Node {
    place: [f64; 3],
    index: usize,
}

/// A candidate: by squared chord, then by index, so that equals have one order.
#[derive(Debug, Clone, Copy)]
struct Found {
    chord_squared: f64,
    index: usize,
}

impl PartialEq for Found {
    fn eq(&self, other: &Self) -> bool {
        self.cmp(other).is_eq()
    }
}

impl Eq for Found {}

impl PartialOrd for Found {
    fn partial_cmp(&self, other: &Self) -> Option<std::cmp::Ordering> {
        Some(self.cmp(other))
    }
}

impl Ord for Found {
    fn cmp(&self, other: &Self) -> std::cmp::Ordering {
        let by_chord = self.chord_squared.total_cmp(&other.chord_squared);
        by_chord.then(self.index.cmp(&other.index))
    }
}

impl NearestIndex {
    /// Sorts the points into a tree; 30,000 take some milliseconds.
    pub fn new(points: impl IntoIterator<Item = Wgs84>) -> Self {
        let node = |(index, point)| Node {
            place: vector(point),
            index,
        };
        let mut nodes: Vec<Node> = points.into_iter().enumerate().map(node).collect();
        sort(&mut nodes, 0);
        Self { nodes }
    }

    /// How many points it holds.
    pub fn len(&self) -> usize {
        self.nodes.len()
    }

    /// Whether it holds none.
    pub fn is_empty(&self) -> bool {
        self.nodes.is_empty()
    }

    /// The `count` points nearest to `point`, nearest first; equally near ones by index. Fewer
    /// only when there are fewer.
    pub fn nearest(&self, point: Wgs84, count: usize) -> Vec<Near> {
        let mut walk = Walk {
            from: vector(point),
            most: count,
            reach: f64::INFINITY,
            found: BinaryHeap::with_capacity(count.min(self.nodes.len()) + 1),
        };
        if count > 0 {
            walk.search(&self.nodes, 0);
        }
        walk.near()
    }

    /// All points within `radius_m` metres of `point`, nearest first.
    pub fn within(&self, point: Wgs84, radius_m: f64) -> Vec<Near> {
        if radius_m.is_nan() || radius_m < 0.0 {
            return Vec::new();
        }
        let half_angle = (radius_m / EARTH_RADIUS_M / 2.0).min(std::f64::consts::FRAC_PI_2);
        // A hair more than the radius, since chord and distance round each in its own way.
        let mut walk = Walk {
            from: vector(point),
            most: usize::MAX,
            reach: (2.0 * half_angle.sin()).powi(2) * (1.0 + 1e-9),
            found: BinaryHeap::new(),
        };
        walk.search(&self.nodes, 0);
        walk.near()
    }
}

/// A search under way.
struct Walk {
    from: [f64; 3],
    /// How many are wanted.
    most: usize,
    /// Squared chord beyond which nothing is wanted any more.
    reach: f64,
    found: BinaryHeap<Found>,
}

impl Walk {
    /// Takes what is near enough in a part of the tree, the nearer side first.
    fn search(&mut self, nodes: &[Node], depth: usize) {
        let (low, rest) = nodes.split_at(nodes.len() / 2);
        let Some((root, high)) = rest.split_first() else {
            return;
        };
        let squared = |(a, b): (f64, f64)| (a - b) * (a - b);
        let chord_squared = self.from.into_iter().zip(root.place).map(squared).sum();
        if chord_squared <= self.reach {
            self.take(Found {
                chord_squared,
                index: root.index,
            });
        }
        let beside = along(self.from, depth) - along(root.place, depth);
        let (near, far) = match beside < 0.0 {
            true => (low, high),
            false => (high, low),
        };
        self.search(near, depth + 1);
        if beside * beside <= self.reach {
            self.search(far, depth + 1);
        }
    }

    fn take(&mut self, found: Found) {
        self.found.push(found);
        if self.found.len() > self.most {
            self.found.pop();
        }
        if self.found.len() == self.most
            && let Some(worst) = self.found.peek()
        {
            self.reach = worst.chord_squared;
        }
    }

    fn near(self) -> Vec<Near> {
        let near = |found: Found| Near {
            index: found.index,
            distance_m: metres(found.chord_squared),
        };
        self.found.into_sorted_vec().into_iter().map(near).collect()
    }
}

/// The great circle over a chord of the unit sphere.
fn metres(chord_squared: f64) -> f64 {
    2.0 * EARTH_RADIUS_M * (chord_squared.sqrt() / 2.0).min(1.0).asin()
}

fn vector(point: Wgs84) -> [f64; 3] {
    let (sin_lat, cos_lat) = point.lat_deg().to_radians().sin_cos();
    let (sin_lon, cos_lon) = point.lon_deg().to_radians().sin_cos();
    [cos_lat * cos_lon, cos_lat * sin_lon, sin_lat]
}

/// The coordinate that a depth of the tree is split by.
fn along(place: [f64; 3], depth: usize) -> f64 {
    let [x, y, z] = place;
    match depth % 3 {
        0 => x,
        1 => y,
        _ => z,
    }
}

fn sort(nodes: &mut [Node], depth: usize) {
    if nodes.len() < 2 {
        return;
    }
    let middle = nodes.len() / 2;
    let order = |a: &Node, b: &Node| {
        let by_place = along(a.place, depth).total_cmp(&along(b.place, depth));
        by_place.then(a.index.cmp(&b.index))
    };
    let (low, _, high) = nodes.select_nth_unstable_by(middle, order);
    sort(low, depth + 1);
    sort(high, depth + 1);
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::haversine_m;

    /// Points of a fixed sequence (xorshift64), in a county and far around.
    fn points(count: u64, span_deg: f64) -> Vec<Wgs84> {
        let mut state = 88_172_645_463_325_252u64;
        let mut next = || {
            state ^= state << 13;
            state ^= state >> 7;
            state ^= state << 17;
            (state >> 11) as f64 / (1u64 << 53) as f64 - 0.5
        };
        let lon = |share: f64| (113.9 + share * span_deg + 180.0).rem_euclid(360.0) - 180.0;
        let one = |_| Wgs84::new(lon(next()), 31.2 + next() * (span_deg * 0.9).min(117.0));
        (0..count).map(one).map(Result::unwrap).collect()
    }

    fn by_hand(points: &[Wgs84], from: Wgs84) -> Vec<(usize, f64)> {
        let far = |(at, point): (usize, &Wgs84)| (at, haversine_m(from, *point));
        let mut all: Vec<_> = points.iter().enumerate().map(far).collect();
        all.sort_by(|a, b| a.1.total_cmp(&b.1));
        all
    }

    /// The same as measuring every point, in a county and over the whole earth.
    #[test]
    fn as_measuring_all() {
        for span_deg in [0.5, 360.0] {
            let all = points(2_000, span_deg);
            let index = NearestIndex::new(all.iter().copied());
            for from in points(150, span_deg * 1.2) {
                let expected = by_hand(&all, from);
                let found = index.nearest(from, 8);
                assert_eq!(found.len(), 8);
                for (near, (_, metres)) in found.iter().zip(&expected) {
                    assert!((near.distance_m - metres).abs() < 1e-3, "{near:?} {metres}");
                    let own = haversine_m(from, all[near.index]);
                    assert!((near.distance_m - own).abs() < 1e-3);
                }
                let radius_m = expected[40].1 + 0.01;
                let within = index.within(from, radius_m);
                let count = expected.iter().take_while(|(_, m)| *m <= radius_m).count();
                assert_eq!(within.len(), count);
                assert!(within.is_sorted_by(|a, b| a.distance_m <= b.distance_m));
            }
        }
    }

    /// Points on one spot come by index; few, no and all points are answered too.
    #[test]
    fn equals_and_few() {
        let here = Wgs84::new(113.9, 31.2).unwrap();
        let index = NearestIndex::new(vec![here; 20]);
        let found: Vec<usize> = index
            .nearest(here, 5)
            .iter()
            .map(|near| near.index)
            .collect();
        assert_eq!(found, [0, 1, 2, 3, 4]);
        assert_eq!(index.nearest(here, 50).len(), 20);
        assert_eq!(index.within(here, 0.0).len(), 20);
        assert!(index.nearest(here, 0).is_empty() && index.within(here, f64::NAN).is_empty());
        let none = NearestIndex::new([]);
        assert!(none.is_empty() && none.nearest(here, 3).is_empty());
        assert!(none.within(here, 1e9).is_empty());
    }

    /// 30,000 points, the nearest 8: under a millisecond, the best of fifty.
    #[test]
    #[expect(clippy::disallowed_methods, reason = "a test may look at a clock")]
    fn fast_enough() {
        let index = NearestIndex::new(points(30_000, 0.5));
        let from = Wgs84::new(113.93, 31.21).unwrap();
        let mut best = std::time::Duration::MAX;
        for _ in 0..50 {
            let start = std::time::Instant::now();
            std::hint::black_box(index.nearest(std::hint::black_box(from), 8));
            best = best.min(start.elapsed());
        }
        println!("nearest 8 of {}: {best:?}", index.len());
        assert!(best < std::time::Duration::from_millis(1), "{best:?}");
    }
}
