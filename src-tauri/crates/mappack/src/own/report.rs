//! What became of a county's own files: counted by layer, and every row that was not taken with
//! its place and its reason.
//! Not here: deciding which rows are taken (`record`).

use super::layers::OwnLayer;
use crate::PackError;
use crate::manifest::REJECTS_FILE;
use serde::{Deserialize, Serialize};
use std::collections::BTreeMap;
use std::path::Path;

/// What a pack's manifest says of the county's own data.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct OwnReport {
    /// Rows by layer.
    pub layers: BTreeMap<String, OwnCount>,
    /// Every file or table that was looked at, in order.
    pub files: Vec<OwnFile>,
}

/// Rows taken and not taken.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct OwnCount {
    /// Rows that are in the pack.
    pub ok: u64,
    /// Rows that are not, each listed in `rejects.csv`.
    pub rejected: u64,
}

/// A file, or a table of a file with several.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct OwnFile {
    /// `cameras.csv`, `county.gpkg/辖区`.
    pub name: String,
    /// Its layer; `None` when nobody knows which.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub layer: Option<OwnLayer>,
    /// Rows taken and not.
    pub rows: OwnCount,
    /// Why nothing of it was taken, code of a [`Reason`].
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub refused: Option<String>,
}

impl OwnReport {
    /// Rows taken and not, over all layers.
    pub fn total(&self) -> OwnCount {
        self.layers
            .values()
            .fold(OwnCount::default(), |sum, one| OwnCount {
                ok: sum.ok + one.ok,
                rejected: sum.rejected + one.rejected,
            })
    }
}

/// A row, or a whole file, that was not taken.
#[derive(Debug, Clone, PartialEq)]
pub struct Reject {
    /// The file, or the table within it.
    pub file: String,
    /// Line, sheet row, feature or record as the file's own editor counts; 0 = the whole file.
    pub row: u64,
    /// Name of the column; `*` = the whole row.
    pub column: String,
    /// Why.
    pub reason: Reason,
}

/// Why a row or a file was not taken. The English sentence is the error text; [`Reason::chinese`]
/// is the one for the county.
#[derive(Debug, Clone, PartialEq, thiserror::Error)]
pub enum Reason {
    /// The file cannot be read as what its name says.
    #[error("cannot be read: {0}")]
    Unreadable(String),
    /// A kind of file that is not known.
    #[error("is no kind of file that is read here (csv, xlsx, xls, geojson, gpkg, shp)")]
    UnknownFormat,
    /// Neither the name nor `own.json` says which layer it is.
    #[error("its name says no layer; give it one in own.json")]
    UnknownLayer,
    /// Its coordinate system is not known.
    #[error("coordinate system not known: {0}; name it in own.json")]
    UnknownCrs(String),
    /// No column says what the layer needs.
    #[error("has no column for {0}; name it in own.json")]
    NoColumn(&'static str),
    /// A cell that must not be empty is.
    #[error("is empty")]
    Empty,
    /// A cell that must be a number is none.
    #[error("“{0}” is not a number")]
    NotNumber(String),
    /// A number that cannot be.
    #[error("{0} is not within {1}")]
    OutOfRange(String, &'static str),
    /// No place on the earth.
    #[error("is no place: {0}")]
    BadPlace(String),
    /// Not the sort of shape the layer has.
    #[error("a {wanted} is needed, this is a {found}")]
    WrongShape {
        /// What the layer has.
        wanted: &'static str,
        /// What the row has.
        found: &'static str,
    },
    /// Far from the county: most likely a slip of the pen.
    #[error("lies {0} km outside the county")]
    FarAway(u32),
    /// The code stands in the layer already.
    #[error("code “{0}” stands already in row {1}")]
    Duplicate(String, u64),
    /// A datum nobody knows.
    #[error("datum “{0}” is not known")]
    UnknownDatum(String),
    /// The row has more or fewer cells than the header.
    #[error("has {found} cells, the header {wanted}")]
    CellCount {
        /// Cells of the header.
        wanted: usize,
        /// Cells of the row.
        found: usize,
    },
    /// A quotation mark that is opened and never closed.
    #[error("a quotation mark is opened in this row and never closed")]
    OpenQuote,
    /// `own.json` beside it cannot be understood.
    #[error("own.json: {0}")]
    BadSpec(String),
    /// Larger than any county's table.
    #[error("is too large: {0} bytes")]
    TooLarge(u64),
}

impl Reason {
    /// Stable code for the desk.
    pub fn code(&self) -> &'static str {
        match self {
            Self::Unreadable(_) => "unreadable",
            Self::UnknownFormat => "unknown_format",
            Self::UnknownLayer => "unknown_layer",
            Self::UnknownCrs(_) => "unknown_crs",
            Self::NoColumn(_) => "no_column",
            Self::Empty => "empty",
            Self::NotNumber(_) => "not_number",
            Self::OutOfRange(..) => "out_of_range",
            Self::BadPlace(_) => "bad_place",
            Self::WrongShape { .. } => "wrong_shape",
            Self::FarAway(_) => "far_away",
            Self::Duplicate(..) => "duplicate",
            Self::UnknownDatum(_) => "unknown_datum",
            Self::CellCount { .. } => "cell_count",
            Self::OpenQuote => "open_quote",
            Self::BadSpec(_) => "bad_spec",
            Self::TooLarge(_) => "too_large",
        }
    }

    /// The sentence in Chinese.
    pub fn chinese(&self) -> String {
        match self {
            Self::Unreadable(why) => format!("读不出：{why}"),
            Self::UnknownFormat => {
                "不是可读的格式（csv、xlsx、xls、geojson、gpkg、shp）".to_owned()
            }
            Self::UnknownLayer => "从名称看不出是哪个图层，请在 own.json 中注明".to_owned(),
            Self::UnknownCrs(what) => format!("坐标系不明：{what}；请在 own.json 中注明"),
            Self::NoColumn(field) => format!("没有“{field}”列，请在 own.json 中注明"),
            Self::Empty => "为空".to_owned(),
            Self::NotNumber(text) => format!("“{text}”不是数"),
            Self::OutOfRange(value, range) => format!("{value} 不在 {range} 之间"),
            Self::BadPlace(why) => format!("不是地球上的位置：{why}"),
            Self::WrongShape { wanted, found } => {
                format!("图形应为{}，实为{}", shape(wanted), shape(found))
            }
            Self::FarAway(km) => format!("在县境外 {km} 千米"),
            Self::Duplicate(code, row) => format!("编号“{code}”与第 {row} 行重复"),
            Self::UnknownDatum(text) => format!("坐标系“{text}”不明"),
            Self::CellCount { wanted, found } => format!("有 {found} 格，表头为 {wanted} 格"),
            Self::OpenQuote => "此行的引号没有合上".to_owned(),
            Self::BadSpec(why) => format!("own.json 有误：{why}"),
            Self::TooLarge(bytes) => format!("文件过大：{bytes} 字节"),
        }
    }
}

fn shape(name: &str) -> &'static str {
    match name {
        "point" => "点",
        "line" => "线",
        _ => "面",
    }
}

