//! Places: found by what is typed, and described by where they are.
//!
//! Not here: the gazetteer and the areas themselves (`mappack`), reading of coordinates (`geo`).

use fengsui_geo::reading::{Datum, Expected, Reading, ReadingError, read_place};
use fengsui_geo::{BEIDOU_LEVEL, GridCell, Wgs84, Zone, beidou_code, distance_m};
use fengsui_mappack::{AreaAt, NearPlace, OwnLayer, SearchAsk};

use crate::error::{AppError, RejectionCode, invalid};
use crate::map::unread;
use crate::station::Station;

/// A place.
#[derive(Debug, Clone, PartialEq)]
pub struct Place {
    /// Name.
    pub name: String,
    /// Kind.
    pub kind: String,
    /// Town.
    pub town: Option<String>,
    /// Where; `None` = known by name only.
    pub point: Option<Wgs84>,
    /// How it fits: a word of the wire.
    pub matched: &'static str,
    /// Worked out between two known ones.
    pub is_approximate: bool,
    /// Metres from where was asked for.
    pub distance_m: Option<f64>,
    /// Datum that typed coordinates were read in.
    pub datum: Option<Datum>,
}

/// What is known of a point.
#[derive(Debug, Clone, PartialEq)]
pub struct PlaceFacts {
    /// Areas that hold it, and jurisdictions whose border is near.
    pub areas: Vec<AreaAt>,
    /// More than one jurisdiction holds it.
    pub is_disputed: bool,
    /// What lies near, nearest first.
    pub near: Vec<NearPlace>,
    /// Own 200 m cell; `None` = outside the county's zone.
    pub cell: Option<GridCell>,
    /// BeiDou code of 4″.
    pub beidou: Option<String>,
    /// The installed map has data there.
    pub is_on_map: bool,
}

/// Longest query, characters.
const QUERY_MAX: usize = 64;
/// How far something may be to say where a point is, metres.
const NEAR_M: f64 = 600.0;
/// How many things say where a point is.
const NEAR_MAX: usize = 3;

impl Station {
    /// Places for what was typed; duplicates each with its town, none chosen. Coordinates are
    /// read too, every way they can be read.
    ///
    /// # Errors
    /// `ValueInvalid`, `MapMissing`, faults of the pack as `ReadingUnknown`.
    pub fn search_places(
        &self,
        query: &str,
        near: Option<Wgs84>,
        limit: u32,
    ) -> Result<Vec<Place>, AppError> {
        if query.chars().count() > QUERY_MAX {
            return Err(invalid("query", "0-64"));
        }
        if !(1..=50).contains(&limit) {
            return Err(invalid("limit", "1-50"));
        }
        if query.trim().is_empty() {
            return Ok(Vec::new());
        }
        let mut places = self.typed_places(query, near);
        let Some(pack) = self.map().pack() else {
            return match places.is_empty() {
                true => Err(RejectionCode::MapMissing.into()),
                false => Ok(places),
            };
        };
        let ask = SearchAsk {
            query,
            near,
            limit: limit as usize,
        };
        let hits = pack.search(&ask).map_err(unread("places"))?;
        places.extend(hits.into_iter().map(|hit| Place {
            name: hit.name,
            kind: hit.kind,
            town: hit.town,
            point: hit.position,
            matched: hit.matched.word(),
            is_approximate: hit.is_approximate,
            distance_m: hit.distance_m,
            datum: None,
        }));
        places.truncate(limit as usize);
        Ok(places)
    }

    /// What was typed as coordinates or as the code of a cell.
    #[must_use]
    pub fn typed_places(&self, query: &str, near: Option<Wgs84>) -> Vec<Place> {
        let expected = Expected {
            datum: Datum::Wgs84,
            near: self
                .zone()
                .zip(self.map_centre())
                .and_then(|(zone, centre)| GridCell::of_point(centre, zone).ok()),
        };
        let readings = match read_place(query, expected) {
            Ok(reading) => vec![reading],
            Err(ReadingError::Ambiguous(readings)) => readings,
            Err(_) => Vec::new(),
        };
        readings
            .into_iter()
            .map(|reading| typed(&reading, near))
            .collect()
    }

    /// The middle of the installed map.
    pub(crate) fn map_centre(&self) -> Option<Wgs84> {
        let pack = self.map().pack()?;
        let [lon, lat] = pack.manifest().centre;
        Wgs84::new(lon, lat).ok()
    }

    /// The zone the county is measured in: that of the middle of its map.
    #[must_use]
    pub fn zone(&self) -> Option<Zone> {
        Zone::of_point(self.map_centre()?).ok()
    }

    /// What is known of a point.
    ///
    /// # Errors
    /// Faults of the pack as `ReadingUnknown`.
    pub fn place_facts(&self, point: Wgs84) -> Result<PlaceFacts, AppError> {
        let cell = self
            .zone()
            .or_else(|| Zone::of_point(point).ok())
            .and_then(|zone| GridCell::of_point(point, zone).ok());
        let mut facts = PlaceFacts {
            areas: Vec::new(),
            is_disputed: false,
            near: Vec::new(),
            cell,
            beidou: beidou_code(point, BEIDOU_LEVEL).ok(),
            is_on_map: false,
        };
        let Some(pack) = self.map().pack() else {
            return Ok(facts);
        };
        facts.areas = pack.areas_at(point).map_err(unread("areas"))?;
        facts.is_disputed = holders(&facts.areas).count() > 1;
        facts.near = pack
            .near(point, NEAR_M, NEAR_MAX)
            .map_err(unread("places"))?;
        let [west, south, east, north] = pack.manifest().bounds;
        facts.is_on_map =
            (west..=east).contains(&point.lon_deg()) && (south..=north).contains(&point.lat_deg());
        Ok(facts)
    }

    /// The one jurisdiction that holds a point; `None` when none does, or several do: then a
    /// person chooses.
    ///
    /// # Errors
    /// Faults of the pack as `ReadingUnknown`.
    pub(crate) fn jurisdiction_of(&self, point: Wgs84) -> Result<Option<String>, AppError> {
        let Some(pack) = self.map().pack() else {
            return Ok(None);
        };
        let areas = pack.areas_at(point).map_err(unread("areas"))?;
        let mut holders = holders(&areas);
        Ok(match (holders.next(), holders.next()) {
            (Some(only), None) => Some(code_of(only).to_owned()),
            _ => None,
        })
    }
}

/// Jurisdictions that hold the point.
fn holders(areas: &[AreaAt]) -> impl Iterator<Item = &AreaAt> {
    areas
        .iter()
        .filter(|area| area.layer == OwnLayer::Jurisdiction && area.inside)
}

/// What a jurisdiction is kept as: its code, or its name where the table has no codes.
#[must_use]
pub fn code_of(area: &AreaAt) -> &str {
    match area.code.is_empty() {
        true => &area.name,
        false => &area.code,
    }
}

fn typed(reading: &Reading, near: Option<Wgs84>) -> Place {
    let point = reading.point;
    Place {
        name: format!("{:.6}, {:.6}", point.lon_deg(), point.lat_deg()),
        kind: reading.notation.word().to_owned(),
        town: None,
        point: Some(point),
        matched: "coordinate",
        is_approximate: !reading.is_datum_stated,
        distance_m: near.map(|near| distance_m(near, point)),
        datum: Some(reading.datum),
    }
}
