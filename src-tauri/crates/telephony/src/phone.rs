//! The endpoint: what rings, is answered and ends, over SIP on UDP and TCP.
//!
//! `incoming` takes requests, `call` is one call from ringing to its end, `doors` knows who may
//! come in, `extension` registers at an exchange. `caller`, `fix` and `body` read an INVITE.
//! Not here: sound (`rtp`), recordings (`record`), calling out.

mod body;
mod call;
mod caller;
mod doors;
mod extension;
mod fix;
mod incoming;

use std::collections::HashMap;
use std::fmt;
use std::io;
use std::net::{IpAddr, SocketAddr};
use std::ops::RangeInclusive;
use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use rsipstack::EndpointBuilder;
use rsipstack::dialog::dialog_layer::DialogLayer;
use rsipstack::sip::Method;
use rsipstack::transaction::Endpoint;
use rsipstack::transport::udp::UdpConnection;
use rsipstack::transport::{TcpListenerConnection, TransportLayer};
use tokio::sync::{mpsc, oneshot};
use tokio::task::JoinHandle;
use tokio_util::sync::CancellationToken;
use tokio_util::task::TaskTracker;

pub use extension::{Extension, Unregistered};
pub use fix::Fix;

use crate::record::{Archive, Finished};
use crate::rtp::media::{Counts, Headset};
use crate::rtp::ports::Ports;
use doors::Doors;

/// Events that wait for a listener.
const EVENTS_MAX: usize = 256;
/// How often a pair of equal ports for UDP and TCP is looked for.
const BIND_TRIES: usize = 16;

/// A call, by a name of our own that no other call ever has.
#[derive(Debug, Clone, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct CallId(pub String);

impl fmt::Display for CallId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

/// Which line a called number is.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct LineOf {
    /// As the exchange sends it.
    pub called: String,
    /// The line, as the desk names it.
    pub line: String,
}

/// How a phone is set up.
#[derive(Clone)]
pub struct Config {
    /// Where to listen, on UDP and TCP; port 0: any that is free on both.
    pub listen: SocketAddr,
    /// The address to tell others, where it is not the one listened on.
    pub shown: Option<IpAddr>,
    /// Ports for sound; a call takes an even one and the one above.
    pub sound_ports: RangeInclusive<u16>,
    /// The lines by called number.
    pub lines: Vec<LineOf>,
    /// The line of a called number that is not in the table.
    pub default_line: String,
    /// Who may call directly: gateways and trunks.
    pub trunks: Vec<IpAddr>,
    /// The exchange we are an extension of; its address may call too.
    pub extension: Option<Extension>,
    /// Where calls are recorded.
    pub archive: Archive,
    /// Who hears and speaks; `None`: nobody, and calls are recorded all the same.
    pub headset: Option<Arc<dyn Headset>>,
}

/// Who ended a call that was up.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum By {
    /// The caller, or the exchange.
    Peer,
    /// The desk.
    Desk,
    /// Nobody: the peer fell silent in the middle of signalling.
    Network,
    /// This phone was closed.
    Closing,
}

/// What became of a recording.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Kept {
    /// It is finished.
    Finished(Box<Finished>),
    /// Its file could not be made, for this reason; `Archive::recover` tries again.
    Left(String),
    /// There is none; `RecordingFailed` said why.
    Nothing,
}

/// What happens.
#[derive(Debug, Clone, PartialEq)]
pub enum Event {
    /// A call came in and rings.
    Ringing {
        /// The call.
        call: CallId,
        /// The line that rings.
        line: String,
        /// The number that was called, as it came.
        called: String,
        /// The caller's number; `None`: hidden.
        number: Option<String>,
        /// The caller's name, where the network gave one.
        name: Option<String>,
        /// Where the caller is, by the network.
        fixes: Vec<Fix>,
    },
    /// We answered.
    Answered {
        /// The call.
        call: CallId,
        /// The recording's name; `None`: there is none.
        recording: Option<String>,
    },
    /// The caller gave up before anybody answered.
    Missed {
        /// The call.
        call: CallId,
    },
    /// Another extension of the same line answered.
    AnsweredElsewhere {
        /// The call.
        call: CallId,
    },
    /// We refused the call.
    Rejected {
        /// The call.
        call: CallId,
        /// The SIP status we gave.
        code: u16,
    },
    /// The peer holds the call, or goes on with it.
    Held {
        /// The call.
        call: CallId,
        /// It is held now.
        is_held: bool,
    },
    /// A call that was up is over.
    Ended {
        /// The call.
        call: CallId,
        /// Who ended it.
        by: By,
        /// Its recording.
        recording: Kept,
        /// What came and went.
        counts: Counts,
    },
    /// The disk refuses a call's recording; the call goes on.
    RecordingFailed {
        /// The call.
        call: CallId,
        /// The disk's reason.
        reason: String,
    },
    /// The exchange knows us.
    Registered,
    /// The exchange does not know us.
    NotRegistered {
        /// Why.
        reason: Unregistered,
    },
    /// Somebody who may not call tried to. Told at most once a minute.
    Refused {
        /// Messages and connections since this was last told.
        tries: u64,
        /// The last of them came from here.
        from: IpAddr,
    },
}