/// Writes the list of everything that was not taken, for a spreadsheet.
pub(crate) fn write(path: &Path, rejects: &[Reject]) -> Result<(), PackError> {
    // The mark lets spreadsheets read it as UTF-8.
    let mut text = String::from("\u{feff}文件 file,行 row,列 column,代码 code,原因,reason\r\n");
    for reject in rejects {
        let fields = [
            reject.file.clone(),
            reject.row.to_string(),
            reject.column.clone(),
            reject.reason.code().to_owned(),
            reject.reason.chinese(),
            reject.reason.to_string(),
        ];
        let cells: Vec<String> = fields.iter().map(|field| cell(field)).collect();
        text.push_str(&cells.join(","));
        text.push_str("\r\n");
    }
    std::fs::write(path, text).map_err(PackError::io(path))
}

/// A line of a pack's list of what was not taken.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct RejectLine {
    /// The file, or the table within it.
    pub file: String,
    /// Row as the file's own editor counts; 0 = the whole file.
    pub row: u64,
    /// Name of the column; `*` = the whole row.
    pub column: String,
    /// Why, in Chinese.
    pub why: String,
}

/// Reads a pack's list of what was not taken; empty when it has none.
///
/// # Errors
/// [`PackError::DamagedPack`] when the list is none.
pub fn read_rejects(pack_dir: &Path) -> Result<Vec<RejectLine>, PackError> {
    let path = pack_dir.join(REJECTS_FILE);
    if !path.is_file() {
        return Ok(Vec::new());
    }
    let damaged = |why: String| PackError::DamagedPack {
        name: REJECTS_FILE.to_owned(),
        why,
    };
    let mut reader = csv::Reader::from_path(&path).map_err(|e| damaged(e.to_string()))?;
    let mut lines = Vec::new();
    for record in reader.records() {
        let record = record.map_err(|e| damaged(e.to_string()))?;
        let text = |at: usize| record.get(at).unwrap_or_default().to_owned();
        lines.push(RejectLine {
            file: text(0),
            row: text(1).parse().map_err(|_| damaged(text(1)))?,
            column: text(2),
            why: text(4),
        });
    }
    Ok(lines)
}

/// A cell that no spreadsheet takes for a formula.
fn cell(text: &str) -> String {
    let one_line = text.replace(['\r', '\n'], " ");
    let is_formula = one_line.starts_with(['=', '+', '-', '@', '\t']);
    let guarded = if is_formula {
        format!("'{one_line}")
    } else {
        one_line
    };
    if guarded.contains([',', '"']) {
        format!("\"{}\"", guarded.replace('"', "\"\""))
    } else {
        guarded
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Text from a county's table never becomes a formula in the list of rejects.
    #[test]
    fn rejects_are_no_formulas() {
        let dir = tempfile::tempdir().unwrap();
        let path = dir.path().join("rejects.csv");
        let reject = Reject {
            file: "=cmd|x.csv".to_owned(),
            row: 3,
            column: "经度, \"lon\"".to_owned(),
            reason: Reason::NotNumber("@SUM(A1)\n".to_owned()),
        };
        write(&path, &[reject]).unwrap();
        let text = std::fs::read_to_string(&path).unwrap();
        assert_eq!(text.lines().count(), 2);
        let row = text.lines().nth(1).unwrap();
        assert!(
            row.starts_with("'=cmd|x.csv,3,\"经度, \"\"lon\"\"\",not_number,"),
            "{row}"
        );
    }
}
