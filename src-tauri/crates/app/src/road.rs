//! Roads: time and way by road, rings, and the county's own speeds.
//!
//! Not here: the graph and the search (`routing`), ranking (`unit::rank`), closing (`closing`).

mod closing;
mod net;

use fengsui_domain::log::dot::Dot;
use fengsui_domain::log::register::Registers;
use fengsui_domain::rank;
use fengsui_domain::unit::{UnitKind, UnitState};
use fengsui_domain::watch::FixLimits;
use fengsui_geo::{Ring, Wgs84, destination, distance_m};
use fengsui_routing::{NoWay, SpeedTable, Travel};
pub use fengsui_routing::{RoadClass, Speeds};
use fengsui_store::read;

use crate::error::{AppError, invalid};
use crate::session::Actor;
use crate::setting::{setting_rows, write_setting};
use crate::station::{Saved, Station};
pub use closing::{ClosureRow, NewClosure, RoadHere};
pub(crate) use net::{Overlay, RoadNet};

/// Times of the 135 rings (快反圈), seconds.
pub const RING_LIMITS_S: [f64; 3] = [60.0, 180.0, 300.0];
/// How fast the straight-line circles assume one drives when there is no road graph, km/h.
pub const STRAIGHT_KMH: f64 = 30.0;

/// Why something is not known by road.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum NoRoad {
    /// The pack has no road graph, or there is no pack.
    NoGraph,
    /// The graph is still being read.
    Loading,
    /// No road is near one of the points.
    OffRoad,
    /// No way leads there.
    Unreachable,
}

impl NoRoad {
    /// Stable word for the wire.
    #[must_use]
    pub fn word(self) -> &'static str {
        match self {
            Self::NoGraph => "no_graph",
            Self::Loading => "loading",
            Self::OffRoad => "off_road",
            Self::Unreachable => "unreachable",
        }
    }
}

impl NoRoad {
    /// The same for the ranking.
    pub(crate) fn in_ranking(self) -> rank::NoRoad {
        match self {
            Self::NoGraph => rank::NoRoad::NoGraph,
            Self::Loading => rank::NoRoad::Loading,
            Self::OffRoad => rank::NoRoad::OffRoad,
            Self::Unreachable => rank::NoRoad::Unreachable,
        }
    }
}

impl From<NoWay> for NoRoad {
    fn from(no_way: NoWay) -> Self {
        match no_way {
            NoWay::OffRoad { .. } => Self::OffRoad,
            NoWay::Unreachable => Self::Unreachable,
        }
    }
}

/// A way from here to there.
#[derive(Debug, Clone, PartialEq)]
pub struct Way {
    /// Why it is only a straight line; `None` = by road.
    pub why: Option<NoRoad>,
    /// Its line.
    pub points: Vec<Wgs84>,
    /// Seconds; `None` for a straight line.
    pub seconds: Option<f64>,
    /// Metres.
    pub metres: f64,
    /// Names of the roads along it, each once in a row.
    pub streets: Vec<String>,
    /// Names of closed roads over which it would go, were they open.
    pub around: Vec<String>,
}

/// A ring: what is reached within its time.
#[derive(Debug, Clone, PartialEq)]
pub struct RingArea {
    /// Seconds.
    pub limit_s: f64,
    /// Rings by the even-odd rule.
    pub rings: Vec<Ring>,
}

/// Rings around a point.
#[derive(Debug, Clone, PartialEq)]
pub struct RingsAround {
    /// Why they are only circles; `None` = by road.
    pub why: Option<NoRoad>,
    /// One per time.
    pub rings: Vec<RingArea>,
}

/// How long a free unit needs.
#[derive(Debug, Clone, PartialEq)]
pub struct UnitTime {
    /// The unit.
    pub dot: Dot,
    /// Its call sign.
    pub callsign: String,
    /// Seconds by road; of a patrol on foot by walking.
    pub seconds: f64,
}

/// Speeds of a class.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct ClassSpeeds {
    /// Class.
    pub class: RoadClass,
    /// In force.
    pub now: Speeds,
    /// When the county sets none.
    pub default: Speeds,
}

