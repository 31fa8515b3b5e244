//! A small cut through a part of the road network: inertial flow.
//! Not here: what the halves are for (`order`).
//!
//! Junctions are sorted along a direction; as many pieces as possible are led, each used once,
//! from the first third to the last; where no more get through is the smallest cut between them
//! (Schild and Sommer: On Balanced Separators in Road Networks, SEA 2015). Of four directions
//! the one with the best ratio of cut to smaller half is taken.

use crate::order::{Neighbours, Part};

/// On which side of the cut a junction lies.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Half {
    /// The side of the sources.
    Near = 0,
    /// The other.
    Far = 1,
}

/// How many of the junctions, of 100, are put on either side before the flow.
const BALANCE: usize = 30;

/// Directions along which is cut: east, north, and the two between.
const DIRECTIONS: [(f64, f64); 4] = [(1.0, 0.0), (0.0, 1.0), (1.0, 1.0), (1.0, -1.0)];

/// The best cut of a connected part of three junctions or more; both halves hold some.
pub(crate) fn best(part: &Part) -> Vec<Half> {
    let near = Neighbours::new(part.at.len(), &part.pieces);
    let mut best: Option<(usize, usize, Vec<Half>)> = None;
    for direction in DIRECTIONS {
        let (size, halves) = Flow::new(part, &near, direction).cut();
        let count = halves.iter().filter(|half| **half == Half::Near).count();
        let smaller = count.min(halves.len() - count);
        let is_better = best
            .as_ref()
            .is_none_or(|(least, most, _)| size * most < least * smaller);
        if is_better {
            best = Some((size, smaller, halves));
        }
    }
    best.map_or_else(Vec::new, |(.., halves)| halves)
}

struct Flow<'a> {
    part: &'a Part,
    near: &'a Neighbours,
    /// Which junctions are sources (`Near`) and targets (`Far`).
    fixed: Vec<Option<Half>>,
    /// What flows through each piece: +1 from its first end to its second, -1 back.
    through: Vec<i8>,
    /// Over which piece a junction was reached in this search; `None` = not yet.
    reached: Vec<Option<u32>>,
}

/// How a source is reached.
const ROOT: u32 = u32::MAX;

impl<'a> Flow<'a> {
    fn new(part: &'a Part, near: &'a Neighbours, (x, y): (f64, f64)) -> Self {
        let count = part.at.len();
        let mut order: Vec<u32> = (0..count as u32).collect();
        let along = |junction: &u32| {
            let at = part.at[*junction as usize];
            at.0 * x + at.1 * y
        };
        order.sort_by(|a, b| along(a).total_cmp(&along(b)).then(a.cmp(b)));
        let side = (count * BALANCE / 100).max(1);
        let mut fixed = vec![None; count];
        for (place, junction) in order.iter().enumerate() {
            fixed[*junction as usize] = match place {
                place if place < side => Some(Half::Near),
                place if place >= count - side => Some(Half::Far),
                _ => None,
            };
        }
        Self {
            part,
            near,
            fixed,
            through: vec![0; part.pieces.len()],
            reached: vec![None; count],
        }
    }

    /// Size of the cut, and the halves.
    fn cut(mut self) -> (usize, Vec<Half>) {
        let mut size = 0;
        while let Some(target) = self.search() {
            self.push(target);
            size += 1;
        }
        let half = |reached: &Option<u32>| match reached {
            Some(_) => Half::Near,
            None => Half::Far,
        };
        let near_side: Vec<Half> = self.reached.iter().map(half).collect();
        let far_side = self.far_side();
        let count = |halves: &[Half]| halves.iter().filter(|h| **h == Half::Near).count();
        let balance = |halves: &[Half]| count(halves).min(halves.len() - count(halves));
        match balance(&far_side) > balance(&near_side) {
            true => (size, far_side),
            false => (size, near_side),
        }
    }

    /// Whether something more can go over a piece from a junction.
    fn is_free(&self, piece: u32, from: u32) -> bool {
        let flow = self.through[piece as usize];
        match self.part.pieces[piece as usize].1[0] == from {
            true => flow < 1,
            false => flow > -1,
        }
    }

    /// Looks for a target, breadth first.
    fn search(&mut self) -> Option<u32> {
        self.reached.fill(None);
        let mut queue: Vec<u32> = Vec::new();
        for (junction, fixed) in (0u32..).zip(&self.fixed) {
            if *fixed == Some(Half::Near) {
                self.reached[junction as usize] = Some(ROOT);
                queue.push(junction);
            }
        }
        let mut next = 0;
        while let Some(junction) = queue.get(next).copied() {
            next += 1;
            for (neighbour, piece) in self.near.of(junction) {
                let is_new = self.reached[*neighbour as usize].is_none();
                if !is_new || !self.is_free(*piece, junction) {
                    continue;
                }
                self.reached[*neighbour as usize] = Some(*piece);
                if self.fixed[*neighbour as usize] == Some(Half::Far) {
                    return Some(*neighbour);
                }
                queue.push(*neighbour);
            }
        }
        None
    }

    /// Sends one more along the way that was found.
    fn push(&mut self, target: u32) {
        let mut junction = target;
        while let Some(piece) = self.reached[junction as usize].filter(|piece| *piece != ROOT) {
            let ends = self.part.pieces[piece as usize].1;
            let flow = &mut self.through[piece as usize];
            // The piece was driven towards `junction`.
            if ends[1] == junction {
                *flow += 1;
                junction = ends[0];
            } else {
                *flow -= 1;
                junction = ends[1];
            }
        }
    }

    /// The same cut as near to the targets as can be: what no longer reaches one.
    fn far_side(&self) -> Vec<Half> {
        let mut halves = vec![Half::Near; self.fixed.len()];
        let mut queue: Vec<u32> = Vec::new();
        for (junction, fixed) in (0u32..).zip(&self.fixed) {
            if *fixed == Some(Half::Far) {
                halves[junction as usize] = Half::Far;
                queue.push(junction);
            }
        }
        while let Some(junction) = queue.pop() {
            for (neighbour, piece) in self.near.of(junction) {
                let is_new = halves[*neighbour as usize] == Half::Near;
                if is_new && self.is_free(*piece, *neighbour) {
                    halves[*neighbour as usize] = Half::Far;
                    queue.push(*neighbour);
                }
            }
        }
        halves
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Two clusters of three joined by one piece are parted at it.
    #[test]
    fn two_clusters_are_parted_at_the_bridge() {
        let at = [0.0, 1.0, 2.0, 10.0, 11.0, 12.0];
        let ends = [[0, 1], [1, 2], [0, 2], [2, 3], [3, 4], [4, 5], [3, 5]];
        let part = Part {
            at: at.map(|x| (x, 0.0)).to_vec(),
            pieces: (0u32..).zip(ends).collect(),
        };
        let halves = best(&part);
        assert_eq!(halves[..3], [Half::Near; 3]);
        assert_eq!(halves[3..], [Half::Far; 3]);
    }
}
