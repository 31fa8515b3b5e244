//! Plane geometry of map features: joining ways into rings, areas, label points, clipping,
//! thinning. Not here: which features there are.

use crate::extract::Px;

/// An area: its outer ring first, holes after it; rings do not repeat their first point.
pub(crate) type Area = Vec<Vec<Px>>;

/// A closed or open line made of ways joined end to end, as node indices.
pub(crate) struct Joined {
    /// Closed ones do not repeat their first node.
    pub(crate) nodes: Vec<u32>,
    pub(crate) is_closed: bool,
}

/// Joins ways that share end nodes. When `keep_direction` is set a way is never turned round
/// (coastlines carry their side in their direction).
pub(crate) fn join(ways: &[&[u32]], keep_direction: bool) -> Vec<Joined> {
    use std::collections::BTreeMap;
    let mut ends: BTreeMap<u32, Vec<usize>> = BTreeMap::new();
    for (i, way) in ways.iter().enumerate().filter(|(_, way)| way.len() > 1) {
        ends.entry(way[0]).or_default().push(i);
        if !keep_direction {
            ends.entry(way[way.len() - 1]).or_default().push(i);
        }
    }
    let mut used = vec![false; ways.len()];
    let mut found = Vec::new();
    // Ways that nothing leads into come first, so that open lines start at their beginning.
    let mut order: Vec<usize> = (0..ways.len()).filter(|i| ways[*i].len() > 1).collect();
    if keep_direction {
        let heads: std::collections::BTreeSet<u32> =
            ways.iter().filter_map(|way| way.last().copied()).collect();
        order.sort_by_key(|i| (heads.contains(&ways[*i][0]), *i));
    }
    for start in order {
        if used[start] {
            continue;
        }
        used[start] = true;
        let mut nodes = ways[start].to_vec();
        while nodes.first() != nodes.last() {
            let end = nodes[nodes.len() - 1];
            let next = ends
                .get(&end)
                .and_then(|list| list.iter().find(|i| !used[**i]).copied());
            let Some(next) = next else { break };
            used[next] = true;
            let way = ways[next];
            if way[0] == end {
                nodes.extend_from_slice(&way[1..]);
            } else {
                nodes.extend(way.iter().rev().skip(1));
            }
        }
        let is_closed = nodes.len() > 3 && nodes.first() == nodes.last();
        if is_closed {
            nodes.pop();
        }
        found.push(Joined { nodes, is_closed });
    }
    found
}

/// Twice the area of a ring; positive when it runs clockwise on the screen (y grows downwards),
/// which is how a vector tile wants its outer rings.
pub(crate) fn doubled_area(ring: &[Px]) -> i128 {
    let mut sum = 0i128;
    for i in 0..ring.len() {
        let (a, b) = (ring[i], ring[(i + 1) % ring.len()]);
        sum += i128::from(a.x) * i128::from(b.y) - i128::from(b.x) * i128::from(a.y);
    }
    sum
}

/// Whether a point lies in a ring, even-odd.
pub(crate) fn holds(ring: &[Px], at: Px) -> bool {
    let mut inside = false;
    for i in 0..ring.len() {
        let (a, b) = (ring[i], ring[(i + 1) % ring.len()]);
        if (a.y > at.y) != (b.y > at.y) {
            let rise = i128::from(b.y - a.y);
            let left = i128::from(at.x - a.x) * rise;
            let right = i128::from(b.x - a.x) * i128::from(at.y - a.y);
            if (rise > 0 && left < right) || (rise < 0 && left > right) {
                inside = !inside;
            }
        }
    }
    inside
}

/// Sorts rings into areas: a ring within an even number of others is an outline, one within an
/// odd number a hole of the smallest outline around it. Roles in the data are not trusted.
pub(crate) fn areas(mut rings: Vec<Vec<Px>>) -> Vec<Area> {
    rings.retain(|ring| ring.len() > 2 && doubled_area(ring) != 0);
    if rings.len() == 1 {
        return vec![rings];
    }
    let size: Vec<i128> = rings.iter().map(|ring| doubled_area(ring).abs()).collect();
    let around = |i: usize| -> Vec<usize> {
        let probe = rings[i][0];
        (0..rings.len())
            .filter(|j| *j != i && size[*j] > size[i] && holds(&rings[*j], probe))
            .collect()
    };
    let depth: Vec<Vec<usize>> = (0..rings.len()).map(around).collect();
    let mut found: Vec<Area> = Vec::new();
    let mut area_of = vec![usize::MAX; rings.len()];
    for i in (0..rings.len()).filter(|i| depth[*i].len().is_multiple_of(2)) {
        area_of[i] = found.len();
        found.push(vec![rings[i].clone()]);
    }
    for i in (0..rings.len()).filter(|i| depth[*i].len() % 2 == 1) {
        let owner = depth[i]
            .iter()
            .filter(|j| depth[**j].len().is_multiple_of(2))
            .min_by_key(|j| size[**j]);
        if let Some(owner) = owner {
            found[area_of[*owner]].push(rings[i].clone());
        }
    }
    found
}

