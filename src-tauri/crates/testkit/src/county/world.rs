//! Everything drawn so far: roads, houses, areas, named places. Each later step reads and adds.
//! Not here: how any of it is chosen.

use super::plane::P;

/// A stretch of road, rail or stream bed as a line.
#[derive(Debug, Clone)]
pub(crate) struct Road {
    /// The `highway` value.
    pub(crate) class: &'static str,
    pub(crate) name: String,
    pub(crate) reference: String,
    pub(crate) line: Vec<P>,
    /// A bridge's name, when this stretch is one.
    pub(crate) bridge: Option<String>,
    pub(crate) is_oneway: bool,
    /// Passes over or under others without meeting them.
    pub(crate) is_apart: bool,
}

/// A house.
#[derive(Debug, Clone)]
pub(crate) struct Building {
    pub(crate) ring: Vec<P>,
    pub(crate) kind: &'static str,
    pub(crate) name: String,
}

/// An area of use: `key` = `value`, perhaps named.
#[derive(Debug, Clone)]
pub(crate) struct Ground {
    pub(crate) ring: Vec<P>,
    pub(crate) key: &'static str,
    pub(crate) value: &'static str,
    pub(crate) name: String,
}

/// A named point of interest.
#[derive(Debug, Clone)]
pub(crate) struct Mark {
    pub(crate) name: String,
    pub(crate) key: &'static str,
    pub(crate) value: &'static str,
    pub(crate) at: P,
}

/// The drawing so far.
#[derive(Debug, Default)]
pub(crate) struct World {
    pub(crate) roads: Vec<Road>,
    pub(crate) buildings: Vec<Building>,
    pub(crate) grounds: Vec<Ground>,
    pub(crate) marks: Vec<Mark>,
}

impl Road {
    /// A plain road at grade.
    pub(crate) fn plain(class: &'static str, name: &str, line: Vec<P>) -> Self {
        Self {
            class,
            name: name.to_owned(),
            reference: String::new(),
            line,
            bridge: None,
            is_oneway: false,
            is_apart: false,
        }
    }
}

impl World {
    /// Adds a named point.
    pub(crate) fn mark(&mut self, name: &str, key: &'static str, value: &'static str, at: P) {
        self.marks.push(Mark {
            name: name.to_owned(),
            key,
            value,
            at,
        });
    }

    /// Adds an area of use.
    pub(crate) fn ground(
        &mut self,
        name: &str,
        key: &'static str,
        value: &'static str,
        ring: Vec<P>,
    ) {
        self.grounds.push(Ground {
            ring,
            key,
            value,
            name: name.to_owned(),
        });
    }

    /// The first mark of that name, for things that are placed by name.
    pub(crate) fn at(&self, name: &str) -> Option<P> {
        self.marks
            .iter()
            .find(|mark| mark.name == name)
            .map(|mark| mark.at)
    }

    /// Where two named roads meet, or come within 60 m of each other.
    pub(crate) fn corner(&self, one: &str, other: &str) -> Option<P> {
        let points = |name: &str| {
            let of_name = self.roads.iter().filter(move |road| road.name == *name);
            of_name
                .flat_map(|road| road.line.iter().copied())
                .collect::<Vec<_>>()
        };
        let others = points(other);
        let mut best: Option<(f64, P)> = None;
        for a in points(one) {
            for b in &others {
                let gap = a.to(*b);
                if gap < best.map_or(60.0, |(least, _)| least) {
                    best = Some((gap, a));
                }
            }
        }
        best.map(|(_, at)| at)
    }
}
