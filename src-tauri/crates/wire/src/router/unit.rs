//! Handlers of units, candidates and positions.

use fengsui_app::position::UnitFix;
use fengsui_app::unit::rank::CandidateRow;
use fengsui_app::unit::{UnitGroup as AppGroup, UnitRow};
use fengsui_domain::rank::Standing;
use fengsui_domain::watch::FixLimits;

use super::Context;
use super::convert::{dot, reason, saved, unit_kind_of, unit_state, unit_state_of, watch_of};
use crate::common::{Nothing, Point, Saved};
use crate::failure::{Failure, FailureCode};
use crate::incident::IncidentRef;
use crate::unit::{
    Candidate, Candidates, Position, Positions, PositionsTaken, ReportPositions, SetUnitState,
    Unit, UnitBoard, UnitGroup,
};

/// Fixes of one report.
const FIXES_MAX: usize = 2_000;

pub(super) fn board(context: &Context<'_>, _: Nothing) -> Result<UnitBoard, Failure> {
    let groups = context.station.unit_board()?;
    Ok(UnitBoard {
        groups: groups.into_iter().map(group_of).collect(),
    })
}

fn group_of(group: AppGroup) -> UnitGroup {
    let AppGroup {
        post,
        name,
        echelon,
        units,
    } = group;
    UnitGroup {
        post,
        name,
        echelon,
        units: units.into_iter().map(unit_of).collect(),
    }
}

fn unit_of(row: UnitRow) -> Unit {
    let (incident, incident_number) = row.incident.unzip();
    Unit {
        id: row.dot.to_string(),
        callsign: row.callsign,
        kind: unit_kind_of(row.kind),
        state: row.state.map(unit_state_of),
        watch: row.watch.map(watch_of),
        officers: row.officers,
        auxiliaries: row.auxiliaries,
        kit: row.kit,
        leader: row.leader,
        phone: row.phone,
        incident: incident.map(|dot| dot.to_string()),
        incident_number,
        assignment: row.assignment.map(|dot| dot.to_string()),
        cancel_pending: row.cancel_pending,
        in_conflict: row.in_conflict,
    }
}

pub(super) fn set_state(context: &Context<'_>, request: SetUnitState) -> Result<Saved, Failure> {
    let unit = dot("unit", &request.unit)?;
    let state = unit_state(request.state);
    Ok(saved(context.station.set_unit_state(
        context.actor()?,
        unit,
        state,
    )?))
}

pub(super) fn candidates(
    context: &Context<'_>,
    request: IncidentRef,
) -> Result<Candidates, Failure> {
    let incident = dot("incident", &request.incident)?;
    let ranking = context.station.rank_candidates(incident)?;
    Ok(Candidates {
        incident: request.incident,
        wanted: ranking.wanted.into_iter().map(reason).collect(),
        proposed_type: ranking.proposed_type,
        by: ranking.by.word().to_owned(),
        left: ranking.left.into_iter().map(reason).collect(),
        rows: ranking.rows.into_iter().map(candidate_of).collect(),
        asked_at_ms: ranking.asked_at_ms,
    })
}

fn candidate_of(row: CandidateRow) -> Candidate {
    Candidate {
        rank: row.rank,
        unit: row.dot.to_string(),
        callsign: row.callsign,
        kind: unit_kind_of(row.kind),
        state: row.state.map(unit_state_of),
        officers: row.officers,
        auxiliaries: row.auxiliaries,
        kit: row.kit,
        distance_m: row.distance_m,
        travel_s: row.travel_s,
        road_m: row.road_m,
        fix_age_s: row.fix_age_s,
        proposed: row.proposed,
        needs_reason: row.standing == Standing::NeedsReason,
        reasons: row.reasons.into_iter().map(reason).collect(),
    }
}

pub(super) fn positions(context: &Context<'_>, _: Nothing) -> Result<Positions, Failure> {
    let limits = FixLimits::default();
    let positions = context
        .station
        .position_list()
        .into_iter()
        .map(|(unit, fix)| Position {
            unit: unit.to_string(),
            point: Point {
                lon: fix.lon,
                lat: fix.lat,
            },
            at_ms: fix.at_ms,
            heading_deg: fix.heading_deg,
            speed_kmh: fix.speed_kmh,
        });
    Ok(Positions {
        positions: positions.collect(),
        fade_s: limits.fade_s,
        ghost_s: limits.ghost_s,
        drop_s: limits.drop_s,
    })
}

pub(super) fn report(
    context: &Context<'_>,
    request: ReportPositions,
) -> Result<PositionsTaken, Failure> {
    if request.fixes.len() > FIXES_MAX {
        return Err(Failure::new(FailureCode::ValueInvalid)
            .with("field", "fixes")
            .with("detail", format!("0-{FIXES_MAX}")));
    }
    let fixes: Vec<(String, UnitFix)> = request
        .fixes
        .into_iter()
        .map(|fix| {
            let unit_fix = UnitFix {
                lon: fix.lon,
                lat: fix.lat,
                at_ms: fix.at_ms,
                heading_deg: fix.heading_deg,
                speed_kmh: fix.speed_kmh,
            };
            (fix.callsign, unit_fix)
        })
        .collect();
    let taken = context.station.report_positions(&fixes);
    let fengsui_app::position::Taken {
        taken,
        stale,
        refused,
    } = taken;
    Ok(PositionsTaken {
        taken,
        stale,
        refused,
    })
}
