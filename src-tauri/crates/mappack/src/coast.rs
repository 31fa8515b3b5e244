//! The sea, from coastlines: lines with land on their left and water on their right.
//! Not here: lakes. Where the coast has gaps there is no sea at all, and a warning says so.

use crate::extract::{Extract, Px};
use crate::shapes::{Area, Side, areas, clip_line, doubled_area, holds, join};

/// The sea within the data's box, or why it cannot be told.
pub(crate) fn ocean(extract: &Extract) -> Result<Vec<Area>, &'static str> {
    let mut ways: Vec<&[u32]> = Vec::new();
    for way in &extract.ways {
        if extract.tags(&way.tags).is("natural", "coastline") {
            ways.push(extract.nodes(way).ok_or("coastline has missing points")?);
        }
    }
    if ways.is_empty() {
        return Ok(Vec::new());
    }
    let (mut closed, mut open) = (Vec::new(), Vec::new());
    for line in join(&ways, true) {
        let points: Vec<Px> = line.nodes.iter().map(|node| extract.place(*node)).collect();
        if line.is_closed {
            closed.push(points)
        } else {
            open.push(points)
        }
    }
    let frame = Frame::new(extract.bounds);
    let mut pieces = Vec::new();
    for line in open {
        pieces.extend(frame.clip(&line));
    }
    let mut shores = frame.walk(pieces)?;
    let is_island = |ring: &Vec<Px>| doubled_area(ring) < 0;
    if shores.is_empty() && closed.iter().any(is_island) {
        // Only islands: all around them is sea.
        shores.push(frame.corners().to_vec());
    }
    // Islands are holes in whichever sea holds them; an inner sea runs the other way round.
    let (islands, inner): (Vec<_>, Vec<_>) = closed.into_iter().partition(is_island);
    let mut rings = shores;
    rings.extend(inner);
    let mut seas = areas(rings);
    for island in islands {
        if let Some(sea) = seas.iter_mut().find(|sea| holds(&sea[0], island[0])) {
            sea.push(island);
        }
    }
    Ok(seas)
}

/// The data's box, walked clockwise on the screen: the inside is on the right.
struct Frame {
    west: i32,
    north: i32,
    east: i32,
    south: i32,
}

impl Frame {
    fn new((west_north, east_south): (Px, Px)) -> Self {
        Self {
            west: west_north.x,
            north: west_north.y,
            east: east_south.x,
            south: east_south.y,
        }
    }

    /// Clockwise from the north-west.
    fn corners(&self) -> [Px; 4] {
        [
            Px {
                x: self.west,
                y: self.north,
            },
            Px {
                x: self.east,
                y: self.north,
            },
            Px {
                x: self.east,
                y: self.south,
            },
            Px {
                x: self.west,
                y: self.south,
            },
        ]
    }

    fn clip(&self, line: &[Px]) -> Vec<Vec<Px>> {
        let sides = [
            Side {
                is_x: true,
                limit: self.west,
                is_low: true,
            },
            Side {
                is_x: true,
                limit: self.east,
                is_low: false,
            },
            Side {
                is_x: false,
                limit: self.north,
                is_low: true,
            },
            Side {
                is_x: false,
                limit: self.south,
                is_low: false,
            },
        ];
        let mut parts = vec![line.to_vec()];
        for side in sides {
            parts = parts
                .iter()
                .flat_map(|part| clip_line(part, side))
                .collect();
        }
        parts
    }

    /// How far round the frame a point lies, clockwise from the north-west; `None` off the frame.
    fn around(&self, at: Px) -> Option<i64> {
        let (wide, high) = (
            i64::from(self.east - self.west),
            i64::from(self.south - self.north),
        );
        let (x, y) = (i64::from(at.x - self.west), i64::from(at.y - self.north));
        if y == 0 {
            Some(x)
        } else if x == wide {
            Some(wide + y)
        } else if y == high {
            Some(2 * wide + high - x)
        } else if x == 0 {
            Some(2 * (wide + high) - y)
        } else {
            None
        }
    }

    /// Closes coast pieces along the frame: from the end of one clockwise to the next start.
    fn walk(&self, pieces: Vec<Vec<Px>>) -> Result<Vec<Vec<Px>>, &'static str> {
        let whole = 2 * (i64::from(self.east - self.west) + i64::from(self.south - self.north));
        let mut ends = Vec::new();
        for piece in &pieces {
            let start = self.around(piece[0]);
            let end = self.around(piece[piece.len() - 1]);
            match (start, end) {
                (Some(start), Some(end)) => ends.push((start, end)),
                _ => return Err("coastline ends inside the data"),
            }
        }
        let corners: Vec<(i64, Px)> = self
            .corners()
            .iter()
            .filter_map(|at| Some((self.around(*at)?, *at)))
            .collect();
        let mut used = vec![false; pieces.len()];
        let mut rings = Vec::new();
        for first in 0..pieces.len() {
            if used[first] {
                continue;
            }
            let (mut ring, mut piece) = (Vec::new(), first);
            loop {
                used[piece] = true;
                ring.extend_from_slice(&pieces[piece]);
                let from = ends[piece].1;
                let ahead = |to: i64| (to - from).rem_euclid(whole);
                let open = (0..pieces.len()).filter(|i| !used[*i] || *i == first);
                let Some(next) = open.min_by_key(|i| ahead(ends[*i].0)) else {
                    break;
                };
                let mut between: Vec<&(i64, Px)> = corners
                    .iter()
                    .filter(|(at, _)| ahead(*at) > 0 && ahead(*at) < ahead(ends[next].0))
                    .collect();
                between.sort_by_key(|(at, _)| ahead(*at));
                ring.extend(between.into_iter().map(|(_, corner)| *corner));
                if next == first {
                    break;
                }
                piece = next;
            }
            rings.push(ring);
        }
        Ok(rings)
    }
}
