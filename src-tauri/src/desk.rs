//! The station as the shell holds it: opened in a thread while the window is
//! already there, asked through one door, closed once. The window, the
//! loopback, the intake and `serve` all share it.
//!
//! Not here: what commands do (`app`), how they travel (`window`, `twin`).

use std::panic::AssertUnwindSafe;
use std::path::{Path, PathBuf};
use std::sync::mpsc::RecvTimeoutError;
use std::sync::{Arc, Mutex, PoisonError};
use std::thread::JoinHandle;
use std::time::{Duration, Instant};

use fengsui_gateway::Gateway;
use fengsui_gateway::standing::Standing;
use fengsui_link::narrow::NarrowLink;
use fengsui_wire::commands::{Access, Command};
use fengsui_wire::common::Topic;
use fengsui_wire::failure::{Failure, FailureCode};
use serde::Serialize;
use serde_json::{Value, json};
use tokio::sync::{broadcast, watch};
use tracing::field::Empty;

use crate::args::DeskWish;
use crate::changes::Gathered;
use crate::core::{Answer, Envelope, Router, Station, topic};
use crate::stop::Stop;
use crate::tiles::{Sheet, Tile, TileName, VECTOR_TYPE};
use crate::{demo, gateway, links, opening};

/// How often the core signs heads and looks at the disk and the clock.
const TICK: Duration = Duration::from_secs(1);
/// How long a thread may sleep without looking whether it should end.
const LOOK: Duration = Duration::from_millis(250);
/// Changes a slow listener may fall behind before it is told to ask for all.
const CHANGES_KEPT: usize = 64;

/// Where the opening stands.
#[derive(Clone)]
pub(crate) enum Phase {
    /// A thread is at it.
    Opening,
    /// The desk can be used.
    Ready(Arc<Core>),
    /// It cannot; the failure says why.
    Failed(Failure),
}

/// The opened station.
pub(crate) struct Core {
    pub(crate) station: Arc<Station>,
    router: Router,
    /// Session of devices: intake, terminals of the demo.
    pub(crate) device: String,
}

impl Core {
    /// A core around an open station.
    ///
    /// # Errors
    /// Faults only.
    fn new(station: Arc<Station>) -> Result<Self, Failure> {
        let router = Router::new(Arc::clone(&station));
        let device = router.device_session()?;
        Ok(Self {
            station,
            router,
            device,
        })
    }

    /// Asks the router, in a span of the log. Blocks; never panics.
    pub(crate) fn call(&self, envelope: Envelope) -> Answer {
        let known = Command::named(&envelope.name).map(|(_, row)| row);
        let name = known.map_or("unknown", |row| row.name);
        let span = tracing::info_span!("command", command = name, trace = Empty, code = Empty);
        let _inside = span.enter();
        let began = Instant::now();
        let answer = self.router.call(envelope);
        let us = u64::try_from(began.elapsed().as_micros()).unwrap_or(u64::MAX);
        match &answer {
            Answer::Failure(failure) => {
                span.record("trace", &failure.trace);
                span.record("code", failure.code.text());
                tracing::info!(us, "command.failed");
            }
            Answer::Ok(_) if known.is_some_and(|row| row.access == Access::Write) => {
                tracing::info!(us, "command.done");
            }
            Answer::Ok(_) => tracing::debug!(us, "command.done"),
        }
        answer
    }

    /// The same for a device.
    pub(crate) fn device_call(&self, name: &str, request: Value) -> Answer {
        self.call(Envelope {
            session: self.device.clone(),
            name: name.to_owned(),
            request,
        })
    }
}

/// What the desk learns when it starts.
#[derive(Debug, Clone, Serialize)]
pub(crate) struct Startup {
    /// `ready` or `failed`; the answer waits while the core is opening.
    phase: &'static str,
    /// Why the desk cannot open.
    failure: Option<Failure>,
    /// Signed in already (demo); shape `SignedIn`.
    session: Option<Value>,
    /// Demo county.
    demo: bool,
    /// The home, for the sentence that names it.
    home: String,
}

