//! Goal: the hierarchy answers what plain Dijkstra answers, to the millisecond and decimetre, and
//! both answer what the map means. Method: made-up towns against two searches that share nothing
//! with the hierarchy; then small maps by hand whose answer is known beforehand.

use crate::cases;
use crate::town::{Dice, anywhere, at, place, street, town};
use fengsui_geo::Wgs84;
use fengsui_routing::{
    Network, NoWay, PieceId, RoadClass, RoadGraph, RoadLane, Roads, RuleKind, Signal, SpeedTable,
    Speeds, TurnRule, oracle,
};
use proptest::prelude::*;
use std::sync::Arc;

fn roads(network: &Network) -> Roads {
    let graph = Arc::new(RoadGraph::build(network).unwrap());
    Roads::new(graph, &SpeedTable::default())
}

/// Ranks random points to random points by the hierarchy and by both searches; returns how many
/// ways there were.
fn compare(roads: &Roads, dice: &mut Dice, side: u32) -> usize {
    let mut found = 0;
    for _ in 0..4 {
        let starts: Vec<_> = (0..12)
            .map(|_| roads.snap_start(anywhere(dice, side)))
            .collect();
        let Ok(goal) = roads.snap_goal(anywhere(dice, side)) else {
            continue;
        };
        let ours = roads.rank_snaps(&starts, &goal);
        assert_eq!(ours, oracle::rank_snaps(roads, &starts, &goal));
        for (start, ours) in starts.iter().zip(&ours) {
            if let Ok(start) = start {
                assert_eq!(*ours, oracle::forward(roads, start, &goal));
                found += usize::from(ours.is_ok());
            }
        }
    }
    found
}

proptest! {
    #![proptest_config(cases(60))]

    /// Any town, with any closures and speeds set on the way, is answered as Dijkstra answers it.
    #[test]
    fn the_hierarchy_is_exact(seed in any::<u64>(), side in 3u32..9) {
        let mut dice = Dice(seed ^ 1);
        let mut roads = roads(&town(seed, side));
        let mut found = compare(&roads, &mut dice, side);
        for round in 0..4 {
            let pieces = roads.graph().counts().pieces as u32;
            let some = if round == 2 { pieces / 2 } else { 3 };
            let closed: Vec<RoadLane> = (0..some)
                .map(|_| RoadLane::new(PieceId(dice.roll(pieces)), dice.roll(2) == 1))
                .collect();
            roads.set_closed_lanes(&closed);
            found += compare(&roads, &mut dice, side);
            let mut table = SpeedTable::default();
            let kmh = 10 + dice.roll(100) as u16;
            table.set(RoadClass::Residential, Speeds { open_kmh: kmh, town_kmh: kmh });
            roads.set_speeds(&table);
            found += compare(&roads, &mut dice, side);
        }
        prop_assert!(found > 20, "only {found} ways in all");
    }

    /// Closing and opening leaves no trace: the same questions have the same answers as on roads
    /// laid afresh.
    #[test]
    fn closing_and_opening_leaves_no_trace(seed in any::<u64>()) {
        let network = town(seed, 7);
        let (mut used, fresh) = (roads(&network), roads(&network));
        let mut dice = Dice(seed);
        let pieces = used.graph().counts().pieces as u32;
        for _ in 0..6 {
            let closed: Vec<PieceId> = (0..5).map(|_| PieceId(dice.roll(pieces))).collect();
            used.set_closed(&closed);
        }
        used.set_closed(&[]);
        let from: Vec<Wgs84> = (0..30).map(|_| anywhere(&mut dice, 7)).collect();
        for _ in 0..10 {
            let to = anywhere(&mut dice, 7);
            prop_assert_eq!(used.rank(&from, to), fresh.rank(&from, to));
        }
    }

    /// A route is as long and takes as long as the ranking says, begins and ends at the points'
    /// roads, and its line is connected.
    #[test]
    fn a_route_is_what_the_ranking_says(seed in any::<u64>()) {
        let roads = roads(&town(seed, 7));
        let mut dice = Dice(seed ^ 2);
        for _ in 0..40 {
            let (from, to) = (anywhere(&mut dice, 7), anywhere(&mut dice, 7));
            let travel = roads.rank(&[from], to)[0];
            let route = roads.route(from, to);
            let (Ok(travel), Ok(route)) = (travel, route.clone()) else {
                prop_assert_eq!(travel.err(), route.err());
                continue;
            };
            prop_assert_eq!((route.seconds, route.metres), (travel.seconds, travel.metres));
            let line_m = fengsui_geo::path_length_m(&route.points);
            prop_assert!((line_m - route.metres).abs() < 1.0 + route.metres * 0.01);
            let legs_m: f64 = route.legs.iter().map(|leg| leg.metres).sum();
            prop_assert!((legs_m - route.metres).abs() < 0.01);
            let off_m = fengsui_geo::distance_m(from, route.points[0]);
            prop_assert!((off_m - route.from_off_m).abs() < 1.0);
            let off_m = fengsui_geo::distance_m(to, *route.points.last().unwrap());
            prop_assert!((off_m - route.to_off_m).abs() < 1.0);
        }
    }
}

