//! Connections that others begin.

use std::net::SocketAddr;
use std::sync::Arc;
use std::time::Duration;

use fengsui_replication::message::{Bye, Message};
use fengsui_replication::port::{Peer, Replica, ReplicaError};
use tokio::net::{TcpListener, TcpStream};
use tokio::sync::Semaphore;

use crate::channel::{self, ChannelError, Mode, Proved};
use crate::drive::{self, Line, Shared};
use crate::identity::Identity;

/// Connections at a time whose key is not proved yet.
const UNPROVED_MAX: usize = 32;

pub(super) async fn listen(shared: Arc<Shared>, listener: TcpListener) {
    let mut stop = shared.stop.subscribe();
    let unproved = Arc::new(Semaphore::new(UNPROVED_MAX));
    loop {
        let Ok(place) = Arc::clone(&unproved).acquire_owned().await else {
            return;
        };
        let accepted = tokio::select! {
            accepted = listener.accept() => accepted,
            () = drive::stopped(&mut stop) => return,
        };
        match accepted {
            Ok((stream, address)) => {
                let shared = Arc::clone(&shared);
                tokio::spawn(async move {
                    let proved = prove(&shared, stream, address).await;
                    drop(place);
                    if let Some((line, peer)) = proved {
                        drive::run(&shared, line, peer).await;
                    }
                });
            }
            Err(error) => {
                // No descriptors left, or a connection gone again: neither is for ever.
                tracing::warn!(%error, "cannot take a connection");
                tokio::time::sleep(Duration::from_millis(100)).await;
            }
        }
    }
}

async fn prove(shared: &Shared, stream: TcpStream, address: SocketAddr) -> Option<(Line, Peer)> {
    match handshake(shared, stream, address).await {
        Ok(found) => Some(found),
        Err(ChannelError::Stranger(key)) => {
            stranger(shared, address.to_string(), key).await;
            None
        }
        Err(error) => {
            tracing::info!(%address, %error, "a connection came to nothing");
            None
        }
    }
}

/// Tells the station who knocked.
pub(super) async fn stranger(shared: &Shared, address: String, key: [u8; 32]) {
    let told = shared.ask(move |replica| {
        replica.stranger(&address, &key);
        Ok(())
    });
    if let Err(error) = told.await {
        tracing::error!(%error, "the station was not told of a stranger");
    }
}

async fn handshake(
    shared: &Shared,
    mut stream: TcpStream,
    address: SocketAddr,
) -> Result<(Line, Peer), ChannelError> {
    let _ = stream.set_nodelay(true);
    let mode = channel::hear_mode(&mut stream).await?;
    let us = ask(shared, |replica| Identity::of(replica)).await?;
    let bearer = format!("tcp {address}");
    if let Mode::Joining(number) = mode {
        return admit(shared, stream, bearer, &us, number).await;
    }
    let proved = channel::answer(&mut stream, &us, mode, None).await?;
    let peers = ask(shared, |replica| replica.peers()).await?;
    let peer = known(&peers, &proved).ok_or(ChannelError::Stranger(proved.key))?;
    let mut line = Line::new(stream, proved, bearer);
    if mode == Mode::Rejoining {
        line.sender.send(&roster(&peers)).await?;
    }
    Ok((line, peer))
}

/// Enrols a station that shows the secret of an open invitation.
async fn admit(
    shared: &Shared,
    mut stream: TcpStream,
    bearer: String,
    us: &Identity,
    number: u16,
) -> Result<(Line, Peer), ChannelError> {
    let mode = Mode::Joining(number);
    let secret = ask(shared, move |replica| replica.invitation(number)).await?;
    let Some(secret) = secret else {
        channel::refuse(&mut stream, &ChannelError::Refused).await?;
        return Err(ChannelError::Refused);
    };
    let proved = match channel::answer(&mut stream, us, mode, Some(&secret)).await {
        Ok(proved) => proved,
        Err(error) => {
            channel::refuse(&mut stream, &error).await?;
            return Err(error);
        }
    };
    let key = proved.key;
    let peers = ask(shared, |replica| replica.peers()).await?;
    if peers.iter().any(|peer| peer.key == key && peer.is_revoked) {
        channel::refuse(&mut stream, &ChannelError::Refused).await?;
        return Err(ChannelError::Stranger(key));
    }
    let admitted = ask(shared, move |replica| {
        replica.admit(number, &key)?;
        replica.peers()
    });
    let admitted = admitted.await;
    let peer = admitted
        .as_ref()
        .ok()
        .and_then(|peers| known(peers, &proved));
    let mut line = Line::new(stream, proved, bearer);
    match (admitted, peer) {
        (Ok(peers), Some(peer)) => {
            line.sender.send(&roster(&peers)).await?;
            Ok((line, peer))
        }
        (admitted, _) => {
            line.sender.send(&Message::Bye(Bye::Fault)).await?;
            line.sender.end().await;
            admitted.and(Err(ChannelError::Refused))
        }
    }
}

async fn ask<T: Send + 'static>(
    shared: &Shared,
    question: impl FnOnce(&dyn Replica) -> Result<T, ReplicaError> + Send + 'static,
) -> Result<T, ChannelError> {
    let answer = shared.ask(question).await;
    answer.map_err(|error| ChannelError::Io(std::io::Error::other(error.to_string())))
}

/// Keys of all stations, of those revoked as well: their entries of before must be checked.
fn roster(peers: &[Peer]) -> Message {
    Message::Roster(peers.iter().map(|peer| (peer.number, peer.key)).collect())
}

/// The enrolled station with the proved key.
pub(super) fn known(peers: &[Peer], proved: &Proved) -> Option<Peer> {
    let found = peers.iter().find(|peer| peer.key == proved.key)?;
    (!found.is_revoked).then(|| found.clone())
}
