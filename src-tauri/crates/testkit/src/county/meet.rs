//! Where lines meet: shared points at crossings, bridges over water and over other lines,
//! and houses that would stand on a road or in a river taken away.
//! Not here: where the lines run.

use super::land::{Land, River};
use super::plane::{P, crossing, inside, length, to_segment};
use super::world::{Road, World};
use std::collections::BTreeMap;

/// Side of the squares of the look-up, metres.
const SQUARE_M: f64 = 150.0;

/// Segments by the squares they touch.
struct Near<'a> {
    squares: BTreeMap<(i64, i64), Vec<(usize, usize)>>,
    lines: Vec<&'a [P]>,
}

impl<'a> Near<'a> {
    fn new(lines: Vec<&'a [P]>) -> Self {
        let mut squares: BTreeMap<(i64, i64), Vec<(usize, usize)>> = BTreeMap::new();
        for (i, line) in lines.iter().enumerate() {
            for (k, pair) in line.windows(2).enumerate() {
                for square in covered(pair[0], pair[1], 0.0) {
                    squares.entry(square).or_default().push((i, k));
                }
            }
        }
        Self { squares, lines }
    }

    /// Segments that may lie within `margin` of the segment a–b, each once, in order.
    fn candidates(&self, a: P, b: P, margin: f64) -> Vec<(usize, usize)> {
        let mut found: Vec<(usize, usize)> = covered(a, b, margin)
            .filter_map(|square| self.squares.get(&square))
            .flatten()
            .copied()
            .collect();
        found.sort_unstable();
        found.dedup();
        found
    }

    fn segment(&self, (i, k): (usize, usize)) -> (P, P) {
        (self.lines[i][k], self.lines[i][k + 1])
    }
}

fn covered(a: P, b: P, margin: f64) -> impl Iterator<Item = (i64, i64)> {
    let square = |v: f64| (v / SQUARE_M).floor() as i64;
    let (west, east) = (square(a.x.min(b.x) - margin), square(a.x.max(b.x) + margin));
    let (south, north) = (square(a.y.min(b.y) - margin), square(a.y.max(b.y) + margin));
    (west..=east).flat_map(move |x| (south..=north).map(move |y| (x, y)))
}

/// Gives roads that cross at grade a common point.
pub(crate) fn join(world: &mut World) {
    let mut added: BTreeMap<(usize, usize), Vec<P>> = BTreeMap::new();
    let index: Vec<usize> = (0..world.roads.len())
        .filter(|i| !world.roads[*i].is_apart)
        .collect();
    let near = Near::new(
        index
            .iter()
            .map(|i| world.roads[*i].line.as_slice())
            .collect(),
    );
    for (i, line) in near.lines.iter().enumerate() {
        for (k, pair) in line.windows(2).enumerate() {
            for other in near.candidates(pair[0], pair[1], 0.0) {
                if other.0 <= i {
                    continue;
                }
                let (c, d) = near.segment(other);
                if let Some(at) = crossing(pair[0], pair[1], c, d) {
                    added.entry((index[i], k)).or_default().push(at);
                    added.entry((index[other.0], other.1)).or_default().push(at);
                }
            }
        }
    }
    for ((road, segment), mut points) in added.into_iter().rev() {
        let line = &mut world.roads[road].line;
        let start = line[segment];
        points.sort_by(|a, b| start.to(*a).total_cmp(&start.to(*b)));
        points.dedup_by(|a, b| a.to(*b) < 0.05);
        line.splice(segment + 1..segment + 1, points);
    }
}

/// Cuts bridges out of every road, and out of rails and expressways where they pass roads.
pub(crate) fn bridge(world: &mut World, land: &Land) {
    let roads = std::mem::take(&mut world.roads);
    let at_grade: Vec<&[P]> = roads
        .iter()
        .filter(|road| !road.is_apart && !matches!(road.class, "track" | "motorway_link"))
        .map(|road| road.line.as_slice())
        .collect();
    let near_roads = Near::new(at_grade);
    let near_water = Near::new(
        land.rivers
            .iter()
            .map(|river| river.line.as_slice())
            .collect(),
    );
    let mut out = Vec::new();
    for road in &roads {
        let mut spans = over_water(road, &near_water, &land.rivers);
        if road.is_apart {
            spans.extend(over_roads(road, &near_roads));
        }
        spans.sort_by(|a, b| a.from.total_cmp(&b.from));
        out.extend(cut(road, &spans));
    }
    world.roads = out;
}

/// A stretch of a road that is a bridge, in metres along it.
struct Span {
    from: f64,
    to: f64,
    name: String,
}

fn over_water(road: &Road, water: &Near<'_>, rivers: &[River]) -> Vec<Span> {
    let mut spans = Vec::new();
    let mut along = 0.0;
    for pair in road.line.windows(2) {
        for other in water.candidates(pair[0], pair[1], 0.0) {
            let (c, d) = water.segment(other);
            if let Some(at) = crossing(pair[0], pair[1], c, d) {
                let river = &rivers[other.0];
                let slant = sine(pair[0], pair[1], c, d).max(0.45);
                let half = (river.half_m * 1.05 + 9.0) / slant;
                let middle = along + pair[0].to(at);
                let name = bridge_name(road, river);
                spans.push(Span {
                    from: middle - half,
                    to: middle + half,
                    name,
                });
            }
        }
        along += pair[0].to(pair[1]);
    }
    spans
}