/// Why a phone cannot be opened.
#[derive(Debug, thiserror::Error)]
pub enum OpenError {
    /// The address cannot be listened on.
    #[error("cannot listen on {0}: {1}")]
    Listen(SocketAddr, String),
}

/// Why a verb was not done.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum CallError {
    /// The call is over.
    #[error("the call is over")]
    Over,
    /// The call is not in a state for this: answered already, or not yet.
    #[error("not in this state of the call")]
    State,
    /// No port is free for its sound.
    #[error("no port for the sound: {0}")]
    Ports(String),
    /// The code refuses nothing: it must be 400 to 699.
    #[error("{0} is no refusal")]
    Code(u16),
}

enum Verb {
    Answer(oneshot::Sender<Result<(), CallError>>),
    HangUp(oneshot::Sender<Result<(), CallError>>),
    Reject(u16, oneshot::Sender<Result<(), CallError>>),
}

type Calls = Arc<Mutex<HashMap<CallId, mpsc::Sender<Verb>>>>;

fn locked(calls: &Calls) -> MutexGuard<'_, HashMap<CallId, mpsc::Sender<Verb>>> {
    calls.lock().unwrap_or_else(PoisonError::into_inner)
}

/// What all parts of a phone have in common.
struct Shared {
    config: Config,
    address: SocketAddr,
    ports: Ports,
    events: mpsc::Sender<Event>,
    dialogs: DialogLayer,
    doors: Arc<Doors>,
    calls: Calls,
    named: AtomicU64,
    /// Calls end.
    closing: CancellationToken,
    /// Signalling ends.
    stop: CancellationToken,
    /// What must come to its end: calls, the registration.
    works: TaskTracker,
    /// What ends with the signalling.
    wires: TaskTracker,
}

impl Shared {
    /// Waits while nobody takes events; not once the phone closes.
    async fn tell(&self, event: Event) {
        let Err(mpsc::error::TrySendError::Full(event)) = self.events.try_send(event) else {
            return;
        };
        tokio::select! {
            // Nobody listens any more: nobody is told.
            _ = self.events.send(event) => {}
            () = self.closing.cancelled() => tracing::warn!("phone.events_not_taken"),
        }
    }

    fn calls(&self) -> MutexGuard<'_, HashMap<CallId, mpsc::Sender<Verb>>> {
        locked(&self.calls)
    }

    fn new_call(&self) -> CallId {
        let number = self.named.fetch_add(1, Ordering::Relaxed);
        // Without randomness calls of one start still differ.
        let random = getrandom::u64().unwrap_or(number);
        CallId(format!("{random:016x}"))
    }

    /// Our address as a peer there is to see it.
    fn seen_from(&self, peer: Option<SocketAddr>) -> IpAddr {
        let listened = self.address.ip();
        if let Some(shown) = self.config.shown {
            return shown;
        }
        if !listened.is_unspecified() {
            return listened;
        }
        let towards = peer.and_then(|peer| {
            let socket = std::net::UdpSocket::bind(SocketAddr::new(listened, 0)).ok()?;
            socket.connect(peer).ok()?;
            Some(socket.local_addr().ok()?.ip())
        });
        towards.unwrap_or(listened)
    }
}

/// A phone that is open. `close` ends it in order; dropped without, calls that are up stay
/// unended at the peer and their journals are recovered at the next start.
pub struct Phone {
    shared: Arc<Shared>,
    serving: JoinHandle<()>,
}

/// What a phone can be told to do. Clones are for the same phone.
#[derive(Clone)]
pub struct Handle {
    // Not the phone itself: the channel of events ends with it, whoever still has a handle.
    calls: Calls,
}

impl Phone {
    /// Listens, and registers if there is an extension. Runs on the runtime this is called on.
    ///
    /// # Errors
    /// `OpenError`.
    pub async fn open(config: Config) -> Result<(Phone, mpsc::Receiver<Event>), OpenError> {
        let stop = CancellationToken::new();
        let doors = Arc::new(Doors::new(&config));
        let (layer, address) = listen(&config, &stop).await?;
        let gate = Arc::clone(&doors);
        layer.set_whitelist(move |ip| std::future::ready(gate.lets_in(ip)));
        let endpoint = EndpointBuilder::new()
            .with_user_agent("Fengsui")
            .with_cancel_token(stop.clone())
            .with_transport_layer(layer)
            .with_transport_inspector(Box::new(doors::Inspector(Arc::clone(&doors))))
            .with_allows(vec![
                Method::Invite,
                Method::Ack,
                Method::Bye,
                Method::Cancel,
                Method::Options,
                Method::Update,
                Method::Info,
            ])
            .build();
        let failed = |error: rsipstack::Error| OpenError::Listen(address, error.to_string());
        let requests = endpoint.incoming_transactions().map_err(failed)?;
        let (events, told) = mpsc::channel(EVENTS_MAX);
        let shared = Arc::new(Shared {
            ports: Ports::new(address.ip(), config.sound_ports.clone()),
            address,
            events,
            dialogs: DialogLayer::new(endpoint.inner.clone()),
            doors,
            calls: Calls::default(),
            named: AtomicU64::new(0),
            closing: CancellationToken::new(),
            stop,
            works: TaskTracker::new(),
            wires: TaskTracker::new(),
            config,
        });
        let serving = begin(&shared, endpoint, requests);
        Ok((Phone { shared, serving }, told))
    }

