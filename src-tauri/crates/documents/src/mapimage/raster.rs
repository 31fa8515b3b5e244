//! Raster tiles with names, for a webview without WebGL. Names are placed once for a block of
//! four by four tiles and lie wholly within it, so no name is cut at a tile's edge and
//! neighbours never disagree. Not here: the scheme that serves them.

use super::gap::Gap;
use super::ground::{Ground, Loaded};
use super::label::{self, Label};
use super::overlay::Overlay;
use super::view::{TILE_PX, View, ZOOM_MOST};
use super::{MapDrawer, MapImage};
use crate::DocumentError;
use crate::style::{Style, Theme};
use fengsui_geo::TileId;
use std::collections::VecDeque;
use std::sync::{Arc, Mutex, PoisonError};

/// Tiles of a block in a row; a power of two.
const BLOCK: u32 = 4;
/// What is drawn beyond a tile's edge and cut off again, so that wide lines and round ends have
/// no seam.
const MARGIN_PX: f64 = 16.0;
/// Blocks whose names are kept.
const KEPT: usize = 24;

/// Draws raster tiles of one map; keeps the names of the last blocks.
#[derive(Debug)]
pub struct RasterTiles {
    drawer: Arc<MapDrawer>,
    kept: Mutex<VecDeque<(Key, Arc<Names>)>>,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
struct Key {
    theme: Theme,
    type_percent: u32,
    z: u8,
    column: u32,
    row: u32,
}

/// The names of a block, and its words for where there is no map.
#[derive(Debug)]
struct Names {
    view: View,
    labels: Vec<Label>,
    no_map: Option<((f64, f64), f64)>,
}

impl RasterTiles {
    /// Tiles drawn by a drawer.
    pub fn new(drawer: Arc<MapDrawer>) -> Self {
        Self {
            drawer,
            kept: Mutex::new(VecDeque::new()),
        }
    }

    /// Forgets the names, when another map is in use.
    pub fn forget(&self) {
        self.kept
            .lock()
            .unwrap_or_else(PoisonError::into_inner)
            .clear();
    }

    /// A tile of 512 px of the page; `scale` pixels of the result are one of the page.
    ///
    /// # Errors
    /// [`DocumentError::Zoom`] beyond [`ZOOM_MOST`], [`DocumentError::Overlay`].
    pub fn tile(
        &self,
        ground: &dyn Ground,
        style: &Style,
        tile: TileId,
        scale: f64,
    ) -> Result<MapImage, DocumentError> {
        if f64::from(tile.z()) > ZOOM_MOST {
            return Err(DocumentError::Zoom {
                zoom: f64::from(tile.z()),
                least: 0.0,
                most: ZOOM_MOST,
            });
        }
        let names = self.names(ground, style, tile);
        let view = View::of_tiles(tile.z(), (tile.x(), tile.y()), 1, MARGIN_PX, scale);
        let loaded = Loaded::new(ground, &view);
        let gap = Gap::new(&ground.covered(), &loaded, &view);
        let (mut pixmap, drawn_by) = self.drawer.base(style, &view, &loaded, &gap)?;
        let (x, y) = names.view.offset_of(&view);
        let mut overlay = Overlay::new(self.drawer.fonts(), style, &view);
        overlay.shift(-x, -y);
        overlay.labels(&names.labels);
        if let Some((middle, side)) = names.no_map {
            overlay.no_map(middle, side)?;
        }
        overlay.draw(&mut pixmap)?;
        let inner = (MARGIN_PX * scale).round() as i32;
        let side = (TILE_PX * scale).round() as u32;
        let rect = resvg::tiny_skia::IntRect::from_xywh(inner, inner, side, side);
        let cut = rect.and_then(|rect| pixmap.clone_rect(rect));
        Ok(MapImage {
            pixmap: cut.unwrap_or(pixmap),
            drawn_by,
            has_gaps: gap.is_any(),
            faults: loaded.faults,
        })
    }

    /// The names of the tile's block, placed now or kept.
    fn names(&self, ground: &dyn Ground, style: &Style, tile: TileId) -> Arc<Names> {
        let key = Key {
            theme: style.theme,
            type_percent: (style.type_scale * 100.0).round() as u32,
            z: tile.z(),
            column: tile.x() / BLOCK,
            row: tile.y() / BLOCK,
        };
        let kept = |all: &VecDeque<(Key, Arc<Names>)>| {
            all.iter()
                .find(|(known, _)| *known == key)
                .map(|(_, names)| Arc::clone(names))
        };
        if let Some(names) = kept(&self.kept.lock().unwrap_or_else(PoisonError::into_inner)) {
            return names;
        }
        // Placed outside the lock: two that ask at once place the same names.
        let corner = (key.column * BLOCK, key.row * BLOCK);
        let view = View::of_tiles(tile.z(), corner, BLOCK, 0.0, 1.0);
        let loaded = Loaded::new(ground, &view);
        let gap = Gap::new(&ground.covered(), &loaded, &view);
        let labels = label::place(style, self.drawer.fonts(), (&view, &gap), &loaded, &[]);
        let names = Arc::new(Names {
            view,
            labels,
            no_map: gap.room_for_words(),
        });
        let mut all = self.kept.lock().unwrap_or_else(PoisonError::into_inner);
        all.push_back((key, Arc::clone(&names)));
        if all.len() > KEPT {
            all.pop_front();
        }
        names
    }
}
