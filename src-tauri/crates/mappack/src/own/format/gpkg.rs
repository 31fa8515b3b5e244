//! GeoPackages: every table of features, with the coordinate system the file gives it.
//! Not here: the binary shapes (`wkb`).

use super::{Halt, Sink, SourceRow, TableHead, wkb};
use crate::own::crs::Crs;
use crate::own::report::Reason;
use rusqlite::types::ValueRef;
use rusqlite::{Connection, OpenFlags, OptionalExtension};
use std::path::Path;

/// A table with its column of shapes and its system.
struct Table {
    name: String,
    shapes: Option<(String, i64)>,
}

pub(super) fn read(path: &Path, sink: &mut dyn Sink) -> Result<(), Halt> {
    let db = open(path).map_err(Halt::unreadable)?;
    for table in tables(&db).map_err(Halt::unreadable)? {
        let crs = match table.shapes {
            Some((_, srs)) => crs(&db, srs).map_err(Halt::unreadable)?,
            None => Ok(Crs::PLAIN),
        };
        let head = TableHead {
            name: Some(&table.name),
            crs,
            has_shapes: table.shapes.is_some(),
        };
        if sink.table(head) {
            rows(&db, &table, sink)?;
        }
    }
    Ok(())
}

/// Opens the file without writing anything beside it, not even for one in WAL mode on a stick
/// that cannot be written. Only where a journal lies beside it is SQLite let near that.
fn open(path: &Path) -> rusqlite::Result<Connection> {
    let flags = OpenFlags::SQLITE_OPEN_READ_ONLY | OpenFlags::SQLITE_OPEN_NO_MUTEX;
    let mut journal = path.as_os_str().to_owned();
    journal.push("-wal");
    if std::fs::metadata(journal).is_ok_and(|meta| meta.len() > 0) {
        return Connection::open_with_flags(path, flags);
    }
    let path = path.to_string_lossy().replace('\\', "/");
    let encode = |byte: u8| match byte {
        b'a'..=b'z' | b'A'..=b'Z' | b'0'..=b'9' | b'/' | b'.' | b'-' | b'_' | b':' => {
            char::from(byte).to_string()
        }
        other => format!("%{other:02X}"),
    };
    let encoded: String = path.bytes().map(encode).collect();
    let address = format!("file:{encoded}?immutable=1");
    Connection::open_with_flags(address, flags | OpenFlags::SQLITE_OPEN_URI)
}

fn tables(db: &Connection) -> rusqlite::Result<Vec<Table>> {
    let mut select = db.prepare(
        "SELECT c.table_name, g.column_name, g.srs_id
         FROM gpkg_contents AS c
         LEFT JOIN gpkg_geometry_columns AS g ON g.table_name = c.table_name
         WHERE c.data_type IN ('features', 'attributes', 'aspatial')
         ORDER BY c.table_name",
    )?;
    let found = select.query_map([], |row| {
        let column: Option<String> = row.get(1)?;
        let srs: Option<i64> = row.get(2)?;
        Ok(Table {
            name: row.get(0)?,
            shapes: column.zip(srs),
        })
    })?;
    found.collect()
}

/// The system of a number within the file: by its EPSG number, else by its definition.
fn crs(db: &Connection, srs: i64) -> rusqlite::Result<Result<Crs, Reason>> {
    let found: Option<(String, i64, String)> = db
        .query_row(
            "SELECT organization, organization_coordsys_id, definition
             FROM gpkg_spatial_ref_sys WHERE srs_id = ?1",
            [srs],
            |row| Ok((row.get(0)?, row.get(1)?, row.get(2)?)),
        )
        .optional()?;
    let Some((organization, number, definition)) = found else {
        return Ok(Err(Reason::UnknownCrs(format!("srs_id {srs}"))));
    };
    let by_number = organization
        .eq_ignore_ascii_case("epsg")
        .then(|| Crs::from_epsg(number))
        .flatten();
    let crs = by_number.or_else(|| Crs::from_prj(&definition));
    Ok(crs.ok_or_else(|| Reason::UnknownCrs(format!("{organization}:{number}"))))
}

fn rows(db: &Connection, table: &Table, sink: &mut dyn Sink) -> Result<(), Halt> {
    let quoted = table.name.replace('"', "\"\"");
    // A view has no row numbers; then its own order is taken.
    let numbered = format!("SELECT rowid, * FROM \"{quoted}\" ORDER BY rowid");
    let plain = format!("SELECT 0, * FROM \"{quoted}\"");
    let mut select = db
        .prepare(&numbered)
        .or_else(|_| db.prepare(&plain))
        .map_err(Halt::unreadable)?;
    let names: Vec<String> = select.column_names().skip(1).map(str::to_owned).collect();
    let shape_at = table
        .shapes
        .as_ref()
        .and_then(|(column, _)| names.iter().position(|name| name == column));
    let columns: Vec<String> = names
        .iter()
        .enumerate()
        .map(|(at, name)| {
            if Some(at) == shape_at {
                String::new()
            } else {
                name.clone()
            }
        })
        .collect();
    let mut found = select.query([]).map_err(Halt::unreadable)?;
    let mut count = 0;
    while let Some(row) = found.next().map_err(Halt::unreadable)? {
        count += 1;
        let number: i64 = row.get(0).map_err(Halt::unreadable)?;
        let mut out = SourceRow {
            number: u64::try_from(number)
                .ok()
                .filter(|n| *n > 0)
                .unwrap_or(count),
            ..SourceRow::default()
        };
        for at in 0..names.len() {
            let value = row.get_ref(at + 1).map_err(Halt::unreadable)?;
            if Some(at) == shape_at {
                out.shape = shape(value);
                out.cells.push(String::new());
            } else {
                out.cells.push(text(value));
            }
        }
        sink.row(&columns, out)?;
    }
    Ok(())
}

fn shape(value: ValueRef<'_>) -> Option<Result<crate::own::shape::Shape, String>> {
    match value {
        ValueRef::Null => None,
        ValueRef::Blob(blob) => wkb::from_gpkg(blob).transpose(),
        _ => Some(Err("is no shape".to_owned())),
    }
}

fn text(value: ValueRef<'_>) -> String {
    match value {
        ValueRef::Null | ValueRef::Blob(_) => String::new(),
        ValueRef::Integer(number) => number.to_string(),
        ValueRef::Real(number) => number.to_string(),
        ValueRef::Text(text) => {
            let text = String::from_utf8_lossy(text);
            let kept: String = text.chars().filter(|c| !c.is_control()).collect();
            kept.trim().to_owned()
        }
    }
}
