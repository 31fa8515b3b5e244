//! The county town: its streets, blocks, parks, estates and landmarks.
//! Not here: market towns and villages (`hamlet`), roads between places (`network`).

use super::build::{Filling, fill};
use super::grid::{Block, Street, draw};
use super::land::Land;
use super::plane::{P, town};
use super::prng::Dice;
use super::words::{CITY_MARKS, ESTATES, LANES, SHOPS};
use super::world::World;

/// `u`, name, class, `v` from, `v` to.
const NORTH_SOUTH: [(f64, &str, &str, f64, f64); 20] = [
    (-2900.0, "西环路", "primary", -2010.0, 2400.0),
    (-2420.0, "西苑街", "tertiary", -2010.0, 2400.0),
    (-1950.0, "学府路", "secondary", -2010.0, 2400.0),
    (-1520.0, "文庙街", "tertiary", -2010.0, 2400.0),
    (-1050.0, "新华路", "secondary", -4500.0, 3500.0),
    (-620.0, "鼓楼街", "tertiary", -2010.0, 2400.0),
    (-150.0, "迎宾大道", "primary", -6900.0, 3500.0),
    (290.0, "胜利街", "tertiary", -2010.0, 2400.0),
    (700.0, "中山路", "secondary", -1600.0, 3500.0),
    (1170.0, "湖滨街", "tertiary", -2010.0, 2400.0),
    (1600.0, "工农路", "secondary", -2010.0, 2400.0),
    (2100.0, "棉纺街", "tertiary", -2010.0, 2400.0),
    (2600.0, "东环路", "primary", -4500.0, 2400.0),
    (3300.0, "经一路", "tertiary", -800.0, 2400.0),
    (4050.0, "经二路", "secondary", -800.0, 2400.0),
    (4900.0, "经三路", "tertiary", -800.0, 1500.0),
    (-1950.0, "南苑路", "tertiary", -4500.0, -2950.0),
    (-600.0, "清风街", "tertiary", -4500.0, -2560.0),
    (700.0, "科技路", "secondary", -4500.0, -2560.0),
    (1600.0, "工业路", "tertiary", -4500.0, -2560.0),
];

/// `v`, name, class, `u` from, `u` to.
const EAST_WEST: [(f64, &str, &str, f64, f64); 19] = [
    (3500.0, "站前路", "secondary", -1050.0, 700.0),
    (2400.0, "北环路", "primary", -2900.0, 4050.0),
    (1950.0, "朝阳街", "tertiary", -2900.0, 2600.0),
    (1500.0, "文昌路", "secondary", -2900.0, 4900.0),
    (1130.0, "和平街", "tertiary", -2900.0, 2600.0),
    (750.0, "建设路", "secondary", -2900.0, 4900.0),
    (370.0, "光明街", "tertiary", -2900.0, 2600.0),
    (0.0, "人民路", "primary", -3700.0, 4900.0),
    (-390.0, "幸福街", "tertiary", -2900.0, 2600.0),
    (-800.0, "解放路", "secondary", -2900.0, 4900.0),
    (-1200.0, "青年街", "tertiary", -2900.0, 2600.0),
    (-1600.0, "沿江街", "tertiary", -2900.0, 2600.0),
    (-2010.0, "滨河路", "secondary", -2900.0, 2600.0),
    (-2560.0, "滨河南路", "tertiary", -1050.0, 2600.0),
    (-2950.0, "临江街", "tertiary", -1950.0, 2600.0),
    (-3320.0, "创业街", "tertiary", -1950.0, 2600.0),
    (-3700.0, "城南大道", "primary", -2900.0, 2600.0),
    (-4100.0, "安居街", "tertiary", -1950.0, 2600.0),
    (-4500.0, "南环路", "primary", -1950.0, 2600.0),
];

/// From and to on one axis of the board.
type Span = (f64, f64);

/// Blocks that no lesser street cuts: name, key, value, `u`, `v`.
const LARGE: [(&str, &str, &str, Span, Span); 11] = [
    ("东湖公园", "leisure", "park", (700.0, 1600.0), (0.0, 750.0)),
    (
        "文庙公园",
        "leisure",
        "park",
        (-1520.0, -1050.0),
        (-390.0, 0.0),
    ),
    (
        "望北县第一中学",
        "amenity",
        "school",
        (-1950.0, -1520.0),
        (750.0, 1500.0),
    ),
    (
        "望北县人民医院",
        "amenity",
        "hospital",
        (290.0, 700.0),
        (-800.0, -390.0),
    ),
    (
        "体育中心",
        "leisure",
        "sports_centre",
        (1600.0, 2600.0),
        (1500.0, 2400.0),
    ),
    (
        "公交总站",
        "amenity",
        "bus_station",
        (-2900.0, -2420.0),
        (1950.0, 2400.0),
    ),
    (
        "望北职业技术学校",
        "amenity",
        "college",
        (-1050.0, -600.0),
        (-4500.0, -4100.0),
    ),
    (
        "望北棉纺厂",
        "landuse",
        "industrial",
        (2100.0, 2600.0),
        (-1600.0, -800.0),
    ),
    (
        "滨河公园",
        "leisure",
        "park",
        (-2600.0, 2500.0),
        (-2130.0, -2035.0),
    ),
    (
        "澜水湿地公园",
        "leisure",
        "park",
        (-900.0, 2500.0),
        (-2535.0, -2410.0),
    ),
    (
        "县政府",
        "amenity",
        "townhall",
        (-150.0, 290.0),
        (750.0, 1130.0),
    ),
];

