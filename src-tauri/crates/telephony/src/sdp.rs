//! What two ends agree on for a call's sound: an offer read, an answer written.
//!
//! Not here: sockets (`rtp`), when an answer is sent (`phone`).

use std::net::{IpAddr, SocketAddr};

use sdp_types::{Connection, Media, Origin, Session, Time};

use crate::record::Law;

/// How much sound a packet of ours holds, in milliseconds.
const PACKET_MS: u32 = 20;

/// Why an offer cannot be answered.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum OfferError {
    /// No session description.
    #[error("not a session description")]
    Unreadable,
    /// No sound, or not over RTP as we speak it.
    #[error("no sound is offered")]
    NoSound,
    /// No codec that both ends have.
    #[error("no common codec")]
    NoCodec,
}

/// Who sends sound.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Direction {
    /// Both ends.
    Both,
    /// Only who offered.
    OnlyThem,
    /// Only who answers.
    OnlyUs,
    /// Nobody.
    Nobody,
}

impl Direction {
    /// We may send.
    #[must_use]
    pub fn do_we_send(self) -> bool {
        matches!(self, Direction::Both | Direction::OnlyUs)
    }

    /// The attribute of the answer.
    fn answered(self) -> &'static str {
        match self {
            Direction::Both => "sendrecv",
            Direction::OnlyThem => "recvonly",
            Direction::OnlyUs => "sendonly",
            Direction::Nobody => "inactive",
        }
    }
}

/// An offer that can be answered.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Offer {
    /// The law of both directions: the first of theirs that we have.
    pub law: Law,
    /// Where they want our sound; `None` while they hold the call by the address 0.0.0.0.
    pub to: Option<SocketAddr>,
    /// Who sends.
    pub direction: Direction,
    /// The payload type of tones as events, if offered.
    pub tones: Option<u8>,
    /// All media, in their order; the sound's place among them.
    media: Vec<(String, String, String)>,
    sound: usize,
}

/// What the answer says of us.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Ours {
    /// Where we want their sound.
    pub at: SocketAddr,
    /// Names the session; the same for a call's whole life.
    pub session: u64,
    /// One more with each answer in a call.
    pub version: u64,
}

impl Offer {
    /// Reads an offer. `law`: the law of a call that is up already and may not change.
    ///
    /// # Errors
    /// `OfferError`.
    pub fn read(body: &[u8], law: Option<Law>) -> Result<Offer, OfferError> {
        let session = Session::parse(body).map_err(|_| OfferError::Unreadable)?;
        let is_sound = |media: &Media| {
            media.media == "audio" && media.port != 0 && media.proto.starts_with("RTP/AVP")
        };
        let sound = session.medias.iter().position(is_sound);
        let sound = sound.ok_or(OfferError::NoSound)?;
        let media = session.medias.get(sound).ok_or(OfferError::NoSound)?;
        let law = chosen(media, law).ok_or(OfferError::NoCodec)?;
        let connection = media.connections.first().or(session.connection.as_ref());
        let address = connection.and_then(address).ok_or(OfferError::NoSound)?;
        let is_held = address.is_unspecified();
        let direction = match direction(media, &session) {
            Direction::Both if is_held => Direction::OnlyThem,
            Direction::OnlyUs if is_held => Direction::Nobody,
            direction => direction,
        };
        let tones = tones(media);
        let kinds = session.medias.iter();
        let kinds = kinds.map(|m| (m.media.to_string(), m.proto.to_string(), m.fmt.to_string()));
        Ok(Offer {
            law,
            to: (!is_held).then_some(SocketAddr::new(address, media.port)),
            direction,
            tones,
            media: kinds.collect(),
            sound,
        })
    }

    /// The answer. Media that are no sound, or a second sound, are refused in it.
    #[must_use]
    pub fn answer(&self, ours: &Ours) -> Vec<u8> {
        let media = self.media.iter().enumerate();
        let media = media.map(|(at, (kind, proto, formats))| match at == self.sound {
            true => sound(self.law, self.tones, self.direction, proto, ours.at.port()),
            false => blank(kind, proto, formats, 0),
        });
        session(ours, media.collect())
    }
}