/// Streets of one class on a row of places, joined end to end: `0 - 1 - 2 - …`.
fn row(count: u32) -> Network {
    Network {
        places: (0..count).map(|column| place(column, 0)).collect(),
        ways: (0..count - 1)
            .map(|i| street(i64::from(i) + 1, &[i, i + 1]))
            .collect(),
        ..Network::default()
    }
}

fn metres(roads: &Roads, from: Wgs84, to: Wgs84) -> Result<f64, NoWay> {
    roads.rank(&[from], to)[0].map(|travel| travel.metres.round())
}

/// Ahead on the same street is the way between the two; behind on a one-way street is the whole
/// way round.
#[test]
fn the_same_street_ahead_and_behind() {
    let ahead = fengsui_geo::distance_m(at(0.25, 0.0), at(0.75, 0.0)).round();
    let both_ways = roads(&row(3));
    assert_eq!(metres(&both_ways, at(0.25, 0.0), at(0.75, 0.0)), Ok(ahead));
    assert_eq!(metres(&both_ways, at(0.75, 0.0), at(0.25, 0.0)), Ok(ahead));
    assert_eq!(metres(&both_ways, at(0.5, 0.0), at(0.5, 0.0)), Ok(0.0));

    // A square, one-way all around; its north side has two pieces.
    let mut square = Network {
        places: [(0, 0), (2, 0), (2, 1), (0, 1)]
            .map(|(x, y)| place(x, y))
            .to_vec(),
        ways: vec![
            street(1, &[0, 1]),
            street(2, &[1, 2]),
            street(3, &[2, 3, 0]),
        ],
        ..Network::default()
    };
    for way in &mut square.ways {
        way.is_open = [true, false];
    }
    let square = roads(&square);
    let around = square.graph().counts().metres as f64;
    let there = metres(&square, at(0.5, 0.0), at(1.5, 0.0)).unwrap();
    let back = metres(&square, at(1.5, 0.0), at(0.5, 0.0)).unwrap();
    assert!(
        there < 150.0 && (there + back - around).abs() <= 1.0,
        "{there} {back} {around}"
    );
}

