//! The order in which pieces of road are contracted: nested dissection.
//! Not here: a single cut (`cut`), what is done with the order (`hierarchy`).
//!
//! Nodes of the hierarchy are lanes, arcs are turns. Where few pieces join two halves of the
//! junctions, the lanes of those pieces part the lanes of the halves: they come last, the halves
//! before them, each ordered the same way (Buchhold, Wagner, Zeitz, Zündorf: Customizable
//! Contraction Hierarchies with Turn Costs, ATMOS 2020). Nothing depends on chance: ties go by
//! number.

use crate::cut::{self, Half};
use crate::graph::RoadGraph;
use crate::town::Plane;

/// A part of the junctions with the pieces among them.
pub(crate) struct Part {
    /// Places of the junctions in metres.
    pub(crate) at: Vec<(f64, f64)>,
    /// Pieces by number, with the local numbers of their ends.
    pub(crate) pieces: Vec<(u32, [u32; 2])>,
}

/// The order for a graph: each piece once, the least important first.
pub(crate) fn of(graph: &RoadGraph) -> Vec<u32> {
    let Some(plane) = Plane::around(graph) else {
        return Vec::new();
    };
    let whole = Part {
        at: graph
            .junctions
            .iter()
            .map(|junction| plane.metres(junction.at))
            .collect(),
        pieces: (0u32..)
            .zip(&graph.pieces)
            .map(|(number, piece)| (number, piece.ends))
            .collect(),
    };
    let mut order = Vec::with_capacity(graph.pieces.len());
    for part in whole.components() {
        dissect(part, &mut order);
    }
    order
}

/// Puts the pieces of a connected part in order.
fn dissect(part: Part, order: &mut Vec<u32>) {
    if part.at.len() <= 2 || part.pieces.len() <= 2 {
        order.extend(part.pieces.iter().map(|(number, _)| number));
        return;
    }
    let halves = cut::best(&part);
    let mut between = Vec::new();
    for side in part.split(&halves, &mut between) {
        for component in side.components() {
            dissect(component, order);
        }
    }
    order.extend(between);
}

impl Part {
    /// The two halves; pieces between them go to `between`.
    fn split(self, halves: &[Half], between: &mut Vec<u32>) -> [Self; 2] {
        let mut local = vec![0u32; self.at.len()];
        let mut sides = [Half::Near, Half::Far].map(|_| Self {
            at: Vec::new(),
            pieces: Vec::new(),
        });
        for (junction, half) in halves.iter().enumerate() {
            let side = &mut sides[*half as usize];
            local[junction] = side.at.len() as u32;
            side.at.push(self.at[junction]);
        }
        for (number, ends) in self.pieces {
            let [one, other] = ends.map(|end| halves[end as usize]);
            if one == other {
                let ends = ends.map(|end| local[end as usize]);
                sides[one as usize].pieces.push((number, ends));
            } else {
                between.push(number);
            }
        }
        sides
    }

    /// The connected parts, in the order of their first junctions; lone junctions are dropped.
    fn components(self) -> Vec<Self> {
        const UNSEEN: u32 = u32::MAX;
        let near = Neighbours::new(self.at.len(), &self.pieces);
        let mut part_of = vec![UNSEEN; self.at.len()];
        let mut local = vec![0u32; self.at.len()];
        let mut parts: Vec<Self> = Vec::new();
        let mut stack = Vec::new();
        for root in 0..self.at.len() as u32 {
            if part_of[root as usize] != UNSEEN || near.of(root).is_empty() {
                continue;
            }
            let number = parts.len() as u32;
            let mut at = Vec::new();
            part_of[root as usize] = number;
            stack.push(root);
            while let Some(junction) = stack.pop() {
                local[junction as usize] = at.len() as u32;
                at.push(self.at[junction as usize]);
                for (next, _) in near.of(junction) {
                    if part_of[*next as usize] == UNSEEN {
                        part_of[*next as usize] = number;
                        stack.push(*next);
                    }
                }
            }
            let pieces = Vec::new();
            parts.push(Self { at, pieces });
        }
        for (number, ends) in self.pieces {
            let part = part_of[ends[0] as usize];
            let ends = ends.map(|end| local[end as usize]);
            parts[part as usize].pieces.push((number, ends));
        }
        parts
    }
}

/// Neighbours of each junction of a part: (junction, index of the piece that leads there).
pub(crate) struct Neighbours {
    first: Vec<u32>,
    list: Vec<(u32, u32)>,
}

impl Neighbours {
    pub(crate) fn new(junctions: usize, pieces: &[(u32, [u32; 2])]) -> Self {
        let mut first = vec![0u32; junctions + 1];
        for (_, ends) in pieces {
            for end in ends {
                first[*end as usize + 1] += 1;
            }
        }
        for i in 1..first.len() {
            first[i] += first[i - 1];
        }
        let mut next = first.clone();
        let mut list = vec![(0, 0); pieces.len() * 2];
        for (piece, (_, ends)) in (0u32..).zip(pieces) {
            for side in [0, 1] {
                let slot = &mut next[ends[side] as usize];
                list[*slot as usize] = (ends[1 - side], piece);
                *slot += 1;
            }
        }
        Self { first, list }
    }

    pub(crate) fn of(&self, junction: u32) -> &[(u32, u32)] {
        let junction = junction as usize;
        &self.list[self.first[junction] as usize..self.first[junction + 1] as usize]
    }
}
