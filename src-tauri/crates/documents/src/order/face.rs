//! Letters on paper: which face has each, how wide they are, and what is done about a letter
//! that no face of this machine has. Not here: breaking lines (`text`).

use crate::font::Face;
use crate::{DocumentError, Fonts};
use std::cell::RefCell;
use std::collections::{BTreeMap, BTreeSet};

/// Stands for a letter that no font has, as printers have it (geta mark).
pub(crate) const LOST: char = '〓';

/// The faces a paper is set in.
pub(crate) struct Faces {
    fonts: Fonts,
    bold: Face,
    /// Further faces, found as letters ask for them.
    others: RefCell<Others>,
}

#[derive(Default)]
struct Others {
    faces: Vec<Face>,
    of_letter: BTreeMap<char, Option<usize>>,
}

/// Number of a face: regular, bold, then others.
pub(crate) type FaceNumber = usize;

impl Faces {
    pub(crate) fn new(fonts: &Fonts) -> Result<Self, DocumentError> {
        Ok(Self {
            bold: fonts.bold()?.clone(),
            fonts: fonts.clone(),
            others: RefCell::default(),
        })
    }

    pub(crate) fn face(&self, number: FaceNumber) -> Face {
        match number {
            0 => self.fonts.regular().clone(),
            1 => self.bold.clone(),
            more => {
                let others = self.others.borrow();
                others
                    .faces
                    .get(more - 2)
                    .unwrap_or(self.fonts.regular())
                    .clone()
            }
        }
    }

    fn number_of(&self, letter: char, is_bold: bool) -> Option<FaceNumber> {
        let own = usize::from(is_bold);
        if self.face(own).has(letter) {
            return Some(own);
        }
        let mut others = self.others.borrow_mut();
        if let Some(known) = others.of_letter.get(&letter) {
            return *known;
        }
        let at = others.faces.iter().position(|face| face.has(letter));
        let at = at.or_else(|| {
            let face = self.fonts.other_with(letter)?;
            others.faces.push(face);
            Some(others.faces.len() - 1)
        });
        let number = at.map(|at| at + 2);
        others.of_letter.insert(letter, number);
        number
    }

    /// The text in pieces of one face each; letters that no face has become [`LOST`].
    pub(crate) fn pieces(&self, text: &str, is_bold: bool) -> Vec<(FaceNumber, String)> {
        let mut pieces: Vec<(FaceNumber, String)> = Vec::new();
        for letter in text.chars().filter(|c| !c.is_control()) {
            let (number, letter) = match self.number_of(letter, is_bold) {
                Some(number) => (number, letter),
                None => (usize::from(is_bold), LOST),
            };
            match pieces.last_mut() {
                Some((last, piece)) if *last == number => piece.push(letter),
                _ => pieces.push((number, letter.to_string())),
            }
        }
        pieces
    }

    /// Width of a line in points.
    pub(crate) fn width_pt(&self, text: &str, size_pt: f64, is_bold: bool) -> f64 {
        let pieces = self.pieces(text, is_bold);
        pieces
            .iter()
            .map(|(number, piece)| self.face(*number).width(piece))
            .sum::<f64>()
            * size_pt
    }

    /// The letters of some texts that no face has.
    pub(crate) fn lost<'t>(&self, texts: impl Iterator<Item = &'t str>) -> BTreeSet<char> {
        let letters: BTreeSet<char> = texts.flat_map(str::chars).collect();
        let is_lost = |c: &char| !c.is_control() && self.number_of(*c, false).is_none();
        letters.into_iter().filter(is_lost).collect()
    }
}
