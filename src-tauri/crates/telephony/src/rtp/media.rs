//! A call's sound from the answer to the end: hears, speaks, and gives both to the recording.
//!
//! Symmetric: we speak to where they speak from, learnt from the first packet that is sound, and
//! once from the address they announced. A third sender changes nothing afterwards.
//! Not here: devices (`Headset` is one), the file (`record`).

use std::net::SocketAddr;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::{Duration, Instant};

use tokio::sync::{mpsc, watch};
use tokio::task::JoinHandle;
use tokio::time::MissedTickBehavior;
use tokio_util::sync::CancellationToken;

use super::packet::Packet;
use super::ports::Pair;
use crate::record::place::{Heard, Track};
use crate::record::{Law, Recording, SAMPLES_PER_SECOND, Side, Sound};

/// Samples in a packet of ours.
pub const PACKET_SAMPLES: usize = 160;
const PACKET: Duration = Duration::from_millis(20);
/// The longest datagram that is read; a longer one is cut and then no whole packet.
const DATAGRAM_MAX: usize = 2_048;
/// How far our packets may fall behind the clock before the rest is left out, in samples.
const BEHIND_MAX: u64 = 1_600;
/// How often a recording is asked whether the disk refuses, in packets of ours.
const ASK_EVERY: u64 = 50;

/// Who hears and speaks at the desk. Neither verb may wait for anything.
pub trait Headset: Send + Sync {
    /// The caller's sound, one byte a sample, as it came.
    fn hear(&self, call: &str, law: Law, payload: &[u8]);
    /// The next 20 milliseconds of the desk's, in this law; `None`: silence.
    fn speak(&self, call: &str, law: Law) -> Option<[u8; PACKET_SAMPLES]>;
}

/// What both ends agreed on.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Agreed {
    /// The law of both directions.
    pub law: Law,
    /// The payload type of tones as events.
    pub tones: Option<u8>,
    /// Where they said they hear.
    pub to: Option<SocketAddr>,
    /// Whether we speak; not while they hold the call.
    pub do_we_send: bool,
}

/// What came and went in a call.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct Counts {
    /// Packets of sound from the peer.
    pub heard: u64,
    /// Packets of ours.
    pub spoken: u64,
    /// Tones the caller pressed, sent as events.
    pub tones: u64,
    /// Datagrams that are no RTP of this call.
    pub unreadable: u64,
    /// Packets of somebody else.
    pub strays: u64,
    /// Packets that were doubled or had no place.
    pub left_out: u64,
}

/// A call that is up, as its sound needs to know it.
pub struct Call {
    /// As `phone` names it.
    pub name: String,
    /// When it was answered: the recording's clock begins.
    pub answered: Instant,
    /// Where both directions are kept.
    pub recording: Option<Recording>,
    /// The desk's ears and mouth, if it has any.
    pub headset: Option<Arc<dyn Headset>>,
    /// Told when the recording's disk refuses.
    pub trouble: mpsc::Sender<String>,
}

/// A call's sound, running.
pub struct Media {
    agreed: watch::Sender<Agreed>,
    counts: Arc<Mutex<Counts>>,
    stop: CancellationToken,
    task: JoinHandle<Option<Recording>>,
}

impl Media {
    /// Begins to hear and to speak, on the runtime this is called on.
    #[must_use]
    pub fn begin(call: Call, pair: Pair, agreed: Agreed) -> Media {
        let (agreed, changed) = watch::channel(agreed);
        let counts = Arc::new(Mutex::new(Counts::default()));
        let stop = CancellationToken::new();
        let runs = Runs::new(call, pair, changed, Arc::clone(&counts));
        let task = tokio::spawn(runs.run(stop.clone()));
        Media {
            agreed,
            counts,
            stop,
            task,
        }
    }

    /// They agreed anew in the middle of the call.
    pub fn change(&self, agreed: Agreed) {
        self.agreed.send_replace(agreed);
    }

    /// What came and went so far.
    #[must_use]
    pub fn counts(&self) -> Counts {
        *locked(&self.counts)
    }

