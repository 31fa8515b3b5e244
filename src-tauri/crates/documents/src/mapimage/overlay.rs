//! What lies over the map: names, the place with its accuracy, scale, north, where the map is
//! from. Written as SVG and drawn by resvg, which shapes every script.
//! Not here: which names (`label`).

use super::label::{Block, Body, Label};
use super::view::View;
use super::{Frame, Marker, glyph};
use crate::style::Style;
use crate::style::value::Color;
use crate::{DocumentError, Fonts};
use resvg::tiny_skia::{Pixmap, Transform};
use resvg::usvg;
use std::fmt::Write as _;

/// An SVG being written, in pixels of the page.
pub(crate) struct Overlay<'a> {
    fonts: &'a Fonts,
    style: &'a Style,
    view: &'a View,
    shift: (f64, f64),
    out: String,
}

/// Text with its look.
struct Words<'a> {
    text: &'a str,
    size_px: f64,
    color: Color,
    halo: Color,
    halo_width_px: f64,
    /// `start`, `middle` or `end` of the text is at its place.
    anchor: &'static str,
}

impl<'a> Overlay<'a> {
    pub(crate) fn new(fonts: &'a Fonts, style: &'a Style, view: &'a View) -> Self {
        Self {
            fonts,
            style,
            view,
            shift: (0.0, 0.0),
            out: String::new(),
        }
    }

    /// Everything is drawn this far from where it says.
    pub(crate) fn shift(&mut self, x_px: f64, y_px: f64) {
        self.shift = (x_px, y_px);
    }

    fn put(&mut self, part: std::fmt::Arguments<'_>) {
        // Writing into a string cannot fail.
        let _ = self.out.write_fmt(part);
    }

    fn token(&self, name: &str) -> Result<Color, DocumentError> {
        self.style.tokens.color(name)
    }

    /// Size of the words of the frame.
    pub(crate) fn small_px(&self) -> f64 {
        11.0 * (0.5 + self.style.type_scale * 0.5)
    }

    pub(crate) fn labels(&mut self, labels: &[Label]) {
        // The lowest first: names that chose their place first lie on top.
        for label in labels.iter().rev() {
            self.label(label);
        }
    }

    fn label(&mut self, label: &Label) {
        let words = |text| Words {
            text,
            size_px: label.size_px,
            color: label.color,
            halo: label.halo,
            halo_width_px: label.halo_width_px,
            anchor: "middle",
        };
        match &label.body {
            Body::Lines(lines) => {
                for (text, x, y) in lines {
                    self.words(&words(text), (*x, *y), 0.0);
                }
            }
            Body::Letters(spots) => {
                let path = glyph::outlines(self.fonts.regular(), spots, label.size_px);
                self.outline(&path, label.color, label.halo, label.halo_width_px);
            }
            Body::Slanted(text, x, y, angle) => self.words(&words(text), (*x, *y), *angle),
        }
    }

    /// A line of text with its baseline at a place; outlines where letters stand by themselves,
    /// text for resvg to shape where they do not.
    fn words(&mut self, words: &Words<'_>, (x, y): (f64, f64), angle: f64) {
        let face = self.fonts.regular();
        if angle == 0.0 && glyph::is_simple(face, words.text) {
            let letters = self.fonts.advances_px(words.text, words.size_px);
            let wide: f64 = letters.iter().map(|one| one.1).sum();
            let mut at = match words.anchor {
                "middle" => x - wide / 2.0,
                "end" => x - wide,
                _ => x,
            };
            let mut spots = Vec::with_capacity(letters.len());
            for (letter, wide) in letters {
                spots.push(glyph::Spot {
                    letter,
                    x: at,
                    y,
                    angle_rad: 0.0,
                });
                at += wide;
            }
            let path = glyph::outlines(face, &spots, words.size_px);
            self.outline(&path, words.color, words.halo, words.halo_width_px);
            return;
        }
        let (size, anchor, text) = (words.size_px, words.anchor, escape(words.text));
        let (color, halo) = (words.color.to_hex(), words.halo.to_hex());
        let (width, turn) = (words.halo_width_px * 2.0, angle.to_degrees());
        self.put(format_args!(
            "<text transform=\"translate({x:.2} {y:.2}) rotate({turn:.2})\" font-size=\"{size}\" \
             text-anchor=\"{anchor}\" fill=\"{color}\" stroke=\"{halo}\" stroke-width=\"{width}\" \
             stroke-linejoin=\"round\" paint-order=\"stroke\">{text}</text>"
        ));
    }

