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
    known: RefCell<Known>,
}

/// What was found out about letters so far.
#[derive(Default)]
struct Known {
    /// Further faces, found as letters ask for them.
    others: Vec<Face>,
    /// Face and width, in letters, of a letter in regular (false) or bold.
    letters: BTreeMap<(char, bool), Letter>,
}

#[derive(Clone, Copy)]
struct Letter {
    /// `None`: no face of this machine has it.
    face: Option<FaceNumber>,
    width: f64,
}

/// Number of a face: regular, bold, then others.
pub(crate) type FaceNumber = usize;

impl Faces {
    pub(crate) fn new(fonts: &Fonts) -> Result<Self, DocumentError> {
        Ok(Self {
            bold: fonts.bold()?.clone(),
            fonts: fonts.clone(),
            known: RefCell::default(),
        })
    }

    pub(crate) fn face(&self, number: FaceNumber) -> Face {
        match number {
            0 => self.fonts.regular().clone(),
            1 => self.bold.clone(),
            more => {
                let known = self.known.borrow();
                let other = known.others.get(more - 2);
                other.unwrap_or(self.fonts.regular()).clone()
            }
        }
    }

    fn letter(&self, letter: char, is_bold: bool) -> Letter {
        if let Some(known) = self.known.borrow().letters.get(&(letter, is_bold)) {
            return *known;
        }
        let face = self.find(letter, is_bold);
        let (shown, number) = match face {
            Some(number) => (letter, number),
            None => (LOST, usize::from(is_bold)),
        };
        let width = self.face(number).width(shown.encode_utf8(&mut [0; 4]));
        let found = Letter { face, width };
        self.known
            .borrow_mut()
            .letters
            .insert((letter, is_bold), found);
        found
    }

    fn find(&self, letter: char, is_bold: bool) -> Option<FaceNumber> {
        let own = usize::from(is_bold);
        if self.face(own).has(letter) {
            return Some(own);
        }
        let mut known = self.known.borrow_mut();
        let at = known.others.iter().position(|face| face.has(letter));
        let at = at.or_else(|| {
            known.others.push(self.fonts.other_with(letter)?);
            Some(known.others.len() - 1)
        });
        at.map(|at| at + 2)
    }

    /// The text in pieces of one face each; letters that no face has become [`LOST`].
    pub(crate) fn pieces(&self, text: &str, is_bold: bool) -> Vec<(FaceNumber, String)> {
        let mut pieces: Vec<(FaceNumber, String)> = Vec::new();
        for letter in text.chars().filter(|c| !c.is_control()) {
            let (number, letter) = match self.letter(letter, is_bold).face {
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
        let letters = text.chars().filter(|c| !c.is_control());
        letters.map(|c| self.letter(c, is_bold).width).sum::<f64>() * size_pt
    }

    /// The letters of some texts that no face has.
    pub(crate) fn lost<'t>(&self, texts: impl Iterator<Item = &'t str>) -> BTreeSet<char> {
        let letters: BTreeSet<char> = texts.flat_map(str::chars).collect();
        let is_lost = |c: &char| !c.is_control() && self.letter(*c, false).face.is_none();
        letters.into_iter().filter(is_lost).collect()
    }
}
