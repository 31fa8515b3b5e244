//! Handlers of roads.

use super::Context;
use crate::common::{Nothing, Saved};
use crate::failure::{Failure, FailureCode};
use crate::road::{FindRoute, Rings, RingsAsked, RoadSpeeds, Route, SetRoadSpeed};

pub(super) fn find(_: &Context<'_>, _: FindRoute) -> Result<Route, Failure> {
    Err(Failure::new(FailureCode::MapMissing))
}

pub(super) fn rings(_: &Context<'_>, _: RingsAsked) -> Result<Rings, Failure> {
    Err(Failure::new(FailureCode::MapMissing))
}

pub(super) fn speeds(_: &Context<'_>, _: Nothing) -> Result<RoadSpeeds, Failure> {
    Err(Failure::new(FailureCode::MapMissing))
}

pub(super) fn set_speed(_: &Context<'_>, _: SetRoadSpeed) -> Result<Saved, Failure> {
    Err(Failure::new(FailureCode::MapMissing))
}
