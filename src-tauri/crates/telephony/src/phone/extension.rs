//! Being an extension of an exchange: registering, and again before it runs out.
//! Not here: the calls it sends (`incoming`).

use std::net::SocketAddr;
use std::sync::Arc;
use std::time::Duration;

use rsipstack::dialog::authenticate::Credential;
use rsipstack::dialog::registration::{Registration, backoff_interval, refresh_interval};
use rsipstack::sip::{Param, Response, StatusCodeKind, Transport, Uri};
use rsipstack::transaction::endpoint::EndpointInnerRef;

use super::{Event, Shared};

/// How long an exchange has to answer.
const ANSWER_MAX: Duration = Duration::from_secs(10);
/// How long it has to take the registration back.
const LEAVE_MAX: Duration = Duration::from_secs(1);

/// An extension of an exchange.
#[derive(Clone)]
pub struct Extension {
    /// Where the exchange listens.
    pub registrar: SocketAddr,
    /// Its domain, as it stands in addresses.
    pub domain: String,
    /// Over TCP; else UDP.
    pub is_tcp: bool,
    /// The extension's number.
    pub user: String,
    /// The name that belongs to the password, where it is not `user`.
    pub auth_user: Option<String>,
    /// The password.
    pub password: String,
    /// For how long to register, in seconds; the exchange may grant less.
    pub expires_s: u32,
}

/// Why an exchange does not know us.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Unregistered {
    /// It refused, with this SIP status.
    Refused(u16),
    /// It did not answer.
    NoAnswer,
    /// The network refused.
    Network(String),
}

enum Outcome {
    Granted(u32),
    Not(Unregistered),
}

/// Registers until the phone closes, then takes it back.
pub(super) async fn run(shared: Arc<Shared>, endpoint: EndpointInnerRef, extension: Extension) {
    let Some(uri) = uri(&extension) else {
        let reason = Unregistered::Network("the domain is no address".to_owned());
        return shared.tell(Event::NotRegistered { reason }).await;
    };
    let credential = Credential {
        username: extension.user.clone(),
        password: extension.password.clone(),
        realm: None,
        auth_username: extension.auth_user.clone(),
    };
    let mut registration = Registration::new(endpoint, Some(credential));
    registration.outbound_proxy = Some(extension.registrar);
    let mut told: Option<Event> = None;
    let mut failures = 0;
    loop {
        let tried = once(&mut registration, &uri, extension.expires_s);
        let Some(outcome) = shared.closing.run_until_cancelled(tried).await else {
            break;
        };
        let (event, wait) = match outcome {
            Outcome::Granted(seconds) => {
                failures = 0;
                (Event::Registered, refresh_interval(seconds))
            }
            Outcome::Not(reason) => {
                failures += 1;
                (
                    Event::NotRegistered { reason },
                    backoff_interval(failures - 1),
                )
            }
        };
        if told.as_ref() != Some(&event) {
            told = Some(event.clone());
            shared.tell(event).await;
        }
        let waited = shared.closing.run_until_cancelled(tokio::time::sleep(wait));
        if waited.await.is_none() {
            break;
        }
    }
    if told == Some(Event::Registered) {
        let left = registration.register(uri, Some(0));
        // An exchange that does not answer forgets us by itself.
        let _ = tokio::time::timeout(LEAVE_MAX, left).await;
    }
}

fn uri(extension: &Extension) -> Option<Uri> {
    let mut uri = Uri::try_from(format!("sip:{}", extension.domain)).ok()?;
    if extension.is_tcp {
        uri.params.push(Param::Transport(Transport::Tcp));
    }
    Some(uri)
}

async fn once(registration: &mut Registration, uri: &Uri, expires_s: u32) -> Outcome {
    let asked = registration.register(uri.clone(), Some(expires_s));
    match tokio::time::timeout(ANSWER_MAX, asked).await {
        Ok(Ok(response)) => match is_granted(&response) {
            true => Outcome::Granted(registration.granted_expires.unwrap_or(expires_s).max(1)),
            false => Outcome::Not(Unregistered::Refused(response.status_code.code())),
        },
        Ok(Err(error)) => Outcome::Not(Unregistered::Network(error.to_string())),
        Err(_) => Outcome::Not(Unregistered::NoAnswer),
    }
}

fn is_granted(response: &Response) -> bool {
    response.status_code.kind() == StatusCodeKind::Successful
}
