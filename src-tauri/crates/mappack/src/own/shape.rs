//! Shapes of a county's own data as they come, before they are places on the earth: from
//! well-known text, from GeoJSON, and as the other formats hand them over.
//! Not here: coordinate systems (`crs`), binary shapes of GeoPackages (`format::gpkg`).

use super::crs::Crs;
use fengsui_geo::{Ring, Wgs84, distance_m};
use serde_json::Value;

/// A pair of numbers in the file's own system.
pub(crate) type Pair = [f64; 2];

/// A shape in the file's own system.
#[derive(Debug, Clone, PartialEq)]
pub(crate) enum Shape {
    Point(Pair),
    Lines(Vec<Vec<Pair>>),
    /// Rings of all parts; inside is what an odd number of them holds.
    Area(Vec<Vec<Pair>>),
}

/// A shape on the earth.
#[derive(Debug, Clone, PartialEq)]
pub(crate) enum Placed {
    Point(Wgs84),
    Lines(Vec<Vec<Wgs84>>),
    Area(Vec<Ring>),
}

/// Most points of one shape; a county's outline has some thousands.
pub(crate) const POINTS_MAX: usize = 2_000_000;
/// A straight line on a plane is bent between degrees: longer ones get points in between, so
/// that it stays within a few centimetres.
const STRAIGHT_MAX_M: f64 = 1_000.0;

impl Shape {
    /// From well-known text; Z and M are let go.
    pub(crate) fn from_wkt(text: &str) -> Result<Self, String> {
        // `SRID=4490;POINT(…)`, as some databases write it.
        let bare = text.trim().rsplit(';').next().unwrap_or_default();
        let parsed: wkt::Wkt<f64> = bare.parse().map_err(str::to_owned)?;
        let line = |line: wkt::types::LineString<f64>| -> Vec<Pair> {
            line.coords().iter().map(|c| [c.x, c.y]).collect()
        };
        let rings = |polygon: wkt::types::Polygon<f64>| -> Vec<Vec<Pair>> {
            polygon.into_inner().0.into_iter().map(line).collect()
        };
        match parsed {
            wkt::Wkt::Point(point) => match point.coord() {
                Some(c) => Ok(Self::Point([c.x, c.y])),
                None => Err("is empty".to_owned()),
            },
            wkt::Wkt::MultiPoint(points) => {
                let (points, _) = points.into_inner();
                let coords = points.iter().filter_map(wkt::types::Point::coord);
                single(coords.map(|c| [c.x, c.y]).collect())
            }
            wkt::Wkt::LineString(one) => Ok(Self::Lines(vec![line(one)])),
            wkt::Wkt::MultiLineString(many) => Ok(Self::Lines(
                many.into_inner().0.into_iter().map(line).collect(),
            )),
            wkt::Wkt::Polygon(one) => Ok(Self::Area(rings(one))),
            wkt::Wkt::MultiPolygon(many) => Ok(Self::Area(
                many.into_inner().0.into_iter().flat_map(rings).collect(),
            )),
            wkt::Wkt::GeometryCollection(_) => Err("is a collection of shapes".to_owned()),
        }
    }

    /// From a GeoJSON geometry.
    pub(crate) fn from_geojson(value: Value) -> Result<Self, String> {
        use geojson::GeometryValue as G;
        let geometry: geojson::Geometry =
            serde_json::from_value(value).map_err(|e| e.to_string())?;
        let pair = |position: geojson::Position| -> Result<Pair, String> {
            match position.as_slice() {
                [x, y, ..] => Ok([*x, *y]),
                _ => Err("a position needs two numbers".to_owned()),
            }
        };
        let line = |line: Vec<geojson::Position>| line.into_iter().map(pair).collect();
        let lines = |lines: Vec<Vec<geojson::Position>>| lines.into_iter().map(line).collect();
        match geometry.value {
            G::Point { coordinates } => Ok(Self::Point(pair(coordinates)?)),
            G::MultiPoint { coordinates } => single(
                coordinates
                    .into_iter()
                    .map(pair)
                    .collect::<Result<_, _>>()?,
            ),
            G::LineString { coordinates } => Ok(Self::Lines(vec![line(coordinates)?])),
            G::MultiLineString { coordinates } => {
                let all: Result<Vec<Vec<Pair>>, String> = lines(coordinates);
                Ok(Self::Lines(all?))
            }
            G::Polygon { coordinates } => {
                let all: Result<Vec<Vec<Pair>>, String> = lines(coordinates);
                Ok(Self::Area(all?))
            }
            G::MultiPolygon { coordinates } => {
                let all: Result<Vec<Vec<Pair>>, String> = lines(coordinates.concat());
                Ok(Self::Area(all?))
            }
            G::GeometryCollection { .. } => Err("is a collection of shapes".to_owned()),
        }
    }

