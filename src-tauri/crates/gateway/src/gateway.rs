//! The gateway's tasks: begun on a runtime of their own, ended with it.

use std::collections::BTreeMap;
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

use fengsui_domain::log::dot::Writer;
use fengsui_replication::mirror::Source;
use fengsui_replication::port::ReplicaError;
use tokio::runtime::{Builder, Runtime};
use tokio::sync::watch;

use crate::login::{NatsLogin, PostgresLogin};
use crate::postgres::{Tail, Trouble};
use crate::standing::{Board, Entries, Standing, Which, Why};
use crate::{archive, publish};

/// How long tasks have to finish what they are at.
const STOP_MAX: Duration = Duration::from_secs(3);
/// How long a try that failed is waited after, at first and at most.
const AGAIN: (Duration, Duration) = (Duration::from_millis(500), Duration::from_secs(10));
/// How often a station that has not joined its county yet is looked at.
const JOINED: Duration = Duration::from_millis(500);

/// How a gateway is set up.
#[derive(Debug, Clone)]
pub struct GatewayOptions {
    /// Where segments and tables go.
    pub postgres: PostgresLogin,
    /// Where runs are published and heard; `None` = nowhere.
    pub nats: Option<NatsLogin>,
    /// Entries are gathered for so long before they are written.
    pub gather: Duration,
}

impl GatewayOptions {
    /// As a city runs it: a second from the log to PostgreSQL.
    #[must_use]
    pub fn new(postgres: PostgresLogin, nats: Option<NatsLogin>) -> Self {
        let gather = Duration::from_secs(1);
        GatewayOptions {
            postgres,
            nats,
            gather,
        }
    }
}

/// Why a gateway could not begin.
#[derive(Debug, thiserror::Error)]
pub enum StartError {
    /// The machine gives no threads.
    #[error("no threads for the gateway: {0}")]
    Threads(std::io::Error),
}

/// What the tasks share.
pub(crate) struct Shared {
    pub(crate) source: Arc<dyn Source>,
    pub(crate) board: Board,
    pub(crate) gather: Duration,
    /// The log moved.
    pub(crate) moved: watch::Sender<u64>,
    /// Segments were written.
    pub(crate) written: watch::Sender<u64>,
    pub(crate) stop: watch::Sender<bool>,
    /// Newest segments by writer; `None` while PostgreSQL is not held.
    tails: Mutex<Option<BTreeMap<Writer, Tail>>>,
    /// Stretches of each writer's log that the stream gave us: (first, last).
    heard: Mutex<BTreeMap<Writer, (u64, u64)>>,
}

impl Shared {
    /// Asks the station, on a thread that may block.
    pub(crate) async fn ask<T: Send + 'static>(
        &self,
        ask: impl FnOnce(&dyn Source) -> Result<T, ReplicaError> + Send + 'static,
    ) -> Result<T, Trouble> {
        let source = Arc::clone(&self.source);
        let asked = tokio::task::spawn_blocking(move || ask(source.as_ref())).await;
        match asked {
            Ok(Ok(value)) => Ok(value),
            Ok(Err(error)) => {
                tracing::warn!(%error, "gateway.station");
                Err(Why::Station.into())
            }
            Err(_) => Err(Why::Station.into()),
        }
    }

    /// The county's id, once the station has one.
    pub(crate) async fn county(&self) -> Vec<u8> {
        loop {
            let county = self.ask(|source| source.county()).await;
            match county {
                Ok(county) if !county.is_empty() => return county,
                _ => self.sleep(JOINED).await,
            }
        }
    }

    /// Entries of the logs that may leave, beside what `there` has; `None` = not known.
    pub(crate) async fn lag(&self, there: impl Fn(Writer) -> u64 + Send) -> Option<Entries> {
        let view = self.ask(|source| source.view()).await.ok()?;
        let heads = view.summary.for_audience(false);
        let mut entries = Entries {
            waiting: 0,
            there: 0,
        };
        for (writer, head) in heads.iter() {
            let known = there(writer).min(head.seq);
            entries.there += known;
            entries.waiting += head.seq - known;
        }
        Some(entries)
    }

    pub(crate) fn tails(&self) -> Option<BTreeMap<Writer, Tail>> {
        self.tails
            .lock()
            .unwrap_or_else(PoisonError::into_inner)
            .clone()
    }

    pub(crate) fn set_tails(&self, tails: Option<BTreeMap<Writer, Tail>>) {
        *self.tails.lock().unwrap_or_else(PoisonError::into_inner) = tails;
        self.written.send_modify(|count| *count += 1);
    }

    /// Notes that the stream has these entries: they need not be published from here.
    pub(crate) fn note_heard(&self, writer: Writer, first: u64, last: u64) {
        let mut heard = self.heard.lock().unwrap_or_else(PoisonError::into_inner);
        let known = heard.entry(writer).or_insert((first, last));
        if first <= known.1 + 1 && last + 1 >= known.0 {
            *known = (known.0.min(first), known.1.max(last));
        }
    }

    /// Up to where the stream has a log of which it is known to have everything to `after`.
    pub(crate) fn heard_to(&self, writer: Writer, after: u64) -> u64 {
        let heard = self.heard.lock().unwrap_or_else(PoisonError::into_inner);
        match heard.get(&writer) {
            Some((first, last)) if *first <= after + 1 => after.max(*last),
            _ => after,
        }
    }

    pub(crate) fn forget_heard(&self) {
        self.heard
            .lock()
            .unwrap_or_else(PoisonError::into_inner)
            .clear();
    }

    pub(crate) async fn sleep(&self, time: Duration) {
        tokio::time::sleep(time).await;
    }

    pub(crate) fn note(&self, which: Which, why: Option<Why>, entries: Option<Entries>) {
        self.board.note(which, self.source.now_ms(), why, entries);
    }
}

