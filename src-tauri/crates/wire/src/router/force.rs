//! Handlers of forces.

use fengsui_app::force::{CircleUnit as AppUnit, HeldPoint135};

use super::Context;
use super::convert::{degrees, dot, place, reason, unit_kind_of, unit_state_of};
use crate::common::Nothing;
use crate::failure::Failure;
use crate::force::{
    CircleAsked, CircleForce, CircleUnit, Coverage, CoverageAsked, KitCount, Point135, Points135,
};

pub(super) fn circle(context: &Context<'_>, request: CircleAsked) -> Result<CircleForce, Failure> {
    let centre = place("centre", request.centre)?;
    let found = context
        .station
        .force_in_circle(centre, request.radius_m, &request.kit)?;
    let (leader, phone) = found
        .leader
        .map(|leader| (leader.name, leader.phone.unwrap_or_default()))
        .unwrap_or_default();
    let force = found.force;
    Ok(CircleForce {
        people: force.people(),
        cars: force.vehicles,
        free: force.units,
        leader,
        phone,
        unknown: u32::try_from(force.unknown_place.len()).unwrap_or(u32::MAX),
        unknown_state: force.unknown_state,
        kit: force
            .kit
            .into_iter()
            .map(|(name, n)| KitCount { name, n })
            .collect(),
        units: found.units.into_iter().map(unit).collect(),
    })
}

fn unit(found: AppUnit) -> CircleUnit {
    let row = found.row;
    CircleUnit {
        unit: row.dot.to_string(),
        callsign: row.callsign,
        kind: unit_kind_of(row.kind),
        state: row.state.map(unit_state_of),
        is_free: found.is_free,
        officers: row.officers,
        auxiliaries: row.auxiliaries,
        leader: row.leader,
        phone: row.phone,
        kit: row.kit,
        distance_m: found.distance_m,
    }
}

pub(super) fn points135(context: &Context<'_>, _: Nothing) -> Result<Points135, Failure> {
    let points = context.station.points135()?;
    Ok(Points135 {
        points: points.into_iter().map(point).collect(),
    })
}

fn point(held: HeldPoint135) -> Point135 {
    Point135 {
        point: degrees(held.point),
        held_by: held.held_by().map(str::to_owned),
        hold: held.hold.word().to_owned(),
        seconds: held.seconds(),
        code: held.code,
        name: held.name,
        team: held.team,
        phone: held.phone,
    }
}

pub(super) fn coverage(context: &Context<'_>, request: CoverageAsked) -> Result<Coverage, Failure> {
    // The incident only has to be one: what is left does not hang on where it is.
    dot("incident", &request.incident)?;
    let units: Result<Vec<_>, Failure> =
        request.units.iter().map(|unit| dot("unit", unit)).collect();
    let found = context.station.uncovered_after(&units?)?;
    Ok(Coverage {
        left: found.left.into_iter().map(reason).collect(),
        is_unknown: found.is_unknown,
    })
}
