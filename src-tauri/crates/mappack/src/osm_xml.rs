//! OSM extracts as XML (`.osm`), as editors and older tools write them; read as a stream.
//! Not here: what becomes of nodes, ways and relations (`extract`).

use crate::PackError;
use crate::extract::{Building, Role};
use osmpbf::RelMemberType;
use quick_xml::events::{BytesStart, Event};
use quick_xml::{Reader, XmlVersion};
use std::io::BufReader;
use std::path::Path;

/// Whether a file is read as XML, by its name.
pub(crate) fn is_xml(path: &Path) -> bool {
    path.extension()
        .is_some_and(|ending| ending.eq_ignore_ascii_case("osm"))
}

/// Reads a whole file into what is being built. `tick` hears how many bytes are read.
pub(crate) fn read(
    path: &Path,
    building: &mut Building,
    tick: &mut dyn FnMut(u64) -> Result<(), PackError>,
) -> Result<(), PackError> {
    let file = std::fs::File::open(path).map_err(PackError::io(path))?;
    let mut reader = Reader::from_reader(BufReader::with_capacity(1 << 18, file));
    let mut xml = Xml::default();
    let mut buffer = Vec::new();
    loop {
        let event = reader.read_event_into(&mut buffer);
        let taken = event
            .map_err(|e| e.to_string())
            .and_then(|event| match event {
                Event::Start(start) => xml.open(&start, building, false),
                Event::Empty(start) => xml.open(&start, building, true),
                Event::End(end) => xml.close(end.name().as_ref(), building),
                Event::Eof if xml.is_whole => Ok(Go::End),
                Event::Eof => Err("ends in the middle".to_owned()),
                _ => Ok(Go::On),
            });
        match taken {
            Ok(Go::On) => {}
            Ok(Go::End) => return Ok(()),
            Err(why) if xml.count == 0 => {
                return Err(PackError::NotPbf {
                    path: path.to_owned(),
                    why,
                });
            }
            Err(why) => {
                return Err(PackError::DamagedPbf {
                    path: path.to_owned(),
                    blocks_read: xml.count,
                    why,
                });
            }
        }
        buffer.clear();
        if xml.count % 16_384 == 1 {
            tick(reader.buffer_position())?;
        }
    }
}

/// Whether there is more to read.
enum Go {
    On,
    End,
}

/// A node, way or relation being read.
#[derive(Default)]
struct Thing {
    id: i64,
    place: Option<(i32, i32)>,
    tags: Vec<(String, String)>,
    refs: Vec<i64>,
    /// Type, id and role.
    members: Vec<(String, i64, String)>,
    is_deleted: bool,
}

#[derive(Default)]
struct Xml {
    /// Things read.
    count: usize,
    is_inside: bool,
    is_whole: bool,
    thing: Option<Thing>,
}

impl Xml {
    fn open(
        &mut self,
        start: &BytesStart<'_>,
        building: &mut Building,
        is_empty: bool,
    ) -> Result<Go, String> {
        let name = start.name();
        let name = name.as_ref();
        if !self.is_inside {
            if name != "osm" {
                return Err("is no OSM XML".to_owned());
            }
            self.is_inside = true;
            self.is_whole = is_empty;
            return Ok(Go::On);
        }
        match name {
            "node" | "way" | "relation" => {
                self.thing = Some(thing(start, name == "node")?);
            }
            "tag" => {
                let pair = (needed(start, "k")?, needed(start, "v")?);
                if let Some(thing) = &mut self.thing {
                    thing.tags.push(pair);
                }
            }
            "nd" => {
                let id = number(start, "ref")?;
                if let Some(thing) = &mut self.thing {
                    thing.refs.push(id);
                }
            }
            "member" => {
                let role = attribute(start, "role")?.unwrap_or_default();
                let member = (needed(start, "type")?, number(start, "ref")?, role);
                if let Some(thing) = &mut self.thing {
                    thing.members.push(member);
                }
            }
            "bounds" => bounds(start, building)?,
            "meta" => {
                let base = attribute(start, "osm_base")?;
                building.taken_at(base.as_deref().and_then(seconds));
            }
            _ => {}
        }
        if is_empty {
            self.close(name, building)
        } else {
            Ok(Go::On)
        }
    }

