//! `own.json` beside a county's own files: what each one is, where names do not say it.
//! Not here: the names that say it by themselves (`layers`, `columns`).

use super::columns::Field;
use super::crs::{Crs, Datum};
use super::layers::OwnLayer;
use serde::Deserialize;
use std::collections::BTreeMap;
use std::path::Path;

/// The file's name.
pub(crate) const SPEC_FILE: &str = "own.json";

/// What is said of the files of one folder.
#[derive(Debug, Clone, Default)]
pub(crate) struct Spec {
    files: BTreeMap<String, FileSpec>,
}

/// What is said of one file, or of one table of it.
#[derive(Debug, Clone, Default)]
pub(crate) struct FileSpec {
    /// Not to be read at all.
    pub(crate) skip: bool,
    pub(crate) layer: Option<OwnLayer>,
    pub(crate) crs: Option<Crs>,
    pub(crate) datum: Option<Datum>,
    /// `gb18030` or `utf-8`.
    pub(crate) encoding: Option<String>,
    pub(crate) columns: Vec<(Field, String)>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Raw {
    files: BTreeMap<String, RawFile>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct RawFile {
    layer: Option<String>,
    crs: Option<String>,
    datum: Option<String>,
    encoding: Option<String>,
    #[serde(default)]
    columns: BTreeMap<String, String>,
}

impl Spec {
    /// Reads `own.json` of a folder; a folder without one says nothing.
    pub(crate) fn read(dir: &Path) -> Result<Self, String> {
        let path = dir.join(SPEC_FILE);
        let text = match std::fs::read_to_string(&path) {
            Ok(text) => text,
            Err(e) if e.kind() == std::io::ErrorKind::NotFound => return Ok(Self::default()),
            Err(e) => return Err(e.to_string()),
        };
        let bare = text.trim_start_matches('\u{feff}');
        let raw: Raw = serde_json::from_str(bare).map_err(|e| e.to_string())?;
        let files = raw.files.into_iter().map(|(name, raw)| {
            let file = raw.understood().map_err(|why| format!("{name}: {why}"))?;
            Ok((name, file))
        });
        Ok(Self {
            files: files.collect::<Result<_, String>>()?,
        })
    }

    /// What is said of a table of a file, else of the file.
    pub(crate) fn of(&self, file: &str, table: Option<&str>) -> FileSpec {
        let of_table = table.and_then(|table| self.files.get(&format!("{file}/{table}")));
        of_table
            .or_else(|| self.files.get(file))
            .cloned()
            .unwrap_or_default()
    }
}

impl RawFile {
    fn understood(self) -> Result<FileSpec, String> {
        let mut file = FileSpec {
            encoding: self.encoding,
            ..FileSpec::default()
        };
        match self.layer.as_deref() {
            Some("skip") => file.skip = true,
            Some(code) => {
                let layer = OwnLayer::from_code(code).or_else(|| super::layers::named(code));
                file.layer = Some(layer.ok_or_else(|| format!("no such layer: {code}"))?);
            }
            None => {}
        }
        if let Some(name) = self.crs {
            let crs = Crs::named(&name).ok_or_else(|| format!("no such system: {name}"))?;
            file.crs = Some(crs);
        }
        if let Some(name) = self.datum {
            let datum = Datum::named(&name).ok_or_else(|| format!("no such datum: {name}"))?;
            file.datum = Some(datum);
        }
        for (field, column) in self.columns {
            let known = Field::from_code(&field);
            file.columns.push((
                known.ok_or_else(|| format!("no such field: {field}"))?,
                column,
            ));
        }
        Ok(file)
    }
}
