//! Which town a place belongs to, and how that is known.
//! Not here: names.

use super::{Gathered, PlaceClass, TownEntry, metres};
use crate::extract::Px;
use crate::shapes::{Area, doubled_area, holds, label_point};

/// How a town was found.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
#[repr(u8)]
pub enum Whence {
    /// The place lies within the town's border on the map.
    Border = 0,
    /// The official divisions say so.
    Division = 1,
    /// Only the nearest town centre: likely, not certain.
    Nearest = 2,
    /// The county's own table says so.
    Given = 3,
}

impl Whence {
    /// From its number in the table.
    pub(crate) fn from_number(number: i64) -> Self {
        match number {
            0 => Self::Border,
            1 => Self::Division,
            3 => Self::Given,
            _ => Self::Nearest,
        }
    }
}

/// Borders and centres of towns.
#[derive(Debug, Default)]
pub(crate) struct Locator {
    /// Name, area, box (west, north, east, south); smaller areas first.
    borders: Vec<(String, Area, [i32; 4])>,
    centres: Vec<(String, Px)>,
}

/// Farther than this from a town's centre a place is in no known town.
const NEAREST_MAX_M: f64 = 15_000.0;

impl Locator {
    /// From the areas of administrative borders.
    pub(crate) fn new(mut borders: Vec<(String, Area)>) -> Self {
        borders.sort_by_key(|(_, area)| doubled_area(&area[0]).abs());
        let borders = borders
            .into_iter()
            .map(|(name, area)| {
                let xs = area[0].iter().map(|at| at.x);
                let ys = area[0].iter().map(|at| at.y);
                let frame = [
                    xs.clone().min().unwrap_or(0),
                    ys.clone().min().unwrap_or(0),
                    xs.max().unwrap_or(0),
                    ys.max().unwrap_or(0),
                ];
                (name, area, frame)
            })
            .collect();
        Self {
            borders,
            centres: Vec::new(),
        }
    }

    /// Takes the towns' centres: the placed ones of the divisions, else the map's larger places.
    pub(crate) fn learn(&mut self, towns: &[TownEntry], gathered: &Gathered) {
        let placed = towns
            .iter()
            .filter_map(|town| Some((town.name.clone(), town.at?)));
        self.centres = placed.collect();
        if towns.is_empty() {
            let kinds = ["city", "town", "suburb", "village"];
            self.centres = gathered
                .points
                .iter()
                .filter(|found| found.class == PlaceClass::Place)
                .filter(|found| kinds.contains(&found.kind.as_str()))
                .map(|found| (found.name.clone(), found.at))
                .collect();
        }
    }

    /// The town of a place; `None` when nothing is known.
    pub(crate) fn town(&self, at: Px) -> Option<(String, Whence)> {
        let within = self
            .borders
            .iter()
            .find(|(_, area, [west, north, east, south])| {
                (*west..=*east).contains(&at.x)
                    && (*north..=*south).contains(&at.y)
                    && area.iter().filter(|ring| holds(ring, at)).count() % 2 == 1
            });
        if let Some((name, ..)) = within {
            return Some((name.clone(), Whence::Border));
        }
        self.centres
            .iter()
            .map(|(name, centre)| (metres(*centre, at), name))
            .filter(|(far, _)| *far < NEAREST_MAX_M)
            .min_by(|a, b| a.0.total_cmp(&b.0))
            .map(|(_, name)| (name.clone(), Whence::Nearest))
    }

    /// The middle of the only border of that name.
    pub(crate) fn middle_of(&self, name: &str) -> Option<Px> {
        let mut named = self.borders.iter().filter(|border| border.0 == name);
        let first = named.next()?;
        named.next().is_none().then(|| label_point(&first.1))
    }
}
