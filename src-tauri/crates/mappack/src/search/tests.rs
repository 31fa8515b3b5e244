//! What the desk must find, on small hand-made data and on real names. Not here: speed
//! (`cargo xtask bench`), whole packs (`tests/packs.rs`).

use super::*;
use crate::extract::Px;

use crate::gazetteer::locate::Locator;
use crate::gazetteer::{Gathered, OwnPlace, sort_out, write};
use std::path::PathBuf;

mod real;

/// A names' file of rows.
struct Made {
    _dir: tempfile::TempDir,
    path: PathBuf,
    db: Connection,
    index: Index,
}

impl Made {
    fn of(gathered: Gathered, nodes: &[Px]) -> Self {
        let dir = tempfile::tempdir().unwrap();
        let path = dir.path().join("gazetteer.sqlite");
        let place = |node: u32| nodes[node as usize];
        let names = sort_out(gathered, None, &mut Locator::default(), &place);
        write::write(&path, &names).unwrap();
        let db = Connection::open(&path).unwrap();
        let index = Index::new(Columns::read(&db).unwrap().unwrap());
        Self {
            _dir: dir,
            path,
            db,
            index,
        }
    }

    fn ask(&self, query: &str, near: Option<Wgs84>, limit: usize) -> Vec<PlaceHit> {
        let ask = SearchAsk { query, near, limit };
        find_in(&self.db, &self.index, "望北县", &ask).unwrap()
    }

    fn hits(&self, query: &str) -> Vec<PlaceHit> {
        self.ask(query, None, 20)
    }

    /// Names with towns, in order.
    fn names(&self, query: &str) -> Vec<String> {
        self.hits(query)
            .into_iter()
            .map(|hit| format!("{}@{}", hit.name, hit.town.unwrap_or_default()))
            .collect()
    }

    fn first(&self, query: &str) -> PlaceHit {
        let hits = self.hits(query);
        hits.into_iter()
            .next()
            .unwrap_or_else(|| panic!("{query} finds nothing"))
    }
}

fn at(east_m: f64, north_m: f64) -> Wgs84 {
    Wgs84::new(112.0 + east_m / 95_600.0, 31.0 + north_m / 111_195.0).unwrap()
}

fn row(
    class: PlaceClass,
    kind: &str,
    name: &str,
    town: &str,
    (east, north): (f64, f64),
) -> OwnPlace {
    OwnPlace {
        name: name.to_owned(),
        aliases: Vec::new(),
        class,
        kind: kind.to_owned(),
        street: None,
        number: None,
        code: None,
        town: (!town.is_empty()).then(|| town.to_owned()),
        at: at(east, north),
    }
}

fn house(street: &str, number: &str, town: &str, place: (f64, f64)) -> OwnPlace {
    OwnPlace {
        street: Some(street.to_owned()),
        number: Some(number.to_owned()),
        ..row(PlaceClass::Address, "address", "", town, place)
    }
}

/// Two towns with streets, houses, schools, poles.
fn county() -> Made {
    let mut all = Gathered::default();
    named(&mut all);
    numbered(&mut all);
    let nodes = [(0.0, 50.0), (200.0, 50.0), (250.0, 50.0)].map(|(east, north)| {
        let (lon, lat) = at(east, north).to_e7();
        Px::from_e7(lon, lat)
    });
    all.junctions.add("人民路", 2, [0, 1, 2].into_iter());
    all.junctions.add("解放路", 3, [1].into_iter());
    all.junctions.add("和平路", 3, [2].into_iter());
    Made::of(all, &nodes)
}

