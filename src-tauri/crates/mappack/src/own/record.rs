//! What a row of a layer becomes: an area, a thing, a name, a road; or why it becomes nothing.
//! Not here: reading files (`format`), keeping what was made (`intake`).

use super::columns::{Field, Mapping};
use super::crs::{Crs, Datum};
use super::format::SourceRow;
use super::layers::{OwnLayer, OwnShape};
use super::report::Reason;
use super::shape::{Placed, Shape};
use crate::areas::AreaRow;
use crate::things::ThingRow;
use fengsui_geo::{Bounds, Wgs84, distance_m};
use std::collections::BTreeMap;

/// A name, address or pole of the county's own, for the search.
#[derive(Debug, Clone, PartialEq)]
pub(crate) struct OwnName {
    pub(crate) layer: OwnLayer,
    pub(crate) name: String,
    pub(crate) aliases: Vec<String>,
    /// 类型 as the table has it, perhaps empty.
    pub(crate) kind: String,
    pub(crate) street: String,
    pub(crate) number: String,
    pub(crate) code: String,
    pub(crate) town: String,
    pub(crate) at: Wgs84,
}

/// A road of the county's own: for the road graph, and by its name for the search.
#[derive(Debug, Clone, PartialEq)]
pub struct OwnRoad {
    /// Code, perhaps empty.
    pub code: String,
    /// Name, perhaps empty.
    pub name: String,
    /// Kind as the table has it, perhaps empty.
    pub kind: String,
    /// Whether it is driven in the direction of its points only; `None` = not said.
    pub is_oneway: Option<bool>,
    /// Speed limit; `None` = not said.
    pub speed_kmh: Option<f64>,
    /// Its points; several lines when the row has several.
    pub lines: Vec<Vec<Wgs84>>,
}

/// What a row became.
#[derive(Debug)]
pub(crate) enum Record {
    Area(AreaRow),
    Thing(ThingRow),
    Name(OwnName),
    Road(OwnRoad),
}

impl Record {
    /// Its code, perhaps empty, and its name.
    pub(crate) fn key(&self) -> (&str, &str) {
        match self {
            Self::Area(area) => (&area.code, &area.name),
            Self::Thing(thing) => (&thing.code, &thing.name),
            Self::Name(name) => (&name.code, &name.name),
            Self::Road(road) => (&road.code, &road.name),
        }
    }
}

/// Column and reason of a row that becomes nothing.
pub(crate) type Refusal = (String, Reason);

/// What is the same for all rows of a table.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Frame {
    pub(crate) layer: OwnLayer,
    pub(crate) crs: Crs,
    /// Where the county is; rows far from it are slips.
    pub(crate) bounds: Option<Bounds>,
}

/// A row with its columns.
pub(crate) struct Cells<'a> {
    pub(crate) columns: &'a [String],
    pub(crate) mapping: &'a Mapping,
    pub(crate) row: &'a SourceRow,
}

/// Half a degree, about 50 km: patrol cars help out in the next county, typing errors lie further.
const FAR_DEG: f64 = 0.5;

/// Makes a record of a row.
pub(crate) fn record(frame: Frame, cells: &Cells<'_>) -> Result<Record, Refusal> {
    if let Some(reason) = &cells.row.broken {
        return Err(("*".to_owned(), reason.clone()));
    }
    let placed = cells.placed(frame)?;
    match frame.layer.shape() {
        OwnShape::Area => area(frame.layer, cells, placed).map(Record::Area),
        OwnShape::Thing => thing(frame.layer, cells, &placed).map(Record::Thing),
        OwnShape::Name => name(frame.layer, cells, &placed).map(Record::Name),
        OwnShape::Road => road(cells, placed).map(Record::Road),
    }
}

fn area(layer: OwnLayer, cells: &Cells<'_>, placed: Placed) -> Result<AreaRow, Refusal> {
    let (code, name) = cells.named(&[])?;
    let Placed::Area(rings) = placed else {
        return Err(wrong_shape("area", &placed));
    };
    Ok(AreaRow {
        layer,
        code,
        name,
        owner: cells.text(Field::Owner),
        rings,
        attributes: cells.attributes(&[Field::Name, Field::Code, Field::Owner]),
    })
}

fn thing(layer: OwnLayer, cells: &Cells<'_>, placed: &Placed) -> Result<ThingRow, Refusal> {
    let (code, name) = cells.named(&[])?;
    let used = [
        Field::Name,
        Field::Code,
        Field::Owner,
        Field::Kind,
        Field::Phone,
        Field::Heading,
        Field::Fov,
        Field::Range,
        Field::Status,
        Field::Url,
        Field::Team,
        Field::Town,
    ];
    Ok(ThingRow {
        layer,
        code,
        name,
        position: one_point(placed)?,
        kind: cells.text(Field::Kind),
        owner: cells.text(Field::Owner),
        town: cells.text(Field::Town),
        phone: cells.text(Field::Phone),
        team: cells.text(Field::Team),
        heading_deg: cells.heading()?,
        fov_deg: cells.number(Field::Fov, 1.0, 360.0, "1–360")?,
        range_m: cells.number(Field::Range, 0.0, 10_000.0, "0–10000")?,
        status: cells.text(Field::Status),
        url: cells.text(Field::Url),
        attributes: cells.attributes(&used),
    })
}

