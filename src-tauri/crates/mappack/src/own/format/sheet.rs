//! Spreadsheets (XLSX, XLS, ODS): every sheet with a header row is a table.
//! Not here: formulas; the value the spreadsheet last saw is taken.

use super::{Halt, Sink, SourceRow};
use calamine::{Data, DataType, Range, Reader};
use std::path::Path;

pub(super) fn read(path: &Path, sink: &mut dyn Sink) -> Result<(), Halt> {
    let mut book = calamine::open_workbook_auto(path).map_err(Halt::unreadable)?;
    let mut sheets: Vec<(String, Range<Data>)> = Vec::new();
    for name in book.sheet_names() {
        let range = book.worksheet_range(&name).map_err(Halt::unreadable)?;
        if range.rows().count() > 1 {
            sheets.push((name, range));
        }
    }
    // The only sheet is called Sheet1 more often than not: then the file's name speaks.
    let is_only = sheets.len() == 1;
    for (name, range) in &sheets {
        let is_named =
            crate::own::layers::named(name).is_some() || sink.said(Some(name)).layer.is_some();
        let table = (!is_only || is_named).then_some(name.as_str());
        if sink.table(super::plain(table)) {
            rows(range, sink)?;
        }
    }
    Ok(())
}

fn rows(range: &Range<Data>, sink: &mut dyn Sink) -> Result<(), Halt> {
    let first = range.start().map_or(0, |(row, _)| u64::from(row));
    let mut rows = (first + 1..).zip(range.rows());
    let is_blank = |row: &[Data]| row.iter().all(|cell| text(cell).is_empty());
    let Some((_, header)) = rows.find(|(_, row)| !is_blank(row)) else {
        return Ok(());
    };
    let columns: Vec<String> = header.iter().map(text).collect();
    for (number, row) in rows {
        if is_blank(row) {
            continue;
        }
        let row = SourceRow {
            number,
            cells: row.iter().map(text).collect(),
            ..SourceRow::default()
        };
        sink.row(&columns, row)?;
    }
    Ok(())
}

/// A cell as a person reads it: numbers without a needless fraction, so that a telephone number
/// kept as a number is not 1.38E10.
fn text(cell: &Data) -> String {
    let text = match cell {
        Data::Float(number) if number.fract() == 0.0 && number.abs() < 1e15 => {
            format!("{number:.0}")
        }
        Data::Float(number) => number.to_string(),
        Data::Error(_) => String::new(),
        other => other.as_string().unwrap_or_default(),
    };
    let kept: String = text.chars().filter(|c| !c.is_control()).collect();
    kept.trim().to_owned()
}
