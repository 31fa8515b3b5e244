//! The compact codec: varints, texts, dots. Bounded: nothing is allocated on
//! the word of a length that the input cannot hold.
//!
//! Not here: the layout of an entry (`entry`).

use super::dot::{Dot, Lane, Writer};

/// The bytes are not what they should be.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum CodecError {
    /// They end too early.
    #[error("bytes end too early")]
    Truncated,
    /// A number is too large or not in shortest form.
    #[error("malformed number")]
    Number,
    /// A text is not UTF-8.
    #[error("malformed text")]
    Text,
    /// A tag of this version's own closed lists is unknown.
    #[error("unknown tag {0}")]
    Tag(u8),
    /// Bytes remain after the end.
    #[error("trailing bytes")]
    Trailing,
    /// Made by a codec this program does not read.
    #[error("codec version {0}")]
    Version(u8),
}

/// Appends to a byte vector.
#[derive(Debug, Default)]
pub struct Writing {
    /// What was written so far.
    pub bytes: Vec<u8>,
}

impl Writing {
    /// One byte.
    pub fn byte(&mut self, value: u8) {
        self.bytes.push(value);
    }

    /// LEB128.
    pub fn number(&mut self, mut value: u64) {
        while value >= 0x80 {
            self.bytes.push((value & 0x7F) as u8 | 0x80);
            value >>= 7;
        }
        self.bytes.push((value & 0x7F) as u8);
    }

    /// Zigzag LEB128.
    pub fn signed(&mut self, value: i64) {
        self.number(((value << 1) ^ (value >> 63)).cast_unsigned());
    }

    /// Length and UTF-8.
    pub fn text(&mut self, value: &str) {
        self.number(value.len() as u64);
        self.bytes.extend_from_slice(value.as_bytes());
    }

    /// A writer.
    pub fn writer(&mut self, writer: Writer) {
        self.number(u64::from(writer.station));
        self.number(u64::from(writer.incarnation));
        self.byte(writer.lane.code());
    }

    /// A dot.
    pub fn dot(&mut self, dot: Dot) {
        self.writer(dot.writer);
        self.number(dot.seq);
    }
}

/// Reads from a byte slice.
#[derive(Debug, Clone, Copy)]
pub struct Reading<'a> {
    rest: &'a [u8],
}

impl<'a> Reading<'a> {
    /// From the first byte.
    #[must_use]
    pub fn new(bytes: &'a [u8]) -> Self {
        Reading { rest: bytes }
    }

    /// How many bytes remain.
    #[must_use]
    pub fn remaining(&self) -> usize {
        self.rest.len()
    }

    /// One byte.
    ///
    /// # Errors
    /// `Truncated`.
    pub fn byte(&mut self) -> Result<u8, CodecError> {
        let (first, rest) = self.rest.split_first().ok_or(CodecError::Truncated)?;
        self.rest = rest;
        Ok(*first)
    }

    /// LEB128.
    ///
    /// # Errors
    /// `Truncated`, `Number`.
    pub fn number(&mut self) -> Result<u64, CodecError> {
        let mut value = 0u64;
        for shift in (0..64).step_by(7) {
            let byte = self.byte()?;
            let part = u64::from(byte & 0x7F);
            if shift == 63 && part > 1 {
                return Err(CodecError::Number);
            }
            value |= part << shift;
            if byte & 0x80 == 0 {
                // Shortest form only: one value, one encoding, one hash.
                return if byte == 0 && shift > 0 {
                    Err(CodecError::Number)
                } else {
                    Ok(value)
                };
            }
        }
        Err(CodecError::Number)
    }

    /// LEB128 that fits 16 bits.
    ///
    /// # Errors
    /// `Truncated`, `Number`.
    pub fn number16(&mut self) -> Result<u16, CodecError> {
        u16::try_from(self.number()?).map_err(|_| CodecError::Number)
    }

    /// Zigzag LEB128.
    ///
    /// # Errors
    /// `Truncated`, `Number`.
    pub fn signed(&mut self) -> Result<i64, CodecError> {
        let raw = self.number()?;
        Ok((raw >> 1).cast_signed() ^ -((raw & 1).cast_signed()))
    }

    /// A count of things that take at least one byte each.
    ///
    /// # Errors
    /// `Truncated` when the rest cannot hold so many.
    pub fn count(&mut self) -> Result<usize, CodecError> {
        let count = usize::try_from(self.number()?).map_err(|_| CodecError::Number)?;
        if count > self.rest.len() {
            Err(CodecError::Truncated)
        } else {
            Ok(count)
        }
    }

    /// Length and bytes.
    ///
    /// # Errors
    /// `Truncated`.
    pub fn bytes(&mut self) -> Result<&'a [u8], CodecError> {
        let length = self.count()?;
        self.take(length)
    }

    /// So many bytes.
    ///
    /// # Errors
    /// `Truncated`.
    pub fn take(&mut self, length: usize) -> Result<&'a [u8], CodecError> {
        let (head, rest) = self
            .rest
            .split_at_checked(length)
            .ok_or(CodecError::Truncated)?;
        self.rest = rest;
        Ok(head)
    }

    /// Length and UTF-8.
    ///
    /// # Errors
    /// `Truncated`, `Text`.
    pub fn text(&mut self) -> Result<&'a str, CodecError> {
        std::str::from_utf8(self.bytes()?).map_err(|_| CodecError::Text)
    }

    /// A writer.
    ///
    /// # Errors
    /// `Truncated`, `Number`, `Tag`.
    pub fn writer(&mut self) -> Result<Writer, CodecError> {
        let station = self.number16()?;
        let incarnation = self.number16()?;
        let lane = self.byte()?;
        let lane = Lane::from_code(lane).ok_or(CodecError::Tag(lane))?;
        Ok(Writer {
            station,
            incarnation,
            lane,
        })
    }

    /// A dot.
    ///
    /// # Errors
    /// `Truncated`, `Number`, `Tag`.
    pub fn dot(&mut self) -> Result<Dot, CodecError> {
        let writer = self.writer()?;
        let seq = self.number()?;
        if i64::try_from(seq).is_err() {
            return Err(CodecError::Number);
        }
        Ok(Dot { writer, seq })
    }

    /// Nothing may remain.
    ///
    /// # Errors
    /// `Trailing`.
    pub fn end(&self) -> Result<(), CodecError> {
        if self.rest.is_empty() {
            Ok(())
        } else {
            Err(CodecError::Trailing)
        }
    }
}
