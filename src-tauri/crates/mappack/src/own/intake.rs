//! Takes the rows of the county's own files: finds each table's layer, turns rows into records,
//! and notes everything that was not taken.
//! Not here: reading files (`format`), what a row becomes (`record`).
//!
//! **Invariant:** of a file that breaks in the middle nothing is kept, and that is listed.

use super::OwnData;
use super::columns::{Field, Mapping};
use super::crs::Crs;
use super::format::{Halt, Sink, SourceRow, TableHead};
use super::layers::{OwnLayer, OwnShape, named};
use super::record::{Cells, Frame, Record, record};
use super::report::{OwnCount, OwnFile, Reason, Reject};
use super::spec::{FileSpec, Spec};
use crate::PackError;
use fengsui_geo::Bounds;
use std::collections::BTreeMap;

/// Rows between two questions whether to go on.
const TICK_ROWS: u64 = 4_096;

/// Codes seen so far, each with its row and name.
pub(crate) type Codes = BTreeMap<(OwnLayer, String), (u64, String)>;

/// The taking of one file.
pub(crate) struct Intake<'a> {
    /// The file's name.
    file: String,
    spec: &'a Spec,
    bounds: Option<Bounds>,
    tick: &'a mut dyn FnMut() -> Result<(), PackError>,
    codes: &'a mut Codes,
    /// Codes of this file, to be forgotten when it is refused.
    new_codes: Vec<(OwnLayer, String)>,
    records: Vec<Record>,
    rejects: Vec<Reject>,
    files: Vec<OwnFile>,
    current: Option<Current>,
    rows: u64,
}

/// The table being taken.
struct Current {
    label: String,
    frame: Frame,
    said: FileSpec,
    has_shapes: bool,
    mapping: Mapping,
    is_checked: bool,
    is_refused: bool,
}

impl<'a> Intake<'a> {
    /// The taking of a file by its name.
    pub(crate) fn new(
        file: String,
        spec: &'a Spec,
        bounds: Option<Bounds>,
        codes: &'a mut Codes,
        tick: &'a mut dyn FnMut() -> Result<(), PackError>,
    ) -> Self {
        Self {
            file,
            spec,
            bounds,
            tick,
            codes,
            new_codes: Vec::new(),
            records: Vec::new(),
            rejects: Vec::new(),
            files: Vec::new(),
            current: None,
            rows: 0,
        }
    }

    /// Keeps what was taken; of a file that broke, only that it broke.
    pub(crate) fn finish(
        mut self,
        done: Result<(), Halt>,
        out: &mut OwnData,
    ) -> Result<(), PackError> {
        match done {
            Ok(()) => {}
            Err(Halt::Stopped(stopped)) => return Err(stopped),
            Err(Halt::File(row, reason)) => {
                for key in self.new_codes {
                    self.codes.remove(&key);
                }
                self.records.clear();
                let layer = self.files.first().and_then(|file| file.layer);
                self.files = vec![OwnFile {
                    name: self.file.clone(),
                    layer,
                    rows: OwnCount::default(),
                    refused: Some(reason.code().to_owned()),
                }];
                self.rejects = vec![Reject {
                    file: self.file,
                    row,
                    column: "*".to_owned(),
                    reason,
                }];
            }
        }
        out.keep(self.records, self.rejects, self.files);
        Ok(())
    }

    /// A table of which nothing is taken, and why.
    fn refuse(&mut self, label: &str, layer: Option<OwnLayer>, reason: Reason) {
        self.files.push(OwnFile {
            name: label.to_owned(),
            layer,
            rows: OwnCount::default(),
            refused: Some(reason.code().to_owned()),
        });
        self.reject(label, 0, "*".to_owned(), reason);
    }

    fn reject(&mut self, label: &str, row: u64, column: String, reason: Reason) {
        self.rejects.push(Reject {
            file: label.to_owned(),
            row,
            column,
            reason,
        });
    }

    /// A code that stands twice makes two things one. Parts of one area may share code and name.
    fn duplicate(&mut self, layer: OwnLayer, row: u64, made: &Record) -> Option<Reason> {
        let (code, name) = made.key();
        if code.is_empty() || layer.shape() == OwnShape::Road {
            return None;
        }
        let key = (layer, code.to_owned());
        match self.codes.get(&key) {
            Some((_, other)) if layer.shape() == OwnShape::Area && other == name => None,
            Some((first, _)) => Some(Reason::Duplicate(code.to_owned(), *first)),
            None => {
                self.new_codes.push(key.clone());
                self.codes.insert(key, (row, name.to_owned()));
                None
            }
        }
    }