fn name(layer: OwnLayer, cells: &Cells<'_>, placed: &Placed) -> Result<OwnName, Refusal> {
    let (street, number) = (cells.text(Field::Street), cells.text(Field::Number));
    let address = match (street.is_empty(), number.is_empty(), number.ends_with('号')) {
        (false, false, true) => format!("{street}{number}"),
        (false, false, false) => format!("{street}{number}号"),
        _ => String::new(),
    };
    let (code, name) = cells.named(&[&address])?;
    let aliases = cells.text(Field::Alias);
    Ok(OwnName {
        layer,
        name,
        aliases: aliases
            .split([';', '；', '、', ','])
            .map(str::trim)
            .filter(|alias| !alias.is_empty())
            .map(str::to_owned)
            .collect(),
        kind: cells.text(Field::Kind),
        street,
        number,
        code,
        town: cells.text(Field::Town),
        at: one_point(placed)?,
    })
}

fn road(cells: &Cells<'_>, placed: Placed) -> Result<OwnRoad, Refusal> {
    let Placed::Lines(lines) = placed else {
        return Err(wrong_shape("line", &placed));
    };
    let is_oneway = match cells.text(Field::Oneway).to_lowercase().as_str() {
        "" => None,
        "1" | "y" | "yes" | "true" | "t" | "是" | "单行" => Some(true),
        "0" | "n" | "no" | "false" | "f" | "否" | "双行" => Some(false),
        other => {
            let reason = Reason::OutOfRange(other.to_owned(), "是/否");
            return Err((cells.column(Field::Oneway), reason));
        }
    };
    Ok(OwnRoad {
        code: cells.text(Field::Code),
        name: cells.text(Field::Name),
        kind: cells.text(Field::Kind),
        is_oneway,
        speed_kmh: cells.number(Field::Speed, 1.0, 200.0, "1–200")?,
        lines,
    })
}

/// The point of a thing; of an area a point inside it.
fn one_point(placed: &Placed) -> Result<Wgs84, Refusal> {
    match placed {
        Placed::Lines(_) => Err(wrong_shape("point", placed)),
        _ => placed.label().ok_or_else(|| wrong_shape("point", placed)),
    }
}

fn wrong_shape(wanted: &'static str, found: &Placed) -> Refusal {
    let found = match found {
        Placed::Point(_) => "point",
        Placed::Lines(_) => "line",
        Placed::Area(_) => "area",
    };
    ("geometry".to_owned(), Reason::WrongShape { wanted, found })
}

