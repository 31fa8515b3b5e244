//! Handlers of 并入 and of what may be the same event.
//!
//! Not here: the rules; see `domain::whole`, `domain::kin`, `app::incident::whole`, `app::kin`.

use fengsui_app::incident::JoinedReport as AppReport;
use fengsui_app::kin::{Before as AppBefore, Earlier as AppEarlier};

use super::super::convert::{dot, saved};
use super::Context;
use crate::common::Saved;
use crate::failure::Failure;
use crate::incident::IncidentRef;
use crate::kin::{
    Before, Earlier, JoinIncident, JoinedReport, Kin, Likely, PartIncident, TypeCount,
};

pub(in crate::router) fn join(
    context: &Context<'_>,
    request: JoinIncident,
) -> Result<Saved, Failure> {
    let incident = dot("incident", &request.incident)?;
    let into = dot("into", &request.into)?;
    let actor = context.actor()?;
    Ok(saved(context.station.join_incident(actor, incident, into)?))
}

pub(in crate::router) fn part(
    context: &Context<'_>,
    request: PartIncident,
) -> Result<Saved, Failure> {
    let part = dot("part", &request.part)?;
    let actor = context.actor()?;
    Ok(saved(context.station.part_incident(
        actor,
        part,
        &request.reason,
    )?))
}

pub(in crate::router) fn kin(context: &Context<'_>, request: IncidentRef) -> Result<Kin, Failure> {
    let found = context
        .station
        .kin_of(dot("incident", &request.incident)?)?;
    let likely = found.likely.into_iter();
    Ok(Kin {
        days: found.days,
        number: found.number.map(before_of),
        place: found.place.map(before_of),
        likely: likely
            .map(|one| Likely {
                earlier: earlier_of(one.earlier),
                short_code: one.short_code,
                score: one.likeness.score,
                apart_m: one.likeness.apart_m,
                apart_ms: one.likeness.apart_ms,
                callers: one.callers,
            })
            .collect(),
    })
}

pub(super) fn joined_of(report: AppReport) -> JoinedReport {
    JoinedReport {
        id: report.dot.to_string(),
        number: report.number,
        short_code: report.short_code,
        caller: report.caller,
        place: report.place,
        opened_at_ms: report.opened_at_ms,
    }
}

fn before_of(before: AppBefore) -> Before {
    let types = before.types.into_iter();
    Before {
        count: before.count,
        types: types
            .map(|(name, count)| TypeCount { name, count })
            .collect(),
        rows: before.rows.into_iter().map(earlier_of).collect(),
    }
}

fn earlier_of(earlier: AppEarlier) -> Earlier {
    Earlier {
        id: earlier.dot.to_string(),
        number: earlier.number,
        type_name: earlier.type_name,
        place: earlier.place,
        opened_at_ms: earlier.opened_at_ms,
        result: earlier.result,
    }
}