    /// Ends the sound and gives the recording back.
    pub async fn end(self) -> (Option<Recording>, Counts) {
        self.stop.cancel();
        // A task that broke has dropped its recording: the journal stays and is recovered.
        let recording = self.task.await.ok().flatten();
        (recording, *locked(&self.counts))
    }
}

fn locked(counts: &Mutex<Counts>) -> MutexGuard<'_, Counts> {
    counts.lock().unwrap_or_else(PoisonError::into_inner)
}

/// Where the peer is.
#[derive(Debug, Default)]
struct Peer {
    announced: Option<SocketAddr>,
    learnt: Option<SocketAddr>,
}

impl Peer {
    fn to(&self) -> Option<SocketAddr> {
        self.learnt.or(self.announced)
    }

    /// Whether sound from there is the peer's.
    fn is_from(&mut self, from: SocketAddr) -> bool {
        match self.learnt {
            Some(learnt) if learnt == from => true,
            // Whoever was first was not who they announced.
            Some(_) if self.announced == Some(from) => {
                self.learnt = Some(from);
                true
            }
            Some(_) => false,
            None => {
                self.learnt = Some(from);
                true
            }
        }
    }
}

struct Runs {
    call: Call,
    pair: Pair,
    changed: watch::Receiver<Agreed>,
    agreed: Agreed,
    counts: Arc<Mutex<Counts>>,
    peer: Peer,
    track: Track,
    tone: Option<(u32, u32)>,
    ssrc: u32,
    sequence: u16,
    timestamp: u32,
    is_beginning: bool,
    /// Our next packet, in samples since the answer.
    next: u64,
}

impl Runs {
    fn new(
        call: Call,
        pair: Pair,
        changed: watch::Receiver<Agreed>,
        counts: Arc<Mutex<Counts>>,
    ) -> Runs {
        let agreed = *changed.borrow();
        // Without randomness a fixed beginning is still a valid one.
        let random = || getrandom::u32().unwrap_or(0x5EED);
        Runs {
            call,
            pair,
            changed,
            agreed,
            counts,
            peer: Peer {
                announced: agreed.to,
                learnt: None,
            },
            track: Track::default(),
            tone: None,
            ssrc: random(),
            sequence: (random() & 0xFFFF) as u16,
            timestamp: random(),
            is_beginning: true,
            next: 0,
        }
    }

    async fn run(mut self, stop: CancellationToken) -> Option<Recording> {
        let mut ticks = tokio::time::interval(PACKET);
        // What was missed is caught up with, but for what `speak` finds too old.
        ticks.set_missed_tick_behavior(MissedTickBehavior::Burst);
        let mut datagram = [0; DATAGRAM_MAX];
        let mut said = 0;
        loop {
            tokio::select! {
                () = stop.cancelled() => break,
                changed = self.changed.changed() => match changed {
                    Ok(()) => self.change(),
                    Err(_) => break,
                },
                came = self.pair.sound.recv_from(&mut datagram) => match came {
                    Ok((length, from)) => {
                        self.take(datagram.get(..length).unwrap_or_default(), from);
                    }
                    // A datagram of ours found nobody: that is told here, and no more.
                    Err(_) => tokio::task::yield_now().await,
                },
                _ = ticks.tick() => {
                    self.speak().await;
                    said += 1;
                    if said % ASK_EVERY == 0 {
                        self.ask();
                    }
                }
            }
        }
        self.ended()
    }

    /// Samples since the answer.
    fn now(&self) -> u64 {
        let micros = u64::try_from(self.call.answered.elapsed().as_micros());
        micros.unwrap_or(u64::MAX) / (1_000_000 / SAMPLES_PER_SECOND)
    }

    fn change(&mut self) {
        let agreed = *self.changed.borrow_and_update();
        if agreed == self.agreed {
            return;
        }
        if agreed.to != self.agreed.to {
            self.peer.announced = agreed.to.or(self.peer.announced);
            if agreed.to.is_some() {
                self.peer.learnt = None;
            }
        }
        self.track.begin_anew();
        self.is_beginning = true;
        self.agreed = agreed;
    }

