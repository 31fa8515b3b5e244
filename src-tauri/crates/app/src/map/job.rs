//! Work on packs: installing and building in a thread of its own, one at a time, with progress
//! and a way to stop. The desk goes on meanwhile; the old pack stays in use until the new one is
//! whole.
//!
//! Not here: the steps themselves (`mappack`).

use std::path::{Path, PathBuf};
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::{Duration, Instant};

use chrono::{DateTime, SecondsFormat, Utc};
use fengsui_mappack::install::{Installed, Installing};
use fengsui_mappack::{
    BuildInput, Continue, Pack, PackError, Progress, RejectLine, build, install, read_rejects,
};

use super::Map;
use crate::error::{AppError, Rejection, RejectionCode, invalid};
use crate::road::RoadNet;
use crate::station::{Station, Topic};

/// What is being done.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum JobKind {
    /// A pack is made from data.
    Build,
    /// A pack is taken in.
    Install,
}

impl JobKind {
    /// Stable word for the wire.
    #[must_use]
    pub fn word(self) -> &'static str {
        match self {
            Self::Build => "build",
            Self::Install => "install",
        }
    }
}

/// How it ended.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Outcome {
    /// The new pack is in use.
    Done,
    /// Somebody stopped it; nothing has changed.
    Stopped,
    /// It could not be done; nothing has changed. The sentence names the damaged part.
    Failed(String),
}

/// A piece of work.
#[derive(Debug, Clone, PartialEq)]
pub struct JobState {
    /// What.
    pub kind: JobKind,
    /// On what.
    pub source: String,
    /// Step.
    pub stage: &'static str,
    /// Share of the step done; `None` = cannot be said.
    pub share: Option<f64>,
    /// When it began, ms.
    pub started_at_ms: i64,
    /// When it ended, ms, and how.
    pub ended: Option<(i64, Outcome)>,
    /// Rows of own files that were left out.
    pub rejects: Vec<RejectLine>,
}

/// The running or last piece of work.
#[derive(Default)]
pub(super) struct Work {
    state: Option<JobState>,
    stop: Arc<AtomicBool>,
}

/// Where packs are built before they are installed; hidden, and emptied by the next build.
const WORKSHOP: &str = ".workshop";
/// How often progress is told.
const TELL_EVERY: Duration = Duration::from_millis(250);

impl Map {
    fn work(&self) -> MutexGuard<'_, Work> {
        self.work.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// The running or last piece of work.
    pub(super) fn job(&self) -> Option<JobState> {
        self.work().state.clone()
    }

    /// Begins a piece of work, unless one is running.
    fn begin(&self, state: JobState) -> Result<Arc<AtomicBool>, AppError> {
        let mut work = self.work();
        if let Some(running) = work.state.as_ref().filter(|state| state.ended.is_none()) {
            return Err(Rejection::new(RejectionCode::MapBusy)
                .with("source", running.source.clone())
                .into());
        }
        work.state = Some(state);
        work.stop = Arc::default();
        Ok(work.stop.clone())
    }

    fn note(&self, change: impl FnOnce(&mut JobState)) {
        if let Some(state) = self.work().state.as_mut() {
            change(state);
        }
    }

    /// Asks the running piece of work to stop; whether there is one.
    fn stop(&self) -> bool {
        let work = self.work();
        let runs = work
            .state
            .as_ref()
            .is_some_and(|state| state.ended.is_none());
        if runs {
            work.stop.store(true, Ordering::Relaxed);
        }
        runs
    }
}

/// What a build or an installation is asked for.
enum Task {
    Install(PathBuf),
    Build {
        extract: Option<PathBuf>,
        own: Vec<PathBuf>,
    },
}

impl Station {
    /// Installs a pack: a `.mappack` file, a pack's folder, or the id of one that lies here.
    ///
    /// # Errors
    /// `ValueInvalid` when there is no such file, `MapBusy`.
    pub fn install_map(self: &Arc<Self>, path: &str) -> Result<(), AppError> {
        let id = self.map().packs.join(path);
        let is_id = !path.is_empty() && !path.contains(['/', '\\']) && id.is_dir();
        let source = if is_id { id } else { there("path", path)? };
        self.start(JobKind::Install, path.to_owned(), Task::Install(source))
    }