/// A point inside the area for its label: the centroid when it lies inside, else the middle of
/// the widest stretch at the centroid's height.
pub(crate) fn label_point(area: &Area) -> Px {
    let ring = &area[0];
    let (mut x, mut y, mut sum) = (0.0, 0.0, 0.0);
    let origin = ring[0];
    for i in 0..ring.len() {
        let (a, b) = (ring[i], ring[(i + 1) % ring.len()]);
        let (ax, ay) = (f64::from(a.x - origin.x), f64::from(a.y - origin.y));
        let (bx, by) = (f64::from(b.x - origin.x), f64::from(b.y - origin.y));
        let cross = ax * by - bx * ay;
        sum += cross;
        x += (ax + bx) * cross;
        y += (ay + by) * cross;
    }
    if sum == 0.0 {
        return origin;
    }
    let shift = |from: i32, by: f64| from + (by / (3.0 * sum)).round() as i32;
    let middle = Px {
        x: shift(origin.x, x),
        y: shift(origin.y, y),
    };
    let is_inside = |at: Px| area.iter().filter(|ring| holds(ring, at)).count() % 2 == 1;
    if is_inside(middle) {
        return middle;
    }
    let mut cuts: Vec<i32> = Vec::new();
    for ring in area {
        for i in 0..ring.len() {
            let (a, b) = (ring[i], ring[(i + 1) % ring.len()]);
            if (a.y > middle.y) != (b.y > middle.y) {
                let share = f64::from(middle.y - a.y) / f64::from(b.y - a.y);
                cuts.push(a.x + (f64::from(b.x - a.x) * share).round() as i32);
            }
        }
    }
    cuts.sort_unstable();
    let widest = cuts.chunks_exact(2).max_by_key(|pair| pair[1] - pair[0]);
    widest.map_or(middle, |pair| Px {
        x: pair[0] + (pair[1] - pair[0]) / 2,
        y: middle.y,
    })
}

/// Drops points that lie within `tolerance` of the line without them (Douglas-Peucker).
pub(crate) fn thin(line: &[Px], tolerance: f64) -> Vec<Px> {
    if line.len() < 3 || tolerance <= 0.0 {
        return line.to_vec();
    }
    let mut keep = vec![false; line.len()];
    keep[0] = true;
    keep[line.len() - 1] = true;
    let mut spans = vec![(0, line.len() - 1)];
    while let Some((from, to)) = spans.pop() {
        let mut far = (0, tolerance * tolerance);
        for (i, at) in line.iter().enumerate().take(to).skip(from + 1) {
            let off = squared_distance(*at, line[from], line[to]);
            if off > far.1 {
                far = (i, off);
            }
        }
        if far.0 > 0 {
            keep[far.0] = true;
            spans.push((from, far.0));
            spans.push((far.0, to));
        }
    }
    line.iter()
        .zip(keep)
        .filter(|(_, kept)| *kept)
        .map(|(at, _)| *at)
        .collect()
}

/// [`thin`] for a ring: the two points farthest apart along it stay.
pub(crate) fn thin_ring(ring: &[Px], tolerance: f64) -> Vec<Px> {
    if ring.len() < 5 || tolerance <= 0.0 {
        return ring.to_vec();
    }
    let first = ring[0];
    let span = |at: &Px| i64::from(at.x - first.x).abs() + i64::from(at.y - first.y).abs();
    let turn = (1..ring.len()).max_by_key(|i| span(&ring[*i])).unwrap_or(1);
    let mut out = thin(&ring[..=turn], tolerance);
    out.pop();
    let mut back = ring[turn..].to_vec();
    back.push(first);
    let mut back = thin(&back, tolerance);
    back.pop();
    out.extend(back);
    out
}

fn squared_distance(at: Px, a: Px, b: Px) -> f64 {
    let (dx, dy) = (f64::from(b.x - a.x), f64::from(b.y - a.y));
    let (px, py) = (f64::from(at.x - a.x), f64::from(at.y - a.y));
    let square = dx * dx + dy * dy;
    let share = if square == 0.0 {
        0.0
    } else {
        ((px * dx + py * dy) / square).clamp(0.0, 1.0)
    };
    let (ox, oy) = (px - share * dx, py - share * dy);
    ox * ox + oy * oy
}

/// One side of a clipping box: which coordinate, its limit, whether the inside is above it.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Side {
    pub(crate) is_x: bool,
    pub(crate) limit: i32,
    pub(crate) is_low: bool,
}

impl Side {
    fn value(self, at: Px) -> i32 {
        if self.is_x { at.x } else { at.y }
    }

    fn is_in(self, at: Px) -> bool {
        if self.is_low {
            self.value(at) >= self.limit
        } else {
            self.value(at) <= self.limit
        }
    }

