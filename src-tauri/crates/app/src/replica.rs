//! The station as its links see it: what is here, entries to send, runs to take, and what a
//! session notices.
//!
//! Not here: the protocol (`replication`), sockets (`link`).

use std::sync::Arc;

use fengsui_domain::log::chain::ChainHash;
use fengsui_domain::log::codec::{Reading, Writing};
use fengsui_domain::log::dot::{Dot, Writer};
use fengsui_domain::log::field::Field;
use fengsui_domain::log::register::Registers;
use fengsui_replication::message::{Bye, Hello, PROTOCOL, PROTOCOL_OLDEST};
use fengsui_replication::port::{
    Applied, Note, Owed, Peer, PipeState, Place, Replica, ReplicaError, View, Want,
};
use fengsui_replication::preview::{Preview, Thing};
use fengsui_replication::run::Run;
use fengsui_replication::summary::Head;
use fengsui_store::log::FOLD_VERSION;
use fengsui_store::peer::{self, ExchangeRow, StationRecord};
use fengsui_store::{StationIdentity, StoreError, exchange, preview, read};

use crate::call::e7;
use crate::position::UnitFix;
use crate::station::{Station, Topic};

/// Everything a merge may have changed.
pub(crate) const MERGED: &[Topic] = &[
    Topic::Calls,
    Topic::Incidents,
    Topic::Units,
    Topic::Needs,
    Topic::Honesty,
    Topic::Settings,
    Topic::Drawings,
    Topic::Stations,
];
/// Positions in one message.
const POSITIONS_MAX: usize = 2_000;

pub(crate) fn fault(error: StoreError) -> ReplicaError {
    ReplicaError(error.to_string())
}

impl Station {
    pub(crate) fn identity(&self) -> StationIdentity {
        StationIdentity {
            number: self.number(),
            code: self.code().to_string(),
            name: self.name().to_owned(),
        }
    }

    /// Writes what is known of peers.
    pub(crate) fn write_touch(&self, now: bool) -> Result<(), StoreError> {
        for touch in self.touch().due(self.now_ms(), now) {
            let (row, meeting) = (touch.row, touch.meeting);
            let number = row.number;
            let began_at_ms = meeting.began_at_ms;
            let wants_meeting = began_at_ms > 0;
            let id = self.store().write_here(move |conn| {
                peer::put_peer(conn, &row)?;
                if wants_meeting {
                    peer::put_exchange(conn, &meeting)
                } else {
                    Ok(0)
                }
            })?;
            if wants_meeting {
                self.touch().note_meeting(number, began_at_ms, id);
            }
        }
        Ok(())
    }

    fn write_touch_now(&self) {
        if let Err(error) = self.write_touch(true) {
            tracing::warn!(%error, "what is known of peers was not written");
        }
        self.announce(&[Topic::Honesty, Topic::Stations]);
    }
}

fn peer_of(record: &StationRecord) -> Option<Peer> {
    Some(Peer {
        number: record.number,
        key: record.key?,
        is_revoked: record.revoked_at_ms > 0,
        is_trusted: record.regs.int(Field::StationAudience).unwrap_or(0) != 0,
        addresses: addresses(&record.regs),
    })
}

/// Where a station may be reached, as was said.
pub(crate) fn addresses(regs: &Registers) -> Vec<String> {
    regs.standing(Field::StationAddress)
        .filter_map(|live| match &live.value {
            fengsui_domain::log::entry::Value::Text(text) => Some(text.clone()),
            _ => None,
        })
        .collect()
}

impl Replica for Station {
    fn now_ms(&self) -> i64 {
        Station::now_ms(self)
    }

    fn hello(&self) -> Result<Hello, ReplicaError> {
        let incarnation = self.store().read(read::own_writer).map_err(fault)?.1;
        let own = self.number();
        let is_trusted = self
            .peers()?
            .iter()
            .any(|p| p.number == own && p.is_trusted);
        Ok(Hello {
            protocol: (PROTOCOL_OLDEST, PROTOCOL),
            station: own,
            incarnation,
            boot: self.boot(),
            world: "real".to_owned(),
            fold: u16::try_from(FOLD_VERSION).unwrap_or(0),
            is_trusted,
            now_ms: Station::now_ms(self),
            program: concat!("fengsui ", env!("CARGO_PKG_VERSION")).to_owned(),
            summary: 0,
            state: 0,
        })
    }

