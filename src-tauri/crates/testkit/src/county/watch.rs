//! Fixed eyes of the county: checkpoints on its roads and cameras.
//! Not here: pictures; the addresses lead nowhere on purpose (`.invalid`).

use super::divide::{Border, outline};
use super::plane::{P, inside, length, p};
use super::prng::Dice;
use super::settle::{Town, Village, in_county_town, town_of};
use super::tables::row;
use super::world::World;
use std::collections::{BTreeMap, BTreeSet};

/// A checkpoint, manned or not.
#[derive(Debug)]
pub(crate) struct Checkpoint {
    name: String,
    is_manned: bool,
    at: P,
}

/// A camera.
#[derive(Debug)]
pub(crate) struct Camera {
    name: String,
    at: P,
    heading_deg: f64,
    fov_deg: u32,
    range_m: u32,
    status: &'static str,
}

const CAMERAS: usize = 1_200;

/// Thirty checkpoints: seven with people (the ways out of the county), the rest without.
pub(crate) fn checkpoints(world: &World, borders: &[Border]) -> Vec<Checkpoint> {
    let ring = outline(borders);
    let mut found: Vec<Checkpoint> = Vec::new();
    let mut manned = |name: String, at: P| {
        if found.len() < 7
            && found
                .iter()
                .all(|other: &Checkpoint| other.at.to(at) > 1_500.0)
        {
            found.push(Checkpoint {
                name,
                is_manned: true,
                at,
            });
        }
    };
    manned(
        "望北收费站".to_owned(),
        world.at("望北收费站").unwrap_or(p(0.0, 0.0)),
    );
    for class in ["trunk", "secondary", "tertiary"] {
        for road in world.roads.iter().filter(|road| road.class == class) {
            for pair in road.line.windows(2) {
                if inside(pair[0], &ring) != inside(pair[1], &ring) {
                    let at = if inside(pair[0], &ring) {
                        pair[0]
                    } else {
                        pair[1]
                    };
                    manned(format!("{}县界卡口", road.reference), at);
                }
            }
        }
    }
    unmanned(world, &mut found);
    found.truncate(30);
    found
}

fn unmanned(world: &World, found: &mut Vec<Checkpoint>) {
    let mut add = |name: String, at: P| {
        let is_new = found
            .iter()
            .all(|other| other.at.to(at) > 350.0 && other.name != name);
        if is_new {
            found.push(Checkpoint {
                name,
                is_manned: false,
                at,
            });
        }
    };
    let directions = [
        "西",
        "西北",
        "东北",
        "东",
        "东南",
        "西南",
        "南",
        "东南环",
        "北",
        "北二",
    ];
    for (gate, way) in super::city::gates().into_iter().zip(directions) {
        add(format!("城{way}卡口"), gate);
    }
    let mut bridges: Vec<(&str, P)> = world
        .roads
        .iter()
        .filter(|road| road.class != "motorway" && road.class != "rail")
        .filter_map(|road| {
            let name = road.bridge.as_deref().filter(|name| !name.is_empty())?;
            Some((name, road.line[road.line.len() / 2]))
        })
        .collect();
    let rank = |class: &str| !class.ends_with("大桥") && class != "望北老桥" && class != "东环桥";
    bridges.sort_by_key(|(name, _)| rank(name));
    for (name, at) in bridges {
        add(format!("{name}卡口"), at);
    }
    for road in world.roads.iter().filter(|road| road.class == "secondary") {
        if road.name.ends_with("大街") {
            add(format!("{}卡口", road.name), road.line[0]);
        }
    }
}

/// `checkpoints.csv`.
pub(crate) fn checkpoints_csv(checkpoints: &[Checkpoint], towns: &[Town]) -> Vec<u8> {
    let mut text = String::from("code,name,kind,town,lon,lat,phone,camera\n");
    for (i, point) in checkpoints.iter().enumerate() {
        let (lon, lat) = point.at.lon_lat();
        let kind = if point.is_manned { "有人" } else { "无人" };
        let phone = if point.is_manned {
            format!("0000-66200{:02}", i + 1)
        } else {
            String::new()
        };
        let town = towns[town_of(towns, point.at)].name;
        let (code, camera) = (format!("K{:02}", i + 1), camera_id(i));
        row(
            &mut text,
            &[&code, &point.name, kind, town, &lon, &lat, &phone, &camera],
        );
    }
    text.into_bytes()
}

fn camera_id(index: usize) -> String {
    format!("C{:04}", index + 1)
}

