//! Pages being filled from top to bottom, and what is drawn on them, in points from the upper
//! left corner. Not here: what a paper says (its `layout`), PDF (`write`).

use super::face::Faces;
use super::value::Level;
use crate::text::wrap;

/// A4, in points.
pub(crate) const PAGE_PT: (f64, f64) = (595.28, 841.89);
pub(crate) const LEFT_PT: f64 = 51.0;
pub(crate) const RIGHT_PT: f64 = PAGE_PT.0 - 51.0;
pub(crate) const WIDTH_PT: f64 = RIGHT_PT - LEFT_PT;
const TOP_PT: f64 = 66.0;
pub(crate) const BOTTOM_PT: f64 = 772.0;

/// Body of the text and its leading: one and a half lines.
pub(crate) const BODY_PT: f64 = 10.5;
pub(crate) const LEADING_PT: f64 = 15.75;
/// Small print.
pub(crate) const SMALL_PT: f64 = 8.5;
/// Between a cell's border and its words.
const PADDING_PT: f64 = 5.0;

/// Something drawn.
#[derive(Debug, Clone)]
pub(crate) enum Mark {
    Text {
        x: f64,
        baseline: f64,
        size: f64,
        is_bold: bool,
        text: String,
    },
    Line {
        from: (f64, f64),
        to: (f64, f64),
        width: f64,
    },
    Level {
        middle: (f64, f64),
        size: f64,
        level: Level,
    },
    /// The locator map: corner and size.
    Picture {
        corner: (f64, f64),
        size: (f64, f64),
    },
}

/// A page.
#[derive(Debug, Clone, Default)]
pub(crate) struct Page {
    pub(crate) marks: Vec<Mark>,
}

/// A cell of a row: its words, and how they are set.
pub(crate) struct Cell<'a> {
    pub(crate) width: f64,
    pub(crate) text: &'a str,
    pub(crate) size: f64,
    pub(crate) is_bold: bool,
    pub(crate) is_centred: bool,
    pub(crate) level: Option<Level>,
}

impl<'a> Cell<'a> {
    pub(crate) fn label(width: f64, text: &'a str) -> Self {
        Self {
            is_centred: true,
            ..Self::value(width, text)
        }
    }

    pub(crate) fn value(width: f64, text: &'a str) -> Self {
        Self {
            width,
            text,
            size: BODY_PT,
            is_bold: false,
            is_centred: false,
            level: None,
        }
    }

    pub(crate) fn bold(self) -> Self {
        Self {
            is_bold: true,
            ..self
        }
    }

    pub(crate) fn sized(self, size: f64) -> Self {
        Self { size, ..self }
    }
}

/// The pages so far and the place on the last one.
pub(crate) struct Flow<'a> {
    pub(crate) faces: &'a Faces,
    pub(crate) pages: Vec<Page>,
    pub(crate) y: f64,
}

impl<'a> Flow<'a> {
    pub(crate) fn new(faces: &'a Faces) -> Self {
        Self {
            faces,
            pages: vec![Page::default()],
            y: TOP_PT,
        }
    }

    pub(crate) fn mark(&mut self, mark: Mark) {
        if let Some(page) = self.pages.last_mut() {
            page.marks.push(mark);
        }
    }

    pub(crate) fn new_page(&mut self) {
        self.pages.push(Page::default());
        self.y = TOP_PT;
    }

    pub(crate) fn room(&self) -> f64 {
        BOTTOM_PT - self.y
    }

    /// Begins a new page unless so much room is left on this one.
    pub(crate) fn keep(&mut self, height: f64) -> bool {
        let is_new = self.room() < height;
        if is_new {
            self.new_page();
        }
        is_new
    }

    pub(crate) fn text(&mut self, x: f64, baseline: f64, (size, is_bold): (f64, bool), text: &str) {
        self.mark(Mark::Text {
            x,
            baseline,
            size,
            is_bold,
            text: text.to_owned(),
        });
    }

    pub(crate) fn rule(&mut self, from: (f64, f64), to: (f64, f64), width: f64) {
        self.mark(Mark::Line { from, to, width });
    }