    fn seed(&self) -> Result<[u8; 32], ReplicaError> {
        self.store().seed().map_err(fault)
    }

    fn peers(&self) -> Result<Vec<Peer>, ReplicaError> {
        let (records, trusted) = self
            .store()
            .read(|conn| Ok::<_, StoreError>((peer::stations(conn)?, peer::trusted(conn)?)))
            .map_err(fault)?;
        let mut peers: Vec<Peer> = records.iter().filter_map(peer_of).collect();
        for (number, key) in trusted {
            if peers.iter().all(|known| known.number != number) {
                peers.push(Peer {
                    number,
                    key,
                    is_revoked: false,
                    is_trusted: false,
                    addresses: Vec::new(),
                });
            }
        }
        Ok(peers)
    }

    fn view(&self) -> Result<View, ReplicaError> {
        self.store().view().map_err(fault)
    }

    fn read(&self, want: &Want) -> Result<Vec<Run>, ReplicaError> {
        self.store().runs(want).map_err(fault)
    }

    fn apply(&self, peer: u16, runs: &[Run]) -> Result<Applied, ReplicaError> {
        let applied = self
            .store()
            .take(Station::now_ms(self), runs)
            .map_err(fault)?;
        self.touch()
            .change(peer, |touch| touch.note_applied(&applied));
        if applied.received > 0 {
            self.after_merge();
            self.announce(MERGED);
        }
        Ok(applied)
    }

    fn preview(&self, shown: &[Thing], is_trusted: bool) -> Result<Preview, ReplicaError> {
        self.store().preview(shown, is_trusted).map_err(fault)
    }

    fn shown(&self) -> Result<Vec<Thing>, ReplicaError> {
        self.store().read(preview::things).map_err(fault)
    }

    fn take_preview(&self, peer: u16, told: &Preview) -> Result<(), ReplicaError> {
        if self
            .store()
            .show(Station::now_ms(self), peer, told)
            .map_err(fault)?
        {
            self.touch().change(peer, |touch| touch.has_shown = true);
            self.after_merge();
            self.announce(MERGED);
        }
        Ok(())
    }

    fn evidence(&self, runs: &[Run]) -> Result<u64, ReplicaError> {
        self.store()
            .keep_evidence(Station::now_ms(self), runs)
            .map_err(fault)
    }

    fn begin_again(&self, writer: Writer, head: Head) -> Result<bool, ReplicaError> {
        let began = self
            .store()
            .begin_again(&self.identity(), writer, head, Station::now_ms(self))
            .map_err(fault)?;
        if began {
            tracing::error!("a peer has more of our log than we: going on as a new incarnation");
            self.announce(&[Topic::Honesty, Topic::Stations]);
        }
        Ok(began)
    }

    fn complete(&self) -> Result<Vec<(u16, i64)>, ReplicaError> {
        let now_ms = Station::now_ms(self);
        let mut all: Vec<(u16, i64)> = self
            .touch()
            .all()
            .iter()
            .filter(|touch| touch.row.complete_at_ms > 0)
            .map(|touch| (touch.row.number, touch.row.complete_at_ms))
            .collect();
        all.push((self.number(), now_ms));
        Ok(all)
    }

    fn gossip(&self, since_ms: i64) -> Result<Vec<u8>, ReplicaError> {
        Ok(positions_bytes(
            self.position_list()
                .into_iter()
                .filter(|(_, fix)| fix.at_ms > since_ms)
                .take(POSITIONS_MAX),
        ))
    }

    fn hear_gossip(&self, bytes: &[u8]) {
        match read_positions(bytes) {
            Ok(fixes) if self.take_positions(&fixes) > 0 => self.announce(&[Topic::Positions]),
            Ok(_) => {}
            Err(error) => tracing::warn!(%error, "positions of a peer were malformed"),
        }
    }

    fn places(&self) -> Vec<Place> {
        let all = self.position_list().into_iter();
        all.map(|(unit, fix)| Place {
            unit,
            lon_e5: e5(fix.lon),
            lat_e5: e5(fix.lat),
            at_s: fix.at_ms.div_euclid(1_000),
        })
        .collect()
    }

