//! The way from one place to another: its line and the streets along it.
//! Not here: spoken turn-by-turn directions.

use crate::cost::{Cost, FAR, cost, dm};
use crate::graph::{E7, Lane, RoadGraph, RoadLane, direction_of, piece_of, wgs84};
use crate::rank::travel;
use crate::roads::Roads;
use crate::search::Search;
use crate::snap::Snap;
use crate::town::Plane;
use crate::{NoWay, RoadClass};
use fengsui_geo::Wgs84;

/// A way by road.
#[derive(Debug, Clone, PartialEq)]
pub struct Route {
    /// Its line, from the start's road to the goal's; what lies off the road is not in it.
    pub points: Vec<Wgs84>,
    /// Seconds, with the ways between the points and their roads.
    pub seconds: f64,
    /// Metres by road.
    pub metres: f64,
    /// Metres from the start to its road, in a straight line.
    pub from_off_m: f64,
    /// Metres from the goal's road to the goal, in a straight line.
    pub to_off_m: f64,
    /// The streets along it in order; neighbours of one name and class are one.
    pub legs: Vec<Leg>,
    /// What is driven over, in order, first and last perhaps in part.
    pub lanes: Vec<RoadLane>,
}

/// A street driven along.
#[derive(Debug, Clone, PartialEq)]
pub struct Leg {
    /// Its name, when the map has one.
    pub name: Option<String>,
    /// Class.
    pub class: RoadClass,
    /// Metres driven on it.
    pub metres: f64,
}

/// A stretch of a lane: from so many decimetres along it to so many.
type Driven = (Lane, u32, u32);

impl Roads {
    /// The quickest way, and of equally quick ones the shortest.
    ///
    /// # Errors
    /// [`NoWay::OffRoad`] when one of the points is too far from any road;
    /// [`NoWay::Unreachable`].
    pub fn route(&self, from: Wgs84, to: Wgs84) -> Result<Route, NoWay> {
        let goal = self.snap_goal(to)?;
        let start = self.snap_start(from)?;
        let mut search = self.search(&self.last_turns(&goal));
        let found = self.driven(&mut search, &start, &goal);
        self.finish(search);
        let (cost, driven) = found.ok_or(NoWay::Unreachable)?;
        let travel = travel(cost, &start, &goal)?;
        Ok(Route {
            points: self.line(&driven),
            seconds: travel.seconds,
            metres: travel.metres,
            from_off_m: travel.from_off_m,
            to_off_m: travel.to_off_m,
            legs: self.legs(&driven),
            lanes: driven
                .iter()
                .map(|(lane, ..)| RoadLane::of(*lane))
                .collect(),
        })
    }

    /// What is driven, stretch by stretch, and what it costs.
    fn driven(
        &self,
        search: &mut Search<'_>,
        start: &Snap,
        goal: &Snap,
    ) -> Option<(Cost, Vec<Driven>)> {
        let direct = self.direct(start, goal);
        let round = self
            .starts(start)
            .map(|(lane, rest)| (rest + search.cost(lane), lane))
            .filter(|(cost, _)| *cost < FAR)
            .min();
        if let Some((lane, cost)) = direct
            && round.is_none_or(|(other, _)| cost <= other)
        {
            let from_dm = self.along(start, lane)?;
            return Some((cost, vec![(lane, from_dm, self.along(goal, lane)?)]));
        }
        let (whole, mut lane) = round?;
        let mut driven = vec![(lane, self.along(start, lane)?, self.length_dm(lane))];
        // Each lane's cost to the goal is that of one of its turns and of what comes after it.
        loop {
            let rest = search.cost(lane);
            if let Some(last) = self.last_turn(lane, goal, rest) {
                driven.push((last, 0, self.along(goal, last)?));
                return Some((whole, driven));
            }
            let turn = self.turns.out_of(lane).find(|turn| {
                let cost = self.turn_cost(*turn);
                cost < FAR && cost + search.cost(self.turns.onto[*turn]) == rest
            })?;
            lane = self.turns.onto[turn];
            driven.push((lane, 0, self.length_dm(lane)));
        }
    }

