//! What a sealed frame says: heads, which frames came, signatures, and at its end entries.
//!
//! Layout: length of the plain part, its items, then the blocks of entries, packed or not as the
//! frame's kind says. Not here: sealing, and what goes when.

use fengsui_domain::log::codec::{CodecError, Reading, Writing};
use fengsui_domain::log::dot::{Dot, Lane, Writer};

use super::compact::{self, Context};
use crate::port::Place;
use crate::summary::{Head, fixed};

/// Bytes of a head's hash that are said.
pub(super) const HASH: usize = 2;

const HEADS: u8 = 1;
const CAME: u8 = 2;
const SIGNED: u8 = 3;
const PLACES: u8 = 4;

/// Whose frame: numbers of writers are short for its own.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Speaker {
    pub(super) station: u16,
    pub(super) incarnation: u16,
    /// Times count from here, ms.
    pub(super) base_ms: i64,
}

/// Which part of a whole list of heads.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(super) struct Page {
    pub(super) list: u8,
    pub(super) at: u8,
    pub(super) of: u8,
}

/// What stands before the entries.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum Item {
    /// Durable heads here; of a whole list, or those that moved.
    Heads {
        page: Option<Page>,
        heads: Vec<(Writer, u64, [u8; HASH])>,
    },
    /// Of a station's frames under the key of this number: one more than the highest that came,
    /// and which of the 32 before (bit 0 = the highest).
    Came {
        station: u16,
        key: u16,
        next: u32,
        came: u32,
    },
    /// The station's signature of its head at this dot.
    Signed(Dot, [u8; 64]),
    /// Where units are, by their dots.
    Places(Vec<Place>),
}

/// Entries, or a piece of one that is too long for a frame.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum Block {
    Entries(Writer, u64, Vec<Vec<u8>>),
    Piece {
        dot: Dot,
        at: usize,
        of: usize,
        bytes: Vec<u8>,
    },
}

/// First bytes of a head's hash.
pub(super) fn short(head: Head) -> [u8; HASH] {
    [head.hash[0], head.hash[1]]
}

impl Speaker {
    fn write_writer(&self, out: &mut Writing, writer: Writer) {
        let is_other = writer.station != self.station || writer.incarnation != self.incarnation;
        let lane = u64::from(writer.lane.code());
        out.number(u64::from(writer.station) << 3 | lane << 1 | u64::from(is_other));
        if is_other {
            out.number(u64::from(writer.incarnation));
        }
    }

    fn read_writer(&self, from: &mut Reading<'_>) -> Result<Writer, CodecError> {
        let head = from.number()?;
        let lane = ((head >> 1) & 3) as u8;
        let station = u16::try_from(head >> 3).map_err(|_| CodecError::Number)?;
        let incarnation = match head & 1 {
            0 if station == self.station => self.incarnation,
            0 => return Err(CodecError::Number),
            _ => from.number16()?,
        };
        Ok(Writer {
            station,
            incarnation,
            lane: Lane::from_code(lane).ok_or(CodecError::Tag(lane))?,
        })
    }
}

fn read_seq(from: &mut Reading<'_>) -> Result<u64, CodecError> {
    let seq = from.number()?;
    i64::try_from(seq).map_err(|_| CodecError::Number)?;
    Ok(seq)
}

/// The plain part, with its length before it.
pub(super) fn write_items(speaker: &Speaker, items: &[Item]) -> Vec<u8> {
    let mut plain = Writing::default();
    for item in items {
        match item {
            Item::Heads { page, heads } => {
                plain.byte(HEADS | u8::from(page.is_some()) << 4);
                if let Some(page) = page {
                    plain.bytes.extend([page.list, page.at, page.of]);
                }
                plain.number(heads.len() as u64);
                for (writer, seq, hash) in heads {
                    speaker.write_writer(&mut plain, *writer);
                    plain.number(*seq);
                    plain.bytes.extend_from_slice(hash);
                }
            }
            Item::Came {
                station,
                key,
                next,
                came,
            } => {
                plain.byte(CAME);
                plain.number(u64::from(*station));
                plain.bytes.extend_from_slice(&key.to_le_bytes());
                plain.number(u64::from(*next));
                plain.bytes.extend_from_slice(&came.to_le_bytes());
            }
            Item::Signed(dot, signature) => {
                plain.byte(SIGNED);
                speaker.write_writer(&mut plain, dot.writer);
                plain.number(dot.seq);
                plain.bytes.extend_from_slice(signature);
            }
            Item::Places(places) => {
                plain.byte(PLACES);
                write_places(speaker, &mut plain, places);
            }
        }
    }
    let mut out = Writing::default();
    out.number(plain.bytes.len() as u64);
    out.bytes.extend(plain.bytes);
    out.bytes
}