    fn hear_places(&self, places: &[Place]) {
        let fixes = places.iter().map(|place| {
            let fix = UnitFix {
                lon: f64::from(place.lon_e5) / 1e5,
                lat: f64::from(place.lat_e5) / 1e5,
                at_ms: place.at_s.saturating_mul(1_000),
                heading_deg: None,
                speed_kmh: None,
            };
            (place.unit, fix)
        });
        let fixes: Vec<(Dot, UnitFix)> = fixes.collect();
        if self.take_positions(&fixes) > 0 {
            self.announce(&[Topic::Positions]);
        }
    }

    fn note(&self, peer: u16, note: &Note) {
        self.note_of_session(peer, note);
    }

    fn opened(&self, peer: u16, bearer: &str) {
        let now_ms = Station::now_ms(self);
        self.touch().change(peer, |touch| {
            touch.sessions += 1;
            touch.last_bye = None;
            touch.is_equal = None;
            if touch.sessions > 1 {
                return;
            }
            touch.begin_meeting(ExchangeRow {
                peer,
                bearer: bearer.to_owned(),
                began_at_ms: now_ms,
                apart_since_ms: touch.row.since_ms,
                ..ExchangeRow::default()
            });
            touch.row.in_touch = true;
            touch.row.since_ms = now_ms;
            touch.row.met_at_ms = now_ms;
            touch.row.bearer = bearer.to_owned();
        });
        self.write_touch_now();
    }

    fn sent(&self, peer: u16, entries: u64) {
        self.touch()
            .change(peer, |touch| touch.meeting.sent += entries);
    }

    fn closed(&self, peer: u16, bye: Bye) {
        let now_ms = Station::now_ms(self);
        self.touch().change(peer, |touch| {
            touch.sessions = touch.sessions.saturating_sub(1);
            touch.last_bye = (bye != Bye::Leaving).then(|| bye.word());
            if touch.sessions == 0 {
                touch.row.in_touch = false;
                touch.row.since_ms = now_ms;
                touch.meeting.ended_at_ms = now_ms;
                (touch.to_go, touch.to_come) = (None, None);
            }
        });
        self.write_touch_now();
    }

    fn stranger(&self, address: &str, key: &[u8; 32]) {
        if self
            .touch()
            .note_stranger(address, key, Station::now_ms(self))
        {
            tracing::warn!("a device that is not enrolled knocked");
        }
        self.announce(&[Topic::Stations, Topic::Honesty]);
    }

    fn county(&self) -> Result<Vec<u8>, ReplicaError> {
        self.store().read(peer::county_id).map_err(fault)
    }

    fn invitation(&self, number: u16) -> Result<Option<[u8; 32]>, ReplicaError> {
        self.open_invitation(number).map_err(fault)
    }

    fn admit(&self, number: u16, key: &[u8; 32]) -> Result<(), ReplicaError> {
        self.admit_station(number, key)
            .map_err(|error| ReplicaError(error.to_string()))
    }

    fn believe(&self, keys: &[(u16, [u8; 32])]) -> Result<(), ReplicaError> {
        let keys = keys.to_vec();
        self.store()
            .write_local(move |conn| {
                if peer::stations(conn)?.is_empty() {
                    peer::trust(conn, &keys)?;
                }
                Ok(())
            })
            .map_err(fault)
    }

    fn head(&self, writer: Writer) -> Result<(u64, ChainHash), ReplicaError> {
        self.store()
            .read(|conn| exchange::head(conn, writer))
            .map_err(fault)
    }

    fn owed(&self, after: &[(Writer, u64)]) -> Result<Owed, ReplicaError> {
        self.store()
            .read(|conn| exchange::owed(conn, after))
            .map_err(fault)
    }

    fn piped(&self, pipe: &PipeState) {
        if self.touch().note_pipe(pipe) {
            self.announce(&[Topic::Stations]);
        }
    }

    fn listen(&self, wake: Arc<dyn Fn() + Send + Sync>) {
        self.store().listen(wake);
    }
}

