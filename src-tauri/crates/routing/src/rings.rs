//! How far one comes from a place in so much time: roads, and the land beside them.
//! Not here: who stands where in it (the domain does), drawing.

use crate::NoWay;
use crate::contour;
use crate::cost::{Cost, FAR, cost, dm, ms};
use crate::graph::{E7, Lane, PieceId, wgs84};
use crate::roads::Roads;
use crate::route::part_of_lane;
use crate::snap::off_road_ms;
use crate::town::Plane;
use fengsui_geo::{Ring, Wgs84};
use std::cmp::Reverse;
use std::collections::BinaryHeap;

/// What is reached within a time.
#[derive(Debug, Clone, PartialEq)]
pub struct Reach {
    /// The time in seconds.
    pub limit_s: f64,
    /// The stretches of road reached, by piece.
    pub lines: Vec<ReachLine>,
    /// Their length in metres.
    pub road_m: f64,
    /// The land within about 60 m of them. What a shorter time reaches lies within what a longer
    /// one reaches.
    pub polygons: Vec<Polygon>,
}

/// A stretch of road that is reached.
#[derive(Debug, Clone, PartialEq)]
pub struct ReachLine {
    /// The piece it is of.
    pub piece: PieceId,
    /// Its line, along the piece's points.
    pub points: Vec<Wgs84>,
}

/// An area with its holes; rings do not repeat their first point.
#[derive(Debug, Clone, PartialEq)]
pub struct Polygon {
    /// The outline, anticlockwise.
    pub outer: Ring,
    /// Holes, clockwise.
    pub holes: Vec<Ring>,
}

impl Roads {
    /// How far one comes by road from a place within each of these times, in seconds; the
    /// answers are in the order of the times. The way from the place to its road counts.
    ///
    /// # Errors
    /// [`NoWay::OffRoad`] when the place is too far from any road.
    pub fn rings(&self, at: Wgs84, limits_s: &[f64]) -> Result<Vec<Reach>, NoWay> {
        let start = self.snap_start(at)?;
        let furthest = limits_s.iter().copied().fold(0.0, f64::max);
        let before_ms = off_road_ms(start.off_m);
        let entries = self.entries(&start, before_ms, limit_ms(furthest));
        let plane = Plane::at(start.at);
        let reach = |limit_s: &f64| {
            let reached = self.reached(&start, before_ms, &entries, limit_ms(*limit_s));
            let lines = self.lines(&reached);
            let metres: u32 = reached.iter().map(|(_, from, to)| to - from).sum();
            let e7: Vec<Vec<E7>> = lines
                .iter()
                .map(|line| line.points.iter().map(|at| at.to_e7()).collect())
                .collect();
            Reach {
                limit_s: *limit_s,
                polygons: contour::around(&plane, &e7),
                road_m: f64::from(metres) / 10.0,
                lines,
            }
        };
        Ok(limits_s.iter().map(reach).collect())
    }

    /// When lanes are first entered at their beginning, as far as a limit: by lane.
    fn entries(&self, start: &crate::Snap, before_ms: u32, limit_ms: u32) -> Vec<(Lane, u32)> {
        let mut entered = vec![FAR; self.graph.lane_count()];
        let mut left = vec![FAR; self.graph.lane_count()];
        let mut queue: BinaryHeap<Reverse<(Cost, Lane)>> = BinaryHeap::new();
        for (lane, rest) in self.starts(start) {
            left[lane as usize] = rest + cost(before_ms, 0);
            queue.push(Reverse((left[lane as usize], lane)));
        }
        let mut found = Vec::new();
        while let Some(Reverse((now, lane))) = queue.pop() {
            if now > left[lane as usize] || ms(now) > limit_ms {
                continue;
            }
            for turn in self.turns.out_of(lane) {
                let onto = self.turns.onto[turn];
                if self.turn_cost(turn) >= FAR {
                    continue;
                }
                let entry = now + cost(self.turns.ms[turn], 0);
                if ms(entry) <= limit_ms && entry < entered[onto as usize] {
                    if entered[onto as usize] == FAR {
                        found.push(onto);
                    }
                    entered[onto as usize] = entry;
                }
                let end = entry + self.lane_cost(onto);
                if end < left[onto as usize] {
                    left[onto as usize] = end;
                    queue.push(Reverse((end, onto)));
                }
            }
        }
        found.sort_unstable();
        let at = |lane: Lane| (lane, ms(entered[lane as usize]));
        found.into_iter().map(at).collect()
    }

    /// The stretches of pieces reached within a limit: (piece, from, to) in decimetres along the
    /// piece's points, sorted, without overlaps.
    fn reached(
        &self,
        start: &crate::Snap,
        before_ms: u32,
        entries: &[(Lane, u32)],
        limit_ms: u32,
    ) -> Vec<(u32, u32, u32)> {
        let mut stretches = Vec::new();
        let mut add = |lane: Lane, from_dm: u32, left_ms: u32| {
            let length_dm = dm(self.lane_cost(lane));
            let to_dm = (from_dm + self.driven_dm(lane, left_ms)).min(length_dm);
            stretches.push(match lane & 1 {
                0 => (lane / 2, from_dm, to_dm),
                _ => (lane / 2, length_dm - to_dm, length_dm - from_dm),
            });
        };
        for (lane, along_dm) in self.lanes_at(start) {
            if let Some(left_ms) = limit_ms.checked_sub(before_ms) {
                add(lane, along_dm, left_ms);
            }
        }
        for (lane, entry_ms) in entries {
            if let Some(left_ms) = limit_ms.checked_sub(*entry_ms) {
                add(*lane, 0, left_ms);
            }
        }
        stretches.sort_unstable();
        let mut merged: Vec<(u32, u32, u32)> = Vec::new();
        for (piece, from, to) in stretches {
            match merged.last_mut() {
                Some(last) if last.0 == piece && last.2 >= from => last.2 = last.2.max(to),
                _ => merged.push((piece, from, to)),
            }
        }
        merged.retain(|(_, from, to)| from < to);
        merged
    }

    /// How far one drives on a lane in so much time, in decimetres.
    fn driven_dm(&self, lane: Lane, left_ms: u32) -> u32 {
        let lane_cost = self.lane_cost(lane);
        let all = u64::from(dm(lane_cost)) * u64::from(left_ms) / u64::from(ms(lane_cost).max(1));
        all.min(u64::from(dm(lane_cost))) as u32
    }

    fn lines(&self, reached: &[(u32, u32, u32)]) -> Vec<ReachLine> {
        reached
            .iter()
            .map(|(piece, from_dm, to_dm)| ReachLine {
                piece: PieceId(*piece),
                points: part_of_lane(&self.graph, piece * 2, *from_dm, *to_dm)
                    .into_iter()
                    .map(wgs84)
                    .collect(),
            })
            .collect()
    }
}

fn limit_ms(limit_s: f64) -> u32 {
    // The cast saturates; a time below zero reaches nothing.
    (limit_s * 1e3) as u32
}
