//! What can go wrong with map images and papers, each naming the part.
//! Not here: the sentences people read (those are in the words of the desk).

use fengsui_geo::TileId;

/// What failed, and in which part.
#[derive(Debug, thiserror::Error)]
pub enum DocumentError {
    /// The map's style asks for something that is not drawn here.
    #[error("map style, layer {layer}: {why}")]
    Style {
        /// Id of the style's layer.
        layer: String,
        /// What is not understood.
        why: String,
    },
    /// A tile that cannot be read.
    #[error("tile {}/{}/{}: {why}", tile.z(), tile.x(), tile.y())]
    Tile {
        /// Its address.
        tile: TileId,
        /// What is wrong with it.
        why: String,
    },
    /// No font of this machine has Chinese letters.
    #[error(
        "no font with Chinese letters is installed; looked for {looked_for}; on Debian install \
         fonts-noto-cjk"
    )]
    NoHanFont {
        /// Families that would do, best first.
        looked_for: String,
    },
    /// A font that was found and cannot be read.
    #[error("font {family}: {why}")]
    Font {
        /// Its family.
        family: String,
        /// What is wrong with it.
        why: String,
    },
    /// A picture of no size, or of more than is sensible.
    #[error("a picture of {width_px}×{height_px} px cannot be drawn")]
    Size {
        /// Width in pixels of the result.
        width_px: u32,
        /// Height in pixels of the result.
        height_px: u32,
    },
    /// A zoom at which there is no map.
    #[error("zoom {zoom} is not between {least} and {most}")]
    Zoom {
        /// What was asked for.
        zoom: f64,
        /// The widest view.
        least: f64,
        /// The closest view.
        most: f64,
    },
    /// The map itself could not be read.
    #[error("map: {0}")]
    Source(String),
    /// Names, marker or frame could not be drawn over the map.
    #[error("drawing over the map: {0}")]
    Overlay(String),
    /// The picture could not be written as PNG.
    #[error("writing PNG: {0}")]
    Png(String),
    /// The paper could not be written as PDF.
    #[error("writing PDF: {0}")]
    Pdf(String),
}