    fn take(&mut self, current: &mut Current, columns: &[String], row: &SourceRow) {
        current.mapping.learn(columns, &current.said.columns);
        if !current.is_checked {
            current.is_checked = true;
            if let Some(reason) = current.lacks() {
                current.is_refused = true;
                // The table's own line is the last one: it turns into a refusal.
                self.files.pop();
                self.refuse(&current.label, Some(current.frame.layer), reason);
            }
        }
        if current.is_refused {
            return;
        }
        let cells = Cells {
            columns,
            mapping: &current.mapping,
            row,
        };
        let layer = current.frame.layer;
        let made = record(current.frame, &cells).and_then(|made| {
            match self.duplicate(layer, row.number, &made) {
                Some(reason) => Err((Field::Code.code().to_owned(), reason)),
                None => Ok(made),
            }
        });
        let is_taken = made.is_ok();
        match made {
            Ok(made) => self.records.push(made),
            Err((column, reason)) => self.reject(&current.label, row.number, column, reason),
        }
        if let Some(file) = self.files.last_mut() {
            file.rows.ok += u64::from(is_taken);
            file.rows.rejected += u64::from(!is_taken);
        }
    }
}

impl Current {
    /// What the layer needs and the table has no column for.
    fn lacks(&self) -> Option<Reason> {
        let has = |field: Field| self.mapping.column(field).is_some();
        let has_place = self.has_shapes || has(Field::Wkt) || (has(Field::Lon) && has(Field::Lat));
        let has_name = match self.frame.layer.shape() {
            OwnShape::Road => true,
            OwnShape::Name => has(Field::Name) || has(Field::Code) || has(Field::Street),
            OwnShape::Area | OwnShape::Thing => has(Field::Name) || has(Field::Code),
        };
        match (has_place, has_name) {
            (false, _) => Some(Reason::NoColumn("经度、纬度 lon, lat")),
            (_, false) => Some(Reason::NoColumn("名称 name")),
            _ => None,
        }
    }
}

impl Sink for Intake<'_> {
    fn table(&mut self, head: TableHead<'_>) -> bool {
        self.current = None;
        let said = self.said(head.name);
        if said.skip {
            return false;
        }
        let label = match head.name {
            Some(name) => format!("{}/{name}", self.file),
            None => self.file.clone(),
        };
        let stem = self
            .file
            .rsplit_once('.')
            .map_or(self.file.as_str(), |(stem, _)| stem);
        let by_name = head.name.and_then(named).or_else(|| named(stem));
        let Some(layer) = said.layer.or(by_name) else {
            self.refuse(&label, None, Reason::UnknownLayer);
            return false;
        };
        let crs = match (said.crs, head.crs) {
            (Some(crs), _) | (None, Ok(crs)) => crs,
            (None, Err(reason)) => {
                self.refuse(&label, Some(layer), reason);
                return false;
            }
        };
        let crs: Crs = said.datum.map_or(crs, |datum| crs.with_datum(datum));
        self.files.push(OwnFile {
            name: label.clone(),
            layer: Some(layer),
            rows: OwnCount::default(),
            refused: None,
        });
        self.current = Some(Current {
            label,
            frame: Frame {
                layer,
                crs,
                bounds: self.bounds,
            },
            said,
            has_shapes: head.has_shapes,
            mapping: Mapping::default(),
            is_checked: false,
            is_refused: false,
        });
        true
    }

    fn row(&mut self, columns: &[String], row: SourceRow) -> Result<(), Halt> {
        self.rows += 1;
        if self.rows.is_multiple_of(TICK_ROWS) {
            (self.tick)().map_err(Halt::Stopped)?;
        }
        if let Some(mut current) = self.current.take() {
            self.take(&mut current, columns, &row);
            self.current = Some(current);
        }
        Ok(())
    }

    fn said(&self, table: Option<&str>) -> FileSpec {
        self.spec.of(&self.file, table)
    }
}
