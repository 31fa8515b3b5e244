//! A made-up county of many house numbers, from a fixed seed: streets by real names where the
//! list of them is there, else over the syllables that real ones have; and groups of villages.
//! Not here: the demo county.

use std::collections::BTreeSet;
use std::io::Read as _;

use fengsui_testkit::county::points::Point;
use flate2::read::GzDecoder;

use crate::desk::root;
use crate::load::dice::Dice;

/// A house number.
#[derive(Debug, Clone)]
pub struct House {
    /// Street, lane or village group.
    pub street: String,
    /// Number.
    pub number: u64,
    /// Degrees in 1e-7.
    pub at: (i32, i32),
}

impl House {
    /// As it is written.
    #[must_use]
    pub fn name(&self) -> String {
        format!("{}{}号", self.street, self.number)
    }
}

const FIRST: &str = "人解建和胜新长东中文光青红金银华兴德永安福康宁昌盛明清阳春花柳桃杏梅松柏竹兰荷莲\
                     龙凤虎马牛石山河湖江溪泉桥塔寺城关朝向团前友幸迎北南西";
const SECOND: &str =
    "民放设平利华江风山化明年旗马川兴盛德安福康宁昌泉阳光园林场坪塘湾岭坡门市港结进谊";
const FAMILY: &str =
    "王李张刘陈杨黄赵吴周徐孙胡朱高林何郭马罗梁宋郑谢韩唐冯于董萧程曹袁邓许傅沈曾彭吕";
const SIDES: [&str; 6] = ["东", "西", "南", "北", "中", "环"];
const STREETS: [&str; 6] = ["路", "路", "路", "街", "大道", "巷"];
const LANES: [&str; 4] = ["一巷", "二巷", "三弄", "支路"];
const VILLAGES: [&str; 8] = ["家庄", "家湾", "家冲", "家垸", "村", "家塘", "家岗", "家咀"];
const THINGS: [(&str, &str); 10] = [
    ("amenity=school", "中心小学"),
    ("amenity=school", "实验中学"),
    ("amenity=kindergarten", "幼儿园"),
    ("amenity=hospital", "卫生院"),
    ("shop=supermarket", "超市"),
    ("amenity=police", "派出所"),
    ("amenity=bank", "信用社"),
    ("amenity=fuel", "加油站"),
    ("tourism=hotel", "宾馆"),
    ("office=government", "居委会"),
];
const TOWNS: i32 = 36;

fn one(dice: &mut Dice, of: &str) -> String {
    let count = of.chars().count() as u64;
    let at = usize::try_from(dice.below(count)).unwrap_or(0);
    of.chars().nth(at).map(String::from).unwrap_or_default()
}

/// Real names of streets, each once, in order; `None` when their list is not there.
#[must_use]
pub fn real_names() -> Option<Vec<String>> {
    let path = root()
        .parent()?
        .join("shared/data/names/jingjinji-names.tsv.gz");
    let mut text = String::new();
    let file = std::fs::File::open(path).ok()?;
    GzDecoder::new(file).read_to_string(&mut text).ok()?;
    let is_street = |name: &&str| {
        let is_han = |c: char| ('\u{4e00}'..='\u{9fff}').contains(&c);
        name.ends_with(['路', '街', '巷', '道', '弄', '里', '条'])
            && (3..=8).contains(&name.chars().count())
            && name.chars().all(is_han)
    };
    let rows = text.lines().filter(|line| line.contains("\t道路\t"));
    let names = rows.filter_map(|line| line.split('\t').next());
    let names: BTreeSet<&str> = names.filter(is_street).collect();
    Some(names.into_iter().map(str::to_owned).collect())
}

/// A street, a lane off one, or a group of a village.
fn street(dice: &mut Dice, real: &[String]) -> String {
    if !real.is_empty() && dice.percent(80) {
        let at = usize::try_from(dice.below(real.len() as u64)).unwrap_or(0);
        return real.get(at).cloned().unwrap_or_default();
    }
    let stem = one(dice, FIRST) + &one(dice, SECOND);
    let kind = match real.is_empty() {
        true => dice.below(100),
        false => 99,
    };
    match kind {
        0..45 => stem + dice.pick(&STREETS),
        45..65 => stem + dice.pick(&SIDES) + dice.pick(&["路", "街"]),
        65..80 => stem + "路" + dice.pick(&LANES),
        _ => {
            let village = one(dice, FAMILY) + dice.pick(&VILLAGES);
            format!("{village}{}组", 1 + dice.below(9))
        }
    }
}

/// So many house numbers, some fifty to a street, in towns some kilometres apart.
#[must_use]
pub fn houses(count: usize, seed: u64, real: &[String]) -> Vec<House> {
    let mut found = Vec::with_capacity(count);
    let mut place = 0;
    while found.len() < count {
        place += 1;
        let dice = &mut Dice::new(seed, place);
        let street = street(dice, real);
        let town = i32::try_from(dice.below(TOWNS.unsigned_abs().into())).unwrap_or(0);
        let (east, north) = (
            dice.between(-9_000, 9_000) as i32,
            dice.between(-9_000, 9_000) as i32,
        );
        let start = (
            1_120_000_000 + town % 6 * 600_000 + east * 20,
            310_000_000 + town / 6 * 500_000 + north * 20,
        );
        let step = (
            dice.between(-900, 900) as i32,
            dice.between(-900, 900) as i32,
        );
        let last = 10 + dice.below(90);
        for number in 1..=last {
            if dice.percent(85) && found.len() < count {
                let along = i32::try_from(number).unwrap_or(0);
                found.push(House {
                    street: street.clone(),
                    number,
                    at: (start.0 + step.0 * along, start.1 + step.1 * along),
                });
            }
        }
    }
    found
}

/// The houses, the towns, and things named after streets, as points of an extract.
#[must_use]
pub fn points(houses: &[House], seed: u64) -> Vec<Point> {
    let house = |house: &House| Point {
        lon_e7: house.at.0,
        lat_e7: house.at.1,
        tags: vec![
            ("addr:street", house.street.clone()),
            ("addr:housenumber", house.number.to_string()),
        ],
    };
    let mut found: Vec<Point> = houses.iter().map(house).collect();
    for (number, house) in (0u64..).zip(houses.iter().step_by(15)) {
        let dice = &mut Dice::new(seed, number);
        let at = usize::try_from(dice.below(THINGS.len() as u64)).unwrap_or(0);
        let (tag, what) = THINGS[at];
        let (key, value) = tag.split_once('=').unwrap_or((tag, ""));
        found.push(Point {
            lon_e7: house.at.0 + 300,
            lat_e7: house.at.1 + 300,
            tags: vec![
                (key, value.to_owned()),
                ("name", format!("{}{what}", house.street)),
            ],
        });
    }
    for town in 0..TOWNS {
        let dice = &mut Dice::new(seed + 1, u64::from(town.unsigned_abs()));
        let name = one(dice, FIRST) + &one(dice, SECOND) + "镇";
        found.push(Point {
            lon_e7: 1_120_000_000 + town % 6 * 600_000,
            lat_e7: 310_000_000 + town / 6 * 500_000,
            tags: vec![("place", "town".to_owned()), ("name", name)],
        });
    }
    found
}
