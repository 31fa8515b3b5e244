//! How long many units need to one place.
//! Not here: ranking by anything but the road (the domain does), the line of a way (`route`).

use crate::cost::{Cost, FAR, cost, seconds_metres};
use crate::graph::Lane;
use crate::roads::Roads;
use crate::snap::{Snap, off_road_ms};
use crate::{NoWay, PieceId};
use fengsui_geo::Wgs84;

/// How long and how far by road.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Travel {
    /// Seconds, with the ways between the points and their roads.
    pub seconds: f64,
    /// Metres by road.
    pub metres: f64,
    /// Metres from the start to its road, in a straight line.
    pub from_off_m: f64,
    /// Metres from the goal's road to the goal, in a straight line.
    pub to_off_m: f64,
}

impl Roads {
    /// Time and way from each start to one goal, in the order of the starts. The quickest way,
    /// and of equally quick ones the shortest; exact on the graph and its speeds.
    ///
    /// # Errors
    /// For each start by itself: [`NoWay::OffRoad`] when it, or the goal, is too far from any
    /// road; [`NoWay::Unreachable`].
    pub fn rank(&self, from: &[Wgs84], to: Wgs84) -> Vec<Result<Travel, NoWay>> {
        match self.snap_goal(to) {
            Ok(goal) => {
                let starts: Vec<_> = from.iter().map(|at| self.snap_start(*at)).collect();
                self.rank_snaps(&starts, &goal)
            }
            Err(no_way) => vec![Err(no_way); from.len()],
        }
    }

    /// [`Self::rank`] for points that were put on their roads before: units mostly stand.
    pub fn rank_snaps(
        &self,
        from: &[Result<Snap, NoWay>],
        goal: &Snap,
    ) -> Vec<Result<Travel, NoWay>> {
        let mut search = self.search(&self.last_turns(goal));
        let travels = from
            .iter()
            .map(|start| {
                let start = start.as_ref().map_err(|no_way| *no_way)?;
                let mut least = self.direct(start, goal).map_or(FAR, |(_, cost)| cost);
                for (lane, rest) in self.starts(start) {
                    least = least.min(rest + search.cost(lane));
                }
                travel(least, start, goal)
            })
            .collect();
        self.finish(search);
        travels
    }

    /// The lanes of a start, each with what it costs to drive to its end.
    pub(crate) fn starts(&self, start: &Snap) -> impl Iterator<Item = (Lane, Cost)> + '_ {
        self.lanes_at(start)
            .map(|(lane, along_dm)| (lane, self.lane_cost(lane) - self.part_cost(lane, along_dm)))
    }

    /// The lanes that turn into the goal's, each with what that turn and the way from there to
    /// the goal cost.
    pub(crate) fn last_turns(&self, goal: &Snap) -> Vec<(Lane, Cost)> {
        let mut last = Vec::new();
        for (onto, along_dm) in self.lanes_at(goal) {
            let part = self.part_cost(onto, along_dm);
            for turn in self.turns.turning_into(onto) {
                last.push((self.turns.from[turn], cost(self.turns.ms[turn], 0) + part));
            }
        }
        last
    }

    /// The way from a start to a goal that lies ahead on the same lane: that lane, and its cost.
    pub(crate) fn direct(&self, start: &Snap, goal: &Snap) -> Option<(Lane, Cost)> {
        if start.piece != goal.piece {
            return None;
        }
        self.lanes_at(start)
            .zip(self.lanes_at(goal))
            .filter(|((_, from_dm), (_, to_dm))| from_dm <= to_dm)
            .map(|((lane, from_dm), (_, to_dm))| {
                let driven = self.part_cost(lane, to_dm) - self.part_cost(lane, from_dm);
                (lane, driven)
            })
            .min_by_key(|(_, cost)| *cost)
    }

    /// The open lanes of a point on a road, with how far along each it lies.
    pub(crate) fn lanes_at(&self, snap: &Snap) -> impl Iterator<Item = (Lane, u32)> + '_ {
        let PieceId(piece) = snap.piece;
        let along_dm = snap.along_dm;
        let length_dm = match self.graph.pieces.get(piece as usize) {
            Some(found) => found.length_dm,
            None => return Lanes::default(),
        };
        let lane = piece * 2;
        let both = [
            (lane, along_dm),
            (lane + 1, length_dm.saturating_sub(along_dm)),
        ];
        let is_open = |lane: Lane| self.graph.is_open(lane) && !self.is_closed[lane as usize];
        Lanes(both.map(|at| Some(at).filter(|(lane, _)| is_open(*lane))))
    }
}

/// Up to two lanes of a piece, each with how far along it a point lies.
#[derive(Default)]
struct Lanes([Option<(Lane, u32)>; 2]);

impl Iterator for Lanes {
    type Item = (Lane, u32);

    fn next(&mut self) -> Option<Self::Item> {
        let [first, second] = &mut self.0;
        first.take().or_else(|| second.take())
    }
}

/// What a cost means for the people who drive.
pub(crate) fn travel(driven: Cost, start: &Snap, goal: &Snap) -> Result<Travel, NoWay> {
    if driven >= FAR {
        return Err(NoWay::Unreachable);
    }
    let (road_s, metres) = seconds_metres(driven);
    let off_ms = off_road_ms(start.off_m) + off_road_ms(goal.off_m);
    Ok(Travel {
        seconds: road_s + f64::from(off_ms) / 1e3,
        metres,
        from_off_m: start.off_m,
        to_off_m: goal.off_m,
    })
}
