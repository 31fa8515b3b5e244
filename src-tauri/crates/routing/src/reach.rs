//! Which lanes belong to the network proper, and which are scraps of road that lead nowhere.
//! Not here: how far (`search`), closures: a closed road is still a road.
//!
//! A point is put on a road from which one can drive on (to which one can drive): the nearest
//! piece may be a stub in a yard whose gate the map does not know. Valhalla does the same by its
//! `minimum_reachability` of 50.

use crate::graph::{Lane, RoadGraph};
use crate::turns::Turns;

/// A group of lanes that all reach each other counts as network from this size up, or when it is
/// the largest.
const ENOUGH: usize = 50;

/// Which lanes lead to the network, and which are led to.
#[derive(Debug)]
pub(crate) struct Connected {
    /// Driving on from here reaches the network.
    pub(crate) leads: Vec<bool>,
    /// This is reached from the network.
    pub(crate) is_led_to: Vec<bool>,
}

impl Connected {
    pub(crate) fn new(graph: &RoadGraph, turns: &Turns) -> Self {
        let lanes = graph.lane_count();
        let group = groups(turns, lanes);
        let mut size = vec![0usize; lanes];
        for lane in 0..lanes {
            if graph.is_open(lane as Lane) {
                size[group[lane] as usize] += 1;
            }
        }
        let enough = size.iter().copied().max().unwrap_or(0).min(ENOUGH);
        let core: Vec<bool> = (0..lanes)
            .map(|lane| graph.is_open(lane as Lane) && size[group[lane] as usize] >= enough)
            .collect();
        let ahead = |lane: Lane| turns.out_of(lane).map(|turn| turns.onto[turn]);
        let behind = |lane: Lane| turns.turning_into(lane).map(|turn| turns.from[turn]);
        Self {
            is_led_to: spread(core.clone(), ahead),
            leads: spread(core, behind),
        }
    }
}

fn spread<I: Iterator<Item = Lane>>(mut marked: Vec<bool>, next: impl Fn(Lane) -> I) -> Vec<bool> {
    let mut stack: Vec<Lane> = (0u32..)
        .zip(&marked)
        .filter(|(_, is_marked)| **is_marked)
        .map(|(lane, _)| lane)
        .collect();
    while let Some(lane) = stack.pop() {
        for lane in next(lane) {
            if !std::mem::replace(&mut marked[lane as usize], true) {
                stack.push(lane);
            }
        }
    }
    marked
}

/// For each lane the group of lanes that reach each other (Tarjan, without recursion).
fn groups(turns: &Turns, lanes: usize) -> Vec<u32> {
    const NONE: u32 = u32::MAX;
    let mut found = vec![NONE; lanes];
    let mut low = vec![NONE; lanes];
    let mut group = vec![NONE; lanes];
    let (mut open, mut walk) = (Vec::new(), Vec::new());
    let (mut next_found, mut next_group) = (0, 0);
    for root in 0..lanes as Lane {
        if found[root as usize] != NONE {
            continue;
        }
        walk.push((root, turns.out_of(root)));
        while let Some((lane, rest)) = walk.last_mut() {
            let lane = *lane as usize;
            if found[lane] == NONE {
                (found[lane], low[lane]) = (next_found, next_found);
                next_found += 1;
                open.push(lane);
            }
            if let Some(turn) = rest.next() {
                let onto = turns.onto[turn];
                match (found[onto as usize], group[onto as usize]) {
                    (NONE, _) => walk.push((onto, turns.out_of(onto))),
                    (found, NONE) => low[lane] = low[lane].min(found),
                    _ => {}
                }
                continue;
            }
            walk.pop();
            if let Some((before, _)) = walk.last() {
                low[*before as usize] = low[*before as usize].min(low[lane]);
            }
            if low[lane] == found[lane] {
                while let Some(member) = open.pop() {
                    group[member] = next_group;
                    if member == lane {
                        break;
                    }
                }
                next_group += 1;
            }
        }
    }
    group
}
