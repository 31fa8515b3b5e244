//! Where in a call a packet's sound belongs: by its own RTP timestamp, on the clock that begins
//! with the answer.
//!
//! A packet that is late, doubled or out of order lies where it was spoken. A timestamp that
//! jumps, another source, or a sequence that begins anew puts a new base at the time of arrival,
//! once a second packet goes on from the first; until then the first one waits.
//! Not here: RTP headers (`rtp`), the file (`recording`).

use super::SAMPLES_PER_SECOND;

/// Sequence numbers that may be missing before a packet is taken as another beginning.
const AHEAD_MAX: i16 = 3_000;
const BEHIND_MAX: i16 = -3_000;
/// The longest time a packet stands for, in samples.
const PACKET_SAMPLES_MAX: i64 = 1_600;
/// How far a sender's clock may be off the time of arrival where its timestamps leave a gap.
const GAP_MAX: i64 = SAMPLES_PER_SECOND as i64;
/// How far ahead of its arrival a packet can be.
const EARLY_MAX: i64 = 2 * SAMPLES_PER_SECOND as i64;
/// How far back a late packet is believed.
const LATE_MAX: i64 = 10 * SAMPLES_PER_SECOND as i64;
/// After so many packets that were all late by `GAP_MAX`, the sender had stopped its clock.
const STEADY: u32 = 250;

/// What a packet says of itself.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Heard<'a> {
    /// The source.
    pub ssrc: u32,
    /// The packet's number.
    pub sequence: u16,
    /// Its first sample, by the sender's clock.
    pub timestamp: u32,
    /// It begins a talk after silence.
    pub is_beginning: bool,
    /// One byte a sample.
    pub payload: &'a [u8],
}

#[derive(Debug)]
struct Newest {
    ssrc: u32,
    sequence: u16,
    timestamp: u32,
    at: i64,
    /// Which of the 64 numbers up to `sequence` were here; the lowest bit is `sequence`.
    seen: u64,
}

#[derive(Debug)]
struct Waiting {
    ssrc: u32,
    sequence: u16,
    timestamp: u32,
    at: i64,
    payload: Vec<u8>,
}

/// One direction of a call.
#[derive(Debug, Default)]
pub struct Track {
    newest: Option<Newest>,
    waiting: Option<Waiting>,
    late_by_least: i64,
    steady: u32,
    left_out: u64,
}

impl Waiting {
    fn goes_on_in(&self, heard: &Heard<'_>) -> bool {
        let steps = heard.sequence.wrapping_sub(self.sequence).cast_signed();
        let samples = heard.timestamp.wrapping_sub(self.timestamp);
        let samples = i64::from(samples.cast_signed());
        self.ssrc == heard.ssrc
            && (1..=16).contains(&steps)
            && (0..=i64::from(steps) * PACKET_SAMPLES_MAX).contains(&samples)
    }
}

enum Kind {
    GoesOn(i64),
    Late(i64),
    Again,
    Odd,
}

impl Track {
    /// Takes a packet that arrived `arrived` samples after the answer and says to `keep` what
    /// lies where, in samples since the answer.
    pub fn take(&mut self, heard: &Heard<'_>, arrived: u64, keep: &mut dyn FnMut(u64, &[u8])) {
        let length = heard.payload.len() as i64;
        // What it holds was spoken before it arrived, but not before the answer.
        let arrived = i64::try_from(arrived).unwrap_or(i64::MAX);
        let arrived = (arrived - length).max(0);
        if let Some(waiting) = self.waiting.take_if(|waiting| waiting.goes_on_in(heard)) {
            let samples = heard.timestamp.wrapping_sub(waiting.timestamp);
            self.keep(waiting.at, &waiting.payload, keep);
            self.begin(heard, waiting.at + i64::from(samples.cast_signed()), keep);
            return;
        }
        match self.kind(heard, arrived) {
            Kind::GoesOn(at) => {
                self.went_on(heard, at, arrived);
                self.keep(at, heard.payload, keep);
            }
            Kind::Late(at) => {
                self.came_late(heard.sequence);
                self.keep(at, heard.payload, keep);
            }
            Kind::Again => self.left_out += 1,
            Kind::Odd if self.newest.is_none() => self.begin(heard, arrived, keep),
            Kind::Odd => self.wait(heard, arrived),
        }
    }

    /// The next packet begins anew at its arrival: the peer said that its sound changes.
    pub fn begin_anew(&mut self) {
        self.newest = None;
    }

