//! The station's links: begun when the core is open, ended before it is closed. A new station
//! joins its county here, and tries again until its inviter answers.
//!
//! Not here: how stations talk (`link`), what they say of themselves (`app`).

use std::net::SocketAddr;
use std::sync::Arc;
use std::time::Duration;

use fengsui_link::discovery::BEACON_PORT;
use fengsui_link::joining::{Invitation, JoinError};
use fengsui_link::links::{LinkOptions, Links, StartError};
use fengsui_link::narrow::{NarrowLink, Pipe};
use fengsui_replication::port::Replica;

use crate::args::LinkWish;
use crate::core::Station;
use crate::desk::Desk;

/// How long a station that could not join waits before it tries again.
const AGAIN: Duration = Duration::from_secs(5);

/// Begins the links of an open station; `None` where none are wished.
pub(crate) fn begin(desk: &Arc<Desk>, station: &Arc<Station>) -> Option<Links> {
    let wish = &desk.wish().link;
    if !wish.is_wished() {
        return None;
    }
    let replica: Arc<dyn Replica> = Arc::<Station>::clone(station);
    let begun = start(&replica, wish);
    match begun {
        Ok(links) => {
            if let Some(address) = links.listening() {
                tracing::info!(port = address.port(), "links.listening");
                crate::console::say(&format!("link {address}"));
            }
            Some(links)
        }
        Err(error) => {
            // The desk works without; the strip says that nobody is in touch.
            tracing::error!(%error, "links.not_started");
            crate::console::complain(&format!("台站链路未开 / links were not opened: {error}"));
            None
        }
    }
}

/// A port that is taken is no reason to stay alone: another one will do, and is announced.
fn start(replica: &Arc<dyn Replica>, wish: &LinkWish) -> Result<Links, StartError> {
    let options = |listen: Option<SocketAddr>| LinkOptions {
        listen,
        peers: wish.peers.clone(),
        is_announced: wish.is_discovering,
        beacon: wish.is_discovering.then_some(BEACON_PORT),
    };
    match Links::start(Arc::clone(replica), options(wish.listen)) {
        Err(StartError::Listen(address, error)) if !wish.is_listen_asked => {
            tracing::warn!(%error, "the usual port is taken");
            let any = SocketAddr::new(address.ip(), 0);
            Links::start(Arc::clone(replica), options(Some(any)))
        }
        other => other,
    }
}

/// Begins the narrow pipes of an open station.
pub(crate) fn begin_narrow(desk: &Desk, station: &Arc<Station>) -> Vec<NarrowLink> {
    let start = |pipe: &Pipe| {
        let replica: Arc<dyn Replica> = Arc::<Station>::clone(station);
        let begun = NarrowLink::start(replica, pipe.clone()).inspect_err(|error| {
            tracing::error!(%error, path = pipe.path, "links.narrow_not_started");
        });
        begun.ok()
    };
    desk.wish().link.narrow.iter().filter_map(start).collect()
}

/// How narrow pipes stand, one word for each and one for each station that something is owed.
pub(crate) fn narrow_words(station: &Station) -> Vec<String> {
    let now_ms = Replica::now_ms(station);
    let mut words = Vec::new();
    for pipe in station.touch().pipes() {
        let state = if pipe.is_open { "open" } else { "closed" };
        words.push(format!(
            "narrow={state}(path={},bits_per_s={},out={},in={},damaged={},refused={})",
            pipe.path, pipe.bits_per_s, pipe.bytes_out, pipe.bytes_in, pipe.damaged, pipe.refused
        ));
        for peer in &pipe.peers {
            let state = if peer.is_there { "heard" } else { "silent" };
            let owed = match peer.owed {
                None => "undelivered=unknown".to_owned(),
                Some(owed) if owed.entries == 0 => "undelivered=0".to_owned(),
                Some(owed) => format!(
                    "undelivered={},bytes={},oldest_s={}",
                    owed.entries,
                    owed.bytes,
                    (now_ms - owed.oldest_ms).max(0) / 1000
                ),
            };
            words.push(format!(
                "narrow.station={state}(number={},{owed})",
                peer.station
            ));
        }
    }
    words
}

/// Joins the county of the invitation that was given at the first start, until it is done.
pub(crate) fn join(desk: &Arc<Desk>, station: &Station, links: &Links) {
    let Some(invitation) = crate::opening::invitation(desk.wish()) else {
        return;
    };
    let wanted = Invitation {
        number: invitation.number,
        secret: invitation.secret,
        inviter: invitation.inviter_key,
        addresses: invitation.addresses,
    };
    while !desk.stop.is_set() && !is_enrolled(station) {
        match links.join(wanted.clone()) {
            Ok(joined) => {
                tracing::info!(stations = joined.stations, "links.joined");
                return;
            }
            Err(error @ (JoinError::NotReachable | JoinError::NoAnswer)) => {
                tracing::info!(%error, "links.join_again");
            }
            Err(error) => {
                tracing::error!(%error, "links.join_refused");
                crate::console::complain(&format!("未能入网 / could not join: {error}"));
                return;
            }
        }
        if desk.stop.sleeps(AGAIN) {
            return;
        }
    }
}

fn is_enrolled(station: &Station) -> bool {
    let own = station.number();
    Replica::peers(station).is_ok_and(|peers| {
        let key = station.public_key().ok();
        peers
            .iter()
            .any(|peer| peer.number == own && Some(peer.key) == key)
    })
}
