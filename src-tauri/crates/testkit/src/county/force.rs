//! Police posts, units and the ways they patrol.
//! Not here: fixed eyes (`watch`), calls (`shift`).

use super::plane::{P, thin};
use super::prng::Dice;
use super::route::Routes;
use super::settle::{Town, town_of};
use super::tables::row;
use super::world::World;
use std::f64::consts::TAU;

/// A post with people in it.
#[derive(Debug)]
pub(crate) struct Post {
    pub(crate) code: &'static str,
    pub(crate) name: String,
    pub(crate) short: String,
    pub(crate) kind: &'static str,
    pub(crate) town: usize,
    pub(crate) at: P,
}

/// A unit that can be sent.
#[derive(Debug)]
pub(crate) struct Unit {
    callsign: String,
    kind: &'static str,
    post: usize,
    echelon: u8,
    officers: u8,
    auxiliaries: u8,
    kit: String,
    base: P,
    state: &'static str,
}

const POST_CODES: [&str; 12] = [
    "CD", "CN", "CG", "LH", "BL", "SM", "QS", "BH", "SQ", "LQ", "DP", "YT",
];
const SPECIAL: [(&str, &str, &str, &str, &str); 5] = [
    ("JJ", "交警大队", "交警", "交警大队", "望北县交警大队"),
    (
        "TX",
        "特巡警大队",
        "特巡警",
        "特巡警大队",
        "望北县特巡警大队",
    ),
    (
        "YB",
        "机关预备队",
        "机关预备队",
        "机关预备队",
        "望北县公安局",
    ),
    ("XF", "消防救援站", "消防站", "消防站", "望北县消防救援站"),
    ("XN", "城南消防站", "城南消防", "消防站", "城南消防站"),
];

/// Posts in a fixed order: the twelve of the towns, then the county's own.
pub(crate) fn posts(world: &World, towns: &[Town]) -> Vec<Post> {
    let mut posts: Vec<Post> = towns
        .iter()
        .zip(POST_CODES)
        .enumerate()
        .map(|(i, (town, code))| {
            let name = format!("{}派出所", town.short);
            let at = world.at(&name).unwrap_or(town.seat);
            Post {
                code,
                name,
                short: format!("{}所", town.short),
                kind: "派出所",
                town: i,
                at,
            }
        })
        .collect();
    for (code, name, short, kind, mark) in SPECIAL {
        let at = world.at(mark).unwrap_or(towns[2].seat);
        let town = town_of(towns, at);
        posts.push(Post {
            code,
            name: name.to_owned(),
            short: short.to_owned(),
            kind,
            town,
            at,
        });
    }
    posts
}

/// `posts.csv`.
pub(crate) fn posts_csv(posts: &[Post], towns: &[Town]) -> Vec<u8> {
    let mut text = String::from("code,name,kind,town,lon,lat,phone,short\n");
    for (i, post) in posts.iter().enumerate() {
        let (lon, lat) = post.at.lon_lat();
        let phone = format!("0000-66100{:02}", i + 1);
        let town = towns[post.town].name;
        let fields = [
            post.code,
            &post.name,
            post.kind,
            town,
            &lon,
            &lat,
            &phone,
            &post.short,
        ];
        row(&mut text, &fields);
    }
    text.into_bytes()
}

/// Callsign prefix, first number, count, post code, kind, echelon.
const GROUPS: [(&str, usize, usize, &str, &str, u8); 17] = [
    ("巡", 1, 8, "CG", "car", 1),
    ("巡", 9, 8, "CN", "car", 1),
    ("步", 21, 6, "CG", "foot", 1),
    ("步", 27, 6, "CN", "foot", 1),
    ("东", 1, 8, "CD", "car", 1),
    ("柳", 1, 6, "LH", "car", 1),
    ("岭", 1, 6, "BL", "car", 1),
    ("石", 1, 5, "SM", "car", 1),
    ("青", 1, 5, "QS", "car", 1),
    ("鹤", 1, 5, "BH", "car", 1),
    ("双", 1, 5, "SQ", "car", 1),
    ("龙", 1, 4, "LQ", "car", 1),
    ("坪", 1, 4, "DP", "car", 1),
    ("云", 1, 4, "YT", "car", 1),
    ("交", 1, 16, "JJ", "traffic", 1),
    ("特", 1, 8, "TX", "swat", 2),
    ("消", 1, 8, "XF", "fire", 2),
];
const RESERVES: [&str; 8] = [
    "预一", "预二", "预三", "预四", "预五", "预六", "预七", "预八",
];