    /// The shape on the earth. Rings lose their repeated last point.
    pub(crate) fn place(&self, crs: Crs) -> Result<Placed, String> {
        match self {
            Self::Point([x, y]) => crs.place(*x, *y).map(Placed::Point),
            Self::Lines(lines) => {
                let lines: Vec<Vec<Wgs84>> = lines
                    .iter()
                    .map(|line| along(line, crs))
                    .collect::<Result<_, _>>()?;
                match lines.iter().all(|line| line.len() >= 2) && !lines.is_empty() {
                    true => Ok(Placed::Lines(lines)),
                    false => Err("a line needs two points or more".to_owned()),
                }
            }
            Self::Area(rings) => {
                let rings = rings.iter().map(|ring| ring_of(ring, crs));
                let rings: Vec<Ring> = rings.collect::<Result<_, _>>()?;
                match rings.is_empty() {
                    true => Err("is empty".to_owned()),
                    false => Ok(Placed::Area(rings)),
                }
            }
        }
    }
}

/// One of several points only when it is the only one.
pub(crate) fn single(points: Vec<Pair>) -> Result<Shape, String> {
    match points.as_slice() {
        [one] => Ok(Shape::Point(*one)),
        [] => Err("is empty".to_owned()),
        more => Err(format!("has {} points, and one is needed", more.len())),
    }
}

/// The points of a line on the earth, with more between those far apart on a plane.
fn along(line: &[Pair], crs: Crs) -> Result<Vec<Wgs84>, String> {
    let mut out: Vec<Wgs84> = Vec::with_capacity(line.len());
    let mut before: Option<Pair> = None;
    for pair in line {
        if let Some([x, y]) = before.filter(|_| crs.is_plane()) {
            let length = (pair[0] - x).hypot(pair[1] - y);
            let parts = (length / STRAIGHT_MAX_M).ceil().min(1_000.0) as u32;
            for part in 1..parts {
                let share = f64::from(part) / f64::from(parts);
                out.push(crs.place(x + (pair[0] - x) * share, y + (pair[1] - y) * share)?);
            }
        }
        out.push(crs.place(pair[0], pair[1])?);
        before = Some(*pair);
    }
    out.dedup();
    Ok(out)
}

/// A ring of three different points or more that encloses something.
fn ring_of(ring: &[Pair], crs: Crs) -> Result<Ring, String> {
    let mut out = along(ring, crs)?;
    if out.len() > 1 && out.first() == out.last() {
        out.pop();
    }
    if out.len() < 3 {
        return Err("a ring needs three points or more".to_owned());
    }
    if doubled_area(&out) == 0.0 {
        return Err("a ring encloses nothing".to_owned());
    }
    Ok(out)
}

/// Twice the area in square degrees, signed: only for comparing with nothing and each other.
fn doubled_area(ring: &[Wgs84]) -> f64 {
    let Some(origin) = ring.first() else {
        return 0.0;
    };
    let at = |p: &Wgs84| {
        (
            p.lon_deg() - origin.lon_deg(),
            p.lat_deg() - origin.lat_deg(),
        )
    };
    ring.windows(2)
        .map(|pair| {
            let ((ax, ay), (bx, by)) = (at(&pair[0]), at(&pair[1]));
            ax * by - bx * ay
        })
        .sum()
}

