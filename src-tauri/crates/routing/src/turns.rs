//! Which lane leads into which, and what the turn costs.
//! Not here: time along a piece (`speed`).
//!
//! The costs are those of OSRM's car profile (`profiles/car.lua`, `process_turn`, OSRM 5 and 6):
//! at a junction of three roads or more a turn by the angle `a` (0 = straight on, to the right
//! positive, degrees) costs
//!
//! - to the right `7.5 s / (1 + exp(-(13 / 1.075 · a / 180 - 6.5 · 1.075)))`,
//! - to the left `7.5 s / (1 + exp(-(13 · 1.075 · -a / 180 - 6.5 / 1.075)))`,
//!
//! traffic driving on the right; a signal 2 s; turning round 20 s more, and only where nothing
//! else is open (the end of a road, a block). In addition entering a private road from an open
//! one costs [`RESTRICTED_ENTRY_MS`]: a gate and its keeper.

use crate::graph::{E7, Lane, Piece, RoadGraph, direction_of, piece_of};
use crate::rules::Leaving;
use crate::town::Plane;

/// The most that a turn costs by its angle, in milliseconds.
pub const TURN_MS: f64 = 7_500.0;
/// What a signal costs, in milliseconds.
pub const SIGNAL_MS: u32 = 2_000;
/// What turning round costs besides its angle, in milliseconds.
pub const U_TURN_MS: u32 = 20_000;
/// What entering a private road from an open one costs, in milliseconds.
pub const RESTRICTED_ENTRY_MS: u32 = 30_000;

/// How much a left turn is dearer than a right one.
const BIAS: f64 = 1.075;
/// A lane's direction at a junction is taken so far along it: the last metre is often crooked.
const LOOK_M: f64 = 12.0;

/// All turns, by the lane they come from.
#[derive(Debug)]
pub(crate) struct Turns {
    first: Vec<u32>,
    /// Into which lane.
    pub(crate) onto: Vec<Lane>,
    /// Out of which lane.
    pub(crate) from: Vec<Lane>,
    /// At what cost in milliseconds.
    pub(crate) ms: Vec<u32>,
    /// Turns by the lane they lead into.
    into_first: Vec<u32>,
    into: Vec<u32>,
}

impl Turns {
    /// The turns of a graph.
    pub(crate) fn new(graph: &RoadGraph) -> Self {
        let leaving = Leaving::new(graph);
        let headings = Headings::new(graph);
        let mut turns = Self {
            first: Vec::with_capacity(graph.lane_count() + 1),
            onto: Vec::new(),
            from: Vec::new(),
            ms: Vec::new(),
            into_first: vec![0; graph.lane_count() + 1],
            into: Vec::new(),
        };
        for lane in 0..graph.lane_count() as u32 {
            turns.first.push(turns.onto.len() as u32);
            if graph.is_open(lane) {
                turns.of_lane(graph, &leaving, &headings, lane);
            }
        }
        turns.first.push(turns.onto.len() as u32);
        turns.turn_over(graph.lane_count());
        turns
    }

    /// Sorts the turns by where they lead.
    fn turn_over(&mut self, lanes: usize) {
        for onto in &self.onto {
            self.into_first[*onto as usize + 1] += 1;
        }
        for i in 0..lanes {
            self.into_first[i + 1] += self.into_first[i];
        }
        let mut next = self.into_first.clone();
        self.into = vec![0; self.onto.len()];
        for (turn, onto) in (0u32..).zip(&self.onto) {
            let slot = &mut next[*onto as usize];
            self.into[*slot as usize] = turn;
            *slot += 1;
        }
    }

