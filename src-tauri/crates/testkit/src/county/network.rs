//! Roads between places: trunk, county and village roads, the expressway and the railway.
//! Not here: streets inside places; where lines meet and cross water (`meet`).

use super::city::{expressway_gate, gates};
use super::land::{Land, in_county};
use super::plane::{P, p, smooth, thin, to_segment, town};
use super::prng::{Dice, noise};
use super::settle::{Town, Village};
use super::world::{Road, World};
use std::collections::BTreeMap;

/// A link between two places by index.
type Link = (usize, usize);

/// Places that roads tie together: rural seats, villages, gates of the county town, exits.
struct Places {
    at: Vec<P>,
    seats: usize,
    villages: usize,
    gates: usize,
    short: Vec<String>,
}

/// Draws every road between places; `ends` are the street ends of the rural seats, then of the
/// villages.
pub(crate) fn build(
    world: &mut World,
    land: &Land,
    towns: &[Town],
    villages: &[Village],
    ends: &[Vec<P>],
    dice: &mut Dice,
) {
    let places = gather(towns, villages);
    let links = relative_neighbours(&places, land);
    let ranks = rank(&places, &links);
    for (i, link) in links.iter().enumerate() {
        // A road ties to the street end that looks toward where it goes.
        let tie = |place: usize, other: usize| {
            let far = |end: &&P| end.to(places.at[other]);
            let own = ends.get(place).map(Vec::as_slice).unwrap_or_default();
            let best = own.iter().min_by(|x, y| far(x).total_cmp(&far(y)));
            best.copied().unwrap_or(places.at[place])
        };
        let (a, b) = (tie(link.0, link.1), tie(link.1, link.0));
        let (class, reference) = ranks
            .get(&i)
            .cloned()
            .unwrap_or(("unclassified", String::new()));
        let wobble = if class == "unclassified" { 0.11 } else { 0.075 };
        let line = wander(a, b, wobble, land, dice);
        let stem = |k: usize| places.short[k].chars().next();
        let name = match (class, stem(link.0), stem(link.1)) {
            ("unclassified", Some(x), Some(y)) if dice.chance(0.6) => format!("{x}{y}路"),
            ("unclassified", ..) => String::new(),
            ("trunk", ..) => "望北公路".to_owned(),
            _ => road_name(&reference),
        };
        let mut road = Road::plain(class, &name, line);
        road.reference = reference;
        world.roads.push(road);
    }
    expressway(world);
    railway(world);
}

fn gather(towns: &[Town], villages: &[Village]) -> Places {
    let mut places = Places {
        at: Vec::new(),
        short: Vec::new(),
        seats: 0,
        villages: 0,
        gates: 0,
    };
    for town in towns.iter().filter(|town| !town.is_urban) {
        places.at.push(town.seat);
        places.short.push(town.short.to_owned());
    }
    places.seats = places.at.len();
    for village in villages {
        places.at.push(village.at);
        places.short.push(village.name.clone());
    }
    places.villages = places.at.len();
    places.at.extend(gates());
    places.gates = places.at.len();
    // West and east, for the trunk road; then the county roads' ways out.
    for (dx, dy) in [
        (-1.0, 0.05),
        (1.0, -0.16),
        (0.1, 1.0),
        (-0.75, 0.75),
        (-0.3, -1.0),
        (0.8, -0.8),
    ] {
        let mut reach = 12_000.0;
        while in_county(p(dx * reach, dy * reach)) {
            reach += 60.0;
        }
        places
            .at
            .push(p(dx * (reach + 350.0), dy * (reach + 350.0)));
    }
    places.short.resize(places.at.len(), String::new());
    places
}

/// Links with no third place nearer to both ends than they are to each other, thinned where
/// they would cross the main river too often.
fn relative_neighbours(places: &Places, land: &Land) -> Vec<Link> {
    let at = &places.at;
    let is_gate = |i: usize| (places.villages..places.gates).contains(&i);
    let is_exit = |i: usize| i >= places.gates;
    let mut links = Vec::new();
    let mut over: Vec<(f64, Link)> = Vec::new();
    for a in 0..at.len() {
        for b in a + 1..at.len() {
            let apart = at[a].to(at[b]);
            if (is_gate(a) && is_gate(b)) || (is_exit(a) && is_exit(b)) {
                continue;
            }
            let is_between = |c: usize| {
                let far = at[a].to(at[c]).max(at[b].to(at[c]));
                c != a && c != b && !is_exit(c) && far < apart * 0.985
            };
            if (0..at.len()).any(is_between) || hits_reservoir(at[a], at[b], land) {
                continue;
            }
            if crosses_main_river(at[a], at[b], land) {
                over.push((apart, (a, b)));
            } else {
                links.push((a, b));
            }
        }
    }
    over.sort_by(|x, y| x.0.total_cmp(&y.0));
    let mut bridges: Vec<P> = vec![town(-150.0, -2270.0)];
    for (_, link) in over {
        let middle = at[link.0].toward(at[link.1], 0.5);
        if bridges.iter().all(|bridge| bridge.to(middle) > 4_800.0) {
            bridges.push(middle);
            links.push(link);
        }
    }
    links.sort_unstable();
    links
}