/// An offer of our own, for who asked for one by an INVITE without any.
#[must_use]
pub fn offer(law: Law, ours: &Ours) -> Vec<u8> {
    let media = sound(law, None, Direction::Both, "RTP/AVP", ours.at.port());
    session(ours, vec![media])
}

fn chosen(media: &Media, only: Option<Law>) -> Option<Law> {
    let formats = media.fmt.split_whitespace();
    let mut laws = formats.filter_map(|f| Law::of_payload_type(f.parse().ok()?));
    laws.find(|law| only.is_none_or(|only| only == *law))
}

fn address(connection: &Connection) -> Option<IpAddr> {
    let text = connection.connection_address.split('/').next()?;
    text.trim().parse().ok()
}

fn direction(media: &Media, session: &Session) -> Direction {
    let named = |name: &str| {
        let direction = match name {
            "sendrecv" => Direction::Both,
            "sendonly" => Direction::OnlyThem,
            "recvonly" => Direction::OnlyUs,
            "inactive" => Direction::Nobody,
            _ => return None,
        };
        Some(direction)
    };
    let of_media = media.attributes.iter().find_map(|a| named(&a.attribute));
    let of_all = || session.attributes.iter().find_map(|a| named(&a.attribute));
    of_media.or_else(of_all).unwrap_or(Direction::Both)
}

fn tones(media: &Media) -> Option<u8> {
    let maps = media.attributes.iter().filter(|a| a.attribute == "rtpmap");
    let mut maps = maps.filter_map(|a| a.value.as_deref()?.split_once(' '));
    let map = maps.find(|(_, codec)| {
        let codec = codec.trim().to_ascii_lowercase();
        codec.starts_with("telephone-event/8000")
    });
    map?.0.parse().ok().filter(|number| *number < 128)
}

fn sound(law: Law, tones: Option<u8>, direction: Direction, proto: &str, port: u16) -> Media {
    let number = law.payload_type();
    let codec = match law {
        Law::A => "PCMA/8000",
        Law::Mu => "PCMU/8000",
    };
    let formats = tones.map_or(number.to_string(), |tones| format!("{number} {tones}"));
    let mut media = blank("audio", proto, &formats, port);
    let mut says = |name: &str, value: Option<String>| {
        media.attributes.push(sdp_types::Attribute {
            attribute: name.to_owned(),
            value,
        });
    };
    says("rtpmap", Some(format!("{number} {codec}")));
    if let Some(tones) = tones {
        says("rtpmap", Some(format!("{tones} telephone-event/8000")));
        says("fmtp", Some(format!("{tones} 0-16")));
    }
    says("ptime", Some(PACKET_MS.to_string()));
    says(direction.answered(), None);
    media
}

fn blank(kind: &str, proto: &str, formats: &str, port: u16) -> Media {
    Media {
        media: kind.to_owned(),
        port,
        num_ports: None,
        proto: proto.to_owned(),
        fmt: formats.to_owned(),
        media_title: None,
        connections: Vec::new(),
        bandwidths: Vec::new(),
        key: None,
        attributes: Vec::new(),
    }
}

fn session(ours: &Ours, medias: Vec<Media>) -> Vec<u8> {
    let address = ours.at.ip();
    let origin = Origin::with_ip_addr(ours.session, ours.version, address);
    let mut session = Session::new(origin, "-");
    session.connection = Some(Connection::from_ip_addr(address));
    session.times = vec![Time {
        start_time: 0,
        stop_time: 0,
        repeats: Vec::new(),
    }];
    session.medias = medias;
    let mut text = Vec::new();
    // Writing into memory does not fail.
    let _ = session.write(&mut text);
    text
}

#[cfg(test)]
mod tests;
