//! The lines between towns and around the county, shared by the areas on both sides.
//! Not here: which town a point belongs to (`settle`).

use super::contour::Squares;
use super::land::in_county;
use super::osm::{Osm, Relation, tags};
use super::plane::{P, thin};
use super::settle::{Town, town_of};
use std::collections::{BTreeMap, BTreeSet};

/// A corner of the squares.
type Corner = (usize, usize);

/// A line between two owners; `usize::MAX` is outside the county.
#[derive(Debug)]
pub(crate) struct Border {
    pub(crate) line: Vec<P>,
    pub(crate) owners: (usize, usize),
}

const OUTSIDE: usize = usize::MAX;

/// Every border of the county, each drawn once.
pub(crate) fn borders(towns: &[Town]) -> Vec<Border> {
    let squares = Squares::of_county(250.0);
    let half = squares.step / 2.0;
    let owner: Vec<Vec<usize>> = (0..squares.rows)
        .map(|row| {
            (0..squares.columns)
                .map(|col| {
                    let middle = squares.corner(col, row).shift(half, half);
                    if in_county(middle) {
                        town_of(towns, middle)
                    } else {
                        OUTSIDE
                    }
                })
                .collect()
        })
        .collect();
    let mut sides: BTreeMap<Corner, BTreeSet<Corner>> = BTreeMap::new();
    let mut owners_of: BTreeMap<(Corner, Corner), (usize, usize)> = BTreeMap::new();
    let mut add = |a: Corner, b: Corner, owners: (usize, usize)| {
        sides.entry(a).or_default().insert(b);
        sides.entry(b).or_default().insert(a);
        owners_of.insert(
            (a.min(b), a.max(b)),
            (owners.0.min(owners.1), owners.0.max(owners.1)),
        );
    };
    for row in 1..squares.rows {
        for col in 1..squares.columns {
            let (here, west, south) = (owner[row][col], owner[row][col - 1], owner[row - 1][col]);
            if here != west {
                add((col, row), (col, row + 1), (here, west));
            }
            if here != south {
                add((col, row), (col + 1, row), (here, south));
            }
        }
    }
    walk(squares, sides, &owners_of)
}

/// Follows borders from junction to junction, then around what is left.
fn walk(
    squares: Squares,
    mut sides: BTreeMap<Corner, BTreeSet<Corner>>,
    owners_of: &BTreeMap<(Corner, Corner), (usize, usize)>,
) -> Vec<Border> {
    let mut found = Vec::new();
    let junctions: BTreeSet<Corner> = sides
        .iter()
        .filter(|(_, to)| to.len() != 2)
        .map(|(corner, _)| *corner)
        .collect();
    let mut starts: Vec<Corner> = junctions.iter().copied().collect();
    starts.extend(sides.keys().copied().collect::<Vec<_>>());
    for start in starts {
        while let Some(mut to) = sides.get(&start).and_then(|to| to.first().copied()) {
            let owners = owners_of[&(start.min(to), start.max(to))];
            let mut corners = vec![start];
            let mut from = start;
            loop {
                cut(&mut sides, from, to);
                corners.push(to);
                let next = sides.get(&to).and_then(|on| on.first().copied());
                match next {
                    Some(next) if to != start && !junctions.contains(&to) => {
                        from = to;
                        to = next;
                    }
                    _ => break,
                }
            }
            let line: Vec<P> = corners
                .iter()
                .map(|(c, r)| squares.corner(*c, *r))
                .collect();
            found.push(Border {
                line: thin(&rounded(line), 12.0),
                owners,
            });
        }
    }
    found
}

fn cut(sides: &mut BTreeMap<Corner, BTreeSet<Corner>>, a: Corner, b: Corner) {
    for (one, other) in [(a, b), (b, a)] {
        if let Some(set) = sides.get_mut(&one) {
            set.remove(&other);
        }
    }
}