    /// The turns into a lane.
    pub(crate) fn turning_into(&self, lane: Lane) -> impl Iterator<Item = usize> + '_ {
        let lane = lane as usize;
        self.into[self.into_first[lane] as usize..self.into_first[lane + 1] as usize]
            .iter()
            .map(|turn| *turn as usize)
    }

    /// The turns out of a lane, as indices.
    pub(crate) fn out_of(&self, lane: Lane) -> std::ops::Range<usize> {
        self.first[lane as usize] as usize..self.first[lane as usize + 1] as usize
    }

    fn of_lane(&mut self, graph: &RoadGraph, leaving: &Leaving, headings: &Headings, lane: Lane) {
        let junction = graph.end(lane);
        let lanes = leaving.at(junction);
        let is_blocked = graph.junctions[junction as usize].is_blocked;
        let has_signal = graph.junctions[junction as usize].has_signal;
        let signal_ms = if has_signal { SIGNAL_MS } else { 0 };
        let begin = self.onto.len();
        for onto in lanes.iter().copied() {
            let is_out = graph.is_open(onto) && onto != lane ^ 1;
            if !is_out || is_blocked || graph.bans.binary_search(&(lane, onto)).is_ok() {
                continue;
            }
            let angle = headings.turn_deg(lane, onto);
            let by_angle = match lanes.len() {
                ..=2 => 0,
                _ => angle_ms(angle),
            };
            self.onto.push(onto);
            self.from.push(lane);
            self.ms
                .push(by_angle + signal_ms + entry_ms(graph, lane, onto));
        }
        let back = lane ^ 1;
        if self.onto.len() == begin && graph.is_open(back) {
            self.onto.push(back);
            self.from.push(lane);
            self.ms.push(angle_ms(180.0) + U_TURN_MS);
        }
    }
}

fn entry_ms(graph: &RoadGraph, from: Lane, onto: Lane) -> u32 {
    let piece = |lane: Lane| -> &Piece { &graph.pieces[piece_of(lane)] };
    match piece(onto).is_restricted && !piece(from).is_restricted {
        true => RESTRICTED_ENTRY_MS,
        false => 0,
    }
}

/// Cost of a turn by its angle, in milliseconds.
fn angle_ms(degrees: f64) -> u32 {
    let turn = degrees.abs() / 180.0;
    let exponent = match degrees >= 0.0 {
        true => 13.0 / BIAS * turn - 6.5 * BIAS,
        false => 13.0 * BIAS * turn - 6.5 / BIAS,
    };
    (TURN_MS / (1.0 + (-exponent).exp())).round() as u32
}

/// Directions in which lanes begin and end, degrees clockwise from north.
struct Headings {
    begin: Vec<f32>,
    end: Vec<f32>,
}

impl Headings {
    fn new(graph: &RoadGraph) -> Self {
        let mut headings = Self {
            begin: Vec::with_capacity(graph.lane_count()),
            end: Vec::with_capacity(graph.lane_count()),
        };
        let plane = Plane::around(graph);
        for lane in 0..graph.lane_count() as u32 {
            let piece = piece_of(lane);
            let line: Vec<E7> = match direction_of(lane) {
                0 => graph.line(piece).collect(),
                _ => graph.line(piece).rev().collect(),
            };
            let begin = plane.map_or(0.0, |plane| heading(&plane, line.iter().copied()));
            let end = plane.map_or(0.0, |plane| heading(&plane, line.iter().rev().copied()));
            headings.begin.push(begin);
            headings.end.push((end + 180.0) % 360.0);
        }
        headings
    }

    /// The angle between two lanes: 0 straight on, to the right positive, within ±180°.
    fn turn_deg(&self, from: Lane, onto: Lane) -> f64 {
        let turn = f64::from(self.begin[onto as usize]) - f64::from(self.end[from as usize]);
        (turn + 540.0) % 360.0 - 180.0
    }
}

/// Direction from the first point of a line to the first that is far enough, or to its last.
fn heading(plane: &Plane, line: impl Iterator<Item = E7>) -> f32 {
    let mut points = line.map(|at| plane.metres(at));
    let Some(first) = points.next() else {
        return 0.0;
    };
    let mut there = first;
    for point in points {
        there = point;
        if (there.0 - first.0).hypot(there.1 - first.1) >= LOOK_M {
            break;
        }
    }
    let degrees = (there.0 - first.0).atan2(there.1 - first.1).to_degrees();
    degrees.rem_euclid(360.0) as f32
}

#[cfg(test)]
mod tests {
    use super::*;

    /// The formula's fixed points: straight on is nearly free, a left turn dearer than a right
    /// one, turning round the most; figures of the published profile.
    #[test]
    fn turns_cost_what_the_published_profile_says() {
        assert_eq!(angle_ms(0.0), 7);
        assert_eq!((angle_ms(90.0), angle_ms(-90.0)), (2_105, 5_395));
        assert!(angle_ms(179.9) > 7_400 && angle_ms(-179.9) <= 7_500);
        assert!(angle_ms(45.0) < angle_ms(-45.0) && angle_ms(-45.0) < angle_ms(-90.0));
    }
}
