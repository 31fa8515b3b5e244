//! Goal: road time here and that of an independent router agree on a real map. Method: 500 random
//! pairs and the ranking of 200 units, asked of both; whole distributions are printed.
//!
//! Valhalla's `auto` does not look for the quickest way: its cost adds penalties for turns, ramps
//! and dense streets that are not in its time. So three questions are asked. The shortest way,
//! which leaves no taste: are the roads the same ones? The time along *our* way by *its* clock: is
//! our way as quick as its own? The ranking as it comes: are the same units first?

use std::sync::Arc;

use fengsui_geo::Wgs84;
use fengsui_mappack::road_graph;
use fengsui_routing::{NoWay, PieceId, RoadClass, Roads, SpeedTable, Speeds, Travel};
use fengsui_tests::bench::figures::Samples;
use fengsui_tests::load::dice::Dice;
use fengsui_tests::peers::{LonLat, PeerRoute, Peers, Questions, Valhalla, extract};

const PAIRS: usize = 500;
/// Pairs whose way here is timed there: it takes a while.
const LINES: usize = 150;
const UNITS: usize = 200;
const GOALS: usize = 20;

/// A random point on a road, in the middle of a piece: both routers put it on the same road. Not
/// on a track: Valhalla drives those at 2 km/h.
fn on_a_road(roads: &Roads, dice: &mut Dice) -> Wgs84 {
    let pieces = roads.graph().counts().pieces;
    loop {
        let line = roads.piece_line(PieceId(dice.below(pieces) as u32));
        let (a, b) = (line[line.len() / 2 - 1], line[line.len() / 2]);
        let at = Wgs84::new(
            (a.lon_deg() + b.lon_deg()) / 2.0,
            (a.lat_deg() + b.lat_deg()) / 2.0,
        );
        // Scraps of road are passed over by both, each in its own way.
        let near = |snap: fengsui_routing::Snap| snap.off_m < 1.0;
        if let Ok(at) = at
            && roads
                .nearest_piece(at)
                .is_some_and(|near| near.class != RoadClass::Track)
            && roads.snap_start(at).is_ok_and(near)
            && roads.snap_goal(at).is_ok_and(near)
        {
            return at;
        }
    }
}

fn lon_lat(at: &Wgs84) -> LonLat {
    [at.lon_deg(), at.lat_deg()]
}

/// Kendall's tau-b of two rankings of the same things.
fn kendall_tau(ours: &[f64], theirs: &[f64]) -> f64 {
    let (mut agree, mut our_ties, mut their_ties, mut all) = (0.0, 0.0, 0.0, 0.0);
    for i in 0..ours.len() {
        for j in 0..i {
            let (a, b) = (ours[i] - ours[j], theirs[i] - theirs[j]);
            all += 1.0;
            our_ties += f64::from(a == 0.0);
            their_ties += f64::from(b == 0.0);
            if a != 0.0 && b != 0.0 {
                agree += a.signum() * b.signum();
            }
        }
    }
    agree / ((all - our_ties) * (all - their_ties)).sqrt()
}

#[test]
fn tau_of_known_rankings() {
    assert_eq!(kendall_tau(&[1.0, 2.0, 3.0], &[4.0, 5.0, 9.0]), 1.0);
    assert_eq!(kendall_tau(&[1.0, 2.0, 3.0], &[9.0, 5.0, 4.0]), -1.0);
    // By hand: three pairs agree, two do not, one is a tie on one side: 1 / √(6 · 5).
    assert!((kendall_tau(&[1.0, 2.0, 3.0, 4.0], &[1.0, 3.0, 2.0, 2.0]) - 0.18257).abs() < 1e-4);
}

fn spread(name: &str, values: Vec<f64>) -> Samples {
    let samples = Samples::new(values);
    let at = |percent| samples.percentile(percent);
    println!(
        "{name:<28} p1 {:>8.3}  p5 {:>8.3}  p25 {:>8.3}  p50 {:>8.3}  p75 {:>8.3}  p95 {:>8.3}  \
         p99 {:>8.3}  n {}",
        at(1),
        at(5),
        at(25),
        at(50),
        at(75),
        at(95),
        at(99),
        samples.count()
    );
    samples
}

/// Roads on which the quickest way is the shortest: a turn costs a few metres.
fn crawling(roads: &Roads) -> Roads {
    let mut table = SpeedTable::default();
    table.posted_percent = 1;
    for class in RoadClass::ALL {
        let speeds = Speeds {
            open_kmh: 3,
            town_kmh: 3,
        };
        table.set(class, speeds);
    }
    Roads::new(Arc::clone(roads.graph()), &table)
}

/// Ways of pairs by one of our roads and by Valhalla, those by ship left out. Says how many were
/// found by only one of the two.
fn both_found(
    roads: &Roads,
    asked: &[(Wgs84, Wgs84)],
    theirs: &[Option<PeerRoute>],
) -> Vec<(Travel, PeerRoute)> {
    let mut both = Vec::new();
    let (mut by_ship, mut only_ours, mut only_theirs) = (0, 0, 0);
    for ((from, to), theirs) in asked.iter().zip(theirs) {
        match (roads.rank(&[*from], *to)[0], theirs) {
            (_, Some(theirs)) if theirs.has_ferry => by_ship += 1,
            (Ok(ours), Some(theirs)) => both.push((ours, *theirs)),
            (Ok(_), None) => only_ours += 1,
            (Err(_), Some(_)) => only_theirs += 1,
            (Err(_), None) => {}
        }
    }
    println!(
        "{} pairs compared, {by_ship} by ship there, {only_ours} found only here, \
         {only_theirs} only there",
        both.len()
    );
    assert!(only_ours + only_theirs <= PAIRS / 50, "the graphs differ");
    assert!(both.len() > PAIRS / 2);
    both
}