/// The shell's half of the station.
pub(crate) struct Desk {
    wish: DeskWish,
    home: PathBuf,
    phase: watch::Sender<Phase>,
    changes: broadcast::Sender<Vec<Topic>>,
    /// Ends every thread.
    pub(crate) stop: Stop,
    threads: Mutex<Vec<JoinHandle<()>>>,
    gateway: Mutex<Option<Gateway>>,
}

impl Desk {
    /// A desk that has not begun to open.
    pub(crate) fn new(wish: DeskWish, home: PathBuf) -> Arc<Self> {
        Arc::new(Self {
            wish,
            home,
            phase: watch::Sender::new(Phase::Opening),
            changes: broadcast::Sender::new(CHANGES_KEPT),
            stop: Stop::default(),
            threads: Mutex::default(),
            gateway: Mutex::default(),
        })
    }

    /// A desk that cannot open: the window says why.
    pub(crate) fn failed(wish: DeskWish, home: PathBuf, failure: Failure) -> Arc<Self> {
        let desk = Self::new(wish, home);
        desk.phase.send_replace(Phase::Failed(failure));
        desk
    }

    /// The home folder.
    pub(crate) fn home(&self) -> &Path {
        &self.home
    }

    /// What was wished at start.
    pub(crate) fn wish(&self) -> &DeskWish {
        &self.wish
    }

    /// Opens the core in a thread. Whatever happens, the phase leaves `Opening`.
    pub(crate) fn open(self: &Arc<Self>) {
        self.thread("open", |desk| {
            let began = Instant::now();
            let opened = std::panic::catch_unwind(AssertUnwindSafe(|| {
                opening::open(&desk.wish, &desk.home).and_then(Core::new)
            }));
            let opened = opened.unwrap_or_else(|_| Err(Failure::new(FailureCode::InternalPanic)));
            let ms = u64::try_from(began.elapsed().as_millis()).unwrap_or(u64::MAX);
            match opened {
                Ok(core) => {
                    tracing::info!(ms, "core.ready");
                    desk.go_on(Arc::new(core));
                }
                Err(failure) => {
                    tracing::error!(ms, code = failure.code.text(), "core.failed");
                    desk.phase.send_replace(Phase::Failed(failure));
                }
            }
        });
    }

    /// The core is there: listen to it before anybody can ask it.
    fn go_on(self: &Arc<Self>, core: Arc<Core>) {
        let topics = core.station.subscribe();
        self.thread("changes", move |desk| desk.pump(&topics));
        let ticking = Arc::clone(&core);
        self.thread("tick", move |desk| {
            while !desk.stop.sleeps(TICK) {
                if let Err(error) = ticking.station.tick() {
                    tracing::warn!(%error, "tick.failed");
                }
            }
        });
        if let Some(wish) = self.wish.demo {
            let core = Arc::clone(&core);
            let county = opening::county(&self.wish);
            let changes = self.changes();
            self.thread("demo", move |desk| {
                demo::run(&core, county.as_deref(), wish, changes, &desk.stop);
            });
        }
        *self.gateway() = gateway::begin(&self.wish, &core.station);
        let links = links::begin(self, &core.station);
        let narrow = links::begin_narrow(self, &core.station);
        if !narrow.is_empty() {
            self.thread("narrow", move |desk| {
                while !desk.stop.sleeps(TICK) {}
                narrow.into_iter().for_each(NarrowLink::stop);
            });
        }
        let station = Arc::clone(&core.station);
        self.phase.send_replace(Phase::Ready(core));
        if let Some(links) = links {
            self.thread("links", move |desk| {
                links::join(desk, &station, &links);
                while !desk.stop.sleeps(TICK) {}
                links.stop();
            });
        }
    }

