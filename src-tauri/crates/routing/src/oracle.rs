//! The same questions answered by plain Dijkstra over lanes and turns, without any hierarchy.
//! For tests, which compare, and for benchmarks, where it is the floor. Not here: anything that
//! the program itself uses.

use crate::cost::{Cost, FAR, cost, ms};
use crate::graph::{Lane, PieceId};
use crate::rank::travel;
use crate::roads::Roads;
use crate::snap::{Snap, off_road_ms};
use crate::{NoWay, Travel};
use std::cmp::Reverse;
use std::collections::BinaryHeap;

/// What [`Roads::rank_snaps`] answers, by one search backwards from the goal that stops when all
/// starts are settled.
pub fn rank_snaps(
    roads: &Roads,
    from: &[Result<Snap, NoWay>],
    goal: &Snap,
) -> Vec<Result<Travel, NoWay>> {
    let rest = backward(roads, from, goal);
    from.iter()
        .map(|start| {
            let start = start.as_ref().map_err(|no_way| *no_way)?;
            let mut least = ahead_on_the_same_lane(roads, start, goal);
            for (lane, to_its_end) in roads.starts(start) {
                least = least.min(to_its_end + rest[lane as usize]);
            }
            travel(least, start, goal)
        })
        .collect()
}

/// What [`Roads::rank_snaps`] answers for one start, by a search forwards. Unlike the others it
/// thinks in entries: a lane is entered at its beginning and left at its end, or at the goal.
pub fn forward(roads: &Roads, start: &Snap, goal: &Snap) -> Result<Travel, NoWay> {
    let mut at_end = vec![FAR; roads.graph.lane_count()];
    let mut queue = BinaryHeap::new();
    for (lane, to_its_end) in roads.starts(start) {
        at_end[lane as usize] = to_its_end;
        queue.push(Reverse((to_its_end, lane)));
    }
    let goals: Vec<(Lane, u32)> = roads.lanes_at(goal).collect();
    let mut least = ahead_on_the_same_lane(roads, start, goal);
    while let Some(Reverse((now, lane))) = queue.pop() {
        if now > at_end[lane as usize] {
            continue;
        }
        for turn in roads.turns.out_of(lane) {
            let onto = roads.turns.onto[turn];
            if roads.turn_cost(turn) >= FAR {
                continue;
            }
            let entered = now + cost(roads.turns.ms[turn], 0);
            for (_, along_dm) in goals.iter().filter(|(goal, _)| *goal == onto) {
                least = least.min(entered + roads.part_cost(onto, *along_dm));
            }
            let left = entered + roads.lane_cost(onto);
            if left < at_end[onto as usize] {
                at_end[onto as usize] = left;
                queue.push(Reverse((left, onto)));
            }
        }
    }
    travel(least, start, goal)
}

/// The pieces that [`Roads::rings`] drives onto from a place within a time, each with how much of
/// the time is left there in milliseconds, by a search forwards that ends with the time. Sorted by
/// piece; one that is driven onto from both sides stands twice.
pub fn reached(roads: &Roads, start: &Snap, limit_ms: u32) -> Vec<(PieceId, u32)> {
    let lanes = roads.graph.lane_count();
    let (mut entered, mut at_end) = (vec![FAR; lanes], vec![FAR; lanes]);
    let mut queue = BinaryHeap::new();
    for (lane, to_its_end) in roads.starts(start) {
        at_end[lane as usize] = to_its_end + cost(off_road_ms(start.off_m), 0);
        queue.push(Reverse((at_end[lane as usize], lane)));
    }
    while let Some(Reverse((now, lane))) = queue.pop() {
        if ms(now) > limit_ms {
            break;
        }
        if now > at_end[lane as usize] {
            continue;
        }
        for turn in roads.turns.out_of(lane) {
            let onto = roads.turns.onto[turn] as usize;
            if roads.turn_cost(turn) >= FAR {
                continue;
            }
            let entry = now + cost(roads.turns.ms[turn], 0);
            entered[onto] = entered[onto].min(entry);
            let end = entry + roads.lane_cost(roads.turns.onto[turn]);
            if end < at_end[onto] {
                at_end[onto] = end;
                queue.push(Reverse((end, onto as Lane)));
            }
        }
    }
    let pieces = (0..).zip(entered).filter(|(_, entry)| *entry < FAR);
    let left =
        |(lane, entry): (Lane, Cost)| Some((PieceId(lane / 2), limit_ms.checked_sub(ms(entry))?));
    pieces.filter_map(left).collect()
}

fn ahead_on_the_same_lane(roads: &Roads, start: &Snap, goal: &Snap) -> Cost {
    roads.direct(start, goal).map_or(FAR, |(_, cost)| cost)
}

/// Costs from the ends of lanes to the goal, final for all lanes of all starts.
fn backward(roads: &Roads, from: &[Result<Snap, NoWay>], goal: &Snap) -> Vec<Cost> {
    let lanes = roads.graph.lane_count();
    let mut is_wanted = vec![false; lanes];
    let mut wanted = 0usize;
    for (lane, _) in from.iter().flatten().flat_map(|start| roads.starts(start)) {
        wanted += usize::from(!std::mem::replace(&mut is_wanted[lane as usize], true));
    }
    let mut rest = vec![FAR; lanes];
    let mut queue = BinaryHeap::new();
    for (lane, last) in roads.last_turns(goal) {
        if last < rest[lane as usize] {
            rest[lane as usize] = last;
            queue.push(Reverse((last, lane)));
        }
    }
    while let Some(Reverse((now, lane))) = queue.pop() {
        if now > rest[lane as usize] {
            continue;
        }
        if std::mem::take(&mut is_wanted[lane as usize]) {
            wanted -= 1;
            if wanted == 0 {
                break;
            }
        }
        if roads.is_closed[lane as usize] {
            continue;
        }
        for turn in roads.turns.turning_into(lane) {
            let before = roads.turns.from[turn];
            let all = now + roads.turn_cost(turn);
            if all < rest[before as usize] {
                rest[before as usize] = all;
                queue.push(Reverse((all, before)));
            }
        }
    }
    rest
}
