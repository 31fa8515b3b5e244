//! The station's links: what listens, what dials, and their end.

mod answer;
pub(crate) mod dialer;

use std::io;
use std::net::{SocketAddr, TcpListener};
use std::sync::Arc;
use std::time::{Duration, Instant};

use fengsui_replication::port::{Replica, ReplicaError};
use tokio::runtime::{Builder, Runtime};
use tokio::sync::{mpsc, watch};

use crate::discovery::{self, Discovery};
use crate::drive::Shared;
use crate::joining::{self, Invitation, JoinError, Joined};
use crate::registry::Registry;
use dialer::Event;

/// How long sessions have to say bye when the links stop.
const STOP_MAX: Duration = Duration::from_secs(3);

/// How the links of a station are set up.
#[derive(Debug, Clone, Default)]
pub struct LinkOptions {
    /// Where to listen; port 0 = any that is free; `None` = not at all.
    pub listen: Option<SocketAddr>,
    /// Where peers are, `host:port`, as people typed it.
    pub peers: Vec<String>,
    /// Announce and look for stations by multicast DNS.
    pub is_announced: bool,
    /// Call out and listen for stations by broadcast, on this UDP port (normally
    /// `discovery::BEACON_PORT`); `None` = not.
    pub beacon: Option<u16>,
}

/// Why links could not begin.
#[derive(Debug, thiserror::Error)]
pub enum StartError {
    /// The address cannot be listened on.
    #[error("cannot listen on {0}: {1}")]
    Listen(SocketAddr, io::Error),
    /// The machine gives no threads.
    #[error("no threads for links: {0}")]
    Threads(io::Error),
    /// The station does not answer.
    #[error(transparent)]
    Replica(#[from] ReplicaError),
}

/// A station's links; they stop when this is dropped.
pub struct Links {
    shared: Arc<Shared>,
    runtime: Option<Runtime>,
    listening: Option<SocketAddr>,
    events: mpsc::UnboundedSender<Event>,
    discovery: Option<Discovery>,
}

impl Links {
    /// Begins to listen and to dial. Discovery that does not work here is left out with a warning:
    /// typed addresses go without it.
    ///
    /// # Errors
    /// `StartError`.
    pub fn start(replica: Arc<dyn Replica>, options: LinkOptions) -> Result<Links, StartError> {
        let hello = replica.hello()?;
        let listener = options.listen.map(bind).transpose()?;
        let listening = listener.as_ref().and_then(|l| l.local_addr().ok());
        let runtime = Builder::new_multi_thread()
            .worker_threads(2)
            .thread_name("link")
            .enable_all()
            .build()
            .map_err(StartError::Threads)?;
        let shared = Arc::new(Shared {
            replica: Arc::clone(&replica),
            registry: Arc::new(Registry::default()),
            moved: watch::Sender::new(0),
            stop: watch::Sender::new(false),
            busy: Arc::new(()),
            began: Instant::now(),
        });
        let weak = Arc::downgrade(&shared);
        replica.listen(Arc::new(move || {
            if let Some(shared) = weak.upgrade() {
                shared.moved.send_modify(|count| *count += 1);
            }
        }));
        let (events, heard) = mpsc::unbounded_channel();
        let inside = runtime.enter();
        if let Some(listener) = listener {
            listener
                .set_nonblocking(true)
                .map_err(StartError::Threads)?;
            let listener = tokio::net::TcpListener::from_std(listener);
            let listener = listener.map_err(StartError::Threads)?;
            runtime.spawn(answer::listen(Arc::clone(&shared), listener));
        }
        let discovery = discover(
            &options,
            replica.as_ref(),
            hello.station,
            listening,
            &events,
        )?;
        runtime.spawn(dialer::run(
            Arc::clone(&shared),
            hello.station,
            options.peers,
            events.clone(),
            heard,
        ));
        drop(inside);
        Ok(Links {
            shared,
            runtime: Some(runtime),
            listening,
            events,
            discovery,
        })
    }

    /// Where this station listens.
    #[must_use]
    pub fn listening(&self) -> Option<SocketAddr> {
        self.listening
    }

    /// Another address at which a peer may be, from now on.
    pub fn try_address(&self, address: String) {
        // The dialer is gone only when the links have stopped.
        let _ = self.events.send(Event::Typed(address));
    }

    /// Joins the county that an invitation is for, and goes on with a session. Blocks for some
    /// seconds for each of its addresses.
    ///
    /// # Errors
    /// `JoinError`; joining again is harmless.
    pub fn join(&self, invitation: Invitation) -> Result<Joined, JoinError> {
        let (answer, answered) = std::sync::mpsc::channel();
        let work = joining::join(Arc::clone(&self.shared), invitation);
        if let Some(runtime) = &self.runtime {
            runtime.spawn(async move {
                // Whoever asked waits below.
                let _ = answer.send(work.await);
            });
        }
        answered.recv().unwrap_or(Err(JoinError::NoAnswer))
    }

    /// Says bye to every peer and ends. Waits up to 3 s for what is being taken.
    pub fn stop(mut self) {
        self.end();
    }

    fn end(&mut self) {
        let Some(runtime) = self.runtime.take() else {
            return;
        };
        self.discovery = None;
        self.shared.stop.send_replace(true);
        let deadline = Instant::now() + STOP_MAX;
        while Arc::strong_count(&self.shared.busy) > 1 && Instant::now() < deadline {
            std::thread::sleep(Duration::from_millis(5));
        }
        runtime.shutdown_background();
    }
}

impl Drop for Links {
    fn drop(&mut self) {
        self.end();
    }
}

fn bind(address: SocketAddr) -> Result<TcpListener, StartError> {
    TcpListener::bind(address).map_err(|error| StartError::Listen(address, error))
}

fn discover(
    options: &LinkOptions,
    replica: &dyn Replica,
    station: u16,
    listening: Option<SocketAddr>,
    events: &mpsc::UnboundedSender<Event>,
) -> Result<Option<Discovery>, ReplicaError> {
    if !options.is_announced && options.beacon.is_none() {
        return Ok(None);
    }
    let us = crate::identity::Identity::of(replica)?;
    let word = discovery::Word::new(&us, station, listening.map_or(0, |address| address.port()));
    let events = events.clone();
    let hear = move |word, address| {
        // The dialer is gone only when the links have stopped.
        let _ = events.send(Event::Hint(word, address));
    };
    Ok(Some(Discovery::begin(
        word,
        options.is_announced,
        options.beacon,
        Arc::new(hear),
    )))
}