/// Takes the stairs out of a line; its ends stay where they are.
fn rounded(mut line: Vec<P>) -> Vec<P> {
    for _ in 0..9 {
        let before = line.clone();
        for i in 1..line.len().saturating_sub(1) {
            line[i] = before[i].toward(before[i - 1].toward(before[i + 1], 0.5), 0.5);
        }
    }
    for _ in 0..2 {
        let mut next = vec![line[0]];
        for pair in line.windows(2) {
            next.push(pair[0].toward(pair[1], 0.25));
            next.push(pair[0].toward(pair[1], 0.75));
        }
        next.push(line[line.len() - 1]);
        line = next;
    }
    line
}

/// Writes borders as ways, and one relation for each town and for the county.
pub(crate) fn draw(osm: &mut Osm, borders: &[Border], towns: &[Town], county: &str, adcode: &str) {
    let mut ways = Vec::new();
    for border in borders {
        let level = if border.owners.1 == OUTSIDE { "6" } else { "8" };
        let pairs = [("boundary", "administrative"), ("admin_level", level)];
        ways.push(osm.line(&border.line, &pairs));
    }
    let members = |is_side: &dyn Fn((usize, usize)) -> bool| {
        borders
            .iter()
            .zip(&ways)
            .filter(|(border, _)| is_side(border.owners))
            .filter_map(|(_, way)| way.map(|way| (way, "outer")))
            .collect::<Vec<_>>()
    };
    let mut relation = |ways, name: &str, level: &str, code: &str| {
        let pairs = [
            ("type", "boundary"),
            ("boundary", "administrative"),
            ("admin_level", level),
            ("name", name),
            ("ref", code),
        ];
        osm.relations.push(Relation {
            ways,
            nodes: Vec::new(),
            tags: tags(&pairs),
        });
    };
    for (i, town) in towns.iter().enumerate() {
        relation(
            members(&|owners| owners.0 == i || owners.1 == i),
            town.name,
            "8",
            town.code,
        );
    }
    relation(members(&|owners| owners.1 == OUTSIDE), county, "6", adcode);
}

/// A town's outlines, each one closed ring.
pub(crate) fn town_rings(borders: &[Border], town: usize) -> Vec<Vec<P>> {
    let mut pieces: Vec<Vec<P>> = borders
        .iter()
        .filter(|border| border.owners.0 == town || border.owners.1 == town)
        .map(|border| border.line.clone())
        .collect();
    let mut rings = Vec::new();
    while let Some(mut ring) = pieces.pop() {
        while let Some(end) = ring.last().copied().filter(|end| ring[0].to(*end) >= 0.5) {
            let Some(i) = pieces
                .iter()
                .position(|piece| piece[0].to(end) < 0.5 || piece[piece.len() - 1].to(end) < 0.5)
            else {
                break;
            };
            let mut piece = pieces.swap_remove(i);
            if piece[0].to(end) >= 0.5 {
                piece.reverse();
            }
            ring.extend(piece.into_iter().skip(1));
        }
        rings.push(ring);
    }
    rings
}

/// The county's outline as one closed ring, joined from its borders.
pub(crate) fn outline(borders: &[Border]) -> Vec<P> {
    let mut pieces: Vec<Vec<P>> = borders
        .iter()
        .filter(|border| border.owners.1 == OUTSIDE)
        .map(|border| border.line.clone())
        .collect();
    let mut ring = pieces.pop().unwrap_or_default();
    while let Some(end) = ring.last().copied() {
        let Some(i) = pieces.iter().position(|piece| {
            piece.first().is_some_and(|first| first.to(end) < 0.5)
                || piece.last().is_some_and(|last| last.to(end) < 0.5)
        }) else {
            break;
        };
        let mut piece = pieces.swap_remove(i);
        if piece[0].to(end) >= 0.5 {
            piece.reverse();
        }
        ring.extend(piece.into_iter().skip(1));
    }
    ring
}
