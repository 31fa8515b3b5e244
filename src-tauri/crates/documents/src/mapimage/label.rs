//! Names on the map: which of them there is room for, and where. Layers of the style that lie
//! on top choose first, as in MapLibre; names never lie over each other nor over the marker.
//! Not here: drawing them (`overlay`).

mod line;
mod point;

use super::gap::Gap;
use super::glyph::Spot;
use super::ground::Loaded;
use super::view::View;
use crate::Fonts;
use crate::style::Style;
use crate::style::layer::{Paint, StyleLayer, SymbolPaint, color, number};
use crate::style::value::{Color, Value};

/// A name with its place.
#[derive(Debug, Clone)]
pub(crate) struct Label {
    pub(crate) size_px: f64,
    pub(crate) color: Color,
    pub(crate) halo: Color,
    pub(crate) halo_width_px: f64,
    pub(crate) body: Body,
}

/// How a name is set.
#[derive(Debug, Clone)]
pub(crate) enum Body {
    /// Level lines of text: words, middle, baseline.
    Lines(Vec<(String, f64, f64)>),
    /// Letters along a line.
    Letters(Vec<Spot>),
    /// One straight line at an angle: words, middle of the baseline, angle in radians.
    Slanted(String, f64, f64, f64),
}

/// A box in pixels of the page.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(crate) struct Block {
    pub(crate) left: f64,
    pub(crate) top: f64,
    pub(crate) right: f64,
    pub(crate) bottom: f64,
}

impl Block {
    pub(crate) fn around((x, y): (f64, f64), width: f64, height: f64) -> Self {
        Self {
            left: x - width / 2.0,
            top: y - height / 2.0,
            right: x + width / 2.0,
            bottom: y + height / 2.0,
        }
    }

    fn grown(self, by: f64) -> Self {
        Self {
            left: self.left - by,
            top: self.top - by,
            right: self.right + by,
            bottom: self.bottom + by,
        }
    }

    fn meets(&self, other: &Self) -> bool {
        self.left < other.right
            && other.left < self.right
            && self.top < other.bottom
            && other.top < self.bottom
    }

    fn holds(&self, other: &Self) -> bool {
        self.left <= other.left
            && self.top <= other.top
            && self.right >= other.right
            && self.bottom >= other.bottom
    }
}

/// What names a picture gets.
pub(crate) struct Placing<'a> {
    fonts: &'a Fonts,
    view: &'a View,
    gap: &'a Gap,
    /// Names lie wholly within.
    region: Block,
    taken: Taken,
    labels: Vec<Label>,
}

/// Places the names of a view; `reserved` is kept free of them.
pub(crate) fn place(
    style: &Style,
    fonts: &Fonts,
    (view, gap): (&View, &Gap),
    loaded: &Loaded,
    reserved: &[Block],
) -> Vec<Label> {
    let region = Block {
        left: 0.0,
        top: 0.0,
        right: view.width_px,
        bottom: view.height_px,
    };
    let mut placing = Placing {
        fonts,
        view,
        gap,
        region: region.grown(-2.0),
        taken: Taken::new(view),
        labels: Vec::new(),
    };
    reserved.iter().for_each(|block| placing.taken.add(*block));
    for layer in style
        .layers
        .iter()
        .rev()
        .filter(|layer| layer.is_drawn_at(view.zoom))
    {
        if let Paint::Symbol(paint) = &layer.paint {
            match paint.is_along_line {
                true => line::place(&mut placing, layer, paint, loaded),
                false => point::place(&mut placing, layer, paint, loaded),
            }
        }
    }
    placing.labels
}

/// Everything of a name but its place.
#[derive(Debug, Clone, PartialEq)]
struct Look {
    text: String,
    size_px: f64,
    color: Color,
    halo: Color,
}

impl Look {
    /// How a layer writes a feature's name; `None` when it has none.
    fn of(paint: &SymbolPaint, zoom: f64, get: &dyn Fn(&str) -> Value) -> Option<Self> {
        let text = paint.text.evaluate(zoom, get);
        let text = text.text()?.trim();
        let text: String = text.chars().filter(|c| !c.is_control()).collect();
        (!text.is_empty()).then_some(Self {
            text,
            size_px: number(&paint.size_px, zoom, get),
            color: color(&paint.color, zoom, get)?,
            halo: color(&paint.halo, zoom, get)?,
        })
    }

    fn label(&self, paint: &SymbolPaint, body: Body) -> Label {
        Label {
            size_px: self.size_px,
            color: self.color,
            halo: self.halo,
            halo_width_px: paint.halo_width_px,
            body,
        }
    }
}

impl Placing<'_> {
    /// Takes the place of a name if all of it is free.
    fn put(&mut self, blocks: &[Block], padding_px: f64, label: impl FnOnce() -> Label) -> bool {
        let is_free = blocks.iter().all(|block| {
            self.region.holds(block) && !self.taken.meets(&block.grown(padding_px / 2.0))
        });
        if is_free {
            for block in blocks {
                self.taken.add(block.grown(padding_px / 2.0));
            }
            self.labels.push(label());
        }
        is_free
    }
}

/// Side of the cells in which boxes are looked for.
const CELL_PX: f64 = 64.0;

/// The boxes taken so far, by cells.
struct Taken {
    columns: usize,
    cells: Vec<Vec<Block>>,
}

impl Taken {
    fn new(view: &View) -> Self {
        let count = |length: f64| (length / CELL_PX).ceil().max(1.0) as usize;
        let (columns, rows) = (count(view.width_px), count(view.height_px));
        Self {
            columns,
            cells: vec![Vec::new(); columns * rows],
        }
    }

    fn cells(&self, block: &Block) -> impl Iterator<Item = usize> + use<> {
        let (columns, rows) = (self.columns, self.cells.len() / self.columns);
        let range = |from: f64, to: f64, count: usize| {
            let cell = |v: f64| (v / CELL_PX).floor().clamp(0.0, (count - 1) as f64) as usize;
            cell(from)..=cell(to)
        };
        let across = range(block.left, block.right, columns);
        range(block.top, block.bottom, rows)
            .flat_map(move |row| across.clone().map(move |column| row * columns + column))
    }

    fn meets(&self, block: &Block) -> bool {
        self.cells(block)
            .any(|cell| self.cells[cell].iter().any(|other| other.meets(block)))
    }

    fn add(&mut self, block: Block) {
        for cell in self.cells(&block) {
            self.cells[cell].push(block);
        }
    }
}

/// The layer's features with a name, in the order of the map.
fn named<'a>(
    layer: &StyleLayer,
    paint: &SymbolPaint,
    view: &View,
    loaded: &'a Loaded,
) -> Vec<(Look, &'a crate::vector::Feature, super::scene::Placement)> {
    let mut all = Vec::new();
    super::scene::each_feature(layer, view, loaded, |from, feature, placement| {
        let get = |key: &str| from.property(feature, key);
        if let Some(look) = Look::of(paint, view.zoom, &get) {
            all.push((look, feature, placement));
        }
    });
    all
}
