//! Goal: rings hold exactly what is reached in time. Method: points on the reached lines against
//! the hierarchy's answer, which is found in another way; areas against each other and against
//! random points.

use crate::cases;
use crate::town::{Dice, anywhere, at, town};
use fengsui_geo::{Wgs84, distance_m, point_in_ring};
use fengsui_routing::{PieceId, Polygon, Reach, ReachLine, RoadGraph, Roads, SpeedTable, oracle};
use proptest::prelude::*;
use std::sync::Arc;

const LIMITS_S: [f64; 3] = [20.0, 60.0, 180.0];

fn roads(seed: u64, side: u32) -> Roads {
    let graph = RoadGraph::build(&town(seed, side)).unwrap();
    Roads::new(Arc::new(graph), &SpeedTable::default())
}

fn holds(polygons: &[Polygon], at: Wgs84) -> bool {
    polygons.iter().any(|polygon| {
        let in_hole = polygon.holes.iter().any(|hole| point_in_ring(at, hole));
        point_in_ring(at, &polygon.outer) && !in_hole
    })
}

/// How far the nearest reached line is, of all or of one piece.
fn metres_to(reach: &Reach, at: Wgs84, of: Option<PieceId>) -> f64 {
    let plane = |point: Wgs84| {
        let east = (point.lon_deg() - at.lon_deg()) * at.lat_deg().to_radians().cos();
        (
            east * 111_195.08,
            (point.lat_deg() - at.lat_deg()) * 111_195.08,
        )
    };
    let mut least = f64::INFINITY;
    let is_of = |line: &&ReachLine| of.is_none_or(|piece| piece == line.piece);
    for line in reach.lines.iter().filter(is_of) {
        for pair in line.points.windows(2) {
            let (a, b) = (plane(pair[0]), plane(pair[1]));
            let (x, y) = (b.0 - a.0, b.1 - a.1);
            let squared = x * x + y * y;
            let part = if squared > 0.0 {
                -(a.0 * x + a.1 * y) / squared
            } else {
                0.0
            };
            let part = part.clamp(0.0, 1.0);
            least = least.min((a.0 + x * part).hypot(a.1 + y * part));
        }
    }
    least
}

