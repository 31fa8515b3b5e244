//! Goal: road time here and that of an independent router agree on a real map: as long, as
//! quick, and above all with the same units in the same order. Method: 500 random pairs and the
//! ranking of 200 units on one extract, asked of both; the whole distribution is printed.

use std::sync::Arc;

use fengsui_geo::Wgs84;
use fengsui_mappack::road_graph;
use fengsui_routing::{NoWay, PieceId, Roads, SpeedTable, Travel};
use fengsui_tests::bench::figures::Samples;
use fengsui_tests::load::dice::Dice;
use fengsui_tests::peers::{LonLat, Peers, Valhalla, extract};

const PAIRS: usize = 500;
const UNITS: usize = 200;
const GOALS: usize = 40;

/// A random point on a road, in the middle of a piece: both routers put it on the same road.
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
    // scipy.stats.kendalltau([1, 2, 3, 4], [1, 3, 2, 2]) = 0.5477…
    assert!((kendall_tau(&[1.0, 2.0, 3.0, 4.0], &[1.0, 3.0, 2.0, 2.0]) - 0.5477).abs() < 1e-4);
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

/// Compares the ways of pairs; returns the median of the absolute deviation of length, in percent.
fn pairs(roads: &Roads, asked: &[(Wgs84, Wgs84)], peer: &Valhalla) -> f64 {
    let (mut length, mut size, mut time) = (Vec::new(), Vec::new(), Vec::new());
    let (mut by_ship, mut only_ours, mut only_theirs, mut neither) = (0, 0, 0, 0);
    for ((from, to), theirs) in asked.iter().zip(&peer.pairs) {
        let ours = roads.rank(&[*from], *to)[0];
        match (ours, theirs) {
            (_, Some(theirs)) if theirs.has_ferry => by_ship += 1,
            (Ok(ours), Some(theirs)) => {
                let percent = (ours.metres / theirs.metres - 1.0) * 100.0;
                length.push(percent);
                size.push(percent.abs());
                time.push((ours.seconds / theirs.seconds - 1.0) * 100.0);
            }
            (Ok(_), None) => only_ours += 1,
            (Err(_), Some(_)) => only_theirs += 1,
            (Err(_), None) => neither += 1,
        }
    }
    println!(
        "pairs {}: {} compared, {by_ship} by ship there, {only_ours} only here, \
         {only_theirs} only there, {neither} nowhere",
        asked.len(),
        length.len()
    );
    spread("length, % longer here", length);
    spread("time, % longer here", time);
    assert!(only_ours + only_theirs <= PAIRS / 50, "the graphs differ");
    spread("length, % apart", size).percentile(50)
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
    let same_first = same_first as f64 / goals.len() as f64 * 100.0;
    let tau = spread("Kendall tau of a ranking", taus).percentile(50);
    println!(
        "same unit first: {same_first:.1} % of {} goals",
        goals.len()
    );
    (tau, same_first)
}

/// Length, order and first unit agree with Valhalla's `auto` costing on the same extract.
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
    let pair_points: Vec<_> = asked
        .iter()
        .map(|(a, b)| (lon_lat(a), lon_lat(b)))
        .collect();
    let peer = peers
        .valhalla(&path, &pair_points, &points(&units), &points(&goals))
        .unwrap();
    println!("valhalla {}", peer.version);
    let apart = pairs(&roads, &asked, &peer);
    let (tau, same_first) = rankings(&roads, &units, &goals, &peer);
    assert!(apart <= 1.0, "median length deviation {apart:.2} %");
    assert!(tau >= 0.95, "median tau {tau:.3}");
    assert!(same_first >= 95.0, "same unit first {same_first:.1} %");
}
