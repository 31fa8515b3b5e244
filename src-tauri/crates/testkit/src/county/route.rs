//! Ways along the drawn roads, for patrols that stay on the road.
//! Not here: travel times and turn rules (the roads of a map pack have those).

use super::plane::P;
use super::world::World;
use std::cmp::Reverse;
use std::collections::{BTreeMap, BinaryHeap};

/// The drivable roads as a graph; only the largest connected part.
pub(crate) struct Routes {
    places: Vec<P>,
    next: Vec<Vec<(usize, u64)>>,
    is_main: Vec<bool>,
}

impl Routes {
    /// Builds the graph; expressways, rails and field tracks are left out.
    pub(crate) fn new(world: &World) -> Self {
        let mut index: BTreeMap<(i32, i32), usize> = BTreeMap::new();
        let mut routes = Self {
            places: Vec::new(),
            next: Vec::new(),
            is_main: Vec::new(),
        };
        let closed = ["motorway", "motorway_link", "rail", "track"];
        for road in world
            .roads
            .iter()
            .filter(|road| !closed.contains(&road.class))
        {
            let mut last: Option<usize> = None;
            for point in &road.line {
                let here = *index.entry(point.e7()).or_insert_with(|| {
                    routes.places.push(*point);
                    routes.next.push(Vec::new());
                    routes.places.len() - 1
                });
                if let Some(from) = last.filter(|from| *from != here) {
                    let slow = if road.class == "service" { 3.0 } else { 1.0 };
                    let cost = (routes.places[from].to(*point) * 1_000.0 * slow) as u64;
                    routes.next[from].push((here, cost));
                    routes.next[here].push((from, cost));
                }
                last = Some(here);
            }
        }
        routes.is_main = routes.largest_part();
        routes
    }

    fn largest_part(&self) -> Vec<bool> {
        let mut part = vec![usize::MAX; self.places.len()];
        let mut sizes = Vec::new();
        for start in 0..self.places.len() {
            if part[start] != usize::MAX {
                continue;
            }
            let (mut open, mut size) = (vec![start], 0);
            part[start] = sizes.len();
            while let Some(at) = open.pop() {
                size += 1;
                for (to, _) in &self.next[at] {
                    if part[*to] == usize::MAX {
                        part[*to] = sizes.len();
                        open.push(*to);
                    }
                }
            }
            sizes.push(size);
        }
        let largest = (0..sizes.len()).max_by_key(|i| sizes[*i]).unwrap_or(0);
        part.into_iter().map(|p| p == largest).collect()
    }

    /// The connected road point nearest to a place.
    pub(crate) fn nearest(&self, at: P) -> Option<usize> {
        (0..self.places.len())
            .filter(|i| self.is_main[*i])
            .min_by(|a, b| at.to(self.places[*a]).total_cmp(&at.to(self.places[*b])))
    }

    /// The place of a road point.
    pub(crate) fn place(&self, node: usize) -> P {
        self.places[node]
    }

    /// The shortest way, both ends included; just the start when there is none.
    pub(crate) fn way(&self, from: usize, to: usize) -> Vec<P> {
        let mut best = vec![u64::MAX; self.places.len()];
        let mut came = vec![usize::MAX; self.places.len()];
        let mut open = BinaryHeap::from([(Reverse(0), from)]);
        best[from] = 0;
        while let Some((Reverse(cost), at)) = open.pop() {
            if at == to {
                break;
            }
            if cost > best[at] {
                continue;
            }
            for (next, step) in &self.next[at] {
                if cost + step < best[*next] {
                    best[*next] = cost + step;
                    came[*next] = at;
                    open.push((Reverse(cost + step), *next));
                }
            }
        }
        let mut way = vec![self.places[to]];
        let mut at = to;
        while at != from {
            if came[at] == usize::MAX {
                return vec![self.places[from]];
            }
            at = came[at];
            way.push(self.places[at]);
        }
        way.reverse();
        way
    }
}