/// Roads that leave the county town, for the network to tie to.
pub(crate) fn gates() -> Vec<P> {
    [
        (-3700.0, 0.0),
        (-2900.0, 2400.0),
        (4050.0, 2400.0),
        (4900.0, 0.0),
        (4900.0, -800.0),
        (-2900.0, -3700.0),
        (-1950.0, -4500.0),
        (2600.0, -4500.0),
        (-1050.0, 3500.0),
        (700.0, 3500.0),
    ]
    .map(|(u, v)| town(u, v))
    .to_vec()
}

/// Where the road to the expressway ends.
pub(crate) fn expressway_gate() -> P {
    town(-150.0, -6900.0)
}

/// Draws the county town.
pub(crate) fn build(world: &mut World, land: &Land, dice: &mut Dice) {
    let large: Vec<Block> = LARGE
        .iter()
        .map(|(_, _, _, u, v)| Block { u: *u, v: *v })
        .collect();
    let mut streets = ranked_streets();
    let cells = blocks(&streets, &large);
    let mut names = Naming {
        lanes: LANES.iter().copied(),
        estates: ESTATES.iter().copied(),
    };
    let mut fillings = Vec::new();
    for cell in &cells {
        let filling = filling_of(*cell, dice);
        streets.extend(lanes(*cell, filling, &mut names, dice));
        fillings.push((*cell, filling));
    }
    // The strips of park along the banks lie under the bridges, they cut no street.
    let gaps: Vec<Block> = large
        .into_iter()
        .filter(|gap| gap.size().1 > 150.0)
        .collect();
    world.roads.extend(draw(&streets, &gaps, 85.0, town));
    for (cell, filling) in fillings {
        ground(world, cell, filling, &mut names);
        fill(world, cell.inset(17.0), filling, &town, dice);
    }
    for (name, key, value, u, v) in LARGE {
        large_block(world, (name, key, value), Block { u, v }, dice);
    }
    for (name, key, value, u, v) in CITY_MARKS {
        world.mark(name, key, value, town(*u, *v));
    }
    shop_marks(world, &cells, dice);
    world.ground("东湖", "natural", "water", land.lake.clone());
}

fn ranked_streets() -> Vec<Street> {
    let street = |row: &(f64, &str, &'static str, f64, f64), is_east_west| Street {
        name: row.1.to_owned(),
        class: row.2,
        is_east_west,
        at: row.0,
        from: row.3,
        to: row.4,
    };
    let mut streets: Vec<Street> = NORTH_SOUTH.iter().map(|row| street(row, false)).collect();
    streets.extend(EAST_WEST.iter().map(|row| street(row, true)));
    streets
}

/// Blocks between neighbouring streets, where all four sides have one.
fn blocks(streets: &[Street], large: &[Block]) -> Vec<Block> {
    let mut found = Vec::new();
    let of = |is_east_west: bool| {
        let mut some: Vec<&Street> = streets
            .iter()
            .filter(|street| street.is_east_west == is_east_west)
            .collect();
        some.sort_by(|a, b| a.at.total_cmp(&b.at));
        some
    };
    let (upright, level) = (of(false), of(true));
    for south in &level {
        // The next street north and, for each street, the next one east that reach this far.
        for west in &upright {
            let spans =
                |street: &Street, low: f64, high: f64| street.from <= low && street.to >= high;
            let north = level.iter().find(|n| {
                n.at > south.at && spans(west, south.at, n.at) && (n.from..n.to).contains(&west.at)
            });
            let east = upright.iter().find(|e| {
                e.at > west.at && spans(south, west.at, e.at) && (e.from..e.to).contains(&south.at)
            });
            let (Some(north), Some(east)) = (north, east) else {
                continue;
            };
            if !spans(north, west.at, east.at) || !spans(east, south.at, north.at) {
                continue;
            }
            let cell = Block {
                u: (west.at, east.at),
                v: (south.at, north.at),
            };
            let (u, v) = cell.middle();
            let is_taken = large
                .iter()
                .any(|l| u > l.u.0 && u < l.u.1 && v > l.v.0 && v < l.v.1);
            // Between the two banks lies the river.
            if !is_taken && !(-2560.0..-2010.0).contains(&v) && cell.size().1 < 1200.0 {
                found.push(cell);
            }
        }
    }
    found
}

