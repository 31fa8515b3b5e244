//! RTP packets (RFC 3550), read and written.
//! Not here: sockets (`media`).

const VERSION: u8 = 2;
const FIXED: usize = 12;
const WORD: usize = 4;
const PADDING: u8 = 0x20;
const EXTENSION: u8 = 0x10;
const SOURCES: u8 = 0x0F;
const MARKER: u8 = 0x80;

/// A packet as it stands in a datagram.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Packet<'a> {
    /// For sound: a talk begins after silence.
    pub is_marked: bool,
    /// 0 to 127.
    pub payload_type: u8,
    /// One more than the packet's before it.
    pub sequence: u16,
    /// The first sample, by the sender's clock.
    pub timestamp: u32,
    /// The source.
    pub ssrc: u32,
    /// Without padding.
    pub payload: &'a [u8],
}

impl<'a> Packet<'a> {
    /// Reads a datagram; `None` if it is no RTP packet of version 2 that is whole.
    #[must_use]
    pub fn read(datagram: &'a [u8]) -> Option<Packet<'a>> {
        let (fixed, rest) = datagram.split_first_chunk::<FIXED>()?;
        let [first, second, s0, s1, t0, t1, t2, t3, r0, r1, r2, r3] = *fixed;
        if first >> 6 != VERSION {
            return None;
        }
        let mut rest = rest.get(usize::from(first & SOURCES) * WORD..)?;
        if first & EXTENSION != 0 {
            let (head, after) = rest.split_first_chunk::<WORD>()?;
            let [_, _, high, low] = *head;
            let words = usize::from(u16::from_be_bytes([high, low]));
            rest = after.get(words * WORD..)?;
        }
        if first & PADDING != 0 {
            let padding = usize::from(*rest.last()?);
            let end = rest.len().checked_sub(padding)?;
            if padding == 0 {
                return None;
            }
            rest = rest.get(..end)?;
        }
        Some(Packet {
            is_marked: second & MARKER != 0,
            payload_type: second & !MARKER,
            sequence: u16::from_be_bytes([s0, s1]),
            timestamp: u32::from_be_bytes([t0, t1, t2, t3]),
            ssrc: u32::from_be_bytes([r0, r1, r2, r3]),
            payload: rest,
        })
    }

    /// The datagram; without padding, extension and other sources.
    #[must_use]
    pub fn write(&self) -> Vec<u8> {
        let mut datagram = Vec::with_capacity(FIXED + self.payload.len());
        let marker = if self.is_marked { MARKER } else { 0 };
        datagram.push(VERSION << 6);
        datagram.push(marker | (self.payload_type & !MARKER));
        datagram.extend(self.sequence.to_be_bytes());
        datagram.extend(self.timestamp.to_be_bytes());
        datagram.extend(self.ssrc.to_be_bytes());
        datagram.extend(self.payload);
        datagram
    }
}
