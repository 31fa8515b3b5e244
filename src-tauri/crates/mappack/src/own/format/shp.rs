//! Shapefiles: `.shp` for the shapes, `.dbf` for the table, `.prj` for the coordinate system.
//! Not here: the table's bytes (`dbf`). A Shapefile without `.prj` is refused: a wrong guess puts
//! every point a hundred metres or a hundred kilometres off.

use super::dbf::Dbf;
use super::{Halt, Sink, SourceRow, TableHead};
use crate::own::crs::Crs;
use crate::own::report::Reason;
use crate::own::shape::{Pair, Shape, single};
use shapefile::record::traits::HasXY;
use std::path::{Path, PathBuf};

pub(super) fn read(path: &Path, sink: &mut dyn Sink) -> Result<(), Halt> {
    let crs = match beside(path, "prj") {
        None => Err(Reason::UnknownCrs(".prj".to_owned())),
        Some(prj) => {
            let text = std::fs::read(&prj).map_err(Halt::unreadable)?;
            let text = String::from_utf8_lossy(&text).into_owned();
            let name = text.split('"').nth(1).unwrap_or(".prj").to_owned();
            Crs::from_prj(&text).ok_or(Reason::UnknownCrs(name))
        }
    };
    let table = beside(path, "dbf").ok_or_else(|| Halt::unreadable(".dbf is missing"))?;
    let table = Dbf::read(&table, sink.said(None).encoding.as_deref()).map_err(Halt::unreadable)?;
    if !sink.table(TableHead {
        name: None,
        crs,
        has_shapes: true,
    }) {
        return Ok(());
    }
    let file = std::fs::File::open(path).map_err(Halt::unreadable)?;
    let reader = shapefile::ShapeReader::new(std::io::BufReader::new(file));
    let mut reader = reader.map_err(Halt::unreadable)?;
    let mut rows = table.rows.into_iter();
    for (count, shape) in (1u64..).zip(reader.iter_shapes()) {
        let shape = shape.map_err(|e| Halt::unreadable(format!("shape {count}: {e}")))?;
        let Some(cells) = rows.next() else {
            return Err(Halt::unreadable(
                "the table has fewer rows than there are shapes",
            ));
        };
        if let Some(cells) = cells {
            let row = SourceRow {
                number: count,
                cells,
                shape: taken(shape),
                broken: None,
            };
            sink.row(&table.columns, row)?;
        }
    }
    match rows.next() {
        Some(_) => Err(Halt::unreadable(
            "the table has more rows than there are shapes",
        )),
        None => Ok(()),
    }
}

/// The file of the same stem, whatever the case of its ending.
fn beside(path: &Path, ending: &str) -> Option<PathBuf> {
    [ending.to_owned(), ending.to_uppercase()]
        .iter()
        .map(|ending| path.with_extension(ending))
        .find(|path| path.is_file())
}

fn pair<P: HasXY>(point: &P) -> Pair {
    [point.x(), point.y()]
}

/// A shape without its heights and measures; `None` for a row without a shape.
fn taken(shape: shapefile::Shape) -> Option<Result<Shape, String>> {
    use shapefile::Shape as S;
    fn lines<P: HasXY>(parts: &[Vec<P>]) -> Vec<Vec<Pair>> {
        parts
            .iter()
            .map(|part| part.iter().map(pair).collect())
            .collect()
    }
    fn rings<P: HasXY>(rings: &[shapefile::PolygonRing<P>]) -> Vec<Vec<Pair>> {
        rings
            .iter()
            .map(|ring| ring.points().iter().map(pair).collect())
            .collect()
    }
    Some(match shape {
        S::NullShape => return None,
        S::Point(point) => Ok(Shape::Point(pair(&point))),
        S::PointM(point) => Ok(Shape::Point(pair(&point))),
        S::PointZ(point) => Ok(Shape::Point(pair(&point))),
        S::Multipoint(many) => single(many.points().iter().map(pair).collect()),
        S::MultipointM(many) => single(many.points().iter().map(pair).collect()),
        S::MultipointZ(many) => single(many.points().iter().map(pair).collect()),
        S::Polyline(line) => Ok(Shape::Lines(lines(line.parts()))),
        S::PolylineM(line) => Ok(Shape::Lines(lines(line.parts()))),
        S::PolylineZ(line) => Ok(Shape::Lines(lines(line.parts()))),
        S::Polygon(area) => Ok(Shape::Area(rings(area.rings()))),
        S::PolygonM(area) => Ok(Shape::Area(rings(area.rings()))),
        S::PolygonZ(area) => Ok(Shape::Area(rings(area.rings()))),
        S::Multipatch(_) => Err("is a body in space".to_owned()),
    })
}
