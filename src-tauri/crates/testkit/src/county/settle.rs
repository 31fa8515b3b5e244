//! Where people live: the twelve towns, the villages between them, and whose village is whose.
//! Not here: streets and houses (`street`), the lines between towns on the map (`divide`).

use super::land::{Land, in_county};
use super::plane::{P, inside, p, to_line, town};
use super::prng::{Dice, noise};
use std::collections::BTreeSet;

/// A town or township of the county.
#[derive(Debug)]
pub(crate) struct Town {
    pub(crate) name: &'static str,
    /// The first character of its police post's units and its post's short name.
    pub(crate) short: &'static str,
    pub(crate) code: &'static str,
    pub(crate) seat: P,
    /// Part of the county town, drawn with its streets rather than as a market town.
    pub(crate) is_urban: bool,
}

/// A village, or a neighbourhood committee of the county town.
#[derive(Debug, Clone)]
pub(crate) struct Village {
    pub(crate) name: String,
    pub(crate) town: usize,
    pub(crate) at: P,
    pub(crate) people: u32,
    /// Metres from the middle to the last house.
    pub(crate) reach: f64,
}

const fn rural(name: &'static str, short: &'static str, code: &'static str, seat: P) -> Town {
    Town {
        name,
        short,
        code,
        seat,
        is_urban: false,
    }
}

/// The twelve towns in order of their codes.
pub(crate) fn towns() -> Vec<Town> {
    vec![
        Town {
            is_urban: true,
            ..rural("城东街道", "城东", "999901001", town(4_050.0, 450.0))
        },
        Town {
            is_urban: true,
            ..rural("城南街道", "城南", "999901002", town(350.0, -3_850.0))
        },
        Town {
            is_urban: true,
            ..rural("城关镇", "城关", "999901100", town(-420.0, 380.0))
        },
        rural("柳河镇", "柳河", "999901101", p(-8_900.0, 4_300.0)),
        rural("北岭镇", "北岭", "999901102", p(2_000.0, 11_900.0)),
        rural("石门镇", "石门", "999901103", p(-13_300.0, 9_200.0)),
        rural("青山镇", "青山", "999901104", p(-14_100.0, -7_500.0)),
        rural("白鹤镇", "白鹤", "999901105", p(12_900.0, -2_100.0)),
        rural("双桥镇", "双桥", "999901106", p(-15_900.0, -800.0)),
        rural("龙泉乡", "龙泉", "999901200", p(13_500.0, 8_300.0)),
        rural("大坪乡", "大坪", "999901201", p(-4_800.0, -13_400.0)),
        rural("云台乡", "云台", "999901202", p(9_900.0, -12_400.0)),
    ]
}

/// The town a point belongs to: the nearest seat on a map pulled about by hills and streams.
pub(crate) fn town_of(towns: &[Town], at: P) -> usize {
    let pulled = at.shift(
        1_900.0 * (noise(at.x, at.y, 3_300.0, 51) - 0.5),
        1_900.0 * (noise(at.x, at.y, 3_300.0, 52) - 0.5),
    );
    let weight = |town: &Town| if town.is_urban { 1.35 } else { 1.0 };
    (0..towns.len())
        .min_by(|a, b| {
            let far = |i: usize| pulled.to(towns[i].seat) * weight(&towns[i]);
            far(*a).total_cmp(&far(*b))
        })
        .unwrap_or(0)
}

/// Whether the county town's streets reach here.
pub(crate) fn in_county_town(at: P) -> bool {
    let ring = super::cover::county_town_ring();
    inside(at, &ring) || to_line(at, &ring) < 520.0
}

const VILLAGES: usize = 141;