/// Cameras: one at each checkpoint first, so that the numbers agree; then corners of the county
/// town, of market towns, village entrances, and lanes until there are enough.
pub(crate) fn cameras(
    world: &World,
    villages: &[Village],
    checkpoints: &[Checkpoint],
    dice: &mut Dice,
) -> Vec<Camera> {
    let mut found = Vec::new();
    for point in checkpoints {
        found.push(camera(&point.name, point.at, 0.0, dice));
    }
    let corners = corners(world);
    let (town, country): (Vec<_>, Vec<_>) = corners
        .into_iter()
        .partition(|corner| in_county_town(corner.at));
    for corner in &town {
        let eyes = if corner.ranked >= 2 { 3 } else { 1 };
        for eye in 0..eyes {
            let heading = 7.0 + 90.0 * f64::from(eye) + dice.between(-12.0, 12.0);
            let name = match eye {
                0 => corner.name.clone(),
                eye => format!("{}·{}", corner.name, ["", "东", "南"][eye as usize]),
            };
            let far = f64::from(eye) * 5.0;
            found.push(camera(
                &name,
                corner.at.shift(far, 9.0 - far),
                heading,
                dice,
            ));
        }
    }
    for village in villages {
        let at = village.at.shift(village.reach * 0.7, 6.0);
        found.push(camera(
            &format!("{}村口", village.name),
            at,
            dice.between(0.0, 360.0),
            dice,
        ));
    }
    for corner in &country {
        found.push(camera(
            &corner.name,
            corner.at.shift(4.0, 4.0),
            dice.between(0.0, 360.0),
            dice,
        ));
    }
    found.truncate(CAMERAS);
    let lanes = world.roads.iter().filter(|road| {
        road.class == "residential" && !road.name.is_empty() && length(&road.line) > 60.0
    });
    for road in lanes {
        if found.len() == CAMERAS {
            break;
        }
        let at = road.line[road.line.len() / 2];
        found.push(camera(
            &format!("{}中段", road.name),
            at,
            dice.between(0.0, 360.0),
            dice,
        ));
    }
    found
}

fn camera(name: &str, at: P, heading_deg: f64, dice: &mut Dice) -> Camera {
    let status = match dice.below(50) {
        0 => "故障",
        1 | 2 => "离线",
        _ => "在线",
    };
    Camera {
        name: name.to_owned(),
        at,
        heading_deg: heading_deg.rem_euclid(360.0),
        fov_deg: [60, 75, 90, 110][dice.below(4)],
        range_m: 40 + 10 * dice.below(9) as u32,
        status,
    }
}

/// A place where streets meet.
struct Corner {
    name: String,
    at: P,
    /// How many of them are more than lanes.
    ranked: usize,
}

/// The names of the streets that meet at a place.
struct Meeting<'a> {
    at: P,
    names: BTreeSet<&'a str>,
    /// Those that are more than lanes.
    ranked: BTreeSet<&'a str>,
}

/// Meeting places of at least two named streets, in order of place.
fn corners(world: &World) -> Vec<Corner> {
    let mut meets: BTreeMap<(i32, i32), Meeting<'_>> = BTreeMap::new();
    let closed = ["motorway", "motorway_link", "rail", "track"];
    let open = world.roads.iter().filter(|road| {
        !road.name.is_empty() && road.bridge.is_none() && !closed.contains(&road.class)
    });
    for road in open {
        let is_ranked = matches!(road.class, "trunk" | "primary" | "secondary" | "tertiary");
        for point in &road.line {
            let meeting = meets.entry(point.e7()).or_insert_with(|| Meeting {
                at: *point,
                names: BTreeSet::new(),
                ranked: BTreeSet::new(),
            });
            meeting.names.insert(&road.name);
            if is_ranked {
                meeting.ranked.insert(&road.name);
            }
        }
    }
    meets
        .into_values()
        .filter(|meeting| meeting.names.len() >= 2 && !meeting.ranked.is_empty())
        .map(|Meeting { at, names, ranked }| {
            let mut two = ranked.iter().chain(names.difference(&ranked));
            let first = two.next().copied().unwrap_or_default();
            let second = two.next().copied().unwrap_or_default();
            Corner {
                name: format!("{first}{second}口"),
                at,
                ranked: ranked.len(),
            }
        })
        .collect()
}

/// `cameras.csv`.
pub(crate) fn cameras_csv(cameras: &[Camera]) -> Vec<u8> {
    let mut text = String::from("id,name,lon,lat,heading_deg,fov_deg,range_m,status,url\n");
    for (i, camera) in cameras.iter().enumerate() {
        let (lon, lat) = camera.at.lon_lat();
        let id = camera_id(i);
        let url = format!("rtsp://{}.cameras.invalid/main", id.to_lowercase());
        let heading = format!("{}", camera.heading_deg.round() as u32 % 360);
        let (fov, range) = (camera.fov_deg.to_string(), camera.range_m.to_string());
        let fields = [
            &id,
            &camera.name,
            &lon,
            &lat,
            &heading,
            &fov,
            &range,
            camera.status,
            url.as_str(),
        ];
        row(&mut text, &fields.map(|field: &str| field));
    }
    text.into_bytes()
}
