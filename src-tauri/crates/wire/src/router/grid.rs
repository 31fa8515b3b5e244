//! Handlers of the grid.

use super::Context;
use crate::failure::{Failure, FailureCode};
use crate::grid::{HotAsked, HotCells};

pub(super) fn hot(_: &Context<'_>, _: HotAsked) -> Result<HotCells, Failure> {
    Err(Failure::new(FailureCode::MapMissing))
}