/// Towns, villages, streets, and what stands in them.
fn named(all: &mut Gathered) {
    use PlaceClass::{Milestone, Place, Poi, Street, Town};
    for (name, place) in [("城关镇", (0.0, 0.0)), ("柳河镇", (9_000.0, 0.0))] {
        all.own(row(Town, "town", name, name, place));
    }
    for (name, town, place) in [
        ("人民路中心小学", "城关镇", (100.0, 0.0)),
        ("人民路中心小学", "柳河镇", (9_100.0, 0.0)),
        ("重庆路幼儿园", "城关镇", (300.0, 0.0)),
        ("长岭卫生院", "柳河镇", (9_300.0, 0.0)),
        ("阳光大厦", "城关镇", (400.0, 0.0)),
        ("萬華社區中心", "城关镇", (500.0, 0.0)),
    ] {
        all.own(row(Poi, "school", name, town, place));
    }
    for (name, town, place) in [
        ("人民路", "城关镇", (0.0, 50.0)),
        ("人民路", "柳河镇", (9_000.0, 50.0)),
        ("解放路", "城关镇", (200.0, 50.0)),
        ("和平路", "城关镇", (250.0, 50.0)),
        ("东风大道", "城关镇", (250.0, 80.0)),
    ] {
        all.own(row(Street, "street", name, town, place));
    }
    for (town, place) in [
        ("城关镇", (700.0, 900.0)),
        ("柳河镇", (9_700.0, 900.0)),
        ("", (20_000.0, 900.0)),
    ] {
        all.own(row(Place, "village", "王家庄", town, place));
    }
    all.own(OwnPlace {
        aliases: vec!["红星影剧院".to_owned(), "Red Star Cinema".to_owned()],
        ..row(Poi, "cinema", "县文化中心", "城关镇", (600.0, 0.0))
    });
    all.own(row(Street, "street", "G799", "", (0.0, 5_000.0)));
    let post = row(Milestone, "milestone", "G799 K12+300", "", (50.0, 5_000.0));
    all.own(post);
}

/// House numbers and poles.
fn numbered(all: &mut Gathered) {
    for (street, number, town, place) in [
        ("人民路", "101", "城关镇", (0.0, 50.0)),
        ("人民路", "102", "城关镇", (5.0, 50.0)),
        ("人民路", "103", "城关镇", (20.0, 50.0)),
        ("人民路", "113", "城关镇", (120.0, 50.0)),
        ("人民路", "140", "城关镇", (300.0, 50.0)),
        ("人民路", "12-1", "柳河镇", (9_000.0, 60.0)),
        ("人民路", "12号院3栋", "柳河镇", (9_010.0, 60.0)),
        ("人民路", "12", "柳河镇", (9_020.0, 60.0)),
        ("人民路", "5000", "柳河镇", (30_000.0, 60.0)),
        ("和平路", "2", "城关镇", (250.0, 60.0)),
        ("和平路", "6", "城关镇", (1_250.0, 60.0)),
        ("王家庄3组", "7", "城关镇", (700.0, 910.0)),
    ] {
        all.own(house(street, number, town, place));
    }
    all.own(OwnPlace {
        code: Some("QR-360681-0077".to_owned()),
        ..house("解放路", "7", "城关镇", (200.0, 60.0))
    });
    all.own(OwnPlace {
        code: Some("LD-0012-345".to_owned()),
        ..row(PlaceClass::Pole, "street_lamp", "", "城关镇", (210.0, 60.0))
    });
}

/// Chinese, full pinyin, initials and any mixture find both schools, each with its town.
#[test]
fn ways_of_typing_a_name() {
    let made = county();
    let wanted = ["人民路中心小学@城关镇", "人民路中心小学@柳河镇"];
    for (query, matched) in [
        ("人民路中心小学", Matched::Name),
        ("人民路中心", Matched::Name),
        ("ren min lu zhong xin", Matched::Pinyin),
        ("renminluzhongxinxiaoxue", Matched::Pinyin),
        ("renminluzhongx", Matched::Mixed),
        ("rmlzxx", Matched::Initials),
        ("RMLZHXXX", Matched::Initials),
        ("ＲＭＬＺＸ", Matched::Initials),
        ("人民lzxx", Matched::Mixed),
        ("rm路zhongxin", Matched::Mixed),
        ("renmlzx", Matched::Mixed),
    ] {
        let hits = made.hits(query);
        let names: Vec<String> = made.names(query);
        assert_eq!(
            names.get(..2),
            Some(&wanted.map(str::to_owned)[..]),
            "{query}: {names:?}"
        );
        let is_so = hits[..2].iter().all(|hit| hit.matched == matched);
        assert!(is_so, "{query}: {:?}", hits[0].matched);
    }
    // The street itself comes before what is named after it.
    assert_eq!(made.names("rml")[..2], ["人民路@城关镇", "人民路@柳河镇"]);
    assert!(
        made.names("中心小学").contains(&wanted[0].to_owned()),
        "inside a name"
    );
    assert_eq!(made.names("王家庄")[..3].len(), 3);
    for empty in ["", " ", "%", "_", "\0", "🚓"] {
        assert!(made.hits(empty).is_empty(), "{empty:?}");
    }
    assert!(made.ask("rm", None, 0).is_empty());
    assert_eq!(made.ask("r", None, 1).len(), 1);
}

