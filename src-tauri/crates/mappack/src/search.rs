//! Finding places by what is typed, and by where they are.
//!
//! A pack's search columns are read into memory at the first search (some megabytes for a
//! county); names, codes and towns of what is found are then read from its tables.
//! Not here: opening (`pack`), building (`gazetteer`), choosing among hits: that is for the
//! person at the desk.

pub(crate) mod code;
pub(crate) mod columns;
mod find;
mod index;
mod near;
mod query;
mod rank;
mod streets;
mod walk;

#[cfg(test)]
mod tests;

use crate::PackError;
use crate::gazetteer::gather::address_name;
use crate::gazetteer::locate::Whence;
use crate::gazetteer::{PlaceClass, number};
use crate::manifest::GAZETTEER_FILE;
use crate::pack::Pack;
use crate::reading::normal;
use columns::Columns;
use fengsui_geo::{Wgs84, distance_m};
use find::Find;
use index::Index;
use rank::{BETWEEN, Best, Between, Ranked, Tier};
use rusqlite::{Connection, OptionalExtension, params};
use std::sync::{Arc, Mutex, PoisonError};

/// What is looked for.
#[derive(Debug, Clone, Copy)]
pub struct SearchAsk<'a> {
    /// What was typed: Chinese, pinyin, initials, or a mixture; with a house number, two
    /// streets, a town before it, a code.
    pub query: &'a str,
    /// Where the person looks; among equal matches the nearer come first.
    pub near: Option<Wgs84>,
    /// So many hits at most.
    pub limit: usize,
}

impl<'a> SearchAsk<'a> {
    /// A search without a point to be near to.
    pub fn new(query: &'a str, limit: usize) -> Self {
        Self {
            query,
            near: None,
            limit,
        }
    }
}

/// A place that fits what was typed.
#[derive(Debug, Clone, PartialEq)]
pub struct PlaceHit {
    /// Name.
    pub name: String,
    /// What sort of thing it is.
    pub class: PlaceClass,
    /// Which one of that sort: the map's own word (`school`, `street`, `village` …).
    pub kind: String,
    /// The town it belongs to.
    pub town: Option<String>,
    /// How the town is known; with `Nearest` it is likely, not certain.
    pub town_by: Option<Whence>,
    /// Official code of towns and villages, number of a pole, code of a door plate.
    pub code: Option<String>,
    /// Where it is; `None` for a town or village that the map does not show.
    pub position: Option<Wgs84>,
    /// How what was typed fits the name.
    pub matched: Matched,
    /// Metres from the point asked for; `None` without such a point or without a position.
    pub distance_m: Option<f64>,
    /// The position is not that of what was asked for: a number put between two known ones, the
    /// street of a number that is not known, the house of a door that is not known. Shown as 约.
    pub is_approximate: bool,
    /// The other name it was found by, when that was not `name`.
    pub alias: Option<String>,
    /// Of an address: street, lane or village, as written.
    pub street: Option<String>,
    /// Of an address: the number, as written.
    pub number: Option<String>,
}

/// How what was typed fits.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Matched {
    /// Its code is or begins with it.
    Code,
    /// The name begins with it.
    Name,
    /// Its pinyin begins with it.
    Pinyin,
    /// Characters and letters, or syllables and initials, together begin the name.
    Mixed,
    /// Its initials begin with it.
    Initials,
    /// The two streets of a crossing.
    Crossing,
    /// Street and house number.
    Number,
    /// Only the street of the number asked for; the number is not known.
    StreetOnly,
    /// It stands somewhere inside the name.
    Inside,
    /// It nearly fits: same or like sound, one character or letter off, two swapped.
    Typo,
}

impl Matched {
    /// Stable word.
    #[must_use]
    pub fn word(self) -> &'static str {
        match self {
            Self::Code => "code",
            Self::Name => "name",
            Self::Pinyin => "pinyin",
            Self::Mixed => "mixed",
            Self::Initials => "initials",
            Self::Crossing => "crossing",
            Self::Number => "number",
            Self::StreetOnly => "street_only",
            Self::Inside => "inside",
            Self::Typo => "typo",
        }
    }
}

/// A place near a point.
#[derive(Debug, Clone, PartialEq)]
pub struct NearPlace {
    /// Name.
    pub name: String,
    /// What sort of thing it is.
    pub class: PlaceClass,
    /// Which one of that sort.
    pub kind: String,
    /// The town it belongs to.
    pub town: Option<String>,
    /// Where it is.
    pub position: Wgs84,
    /// Metres to the point, along the earth.
    pub distance_m: f64,
    /// Direction from the place to the point in degrees from north; `None` when they are one.
    pub bearing_deg: Option<f64>,
}