    fn outline(&mut self, path: &str, color: Color, halo: Color, halo_width_px: f64) {
        if path.is_empty() {
            return;
        }
        let (color, halo, width) = (color.to_hex(), halo.to_hex(), halo_width_px * 2.0);
        self.put(format_args!(
            "<path d=\"{path}\" fill=\"{color}\" stroke=\"{halo}\" stroke-width=\"{width}\" \
             stroke-linejoin=\"round\" paint-order=\"stroke\"/>"
        ));
    }

    /// 无图 in the middle of where there is none.
    pub(crate) fn no_map(&mut self, (x, y): (f64, f64), side: f64) -> Result<(), DocumentError> {
        let size_px = (side / 6.0).clamp(12.0, 22.0);
        let words = Words {
            text: "无图",
            size_px,
            color: self.token("ink-2")?,
            halo: self.token("m-land")?,
            halo_width_px: 4.0,
            anchor: "middle",
        };
        self.words(&words, (x, y + size_px * 0.37), 0.0);
        Ok(())
    }

    /// The place: its accuracy as a circle, a pin, and what it is called.
    pub(crate) fn marker(&mut self, marker: &Marker) -> Result<(), DocumentError> {
        let (x, y) = self.view.px(marker.at);
        let (line, fill) = (self.token("accent")?, self.token("accent")?);
        let (line, fill) = (line.to_hex(), fill.to_hex());
        if let Some(radius_m) = marker.accuracy_m.filter(|m| *m > 0.0 && m.is_finite()) {
            let r = radius_m / self.view.metres_per_px();
            self.put(format_args!(
                "<circle cx=\"{x:.2}\" cy=\"{y:.2}\" r=\"{r:.2}\" fill=\"{fill}\" \
                 fill-opacity=\"0.08\" stroke=\"{line}\" stroke-width=\"1.4\" \
                 stroke-dasharray=\"6 3\"/>"
            ));
        }
        let halo = self.token("surface")?.to_hex();
        self.put(format_args!(
            "<path transform=\"translate({x:.2} {y:.2})\" d=\"{PIN}\" fill=\"{fill}\" \
             stroke=\"{halo}\" stroke-width=\"3\" stroke-linejoin=\"round\" paint-order=\"stroke\" \
             fill-rule=\"evenodd\"/>"
        ));
        self.put(format_args!(
            "<circle cx=\"{x:.2}\" cy=\"{:.2}\" r=\"4\" fill=\"{halo}\"/>",
            y - PIN_HEIGHT_PX + 11.0
        ));
        if let Some(label) = &marker.label {
            let words = Words {
                text: label,
                size_px: self.small_px() + 2.0,
                color: self.token("ink")?,
                halo: self.token("surface")?,
                halo_width_px: 2.0,
                anchor: "middle",
            };
            self.words(&words, (x, y + self.small_px() + 8.0), 0.0);
        }
        Ok(())
    }

