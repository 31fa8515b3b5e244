//! A desk for tests: a real station on a real home, its router, a person who
//! holds every post, a device, and a clock that is moved instead of slept on.
//!
//! Not here: windows and processes.

use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::sync::atomic::{AtomicI64, AtomicU64, Ordering};

use anyhow::{Context, Result, anyhow};
use fengsui_app::{Clock, OpenError, Station, StationOptions};
use fengsui_wire::router::{Answer, Envelope, Router};
use serde_json::{Value, json};

/// Noon of 2026-11-22 in UTC, ms.
pub const NOON_MS: i64 = 1_795_348_800_000;

/// A clock that only moves when told: wall and steady, ms.
#[derive(Debug)]
pub struct TestClock(AtomicI64, AtomicI64);

impl TestClock {
    /// At an instant.
    #[must_use]
    pub fn at(now_ms: i64) -> Arc<TestClock> {
        Arc::new(TestClock(AtomicI64::new(now_ms), AtomicI64::new(0)))
    }

    /// Lets time pass; negative sets the wall clock back.
    pub fn shift(&self, by_ms: i64) {
        self.0.fetch_add(by_ms, Ordering::SeqCst);
        self.1.fetch_add(by_ms.max(0), Ordering::SeqCst);
    }

    /// Somebody sets the wall clock; no time passes.
    pub fn set_by(&self, by_ms: i64) {
        self.0.fetch_add(by_ms, Ordering::SeqCst);
    }
}

impl Clock for TestClock {
    fn now_ms(&self) -> i64 {
        self.0.load(Ordering::SeqCst)
    }

    fn steady_ms(&self) -> i64 {
        self.1.load(Ordering::SeqCst)
    }
}

/// The project's root.
#[must_use]
pub fn root() -> PathBuf {
    let here = Path::new(env!("CARGO_MANIFEST_DIR"));
    here.parent().unwrap_or(here).to_owned()
}

/// A folder that goes away with the test.
pub struct Scratch(PathBuf);

impl Scratch {
    /// A fresh folder.
    #[must_use]
    pub fn new(name: &str) -> Scratch {
        static NEXT: AtomicU64 = AtomicU64::new(0);
        let number = NEXT.fetch_add(1, Ordering::Relaxed);
        let name = format!("fengsui-{name}-{}-{number}", std::process::id());
        let path = std::env::temp_dir().join(name);
        let _ = std::fs::remove_dir_all(&path);
        Scratch(path)
    }

    /// Where.
    #[must_use]
    pub fn path(&self) -> &Path {
        &self.0
    }
}

impl Drop for Scratch {
    fn drop(&mut self) {
        let _ = std::fs::remove_dir_all(&self.0);
    }
}

/// Options of a station on the demo county's register, without building its map.
#[must_use]
pub fn options(home: &Path, clock: &Arc<TestClock>) -> StationOptions {
    let assets = root().join("assets");
    let county = assets.join("demo-county");
    let mut options = StationOptions::new(home.to_owned(), Some(county), assets.join("codes"));
    options.clock = clock.clone();
    options.with_map = false;
    options
}

/// An open desk.
pub struct Desk {
    /// The station.
    pub station: Arc<Station>,
    /// Its router.
    pub router: Router,
    /// The clock.
    pub clock: Arc<TestClock>,
    /// Token of the person.
    pub person: String,
    /// Token of the device.
    pub device: String,
}

impl Desk {
    /// Opens a desk on a home.
    ///
    /// # Errors
    /// Those of opening.
    pub fn open(home: &Path, clock: &Arc<TestClock>) -> Result<Desk, OpenError> {
        Desk::with(options(home, clock), clock)
    }

    /// Opens a desk with options.
    ///
    /// # Errors
    /// Those of opening.
    pub fn with(options: StationOptions, clock: &Arc<TestClock>) -> Result<Desk, OpenError> {
        let station = Station::open(options)?;
        let router = Router::new(station.clone());
        let person = router.demo_session().unwrap_or_default();
        let device = router.device_session().unwrap_or_default();
        Ok(Desk {
            station,
            router,
            clock: clock.clone(),
            person,
            device,
        })
    }