    /// Builds a pack from an extract or county folder, own files, or both, and installs it.
    ///
    /// # Errors
    /// `ValueInvalid` when a file is not there or nothing was given, `MapBusy`.
    pub fn build_map(
        self: &Arc<Self>,
        extract: Option<&str>,
        own: &[String],
    ) -> Result<(), AppError> {
        let extract = extract
            .filter(|path| !path.trim().is_empty())
            .map(|path| there("extract", path))
            .transpose()?;
        let own: Vec<PathBuf> = own
            .iter()
            .map(|path| there("own", path))
            .collect::<Result<_, _>>()?;
        let first = extract.iter().chain(&own).next();
        let Some(source) = first.map(|path| path.display().to_string()) else {
            return Err(invalid("extract", "1-"));
        };
        self.start(JobKind::Build, source, Task::Build { extract, own })
    }

    /// Stops the running work on packs; the old pack stays.
    ///
    /// # Errors
    /// `NothingToChange` when none is running.
    pub fn stop_map_work(&self) -> Result<(), AppError> {
        if self.map().stop() {
            Ok(())
        } else {
            Err(RejectionCode::NothingToChange.into())
        }
    }

    fn start(self: &Arc<Self>, kind: JobKind, source: String, task: Task) -> Result<(), AppError> {
        let stop = self.map().begin(JobState {
            kind,
            source,
            stage: "begin",
            share: None,
            started_at_ms: self.now_ms(),
            ended: None,
            rejects: Vec::new(),
        })?;
        let station = self.clone();
        let name = "map-work".to_owned();
        let spawned = std::thread::Builder::new()
            .name(name)
            .spawn(move || station.work(task, &stop));
        if let Err(error) = spawned {
            let why = Outcome::Failed(error.to_string());
            self.finish(why);
        }
        Ok(())
    }

    fn work(&self, task: Task, stop: &AtomicBool) {
        let teller = Teller::new(self, stop);
        let packs = &self.map().packs;
        let done = match task {
            Task::Install(source) => self.take_in(&source, packs, &teller),
            Task::Build { extract, own } => self.make(extract.as_deref(), &own, packs, &teller),
        };
        let outcome = match done.and_then(|installed| Pack::open(&installed.dir)) {
            Ok(pack) => {
                self.use_pack(pack);
                Outcome::Done
            }
            Err(PackError::Stopped) => Outcome::Stopped,
            Err(error) => {
                tracing::warn!(%error, "work on the map was not done");
                Outcome::Failed(error.to_string())
            }
        };
        self.finish(outcome);
    }

    /// Installs a pack; the one before the current one is gone back to as it lies there.
    fn take_in(
        &self,
        source: &Path,
        packs: &Path,
        teller: &Teller<'_>,
    ) -> Result<Installed, PackError> {
        let before = install::current(packs).ok().flatten();
        let before = before.and_then(|current| current.previous);
        if before.is_some_and(|id| packs.join(id) == source) {
            return install::rollback(packs);
        }
        install::install(source, packs, &mut |step| teller.installing(step))
    }

