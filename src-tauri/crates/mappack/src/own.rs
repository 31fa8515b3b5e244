//! The county's own data: areas, things, names and roads from the files a county has.
//! Not here: keeping them in a pack (`areas`, `things`, `county_file`), the OSM extract.

mod columns;
mod crs;
mod format;
mod intake;
mod layers;
mod record;
mod report;
mod shape;
mod spec;

pub use layers::{OwnLayer, OwnShape};
pub(crate) use record::OwnName;
pub use record::OwnRoad;
pub(crate) use report::write as write_rejects;
pub use report::{OwnCount, OwnFile, OwnReport, Reason, Reject, RejectLine, read_rejects};

use crate::PackError;
use crate::areas::AreaRow;
use crate::things::ThingRow;
use fengsui_geo::{Bounds, Wgs84};
use intake::{Codes, Intake};
use record::Record;
use report::OwnCount as Count;
use spec::{SPEC_FILE, Spec};
use std::path::{Path, PathBuf};

/// Everything taken from the county's own files, in the order of the files and their rows.
#[derive(Debug, Default)]
pub(crate) struct OwnData {
    pub(crate) areas: Vec<AreaRow>,
    pub(crate) things: Vec<ThingRow>,
    pub(crate) names: Vec<OwnName>,
    pub(crate) roads: Vec<OwnRoad>,
    pub(crate) report: OwnReport,
    pub(crate) rejects: Vec<Reject>,
}

impl OwnData {
    /// Reads all files. `bounds` is where the county is, when that is known; `tick` hears how many
    /// files are done and may stop the reading.
    pub(crate) fn read(
        files: &[PathBuf],
        bounds: Option<Bounds>,
        tick: &mut dyn FnMut(u64) -> Result<(), PackError>,
    ) -> Result<Self, PackError> {
        let mut out = Self::default();
        let mut codes = Codes::new();
        for (done, path) in (0u64..).zip(files) {
            tick(done)?;
            let name = path
                .file_name()
                .unwrap_or_default()
                .to_string_lossy()
                .into_owned();
            let dir = path.parent().unwrap_or(Path::new("."));
            let spec = Spec::read(dir);
            let said = spec.as_ref().cloned().unwrap_or_default();
            let mut go_on = || tick(done);
            let mut intake = Intake::new(name, &said, bounds, &mut codes, &mut go_on);
            let read = match spec {
                Ok(_) => format::read(path, &mut intake),
                Err(why) => Err(format::Halt::File(0, Reason::BadSpec(why))),
            };
            intake.finish(read, &mut out)?;
        }
        Ok(out)
    }

    /// Whether nothing was given at all.
    pub(crate) fn is_empty(&self) -> bool {
        self.report.files.is_empty()
    }

    /// Why the first few files or rows were not taken, in one line.
    pub(crate) fn first_reasons(&self) -> String {
        let reasons = self.rejects.iter().take(3).map(|reject| match reject.row {
            0 => format!("{}: {}", reject.file, reject.reason),
            row => format!(
                "{} row {row}, {}: {}",
                reject.file, reject.column, reject.reason
            ),
        });
        reasons.collect::<Vec<String>>().join("; ")
    }

    /// The box of everything, when there is anything.
    pub(crate) fn bounds(&self) -> Option<Bounds> {
        let areas = self
            .areas
            .iter()
            .flat_map(|area| area.rings.iter().flatten());
        let roads = self
            .roads
            .iter()
            .flat_map(|road| road.lines.iter().flatten());
        let things = self.things.iter().map(|thing| &thing.position);
        let names = self.names.iter().map(|name| &name.at);
        let all = areas.chain(roads).chain(things).chain(names);
        Bounds::of_points(all.copied().collect::<Vec<Wgs84>>())
    }

    fn keep(&mut self, records: Vec<Record>, rejects: Vec<Reject>, files: Vec<OwnFile>) {
        for record in records {
            match record {
                Record::Area(area) => self.areas.push(area),
                Record::Thing(thing) => self.things.push(thing),
                Record::Name(name) => self.names.push(name),
                Record::Road(road) => self.roads.push(road),
            }
        }
        for file in &files {
            if let Some(layer) = file.layer {
                let count: &mut Count = self
                    .report
                    .layers
                    .entry(layer.code().to_owned())
                    .or_default();
                count.ok += file.rows.ok;
                count.rejected += file.rows.rejected;
            }
        }
        self.report.files.extend(files);
        self.rejects.extend(rejects);
    }
}

/// The files of a path that are read as own data: the file itself, or every file of a known format
/// in the folder, by name. Files of other kinds in a folder are not ours to judge.
pub(crate) fn files_of(path: &Path) -> Result<Vec<PathBuf>, PackError> {
    if path.is_file() {
        return Ok(vec![path.to_owned()]);
    }
    let entries = std::fs::read_dir(path).map_err(PackError::io(path))?;
    let mut found = Vec::new();
    for entry in entries {
        let file = entry.map_err(PackError::io(path))?.path();
        let is_hidden = file
            .file_name()
            .is_some_and(|name| name.to_string_lossy().starts_with(['.', '~']));
        let is_spec = file.file_name().is_some_and(|name| name == SPEC_FILE);
        if file.is_file() && !is_hidden && !is_spec && format::is_known(&file) {
            found.push(file);
        }
    }
    found.sort();
    Ok(found)
}