    fn take(&mut self, datagram: &[u8], from: SocketAddr) {
        let packet = Packet::read(datagram);
        let is_tone = |packet: &Packet<'_>| Some(packet.payload_type) == self.agreed.tones;
        let law = packet.and_then(|packet| Law::of_payload_type(packet.payload_type));
        match (packet, law) {
            (Some(packet), _) if is_tone(&packet) => {
                if self.is_peer(from) {
                    self.tone(&packet);
                }
            }
            (Some(packet), Some(law)) if !packet.payload.is_empty() => {
                if self.is_peer(from) {
                    self.hear(&packet, law);
                }
            }
            _ => locked(&self.counts).unreadable += 1,
        }
    }

    fn is_peer(&mut self, from: SocketAddr) -> bool {
        let is_peer = self.peer.is_from(from);
        if !is_peer {
            locked(&self.counts).strays += 1;
        }
        is_peer
    }

    /// A tone is sent again and again with the timestamp of its beginning.
    fn tone(&mut self, packet: &Packet<'_>) {
        let tone = Some((packet.ssrc, packet.timestamp));
        if self.tone != tone {
            self.tone = tone;
            locked(&self.counts).tones += 1;
        }
    }

    fn hear(&mut self, packet: &Packet<'_>, law: Law) {
        if let Some(headset) = &self.call.headset {
            headset.hear(&self.call.name, law, packet.payload);
        }
        let heard = Heard {
            ssrc: packet.ssrc,
            sequence: packet.sequence,
            timestamp: packet.timestamp,
            is_beginning: packet.is_marked,
            payload: packet.payload,
        };
        let now = self.now();
        let recording = self.call.recording.as_ref();
        self.track.take(&heard, now, &mut |at, payload| {
            put(recording, Side::Caller, law, at, payload);
        });
        let mut counts = locked(&self.counts);
        counts.heard += 1;
        counts.left_out = self.track.left_out();
    }

    /// Where our next packet lies; `None`: it is not time for it, or not ours to speak.
    fn next_packet(&mut self) -> Option<u64> {
        let now = self.now();
        let step = PACKET_SAMPLES as u64;
        if !self.agreed.do_we_send || self.next > now + step {
            return None;
        }
        if now > self.next + BEHIND_MAX {
            self.next = now / step * step;
            self.is_beginning = true;
        }
        let at = self.next;
        self.next += step;
        Some(at)
    }

    async fn speak(&mut self) {
        let Some(at) = self.next_packet() else {
            return;
        };
        let law = self.agreed.law;
        let headset = self.call.headset.as_ref();
        let said = headset.and_then(|headset| headset.speak(&self.call.name, law));
        let said = said.unwrap_or([law.silence(); PACKET_SAMPLES]);
        put(self.call.recording.as_ref(), Side::Desk, law, at, &said);
        let packet = Packet {
            is_marked: std::mem::take(&mut self.is_beginning),
            payload_type: law.payload_type(),
            sequence: self.sequence,
            // Wraps around, as the timestamps of RTP do.
            timestamp: self.timestamp.wrapping_add(at as u32),
            ssrc: self.ssrc,
            payload: &said,
        };
        self.sequence = self.sequence.wrapping_add(1);
        let Some(to) = self.peer.to() else {
            return;
        };
        // A datagram that the network does not take is lost like any other.
        let _ = self.pair.sound.send_to(&packet.write(), to).await;
        locked(&self.counts).spoken += 1;
    }

    fn ask(&self) {
        let trouble = self.call.recording.as_ref().and_then(Recording::trouble);
        if let Some(trouble) = trouble {
            // One that is told already is enough.
            let _ = self.call.trouble.try_send(trouble);
        }
    }

    fn ended(mut self) -> Option<Recording> {
        let recording = self.call.recording.as_ref();
        let law = self.agreed.law;
        self.track.end(&mut |at, payload| {
            put(recording, Side::Caller, law, at, payload);
        });
        self.call.recording
    }
}

fn put(recording: Option<&Recording>, side: Side, law: Law, at: u64, payload: &[u8]) {
    if let Some(recording) = recording {
        recording.put(Sound {
            side,
            law,
            at,
            payload: payload.to_vec(),
        });
    }
}
