//! Names along streets and rivers: letter by letter, never upside down; Chinese names of steep
//! lines stand upright from top to bottom, as on printed maps.
//! Not here: names at points (`point`).

use super::point::BASELINE_EM;
use super::{Block, Body, Look, Placing, named};
use crate::mapimage::glyph::{self, Spot};
use crate::mapimage::ground::Loaded;
use crate::mapimage::scene::clip;
use crate::style::layer::{StyleLayer, SymbolPaint};

type Line = Vec<(f64, f64)>;

/// A name is not repeated within this share of the layer's spacing.
const REPEAT_SHARE: f64 = 0.6;
/// In a bend letters come closer than along a straight line; below this share they would touch.
const CROWDED_SHARE: f64 = 0.85;
/// Lines steeper than this carry Chinese names upright.
const STEEP_DEG: f64 = 55.0;

pub(super) fn place(
    placing: &mut Placing<'_>,
    layer: &StyleLayer,
    paint: &SymbolPaint,
    loaded: &Loaded,
) {
    let mut streets: Vec<(Look, Vec<Line>)> = Vec::new();
    for (look, feature, placement) in named(layer, paint, placing.view, loaded) {
        let at = streets
            .iter()
            .position(|(known, _)| *known == look)
            .unwrap_or(streets.len());
        if at == streets.len() {
            streets.push((look, Vec::new()));
        }
        for path in &feature.paths {
            let line: Line = path.iter().map(|point| placement.px(*point)).collect();
            streets[at].1.extend(clip(&line, placement.edges()));
        }
    }
    for (look, parts) in streets {
        let mut placed: Vec<(f64, f64)> = Vec::new();
        for line in join(parts) {
            along(placing, paint, &look, &line, &mut placed);
        }
    }
}

/// Joins parts whose ends meet, longest first, so that a street has its name once and not once
/// a block.
fn join(mut parts: Vec<Line>) -> Vec<Line> {
    let mut joined = Vec::new();
    while !parts.is_empty() {
        let mut line = parts.remove(0);
        while let Some((at, turn)) = parts
            .iter()
            .enumerate()
            .find_map(|(i, part)| fits(&line, part).map(|turn| (i, turn)))
        {
            let mut part = parts.remove(at);
            if turn.is_reversed {
                part.reverse();
            }
            match turn.is_before {
                true => {
                    part.pop();
                    part.append(&mut line);
                    line = part;
                }
                false => line.extend(part.into_iter().skip(1)),
            }
        }
        joined.push(line);
    }
    joined.sort_by(|a, b| length(b).total_cmp(&length(a)));
    joined
}

struct Turn {
    is_before: bool,
    is_reversed: bool,
}

fn fits(line: &[(f64, f64)], part: &[(f64, f64)]) -> Option<Turn> {
    let meet = |a: Option<&(f64, f64)>, b: Option<&(f64, f64)>| {
        let (Some(a), Some(b)) = (a, b) else {
            return false;
        };
        (a.0 - b.0).hypot(a.1 - b.1) < 0.75
    };
    let turns = [(false, false), (false, true), (true, false), (true, true)];
    let turn = turns.into_iter().find(|(is_before, is_reversed)| {
        let end = if *is_before {
            line.first()
        } else {
            line.last()
        };
        let other = if is_before == is_reversed {
            part.first()
        } else {
            part.last()
        };
        meet(end, other)
    })?;
    Some(Turn {
        is_before: turn.0,
        is_reversed: turn.1,
    })
}

fn length(line: &[(f64, f64)]) -> f64 {
    line.windows(2)
        .map(|two| (two[1].0 - two[0].0).hypot(two[1].1 - two[0].1))
        .sum()
}