impl Station {
    fn note_of_session(&self, peer: u16, note: &Note) {
        let now_ms = self.now_ms();
        let mut is_news = true;
        self.touch().change(peer, |touch| {
            touch.row.met_at_ms = now_ms;
            match note {
                Note::Met(hello) => touch.row.program.clone_from(&hello.program),
                Note::Clock(read) => {
                    let old_ms = touch.row.clock_ms;
                    is_news = old_ms.is_none_or(|old_ms| (old_ms - read.ms).abs() > 500);
                    touch.row.clock_ms = Some(read.ms);
                }
                Note::Complete(_) => is_news = false,
                Note::Backlog { out, to_come } => {
                    let now = (Some(*out), Some(*to_come));
                    let was_busy = touch.to_go.unwrap_or(0) + touch.to_come.unwrap_or(0) > 0;
                    is_news = was_busy != (out + to_come > 0);
                    (touch.to_go, touch.to_come) = now;
                }
                Note::Equal => touch.is_equal = Some(true),
                Note::DigestDiffers => touch.is_equal = Some(false),
                Note::Forked(_) => touch.forked = true,
                Note::Refused(_) => touch.refused += 1,
            }
        });
        if let Note::Complete(all) = note {
            for (station, at_ms) in all {
                self.touch().change(*station, |touch| {
                    touch.row.complete_at_ms = touch.row.complete_at_ms.max(*at_ms);
                });
            }
        }
        if let Note::Clock(read) = note
            && let Err(error) = self.compare_clock(peer, *read)
        {
            tracing::warn!(%error, "what a contact said of our clock was not written");
        }
        match note {
            Note::DigestDiffers => tracing::error!(peer, "same entries, other tables"),
            Note::Forked(writer) => tracing::error!(peer, ?writer, "two histories of one writer"),
            _ => {}
        }
        if is_news {
            self.announce(&[Topic::Honesty, Topic::Stations]);
        }
    }
}

/// Degrees in units of 1e-5.
fn e5(degrees: f64) -> i32 {
    (degrees * 1e5).round() as i32
}

fn positions_bytes(
    fixes: impl Iterator<Item = (fengsui_domain::log::dot::Dot, UnitFix)>,
) -> Vec<u8> {
    let mut out = Writing::default();
    for (dot, fix) in fixes {
        let Ok((lon, lat)) = e7(fix.lon, fix.lat) else {
            continue;
        };
        out.dot(dot);
        out.signed(i64::from(lon));
        out.signed(i64::from(lat));
        out.signed(fix.at_ms);
        let tenths = |value: Option<f64>| value.map_or(0, |v| (v * 10.0).round() as u64 + 1);
        out.number(tenths(fix.heading_deg));
        out.number(tenths(fix.speed_kmh));
    }
    out.bytes
}

type Fixes = Vec<(fengsui_domain::log::dot::Dot, UnitFix)>;

fn read_positions(bytes: &[u8]) -> Result<Fixes, fengsui_domain::log::codec::CodecError> {
    let mut from = Reading::new(bytes);
    let mut out = Vec::new();
    while from.remaining() > 0 {
        let dot = from.dot()?;
        let degrees = |value: i64| value as f64 / 1e7;
        let (lon, lat, at_ms) = (
            degrees(from.signed()?),
            degrees(from.signed()?),
            from.signed()?,
        );
        let tenths = |value: u64| (value > 0).then(|| (value - 1) as f64 / 10.0);
        let heading_deg = tenths(from.number()?);
        let speed_kmh = tenths(from.number()?);
        out.push((
            dot,
            UnitFix {
                lon,
                lat,
                at_ms,
                heading_deg,
                speed_kmh,
            },
        ));
    }
    Ok(out)
}

#[cfg(test)]
mod tests {
    use fengsui_domain::log::dot::{Dot, Lane};

    use super::*;

    #[test]
    fn positions_round_trip_and_a_cut_is_refused() {
        let dot = Dot {
            writer: Writer {
                station: 1,
                incarnation: 1,
                lane: Lane::Bulk,
            },
            seq: 9,
        };
        let fix = UnitFix {
            lon: 117.2,
            lat: 28.3,
            at_ms: 1_790_000_000_000,
            heading_deg: Some(0.0),
            speed_kmh: None,
        };
        let bytes = positions_bytes([(dot, fix)].into_iter());
        assert_eq!(read_positions(&bytes), Ok(vec![(dot, fix)]));
        assert!(read_positions(&bytes[..bytes.len() - 1]).is_err());
    }
}