fn percent(ours: f64, theirs: f64) -> f64 {
    (ours / theirs - 1.0) * 100.0
}

/// The shortest ways are as long: median within 1 %, and none is missing a road that is there.
fn shortest(roads: &Roads, asked: &[(Wgs84, Wgs84)], peer: &Valhalla) {
    let both = both_found(&crawling(roads), asked, &peer.shortest);
    let lengths = both.iter().map(|(a, b)| percent(a.metres, b.metres));
    let apart = spread("shortest, % longer here", lengths.clone().collect());
    let size = spread("shortest, % apart", lengths.map(f64::abs).collect());
    assert!(
        size.percentile(50) <= 1.0,
        "median {:.2} %",
        size.percentile(50)
    );
    assert!(
        apart.percentile(99) <= 1.0,
        "longer {:.2} %",
        apart.percentile(99)
    );
}

/// The quickest ways as each finds them; ours by Valhalla's own clock are no slower than its own.
fn quickest(roads: &Roads, asked: &[(Wgs84, Wgs84)], peer: &Valhalla) {
    let both = both_found(roads, asked, &peer.pairs);
    let lengths = both.iter().map(|(a, b)| percent(a.metres, b.metres));
    spread("quickest, % longer here", lengths.clone().collect());
    let length = spread("quickest length, % apart", lengths.map(f64::abs).collect());
    let times = both.iter().map(|(a, b)| percent(a.seconds, b.seconds));
    let time = spread("quickest time, % more here", times.collect());
    let clock = peer
        .clock
        .iter()
        .zip(&peer.pairs)
        .filter_map(|(ours, theirs)| {
            let theirs = theirs.filter(|theirs| !theirs.has_ferry)?;
            Some(percent((*ours)?, theirs.seconds))
        });
    let clock = spread("our way by its clock, % more", clock.collect());
    assert!(clock.count() > LINES / 2);
    assert!(
        length.percentile(50) <= 3.5,
        "length {:.2} %",
        length.percentile(50)
    );
    assert!(
        time.percentile(50).abs() <= 3.0,
        "time {:.2} %",
        time.percentile(50)
    );
    assert!(clock.percentile(50) <= 0.0 && clock.percentile(75) <= 1.0);
}

/// Compares the order of units; returns the median tau, and how many percent of the goals have
/// the same unit first.
fn rankings(roads: &Roads, units: &[Wgs84], goals: &[Wgs84], peer: &Valhalla) -> (f64, f64) {
    let (mut taus, mut same_first) = (Vec::new(), 0);
    for (goal, theirs) in goals.iter().zip(&peer.ranking) {
        let ours = roads.rank(units, *goal);
        let both = |(ours, theirs): (&Result<Travel, NoWay>, &Option<f64>)| {
            Some((ours.as_ref().ok()?.seconds, (*theirs)?))
        };
        let (ours, theirs): (Vec<f64>, Vec<f64>) = ours.iter().zip(theirs).filter_map(both).unzip();
        assert!(
            ours.len() > UNITS / 4,
            "only {} units to compare",
            ours.len()
        );
        taus.push(kendall_tau(&ours, &theirs));
        let first = (0..ours.len())
            .min_by(|a, b| ours[*a].total_cmp(&ours[*b]))
            .unwrap();
        // Whole seconds there: several may be first.
        let least = theirs.iter().copied().fold(f64::INFINITY, f64::min);
        same_first += usize::from(theirs[first] <= least);
    }
    let same_first = same_first as f64 / taus.len() as f64 * 100.0;
    assert!(taus.len() > GOALS / 2);
    let tau = spread("Kendall tau of a ranking", taus).percentile(50);
    println!(
        "same unit first: {same_first:.1} % of {} goals",
        goals.len()
    );
    (tau, same_first)
}

/// Roads, quickness, order and first unit agree with Valhalla on the same extract.
#[test]
fn road_time_agrees_with_valhalla() {
    let Some(path) = extract("malta-clip.osm.pbf") else {
        return;
    };
    let Some(peers) = Peers::find() else {
        return;
    };
    let graph = Arc::new(road_graph(&path).unwrap());
    let roads = Roads::new(graph, &SpeedTable::default());
    let mut dice = Dice::new(3, 0);
    let mut some =
        |count: usize| -> Vec<Wgs84> { (0..count).map(|_| on_a_road(&roads, &mut dice)).collect() };
    let asked: Vec<(Wgs84, Wgs84)> = some(PAIRS).into_iter().zip(some(PAIRS)).collect();
    let (units, goals) = (some(UNITS), some(GOALS));
    let points = |list: &[Wgs84]| -> Vec<LonLat> { list.iter().map(lon_lat).collect() };
    let line = |(from, to): &(Wgs84, Wgs84)| {
        let route = roads.route(*from, *to);
        route.map_or_else(|_| Vec::new(), |route| points(&route.points))
    };
    let questions = Questions {
        pairs: asked
            .iter()
            .map(|(a, b)| (lon_lat(a), lon_lat(b)))
            .collect(),
        lines: asked.iter().take(LINES).map(line).collect(),
        units: points(&units),
        goals: points(&goals),
    };
    let peer = peers.valhalla(&path, &questions).unwrap();
    println!("valhalla {}", peer.version);
    shortest(&roads, &asked, &peer);
    quickest(&roads, &asked, &peer);
    let (tau, same_first) = rankings(&roads, &units, &goals, &peer);
    assert!(tau >= 0.92, "median tau {tau:.3}");
    assert!(same_first >= 85.0, "same unit first {same_first:.1} %");
}
