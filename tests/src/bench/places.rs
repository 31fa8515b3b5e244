//! Search of places at 500,000 house numbers: how long each way of typing takes beside a `LIKE`
//! scan of the same names and beside tantivy, and how often what was meant is among the first
//! twenty.
//!
//! Not here: search of incidents (`past`), whether it finds the right thing (`mappack`'s tests).

pub mod pairs;
pub mod streets;

use std::collections::BTreeSet;
use std::path::Path;

use anyhow::{Context, Result};
use fengsui_mappack::{BuildInput, Continue, Pack, SearchAsk, build};
use fengsui_testkit::county::points;
use pinyin::ToPinyin;
use rusqlite::{Connection, params};

use super::figures::{Samples, timed};
use super::place::{Place, tell};
use super::report::{Budget, Row};
use crate::load::dice::Dice;
use pairs::Peer;
use streets::{House, houses};

/// House numbers.
const HOUSES: usize = 500_000;
/// Queries of each kind.
const QUERIES: u64 = 1_000;
/// Scans; each goes through every name.
const SCANS: u64 = 60;
/// Hits the desk asks for.
const HITS: usize = 20;
const SEED: u64 = 20_261_127;

/// A way of typing a house number; `None` when this one has no room for it.
type Typed = fn(&House, &mut Dice, &[char]) -> Option<String>;

