//! Letters as outlines, for names on the map: one path a name, so that its halo never lies over
//! its own letters. Not here: scripts that need shaping; those go to resvg as text.

use crate::font::Face;
use skrifa::instance::{LocationRef, Size};
use skrifa::outline::{DrawSettings, OutlinePen};
use skrifa::{FontRef, MetadataProvider as _};
use std::fmt::Write as _;

/// A letter's place: where its baseline begins, in pixels, and how it is turned (clockwise).
#[derive(Debug, Clone, Copy, PartialEq)]
pub(crate) struct Spot {
    pub(crate) letter: char,
    pub(crate) x: f64,
    pub(crate) y: f64,
    pub(crate) angle_rad: f64,
}

/// Whether every letter stands by itself and is in the face.
pub(crate) fn is_simple(face: &Face, text: &str) -> bool {
    let is_simple = |c: char| {
        matches!(u32::from(c), 0x20..=0x24F | 0x370..=0x52F | 0x2010..=0x2027 | 0x2030..=0x205E
            | 0x2100..=0x27BF | 0x2E80..=0x9FFF | 0xF900..=0xFAFF | 0xFF00..=0xFFEF
            | 0x20000..=0x3FFFF)
    };
    text.chars().all(is_simple) && face.has_all(text)
}

/// The outlines of letters as SVG path data; empty when there are none.
pub(crate) fn outlines(face: &Face, spots: &[Spot], size_px: f64) -> String {
    let mut pen = SvgPen {
        out: String::new(),
        at: (0.0, 0.0),
        turn: (0.0, 1.0),
    };
    let Ok(font) = FontRef::from_index(&face.bytes, face.index) else {
        return pen.out;
    };
    let (charmap, glyphs) = (font.charmap(), font.outline_glyphs());
    for spot in spots {
        let glyph = charmap.map(spot.letter).and_then(|id| glyphs.get(id));
        let Some(glyph) = glyph else { continue };
        pen.at = (spot.x, spot.y);
        pen.turn = spot.angle_rad.sin_cos();
        let settings = DrawSettings::unhinted(Size::new(size_px as f32), LocationRef::default());
        if let Err(why) = glyph.draw(settings, &mut pen) {
            tracing::debug!(%why, letter = %spot.letter, "a letter has no outline");
        }
    }
    pen.out
}

struct SvgPen {
    out: String,
    at: (f64, f64),
    /// Sine and cosine of the letter's angle.
    turn: (f64, f64),
}

impl SvgPen {
    /// Fonts count upwards, pictures downwards.
    fn put(&mut self, command: char, points: &[(f32, f32)]) {
        self.out.push(command);
        let (sin, cos) = self.turn;
        for (x, y) in points {
            let (x, y) = (f64::from(*x), -f64::from(*y));
            let (x, y) = (self.at.0 + x * cos - y * sin, self.at.1 + x * sin + y * cos);
            // Writing into a string cannot fail.
            let _ = write!(self.out, "{x:.2} {y:.2} ");
        }
    }
}

impl OutlinePen for SvgPen {
    fn move_to(&mut self, x: f32, y: f32) {
        self.put('M', &[(x, y)]);
    }
    fn line_to(&mut self, x: f32, y: f32) {
        self.put('L', &[(x, y)]);
    }
    fn quad_to(&mut self, cx: f32, cy: f32, x: f32, y: f32) {
        self.put('Q', &[(cx, cy), (x, y)]);
    }
    fn curve_to(&mut self, cx0: f32, cy0: f32, cx1: f32, cy1: f32, x: f32, y: f32) {
        self.put('C', &[(cx0, cy0), (cx1, cy1), (x, y)]);
    }
    fn close(&mut self) {
        self.put('Z', &[]);
    }
}