    /// A heading above a part of the form, kept together with what follows.
    pub(crate) fn heading(&mut self, text: &str, follows: f64) {
        self.keep(LEADING_PT * 2.0 + follows);
        self.y += 9.0;
        self.text(LEFT_PT, self.y + 11.0, (11.0, true), text);
        self.y += LEADING_PT + 1.0;
    }

    /// Height a row needs.
    pub(crate) fn row_height(&self, cells: &[Cell<'_>]) -> f64 {
        let lines = cells
            .iter()
            .map(|cell| self.lines(cell).len())
            .max()
            .unwrap_or(1);
        lines as f64 * LEADING_PT + PADDING_PT * 1.2
    }

    fn lines(&self, cell: &Cell<'_>) -> Vec<String> {
        let shape = if cell.level.is_some() {
            cell.size * 1.5
        } else {
            0.0
        };
        let most = cell.width - 2.0 * PADDING_PT - shape;
        let width = |text: &str| self.faces.width_pt(text, cell.size, cell.is_bold);
        wrap(cell.text, most, &width)
    }

    /// A row with borders that stays on one page.
    pub(crate) fn row(&mut self, cells: &[Cell<'_>]) {
        let height = self.row_height(cells);
        self.keep(height);
        let lines: Vec<Vec<String>> = cells.iter().map(|cell| self.lines(cell)).collect();
        self.draw_row(cells, &lines, height);
    }

    /// A row whose last cell may be long: it flows over as many pages as it needs, with its
    /// label on each.
    pub(crate) fn long_row(&mut self, label: &str, cells: &[Cell<'_>; 2]) {
        let mut lines = self.lines(&cells[1]);
        let mut is_first = true;
        while !lines.is_empty() {
            let per_page = ((self.room() - PADDING_PT * 1.2) / LEADING_PT)
                .floor()
                .max(0.0);
            let fits = per_page as usize;
            // Two lines at the foot of a page are worth reading, one is not.
            if fits < lines.len().min(2) {
                self.new_page();
                continue;
            }
            let rest = lines.split_off(fits.min(lines.len()));
            let name = if is_first {
                label.to_owned()
            } else {
                format!("{label}\n（续）")
            };
            let first = Cell {
                text: &name,
                ..Cell::label(cells[0].width, "")
            };
            let names = self.lines(&first);
            let height = lines.len().max(names.len()) as f64 * LEADING_PT + PADDING_PT * 1.2;
            let second = Cell::value(cells[1].width, "");
            self.draw_row(&[first, second], &[names, lines], height);
            lines = rest;
            is_first = false;
        }
    }

    fn draw_row(&mut self, cells: &[Cell<'_>], lines: &[Vec<String>], height: f64) {
        let (top, bottom) = (self.y, self.y + height);
        let mut x = LEFT_PT;
        for (cell, lines) in cells.iter().zip(lines) {
            self.draw_words(cell, lines, (x, top), height);
            self.rule((x, top), (x, bottom), 0.5);
            x += cell.width;
        }
        self.rule((x, top), (x, bottom), 0.5);
        self.rule((LEFT_PT, top), (x, top), 0.5);
        self.rule((LEFT_PT, bottom), (x, bottom), 0.5);
        self.y = bottom;
    }

    fn draw_words(&mut self, cell: &Cell<'_>, lines: &[String], (x, top): (f64, f64), height: f64) {
        let block = lines.len() as f64 * LEADING_PT;
        let start = match cell.is_centred {
            true => top + (height - block) / 2.0,
            false => top + PADDING_PT * 0.6,
        };
        let mut left = x + PADDING_PT;
        if let Some(level) = cell.level {
            let size = cell.size;
            let middle = (left + size * 0.5, start + LEADING_PT / 2.0);
            self.mark(Mark::Level {
                middle,
                size,
                level,
            });
            left += size * 1.5;
        }
        for (i, line) in lines.iter().enumerate() {
            let baseline = start + i as f64 * LEADING_PT + LEADING_PT / 2.0 + cell.size * 0.37;
            let at = match cell.is_centred {
                true => {
                    let wide = self.faces.width_pt(line, cell.size, cell.is_bold);
                    x + (cell.width - wide) / 2.0
                }
                false => left,
            };
            self.text(at, baseline, (cell.size, cell.is_bold), line);
        }
    }
}
