//! A phone on the loopback, and waiting for what it tells.

use std::fs;
use std::net::{IpAddr, Ipv4Addr, SocketAddr};
use std::path::Path;
use std::sync::Arc;
use std::time::{Duration, Instant};

use anyhow::{Context, Result, anyhow};
use fengsui_telephony::phone::{CallId, Config, Extension, Handle, LineOf};
use fengsui_telephony::record::Finished;
use fengsui_telephony::{Archive, Event, Headset, Phone};
use tokio::sync::mpsc::Receiver;

/// How long a machine under load may take for anything.
pub const PATIENCE: Duration = Duration::from_secs(40);
/// Where the samples of a recording begin, in bytes.
const WAV_HEADER: usize = 58;

/// A phone, what it told, and its recordings.
pub struct Desk {
    /// To tell it what to do.
    pub handle: Handle,
    /// Its recordings.
    pub archive: Archive,
    phone: Phone,
    told: Receiver<Event>,
    before: Vec<Event>,
}

/// The set-up of a phone that records into a folder, and lets the loopback in.
///
/// # Errors
/// The folder cannot be used.
pub fn config(folder: &Path) -> Result<Config> {
    let line = |called: &str, line: &str| LineOf {
        called: called.to_owned(),
        line: line.to_owned(),
    };
    // Each test has ports of its own: a late packet of another's call is nobody's.
    let first = 24_000 + u16::try_from(std::process::id() % 40)? * 800;
    Ok(Config {
        listen: SocketAddr::from((Ipv4Addr::LOCALHOST, 0)),
        shown: None,
        sound_ports: first..=first + 799,
        lines: vec![line("110", "110"), line("83119", "119")],
        default_line: "总机".to_owned(),
        trunks: vec![IpAddr::from(Ipv4Addr::LOCALHOST)],
        extension: None,
        archive: Archive::open(folder)?,
        headset: None,
    })
}

impl Desk {
    /// Opens a phone.
    ///
    /// # Errors
    /// It cannot be opened.
    pub async fn open(folder: &Path) -> Result<Desk> {
        Desk::with(config(folder)?).await
    }

    /// Opens a phone with somebody who hears and speaks.
    ///
    /// # Errors
    /// It cannot be opened.
    pub async fn speaking(folder: &Path, headset: Arc<dyn Headset>) -> Result<Desk> {
        let mut config = config(folder)?;
        config.headset = Some(headset);
        Desk::with(config).await
    }

    /// Opens a phone that is an extension of an exchange.
    ///
    /// # Errors
    /// It cannot be opened.
    pub async fn extension(folder: &Path, registrar: SocketAddr, password: &str) -> Result<Desk> {
        let mut config = config(folder)?;
        config.extension = Some(Extension {
            registrar,
            domain: "hall".to_owned(),
            is_tcp: false,
            user: "8001".to_owned(),
            auth_user: None,
            password: password.to_owned(),
            expires_s: 600,
        });
        Desk::with(config).await
    }

    async fn with(config: Config) -> Result<Desk> {
        let archive = config.archive.clone();
        let (phone, told) = Phone::open(config).await?;
        Ok(Desk {
            handle: phone.handle(),
            archive,
            phone,
            told,
            before: Vec::new(),
        })
    }

    /// Where it listens.
    #[must_use]
    pub fn address(&self) -> SocketAddr {
        self.phone.address()
    }

    /// The next event that is meant; others are kept for later.
    ///
    /// # Errors
    /// It does not come in time.
    pub async fn hears<T>(&mut self, what: &str, meant: impl Fn(&Event) -> Option<T>) -> Result<T> {
        let deadline = Instant::now() + PATIENCE;
        let found = self.before.iter().enumerate();
        let found = found
            .filter_map(|(at, event)| Some((at, meant(event)?)))
            .next();
        if let Some((at, found)) = found {
            self.before.remove(at);
            return Ok(found);
        }
        loop {
            let left = deadline.saturating_duration_since(Instant::now());
            let event = tokio::time::timeout(left, self.told.recv()).await;
            let event = event.map_err(|_| anyhow!("{what} never came; {:?}", self.before))?;
            let event = event.with_context(|| format!("{what}: the phone is gone"))?;
            match meant(&event) {
                Some(found) => return Ok(found),
                None => self.before.push(event),
            }
        }
    }

    /// The next call that rings.
    ///
    /// # Errors
    /// None does.
    pub async fn rings(&mut self) -> Result<CallId> {
        self.hears("a ringing call", |event| match event {
            Event::Ringing { call, .. } => Some(call.clone()),
            _ => None,
        })
        .await
    }

    /// Answers the next call that rings.
    ///
    /// # Errors
    /// None rings, or it cannot be answered.
    pub async fn answers(&mut self) -> Result<CallId> {
        let call = self.rings().await?;
        self.handle.answer(&call).await?;
        Ok(call)
    }

    /// The end of a call that was up.
    ///
    /// # Errors
    /// It does not end.
    pub async fn ended(&mut self, of: &CallId) -> Result<Event> {
        self.hears("the end of a call", |event| match event {
            Event::Ended { call, .. } if call == of => Some(event.clone()),
            _ => None,
        })
        .await
    }

    /// Whether anything was told that nobody asked for.
    #[must_use]
    pub fn told(&mut self) -> &[Event] {
        while let Ok(event) = self.told.try_recv() {
            self.before.push(event);
        }
        &self.before
    }

    /// Closes the phone and says what it told until then.
    pub async fn close(mut self) -> Vec<Event> {
        self.phone.close().await;
        while let Some(event) = self.told.recv().await {
            self.before.push(event);
        }
        self.before
    }
}

/// The caller's channel and the desk's of a recording.
///
/// # Errors
/// Its file cannot be read.
pub fn channels(archive: &Archive, finished: &Finished) -> Result<(Vec<u8>, Vec<u8>)> {
    let file = fs::read(archive.file(&finished.facts.head.name))?;
    let sound = file.get(WAV_HEADER..).context("no header")?;
    let caller = sound.iter().step_by(2).copied().collect();
    let desk = sound.iter().skip(1).step_by(2).copied().collect();
    Ok((caller, desk))
}

/// Where `what` begins in `sound`.
#[must_use]
pub fn place(sound: &[u8], what: &[u8]) -> Option<usize> {
    let first = what.get(..32.min(what.len()))?;
    let mut places = sound.windows(first.len()).enumerate();
    let mut places = places.by_ref().filter(|(_, window)| *window == first);
    places.find_map(|(at, _)| (sound.get(at..at + what.len()) == Some(what)).then_some(at))
}
