//! The map as a picture, without a webview: for papers, and as raster tiles for a webview
//! without WebGL. Areas and lines by maplibre-rs in a helper process where it is at hand, by
//! resvg's rasteriser where it is not; names, marker and frame by resvg over either.
//! Not here: reading map packs (a [`Ground`] is handed in), the screen's own map.

mod compiled;
mod dash;
mod gap;
mod glyph;
mod ground;
mod helper;
mod label;
mod mosaic;
mod overlay;
mod paint;
mod raster;
mod scene;
mod view;

pub use ground::{Ground, TileFault};
pub use helper::Helper;
pub use raster::RasterTiles;
pub use view::{ZOOM_LEAST, ZOOM_MOST};

use crate::style::Style;
use crate::{DocumentError, Fonts};
use fengsui_geo::Wgs84;
use gap::Gap;
use ground::Loaded;
use overlay::Overlay;
use resvg::tiny_skia::Pixmap;
use scene::Scene;
use view::View;

/// What picture is asked for.
#[derive(Debug, Clone)]
pub struct MapRequest {
    /// The point in the middle.
    pub centre: Wgs84,
    /// MapLibre's zoom: the world is 512·2^zoom pixels of the page wide. From [`ZOOM_LEAST`] to
    /// [`ZOOM_MOST`].
    pub zoom: f64,
    /// Width in pixels of the page (96 an inch).
    pub width_px: u32,
    /// Height in pixels of the page.
    pub height_px: u32,
    /// Pixels of the result to one of the page: 1 for a screen, about 3 for a printer.
    pub scale: f64,
    /// A place to be marked.
    pub marker: Option<Marker>,
    /// What stands at the edges.
    pub frame: Frame,
}

/// A place to be marked.
#[derive(Debug, Clone, PartialEq)]
pub struct Marker {
    /// Where.
    pub at: Wgs84,
    /// Radius within which it lies, in metres; `None` when it is not known or exact.
    pub accuracy_m: Option<f64>,
    /// What it is called.
    pub label: Option<String>,
}

/// What stands at the edges of a picture.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Frame {
    /// A bar with a round length.
    pub has_scale: bool,
    /// An arrow to the north, which is up.
    pub has_north: bool,
    /// Whom the map is from.
    pub attribution: Option<String>,
    /// Of when the map is, in words.
    pub map_date: Option<String>,
}

/// Which renderer drew areas and lines.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum DrawnBy {
    /// maplibre-rs in the helper process.
    Maplibre,
    /// resvg's rasteriser.
    Resvg,
}

/// A picture.
#[derive(Debug, Clone)]
pub struct MapImage {
    pixmap: Pixmap,
    /// Which renderer drew areas and lines.
    pub drawn_by: DrawnBy,
    /// Tiles that could not be read; they are hatched.
    pub faults: Vec<TileFault>,
    /// Whether a part of the picture has no map.
    pub has_gaps: bool,
}

impl MapImage {
    /// Width in pixels.
    pub fn width_px(&self) -> u32 {
        self.pixmap.width()
    }

    /// Height in pixels.
    pub fn height_px(&self) -> u32 {
        self.pixmap.height()
    }

    /// Red, green, blue and alpha (always 255) of every pixel, row by row.
    pub fn rgba(&self) -> &[u8] {
        self.pixmap.data()
    }

    /// The picture as PNG.
    ///
    /// # Errors
    /// [`DocumentError::Png`].
    pub fn png(&self) -> Result<Vec<u8>, DocumentError> {
        self.pixmap
            .encode_png()
            .map_err(|why| DocumentError::Png(why.to_string()))
    }
}

/// Draws maps.
#[derive(Debug)]
pub struct MapDrawer {
    fonts: Fonts,
    helper: Option<Helper>,
}

impl MapDrawer {
    /// A drawer that needs nothing but fonts.
    pub fn new(fonts: Fonts) -> Self {
        Self {
            fonts,
            helper: None,
        }
    }

    /// A drawer that lets a helper draw areas and lines as long as it can.
    pub fn with_helper(fonts: Fonts, helper: Helper) -> Self {
        Self {
            fonts,
            helper: Some(helper),
        }
    }

    /// The fonts it draws with.
    pub fn fonts(&self) -> &Fonts {
        &self.fonts
    }

    /// Draws a picture. Tiles that are missing or damaged are hatched and do not fail it.
    ///
    /// # Errors
    /// [`DocumentError::Size`] and [`DocumentError::Zoom`] for a picture that cannot be,
    /// [`DocumentError::Overlay`] when names cannot be drawn.
    pub fn draw(
        &self,
        ground: &dyn Ground,
        style: &Style,
        request: &MapRequest,
    ) -> Result<MapImage, DocumentError> {
        let size = (f64::from(request.width_px), f64::from(request.height_px));
        let view = View::around(request.centre, request.zoom, size, request.scale)?;
        let loaded = Loaded::new(ground, &view);
        let gap = Gap::new(&ground.covered(), &loaded, &view);
        let (mut pixmap, drawn_by) = self.base(style, &view, &loaded, &gap)?;
        let mut overlay = Overlay::new(&self.fonts, style, &view);
        let size_px = overlay.small_px();
        let frame = overlay::frame_blocks(&request.frame, &self.fonts, &view, size_px);
        let mut reserved: Vec<_> = frame.all().collect();
        if let Some(marker) = &request.marker {
            reserved.extend(overlay::marker_blocks(marker, &self.fonts, &view, size_px));
        }
        overlay.labels(&label::place(
            style,
            &self.fonts,
            (&view, &gap),
            &loaded,
            &reserved,
        ));
        if let Some((middle, side)) = gap.room_for_words() {
            overlay.no_map(middle, side)?;
        }
        if let Some(marker) = &request.marker {
            overlay.marker(marker)?;
        }
        overlay.frame(&request.frame)?;
        overlay.draw(&mut pixmap)?;
        Ok(MapImage {
            pixmap,
            drawn_by,
            has_gaps: gap.is_any(),
            faults: loaded.faults,
        })
    }

    /// Areas, lines and hatching.
    fn base(
        &self,
        style: &Style,
        view: &View,
        loaded: &Loaded,
        gap: &Gap,
    ) -> Result<(Pixmap, DrawnBy), DocumentError> {
        let scene = Scene::new(style, view, loaded);
        let (mut pixmap, drawn_by) = self.paint(&scene, view)?;
        if let Some(mask) = gap.mask(pixmap.width(), pixmap.height(), view.scale) {
            let colors = (style.tokens.color("m-land")?, style.tokens.color("line-2")?);
            paint::hatch(&mut pixmap, &mask, view, colors.0, colors.1);
        }
        Ok((pixmap, drawn_by))
    }

    /// By the helper when there is one and it answers, else by resvg's rasteriser.
    fn paint(&self, scene: &Scene, view: &View) -> Result<(Pixmap, DrawnBy), DocumentError> {
        let drawn = self
            .helper
            .as_ref()
            .map(|helper| mosaic::scene(helper, scene, view));
        match drawn {
            Some(Ok(pixmap)) => Ok((pixmap, DrawnBy::Maplibre)),
            Some(Err(why)) => {
                tracing::debug!(why, "drawn without the map helper");
                Ok((paint::scene(scene, view)?, DrawnBy::Resvg))
            }
            None => Ok((paint::scene(scene, view)?, DrawnBy::Resvg)),
        }
    }
}