fn crosses_main_river(a: P, b: P, land: &Land) -> bool {
    let course = &land.rivers[0].line;
    course
        .windows(2)
        .any(|s| super::plane::crossing(a, b, s[0], s[1]).is_some())
}

fn hits_reservoir(a: P, b: P, land: &Land) -> bool {
    land.reservoir
        .iter()
        .any(|bank| to_segment(*bank, a, b).0 < 120.0)
}

/// Which links are more than village roads: the trunk road through the county town, county roads
/// from every seat to the county town and to its two nearest seats, and the ways out.
fn rank(places: &Places, links: &[Link]) -> BTreeMap<usize, (&'static str, String)> {
    let graph = Graph::new(places, links);
    let mut ranks = BTreeMap::new();
    let exits = places.gates..places.at.len();
    let west_gate = places.villages;
    let mut give = |from: usize, to: &dyn Fn(usize) -> bool, class, reference: &str| {
        for link in graph.path(from, to) {
            ranks.entry(link).or_insert((class, reference.to_owned()));
        }
    };
    let is_gate = |i: usize| (places.villages..places.gates).contains(&i);
    give(exits.start, &|i| i == west_gate, "trunk", "G799");
    give(exits.start + 1, &is_gate, "trunk", "G799");
    for (n, exit) in exits.skip(2).enumerate() {
        give(exit, &is_gate, "secondary", &format!("X9{:02}", n + 1));
    }
    for seat in 0..places.seats {
        give(seat, &is_gate, "secondary", &format!("X9{:02}", seat + 11));
    }
    for seat in 0..places.seats {
        let mut others: Vec<usize> = (0..places.seats).filter(|other| *other != seat).collect();
        let far = |i: &usize| places.at[seat].to(places.at[*i]);
        others.sort_by(|a, b| far(a).total_cmp(&far(b)));
        for other in others.into_iter().take(2) {
            let reference = format!("X9{:02}", 31 + seat.min(other) * 3 + other % 3);
            give(seat, &|i| i == other, "tertiary", &reference);
        }
    }
    ranks
}

fn road_name(reference: &str) -> String {
    const NAMES: [&str; 9] = [
        "望柳路",
        "望岭路",
        "望石路",
        "望青路",
        "望鹤路",
        "望双路",
        "望龙路",
        "望坪路",
        "望云路",
    ];
    let number: usize = reference[1..].parse().unwrap_or(0);
    NAMES
        .get(number.wrapping_sub(911))
        .map(|name| (*name).to_owned())
        .unwrap_or_default()
}

struct Graph {
    next: Vec<Vec<(usize, usize, f64)>>,
}

impl Graph {
    fn new(places: &Places, links: &[Link]) -> Self {
        let mut next = vec![Vec::new(); places.at.len()];
        for (i, (a, b)) in links.iter().enumerate() {
            let metres = places.at[*a].to(places.at[*b]);
            next[*a].push((*b, i, metres));
            next[*b].push((*a, i, metres));
        }
        Self { next }
    }

    /// Links of the shortest way to the nearest place that qualifies; empty when there is none.
    fn path(&self, from: usize, is_goal: &dyn Fn(usize) -> bool) -> Vec<usize> {
        let mut best = vec![f64::INFINITY; self.next.len()];
        let mut came: Vec<Option<(usize, usize)>> = vec![None; self.next.len()];
        let mut done = vec![false; self.next.len()];
        best[from] = 0.0;
        loop {
            let open = (0..best.len()).filter(|i| !done[*i] && best[*i].is_finite());
            let Some(at) = open.min_by(|a, b| best[*a].total_cmp(&best[*b])) else {
                return Vec::new();
            };
            done[at] = true;
            if at != from && is_goal(at) {
                let mut links = Vec::new();
                let mut place = at;
                while let Some((previous, link)) = came[place] {
                    links.push(link);
                    place = previous;
                }
                return links;
            }
            for (to, link, metres) in &self.next[at] {
                if best[at] + metres < best[*to] {
                    best[*to] = best[at] + metres;
                    came[*to] = Some((at, *link));
                }
            }
        }
    }
}

/// A road that leaves the straight line the way country roads do, and keeps off the river.
fn wander(a: P, b: P, wobble: f64, land: &Land, dice: &mut Dice) -> Vec<P> {
    let mut line = vec![a, b];
    let mut reach = a.to(b) * wobble;
    while a.to(b) / line.len() as f64 > 330.0 || line.len() < 4 {
        let mut finer = vec![line[0]];
        for pair in line.windows(2) {
            let span = pair[0].to(pair[1]).max(1.0);
            let off = dice.between(-reach, reach);
            let middle = pair[0].toward(pair[1], dice.between(0.42, 0.58));
            let (nx, ny) = (
                -(pair[1].y - pair[0].y) / span,
                (pair[1].x - pair[0].x) / span,
            );
            finer.push(middle.shift(nx * off, ny * off));
            finer.push(pair[1]);
        }
        line = finer;
        reach *= 0.5;
    }
    if !crosses_main_river(a, b, land) {
        let last = line.len() - 1;
        for point in &mut line[1..last] {
            *point = off_river(*point, land);
        }
    }
    thin(&smooth(&line, 60.0), 1.5)
}

