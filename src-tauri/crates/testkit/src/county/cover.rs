//! What grows and lies between the settlements: woods, fields, ponds, the town's own outline.
//! Not here: parks and blocks inside places.

use super::contour::{Area, Squares, areas};
use super::land::{Land, blob, in_county};
use super::plane::{P, inside, to_line, town};
use super::prng::{Dice, noise};
use super::settle::{Town, Village};
use super::world::World;

/// Woods and fields as areas with holes, and where the fields are worked as orchards.
pub(crate) struct Cover {
    pub(crate) woods: Vec<Area>,
    pub(crate) fields: Vec<Area>,
    pub(crate) orchards: Vec<Area>,
}

/// The rim of the county town's streets, with 90 m to spare.
pub(crate) fn county_town_ring() -> Vec<P> {
    let corners = [
        (-2990.0, 2490.0),
        (-1140.0, 2490.0),
        (-1140.0, 3800.0),
        (790.0, 3800.0),
        (790.0, 2490.0),
        (4140.0, 2490.0),
        (4140.0, 1590.0),
        (4990.0, 1590.0),
        (4990.0, -890.0),
        (2690.0, -890.0),
        (2690.0, -4590.0),
        (-2040.0, -4590.0),
        (-2040.0, -2860.0),
        (-2990.0, -1690.0),
    ];
    let mut ring = Vec::new();
    for i in 0..corners.len() {
        let (a, b) = (corners[i], corners[(i + 1) % corners.len()]);
        for k in 0..8 {
            let share = f64::from(k) / 8.0;
            ring.push(town(a.0 + (b.0 - a.0) * share, a.1 + (b.1 - a.1) * share));
        }
    }
    ring
}

/// Draws the cover of the land.
pub(crate) fn cover(land: &Land, towns: &[Town], villages: &[Village]) -> Cover {
    let town_ring = county_town_ring();
    // Metres to the nearest settlement's rim, negative inside; in tenths of a kilometre.
    let open = move |at: P| {
        let to_town = if inside(at, &town_ring) {
            -1.0
        } else {
            to_line(at, &town_ring)
        };
        let seats = towns.iter().filter(|town| !town.is_urban);
        let to_seat = seats
            .map(|town| at.to(town.seat) - 520.0)
            .fold(f64::INFINITY, f64::min);
        let to_village = villages
            .iter()
            .map(|village| at.to(village.at) - village.reach)
            .fold(f64::INFINITY, f64::min);
        to_town.min(to_seat).min(to_village) / 700.0
    };
    let dry = |at: P| {
        let wet = if inside(at, &land.reservoir) {
            -1.0
        } else {
            to_line(at, &land.reservoir)
        };
        ((land.to_main_river(at) - 128.0) / 500.0).min((wet - 40.0) / 400.0)
    };
    let rim = |at: P| if in_county(at) { 1.0 } else { -0.2 };
    let base = |at: P| open(at).min(dry(at)).min(rim(at));
    let height = |at: P| land.height(at) + 0.26 * (noise(at.x, at.y, 760.0, 81) - 0.5);
    let squares = Squares::of_county(190.0);
    let woods = areas(squares, 60_000.0, 14.0, |at| {
        (height(at) - 0.66).min(base(at))
    });
    let is_worked = |at: P| 0.648 - height(at);
    let kind = |at: P| {
        let (broad, fine) = (noise(at.x, at.y, 1_900.0, 82), noise(at.x, at.y, 640.0, 83));
        0.62 * broad + 0.38 * fine - 0.34
    };
    let fields = areas(squares, 60_000.0, 14.0, |at| {
        is_worked(at).min(base(at)).min(kind(at))
    });
    let orchards = areas(squares, 40_000.0, 14.0, |at| {
        is_worked(at).min(base(at)).min(-0.012 - kind(at))
    });
    Cover {
        woods,
        fields,
        orchards,
    }
}

/// Ponds beside villages, clear of their streets.
pub(crate) fn ponds(world: &mut World, land: &Land, villages: &[Village], dice: &mut Dice) {
    for village in villages {
        for _ in 0..1 + dice.below(3) {
            let angle = dice.between(0.0, std::f64::consts::TAU);
            let reach = village.reach * dice.between(0.9, 1.5) + 30.0;
            let at = village.at.shift(angle.cos() * reach, angle.sin() * reach);
            let radius = dice.between(18.0, 52.0);
            let is_clear = world.roads.iter().all(|road| {
                road.line[0].to(at) > 3_000.0 || to_line(at, &road.line) > radius * 1.5 + 8.0
            });
            let no_house = world
                .buildings
                .iter()
                .all(|house| house.ring[0].to(at) > radius * 1.6);
            if is_clear && no_house && !land.is_wet(at, radius + 40.0) {
                let ring = blob(at, radius, 0.25, at.x.abs() as u64);
                world.ground("", "natural", "water", ring);
            }
        }
    }
}