/// Name, way, its share of a scan, the least share of hits in percent.
type Kind = (&'static str, Typed, f64, Option<f64>);

const KINDS: [Kind; 8] = [
    ("exact", exact, 1.0 / 20.0, Some(100.0)),
    ("initials", initials, 1.0 / 20.0, None),
    ("full pinyin", full_pinyin, 1.0 / 20.0, None),
    ("first key", first_key, 1.0 / 20.0, None),
    ("two keys", two_keys, 1.0 / 20.0, None),
    ("homophone", homophone, 1.0 / 10.0, Some(98.0)),
    ("dropped", dropped, 1.0 / 10.0, Some(93.0)),
    ("swapped", swapped, 1.0 / 10.0, Some(90.0)),
];

/// Every kind of typing in one pack.
///
/// # Errors
/// Those of building, of the pack and of SQLite.
pub fn typing(place: &Place, out: &mut dyn FnMut(Row)) -> Result<()> {
    let dir = place.fresh("places")?;
    let real = streets::real_names();
    if real.is_none() {
        tell("the list of real street names is not there: made-up ones, which are more alike");
    }
    let all = houses(HOUSES, SEED, &real.unwrap_or_default());
    let pack = made(&dir, &all, out)?;
    let (bytes, took) = timed(|| pack.warm())?;
    out(Row::new("place search, first use", took, "ms", 1).budget(Budget::Most(300.0)));
    out(Row::new(
        "place search, memory",
        bytes as f64 / 1e6,
        "MB",
        1,
    ));
    let scan = scanned(&dir, &all)?;
    out(Row::new(
        "LIKE scan of names p50",
        scan,
        "ms",
        SCANS as usize,
    ));
    let pool: BTreeSet<char> = all.iter().flat_map(|house| house.street.chars()).collect();
    let pool: Vec<char> = pool.into_iter().collect();
    for kind in KINDS {
        typed_so(&pack, &all, &pool, kind, scan, out)?;
    }
    beside_tantivy(place, &pack, &all, out)
}

/// One way of typing: how long, and what was missed.
fn typed_so(
    pack: &Pack,
    all: &[House],
    pool: &[char],
    (name, typed, share, least): Kind,
    scan: f64,
    out: &mut dyn FnMut(Row),
) -> Result<()> {
    let (mut took, mut hits) = (Vec::new(), 0u32);
    for number in 0..QUERIES {
        let dice = &mut Dice::new(SEED + 7, number);
        let (house, query) = query(all, typed, dice, pool)?;
        let ask = SearchAsk::new(&query, HITS);
        let (found, ms) = timed(|| pack.search(&ask))?;
        took.push(ms);
        let name = house.name();
        let is_it = |hit: &fengsui_mappack::PlaceHit| {
            let at = hit.position.map(fengsui_geo::Wgs84::to_e7);
            let near = |(lon, lat): (i32, i32)| {
                (lon - house.at.0).abs() < 20 && (lat - house.at.1).abs() < 20
            };
            hit.name == name && at.is_some_and(near)
        };
        hits += u32::from(found.iter().any(is_it));
    }
    let took = Samples::new(took);
    for (percent, budget) in [(50, None), (99, Some(Budget::Times(share)))] {
        let row = Row::new(
            format!("place search, {name} p{percent}"),
            took.percentile(percent),
            "ms",
            took.count(),
        );
        let row = row.against("LIKE scan p50", scan);
        out(match budget {
            Some(budget) => row.budget(budget),
            None => row,
        });
    }
    if let Some(least) = least {
        let rate = f64::from(hits) * 100.0 / QUERIES as f64;
        let row = Row::new(
            format!("  {name} missed of 100"),
            100.0 - rate,
            "",
            took.count(),
        );
        out(row.budget(Budget::Most(100.0 - least)));
    }
    Ok(())
}

/// Whole names in both, in turn; other ways of typing are nothing to an index of pairs.
fn beside_tantivy(
    place: &Place,
    pack: &Pack,
    all: &[House],
    out: &mut dyn FnMut(Row),
) -> Result<()> {
    let mut peer = match Peer::of(place, all) {
        Ok(peer) => peer,
        Err(why) => {
            tell(&format!("tantivy: not beside us: {why:#}"));
            return Ok(());
        }
    };
    let name = "tantivy: index of 500,000";
    out(Row::new(name, peer.built_s, "s", 1));
    let (mut ours, mut theirs, mut missed) = (Vec::new(), Vec::new(), 0u32);
    for number in 0..QUERIES {
        let dice = &mut Dice::new(SEED + 7, number);
        let (house, query) = query(all, exact, dice, &[])?;
        ours.push(timed(|| pack.search(&SearchAsk::new(&query, HITS)))?.1);
        let (found, ms) = peer.search(&query)?;
        theirs.push(ms);
        missed += u32::from(!found.contains(&house.name()));
    }
    let (ours, theirs) = (Samples::new(ours), Samples::new(theirs));
    for percent in [50, 99] {
        let name = format!("place search, exact p{percent}");
        out(Row::new(name, ours.percentile(percent), "ms", ours.count())
            .against("tantivy, pairs", theirs.percentile(percent)));
    }
    let share = f64::from(missed) * 100.0 / QUERIES as f64;
    out(Row::new(
        "  tantivy missed of 100",
        share,
        "",
        theirs.count(),
    ));
    Ok(())
}

/// A pack of these houses, built as any county is.
fn made(dir: &Path, all: &[House], out: &mut dyn FnMut(Row)) -> Result<Pack> {
    let extract = dir.join("houses.osm.pbf");
    std::fs::write(&extract, points::extract(&streets::points(all, SEED))?)?;
    let input = BuildInput::find(&extract, "2026-01-01T00:00:00Z")?;
    let target = dir.join("pack");
    let (manifest, took) = timed(|| build(&input, &target, &mut |_| Continue::Yes))?;
    tell(&format!(
        "{} names and house numbers",
        manifest.counts.names
    ));
    out(Row::new(
        "pack of 500,000 house numbers",
        took / 1e3,
        "s",
        1,
    ));
    Ok(Pack::open(&target)?)
}

/// The median of looking through all names, ms: what a plain table would do.
fn scanned(dir: &Path, all: &[House]) -> Result<f64> {
    let mut db = Connection::open(dir.join("like.db"))?;
    db.execute_batch("CREATE TABLE house (id INTEGER PRIMARY KEY, name TEXT NOT NULL) STRICT;")?;
    let tx = db.transaction()?;
    {
        let mut insert = tx.prepare("INSERT INTO house (name) VALUES (?1)")?;
        for house in all {
            insert.execute(params![house.name()])?;
        }
    }
    tx.commit()?;
    let mut select =
        db.prepare("SELECT id, name FROM house WHERE name LIKE '%' || ?1 || '%' LIMIT 20")?;
    let mut took = Vec::new();
    for number in 0..SCANS {
        let dice = &mut Dice::new(SEED + 7, number);
        let (_, query) = query(all, exact, dice, &[])?;
        let (_, ms) = timed(|| {
            let rows = select.query_map(params![query], |row| row.get::<_, String>(1))?;
            rows.collect::<rusqlite::Result<Vec<String>>>()
        })?;
        took.push(ms);
    }
    Ok(Samples::new(took).percentile(50))
}

/// A house, and how it is typed this way.
fn query<'a>(
    all: &'a [House],
    typed: Typed,
    dice: &mut Dice,
    pool: &[char],
) -> Result<(&'a House, String)> {
    for _ in 0..100 {
        let at = usize::try_from(dice.below(all.len() as u64))?;
        let house = all.get(at).context("no houses")?;
        if let Some(query) = typed(house, dice, pool) {
            return Ok((house, query));
        }
    }
    anyhow::bail!("no house can be typed this way")
}

