//! A made-up town for tests: a crooked grid with one-way streets, forbidden turns, blocks,
//! signals, ramps, a lane that bites its own tail, and an island. Same seed, same town.

use fengsui_geo::Wgs84;
use fengsui_routing::{Network, Place, RoadClass, RoadWay, RuleKind, Signal, TurnRule};

/// Numbers by a fixed rule (SplitMix64).
pub(crate) struct Dice(pub(crate) u64);

impl Dice {
    /// A number below `sides`.
    pub(crate) fn roll(&mut self, sides: u32) -> u32 {
        self.0 = self.0.wrapping_add(0x9e37_79b9_7f4a_7c15);
        let mut z = self.0;
        z = (z ^ (z >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        z = (z ^ (z >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
        ((z ^ (z >> 31)) % u64::from(sides)) as u32
    }

    /// Whether one in so many comes up.
    pub(crate) fn one_in(&mut self, sides: u32) -> bool {
        self.roll(sides) == 0
    }
}

/// West and south edge of all made-up towns, 1e-7 degrees.
pub(crate) const CORNER: (i32, i32) = (1_139_000_000, 312_000_000);
/// Distance of streets: about 150 m.
pub(crate) const BLOCK: i32 = 15_000;

/// A place by column and row, with a fixed place in the grid.
pub(crate) fn place(column: u32, row: u32) -> Place {
    Place {
        lon_e7: CORNER.0 + column as i32 * BLOCK,
        lat_e7: CORNER.1 + row as i32 * BLOCK,
        signal: Signal::None,
        is_blocked: false,
    }
}

/// A street open both ways.
pub(crate) fn street(id: i64, nodes: &[u32]) -> RoadWay {
    RoadWay {
        id,
        nodes: nodes.to_vec(),
        class: RoadClass::Residential,
        name: None,
        is_open: [true, true],
        posted_kmh: [None, None],
        is_restricted: false,
        is_roundabout: false,
    }
}

/// A point by column and row of the grid, which may be broken.
pub(crate) fn at(column: f64, row: f64) -> Wgs84 {
    let lon = CORNER.0 + (column * f64::from(BLOCK)) as i32;
    let lat = CORNER.1 + (row * f64::from(BLOCK)) as i32;
    Wgs84::from_e7(lon, lat).unwrap()
}

/// A random point over a town of so many columns and rows, and a little beyond.
pub(crate) fn anywhere(dice: &mut Dice, side: u32) -> Wgs84 {
    let mut one = || f64::from(dice.roll(side * 1_000 + 1_000)) / 1_000.0 - 0.5;
    at(one(), one())
}

/// A town of `side` × `side` crossings.
pub(crate) fn town(seed: u64, side: u32) -> Network {
    let mut dice = Dice(seed);
    let mut network = Network::default();
    for row in 0..side {
        for column in 0..side {
            let mut place = place(column, row);
            place.lon_e7 += dice.roll(8_000) as i32 - 4_000;
            place.lat_e7 += dice.roll(8_000) as i32 - 4_000;
            if dice.one_in(8) {
                place.signal = Signal::Both;
            }
            place.is_blocked = dice.one_in(40);
            network.places.push(place);
        }
    }
    let node = |column: u32, row: u32| row * side + column;
    let mut id = 0;
    for row in 0..side {
        for column in 0..side {
            if column + 1 < side {
                id += 1;
                grid_way(
                    &mut network,
                    &mut dice,
                    id,
                    [node(column, row), node(column + 1, row)],
                );
            }
            if row + 1 < side {
                id += 1;
                grid_way(
                    &mut network,
                    &mut dice,
                    id,
                    [node(column, row), node(column, row + 1)],
                );
            }
        }
    }
    extras(&mut network, side);
    rules(&mut network, &mut dice);
    network
}

fn grid_way(network: &mut Network, dice: &mut Dice, id: i64, ends: [u32; 2]) {
    if dice.one_in(9) {
        return;
    }
    let mut way = street(id, &ends);
    // A bend, sometimes with a signal on it.
    if dice.one_in(2) {
        let [from, to] = ends.map(|end| network.places[end as usize]);
        let signals = [
            Signal::None,
            Signal::Both,
            Signal::Forward,
            Signal::Backward,
        ];
        network.places.push(Place {
            lon_e7: from.lon_e7.midpoint(to.lon_e7) + dice.roll(3_000) as i32,
            lat_e7: from.lat_e7.midpoint(to.lat_e7) + dice.roll(3_000) as i32,
            signal: signals[dice.roll(4) as usize],
            is_blocked: false,
        });
        way.nodes.insert(1, network.places.len() as u32 - 1);
    }
    way.class = RoadClass::ALL[dice.roll(15) as usize];
    way.is_open = match dice.roll(5) {
        0 => [true, false],
        1 => [false, true],
        _ => [true, true],
    };
    if dice.one_in(6) {
        way.posted_kmh = [Some(20 + dice.roll(60) as u16), None];
    }
    way.is_restricted = dice.one_in(12);
    way.name = (!dice.one_in(3)).then(|| format!("{}街", id % 7));
    network.ways.push(way);
}

/// What a grid does not have: a lane that ends where it began, two ways between the same places,
/// a dead end, and an island of its own.
fn extras(network: &mut Network, side: u32) {
    let first = network.places.len() as u32;
    let out = |column: f64, row: f64| {
        let (lon_e7, lat_e7) = at(column, row).to_e7();
        Place {
            lon_e7,
            lat_e7,
            signal: Signal::None,
            is_blocked: false,
        }
    };
    let edge = f64::from(side);
    network.places.extend([
        out(-0.6, -0.2),
        out(-0.6, -0.7),
        out(0.2, -0.6),
        out(edge + 3.0, 0.0),
        out(edge + 3.0, 1.0),
        out(edge + 4.0, 1.0),
    ]);
    network
        .ways
        .push(street(9_001, &[0, first, first + 1, first + 2, 0]));
    network.ways.push(street(9_002, &[0, first + 2]));
    network
        .ways
        .push(street(9_003, &[first + 3, first + 4, first + 5]));
}

fn rules(network: &mut Network, dice: &mut Dice) {
    for _ in 0..network.ways.len() / 4 {
        let from = &network.ways[dice.roll(network.ways.len() as u32) as usize];
        let via = *from.nodes.last().unwrap();
        let meet: Vec<i64> = network
            .ways
            .iter()
            .filter(|way| way.nodes.first() == Some(&via) || way.nodes.last() == Some(&via))
            .map(|way| way.id)
            .collect();
        let kind = match dice.one_in(3) {
            true => RuleKind::Only,
            false => RuleKind::No,
        };
        let to = meet[dice.roll(meet.len() as u32) as usize];
        let from = from.id;
        network.rules.push(TurnRule {
            from,
            via,
            to,
            kind,
        });
    }
}