    /// The answer to a command of the person.
    #[must_use]
    pub fn answer(&self, name: &str, request: Value) -> Answer {
        let (session, name) = (self.person.clone(), name.to_owned());
        self.router.call(Envelope {
            session,
            name,
            request,
        })
    }

    /// The answer to a command of the device.
    #[must_use]
    pub fn device_answer(&self, name: &str, request: Value) -> Answer {
        let (session, name) = (self.device.clone(), name.to_owned());
        self.router.call(Envelope {
            session,
            name,
            request,
        })
    }

    /// A command that must succeed.
    ///
    /// # Errors
    /// The failure code, when it does not.
    pub fn ok(&self, name: &str, request: Value) -> Result<Value> {
        good(name, self.answer(name, request))
    }

    /// A command of the device that must succeed.
    ///
    /// # Errors
    /// The failure code, when it does not.
    pub fn device_ok(&self, name: &str, request: Value) -> Result<Value> {
        good(name, self.device_answer(name, request))
    }

    /// The failure code of a command that must be refused.
    ///
    /// # Errors
    /// When it is not refused.
    pub fn refused(&self, name: &str, request: Value) -> Result<String> {
        match self.answer(name, request) {
            Answer::Ok(value) => Err(anyhow!("{name} was not refused: {value}")),
            Answer::Failure(failure) => Ok(failure.code.text().to_owned()),
        }
    }

    /// A call rings and is answered; the incident's dot.
    ///
    /// # Errors
    /// When either is refused.
    pub fn take_call(&self, line: &str) -> Result<String> {
        let ring = json!({ "line": line, "number": "139 0000 4217",
            "fix": { "lon": 113.9, "lat": 31.2, "radius_m": 20.0, "source": "handset" } });
        self.device_ok("call.ring", ring)?;
        self.clock.shift(3_000);
        let taken = self.ok("call.answer", json!({ "call": null }))?;
        text(&taken, "incident")
    }

    /// The dot of a unit by call sign.
    ///
    /// # Errors
    /// When there is none.
    pub fn unit(&self, callsign: &str) -> Result<String> {
        let unit = self.unit_row(callsign)?;
        text(&unit, "id")
    }

    /// A unit's row by call sign.
    ///
    /// # Errors
    /// When there is none.
    pub fn unit_row(&self, callsign: &str) -> Result<Value> {
        let board = self.ok("unit.board", json!({}))?;
        let groups = board["groups"].as_array().context("groups")?;
        let mut units = groups
            .iter()
            .flat_map(|group| group["units"].as_array())
            .flatten();
        let found = units.find(|unit| unit["callsign"] == callsign);
        found
            .cloned()
            .with_context(|| format!("no unit {callsign}"))
    }

    /// Puts every unit where the register says, fresh now.
    ///
    /// # Errors
    /// When the report is refused.
    pub fn place_units(&self) -> Result<()> {
        let at_ms = self.clock.now_ms();
        let units = &self.station.county().data.units;
        let fixes: Vec<Value> = units
            .iter()
            .map(|unit| {
                json!({ "callsign": unit.callsign, "lon": unit.base.lon_deg(),
                    "lat": unit.base.lat_deg(), "at_ms": at_ms })
            })
            .collect();
        self.device_ok("position.report", json!({ "fixes": fixes }))
            .map(|_| ())
    }

    /// Everything of an incident.
    ///
    /// # Errors
    /// When there is none.
    pub fn view(&self, incident: &str) -> Result<Value> {
        self.ok("incident.view", json!({ "incident": incident }))
    }
}

fn good(name: &str, answer: Answer) -> Result<Value> {
    match answer {
        Answer::Ok(value) => Ok(value),
        Answer::Failure(failure) => Err(anyhow!(
            "{name}: {} {:?}",
            failure.code.text(),
            failure.params
        )),
    }
}

/// A text of a reply.
///
/// # Errors
/// When it is not there.
pub fn text(value: &Value, name: &str) -> Result<String> {
    value[name]
        .as_str()
        .map(str::to_owned)
        .with_context(|| format!("no {name} in {value}"))
}
