//! Hints about where stations are: multicast DNS (`_fengsui._tcp`) and a broadcast beacon. Anybody
//! can say anything here, so that a hint is only ever a reason to dial; the handshake proves.

use std::collections::HashMap;
use std::net::{IpAddr, Ipv4Addr, SocketAddr, UdpSocket as StdUdpSocket};
use std::sync::Arc;
use std::time::Duration;

use mdns_sd::{ServiceDaemon, ServiceEvent, ServiceInfo};
use socket2::{Domain, Protocol, Socket, Type};
use tokio::net::UdpSocket;
use tokio::task::JoinHandle;
use tokio::time::sleep;

use crate::identity::Identity;

/// UDP port of the beacon.
pub const BEACON_PORT: u16 = 47_113;
const SERVICE: &str = "_fengsui._tcp.local.";
const MAGIC: &[u8; 4] = b"FSB1";
const BEACON_BYTES: usize = 16;
/// The first beacons follow each other fast.
const SOON: Duration = Duration::from_secs(2);
const SOON_COUNT: u32 = 15;
const LATER: Duration = Duration::from_secs(10);

/// What a station says where all can hear it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Word {
    /// Its number.
    pub station: u16,
    /// First bytes of its Ed25519 key.
    pub key: [u8; 4],
    /// First bytes of the county's hash.
    pub county: [u8; 4],
    /// TCP port on which it listens; 0 = it does not.
    pub port: u16,
}

impl Word {
    /// Of this station.
    #[must_use]
    pub fn new(us: &Identity, station: u16, port: u16) -> Word {
        Word {
            station,
            key: first(us.key()),
            county: first(blake3::hash(us.county()).as_bytes()),
            port,
        }
    }

    fn encode(&self) -> [u8; BEACON_BYTES] {
        let mut out = [0; BEACON_BYTES];
        out[..4].copy_from_slice(MAGIC);
        out[4..6].copy_from_slice(&self.station.to_le_bytes());
        out[6..10].copy_from_slice(&self.key);
        out[10..14].copy_from_slice(&self.county);
        out[14..].copy_from_slice(&self.port.to_le_bytes());
        out
    }

    fn decode(bytes: &[u8]) -> Option<Word> {
        let (magic, rest) = bytes.split_first_chunk::<4>()?;
        let (station, rest) = rest.split_first_chunk()?;
        let (key, rest) = rest.split_first_chunk()?;
        let (county, rest) = rest.split_first_chunk()?;
        let (port, rest) = rest.split_first_chunk()?;
        (magic == MAGIC && rest.is_empty()).then_some(Word {
            station: u16::from_le_bytes(*station),
            key: *key,
            county: *county,
            port: u16::from_le_bytes(*port),
        })
    }

    /// A station of our county, that is not us, and listens.
    fn is_of_use_to(&self, us: &Word) -> bool {
        self.county == us.county && self.station != us.station && self.port != 0
    }
}

fn first(bytes: &[u8; 32]) -> [u8; 4] {
    let [a, b, c, d, ..] = *bytes;
    [a, b, c, d]
}

fn hex(bytes: [u8; 4]) -> String {
    format!("{:08x}", u32::from_be_bytes(bytes))
}

fn unhex(text: &str) -> Option<[u8; 4]> {
    let is_hex = text.len() == 8 && text.bytes().all(|b| b.is_ascii_hexdigit());
    let value = u32::from_str_radix(text, 16).ok()?;
    is_hex.then(|| value.to_be_bytes())
}

type Hear = Arc<dyn Fn(Word, SocketAddr) + Send + Sync>;

/// What announces and listens; ends when dropped.
pub(crate) struct Discovery {
    daemon: Option<ServiceDaemon>,
    beacon: Option<JoinHandle<()>>,
}

impl Discovery {
    /// Begins what works on this machine; what does not is left out with a warning. To be called
    /// inside a runtime.
    pub(crate) fn begin(
        us: Word,
        is_announced: bool,
        beacon_port: Option<u16>,
        hear: Hear,
    ) -> Discovery {
        let daemon = is_announced.then(|| announce(us, Arc::clone(&hear)));
        let daemon = daemon.and_then(|daemon| {
            daemon
                .inspect_err(|error| tracing::warn!(%error, "no discovery by multicast"))
                .ok()
        });
        let socket = beacon_port.map(|port| (port, beacon_socket(port)));
        let beacon = socket.and_then(|(port, socket)| match socket {
            Ok(socket) => Some(tokio::spawn(beacon(us, socket, port, hear))),
            Err(error) => {
                tracing::warn!(%error, "no discovery by broadcast");
                None
            }
        });
        Discovery { daemon, beacon }
    }
}

impl Drop for Discovery {
    fn drop(&mut self) {
        if let Some(beacon) = &self.beacon {
            beacon.abort();
        }
        if let Some(daemon) = &self.daemon {
            // It ends with the program at the latest.
            let _ = daemon.shutdown();
        }
    }
}

