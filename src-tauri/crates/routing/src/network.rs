//! Roads as they come from a map, before they are cut into pieces: places, ways, turn rules.
//! Not here: reading tags (map packs do), cutting (`build`).

use crate::RoadClass;

/// Everything a graph is built from.
#[derive(Debug, Clone, Default)]
pub struct Network {
    /// Places that ways run through. Two ways meet where they share one, not where they cross.
    pub places: Vec<Place>,
    /// The ways that can be driven.
    pub ways: Vec<RoadWay>,
    /// Turns that are forbidden or the only ones allowed.
    pub rules: Vec<TurnRule>,
    /// Turn rules of the map that could not be taken over; only counted.
    pub rules_left_out: u32,
}

/// A place that ways run through.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Place {
    /// Longitude in 1e-7 degrees.
    pub lon_e7: i32,
    /// Latitude in 1e-7 degrees.
    pub lat_e7: i32,
    /// Whether a traffic signal stands there.
    pub signal: Signal,
    /// Whether no car gets past it: a bollard, a block. Both sides can be driven up to it.
    pub is_blocked: bool,
}

/// For whom a traffic signal shows.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum Signal {
    /// There is none.
    #[default]
    None,
    /// For both directions.
    Both,
    /// For traffic in the direction of the way.
    Forward,
    /// For traffic against it.
    Backward,
}

/// A way that can be driven.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct RoadWay {
    /// Its id in the map. Several ways may have one: parts of a way with gaps.
    pub id: i64,
    /// The places it runs through, as indices.
    pub nodes: Vec<u32>,
    /// Class.
    pub class: RoadClass,
    /// The street's name.
    pub name: Option<String>,
    /// Whether it may be driven in the direction of its nodes, and against it.
    pub is_open: [bool; 2],
    /// Posted speed in km/h in the two directions.
    pub posted_kmh: [Option<u16>; 2],
    /// Private, for residents, for customers: driven when needed, at
    /// [`crate::RESTRICTED_ENTRY_MS`].
    pub is_restricted: bool,
    /// Part of a roundabout.
    pub is_roundabout: bool,
}

/// What a turn rule says.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum RuleKind {
    /// This turn is forbidden.
    No,
    /// This turn is the only one allowed.
    Only,
}

/// A rule for turning at a place.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct TurnRule {
    /// Id of the way one comes from.
    pub from: i64,
    /// The place, as index.
    pub via: u32,
    /// Id of the way one turns into.
    pub to: i64,
    /// What it says.
    pub kind: RuleKind,
}