impl Station {
    /// The way between two points; without roads the straight line, which says why.
    #[must_use]
    pub fn way(&self, from: Wgs84, to: Wgs84) -> Way {
        let roads = self.map().roads();
        let found = roads.ask(|roads| roads.route(from, to));
        let around = roads.shut_on_the_way(from, to);
        match found.and_then(|route| route.map_err(NoRoad::from)) {
            Ok(route) => {
                let mut streets: Vec<String> = Vec::new();
                for name in route.legs.into_iter().filter_map(|leg| leg.name) {
                    if streets.last() != Some(&name) {
                        streets.push(name);
                    }
                }
                Way {
                    why: None,
                    points: route.points,
                    seconds: Some(route.seconds),
                    metres: route.metres,
                    streets,
                    around,
                }
            }
            Err(why) => Way {
                why: Some(why),
                points: vec![from, to],
                seconds: None,
                metres: distance_m(from, to),
                streets: Vec::new(),
                around,
            },
        }
    }

    /// Where a unit was last seen.
    ///
    /// # Errors
    /// `NotFound` when it was never seen.
    pub fn place_of_unit(&self, unit: Dot) -> Result<Wgs84, AppError> {
        self.positions()
            .get(unit)
            .and_then(|fix| Wgs84::new(fix.lon, fix.lat).ok())
            .ok_or_else(|| crate::error::not_found("position"))
    }

    /// The 1, 3 and 5 minute rings around a point; without roads circles, which say why.
    #[must_use]
    pub fn rings_around(&self, at: Wgs84) -> RingsAround {
        let found = self
            .map()
            .roads()
            .ask(|roads| roads.rings(at, &RING_LIMITS_S));
        match found.and_then(|reached| reached.map_err(NoRoad::from)) {
            Ok(reached) => RingsAround {
                why: None,
                rings: reached
                    .into_iter()
                    .map(|reach| RingArea {
                        limit_s: reach.limit_s,
                        rings: reach
                            .polygons
                            .into_iter()
                            .flat_map(|area| std::iter::once(area.outer).chain(area.holes))
                            .collect(),
                    })
                    .collect(),
            },
            Err(why) => RingsAround {
                why: Some(why),
                rings: RING_LIMITS_S
                    .iter()
                    .map(|limit_s| RingArea {
                        limit_s: *limit_s,
                        rings: vec![circle(at, limit_s * STRAIGHT_KMH / 3.6)],
                    })
                    .collect(),
            },
        }
    }

    /// Free units by how long they need to a point, quickest first, and how many free ones cannot
    /// be told: fix too old, off the road, no road graph.
    ///
    /// # Errors
    /// Faults only.
    pub fn units_by_time(&self, at: Wgs84) -> Result<(Vec<UnitTime>, u32), AppError> {
        let now_ms = self.now_ms();
        let drop_ms = FixLimits::default().drop_s * 1000.0;
        let mut seen = Vec::new();
        let mut units = Vec::new();
        let mut unknown = 0;
        for unit in self.unit_board()?.into_iter().flat_map(|group| group.units) {
            if unit.in_conflict || !is_free(unit.state) {
                continue;
            }
            let fix = self.positions().get(unit.dot);
            let fix = fix.filter(|fix| (now_ms.saturating_sub(fix.at_ms)) as f64 <= drop_ms);
            match fix.and_then(|fix| Wgs84::new(fix.lon, fix.lat).ok()) {
                // On foot the time of a car is of no use.
                Some(place) if unit.kind == UnitKind::Foot => units.push(UnitTime {
                    dot: unit.dot,
                    callsign: unit.callsign,
                    seconds: rank::walking_s(distance_m(place, at)),
                }),
                Some(place) => seen.push((unit, place)),
                None => unknown += 1,
            }
        }
        let places: Vec<Wgs84> = seen.iter().map(|(_, place)| *place).collect();
        let times = self.travel_times(&places, at);
        for ((unit, _), travel) in seen.into_iter().zip(times) {
            match travel {
                Ok(travel) => units.push(UnitTime {
                    dot: unit.dot,
                    callsign: unit.callsign,
                    seconds: travel.seconds,
                }),
                Err(_) => unknown += 1,
            }
        }
        units.sort_by(|a, b| {
            a.seconds
                .total_cmp(&b.seconds)
                .then_with(|| a.callsign.cmp(&b.callsign))
        });
        Ok((units, unknown))
    }

