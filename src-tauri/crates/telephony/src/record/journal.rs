//! The journal of a recording that is being made: framed records, one after the other, each with
//! its own check sum. A journal that was cut anywhere is read up to its last whole record; a
//! damaged place is stepped over.
//!
//! A frame: two bytes to find it by, kind, length of the body, body, CRC-32 of kind to body.
//! Not here: when it is written to the disk (`recording`), what is made of it (`archive`).

use std::ops::Range;

use serde::{Deserialize, Serialize};

use super::{Law, Side};

const MARK: [u8; 2] = [0xF5, 0x1E];
const HEAD: u8 = 1;
const CALLER: u8 = 2;
const DESK: u8 = 3;
const END: u8 = 4;
/// Mark, kind, length.
const BEFORE: usize = 5;
const AFTER: usize = 4;
/// Payload type and position, before the payload.
const BEFORE_PAYLOAD: usize = 9;
/// The longest payload of one record, in bytes.
pub(super) const PAYLOAD_MAX: usize = 2_048;
const BODY_MAX: usize = BEFORE_PAYLOAD + PAYLOAD_MAX;

/// What a recording is of. No number and no name of a person: those stand in the log.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Head {
    /// The file's name without its ending.
    pub name: String,
    /// The call, as `phone` names it.
    pub call: String,
    /// The line that rang.
    pub line: String,
    /// When the call was answered, in milliseconds since 1970 by this machine's clock.
    pub started_ms: u64,
    /// The law of the file.
    pub law: Law,
}

impl Head {
    /// What can be said of a journal whose head cannot be read.
    pub(super) fn of_name(name: &str) -> Head {
        let (started, call) = name.split_once('-').unwrap_or(("0", name));
        Head {
            name: name.to_owned(),
            call: call.to_owned(),
            line: String::new(),
            started_ms: started.parse().unwrap_or(0),
            law: Law::A,
        }
    }
}

/// One packet's sound in the journal.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Piece {
    pub(super) side: Side,
    pub(super) law: Law,
    /// Samples since the answer.
    pub(super) at: u64,
    /// Where in the journal its bytes are.
    pub(super) bytes: Range<usize>,
}

/// What a journal holds.
#[derive(Debug, Default)]
pub(super) struct Journal {
    pub(super) head: Option<Head>,
    pub(super) pieces: Vec<Piece>,
    /// The recording was finished, and so many packets found no room on their way here.
    pub(super) end: Option<u64>,
    /// Bytes that belong to no whole record.
    pub(super) damaged: u64,
}

fn frame(kind: u8, parts: &[&[u8]], to: &mut Vec<u8>) {
    let length: usize = parts.iter().map(|part| part.len()).sum();
    let mut sum = crc32fast::Hasher::new();
    // Bodies are at most `BODY_MAX` long.
    let length = u16::try_from(length).unwrap_or(u16::MAX).to_le_bytes();
    to.extend(MARK);
    for part in [&[kind][..], &length].iter().chain(parts) {
        sum.update(part);
        to.extend_from_slice(part);
    }
    to.extend(sum.finalize().to_le_bytes());
}

/// Appends the head, cut short if it is too long to be read again.
pub(super) fn head(head: &Head, to: &mut Vec<u8>) {
    let text = serde_json::to_vec(head).unwrap_or_default();
    frame(HEAD, &[text.get(..BODY_MAX).unwrap_or(&text)], to);
}

/// Appends a packet's sound; its bytes beyond `PAYLOAD_MAX` are left out.
pub(super) fn sound(side: Side, law: Law, at: u64, payload: &[u8], to: &mut Vec<u8>) {
    let kind = match side {
        Side::Caller => CALLER,
        Side::Desk => DESK,
    };
    let payload = payload.get(..PAYLOAD_MAX).unwrap_or(payload);
    frame(
        kind,
        &[&[law.payload_type()], &at.to_le_bytes(), payload],
        to,
    );
}

/// Appends the end of a recording that was finished; `lost`: packets that found no room.
pub(super) fn end(lost: u64, to: &mut Vec<u8>) {
    frame(END, &[&lost.to_le_bytes()], to);
}

/// Reads what is whole in `bytes`, whatever they are.
pub(super) fn read(bytes: &[u8]) -> Journal {
    let mut journal = Journal::default();
    let mut at = 0;
    while at < bytes.len() {
        let Some((kind, body)) = whole(bytes, at) else {
            let from = at;
            at = next_mark(bytes, at + 1);
            journal.damaged += (at - from) as u64;
            continue;
        };
        let after = body.end + AFTER;
        if !journal.take(kind, bytes, body) {
            journal.damaged += (after - at) as u64;
        }
        at = after;
    }
    journal
}

/// Kind and body of the frame that begins at `at`, if there is a whole one.
fn whole(bytes: &[u8], at: usize) -> Option<(u8, Range<usize>)> {
    let rest = bytes.get(at..)?;
    let (before, _) = rest.split_first_chunk::<BEFORE>()?;
    let [first, second, kind, low, high] = *before;
    let length = usize::from(u16::from_le_bytes([low, high]));
    if [first, second] != MARK || length > BODY_MAX {
        return None;
    }
    let checked = rest.get(MARK.len()..BEFORE + length)?;
    let (sum, _) = rest.get(BEFORE + length..)?.split_first_chunk::<AFTER>()?;
    let is_whole = crc32fast::hash(checked) == u32::from_le_bytes(*sum);
    is_whole.then_some((kind, at + BEFORE..at + BEFORE + length))
}

fn next_mark(bytes: &[u8], from: usize) -> usize {
    let rest = bytes.get(from..).unwrap_or_default();
    let found = rest.windows(MARK.len()).position(|pair| pair == MARK);
    found.map_or(bytes.len(), |found| from + found)
}

impl Journal {
    /// Whether the record is one that is understood.
    fn take(&mut self, kind: u8, bytes: &[u8], body: Range<usize>) -> bool {
        let content = bytes.get(body.clone()).unwrap_or_default();
        match kind {
            HEAD => {
                let head = serde_json::from_slice(content).ok();
                let is_understood = head.is_some();
                self.head = self.head.take().or(head);
                is_understood
            }
            CALLER => self.piece(Side::Caller, content, &body),
            DESK => self.piece(Side::Desk, content, &body),
            END => {
                let lost = content.first_chunk().copied().map(u64::from_le_bytes);
                self.end = lost.or(self.end);
                lost.is_some()
            }
            _ => false,
        }
    }

    fn piece(&mut self, side: Side, content: &[u8], body: &Range<usize>) -> bool {
        let Some((before, _)) = content.split_first_chunk::<BEFORE_PAYLOAD>() else {
            return false;
        };
        let [payload_type, at @ ..] = *before;
        let Some(law) = Law::of_payload_type(payload_type) else {
            return false;
        };
        self.pieces.push(Piece {
            side,
            law,
            at: u64::from_le_bytes(at),
            bytes: body.start + BEFORE_PAYLOAD..body.end,
        });
        true
    }
}
