//! Asks a customised hierarchy how far lanes are from a goal.
//! Not here: where a goal's lanes come from (`snap`), what is made of it (`rank`, `route`).
//!
//! First everything above the goal learns what it costs to come down to it; then a lane's cost
//! is the least over its arcs upwards, found from the top down and kept. So many lanes near each
//! other share most of the work.

use crate::cost::{Cost, FAR};
use crate::graph::Lane;
use crate::hierarchy::{Hierarchy, NONE};
use crate::metric::Metric;

/// Memory of one search, to be used again by the next.
#[derive(Debug)]
pub(crate) struct Scratch {
    /// Costs to the goal by rank; `FAR` unless touched.
    cost: Vec<Cost>,
    /// Whether the cost of a rank is final.
    is_done: Vec<bool>,
    /// Whether a rank lies above the goal.
    is_above: Vec<bool>,
    touched: Vec<u32>,
    chain: Vec<u32>,
}

impl Scratch {
    pub(crate) fn new(lanes: usize) -> Self {
        Self {
            cost: vec![FAR; lanes],
            is_done: vec![false; lanes],
            is_above: vec![false; lanes],
            touched: Vec::new(),
            chain: Vec::new(),
        }
    }
}

/// A search for the cost of reaching one goal.
#[derive(Debug)]
pub(crate) struct Search<'a> {
    hierarchy: &'a Hierarchy,
    metric: &'a Metric,
    scratch: Scratch,
}

impl<'a> Search<'a> {
    /// Prepares for a goal: lanes, each with what is still to be driven from its end.
    pub(crate) fn new(
        hierarchy: &'a Hierarchy,
        metric: &'a Metric,
        scratch: Scratch,
        goal: &[(Lane, Cost)],
    ) -> Self {
        let mut search = Self {
            hierarchy,
            metric,
            scratch,
        };
        search.seed(goal);
        search
    }

    fn seed(&mut self, goal: &[(Lane, Cost)]) {
        let Self {
            hierarchy,
            metric,
            scratch,
        } = self;
        for (lane, rest) in goal {
            let mut x = hierarchy.rank[*lane as usize];
            scratch.cost[x as usize] = scratch.cost[x as usize].min(*rest);
            while x != NONE && !scratch.is_above[x as usize] {
                scratch.is_above[x as usize] = true;
                scratch.touched.push(x);
                x = hierarchy.parent[x as usize];
            }
        }
        // Several lanes climb several ways: all together from the lowest up.
        scratch.touched.sort_unstable();
        for x in &scratch.touched {
            let cost = scratch.cost[*x as usize];
            for arc in hierarchy.up(*x) {
                let above = &mut scratch.cost[hierarchy.head[arc] as usize];
                *above = (*above).min(metric.down[arc] + cost);
            }
        }
    }

    /// What it costs from the end of a lane to the goal; [`FAR`] or more when there is no way.
    pub(crate) fn cost(&mut self, lane: Lane) -> Cost {
        let Self {
            hierarchy,
            metric,
            scratch,
        } = self;
        let lowest = hierarchy.rank[lane as usize];
        let mut x = lowest;
        while x != NONE && !scratch.is_done[x as usize] {
            scratch.is_done[x as usize] = true;
            scratch.chain.push(x);
            x = hierarchy.parent[x as usize];
        }
        while let Some(x) = scratch.chain.pop() {
            if !scratch.is_above[x as usize] {
                scratch.touched.push(x);
            }
            let mut least = scratch.cost[x as usize];
            for arc in hierarchy.up(x) {
                let above = scratch.cost[hierarchy.head[arc] as usize];
                least = least.min(metric.up[arc] + above);
            }
            scratch.cost[x as usize] = least;
        }
        scratch.cost[lowest as usize]
    }

    /// Ends the search and gives its memory back, clean.
    pub(crate) fn finish(self) -> Scratch {
        let mut scratch = self.scratch;
        for x in scratch.touched.drain(..) {
            scratch.cost[x as usize] = FAR;
            scratch.is_done[x as usize] = false;
            scratch.is_above[x as usize] = false;
        }
        scratch
    }
}
