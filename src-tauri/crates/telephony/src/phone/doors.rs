//! Who may come in, and what is said at the door: strangers are dropped before they are read, and
//! a CANCEL's reason is kept, which the dialog does not hand on.
//! Not here: what a call does (`call`).

use std::collections::{HashSet, VecDeque};
use std::net::IpAddr;
use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use async_trait::async_trait;
use rsipstack::sip::{HasHeaders, Header, HeadersExt, Method, SipMessage};
use rsipstack::transaction::endpoint::TransportEventInspector;
use rsipstack::transport::TransportEvent;
use tokio::sync::Notify;

use super::{Config, Event, Shared, caller};

/// How often strangers are told.
const TELL_EVERY: Duration = Duration::from_secs(60);
/// Calls answered elsewhere that are remembered until their end comes through.
const ELSEWHERE_MAX: usize = 256;

pub(super) struct Doors {
    known: HashSet<IpAddr>,
    strangers: AtomicU64,
    last: Mutex<Option<IpAddr>>,
    came: Notify,
    /// The Call-IDs of the last calls of which a CANCEL said that somebody else answered.
    elsewhere: Mutex<VecDeque<String>>,
}

impl Doors {
    pub(super) fn new(config: &Config) -> Doors {
        let exchange = config.extension.as_ref().map(|e| e.registrar.ip());
        let known = config.trunks.iter().copied().chain(exchange);
        Doors {
            known: known.collect(),
            strangers: AtomicU64::new(0),
            last: Mutex::default(),
            came: Notify::new(),
            elsewhere: Mutex::default(),
        }
    }

    pub(super) fn lets_in(&self, ip: IpAddr) -> bool {
        let is_known = self.known.contains(&ip);
        if !is_known {
            self.strangers.fetch_add(1, Ordering::Relaxed);
            *self.last.lock().unwrap_or_else(PoisonError::into_inner) = Some(ip);
            self.came.notify_one();
        }
        is_known
    }

    /// Whether somebody else answered a call that was cancelled.
    pub(super) fn is_elsewhere(&self, call_id: &str) -> bool {
        self.elsewhere().iter().any(|one| one == call_id)
    }

    fn elsewhere(&self) -> MutexGuard<'_, VecDeque<String>> {
        let elsewhere = self.elsewhere.lock();
        elsewhere.unwrap_or_else(PoisonError::into_inner)
    }

    fn see(&self, message: &SipMessage) {
        let SipMessage::Request(request) = message else {
            return;
        };
        if request.method != Method::Cancel {
            return;
        }
        let reasons = request.headers().iter().filter_map(|header| match header {
            Header::Reason(reason) => Some(reason.value()),
            _ => None,
        });
        let is_elsewhere = reasons.into_iter().any(caller::is_answered_elsewhere);
        if let (true, Ok(call_id)) = (is_elsewhere, request.call_id_header()) {
            let mut elsewhere = self.elsewhere();
            elsewhere.push_back(call_id.value().to_owned());
            if elsewhere.len() > ELSEWHERE_MAX {
                elsewhere.pop_front();
            }
        }
    }
}

pub(super) struct Inspector(pub(super) Arc<Doors>);

#[async_trait]
impl TransportEventInspector for Inspector {
    async fn handle(&self, event: TransportEvent) -> Option<TransportEvent> {
        if let TransportEvent::Incoming(message, _, _) = &event {
            self.0.see(message);
        }
        Some(event)
    }
}

/// Tells of strangers: the first at once, then at most once a minute.
pub(super) async fn tell(shared: Arc<Shared>) {
    let doors = Arc::clone(&shared.doors);
    let told = async {
        loop {
            doors.came.notified().await;
            let tries = doors.strangers.swap(0, Ordering::Relaxed);
            let last = *doors.last.lock().unwrap_or_else(PoisonError::into_inner);
            if let (1.., Some(from)) = (tries, last) {
                shared.tell(Event::Refused { tries, from }).await;
                tokio::time::sleep(TELL_EVERY).await;
            }
        }
    };
    shared.stop.run_until_cancelled(told).await;
}