    fn gateway(&self) -> std::sync::MutexGuard<'_, Option<Gateway>> {
        self.gateway.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// How the gateway stands; `None` = this station is none.
    pub(crate) fn gateway_standing(&self) -> Option<Standing> {
        self.gateway().as_ref().map(Gateway::standing)
    }

    /// Starts a thread that ends with the desk.
    pub(crate) fn thread(
        self: &Arc<Self>,
        name: &str,
        work: impl FnOnce(&Arc<Self>) + Send + 'static,
    ) {
        let desk = Arc::clone(self);
        let started = std::thread::Builder::new()
            .name(name.to_owned())
            .spawn(move || work(&desk));
        match started {
            Ok(handle) => {
                self.threads
                    .lock()
                    .unwrap_or_else(PoisonError::into_inner)
                    .push(handle);
            }
            Err(error) => tracing::error!(%error, name, "thread.not_started"),
        }
    }

    /// Passes on what became stale until the desk closes.
    fn pump(&self, topics: &std::sync::mpsc::Receiver<Vec<fengsui_app::station::Topic>>) {
        let mut gathered = Gathered::default();
        while !self.stop.is_set() {
            let now = Instant::now();
            let wait = gathered
                .next_at(now)
                .map_or(LOOK, |at| at.saturating_duration_since(now));
            match topics.recv_timeout(wait) {
                Ok(more) => gathered.add(more.into_iter().map(topic)),
                Err(RecvTimeoutError::Timeout) => {}
                Err(RecvTimeoutError::Disconnected) => return,
            }
            if let Some(due) = gathered.take(Instant::now()) {
                // Nobody listening is no error.
                let _ = self.changes.send(due);
            }
        }
    }

    /// What became stale, from now on.
    pub(crate) fn changes(&self) -> broadcast::Receiver<Vec<Topic>> {
        self.changes.subscribe()
    }

    /// The core, once it is decided whether there is one.
    pub(crate) async fn core(&self) -> Result<Arc<Core>, Failure> {
        let mut phase = self.phase.subscribe();
        let decided = phase
            .wait_for(|phase| !matches!(phase, Phase::Opening))
            .await;
        match decided.map(|phase| phase.clone()) {
            Ok(Phase::Ready(core)) => Ok(core),
            Ok(Phase::Failed(failure)) => Err(failure),
            _ => Err(Failure::new(FailureCode::InternalPanic)),
        }
    }

    /// Answers an envelope as JSON. The work runs on a thread that may block;
    /// an envelope of the wrong shape is a failure like any other.
    pub(crate) async fn call(self: Arc<Self>, envelope: Value) -> Answer {
        let core = match self.core().await {
            Ok(core) => core,
            Err(failure) => return Answer::Failure(failure),
        };
        let envelope: Envelope = match serde_json::from_value(envelope) {
            Ok(envelope) => envelope,
            Err(_) => {
                let failure = Failure::new(FailureCode::RequestMalformed);
                return Answer::Failure(failure.with("detail", "envelope"));
            }
        };
        let answered = tokio::task::spawn_blocking(move || core.call(envelope)).await;
        answered.unwrap_or_else(|_| Answer::Failure(Failure::new(FailureCode::InternalPanic)))
    }

    /// What the desk learns when it starts; waits for the opening.
    pub(crate) async fn startup(self: Arc<Self>) -> Startup {
        let core = self.core().await;
        let mut startup = Startup {
            phase: if core.is_ok() { "ready" } else { "failed" },
            failure: core.as_ref().err().cloned(),
            session: None,
            demo: self.wish.demo.is_some(),
            home: self.home.display().to_string(),
        };
        if let Ok(core) = core
            && startup.demo
        {
            let signed = tokio::task::spawn_blocking(move || demo_sign_in(&core)).await;
            startup.session = signed.ok().flatten();
        }
        startup
    }

