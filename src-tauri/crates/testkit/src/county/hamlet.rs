//! Market towns and villages: a few streets, houses along them, a school, a shop.
//! Not here: where they lie (`settle`).

use super::build::{Filling, fill};
use super::grid::{Block, Street, draw};
use super::plane::{P, p};
use super::prng::{Dice, noise};
use super::settle::{Town, Village};
use super::world::{Building, Road, World};

/// A board of its own: turned about its middle and a little bent.
fn local(middle: P, angle: f64) -> impl Fn(f64, f64) -> P {
    let (sin, cos) = angle.sin_cos();
    move |u: f64, v: f64| {
        let (u, v) = (
            u + 9.0 * (v / 90.0).sin(),
            v + 16.0 * (u / 170.0 + middle.x).sin(),
        );
        // The middle itself must stay where roads from elsewhere end.
        let lift = 16.0 * middle.x.sin();
        let v = v - lift;
        p(middle.x + u * cos - v * sin, middle.y + u * sin + v * cos)
    }
}

/// Draws a market town around its seat; returns the ends of its streets, where roads tie on.
pub(crate) fn market_town(world: &mut World, town: &Town, dice: &mut Dice) -> Vec<P> {
    let angle = dice.between(-0.9, 0.9);
    let board = local(town.seat, angle);
    let far = dice.between(520.0, 660.0);
    let streets = town_streets(town, far, dice);
    world.roads.extend(draw(&streets, &[], 60.0, &board));
    town_blocks(world, &board, dice);
    ground(world, &board, (far * 0.97, 345.0), town.seat.x.abs() as u64);
    town_marks(world, town, &board);
    vec![
        board(-far, 0.0),
        board(far, 0.0),
        board(0.0, -340.0),
        board(0.0, 330.0),
    ]
}

/// A market town's streets: the main one as far as `far` both ways, and a few lanes by chance.
fn town_streets(town: &Town, far: f64, dice: &mut Dice) -> Vec<Street> {
    let main = if town.short == "柳河" {
        "人民路".to_owned()
    } else {
        format!("{}大街", town.short)
    };
    let street = |name: &str, class, is_east_west, at, from, to| Street {
        name: name.to_owned(),
        class,
        is_east_west,
        at,
        from,
        to,
    };
    let mut streets = vec![
        street(&main, "secondary", true, 0.0, -far, far),
        street("后街", "residential", true, 155.0, -470.0, 480.0),
        street("河街", "residential", true, -150.0, -430.0, 470.0),
        street("新街", "tertiary", false, 0.0, -340.0, 330.0),
        street("老街", "residential", false, -210.0, -150.0, 155.0),
        street("粮站路", "residential", false, -430.0, -270.0, 270.0),
        street("兴隆街", "residential", false, 230.0, -150.0, 320.0),
        street("学校路", "residential", false, 440.0, -290.0, 155.0),
        street("卫生路", "residential", true, 320.0, 0.0, 230.0),
    ];
    for at in [-320.0, -105.0, 115.0, 335.0] {
        let (from, to) = if dice.chance(0.5) {
            (0.0, 155.0)
        } else {
            (-150.0, 0.0)
        };
        streets.push(street(
            "",
            "service",
            false,
            at + dice.between(-15.0, 15.0),
            from,
            to,
        ));
    }
    streets
}

/// Fills the blocks between a market town's streets: shops at the crossing, old houses around.
fn town_blocks(world: &mut World, board: &dyn Fn(f64, f64) -> P, dice: &mut Dice) {
    let rows = [
        (-270.0, -150.0),
        (-150.0, 0.0),
        (0.0, 155.0),
        (155.0, 300.0),
    ];
    let columns = [
        (-520.0, -430.0),
        (-430.0, -210.0),
        (-210.0, 0.0),
        (0.0, 230.0),
        (230.0, 440.0),
    ];
    for v in rows {
        for u in columns {
            let block = Block { u, v };
            let near = u.0.abs().min(u.1.abs()) < 250.0 && v.0.abs().min(v.1.abs()) < 10.0;
            let filling = if near && dice.chance(0.7) {
                Filling::Shops
            } else {
                Filling::Old
            };
            if near || dice.chance(0.8) {
                fill(world, block.inset(8.0), filling, board, dice);
            }
        }
    }
}

/// The settled ground: a ragged oval as long and as high as the streets.
fn ground(world: &mut World, board: &dyn Fn(f64, f64) -> P, reach: (f64, f64), salt: u64) {
    let rim = (0..36).map(|i| {
        let (sin, cos) = (f64::from(i) / 36.0 * std::f64::consts::TAU).sin_cos();
        let wave = 0.86 + 0.3 * noise(cos * 2.0, sin * 2.0, 1.0, salt);
        board(cos * reach.0 * wave, sin * reach.1 * wave)
    });
    world.ground("", "landuse", "residential", rim.collect());
}

/// What every market town has besides its government and school: the name after the town's
/// short one, the tag's key and value, and the place on the board.
const TOWN_MARKS: [(&str, &str, &str, f64, f64); 12] = [
    ("派出所", "amenity", "police", -60.0, 22.0),
    ("卫生院", "amenity", "hospital", 120.0, 300.0),
    ("中学", "amenity", "school", 470.0, -230.0),
    ("集贸市场", "amenity", "marketplace", -120.0, -60.0),
    ("加油站", "amenity", "fuel", 500.0, 24.0),
    ("邮政所", "amenity", "post_office", 70.0, -22.0),
    ("信用社", "amenity", "bank", 130.0, 22.0),
    ("超市", "shop", "supermarket", -180.0, 22.0),
    ("幼儿园", "amenity", "kindergarten", 260.0, 190.0),
    ("客运站", "amenity", "bus_station", -460.0, 24.0),
    ("敬老院", "amenity", "social_facility", -390.0, 210.0),
    ("农资店", "shop", "agrarian", -300.0, -22.0),
];