    /// The end: what still waits lies where it arrived.
    pub fn end(&mut self, keep: &mut dyn FnMut(u64, &[u8])) {
        if let Some(waiting) = self.waiting.take() {
            self.keep(waiting.at, &waiting.payload, keep);
        }
    }

    /// Packets that were doubled, or went on from nothing.
    #[must_use]
    pub fn left_out(&self) -> u64 {
        self.left_out
    }

    fn kind(&self, heard: &Heard<'_>, arrived: i64) -> Kind {
        let Some(newest) = &self.newest else {
            return Kind::Odd;
        };
        if newest.ssrc != heard.ssrc {
            return Kind::Odd;
        }
        // Both wrap around: what matters is the way from the newest, forwards or backwards.
        let steps = heard.sequence.wrapping_sub(newest.sequence).cast_signed();
        let samples = heard.timestamp.wrapping_sub(newest.timestamp);
        let samples = i64::from(samples.cast_signed());
        let at = newest.at + samples;
        match steps {
            1..=AHEAD_MAX => self.ahead(heard, steps, samples, at, arrived),
            BEHIND_MAX..=0 => {
                if -64 < steps && newest.seen & (1 << -steps) != 0 {
                    return Kind::Again;
                }
                match (-LATE_MAX..=0).contains(&samples) {
                    true => Kind::Late(at),
                    false => Kind::Odd,
                }
            }
            _ => Kind::Odd,
        }
    }

    fn ahead(&self, heard: &Heard<'_>, steps: i16, samples: i64, at: i64, arrived: i64) -> Kind {
        let is_close = (0..=i64::from(steps) * PACKET_SAMPLES_MAX).contains(&samples);
        let late = arrived - at;
        let had_stopped = late > GAP_MAX && (heard.is_beginning || self.steady >= STEADY);
        let fits = match is_close {
            true => late >= -EARLY_MAX && !had_stopped,
            false => late.abs() <= GAP_MAX && samples >= 0,
        };
        if fits { Kind::GoesOn(at) } else { Kind::Odd }
    }

    fn went_on(&mut self, heard: &Heard<'_>, at: i64, arrived: i64) {
        self.left_out += u64::from(self.waiting.take().is_some());
        let late = arrived - at;
        self.late_by_least = match self.steady {
            0 => late,
            _ => self.late_by_least.min(late),
        };
        self.steady = match self.late_by_least > GAP_MAX {
            true => self.steady + 1,
            false => 0,
        };
        let Some(newest) = &mut self.newest else {
            return;
        };
        let steps = u32::from(heard.sequence.wrapping_sub(newest.sequence));
        newest.seen = newest.seen.checked_shl(steps).unwrap_or(0) | 1;
        newest.sequence = heard.sequence;
        newest.timestamp = heard.timestamp;
        newest.at = at;
    }

    fn came_late(&mut self, sequence: u16) {
        if let Some(newest) = &mut self.newest {
            let steps = u32::from(newest.sequence.wrapping_sub(sequence));
            newest.seen |= 1_u64.checked_shl(steps).unwrap_or(0);
        }
    }

    fn begin(&mut self, heard: &Heard<'_>, at: i64, keep: &mut dyn FnMut(u64, &[u8])) {
        self.left_out += u64::from(self.waiting.take().is_some());
        self.newest = Some(Newest {
            ssrc: heard.ssrc,
            sequence: heard.sequence,
            timestamp: heard.timestamp,
            at,
            seen: 1,
        });
        self.steady = 0;
        self.keep(at, heard.payload, keep);
    }

    fn wait(&mut self, heard: &Heard<'_>, arrived: i64) {
        self.left_out += u64::from(self.waiting.is_some());
        self.waiting = Some(Waiting {
            ssrc: heard.ssrc,
            sequence: heard.sequence,
            timestamp: heard.timestamp,
            at: arrived,
            payload: heard.payload.to_vec(),
        });
    }

    /// What was spoken before the answer is left out.
    fn keep(&mut self, at: i64, payload: &[u8], keep: &mut dyn FnMut(u64, &[u8])) {
        let before = usize::try_from(-at).unwrap_or(0);
        match payload.get(before..) {
            Some(payload) if !payload.is_empty() => {
                keep(u64::try_from(at).unwrap_or(0), payload);
            }
            _ => self.left_out += 1,
        }
    }
}