    /// Where this phone listens.
    #[must_use]
    pub fn address(&self) -> SocketAddr {
        self.shared.address
    }

    /// A handle to tell it what to do.
    #[must_use]
    pub fn handle(&self) -> Handle {
        Handle {
            calls: Arc::clone(&self.shared.calls),
        }
    }

    /// Refuses what rings, hangs up what is up, finishes the recordings, takes back the
    /// registration, and waits for all of it.
    pub async fn close(self) {
        self.shared.closing.cancel();
        self.shared.works.close();
        self.shared.works.wait().await;
        self.shared.stop.cancel();
        self.shared.wires.close();
        self.shared.wires.wait().await;
        // A task that broke has ended too.
        let _ = self.serving.await;
    }
}

impl Handle {
    /// Answers a call that rings; its recording begins.
    ///
    /// # Errors
    /// `CallError`; the call goes on ringing unless it is over.
    pub async fn answer(&self, call: &CallId) -> Result<(), CallError> {
        self.ask(call, Verb::Answer).await
    }

    /// Ends a call that is up.
    ///
    /// # Errors
    /// `CallError`.
    pub async fn hang_up(&self, call: &CallId) -> Result<(), CallError> {
        self.ask(call, Verb::HangUp).await
    }

    /// Refuses a call that rings, with a SIP status of 400 to 699.
    ///
    /// # Errors
    /// `CallError`.
    pub async fn reject(&self, call: &CallId, code: u16) -> Result<(), CallError> {
        if !(400..700).contains(&code) {
            return Err(CallError::Code(code));
        }
        self.ask(call, |done| Verb::Reject(code, done)).await
    }

    /// The calls that ring or are up.
    #[must_use]
    pub fn calls(&self) -> Vec<CallId> {
        locked(&self.calls).keys().cloned().collect()
    }

    async fn ask(
        &self,
        call: &CallId,
        verb: impl FnOnce(oneshot::Sender<Result<(), CallError>>) -> Verb,
    ) -> Result<(), CallError> {
        let verbs = locked(&self.calls).get(call).cloned();
        let (done, is_done) = oneshot::channel();
        let verbs = verbs.ok_or(CallError::Over)?;
        let sent = verbs.send(verb(done)).await;
        sent.map_err(|_| CallError::Over)?;
        is_done.await.unwrap_or(Err(CallError::Over))
    }
}

/// Binds UDP and TCP to the same port.
async fn listen(
    config: &Config,
    stop: &CancellationToken,
) -> Result<(TransportLayer, SocketAddr), OpenError> {
    let failed = |error: &dyn fmt::Display| OpenError::Listen(config.listen, error.to_string());
    let mut last = String::new();
    for _ in 0..BIND_TRIES {
        let address = free(config.listen).map_err(|error| failed(&error))?;
        let shown = config
            .shown
            .map(|shown| SocketAddr::new(shown, address.port()));
        let token = Some(stop.child_token());
        let udp = match UdpConnection::create_connection(address, shown, token).await {
            Ok(udp) => udp,
            Err(error) if config.listen.port() == 0 => {
                last = error.to_string();
                continue;
            }
            Err(error) => return Err(failed(&error)),
        };
        let tcp = TcpListenerConnection::new(address, shown).await;
        let layer = TransportLayer::new(stop.clone());
        layer.add_transport(udp.into());
        layer.add_transport(tcp.map_err(|error| failed(&error))?.into());
        return Ok((layer, address));
    }
    Err(failed(&last))
}

/// The address with a port that TCP can have now: the stack itself only warns if it cannot.
fn free(listen: SocketAddr) -> io::Result<SocketAddr> {
    std::net::TcpListener::bind(listen)?.local_addr()
}

fn begin(
    shared: &Arc<Shared>,
    endpoint: Endpoint,
    requests: rsipstack::transaction::TransactionReceiver,
) -> JoinHandle<()> {
    shared
        .wires
        .spawn(incoming::run(Arc::clone(shared), requests));
    shared.wires.spawn(doors::tell(Arc::clone(shared)));
    if let Some(extension) = shared.config.extension.clone() {
        let endpoint = endpoint.inner.clone();
        shared
            .works
            .spawn(extension::run(Arc::clone(shared), endpoint, extension));
    }
    tokio::spawn(async move { endpoint.serve().await })
}

/// How long a peer has to answer our BYE, and a refusal of ours to be acknowledged.
const GOODBYE_MAX: Duration = Duration::from_secs(2);
