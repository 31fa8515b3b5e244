//! Real names with made slips: how many are still found among the first twenty.

use super::*;
use crate::gazetteer::Found;
use flate2::read::GzDecoder;
use std::collections::BTreeSet;
use std::io::Read as _;
use std::path::Path;

/// Rows of the list of real names: name, class, kind, lon, lat.
fn real_names() -> Option<String> {
    let root = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../..");
    let path = root.join("../shared/data/names/jingjinji-names.tsv.gz");
    let Ok(file) = std::fs::File::open(path) else {
        println!("skipped: jingjinji-names.tsv.gz is not there");
        return None;
    };
    let mut text = String::new();
    GzDecoder::new(file).read_to_string(&mut text).unwrap();
    Some(text)
}

fn made_of(text: &str) -> Made {
    let mut all = Gathered::default();
    for line in text.lines() {
        let cells: Vec<&str> = line.split('\t').collect();
        let [name, class, kind, lon, lat] = cells[..] else {
            continue;
        };
        let (Ok(lon), Ok(lat)) = (lon.parse(), lat.parse()) else {
            continue;
        };
        let class = match class {
            "道路" => PlaceClass::Street,
            "水系" | "水域" => PlaceClass::Water,
            "交通" => PlaceClass::Transport,
            "建筑" => PlaceClass::Building,
            _ => PlaceClass::Poi,
        };
        let (lon, lat) = Wgs84::new(lon, lat).unwrap().to_e7();
        let found = Found::new(name, class, kind, Px::from_e7(lon, lat));
        // As a build does: a street of many pieces is one name.
        match class {
            PlaceClass::Street | PlaceClass::Water => all.pieces.push(found),
            _ => all.points.push(found),
        }
    }
    Made::of(all, &[])
}

/// A stream of numbers with a fixed seed.
struct Dice(u64);

impl Dice {
    fn below(&mut self, count: usize) -> usize {
        self.0 = self.0.wrapping_add(0x9e37_79b9_7f4a_7c15);
        let z = (self.0 ^ (self.0 >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        let z = (z ^ (z >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
        ((z ^ (z >> 31)) >> 11) as usize % count.max(1)
    }
}

/// A slip in a name; `None` when the name has no room for it.
type Slip = fn(&mut Dice, &[char], &[char]) -> Option<String>;

fn joined(chars: Vec<char>) -> Option<String> {
    Some(chars.into_iter().collect())
}

/// Another character of the same sound.
fn homophone(dice: &mut Dice, name: &[char], pool: &[char]) -> Option<String> {
    let at = dice.below(name.len());
    let sound = crate::reading::voices(name[at]).into_iter().next()?;
    let same: Vec<char> = pool
        .iter()
        .copied()
        .filter(|c| *c != name[at] && crate::reading::voices(*c).first() == Some(&sound))
        .collect();
    let other = *same.get(dice.below(same.len()))?;
    let mut chars = name.to_vec();
    chars[at] = other;
    joined(chars)
}

fn dropped(dice: &mut Dice, name: &[char], _: &[char]) -> Option<String> {
    let mut chars = name.to_vec();
    chars.remove(dice.below(chars.len()));
    joined(chars)
}

fn swapped(dice: &mut Dice, name: &[char], _: &[char]) -> Option<String> {
    let at = dice.below(name.len() - 1);
    let mut chars = name.to_vec();
    chars.swap(at, at + 1);
    (chars[at] != chars[at + 1]).then(|| chars.into_iter().collect())
}

/// One letter of the full pinyin is another.
fn letter(dice: &mut Dice, name: &[char], _: &[char]) -> Option<String> {
    let text: String = name.iter().collect();
    let said = crate::reading::readings(&crate::reading::units(&text));
    let mut letters: Vec<char> = said.first()?.concat().chars().collect();
    let at = 1 + dice.below(letters.len() - 1);
    let other = char::from(b'a' + dice.below(26) as u8);
    (letters[at] != other).then(|| {
        letters[at] = other;
        letters.into_iter().collect()
    })
}

/// Without a slip every name is found; with one, at least so many of a hundred. A name counts as
/// found when it is among the first twenty.
#[test]
fn slips_in_real_names() {
    let Some(text) = real_names() else { return };
    let made = made_of(&text);
    println!("{} MB of columns", made.index.bytes() / 1_000_000);
    let names: BTreeSet<&str> = text
        .lines()
        .filter_map(|line| line.split('\t').next())
        .filter(|name| name.chars().all(crate::reading::is_han))
        .filter(|name| (3..=12).contains(&name.chars().count()))
        .collect();
    let names: Vec<&str> = names.into_iter().collect();
    let pool: BTreeSet<char> = names.iter().flat_map(|name| name.chars()).collect();
    let pool: Vec<char> = pool.into_iter().collect();
    let exact: Slip = |_, name, _| joined(name.to_vec());
    let kinds: [(&str, Slip, usize); 5] = [
        ("exact", exact, 100),
        ("homophone", homophone, 98),
        ("dropped", dropped, 93),
        ("swapped", swapped, 90),
        ("wrong letter", letter, 90),
    ];
    for (kind, slip, least) in kinds {
        let mut dice = Dice(7);
        let (mut found, mut asked) = (0, 0);
        let mut missed = Vec::new();
        while asked < 400 {
            let name = names[dice.below(names.len())];
            let chars: Vec<char> = name.chars().collect();
            let Some(query) = slip(&mut dice, &chars, &pool) else {
                continue;
            };
            asked += 1;
            if made.hits(&query).iter().any(|hit| hit.name == name) {
                found += 1;
            } else {
                missed.push((query, name));
            }
        }
        println!(
            "{kind}: {found} of {asked}; missed e.g. {:?}",
            &missed[..missed.len().min(40)]
        );
        assert!(found * 100 >= asked * least, "{kind}: {found} of {asked}");
    }
}