    fn cut(self, a: Px, b: Px) -> Px {
        let (from, to) = (i64::from(self.value(a)), i64::from(self.value(b)));
        let part = i64::from(self.limit) - from;
        let across = to - from;
        let other =
            |from: i32, to_other: i32| from + (i64::from(to_other - from) * part / across) as i32;
        if self.is_x {
            Px {
                x: self.limit,
                y: other(a.y, b.y),
            }
        } else {
            Px {
                x: other(a.x, b.x),
                y: self.limit,
            }
        }
    }
}

/// The part of a ring on the inside of a side.
pub(crate) fn clip_ring(ring: &[Px], side: Side) -> Vec<Px> {
    let mut out = Vec::with_capacity(ring.len());
    for i in 0..ring.len() {
        let (a, b) = (ring[i], ring[(i + 1) % ring.len()]);
        match (side.is_in(a), side.is_in(b)) {
            (true, true) => out.push(b),
            (true, false) => out.push(side.cut(a, b)),
            (false, true) => {
                out.push(side.cut(a, b));
                out.push(b);
            }
            (false, false) => {}
        }
    }
    out
}

/// The parts of a line on the inside of a side.
pub(crate) fn clip_line(line: &[Px], side: Side) -> Vec<Vec<Px>> {
    let mut parts = Vec::new();
    let mut part: Vec<Px> = Vec::new();
    for (i, at) in line.iter().enumerate() {
        let previous = if i > 0 { Some(line[i - 1]) } else { None };
        match (previous.map(|p| (p, side.is_in(p))), side.is_in(*at)) {
            (Some((before, false)), true) => part.extend([side.cut(before, *at), *at]),
            (_, true) => part.push(*at),
            (Some((before, true)), false) => {
                part.push(side.cut(before, *at));
                parts.push(std::mem::take(&mut part));
            }
            (_, false) => {}
        }
    }
    parts.push(part);
    parts.retain(|part| part.len() > 1);
    parts
}

#[cfg(test)]
mod tests {
    use super::*;

    fn ring(points: &[(i32, i32)]) -> Vec<Px> {
        points.iter().map(|(x, y)| Px { x: *x, y: *y }).collect()
    }

    fn square(x: i32, y: i32, side: i32) -> Vec<Px> {
        ring(&[(x, y), (x + side, y), (x + side, y + side), (x, y + side)])
    }

    /// Three ways, one of them drawn the other way round, make one ring.
    #[test]
    fn ways_join_into_a_ring() {
        let ways: [&[u32]; 4] = [&[1, 2, 3], &[5, 4, 3], &[5, 6, 1], &[8, 9]];
        let found = join(&ways, false);
        assert_eq!(found.len(), 2);
        assert!(found[0].is_closed);
        assert_eq!(found[0].nodes, [1, 2, 3, 4, 5, 6]);
        assert!(!found[1].is_closed);
        assert_eq!(
            join(&ways, true)
                .iter()
                .filter(|line| line.is_closed)
                .count(),
            0
        );
    }

    /// An island in a lake in an island: two areas, the outer one with a hole.
    #[test]
    fn rings_become_areas_by_nesting() {
        let found = areas(vec![
            square(20, 20, 10),
            square(0, 0, 100),
            square(10, 10, 50),
        ]);
        let shapes: Vec<usize> = found.iter().map(Vec::len).collect();
        assert_eq!(shapes, [1, 2]);
        assert_eq!(found[1][1], square(10, 10, 50));
    }

    /// A U-shaped area is labelled inside its arm, not in the gap.
    #[test]
    fn label_lies_inside() {
        let shape = ring(&[
            (0, 0),
            (30, 0),
            (30, 90),
            (70, 90),
            (70, 0),
            (100, 0),
            (100, 100),
            (0, 100),
        ]);
        let at = label_point(&vec![shape.clone()]);
        assert!(holds(&shape, at), "{at:?}");
    }

    /// Clipping keeps what is inside and cuts exactly at the limit.
    #[test]
    fn clipping() {
        let side = Side {
            is_x: true,
            limit: 50,
            is_low: false,
        };
        let cut = clip_ring(&square(0, 0, 100), side);
        assert_eq!(doubled_area(&cut).abs(), 2 * 50 * 100);
        assert!(clip_ring(&square(60, 0, 10), side).is_empty());
        let zigzag = ring(&[(0, 0), (80, 10), (80, 20), (0, 30)]);
        let parts = clip_line(&zigzag, side);
        assert_eq!(parts.len(), 2);
        assert_eq!(parts[0].last().map(|at| at.x), Some(50));
    }

    /// A straight line loses its middle points, a bend stays.
    #[test]
    fn thinning() {
        let line = ring(&[(0, 0), (10, 1), (20, 0), (30, 40), (40, 0)]);
        assert_eq!(
            thin(&line, 2.0),
            ring(&[(0, 0), (20, 0), (30, 40), (40, 0)])
        );
        assert_eq!(thin_ring(&square(0, 0, 100), 5.0).len(), 4);
    }
}
