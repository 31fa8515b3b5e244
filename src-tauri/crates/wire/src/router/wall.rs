//! Handlers of the wall.

use super::Context;
use super::convert::{dot, level_of, point_of, stage_of};
use crate::common::Nothing;
use crate::failure::Failure;
use crate::wall::{FollowOnWall, WallIncident, WallView};

pub(super) fn view(context: &Context<'_>, _: Nothing) -> Result<WallView, Failure> {
    let wall = context.station.wall()?;
    Ok(WallView {
        open: u32::try_from(wall.incidents.len()).unwrap_or(u32::MAX),
        incidents: wall
            .incidents
            .into_iter()
            .map(|row| WallIncident {
                id: row.dot.to_string(),
                type_name: row.type_name,
                level: level_of(row.level),
                stage: stage_of(row.stage),
                point: row.point.map(point_of),
                opened_at_ms: row.opened_at_ms,
            })
            .collect(),
        today: wall.today,
        free: wall.free,
        busy: wall.busy,
        unknown: wall.unknown,
        follows: wall.follows.map(|dot| dot.to_string()),
    })
}

pub(super) fn follow(context: &Context<'_>, request: FollowOnWall) -> Result<Nothing, Failure> {
    let incident = request
        .incident
        .as_deref()
        .map(|id| dot("incident", id))
        .transpose()?;
    context.station.follow_on_wall(incident);
    Ok(Nothing {})
}