fn filling_of(cell: Block, dice: &mut Dice) -> Filling {
    let (u, v) = cell.middle();
    let from_heart = ((u + 150.0) / 1.25).hypot(v + 100.0);
    let is_rim = !(-2420.0..=4050.0).contains(&u) || !(-4100.0..=1950.0).contains(&v);
    if is_rim && dice.chance(0.3) {
        return Filling::Vacant;
    }
    if u > 2600.0 || (u > 700.0 && v < -3700.0) {
        return if dice.chance(0.8) {
            Filling::Halls
        } else {
            Filling::Estate
        };
    }
    if !(-2900.0..=2400.0).contains(&v) {
        return if dice.chance(0.6) {
            Filling::Towers
        } else {
            Filling::Estate
        };
    }
    if from_heart < 620.0 || (from_heart < 1500.0 && v.abs() < 400.0 && dice.chance(0.45)) {
        return Filling::Shops;
    }
    if (-1950.0..-100.0).contains(&u) && (-1250.0..800.0).contains(&v) && dice.chance(0.65) {
        return Filling::Old;
    }
    match dice.below(10) {
        0 => Filling::Office,
        1 | 2 => Filling::Old,
        3 | 4 => Filling::Towers,
        _ => Filling::Estate,
    }
}

/// Names are handed out once each, in order.
struct Naming<A, B> {
    lanes: A,
    estates: B,
}

fn lanes<A, B>(
    cell: Block,
    filling: Filling,
    names: &mut Naming<A, B>,
    dice: &mut Dice,
) -> Vec<Street>
where
    A: Iterator<Item = &'static str>,
{
    let (upright, level) = match filling {
        Filling::Old => (1 + dice.below(2), 2 + dice.below(2)),
        Filling::Shops => (1, dice.below(2)),
        Filling::Estate | Filling::Towers => (1, 1 + dice.below(2)),
        Filling::Halls => (usize::from(dice.chance(0.6)), 1),
        Filling::School | Filling::Office => (0, 1),
        Filling::Vacant => (0, 0),
    };
    let mut found = Vec::new();
    for (count, is_east_west) in [(upright, false), (level, true)] {
        let (across, along) = if is_east_west {
            (cell.v, cell.u)
        } else {
            (cell.u, cell.v)
        };
        for i in 0..count {
            let share = (i as f64 + dice.between(0.35, 0.65)) / count as f64;
            let is_public = matches!(filling, Filling::Old | Filling::Shops);
            let name = if is_public {
                names.lanes.next().unwrap_or("")
            } else {
                ""
            };
            let mut ends = along;
            if dice.chance(0.3) {
                let stub = (along.1 - along.0) * dice.between(0.55, 0.8);
                if dice.chance(0.5) {
                    ends.0 = along.1 - stub
                } else {
                    ends.1 = along.0 + stub
                }
            }
            found.push(Street {
                name: name.to_owned(),
                class: if is_public { "residential" } else { "service" },
                is_east_west,
                at: across.0 + (across.1 - across.0) * share,
                from: ends.0,
                to: ends.1,
            });
        }
    }
    found
}

fn ground<A, B>(world: &mut World, cell: Block, filling: Filling, names: &mut Naming<A, B>)
where
    B: Iterator<Item = &'static str>,
{
    let ring = cell.inset(9.0).ring(town);
    let (u, v) = cell.middle();
    let value = match filling {
        Filling::Halls => "industrial",
        Filling::Shops => "retail",
        Filling::Office => "commercial",
        Filling::Vacant => "grass",
        _ => "residential",
    };
    let mut name = "";
    if matches!(filling, Filling::Estate | Filling::Towers) {
        name = names.estates.next().unwrap_or("");
        if !name.is_empty() {
            world.mark(name, "place", "neighbourhood", town(u, v));
        }
    }
    world.ground(name, "landuse", value, ring);
}

fn large_block(
    world: &mut World,
    what: (&str, &'static str, &'static str),
    b: Block,
    d: &mut Dice,
) {
    let (name, key, value) = what;
    world.ground(name, key, value, b.inset(12.0).ring(town));
    let inner = b.inset(26.0);
    match value {
        "school" | "college" => fill(world, inner, Filling::School, &town, d),
        "hospital" | "townhall" => fill(world, inner, Filling::Office, &town, d),
        "industrial" => fill(world, inner, Filling::Halls, &town, d),
        _ => {}
    }
    if value == "sports_centre" {
        let field = Block {
            u: (1800.0, 1990.0),
            v: (1800.0, 2100.0),
        };
        world.ground("", "leisure", "pitch", field.ring(town));
    }
}

fn shop_marks(world: &mut World, cells: &[Block], dice: &mut Dice) {
    for cell in cells {
        let (wide, high) = cell.size();
        let (u, v) = cell.middle();
        let crowd = (9.0 - (u + 150.0).hypot(v) / 420.0).clamp(1.0, 8.0) as usize;
        for _ in 0..crowd {
            let (label, key, value) = dice.pick(&SHOPS);
            let side = dice.between(-0.46, 0.46);
            let (du, dv) = match dice.below(4) {
                0 => (side * wide, -high / 2.0 + 16.0),
                1 => (side * wide, high / 2.0 - 16.0),
                2 => (-wide / 2.0 + 16.0, side * high),
                _ => (wide / 2.0 - 16.0, side * high),
            };
            world.mark(label, key, value, town(u + du, v + dv));
        }
    }
}
