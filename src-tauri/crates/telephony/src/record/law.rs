//! The two laws of G.711: which one, its silence, and one said in the other.
//! Not here: other codecs.

use serde::{Deserialize, Serialize};

/// How a sample is one byte.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Law {
    /// A-law, RTP payload type 8.
    A,
    /// µ-law, RTP payload type 0.
    Mu,
}

impl Law {
    /// The law of an RTP payload type (RFC 3551).
    #[must_use]
    pub fn of_payload_type(payload_type: u8) -> Option<Law> {
        match payload_type {
            8 => Some(Law::A),
            0 => Some(Law::Mu),
            _ => None,
        }
    }

    /// The RTP payload type (RFC 3551).
    #[must_use]
    pub fn payload_type(self) -> u8 {
        match self {
            Law::A => 8,
            Law::Mu => 0,
        }
    }

    /// The byte of a silent sample.
    #[must_use]
    pub fn silence(self) -> u8 {
        match self {
            Law::A => 0xD5,
            Law::Mu => 0xFF,
        }
    }

    /// The format tag of a WAV file.
    #[must_use]
    pub fn format_tag(self) -> u16 {
        match self {
            Law::A => 6,
            Law::Mu => 7,
        }
    }

    /// The sample as a number of 16 bits.
    #[must_use]
    pub fn linear(self, byte: u8) -> i16 {
        match self {
            Law::A => a_linear(byte),
            Law::Mu => mu_linear(byte),
        }
    }

    /// The byte that is nearest to a number of 16 bits.
    #[must_use]
    pub fn byte(self, linear: i16) -> u8 {
        match self {
            Law::A => a_byte(linear),
            Law::Mu => mu_byte(linear),
        }
    }
}

fn a_linear(byte: u8) -> i16 {
    let plain = byte ^ 0x55;
    let step = i16::from(plain & 0x0F) << 4;
    let size = match (plain & 0x70) >> 4 {
        0 => step + 8,
        segment => (step + 0x108) << (segment - 1),
    };
    if plain & 0x80 == 0 { -size } else { size }
}

fn a_byte(linear: i16) -> u8 {
    let (sign, size) = match linear {
        0.. => (0x80, linear),
        _ => (0x00, -(linear + 1)),
    };
    let segment = match size {
        ..0x100 => 0,
        _ => 7 - size.leading_zeros().saturating_sub(1).min(7),
    };
    let step = match segment {
        0 => size >> 4,
        _ => size >> (segment + 3),
    };
    // The segment has three bits, the step four.
    let plain = sign | (segment as u8) << 4 | (step & 0x0F) as u8;
    plain ^ 0x55
}

fn mu_linear(byte: u8) -> i16 {
    let plain = !byte;
    let step = i16::from(plain & 0x0F) << 3;
    let size = ((step + 0x84) << ((plain & 0x70) >> 4)) - 0x84;
    if plain & 0x80 == 0 { size } else { -size }
}

fn mu_byte(linear: i16) -> u8 {
    let (sign, size) = match linear {
        0.. => (0x00, linear),
        _ => (0x80, -linear.max(-i16::MAX)),
    };
    let size = size.min(32_635) + 0x84;
    let segment = 8 - size.leading_zeros().min(8);
    let step = size >> (segment + 3);
    // The segment has three bits, the step four.
    !(sign | (segment as u8) << 4 | (step & 0x0F) as u8)
}
