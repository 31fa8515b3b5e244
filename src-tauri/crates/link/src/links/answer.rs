//! Connections that others begin.

use std::net::SocketAddr;
use std::sync::Arc;
use std::time::Duration;

use fengsui_replication::port::Peer;
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
    let fault = |error: fengsui_replication::port::ReplicaError| {
        ChannelError::Io(std::io::Error::other(error.to_string()))
    };
    let mode = channel::hear_mode(&mut stream).await?;
    let us = shared
        .ask(|replica| Identity::of(replica))
        .await
        .map_err(fault)?;
    if let Mode::Joining(_) = mode {
        channel::refuse(&mut stream).await?;
        return Err(ChannelError::Refused);
    }
    let proved = channel::answer(&mut stream, &us, mode, None).await?;
    let peers = shared.ask(|replica| replica.peers()).await.map_err(fault)?;
    let peer = known(&peers, &proved).ok_or(ChannelError::Stranger(proved.key))?;
    Ok((Line::new(stream, proved, format!("tcp {address}")), peer))
}

/// The enrolled station with the proved key.
pub(super) fn known(peers: &[Peer], proved: &Proved) -> Option<Peer> {
    let found = peers.iter().find(|peer| peer.key == proved.key)?;
    (!found.is_revoked).then(|| found.clone())
}
