//! CSV tables with a header row, read by column name, with errors that name the row.
//! Not here: what the tables mean (`county`, `codes`).

use crate::PackError;
use fengsui_geo::Wgs84;
use std::path::Path;
use std::str::FromStr;

/// A table in memory; county tables are small.
pub(crate) struct Table {
    file: String,
    header: csv::StringRecord,
    rows: Vec<csv::StringRecord>,
}

/// One row of a table.
#[derive(Clone, Copy)]
pub(crate) struct Row<'a> {
    table: &'a Table,
    record: &'a csv::StringRecord,
    line: u64,
}

impl Table {
    /// Reads the file, which must have every column of `columns` in its header.
    /// A byte order mark, as spreadsheets write it, is skipped.
    pub(crate) fn read(dir: &Path, file: &str, columns: &[&str]) -> Result<Self, PackError> {
        let path = dir.join(file);
        let bytes = std::fs::read(&path).map_err(PackError::io(&path))?;
        let text = bytes.strip_prefix(b"\xef\xbb\xbf").unwrap_or(&bytes);
        let bad = |row: u64, column: &str, why: String| PackError::BadRow {
            file: file.to_owned(),
            row,
            column: column.to_owned(),
            why,
        };
        let mut reader = csv::ReaderBuilder::new()
            .trim(csv::Trim::All)
            .from_reader(text);
        let header = reader
            .headers()
            .map_err(|e| bad(1, "*", e.to_string()))?
            .clone();
        for column in columns {
            if !header.iter().any(|name| name == *column) {
                return Err(bad(1, column, "column is missing".to_owned()));
            }
        }
        let mut rows = Vec::new();
        for record in reader.records() {
            let record = record.map_err(|e| {
                bad(
                    e.position().map_or(0, csv::Position::line),
                    "*",
                    e.to_string(),
                )
            })?;
            rows.push(record);
        }
        Ok(Self {
            file: file.to_owned(),
            header,
            rows,
        })
    }

    /// The rows in order.
    pub(crate) fn rows(&self) -> impl Iterator<Item = Row<'_>> {
        self.rows.iter().map(|record| {
            let line = record.position().map_or(0, csv::Position::line);
            Row {
                table: self,
                record,
                line,
            }
        })
    }
}

impl Row<'_> {
    /// An error about one column of this row.
    pub(crate) fn bad(&self, column: &str, why: impl Into<String>) -> PackError {
        PackError::BadRow {
            file: self.table.file.clone(),
            row: self.line,
            column: column.to_owned(),
            why: why.into(),
        }
    }

    /// The text of a column, perhaps empty; a column the header lacks is empty.
    pub(crate) fn text(&self, column: &str) -> String {
        let at = self.table.header.iter().position(|name| name == column);
        at.and_then(|at| self.record.get(at))
            .unwrap_or_default()
            .to_owned()
    }

    /// The text of a column that must not be empty.
    pub(crate) fn needed(&self, column: &str) -> Result<String, PackError> {
        let text = self.text(column);
        if text.is_empty() {
            Err(self.bad(column, "is empty"))
        } else {
            Ok(text)
        }
    }

    /// A column as one of the words allowed.
    pub(crate) fn word(&self, column: &str, allowed: &[&str]) -> Result<String, PackError> {
        let text = self.needed(column)?;
        if allowed.contains(&text.as_str()) {
            Ok(text)
        } else {
            Err(self.bad(
                column,
                format!("“{text}” is none of {}", allowed.join("、")),
            ))
        }
    }

    /// A column as a number.
    pub(crate) fn number<T: FromStr>(&self, column: &str) -> Result<T, PackError> {
        let text = self.needed(column)?;
        text.parse()
            .map_err(|_| self.bad(column, format!("“{text}” is not a number")))
    }

    /// A column as a number, or nothing when it is empty.
    pub(crate) fn optional<T: FromStr>(&self, column: &str) -> Result<Option<T>, PackError> {
        if self.text(column).is_empty() {
            Ok(None)
        } else {
            self.number(column).map(Some)
        }
    }

    /// A column as a number within bounds, both included.
    pub(crate) fn within<T>(&self, column: &str, low: T, high: T) -> Result<T, PackError>
    where
        T: FromStr + PartialOrd + std::fmt::Display,
    {
        let value: T = self.number(column)?;
        if value >= low && value <= high {
            Ok(value)
        } else {
            Err(self.bad(column, format!("{value} is not within {low}–{high}")))
        }
    }

    /// A semicolon list; full-width semicolons count too.
    pub(crate) fn list(&self, column: &str) -> Vec<String> {
        self.text(column)
            .split([';', '；'])
            .map(str::trim)
            .filter(|item| !item.is_empty())
            .map(str::to_owned)
            .collect()
    }

    /// Columns `lon` and `lat` as a point.
    pub(crate) fn point(&self) -> Result<Wgs84, PackError> {
        let (lon, lat) = (self.number("lon")?, self.number("lat")?);
        Wgs84::new(lon, lat).map_err(|e| self.bad("lon", e.to_string()))
    }

    /// Columns `lon` and `lat` as a point, or nothing when both are empty.
    pub(crate) fn optional_point(&self) -> Result<Option<Wgs84>, PackError> {
        if self.text("lon").is_empty() && self.text("lat").is_empty() {
            return Ok(None);
        }
        self.point().map(Some)
    }
}