/// Reads the plain part; what remains are the blocks. An item of an unknown kind ends it: a newer
/// program may say more.
///
/// # Errors
/// Any `CodecError`.
pub(super) fn read_items<'a>(
    speaker: &Speaker,
    clear: &'a [u8],
) -> Result<(Vec<Item>, &'a [u8]), CodecError> {
    let mut whole = Reading::new(clear);
    let plain = whole.bytes()?;
    let rest = clear.get(clear.len() - whole.remaining()..).unwrap_or(&[]);
    let mut from = Reading::new(plain);
    let mut items = Vec::new();
    while from.remaining() > 0 {
        let tag = from.byte()?;
        items.push(match tag & 15 {
            HEADS => read_heads(speaker, &mut from, tag >> 4 != 0)?,
            CAME => Item::Came {
                station: from.number16()?,
                key: u16::from_le_bytes(fixed(&mut from)?),
                next: u32::try_from(from.number()?).map_err(|_| CodecError::Number)?,
                came: u32::from_le_bytes(fixed(&mut from)?),
            },
            SIGNED => {
                let writer = speaker.read_writer(&mut from)?;
                let seq = read_seq(&mut from)?;
                Item::Signed(Dot { writer, seq }, fixed(&mut from)?)
            }
            PLACES => Item::Places(read_places(speaker, &mut from)?),
            _ => break,
        });
    }
    Ok((items, rest))
}

/// What the first is less than.
fn before(speaker: &Speaker) -> Place {
    Place {
        unit: Dot::COUNTY,
        lon_e5: 0,
        lat_e5: 0,
        at_s: speaker.base_ms / 1_000,
    }
}

/// Each less the one before; times in seconds from the speaker's own beginning.
fn write_places(speaker: &Speaker, out: &mut Writing, places: &[Place]) {
    out.number(places.len() as u64);
    let mut last = before(speaker);
    for place in places {
        speaker.write_writer(out, place.unit.writer);
        out.number(place.unit.seq);
        out.signed(i64::from(place.lon_e5) - i64::from(last.lon_e5));
        out.signed(i64::from(place.lat_e5) - i64::from(last.lat_e5));
        out.signed(place.at_s.wrapping_sub(last.at_s));
        last = *place;
    }
}

fn read_places(speaker: &Speaker, from: &mut Reading<'_>) -> Result<Vec<Place>, CodecError> {
    let count = from.count()?;
    let mut places = Vec::with_capacity(count.min(64));
    let mut last = before(speaker);
    let degrees = |last: i32, step: i64| {
        let sum = i64::from(last).checked_add(step).map(i32::try_from);
        sum.and_then(Result::ok).ok_or(CodecError::Number)
    };
    for _ in 0..count {
        let writer = speaker.read_writer(from)?;
        let seq = read_seq(from)?;
        last = Place {
            unit: Dot { writer, seq },
            lon_e5: degrees(last.lon_e5, from.signed()?)?,
            lat_e5: degrees(last.lat_e5, from.signed()?)?,
            at_s: last.at_s.wrapping_add(from.signed()?),
        };
        places.push(last);
    }
    Ok(places)
}

fn read_heads(
    speaker: &Speaker,
    from: &mut Reading<'_>,
    is_paged: bool,
) -> Result<Item, CodecError> {
    let page = match is_paged {
        true => Some(Page {
            list: from.byte()?,
            at: from.byte()?,
            of: from.byte()?,
        }),
        false => None,
    };
    let mut heads = Vec::new();
    for _ in 0..from.count()? {
        heads.push((speaker.read_writer(from)?, read_seq(from)?, fixed(from)?));
    }
    Ok(Item::Heads { page, heads })
}

/// The blocks, not yet packed.
pub(super) fn write_blocks(speaker: &Speaker, blocks: &[Block]) -> Vec<u8> {
    let mut out = Writing::default();
    let mut context = Context::new(speaker.base_ms);
    for block in blocks {
        match block {
            Block::Entries(writer, first, entries) => {
                speaker.write_writer(&mut out, *writer);
                out.number(*first);
                out.number(entries.len() as u64);
                for (seq, entry) in (*first..).zip(entries) {
                    let dot = Dot {
                        writer: *writer,
                        seq,
                    };
                    compact::write(&mut out, &mut context, dot, entry);
                }
            }
            Block::Piece { dot, at, of, bytes } => {
                speaker.write_writer(&mut out, dot.writer);
                out.number(dot.seq);
                out.number(0);
                for number in [*at, *of, bytes.len()] {
                    out.number(number as u64);
                }
                out.bytes.extend_from_slice(bytes);
            }
        }
    }
    out.bytes
}

/// Reads the blocks.
///
/// # Errors
/// Any `CodecError`; nothing is allocated beyond the input's own size.
pub(super) fn read_blocks(speaker: &Speaker, clear: &[u8]) -> Result<Vec<Block>, CodecError> {
    let mut from = Reading::new(clear);
    let mut context = Context::new(speaker.base_ms);
    let mut blocks = Vec::new();
    while from.remaining() > 0 {
        let writer = speaker.read_writer(&mut from)?;
        let first = read_seq(&mut from)?;
        let count = from.count()?;
        if first == 0 || first.checked_add(count as u64).is_none() {
            return Err(CodecError::Number);
        }
        if count == 0 {
            let size = |number: u64| usize::try_from(number).map_err(|_| CodecError::Number);
            let (at, of) = (size(from.number()?)?, size(from.number()?)?);
            let bytes = from.bytes()?.to_vec();
            let dot = Dot { writer, seq: first };
            blocks.push(Block::Piece { dot, at, of, bytes });
            continue;
        }
        let mut entries = Vec::with_capacity(count.min(64));
        for seq in (first..).take(count) {
            entries.push(compact::read(&mut from, &mut context, Dot { writer, seq })?);
        }
        blocks.push(Block::Entries(writer, first, entries));
    }
    Ok(blocks)
}
