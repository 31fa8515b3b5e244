//! Formats of a county's own files: each reader hands over its tables row by row.
//! Not here: what rows mean (`record`), which file is which layer (`intake`).

mod csv;
mod dbf;
mod geojson;
mod gpkg;
mod sheet;
mod shp;
mod wkb;

use super::crs::Crs;
use super::report::Reason;
use super::shape::Shape;
use super::spec::FileSpec;
use crate::PackError;
use std::path::Path;

/// A row as a file has it.
#[derive(Debug, Default)]
pub(crate) struct SourceRow {
    /// As the file's own editor counts.
    pub(crate) number: u64,
    /// Values by column, perhaps fewer than there are columns.
    pub(crate) cells: Vec<String>,
    /// Its shape, or why it has none, in formats that have shapes.
    pub(crate) shape: Option<Result<Shape, String>>,
    /// Why the row cannot be used at all.
    pub(crate) broken: Option<Reason>,
}

/// Why the reading of a file ended early.
#[derive(Debug)]
pub(crate) enum Halt {
    /// The file is not usable: (row, reason), row 0 = the file.
    File(u64, Reason),
    /// The person at the machine stopped it.
    Stopped(PackError),
}

impl Halt {
    /// The file cannot be read.
    pub(crate) fn unreadable(why: impl std::fmt::Display) -> Self {
        Self::File(0, Reason::Unreadable(why.to_string()))
    }
}

/// What is known of a table before its rows.
#[derive(Debug)]
pub(crate) struct TableHead<'a> {
    /// `None` when the file is the table.
    pub(crate) name: Option<&'a str>,
    /// What the file says of its coordinates.
    pub(crate) crs: Result<Crs, Reason>,
    /// Whether rows have shapes of their own, not only columns.
    pub(crate) has_shapes: bool,
}

/// Who takes the rows.
pub(crate) trait Sink {
    /// A table begins. Returns whether its rows are wanted.
    fn table(&mut self, head: TableHead<'_>) -> bool;

    /// A row of the table begun last. Columns may have grown since the row before.
    fn row(&mut self, columns: &[String], row: SourceRow) -> Result<(), Halt>;

    /// What `own.json` says of the file, or of one of its tables.
    fn said(&self, table: Option<&str>) -> FileSpec;
}

/// Largest file that is taken whole into memory.
const BYTES_MAX: u64 = 1 << 30;

/// Whether a file's name says that it is one of the formats; parts of a Shapefile other than the
/// `.shp` are not files of their own.
pub(crate) fn is_known(path: &Path) -> bool {
    reader(path).is_some()
}

type Reader = fn(&Path, &mut dyn Sink) -> Result<(), Halt>;

fn reader(path: &Path) -> Option<Reader> {
    let extension = path.extension()?.to_str()?.to_lowercase();
    match extension.as_str() {
        "csv" | "txt" | "tsv" => Some(csv::read),
        "xlsx" | "xls" | "xlsm" | "ods" => Some(sheet::read),
        "geojson" | "json" => Some(geojson::read),
        "gpkg" => Some(gpkg::read),
        "shp" => Some(shp::read),
        _ => None,
    }
}

/// Reads a file, handing its rows over.
pub(crate) fn read(path: &Path, sink: &mut dyn Sink) -> Result<(), Halt> {
    let Some(reader) = reader(path) else {
        return Err(Halt::File(0, Reason::UnknownFormat));
    };
    let bytes = std::fs::metadata(path).map_err(Halt::unreadable)?.len();
    if bytes > BYTES_MAX {
        return Err(Halt::File(0, Reason::TooLarge(bytes)));
    }
    reader(path, sink)
}

/// A table of columns only; what its coordinates are, `own.json` may say.
fn plain(name: Option<&str>) -> TableHead<'_> {
    TableHead {
        name,
        crs: Ok(Crs::PLAIN),
        has_shapes: false,
    }
}