fn sine(a: P, b: P, c: P, d: P) -> f64 {
    let cross = (b.x - a.x) * (d.y - c.y) - (b.y - a.y) * (d.x - c.x);
    (cross / (a.to(b) * c.to(d)).max(1e-9)).abs()
}

fn over_roads(road: &Road, roads: &Near<'_>) -> Vec<Span> {
    let mut spans = Vec::new();
    let mut along = 0.0;
    for pair in road.line.windows(2) {
        for other in roads.candidates(pair[0], pair[1], 0.0) {
            let (c, d) = roads.segment(other);
            if let Some(at) = crossing(pair[0], pair[1], c, d) {
                let middle = along + pair[0].to(at);
                spans.push(Span {
                    from: middle - 22.0,
                    to: middle + 22.0,
                    name: String::new(),
                });
            }
        }
        along += pair[0].to(pair[1]);
    }
    spans
}

fn bridge_name(road: &Road, river: &River) -> String {
    if road.class == "track" || (river.kind == "stream" && road.name.is_empty()) {
        return String::new();
    }
    let class = road.class;
    match (river.name, road.name.as_str()) {
        ("澜水河", "新华路") => "望北老桥".to_owned(),
        ("澜水河", "迎宾大道") => "迎宾大桥".to_owned(),
        ("澜水河", "东环路") => "东环桥".to_owned(),
        ("澜水河", "望北铁路") => "澜水河铁路桥".to_owned(),
        ("澜水河", "望北高速") => "澜水河特大桥".to_owned(),
        ("澜水河", "") => "澜水河大桥".to_owned(),
        (river, "") => format!("{river}桥"),
        (river, road) if matches!(class, "trunk" | "secondary" | "tertiary") => {
            format!("{road}{river}桥")
        }
        (river, _) => format!("{river}桥"),
    }
}

/// The road in stretches, bridges apart.
fn cut(road: &Road, spans: &[Span]) -> Vec<Road> {
    let total = length(&road.line);
    let mut merged: Vec<Span> = Vec::new();
    for span in spans {
        let (from, to) = (span.from.max(0.0), span.to.min(total));
        match merged.last_mut() {
            Some(last) if from <= last.to + 8.0 => last.to = last.to.max(to),
            _ => merged.push(Span {
                from,
                to,
                name: span.name.clone(),
            }),
        }
    }
    let mut pieces = Vec::new();
    let mut done = 0.0;
    for span in &merged {
        if span.from > done + 0.5 {
            pieces.push((done, span.from, None));
        }
        pieces.push((span.from.max(done), span.to, Some(span.name.clone())));
        done = span.to;
    }
    if total > done + 0.5 || merged.is_empty() {
        pieces.push((done, total, None));
    }
    pieces
        .into_iter()
        .map(|(from, to, bridge)| Road {
            line: part(&road.line, from, to),
            bridge,
            ..road.clone()
        })
        .filter(|piece| piece.line.len() > 1)
        .collect()
}

/// The part of a line between two distances along it.
fn part(line: &[P], from: f64, to: f64) -> Vec<P> {
    let mut along = 0.0;
    let mut points = Vec::new();
    for pair in line.windows(2) {
        let span = pair[0].to(pair[1]);
        let (start, end) = (along, along + span);
        if end > from && start < to && span > 0.0 {
            if points.is_empty() {
                points.push(pair[0].toward(pair[1], ((from - start) / span).max(0.0)));
            }
            points.push(pair[0].toward(pair[1], ((to - start) / span).min(1.0)));
        }
        along = end;
    }
    points
}

/// Takes away houses that touch a road, a rail or water, and marks that stand in water.
pub(crate) fn clear(world: &mut World, land: &Land) {
    let roads = std::mem::take(&mut world.roads);
    let near = Near::new(roads.iter().map(|road| road.line.as_slice()).collect());
    let half = |class: &str| match class {
        "motorway" | "trunk" | "primary" => 14.0,
        "secondary" | "rail" => 10.0,
        "tertiary" => 8.0,
        "track" | "service" => 3.5,
        _ => 5.0,
    };
    let banks: Vec<Vec<P>> = land.rivers.iter().flat_map(River::surface).collect();
    world.buildings.retain(|house| {
        let ring = &house.ring;
        let on_road = (0..ring.len()).any(|i| {
            let (a, b) = (ring[i], ring[(i + 1) % ring.len()]);
            near.candidates(a, b, 15.0).into_iter().any(|segment| {
                let (c, d) = near.segment(segment);
                let room = half(roads[segment.0].class);
                crossing(a, b, c, d).is_some()
                    || to_segment(a, c, d).0 < room
                    || to_segment(c, a, b).0 < room
            })
        });
        let in_water = banks
            .iter()
            .any(|bank| ring[0].to(bank[0]) < 4_000.0 && inside(ring[0], bank))
            || inside(ring[0], &land.lake)
            || inside(ring[0], &land.reservoir)
            || land.rivers.iter().any(|river| {
                river.half_m < 30.0
                    && super::plane::to_line(ring[0], &river.line) < river.half_m + 8.0
            });
        !on_road && !in_water
    });
    world.roads = roads;
}