/// The county's 120 units.
pub(crate) fn units(posts: &[Post], routes: &Routes, dice: &mut Dice) -> Vec<Unit> {
    let index = |code: &str| posts.iter().position(|post| post.code == code).unwrap_or(0);
    let mut units = Vec::new();
    for (prefix, first, count, code, kind, echelon) in GROUPS {
        for i in 0..count {
            let post = if kind == "fire" && i >= 5 {
                index("XN")
            } else {
                index(code)
            };
            // The last unit of a country post walks the market town.
            let is_country = kind == "car" && !matches!(code, "CG" | "CN");
            let kind = if is_country && i + 1 == count {
                "foot"
            } else {
                kind
            };
            let callsign = format!("{prefix}{:02}", first + i);
            units.push(unit(callsign, kind, post, echelon, posts, routes, dice));
        }
    }
    for callsign in RESERVES {
        units.push(unit(
            callsign.to_owned(),
            "reserve",
            index("YB"),
            3,
            posts,
            routes,
            dice,
        ));
    }
    units
}

/// Callsigns of a post's units, in order.
pub(crate) fn callsigns(units: &[Unit], post: usize) -> Vec<&str> {
    let of_post = units.iter().filter(|unit| unit.post == post);
    of_post.map(|unit| unit.callsign.as_str()).collect()
}

/// Who is in a unit and what it carries.
struct Crew {
    officers: u8,
    auxiliaries: u8,
    kit: String,
}

/// Crews that exercises and examples speak of: callsign, officers, auxiliaries, kit.
const KNOWN_CREWS: [(&str, u8, u8, &str); 8] = [
    ("巡07", 2, 1, "盾2;叉1"),
    ("巡08", 2, 0, "盾1"),
    ("巡03", 2, 1, "盾2"),
    ("步23", 0, 2, "对讲"),
    ("特01", 4, 0, "盾4;枪2"),
    ("交02", 2, 0, ""),
    ("预一", 8, 0, "盾6;叉4"),
    ("预二", 4, 0, "盾4"),
];

/// A unit of a post: its crew, whether it is ready, and where it stands.
fn unit(
    callsign: String,
    kind: &'static str,
    post: usize,
    echelon: u8,
    posts: &[Post],
    routes: &Routes,
    dice: &mut Dice,
) -> Unit {
    let Crew {
        officers,
        auxiliaries,
        kit,
    } = crew(&callsign, kind, dice);
    let state = match (kind, dice.below(20)) {
        ("reserve", _) => "备勤",
        (_, 0) => "停勤",
        ("fire" | "swat", 1..=6) | (_, 1..=3) => "备勤",
        _ => "待命",
    };
    let base = base(kind, state, posts[post].at, routes, dice);
    Unit {
        callsign,
        kind,
        post,
        echelon,
        officers,
        auxiliaries,
        kit,
        base,
        state,
    }
}

/// A crew by its kind; the known ones draw as all others do and are then put in their place.
fn crew(callsign: &str, kind: &str, dice: &mut Dice) -> Crew {
    let (officers, auxiliaries, kits): (u8, u8, &[&str]) = match kind {
        "swat" => (4, 0, &["盾4;枪2", "盾4;枪2;叉2", "盾2;枪2;破门锤1"]),
        "fire" => (
            6,
            0,
            &["水罐1", "水罐1;泡沫1", "云梯1", "破拆1;救生圈2;绳2"],
        ),
        "traffic" => (
            if dice.chance(0.6) { 2 } else { 1 },
            1,
            &["锥桶8", "锥桶6;酒检1", ""],
        ),
        "foot" => (
            u8::from(dice.chance(0.45)),
            2,
            &["对讲", "盾1;对讲", "叉1;对讲"],
        ),
        "reserve" => (
            [8, 4, 6, 8][dice.below(4)],
            2,
            &["盾6;叉4", "盾4", "盾8;叉4;枪2"],
        ),
        _ => (
            if dice.chance(0.8) { 2 } else { 1 },
            u8::from(dice.chance(0.7)),
            &["盾2;叉1", "盾2", "盾1", "盾2;叉1;枪1", "盾1;急救包1"],
        ),
    };
    let drawn = *dice.pick(kits);
    let known = KNOWN_CREWS.iter().find(|row| row.0 == callsign);
    let (officers, auxiliaries, kit) =
        known.map_or((officers, auxiliaries, drawn), |(_, o, a, k)| (*o, *a, *k));
    Crew {
        officers,
        auxiliaries,
        kit: kit.to_owned(),
    }
}