/// Sets a name as often as there is room for along one line.
fn along(
    placing: &mut Placing<'_>,
    paint: &SymbolPaint,
    look: &Look,
    line: &[(f64, f64)],
    placed: &mut Vec<(f64, f64)>,
) {
    let whole = length(line);
    let gap = paint.letter_spacing_em * look.size_px;
    let mut advances = placing.fonts.advances_px(&look.text, look.size_px);
    advances.iter_mut().for_each(|one| one.1 += gap);
    let wide: f64 = advances.iter().map(|one| one.1).sum::<f64>() - gap;
    if wide <= 0.0 || wide > whole {
        return;
    }
    let times = (whole / paint.spacing_px).floor().max(1.0);
    for i in 0..times as usize {
        let ideal = (i as f64 + 0.5) * whole / times;
        for shift in [0.0, -0.125, 0.125, -0.25, 0.25, -0.375, 0.375] {
            let middle = ideal + shift * whole / times;
            let (from, to) = (middle - wide / 2.0, middle + wide / 2.0);
            if from < 0.0 || to > whole {
                continue;
            }
            let at = point_at(line, middle);
            let is_near = placed
                .iter()
                .any(|(x, y)| (x - at.0).hypot(y - at.1) < paint.spacing_px * REPEAT_SHARE);
            if is_near {
                break;
            }
            if placing.gap.has_map_at(at) && set(placing, paint, look, (line, from), &advances) {
                placed.push(at);
                break;
            }
        }
    }
}

/// Tries to set a name from a place along a line on.
fn set(
    placing: &mut Placing<'_>,
    paint: &SymbolPaint,
    look: &Look,
    (line, from): (&[(f64, f64)], f64),
    advances: &[(char, f64)],
) -> bool {
    let room = Room::new(line, from, advances, &look.text);
    let size = look.size_px;
    let letters = room.letters(line, advances, size);
    let limit = paint.max_angle_deg.to_radians();
    let turns = letters
        .windows(2)
        .map(|two| turn(two[0].angle_rad, two[1].angle_rad));
    let is_crowded = letters.windows(2).any(|two| {
        let (a, b) = (two[0].middle, two[1].middle);
        (a.0 - b.0).hypot(a.1 - b.1) < (two[0].advance + two[1].advance) / 2.0 * CROWDED_SHARE
    });
    if is_crowded || turns.into_iter().any(|turn| turn.abs() > limit) {
        return false;
    }
    let gap = paint.letter_spacing_em * size;
    let spots: Vec<Spot> = letters.iter().map(|one| one.spot(size, gap)).collect();
    let blocks: Vec<Block> = letters
        .iter()
        .map(|one| Block::around(one.middle, one.advance.max(size), size))
        .collect();
    let is_simple = glyph::is_simple(placing.fonts.regular(), &look.text);
    placing.put(&blocks, paint.padding_px, || {
        let body = match is_simple {
            true => Body::Letters(spots),
            false => slanted(look, room.ends, room.is_backwards),
        };
        look.label(paint, body)
    })
}

/// The part of a line that a name takes, and which way it is read.
struct Room {
    from: f64,
    wide: f64,
    ends: ((f64, f64), (f64, f64)),
    is_upright: bool,
    is_backwards: bool,
}

impl Room {
    fn new(line: &[(f64, f64)], from: f64, advances: &[(char, f64)], text: &str) -> Self {
        let wide: f64 = advances.iter().map(|one| one.1).sum();
        let (begin, end) = (point_at(line, from), point_at(line, from + wide));
        let heading = (end.1 - begin.1).atan2(end.0 - begin.0);
        let is_han =
            |c: char| matches!(u32::from(c), 0x2E80..=0x9FFF | 0xF900..=0xFAFF | 0x20000..=0x3FFFF);
        let is_steep = heading.sin().abs() > STEEP_DEG.to_radians().sin();
        let is_upright = is_steep && text.chars().all(is_han);
        Self {
            from,
            wide,
            ends: (begin, end),
            is_upright,
            is_backwards: match is_upright {
                true => heading.sin() < 0.0,
                false => heading.cos() < 0.0,
            },
        }
    }

