//! The finished file: a WAV of two channels, caller left, desk right, in the law of the call.
//! Not here: how it gets on the disk (`archive`).

use super::journal::Piece;
use super::{Law, SAMPLES_PER_SECOND, Side};

const CHANNELS: usize = 2;
/// The longest recording: 12 hours. What is said to be later belongs to no call.
pub(super) const SAMPLES_MAX: u64 = 12 * 3_600 * SAMPLES_PER_SECOND;
const FORMAT_BYTES: u32 = 18;
const FACT_BYTES: u32 = 4;
/// Bytes before the samples.
pub(super) const HEADER_BYTES: usize = 58;

/// The samples a piece covers; `None` when it lies outside of any call.
fn covered(piece: &Piece) -> Option<std::ops::Range<usize>> {
    let end = piece.at.checked_add(piece.bytes.len() as u64)?;
    if end > SAMPLES_MAX {
        return None;
    }
    // At most `SAMPLES_MAX`.
    Some(usize::try_from(piece.at).ok()?..usize::try_from(end).ok()?)
}

/// How many samples the recording has, and how many pieces lie outside of any call.
pub(super) fn length(pieces: &[Piece]) -> (usize, u64) {
    let mut samples = 0;
    let mut outside = 0;
    for piece in pieces {
        match covered(piece) {
            Some(covered) => samples = covered.end.max(samples),
            None => outside += 1,
        }
    }
    (samples, outside)
}

/// The whole file. A later piece overwrites an earlier one that lies in the same place.
pub(super) fn file(journal: &[u8], pieces: &[Piece], law: Law) -> Vec<u8> {
    let (samples, _) = length(pieces);
    let mut file = header(samples, law);
    let from = file.len();
    file.resize(from + samples * CHANNELS, law.silence());
    let sound = file.get_mut(from..).unwrap_or_default();
    for piece in pieces {
        let Some(covered) = covered(piece) else {
            continue;
        };
        let channel = match piece.side {
            Side::Caller => 0,
            Side::Desk => 1,
        };
        let place = sound.get_mut(covered.start * CHANNELS..covered.end * CHANNELS);
        let frames = place.unwrap_or_default().chunks_exact_mut(CHANNELS);
        let bytes = journal.get(piece.bytes.clone()).unwrap_or_default();
        for (frame, &byte) in frames.zip(bytes) {
            if let Some(sample) = frame.get_mut(channel) {
                *sample = said_in(law, piece.law, byte);
            }
        }
    }
    file
}

fn said_in(law: Law, came_in: Law, byte: u8) -> u8 {
    match law == came_in {
        true => byte,
        false => law.byte(came_in.linear(byte)),
    }
}

fn header(samples: usize, law: Law) -> Vec<u8> {
    // At most `SAMPLES_MAX` in two channels: below 2^30.
    let samples = u32::try_from(samples).unwrap_or(u32::MAX);
    let channels = CHANNELS as u16;
    let data = samples.saturating_mul(u32::from(channels));
    let rate = SAMPLES_PER_SECOND as u32;
    let riff = data.saturating_add(HEADER_BYTES as u32 - 8);
    let mut header = Vec::with_capacity(HEADER_BYTES + data as usize);
    header.extend(b"RIFF");
    header.extend(riff.to_le_bytes());
    header.extend(b"WAVEfmt ");
    header.extend(FORMAT_BYTES.to_le_bytes());
    header.extend(law.format_tag().to_le_bytes());
    header.extend(channels.to_le_bytes());
    header.extend(rate.to_le_bytes());
    header.extend((rate * u32::from(channels)).to_le_bytes());
    header.extend(channels.to_le_bytes());
    header.extend(8_u16.to_le_bytes());
    header.extend(0_u16.to_le_bytes());
    header.extend(b"fact");
    header.extend(FACT_BYTES.to_le_bytes());
    header.extend(samples.to_le_bytes());
    header.extend(b"data");
    header.extend(data.to_le_bytes());
    header
}
