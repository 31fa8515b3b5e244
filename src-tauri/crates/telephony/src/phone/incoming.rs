//! Requests as they come in: a new call, or something within one.
//! Not here: the call (`call`).

use std::sync::Arc;

use rsipstack::dialog::dialog::Dialog;
use rsipstack::sip::{HasHeaders, Header, HeadersExt, Method, Request, StatusCode};
use rsipstack::transaction::TransactionReceiver;
use rsipstack::transaction::transaction::Transaction;
use tokio::sync::mpsc;

use super::call::{Rings, is_gone};
use super::{Event, Shared, body, caller, fix};
use crate::sdp::{Offer, OfferError};

/// Calls that ring or are up at once; more are refused as busy.
const CALLS_MAX: usize = 200;
const SDP: &str = "application/sdp";
const PIDF: &str = "application/pidf+xml";
/// Verbs that wait for a call.
const VERBS_MAX: usize = 8;

pub(super) async fn run(shared: Arc<Shared>, mut requests: TransactionReceiver) {
    loop {
        let request = tokio::select! {
            request = requests.recv() => request,
            () = shared.stop.cancelled() => None,
        };
        let Some(transaction) = request else {
            return;
        };
        let inside = Arc::clone(&shared);
        shared.wires.spawn(async move {
            let stop = inside.stop.clone();
            stop.run_until_cancelled(take(inside, transaction)).await;
        });
    }
}

async fn take(shared: Arc<Shared>, mut transaction: Transaction) {
    let done = match shared.dialogs.match_dialog(&transaction) {
        Some(Dialog::Invite(mut dialog)) => dialog.handle(&mut transaction).await,
        Some(_) => transaction.reply(StatusCode::MethodNotAllowed).await,
        None => {
            let is_inside = transaction.original.to_header();
            let is_inside = is_inside.is_ok_and(|to| matches!(to.tag(), Ok(Some(_))));
            match transaction.original.method {
                _ if is_inside => {
                    let status = StatusCode::CallTransactionDoesNotExist;
                    transaction.reply(status).await
                }
                Method::Invite => return invite(shared, transaction).await,
                Method::Options => transaction.reply(StatusCode::OK).await,
                _ => transaction.reply(StatusCode::MethodNotAllowed).await,
            }
        }
    };
    if let Err(error) = done {
        tracing::debug!(%error, "phone.request_failed");
    }
}

async fn invite(shared: Arc<Shared>, mut transaction: Transaction) {
    if shared.closing.is_cancelled() || shared.calls().len() >= CALLS_MAX {
        refuse(&mut transaction, StatusCode::ServiceUnavailable).await;
        return;
    }
    let parts = parts(&transaction.original);
    let offer = match parts.iter().find(|(kind, _)| kind == SDP) {
        Some((_, body)) => Offer::read(body, None).map(Some),
        // They ask for our offer.
        None => Ok(None),
    };
    let offer = match offer {
        Ok(offer) => offer,
        Err(OfferError::Unreadable) => {
            return refuse(&mut transaction, StatusCode::BadRequest).await;
        }
        Err(OfferError::NoSound | OfferError::NoCodec) => {
            return refuse(&mut transaction, StatusCode::NotAcceptableHere).await;
        }
    };
    let located = parts.iter().filter(|(kind, _)| kind == PIDF);
    let fixes = located.flat_map(|(_, body)| fix::fixes(body)).collect();
    ring(shared, transaction, offer, fixes).await;
}

/// Rings, and serves the INVITE until its end.
async fn ring(
    shared: Arc<Shared>,
    mut transaction: Transaction,
    offer: Option<Offer>,
    fixes: Vec<fix::Fix>,
) {
    let id = shared.new_call();
    let (line, called) = line(&shared, &transaction.original);
    let (states, told) = shared.dialogs.new_dialog_state_channel();
    let peer = peer(&transaction);
    let is_tcp = transaction
        .connection
        .as_ref()
        .is_some_and(|c| c.is_reliable());
    let contact = contact(&shared, &called, peer, is_tcp);
    let dialog = shared
        .dialogs
        .get_or_create_server_invite(&transaction, states, None, contact);
    let Ok(mut dialog) = dialog else {
        return refuse(&mut transaction, StatusCode::BadRequest).await;
    };
    let caller = caller::caller(&transaction.original);
    let (verbs, asked) = mpsc::channel(VERBS_MAX);
    shared.calls().insert(id.clone(), verbs);
    let rings = Rings::new(&shared, id.clone(), line.clone(), &dialog, offer, peer);
    let served = rings.served();
    let event = Event::Ringing {
        call: id,
        line,
        called,
        number: caller.number,
        name: caller.name,
        fixes,
    };
    shared.works.spawn(rings.run(event, told, asked));
    let _guard = served.drop_guard();
    if let Err(error) = dialog.handle(&mut transaction).await
        && !is_gone(&dialog)
    {
        tracing::warn!(%error, "phone.invite_failed");
    }
}

async fn refuse(transaction: &mut Transaction, status: StatusCode) {
    if let Err(error) = transaction.reply(status).await {
        tracing::debug!(%error, "phone.refusal_failed");
        return;
    }
    // The refusal is repeated until it is acknowledged.
    while transaction.receive().await.is_some() {}
}

pub(super) fn parts(request: &Request) -> Vec<(String, &[u8])> {
    if request.body.is_empty() {
        return Vec::new();
    }
    let kind = request.headers().iter().find_map(|header| match header {
        Header::ContentType(kind) => Some(kind.value()),
        _ => None,
    });
    body::parts(kind.unwrap_or(SDP), &request.body)
}

/// The offer in a request, if there is any.
pub(super) fn sdp(request: &Request) -> Option<&[u8]> {
    let mut parts = parts(request).into_iter();
    parts.find(|(kind, _)| kind == SDP).map(|(_, body)| body)
}

/// The line, and the number that was called.
fn line(shared: &Shared, invite: &Request) -> (String, String) {
    let called = caller::called(invite);
    let lines = &shared.config.lines;
    let known = called.iter().find_map(|called| {
        let line = lines.iter().find(|line| line.called == *called)?;
        Some((line.line.clone(), called.clone()))
    });
    known.unwrap_or_else(|| {
        let called = called.into_iter().next().unwrap_or_default();
        (shared.config.default_line.clone(), called)
    })
}

fn peer(transaction: &Transaction) -> Option<std::net::SocketAddr> {
    let connection = transaction.connection.as_ref()?;
    connection.get_remote_addr()?.get_socketaddr().ok()
}

fn contact(
    shared: &Shared,
    called: &str,
    peer: Option<std::net::SocketAddr>,
    is_tcp: bool,
) -> Option<rsipstack::sip::Uri> {
    let address = std::net::SocketAddr::new(shared.seen_from(peer), shared.address.port());
    let is_plain = called
        .chars()
        .all(|sign| sign.is_ascii_alphanumeric() || sign == '+');
    let user = if is_plain && !called.is_empty() {
        called
    } else {
        "desk"
    };
    let over = if is_tcp { ";transport=tcp" } else { "" };
    rsipstack::sip::Uri::try_from(format!("sip:{user}@{address}{over}")).ok()
}