impl Cells<'_> {
    /// The text of a field, empty when there is no such column.
    fn text(&self, field: Field) -> String {
        let at = self.mapping.column(field);
        at.and_then(|at| self.row.cells.get(at))
            .cloned()
            .unwrap_or_default()
    }

    /// The column of a field as the file calls it.
    fn column(&self, field: Field) -> String {
        let at = self.mapping.column(field);
        let name = at.and_then(|at| self.columns.get(at)).cloned();
        name.unwrap_or_else(|| field.code().to_owned())
    }

    /// Code and name; without a name the first of `others` that says something, then the code.
    fn named(&self, others: &[&str]) -> Result<(String, String), Refusal> {
        let (code, name) = (self.text(Field::Code), self.text(Field::Name));
        let others = others.iter().map(|other| (*other).to_owned());
        let all = std::iter::once(name).chain(others).chain([code.clone()]);
        match all.into_iter().find(|text| !text.is_empty()) {
            Some(name) => Ok((code, name)),
            None => Err((self.column(Field::Name), Reason::Empty)),
        }
    }

    fn number(
        &self,
        field: Field,
        low: f64,
        high: f64,
        range: &'static str,
    ) -> Result<Option<f64>, Refusal> {
        let text = self.text(field);
        if text.is_empty() {
            return Ok(None);
        }
        let number: f64 = parsed(&text).map_err(|reason| (self.column(field), reason))?;
        if (low..=high).contains(&number) {
            Ok(Some(number))
        } else {
            Err((self.column(field), Reason::OutOfRange(text, range)))
        }
    }

    /// Degrees clockwise from north, or a word of the compass.
    fn heading(&self) -> Result<Option<f64>, Refusal> {
        const WORDS: [(&str, f64); 8] = [
            ("北", 0.0),
            ("东北", 45.0),
            ("东", 90.0),
            ("东南", 135.0),
            ("南", 180.0),
            ("西南", 225.0),
            ("西", 270.0),
            ("西北", 315.0),
        ];
        let text = self.text(Field::Heading);
        let bare = text.trim_start_matches('朝').trim_end_matches('向');
        match WORDS.iter().find(|(word, _)| *word == bare) {
            Some((_, degrees)) => Ok(Some(*degrees)),
            None => self.number(Field::Heading, 0.0, 360.0, "0–360"),
        }
    }

    /// Everything that stands in columns not used otherwise, by the column's own name.
    fn attributes(&self, used: &[Field]) -> BTreeMap<String, String> {
        let place = [Field::Lon, Field::Lat, Field::Wkt, Field::Datum];
        let is_used = |at: usize| {
            let of = |field: &Field| self.mapping.column(*field) == Some(at);
            used.iter().any(of) || place.iter().any(of)
        };
        let named = self.columns.iter().zip(&self.row.cells).enumerate();
        named
            .filter(|(at, (column, value))| {
                !is_used(*at) && !value.is_empty() && !column.is_empty()
            })
            .map(|(_, (column, value))| (column.clone(), value.clone()))
            .collect()
    }

    /// The row's shape on the earth: its own, that of a text column, or that of two numbers.
    fn placed(&self, frame: Frame) -> Result<Placed, Refusal> {
        let (column, shape) = self.shape()?;
        let crs = self.crs(frame.crs)?;
        let placed = shape.place(crs);
        let placed = placed.map_err(|why| (column.clone(), Reason::BadPlace(why)))?;
        if let Some(bounds) = frame.bounds {
            let far = placed
                .points()
                .map(|at| outside_km(at, bounds))
                .fold(0.0, f64::max);
            if far > 0.0 {
                return Err((column, Reason::FarAway(far.round() as u32)));
            }
        }
        Ok(placed)
    }

    fn shape(&self) -> Result<(String, Shape), Refusal> {
        let geometry = || "geometry".to_owned();
        match &self.row.shape {
            Some(Ok(shape)) => return Ok((geometry(), shape.clone())),
            Some(Err(why)) => return Err((geometry(), Reason::BadPlace(why.clone()))),
            None => {}
        }
        let text = self.text(Field::Wkt);
        if !text.is_empty() {
            let column = self.column(Field::Wkt);
            return match Shape::from_wkt(&text) {
                Ok(shape) => Ok((column, shape)),
                Err(why) => Err((column, Reason::BadPlace(why))),
            };
        }
        if self.mapping.column(Field::Lon).is_none() {
            return Err((geometry(), Reason::Empty));
        }
        let coordinate = |field: Field| -> Result<f64, Refusal> {
            match self.text(field).as_str() {
                "" => Err((self.column(field), Reason::Empty)),
                text => parsed(text).map_err(|reason| (self.column(field), reason)),
            }
        };
        let pair = [coordinate(Field::Lon)?, coordinate(Field::Lat)?];
        Ok((self.column(Field::Lon), Shape::Point(pair)))
    }

    /// The table's system, or with the datum that the row names.
    fn crs(&self, of_table: Crs) -> Result<Crs, Refusal> {
        let text = self.text(Field::Datum);
        if text.is_empty() {
            return Ok(of_table);
        }
        match (Datum::named(&text), Crs::named(&text)) {
            (Some(datum), _) => Ok(of_table.with_datum(datum)),
            (None, Some(crs)) => Ok(crs),
            (None, None) => Err((self.column(Field::Datum), Reason::UnknownDatum(text))),
        }
    }
}

/// A number as people type it: a full-width or degree sign around it does no harm.
fn parsed(text: &str) -> Result<f64, Reason> {
    let bare = text.trim().trim_end_matches(['°', '度', '米', 'm']).trim();
    let number: Option<f64> = bare.parse().ok();
    number
        .filter(|number| number.is_finite())
        .ok_or_else(|| Reason::NotNumber(text.to_owned()))
}

/// How far a point lies outside the box and its margin; 0 inside.
fn outside_km(at: Wgs84, bounds: Bounds) -> f64 {
    let (west, south, east, north) = bounds.edges();
    let (lon, lat) = (at.lon_deg(), at.lat_deg());
    let is_near = (west - FAR_DEG..=east + FAR_DEG).contains(&lon)
        && (south - FAR_DEG..=north + FAR_DEG).contains(&lat);
    if is_near {
        return 0.0;
    }
    let nearest = Wgs84::new(lon.clamp(west, east), lat.clamp(south, north));
    nearest.map_or(0.0, |nearest| (distance_m(at, nearest) / 1_000.0).max(1.0))
}