proptest! {
    #![proptest_config(cases(40))]

    /// A point of a reached line is reached in time; a point of a piece that is not on a line is
    /// not.
    #[test]
    fn lines_are_what_is_reached_in_time(
        seed in any::<u64>(), column in 0.0..7.0, row in 0.0..7.0
    ) {
        let roads = roads(seed, 8);
        let Ok(reaches) = roads.rings(at(column, row), &LIMITS_S) else {
            return Ok(());
        };
        let start = roads.snap_start(at(column, row)).unwrap();
        for reach in &reaches {
            for line in &reach.lines {
                // The second point from the end, and the end itself, where there may be nothing
                // to spare.
                let last = line.points[line.points.len() - 1];
                // One can start on a road to which none leads.
                let Ok(goal) = roads.snap_goal(last) else {
                    continue;
                };
                // A hand's breadth ahead may, rounded, be a hand's breadth behind.
                let is_stub = fengsui_geo::path_length_m(&line.points) < 1.0;
                if goal.piece != line.piece || is_stub {
                    continue;
                }
                let starts = [Ok(start)];
                let travel = roads.rank_snaps(&starts, &goal)[0].unwrap();
                let off_s = (goal.off_m - 25.0).max(0.0) * 0.6;
                let road_s = travel.seconds - off_s;
                prop_assert!(road_s <= reach.limit_s + 0.5, "{road_s} {}", reach.limit_s);
            }
        }
        let mut dice = Dice(seed);
        for _ in 0..60 {
            let Ok(goal) = roads.snap_goal(anywhere(&mut dice, 8)) else { continue };
            let Ok(travel) = roads.rank_snaps(&[Ok(start)], &goal)[0] else { continue };
            let seconds = travel.seconds - (goal.off_m - 25.0).max(0.0) * 0.6;
            for reach in &reaches {
                if (seconds - reach.limit_s).abs() > 0.5 {
                    let is_on = metres_to(reach, goal.at, Some(goal.piece)) < 0.5;
                    let limit_s = reach.limit_s;
                    prop_assert_eq!(is_on, seconds < limit_s, "{} {}", seconds, limit_s);
                }
            }
        }
    }

    /// The pieces of a ring are those that plain Dijkstra drives onto in time, and the start's own;
    /// one that is driven onto in the last second may be too little to be a line.
    #[test]
    fn pieces_are_those_of_dijkstra(seed in any::<u64>(), column in 0.0..7.0, row in 0.0..7.0) {
        let roads = roads(seed, 8);
        let Ok(reaches) = roads.rings(at(column, row), &LIMITS_S) else {
            return Ok(());
        };
        let start = roads.snap_start(at(column, row)).unwrap();
        for reach in &reaches {
            let plain = oracle::reached(&roads, &start, (reach.limit_s * 1e3) as u32);
            let on = |piece| reach.lines.iter().any(|line| line.piece == piece);
            for line in &reach.lines {
                let is_plain = plain.iter().any(|(piece, _)| *piece == line.piece);
                prop_assert!(is_plain || line.piece == start.piece, "{line:?}");
            }
            for (piece, left_ms) in &plain {
                prop_assert!(*left_ms < 1_000 || on(*piece), "{piece:?} with {left_ms} ms");
            }
        }
    }

    /// The land is what lies within some 60 m of a line; what a shorter time reaches lies in what
    /// a longer one does; rings are not crooked.
    #[test]
    fn land_is_beside_the_lines_and_nested(
        seed in any::<u64>(), column in 0.0..7.0, row in 0.0..7.0
    ) {
        let roads = roads(seed, 8);
        let Ok(reaches) = roads.rings(at(column, row), &LIMITS_S) else {
            return Ok(());
        };
        let mut dice = Dice(seed);
        for _ in 0..400 {
            let point = anywhere(&mut dice, 8);
            let inside: Vec<bool> = reaches
                .iter()
                .map(|reach| holds(&reach.polygons, point))
                .collect();
            prop_assert!(inside.is_sorted(), "{inside:?}");
            for (reach, is_inside) in reaches.iter().zip(inside) {
                // The grid takes distance as linear: too much beyond the end of a line, too little
                // in the middle between two.
                match metres_to(reach, point, None) {
                    far if far < 50.0 => prop_assert!(is_inside, "{far}"),
                    far if far > 82.0 => prop_assert!(!is_inside, "{far}"),
                    _ => {}
                }
            }
        }
        for reach in &reaches {
            for polygon in &reach.polygons {
                prop_assert!(turns_left(&polygon.outer));
                prop_assert!(polygon.holes.iter().all(|hole| !turns_left(hole)));
            }
        }
        prop_assert!(reaches.is_sorted_by(|a, b| a.road_m <= b.road_m));
    }
}

fn turns_left(ring: &[Wgs84]) -> bool {
    let next = ring.iter().cycle().skip(1);
    let doubled: f64 = ring
        .iter()
        .zip(next)
        .map(|(a, b)| {
            let (ax, ay) = (
                a.lon_deg() - ring[0].lon_deg(),
                a.lat_deg() - ring[0].lat_deg(),
            );
            let (bx, by) = (
                b.lon_deg() - ring[0].lon_deg(),
                b.lat_deg() - ring[0].lat_deg(),
            );
            ax * by - bx * ay
        })
        .sum();
    doubled > 0.0
}

/// Rings grow with the time, hold the roads around the place, and none is made of no time.
#[test]
fn rings_of_a_town() {
    let roads = roads(3, 20);
    let centre = at(10.0, 10.0);
    let reaches = roads.rings(centre, &[0.0, 30.0, 60.0, 300.0]).unwrap();
    assert!(reaches[0].lines.is_empty() && reaches[0].polygons.is_empty());
    let metres: Vec<f64> = reaches.iter().map(|reach| reach.road_m).collect();
    assert!(metres[1] > 100.0 && metres[2] > metres[1] * 1.5 && metres[3] > metres[2] * 3.0);
    assert!(
        reaches[1]
            .lines
            .iter()
            .flat_map(|l| &l.points)
            .all(|p| distance_m(*p, centre) < 900.0)
    );
    assert!(roads.rings(at(10.0, -30.0), &[60.0]).is_err());
}
