//! Map tiles on their way to the desk: which tile is asked for and what the
//! answer looks like, for the window's own scheme and for the loopback.
//!
//! Not here: where tiles lie (`mappack`), and what is drawn from them.

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

#[cfg(test)]
mod tests {
    use super::*;

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
}
