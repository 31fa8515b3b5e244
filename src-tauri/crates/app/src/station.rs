//! The station: store, county, clock and sessions put together; what every use
//! case stands on.
//!
//! Not here: the use cases; each verb is in its noun's folder.

use std::path::{Path, PathBuf};
use std::sync::mpsc::{Receiver, Sender, channel};
use std::sync::{Arc, Mutex, PoisonError};

use fengsui_domain::log::dot::Dot;
use fengsui_domain::number::{LocalDay, NumberError, StationCode};
use fengsui_domain::watch::LimitTable;
use fengsui_mappack::{PackError, codes, county as county_files};
use fengsui_store::log::Log;
use fengsui_store::{
    Durability, Home, Joining, Mode, OpenOptions, StationIdentity, Store, StoreError, Unlock, peer,
    read,
};

use crate::clock::{Clock, OwnClock, local_day};
use crate::county::County;
use crate::error::{AppError, RejectionCode, invalid};
use crate::map::Map;
use crate::paper::Papers;
use crate::peer::Invitation;
use crate::position::Positions;
use crate::session::{Sessions, random_bytes};
use crate::touch::Touch;

/// Everything a station is opened with.
#[derive(Clone)]
pub struct StationOptions {
    /// Home folder: database, keys, logs, packs.
    pub home: PathBuf,
    /// County folder or bare `.osm.pbf`; `None` = whatever pack is installed.
    pub county: Option<PathBuf>,
    /// Build and open the map; off for tools that need none.
    pub with_map: bool,
    /// Code tables (CSV).
    pub codes_dir: PathBuf,
    /// Which way to the key.
    pub unlock: Unlock,
    /// Demo county: a demo account is made.
    pub demo: bool,
    /// Time.
    pub clock: Arc<dyn Clock>,
    /// Enrolled number.
    pub station_number: u16,
    /// 2–3 letters.
    pub station_code: String,
    /// Name shown.
    pub station_name: String,
    /// Desk ("台01").
    pub desk: String,
    /// The invitation that a new home joins a county by; `None` = founder, or joined before.
    pub invitation: Option<Invitation>,
    /// Program that draws maps for papers; `None` = drawn without it.
    pub map_helper: Option<PathBuf>,
    /// The site's video program, started with a camera's address; `None` = the address is shown.
    pub video_program: Option<PathBuf>,
    /// SQLite VFS by name; tests only.
    pub vfs: Option<String>,
    /// When a commit is answered; anything but `Full` is for negative tests.
    pub durability: Durability,
}

impl StationOptions {
    /// The product's own settings for a home and a county.
    #[must_use]
    pub fn new(home: PathBuf, county: Option<PathBuf>, codes_dir: PathBuf) -> Self {
        StationOptions {
            home,
            county,
            with_map: true,
            codes_dir,
            unlock: Unlock::Machine,
            demo: false,
            clock: Arc::new(crate::clock::SystemClock::default()),
            station_number: 1,
            station_code: "WB".to_owned(),
            station_name: "指挥中心".to_owned(),
            desk: "台01".to_owned(),
            invitation: None,
            map_helper: None,
            video_program: None,
            vfs: None,
            durability: Durability::Full,
        }
    }
}

