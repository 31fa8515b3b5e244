//! Places (地点) on the wire: searched by what is typed, described by where they are.
//!
//! Not here: the map itself (`map`), roads (`road`).

use serde::{Deserialize, Serialize};
use ts_rs::TS;

use crate::common::Point;

/// `place.search`.
#[derive(Debug, Clone, Deserialize, TS)]
#[serde(deny_unknown_fields)]
pub struct SearchPlaces {
    /// Chinese, full pinyin, initials, mixed, a code, or coordinates; at most 64 characters.
    pub query: String,
    /// Of equal hits the nearer first; `null` = no point to measure from.
    #[serde(default)]
    pub near: Option<Point>,
    /// 1 to 50.
    pub limit: u32,
}

/// A place; duplicates appear each with its town and nothing is chosen.
#[derive(Debug, Clone, Serialize, TS)]
pub struct PlaceHit {
    /// Name.
    pub name: String,
    /// Kind (street, school, village, crossing, pole, coordinate …).
    pub kind: String,
    /// Town; `null` = unknown.
    pub town: Option<String>,
    /// Where; `null` = not on the map (known by name only).
    pub point: Option<Point>,
    /// How it fits what was typed: name, pinyin, initials, inside, code, crossing, number, typo,
    /// coordinate.
    pub matched: String,
    /// The point is worked out between two known ones (约).
    pub is_approximate: bool,
    /// Metres from `near`; `null` = no point or no place.
    pub distance_m: Option<f64>,
    /// Datum typed coordinates were read in; `null` for everything else.
    pub datum: Option<String>,
}

/// Places found.
#[derive(Debug, Clone, Serialize, TS)]
pub struct PlaceHits {
    /// Best first.
    pub hits: Vec<PlaceHit>,
}

/// `place.at`: what is known of a point.
#[derive(Debug, Clone, Deserialize, TS)]
#[serde(deny_unknown_fields)]
pub struct PlaceAsked {
    /// Where.
    pub point: Point,
}

/// An area a point lies in, or almost lies in.
#[derive(Debug, Clone, PartialEq, Serialize, TS)]
pub struct AreaAt {
    /// Layer: jurisdiction, patrol_zone, grid_area …
    pub layer: String,
    /// Code.
    pub code: String,
    /// Name.
    pub name: String,
    /// Whose it is; empty = not given.
    pub owner: String,
    /// The point lies inside; otherwise only its border is near.
    pub is_inside: bool,
    /// Metres to its border.
    pub border_m: f64,
}

/// Something near a point.
#[derive(Debug, Clone, Serialize, TS)]
pub struct NearPlace {
    /// Name.
    pub name: String,
    /// Kind.
    pub kind: String,
    /// Town; `null` = unknown.
    pub town: Option<String>,
    /// Metres away.
    pub distance_m: f64,
    /// Degrees from the thing to the point; `null` = at the thing itself.
    pub bearing_deg: Option<f64>,
}

/// What is known of a point.
#[derive(Debug, Clone, Serialize, TS)]
pub struct PlaceFacts {
    /// Areas it lies in, and jurisdictions whose border is near.
    pub areas: Vec<AreaAt>,
    /// More than one jurisdiction holds it: a person must choose.
    pub is_disputed: bool,
    /// What lies near, nearest first.
    pub near: Vec<NearPlace>,
    /// Code of its own 200 m cell; `null` = outside the county's zone.
    pub cell: Option<String>,
    /// BeiDou grid code (4″); `null` = outside its range.
    pub beidou: Option<String>,
    /// The installed map has data there.
    pub is_on_map: bool,
}