/// The columns of a pack, read when they are first needed.
#[derive(Debug, Default)]
pub(crate) struct Lazy(Mutex<Option<Arc<Index>>>);

impl Pack {
    /// Places that fit what was typed, best first: by kind of match, then by distance to
    /// `ask.near` in steps that double, then by importance. Equal names in different towns are
    /// all there. An empty query finds nothing.
    ///
    /// # Errors
    /// [`PackError::Database`]; [`PackError::DamagedPack`] when the search columns do not fit
    /// together.
    pub fn search(&self, ask: &SearchAsk<'_>) -> Result<Vec<PlaceHit>, PackError> {
        if ask.limit == 0 || normal(ask.query).is_empty() {
            return Ok(Vec::new());
        }
        let index = self.index()?;
        let county = &self.manifest().name;
        self.names(|db| find_in(db, &index, county, ask))
    }

    /// What is near a point, the nearest first: named things, and among them the nearest crossing
    /// and the nearest house number. Beyond 20 km nothing is near.
    ///
    /// # Errors
    /// As [`Pack::search`].
    pub fn near(
        &self,
        point: Wgs84,
        within_m: f64,
        limit: usize,
    ) -> Result<Vec<NearPlace>, PackError> {
        let index = self.index()?;
        let found = near::near(&index, point, within_m, limit);
        self.names(|db| near_in(db, &found))
    }

    /// Reads what searches need, so that the first one is as quick as the others; returns how
    /// many bytes of memory it takes.
    ///
    /// # Errors
    /// As [`Pack::search`].
    pub fn warm(&self) -> Result<usize, PackError> {
        Ok(self.index()?.bytes())
    }

    fn index(&self) -> Result<Arc<Index>, PackError> {
        let mut lazy = self.lazy().0.lock().unwrap_or_else(PoisonError::into_inner);
        if let Some(index) = &*lazy {
            return Ok(Arc::clone(index));
        }
        let columns = self.names(Columns::read)?;
        let columns = columns.map_err(|why| PackError::DamagedPack {
            name: GAZETTEER_FILE.to_owned(),
            why,
        })?;
        let index = Arc::new(Index::new(columns));
        *lazy = Some(Arc::clone(&index));
        Ok(index)
    }
}

/// A search in an open names' file.
fn find_in(
    db: &Connection,
    index: &Index,
    county: &str,
    ask: &SearchAsk<'_>,
) -> rusqlite::Result<Vec<PlaceHit>> {
    let mut find = Find {
        index,
        best: Best::new(index, ask.near, ask.limit),
        limit: ask.limit,
        county,
    };
    by_code(db, ask.query, ask.limit, &mut find.best)?;
    find.all(ask.query);
    let (ranked, between) = find.best.into_ranked();
    let mut hits: Vec<(Tier, PlaceHit)> = Vec::new();
    let asked = number::split(ask.query).map(|(_, number)| number.rest);
    let asked = asked.filter(|rest| !rest.is_empty());
    // Doors of one house are told apart by what follows the number, which only the rows hold:
    // look a little beyond what is shown.
    let look = match asked {
        Some(_) => ask.limit.saturating_mul(3),
        None => ask.limit,
    };
    for one in ranked.iter().take(look) {
        hits.extend(row(db, index, one, &between, asked.as_deref())?);
    }
    if asked.is_some() {
        hits.sort_by_key(|hit| (hit.0, hit.1.is_approximate));
    }
    hits.truncate(ask.limit);
    let with_distance = |(_, mut hit): (Tier, PlaceHit)| {
        let ends = ask.near.zip(hit.position);
        hit.distance_m = ends.map(|(one, two)| distance_m(one, two));
        hit
    };
    Ok(hits.into_iter().map(with_distance).collect())
}

/// The rows of what is near.
fn near_in(db: &Connection, found: &[near::Close]) -> rusqlite::Result<Vec<NearPlace>> {
    let mut places = Vec::with_capacity(found.len());
    for close in found {
        if let Some((hit, _)) = stored(db, close.place)?
            && let Some(position) = hit.position
        {
            places.push(NearPlace {
                name: hit.name,
                class: hit.class,
                kind: hit.kind,
                town: hit.town,
                position,
                distance_m: close.distance_m,
                bearing_deg: close.bearing_deg,
            });
        }
    }
    Ok(places)
}