/// Tries that failed are repeated after a growing while.
#[derive(Debug)]
pub(crate) struct Again(Duration);

impl Again {
    pub(crate) fn new() -> Again {
        Again(AGAIN.0)
    }

    /// A try went well.
    pub(crate) fn went_well(&mut self) {
        self.0 = AGAIN.0;
    }

    /// How long to wait now.
    pub(crate) fn next(&mut self) -> Duration {
        let now = self.0;
        self.0 = (now * 2).min(AGAIN.1);
        now
    }
}

/// A running gateway; it stops when this is dropped.
pub struct Gateway {
    shared: Arc<Shared>,
    runtime: Option<Runtime>,
}

impl Gateway {
    /// Begins. Neither PostgreSQL nor NATS need be there yet.
    ///
    /// # Errors
    /// `StartError`.
    pub fn start(source: Arc<dyn Source>, options: GatewayOptions) -> Result<Gateway, StartError> {
        let runtime = Builder::new_multi_thread()
            .worker_threads(2)
            .thread_name("gateway")
            .enable_all()
            .build()
            .map_err(StartError::Threads)?;
        let shared = Arc::new(Shared {
            board: Board::new(source.now_ms(), options.nats.is_some()),
            gather: options.gather,
            moved: watch::Sender::new(0),
            written: watch::Sender::new(0),
            stop: watch::Sender::new(false),
            tails: Mutex::default(),
            heard: Mutex::default(),
            source: Arc::clone(&source),
        });
        let weak = Arc::downgrade(&shared);
        source.listen(Arc::new(move || {
            if let Some(shared) = weak.upgrade() {
                shared.moved.send_modify(|count| *count += 1);
            }
        }));
        let until_stop = |task: Task| stoppable(Arc::clone(&shared), task);
        let archive = archive::run(Arc::clone(&shared), options.postgres.clone());
        runtime.spawn(until_stop(Box::pin(archive)));
        if let Some(nats) = options.nats {
            let publish = publish::run(Arc::clone(&shared), options.postgres, nats);
            runtime.spawn(until_stop(Box::pin(publish)));
        }
        Ok(Gateway {
            shared,
            runtime: Some(runtime),
        })
    }

    /// How it stands.
    #[must_use]
    pub fn standing(&self) -> Standing {
        self.shared.board.read()
    }

    /// Ends. What was not written or published yet is at the next start.
    pub fn stop(mut self) {
        self.end();
    }

    fn end(&mut self) {
        if let Some(runtime) = self.runtime.take() {
            self.shared.stop.send_replace(true);
            runtime.shutdown_timeout(STOP_MAX);
        }
    }
}

impl Drop for Gateway {
    fn drop(&mut self) {
        self.end();
    }
}

type Task = std::pin::Pin<Box<dyn Future<Output = ()> + Send>>;

async fn stoppable(shared: Arc<Shared>, task: Task) {
    let mut stop = shared.stop.subscribe();
    tokio::select! {
        () = task => {}
        _ = stop.wait_for(|stop| *stop) => {}
    }
}
