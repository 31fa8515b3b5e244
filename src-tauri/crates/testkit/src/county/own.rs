//! The county's own data as a county hands it over: jurisdictions and patrol zones with borders,
//! quick points with their teams, standard addresses, lamp posts.
//! Not here: the towns' borders themselves (`divide`), reading any of it.

use super::divide::{Border, town_rings};
use super::force::{Post, Unit, callsigns};
use super::plane::{P, inside, length, town};
use super::settle::{Town, Village, town_of};
use super::tables::{pretty, row};
use super::world::World;
use serde_json::{Value, json};

/// Towns whose posts share a border on which one claims a place of the other.
const CLAIMS: (usize, usize) = (2, 1);

/// Every own file by its name in the county's folder.
pub(crate) fn files(
    world: &World,
    borders: &[Border],
    towns: &[Town],
    villages: &[Village],
    (posts, units): (&[Post], &[Unit]),
) -> [(&'static str, Vec<u8>); 5] {
    [
        ("own/辖区.geojson", jurisdictions(borders, towns, posts)),
        ("own/巡区.geojson", patrol_zones(towns, posts)),
        ("own/快反点.csv", points135(world, towns, units, posts)),
        ("own/标准地址.csv", addresses(villages, towns, posts)),
        ("own/灯杆.csv", poles(world)),
    ]
}

fn pair(point: &P) -> Value {
    let (lon, lat) = point.e7();
    json!([f64::from(lon) / 1e7, f64::from(lat) / 1e7])
}

/// A ring as GeoJSON has it: the last point is the first again.
fn ring(points: &[P]) -> Value {
    let mut pairs: Vec<Value> = points.iter().map(pair).collect();
    if pairs.first() != pairs.last() {
        pairs.extend(pairs.first().cloned());
    }
    Value::Array(pairs)
}

fn feature(kind: &str, coordinates: Value, properties: Value) -> Value {
    json!({
        "type": "Feature",
        "properties": properties,
        "geometry": { "type": kind, "coordinates": coordinates },
    })
}

fn collection(features: Vec<Value>) -> Vec<u8> {
    pretty(&json!({ "type": "FeatureCollection", "features": features }))
}

/// `own/辖区.geojson`: each town is one police post's; the post of the county town's middle also
/// claims a block of its neighbour, as happens where a market has moved and the map has not.
fn jurisdictions(borders: &[Border], towns: &[Town], posts: &[Post]) -> Vec<u8> {
    let mut features = Vec::new();
    for (i, post) in posts.iter().enumerate().take(towns.len()) {
        let rings = town_rings(borders, i);
        let mut parts: Vec<Value> = rings.iter().map(|points| json!([ring(points)])).collect();
        if i == CLAIMS.0 {
            let claimed = claimed(&rings, &town_rings(borders, CLAIMS.1));
            parts.extend(claimed.map(|block| json!([ring(&block)])));
        }
        let properties = json!({
            "编号": post.code,
            "名称": format!("{}辖区", post.name),
            "所属派出所": post.name,
            "乡镇": towns[i].name,
        });
        features.push(feature("MultiPolygon", Value::Array(parts), properties));
    }
    collection(features)
}

/// A block of 360 by 240 metres that lies wholly in the neighbour's area, near the border.
fn claimed(own: &[Vec<P>], other: &[Vec<P>]) -> Option<Vec<P>> {
    (0..60).find_map(|step| {
        let v = -1_200.0 - f64::from(step) * 60.0;
        let corner = |du: f64, dv: f64| town(-300.0 + du, v + dv);
        let block = vec![
            corner(0.0, 0.0),
            corner(360.0, 0.0),
            corner(360.0, 240.0),
            corner(0.0, 240.0),
        ];
        let in_one = |rings: &[Vec<P>], at: P| rings.iter().any(|ring| inside(at, ring));
        let is_there = block
            .iter()
            .all(|at| in_one(other, *at) && !in_one(own, *at));
        is_there.then_some(block)
    })
}

/// `own/巡区.geojson`: the county town in twelve zones of its street plan.
fn patrol_zones(towns: &[Town], posts: &[Post]) -> Vec<u8> {
    const COLUMNS: [f64; 5] = [-3_000.0, -1_200.0, 300.0, 2_000.0, 4_600.0];
    const ROWS: [f64; 4] = [-4_300.0, -1_600.0, 400.0, 2_600.0];
    let mut features = Vec::new();
    for (r, rows) in ROWS.windows(2).enumerate() {
        for (c, columns) in COLUMNS.windows(2).enumerate() {
            let number = r * 4 + c + 1;
            let middle = town((columns[0] + columns[1]) / 2.0, (rows[0] + rows[1]) / 2.0);
            let post = &posts[town_of(towns, middle)];
            let corners = outline((columns[0], columns[1]), (rows[0], rows[1]));
            let properties = json!({
                "编号": format!("XQ{number:02}"),
                "名称": format!("{number}号巡区"),
                "所属派出所": post.name,
            });
            features.push(feature("Polygon", json!([ring(&corners)]), properties));
        }
    }
    collection(features)
}

/// A rectangle of the street plan with a point every tenth of a side: the plan is bent.
fn outline(u: (f64, f64), v: (f64, f64)) -> Vec<P> {
    let corners = [(u.0, v.0), (u.1, v.0), (u.1, v.1), (u.0, v.1), (u.0, v.0)];
    let sides = corners.windows(2).flat_map(|side| {
        (0..10).map(move |step| {
            let share = f64::from(step) / 10.0;
            let (from, to) = (side[0], side[1]);
            town(
                from.0 + (to.0 - from.0) * share,
                from.1 + (to.1 - from.1) * share,
            )
        })
    });
    sides.collect()
}

/// Where a team must be within 1, 3 or 5 minutes.
const QUICK_POINTS: [&str; 18] = [
    "望北站",
    "汽车客运站",
    "人民路夜市",
    "新天地购物广场",
    "望北百货大楼",
    "滨河广场",
    "望北县中医院",
    "妇幼保健院",
    "实验小学",
    "人民路中心小学",
    "城关农贸市场",
    "城东建材市场",
    "城东小学",
    "城南高级中学",
    "清风网吧",
    "柳河集贸市场",
    "北岭集贸市场",
    "青山集贸市场",
];

/// `own/快反点.csv`; the teams are units of the post on whose ground the point lies.
fn points135(world: &World, towns: &[Town], units: &[Unit], posts: &[Post]) -> Vec<u8> {
    let mut text = String::from("编号,名称,经度,纬度,所属派出所,快反单位,电话,等级\n");
    for (i, name) in QUICK_POINTS.iter().enumerate() {
        let Some(at) = world.at(name) else { continue };
        let post = town_of(towns, at);
        let teams = callsigns(units, post);
        let team = teams
            .get(i % teams.len().max(1))
            .copied()
            .unwrap_or_default();
        let (lon, lat) = at.lon_lat();
        let (code, phone) = (format!("KF{:02}", i + 1), format!("0000-66300{:02}", i + 1));
        let minutes = ["1", "3", "5"][i % 3];
        let fields: [&str; 8] = [
            &code,
            name,
            &lon,
            &lat,
            &posts[post].name,
            team,
            &phone,
            minutes,
        ];
        row(&mut text, &fields);
    }
    text.into_bytes()
}

/// `own/标准地址.csv`: numbered houses of the villages, as the census of addresses has them and no
/// map does. With the mark that spreadsheets put before UTF-8.
fn addresses(villages: &[Village], towns: &[Town], posts: &[Post]) -> Vec<u8> {
    let mut text = String::from("\u{feff}地址编码,街路巷,门牌号,乡镇,所属派出所,经度,纬度\n");
    let mut count = 0;
    for village in villages {
        let houses = (village.people / 60).clamp(6, 24);
        for house in 0..houses {
            count += 1;
            // Along a lane through the village's middle, odd numbers on one side.
            let share = f64::from(house / 2) / f64::from(houses / 2).max(1.0) - 0.5;
            let side = if house % 2 == 0 { 11.0 } else { -11.0 };
            let at = village.at.shift(share * village.reach * 1.5, side);
            let (lon, lat) = at.lon_lat();
            let (code, number) = (
                format!("{}{count:06}", super::ADCODE),
                format!("{}号", house + 1),
            );
            let fields: [&str; 7] = [
                &code,
                &village.name,
                &number,
                towns[village.town].name,
                &posts[village.town].name,
                &lon,
                &lat,
            ];
            row(&mut text, &fields);
        }
    }
    text.into_bytes()
}

/// Streets with numbered lamp posts, each with the letters that stand on the post.
const LIT: [(&str, &str); 4] = [
    ("人民路", "RM"),
    ("解放路", "JF"),
    ("学府路", "XF"),
    ("滨河路", "BH"),
];

/// `own/灯杆.csv`: a lamp post every 40 metres of a lit street.
fn poles(world: &World) -> Vec<u8> {
    const GAP_M: f64 = 40.0;
    let mut text = String::from("灯杆编号,名称,街路巷,经度,纬度\n");
    for (street, letters) in LIT {
        let mut number = 0;
        for road in world.roads.iter().filter(|road| road.name == street) {
            if length(&road.line) < GAP_M {
                continue;
            }
            for at in every(&road.line, GAP_M) {
                number += 1;
                let (lon, lat) = at.lon_lat();
                let code = format!("{letters}{number:03}");
                let name = format!("{street}{number}号灯杆");
                row(&mut text, &[&code, &name, street, &lon, &lat]);
            }
        }
    }
    text.into_bytes()
}

/// Points along a line at equal gaps, six metres to its left.
fn every(line: &[P], gap: f64) -> Vec<P> {
    let mut found = Vec::new();
    let mut wait = gap / 2.0;
    for pair in line.windows(2) {
        let span = pair[0].to(pair[1]);
        while wait < span {
            let at = pair[0].toward(pair[1], wait / span);
            let (dx, dy) = (
                (pair[1].x - pair[0].x) / span,
                (pair[1].y - pair[0].y) / span,
            );
            found.push(at.shift(-dy * 6.0, dx * 6.0));
            wait += gap;
        }
        wait -= span;
    }
    found
}