    /// Scale, north and origin of the map, each on a quiet ground of its own.
    pub(crate) fn frame(&mut self, frame: &Frame) -> Result<(), DocumentError> {
        let blocks = frame_blocks(frame, self.fonts, self.view, self.small_px());
        let ground = self.token("surface")?.to_hex();
        let ink = self.token("ink")?;
        for block in [blocks.scale, blocks.north, blocks.origin]
            .into_iter()
            .flatten()
        {
            let (x, y) = (block.left, block.top);
            let (w, h) = (block.right - x, block.bottom - y);
            self.put(format_args!(
                "<rect x=\"{x:.2}\" y=\"{y:.2}\" width=\"{w:.2}\" height=\"{h:.2}\" rx=\"2\" \
                 fill=\"{ground}\" fill-opacity=\"0.86\"/>"
            ));
        }
        let size_px = self.small_px();
        let bar = ScaleBar::fitting(self.view.metres_per_px(), SCALE_MOST_PX);
        let length = bar.words();
        let (lines, _) = origin(frame, self.fonts, self.view, size_px);
        let words = |text, anchor| Words {
            text,
            size_px,
            color: ink,
            halo: ink,
            halo_width_px: 0.0,
            anchor,
        };
        let hex = ink.to_hex();
        if let Some(block) = blocks.scale {
            let (left, base) = (block.left + PADDING_PX, block.bottom - PADDING_PX);
            let right = left + bar.length_px;
            self.put(format_args!(
                "<path d=\"M{left:.2} {:.2}V{base:.2}H{right:.2}V{:.2}\" fill=\"none\" \
                 stroke=\"{hex}\" stroke-width=\"1.4\"/>",
                base - 5.0,
                base - 5.0
            ));
            self.words(
                &words(&length, "middle"),
                ((left + right) / 2.0, base - 5.0),
                0.0,
            );
        }
        if let Some(block) = blocks.north {
            let (x, top) = ((block.left + block.right) / 2.0, block.top + PADDING_PX);
            self.put(format_args!(
                "<path d=\"M{x:.2} {top:.2}l5 14l-5 -3.5l-5 3.5z\" fill=\"{hex}\"/>"
            ));
            self.words(&words("北", "middle"), (x, top + 14.0 + size_px), 0.0);
        }
        if let Some(block) = blocks.origin {
            for (i, line) in lines.iter().enumerate() {
                let y = block.top + PADDING_PX + size_px * (0.9 + i as f64 * 1.25);
                self.words(&words(line, "end"), (block.right - PADDING_PX, y), 0.0);
            }
        }
        Ok(())
    }

    /// Draws all of it over a picture.
    pub(crate) fn draw(self, pixmap: &mut Pixmap) -> Result<(), DocumentError> {
        let (width, height) = (self.view.width_px, self.view.height_px);
        let (x, y) = self.shift;
        let family = escape(self.fonts.family());
        let svg = format!(
            "<svg xmlns=\"http://www.w3.org/2000/svg\" width=\"{width}\" height=\"{height}\" \
             font-family=\"{family}\"><g transform=\"translate({x} {y})\">{}</g></svg>",
            self.out
        );
        let options = usvg::Options {
            font_family: self.fonts.family().to_owned(),
            fontdb: self.fonts.database(),
            ..usvg::Options::default()
        };
        let tree = usvg::Tree::from_str(&svg, &options)
            .map_err(|why| DocumentError::Overlay(why.to_string()))?;
        let scale = self.view.scale as f32;
        resvg::render(
            &tree,
            Transform::from_scale(scale, scale),
            &mut pixmap.as_mut(),
        );
        Ok(())
    }
}

/// A pin with its point at the origin.
const PIN: &str = "M0 0C-2 -6 -10 -11 -10 -19A10 10 0 1 1 10 -19C10 -11 2 -6 0 0Z";
const PIN_HEIGHT_PX: f64 = 30.0;
const PADDING_PX: f64 = 5.0;
const MARGIN_PX: f64 = 8.0;
const SCALE_MOST_PX: f64 = 110.0;

/// A bar of a round length.
pub(crate) struct ScaleBar {
    pub(crate) metres: f64,
    pub(crate) length_px: f64,
}

impl ScaleBar {
    /// The longest of 1, 2 or 5 times a power of ten that fits.
    pub(crate) fn fitting(metres_per_px: f64, most_px: f64) -> Self {
        let most = metres_per_px * most_px;
        let power = 10_f64.powf(most.log10().floor());
        let rounds = [5.0, 2.0, 1.0].map(|n| n * power);
        let metres = rounds.into_iter().find(|m| *m <= most).unwrap_or(power);
        Self {
            metres,
            length_px: metres / metres_per_px,
        }
    }

    fn words(&self) -> String {
        match self.metres >= 1000.0 {
            true => format!("{} km", self.metres / 1000.0),
            false => format!("{} m", self.metres),
        }
    }
}

/// Where the parts of the frame lie.
pub(crate) struct FrameBlocks {
    scale: Option<Block>,
    north: Option<Block>,
    origin: Option<Block>,
}

impl FrameBlocks {
    pub(crate) fn all(&self) -> impl Iterator<Item = Block> {
        [self.scale, self.north, self.origin].into_iter().flatten()
    }
}

