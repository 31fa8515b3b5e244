//! Compression of one frame: zstd with a dictionary that both sides hold, so that each frame
//! unpacks alone. What is the same in every zstd frame of this kind is left out and put back.
//!
//! The dictionary is made by `assets/narrow/README.md`.

use std::io;

use zstd::bulk::{Compressor, Decompressor};
use zstd::zstd_safe::CParameter;

/// Version of dictionary and shapes; in every frame.
pub const VERSION: u8 = 1;

const DICTIONARY: &[u8] = include_bytes!("../../../../../assets/narrow/dictionary-1.zstd");
const LEVEL: i32 = 19;
const MAGIC: [u8; 4] = [0x28, 0xB5, 0x2F, 0xFD];
/// Frame header: one segment, size in one byte, or in two (less 256).
const SIZE_OF_ONE: u8 = 0x20;
const SIZE_OF_TWO: u8 = 0x60;
/// One last block that is compressed.
const BLOCK: usize = 0b101;
/// What a frame may unpack to, bytes.
const CLEAR_MAX: usize = 4_096;

/// Packs and unpacks frames.
pub(super) struct Packer {
    compressor: Compressor<'static>,
    decompressor: Decompressor<'static>,
}

impl Packer {
    /// # Errors
    /// When there is no memory.
    pub(super) fn new() -> io::Result<Packer> {
        let mut compressor = Compressor::with_dictionary(LEVEL, DICTIONARY)?;
        compressor.set_parameter(CParameter::ChecksumFlag(false))?;
        compressor.set_parameter(CParameter::DictIdFlag(false))?;
        Ok(Packer {
            compressor,
            decompressor: Decompressor::with_dictionary(DICTIONARY)?,
        })
    }

    /// `None` = it does not become smaller.
    pub(super) fn pack(&mut self, clear: &[u8]) -> Option<Vec<u8>> {
        let packed = self.compressor.compress(clear).ok()?;
        let rest = packed.strip_prefix(&MAGIC)?;
        let (size, block) = match rest {
            [SIZE_OF_ONE, _, rest @ ..] => (rest.len().checked_sub(3)?, rest),
            [SIZE_OF_TWO, _, _, rest @ ..] => (rest.len().checked_sub(3)?, rest),
            _ => return None,
        };
        let (head, body) = block.split_at_checked(3)?;
        let word = usize::from(head[0]) | usize::from(head[1]) << 8 | usize::from(head[2]) << 16;
        if word != BLOCK | size << 3 || clear.len() > CLEAR_MAX {
            return None;
        }
        let mut out = size_bytes(clear.len());
        out.extend_from_slice(body);
        (out.len() < clear.len()).then_some(out)
    }

    /// `None` = it was not packed so.
    pub(super) fn unpack(&mut self, packed: &[u8]) -> Option<Vec<u8>> {
        let (size, body) = match packed {
            [low, high, rest @ ..] if low & 0x80 != 0 => {
                (usize::from(low & 0x7F) | usize::from(*high) << 7, rest)
            }
            [low, rest @ ..] => (usize::from(*low), rest),
            [] => return None,
        };
        if size > CLEAR_MAX {
            return None;
        }
        let mut whole = MAGIC.to_vec();
        match size.checked_sub(256) {
            None => whole.extend([SIZE_OF_ONE, u8::try_from(size).ok()?]),
            Some(over) => {
                whole.push(SIZE_OF_TWO);
                whole.extend(u16::try_from(over).ok()?.to_le_bytes());
            }
        }
        let word = u32::try_from(BLOCK | body.len() << 3).ok()?;
        whole.extend(&word.to_le_bytes()[..3]);
        whole.extend_from_slice(body);
        let clear = self.decompressor.decompress(&whole, CLEAR_MAX).ok()?;
        (clear.len() == size).then_some(clear)
    }
}

fn size_bytes(size: usize) -> Vec<u8> {
    match u8::try_from(size) {
        Ok(low @ 0..0x80) => vec![low],
        _ => vec![(size & 0x7F) as u8 | 0x80, (size >> 7) as u8],
    }
}
