//! Frames on the air: what one is at most, where it begins and ends in a stream of bytes.
//!
//! Not here: ciphers (`seal`), what a frame says (`item`).

/// Largest frame on the air, with everything, bytes.
pub const FRAME_MAX: usize = 200;
/// What a sealed frame has beside what it says: code of the stuffing, delimiter, kind, number of
/// the key, count of the frame, tag.
pub const OVERHEAD: usize = 2 + 1 + 2 + 4 + 8;
/// Bytes that one frame can say.
pub const ROOM: usize = FRAME_MAX - OVERHEAD;

/// The frame with its delimiter. Zero bytes are stuffed (COBS), so that a zero ends a frame and
/// nothing else.
#[must_use]
pub fn stuffed(frame: &[u8]) -> Vec<u8> {
    let mut out = cobs::encode_vec(frame);
    out.push(0);
    out
}

/// Cuts a stream of bytes into frames. What was damaged on its way comes out as a frame that
/// cannot be opened, or not at all; the next zero begins anew.
#[derive(Debug, Default)]
pub struct Cutting {
    held: Vec<u8>,
    is_too_long: bool,
    /// Frames that were no frames: too long, or stuffed wrongly.
    pub damaged: u64,
}

impl Cutting {
    /// Hears bytes; the frames that are whole now.
    pub fn hear(&mut self, bytes: &[u8]) -> Vec<Vec<u8>> {
        let mut out = Vec::new();
        for byte in bytes {
            if *byte != 0 {
                self.is_too_long |= self.held.len() >= FRAME_MAX;
                if !self.is_too_long {
                    self.held.push(*byte);
                }
                continue;
            }
            let held = std::mem::take(&mut self.held);
            if std::mem::take(&mut self.is_too_long) {
                self.damaged += 1;
            } else if !held.is_empty() {
                match cobs::decode_vec(&held) {
                    Ok(frame) => out.push(frame),
                    Err(_) => self.damaged += 1,
                }
            }
        }
        out
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    #[test]
    fn the_overhead_is_within_its_budget() {
        const { assert!(OVERHEAD <= 20) };
        let frame = vec![7; FRAME_MAX - 2];
        assert_eq!(stuffed(&frame).len(), FRAME_MAX);
    }

    proptest! {
        #[test]
        fn what_is_stuffed_comes_out_after_any_noise(
            noise in proptest::collection::vec(any::<u8>(), 0..600),
            frame in proptest::collection::vec(any::<u8>(), 1..198),
            cuts in 1_usize..40,
        ) {
            let mut stream = noise;
            stream.push(0);
            stream.extend(stuffed(&frame));
            let mut cutting = Cutting::default();
            let mut out = Vec::new();
            for part in stream.chunks(cuts) {
                out.extend(cutting.hear(part));
            }
            prop_assert_eq!(out.last(), Some(&frame));
            prop_assert!(cutting.held.is_empty());
        }
    }
}