/// Places by their code: the very code first, then codes that begin so.
fn by_code(
    db: &Connection,
    query: &str,
    limit: usize,
    best: &mut Best<'_>,
) -> rusqlite::Result<()> {
    let Some(key) = code::of_query(query) else {
        return Ok(());
    };
    // Every key that begins with the query lies between it and it followed by the last
    // character there is.
    let after = format!("{key}\u{10ffff}");
    let mut select = db.prepare_cached(
        "SELECT key = ?1, place FROM place_code WHERE key >= ?1 AND key < ?2
         ORDER BY key, place LIMIT ?3",
    )?;
    let rows = i64::try_from(limit).unwrap_or(i64::MAX);
    let found = select.query_map(params![key, after, rows], |row| {
        Ok((row.get::<_, bool>(0)?, row.get::<_, u32>(1)?))
    })?;
    for row in found {
        let (is_whole, id) = row?;
        let tier = match is_whole {
            true => Tier::Code,
            false => Tier::CodeBegins,
        };
        best.place(tier, id.saturating_sub(1), None);
    }
    Ok(())
}

/// What is shown of a ranked place; `None` when the tables do not have it.
fn row(
    db: &Connection,
    index: &Index,
    ranked: &Ranked,
    between: &[Between],
    asked: Option<&str>,
) -> rusqlite::Result<Option<(Tier, PlaceHit)>> {
    if ranked.place & BETWEEN != 0 {
        let between = between.get((ranked.place & !BETWEEN) as usize);
        let hit = between
            .map(|between| hit_between(db, between))
            .transpose()?;
        return Ok(hit.flatten().map(|hit| (ranked.tier, hit)));
    }
    let Some((mut hit, rest)) = stored(db, ranked.place)? else {
        return Ok(None);
    };
    hit.matched = ranked.tier.matched();
    hit.is_approximate = ranked.tier == Tier::StreetOnly;
    if let Some(asked) = asked
        && hit.class == PlaceClass::Address
        && ranked.tier != Tier::Code
    {
        hit.is_approximate = !rest.starts_with(asked);
    }
    if let Some(spelling) = ranked.spelling
        && hit.class != PlaceClass::Address
        && hit.class != PlaceClass::Crossing
    {
        hit.alias = alias(db, index, ranked.place, spelling, &hit.name)?;
    }
    Ok(Some((ranked.tier, hit)))
}

/// A row of the table, and what follows its house number.
fn stored(db: &Connection, place: u32) -> rusqlite::Result<Option<(PlaceHit, String)>> {
    let mut select = db.prepare_cached(
        "SELECT name, class, kind, town, town_by, code, street, number, rest, lon_e7, lat_e7
         FROM place WHERE id = ?1",
    )?;
    select
        .query_row(params![i64::from(place) + 1], |row| {
            let town_by: Option<i64> = row.get(4)?;
            let hit = PlaceHit {
                name: row.get(0)?,
                class: PlaceClass::from_number(row.get(1)?),
                kind: row.get(2)?,
                town: row.get(3)?,
                town_by: town_by.map(Whence::from_number),
                code: row.get(5)?,
                position: crate::pack::position(row, 9)?,
                matched: Matched::Name,
                distance_m: None,
                is_approximate: false,
                alias: None,
                street: row.get(6)?,
                number: row.get(7)?,
            };
            Ok((hit, row.get(8)?))
        })
        .optional()
}

/// A number between two known ones: the street and the town of the one before it.
fn hit_between(db: &Connection, between: &Between) -> rusqlite::Result<Option<PlaceHit>> {
    let Some((before, _)) = stored(db, between.before)? else {
        return Ok(None);
    };
    let street = before.street.unwrap_or_else(|| {
        let digits = |c: char| c.is_ascii_digit() || ('０'..='９').contains(&c);
        let name = before.name.split(digits).next().unwrap_or_default();
        name.trim().to_owned()
    });
    let number = between.number.to_string();
    Ok(Some(PlaceHit {
        name: address_name(&street, &number),
        class: PlaceClass::Address,
        kind: "address".to_owned(),
        town: before.town,
        town_by: before.town_by,
        code: None,
        position: Wgs84::from_e7(between.lon_e7, between.lat_e7).ok(),
        matched: Matched::Number,
        distance_m: None,
        is_approximate: true,
        alias: None,
        street: Some(street),
        number: Some(number),
    }))
}

/// The other name of a place that has this spelling.
fn alias(
    db: &Connection,
    index: &Index,
    place: u32,
    spelling: u32,
    name: &str,
) -> rusqlite::Result<Option<String>> {
    let spelled: String = index
        .chars(spelling)
        .iter()
        .filter_map(|c| char::from_u32(*c))
        .collect();
    if normal(name) == spelled {
        return Ok(None);
    }
    let mut select =
        db.prepare_cached("SELECT name FROM place_alias WHERE place = ?1 ORDER BY name")?;
    let names = select.query_map(params![i64::from(place) + 1], |row| row.get::<_, String>(0))?;
    for name in names {
        let name = name?;
        if normal(&name) == spelled {
            return Ok(Some(name));
        }
    }
    Ok(None)
}
