//! What the arcs of a hierarchy cost at given speeds and closures.
//! Not here: which arcs there are (`hierarchy`), speeds (`speed`), asking (`search`).
//!
//! **Invariant:** after [`Metric::customise`] and after [`Metric::update`] an arc costs what the
//! cheapest way between its ends costs that goes only over lanes below both: the lower triangle
//! inequality, by which a search upwards from both ends finds the cheapest of all.

use crate::cost::{Cost, FAR};
use crate::hierarchy::{Hierarchy, NONE};
use std::collections::BTreeSet;

/// Costs of arcs, driven up and down.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Metric {
    pub(crate) up: Vec<Cost>,
    pub(crate) down: Vec<Cost>,
}

impl Metric {
    /// Costs of all arcs from the costs of all turns.
    pub(crate) fn customise(hierarchy: &Hierarchy, turn_costs: &[Cost]) -> Self {
        let of = |turns: &Vec<u32>| turns.iter().map(|turn| own(turn_costs, *turn)).collect();
        let mut metric = Self {
            up: of(&hierarchy.turn[0]),
            down: of(&hierarchy.turn[1]),
        };
        for x in 0..hierarchy.len() as u32 {
            metric.raise(hierarchy, x);
        }
        metric
    }

    /// Offers all ways over rank `x` to the arcs above it.
    fn raise(&mut self, hierarchy: &Hierarchy, x: u32) {
        let range = hierarchy.up(x);
        for i in range.clone() {
            let (up, down) = (self.up[i], self.down[i]);
            let mut above = hierarchy.up(hierarchy.head[i]);
            for j in i + 1..range.end {
                let z = hierarchy.head[j];
                while above.start < above.end && hierarchy.head[above.start] < z {
                    above.start += 1;
                }
                if above.start == above.end {
                    break;
                }
                let top = above.start;
                if hierarchy.head[top] == z {
                    self.up[top] = self.up[top].min(down + self.up[j]);
                    self.down[top] = self.down[top].min(self.down[j] + up);
                }
            }
        }
    }

    /// Brings the costs up to date after some turns changed theirs. Exact, and quick when few
    /// did; costs the more the more of the country feels the change.
    pub(crate) fn update(
        &mut self,
        hierarchy: &Hierarchy,
        turn_costs: &[Cost],
        changed: impl Iterator<Item = usize>,
    ) {
        // Arcs are numbered by their lower end, so what an arc rests on has lower numbers.
        let mut open: BTreeSet<u32> = changed
            .map(|turn| hierarchy.arc_of_turn[turn])
            .filter(|arc| *arc != NONE)
            .map(|arc| arc / 2)
            .collect();
        while let Some(arc) = open.pop_first() {
            let arc = arc as usize;
            let new = cheapest(self, hierarchy, turn_costs, arc);
            if new == (self.up[arc], self.down[arc]) {
                continue;
            }
            (self.up[arc], self.down[arc]) = new;
            let (x, y) = (hierarchy.tail[arc], hierarchy.head[arc]);
            for other in hierarchy.up(x) {
                let z = hierarchy.head[other];
                if z != y
                    && let Some(top) = hierarchy.arc(y.min(z), y.max(z))
                {
                    open.insert(top as u32);
                }
            }
        }
    }
}

/// What a turn costs by itself.
fn own(turn_costs: &[Cost], turn: u32) -> Cost {
    match turn {
        NONE => FAR,
        turn => turn_costs[turn as usize],
    }
}

/// The cheapest up and down of an arc: the turn itself, or a way over a lane below both ends.
fn cheapest(
    metric: &Metric,
    hierarchy: &Hierarchy,
    turn_costs: &[Cost],
    arc: usize,
) -> (Cost, Cost) {
    let [mut up, mut down] = [0, 1].map(|is_down| own(turn_costs, hierarchy.turn[is_down][arc]));
    let left = hierarchy.below(hierarchy.tail[arc]);
    let mut right = hierarchy.below(hierarchy.head[arc]).iter().peekable();
    for one in left {
        let one = *one as usize;
        let x = hierarchy.tail[one];
        while right
            .next_if(|other| hierarchy.tail[**other as usize] < x)
            .is_some()
        {}
        let Some(other) = right.next_if(|other| hierarchy.tail[**other as usize] == x) else {
            continue;
        };
        let other = *other as usize;
        up = up.min(metric.down[one] + metric.up[other]);
        down = down.min(metric.down[other] + metric.up[one]);
    }
    (up.min(FAR), down.min(FAR))
}