    /// The goal's lane, when turning into it now is the rest of the way.
    fn last_turn(&self, lane: Lane, goal: &Snap, rest: Cost) -> Option<Lane> {
        let turn = self.turns.out_of(lane).find(|turn| {
            let onto = self.turns.onto[*turn];
            self.along(goal, onto).is_some_and(|along_dm| {
                cost(self.turns.ms[*turn], 0) + self.part_cost(onto, along_dm) == rest
            })
        })?;
        Some(self.turns.onto[turn])
    }

    /// How far along a lane a point lies; nothing when it lies on another.
    fn along(&self, snap: &Snap, lane: Lane) -> Option<u32> {
        self.lanes_at(snap)
            .find(|(found, _)| *found == lane)
            .map(|(_, along_dm)| along_dm)
    }

    fn length_dm(&self, lane: Lane) -> u32 {
        dm(self.lane_cost(lane))
    }

    fn line(&self, driven: &[Driven]) -> Vec<Wgs84> {
        let mut points: Vec<E7> = Vec::new();
        for (lane, from_dm, to_dm) in driven {
            for at in part_of_lane(&self.graph, *lane, *from_dm, *to_dm) {
                if points.last() != Some(&at) {
                    points.push(at);
                }
            }
        }
        points.into_iter().map(wgs84).collect()
    }

    fn legs(&self, driven: &[Driven]) -> Vec<Leg> {
        let mut legs: Vec<Leg> = Vec::new();
        for (lane, from_dm, to_dm) in driven {
            let piece = piece_of(*lane);
            let name = self.graph.name(piece);
            let class = self.graph.pieces[piece].class;
            let metres = f64::from(to_dm - from_dm) / 10.0;
            match legs.last_mut() {
                Some(leg) if leg.name.as_deref() == name && leg.class == class => {
                    leg.metres += metres;
                }
                _ => legs.push(Leg {
                    name: name.map(str::to_owned),
                    class,
                    metres,
                }),
            }
        }
        legs
    }
}

/// The line of a lane between two places on it, in the direction it is driven; at least its two
/// ends, which may be equal.
pub(crate) fn part_of_lane(graph: &RoadGraph, lane: Lane, from_dm: u32, to_dm: u32) -> Vec<E7> {
    let piece = piece_of(lane);
    let line: Vec<E7> = match direction_of(lane) {
        0 => graph.line(piece).collect(),
        _ => graph.line(piece).rev().collect(),
    };
    let plane = Plane::at(wgs84(line[0]));
    let places: Vec<(f64, f64)> = line.iter().map(|at| plane.metres(*at)).collect();
    let step = |pair: &[(f64, f64)]| (pair[1].0 - pair[0].0).hypot(pair[1].1 - pair[0].1);
    let whole: f64 = places.windows(2).map(step).sum();
    let scale = whole / f64::from(graph.pieces[piece].length_dm.max(1));
    let (from, to) = (f64::from(from_dm) * scale, f64::from(to_dm) * scale);
    let (mut points, mut passed) = (Vec::new(), 0.0);
    let between = |pair: &[(f64, f64)], length: f64, at: f64| {
        let part = if length > 0.0 { at / length } else { 0.0 };
        let part = part.clamp(0.0, 1.0);
        plane.e7((
            pair[0].0 + (pair[1].0 - pair[0].0) * part,
            pair[0].1 + (pair[1].1 - pair[0].1) * part,
        ))
    };
    let last = places.len() - 2;
    for (i, pair) in places.windows(2).enumerate() {
        let length = step(pair);
        let end = passed + length;
        if points.is_empty() && (from <= end || i == last) {
            points.push(between(pair, length, from - passed));
        }
        if !points.is_empty() {
            if to <= end || i == last {
                points.push(between(pair, length, to - passed));
                break;
            }
            points.push(line[i + 1]);
        }
        passed = end;
    }
    points
}
