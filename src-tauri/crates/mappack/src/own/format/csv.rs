//! CSV as counties have it: UTF-8 with or without mark, UTF-16, or GB18030; comma, semicolon or
//! tab; a header row.
//! Not here: what the columns mean (`columns`).

use super::{Halt, Sink, SourceRow, plain};
use crate::own::report::Reason;
use std::path::Path;

pub(super) fn read(path: &Path, sink: &mut dyn Sink) -> Result<(), Halt> {
    let bytes = std::fs::read(path).map_err(Halt::unreadable)?;
    let mut text = decode(&bytes, sink.said(None).encoding.as_deref())
        .map_err(|why| Halt::File(0, Reason::Unreadable(why)))?;
    if !sink.table(plain(None)) {
        return Ok(());
    }
    // A quotation mark that is never closed swallows everything behind it, this line too.
    text.push_str(END);
    let mut reader = csv::ReaderBuilder::new()
        .trim(csv::Trim::All)
        .flexible(true)
        .delimiter(delimiter(&text))
        .from_reader(text.as_bytes());
    let header = reader.headers().map_err(Halt::unreadable)?.clone();
    let columns: Vec<String> = header.iter().map(str::to_owned).collect();
    let mut last = 1;
    for record in reader.records() {
        let record = record.map_err(Halt::unreadable)?;
        if record.get(0) == Some(END.trim_start()) {
            return Ok(());
        }
        last = record.position().map_or(0, csv::Position::line);
        if record.iter().all(str::is_empty) {
            continue;
        }
        let broken = (record.len() != columns.len()).then_some(Reason::CellCount {
            wanted: columns.len(),
            found: record.len(),
        });
        let row = SourceRow {
            number: last,
            cells: record.iter().map(clean).collect(),
            shape: None,
            broken,
        };
        sink.row(&columns, row)?;
    }
    Err(Halt::File(last, Reason::OpenQuote))
}

/// A line that no table has.
const END: &str = "\n\u{1}END";

/// A cell without control characters.
fn clean(cell: &str) -> String {
    cell.chars().filter(|c| !c.is_control()).collect()
}

/// The text of a file; what is neither UTF-8 nor UTF-16 with a mark is tried as GB18030.
pub(crate) fn decode(bytes: &[u8], said: Option<&str>) -> Result<String, String> {
    let encoding = match said {
        Some(label) => encoding_rs::Encoding::for_label(label.as_bytes())
            .ok_or_else(|| format!("no such encoding: {label}"))?,
        None => match encoding_rs::Encoding::for_bom(bytes) {
            Some((encoding, _)) => encoding,
            None if std::str::from_utf8(bytes).is_ok() => encoding_rs::UTF_8,
            None => encoding_rs::GB18030,
        },
    };
    let (text, used, has_errors) = encoding.decode(bytes);
    if has_errors {
        return Err(format!("is not {} text throughout", used.name()));
    }
    Ok(text.into_owned())
}

/// The separator that the header row has most of.
fn delimiter(text: &str) -> u8 {
    let header = text.lines().next().unwrap_or_default();
    let count = |byte: u8| header.bytes().filter(|b| *b == byte).count();
    [b',', b'\t', b';']
        .into_iter()
        .rev()
        .max_by_key(|byte| count(*byte))
        .unwrap_or(b',')
}