    /// Time and way by road from each place to one point, in their order. Who is nearer on foot
    /// than by way of the road, as on a station's square, walks.
    pub(crate) fn travel_times(&self, from: &[Wgs84], to: Wgs84) -> Vec<Result<Travel, NoRoad>> {
        let found = self.map().roads().ask(|roads| roads.rank(from, to));
        let found = match found {
            Ok(found) => found,
            Err(why) => return vec![Err(why); from.len()],
        };
        let shorter = |(at, travel): (&Wgs84, Result<Travel, NoWay>)| {
            let travel = travel.map_err(NoRoad::from)?;
            let straight_m = distance_m(*at, to);
            Ok(match rank::walking_s(straight_m) {
                on_foot_s if on_foot_s < travel.seconds => Travel {
                    seconds: on_foot_s,
                    metres: straight_m,
                    ..travel
                },
                _ => travel,
            })
        };
        from.iter().zip(found).map(shorter).collect()
    }

    /// Speeds by class.
    ///
    /// # Errors
    /// Faults only.
    pub fn road_speeds(&self) -> Result<Vec<ClassSpeeds>, AppError> {
        let now = speeds_of(&self.store().read(read::county)?);
        let default = SpeedTable::default();
        Ok(RoadClass::ALL
            .iter()
            .map(|class| ClassSpeeds {
                class: *class,
                now: now.of(*class),
                default: default.of(*class),
            })
            .collect())
    }

    /// Sets the speeds of a class; `None` = the default again. Rankings from now on use them.
    ///
    /// # Errors
    /// `ValueInvalid`, faults.
    pub fn set_road_speed(
        &self,
        actor: &Actor,
        class: &str,
        speeds: Option<Speeds>,
    ) -> Result<Saved<Dot>, AppError> {
        let class = RoadClass::from_word(class).ok_or_else(|| invalid("class", "unknown"))?;
        if let Some(speeds) = speeds {
            for (field, kmh) in [("open_kmh", speeds.open_kmh), ("town_kmh", speeds.town_kmh)] {
                if !(3..=200).contains(&kmh) {
                    return Err(invalid(field, "3-200"));
                }
            }
        }
        let value = speeds.map_or_else(
            || "\u{1f}".to_owned(),
            |speeds| format!("{}\u{1f}{}", speeds.open_kmh, speeds.town_kmh),
        );
        let key = format!("{KEY}{}", class.word());
        let (at_ms, actor) = (self.now_ms(), actor.clone());
        let saved = self.act(move |log| write_setting(log, &actor, at_ms, &key, &value))?;
        self.relay_roads()?;
        Ok(saved)
    }
}

/// Settings of speeds begin with this.
const KEY: &str = "speed.";

/// The county's speeds over the defaults.
fn speeds_of(regs: &Registers) -> SpeedTable {
    let mut table = SpeedTable::default();
    for (key, value) in setting_rows(regs) {
        let Some(class) = key.strip_prefix(KEY).and_then(RoadClass::from_word) else {
            continue;
        };
        let both = value
            .split_once('\u{1f}')
            .and_then(|(open, town)| Some((open.parse().ok()?, town.parse().ok()?)));
        let speeds = match both {
            Some((open_kmh, town_kmh)) => Speeds { open_kmh, town_kmh },
            None => SpeedTable::default().of(class),
        };
        table.set(class, speeds);
    }
    table
}

/// A circle as a ring of 64 points.
fn circle(at: Wgs84, radius_m: f64) -> Ring {
    (0..64)
        .map(|n| destination(at, f64::from(n) * 360.0 / 64.0, radius_m))
        .collect()
}

/// Whether a unit in this state can be sent with one key.
pub(crate) fn is_free(state: Option<UnitState>) -> bool {
    state == Some(UnitState::Available)
}