/// `no_left_turn` forbids that turn only; `only_straight_on` forbids all others.
#[test]
fn turn_rules_forbid_what_they_say() {
    // A cross: west 0, middle 1, east 2, north 3, south 4.
    let cross = |rules: &[(i64, i64, RuleKind)]| Network {
        places: [(0, 1), (1, 1), (2, 1), (1, 2), (1, 0)]
            .map(|(x, y)| place(x, y))
            .to_vec(),
        ways: vec![
            street(1, &[0, 1]),
            street(2, &[1, 2]),
            street(3, &[1, 3]),
            street(4, &[4, 1]),
        ],
        rules: rules
            .iter()
            .map(|(from, to, kind)| TurnRule {
                from: *from,
                via: 1,
                to: *to,
                kind: *kind,
            })
            .collect(),
        ..Network::default()
    };
    let from = at(0.5, 1.0);
    let goals = [
        ("east", at(1.5, 1.0)),
        ("north", at(1.0, 1.5)),
        ("south", at(1.0, 0.5)),
    ];
    // Who may not turn drives past, turns round at the end of a street and comes back.
    let detours = |rules: &[(i64, i64, RuleKind)]| -> Vec<&str> {
        let (with, free) = (roads(&cross(rules)), roads(&cross(&[])));
        goals
            .iter()
            .filter(|(_, to)| metres(&with, from, *to) != metres(&free, from, *to))
            .map(|(name, _)| *name)
            .collect()
    };
    assert_eq!(detours(&[]), Vec::<&str>::new());
    assert_eq!(detours(&[(1, 3, RuleKind::No)]), ["north"]);
    assert_eq!(detours(&[(1, 2, RuleKind::Only)]), ["north", "south"]);
    let graph = RoadGraph::build(&cross(&[(1, 3, RuleKind::No), (1, 77, RuleKind::No)])).unwrap();
    assert_eq!(
        (graph.counts().rules, graph.counts().rules_left_out),
        (1, 1)
    );
}

/// Turning round is possible at the end of a road only, and costs what is said.
#[test]
fn one_turns_round_at_dead_ends_only() {
    let mut network = row(4);
    // One can only start eastwards; the goal lies behind.
    network.ways[1].is_open = [true, true];
    let roads = roads(&network);
    let travel = roads.rank(&[at(1.5, 0.0)], at(0.5, 0.0))[0].unwrap();
    assert!(
        travel.metres < 200.0,
        "both directions are open to a start: {}",
        travel.metres
    );
    // From a one-way street into the row, the goal behind: round at its end.
    network.places.push(place(1, 1));
    network.ways.push(street(9, &[4, 1]));
    network.ways[3].is_open = [true, false];
    network.rules.push(TurnRule {
        from: 9,
        via: 1,
        to: 2,
        kind: RuleKind::Only,
    });
    let roads = self::roads(&network);
    let travel = roads.rank(&[at(1.0, 0.5)], at(0.5, 0.0))[0].unwrap();
    let by_way = 0.5 + 2.0 + 2.0 + 0.5;
    let block = fengsui_geo::distance_m(at(0.0, 0.0), at(1.0, 0.0));
    assert!(
        (travel.metres - by_way * block).abs() < 15.0,
        "{}",
        travel.metres
    );
}

/// A bollard is not driven past, and both sides are driven up to it.
#[test]
fn nobody_drives_past_a_bollard() {
    let mut network = row(3);
    network.places[1].is_blocked = true;
    let roads = roads(&network);
    assert_eq!(
        metres(&roads, at(0.5, 0.0), at(1.5, 0.0)),
        Err(NoWay::Unreachable)
    );
    assert!(metres(&roads, at(0.1, 0.0), at(0.9, 0.0)).is_ok());
}

/// No way to an island that is a network of its own, a scrap of road beside the network is passed
/// over, and a point in the wilderness is off-road by how far it is.
#[test]
fn islands_and_wilderness_are_said() {
    let mut network = row(30);
    // Thirty streets far to the north, and one street by itself two blocks off.
    network
        .places
        .extend((0..30).map(|column| place(column, 20)));
    let north = |i: u32| street(i64::from(i) + 100, &[30 + i, 31 + i]);
    network.ways.extend((0..29).map(north));
    network.places.extend([place(1, 2), place(2, 2)]);
    network.ways.push(street(999, &[60, 61]));
    let roads = roads(&network);
    let island = at(9.0, 20.0);
    let none = Err(NoWay::Unreachable);
    assert_eq!(metres(&roads, at(2.0, 0.0), island), none);
    assert_eq!(metres(&roads, island, at(2.0, 0.0)), none);
    assert!(metres(&roads, at(5.0, 20.0), island).is_ok());
    let scrap = roads.rank(&[at(1.5, 2.0)], at(9.0, 0.0))[0].unwrap();
    assert!(scrap.from_off_m > 300.0, "{scrap:?}");
    let Err(NoWay::OffRoad {
        metres: Some(off_m),
    }) = metres(&roads, at(2.0, -9.0), island)
    else {
        panic!("found a road in the wilderness");
    };
    assert!(off_m > 1_000.0 && off_m < 2_000.0, "{off_m}");
    let all_off = roads.rank(&[at(1.0, 1.0), at(2.0, 2.0)], at(2.0, -9.0));
    assert!(
        all_off
            .iter()
            .all(|one| matches!(one, Err(NoWay::OffRoad { .. })))
    );
    let empty = self::roads(&Network::default());
    assert_eq!(
        metres(&empty, island, island),
        Err(NoWay::OffRoad { metres: None })
    );
}

