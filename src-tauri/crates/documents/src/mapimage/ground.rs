//! Where a picture's tiles come from, and what of them could be read.
//! Not here: files and packs; whoever has them hands a [`Ground`] in.

use super::view::View;
use crate::vector::VectorTile;
use fengsui_geo::{TileId, Wgs84};

/// A map to draw from: vector tiles with Shortbread layers, gzipped or plain.
pub trait Ground {
    /// A tile; `None` when the map has none there.
    ///
    /// # Errors
    /// What the map's file said; the picture is then hatched there and the fault is in it.
    fn tile(&self, tile: TileId) -> Result<Option<Vec<u8>>, String>;

    /// First and last zoom of its tiles.
    fn zooms(&self) -> (u8, u8);

    /// Rings around where there is a map (the county); everything outside is hatched. None:
    /// wherever there are tiles.
    fn covered(&self) -> Vec<Vec<Wgs84>>;
}

/// A tile that could not be drawn.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct TileFault {
    /// Its address.
    pub tile: TileId,
    /// What is wrong with it.
    pub why: String,
}

/// The tiles of a view.
#[derive(Debug, Default)]
pub(crate) struct Loaded {
    /// Those that were read, row by row.
    pub(crate) tiles: Vec<(TileId, VectorTile)>,
    /// Those the map does not have.
    pub(crate) missing: Vec<TileId>,
    /// Those that could not be read.
    pub(crate) faults: Vec<TileFault>,
}

impl Loaded {
    pub(crate) fn new(ground: &dyn Ground, view: &View) -> Self {
        let mut loaded = Self::default();
        for tile in view.tiles(ground.zooms()) {
            let read = ground
                .tile(tile)
                .and_then(|bytes| bytes.map(|bytes| VectorTile::read(&bytes)).transpose());
            match read {
                Ok(Some(vector)) => loaded.tiles.push((tile, vector)),
                Ok(None) => loaded.missing.push(tile),
                Err(why) => {
                    tracing::warn!(?tile, why, "a tile cannot be drawn");
                    loaded.faults.push(TileFault { tile, why });
                }
            }
        }
        loaded
    }

    /// Tiles of which nothing can be shown.
    pub(crate) fn gaps(&self) -> impl Iterator<Item = TileId> {
        self.missing
            .iter()
            .copied()
            .chain(self.faults.iter().map(|fault| fault.tile))
    }
}