/// Marks what a market town has.
fn town_marks(world: &mut World, town: &Town, board: &dyn Fn(f64, f64) -> P) {
    let short = town.short;
    let government = format!("{}人民政府", town.name);
    world.mark(&government, "amenity", "townhall", board(45.0, 60.0));
    for (what, key, value, u, v) in TOWN_MARKS {
        world.mark(&format!("{short}{what}"), key, value, board(u, v));
    }
    let school = if short == "柳河" {
        "人民路中心小学".to_owned()
    } else {
        format!("{short}中心小学")
    };
    world.mark(&school, "amenity", "school", board(-250.0, 100.0));
    if short == "柳河" {
        world.mark("人民路夜市", "amenity", "marketplace", board(210.0, 18.0));
        world.mark("人民路夜市东口", "highway", "bus_stop", board(330.0, 14.0));
    }
}

/// Draws a village; returns the ends of its streets, where roads tie on.
pub(crate) fn village(world: &mut World, village: &Village, dice: &mut Dice) -> Vec<P> {
    let angle = dice.between(-1.5, 1.5);
    let board = local(village.at, angle);
    let reach = village.reach;
    let street = |class, is_east_west, at, from, to| Street {
        name: String::new(),
        class,
        is_east_west,
        at,
        from,
        to,
    };
    let rows: Vec<f64> = if reach > 170.0 {
        vec![-78.0, 0.0, 84.0]
    } else {
        vec![0.0, 66.0]
    };
    let columns: Vec<f64> = if reach > 170.0 {
        vec![-110.0, 0.0, 96.0]
    } else {
        vec![0.0, 85.0]
    };
    let (mut streets, mut gates) = (Vec::new(), Vec::new());
    for (i, v) in rows.iter().enumerate() {
        let long = reach
            * if *v == 0.0 {
                0.95
            } else {
                dice.between(0.55, 0.8)
            };
        let class = if *v == 0.0 {
            "unclassified"
        } else {
            ["residential", "service"][i % 2]
        };
        let street = street(class, true, *v, -long, long * dice.between(0.8, 1.0));
        if *v == 0.0 {
            gates.extend([board(street.from, 0.0), board(street.to, 0.0)]);
        }
        streets.push(street);
    }
    for u in columns {
        let (low, high) = (rows[0], rows[rows.len() - 1]);
        let past = dice.between(0.0, 45.0);
        let street = street(
            "residential",
            false,
            u,
            low.min(0.0) - past,
            high + past * 0.5,
        );
        gates.extend([board(u, street.from), board(u, street.to)]);
        streets.push(street);
    }
    world.roads.extend(draw(&streets, &[], 45.0, &board));
    houses(world, village, &board, dice);
    tracks(world, village.at, &gates, dice);
    village_marks(world, village, &board, dice);
    ground(
        world,
        &board,
        (reach, reach * 0.78),
        village.at.x.abs() as u64,
    );
    gates
}

fn houses(world: &mut World, village: &Village, board: &dyn Fn(f64, f64) -> P, dice: &mut Dice) {
    let reach = village.reach;
    let mut v = -reach * 0.8;
    while v < reach * 0.8 {
        let mut u = -reach;
        while u < reach {
            let at = board(u, v);
            let rim = 0.72 + 0.4 * noise(at.x, at.y, 90.0, 61);
            if (u / reach).hypot(v / (reach * 0.8)) < rim && dice.chance(0.5) {
                let (wide, deep) = (dice.between(9.0, 15.0), dice.between(8.0, 11.0));
                let (u, v) = (u + dice.between(0.0, 6.0), v + dice.between(0.0, 5.0));
                let corners = [(u, v), (u + wide, v), (u + wide, v + deep), (u, v + deep)];
                let ring = corners.iter().map(|(u, v)| board(*u, *v)).collect();
                world.buildings.push(Building {
                    ring,
                    kind: "house",
                    name: String::new(),
                });
            }
            u += 25.0;
        }
        v += 21.0;
    }
}

/// Paths into the fields.
fn tracks(world: &mut World, middle: P, ends: &[P], dice: &mut Dice) {
    for i in 0..2 + dice.below(2) {
        let side = if dice.chance(0.5) { 1.0 } else { -1.0 };
        let mut at = ends[(i * 3) % ends.len()];
        let outward = (at.y - middle.y).atan2(at.x - middle.x);
        let mut heading = outward + dice.between(-0.7, 0.7);
        let mut line = vec![at];
        for _ in 0..4 + dice.below(8) {
            heading += side * dice.between(-0.15, 0.3);
            at = at.shift(heading.cos() * 75.0, heading.sin() * 75.0);
            line.push(at);
        }
        world.roads.push(Road::plain("track", "", line));
    }
}

fn village_marks(world: &mut World, v: &Village, board: &dyn Fn(f64, f64) -> P, dice: &mut Dice) {
    let stem = v.name.trim_end_matches('村');
    let mut mark = |share: f64, what: &str, key, value, du: f64, dv: f64| {
        if dice.chance(share) {
            world.mark(&format!("{stem}{what}"), key, value, board(du, dv));
        }
    };
    mark(0.6, "村委会", "amenity", "townhall", 24.0, 18.0);
    mark(0.22, "小学", "amenity", "school", -60.0, 30.0);
    mark(0.5, "卫生室", "amenity", "clinic", 40.0, -14.0);
    mark(0.5, "小卖部", "shop", "convenience", -22.0, -12.0);
    mark(0.15, "祠堂", "amenity", "place_of_worship", 70.0, 40.0);
    mark(0.08, "养殖场", "landuse", "farmyard", -130.0, -90.0);
}