    fn close(&mut self, name: &str, building: &mut Building) -> Result<Go, String> {
        if name == "osm" {
            self.is_whole = true;
        }
        if !matches!(name, "node" | "way" | "relation") {
            return Ok(Go::On);
        }
        let Some(thing) = self.thing.take() else {
            return Ok(Go::On);
        };
        self.count += 1;
        if thing.is_deleted {
            return Ok(Go::On);
        }
        let tags = thing
            .tags
            .iter()
            .map(|(key, value)| (key.as_str(), value.as_str()));
        match (name, thing.place) {
            ("node", Some((lon_e7, lat_e7))) => {
                let tags = building.keep(tags);
                building.node(thing.id, lon_e7, lat_e7, tags);
            }
            ("node", None) => return Err(format!("node {} has no place", thing.id)),
            ("way", _) => {
                let tags = building.keep(tags);
                building.way(thing.id, tags, thing.refs.into_iter());
            }
            _ => {
                let tags = building.keep(tags);
                let members = thing.members.iter().filter_map(|(kind, id, role)| {
                    let kind = match kind.as_str() {
                        "node" => RelMemberType::Node,
                        "way" => RelMemberType::Way,
                        "relation" => RelMemberType::Relation,
                        _ => return None,
                    };
                    Some((kind, *id, Role::from(role.as_str())))
                });
                building.relation(tags, members.collect());
            }
        }
        Ok(Go::On)
    }
}

fn thing(start: &BytesStart<'_>, is_node: bool) -> Result<Thing, String> {
    let is_deleted = attribute(start, "visible")?.as_deref() == Some("false")
        || attribute(start, "action")?.as_deref() == Some("delete");
    let place = if is_node && !is_deleted {
        Some((
            degrees_e7(start, "lon", 180.0)?,
            degrees_e7(start, "lat", 90.0)?,
        ))
    } else {
        None
    };
    Ok(Thing {
        id: number(start, "id")?,
        place,
        is_deleted,
        ..Thing::default()
    })
}

/// The box that the file claims.
fn bounds(start: &BytesStart<'_>, building: &mut Building) -> Result<(), String> {
    let edge = |name: &str| -> Result<f64, String> {
        let text = needed(start, name)?;
        text.parse()
            .map_err(|_| format!("{name} is no number: {text}"))
    };
    building.claims(
        edge("minlon")?,
        edge("minlat")?,
        edge("maxlon")?,
        edge("maxlat")?,
    );
    Ok(())
}

fn attribute(start: &BytesStart<'_>, name: &str) -> Result<Option<String>, String> {
    let found = start.try_get_attribute(name).map_err(|e| e.to_string())?;
    let Some(found) = found else { return Ok(None) };
    let value = found.normalized_value(XmlVersion::Implicit1_0);
    Ok(Some(value.map_err(|e| e.to_string())?.into_owned()))
}

fn needed(start: &BytesStart<'_>, name: &str) -> Result<String, String> {
    attribute(start, name)?.ok_or_else(|| format!("an element has no {name}"))
}

fn number(start: &BytesStart<'_>, name: &str) -> Result<i64, String> {
    let text = needed(start, name)?;
    text.parse()
        .map_err(|_| format!("{name} is no number: {text}"))
}

/// Degrees as whole 1e-7, the step that OSM keeps.
fn degrees_e7(start: &BytesStart<'_>, name: &str, most: f64) -> Result<i32, String> {
    let text = needed(start, name)?;
    let degrees: Option<f64> = text.parse().ok();
    degrees
        .filter(|degrees| degrees.abs() <= most)
        .map(|degrees| (degrees * 1e7).round() as i32)
        .ok_or_else(|| format!("{name} is no place: {text}"))
}

/// Seconds since 1970 of `2026-01-31T12:00:00Z`; days by H. Hinnant's civil calendar.
fn seconds(text: &str) -> Option<i64> {
    let part = |range: std::ops::Range<usize>| -> Option<i64> { text.get(range)?.parse().ok() };
    let (year, month, day) = (part(0..4)?, part(5..7)?, part(8..10)?);
    let (hour, minute, second) = (part(11..13)?, part(14..16)?, part(17..19)?);
    let is_date = (1..=12).contains(&month) && (1..=31).contains(&day) && text.ends_with('Z');
    let year = if month <= 2 { year - 1 } else { year };
    let era = year.div_euclid(400);
    let year_of_era = year.rem_euclid(400);
    let day_of_year = (153 * ((month + 9) % 12) + 2) / 5 + day - 1;
    let day_of_era = year_of_era * 365 + year_of_era / 4 - year_of_era / 100 + day_of_year;
    let days = era * 146_097 + day_of_era - 719_468;
    is_date.then_some(days * 86_400 + hour * 3_600 + minute * 60 + second)
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Dates against known seconds.
    #[test]
    fn dates() {
        assert_eq!(seconds("1970-01-01T00:00:00Z"), Some(0));
        assert_eq!(seconds("2024-02-29T12:00:00Z"), Some(1_709_208_000));
        assert_eq!(seconds("2026-13-01T00:00:00Z"), None);
        assert_eq!(seconds("yesterday"), None);
    }
}