    /// Builds beside the packs, installs the result and takes the workshop away.
    fn make(
        &self,
        extract: Option<&Path>,
        own: &[PathBuf],
        packs: &Path,
        teller: &Teller<'_>,
    ) -> Result<Installed, PackError> {
        let built_at = DateTime::<Utc>::from_timestamp_millis(self.now_ms())
            .map(|at| at.to_rfc3339_opts(SecondsFormat::Secs, true))
            .unwrap_or_default();
        let input = match extract {
            Some(extract) => {
                let mut input = BuildInput::find(extract, &built_at)?;
                input.add_own(own)?;
                input
            }
            None => BuildInput::own_alone(own, &built_at)?,
        };
        let io = |source| PackError::Io {
            path: packs.to_owned(),
            source,
        };
        std::fs::create_dir_all(packs).map_err(io)?;
        let workshop = packs.join(WORKSHOP);
        if workshop.exists() {
            std::fs::remove_dir_all(&workshop).map_err(io)?;
        }
        std::fs::create_dir_all(&workshop).map_err(io)?;
        let dir = workshop.join(input.edition());
        let built = build(&input, &dir, &mut |progress| teller.building(progress));
        let installed = built.and_then(|_| {
            let rejects = read_rejects(&dir)?;
            self.map().note(|state| state.rejects = rejects);
            install::install(&dir, packs, &mut |step| teller.installing(step))
        });
        if let Err(error) = std::fs::remove_dir_all(&workshop) {
            tracing::warn!(%error, "what was built aside could not be taken away");
        }
        installed
    }

    /// Puts a pack in use and reads its roads behind it.
    fn use_pack(&self, pack: Pack) {
        let pack = Arc::new(pack);
        self.map().put(Some(pack.clone()));
        self.papers().forget();
        self.announce(&[Topic::Map, Topic::Honesty]);
        self.read_roads(&pack);
    }

    /// Reads the cameras of a pack, what is searched of it, and its roads, and lays the county's
    /// speeds over them.
    pub(crate) fn read_roads(&self, pack: &Arc<Pack>) {
        self.map().things().cameras();
        if let Err(error) = pack.warm() {
            tracing::warn!(%error, "places are read when they are first searched");
        }
        let roads = match (pack.road_graph(), self.overlay()) {
            (Ok(Some(graph)), Ok(overlay)) => RoadNet::of(graph, overlay),
            (Ok(None), _) => RoadNet::None,
            (Err(error), _) => {
                tracing::error!(%error, "roads could not be read; distances are straight lines");
                RoadNet::None
            }
            (_, Err(error)) => {
                tracing::error!(%error, "speeds could not be read; distances are straight lines");
                RoadNet::None
            }
        };
        self.map().put_roads(pack, roads);
        // What was closed or set while they were read.
        if let Err(error) = self.relay_roads() {
            tracing::error!(%error, "closed roads could not be read anew");
        }
        self.announce(&[Topic::Map]);
    }

    fn finish(&self, outcome: Outcome) {
        let now_ms = self.now_ms();
        self.map()
            .note(|state| state.ended = Some((now_ms, outcome)));
        self.announce(&[Topic::Map]);
    }
}

/// Passes progress on, and whether somebody said stop.
struct Teller<'a> {
    station: &'a Station,
    stop: &'a AtomicBool,
    told: Mutex<Instant>,
}

impl<'a> Teller<'a> {
    fn new(station: &'a Station, stop: &'a AtomicBool) -> Self {
        Self {
            station,
            stop,
            told: Mutex::new(Instant::now()),
        }
    }

    fn building(&self, progress: Progress) -> Continue {
        self.tell(progress.stage.word(), progress.done, progress.of)
    }

    fn installing(&self, step: Installing) -> Continue {
        self.tell(step.step.word(), step.done, step.of)
    }

    fn tell(&self, stage: &'static str, done: u64, of: u64) -> Continue {
        if self.stop.load(Ordering::Relaxed) {
            return Continue::No;
        }
        self.station.map().note(|state| {
            state.stage = stage;
            state.share = (of > 1).then(|| done as f64 / of as f64);
        });
        let mut told = self.told.lock().unwrap_or_else(PoisonError::into_inner);
        if told.elapsed() >= TELL_EVERY {
            *told = Instant::now();
            self.station.announce(&[Topic::Map]);
        }
        Continue::Yes
    }
}

/// A path that leads to something.
fn there(field: &str, path: &str) -> Result<PathBuf, AppError> {
    let path = PathBuf::from(path.trim());
    if path.as_os_str().is_empty() || !path.exists() {
        return Err(Rejection::new(RejectionCode::NotFound)
            .with("what", "file")
            .with("field", field)
            .into());
    }
    Ok(path)
}