impl Placed {
    /// Every point.
    pub(crate) fn points(&self) -> Box<dyn Iterator<Item = Wgs84> + '_> {
        match self {
            Self::Point(at) => Box::new(std::iter::once(*at)),
            Self::Lines(lines) => Box::new(lines.iter().flatten().copied()),
            Self::Area(rings) => Box::new(rings.iter().flatten().copied()),
        }
    }

    /// One point for it: itself, the middle of the longest line, a point inside the largest ring.
    pub(crate) fn label(&self) -> Option<Wgs84> {
        match self {
            Self::Point(at) => Some(*at),
            Self::Lines(lines) => {
                let long = |line: &&Vec<Wgs84>| fengsui_geo::path_length_m(line);
                let longest = lines.iter().max_by(|a, b| long(a).total_cmp(&long(b)))?;
                let half = long(&longest) / 2.0;
                let mut gone = 0.0;
                for pair in longest.windows(2) {
                    gone += distance_m(pair[0], pair[1]);
                    if gone >= half {
                        return Some(pair[0]);
                    }
                }
                longest.first().copied()
            }
            Self::Area(rings) => {
                let largest = rings
                    .iter()
                    .max_by(|a, b| doubled_area(a).abs().total_cmp(&doubled_area(b).abs()))?;
                let px = |at: &Wgs84| {
                    let (lon, lat) = at.to_e7();
                    crate::extract::Px::from_e7(lon, lat)
                };
                let inside = crate::shapes::label_point(&vec![largest.iter().map(px).collect()]);
                let (lon, lat) = inside.to_e7();
                Wgs84::from_e7(lon, lat).ok()
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// The same square as text and as GeoJSON; a ring that encloses nothing is refused.
    #[test]
    fn square_both_ways() {
        let text = "POLYGON((113 31,114 31,114 32,113 32,113 31))";
        let json = "{\"type\":\"Polygon\",\"coordinates\":[[[113,31],[114,31],[114,32],[113,32],\
            [113,31]]]}";
        let a = Shape::from_wkt(text).unwrap();
        let b = Shape::from_geojson(serde_json::from_str(json).unwrap()).unwrap();
        assert_eq!(a, b);
        let Placed::Area(rings) = a.place(Crs::PLAIN).unwrap() else {
            panic!()
        };
        assert_eq!(rings[0].len(), 4, "the repeated point is let go");
        for bad in [
            "POLYGON((113 31,114 31,113 31))",
            "POLYGON((113 31,114 31,115 31,113 31))",
            "POLYGON EMPTY",
            "LINESTRING(113 31)",
            "POINT EMPTY",
            "POINT(113)",
            "GEOMETRYCOLLECTION(POINT(113 31))",
            "MULTIPOINT((113 31),(114 31))",
            "x",
            "",
            "POINT(113 191)",
            "POINT(nan 31)",
        ] {
            let result = Shape::from_wkt(bad).and_then(|s| s.place(Crs::PLAIN).map(|_| ()));
            assert!(result.is_err(), "{bad}");
        }
        assert!(Shape::from_wkt("SRID=4490;POINT Z(113 31 20)").is_ok());
        assert!(Shape::from_wkt("MULTIPOINT((113 31))").is_ok());
    }

    /// A long straight line of a plane gets points in between and ends where it did.
    #[test]
    fn long_lines_on_planes() {
        let crs = Crs::from_epsg(4547).unwrap();
        let line = Shape::Lines(vec![vec![
            [490_000.0, 3_450_000.0],
            [500_000.0, 3_450_000.0],
        ]]);
        let Placed::Lines(lines) = line.place(crs).unwrap() else {
            panic!()
        };
        assert_eq!(lines[0].len(), 11);
        assert_eq!(lines[0][10], crs.place(500_000.0, 3_450_000.0).unwrap());
    }
}