    /// A tile; `None` = the map has none there.
    pub(crate) async fn tile(self: Arc<Self>, name: TileName) -> Result<Option<Tile>, Failure> {
        let core = self.core().await?;
        let read = tokio::task::spawn_blocking(move || tile_of(&core.station, name));
        match read.await {
            Ok(Ok(tile)) => Ok(tile),
            Ok(Err(error)) => {
                tracing::warn!(z = name.z, error, "tile.failed");
                Err(Failure::new(FailureCode::ReadingUnknown).with("what", "tile"))
            }
            Err(_) => Err(Failure::new(FailureCode::ReadingUnknown).with("what", "tile")),
        }
    }

    /// Ends the threads, then the core. Waits for both.
    pub(crate) fn close(&self) {
        self.stop.set();
        let threads =
            std::mem::take(&mut *self.threads.lock().unwrap_or_else(PoisonError::into_inner));
        for thread in threads {
            let _ = thread.join();
        }
        if let Some(gateway) = self.gateway().take() {
            gateway.stop();
        }
        let phase = self
            .phase
            .send_replace(Phase::Failed(Failure::new(FailureCode::StoreBusy)));
        if let Phase::Ready(core) = phase {
            core.station.close();
            tracing::info!("core.closed");
        }
    }
}

/// The demo's own sign-in, in the shape the sign-in command gives.
fn demo_sign_in(core: &Core) -> Option<Value> {
    let session = core.router.demo_session().ok()?;
    let envelope = Envelope {
        session: session.clone(),
        name: "desk.view".to_owned(),
        request: json!({}),
    };
    let Answer::Ok(mut view) = core.call(envelope) else {
        return None;
    };
    Some(json!({
        "session": session,
        "account": view["account"].take(),
        "name": view["name"].take(),
        "desk": view["desk"].take(),
        "posts": view["posts"].take(),
    }))
}

/// Reads or draws a tile.
fn tile_of(station: &Station, name: TileName) -> Result<Option<Tile>, String> {
    let TileName { sheet, z, x, y } = name;
    let tile = |media_type: String, is_gzip| {
        move |bytes| Tile {
            bytes,
            media_type,
            is_gzip,
        }
    };
    match sheet {
        Sheet::Vector => {
            let found = station.tile(z, x, y).map_err(|error| error.to_string())?;
            Ok(found.map(tile(VECTOR_TYPE.to_owned(), true)))
        }
        Sheet::Imagery => {
            let Some(pack) = station.map().pack() else {
                return Ok(None);
            };
            let found = pack
                .raster_tile(z, x, y)
                .map_err(|error| error.to_string())?;
            let raster = pack.manifest().raster.as_ref();
            let media_type = raster.map(|raster| raster.media_type.clone());
            Ok(found.map(tile(media_type.unwrap_or_default(), false)))
        }
        Sheet::Picture { is_night } => {
            let id = fengsui_geo::TileId::new(z, x, y).map_err(|error| error.to_string())?;
            let found = station.picture_tile(is_night, id)?;
            Ok(found.map(tile("image/png".to_owned(), false)))
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn desk() -> (Arc<Desk>, tempfile::TempDir) {
        let home = tempfile::tempdir().unwrap();
        (
            Desk::new(DeskWish::default(), home.path().to_path_buf()),
            home,
        )
    }

    #[tokio::test]
    async fn whoever_asks_too_early_waits_and_then_hears_the_same_failure() {
        let (desk, _home) = desk();
        let early = tokio::spawn(Arc::clone(&desk).call(json!({})));
        let start = tokio::spawn(Arc::clone(&desk).startup());
        tokio::task::yield_now().await;
        assert!(!early.is_finished() && !start.is_finished());
        desk.phase
            .send_replace(Phase::Failed(Failure::new(FailureCode::StoreTooNew)));
        let Answer::Failure(failure) = early.await.unwrap() else {
            panic!("answered")
        };
        assert_eq!(failure.code, FailureCode::StoreTooNew);
        let startup = start.await.unwrap();
        assert_eq!((startup.phase, startup.demo), ("failed", false));
        assert_eq!(startup.failure, Some(failure));
    }
}