fn exact(house: &House, _: &mut Dice, _: &[char]) -> Option<String> {
    Some(house.name())
}

fn sounds(house: &House) -> Vec<&'static str> {
    let all = house.street.as_str().to_pinyin();
    all.flatten().map(|sound| sound.plain()).collect()
}

fn initials(house: &House, _: &mut Dice, _: &[char]) -> Option<String> {
    let letters: String = sounds(house).iter().filter_map(|s| s.get(..1)).collect();
    let is_plain = !house.street.contains(|c: char| c.is_ascii_digit());
    is_plain.then(|| format!("{letters}{}", house.number))
}

fn full_pinyin(house: &House, _: &mut Dice, _: &[char]) -> Option<String> {
    let is_plain = !house.street.contains(|c: char| c.is_ascii_digit());
    is_plain.then(|| format!("{}{}", sounds(house).concat(), house.number))
}

fn first_key(house: &House, dice: &mut Dice, _: &[char]) -> Option<String> {
    match dice.percent(50) {
        true => house.street.chars().next().map(String::from),
        false => sounds(house).first()?.get(..1).map(str::to_owned),
    }
}

fn two_keys(house: &House, dice: &mut Dice, _: &[char]) -> Option<String> {
    match dice.percent(50) {
        true => Some(house.street.chars().take(2).collect()),
        false => {
            let sounds = sounds(house);
            Some(format!(
                "{}{}",
                sounds.first()?.get(..1)?,
                sounds.get(1)?.get(..1)?
            ))
        }
    }
}

/// A place within the street's name, and its characters.
fn somewhere(house: &House, dice: &mut Dice) -> Option<(usize, Vec<char>)> {
    let chars: Vec<char> = house.street.chars().collect();
    let at = usize::try_from(dice.below(chars.len() as u64)).ok()?;
    chars.get(at).filter(|c| !c.is_ascii_digit())?;
    Some((at, chars))
}

fn with_number(chars: &[char], house: &House) -> String {
    format!("{}{}号", chars.iter().collect::<String>(), house.number)
}

/// One character is another of the same sound.
fn homophone(house: &House, dice: &mut Dice, pool: &[char]) -> Option<String> {
    let (at, mut chars) = somewhere(house, dice)?;
    let c = chars.get_mut(at)?;
    let sound = c.to_pinyin()?.plain();
    let same: Vec<char> = pool
        .iter()
        .copied()
        .filter(|other| other != c && other.to_pinyin().is_some_and(|s| s.plain() == sound))
        .collect();
    *c = *same.get(usize::try_from(dice.below(same.len() as u64)).ok()?)?;
    Some(with_number(&chars, house))
}

/// One character is left out; not one between two numbers, which would make another number.
fn dropped(house: &House, dice: &mut Dice, _: &[char]) -> Option<String> {
    let (at, mut chars) = somewhere(house, dice)?;
    let is_number = |c: Option<&char>| c.is_some_and(char::is_ascii_digit);
    let is_joint = at > 0 && at + 1 == chars.len() && is_number(chars.get(at - 1));
    chars.remove(at);
    (!is_joint).then(|| with_number(&chars, house))
}

fn swapped(house: &House, dice: &mut Dice, _: &[char]) -> Option<String> {
    let (at, mut chars) = somewhere(house, dice)?;
    let is_swap = at + 1 < chars.len() && chars.get(at) != chars.get(at + 1);
    let is_number = chars.get(at + 1).is_some_and(char::is_ascii_digit);
    (is_swap && !is_number).then(|| {
        chars.swap(at, at + 1);
        with_number(&chars, house)
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Few houses, built and typed in every way: the benchmark finds what it looks for.
    #[test]
    fn every_way_of_typing_finds_something() {
        let scratch = crate::desk::Scratch::new("places");
        std::fs::create_dir_all(scratch.path()).unwrap();
        let all = houses(3_000, SEED, &[]);
        let pack = made(scratch.path(), &all, &mut |_| {}).unwrap();
        let pool: BTreeSet<char> = all.iter().flat_map(|house| house.street.chars()).collect();
        let pool: Vec<char> = pool.into_iter().collect();
        for (name, typed, ..) in KINDS {
            let dice = &mut Dice::new(SEED, 1);
            let (house, query) = query(&all, typed, dice, &pool).unwrap();
            let hits = pack.search(&SearchAsk::new(&query, HITS)).unwrap();
            assert!(!hits.is_empty(), "{name}: {query} for {}", house.name());
        }
        assert!(scanned(scratch.path(), &all).unwrap() > 0.0);
    }
}