/// Characters with several readings are found by each; known names by their own only.
#[test]
fn several_readings() {
    let made = county();
    for query in ["clwsy", "zlwsy", "changling", "zhangling"] {
        assert_eq!(made.first(query).name, "长岭卫生院", "{query}");
    }
    assert_eq!(made.first("chongqing").name, "重庆路幼儿园");
    assert_eq!(made.first("ygds").name, "阳光大厦");
}

/// Traditional and simplified characters find each other.
#[test]
fn traditional_and_simplified() {
    let made = county();
    for query in [
        "万华社区",
        "萬華社區",
        "wanhuashequ",
        "whsq",
        "人民路中心小學",
    ] {
        let hit = made.first(query);
        assert!(
            ["萬華社區中心", "人民路中心小学"].contains(&hit.name.as_str()),
            "{query}"
        );
        assert_ne!(hit.matched, Matched::Typo, "{query}");
    }
}

/// Another name finds the thing and is told.
#[test]
fn other_names() {
    let made = county();
    for (query, alias) in [
        ("红星影剧院", "红星影剧院"),
        ("hxyjy", "红星影剧院"),
        ("red star", "Red Star Cinema"),
    ] {
        let hit = made.first(query);
        assert_eq!(hit.name, "县文化中心", "{query}");
        assert_eq!(hit.alias.as_deref(), Some(alias), "{query}");
    }
    assert_eq!(made.first("县文化中心").alias, None);
}

/// A house number as it is typed: recorded ones are exact, in figures or characters.
#[test]
fn house_numbers() {
    let made = county();
    for query in [
        "人民路103",
        "人民路103号",
        "人民路一〇三号",
        "人民路一百零三号",
        "人民路１０３",
        "rml103",
        "renminlu103号",
        "城关镇人民路103号",
        "望北县城关镇人民路103号",
        "湖北省望北县城关镇人民路103号",
        "望北人民路103号",
        "城关人民路103号",
    ] {
        let hit = made.first(query);
        assert_eq!(
            (hit.name.as_str(), hit.is_approximate),
            ("人民路103号", false),
            "{query}"
        );
        assert_eq!(
            (hit.matched, hit.street.as_deref()),
            (Matched::Number, Some("人民路"))
        );
    }
    assert_eq!(made.first("王家庄3组7号").name, "王家庄3组7号");
    // While a number is typed, those that begin so are offered.
    assert!(
        made.names("人民路10")
            .contains(&"人民路102号@城关镇".to_owned())
    );
    assert!(
        !made
            .names("人民路10号")
            .contains(&"人民路102号@城关镇".to_owned())
    );
    // The door is told apart from the house; a door nobody recorded is 约.
    assert_eq!(made.first("人民路12").name, "人民路12号");
    assert_eq!(made.first("人民路12-1").name, "人民路12-1号");
    assert_eq!(made.first("人民路12号院3栋").name, "人民路12号院3栋");
    assert!(!made.first("人民路12号院3栋").is_approximate);
    assert!(made.first("人民路12号院9栋").is_approximate);
}

/// A number that nobody recorded lies between its neighbours of the same side, and says 约; with
/// neighbours on one side only, or far apart, only the street is given.
#[test]
fn numbers_between() {
    let made = county();
    let hit = made.first("人民路107号");
    assert_eq!(
        (hit.name.as_str(), hit.is_approximate),
        ("人民路107号", true)
    );
    assert_eq!(
        (hit.matched, hit.town.as_deref()),
        (Matched::Number, Some("城关镇"))
    );
    let far = distance_m(hit.position.unwrap(), at(60.0, 50.0));
    assert!(far < 0.5, "4 of 10 numbers from 103 to 113: {far} m off");
    // 113 and 140 are 180 m apart; 2 and 6 of the other street a kilometre, which is too much.
    assert!(made.first("人民路127号").is_approximate);
    for query in ["人民路99号", "人民路4000号", "人民路9999号", "和平路4号"] {
        let hits = made.hits(query);
        assert!(!hits.is_empty(), "{query}");
        for hit in hits {
            assert_ne!(hit.matched, Matched::Number, "{query}: {hit:?}");
            if hit.matched == Matched::StreetOnly {
                assert!(
                    hit.is_approximate && hit.class == PlaceClass::Street,
                    "{query}"
                );
            }
        }
        assert_eq!(made.first(query).matched, Matched::StreetOnly, "{query}");
    }
}

