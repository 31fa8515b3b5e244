//! Handlers of roads.

use fengsui_app::road::{NewClosure, Speeds};

use super::Context;
use super::convert::{degrees, dot, dot_or, pairs, place, saved};
use super::incident::people;
use crate::common::{Nothing, Saved};
use crate::failure::{Failure, FailureCode};
use crate::road::{
    CloseRoad, Closure, Closures, FindRoute, ReopenRoad, Ring, RingUnit, Rings, RingsAsked,
    RoadAsked, RoadFound, RoadHere, RoadSpeed, RoadSpeeds, Route, SetRoadSpeed,
};

pub(super) fn find(context: &Context<'_>, request: FindRoute) -> Result<Route, Failure> {
    let from = match (request.from, request.unit.as_deref()) {
        (Some(point), None) => place("from", point)?,
        (None, Some(unit)) => context.station.place_of_unit(dot("unit", unit)?)?,
        _ => {
            return Err(Failure::new(FailureCode::ValueInvalid)
                .with("field", "from")
                .with("detail", "from | unit"));
        }
    };
    let way = context.station.way(from, place("to", request.to)?);
    Ok(Route {
        by: by(way.why.is_none()),
        why: way.why.map(|why| why.word().to_owned()),
        points: pairs(&way.points),
        seconds: way.seconds,
        metres: way.metres,
        streets: way.streets,
        around: way.around,
    })
}

pub(super) fn rings(context: &Context<'_>, request: RingsAsked) -> Result<Rings, Failure> {
    let at = place("point", request.point)?;
    let around = context.station.rings_around(at);
    let (units, unknown) = context.station.units_by_time(at)?;
    let mut from_s = f64::NEG_INFINITY;
    let rings = around.rings.into_iter().map(|ring| {
        let within = units
            .iter()
            .filter(|unit| unit.seconds > from_s && unit.seconds <= ring.limit_s)
            .map(|unit| RingUnit {
                unit: unit.dot.to_string(),
                callsign: unit.callsign.clone(),
                seconds: unit.seconds,
            })
            .collect();
        from_s = ring.limit_s;
        Ring {
            limit_s: ring.limit_s,
            rings: ring.rings.iter().map(|ring| pairs(ring)).collect(),
            units: within,
        }
    });
    Ok(Rings {
        point: degrees(at),
        by: by(around.why.is_none()),
        why: around.why.map(|why| why.word().to_owned()),
        rings: rings.collect(),
        unknown,
    })
}

pub(super) fn speeds(context: &Context<'_>, _: Nothing) -> Result<RoadSpeeds, Failure> {
    let speeds = context.station.road_speeds()?;
    Ok(RoadSpeeds {
        speeds: speeds
            .into_iter()
            .map(|row| RoadSpeed {
                class: row.class.word().to_owned(),
                open_kmh: row.now.open_kmh,
                town_kmh: row.now.town_kmh,
                default_open_kmh: row.default.open_kmh,
                default_town_kmh: row.default.town_kmh,
            })
            .collect(),
    })
}

pub(super) fn set_speed(context: &Context<'_>, request: SetRoadSpeed) -> Result<Saved, Failure> {
    let speeds = match (request.open_kmh, request.town_kmh) {
        (Some(open_kmh), Some(town_kmh)) => Some(Speeds { open_kmh, town_kmh }),
        (None, None) => None,
        _ => {
            return Err(Failure::new(FailureCode::ValueInvalid)
                .with("field", "town_kmh")
                .with("detail", "3-200"));
        }
    };
    let actor = context.actor()?;
    let done = context
        .station
        .set_road_speed(actor, &request.class, speeds)?;
    Ok(saved(done))
}

pub(super) fn at(context: &Context<'_>, request: RoadAsked) -> Result<RoadFound, Failure> {
    let found = context.station.road_here(place("point", request.point)?);
    let (road, why) = match found {
        Ok(here) => (Some(here), None),
        Err(why) => (None, Some(why.word().to_owned())),
    };
    let road = road.map(|here| RoadHere {
        point: degrees(here.at),
        off_m: here.off_m,
        name: here.name,
        class: here.class.word().to_owned(),
        headings_deg: here.headings_deg,
    });
    Ok(RoadFound { road, why })
}

pub(super) fn closures(context: &Context<'_>, _: Nothing) -> Result<Closures, Failure> {
    let rows = context.station.closures()?;
    let people = people(context)?;
    let closures = rows.into_iter().map(|row| Closure {
        id: row.dot.to_string(),
        point: degrees(row.closure.at),
        heading_deg: row.closure.heading_deg,
        name: row.closure.name,
        reason: row.closure.reason,
        ordered_by: row.closure.ordered_by,
        closed_by: people.get(&row.account).unwrap_or(&row.account).clone(),
        since_ms: row.closure.since_ms,
        until_ms: row.closure.until_ms,
        lines: row.lines.iter().map(|line| pairs(line)).collect(),
        why: row.why.map(|why| why.word().to_owned()),
    });
    Ok(Closures {
        closures: closures.collect(),
    })
}

pub(super) fn close(context: &Context<'_>, request: CloseRoad) -> Result<Saved, Failure> {
    let new = NewClosure {
        at: place("point", request.point)?,
        heading_deg: request.heading_deg,
        name: request.name,
        reason: request.reason,
        ordered_by: request.ordered_by,
        until_ms: request.until_ms,
        replaces: dot_or("replaces", request.replaces.as_deref())?,
    };
    Ok(saved(context.station.close_road(context.actor()?, new)?))
}

pub(super) fn reopen(context: &Context<'_>, request: ReopenRoad) -> Result<Saved, Failure> {
    let closure = dot("closure", &request.closure)?;
    let actor = context.actor()?;
    Ok(saved(context.station.reopen_road(
        actor,
        closure,
        &request.reason,
    )?))
}

fn by(is_road: bool) -> String {
    match is_road {
        true => "road",
        false => "straight_line",
    }
    .to_owned()
}
