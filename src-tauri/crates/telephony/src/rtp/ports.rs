//! The ports of calls: an even one for sound and the odd one above it for its reports.
//! Not here: what goes over them (`media`).

use std::io;
use std::net::{IpAddr, SocketAddr};
use std::ops::RangeInclusive;
use std::sync::atomic::{AtomicU16, Ordering};

use tokio::net::UdpSocket;

/// A call's two sockets, bound.
#[derive(Debug)]
pub struct Pair {
    /// Sound.
    pub sound: UdpSocket,
    /// Reports about it (RTCP); kept so that nobody else gets the port.
    pub reports: UdpSocket,
    /// The port of `sound`.
    pub port: u16,
}

/// The range calls take their ports from.
#[derive(Debug)]
pub struct Ports {
    address: IpAddr,
    range: RangeInclusive<u16>,
    next: AtomicU16,
}

impl Ports {
    /// Ports of this range at this address of the machine.
    #[must_use]
    pub fn new(address: IpAddr, range: RangeInclusive<u16>) -> Ports {
        let next = AtomicU16::new(*range.start());
        Ports {
            address,
            range,
            next,
        }
    }

    /// A pair that is free. Each call takes the next one, so that a late packet of a call that is
    /// over does not fall into a new one.
    ///
    /// # Errors
    /// All ports of the range are taken.
    pub async fn take(&self) -> io::Result<Pair> {
        let pairs = self.range.len() / 2;
        let mut last = None;
        for _ in 0..pairs {
            let port = self.next_even();
            match self.bind(port).await {
                Ok(pair) => return Ok(pair),
                Err(error) => last = Some(error),
            }
        }
        Err(last.unwrap_or_else(|| io::Error::other("the range of ports is empty")))
    }

    fn next_even(&self) -> u16 {
        let (first, last) = (*self.range.start(), *self.range.end());
        let first = first.saturating_add(first % 2);
        let following = |port: u16| match port.checked_add(2) {
            Some(next) if next < last => next,
            _ => first,
        };
        let taken = self
            .next
            .fetch_update(Ordering::Relaxed, Ordering::Relaxed, |port| {
                Some(following(port.max(first) & !1))
            });
        taken.unwrap_or(first).max(first) & !1
    }

    async fn bind(&self, port: u16) -> io::Result<Pair> {
        let sound = UdpSocket::bind(SocketAddr::new(self.address, port)).await?;
        let reports =
            UdpSocket::bind(SocketAddr::new(self.address, port.saturating_add(1))).await?;
        Ok(Pair {
            sound,
            reports,
            port,
        })
    }
}
