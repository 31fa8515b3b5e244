//! A packed tile made plain again, for readers that no content encoding is undone for.
//!
//! Not here: packing (`tiles`).

use std::io::Read;

use flate2::read::GzDecoder;

/// A tile never unpacks to more than this; what does is broken.
const TILE_BYTES_MAX: u64 = 16 * 1024 * 1024;

/// Unpacks a tile as [`crate::Pack::tile`] gives it.
///
/// # Errors
/// The bytes are not gzip, are cut short, or unpack to more than 16 MiB.
pub fn unpacked(packed: &[u8]) -> std::io::Result<Vec<u8>> {
    let mut bytes = Vec::with_capacity(packed.len() * 3);
    GzDecoder::new(packed)
        .take(TILE_BYTES_MAX + 1)
        .read_to_end(&mut bytes)?;
    if bytes.len() as u64 > TILE_BYTES_MAX {
        return Err(std::io::Error::other("the tile unpacks to too much"));
    }
    Ok(bytes)
}

#[cfg(test)]
mod tests {
    use std::io::Write;

    use flate2::Compression;
    use flate2::write::GzEncoder;

    use super::*;

    fn packed(bytes: &[u8]) -> Vec<u8> {
        let mut encoder = GzEncoder::new(Vec::new(), Compression::fast());
        encoder.write_all(bytes).unwrap();
        encoder.finish().unwrap()
    }

    #[test]
    fn a_tile_comes_out_as_it_went_in() {
        let tile: Vec<u8> = (0..100_000_u32).map(|i| (i % 251) as u8).collect();
        assert_eq!(unpacked(&packed(&tile)).unwrap(), tile);
    }

    #[test]
    fn a_broken_or_swollen_tile_is_refused() {
        let whole = packed(&[7; 1_000]);
        assert!(unpacked(&whole[..whole.len() - 4]).is_err());
        assert!(unpacked(b"not gzip").is_err());
        assert!(unpacked(&packed(&vec![0; TILE_BYTES_MAX as usize + 1])).is_err());
    }
}
