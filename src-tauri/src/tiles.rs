//! Map tiles on their way to the desk: which tile is asked for and what the
//! answer looks like, for the window's own scheme and for the loopback.
//!
//! Not here: where tiles lie (`mappack`), and what is drawn from them.

use std::io::Read;

use flate2::read::GzDecoder;

/// A tile never unpacks to more than this; what does is broken.
const TILE_BYTES_MAX: u64 = 16 * 1024 * 1024;
/// No map has tiles deeper than this.
const ZOOM_MAX: u8 = 22;

/// Of which map a tile is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Sheet {
    /// The vector map.
    Vector,
    /// Pictures of the pack itself: air photographs, scanned sheets.
    Imagery,
    /// The vector map drawn as pictures, for a page that cannot draw it.
    Picture {
        /// In the colours of the night.
        is_night: bool,
    },
}

/// A tile on its way.
#[derive(Debug, PartialEq, Eq)]
pub(crate) struct Tile {
    pub(crate) bytes: Vec<u8>,
    pub(crate) media_type: String,
    /// Still packed.
    pub(crate) is_gzip: bool,
}

/// What vector tiles are called.
pub(crate) const VECTOR_TYPE: &str = "application/vnd.mapbox-vector-tile";

/// Which tile.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct TileName {
    pub(crate) sheet: Sheet,
    pub(crate) z: u8,
    pub(crate) x: u32,
    pub(crate) y: u32,
}

impl TileName {
    /// Reads `/z/x/y`, `/imagery/z/x/y` or `/raster/day/z/x/y.png`; `None` when it is not the name
    /// of a possible tile.
    pub(crate) fn of_path(path: &str) -> Option<Self> {
        let (sheet, numbers) = if let Some(rest) = path.strip_prefix("/imagery/") {
            (Sheet::Imagery, rest)
        } else if let Some(rest) = path.strip_prefix("/raster/day/") {
            (
                Sheet::Picture { is_night: false },
                rest.strip_suffix(".png")?,
            )
        } else if let Some(rest) = path.strip_prefix("/raster/night/") {
            (
                Sheet::Picture { is_night: true },
                rest.strip_suffix(".png")?,
            )
        } else {
            (Sheet::Vector, path.strip_prefix('/')?)
        };
        let mut parts = numbers.split('/');
        let name = Self {
            sheet,
            z: number(parts.next()?)?,
            x: number(parts.next()?)?,
            y: number(parts.next()?)?,
        };
        let is_last = parts.next().is_none();
        (is_last && name.is_possible()).then_some(name)
    }

    fn is_possible(self) -> bool {
        self.z <= ZOOM_MAX && self.x < 1 << self.z && self.y < 1 << self.z
    }
}

/// Digits only: `parse` alone would take a sign.
fn number<T: std::str::FromStr>(text: &str) -> Option<T> {
    text.bytes()
        .all(|b| b.is_ascii_digit())
        .then(|| text.parse().ok())
        .flatten()
}

/// Unpacks a tile. The window's scheme is not HTTP: nobody there would undo a
/// content encoding.
///
/// # Errors
/// The bytes are not gzip, are cut short, or unpack to too much.
pub(crate) fn unpacked(packed: &[u8]) -> std::io::Result<Vec<u8>> {
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
    fn only_possible_tiles_have_names() {
        assert_eq!(
            TileName::of_path("/14/8192/0"),
            Some(TileName {
                sheet: Sheet::Vector,
                z: 14,
                x: 8192,
                y: 0
            })
        );
        assert_eq!(
            TileName::of_path("/0/0/0"),
            Some(TileName {
                sheet: Sheet::Vector,
                z: 0,
                x: 0,
                y: 0
            })
        );
        let sheet = |path: &str| TileName::of_path(path).map(|name| name.sheet);
        assert_eq!(sheet("/imagery/3/1/2"), Some(Sheet::Imagery));
        let night = Sheet::Picture { is_night: true };
        assert_eq!(sheet("/raster/night/3/1/2.png"), Some(night));
        for path in [
            "",
            "/",
            "/1/2",
            "/1/2/0",
            "/1/0/2",
            "/0/0/0/0",
            "/0/0/0/",
            "/23/0/0",
            "/-1/0/0",
            "/+1/0/0",
            "/1/0/0.mvt",
            "/raster/dusk/1/0/0.png",
            "/raster/day/1/0/0",
            "/imagery/1/0/2",
            "/a/b/c",
            "1/0/0",
            "/1//0",
            "/300/0/0",
            "/1/ 0/0",
        ] {
            assert_eq!(TileName::of_path(path), None, "{path}");
        }
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