pub(crate) fn frame_blocks(frame: &Frame, fonts: &Fonts, view: &View, size_px: f64) -> FrameBlocks {
    let (right, bottom) = (view.width_px - MARGIN_PX, view.height_px - MARGIN_PX);
    let bar = ScaleBar::fitting(view.metres_per_px(), SCALE_MOST_PX);
    let (lines, wide) = origin(frame, fonts, view, size_px);
    let high = lines.len() as f64 * size_px * 1.25 + PADDING_PX * 1.6;
    FrameBlocks {
        scale: frame.has_scale.then_some(Block {
            left: MARGIN_PX,
            top: bottom - size_px - 14.0,
            right: MARGIN_PX + bar.length_px.max(40.0) + 2.0 * PADDING_PX,
            bottom,
        }),
        north: frame.has_north.then_some(Block {
            left: right - size_px - 2.0 * PADDING_PX,
            top: MARGIN_PX,
            right,
            bottom: MARGIN_PX + 16.0 + size_px + 2.0 * PADDING_PX,
        }),
        origin: (!lines.is_empty()).then_some(Block {
            left: right - wide - 2.0 * PADDING_PX,
            top: bottom - high,
            right,
            bottom,
        }),
    }
}

/// Attribution and date of the map, broken to fit beside the scale, and the widest line.
fn origin(frame: &Frame, fonts: &Fonts, view: &View, size_px: f64) -> (Vec<String>, f64) {
    let width = |text: &str| fonts.width_px(text, size_px);
    let most = (view.width_px - SCALE_MOST_PX - 6.0 * MARGIN_PX).max(80.0);
    let parts = [frame.attribution.as_deref(), frame.map_date.as_deref()];
    let text: Vec<&str> = parts
        .into_iter()
        .flatten()
        .filter(|part| !part.is_empty())
        .collect();
    if text.is_empty() {
        return (Vec::new(), 0.0);
    }
    let lines = crate::text::wrap(&text.join("　"), most, &width);
    let wide = lines.iter().map(|line| width(line)).fold(0.0, f64::max);
    (lines, wide)
}

/// What a marker covers.
pub(crate) fn marker_blocks(
    marker: &Marker,
    fonts: &Fonts,
    view: &View,
    size_px: f64,
) -> Vec<Block> {
    let (x, y) = view.px(marker.at);
    let mut blocks = vec![Block::around(
        (x, y - PIN_HEIGHT_PX / 2.0),
        24.0,
        PIN_HEIGHT_PX + 4.0,
    )];
    if let Some(label) = &marker.label {
        let wide = fonts.width_px(label, size_px + 2.0);
        blocks.push(Block::around(
            (x, y + size_px + 4.0),
            wide + 4.0,
            size_px + 8.0,
        ));
    }
    blocks
}

/// Text for XML; control letters, which XML cannot hold, are left out.
fn escape(text: &str) -> String {
    let mut out = String::with_capacity(text.len());
    for c in text.chars() {
        match c {
            '&' => out.push_str("&amp;"),
            '<' => out.push_str("&lt;"),
            '>' => out.push_str("&gt;"),
            '"' => out.push_str("&quot;"),
            c if c.is_control() || matches!(c, '\u{FFFE}' | '\u{FFFF}') => {}
            c => out.push(c),
        }
    }
    out
}

#[cfg(test)]
mod tests {
    use super::*;

    /// The bar is the longest round length that fits, and its words say it.
    #[test]
    fn scale_bars_are_round() {
        for (metres_per_px, words, length_px) in [
            (1.0, "100 m", 100.0),
            (0.5, "50 m", 100.0),
            (7.0, "500 m", 71.43),
            (40.0, "2 km", 50.0),
        ] {
            let bar = ScaleBar::fitting(metres_per_px, 110.0);
            assert_eq!(bar.words(), words);
            assert!((bar.length_px - length_px).abs() < 0.01);
        }
    }

    /// Words of people cannot break the SVG.
    #[test]
    fn words_are_escaped() {
        assert_eq!(escape("<a & \"b\">\u{7}"), "&lt;a &amp; &quot;b&quot;&gt;");
    }
}
