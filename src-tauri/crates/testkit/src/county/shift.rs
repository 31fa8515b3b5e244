//! The quiet shift as a table: every call with its place looked up in the drawing.
//! Not here: what is said (`shift_calls`).

use super::plane::P;
use super::prng::Dice;
use super::settle::{Town, Village};
use super::shift_calls::{Call, Whence, calls};
use super::tables::row;
use super::world::World;
use std::f64::consts::TAU;

/// `shift.csv`.
pub(crate) fn csv(world: &World, villages: &[Village], towns: &[Town]) -> Vec<u8> {
    let mut dice = Dice::new(9);
    let mut text = String::from(
        "offset_s,line,number,lon,lat,radius_m,source,subscriber,says,place,type,invalid,units\n",
    );
    for call in calls() {
        let at = place(world, villages, towns, &call).map(|at| {
            // A network is off by up to its radius, mostly by less than half of it.
            let (angle, share) = (dice.between(0.0, TAU), dice.between(0.1, 0.6));
            let off = f64::from(call.radius_m) * share;
            at.shift(angle.cos() * off, angle.sin() * off)
        });
        let (lon, lat) = at.map_or_else(Default::default, P::lon_lat);
        let blank_if_zero = |n: u32| if n == 0 { String::new() } else { n.to_string() };
        let (offset, line) = (call.offset_s.to_string(), call.line.to_string());
        let radius = if at.is_some() {
            blank_if_zero(call.radius_m)
        } else {
            String::new()
        };
        let source = if at.is_some() { call.source } else { "" };
        let invalid = blank_if_zero(u32::from(call.invalid));
        let fields = [
            offset.as_str(),
            &line,
            call.number,
            &lon,
            &lat,
            &radius,
            source,
            call.subscriber,
            call.says,
            call.place,
            call.type_code,
            &invalid,
            call.units,
        ];
        row(&mut text, &fields);
    }
    text.into_bytes()
}

fn place(world: &World, villages: &[Village], towns: &[Town], call: &Call) -> Option<P> {
    match call.from {
        Whence::Nowhere => None,
        Whence::Corner(one, other) => world.corner(one, other),
        Whence::Village(name, nth) => villages
            .iter()
            .filter(|village| village.name == name)
            .nth(nth)
            .map(|v| v.at),
        Whence::Mark("东环桥") => world
            .roads
            .iter()
            .find(|road| road.bridge.as_deref() == Some("东环桥"))
            .and_then(|road| road.line.iter().copied().min_by(|a, b| a.y.total_cmp(&b.y))),
        // The place words name the market town, so the call comes from there.
        Whence::Mark(name) if call.place.starts_with("柳河镇") => {
            let seat = towns.iter().find(|town| town.short == "柳河")?.seat;
            let mut marks: Vec<_> = world.marks.iter().filter(|m| m.name == name).collect();
            marks.sort_by(|a, b| a.at.to(seat).total_cmp(&b.at.to(seat)));
            marks.first().map(|mark| mark.at)
        }
        Whence::Mark(name) => world.at(name).or_else(|| {
            let ground = world.grounds.iter().find(|ground| ground.name == name)?;
            Some(ground.ring[0])
        }),
    }
}