/// Two streets with a word, a blank or nothing between them, in either order, also half typed.
#[test]
fn crossings() {
    let made = county();
    for query in [
        "人民路与解放路",
        "人民路与解放路路口",
        "解放路与人民路交叉口",
        "人民路解放路口",
        "人民路解放路",
        "人民路/解放路",
        "rml jfl",
        "rmljfl",
        "jflrml",
        "renminlu jiefanglu",
        "人民路与解放",
        "人民与解放",
    ] {
        let hit = made.first(query);
        assert_eq!(hit.name, "人民路与解放路路口", "{query}");
        assert_eq!(
            (hit.matched, hit.class),
            (Matched::Crossing, PlaceClass::Crossing)
        );
        assert!(distance_m(hit.position.unwrap(), at(200.0, 50.0)) < 0.5);
    }
    // A name that holds the word itself.
    for query in ["人民路和平路", "人民路和和平路", "人民路与和平路口"] {
        assert_eq!(made.first(query).name, "人民路与和平路路口", "{query}");
    }
    let names = made.names("解放路与和平路");
    assert!(
        names.iter().all(|name| !name.contains('与')),
        "they do not meet: {names:?}"
    );
}

/// Poles and door plates by their code, with or without separators and leading letters.
#[test]
fn codes() {
    let made = county();
    for query in [
        "LD-0012-345",
        "ld0012345",
        "0012345",
        "灯杆号0012345",
        "LD-0012",
    ] {
        let hit = made.first(query);
        assert_eq!(hit.code.as_deref(), Some("LD-0012-345"), "{query}");
        assert_eq!(
            (hit.matched, hit.class),
            (Matched::Code, PlaceClass::Pole),
            "{query}"
        );
    }
    for query in ["QR-360681-0077", "3606810077", "二维码门牌3606810077"] {
        let hit = made.first(query);
        assert_eq!(
            (hit.name.as_str(), hit.matched),
            ("解放路7号", Matched::Code),
            "{query}"
        );
    }
}

/// Numbered roads and their kilometre posts.
#[test]
fn numbered_roads() {
    let made = county();
    assert_eq!(made.first("G799").name, "G799");
    assert_eq!(made.first("g799").name, "G799");
    for query in ["G799 K12+300", "g799k12+300", "G799K12300"] {
        assert_eq!(made.first(query).name, "G799 K12+300", "{query}");
    }
}

/// Same or like sound, a character dropped, swapped, another or too many, a wrong letter: the
/// name is still found, and is called a slip.
#[test]
fn slips() {
    let made = county();
    for query in [
        "人名路中心小学",
        "仁民路中心小雪",
        "人民路宗心小学",
        "人民中心小学",
        "人路中心小学",
        "民人路中心小学",
        "人民路心中小学",
        "天民路中心小学",
        "人民路的中心小学",
        "renminluzongxinxiaoxue",
        "remminluzhongxinxiaoxue",
        "renminluzhognxinxiaoxue",
        "renminluzhonxinxiaoxue",
        "lenmingluzhongxing",
        "rmlzkxx",
        "rmlxzxx",
        "rmzxxx",
    ] {
        let hits = made.hits(query);
        let found: Vec<_> = hits
            .iter()
            .filter(|hit| hit.name == "人民路中心小学")
            .collect();
        assert_eq!(found.len(), 2, "{query}: {hits:?}");
        assert!(
            found.iter().all(|hit| hit.matched == Matched::Typo),
            "{query}"
        );
    }
    for query in ["人名路103号", "民人路103", "解放103号", "renmilu103"] {
        let names = made.names(query);
        let is_there = names.iter().any(|name| name.ends_with("103号@城关镇"));
        assert_eq!(is_there, !query.starts_with("解放"), "{query}: {names:?}");
    }
    // What fits comes before what nearly fits.
    assert_eq!(made.first("和平路").matched, Matched::Name);
}

/// A town before or beside the name keeps to that town.
#[test]
fn within_a_town() {
    let made = county();
    for query in [
        "柳河镇人民路中心小学",
        "柳河人民路中心小学",
        "人民路中心小学 柳河",
        "rmlzxx lhz",
    ] {
        let hit = made.first(query);
        assert_eq!(hit.town.as_deref(), Some("柳河镇"), "{query}");
        assert_eq!(hit.name, "人民路中心小学", "{query}");
    }
}

/// Among equal matches the nearer come first, and say how far they are.
#[test]
fn nearer_first() {
    let made = county();
    for (east, town) in [(0.0, "城关镇"), (9_000.0, "柳河镇")] {
        let hits = made.ask("rmlzxx", Some(at(east, 0.0)), 20);
        assert_eq!(hits[0].town.as_deref(), Some(town));
        let far = hits[0].distance_m.unwrap();
        assert!((far - 100.0).abs() < 1.0, "{far}");
    }
    assert_eq!(made.first("rmlzxx").distance_m, None);
}

