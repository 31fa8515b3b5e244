//! Handlers of the wall.

use super::Context;
use crate::common::Nothing;
use crate::failure::{Failure, FailureCode};
use crate::wall::{FollowOnWall, WallView};

pub(super) fn view(_: &Context<'_>, _: Nothing) -> Result<WallView, Failure> {
    Err(Failure::new(FailureCode::MapMissing))
}

pub(super) fn follow(_: &Context<'_>, _: FollowOnWall) -> Result<Nothing, Failure> {
    Err(Failure::new(FailureCode::MapMissing))
}
