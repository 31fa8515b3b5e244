//! Turn rules of the map as forbidden turns from lane to lane.
//! Not here: what a turn costs (`turns`).

use crate::build::NONE;
use crate::graph::{Lane, RoadGraph};
use crate::network::{Network, RuleKind};

/// Applies the rules of a network to its graph. A rule whose ways do not each have exactly one
/// lane that arrives at (leaves) its place is left out and counted: it would forbid too much.
pub(crate) fn apply(graph: &mut RoadGraph, network: &Network, junction_of: &[u32]) {
    let leaving = Leaving::new(graph);
    let mut bans = Vec::new();
    for rule in &network.rules {
        let junction = junction_of[rule.via as usize];
        let lanes = match junction {
            NONE => &[],
            _ => leaving.at(junction),
        };
        let is_of = |lane: Lane, way: i64| graph.pieces[(lane >> 1) as usize].way == way;
        // A lane arrives where its opposite leaves.
        let mut from = lanes
            .iter()
            .map(|lane| lane ^ 1)
            .filter(|lane| is_of(*lane, rule.from) && graph.is_open(*lane));
        let to = |lane: &&Lane| is_of(**lane, rule.to) && graph.is_open(**lane);
        let mut onto = lanes.iter().filter(to);
        let (Some(from), None, Some(onto), None) =
            (from.next(), from.next(), onto.next(), onto.next())
        else {
            graph.rules_left_out += 1;
            continue;
        };
        graph.rules += 1;
        match rule.kind {
            RuleKind::No => bans.push((from, *onto)),
            RuleKind::Only => {
                let others = lanes.iter().filter(|lane| *lane != onto);
                bans.extend(others.map(|lane| (from, *lane)));
            }
        }
    }
    bans.sort_unstable();
    bans.dedup();
    graph.bans = bans;
}

/// Lanes, open or not, by the junction where they begin; in the order of their numbers.
pub(crate) struct Leaving {
    first: Vec<u32>,
    lanes: Vec<Lane>,
}

impl Leaving {
    pub(crate) fn new(graph: &RoadGraph) -> Self {
        let mut first = vec![0u32; graph.junctions.len() + 1];
        for piece in &graph.pieces {
            for end in piece.ends {
                first[end as usize + 1] += 1;
            }
        }
        for i in 1..first.len() {
            first[i] += first[i - 1];
        }
        let mut next = first.clone();
        let mut lanes = vec![0; graph.lane_count()];
        for lane in 0..graph.lane_count() as u32 {
            let slot = &mut next[graph.start(lane) as usize];
            lanes[*slot as usize] = lane;
            *slot += 1;
        }
        Self { first, lanes }
    }

    /// The lanes that begin at a junction.
    pub(crate) fn at(&self, junction: u32) -> &[Lane] {
        let junction = junction as usize;
        &self.lanes[self.first[junction] as usize..self.first[junction + 1] as usize]
    }
}
