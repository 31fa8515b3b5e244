//! How fast one drives: by class of road, outside and inside built-up areas, and by what is
//! posted.
//! Not here: what turns cost (`turns`).

use crate::RoadClass;
use crate::graph::RoadGraph;

/// Speeds of one class in km/h.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Speeds {
    /// Outside built-up areas.
    pub open_kmh: u16,
    /// Where streets lie densely: see `is_town` of a piece.
    pub town_kmh: u16,
}

/// Speeds by class; the county may change each by its word.
///
/// The rule: a piece with a posted speed is driven at [`Self::posted_percent`] of it; one without
/// at its class's speed; a roundabout at half of that, as one cannot do more in it. All within
/// 3..=200 km/h.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct SpeedTable {
    speeds: [Speeds; RoadClass::ALL.len()],
    /// How much of the posted speed is driven, in percent.
    pub posted_percent: u16,
}

/// The default for both columns: those of Valhalla 3 (`lua/graph.lua` `default_speed`, and the
/// urban column of `src/mjolnir/speed_assigner.h`), whose links are driven at 0.85 of their class
/// and whose living streets are slow whatever is around them. Tracks are ours: Valhalla drives
/// them at 2 km/h, OSRM at 5, and a patrol car does better.
const DEFAULT: [(u16, u16); RoadClass::ALL.len()] = [
    (105, 89),
    (89, 76),
    (90, 73),
    (76, 62),
    (75, 57),
    (64, 48),
    (60, 49),
    (51, 42),
    (50, 40),
    (43, 34),
    (40, 35),
    (35, 30),
    (20, 15),
    (25, 20),
    (10, 10),
];

const SLOWEST_KMH: u16 = 3;
const FASTEST_KMH: u16 = 200;

impl Default for SpeedTable {
    fn default() -> Self {
        Self {
            speeds: DEFAULT.map(|(open_kmh, town_kmh)| Speeds { open_kmh, town_kmh }),
            posted_percent: 100,
        }
    }
}

impl SpeedTable {
    /// The speeds of a class.
    pub fn of(&self, class: RoadClass) -> Speeds {
        self.speeds[usize::from(class.number())]
    }

    /// Sets the speeds of a class; they are brought within 3..=200 km/h.
    pub fn set(&mut self, class: RoadClass, speeds: Speeds) {
        let within = |kmh: u16| kmh.clamp(SLOWEST_KMH, FASTEST_KMH);
        self.speeds[usize::from(class.number())] = Speeds {
            open_kmh: within(speeds.open_kmh),
            town_kmh: within(speeds.town_kmh),
        };
    }

    /// The speed on a piece in one direction (0 = along its points, 1 = against), in km/h.
    pub(crate) fn piece_kmh(&self, graph: &RoadGraph, piece: usize, direction: usize) -> u16 {
        let piece = &graph.pieces[piece];
        let posted = piece.posted_kmh[direction];
        if posted > 0 {
            let kmh = u32::from(posted) * u32::from(self.posted_percent) / 100;
            return u16::try_from(kmh)
                .unwrap_or(FASTEST_KMH)
                .clamp(SLOWEST_KMH, FASTEST_KMH);
        }
        let speeds = self.of(piece.class);
        let kmh = match piece.is_town {
            true => speeds.town_kmh,
            false => speeds.open_kmh,
        };
        match piece.is_roundabout {
            true => (kmh / 2).max(SLOWEST_KMH),
            false => kmh,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// A county's own speed replaces the default, and nonsense is brought within what a car does.
    #[test]
    fn a_set_speed_is_kept_within_reason() {
        let mut table = SpeedTable::default();
        let set = |open_kmh, town_kmh| Speeds { open_kmh, town_kmh };
        table.set(RoadClass::Track, set(0, 900));
        assert_eq!(table.of(RoadClass::Track), set(3, 200));
        assert_eq!(table.of(RoadClass::Primary), set(75, 57));
    }
}
