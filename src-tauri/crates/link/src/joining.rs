//! A new station joins: it shows an invitation's secret to the station that gave it, is told the
//! keys of all others, and goes on with an ordinary session in the same connection.

use std::sync::Arc;

use fengsui_replication::message::Message;
use fengsui_replication::port::{Peer, ReplicaError};
use tokio::time::{Duration, timeout};

use crate::channel::{self, ChannelError, Mode};
use crate::drive::{self, Line, Shared};
use crate::identity::Identity;
use crate::links::dialer::open;

/// How long the inviter may take to enrol us.
const ADMITTING_MAX: Duration = Duration::from_secs(15);

/// What the person who invites hands over.
#[derive(Debug, Clone)]
pub struct Invitation {
    /// Its number.
    pub number: u16,
    /// What nobody else knows.
    pub secret: [u8; 32],
    /// Ed25519 key of the station that gave it.
    pub inviter: [u8; 32],
    /// Where that station may be reached, `host:port`.
    pub addresses: Vec<String>,
}

/// A station has joined.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Joined {
    /// Number of the station that gave the invitation.
    pub inviter: u16,
    /// Stations whose keys were told.
    pub stations: usize,
}

/// Why a station has not joined.
#[derive(Debug, thiserror::Error)]
pub enum JoinError {
    /// Nothing answers at any of the addresses.
    #[error("not reachable")]
    NotReachable,
    /// Something answers, but no station, or it stopped half way.
    #[error("no answer")]
    NoAnswer,
    /// Another station than the one that gave the invitation.
    #[error("another station answers")]
    AnotherStation([u8; 32]),
    /// A station of another county, or of another than was said.
    #[error("another county")]
    OtherCounty,
    /// The invitation was used, has expired, or its secret is wrong.
    #[error("refused")]
    Refused,
    /// The inviter could not enrol us.
    #[error("the inviter failed")]
    InviterFault,
    /// We could not.
    #[error(transparent)]
    Replica(#[from] ReplicaError),
}

impl JoinError {
    /// How much it says: of several addresses the most telling error counts.
    fn weight(&self) -> u8 {
        match self {
            JoinError::NotReachable => 0,
            JoinError::NoAnswer => 1,
            JoinError::AnotherStation(_) => 2,
            JoinError::OtherCounty => 3,
            JoinError::Refused => 4,
            JoinError::InviterFault | JoinError::Replica(_) => 5,
        }
    }

    fn of(error: &ChannelError) -> JoinError {
        match error {
            ChannelError::Refused => JoinError::Refused,
            ChannelError::OtherCounty => JoinError::OtherCounty,
            ChannelError::Stranger(key) => JoinError::AnotherStation(*key),
            _ => JoinError::NoAnswer,
        }
    }
}

/// Joins; the session goes on when this has answered.
pub(crate) async fn join(shared: Arc<Shared>, invitation: Invitation) -> Result<Joined, JoinError> {
    let mut worst = JoinError::NotReachable;
    for address in &invitation.addresses {
        match join_at(&shared, &invitation, address).await {
            Ok((line, peer, joined)) => {
                tokio::spawn(async move { drive::run(&shared, line, peer).await });
                return Ok(joined);
            }
            Err(error) => {
                tracing::info!(%address, %error, "not joined");
                if error.weight() > worst.weight() {
                    worst = error;
                }
            }
        }
    }
    Err(worst)
}

type Met = (Line, Peer, Joined);

async fn join_at(
    shared: &Shared,
    invitation: &Invitation,
    address: &str,
) -> Result<Met, JoinError> {
    let mode = Mode::Joining(invitation.number);
    match meet(shared, invitation, address, mode).await {
        // Perhaps we were admitted before, and the connection ended before we heard so.
        Err(JoinError::Refused) => meet(shared, invitation, address, Mode::Rejoining)
            .await
            .map_err(|_| JoinError::Refused),
        met => met,
    }
}

async fn meet(
    shared: &Shared,
    invitation: &Invitation,
    address: &str,
    mode: Mode,
) -> Result<Met, JoinError> {
    let us = shared.ask(|replica| Identity::of(replica)).await?;
    let mut stream = open(address).await.map_err(|_| JoinError::NotReachable)?;
    let secret = matches!(mode, Mode::Joining(_)).then_some(&invitation.secret);
    let is_inviter = |key: &[u8; 32]| *key == invitation.inviter;
    let proved = channel::dial(&mut stream, &us, mode, secret, is_inviter)
        .await
        .map_err(|error| JoinError::of(&error))?;
    let mut line = Line::new(stream, proved, format!("tcp {address}"));
    let first = timeout(ADMITTING_MAX, line.receiver.receive()).await;
    let keys = match first {
        Ok(Ok(Message::Roster(keys))) => keys,
        Ok(Ok(Message::Bye(_))) => return Err(JoinError::InviterFault),
        Ok(Err(error)) => return Err(JoinError::of(&error)),
        Ok(Ok(_)) | Err(_) => return Err(JoinError::NoAnswer),
    };
    let found = keys.iter().find(|(_, key)| *key == invitation.inviter);
    let (inviter, key) = *found.ok_or(JoinError::NoAnswer)?;
    let joined = Joined {
        inviter,
        stations: keys.len(),
    };
    let peers = shared
        .ask(move |replica| {
            replica.believe(&keys)?;
            replica.peers()
        })
        .await?;
    let peer = peers.into_iter().find(|peer| peer.key == key);
    let peer = peer.unwrap_or_else(|| Peer {
        number: inviter,
        key,
        is_revoked: false,
        is_trusted: false,
        addresses: Vec::new(),
    });
    Ok((line, peer, joined))
}