/// What is near a point: distance and direction, the nearest crossing and house always.
#[test]
fn what_is_near() {
    let made = county();
    let found = near::near(&made.index, at(200.0, 150.0), 400.0, 4);
    let places = near_in(&made.db, &found).unwrap();
    assert_eq!(places.len(), 4);
    assert!(places.is_sorted_by(|a, b| a.distance_m <= b.distance_m));
    let crossing = places
        .iter()
        .find(|p| p.class == PlaceClass::Crossing)
        .unwrap();
    assert_eq!(crossing.name, "人民路与解放路路口");
    assert!((crossing.distance_m - 100.0).abs() < 0.5);
    let bearing = crossing.bearing_deg.unwrap();
    assert!(
        !(1.0..=359.0).contains(&bearing),
        "the point lies north of it: {bearing}"
    );
    let house = places
        .iter()
        .find(|p| p.class == PlaceClass::Address)
        .unwrap();
    assert_eq!(house.name, "解放路7号");
    assert!(near::near(&made.index, at(-90_000.0, 0.0), 1e9, 9).is_empty());
    assert!(near::near(&made.index, at(0.0, 0.0), f64::NAN, 9).is_empty());
    assert_eq!(near::near(&made.index, at(0.0, 0.0), 10.0, 9).len(), 1);
    // Every place is found at its own place, whatever the grid.
    for place in 0..made.index.named() {
        if let Some(here) = made.index.at(place) {
            let found = near::near(&made.index, here, 1.0, 50);
            let is_there = found.iter().any(|close| close.place == place);
            assert!(
                is_there || made.index.class(place) == PlaceClass::Pole,
                "{place}"
            );
        }
    }
}

/// The same rows give the same file, in whatever order they come.
#[test]
fn repeatable() {
    let (one, two) = (county(), county());
    assert_eq!(
        std::fs::read(&one.path).unwrap(),
        std::fs::read(&two.path).unwrap()
    );
}

/// Columns that do not fit together are named and never searched.
#[test]
fn damaged_columns() {
    let made = county();
    let columns: Vec<String> = made
        .db
        .prepare("SELECT name FROM search_column WHERE length(bytes) > 0 ORDER BY name")
        .unwrap()
        .query_map([], |row| row.get(0))
        .unwrap()
        .map(Result::unwrap)
        .collect();
    assert!(columns.len() > 20, "{columns:?}");
    for name in columns {
        if ["sounds", "towns"].contains(&name.as_str()) {
            continue;
        }
        let good: Vec<u8> = made
            .db
            .query_row(
                "SELECT bytes FROM search_column WHERE name = ?1",
                [&name],
                |row| row.get(0),
            )
            .unwrap();
        let put = |bytes: &[u8]| {
            made.db
                .execute(
                    "UPDATE search_column SET bytes = ?2 WHERE name = ?1",
                    params![name, bytes],
                )
                .unwrap();
            Columns::read(&made.db).unwrap()
        };
        assert!(put(&good[..good.len() - 1]).is_err(), "{name} cut off");
        if !["chars", "numbers", "lon_e7", "lat_e7", "classes"].contains(&name.as_str()) {
            assert!(put(&vec![0xff; good.len()]).is_err(), "{name} overwritten");
        }
        assert!(put(&good).is_ok());
    }
}

/// Whatever is typed, a search ends, gives no more than asked, and nothing twice.
#[test]
fn anything_may_be_typed() {
    let made = county();
    let pool: Vec<char> = "人民路中心小学解放重长王家庄rmlzxjfhgaeiou0123号与 镇+-K"
        .chars()
        .collect();
    let mut seed = 20_261_127u64;
    let mut throw = |below: usize| {
        seed = seed
            .wrapping_mul(6_364_136_223_846_793_005)
            .wrapping_add(1_442_695_040_888_963_407);
        (seed >> 33) as usize % below
    };
    for _ in 0..400 {
        let length = 1 + throw(24);
        let query: String = (0..length).map(|_| pool[throw(pool.len())]).collect();
        let hits = made.ask(&query, Some(at(0.0, 0.0)), 7);
        assert!(hits.len() <= 7, "{query}");
        for (i, hit) in hits.iter().enumerate() {
            assert!(!hits[..i].contains(hit), "{query}: {hit:?} twice");
        }
    }
    let long = "人民路".repeat(200);
    assert!(made.hits(&long).len() <= 20);
}