fn announce(us: Word, hear: Hear) -> Result<ServiceDaemon, mdns_sd::Error> {
    let daemon = ServiceDaemon::new()?;
    if us.port != 0 {
        let name = format!("{}-{}", us.station, hex(us.key));
        let host = format!("fengsui-{name}.local.");
        let facts = HashMap::from([
            ("n".to_owned(), us.station.to_string()),
            ("k".to_owned(), hex(us.key)),
            ("c".to_owned(), hex(us.county)),
        ]);
        let service = ServiceInfo::new(SERVICE, &name, &host, "", us.port, facts)?;
        daemon.register(service.enable_addr_auto())?;
    }
    let events = daemon.browse(SERVICE)?;
    let listen = move || {
        while let Ok(event) = events.recv() {
            let ServiceEvent::ServiceResolved(found) = event else {
                continue;
            };
            let fact = |key| found.txt_properties.get_property_val_str(key);
            let word = (|| {
                Some(Word {
                    station: fact("n")?.parse().ok()?,
                    key: unhex(fact("k")?)?,
                    county: unhex(fact("c")?)?,
                    port: found.port,
                })
            })();
            let Some(word) = word.filter(|word| word.is_of_use_to(&us)) else {
                continue;
            };
            // Link-local IPv6 needs a scope that differs by machine; the beacon has IPv4.
            for ip in found.addresses.iter().map(mdns_sd::ScopedIp::to_ip_addr) {
                if matches!(ip, IpAddr::V4(_)) {
                    hear(word, SocketAddr::new(ip, word.port));
                }
            }
        }
    };
    if let Err(error) = std::thread::Builder::new()
        .name("link-mdns".into())
        .spawn(listen)
    {
        tracing::warn!(%error, "no thread for discovery");
    }
    Ok(daemon)
}

fn beacon_socket(port: u16) -> std::io::Result<UdpSocket> {
    let socket = Socket::new(Domain::IPV4, Type::DGRAM, Some(Protocol::UDP))?;
    socket.set_reuse_address(true)?;
    socket.set_broadcast(true)?;
    socket.set_nonblocking(true)?;
    socket.bind(&SocketAddr::from((Ipv4Addr::UNSPECIFIED, port)).into())?;
    UdpSocket::from_std(StdUdpSocket::from(socket))
}

async fn beacon(us: Word, socket: UdpSocket, port: u16, hear: Hear) {
    let call = async {
        if us.port == 0 {
            return std::future::pending().await;
        }
        let bytes = us.encode();
        for count in 0u32.. {
            for target in broadcast_targets().await {
                // An interface that is down is tried again next time.
                let _ = socket.send_to(&bytes, (target, port)).await;
            }
            sleep(if count < SOON_COUNT { SOON } else { LATER }).await;
        }
    };
    let listen = async {
        // One byte more, so that a longer one is not taken for a beacon.
        let mut bytes = [0; BEACON_BYTES + 1];
        loop {
            match socket.recv_from(&mut bytes).await {
                Ok((length, from)) => {
                    let word = Word::decode(&bytes[..length]);
                    if let Some(word) = word.filter(|word| word.is_of_use_to(&us)) {
                        hear(word, SocketAddr::new(from.ip(), word.port));
                    }
                }
                // A port unreachable of an earlier call, or an interface that went down.
                Err(_) => sleep(Duration::from_millis(100)).await,
            }
        }
    };
    tokio::select! {
        () = call => {}
        () = listen => {}
    }
}

/// Everywhere: the general address, each network's own, and programs on this machine.
async fn broadcast_targets() -> Vec<Ipv4Addr> {
    let mut out = vec![Ipv4Addr::BROADCAST, Ipv4Addr::new(127, 255, 255, 255)];
    let interfaces = tokio::task::spawn_blocking(if_addrs::get_if_addrs).await;
    let Ok(Ok(interfaces)) = interfaces else {
        return out;
    };
    for interface in interfaces {
        if let if_addrs::IfAddr::V4(address) = interface.addr
            && let Some(broadcast) = address.broadcast
            && !out.contains(&broadcast)
        {
            out.push(broadcast);
        }
    }
    out
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_word_round_trips_and_anything_else_is_none() {
        let us = Identity::new(&[1; 32], b"county".to_vec());
        let word = Word::new(&us, 7, 4_040);
        let bytes = word.encode();
        assert_eq!(Word::decode(&bytes), Some(word));
        for cut in 0..bytes.len() {
            assert_eq!(Word::decode(&bytes[..cut]), None);
        }
        assert_eq!(Word::decode(&[bytes.as_slice(), &[0]].concat()), None);
        assert_eq!(unhex(&hex(word.key)), Some(word.key));
        assert_eq!(unhex("+1234567"), None);
        let other = Word { station: 8, ..word };
        assert!(other.is_of_use_to(&word) && !word.is_of_use_to(&word));
    }
}