/// Where a unit stands: on a road around its post when it is out, else at the post.
fn base(kind: &str, state: &str, post: P, routes: &Routes, dice: &mut Dice) -> P {
    let reach = match (kind, state) {
        ("car" | "traffic", "待命") => dice.between(150.0, 2_200.0),
        ("foot", _) => dice.between(60.0, 600.0),
        _ => 0.0,
    };
    let angle = dice.between(0.0, TAU);
    let wanted = post.shift(angle.cos() * reach, angle.sin() * reach);
    if reach > 0.0 {
        routes
            .nearest(wanted)
            .map_or(wanted, |node| routes.place(node))
    } else {
        wanted
    }
}

/// Who leads a unit (带队), by surname only: nobody of a made-up county has a name.
const LEADERS: [&str; 12] = [
    "李某", "王某", "张某", "刘某", "陈某", "杨某", "赵某", "黄某", "周某", "吴某", "徐某", "孙某",
];

/// `units.csv`.
pub(crate) fn units_csv(units: &[Unit], posts: &[Post]) -> Vec<u8> {
    let mut text = String::from(
        "callsign,kind,post,echelon,crew_officers,crew_auxiliaries,kit,radio_id,lon,lat,state,\
         leader,phone\n",
    );
    for (i, unit) in units.iter().enumerate() {
        let (lon, lat) = unit.base.lon_lat();
        let radio = format!("3500{:03}", i + 1);
        let (officers, auxiliaries) = (unit.officers.to_string(), unit.auxiliaries.to_string());
        let echelon = unit.echelon.to_string();
        let phone = format!("0000-664{:04}", i + 1);
        let fields = [
            unit.callsign.as_str(),
            unit.kind,
            posts[unit.post].code,
            &echelon,
            &officers,
            &auxiliaries,
            &unit.kit,
            &radio,
            &lon,
            &lat,
            unit.state,
            LEADERS[i % LEADERS.len()],
            &phone,
        ];
        row(&mut text, &fields);
    }
    text.into_bytes()
}

/// `beats.csv`: a closed way along the roads for every unit that moves.
pub(crate) fn beats_csv(units: &[Unit], routes: &Routes, dice: &mut Dice) -> Vec<u8> {
    let mut text = String::from("callsign,speed_kmh,path\n");
    for unit in units {
        let (reach, speed) = match (unit.kind, unit.state) {
            ("car", "待命") => ((700.0, 2_600.0), dice.between(22.0, 38.0)),
            ("traffic", "待命") => ((900.0, 3_400.0), dice.between(25.0, 45.0)),
            ("swat", "待命") => ((600.0, 1_900.0), dice.between(20.0, 30.0)),
            ("foot", "待命") => ((120.0, 420.0), dice.between(3.2, 4.8)),
            _ => continue,
        };
        let way = beat(unit.base, reach, routes, dice);
        if way.len() < 4 {
            continue;
        }
        let path: Vec<String> = way
            .iter()
            .map(|point| {
                let (lon, lat) = point.lon_lat();
                format!("{lon} {lat}")
            })
            .collect();
        row(
            &mut text,
            &[&unit.callsign, &format!("{speed:.1}"), &path.join(";")],
        );
    }
    text.into_bytes()
}

/// From the base by three places around it and home again.
fn beat(base: P, reach: (f64, f64), routes: &Routes, dice: &mut Dice) -> Vec<P> {
    let Some(home) = routes.nearest(base) else {
        return Vec::new();
    };
    let turn = dice.between(0.0, TAU);
    let mut stops = vec![home];
    for leg in 0..3 {
        let angle = turn + f64::from(leg) * 1.35 + dice.between(-0.3, 0.3);
        let far = dice.between(reach.0, reach.1);
        let wanted = base.shift(angle.cos() * far, angle.sin() * far);
        stops.extend(
            routes
                .nearest(wanted)
                .filter(|stop| stops.last() != Some(stop)),
        );
    }
    stops.push(home);
    let mut way: Vec<P> = Vec::new();
    for pair in stops.windows(2) {
        way.extend(routes.way(pair[0], pair[1]));
        way.dedup();
    }
    thin(&way, 2.0)
}