/// Villages on open ground, not too near each other, the towns, or water.
pub(crate) fn villages(land: &Land, towns: &[Town], dice: &mut Dice) -> Vec<Village> {
    let mut found: Vec<Village> = Vec::new();
    let mut names = Names::new();
    let mut tries = 0;
    while found.len() < VILLAGES && tries < 60_000 {
        tries += 1;
        let at = p(
            dice.between(-21_500.0, 21_500.0),
            dice.between(-19_000.0, 19_000.0),
        );
        let gap = 1_250.0 + 1_000.0 * land.height(at).max(0.0);
        let rim = [(700.0, 0.0), (-700.0, 0.0), (0.0, 700.0), (0.0, -700.0)];
        let is_good = rim.iter().all(|(dx, dy)| in_county(at.shift(*dx, *dy)))
            && land.height(at) < 0.86
            && !in_county_town(at)
            && !land.is_wet(at, 330.0)
            && towns
                .iter()
                .all(|town| town.is_urban || at.to(town.seat) > 1_700.0)
            && found.iter().all(|other| other.at.to(at) > gap);
        if !is_good {
            continue;
        }
        let town = town_of(towns, at);
        let people = (350.0 + 2_300.0 * dice.unit() * dice.unit()) as u32;
        let reach = 95.0 + f64::from(people).sqrt() * 4.2;
        found.push(Village {
            name: names.next(town, dice),
            town,
            at,
            people,
            reach,
        });
    }
    found
}

/// Hands out village names: unique in a town, some on purpose the same in several towns.
struct Names {
    given: BTreeSet<(usize, String)>,
    shared_left: Vec<(&'static str, usize)>,
    used: BTreeSet<String>,
}

const SURNAMES: [&str; 30] = [
    "王", "李", "张", "刘", "陈", "杨", "黄", "周", "吴", "徐", "孙", "胡", "朱", "高", "林", "何",
    "郭", "罗", "梁", "宋", "郑", "谢", "韩", "唐", "冯", "于", "董", "萧", "程", "曹",
];
const FAMILY_ENDINGS: [&str; 9] = [
    "家湾", "家庄", "家冲", "家畈", "家岗", "家坳", "家店", "家垸", "家塝",
];
const FIRST: [&str; 24] = [
    "上", "下", "大", "小", "东", "西", "前", "后", "新", "老", "长", "石", "青", "白", "黄",
    "枫树", "樟树", "竹林", "梨树", "松林", "金鸡", "凤凰", "双", "马",
];
const SECOND: [&str; 20] = [
    "坪", "塘", "岭", "坡", "湾", "桥", "河", "冲", "畈", "垅", "坑", "滩", "铺", "堰", "井", "岗",
    "坳", "田", "沙", "渡",
];
const SHARED: [(&str, usize); 7] = [
    ("王家庄", 3),
    ("上坪村", 2),
    ("石桥头", 3),
    ("新屋湾", 2),
    ("李家湾", 2),
    ("大塘村", 2),
    ("青石铺", 2),
];

impl Names {
    fn new() -> Self {
        Self {
            given: BTreeSet::new(),
            shared_left: SHARED.to_vec(),
            used: BTreeSet::new(),
        }
    }

    fn next(&mut self, town: usize, dice: &mut Dice) -> String {
        if dice.chance(0.22)
            && let Some(shared) = self.shared(town)
        {
            return shared;
        }
        loop {
            let name = if dice.chance(0.45) {
                format!("{}{}", dice.pick(&SURNAMES), dice.pick(&FAMILY_ENDINGS))
            } else {
                let tail = if dice.chance(0.35) { "村" } else { "" };
                format!("{}{}{tail}", dice.pick(&FIRST), dice.pick(&SECOND))
            };
            let is_shared = SHARED.iter().any(|(shared, _)| *shared == name);
            if !is_shared && self.used.insert(name.clone()) {
                self.given.insert((town, name.clone()));
                return name;
            }
        }
    }

    fn shared(&mut self, town: usize) -> Option<String> {
        let given = &self.given;
        let slot = self
            .shared_left
            .iter_mut()
            .find(|(name, left)| *left > 0 && !given.contains(&(town, (*name).to_owned())))?;
        slot.1 -= 1;
        let name = slot.0.to_owned();
        self.given.insert((town, name.clone()));
        Some(name)
    }
}