/// Why a station does not open; each has its own plain screen.
#[derive(Debug, thiserror::Error)]
pub enum OpenError {
    /// Database, key or home.
    #[error(transparent)]
    Store(#[from] StoreError),
    /// County files or map pack.
    #[error(transparent)]
    Files(#[from] PackError),
    /// The station's code is not 2–3 letters.
    #[error("station code: {0}")]
    Code(#[from] NumberError),
    /// Enrolling the county's units failed.
    #[error(transparent)]
    App(#[from] AppError),
}

/// What a write made stale.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Topic {
    /// Calls at the desk.
    Calls,
    /// Board and incidents.
    Incidents,
    /// Unit states.
    Units,
    /// Newest positions.
    Positions,
    /// Things that need a person.
    Needs,
    /// Honesty strip.
    Honesty,
    /// Settings.
    Settings,
    /// The map pack in use, and work on packs.
    Map,
    /// What hangs on the wall.
    Wall,
    /// Drawings on the map.
    Drawings,
    /// Stations, in touch or apart.
    Stations,
    /// Closed roads and their speeds.
    Roads,
}

/// Something that is on the disk.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Saved<T> {
    /// What the command answers.
    pub value: T,
    /// When the commit returned, ms.
    pub saved_at_ms: i64,
}

/// An open station.
pub struct Station {
    store: Store,
    county: County,
    map: Map,
    clock: Arc<dyn Clock>,
    code: StationCode,
    number: u16,
    name: String,
    desk: String,
    is_demo: bool,
    sessions: Sessions,
    positions: Positions,
    listeners: Mutex<Vec<Sender<Vec<Topic>>>>,
    on_wall: Mutex<Option<Dot>>,
    papers: Papers,
    video_program: Option<PathBuf>,
    touch: Touch,
    own_clock: OwnClock,
    boot: u64,
    started_at_ms: i64,
}

impl Station {
    /// Opens (and on first start makes) a station.
    ///
    /// # Errors
    /// `OpenError`; nothing is changed by a failed opening.
    pub fn open(options: StationOptions) -> Result<Arc<Station>, OpenError> {
        let codes = codes::load(&options.codes_dir)?;
        let data = match options.county.as_deref() {
            Some(dir) if dir.is_dir() => county_files::load(dir)?,
            _ => no_county_files(),
        };
        let mut open = OpenOptions::new(Home::at(&options.home));
        open.unlock = options.unlock.clone();
        open.vfs = options.vfs.clone();
        open.durability = options.durability;
        let (given, joining) = beginning(&options);
        let now_ms = options.clock.now_ms();
        let store = Store::open(&open, &given, now_ms)?;
        let identity = store.identity(given)?;
        if let Some(joining) = joining.filter(|_| store.state().mode == Mode::ReadWrite) {
            store.join(joining)?;
        }
        let code = StationCode::new(&identity.code)?;
        let map = if options.with_map {
            Map::open(&options.home, options.county.as_deref(), now_ms)
        } else {
            Map::default()
        };
        let began = store.read(read::stamp)?;
        let own_clock = OwnClock::at(now_ms, options.clock.steady_ms(), began);
        let station = Station {
            store,
            county: County::new(data, codes),
            map,
            clock: options.clock,
            code,
            number: identity.number,
            name: identity.name,
            desk: options.desk,
            is_demo: options.demo,
            sessions: Sessions::default(),
            positions: Positions::default(),
            listeners: Mutex::default(),
            on_wall: Mutex::default(),
            papers: Papers::new(options.map_helper),
            video_program: options.video_program,
            touch: Touch::default(),
            own_clock,
            boot: u64::from_le_bytes(random_bytes()?),
            started_at_ms: now_ms,
        };
        station.begin()?;
        let station = Arc::new(station);
        station.read_roads_behind();
        Ok(station)
    }

    fn begin(&self) -> Result<(), AppError> {
        self.touch
            .load(self.store.read(peer::peers)?, self.now_ms());
        if self.store.state().mode == Mode::ReadWrite {
            self.found()?;
            // The register is the founder's to enrol: two that did would make every unit twice.
            if self.is_founder() {
                self.enrol_units()?;
            }
        }
        self.load_positions()
    }

    /// Reads the roads of the map in a thread of its own: the desk does not wait for them, and
    /// says by the straight line that they are not there yet.
    fn read_roads_behind(self: &Arc<Self>) {
        let Some(pack) = self.map.pack() else {
            return;
        };
        let station = self.clone();
        let spawned = std::thread::Builder::new()
            .name("map-roads".to_owned())
            .spawn(move || station.read_roads(&pack));
        if let Err(error) = spawned {
            tracing::error!(%error, "roads are not read; distances are straight lines");
        }
    }

    /// The wall clock, ms.
    #[must_use]
    pub fn now_ms(&self) -> i64 {
        self.clock.now_ms()
    }

    /// A clock that nobody sets, ms since anything.
    pub(crate) fn steady_ms(&self) -> i64 {
        self.clock.steady_ms()
    }

    pub(crate) fn own_clock(&self) -> &OwnClock {
        &self.own_clock
    }

    /// The local day now.
    ///
    /// # Errors
    /// `ReadingUnknown` when the clock shows a time no calendar has.
    pub(crate) fn today(&self) -> Result<LocalDay, AppError> {
        local_day(self.now_ms()).ok_or_else(|| AppError::from(RejectionCode::ReadingUnknown))
    }

    /// The store below.
    #[must_use]
    pub fn store(&self) -> &Store {
        &self.store
    }

    /// Files of the county.
    #[must_use]
    pub fn county(&self) -> &County {
        &self.county
    }

    /// The map.
    #[must_use]
    pub fn map(&self) -> &Map {
        &self.map
    }

    /// A tile of the installed pack (gzip MVT); `Ok(None)` = nothing there.
    ///
    /// # Errors
    /// Those of the pack.
    pub fn tile(&self, z: u8, x: u32, y: u32) -> Result<Option<Vec<u8>>, PackError> {
        self.map.tile(z, x, y)
    }

    /// Station code.
    #[must_use]
    pub fn code(&self) -> StationCode {
        self.code
    }

    /// Enrolled number.
    #[must_use]
    pub fn number(&self) -> u16 {
        self.number
    }

    /// Name shown.
    #[must_use]
    pub fn name(&self) -> &str {
        &self.name
    }

    /// Desk.
    #[must_use]
    pub fn desk(&self) -> &str {
        &self.desk
    }

    /// Demo county.
    #[must_use]
    pub fn is_demo(&self) -> bool {
        self.is_demo
    }

    /// When this program started, ms.
    #[must_use]
    pub fn started_at_ms(&self) -> i64 {
        self.started_at_ms
    }

    /// Sessions.
    #[must_use]
    pub fn sessions(&self) -> &Sessions {
        &self.sessions
    }

    pub(crate) fn papers(&self) -> &Papers {
        &self.papers
    }

    pub(crate) fn video_program(&self) -> Option<&Path> {
        self.video_program.as_deref()
    }

    pub(crate) fn on_wall(&self) -> &Mutex<Option<Dot>> {
        &self.on_wall
    }

    /// What is known of peers right now.
    #[must_use]
    pub fn touch(&self) -> &Touch {
        &self.touch
    }

    /// A number of this start of the program.
    #[must_use]
    pub fn boot(&self) -> u64 {
        self.boot
    }

    /// Units that came in have positions, too.
    pub(crate) fn after_merge(&self) {
        if let Err(error) = self.load_positions() {
            tracing::warn!(%error, "positions of units that came in were not read");
        }
    }

    pub(crate) fn positions(&self) -> &Positions {
        &self.positions
    }

    /// One transaction of the log. Where this station's clock may have been moved since it was
    /// compared, that is said in front of what it stamps now.
    pub(crate) fn act<T, F>(&self, mut job: F) -> Result<Saved<T>, AppError>
    where
        F: FnMut(&mut Log<'_>) -> Result<T, AppError> + Send + 'static,
        T: Send + 'static,
    {
        let at_ms = self.now_ms();
        let is_doubtful = self.own_clock.look(at_ms, self.steady_ms());
        let itself = self.itself();
        let value = self.store.act(at_ms, move |log| {
            if is_doubtful {
                crate::clock::say_doubt(log, &itself)?;
            }
            job(log)
        })?;
        Ok(Saved {
            value,
            saved_at_ms: self.now_ms(),
        })
    }

    /// Limits as set in this county.
    ///
    /// # Errors
    /// Faults only.
    pub fn limits(&self) -> Result<LimitTable, AppError> {
        let regs = self.store.read(read::county)?;
        Ok(crate::setting::limits_of(&regs))
    }

    /// Hears what becomes stale.
    #[must_use]
    pub fn subscribe(&self) -> Receiver<Vec<Topic>> {
        let (sender, receiver) = channel();
        self.listeners
            .lock()
            .unwrap_or_else(PoisonError::into_inner)
            .push(sender);
        receiver
    }

    /// Tells everybody; listeners that are gone are forgotten.
    pub fn announce(&self, topics: &[Topic]) {
        if topics.is_empty() {
            return;
        }
        let mut listeners = self
            .listeners
            .lock()
            .unwrap_or_else(PoisonError::into_inner);
        listeners.retain(|listener| listener.send(topics.to_vec()).is_ok());
    }

    /// Once a second: signs heads that moved for a minute, writes positions.
    ///
    /// # Errors
    /// Faults only; the honesty strip shows them too.
    pub fn tick(&self) -> Result<(), AppError> {
        let now_ms = self.now_ms();
        if self.positions.is_write_due(now_ms) && self.store.state().mode == Mode::ReadWrite {
            self.write_positions()?;
            self.store.sign_heads(now_ms)?;
            self.write_touch(false)?;
        }
        Ok(())
    }

    /// The clean end: positions and signed heads on the disk.
    pub fn close(&self) {
        if self.store.state().mode == Mode::ReadWrite {
            let written = self.write_positions();
            let signed = self.store.sign_heads(self.now_ms());
            if let Err(error) = self.write_touch(true) {
                tracing::warn!(%error, "what is known of peers was not written at the end");
            }
            if let (Err(error), _) = (&written, &signed) {
                tracing::warn!(%error, "positions not written at the end");
            }
            if let Err(error) = signed {
                tracing::warn!(%error, "heads not signed at the end");
            }
        }
    }
}

/// Reads a dot of the wire.
///
/// # Errors
/// `ValueInvalid` of the field.
pub fn dot_of(field: &str, text: &str) -> Result<Dot, AppError> {
    text.parse().map_err(|_| invalid(field, "id"))
}

/// Who a new home is: as an invitation says, or as the options say.
fn beginning(options: &StationOptions) -> (StationIdentity, Option<Joining>) {
    if let Some(invitation) = &options.invitation {
        let (identity, joining) = invitation.beginning();
        return (identity, Some(joining));
    }
    let identity = StationIdentity {
        number: options.station_number,
        code: options.station_code.clone(),
        name: options.station_name.clone(),
    };
    (identity, None)
}

/// A bare extract brings no register: nothing is known, nothing is made up.
fn no_county_files() -> county_files::CountyData {
    county_files::CountyData {
        name: String::new(),
        adcode: None,
        centre: None,
        default_zoom: None,
        posts: Vec::new(),
        units: Vec::new(),
        beats: Vec::new(),
        checkpoints: Vec::new(),
        cameras: Vec::new(),
        shift: Vec::new(),
    }
}