    fn letters(&self, line: &[(f64, f64)], advances: &[(char, f64)], size: f64) -> Vec<Letter> {
        let mut along = 0.0;
        let mut letters = Vec::with_capacity(advances.len());
        for (letter, advance) in advances {
            let done = along + advance / 2.0;
            let on = match self.is_backwards {
                true => self.from + self.wide - done,
                false => self.from + done,
            };
            let mut angle_rad = angle_at(line, on, size / 2.0);
            if self.is_backwards {
                angle_rad += std::f64::consts::PI;
            }
            if self.is_upright {
                angle_rad -= std::f64::consts::FRAC_PI_2;
            }
            letters.push(Letter {
                letter: *letter,
                advance: *advance,
                middle: point_at(line, on),
                angle_rad,
            });
            along += advance;
        }
        letters
    }
}

/// A letter of a name along a line.
struct Letter {
    letter: char,
    advance: f64,
    middle: (f64, f64),
    angle_rad: f64,
}

impl Letter {
    /// From the letter's middle back to the beginning of its baseline.
    fn spot(&self, size: f64, gap: f64) -> Spot {
        let (back, down) = ((self.advance - gap) / 2.0, BASELINE_EM * size);
        let (sin, cos) = self.angle_rad.sin_cos();
        Spot {
            letter: self.letter,
            x: self.middle.0 - back * cos - down * sin,
            y: self.middle.1 - back * sin + down * cos,
            angle_rad: self.angle_rad,
        }
    }
}

/// A name that needs shaping is set straight, from one end of its room to the other.
fn slanted(look: &Look, (begin, end): ((f64, f64), (f64, f64)), is_backwards: bool) -> Body {
    let (begin, end) = if is_backwards {
        (end, begin)
    } else {
        (begin, end)
    };
    let angle = (end.1 - begin.1).atan2(end.0 - begin.0);
    let (x, y) = ((begin.0 + end.0) / 2.0, (begin.1 + end.1) / 2.0);
    let down = BASELINE_EM * look.size_px;
    Body::Slanted(
        look.text.clone(),
        x - down * angle.sin(),
        y + down * angle.cos(),
        angle,
    )
}

/// The smaller turn between two headings, in radians.
fn turn(a: f64, b: f64) -> f64 {
    let full = std::f64::consts::TAU;
    (b - a + full / 2.0).rem_euclid(full) - full / 2.0
}

fn point_at(line: &[(f64, f64)], along: f64) -> (f64, f64) {
    let mut left = along.max(0.0);
    for two in line.windows(2) {
        let (from, to) = (two[0], two[1]);
        let length = (to.0 - from.0).hypot(to.1 - from.1);
        if left <= length && length > 0.0 {
            let share = left / length;
            return (
                from.0 + (to.0 - from.0) * share,
                from.1 + (to.1 - from.1) * share,
            );
        }
        left -= length;
    }
    line.last().copied().unwrap_or_default()
}

/// The line's heading around a place, over a little of its length.
fn angle_at(line: &[(f64, f64)], along: f64, half: f64) -> f64 {
    let (from, to) = (point_at(line, along - half), point_at(line, along + half));
    (to.1 - from.1).atan2(to.0 - from.0)
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Blocks of one street become one line, whichever way each was drawn; a line apart stays.
    #[test]
    fn blocks_of_a_street_are_joined() {
        let parts = vec![
            vec![(10.0, 0.0), (20.0, 0.0)],
            vec![(10.0, 0.0), (0.0, 0.0)],
            vec![(30.0, 0.2), (20.0, 0.0)],
            vec![(0.0, 50.0), (5.0, 50.0)],
        ];
        let lines = join(parts);
        assert_eq!(lines.len(), 2);
        assert_eq!(lines[0].len(), 4);
        assert!((length(&lines[0]) - 30.0).abs() < 0.01);
    }

    /// Places along a line are measured along it, and held at its ends.
    #[test]
    fn places_along_a_line() {
        let line = [(0.0, 0.0), (10.0, 0.0), (10.0, 10.0)];
        assert_eq!(point_at(&line, 5.0), (5.0, 0.0));
        assert_eq!(point_at(&line, 15.0), (10.0, 5.0));
        assert_eq!(point_at(&line, 99.0), (10.0, 10.0));
        assert!((turn(3.0, -3.0) - 0.283).abs() < 0.001);
    }
}
