//! Tiles in gzip, as MBTiles wants them, and made plain again for readers that no content encoding
//! is undone for.
//!
//! Tiles of ours are gzip whose body is not pressed together (decision 0030): taking them out is a
//! copy and a check sum, where a pressed tile took as long as many readings of it. Packs of before
//! and of others hold pressed ones, which are read all the same.

use libdeflater::{CompressionLvl, Compressor, DecompressionError, Decompressor};

/// A tile never unpacks to more than this; what does is broken.
const TILE_BYTES_MAX: usize = 16 * 1024 * 1024;
/// Deflate gives at most so many bytes for each of its own.
const SWELL_MAX: usize = 1_032;

/// Why a tile does not unpack.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum BrokenTile {
    /// No gzip, cut short, or other bytes than were packed.
    #[error("the tile is no whole gzip, or its bytes are not those that were packed")]
    Damaged,
    /// What it says of its size cannot be.
    #[error("the tile says that it unpacks from {packed} to {plain} bytes, which no tile does")]
    Swollen {
        /// Bytes as it lies.
        packed: usize,
        /// Bytes it says it has.
        plain: usize,
    },
}

/// A tile as it lies in a pack. The header carries no time: the same tile, the same bytes.
pub(crate) fn wrapped(plain: &[u8]) -> Vec<u8> {
    let mut gzip = Compressor::new(CompressionLvl::new(0).unwrap_or_default());
    let mut bytes = vec![0; gzip.gzip_compress_bound(plain.len())];
    // It only fails when there is too little room.
    let written = gzip.gzip_compress(plain, &mut bytes).unwrap_or(0);
    bytes.truncate(written);
    bytes
}

/// Unpacks a tile as [`crate::Pack::tile`] gives it. Nothing is set aside for it before the size
/// it states was found possible.
///
/// # Errors
/// [`BrokenTile`].
pub fn unpacked(packed: &[u8]) -> Result<Vec<u8>, BrokenTile> {
    let plain = stated_size(packed).ok_or(BrokenTile::Damaged)?;
    if plain > TILE_BYTES_MAX || plain > packed.len() * SWELL_MAX {
        let packed = packed.len();
        return Err(BrokenTile::Swollen { packed, plain });
    }
    let mut bytes = vec![0; plain];
    match Decompressor::new().gzip_decompress(packed, &mut bytes) {
        Ok(written) if written == plain => Ok(bytes),
        Ok(_) | Err(DecompressionError::BadData | DecompressionError::InsufficientSpace) => {
            Err(BrokenTile::Damaged)
        }
    }
}

/// The size that stands at the end of every gzip.
fn stated_size(packed: &[u8]) -> Option<usize> {
    let size = packed.last_chunk::<4>()?;
    usize::try_from(u32::from_le_bytes(*size)).ok()
}

#[cfg(test)]
mod tests {
    use std::io::{Read, Write};

    use flate2::Compression;
    use flate2::read::GzDecoder;
    use flate2::write::GzEncoder;

    use super::*;

    fn packed(bytes: &[u8]) -> Vec<u8> {
        let mut encoder = GzEncoder::new(Vec::new(), Compression::fast());
        encoder.write_all(bytes).unwrap();
        encoder.finish().unwrap()
    }

    /// Something that packs, and not to nothing.
    fn tile(bytes: u32) -> Vec<u8> {
        (0..bytes)
            .map(|i| (i.wrapping_mul(i) % 251) as u8)
            .collect()
    }

    fn with_size(mut packed: Vec<u8>, size: u32) -> Vec<u8> {
        packed.truncate(packed.len() - 4);
        packed.extend(size.to_le_bytes());
        packed
    }

    /// Ours, those of packs of before; and what another library makes of ours.
    #[test]
    fn a_tile_comes_out_as_it_went_in() {
        for bytes in [0, 1, 1_000, 65_535, 65_536, 100_000, 3_000_000] {
            let tile = tile(bytes);
            let ours = wrapped(&tile);
            let more = ours.len() - tile.len();
            assert!(more < 30 + tile.len() / 10_000, "{bytes}: {more} more");
            let mut read = Vec::new();
            GzDecoder::new(ours.as_slice())
                .read_to_end(&mut read)
                .unwrap();
            assert!(read == tile, "{bytes}");
            assert!(unpacked(&ours).as_ref() == Ok(&tile), "{bytes}");
            assert!(unpacked(&packed(&tile)).as_ref() == Ok(&tile), "{bytes}");
        }
    }

    #[test]
    fn a_tile_cut_short_is_refused_wherever_it_is_cut() {
        for whole in [packed(&tile(1_000)), wrapped(&tile(1_000))] {
            for end in 0..whole.len() {
                assert!(unpacked(&whole[..end]).is_err(), "{end}");
            }
        }
        assert_eq!(unpacked(b"not gzip"), Err(swollen(8, 0x7069_7a67)));
    }

    fn swollen(packed: usize, plain: usize) -> BrokenTile {
        BrokenTile::Swollen { packed, plain }
    }

    /// A bit turned anywhere: the tile is refused, or comes out as it went in where the bit means
    /// nothing (a time and a system in the header, what fills up a body's last byte).
    #[test]
    fn a_tile_with_other_bytes_is_refused() {
        let tile = tile(1_000);
        for whole in [packed(&tile), wrapped(&tile)] {
            let mut harmless = 0;
            for at in 0..whole.len() {
                let mut broken = whole.clone();
                broken[at] ^= 0x10;
                if let Ok(bytes) = unpacked(&broken) {
                    assert!(bytes == tile, "byte {at}");
                    harmless += 1;
                }
            }
            assert!(harmless <= 10, "{harmless} bytes mean nothing");
        }
    }

    #[test]
    fn a_bomb_is_refused_before_it_goes_off() {
        let much = TILE_BYTES_MAX + 1;
        let bomb = packed(&vec![0; much]);
        assert_eq!(unpacked(&bomb), Err(swollen(bomb.len(), much)));
        // One that states a small size does not get more room than that.
        assert_eq!(unpacked(&with_size(bomb, 1_000)), Err(BrokenTile::Damaged));
        // A few bytes that state as much as a tile may have are given none of it.
        let small = with_size(packed(&tile(1_000)), TILE_BYTES_MAX as u32);
        assert_eq!(unpacked(&small), Err(swollen(small.len(), TILE_BYTES_MAX)));
        // One that states more than it has is not filled up with nothing.
        let more = with_size(packed(&tile(1_000)), 1_001);
        assert_eq!(unpacked(&more), Err(BrokenTile::Damaged));
        let mut behind = packed(&tile(1_000));
        behind.extend(1_001_u32.to_le_bytes());
        assert_eq!(unpacked(&behind), Err(BrokenTile::Damaged));
    }
}