/// Pushed away from the main river when it lies on its bank or in it.
fn off_river(point: P, land: &Land) -> P {
    const BANK_M: f64 = 240.0;
    let nearest = land.rivers[0]
        .line
        .windows(2)
        .map(|s| (to_segment(point, s[0], s[1]), s[0], s[1]))
        .min_by(|x, y| x.0.0.total_cmp(&y.0.0));
    match nearest {
        Some(((metres, share), a, b)) if metres < BANK_M && metres > 1.0 => {
            let foot = a.toward(b, share);
            foot.toward(point, BANK_M / metres)
        }
        _ => point,
    }
}

/// Two carriageways from west to east, south of the county town, and the junction there.
fn expressway(world: &mut World) {
    let gate = expressway_gate();
    let course = [
        p(-22_600.0, -9_900.0),
        p(-16_500.0, -10_900.0),
        p(-9_500.0, -9_300.0),
        p(-4_000.0, -8_600.0),
        gate.shift(80.0, -820.0),
        p(6_000.0, -8_000.0),
        p(12_500.0, -9_900.0),
        p(18_500.0, -12_400.0),
    ];
    let middle = smooth(&course, 120.0);
    let carriageway = |offset_m: f64| super::plane::offset(&middle, |_| offset_m);
    let north: Vec<P> = carriageway(13.0).into_iter().rev().collect();
    let south = carriageway(-13.0);
    let near = |line: &[P], metres: f64| {
        let wanted = gate.shift(80.0 + metres, -820.0);
        line.iter()
            .copied()
            .min_by(|a, b| a.to(wanted).total_cmp(&b.to(wanted)))
    };
    let (above, below) = (gate.shift(60.0, -560.0), gate.shift(95.0, -1_080.0));
    let ramps = [
        (near(&north, 780.0), gate.shift(360.0, -640.0), Some(above)),
        (
            Some(above),
            gate.shift(-230.0, -650.0),
            near(&north, -620.0),
        ),
        (
            near(&south, -620.0),
            gate.shift(-220.0, -1_010.0),
            Some(below),
        ),
        (
            Some(below),
            gate.shift(380.0, -1_000.0),
            near(&south, 780.0),
        ),
    ];
    for (from, by, to) in ramps {
        if let (Some(from), Some(to)) = (from, to) {
            let mut road = Road::plain("motorway_link", "", smooth(&[from, by, to], 40.0));
            road.is_oneway = true;
            world.roads.push(road);
        }
    }
    let link = smooth(&[gate, gate.shift(25.0, -280.0), above, below], 60.0);
    world.roads.push(Road::plain("primary", "高速连接线", link));
    world.mark(
        "望北收费站",
        "barrier",
        "toll_booth",
        gate.shift(25.0, -280.0),
    );
    for line in [north, south] {
        // In stretches, so that a map label need not travel the whole county.
        for part in 0..line.len() / 24 + 1 {
            let piece: Vec<P> = line.iter().skip(part * 24).take(25).copied().collect();
            let mut road = Road::plain("motorway", "望北高速", piece);
            road.reference = "S99".to_owned();
            road.is_oneway = true;
            road.is_apart = true;
            if road.line.len() > 1 {
                world.roads.push(road);
            }
        }
    }
}

/// One track from west to east past the station.
fn railway(world: &mut World) {
    let station = town(-160.0, 3_690.0);
    let course = [
        p(-19_500.0, 7_900.0),
        p(-14_500.0, 6_900.0),
        p(-9_500.0, 6_400.0),
        p(-4_500.0, 4_100.0),
        station.shift(-900.0, -95.0),
        station,
        station.shift(900.0, 125.0),
        p(5_300.0, 5_300.0),
        p(10_500.0, 5_900.0),
        p(15_500.0, 4_300.0),
        p(21_400.0, 2_700.0),
    ];
    let line = smooth(&course, 110.0);
    let bent = super::plane::offset(&line, |i| {
        let calm = ((line[i].to(station) - 1_200.0) / 2_500.0).clamp(0.0, 1.0);
        260.0 * calm * (noise(line[i].x, line[i].y, 2_600.0, 71) - 0.5)
    });
    for part in 0..bent.len() / 30 + 1 {
        let piece: Vec<P> = bent.iter().skip(part * 30).take(31).copied().collect();
        let mut road = Road::plain("rail", "望北铁路", piece);
        road.is_apart = true;
        if road.line.len() > 1 {
            world.roads.push(road);
        }
    }
    for side in [9.0, -9.0] {
        // The siding leaves the track and comes back to it.
        let beside = |i: usize| side * ((980.0 - bent[i].to(station)) / 160.0).clamp(0.0, 1.0);
        let siding = super::plane::offset(&bent, beside);
        let piece: Vec<P> = siding
            .into_iter()
            .filter(|at| at.to(station) < 1_090.0)
            .collect();
        let mut road = Road::plain("rail", "", piece);
        road.is_apart = true;
        world.roads.push(road);
    }
}