/// Beside the road a few metres are free; beyond, they cost time and are said.
#[test]
fn off_the_road_costs_time_and_is_said() {
    let roads = roads(&row(3));
    let near = roads.rank(&[at(0.5, 0.1)], at(1.5, 0.0))[0].unwrap();
    let far = roads.rank(&[at(0.5, 1.0)], at(1.5, 0.0))[0].unwrap();
    assert!(near.from_off_m > 10.0 && near.from_off_m < 25.0);
    let slow_s = (far.from_off_m - 25.0) * 3.6 / 6.0;
    assert!(
        (far.seconds - near.seconds - slow_s).abs() < 0.1,
        "{far:?} {near:?}"
    );
    assert_eq!(far.metres, near.metres);
}

/// A closed street is driven around, its own points go to the next open one, and it opens again.
#[test]
fn closed_streets_are_driven_around() {
    // A ladder: 0-1-2 below, 3-4-5 above, rungs between.
    let network = Network {
        places: (0..6).map(|i| place(i % 3, i / 3)).collect(),
        ways: vec![
            street(1, &[0, 1]),
            street(2, &[1, 2]),
            street(3, &[3, 4]),
            street(4, &[4, 5]),
            street(5, &[0, 3]),
            street(6, &[1, 4]),
            street(7, &[2, 5]),
        ],
        ..Network::default()
    };
    let mut roads = roads(&network);
    let (from, to) = (at(0.5, 0.0), at(1.5, 0.0));
    let before = roads.rank(&[from], to)[0].unwrap();
    let closed = roads.nearest_piece(at(1.2, 0.02)).unwrap();
    assert!(closed.off_m < 5.0);
    roads.set_closed(&[closed.piece]);
    assert_eq!(roads.closed(), [closed.piece]);
    let during = roads.rank(&[from], to)[0].unwrap();
    assert!(
        during.to_off_m > 50.0 && during.seconds > before.seconds,
        "{during:?}"
    );
    let past = metres(&roads, from, at(2.0, 0.3)).unwrap();
    let detour = fengsui_geo::distance_m(at(0.0, 0.0), at(3.0, 0.0));
    assert!(past > detour, "{past} is not around");
    roads.set_closed(&[]);
    assert_eq!(roads.rank(&[from], to)[0], Ok(before));
}

/// One way of a street is closed by the heading driven: that way goes around, the other does not;
/// roads without closures answer as before.
#[test]
fn one_way_of_a_street_is_closed() {
    let network = Network {
        places: (0..4).map(|i| place(i % 2, i / 2)).collect(),
        ways: vec![
            street(1, &[0, 1]),
            street(2, &[1, 3]),
            street(3, &[3, 2]),
            street(4, &[2, 0]),
        ],
        ..Network::default()
    };
    let mut roads = roads(&network);
    let (west, east) = (at(0.3, 0.0), at(0.7, 0.0));
    let before = [metres(&roads, west, east), metres(&roads, east, west)];
    let middle = at(0.5, 0.02);
    let lanes = roads.closing_at(middle, Some(80.0));
    assert_eq!(lanes.len(), 1);
    roads.set_closed_lanes(&lanes);
    assert_eq!(metres(&roads, east, west), before[1]);
    let around = metres(&roads, west, east).unwrap();
    assert!(around > before[0].unwrap() * 3.0, "{around:?}");
    let open = roads.without_closures();
    assert_eq!(metres(&open, west, east), before[0]);
    let over = open.route(west, east).unwrap().lanes;
    assert!(over.contains(&lanes[0]), "{over:?}");
    assert!(!roads.route(west, east).unwrap().lanes.contains(&lanes[0]));
    roads.set_closed_lanes(&roads.closing_at(middle, None));
    assert!(metres(&roads, east, west) != before[1]);
    assert!(roads.closing_at(at(0.5, 1.5), None).is_empty());
}

