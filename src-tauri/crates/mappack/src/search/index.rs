//! The search index in memory: the columns of the pack with what is quickly made from them.
//! Not here: the columns' form (`columns`), walking along them (`walk`).

use super::columns::{Columns, NOWHERE};
use crate::gazetteer::PlaceClass;
use fengsui_geo::Wgs84;
use std::ops::Range;

/// Columns and what is derived from them.
#[derive(Debug)]
pub(crate) struct Index {
    pub(crate) columns: Columns,
    /// Line of each place in `line_sounds`.
    line_at: Vec<u32>,
    /// Lines by spelling.
    spelling_lines: (Vec<u32>, Vec<u32>),
}

impl Index {
    pub(crate) fn new(columns: Columns) -> Self {
        let mut line_at = Vec::with_capacity(columns.line_sounds.len());
        let mut line = 0u32;
        for sound in &columns.line_sounds {
            line_at.push(line);
            line += u32::from(*sound == 0);
        }
        let spellings = columns.spelling_starts.len().saturating_sub(1);
        let mut starts = vec![0u32; spellings + 1];
        for spelling in &columns.line_spellings {
            starts[*spelling as usize + 1] += 1;
        }
        for i in 0..spellings {
            starts[i + 1] += starts[i];
        }
        let mut next = starts.clone();
        let mut lines = vec![0u32; columns.line_spellings.len()];
        for (line, spelling) in (0u32..).zip(&columns.line_spellings) {
            let at = &mut next[*spelling as usize];
            lines[*at as usize] = line;
            *at += 1;
        }
        Self {
            columns,
            line_at,
            spelling_lines: (starts, lines),
        }
    }

    /// Bytes in memory.
    pub(crate) fn bytes(&self) -> usize {
        let derived =
            self.line_at.len() + self.spelling_lines.0.len() + self.spelling_lines.1.len();
        self.columns.bytes() + derived * 4
    }

    /// How many places have a name of their own; house numbers follow them.
    pub(crate) fn named(&self) -> u32 {
        (self.columns.lon_e7.len() - self.columns.numbers.len()) as u32
    }

    /// The line a place in `line_sounds` belongs to.
    pub(crate) fn line_of(&self, at: u32) -> u32 {
        self.line_at[at as usize]
    }

    /// The characters of a spelling.
    pub(crate) fn chars(&self, spelling: u32) -> &[u32] {
        &self.columns.chars[list(&self.columns.spelling_starts, spelling)]
    }

    /// The readings of a spelling.
    pub(crate) fn lines(&self, spelling: u32) -> &[u32] {
        &self.spelling_lines.1[list(&self.spelling_lines.0, spelling)]
    }

    /// The named places of a spelling.
    pub(crate) fn places(&self, spelling: u32) -> &[u32] {
        &self.columns.places[list(&self.columns.place_starts, spelling)]
    }

    /// The groups of house numbers of a spelling.
    pub(crate) fn groups(&self, spelling: u32) -> &[u32] {
        &self.columns.groups[list(&self.columns.group_starts, spelling)]
    }

    /// The numbers of a group as places in `numbers`.
    pub(crate) fn numbers(&self, group: u32) -> Range<usize> {
        list(&self.columns.group_firsts, group)
    }

    /// The crossings of a street: the other street and the place.
    pub(crate) fn crossings(&self, spelling: u32) -> impl Iterator<Item = (u32, u32)> + '_ {
        let range = list(&self.columns.cross_starts, spelling);
        let others = self.columns.cross_spellings[range.clone()].iter().copied();
        others.zip(self.columns.cross_places[range].iter().copied())
    }

    /// A sound's number, when any name has it.
    pub(crate) fn sound(&self, text: &str) -> Option<u16> {
        let sounds = &self.columns.sounds;
        let at = sounds.binary_search_by(|sound| sound.as_str().cmp(text));
        at.ok().map(|at| at as u16 + 1)
    }

    /// The text of a sound; empty for the end of a line.
    pub(crate) fn sound_text(&self, sound: u16) -> &str {
        usize::from(sound)
            .checked_sub(1)
            .and_then(|at| self.columns.sounds.get(at))
            .map_or("", String::as_str)
    }

    /// The numbers of all sounds that begin so.
    pub(crate) fn sounds_from(&self, prefix: &str) -> Range<u16> {
        let sounds = &self.columns.sounds;
        let start = sounds.partition_point(|sound| sound.as_str() < prefix);
        let count = sounds[start..].partition_point(|sound| sound.starts_with(prefix));
        start as u16 + 1..(start + count) as u16 + 1
    }

    /// Where a place is.
    pub(crate) fn at(&self, place: u32) -> Option<Wgs84> {
        let (lon, lat) = self.e7(place)?;
        Wgs84::from_e7(lon, lat).ok()
    }

    /// Where a place is, as the columns have it.
    pub(crate) fn e7(&self, place: u32) -> Option<(i32, i32)> {
        let lon = *self.columns.lon_e7.get(place as usize)?;
        let lat = *self.columns.lat_e7.get(place as usize)?;
        (lon != NOWHERE).then_some((lon, lat))
    }

    /// What sort of thing a place is.
    pub(crate) fn class(&self, place: u32) -> PlaceClass {
        let class = self.columns.classes.get(place as usize).copied();
        PlaceClass::from_number(class.unwrap_or_default().into())
    }

    /// The number of a place's town, 0 = none.
    pub(crate) fn town(&self, place: u32) -> u16 {
        self.columns
            .place_towns
            .get(place as usize)
            .copied()
            .unwrap_or(0)
    }
}

fn list(starts: &[u32], at: u32) -> Range<usize> {
    starts[at as usize] as usize..starts[at as usize + 1] as usize
}