/// Faster roads are preferred when they are faster, and the county's word changes which are.
#[test]
fn the_countys_speeds_decide() {
    // 0 to 2 straight over a track, or around by a primary road.
    let mut network = Network {
        places: [(0, 0), (1, 0), (2, 0), (1, 1)]
            .map(|(x, y)| place(x, y))
            .to_vec(),
        ways: vec![street(1, &[0, 1, 2]), street(2, &[0, 3, 2])],
        ..Network::default()
    };
    network.ways[0].class = RoadClass::Track;
    network.ways[0].name = Some("田埂".into());
    network.ways[1].class = RoadClass::Primary;
    network.ways[1].name = Some("省道".into());
    network.places.extend([place(0, 2), place(2, 2)]);
    network.ways.push(street(3, &[4, 0]));
    network.ways.push(street(4, &[2, 5]));
    let mut roads = roads(&network);
    let by = |roads: &Roads| -> Vec<Option<String>> {
        let route = roads.route(at(0.0, 1.0), at(2.0, 1.0)).unwrap();
        route.legs.into_iter().map(|leg| leg.name).collect()
    };
    assert_eq!(by(&roads), [None, Some("省道".to_owned()), None]);
    let mut table = SpeedTable::default();
    table.set(
        RoadClass::Track,
        Speeds {
            open_kmh: 90,
            town_kmh: 90,
        },
    );
    roads.set_speeds(&table);
    assert_eq!(by(&roads), [None, Some("田埂".to_owned()), None]);
}

/// Signals, posted speeds and roundabouts cost and give what is said.
#[test]
fn signals_and_posted_speeds_count() {
    let seconds = |change: &dyn Fn(&mut Network)| {
        let mut network = Network {
            places: (0..3).map(|column| place(column, 0)).collect(),
            ways: vec![street(1, &[0, 1, 2])],
            ..Network::default()
        };
        change(&mut network);
        roads(&network).rank(&[at(0.0, 0.0)], at(2.0, 0.0))[0]
            .unwrap()
            .seconds
    };
    let plain = seconds(&|_| {});
    let with = seconds(&|network| network.places[1].signal = Signal::Forward);
    assert!((with - plain - 2.0).abs() < 0.01);
    let against = seconds(&|network| network.places[1].signal = Signal::Backward);
    assert_eq!(against, plain);
    let posted = seconds(&|network| network.ways[0].posted_kmh = [Some(70), None]);
    assert!(
        (posted * 2.0 - plain).abs() < 0.01,
        "35 km/h against 70: {plain} {posted}"
    );
    let round = seconds(&|network| network.ways[0].is_roundabout = true);
    assert!(round > plain * 1.9);
}

/// `Roads` may be asked by several threads at once.
#[test]
fn roads_are_shared_between_threads() {
    fn is_shared<T: Send + Sync>(_: &T) {}
    let roads = roads(&town(11, 6));
    is_shared(&roads);
    let from: Vec<Wgs84> = (0..40).map(|i| anywhere(&mut Dice(i), 6)).collect();
    let once = roads.rank(&from, at(3.0, 3.0));
    std::thread::scope(|scope| {
        for _ in 0..4 {
            scope.spawn(|| {
                for _ in 0..20 {
                    assert_eq!(roads.rank(&from, at(3.0, 3.0)), once);
                }
            });
        }
    });
}
